"""Copies a file and watches the session from a task.

    tasks.py IN OUT [GPAC OPTIONS...]
"""

import sys
import types

import libgpac as gpac

mem_track = 1
gpac.init(mem_track, b"0")
gpac.set_logs("all@warning:app@info", True)
gpac.set_args(sys.argv)


class Session(gpac.FilterSession):
    def on_filter_new(self, f):
        print("new", f.name)

    def on_filter_del(self, f):
        print("del", f.name)


fs = Session(gpac.GF_FS_FLAG_NON_BLOCKING, "")
fs.reporting(True)

# a task as a method given to a base object
task = gpac.FilterTask("watch")
task.nb_calls = 0


def watch(self):
    self.nb_calls += 1
    for i in range(self.session.nb_filters):
        f = self.session.get_filter(i)
        stats = f.get_statistics()
        if stats.status:
            print("status", f.name, stats.status.decode("utf-8"), stats.percent)
        if f.name == "reframer":
            f.last_seen = stats.nb_pck_sent
    fs.http_max_bitrate = fs.http_max_bitrate
    if self.session.last_task:
        return None
    return 5


task.execute = types.MethodType(watch, task)
fs.post(task)


# and one as a class
class Count(gpac.FilterTask):
    def __init__(self):
        gpac.FilterTask.__init__(self, "count")
        self.left = 3

    def execute(self):
        self.left -= 1
        print("count", self.left)
        return 1 if self.left else -1


count = Count()
fs.post(count)

src = fs.load_src(sys.argv[1])
reframer = fs.load("reframer")
dst = fs.load_dst(sys.argv[2])
while not fs.last_task:
    fs.run()
    gpac.sleep(1)

for i in range(fs.nb_filters):
    f = fs.get_filter(i)
    print("filter", f.name, f.nb_ipid, f.nb_opid, f.get_statistics().nb_pck_sent)
print("calls", task.nb_calls > 0, task.session, count.session)
fs.print_graph()
fs.print_stats()
fs.delete()
sys.exit(gpac.close())
