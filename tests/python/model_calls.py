# SPDX-License-Identifier: MIT
"""The calls that the driver of model.py makes, each with what the model predicts."""

import gc
import types

import libgpac as gpac
from model import GONE, MAX_DEPTH, MAX_OBJECTS, Model, Node, Record, Session


class File:
    """Content of a file for FileIO."""

    def __init__(self, content):
        self.content, self.pos = content, 0

    def open(self, url, mode):
        self.pos = 0
        return "missing" not in url

    def close(self):
        pass

    def read(self, buf, size):
        data = self.content[self.pos:self.pos + size]
        memoryview(buf)[: len(data)] = data
        self.pos += len(data)
        return len(data)

    def write(self, buf, size):
        return size

    def seek(self, pos, whence):
        self.pos = pos + (0, self.pos, len(self.content))[whence]

    def tell(self):
        return self.pos

    def eof(self):
        return self.pos >= len(self.content)


def adts(nb):
    """Frames of an ADTS stream (ISO/IEC 14496-3, 1.A.2) without meaning."""
    size = 7 + 16
    head = bytes([0xFF, 0xF1, 0x4C, 0x80 | size >> 11, size >> 3 & 255, (size & 7) << 5 | 0x1F, 0xFC])
    return (head + b"\x21" * 16) * nb


# Attributes of packets: name, values in range, values out of range.
ATTRIBUTES = {
    "dts": ([0, 5, 2**64 - 1], [-1, 2**64]),
    "cts": ([0, 7, 2**64 - 1], [-1, 2**64]),
    "sap": ([0, 1, 5], [-1, 6]),
    "dur": ([0, 2**32 - 1], [2**32]),
    "start": ([0, 1], [2]),
    "end": ([0, 1], [2, -1]),
    "interlaced": ([0, 2], [3]),
    "corrupted": ([0, 1], [2]),
    "seek": ([0, 1], [2]),
    "byte_offset": ([0, 2**64 - 1], [2**64]),
    "roll": ([-(2**15), 0, 2**15 - 1], [2**15, -(2**15) - 1]),
    "crypt": ([0, 3], [4]),
    "clock": ([0], [3]),
    "carousel": ([0, 255], [256]),
    "seqnum": ([0, 2**32 - 1], [2**32]),
    "deps": ([0, 255], [256]),
}

# Values of properties, by type: what reading gives when it differs, and what is refused.
P = gpac
VALUES = [
    (P.GF_PROP_SINT, -5, None), (P.GF_PROP_UINT, 2**32 - 1, None), (P.GF_PROP_LSINT, -(2**63), None),
    (P.GF_PROP_LUINT, 2**64 - 1, None), (P.GF_PROP_BOOL, 1, None), (P.GF_PROP_FRACTION, P.Fraction(1, 0), None),
    (P.GF_PROP_FRACTION64, P.Fraction64(-3, 7), None), (P.GF_PROP_DOUBLE, 0.25, None), (P.GF_PROP_FLOAT, -0.5, None),
    (P.GF_PROP_VEC2I, P.PropVec2i(1, 2), None), (P.GF_PROP_VEC4I, P.PropVec4i(1, 2, 3, 4), None),
    (P.GF_PROP_STRING, "text", None), (P.GF_PROP_STRING, "\u00e9" * 50, None), (P.GF_PROP_STRING_LIST, ["a", ""], None),
    (P.GF_PROP_UINT_LIST, [], None), (P.GF_PROP_SINT_LIST, [-1, 2**31 - 1], None), (P.GF_PROP_4CC, "abcd", None),
    (P.GF_PROP_STRING_LIST, [], None), (P.GF_PROP_DATA, b"\0\1", None),
    (P.GF_PROP_SINT, "x", TypeError), (P.GF_PROP_UINT, 2**32, OverflowError), (P.GF_PROP_UINT_LIST, 3, Exception),
    (P.GF_PROP_FRACTION, float("nan"), Exception), (P.GF_PROP_FRACTION64, float("inf"), Exception),
    (P.GF_PROP_VEC2I, 3, Exception), (P.GF_PROP_POINTER, 3, Exception), (99, 3, Exception), (P.GF_PROP_4CC, "abc", Exception),
]

