# SPDX-License-Identifier: MIT
"""The texts and codes of errors that scripts look at, call by call; attributes in the direction they do not belong to."""

import contextlib

import pytest

import libgpac as gpac
from lab import Mid, Sink, Source

SOURCE_PACKET = "Cannot {} source packet"


class Shape:
    """Collects one failure after the other and compares all at the end."""

    def __init__(self):
        self.seen = []
        self.wanted = []

    @contextlib.contextmanager
    def fails(self, text, code=gpac.GF_BAD_PARAM):
        self.wanted.append((text, code))
        try:
            yield
        except gpac.GpacError as failure:
            self.seen.append((str(failure), failure.code))
        else:
            self.seen.append(("no failure", 0))

    def compare(self):
        assert self.seen == self.wanted


def e2s(code):
    return gpac.e2s(code)


def run_mid(work):
    """Runs a function once, for the first packet."""
    calls = []

    def once(*arguments):
        if not calls:
            calls.append(arguments)
            work(*arguments)

    with gpac.FilterSession() as fs:
        Source(fs, props={"mine": "x"})
        mid = Mid(fs, once)
        dst = Sink(fs)
        dst.set_source(mid)
        fs.run(timeout=20)
        assert calls


def test_session(tmp_path):
    shape = Shape()
    missing = str(tmp_path / "missing.mp4")
    with gpac.FilterSession() as fs:
        with shape.fails(f"Failed to load source filter {missing}: {e2s(-12)}", gpac.GF_URL_ERROR):
            fs.load_src(missing)
        with shape.fails(f"Failed to load filter nothing: {e2s(-11)}", gpac.GF_FILTER_NOT_FOUND):
            fs.load("nothing")
        with shape.fails(f"Failed to load destination filter nothing://x: {e2s(-4)}", gpac.GF_NOT_SUPPORTED):
            fs.load_dst("nothing://x")
        for index in (-1, 0, 2**40):
            with shape.fails(f"Failed to get filter at index {index}"):
                fs.get_filter(index)
        for kind in (-1, 3):
            with shape.fails(f"abort: {kind} is not a kind of flush"):
                fs.abort(kind)
    with shape.fails(f"Failed to run session: {e2s(-1)}"):
        fs.run()
    for bad in (99, -1):
        with shape.fails(f"Failed to create new filter session: {bad} is not a type of scheduler"):
            gpac.FilterSession(sched_type=bad)
    with gpac.FilterSession(gpac.GF_FS_FLAG_FULL_LINK) as fs:
        Source(fs)
        with shape.fails(f"Failed to run session: {e2s(-11)}", gpac.GF_FILTER_NOT_FOUND):
            fs.run(timeout=20)
    with shape.fails("Failed to set logs @@: " + e2s(-1)):
        gpac.set_logs("@@")
    shape.compare()


def test_filter():
    shape = Shape()
    with gpac.FilterSession() as fs:
        src, other = Source(fs), Sink(fs)
        src.make_pid()
        for call in (lambda: src.ipid_prop(0, "x"), lambda: src.ipid_enum_props(0, None), lambda: src.ipid_stats(0),
                     lambda: src.ipid_source(0)):
            with shape.fails("No PID with index 0 in filter Source"):
                call()
        for index in (1, -1):
            for call in (lambda: src.opid_prop(index, "x"), lambda: src.opid_sinks(index), lambda: src.opid_stats(index)):
                with shape.fails(f"No PID with index {index} in filter Source"):
                    call()
        with shape.fails("No on_prop_enum function on callback"):
            src.opid_enum_props(0, object())
        with shape.fails("No on_prop_enum function on callback"):
            src.pid.enum_props(None)
        with shape.fails(f"Failed to fetch filter pid stats: {e2s(-53)}", gpac.GF_NOT_FOUND):
            src.opid_stats(0, gpac.GF_STATS_DECODER_SINK)
        for call in (lambda: src.reconnect(4), lambda: src.insert(other, 4)):
            with shape.fails("No output PID with index 4 in filter Source"):
                call()
        with shape.fails("No possible binding to filter class Source"):
            src.bind(object())
        with shape.fails(f"Failed to set source of filter Source to Source: {e2s(-1)}"):
            src.set_source(src)
        assert src.probe_link(9, "fin") is None and src.get_destinations(9) is None
        assert src.probe_link(-1, "no such filter") is None
        assert src.get_arg_value("no such option") is None and src.get_info("no such property") is None
        src.set_source(None)
        src.set_source_restricted(None)
        other.set_source(src)
        with pytest.raises(gpac.GpacError, match="Failed to set source of filter Source to Sink"):
            src.set_source(other)
    shape.compare()


