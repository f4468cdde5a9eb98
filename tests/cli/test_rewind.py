"""Backward playback: mp4dmx by groups of pictures, ffdec, rewind. FFmpeg decodes forward."""

import array
import subprocess

import pytest

from tool import probe_packets

PICTURES = ("-f", "lavfi", "-i", "testsrc2=size=96x64:rate=25", "-t", 3, "-pix_fmt", "yuv420p")
SIZE = 96 * 64 * 3 // 2
VIDEO = {
    "avc": ("-c:v", "libx264", "-bf", 2, "-g", 20),
    "avc_open": ("-c:v", "libx264", "-bf", 3, "-g", 20, "-x264-params", "open-gop=1"),
    "hevc_open": ("-c:v", "libx265", "-x265-params", "open-gop=1:keyint=20:bframes=4:log-level=none"),
    "intra": ("-c:v", "mjpeg", "-q:v", 3),
}


def decoded(path, *options):
    return subprocess.run(["ffmpeg", "-v", "error", "-i", path, *options, "-"], check=True, capture_output=True).stdout


def frames(data):
    return [data[i:i + SIZE] for i in range(0, len(data), SIZE)]


@pytest.fixture
def video(clip):
    return lambda name: clip(f"rewind_{name}.mp4", *PICTURES, *VIDEO[name])


@pytest.mark.parametrize("name", VIDEO)
def test_pictures(gpac, video, tmp_path, name):
    source = video(name)
    if "open" in name:  # pictures shown before the random access point that they follow
        packets = probe_packets(source)[0]
        assert any("K" in a[4] and b[0] < a[0] for a, b in zip(packets, packets[1:]))
    gpac("-i", source, "rewind", "-o", tmp_path / "out.yuv:speed=-1")
    whole = frames(decoded(source, "-f", "rawvideo"))
    assert len(set(whole)) == 75
    assert frames((tmp_path / "out.yuv").read_bytes()) == whole[::-1]


@pytest.mark.parametrize("name", ["avc", "hevc_open"])
@pytest.mark.parametrize("start,first", [("1.5", 37), ("1.6", 40), ("0.8", 20), ("-0.5", 37)])
def test_start(gpac, video, tmp_path, name, start, first):
    """Nothing is shown of what comes after the start."""
    source = video(name)
    gpac("-i", source, "rewind", "-o", tmp_path / f"out.yuv:speed=-1:start={start}")
    whole = frames(decoded(source, "-f", "rawvideo"))
    assert frames((tmp_path / "out.yuv").read_bytes()) == whole[first::-1]


def test_times(gpac, video):
    """Frames keep their times, so they go down."""
    lines = gpac("-i", video("avc"), "rewind", "inspect:deep:speed=-1:hdr=false:fmt=%cts% %sap%%lf%").stdout.split()
    times = [int(t) for t in lines[::2]]
    assert times == [times[-1] + i * (times[0] - times[-1]) // 74 for i in range(74, -1, -1)] and times[0] > times[-1]
    assert [i for i, sap in enumerate(lines[1::2]) if sap == "1"] == [14, 34, 54, 74]


def test_long_groups(gpac, video, tmp_path):
    """The last ten pictures of each group of twenty, and of that of fifteen at the end."""
    source = video("avc")
    done = gpac("-i", source, "rewind:rbuffer=10", "-o", tmp_path / "out.yuv:speed=-1")
    assert done.stderr.count("raise rbuffer") == 1
    whole = frames(decoded(source, "-f", "rawvideo"))
    assert frames((tmp_path / "out.yuv").read_bytes()) == [
        whole[i] for end in (75, 60, 40, 20) for i in range(end - 1, end - 11, -1)]
    done = gpac("-i", source, "rewind:rbuffer=0", "-o", tmp_path / "out.yuv:speed=-1")
    assert frames((tmp_path / "out.yuv").read_bytes()) == whole[::-1] and "rbuffer" not in done.stderr


def test_forward(gpac, video, tmp_path):
    source = video("avc")
    gpac("-i", source, "rewind", "-o", tmp_path / "out.yuv")
    assert (tmp_path / "out.yuv").read_bytes() == decoded(source, "-f", "rawvideo")


CHIRP = ("-f", "lavfi", "-i", "aevalsrc=sin(t*t*2000)*0.4|sin(t*3000)*0.3:s=48000", "-t", 3)


def reversed_samples(data, size):
    return b"".join(data[i - size:i] for i in range(len(data), 0, -size))


@pytest.mark.parametrize("name", ["rewind.mov", "rewind.wav"])
def test_pcm(gpac, clip, tmp_path, name):
    """The reader of WAV files turns samples around itself."""
    source = clip(name, *CHIRP, "-c:a", "pcm_s16le")
    gpac("-i", source, "rewind", "-o", tmp_path / "out.pcm:speed=-1")
    assert (tmp_path / "out.pcm").read_bytes() == reversed_samples(decoded(source, "-f", "s16le"), 4)


def test_planar(gpac, clip, tmp_path):
    source = clip("rewind_mp3.mp4", *CHIRP, "-c:a", "libmp3lame")
    gpac("-i", source, "rewind", "-o", tmp_path / "out.flt:speed=-1")
    gpac("-i", source, "-o", tmp_path / "forward.flt")
    assert (tmp_path / "out.flt").read_bytes() == reversed_samples((tmp_path / "forward.flt").read_bytes(), 8)


@pytest.mark.parametrize("codec", ["aac", "ac3", "libmp3lame"])
def test_coded_sound(gpac, clip, tmp_path, codec):
    """Frames of these codecs overlap: each is decoded behind the one before. Noise that a decoder adds differs."""
    source = clip(f"rewind_{codec}.mp4", *CHIRP, "-c:a", codec)
    gpac("-i", source, "rewind", "-o", tmp_path / "out.flt:speed=-1")
    ours = array.array("f", (tmp_path / "out.flt").read_bytes())
    theirs = array.array("f", reversed_samples(decoded(source, "-f", "f32le"), 8))
    extra = len(theirs) - len(ours)  # FFmpeg plays the last frame to its end
    assert 0 <= extra <= 2 * 1536 and len(ours) > 2 * 3 * 47900
    assert max(abs(a - b) for a, b in zip(ours, theirs[extra:])) < 0.01
