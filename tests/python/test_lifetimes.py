# SPDX-License-Identifier: MIT
"""Who keeps what alive: views, packets, buffers, PIDs, filters, tasks, files; cycles and the garbage collector."""

import gc
import weakref

import pytest

import libgpac as gpac
from lab import Mid, Sink, Source, run_pair


class Releasing(Mid):
    released = ()

    def packet_release(self, pid, pck):
        self.released.append((pid, pck))


def run_mid(work, payloads, released=None):
    fs = gpac.FilterSession()
    src = Source(fs, payloads)
    mid = Releasing(fs, lambda mid, *arguments: work(*arguments))
    if released is not None:
        mid.released = released
    mid.set_source(src)
    dst = Sink(fs)
    dst.set_source(mid)
    fs.run(timeout=20)
    return fs, mid, dst


PAYLOADS = [bytes([i]) * 500 for i in range(60)]


# ---- views


@pytest.mark.parametrize("kind", ["source", "ref", "alloc", "copy", "clone", "shared", "detached"])
def test_views_outlive_packets(kind):
    """A view taken early shows the same bytes after its packet, later packets of the same size, and the session."""
    views, copies = [], []
    make = {
        "source": lambda out, pck: pck, "ref": lambda out, pck: out.new_pck_ref(pck), "copy": lambda out, pck: out.new_pck_copy(pck),
        "alloc": lambda out, pck: out.new_pck(pck.size), "clone": lambda out, pck: out.new_pck_clone(pck),
        "shared": lambda out, pck: out.new_pck_shared(bytearray(pck.data)), "detached": lambda out, pck: pck.clone(),
    }[kind]

    def work(pid, out, pck):
        made = make(out, pck)
        if kind == "alloc":
            memoryview(made.data)[:] = memoryview(pck.data)
        views.append(made.data)
        copies.append(bytes(made.data))
        if kind == "detached":
            made.discard()
            out.forward(pck)
        elif kind == "source":
            out.forward(pck)
        else:
            made.copy_props(pck)
            made.send()

    fs, mid, dst = run_mid(work, PAYLOADS, released=[])
    assert dst.received == PAYLOADS == copies
    assert [bytes(v) for v in views] == PAYLOADS
    del mid, dst
    fs.delete()
    gc.collect()
    assert [bytes(v) for v in views] == PAYLOADS


def test_views_hold_memory_and_give_it_back():
    def work(pid, out, pck):
        views.append(pck.data)

    gpac.FilterSession().delete()
    gc.collect()
    before = gpac._native.memory_size()
    views = []
    fs, mid, dst = run_mid(work, [b"x" * 100000] * 5)
    fs.delete()
    assert gpac._native.memory_size() - before >= 5 * 100000
    views.clear()
    gc.collect()
    assert gpac._native.memory_size() == before


def test_view_of_a_reused_clone():
    """clone(cached) takes the memory over only when nobody looks at it."""
    seen = []

    def work(pid, out, pck):
        old = seen[-1][0] if seen else None
        new = pck.clone(old)
        if old is not None:
            with pytest.raises(gpac.GpacError, match="packet no longer valid"):
                old.data
        seen.append((new, new.data))

    run_mid(work, PAYLOADS)
    assert [bytes(view) for _, view in seen] == PAYLOADS


def test_truncated_packet_keeps_its_view():
    fs = gpac.FilterSession()
    pck = gpac.FilterCustom(fs).new_pid().new_pck(1000)
    view = memoryview(pck.data)
    view[:] = b"a" * 1000
    pck.truncate(10)
    assert pck.size == 10 and len(pck.data) == 10 and bytes(view) == b"a" * 1000


def test_read_only_views():
    def work(pid, out, pck):
        frozen = out.new_pck_shared(b"constant")
        for view in (pck.data, out.new_pck_ref(pck).data, frozen.data):
            with pytest.raises((TypeError, ValueError)):
                memoryview(view)[0] = 1
        for view in (out.new_pck(3).data, out.new_pck_copy(pck).data, pck.clone().data, out.new_pck_shared(bytearray(3)).data):
            memoryview(view)[0] = 1
        frozen.discard()

    run_mid(work, [b"abc"], released=[])


# ---- packets


def test_same_packet_until_dropped():
    def work(pid, out, pck):
        assert pid.get_packet() is pck and pid.get_packet() is pck
        pck.mark = 1
        assert pid.get_packet().mark == 1

    run_mid(work, PAYLOADS)


def test_counted_references():
    kept = []

    def work(pid, out, pck):
        pck.ref()
        pck.ref()
        kept.append(pck)

    fs, _, _ = run_mid(work, PAYLOADS[:2])
    for pck in kept:
        pck.unref()
        assert pck.size == 500
        pck.unref()
        with pytest.raises(gpac.GpacError, match="packet no longer valid"):
            pck.unref()


