"""probe, seiload, unframer, vcrop, vflip."""

import subprocess

import pytest

from tool import probe_packets

# extension of raw files: FFmpeg's name of the pixel format
PIXELS = {"yuv": "yuv420p", "yuv2": "yuv422p", "yuvl": "yuv420p10le", "nv12": "nv12", "uyvy": "uyvy422", "yuyv": "yuyv422",
          "rgb": "rgb24", "bgra": "bgra", "grey": "gray", "yuva": "yuva420p"}


def test_probe(gpac, av_clip, tmp_path):
    assert gpac("-i", av_clip, "probe").stdout == "2\n"
    gpac("-i", av_clip, "-i", av_clip, f"probe:log={tmp_path / 'count'}")
    assert (tmp_path / "count").read_text() == "4\n"


@pytest.mark.parametrize("name,options", [
    ("unframe.mp4", ("-f", "lavfi", "-i", "testsrc2=size=96x64", "-t", 1, "-c:v", "libx264", "-bf", 2)),
    ("unframe_av1.mp4", ("-f", "lavfi", "-i", "testsrc2=size=96x64", "-t", 1, "-c:v", "libaom-av1", "-usage", "realtime")),
    ("unframe_aac.mp4", ("-f", "lavfi", "-i", "sine", "-t", 1, "-c:a", "aac"))])
def test_unframer(gpac, clip, tmp_path, name, options):
    """The stream that is parsed again has the same packets."""
    source = clip(name, *options)
    gpac("-i", source, "unframer", "-o", tmp_path / "out.mp4")
    again, once = (probe_packets(path)[0] for path in (tmp_path / "out.mp4", source))
    if name == "unframe.mp4":  # SEI messages of the sample description are in the first sample of FFmpeg too
        assert [(p[0], p[1], p[4]) for p in again] == [(p[0], p[1], p[4]) for p in once]
    else:
        assert [(p[3], p[5]) for p in again] == [(p[3], p[5]) for p in once]


@pytest.mark.parametrize("name,options", [
    ("unframe_pcm.mkv", ("-f", "lavfi", "-i", "sine", "-t", 1, "-c:a", "pcm_s16le")),
    ("unframe_prores.mkv", ("-f", "lavfi", "-i", "testsrc2=size=96x64", "-t", 1, "-c:v", "prores"))])
def test_unframer_without_unframed_form(gpac, clip, tmp_path, name, options):
    """The linker tried scalers and encoders behind each other without end."""
    done = gpac("-i", clip(name, *options), "unframer", "-o", tmp_path / "out.mp4", check=False)
    assert done.returncode == 1 and "unframer wants Unframed true" in done.stderr


@pytest.fixture
def mpeg4(clip):
    return clip("writeuf.mp4", "-f", "lavfi", "-i", "testsrc2=size=96x64", "-f", "lavfi", "-i", "sine", "-t", 1, "-c:v", "mpeg4",
                "-c:a", "libopus")


def test_writeuf(gpac, mpeg4, tmp_path):
    """MPEG-4 video as an elementary stream begins with the headers of its configuration."""
    gpac("-i", mpeg4, "-o", tmp_path / "out.m4v")
    ours, theirs = (subprocess.run(["ffmpeg", "-v", "error", "-i", path, "-map", "0:v", "-f", "rawvideo", "-"], check=True,
                                   capture_output=True).stdout for path in (tmp_path / "out.m4v", mpeg4))
    assert ours == theirs
    # what has no reframer here comes through an unframer as it was
    gpac("-i", mpeg4, "unframer", "-o", tmp_path / "out.mp4")
    again, once = (probe_packets(path) for path in (tmp_path / "out.mp4", mpeg4))
    assert [p[-1] for p in again[1]] == [p[-1] for p in once[1]]
    assert [p[-1] for p in again[0][1:]] == [p[-1] for p in once[0][1:]]


def test_writeuf_refused(gpac, av_clip, tmp_path):
    done = gpac("-i", av_clip, "writeuf", "-o", tmp_path / "out.264", check=False)
    assert "[writeuf] frames of MPEG-4 AVC|H264 Video are not written as they are, use ufnalu" in done.stderr


@pytest.mark.parametrize("mode,filters", [("vert", "vflip"), ("horiz", "hflip"), ("both", "vflip,hflip"), ("off", "null")])
@pytest.mark.parametrize("ext", PIXELS)
def test_vflip(gpac, clip, tmp_path, ext, mode, filters):
    pixels = PIXELS[ext]
    source = clip(f"flip.{ext}", "-f", "lavfi", "-i", "testsrc2=size=98x54", "-frames:v", 2, "-f", "rawvideo", "-pix_fmt",
                  pixels)
    out = tmp_path / f"out.{ext}"
    gpac("-i", f"{source}:size=98x54", f"vflip:mode={mode}", "-o", out)
    theirs = subprocess.run(["ffmpeg", "-v", "error", "-f", "rawvideo", "-pix_fmt", pixels, "-s", "98x54", "-i", source,
                             "-vf", filters, "-f", "rawvideo", "-pix_fmt", pixels, "-"], capture_output=True, check=True)
    assert out.read_bytes() == theirs.stdout


