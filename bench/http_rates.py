"""Measures httpout against nginx (one worker, sendfile) under wrk, httpin against curl, listeners of a live stream, and
Python request handlers.

    .venv/bin/python bench/http_rates.py [--seconds N] [--rounds N]

Ours and the peer run in turn; a ratio is ours divided by the peer's, of the medians. Files in memory are compared with
files in memory: the page cache is warm in both. What is wanted stands in brackets.
"""

import argparse
import hashlib
import os
import re
import resource
import select
import shutil
import socket
import statistics
import subprocess
import sys
import time
from contextlib import contextmanager
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
BUILD = ROOT / "build"
WORK = BUILD / "bench" / "http"
GPAC = str(BUILD / "gpac")
PYTHON = str(ROOT / ".venv" / "bin" / "python")

NGINX = """
worker_processes 1; daemon off; error_log {work}/error.log; pid {work}/pid; events {{ worker_connections 4096; }}
http {{ sendfile on; tcp_nopush on; access_log off; keepalive_requests 100000000; root {work}/www;
client_body_temp_path {work}/t1; proxy_temp_path {work}/t2; fastcgi_temp_path {work}/t3; uwsgi_temp_path {work}/t4;
scgi_temp_path {work}/t5; server {{ listen 127.0.0.1:{port} backlog=4096; }} }}
"""

HANDLER = """
import sys, libgpac as gpac
class Pass(gpac.HTTPOutRequest):
    def on_request(self, method, url, auth_code, headers):
        self.send()
fs = gpac.FilterSession()
fs.load("httpout:ifce=127.0.0.1:maxp=0:maxc=0:port=" + sys.argv[1] + ":rdirs=" + sys.argv[2]).bind(Pass())
fs.run()
"""

# A stream of 1 Mbit/s that begins when everybody listens.
LIVE = """
import hashlib, sys, time, libgpac as gpac
NUMBER, BLOCK, PAUSE = 250, 2500, 20000
class Stream(gpac.FilterCustom):
    def __init__(self, session):
        super().__init__(session, "Stream")
        self.push_cap("StreamType", "File", gpac.GF_CAPS_OUTPUT)
        self.push_cap("Extension", "bin", gpac.GF_CAPS_OUTPUT)
        self.sent, self.pid, self.hash = 0, None, hashlib.sha256()
    def process(self):
        if self.pid is None:
            self.pid = self.new_pid()
            self.pid.set_prop("StreamType", "File")
            self.pid.set_prop("Extension", "bin")
            self.start = None
        if self.start is None:
            self.start = time.monotonic() + float(sys.argv[2])
        wait = self.start + self.sent * PAUSE / 1e6 - time.monotonic()
        if wait > 0:
            self.reschedule(int(wait * 1e6) + 1)
            return 0
        if self.sent == NUMBER:
            self.pid.eos = True
            return gpac.GF_EOS
        data = hashlib.sha256(b"%d" % self.sent).digest() * (BLOCK // 32)
        self.hash.update(data)
        pck = self.pid.new_pck(len(data))
        memoryview(pck.data)[:] = data
        pck.send()
        self.sent += 1
        self.reschedule(1)
        return 0
fs = gpac.FilterSession()
stream = Stream(fs)
fs.load_dst("http://127.0.0.1:" + sys.argv[1] + "/x.bin:gpac:maxp=0:maxc=0")
fs.run()
print(stream.hash.hexdigest())
"""


def free_port():
    with socket.socket() as s:
        s.bind(("127.0.0.1", 0))
        return s.getsockname()[1]


@contextmanager
def running(command, port):
    process = subprocess.Popen(command, stderr=subprocess.DEVNULL)
    try:
        for _ in range(500):
            with socket.socket() as s:
                if not s.connect_ex(("127.0.0.1", port)):
                    break
            time.sleep(0.01)
        yield process
    finally:
        process.terminate()
        process.wait()


@contextmanager
def servers():
    """Our server and nginx on the same files: {name: port}."""
    ours, peer = free_port(), free_port()
    (WORK / "nginx.conf").write_text(NGINX.format(work=WORK, port=peer))
    with running([GPAC, f"httpout:ifce=127.0.0.1:port={ours}:rdirs={WORK / 'www'}:maxp=0:maxc=0"], ours), \
            running(["nginx", "-c", str(WORK / "nginx.conf")], peer):
        yield {"ours": ours, "nginx": peer}


def load(port, path, connections, seconds):
    """Requests per second and the 99th percentile of the latency in ms."""
    out = subprocess.run(["wrk", "-t1", f"-c{connections}", f"-d{seconds}s", "--latency", f"http://127.0.0.1:{port}{path}"],
                         capture_output=True, text=True, check=True).stdout
    late = re.search(r"99%\s+([\d.]+)(us|ms|s)", out)
    factor = {"us": 0.001, "ms": 1, "s": 1000}[late.group(2)]
    errors = re.search(r"Non-2xx.*|Socket errors.*", out)
    if errors:
        print("   ", port, errors.group(0), file=sys.stderr)
    return float(re.search(r"Requests/sec:\s+([\d.]+)", out).group(1)), float(late.group(1)) * factor