INPUT_CALLS = {
    "clear_eos": [(True,), (False,)], "set_framing": [(True,), (False,)], "set_clock_mode": [(1,), (0,)],
    "set_discard": [(True,), (False,)],
}
OUTPUT_CALLS = {
    "reset_props": [()], "discard_block": [()], "allow_direct_dispatch": [()], "loose_connect": [()],
    "require_source_id": [()], "recompute_dts": [(True,), (False,)], "query_cap": [("Width",), ("mine",)],
    "set_info": [("info", 3, P.GF_PROP_UINT), ("info", None)], "new_pck_shared": [(b"",)], "forward": [(None,)],
    "copy_props": [(None,)],
}
BOTH_CALLS = {
    "get_info": [("info",), ("Width",)], "get_buffer_occupancy": [()],
    "resolve_template": [("$num$_$Type$", 3), ("x",)], "props": [()],
}
PID_ATTRIBUTES = ("name filter_name eos has_seen_eos eos_received would_block sparse max_buffer buffer buffer_full "
                  "buffer_total first_empty first_cts nb_pck_queued timescale min_pck_dur playing next_ts").split()
EVENTS = [gpac.GF_FEVT_PLAY, gpac.GF_FEVT_STOP, gpac.GF_FEVT_PAUSE, gpac.GF_FEVT_RESUME, gpac.GF_FEVT_SET_SPEED,
          gpac.GF_FEVT_QUALITY_SWITCH, gpac.GF_FEVT_NTP_REF, gpac.GF_FEVT_BUFFER_REQ, gpac.GF_FEVT_SOURCE_SEEK,
          gpac.GF_FEVT_USER, gpac.GF_FEVT_PLAY_HINT, gpac.GF_FEVT_FRAGMENT_SIZE]
MEMBERS = ["nb_ipid", "nb_opid", "status", "bytes_done", "ID", "class_name"]


