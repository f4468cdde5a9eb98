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
    packets = [(float(p["pts_time"]), float(p.get("duration_time", 0)), p["data"], p.get("side_data_list")) for p in found["packets"]]
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


# ---- Bitmaps

CANVAS = (320, 180)


def pgs(width, height, x, y, colours, pixels, start):
    """A display set of Presentation Graphics (Blu-ray 9.14): one region of lines of palette numbers, or an empty screen.
    `colours` are Y, Cr, Cb, A of the palette entries from 1 on."""
    def segment(kind, data):
        pts = int(start * 90000)
        return b"PG" + pts.to_bytes(4, "big") + bytes(4) + bytes([kind]) + len(data).to_bytes(2, "big") + data

    def composition(state, objects):
        return segment(0x16, CANVAS[0].to_bytes(2, "big") + CANVAS[1].to_bytes(2, "big") + b"\x10" +
                       int(start * 10).to_bytes(2, "big") + bytes([state, 0, 0, len(objects)]) + b"".join(objects))
    if not pixels:
        return composition(0, []) + segment(0x80, b"")
    place = x.to_bytes(2, "big") + y.to_bytes(2, "big")
    window = b"\1\0" + place + width.to_bytes(2, "big") + height.to_bytes(2, "big")
    palette = b"\0\0" + b"".join(bytes([i + 1, *colour]) for i, colour in enumerate(colours))
    lines = b"".join(bytes(line) + b"\0\0" for line in pixels)  # each pixel by its number, then the end of the line
    coded = width.to_bytes(2, "big") + height.to_bytes(2, "big") + lines
    picture = b"\0\0\0\xc0" + len(coded).to_bytes(3, "big") + coded
    return (composition(0x80, [b"\0\0\0\0" + place]) + segment(0x17, window) + segment(0x14, palette) + segment(0x15, picture) +
            segment(0x80, b""))


WHITE, BLACK = (235, 128, 128, 255), (16, 128, 128, 128)


@pytest.fixture
def bitmaps(tmp_path):
    """Two subtitles, each of which goes, in a Matroska file with a video."""
    raw, film = tmp_path / "subs.sup", tmp_path / "subs.mkv"
    raw.write_bytes(pgs(4, 2, 100, 150, [WHITE, BLACK], [[1, 2, 1, 2], [2, 2, 1, 1]], 0.5) + pgs(0, 0, 0, 0, [], [], 1.2) +
                    pgs(6, 3, 20, 10, [BLACK, WHITE], [[2] * 6, [1] * 6, [2] * 6], 1.5) + pgs(0, 0, 0, 0, [], [], 2))
    subprocess.run(["ffmpeg", "-v", "error", *map(str, VIDEO), "-i", raw, "-map", "0", "-map", "1", "-c:v", "libx264", "-c:s",
                    "copy", film], check=True, stdin=subprocess.DEVNULL)
    return film


def decoded(gpac, source, tmp_path, check=True):
    """Packets of the subtitles of a file: time, place from the right and from the top, size, bytes."""
    ffdec, out = ("ffdec:FID=2:SID=1#text1",), tmp_path / "out.rgba"
    fmt = "%cts%/%pid.Timescale% %pid.TransXRight% %pid.TransYTop% %pid.Width%x%pid.Height% %pid.PixelFormat% %size%%lf%"
    report = gpac("-i", f"{source}:FID=1", *ffdec, f"inspect:SID=2:deep:hdr=false:fmt={fmt}", check=check).stdout
    gpac("-i", f"{source}:FID=1", *ffdec, "-o", f"{out}:SID=2", check=check)
    data, packets = out.read_bytes(), []
    for line in report.splitlines():
        time, right, top, size, pixels, nb = line.split()
        assert pixels == "rgba"
        cts, timescale = map(int, time.split("/"))
        packets.append((cts / timescale, int(right), int(top), size, data[:int(nb)]))
        data = data[int(nb):]
    assert not data
    return packets


W, B = b"\xff\xff\xff\xff", b"\0\0\0\x80"  # the palette as RGBA: BT.601 of the limited range


def test_presentation_graphics(gpac, bitmaps, tmp_path):
    """Pictures, their places from the right (320 - 100 - 4) and the top, and empty packets where they go."""
    times = [packet[0] for packet in cues(bitmaps)[1]]
    assert decoded(gpac, bitmaps, tmp_path) == [
        (times[0], 216, 150, "4x2", W + B + W + B + B + B + W + W), (times[1], 216, 150, "4x2", b""),
        (times[2], 294, 10, "6x3", W * 6 + B * 6 + W * 6), (times[3], 294, 10, "6x3", b"")]


def test_dvb_subtitles(gpac, bitmaps, tmp_path):
    """The same through an encoder of DVB subtitles, of which FFmpeg reads the first one only, and a transport stream."""
    dvb = tmp_path / "dvb.ts"
    subprocess.run(["ffmpeg", "-v", "error", "-i", bitmaps, "-map", "0", "-c:v", "copy", "-c:s", "dvbsub", dvb], check=True,
                   stdin=subprocess.DEVNULL)
    shown = [(right, top, size, data) for _, right, top, size, data in decoded(gpac, dvb, tmp_path, False) if data]
    assert [(top, size) for _, top, size, _ in shown] == [(150, "4x2")]
    original = decoded(gpac, bitmaps, tmp_path)[0][4]
    assert max(abs(a - b) for a, b in zip(shown[0][3], original)) <= 8  # through the palette of DVB


def test_bitmaps_are_carried(gpac, bitmaps, tmp_path):
    """As they are, into a format that has them; never as a second video."""
    gpac("-i", bitmaps, "-o", tmp_path / "out.mkv")
    assert cues(tmp_path / "out.mkv") == cues(bitmaps)
    done = gpac("-i", bitmaps, "-o", tmp_path / "out.264")
    assert "no filter chain found for PID text1" in done.stderr


def test_damaged_bitmaps(gpac, bitmaps):
    """A picture larger than the screen is told; the next subtitle comes."""
    data = bytearray(bitmaps.read_bytes())
    at = data.index(b"\0\0\0\xc0\0\0")  # object, version, flags and size; then the width
    data[at + 7:at + 9] = b"\xff\xff"
    bitmaps.write_bytes(data)
    done = gpac("-i", f"{bitmaps}:FID=1", "ffdec:FID=2:SID=1#text1", "inspect:SID=2:deep:hdr=false:fmt=%size%%lf%", check=False)
    assert "damaged data near" in done.stderr and done.stdout.split() == ["72", "0"]
