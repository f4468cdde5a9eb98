"""httpout against clients that mean harm. After each attack the server answers as before."""

import os
import resource
import socket
import struct
import time

import pytest

from http_tools import parse_answer, read_all, serving


@pytest.fixture
def server(tmp_path):
    www = tmp_path / "www"
    www.mkdir()
    (www / "a.txt").write_text("hello\n")
    (tmp_path / "secret").write_text("secret")
    with serving(www, f"wdir={www}", "maxc=0", "timeout=1") as s:
        s.www = www
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
    """Nothing outside, whatever the spelling; 0 is a connection closed without answer (a blank in the target)."""
    status, headers, body = server.get(path)
    assert status in (400, 403, 404, 0) and b"secret" != body and "x" not in headers


@pytest.mark.parametrize("head", [
    "Content-Length: 5\r\nTransfer-Encoding: chunked", "Transfer-Encoding: chunked\r\nContent-Length: 5",
    "Content-Length: 5\r\nContent-Length: 6", "Content-Length: 5\r\nContent-Length: 5", "Content-Length: +5",
    "Content-Length: 5,5", "Content-Length: -1", "Content-Length: 0x5", "Content-Length: ", "Content-Length: 5 5",
    "Content-Length: 99999999999999999999999", "Content-Length: 18446744073709551616", "Transfer-Encoding: xchunked",
    "Transfer-Encoding: chunked, identity", "Transfer-Encoding: identity", "Transfer-Encoding: gzip, chunked",
    "Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked", "Transfer-Encoding : chunked", "Content-Length\t: 5",
    "Transfer-Encoding:\tchunked\r\nHost: y", "Host: y"])
def test_smuggling(server, head):
    """RFC 9112, 3.2, 5.1 and 6.3: where two servers could see two ends of a request, it is refused and the connection closed."""
    data = server.raw(f"POST /x HTTP/1.1\r\nHost: x\r\n{head}\r\n\r\n0\r\n\r\nGET /smuggled HTTP/1.1\r\nHost: x\r\n\r\n")
    # libmicrohttpd 0.9.75 sends the head of its own refusals twice
    assert set(statuses(data)) <= {400, 413} and b"/smuggled" not in data


@pytest.mark.parametrize("head, body", [
    ("Transfer-Encoding:\x0bchunked", "0\r\n\r\n"), ("Transfer-Encoding: \x00chunked", "0\r\n\r\n"),
    ("Transfer-Encoding: chunked\0", "0\r\n\r\n"), ("X: y\r\n Transfer-Encoding: chunked", ""), ("Content-Length: \0003", "abc"),
    ("Content-Length: 3\r\n\tContent-Length: 0", "abc"), ("Content-Length: 3\rX: y", "abc"), ("Content-Length: 3\nContent-Length: 0", "abc"),
    ("Content-Length: 3;q=1", "abc"), ("Content-Length: 3.0", "abc"), ("Content-Length: 03e0", "abc"), ("Content_Length: 3", ""),
    ("Transfer-Encoding: chunked", "0x0\r\n\r\n"), ("Transfer-Encoding: chunked", "+0\r\n\r\n"),
    ("Transfer-Encoding: chunked", "0 \r\n\r\n"), ("Transfer-Encoding: chunked", "3\nabc\n0\n\n"),
    ("Transfer-Encoding: chunked", "10000000000000000\r\nabc\r\n0\r\n\r\n"),
    ("Transfer-Encoding: chunked", "0\r\nContent-Length: 50\r\n\r\n")])
def test_smuggling_by_odd_bytes(server, head, body):
    """RFC 9112, 2.2, 5.2 and 7.1: where servers are known to differ, there is one answer to the first request at most
    and one to the second: the first is never seen as two, and the second never with another body."""
    first = f"POST /first HTTP/1.1\r\nHost: x\r\n{head}\r\n\r\n{body}"
    data = server.raw((first + "GET /a.txt HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n").encode("latin-1"), timeout=15)
    codes = statuses(data)
    assert codes.count(200) <= 1 and 206 not in codes
    if codes.count(200):  # the connection went on, so it was clear where the first one ended
        assert codes[0] in (201, 411) and data.endswith(b"\r\n\r\nhello\n")
        stored = (server.www / "first").read_bytes() if codes[0] == 201 else b""
        assert stored in (b"", b"abc")
    assert sorted(os.listdir(server.www)) in (["a.txt"], ["a.txt", "first"])


@pytest.mark.parametrize("method", ["TRACE", "CONNECT", "PATCH", "get", "GETT", "G", "PROPFIND", "M" * 2000, "G\xc9T", "(", "\"GET\""])
def test_wrong_methods(server, method):
    """RFC 9110, 9.1: 501, or no answer to what is no method; never a body of ours."""
    data = server.raw(f"{method} /a.txt HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n".encode("latin-1"))
    assert set(statuses(data)) <= {501, 400, 431, 414} and b"hello" not in data


@pytest.mark.parametrize("target", [
    "/a.txt\0", "/a\0.txt", "\0/a.txt", "/" + "a/" * 8000, "/" + "%61" * 5000, "/a.txt?" + "x" * 60000, "/" + "a" * 300, "/" + "%2e" * 4000,
    "http:///a.txt", "http://" + "h" * 40000 + "/a.txt", "a.txt", "", "*"])
def test_odd_targets(server, target):
    """Zero bytes and targets that are too long, for the head or for the file system."""
    data = server.raw(f"GET {target} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n".encode("latin-1"))
    assert set(statuses(data)) <= {400, 404, 414, 431, 413}, data[:200]


