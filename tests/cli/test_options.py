"""Options of sources, converters and writers: each changes what it says, as FFmpeg or arithmetic tell."""

import os
import stat
import struct
import subprocess
import threading
import time

import pytest

from tool import GPAC

PICTURE = ("-f", "lavfi", "-i", "testsrc2=size=64x48:rate=25", "-pix_fmt")
SIZE = 64 * 48 * 3 // 2


def ffmpeg(*args):
    return subprocess.run(["ffmpeg", "-v", "error", *map(str, args), "-"], check=True, capture_output=True).stdout


def near(ours, theirs, most=2, mean=0.5):
    differences = [abs(a - b) for a, b in zip(ours, theirs)]
    return len(ours) == len(theirs) and max(differences) <= most and sum(differences) < mean * len(ours)


@pytest.fixture
def raw(clip):
    return clip("options.yuv", *PICTURE, "yuv420p", "-frames:v", 3, "-f", "rawvideo")


def scaled(gpac, raw, tmp_path, options, ext="yuv"):
    out = tmp_path / f"out.{ext}"
    gpac("-i", f"{raw}:size=64x48", f"ffsws:{options}", "-o", out)
    return out.read_bytes()


INPUT = ("-f", "rawvideo", "-pix_fmt", "yuv420p", "-s", "64x48", "-i")


@pytest.mark.parametrize("options,flags", [
    ("scale=gauss:p1=1", "gauss:param0=1"), ("scale=gauss:p1=5", "gauss:param0=5"),
    ("scale=bicubic:p1=1:p2=0", "bicubic:param0=1:param1=0"), ("scale=bicubic:p2=1", "bicubic:param1=1"), ("scale=bilinear", "bilinear"), ("scale=point", "neighbor"),
    ("scale=area", "area"), ("scale=fastbilinear", "fast_bilinear"), ("scale=X", "experimental"),
    ("scale=bicublin", "bicublin"), ("scale=sinc", "sinc"), ("scale=lanzcos:p1=2", "lanczos:param0=2"), ("scale=spline", "spline")])
def test_scaling_algorithms(gpac, raw, tmp_path, options, flags):
    theirs = ffmpeg(*INPUT, raw, "-vf", f"scale=100:30:flags={flags}", "-f", "rawvideo")
    assert near(scaled(gpac, raw, tmp_path, f"osize=100x30:{options}"), theirs)


def test_pixel_format(gpac, raw, tmp_path):
    theirs = ffmpeg(*INPUT, raw, "-vf", "format=gray", "-f", "rawvideo")
    ours = scaled(gpac, raw, tmp_path, "ofmt=grey", "grey")
    # FFmpeg's gray has the full range
    assert len(ours) == len(theirs) == 3 * 64 * 48 and near(ours, theirs, 20, 16)


def test_full_range(gpac, raw, tmp_path):
    theirs = ffmpeg(*INPUT, raw, "-vf", "scale=in_range=tv:out_range=pc", "-f", "rawvideo")
    ours = scaled(gpac, raw, tmp_path, "ofr")
    assert near(ours, theirs, 3, 1) and min(ours) < 5 < 16 <= min(raw.read_bytes())
    assert "FullRange: true" in gpac("-i", f"{raw}:size=64x48", "ffsws:ofr", "inspect:full").stdout


@pytest.mark.parametrize("option,value,luma", [
    ("brightness", 1 << 15, lambda y: y + 127.5), ("contrast", 1 << 15, lambda y: 16 + (y - 16) / 2),
    ("saturation", 1, lambda y: y)])