class SessionCalls(Model):
    """Sessions and their tasks."""

    def act_new_session(self):
        if len(self.sessions) >= 3:
            return
        fs = Session(self.pick([0, gpac.GF_FS_FLAG_NON_BLOCKING, gpac.GF_FS_FLAG_NO_IMPLICIT, gpac.GF_FS_FLAG_NO_PROBE,
                                gpac.GF_FS_FLAG_FORCE_DEFER_LINK, gpac.GF_FS_FLAG_REQUIRE_SOURCE_ID,
                                gpac.GF_FS_FLAG_NO_RESERVOIR]))  # with PREVENT_PLAY, sessions may wait for ever
        fs.world = self
        fs.busy = 0  # calls and callbacks under way
        fs.deleting = False
        self.sessions.append(fs)
        self.all_sessions.append(fs)

    def act_delete_session(self):
        fs = self.pick(self.sessions)
        if fs is None or self.number(6):
            return
        if fs.busy:
            self.call(fs.delete, error="delete")
        else:
            self.delete(fs)

    def delete(self, fs):
        self.sessions.remove(fs)  # for its callbacks too
        fs.deleting = True
        self.disturb(fs.delete)
        fs.deleting = False
        for f in self.filters:
            assert f.session is not fs or f in self.dead
        self.calls += 4
        assert fs.nb_filters == 0 and fs.last_task is True
        self.call(fs.run, error="Failed to run session")
        self.call(fs.load, "reframer", error="FilterSession no longer valid")
        self.call(fs.get_filter, 0, error="FilterSession no longer valid")
        for record in self.records:
            if record.session is fs:
                self.packet_error(record)

    def act_run(self):
        fs = self.pick(self.sessions)
        if fs is None:
            return
        if fs.busy:
            self.call(fs.run, error="run")
            return
        fs.busy += 1
        try:
            for _ in range(20):
                self.timed_out = False
                self.disturb(fs.run, 3, maybe="Failed to run session")
                if fs.last_task or self.timed_out:
                    break
        finally:
            fs.busy -= 1

    def act_abort(self):
        fs = self.pick(self.sessions)
        if fs is not None and self.number(4) == 0:
            kind = self.pick([0, 1, 2, (0,), 3, -1])
            self.disturb(fs.abort, kind, error="not a kind of flush" if kind in (3, -1) else None)

    def load(self, fs, function, *args, **options):
        fs.busy += 1
        try:
            f = self.disturb(function, *args, **options)
        finally:
            fs.busy -= 1
        assert f is None or f in self.filters or self.booms
        return f

    def act_load(self):
        fs = self.pick(self.sessions)
        if fs is None or fs.nb_filters > 12:
            return
        kind = self.number(6)
        if kind == 0:
            self.load(fs, fs.load, "nofilter", error="Failed to load filter nofilter")
        elif kind == 1:
            self.load(fs, fs.load_src, "/nonexistent/x.mp4", error="Failed to load source filter")
        elif kind == 2:
            self.load(fs, fs.load, self.pick(["reframer", "inspect:log=null", "reframer:saps=1:FID=r"]))
        elif kind == 3:
            self.load(fs, fs.load_src, f"{self.folder}/a.aac", maybe="Failed to load")
        elif kind == 4:
            self.load(fs, fs.load_dst, self.pick(["null", f"{self.folder}/o.mp4", f"{self.folder}/o.aac"]))
        else:
            fio = gpac.FileIO(self.pick(["f.aac", "missing.aac"]), File(adts(20)))
            self.files.append(fio)
            self.load(fs, fs.load_src, fio.url, maybe="Failed to load source filter")

    def act_new_node(self):
        fs = self.pick(self.sessions)
        if fs is None or fs.nb_filters > 12:
            return
        kind = self.pick(["source", "sink", "forward"])
        node = Node.__new__(Node)
        node.setup(self, kind)
        name = f"{kind}{self.pick(['', ':FID=n', ':RSID', ':TAG=t', ':DL'])}"
        fs.busy += 1
        try:
            self.disturb(node.__init__, fs, name)
        finally:
            fs.busy -= 1
        if node not in self.filters or node in self.dead:
            return
        flags = {"source": [gpac.GF_CAPS_OUTPUT], "sink": [gpac.GF_CAPS_INPUT], "forward": [gpac.GF_CAPS_INPUT_OUTPUT]}[kind]
        for flag in flags:
            for value in ("Metadata", "Audio")[: 1 + (kind != "source")]:
                self.call(node.push_cap, "StreamType", value, flag, maybe="Failed to push cap")
        self.call(node.push_cap, "nothing", None, 0, maybe="Failed to push cap")
        if self.number(2):
            self.call(node.set_max_pids, -1)
        if kind == "source" and self.number(2):
            self.declare(node)

    def act_get_filter(self):
        fs = self.pick(self.sessions)
        if fs is None:
            return
        index, nb = self.pick([0, 1, 2, 50, -1]), fs.nb_filters
        f = self.call(fs.get_filter, index, error=None if 0 <= index < nb else "Failed to get filter at index")
        if f is not None:
            assert f in self.filters and f not in self.dead and f.session is fs
        listed = list(fs)
        assert len(listed) == fs.nb_filters and len(set(listed)) == len(listed)

    def act_session_calls(self):
        fs = self.pick(self.sessions)
        if fs is None:
            return
        kind = self.number(8)
        if kind == 0:
            self.call(fs.reporting, self.number(2))
        elif kind == 1:
            self.call(fs.print_stats)
        elif kind == 2:
            self.call(fs.print_graph)
        elif kind == 3:
            fs.http_max_bitrate = fs.http_max_bitrate
        elif kind == 4:
            assert self.call(fs.is_supported_mime, "audio/aac") in (0, 1)
        elif kind == 5:
            assert isinstance(fs.last_task, bool)
        elif kind == 6:
            f = self.pick(self.filters)
            event = gpac.FilterEvent(self.pick(EVENTS))
            if f is None or f.session is fs or f in self.dead:
                done = self.disturb(fs.fire_event, event, f, self.number(2),
                                    error=self.filter_error(f) if f is not None else None)
                assert done in (None, 0, 1)
        else:
            graph = self.call(fs.graph)
            assert graph is None or len(graph["filters"]) == fs.nb_filters

    def act_task(self):
        fs = self.pick(self.sessions)
        if fs is None:
            return
        task = self.pick(self.tasks)
        if task is None or self.number(2):
            task = gpac.FilterTask("task")
            task.left = self.number(5)
            task.execute = types.MethodType(self.execute, task)
            self.tasks.append(task)
            if len(self.tasks) > MAX_OBJECTS:
                self.tasks.pop(0)
        if self.number(6) == 0:
            self.call(fs.rem_task, task)
            assert task.session is not fs
            return
        posted = task.session
        self.call(fs.post, task, error="is posted already" if posted else None)
        assert task.session is (posted or fs)

    def execute(self, task):
        with self.inside(task):
            task.left -= 1
            if task.left < 0:
                return self.pick([-1, None])
            return self.pick([0, 0, 1, 2])


