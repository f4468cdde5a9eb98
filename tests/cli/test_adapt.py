"""Scaling, pixel formats and resampling: the same bytes as ffmpeg makes with the same libraries."""

import subprocess

import pytest

from tool import VIDEO


@pytest.fixture
def source(clip):
    return clip("adapt.mp4", *VIDEO, "-f", "lavfi", "-i", "sine=frequency=440:sample_rate=44100", "-t", 0.6,
                "-c:v", "libx264", "-pix_fmt", "yuv420p", "-c:a", "aac", "-ac", 2)


def ffmpeg_bytes(source, *options):
    return subprocess.run(["ffmpeg", "-v", "error", "-i", str(source), *options, "-"], check=True,
                          capture_output=True).stdout


def ours(gpac, source, tmp_path, filters, ext):
    out = tmp_path / f"out.{ext}"
    gpac("-i", source, *filters, "-o", out)
    return out.read_bytes()


@pytest.mark.parametrize("size", ["160x90", "200x0", "0x100", "321x181", "33x17"])
def test_sizes(gpac, source, tmp_path, size):
    w, h = (n if n != "0" else "-1" for n in size.split("x"))
    theirs = ffmpeg_bytes(source, "-vf", f"scale={w}:{h}:flags=bicubic", "-f", "rawvideo")
    assert ours(gpac, source, tmp_path, [f"ffsws:osize={size}"], "yuv") == theirs


FORMATS = {"yuv": "yuv420p", "yuvl": "yuv420p10le", "yuv2": "yuv422p", "yp2l": "yuv422p10le", "yuv4": "yuv444p",
           "yp4l": "yuv444p10le", "uyvy": "uyvy422", "yuyv": "yuyv422", "nv12": "nv12", "nv21": "nv21", "nv1l": "p010le",
           "yuva": "yuva420p", "yp4a": "yuva444p", "grey": "gray", "gral": "ya8", "rgb8": "rgb8", "rgb4": "rgb444le",
           "rgb5": "rgb555le", "rgb6": "rgb565le", "rgba": "rgba", "argb": "argb", "bgra": "bgra", "abgr": "abgr",
           "rgb": "rgb24", "bgr": "bgr24", "xrgb": "0rgb", "rgbx": "rgb0", "xbgr": "0bgr", "bgrx": "bgr0"}


@pytest.mark.parametrize("ext", FORMATS)
def test_pixel_formats(gpac, source, tmp_path, ext):
    """The extension of the file asks for the format; the scaler is inserted for it."""
    theirs = ffmpeg_bytes(source, "-vf", f"scale=flags=bicubic,format={FORMATS[ext]}", "-sws_flags", "bicubic",
                          "-f", "rawvideo")
    assert ours(gpac, source, tmp_path, [], ext) == theirs


def test_exchanged_chroma(gpac, source, tmp_path):
    yuv, yvu = (ours(gpac, source, tmp_path, [], ext) for ext in ("yuv", "yvu"))
    luma, chroma = 320 * 180, 160 * 90
    first = yvu[:luma] + yvu[luma + chroma:luma + 2 * chroma] + yvu[luma:luma + chroma]
    assert first == yuv[:luma + 2 * chroma]


@pytest.mark.parametrize("option", ["point", "area", "lanzcos", "fastbilinear"])
def test_algorithms(gpac, source, tmp_path, option):
    flag = {"point": "neighbor", "lanzcos": "lanczos", "fastbilinear": "fast_bilinear"}.get(option, option)
    theirs = ffmpeg_bytes(source, "-vf", f"scale=160:96:flags={flag}", "-f", "rawvideo")
    assert ours(gpac, source, tmp_path, [f"ffsws:osize=160x96:scale={option}"], "yuv") == theirs


def test_borders(gpac, source, tmp_path):
    theirs = ffmpeg_bytes(source, "-vf", "scale=160:90:flags=bicubic,pad=160:160:0:34:red", "-f", "rawvideo")
    assert ours(gpac, source, tmp_path, ["ffsws:osize=160x160:keepar=nosrc:padclr=red"], "yuv") == theirs


def test_unknown_colour_is_an_error(gpac, source, tmp_path):
    done = gpac("-i", source, "ffsws:osize=160x160:keepar=nosrc:padclr=redd", "-o", tmp_path / "out.yuv", check=False)
    assert "`redd` is no colour" in done.stderr


SAMPLES = {"pc8": ("u8", "pcm_u8"), "pcm": ("s16le", "pcm_s16le"), "pcmb": ("s16be", "pcm_s16be"),
           "s24": ("s24le", "pcm_s24le"), "s24b": ("s24be", "pcm_s24be"), "s32": ("s32le", "pcm_s32le"),
           "s32b": ("s32be", "pcm_s32be"), "flt": ("f32le", "pcm_f32le"), "fltb": ("f32be", "pcm_f32be"),
           "dbl": ("f64le", "pcm_f64le"), "dblb": ("f64be", "pcm_f64be")}


@pytest.mark.parametrize("ext", SAMPLES)
def test_sample_formats(gpac, source, tmp_path, ext):
    kind, codec = SAMPLES[ext]
    assert ours(gpac, source, tmp_path, [], ext) == ffmpeg_bytes(source, "-f", kind, "-c:a", codec)


@pytest.mark.parametrize("rate,channels", [(48000, 2), (22050, 1), (8000, 2), (44100, 1), (96000, 6)])
def test_rates_and_channels(gpac, source, tmp_path, rate, channels):
    theirs = ffmpeg_bytes(source, "-ar", str(rate), "-ac", str(channels), "-f", "s16le")
    assert ours(gpac, source, tmp_path, [f"resample:osr={rate}:och={channels}:osfmt=s16"], "pcm") == theirs


def test_layout_by_name(gpac, source, tmp_path):
    theirs = ffmpeg_bytes(source, "-ac", "6", "-f", "s16le")
    assert ours(gpac, source, tmp_path, ["resample:olayout=3/2.1"], "pcm") == theirs
    assert "unknown" not in gpac("-i", source, "resample:olayout=3/2.1", "inspect:deep").stderr


def test_times_after_resampling(gpac, source):
    """The output has no gap, and a sample rate for timescale."""
    packets = [line.split() for line in gpac("-i", source, "resample:osr=48000", "inspect:deep").stdout.splitlines()
               if line.startswith("PID 2 PCK")]
    times = [(int(p[p.index("cts") + 1]), int(p[p.index("dur") + 1])) for p in packets]
    assert times[0][0] == 0 and len(times) > 20
    assert all(b[0] == a[0] + a[1] for a, b in zip(times, times[1:]))
