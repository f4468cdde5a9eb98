"""What ISO/IEC 23000-19 asks of tracks of brands `cmfc` and `cmf2`, one test each, read with tests/isom.py."""

import struct

import pytest

import isom
from isom import find, flags_of, types, words
from tool import probe_packets

PICTURES = ("-f", "lavfi", "-i", "testsrc=size=64x48:rate=25:duration=2")
TONE = ("-f", "lavfi", "-i", "sine=sample_rate=48000:duration=2")
SOURCES = {
    "avc": (*PICTURES, "-c:v", "libx264", "-bf", 2, "-g", 10, "-pix_fmt", "yuv420p"),
    "hevc": (*PICTURES, "-c:v", "libx265", "-x265-params", "log-level=none:keyint=10:open-gop=0", "-tag:v", "hvc1"),
    "aac": (*TONE, "-c:a", "aac"),
    "opus": (*TONE, "-c:a", "libopus"),
}
VIDEO = ("avc", "hevc")
BRANDS = ("cmfc", "cmf2")


@pytest.fixture(params=[(codec, brand) for codec in SOURCES for brand in BRANDS], ids="-".join)
def track(request, gpac, clip, tmp_path):
    """(codec, brand, source, bytes of the track file)"""
    codec, brand = request.param
    source = clip(f"cmaf_{codec}.mp4", *SOURCES[codec], "-strict", -2)
    done = gpac("-i", f"{source}:xps_check=keep", "-o", f"{tmp_path}/out.mp4:cmaf={brand}:cdur=0.4")
    assert not done.stderr
    return codec, brand, source, (tmp_path / "out.mp4").read_bytes()


def test_brands(track):
    """7.2: a `cmf2` track is a `cmfc` track, too."""
    ftyp = find(track[3], "ftyp")[0]
    brands = {ftyp[at:at + 4] for at in range(8, len(ftyp), 4)}
    assert b"cmfc" in brands and (b"cmf2" in brands) == (track[1] == "cmf2")
    assert not brands & {b"isom", b"iso2", b"mp41", b"mp42"}


def test_header(track):
    """7.3.2.1 and 7.5: one track, `mvex` behind it, no samples in the movie, no duration but that of `mehd`."""
    _, _, _, data = track
    moov = find(data, "moov")[0]
    order = types(moov)
    assert order.count("trak") == 1 and order.index("mvex") > order.index("trak")
    trak = find(moov, "trak")[0]
    assert flags_of(find(trak, "tkhd")[0]) == 7
    assert words(find(moov, "mvhd")[0])[3] == 0 and words(find(trak, "tkhd")[0])[4] == 0
    assert words(find(trak, "mdia", "mdhd")[0])[3] == 0
    table = find(trak, "mdia", "minf", "stbl")[0]
    assert [words(find(table, kind)[0])[0] for kind in ("stts", "stsc", "stco")] == [0, 0, 0]
    assert words(find(table, "stsz")[0]) == [0, 0]
    ids = [words(p)[0] for p in find(moov, "mvex", "trex")]
    assert ids == [words(find(trak, "tkhd")[0])[2]]


def test_sync_table(track):
    """7.5.13: an empty `stss` where not every sample is a sync sample."""
    codec, _, _, data = track
    found = find(data, "moov", "trak", "mdia", "minf", "stbl", "stss")
    assert [words(p) for p in found] == ([[0]] if codec in VIDEO else [])


