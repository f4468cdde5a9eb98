# SPDX-License-Identifier: MIT
"""A small binding over the shared library alone, written from the description of the C interface.

It knows nothing of the package `libgpac`: what it takes for granted is what any binding made with ctypes may. Results
and parameters without a declaration are `int`, callbacks return `int` even where C says `void`.
"""

import ctypes
import functools
from ctypes import (
    CFUNCTYPE, POINTER, Structure, Union, byref, c_char_p, c_double, c_float, c_int, c_int32, c_int64, c_uint8,
    c_uint32, c_uint64, c_void_p, py_object,
)

NO_TS = 2**64 - 1
EOS, BAD_PARAM, NOT_FOUND = 1, -1, -53


def struct(name, fields, base=Structure):
    return type(name, (base,), {"_fields_": fields})


Fraction = struct("Fraction", [("num", c_int32), ("den", c_uint32)])
Fraction64 = struct("Fraction64", [("num", c_int64), ("den", c_uint64)])
Vec2i = struct("Vec2i", [("x", c_int32), ("y", c_int32)])
Vec2 = struct("Vec2", [("x", c_double), ("y", c_double)])
Vec4i = struct("Vec4i", [(name, c_int32) for name in "xyzw"])
Data = struct("Data", [("ptr", c_void_p), ("size", c_uint32)])
Strings = struct("Strings", [("vals", POINTER(c_char_p)), ("nb", c_uint32)])
UInts = struct("UInts", [("vals", POINTER(c_uint32)), ("nb", c_uint32)])
Vec2is = struct("Vec2is", [("vals", POINTER(Vec2i)), ("nb", c_uint32)])
Any = struct("Any", [
    ("sint", c_int32), ("uint", c_uint32), ("longsint", c_int64), ("longuint", c_uint64), ("frac", Fraction),
    ("lfrac", Fraction64), ("fnumber", c_float), ("number", c_double), ("vec2i", Vec2i), ("vec2", Vec2),
    ("vec4i", Vec4i), ("data", Data), ("string", c_char_p), ("ptr", c_void_p), ("strings", Strings), ("uints", UInts),
    ("vec2is", Vec2is),
], Union)
Value = struct("Value", [("type", c_uint32), ("value", Any)])
Stats = struct("Stats", [
    ("filter", c_void_p), ("alias", c_void_p), ("nb_tasks", c_uint64), ("nb_pck", c_uint64), ("nb_bytes", c_uint64),
    ("nb_sent", c_uint64), ("nb_hw_sent", c_uint64), ("nb_errors", c_uint32), ("nb_current_errors", c_uint32),
    ("bytes_sent", c_uint64), ("time", c_uint64), ("percent", c_int32), ("status", c_char_p), ("updated", c_uint32),
    ("name", c_char_p), ("reg_name", c_char_p), ("id", c_char_p), ("done", c_uint32), ("nb_in", c_uint32),
    ("nb_in_pck", c_uint64), ("nb_out", c_uint32), ("nb_out_pck", c_uint64), ("in_eos", c_uint32), ("type", c_int32),
    ("stream_type", c_uint32), ("codec", c_uint32), ("last_sent", Fraction64), ("last_drop", Fraction64),
    ("last_time", c_uint32),
])
PidStats = struct("PidStats", [("words", c_uint32 * 44)])
Arg = struct("Arg", [
    ("name", c_char_p), ("offset", c_int32), ("desc", c_char_p), ("type", c_uint32), ("default", c_char_p),
    ("enum", c_char_p), ("flags", c_uint32),
])
Base = struct("Base", [("type", c_uint32), ("on_pid", c_void_p)])
Play = struct(
    "Play", [*Base._fields_, ("start", c_double), ("end", c_double), ("speed", c_double), ("rest", c_uint8 * 48)])
UrlEvent = struct("UrlEvent", [*Base._fields_, ("url", c_char_p)])
# Many bindings allocate no more than their largest member: 88 bytes where the library has 136.
Event = struct("Event", [("base", Base), ("play", Play), ("file_del", UrlEvent)], Union)
assert ctypes.sizeof(Event) == 88 and ctypes.sizeof(Stats) == 216 and ctypes.sizeof(PidStats) == 176

