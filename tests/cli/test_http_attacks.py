"""httpout against clients that mean harm. After each attack the server answers as before."""

import resource
import socket
import time

import pytest

from http_tools import parse_answer, read_all, serving


@pytest.fixture
def server(tmp_path):
    www = tmp_path / "www"
    www.mkdir()
    (www / "a.txt").write_text("hello\n")
    (tmp_path / "secret").write_text("secret")
    with serving(www, f"wdir={www}", "maxc=0", "timeout=2") as s:
        yield s
        assert s.get("/a.txt")[2] == b"hello\n"


def statuses(data):
    """The status of each answer on a connection."""
    return [int(line.split()[1]) for line in data.split(b"\r\n") if line.startswith(b"HTTP/1.1 ")]


@pytest.mark.parametrize("path", [
    "/../secret", "/..//secret", "/./../secret", "/a/../../secret", "/%2e%2e/secret", "/%2E%2E%2Fsecret", "/..%2fsecret",
    "/.%2e/secret", "/%2e./secret", "/..%5csecret", "/..\\secret", "/%252e%252e/secret", "/..;/secret", "/%c0%ae%c0%ae/secret",
    "/%uff0e%uff0e/secret", "/.../secret", "//../secret", "/a.txt/../../secret", "/a.txt%00/../../secret", "file:///etc/passwd",
    "/proc/self/environ", "/\x7f", "/%0d%0aX: y"])
def test_traversal(server, path):
    status, headers, body = server.get(path)
    assert status in (0, 400, 403, 404) and b"secret" != body and "x" not in headers


def test_two_lengths(server):
    """RFC 9112, 6.3: a request that says its length in two ways is one request, or an error and the end."""
    smuggled = "GET /smuggled HTTP/1.1\r\nHost: x\r\n\r\n"
    for head in ("Content-Length: 5\r\nTransfer-Encoding: chunked\r\n", "Transfer-Encoding: chunked\r\nContent-Length: 5\r\n",
                 "Content-Length: 5\r\nContent-Length: 6\r\n", "Content-Length: +5\r\n", "Content-Length: 5,5\r\n",
                 "Content-Length: -1\r\n", "Content-Length: 0x5\r\n", "Content-Length: 99999999999999999999999\r\n",
                 "Transfer-Encoding: xchunked\r\n", "Transfer-Encoding: chunked, identity\r\n"):
        data = server.raw(f"POST /x HTTP/1.1\r\nHost: x\r\n{head}\r\n0\r\n\r\n{smuggled}", timeout=15)
        assert 404 not in statuses(data), head
        assert "/smuggled" not in "".join(server.log)


def test_bodies_of_requests_without(server):
    """The body of a GET is not taken for the next request."""
    inner = "GET /smuggled HTTP/1.1\r\nHost: x\r\n\r\n"
    data = server.raw(f"GET /a.txt HTTP/1.1\r\nHost: x\r\nContent-Length: {len(inner)}\r\n\r\n{inner}", timeout=15)
    assert statuses(data) in ([200], [400])
    data = server.raw(f"DELETE /none HTTP/1.1\r\nHost: x\r\nContent-Length: {len(inner)}\r\n\r\n{inner}", timeout=15)
    assert statuses(data) in ([204], [400])


@pytest.mark.parametrize("chunks", ["zz\r\nabc\r\n0\r\n\r\n", "-1\r\nabc\r\n", "ffffffffffffffffff\r\nabc", "3\r\nabcd\r\n0\r\n\r\n",
                                    "3;" + "e" * 50000 + "\r\nabc\r\n0\r\n\r\n"])
def test_bad_chunks(server, chunks):
    data = server.raw("PUT /x HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n" + chunks, timeout=15)
    assert 201 not in statuses(data) and server.get("/x")[0] == 404


