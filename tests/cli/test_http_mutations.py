"""httpout against requests that were changed at random, always in the same way: it goes on, nothing guarded is told,
nothing is written where it must not be. A longer run: `HTTP_MUTATIONS=20000 pytest tests/cli/test_http_mutations.py`."""

import os
import random
import re
import socket

import pytest

from http_tools import read_all, serving
from test_http_rules import login, users_text

SECRET = b"the text that only bob may read"
NUMBER = int(os.environ.get("HTTP_MUTATIONS", "400"))
WORDS = [b"\0", b"\r", b"\n", b"\r\n", b"\r\n\r\n", b" ", b"\t", b":", b"/", b"..", b"%2e%2e", b"%2f", b"%00", b"%", b"?", b"#", b"\\", b",",
         b"-", b"=", b"18446744073709551615", b"-1", b"0", b"\xff\xfe", b"A" * 9000, b"Transfer-Encoding: chunked\r\n",
         b"Content-Length: 3\r\n", b"Host: y\r\n", b"Range: bytes=0-\r\n", b"Expect: 100-continue\r\n", b"Connection: close\r\n",
         b"Authorization: Basic Ym9iOg==\r\n", b"HTTP/1.0", b"OPTIONS", b"HEAD", b"/in/", b"/www/", b"http://x/"]


def requests():
    good = login("alice")["Authorization"]
    heads = ["GET /a.txt", "GET /in/secret", "HEAD /in/secret", "GET /in/", "GET /in/../in/secret", "GET /%69n/secret", "OPTIONS /in/secret",
             "DELETE /in/secret", "DELETE /a.txt", "GET /named/secret", "GET http://x/in/secret"]
    for head in heads:
        yield f"{head} HTTP/1.1\r\nHost: x\r\nRange: bytes=1-2,4-\r\nIf-None-Match: \"1\"\r\nAuthorization: {good}\r\n\r\n".encode()
    yield b"PUT /in/new HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\n\r\nhello"
    yield b"PUT /up/new HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\n\r\nhello"
    yield b"POST /up/new HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\nX: y\r\n\r\n"
    yield b"GET /a.txt HTTP/1.1\r\nHost: x\r\n\r\nGET /in/secret HTTP/1.1\r\nHost: x\r\n\r\n"


def mutate(data, rng):
    data = bytearray(data)
    for _ in range(rng.randint(1, 4)):
        at = rng.randrange(len(data) + 1)
        choice = rng.randrange(5)
        if choice == 0:
            data[at:at] = rng.choice(WORDS)
        elif choice == 1:
            data[at:at + rng.randint(1, 8)] = b""
        elif choice == 2 and at < len(data):
            data[at] ^= 1 << rng.randrange(8)
        elif choice == 3:
            other = rng.randrange(len(data) + 1)
            data[at:at] = data[min(at, other):max(at, other)]
        else:
            data[at:at + rng.randint(0, 3)] = rng.choice(WORDS)
        if not data:
            data[:] = b" "
    return bytes(data)


@pytest.fixture
def server(tmp_path):
    www, inside, up = tmp_path / "www", tmp_path / "www" / "in", tmp_path / "www" / "up"
    inside.mkdir(parents=True)
    up.mkdir()
    (www / "a.txt").write_text("hello")
    (inside / "secret").write_bytes(SECRET)
    (www / "link").symlink_to("/etc")
    (tmp_path / "outside").write_bytes(SECRET)
    (tmp_path / "users.cfg").write_text(users_text())
    (tmp_path / "rules.ini").write_text(f"[{www}]\n[{inside}]\nru=bob\nname=named\n[{up}]\nwu=$ALL\n")
    with serving(tmp_path / "rules.ini", "dlist=true", "maxc=0", "timeout=10", "ops=true", f"accesslog={tmp_path}/log",
                 extra=[f"-users={tmp_path}/users.cfg"]) as s:
        s.folder = tmp_path
        yield s


def test_mutated_requests(server):
    rng = random.Random(20261123)
    bases = list(requests())
    fine = b"GET /a.txt HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n"
    answered = set()
    for number in range(NUMBER):
        request = mutate(rng.choice(bases), rng)
        with socket.create_connection(("127.0.0.1", server.port), timeout=30) as s:
            try:
                s.sendall(request)
                s.shutdown(socket.SHUT_WR)
            except OSError:
                pass  # closed before it took all
            data = read_all(s)
        assert SECRET[:12] not in data and SECRET[-12:] not in data and b"root:" not in data, request
        answered.update(int(code) for code in re.findall(rb"^HTTP/1\.1 (\d+)", data, re.M))
        if number % 50 == 0:
            assert server.raw(fine).endswith(b"hello")
    assert server.raw(fine).endswith(b"hello")
    known = {100, 200, 201, 206, 304, 400, 401, 403, 404, 405, 411, 412, 413, 414, 416, 431, 500, 501, 505}
    assert answered <= known and {200, 206, 400, 403, 404} <= answered
    files = {str(p.relative_to(server.folder)) for p in server.folder.rglob("*") if p.is_file() and not p.is_relative_to(
        server.folder / "www" / "up")}
    assert files == {"www/a.txt", "www/in/secret", "outside", "users.cfg", "rules.ini", "log"}
    assert (server.folder / "www" / "in" / "secret").read_bytes() == SECRET
    lines = (server.folder / "log").read_text().splitlines()
    assert all(re.fullmatch(r'127\.0\.0\.1 - \S+ \[[^]]*\] "[^"]*" \d{3} (\d+|-)', line) for line in lines)
