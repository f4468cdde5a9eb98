"""Aborts a copy after some packets, with one of the kinds of flush.

    abort.py IN OUT NONE|ALL|FAST COUNT
"""

import sys

import libgpac as gpac

gpac.init(0, b"0")
FLUSH = getattr(gpac, "GF_FS_FLUSH_" + sys.argv[3])
COUNT = int(sys.argv[4])


class Pass(gpac.FilterCustom):
    def __init__(self, session):
        gpac.FilterCustom.__init__(self, session, "Pass")
        self.push_cap("StreamType", "Visual", gpac.GF_CAPS_INPUT_OUTPUT)
        self.count = 0
        self.eos = 0

    def configure_pid(self, pid, is_remove):
        if is_remove:
            return 0
        if pid not in self.ipids:
            pid.opid = self.new_pid()
        pid.opid.copy_props(pid)
        return 0

    def process(self):
        for pid in self.ipids:
            pck = pid.get_packet()
            if pck:
                pid.opid.forward(pck)
                pid.drop_packet()
                self.count += 1
                if self.count == COUNT:
                    fs.abort(FLUSH)
            elif pid.eos:
                pid.opid.eos = True
                self.eos += 1
        return 0


fs = gpac.FilterSession()
src = fs.load_src(sys.argv[1])
f = Pass(fs)
f.set_source(src, "video")
dst = fs.load_dst(sys.argv[2])
dst.set_source(f)
fs.run()
print("passed", f.count, "eos", f.eos > 0, "last", fs.last_task)
fs.delete()
sys.exit(gpac.close())
