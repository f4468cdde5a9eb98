"""Subtitles in the containers of libavformat, as ffprobe and ffmpeg list them."""

import json
import subprocess

import pytest

SRT = """1
00:00:00,500 --> 00:00:01,200
Hello <i>world</i>

2
00:00:01,500 --> 00:00:02,000
Second
line

"""
VTT = """WEBVTT

first
00:00.500 --> 00:01.200 align:start line:0
Hello <i>world</i>

00:01.500 --> 00:02.000
Second
line

"""
VIDEO = ("-f", "lavfi", "-t", 3, "-i", "testsrc2=size=64x64:rate=25")


@pytest.fixture
def film(clip, tmp_path):
    """film(name, options): a video with the two cues."""
    def make(name, *options, text=SRT, suffix="srt"):
        source = tmp_path / f"cues.{suffix}"
        source.write_text(text)
        path = tmp_path / name
        subprocess.run(["ffmpeg", "-v", "error", "-y", *map(str, VIDEO), "-i", source, "-map", "0", "-map", "1", *options, path],
                       check=True, stdin=subprocess.DEVNULL)
        return path
    return make


def cues(path):
    """Codec, language, header and packets of the subtitles of a file."""
    done = subprocess.run(["ffprobe", "-v", "error", "-select_streams", "s", "-show_streams", "-show_packets", "-show_data",
                           "-of", "json", str(path)], check=True, capture_output=True, text=True)
    found = json.loads(done.stdout)
    packets = [(float(p["pts_time"]), float(p["duration_time"]), p["data"], p.get("side_data_list")) for p in found["packets"]]
    return [(s["codec_name"], s.get("tags", {}).get("language"), s.get("extradata")) for s in found["streams"]], packets


@pytest.mark.parametrize("name,options,source", [
    ("srt.mkv", ("-c:v", "libx264", "-c:s", "srt", "-metadata:s:s", "language=fra"), (SRT, "srt")),
    ("ass.mkv", ("-c:v", "libx264", "-c:s", "ass"), (SRT, "srt")),
    ("vtt.webm", ("-c:v", "libvpx", "-c:s", "copy"), (VTT, "vtt"))])
def test_text_is_carried(gpac, film, tmp_path, name, options, source):
    """From a container to the same one: the cues with all that stands beside their text."""
    text, suffix = source
    original = film(name, *options, text=text, suffix=suffix)
    gpac("-i", original, "-o", tmp_path / f"out_{name}")
    assert cues(tmp_path / f"out_{name}") == cues(original) and len(cues(original)[1]) == 2


def test_timed_text(gpac, film, tmp_path):
    """3GPP timed text from one MP4 to another, with its font table, and to a format that has no such text."""
    original = film("tx3g.mp4", "-c:v", "libx264", "-c:s", "mov_text", "-movflags", "+write_colr")
    gpac("-i", original, "-o", f"{tmp_path}/out.mov:gfreg=ffmx")
    (codec, _, _), = cues(tmp_path / "out.mov")[0]
    assert codec == "mov_text"
    ours, theirs = cues(tmp_path / "out.mov")[1], cues(original)[1]
    assert ours == theirs[:len(ours)] and len(ours) >= 4
    text = [subprocess.run(["ffmpeg", "-v", "error", "-i", path, "-map", "0:s", "-f", "srt", "-"], check=True,
                           capture_output=True).stdout for path in (tmp_path / "out.mov", original)]
    assert text[0] == text[1] and b"world" in text[0]
    done = gpac("-i", original, "-o", tmp_path / "out.mkv")
    assert "cannot carry subtitles as mov_text, but as ass" in done.stderr and not cues(tmp_path / "out.mkv")[1]


def test_font_table_of_timed_text(gpac, film, tmp_path):
    """Read by libavformat, the description is the one that the engine's own reader finds."""
    original = film("tx3g.mp4", "-c:v", "libx264", "-c:s", "mov_text")
    report = "inspect:hdr=false:deep:fmt=%pid.CodecID% %pid.DecoderConfig% %cts% %size%%lf%"
    own = gpac("-i", original, report).stdout.splitlines()
    read = gpac("-i", f"{original}:gfreg=ffdmx", report).stdout.splitlines()
    def text(lines):
        return {line.split(" bytes")[1].split(")")[0] for line in lines if "3GPP" in line}
    assert text(own) == text(read) and len(text(own)) == 1


def test_text_to_files(gpac, film, tmp_path):
    """The subtitles of a film as a file of their own."""
    gpac("-i", film("a.mkv", "-c:v", "libx264", "-c:s", "srt"), "-o", tmp_path / "out.srt")
    assert (tmp_path / "out.srt").read_text() == SRT
    gpac("-i", film("b.webm", "-c:v", "libvpx", "-c:s", "copy", text=VTT, suffix="vtt"), "-o", tmp_path / "out.vtt")
    assert (tmp_path / "out.vtt").read_text() == VTT


def test_files_of_text(gpac, tmp_path):
    """SRT and WebVTT into Matroska, without any other stream."""
    for suffix, text, codec in (("srt", SRT, "subrip"), ("vtt", VTT, "webvtt")):
        source, out = tmp_path / f"in.{suffix}", tmp_path / f"{suffix}.mkv"
        source.write_text(text)
        gpac("-i", source, "-o", out)
        assert [name for name, _, _ in cues(out)[0]] == [codec]
        assert [times[:2] for times in cues(out)[1]] == [(0.5, 0.7), (1.5, 0.5)]


def test_text_that_a_format_lacks(gpac, film, tmp_path):
    done = gpac("-i", film("a.mkv", "-c:v", "mpeg4", "-c:s", "srt"), "-o", tmp_path / "out.avi")
    assert "format avi cannot carry subtitles as subrip: PID text1 is left out" in done.stderr
    assert not cues(tmp_path / "out.avi")[0]
