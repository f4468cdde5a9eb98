"""Containers of libavformat: what FFmpeg wrote is read packet by packet, what we write FFmpeg reads back."""

import re
import subprocess

import pytest

from tool import TONE, VIDEO, probe_packets

X264 = ("-c:v", "libx264", "-bf", 2, "-pix_fmt", "yuv420p")
FILES = {
    "mkv": (*X264, "-c:a", "aac"), "webm": ("-c:v", "libvpx", "-deadline", "realtime", "-cpu-used", 8, "-c:a", "libopus"),
    "ogg": ("-c:v", "libtheora", "-c:a", "libvorbis"), "avi": ("-c:v", "mpeg4", "-c:a", "libmp3lame"),
    "flv": (*X264, "-c:a", "aac"), "oga": ("-vn", "-c:a", "flac"), "opus": ("-vn", "-c:a", "libopus"),
    "nut": (*X264, "-c:a", "aac"), "mka": ("-vn", "-c:a", "libvorbis"),
}


@pytest.fixture(scope="session")
def source(clip):
    return clip("containers.mp4", *VIDEO, *TONE, "-t", 1, *X264, "-c:a", "aac")


@pytest.fixture
def file_of(clip):
    return lambda ext: clip(f"container.{ext}", *VIDEO, *TONE, "-t", 1, *FILES[ext])


def decoded(path, kind, *options):
    raw = ("-map", "0:v", "-vsync", "passthrough", "-f", "rawvideo") if kind == "v" else ("-map", "0:a", "-f", "s16le")
    return subprocess.run(["ffmpeg", "-v", "error", *options, "-i", str(path), *raw, "-"], check=True,
                          capture_output=True).stdout


def inspect(gpac, source, *options):
    """Presentation times in seconds, sizes and seek marks of the packets, by PID."""
    pids, delays, packets = {}, {}, {}
    for line in gpac("-i", source, f"inspect:deep{''.join(options)}").stdout.splitlines():
        if m := re.match(r"PID (\d+) PCK \d+ (.*)", line):
            f = dict(zip(*[iter(m[2].split())] * 2))
            time = (int(f["cts"]) + delays[m[1]]) / pids[m[1]]
            packets.setdefault(m[1], []).append((time, int(f["size"]), "seek" in f))
        elif m := re.match(r"PID (\d+) .*?(?:timescale (\d+) |.*?(\d+) Hz)", line):
            scale = re.search(r"timescale (\d+)", line) or re.search(r"(\d+) Hz", line)
            delay = re.search(r"delay (-?\d+)", line)
            pids[m[1]], delays[m[1]] = int(scale[1]), int(delay[1]) if delay else 0
    return packets


@pytest.mark.parametrize("ext", FILES)
def test_packets_read(gpac, file_of, ext):
    ours = sorted([x[1] for x in p] for p in inspect(gpac, file_of(ext)).values())
    theirs = sorted([x[3] for x in p] for p in probe_packets(file_of(ext)).values())
    assert [len(p) for p in ours] == [len(p) for p in theirs]
    # the parameter sets of an elementary stream become its configuration
    assert [p[1:] for p in ours] == [p[1:] for p in theirs]


@pytest.mark.parametrize("ext", FILES)
def test_samples_decoded(gpac, file_of, tmp_path, ext):
    gpac("-i", file_of(ext), "-o", tmp_path / "out.pcm")
    assert (tmp_path / "out.pcm").read_bytes() == decoded(file_of(ext), "a")


@pytest.mark.parametrize("ext", [e for e in FILES if FILES[e][0] != "-vn"])
def test_pictures_decoded(gpac, file_of, tmp_path, ext):
    gpac("-i", file_of(ext), "-o", tmp_path / "out.yuv")
    assert (tmp_path / "out.yuv").read_bytes() == decoded(file_of(ext), "v")


def test_seek(gpac, clip):
    path = clip("seek.mkv", *VIDEO, "-t", 4, *X264, "-g", 25)
    (packets,) = inspect(gpac, path, ":start=2.5").values()
    shown = sorted(p[0] for p in packets if not p[2])
    assert shown[0] == pytest.approx(2.52, abs=0.05) and len(shown) == pytest.approx(37, abs=1)
    assert packets[0][0] == pytest.approx(2.04, abs=0.1) and packets[0][2]


