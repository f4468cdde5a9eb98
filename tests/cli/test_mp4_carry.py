"""What an MP4 file says besides its samples comes through a demultiplexer and a multiplexer. FFmpeg writes the files;
boxes that it does not write are put in here, with their bytes from ISO/IEC 14496-12."""

import json
import struct
import subprocess
from fractions import Fraction

import pytest

from isom import add_to_first_fragment, box, children, edit, find, full, places
from tool import probe_packets

PICTURES = ("-f", "lavfi", "-i", "testsrc=size=64x48:rate=25:duration=1")
AVC = ("-c:v", "libx264", "-g", 5, "-pix_fmt", "yuv420p", "-map_metadata", -1)


def remux(gpac, tmp_path, source, layout):
    out = tmp_path / f"out{source.suffix}"
    done = gpac("-i", source, "-o", f"{out}:{layout}")
    assert not done.stderr
    return out.read_bytes()


LAYOUTS = ("store=inter", "store=flat", "store=frag", "cmaf=cmfc")
MASTERING = bytes.fromhex("33c2 8602 1d4c 0bb8 84d0 3a98 3d13 4042 00989680 00000032")  # BT.2020 in D65, 1000 cd/m2
DESCRIPTION = {
    "colr": b"nclx" + bytes.fromhex("0009 0010 0009 80"),  # BT.2020, PQ, full range
    "mdcv": MASTERING,
    "clli": bytes.fromhex("03e8 0190"),
    "pasp": bytes.fromhex("00000004 00000003"),
    "clap": struct.pack(">8I", 60, 1, 40, 1, 0xFFFFFFFE, 2, 1, 1),
}
SAMPLE_ENTRY = ("moov", "trak", "mdia", "minf", "stbl", "stsd", "avc1")


@pytest.fixture
def described(clip, tmp_path):
    """Colours, HDR, pixel shape, clean aperture and a rotation."""
    data = clip("carry.mp4", *PICTURES, *AVC).read_bytes()
    extra = b"".join(box(kind, payload) for kind, payload in DESCRIPTION.items())
    keep = lambda entry: entry[:78] + b"".join(box(k, p) for k, p in children(entry[78:]) if k not in DESCRIPTION)
    turned = struct.pack(">9i", 0, 0x10000, 0, -0x10000, 0, 0, 48 << 16, 0, 0x40000000)
    data = edit(data, SAMPLE_ENTRY, lambda entry: keep(entry) + extra)
    data = edit(data, ("moov", "trak", "tkhd"), lambda tkhd: tkhd[:40] + turned + tkhd[76:])
    path = tmp_path / "described.mp4"
    path.write_bytes(data)
    return path


@pytest.mark.parametrize("layout", LAYOUTS)
def test_picture_description(gpac, described, tmp_path, layout):
    out = remux(gpac, tmp_path, described, layout)
    written = dict(children(find(out, *SAMPLE_ENTRY)[0][78:]))
    assert {kind: written.get(kind) for kind in DESCRIPTION} == DESCRIPTION
    matrix = lambda data: find(data, "moov", "trak", "tkhd")[0][40:76]
    assert matrix(out) == matrix(described.read_bytes())


def test_colour_of_quicktime(gpac, clip, tmp_path):
    """QuickTime has three codes and no range; FFmpeg writes them with a parameter."""
    source = clip("carry.mov", *PICTURES, *AVC, "-color_primaries", "bt709", "-color_trc", "bt709", "-colorspace", "bt709",
                  "-movflags", "write_colr")
    out = remux(gpac, tmp_path, source, "store=inter")
    assert find(out, *SAMPLE_ENTRY)[0][78:].count(b"colrnclc" + bytes.fromhex("0001 0001 0001")) == 1


@pytest.fixture
def fragments(clip):
    return clip("carry_frag.mp4", *PICTURES, *AVC, "-movflags", "empty_moov+default_base_moof+frag_keyframe").read_bytes()


