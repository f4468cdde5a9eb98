# SPDX-License-Identifier: MIT
"""Values and statistics with the layout of the C interface, as ctypes structures."""

from __future__ import annotations

import ctypes
from ctypes import (
    POINTER, c_char_p, c_double, c_float, c_int32, c_int64, c_ubyte, c_uint8, c_uint32, c_uint64, c_void_p,
)

from . import constants

TYPE_CHECKING = False  # as typing.TYPE_CHECKING, without loading that module
if TYPE_CHECKING:
    from typing import Any, Optional


class _Value(ctypes.Structure):
    """Structures that compare by value and show their fields."""

    def _values(self) -> tuple[Any, ...]:
        return tuple(getattr(self, field[0]) for field in self._fields_)

    def __eq__(self, other: object) -> bool:
        if type(other) is not type(self):
            return NotImplemented
        return self._values() == other._values()

    def __hash__(self) -> int:
        return hash((type(self).__name__, self._values()))

    def __repr__(self) -> str:
        values = ", ".join(f"{field[0]}={getattr(self, field[0])!r}" for field in self._fields_)
        return f"{type(self).__name__}({values})"


# Values


class Fraction(_Value):
    """A fraction of 32-bit integers: ``num``/``den``. It is kept as given: not reduced, ``den`` may be 0."""

    _fields_ = [("num", c_int32), ("den", c_uint32)]
    num: int
    den: int

    def __str__(self) -> str:
        return f"{self.num}/{self.den}"


class Fraction64(_Value):
    """A fraction of 64-bit integers: ``num``/``den``, kept as given. Timestamps are fractions over the timescale."""

    _fields_ = [("num", c_int64), ("den", c_uint64)]
    num: int
    den: int

    def __str__(self) -> str:
        return f"{self.num}/{self.den}"


class _Vector(_Value):
    def __str__(self) -> str:
        return "x".join(str(v) for v in self._values())


class PropVec2i(_Vector):
    """Two integers, such as a position in pixels."""

    _fields_ = [("x", c_int32), ("y", c_int32)]
    x: int
    y: int


class PropVec2(_Vector):
    """Two floating-point numbers."""

    _fields_ = [("x", c_double), ("y", c_double)]
    x: float
    y: float


class PropVec3i(_Vector):
    """Three integers."""

    _fields_ = [("x", c_int32), ("y", c_int32), ("z", c_int32)]
    x: int
    y: int
    z: int


class PropVec4i(_Vector):
    """Four integers, such as a rectangle: position ``x``, ``y``, size ``z``, ``w``."""

    _fields_ = [("x", c_int32), ("y", c_int32), ("z", c_int32), ("w", c_int32)]
    x: int
    y: int
    z: int
    w: int


class PropData(ctypes.Structure):
    """Bytes of a property: ``bytes(p)`` gives them, ``len(p)`` their number. Made of bytes-like objects it owns a copy."""

    _fields_ = [("ptr", c_void_p), ("size", c_uint32)]
    ptr: Optional[int]
    size: int

    def __init__(self, ptr: Any = None, size: int = 0) -> None:
        if isinstance(ptr, (bytes, bytearray, memoryview)):
            self._content = ctypes.create_string_buffer(bytes(ptr), len(ptr)) if len(ptr) else None
            super().__init__(ctypes.addressof(self._content) if self._content else None, len(ptr))
        else:
            super().__init__(ptr, size)

    def __bytes__(self) -> bytes:
        return ctypes.string_at(self.ptr, self.size) if self.ptr else b""

    def __len__(self) -> int:
        return self.size

    def __eq__(self, other: object) -> bool:
        if isinstance(other, (bytes, PropData)):
            return bytes(self) == bytes(other)
        return NotImplemented

    def __hash__(self) -> int:
        return hash(bytes(self))

    def __str__(self) -> str:
        return f"data,size:{self.size}"

    def __repr__(self) -> str:
        return f"PropData({bytes(self)!r})"


