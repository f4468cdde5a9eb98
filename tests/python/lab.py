# SPDX-License-Identifier: MIT
"""Media made with ffmpeg, and small filters that many tests use."""

import shutil
import socket
import subprocess
import time

import pytest

import libgpac as gpac


@pytest.fixture(scope="session", autouse=True)
def library():
    gpac.init(0, "0")
    yield
    assert gpac.close() == 0
    assert gpac._native.memory_size() == 0


@pytest.fixture(autouse=True)
def sessions_end():
    """No test leaves a session behind."""
    yield
    import gc

    gc.collect()
    gpac._native.delete_sessions()


@pytest.fixture
def pid():
    """An output PID that is not linked, to set properties."""
    with gpac.FilterSession() as fs:
        custom = gpac.FilterCustom(fs)
        yield custom.new_pid()


def free_port():
    with socket.socket() as s:
        s.bind(("127.0.0.1", 0))
        return s.getsockname()[1]


def wait_for(condition, seconds=20):
    end = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < end, "it does not happen"
        time.sleep(0.002)


def read_back(pid, key, value, *kind):
    pid.set_prop(key, value, *kind)
    return pid.get_prop(key)


def make(path, *args):
    if not shutil.which("ffmpeg"):
        pytest.skip("ffmpeg is not installed")
    subprocess.run(["ffmpeg", "-v", "error", "-y", *args, str(path)], check=True)
    return str(path)


@pytest.fixture(scope="session")
def media(tmp_path_factory):
    return tmp_path_factory.mktemp("media")


@pytest.fixture(scope="session")
def mp4(media):
    """Five seconds of picture (25 frames per second) and tone (48 kHz)."""
    return make(
        media / "av.mp4",
        *"-f lavfi -i testsrc2=size=320x180:rate=25 -f lavfi -i sine=frequency=440:sample_rate=48000 -t 5".split(),
        *"-c:v libx264 -preset veryfast -g 25 -pix_fmt yuv420p -c:a aac -b:a 96k".split(),
    )


@pytest.fixture(scope="session")
def aac(media, mp4):
    """The audio of the file above as ADTS."""
    return make(media / "a.aac", "-i", mp4, "-vn", "-c", "copy")


def probe_packets(path, stream):
    """Times and sizes of the packets of one stream, told by ffprobe."""
    out = subprocess.run(
        ["ffprobe", "-v", "error", "-select_streams", stream, "-show_entries", "packet=pts_time,dts_time,size",
         "-of", "csv=p=0", path],
        check=True, capture_output=True, text=True,
    ).stdout
    rows = [line.rstrip(",").split(",") for line in out.splitlines() if line]
    return [(float(r[0]), float(r[1]), int(r[2])) for r in rows]


class Source(gpac.FilterCustom):
    """Sends the byte strings it is given, ten per second."""

    def __init__(self, session, payloads=(b"abc",), props=(), **options):
        super().__init__(session, options.pop("name", "Source"))
        self.push_cap("StreamType", "Metadata", gpac.GF_CAPS_OUTPUT)
        self.payloads = list(payloads)
        self.props = dict(props)
        self.sent = 0
        self.pid = None

    def make_pid(self):
        self.pid = self.new_pid()
        self.pid.set_prop("StreamType", "Metadata")
        self.pid.set_prop("CodecID", "mtxt")
        self.pid.set_prop("Timescale", 10)
        for key, value in self.props.items():
            self.pid.set_prop(key, *value) if isinstance(value, tuple) else self.pid.set_prop(key, value)

    def make_packet(self, payload):
        pck = self.pid.new_pck(len(payload))
        memoryview(pck.data)[:] = payload
        return pck

    def process(self):
        if self.pid is None:
            self.make_pid()
        while self.sent < len(self.payloads):
            if self.pid.would_block:
                return 0
            pck = self.make_packet(self.payloads[self.sent])
            pck.cts = pck.dts = self.sent
            pck.dur = 1
            pck.sap = 1
            self.sent += 1
            pck.send()
        self.pid.eos = True
        return gpac.GF_EOS


class Sink(gpac.FilterCustom):
    """Keeps what it receives."""

    def __init__(self, session, stream_types=("Metadata",), name="Sink", play=True):
        super().__init__(session, name)
        for kind in stream_types:
            self.push_cap("StreamType", kind, gpac.GF_CAPS_INPUT)
        self.set_max_pids(-1)
        self.received = []
        self.times = []
        self.removed = []
        self.play = play
        self.got_eos = False

    def configure_pid(self, pid, is_remove):
        if is_remove:
            self.removed.append(pid)
            return 0
        if pid not in self.ipids and self.play:
            pid.send_event(gpac.FilterEvent(gpac.GF_FEVT_PLAY))
        return 0

    def on_packet(self, pid, pck):
        self.received.append(bytes(pck.data) if pck.data is not None else b"")
        self.times.append((pck.dts, pck.cts))

    def process(self):
        for pid in self.ipids:
            while True:
                pck = pid.get_packet()
                if pck is None:
                    break
                self.on_packet(pid, pck)
                pid.drop_packet()
        self.got_eos = bool(self.ipids) and all(pid.eos for pid in self.ipids)
        return gpac.GF_EOS if self.got_eos else 0


class Mid(gpac.FilterCustom):
    """Gives each packet to a function, with itself, its input PID and its output PID."""

    def __init__(self, session, work, name="Mid"):
        super().__init__(session, name)
        self.push_cap("StreamType", "Metadata", gpac.GF_CAPS_INPUT_OUTPUT)
        self.work = work

    def configure_pid(self, pid, is_remove):
        if not is_remove and not self.opids:
            self.new_pid().copy_props(pid)

    def process(self):
        pid, out = self.ipids[0], self.opids[0]
        while (pck := pid.get_packet()) is not None:
            self.work(self, pid, out, pck)
            pid.drop_packet()
        if pid.eos:
            out.eos = True
            return gpac.GF_EOS


def run_pair(source_class=Source, sink_class=Sink, **options):
    """A session with a source and a sink, run to its end. The session is returned with both."""
    fs = gpac.FilterSession(options.pop("flags", 0))
    src = source_class(fs, **options)
    dst = sink_class(fs)
    fs.run(timeout=20)
    return fs, src, dst
