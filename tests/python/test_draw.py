# SPDX-License-Identifier: MIT
"""Filters in Python between a decoder and an encoder, in the way of guides: raw pictures read and written by pixel format and
stride, in place and in a copy; the example that draws on a movie."""

import subprocess
import sys
from pathlib import Path

import pytest

import libgpac as gpac
from lab import make

np = pytest.importorskip("numpy")
EXAMPLE = Path(__file__).resolve().parents[2] / "examples" / "draw_on_frames.py"


def decoded(path, width, height):
    data = subprocess.run(["ffmpeg", "-v", "error", "-i", path, "-map", "0:v", "-f", "rawvideo", "-pix_fmt", "yuv420p", "-"],
                          check=True, capture_output=True).stdout
    return np.frombuffer(data, np.uint8).reshape(-1, height * 3 // 2, width)


def test_example(mp4, tmp_path):
    """The bar grows; the rest is the picture as the encoder left it, and the sound is the same."""
    out = str(tmp_path / "out.mp4")
    text = subprocess.run([sys.executable, str(EXAMPLE), mp4, out], check=True, capture_output=True, text=True, timeout=60)
    assert text.stdout == out + "\n"
    before, after = decoded(mp4, 320, 180), decoded(out, 320, 180)
    assert after.shape == before.shape == (125, 270, 320)
    for i in (25, 60, 124):
        end = int(320 * (i / 125)) // 2 * 2
        bar = after[i, 172:180]
        assert bar[2:, 8:end - 8].min() > 220 and (end + 40 > 320 or bar[2:, end + 8:end + 40].mean() < 220)
        assert np.abs(after[i, :160].astype(int) - before[i, :160]).mean() < 4
    sound = [subprocess.run(["ffmpeg", "-v", "error", "-i", path, "-map", "0:a", "-c", "copy", "-f", "md5", "-"], check=True,
                            capture_output=True).stdout for path in (mp4, out)]
    assert sound[0] == sound[1]


class Inverter(gpac.FilterCustom):
    """Inverts the first component of the picture (luma, or red) as a guide does it: by bytes, lines and strides."""

    def __init__(self, session, pixels, copy):
        super().__init__(session, "Inverter")
        self.push_cap("StreamType", "Visual", gpac.GF_CAPS_INPUT_OUTPUT)
        self.push_cap("CodecID", "raw", gpac.GF_CAPS_INPUT_OUTPUT)
        self.push_cap("PixelFormat", pixels, gpac.GF_CAPS_INPUT)
        self.copy = copy
        self.in_place = []

    def configure_pid(self, pid, is_remove):
        if is_remove:
            return
        if not self.opids:
            self.new_pid()
        self.opids[0].copy_props(pid)
        self.width, self.height = pid.get_prop("Width"), pid.get_prop("Height")
        self.stride, self.format = pid.get_prop("Stride"), pid.get_prop("PixelFormat")

    def invert(self, data):
        step = {"yuv": 1, "nv12": 1, "rgb": 3, "rgba": 4}[self.format]
        for y in range(self.height):
            line = data[y * self.stride:y * self.stride + self.width * step]
            line[::step] = 255 - line[::step]

    def process(self):
        source, out = self.ipids[0], self.opids[0]
        while (pck := source.get_packet()) is not None:
            where = pck.data.ctypes.data
            if self.copy:
                mine = out.new_pck(pck.size)
                mine.copy_props(pck)
                mine.data[:] = pck.data
            else:
                mine = out.new_pck_clone(pck)
            self.in_place.append(mine.data.ctypes.data == where)
            self.invert(mine.data)
            mine.send()
            source.drop_packet()
        if source.eos:
            out.eos = True
            return gpac.GF_EOS
        return gpac.GF_OK


@pytest.mark.parametrize("copy", [False, True])
@pytest.mark.parametrize("pixels,ffmpeg", [("yuv420", "yuv420p"), ("nv12", "nv12"), ("rgb", "rgb24"), ("rgba", "rgba")])
def test_raw_video_by_stride(media, tmp_path, pixels, ffmpeg, copy):
    """What reaches the file is what FFmpeg's `negate` makes of it."""
    raw = make(media / f"draw.{ffmpeg}.yuv", *f"-f lavfi -i testsrc2=size=98x54:rate=25 -t 0.2 -pix_fmt {ffmpeg} -f rawvideo".split())
    out = tmp_path / f"out.{pixels if pixels != 'yuv420' else 'yuv'}"
    with gpac.FilterSession() as fs:
        src = fs.load_src(f"{raw}:size=98x54:spfmt={pixels}")
        mid = Inverter(fs, pixels, copy)
        mid.set_source(src)
        dst = fs.load_dst(str(out))
        dst.set_source(mid)
        fs.run(timeout=20)
    before = np.frombuffer(Path(raw).read_bytes(), np.uint8).reshape(5, -1).copy()
    first = before[:, :98 * 54] if "yuv" in pixels or pixels == "nv12" else before[:, ::3 if pixels == "rgb" else 4]
    first[:] = 255 - first
    assert out.read_bytes() == before.tobytes()
    assert not any(mid.in_place) if copy else all(mid.in_place)


def test_pictures_in_use_elsewhere_are_not_changed(tmp_path):
    """Two destinations: what one draws on, the other gets as it was."""
    with gpac.FilterSession() as fs:
        src = fs.load("avgen:type=v:sizes=64x64:dur=0.2:lock:pfmt=rgb:dyn=no")
        mid = Inverter(fs, "rgb", False)
        mid.set_source(src)
        for name, source in (("plain.rgb", src), ("drawn.rgb", mid)):
            fs.load_dst(str(tmp_path / name)).set_source(source)
        fs.run(timeout=20)
    plain, drawn = (np.frombuffer((tmp_path / name).read_bytes(), np.uint8).reshape(-1, 3) for name in ("plain.rgb", "drawn.rgb"))
    assert (drawn[:, 0] == 255 - plain[:, 0]).all() and (drawn[:, 1:] == plain[:, 1:]).all()
