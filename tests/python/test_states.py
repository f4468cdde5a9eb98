# SPDX-License-Identifier: MIT
"""Calls at the wrong moment: in callbacks, from other threads, in child processes, with objects of other sessions."""

import os
import subprocess
import sys
import threading

import pytest

import libgpac as gpac
from lab import Sink, Source, run_pair


def task_calling(fs, method):
    task = gpac.FilterTask("call")
    task.execute = method
    fs.post(task)
    return task


# ---- in callbacks


def test_delete_and_run_while_filters_are_made():
    calls = []

    class Session(gpac.FilterSession):
        def on_filter_new(self, f):
            for call in (self.delete, self.run):
                with pytest.raises(gpac.GpacError, match=r"(delete|run)\(\) in a callback of the session"):
                    call()
                calls.append(call)

    fs = Session()
    src, dst = Source(fs), Sink(fs)
    fs.run(timeout=10)
    assert len(calls) == 4 and dst.received == [b"abc"]


def test_delete_in_every_callback():
    """Refused everywhere, and the session goes on."""
    refused = []

    class Session(gpac.FilterSession):
        def attempt(self, where):
            with pytest.raises(gpac.GpacError, match=r"delete\(\)"):
                self.delete()
            refused.append(where)

        def on_filter_new(self, f):
            self.attempt("on_filter_new")

    class Src(Source):
        def packet_release(self, pid, pck):
            if self.session.nb_filters:
                self.session.attempt("packet_release")

        def make_packet(self, payload):
            return self.pid.new_pck_shared(payload)

        def process_event(self, evt):
            self.session.attempt("process_event")

    class Dst(Sink):
        def configure_pid(self, pid, is_remove):
            if not is_remove:
                self.session.attempt("configure_pid")
            return super().configure_pid(pid, is_remove)

        def process(self):
            self.session.attempt("process")
            return super().process()

    fs = Session()
    src, dst = Src(fs), Dst(fs)
    task_calling(fs, lambda: fs.attempt("execute"))
    evt = gpac.FilterEvent(gpac.GF_FEVT_USER)
    src.accept_events(True)
    fs.fire_event(evt, src)
    fs.run(timeout=10)
    assert dst.received == [b"abc"]
    assert set(refused) == {
        "on_filter_new", "packet_release", "process_event", "configure_pid", "process", "execute",
    }


def test_delete_twice_in_on_filter_del():
    """The second call finds the session gone, which is no error."""
    calls = []

    class Session(gpac.FilterSession):
        def on_filter_del(self, f):
            self.delete()
            with pytest.raises(gpac.GpacError, match=r"close\(\)"):
                gpac.close()
            calls.append((f.name, self.nb_filters, self.last_task))

    fs = Session()
    Sink(fs)
    fs.delete()
    assert calls == [("Sink", 0, True)]


def test_close_and_init_in_a_callback():
    fs = gpac.FilterSession()

    def close():
        with pytest.raises(gpac.GpacError, match=r"close\(\) while a session runs"):
            gpac.close()
        with pytest.warns(UserWarning, match="ignored"):
            gpac.init()

    task_calling(fs, close)
    fs.run(timeout=10)
    assert fs.nb_filters == 0 and fs.last_task


def test_another_session_in_a_callback():
    received = []

    def execute():
        _, _, dst = run_pair()
        received.extend(dst.received)

    fs = gpac.FilterSession()
    task_calling(fs, execute)
    fs.run(timeout=20)
    assert received == [b"abc"]


def test_nothing_new_during_delete():
    """packet_release may come during delete(): its filter cannot make packets any more."""
    released = []

    class Src(Source):
        def packet_release(self, pid, pck):
            released.append(pck)
            if self.session.nb_filters == 0:
                with pytest.raises(gpac.GpacError, match="FilterSession no longer valid"):
                    pid.new_pck(10)
                with pytest.raises(gpac.GpacError, match="FilterSession no longer valid"):
                    self.session.post(gpac.FilterTask("late"))

        def make_packet(self, payload):
            self.kept = self.pid.new_pck_shared(b"kept")
            return super().make_packet(payload)

    fs, src, dst = run_pair(Src)
    fs.delete()
    assert released == [src.kept]


