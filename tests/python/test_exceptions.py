# SPDX-License-Identifier: MIT
"""Exceptions and results of callbacks: what the engine is told, what the session does, what run() raises."""

import io

import pytest

import libgpac as gpac
from lab import Sink, Source

pytestmark = pytest.mark.filterwarnings(
    "ignore::pytest.PytestUnraisableExceptionWarning"  # those after the first
)


class Boom(Exception):
    pass


class Session(gpac.FilterSession):
    def on_filter_new(self, f):
        return self.callbacks.get("on_filter_new", lambda f: None)(f)

    def on_filter_del(self, f):
        return self.callbacks.get("on_filter_del", lambda f: None)(f)

    callbacks = {}


class Src(Source):
    """Has all callbacks; they do what `callbacks` of the session says."""

    def __init__(self, session, payloads):
        super().__init__(session, payloads)
        self.push_cap("Width", 0, gpac.GF_CAPS_OUTPUT | gpac.GF_CAPFLAG_RECONFIG)

    def process(self):
        if self.pid is None and "reconfigure_output" in self.session.callbacks:
            self.make_pid()  # nothing is sent yet: the PID can still be negotiated
            self.reschedule(1000)
            return 0
        return super().process()

    def answer(self, name, *args):
        self.session.calls.append(name)
        callback = self.session.callbacks.get(name)
        return callback(*args) if callback else None

    def packet_release(self, pid, pck):
        return self.answer("packet_release", pid, pck)

    def make_packet(self, payload):
        return self.pid.new_pck_shared(payload)

    def process_event(self, evt):
        return self.answer("process_event", evt)

    def reconfigure_output(self, pid):
        return self.answer("reconfigure_output", pid)


class Dst(Sink):
    def configure_pid(self, pid, is_remove):
        if is_remove:
            return None
        super().configure_pid(pid, is_remove)
        pid.send_event(gpac.FilterEvent(gpac.GF_FEVT_QUALITY_SWITCH))
        if "reconfigure_output" in self.session.callbacks and pid not in self.ipids:
            pid.negotiate_cap("Width", 3)
        return self.call("configure_pid", pid, is_remove)

    def process(self):
        res = self.call("process")
        return super().process() if res is None else res

    def call(self, name, *args):
        callback = self.session.callbacks.get(name)
        return callback(*args) if callback else None


def run_with(**callbacks):
    fs = Session()
    fs.callbacks = callbacks
    fs.calls = []
    src, dst = Src(fs, [b"x"] * 20), Dst(fs)
    if "execute" in callbacks:
        task = gpac.FilterTask("t")
        task.execute = callbacks["execute"]
        fs.post(task)
    fs.run(timeout=20)
    fs.delete()
    return fs, src, dst


CALLBACKS = ["configure_pid", "process", "process_event", "reconfigure_output", "execute", "packet_release", "on_filter_new",
             "on_filter_del"]


@pytest.mark.parametrize("error", [Boom, KeyboardInterrupt, SystemExit])
@pytest.mark.parametrize("where", CALLBACKS)
def test_exception_comes_out(where, error):
    raised = []

    def fail(*args):
        raised.append(where)
        raise error(where)

    with pytest.raises(error) as failure:
        run_with(**{where: fail})
    assert failure.value.args == (where,) and raised
    assert failure.traceback[-1].name == "fail"


@pytest.mark.parametrize("where", ["configure_pid", "process", "reconfigure_output", "execute"])
@pytest.mark.parametrize("result", ["0", 1.5, b"", [], object(), 2**40])
def test_wrong_results(where, result):
    with pytest.raises((TypeError, OverflowError), match="callback result"):
        run_with(**{where: lambda *args: result})


@pytest.mark.parametrize("where", CALLBACKS)
@pytest.mark.parametrize("result", [None, 0, False])
def test_plain_results(where, result):
    if where == "execute" and result is not None:
        result = -1  # zero would be "again"
    fs, src, dst = run_with(**{where: lambda *args: result})
    if where == "process" and result is not None:
        assert dst.received == []
    elif where != "reconfigure_output":
        assert len(dst.received) == 20


@pytest.mark.parametrize("result, forwarded", [(None, True), (0, True), ("", True), (1, False), ("yes", False), ([0], False)])
def test_truth_of_process_event(result, forwarded):
    class Mid(gpac.FilterCustom):
        def __init__(self, session):
            super().__init__(session, "Mid")
            self.push_cap("StreamType", "Metadata", gpac.GF_CAPS_INPUT_OUTPUT)

        def configure_pid(self, pid, is_remove):
            if not is_remove and not self.opids:
                self.new_pid().copy_props(pid)

        def process(self):
            pid = self.ipids[0]
            while (pck := pid.get_packet()) is not None:
                self.opids[0].forward(pck)
                pid.drop_packet()
            if pid.eos:
                self.opids[0].eos = True
                return gpac.GF_EOS

        def process_event(self, evt):
            return result if evt.base.type == gpac.GF_FEVT_QUALITY_SWITCH else None

    seen = []

    class Last(Source):
        def process_event(self, evt):
            seen.append(evt.base.type)

    class First(Sink):
        def configure_pid(self, pid, is_remove):
            if not is_remove:
                pid.send_event(gpac.FilterEvent(gpac.GF_FEVT_QUALITY_SWITCH))
            return super().configure_pid(pid, is_remove)

    with gpac.FilterSession() as fs:
        src = Last(fs)
        mid = Mid(fs)
        mid.set_source(src)
        First(fs).set_source(mid)
        fs.run(timeout=20)
    assert (gpac.GF_FEVT_QUALITY_SWITCH in seen) is forwarded


