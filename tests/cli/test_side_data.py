"""What is told beside the pictures and sound, through decoders, encoders and containers: ffprobe finds it in the output."""

import json
import subprocess

import pytest


PICTURES = ("-f", "lavfi", "-i", "testsrc2=size=96x64:rate=25", "-t", 0.4)
DISPLAY = "G(13250,34500)B(7500,3000)R(34000,16000)WP(15635,16450)L(10000000,50)"
HDR = ("-c:v", "libx265", "-pix_fmt", "yuv420p10le", "-color_primaries", "bt2020", "-color_trc", "smpte2084", "-colorspace",
       "bt2020nc", "-x265-params", f"log-level=error:master-display={DISPLAY}:max-cll=1000,400")


def probe(path):
    """The only stream, and its side data by name."""
    out = subprocess.run(["ffprobe", "-v", "error", "-show_streams", "-of", "json", str(path)], check=True,
                         capture_output=True, text=True).stdout
    (stream,) = json.loads(out)["streams"]
    return stream, {entry["side_data_type"]: entry for entry in stream.get("side_data_list", [])}


def number(text):
    num, _, den = text.partition("/")
    return int(num) / int(den or 1)


@pytest.mark.parametrize("source", ["hdr.mp4", "hdr.mkv"])
@pytest.mark.parametrize("encoder", ["hevc", "avc:pfmt=yuv420_10", "ffv1", "vp9:cpu-used=8:pfmt=yuv420_10"])
@pytest.mark.parametrize("ext", ["mp4", "mkv"])
def test_light_is_kept(gpac, clip, tmp_path, source, encoder, ext):
    """The decoder finds it in the stream, the containers carry it; the numbers are those of `HDR`."""
    first, out = tmp_path / f"first.{ext}", tmp_path / "out.mp4"
    gpac("-i", clip(source, *PICTURES, *HDR), f"c={encoder}", "-o", first)
    gpac("-i", first, "-o", out)
    for path in (first, out):
        stream, data = probe(path)
        assert (stream["color_primaries"], stream["color_transfer"], stream["color_space"]) == \
            ("bt2020", "smpte2084", "bt2020nc")
        light, display = data["Content light level metadata"], data["Mastering display metadata"]
        assert (light["max_content"], light["max_average"]) == (1000, 400)
        found = [number(display[name]) for name in ("red_x", "red_y", "green_x", "green_y", "blue_x", "blue_y",
                                                    "white_point_x", "white_point_y", "min_luminance", "max_luminance")]
        assert found == pytest.approx([0.68, 0.32, 0.265, 0.69, 0.15, 0.06, 0.3127, 0.329, 0.005, 1000])


@pytest.mark.parametrize("turned", [90, 180, 270])
def test_rotation_is_kept(gpac, clip, tmp_path, turned):
    plain = clip("plain.mp4", *PICTURES, "-c:v", "libx264", "-pix_fmt", "yuv420p")
    source = tmp_path / "turned.mp4"
    subprocess.run(["ffmpeg", "-v", "error", "-i", plain, "-c", "copy", "-metadata:s:v", f"rotate={turned}", source],
                   check=True)
    angle = probe(source)[1]["Display Matrix"]["rotation"]
    assert abs(angle) == {90: 90, 180: 180, 270: 90}[turned]
    steps = [([], "a.mp4"), ([], "b.mov:gfreg=ffmx"), (["c=hevc"], "c.mp4"), (["c=m4v"], "d.mov:gfreg=ffmx")]
    for filters, name in steps:
        out = tmp_path / name
        gpac("-i", source, *filters, "-o", out)
        for again in ([], [":gfreg=ffdmx"]):
            path = tmp_path / name.split(":")[0]
            if again:
                gpac("-i", f"{path}:gfreg=ffdmx", "-o", tmp_path / "again.mp4")
                path = tmp_path / "again.mp4"
            assert abs(probe(path)[1]["Display Matrix"]["rotation"] - angle) in (0, 360), name


def presented(path, *options):
    """Samples that FFmpeg presents."""
    done = subprocess.run(["ffmpeg", "-v", "error", "-i", str(path), *options, "-map", "0:a", "-f", "s16le", "-ac", "1", "-"],
                          check=True, capture_output=True)
    return done.stdout


# Matroska as FFmpeg writes it tells priming of Opus only.
@pytest.mark.parametrize("codec,ext,other", [("aac", "mp4", "mp4"), ("opus", "mp4", "mkv"), ("opus", "mkv", "mp4"),
                                             ("opus", "ogg", "mkv"), ("mp3", "mp4", "mp4")])
def test_priming_is_kept(gpac, clip, tmp_path, codec, ext, other):
    """The start of the sound is where it was: the first sample above the noise of the codec is at the same place."""
    source = clip("late.wav", "-f", "lavfi", "-i", "aevalsrc='if(gt(t,0.5),0.5*sin(2*PI*1000*t),0)':s=48000", "-t", 1)
    first, out = tmp_path / f"first.{ext}", tmp_path / f"out.{other}"
    gpac("-i", source, f"c={codec}:b=128k", "-o", first)
    gpac("-i", first, "-o", out)
    for path in (first, out):
        data = memoryview(presented(path)).cast("h")
        start = next(i for i, value in enumerate(data) if abs(value) > 8000)
        assert start == pytest.approx(24000 + 8, abs=30), path
    stream, _ = probe(first)
    rate = int(stream["sample_rate"])
    gpac("-i", first, "resample:osfmt=s16:och=1", "-o", tmp_path / "mono.pcm")
    data = memoryview((tmp_path / "mono.pcm").read_bytes()).cast("h")
    assert next(i for i, v in enumerate(data) if abs(v) > 8000) / rate == pytest.approx(0.5, abs=1e-3)