OnProcess = CFUNCTYPE(c_int, c_void_p)
OnConfigure = CFUNCTYPE(c_int, c_void_p, c_void_p, c_uint32)
OnEvent = CFUNCTYPE(c_int, c_void_p, POINTER(Event))
OnOutput = CFUNCTYPE(c_int, c_void_p, c_void_p)
OnRelease = CFUNCTYPE(c_int, c_void_p, c_void_p, c_void_p)
OnTask = CFUNCTYPE(c_int, c_void_p, c_void_p, POINTER(c_uint32))
OnFilter = CFUNCTYPE(c_int, c_void_p, c_void_p, c_uint32)
IoOpen = CFUNCTYPE(c_void_p, c_void_p, c_char_p, c_char_p, POINTER(c_int))
IoSeek = CFUNCTYPE(c_int, c_void_p, c_uint64, c_int32)
IoMove = CFUNCTYPE(c_uint32, c_void_p, POINTER(c_uint8), c_uint32)
IoTell = CFUNCTYPE(c_int64, c_void_p)
IoEof = CFUNCTYPE(c_uint32, c_void_p)

P, S, U, I, L = c_void_p, c_char_p, c_uint32, c_int32, c_uint64
VALUE, EVENT, OUT = POINTER(Value), POINTER(Event), POINTER(c_int)
PROTOTYPES = {
    "gf_gpac_version": [S], "gf_error_to_string": [S, I], "gf_sys_init": [I, U, S], "gf_sys_close": [None],
    "gf_sys_clock_high_res": [L], "gf_sys_set_args": [I, I, POINTER(S)], "gf_log_set_tools_levels": [I, S, U],
    "gf_url_concatenate": [P, S, S], "gf_url_free": [None, P], "gf_file_handles_count": [U],
    "gf_props_get_id": [U, S], "gf_props_4cc_get_name": [S, U], "gf_props_4cc_get_type": [U, U],
    "gf_props_get_type_name": [S, U], "gf_props_parse_enum": [U, U, S], "gf_props_enum_name": [S, U, U],
    "gf_fs_new": [P, I, U, U, S], "gf_fs_del": [None, P], "gf_fs_run": [I, P], "gf_fs_abort": [I, P, U],
    "gf_fs_is_last_task": [U, P], "gf_fs_load_source": [P, P, S, S, S, OUT], "gf_fs_load_filter": [P, P, S, OUT],
    "gf_fs_load_destination": [P, P, S, S, S, OUT], "gf_fs_new_filter": [P, P, S, U, OUT],
    "gf_fs_get_filters_count": [U, P], "gf_fs_get_filter": [P, P, U], "gf_fs_enable_reporting": [None, P, U],
    "gf_fs_post_user_task": [I, P, OnTask, P, S], "gf_fs_fire_event": [U, P, P, EVENT, U],
    "gf_fs_set_filter_creation_callback": [I, P, OnFilter, py_object, U],
    "gf_fs_send_update": [None, P, S, P, S, S, U], "gf_fs_get_last_connect_error": [I, P],
    "gf_fs_get_last_process_error": [I, P],
    "gf_filter_push_caps": [I, P, U, VALUE, S, U, c_uint8], "gf_filter_set_process_ckb": [I, P, OnProcess],
    "gf_filter_set_configure_ckb": [I, P, OnConfigure], "gf_filter_set_process_event_ckb": [I, P, OnEvent],
    "gf_filter_set_reconfigure_output_ckb": [I, P, OnOutput], "gf_filter_get_name": [S, P], "gf_filter_get_id": [S, P],
    "gf_filter_set_rt_udta": [I, P, py_object], "gf_filter_get_stats": [I, P, POINTER(Stats)],
    "gf_filter_get_status": [S, P], "gf_filter_get_ipid_count": [U, P], "gf_filter_get_ipid": [P, P, U],
    "gf_filter_get_opid_count": [U, P], "gf_filter_get_opid": [P, P, U], "gf_filter_remove": [None, P],
    "gf_filter_enumerate_args": [POINTER(Arg), P, U], "gf_filter_get_arg": [U, P, S, VALUE],
    "gf_filter_get_info": [VALUE, P, U, POINTER(P)], "gf_filter_get_info_str": [VALUE, P, S, POINTER(P)],
    "gf_filter_release_property": [None, P], "gf_filter_set_source": [I, P, P, S],
    "gf_filter_reconnect_output": [I, P, P], "gf_filter_probe_link": [I, P, U, S, POINTER(P)],
    "gf_filter_get_possible_destinations": [I, P, I, POINTER(P)], "gf_filter_post_process_task": [None, P],
    "gf_filter_ask_rt_reschedule": [None, P, U], "gf_filter_update_status": [I, P, U, S],
    "gf_filter_set_max_extra_input_pids": [None, P, U], "gf_filter_set_event_target": [I, P, U],
    "gf_filter_pid_new": [P, P], "gf_filter_pid_remove": [None, P], "gf_filter_pid_set_udta": [None, P, py_object],
    "gf_filter_pid_get_udta": [P, P], "gf_filter_pid_get_name": [S, P], "gf_filter_pid_set_name": [None, P, S],
    "gf_filter_pid_get_source_filter": [P, P], "gf_filter_pid_enum_destinations": [P, P, U],
    "gf_filter_pid_set_property": [I, P, U, VALUE], "gf_filter_pid_set_property_dyn": [I, P, S, VALUE],
    "gf_filter_pid_set_info_dyn": [I, P, S, VALUE], "gf_filter_pid_get_property": [VALUE, P, U],
    "gf_filter_pid_get_property_str": [VALUE, P, S], "gf_filter_pid_copy_properties": [I, P, P],
    "gf_filter_pid_enum_properties": [VALUE, P, POINTER(U), POINTER(U), POINTER(S)],
    "gf_filter_pid_get_info_str": [VALUE, P, S, POINTER(P)], "gf_filter_pid_get_packet": [P, P],
    "gf_filter_pid_drop_packet": [None, P], "gf_filter_pid_is_eos": [U, P], "gf_filter_pid_set_eos": [None, P],
    "gf_filter_pid_send_event": [None, P, EVENT], "gf_filter_pid_get_next_ts": [c_int64, P],
    "gf_filter_pid_get_timescale": [U, P], "gf_filter_pid_would_block": [U, P],
    "gf_filter_pid_get_statistics": [I, P, POINTER(PidStats), U],
    "gf_filter_pid_get_clock_info": [U, P, POINTER(c_int64), POINTER(U)],
    "gf_filter_pck_new_alloc": [P, P, U, POINTER(P)], "gf_filter_pck_new_shared": [P, P, P, U, OnRelease],
    "gf_filter_pck_new_ref": [P, P, U, U, P], "gf_filter_pck_new_copy": [P, P, P, POINTER(P)],
    "gf_filter_pck_new_clone": [P, P, P, POINTER(P)], "gf_filter_pck_forward": [I, P, P],
    "gf_filter_pck_send": [I, P], "gf_filter_pck_discard": [None, P], "gf_filter_pck_ref_ex": [P, P],
    "gf_filter_pck_unref": [None, P], "gf_filter_pck_dangling_copy": [P, P, P],
    "gf_filter_pck_get_data": [P, P, POINTER(U)], "gf_filter_pck_truncate": [I, P, U],
    "gf_filter_pck_merge_properties": [I, P, P], "gf_filter_pck_set_property_dyn": [I, P, S, VALUE],
    "gf_filter_pck_get_property_str": [VALUE, P, S],
    "gf_filter_pck_enum_properties": [VALUE, P, POINTER(U), POINTER(U), POINTER(S)],
    "gf_filter_pck_get_dts": [L, P], "gf_filter_pck_get_cts": [L, P], "gf_filter_pck_set_dts": [I, P, L],
    "gf_filter_pck_set_cts": [I, P, L], "gf_filter_pck_get_duration": [U, P], "gf_filter_pck_set_duration": [I, P, U],
    "gf_filter_pck_get_sap": [U, P], "gf_filter_pck_set_sap": [I, P, U],
    "gf_filter_pck_get_roll_info": [ctypes.c_int16, P], "gf_filter_pck_set_roll_info": [I, P, ctypes.c_int16],
    "gf_filter_pck_get_carousel_version": [U, P],
    "gf_filter_pck_set_carousel_version": [I, P, c_uint8], "gf_filter_pck_get_dependency_flags": [U, P],
    "gf_filter_pck_set_dependency_flags": [I, P, c_uint8], "gf_filter_pck_get_crypt_flags": [U, P],
    "gf_filter_pck_set_crypt_flags": [I, P, c_uint8], "gf_filter_pck_get_framing": [I, P, POINTER(U), POINTER(U)],
    "gf_filter_pck_set_framing": [I, P, U, U], "gf_filter_pck_get_timescale": [U, P],
    "gf_filter_pck_set_seq_num": [I, P, U], "gf_filter_pck_get_seq_num": [U, P],
    "gf_filter_pck_is_blocking_ref": [U, P],
    "gf_fileio_new": [P, S, py_object, IoOpen, IoSeek, IoMove, IoMove, IoTell, IoEof, P],
    "gf_fileio_del": [None, P], "gf_fileio_url": [S, P], "gf_fileio_resource_url": [S, P],
    "gf_fileio_translate_url": [S, S], "gf_fileio_tag_main_thread": [I, P],
}


