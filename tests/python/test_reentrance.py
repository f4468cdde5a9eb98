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


class Acting:
    """An argument whose conversion runs code: it ends what the call is for."""

    def __init__(self, act):
        self.act = act

    def __int__(self):
        self.act()
        return 1

    def __float__(self):
        return float(int(self))

    def __str__(self):
        return str(int(self))

    __index__ = __int__

    def __bool__(self):
        return int(self) == 1


PACKET_CALLS = {
    "set_prop": lambda pck, value: pck.set_prop("name", value),
    "attribute": lambda pck, value: setattr(pck, "dts", value),
    "truncate": lambda pck, value: pck.truncate(value),
    "get_gl_texture": lambda pck, value: pck.get_gl_texture(value),
}
PID_CALLS = {
    "set_prop": lambda pid, value: pid.set_prop("name", value),
    "set_info": lambda pid, value: pid.set_info("name", value),
    "max_buffer": lambda pid, value: setattr(pid, "max_buffer", value),
    "eos": lambda pid, value: setattr(pid, "eos", value),
    "recompute_dts": lambda pid, value: pid.recompute_dts(value),
    "new_pck": lambda pid, value: pid.new_pck(value),
    "resolve_template": lambda pid, value: pid.resolve_template("a$num$", value),
}
FILTER_CALLS = {
    "update": lambda f, value: f.update("name", value),
    "push_cap": lambda f, value: f.push_cap("name", value, gpac.GF_CAPS_INPUT),
    "insert": lambda f, value: f.insert(f, value),
    "reconnect": lambda f, value: f.reconnect(value),
    "probe_link": lambda f, value: f.probe_link(value, "x"),
    "get_destinations": lambda f, value: f.get_destinations(value),
    "ipid_prop": lambda f, value: f.ipid_prop(value, "x"),
    "update_status": lambda f, value: f.update_status("x", value),
    "reschedule": lambda f, value: f.reschedule(value),
    "notify_failure": lambda f, value: f.notify_failure(value),
    "prevent_blocking": lambda f, value: f.prevent_blocking(value),
    "set_max_pids": lambda f, value: f.set_max_pids(value),
    "hint_clock": lambda f, value: f.hint_clock(value, gpac.Fraction64(1, 1)),
}
SESSION_CALLS = {
    "run": lambda fs, value: fs.run(value),
    "abort": lambda fs, value: fs.abort(value),
    "get_filter": lambda fs, value: fs.get_filter(value),
    "lock": lambda fs, value: fs.lock(value),
    "reporting": lambda fs, value: fs.reporting(value),
}


@pytest.mark.parametrize("call", PACKET_CALLS.values(), ids=PACKET_CALLS)
def test_argument_that_ends_the_packet(call):
    with gpac.FilterSession() as fs:
        src = Source(fs)
        src.make_pid()
        pck = src.pid.new_pck(3)
        with pytest.raises(gpac.GpacError, match="packet no longer valid"):
            call(pck, Acting(pck.discard))


@pytest.mark.parametrize("call", PID_CALLS.values(), ids=PID_CALLS)
def test_argument_that_ends_the_pid(call):
    with gpac.FilterSession() as fs:
        src = Source(fs)
        src.make_pid()
        with pytest.raises(gpac.GpacError, match="FilterPid no longer valid"):
            call(src.pid, Acting(src.pid.remove))


@pytest.mark.parametrize("call", FILTER_CALLS.values(), ids=FILTER_CALLS)
def test_argument_that_ends_the_filter(call):
    fs = gpac.FilterSession()
    src = Source(fs)
    with pytest.raises(gpac.GpacError, match="Filter Source no longer valid"):
        call(src, Acting(fs.delete))


@pytest.mark.parametrize("call", SESSION_CALLS.values(), ids=SESSION_CALLS)
def test_argument_that_ends_the_session(call):
    fs = gpac.FilterSession()
    with pytest.raises(gpac.GpacError, match="no longer valid|Failed to run session"):
        call(fs, Acting(fs.delete))


def test_end_of_a_task_cannot_delete():
    """The end of run() lets the tasks go: what they do then must not take the rest of them away."""
    refused = []

    class Task(gpac.FilterTask):
        def __del__(self):
            with pytest.raises(gpac.GpacError, match="in a callback"):
                fs.delete()
            refused.append(self)

    with gpac.FilterSession() as fs:
        for _ in range(3):
            fs.post(Task("task"))
        fs.abort()
        fs.run(timeout=5)
        assert len(refused) == 3


def test_deleted_sessions_stay_deleted():
    fs = gpac.FilterSession()
    fs.delete()
    with pytest.raises(gpac.GpacError, match="called twice"):
        fs.__init__()
