"""Options of the MP4 multiplexer that change boxes: what ISO/IEC 14496-12 and 14496-15 say they hold, read with
tests/isom.py."""

import struct

import pytest

import isom
from isom import find, types, words
from tool import probe_packets

PICTURES = ("-f", "lavfi", "-i", "testsrc=size=64x48:rate=25:duration=2")
AVC = ("-c:v", "libx264", "-bf", 2, "-g", 10, "-pix_fmt", "yuv420p")
TABLE = ("moov", "trak", "mdia", "minf", "stbl")


@pytest.fixture
def remux(gpac, clip, tmp_path):
    def run(options, *more, source=None):
        given = source or clip("options.mp4", *PICTURES, *AVC)
        done = gpac("-i", f"{given}:xps_check=keep", *more, "-o", f"{tmp_path}/out.mp4:{options}")
        assert not done.stderr
        return (tmp_path / "out.mp4").read_bytes()
    run.path = tmp_path / "out.mp4"
    return run


def samples(data):
    """The bytes of each sample of the first track of a movie without fragments (8.7)."""
    table = find(data, *TABLE)[0]
    size, count, *sizes = words(find(table, "stsz")[0])
    sizes = sizes or [size] * count
    runs = words(find(table, "stsc")[0])[1:]
    offsets, found = words(find(table, "stco")[0])[1:], []
    for chunk, at in enumerate(offsets, 1):
        nb = next(runs[i + 1] for i in reversed(range(0, len(runs), 3)) if runs[i] <= chunk)
        for _ in range(nb):
            length = sizes[len(found)]
            found.append(data[at:at + length])
            at += length
    return found


def units(sample, length_size):
    at, found = 0, []
    while at < len(sample):
        size = int.from_bytes(sample[at:at + length_size], "big")
        at += length_size + size
        found.append(sample[at - size:at])
    assert at == len(sample)
    return found


@pytest.mark.parametrize("codec,at", [("avc", 4), ("hevc", 21)])
@pytest.mark.parametrize("options", ["pack_nal", "pack_nal:store=frag", "pack_nal:xps_inband=all"])
def test_pack_nal(remux, clip, codec, at, options):
    """14496-15 5.3.3.1 and 8.3.3.1: lengthSizeMinusOne is 1 where no unit has more than 65535 bytes."""
    hevc = ("-c:v", "libx265", "-x265-params", "log-level=none", "-tag:v", "hvc1")
    source = clip("options.mp4", *PICTURES, *AVC) if codec == "avc" else clip("options_hevc.mp4", *PICTURES, *hevc)
    data = remux(options, source=source)
    plain = [units(s, 4) for s in samples(source.read_bytes())]
    entry = find(data, *TABLE, "stsd")[0][8:]
    config = find(isom.children(entry)[0][1][78:], "avcC" if codec == "avc" else "hvcC")[0]
    assert config[at] & 3 == 1
    packed = [s for f in isom.fragments(data) for s in f.data] if "frag" in options else samples(data)
    found = [units(s, 2) for s in packed]
    if "inband" in options:
        assert found[0][-1] == plain[0][-1] and len(found[0]) > len(plain[0])
        found = [f[-len(p):] for f, p in zip(found, plain)]
        plain[0], found[0] = plain[0][1:], found[0][1:]  # parameter sets are put in front of the others of the picture
    assert found == plain


def test_pack_nal_of_a_raw_stream(gpac, clip, tmp_path):
    """How large its pictures get is known at the end only: lengths stay, which is told."""
    done = gpac("-i", clip("options.264", *PICTURES, *AVC), "-o", f"{tmp_path}/out.mp4:pack_nal")
    entry = find((tmp_path / "out.mp4").read_bytes(), *TABLE, "stsd")[0][8:]
    assert find(isom.children(entry)[0][1][78:], "avcC")[0][4] & 3 == 3 and "does not tell how large" in done.stderr


def test_random_access_index(remux):
    """8.8.9 to 8.8.11: the place of each fragment that starts with a sync sample, and the size of the box at its end."""
    data = remux("store=frag:cdur=0.4:mfra")
    found = isom.fragments(data)
    assert types(data)[-1] == "mfra"
    start = isom.places(data)[-1][1]
    assert words(find(data, "mfra", "mfro")[0]) == [len(data) - start]
    tfra = find(data, "mfra", "tfra")[0]
    track, lengths, count = words(tfra)[:3]
    assert tfra[0] == 1 and (track, count) == (1, len(found)) and lengths & 0x3F == 0x3F
    entries = [struct.unpack(">QQIII", tfra[16 + 28 * i:44 + 28 * i]) for i in range(count)]
    first = [(f.tfdt or 0) + f.column("offsets")[0] for f in found]
    durations = [sum(f.column("durations")) for f in found]
    times = [sum(durations[:i]) + first[i] - (found[i].tfdt or 0) for i in range(len(found))]
    assert entries == [(time, f.moof, 1, 1, 1) for time, f in zip(times, found)]


