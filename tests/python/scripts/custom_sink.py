"""Reads all streams of a file in a sink of our own, from a start time, and lists the packets.

    custom_sink.py FILE [START]
"""

import sys

import libgpac as gpac

mem_track = 0
gpac.init(mem_track, b"0")
gpac.set_args(sys.argv)

START = float(sys.argv[2]) if len(sys.argv) > 2 else 0


class MySink(gpac.FilterCustom):
    def __init__(self, session):
        gpac.FilterCustom.__init__(self, session, "PySink")
        self.push_cap("StreamType", "Visual", gpac.GF_CAPS_INPUT)
        self.push_cap("StreamType", "Audio", gpac.GF_CAPS_INPUT)
        self.set_max_pids(-1)
        self.max_buffer = 10000000
        self.kept = []

    def configure_pid(self, pid, is_remove):
        if is_remove:
            print("removed", pid.name)
            return 0
        if pid in self.ipids:
            print("update", pid.name)
            return 0
        print("pid", pid.name, pid.get_prop("ID"), pid.get_prop("StreamType"), pid.timescale, pid.get_prop("Delay") or 0)
        # ask for buffering, then to play from the time given
        evt = gpac.FilterEvent(gpac.GF_FEVT_BUFFER_REQ)
        evt.buffer_req.max_buffer_us = self.max_buffer
        pid.send_event(evt)
        evt = gpac.FilterEvent(gpac.GF_FEVT_PLAY)
        evt.play.start_range = START
        pid.send_event(evt)
        pid.set_framing(True)
        pid.track = pid.get_prop("ID")
        return 0

    def keep(self, pck):
        """Uses the last packets again, after they left their queue."""
        self.kept.append((pck, bytes(pck.data)))
        if len(self.kept) > 3:
            old, data = self.kept.pop(0)
            if bytes(old.data) != data:
                raise Exception("packet changed behind our back")
            old.unref()

    def process(self):
        for pid in self.ipids:
            pck = pid.get_packet()
            if pck == None:  # noqa: E711 as scripts of users write it
                continue
            print("packet", pid.track, pck.dts, pck.cts, pck.size, pck.sap, pck.seek)
            pck.ref()
            pid.drop_packet()
            self.keep(pck)
        return 0


fs = gpac.FilterSession(gpac.GF_FS_FLAG_NON_BLOCKING, "")
src = fs.load_src(sys.argv[1])
sink = MySink(fs)
sink.set_source(src)

while True:
    fs.run()
    if fs.last_task:
        break

print("eos", *[pid.eos for pid in sink.ipids])
for pck, _ in sink.kept:
    pck.unref()
fs.delete()
sys.exit(gpac.close())