def compare_servers(seconds, rounds):
    with servers() as ports:
        for path in ("/2k", "/1m"):
            for connections in (1, 64, 512):
                results = {name: [] for name in ports}
                for _ in range(rounds):
                    for name, port in ports.items():
                        results[name].append(load(port, path, connections, seconds))
                rate = {n: statistics.median(r[0] for r in results[n]) for n in ports}
                late = {n: statistics.median(r[1] for r in results[n]) for n in ports}
                print(f"{path:4} {connections:4} connections: {rate['ours']:9.0f} requests/s, ratio to nginx "
                      f"{rate['ours'] / rate['nginx']:.2f} (1.0); p99 {late['ours']:.2f} ms, ratio "
                      f"{late['ours'] / late['nginx']:.2f} (1.0)")


def python_handler(seconds):
    port = free_port()
    with running([PYTHON, "-c", HANDLER, str(port), str(WORK / "www")], port):
        rate, late = load(port, "/2k", 64, seconds)
        print(f"Python on_request, reply 0: {rate:.0f} requests/s (10000), p99 {late:.2f} ms")


def memory_kb(pid):
    return int(re.search(r"VmRSS:\s+(\d+)", Path(f"/proc/{pid}/status").read_text()).group(1))


def cpu_seconds(pid):
    fields = Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def listen_to(port, number):
    """Sockets that asked for the stream."""
    sockets = []
    for _ in range(number):
        s = socket.create_connection(("127.0.0.1", port))
        s.sendall(b"GET /x.bin HTTP/1.0\r\nHost: x\r\n\r\n")
        sockets.append(s)
    return sockets


def read_streams(sockets, each_second):
    """The bytes that each socket got until it was closed, the head of the answer left out."""
    poll, heads, hashes = select.epoll(), {}, {}
    by_fd = {s.fileno(): s for s in sockets}
    for fd in by_fd:
        poll.register(fd, select.EPOLLIN)
        heads[fd] = b""
    open_fds, due = set(by_fd), 0
    while open_fds:
        for fd, _ in poll.poll(1):
            data = by_fd[fd].recv(65536)
            if not data:
                open_fds.discard(fd)
                poll.unregister(fd)
            elif fd in hashes:
                hashes[fd].update(data)
            else:
                heads[fd] += data
                head, found, body = heads[fd].partition(b"\r\n\r\n")
                if found:
                    hashes[fd] = hashlib.sha256(body)
        if time.monotonic() > due:
            due = time.monotonic() + 1
            each_second()
    return [hashes[fd].hexdigest() if fd in hashes else "" for fd in by_fd]


def live(number=1000):
    """Listeners of one stream."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
    port = free_port()
    server = subprocess.Popen([PYTHON, "-c", LIVE, str(port), "5"], stdout=subprocess.PIPE, text=True)
    while socket.socket().connect_ex(("127.0.0.1", port)):
        time.sleep(0.01)
    before = memory_kb(server.pid)
    sockets = listen_to(port, number)
    cpu, start, peak = cpu_seconds(server.pid), time.monotonic(), []

    def note():
        if server.poll() is None:
            peak.append((memory_kb(server.pid), cpu_seconds(server.pid), time.monotonic()))
    got = read_streams(sockets, note)
    expected = server.communicate()[0].strip()
    for s in sockets:
        s.close()
    resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))
    share = (peak[-1][1] - cpu) / (peak[-1][2] - start)
    print(f"{number} listeners: {sum(g == expected for g in got)} got every byte (all), "
          f"{(max(p[0] for p in peak) - before) / number:.1f} KB each (64), {100 * share:.0f} % of a core")


def download(rounds):
    """The rate of a download of 1 GB to nowhere, from nginx."""
    with servers() as ports:
        url = f"http://127.0.0.1:{ports['nginx']}/1g"
        commands = {"ours": [GPAC, "-i", url, "-o", "null"], "curl": ["curl", "-s", "-o", "/dev/null", url]}
        times = {name: [] for name in commands}
        for _ in range(rounds + 1):
            for name, command in commands.items():
                start = time.perf_counter()
                subprocess.run(command, check=True, stderr=subprocess.DEVNULL)
                times[name].append(time.perf_counter() - start)
        # the first round brings the file into memory again
        ours, peer = (statistics.median(times[n][1:]) for n in commands)
        print(f"download of 1 GB: {ours:.2f} s, rate relative to curl {peer / ours:.2f} (0.95)")


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--seconds", type=int, default=4)
    parser.add_argument("--rounds", type=int, default=2)
    options = parser.parse_args()
    for tool in ("nginx", "wrk", "curl"):
        if not shutil.which(tool):
            sys.exit(f"{tool} is needed: apt-get install {tool}")
    (WORK / "www").mkdir(parents=True, exist_ok=True)
    for name, size in (("2k", 2048), ("1m", 1 << 20), ("1g", 1 << 30)):
        path = WORK / "www" / name
        if not path.exists():
            block = os.urandom(1 << 20)
            with open(path, "wb") as f:
                for _ in range(max(1, size >> 20)):
                    f.write(block[:min(size, 1 << 20)])
    time.sleep(3)  # files that were just written are not kept in memory
    compare_servers(options.seconds, options.rounds)
    python_handler(options.seconds)
    live()
    download(5)


if __name__ == "__main__":
    main()