def dependencies(data):
    """Of the samples, as in sample_flags (8.8.3.1), from the flags and from `sdtp` (8.6.4)."""
    found = isom.fragments(data)
    boxes = [p[4:] for moof in find(data, "moof") for p in find(moof, "traf", "sdtp")]
    return [[f >> 20 for f in t.column("sample_flags")] for t in found], [list(b) for b in boxes]


def test_dependencies_in_fragments(remux, clip):
    source = clip("options_deps.mp4", *PICTURES, *AVC, "-movflags", "empty_moov+default_base_moof+frag_keyframe")
    flags, boxes = dependencies(remux("store=frag:cdur=0.4:sdtp_traf=no", source=source))
    assert not boxes and sum(flags, [])[0] >> 4 == 2  # the first picture depends on no other
    for mode in ("sdtp", "both"):
        in_flags, in_boxes = dependencies(remux(f"store=frag:cdur=0.4:sdtp_traf={mode}", source=source))
        assert in_boxes == flags
        assert in_flags == (flags if mode == "both" else [[0] * len(f) for f in flags])


def test_largest_chunk(remux):
    """Chunks end before they would exceed the limit, which only a sample alone may do."""
    data = remux("maxchunk=3000")
    offsets = words(find(data, *TABLE, "stco")[0])[1:]
    runs = words(find(data, *TABLE, "stsc")[0])[1:]
    sizes = [len(s) for s in samples(data)]
    first, chunks = 0, []
    for chunk in range(1, len(offsets) + 1):
        nb = next(runs[i + 1] for i in reversed(range(0, len(runs), 3)) if runs[i] <= chunk)
        chunks.append(sizes[first:first + nb])
        first += nb
    assert first == len(sizes) and len(chunks) > 2
    assert all(sum(chunk) <= 3000 or len(chunk) == 1 for chunk in chunks)


@pytest.mark.parametrize("options,order", [("", ["tfhd", "sgpd", "sbgp", "trun"]), (":truns_first", ["tfhd", "trun", "sgpd", "sbgp"])])
def test_order_in_fragments(remux, clip, options, order):
    source = clip("options.m4a", "-f", "lavfi", "-i", "sine=duration=1", "-c:a", "aac")
    data = remux(f"store=frag{options}", source=source)
    assert [kind for kind in isom.fragments(data)[0].order if kind != "tfdt"] == order


def test_versions_and_defaults(remux):
    data = remux("store=frag:trunv1:tfdt64:tfdt_traf:nofragdef:mvex:trackid=7:moovpad=100:m4cc=mark:msn=5:msninc=3")
    found = isom.fragments(data)
    assert {run.version for f in found for run in f.runs} == {1}
    assert {p[0] for moof in find(data, "moof") for p in find(moof, "traf", "tfdt")} == {1}
    assert [words(p) for p in find(data, "moov", "mvex", "trex")] == [[7, 1, 0, 0, 0]]
    assert types(find(data, "moov")[0]).index("mvex") > types(find(data, "moov")[0]).index("trak")
    assert {f.track for f in found} == {7}
    assert types(data)[:4] == ["ftyp", "free", "moov", "free"] and len(find(data, "free")[1]) == 92
    assert types(data)[4:] == ["mark"] + ["moof", "mdat", "mark"] * len(found)
    assert [words(p)[0] for p in find(data, "moof", "mfhd")] == [5 + 3 * i for i in range(len(found))]


def test_places_of_the_data(remux):
    """8.8.7: absolute offsets, and media data in front of its description."""
    plain = [s for f in isom.fragments(remux("store=frag")) for s in f.data]
    absolute = isom.fragments(remux("store=frag:abs_offset"))
    assert {f.header & 0x20001 for f in absolute} == {1}
    assert [s for f in absolute for s in f.data] == plain
    data = remux("store=frag:moof_first=false")
    assert types(data)[3:5] == ["mdat", "moof"]
    assert [s for f in isom.fragments(data) for s in f.data] == plain


def test_runs(remux):
    """A run starts at each random access point (`fsap`), unless there is one for each track (`strun`)."""
    runs = isom.fragments(remux("store=frag:cdur=1"))[0].runs
    assert [len(r.sizes) for r in runs] == [10, 10, 5]
    for options in ("fsap=false", "strun"):
        assert [len(r.sizes) for r in isom.fragments(remux(f"store=frag:cdur=1:{options}"))[0].runs] == [25]


def test_fragments_at_random_access_points(remux):
    assert [len(f.data) for f in isom.fragments(remux("store=sfrag:cdur=0.5"))] == [20, 20, 10]
    assert [len(f.data) for f in isom.fragments(remux("store=sfrag:cdur=0.5:sfrag_tolerance=20"))] == [10, 10, 10, 10, 10]


