# SPDX-License-Identifier: MIT
"""How requests live and end: answers later, peers and sessions that go, exceptions; one call of `close` for each."""

import gc
import http.client
import resource
import sys
import threading
import time

import pytest

import libgpac as gpac
from http_server import Client, Handler, serve
from lab import free_port, wait_for


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
