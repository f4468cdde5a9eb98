"""ffdmxpid: libavformat fed by a pipe, against ffdmx on the file."""

import os
import subprocess
import threading

import pytest

from tool import GPAC

MEDIA = ("-f", "lavfi", "-i", "testsrc2=size=64x64:rate=25", "-f", "lavfi", "-i", "sine", "-t", 2)
KINDS = {"mkv": ("-c:v", "libx264", "-c:a", "aac"), "webm": ("-c:v", "libvpx", "-c:a", "libopus"),
         "flv": ("-c:v", "flv1", "-c:a", "libmp3lame"), "ts": ("-c:v", "libx264", "-c:a", "aac"),
         "avi": ("-c:v", "mpeg4", "-c:a", "libmp3lame")}
REPORT = "inspect:deep:hdr=false:fmt=%pid.CodecID% %cts% %dur% %size%%lf%"


def packets(report):
    """Lines of a report in one order. libavformat rounds times of MPEG-2 TS (90 kHz) otherwise when it cannot seek."""
    lines = [line.rsplit(" ", 3) for line in report.splitlines()]
    return sorted((codec, round(int(cts) / 10), int(dur), int(size)) for codec, cts, dur, size in lines)


@pytest.fixture(params=KINDS)
def source(request, clip):
    return clip(f"piped.{request.param}", *MEDIA, *KINDS[request.param])


def run(*args, **options):
    return subprocess.run([str(GPAC), *map(str, args)], capture_output=True, timeout=60, check=False, **options)


def test_same_packets_as_the_file(gpac, source):
    with open(source, "rb") as file:
        done = run("-i", "-", "ffdmxpid", REPORT, stdin=file)
    assert not done.returncode and not done.stderr
    ours, whole = packets(done.stdout.decode()), packets(gpac("-i", source, REPORT).stdout)
    assert [(p[0], *p[2:]) for p in ours] == [(p[0], *p[2:]) for p in whole]
    assert all(abs(a[1] - b[1]) <= 1 for a, b in zip(ours, whole))


def test_small_pieces(gpac, source):
    """What libavformat wants to read is more than what is there, or than is taken ahead."""
    done = run("-i", "-:block_size=100", "ffdmxpid:strbuf_min=150:block_size=700", REPORT, input=source.read_bytes())
    assert not done.returncode and not done.stderr
    ours, whole = packets(done.stdout.decode()), packets(gpac("-i", source, REPORT).stdout)
    assert [(p[0], *p[2:]) for p in ours] == [(p[0], *p[2:]) for p in whole]
    assert all(abs(a[1] - b[1]) <= 1 for a, b in zip(ours, whole))


def test_packets_come_while_the_writer_waits(clip, tmp_path):
    """Half of the file is enough for frames at the other end."""
    data = clip("piped.mkv", *MEDIA, *KINDS["mkv"]).read_bytes()
    pipe, out = tmp_path / "in", tmp_path / "out.264"
    os.mkfifo(pipe)
    os.mkfifo(out)
    came, waited = threading.Event(), []

    def write():
        with open(pipe, "wb", buffering=0) as file:
            file.write(data[:len(data) // 2])
            waited.append(came.wait(30))
            file.write(data[len(data) // 2:])

    def read():
        with open(out, "rb") as file:
            file.read(100)
            came.set()
            file.read()
    threads = [threading.Thread(target=write), threading.Thread(target=read)]
    for thread in threads:
        thread.start()
    done = run("-i", f"{pipe}:blk", "ffdmxpid", "-o", out)
    for thread in threads:
        thread.join()
    assert waited == [True], done.stderr


def test_end_in_the_middle(source):
    """Of the input, also while the streams are looked for, and of the output."""
    data = source.read_bytes()
    assert run("-i", "-", "ffdmxpid", REPORT, input=data[:len(data) // 2]).stdout
    run("-i", "-", "ffdmxpid", REPORT, input=data[:50])
    done = run("-i", "-", "ffdmxpid", "reframer:xs=0:xe=0.2", REPORT, input=data)
    assert not done.returncode and done.stdout.count(b"\n") < 40


@pytest.mark.parametrize("options,told", [("", b"cannot open -: Invalid data"), (":block_size=0", b"block_size and strbuf_min are 1 to"),
                                          (":nosuchoption=1", b"nosuchoption")])
def test_refusals(options, told):
    done = run("-i", "-", f"ffdmxpid{options}", REPORT, input=b"this is no film" * 100)
    assert told in done.stderr