class FilterCalls(Model):
    """Filters, of the engine and of the script."""

    def act_filter_calls(self):
        f = self.pick(self.filters)
        if f is None:
            return
        error = self.filter_error(f)
        assert isinstance(str(f), str) and isinstance(f.name, str) and repr(f)
        kind = self.number(10)
        if kind == 0:
            self.call(getattr, f, self.pick(MEMBERS), error=error)
        elif kind == 1:
            stats = self.call(f.get_statistics, error=error)
            assert stats is None or stats.name
        elif kind == 2:
            self.call(f.all_args, error=error)
        elif kind == 3:
            self.call(f.all_args_value, error=error)
        elif kind == 4:
            self.disturb(f.update, self.pick(["saps", "LT", "speed", "nothing"]), self.pick(["1", 2, True, "x"]), error=error)
        elif kind == 5:
            self.call(f.get_info, self.pick(["info", "Width", "ID"]), error=error)
        elif kind == 6:
            self.call(f.require_source_id, error=error)
        elif kind == 7:
            self.call(f.get_arg_value, "src", error=error)
        elif kind == 8:
            self.call(f.probe_link, self.number(3), self.pick(["inspect", "dst=x.mp4", "nofilter", "src=x"]), error=error)
        else:
            self.call(f.get_destinations, self.number(3) - 1, error=error)

    def act_filter_pids(self):
        f = self.pick(self.filters)
        if f is None:
            return
        side, index = self.pick("io"), self.pick([0, 1, -1, 30])
        error = self.filter_error(f)
        if not error and not 0 <= index < getattr(f, f"nb_{side}pid"):
            error = "No PID with index"
        kind = self.number(4)
        if kind == 0:
            self.call(getattr(f, f"{side}pid_prop"), index, self.pick(["name", "StreamType", "buffer", "remove"]), error=error)
        elif kind == 1:
            self.call(getattr(f, f"{side}pid_enum_props"), index, self, error=error)
        elif kind == 2:
            self.call(getattr(f, f"{side}pid_stats"), index, self.number(7), error=error, maybe="Failed to fetch")
        elif side == "i":
            self.call(f.ipid_source, index, error=error)
        else:
            sinks = self.call(f.opid_sinks, index, error=error)
            assert sinks is None or all(s in self.filters or s in self.dead for s in sinks)

    def on_prop_enum(self, name, value):
        assert isinstance(name, str)
        if self.depth < MAX_DEPTH and self.number(8) == 7:
            self.depth += 1
            self.step()
            self.depth -= 1

    def act_link(self):
        f, g = self.pick(self.filters), self.pick(self.filters)
        if f is None or g is None or f.session is not g.session:
            return
        error = self.filter_error(f) or self.filter_error(g)
        refused = "Failed to (set source|insert|reconnect)"
        args = self.pick([None, "#PID=1", "audio", "Width+3", "*"])
        kind = self.number(4)
        if kind == 0:
            self.disturb(f.set_source, g, args, error=error or (refused if f is g else None), maybe=refused)
        elif kind == 1:
            self.disturb(f.set_source_restricted, g, args, error=error or (refused if f is g else None), maybe=refused)
        elif kind == 2:
            self.disturb(f.insert, g, self.number(2) - 1, args, error=error or (refused if f is g else None),
                         maybe=f"{refused}|No output PID")
        else:
            self.disturb(f.reconnect, self.number(3) - 1, error=self.filter_error(f), maybe=f"{refused}|No output PID")
        self.call(f.why_not, g, error=self.filter_error(f) or self.filter_error(g), maybe=GONE)

    def act_remove_filter(self):
        f = self.pick(self.filters)
        if f is not None and self.number(4) == 0:
            self.disturb(f.remove, error=self.filter_error(f))

    def act_custom_calls(self):
        f = self.pick([f for f in self.filters if isinstance(f, Node)])
        if f is None:
            return
        error = self.filter_error(f)
        kind = self.number(10)
        if kind == 0:
            self.call(f.reschedule, self.pick([0, -1, 5, 2000]) if self.number(2) else 0, error=error)
        elif kind == 1:
            self.call(f.update_status, self.pick(["status", None]), self.pick([0, 10000]), error=error)
        elif kind == 2:
            self.disturb(f.notify_failure, gpac.GF_IO_ERR, self.pick([0, 1, 2]), error=error)
        elif kind == 3:
            self.call(f.make_sticky, error=error)
        elif kind == 4:
            self.call(self.pick([f.prevent_blocking, f.block_eos, f.accept_events]), self.number(2), error=error)
        elif kind == 5:
            self.call(f.hint_clock, 5, gpac.Fraction64(1, 2), error=error)
        elif kind == 6:
            self.call(getattr, f, self.pick("block_enabled output_buffer playout_buffer sinks_done nb_evts_queued "
                                            "clock_hint_time clock_hint_mediatime connections_pending".split()), error=error)
        elif kind == 7:
            self.call(f.push_cap, "Width", 3, gpac.GF_CAPS_INPUT, error=error, maybe="Failed to push cap")
        elif kind == 8 and len(f.opids) < 4:
            self.call(f.set_max_pids, self.pick([0, 3, -1]), error=error)
        elif len(f.opids) < 4 and f.kind != "sink":
            self.new_pid(f)


