# SPDX-License-Identifier: MIT
"""Filters, their PIDs and options; real files."""

import pytest

import libgpac as gpac
from lab import Sink, Source, probe_packets, run_pair


def test_names_and_counts():
    fs, src, dst = run_pair()
    assert (src.name, str(dst), src.class_name) == ("Source", "Sink", "Source")
    assert (src.nb_opid, dst.nb_ipid, dst.nb_opid) == (1, 1, 0)
    assert src.opid_sinks(0) == [dst] and dst.ipid_source(0) is src
    assert dst.ipid_prop(0, "StreamType") == "Metadata" and dst.ipid_prop(0, "name") == "PID1"
    assert dst.ipid_prop(0, "timescale") == 10 and src.opid_prop(0, "remove") is None
    with pytest.raises(gpac.GpacError, match="No PID with index 3 in filter Sink"):
        dst.ipid_prop(3, "x")
    with pytest.raises(gpac.GpacError, match="No on_prop_enum function on callback"):
        dst.ipid_enum_props(0, object())
    with pytest.raises(TypeError):
        gpac.Filter()


def test_filter_with_options_in_name():
    with gpac.FilterSession() as fs:
        src = Source(fs, name="Mine:FID=here")
        assert (src.name, src.ID) == ("Mine", "here")


def test_demultiplexed_packets(mp4):
    """Times and sizes are those that ffprobe tells."""
    frames = {}

    class Reader(Sink):
        def on_packet(self, pid, pck):
            frames.setdefault(pid.get_prop("StreamType"), []).append(
                (pck.cts / pck.timescale, pck.dts / pck.timescale, pck.size)
            )

    with gpac.FilterSession() as fs:
        src = fs.load_src(mp4)
        sink = Reader(fs, stream_types=("Visual", "Audio"))
        sink.set_source(src)
        fs.run(timeout=20)
    expected = probe_packets(mp4, "v:0")
    # ffprobe applies the edit list, which removes the delay of the first frame
    delay = frames["Visual"][0][0] - expected[0][0]
    assert [f[2] for f in frames["Visual"]] == [p[2] for p in expected]
    assert [f[0] - delay for f in frames["Visual"]] == pytest.approx([p[0] for p in expected])
    assert [f[2] for f in frames["Audio"]] == [p[2] for p in probe_packets(mp4, "a:0")]


def test_statistics():
    fs, src, dst = run_pair(payloads=[b"abc"] * 10)
    stats = src.get_statistics()
    assert (stats.name, stats.reg_name, stats.nb_pck_sent, stats.nb_bytes_sent) == (b"Source", b"Source", 10, 30)
    assert dst.get_statistics().nb_pck_processed == 10
    assert dst.ipid_stats(0).nb_processed == 10
    fs.delete()
    assert stats.name == b"Source"


def test_options(mp4):
    with gpac.FilterSession() as fs:
        src = fs.load_src(mp4)
        args = {a.name.decode(): a for a in src.all_args()}
        assert "src" in args and str(args["src"]).startswith("- src (")
        assert src.get_arg_value("src") == mp4
        assert src.get_arg_value("no such option") is None
        values = {a["name"]: a for a in src.all_args_value()}
        assert values["src"]["value"] == mp4 and set(values["src"]) == {
            "name", "type", "value", "description", "default", "min_max_enum",
        }
        src.update("LT", "core@warning")


def test_links(mp4):
    with gpac.FilterSession() as fs:
        src = Source(fs)
        dst = Sink(fs, stream_types=("Audio",))
        with pytest.raises(gpac.GpacError):
            dst.set_source(dst)
        dst.set_source(None)
        dst.set_source(src, "#PID=1")
        fs.run(timeout=5)
        assert "PID1 of Source is not linked to Sink" in src.why_not(dst)
        with pytest.raises(gpac.GpacError, match="No output PID with index 5 in filter Source"):
            src.reconnect(5)
        assert src.probe_link(7, "fout") is None
        with pytest.raises(gpac.GpacError, match="No possible binding to filter class Source"):
            src.bind(object())


