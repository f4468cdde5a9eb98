"""Raw video and audio, Y4M and WAV: what is read are the pictures and samples that FFmpeg wrote, what is written is read
by FFmpeg as what went in."""

import re
import struct
import subprocess
import wave

import pytest

from tool import probe_packets

# extension: FFmpeg's name of the pixel format
PIXELS = {"yuv": "yuv420p", "yuv2": "yuv422p", "yuv4": "yuv444p", "yuvl": "yuv420p10le", "nv12": "nv12", "nv21": "nv21",
          "yuyv": "yuyv422", "uyvy": "uyvy422", "rgb": "rgb24", "bgr": "bgr24", "rgba": "rgba", "argb": "argb",
          "bgra": "bgra", "abgr": "abgr", "grey": "gray", "yuva": "yuva420p"}
SAMPLES = {"pc8": "u8", "pcm": "s16le", "pcmb": "s16be", "s24": "s24le", "s32": "s32le", "flt": "f32le", "dbl": "f64le"}
TONE = ("-f", "lavfi", "-i", "sine=frequency=440:sample_rate=48000:duration=0.5", "-ac", 2)


def picture(size="98x54"):
    return ("-f", "lavfi", "-i", f"testsrc2=size={size}:rate=30000/1001", "-frames:v", 9)


def packets(gpac, source, *filters):
    """[(cts, dur, sap, size)] of each packet."""
    text = gpac("-i", source, *filters, "inspect:deep").stdout
    return [tuple(map(int, m)) for m in re.findall(r"PCK \d+ cts (\d+) dur (\d+) sap (\d) size (\d+)", text)]


@pytest.mark.parametrize("ext", PIXELS)
def test_pixel_formats(gpac, clip, tmp_path, ext):
    source = clip(f"raw.{ext}", *picture(), "-f", "rawvideo", "-pix_fmt", PIXELS[ext])
    options = f"{source}:size=98x54:fps=30000/1001"
    theirs = probe_packets(source, "-f", "rawvideo", "-pixel_format", PIXELS[ext], "-video_size", "98x54")[0]
    assert packets(gpac, options) == [(1001 * i, 1001, 1, p[3]) for i, p in enumerate(theirs)]
    gpac("-i", options, "-o", tmp_path / f"out.{ext}")
    assert (tmp_path / f"out.{ext}").read_bytes() == source.read_bytes()


@pytest.mark.parametrize("pixels", ["yuv420p", "yuv422p", "yuv444p", "gray", "yuv420p10le"])
def test_y4m(gpac, clip, tmp_path, pixels):
    source = clip(f"{pixels}.y4m", *picture("97x53"), "-pix_fmt", pixels, "-aspect", "16:9", "-strict", -1)
    label = {"yuv420p": "yuv420", "yuv422p": "yuv422", "yuv444p": "yuv444", "gray": "grey"}.get(pixels, "yuv420_10")
    line = gpac("-i", source, "inspect").stdout
    probed = subprocess.run(["ffprobe", "-v", "error", "-show_entries", "stream=width,height,sample_aspect_ratio", "-of",
                             "csv=p=0", source], capture_output=True, text=True, check=True).stdout.strip().split(",")
    assert f"raw {probed[0]}x{probed[1]} fps 30000/1001 SAR {probed[2].replace(':', '/')} raw format {label}" in line
    assert len(packets(gpac, source)) == 9
    gpac("-i", source, "-o", f"{tmp_path / 'out.y4m'}:pfmt={label}")
    hashes = [subprocess.run(["ffmpeg", "-v", "error", "-i", path, "-f", "framemd5", "-"], capture_output=True, text=True,
                             check=True).stdout for path in (source, tmp_path / "out.y4m")]
    assert hashes[0] == hashes[1]


def test_y4m_of_other_kinds(gpac, tmp_path):
    """Parameters of frames, an unknown rate, interlaced pictures; a colour space that has no pixel format."""
    path = tmp_path / "a.y4m"
    path.write_bytes(b"YUV4MPEG2 W2 H2 F0:0 It A0:0 Cmono XCOLORRANGE=FULL\nFRAME Ixyz\nabcdFRAME\nefghFRAME\nij")
    report = gpac("-i", path, "inspect:deep:xml:full").stdout
    assert 'FPS="25"' in report and 'FullRange="true"' in report and 'Interlaced="true"' in report
    assert report.count('ilace="1"') == 2 and report.count("<Packet") == 2
    path.write_bytes(b"YUV4MPEG2 W2 H2 F25:1 C411\nFRAME\nabcdef")
    assert gpac("-i", path, "inspect:deep", check=False).returncode


@pytest.mark.parametrize("ext", SAMPLES)
def test_sample_formats(gpac, clip, tmp_path, ext):
    source = clip(f"raw.{ext}", *TONE, "-f", SAMPLES[ext])
    size = source.stat().st_size // 24000
    ours = packets(gpac, f"{source}:sr=48000")
    assert ours == [(1024 * i, 1024, 1, 1024 * size) for i in range(23)] + [(23552, 448, 1, 448 * size)]
    gpac("-i", f"{source}:sr=48000", "-o", tmp_path / f"out.{ext}")
    assert (tmp_path / f"out.{ext}").read_bytes() == source.read_bytes()


