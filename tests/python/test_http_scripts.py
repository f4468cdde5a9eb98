# SPDX-License-Identifier: MIT
"""HTTP servers in programs as users of the documented interface write them (scripts/http_*.py), and their clients."""

import http.client
import os
import re
import socket
import subprocess
import sys
import threading
import time
import zlib
from contextlib import contextmanager
from pathlib import Path

import pytest

SCRIPTS = Path(__file__).parent / "scripts"


class Program:
    """A script in a process of its own. `lines` are what it printed so far, as words."""

    def __init__(self, name, *args):
        self.process = subprocess.Popen([sys.executable, SCRIPTS / f"{name}.py", *map(str, args)], stdout=subprocess.PIPE,
                                        stderr=subprocess.PIPE, text=True)
        self.lines = []
        while not (port := re.search(r"running on port (\d+)", line := self.process.stderr.readline())):
            assert line, "the program ended"
        self.port = int(port[1])
        for pipe, lines in ((self.process.stdout, self.lines), (self.process.stderr, [])):
            threading.Thread(target=lambda p=pipe, k=lines: [k.append(x.split()) for x in p], daemon=True).start()

    def ask(self, method, path, body=None, headers=(), chunked=False):
        c = http.client.HTTPConnection("127.0.0.1", self.port, timeout=30)
        c.request(method, path, body, dict(headers), encode_chunked=chunked)
        answer = c.getresponse()
        data = answer.read()
        c.close()
        return answer.status, {k.lower(): v for k, v in answer.headers.items()}, data

    def wait(self, *line):
        """Until it printed that line."""
        end = time.monotonic() + 30
        while [str(word) for word in line] not in self.lines:
            assert time.monotonic() < end and self.process.poll() is None, (line, self.lines)
            time.sleep(0.01)


@contextmanager
def running(name, *args):
    program = Program(name, *args)
    try:
        yield program
    finally:
        program.process.kill()
        program.process.wait()


@pytest.fixture
def folder(tmp_path):
    (tmp_path / "big").write_bytes(bytes(range(250)) * 200)  # 50 000 bytes
    return tmp_path


def test_headers_and_throttling_with_reply_0(folder):
    with running("http_headers", folder, 2000) as server:
        status, headers, body = server.ask("GET", "/big")
        assert (status, body, headers["x-script"]) == (200, (folder / "big").read_bytes(), "yes")
        server.wait("close", "/big", 1, 5)
        assert [line[1:] for line in server.lines if line[0] == "block"] == [[str(n), "50000"] for n in range(0, 50000, 10000)]
        status, headers, body = server.ask("GET", "/big", headers={"Range": "bytes=20000-"})
        assert (status, len(body), headers["x-script"]) == (206, 30_000, "yes")
        status, headers, _ = server.ask("GET", "/missing?x=1%20y")
        assert (status, headers["x-script"]) == (404, "yes")
        assert ["request", "GET", "/missing?x=1", "y", "200", "0"] in server.lines


@pytest.mark.parametrize("path", ["/x?n=", "/length?n="])
def test_content_made_by_read(folder, path):
    pytest.importorskip("numpy")
    with running("http_read", folder) as server:
        for n in (1, 2999, 3000, 100_000, 0):
            status, headers, body = server.ask("GET", path + str(n))
            assert (status, body) == (200, bytes(i % 251 for i in range(n)))
            assert headers["content-type"] == "application/octet-stream"
            assert ("transfer-encoding" in headers) == ("length" not in path)
            server.wait("close", 1, n)


def test_uploads_watched_by_write(folder):
    data = os.urandom(200_000)
    with running("http_write", folder) as server:
        for name, kwargs in (("/length", {}), ("/expect", {"headers": {"Expect": "100-continue"}})):
            assert server.ask("PUT", name, data, **kwargs)[0::2] == (200, b"")
            server.wait("end", name, True)
            server.wait("close", name, 1, len(data), zlib.crc32(data))
        pieces = iter([data[:1], data[1:70_000], data[70_000:]])
        assert server.ask("POST", "/chunks", pieces, chunked=True)[0] == 200
        server.wait("close", "/chunks", 1, len(data), zlib.crc32(data))
        assert server.ask("PUT", "/empty", b"")[0] == 200
        server.wait("close", "/empty", 1, 0, 0)
        assert server.ask("PUT", "/refuse", b"x")[0] == 403 and server.ask("GET", "/x")[0] == 405
        assert server.ask("PUT", "/large", headers={"Content-Length": "2000000"})[0] == 413
        # one that breaks off is closed without end
        with socket.create_connection(("127.0.0.1", server.port)) as s:
            s.sendall(b"PUT /broken HTTP/1.1\r\nHost: x\r\nContent-Length: 1000\r\n\r\n" + data[:100])
            time.sleep(0.2)
        server.wait("close", "/broken", -43, 100, zlib.crc32(data[:100]))
        assert ["end", "/broken", "True"] not in server.lines
    assert os.listdir(folder) == ["big"]


def test_delayed_send_from_a_task(folder):
    """A hundred requests wait for longer than idle connections may (a second); one goes away meanwhile."""
    with running("http_later", folder, 1300) as server:
        answers = {}
        threads = [threading.Thread(target=lambda i=i: answers.update({i: server.ask("GET", f"/{i}")})) for i in range(100)]
        with socket.create_connection(("127.0.0.1", server.port)) as gone:
            gone.sendall(b"GET /gone HTTP/1.1\r\nHost: x\r\n\r\n")
            [t.start() for t in threads]
            time.sleep(0.3)
        [t.join() for t in threads]
        assert {i: a[0::2] for i, a in answers.items()} == {i: (200, b"late answer to /%d" % i) for i in range(100)}
        server.wait("close", "/gone", -43)
        for i in (0, 99):
            server.wait("close", f"/{i}", 1)
