# SPDX-License-Identifier: MIT
"""Request handlers of an HTTP server: python-api 4.8 and its rows in the table of defects (70 to 77, 83, 85 to 87)."""

import asyncio
import gc
import http.client
import os
import re
import resource
import socket
import sys
import threading
import time

import pytest

import libgpac as gpac


def free_port():
    with socket.socket() as s:
        s.bind(("127.0.0.1", 0))
        return s.getsockname()[1]


class Client:
    """Runs a function with this object on a thread of its own while the session runs."""

    def __init__(self, port):
        self.port = port

    def raw(self, data, wait=True):
        s = socket.create_connection(("127.0.0.1", self.port), timeout=10)
        s.sendall(data)
        if not wait:
            return s
        answer = b""
        while piece := s.recv(65536):
            answer += piece
        s.close()
        return answer

    def ask(self, method, path, body=None, headers=None, connection=None, chunked=False):
        """(status, headers, body) of one request."""
        c = connection or http.client.HTTPConnection("127.0.0.1", self.port, timeout=10)
        c.request(method, path, body=body, headers=headers or {}, encode_chunked=chunked)
        answer = c.getresponse()
        data = answer.read()
        if not connection:
            c.close()
        return answer.status, {k.lower(): v for k, v in answer.headers.items()}, data

    def get(self, path, **kwargs):
        return self.ask("GET", path, **kwargs)


def serve(handler, use, folder, options="", limit=30, setup=None):
    """Runs a session with a server whose requests go to `handler`, until `use(client)` returned."""
    port = free_port()
    fs = gpac.FilterSession()
    f = fs.load(f"httpout:port={port}:ifce=127.0.0.1:rdirs={folder}:maxp=0{options}")
    if handler is not None:
        assert f.bind(handler() if isinstance(handler, type) else handler) == 0
    if setup:
        setup(fs)
    result = []

    def work():
        try:
            result.append(use(Client(port)))
        except BaseException as e:  # noqa: BLE001 - shown by the test
            result.append(e)
        finally:
            fs.abort()

    thread = threading.Thread(target=work)
    thread.start()
    fs.run(timeout=limit)
    thread.join()
    fs.delete()
    if isinstance(result[0], BaseException):
        raise result[0]
    return result[0]


@pytest.fixture
def folder(tmp_path):
    (tmp_path / "a.txt").write_bytes(b"hello\n")
    (tmp_path / "big").write_bytes(bytes(range(250)) * 200)  # 50 000 bytes
    return tmp_path


class Handler(gpac.HTTPOutRequest):
    """Remembers its requests in `seen` and the reasons of their ends in `closed`."""

    def __init_subclass__(cls):
        cls.seen, cls.closed, cls.made = [], [], []

    def on_request(self, method, url, auth_code, headers):
        type(self).seen.append((method, url, auth_code, headers))
        self.answer(method, url)
        self.send()

    def answer(self, method, url):
        pass

    def close(self, reason):
        type(self).closed.append(reason)


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


def test_a_connection_is_kept_after_304(folder):
    class H(Handler):
        def answer(self, method, url):
            self.reply = 304 if url == "/same" else 0

    def use(client):
        c = http.client.HTTPConnection("127.0.0.1", client.port, timeout=10)
        return [client.get(path, connection=c)[0] for path in ("/same", "/a.txt", "/same", "/a.txt")]

    assert serve(H, use, folder) == [304, 200, 304, 200]


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


def test_upload(folder):
    """`write` gets all of the body, then (None, 0); then the answer is sent (rows 71, 72, 86)."""
    class H(Handler):
        def answer(self, method, url):
            self.reply = 202
            self.body = "thanks"
            self.headers_out = ["X-Got", "it"]
            self.got = b""

        def write(self, buf, size):
            assert (buf is None) == (size == 0)
            if buf is None:
                type(self).made.append(self.got)
            else:
                assert size <= 10000 and len(buf) == size
                self.got += bytes(buf)

    data = os.urandom(123456)

    def use(client):
        return [client.ask("PUT", "/x", body=data), client.ask("POST", "/x", body=iter([data[:5], data[5:]]), chunked=True),
                client.ask("PUT", "/x", body=b"", headers={"Expect": "100-continue"})]

    answers = serve(H, use, folder)
    assert [(s, b) for s, _, b in answers] == [(202, b"thanks")] * 3
    assert all(h["x-got"] == "it" for _, h, _ in answers)
    assert H.made == [data, data, b""] and H.closed == [1, 1, 1]


