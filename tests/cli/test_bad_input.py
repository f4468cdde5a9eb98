"""Broken files: an error that names the place, or what can be read; never a crash, a hang or unbounded memory. This is a
small share of what `make mutate` runs."""

import random

import pytest

import mutations
from mutations import FORMATS, KINDS, PACKETS, packets_of, run_on
from tool import MEDIA

NB_OF_EACH = 12
NB_OF_CUTS = 60


def malformed_files():
    folder = MEDIA / "malformed"
    return sorted(folder.glob("*/*.mp4")) if folder.exists() else []


@pytest.mark.parametrize("path", malformed_files(), ids=lambda p: p.name)
def test_malformed_files_of_other_projects(gpac, path):
    run_on(path, "inspect:deep:log=null")


@pytest.mark.parametrize("name", FORMATS)
def test_damaged_files(gpac, clip, tmp_path, name):
    """A file that fails is kept in the folder of the test."""
    files = mutations.make_files(name, clip)
    suffix = name[name.index("."):]
    path = tmp_path / f"whole{suffix}"
    path.write_bytes(files[0])
    whole = packets_of(run_on(path, PACKETS).stdout)
    assert whole
    for kind in KINDS:
        for index in range(NB_OF_EACH):
            mutations.check(name, kind, index, files, tmp_path / f"{kind}{index}{suffix}", whole)


def moof_ends(data):
    """Ends of the moof boxes, in front of the bytes that their samples need."""
    ends, at = [], 0
    while at < len(data):
        size = int.from_bytes(data[at:at + 4], "big")
        at += size
        if data[at - size + 4:at - size + 8] == b"moof":
            ends.append(at)
    return ends


@pytest.mark.parametrize("selection,options", [("", "store=frag"), ("#video", "cmaf=cmf2")])
def test_cut_fragments(gpac, clip, tmp_path, selection, options):
    """Every sample whose bytes and whose moof are there is delivered, and nothing else; the fault is told once."""
    source = clip("bad_source.mp4", *mutations.PICTURES, *mutations.TONE, *mutations.AVC, "-c:a", "aac")
    gpac("-i", f"{source}{selection}", "-o", f"{tmp_path}/whole.mp4:{options}:cdur=0.2")
    data, whole = (tmp_path / "whole.mp4").read_bytes(), packets_of(gpac("-i", tmp_path / "whole.mp4", PACKETS).stdout)
    starts, rng, broken = moof_ends(data), random.Random(mutations.SEED), tmp_path / "cut.mp4"
    assert len(starts) >= 5 and sum(map(len, whole.values())) >= 25
    for _ in range(NB_OF_CUTS):
        cut = rng.randrange(starts[0], len(data))
        broken.write_bytes(data[:cut])
        done = run_on(broken, PACKETS)
        assert len(done.stderr.splitlines()) <= 1 + len(whole)
        following = min([end for end in starts if end > cut], default=len(data) + 1)
        expected = {t: [p for p in packets if p[0] <= cut and p[0] < following] for t, packets in whole.items()}
        assert packets_of(done.stdout) == {t: p for t, p in expected.items() if p}


@pytest.mark.parametrize("name", ["a.flac", "a.wav"])
def test_length_in_the_header(gpac, clip, tmp_path, name):
    """The header tells how many samples there are: a file that ends between two frames shows it only there."""
    data = mutations.make_files(name, clip)[0]
    path = tmp_path / name
    path.write_bytes(data)
    places = [line.split() for line in gpac("-i", path, "inspect:deep:hdr=false:fmt=%bo% %size% %dur%%lf%").stdout.splitlines()]
    offset, samples = int(places[5][0]), sum(int(p[2]) for p in places[:5])
    path.write_bytes(data[:offset])
    done = run_on(path, PACKETS)
    assert len(done.stdout.splitlines()) == 5
    told = f"after {samples} of the 48000 samples" if name == "a.flac" else f"ends {(48000 - samples) * 3} bytes before"
    assert told in done.stderr and len(done.stderr.splitlines()) == 1


def test_empty_and_tiny_files(gpac, tmp_path):
    suffixes = {name[name.index("."):] for name in FORMATS} | {".m3u", ".av1b", ".pcm"}
    for suffix in sorted(suffixes):
        for size in (0, 1, 7, 100):
            path = tmp_path / f"a{suffix}"
            path.write_bytes(b"\x00" * size)
            run_on(path, "-o", "null")
