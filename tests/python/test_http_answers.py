# SPDX-License-Identifier: MIT
"""Handlers of requests and the answers they give: python-api 4.8."""

import http.client
import re
import sys

import pytest

import libgpac as gpac
from http_server import Handler, serve
from lab import free_port


def test_the_server_serves(folder):
    """Reply 0: as usual, with headers of the handler in place of those of the server."""
    class H(Handler):
        def answer(self, method, url):
            self.headers_out = ["X-One", 1, "Content-Type", "text/x-own", "Server", "no", "Content-Length", "1", "odd"]

    def use(client):
        return client.get("/a.txt"), client.get("/none")[0], client.ask("HEAD", "/a.txt"), client.get(
            "/a.txt", headers={"Range": "bytes=1-2"})

    (status, headers, body), missing, head, part = serve(H, use, folder)
    assert (status, body, missing) == (200, b"hello\n", 404)
    assert headers["x-one"] == "1" and headers["content-type"] == "text/x-own"
    assert headers["server"] == "libgpac" and headers["content-length"] == "6"
    assert head[0] == 200 and head[2] == b""
    assert part[0] == 206 and part[2] == b"el" and part[1]["x-one"] == "1"
    assert H.closed == [1, 1, 1, 1]


def test_what_a_handler_sees(folder):
    class H(Handler):
        pass

    def use(client):
        client.get("/a.txt?x=1%20y", headers={"X-Name": "v"})
        client.ask("OPTIONS", "/a.txt")
        return client.ask("BREW", "/a.txt")[0], client.raw(b"GET a.txt HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")

    brew, bad = serve(H, use, folder)
    assert brew == 501 and b" 400 " in bad  # before any handler
    assert [(m, u, a) for m, u, a, _ in H.seen] == [("GET", "/a.txt?x=1 y", 200), ("OPTIONS", "/a.txt", 200)]
    headers = H.seen[0][3]
    assert headers[headers.index("X-Name") + 1] == "v" and "Host" in headers


def test_bodies(folder):
    class H(Handler):
        bodies = {"/text": "text é", "/bytes": b"\0\1", "/empty": "", "/teapot": "short", "/none": None}

        def answer(self, method, url):
            self.reply = 418 if url in ("/teapot", "/none") else 200
            self.body = self.bodies[url]

    def use(client):
        return {path: client.get(path) for path in H.bodies}, client.ask("HEAD", "/text"), client.ask("DELETE", "/text")

    got, head, delete = serve(H, use, folder)
    assert got["/text"][2] == "text é".encode() and got["/bytes"][2] == b"\0\1"
    assert got["/empty"][0::2] == (200, b"") and got["/empty"][1]["content-length"] == "0"
    assert got["/teapot"][0::2] == (418, b"short") and got["/none"][0::2] == (418, b"")
    assert "content-type" not in got["/text"][1] and "date" in got["/text"][1]
    assert head[0::2] == (200, b"") and head[1]["content-length"] == "7"
    assert delete[2] == "text é".encode()


def test_other_file(folder):
    """Reply 0 with a body: the path of a file, with ranges; a missing one is ignored."""
    class H(Handler):
        def answer(self, method, url):
            self.body = folder / "big" if url == "/other" else "/no/such/file"

    def use(client):
        return client.get("/other", headers={"Range": "bytes=10-19"}), client.get("/a.txt")

    part, whole = serve(H, use, folder)
    assert part[0::2] == (206, bytes(range(10, 20))) and whole[2] == b"hello\n"


def test_other_file_to_write(folder):
    """Reply 0 with a body for an upload: the path of the file to write, which is made, or replaced; also without wdir."""
    class H(Handler):
        def answer(self, method, url):
            self.body = folder / "stored"
            self.headers_out = ["X-Stored", "1"]

    def use(client):
        return client.ask("PUT", "/any", body=b"first"), client.ask("POST", "/other", body=b"second")

    first, second = serve(H, use, folder)
    assert (first[0], second[0]) == (201, 200) and first[1]["x-stored"] == second[1]["x-stored"] == "1"
    assert (folder / "stored").read_bytes() == b"second" and not (folder / "any").exists()
    assert H.closed == [1, 1]


def test_targets_as_handlers_see_them(folder):
    """Absolute ones without scheme and host; `*`; a path that names nothing; two slashes."""
    class H(Handler):
        def answer(self, method, url):
            self.reply, self.body = 200, url

    def use(client):
        targets = ["http://host:80/x?y=%41", "//x//y", "/%C3%A9%20", "/none"]
        answers = [client.raw(f"GET {t} HTTP/1.1\r\nHost: host\r\nConnection: close\r\n\r\n".encode()) for t in targets]
        star = client.raw(b"OPTIONS * HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")
        return [a.split(b"\r\n\r\n")[1].decode() for a in answers], star

    bodies, star = serve(H, use, folder)
    assert bodies == ["/x?y=A", "//x//y", "/é ", "/none"]
    assert b" 200 " in star and b"Allow:" in star and H.seen[-1][:2] == ("OPTIONS", "*")