class _List(ctypes.Structure):
    vals: Any
    nb_items: int

    def _items(self) -> list[Any]:
        return [self.vals[i] for i in range(self.nb_items)]

    def __str__(self) -> str:
        return ",".join(v.decode("utf-8") if isinstance(v, bytes) else str(v) for v in self._items())


class PropStringList(_List):
    """Carrier of a list of texts in a PropertyValue; properties give lists of str."""

    _fields_ = [("vals", POINTER(c_char_p)), ("nb_items", c_uint32)]
    vals: Any
    nb_items: int


class PropUIntList(_List):
    """Carrier of a list of unsigned integers in a PropertyValue; properties give lists of int."""

    _fields_ = [("vals", POINTER(c_uint32)), ("nb_items", c_uint32)]
    vals: Any
    nb_items: int


class PropIntList(_List):
    """Carrier of a list of integers in a PropertyValue; properties give lists of int."""

    _fields_ = [("vals", POINTER(c_int32)), ("nb_items", c_uint32)]
    vals: Any
    nb_items: int


class PropVec2iList(_List):
    """Carrier of a list of vectors in a PropertyValue; properties give lists of PropVec2i."""

    _fields_ = [("vals", POINTER(PropVec2i)), ("nb_items", c_uint32)]
    vals: Any
    nb_items: int


class PropertyValueUnion(ctypes.Union):
    """The value of a PropertyValue: its type tells which member."""

    _fields_ = [
        ("longuint", c_uint64), ("longsint", c_int64), ("sint", c_int32), ("uint", c_uint32), ("boolean", c_uint32),
        ("frac", Fraction), ("lfrac", Fraction64), ("fnumber", c_float), ("number", c_double), ("vec2i", PropVec2i),
        ("vec2", PropVec2), ("vec3i", PropVec3i), ("vec4i", PropVec4i), ("data", PropData), ("string", c_char_p),
        ("ptr", c_void_p), ("string_list", PropStringList), ("uint_list", PropUIntList), ("sint_list", PropIntList),
        ("v2i_list", PropVec2iList),
    ]
    longuint: int
    longsint: int
    sint: int
    uint: int
    boolean: int
    frac: Fraction
    lfrac: Fraction64
    fnumber: float
    number: float
    vec2i: PropVec2i
    vec2: PropVec2
    vec3i: PropVec3i
    vec4i: PropVec4i
    data: PropData
    string: Optional[bytes]
    ptr: Optional[int]
    string_list: PropStringList
    uint_list: PropUIntList
    sint_list: PropIntList
    v2i_list: PropVec2iList


class PropertyValue(ctypes.Structure):
    """A property in C, for calls through ``_libgpac``: ``type`` is one of ``GF_PROP_*``."""

    _fields_ = [("type", c_uint32), ("value", PropertyValueUnion)]
    type: int
    value: PropertyValueUnion


# Statistics and options


