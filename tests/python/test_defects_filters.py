# SPDX-License-Identifier: MIT
"""Faults of other bindings, by row: filters, PIDs, properties."""

import gc

import pytest

import libgpac as gpac
from lab import Sink, Source, run_pair


@pytest.fixture
def source():
    with gpac.FilterSession() as fs:
        src = Source(fs)
        src.make_pid()
        yield src


class Pass(gpac.FilterCustom):
    def __init__(self, session, name="Pass"):
        super().__init__(session, name)
        self.push_cap("StreamType", "Metadata", gpac.GF_CAPS_INPUT_OUTPUT)
        self.count = 0

    def configure_pid(self, pid, is_remove):
        if not is_remove and not self.opids:
            self.new_pid().copy_props(pid)

    def process(self):
        for pid in self.ipids:
            while (pck := pid.get_packet()) is not None:
                self.count += 1
                self.opids[0].forward(pck)
                pid.drop_packet()
            if pid.eos:
                self.opids[0].eos = True
                return gpac.GF_EOS


def test_row_28_numbers_are_unsigned(source):
    source.pid.set_prop("Timescale", 4_000_000_000)
    assert source.pid.timescale == 4_000_000_000
    seen = []

    class Src(Source):
        def make_pid(self):
            super().make_pid()
            self.pid.set_prop("Timescale", 4_000_000_000)

        def make_packet(self, payload):
            pck = super().make_packet(payload)
            pck.dur = 4_000_000_000
            return pck

        def process(self):
            if self.pid:
                return gpac.GF_EOS
            self.make_pid()
            pck = self.make_packet(b"x")
            pck.cts = 2**63
            pck.send()
            seen.append(self.pid.next_ts)
            self.pid.eos = True
            return gpac.GF_EOS

    class Dst(Sink):
        def on_packet(self, pid, pck):
            seen.append((pck.timescale, pck.dur, pck.cts, pid.min_pck_dur, pid.timescale))

    run_pair(Src, Dst)
    assert seen == [2**63 + 4_000_000_000, (4_000_000_000, 4_000_000_000, 2**63, 4_000_000_000, 4_000_000_000)]


def test_row_33_insert():
    """The filter is linked behind the one it is inserted after, and gets its packets from then on."""
    class Insert(gpac.FilterTask):
        def execute(self):
            if not dst.received:
                return 1
            src.insert(mid)

    class Slow(Source):
        def process(self):
            if self.pid is None:
                self.make_pid()
            if self.sent == 50:
                self.pid.eos = True
                return gpac.GF_EOS
            pck = self.make_packet(bytes([self.sent]))
            pck.cts, self.sent = self.sent, self.sent + 1
            pck.send()
            self.reschedule(1000)
            return 0

    with gpac.FilterSession() as fs:
        src = Slow(fs)
        dst = Sink(fs)
        dst.set_source(src)
        behind = Sink(fs, name="Behind")
        mid = Pass(fs, "Mid:FID=mid")
        behind.set_source(mid)
        fs.post(Insert("insert"))
        fs.run(timeout=20)
        assert mid.ipid_source(0) is src and behind.ipid_source(0) is mid
        assert 0 < mid.count < 50 and behind.received == dst.received[-mid.count :]
        assert len(dst.received) == 50  # the links there were stay


def test_row_34_destinations(source):
    """For the PID asked for, also when it is the only one."""
    assert "inspect" in source.get_destinations(0)
    assert "inspect" in source.get_destinations(-1)
    assert source.get_destinations(1) is None
    other = source.new_pid()
    other.set_prop("StreamType", "Audio")
    other.set_prop("CodecID", "aac")
    assert "ufadts" in source.get_destinations(1) and "ufadts" not in source.get_destinations(0)
    assert source.probe_link(0, "inspect") == [""]
    assert source.probe_link(0, "fout:dst=x.mp4") == ["mp4mx"]


@pytest.mark.parametrize(
    "value, expected", [(True, 1), (False, 0), ("true", 1), ("no", 0), (1, 1)],
)
def test_row_39_update_converts(value, expected):
    with gpac.FilterSession() as fs:
        f = fs.load(f"inspect:log=null:deep={'false' if expected else 'true'}")
        f.update("deep", value)
        fs.run(timeout=20)
        assert f.get_arg_value("deep") == expected


def test_row_39_update_of_numbers():
    with gpac.FilterSession() as fs:
        f = fs.load("reframer")
        f.update("speed", 1.5)
        f.update("frames", [3, 5])
        fs.run(timeout=20)
        assert f.get_arg_value("speed") == 1.5


