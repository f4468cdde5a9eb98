# SPDX-License-Identifier: MIT
"""Bodies of answers that come piece by piece, from `read` or an iterable, and their pace."""

import http.client
import sys
import time

import pytest

import libgpac as gpac
from http_server import Handler, serve
from lab import wait_for


@pytest.mark.parametrize("length", [None, 45000])
def test_read(folder, length):
    """A body that `read` makes: chunked, or of the length told; negative results are asked again."""
    class H(Handler):
        calls = 0

        def answer(self, method, url):
            self.reply = 200
            self.left = 45000
            if length:
                self.headers_out = ["Content-Length", length]

        def read(self, buf, size):
            type(self).calls += 1
            if type(self).calls % 3 == 0:
                return -1
            n = min(size, self.left, 7000)
            memoryview(buf)[:n] = bytes([self.calls % 256]) * n
            self.left -= n
            return n

    status, headers, body = serve(H, lambda c: c.get("/x"), folder)
    assert status == 200 and len(body) == 45000 and H.closed == [1]
    assert headers.get("content-length") == (str(length) if length else None)
    assert ("transfer-encoding" in headers) == (not length)


def test_read_for_http_1_0(folder):
    class H(Handler):
        def answer(self, method, url):
            self.reply = 200
            self.parts = [b"one", b"two"]

        def read(self, buf, size):
            if not self.parts:
                return 0
            part = self.parts.pop(0)
            memoryview(buf)[:len(part)] = part
            return len(part)

    answer = serve(H, lambda c: c.raw(b"GET / HTTP/1.0\r\n\r\n"), folder)
    assert answer.split(b"\r\n\r\n")[1] == b"onetwo" and b"chunked" not in answer and H.closed == [0]


def test_read_is_not_called_for_other_answers(folder):
    """Only for a GET with a 2xx status other than 204 and no body (row 83)."""
    class H(Handler):
        def answer(self, method, url):
            self.reply = int(url[1:4])
            self.body = "b" if "body" in url else None

        def read(self, buf, size):
            raise AssertionError("not to be called")

    def use(client):
        return [client.get(p)[0::2] for p in ("/204", "/404", "/200body")] + [client.ask("HEAD", "/200")[0]]

    assert serve(H, use, folder) == [(204, b""), (404, b""), (200, b"b"), 200]


def test_wrong_results(folder, monkeypatch):
    """More bytes than the buffer has, or no number: as an exception."""
    class H(Handler):
        def answer(self, method, url):
            self.reply = 200
            self.result = {"/more": 10**6, "/text": "x"}[url]

        def read(self, buf, size):
            return self.result

    reports = []
    monkeypatch.setattr(sys, "unraisablehook", lambda u: reports.append(u.exc_type))

    def use(client):
        for path in ("/more", "/text"):
            with pytest.raises((http.client.HTTPException, ConnectionError)):
                client.get(path)

    serve(H, use, folder)
    assert reports == [ValueError, TypeError] and H.closed == [gpac.GF_SERVICE_ERROR] * 2


@pytest.mark.parametrize("kind", ["file", "list", "generator", "memoryviews", "waiting"])
def test_bodies_that_are_streams(folder, kind):
    """Read block by block as the client takes them, never as a whole."""
    whole = bytes(range(250)) * 4000  # a megabyte

    def pieces():
        for i in range(0, len(whole), 30_000):
            if kind == "waiting" and i % 90_000 == 0:
                yield None  # nothing now
            yield b""  # nothing at all
            yield memoryview(whole)[i:i + 30_000] if kind == "memoryviews" else whole[i:i + 30_000]

    class H(Handler):
        most = 0

        def answer(self, method, url):
            self.reply = 200
            self.body = open(folder / "whole", "rb") if kind == "file" else [whole[:7], whole[7:]] if kind == "list" else pieces()
            if url == "/length":
                self.headers_out = ["Content-Length", len(whole)]

    (folder / "whole").write_bytes(whole)
    chunked, length, head = serve(H, lambda c: [c.get("/x"), c.get("/length"), c.ask("HEAD", "/length")], folder)
    assert chunked[2] == length[2] == whole and chunked[1]["transfer-encoding"] == "chunked"
    assert length[1]["content-length"] == head[1]["content-length"] == str(len(whole)) and head[2] == b""
    assert H.closed == [1, 1, 1]


def test_only_as_much_of_a_stream_is_read_as_the_client_takes(folder):
    class H(Handler):
        made = None

        def answer(self, method, url):
            self.reply, self.body = 200, self.endless()

        def endless(self):
            for H.made in range(1_000_000):
                yield bytes(10_000)

    def use(client):
        s = client.raw(b"GET /x HTTP/1.1\r\nHost: x\r\n\r\n", wait=False)
        s.recv(1000)
        last = None
        while last != H.made:  # the buffers of the kernel are full
            last = H.made
            time.sleep(0.2)
        s.close()
        wait_for(lambda: H.closed)
        return last

    assert serve(H, use, folder) < 5_000 and H.closed == [gpac.GF_IP_CONNECTION_CLOSED]


def test_streams_where_they_are_no_body(folder, monkeypatch):
    """Of a status without content, or of other methods; texts instead of bytes; too short for their length."""
    class H(Handler):
        def answer(self, method, url):
            self.reply = 404 if url == "/404" else 200
            self.body = iter(["text"]) if url == "/text" else iter([b"bytes"])
            self.headers_out = ["Content-Length", 10] if url == "/short" else []

    reports = []
    monkeypatch.setattr(sys, "unraisablehook", lambda u: reports.append(u.exc_type))

    def use(client):
        refused = [client.get("/404")[0], client.ask("DELETE", "/x")[0]]
        for path in ("/text", "/short"):
            with pytest.raises((http.client.HTTPException, ConnectionError)):
                client.get(path)
        return refused

    assert serve(H, use, folder) == [500, 500]
    assert reports == [ValueError, ValueError, TypeError] and H.closed == [1, 1, -13, -13]


def test_a_length_that_is_no_number(folder):
    class H(Handler):
        def answer(self, method, url):
            self.reply, self.body, self.headers_out = 200, [b"body"], ["Content-Length", "many"]

    status, headers, body = serve(H, lambda c: c.get("/x"), folder)
    assert (status, body) == (200, b"body") and headers["transfer-encoding"] == "chunked"


def test_throttle(folder):
    """Called before each block of a file, with the bytes done; waits are kept."""
    class H(Handler):
        def throttle(self, done, total):
            type(self).made.append((done, total))
            return 1000

    status, _, body = serve(H, lambda c: c.get("/big"), folder, ":block_size=10000")
    assert status == 200 and body == (folder / "big").read_bytes()
    assert H.made == [(n, 50000) for n in range(0, 50000, 10000)] and H.closed == [1]


def test_throttle_is_not_called_for_text(folder):
    class H(Handler):
        def answer(self, method, url):
            self.reply, self.body = 200, "x"

        def throttle(self, done, total):
            raise AssertionError("not to be called")

    assert serve(H, lambda c: c.get("/x")[2], folder) == b"x"
