# SPDX-License-Identifier: MIT
"""A stream that reaches a multiplexer twice, as it is and encoded again: neither way may wait for the other for ever."""

import re

import pytest

from tool import VIDEO, TONE, probe_packets


@pytest.fixture
def dense_clip(clip):
    """Six seconds of which a quarter of a second fills what a multiplexer holds of a track."""
    return clip("dense.mp4", *VIDEO, *TONE, "-vf", "noise=alls=40", "-t", 6, "-c:v", "libx264", "-preset", "ultrafast",
                "-qp", 10, "-pix_fmt", "yuv420p", "-c:a", "aac")


def expect_all(gpac, source, *words, to, nb, option="store=inter"):
    done = gpac("-i", source, "@#video", *words, "-o", f"{to}:{option}", "-stats")
    streams = probe_packets(to)
    assert sorted(len(p) for p in streams.values()) == sorted(nb)
    # the multiplexer was called for packets, not over and over until some came
    calls = re.search(r"Filter mp4mx .* (\d+) tasks", done.stderr + done.stdout)
    assert calls and int(calls.group(1)) < 30 * sum(nb)


@pytest.mark.parametrize("option", ["store=inter", "store=tight", "store=frag", "store=flat", "cdur=0.1"])
def test_encoder_with_a_look_ahead(gpac, dense_clip, tmp_path, option):
    sound = len(probe_packets(dense_clip)[1])
    expect_all(gpac, dense_clip, "c=avc:rc-lookahead=100:preset=veryfast", to=tmp_path / "v.mp4", option=option,
               nb=[150, 150, sound])


def test_large_pictures(gpac, media, tmp_path):
    expect_all(gpac, media("mp4/bbb_prog_10s.mp4"), "c=png", to=tmp_path / "v.mp4", nb=[238, 238, 428])


def test_two_files_crosswise(gpac, av_clip, tmp_path):
    """Each file has one stream as it was and the other one encoded."""
    a, b = tmp_path / "a.mp4", tmp_path / "b.mp4"
    gpac("-i", f"{av_clip}:FID=S", "c=avc:FID=V:SID=S#video:rc-lookahead=100", "c=aac:FID=A:SID=S#audio",
         "-o", f"{a}:SID=S#video,A", "-o", f"{b}:SID=S#audio,V")
    sound = len(probe_packets(av_clip)[1])
    for path in (a, b):
        counts = sorted(len(p) for p in probe_packets(path).values())
        assert counts[0] == 50 and sound <= counts[1] <= sound + 2
