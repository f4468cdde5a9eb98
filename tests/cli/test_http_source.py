"""httpout as a source (uploads go into the session), and uploads that are read while they come."""

import os
import socket
import subprocess
import time

import pytest

from http_tools import Server, parse_answer, read_all, serving, wait_for

DATA = os.urandom(3_000_000)


def source(*words):
    return Server("httpout:dst=http://127.0.0.1:0/:gpac:hmode=source:maxp=0", *words)


def put_head(path, *headers):
    return ("\r\n".join([f"PUT {path} HTTP/1.1", "Host: x", *headers]) + "\r\n\r\n").encode()


def test_an_upload_is_an_input(tmp_path):
    """All its bytes, in order, through a consumer that blocks; the session ends when nobody is connected any more."""
    s = source(f"fout:dst={tmp_path / 'x.bin'}:ext=*")
    assert s.ask("PUT", "/a/x.bin", body=DATA)[0] == 200
    assert s.process.wait(20) == 0, "".join(s.log)
    assert (tmp_path / "x.bin").read_bytes() == DATA


def test_media_of_chunks(clip, gpac, tmp_path):
    """The format is recognised from the content; an upload in chunks is read while it comes."""
    aac = clip("source.aac", "-f", "lavfi", "-i", "sine=frequency=440:sample_rate=48000", "-t", 2, "-c:a", "aac")
    gpac("-i", aac, "inspect:deep:log=" + str(tmp_path / "expected"))
    log = tmp_path / "log"
    s = source(f"inspect:deep:log={log}")
    data = aac.read_bytes()
    with socket.create_connection(("127.0.0.1", s.port), timeout=20) as c:
        c.sendall(put_head("/noname?x=1", "Transfer-Encoding: chunked") + b"%x\r\n%s\r\n" % (9000, data[:9000]))
        c.sendall(b"%x\r\n%s\r\n0\r\n\r\n" % (len(data) - 9000, data[9000:]))
        assert b" 200 " in c.recv(1000)
    assert s.process.wait(20) == 0, "".join(s.log)
    packets, expected = (p.read_text().splitlines()[1:] for p in (log, tmp_path / "expected"))
    assert len(packets) > 90 and packets == expected


def test_several_at_a_time(tmp_path):
    """Each upload is an input of its own, whose name is that of its URL."""
    s = source(f"fout:dst={tmp_path}/$File$.out:ext=*")
    with socket.create_connection(("127.0.0.1", s.port), timeout=20) as a:
        a.sendall(put_head("/a.bin", f"Content-Length: {len(DATA)}") + DATA[:5000])
        assert s.ask("POST", "/b.bin", body=DATA[:100_000])[0] == 200
        a.sendall(DATA[5000:])
        assert b" 200 " in a.recv(1000)
    assert s.process.wait(20) == 0, "".join(s.log)
    assert (tmp_path / "a.out").read_bytes() == DATA and (tmp_path / "b.out").read_bytes() == DATA[:100_000]


def test_refused(tmp_path):
    """Nothing is served or deleted, and no part of a file is taken."""
    s = source(f"fout:dst={tmp_path}/x:ext=*")
    with socket.create_connection(("127.0.0.1", s.port), timeout=20):
        for method in ("GET", "HEAD", "DELETE"):
            status, headers, _ = s.ask(method, "/x")
            assert status == 405 and headers["allow"] == "POST,PUT,OPTIONS"
        assert s.ask("OPTIONS", "/x")[1]["allow"] == "POST,PUT,OPTIONS"
        assert s.ask("PUT", "/x.bin", {"Range": "bytes=0-3"}, b"data")[0] == 416
        assert s.ask("PUT", "/x.bin", body=b"data")[0] == 200
    assert s.process.wait(20) == 0, "".join(s.log)


def test_uploads_that_break_off(tmp_path):
    """The input ends, the server goes on."""
    s = source(f"fout:dst={tmp_path}/$File$.out:ext=*")
    with socket.create_connection(("127.0.0.1", s.port), timeout=20):  # so that it does not end
        c = socket.create_connection(("127.0.0.1", s.port), timeout=20)
        c.sendall(put_head("/a.bin", "Content-Length: 500000") + DATA[:300_000])
        wait_for(lambda: (tmp_path / "a.out").exists())
        c.close()
        assert s.ask("PUT", "/b.bin", body=DATA)[0] == 200
    assert s.process.wait(20) == 0, "".join(s.log)
    assert DATA.startswith((tmp_path / "a.out").read_bytes()) and (tmp_path / "b.out").read_bytes() == DATA


@pytest.fixture
def server(tmp_path):
    with serving(tmp_path / "up", f"wdir={tmp_path / 'up'}", "maxs=10000000") as s:
        yield s


def connect(server):
    return socket.create_connection(("127.0.0.1", server.port), timeout=20)


def read_head(c):
    data = b""
    while b"\r\n\r\n" not in data:
        piece = c.recv(65536)
        assert piece
        data += piece
    return data


def test_reading_an_upload(server):
    """A new name is readable as it grows; what is read is what was sent."""
    with connect(server) as up, connect(server) as down:
        up.sendall(put_head("/new.bin", f"Content-Length: {len(DATA)}") + DATA[:1000])
        wait_for(lambda: server.get("/new.bin", Range="bytes=0-0")[0] == 206)
        down.sendall(b"GET /new.bin HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")
        head = read_head(down)
        up.sendall(DATA[1000:])
        status, headers, body = parse_answer(head + read_all(down))
        assert (status, headers["transfer-encoding"]) == (200, "chunked") and body == DATA
        assert b" 201 " in up.recv(1000)
    assert server.get("/new.bin")[2] == DATA


def test_reading_an_upload_that_breaks_off(server):
    """Its readers see that it is not complete."""
    with connect(server) as up, connect(server) as down:
        up.sendall(put_head("/new.bin", "Content-Length: 5000") + DATA[:1000])
        wait_for(lambda: server.get("/new.bin", Range="bytes=0-0")[0] == 206)
        down.sendall(b"GET /new.bin HTTP/1.1\r\nHost: x\r\n\r\n")
        head = read_head(down)
        up.close()
        with pytest.raises(AssertionError, match="last chunk is missing"):
            parse_answer(head + read_all(down))
    wait_for(lambda: server.get("/new.bin")[0] == 404)


def test_the_old_file_stays_until_the_new_one_is_complete(server):
    server.ask("PUT", "/x", body=b"old")
    with connect(server) as up:
        up.sendall(put_head("/x", "Content-Length: 3") + b"n")
        time.sleep(0.05)
        assert server.get("/x")[2] == b"old"
        up.sendall(b"ew")
        assert b" 200 " in up.recv(1000)
    assert server.get("/x")[2] == b"new"


def test_curl_reads_an_upload(server, tmp_path):
    """The same with another client: an upload at a limited rate, read until its end."""
    (tmp_path / "data").write_bytes(DATA[:400_000])
    up = subprocess.Popen(["curl", "-sS", "--limit-rate", "400k", "-T", tmp_path / "data", server.url("/slow.bin")])
    wait_for(lambda: server.get("/slow.bin", Range="bytes=0-0")[0] == 206)
    done = subprocess.run(["curl", "-sS", server.url("/slow.bin")], capture_output=True, check=True)
    assert up.wait(20) == 0 and done.stdout == DATA[:400_000]