def test_unref_before_drop():
    def work(pid, out, pck):
        pck.ref()
        pck.unref()
        assert pck.size == 500 and pid.get_packet() is pck
        pid.drop_packet()
        with pytest.raises(gpac.GpacError, match="packet no longer valid"):
            pck.size

    run_mid(work, PAYLOADS[:2])


@pytest.mark.parametrize("how", ["set_discard", "STOP", "remove"])
def test_emptied_queue(how):
    """What empties the queue takes the packet at its head away."""
    stale = []

    class Dst(Sink):
        def process(self):
            pid = self.ipids[0]
            pck = pid.get_packet()
            if pck is None or stale:
                return gpac.GF_EOS
            if how == "set_discard":
                pid.set_discard(True)
            elif how == "STOP":
                pid.send_event(gpac.FilterEvent(gpac.GF_FEVT_STOP))
            else:
                self.remove()
            stale.append(pck)
            if how != "remove":
                assert pid.get_packet() is None
                with pytest.raises(gpac.GpacError, match="packet no longer valid"):
                    pck.size
                pid.drop_packet()
            return 0

    fs, _, dst = run_pair(sink_class=Dst, payloads=PAYLOADS)
    assert len(stale) == 1
    fs.delete()
    with pytest.raises(gpac.GpacError, match="packet no longer valid"):
        stale[0].data


def test_source_may_be_dropped_at_once():
    """forward, references and clones keep what they show."""
    waiting = []

    def work(pid, out, pck):
        waiting.append((out.new_pck_ref(pck), pck.cts))
        waiting.append((out.new_pck_clone(pck), pck.cts))
        out.forward(pck)
        pid.drop_packet()
        gc.collect()
        for new, cts in waiting:
            new.cts = cts
            new.send()
        waiting.clear()

    _, _, dst = run_mid(work, PAYLOADS[:10])
    assert dst.received == [p for p in PAYLOADS[:10] for _ in range(3)]


# ---- shared memory


class Buffer(bytearray):
    """Bytes that can be watched."""


@pytest.mark.parametrize("how", ["send", "discard", "forget", "keep"])
def test_shared_buffer_is_released_once(how):
    released, watched, packets = [], [], []

    class Src(Source):
        def packet_release(self, pid, pck):
            assert watched[0]() is not None
            with pytest.raises(gpac.GpacError):
                pck.data
            assert pid is self.pid
            released.append(pck)

        def make_packet(self, payload):
            data = Buffer(payload)
            watched.append(weakref.ref(data))
            pck = self.pid.new_pck_shared(data)
            assert bytes(pck.data) == payload
            if how == "send":
                return pck
            if how == "discard":
                pck.discard()
            elif how == "keep":
                packets.append(pck)
            del pck
            gc.collect()
            return super().make_packet(payload)

    fs, src, dst = run_pair(Src)
    if how == "keep":
        assert released == []
    fs.delete()
    assert len(released) == 1
    if how == "keep":
        assert released == packets
    released.clear()
    packets.clear()
    gc.collect()
    assert watched[0]() is None


def test_exporter_is_locked_while_shared():
    class Src(Source):
        def packet_release(self, pid, pck):
            pass

        def make_packet(self, payload):
            data = bytearray(payload)
            pck = self.pid.new_pck_shared(data)
            with pytest.raises(BufferError):
                data.extend(b"more")
            pck.discard()
            data.extend(b"more")
            return super().make_packet(payload)

    run_pair(Src)


# ---- filters, PIDs, tasks, files


def test_filters_are_kept_by_the_session():
    with gpac.FilterSession() as fs:
        Source(fs).mark = 1
        Sink(fs).mark = 2
        gc.collect()
        fs.run(timeout=20)
        gc.collect()
        assert [f.mark for f in fs] == [1, 2]
        watched = weakref.ref(fs.get_filter(1))
        assert watched() is not None
    gc.collect()
    assert watched() is None


def test_pids_keep_their_attributes():
    def work(pid, out, pck):
        pid.count = getattr(pid, "count", 0) + 1
        out.count = pid.count
        gc.collect()
        counts.append(pid.count)

    counts = []
    run_mid(work, PAYLOADS[:5])
    assert counts == [1, 2, 3, 4, 5]


def test_input_pid_ends_with_its_removal():
    class Dst(Sink):
        def configure_pid(self, pid, is_remove):
            if is_remove:
                assert pid in self.ipids and pid.name == "PID1" and pid.get_prop("Timescale") == 10
                self.old = pid
            return super().configure_pid(pid, is_remove)

    class Src(Source):
        def process(self):
            if self.pid and self.sent == len(self.payloads):
                self.pid.remove()
                return gpac.GF_EOS
            super().process()
            self.reschedule(1000)
            return 0

    fs, src, dst = run_pair(Src, Dst)
    assert dst.ipids == [] and src.opids == []
    for pid in (dst.old, src.pid):
        with pytest.raises(gpac.GpacError, match="FilterPid no longer valid"):
            pid.name