def test_bit_rate_box(remux):
    entry = lambda options: types(find(remux(options), *TABLE, "stsd")[0][8 + 8 + 78:])
    assert "btrt" in entry("btrt") and "btrt" not in entry("btrt=false")


def level_of(sample, codec):
    """TemporalId of the first slice (23008-2 7.3.1.2); of AVC, whether it is referred to (14496-10 7.4.1)."""
    for unit in units(sample, 4):
        if codec == "hevc" and unit[0] >> 1 < 32:
            return (unit[1] & 7) - 1
        if codec == "avc" and 1 <= unit[0] & 0x1F <= 5:
            return 0 if unit[0] & 0x60 else 1


@pytest.mark.parametrize("codec", ["avc", "hevc"])
@pytest.mark.parametrize("options", ["", ":fsap=false", ":sdtp_traf=both:truns_first"])
def test_runs_by_level(remux, clip, codec, options):
    """8.8.8: each run has its place. Runs change with the level of the pictures, whose data come level by level; the
    packets, to FFmpeg, are those of the source."""
    hevc = ("-c:v", "libx265", "-x265-params", "log-level=none:temporal-layers=1:b-adapt=0:bframes=3:keyint=20:scenecut=0:open-gop=0",
            "-tag:v", "hvc1", "-pix_fmt", "yuv420p")
    source = clip("levels.mp4", *PICTURES, *(AVC if codec == "avc" else hevc))
    data = remux(f"store=frag:cdur=0.8:trun_inter{options}", source=source)
    for fragment in isom.fragments(data):
        levels = [level_of(sample, codec) for sample in fragment.data]
        assert set(levels) == {0, 1}
        at, runs = 0, []
        for run in fragment.runs:
            runs.append(set(levels[at:at + len(run.sizes)]))
            at += len(run.sizes)
        assert all(len(run) == 1 for run in runs)
        syncs = fragment.sync if "fsap" not in options else []
        assert len(runs) - sum(syncs[1:]) <= 1 + sum(a != b for a, b in zip(levels, levels[1:]))
        order = sorted(range(len(levels)), key=fragment.places.__getitem__)
        assert order == sorted(order, key=lambda i: (levels[i], i))
    given, found = probe_packets(source)[0], probe_packets(remux.path)[0]
    assert [p[3:] for p in found] == [p[3:] for p in given]


def test_runs_by_level_with_others(gpac, clip, tmp_path):
    source = clip("options.mp4", *PICTURES, *AVC)
    for options in ("trun_inter", "trun_inter:store=frag:strun", "trun_inter:cmaf=cmfc"):
        done = gpac("-i", source, "-o", f"{tmp_path}/out.mp4:{options}", check=False)
        assert done.returncode == 1 and "[mp4mx] trun_inter: " in done.stderr


@pytest.mark.parametrize("options", ["cdur=0.4", "cdur=0.4:vodcache=on", "cdur=0.4:vodcache=insert", "cdur=0.3:store=sfrag",
                                     "cdur=0.2:subs_sidx=3", "cdur=0.4:ssix"])
def test_one_segment(remux, av_clip, options):
    """`sseg`: a file that is one segment. Its index (8.16.3) tells the fragments, which cover the rest of the file and
    start with a random access point where it says so."""
    data = remux(f"sseg:{options}" + ("" if "subs_sidx" in options else ":subs_sidx=0"), source=av_clip)
    boxes = [b for b in isom.places(data) if b[0] != "free"]
    indexes = 2 if "ssix" in options else 1
    assert [b[0] for b in boxes[:2 + indexes]] == ["ftyp", "moov", "sidx", "ssix"][:2 + indexes]
    assert {b[0] for b in boxes[2 + indexes:]} == {"moof", "mdat"}
    brands = [data[at:at + 4] for at in range(16, boxes[0][3], 4)]
    assert {b"dsms", b"msix", b"dash"} <= set(brands)
    index = isom.parse_index(find(data, "sidx")[0])
    assert (index.track, index.earliest, index.timescale) == (1, 0, 12800)
    assert index.first_offset == boxes[2 + indexes][1] - boxes[2][3]
    starts = {b[1] for b in boxes if b[0] == "moof"}
    video = {f.moof: f for f in isom.fragments(data) if f.track == 1}
    assert all(f.tfdt is not None for f in isom.fragments(data))
    at = boxes[2][3] + index.first_offset
    time = 0
    for is_index, size, duration, sap, kind in index.refs:
        assert not is_index and at in starts and video[at].tfdt == time
        assert (sap, kind) == ((1, 1) if video[at].sync[0] else (0, 0))
        at, time = at + size, time + duration
    assert at == len(data) and time == 2 * 12800
    if "subs_sidx=3" in options:
        assert len(index.refs) <= 3
    else:
        assert len(index.refs) == len(video)
    for given, found in zip(probe_packets(av_clip).values(), probe_packets(remux.path).values(), strict=True):
        assert [(p[3], p[5]) for p in found] == [(p[3], p[5]) for p in given]