def test_headers_of_every_answer(folder):
    """Those of the handler are on errors, parts and unchanged files, too; `Connection: close` closes after a file."""
    class H(Handler):
        def answer(self, method, url):
            self.headers_out = ["X-Own", "1", "ETag", '"mine"'] + (["Connection", "close"] if "last" in url else [])

    def use(client):
        c = http.client.HTTPConnection("127.0.0.1", client.port, timeout=10)
        for path, headers in (("/a.txt", {}), ("/none", {}), ("/a.txt", {"Range": "bytes=0-0"}), ("/a.txt", {"Range": "bytes=99-"}),
                              ("/a.txt?last", {})):
            yield client.get(path, headers=headers, connection=c)
        yield client.raw(b"GET /a.txt?last HTTP/1.1\r\nHost: x\r\n\r\n")

    *answers, raw = serve(H, lambda c: list(use(c)), folder)
    assert [a[0] for a in answers] == [200, 404, 206, 416, 200] and all(a[1]["x-own"] == "1" for a in answers)
    assert answers[0][1]["etag"] == '"mine"' and raw.endswith(b"hello\n")
    assert H.closed == [1, 1, 1, 1, 0, 0]


@pytest.mark.parametrize("status", [204, 226, 299, 304, 308, 418, 425, 451, 511, 599])
def test_statuses(folder, status):
    """All of three digits; the reason is that of the registry; empty answers have a length but 204 and 304."""
    class H(Handler):
        def answer(self, method, url):
            self.reply, self.body = status, "" if status == 226 or status == 299 else None

    answer = serve(H, lambda c: c.raw(b"GET / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n"), folder)
    head = answer.split(b"\r\n\r\n")[0].decode()
    reasons = {204: "No Content", 226: "IM Used", 304: "Not Modified", 308: "Permanent Redirect",
               425: "Too Early", 451: "Unavailable For Legal Reasons", 511: "Network Authentication Required"}
    assert re.match(rf"HTTP/1\.1 {status} {re.escape(reasons.get(status, ''))}", head)
    assert ("Content-Length: 0" in head) == (status not in (204, 304))


@pytest.mark.parametrize("status", [-1, 1, 100, 199, 1000])
def test_what_is_no_status(folder, status, monkeypatch):
    class H(Handler):
        def answer(self, method, url):
            self.reply, self.body = status, "x"

    reports = []
    monkeypatch.setattr(sys, "unraisablehook", lambda u: reports.append(u.exc_type))
    assert serve(H, lambda c: c.get("/x")[0], folder) == 500
    assert reports == [gpac.GpacError]


def test_answers_without_content(folder):
    """What a 2xx answer needs: 500 for the client, GpacError for the handler, and the server goes on."""
    class H(Handler):
        def on_request(self, method, url, auth_code, headers):
            self.reply = 200
            with pytest.raises(gpac.GpacError) as error:
                self.send()
            type(self).made.append(error.value.code)

    def use(client):
        return client.get("/x")[0], client.ask("PUT", "/x", body=b"a")[0]

    assert serve(H, use, folder) == (500, 500)
    assert H.made == [gpac.GF_BAD_PARAM] * 2


def test_a_connection_is_kept_after_304(folder):
    class H(Handler):
        def answer(self, method, url):
            self.reply = 304 if url == "/same" else 0

    def use(client):
        c = http.client.HTTPConnection("127.0.0.1", client.port, timeout=10)
        return [client.get(path, connection=c)[0] for path in ("/same", "/a.txt", "/same", "/a.txt")]

    assert serve(H, use, folder) == [304, 200, 304, 200]


def test_kept_connection_after_a_file(folder):
    """What `read` gives is not mixed with a file served before (row 73)."""
    class H(Handler):
        def answer(self, method, url):
            self.reply = 200 if url == "/read" else 0
            self.left = 3

        def read(self, buf, size):
            n, self.left = self.left, 0
            memoryview(buf)[:n] = b"abc"[:n]
            return n

    def use(client):
        c = http.client.HTTPConnection("127.0.0.1", client.port, timeout=10)
        return [client.get(p, connection=c)[2] for p in ("/a.txt", "/read", "/a.txt", "/read")]

    assert serve(H, use, folder) == [b"hello\n", b"abc"] * 2


def test_connection_close(folder):
    class H(Handler):
        def answer(self, method, url):
            self.reply, self.body, self.headers_out = 200, "x", ["Connection", "close"]

    answer = serve(H, lambda c: c.raw(b"GET / HTTP/1.1\r\nHost: x\r\n\r\n"), folder)
    assert answer.endswith(b"\r\n\r\nx") and H.closed == [0]


def test_unauthorized(folder):
    class H(Handler):
        def answer(self, method, url):
            self.reply = 401

    status, headers, _ = serve(H, lambda c: c.get("/x"), folder)
    assert status == 401 and headers["www-authenticate"].startswith("Basic")


def test_binding(folder):
    fs = gpac.FilterSession()
    f = fs.load(f"httpout:port={free_port()}:ifce=127.0.0.1:rdirs={folder}:N=web")
    with pytest.raises(gpac.GpacError, match="Missing on_request member function on object, cannot bind"):
        f.bind(object())
    with pytest.raises(TypeError, match="HTTPOutRequest"):
        f.bind(type("Shaped", (), {"on_request": lambda *a: None})())
    with pytest.raises(gpac.GpacError, match="no request of a server"):
        gpac.HTTPOutRequest().send()
    assert f.bind(gpac.HTTPOutRequest()) == 0
    fs.delete()


def test_handlers_need_the_thread_of_the_session(folder):
    fs = gpac.FilterSession()
    f = fs.load(f"httpout:port={free_port()}:ifce=127.0.0.1:rdirs={folder}:nb_threads=2")
    with pytest.raises(gpac.GpacError) as error:
        f.bind(gpac.HTTPOutRequest())
    assert error.value.code == gpac.GF_NOT_SUPPORTED
    fs.delete()


def test_default_handler(folder):
    assert serve(gpac.HTTPOutRequest, lambda c: c.get("/a.txt")[2], folder) == b"hello\n"
