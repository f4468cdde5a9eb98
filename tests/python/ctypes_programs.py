# SPDX-License-Identifier: MIT
"""Programs over ctypes_wrapper.py: ``ctypes_programs.py LIBRARY PROGRAM [ARGUMENT...]`` exits with 0 when all is as the
description of the C interface says. Started by test_ctypes.py, in a process that does not know the package.
"""

import ctypes
import json
import mmap
import sys
from ctypes import byref, c_char_p, c_int, c_int64, c_uint32, c_void_p

import ctypes_wrapper as cw
from ctypes_wrapper import BAD_PARAM, EOS, NO_TS, Custom, Event, File, Session

IN, OUT = 3, 5  # GF_CAPS_INPUT, GF_CAPS_OUTPUT
UINT, STRING, NAME = 2, 14, 17
VISUAL, AUDIO, METADATA = 4, 5, 33
PLAY, STOP, USER = 1, 3, 17
NON_BLOCKING = 4

MEDIA_IN = [(b"StreamType", UINT, kind, IN) for kind in (VISUAL, AUDIO, METADATA)]
MEDIA_OUT = [(b"StreamType", UINT, kind, OUT) for kind in (VISUAL, AUDIO, METADATA)]


class Sink(Custom):
    """Keeps the packets of each input as (dts, cts, sap, data) and plays from `start`."""

    def __init__(self, session, caps=MEDIA_IN, start=0.0, name=b"sink"):
        super().__init__(session, name, caps)
        self.lib.gf_filter_set_max_extra_input_pids(self.handle, 0xFFFFFFFF)
        self.start, self.packets, self.timescales, self.nb_configured, self.nb_removed = start, {}, {}, 0, 0

    def configure(self, pid, is_remove):
        self.nb_removed += bool(is_remove)
        if not is_remove and pid not in self.inputs:
            self.packets[pid] = []
            self.send_event(pid, PLAY, start=self.start)
        self.nb_configured += not is_remove
        return 0

    def process(self):
        for pid in self.inputs:
            while pck := self.lib.gf_filter_pid_get_packet(pid):
                self.take(pid, pck)
                self.lib.gf_filter_pid_drop_packet(pid)
        return EOS if all(self.lib.gf_filter_pid_is_eos(pid) for pid in self.inputs) else 0

    def take(self, pid, pck):
        lib = self.lib
        self.timescales[pid] = lib.gf_filter_pck_get_timescale(pck)
        times = lib.gf_filter_pck_get_dts(pck), lib.gf_filter_pck_get_cts(pck)
        self.packets[pid].append((*times, lib.gf_filter_pck_get_sap(pck), self.data(pck)))


class Source(Custom):
    """Sends the byte strings of `payloads`, ten per second, on one PID."""

    def __init__(self, session, payloads, name=b"source", **properties):
        super().__init__(session, name, MEDIA_OUT)
        self.payloads, self.sent, self.pid, self.properties = payloads, 0, None, properties
        self.lib.gf_filter_post_process_task(self.handle)

    def process(self):
        if not self.pid:
            self.pid = self.new_pid(StreamType=(UINT, METADATA), Timescale=(UINT, 10), **self.properties)
            # signed, and unset before the first packet
            assert self.lib.gf_filter_pid_get_next_ts(self.pid) == -1
        while self.sent < len(self.payloads):
            if self.lib.gf_filter_pid_would_block(self.pid):
                return 0
            place, fill = self.fill(self.payloads[self.sent])
            pck = self.lib.gf_filter_pck_new_alloc(self.pid, len(self.payloads[self.sent]), byref(place))
            fill()
            self.lib.gf_filter_pck_set_dts(pck, self.sent)
            self.lib.gf_filter_pck_set_sap(pck, 1)
            self.prepare(pck)
            self.sent += 1
            assert self.lib.gf_filter_pck_send(pck) >= 0
        self.lib.gf_filter_pid_set_eos(self.pid)
        return EOS

    def prepare(self, pck):
        pass


# ---- Programs


def imports(lib):
    """What a binding does when it is imported, and when its user closes it, twice."""
    assert lib.gf_gpac_version() and lib.gf_error_to_string(0) and lib.gf_gpac_abi_major() == 16
    lib.gf_sys_close()
    for round in range(2):
        assert lib.gf_sys_init(0, b"0") == 0
        texts = [c_char_p(b"program"), c_char_p(b"-logs=all@error"), c_char_p(b"word")]
        assert lib.gf_sys_set_args(3, (c_char_p * 3)(*(t.value for t in texts))) == 0
        session = Session(lib)
        assert session.run() >= 0
        session.delete()
        lib.gf_sys_close()
        lib.gf_sys_close()
        assert lib.gf_file_handles_count() == 0 and lib.gf_log_set_tools_levels(b"mem@info", 0) == 0
    lib.gf_sys_init(0, b"0")


