# SPDX-License-Identifier: MIT
"""Programs as users of the module write them, run as they are on real files; FFmpeg says what is in the files."""

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from lab import make

HERE = Path(__file__).resolve().parent
MEDIA = Path(os.environ.get("GPAC_TEST_MEDIA", HERE.parents[2] / "shared" / "media"))


def run(name, *args, code=0):
    """Runs a script; returns the lines of its standard output, and its standard error."""
    done = subprocess.run([sys.executable, "-X", "faulthandler", HERE / "scripts" / f"{name}.py", *map(str, args)],
                          capture_output=True, text=True, timeout=120)
    assert done.returncode == code, done.stdout[-2000:] + done.stderr
    return done.stdout.splitlines(), done.stderr


def words(lines, first):
    """The words behind the first one, of the lines that begin with it."""
    return [line.split()[1:] for line in lines if line.split()[:1] == [first]]


def probe(path, *options):
    if not shutil.which("ffprobe"):
        pytest.skip("ffprobe is not installed")
    done = subprocess.run(["ffprobe", "-v", "error", "-ignore_editlist", "1", *options, "-of", "json", str(path)],
                          capture_output=True, text=True, check=True)
    return json.loads(done.stdout)


def packets(path):
    """{track: [(dts, cts, size, is key, hash)]}, times from the first packet on."""
    tracks = {s["index"]: int(s["id"], 16) for s in probe(path, "-show_streams")["streams"]}
    found = {track: [] for track in tracks.values()}
    for p in probe(path, "-show_packets", "-show_data_hash", "md5")["packets"]:
        found[tracks[p["stream_index"]]].append((p["dts"], p["pts"], int(p["size"]), "K" in p["flags"], p["data_hash"]))
    return {track: [(p[0] - rows[0][0], p[1] - rows[0][0], *p[2:]) for p in rows] for track, rows in found.items()}


def streams(path):
    return {int(s["id"], 16): s for s in probe(path, "-show_streams")["streams"]}


@pytest.fixture(scope="module", params=["generated", "mp4/bbb_prog_10s.mp4"])
def clip(request, tmp_path_factory):
    """A file with pictures and sound: one made here, one of another project when its folder is there."""
    if request.param == "generated":
        return make(
            tmp_path_factory.mktemp("clip") / "av.mp4",
            *"-f lavfi -i testsrc2=size=160x90:rate=25 -f lavfi -i sine=frequency=440:sample_rate=48000 -t 6".split(),
            *"-c:v libx264 -preset veryfast -bf 2 -g 25 -pix_fmt yuv420p -c:a aac -b:a 64k".split(),
        )
    path = MEDIA / request.param
    if not path.exists():
        pytest.skip(f"no test media at {MEDIA}")
    return str(path)


@pytest.fixture(scope="module")
def theirs(clip):
    return packets(clip)


def test_custom_sink(clip, theirs):
    lines, _ = run("custom_sink", clip)
    ours = {track: [] for track in theirs}
    for track, dts, cts, size, sap, seek in (map(int, w) for w in words(lines, "packet")):
        ours[track].append((dts, cts, size, sap in (1, 2, 3), seek))
    assert words(lines, "eos") == [["1"] * len(theirs)]
    for track, stream in streams(clip).items():
        expected = [(p[0], p[1], p[2]) for p in theirs[track]]
        assert [p[:3] for p in ours[track]] == expected
        assert not any(p[4] for p in ours[track])
        if stream["codec_type"] == "video":
            assert [p[3] for p in ours[track]] == [p[3] for p in theirs[track]]


def test_seek_in_custom_sink(clip, theirs):
    """From the random access point before the start; what is only decoded has the seek flag and the start's time."""
    seconds = 4.5
    lines, _ = run("custom_sink", clip, seconds)
    pids = {int(w[1]): w for w in words(lines, "pid")}
    for track, stream in streams(clip).items():
        ours = [tuple(map(int, w[1:])) for w in words(lines, "packet") if int(w[0]) == track]
        start = int(seconds * int(pids[track][3])) - int(pids[track][4])
        expected = theirs[track][len(theirs[track]) - len(ours):]
        assert [p[2] for p in ours] == [p[2] for p in expected]
        assert [p[4] for p in ours] == [int(p[1] < start) for p in expected]
        assert [p[:2] for p in ours] == [(start, start) if p[1] < start else p[:2] for p in expected]
        if stream["codec_type"] == "video":
            assert ours[0][4] and expected[0][3] and sum(p[3] for p in expected if p[1] <= start) == 1


