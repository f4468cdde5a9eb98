# SPDX-License-Identifier: MIT
"""A model of the objects of the module, and a driver that makes calls in any order and compares.

The driver reads its decisions from a string of bytes. Calls are made between runs of a session and inside all of its
callbacks. The model knows of each object whether it must be valid, must not be, or may be either because the engine
decides; and what a call on it gives or which error it raises. Payloads are one byte repeated, so that memory of
something else shows.
"""

import re

import libgpac as gpac

MAX_DEPTH = 3
MAX_OBJECTS = 40
GONE = "no longer valid"


class Boom(Exception):
    """Raised by callbacks on purpose."""


class Record:
    """What the model knows of a packet."""

    def __init__(self, pck, kind, session, pid=None, byte=None, shared=False):
        self.pck, self.kind, self.session, self.pid = pck, kind, session, pid
        self.byte, self.shared = byte, shared
        self.refs = 0
        self.dead = False
        self.released = 0
        self.epoch = None

    def describe(self):
        return (f"{self.kind} packet: refs {self.refs}, dead {self.dead}, byte {self.byte}, shared {self.shared}, "
                f"released {self.released}, epoch {self.epoch}, deleting {self.session.deleting}, {self.pck}, {self.pid}")


class Callbacks:
    """Filters of all three kinds: what they receive is dropped or passed on, what they send is made here."""

    def setup(self, world, kind):
        self.world, self.kind, self.left = world, kind, world.number(12)

    def configure_pid(self, pid, is_remove):
        w = self.world
        with w.inside(self):
            assert pid in self.ipids or not is_remove or pid in w.refused or w.booms
            if not is_remove:
                if pid not in self.ipids:
                    w.pids.append(pid)
                    w.configure(self, pid)
                code = w.pick([0] * 12 + [None, gpac.GF_NOT_SUPPORTED, gpac.GF_FILTER_NOT_SUPPORTED,
                                          gpac.GF_REQUIRES_NEW_INSTANCE, gpac.GF_BAD_PARAM, gpac.GF_EOS])
                if code or self.world.booms:
                    w.refused.add(pid)
                return code
            opid = getattr(pid, "opid", None)
            if opid in self.opids and w.valid_pid(opid) and w.number(2):
                w.remove_pid(opid)
            w.ending.append(pid)

    def process(self):
        w = self.world
        with w.inside(self):
            for pid in list(self.ipids):
                while not w.pid_gone(pid) and (pck := w.get_packet(pid)) is not None:
                    w.consume(self, pid, pck)
                opid = getattr(pid, "opid", None)
                if not w.pid_gone(pid) and pid.eos and opid in self.opids and w.valid_pid(opid):
                    opid.eos = True
            if self.kind == "source":
                return w.produce(self)
            return w.pick([0, None, gpac.GF_EOS, 0, 0, 0, gpac.GF_IO_ERR, 0])

    def process_event(self, evt):
        assert evt.pid is None or evt.base.on_pid == evt.pid.handle
        with self.world.inside(self):
            return self.world.number(4) == 3

    def reconfigure_output(self, opid):
        with self.world.inside(self):
            assert opid in self.opids

    def packet_release(self, pid, pck):
        w = self.world
        record = w.by_id[id(pck)]
        assert record.pck is pck and record.pid is pid and record.shared
        record.released += 1
        assert record.released == 1
        with w.inside(self):
            pass


class Node(Callbacks, gpac.FilterCustom):
    pass


class Session(gpac.FilterSession):
    world = None

    def on_filter_new(self, f):
        if self.world:
            assert f not in self.world.dead
            self.world.filters.append(f)
            with self.world.inside(f):
                pass

    def on_filter_del(self, f):
        if self.world:
            assert f not in self.world.dead
            try:
                with self.world.inside(f):
                    pass
            finally:
                self.world.dead.add(f)


class Inside:
    """A callback: some calls of any kind, perhaps an exception."""

    def __init__(self, world, session):
        self.world, self.session = world, session

    def __enter__(self):
        w = self.world
        w.depth += 1
        self.session.busy += 1
        w.epoch += 1
        try:
            if w.depth <= MAX_DEPTH:
                for _ in range(w.number(4)):
                    w.step()
            if w.number(200) == 199:
                w.booms += 1
                raise Boom
        except BaseException as failure:
            self.__exit__(type(failure), failure, None)
            raise

    def __exit__(self, kind, exc, trace):
        w = self.world
        w.depth -= 1
        self.session.busy -= 1
        w.epoch += 1
        if kind and kind is not Boom and not w.failure:
            w.failure = exc
        return False


