# SPDX-License-Identifier: MIT
"""The multiplexer under a segmenter: where segments and fragments begin, what packets and events tell of them. The
segmenter is a filter of the test, as is the sink; files are read with tests/isom.py."""

from collections import namedtuple

import isom
import pytest
from lab import make

import libgpac as gpac

Packet = namedtuple("Packet", "props start end seek offset data")
NAMES = ("InitSeg", "FileNumber", "FileName", "LLHASFragNum", "LLHASTemplate", "HASSegStart")


class Segmenter(gpac.FilterCustom):
    """Passes streams on, with the properties of a segmenter, and keeps the events that come back."""

    def __init__(self, session, duration=1, props=(), names=True, close=False, relative=False):
        super().__init__(session, "Segmenter")
        for kind in ("Visual", "Audio"):
            self.push_cap("StreamType", kind, gpac.GF_CAPS_INPUT_OUTPUT)
        self.set_max_pids(-1)
        self.duration, self.props, self.names, self.close, self.relative = duration, props, names, close, relative
        self.events, self.pairs, self.numbers = [], {}, {}

    def configure_pid(self, pid, is_remove):
        if is_remove:
            return
        if pid not in self.pairs:
            self.pairs[pid] = self.new_pid()
            self.numbers[pid] = 0
            pid.send_event(gpac.FilterEvent(gpac.GF_FEVT_PLAY))
        out = self.pairs[pid]
        out.copy_props(pid)
        for name, value in self.props:
            out.set_prop(name, value)

    def process_event(self, event):
        if event.base.type == gpac.GF_FEVT_SEGMENT_SIZE:
            e = event.seg_size
            self.events.append(("init" if e.is_init else "segment", e.media_range_start, e.media_range_end,
                                e.idx_range_start, e.idx_range_end, e.is_shift))
        elif event.base.type == gpac.GF_FEVT_FRAGMENT_SIZE:
            e = event.frag_size
            self.events.append(("part", e.offset, e.size, e.duration.num / e.duration.den, bool(e.independent))
                               if not e.is_last else ("parts end",))
        return False

    def mark(self, pid, packet):
        """The first packets of segments are those with random access at or after a multiple of the duration."""
        number, time = self.numbers[pid], packet.cts / pid.timescale
        if not packet.sap or time < number * self.duration or number == 3:
            return
        self.numbers[pid] = number = number + 1
        base = pid is self.ipids[0]
        packet.set_prop("FileNumber", number)
        if self.names and base:
            packet.set_prop("FileName", f"s{number}.m4s")
            if self.relative:
                packet.set_prop("RelativePath", True)

    def process(self):
        for pid, out in self.pairs.items():
            while not out.would_block and (packet := pid.get_packet()) is not None:
                copy = out.new_pck_clone(packet)
                self.mark(pid, copy)
                if self.close and copy.get_prop("FileNumber") and self.numbers[pid] > 1:
                    end = out.new_pck(0)
                    end.set_prop("EODS", True)
                    end.send()
                copy.send()
                pid.drop_packet()
            if pid.eos:
                out.eos = True
        return 0


class Sink(gpac.FilterCustom):
    """Keeps the packets of the file PID."""

    def __init__(self, session):
        super().__init__(session, "Sink")
        self.push_cap("StreamType", "File", gpac.GF_CAPS_INPUT)
        self.push_cap("Extension", "mp4", gpac.GF_CAPS_INPUT)
        self.packets = []

    def configure_pid(self, pid, is_remove):
        if not is_remove:
            pid.send_event(gpac.FilterEvent(gpac.GF_FEVT_PLAY))

    def process(self):
        for pid in self.ipids:
            while (p := pid.get_packet()) is not None:
                props = {name: p.get_prop(name) for name in NAMES if p.get_prop(name) is not None}
                self.packets.append(Packet(props, p.start, p.end, p.seek, p.byte_offset,
                                           bytes(p.data) if p.data is not None else b""))
                pid.drop_packet()
        return 0