def test_renamed_filter_keeps_its_class():
    with gpac.FilterSession() as fs, pytest.raises(gpac.GpacError, match="No possible binding to filter class inspect"):
        fs.load("inspect:N=httpout").bind(object())


def test_input_pid():
    shape = Shape()

    def work(mid, pid, out, pck):
        for call, text in [
            (pid.remove, "Cannot remove input pid"),
            (lambda: pid.copy_props(pid), "Cannot copy properties on input PID"),
            (pid.reset_props, "Cannot reset properties on input PID"),
            (lambda: pid.forward(pck), "Cannot copy properties on input PID"),
            (lambda: pid.set_prop("x", 1), "Cannot set properties on input PID"),
            (lambda: pid.set_info("x", 1), "Cannot set info on input PID"),
            (lambda: pid.query_cap("Width"), "Cannot query caps on input PID"),
        ]:
            with shape.fails(text):
                call()
        for name, args in [("new_pck", (1,)), ("new_pck_ref", (pck,)), ("new_pck_shared", (b"x",)), ("new_pck_copy", (pck,)),
                           ("new_pck_clone", (pck,)), ("discard_block", ()), ("allow_direct_dispatch", ()),
                           ("loose_connect", ()), ("require_source_id", ()), ("recompute_dts", (True,))]:
            with shape.fails(f"{name}: only for output PIDs, this is an input PID"):
                getattr(pid, name)(*args)
        with pytest.warns(RuntimeWarning):
            pid.name = "other"
        pid.max_buffer = 5
        pid.eos = True
        assert pid.name == "PID1" and pid.eos == 0
        assert pid.get_prop("remove") is None and pid.get_prop("timescale") == 10

    run_mid(work)
    shape.compare()


def test_output_pid():
    shape = Shape()

    def work(mid, pid, out, pck):
        name = out.name
        for call, args in [("get_packet", ()), ("clear_eos", (True,)), ("set_framing", (True,)), ("set_clock_mode", (True,)),
                           ("set_discard", (True,))]:
            with shape.fails(f"{call}: only for input PIDs, {name} is an output PID"):
                getattr(out, call)(*args)
        with shape.fails("Cannot negotiate caps on output PID"):
            out.negotiate_cap("Width", 1)
        assert out.drop_packet() is None
        assert out.check_caps() == 0 and out.get_clock_type() == 0 and str(out.get_clock_timestamp()) == "0/0"
        assert (out.eos, out.has_seen_eos, out.eos_received, out.max_buffer, out.min_pck_dur) == (0, 0, 0, 0, 0)
        assert (out.first_empty, out.first_cts, out.next_ts) == (1, None, gpac.GF_FILTER_NO_TS)
        out.eos = False
        out.eos = 0
        out.copy_props(None)
        out.forward(None)
        for how in ("ref", "copy", "clone"):
            with shape.fails(f"NULL input packet in new_pck_{how} !"):
                getattr(out, f"new_pck_{how}")(None)
        with shape.fails("Filter Mid has no packet_release callback function defined"):
            out.new_pck_shared(b"x")
        mid.packet_release = lambda pid, pck: None
        for bad in (5, "text", [1]):
            with shape.fails(f"Unknown data reference class {type(bad)!r}"):
                out.new_pck_shared(bad)
        assert out.new_pck_ref(pck, 1000) is None and out.new_pck_ref(pck, 1, 1000) is None
        assert out.new_pck_ref(pck, 0, 1).size == pck.size - 1

    run_mid(work)
    shape.compare()


