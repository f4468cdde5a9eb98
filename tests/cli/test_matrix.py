"""Codecs and containers, every pair that we and FFmpeg have: read from FFmpeg's file as ffprobe lists it, and written by us
so that ffprobe and we find the packets of the source, with equal hashes; entries and RFC 6381 strings of MP4."""

import hashlib
import json
import struct
import subprocess
from functools import lru_cache

import pytest

from tool import probe_packets

PICTURES = ("-f", "lavfi", "-i", "testsrc=size=64x48:rate=25:duration=0.6")
H263 = ("-f", "lavfi", "-i", "testsrc=size=176x144:rate=25:duration=0.6")
TONE = ("-f", "lavfi", "-i", "sine=frequency=440:sample_rate=48000:duration=0.6")
AVC = ("-c:v", "libx264", "-bf", 2, "-g", 10, "-pix_fmt")
HEVC = ("-c:v", "libx265", "-x265-params", "log-level=0:keyint=10", "-tag:v")

PCM = {f"{name}.mov": ((*TONE, "-c:a", f"pcm_{name}"), "")
       for name in ("u8", "s16le", "s16be", "s24le", "s24be", "s32le", "s32be", "f32le", "f32be", "f64le")}

# File, options of FFmpeg, RFC 6381 string (None: computed from the configuration FFmpeg wrote, "": there is none).
# MPEG-4 Visual has its level in hexadecimal, as properties.md 7.4 has it.
CODECS = {
    "avc.mp4": ((*PICTURES, *AVC, "yuv420p"), None),
    "avc10.mp4": ((*PICTURES, *AVC, "yuv420p10le"), None),
    "avc444.mp4": ((*PICTURES, *AVC, "yuv444p"), None),
    "hvc1.mp4": ((*PICTURES, *HEVC, "hvc1"), None),
    "hev1.mp4": ((*PICTURES, *HEVC, "hev1"), None),
    "av1.mp4": ((*PICTURES, "-c:v", "libaom-av1", "-cpu-used", 8, "-g", 10), None),
    "vp9.mp4": ((*PICTURES, "-c:v", "libvpx-vp9", "-b:v", "100k", "-g", 10), None),
    "mpeg4.mp4": ((*PICTURES, "-c:v", "mpeg4", "-bf", 2), "mp4v.20.f1"),
    "mpeg2.mp4": ((*PICTURES, "-c:v", "mpeg2video", "-bf", 2), "mp4v.61"),
    "mpeg1.mp4": ((*PICTURES, "-c:v", "mpeg1video"), "mp4v.6A"),
    "jpeg.mp4": ((*PICTURES, "-c:v", "mjpeg"), "mp4v.6C"),
    "png.mp4": ((*PICTURES, "-c:v", "png"), "mp4v.6D"),
    "h263.3gp": ((*H263, "-c:v", "h263"), "s263"),
    "prores.mov": ((*PICTURES, "-c:v", "prores_ks", "-profile:v", "standard", "-pix_fmt", "yuv422p10le"), "apcn"),
    "qtrle.mov": ((*PICTURES, "-c:v", "qtrle"), "rle "),
    "rgb.mov": ((*PICTURES, "-c:v", "rawvideo", "-pix_fmt", "rgb24"), ""),
    "uyvy.mov": ((*PICTURES, "-c:v", "rawvideo", "-pix_fmt", "uyvy422"), ""),
    "v210.mov": ((*PICTURES, "-c:v", "v210"), ""),
    "aac.mp4": ((*TONE, "-c:a", "aac"), "mp4a.40.2"),
    "aac51.mp4": ((*TONE, "-ac", 6, "-c:a", "aac"), "mp4a.40.2"),
    "mp3.mp4": ((*TONE, "-c:a", "libmp3lame"), "mp4a.6B"),
    "opus.mp4": ((*TONE, "-c:a", "libopus"), "Opus"),
    "opus51.mp4": ((*TONE, "-ac", 6, "-c:a", "libopus", "-mapping_family", 1), "Opus"),
    "flac.mp4": ((*TONE, "-c:a", "flac", "-strict", -2), "fLaC"),
    "ac3.mp4": ((*TONE, "-c:a", "ac3"), "ac-3"),
    "eac3.mp4": ((*TONE, "-c:a", "eac3"), "ec-3"),
    "alac.m4a": ((*TONE, "-c:a", "alac"), "ALAC"),  # no string is registered: the identifier of the codec
    "truehd.mp4": ((*TONE, "-c:a", "truehd", "-strict", -2), "mlpa"),
    "dts.mp4": ((*TONE, "-c:a", "dca", "-strict", -2), "dtsc"),
    "vorbis.mp4": ((*TONE, "-c:a", "libvorbis", "-ac", 2), "vorb"),
    **PCM,
}
# Containers beside MP4, and the codecs in them. Packets of MPEG-2 transport streams have other headers: see
# test_containers.py.
OTHERS = {
    "mkv": ("avc", "avc10", "avc444", "hvc1", "av1", "vp9", "mpeg4", "mpeg2", "mpeg1", "jpeg", "aac", "aac51", "mp3", "opus",
            "opus51", "flac", "ac3", "eac3", "alac", "truehd", "dts", "vorbis"),
    "webm": ("av1", "vp9", "opus", "opus51", "vorbis"),
    "ogg": ("opus", "flac", "vorbis"),
    "avi": ("mpeg4", "mpeg2", "mpeg1", "jpeg", "png", "mp3", "ac3", "flac", "dts"),
    "flv": ("avc", "aac", "mp3"),
    "nut": ("avc", "hvc1", "vp9", "aac", "mp3", "opus", "flac", "ac3", "vorbis"),
}
PAIRS = [(codec, container) for container, codecs in OTHERS.items() for codec in codecs]
# Files of one stream, and the codec in them.
STREAMS = {"264": "avc", "265": "hvc1", "obu": "av1", "ivf": "vp9", "png": "png", "jpg": "jpeg", "aac": "aac", "mp3": "mp3",
           "ac3": "ac3", "eac3": "eac3", "flac": "flac", "opus": "opus"}

