"""pin and pout: standard input, named pipes with writers and readers that come and go."""

import os
import subprocess
import threading

import pytest

from tool import GPAC, probe_packets


@pytest.fixture
def stream(clip):
    return clip("pipe.ac3", "-f", "lavfi", "-i", "sine", "-t", 1, "-c:a", "ac3")


def count(text):
    return sum(" PCK " in line for line in text.splitlines())


def run(*args, **options):
    return subprocess.run([str(GPAC), *map(str, args)], capture_output=True, timeout=60, check=False, **options)


def write_all(path, *blocks):
    """Each block by a writer of its own."""
    for block in blocks:
        with open(path, "wb") as pipe:
            pipe.write(block)


def start(function, *args):
    thread = threading.Thread(target=function, args=args)
    thread.start()
    return thread


@pytest.mark.parametrize("name", ["-", "stdin"])
def test_standard_input(gpac, stream, name):
    whole = count(gpac("-i", stream, "inspect:deep").stdout)
    assert count(run("-i", name, "inspect:deep", input=stream.read_bytes()).stdout.decode()) == whole
    with open(stream, "rb") as file:  # a regular file
        assert count(run("-i", name, "inspect:deep", stdin=file).stdout.decode()) == whole


def test_film_from_standard_input(gpac, av_clip, tmp_path):
    fast = tmp_path / "fast.mp4"
    subprocess.run(["ffmpeg", "-v", "error", "-i", av_clip, "-c", "copy", "-movflags", "faststart", fast], check=True)
    done = run("-i", "-:ext=mp4", "-o", tmp_path / "out.mp4", input=fast.read_bytes())
    assert not done.returncode, done.stderr
    assert {k: len(v) for k, v in probe_packets(tmp_path / "out.mp4").items()} == \
        {k: len(v) for k, v in probe_packets(fast).items()}


def test_named_pipe(gpac, stream, tmp_path):
    pipe = tmp_path / "pipe.ac3"
    os.mkfifo(pipe)
    writer = start(write_all, pipe, stream.read_bytes())
    done = run("-i", f"{pipe}:blk", "inspect:deep")
    writer.join()
    assert count(done.stdout.decode()) == count(gpac("-i", stream, "inspect:deep").stdout)


def test_writers_counted(gpac, stream, tmp_path):
    pipe = tmp_path / "pipe.ac3"
    os.mkfifo(pipe)
    writer = start(write_all, pipe, stream.read_bytes())
    done = run("-i", f"{pipe}:blk:ka:bpcnt=1", "inspect:deep")
    writer.join()
    assert count(done.stdout.decode()) == count(gpac("-i", stream, "inspect:deep").stdout)


def test_pipe_output(gpac, stream, tmp_path):
    pipe = tmp_path / "pipe.ac3"
    os.mkfifo(pipe)
    read = []
    reader = start(lambda: read.append(pipe.read_bytes()))
    done = run("-i", stream, "reframer", "-o", pipe)
    reader.join()
    assert not done.returncode, done.stderr
    assert read == [stream.read_bytes()]


def test_reader_that_leaves(gpac, tmp_path):
    pipe = tmp_path / "pipe.pcm"
    os.mkfifo(pipe)
    (tmp_path / "long.pcm").write_bytes(bytes(1 << 20))

    def read_some():
        with open(pipe, "rb") as file:
            file.read(1000)
    reader = start(read_some)
    done = run("-i", tmp_path / "long.pcm", "reframer", "-o", pipe)
    reader.join()
    assert done.returncode and b"has closed it" in done.stderr


@pytest.mark.parametrize("args", [("-i", "pipe:///nowhere/at/all", "inspect"), ("-i", "pin:src=x:marker", "inspect"),
                                  ("-i", "-:block_size=0", "inspect")])
def test_refused(gpac, args):
    done = run(*args, stdin=subprocess.DEVNULL)
    assert done.returncode and done.stderr
