"""Codecs and containers: what we write, FFmpeg and we read with the same packets; what FFmpeg writes, we read."""

import re
import subprocess

import pytest

from tool import probe_packets

VIDEO = ("-f", "lavfi", "-i", "testsrc2=size=96x64:rate=25", "-t", 1, "-pix_fmt", "yuv420p")
AUDIO = ("-f", "lavfi", "-i", "sine=frequency=440:sample_rate=48000", "-t", 1, "-ac", 2)

# name: (extension of the stream, options of FFmpeg)
CODECS = {
    "avc": ("264", *VIDEO, "-c:v", "libx264", "-bf", 2),
    "hevc": ("265", *VIDEO, "-c:v", "libx265", "-x265-params", "log-level=error"),
    "av1": ("obu", *VIDEO, "-c:v", "libaom-av1", "-usage", "realtime", "-cpu-used", 8),
    "vp9": ("ivf", *VIDEO, "-c:v", "libvpx-vp9", "-deadline", "realtime", "-cpu-used", 8),
    "png": ("png", *VIDEO, "-frames:v", 1, "-pix_fmt", "rgb24", "-c:v", "png"),
    "jpeg": ("jpg", *VIDEO, "-frames:v", 1, "-pix_fmt", "yuvj420p", "-c:v", "mjpeg"),
    "aac": ("aac", *AUDIO, "-c:a", "aac"),
    "mp3": ("mp3", *AUDIO, "-c:a", "libmp3lame", "-write_xing", 0, "-id3v2_version", 0),
    "ac3": ("ac3", *AUDIO, "-c:a", "ac3"),
    "eac3": ("eac3", *AUDIO, "-c:a", "eac3"),
    "opus": (None, *AUDIO, "-c:a", "libopus"),
    "flac": ("flac", *AUDIO, "-c:a", "flac", "-strict", -2),
}
# options of the muxer of each container
CONTAINERS = {"mp4": ("mp4", ""), "fragmented": ("mp4", ":store=frag"), "cmaf": ("mp4", ":cmaf=cmfc"), "mov": ("mov", "")}
# QuickTime has no sample entry of FFmpeg's for these, CMAF no images
LEFT_OUT = {("av1", "mov"), ("vp9", "mov"), ("opus", "mov"), ("flac", "mov"), ("png", "cmaf"), ("jpeg", "cmaf")}
PAIRS = [(codec, container) for codec in CODECS for container in CONTAINERS if (codec, container) not in LEFT_OUT]


def hashes(path):
    """Size and hash of the packets of the only stream."""
    streams = probe_packets(path)
    assert len(streams) == 1
    return [(p[3], p[5]) for p in streams[0]]


def sizes(gpac, path):
    text = gpac("-i", path, "inspect:deep").stdout
    return [int(s) for s in re.findall(r"PCK \d+ .*? size (\d+)", text)]


@pytest.fixture
def pair(clip, tmp_path):
    """An MP4 file of FFmpeg with the codec, and a stream made from it when the codec has one."""
    def make(codec):
        ext, *options = CODECS[codec]
        film = clip(f"{codec}.mp4", *options)
        return film, ext
    return make


@pytest.mark.parametrize("codec,container", PAIRS)
def test_written_by_us(gpac, pair, tmp_path, codec, container):
    film, ext = pair(codec)
    suffix, options = CONTAINERS[container]
    out = tmp_path / f"out.{suffix}"
    # parameter sets stay where FFmpeg has put them
    gpac("-i", f"{film}:xps_check=keep", "-o", f"{out}{options}")
    theirs = hashes(film)
    assert hashes(out) == theirs
    assert sizes(gpac, out) == [size for size, _ in theirs]
    again = tmp_path / f"again.{suffix}"
    gpac("-i", f"{out}:xps_check=keep", "-o", f"{again}{options}")
    assert hashes(again) == theirs


@pytest.mark.parametrize("codec", [codec for codec in CODECS if CODECS[codec][0]])
def test_stream(gpac, pair, tmp_path, codec):
    """The stream in a file of its own comes back unchanged, by us and by FFmpeg."""
    film, ext = pair(codec)
    out = tmp_path / f"out.{ext}"
    gpac("-i", f"{film}:xps_check=keep", "-o", out)
    back = tmp_path / "back.mp4"
    gpac("-i", out, "-o", back)
    decoded = [subprocess.run(["ffmpeg", "-v", "error", "-i", path, "-f", "framemd5", "-"], capture_output=True, text=True,
                              check=True).stdout for path in (film, out, back)]
    # times differ: edit lists, and streams without time stamps
    frames = [[line.split(",")[-1] for line in text.splitlines() if line[:1] != "#"] for text in decoded]
    if codec in ("aac", "mp3", "ac3", "eac3"):  # whose priming FFmpeg leaves out in MP4
        frames = [f[-20:] for f in frames]
    assert frames[1] == frames[0] and frames[2] == frames[0]


@pytest.mark.parametrize("codec", CODECS)
@pytest.mark.parametrize("flags", ["", "frag_keyframe+empty_moov+delay_moov", "faststart"])
def test_written_by_ffmpeg(gpac, pair, tmp_path, codec, flags):
    film, _ = pair(codec)
    source = tmp_path / "in.mp4"
    options = ("-movflags", flags) if flags else ()
    subprocess.run(["ffmpeg", "-v", "error", "-i", film, "-c", "copy", *options, "-strict", "-2", source], check=True)
    theirs = hashes(source)
    assert sizes(gpac, f"{source}:xps_check=keep") == [size for size, _ in theirs]
    gpac("-i", f"{source}:xps_check=keep", "-o", tmp_path / "out.mp4")
    assert hashes(tmp_path / "out.mp4") == theirs
