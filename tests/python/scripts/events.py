"""Events along a chain of our filters, in both directions, and fired from a task.

    events.py
"""

import sys

import libgpac as gpac

gpac.init(0, b"0")


class Node(gpac.FilterCustom):
    def process_event(self, evt):
        where = "none" if evt.pid is None else ("in" if evt.pid in self.ipids else "out")
        print("event", self.name, evt.base.type, where, evt.pid is None or evt.base.on_pid == evt.pid.handle)
        if evt.base.type == gpac.GF_FEVT_PLAY:
            print("play", self.name, evt.play.start_range, evt.play.speed)
        return self.stop_events

    stop_events = False


class Source(Node):
    def __init__(self, session):
        gpac.FilterCustom.__init__(self, session, "Source")
        self.push_cap("StreamType", "Text", gpac.GF_CAPS_OUTPUT)
        self.pid = self.new_pid()
        self.pid.set_prop("StreamType", "Text")
        self.pid.set_prop("CodecID", "txt")
        self.nb_sent = 0

    def process(self):
        if self.nb_sent == 10:
            self.pid.eos = True
            return gpac.GF_EOS
        pck = self.pid.new_pck(2)
        pck.data[0] = self.nb_sent
        pck.cts = 1000 * self.nb_sent
        pck.send()
        self.nb_sent += 1
        if self.nb_sent == 5:
            self.pid.send_event(gpac.FilterEvent(gpac.GF_FEVT_NTP_REF))
        self.reschedule(100)


class Middle(Node):
    def __init__(self, session):
        gpac.FilterCustom.__init__(self, session, "Middle")
        self.push_cap("StreamType", "Text", gpac.GF_CAPS_INPUT_OUTPUT)

    def configure_pid(self, pid, is_remove):
        if is_remove:
            return 0
        if pid not in self.ipids:
            pid.opid = self.new_pid()
        pid.opid.copy_props(pid)

    def process(self):
        for pid in self.ipids:
            while True:
                pck = pid.get_packet()
                if pck is None:
                    break
                pid.opid.forward(pck)
                pid.drop_packet()
            if pid.eos:
                pid.opid.eos = True


class Sink(Node):
    def __init__(self, session):
        gpac.FilterCustom.__init__(self, session, "Sink")
        self.push_cap("StreamType", "Text", gpac.GF_CAPS_INPUT)
        self.accept_events(True)
        self.got = []

    def configure_pid(self, pid, is_remove):
        if is_remove or pid in self.ipids:
            return
        evt = gpac.FilterEvent(gpac.GF_FEVT_PLAY)
        evt.play.start_range = 1.5
        pid.send_event(evt)

    def process(self):
        for pid in self.ipids:
            while True:
                pck = pid.get_packet()
                if pck is None:
                    break
                self.got.append(pck.data[0])
                pid.drop_packet()
            if len(self.got) == 3:
                evt = gpac.FilterEvent(gpac.GF_FEVT_QUALITY_SWITCH)
                evt.quality_switch.up = 1
                pid.send_event(evt)


class Fire(gpac.FilterTask):
    def execute(self):
        if len(sink.got) < 10:
            return 0
        evt = gpac.FilterEvent(gpac.GF_FEVT_USER)
        evt.user_event.event.type = 21
        print("fired", fs.fire_event(evt), fs.fire_event(evt, sink))
        middle.stop_events = True
        evt = gpac.FilterEvent(gpac.GF_FEVT_FILE_DELETE)
        evt.file_del.url = b"__gpac_self__"
        print("fired", fs.fire_event(evt, sink), fs.fire_event(evt, src), fs.fire_event(evt, src, True))
        return -1


fs = gpac.FilterSession()
src, middle, sink = Source(fs), Middle(fs), Sink(fs)
fs.post(Fire("fire"))
fs.run()
print("got", *sink.got)
fs.delete()
sys.exit(gpac.close())