def test_row_40_capabilities_are_copied():
    """Texts and lists of capabilities live on; a separator takes any code and value."""
    class Dst(Sink):
        def __init__(self, session):
            super().__init__(session, stream_types=("Visual",))
            for code, value in [("a name of its own", None), (0, None), (None, object()), ("PixelFormat", "nonsense")]:
                self.push_cap(code, value, 0)
            self.push_cap("StreamType", "Metadata", gpac.GF_CAPS_INPUT)
            self.push_cap("".join(["ki", "nd"]), "".join(["l", "eft"]), gpac.GF_CAPS_INPUT)
            self.push_cap("kind", "".join(["r", "ight"]), gpac.GF_CAPS_INPUT)
            gc.collect()

    for kind, taken in [("right", True), ("left", True), ("other", False)]:
        _, _, dst = run_pair(sink_class=Dst, props={"kind": kind})
        assert (dst.received == [b"abc"]) is taken


def test_row_42_reconfigure_gets_the_pid():
    asked = []

    class Src(Source):
        def __init__(self, session):
            super().__init__(session)
            self.push_cap("Width", 0, gpac.GF_CAPS_OUTPUT | gpac.GF_CAPFLAG_RECONFIG)

        def process(self):
            if self.pid is None:
                self.make_pid()
                self.reschedule(1000)
                return 0
            return super().process()

        def reconfigure_output(self, pid):
            asked.append((pid is self.pid, pid.query_cap("Width"), pid.query_cap("Height")))
            pid.set_prop("Width", pid.query_cap("Width"))

    class Dst(Sink):
        def configure_pid(self, pid, is_remove):
            if not is_remove and pid not in self.ipids:
                pid.negotiate_cap("Width", 320)
            asked.append(pid.get_prop("Width"))
            return super().configure_pid(pid, is_remove)

    run_pair(Src, Dst)
    assert asked == [None, (True, 320, None), 320]


@pytest.mark.parametrize("kind", [gpac.GF_SETUP_ERROR, gpac.GF_NOTIF_ERROR, gpac.GF_NOTIF_ERROR_AND_DISCONNECT])
def test_row_45_failures_are_notified(kind):
    class Dst(Sink):
        def on_packet(self, pid, pck):
            super().on_packet(pid, pck)
            if len(self.received) == 1:
                self.notify_failure(gpac.GF_IO_ERR, kind)

    fs, _, dst = run_pair(sink_class=Dst, payloads=[b"x"] * 5)
    assert dst.received
    fs.delete()
    with gpac.FilterSession() as other:
        custom = gpac.FilterCustom(other)
        for bad in (3, -1):
            with pytest.raises(ValueError, match="notify_failure"):
                custom.notify_failure(gpac.GF_IO_ERR, bad)


@pytest.mark.parametrize(
    "template, expected",
    [("f_$num$", "f_3"), ("f_$num%03d$.x", "f_003.x"), ("$$x", "$x"), ("$PID$", "5"), ("$FS$", "end"), ("$p4cc=PIDI$", "5"),
     ("$StreamType$", "Metadata"), ("$pname=mine$", "val"), ("$mine$", "val"), ("$Number$_$Time$_$Init=x$", "$Number$_$Time$_$Init=x$"),
     ("", ""), ("é", "é")],
)
def test_row_46_templates(source, template, expected):
    source.pid.set_prop("ID", 5)
    source.pid.set_prop("mine", "val")
    assert source.pid.resolve_template(template, 3, "end") == expected
    assert source.pid.resolve_template(template=template, file_idx=3, suffix="end") == expected


def test_row_46_template_refusals(source):
    with pytest.raises(gpac.GpacError, match=r"Cannot resolve file template \$nothing\$: "):
        source.pid.resolve_template("$nothing$")
    with pytest.raises(gpac.GpacError, match="Cannot resolve file template"):
        source.pid.resolve_template("$mine" * 5000)


def test_row_47_clock():
    seen = []

    class Src(Source):
        def make_packet(self, payload):
            pck = super().make_packet(payload)
            if payload == b"clock":
                pck.clock = gpac.GF_FILTER_CLOCK_PCR
            return pck

    class Dst(Sink):
        def on_packet(self, pid, pck):
            super().on_packet(pid, pck)
            timestamp = pid.get_clock_timestamp()
            seen.append((pid.get_clock_type(), str(timestamp)))

    _, _, dst = run_pair(Src, Dst, payloads=[b"a", b"b", b"clock", b"d"])
    assert ("a" in str(dst.received)) and any(text == "2/10" for _, text in seen), seen
    assert all(kind in (0, 1) for kind, _ in seen)