def test_custom_source(clip, theirs, tmp_path):
    pytest.importorskip("numpy")
    aac = make(tmp_path / "in.aac", "-i", clip, "-vn", "-c", "copy")
    lines, _ = run("custom_source", aac, tmp_path / "out.mp4")
    (made,) = packets(tmp_path / "out.mp4").values()
    (expected,) = [theirs[t] for t, s in streams(clip).items() if s["codec_type"] == "audio"]
    assert [p[4] for p in made] == [p[4] for p in expected]
    assert [p[0] for p in made] == [1024 * i for i in range(len(made))]
    assert words(lines, "sent") == [[str(len(made)), "released", str(len(made) // 2)]]


@pytest.mark.parametrize("mode", ["forward", "ref", "alloc", "shared", "copy", "clone"])
def test_custom_forward(clip, theirs, tmp_path, mode):
    lines, log = run("custom_forward", clip, tmp_path / "out.mp4", mode)
    assert packets(tmp_path / "out.mp4") == theirs
    nb = sum(map(len, theirs.values())) if mode == "shared" else 0
    assert words(lines, "left") == [["0", "shared", str(nb)]]
    assert "PyForward (idx=2)" in log and "fout" in log


def test_tasks(clip, theirs, tmp_path):
    lines, log = run("tasks", clip, tmp_path / "out.mp4", "-for-test", "--no-such-global=1")
    assert packets(tmp_path / "out.mp4") == theirs
    assert [w[0] for w in words(lines, "count")] == ["2", "1", "0"]
    new, gone = words(lines, "new"), words(lines, "del")
    assert new[:3] == [["fin"], ["reframer"], ["fout"]] and sorted(new) == sorted(gone)
    total = str(sum(map(len, theirs.values())))
    assert ["reframer", str(len(theirs)), str(len(theirs)), total] in words(lines, "filter")
    assert words(lines, "calls") == [["True", "None", "None"]]
    assert "mp4mx" in log and "Filter stats" in log


def test_fileio(clip, theirs, tmp_path):
    source = Path(shutil.copy(clip, tmp_path / "in.mp4"))
    lines, _ = run("fileio", source, tmp_path / "out.mp4")
    assert packets(tmp_path / "out.mp4") == theirs
    assert ["out.mp4", "w"] in words(lines, "open") and ["in.mp4", "r"] in words(lines, "open")
    assert sorted(w[0] for w in words(lines, "open")) == sorted(w[0] for w in words(lines, "close"))


def test_fileio_many_files(clip, theirs, tmp_path):
    """Pieces of two seconds: the key frames say where; together they are the whole."""
    source = Path(shutil.copy(clip, tmp_path / "in.mp4"))
    (tmp_path / "parts").mkdir()
    lines, _ = run("fileio", source, tmp_path / "parts" / "part_$num$.mp4", "reframer:xs=D2:splitrange")
    written = [w[0] for w in words(lines, "open") if w[1] == "w"]
    assert written == [f"part_{i + 1}.mp4" for i in range(len(written))] and len(written) >= 3
    parts = [packets(tmp_path / "parts" / name) for name in written]
    for track, stream in streams(clip).items():
        if stream["codec_type"] == "video":
            assert [p[4] for part in parts for p in part[track]] == [p[4] for p in theirs[track]]
            assert all(part[track][0][3] for part in parts)


def test_inspect_session(clip, theirs):
    lines, _ = run("inspect_session", clip)
    props = {(w[0], w[1]): " ".join(w[2:]) for w in words(lines, "iprop")}
    scale = {s["codec_type"]: s for s in streams(clip).values()}
    video = scale["video"]
    assert props["Width", "int"] == str(video["width"]) and props["Height", "int"] == str(video["height"])
    assert props["SampleRate", "int"] == scale["audio"]["sample_rate"]
    counter = {w[3]: w for w in words(lines, "ipid") if w[0] == "Counter"}
    assert set(counter) == {"Visual", "Audio"} and all(w[4] == "None" for w in counter.values())
    args = [line for line in lines if line.startswith("arg - saps (uintl): ")]
    assert len(args) == 1
    assert ["saps", "uintl", "[1,", "2]", "default"] in words(lines, "value")
    assert words(lines, "one") == [["[1,", "2]", "None"]]
    keys = sum(p[3] for t, s in streams(clip).items() for p in theirs[t] if s["codec_type"] == "video")
    assert counter["Visual"][5:] == [str(keys)] * 2
    (stats,) = words(lines, "stats")
    assert stats[:3] == ["Counter", "Counter", "2"]
    assert int(stats[3]) == int(stats[4]) == sum(int(w[5]) for w in counter.values())
    assert stats[5:] == ["0", "1", "7"]
    assert ["Counter", "cnt", "2", "0", "True"] in words(lines, "filter")
    assert ["cutter", "0", "Counter"] in words(lines, "sinks")


# Which streams a link takes: all of some types, or tracks by number.
LINKS = {
    "": "audio video",
    "PID=1": [1],
    "#PID=2": [2],
    "PID-2": [1],
    "PID+1": [2],
    "PID=!1": [2],
    "audio": "audio",
    "#video": "video",
    "audio1": "audio",
    "video1": "video",
    "audio2": "",
    "text": "",
    "!audio": "video",
    "soun": "audio",
    "StreamType=Visual": "video",
    "#CodecID=aac": "audio",
    "SampleRate-1000": "video",
    "Width+10000": "audio",
}


def test_link_args(clip, theirs):
    lines, _ = run("link_args", clip, *LINKS)
    for line, (args, wanted) in zip(lines, LINKS.items(), strict=True):
        if isinstance(wanted, str):
            wanted = [t for t, s in streams(clip).items() if s["codec_type"] in wanted.split()]
        assert line.split() == [repr(args), *(f"{t}:{len(theirs[t])}" for t in sorted(wanted))]


def test_runtime_graph(clip, theirs):
    lines, _ = run("runtime_graph", clip)
    (nb,) = [len(theirs[t]) for t, s in streams(clip).items() if s["codec_type"] == "video"]
    assert words(lines, "before") == [["fin", "First", "Sink"]]
    assert words(lines, "inserted") + words(lines, "removed") == [["after", "20"], ["after", "60"]]
    first, sink, second, other = map(int, words(lines, "counts")[0])
    assert first == sink == nb
    # between the two changes 40 packets passed First, and those on their way at these times may count or not
    assert 38 <= other <= second <= 42
    assert set(words(lines, "after")[1 if words(lines, "after")[0][0] != "fin" else 0]) == {"fin", "First", "Sink", "mp4dmx"}
    assert words(lines, "gone") == [["1", "Other", "Second"]]
    assert words(lines, "deferred") == [["0"]]
    assert words(lines, "first") == [["1", "1", "0"]] and words(lines, "second") == [["1", "0"]]
    assert words(lines, "linked") == [[str(nb)] * 3]
    assert "error No output PID with index 3 in filter First" in lines


def test_events():
    lines, _ = run("events")
    events = words(lines, "event")
    assert all(e[3] == "True" for e in events)
    assert ["Middle", "1", "out", "True"] in events
    assert words(lines, "play")[0] == ["Middle", "1.5", "0.0"]
    # towards the source and towards the sink
    assert [e[0] for e in events if e[1] == "11"] == ["Middle", "Source"]
    assert [(e[0], e[2]) for e in events if e[1] == "22"] == [("Middle", "in"), ("Sink", "in")]
    # fired: to all filters that accept user events, and to one
    assert [e[0] for e in events if e[1] == "17"] == ["Sink", "Sink"]
    assert words(lines, "fired")[1] == ["1", "0", "1"]
    # Middle stops both ways
    assert sorted(e[0] for e in events if e[1] == "19") == ["Middle", "Middle", "Sink", "Source"]
    assert words(lines, "got") == [[str(i) for i in range(10)]]


@pytest.mark.parametrize("flush", ["NONE", "ALL", "FAST"])
def test_abort(clip, theirs, tmp_path, flush):
    out = tmp_path / "out.mp4"
    lines, _ = run("abort", clip, out, flush, 50)
    (passed,) = words(lines, "passed")
    assert passed[1:] == ["eos", str(flush != "NONE"), "last", "True"]
    # a flush delivers what the demultiplexer had sent already, too
    nb = int(passed[0])
    assert nb == 50 if flush == "NONE" else 50 <= nb < 50 + 16
    if flush == "NONE":
        return
    (made,) = packets(out).values()
    (expected,) = [theirs[t] for t, s in streams(clip).items() if s["codec_type"] == "video"]
    assert [p[4] for p in made] == [p[4] for p in expected[: len(made)]]
    # a flush of all delivers what was sent, a fast one may drop what waits before the muxer
    assert len(made) == nb if flush == "ALL" else len(made) <= nb


def test_update(clip, theirs, tmp_path):
    lines, _ = run("update", clip, tmp_path / "out.mp4")
    assert [w[:3] for w in sorted(words(lines, "link"))] == [["Audio", "['mp4mx']", "['']"], ["Visual", "['mp4mx']", "['']"]]
    assert words(lines, "bad") == [["None", "None", "None"]]
    assert {"mp4mx", "inspect", "reframer"} <= set(words(lines, "destinations")[0])
    saps, xround, copy = words(lines, "now")[0]
    assert (saps, xround, copy) == ("[1]", "0", "1")
    made = packets(tmp_path / "out.mp4")
    assert sum(map(len, made.values())) < sum(map(len, theirs.values()))


@pytest.mark.parametrize("kind", ["configure_pid", "process", "process_event", "packet_release", "execute",
                                  "on_filter_new", "open", "read"])
def test_raise_in_callback(kind):
    lines, _ = run("raising", kind)
    assert lines == [f"caught raised in {kind}"]