class FilterStats(_Value):
    """Statistics of a filter, from `Filter.get_statistics`. Texts are bytes or None.

    ``filter`` is the address of the filter; with ``filter_alias`` the filter only stands for a sink of several
    inputs and nothing else is set. ``nb_tasks_done`` calls; packets and bytes ``processed`` on inputs and ``sent``
    on outputs, of which ``nb_hw_pck_sent`` behind frame interfaces; ``nb_errors`` in all and ``nb_current_errors``
    in a row; ``time_process`` in microseconds; ``percent`` in 1/10000, -1 when not known; ``type`` one of
    ``GF_FS_STATS_FILTER_*``; ``stream_type`` and ``codecid`` of the single output or input; ``last_ts_sent`` and
    ``last_ts_drop`` in seconds, as fractions of the timescale; ``last_task_time`` in microseconds. ``status`` is
    empty while `FilterSession.reporting` is off.
    """

    _fields_ = [
        ("filter", c_void_p), ("filter_alias", c_void_p), ("nb_tasks_done", c_uint64), ("nb_pck_processed", c_uint64),
        ("nb_bytes_processed", c_uint64), ("nb_pck_sent", c_uint64), ("nb_hw_pck_sent", c_uint64),
        ("nb_errors", c_uint32), ("nb_current_errors", c_uint32), ("nb_bytes_sent", c_uint64),
        ("time_process", c_uint64), ("percent", c_int32), ("status", c_char_p), ("report_updated", c_uint32),
        ("name", c_char_p), ("reg_name", c_char_p), ("filter_id", c_char_p), ("done", c_uint32),
        ("nb_pid_in", c_uint32), ("nb_in_pck", c_uint64), ("nb_pid_out", c_uint32), ("nb_out_pck", c_uint64),
        ("in_eos", c_uint32), ("type", c_int32), ("stream_type", c_int32), ("codecid", c_int32),
        ("last_ts_sent", Fraction64), ("last_ts_drop", Fraction64), ("last_task_time", c_uint32),
    ]
    filter: Optional[int]
    filter_alias: Optional[int]
    nb_tasks_done: int
    nb_pck_processed: int
    nb_bytes_processed: int
    nb_pck_sent: int
    nb_hw_pck_sent: int
    nb_errors: int
    nb_current_errors: int
    nb_bytes_sent: int
    time_process: int
    percent: int
    status: Optional[bytes]
    report_updated: int
    name: Optional[bytes]
    reg_name: Optional[bytes]
    filter_id: Optional[bytes]
    done: int
    nb_pid_in: int
    nb_in_pck: int
    nb_pid_out: int
    nb_out_pck: int
    in_eos: int
    type: int
    stream_type: int
    codecid: int
    last_ts_sent: Fraction64
    last_ts_drop: Fraction64
    last_task_time: int


def make_filter_stats(
    content: bytes, status: bytes | None, name: bytes | None, reg_name: bytes | None, filter_id: bytes | None
) -> FilterStats:
    """A FilterStats that owns its texts."""
    stats = FilterStats.from_buffer_copy(content)
    stats.status, stats.name, stats.reg_name, stats.filter_id = status, name, reg_name, filter_id
    return stats


class FilterPidStatistics(_Value):
    """Statistics of a PID, from `Filter.ipid_stats` and `opid_stats`. Nothing else is set when ``disconnected``.

    Rates are in bit/s; ``nb_processed`` counts packets and ``nb_saps`` those of SAP types 1 to 3; process times,
    buffers, ``min_frame_dur``, ``last_rt_report`` and ``jitter`` are in microseconds, ``rtt`` in milliseconds,
    ``loss_rate`` in 1/1000. Buffers are those of decoder inputs; the last group before the timestamps is for real-
    time inputs.
    """

    _fields_ = [
        ("disconnected", c_uint32), ("average_process_rate", c_uint32), ("max_process_rate", c_uint32),
        ("average_bitrate", c_uint32), ("max_bitrate", c_uint32), ("nb_processed", c_uint32),
        ("max_process_time", c_uint32), ("total_process_time", c_uint64), ("first_process_time", c_uint64),
        ("last_process_time", c_uint64), ("min_frame_dur", c_uint32), ("nb_saps", c_uint32),
        ("max_sap_process_time", c_uint32), ("total_sap_process_time", c_uint64), ("max_buffer_time", c_uint64),
        ("max_playout_time", c_uint64), ("min_playout_time", c_uint64), ("buffer_time", c_uint64),
        ("nb_buffer_units", c_uint32), ("last_rt_report", c_uint64), ("rtt", c_uint32), ("jitter", c_uint32),
        ("loss_rate", c_uint32), ("last_ts_drop", Fraction64), ("last_ts_sent", Fraction64),
    ]
    disconnected: int
    average_process_rate: int
    max_process_rate: int
    average_bitrate: int
    max_bitrate: int
    nb_processed: int
    max_process_time: int
    total_process_time: int
    first_process_time: int
    last_process_time: int
    min_frame_dur: int
    nb_saps: int
    max_sap_process_time: int
    total_sap_process_time: int
    max_buffer_time: int
    max_playout_time: int
    min_playout_time: int
    buffer_time: int
    nb_buffer_units: int
    last_rt_report: int
    rtt: int
    jitter: int
    loss_rate: int
    last_ts_drop: Fraction64
    last_ts_sent: Fraction64


