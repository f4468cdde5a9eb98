# SPDX-License-Identifier: MIT
"""A transport stream is read as such, though frames of its audio can be found in it."""

from tool import TONE, VIDEO, probe_packets
from test_tool import graph_of


def check(gpac, path, tmp_path):
    copy = tmp_path / "copy.mp4"
    lines = graph_of(gpac, "-i", path, "-o", copy)
    assert lines[0] == "0 ffdmx"
    assert {k: len(v) for k, v in probe_packets(copy).items()} == {k: len(v) for k, v in probe_packets(path).items()}


def test_sound_in_small_frames(gpac, clip, tmp_path):
    # 16 kbit/s: several frames in a packet of 188 bytes
    path = clip("small.ts", *TONE, "-t", 4, "-c:a", "aac", "-ar", 16000, "-b:a", "8k", "-pes_payload_size", 2000)
    check(gpac, path, tmp_path)


def test_picture_and_sound(gpac, clip, tmp_path):
    path = clip("av.ts", *VIDEO, *TONE, "-t", 2, "-c:v", "libx264", "-bf", 0, "-pix_fmt", "yuv420p", "-c:a", "aac")
    check(gpac, path, tmp_path)


def test_layer_2_sound(gpac, clip, tmp_path):
    check(gpac, clip("mp2.ts", *TONE, "-t", 2, "-c:a", "mp2", "-b:a", "64k"), tmp_path)
