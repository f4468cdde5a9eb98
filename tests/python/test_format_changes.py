# SPDX-License-Identifier: MIT
"""Raw media that change in mid-stream, into encoders and out of decoders."""

import math
import struct
import subprocess
from pathlib import Path

import pytest

import libgpac as gpac
from lab import make

NB = 20  # packets of each format


class Source(gpac.FilterCustom):
    """Sends packets in one format, then in another."""

    def __init__(self, session, kind, formats):
        super().__init__(session, "source")
        self.push_cap("StreamType", kind, gpac.GF_CAPS_OUTPUT)
        self.push_cap("CodecID", "raw", gpac.GF_CAPS_OUTPUT)
        self.kind, self.formats = kind, formats
        self.nb = self.time = 0
        self.pid = None

    def set_props(self, props):
        for name, value in props.items():
            self.pid.set_prop(name, value)

    def process(self):
        if self.pid is None:
            self.pid = self.new_pid()
            self.set_props({"StreamType": self.kind, "CodecID": "raw"})
        while self.nb < NB * len(self.formats):
            if self.pid.would_block:
                return 0
            props = self.formats[self.nb // NB]
            if self.nb % NB == 0:
                self.set_props(props)
            data, duration = self.payload(props)
            pck = self.pid.new_pck(len(data))
            memoryview(pck.data)[:] = data
            pck.cts = pck.dts = self.time
            pck.dur, pck.sap = duration, 1
            pck.send()
            self.time += duration
            self.nb += 1
        self.pid.eos = True
        return gpac.GF_EOS

    def payload(self, props):
        if self.kind == "Visual":
            size = props["Width"] * props["Height"]
            return bytes([40 + 4 * self.nb]) * size + bytes([128]) * (size // 2), 1
        step = props["Timescale"] // props["SampleRate"]
        values = [int(8000 * math.sin(2 * math.pi * 440 * (self.time + i * step) / props["Timescale"]))
                  for i in range(1024 // step)]
        return b"".join(struct.pack("<h", v) * props["NumChannels"] for v in values), 1024


def picture(width, height, fmt="yuv420"):
    return {"Width": width, "Height": height, "PixelFormat": fmt, "Stride": width, "Timescale": 25,
            "FPS": gpac.Fraction(25, 1)}


def sound(rate, channels):
    return {"SampleRate": rate, "NumChannels": channels, "AudioFormat": "s16", "Timescale": 48000}


def encode(path, encoder, kind, formats):
    fs = gpac.FilterSession()
    source = Source(fs, kind, formats)
    middle = fs.load(encoder)
    middle.set_source(source)
    fs.load_dst(str(path)).set_source(middle)
    fs.run(timeout=60)
    assert (fs.last_connect_error, fs.last_process_error) == (0, 0)


def probe(path, entries):
    out = subprocess.run(["ffprobe", "-v", "error", "-show_entries", entries, "-of", "csv=p=0", str(path)], check=True,
                         capture_output=True, text=True).stdout
    return [line.strip(",").split(",") for line in out.split() if line]


@pytest.mark.parametrize("name,encoder", [("a.mp4", "avc"), ("a.264", "avc"), ("b.mp4", "hevc"), ("c.mp4", "png")])
def test_encoded_pictures_of_two_sizes(tmp_path, name, encoder):
    """What was in the encoder comes out before the change, and the decoder is told of it."""
    path = tmp_path / name
    encode(path, f"ffenc:c={encoder}", "Visual", [picture(320, 180), picture(160, 96)])
    sizes = [tuple(map(int, row)) for row in probe(path, "frame=width,height")]
    assert sizes == [(320, 180)] * NB + [(160, 96)] * NB
    if name.endswith("mp4"):
        times = [float(row[0]) for row in probe(path, "frame=pts_time")]
        assert times == pytest.approx([i / 25 for i in range(2 * NB)], abs=1e-3)
        luma = [frame.planes()[0] for frame in gpac.frames(str(path))]
        assert [plane.shape[:2] for plane in luma] == [(180, 320)] * NB + [(96, 160)] * NB
    if name.endswith("mp4") and encoder != "png":
        assert [memoryview(plane)[9, 9] for plane in luma[:-1:6]] == pytest.approx([40 + 4 * i for i in range(39)][::6], abs=10)


@pytest.mark.parametrize("name,encoder", [("a.m4a", "aac"), ("a.aac", "aac"), ("a.flac", "flac"), ("a.mkv", "opus"),
                                          ("b.mp4", "mp3"), ("b.m4a", "ac3")])
@pytest.mark.parametrize("formats", [[(48000, 2), (24000, 1)], [(24000, 1), (48000, 2)], [(48000, 1), (48000, 2), (16000, 1)]])
def test_encoded_sound_of_two_formats(tmp_path, name, encoder, formats):
    """The encoder goes on in the first format: the tone has no gap."""
    path = tmp_path / name
    encode(path, f"ffenc:c={encoder}", "Audio", [sound(*f) for f in formats])
    assert {tuple(row) for row in probe(path, "stream=channels")} == {(str(formats[0][1]),)}
    raw = subprocess.run(["ffmpeg", "-v", "error", "-i", str(path), "-ac", "1", "-ar", "48000", "-f", "s16le", "-"],
                         check=True, capture_output=True).stdout
    values = memoryview(raw).cast("h")
    wanted = 1024 * NB * len(formats)
    assert wanted - 1024 < len(values) < wanted + 5000  # priming and padding of the codec
    # in each period of the tone something is heard
    level = [max(abs(v) for v in values[i:i + 110]) for i in range(5000, wanted - 5000, 110)]
    assert min(level) > 3000 and max(level) < 14000


def test_decoded_sound_of_two_rates(media, tmp_path):
    """An ADTS stream that changes: both parts are decoded, with their properties, and times go on."""
    parts = [make(media / f"part{rate}.aac", *f"-f lavfi -i sine=frequency=440:sample_rate={rate} -t 1 -c:a aac".split())
             for rate in (48000, 24000)]
    joined = tmp_path / "joined.aac"
    joined.write_bytes(b"".join(Path(p).read_bytes() for p in parts))
    rates = []

    class Sink(gpac.FilterCustom):
        def __init__(self, session):
            super().__init__(session, "sink")
            self.push_cap("StreamType", "Audio", gpac.GF_CAPS_INPUT)
            self.push_cap("CodecID", "raw", gpac.GF_CAPS_INPUT)

        def configure_pid(self, pid, is_remove):
            if not is_remove and pid not in self.ipids:
                pid.send_event(gpac.FilterEvent(gpac.GF_FEVT_PLAY))

        def process(self):
            for pck in self.ipids[0]:
                rates.append((pck.get_pid_prop("SampleRate"), len(pck.to_ndarray()), pck.cts / pck.timescale))

    pytest.importorskip("numpy")
    with gpac.FilterSession() as fs:
        fs.load_src(str(joined))
        Sink(fs)
        fs.run(timeout=60)
    counts = [sum(nb for rate, nb, _ in rates if rate == wanted) for wanted in (48000, 24000)]
    assert counts[0] == pytest.approx(48000, abs=2048) and counts[1] == pytest.approx(24000, abs=2048)
    times = [time for _, _, time in rates]
    assert times == sorted(times)
    ends = [time + nb / rate for rate, nb, time in rates]
    assert times[1:] == pytest.approx(ends[:-1], abs=1e-3)