@pytest.mark.parametrize("ext", ["mkv", "flv", "nut", "ts", "mov:gfreg=ffmx"])
def test_written(gpac, source, tmp_path, ext):
    """Pictures and sound of the file are those of the source."""
    out = tmp_path / f"out.{ext}"
    gpac("-i", source, "-o", out)
    out = tmp_path / f"out.{ext.split(':')[0]}"
    assert decoded(out, "v") == decoded(source, "v")
    ours, theirs = decoded(out, "a"), decoded(source, "a")
    assert ours[-len(theirs):] == theirs and len(ours) - len(theirs) in (0, 2 * 1024)


@pytest.mark.parametrize("ext,codec", [("avi", "libx264"), ("vob", "libx264"), ("vob", "libx265")])
def test_start_codes(gpac, clip, tmp_path, ext, codec):
    """AVI and program streams: players want NAL units behind start codes, not lengths."""
    path = clip(f"{codec}_nob.mp4", *VIDEO, "-t", 1, "-c:v", codec, "-bf", 0, "-pix_fmt", "yuv420p")
    out = tmp_path / f"out.{ext}"
    gpac("-i", path, "-o", out)
    assert b"\0\0\0\1" in out.read_bytes()[:10000]
    raw = tmp_path / "raw"
    subprocess.run(["ffmpeg", "-v", "error", "-i", out, "-c", "copy", "-f", "data", "-map", "0:v", raw], check=True)
    assert raw.read_bytes()[:3] in (b"\0\0\0", b"\0\0\1")
    assert decoded(out, "v") == decoded(path, "v")


@pytest.mark.parametrize("ext,encoders", [
    ("webm", ["c=vp9:deadline=realtime:cpu-used=8", "c=opus"]), ("ogg", ["c=theora", "c=vorbis"]), ("opus", ["c=opus"]),
    ("oga", ["c=flac"]), ("avi", ["c=m4v", "c=mp3"]), ("mkv", ["c=hevc", "c=flac"])])
def test_encoded(gpac, source, tmp_path, ext, encoders):
    out = tmp_path / f"out.{ext}"
    gpac("-i", source, *encoders, "-o", out)
    if len(encoders) > 1:
        assert len(decoded(out, "v")) == 25 * 320 * 180 * 3 // 2
    assert len(decoded(out, "a")) - len(decoded(source, "a")) in range(-2 * 1024, 3 * 1152)


def test_round_trip(gpac, source, tmp_path):
    """MP4, Matroska, MP4: the pictures keep their data and times."""
    first, second = tmp_path / "a.mkv", tmp_path / "b.mp4"
    gpac("-i", source, "-o", first)
    gpac("-i", first, "-o", second)
    assert decoded(second, "v") == decoded(source, "v")


def test_tags_and_language(gpac, clip, tmp_path):
    path = clip("tags.mkv", *TONE, "-t", 0.5, "-c:a", "aac", "-metadata", "title=A name", "-metadata:s:a",
                "language=fre")
    out = tmp_path / "out.mka"
    gpac("-i", path, "-o", out)
    told = subprocess.run(["ffprobe", "-v", "error", "-show_entries", "format_tags=title:stream_tags=language", str(out)],
                          check=True, capture_output=True, text=True).stdout
    assert "TAG:title=A name" in told.replace("TAG:TITLE", "TAG:title") and "TAG:language=fre" in told


@pytest.mark.parametrize("target,told", [
    ("out.webm", "format webm cannot carry MPEG-4 AVC|H264 Video; encode it, for example with c=vp9"),
    ("out.mkv:flv_flag=x", "unknown option `flv_flag`, did you mean `flvflags`?"),
    ("out.mkv:ffmt=nosuch", "no format of libavformat for nosuch"),
    ("missing/out.mkv", "cannot open"),
    ("out.mkv:proto", "the option proto is not supported"),
])
def test_refusals(gpac, source, tmp_path, target, told):
    done = gpac("-i", source, "-o", tmp_path / target, check=False)
    assert done.returncode and told in done.stderr


def test_not_a_media_file(gpac, tmp_path):
    path = tmp_path / "noise.mkv"
    path.write_bytes(b"this is no Matroska file" * 100)
    done = gpac("-i", path, "inspect", check=False)
    assert done.returncode and "[ffdmx] cannot open" in done.stderr