def test_what_was_received_decides(folder, monkeypatch):
    """Status, headers and body are those at the end of the upload."""
    class H(Handler):
        def answer(self, method, url):
            self.reply, self.body, self.headers_out = 201, "as sent", ["X-Sent", "1"]
            self.got = b""

        def write(self, buf, size):
            if buf is not None:
                self.got += bytes(buf)
            elif self.got == b"bad":
                self.reply, self.body, self.headers_out = 422, b"not this", ["X-Got", len(self.got)]
            elif self.got == b"none":
                self.body = None
            elif self.got == b"wrong":
                self.reply = 0

    reports = []
    monkeypatch.setattr(sys, "unraisablehook", lambda u: reports.append(u.exc_value))

    def use(client):
        answers = [client.ask("PUT", "/x", body=body) for body in (b"good", b"bad", b"none")]
        with pytest.raises((http.client.HTTPException, ConnectionError)):
            client.ask("PUT", "/x", body=b"wrong")
        return answers

    good, bad, none = serve(H, use, folder)
    assert (good[0], good[1]["x-sent"], good[2]) == (201, "1", b"as sent")
    assert (bad[0], bad[1]["x-got"], bad[2]) == (422, "3", b"not this") and "x-sent" not in bad[1]
    assert (none[0], none[2], none[1]["content-length"]) == (201, b"", "0")
    assert H.closed == [1, 1, 1, gpac.GF_SERVICE_ERROR] and [e.code for e in reports] == [gpac.GF_BAD_PARAM]


def test_refused_upload(folder):
    """Another status: answered at once, `write` is not called."""
    class H(Handler):
        def answer(self, method, url):
            self.reply = 403
            self.body = "no"

        def write(self, buf, size):
            raise AssertionError("not to be called")

    status, _, body = serve(H, lambda c: c.ask("PUT", "/x", body=b"abc"), folder)
    assert (status, body) == (403, b"no")


def test_too_large_uploads(folder):
    class H(Handler):
        def answer(self, method, url):
            self.reply = 200

        def write(self, buf, size):
            pass

    assert serve(H, lambda c: c.ask("PUT", "/x", body=b"a" * 2000)[0], folder, ":maxs=1000") == 413


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


def test_later(folder):
    """An answer from a task; the request is exempt from the time limit of idle connections (rows 85, 77)."""
    class H(Handler):
        def on_request(self, method, url, auth_code, headers):
            type(self).made.append(self)

    class Answer(gpac.FilterTask):
        def execute(self):
            if len(H.made) < 3:
                return 20
            if not hasattr(self, "since"):
                self.since = time.monotonic()
            if time.monotonic() - self.since < 1.5:
                return 100
            for r in H.made:
                r.reply, r.body = 200, "late"
                r.send()
                with pytest.raises(gpac.GpacError):
                    r.send()
            return None

    def use(client):
        answers = []
        threads = [threading.Thread(target=lambda: answers.append(client.get("/x")[2])) for _ in range(3)]
        [t.start() for t in threads]
        [t.join() for t in threads]
        return answers

    assert serve(H, use, folder, ":timeout=1", setup=lambda fs: fs.post(Answer("late"))) == [b"late"] * 3
    assert H.closed == [1, 1, 1]


def test_peer_that_goes_while_it_waits(folder):
    """close(-43) once, also without send; send does nothing then."""
    class H(Handler):
        def on_request(self, method, url, auth_code, headers):
            type(self).made.append(self)

    def use(client):
        s = client.raw(b"GET /x HTTP/1.1\r\nHost: x\r\n\r\n", wait=False)
        wait_for(lambda: H.made)
        s.close()
        wait_for(lambda: H.closed)
        return True

    assert serve(H, use, folder)
    assert H.closed == [gpac.GF_IP_CONNECTION_CLOSED]
    H.made[0].send()
    assert H.closed == [gpac.GF_IP_CONNECTION_CLOSED]