class FilterArg(_Value):
    """A declared option of a filter, from `Filter.all_args`. Texts are bytes or None.

    ``type`` is one of ``GF_PROP_*``, ``flags`` are ``GF_FS_ARG_*``; ``min_max_enum`` is ``min,max`` or the words
    ``a|b|c``.
    """

    _fields_ = [
        ("name", c_char_p), ("reserved", c_int32), ("description", c_char_p), ("type", c_int32),
        ("default", c_char_p), ("min_max_enum", c_char_p), ("flags", c_uint32),
    ]
    name: Optional[bytes]
    reserved: int
    description: Optional[bytes]
    type: int
    default: Optional[bytes]
    min_max_enum: Optional[bytes]
    flags: int

    def __str__(self) -> str:
        def text(value: bytes | None) -> str:
            return (value or b"").decode("utf-8")

        res = f"- {text(self.name)} ({type_name(self.type)}): {text(self.description)}"
        if self.default or self.min_max_enum:
            res += " ("
            if self.default:
                res += f"default: {text(self.default)}"
            if self.min_max_enum:
                res += f" min_max_enum: {text(self.min_max_enum)}"
            res += ")"
        return res


_TYPE_NAMES = (
    "Undefined sint uint lsint luint bool frac lfrac flt dbl v2di v2d v3di v4di str str mem cstr mem cmem ptr strl "
    "uintl sintl v2il 4cc 4ccl strl"
).split()
_ENUM_NAMES = "pfmt afmt cprm ctfc cmxc alay".split()


def type_name(number: int) -> str:
    """Short name of a property type."""
    if 0 <= number < len(_TYPE_NAMES):
        return _TYPE_NAMES[number]
    first = constants.GF_PROP_FIRST_ENUM
    if first <= number < first + len(_ENUM_NAMES):
        return _ENUM_NAMES[number - first]
    return "Undefined"


def make_filter_arg(*fields: Any) -> FilterArg:
    """A FilterArg that owns its texts."""
    return FilterArg(*fields)


class BufferOccupancy:
    """Fill level of a PID: ``nb_pck`` of ``max_units`` packets, ``dur`` of ``max_dur`` microseconds.

    ``is_final_flush`` is True while the session empties its buffers at its end.
    """

    def __init__(self, max_units: int, nb_pck: int, max_dur: int, dur: int, is_final_flush: bool) -> None:
        self.max_units = max_units
        self.nb_pck = nb_pck
        self.max_dur = max_dur
        self.dur = dur
        self.is_final_flush = is_final_flush

    def __repr__(self) -> str:
        return (
            f"BufferOccupancy({self.nb_pck} of {self.max_units} packets, {self.dur} of {self.max_dur} us"
            f"{', final flush' if self.is_final_flush else ''})"
        )


class GLTextureInfo:
    """Texture of a plane of a frame interface: its name ``id`` and its target ``format``, such as GL_TEXTURE_2D."""

    def __init__(self, gl_id: int, gl_format: int) -> None:
        self.id = gl_id
        self.format = gl_format


class FrameInterface(ctypes.Structure):
    """Access to a frame that is not in memory, as its producer declares it in C."""

    _fields_ = [("get_plane", c_void_p), ("get_gl_texture", c_void_p), ("flags", c_uint32), ("user_data", c_void_p)]
    get_plane: Optional[int]
    get_gl_texture: Optional[int]
    flags: int
    user_data: Optional[int]


# Structures of the DASH client


