# SPDX-License-Identifier: MIT
"""Names of stream types, formats, colour descriptions and codecs: the whole tables, both ways."""

import copy
import pickle

import pytest

import libgpac as gpac
from lab import read_back


def rows(text, nb):
    """Words of a table, `nb` in a row."""
    words = text.split()
    return [tuple(words[i : i + nb]) for i in range(0, len(words), nb)]


# ---- stream types

STREAM_TYPES = rows(
    "4 Visual video 5 Audio audio 3 SceneDescription scene 13 Text text 33 Metadata meta 225 File file 224 Encrypted "
    "crypt 1 ObjectDescriptor od 2 ClockReference ocr 6 MPEG7 mpeg7 7 IPMP ipmp 8 OCI oci 9 MPEGJ mpegj 10 Interaction "
    "interact 12 Font font",
    3,
)


@pytest.mark.parametrize("value, canonical, short", STREAM_TYPES)
def test_stream_type(pid, value, canonical, short):
    for spelling in (int(value), canonical, short, canonical.upper(), short.capitalize()):
        assert read_back(pid, "StreamType", spelling) == canonical
        assert pid.get_prop("PMST") == canonical


def test_stream_type_by_any_key(pid):
    code = int.from_bytes(b"PMST", "big")
    for key in ("StreamType", "PMST", code):
        pid.set_prop(key, "audio")
        assert [pid.get_prop(k) for k in ("StreamType", "PMST", code)] == ["Audio"] * 3
        pid.set_prop(key, None)
        assert pid.get_prop("StreamType") is None


def test_unknown_stream_type(pid):
    assert read_back(pid, "StreamType", 77) == "Unknown"
    for none in ("unknown", "undefined"):
        pid.set_prop("StreamType", none)
    with pytest.raises(ValueError, match="'movie' is not a name of StreamType"):
        pid.set_prop("StreamType", "movie")


# ---- pixel formats

SAME_PIXELS = (
    "uyvy vyuy yuyv yvyu uyvl vyul yuyl yvyl nv12 nv21 nv1l nv2l yuva yuvd v308 v408 v410 v210 grey algr gral rgb8 "
    "rgb4 rgb5 rgb6 rgba argb bgra abgr rgb bgr xrgb rgbx xbgr bgrx rgbd rgbds extgl uncv"
).split()
PIXELS = [(name, name) for name in SAME_PIXELS] + rows(
    "yuv420 yuv yvu420 yvu yuv420_10 yuvl yuv422 yuv2 yuv422_10 yp2l yuv444 yuv4 yuv444_10 yp4l yuv444a yp4a "
    "yuv444p yv4p yuv444ap y4ap",
    2,
)


@pytest.mark.parametrize("long, short", PIXELS)
def test_pixel_format(pid, long, short):
    for spelling in (long, short):
        value = read_back(pid, "PixelFormat", spelling)
        assert str(value) == short
        assert value == short and value == long and long == value
        assert not value != long and value in (long,) and hash(value) == hash(short)
        assert value != "other" and value != 3
        assert read_back(pid, "mine", spelling, gpac.GF_PROP_PIXFMT) == long


def test_pixel_format_result(pid):
    value = read_back(pid, "PixelFormat", "yuv420")
    assert f"{value}" == "yuv" and repr(value) == "'yuv'"
    for other in (copy.copy(value), copy.deepcopy(value), pickle.loads(pickle.dumps(value))):
        assert other == "yuv" and other == "yuv420"
    assert read_back(pid, "PixelFormat", value) == "yuv420"
    match value:
        case "yuv420":
            pass
        case _:
            pytest.fail("the long name does not match")


def test_pixel_format_refusals(pid):
    for none in ("none", "0"):
        pid.set_prop("mine", none, gpac.GF_PROP_PIXFMT)
        pid.set_prop("PixelFormat", none)
    for bad in ("YUV", "yuv9", ""):
        with pytest.raises(ValueError):
            pid.set_prop("PixelFormat", bad)
    assert read_back(pid, "mine", 1234, gpac.GF_PROP_PIXFMT) == "unknown"


# ---- audio formats

