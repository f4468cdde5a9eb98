"""Fragmented and CMAF files that are cut, have wrong bits or are put together from two files: what can be read is
delivered, a fault is told once, and nothing crashes, hangs or takes memory without bound."""

import random

import pytest

from test_bad_input import run_on
from tool import TONE, VIDEO

SEED = 20261123
NB_OF_EACH = 500
FIELDS = "inspect:deep:hdr=false:fmt=%pid.ID% %bo% %size% %crc%%lf%"


@pytest.fixture(scope="module")
def files(gpac, clip, tmp_path_factory):
    """Fragments of two tracks, and a CMAF track; each as its bytes."""
    source = clip("bad_source.mp4", *VIDEO, *TONE, "-t", 1, "-c:v", "libx264", "-bf", 2, "-g", 5, "-pix_fmt", "yuv420p",
                  "-c:a", "aac")
    folder = tmp_path_factory.mktemp("fragments")
    gpac("-i", source, "-o", f"{folder}/two.mp4:store=frag:cdur=0.2")
    gpac("-i", f"{source}#video", "-o", f"{folder}/cmaf.mp4:cmaf=cmf2:cdur=0.2")
    return [folder / "two.mp4", folder / "cmaf.mp4"]


def check_messages(done):
    # a decoder configuration is read by each filter that needs it
    lines = [line for line in done.stderr.splitlines() if line.startswith("[mp4")]
    assert len(set(lines)) == len(lines), f"told twice: {done.stderr}"
    assert done.stderr or not done.returncode, "failed without a word"


def packets_of(text):
    """{track: [(end, rest of the line)]}"""
    tracks = {}
    for line in text.splitlines():
        track, offset, size, crc = line.split()
        tracks.setdefault(track, []).append((int(offset) + int(size), crc))
    return tracks


def moof_ends(data):
    """Ends of the moof boxes, in front of the bytes that their samples need."""
    ends, at = [], 0
    while at < len(data):
        size = int.from_bytes(data[at:at + 4], "big")
        at += size
        if data[at - size + 4:at - size + 8] == b"moof":
            ends.append(at)
    return ends


def test_cut_files(gpac, files, tmp_path):
    """Every sample whose bytes and whose moof are there is delivered, and nothing else."""
    rng = random.Random(SEED)
    for path in files:
        data, whole = path.read_bytes(), packets_of(gpac("-i", path, FIELDS).stdout)
        starts = moof_ends(data)
        assert sum(map(len, whole.values())) >= 25
        for _ in range(NB_OF_EACH // len(files)):
            cut = rng.randrange(starts[0], len(data))
            broken = tmp_path / "cut.mp4"
            broken.write_bytes(data[:cut])
            done = run_on(broken, f"{FIELDS}:log={tmp_path}/out.txt")
            check_messages(done)
            assert len(done.stderr.splitlines()) <= 1 + len(whole)
            known = max(end for end in starts if end <= cut)
            following = min([end for end in starts if end > cut], default=len(data) + 1)
            expected = {t: [p for p in packets if p[0] <= cut and p[0] < following] for t, packets in whole.items()}
            assert known and packets_of((tmp_path / "out.txt").read_text()) == {t: p for t, p in expected.items() if p}


def flipped(data, rng):
    data = bytearray(data)
    for _ in range(rng.choice((1, 2, 8, 64))):
        data[rng.randrange(len(data))] ^= 1 << rng.randrange(8)
    return bytes(data)


def spliced(data, other, rng):
    return data[:rng.randrange(len(data))] + other[rng.randrange(len(other)):]


@pytest.mark.parametrize("kind", ["flipped", "spliced"])
def test_wrong_files(gpac, files, tmp_path, kind):
    rng = random.Random(SEED)
    contents = [path.read_bytes() for path in files]
    for i in range(NB_OF_EACH):
        data, other = contents[i % 2], contents[i // 2 % 2]
        broken = tmp_path / f"{kind}{i}.mp4"
        broken.write_bytes(flipped(data, rng) if kind == "flipped" else spliced(data, other, rng))
        check_messages(run_on(broken, *(["inspect:deep:log=null"] if i % 3 else ["-o", str(tmp_path / "out.mp4")])))
        broken.unlink()