# Codes of sample entries which the spec does not keep: pictures and MPEG audio have entries of their own.
NEW_ENTRY = {"jpeg.mp4": "jpeg", "png.mp4": "png ", "mp3.mp4": ".mp3", "dts.mp4": "dtsc"}


LAYOUTS = ("store=inter", "store=frag:cdur=0.2", "cmaf=cmf2:cdur=0.2")  # test_mp4mx.py has the others, for one codec


def config_box(data, name):
    at = data.index(name.encode())
    return data[at + 4:at - 4 + struct.unpack(">I", data[at - 4:at])[0]]


def hevc_string(c):
    """ISO/IEC 14496-15 E.3. Without in-band parameter sets, which we move to the configuration, the entry is hvc1."""
    flags = int(f"{struct.unpack('>I', c[2:6])[0]:032b}"[::-1], 2)
    constraints = [f"{byte:X}" for byte in c[6:12].rstrip(b"\0")]
    tier = "H" if c[1] & 0x20 else "L"
    return ".".join([f"hvc1.{'ABC'[(c[1] >> 6) - 1] if c[1] >> 6 else ''}{c[1] & 0x1F}", f"{flags:X}", f"{tier}{c[12]}",
                     *constraints])


def expected_string(name, path):
    if CODECS[name][1] is not None:
        return CODECS[name][1]
    data = path.read_bytes()
    if name.startswith("avc"):
        return "avc1." + config_box(data, "avcC")[1:4].hex().upper()
    if name.startswith("h"):
        return hevc_string(config_box(data, "hvcC"))
    if name.startswith("av1"):
        c = config_box(data, "av1C")
        return f"av01.{c[1] >> 5}.{c[1] & 0x1F:02}{'H' if c[2] & 0x80 else 'M'}.08"
    c = config_box(data, "vpcC")[4:]  # VP codec binding: profile, level, depth and chroma, then colours
    return "vp09." + ".".join(f"{v:02}" for v in (c[0], c[1], c[2] >> 4, c[2] >> 1 & 7, c[3], c[4], c[5], c[2] & 1))


