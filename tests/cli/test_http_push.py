"""httpout as a client: files pushed by PUT or POST, again when that fails, nothing lost."""

import os
import subprocess
import time

import pytest

from http_tools import Server, serving
from tool import GPAC
from test_httpin_faults import scripted


@pytest.fixture(scope="module")
def aac(clip):
    return clip("push.aac", "-f", "lavfi", "-i", "sine=frequency=440:sample_rate=48000", "-t", 2, "-c:a", "aac")


@pytest.fixture
def expected(gpac, aac, tmp_path):
    gpac("-i", aac, "reframer", "-o", tmp_path / "file.aac")
    return (tmp_path / "file.aac").read_bytes()


def receive(log, status=201):
    """Reads a chunked upload and answers."""
    def step(handler, head):
        parts = []
        if "chunked" in head:
            while True:
                size = int(handler.rfile.readline(), 16)
                parts.append(handler.rfile.read(size))
                handler.rfile.readline()
                if not size:
                    break
        else:
            length = next(line for line in head.split("\r\n") if line.lower().startswith("content-length"))
            parts.append(handler.rfile.read(int(length.split(":")[1])))
        log.append((head, b"".join(parts)))
        handler.request.sendall(f"HTTP/1.1 {status} X\r\nContent-Length: 0\r\n\r\n".encode())
        return True
    return step


def test_to_our_server(gpac, aac, expected, tmp_path):
    up = tmp_path / "up"
    with serving(up, f"wdir={up}") as server:
        gpac("-i", aac, "reframer", "-o", server.url("/a/b c.aac") + ":gpac:hmode=push")
        assert (up / "a" / "b c.aac").read_bytes() == expected
        gpac("-i", aac, "reframer:rt=on", "-o", server.url("/live.aac") + ":gpac:hmode=push")
        assert (up / "live.aac").read_bytes() == expected


def test_requests(gpac, aac, expected):
    log = []
    with scripted(receive(log)) as s:
        gpac("-i", aac, "reframer", "-o", s.url.replace("x.bin", "x.aac") + ":gpac:hmode=push:hdrs=X-One,1")
        gpac("-i", aac, "reframer", "-o", s.url.replace("x.bin", "x.aac") + ":gpac:hmode=push:post:cte=false")
    (put, body), (post, whole) = log
    assert put.startswith("PUT /x.aac HTTP/1.1\r\n") and "X-One: 1\r\n" in put and "Content-Type: audio/aac\r\n" in put
    assert "Expect" not in put and body == expected
    assert post.startswith("POST /x.aac ") and f"Content-Length: {len(expected)}\r\n" in post and whole == expected


def test_a_slow_server(gpac, tmp_path):
    """What it does not take waits, without work meanwhile; nothing is lost."""
    data = os.urandom(30_000_000)
    (tmp_path / "x.bin").write_bytes(data)
    log = []

    def slow(handler, head):
        time.sleep(2)
        return receive(log)(handler, head)

    with scripted(slow) as s:
        done = gpac("-i", tmp_path / "x.bin", "-o", s.url + ":gpac:hmode=push")
    assert [body for _, body in log] == [data] and "process calls" not in done.stderr


def test_failures_that_pass(gpac, aac, expected):
    """Refused twice, cut once: the same file again, whole."""
    log = []
    with scripted(receive([], 503), receive([], 500), lambda h, head: False, receive(log)) as s:
        done = gpac("-i", aac, "reframer", "-o", s.url.replace("x.bin", "x.aac") + ":gpac:hmode=push")
    assert "trying again" in done.stderr and [body for _, body in log] == [expected]


def test_failures_that_stay(gpac, aac):
    with scripted(receive([], 403)) as s:
        done = gpac("-i", aac, "reframer", "-o", s.url.replace("x.bin", "x.aac") + ":gpac:hmode=push:timeout=1", check=False)
        assert done.returncode and "answers 403" in done.stderr and len(s.requests) > 1
    with scripted(receive([], 403)) as s:
        done = gpac("-i", aac, "reframer", "-o", s.url.replace("x.bin", "x.aac") + ":gpac:hmode=push:ka=false", check=False)
        assert done.returncode and len(s.requests) == 1


def test_nobody_there(gpac, aac):
    done = gpac("-i", aac, "reframer", "-o", "http://127.0.0.1:1/x.aac:gpac:hmode=push:ka=false", check=False)
    assert done.returncode and "onnect" in done.stderr


def test_wrong_options(gpac, aac, tmp_path):
    done = gpac("-i", aac, "-o", f"http://127.0.0.1:0/x.aac:gpac:hmode=push:rdirs={tmp_path}", check=False)
    assert done.returncode and "[httpout]" in done.stderr


def test_patches(gpac, clip, tmp_path):
    """Bytes that are changed after they were sent go as a range (5.7); what was not sent yet is changed before."""
    movie = clip("push.mp4", "-f", "lavfi", "-i", "testsrc2=size=320x180:rate=25", "-t", 3, "-c:v", "libx264", "-pix_fmt", "yuv420p")
    gpac("-i", movie, "reframer", "-o", tmp_path / "flat.mp4:store=flat", "-for-test")
    up = tmp_path / "up"
    with serving(up, f"wdir={up}", "reqlog=*") as server:
        gpac("-i", movie, "reframer:rt=on:speed=4", "-o", server.url("/flat.mp4") + ":gpac:hmode=push:store=flat", "-for-test")
        assert (up / "flat.mp4").read_bytes() == (tmp_path / "flat.mp4").read_bytes()
        assert sum(" PUT /flat.mp4 " in line for line in server.log) >= 1
        gpac("-i", movie, "reframer", "-o", server.url("/whole.mp4") + ":gpac:hmode=push:store=flat:cte=false", "-for-test")
        assert (up / "whole.mp4").read_bytes() == (tmp_path / "flat.mp4").read_bytes()


def test_a_server_that_starts_again(gpac, aac, expected, tmp_path):
    """Nothing is lost when the server goes in the middle of a file and comes back on the same port."""
    up = tmp_path / "up"
    first = Server(f"httpout:dst=http://127.0.0.1:0/:gpac:rdirs={up}:wdir={up}:maxp=0")
    push = subprocess.Popen([str(GPAC), "-i", str(aac), "reframer:rt=on", "-o", first.url("/x.aac") + ":gpac:hmode=push"],
                            stderr=subprocess.PIPE, text=True)
    try:
        deadline = time.monotonic() + 20
        while not list(up.glob("x.aac*")):
            assert time.monotonic() < deadline
            time.sleep(0.01)
        first.process.kill()
        first.process.wait()
        again = Server(f"httpout:dst=http://127.0.0.1:{first.port}/:gpac:rdirs={up}:wdir={up}:maxp=0")
        log = push.communicate(timeout=60)[1]
        assert push.returncode == 0 and "trying again" in log
        assert (up / "x.aac").read_bytes() == expected
        again.stop()
    finally:
        push.kill()