@pytest.mark.parametrize("head", ["", "Content-Length: 0"])
def test_version_1_0_has_no_chunks(server, head):
    """RFC 9112, 6.1: chunks in HTTP/1.0 are a fault of framing."""
    data = server.raw(f"POST /x HTTP/1.0\r\nTransfer-Encoding: chunked\r\n{head}\r\n3\r\nabc\r\n0\r\n\r\n")
    assert b" 400 " in data.split(b"\r\n")[0] or data == b""
    assert server.get("/x")[0] == 404


def test_bodies_of_requests_without(server):
    """The body of a GET is not taken for the next request."""
    inner = "GET /smuggled HTTP/1.1\r\nHost: x\r\n\r\n"
    data = server.raw(f"GET /a.txt HTTP/1.1\r\nHost: x\r\nContent-Length: {len(inner)}\r\n\r\n{inner}", timeout=15)
    assert statuses(data) in ([200], [400]) and b"/smuggled" not in data
    data = server.raw(f"DELETE /none HTTP/1.1\r\nHost: x\r\nContent-Length: {len(inner)}\r\n\r\n{inner}", timeout=15)
    assert statuses(data) in ([204], [400]) and b"/smuggled" not in data


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
        time.sleep(0.05)  # the pace of the attack
    assert not open_heads, "a client that never ends its head is stopped after the time of option timeout"
    for s in bodies:
        assert read_all(s) == b""  # stalled uploads are closed, too
        s.close()
    assert not [name for name in os.listdir(server.www) if "slow" in name]


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


def reset(s):
    s.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    s.close()


def descriptors(server):
    return len(os.listdir(f"/proc/{server.process.pid}/fd"))


PHASES = {
    "connected": b"", "method": b"GE", "target": b"GET /lar", "head": b"GET /large HTTP/1.1\r\nHost: x\r\nX: ",
    "answer": b"GET /large HTTP/1.1\r\nHost: x\r\n\r\n", "pipeline": b"GET /large HTTP/1.1\r\nHost: x\r\n\r\n" * 3,
    "continue": b"PUT /up HTTP/1.1\r\nHost: x\r\nContent-Length: 10\r\nExpect: 100-continue\r\n\r\n",
    "body": b"PUT /up HTTP/1.1\r\nHost: x\r\nContent-Length: 10\r\n\r\nabc",
    "chunk": b"PUT /up HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nab",
    "last chunk": b"PUT /up HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nab\r\n0\r\n",
}


@pytest.mark.parametrize("phase", PHASES)
def test_peers_that_go(server, phase):
    """Closed, reset and half-closed peers in each phase: all descriptors are given back, no part of a file stays."""
    (server.www / "large").write_bytes(bytes(8 << 20))
    server.get("/a.txt")
    before = descriptors(server)
    for how in ("close", "reset", "half"):
        for _ in range(5):
            s = socket.create_connection(("127.0.0.1", server.port), timeout=15)
            s.sendall(PHASES[phase])
            if phase in ("answer", "pipeline", "continue"):
                assert s.recv(10).startswith(b"HTTP/1.1 ")
            if how == "half":
                s.shutdown(socket.SHUT_WR)
                s.recv(100)
            reset(s) if how == "reset" else s.close()
    end = time.monotonic() + 20
    while descriptors(server) > before:
        assert time.monotonic() < end, "descriptors are lost"
        time.sleep(0.01)
    assert sorted(os.listdir(server.www)) == ["a.txt", "large"]


def test_half_closed_peer_gets_its_answer(server):
    """RFC 9112, 9.6: one who sent its last request may close that direction."""
    (server.www / "large").write_bytes(bytes(8 << 20))
    with socket.create_connection(("127.0.0.1", server.port), timeout=15) as s:
        s.sendall(b"GET /large HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")
        s.shutdown(socket.SHUT_WR)
        assert len(parse_answer(read_all(s))[2]) == 8 << 20


def test_readers_that_stop(server):
    """Clients that ask for much and read nothing are closed after the time of option timeout; others are served."""
    (server.www / "large").write_bytes(bytes(32 << 20))
    before = descriptors(server)
    stopped = []
    for _ in range(50):
        s = socket.socket()
        s.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        s.connect(("127.0.0.1", server.port))
        s.sendall(b"GET /large HTTP/1.1\r\nHost: x\r\n\r\n")
        stopped.append(s)
    for _ in range(20):
        assert server.get("/a.txt")[2] == b"hello\n"
    end = time.monotonic() + 30
    while descriptors(server) > before:
        assert time.monotonic() < end, "a client that reads nothing keeps its connection"
        time.sleep(0.02)
    for s in stopped:
        s.close()


def test_the_end_behind_the_data(tmp_path):
    """A peer that sends a part of a request, in two pieces, and hangs up is noticed then, not when its time is over."""
    def descriptors(server):
        return len(os.listdir(f"/proc/{server.process.pid}/fd"))

    with serving(tmp_path, f"wdir={tmp_path}", "timeout=0") as server:
        server.get("/")
        before = descriptors(server)
        for size in range(0, 200_000, 4000):
            with socket.create_connection(("127.0.0.1", server.port), timeout=10) as s:
                s.sendall(b"PUT /x HTTP/1.1\r\nHost: x\r\nContent-Length: 300000\r\n\r\n")
                s.sendall(bytes(size))
        deadline = time.monotonic() + 20
        while descriptors(server) > before:
            assert time.monotonic() < deadline, f"{descriptors(server) - before} connections are left"
            time.sleep(0.01)
        assert not [p for p in tmp_path.iterdir()]
