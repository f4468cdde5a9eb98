# SPDX-License-Identifier: MIT
"""Clients of an HTTP server that a PID feeds."""

import socket
import threading
import time

import libgpac as gpac
from http_server import Client
from lab import free_port, wait_for


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