def load(path):
    """The library, with the prototypes above."""
    lib = ctypes.CDLL(path)
    for name, (result, *parameters) in PROTOTYPES.items():
        function = getattr(lib, name)
        function.restype = result
        # those without parameters in this list keep none declared, as a lazy binding would
        if parameters:
            function.argtypes = parameters
    return lib


# ---- Values

SIMPLE = {1: "sint", 2: "uint", 3: "longsint", 4: "longuint", 5: "uint", 8: "fnumber", 9: "number", 25: "uint"}
PAIRS = {6: "frac", 7: "lfrac", 10: "vec2i", 11: "vec2", 13: "vec4i"}


def from_value(pointer):
    """A value as Python sees it; NULL is None."""
    if not pointer:
        return None
    kind, v = pointer.contents.type, pointer.contents.value
    if kind in SIMPLE or kind >= 40:
        return getattr(v, SIMPLE.get(kind, "uint"))
    if kind in PAIRS:
        pair = getattr(v, PAIRS[kind])
        return tuple(getattr(pair, field[0]) for field in pair._fields_)
    if kind in (14, 15, 17):
        return v.string
    if kind in (16, 18, 19):
        return ctypes.string_at(v.data.ptr, v.data.size)
    if kind == 20:
        return v.ptr
    if kind == 24:
        return [(item.x, item.y) for item in v.vec2is.vals[: v.vec2is.nb]]
    return (v.strings if kind in (21, 27) else v.uints).vals[: v.uints.nb]


