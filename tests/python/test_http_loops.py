# SPDX-License-Identifier: MIT
"""A server with several loops (nb_threads) in sessions of Python: run, asyncio, ends of all kinds."""

import asyncio
import threading
from concurrent.futures import ThreadPoolExecutor

import pytest

import libgpac as gpac
from http_server import Client, serve
from lab import free_port

LOOPS = ":nb_threads=3:maxc=0"


def get_often(client, number=60):
    with ThreadPoolExecutor(8) as pool:
        return set(pool.map(lambda _: client.get("/a.txt")[2], range(number)))


def test_a_session_beside_them(folder):
    """Python filters work on the thread of run() while other threads answer requests."""
    threads = set()

    class Busy(gpac.FilterCustom):
        def __init__(self, session):
            super().__init__(session, "Busy")
            self.push_cap("StreamType", "Visual", gpac.GF_CAPS_OUTPUT)
            self.calls = 0

        def process(self):
            threads.add(threading.get_ident())
            self.calls += 1
            self.reschedule(100)
            return 0

    filters = []
    assert serve(None, get_often, folder, LOOPS, setup=lambda fs: filters.append(Busy(fs))) == {b"hello\n"}
    assert filters[0].calls > 1 and threads == {threading.get_ident()}


def test_asyncio(folder):
    """Between two slices the session sleeps in asyncio: requests of all loops wake it."""
    async def main():
        port = free_port()
        with gpac.FilterSession() as fs:
            fs.load(f"httpout:port={port}:ifce=127.0.0.1:rdirs={folder}:maxp=0{LOOPS}")
            running = asyncio.ensure_future(fs.run_async(timeout=60))
            got = await asyncio.get_running_loop().run_in_executor(None, get_often, Client(port))
            fs.abort()
            await running
        return got
    assert asyncio.run(main()) == {b"hello\n"}


@pytest.mark.parametrize("flush", [gpac.GF_FS_FLUSH_NONE, gpac.GF_FS_FLUSH_ALL, gpac.GF_FS_FLUSH_FAST])
def test_an_abort_while_clients_come(folder, flush):
    """Clients that never rest; whoever is not answered sees the connection closed."""
    port = free_port()
    fs = gpac.FilterSession()
    fs.load(f"httpout:port={port}:ifce=127.0.0.1:rdirs={folder}:maxp=0:drain=0{LOOPS}")
    over, once = threading.Event(), threading.Lock()
    answers = []

    def client():
        while not over.is_set():
            try:
                answers.append(Client(port).get("/a.txt")[2])
            except (OSError, gpac.GpacError, EOFError, ValueError):
                pass
            except Exception as e:  # noqa: BLE001 - http.client's, of an answer that is cut
                assert type(e).__module__ == "http.client", e
            if len(answers) >= 200 and once.acquire(blocking=False):
                fs.abort(flush)
    clients = [threading.Thread(target=client) for _ in range(6)]
    for c in clients:
        c.start()
    try:
        fs.run(timeout=60)
    finally:
        over.set()
    fs.delete()
    for c in clients:
        c.join()
    assert len(answers) >= 200 and set(answers) == {b"hello\n"}


def test_sessions_that_do_not_run(folder):
    """Loops begin with the session: without a run there is nothing to end."""
    for _ in range(20):
        fs = gpac.FilterSession()
        fs.load(f"httpout:port={free_port()}:ifce=127.0.0.1:rdirs={folder}:maxp=0{LOOPS}")
        fs.delete()