def test_end_of_session_while_a_request_waits(folder):
    class H(Handler):
        def on_request(self, method, url, auth_code, headers):
            type(self).made.append(self)

    def use(client):
        s = client.raw(b"GET /x HTTP/1.1\r\nHost: x\r\n\r\n", wait=False)
        wait_for(lambda: H.made)
        return s

    port = free_port()
    fs = gpac.FilterSession()
    fs.load(f"httpout:port={port}:ifce=127.0.0.1:rdirs={folder}").bind(H())
    sockets = []
    thread = threading.Thread(target=lambda: (sockets.append(use(Client(port))), fs.abort(gpac.GF_FS_FLUSH_NONE)))
    thread.start()
    fs.run(timeout=20)
    thread.join()
    fs.delete()
    sockets[0].close()
    assert H.closed == [0]


@pytest.mark.parametrize("flush", ["GF_FS_FLUSH_ALL", "GF_FS_FLUSH_FAST"])
def test_answers_are_finished_at_the_end_of_the_session(folder, flush):
    """An abort that flushes waits for answers under way; what has none in the time of option drain is closed, with 0."""
    ended = threading.Event()

    class H(Handler):
        def on_request(self, method, url, auth_code, headers):
            self.pieces = 0
            type(self).made.append(self)
            if url == "/answered":
                self.reply = 200
                self.send()

        def read(self, buf, size):
            if self.pieces == 1 and not ended.is_set():
                return -1
            self.pieces += 1
            buf[:4] = b"late" if isinstance(buf, bytearray) else list(b"late")
            return 4 if self.pieces < 4 else 0

    port = free_port()
    fs = gpac.FilterSession()
    fs.load(f"httpout:port={port}:ifce=127.0.0.1:rdirs={folder}:drain=2").bind(H())
    answers = []

    def work():
        sockets = [Client(port).raw(b"GET /%s HTTP/1.1\r\nHost: x\r\n\r\n" % path, wait=False) for path in (b"answered", b"waits")]
        wait_for(lambda: len(H.made) == 2 and any(request.pieces for request in H.made))
        fs.abort(getattr(gpac, flush))
        ended.set()
        for s in sockets:
            data = b""
            while piece := s.recv(65536):
                data += piece
            answers.append(data)
            s.close()

    thread = threading.Thread(target=work)
    thread.start()
    fs.run(timeout=20)
    thread.join()
    fs.delete()
    assert answers[0].endswith(b"\r\n\r\n4\r\nlate\r\n4\r\nlate\r\n4\r\nlate\r\n0\r\n\r\n") and answers[1] == b""
    assert len(H.closed) == 2 and set(H.closed) <= {0, 1}


def wait_for(condition):
    end = time.monotonic() + 20
    while not condition():
        assert time.monotonic() < end, "it does not happen"
        time.sleep(0.005)


def test_throttle(folder):
    """Called before each block of a file, with the bytes done; waits are kept."""
    class H(Handler):
        def throttle(self, done, total):
            type(self).made.append((done, total))
            return 1000

    status, _, body = serve(H, lambda c: c.get("/big"), folder, ":block_size=10000")
    assert status == 200 and body == (folder / "big").read_bytes()
    assert H.made == [(n, 50000) for n in range(0, 50000, 10000)] and H.closed == [1]


def test_throttle_of_uploads(folder):
    class H(Handler):
        def answer(self, method, url):
            self.reply = 200

        def throttle(self, done, total):
            type(self).made.append((done, total))
            return 500

        def write(self, buf, size):
            pass

    assert serve(H, lambda c: c.ask("PUT", "/x", body=b"a" * 30000)[0], folder) == 200
    assert H.made[0] == (0, 30000) and all(a[0] < b[0] for a, b in zip(H.made, H.made[1:])) and H.made[-1][0] < 30000


def test_throttle_is_not_called_for_text(folder):
    class H(Handler):
        def answer(self, method, url):
            self.reply, self.body = 200, "x"

        def throttle(self, done, total):
            raise AssertionError("not to be called")

    assert serve(H, lambda c: c.get("/x")[2], folder) == b"x"


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


