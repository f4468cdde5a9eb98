"""Measures ours against FFmpeg's command line and against PyAV, in turn, in one run, and prints the median ratios.

    .venv/bin/python bench/run.py [--runs N]

Media is made with FFmpeg in build/bench on the first run: 20 minutes of AVC at 50 fps with AAC, about 75 MB, and
the same four times over; pictures of several sizes to decode. A ratio is ours divided by the peer's, for Python how many
times faster ours is; the target is printed beside it.
"""

import argparse
import os
import re
import resource
import statistics
import subprocess
import sys
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
BUILD = ROOT / "build"
WORK = BUILD / "bench"
GPAC = str(BUILD / "gpac")
PYTHON = str(ROOT / ".venv" / "bin" / "python")
LOOPS = str(ROOT / "bench" / "python_loops.py")
FRAMES = str(ROOT / "bench" / "python_frames.py")
NB_VIDEO = 60_000  # packets at 50 fps
NB_SAMPLES = NB_VIDEO + 56_251  # with audio packets of 1024 samples


def ffmpeg(*args):
    subprocess.run(["ffmpeg", "-v", "error", "-y", *map(str, args)], check=True)


def make_media():
    """Makes the test files; returns their paths: the big one, four times it, a small one."""
    WORK.mkdir(parents=True, exist_ok=True)
    big, four, small = WORK / "big.mp4", WORK / "four.mp4", WORK / "small.mp4"
    if not big.exists():
        print("making", big, "(once)", file=sys.stderr)
        ffmpeg("-f", "lavfi", "-i", "testsrc2=size=320x180:rate=50", "-f", "lavfi", "-i",
               "sine=frequency=440:sample_rate=48000", "-t", 1200, "-c:v", "libx264", "-preset", "ultrafast",
               "-x264-params", "keyint=100:bframes=2", "-b:v", "400k", "-pix_fmt", "yuv420p", "-c:a", "aac",
               "-b:a", "96k", WORK / "big.tmp.mp4")
        os.rename(WORK / "big.tmp.mp4", big)
    if not four.exists():
        ffmpeg("-stream_loop", 3, "-i", big, "-c", "copy", WORK / "four.tmp.mp4")
        os.rename(WORK / "four.tmp.mp4", four)
    if not small.exists():
        ffmpeg("-i", big, "-t", 10, "-c", "copy", small)
    return big, four, small


def run(command):
    """Runs a command; returns its wall time in seconds and its peak resident memory in bytes.

    What earlier runs wrote is gone and on disk before the clock starts: neither pays for the other's output.
    """
    for path in WORK.glob("*out*.mp4"):
        path.unlink()
    os.sync()
    start = time.perf_counter()
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    _, status, usage = os.wait4(process.pid, 0)
    wall = time.perf_counter() - start
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        sys.exit(f"failed: {' '.join(command)}")
    return wall, usage.ru_maxrss * 1024


def compare(name, ours, peer, runs, target):
    """Runs both in turn and prints the median of the ratios of each turn."""
    ratios, walls = [], []
    for _ in range(runs):
        a, _ = run(ours)
        b, _ = run(peer)
        ratios.append(a / b)
        walls.append((a, b))
    ours_ms = statistics.median(w[0] for w in walls) * 1000
    peer_ms = statistics.median(w[1] for w in walls) * 1000
    ratio = statistics.median(ratios)
    print(f"{name:34} {ratio:6.3f} of the peer (target <= {target}); {ours_ms:.0f} ms against {peer_ms:.0f} ms")


def memory(big, four):
    for name, out in (("MP4", "out.mp4"), ("fragmented", "out_frag.mp4:frag")):
        _, one = run([GPAC, "-i", str(big), "-o", str(WORK / out)])
        _, more = run([GPAC, "-i", str(four), "-o", str(WORK / out)])
        per_sample = (more - one) / (3 * NB_SAMPLES)
        print(f"peak memory, remux to {name:12} {one / 1e6:6.1f} MB (target <= 25); four times the input "
              f"{more / 1e6:.1f} MB, {per_sample:.0f} bytes per sample of tables")


