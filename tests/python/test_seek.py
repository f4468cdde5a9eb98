# SPDX-License-Identifier: MIT
"""Seeking in decoded media: each picture is the one that ffmpeg's framemd5 has for that time, each sample that of the
sound decoded from the beginning."""

import hashlib
import random
import subprocess

import pytest

import libgpac as gpac
from lab import make

numpy = pytest.importorskip("numpy")

SOURCE = "-f lavfi -i testsrc2=size=192x108:rate=25 -t 4".split()
# Every third picture of the first two seconds is missing, the rest is at half rate.
VFR = ["-vf", "select='if(lt(t,2),mod(n,3),mod(n,2))'", "-vsync", "vfr"]
AVC = "-c:v libx264 -pix_fmt yuv420p"
CLIPS = {
    "vfr.mp4": [*VFR, *f"{AVC} -g 20 -bf 3".split()],
    "vfr.mkv": [*VFR, *f"{AVC} -g 20 -bf 3".split()],
    "open.mp4": f"{AVC} -x264-params open-gop=1:keyint=20:bframes=3:b-pyramid=2:scenecut=0".split(),
    "hevc_open.mp4": "-c:v libx265 -x265-params log-level=error:open-gop=1:keyint=20:bframes=4 -pix_fmt yuv420p".split(),
    "hevc_layers.mp4": "-c:v libx265 -x265-params log-level=error:temporal-layers=3:keyint=25 -pix_fmt yuv420p".split(),
    "mbaff.mp4": f"{AVC} -flags +ildct+ilme -x264-params tff=1:bframes=2:keyint=25".split(),
    "fragments.mp4": f"{AVC} -g 25 -bf 2 -movflags frag_keyframe+empty_moov+default_base_moof".split(),
    "cut.mp4": f"{AVC} -g 25 -bf 2".split(),
    "mpeg2.mkv": "-c:v mpeg2video -g 12 -bf 2 -q:v 4 -pix_fmt yuv420p".split(),
    "mpeg4.mp4": "-c:v mpeg4 -g 12 -bf 2 -q:v 4 -pix_fmt yuv420p".split(),
    "vp9.webm": "-c:v libvpx-vp9 -deadline realtime -cpu-used 8 -g 25 -pix_fmt yuv420p".split(),
    "stream.ts": f"{AVC} -g 25 -bf 2".split(),
    "film.flv": f"{AVC} -g 25 -bf 2".split(),
    "ffv1.mkv": "-c:v ffv1 -g 5 -pix_fmt yuv420p".split(),
}


@pytest.fixture(scope="module", params=CLIPS)
def clip(request, media):
    path = make(media / f"seek_{request.param}", *SOURCE, *CLIPS[request.param])
    if request.param == "cut.mp4":  # begins between two random access points, by an edit list
        path = make(media / "seek_edit.mp4", "-ss", "0.6", "-i", path, "-c", "copy")
    return path


@pytest.fixture(scope="module")
def pictures(clip):
    """Time and hash of each picture as ffmpeg finds them."""
    out = subprocess.run(["ffmpeg", "-v", "error", "-copyts", "-i", clip, "-map", "0:v:0", "-vsync", "passthrough",
                          "-enc_time_base", "1:90000", "-f", "framemd5", "-"],
                         check=True, capture_output=True, text=True).stdout
    rows = [line.split(",") for line in out.splitlines() if not line.startswith("#")]
    found = [(int(row[2]) / 90000, row[-1].strip()) for row in rows if int(row[2]) >= 0]
    assert len(found) > 50
    return found


def digest(frame):
    planes = b"".join(numpy.ascontiguousarray(numpy.asarray(p)).tobytes() for p in frame.planes())
    return hashlib.md5(planes).hexdigest()


def check(frames, expected):
    frames = list(frames)
    assert [f.time for f in frames] == pytest.approx([time for time, _ in expected], abs=1e-3)
    assert [digest(f) for f in frames] == [md5 for _, md5 in expected]


def test_from_the_beginning(clip, pictures):
    check(gpac.frames(clip), pictures)


def test_start(clip, pictures):
    """At a picture, just behind one, between two, in front of the last."""
    for place in (1, 13, 37, len(pictures) - 1):
        time = pictures[place][0]
        check(gpac.frames(clip, start=time), pictures[place:])
        check(gpac.frames(clip, start=time + 2e-3), pictures[place + 1:])
        check(gpac.frames(clip, start=(time + pictures[place - 1][0]) / 2), pictures[place:])
    assert not list(gpac.frames(clip, start=pictures[-1][0] + 10))


def test_numbers(clip, pictures):
    chance = random.Random(4)
    order = [chance.randrange(len(pictures)) for _ in range(30)] + [len(pictures) - 1, 0, 1, 0]
    with gpac.frames(clip) as video:
        assert len(video) == len(pictures)
        check((video[i] for i in order), [pictures[i] for i in order])


def test_times(clip, pictures):
    with gpac.frames(clip) as video:
        for i in (40, 3, len(pictures) - 2):
            (start, md5), (end, _) = pictures[i:i + 2]
            assert [digest(video.at(t)) for t in (start + 1e-3, (start + end) / 2, end - 1e-3)] == [md5] * 3


# No noise, which decoders replace by their own.
SOUND = "-f lavfi -i aevalsrc=0.3*sin(2*PI*(200+100*t)*t)|0.2*sin(2*PI*700*t):s=48000 -t 3"
SOUNDS = {
    "aac.mp4": "-c:a aac -aac_pns 0", "alac.mp4": "-c:a alac", "flac.flac": "-c:a flac", "mp3.mp3": "-c:a libmp3lame",
    "ac3.mp4": "-c:a ac3", "pcm.wav": "-c:a pcm_s16le", "vorbis.mka": "-c:a libvorbis", "opus.mp4": "-c:a libopus",
    "aac.ts": "-c:a aac -aac_pns 0",
}


@pytest.mark.parametrize("name", SOUNDS)
def test_samples(media, name):
    path = make(media / f"seek_{name}", *SOUND.split(), *SOUNDS[name].split())
    blocks = list(gpac.samples(path))
    whole = numpy.concatenate([b.to_ndarray() for b in blocks])
    first = blocks[0].time
    for start in (0.1, 1.0, 1.024, 1.57, 2.9):
        blocks = list(gpac.samples(path, start=first + start))
        place = (blocks[0].time - first) * 48000
        # Matroska tells times in milliseconds only, durations too
        rounding = 96 if name.endswith("mka") else 1
        assert -rounding < place - start * 48000 < 1 + rounding
        found = numpy.concatenate([b.to_ndarray() for b in blocks])
        assert len(whole) - len(found) == pytest.approx(place, abs=rounding)
        # Opus is predicted from what was before, which fades out; AC-3 dithers
        error = numpy.abs(found.astype(float) - whole[len(whole) - len(found):]).max()
        assert error <= {"opus.mp4": 2e-3, "ac3.mp4": 5e-3}.get(name, 1e-6)
        ends = [b.time + len(b.to_ndarray()) / 48000 for b in blocks]
        assert [b.time for b in blocks[1:]] == pytest.approx(ends[:-1], abs=2e-3)


def test_start_that_cannot_be():
    for start in (-1, float("nan"), float("inf")):
        with pytest.raises(ValueError, match="start"):
            gpac.frames("film.mp4", start=start)
        with pytest.raises(ValueError, match="start"):
            gpac.samples("film.mp4", start=start)