@pytest.fixture(scope="session")
def film(media):
    """Three seconds, a random access point every half second, B-frames."""
    return make(media / "segments.mp4", *"-f lavfi -i testsrc2=size=160x120:rate=20:duration=3 -f lavfi -i".split(),
                "sine=sample_rate=48000:duration=3", *"-c:v libx264 -g 10 -bf 2 -pix_fmt yuv420p -c:a aac".split())


def run(source, options, **how):
    session = gpac.FilterSession()
    session.load_src(source)
    segmenter = Segmenter(session, **how)
    mux = session.load(f"mp4mx{options}")
    mux.set_source(segmenter)
    sink = Sink(session)
    sink.set_source(mux)
    session.run(timeout=60)
    return segmenter, sink


SEGMENTS = (("DashMode", 1),)


def files_of(packets):
    """{name: bytes}: a packet with a name or a start flag begins a file."""
    files, name = {}, None
    for p in packets:
        if p.start or "FileName" in p.props:
            name = p.props.get("FileName", "init")
            assert name not in files
            files[name] = b""
        files[name] += p.data
    return files


def media_times(fragments, timescale):
    """(start of the first fragment, end of the last one) in seconds."""
    return fragments[0].tfdt / timescale, (fragments[-1].tfdt + sum(fragments[-1].column("durations"))) / timescale


def test_segments(film):
    """One file each: the packets say where they begin and end, the events how long they are."""
    segmenter, sink = run(f"{film}#video", ":cdur=0.5", props=SEGMENTS)
    files = files_of(sink.packets)
    assert list(files) == ["init", "s1.m4s", "s2.m4s", "s3.m4s"]
    assert isom.types(files["init"]) == ["ftyp", "free", "moov"]
    moov = isom.find(files["init"], "moov")[0]
    timescale = isom.words(isom.find(moov, "trak", "mdia", "mdhd")[0])[2]
    starts = [p for p in sink.packets if p.start]
    assert starts[0].props == {"InitSeg": True} and starts[0].end
    assert [p.props for p in starts[1:]] == [{"FileNumber": i, "FileName": f"s{i}.m4s"} for i in (1, 2, 3)]
    assert sum(p.end for p in sink.packets) == 4 and not any(p.seek for p in sink.packets)
    for number in (1, 2, 3):
        data = files[f"s{number}.m4s"]
        assert isom.types(data) == ["styp"] + ["moof", "mdat"] * 2
        fragments = isom.fragments(data, moov)
        assert [len(f.data) for f in fragments] == [10, 10]
        assert media_times(fragments, timescale) == (number - 1, number)
        assert fragments[0].sync[0]
    numbers = [isom.words(p)[0] for data in files.values() for p in isom.find(data, "moof", "mfhd")]
    assert numbers == [1, 2, 3, 4, 5, 6]
    sizes = [("init", 0, len(files["init"]) - 1, 0, 0, 0)]
    sizes += [("segment", 0, len(files[f"s{i}.m4s"]) - 1, 0, 0, 0) for i in (1, 2, 3)]
    assert segmenter.events == sizes


def test_one_fragment_for_each_segment(film):
    segmenter, sink = run(f"{film}#video", "", props=SEGMENTS)
    files = files_of(sink.packets)
    assert [isom.types(data) for name, data in files.items() if name != "init"] == [["styp", "moof", "mdat"]] * 3


def test_duration_of_fragments_by_property(film):
    """`FragDur` of the segmenter holds where the option says nothing."""
    segmenter, sink = run(f"{film}#video", "", props=(*SEGMENTS, ("FragDur", gpac.Fraction(1, 4))))
    files = files_of(sink.packets)
    assert isom.types(files["s2.m4s"]) == ["styp"] + ["moof", "mdat"] * 4


