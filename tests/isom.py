# SPDX-License-Identifier: MIT
"""Boxes of ISO base media files for tests, written and read from ISO/IEC 14496-12 alone."""

import struct
from dataclasses import dataclass, field

# Bytes before the boxes that these contain.
CONTAINERS = {"moov": 0, "trak": 0, "mdia": 0, "minf": 0, "stbl": 0, "dinf": 0, "edts": 0, "mvex": 0, "moof": 0, "traf": 0,
              "udta": 0, "mfra": 0, "sinf": 0, "schi": 0, "stsd": 8, "dref": 8, "meta": 4, "avc1": 78, "avc3": 78, "hvc1": 78,
              "av01": 78, "encv": 78, "mp4a": 28, "enca": 28}


def box(kind, payload):
    return struct.pack(">I4s", 8 + len(payload), kind.encode("latin1")) + payload


def full(kind, payload, version=0, flags=0):
    return box(kind, struct.pack(">I", version << 24 | flags) + payload)


def places(data, start=0, end=None):
    """[(type, start of the box, start of its payload, end)] of a sequence of boxes."""
    found, end = [], len(data) if end is None else end
    while start + 8 <= end:
        size, kind = struct.unpack(">I4s", data[start:start + 8])
        header = 8
        if size == 1:
            size, header = struct.unpack(">Q", data[start + 8:start + 16])[0], 16
        assert header <= size <= end - start, (kind, start, size)
        found.append((kind.decode("latin1"), start, start + header, start + size))
        start += size
    assert start == end
    return found


def children(data):
    """[(type, payload)] of a sequence of boxes."""
    return [(kind, data[at:end]) for kind, _, at, end in places(data)]


def types(data):
    return [kind for kind, _ in children(data)]


def find(data, *path):
    """Payloads of the boxes at a path."""
    if not path:
        return [data]
    return [p for kind, payload in children(data) if kind == path[0]
            for p in find(payload[CONTAINERS.get(kind, 0) if len(path) > 1 else 0:], *path[1:])]


def edit(data, path, change):
    """Replaces the payload of the first box at a path by change(payload)."""
    done, out = False, b""
    for kind, payload in children(data):
        if kind == path[0] and not done:
            done = True
            head = CONTAINERS.get(kind, 0)
            payload = change(payload) if len(path) == 1 else payload[:head] + edit(payload[head:], path[1:], change)
        out += box(kind, payload)
    assert done, path
    return out


def flags_of(payload):
    return struct.unpack(">I", payload[:4])[0] & 0xFFFFFF


def words(payload, at=4):
    return list(struct.unpack(f">{(len(payload) - at) // 4}I", payload[at:at + (len(payload) - at) // 4 * 4]))


def add_to_first_fragment(data, in_traf, in_front=b""):
    """Puts boxes into the first traf, and in front of its moof, which grows: so does the offset of its data."""
    def grow_run(trun):
        offset = struct.unpack(">i", trun[8:12])[0] + len(in_traf)
        return trun[:8] + struct.pack(">i", offset) + trun[12:]

    moof = box("moof", find(data, "moof")[0])
    grown = edit(edit(moof, ("moof", "traf", "trun"), grow_run), ("moof", "traf"), lambda traf: traf + in_traf)
    at = data.index(moof)
    return data[:at] + in_front + grown + data[at + len(moof):]


# ---- Fragments (8.8)


@dataclass
class Run:
    version: int
    flags: int
    sizes: list
    durations: list
    sample_flags: list
    offsets: list  # composition


@dataclass
class Fragment:
    """A track fragment. `tfdt` is None when absent; `data` the bytes of each sample."""
    track: int
    moof: int  # place of the box in the file
    order: list  # types of the boxes of the traf
    header: int  # flags of tfhd
    tfdt: int | None
    runs: list
    data: list = field(default_factory=list)
    places: list = field(default_factory=list)  # of the samples in the file

    def column(self, name):
        return [value for run in self.runs for value in getattr(run, name)]

    @property
    def sync(self):
        return [not f & 0x10000 for f in self.column("sample_flags")]


def defaults(moov):
    """{track: [description, duration, size, flags]} of trex."""
    return {w[0]: w[1:] for w in (words(p) for p in find(moov, "mvex", "trex"))}


def parse_run(trun, given):
    flags = flags_of(trun)
    nb, at = words(trun)[0], 8
    offset = first = None
    if flags & 1:
        offset, at = struct.unpack(">i", trun[at:at + 4])[0], at + 4
    if flags & 4:
        first, at = words(trun, at)[0], at + 4
    columns = [list(v) for v in zip(*[[given[1], given[2], given[3], 0]] * nb)] or [[], [], [], []]
    for i in range(nb):
        for column, bit in enumerate((0x100, 0x200, 0x400, 0x800)):
            if flags & bit:
                is_signed = bit == 0x800 and trun[0]
                columns[column][i] = struct.unpack(">i" if is_signed else ">I", trun[at:at + 4])[0]
                at += 4
    if first is not None:
        columns[2][0] = first
    assert at == len(trun)
    return offset, Run(trun[0], flags, columns[1], columns[0], columns[2], columns[3])


def parse_traf(data, moof, payload, trex):
    header = find(payload, "tfhd")[0]
    flags, at = flags_of(header), 8
    track = words(header)[0]
    given = list(trex.get(track, [1, 0, 0, 0]))
    base = moof
    if flags & 1:
        base, at = struct.unpack(">Q", header[at:at + 8])[0], at + 8
    for i, bit in enumerate((0x2, 0x8, 0x10, 0x20)):
        if flags & bit:
            given[i], at = words(header, at)[0], at + 4
    times = find(payload, "tfdt")
    tfdt = struct.unpack(">Q" if times[0][0] else ">I", times[0][4:])[0] if times else None
    found = Fragment(track, moof, types(payload), flags, tfdt, [])
    place = None
    for trun in find(payload, "trun"):
        offset, run = parse_run(trun, given)
        place = base + offset if offset is not None else place
        found.runs.append(run)
        for size in run.sizes:
            found.data.append(data[place:place + size])
            found.places.append(place)
            assert len(found.data[-1]) == size
            place += size
    return found


def fragments(data, moov=None):
    """The track fragments of a file or segment; `moov` for those of a segment."""
    trex = defaults(moov or (find(data, "moov") or [b""])[0])
    return [parse_traf(data, start, data[at + a:at + b], trex) for kind, start, at, end in places(data) if kind == "moof"
            for inner, _, a, b in places(data[at:end]) if inner == "traf"]


# ---- Indexes (8.16)


@dataclass
class Index:
    track: int
    timescale: int
    earliest: int
    first_offset: int
    refs: list  # (is an index, size, duration, starts with SAP, SAP type)


def parse_index(sidx):
    wide = sidx[0]
    track, timescale = words(sidx)[:2]
    at = 28 if wide else 20
    earliest, first = struct.unpack(">QQ" if wide else ">II", sidx[12:at])
    nb = struct.unpack(">HH", sidx[at:at + 4])[1]
    entries = words(sidx, at + 4)
    assert len(entries) == 3 * nb
    refs = [(a >> 31, a & 0x7FFFFFFF, duration, c >> 31, c >> 28 & 7)
            for a, duration, c in zip(entries[::3], entries[1::3], entries[2::3])]
    return Index(track, timescale, earliest, first, refs)
