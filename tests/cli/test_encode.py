"""Encoding: what ffprobe and ffmpeg find in the files, and the times of the source."""

import json
import subprocess

import pytest

from tool import TONE, VIDEO, probe_packets


@pytest.fixture(scope="session")
def source(clip):
    """B-frames and an edit list, AAC with priming: 25 pictures and 48000 samples."""
    return clip("encode.mp4", *VIDEO, *TONE, "-t", 1, "-c:v", "libx264", "-bf", 2, "-g", 25, "-pix_fmt", "yuv420p",
                "-c:a", "aac")


def probe(path, stream, entries):
    out = subprocess.run(["ffprobe", "-v", "error", "-select_streams", stream, "-count_frames", "-show_entries", entries,
                          "-of", "json", str(path)], check=True, capture_output=True, text=True).stdout
    return json.loads(out)


def streams(path):
    done = subprocess.run(["ffprobe", "-v", "error", "-count_frames", "-show_streams", "-of", "json", str(path)],
                          check=True, capture_output=True, text=True)
    assert not done.stderr
    return json.loads(done.stdout)["streams"]


def frame_times(path):
    return [float(f["pts_time"]) for f in probe(path, "v:0", "frame=pts_time")["frames"]]


def samples(path):
    done = subprocess.run(["ffmpeg", "-v", "error", "-i", str(path), "-map", "0:a", "-f", "s16le", "-"], check=True,
                          capture_output=True)
    assert not done.stderr
    return done.stdout


def psnr(path, source):
    done = subprocess.run(["ffmpeg", "-i", str(path), "-i", str(source), "-filter_complex",
                           "[0:v]format=yuv420p,setpts=N[a];[1:v]setpts=N[b];[a][b]psnr", "-f", "null", "-"],
                          check=True, capture_output=True, text=True)
    value = done.stderr.split("average:")[1].split()[0]
    return 100.0 if value == "inf" else float(value)


def test_video_and_audio(gpac, source, tmp_path):
    out = tmp_path / "out.mp4"
    gpac("-i", source, "c=avc:b=500k", "c=aac:b=64k", "-o", out)
    kinds = {s["codec_type"]: s for s in streams(out)}
    assert kinds["video"]["codec_name"] == "h264" and kinds["audio"]["codec_name"] == "aac"
    assert frame_times(out) == pytest.approx(frame_times(source), abs=1e-4)
    assert len(samples(out)) == len(samples(source))
    assert psnr(out, source) > 30


VIDEO_CODECS = {
    "avc": ("h264", ""), "hevc": ("hevc", ""), "libx264": ("h264", ":crf=10:preset=ultrafast"),
    "m4v": ("mpeg4", ":flags=+qscale:global_quality=236"), "jpg": ("mjpeg", ":qmin=2:qmax=2"),
    "png": ("png", ""), "vp9": ("vp9", ":deadline=realtime:cpu-used=8:b=2M"), "ffv1": ("ffv1", ""),
    "prores": ("prores", ""), "av1": ("av1", ":preset=10"), "m2v": ("mpeg2video", ":b=4M"),
}


@pytest.mark.parametrize("codec", VIDEO_CODECS)
def test_video_codecs(gpac, source, tmp_path, codec):
    name, options = VIDEO_CODECS[codec]
    out = tmp_path / "out.mp4"
    done = gpac("-i", source, f"c={codec}{options}", "-o", out)
    assert "ERROR" not in done.stderr
    video = next(s for s in streams(out) if s["codec_type"] == "video")
    assert (video["codec_name"], video["width"], video["height"]) == (name, 320, 180)
    assert int(video["nb_read_frames"]) == 25
    assert frame_times(out) == pytest.approx(frame_times(source), abs=1e-4)
    assert psnr(out, source) > 28