class PidCalls(Model):
    """Input and output PIDs, present and removed."""

    def act_pid_attribute(self):
        pid = self.pick(self.pids)
        if pid is None:
            return
        assert repr(pid)
        self.call(getattr, pid, self.pick(PID_ATTRIBUTES), error=GONE if self.pid_gone(pid) else None)

    def act_pid_call(self):
        pid = self.pick(self.pids)
        if pid is None:
            return
        table, of_input = self.pick([(INPUT_CALLS, True), (OUTPUT_CALLS, False), (BOTH_CALLS, None)])
        name = self.pick(sorted(table))
        args = self.pick(table[name])
        is_input = self.is_input(pid)
        error = None
        if self.pid_gone(pid):
            error = GONE
        elif of_input is not None and is_input != of_input:
            error = "input PID|output PID|source"
        elif name == "new_pck_shared" and pid.filter.session.deleting:
            error = GONE
        self.mixed |= (name, args) == ("set_framing", (True,))
        pck = self.disturb(getattr(pid, name), *args, error=error)
        if name == "new_pck_shared" and pck is not None:
            self.record(pck, "output", pid, shared=True)

    def is_input(self, pid):
        return "input" in repr(pid).split(" of ")[0].split(",")[1]

    def act_pid_prop(self):
        pid = self.pick(self.pids)
        if pid is None:
            return
        kind, value, refused = self.pick(VALUES)
        key = f"p{kind}"
        gone, is_input = self.pid_gone(pid), self.is_input(pid)
        error = GONE if gone else "Cannot set properties on input PID" if is_input else "" if refused is None else "."
        if self.number(4) == 0:
            value, error = None, error if gone or is_input else ""
        self.call(pid.set_prop, key, value, kind, error=error or None)
        if not error and not pid.filter.session.deleting:
            got = self.call(pid.get_prop, key)
            assert (bytes(got) if isinstance(value, bytes) else got) == value

    def act_pid_enum(self):
        pid = self.pick(self.pids)
        if pid is not None:
            error = GONE if self.pid_gone(pid) else None
            self.disturb(pid.enum_props, self, error=error, maybe=GONE)

    def act_pid_event(self):
        pid = self.pick(self.pids)
        if pid is not None:
            event = gpac.FilterEvent(self.pick(EVENTS))
            self.disturb(pid.send_event, event, error=GONE if self.pid_gone(pid) else None)

    def act_pid_remove(self):
        pid = self.pick(self.pids)
        if pid is None or self.number(4) or pid.filter.session.deleting:
            return
        if self.pid_gone(pid):
            self.call(pid.remove, error=GONE)
        elif self.is_input(pid):
            self.call(pid.remove, error="Cannot remove input pid")
        else:
            self.remove_pid(pid)

    def act_get_packet(self):
        pid = self.pick(self.pids)
        if pid is None:
            return
        if self.pid_gone(pid):
            self.call(pid.get_packet, error=GONE)
        elif not self.is_input(pid):
            self.call(pid.get_packet, error="only for input PIDs")
        else:
            self.get_packet(pid)

    def act_drop_packet(self):
        pid = self.pick(self.pids)
        if pid is not None and not self.pid_gone(pid) and self.is_input(pid):
            self.drop(pid)

    def act_new_packet(self):
        pid = self.pick(self.pids)
        if pid is None:
            return
        if self.pid_gone(pid):
            self.call(pid.new_pck, 3, error=GONE)
        elif self.is_input(pid):
            self.call(pid.new_pck, 3, error="only for output PIDs")
        elif pid.filter.session.deleting:
            self.call(pid.new_pck, 3, error=GONE)
        else:
            self.make(pid, send=self.number(3) == 0)

    def act_pid_eos(self):
        pid = self.pick(self.pids)
        if pid is not None and self.number(3) == 0:
            self.disturb(setattr, pid, "eos", self.number(2), error=GONE if self.pid_gone(pid) else None)