def engine(runs):
    for what, target in (("hop", 200), ("link", 1000)):
        values = []
        for _ in range(runs):
            out = subprocess.run([str(BUILD / "bench" / "bench_engine"), what], capture_output=True, text=True, check=True)
            values.append(float(out.stdout.split()[1]))
        unit = out.stdout.split()[2]
        print(f"{what:34} {statistics.median(values):6.1f} {unit} (target <= {target})")


def python_loop(task, small, big):
    """Processor seconds and calls of process of one loop over the packets; see python_loops.py."""
    # The linear algebra library that numpy loads keeps a thread spinning for a while, which is nobody's work here.
    env = dict(os.environ, OPENBLAS_NUM_THREADS="1")
    out = subprocess.run([PYTHON, LOOPS, task, str(small), str(big)], capture_output=True, text=True, check=True,
                         env=env).stdout
    nb, seconds, calls = out.split()
    assert int(nb) == NB_VIDEO, f"{task} read {nb} packets"
    return float(seconds), int(calls)


def python_packets(small, big, runs):
    for name, ours, peer, target in (("fields of a packet", "fields", "peer_fields", 6),
                                     ("data of a packet", "data", "peer_data", 4)):
        pairs = [(python_loop(ours, small, big)[0], python_loop(peer, small, big)[0]) for _ in range(runs)]
        ratio = statistics.median(b / a for a, b in pairs)
        ms = [statistics.median(times) * 1000 for times in zip(*pairs)]
        print(f"Python, {name:26} {ratio:6.2f} times as fast as PyAV (target >= {target}); "
              f"{ms[0]:.0f} ms against {ms[1]:.0f} ms")
    for name, task in (("forward", "forward"), ("new packet, copied properties", "copy")):
        added, rates = [], []
        for _ in range(runs):
            without, _ = python_loop("count", small, big)
            seconds, calls = python_loop(task, small, big)
            added.append((seconds - without) / NB_VIDEO)
            rates.append(NB_VIDEO / seconds)
        print(f"Python, {name:29} {statistics.median(rates) / 1e6:5.2f} million packets per second; the filter adds "
              f"{statistics.median(added) * 1e6:.2f} us per packet (target <= 1), {calls} calls of process")


def python_peak(*args):
    """Peak resident memory of a Python process in bytes: that of rusage counts what it was before exec, too."""
    out = subprocess.run([PYTHON, *args], capture_output=True, text=True, check=True).stdout
    return int(re.search(r"VmHWM:\s+(\d+)", out).group(1)) * 1024


def python_start(small, runs):
    """What a process takes beyond one that does nothing."""
    status = "print(open('/proc/self/status').read())"
    base_peak = python_peak("-c", status)
    for name, args, ms in (("import libgpac", ["-c", f"import libgpac; {status}"], 25),
                           ("import and one session", [LOOPS, "once", str(small)], 60)):
        walls = [run([PYTHON, *args])[0] - run([PYTHON, "-c", "pass"])[0] for _ in range(runs * 4)]
        print(f"Python, {name:26} {statistics.median(walls) * 1000:6.1f} ms (target <= {ms}), "
              f"{(python_peak(*args) - base_peak) / 1e6:.1f} MB (target <= 15) beyond `pass`")


def python_sessions(small):
    out = subprocess.run([PYTHON, LOOPS, "sessions", str(small)], capture_output=True, text=True, check=True).stdout
    first, last, closed = map(int, out.split())
    print(f"Python, 10 000 sessions            {first / 1e6:.1f} MB after the first thousand, {last / 1e6:.1f} MB after "
          f"the last; gpac.close() returns {closed}")


def pictures(name, size, rate, seconds, *options):
    """A file of AVC pictures, made once."""
    path = WORK / name
    WORK.mkdir(parents=True, exist_ok=True)
    if not path.exists():
        part = WORK / f"part.{name}"
        ffmpeg("-f", "lavfi", "-i", f"testsrc2=size={size}:rate={rate}", "-t", seconds, "-c:v", "libx264", *options,
               "-pix_fmt", "yuv420p", part)
        os.rename(part, path)
    return path


