"""One measurement of Python code in a process of its own, for run.py: prints what it found as words.

    python bench/python_loops.py TASK SMALL_FILE [FILE]

Loops over packets read the video track of the file, ours and PyAV's the same fields. They print packets, processor
seconds from opening the file to its end, which a busy machine changes less than those of the clock, and calls of
process. The small file is read first, so that neither pays for what it loads once.
"""

import sys
import time


def peer_fields(path):
    nb = 0
    with av.open(path) as container:
        for packet in container.demux(container.streams.video[0]):
            packet.dts
            packet.pts
            packet.is_keyframe
            packet.size
            nb += 1
    return nb - 1, 0  # the last one stands for the end


def peer_data(path):
    nb = 0
    with av.open(path) as container:
        for packet in container.demux(container.streams.video[0]):
            data = memoryview(packet)
            if len(data):
                data[0]
                nb += 1
    return nb, 0


def sinks():
    class Sink(gpac.FilterCustom):
        def __init__(self, session):
            super().__init__(session, "sink")
            self.push_cap("StreamType", "Visual", gpac.GF_CAPS_INPUT)
            self.nb = self.calls = 0

        def configure_pid(self, pid, is_remove):
            if not is_remove:
                pid.send_event(gpac.FilterEvent(gpac.GF_FEVT_PLAY))

    class Fields(Sink):
        def process(self):
            self.calls += 1
            nb = 0
            for pck in self.ipids[0]:
                pck.dts
                pck.cts
                pck.sap
                pck.size
                nb += 1
            self.nb += nb

    class Data(Sink):
        def process(self):
            self.calls += 1
            nb = 0
            for pck in self.ipids[0]:
                data = pck.data
                if len(data):
                    data[0]
                    nb += 1
            self.nb += nb

    class Count(Sink):
        def process(self):
            self.calls += 1
            for _ in self.ipids[0]:
                self.nb += 1

    return {"fields": Fields, "data": Data, "count": Count}


def passes():
    class Pass(gpac.FilterCustom):
        def __init__(self, session):
            super().__init__(session, "pass")
            self.push_cap("StreamType", "Visual", gpac.GF_CAPS_INPUT_OUTPUT)
            self.calls = 0

        def configure_pid(self, pid, is_remove):
            if not is_remove:
                self.opid = self.opids[0] if self.opids else self.new_pid()
                self.opid.copy_props(pid)

        def process(self):
            self.calls += 1
            for pck in self.ipids[0]:
                self.send(pck)
            if self.ipids[0].eos:
                self.opid.eos = True

    class Forward(Pass):
        def send(self, pck):
            self.opid.forward(pck)

    class Copy(Pass):
        def send(self, pck):
            new = self.opid.new_pck(pck.size)
            new.copy_props(pck)
            new.send()

    return {"forward": Forward, "copy": Copy}


def ours(sink, through=None):
    def run(path):
        with gpac.FilterSession() as fs:
            fs.load_src(path)
            middle = through(fs) if through else None
            end = sink(fs)
            fs.run()
            return end.nb, (middle or end).calls

    return run


def one_session(path):
    with gpac.FilterSession() as fs:
        fs.load_src(path)
        sinks()["count"](fs)
        fs.run()


def resident():
    with open("/proc/self/statm") as f:
        return int(f.read().split()[1]) * 4096


def many_sessions(path):
    """Resident memory after the first and the last thousand of 10 000 sessions, and what close() returns."""
    sizes = []
    for i in range(10_000):
        one_session(path)
        if i in (999, 9_999):
            sizes.append(resident())
    return *sizes, gpac.close()


def loop(task):
    if task == "peer_fields":
        return peer_fields
    if task == "peer_data":
        return peer_data
    if task in passes():
        return ours(sinks()["count"], passes()[task])
    return ours(sinks()[task])


if __name__ == "__main__":
    name, small, *files = sys.argv[1:]
    if name.startswith("peer"):
        import av
    else:
        import libgpac as gpac

        gpac.set_logs("all@error")
    if name == "once":
        one_session(small)
        gpac.close()
        print(open("/proc/self/status").read())
    elif name == "sessions":
        print(*many_sessions(small))
    else:
        run = loop(name)
        run(small)
        start = time.process_time()
        packets, calls = run(*files)
        print(packets, time.process_time() - start, calls)
