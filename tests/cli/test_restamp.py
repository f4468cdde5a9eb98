"""restamp: what ffprobe finds in the files, and FFmpeg's filter `fps`."""

import json
import subprocess

import pytest

from tool import TONE, VIDEO, probe_packets

AVC = ("-c:v", "libx264", "-bf", 2, "-g", 12, "-pix_fmt", "yuv420p")


@pytest.fixture
def source(clip):
    """25 pictures per second, AAC of 48 kHz."""
    return clip("restamp.mp4", *VIDEO, *TONE, "-t", 2, *AVC, "-c:a", "aac")


def packets(gpac, source, *filters):
    """Lines `type dts cts duration` of the packets; times in seconds."""
    text = gpac("-i", source, *filters, "inspect:deep:hdr=false:fmt=%pid.StreamType% %dts% %cts% %dur% %pid.Timescale%%lf%").stdout
    streams = {}
    for line in text.splitlines():
        kind, dts, cts, duration, timescale = line.split()
        streams.setdefault(kind, []).append([int(v) / int(timescale) for v in (dts, cts, duration)])
    return streams


def probe(path, stream, entries):
    done = subprocess.run(["ffprobe", "-v", "error", "-select_streams", stream, "-show_entries", entries, "-of", "json",
                           str(path)], check=True, capture_output=True, text=True)
    return json.loads(done.stdout)


def frame_times(path):
    return [float(f["pts_time"]) for f in probe(path, "v:0", "frame=pts_time")["frames"]]


@pytest.mark.parametrize("fps,rate,factor", [("50", "50/1", 0.5), ("30000/1001", "30000/1001", 25025 / 30000),
                                             ("-2", "50/1", 0.5), ("-1/3", "25/3", 3)])
def test_rate_of_the_same_frames(gpac, source, tmp_path, fps, rate, factor):
    out = tmp_path / "out.mp4"
    gpac("-i", source, f"restamp:fps={fps}", "-o", out)
    assert probe(out, "v:0", "stream=avg_frame_rate")["streams"][0]["avg_frame_rate"] == rate
    assert frame_times(out) == pytest.approx([t * factor for t in frame_times(source)], abs=1e-4)
    ours, theirs = ({i: [p[-1] for p in packets] for i, packets in probe_packets(path).items()} for path in (out, source))
    assert ours == theirs
    assert float(probe(out, "v:0", "stream=duration")["streams"][0]["duration"]) == pytest.approx(2 * factor, abs=1e-3)
    assert float(probe(out, "a:0", "stream=duration")["streams"][0]["duration"]) == pytest.approx(2, abs=1e-3)


def test_properties(gpac, source):
    """What is told of the output."""
    report = gpac("-i", source, "restamp:fps=30000/1001", "inspect:full").stdout
    for text in ("FPS: 30000/1001", "Timescale: 30000", "NumFrames: 50", "Duration: 50050/30000"):
        assert text in report
    report = gpac("-i", source, "restamp:fps=10:rawv=force", "inspect:full").stdout
    assert "FPS: 10\n" in report and "NumFrames: 20" in report


def hashes(path, *options):
    done = subprocess.run(["ffmpeg", "-v", "error", "-i", str(path), *options, "-map", "0:v", "-fps_mode", "passthrough",
                           "-f", "framemd5", "-"], check=True, capture_output=True, text=True)
    scale = eval(next(line.split()[2] for line in done.stdout.splitlines() if line.startswith("#tb")))
    rows = [line.split(",") for line in done.stdout.splitlines() if not line.startswith("#")]
    return [(round(int(r[2]) * scale, 5), r[5].strip()) for r in rows]


@pytest.mark.parametrize("fps", ["10", "24", "25", "30000/1001", "60"])
def test_dropped_and_repeated_frames(gpac, source, tmp_path, fps):
    out = tmp_path / "out.mp4"
    gpac("-i", source, f"restamp:fps={fps}:rawv=force", "c=ffv1", "-o", out)
    ours, theirs = hashes(out), hashes(source, "-vf", f"fps={fps}")
    assert [h for _, h in ours] == [h for _, h in theirs]
    assert [t for t, _ in ours] == pytest.approx([t for t, _ in theirs], abs=1e-3)


def test_variable_rate(gpac, clip, tmp_path):
    """Pictures at 0, 1, 2, 5, 6... of 25 per second become 25 per second."""
    source = clip("restamp_vfr.mp4", *VIDEO, "-t", 2, "-vf", "select='lt(mod(n,5),3)'", "-vsync", "vfr", *AVC)
    out = tmp_path / "out.mp4"
    gpac("-i", source, "restamp:fps=25:rawv=force", "c=ffv1", "-o", out)
    assert [h for _, h in hashes(out)] == [h for _, h in hashes(source, "-vf", "fps=25")]


