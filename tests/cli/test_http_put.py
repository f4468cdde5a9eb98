"""PUT, POST and DELETE of httpout (RFC 9110, 9.3.3 to 9.3.5), and what must not become of an upload."""

import os
import resource
import socket
import subprocess
import time

import pytest

from http_tools import parse_answer, serving

DATA = os.urandom(200_000)


@pytest.fixture
def up(tmp_path):
    return tmp_path / "up"


@pytest.fixture
def server(tmp_path, up):
    with serving(up, f"wdir={up}", "maxs=1000000") as s:
        yield s


def listing(folder):
    return sorted(p.relative_to(folder).as_posix() for p in folder.rglob("*") if p.is_file())


def wait_for(condition, what=lambda: None):
    end = time.monotonic() + 20
    while not condition():
        assert time.monotonic() < end, f"it does not happen: {what()}"
        time.sleep(0.01)


def test_created_and_replaced(server, up):
    """201 for a new file, 200 for another content; Content-Location; directories are made."""
    status, headers, body = server.ask("PUT", "/a/b%20c.bin?x=1", body=DATA)
    assert (status, body, headers["content-location"], headers["content-length"]) == (201, b"", "/a/b%20c.bin", "0")
    assert (up / "a" / "b c.bin").read_bytes() == DATA
    assert server.ask("POST", "/a/b%20c.bin", body=b"two")[0] == 200
    assert server.get("/a/b%20c.bin")[2] == b"two"
    assert server.ask("PUT", "/empty")[0] == 201 and server.get("/empty")[2] == b""
    assert listing(up) == ["a/b c.bin", "empty"]


def test_chunked(server, up):
    """RFC 9112, 7.1."""
    data = b"".join(b"%x\r\n%s\r\n" % (len(p), p) for p in (DATA[:7], DATA[7:100_000], DATA[100_000:])) + b"0\r\n\r\n"
    answer = server.raw(b"PUT /x HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\nConnection: close\r\n\r\n" + data)
    assert parse_answer(answer)[0] == 201 and (up / "x").read_bytes() == DATA


def test_expect_continue(server, up):
    """RFC 9110, 10.1.1: asked first, sent then; nothing is asked for when it would be refused."""
    with socket.create_connection(("127.0.0.1", server.port), timeout=10) as s:
        s.sendall(b"PUT /x HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\nExpect: 100-continue\r\nConnection: close\r\n\r\n")
        assert s.recv(1000) == b"HTTP/1.1 100 Continue\r\n\r\n"
        s.sendall(b"hello")
        assert s.recv(1000).startswith(b"HTTP/1.1 201")
    answer = server.raw(b"PUT /x HTTP/1.1\r\nHost: x\r\nContent-Length: 5000000\r\nExpect: 100-continue\r\n\r\n")
    assert answer.startswith(b"HTTP/1.1 413")


def test_delete(server, up):
    server.ask("PUT", "/x", body=b"x")
    assert server.ask("DELETE", "/x")[0] == 200 and listing(up) == []
    assert server.ask("DELETE", "/x")[0] == 204
    assert server.ask("DELETE", "/no/such")[0] == 204
    (up / "dir").mkdir()
    assert server.ask("DELETE", "/dir")[0] == 403 and (up / "dir").exists()


def test_methods_allowed(server):
    assert server.ask("OPTIONS", "*")[1]["allow"] == "GET,POST,PUT,DELETE,HEAD,OPTIONS"


def test_conditions(server, up):
    """If-None-Match: * creates only; If-Match replaces only what is known (RFC 9110, 13.1)."""
    assert server.ask("PUT", "/x", {"If-Match": "*"}, b"0")[0] == 412
    assert server.ask("PUT", "/x", {"If-None-Match": "*"}, b"1")[0] == 201
    assert server.ask("PUT", "/x", {"If-None-Match": "*"}, b"2")[0] == 412
    tag = server.get("/x")[1]["etag"]
    assert server.ask("PUT", "/x", {"If-Match": tag}, b"3")[0] == 200
    assert server.ask("PUT", "/x", {"If-Match": '"other"'}, b"4")[0] == 412
    assert listing(up) == ["x"] and (up / "x").read_bytes() == b"3"


@pytest.mark.parametrize("path", [
    "/../x", "/%2e%2e/x", "/a/..%2f..%2fx", "/link/x", "/link/new/x", "/link/new/newer/x", "/dangling/x", "/dangling/new/x", "/",
    "/dir/", "/a%00b"])
