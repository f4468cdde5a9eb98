# SPDX-License-Identifier: MIT
"""The test generator: what its pictures show, when it beeps, durations, ladders, seeking."""

import math
import shutil
import struct
import subprocess

import pytest

import libgpac as gpac
from lab import Sink

BARS = [(191, 191, 191), (191, 191, 0), (0, 191, 191), (0, 191, 0), (191, 0, 191), (191, 0, 0), (0, 0, 191), (0, 0, 0)]


class Frames(Sink):
    def __init__(self, session, kinds=("Visual", "Audio"), start=0.0):
        super().__init__(session, kinds)
        self.start = start
        self.packets = {}

    def configure_pid(self, pid, is_remove):
        if not is_remove and pid not in self.ipids:
            evt = gpac.FilterEvent(gpac.GF_FEVT_PLAY)
            evt.play.start_range = self.start
            pid.send_event(evt)
            self.packets[pid.name] = []
        return 0

    def on_packet(self, pid, pck):
        self.packets[pid.name].append((pck.cts, pck.dur, bytes(pck.data), pck.get_prop("SenderNTP")))


def generate(options, **sink_options):
    fs = gpac.FilterSession()
    src = fs.load(f"avgen:{options}")
    dst = Frames(fs, **sink_options)
    dst.set_source(src)
    fs.run(timeout=60)
    props = {src.opid_prop(i, "name"): dict(fs.graph()["filters"][0]["outputs"][i]["properties"])
             for i in range(src.nb_opid)}
    return dst.packets, props


def to_rgb(data, pix_fmt, width, height):
    if not shutil.which("ffmpeg"):
        pytest.skip("ffmpeg is not installed")
    done = subprocess.run(
        ["ffmpeg", "-v", "error", "-f", "rawvideo", "-pix_fmt", pix_fmt, "-s", f"{width}x{height}", "-i", "-",
         "-f", "rawvideo", "-pix_fmt", "rgb24", "-"], input=data, capture_output=True, check=True)
    return done.stdout


@pytest.mark.parametrize("pfmt, ffmpeg", [
    ("yuv420", "yuv420p"), ("yuv422", "yuv422p"), ("yuv444", "yuv444p"), ("yuv420_10", "yuv420p10le"),
    ("yuv422_10", "yuv422p10le"), ("yuv444_10", "yuv444p10le"), ("nv12", "nv12"), ("nv21", "nv21"), ("nv1l", "p010le"),
    ("rgb", "rgb24"), ("bgr", "bgr24"), ("rgba", "rgba"), ("argb", "argb"), ("bgra", "bgra"), ("abgr", "abgr"),
    ("rgbx", "rgb0"), ("xrgb", "0rgb"), ("bgrx", "bgr0"), ("xbgr", "0bgr"), ("uyvy", "uyvy422"), ("yuyv", "yuyv422"),
    ("yvyu", "yvyu422")])
def test_bars_in_every_format(pfmt, ffmpeg):
    packets, _ = generate(f"type=v:dur=1/25:sizes=320x180:pfmt={pfmt}")
    picture = to_rgb(packets["video"][0][2], ffmpeg, 320, 180)
    assert len(picture) == 320 * 180 * 3
    for i, expected in enumerate(BARS):
        at = (112 * 320 + i * 40 + 20) * 3  # below the texts and the clock face, above the greys
        assert all(abs(a - b) <= 3 for a, b in zip(picture[at:at + 3], expected)), (i, picture[at:at + 3])


def test_one_second():
    packets, props = generate("dur=1:sizes=320x180:fps=30000/1001")
    assert [p[0] for p in packets["video"]] == [i * 1001 for i in range(30)]
    assert {p[1] for p in packets["video"]} == {1001}
    assert len(packets["audio"]) == math.ceil(44100 / 1024) == 44
    assert [p[0] for p in packets["audio"]] == [i * 1024 for i in range(44)]
    assert props["video"]["Width"] == 320 and props["video"]["Timescale"] == 30000 and props["video"]["ID"] == 2
    assert props["video"]["Stride"] == 320 and "StrideUV" not in props["video"]
    assert props["audio"]["SampleRate"] == 44100 and props["audio"]["AudioFormat"] == "flt"
    assert props["audio"]["CodecID"] == "raw" and props["audio"]["ID"] == 1 and "ChannelLayout" not in props["audio"]


def samples(packets, channels=1):
    data = b"".join(p[2] for p in packets)
    values = struct.unpack(f"={len(data) // 4}f", data)
    return [values[k::channels] for k in range(channels)]


