"""Loads httpout with a mixture of requests at full speed and checks every byte, the memory and the end.

    .venv/bin/python bench/load.py [--seconds N] [--clients N] [--loops N]

Clients, each a process of its own, read files whole and in ranges, upload (with a length or in chunks), read back, replace,
delete, and break off at any point. Fails when a byte is wrong, a partial upload is seen, the memory or the descriptors of the
server grow, or `gpac.close()` does not return 0.
"""

import argparse
import hashlib
import json
import os
import random
import re
import shutil
import socket
import struct
import subprocess
import sys
import tempfile
import time
from collections import Counter
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
SIZES = [0, 1, 100, 5000, 65536, 300_000, 1_000_000, 5_000_000]  # the last one is not kept in memory

SERVER = """
import sys, signal, libgpac as gpac
signal.signal(signal.SIGINT, signal.default_int_handler)  # also where the shell ignores it
fs = gpac.FilterSession()
fs.load("httpout:ifce=127.0.0.1:maxp=0:maxc=0:port=" + sys.argv[1] + ":rdirs=" + sys.argv[2] + ":wdir=" + sys.argv[2] +
        ":nb_threads=" + sys.argv[3])
try:
    fs.run()
except KeyboardInterrupt:
    pass
fs.delete()
print("close", gpac.close())
"""


