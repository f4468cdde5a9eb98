# SPDX-License-Identifier: MIT
"""Faults of other bindings, by row: import, library, structures, sessions, tasks, files."""

import ctypes
import gc
import os
import subprocess
import sys

import pytest

import libgpac as gpac
from lab import Sink, Source, run_pair


def script(code, **environment):
    return subprocess.run(
        [sys.executable, "-X", "faulthandler", "-c", code], capture_output=True, text=True, timeout=60,
        env={**os.environ, **environment},
    )


def test_row_1_import_is_silent_and_writes_nothing(tmp_path):
    result = script("import libgpac\nfrom libgpac import *\nlibgpac.FilterEvent(1)", HOME=str(tmp_path),
                    XDG_CONFIG_HOME=str(tmp_path))
    assert (result.returncode, result.stdout, result.stderr) == (0, "", "")
    assert list(tmp_path.iterdir()) == []


def test_row_3_init(tmp_path):
    result = script("""
import libgpac as gpac, warnings
warnings.simplefilter("error")
for profile in ("0", b"0", "n", "N", None, "mine"):
    gpac.init(0, profile)
    gpac.FilterSession().delete()
assert gpac.close() == 0 and gpac.close() == 0
gpac.FilterSession().delete()  # first need, after close()
gpac.set_args(["program"])
gpac.init(1, b"0")
assert gpac.close() == 0
gpac.init(2, "0")
try:
    gpac.init(0, "/nowhere/at/all/x.cfg")
except gpac.GpacError as failure:
    assert str(failure).startswith("Failed to initialize libgpac: ")
gpac.FilterSession().delete()  # not left closed
""", HOME=str(tmp_path))
    assert (result.returncode, result.stdout) == (0, ""), result.stderr


@pytest.fixture
def arguments():
    yield lambda *words: gpac.set_args(["program", *words])
    gpac.set_args(["program"])


def test_row_4_errors(arguments):
    with pytest.raises(gpac.GpacError, match="Failed to set arguments"):
        arguments("-sched=bad")
    with pytest.raises(gpac.GpacError, match="Failed to set logs"):
        gpac.set_logs("core@loud")
    for bad in ("-full-link", b"x", None, [1], ["a\0b"], 5):
        with pytest.raises((TypeError, ValueError)):
            gpac.set_args(bad)


def test_row_4_options_of_sessions(arguments):
    def run():
        with gpac.FilterSession() as fs:
            Source(fs)
            fs.run(timeout=20)

    run()
    arguments("-full-link")
    with pytest.raises(gpac.GpacError, match="Failed to run session"):
        run()
    arguments("word")  # replaces those before
    run()
    arguments("-blacklist=inspect")
    with gpac.FilterSession() as fs, pytest.raises(gpac.GpacError, match="Failed to load filter inspect"):
        fs.load("inspect:log=null")
    with gpac.FilterSession(0, "reframer") as fs:  # given: the option does not count
        fs.load("inspect:log=null")
    arguments("-seps=+=#,!@")
    with gpac.FilterSession() as fs:
        assert Source(fs, name="Mine+FID=here").ID == "here"


