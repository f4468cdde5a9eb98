"""AV1 and VPx: packets, times and key frames are FFmpeg's; headers are read as FFmpeg's trace_headers reads them; what
is written is what FFmpeg writes, or decodes to the same frames."""

import re
import subprocess

import pytest

from tool import VIDEO, probe_packets

AOM = ("-c:v", "libaom-av1", "-usage", "realtime", "-cpu-used", 8)
VP9 = ("-c:v", "libvpx-vp9", "-deadline", "realtime", "-cpu-used", 8)
ENCODERS = {
    "svt": ("-c:v", "libsvtav1", "-preset", 10, "-g", 20),
    "aom": (*AOM, "-g", 20, "-pix_fmt", "yuv420p10le"),
    "screen": (*AOM, "-g", 15, "-error-resilience", 1, "-tiles", "2x2", "-aom-params", "tune-content=screen"),
    "444": (*AOM, "-g", 25, "-pix_fmt", "yuv444p", "-color_primaries", "bt709", "-color_trc", "bt709", "-colorspace",
            "bt709"),
    "vp8": ("-c:v", "libvpx", "-deadline", "realtime", "-cpu-used", 16, "-g", 10),
    "vp9": (*VP9, "-g", 20, "-lag-in-frames", 10),
    "vp9_422": (*VP9, "-pix_fmt", "yuv422p10le"),
}
AV1 = [name for name in ENCODERS if not name.startswith("vp")]


@pytest.fixture
def stream(clip):
    def make(name):
        return clip(f"codec_{name}.ivf", *VIDEO, "-t", 1.6, *ENCODERS[name])
    return make


def inspect(gpac, source, *filters):
    """Packets as [(cts, sap, size)]."""
    packets = []
    for line in gpac("-i", source, *filters, "inspect:deep").stdout.splitlines():
        if m := re.match(r"PID \d+ PCK \d+ (.*)", line):
            f = dict(zip(*[iter(m[1].split())] * 2))
            packets.append((int(f["cts"]), int(f.get("sap", 0)), int(f["size"])))
    return packets


def hashes(path):
    return [(p[0], p[3], p[5]) for p in probe_packets(path)[0]]


def decoded(path):
    done = subprocess.run(["ffmpeg", "-v", "quiet", "-i", str(path), "-f", "framemd5", "-"], capture_output=True,
                          text=True, check=True)
    return [line.split(",")[-1].strip() for line in done.stdout.splitlines() if not line.startswith("#")]


@pytest.mark.parametrize("name", ENCODERS)
def test_packets(gpac, stream, name):
    source = stream(name)
    delimiter = 0 if name.startswith("vp") else 2
    ours = inspect(gpac, source)
    theirs = probe_packets(source)[0]
    assert [(cts, size + delimiter) for cts, _, size in ours] == [(p[0], p[3]) for p in theirs]
    assert [sap == 1 for _, sap, _ in ours] == ["K" in p[4] for p in theirs]


@pytest.mark.parametrize("name", ENCODERS)
def test_same_file_again(gpac, stream, tmp_path, name):
    source = stream(name)
    gpac("-i", source, "-o", tmp_path / "out.ivf")
    ours, theirs = (tmp_path / "out.ivf").read_bytes(), source.read_bytes()
    # the reserved last field of the header is FFmpeg's own
    assert ours[:28] + ours[32:] == theirs[:28] + theirs[32:]


@pytest.mark.parametrize("name", ENCODERS)
def test_through_mp4(gpac, stream, tmp_path, name):
    """Packets of our MP4 are those of FFmpeg's, and come back unchanged."""
    source = stream(name)
    gpac("-i", source, "-o", tmp_path / "out.mp4")
    assert decoded(tmp_path / "out.mp4") == decoded(source)
    if name != "vp8":  # which FFmpeg does not store in MP4
        subprocess.run(["ffmpeg", "-v", "error", "-i", source, "-c", "copy", tmp_path / "ff.mp4"], check=True)
        assert [p[1:] for p in hashes(tmp_path / "out.mp4")] == [p[1:] for p in hashes(tmp_path / "ff.mp4")]
        assert inspect(gpac, tmp_path / "ff.mp4")[0][1:] == inspect(gpac, source)[0][1:]
    gpac("-i", tmp_path / "out.mp4", "-o", tmp_path / "back.ivf")
    assert hashes(tmp_path / "back.ivf") == hashes(source)