def to_value(kind, content):
    """A Value, and what must live as long as it is read."""
    value, kept = Value(kind), None
    if kind in SIMPLE or kind >= 40:
        setattr(value.value, SIMPLE.get(kind, "uint"), content)
    elif kind in PAIRS:
        setattr(value.value, PAIRS[kind], type(getattr(value.value, PAIRS[kind]))(*content))
    elif kind in (14, 17):
        kept = ctypes.create_string_buffer(content)
        value.value.string = ctypes.cast(kept, c_char_p)
    elif kind in (16, 19):
        kept = (c_uint8 * max(len(content), 1))(*content)
        value.value.data = Data(ctypes.addressof(kept), len(content))
    elif kind == 20:
        value.value.ptr = content
    elif kind == 27:
        kept = (c_char_p * max(len(content), 1))(*content)
        value.value.strings = Strings(kept, len(content))
    elif kind == 24:
        kept = (Vec2i * max(len(content), 1))(*content)
        value.value.vec2is = Vec2is(kept, len(content))
    else:
        kept = (c_uint32 * max(len(content), 1))(*content)
        value.value.uints = UInts(kept, len(content))
    return value, kept


def wipe(kept):
    """Overwrites memory that the library was to copy."""
    if kept is not None:
        ctypes.memset(kept, 0xEE, ctypes.sizeof(kept))


