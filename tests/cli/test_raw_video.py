"""Raw AVC, HEVC and VVC streams: the access units, times and key frames are those FFmpeg finds, or those of the MP4
file from which the stream was taken."""

import re
import subprocess

import pytest

from tool import VIDEO, probe_packets

X264 = ("-c:v", "libx264", "-pix_fmt", "yuv420p")
X265 = ("-c:v", "libx265", "-pix_fmt", "yuv420p")
STREAMS = {
    "no_reorder": ("264", *X264, "-bf", 0),
    "pyramid": ("264", *X264, "-x264-params", "bframes=3:b-pyramid=normal:keyint=30"),
    "deep": ("264", *X264, "-x264-params", "bframes=16:b-adapt=0:keyint=50"),
    "slices": ("264", *X264, "-x264-params", "slices=4:aud=1:keyint=20"),
    "open": ("264", *X264, "-x264-params", "open-gop=1:keyint=20:scenecut=0"),
    "interlaced": ("264", *X264, "-flags", "+ildct+ilme", "-x264-params", "tff=1:keyint=30"),
    "filler": ("264", *X264, "-b:v", "300k", "-maxrate", "300k", "-bufsize", "300k", "-x264-params",
               "nal-hrd=cbr:filler=1"),
    "hevc_open": ("265", *X265, "-x265-params", "log-level=error:keyint=20"),
    "hevc_closed": ("265", *X265, "-x265-params", "log-level=error:keyint=20:open-gop=0"),
    "hevc_radl": ("265", *X265, "-x265-params",
                  "log-level=error:keyint=20:min-keyint=20:open-gop=0:radl=2:b-adapt=0:scenecut=0"),
    "hevc_slices": ("265", *X265, "-x265-params", "log-level=error:slices=3:aud=1:hrd=0:keyint=20"),
    "hevc_layers": ("265", *X265, "-x265-params", "log-level=error:temporal-layers=1:bframes=7:b-adapt=0:keyint=16"),
}


def inspect(gpac, source, *filters):
    """Packets as [(cts, dts, sap, size)]."""
    packets = []
    for line in gpac("-i", source, *filters, "inspect:deep").stdout.splitlines():
        m = re.match(r"PID \d+ PCK \d+ (.*)", line)
        if m:
            f = dict(zip(*[iter(m[1].split())] * 2))
            packets.append((int(f["cts"]), int(f.get("dts", f["cts"])), int(f.get("sap", 0)), int(f["size"])))
    return packets


@pytest.fixture
def raw(clip):
    """Returns an MP4 clip and its raw stream."""
    def make(name):
        ext, *options = STREAMS[name]
        mp4 = clip(f"{name}.mp4", *VIDEO, "-t", 2, *options)
        return mp4, clip(f"{name}.{ext}", "-i", mp4, "-c", "copy")
    return make


