"""Passes packets through a filter of our own, in one of the ways there are to make a packet.

    custom_forward.py IN OUT forward|ref|alloc|shared|copy|clone
"""

import sys

import libgpac as gpac

try:
    import numpy
except ImportError:
    numpy = None

gpac.init(0, b"0")
gpac.set_args(sys.argv)
MODE = sys.argv[3]


class MyFilter(gpac.FilterCustom):
    def __init__(self, session):
        gpac.FilterCustom.__init__(self, session, "PyForward")
        # same types in and out
        self.push_cap("StreamType", "Visual", gpac.GF_CAPS_INPUT_OUTPUT)
        self.push_cap("StreamType", "Audio", gpac.GF_CAPS_INPUT_OUTPUT)
        self.set_max_pids(-1)
        self.shared = 0

    def configure_pid(self, pid, is_remove):
        if is_remove:
            if pid.opid in self.opids:
                pid.opid.remove()
            return 0
        if pid not in self.ipids:
            opid = self.new_pid()
            pid.opid = opid
            opid.pck_refs = []
        pid.opid.copy_props(pid)
        pid.opid.set_prop("MyProp", "hello")
        return 0

    def packet_release(self, opid, pck):
        for entry in opid.pck_refs:
            if entry[0] == pck:
                entry[1].unref()
                opid.pck_refs.remove(entry)
                return
        raise Exception("packet of somebody else")

    def pass_on(self, opid, pck):
        if MODE == "forward":
            opid.forward(pck)
            return
        if MODE == "ref":
            opck = opid.new_pck_ref(pck)
            opck.copy_props(pck)
        elif MODE == "alloc":
            opck = opid.new_pck(pck.size)
            opck.copy_props(pck)
            if numpy:
                numpy.copyto(opck.data, pck.data)
            else:
                opck.data[:] = pck.data
        elif MODE == "shared":
            pck.ref()
            opck = opid.new_pck_shared(pck.data)
            opck.copy_props(pck)
            opid.pck_refs.append((opck, pck))
            self.shared += 1
        elif MODE == "copy":
            opck = opid.new_pck_copy(pck)
        elif MODE == "clone":
            opck = opid.new_pck_clone(pck)
        else:
            raise Exception("unknown mode " + MODE)
        opck.send()

    def process(self):
        if not self.ipids:
            return 1
        nb_eos = 0
        for pid in self.ipids:
            while True:
                pck = pid.get_packet()
                if pck is None:
                    break
                self.pass_on(pid.opid, pck)
                pid.drop_packet()
            if pid.eos:
                pid.opid.eos = True
                nb_eos += 1
        return 1 if nb_eos == len(self.ipids) else 0


fs = gpac.FilterSession()
src = fs.load_src(sys.argv[1])
f = MyFilter(fs)
f.set_source(src)
dst = fs.load_dst(sys.argv[2])
dst.set_source(f)
fs.run()
fs.print_graph()
print("left", sum(len(opid.pck_refs) for opid in f.opids), "shared", f.shared)
fs.delete()
sys.exit(gpac.close())