def test_no_address_revives_a_wrapper():
    """Filters and PIDs made at addresses used before are not the old ones."""
    with gpac.FilterSession(gpac.GF_FS_FLAG_NO_RESERVOIR) as fs:
        old = []
        for i in range(30):
            f = gpac.FilterCustom(fs, f"F{i}")
            pid = f.new_pid()
            pck = pid.new_pck(10)
            pck.discard()
            old.append((f, pid, pck))
            f.remove()
            fs.run(timeout=20)
        assert fs.nb_filters == 0
        for f, pid, pck in old:
            assert f.name == f"F{old.index((f, pid, pck))}"
            for call in (lambda: f.nb_opid, lambda: pid.name, lambda: pck.size, f.remove):
                with pytest.raises(gpac.GpacError, match="no longer valid"):
                    call()


@pytest.mark.parametrize("how", ["end", "abort", "delete", "exception", "rem_task"])
def test_task_is_let_go(how):
    class Task(gpac.FilterTask):
        def execute(self):
            if how == "end":
                return None
            if how == "exception":
                raise KeyError
            if how == "abort":
                self.session.abort()
            return 0

    fs = gpac.FilterSession()
    task = Task("t")
    fs.post(task)
    assert task.session is fs
    if how == "delete":
        fs.delete()
    elif how == "rem_task":
        fs.rem_task(task)
    else:
        try:
            fs.run(timeout=20)
        except KeyError:
            pass
    assert task.session is None
    gc.collect()
    watched = weakref.ref(task)
    del task
    gc.collect()
    assert watched() is None


def test_posted_task_is_kept():
    fs = gpac.FilterSession()
    calls = []

    class Task(gpac.FilterTask):
        def execute(self):
            calls.append(self)

    fs.post(Task("t"))
    gc.collect()
    fs.run(timeout=20)
    assert len(calls) == 1


def test_file_factory_goes_with_the_last_user(aac):
    from test_fileio import Memory

    with open(aac, "rb") as f:
        files = Memory({"song.aac": f.read()})
    watched = weakref.ref(files)
    with gpac.FilterSession() as fs:
        fio = gpac.FileIO("song.aac", files)
        fs.load_src(fio.url)
        del fio, files
        gc.collect()
        assert watched() is not None
        fs.run(timeout=20)
    gc.collect()
    assert watched() is None and gpac._native.nb_live() == 0


# ---- cycles


def test_cycles_are_collected():
    class Task(gpac.FilterTask):
        def execute(self):
            self.me = self

    class Src(Source):
        def packet_release(self, pid, pck):
            pass

        def make_packet(self, payload):
            pck = self.pid.new_pck_shared(payload)
            pck.me, self.last = pck, pck
            return pck

    class Dst(Sink):
        def on_packet(self, pid, pck):
            pck.ref()
            pck.owner, pid.owner, self.kept = self, self, pck
            self.view = pck.data

    fs = gpac.FilterSession()
    src, dst, task = Src(fs), Dst(fs), Task("t")
    fs.post(task)
    fs.me, src.peer, dst.peer, fs.filters = fs, dst, src, [src, dst]
    fs.run(timeout=20)
    watched = [weakref.ref(o) for o in (fs, src, dst, task, src.pid, dst.ipids[0], dst.kept, src.last)]
    del fs, src, dst, task
    gc.collect()
    gc.collect()
    assert [w() for w in watched] == [None] * len(watched)


def test_collector_in_every_callback():
    """With a collection at every allocation, everywhere."""
    class Session(gpac.FilterSession):
        def on_filter_new(self, f):
            gc.collect()

        def on_filter_del(self, f):
            gc.collect()

    class Src(Source):
        def packet_release(self, pid, pck):
            gc.collect()

        def make_packet(self, payload):
            gc.collect()
            return self.pid.new_pck_shared(bytearray(payload))

        def process_event(self, evt):
            gc.collect()

    class Dst(Sink):
        def configure_pid(self, pid, is_remove):
            gc.collect()
            return super().configure_pid(pid, is_remove)

        def on_packet(self, pid, pck):
            gc.collect()
            super().on_packet(pid, pck)

    thresholds = gc.get_threshold()
    gc.set_threshold(1, 1, 1)
    try:
        fs = Session()
        Src(fs, PAYLOADS[:10])
        dst = Dst(fs)
        fs.run(timeout=30)
        assert dst.received == PAYLOADS[:10]
        fs.delete()
    finally:
        gc.set_threshold(*thresholds)


def test_no_object_is_leaked():
    """The numbers of live Python objects and native bytes do not grow with sessions."""
    def once():
        fs, mid, dst = run_mid(lambda pid, out, pck: out.forward(pck), PAYLOADS[:5])
        fs.delete()

    def live():
        return sum(type(o).__module__.startswith(("libgpac", "lab", __name__)) for o in gc.get_objects())

    for _ in range(3):
        once()
    gc.collect()
    before = gpac._native.memory_size(), live()
    for _ in range(20):
        once()
    gc.collect()
    assert (gpac._native.memory_size(), live()) == before
