"""httpout as a client: files pushed by PUT or POST, again when that fails, nothing lost."""

import os
import time

import pytest

from http_tools import serving
from test_httpin_faults import reply, scripted


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
