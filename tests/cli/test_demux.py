"""What we read from real files is what FFmpeg lists: order, times relative to the first packet, sizes, key frames."""

import re
import subprocess

import pytest

import isom
from tool import MEDIA, probe_packets

FILES = sorted(p for p in MEDIA.glob("*/**/*") if p.suffix in (".mp4", ".m4s") and "malformed" not in p.parts)
STREAMS = sorted((MEDIA / "es").glob("*"))
NAMES = [str(p.relative_to(MEDIA)) for p in FILES]

# Media segments of the folders that have no `init.mp4`. The one of no known movie gets one with its tracks, made here.
INITS = {"mp4/hvc1_seg_1.m4s": "mp4/hvc1_init.mp4", "mp4/av1_multitile_seg.m4s": "mp4/av1_multitile_init.mp4",
         "mp4/multi_sidx_segment.m4s": None}
# FFmpeg ends this one where it miscounts encryption records; what it lists until then is compared.
ENDED_BY_FFMPEG = {"cenc/cbcs.mp4": 91}
# Closed captions (c608): FFmpeg takes the bytes out of the `cdat` boxes in their samples.
UNPACKED_BY_FFMPEG = {("cenc/cbcs.mp4", 2), ("cenc/cbcsdec.mp4", 2)}


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


def track_ids(path):
    done = subprocess.run(["ffprobe", "-v", "quiet", "-show_entries", "stream=id", "-of", "csv=p=0", str(path)],
                          capture_output=True, text=True, check=True)
    return [int(line.rstrip(","), 16) for line in done.stdout.split()]


@pytest.fixture
def complete(request, clip, tmp_path):
    """The file, or the segment behind its initialisation segment."""
    name = request.param
    path = MEDIA / name
    init = INITS.get(name, path.parent / "init.mp4")
    if path.suffix != ".m4s":
        return name, path
    if init is None:
        made = clip("made_init.mp4", "-f", "lavfi", "-i", "testsrc2=size=320x180:rate=24:duration=1", "-f", "lavfi", "-i",
                    "sine=sample_rate=44100:duration=1", "-c:v", "libx264", "-c:a", "aac", "-video_track_timescale", 12288,
                    "-movflags", "empty_moov+default_base_moof").read_bytes()
        header = made[:made.index(b"moof") - 4]
    else:
        header = (MEDIA / init).read_bytes()
    whole = tmp_path / "whole.mp4"
    whole.write_bytes(header + path.read_bytes())
    return name, whole


@pytest.mark.parametrize("complete", NAMES, indirect=True)
def test_every_file(gpac, complete):
    """Parameter sets inside samples stay there for the comparison of sizes (`xps_check=keep`)."""
    name, path = complete
    ours = {int(track): packets for track, packets in our_packets(gpac, f"{path}:xps_check=keep").items()}
    theirs = dict(zip(track_ids(path), ffmpeg_packets(path)))
    assert set(ours) == set(theirs)
    for track, others in theirs.items():
        mine = ours[track]
        if name in ENDED_BY_FFMPEG:
            assert len(others) < len(mine) and len(theirs[1]) == ENDED_BY_FFMPEG[name]
            mine = mine[:len(others)]
        if (name, track) in UNPACKED_BY_FFMPEG:
            mine, others = ([(*p[:2], 0, p[3]) for p in packets] for packets in (mine, others))
        assert_same(mine, others, all(p[3] for p in others))