def test_close_is_called_once(folder):
    """Not again when the kept connection ends, and no throttle after it (row 70)."""
    class H(Handler):
        def answer(self, method, url):
            self.reply, self.body = (200, "x") if url == "/now" else (0, None)
            self.over = False

        def throttle(self, done, total):
            assert not self.over
            return 100

        def close(self, reason):
            assert not self.over
            self.over = True
            super().close(reason)

    def use(client):
        c = http.client.HTTPConnection("127.0.0.1", client.port, timeout=10)
        answers = [client.get(p, connection=c)[0] for p in ("/now", "/big", "/now", "/none")]
        c.close()
        client.get("/now")  # after the end of the connection was seen
        return answers

    assert serve(H, use, folder) == [200, 200, 200, 404] and H.closed == [1] * 5


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


@pytest.mark.parametrize("where", ["__init__", "on_request", "throttle", "read", "write", "close"])
def test_exceptions(folder, monkeypatch, where):
    """500 in on_request, else the connection closes with -13; reported once; the server goes on (row 87)."""
    class H(gpac.HTTPOutRequest):
        broken = True
        closed = []

        def __init__(self):
            super().__init__()
            if where == "__init__" and H.broken is None:
                raise KeyError(where)

        def fail(self, name):
            if where == name and self.broken:
                raise KeyError(name)

        def on_request(self, method, url, auth_code, headers):
            self.fail("on_request")
            self.broken = "good" not in url
            self.reply = 200
            self.left = 3
            self.send()

        def throttle(self, done, total):
            self.fail("throttle")

        def read(self, buf, size):
            self.fail("read")
            n, self.left = self.left, 0
            memoryview(buf)[:n] = b"abc"[:n]
            return n

        def write(self, buf, size):
            self.fail("write")

        def close(self, reason):
            H.closed.append(reason)
            self.fail("close")

    reports = []
    monkeypatch.setattr(sys, "unraisablehook", lambda u: reports.append(u.exc_type))

    def use(client):
        results = []
        H.broken = None if where == "__init__" else True
        try:
            results.append(client.ask("PUT", "/x", body=b"abc")[0] if where == "write" else client.get("/x")[0])
        except (http.client.HTTPException, ConnectionError):
            results.append("cut")
        H.broken = False
        results.append(client.get("/good")[2])
        return results

    failed, good = serve(H(), use, folder)
    assert failed == {"__init__": 500, "on_request": 500, "close": 200}.get(where, "cut") or (where in ("read", "throttle") and failed == 200)
    assert reports == [KeyError]
    if where == "on_request":
        assert good == b"" or good == b"abc"
    else:
        assert good == b"abc"
    expected = {"__init__": [1], "on_request": [1, 1], "close": [1, 1]}.get(where, [gpac.GF_SERVICE_ERROR, 1])
    assert H.closed == expected


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


def test_ctrl_c_in_a_handler_ends_the_session(folder):
    class H(Handler):
        def on_request(self, method, url, auth_code, headers):
            raise KeyboardInterrupt

    port = free_port()
    fs = gpac.FilterSession()
    fs.load(f"httpout:port={port}:ifce=127.0.0.1:rdirs={folder}").bind(H())
    thread = threading.Thread(target=lambda: Client(port).raw(b"GET / HTTP/1.1\r\nHost: x\r\n\r\n", wait=False))
    thread.start()
    with pytest.raises(KeyboardInterrupt):
        fs.run(timeout=20)
    thread.join()
    fs.delete()


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


def test_default_handler(folder):
    assert serve(gpac.HTTPOutRequest, lambda c: c.get("/a.txt")[2], folder) == b"hello\n"


def test_objects_go(folder):
    """One object per request, none is left; the bound one gets no call."""
    class H(Handler):
        alive = 0
        bound = None

        def __init__(self):
            super().__init__()
            H.alive += 1

        def __del__(self):
            H.alive -= 1

        def answer(self, method, url):
            assert self is not H.bound
            self.reply, self.body = 200, "x"

    H.bound = H()
    serve(H.bound, lambda c: [c.get("/x") for _ in range(20)], folder)
    H.bound = None
    gc.collect()
    assert H.alive == 0 and H.closed == [1] * 20


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


