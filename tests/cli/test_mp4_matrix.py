"""Every codec that FFmpeg puts into MP4 and QuickTime files and we carry: read from FFmpeg's file as ffprobe lists it, and
rewritten in each layout so that ffprobe and we find the same packets, entries and RFC 6381 strings."""

import hashlib
import json
import struct
import subprocess

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
LAYOUTS = ("store=inter", "store=frag:cdur=0.2", "cmaf=cmf2:cdur=0.2")

# Codes of sample entries which the spec does not keep: pictures and MPEG audio have entries of their own.
NEW_ENTRY = {"jpeg.mp4": "jpeg", "png.mp4": "png ", "mp3.mp4": ".mp3", "dts.mp4": "dtsc"}


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


def our_packets(gpac, source):
    """[(dts, cts, duration, size, checksum, random access)] of the only PID."""
    done = gpac("-i", source, "inspect:deep:hdr=false:fmt=%dts% %cts% %dur% %size% %crc% %sap%%lf%")
    assert not done.stderr
    packets = [line.split() for line in done.stdout.splitlines()]
    return [(int(p[0]), int(p[1]), int(p[2]), int(p[3]), p[4], p[5]) for p in packets]


def relative(packets):
    """Times counted from the first packet: edit lists, and FFmpeg's shift of signed offsets, move all of them. Composition
    times before 0 are unsigned in our packets."""
    dts, cts = packets[0][:2]
    return [(p[0] - dts, (p[1] - cts) % 2**64, *p[2:]) for p in packets]


def their_packets(path):
    return [(p[1], p[0], p[3], p[5]) for p in probe_packets(path)[0]]


def stream(path):
    done = subprocess.run(["ffprobe", "-v", "error", "-show_streams", "-of", "json", str(path)],
                          capture_output=True, text=True, check=True)
    names = ("codec_name", "codec_tag_string", "profile", "level", "channels", "sample_rate", "width", "height", "pix_fmt",
             "extradata_size")
    found = json.loads(done.stdout)["streams"][0]
    return {name: found.get(name) for name in names}


def payload_hash(path):
    """Of all bytes of the media: PCM in fragments is listed sample by sample by FFmpeg."""
    done = subprocess.run(["ffmpeg", "-v", "error", "-i", str(path), "-c", "copy", "-f", "u8", "-"],
                          capture_output=True, check=True)
    return hashlib.md5(done.stdout).hexdigest()


@pytest.fixture
def source(clip, request):
    name = request.param
    return name, clip(f"matrix_{name}", *CODECS[name][0], "-map_metadata", -1)


@pytest.mark.parametrize("source", CODECS, indirect=True)
def test_read_as_ffmpeg_wrote(gpac, source):
    name, path = source
    mine = [p[:2] + (p[3],) for p in relative(our_packets(gpac, f"{path}:xps_check=keep"))]
    assert mine == [p[:3] for p in relative(their_packets(path))]
    line = gpac("-i", path, "inspect").stdout
    string = expected_string(name, path)
    assert f" codec {string.strip()}" in line if string else " codec " not in line


@pytest.mark.parametrize("layout", LAYOUTS)  # test_mp4mx.py has the other ones, for one codec
@pytest.mark.parametrize("source", CODECS, indirect=True)
def test_rewritten(gpac, source, tmp_path, layout):
    name, path = source
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
        assert relative(their_packets(out)) == relative(their_packets(path))
        assert [p[:5] for p in mine] == [p[:5] for p in before]
    codec = lambda p: gpac("-i", p, "inspect").stdout.partition(" codec ")[2]
    assert codec(out) == codec(path)


def test_signed_samples_of_8_bits(gpac, clip, tmp_path):
    """No audio format of ours is signed with 8 bits: samples become unsigned."""
    path = clip("matrix_s8.mov", *TONE, "-c:a", "pcm_s8")
    gpac("-i", path, "-o", tmp_path / "out.wav")
    read = lambda p: subprocess.run(["ffmpeg", "-v", "error", "-i", str(p), "-f", "s8", "-"], capture_output=True,
                                    check=True).stdout
    assert read(tmp_path / "out.wav") == read(path)
