"""One measurement of decoded frames in a process of its own, for run.py: prints what it found as words.

    python bench/python_frames.py TASK SMALL_FILE FILE

Tasks are ours and, with `peer_` in front, the same with PyAV, both with the threads that the decoder chooses:
`rgb24` and `planes` decode the file to numpy arrays, `arrays` does it too and counts only the thread's time from a
decoded picture to its arrays, `random` takes 100 pictures by their number. They print pictures and seconds. The
small file is read first, so that neither pays for what it loads once. `memory` decodes the file and prints the peak
of resident memory, in bytes, after a minute of it and at its end.
"""

import random
import re
import sys
import time

NB_RANDOM = 100
ONE_MINUTE = 60 * 25  # pictures


def places(nb):
    """The same positions for both."""
    chance = random.Random(2026)
    return [chance.randrange(nb) for _ in range(NB_RANDOM)]


def touch(planes):
    """Reads a sample of each plane, so that nothing is left to be done."""
    for plane in planes:
        plane[-1, -1].max()


# ---- PyAV


def peer_open(path):
    container = av.open(path)
    stream = container.streams.video[0]
    stream.thread_type = "AUTO"
    return container, stream


def peer_loop(path, **options):
    nb = 0
    container, stream = peer_open(path)
    with container:
        for frame in container.decode(stream):
            touch([frame.to_ndarray(**options)])
            nb += 1
    return nb, None


def peer_arrays(path):
    nb, seconds = 0, 0.0
    container, stream = peer_open(path)
    with container:
        for frame in container.decode(stream):
            start = time.thread_time()
            picture = frame.to_ndarray()
            seconds += time.thread_time() - start
            touch([picture])
            nb += 1
    return nb, seconds


def peer_random(path):
    """Times of all pictures from the packets, as ours; then seek to the access point before, and decode."""
    container, stream = peer_open(path)
    with container:
        times = sorted(packet.pts for packet in container.demux(stream) if packet.pts is not None)
        for place in places(len(times)):
            container.seek(times[place], stream=stream)
            for frame in container.decode(stream):
                if frame.pts >= times[place]:
                    break
            assert frame.pts == times[place]
            touch([frame.to_ndarray()])
    return NB_RANDOM, None


# ---- ours


def loop(path, **options):
    nb = 0
    for frame in gpac.frames(path, **options):
        planes = frame.to_ndarray()
        touch([planes] if options else planes)
        nb += 1
    return nb, None


def arrays(path):
    class Sink(gpac.FilterCustom):
        def __init__(self, session):
            super().__init__(session, "sink", gpac.GF_FS_REG_FRAME_IFCE)
            self.push_cap("StreamType", "Visual", gpac.GF_CAPS_INPUT)
            self.push_cap("CodecID", "raw", gpac.GF_CAPS_INPUT)
            self.nb, self.seconds = 0, 0.0

        def configure_pid(self, pid, is_remove):
            if not is_remove and not self.nb:
                pid.send_event(gpac.FilterEvent(gpac.GF_FEVT_PLAY))

        def process(self):
            for pck in self.ipids[0]:
                start = time.thread_time()
                planes = pck.to_ndarray()
                self.seconds += time.thread_time() - start
                touch(planes)
                self.nb += 1

    with gpac.FilterSession() as fs:
        fs.load_src(path)
        sink = Sink(fs)
        fs.run()
        return sink.nb, sink.seconds


def at_random(path):
    with gpac.frames(path) as video:
        for place in places(len(video)):
            touch(video[place].to_ndarray())
    return NB_RANDOM, None


def peak():
    with open("/proc/self/status") as f:
        return int(re.search(r"VmHWM:\s+(\d+)", f.read()).group(1)) * 1024


def memory(path):
    first = nb = 0
    for frame in gpac.frames(path):
        touch(frame.to_ndarray())
        nb += 1
        if nb == ONE_MINUTE:
            first = peak()
    return nb, first, peak()


TASKS = {
    "rgb24": lambda path: loop(path, video="rgb24"), "peer_rgb24": lambda path: peer_loop(path, format="rgb24"),
    "planes": loop, "peer_planes": peer_loop, "arrays": arrays, "peer_arrays": peer_arrays, "random": at_random,
    "peer_random": peer_random,
}

if __name__ == "__main__":
    name, small, path = sys.argv[1:]
    if name.startswith("peer"):
        import av
    else:
        import libgpac as gpac

        gpac.set_logs("all@error")
    if name == "memory":
        print(*memory(path))
    else:
        task = TASKS[name]
        task(small)
        begin = time.perf_counter()
        nb, seconds = task(path)
        print(nb, time.perf_counter() - begin if seconds is None else seconds)