def enumerate_properties(lib, function, handle):
    """{name: value} of a PID or a packet; names of codes are asked for."""
    index, code, name, found = c_uint32(0), c_uint32(), c_char_p(), {}
    while True:
        value = function(handle, byref(index), byref(code), byref(name))
        if not value:
            return found
        assert bool(code.value) != bool(name.value)
        found[(name.value or lib.gf_props_4cc_get_name(code.value)).decode()] = from_value(value)


# ---- Objects


class Failure(Exception):
    pass


def guarded(method):
    """Exceptions of callbacks reach the test: ctypes would only print them."""
    @functools.wraps(method)
    def call(self, *args):
        try:
            return method(self, *args) or 0
        except BaseException as failure:
            self.session.failures.append(failure)
            self.session.lib.gf_fs_abort(self.session.handle, 0)
            return -13

    return call


class Session:
    def __init__(self, lib, flags=0, blacklist=None):
        self.lib, self.failures, self.filters, self.alive, self.keep = lib, [], {}, set(), []
        self.handle = lib.gf_fs_new(0, 0, flags, blacklist)
        assert self.handle
        self.on_filter = OnFilter(self._on_filter)
        assert lib.gf_fs_set_filter_creation_callback(self.handle, self.on_filter, self, 1) == 0

    def _on_filter(self, udta, handle, is_destroy):
        assert self.lib.gf_filter_get_name(handle)
        (self.alive.discard if is_destroy else self.alive.add)(handle)
        return 77  # C ignores it

    def _load(self, function, *args):
        error = c_int(0)
        handle = function(self.handle, *args, byref(error))
        if error.value < 0 or not handle:
            raise Failure(self.lib.gf_error_to_string(error.value).decode(), error.value)
        assert handle in self.alive
        return handle

    def source(self, url):
        return self._load(self.lib.gf_fs_load_source, url, None, None)

    def sink(self, url):
        return self._load(self.lib.gf_fs_load_destination, url, None, None)

    def load(self, text):
        return self._load(self.lib.gf_fs_load_filter, text)

    def post(self, call):
        """call() answers None, or the milliseconds to its next call."""
        def run(session, udta, again):
            try:
                result = call()
            except BaseException as failure:
                self.failures.append(failure)
                self.lib.gf_fs_abort(self.handle, 0)
                return 0
            again[0] = result or 0
            return result is not None

        self.keep.append(OnTask(run))
        assert self.lib.gf_fs_post_user_task(self.handle, self.keep[-1], None, b"task") == 0

    def run(self):
        result = self.lib.gf_fs_run(self.handle)
        if self.failures:
            raise self.failures[0]
        return result

    def delete(self):
        self.lib.gf_fs_del(self.handle)
        assert not self.alive
        if self.failures:
            raise self.failures[0]


