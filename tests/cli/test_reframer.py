"""The reframer: choice of packets, ranges, splitting, pacing. Output packets are read back with the inspector."""

import re
import subprocess
import time
from collections import namedtuple

import pytest

from tool import TONE, VIDEO, probe_packets

Packet = namedtuple("Packet", "dts cts dur sap seek size skip file suffix")
KEYS = "dts cts dur sap seek size SkipBegin FileNumber FileSuffix".split()
FRAME = 512  # of the video: 25 Hz with a time scale of 12800
GOP = 25


@pytest.fixture(scope="module")
def long_clip(clip):
    """Six seconds of AVC with B-frames and a key frame each second, and AAC."""
    return clip("long.mp4", *VIDEO, *TONE, "-t", 6, "-c:v", "libx264", "-bf", 2, "-g", GOP, "-sc_threshold", 0,
                "-pix_fmt", "yuv420p", "-c:a", "aac")


def reframe(gpac, source, options, check=True):
    """Packets of the output of the reframer: (video, audio)."""
    fmt = "%pid.StreamType% " + " ".join(f"%{k}%" for k in KEYS) + "%lf%"
    out = gpac("-i", source, f"reframer:{options}" if options else "reframer", f"inspect:hdr=false:fmt={fmt}", check=check)
    streams = {"Visual": [], "Audio": []}
    for line in out.stdout.splitlines():
        kind, dts, cts, dur, sap, seek, size, skip, number, suffix = line.split()
        number = None if number == "N/A" else int(number)
        skip = 0 if skip == "N/A" else int(skip)
        streams[kind].append(Packet(int(dts), int(cts), int(dur), sap, int(seek), int(size), skip, number, suffix))
    return streams["Visual"], streams["Audio"]


def delays(gpac, source, options):
    """Delay of the video and of the audio of the output."""
    text = gpac("-i", source, f"reframer:{options}", "inspect:full").stdout
    found = {}
    for block in text.split("PID ")[1:]:
        kind = re.search(r"StreamType: (\w+)", block).group(1)
        delay = re.search(r"Delay: (-?\d+)", block)
        found[kind] = int(delay.group(1)) if delay else 0
    return found["Visual"], found["Audio"]


def test_passes_everything(gpac, long_clip):
    video, audio = reframe(gpac, long_clip, "")
    probed = probe_packets(long_clip)
    assert [p.size for p in video] == [p[3] for p in probed[0]]
    assert [p.size for p in audio] == [p[3] for p in probed[1]]


def test_keeps_sap_types(gpac, long_clip):
    video, _ = reframe(gpac, long_clip, "saps=1")
    assert len(video) == 6 and all(p.sap == "1" for p in video)
    assert "HasSync: false" in gpac("-i", long_clip, "reframer:saps=1", "inspect:full").stdout
    video, _ = reframe(gpac, long_clip, "saps=0")
    assert len(video) == 150 - 6


def test_keeps_frame_numbers(gpac, long_clip):
    full, _ = reframe(gpac, long_clip, "")
    video, audio = reframe(gpac, long_clip, "frames=1,4,150")
    assert video == [full[0], full[3], full[149]] and len(audio) == 3
    video, _ = reframe(gpac, long_clip, "frames=-50")
    assert video == [full[0], full[50], full[100]]


def test_drops_disposable_frames(gpac, clip):
    path = clip("b.264", *VIDEO, "-t", 2, "-c:v", "libx264", "-bf", 2, "-x264-params", "b-pyramid=none",
                "-pix_fmt", "yuv420p")
    frames = subprocess.run(["ffprobe", "-v", "error", "-show_entries", "frame=pict_type", "-of", "csv=p=0", path],
                            capture_output=True, text=True, check=True).stdout.split()
    types = [f.strip(",") for f in frames]
    video, _ = reframe(gpac, f"{path}:deps", "refs")
    # without pyramid no picture refers to a B picture
    assert len(video) == len(types) - types.count("B") < len(types)


@pytest.mark.parametrize("rounding, first", [("before", 2), ("after", 3), ("closest", 2)])
def test_range_starts_at_a_random_access_point(gpac, long_clip, rounding, first):
    full, _ = reframe(gpac, long_clip, "")
    video, audio = reframe(gpac, long_clip, f"xs=2.4:xe=5:xround={rounding}")
    assert video[0].size == full[first * GOP].size and video[0].sap == "1"
    assert video[0].dts == 0
    # the shift is the same for all packets
    shift = full[first * GOP].cts - video[0].cts
    assert shift == first * GOP * FRAME
    assert all(v.cts + shift == f.cts for v, f in zip(video, full[first * GOP:]))