def test_link_condition():
    with gpac.FilterSession() as fs:
        src = Source(fs, props={"kind": "b"})
        wrong, right = Sink(fs, name="wrong"), Sink(fs, name="right")
        wrong.set_source(src, "#kind=a")
        right.set_source(src, "kind=b")
        fs.run(timeout=5)
        assert (wrong.received, right.received) == ([], [b"abc"])


def test_custom_attributes():
    seen = {}

    class Dst(Sink):
        def process(self):
            res = super().process()
            for name in ("block_enabled", "output_buffer", "playout_buffer", "sinks_done", "nb_evts_queued",
                         "clock_hint_time", "clock_hint_mediatime", "connections_pending"):
                seen[name] = getattr(self, name)
            self.hint_clock(5, gpac.Fraction64(1, 2))
            return res

    run_pair(sink_class=Dst, payloads=[b"x"] * 5)
    assert seen["block_enabled"] == 1 and str(seen["clock_hint_mediatime"]) == "1/2"


def test_opid_removal():
    class Src(Source):
        def process(self):
            if self.pid is None:
                self.reschedule(10000)
                return super().process() and 0
            if self.opids:
                pid = self.pid
                pid.remove()
                assert self.opids == []
                with pytest.raises(gpac.GpacError):
                    pid.name
            return gpac.GF_EOS

    fs, src, dst = run_pair(Src)
    assert len(dst.removed) == 1 and dst.ipids == []


def test_removed_while_running():
    """A filter removed by a task: its objects say so, the others go on."""
    seen = []

    class Remove(gpac.FilterTask):
        def execute(self):
            if not mid.opids:
                return 1
            if not seen:
                seen.append(mid.opids[0])
                mid.remove()
                return 1
            with pytest.raises(gpac.GpacError):
                seen[0].name
            with pytest.raises(gpac.GpacError, match="Filter Mid no longer valid"):
                mid.nb_ipid

    class Mid(gpac.FilterCustom):
        def __init__(self, session):
            super().__init__(session, "Mid")
            self.push_cap("StreamType", "Metadata", gpac.GF_CAPS_INPUT_OUTPUT)

        def configure_pid(self, pid, is_remove):
            if not is_remove:
                self.new_pid().copy_props(pid)

        def process(self):
            self.reschedule(1000)

    class Dst(Sink):
        def configure_pid(self, pid, is_remove):
            if is_remove and mid.opids:
                mid.opids[0].name
            return super().configure_pid(pid, is_remove)

    with gpac.FilterSession() as fs:
        src = Source(fs, [b"x"] * 1000)
        mid = Mid(fs)
        mid.set_source(src)
        dst = Dst(fs)
        dst.set_source(mid)
        fs.post(Remove("remove"))
        fs.run(timeout=10)
        assert len(dst.removed) == 1 and fs.nb_filters <= 2


def test_refused_pid_is_not_listed():
    class Dst(Sink):
        def configure_pid(self, pid, is_remove):
            return gpac.GF_FILTER_NOT_SUPPORTED

    fs, src, dst = run_pair(sink_class=Dst)
    assert dst.ipids == []


def test_event_round_trip():
    seen = []

    class Src(Source):
        def process_event(self, evt):
            seen.append((evt.base.type, evt.pid is self.pid, evt.file_del.url, evt))

    class Dst(Sink):
        def configure_pid(self, pid, is_remove):
            if not is_remove:
                evt = gpac.FilterEvent(gpac.GF_FEVT_FILE_DELETE)
                evt.file_del.url = b"name"
                pid.send_event(evt)
                assert evt.base.on_pid == pid.handle
            return 0

    run_pair(Src, Dst)
    assert seen[0][:3] == (gpac.GF_FEVT_FILE_DELETE, True, b"name")
    assert seen[0][3].file_del.url == b"name"