@pytest.mark.parametrize("method", ["open", "read", "seek", "eof", "close"])
def test_delete_in_a_file(aac, method):
    from test_fileio import Memory

    calls = []

    class Files(Memory):
        pass

    def attempt(self, *args):
        for call in (fs.delete, fs.run, gpac.close) if fs.nb_filters else (fs.run, gpac.close):
            with pytest.raises(gpac.GpacError, match=r"(delete|run|close)\(\)|Failed to run"):
                call()
        calls.append(method)
        return getattr(Memory, method)(self, *args)

    setattr(Files, method, attempt)
    with open(aac, "rb") as f:
        fio = gpac.FileIO("song.aac", Files({"song.aac": f.read()}))
    fs = gpac.FilterSession()
    sink = Sink(fs, stream_types=("Audio",))
    sink.push_cap("CodecID", "aac", gpac.GF_CAPS_INPUT)
    sink.set_source(fs.load_src(fio.url))
    fs.run(timeout=20)
    assert len(sink.received) > 200
    fs.delete()
    assert calls or method in ("seek", "eof")


def test_owner_removed_while_enumerated():
    fs = gpac.FilterSession()
    custom = gpac.FilterCustom(fs)
    pid = custom.new_pid()
    other = custom.new_pid()
    pck = other.new_pck(3)
    names = [f"p{i}" for i in range(50)]
    for name in names:
        pid.set_prop(name, "x" * 100)
        pck.set_prop(name, "x" * 100)
    seen = []

    class Remove:
        def __init__(self, remove):
            self.remove = remove

        def on_prop_enum(self, name, value):
            if self.remove:
                self.remove()
            self.remove = None
            seen.append(name)

    pid.enum_props(Remove(pid.remove))
    assert seen == names and custom.opids == [other]
    other.set_prop("a", 1)
    other.set_prop("b", 2)
    custom.opid_enum_props(0, Remove(other.reset_props))
    pck.enum_props(Remove(pck.discard))
    assert seen == [*names, "a", "b", *names]


def test_exception_while_enumerating():
    with gpac.FilterSession() as fs:
        pid = gpac.FilterCustom(fs).new_pid()
        pid.set_prop("a", 1)

        class Bad:
            def on_prop_enum(self, name, value):
                raise KeyError(name)

        with pytest.raises(KeyError):
            pid.enum_props(Bad())


def test_release_while_an_exception_passes():
    """A shared packet dies with the frame of a callback that raised: both are seen."""
    released = []

    class Src(Source):
        def packet_release(self, pid, pck):
            released.append(pck)

        def make_packet(self, payload):
            packet = self.pid.new_pck_shared(b"abc")
            raise KeyError(packet.size)

    with pytest.raises(KeyError, match="3"):
        run_pair(Src)
    import gc

    gc.collect()
    assert len(released) == 1


def test_task_in_two_sessions():
    a, b = gpac.FilterSession(), gpac.FilterSession()
    task = gpac.FilterTask("t")
    a.post(task)
    with pytest.raises(gpac.GpacError, match="Failed to post task t: .*posted"):
        b.post(task)
    assert task.session is a
    a.run()
    b.post(task)
    assert task.session is b
    b.run()
    assert task.session is None


# ---- objects of other sessions


def test_objects_of_other_sessions():
    with gpac.FilterSession() as a, gpac.FilterSession() as b:
        fa, fb = gpac.FilterCustom(a), gpac.FilterCustom(b)
        pa, pb = fa.new_pid(), fb.new_pid()
        foreign = pa.new_pck(3)
        for call in (
            lambda: fb.set_source(fa), lambda: fb.set_source_restricted(fa), lambda: fb.insert(fa), lambda: fb.why_not(fa),
            lambda: pb.is_filter_in_parents(fa), lambda: b.fire_event(gpac.FilterEvent(gpac.GF_FEVT_USER), fa),
            lambda: pb.copy_props(pa), lambda: pb.forward(foreign), lambda: pb.new_pck_ref(foreign),
            lambda: pb.new_pck_copy(foreign), lambda: pb.new_pck_clone(foreign), lambda: pb.new_pck(1).copy_props(foreign),
        ):
            with pytest.raises(gpac.GpacError, match="of another session"):
                call()


# ---- other threads