@pytest.mark.parametrize("request_text", [
    "GET /" + "a" * 100_000 + " HTTP/1.1\r\nHost: x\r\n\r\n",
    "GET / HTTP/1.1\r\nHost: x\r\n" + "X: y\r\n" * 100_000 + "\r\n",
    "GET / HTTP/1.1\r\nHost: x\r\nX: " + "a" * 1_000_000 + "\r\n\r\n",
    "GET / HTTP/1.1\r\nHost: x\r\n: empty\r\n\r\n", "GET / HTTP/1.1\r\nHost: x\r\nno colon\r\n\r\n",
    "GET / HTTP/9.9\r\nHost: x\r\n\r\n", "GET /\r\n\r\n", "GET\r\n\r\n", "\0\0\0\0\r\n\r\n", "\x16\x03\x01\x02\0\x01\0\x01",
    "GET / HTTP/1.1\r\n\r\n"])
def test_malformed_requests(server, request_text):
    """Refused, or closed; never an answer with content."""
    with socket.create_connection(("127.0.0.1", server.port), timeout=15) as s:
        try:
            s.sendall(request_text.encode("latin-1"))
        except OSError:
            return
        assert not {200, 201} & set(statuses(read_all(s)))


def test_slow_clients(server):
    """Hundreds that send their head or body byte by byte: others are served meanwhile, and they are stopped."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    nb = 1000 if hard > 2500 else 200
    resource.setrlimit(resource.RLIMIT_NOFILE, (min(hard, max(soft, 2500)), hard))
    heads = [socket.create_connection(("127.0.0.1", server.port), timeout=15) for _ in range(nb // 2)]
    bodies = [socket.create_connection(("127.0.0.1", server.port), timeout=15) for _ in range(nb // 2)]
    for s in heads:
        s.sendall(b"GET / HT")
    for s in bodies:
        s.sendall(b"PUT /slow HTTP/1.1\r\nHost: x\r\nContent-Length: 10\r\n\r\na")
    assert server.get("/a.txt")[2] == b"hello\n"
    open_heads = heads
    for byte in b"TP/1.1\r\nHost: x\r\nX: yyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyy":
        still = []
        for s in open_heads:
            try:
                s.sendall(bytes([byte]))
                s.settimeout(0)
                if s.recv(1000) != b"":
                    still.append(s)
            except BlockingIOError:
                still.append(s)
            except OSError:
                pass
        open_heads = still
        if not open_heads:
            break
        assert server.get("/a.txt")[2] == b"hello\n"
        time.sleep(0.1)  # the pace of the attack
    assert not open_heads, "a client that never ends its head is stopped after the time of option timeout"
    for s in bodies:
        assert read_all(s) == b""
    for s in heads + bodies:
        s.close()


def test_connection_limits(tmp_path):
    """maxp: more connections of one address are refused; maxc: others wait for a place."""
    (tmp_path / "a.txt").write_text("a")
    with serving(tmp_path, "maxp=3") as server:
        kept = [socket.create_connection(("127.0.0.1", server.port), timeout=10) for _ in range(3)]
        for s in kept:
            s.sendall(b"GET /a.txt HTTP/1.1\r\nHost: x\r\n\r\n")
            assert s.recv(1000).startswith(b"HTTP/1.1 200")
        assert server.raw("GET /a.txt HTTP/1.1\r\nHost: x\r\n\r\n") == b""
        for s in kept:
            s.close()
    with serving(tmp_path, "maxc=1") as server:
        first = socket.create_connection(("127.0.0.1", server.port), timeout=10)
        first.sendall(b"GET /a.txt HTTP/1.1\r\nHost: x\r\n\r\n")
        assert first.recv(1000).startswith(b"HTTP/1.1 200")
        second = socket.create_connection(("127.0.0.1", server.port), timeout=10)
        second.sendall(b"GET /a.txt HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")
        first.close()
        assert parse_answer(read_all(second))[0] == 200
        second.close()


def test_idle_connections_are_closed(server):
    with socket.create_connection(("127.0.0.1", server.port), timeout=15) as s:
        assert read_all(s) == b""
    with socket.create_connection(("127.0.0.1", server.port), timeout=15) as s:
        s.sendall(b"GET /a.txt HTTP/1.1\r\nHost: x\r\n\r\n")
        assert read_all(s).endswith(b"hello\n")