def media(lib, path, expected):
    """Packets of a file against those that another program lists: {stream: [[pts, dts, size, key]]}."""
    with open(expected) as f:
        expected = json.load(f)
    session = Session(lib)
    session.source(path.encode())
    sink = Sink(session)
    assert session.run() == EOS and lib.gf_fs_get_last_connect_error(session.handle) == 0
    kinds = {}
    for pid, packets in sink.packets.items():
        properties = cw.enumerate_properties(lib, lib.gf_filter_pid_enum_properties, pid)
        kind = properties["StreamType"]
        assert lib.gf_filter_pid_get_source_filter(pid) in session.alive and lib.gf_filter_pid_get_name(pid)
        assert {"Timescale", "CodecID", "ID", "Duration", "URL"} <= set(properties)
        assert properties["Timescale"] == sink.timescales[pid] == lib.gf_filter_pid_get_timescale(pid)
        kinds[kind] = properties
        listed = expected[str(kind)]
        assert [len(p[3]) for p in packets] == [size for _, _, size, _ in listed]
        assert [p[2] != 0 for p in packets] == [key for _, _, _, key in listed]
        shift, scale = packets[0][0], sink.timescales[pid]
        for (dts, cts, _, _), (pts, first_dts, _, _) in zip(packets, listed):
            assert abs((dts - shift) / scale - (first_dts - listed[0][1])) < 0.001
            assert abs((cts - shift) / scale - (pts - listed[0][1])) < 0.001
    assert len(kinds) == len(expected) and kinds[VISUAL]["Width"] and kinds[AUDIO]["SampleRate"]
    session.delete()


class SixWays(Custom):
    """Passes packets on: by reference, copied, shared, copied by the library, in place, forwarded."""

    WAYS = ("ref", "alloc", "shared", "copy", "clone", "forward")

    def __init__(self, session):
        super().__init__(session, b"six", [*MEDIA_IN, (b"", 0, None, 0), *MEDIA_OUT])
        self.out, self.turn, self.memory, self.nb_shared, self.loose = None, 0, {}, 0, []
        self.on_release = cw.OnRelease(self.release)

    def configure(self, pid, is_remove):
        if not is_remove and not self.out:
            self.out = self.new_pid()
        return 0 if is_remove else self.lib.gf_filter_pid_copy_properties(self.out, pid)

    @cw.guarded
    def release(self, filter, pid, pck):
        assert filter == self.handle and pid == self.out
        # the pointer may serve again afterwards
        assert self.data(pck) == bytes(self.memory.pop(pck))

    def process(self):
        lib, pid = self.lib, self.inputs[0]
        while pck := lib.gf_filter_pid_get_packet(pid):
            way = self.WAYS[self.turn % len(self.WAYS)]
            self.turn += 1
            if way == "forward":
                assert lib.gf_filter_pck_forward(pck, self.out) >= 0
            else:
                new = getattr(self, way)(pck, self.data(pck))
                assert new and lib.gf_filter_pck_merge_properties(pck, new) == 0
                assert lib.gf_filter_pck_send(new) >= 0
            self.loose.append((lib.gf_filter_pck_dangling_copy(pck, None), self.data(pck)))
            lib.gf_filter_pid_drop_packet(pid)
        if not lib.gf_filter_pid_is_eos(pid):
            return 0
        lib.gf_filter_pid_set_eos(self.out)
        return EOS

    def ref(self, pck, data):
        assert not self.lib.gf_filter_pck_new_ref(self.out, len(data) + 1, 1, pck)
        return self.lib.gf_filter_pck_new_ref(self.out, 0, 0, pck)

    def alloc(self, pck, data):
        place, fill = self.fill(data)
        new = self.lib.gf_filter_pck_new_alloc(self.out, len(data) + 5, byref(place))
        fill()
        assert self.lib.gf_filter_pck_truncate(new, len(data)) == 0
        return new

    def shared(self, pck, data):
        memory = (ctypes.c_uint8 * len(data))(*data)
        new = self.lib.gf_filter_pck_new_shared(self.out, ctypes.addressof(memory), len(data), self.on_release)
        assert new not in self.memory
        self.memory[new] = memory
        self.nb_shared += 1
        return new

    def copy(self, pck, data):
        place, _ = self.fill(b"")
        new = self.lib.gf_filter_pck_new_copy(self.out, pck, byref(place))
        assert ctypes.string_at(place.value, len(data)) == data
        return new

    def clone(self, pck, data):
        place, _ = self.fill(b"")
        new = self.lib.gf_filter_pck_new_clone(self.out, pck, byref(place))
        assert ctypes.string_at(place.value, len(data)) == data
        return new


