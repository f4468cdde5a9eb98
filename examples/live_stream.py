#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""A live stream without any file: test pictures and tones, encoded in real time, for any number of listeners.

    live_stream.py PORT [SECONDS]

Open http://localhost:PORT/ in a browser, or play one of the two streams:

    ffplay http://localhost:PORT/live.mp4     pictures (AVC) and sound (AAC), in fragments of half a second
    ffplay http://localhost:PORT/live.aac     the sound alone (AAC in ADTS)
"""

from __future__ import annotations

import sys

import libgpac as gpac

PAGE = """<!DOCTYPE html>
<title>Live</title>
<video id="video" src="/live.mp4" autoplay muted controls></video>
<audio id="audio" src="/live.aac" preload="none" controls></audio>
"""


class Page(gpac.HTTPOutRequest):
    """The page at the root. The server answers all other requests, those for the streams among them."""

    def on_request(self, method: str, url: str, auth_code: int, headers: list[str]) -> None:
        if url == "/":
            self.reply, self.body = 200, PAGE
            self.headers_out = ["Content-Type", "text/html; charset=utf-8"]
        self.send()


def main() -> None:
    port = int(sys.argv[1])
    duration = f":dur={sys.argv[2]}" if len(sys.argv) > 2 else ""
    gpac.set_logs("http@info")  # tells the port, which is a free one for 0
    server = f"http://127.0.0.1:{port}"
    session = gpac.FilterSession()
    source = session.load(f"avgen:sizes=320x180:blen=1000{duration}")
    pace = session.load("reframer:rt=on")
    pace.set_source(source)
    video = session.load("ffenc:c=avc:b=300k:fintra=0.5:preset=ultrafast:tune=zerolatency")
    video.set_source(pace, "video")
    audio = session.load("ffenc:c=aac:b=128k")
    audio.set_source(pace, "audio")
    movie = session.load_dst(f"{server}/live.mp4:gpac:store=sfrag:cdur=0.5:tfdt_traf:maxc=0:maxp=0")
    movie.set_source(video)
    movie.set_source(audio)
    movie.bind(Page())
    sound = session.load_dst(f"{server}/live.aac")  # a second stream of the same server
    sound.set_source(audio)
    session.run()


if __name__ == "__main__":
    main()
