"""What we read from real files is what FFmpeg lists: order, times relative to the first packet, sizes, key frames."""

import subprocess

import pytest

from tool import probe_packets

# Samples of these hold parameter sets, which go to the sample description by default: sizes are compared with
# `xps_check=keep`. Segments need their initialisation segment in front.
MP4 = ["bbb_prog_10s.mp4", "prog_8s.mp4", "ed_hevc.mp4", "bbb5s_aac_sidx.mp4", "v300_multiple_segments.mp4", "opus.mp4",
       "vvc_400kbps_2s.mp4"]
SEGMENTS = [("hvc1_init.mp4", "hvc1_seg_1.m4s"), ("av1_multitile_init.mp4", "av1_multitile_seg.m4s")]


def our_packets(gpac, source):
    """{PID ID: [(dts, cts, size, key)]} in units of the PID's timescale."""
    done = gpac("-i", source, "inspect:deep:hdr=false:fmt=%pid.ID% %dts% %cts% %size% %sap%%lf%")
    pids = {}
    for line in done.stdout.splitlines():
        fields = line.split()
        pids.setdefault(fields[0], []).append(
            (int(fields[2] if fields[1] == "N/A" else fields[1]), int(fields[2]), int(fields[3]), fields[4] in ("1", "2", "3")))
    return pids


def relative(packets):
    # Composition times before 0 are unsigned in the packet: the difference is taken modulo 2^64.
    dts, cts = packets[0][:2]
    return [(p[0] - dts, (p[1] - cts) % 2**64, *p[2:]) for p in packets]


def assert_same(ours, theirs, audio_sync):
    """Audio packets are all marked key by FFmpeg; ours have the SAP type of their sample group."""
    assert len(ours) == len(theirs)
    a, b = relative(ours), relative(theirs)
    if audio_sync:
        a, b = [p[:3] for p in a], [p[:3] for p in b]
    assert a == b


def ffmpeg_packets(path):
    return [[(p[1], p[0], p[3], p[4].startswith("K")) for p in packets] for _, packets in sorted(probe_packets(path).items())]


def compare_files(gpac, ours_of, theirs_of):
    ours = [packets for _, packets in sorted(our_packets(gpac, ours_of).items())]
    theirs = ffmpeg_packets(theirs_of)
    assert len(ours) == len(theirs)
    for mine, others in zip(ours, theirs):
        assert_same(mine, others, all(p[3] for p in others))


@pytest.mark.parametrize("name", MP4)
def test_mp4(gpac, media, name):
    path = media(f"mp4/{name}")
    compare_files(gpac, f"{path}:xps_check=keep", path)


@pytest.mark.parametrize("init,segment", SEGMENTS)
def test_segment_with_its_init(gpac, media, tmp_path, init, segment):
    whole = tmp_path / "whole.mp4"
    whole.write_bytes(media(f"mp4/{init}").read_bytes() + media(f"mp4/{segment}").read_bytes())
    compare_files(gpac, f"{whole}:xps_check=keep", whole)


@pytest.mark.parametrize("name,demuxer", [("4pics.264", "h264"), ("hevc.265", "hevc")])
def test_raw_video(gpac, media, name, demuxer):
    """Start codes become lengths and parameter sets leave the samples, so that sizes differ; the access units and
    the key frames are FFmpeg's."""
    path = media(f"es/{name}")
    ours = next(iter(our_packets(gpac, path).values()))
    theirs = probe_packets(path, "-f", demuxer)[0]
    assert len(ours) == len(theirs)
    assert [p[3] for p in ours] == [p[4].startswith("K") for p in theirs]


@pytest.mark.parametrize("name,options", [
    ("cbr.aac", ("-c:a", "aac")),
    ("cbr.mp3", ("-c:a", "libmp3lame", "-b:a", "128k")),
    ("vbr.mp3", ("-c:a", "libmp3lame", "-q:a", "4")),
    ("low.mp3", ("-c:a", "libmp3lame", "-ar", "22050", "-ac", "1")),
])
def test_raw_audio(gpac, clip, name, options):
    path = clip(name, "-f", "lavfi", "-i", "sine=frequency=440:sample_rate=48000", "-t", 2, *options)
    ours = next(iter(our_packets(gpac, path).values()))
    theirs = probe_packets(path)[0]
    if name.endswith("mp3"):
        ours = ours[1:]  # the frame with the encoder's information, which FFmpeg leaves out and we deliver
    header = 7 if name.endswith("aac") else 0  # FFmpeg's packets keep the ADTS header
    assert [p[2] + header for p in ours] == [p[3] for p in theirs]
    step = ours[1][1] - ours[0][1]
    assert [p[1] - ours[0][1] for p in ours] == [i * step for i in range(len(ours))]


@pytest.mark.parametrize("pixfmt,options", [
    ("yuv420p", ("-c:v", "libx264", "-bf", 3, "-x264-params", "b-pyramid=normal:slices=4")),
    ("yuv420p", ("-c:v", "libx264", "-bf", 2, "-x264-params", "open-gop=1:keyint=12:min-keyint=12")),
    ("yuv420p", ("-c:v", "libx265", "-bf", 4, "-x265-params", "log-level=none:keyint=15:open-gop=1")),
])
def test_raw_video_gets_its_times_back(gpac, clip, tmp_path, pixfmt, options):
    """From a raw stream, presentation order is that of the MP4 file made of the same stream."""
    name = "ref_" + "_".join(str(o) for o in options if str(o)[0] != "-").replace(":", "_").replace("=", "")
    source = clip(f"{name}.mp4", "-f", "lavfi", "-i", "testsrc2=size=160x120:rate=25", "-t", 2, "-pix_fmt", pixfmt, *options)
    raw = tmp_path / ("x.264" if "libx264" in options else "x.265")
    subprocess.run(["ffmpeg", "-v", "error", "-y", "-i", str(source), "-c", "copy", str(raw)], check=True)
    ours = next(iter(our_packets(gpac, raw).values()))
    theirs = probe_packets(source)[0]
    assert len(ours) == len(theirs)
    rank = lambda times: [sorted(times).index(t) for t in times]
    assert rank([p[1] for p in ours]) == rank([p[0] for p in theirs])


@pytest.mark.parametrize("options, name", [
    ("extk=false", "extk=false"), ("keepc=false", "keepc=false"), ("gfreg=ffdmx:mwait=2x3", "mwait")])
def test_options_without_effect_are_refused(gpac, av_clip, options, name):
    done = gpac("-i", f"{av_clip}:{options}", "inspect:deep:log=null", check=False)
    assert f"option {name} is not supported" in done.stderr
