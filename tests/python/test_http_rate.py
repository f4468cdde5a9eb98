# SPDX-License-Identifier: MIT
"""Rates of downloads: FilterSession.http_bitrate and http_max_bitrate."""

import http.server
import os
import threading
import time

import pytest

import libgpac as gpac

DATA = os.urandom(400_000)


@pytest.fixture
def url():
    class Handler(http.server.BaseHTTPRequestHandler):
        def do_GET(self):
            self.send_response(200)
            self.send_header("Content-Length", str(len(DATA)))
            self.end_headers()
            self.wfile.write(DATA)

        def log_message(self, *args):
            pass

    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True).start()
        yield f"http://127.0.0.1:{server.server_address[1]}/x.bin"
        server.shutdown()


class Watch(gpac.FilterTask):
    def __init__(self, raise_at=None):
        super().__init__("watch")
        self.rates = []
        self.raise_at = raise_at

    def execute(self):
        rate = self.session.http_bitrate
        if rate:
            self.rates.append(rate)
        if self.raise_at and len(self.rates) == self.raise_at:
            self.session.http_max_bitrate = 0
        return 100 if not self.session.last_task else None


def fetch(url, limit, path, watch):
    fs = gpac.FilterSession()
    fs.http_max_bitrate = limit
    assert fs.http_max_bitrate == limit
    fs.load_src(url + ":gpac:block_size=10000")
    fs.load_dst(str(path))
    fs.post(watch)
    fs.run(timeout=40)
    fs.delete()
    return path.read_bytes()


def test_limit_and_rate(url, tmp_path):
    """400 000 bytes at 3.2 Mbit/s: a second, and the rate told is the limit."""
    watch = Watch()
    assert fetch(url, 3_200_000, tmp_path / "x.bin", watch) == DATA
    settled = sorted(watch.rates[4:])
    assert settled and 2_400_000 < settled[len(settled) // 2] < 4_000_000


def test_the_limit_is_lifted(url, tmp_path):
    """At 64 kbit/s it would take 50 seconds."""
    assert fetch(url, 64_000, tmp_path / "x.bin", Watch(raise_at=2)) == DATA


def test_limits_have_32_bits():
    fs = gpac.FilterSession()
    assert (fs.http_bitrate, fs.http_max_bitrate) == (0, 0)
    fs.http_max_bitrate = fs.http_max_bitrate
    fs.http_max_bitrate = 4_000_000_000
    assert fs.http_max_bitrate == 4_000_000_000
    for wrong in (-1, 2**32):
        with pytest.raises(OverflowError):
            fs.http_max_bitrate = wrong
    fs.delete()


def test_pauses_of_a_live_source_do_not_count(tmp_path):
    """Bursts of 100 000 bytes, 300 ms apart, in chunks: 2.7 Mbit/s over all, but the network is faster than that."""
    class Bursts(http.server.BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self):
            self.send_response(200)
            self.send_header("Transfer-Encoding", "chunked")
            self.end_headers()
            for i in range(0, len(DATA), 100_000):
                time.sleep(0.3)
                self.wfile.write(b"%x\r\n%s\r\n" % (100_000, DATA[i:i + 100_000]))
            self.wfile.write(b"0\r\n\r\n")

        def log_message(self, *args):
            pass

    watch = Watch()
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), Bursts) as server:
        threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True).start()
        assert fetch(f"http://127.0.0.1:{server.server_address[1]}/x.bin", 0, tmp_path / "x.bin", watch) == DATA
        server.shutdown()
    assert watch.rates and max(watch.rates) > 3_500_000
