# SPDX-License-Identifier: MIT
"""The library under a binding that is not ours: the programs of ctypes_programs.py, each in a process of its own."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

import libgpac as gpac

HERE = Path(__file__).resolve().parent
MEDIA = Path(os.environ.get("GPAC_TEST_MEDIA", HERE.parent.parent.parent / "shared" / "media"))
LIBRARY = Path(gpac.__file__).parent / "libgpac.so.16"
STREAM_TYPES = {"video": 4, "audio": 5}


def run_program(name, *args):
    # without site-packages: the package must not be found
    done = subprocess.run(
        [sys.executable, "-S", "-E", "-X", "faulthandler", HERE / "ctypes_programs.py", LIBRARY, name, *args],
        capture_output=True, text=True, timeout=120)
    assert done.returncode == 0 and "Traceback" not in done.stderr, done.stderr
    return done


def probe(path):
    """{stream type: [[pts, dts, size, is key]]} as ffprobe lists them."""
    entries = "packet=codec_type,pts_time,dts_time,size,flags"
    out = subprocess.run(
        ["ffprobe", "-v", "error", "-show_entries", entries, "-of", "json", path],
        capture_output=True, text=True, check=True).stdout
    streams = {}
    for p in json.loads(out)["packets"]:
        packet = [float(p["pts_time"]), float(p["dts_time"]), int(p["size"]), "K" in p["flags"]]
        streams.setdefault(STREAM_TYPES[p["codec_type"]], []).append(packet)
    return streams


@pytest.fixture(params=["made", "shared"])
def clip(request):
    """A clip made here, and one of another project."""
    if request.param == "made":
        return request.getfixturevalue("mp4")
    path = MEDIA / "mp4/bbb_prog_10s.mp4"
    if not path.exists():
        pytest.skip(f"no test media at {MEDIA}")
    return str(path)


@pytest.mark.parametrize("name", ["imports", "attributes", "properties", "tasks", "undeclared", "names"])
def test_program(name):
    run_program(name)


@pytest.mark.parametrize("name", ["packets", "events", "statistics", "links"])
def test_program_on_media(name, clip):
    run_program(name, clip)


def test_packets_of_media(clip, tmp_path):
    expected = tmp_path / "packets.json"
    expected.write_text(json.dumps(probe(clip)))
    run_program("media", clip, expected)


def test_file_objects(clip, tmp_path):
    result = tmp_path / "out.mp4"
    run_program("files", clip, result)
    before, after = probe(clip), probe(result)
    assert {kind: [p[2:] for p in packets] for kind, packets in after.items()} == {
        kind: [p[2:] for p in packets] for kind, packets in before.items()}
