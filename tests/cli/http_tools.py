"""An HTTP server of ours in a process of its own, and raw requests to it."""

import re
import socket
import subprocess
import threading
import time
from contextlib import contextmanager
from pathlib import Path

from tool import GPAC


def wait_for(condition, seconds=20):
    """What the condition answers when it holds."""
    end = time.monotonic() + seconds
    while not (result := condition()):
        assert time.monotonic() < end, "it does not happen"
        time.sleep(0.01)
    return result


class Server:
    """`gpac httpout:...`, or another program that tells its port as it does, started on a free port of the loopback."""

    def __init__(self, *args, program=(GPAC, "-logs=http@info:ncl"), scheme="http", **process):
        self.process = subprocess.Popen([*map(str, program), *map(str, args)], stderr=subprocess.PIPE,
                                        stdin=subprocess.DEVNULL, text=True, **process)
        self.log = []
        self.scheme = scheme
        self.port = 0
        started = threading.Event()
        threading.Thread(target=self._read, args=(started,), daemon=True).start()
        if not started.wait(20) or not self.port:
            self.process.kill()
            raise RuntimeError("the server does not start: " + "".join(self.log))

    def _read(self, started):
        for line in self.process.stderr:
            self.log.append(line)
            found = re.search(r"Server running on port (\d+)", line)
            if found:
                self.port = int(found.group(1))
                started.set()
        started.set()

    def wait_for_log(self, text):
        """The first line with that text, when it has come."""
        end = time.monotonic() + 20
        while True:
            for line in self.log:
                if text in line:
                    return line
            assert time.monotonic() < end, f"{text} is not logged: " + "".join(self.log)
            time.sleep(0.01)

    def url(self, path):
        return f"{self.scheme}://127.0.0.1:{self.port}{path}"

    def raw(self, data, timeout=10):
        """Sends bytes on a connection of its own; returns all that is answered until it closes."""
        with socket.create_connection(("127.0.0.1", self.port), timeout=timeout) as s:
            s.sendall(data if isinstance(data, bytes) else data.encode())
            return read_all(s)

    def ask(self, method, path, headers=(), body=b"", version="HTTP/1.1"):
        """One request on a connection of its own: (status, headers with lower-case names, body)."""
        head = f"{method} {path} {version}\r\nHost: 127.0.0.1\r\n"
        head += "".join(f"{k}: {v}\r\n" for k, v in dict(headers).items())
        if body:
            head += f"Content-Length: {len(body)}\r\n"
        return parse_answer(self.raw(head.encode() + b"Connection: close\r\n\r\n" + body), method)

    def get(self, path, **headers):
        return self.ask("GET", path, {k.replace("_", "-"): v for k, v in headers.items()})

    def stop(self):
        self.process.terminate()
        try:
            return self.process.wait(20)
        finally:
            self.process.kill()


def read_all(s):
    data = b""
    while True:
        try:
            piece = s.recv(1 << 16)
        except ConnectionResetError:
            return data
        if not piece:
            return data
        data += piece


def parse_answer(data, method="GET"):
    head, _, body = data.partition(b"\r\n\r\n")
    lines = head.decode("latin-1").split("\r\n")
    status = int(lines[0].split()[1]) if lines[0] else 0
    headers = {}
    for line in lines[1:]:
        name, _, value = line.partition(":")
        headers[name.strip().lower()] = value.strip()
    if headers.get("transfer-encoding", "").lower() == "chunked" and method != "HEAD":
        body = unchunk(body)
    return status, headers, body


def unchunk(data):
    body = b""
    while data:
        size, _, rest = data.partition(b"\r\n")
        n = int(size.split(b";")[0], 16)
        if not n:
            return body
        assert rest[n:n + 2] == b"\r\n", "a chunk ends with a line end"
        body += rest[:n]
        data = rest[n + 2:]
    raise AssertionError("the last chunk is missing")


@contextmanager
def serving(folder, *options, extra=(), **kwargs):
    """A server of a directory; `extra` are further words of the command line."""
    args = ":".join(["httpout:dst=http://127.0.0.1:0/:gpac", f"rdirs={Path(folder)}", "maxp=0", *options])
    server = Server(args, *extra, **kwargs)
    try:
        yield server
    finally:
        assert server.stop() == 130, "".join(server.log)  # as after Ctrl-C