def test_factor_of_raw_frames(gpac, source, tmp_path):
    gpac("-i", source, "restamp:fps=-2/5:rawv=force", "-o", tmp_path / "out.y4m")
    data = (tmp_path / "out.y4m").read_bytes()
    assert b" F10:1 " in data[:100] and data.count(b"FRAME\n") == 20


def test_intra_is_not_decoded(gpac, clip, tmp_path):
    source = clip("restamp_intra.mp4", *VIDEO, "-t", 1, "-c:v", "mjpeg", "-q:v", 3)
    done = gpac("-i", source, "restamp:fps=10:rawv=dyn", "-o", tmp_path / "out.mp4", "-graph")
    assert "ffdec" not in done.stderr + done.stdout
    rows, all_rows = probe_packets(tmp_path / "out.mp4")[0], probe_packets(source)[0]
    assert len(rows) == 10 and {r[-1] for r in rows} <= {r[-1] for r in all_rows}
    done = gpac("-i", clip("restamp.mp4", *VIDEO, *TONE, "-t", 2, *AVC, "-c:a", "aac"), "restamp:fps=10:rawv=dyn", "-o",
                tmp_path / "out.yuv", "-graph")
    assert "ffdec" in done.stderr + done.stdout
    assert (tmp_path / "out.yuv").stat().st_size == 20 * 320 * 180 * 3 // 2


def test_delays(gpac, source):
    """The delay of all is added to that of a kind."""
    before, after = packets(gpac, source), packets(gpac, source, "restamp:delay=1/2:delay_v=1:delay_a=1/4")
    for kind, delay in (("Visual", 1.5), ("Audio", 0.75)):
        assert after[kind] == [[pytest.approx(a + delay, abs=1e-4), pytest.approx(b + delay, abs=1e-4), c]
                               for a, b, c in before[kind]]


def test_negative_delay(gpac, source, tmp_path):
    """Times stay, the beginning is hidden: 0.4 s less to see."""
    out = tmp_path / "out.mp4"
    assert packets(gpac, source, "restamp:delay_v=-2/5") == packets(gpac, source)
    gpac("-i", source, "restamp:delay_v=-2/5", "-o", out)
    assert frame_times(out)[0] == 0 and len(frame_times(out)) == 40
    assert len(probe(out, "a:0", "packet=pts")["packets"]) == len(probe(source, "a:0", "packet=pts")["packets"])


@pytest.mark.parametrize("first", ["0", "10", "7/2"])
def test_first_time(gpac, source, first):
    """Streams stay as they are to each other; the audio begins first, with its priming."""
    before, after = packets(gpac, source), packets(gpac, source, f"restamp:tsinit={first}")
    shift = eval(first) - min(before["Visual"][0][0], before["Audio"][0][0])
    for kind in before:
        assert [p[:2] for p in after[kind]] == [pytest.approx([a + shift, b + shift], abs=1e-4) for a, b, _ in before[kind]]


def test_jumps(gpac, clip, tmp_path):
    """Two transport streams, one behind the other, the second with times 20 s later: a gap that is closed."""
    part = (*VIDEO, "-t", 1, "-c:v", "libx264", "-bf", 0, "-pix_fmt", "yuv420p", "-f", "mpegts", "-muxdelay", 0)
    joined = tmp_path / "joined.ts"
    joined.write_bytes(clip("jump1.ts", *part).read_bytes()
                       + clip("jump2.ts", *part, "-output_ts_offset", 20).read_bytes())
    before, after = packets(gpac, joined)["Visual"], packets(gpac, joined, "restamp:align=500")["Visual"]
    assert len(before) == 50 and before[25][0] - before[24][0] > 10
    assert [p[0] - after[0][0] for p in after] == pytest.approx([i / 25 for i in range(50)], abs=1e-4)
    assert packets(gpac, joined, "restamp:align=30000")["Visual"] == before


def test_order_of_presentation(gpac, source):
    before, after = packets(gpac, source)["Visual"], packets(gpac, source, "restamp:reorder")["Visual"]
    assert [p[1] for p in before] != sorted(p[1] for p in before)
    assert [p[1] for p in after] == sorted(p[1] for p in before) == [p[0] for p in after]
    assert packets(gpac, source, "restamp:reorder")["Audio"] == packets(gpac, source)["Audio"]


def test_nothing_to_do(gpac, source, tmp_path):
    gpac("-i", source, "restamp", "-o", tmp_path / "out.mp4", "-for-test")
    gpac("-i", source, "-o", tmp_path / "plain.mp4", "-for-test")
    assert (tmp_path / "out.mp4").read_bytes() == (tmp_path / "plain.mp4").read_bytes()