def packets(lib, path):
    """All ways to make a packet give the same data; each shared memory comes back once, with the same pointer."""
    def run(with_filter):
        session = Session(lib)
        source = session.source(path.encode())
        middle = SixWays(session) if with_filter else None
        sink = Sink(session, MEDIA_IN[1:2])
        if with_filter:
            assert lib.gf_filter_set_source(sink.handle, middle.handle, None) == 0
            assert lib.gf_filter_set_source(middle.handle, source, b"audio") == 0
        assert session.run() == EOS
        return session, middle, next(iter(sink.packets.values()))

    session, _, expected = run(False)
    session.delete()
    session, middle, found = run(True)
    assert len(expected) > 12 and found == expected
    for copy, data in middle.loose:
        assert copy and middle.data(copy) == data
        lib.gf_filter_pck_discard(copy)
    session.delete()
    assert middle.nb_shared == (len(expected) + 3) // 6 and not middle.memory


def attributes(lib):
    """Attributes keep their value, narrow results are extended, input packets refuse."""
    values = {"duration": 7, "sap": 4, "roll_info": -5, "carousel_version": 0x90, "dependency_flags": 0xF1,
              "crypt_flags": 1, "seq_num": 0xFFFFFFFF, "cts": 2**40, "dts": 2**40 - 1}

    class Writer(Source):
        def prepare(self, pck):
            assert lib.gf_filter_pck_get_cts(pck) == NO_TS and lib.gf_filter_pck_get_timescale(pck) == 10
            for name, value in values.items():
                assert getattr(lib, "gf_filter_pck_set_" + name)(pck, value) == 0
            assert lib.gf_filter_pck_set_framing(pck, 1, 0) == 0

    class Reader(Sink):
        def take(self, pid, pck):
            super().take(pid, pck)
            found = {name: getattr(lib, "gf_filter_pck_get_" + name)(pck) for name in values}
            assert found == values, found
            start, end = c_uint32(9), c_uint32(9)
            lib.gf_filter_pck_get_framing(pck, byref(start), byref(end))
            assert (start.value, end.value) == (1, 0)
            assert lib.gf_filter_pck_set_dts(pck, 1) == BAD_PARAM and lib.gf_filter_pck_send(pck) == BAD_PARAM
            kept.append(lib.gf_filter_pck_ref_ex(pck))

    kept = []
    session = Session(lib)
    Writer(session, [b"abc", b""])
    sink = Reader(session)
    assert session.run() == EOS and [p[3] for p in sink.packets[sink.inputs[0]]] == [b"abc", b""]
    assert sink.data(kept[0]) == b"abc"
    for pck in kept:
        lib.gf_filter_pck_unref(pck)
    session.delete()


TYPES = {
    1: -3, 2: 2**32 - 1, 3: -(2**63), 4: 2**64 - 1, 5: 1, 6: (-1, 2), 7: (2**40, 3), 8: 0.5, 9: -0.1, 10: (-1, 2),
    11: (0.5, -2.0), 13: (1, -2, 3, 2**31 - 1), 14: "é".encode(), 16: b"a\0b", 17: b"static", 19: b"static data",
    20: 0x1234, 22: [1, 2**32 - 1], 24: [(1, -2), (3, 4)], 25: 0x61626364,
    27: [b"a", b"", b"b,c"], 40: 0x47524559, 45: 6,
}