class PacketCalls(Model):
    """Packets received, made, sent, cloned, gone."""

    def act_packet_attribute(self):
        record = self.pick(self.records)
        if record is None:
            return
        name = self.pick(sorted(ATTRIBUTES))
        good, bad = ATTRIBUTES[name]
        fails = self.number(4) == 0
        value = self.pick(bad if fails else good)
        error = self.packet_error(record)
        if not error and record.kind == "source":
            error = "Cannot set"
        elif not error and fails:
            error = "range"
        self.call(setattr, record.pck, name, value, error=error)
        if not error:
            assert getattr(record.pck, name) == value

    def act_packet_read(self):
        record = self.pick(self.records)
        if record is None:
            return
        error = self.packet_error(record)
        assert repr(record.pck) and record.pck != None  # noqa: E711 as scripts of users write it
        if error:
            self.call(getattr, record.pck, self.pick(["data", "size", "dts", "timescale", "has_properties"]), error=error)
        else:
            self.check_data(record)
            self.call(record.pck.props)

    def act_packet_prop(self):
        record = self.pick(self.records)
        if record is None:
            return
        kind, value, refused = self.pick(VALUES)
        error = self.packet_error(record)
        if not error and record.kind == "source":
            error = "Cannot copy properties on source packet"
        self.call(record.pck.set_prop, f"p{kind}", value, kind, error=error or ("." if refused else None))
        if not error and not refused:
            got = self.call(record.pck.get_prop, f"p{kind}")
            assert (bytes(got) if isinstance(value, bytes) else got) == value

    def act_packet_enum(self):
        record = self.pick(self.records)
        if record is not None:
            self.disturb(record.pck.enum_props, self, error=self.packet_error(record), maybe=GONE)

    def act_packet_copy_props(self):
        record, other = self.pick(self.records), self.pick(self.records)
        if record is None or record is other:
            return
        error = self.packet_error(record) or ("source packet" if record.kind == "source" else self.packet_error(other))
        if not error and record.session is not other.session:
            error = "of another session"
        self.call(record.pck.copy_props, other.pck, error=error)

    def act_packet_ref(self):
        record = self.pick(self.records)
        if record is None:
            return
        error = self.packet_error(record)
        if self.number(2):
            self.call(record.pck.ref, error=error)
            record.refs += not error
        elif error or not record.refs:
            self.call(record.pck.unref, error=error or "without ref")
        else:
            record.refs -= 1
            if not record.refs:
                record.epoch = None
            self.call(record.pck.unref)

    def act_packet_end(self):
        record = self.pick(self.records)
        if record is None:
            return
        error = self.packet_error(record)
        send = self.number(2)
        if error or record.kind == "source":
            self.call(record.pck.send if send else record.pck.discard, error=error or "on source packet")
        elif send and record.kind == "clone":
            self.call(record.pck.send, error="Cannot send a clone")
        elif send:
            self.send(record)
        else:
            record.dead = True
            self.disturb(record.pck.discard)

    def act_packet_change(self):
        record = self.pick(self.records)
        if record is None:
            return
        error = self.packet_error(record) or ("source packet" if record.kind == "source" else None)
        if self.number(2):
            self.call(record.pck.readonly, error=error)
            return
        size = self.pick([0, 1, 3, 10**6])
        before = 0 if error else record.pck.size
        self.call(record.pck.truncate, size, error=error)
        assert error or record.shared or record.pck.size == min(before, size) or record.pck.size == before

    def act_packet_clone(self):
        record, cached = self.pick(self.records), self.pick([r for r in self.records if r.kind == "clone"])
        if record is None:
            return
        error = self.packet_error(record)
        if cached is not None and (cached is record or cached.session is not record.session or self.packet_error(cached)):
            cached = None
        args = (cached.pck,) if cached is not None and self.number(2) else ()
        made = self.call(record.pck.clone, *args, error=error)
        if error:
            return
        if record.kind != "source":
            assert made is None
            return
        if args and made is not cached.pck:
            cached.dead = True
        if made is not None:
            copy = self.record(made, "clone", None, record.byte)
            copy.session = record.session
            self.check_data(copy)
            self.fill(copy)
            self.check_data(record)

    def act_packet_derive(self):
        record, pid = self.pick(self.records), self.pick([p for p in self.pids if not self.is_input(p)])
        if record is None or pid is None:
            return
        error = (GONE if self.pid_gone(pid) or pid.filter.session.deleting else None) or self.packet_error(record)
        if error:
            self.call(pid.new_pck_ref, record.pck, error=error)
        elif record.session is pid.filter.session:
            self.derive(pid, record, send=self.number(2))


