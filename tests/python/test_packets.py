# SPDX-License-Identifier: MIT
"""Packets: the six ways to make one, attributes, data views, lifetimes."""

import gc
import weakref

import pytest

import libgpac as gpac
from lab import Sink, Source, run_pair


class Pass(gpac.FilterCustom):
    """Sends what it receives in the way a test chooses."""

    def __init__(self, session, how):
        super().__init__(session, "Pass")
        self.push_cap("StreamType", "Metadata", gpac.GF_CAPS_INPUT_OUTPUT)
        self.how = how
        self.released = []
        self.shared = []

    def configure_pid(self, pid, is_remove):
        if is_remove:
            return
        if not self.opids:
            self.new_pid()
        self.opids[0].copy_props(pid)

    def process(self):
        pid, out = self.ipids[0], self.opids[0]
        while (pck := pid.get_packet()) is not None:
            self.how(self, out, pck)
            pid.drop_packet()
        if pid.eos:
            out.eos = True
            return gpac.GF_EOS

    def packet_release(self, pid, pck):
        with pytest.raises(gpac.GpacError):
            pck.data
        self.released.append((pid, pck))


def forward(self, out, pck):
    out.forward(pck)


def send_ref(self, out, pck):
    new = out.new_pck_ref(pck)
    new.copy_props(pck)
    new.send()


def send_part(self, out, pck):
    new = out.new_pck_ref(pck, 2, 1)
    new.copy_props(pck)
    new.send()


def send_alloc(self, out, pck):
    new = out.new_pck(pck.size)
    memoryview(new.data)[:] = memoryview(pck.data)
    new.copy_props(pck)
    new.send()


def send_shared(self, out, pck):
    data = bytearray(memoryview(pck.data))
    new = out.new_pck_shared(data)
    new.copy_props(pck)
    self.shared.append(new)
    new.send()


def send_copy(self, out, pck):
    new = out.new_pck_copy(pck)
    memoryview(new.data)[0] = ord("X")
    assert bytes(memoryview(pck.data)[:1]) != b"X"
    new.send()


def send_clone(self, out, pck):
    new = out.new_pck_clone(pck)
    memoryview(new.data)[0] = ord("X")
    new.send()


PAYLOADS = [b"first", b"second", b"third"]


@pytest.mark.parametrize(
    "how, expected",
    [
        (forward, PAYLOADS),
        (send_ref, PAYLOADS),
        (send_part, [p[1:3] for p in PAYLOADS]),
        (send_alloc, PAYLOADS),
        (send_shared, PAYLOADS),
        (send_copy, [b"X" + p[1:] for p in PAYLOADS]),
        (send_clone, [b"X" + p[1:] for p in PAYLOADS]),
    ],
)
def test_ways_to_send(how, expected):
    fs = gpac.FilterSession()
    src = Source(fs, PAYLOADS)
    mid = Pass(fs, how)
    mid.set_source(src)
    dst = Sink(fs)
    dst.set_source(mid)
    fs.run(timeout=20)
    assert dst.received == expected
    assert dst.times == [(i, i) for i in range(3)]
    fs.delete()
    assert len(mid.released) == len(mid.shared)
    assert [p for _, p in mid.released] == mid.shared
    assert all(p is mid.opids[0] if mid.opids else True for p, _ in mid.released)


def test_clone_in_place_shares_memory():
    """With a single user of the memory, a clone shows the same bytes as the source."""
    seen = []

    def how(self, out, pck):
        new = out.new_pck_clone(pck)
        memoryview(new.data)[0] = ord("X")
        seen.append(bytes(memoryview(pck.data)[:1]))
        new.send()

    fs = gpac.FilterSession()
    src = Source(fs, [b"abc"])
    mid = Pass(fs, how)
    mid.set_source(src)
    Sink(fs).set_source(mid)
    fs.run(timeout=20)
    assert seen == [b"X"]