def properties(lib):
    """Values of all types through a PID and a packet, from memory that is gone right after the call."""
    class Writer(Source):
        def process(self):
            if not self.pid:
                self.pid = self.new_pid(StreamType=(UINT, METADATA), Timescale=(UINT, 10), Language=(STRING, b"fr"))
                for kind, value in TYPES.items():
                    assert self.set_property(self.pid, b"mine%d" % kind, kind, value) == 0, kind
                assert self.set_property(self.pid, b"mine1", 1, 4) == 0
                assert lib.gf_filter_pid_set_property_dyn(self.pid, b"mine2", None) == 0
                assert lib.gf_filter_pid_set_property(self.pid, 0, None) == BAD_PARAM
                value, kept = cw.to_value(STRING, b"told")
                assert lib.gf_filter_pid_set_info_dyn(self.pid, b"news", byref(value)) == 0
                cw.wipe(kept)
                # what was set is gone when the first packet is sent
                return 0
            return super().process()

        def prepare(self, pck):
            for kind, value in TYPES.items():
                content, kept = cw.to_value(kind, value)
                assert lib.gf_filter_pck_set_property_dyn(pck, b"p%d" % kind, byref(content)) == 0
                if kind in (17, 19):
                    session.keep.append(kept)
                else:
                    cw.wipe(kept)

    class Reader(Sink):
        def take(self, pid, pck):
            found = cw.enumerate_properties(lib, lib.gf_filter_pck_enum_properties, pck)
            expected = {f"p{kind}": value for kind, value in TYPES.items()}
            assert found == expected, found
            super().take(pid, pck)

    session = Session(lib)
    Writer(session, [b"x"])
    sink = Reader(session)
    assert session.run() == EOS
    pid = sink.inputs[0]
    assert len(sink.packets[pid]) == 1
    found = cw.enumerate_properties(lib, lib.gf_filter_pid_enum_properties, pid)
    mine = {f"mine{kind}": value for kind, value in TYPES.items() if kind != 2}
    assert {name: found.get(name) for name in mine} == mine | {"mine1": 4} and "mine2" not in found
    assert found["Language"] == b"fr" and "news" not in found
    entry = c_void_p()
    assert cw.from_value(lib.gf_filter_pid_get_info_str(pid, b"news", byref(entry))) == b"told" and entry
    assert cw.from_value(lib.gf_filter_get_info_str(sink.handle, b"mine13", byref(entry))) == TYPES[13]
    lib.gf_filter_release_property(entry)
    assert not lib.gf_filter_pid_get_property_str(pid, b"Width") and lib.gf_props_get_id(b"Width")
    session.delete()


def guarded_event():
    """An event of 88 bytes that ends where the memory of the process ends."""
    page = mmap.PAGESIZE
    block = mmap.mmap(-1, 2 * page)
    address = ctypes.addressof(ctypes.c_uint8.from_buffer(block))
    libc = ctypes.CDLL(None, use_errno=True)
    assert libc.mprotect(c_void_p(address + page), ctypes.c_size_t(page), 0) == 0
    return Event.from_buffer(block, page - ctypes.sizeof(Event)), block


def events(lib, path):
    """Where playing starts; events of any type from memory of 88 bytes; what is cancelled goes no further."""
    session = Session(lib)
    session.source(path.encode())
    sink = Sink(session, start=2.0)
    assert session.run() == EOS
    for pid, packets in sink.packets.items():
        assert abs(packets[0][1] / sink.timescales[pid] - 2.0) < 1.1 and packets[0][2]
    session.delete()

    class Target(Custom):
        def event(self, event):
            assert event.base.on_pid is None
            return 1

    class Talker(Sink):
        spoken = False

        def process(self):
            if not self.spoken:
                self.spoken = True
                event, self.block = guarded_event()
                for kind in range(26):
                    event.base.type, event.base.on_pid = kind, self.inputs[0]
                    lib.gf_filter_pid_send_event(self.inputs[0], byref(event))
            return super().process()

    session = Session(lib)
    source, sink, target = Source(session, [b"a"]), Talker(session), Target(session)
    assert lib.gf_filter_set_event_target(target.handle, 1) == 0
    event, block = guarded_event()
    event.base.type, event.base.on_pid = USER, 0x1234
    assert lib.gf_fs_fire_event(session.handle, target.handle, byref(event), 0) == 1
    assert lib.gf_fs_fire_event(session.handle, None, byref(event), 0) == 1 and event.base.on_pid == 0x1234
    assert session.run() == EOS and target.events == [USER, USER]
    # in the order in which they were sent, without those that are refused or taken by the session
    others = [kind for kind in source.events if kind not in (PLAY, STOP)]
    assert others and others == sorted(others) and not {10, 13, 14} & set(others), source.events
    session.delete()


