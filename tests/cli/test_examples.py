# SPDX-License-Identifier: MIT
"""examples/: each server is run as its first lines say, used with curl and, where it serves media, played in Chromium."""

import hashlib
import os
import re
import shutil
import socket
import subprocess
import sys
import threading
from pathlib import Path

import pytest

from browser import browser
from http_tools import Server
from tool import ROOT

__all__ = ["browser"]


class Example(Server):
    """One of the examples; its port is the first argument."""

    def __init__(self, name, *args):
        super().__init__(0, *args, program=(sys.executable, ROOT / "examples" / f"{name}.py"))

    def __enter__(self):
        return self

    def __exit__(self, *failure):
        self.process.terminate()
        self.process.wait(20)

    def curl(self, path, *options):
        """(status, body) as curl receives them."""
        if not shutil.which("curl"):
            pytest.skip("curl is not installed")
        done = subprocess.run(["curl", "-sS", "--max-time", "30", "-w", r"\n%{http_code}", *map(str, options), self.url(path)],
                              capture_output=True, check=True)
        body, _, status = done.stdout.rpartition(b"\n")
        return int(status), body


@pytest.fixture
def files(tmp_path):
    data = os.urandom(300_000)
    (tmp_path / "film.bin").write_bytes(data)
    (tmp_path / "notes.txt").write_text("notes\n")
    return tmp_path, data


# ---- with curl

def test_static_server(files):
    folder, data = files
    with Example("static_server", folder) as server:
        assert server.curl("/film.bin") == (200, data)
        assert server.curl("/film.bin", "-r", "1000-1999") == (206, data[1000:2000])
        assert server.curl("/film.bin", "-r", "400000-") == (416, b"")
        assert server.curl("/notes.txt", "-z", folder / "notes.txt") == (304, b"")
        assert re.findall('href="(/[^"]+)"', server.curl("/")[1].decode()) == ["/film.bin", "/notes.txt"]
        assert server.curl("/none")[0] == 404
        assert server.curl("/x", "-T", folder / "notes.txt")[0] == 405
        part = folder / "part"
        part.write_bytes(data[:123_456])
        assert server.curl("/film.bin", "-C", "-", "-o", part) == (206, b"") and part.read_bytes() == data
        assert any("REQ#1" in line and "GET /film.bin start" in line for line in server.log)


def test_upload_receiver(files, tmp_path):
    folder, data = files
    store = tmp_path / "store"
    store.mkdir()
    told = f"{len(data)} bytes, sha256 {hashlib.sha256(data).hexdigest()}\n".encode()
    with Example("upload_receiver", store) as server:
        assert server.curl("/film.bin", "-T", folder / "film.bin") == (201, told)
        assert server.curl("/chunks.bin", "-T", folder / "film.bin", "-H", "Transfer-Encoding: chunked") == (201, told)
        assert (store / "film.bin").read_bytes() == (store / "chunks.bin").read_bytes() == data
        assert server.curl("/film.bin", "-r", "0-9") == (206, data[:10])
        (folder / "empty").write_bytes(b"")
        assert server.curl("/empty", "-T", folder / "empty") == (422, b"the file is empty\n")
        assert server.curl("/%2e%2e%2fx", "-T", folder / "notes.txt", "--path-as-is")[0] in (400, 405)
        assert server.curl("/a/b", "-T", folder / "notes.txt")[0] == 400
        # one that breaks off
        with socket.create_connection(("127.0.0.1", server.port)) as s:
            s.sendall(b"PUT /part.bin HTTP/1.1\r\nHost: x\r\nContent-Length: 1000\r\n\r\nbegin")
        assert server.curl("/part.bin")[0] == 404
    assert sorted(p.name for p in store.iterdir()) == ["chunks.bin", "film.bin"]


def test_origin_with_tokens(files):
    folder, data = files
    with Example("http_origin", folder, "secret") as server:
        right, wrong = ("-H", "Authorization: Bearer secret"), ("-H", "Authorization: Bearer other")
        assert server.curl("/film.bin") == (401, b"a token is needed\n")
        assert server.curl("/film.bin", *wrong) == (403, b"not this token\n")
        assert server.curl("/film.bin", *right) == (200, data)
        assert server.curl("/film.bin", *right, "-r", "10-19") == (206, data[10:20])
        assert server.curl("/none", *right)[0] == 404
        assert server.curl("/count", "-T", folder / "film.bin") == (200, b"300000 bytes\n")
        assert server.curl("/status") == (200, b"3 files asked for\n")


