# SPDX-License-Identifier: MIT
"""Sessions: running, tasks, exceptions of callbacks, signals, lifetimes."""

import gc
import os
import resource
import signal
import socket
import subprocess
import sys
import threading
import time
import types
import weakref

import pytest

import libgpac as gpac
from lab import Sink, Source, run_pair


class Ticker(gpac.FilterTask):
    def __init__(self, name="ticker", results=(None,)):
        super().__init__(name)
        self.results = list(results)
        self.calls = []

    def execute(self):
        self.calls.append((time.monotonic(), self.session, self.session.last_task))
        return self.results.pop(0)


# ---- tasks


def test_task_delays():
    fs = gpac.FilterSession()
    task = Ticker(results=[30] * 5 + [0] * 5 + [None])
    fs.post(task)
    assert task.session is fs
    fs.run()
    times = [t for t, _, _ in task.calls]
    steps = [b - a for a, b in zip(times, times[1:])]
    # a loaded machine may delay any single call, but not all of them
    assert 0.030 <= min(steps[:5]) < 0.035
    assert min(steps[5:]) < 0.005
    assert all(s is fs and last for _, s, last in task.calls)
    assert task.session is None and fs.last_task


@pytest.mark.parametrize("flags", [0, gpac.GF_FS_FLAG_NON_BLOCKING])
def test_last_task(flags):
    """A task that goes on until it is the only one ends, in both modes."""
    fs = gpac.FilterSession(flags)
    task = gpac.FilterTask("watch")
    calls = []

    def execute(self):
        calls.append(self.session.last_task)
        return None if self.session.last_task else 2

    task.execute = types.MethodType(execute, task)
    fs.post(task)
    Source(fs, [b"x"] * 50)
    Sink(fs)
    for _ in range(100000):
        fs.run(timeout=20)
        if fs.last_task:
            break
    assert calls[-1] is True


def test_task_twice():
    fs = gpac.FilterSession()
    task = Ticker()
    fs.post(task)
    with pytest.raises(gpac.GpacError, match="Failed to post task ticker"):
        fs.post(task)
    fs.run()
    task.results.append(None)
    fs.post_task(task)
    fs.run()
    assert len(task.calls) == 2


def test_duck_typed_task():
    class Task:
        name = "duck"

        def execute(self):
            self.done = True

    fs = gpac.FilterSession()
    task = Task()
    fs.post(task)
    fs.run()
    assert task.done and task.session is None


@pytest.mark.parametrize("bad", [1.5, "1", object()])
def test_task_bad_result(bad):
    fs = gpac.FilterSession()
    task = Ticker(results=[bad])
    fs.post(task)
    with pytest.raises(TypeError):
        fs.run()
    assert task.session is None


def test_abort_ends_tasks():
    fs = gpac.FilterSession()
    late = Ticker("late", [1000] * 10)

    class Stop(gpac.FilterTask):
        def execute(self):
            self.session.abort((0,))

    fs.post(late)
    fs.post(Stop("stop"))
    fs.run()
    assert late.session is None and len(late.calls) <= 2


def test_rem_task():
    fs = gpac.FilterSession()
    task = Ticker(results=[5, 5, None])
    fs.post(task)
    fs.rem_task(task)
    assert task.session is None
    fs.run()
    assert task.calls == []


def test_post_and_abort_from_thread():
    fs = gpac.FilterSession()
    wait = Ticker("wait", [50] * 1000)
    fs.post(wait)
    posted = Ticker("posted")

    def other():
        time.sleep(0.05)
        fs.post(posted)
        with pytest.raises(gpac.GpacError, match="runs in another thread"):
            fs.load_src("x")
        time.sleep(0.05)
        fs.abort()

    thread = threading.Thread(target=other)
    thread.start()
    fs.run(timeout=10)
    thread.join()
    assert len(posted.calls) == 1


# ---- running


def test_run_again_and_after_delete():
    fs, src, dst = run_pair()
    fs.run()
    fs.delete()
    fs.delete()
    assert (fs.nb_filters, fs.last_task) == (0, True)
    with pytest.raises(gpac.GpacError, match="Failed to run session"):
        fs.run()
    for call in (lambda: fs.load_src("x"), lambda: fs.get_filter(0), lambda: fs.abort(), lambda: fs.post(Ticker())):
        with pytest.raises(gpac.GpacError, match="FilterSession no longer valid"):
            call()
    assert dst.name == "Sink" and str(src) == "Source"
    with pytest.raises(gpac.GpacError, match="Filter Sink no longer valid"):
        dst.nb_ipid


def test_timeout():
    fs = gpac.FilterSession()
    fs.post(Ticker(results=[10000, None]))
    start = time.monotonic()
    with pytest.raises(TimeoutError):
        fs.run(timeout=0.2)
    assert time.monotonic() - start >= 0.2