def test_fired_user_event():
    seen = []

    class Dst(Sink):
        def process_event(self, evt):
            seen.append(evt.user_event.event.mouse.x)
            return True

    with gpac.FilterSession() as fs:
        dst = Dst(fs)
        evt = gpac.FilterEvent(gpac.GF_FEVT_USER)
        evt.user_event.event.mouse.x = 12
        assert fs.fire_event(evt) == 0
        dst.accept_events(True)
        assert fs.fire_event(evt) == 1 and seen == [12]


def test_template_and_occupancy():
    names = []

    class Dst(Sink):
        def on_packet(self, pid, pck):
            names.append(pid.resolve_template("f_$num$", 3))
            occupancy = pid.get_buffer_occupancy()
            assert isinstance(occupancy.nb_pck, int) and occupancy.is_final_flush is False
            assert pid.is_filter_in_parents(pid.filter) in (0, 1)
            assert str(pid.get_clock_timestamp()) == "0/0"

    run_pair(sink_class=Dst)
    assert names == ["f_3"]


def test_example(mp4, tmp_path):
    import os
    import subprocess
    import sys

    script = os.path.join(os.path.dirname(__file__), "..", "..", "examples", "custom_filter.py")
    out = str(tmp_path / "out.mp4")
    text = subprocess.run([sys.executable, script, mp4, out], check=True, capture_output=True, text=True).stdout
    lines = text.splitlines()
    assert [l for l in lines if l.startswith("Visual: second")] == [
        l for i in range(5) for l in lines if l.startswith(f"Visual: second {i},")
    ]
    assert lines[-1] == out
    for stream in ("v:0", "a:0"):
        assert [p[2] for p in probe_packets(out, stream)] == [p[2] for p in probe_packets(mp4, stream)]


def test_waiting_for_play():
    """A filter that leaves its packets until somebody plays its output, as demultiplexers do, is not called for
    ever meanwhile, and it goes on when PLAY comes at last."""
    class Waiting(gpac.FilterCustom):
        def __init__(self, session):
            super().__init__(session, "Waiting")
            self.push_cap("StreamType", "Metadata", gpac.GF_CAPS_INPUT_OUTPUT)
            self.calls = 0
            self.played = False

        def configure_pid(self, pid, is_remove):
            if not is_remove:
                pid.send_event(gpac.FilterEvent(gpac.GF_FEVT_PLAY))
                pid.opid = self.new_pid()
                pid.opid.copy_props(pid)

        def process_event(self, evt):
            self.played |= evt.base.type == gpac.GF_FEVT_PLAY

        def process(self):
            self.calls += 1
            for pid in self.ipids:
                for pck in pid if self.played else ():
                    pid.opid.forward(pck)
                if pid.eos:
                    pid.opid.eos = True

    with gpac.FilterSession() as fs:
        src, waiting, dst = Source(fs, [b"x"] * 5), Waiting(fs), Sink(fs, play=False)
        waiting.set_source(src)
        dst.set_source(waiting)
        fs.run(timeout=20)
        assert waiting.calls < 100 and dst.received == []
        dst.ipids[0].send_event(gpac.FilterEvent(gpac.GF_FEVT_PLAY))
        fs.run(timeout=20)
        assert dst.received == [b"x"] * 5 and fs.last_process_error == gpac.GF_OK


def test_source_starts_again(tmp_path):
    """SOURCE_SWITCH without a URL is the same source from its beginning."""
    path = tmp_path / "a.bin"
    path.write_bytes(bytes(range(100)))

    class Twice(Sink):
        switched = False

        def on_packet(self, pid, pck):
            super().on_packet(pid, pck)
            if not self.switched:
                self.switched = True
                pid.send_event(gpac.FilterEvent(gpac.GF_FEVT_SOURCE_SWITCH))

    fs = gpac.FilterSession()
    dst = Twice(fs, ("File",))
    dst.set_source(fs.load_src(str(path)))
    fs.run(timeout=20)
    assert b"".join(dst.received) == bytes(range(100)) * 2