EVENT = full("emsg", struct.pack(">IQII", 1000, 0, 500, 7) + b"urn:test\0" + b"1\0" + b"message", version=1)
NTP = 0xE8754C8080000000  # half a second after some second of 2023
REFERENCE = full("prft", struct.pack(">IQQ", 1, NTP, 0), version=1, flags=0)
SUBSAMPLES = full("subs", struct.pack(">IIH", 1, 2, 2) + struct.pack(">IBBIIBBI", 10, 1, 0, 3, 5, 0, 1, 4), version=1)
GROUPS = (full("sgpd", b"test" + struct.pack(">II", 3, 1) + b"abc", version=1)
          + full("sbgp", b"test" + struct.pack(">III", 1, 2, 0x10001)))


@pytest.mark.parametrize("layout", ("store=frag:cdur=0.2", "cmaf=cmfc:cdur=0.2"))
def test_events_and_groups_of_fragments(gpac, fragments, tmp_path, layout):
    source = tmp_path / "source.mp4"
    source.write_bytes(add_to_first_fragment(fragments, SUBSAMPLES + GROUPS, EVENT + REFERENCE))
    assert probe_packets(source)
    out = remux(gpac, tmp_path, source, layout)
    assert [p for k, p in children(out) if k == "emsg"] == [EVENT[8:]]
    times = [p for k, p in children(out) if k == "prft"]
    assert [struct.unpack(">IQ", p[4:16]) for p in times] == [(1, NTP)]
    first = find(out, "moof")[0]
    assert find(first, "traf", "subs") == [SUBSAMPLES[8:]]
    groups = [(p[4:8], p[12:]) for p in find(first, "traf", "sbgp")]
    assert (b"test", struct.pack(">II", 2, 0x10001)) in groups
    assert [p[8:] for p in find(first, "traf", "sgpd") if p[4:8] == b"test"] == [struct.pack(">II", 3, 1) + b"abc"]


def test_groups_of_a_movie(gpac, fragments, tmp_path):
    """From fragments to one table: samples 1 and 2 of 25 are in the group."""
    source = tmp_path / "source.mp4"
    source.write_bytes(add_to_first_fragment(fragments, GROUPS + SUBSAMPLES, b""))
    out = remux(gpac, tmp_path, source, "store=inter")
    table = ("moov", "trak", "mdia", "minf", "stbl")
    runs = [p[12:] for p in find(out, *table, "sbgp") if p[4:8] == b"test"]
    assert [run[:8] for run in runs] == [struct.pack(">II", 2, 1)]
    assert find(out, *table, "subs") == [SUBSAMPLES[8:]]


RECORDS = {(b"note", 0): [b"abc", b"", b"de"], (b"note", 7): [b"12", b"34"], (b"pure", 0): [b"x" * 255]}


def auxiliary(moof_size):
    """`saiz` and `saio` of each kind (8.7.8, 8.7.9) for the end of a `traf`, and their records behind them in a `free` box."""
    boxes, places, data = [], [], b""
    for (kind, parameter), records in RECORDS.items():
        head = kind + struct.pack(">I", parameter)
        sizes = [len(r) for r in records]
        same = sizes[0] if len(set(sizes)) == 1 else 0
        boxes.append(full("saiz", head + struct.pack(">BI", same, len(sizes)) + (b"" if same else bytes(sizes)), flags=1))
        places.append((head, len(data)))
        data += b"".join(records)
    size = sum(map(len, boxes)) + 28 * len(places)
    saio = [full("saio", head + struct.pack(">II", 1, moof_size + size + 8 + at), flags=1) for head, at in places]
    assert sum(map(len, saio)) == 28 * len(places)
    return b"".join(boxes + saio) + box("free", data)


def records_of(data, base, container):
    """{kind: records} of the boxes of a container, offsets counting from `base`."""
    found, places = {}, {saio[4:12]: saio for saio in find(container, "saio")}
    for saiz in find(container, "saiz"):
        saio = places[saiz[4:12]]
        assert saiz[3] == saio[3] == 1 and struct.unpack(">I", saio[12:16]) == (1,)
        at = base + struct.unpack(">Q" if saio[0] else ">I", saio[16:])[0]
        default, count = struct.unpack(">BI", saiz[12:17])
        records = found[saiz[4:8], struct.unpack(">I", saiz[8:12])[0]] = []
        for size in [default] * count if default else saiz[17:17 + count]:
            records.append(data[at:at + size])
            at += size
    return found