def serve_async(handler, use, folder):
    """The same as serve(), in asyncio: `use` is a coroutine function."""
    async def main():
        port = free_port()
        with gpac.FilterSession() as fs:
            fs.load(f"httpout:port={port}:ifce=127.0.0.1:rdirs={folder}:maxp=0:maxc=0").bind(handler())
            running = asyncio.ensure_future(fs.run_async(timeout=60))
            try:
                return await use(port)
            finally:
                fs.abort()
                await running
    return asyncio.run(main())


async def fetch(port, path):
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    writer.write(f"GET {path} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n".encode())
    head, _, body = (await reader.read(-1)).partition(b"\r\n\r\n")
    writer.close()
    return int(head.split()[1]) if head else 0, body


def test_async_handlers(folder, monkeypatch):
    """Three hundred requests that wait for something of asyncio, at once; exceptions; bodies that come as they are made."""
    class H(Handler):
        waiting = most = 0

        async def on_request(self, method, url, auth_code, headers):
            H.waiting += 1
            H.most = max(H.most, H.waiting)
            while H.most < 300:
                await asyncio.sleep(0.01)
            H.waiting -= 1
            if url == "/wrong":
                raise KeyError(url)
            self.reply, self.body = 200, self.count() if url == "/count" else url
            self.send()
            if url == "/late":
                raise IndexError(url)

        async def count(self):
            for i in range(5):
                await asyncio.sleep(0.001)
                yield b"%d" % i

    reports = []
    monkeypatch.setattr(sys, "unraisablehook", lambda u: reports.append(u.exc_type))

    async def use(port):
        answers = await asyncio.gather(*[fetch(port, f"/{i}") for i in range(300)])
        return answers, [await fetch(port, path) for path in ("/wrong", "/late", "/count")]

    many, (wrong, late, count) = serve_async(H, use, folder)
    assert many == [(200, b"/%d" % i) for i in range(300)] and H.most == 300
    assert wrong == (500, b"") and late[0] in (0, 200) and count[0] == 200
    assert b"".join(re.findall(rb"1\r\n(\d)\r\n", count[1])) == b"01234"
    assert reports == [KeyError, IndexError] and len(H.closed) == 303


def test_async_handlers_without_asyncio(folder, monkeypatch):
    class H(Handler):
        async def on_request(self, method, url, auth_code, headers):
            self.send()

    reports = []
    monkeypatch.setattr(sys, "unraisablehook", lambda u: reports.append(str(u.exc_value)))
    assert serve(H, lambda c: c.get("/a.txt")[0], folder) == 500
    assert len(reports) == 1 and "run_async" in reports[0]


def test_async_handlers_of_a_session_that_ends(folder):
    """What still waits is cancelled, and closed."""
    class H(Handler):
        async def on_request(self, method, url, auth_code, headers):
            try:
                await asyncio.sleep(1000)
            except asyncio.CancelledError:
                H.made.append("cancelled")
                raise

    async def use(port):
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        writer.write(b"GET / HTTP/1.1\r\nHost: x\r\n\r\n")
        return writer

    async def wait_and_use(port):
        writer = await use(port)
        await asyncio.sleep(0.3)
        return writer

    serve_async(H, wait_and_use, folder)
    assert H.made == ["cancelled"] and H.closed == [0]


def test_async_handlers_that_fail_when_all_is_over(folder, monkeypatch):
    """The client went, or the session: the exception is reported, nothing else happens."""
    class H(Handler):
        async def on_request(self, method, url, auth_code, headers):
            try:
                await asyncio.sleep(0.3 if url == "/gone" else 1000)
            except asyncio.CancelledError:
                pass
            self.send()
            raise KeyError(url)

    reports = []
    monkeypatch.setattr(sys, "unraisablehook", lambda u: reports.append(u.exc_value.args[0]))

    async def use(port):
        for path in ("/gone", "/stays"):
            reader, writer = await asyncio.open_connection("127.0.0.1", port)
            writer.write(f"GET {path} HTTP/1.1\r\nHost: x\r\n\r\n".encode())
            await asyncio.sleep(0.1)
            if path == "/gone":
                writer.close()
        await asyncio.sleep(0.5)
        return writer

    serve_async(H, use, folder)
    assert reports == ["/gone", "/stays"] and sorted(H.closed) == [gpac.GF_IP_CONNECTION_CLOSED, 0]


