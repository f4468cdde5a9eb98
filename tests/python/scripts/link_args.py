"""Tells which streams of a source reach a sink linked with each of the given arguments.

    link_args.py IN ARGUMENT...
"""

import sys

import libgpac as gpac


class Sink(gpac.FilterCustom):
    def __init__(self, session):
        gpac.FilterCustom.__init__(self, session, "Sink")
        self.push_cap("StreamType", "Visual", gpac.GF_CAPS_INPUT)
        self.push_cap("StreamType", "Audio", gpac.GF_CAPS_INPUT)
        self.set_max_pids(-1)
        self.counts = {}

    def configure_pid(self, pid, is_remove):
        if not is_remove and pid not in self.ipids:
            self.counts[pid.get_prop("ID")] = 0
            pid.send_event(gpac.FilterEvent(gpac.GF_FEVT_PLAY))

    def process(self):
        for pid in self.ipids:
            while True:
                pck = pid.get_packet()
                if pck is None:
                    break
                self.counts[pid.get_prop("ID")] += 1
                pid.drop_packet()


gpac.init(0, "0")
for link_args in sys.argv[2:]:
    fs = gpac.FilterSession()
    src = fs.load_src(sys.argv[1])
    sink = Sink(fs)
    sink.set_source(src, link_args or None)
    fs.run()
    print(repr(link_args), *[f"{track}:{count}" for track, count in sorted(sink.counts.items())])
    fs.delete()
sys.exit(gpac.close())