def test_row_48_parents():
    seen = []

    class Dst(Sink):
        def on_packet(self, pid, pck):
            seen.append((pid.is_filter_in_parents(src), pid.is_filter_in_parents(mid), pid.is_filter_in_parents(other)))

    with gpac.FilterSession() as fs:
        src, mid, other = Source(fs), Pass(fs), Source(fs, name="other")
        mid.set_source(src)
        Dst(fs).set_source(mid)
        fs.run(timeout=20)
    assert seen == [(1, 1, 0)]


def test_row_49_queried_capabilities():
    seen = []

    class Src(Source):
        def process(self):
            if self.pid is None:
                self.make_pid()
                self.reschedule(1000)
                return 0
            for key in ("StreamType", int.from_bytes(b"PMST", "big"), "CodecID", "Width", "no name"):
                seen.append(self.pid.query_cap(key))
            return super().process()

    class Dst(Sink):
        def __init__(self, session):
            super().__init__(session)
            self.push_cap("CodecID", "mtxt", gpac.GF_CAPS_INPUT)

    run_pair(Src, Dst)
    assert seen[:5] == ["Metadata", "Metadata", "mtxt", None, None]


def test_row_50_negotiation_of_own_names():
    asked = []

    class Src(Source):
        def __init__(self, session):
            super().__init__(session)
            self.push_cap("mine", 0, gpac.GF_CAPS_OUTPUT | gpac.GF_CAPFLAG_RECONFIG, custom_type=gpac.GF_PROP_UINT)

        def process(self):
            if self.pid is None:
                self.make_pid()
                self.reschedule(1000)
                return 0
            return super().process()

        def reconfigure_output(self, pid):
            asked.append(pid.query_cap("mine"))

    class Dst(Sink):
        def configure_pid(self, pid, is_remove):
            if not is_remove and pid not in self.ipids:
                pid.negotiate_cap("mine", 7, gpac.GF_PROP_UINT)
            return super().configure_pid(pid, is_remove)

    _, _, dst = run_pair(Src, Dst)
    assert asked == [7] and dst.received == [b"abc"]


def test_row_52_and_53_levels():
    """Thirty packets of a tenth of a second wait at the first call; the time that follows them is known."""
    seen = []

    class Src(Source):
        def make_pid(self):
            super().make_pid()
            assert self.pid.next_ts == gpac.GF_FILTER_NO_TS
            self.pid.max_buffer = 5_000_000

    class Dst(Sink):
        def on_packet(self, pid, pck):
            if not seen:
                seen.append((pid.buffer, pid.buffer_total, pid.nb_pck_queued, pid.first_cts))
            super().on_packet(pid, pck)

    _, src, _ = run_pair(Src, Dst, payloads=[b"x"] * 30)
    assert seen == [(3_000_000, 3_000_000, 30, 0)]
    assert src.pid.next_ts == 30


def test_row_55_sources_start_by_themselves():
    """Without reschedule(), and with a PID made in the constructor."""
    class Src(Source):
        def __init__(self, session):
            super().__init__(session)
            self.make_pid()

    _, _, dst = run_pair(Src)
    assert dst.received == [b"abc"]

    class Waiting(Src):
        """Its PID is linked before process sends anything."""

        def process(self):
            linked.append(len(self.opid_sinks(0)))
            if len(linked) == 1:
                self.reschedule(1000)
                return 0
            return super().process()

    linked = []
    _, _, dst = run_pair(Waiting)
    assert dst.received == [b"abc"] and linked[-1] == 1


def test_row_62_lists_of_vectors(source, capfd):
    points = [gpac.PropVec2i(i, -i) for i in range(100)]
    source.pid.set_prop("points", points, gpac.GF_PROP_VEC2I_LIST)
    assert source.pid.get_prop("points") == points
    assert capfd.readouterr() == ("", "")


def test_row_63_texts_are_copied(source):
    for kind in (gpac.GF_PROP_STRING, gpac.GF_PROP_NAME, gpac.GF_PROP_STRING_NO_COPY):
        source.pid.set_prop(f"text{kind}", "".join(["a", "b"]) * 50, kind)
    source.pid.set_prop("Language", "".join(["f", "r", "a"]))
    del kind
    gc.collect()
    junk = ["".join(["x", str(i)]) * 50 for i in range(1000)]
    assert [source.pid.get_prop(f"text{k}") for k in (14, 15, 17)] == ["ab" * 50] * 3
    assert source.pid.get_prop("Language") == "fra" and junk