def test_beeps():
    """440 Hz in even seconds, 659 Hz in odd ones, an octave higher every ten seconds, 100 ms long."""
    packets, _ = generate("type=a:dur=3:sr=8000:flen=500:blen=100", kinds=("Audio",))
    (track,) = samples(packets["audio"])
    assert len(track) == 3 * 8000
    for second, freq in ((0, 880), (1, 659), (2, 440)):
        beep, silence = track[second * 8000:second * 8000 + 800], track[second * 8000 + 800:(second + 1) * 8000]
        assert not any(silence)
        assert max(beep) == pytest.approx(0.5, abs=0.01)
        rising = sum(1 for a, b in zip(beep, beep[1:]) if a <= 0 < b)
        assert rising == pytest.approx(freq / 10, abs=1)


def test_beeps_of_channels():
    packets, _ = generate("type=a:dur=3:sr=8000:flen=400:ch=2:alter", kinds=("Audio",))
    left, right = samples(packets["audio"], 2)
    sounds = [(any(left[s * 8000:(s + 1) * 8000]), any(right[s * 8000:(s + 1) * 8000])) for s in range(3)]
    assert sounds == [(True, False), (False, True), (True, False)]


def test_pictures_beep_with_the_sound():
    """The face of the clock is red during a beep: its top left block is in the hand's way at once."""
    packets, _ = generate("type=v:dur=2:sizes=320x180:pfmt=rgb:fps=25:blen=100:dyn=false")
    # right of the middle of the top of the face: 60 pixels wide, 20 from the right border, 14 from the top
    place = (18 * 320 + 320 - 20 - 30 + 4) * 3
    red = [tuple(p[2][place:place + 3]) == (0xE0, 0x20, 0x20) for p in packets["video"]]
    assert [i for i, r in enumerate(red) if r][0:2] != [] and not any(red[3:25]) and not any(red[28:])
    assert any(red[0:3]) and any(red[25:28])


def test_ladder():
    packets, props = generate("type=v:dur=0.2:sizes=320x180,160x90,320x180:rates=500k,100k")
    assert list(props) == ["video1", "video2", "video3"]
    assert [p["ID"] for p in props.values()] == [2, 3, 4]
    assert [p.get("TargetRate") for p in props.values()] == [500000, 100000, None]
    assert [len(p) for p in packets.values()] == [5, 5, 5]
    # of equal sizes, which share the drawn picture
    assert [p[2] for p in packets["video1"]] == [p[2] for p in packets["video3"]]
    copies, _ = generate("type=v:dur=0.2:sizes=320x180,320x180:copy:lock:rates=500k,500k")
    assert [p[2] for p in copies["video1"]] == [p[2] for p in copies["video2"]]


def test_time_follows_the_pictures_when_locked():
    packets, _ = generate("type=v:dur=1:sizes=160x90:lock")
    ntp = [p[3] for p in packets["video"]]
    assert ntp[0] % 2**32 == 0  # a full second
    assert [round((t - ntp[0]) / 2**32 * 25) for t in ntp] == list(range(25))
    assert abs((ntp[1] - ntp[0]) / 2**32 - 0.04) < 1e-6
    packets, _ = generate("type=v:dur=0.1:sizes=160x90:ntp=false")
    assert packets["video"][0][3] is None


def test_time_stamps_start_again():
    packets, _ = generate("dur=1:disc=2/5:sizes=160x90:sr=8000:flen=800")
    assert [p[0] for p in packets["video"]] == [i % 10 for i in range(25)]
    assert [p[0] for p in packets["audio"]] == [i % 4 * 800 for i in range(10)]


def test_seek():
    packets, _ = generate("dur=2:sizes=160x90:sr=8000:flen=400", start=1.0)
    assert [p[0] for p in packets["video"]] == list(range(25, 50))
    assert packets["audio"][0][0] == 8000


def test_endless_until_abort():
    class Few(Frames):
        def on_packet(self, pid, pck):
            super().on_packet(pid, pck)
            if len(self.packets[pid.name]) == 100:
                self.session.abort()

    fs = gpac.FilterSession()
    src = fs.load("avgen:type=v:sizes=160x90")
    dst = Few(fs)
    dst.set_source(src)
    fs.run(timeout=60)
    assert len(dst.packets["video"]) >= 100


@pytest.mark.parametrize("options", ["sizes=0x10", "fps=0/1", "pfmt=v210", "type=a:sr=0", "type=a:ch=0", "sizes="])
def test_refusals(options):
    fs = gpac.FilterSession()
    with pytest.raises(gpac.GpacError, match="Failed to load filter avgen"):
        fs.load(f"avgen:{options}")