@pytest.mark.parametrize("codec,label,channels", [("pcm_u8", "u8", 1), ("pcm_s16le", "s16", 2), ("pcm_s24le", "s24", 6),
                                                  ("pcm_s32le", "s32", 2), ("pcm_f32le", "flt", 6), ("pcm_f64le", "dbl", 1)])
def test_wav(gpac, clip, tmp_path, codec, label, channels):
    source = clip(f"{codec}.wav", *TONE, "-c:a", codec, "-ac", channels)
    line = gpac("-i", source, "inspect").stdout
    layout = {1: "mono", 2: "stereo", 6: "3/2.1"}[channels]
    assert f"duration 00:00:00.500 raw 48000 Hz {layout} raw format {label} " in line
    ext = {"u8": "pc8", "s16": "pcm"}.get(label, label)
    gpac("-i", source, "-o", tmp_path / f"out.{ext}")
    raw = subprocess.run(["ffmpeg", "-v", "error", "-i", source, "-f", codec[4:], "-"], capture_output=True, check=True)
    assert (tmp_path / f"out.{ext}").read_bytes() == raw.stdout


def test_wav_written(gpac, clip, tmp_path):
    source = clip("pcm_s16le.wav", *TONE, "-c:a", "pcm_s16le")
    gpac("-i", source, "-o", tmp_path / "out.wav")
    with wave.open(str(tmp_path / "out.wav")) as ours, wave.open(str(source)) as theirs:
        assert ours.getparams() == theirs.getparams()
        assert ours.readframes(1 << 20) == theirs.readframes(1 << 20)


def chunk(name, data):
    return name + struct.pack("<I", len(data)) + data + bytes(len(data) & 1)


def test_wav_chunks(gpac, tmp_path):
    """Chunks around the samples are not samples; broken and compressed files are refused."""
    path = tmp_path / "a.wav"
    form = chunk(b"fmt ", struct.pack("<HHIIHH", 1, 1, 8000, 16000, 2, 16))
    other = chunk(b"LIST", b"INFOISFT\5\0\0\0tool\0\0") * 500
    path.write_bytes(chunk(b"RIFF", b"WAVE" + form + other + chunk(b"data", bytes(2001)) + chunk(b"id3 ", b"xyz")))
    assert packets(gpac, path) == [(0, 1000, 1, 2000)]
    path.write_bytes(b"RIFF\xff\xff\xff\xffWAVE" + form + b"data\xff\xff\xff\xff" + bytes(100))
    assert packets(gpac, path) == [(0, 50, 1, 100)]
    for bad in (chunk(b"fmt ", struct.pack("<HHIIHH", 0x11, 1, 8000, 4000, 256, 4)), b"", chunk(b"fmt ", bytes(16)),
                form[:-3]):
        path.write_bytes(chunk(b"RIFF", b"WAVE" + bad + chunk(b"data", bytes(100))))
        assert gpac("-i", path, "inspect:deep", check=False).returncode


def test_backward(gpac, clip, tmp_path):
    source = clip("raw.yuv", *picture(), "-f", "rawvideo", "-pix_fmt", "yuv420p")
    size = 98 * 54 * 3 // 2
    options = f"{source}:size=98x54:fps=25"
    assert [p[0] for p in packets(gpac, options, "inspect:deep:speed=-1")][:9] == list(range(8, -1, -1))
    gpac("-i", options, "-o", f"{tmp_path / 'out.yuv'}:speed=-1")
    data = source.read_bytes()
    frames = [data[i:i + size] for i in range(0, len(data), size)]
    assert (tmp_path / "out.yuv").read_bytes() == b"".join(reversed(frames))
    sound = clip("pcm_s16le.wav", *TONE, "-c:a", "pcm_s16le")
    gpac("-i", sound, "-o", f"{tmp_path / 'out.pcm'}:speed=-1")
    with wave.open(str(sound)) as w:
        data = w.readframes(1 << 20)
    samples = [data[i:i + 4] for i in range(0, len(data), 4)]
    assert (tmp_path / "out.pcm").read_bytes() == b"".join(reversed(samples))


@pytest.mark.parametrize("name,start", [("raw.yuv:size=98x54:fps=25", 0.21), ("yuv420p.y4m", 0.21), ("pcm_s16le.wav", 0.3)])
def test_seek(gpac, clip, name, start):
    file = name.split(":")[0]
    make = {"raw.yuv": (*picture(), "-f", "rawvideo", "-pix_fmt", "yuv420p"), "yuv420p.y4m": picture("97x53"),
            "pcm_s16le.wav": TONE}[file]
    source = clip(file, *make)
    source = str(source) + name[len(file):]
    everything = packets(gpac, source)
    text = gpac("-i", source, f"inspect:deep:start={start}").stdout
    cts = [int(c) for c in re.findall(r"PCK \d+ cts (\d+)", text)]
    rate = {"raw.yuv": 25, "yuv420p.y4m": 30000, "pcm_s16le.wav": 48000}[file]
    assert cts == [p[0] for p in everything if p[0] + p[1] > start * rate]


def test_unknown_format(gpac, tmp_path):
    (tmp_path / "a.bin").write_bytes(bytes(100))
    for options, missing in (("", "option size"), (":size=10x10", "option spfmt")):
        done = gpac("-i", f"{tmp_path / 'a.bin'}:mime=video/x-raw{options}", "inspect:deep", check=False)
        assert done.returncode and f"set it with {missing}" in done.stderr