def test_timeouts_of_several_runs():
    """The limit of one run neither ends a later one nor keeps the session from its end."""
    fs = gpac.FilterSession()
    for seconds in (60, 0.05, 0.1):
        fs.post(Ticker(results=[1, None]))
        fs.run(timeout=seconds)
    fs.post(Ticker(results=[200, 200, None]))
    fs.run(timeout=60)
    fs.post(Ticker(results=[60000, None]))
    with pytest.raises(TimeoutError):
        fs.run(timeout=0)
    with pytest.raises(TypeError):
        fs.run(timeout="soon")


def test_reentrance_is_refused():
    fs = gpac.FilterSession()
    seen = []

    class Task(gpac.FilterTask):
        def execute(self):
            for call in (fs.run, fs.delete):
                with pytest.raises(gpac.GpacError):
                    call()
                seen.append(call)

    fs.post(Task("t"))
    fs.run()
    assert len(seen) == 2


def test_non_blocking():
    fs = gpac.FilterSession(gpac.GF_FS_FLAG_NON_BLOCKING)
    task = Ticker(results=[100, None])
    fs.post(task)
    turns = 0
    fs.run()
    assert not fs.last_task
    while not fs.last_task:
        fs.run()
        time.sleep(0.005)
        turns += 1
    assert 2 <= turns < 60 and len(task.calls) == 2


def test_full_link_error():
    fs = gpac.FilterSession(gpac.GF_FS_FLAG_FULL_LINK)
    Source(fs)
    with pytest.raises(gpac.GpacError, match="Failed to run session: ") as failure:
        fs.run(timeout=5)
    assert failure.value.code == gpac.GF_FILTER_NOT_FOUND and failure.value.name == "GF_FILTER_NOT_FOUND"


def test_load_errors(tmp_path):
    fs = gpac.FilterSession()
    missing = str(tmp_path / "missing.mp4")
    with pytest.raises(gpac.GpacError) as failure:
        fs.load_src(missing)
    assert str(failure.value).startswith(f"Failed to load source filter {missing}: ")
    assert failure.value.code == gpac.GF_URL_ERROR
    with pytest.raises(gpac.GpacError, match="Failed to load filter nofilter: ") as failure:
        fs.load("nofilter")
    assert failure.value.code == gpac.GF_FILTER_NOT_FOUND
    with pytest.raises(gpac.GpacError, match="Failed to get filter at index -1"):
        fs.get_filter(-1)


def test_context_manager_and_iteration():
    with gpac.FilterSession() as fs:
        src, dst = Source(fs), Sink(fs)
        fs.run()
        assert [f.name for f in fs] == ["Source", "Sink"]
        assert fs.get_filter(0) is src and fs.get_filter(1) is dst
    assert repr(fs) == "<FilterSession, deleted>"


def test_new_and_deleted_filters():
    class Session(gpac.FilterSession):
        def __init__(self):
            super().__init__()
            self.events = []

        def on_filter_new(self, f):
            f.mark = len(self.events)
            self.events.append(("new", f))

        def on_filter_del(self, f):
            self.events.append(("del", f))

    fs = Session()
    src, dst = Source(fs), Sink(fs)
    fs.run()
    fs.delete()
    assert fs.events == [("new", src), ("new", dst), ("del", dst), ("del", src)]
    assert (src.mark, dst.mark) == (0, 1)


def test_unsupported_parts():
    fs = gpac.FilterSession()
    fs.http_max_bitrate = fs.http_max_bitrate
    with pytest.raises(gpac.GpacError) as failure:
        gpac.enable_rmtws()
    assert failure.value.code == gpac.GF_NOT_SUPPORTED
    assert gpac.set_rmt_handler(gpac.RMTHandler()) is False


# ---- exceptions


class Boom(Exception):
    pass


@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")  # later ones are reported
@pytest.mark.parametrize("where", ["configure_pid", "process", "process_event", "execute", "on_filter_new"])
def test_exception_in_callback(where):
    def fail(*args):
        raise Boom(where)

    class Session(gpac.FilterSession):
        pass

    fs = Session()
    src, dst = Source(fs, [b"x"] * 100), Sink(fs)
    if where == "execute":
        task = gpac.FilterTask("t")
        task.execute = fail
        fs.post(task)
    elif where == "on_filter_new":
        Session.on_filter_new = fail
        with pytest.raises(Boom):
            Sink(fs)
        return
    elif where == "process_event":
        class Failing(Source):  # a callback counts when it exists at construction
            process_event = fail

        class Asking(Sink):
            def configure_pid(self, pid, is_remove):
                if not is_remove:
                    pid.send_event(gpac.FilterEvent(gpac.GF_FEVT_QUALITY_SWITCH))
                return 0

        Failing(fs)
        Asking(fs)
    else:
        setattr(dst, where, fail)
    with pytest.raises(Boom, match=where) as failure:
        fs.run(timeout=10)
    assert any(entry.name == "fail" for entry in failure.traceback)
    fs.delete()