def test_nothing_is_written_outside(server, up, tmp_path, path):
    outside = tmp_path / "outside"
    outside.mkdir()
    up.mkdir(exist_ok=True)
    (up / "link").symlink_to(outside)
    (up / "dangling").symlink_to(outside / "made")
    assert server.ask("PUT", path, body=b"x")[0] in (400, 403, 405)
    assert server.ask("DELETE", path)[0] in (204, 400, 403, 405)
    assert list(outside.rglob("*")) == [] and listing(up) == []


def test_too_large(server, up):
    assert server.ask("PUT", "/x", body=b"a" * 1_000_001)[0] == 413
    with socket.create_connection(("127.0.0.1", server.port), timeout=10) as s:
        s.sendall(b"PUT /x HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n")
        try:
            for _ in range(100):
                s.sendall(b"186a0\r\n" + b"a" * 100_000 + b"\r\n")
        except OSError:
            pass
    wait_for(lambda: listing(up) == [])


def test_uploads_that_break_off(server, up):
    """The old file stays, of the new one nothing is left: at any point, closed or reset."""
    server.ask("PUT", "/x", body=b"old")
    for sent in (0, 1, 100_000):
        for reset in (False, True):
            s = socket.create_connection(("127.0.0.1", server.port), timeout=10)
            if reset:
                s.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\1\0\0\0\0\0\0\0")
            s.sendall(b"PUT /x HTTP/1.1\r\nHost: x\r\nContent-Length: 200000\r\n\r\n" + DATA[:sent])
            if sent:
                wait_for(lambda: len(listing(up)) == 2, lambda: (sent, reset, "begin", listing(up), server.log))
                assert server.get("/x")[2] == b"old"
            s.close()
            wait_for(lambda: listing(up) == ["x"], lambda: (sent, reset, "end", listing(up), server.log))
    assert server.get("/x")[2] == b"old"


def test_patches(server, up):
    """`Range` of clients that send a part again (spec 5.7): the rest of the file stays; what does not fit is refused."""
    server.ask("PUT", "/x", body=b"0123456789")
    assert server.ask("PUT", "/x", {"Range": "bytes=2-4"}, b"abc")[0] == 200
    assert (up / "x").read_bytes() == b"01abc56789"
    assert server.ask("PUT", "/x", {"Range": "bytes=10-"}, b"tail")[0] == 200
    assert (up / "x").read_bytes() == b"01abc56789tail"
    for value, body in (("bytes=0-1", b"abc"), ("bytes=99-", b"a"), ("bytes=x", b"a"), ("bytes=0-1,4-5", b"ab")):
        assert server.ask("PUT", "/x", {"Range": value}, body)[0] in (416, 0), value
    assert server.ask("PUT", "/none", {"Range": "bytes=0-1"}, b"ab")[0] == 416
    assert (up / "x").read_bytes() == b"01abc56789tail" and listing(up) == ["x"]


def test_two_writers(server, up):
    """Each writes its own file; the last to end has its content there, whole."""
    sockets = []
    for letter in b"ab":
        s = socket.create_connection(("127.0.0.1", server.port), timeout=10)
        s.sendall(b"PUT /x HTTP/1.1\r\nHost: x\r\nContent-Length: 100000\r\nConnection: close\r\n\r\n" + bytes([letter]) * 50000)
        sockets.append((s, letter))
    for s, letter in reversed(sockets):
        s.sendall(bytes([letter]) * 50000)
        assert s.recv(1000).startswith(b"HTTP/1.1 20")
        s.close()
    assert (up / "x").read_bytes() == b"a" * 100000 and listing(up) == ["x"]


def test_full_disk(tmp_path):
    """507, and no part of the file."""
    disk = tmp_path / "disk"
    disk.mkdir()
    if subprocess.run(["mount", "-t", "tmpfs", "-o", "size=64k", "none", disk], capture_output=True).returncode:
        pytest.skip("no small file system can be mounted here")
    try:
        with serving(disk, f"wdir={disk}") as server:
            status, _, body = server.ask("PUT", "/x", body=DATA)
            assert status == 507 and listing(disk) == []
            assert server.ask("PUT", "/x", body=b"small")[0] == 201
    finally:
        subprocess.run(["umount", disk], check=True)


def test_largest_file_of_the_system(tmp_path):
    """A limit of the size of files is an error of the upload, not the end of the server: 507."""
    def limit():
        resource.setrlimit(resource.RLIMIT_FSIZE, (100_000, 100_000))

    with serving(tmp_path, f"wdir={tmp_path}", preexec_fn=limit) as server:
        assert server.ask("PUT", "/x", body=DATA)[0] == 507 and listing(tmp_path) == []
        assert server.ask("PUT", "/x", body=b"small")[0] == 201


def test_refused_without_directory(tmp_path):
    with serving(tmp_path) as server:
        assert server.ask("PUT", "/x", body=b"x")[0] == 405
        assert listing(tmp_path) == []