AUDIO = rows(
    "1 u8 pc8 2 s16 pcm 3 s16b pcmb 4 s32 s32 5 s32b s32b 6 flt flt 7 fltb fltb 8 dbl dbl 9 dblb dblb 10 s24 s24 "
    "11 s24b s24b 13 u8p pc8p 14 s16p pcmp 15 s32p s32p 16 fltp fltp 17 dblp dblp 18 s24p s24p",
    3,
)


@pytest.mark.parametrize("value, long, short", AUDIO)
def test_audio_format(pid, value, long, short):
    for spelling in (int(value), long, short):
        got = read_back(pid, "AudioFormat", spelling)
        assert str(got) == short and got == long
        assert read_back(pid, "mine", spelling, gpac.GF_PROP_PCMFMT) == long
    assert gpac._libgpac.gf_audio_fmt_parse(short.encode()) == int(value)


def test_audio_format_refusals(pid):
    pid.set_prop("AudioFormat", "none")
    for bad in ("S16", "0"):
        with pytest.raises(ValueError):
            pid.set_prop("AudioFormat", bad)


# ---- colour descriptions and channel layouts

PRIMARIES = (
    "0 reserved0 1 BT709 2 undef 3 reserved3 4 BT470M 5 BT470G 6 SMPTE170 7 SMPTE240 8 FILM 9 BT2020 10 SMPTE428 "
    "11 SMPTE431 12 SMPTE432 22 EBU3213"
)
TRANSFERS = (
    "0 reserved0 1 BT709 2 undef 3 reserved3 4 BT470M 5 BT470BG 6 SMPTE170 7 SMPTE249 8 Linear 9 Log100 10 Log316 "
    "11 IEC61966 12 BT1361 13 sRGB 14 BT2020_10 15 BT2020_12 16 SMPTE2084 17 SMPTE428 18 STDB67"
)
MATRICES = (
    "0 GBR 1 BT709 2 undef 4 FCC 5 BT601 6 SMPTE170 7 SMPTE240 8 YCgCo 9 BT2020 10 BT2020cl 11 YDzDx"
)
LAYOUTS = (
    "1 mono 2 stereo 3 3/0.0 4 3/1.0 5 3/2.0 6 3/2.1 7 5/2.1 8 1+1 9 2/1.0 10 2/2.0 11 3/3.1 12 3/4.1 13 11/11.2 "
    "14 5/2.1 15 5/5.2 16 5/4.1 17 6/5.1 18 6/7.1 19 5/6.1 20 7/6.1"
)
CICP = [
    (gpac.GF_PROP_CICP_COL_PRIM, PRIMARIES),
    (gpac.GF_PROP_CICP_COL_TFC, TRANSFERS),
    (gpac.GF_PROP_CICP_COL_MX, MATRICES),
    (gpac.GF_PROP_CICP_LAYOUT, LAYOUTS),
]


@pytest.mark.parametrize("kind, value, name", [(kind, *row) for kind, text in CICP for row in rows(text, 2)])
def test_cicp(pid, kind, value, name):
    parse = gpac._libgpac.gf_props_parse_enum
    for spelling in (int(value), value, name, name.lower(), name.upper()):
        assert read_back(pid, "mine", spelling, kind) == name
    first = next(int(v) for v, n in rows(dict(CICP)[kind], 2) if n == name)
    assert parse(kind, name.encode()) == first
    assert parse(kind, value.encode()) == int(value)


@pytest.mark.parametrize("kind, text", CICP)
def test_cicp_refusals(pid, kind, text):
    pid.set_prop("mine", "-1", kind)
    assert read_back(pid, "mine", 99, kind) == "unknown"
    for bad in ("5.1", "BT", "1 ", "", "3/2"):
        with pytest.raises(ValueError):
            pid.set_prop("mine", bad, kind)


def test_transfer_7_has_two_names(pid):
    assert read_back(pid, "mine", "SMPTE240", gpac.GF_PROP_CICP_COL_TFC) == "SMPTE249"


def test_channel_layout_is_a_mask(pid):
    assert read_back(pid, "ChannelLayout", 0x3F) == 0x3F


# ---- codecs

