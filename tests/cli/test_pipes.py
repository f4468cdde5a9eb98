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


# ---- Marks

FLUSH, CHANGE, CLOSE = b"GPACPIF\0", b"GPACPIR\0", b"GPACPIC\0"


@pytest.fixture
def frames(clip):
    """The frames of an AC-3 stream: at 48 kHz all of one size."""
    data = clip("marks.ac3", "-f", "lavfi", "-i", "sine=sample_rate=48000", "-t", 1, "-c:a", "ac3", "-b:a", "192k").read_bytes()
    return [data[i:i + 768] for i in range(0, len(data), 768)]


def test_mark_flushes_the_graph(frames, tmp_path):
    """What comes before a mark passes all filters while its writer waits, with a mark behind it at the other end."""
    pipe, out = tmp_path / "in.ac3", tmp_path / "out.ac3"
    os.mkfifo(pipe)
    os.mkfifo(out)
    first, second = b"".join(frames[:10]), b"".join(frames[10:])
    came, read = threading.Event(), []

    def write():
        with open(pipe, "wb", buffering=0) as file:
            file.write(first + FLUSH)
            came.wait(30)
            read.append(came.is_set())
            file.write(second)

    def read_all():
        with open(out, "rb") as file:
            read.append(file.read(len(first) + 8))
            came.set()
            read.append(file.read())
    threads = start(write), start(read_all)
    done = run("-i", f"{pipe}:blk:marker", "reframer", "-o", f"{out}:marker")
    for thread in threads:
        thread.join()
    assert not done.returncode, done.stderr
    assert read == [first + FLUSH, True, second]


@pytest.mark.parametrize("size", [1, 7, 5000])
def test_marks_are_taken_out(frames, tmp_path, size):
    """Whatever the blocks are; what only begins like a mark is data."""
    data = b"".join(frames)
    marked = FLUSH + data[:768] + FLUSH + data[768:1536] + b"GPACPIF\n" + data[1536:] + b"GPACPIX\0GPACPIF GPACPI"
    done = run("-i", f"-:marker:ext=raw:block_size={size}", "-o", f"{tmp_path}/out.raw", input=marked)
    assert not done.returncode, done.stderr
    assert (tmp_path / "out.raw").read_bytes() == data + b"GPACPIX\0GPACPIF GPACPI"
    run("-i", "-:ext=raw", "-o", f"{tmp_path}/out.raw", input=marked)
    assert (tmp_path / "out.raw").read_bytes() == marked


AT_FRAGMENTS = ("-movflags", "frag_keyframe+empty_moov", "-g", 5)


@pytest.mark.parametrize("name,options", [("flush.wav", ("-c:a", "pcm_s16le")), ("flush.flac", ()), ("flush.mp4", AT_FRAGMENTS)])
def test_stream_goes_on_behind_a_mark(clip, name, options):
    """As if it were not there, also in the middle of a sample or fragment."""
    picture = ("-f", "lavfi", "-i", "testsrc2=size=64x64:rate=25") if name.endswith("mp4") else ()
    data = clip(name, *picture, "-f", "lavfi", "-i", "sine=sample_rate=48000", "-t", 1, *options).read_bytes()
    cut = data.rindex(b"moof") - 4 if b"moof" in data else 20001
    if name.endswith("flac"):  # frames of FLAC end with the next one: the mark is at the start of one
        cut = data.index(b"\xff\xf8", cut)
    report = "inspect:deep:fmt=%cts% %size%%lf%"
    whole, marked = run("-i", "-", report, input=data), run("-i", "-:marker", report, input=data[:cut] + FLUSH + data[cut:])
    assert not marked.returncode and not marked.stderr
    assert sorted(marked.stdout.splitlines()) == sorted(whole.stdout.splitlines())


def test_mark_of_another_format(clip, frames):
    """Sound, the same again, then video: the filters behind change with it."""
    video = clip("marks.264", "-f", "lavfi", "-i", "testsrc2=size=64x64:rate=25", "-t", 1, "-c:v", "libx264").read_bytes()
    sound = b"".join(frames)
    done = run("-i", "-:marker", "inspect:deep:fmt=%pid.CodecID% %size%%lf%", input=sound + CHANGE + sound + CHANGE + video)
    assert not done.returncode, done.stderr
    lines = done.stdout.decode().split("\n")
    assert lines.count("AC3 Audio 768") == 2 * len(frames) and sum("AVC" in line for line in lines) == 25


def test_mark_that_closes(frames, tmp_path):
    """The stream ends although its writer has the pipe open, and with `ka`."""
    pipe = tmp_path / "in.ac3"
    os.mkfifo(pipe)
    ended = threading.Event()

    def write():
        with open(pipe, "wb", buffering=0) as file:
            file.write(b"".join(frames[:10]) + CLOSE + b"".join(frames[10:12]))
            ended.wait(30)
    writer = start(write)
    done = run("-i", f"{pipe}:blk:ka:marker", "inspect:deep")
    still_open = writer.is_alive()
    ended.set()
    writer.join()
    assert still_open and count(done.stdout.decode()) == 10


def test_mark_behind_each_file(clip, tmp_path):
    """Pictures, each a file of its own."""
    source = clip("marks.264", "-f", "lavfi", "-i", "testsrc2=size=64x64:rate=25", "-t", 1, "-c:v", "libx264")
    pipe, read = tmp_path / "out.png", []
    os.mkfifo(pipe)
    reader = start(lambda: read.append(pipe.read_bytes()))
    done = run("-i", source, "reframer:xs=0:xe=0.2", "-o", f"{pipe}:marker")
    reader.join()
    assert not done.returncode, done.stderr
    files = read[0].split(FLUSH)
    assert len(files) == 6 and files.pop() == b""
    assert all(file.startswith(b"\x89PNG\r\n") and file.endswith(b"IEND\xaeB`\x82") for file in files)


@pytest.mark.parametrize("args", [("-i", "pipe:///nowhere/at/all", "inspect"), ("-i", "-:block_size=0", "inspect")])
def test_refused(gpac, args):
    done = run(*args, stdin=subprocess.DEVNULL)
    assert done.returncode and done.stderr
