# SPDX-License-Identifier: MIT
"""Decoding in a graph: pictures, samples and times are those that ffmpeg and ffprobe find."""

import hashlib
import json
import os
import subprocess
from pathlib import Path

import pytest

import libgpac as gpac
from lab import make

SHARED = Path(os.environ.get("GPAC_TEST_MEDIA", Path(__file__).resolve().parents[3] / "shared" / "media"))
VIDEO = "-f lavfi -i testsrc2=size={size}:rate=25 -t 1.2".split()
TONE = "-f lavfi -i sine=frequency=440:sample_rate={rate} -t 1".split()


class RawSink(gpac.FilterCustom):
    """Keeps what a decoder sends: (presentation time in seconds, duration, hash or data) and the properties."""

    def __init__(self, session, kind, keep=False):
        super().__init__(session, "RawSink")
        self.push_cap("StreamType", kind, gpac.GF_CAPS_INPUT)
        self.push_cap("CodecID", "raw", gpac.GF_CAPS_INPUT)
        self.keep = keep
        self.packets = []
        self.props = []
        self.start = 0.0

    def configure_pid(self, pid, is_remove):
        if is_remove:
            return
        if pid not in self.ipids:
            event = gpac.FilterEvent(gpac.GF_FEVT_PLAY)
            event.play.start_range = self.start
            pid.send_event(event)
        self.current = {name: pid.get_prop(name) for name in (
            "Width", "Height", "PixelFormat", "Stride", "SampleRate", "NumChannels", "ChannelLayout", "AudioFormat",
            "Delay", "Timescale", "FullRange", "ColorPrimaries", "DecoderConfig")}

    def process(self):
        pid = self.ipids[0]
        while (pck := pid.get_packet()) is not None:
            if not self.props or self.props[-1] is not self.current:
                self.props.append(self.current)
            data = bytes(pck.data)
            time = (pck.cts + (self.current["Delay"] or 0)) / self.current["Timescale"]
            self.packets.append((time, pck.dur, data if self.keep else hashlib.md5(data).hexdigest(), pck.sap))
            pid.drop_packet()
        if pid.eos:
            return gpac.GF_EOS


def decode(path, kind="Visual", start=0.0, keep=False, between=None):
    fs = gpac.FilterSession()
    source = fs.load_src(str(path))
    if between:
        fs.load(between)
    sink = RawSink(fs, kind, keep)
    sink.start = start
    fs.run(timeout=60)
    return sink


def probe_frames(path, stream="v:0"):
    """Presentation times that ffprobe finds."""
    out = subprocess.run(["ffprobe", "-v", "error", "-select_streams", stream, "-show_entries", "frame=pts_time",
                          "-of", "json", str(path)], check=True, capture_output=True, text=True).stdout
    return [float(f["pts_time"]) for f in json.loads(out)["frames"]]


def frame_hashes(path):
    out = subprocess.run(["ffmpeg", "-v", "error", "-i", str(path), "-map", "0:v:0", "-vsync", "passthrough",
                          "-f", "framemd5", "-"], check=True, capture_output=True, text=True).stdout
    return [line.split()[-1] for line in out.splitlines() if not line.startswith("#")]


def compare_with_ffmpeg(path):
    sink = decode(path)
    hashes = frame_hashes(path)
    assert len(hashes) > 1
    assert [p[2] for p in sink.packets] == hashes
    assert [p[0] for p in sink.packets] == pytest.approx(probe_frames(path), abs=1e-3)
    return sink


CODECS = {
    "avc_b.mp4": ("320x180", "-c:v libx264 -bf 3 -g 20 -pix_fmt yuv420p"),
    "avc_open.mp4": ("320x180", "-c:v libx264 -x264-params open-gop=1:keyint=15:scenecut=0 -pix_fmt yuv420p"),
    "avc_interlaced.mp4": ("320x180", "-c:v libx264 -flags +ildct+ilme -x264-params tff=1 -pix_fmt yuv420p"),
    "avc_10.mp4": ("320x180", "-c:v libx264 -pix_fmt yuv420p10le"),
    "avc_422.mp4": ("320x180", "-c:v libx264 -pix_fmt yuv422p"),
    "avc_444.mp4": ("320x180", "-c:v libx264 -pix_fmt yuv444p"),
    "odd.mp4": ("321x179", "-vf scale=321:179 -c:v libx264 -pix_fmt yuv444p"),
    "odd_420.mp4": ("321x179", "-vf scale=321:179 -c:v mpeg4 -q:v 3 -pix_fmt yuv420p"),
    "hevc.mp4": ("320x180", "-c:v libx265 -x265-params log-level=error:keyint=20 -pix_fmt yuv420p"),
    "mpeg4.mp4": ("320x180", "-c:v mpeg4 -bf 2 -pix_fmt yuv420p"),
    "mjpeg.mp4": ("320x180", "-c:v mjpeg -pix_fmt yuvj420p"),
}


