"""The command line itself: links, messages, exit codes, signals."""

import re
import signal
import subprocess
import time

import pytest

from tool import GPAC


def graph_of(gpac, *args):
    """The linked graph as lines `depth register`, without indices and arguments."""
    text = gpac(*args, "-graph").stderr
    lines = []
    for line in text.splitlines():
        found = re.match(r"^(-*)(?:\(PID [^)]*\)[-\\> ]*)?\s*([a-z0-9]+)?.*idx=", line)
        if found:
            lines.append(f"{len(found.group(1))} {found.group(2)}")
    return lines


def test_worked_example_remux(gpac, av_clip, tmp_path):
    """Example 2 of the graph chapter 3.18."""
    lines = graph_of(gpac, "-i", av_clip, "-o", tmp_path / "x.mp4")
    assert lines == ["0 fin", "1 mp4dmx", "2 mp4mx", "3 fout"]


def test_worked_example_file_copy(gpac, av_clip, tmp_path):
    """Example 3: `nomux` copies the file."""
    assert graph_of(gpac, "-i", av_clip, "-o", f"{tmp_path}/x.mp4:nomux") == ["0 fin", "1 fout"]
    assert (tmp_path / "x.mp4").read_bytes() == av_clip.read_bytes()


def test_worked_example_inspect(gpac, av_clip):
    """Example 4."""
    assert graph_of(gpac, "-i", av_clip, "inspect:log=null") == ["0 fin", "1 mp4dmx", "2 inspect"]


def test_worked_example_two_sources(gpac, av_clip, tmp_path):
    """Example 1: two elementary streams into one muxer."""
    gpac("-i", av_clip, "-o", tmp_path / "v.264")
    gpac("-i", av_clip, "-o", tmp_path / "a.aac")
    lines = graph_of(gpac, "-i", tmp_path / "v.264", "-i", tmp_path / "a.aac", "-o", tmp_path / "x.mp4")
    assert lines == ["0 fin", "1 rfnalu", "2 mp4mx", "3 fout", "0 fin", "1 rfadts", "2 mp4mx"]


def test_worked_example_elementary_stream(gpac, av_clip, tmp_path):
    """Example 6: the audio has nowhere to go, which is a warning."""
    done = gpac("-i", av_clip, "-o", tmp_path / "o.264")
    assert "not connected" in done.stderr
    lines = graph_of(gpac, "-i", av_clip, "-o", tmp_path / "o.264")
    assert lines == ["0 fin", "1 mp4dmx", "2 ufnalu", "3 writegen", "4 fout"]


def test_worked_example_null(gpac, av_clip):
    """Example 8: each PID to its own instance of the sink."""
    assert graph_of(gpac, "-i", av_clip, "-o", "null") == ["0 fin", "1 mp4dmx", "2 fout", "2 fout"]


def test_worked_example_fragment(gpac, av_clip, tmp_path):
    """Examples 17 and 18: one PID per destination by fragments."""
    lines = graph_of(gpac, "-i", av_clip, "@#video", "-o", tmp_path / "v.mp4")
    assert lines == ["0 fin", "1 mp4dmx", "2 mp4mx", "3 fout"]
    lines = graph_of(gpac, "-i", f"{av_clip}:FID=S", "-o", f"{tmp_path}/v.mp4:SID=S#video",
                     "-o", f"{tmp_path}/a.mp4:SID=S#audio")
    assert lines == ["0 fin", "1 mp4dmx", "2 mp4mx", "3 fout", "2 mp4mx", "3 fout"]


def test_worked_example_groups(gpac, av_clip, tmp_path):
    """Example 20, with a third group: each is independent."""
    for i in range(3):
        (tmp_path / f"in{i}.mp4").write_bytes(av_clip.read_bytes())
    args = []
    for i in range(3):
        args += ["-i", tmp_path / f"in{i}.mp4", "-o", tmp_path / f"out{i}.mp4"]
    assert graph_of(gpac, *args) == ["0 fin", "1 mp4dmx", "2 mp4mx", "3 fout"] * 3


def test_worked_example_no_chains(gpac, av_clip, tmp_path):
    """Example 22: without dynamic filters there is no link."""
    done = gpac("-max-chain=0", "-i", av_clip, "-o", tmp_path / "x.mp4", check=False)
    assert done.returncode == 1
    assert "not connected" in done.stderr