def test_sequence_numbers_and_brands(film):
    segmenter, sink = run(f"{film}#video", ":msn=10:msninc=5:styp=cmfs.2:lmsg:m4cc=abcd", props=SEGMENTS)
    files = files_of(sink.packets)
    segments = [files[f"s{i}.m4s"] for i in (1, 2, 3)]
    assert [isom.words(isom.find(data, "moof", "mfhd")[0])[0] for data in segments] == [10, 15, 20]
    brands = [isom.find(data, "styp")[0] for data in segments]
    assert brands[0] == b"cmfs" + bytes([0, 0, 0, 2]) + b"cmfsmsdhmsix"
    assert brands[2] == brands[0] + b"lmsg" and brands[1] == brands[0]
    assert [isom.types(data)[-1] for data in files.values()] == ["abcd"] * 4


def test_times_of_segments(film):
    """`tfdt` moves all decode times."""
    segmenter, sink = run(f"{film}#video", ":tfdt=100/1", props=SEGMENTS)
    files = files_of(sink.packets)
    moov = isom.find(files["init"], "moov")[0]
    timescale = isom.words(isom.find(moov, "trak", "mdia", "mdhd")[0])[2]
    assert [media_times(isom.fragments(files[f"s{i}.m4s"], moov), timescale)[0] for i in (1, 2, 3)] == [100, 101, 102]


def test_two_tracks(film):
    """The file is named by the track that has the name; no track waits for the segment of the other."""
    segmenter, sink = run(film, ":cdur=0.5", props=SEGMENTS)
    files = files_of(sink.packets)
    assert list(files) == ["init", "s1.m4s", "s2.m4s", "s3.m4s"]
    moov = isom.find(files["init"], "moov")[0]
    tracks = [sorted({f.track for f in isom.fragments(data, moov)}) for name, data in files.items() if name != "init"]
    assert tracks == [[1, 2]] * 3
    total = {1: 0, 2: 0}
    for name, data in files.items():
        for f in isom.fragments(data, moov) if name != "init" else ():
            total[f.track] += len(f.data)
    assert total[1] == 60 and total[2] >= 140
    assert [e[0] for e in segmenter.events] == ["init", "segment", "segment", "segment"]


@pytest.mark.parametrize("mode", [1, 2, 3])
def test_parts(film, mode):
    """Low latency: a part for each fragment, which the sink hears of with its first packet and the segmenter when it was
    sent; independent ones begin with a random access point."""
    segmenter, sink = run(f"{film}#video", ":cdur=0.25", props=(*SEGMENTS, ("LLHAS", mode)))
    files = files_of(sink.packets)
    moov = isom.find(files["init"], "moov")[0]
    expected = [("init", 0, len(files["init"]) - 1, 0, 0, 0)]
    for number in (1, 2, 3):
        data = files[f"s{number}.m4s"]
        boxes = isom.places(data)
        assert [kind for kind, *_ in boxes] == ["styp"] + ["moof", "mdat"] * 4
        fragments = isom.fragments(data, moov)
        assert all(f.tfdt is not None for f in fragments)
        expected += [("part", boxes[2 * i + 1][1], boxes[2 * i + 2][3] - boxes[2 * i + 1][1], 0.25, f.sync[0])
                     for i, f in enumerate(fragments)]
        expected += [("parts end",), ("segment", 0, len(data) - 1, 0, 0, 0)]
    assert segmenter.events == expected
    parts = [p.props["LLHASFragNum"] for p in sink.packets if "LLHASFragNum" in p.props]
    assert parts == [0, 1, 2, 3] * 3  # the names of part files, which playlists tell, are numbered from 0


def test_parts_leave_at_once(film):
    """The last brand cannot be known before the end, and is not waited for."""
    segmenter, sink = run(f"{film}#video", ":cdur=0.25:lmsg", props=(*SEGMENTS, ("LLHAS", 1)))
    assert [e[0] for e in segmenter.events[:7]] == ["init"] + ["part"] * 4 + ["parts end", "segment"]
    assert segmenter.events[1][1] == len(isom.box("styp", b"x" * 16))
    assert not any(b"lmsg" in p.data for p in sink.packets)


