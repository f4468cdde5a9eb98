"""Filter graphs and bitstream filters of FFmpeg: the same bytes as ffmpeg makes."""

import subprocess

import pytest

from tool import TONE, VIDEO, probe_packets


@pytest.fixture(scope="session")
def source(clip):
    return clip("ffavf.mp4", *VIDEO, *TONE, "-t", 0.6, "-c:v", "libx264", "-bf", 2, "-pix_fmt", "yuv420p", "-c:a", "aac")


def ffmpeg_bytes(*args):
    return subprocess.run(["ffmpeg", "-v", "error", *map(str, args), "-"], check=True, capture_output=True).stdout


@pytest.mark.parametrize("graph", ["scale=160:90:flags=bicubic", "hflip", "crop=100:60:10:10,negate", "fps=10",
                                   "split[a][b];[b]vflip[c];[a][c]hstack"])
def test_video(gpac, source, tmp_path, graph):
    out = tmp_path / "out.yuv"
    gpac("-i", source, f"ffavf::f={graph}", "-o", out)
    assert out.read_bytes() == ffmpeg_bytes("-i", source, "-an", "-filter_complex", graph, "-vsync", "passthrough", "-f",
                                            "rawvideo")


@pytest.mark.parametrize("graph", ["volume=0.5", "aecho=0.8:0.9:40:0.3", "atempo=2"])
def test_audio(gpac, source, tmp_path, graph):
    out = tmp_path / "out.flt"
    gpac("-i", source, f"ffavf::f={graph}", "-o", out)
    assert out.read_bytes() == ffmpeg_bytes("-i", source, "-vn", "-filter_complex", graph, "-f", "f32le")


def test_formats(gpac, source, tmp_path):
    gpac("-i", source, "ffavf::f=hflip::pfmt=rgb", "-o", tmp_path / "out.rgb")
    assert len((tmp_path / "out.rgb").read_bytes()) == 15 * 320 * 180 * 3
    lines = gpac("-i", source, "ffavf::f=anull::sr=24000::ch=2::afmt=s16", "inspect:deep").stdout
    assert "24000 Hz 2 chan raw format s16" in lines


def test_two_inputs(gpac, source, clip, tmp_path):
    other = clip("ffavf2.mp4", *VIDEO, "-t", 0.6, "-vf", "negate", "-c:v", "libx264", "-pix_fmt", "yuv420p")
    out = tmp_path / "out.yuv"
    gpac("-i", f"{source}:#ffid=a", "-i", f"{other}:#ffid=b", "ffavf::f=[a][b]hstack", "-o", out)
    assert out.read_bytes() == ffmpeg_bytes("-i", source, "-i", other, "-filter_complex", "[0:v][1:v]hstack", "-vsync",
                                            "passthrough", "-f", "rawvideo")


@pytest.mark.parametrize("args,told", [
    ("ffavf", "no graph given"), ("ffavf::f=nosuchfilter", "the graph `nosuchfilter` cannot be used"),
    ("ffavf::f=scale=nosuch=3", "cannot be used"), ("ffbsf", "no bitstream filter given"),
    ("ffbsf:f=nosuch", "`nosuch` is no bitstream filter"),
])
def test_refusals(gpac, source, args, told):
    done = gpac("-i", source, args, "-o", "null", check=False)
    assert done.returncode and told in done.stderr


def test_bitstream_filter(gpac, source, tmp_path):
    """Removing SEI messages, and a change of the parameter sets that ffprobe sees."""
    out = tmp_path / "out.mp4"
    gpac("-i", source, "ffbsf:f=h264_metadata:sample_aspect_ratio=4/3", "-o", out)
    told = subprocess.run(["ffprobe", "-v", "error", "-select_streams", "v", "-show_entries", "stream=sample_aspect_ratio",
                           "-of", "csv=p=0", str(out)], check=True, capture_output=True, text=True).stdout.strip()
    assert told == "4:3"
    assert sorted(len(p) for p in probe_packets(out).values()) == sorted(len(p) for p in probe_packets(source).values())


def test_other_codecs_pass(gpac, source, tmp_path):
    out = tmp_path / "out.mp4"
    gpac("-i", source, "ffbsf:f=hevc_metadata", "-o", out)
    assert [[p[-1] for p in s] for s in probe_packets(out).values()] == \
        [[p[-1] for p in s] for s in probe_packets(source).values()]