WINDOWS = {"10x20x40x30": "40:30:20:10", "0x50%x50%x100%": "48:54:50:0", "20%+1x0x60%-4x25": "56:26:0:12"}


@pytest.mark.parametrize("copy", ["false", "true"])
@pytest.mark.parametrize("window", WINDOWS)
@pytest.mark.parametrize("ext", ["yuv", "yuv2", "nv12", "uyvy", "rgb", "yuva"])
def test_vcrop(gpac, clip, tmp_path, ext, window, copy):
    pixels = PIXELS[ext]
    source = clip(f"flip.{ext}", "-f", "lavfi", "-i", "testsrc2=size=98x54", "-frames:v", 2, "-f", "rawvideo", "-pix_fmt",
                  pixels)
    theirs = WINDOWS[window]
    if "50%x50%" in window:  # 49 pixels: up to even, or as they are where each pixel has its colour
        theirs = "49:54:49:0" if ext == "rgb" else "48:54:50:0"
    elif "20%" in window:  # 10.8 + 1 lines, 58.8 - 4 pixels
        theirs = "54:25:0:11" if ext == "rgb" else "54:26:0:12"
    out = tmp_path / f"out.{ext}"
    gpac("-i", f"{source}:size=98x54", f"vcrop:wnd={window}:copy={copy}", "-o", out)
    done = subprocess.run(["ffmpeg", "-v", "error", "-f", "rawvideo", "-pix_fmt", pixels, "-s", "98x54", "-i", source, "-vf",
                           f"crop={theirs}:exact=1", "-f", "rawvideo", "-pix_fmt", pixels, "-"], capture_output=True,
                          check=True)
    assert out.read_bytes() == done.stdout


@pytest.mark.parametrize("window", ["", "1x2x3", "0x0x10x10x", "60x0x10x10", "0x0x0x10", "axbxcxd"])
def test_vcrop_refused(gpac, clip, window):
    source = clip("flip.yuv", "-f", "lavfi", "-i", "testsrc2=size=98x54", "-frames:v", 2, "-f", "rawvideo", "-pix_fmt",
                  "yuv420p")
    done = gpac("-i", f"{source}:size=98x54", f"vcrop:wnd={window}" if window else "vcrop", "inspect", check=False)
    assert done.returncode and "[vcrop]" in done.stderr


def test_vflip_refused(gpac, tmp_path):
    (tmp_path / "a.v210").write_bytes(bytes(128 * 4))
    done = gpac("-i", f"{tmp_path / 'a.v210'}:size=48x4", "vflip:mode=horiz", "inspect", check=False)
    assert "cannot be flipped left to right" in done.stderr


HDR = ("log-level=none:bframes=0:keyint=5:max-cll=1000,400:"
       "master-display=G(13250,34500)B(7500,3000)R(34000,16000)WP(15635,16450)L(10000000,1)")


@pytest.fixture
def hdr(clip):
    return clip("hdr.mp4", "-f", "lavfi", "-i", "testsrc2=size=96x64:rate=25", "-t", 0.4, "-pix_fmt", "yuv420p10le", "-c:v",
                "libx265", "-x265-params", HDR)


def test_seiload_metadata(gpac, hdr, av_clip):
    report = gpac("-i", hdr, "seiload", "inspect:xml:full").stdout
    assert 'max_content_light_level="1000"' in report and 'max_display_mastering_luminance="1000.0000"' in report
    assert "light_level" not in gpac("-i", hdr, "inspect:xml:full").stdout
    # nothing else changes, whatever the codec
    lines = [sorted(line for line in gpac("-i", av_clip, *filters, "inspect:deep").stdout.splitlines() if " PCK " in line)
             for filters in ((), ("seiload",))]
    assert lines[0] == lines[1]


def time_code(hours, minutes, seconds, frames):
    """SEI message of a time code, ITU-T H.265 D.2.27, in a NAL unit."""
    # one time stamp, complete, frames counted from 0
    bits = f"011000000100{frames:09b}{seconds:06b}{minutes:06b}{hours:05b}{0:05b}1"
    bits += "0" * (-len(bits) % 8)
    payload = int(bits, 2).to_bytes(len(bits) // 8, "big")
    assert b"\0\0" not in payload
    return b"\0\0\0\1\x4e\1\x88" + bytes([len(payload)]) + payload + b"\x80"


def test_seiload_time_codes(gpac, hdr, tmp_path):
    gpac("-i", hdr, "-o", tmp_path / "in.265:delim")
    data = (tmp_path / "in.265").read_bytes()
    codes = [f"10:11:12:{12 + i}" for i in range(10)]
    delimiter = b"\0\0\0\1\x46\1"
    units = data.split(delimiter)
    assert len(units) == 11
    data = b"".join(delimiter + unit[:1] + time_code(*map(int, code.split(":"))) + unit[1:]
                    for code, unit in zip(codes, units[1:]))
    (tmp_path / "coded.265").write_bytes(data)
    gpac("-i", tmp_path / "coded.265", "-o", tmp_path / "out.mp4")
    fmt = "inspect:fmt=%tmcd%%lf%:hdr=false"
    assert gpac("-i", tmp_path / "out.mp4", "seiload", fmt).stdout.split() == codes
    assert gpac("-i", tmp_path / "out.mp4", fmt).stdout.split() == ["N/A"] * 10
