# SPDX-License-Identifier: MIT
"""Damaged media in `gpac.frames` and `gpac.samples`: what is not hit comes as it is in the whole file, each fault is told
once, nothing stays behind."""

import hashlib
import random
import subprocess
from pathlib import Path

import pytest

import libgpac as gpac
from lab import make

numpy = pytest.importorskip("numpy")

NB_FILES = 8
PICTURES = "-f lavfi -i testsrc2=size=96x64:rate=25 -t 2".split()
SOUND = "-f lavfi -i aevalsrc=0.3*sin(2*PI*(200+100*t)*t)|0.2*sin(2*PI*700*t):s=48000 -t 2".split()
# Closed groups of ten pictures: a fault stays inside of one.
CODECS = {
    "avc.mp4": "-c:v libx264 -pix_fmt yuv420p -x264-params keyint=10:min-keyint=10:scenecut=0:open-gop=0:bframes=2",
    "hevc.mp4": "-c:v libx265 -pix_fmt yuv420p -x265-params log-level=error:keyint=10:min-keyint=10:scenecut=0:open-gop=0",
    "av1.mp4": "-c:v libaom-av1 -usage realtime -cpu-used 8 -g 10 -pix_fmt yuv420p",
    "png.mp4": "-c:v png -pix_fmt rgb24",
    "jpeg.mp4": "-c:v mjpeg -pix_fmt yuvj420p",
    "aac.m4a": "-c:a aac -aac_pns 0",
}


def packets(path):
    """Place in the file, size, time and whether it is an access point, of each packet."""
    out = subprocess.run(["ffprobe", "-v", "error", "-show_entries", "packet=pos,size,pts_time,flags", "-of", "csv=p=0",
                          path], check=True, capture_output=True, text=True).stdout
    rows = [line.split(",")[:4] for line in out.split()]
    return [(int(pos), int(size), float(time), "K" in flags) for time, size, pos, flags in rows]


def groups(path, sound):
    """The time from which a packet is decoded on its own, and that from which the next one is, for each packet."""
    found = packets(path)
    starts = sorted(time for _, _, time, key in found if key)
    if sound:  # a block of AAC overlaps with the one after
        step = starts[1] - starts[0]
        return [(pos, size, time, time + 2 * step) for pos, size, time, _ in found]
    return [(pos, size, max(s for s in starts if s <= time), min((s for s in starts if s > time), default=99))
            for pos, size, time, _ in found]


def decoded(path, sound):
    """Time and hash of each frame."""
    return {round(f.time, 3): hashlib.md5(b"".join(numpy.ascontiguousarray(p).tobytes() for p in f.planes())).hexdigest()
            for f in (gpac.samples if sound else gpac.frames)(str(path))}


@pytest.mark.parametrize("name", CODECS)
def test_bit_flips(media, tmp_path, capfd, name):
    sound = name.endswith("m4a")
    path = make(media / f"damage_{name}", *(SOUND if sound else PICTURES), *CODECS[name].split())
    whole, data, table = decoded(path, sound), Path(path).read_bytes(), groups(path, sound)
    broken = tmp_path / name
    capfd.readouterr()
    nb_lost = nb_told = 0
    for seed in range(NB_FILES):
        chance = random.Random(seed)
        damaged, hit = bytearray(data), []
        for _ in range(chance.choice((1, 3, 9))):
            pos, size, start, end = chance.choice(table)
            damaged[pos + chance.randrange(size)] ^= 1 << chance.randrange(8)
            hit.append((start, end))
        broken.write_bytes(damaged)
        found = decoded(broken, sound)
        told = capfd.readouterr().err.splitlines()
        assert set(found) <= set(whole)
        intact = {t for t in whole if not any(start - 1e-3 <= t < end - 1e-3 for start, end in hit)}
        assert {t: whole[t] for t in intact} == {t: found.get(t) for t in intact}, seed
        assert all(line.startswith(("[ffdec] ", "[rfnalu] ", "[mp4dmx] ")) for line in told), told
        # at most one for each packet of a group that was hit
        in_groups = sum(any(start <= t < end for start, end in hit) for _, _, t, _ in packets(path))
        assert len(told) <= in_groups + len(hit), told
        lost = len(whole) - len(found)
        assert not lost or told
        nb_lost, nb_told = nb_lost + lost, nb_told + len(told)
    assert gpac._native.nb_live() == 0
    assert nb_told or name == "hevc.mp4"


def test_truncated_packets(media, tmp_path, capfd):
    """A file that ends inside of a picture."""
    path = make(media / "damage_avc.mp4", *PICTURES, *CODECS["avc.mp4"].split())
    moved = make(media / "damage_front.mp4", "-i", path, "-c", "copy", "-movflags", "faststart")
    pos, size, _, _ = packets(moved)[33]
    broken = tmp_path / "cut.mp4"
    broken.write_bytes(Path(moved).read_bytes()[:pos + size // 2])
    whole, found = decoded(moved, False), decoded(broken, False)
    assert len(found) >= 30 and set(found) <= set(whole)
    assert {t: found[t] for t in list(found)[:29]} == {t: whole[t] for t in list(found)[:29]}
    assert capfd.readouterr().err