class Model:
    """What is known of all objects, and the calls that filters make by themselves."""

    def __init__(self, choices, folder):
        self.choices, self.at = choices, 0
        self.folder = folder
        self.depth = self.calls = self.booms = self.epoch = 0
        self.failure = None
        self.timed_out = False
        self.mixed = False  # whole frames were asked for: they join packets
        self.all_sessions = []
        self.sessions, self.filters, self.pids, self.records, self.tasks, self.views = [], [], [], [], [], []
        self.files, self.by_id = [], {}
        self.dead, self.gone_pids, self.refused, self.ending = set(), set(), set(), []
        self.actions = [getattr(self, name) for name in dir(self) if name.startswith("act_")]

    # ---- decisions

    @property
    def over(self):
        return self.at >= len(self.choices)

    def number(self, below):
        if self.over:
            return 0
        self.at += 1
        return self.choices[self.at - 1] % below

    def pick(self, items):
        return items[self.number(len(items))] if items else None

    def inside(self, owner):
        return Inside(self, owner.session)

    def step(self):
        if not self.over and not self.failure:
            for pid in self.ending[:]:
                self.ending.remove(pid)
                self.gone_pids.add(pid)
            self.pick(self.actions)()

    # ---- calls

    def call(self, function, *args, error=None, maybe=None):
        """Makes a call. It must raise when `error` says which text, and must not otherwise, except for a text `maybe`."""
        self.calls += 1
        # While a session is deleted its objects can be looked at, and little else.
        deleting = any(fs.deleting for fs in self.all_sessions)
        if deleting:
            maybe = f"{maybe}|FilterSession {GONE}" if maybe else f"FilterSession {GONE}"
        try:
            result = function(*args)
        except Boom:
            if not self.booms:
                raise
            return None
        except TimeoutError:
            self.timed_out = True  # run(): a muxer may wait for a stream that a consumer holds up
            return None
        except (gpac.GpacError, ValueError, TypeError, OverflowError) as failure:
            wanted = "|".join(text for text in (error, maybe) if text)
            if not wanted or not re.search(wanted, str(failure)):
                raise AssertionError(f"{function} {args}: {failure!r}, expected {error or maybe or 'a result'}") from failure
            return None
        assert not error or deleting, f"{function} {args} gave {result!r} instead of an error: {error}"
        return result

    def disturb(self, function, *args, **options):
        self.epoch += 1
        result = self.call(function, *args, **options)
        self.epoch += 1
        return result

    # ---- validity

    def filter_error(self, f):
        return GONE if f in self.dead else None

    def pid_gone(self, pid):
        """The engine takes PIDs away by itself: one that is gone stays gone."""
        try:
            pid.name
        except gpac.GpacError as failure:
            assert GONE in str(failure)
            self.gone_pids.add(pid)
            return True
        assert pid not in self.gone_pids
        return False

    def valid_pid(self, pid):
        return not self.pid_gone(pid)

    def packet_error(self, record):
        """The text that any use of the packet raises, or None."""
        alive = None
        if record.dead or record.session not in self.sessions and not record.session.deleting:
            alive = False
        elif record.session.deleting:
            pass
        elif record.kind == "output" and record.pid.filter in self.dead:
            alive = False
        elif record.kind != "source" or record.refs or record.epoch == self.epoch:
            alive = True
        try:
            record.pck.size
            found = True
        except gpac.GpacError as failure:
            assert GONE in str(failure)
            found = False
        assert alive is None or alive == found, f"{record.describe()} is {found}, not {alive}"
        if not found:
            record.dead = True
        return None if found else GONE

    def record(self, pck, kind, pid, byte=None, shared=False):
        session = pid.filter.session if pid is not None else None
        record = Record(pck, kind, session, pid, byte, shared)
        self.by_id[id(pck)] = record
        self.records.append(record)
        if len(self.records) > MAX_OBJECTS:
            self.forget(self.records.pop(0))
        return record

    def forget(self, record):
        if not record.shared:  # its release is checked at the end
            self.by_id.pop(id(record.pck), None)

    def check_data(self, record):
        data = self.call(getattr, record.pck, "data", maybe="FilterSession" if record.session.deleting else None)
        if data is None:
            return
        content = bytes(data)
        if self.mixed:
            return
        assert len(set(content)) <= 1, "memory of somebody else"
        if record.byte is not None and content:
            assert content[0] == record.byte, f"{record.describe()}: {content[0]}"
        elif content:
            record.byte = content[0]
        if self.number(8) == 0:
            self.views.append((data, content))

    def fill(self, record):
        byte = self.number(256)
        data = self.call(getattr, record.pck, "data", maybe="FilterSession" if record.session.deleting else None)
        memory = memoryview(data if data is not None else b"")
        if not memory.readonly:
            memory[:] = bytes([byte]) * len(memory)
            record.byte = byte if len(memory) else None

    # ---- what the filters do

    def configure(self, f, pid):
        if f.kind == "forward":
            pid.opid = self.new_pid(f)
            if pid.opid is not None:
                self.call(pid.opid.copy_props, pid)
        if self.number(8) != 7:
            self.disturb(pid.send_event, gpac.FilterEvent(gpac.GF_FEVT_PLAY), maybe=GONE)

    def new_pid(self, f):
        pid = self.call(f.new_pid, error=self.filter_error(f), maybe="Failed to create output pid")
        if pid is not None:
            assert pid in f.opids and pid.filter is f
            self.pids.append(pid)
        return pid

    def remove_pid(self, pid):
        f = pid.filter
        if f.session.deleting:
            return
        self.disturb(pid.remove)
        self.gone_pids.add(pid)
        assert pid not in f.opids

    def get_packet(self, pid):
        before = self.by_id.get(id(getattr(pid, "head", None)))
        unchanged = before is not None and before.epoch == self.epoch and not before.dead
        pck = self.call(pid.get_packet)
        assert not unchanged or pck is before.pck
        pid.head = pck
        if pck is None or self.pid_gone(pid):
            return pck
        record = before if before is not None and before.pck is pck else self.record(pck, "source", pid)
        record.epoch = self.epoch
        if not self.packet_error(record):
            self.check_data(record)
        return pck

    def consume(self, f, pid, pck):
        opid = getattr(pid, "opid", None)
        record = self.by_id.get(id(pck))
        if record and not record.dead and self.number(4) == 3 and not self.packet_error(record):
            self.call(pck.ref)
            record.refs += 1
        if opid is not None and opid in f.opids and self.valid_pid(opid) and record and not self.packet_error(record):
            if self.number(3):
                self.disturb(opid.forward, pck)
            else:
                self.derive(opid, record, send=True)
        if self.valid_pid(pid):
            self.drop(pid)

    def drop(self, pid):
        record = self.by_id.get(id(getattr(pid, "head", None)))
        self.disturb(pid.drop_packet)
        pid.head = None
        if record and record.kind == "source" and not record.refs:
            record.dead = True

    def produce(self, f):
        if not f.opids:
            self.declare(f)
        for pid in f.opids:
            if self.pid_gone(pid):
                continue
            if not f.left:
                pid.eos = True
            elif not pid.would_block:
                f.left -= 1
                self.make(pid, send=True)
        return gpac.GF_EOS if not f.left else self.pick([0, None])

    def declare(self, f):
        pid = self.new_pid(f)
        if pid is not None and self.valid_pid(pid):
            self.call(pid.set_prop, "StreamType", "Metadata")
            self.call(pid.set_prop, "CodecID", "mtxt")
            self.call(pid.set_prop, "Timescale", 10)

    def make(self, pid, send=False):
        """A packet with memory of its own or of the script."""
        size = self.pick([0, 1, 5, 300, 70000])
        if self.number(3) == 0:
            byte = self.number(256)
            data = self.pick([bytes, bytearray])([byte]) * size
            pck = self.call(pid.new_pck_shared, data)
            record = self.record(pck, "output", pid, byte if size else None, shared=True)
        else:
            pck = self.call(pid.new_pck, size)
            record = self.record(pck, "output", pid)
            self.fill(record)
        if send:
            self.send(record)

    def derive(self, opid, record, send=False):
        """A packet made of another one."""
        src, how = record.pck, self.number(3)
        if how == 0:
            size, offset = self.pick([(0, 0), (1, 0), (2, 1), (0, 1), (2**32 - 1, 1), (5, 2**32 - 1)])
            pck = self.call(opid.new_pck_ref, src, size, offset)
            fits = offset + size <= src.size
            assert (pck is not None) == fits or src.data is None or (pck is None and offset == src.size)
        else:
            pck = self.call(opid.new_pck_copy if how == 1 else opid.new_pck_clone, src)
        if pck is None:
            return
        made = self.record(pck, "output", opid, record.byte)
        self.check_data(made)
        if how and self.number(2):
            self.fill(made)
            if how == 2:
                record.byte = None  # a clone may use the memory of its source
            if not self.packet_error(record):
                self.check_data(record)
        if send:
            self.send(made)

    def send(self, record):
        if self.pid_gone(record.pid):
            self.disturb(record.pck.send, error=GONE)
            return
        record.dead = True
        self.disturb(record.pck.send)