def content(name, size):
    """The bytes that a file of that name has: any part of it is different from any other."""
    block = hashlib.shake_128(name.encode()).digest(65536)
    return b"".join(struct.pack("<Q", i) + block[8:] for i in range(size // 65536 + 1))[:size]


# ---- one client


class Client:
    def __init__(self, port, seed):
        self.port, self.random, self.counts, self.bytes = port, random.Random(seed), Counter(), 0
        self.files = {f"f{s}": content(f"f{s}", s) for s in SIZES}
        self.prefix, self.uploads, self.socket = f"up{seed}-", {}, None

    def connection(self):
        if self.socket is None:
            self.socket = socket.create_connection(("127.0.0.1", self.port), timeout=60)
            self.rest = b""
        return self.socket

    def drop(self, reset=False):
        if self.socket and reset:
            self.socket.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        if self.socket:
            self.socket.close()
        self.socket = None

    def more(self):
        data = self.socket.recv(1 << 18)
        if not data:
            raise ConnectionError("closed by the server")
        self.rest += data

    def answer(self, has_body=True):
        """Status, headers and body of the next answer."""
        while b"\r\n\r\n" not in self.rest:
            self.more()
        head, _, self.rest = self.rest.partition(b"\r\n\r\n")
        lines = head.decode("latin-1").split("\r\n")
        headers = {k.lower(): v.strip() for k, _, v in (line.partition(":") for line in lines[1:])}
        size = int(headers.get("content-length", 0)) if has_body else 0
        pieces, left = [self.rest[:size]], size - len(self.rest[:size])
        self.rest = self.rest[size:]
        while left:
            data = self.socket.recv(min(left, 1 << 18))
            if not data:
                raise ConnectionError("closed by the server")
            pieces.append(data)
            left -= len(data)
        self.bytes += size
        return int(lines[0].split()[1]), headers, b"".join(pieces)

    def ask(self, method, name, *headers, body=b""):
        head = "\r\n".join([f"{method} /{name} HTTP/1.1", "Host: x", *headers]) + "\r\n\r\n"
        self.connection().sendall(head.encode() + body)
        return self.answer(method != "HEAD")

    def expect(self, what, found, wanted):
        if found != wanted:
            raise AssertionError(f"{what}: {found if isinstance(found, int) else 'wrong bytes'}")

    def known(self):
        name = self.random.choice([*self.files, *self.uploads])
        return name, self.files[name] if name in self.files else self.uploads[name]

    def get(self):
        name, data = self.known()
        status, _, body = self.ask("GET", name)
        self.expect(name, status, 200)
        self.expect(name, body, data)

    def head(self):
        name, data = self.known()
        status, headers, _ = self.ask("HEAD", name)
        self.expect(name, (status, int(headers["content-length"])), (200, len(data)))

    def range(self):
        name, data = self.known()
        if not data:
            return
        first = self.random.randrange(len(data))
        last = self.random.randrange(first, len(data))
        text, part = self.random.choice([(f"{first}-{last}", data[first:last + 1]), (f"{first}-", data[first:]),
                                         (f"-{last + 1}", data[-(last + 1):])])
        status, headers, body = self.ask("GET", name, "Range: bytes=" + text)
        self.expect(name, status, 200 if len(part) == len(data) else 206)
        self.expect(name + " " + text, body, part)

    def put(self):
        number = self.random.randrange(20)
        name = f"{self.prefix}{number}"
        size = self.random.choice([0, 10, 3000, 40_000, 700_000])
        data = content(f"{name} {self.random.random()}", size)
        if self.random.random() < 0.5:
            status = self.ask("PUT", name, f"Content-Length: {size}", body=data)[0]
        else:
            pieces = [data[i:i + 9000] for i in range(0, size, 9000)]
            body = b"".join(b"%x\r\n%s\r\n" % (len(p), p) for p in pieces) + b"0\r\n\r\n"
            status = self.ask("PUT", name, "Transfer-Encoding: chunked", body=body)[0]
        self.expect("PUT " + name, status, 200 if name in self.uploads else 201)
        self.uploads[name] = data

    def delete(self):
        if not self.uploads:
            return
        name = self.random.choice(list(self.uploads))
        self.expect("DELETE " + name, self.ask("DELETE", name)[0], 200)
        del self.uploads[name]
        self.expect("GET of what was deleted", self.ask("GET", name)[0], 404)

    def abort_get(self):
        self.drop()
        name, data = self.known()
        s = self.connection()
        s.sendall(f"GET /{name} HTTP/1.1\r\nHost: x\r\n\r\n".encode()[:self.random.choice([3, 20, 1000])])
        if self.random.random() < 0.7 and len(data) > 100_000:
            s.settimeout(0.02)
            try:
                s.recv(self.random.randrange(1, 100_000))
            except TimeoutError:
                pass
        self.drop(reset=self.random.random() < 0.5)

    def abort_put(self):
        """What was there stays as it was."""
        self.drop()
        name = self.random.choice([f"{self.prefix}never", *self.uploads])
        data = content("broken", 200_000)
        self.connection().sendall(f"PUT /{name} HTTP/1.1\r\nHost: x\r\nContent-Length: {len(data)}\r\n\r\n".encode() +
                                  data[:self.random.randrange(len(data))])
        self.drop(reset=self.random.random() < 0.5)
        if name in self.uploads:
            self.expect("a file after a broken upload", self.ask("GET", name)[2], self.uploads[name])

    def run(self, seconds):
        actions = [self.get] * 8 + [self.range] * 6 + [self.head] + [self.put] * 4 + [self.delete] + \
            [self.abort_get] * 2 + [self.abort_put]
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            action = self.random.choice(actions)
            action()
            self.counts[action.__name__] += 1
        self.drop()
        return {"counts": self.counts, "bytes": self.bytes}


# ---- the server


def process_state(pid):
    text = Path(f"/proc/{pid}/status").read_text()
    return int(re.search(r"VmRSS:\s+(\d+)", text).group(1)), len(os.listdir(f"/proc/{pid}/fd"))


def watch(server, clients):
    """Memory in KB and number of descriptors, over time, until the clients are done."""
    states = []
    while any(c.poll() is None for c in clients) and server.poll() is None:
        states.append(process_state(server.pid))
        time.sleep(0.5)
    return states


def grown(states):
    """Memory in KB that the last third of the time used more than the second third, at most."""
    third = len(states) // 3
    if not third:
        return 0
    return max(s[0] for s in states[2 * third:]) - max(s[0] for s in states[third:2 * third])


def load(seconds, nb_clients, loops, folder):
    for size in SIZES:
        (folder / f"f{size}").write_bytes(content(f"f{size}", size))
    with socket.socket() as s:
        s.bind(("127.0.0.1", 0))
        port = s.getsockname()[1]
    command = [sys.executable, "-c", SERVER, str(port), str(folder), str(loops)]
    server = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
    while socket.socket().connect_ex(("127.0.0.1", port)):
        time.sleep(0.02)
    before = process_state(server.pid)
    clients = [subprocess.Popen([sys.executable, __file__, "--worker", str(port), str(i), str(seconds)],
                                stdout=subprocess.PIPE, text=True) for i in range(nb_clients)]
    states = watch(server, clients)
    results = [c.communicate()[0] for c in clients]
    time.sleep(0.5)
    after = process_state(server.pid)
    server.send_signal(2)
    end = server.communicate(timeout=60)[0].strip()
    failed = any(c.returncode for c in clients)
    counts, total = Counter(), 0
    for text in filter(None, results):
        result = json.loads(text)
        counts.update(result["counts"])
        total += result["bytes"]
    left = [p.name for p in folder.rglob("*gftmp*")]
    growth = grown(states)
    print(f"{sum(counts.values())} actions of {nb_clients} clients in {seconds} s ({dict(counts)}), {total >> 20} MB read, "
          f"{'WRONG' if failed else 'no byte wrong'}")
    print(f"memory: {before[0]} KB before, at most {max(s[0] for s in states)} KB, grown by {growth} KB in the last third; "
          f"descriptors: {before[1]} before, {after[1]} after; files left behind: {left}; {end}")
    return not failed and growth <= 4096 and after[1] <= before[1] + 2 and not left and end == "close 0"


def main():
    if sys.argv[1:2] == ["--worker"]:
        port, seed, seconds = sys.argv[2:]
        print(json.dumps(Client(int(port), int(seed)).run(float(seconds))))
        return 0
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--seconds", type=float, default=600)
    parser.add_argument("--clients", type=int, default=4)
    parser.add_argument("--loops", type=int, default=1, help="of the server (option nb_threads)")
    options = parser.parse_args()
    folder = Path(tempfile.mkdtemp(prefix="httpload"))
    try:
        return 0 if load(options.seconds, options.clients, options.loops, folder) else 1
    finally:
        shutil.rmtree(folder)


if __name__ == "__main__":
    sys.exit(main())