def test_row_13_and_15_events():
    """Every field of events that other bindings lack reaches the filter, texts included."""
    def segment(evt):
        evt.seg_size.seg_url, evt.seg_size.base64_version = b"url", b"YmFzZQ=="
        evt.seg_size.media_range_start, evt.seg_size.idx_range_end = 2**40, 7
        evt.seg_size.is_init = evt.seg_size.is_shift = 1

    def fragment(evt):
        evt.frag_size.is_last, evt.frag_size.offset, evt.frag_size.size = 1, 2**40, 3
        evt.frag_size.duration = gpac.Fraction64(2**40, 3)

    def hints(evt):
        evt.transport_hints.flags, evt.transport_hints.seg_duration = 1, gpac.Fraction(1, 2)
        evt.transport_hints.wait_seg_boundary = 1

    def ntp(evt):
        evt.ntp.ntp = 2**63

    def quality(evt):
        evt.dash_select.service_id, evt.dash_select.as_id, evt.dash_select.select_type = 5, -1, 2
        evt.dash_select.period_id, evt.dash_select.rep_id = b"period", b"rep"

    def network(evt):
        evt.net_hint.mtu_size, evt.net_hint.sink_type = 1400, 0x72746F75

    events = [
        (gpac.GF_FEVT_SEGMENT_SIZE, segment, "seg_size"), (gpac.GF_FEVT_FRAGMENT_SIZE, fragment, "frag_size"),
        (gpac.GF_FEVT_TRANSPORT_HINTS, hints, "transport_hints"), (gpac.GF_FEVT_NTP_REF, ntp, "ntp"),
        (gpac.GF_FEVT_DASH_QUALITY_SELECT, quality, "dash_select"), (gpac.GF_FEVT_NETWORK_HINT, network, "net_hint"),
    ]
    assert [kind for kind, _, _ in events[1:]] == [20, 21, 22, 23, 24]
    seen = {}

    def fields(part):
        return {f[0]: str(getattr(part, f[0])) for f in part._fields_ if f[0] != "on_pid"}

    class Src(Source):
        def process_event(self, evt):
            member = next((m for k, _, m in events if k == evt.base.type), None)
            if member:
                seen[member] = fields(getattr(evt, member))

    sent = {}

    class Dst(Sink):
        def configure_pid(self, pid, is_remove):
            if not is_remove:
                for kind, fill, member in events:
                    evt = gpac.FilterEvent(kind)
                    fill(evt)
                    sent[member] = fields(getattr(evt, member))
                    pid.send_event(evt)
                    ctypes.memset(ctypes.addressof(evt), 0, ctypes.sizeof(evt))  # the engine has its own copy
                gc.collect()
            return 0

    run_pair(Src, Dst)
    assert seen == sent
    assert gpac.FEVT_SegmentSize.is_init.offset == 64


def test_row_16_mouse_button_is_unsigned():
    evt = gpac.EVT_mouse()
    evt.button = 2**32 - 1
    assert evt.button == 2**32 - 1


def test_row_17_both_names_of_the_hint():
    stats = gpac.DASHGroupStatistics(degradation_hint=40)
    assert stats.quality_degradation_hint == stats.degradation_hint == 40


def test_row_19_statistics_and_options_are_copies():
    with gpac.FilterSession() as fs:
        fs.reporting(True)
        src = Source(fs, name="Before")
        Sink(fs)
        fs.run(timeout=20)
        stats, pid_stats = src.get_statistics(), src.opid_stats(0)
        options = fs.load("inspect:log=null").all_args()
        texts = [str(a) for a in options]
    del fs, src
    gc.collect()
    for _ in range(3):
        run_pair(name="After")
    assert (stats.name, stats.reg_name, pid_stats.nb_processed) == (b"Before", b"Before", 1)
    assert [str(a) for a in options] == texts and all(a.name for a in options)


def test_row_20_kinds_of_filters(mp4, tmp_path):
    seen = {}

    class Look(gpac.FilterTask):
        def execute(self):
            for f in self.session:
                stats = f.get_statistics()
                if stats.nb_pid_in or stats.nb_pid_out:
                    seen[stats.reg_name] = stats.type
            return None if len(seen) >= 5 else 0

    with gpac.FilterSession() as fs:
        src = fs.load_src(mp4)
        out = fs.load_dst(str(tmp_path / "out.mp4"))
        out.set_source(src)
        sink = Sink(fs, stream_types=("Audio",))
        sink.set_source(src)
        fs.post(Look("look"))
        fs.run(timeout=20)
    assert seen == {
        b"fin": gpac.GF_FS_STATS_FILTER_RAWIN, b"mp4dmx": gpac.GF_FS_STATS_FILTER_DEMUX,
        b"mp4mx": gpac.GF_FS_STATS_FILTER_MUX, b"fout": gpac.GF_FS_STATS_FILTER_RAWOUT,
        b"Sink": gpac.GF_FS_STATS_FILTER_MEDIA_SINK,
    }
    _, source, _ = run_pair()
    assert source.get_statistics().type == gpac.GF_FS_STATS_FILTER_MEDIA_SOURCE


