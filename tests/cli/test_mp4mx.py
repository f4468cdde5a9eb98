"""Files of the MP4 multiplexer as FFmpeg reads them: layouts, text, chapters, tags, encryption, orientation."""

import json
import struct
import subprocess

import pytest

import isom
from tool import probe_packets

PICTURES = ("-f", "lavfi", "-i", "testsrc=size=64x48:rate=25:duration=1")


def show(path, *options):
    done = subprocess.run(["ffprobe", "-v", "error", *options, "-of", "json", str(path)],
                          capture_output=True, text=True, check=True)
    return json.loads(done.stdout)


LAYOUTS = ["store=tight", "cdur=0", "cdur=0.1", "maxchunk=5000", "ctmode=negctts", "deps=false", "moovpad=1000",
           "tsalign=false", "store=frag:moof_first=false", "store=frag:abs_offset", "store=frag:straf",
           "store=frag:strun", "store=frag:fsap=false", "store=frag:mfra", "store=frag:tfdt64", "store=frag:nofragdef",
           "store=frag:truns_first", "store=frag:tfdt_traf", "store=frag:fragdur", "ccst", "store=sfrag:cdur=0.5", "cmaf=cmfc"]


@pytest.mark.parametrize("options", LAYOUTS)
def test_layout(gpac, av_clip, tmp_path, options):
    gpac("-i", f"{av_clip}:xps_check=keep", "-o", tmp_path / f"out.mp4:{options}")
    # durations of fragments are FFmpeg's own (see test_remux), so are decoding times with signed offsets
    fields = (0, 1, 3, 5) if "frag" in options or "cmaf" in options else (0, 2, 3, 5) if "neg" in options else range(6)
    pick = lambda streams: {i: [tuple(p[f] for f in fields) for p in packets] for i, packets in streams.items()}
    assert pick(probe_packets(tmp_path / "out.mp4")) == pick(probe_packets(av_clip))


@pytest.mark.parametrize("options", ["xps_inband=all", "xps_inband=pps", "xps_inband=both:store=frag"])
def test_parameter_sets_in_band(gpac, av_clip, tmp_path, options):
    gpac("-i", av_clip, "-o", tmp_path / f"out.mp4:{options}")
    assert show(tmp_path / "out.mp4", "-show_streams")["streams"][0]["codec_tag_string"] == "avc3"
    assert decoded(tmp_path / "out.mp4") == decoded(av_clip)


def decoded(path, *options):
    done = subprocess.run(["ffmpeg", "-v", "error", *options, "-i", str(path), "-map", "0:v", "-f", "framemd5", "-"],
                          capture_output=True, text=True, check=True)
    return [line.split(",")[-1].strip() for line in done.stdout.splitlines() if not line.startswith("#")]


def test_text_chapters_tags(gpac, clip, tmp_path):
    (tmp_path / "s.srt").write_text("1\n00:00:00,200 --> 00:00:00,500\nHello\n\n")
    (tmp_path / "c.txt").write_text(";FFMETADATA1\ntitle=A title\nartist=Someone\ntrack=3/7\n"
                                    "[CHAPTER]\nTIMEBASE=1/1000\nSTART=0\nEND=500\ntitle=One\n"
                                    "[CHAPTER]\nTIMEBASE=1/1000\nSTART=500\nEND=1000\ntitle=Two\n")
    source = clip("text.mp4", *PICTURES, "-i", tmp_path / "s.srt", "-i", tmp_path / "c.txt", "-map", "0", "-map", "1",
                  "-map_metadata", 2, "-map_chapters", 2, "-c:v", "libx264", "-c:s", "mov_text",
                  "-metadata:s:s:0", "language=fra")
    gpac("-i", source, "-o", tmp_path / "out.mp4")
    info = show(tmp_path / "out.mp4", "-show_streams", "-show_chapters", "-show_format")
    assert [c["tags"]["title"] for c in info["chapters"]] == ["One", "Two"]
    tags = info["format"]["tags"]
    assert (tags["title"], tags["artist"], tags["track"]) == ("A title", "Someone", "3/7")
    assert tags["encoder"].startswith("libgpac")
    text = next(s for s in info["streams"] if s.get("codec_name") == "mov_text")
    assert text["tags"]["language"] == "fra"