def test_colour_controls(gpac, tmp_path, option, value, luma):
    """A picture of one colour, to RGB and measured there: a grey of 100, or a red without its colour."""
    grey = 128
    (tmp_path / "a.yuv").write_bytes(bytes([100]) * 64 * 48 + bytes([grey if option != "saturation" else 200]) * (64 * 48 // 2))
    gpac("-i", f"{tmp_path}/a.yuv:size=64x48", f"ffsws:ofmt=rgb:{option}={value}", "-o", tmp_path / "out.rgb")
    r, g, b = (tmp_path / "out.rgb").read_bytes()[:3]
    expected = min(255, max(0, 255 / 219 * (luma(100) - 16)))
    assert abs(r - g) <= 2 and abs(g - b) <= 2 and r == pytest.approx(expected, abs=2)
    gpac("-i", f"{tmp_path}/a.yuv:size=64x48", "ffsws:ofmt=rgb", "-o", tmp_path / "plain.rgb")
    assert (tmp_path / "plain.rgb").read_bytes()[:3] != bytes([r, g, b])


def test_matrices(gpac, tmp_path):
    """Red in BT.709 read as such: FFmpeg's numbers for its matrix are those of the option."""
    source = tmp_path / "a.yuv"
    source.write_bytes(bytes([63]) * 64 * 48 + bytes([102]) * (64 * 12) + bytes([240]) * (64 * 12))
    for table, red in (("itable=117489,138438,13975,34925", True), ("itable=104597,132201,25675,53279", False)):
        gpac("-i", f"{source}:size=64x48", f"ffsws:ofmt=rgb:{table}", "-o", tmp_path / "out.rgb")
        r, g, b = (tmp_path / "out.rgb").read_bytes()[:3]
        assert (g <= 3 and b <= 3 and r >= 252) == red
    done = gpac("-i", f"{source}:size=64x48", "ffsws:ofmt=rgb:otable=1,2,3", "-o", tmp_path / "out.rgb", check=False)
    assert "four coefficients are needed" in done.stderr


def test_matrix_of_the_source(gpac, clip, tmp_path):
    """A stream that says BT.709 is converted with that matrix."""
    source = clip("options709.mp4", *PICTURE, "yuv420p", "-t", 0.1, "-vf", "scale=out_color_matrix=bt709", "-c:v", "libx264", "-qp",
                  0, "-colorspace", "bt709", "-color_primaries", "bt709", "-color_trc", "bt709")
    gpac("-i", source, "ffsws:ofmt=rgb:scale=point", "-o", tmp_path / "out.rgb")
    theirs = ffmpeg("-i", source, "-vf", "scale=in_color_matrix=bt709:flags=neighbor,format=rgb24", "-f", "rawvideo")
    assert near((tmp_path / "out.rgb").read_bytes(), theirs)


@pytest.mark.parametrize("option", ["pack=ss", "disparity=10", "views=2", "evte=1", "logt"])
def test_generator_refuses(gpac, option):
    done = gpac(f"avgen:dur=1:{option}", "inspect", check=False)
    assert done.returncode and f"[avgen] the option {option.split('=')[0]} is not supported" in done.stderr


def test_sample_aspect_ratio(gpac, raw):
    report = gpac("-i", f"{raw}:size=64x48", "ffsws:osize=64x48:osar=2/1", "inspect:full").stdout
    assert "SAR: 2\n" in report and "Width: 32\n" in report and "Height: 48\n" in report


# ---- Readers

def test_sample_format_and_packets(gpac, tmp_path):
    (tmp_path / "a.bin.pcm").write_bytes(bytes(4 * 2 * 1000))
    report = gpac("-i", f"{tmp_path}/a.bin.pcm:safmt=flt:sr=8000:ch=2:framelen=300",
                  "inspect:deep:hdr=false:fmt=%pid.AudioFormat% %dur%%lf%").stdout.splitlines()
    assert report == ["flt 300"] * 3 + ["flt 100"]


def test_named_pipes(gpac, tmp_path):
    """`mkp` makes the pipe and takes it away, on both sides."""
    pipe, out = tmp_path / "pipe", tmp_path / "out.bin"
    data = os.urandom(30000)
    (tmp_path / "in.bin").write_bytes(data)
    reader = subprocess.Popen([GPAC, "-i", f"pipe://{pipe}:mkp:ext=bin", "-o", str(out)], stderr=subprocess.PIPE)
    try:
        for _ in range(500):
            if pipe.exists():
                break
            time.sleep(0.01)
        assert stat.S_ISFIFO(pipe.stat().st_mode)
        pipe.write_bytes(data)
        assert reader.wait(30) == 0
    finally:
        reader.kill()
        reader.communicate()
    assert out.read_bytes() == data and not pipe.exists()
    got = []

    def read():
        for _ in range(500):
            if pipe.exists():
                got.append(pipe.read_bytes())
                return
            time.sleep(0.01)

    thread = threading.Thread(target=read)
    thread.start()
    gpac("-i", tmp_path / "in.bin", "-o", f"pipe://{pipe}:mkp:ext=bin")
    thread.join(30)
    assert got == [data] and not pipe.exists()


# ---- Writers

@pytest.fixture
def coded(clip):
    return clip("options_jpeg.mp4", *PICTURE, "yuv420p", "-t", 1, "-c:v", "mjpeg")


def crcs(gpac, source):
    return gpac("-i", source, "inspect:deep:hdr=false:fmt=%crc% %size%%lf%").stdout.splitlines()


def test_frames_chosen(gpac, coded, tmp_path):
    """Frames by number; by time from the first one; each in a file."""
    gpac("-i", coded, "-o", f"{tmp_path}/n_$num$.jpg:sstart=4:send=6")
    gpac("-i", coded, "-o", f"{tmp_path}/d_$num$.jpg:dur=0.2")
    sizes = [int(line.split()[1]) for line in crcs(gpac, coded)]
    for prefix, wanted in (("n", sizes[3:6]), ("d", sizes[:6])):
        files = sorted(tmp_path.glob(f"{prefix}_*.jpg"), key=lambda path: int(path.stem[2:]))
        assert [path.stat().st_size for path in files] == wanted


@pytest.mark.parametrize("option", ["frame", "rawb"])
def test_payloads_as_they_are(gpac, clip, tmp_path, option):
    source = clip("options_avc.mp4", *PICTURE, "yuv420p", "-t", 0.2, "-c:v", "libx264")
    out = tmp_path / ("out_$num$.bin" if option == "frame" else "out.bin")
    gpac("-i", source, f"writegen:{option}", "-o", out)
    sizes = [int(line.split()[1]) for line in crcs(gpac, source)]
    files = sorted(tmp_path.glob("out*.bin"))
    assert [path.stat().st_size for path in files] == (sizes if option == "frame" else [sum(sizes)])
    length = struct.unpack(">I", files[0].read_bytes()[:4])[0]
    assert length < sizes[0]  # length of the first NAL unit, no start code


# ---- Playlists

@pytest.fixture
def images(clip, tmp_path):
    for i in range(3):
        path = clip(f"options{i}.png", "-f", "lavfi", "-i", f"testsrc=size=32x32:rate=1,trim=start={i}", "-frames:v", 1)
        (tmp_path / f"i{i}.png").write_bytes(path.read_bytes())
    return [str(tmp_path / f"i{i}.png") for i in range(3)]


def list_packets(gpac, words, fmt="%cts% %dur% %pid.Timescale% %crc%"):
    return [line.split() for line in gpac(*words, f"inspect:deep:hdr=false:fmt={fmt}%lf%").stdout.splitlines()]


def test_playlist_of_images(gpac, images):
    """Each lasts `fdur`; `revert` begins with the last."""
    rows = list_packets(gpac, [f"flist:srcs={','.join(images)}:fdur=1/5"])
    assert [int(cts) / int(scale) for cts, _, scale, _ in rows] == pytest.approx([0, 0.2, 0.4])
    assert [int(dur) / int(scale) for _, dur, scale, _ in rows] == pytest.approx([0.2] * 3)
    back = list_packets(gpac, [f"flist:srcs={','.join(images)}:fdur=1/5:revert"])
    assert [r[3] for r in back] == [r[3] for r in rows][::-1]


def test_playlist_deletes(gpac, images):
    gpac(f"flist:srcs={','.join(images)}:fdel", "inspect:deep:log=null")
    assert [os.path.exists(path) for path in images] == [False] * 3


def test_playlist_signals(gpac, coded):
    """The first packet of each source begins a cue, and a period."""
    sources = f"flist:srcs={coded},{coded}"
    cues = [r[0] for r in list_packets(gpac, [f"{sources}:sigcues"], "%CueStart%")]
    assert [i for i, cue in enumerate(cues) if cue not in ("N/A", "false", "no")] == [0, 25]
    report = gpac(f"{sources}:sigperiods", "inspect:full").stdout
    assert "period_switch" in report
    assert "period_switch" not in gpac(sources, "inspect:full").stdout


def test_playlist_keeps_times(gpac, coded, tmp_path):
    gpac("-i", coded, "restamp:tsinit=10", "-o", tmp_path / "late.mp4:tsalign=false:store=frag")
    first = [r for r in list_packets(gpac, ["-i", tmp_path / "late.mp4"], "%cts% %pid.Timescale%")][0]
    assert int(first[0]) / int(first[1]) == pytest.approx(10)
    for option, start in (("keepts", 10), ("", 0)):
        row = list_packets(gpac, [f"flist:srcs={tmp_path}/late.mp4:{option}"], "%cts% %pid.Timescale%")[0]
        assert int(row[0]) / int(row[1]) == pytest.approx(start)


@pytest.mark.parametrize("options,at_fault", [
    ("scale=2", None), ("scale=2:whatever=3", "whatever"), ("scale=2:frag", "frag"), ("scale=two", "thumbs")])
def test_options_of_a_neighbour(gpac, raw, options, at_fault):
    """The scaler that is inserted in front of thumbs has an option `scale`, too, with names as its values: what thumbs was
    given is not for it. What nobody uses, and what thumbs cannot read, still fails under -strict."""
    graph = ("-i", f"{raw}:size=64x48", f"thumbs:grid=1x1:{options}", "inspect:fmt=%cts%%lf%", "-graph")
    done = gpac(*graph)
    assert "ffsws" in done.stderr and "bicubic" not in done.stderr
    strict = gpac("-strict", *graph, check=False)
    assert strict.returncode == (1 if at_fault else 0), strict.stderr
    if at_fault:
        assert at_fault in done.stderr and at_fault in strict.stderr


def test_a_refusal_is_final(gpac, av_clip):
    """A demultiplexer that has nothing of what is asked for: no other one, nor another source, takes its place."""
    done = gpac("-i", f"{av_clip}:tkid=99", "inspect", check=False)
    assert done.returncode == 1 and "no track is the one asked for" in done.stderr
    assert not done.stdout and "inspect" in done.stderr