def test_streams_stay_in_step(gpac, long_clip):
    options = "xs=2.4:xe=5"
    video, audio = reframe(gpac, long_clip, options)
    video_delay, audio_delay = delays(gpac, long_clip, options)
    _, full = reframe(gpac, long_clip, "")
    _, source_delay = delays(gpac, long_clip, "")
    # both are presented from 0 on; the audio frame across the start is cut by SkipBegin
    assert video[0].cts + video_delay == 0
    assert audio[0].cts + audio[0].skip + audio_delay == 0
    assert 0 <= audio[0].skip < 1024
    kept = next(i for i, p in enumerate(full) if p.cts + p.dur + source_delay > 2 * 48000)
    assert audio[0].size == full[kept].size
    assert audio[0].skip == 2 * 48000 - (full[kept].cts + source_delay)
    # the audio ends exactly with the range
    assert audio[-1].cts + audio[-1].dur + audio_delay == 3 * 48000
    assert max(p.cts + p.dur for p in video) + video_delay <= 3 * 12800


def test_frame_accurate_start(gpac, long_clip):
    options = "xs=2.4:xe=5:xround=seek"
    video, audio = reframe(gpac, long_clip, options)
    video_delay, audio_delay = delays(gpac, long_clip, options)
    hidden = [p for p in video if p.seek]
    assert video[0].sap == "1" and video[0].dts == 0
    # from second 2 to 2.4
    assert len(hidden) == 10
    assert all(p.cts + video_delay < 0 for p in hidden)
    assert min(p.cts for p in video if not p.seek) + video_delay == 0
    assert audio[0].cts + audio[0].skip + audio_delay == 0


def test_whole_audio_frames(gpac, long_clip):
    options = "xs=2:xe=3:no_audio_seek"
    _, audio = reframe(gpac, long_clip, options)
    _, delay = delays(gpac, long_clip, options)
    assert all(p.skip == 0 and p.dur == 1024 for p in audio)
    assert audio[0].cts + delay >= 0 and audio[-1].cts + 1024 + delay <= 48000


def test_source_times_are_kept(gpac, long_clip):
    full, _ = reframe(gpac, long_clip, "")
    video, _ = reframe(gpac, long_clip, "xs=2:xe=3:xots")
    assert video[0] == full[2 * GOP]


def test_from_the_beginning_nothing_is_lost(gpac, long_clip):
    full_video, full_audio = reframe(gpac, long_clip, "")
    video, audio = reframe(gpac, long_clip, "xe=2")
    assert video == full_video[:len(video)]
    # priming included
    assert audio[:-1] == full_audio[:len(audio) - 1]


def test_frame_numbers_as_limits(gpac, long_clip):
    full, _ = reframe(gpac, long_clip, "")
    video, _ = reframe(gpac, long_clip, "xs=F51:xe=F60")
    assert [p.size for p in video] == [p.size for p in full[50:60]]


def test_end_moves_to_the_next_random_access_point(gpac, long_clip):
    full, _ = reframe(gpac, long_clip, "")
    video, audio = reframe(gpac, long_clip, "xs=1:xe=2.4:xadjust")
    assert [p.size for p in video] == [p.size for p in full[GOP:3 * GOP]]
    _, delay = delays(gpac, long_clip, "xs=1:xe=2.4:xadjust")
    assert audio[-1].cts + audio[-1].dur + delay == 2 * 48000


@pytest.mark.parametrize("ranges", ["xs=1,4:xe=2,5", "xs=4,1:xe=5,2"])
def test_ranges_follow_each_other(gpac, long_clip, ranges):
    full, _ = reframe(gpac, long_clip, "")
    starts = [int(s) for s in re.match(r"xs=(\d),(\d)", ranges).groups()]
    video, audio = reframe(gpac, long_clip, ranges)
    second = next(i for i, p in enumerate(video) if i and p.sap == "1")
    assert video[0].size == full[starts[0] * GOP].size
    assert video[second].size == full[starts[1] * GOP].size
    assert video[second].cts - video[0].cts == 12800
    # no overlap of audio frames
    assert all(b.cts >= a.cts + a.dur for a, b in zip(audio, audio[1:]))


def test_ranges_in_files(gpac, long_clip):
    video, audio = reframe(gpac, long_clip, "xs=1,4:xe=2,5:splitrange")
    for packets in (video, audio):
        marks = [(p.file, p.suffix) for p in packets if p.file is not None]
        assert marks == [(1, "1_2"), (2, "4_5")]