@pytest.mark.parametrize("flush", [gpac.GF_FS_FLUSH_NONE, (0,), gpac.GF_FS_FLUSH_ALL, gpac.GF_FS_FLUSH_FAST])
def test_row_27_flush(flush):
    class Stop(gpac.FilterTask):
        def execute(self):
            self.session.abort(flush)
            return 0

    with gpac.FilterSession() as fs:
        Source(fs, [b"x"] * 100)
        Sink(fs)
        fs.post(Stop("stop"))
        fs.run(timeout=20)
        assert fs.last_task


def test_row_29_errors_of_a_run():
    class Bad(Sink):
        def process(self):
            super().process()
            return gpac.GF_NON_COMPLIANT_BITSTREAM

    fs, _, _ = run_pair(sink_class=Bad)
    assert fs.last_process_error == gpac.GF_NON_COMPLIANT_BITSTREAM

    class Refusing(Sink):
        def configure_pid(self, pid, is_remove):
            return gpac.GF_URL_ERROR

    fs, _, _ = run_pair(sink_class=Refusing)
    assert fs.last_connect_error == gpac.GF_URL_ERROR
    assert fs.last_connect_error == gpac.GF_OK  # read once


def test_rows_78_to_82():
    """What exists of the DASH client: the classes, with results and values that are never absent."""
    algorithm = gpac.DASHCustomAlgorithm()
    assert algorithm.groups == []
    assert algorithm.on_rate_adaptation(None, None, False, None) == -1
    assert algorithm.on_download_monitor(None, None) == -1
    quality = gpac.DASHQualityInfo()
    assert all(isinstance(text, str) for text in (quality.ID, quality.mime, quality.codec))
    assert (quality.disabled, quality.is_selected, quality.sizes, quality.hls_variant_url) == (False, False, None, None)


class Text:
    """One file in memory, written."""

    def __init__(self):
        self.parts = []

    def open(self, url, mode):
        return True

    def write(self, buf, size):
        assert len(buf) == size > 0
        self.parts.append(bytes(buf))
        return size

    def eof(self):
        return False

    def close(self):
        pass

    def read(self, buf, size):
        return 0

    def seek(self, pos, whence):
        pass

    def tell(self):
        return sum(map(len, self.parts))


def test_row_68_text_files(mp4, tmp_path):
    """A text output gives FileIO the bytes it gives a file."""
    def inspect(log):
        with gpac.FilterSession() as fs:
            src = fs.load_src(mp4)
            fs.load(f"inspect:deep:log={log}").set_source(src)
            fs.run(timeout=20)

    inspect(tmp_path / "log.txt")

    class Shared(Text):
        def __copy__(self):
            return self

    files = Shared()
    fio = gpac.FileIO("log.txt", files)
    inspect(fio.url)
    text = b"".join(files.parts)
    assert text == (tmp_path / "log.txt").read_bytes() and len(text) > 1000 and b"\0" not in text


def test_row_69_announced_files_are_released():
    lib = gpac._libgpac
    lib.gf_fileio_factory.restype = ctypes.c_char_p
    lib.gf_fileio_factory.argtypes = [ctypes.c_void_p, ctypes.c_char_p]
    lib.gf_fileio_from_url.restype = ctypes.c_void_p
    lib.gf_fileio_from_url.argtypes = [ctypes.c_char_p]
    before = gpac._native.nb_live()
    fio = gpac.FileIO("first.txt", Text())
    native = lib.gf_fileio_from_url(fio.url.encode())
    for i in range(20):
        assert lib.gf_fileio_factory(native, b"other%d.txt" % i).startswith(b"gfio://")
    assert gpac._native.nb_live() > before
    del fio
    gc.collect()
    assert gpac._native.nb_live() == before