@pytest.fixture
def with_records(fragments, tmp_path):
    source = tmp_path / "source.mp4"
    source.write_bytes(add_to_first_fragment(fragments, auxiliary(len(find(fragments, "moof")[0]) + 8)))
    assert probe_packets(source)
    return source


@pytest.mark.parametrize("layout", ("inter", "flat", "fstart", "tight", "inter:cdur=0"))
def test_auxiliary_information_of_a_movie(gpac, with_records, tmp_path, layout):
    out = remux(gpac, tmp_path, with_records, f"store={layout}")
    assert records_of(out, 0, find(out, "moov", "trak", "mdia", "minf", "stbl")[0]) == RECORDS
    assert [p[3:] for p in probe_packets(tmp_path / "out.mp4")[0]] == [p[3:] for p in probe_packets(with_records)[0]]


@pytest.mark.parametrize("options", ("", ":abs_offset", ":truns_first", ":mfra"))
def test_auxiliary_information_of_fragments(gpac, with_records, tmp_path, options):
    """Fragments of two samples: what belongs to the samples of each of them."""
    out = remux(gpac, tmp_path, with_records, f"store=frag:cdur=0.08{options}")
    moofs = [(start, out[at:end]) for kind, start, at, end in places(out) if kind == "moof"]
    found = [records_of(out, start, find(moof, "traf")[0]) for start, moof in moofs]
    assert found[:2] == [{(b"note", 0): [b"abc"], (b"note", 7): [b"12", b"34"], (b"pure", 0): [b"x" * 255]},
                         {(b"note", 0): [b"de"]}]
    assert not any(found[2:])
    assert [p[3:] for p in probe_packets(tmp_path / "out.mp4")[0]] == [p[3:] for p in probe_packets(with_records)[0]]


def test_auxiliary_information_behind_the_data(gpac, with_records, tmp_path):
    """Offsets are unsigned (8.7.9.2), so what comes before the `moof` cannot be told."""
    done = gpac("-i", with_records, "-o", f"{tmp_path}/out.mp4:store=frag:moof_first=false")
    assert done.stderr.count("auxiliary information is left out") == 1
    assert not find((tmp_path / "out.mp4").read_bytes(), "moof", "traf", "saiz")


def test_auxiliary_information_in_packets(gpac, with_records):
    fields = "inspect:deep:hdr=false:fmt=%sai_note%;%sai_note_7%;%sai_pure%%lf%"
    lines = [line.split(";") for line in gpac("-i", with_records, fields).stdout.splitlines()]
    assert [[x != "N/A" for x in line] for line in lines[:4]] == [
        [True, True, True], [False, True, False], [True, False, False], [False] * 3]


