# SPDX-License-Identifier: MIT
"""Every public method with wrong arguments, on dead objects, and in the wrong direction: one clear exception each."""

import gc
import inspect
import itertools
import math

import pytest

import libgpac as gpac
from lab import Sink, Source, run_pair

#: What a call may raise for bad input. SystemError and a crash are faults of the module.
EXPECTED = (gpac.GpacError, TypeError, ValueError, OverflowError, AttributeError, BufferError)

NONSENSE = [
    None, 0, -1, 2**31, 2**32, 2**63, 2**70, -(2**70), 1.5, math.nan, "", "x", "a\0b", "\ud800", "x" * 70000, b"x",
    bytearray(b"xyz"), [], [1, "a"], {}, object(), gpac.FilterEvent, gpac.FilterEvent(255), gpac.FilterTask("t"),
]
NAMES = ["StreamType", "name", 0x504D5354]

#: Methods that are not called at random: they block, end the library, or make the session useless for the next call.
LEFT_OUT = {"delete", "run", "run_async", "run_slice", "abort", "lock", "remove", "graph_svg", "session", "filter"}


class Passing(gpac.FilterCustom):
    def __init__(self, session):
        super().__init__(session, "Passing")
        self.push_cap("StreamType", "Metadata", gpac.GF_CAPS_INPUT_OUTPUT)
        self.seen = {}

    def configure_pid(self, pid, is_remove):
        if is_remove:
            return None
        if not self.opids:
            self.new_pid().copy_props(pid)
        return None

    def packet_release(self, pid, pck):
        pass


def methods(cls):
    return sorted(
        name for name, value in inspect.getmembers(cls)
        if callable(value) and not name.startswith("_") and name not in LEFT_OUT and not inspect.isclass(value)
    )


def attributes(cls):
    return sorted(
        name for name, value in inspect.getmembers(cls)
        if not callable(value) and not name.startswith("_") and name not in ("ipids", "opids")
    )


def lists_of_arguments():
    yield ()
    for a in NONSENSE:
        yield (a,)
    yield from itertools.product(NAMES + [0, "fout"], NONSENSE)
    yield from itertools.product([*NAMES, 0, b"x", None], [0, "x", None, -1], NONSENSE[:14])
    yield from itertools.product(["x", 0, None], [0, "x"], [7, 39, 2**33, "x"], NONSENSE[:9])
    yield (1,) * 9


def attempt(call, *args, **kwargs):
    try:
        call(*args, **kwargs)
    except EXPECTED as failure:
        assert str(failure), call


def call_all(target, name):
    method = getattr(target, name)
    for args in lists_of_arguments():
        attempt(method, *args)
    attempt(method, nonsense=1)
    attempt(method, 1, nonsense=1)


def set_all(target, name):
    for value in NONSENSE:
        attempt(setattr, target, name, value)
    attempt(delattr, target, name)


@pytest.fixture(scope="module", autouse=True)
def quiet():
    gpac.set_logs("all@quiet")
    yield
    gpac.set_logs("all@warning")


@pytest.fixture(autouse=True)
def in_a_folder_of_its_own(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)


def visit_all(cls, target, names=None):
    for name in names or methods(cls):
        call_all(target, name)
    for name in attributes(cls):
        attempt(getattr, target, name)
        set_all(target, name)
    repr(target)
    str(target)


def test_session():
    fs = gpac.FilterSession()
    visit_all(gpac.FilterSession, fs)
    gc.collect()
    fs.delete()


def test_constructors():
    fs = gpac.FilterSession()
    for cls in (gpac.FilterSession, gpac.FilterTask, gpac.FileIO, gpac.Filter, gpac.FilterPid, gpac.FilterPacket):
        for args in lists_of_arguments():
            attempt(cls, *args)
    for args in lists_of_arguments():
        attempt(gpac.FilterCustom, fs, *args)
        attempt(gpac.FilterCustom, *args)
        attempt(fs.__init__, *args)
    for cls in (gpac.FilterPid, gpac.FilterPacket, gpac.Filter):
        with pytest.raises(TypeError):
            cls()


@pytest.mark.parametrize("name", ["e2s", "set_args", "set_logs", "url_concatenate", "check_integer"])
def test_functions(name):
    for args in lists_of_arguments():
        attempt(getattr(gpac, name), *args)
    gpac.set_args(["program"])
    gpac.set_logs("all@quiet")


@pytest.mark.parametrize("bad", [-1, 2**70, "5", None, 1.5])
def test_sleep(bad):
    with pytest.raises((TypeError, OverflowError), match="sleep: value"):
        gpac.sleep(bad)


