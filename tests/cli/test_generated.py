"""What `avgen` makes, encoded, stored, decoded and written as files of other kinds; a ladder of sizes from one source.
FFmpeg reads the results."""

import json
import subprocess

import pytest

from test_tool import graph_of

SIZE = (320, 180)


def streams(path):
    done = subprocess.run(["ffprobe", "-v", "error", "-count_frames", "-show_streams", "-of", "json", str(path)], check=True,
                          capture_output=True, text=True)
    assert not done.stderr
    return {s["codec_type"]: s for s in json.loads(done.stdout)["streams"]}


def decode(path, *options):
    return subprocess.run(["ffmpeg", "-v", "error", "-i", str(path), *map(str, options), "-"], check=True, capture_output=True).stdout


@pytest.fixture(scope="module", params=["mp4", "mkv"])
def movie(request, gpac, tmp_path_factory):
    path = tmp_path_factory.mktemp("generated") / f"out.{request.param}"
    gpac("avgen:dur=1:sizes=320x180:lock", "c=avc", "c=aac", "-o", path)
    return path


def test_encoded(movie):
    found = streams(movie)
    video, audio = found["video"], found["audio"]
    assert (video["codec_name"], video["width"], video["height"], video["nb_read_frames"]) == ("h264", *SIZE, "25")
    assert video["avg_frame_rate"] == "25/1"
    assert (audio["codec_name"], audio["sample_rate"], audio["channels"]) == ("aac", "44100", 1)


def test_beep_and_picture_together(movie):
    """The beep of 50 ms begins with the first picture, which Matroska puts behind the priming of the sound."""
    samples = decode(movie, "-map", "0:a", "-f", "s16le", "-ac", 1, "-ar", 44100)
    loud = [i // 2 for i in range(0, len(samples), 2) if abs(int.from_bytes(samples[i:i + 2], "little", signed=True)) > 2000]
    first = 44100 * (float(streams(movie)["video"]["start_time"]) - float(streams(movie)["audio"]["start_time"]))
    beep = [i - first for i in loud if i - first < 44000]
    assert abs(beep[0]) < 500 and abs(beep[-1] - 2205) < 500  # 50 ms


def test_sound_as_wav(gpac, movie, tmp_path):
    gpac("-i", movie, "-o", tmp_path / "out.wav")
    audio = streams(tmp_path / "out.wav")["audio"]
    ours, theirs = (decode(path, "-map", "0:a", "-f", "f32le") for path in (tmp_path / "out.wav", movie))
    assert audio["sample_rate"] == "44100" and 4 * 44 * 1024 <= len(ours) <= len(theirs)
    assert ours == theirs[:len(ours)]  # FFmpeg plays the last frame to its end


def test_pictures_as_png(gpac, movie, tmp_path):
    gpac("-i", movie, "-o", tmp_path / "frame_$num$.png")
    files = sorted(tmp_path.glob("frame_*.png"), key=lambda path: int(path.stem[6:]))
    assert len(files) == 25
    theirs = decode(movie, "-map", "0:v", "-fps_mode", "passthrough", "-pix_fmt", "rgb24", "-f", "rawvideo")
    size = SIZE[0] * SIZE[1] * 3
    for i in (0, 12, 24):
        ours = decode(files[i], "-pix_fmt", "rgb24", "-f", "rawvideo")
        error = sum((a - b) ** 2 for a, b in zip(ours, theirs[i * size:(i + 1) * size])) / size
        assert len(ours) == size and error < 65025 / 10 ** 3.5  # 35 dB: chroma may be interpolated in other ways


LADDER = {"256x144": "200k", "128x72": "100k", "64x36": "40k"}


def test_ladder(gpac, clip, tmp_path):
    """Three sizes and rates in one session: the source is decoded once."""
    source = clip("ladder.mp4", "-f", "lavfi", "-i", "testsrc2=size=256x144:rate=25", "-t", 2, "-c:v", "libx264", "-pix_fmt",
                  "yuv420p")
    words = ["-i", f"{source}:FID=source"]
    for size, rate in LADDER.items():
        words += [f"ffsws:osize={size}:SID=source:FID=scaled{size}", f"c=avc:b={rate}:fintra=1:SID=scaled{size}:FID=coded{size}",
                  "-o", f"{tmp_path}/{size}.mp4:SID=coded{size}"]
    lines = graph_of(gpac, *words)
    assert [sum(name in line for line in lines) for name in ("mp4dmx", "ffdec", "ffsws", "ffenc", "fout")] == [1, 1, 3, 3, 3]
    rates = []
    for size in LADDER:
        video = streams(tmp_path / f"{size}.mp4")["video"]
        assert f"{video['width']}x{video['height']}" == size and video["nb_read_frames"] == "50"
        rates.append(int(video["bit_rate"]))
    assert rates == sorted(rates, reverse=True) and len(set(rates)) == 3
    keys = [[p["pts_time"] for p in json.loads(subprocess.run(
        ["ffprobe", "-v", "error", "-show_entries", "packet=pts_time,flags", "-of", "json", f"{tmp_path}/{size}.mp4"],
        check=True, capture_output=True, text=True).stdout)["packets"] if "K" in p["flags"]] for size in LADDER]
    assert keys[0] == keys[1] == keys[2] and len(keys[0]) == 2  # so that one can be left for another