def in_thread(fs, work):
    """Runs a session and calls `work` meanwhile in another thread; its exception is raised here."""
    failures = []
    started, done = threading.Event(), threading.Event()

    def watch():
        started.set()
        return None if done.is_set() else 5

    def body():
        started.wait(10)
        try:
            work()
        except BaseException as failure:
            failures.append(failure)
        finally:
            done.set()

    task_calling(fs, watch)
    thread = threading.Thread(target=body)
    thread.start()
    fs.run(timeout=20)
    thread.join()
    if failures:
        raise failures[0]


def test_calls_from_another_thread():
    fs = gpac.FilterSession()
    src, dst = Source(fs, [b"x"] * 10), Sink(fs)
    posted = []

    def work():
        # what may come from there
        assert (fs.nb_filters, src.name, str(dst)) == (2, "Source", "Sink")
        assert fs.last_task in (True, False) and repr(src) and repr(fs)
        fs.reporting(True)
        fs.lock(True)
        fs.lock(False)
        task_calling(fs, lambda: posted.append(1))
        src.update("LT", "core@warning")
        # the rest would meet the session at work
        for call in (
            lambda: fs.load("fin"), lambda: fs.load_src("x"), lambda: fs.load_dst("x"), lambda: fs.get_filter(0),
            lambda: list(fs), fs.graph, fs.print_stats, fs.print_graph, lambda: fs.fire_event(gpac.FilterEvent(1)),
            lambda: gpac.FilterCustom(fs), lambda: src.nb_opid, src.get_statistics, src.remove, lambda: src.pid.name,
            lambda: src.pid.new_pck(4), lambda: setattr(src.pid, "eos", True), dst.all_args,
            lambda: dst.set_source(src), fs.run, fs.delete,
        ):
            with pytest.raises(gpac.GpacError, match="in another thread|running|runs"):
                call()

    in_thread(fs, work)
    assert posted == [1] and len(dst.received) == 10


def test_packets_in_another_thread():
    """Memory of packets, and references to them, may be used anywhere."""
    kept = []
    full = threading.Event()

    class Dst(Sink):
        def on_packet(self, pid, pck):
            pck.ref()
            kept.append((pck, pck.data))
            if len(kept) == 20:
                full.set()

    fs = gpac.FilterSession()
    Source(fs, [bytes([i]) * 100 for i in range(20)])
    Dst(fs)
    seen = []

    def work():
        assert full.wait(20)
        for pck, view in kept:
            seen.append((bytes(view), bytes(pck.data), pck.cts))
            pck.unref()
        kept.clear()
        del pck, view

    in_thread(fs, work)
    assert seen == [(bytes([i]) * 100, bytes([i]) * 100, i) for i in range(20)]


def test_session_of_another_thread():
    """A session may be made in one thread and run in another."""
    fs = gpac.FilterSession()
    Source(fs, [b"x"] * 5)
    dst = Sink(fs)
    thread = threading.Thread(target=fs.run)
    thread.start()
    thread.join()
    assert len(dst.received) == 5
    fs.delete()


# ---- end of the process, fork


SETUP = f"""
import os, sys, threading, time
sys.path.insert(0, {os.path.dirname(__file__)!r})
import libgpac as gpac
gpac.init(0, "0")
from lab import Source, Sink
fs = gpac.FilterSession()
"""


def run_script(code):
    return subprocess.run(
        [sys.executable, "-X", "faulthandler", "-c", SETUP + code], capture_output=True, text=True, timeout=60
    )


def test_reads_beside_callbacks():
    """What may be read from any thread waits for no lock of the session, whose callbacks wait for the interpreter."""
    result = run_script("""
sys.setswitchinterval(1e-5)
src, dst = Source(fs, [b"x"] * 2000), Sink(fs)
thread = threading.Thread(target=fs.run)
thread.start()
while thread.is_alive():
    fs.http_bitrate, fs.http_max_bitrate, fs.nb_filters, fs.last_task, fs.last_connect_error, fs.last_process_error
    fs.is_supported_mime("video/mp4"), fs.is_supported_source("x.mp4"), src.name, repr(fs)
assert len(dst.received) == 2000
""")
    assert result.returncode == 0, result.stderr