def test_attributes_both_ways():
    values = dict(
        dts=5, cts=7, sap=3, dur=11, start=1, end=0, interlaced=2, corrupted=1, seek=1, byte_offset=2**40, roll=-3,
        crypt=1, carousel=200, seqnum=4000000000, deps=0xA5,
    )
    got = {}

    class Src(Source):
        def make_packet(self, payload):
            pck = super().make_packet(payload)
            assert pck.dts == pck.cts == gpac.GF_FILTER_NO_TS
            assert pck.byte_offset == gpac.GF_FILTER_NO_BO
            assert (pck.start, pck.end, pck.sap, pck.dur) == (1, 1, 0, 0)
            for name, value in values.items():
                setattr(pck, name, value)
                assert getattr(pck, name) == value
            for name, bad in dict(sap=6, interlaced=3, corrupted=2, roll=40000, crypt=4, clock=3, carousel=256,
                                  seqnum=-1, deps=256, dts=2**64).items():
                with pytest.raises(ValueError):
                    setattr(pck, name, bad)
            return pck

        def process(self):
            if not self.pid:
                self.make_pid()
                self.make_packet(b"x").send()
                self.pid.eos = True
            return gpac.GF_EOS

    class Dst(Sink):
        def on_packet(self, pid, pck):
            got.update((name, getattr(pck, name)) for name in values)
            with pytest.raises(gpac.GpacError, match="Cannot set DTS on source packet"):
                pck.dts = 1
            with pytest.raises(gpac.GpacError, match="Cannot send on source packet"):
                pck.send()

    run_pair(Src, Dst)
    assert got == values


def test_invalid_after_drop():
    kept = []

    class Dst(Sink):
        def on_packet(self, pid, pck):
            assert pid.get_packet() is pck
            kept.append(pck)

    run_pair(sink_class=Dst)
    with pytest.raises(gpac.GpacError, match="packet no longer valid"):
        kept[0].size
    assert "no longer valid" in repr(kept[0])


def test_ref_keeps_packet():
    kept = []

    class Dst(Sink):
        def on_packet(self, pid, pck):
            pck.ref()
            kept.append(pck)

        def process(self):
            res = super().process()
            assert all(p.size == 3 for p in kept)
            return res

    fs, _, _ = run_pair(sink_class=Dst, payloads=[b"abc", b"def"])
    assert [bytes(p.data) for p in kept] == [b"abc", b"def"]
    kept[0].unref()
    with pytest.raises(gpac.GpacError):
        kept[0].data
    fs.delete()
    with pytest.raises(gpac.GpacError):
        kept[1].data


def test_detached_clone():
    clones = []

    class Dst(Sink):
        def on_packet(self, pid, pck):
            old = clones.pop() if clones else None
            new = pck.clone(old)
            if old is not None:
                with pytest.raises(gpac.GpacError):
                    old.size
            memoryview(new.data)[0] = ord("X")
            assert bytes(pck.data)[:1] != b"X"
            assert new.dts == pck.dts
            clones.append(new)

    run_pair(sink_class=Dst, payloads=[b"abc", b"defg"])
    assert bytes(clones[0].data) == b"Xefg"
    clones[0].discard()
    with pytest.raises(gpac.GpacError):
        clones[0].data


def test_unsent_packets_are_freed():
    class Src(Source):
        def make_packet(self, payload):
            for _ in range(100):
                self.pid.new_pck(100000)
            gc.collect()
            return super().make_packet(payload)

    gpac.FilterSession().delete()
    before = gpac._native.memory_size()
    fs, _, _ = run_pair(Src)
    fs.delete()
    assert gpac._native.memory_size() - before < 100000


def test_shared_not_sent_is_released():
    released = []

    class Src(Source):
        def packet_release(self, pid, pck):
            released.append(pck)

        def make_packet(self, payload):
            self.pid.new_pck_shared(b"lost")
            thrown = self.pid.new_pck_shared(b"thrown")
            thrown.discard()
            assert released[-1] is thrown
            return super().make_packet(payload)

    run_pair(Src)
    assert len(released) == 2


def test_shared_refusals():
    class Src(Source):
        def make_packet(self, payload):
            with pytest.raises(gpac.GpacError, match="has no packet_release"):
                self.pid.new_pck_shared(payload)
            type(self).packet_release = lambda *args: None
            with pytest.raises(gpac.GpacError, match="Unknown data reference class"):
                self.pid.new_pck_shared(3)
            with pytest.raises((BufferError, ValueError)):
                self.pid.new_pck_shared(memoryview(b"abcdef")[::2])
            with pytest.raises(gpac.GpacError, match="NULL input packet in new_pck_copy !"):
                self.pid.new_pck_copy(None)
            return super().make_packet(payload)

    run_pair(Src)


