"""Options at run time, links asked for before they are made.

    update.py IN OUT
"""

import sys

import libgpac as gpac

gpac.init(0, b"0")
gpac.set_logs("all@error", True)

fs = gpac.FilterSession()
src = fs.load_src(sys.argv[1])
reframer = fs.load("reframer")
dst = fs.load_dst(sys.argv[2])


class Watch(gpac.FilterTask):
    def execute(self):
        if not reframer.nb_opid:
            return 0
        for i in range(reframer.nb_opid):
            print("link", reframer.opid_prop(i, "StreamType"), reframer.probe_link(i, "dst=x.mp4"),
                  reframer.probe_link(i, "inspect"), reframer.probe_link(i, "writegen"))
        print("bad", reframer.probe_link(77, "inspect"), reframer.probe_link(0, "no such filter"),
              reframer.get_destinations(77))
        print("destinations", *sorted(reframer.get_destinations(0)))
        reframer.update("saps", "1")
        reframer.update("xround", "after")  # cannot be updated
        reframer.update("copy", True)
        reframer.update("no such option", 3)
        return -1


fs.post(Watch("watch"))
fs.run()
print("now", reframer.get_arg_value("saps"), reframer.get_arg_value("xround"), reframer.get_arg_value("copy"))
fs.delete()
sys.exit(gpac.close())