@pytest.mark.parametrize("name", STREAMS)
def test_times_and_key_frames(gpac, raw, name):
    mp4, stream = raw(name)
    ours = inspect(gpac, stream)
    theirs = probe_packets(mp4)[0]
    duration = theirs[0][2]
    assert [(p[0] - ours[0][0]) // (ours[1][1] - ours[0][1]) for p in ours] == \
        [(p[0] - theirs[0][0]) // duration for p in theirs]
    assert [p[2] in (1, 2, 3) for p in ours] == ["K" in p[4] for p in theirs]
    assert len(ours) == len(probe_packets(stream)[0])
    if name == "hevc_radl":
        assert [p[2] for p in ours if p[2]] == [1, 2, 2]


@pytest.mark.parametrize("name", ["pyramid", "hevc_open"])
def test_unframed_input_keeps_its_times(gpac, raw, name):
    mp4, _ = raw(name)
    # the SEI messages of an HEVC configuration move to the access units
    used = 4 if name == "pyramid" else 3
    assert [p[:used] for p in inspect(gpac, mp4, "ufnalu", "rfnalu")] == [p[:used] for p in inspect(gpac, mp4)]


@pytest.mark.parametrize("name", ["pyramid", "hevc_open"])
def test_seek(gpac, raw, name):
    _, stream = raw(name)
    out = gpac("-i", stream, "rfnalu:index=0.1", "inspect:deep:start=1").stdout
    everything = gpac("-i", stream, "inspect:deep").stdout
    number = re.compile(r"PCK \d+ ")
    from_seek = [number.sub("", line).replace(" seek 1", "") for line in out.splitlines()[1:]]
    from_start = [number.sub("", line) for line in everything.splitlines()[1:]]
    assert 0 < len(from_seek) < len(from_start)
    assert from_seek == from_start[-len(from_seek):]
    assert " seek 1" in out.splitlines()[1]


def test_change_of_resolution(gpac, clip, tmp_path):
    streams = [clip(f"part{size}.264", "-f", "lavfi", "-i", f"testsrc2=size={size}:rate=25", "-t", 1, *X264)
               for size in ("320x240", "160x120")]
    joined = tmp_path / "joined.264"
    joined.write_bytes(b"".join(s.read_bytes() for s in streams))
    lines = gpac("-i", joined, "inspect:deep").stdout.splitlines()
    pids = [line for line in lines if "PCK" not in line]
    assert ["320x240" in pids[0], "reconfigure" in pids[1] and "160x120" in pids[1]] == [True, True]
    assert len(lines) - len(pids) == 50
    assert lines.index(pids[1]) == 26


def test_delimiters_are_valid(gpac, raw, tmp_path):
    """FFmpeg reads every header of what we write, delimiters included."""
    for name in ("slices", "hevc_open"):
        mp4, stream = raw(name)
        out = tmp_path / f"out{stream.suffix}"
        gpac("-i", mp4, "-o", out)
        done = subprocess.run(["ffmpeg", "-v", "trace", "-i", str(out), "-c", "copy", "-bsf:v", "trace_headers",
                               "-f", "null", "-"], capture_output=True, text=True)
        assert done.stderr.count("Access Unit Delimiter") >= len(probe_packets(out)[0])
        assert not re.search(r"trace_headers.*(out of range|nvalid)", done.stderr)


@pytest.mark.parametrize("option,size", [("nal_length=2", -2), ("nal_length=1", 0), ("audelim", 6), ("nosei", None)])
def test_options(gpac, raw, option, size):
    """Sizes against those of the default: two units of a picture with four slices, or its delimiter, differ."""
    _, stream = raw("slices")
    default, changed = inspect(gpac, stream), inspect(gpac, stream, f"rfnalu:{option}")
    assert [p[:3] for p in default] == [p[:3] for p in changed]
    if size is None:
        assert changed[0][3] < default[0][3]
    elif option == "nal_length=2":
        assert changed[1][3] == default[1][3] + 4 * size
    else:
        assert changed[1][3] == default[1][3] + size


def test_sei_messages_removed(gpac, raw, tmp_path):
    """Filler messages go, with the whole unit when it has no other one (ISO/IEC 14496-15 5.4)."""
    _, stream = raw("no_reorder")
    data = stream.read_bytes()
    filler, other = bytes([3, 2, 0xAA, 0xBB]), bytes([5, 17]) + b"0123456789abcdefX"
    default = inspect(gpac, stream)[0][3]
    for messages, option, more in ((filler, "", 0), (filler + other, "", 4 + 1 + 19 + 1),
                                   (filler, "rfnalu:seirw=false", 4 + 1 + 4 + 1)):
        path = tmp_path / "sei.264"
        path.write_bytes(b"\0\0\0\1\x06" + messages + b"\x80" + data)
        assert inspect(gpac, path, *([option] if option else []))[0][3] == default + more


def test_parameter_sets_alone_are_an_error(gpac, raw, tmp_path):
    _, stream = raw("pyramid")
    units = re.split(b"\0\0\0?\1", stream.read_bytes())
    sets = [u for u in units if u and u[0] & 31 in (7, 8)]
    path = tmp_path / "sets.264"
    path.write_bytes(b"".join(b"\0\0\0\1" + u for u in sets[:2]))
    done = gpac("-i", path, "inspect:deep", check=False)
    assert done.returncode and "no picture with its parameter sets" in done.stderr