def test_many_requests_at_once(folder):
    """A thousand requests wait at the same time; each gets its own answer."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    if hard < 3000:
        pytest.skip("too few open files are allowed")
    resource.setrlimit(resource.RLIMIT_NOFILE, (max(soft, 3000), hard))

    class H(Handler):
        def on_request(self, method, url, auth_code, headers):
            self.reply, self.body = 200, url
            type(self).made.append(self)
            if len(type(self).made) == 1000:
                for r in type(self).made:
                    r.send()

    def use(client):
        sockets = []
        for i in range(1000):
            sockets.append(client.raw(f"GET /{i} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n".encode(), wait=False))
        answers = []
        for s in sockets:
            data = b""
            while piece := s.recv(4096):
                data += piece
            answers.append(data.split(b"\r\n\r\n")[1])
            s.close()
        return answers

    assert serve(H, use, folder, ":maxc=0", limit=60) == [f"/{i}".encode() for i in range(1000)]
    assert len(H.closed) == 1000


class Stream(gpac.FilterCustom):
    """Sends blocks of bytes as one file, at a pace, until it is told to stop."""

    BLOCK = bytes(range(256)) * 400  # 102 400 bytes

    def __init__(self, session, number, pause=25000):
        super().__init__(session, "Stream")
        self.push_cap("StreamType", "File", gpac.GF_CAPS_OUTPUT)
        self.push_cap("Extension", "bin", gpac.GF_CAPS_OUTPUT)
        self.number, self.pause = number, pause
        self.sent = 0
        self.pid = None

    def process(self):
        if self.pid is None:
            self.pid = self.new_pid()
            self.pid.set_prop("StreamType", "File")
            self.pid.set_prop("Extension", "bin")
        if self.sent == self.number:
            self.pid.eos = True
            return gpac.GF_EOS
        pck = self.pid.new_pck(len(self.BLOCK))
        memoryview(pck.data)[:] = self.BLOCK
        pck.send()
        self.sent += 1
        self.reschedule(self.pause)
        return 0


def test_stream_held_for_its_first_client(library, folder):
    """Nothing is lost before it comes, and the server sleeps: few process calls (they were 100 000 and more)."""
    port = free_port()
    fs = gpac.FilterSession()
    stream = Stream(fs, 20)
    dst = fs.load_dst(f"http://127.0.0.1:{port}/x.bin:gpac:hold")
    calls, got = [], []

    def use():
        wait_for(lambda: stream.sent)
        time.sleep(1)  # nobody is there
        got.append(Client(port).get("/x.bin")[2])

    thread = threading.Thread(target=use)
    thread.start()
    fs.run(timeout=40)
    thread.join()
    calls.append(dst.get_statistics().nb_tasks_done)
    fs.delete()
    assert got[0] == Stream.BLOCK * 20
    assert calls[0] < 1000


def test_slow_clients_of_a_stream(library, tmp_path):
    """One that does not read is dropped by the rule of max_async_buf, the other one gets every byte."""
    port = free_port()
    fs = gpac.FilterSession()
    stream = Stream(fs, 500, 10000)  # 50 MB in five seconds: the kernel keeps less than a second of it for a connection
    fs.load_dst(f"http://127.0.0.1:{port}/x.bin:gpac:maxp=0:hold:max_async_buf=100000")
    got = []

    def use():
        client = Client(port)
        slow = socket.socket()
        slow.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        wait_for(lambda: not slow.connect_ex(("127.0.0.1", port)))
        slow.sendall(b"GET /x.bin HTTP/1.1\r\nHost: x\r\n\r\n")
        got.append(client.get("/x.bin")[2])
        size = 0
        slow.settimeout(10)
        try:
            while piece := slow.recv(65536):
                size += len(piece)
        except OSError:  # reset, or the kernel asks a closed window less and less often
            pass
        got.append(size)
        slow.close()

    thread = threading.Thread(target=use)
    thread.start()
    fs.run(timeout=40)
    thread.join()
    fs.delete()
    nb = len(got[0]) // len(Stream.BLOCK)
    assert got[0] == Stream.BLOCK * nb and stream.sent == 500
    assert nb > 250 and got[1] < len(got[0])  # it came second: what was sent before is not for it
