"""Broken files: an error that names the place, or what can be read; never a crash, a hang or unbounded memory."""

import os
import random
import resource
import subprocess

import pytest

from tool import GPAC, MEDIA, TONE, VIDEO

NB_MUTATIONS = 3600
SEED = 20261122
AV1 = (*VIDEO, "-t", 1, "-pix_fmt", "yuv420p", "-c:v", "libaom-av1", "-usage", "realtime", "-cpu-used", 8)
PICTURE = ("-f", "lavfi", "-i", "testsrc2=size=64x48", "-frames:v", 1)
TIME_LIMIT = 5  # seconds
# What a process may take beyond the file itself. Sanitizers reserve address space of their own.
MEMORY_LIMIT = 512 << 20


def limits():
    if "asan" not in os.environ.get("GPAC_BUILD", ""):
        resource.setrlimit(resource.RLIMIT_AS, (MEMORY_LIMIT, MEMORY_LIMIT))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def run_on(path, *args):
    """Runs the tool on a file within the limits; fails on a signal, a hang or memory that was not released."""
    done = subprocess.run([str(GPAC), "-i", str(path), *args], stdout=subprocess.DEVNULL, stderr=subprocess.PIPE,
                          text=True, errors="replace", timeout=TIME_LIMIT, preexec_fn=limits)
    assert done.returncode in (0, 1), f"{path}: exit {done.returncode}\n{done.stderr[-2000:]}"
    assert "not released" not in done.stderr, done.stderr[-2000:]
    assert "ERROR: AddressSanitizer" not in done.stderr and "runtime error" not in done.stderr, done.stderr[-4000:]
    return done


def malformed_files():
    folder = MEDIA / "malformed"
    return sorted(folder.glob("*/*.mp4")) if folder.exists() else []


@pytest.mark.parametrize("path", malformed_files(), ids=lambda p: p.name)
def test_malformed_files_of_other_projects(gpac, path):
    done = run_on(path, "inspect:deep:log=null")
    if done.returncode:
        assert done.stderr.strip(), "failed without a word"


@pytest.fixture(scope="module")
def good_files(clip):
    """Small files of each format."""
    video = (*VIDEO, "-t", 1, "-pix_fmt", "yuv420p")
    return [
        clip("m.mp4", *VIDEO, *TONE, "-t", 1, "-c:v", "libx264", "-bf", 2, "-pix_fmt", "yuv420p", "-c:a", "aac"),
        clip("m_frag.mp4", *VIDEO, *TONE, "-t", 1, "-c:v", "libx264", "-pix_fmt", "yuv420p", "-c:a", "aac",
             "-movflags", "frag_keyframe+empty_moov", "-g", 5),
        clip("m.264", *video, "-c:v", "libx264", "-bf", 2),
        clip("m.265", *video, "-c:v", "libx265", "-x265-params", "log-level=none"),
        clip("m.aac", *TONE, "-t", 1, "-c:a", "aac"),
        clip("m.mp3", *TONE, "-t", 1, "-c:a", "libmp3lame"),
        clip("m.ivf", *video, "-c:v", "libvpx-vp9", "-deadline", "realtime", "-cpu-used", 8),
        clip("m_av1.ivf", *AV1),
        clip("m.obu", *AV1),
        clip("m.ac3", *TONE, "-t", 1, "-c:a", "ac3"),
        clip("m.eac3", *TONE, "-t", 1, "-c:a", "eac3"),
        clip("m.flac", *TONE, "-t", 1, "-c:a", "flac"),
        clip("m.wav", *TONE, "-t", 1, "-c:a", "pcm_s24le"),
        clip("m.y4m", "-f", "lavfi", "-i", "testsrc2=size=32x18", "-frames:v", 5, "-pix_fmt", "yuv420p"),
        clip("m.png", *PICTURE),
        clip("m.jpg", *PICTURE),
        clip("m.jp2", *PICTURE),
        clip("m.bmp", *PICTURE),
    ]


def mutate(data, rng):
    """Changes bytes, mostly near the start where headers are; sometimes cuts, repeats or removes a piece."""
    data = bytearray(data)
    for _ in range(rng.choice((1, 2, 4, 16))):
        reach = len(data) if rng.random() < 0.3 else min(len(data), 4096)
        data[rng.randrange(reach)] = rng.choice((0, 1, 0x7F, 0x80, 0xFF, rng.randrange(256)))
    kind = rng.random()
    at, size = rng.randrange(len(data)), rng.randrange(1, 200)
    if kind < 0.1:
        del data[at:]
    elif kind < 0.15:
        del data[at:at + size]
    elif kind < 0.2:
        data[at:at] = data[at:at + size]
    return bytes(data)


def test_mutations_of_good_files(gpac, good_files, tmp_path):
    rng = random.Random(SEED)
    contents = {path: path.read_bytes() for path in good_files}
    for i in range(NB_MUTATIONS):
        source = good_files[i % len(good_files)]
        broken = tmp_path / f"broken{source.suffix}"
        broken.write_bytes(mutate(contents[source], rng))
        try:
            if i % 4:
                run_on(broken, "inspect:deep:log=null")
            else:
                run_on(broken, "-o", str(tmp_path / "out.mp4"))
        except (AssertionError, subprocess.TimeoutExpired):
            kept = tmp_path / f"kept{i}{source.suffix}"
            kept.write_bytes(broken.read_bytes())
            print(f"mutation {i} of {source.name} kept as {kept}")
            raise


def test_empty_and_tiny_files(gpac, tmp_path):
    for name in ("a.mp4", "a.264", "a.265", "a.aac", "a.mp3", "a.m3u", "a.ivf", "a.obu", "a.av1b", "a.ac3", "a.flac", "a.wav",
                 "a.pcm", "a.y4m", "a.png", "a.jpg", "a.jp2", "a.bmp"):
        for size in (0, 1, 7, 100):
            path = tmp_path / name
            path.write_bytes(b"\x00" * size)
            run_on(path, "-o", "null")