def statistics(lib, path):
    """Counters, status, options."""
    session = Session(lib)
    lib.gf_fs_enable_reporting(session.handle, 1)
    source = session.source(path.encode())
    sink = Sink(session, MEDIA_IN[:1])
    lib.gf_filter_update_status(sink.handle, 5000, b"half")
    assert lib.gf_filter_get_status(sink.handle) == b"half"
    assert session.run() == EOS
    stats, packets = cw.Stats(), sink.packets[sink.inputs[0]]
    assert lib.gf_filter_get_stats(sink.handle, byref(stats)) == 0
    assert (stats.nb_pck, stats.nb_bytes) == (len(packets), sum(len(p[3]) for p in packets))
    assert (stats.filter, stats.reg_name, stats.status, stats.percent) == (sink.handle, b"sink", b"half", 5000)
    assert (stats.nb_in, stats.nb_out, stats.nb_in_pck) == (1, 0, len(packets))
    pid_stats = cw.PidStats()
    assert lib.gf_filter_pid_get_statistics(sink.inputs[0], byref(pid_stats), 0) == 0
    assert pid_stats.words[5] == len(packets)
    assert lib.gf_filter_pid_get_statistics(sink.inputs[0], byref(pid_stats), 5) == cw.NOT_FOUND
    names, i = {}, 0
    while arg := lib.gf_filter_enumerate_args(source, i):
        names[arg.contents.name] = arg.contents.type
        i += 1
    value = cw.Value()
    assert names[b"src"] in (STRING, NAME)
    assert lib.gf_filter_get_arg(source, b"src", byref(value)) == 1
    assert cw.from_value(ctypes.pointer(value)) == path.encode()
    assert not lib.gf_filter_get_arg(source, b"none", byref(value))
    # a custom filter has no table of options
    assert not lib.gf_filter_enumerate_args(sink.handle, 0)
    assert not lib.gf_filter_get_arg(sink.handle, b"x", byref(value))
    lib.gf_fs_send_update(None, None, sink.handle, b"x", b"1", 0)
    session.delete()


def files(lib, path, result):
    """A file rewritten through file objects: what comes out is written to `result`."""
    with open(path, "rb") as f:
        source = File(lib, b"in.mp4", f.read())
    target = File(lib, b"out.mp4")
    session = Session(lib)
    session.source(source.url)
    session.sink(target.url + b":frag")
    assert session.run() == EOS and lib.gf_fs_get_last_process_error(session.handle) == 0
    session.delete()
    assert b"rb" in source.modes and any(mode[:1] == b"w" for mode in target.modes)
    for file in (source, target):
        lib.gf_fileio_del(file.handle)
        assert lib.gf_fileio_translate_url(file.url) is None
        lib.gf_fileio_del(file.handle)
    with open(result, "wb") as f:
        f.write(target.content)
    try:
        Session(lib).source(b"gfio://0x1234&5")
        raise AssertionError("a file object that does not exist was opened")
    except cw.Failure as failure:
        assert failure.args[1] < 0


def tasks(lib):
    """Tasks come back until they say no, in both kinds of session; the last one knows it; abort from a task."""
    for flags in (0, NON_BLOCKING):
        calls, session = [], Session(lib, flags)
        session.post(lambda: calls.append(lib.gf_fs_is_last_task(session.handle)) or (1 if len(calls) < 3 else None))
        if flags:
            for _ in range(100000):
                assert session.run() == 0
                if lib.gf_fs_is_last_task(session.handle):
                    break
        else:
            assert session.run() == EOS
        assert calls == [1, 1, 1] and lib.gf_fs_is_last_task(session.handle)
        session.delete()
    session = Session(lib)
    session.post(lambda: 0)
    session.post(lambda: lib.gf_fs_abort(session.handle, 0) and None)
    assert session.run() == EOS
    session.delete()


