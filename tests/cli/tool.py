"""Fixtures of the command line tests: the tool, the media of other projects when present, generated media."""

import json
import os
import shutil
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent.parent
GPAC = ROOT / os.environ.get("GPAC_BUILD", "build") / "gpac"
MEDIA = Path(os.environ.get("GPAC_TEST_MEDIA", ROOT.parent / "shared" / "media"))


def run_gpac(*args, check=True, timeout=60):
    """Runs the tool; returns the completed process with its texts."""
    done = subprocess.run([str(GPAC), *map(str, args)], capture_output=True, text=True, timeout=timeout)
    if check and done.returncode:
        pytest.fail(f"gpac {' '.join(map(str, args))}: exit {done.returncode}\n{done.stderr}")
    return done


def probe_packets(path, *options):
    """Packets of each stream as FFmpeg reads them: {index: [(pts, dts, duration, size, flags, hash)]}."""
    done = subprocess.run(
        ["ffprobe", "-v", "error", *options, "-show_packets", "-show_data_hash", "md5", "-of", "json", str(path)],
        capture_output=True, text=True, check=True)
    streams = {}
    for p in json.loads(done.stdout).get("packets", []):
        streams.setdefault(p["stream_index"], []).append(
            (p.get("pts"), p.get("dts"), p.get("duration"), int(p["size"]), p["flags"], p.get("data_hash")))
    return streams


@pytest.fixture(scope="session")
def gpac():
    if not GPAC.exists():
        pytest.skip(f"{GPAC} is not built")
    return run_gpac


@pytest.fixture
def media():
    """Returns the path of a file of the shared media; skips the test when the folder is absent."""
    def find(name):
        path = MEDIA / name
        if not path.exists():
            pytest.skip(f"no test media at {MEDIA}")
        return path
    return find


@pytest.fixture(scope="session")
def clip(tmp_path_factory):
    """Makes a clip with FFmpeg once per session: clip("name.mp4", *ffmpeg options). Other options make another clip, of
    the same name or not."""
    if not shutil.which("ffmpeg"):
        pytest.skip("ffmpeg is not installed")
    made = {}

    def make(name, *options):
        if (name, options) not in made:
            path = tmp_path_factory.mktemp("clip") / name
            subprocess.run(["ffmpeg", "-v", "error", "-y", *map(str, options), str(path)], check=True)
            made[name, options] = path
        return made[name, options]
    return make


VIDEO = ("-f", "lavfi", "-i", "testsrc2=size=320x180:rate=25")
TONE = ("-f", "lavfi", "-i", "sine=frequency=440:sample_rate=48000")


@pytest.fixture(scope="session")
def av_clip(clip):
    """Two seconds of AVC with B-frames, and AAC."""
    return clip("av.mp4", *VIDEO, *TONE, "-t", 2, "-c:v", "libx264", "-bf", 2, "-g", 25, "-pix_fmt", "yuv420p",
                "-c:a", "aac")