def test_chunks(track):
    """7.3.2.3 and 7.5.15 to 7.5.17: one `moof` and one `mdat` in turn, one `traf`, one `trun` in front of the boxes that
    describe samples, offsets from the `moof`, decode times that go on without a gap."""
    codec, brand, _, data = track
    order = types(data)
    media = order[order.index("moof"):]
    assert media == ["moof", "mdat"] * (len(media) // 2)
    found = isom.fragments(data)
    assert len({f.moof for f in found}) == len(found) == 5 + (codec not in VIDEO)  # sound lasts longer, by its priming
    time = found[0].tfdt
    for f in found:
        assert f.tfdt == time and len(f.runs) == 1 and f.header & 0x20001 == 0x20000
        assert f.order[:3] == ["tfhd", "tfdt", "trun"]
        time += sum(f.column("durations"))
    assert [words(p)[0] for p in find(data, "moof", "mfhd")] == list(range(1, len(found) + 1))


def test_samples(track):
    """The packets of the source, key frames included."""
    codec, brand, source, data = track
    theirs = probe_packets(source)[0]
    found = isom.fragments(data)
    assert [len(d) for f in found for d in f.data] == [p[3] for p in theirs]
    assert [s for f in found for s in f.sync] == [p[4].startswith("K") for p in theirs]


def test_composition(track):
    """7.5.17: in `cmf2`, video has signed composition offsets (version 1) and no edit list: the first picture is shown at
    the decode time of its fragment. In `cmfc` an edit list of one entry hides the shift."""
    codec, brand, _, data = track
    if codec not in VIDEO:
        pytest.skip("video only")
    found = isom.fragments(data)
    offsets, durations = ([v for f in found for v in f.column(c)] for c in ("offsets", "durations"))
    dts = [sum(durations[:i]) for i in range(len(durations))]
    first = min(d + o for d, o in zip(dts, offsets))
    edits = find(data, "moov", "trak", "edts", "elst")
    if brand == "cmf2":
        assert {run.version for f in found for run in f.runs} == {1}
        assert not edits and first == 0 and min(offsets) < 0
    else:
        count, duration, media_time, rate = words(edits[0])
        assert (count, duration, media_time, rate) == (1, 0, first, 0x10000)
        assert {run.version for f in found for run in f.runs} == {0}


def test_defaults(track):
    """`cmf2`: nothing in `trex`; each fragment has its own description, durations and flags (audio of constant duration:
    0x02002a in `tfhd`)."""
    codec, brand, _, data = track
    trex = words(find(data, "moov", "mvex", "trex")[0])
    assert trex[1] == 1
    if brand == "cmf2":
        assert trex[2:] == [0, 0, 0]
        found = isom.fragments(data)[:-1]
        assert all(f.header & 2 and (f.header & 8 or f.runs[0].flags & 0x100) and (f.header & 0x20 or f.runs[0].flags & 0x400)
                   for f in found)
        assert codec in VIDEO or {f.header for f in found} <= {0x02002A, 0x02003A}


def test_late_start(gpac, clip, tmp_path):
    """A track that starts later than the movie: its decode times tell, not an empty edit (7.5.12)."""
    source = clip("cmaf_late.mp4", *SOURCES["aac"])
    data = source.read_bytes()
    empty = isom.full("elst", struct.pack(">I", 2) + struct.pack(">IiI", 500, -1, 0x10000) + struct.pack(">IiI", 2000, 0, 0x10000))
    changed = isom.edit(data, ("moov", "trak", "edts"), lambda _: empty)
    # the movie box is behind the media data: its size does not matter
    assert changed.index(b"mdat") == data.index(b"mdat")
    late = tmp_path / "late.mp4"
    late.write_bytes(changed)
    for brand in BRANDS:
        gpac("-i", late, "-o", f"{tmp_path}/{brand}.mp4:cmaf={brand}:tsalign=false")
        out = (tmp_path / f"{brand}.mp4").read_bytes()
        assert not find(out, "moov", "trak", "edts")
        assert isom.fragments(out)[0].tfdt == 24000


def test_index(gpac, clip, tmp_path):
    """7.3.3.3: one index; more are not made even when asked for, and a chain is refused."""
    source = clip("cmaf_avc.mp4", *SOURCES["avc"], "-strict", -2)
    done = gpac("-i", source, "-o", f"{tmp_path}/out.mp4:cmaf=cmfc:chain_sidx", check=False)
    assert "chain_sidx" in done.stderr and not (tmp_path / "out.mp4").exists()


def test_two_tracks(gpac, av_clip, tmp_path):
    """A track file has one track: another is told, and each fragment has one track."""
    done = gpac("-i", av_clip, "-o", f"{tmp_path}/out.mp4:cmaf=cmfc")
    assert "one track" in done.stderr
    assert all(len(find(moof, "traf")) == 1 for moof in find((tmp_path / "out.mp4").read_bytes(), "moof"))


@pytest.mark.parametrize("brand", BRANDS)
def test_encrypted(gpac, media, tmp_path, brand):
    """8.2: keys in the header or the fragments, records of every sample in `senc`, found through `saiz` and `saio`."""
    source = media("cenc/prog_8s_enc_dashinit.mp4")
    gpac("-i", f"{source}#video:xps_check=keep", "-o", f"{tmp_path}/out.mp4:cmaf={brand}")
    data = (tmp_path / "out.mp4").read_bytes()
    entry = find(data, "moov", "trak", "mdia", "minf", "stbl", "stsd")[0][8:]
    assert types(entry) == ["encv"]
    found = isom.fragments(data)
    assert all({"senc", "saiz", "saio"} <= set(f.order) and f.order.index("trun") < f.order.index("senc") for f in found)
    for moof, traf in ((start, isom.find(data[at:end], "traf")[0]) for kind, start, at, end in isom.places(data)
                       if kind == "moof"):
        saio = find(traf, "saio")[0]
        assert saio[4:8] == struct.pack(">I", 1)
        offset = struct.unpack(">Q", saio[8:16])[0] if saio[0] else words(saio, 8)[0]
        senc = find(traf, "senc")[0]
        at = moof + offset  # the first record, behind version, flags and count
        assert data[at:at + len(senc) - 8] == senc[8:]


def make_mixed(source):
    """The first fragment's group of samples 1 to 3 in clear: `seig` with isProtected 0 (ISO/IEC 23001-7 6)."""
    clear = b"\0\0\0\0" + bytes(16)
    return (isom.full("sgpd", b"seig" + struct.pack(">II", 20, 1) + clear, version=1)
            + isom.full("sbgp", b"seig" + struct.pack(">III", 1, 3, 0x10001)))


def test_clear_and_encrypted(gpac, media, tmp_path):
    """No fragment has both."""
    whole = media("cenc/prog_8s_enc_dashinit.mp4").read_bytes()
    mixed = isom.add_to_first_fragment(whole, make_mixed(whole))
    source = tmp_path / "mixed.mp4"
    source.write_bytes(mixed)
    done = gpac("-i", f"{source}#video:xps_check=keep", "-o", f"{tmp_path}/out.mp4:cmaf=cmfc", check=False)
    assert "clear and encrypted" in done.stderr and done.returncode
    gpac("-i", f"{source}#video:xps_check=keep", "-o", f"{tmp_path}/plain.mp4:store=frag")