def links(lib, path):
    """Explicit sources, chains asked for, links made again, filters removed."""
    session = Session(lib)
    source = session.source(path.encode())
    sinks = [Sink(session, name=name) for name in (b"one", b"two:FID=second")]
    for sink, choice in zip(sinks, (b"video", b"audio1")):
        assert lib.gf_filter_set_source(sink.handle, source, choice) == 0
        assert lib.gf_filter_set_source(sink.handle, sink.handle, None) in (0, BAD_PARAM)
    assert lib.gf_filter_get_id(source) and lib.gf_filter_get_id(sinks[1].handle) == b"second"
    assert session.run() == EOS
    code = lib.gf_props_get_id(b"StreamType")
    for sink, kind in zip(sinks, (VISUAL, AUDIO)):
        assert [cw.from_value(lib.gf_filter_pid_get_property(pid, code)) for pid in sink.inputs] == [kind]
    demux = lib.gf_filter_pid_get_source_filter(sinks[0].inputs[0])
    destinations = {lib.gf_filter_pid_enum_destinations(lib.gf_filter_get_opid(demux, i), 0)
                    for i in range(lib.gf_filter_get_opid_count(demux))}
    assert {sink.handle for sink in sinks} <= destinations
    text = c_void_p()
    assert lib.gf_filter_probe_link(demux, 0, b"reframer", byref(text)) == 0 and ctypes.string_at(text.value) == b""
    lib.gf_url_free(text)
    assert lib.gf_filter_probe_link(demux, 9, b"reframer", byref(text)) == BAD_PARAM
    assert lib.gf_filter_probe_link(demux, 0, b"none", byref(text)) < 0
    assert lib.gf_filter_get_possible_destinations(demux, 0, byref(text)) == 0
    assert b"reframer" in ctypes.string_at(text.value).split(b",")
    lib.gf_url_free(text)
    assert lib.gf_filter_reconnect_output(sinks[0].handle, None) == EOS
    nb = lib.gf_fs_get_filters_count(session.handle)
    assert [lib.gf_fs_get_filter(session.handle, i) for i in range(nb + 1)].count(None) == 1
    lib.gf_filter_remove(sinks[1].handle)
    lib.gf_filter_remove(None)
    session.run()
    assert sinks[1].handle not in session.alive and sinks[1].nb_removed == 1
    assert lib.gf_fs_get_filters_count(session.handle) < nb
    for text, code in ((b"none", -11), (b"reframer:xs=0", None)):
        try:
            session.load(text)
            assert code is None
        except cw.Failure as failure:
            assert failure.args[1] == code
    session.delete()


def undeclared(lib):
    """Three functions that a known binding calls without declaring their parameters: half of an address comes in."""
    raw = ctypes.CDLL(lib._name)
    session = Session(lib)
    sink = Sink(session)
    Source(session, [b"a"])
    assert session.run() == EOS
    text = ctypes.create_string_buffer(2000)
    for pid, filter in ((sink.inputs[0], sink.handle), (1, 1), (0x7FFFFFF0, 0x7FFFFFF0)):
        raw.gf_filter_notification_failure(c_int(filter & 0xFFFFFFFF), -1, 0)
        raw.gf_filter_pid_get_buffer_occupancy(c_int(pid & 0xFFFFFFFF), None, None, None, None)
        raw.gf_filter_pid_resolve_file_template(c_int(pid & 0xFFFFFFFF), b"$num$", text, 3, None)
    # the same binding with addresses that are whole: a buffer of 2000 bytes, and results it may leave out
    raw.gf_filter_pid_resolve_file_template.argtypes = [c_void_p, c_char_p, c_void_p, c_uint32, c_char_p]
    assert raw.gf_filter_pid_resolve_file_template(sink.inputs[0], b"$num%03d$.$FS$", text, 3, b"x") == 0
    assert text.value == b"003.x"
    assert lib.gf_filter_pid_get_clock_info(sink.inputs[0], byref(c_int64()), None) == 0
    session.delete()


def names(lib):
    """Names that a binding decodes without asking whether there is one."""
    for kind in range(50):
        assert lib.gf_props_get_type_name(kind)
    for kind in range(40, 46):
        assert lib.gf_props_enum_name(kind, 0x7FFFFFFF) == b"unknown"
    assert lib.gf_props_enum_name(40, lib.gf_props_parse_enum(40, b"yuv420")) == b"yuv420"
    url = lib.gf_url_concatenate(b"http://a/b/c.mpd", b"d.mp4")
    assert ctypes.string_at(url) == b"http://a/b/d.mp4"
    lib.gf_url_free(url)
    lib.gf_url_free(None)


PROGRAMS = {f.__name__: f for f in (
    imports, media, packets, attributes, properties, events, statistics, files, tasks, links, undeclared, names)}

if __name__ == "__main__":
    library = cw.load(sys.argv[1])
    if sys.argv[2] != "imports":
        assert library.gf_sys_init(0, b"0") == 0
    PROGRAMS[sys.argv[2]](library, *sys.argv[3:])
    library.gf_sys_close()
    assert "libgpac" not in sys.modules