@lru_cache(maxsize=None)
def our_packets(gpac, source):
    """[(dts, cts, duration, size, hash, random access)] of the only PID."""
    done = gpac("-i", source, "inspect:deep:hdr=false:fmt=%dts% %cts% %dur% %size% %sap% %data%%lf%")
    assert not done.stderr
    found = []
    for line in done.stdout.splitlines():
        dts, cts, duration, size, sap, data = line.split()
        content = bytes.fromhex(data)
        assert len(content) == int(size)
        found.append((int(cts if dts == "N/A" else dts), int(cts), int(duration), int(size), hashlib.md5(content).hexdigest(),
                      sap))
    return found


@lru_cache(maxsize=None)
def line_of(gpac, path):
    return gpac("-i", path, "inspect").stdout


def relative(packets):
    """Times counted from the first packet: edit lists, and FFmpeg's shift of signed offsets, move all of them. Composition
    times before 0 are unsigned in our packets."""
    dts, cts = packets[0][:2]
    return [(p[0] - dts, (p[1] - cts) % 2**64, *p[2:]) for p in packets]


@lru_cache(maxsize=None)
def their_packets(path):
    """[(dts, cts, size, hash)]"""
    (packets,) = probe_packets(path).values()
    return [(p[1], p[0], p[3], p[5].partition(":")[2]) for p in packets]


def contents(packets):
    """[(size, hash)] of packets of either kind."""
    return [(p[-2], p[-1]) if len(p) == 4 else (p[3], p[4]) for p in packets]


@lru_cache(maxsize=None)
def stream(path):
    done = subprocess.run(["ffprobe", "-v", "error", "-show_streams", "-of", "json", str(path)],
                          capture_output=True, text=True, check=True)
    names = ("codec_name", "codec_tag_string", "profile", "level", "channels", "sample_rate", "width", "height", "pix_fmt",
             "extradata_size")
    found = json.loads(done.stdout)["streams"][0]
    return {name: found.get(name) for name in names}


@lru_cache(maxsize=None)
def payload_hash(path):
    """Of all bytes of the media: PCM in fragments is listed sample by sample by FFmpeg."""
    done = subprocess.run(["ffmpeg", "-v", "error", "-i", str(path), "-c", "copy", "-f", "u8", "-"],
                          capture_output=True, check=True)
    return hashlib.md5(done.stdout).hexdigest()


@pytest.fixture
def film(clip):
    """The file of a codec in MP4 or QuickTime, by the name of the codec or of the file."""
    def make(codec):
        name = next(n for n in CODECS if codec in (n, n.partition(".")[0]))
        return clip(f"matrix_{name}", *CODECS[name][0], "-map_metadata", -1)
    return make


@pytest.mark.parametrize("name", CODECS)
@pytest.mark.parametrize("flags", ["", "frag_keyframe+empty_moov+delay_moov"])
def test_mp4_of_ffmpeg(gpac, film, tmp_path, name, flags):
    path = film(name)
    if flags:
        path = tmp_path / f"in{path.suffix}"
        subprocess.run(["ffmpeg", "-v", "error", "-i", film(name), "-c", "copy", "-movflags", flags, "-strict", "-2", path],
                       check=True)
    mine, theirs = our_packets(gpac, f"{path}:xps_check=keep"), their_packets(path)
    if name in PCM and "frag" in flags:
        assert sum(p[3] for p in mine) == sum(p[2] for p in theirs)  # FFmpeg lists sample by sample
        return
    assert contents(mine) == contents(theirs)
    if not flags:
        assert [p[:2] for p in relative(mine)] == [p[:2] for p in relative(theirs)]
        line = line_of(gpac, path)
        string = expected_string(name, path)
        assert f" codec {string.strip()}" in line if string else " codec " not in line


