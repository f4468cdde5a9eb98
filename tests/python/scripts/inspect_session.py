"""Prints what a session can tell of its filters: options, properties, statistics, links.

    inspect_session.py IN
"""

import sys

import libgpac as gpac

gpac.init(0, b"n")
gpac.set_args(sys.argv)


class Printer:
    def __init__(self, prefix):
        self.prefix = prefix

    def on_prop_enum(self, prop_name, value):
        print(self.prefix, prop_name, type(value).__name__, str(value))


class Sink(gpac.FilterCustom):
    def __init__(self, session):
        gpac.FilterCustom.__init__(self, session, "Counter:FID=cnt")
        self.push_cap("StreamType", "Visual", gpac.GF_CAPS_INPUT)
        self.push_cap("StreamType", "Audio", gpac.GF_CAPS_INPUT)
        self.set_max_pids(-1)

    def configure_pid(self, pid, is_remove):
        if not is_remove and pid not in self.ipids:
            pid.send_event(gpac.FilterEvent(gpac.GF_FEVT_PLAY))
        return 0

    def process(self):
        for pid in self.ipids:
            while pid.get_packet() is not None:
                pid.drop_packet()


fs = gpac.FilterSession()
fs.reporting(True)
src = fs.load_src(sys.argv[1])
reframer = fs.load("reframer:saps=1,2:xs=0:N=cutter")
sink = Sink(fs)
fs.run()

for i in range(fs.nb_filters):
    f = fs.get_filter(i)
    print("filter", f.name, f.ID, f.nb_ipid, f.nb_opid, f == fs.get_filter(i))
    for j in range(f.nb_ipid):
        print("source", f.name, j, f.ipid_source(j))
        f.ipid_enum_props(j, Printer("iprop"))
        stats = f.ipid_stats(j)
        print("ipid", f.name, j, f.ipid_prop(j, "name"), f.ipid_prop(j, "StreamType"), f.ipid_prop(j, "NoSuch"),
              stats.nb_processed, stats.nb_saps)
    for j in range(f.nb_opid):
        print("sinks", f.name, j, *[str(s) for s in f.opid_sinks(j)])
        f.opid_enum_props(j, Printer("oprop"))

for arg in reframer.all_args():
    print("arg", arg)
for arg in reframer.all_args_value():
    print("value", arg["name"], arg["type"], arg["value"], "default", arg["default"])
print("one", reframer.get_arg_value("saps"), reframer.get_arg_value("no such option"))

stats = sink.get_statistics()
print("stats", stats.name.decode("utf-8"), stats.reg_name.decode("utf-8"), stats.nb_pid_in, stats.nb_in_pck,
      stats.nb_pck_processed, stats.nb_pck_sent, stats.in_eos, stats.type)
fs.delete()
sys.exit(gpac.close())