def test_worked_example_implicit_order(gpac, av_clip, tmp_path):
    """Examples 23 and 26."""
    lines = graph_of(gpac, "-i", av_clip, "reframer", "-o", tmp_path / "x.mp4")
    assert lines == ["0 fin", "1 mp4dmx", "2 reframer", "3 mp4mx", "4 fout"]
    lines = graph_of(gpac, "-i", av_clip, "reframer:FID=r", "inspect:SID=r:deep:log=null", "@@0", "-o",
                     tmp_path / "y.mp4")
    # Each PID goes to the reframer and to the muxer, which are expanded at their first line.
    assert set(lines) == {"0 fin", "1 mp4dmx", "2 reframer", "3 inspect", "2 mp4mx", "3 fout"}


def test_what_is_inserted_for_a_sink_feeds_no_other(gpac, av_clip, tmp_path):
    """graph.md 3.5, rule 11: what goes to the inspector directly does not come again through the chain of the sink."""
    done = gpac("-i", av_clip, "reframer:FID=1", f"inspect:SID=1:log={tmp_path / 'log'}", "-o",
                f"{tmp_path / 'x.aac'}:SID=1#audio", "-graph")
    assert len(re.findall(r"-\(PID \w+\) inspect", done.stderr)) == 2
    assert (tmp_path / "x.aac").stat().st_size


def test_worked_example_two_files_one_filter(gpac, av_clip, tmp_path):
    """Example 27."""
    other = tmp_path / "g.mp4"
    other.write_bytes(av_clip.read_bytes())
    lines = graph_of(gpac, "-i", av_clip, "-i", other, "reframer", "-o", tmp_path / "x.mp4")
    assert lines == ["0 fin", "1 mp4dmx", "2 reframer", "3 mp4mx", "4 fout", "0 fin", "1 mp4dmx", "2 reframer"]


# ---- messages and exit codes

@pytest.mark.parametrize("args,words", [
    (["-i", "missing.mp4", "-o", "null"], ["missing.mp4", "no such file"]),
    (["-i", "CLIP", "inspct"], ["inspct", "inspect"]),
    (["-i", "CLIP", "-o", "x.nosuchformat"], ["not connected"]),
    (["-nosuchoption", "-i", "CLIP", "-o", "null"], ["nosuchoption"]),
    (["-i", "CLIP", "@3", "-o", "null"], ["@3"]),
    (["-i", "CLIP", "-o"], ["-o"]),
    (["-logs=nosuchtool@debug", "-i", "CLIP", "-o", "null"], ["nosuchtool"]),
    (["-i", "CLIP", "c=vvc", "-o", "null"], ["VVC"]),
])
def test_mistakes_fail_and_say_why(gpac, av_clip, tmp_path, monkeypatch, args, words):
    monkeypatch.chdir(tmp_path)
    done = gpac(*[str(av_clip) if a == "CLIP" else a for a in args], check=False)
    assert done.returncode == 1
    for word in words:
        assert word in done.stderr


def test_unknown_option_is_named_with_the_nearest(gpac, av_clip):
    done = gpac("-i", av_clip, "inspect:deeep:log=null")
    assert "deeep" in done.stderr and "deep" in done.stderr.replace("deeep", "")
    strict = gpac("-strict", "-i", av_clip, "inspect:deeep:log=null", check=False)
    assert strict.returncode == 1


def test_unused_option_is_reported_at_the_end(gpac, av_clip):
    """`frag` belongs to the muxer, which this graph does not need."""
    done = gpac("-i", av_clip, "-o", "null:frag")
    assert "frag" in done.stderr
    assert gpac("-strict", "-i", av_clip, "-o", "null:frag", check=False).returncode == 1


def test_the_source_is_not_destroyed(gpac, av_clip, tmp_path):
    source = tmp_path / "same.mp4"
    source.write_bytes(av_clip.read_bytes())
    (tmp_path / "link.mp4").symlink_to(source)
    for name in ("same.mp4", "link.mp4"):
        done = gpac("-i", source, "-o", tmp_path / name, check=False)
        assert done.returncode == 1 and name in done.stderr and "atomic" in done.stderr
        assert source.read_bytes() == av_clip.read_bytes()
    gpac("-i", source, "-o", f"{source}:atomic")
    assert source.read_bytes() != av_clip.read_bytes() and source.stat().st_size > 50000