def test_exit_while_a_daemon_thread_runs():
    result = run_script("""
started = threading.Event()
task = gpac.FilterTask("t")
task.execute = lambda: started.set() or 5
fs.post(task)
threading.Thread(target=fs.run, daemon=True).start()
started.wait(10)
""")
    assert (result.returncode, result.stderr) == (0, "")


def test_exit_while_a_callback_never_returns():
    result = run_script("""
started = threading.Event()
task = gpac.FilterTask("t")
task.execute = lambda: started.set() or time.sleep(1000)
fs.post(task)
threading.Thread(target=fs.run, daemon=True).start()
started.wait(10)
""")
    assert (result.returncode, result.stderr) == (0, "")


@pytest.mark.parametrize("kind", ["FileIO", "FilterEvent", "pck", "view", "pid"])
def test_exit_with_objects_in_builtins(kind):
    """Objects that outlive all modules."""
    result = run_script(f"""
import builtins
class File:
    open = close = read = write = seek = tell = eof = lambda *args: 0
src = Source(fs)
src.make_pid()
pck = src.pid.new_pck(10)
builtins.kept = dict(FileIO=gpac.FileIO("x", File()), FilterEvent=gpac.FilterEvent(1), pck=pck, view=pck.data,
                     pid=src.pid)[{kind!r}]
del pck
""")
    assert (result.returncode, result.stdout, result.stderr) == (0, "", "")


def test_other_interpreters_are_refused():
    result = run_script("""
try:
    import _interpreters as interpreters
except ImportError:
    import _xxsubinterpreters as interpreters
number = interpreters.create()
code = '''
try:
    import libgpac
except ImportError as failure:
    assert "main interpreter" in str(failure), failure
else:
    raise AssertionError
'''
assert not interpreters.run_string(number, f"import sys; sys.path = {sys.path!r}\\n" + code)
interpreters.destroy(number)
fs.run(timeout=20)
""")
    assert (result.returncode, result.stderr) == (0, "")


def test_fork_outside_run(tmp_path, aac):
    """The child gets errors, closes nothing of the parent's, and may have sessions of its own."""
    out = tmp_path / "out.mp4"
    result = run_script(f"""
src, dst = fs.load_src({aac!r}), fs.load_dst({str(out)!r})
child = os.fork()
if child == 0:
    for call in (fs.run, fs.abort, lambda: fs.nb_filters and src.nb_opid, lambda: fs.load("fin"), lambda: list(fs)):
        try:
            call()
        except gpac.GpacError as failure:
            assert "belongs to the process that called fork()" in str(failure)
        else:
            raise AssertionError(call)
    assert src.name == "fin"
    own = gpac.FilterSession()
    Source(own, [b"x"] * 3)
    sink = Sink(own)
    own.run(timeout=20)
    fs.delete()
    sys.exit(len(sink.received))
print(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]))
fs.run(timeout=20)
""")
    assert (result.returncode, result.stdout, result.stderr) == (0, "3\n", "")
    duration = subprocess.run(
        ["ffprobe", "-v", "error", "-show_entries", "format=duration", "-of", "csv=p=0", str(out)],
        check=True, capture_output=True, text=True,
    ).stdout
    assert float(duration) == pytest.approx(5, abs=0.1)


def test_fork_in_a_callback(tmp_path, aac):
    """run() of the child ends; the parent's file is as without fork."""
    plain, out = tmp_path / "plain.aac", tmp_path / "out.aac"
    code = f"""
src, dst = fs.load_src({aac!r}), fs.load_dst(OUT)
children = []
class Fork(gpac.FilterTask):
    def execute(self):
        if dst.bytes_done < 1000:
            return 0
        children.append(os.fork())
if FORK:
    fs.post(Fork("fork"))
try:
    fs.run(timeout=20)
except gpac.GpacError as failure:
    assert children == [0] and "belongs to the process" in str(failure), failure
    sys.exit(7)
assert 0 not in children
fs.delete()
print([os.waitstatus_to_exitcode(os.waitpid(c, 0)[1]) for c in children])
"""
    assert run_script(f"OUT, FORK = {str(plain)!r}, False\n" + code).stdout == "[]\n"
    result = run_script(f"OUT, FORK = {str(out)!r}, True\n" + code)
    assert (result.returncode, result.stdout, result.stderr) == (0, "[7]\n", "")
    assert out.read_bytes() == plain.read_bytes()