@pytest.mark.parametrize("complete", [name for name in NAMES if name.startswith("cenc/")], indirect=True)
def test_encrypted_files_are_recognised(gpac, complete):
    """ISO/IEC 14496-12 8.12: the sample entry of an encrypted track is `encv` or `enca`."""
    name, path = complete
    moov = isom.find(path.read_bytes(), "moov")[0]
    entries = [isom.types(stsd[8:])[0] for stsd in isom.find(moov, "trak", "mdia", "minf", "stbl", "stsd")]
    lines = gpac("-i", path, "inspect").stdout.splitlines()
    ids = [isom.words(tkhd)[2] for tkhd in isom.find(moov, "trak", "tkhd")]
    found = {int(re.search(r" ID (\d+) ", line)[1]): " encryption " in line for line in lines} if len(ids) > 1 else {
        ids[0]: " encryption " in lines[0]}
    assert found == {track: entry in ("encv", "enca") for track, entry in zip(ids, entries)}


# What is not part of samples: parameter sets, which the description has, and access unit delimiters but those of VVC, by
# NAL unit type (AVC, HEVC and VVC, 7.4.1 and 7.4.2.2).
LEFT_OUT = {".264": (7, 8, 9, 13), ".265": (32, 33, 34, 35), ".vvc": (12, 13, 14, 15, 16)}


def units(data, suffix):
    """[(type, first byte behind the header, size)] of the NAL units of an Annex B stream. Padding between units, other than
    the zero of a start code of four bytes, stays with the unit in front."""
    for piece in filter(None, re.split(b"\0?\0\0\1", data)):
        kind = piece[0] & 31 if suffix == ".264" else piece[0] >> 1 & 63 if suffix == ".265" else piece[1] >> 3
        yield kind, int.from_bytes(piece[1 if suffix == ".264" else 2:][:1], "big"), len(piece)


def access_units(data, suffix):
    """Sizes as samples of the pictures of a stream with one slice in each: 4 bytes of length for each unit kept. What comes
    in front of the slice belongs to it."""
    sizes, size, has_slice = [], 0, False
    for kind, first, length in units(data, suffix):
        is_slice = kind in (1, 5) if suffix == ".264" else kind < 32 if suffix == ".265" else kind < 12
        in_front = kind in ((6, 7, 8, 9) if suffix == ".264" else (32, 33, 34, 35, 39) if suffix == ".265" else
                            (12, 13, 14, 15, 16, 17, 19, 20, 23))
        if has_slice and (in_front or (is_slice and first & 0x80)):
            sizes, size, has_slice = [*sizes, size], 0, False
        has_slice |= is_slice
        size += 0 if kind in LEFT_OUT[suffix] else 4 + length
    return [*sizes, size]


@pytest.mark.parametrize("path", STREAMS, ids=lambda p: p.name)
def test_every_stream(gpac, path):
    """Start codes become lengths and parameter sets leave the samples of raw video; the access units and the key frames are
    FFmpeg's. FFmpeg does not know VVC, and `two-frames.264` is no stream at all: its units have lengths in front."""
    if path.name == "two-frames.264":
        assert path.read_bytes()[:6] == bytes((0, 0, 0, 2, 9, 16))
        done = gpac("-i", path, "inspect:deep", check=False)
        assert "is not what its extension says" in done.stderr and not done.stdout
        return
    ours = next(iter(our_packets(gpac, path).values()))
    if path.suffix in LEFT_OUT:
        assert [p[2] for p in ours] == access_units(path.read_bytes(), path.suffix)
    if path.suffix == ".vvc":
        return
    theirs = probe_packets(path)[0]
    assert len(ours) == len(theirs)
    assert [p[3] for p in ours] == [p[4].startswith("K") for p in theirs]
    if path.suffix == ".ivf":
        delimiter = 2 if path.name == "av1.ivf" else 0  # of the temporal unit, which samples do not have
        assert [p[1:3] for p in relative(ours)] == [(p[0] - theirs[0][0], p[3] - delimiter) for p in theirs]


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
    ("keepc=false", "keepc=false"), ("gfreg=ffdmx:mwait=2x3", "mwait")])
def test_options_without_effect_are_refused(gpac, av_clip, options, name):
    done = gpac("-i", f"{av_clip}:{options}", "inspect:deep:log=null", check=False)
    assert f"option {name} is not supported" in done.stderr