@pytest.mark.parametrize("split, names", [
    ("SAP", [(i, f"{i * 1000}-{i * 1000 + 1000}") for i in range(6)]),
    ("D2", [(1, "0-2000"), (2, "2000-4000"), (3, "4000-6000")]),
])
def test_split_at_random_access_points(gpac, long_clip, split, names):
    full, _ = reframe(gpac, long_clip, "")
    video, audio = reframe(gpac, long_clip, f"xs={split}")
    assert [p.size for p in video] == [p.size for p in full]
    for packets in (video, audio):
        assert [(p.file, p.suffix) for p in packets if p.file is not None][:-1] == names[:-1]
    assert all(p.sap == "1" for p in video if p.file is not None)
    # chunks of audio are cut where those of the video are
    starts = [p for p in audio if p.file is not None]
    assert [p.cts + p.skip for p in starts] == [int(n[1].split("-")[0]) * 48 for n in names]


def test_split_by_size(gpac, long_clip):
    video, audio = reframe(gpac, long_clip, "xs=S20k")
    sizes = {}
    for p in video + audio:
        if p.file is not None:
            number = p.file
        sizes[number] = sizes.get(number, 0) + p.size
    assert len(sizes) > 1
    assert all(size >= 20000 for number, size in sizes.items() if number < max(sizes))


def test_range_after_the_end(gpac, long_clip):
    done = gpac("-i", long_clip, "reframer:xs=20", "inspect:deep")
    assert "after the end" in done.stderr and "PCK" not in done.stdout


@pytest.mark.parametrize("options, words", [
    ("xs=oops", "oops"), ("xe=1,2", "each end needs a start"), ("xs=1,2:xround=seek", "one range only"),
    ("xs=5:xe=4", "ends before it starts")])
def test_bad_times_are_refused(gpac, long_clip, options, words):
    done = gpac("-i", long_clip, f"reframer:{options}", "inspect", check=False)
    assert done.returncode and words in done.stderr


@pytest.mark.parametrize("mode, speed", [("on", 1), ("sync", 2)])
def test_real_time(gpac, av_clip, mode, speed):
    start = time.monotonic()
    gpac("-i", av_clip, f"reframer:rt={mode}:speed={speed}", "inspect:deep:log=null")
    # the last frame of a clip of two seconds leaves one frame before its end
    assert time.monotonic() - start > 1.9 / speed - 0.1


def test_aligned_streams(gpac, long_clip):
    # the consumer waits for both streams, and one of them alone fills its queue first
    assert reframe(gpac, long_clip, "rt=align") == reframe(gpac, long_clip, "")
    assert reframe(gpac, long_clip, "xs=1:xe=3:rt=align") == reframe(gpac, long_clip, "xs=1:xe=3")


def test_properties_of_a_range(gpac, long_clip):
    text = gpac("-i", long_clip, "reframer:xs=1:xe=2:props=#Language=fre", "inspect:deep:full").stdout
    assert "Language: fre" in text


def stream_times(path):
    """(start, duration) in seconds of the video and of the audio, as FFmpeg sees them."""
    out = subprocess.run(["ffprobe", "-v", "error", "-show_entries", "stream=codec_type,start_time,duration", "-of",
                          "csv=p=0", path], capture_output=True, text=True, check=True).stdout
    times = {k: (float(s), float(d)) for k, s, d in (line.split(",")[:3] for line in out.split())}
    return times["video"], times["audio"]


@pytest.mark.parametrize("options, duration", [("xs=2:xe=4", 2), ("xs=2.4:xe=4:xround=seek", 1.6)])
def test_cut_file(gpac, long_clip, tmp_path, options, duration):
    path = tmp_path / "cut.mp4"
    gpac("-i", long_clip, f"reframer:{options}", "-o", path)
    video, audio = stream_times(path)
    assert video[0] == audio[0] == 0
    # pictures decoded before the end but shown after it are left out
    assert duration - 0.2 < video[1] <= duration
    assert audio[1] == pytest.approx(duration, abs=0.001)


def test_split_files(gpac, long_clip, tmp_path):
    gpac("-i", long_clip, "reframer:xs=SAP", "-o", f"{tmp_path}/part_$num$_$FS$.mp4")
    names = sorted(p.name for p in tmp_path.iterdir())
    assert names[:5] == [f"part_{i}_{i * 1000}-{i * 1000 + 1000}.mp4" for i in range(5)] and len(names) == 6
    for name in names[:5]:
        video, audio = stream_times(tmp_path / name)
        assert video == (0, 1)
        # neither gap nor shift between the parts
        assert audio == (0, pytest.approx(1, abs=0.001))