def hd():
    return pictures("hd.mp4", "1920x1080", 50, 6, "-preset", "veryfast", "-b:v", "8M")


def codecs(runs):
    source = str(hd())
    peer = ["ffmpeg", "-v", "error", "-y", "-i", source]
    compare("decode AVC to null", [GPAC, "-i", source, "reframer:raw=v", "-o", "null"],
            peer + ["-vsync", "passthrough", "-f", "null", "-"], runs, 1.05)
    compare("transcode AVC to AVC", [GPAC, "-i", source, "c=avc:preset=veryfast:b=5M", "-o", str(WORK / "out.mp4")],
            peer + ["-c:v", "libx264", "-preset", "veryfast", "-b:v", "5M", str(WORK / "ff_out.mp4")], runs, 1.05)


def frames_task(task, path):
    """Words that python_frames.py prints."""
    small = pictures("second.mp4", "320x180", 25, 1)
    # The linear algebra library that numpy loads keeps a thread spinning for a while, which is nobody's work here.
    env = dict(os.environ, OPENBLAS_NUM_THREADS="1")
    command = [PYTHON, FRAMES, task, str(small), str(path)]
    return subprocess.run(command, capture_output=True, text=True, check=True, env=env).stdout.split()


def python_frames(runs):
    film = pictures("film.mp4", "640x360", 25, 60)
    for name, task, path, target in (("rgb24, 1920x1080", "rgb24", hd(), ">= 1"),
                                     ("rgb24, 640x360", "rgb24", film, ">= 1"),
                                     ("planes, 1920x1080", "planes", hd(), "none: decoding"),
                                     ("decoded picture to arrays", "arrays", hd(), ">= 2"),
                                     ("100 random pictures", "random", film, ">= 1.25")):
        pairs = []
        for _ in range(runs):
            (nb, ours), (nb_peer, peer) = frames_task(task, path), frames_task(f"peer_{task}", path)
            assert nb == nb_peer, f"{nb} pictures and {nb_peer}"
            pairs.append((float(ours), float(peer)))
        ratio = statistics.median(b / a for a, b in pairs)
        ms = [statistics.median(times) * 1000 for times in zip(*pairs)]
        print(f"frames, {name:26} {ratio:6.2f} times as fast as PyAV (target {target}); {ms[0]:.0f} ms against "
              f"{ms[1]:.0f} ms")
    hour = pictures("hour.mp4", "128x72", 25, 3600, "-preset", "ultrafast")
    nb, first, last = map(int, frames_task("memory", hour))
    print(f"frames, one hour                   {first / 1e6:.1f} MB at its peak after the first minute, {last / 1e6:.1f} MB "
          f"after {nb} pictures (target: the same)")


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--runs", type=int, default=7)
    runs = parser.parse_args().runs
    big, four, small = make_media()
    copy = ["ffmpeg", "-v", "error", "-y", "-i", str(big), "-c", "copy"]
    compare("remux to MP4", [GPAC, "-i", str(big), "-o", str(WORK / "out.mp4")], copy + [str(WORK / "ff_out.mp4")], runs, 0.4)
    compare("remux to fragmented MP4", [GPAC, "-i", str(big), "-o", str(WORK / "out_frag.mp4:frag")],
            copy + ["-movflags", "frag_keyframe+empty_moov", str(WORK / "ff_out_frag.mp4")], runs, 0.45)
    compare("inspect:deep, small file", [GPAC, "-i", str(small), "inspect:deep"],
            ["ffprobe", "-v", "error", "-show_packets", str(small)], runs, 0.2)
    codecs(runs)
    memory(big, four)
    engine(runs)
    python_packets(small, big, runs)
    python_start(small, runs)
    python_sessions(small)
    python_frames(runs)


if __name__ == "__main__":
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    main()