def test_parts_without_index(film):
    """An index would come in front of the segment, whose parts leave as soon as they are there."""
    segmenter, sink = run(f"{film}#video", ":cdur=0.25:subs_sidx=0", props=(*SEGMENTS, ("LLHAS", 2)))
    assert [e[0] for e in segmenter.events[:7]] == ["init"] + ["part"] * 4 + ["parts end", "segment"]
    assert isom.types(files_of(sink.packets)["s1.m4s"]) == ["styp"] + ["moof", "mdat"] * 4
    assert [p.props["LLHASFragNum"] for p in sink.packets if "LLHASFragNum" in p.props] == [0, 1, 2, 3] * 3


def test_closed_segments(film):
    """An empty packet with `EODS` ends a segment before the next one begins."""
    segmenter, sink = run(f"{film}#video", ":cdur=0.5", props=SEGMENTS, close=True)
    assert [e[0] for e in segmenter.events] == ["init", "segment", "segment", "segment"]
    assert len(files_of(sink.packets)["s3.m4s"]) == segmenter.events[3][2] + 1


def test_size_when_the_sink_is_done(film):
    """`SegSync`: the size of a segment is told when the sink has released its last packet."""
    seen = []

    class Watching(Sink):
        def process(self):
            for pid in self.ipids:
                while (p := pid.get_packet()) is not None:
                    seen.append((p.end, sum(e[0] == "segment" for e in self.segmenter.events)))
                    pid.drop_packet()
            return 0

    session = gpac.FilterSession()
    session.load_src(f"{film}#video")
    segmenter = Segmenter(session, props=(*SEGMENTS, ("SegSync", True)))
    mux = session.load("mp4mx")
    mux.set_source(segmenter)
    sink = Watching(session)
    sink.segmenter = segmenter
    sink.set_source(mux)
    session.run(timeout=60)
    assert [e[0] for e in segmenter.events] == ["init", "segment", "segment", "segment"]
    ends = 0
    for end, told in seen[1:]:  # after the initialisation segment
        assert told <= ends
        ends += end
    assert ends == 3


def test_events_in_front_of_the_index(film):
    """Clock and messages of the first fragment come between `styp` and `sidx`, those of others in front of theirs."""
    class Telling(Segmenter):
        def mark(self, pid, packet):
            super().mark(pid, packet)
            if packet.sap:
                packet.set_prop("SenderNTP", 5 << 32)
                packet.set_prop("emsg", b"\1" + b"\0" * 30, gpac.GF_PROP_DATA)

    session = gpac.FilterSession()
    session.load_src(f"{film}#video")
    segmenter = Telling(session, props=SEGMENTS)
    mux = session.load("mp4mx:cdur=0.5:subs_sidx=0")
    mux.set_source(segmenter)
    sink = Sink(session)
    sink.set_source(mux)
    session.run(timeout=60)
    data = files_of(sink.packets)["s2.m4s"]
    assert isom.types(data) == ["styp", "prft", "emsg", "sidx", "moof", "mdat", "prft", "emsg", "moof", "mdat"]
    index = next(b for b in isom.places(data) if b[0] == "sidx")
    refs = isom.parse_index(data[index[2]:index[3]]).refs
    assert index[3] + refs[0][1] == [b for b in isom.places(data) if b[0] == "prft"][1][1]
    assert index[3] + refs[0][1] + refs[1][1] == len(data)


def test_parts_of_the_index(film):
    """8.16.4: `ssix` comes after an index whose references are all to media."""
    segmenter, sink = run(f"{film}#video", ":cdur=0.25:subs_sidx=2:ssix", props=SEGMENTS)
    data = files_of(sink.packets)["s1.m4s"]
    assert isom.types(data) == ["styp", "sidx"] + ["sidx", "ssix", "moof", "mdat", "moof", "mdat"] * 2
    tops = isom.parse_index(isom.find(data, "sidx")[0]).refs
    place = next(b for b in isom.places(data) if b[0] == "sidx")[3]
    for is_index, size, *_ in tops:
        assert is_index and data[place + 4:place + 8] == b"sidx"
        place += size
    assert place == len(data)