class Custom:
    """A filter of Python: subclasses define configure, process, event, output."""

    def __init__(self, session, name=b"custom", caps=()):
        self.session, self.lib, self.inputs, self.events = session, session.lib, [], []
        self.handle = session._load(session.lib.gf_fs_new_filter, name, 2)
        self.lib.gf_filter_set_rt_udta(self.handle, self)
        for code, kind, content, flags in caps:
            self.push(code, kind, content, flags)
        # bound here, so that the session may call them until it is deleted
        self.calls = (
            OnProcess(self._process), OnConfigure(self._configure), OnEvent(self._event), OnOutput(self._output))
        setters = ("process", "configure", "process_event", "reconfigure_output")
        for setter, call in zip(setters, self.calls):
            assert getattr(self.lib, f"gf_filter_set_{setter}_ckb")(self.handle, call) == 0
        session.filters[self.handle] = self

    def push(self, name, kind, content, flags):
        """A capability, whose value is gone right after the call."""
        if not flags & 1:
            assert self.lib.gf_filter_push_caps(self.handle, 0, None, None, flags, 0) == 0
            return
        value, kept = to_value(kind, content)
        code = self.lib.gf_props_get_id(name)
        assert self.lib.gf_filter_push_caps(self.handle, code, byref(value), None if code else name, flags, 0) == 0
        wipe(kept)

    @guarded
    def _process(self, handle):
        assert handle == self.handle
        return self.process()

    @guarded
    def _configure(self, handle, pid, is_remove):
        assert handle == self.handle and pid
        result = self.configure(pid, is_remove)
        if is_remove:
            self.inputs.remove(pid)
        elif not result and pid not in self.inputs:
            self.lib.gf_filter_pid_set_udta(pid, self)
            self.inputs.append(pid)
        return result

    @guarded
    def _event(self, handle, event):
        self.events.append(event.contents.base.type)
        return self.event(event.contents)

    @guarded
    def _output(self, handle, pid):
        return self.output(pid)

    def configure(self, pid, is_remove):
        return 0

    def process(self):
        return EOS

    def event(self, event):
        return 0

    def output(self, pid):
        return 0

    # PIDs and packets

    def send_event(self, pid, kind, **members):
        event = Event()
        event.base.type, event.base.on_pid = kind, pid
        for name, content in members.items():
            setattr(event.play, name, content)
        self.lib.gf_filter_pid_send_event(pid, byref(event))

    def new_pid(self, **properties):
        pid = self.lib.gf_filter_pid_new(self.handle)
        for name, (kind, content) in properties.items():
            self.set_property(pid, name.encode(), kind, content)
        return pid

    def set_property(self, pid, name, kind, content):
        value, kept = to_value(kind, content)
        code, name = self.lib.gf_props_get_id(name), ctypes.create_string_buffer(name)
        if code:
            e = self.lib.gf_filter_pid_set_property(pid, code, byref(value))
        else:
            e = self.lib.gf_filter_pid_set_property_dyn(pid, name, byref(value))
        if kind in (17, 19):
            self.session.keep.append(kept)
        else:
            wipe(kept)
        wipe(name)
        return e

    def data(self, pck):
        size = c_uint32()
        address = self.lib.gf_filter_pck_get_data(pck, byref(size))
        return ctypes.string_at(address, size.value) if address else b""

    def fill(self, content):
        """A place for the address of new data, and a function that writes them."""
        place = c_void_p()
        return place, lambda: ctypes.memmove(place.value, content, len(content))


class File:
    """A file object over a bytearray; `opened` lists what was asked for."""

    def __init__(self, lib, name, content=None):
        self.lib, self.content, self.at, self.end, self.modes = lib, bytearray(content or b""), 0, False, []
        self.calls = (
            IoOpen(self.open), IoSeek(self.seek), IoMove(self.read), IoMove(self.write), IoTell(lambda f: self.at),
            IoEof(lambda f: self.end))
        self.handle = lib.gf_fileio_new(name, self, *self.calls, None)
        assert self.handle and lib.gf_fileio_tag_main_thread(self.handle) == 0
        self.url = lib.gf_fileio_url(self.handle)
        assert self.url.startswith(b"gfio://") and lib.gf_fileio_translate_url(self.url) == name

    def open(self, handle, url, mode, error):
        self.modes.append(mode)
        error[0] = 0
        if mode in (b"ref", b"unref", b"close"):
            return handle
        if mode == b"probe":
            return None
        if mode[:1] == b"w":
            self.content.clear()
        self.at, self.end = 0, False
        return handle

    def seek(self, handle, offset, whence):
        offset -= 2**64 if offset >= 2**63 else 0
        self.at, self.end = offset + (0, self.at, len(self.content))[whence], False
        return 0

    def read(self, handle, buffer, size):
        part = bytes(self.content[self.at : self.at + size])
        ctypes.memmove(buffer, part, len(part))
        self.at, self.end = self.at + len(part), len(part) < size
        return len(part)

    def write(self, handle, buffer, size):
        if size:
            self.content[self.at : self.at + size] = ctypes.string_at(buffer, size)
            self.at += size
        return size
