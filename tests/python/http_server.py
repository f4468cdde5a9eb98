# SPDX-License-Identifier: MIT
"""A session with an HTTP server, its handlers and a client beside it, for tests."""

import http.client
import socket
import threading

import pytest

import libgpac as gpac
from lab import free_port


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