@pytest.mark.parametrize("options,told", [(":abs_offset", "abs_offset"), (":chain_sidx", "chain_sidx"),
                                          (":sseg", "sseg")])
def test_options_that_do_not_fit(film, options, told, capfd):
    mode = 2 if "chain" in options else 1
    segmenter, sink = run(f"{film}#video", options, props=(("DashMode", mode),))
    assert f"[mp4mx] {told}:" in capfd.readouterr().err and not sink.packets


@pytest.mark.parametrize("subs_sidx,chain,expected", [
    (0, "", [["styp", "sidx"] + ["moof", "mdat"] * 4]),
    (2, "", [["styp", "sidx"] + (["sidx"] + ["moof", "mdat"] * 2) * 2]),
    (2, ":chain_sidx", [["styp"] + (["sidx"] + ["moof", "mdat"] * 2) * 2]),
    (3, ":chain_sidx", [["styp"] + (["sidx"] + ["moof", "mdat"] * 2) * 2]),
    (4, "", [["styp", "sidx"] + ["moof", "mdat"] * 4]),
])
def test_indexes_of_segments(film, subs_sidx, chain, expected):
    """ISO/IEC 14496-12 8.16.3: references follow each other from the end of the index; one to an index covers what that
    one does. The event tells where the first one is."""
    segmenter, sink = run(f"{film}#video", f":cdur=0.25:subs_sidx={subs_sidx}{chain}", props=SEGMENTS)
    files = files_of(sink.packets)
    moov = isom.find(files["init"], "moov")[0]
    for number in (1, 2, 3):
        data = files[f"s{number}.m4s"]
        assert [isom.types(data)] == expected
        first = next(b for b in isom.places(data) if b[0] == "sidx")
        leaves = follow(data, first[1])
        fragments = isom.fragments(data, moov)
        assert [leaf[0] for leaf in leaves] == [f.moof for f in fragments]
        assert [leaf[1] for leaf in leaves] == [sum(f.column("durations")) for f in fragments]
        assert [leaf[2] for leaf in leaves] == [f.sync[0] for f in fragments]
        event = [e for e in segmenter.events if e[0] == "segment"][number - 1]
        assert event == ("segment", 0, len(data) - 1, first[1], first[3] - 1, 0)


def follow(data, at):
    """[(place of the fragment, duration, starts with a random access point)] of an index and those it refers to."""
    size = int.from_bytes(data[at:at + 4], "big")
    index = isom.parse_index(data[at + 8:at + size])
    place, time, leaves = at + size + index.first_offset, index.earliest, []
    for is_index, length, duration, starts, kind in index.refs:
        if is_index:
            assert data[place + 4:place + 8] == b"sidx"
            inner = isom.parse_index(data[place + 8:place + int.from_bytes(data[place:place + 4], "big")])
            assert inner.earliest == time and sum(r[2] for r in inner.refs) == duration
            leaves += follow(data, place)
        else:
            assert data[place + 4:place + 8] == b"moof"
            leaves.append((place, duration, bool(starts) and kind == 1))
        place += length
        time += duration
    assert place == len(data) or data[place + 4:place + 8] == b"sidx"
    return leaves