@pytest.mark.parametrize("codec", ["aac", "opus", "flac", "mp3", "ac3", "eac3", "alac"])
def test_audio_codecs(gpac, source, tmp_path, codec):
    """The durations say how many samples are presented; FFmpeg does not cut the last frame."""
    out = tmp_path / "out.mp4"
    gpac("-i", source, f"c={codec}", "-o", out)
    audio = next(s for s in streams(out) if s["codec_type"] == "audio")
    assert audio["codec_name"] == codec
    nb, decoded = len(samples(source)) // 2, samples(out)
    assert len(decoded) // 2 - nb in range(1536)
    if codec == "flac":
        assert decoded == samples(source)
    priming = min(0, probe_packets(out)[audio["index"]][0][0])
    # with its edit list, FFmpeg stretches the last packet to whole milliseconds
    presented = priming + sum(p[2] for p in probe_packets(out, "-ignore_editlist", "1")[audio["index"]])
    assert presented == (nb if "ac3" not in codec else len(decoded) // 2)


@pytest.mark.parametrize("ext,codec,decoder", [("264", "avc", "h264"), ("265", "hevc", "hevc"), ("m2v", "m2v", "mpeg2video")])
def test_elementary_video(gpac, source, tmp_path, ext, codec, decoder):
    out = tmp_path / f"out.{ext}"
    gpac("-i", source, f"c={codec}", "-o", out)
    video = streams(out)[0]
    assert video["codec_name"] == decoder and int(video["nb_read_frames"]) == 25


@pytest.mark.parametrize("ext", ["aac", "mp3", "flac", "ac3"])
def test_elementary_audio(gpac, source, tmp_path, ext):
    """Without a codec given, the extension tells it."""
    out = tmp_path / f"out.{ext}"
    gpac("-i", source, f"c={ext}", "-o", out)
    assert streams(out)[0]["codec_name"] == ext
    assert len(samples(out)) >= 2 * 48000


def test_pictures(gpac, source, tmp_path):
    gpac("-i", source, "c=png", "-o", tmp_path / "p_$num$.png")
    files = sorted(tmp_path.glob("p_*.png"))
    assert len(files) == 25
    assert streams(files[3])[0]["codec_name"] == "png"


def test_forced_access_points(gpac, source, tmp_path):
    out = tmp_path / "out.mp4"
    gpac("-i", source, "c=avc:fintra=1/5:g=250:bf=0", "-o", out)
    video = next(i for i, p in probe_packets(out).items() if len(p) == 25)
    assert [i for i, p in enumerate(probe_packets(out)[video]) if "K" in p[4]] == [0, 5, 10, 15, 20]


def test_new_encoder_at_access_points(gpac, source, tmp_path):
    out = tmp_path / "out.mp4"
    gpac("-i", source, "c=avc:fintra=1/5:rc", "-o", out)
    assert frame_times(out) == pytest.approx(frame_times(source), abs=1e-4)
    video = next(p for p in probe_packets(out).values() if len(p) == 25)
    assert sum("K" in p[4] for p in video) == 5


@pytest.mark.parametrize("option", ["all_intra", "g=1", "gop=1"])
def test_intra_only(gpac, source, tmp_path, option):
    out = tmp_path / "out.mp4"
    gpac("-i", source, f"c=avc:{option}", "-o", out)
    video = next(p for p in probe_packets(out).values() if len(p) == 25)
    assert all("K" in p[4] for p in video)


def test_sizes_are_rounded(gpac, source, tmp_path):
    out = tmp_path / "out.mp4"
    gpac("-i", source, "ffsws:osize=161x91", "c=avc", "-o", out)
    video = next(s for s in streams(out) if s["codec_type"] == "video")
    assert (video["width"], video["height"]) == (162, 92)
    gpac("-i", source, "c=avc:round=-16", "-o", out)
    video = next(s for s in streams(out) if s["codec_type"] == "video")
    assert (video["width"], video["height"]) == (320, 176)


def test_pixel_format(gpac, source, tmp_path):
    out = tmp_path / "out.mp4"
    gpac("-i", source, "c=avc:pfmt=yuv444", "-o", out)
    assert next(s for s in streams(out) if s["codec_type"] == "video")["pix_fmt"] == "yuv444p"


@pytest.mark.parametrize("option,told", [
    ("presett=fast", "unknown option `presett`, did you mean `preset`?"),
    ("cpu-used=3", "libx264 has no option `cpu-used`"),
    ("aq-mod=3", "did you mean `aq-mode`?"),
    ("pfmt=rgba", "libx264 does not take rgba"),
    ("flags=+pass2", "the statistics of the first pass, ffenc2pass-1.log, cannot be read: No such file"),
])
def test_wrong_options(gpac, source, tmp_path, option, told):
    done = gpac("-i", source, f"c=avc:{option}", "-o", tmp_path / "out.mp4", check=False)
    assert done.returncode and told in done.stderr


@pytest.mark.parametrize("name,told", [("avcc", "`avcc` is neither a codec nor an encoder"),
                                       ("vvc", "no encoder for VVC Video")])
def test_unknown_encoder(gpac, source, tmp_path, name, told):
    done = gpac("-i", source, f"c={name}", "-o", tmp_path / "out.mp4", check=False)
    assert done.returncode and told in done.stderr


def test_coded_already(gpac, source, tmp_path):
    """`ccp` leaves streams of the codec as they are."""
    out = tmp_path / "out.mp4"
    gpac("-i", source, "c=avc:ccp", "-o", out)
    ours = next(p for p in probe_packets(out).values() if len(p) == 25)
    theirs = next(p for p in probe_packets(source).values() if len(p) == 25)
    assert [p[-1] for p in ours] == [p[-1] for p in theirs]


def test_variable_frame_rate(gpac, clip, tmp_path):
    """Pictures at 0, 1, 2, 5, 6... of 25 per second keep their times."""
    source = clip("vfr.mp4", *VIDEO, "-t", 1, "-vf", "select='lt(mod(n,5),3)'", "-vsync", "vfr", "-c:v", "libx264",
                  "-pix_fmt", "yuv420p")
    out = tmp_path / "out.mp4"
    gpac("-i", source, "c=hevc", "-o", out)
    assert frame_times(out) == pytest.approx(frame_times(source), abs=1e-4)


def test_change_of_size(gpac, clip, tmp_path):
    """Each size gets an encoder."""
    parts = [clip(f"enc{size}.264", "-f", "lavfi", "-i", f"testsrc2=size={size}:rate=25", "-t", 0.6, "-c:v", "libx264",
                  "-pix_fmt", "yuv420p") for size in ("320x240", "160x120")]
    joined = tmp_path / "joined.264"
    joined.write_bytes(b"".join(p.read_bytes() for p in parts))
    out = tmp_path / "out.264"
    gpac("-i", joined, "c=avc", "-o", out)
    frames = probe(out, "v:0", "frame=width")["frames"]
    assert [f["width"] for f in frames] == [320] * 15 + [160] * 15


@pytest.mark.parametrize("codec", ["avc", "m4v", "vp9:cpu-used=8", "m2v"])
def test_two_passes(gpac, source, tmp_path, codec):
    """The first pass leaves statistics, the second one takes them as they are."""
    log, out = tmp_path / "statistics.log", tmp_path / "out.mp4"
    first = gpac("-i", f"{source}:#logpass={log}", f"c={codec}:b=300k:pass1", "-o", tmp_path / "first.mp4")
    assert "ERROR" not in first.stderr and log.stat().st_size > 500
    before = log.read_bytes()
    second = gpac("-i", f"{source}:#logpass={log}", f"c={codec}:b=300k:flags=+pass2", "-o", out)
    assert "ERROR" not in second.stderr
    assert log.read_bytes() == before
    assert frame_times(out) == pytest.approx(frame_times(source), abs=1e-4)
    assert psnr(out, source) > 25


def test_statistics_decide(gpac, source, tmp_path):
    """x264 tells in the stream that it works from statistics, and gives another one than in a single pass."""
    log, out = tmp_path / "x.log", tmp_path / "out.264"
    for flags, name in (("pass1", "a.264"), ("pass2", "b.264"), (None, "c.264")):
        options = f":flags=+{flags}" if flags else ""
        gpac("-i", f"{source}:#logpass={log}", f"c=avc:b=300k{options}", "-o", tmp_path / name)
    single, double = ((tmp_path / name).read_bytes() for name in ("c.264", "b.264"))
    assert b"rc=2pass" in double and b"rc=abr" in single


def test_passes_that_an_encoder_does_not_know(gpac, source, tmp_path):
    done = gpac("-i", f"{source}:#logpass={tmp_path}/log", "c=hevc:b=300k:pass1", "-o", tmp_path / "out.mp4", check=False)
    assert "encoder libx265 gave no statistics" in done.stderr