def test_groups_with_a_parameter(gpac, fragments, tmp_path):
    """8.9.2 and 8.9.3: samples are grouped by type and parameter, the descriptions are those of the type."""
    group = lambda parameter, *runs: full("sbgp", b"test" + struct.pack(f">{2 + len(runs)}I", parameter, len(runs) // 2, *runs),
                                          version=1)
    described = full("sgpd", b"test" + struct.pack(">II", 1, 2) + b"ab", version=1)
    source = tmp_path / "source.mp4"
    source.write_bytes(add_to_first_fragment(fragments, described + group(5, 1, 0x10001) + group(9, 1, 0, 1, 0x10002)))
    out = remux(gpac, tmp_path, source, "store=inter")
    table = find(out, "moov", "trak", "mdia", "minf", "stbl")[0]
    assert [p for p in find(table, "sgpd") if p[4:8] == b"test"] == [described[8:]]
    runs = {p[8:12]: p for p in find(table, "sbgp") if p[4:8] == b"test"}
    assert runs == {struct.pack(">I", 5): group(5, 1, 1)[8:], struct.pack(">I", 9): group(9, 1, 0, 1, 2)[8:]}


def test_languages_tags_and_chapters(gpac, clip, tmp_path):
    notes = tmp_path / "notes.txt"
    notes.write_text(";FFMETADATA1\ntitle=A title\ngenre=Test\ndate=2024\n[CHAPTER]\nTIMEBASE=1/1000\nSTART=0\nEND=400\n"
                     "title=One\n[CHAPTER]\nTIMEBASE=1/1000\nSTART=400\nEND=1000\ntitle=Zwei\n")
    source = clip("carry_tags.mp4", *PICTURES, "-f", "lavfi", "-i", "sine=duration=1", "-i", notes, "-map", 0, "-map", 1,
                  "-map_metadata", 2, "-map_chapters", 2, "-c:v", "libx264", "-c:a", "aac", "-metadata:s:a:0",
                  "language=deu")

    def seen(path):
        show = subprocess.run(["ffprobe", "-v", "error", "-show_entries", "format_tags=title,genre,date:chapter=start,end:"
                               "chapter_tags=title:stream_tags=language", "-select_streams", "a", "-of", "flat", str(path)],
                              capture_output=True, text=True, check=True).stdout.splitlines()
        # FFmpeg gives the chapters of a movie box the time scale of the movie, those of a track that of the track
        return sorted(line for line in show if "start=" not in line and "end=" not in line and "index" not in line)

    for layout in ("store=inter", "store=flat", "store=fstart"):
        (tmp_path / layout).mkdir()
        remux(gpac, tmp_path / layout, source, layout)
        assert seen(tmp_path / layout / "out.mp4") == seen(source)


@pytest.mark.parametrize("layout", ("store=frag:cdur=0.2", "cmaf=cmfc:cdur=0.2"))
def test_segment_with_its_header(gpac, clip, tmp_path, layout):
    """A media segment alone, read with the header of its movie (`initseg`), is the part of the whole file."""
    gpac("-i", clip("carry.mp4", *PICTURES, *AVC), "-o", f"{tmp_path}/whole.mp4:{layout}:tfdt_traf")
    data = (tmp_path / "whole.mp4").read_bytes()
    first = data.index(box("moof", find(data, "moof")[0]))
    second = data.index(box("moof", find(data, "moof")[1]))
    (tmp_path / "header.mp4").write_bytes(data[:first])
    (tmp_path / "part.m4s").write_bytes(data[second:])
    fields = "inspect:deep:hdr=false:fmt=%dts% %cts% %size% %crc%%lf%"
    whole = gpac("-i", tmp_path / "whole.mp4", fields).stdout.splitlines()
    part = gpac("-i", f"{tmp_path}/part.m4s:initseg={tmp_path}/header.mp4", fields).stdout.splitlines()
    assert len(whole) == 25 and part == whole[5:]


@pytest.mark.parametrize("layout", ("store=inter", "store=frag:cdur=0.2", "cmaf=cmf2:cdur=0.2"))
def test_seek_and_reverse(gpac, clip, tmp_path, layout):
    """25 pictures per second, a random access point every 5: 0.3 s is in the second group, whose first pictures are only
    decoded. Backward, groups come last to first."""
    gpac("-i", clip("carry_still.mp4", *PICTURES, *AVC, "-bf", 0), "-o", f"{tmp_path}/out.mp4:{layout}")
    fields = "inspect:deep:hdr=false:fmt=%cts% %crc%%lf%"

    def packets(options):
        return [line.split() for line in gpac("-i", tmp_path / "out.mp4", fields + options).stdout.splitlines()]

    whole = packets("")
    scale = (int(whole[-1][0]) - int(whole[0][0])) // 24 * 25
    later = packets(":start=0.3")
    assert [p[1] for p in later] == [p[1] for p in whole[5:]]
    assert [int(p[0]) for p in later[:4]] == [3 * scale // 10] * 3 + [8 * scale // 25]
    backward = packets(":speed=-1")
    assert [p[1] for p in backward] == [whole[first + i][1] for first in (20, 15, 10, 5, 0) for i in range(5)]


def test_coding_constraints(gpac, clip, tmp_path):
    """ISO/IEC 23008-12 7.2.3.2: nothing is promised of a stream that was not made for it."""
    out = remux(gpac, tmp_path, clip("carry.mp4", *PICTURES, *AVC), "ccst")
    written = dict(children(find(out, *SAMPLE_ENTRY)[0][78:]))
    assert written["ccst"] == struct.pack(">II", 0, 0 << 31 | 1 << 30 | 15 << 26)


@pytest.mark.parametrize("layout", LAYOUTS)
def test_track_description(gpac, clip, tmp_path, layout):
    """Language of RFC 5646, roles, group of alternatives, layer, handler name, user data of the track."""
    language = full("elng", b"fr-CA\0")
    role = full("kind", b"urn:mpeg:dash:role:2011\0main\0")
    note = box("\xa9nam", struct.pack(">HH", 4, 0x15C7) + b"name")
    data = clip("carry.mp4", *PICTURES, *AVC).read_bytes()
    data = edit(data, ("moov", "trak", "mdia"), lambda mdia: mdia[:32] + language + mdia[32:])
    data = edit(data, ("moov", "trak", "mdia", "hdlr"), lambda hdlr: hdlr[:24] + b"A name\0")
    data = edit(data, ("moov", "trak"), lambda trak: trak + box("udta", role + note))
    data = edit(data, ("moov", "trak", "tkhd"), lambda tkhd: tkhd[:32] + struct.pack(">hH", -2, 7) + tkhd[36:])
    source = tmp_path / "source.mp4"
    source.write_bytes(data)
    out = remux(gpac, tmp_path, source, layout)
    track = find(out, "moov", "trak")[0]
    assert find(track, "mdia", "elng") == [language[8:]]
    assert find(track, "mdia", "hdlr")[0][24:] == b"A name\0"
    assert find(track, "tkhd")[0][32:36] == struct.pack(">hH", -2, 7)
    assert dict(children(find(track, "udta")[0])) == dict(children(role + note))


DOLBY = bytes((1, 0, 8 << 1, 0x2D, 1 << 4)) + bytes(19)  # profile 8 on a base layer that HDR10 players show
ICC = b"prof" + struct.pack(">I4s", 132, b"test") + bytes(124)


@pytest.mark.parametrize("layout", LAYOUTS)
@pytest.mark.parametrize("kind,payload", [("dvvC", DOLBY), ("colr", ICC)])
def test_dolby_vision_and_colour_profiles(gpac, clip, tmp_path, layout, kind, payload):
    source = tmp_path / "source.mp4"
    data = clip("carry.mp4", *PICTURES, *AVC).read_bytes()
    keep = lambda entry: entry[:78] + b"".join(box(k, p) for k, p in children(entry[78:]) if k != "colr")
    source.write_bytes(edit(data, SAMPLE_ENTRY, lambda entry: keep(entry) + box(kind, payload)))
    out = remux(gpac, tmp_path, source, layout)
    assert dict(children(find(out, *SAMPLE_ENTRY)[0][78:])).get(kind) == payload


def described_stream(path):
    """What FFmpeg reads of the picture: colours, shape, HDR as numbers, rotation."""
    done = subprocess.run(["ffprobe", "-v", "error", "-show_streams", "-of", "json", str(path)], capture_output=True,
                          text=True, check=True)
    stream = json.loads(done.stdout)["streams"][0]
    found = {name: stream.get(name) for name in ("sample_aspect_ratio", "color_range", "color_space", "color_transfer",
                                                 "color_primaries")}
    for side in stream.get("side_data_list", []):
        found |= {name: float(Fraction(str(value))) for name, value in side.items()
                  if name not in ("side_data_type", "displaymatrix")}
    return found


@pytest.mark.parametrize("first,reader,lost", [
    ("a.mkv", "", {"rotation"}), ("a.mov:gfreg=ffmx", ":gfreg=ffdmx", {"color_range"})], ids=["matroska", "quicktime"])
def test_picture_description_through_ffmpeg(gpac, described, tmp_path, first, reader, lost):
    """Through containers of libavformat and back: what they keep. FFmpeg's writer of Matroska has no rotation, and
    QuickTime's colours no range."""
    gpac("-i", described, "-o", tmp_path / first)
    gpac("-i", f"{tmp_path}/{first.partition(':')[0]}{reader}", "-o", tmp_path / "b.mp4")
    given = described_stream(described)
    assert len(given) >= 18 and given["rotation"] == -90 and given["max_content"] == 1000
    kept = {name: value for name, value in given.items() if name not in lost}
    assert {name: value for name, value in described_stream(tmp_path / "b.mp4").items() if name in kept} == kept
