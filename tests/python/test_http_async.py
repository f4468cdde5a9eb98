# SPDX-License-Identifier: MIT
"""Handlers that are coroutines."""

import asyncio
import re
import sys

import libgpac as gpac
from http_server import Handler, serve
from lab import free_port


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