class World(SessionCalls, FilterCalls, PidCalls, PacketCalls):
    """All calls; `play` makes them until the choices are used up, then deletes everything."""

    def act_views(self):
        for data, content in self.views:
            now = bytes(data)
            assert len(now) == len(content) and (self.mixed or len(set(now)) <= 1)
        if len(self.views) > MAX_OBJECTS:
            del self.views[: MAX_OBJECTS // 2]

    def act_forget(self):
        """Lets objects go; the session keeps what it needs."""
        kept = self.pick([self.pids, self.tasks, self.views, self.files, self.records])
        if kept:
            item = kept.pop(self.number(len(kept)))
            if isinstance(item, Record):
                self.forget(item)
        if self.number(8) == 0:
            self.filters = [f for f in self.filters if f not in self.dead or self.number(2)]

    def act_collect(self):
        if self.number(16) == 0:
            gc.collect(self.number(3))

    # ---- all of it

    def play(self, limit=None):
        while not self.over and (limit is None or self.calls < limit):
            self.step()
            if self.failure:
                raise self.failure
        self.choices = b""
        for fs in self.sessions[:]:
            self.call(fs.run, 3, maybe="Failed to run session")
            self.delete(fs)
        if self.failure:
            raise self.failure
        for record in self.by_id.values():
            assert not record.shared or record.released == 1, record.describe()