CODECS = """
0x01 bifs|0x02 bifs2|0x04 bifsX|0x01 od|0x02 od2|0x03 interact|0x05 afx|0x06 font|0x07 syntex|0x08 m4txt|0x09 laser|
0x0A saf|0x20 cmp m4ve m4v|0x21 264 avc h264|0x22 avcps|0x24 svc avc 264 h264|0x29 mvc|0x23 hvc hevc h265|
0x25 lhvc shvc mhvc|0x60 m2vs|0x61 m2v|0x62 m2v m2vsnr|0x63 m2v m2vspat|0x64 m2v m2vh|0x65 m2v m2v4|0x6A m1v|
0x6C jpg jpeg|0x6D png|jp2k jp2 j2k|0x40 aac|0x66 aac aac2m|0x67 aac aac2l|0x68 aac aac2s|0x6B mp3 m1a|0x69 mp2|
mpa1 mp1|s263 h263|h263 h263|hvt1 hvt1|sevc evc evrc|ssmv smv|sqcp qcp qcelp|samr amr|sawb amr amrwb|pevc qcp evrcpv|
vc-1 vc1|drac dirac|ac-3 ac3|ec-3 eac3|ac-4 ac4|mlpa mlp|dra1 dra|g719 g719|dtsc dtsc|dtsh dtsh|dtsl dtsl|dtse dtse|
dtsx dtsx|dtsy dtsy|Opus opus|eit_ eti|sgg_ svgr|svgz svgzr|dims dims|wvtt vtt|stxt txt|mett mtxt|metx mxml|sbtt subs|
stpp subx|tx3g tx3g|assa ssa|theu theo theora|vorb vorb vorbis|iamf iamf|flac flac|spex spx speex|subp vobsub|
APCM adpcm|CSVD csvd|ALAW alaw|MLAW mulaw|OPCM okiadpcm|DPCM dviadpcm|DSTD digistd|YPCM yamadpcm|TSPE truespeech|
G610 g610|IULW imulaw|IALW ialaw|IPCM iadpcl|flsh swf|RAWM raw|UNCV uncv|AV1_ av1 ivf obu av1b|VP08 vp8 ivf|
VP09 vp9 ivf|VP10 vp10 ivf|AVV3 avsv avs3|AVA3 avsa avs3|mpha mhas|mhas mhas|apch prores apch|apco prores apco|
apcn prores apcn|apcs prores apcs|ap4x prores ap4x|ap4h prores ap4h|FFID ffmpeg|tmcd tmcd|sc35 sc35|evte evte|
vvc_ vvc 266 h266|vvcs vvs1|usac usac xheaac|ffv1 ffv1|dvbs dvbs|dvbt dvbs|DIV3 div3|ALAC caf|DNxH dnx
"""


def codec_rows():
    for row in CODECS.replace("\n", "").split("|"):
        code, *names = row.split()
        number = int(code, 16) if code.startswith("0x") else int.from_bytes(code.replace("_", " ").encode(), "big")
        yield number, names


CODEC_ROWS = list(codec_rows())


@pytest.mark.parametrize("number, names", CODEC_ROWS, ids=lambda v: v[0] if isinstance(v, list) else hex(v))
def test_codec(pid, number, names):
    # od and od2 share their numbers with bifs and bifs2
    first = next(n[0] for v, n in CODEC_ROWS if v == number)
    assert read_back(pid, "CodecID", number) == first
    assert pid.get_prop("POTI") == first
    for name in names:
        owner, its_names = next((v, n) for v, n in CODEC_ROWS if name in n)
        for spelling in (name, name.upper()):
            assert gpac._libgpac.gf_codecid_parse(spelling.encode()) == owner
            assert read_back(pid, "CodecID", spelling) == next(n[0] for v, n in CODEC_ROWS if v == owner)


def test_codec_refusals(pid):
    assert read_back(pid, "CodecID", 0x12345678) == "raw"
    for bad in ("mp4a", "pcm", "nocodec"):
        with pytest.raises(ValueError):
            pid.set_prop("CodecID", bad)
    with pytest.raises(TypeError):
        pid.set_prop("CodecID", 1.5)


def test_codec_name_does_not_depend_on_configuration(tmp_path):
    import subprocess
    import sys

    config = tmp_path / "my.cfg"
    config.write_text("[file_extensions]\navc=xyz\n[core]\n")
    code = (
        f"import libgpac as g; g.init(0, {str(config)!r}); fs = g.FilterSession()\n"
        "p = g.FilterCustom(fs).new_pid(); p.set_prop('CodecID', 'avc'); print(p.get_prop('CodecID'))"
    )
    out = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True)
    assert out.stdout == "264\n", out.stderr