@pytest.mark.parametrize("name,layout", [(name, layout) for name in CODECS for layout in LAYOUTS
                                         if name not in PCM or layout == LAYOUTS[0] or "16" in name])
def test_mp4_of_ours(gpac, film, tmp_path, name, layout):
    path = film(name)
    out = tmp_path / f"out{path.suffix}"
    done = gpac("-i", f"{path}:xps_check=keep", "-o", f"{out}:{layout}")
    assert not done.stderr
    if name in NEW_ENTRY:
        assert stream(out) == {**stream(path), "codec_tag_string": NEW_ENTRY[name]}
    else:
        assert stream(out) == stream(path)
    mine, before = (relative(our_packets(gpac, f"{p}:xps_check=keep")) for p in (out, path))
    if name in PCM:
        assert payload_hash(out) == payload_hash(path)
        assert sum(p[3] for p in mine) == sum(p[3] for p in before)
    else:
        theirs = their_packets(out)
        assert relative(theirs) == relative(their_packets(path)) and contents(mine) == contents(theirs)
        assert [p[:5] for p in mine] == [p[:5] for p in before]
    assert line_of(gpac, out).partition(" codec ")[2] == line_of(gpac, path).partition(" codec ")[2]


@pytest.mark.parametrize("codec,container", PAIRS)
def test_other_of_ffmpeg(gpac, film, tmp_path, codec, container):
    path = tmp_path / f"in.{container}"
    subprocess.run(["ffmpeg", "-v", "error", "-i", film(codec), "-c", "copy", "-strict", "-2", path], check=True)
    assert contents(our_packets(gpac, path)) == contents(their_packets(path))


@pytest.mark.parametrize("codec,container", PAIRS)
def test_other_of_ours(gpac, film, tmp_path, codec, container):
    source, path = film(codec), tmp_path / f"out.{container}"
    done = gpac("-i", f"{source}:xps_check=keep", "-o", path)
    assert not done.stderr
    theirs = their_packets(path)
    assert contents(theirs) == contents(their_packets(source))
    assert contents(our_packets(gpac, path)) == contents(theirs)


@pytest.mark.parametrize("ext", STREAMS)
def test_streams(gpac, film, tmp_path, ext):
    """The stream in a file of its own, and made an MP4 again, decodes to the same by FFmpeg."""
    source, out, back = film(STREAMS[ext]), tmp_path / f"out.{ext}", tmp_path / "back.mp4"
    if ext in ("png", "jpg"):
        gpac("-i", source, "-o", f"{tmp_path}/out_$num$.{ext}")
        out = tmp_path / f"out_1.{ext}"
    else:
        gpac("-i", f"{source}:xps_check=keep", "-o", out)
    gpac("-i", out, "-o", back)
    decoded = [subprocess.run(["ffmpeg", "-v", "error", "-i", path, "-f", "framemd5", "-"], capture_output=True, text=True,
                              check=True).stdout for path in (source, out, back)]
    # times differ: edit lists, and streams without time stamps
    frames = [[line.split(",")[-1] for line in text.splitlines() if line[:1] != "#"] for text in decoded]
    if ext in ("png", "jpg"):
        frames[0] = frames[0][:1]
    if ext in ("aac", "mp3", "ac3", "eac3", "opus"):  # MP4 does not tell FFmpeg where the sound begins and ends
        frames = [f[-10:-1] for f in frames]
    assert frames[1] == frames[0] and frames[2] == frames[0]


def test_signed_samples_of_8_bits(gpac, clip, tmp_path):
    """No audio format of ours is signed with 8 bits: samples become unsigned."""
    path = clip("matrix_s8.mov", *TONE, "-c:a", "pcm_s8")
    gpac("-i", path, "-o", tmp_path / "out.wav")
    read = lambda p: subprocess.run(["ffmpeg", "-v", "error", "-i", str(p), "-f", "s8", "-"], capture_output=True,
                                    check=True).stdout
    assert read(tmp_path / "out.wav") == read(path)