@pytest.mark.parametrize("name", AV1)
@pytest.mark.parametrize("ext", ["obu", "av1b"])
def test_streams(gpac, stream, tmp_path, name, ext):
    source = stream(name)
    out = tmp_path / f"out.{ext}"
    gpac("-i", source, "-o", out)
    if ext == "obu":
        subprocess.run(["ffmpeg", "-v", "error", "-i", source, "-c", "copy", tmp_path / "ff.obu"], check=True)
        assert out.read_bytes() == (tmp_path / "ff.obu").read_bytes()
    else:
        assert decoded(out) == decoded(source)
    assert [p[1:] for p in inspect(gpac, out)] == [p[1:] for p in inspect(gpac, source)]


def elements(text):
    """Names and values of syntax elements, grouped by the headers that start with `first`."""
    headers = []
    for name, value in text:
        if name in ("seq_profile", "show_existing_frame"):
            headers.append([])
        if headers:
            headers[-1].append((re.sub(r"\[\d+\]", "", name), int(value)))
    return headers


@pytest.mark.parametrize("name", AV1)
def test_headers(gpac, stream, name):
    source = stream(name)
    log = gpac("-i", source, "rfav1:bsdbg=on:index=0", "inspect:deep", "-logs=media@debug").stderr
    ours = elements(re.findall(r"\[rfav1\] (\w+?)(?:_0)? (-?\d+)$", log, re.M))
    trace = subprocess.run(["ffmpeg", "-v", "trace", "-i", source, "-c", "copy", "-bsf:v", "trace_headers", "-f", "null",
                            "-"], capture_output=True, text=True, check=True).stderr
    # what comes before the packets is the header of the file
    trace = trace[trace.index("Packet: "):]
    theirs = elements(re.findall(r"\] \d+ +(\S+) +[01]+ = (-?\d+)$", trace, re.M))
    assert len(ours) == len(theirs) > 20
    assert [h for h in ours] == [t[:len(h)] for h, t in zip(ours, theirs)]


@pytest.mark.parametrize("name", ["svt", "vp9"])
def test_seek(gpac, stream, name):
    source = stream(name)
    everything = inspect(gpac, source)
    log = gpac("-i", source, "rfav1:index=0.1", "inspect:deep:start=1").stdout
    cts = [int(c) for c in re.findall(r"PCK \d+ cts (\d+)", log)]
    key = max(c for c, sap, _ in everything if sap == 1 and c <= 25)
    assert cts == list(range(key, 40))
    assert len(re.findall(" seek 1", log)) == 25 - key


def test_metadata(gpac, stream, tmp_path):
    """Size, rate, colours and codec string reach the container."""
    gpac("-i", stream("444"), "-o", tmp_path / "out.mp4")
    line = gpac("-i", tmp_path / "out.mp4", "inspect").stdout
    assert "codec av01.1.00M.08.0.000.01.01.01.0 " in line
    probed = subprocess.run(["ffprobe", "-v", "error", "-show_streams", tmp_path / "out.mp4"], capture_output=True,
                            text=True, check=True).stdout
    for field in ("width=320", "height=180", "pix_fmt=yuv444p", "color_primaries=bt709", "avg_frame_rate=25/1"):
        assert field in probed


def test_damaged(gpac, stream, tmp_path):
    """The units around damage are read, and each loss is told once."""
    source = stream("svt")
    gpac("-i", source, "-o", tmp_path / "whole.obu")
    data = bytearray((tmp_path / "whole.obu").read_bytes())
    delimiters = [m.start() for m in re.finditer(rb"\x12\x00[\x0a\x32\x1a]", data)]
    data[delimiters[5] + 2] = 0x80  # forbidden bit
    (tmp_path / "bad.obu").write_bytes(data)
    done = gpac("-i", tmp_path / "bad.obu", "inspect:deep", "-logs=media@warning")
    assert len(re.findall("PCK", done.stdout)) == 39
    assert len(re.findall("looking for the next", done.stderr)) == 1
    (tmp_path / "cut.ivf").write_bytes(source.read_bytes()[:-3])
    assert len(inspect(gpac, tmp_path / "cut.ivf")) == 39
    (tmp_path / "none.obu").write_bytes(bytes(1000))
    assert gpac("-i", tmp_path / "none.obu", "inspect:deep", check=False).returncode