def test_bad_result_type():
    class Dst(Sink):
        def process(self):
            return "done"

    with pytest.raises(TypeError):
        run_pair(sink_class=Dst)


def test_exception_in_release():
    class Src(Source):
        def packet_release(self, pid, pck):
            raise Boom("release")

        def make_packet(self, payload):
            return self.pid.new_pck_shared(payload)

    with pytest.raises(Boom):
        run_pair(Src)


def test_only_first_exception(capsys):
    fs = gpac.FilterSession()

    class Bad(gpac.FilterTask):
        def execute(self):
            raise Boom(self.name)

    fs.post(Bad("first"))
    fs.post(Bad("second"))
    with pytest.raises(Boom, match="first"):
        fs.run()


# ---- signals


@pytest.mark.parametrize("busy", [False, True])
def test_ctrl_c(busy):
    # A process started in the background may have been told to ignore it.
    old = signal.signal(signal.SIGINT, signal.default_int_handler)
    fs = gpac.FilterSession()
    if busy:
        class Loop(gpac.FilterTask):
            def execute(self):
                return 0

        fs.post(Loop("loop"))
    else:
        fs.post(Ticker(results=[60000, None]))

    def kill():
        time.sleep(0.2)
        os.kill(os.getpid(), signal.SIGINT)

    thread = threading.Thread(target=kill)
    thread.start()
    try:
        with pytest.raises(KeyboardInterrupt):
            fs.run(timeout=10)
    finally:
        thread.join()
        signal.signal(signal.SIGINT, old)


def test_signal_handlers_run():
    """A handler that raises nothing runs while the session sleeps, and the session goes on."""
    fs = gpac.FilterSession()
    handled = []
    task = Ticker(results=[400, None])
    fs.post(task)
    old = signal.signal(signal.SIGALRM, lambda number, frame: handled.append(len(task.calls)))
    signal.setitimer(signal.ITIMER_REAL, 0.1)
    try:
        fs.run()
    finally:
        signal.signal(signal.SIGALRM, old)
    assert handled == [1] and len(task.calls) == 2


def test_signals_reach_the_loop_around():
    """Whoever had Python's wake-up descriptor before run() gets it back, and the signals of meanwhile."""
    mine, theirs = socket.socketpair()
    for end in (mine, theirs):
        end.setblocking(False)
    before = signal.set_wakeup_fd(theirs.fileno())
    old = signal.signal(signal.SIGALRM, lambda number, frame: None)
    try:
        fs = gpac.FilterSession()
        fs.post(Ticker(results=[300, None]))
        signal.setitimer(signal.ITIMER_REAL, 0.1)
        fs.run()
        assert mine.recv(10) == bytes([signal.SIGALRM])
        assert signal.set_wakeup_fd(before) == theirs.fileno()
    finally:
        signal.set_wakeup_fd(before)
        signal.signal(signal.SIGALRM, old)
        mine.close()
        theirs.close()


# ---- lifetimes


def test_session_is_collected():
    fs, src, dst = run_pair()
    refs = [weakref.ref(o) for o in (fs, src, dst, dst.ipids[0] if dst.ipids else src.pid)]
    del fs, src, dst
    gc.collect()
    assert [r() for r in refs] == [None] * 4


def test_undeleted_session_gives_its_memory_back():
    gpac.FilterSession().delete()
    before = gpac._native.memory_size()
    for _ in range(3):
        run_pair(payloads=[b"x" * 1000] * 50)
        gc.collect()
    assert gpac._native.memory_size() == before


@pytest.mark.parametrize("order", [(0, 1, 2), (2, 1, 0), (1, 0, 2)])
def test_any_order(order):
    objects = list(run_pair())
    for i in order:
        objects[i] = None
        gc.collect()


def test_stale_pid():
    fs, src, dst = run_pair()
    pid = src.pid
    fs.delete()
    with pytest.raises(gpac.GpacError, match="FilterPid no longer valid"):
        pid.name
    assert "removed" in repr(pid)


def run_script(code):
    return subprocess.run([sys.executable, "-X", "faulthandler", "-c", code], capture_output=True, text=True, timeout=60)


SETUP = """
import sys
sys.path.insert(0, {path!r})
import libgpac as gpac
gpac.init(0, "0")
from lab import Source, Sink
fs = gpac.FilterSession()
src, dst = Source(fs, [b"x"] * 10), Sink(fs)
"""