class DASHQualityInfoNat(ctypes.Structure):
    """A quality of a DASH group, as the engine tells it."""

    _fields_ = [
        ("bandwidth", c_uint32), ("ID", c_char_p), ("mime", c_char_p), ("codec", c_char_p), ("width", c_uint32),
        ("height", c_uint32), ("interlaced", c_uint32), ("fps_num", c_uint32), ("fps_den", c_uint32),
        ("sar_num", c_uint32), ("sar_den", c_uint32), ("sample_rate", c_uint32), ("nb_channels", c_uint32),
        ("disabled", c_uint32), ("is_selected", c_uint32), ("ast_offset", c_double), ("avg_duration", c_double),
        ("sizes", c_void_p), ("hls_variant_url", c_char_p), ("ssr", c_uint32),
    ]
    bandwidth: int
    ID: Optional[bytes]
    mime: Optional[bytes]
    codec: Optional[bytes]
    width: int
    height: int
    interlaced: int
    fps_num: int
    fps_den: int
    sar_num: int
    sar_den: int
    sample_rate: int
    nb_channels: int
    disabled: int
    is_selected: int
    ast_offset: float
    avg_duration: float
    sizes: Optional[int]
    hls_variant_url: Optional[bytes]
    ssr: int


class DASHByteRange(ctypes.Structure):
    """First and last byte."""

    _fields_ = [("start", c_uint64), ("end", c_uint64)]
    start: int
    end: int


class DASHSegURL(ctypes.Structure):
    """A segment: URL and byte range."""

    _fields_ = [("media", c_char_p), ("media_range", POINTER(DASHByteRange))]
    media: Optional[bytes]
    media_range: Any


class DASHGroupStatistics(ctypes.Structure):
    """What a DASH adaptation decides on.

    ``download_rate`` in bit/s divided by ``speed``, ``filesize`` in bytes, display size in pixels, buffers in
    milliseconds, ``degradation_hint`` (also ``quality_degradation_hint``) 0 to 100, ``total_rate`` of all groups in
    bytes/s, 0 for local files.
    """

    _fields_ = [
        ("download_rate", c_uint32), ("filesize", c_uint32), ("speed", c_double), ("max_available_speed", c_double),
        ("display_width", c_uint32), ("display_height", c_uint32), ("active_quality_idx", c_uint32),
        ("buffer_min", c_uint32), ("buffer_max", c_uint32), ("buffer", c_uint32), ("degradation_hint", c_uint32),
        ("total_rate", c_uint32),
    ]
    download_rate: int
    filesize: int
    speed: float
    max_available_speed: float
    display_width: int
    display_height: int
    active_quality_idx: int
    buffer_min: int
    buffer_max: int
    buffer: int
    degradation_hint: int
    total_rate: int

    @property
    def quality_degradation_hint(self) -> int:
        """The same as ``degradation_hint``."""
        return self.degradation_hint

    def __str__(self) -> str:
        return (
            f"active_quality_idx {self.active_quality_idx} rate {self.download_rate} speed {self.speed} "
            f"max_speed {self.max_available_speed} display_width {self.display_width} "
            f"display_height {self.display_height} buffer_min {self.buffer_min} buffer_max {self.buffer_max} "
            f"buffer {self.buffer}"
        )


class DASHGroupDownloadStatistics(ctypes.Structure):
    """A download under way: rate in bit/s, bytes, microseconds since it started, buffer and segment in milliseconds."""

    _fields_ = [
        ("bits_per_sec", c_uint32), ("total_bytes", c_uint64), ("bytes_done", c_uint64), ("time_since_start", c_uint64),
        ("buffer_dur", c_uint32), ("current_seg_dur", c_uint32),
    ]
    bits_per_sec: int
    total_bytes: int
    bytes_done: int
    time_since_start: int
    buffer_dur: int
    current_seg_dur: int

    def __str__(self) -> str:
        return (
            f"bits_per_sec {self.bits_per_sec} - total_bytes {self.total_bytes} bytes_done {self.bytes_done} - "
            f"time_since_start {self.time_since_start} us - buffer_dur {self.buffer_dur} ms - "
            f"current_seg_dur {self.current_seg_dur} ms"
        )
