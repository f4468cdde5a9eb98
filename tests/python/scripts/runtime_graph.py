"""Changes a graph while it runs: a filter is inserted, a sink added and connected, a filter taken out.

    runtime_graph.py IN
"""

import sys

import libgpac as gpac

gpac.init(0, b"0")


class Pass(gpac.FilterCustom):
    """Forwards everything and counts it."""

    def __init__(self, session, name):
        gpac.FilterCustom.__init__(self, session, name)
        self.push_cap("StreamType", "Visual", gpac.GF_CAPS_INPUT_OUTPUT)
        self.count = 0

    def configure_pid(self, pid, is_remove):
        if is_remove:
            if pid.opid in self.opids:
                pid.opid.remove()
            return 0
        if pid not in self.ipids:
            pid.opid = self.new_pid()
        pid.opid.copy_props(pid)
        return 0

    def process(self):
        for pid in self.ipids:
            pck = pid.get_packet()
            if pck is not None and not pid.opid.would_block:
                self.count += 1
                pid.opid.forward(pck)
                pid.drop_packet()
            if pid.eos:
                pid.opid.eos = True


class Sink(gpac.FilterCustom):
    def __init__(self, session, name, at=None):
        gpac.FilterCustom.__init__(self, session, name)
        self.push_cap("StreamType", "Visual", gpac.GF_CAPS_INPUT)
        self.count = 0
        self.removed = 0
        self.at = at or {}

    def configure_pid(self, pid, is_remove):
        if is_remove:
            self.removed += 1
        elif pid not in self.ipids:
            pid.send_event(gpac.FilterEvent(gpac.GF_FEVT_PLAY))
        return 0

    def process(self):
        for pid in self.ipids:
            while True:
                pck = pid.get_packet()
                if pck is None:
                    break
                pid.drop_packet()
                self.count += 1
                if self.count in self.at:
                    self.at[self.count]()


def names():
    return [fs.get_filter(i).name for i in range(fs.nb_filters)]


class Changes:
    """Made by the sink after some packets."""

    def insert(self):
        self.second = Pass(fs, "Second")
        self.other = Sink(fs, "Other")
        self.other.set_source(self.second)
        first.insert(self.second)
        print("inserted after", sink.count)

    def remove(self):
        self.other_count = self.other.count
        self.second.remove()
        print("removed after", sink.count)


changes = Changes()
fs = gpac.FilterSession()
src = fs.load_src(sys.argv[1])
first = Pass(fs, "First")
first.set_source(src, "#video")
sink = Sink(fs, "Sink", {20: changes.insert, 60: changes.remove})
sink.set_source(first)
print("before", *names())
fs.run()
print("counts", first.count, sink.count, changes.second.count, changes.other.count)
print("after", *names())
print("gone", changes.other.removed, str(changes.other), str(changes.second))
fs.delete()

# the same graph, linked only when asked
fs = gpac.FilterSession(gpac.GF_FS_FLAG_FORCE_DEFER_LINK)
src = fs.load_src(sys.argv[1])
first = Pass(fs, "First")
first.set_source(src, "#video")
fs.run()
print("deferred", first.nb_ipid)
src.reconnect()
fs.run()
print("first", first.nb_ipid, first.nb_opid, first.count)
second = Pass(fs, "Second")
first.insert(second)
fs.run()
print("second", second.nb_ipid, second.count)
sink = Sink(fs, "Sink")
second.insert(sink, 0)
fs.run()
print("linked", first.count, second.count, sink.count)
try:
    first.reconnect(3)
except Exception as e:
    print("error", e)
fs.delete()
sys.exit(gpac.close())