@pytest.mark.parametrize("profile", [5, 1.5, [], object()])
def test_init_profile(profile):
    with pytest.raises(TypeError):
        gpac.init(0, profile)
    gpac.init(0, "0")


def test_filter():
    fs = gpac.FilterSession()
    Source(fs)
    custom = Passing(fs)
    sink = Sink(fs)
    other = fs.load("inspect")
    for target in (custom, other, sink):
        visit_all(type(target), target, None if target is custom else methods(gpac.Filter))
    attempt(fs.run, timeout=5)


def test_pids_and_packets_of_a_running_filter():
    visited = []

    class Mid(Passing):
        def process(self):
            pid, out = self.ipids[0], self.opids[0]
            pck = pid.get_packet()
            if pck is None:
                if pid.eos:
                    out.eos = True
                    return gpac.GF_EOS
                return 0
            if not visited:
                for target in (pid, out, pck, out.new_pck(10), pck.clone(), out.new_pck_shared(b"abc")):
                    visit_all(type(target), target)
                    visited.append(target)
            return 0

    fs = gpac.FilterSession()
    Source(fs, [b"abc"] * 3)
    Mid(fs)
    Sink(fs)
    try:
        fs.run(timeout=20)
    except (*EXPECTED, TimeoutError):
        pass
    assert len(visited) == 6


# ---- dead objects


def dead_objects():
    packets = []

    class Dst(Sink):
        def on_packet(self, pid, pck):
            packets.append((pid, pck, pck.clone()))

    fs, src, dst = run_pair(sink_class=Dst)
    pid, pck, clone = packets[0]
    out = src.pid
    unsent = out.new_pck(3)
    fs.delete()
    return {
        "FilterSession": fs, "FilterCustom": src, "Filter": dst, "input FilterPid": pid, "output FilterPid": out,
        "source FilterPacket": pck, "output FilterPacket": unsent, "cloned FilterPacket": clone,
    }


#: Calls that answer for dead objects too.
ALIVE = {
    "FilterSession": {"delete", "nb_filters", "last_task", "on_filter_new", "on_filter_del", "on_gl_activate", "rem_task"},
    "FilterCustom": {"name", "session", "ipids", "opids"},
    "Filter": {"name", "session", "ipids", "opids"},
    "input FilterPid": {"filter", "handle"},
    "output FilterPid": {"filter", "handle"},
}
ARGUMENTS = [(), ("x",), (0,), ("x", "y"), (0, "x"), (1, 2), ("x", 1), (gpac.FilterEvent(1),), (object(), "x", 1), ("x", "y", 1), (1, 2, 3)]


@pytest.mark.parametrize("kind", ["FilterSession", "FilterCustom", "Filter", "input FilterPid", "output FilterPid",
                                  "source FilterPacket", "output FilterPacket", "cloned FilterPacket"])
def test_dead_object(kind):
    """Members say that the object is gone when they are called with what they take."""
    target = dead_objects()[kind]
    cls = {"Filter": gpac.FilterCustom}.get(kind, getattr(gpac, kind.split()[-1]))
    for name in [n for n in dir(cls) if not n.startswith("_") and n not in ALIVE.get(kind, ())]:
        texts = []
        for args in ARGUMENTS:
            try:
                value = getattr(target, name)
                if name == "run_async":
                    break
                value(*args)
            except EXPECTED as failure:
                texts.append(str(failure))
            else:
                pytest.fail(f"{kind}.{name}{args} answers")
        assert name == "run_async" or any("no longer valid" in t or "Failed to run session" in t for t in texts), (name, texts)
        if not callable(getattr(cls, name)):
            with pytest.raises((gpac.GpacError, AttributeError)):
                setattr(target, name, 1)
    assert repr(target)


def test_names_of_dead_objects():
    dead = dead_objects()
    assert (dead["FilterCustom"].name, str(dead["Filter"])) == ("Source", "Sink")
    assert dead["FilterSession"].nb_filters == 0 and dead["FilterSession"].last_task is True
    assert dead["FilterSession"].delete() is None
    for kind, target in dead.items():
        target.mark = kind
        assert target.mark == kind


def test_objects_without_init():
    """__new__ alone."""
    fs = gpac.FilterSession()
    session, custom = gpac.FilterSession.__new__(gpac.FilterSession), gpac.FilterCustom.__new__(gpac.FilterCustom)
    task, fio = gpac.FilterTask.__new__(gpac.FilterTask), gpac.FileIO.__new__(gpac.FileIO)
    for target in (session, custom, task, fio):
        repr(target)
        for name in methods(type(target)):
            for args in ARGUMENTS:
                attempt(getattr(target, name), *args)
        for name in attributes(type(target)):
            attempt(getattr, target, name)
    assert fio.url is None
    attempt(fs.post, task)
    session.delete()
