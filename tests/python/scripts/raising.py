"""Raises in a callback of the kind given; the exception comes out of run() or of the call.

    raising.py configure_pid|process|process_event|packet_release|execute|on_filter_new|open|read
"""

import os
import sys

import libgpac as gpac

gpac.init(1, b"0")
KIND = sys.argv[1]


class Session(gpac.FilterSession):
    def on_filter_new(self, f):
        if KIND == "on_filter_new" and f.name == "Sink":
            raise Exception("raised in on_filter_new")


class Source(gpac.FilterCustom):
    def __init__(self, session):
        gpac.FilterCustom.__init__(self, session, "Source")
        self.push_cap("StreamType", "Text", gpac.GF_CAPS_OUTPUT)
        self.pid = self.new_pid()
        self.pid.set_prop("StreamType", "Text")
        self.pid.set_prop("CodecID", "txt")
        self.nb = 0

    def process_event(self, evt):
        if KIND == "process_event":
            raise Exception("raised in process_event")

    def packet_release(self, pid, pck):
        if KIND == "packet_release":
            raise Exception("raised in packet_release")

    def process(self):
        if self.nb == 100:
            self.pid.eos = True
            return gpac.GF_EOS
        pck = self.pid.new_pck_shared(bytearray(b"text"))
        pck.cts = self.nb
        self.nb += 1
        pck.send()


class Sink(gpac.FilterCustom):
    def __init__(self, session):
        gpac.FilterCustom.__init__(self, session, "Sink")
        self.push_cap("StreamType", "Text", gpac.GF_CAPS_INPUT)

    def configure_pid(self, pid, is_remove):
        if KIND == "configure_pid":
            raise Exception("raised in configure_pid")
        if not is_remove:
            pid.send_event(gpac.FilterEvent(gpac.GF_FEVT_PLAY))
        return 0

    def process(self):
        if KIND == "process":
            raise Exception("raised in process")
        for pid in self.ipids:
            while True:
                pck = pid.get_packet()
                if pck is None:
                    break
                pid.drop_packet()


class Task(gpac.FilterTask):
    def execute(self):
        raise Exception("raised in execute")


class File:
    def open(self, url, mode):
        if KIND == "open":
            raise Exception("raised in open")
        self.pos = 0
        return True

    def read(self, buf, size):
        raise Exception("raised in read")

    def close(self):
        pass

    def write(self, buf, size):
        return size

    def seek(self, pos, whence):
        self.pos = pos + [0, self.pos, 1000][whence]

    def tell(self):
        return self.pos

    def eof(self):
        return False


fs = Session()
try:
    if KIND in ("open", "read"):
        fio = gpac.FileIO("test.264", File())
        src = fs.load_src(fio.url)
        dst = fs.load_dst(os.devnull + ":ext=264")
    else:
        src, sink = Source(fs), Sink(fs)
        if KIND == "execute":
            fs.post(Task("task"))
    fs.run()
    print("nothing raised")
except Exception as e:
    print("caught", e)
fs.delete()
fio = src = sink = None
sys.exit(gpac.close())