@pytest.mark.parametrize("vodcache", ["on", "insert", "replace"])
def test_single_file(film, vodcache):
    """One file with an index in front: the events tell the places of the movie, the segments and the index."""
    props = (("DashMode", 2), ("DashDur", gpac.Fraction(1, 1)))
    segmenter, sink = run(f"{film}#video", f":subs_sidx=0:vodcache={vodcache}", props=props, names=False)
    data = bytearray()
    for p in sink.packets:
        if not p.seek:
            data += p.data
    for p in sink.packets:
        if p.seek and vodcache == "insert":
            data[p.offset:p.offset] = p.data
        elif p.seek:
            data[p.offset:p.offset + len(p.data)] = p.data
    data = bytes(data)
    boxes = isom.places(data)
    index = next(b for b in boxes if b[0] == "sidx")
    moov = next(b for b in boxes if b[0] == "moov")
    leaves = follow(data, index[1])
    assert len(leaves) == 3 and leaves[-1][0] == [b for b in boxes if b[0] == "moof"][-1][1]
    assert "styp" not in [b[0] for b in boxes]
    init, segments, last = segmenter.events[0], segmenter.events[1:-1], segmenter.events[-1]
    assert init == ("init", 0, moov[3] - 1, 0, 0, 0)
    assert last == ("init", 0, 0, index[1], index[3] - 1, vodcache != "replace")
    shift = index[3] - index[1] if vodcache != "replace" else 0
    starts = [e[1] + shift for e in segments]
    assert starts == [leaf[0] for leaf in leaves]
    assert [e[2] + shift + 1 for e in segments] == starts[1:] + [len(data)]


def test_files_written_by_the_engine(film, tmp_path):
    """The usual sink opens each file at its name, beside the initialisation segment."""
    session = gpac.FilterSession()
    session.load_src(f"{film}#video")
    segmenter = Segmenter(session, props=SEGMENTS, relative=True)
    session.load_dst(f"{tmp_path}/init.mp4:cdur=0.5").set_source(segmenter)
    session.run(timeout=60)
    assert sorted(p.name for p in tmp_path.iterdir()) == ["init.mp4", "s1.m4s", "s2.m4s", "s3.m4s"]
    moov = isom.find((tmp_path / "init.mp4").read_bytes(), "moov")[0]
    samples = sum(len(f.data) for i in (1, 2, 3) for f in isom.fragments((tmp_path / f"s{i}.m4s").read_bytes(), moov))
    assert samples == 60
    names = [e for e in segmenter.events if e[0] == "segment"]
    assert [e[2] + 1 for e in names] == [(tmp_path / f"s{i}.m4s").stat().st_size for i in (1, 2, 3)]


@pytest.mark.parametrize("options,patched", [
    (":store=frag:cdur=1", True), (":store=inter:cdur=2", True), (":store=frag:cdur=1:patch_dts=false", False)])
def test_decoding_times_that_go_back(film, options, patched, capfd):
    """Picture 5 is decoded when picture 3 should be: those before make room, and all are shown when they were; without the
    option picture 5 comes a tick after picture 4."""
    class Late(Segmenter):
        count = 0

        def mark(self, pid, packet):
            if self.count == 5:
                packet.dts -= 2 * packet.dur
            self.count += 1

    session = gpac.FilterSession()
    session.load_src(f"{film}#video")
    segmenter = Late(session)
    mux = session.load("mp4mx" + (options if "patch_dts" in options else options + ":patch_dts"))
    mux.set_source(segmenter)
    sink = Sink(session)
    sink.set_source(mux)
    session.run(timeout=60)
    data = b"".join(p.data for p in sink.packets)
    if "frag" in options:
        durations = [d for f in isom.fragments(data) for d in f.column("durations")]
        offsets = [o for f in isom.fragments(data) for o in f.column("offsets")]
    else:
        table = isom.find(data, "moov", "trak", "mdia", "minf", "stbl")[0]
        runs = lambda kind: isom.words(isom.find(table, kind)[0])[1:]
        durations, offsets = (sum(([b] * a for a, b in zip(r[::2], r[1::2])), []) for r in (runs("stts"), runs("ctts")))
    usual = durations[10]
    times = [sum(durations[:i]) for i in range(60)]
    expected = [i * usual for i in range(60)]
    if patched:
        expected[3:6] = [3 * usual - 2, 3 * usual - 1, 3 * usual]
    else:
        expected[5] = 4 * usual + 1
    assert times == expected
    shown = [t + o for t, o in zip(times, offsets)]
    steps = sorted(shown)
    assert patched == ([b - a for a, b in zip(steps, steps[1:])] == [usual] * 59)
    assert ("do not increase" in capfd.readouterr().err) == (not patched)