@pytest.mark.parametrize("name", CODECS)
def test_pictures_and_times(media, name):
    size, options = CODECS[name]
    path = make(media / name, *" ".join(VIDEO).format(size=size).split(), *options.split())
    sink = compare_with_ffmpeg(path)
    props = sink.props[-1]
    assert f"{props['Width']}x{props['Height']}" == size
    assert props["DecoderConfig"] is None
    assert bool(props["FullRange"]) == (name == "mjpeg.mp4")


@pytest.mark.parametrize("name", ["mp4/bbb_prog_10s.mp4", "mp4/ed_hevc.mp4", "es/4pics.264", "es/hevc.265", "es/av1.ivf",
                                  "es/vp8.ivf", "es/vp9.ivf"])
def test_files_of_others(name):
    if not (SHARED / name).exists():
        pytest.skip(f"no test media at {SHARED}")
    sink = decode(SHARED / name)
    assert [p[2] for p in sink.packets] == frame_hashes(SHARED / name)


def test_key_frames_are_those_of_the_stream(mp4):
    assert [i for i, p in enumerate(decode(mp4).packets) if p[3]] == [0, 25, 50, 75, 100]


def test_seek_gives_only_wanted_pictures(mp4):
    """The frames between the key frame and the time asked for are decoded and not sent."""
    sink = decode(mp4, start=1.52)
    assert [p[2] for p in sink.packets] == frame_hashes(mp4)[38:]


def test_change_of_resolution(media):
    """Two sizes in one raw stream: what was in the decoder comes out before the change."""
    parts = [make(media / f"part{size}.264", *" ".join(VIDEO).format(size=size).split(),
                  *"-c:v libx264 -bf 2 -pix_fmt yuv420p".split()) for size in ("320x240", "160x120")]
    joined = media / "joined.264"
    joined.write_bytes(b"".join(Path(p).read_bytes() for p in parts))
    sink = decode(joined)
    assert [p[2] for p in sink.packets] == frame_hashes(parts[0]) + frame_hashes(parts[1])
    assert [(p["Width"], p["Stride"]) for p in sink.props] == [(320, 320), (160, 160)]


def interleave(packet, width, channels):
    """Planes of samples to sample frames."""
    size = len(packet) // channels
    planes = [packet[i * size:(i + 1) * size] for i in range(channels)]
    return b"".join(plane[i:i + width] for i in range(0, size, width) for plane in planes)


AUDIO = {
    "aac.mp4": (44100, 2, "-c:a aac", "f32le"),
    "aac_mono.m4a": (48000, 1, "-c:a aac", "f32le"),
    "aac_51.mp4": (48000, 6, "-c:a aac", "f32le"),
    "alac.mp4": (44100, 2, "-c:a alac", "s16le"),
}


@pytest.mark.parametrize("name", AUDIO)
def test_samples(media, name):
    rate, channels, options, pcm = AUDIO[name]
    path = make(media / name, *" ".join(TONE).format(rate=rate).split(), "-ac", str(channels), *options.split())
    sink = decode(path, "Audio", keep=True)
    props = sink.props[-1]
    assert (props["SampleRate"], props["NumChannels"]) == (rate, channels)
    width = 4 if pcm == "f32le" else 2
    ours = b"".join(interleave(p[2], width, channels) for p in sink.packets)
    theirs = subprocess.run(["ffmpeg", "-v", "error", "-i", path, "-f", pcm, "-"], check=True,
                            capture_output=True).stdout
    assert len(ours) == len(theirs)
    assert ours == theirs
    assert sink.packets[0][0] == 0 and props["Delay"] is None
    times = [p[0] for p in sink.packets]
    samples = [len(p[2]) // width // channels for p in sink.packets]
    assert times == pytest.approx([sum(samples[:i]) / rate for i in range(len(samples))], abs=1e-6)
    assert [p[1] for p in sink.packets] == [n * props["Timescale"] // rate for n in samples]


def test_options_of_the_library(mp4):
    """`threads` and `skip_frame` belong to libavcodec."""
    fs = gpac.FilterSession()
    fs.load_src(mp4)
    fs.load("ffdec:threads=1:skip_frame=nokey")
    sink = RawSink(fs, "Visual")
    fs.run(timeout=20)
    assert len(sink.packets) == 5
    names = [f.name for f in (fs.get_filter(i) for i in range(fs.nb_filters))]
    assert "ffdec:h264" in names


def test_no_decoder_is_told(media, capfd):
    path = SHARED / "mp4" / "vvc_400kbps_2s.mp4"
    if not path.exists():
        pytest.skip(f"no test media at {SHARED}")
    decode(path)
    told = capfd.readouterr().err
    assert "no decoder for VVC" in told and "libavcodec-extra" in told
