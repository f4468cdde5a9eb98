# SPDX-License-Identifier: MIT
"""Callbacks that end the life of what called them: each call is refused or works, none is a crash."""

import pytest

import libgpac as gpac
from lab import Sink, Source, run_pair


class Watching(gpac.FilterSession):
    """Gives its notifications to functions."""

    when_new = when_deleted = None

    def on_filter_new(self, f):
        if self.when_new:
            self.when_new(f)

    def on_filter_del(self, f):
        if self.when_deleted:
            self.when_deleted(f)


@pytest.mark.parametrize("load", [lambda fs: fs.load("reframer"), lambda fs: fs.load_dst("null"), Sink])
def test_session_in_use_by_a_load(load):
    """A notification comes inside the call that loads: the session can be neither deleted nor run then."""
    fs = Watching()
    refused = []

    def new(f):
        for call in (fs.delete, fs.run, gpac.close):
            with pytest.raises(gpac.GpacError, match="in a callback of the session|while a session runs") as failure:
                call()
            refused.append(failure.value.code)

    fs.when_new = new
    assert load(fs).session is fs and refused == [gpac.GF_BAD_PARAM] * 3
    fs.when_new = None
    fs.run(timeout=5)
    fs.delete()


def test_close_while_running():
    class Task(gpac.FilterTask):
        def execute(self):
            with pytest.raises(gpac.GpacError, match="while a session runs"):
                gpac.close()
            self.refused = True

    task = Task("task")
    with gpac.FilterSession() as fs:
        fs.post(task)
        fs.run(timeout=5)
        assert task.refused and fs.nb_filters == 0


def test_release_cannot_delete():
    """packet_release outside of run()."""
    class Src(Source):
        def packet_release(self, pid, pck):
            with pytest.raises(gpac.GpacError, match="in a callback"):
                self.session.delete()
            self.refused = True

    with gpac.FilterSession() as fs:
        src = Src(fs)
        src.make_pid()
        src.pid.new_pck_shared(b"abc").discard()
        assert src.refused


@pytest.mark.parametrize("end", ["discard", "send", "set_prop"])
def test_enumeration_that_ends_the_packet(end):
    class Ending:
        names = ()

        def __init__(self, pck):
            self.pck = pck

        def on_prop_enum(self, name, value):
            if not self.names:
                if end == "set_prop":
                    for i in range(100):
                        self.pck.set_prop(f"more{i}", "x")
                        self.pck.set_prop("a", None)
                else:
                    getattr(self.pck, end)()
            self.names += (name,)

    class Src(Source):
        def make_packet(self, payload):
            pck = self.pid.new_pck(3)
            for name in "abc":
                pck.set_prop(name, name)
            self.ending = Ending(pck)
            pck.enum_props(self.ending)
            return super().make_packet(payload)

    fs, src, dst = run_pair(Src)
    assert set(src.ending.names) == set("abc")  # as they were at the start


def test_enumeration_that_removes_the_pid():
    class Ending:
        def on_prop_enum(self, name, value):
            if name == "StreamType":
                pid.remove()
            seen.append(name)

    seen = []
    with gpac.FilterSession() as fs:
        src = Source(fs, props={"a": "1", "b": "2"})
        src.make_pid()
        pid = src.pid
        pid.enum_props(Ending())
        assert {"StreamType", "CodecID", "Timescale", "a", "b"} <= set(seen) and src.opids == []


def test_task_of_another_session():
    with gpac.FilterSession() as first, gpac.FilterSession() as second:
        task = gpac.FilterTask("task")
        first.post(task)
        with pytest.raises(gpac.GpacError, match="Failed to post task task: it is posted already"):
            second.post(task)
        assert task.session is first
        first.run()
        second.post(task)
        assert task.session is second


def test_packets_while_the_session_is_deleted():
    """What is left can be looked at; nothing new is made."""
    outcomes = []

    def delete(f):
        if f is src:
            return
        assert src.pid.get_prop("StreamType") == "Metadata" and src.pid.name == "PID1"
        for make in (src.pid.new_pck, lambda: src.pid.new_pck_shared(b"x"), lambda: fs.load("reframer")):
            with pytest.raises(gpac.GpacError, match="FilterSession no longer valid"):
                make()
            outcomes.append(make)
        # neighbours that are gone already are not shown again
        assert src.opid_sinks(0) in ([], [dst])

    fs = Watching()
    src, dst = Source(fs), Sink(fs)
    src.packet_release = None
    fs.run(timeout=5)
    fs.when_deleted = delete
    fs.delete()
    assert len(outcomes) == 3


def test_gone_neighbours():
    """A filter that was told to be deleted is not found through the PIDs of those that are left."""
    seen = []
    fs = Watching()
    src = Source(fs)
    Sink(fs)
    fs.run(timeout=5)

    def gone(f):
        seen.append((str(f), [str(s) for s in src.opid_sinks(0)] if f is src and src.nb_opid else None, repr(src.pid)))

    fs.when_deleted = gone
    fs.delete()
    assert seen[0][0] == "Sink" and seen[1][0] == "Source" and not seen[1][1]


def test_repr_of_a_pid_that_goes_with_its_filter():
    texts = []

    class Session(gpac.FilterSession):
        def on_filter_del(self, f):
            texts.extend([repr(src.pid), src.pid.handle])

    with Session() as fs:
        src = Source(fs)
        Sink(fs)
        fs.run(timeout=5)
        src.remove()
        fs.run(timeout=5)
        assert texts and all("output" in t for t in texts[::2])