def test_source_packet():
    shape = Shape()
    labels = dict(dts="DTS", cts="CTS", sap="SAP", dur="duration", start="framing", end="framing", interlaced="interlaced",
                  corrupted="corrupted", seek="seek", byte_offset="byte offset", roll="roll", crypt="crypt", clock="clock",
                  carousel="carousel", seqnum="seqnum", deps="deps")

    def work(mid, pid, out, pck):
        for name, label in labels.items():
            with shape.fails(f"Cannot set {label} on source packet"):
                setattr(pck, name, 1)
        for call, text in [
            (lambda: pck.set_prop("x", 1), "Cannot copy properties on source packet"),
            (lambda: pck.copy_props(pck), "Cannot copy properties on source packet"),
            (pck.send, "Cannot send on source packet"), (pck.discard, "Cannot discard on source packet"),
            (pck.readonly, "Cannot set readonly on source packet"), (lambda: pck.truncate(1), "Cannot truncate an source packet"),
        ]:
            with shape.fails(text):
                call()
        with shape.fails("unref() without ref()"):
            pck.unref()
        for name in ("size", "data", "timescale", "has_properties", "blocking_ref", "frame_ifce", "frame_ifce_gl"):
            with pytest.raises(AttributeError):
                setattr(pck, name, 1)
        clone = pck.clone()
        with pytest.raises(gpac.GpacError, match="Cannot send a clone"):
            clone.send()
        made = out.new_pck(4)
        assert made.clone() is None
        made.truncate(100)
        assert made.size == 4
        made.copy_props(None)
        made.send()
        for call in (made.send, made.discard, lambda: made.size, lambda: out.forward(made)):
            with shape.fails("packet no longer valid: it was dropped, sent or discarded"):
                call()
        pid.drop_packet()
        for call in (pck.ref, lambda: out.new_pck_ref(pck), lambda: pck.data):
            with shape.fails("packet no longer valid: it was dropped, sent or discarded"):
                call()
        pid.drop_packet()

    run_mid(work)
    shape.compare()


@pytest.mark.parametrize(
    "name, good, bad",
    [("sap", 5, 6), ("interlaced", 2, 3), ("corrupted", 1, 2), ("seek", 1, -1), ("start", 0, 2), ("end", 0, 2),
     ("roll", -32768, 32768), ("roll", 32767, -32769), ("crypt", 3, 4), ("clock", 2, 3), ("carousel", 255, 256),
     ("seqnum", 2**32 - 1, 2**32), ("deps", 255, -1), ("dur", 2**32 - 1, 2**32), ("dts", 2**64 - 1, 2**64), ("cts", 0, -1),
     ("byte_offset", 2**64 - 2, -1)],
)
def test_ranges_of_packet_attributes(name, good, bad):
    with gpac.FilterSession() as fs:
        pck = gpac.FilterCustom(fs).new_pid().new_pck(1)
        others = ("dts", "cts", "sap", "dur", "start", "end", "interlaced", "corrupted", "seek", "byte_offset", "roll", "crypt",
                  "clock", "carousel", "seqnum", "deps")
        before = {other: getattr(pck, other) for other in others if other != name}
        setattr(pck, name, good)
        for value, error in ((bad, ValueError), (10**30, ValueError), ("1", TypeError), (1.0, TypeError), (None, TypeError)):
            with pytest.raises(error):
                setattr(pck, name, value)
            assert getattr(pck, name) == good
        assert {other: getattr(pck, other) for other in before} == before
        with pytest.raises(AttributeError):
            delattr(pck, name)