def test_full_disk_is_one_clear_error(gpac, av_clip):
    done = gpac("-i", av_clip, "-o", "/dev/full:ext=mp4", check=False)
    assert done.returncode == 1
    assert "/dev/full" in done.stderr and "No space left" in done.stderr


@pytest.mark.parametrize("topic,word", [("", "Examples"), ("filters", "mp4dmx"), ("mp4mx", "cdur"), ("props", "Timescale"),
                                        ("codecs", "avc"), ("formats", "yuv420"), ("links", "mp4mx"), ("core", "logs"),
                                        ("mp4mx.cdur", "chunk"), ("Timescale", "TIMS"), ("links fout", "mp4mx"),
                                        ("logs", "level")])
def test_help(gpac, topic, word):
    assert word in gpac("-h", *topic.split()).stdout


@pytest.mark.parametrize("topic,word", [("mp4mxx", "mp4mx"), ("mp4mx.cdr", "cdur"), ("links foutt", "fout"),
                                        ("nonsense", "topics")])
def test_help_on_a_wrong_name_fails_and_suggests(gpac, topic, word):
    done = gpac("-h", *topic.split(), check=False)
    assert done.returncode == 1 and not done.stdout
    assert word in done.stderr


def test_help_levels(gpac):
    """Options marked advanced or expert show at their level."""
    texts = [gpac(flag, "core").stdout for flag in ("-h", "-ha", "-hx", "-hh")]
    assert "max-chain" not in texts[0] and "max-chain" in texts[2]
    assert all(len(a) <= len(b) for a, b in zip(texts, texts[1:]))
    assert "-hx core" in texts[0] and "-hx core" not in texts[2]


def test_help_fits_the_width(gpac, monkeypatch):
    monkeypatch.setenv("COLUMNS", "60")
    text = gpac("-hx", "mp4mx").stdout
    assert max(len(line) for line in text.splitlines() if line.startswith("      ")) <= 60


@pytest.mark.parametrize("option", ["-r=often", "-runfor=soon", "-runfor"])
def test_bad_numbers_are_refused(gpac, av_clip, option):
    done = gpac("-i", av_clip, option, "-o", "null", check=False)
    assert done.returncode == 1 and option in done.stderr


def test_progress_shows_part_rate_and_time_left(gpac, av_clip, tmp_path):
    errors = gpac("-i", av_clip, "reframer:rt=on", "-o", tmp_path / "x.mp4", "-r=200").stderr
    lines = [line for line in errors.splitlines() if "%" in line]
    assert len(lines) >= 3
    assert all(re.search(r"\[#* *\] +\d+%.*B/s.*s left", line) for line in lines)
    parts = [int(re.search(r"(\d+)%", line).group(1)) for line in lines]
    assert parts == sorted(parts) and parts[-1] == 100


def test_second_interrupt_stops_at_once(gpac, av_clip, tmp_path):
    """The first one waits for a sink that reads nothing."""
    process = subprocess.Popen([str(GPAC), "-i", str(av_clip), "reframer:rt=on", "-o", str(tmp_path / "x.mp4")],
                               stderr=subprocess.PIPE, text=True)
    time.sleep(0.4)
    process.send_signal(signal.SIGINT)
    process.send_signal(signal.SIGTERM)
    process.communicate(timeout=10)
    assert process.returncode == 130


def test_interrupt_flushes(gpac, av_clip, tmp_path):
    """Ctrl-C ends a session that would go on for long, and the file it was writing is complete."""
    out = tmp_path / "x.mp4"
    process = subprocess.Popen([str(GPAC), "-i", str(av_clip), "reframer:rt=on", "-o", str(out)],
                               stderr=subprocess.PIPE, text=True)
    time.sleep(0.7)
    process.send_signal(signal.SIGINT)
    _, errors = process.communicate(timeout=10)
    assert process.returncode == 130, errors
    nb = subprocess.run(["ffprobe", "-v", "error", "-select_streams", "v", "-count_packets", "-show_entries",
                         "stream=nb_read_packets", "-of", "csv=p=0", str(out)], capture_output=True, text=True, check=True)
    assert 5 <= int(nb.stdout.strip().strip(",")) < 50