def test_properties_of_packets():
    seen = {}

    class Src(Source):
        def make_packet(self, payload):
            pck = super().make_packet(payload)
            assert not pck.has_properties
            pck.set_prop("my", 5, gpac.GF_PROP_UINT)
            pck.set_prop("gone", 5, gpac.GF_PROP_UINT)
            pck.set_prop("gone", None)
            assert pck.has_properties
            return pck

    class Dst(Sink):
        def on_packet(self, pid, pck):
            class Props:
                def on_prop_enum(self, name, value):
                    seen[name] = value

            pck.enum_props(Props())
            pck.enum_props(object())
            assert pck.get_prop("my") == 5
            assert pck.get_prop("gone") is None
            with pytest.raises(gpac.GpacError, match="Cannot copy properties on source packet"):
                pck.set_prop("my", 3)

    run_pair(Src, Dst)
    assert seen == {"my": 5}


def test_truncate_and_empty():
    class Src(Source):
        def make_packet(self, payload):
            empty = self.pid.new_pck(0)
            assert empty.size == 0 and len(empty.data) == 0
            pck = super().make_packet(payload)
            pck.truncate(2)
            pck.truncate(100)
            assert pck.size == 2
            return pck

    assert run_pair(Src)[2].received == [b"ab"]


def test_iteration():
    class Dst(Sink):
        def process(self):
            for pid in self.ipids:
                for pck in pid:
                    self.received.append(bytes(pck.data))
            return 0

    fs, _, dst = run_pair(sink_class=Dst, payloads=PAYLOADS)
    assert dst.received == PAYLOADS


def test_numpy_array():
    numpy = pytest.importorskip("numpy")

    class Src(Source):
        def packet_release(self, pid, pck):
            self.released = True

        def make_packet(self, payload):
            pck = self.pid.new_pck(8)
            numpy.copyto(pck.data, numpy.arange(8, dtype=numpy.uint8))
            assert pck.data.dtype == numpy.uint8 and pck.data.shape == (8,) and pck.data.flags.writeable
            pck.discard()
            samples = numpy.arange(4, dtype=numpy.int16)
            with pytest.raises((BufferError, ValueError)):
                self.pid.new_pck_shared(samples[::2])
            pck = self.pid.new_pck_shared(samples)
            assert pck.size == 8 and isinstance(pck.data, numpy.ndarray)
            return pck

    class Dst(Sink):
        def on_packet(self, pid, pck):
            assert not pck.data.flags.writeable
            assert pck.data.view(numpy.int16).tolist() == [0, 1, 2, 3]
            assert pck.blocking_ref == 1

    fs, src, dst = run_pair(Src, Dst)
    assert src.released


def test_each_packet_is_new():
    """Objects of packets are used again; nothing of the packet before shows."""
    seen = []

    class Dst(Sink):
        def process(self):
            for pck in self.ipids[0]:
                assert not hasattr(pck, "mark") and not any(r() for r in seen[:-1])
                pck.mark = len(seen)
                seen.append(weakref.ref(pck))
            return 0

    run_pair(payloads=[b"x"] * 100, sink_class=Dst)
    assert len(seen) == 100 and not any(r() for r in seen)


def test_view_is_a_plain_array():
    """As if numpy had made it over read-only memory, and nothing makes it writable."""
    np = pytest.importorskip("numpy")
    payloads = [b"payload", b""]
    views = []

    class Dst(Sink):
        def process(self):
            for pck in self.ipids[0]:
                if pck.size:
                    views.append(pck.data)
            return 0

    run_pair(payloads=payloads, sink_class=Dst)
    expected = np.frombuffer(b"payload", np.uint8)
    assert type(views[0]) is np.ndarray and views[0].dtype == expected.dtype
    assert str(views[0].flags) == str(expected.flags) and views[0].strides == expected.strides
    assert bytes(views[0]) == b"payload" and (views[0][1:] == expected[1:]).all()
    with pytest.raises(ValueError):
        views[0].setflags(write=True)
    with gpac.FilterSession() as fs:
        pid = Source(fs).new_pid()
        for size in (0, 3):
            data = pid.new_pck(size).data
            assert data.shape == (size,) and data.flags.writeable and not data.flags.owndata