def test_object_whose_truth_fails():
    class Undecided:
        def __bool__(self):
            raise Boom("truth")

    with pytest.raises(Boom, match="truth"):
        run_with(process_event=lambda evt: Undecided())


def test_interrupt_replaces_an_error():
    """KeyboardInterrupt always comes out, with the error before it as its context."""
    fs = gpac.FilterSession()

    class Task(gpac.FilterTask):
        def __init__(self, error):
            super().__init__("t")
            self.error = error

        def execute(self):
            raise self.error

    fs.post(Task(Boom("first")))
    fs.post(Task(KeyboardInterrupt("second")))
    with pytest.raises((KeyboardInterrupt, Boom)) as failure:
        fs.run(timeout=10)
    if isinstance(failure.value, KeyboardInterrupt):
        assert isinstance(failure.value.__context__, Boom)


def test_session_is_usable_after_an_exception():
    calls = []

    def fail(f):
        calls.append(f)
        if len(calls) == 1:
            raise Boom("new")

    fs = Session()
    fs.calls = []
    fs.callbacks = {"on_filter_new": fail}
    with pytest.raises(Boom):
        fs.load("inspect:log=null")
    with pytest.raises(Boom):
        calls.clear()
        Sink(fs)
    assert fs.nb_filters == 2
    assert fs.load("inspect:log=null").name == "inspect"


def test_configure_outside_run():
    """get_packet may configure: an exception of that is not lost either."""
    with pytest.raises(Boom):
        run_with(configure_pid=lambda pid, removed: (_ for _ in ()).throw(Boom("configure")))


# ---- files


class Memory:
    def __init__(self, content=b""):
        self.content = content
        self.closed = 0

    def open(self, url, mode):
        self.io = io.BytesIO(self.content)
        return True

    def close(self):
        pass

    def read(self, buf, size):
        data = self.io.read(size)
        memoryview(buf)[: len(data)] = data
        return len(data)

    def write(self, buf, size):
        return self.io.write(memoryview(buf))

    def seek(self, pos, whence):
        self.io.seek(pos, whence)

    def tell(self):
        return self.io.tell()

    def eof(self):
        return self.io.tell() >= len(self.content)


def read_file(aac, method, replacement):
    with open(aac, "rb") as f:
        files = Memory(f.read())
    setattr(files, method, replacement)
    with gpac.FilterSession() as fs:
        fio = gpac.FileIO("song.aac", files)
        src = fs.load_src(fio.url)
        sink = Sink(fs, stream_types=("Audio",))
        sink.push_cap("CodecID", "aac", gpac.GF_CAPS_INPUT)
        sink.set_source(src)
        fs.run(timeout=20)
        return sink.received


@pytest.mark.parametrize("error", [Boom, KeyboardInterrupt])
@pytest.mark.parametrize("method", ["open", "read", "seek", "tell", "close", "eof", "exists"])
def test_exception_in_a_file(aac, method, error):
    called = []

    def fail(*args):
        called.append(method)
        raise error(method)

    try:
        read_file(aac, method, fail)
    except error as failure:
        assert failure.args == (method,)
        return
    assert not called  # a method that this file does not need


@pytest.mark.parametrize("method", ["open", "write", "close", "seek", "tell"])
def test_exception_in_a_written_file(aac, method):
    called = []

    def fail(*args):
        called.append(method)
        raise Boom(method)

    files = Memory()
    setattr(files, method, fail)
    fio = gpac.FileIO("out.aac", files)
    try:
        with gpac.FilterSession() as fs:
            fs.load_src(aac)
            fs.load_dst(fio.url)
            fs.run(timeout=20)
    except Boom as failure:
        assert failure.args == (method,)
        return
    assert not called


@pytest.mark.parametrize(
    "method, result, error",
    [("read", "x", TypeError), ("read", 1.5, TypeError), ("read", -1, ValueError), ("read", 10**9, ValueError),
     ("seek", "x", TypeError), ("tell", "x", TypeError), ("open", False, gpac.GpacError), ("open", None, gpac.GpacError)],
)
def test_wrong_results_of_a_file(aac, method, result, error):
    called = []

    def answer(*args):
        called.append(method)
        return result

    if method in ("seek", "tell"):
        try:
            read_file(aac, method, answer)
        except error:
            return
        assert not called
    else:
        with pytest.raises(error):
            read_file(aac, method, answer)


@pytest.mark.parametrize("result, error", [(10**9, ValueError), (-5, ValueError), ("x", TypeError)])
def test_wrong_results_of_write(aac, result, error):
    files = Memory()
    files.write = lambda buf, size: result
    fio = gpac.FileIO("out.aac", files)
    with pytest.raises(error), gpac.FilterSession() as fs:
        fs.load_src(aac)
        fs.load_dst(fio.url)
        fs.run(timeout=20)


def test_truthy_open(aac):
    class Truthy(Memory):
        def open(self, url, mode):
            super().open(url, mode)
            return "yes"

    with open(aac, "rb") as f:
        fio = gpac.FileIO("song.aac", Truthy(f.read()))
    with gpac.FilterSession() as fs:
        sink = Sink(fs, stream_types=("Audio",))
        sink.push_cap("CodecID", "aac", gpac.GF_CAPS_INPUT)
        sink.set_source(fs.load_src(fio.url))
        fs.run(timeout=20)
        assert len(sink.received) > 100