@pytest.mark.parametrize(
    "code",
    [
        "fs.run()",
        "",
        "fs.run(); import builtins; builtins.kept = (fs, src, dst)",
        "fs.post(gpac.FilterTask('t'))",
        "fs.run(); views = [src.pid.new_pck(10)]; del fs",
        "gpac.close()",
        "sys.exit(gpac.close())",
    ],
)
def test_interpreter_exit(code):
    result = run_script(SETUP.format(path=os.path.dirname(__file__)) + code)
    assert (result.returncode, result.stdout, result.stderr) == (0, "", "")


def test_close_with_tracking():
    code = SETUP.replace('gpac.init(0, "0")', 'gpac.init(1, b"0")').format(path=os.path.dirname(__file__))
    result = run_script(code + "fs.run(); print(gpac.close(), gpac._native.memory_size()); gpac.init(0, 'n')")
    assert result.stdout == "0 0\n" and result.returncode == 0, result.stderr


# ---- cost


def test_little_is_loaded():
    """Modules that take long to load come with what needs them; bench/ measures the time."""
    code = SETUP.format(path=os.path.dirname(__file__)).replace("from lab import Source, Sink", "") + """
from sys import modules
print(*{"ctypes", "numpy", "typing", "asyncio"} & set(modules))
fs.run()
gpac.FilterEvent(gpac.GF_FEVT_PLAY)
print(*{"numpy", "typing", "asyncio"} & set(modules))
"""
    code = code.replace('src, dst = Source(fs, [b"x"] * 10), Sink(fs)', "gpac.FilterCustom(fs)")
    assert run_script(code).stdout.split() == []


@pytest.mark.slow
def test_ten_thousand_sessions():
    """Nothing grows: bytes of the library, resident memory of the process."""
    code = SETUP.format(path=os.path.dirname(__file__)) + """
del fs, src, dst
for i in range(10_000):
    with gpac.FilterSession() as fs:
        src, dst = Source(fs, [b"x"]), Sink(fs)
        fs.run()
    del fs, src, dst
    if i % 1000 == 999:
        print(gpac._native.memory_size(), open("/proc/self/statm").read().split()[1])
print(gpac.close(), 0)
"""
    result = run_script(code)
    *thousands, (closed, _) = [tuple(map(int, line.split())) for line in result.stdout.splitlines()]
    assert len(thousands) == 10, result.stderr
    assert len({size for size, _ in thousands}) == 1 and closed == 0
    growth = (thousands[-1][1] - thousands[0][1]) * resource.getpagesize()
    assert growth < 1_000_000  # 100 bytes for each session would show


def test_idle_session_sleeps():
    """Between two calls of a task the thread sleeps in one system call; bench/ measures the processor time."""
    fs = gpac.FilterSession()
    task = Ticker(results=[400] * 5 + [None])
    fs.post(task)
    before = resource.getrusage(resource.RUSAGE_THREAD).ru_nvcsw
    fs.run()
    assert resource.getrusage(resource.RUSAGE_THREAD).ru_nvcsw - before <= 15
    assert len(task.calls) == 6


def test_sessions_in_threads():
    """Eight threads with sessions of their own, to each of which another thread posts and whose last it aborts."""
    failures = []

    def work(index):
        try:
            for i in range(10):
                with gpac.FilterSession() as fs:
                    Source(fs, [b"x" * 100] * 50)
                    dst = Sink(fs)
                    aborted = i == 9
                    done = Ticker("done")
                    wait = Ticker("wait", [1] * 100_000 if aborted else [None])
                    fs.post(wait)

                    def meddle():
                        fs.post(done)
                        fs.reporting(True)
                        if aborted:
                            fs.abort(gpac.GF_FS_FLUSH_ALL)

                    other = threading.Thread(target=meddle)
                    other.start()
                    fs.run(timeout=60)
                    other.join()
                    fs.run()
                    assert len(done.calls) == 1 or aborted
                    assert dst.received == [b"x" * 100] * 50 or aborted
        except BaseException as failure:
            failures.append(failure)

    threads = [threading.Thread(target=work, args=(i,)) for i in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failures == []


def test_replaced_source_keeps_its_object(aac):
    """No picture comes from the filter that was tried first: its object becomes that of the next one."""
    class Session(gpac.FilterSession):
        def on_filter_new(self, f):
            calls.append(("new", f))

        def on_filter_del(self, f):
            calls.append(("del", f))

    calls = []
    with Session() as fs:
        src = fs.load_src(aac)
        first = src.class_name
        dst = Sink(fs, ["Visual"])
        dst.set_source(src, "video1")
        fs.run(timeout=20)
        if src.class_name == first:
            pytest.skip("no other filter reads the file")
        assert src in list(fs) and fs.nb_filters == len(list(fs))
        assert [what for what, f in calls if f is src] == ["new", "del", "new"]