def test_live_streams_for_many(tmp_path):
    """Twenty listeners at once: all get whole fragments, and all packets from where they begin."""
    with Example("live_stream", 4) as server:
        assert b"<video" in server.curl("/")[1] and server.curl("/none")[0] == 404
        bodies = {}

        def listen(name, path):
            bodies[name] = server.curl(path)

        names = [(f"{i}.{'mp4' if i % 2 else 'aac'}", "/live." + ("mp4" if i % 2 else "aac")) for i in range(20)]
        threads = [threading.Thread(target=listen, args=n) for n in names]
        [t.start() for t in threads]
        [t.join() for t in threads]
    assert {status for status, _ in bodies.values()} == {200}
    for kind, streams in (("mp4", ["aac", "h264"]), ("aac", ["aac"])):
        of_kind = [body for name, (_, body) in bodies.items() if name.endswith(kind)]
        path = tmp_path / f"x.{kind}"
        path.write_bytes(max(of_kind, key=len))
        assert codecs(path) == streams
    sounds = sorted((body for name, (_, body) in bodies.items() if name.endswith("aac")), key=len)
    assert all(sounds[-1].endswith(s) and len(s) > 10_000 for s in sounds)


def codecs(path):
    if not shutil.which("ffprobe"):
        pytest.skip("ffprobe is not installed")
    done = subprocess.run(["ffprobe", "-v", "error", "-show_entries", "stream=codec_name", "-of", "csv=p=0", path],
                          capture_output=True, text=True, check=True)
    assert done.stderr == ""
    return sorted(done.stdout.split())


# ---- in a browser

def plays(browser, name, seconds):
    """Waits until an element played that long."""
    browser.wait(f"document.getElementById('{name}').currentTime > {seconds}", 60)
    state = browser.run(f"(e => ({{time: e.currentTime, error: e.error && e.error.message, pictures: e.webkitDecodedFrameCount, "
                        f"sound: e.webkitAudioDecodedByteCount}}))(document.getElementById('{name}'))")
    assert state["error"] is None, state
    return state


def test_live_page_in_a_browser(browser):
    with Example("live_stream", 120) as server:
        browser.open(server.url("/"))
        browser.run("document.getElementById('audio').play()")
        assert plays(browser, "video", 2)["pictures"] > 25
        assert plays(browser, "audio", 2)["sound"] > 10_000


MEDIA_SOURCE = """new Promise((done, failed) => {
    const video = document.getElementById('video'), source = new MediaSource();
    video.src = URL.createObjectURL(source);
    video.addEventListener('error', () => failed(video.error.message));
    source.addEventListener('sourceopen', async () => {
        const buffer = source.addSourceBuffer('video/mp4; codecs="avc1.42C00D,mp4a.40.2"');
        const reader = (await fetch('/live.mp4')).body.getReader();
        for (;;) {
            const piece = await reader.read();
            if (piece.done || video.currentTime > 2)
                break;
            buffer.appendBuffer(piece.value);
            await new Promise(next => buffer.addEventListener('updateend', next, {once: true}));
            if (buffer.buffered.length && !video.currentTime)
                video.currentTime = buffer.buffered.start(0);
        }
        reader.cancel();
        done([video.currentTime, video.webkitDecodedFrameCount, video.webkitAudioDecodedByteCount]);
    }, {once: true});
    video.play().catch(() => 0);
})"""


def test_fragments_in_a_media_source(browser):
    """Media Source Extensions take nothing that is not a well-formed byte stream of ISO base media segments."""
    with Example("live_stream", 120) as server:
        browser.open(server.url("/"))
        time, pictures, sound = browser.run(MEDIA_SOURCE)
        assert time > 2 and pictures > 25 and sound > 10_000


def test_files_in_a_browser(browser, av_clip, tmp_path):
    """A movie with its index at the end, over ranges, and a seek; from the static server."""
    movie = Path(shutil.copy(av_clip, tmp_path / "movie.mp4"))
    (tmp_path / "page.html").write_text('<!DOCTYPE html><video id="video" src="movie.mp4" muted></video>')
    with Example("static_server", tmp_path) as server:
        browser.open(server.url("/page.html"))
        browser.run("document.getElementById('video').play()")
        assert plays(browser, "video", 0.5)["pictures"] > 5
        browser.run("new Promise(d => { video.pause(); video.addEventListener('seeked', d, {once: true}); video.currentTime = 1.5 })")
        assert abs(browser.run("video.currentTime") - 1.5) < 0.01 and abs(browser.run("video.duration") - 2) < 0.1
        assert any("range: bytes=" in line and movie.name in line for line in server.log)