def test_rotation(gpac, clip, av_clip, tmp_path):
    source = clip("turned.mp4", "-i", av_clip, "-c", "copy", "-metadata:s:v:0", "rotate=90")
    gpac("-i", source, "-o", tmp_path / "out.mp4")
    turns = [show(path, "-show_streams")["streams"][0]["side_data_list"][0]["rotation"]
             for path in (source, tmp_path / "out.mp4")]
    assert abs(turns[0]) == 90 and turns[0] == turns[1]


@pytest.mark.parametrize("store", ["inter", "flat", "fstart"])
def test_encrypted_tracks(gpac, media, tmp_path, store):
    source = media("cenc/prog_8s_enc_dashinit.mp4")
    key = ("-decryption_key", "63cb5f7184dd4b689a5c5ff11ee6a328")
    gpac("-i", f"{source}:xps_check=keep", "-o", tmp_path / f"out.mp4:store={store}")
    assert decoded(tmp_path / "out.mp4", *key) == decoded(source, *key)


@pytest.mark.parametrize("offsets", ["", ":abs_offset"])
def test_encrypted_fragments(gpac, media, tmp_path, offsets):
    """FFmpeg does not decrypt several fragments: the records of each sample must cover its bytes (ISO/IEC 23001-7)."""
    gpac("-i", media("cenc/prog_8s_enc_dashinit.mp4"), "-o", f"{tmp_path}/out.mp4:store=frag{offsets}")
    data = (tmp_path / "out.mp4").read_bytes()
    samples = 0
    for kind, moof, start, end in isom.places(data):
        if kind != "moof":
            continue
        for _, _, inner, stop in (b for b in isom.places(data, start, end) if b[0] == "traf"):
            parts = {k: (s, e) for k, _, s, e in isom.places(data, inner, stop)}
            at = moof + struct.unpack(">Q", data[parts["saio"][0] + 8:parts["saio"][0] + 16])[0]
            sizes = record_sizes(data, parts["saiz"][0])
            for size, record in zip(run_sizes(data, *parts["trun"]), sizes, strict=True):
                if record > 8:
                    count = struct.unpack(">H", data[at + 8:at + 10])[0]
                    pairs = [struct.unpack(">HI", data[at + 10 + 6 * i:at + 16 + 6 * i]) for i in range(count)]
                    assert sum(map(sum, pairs)) == size
                at += record
                samples += 1
    assert samples == 615


def record_sizes(data, at):
    default, count = struct.unpack(">BI", data[at + 4:at + 9])
    return [default] * count if default else list(data[at + 9:at + 9 + count])


def run_sizes(data, at, _end):
    flags, count = struct.unpack(">II", data[at:at + 8])
    at += 8 + 4 * (flags & 1) + 4 * bool(flags & 4)
    fields = [bool(flags & f) for f in (0x100, 0x200, 0x400, 0x800)]
    return [struct.unpack(">I", data[at + 4 * sum(fields) * i + 4 * fields[0]:][:4])[0] for i in range(count)]


@pytest.mark.parametrize("option", ["boxpatch=x.xml", "scte35=inband", "importer", "start=1", "uncv=tiny"])
def test_options_not_done(gpac, av_clip, tmp_path, option):
    done = gpac("-i", av_clip, "-o", tmp_path / f"out.mp4:{option}", check=False)
    assert f"option {option.split('=')[0]} is not supported" in done.stderr
    assert not (tmp_path / "out.mp4").exists()


def test_nothing_to_store(gpac, av_clip, tmp_path):
    done = gpac("-i", av_clip, "-o", tmp_path / "out.heic", check=False)
    assert "not supported" in done.stderr
    assert not (tmp_path / "out.heic").exists()
