# SPDX-License-Identifier: MIT
"""Values and events with the layout of the C interface, as ctypes structures."""

from __future__ import annotations

import ctypes
from ctypes import (
    POINTER, c_char_p, c_double, c_float, c_int32, c_int64, c_ubyte, c_uint8, c_uint32, c_uint64, c_void_p,
)
from typing import Any

from . import constants


class _Value(ctypes.Structure):
    """Structures that compare by value and show their fields."""

    def _values(self) -> tuple:
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
    _fields_ = [("num", c_int32), ("den", c_uint32)]

    def __str__(self) -> str:
        return f"{self.num}/{self.den}"


class Fraction64(_Value):
    _fields_ = [("num", c_int64), ("den", c_uint64)]

    def __str__(self) -> str:
        return f"{self.num}/{self.den}"


class _Vector(_Value):
    def __str__(self) -> str:
        return "x".join(str(v) for v in self._values())


class PropVec2i(_Vector):
    _fields_ = [("x", c_int32), ("y", c_int32)]


class PropVec2(_Vector):
    _fields_ = [("x", c_double), ("y", c_double)]


class PropVec3i(_Vector):
    _fields_ = [("x", c_int32), ("y", c_int32), ("z", c_int32)]


class PropVec4i(_Vector):
    _fields_ = [("x", c_int32), ("y", c_int32), ("z", c_int32), ("w", c_int32)]


class PropData(ctypes.Structure):
    """Bytes of a property: ``bytes(p)`` gives them."""

    _fields_ = [("ptr", c_void_p), ("size", c_uint32)]

    def __init__(self, ptr: Any = None, size: int = 0):
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
    def _items(self) -> list:
        return [self.vals[i] for i in range(self.nb_items)]

    def __str__(self) -> str:
        return ",".join(v.decode("utf-8") if isinstance(v, bytes) else str(v) for v in self._items())


class PropStringList(_List):
    _fields_ = [("vals", POINTER(c_char_p)), ("nb_items", c_uint32)]


class PropUIntList(_List):
    _fields_ = [("vals", POINTER(c_uint32)), ("nb_items", c_uint32)]


class PropIntList(_List):
    _fields_ = [("vals", POINTER(c_int32)), ("nb_items", c_uint32)]


class PropVec2iList(_List):
    _fields_ = [("vals", POINTER(PropVec2i)), ("nb_items", c_uint32)]


class PropertyValueUnion(ctypes.Union):
    _fields_ = [
        ("longuint", c_uint64), ("longsint", c_int64), ("sint", c_int32), ("uint", c_uint32), ("boolean", c_uint32),
        ("frac", Fraction), ("lfrac", Fraction64), ("fnumber", c_float), ("number", c_double), ("vec2i", PropVec2i),
        ("vec2", PropVec2), ("vec3i", PropVec3i), ("vec4i", PropVec4i), ("data", PropData), ("string", c_char_p),
        ("ptr", c_void_p), ("string_list", PropStringList), ("uint_list", PropUIntList), ("sint_list", PropIntList),
        ("v2i_list", PropVec2iList),
    ]


class PropertyValue(ctypes.Structure):
    _fields_ = [("type", c_uint32), ("value", PropertyValueUnion)]


# Statistics and options


class FilterStats(_Value):
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


def make_filter_stats(content: bytes, status, name, reg_name, filter_id) -> FilterStats:
    """A FilterStats that owns its texts."""
    stats = FilterStats.from_buffer_copy(content)
    stats.status, stats.name, stats.reg_name, stats.filter_id = status, name, reg_name, filter_id
    return stats


class FilterPidStatistics(_Value):
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


class FilterArg(_Value):
    _fields_ = [
        ("name", c_char_p), ("reserved", c_int32), ("description", c_char_p), ("type", c_int32),
        ("default", c_char_p), ("min_max_enum", c_char_p), ("flags", c_uint32),
    ]

    def __str__(self) -> str:
        def text(value):
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


def make_filter_arg(name, reserved, description, kind, default, min_max_enum, flags) -> FilterArg:
    """A FilterArg that owns its texts."""
    return FilterArg(name, reserved, description, kind, default, min_max_enum, flags)


class BufferOccupancy:
    """Fill level of a PID: packets and microseconds, allowed and held."""

    def __init__(self, max_units: int, nb_pck: int, max_dur: int, dur: int, is_final_flush: bool):
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
    """Texture of a plane of a frame interface."""

    def __init__(self, gl_id: int, gl_format: int):
        self.id = gl_id
        self.format = gl_format


class FrameInterface(ctypes.Structure):
    _fields_ = [("get_plane", c_void_p), ("get_gl_texture", c_void_p), ("flags", c_uint32), ("user_data", c_void_p)]


# Events. Each begins with its type and the PID it is for.


def _event(*fields):
    return [("type", c_uint32), ("on_pid", c_void_p), *fields]


class FEVT_Base(ctypes.Structure):
    _fields_ = _event()


class FEVT_Play(ctypes.Structure):
    _fields_ = _event(
        ("start_range", c_double), ("end_range", c_double), ("speed", c_double), ("from_pck", c_uint32),
        ("hw_buffer_reset", c_uint8), ("initial_broadcast_play", c_uint8), ("timestamp_based", c_uint8),
        ("full_file_only", c_uint8), ("forced_dash_segment_switch", c_uint8), ("drop_non_ref", c_uint8),
        ("no_byterange_forward", c_uint8), ("to_pck", c_uint32), ("orig_delay", c_uint32),
        ("hint_first_dts", c_uint64), ("hint_start_offset", c_uint64), ("hint_end_offset", c_uint64),
    )


class FEVT_SourceSeek(ctypes.Structure):
    _fields_ = _event(
        ("start_offset", c_uint64), ("end_offset", c_uint64), ("source_switch", c_char_p),
        ("is_init_segment", c_uint8), ("skip_cache_expiration", c_uint8), ("hint_block_size", c_uint32),
    )


class FEVT_SegmentSize(ctypes.Structure):
    _fields_ = _event(
        ("seg_url", c_char_p), ("base64_version", c_char_p), ("media_range_start", c_uint64),
        ("media_range_end", c_uint64), ("idx_range_start", c_uint64), ("idx_range_end", c_uint64),
        ("is_init", c_uint8), ("is_shift", c_uint8),
    )


class FEVT_FragmentSize(ctypes.Structure):
    _fields_ = _event(
        ("is_last", c_uint32), ("offset", c_uint64), ("size", c_uint64), ("duration", Fraction64),
        ("independent", c_uint32),
    )


class FEVT_AttachScene(ctypes.Structure):
    _fields_ = _event(("odm", c_void_p), ("node", c_void_p))


class FEVT_QualitySwitch(ctypes.Structure):
    _fields_ = _event(
        ("up", c_uint32), ("dependent_group_index", c_uint32), ("q_idx", c_int32),
        ("set_tile_mode_plus_one", c_uint32), ("quality_degradation", c_uint32),
    )


class FEVT_FileDelete(ctypes.Structure):
    _fields_ = _event(("url", c_char_p))


class FEVT_VisibilityHint(ctypes.Structure):
    _fields_ = _event(
        ("min_x", c_uint32), ("max_x", c_uint32), ("min_y", c_uint32), ("max_y", c_uint32), ("is_gaze", c_uint32),
    )


class FEVT_BufferRequirement(ctypes.Structure):
    _fields_ = _event(
        ("max_buffer_us", c_uint32), ("max_playout_us", c_uint32), ("min_playout_us", c_uint32),
        ("pid_only", c_uint32),
    )


class FEVT_TransportHints(ctypes.Structure):
    _fields_ = _event(
        ("flags", c_uint32), ("seg_duration", Fraction), ("gen_dsi_only", c_uint32), ("wait_seg_boundary", c_uint32),
    )


class FEVT_NTPRef(ctypes.Structure):
    _fields_ = _event(("ntp", c_uint64))


class FEVT_DASHQualitySelection(ctypes.Structure):
    _fields_ = _event(
        ("service_id", c_uint32), ("period_id", c_char_p), ("as_id", c_int32), ("rep_id", c_char_p),
        ("select_type", c_uint32),
    )


class FEVT_NetworkHint(ctypes.Structure):
    _fields_ = _event(("mtu_size", c_uint32), ("sink_type", c_uint32))


class EVT_mouse(ctypes.Structure):
    _fields_ = [
        ("type", c_uint8), ("x", c_int32), ("y", c_int32), ("wheel", c_float), ("button", c_uint32),
        ("keys", c_uint32), ("window_id", c_uint32),
    ]


class EVT_mtouch(ctypes.Structure):
    _fields_ = [
        ("type", c_uint8), ("x", c_float), ("y", c_float), ("rotation", c_float), ("pinch", c_float),
        ("num_fingers", c_uint32), ("window_id", c_uint32),
    ]


class EVT_keys(ctypes.Structure):
    _fields_ = [
        ("type", c_uint8), ("key_code", c_uint32), ("hw_code", c_uint32), ("flags", c_uint32), ("window_id", c_uint32),
    ]


class EVT_char(ctypes.Structure):
    _fields_ = [("type", c_uint8), ("unicode_char", c_uint32), ("window_id", c_uint32)]


class EVT_size(ctypes.Structure):
    _fields_ = [
        ("type", c_uint8), ("width", c_uint32), ("height", c_uint32), ("orientation", c_uint32),
        ("window_id", c_uint32),
    ]


class EVT_show(ctypes.Structure):
    _fields_ = [("type", c_uint8), ("show_type", c_uint32), ("window_id", c_uint32)]


class EVT_base(ctypes.Union):
    _fields_ = [
        ("type", c_uint8), ("mouse", EVT_mouse), ("mtouch", EVT_mtouch), ("keys", EVT_keys), ("char", EVT_char),
        ("size", EVT_size), ("show", EVT_show),
    ]


class FEVT_UserEvent(ctypes.Structure):
    _fields_ = _event(("event", EVT_base))


#: Size of the native event, which is larger than the members shown here.
_NATIVE_EVENT_SIZE = 136


class FilterEvent(ctypes.Union):
    """An event; the type tells which member to read. ``pid`` is the FilterPid it came on, or None."""

    _fields_ = [
        ("base", FEVT_Base), ("play", FEVT_Play), ("seek", FEVT_SourceSeek), ("attach_scene", FEVT_AttachScene),
        ("user_event", FEVT_UserEvent), ("quality_switch", FEVT_QualitySwitch),
        ("visibility_hint", FEVT_VisibilityHint), ("buffer_req", FEVT_BufferRequirement),
        ("seg_size", FEVT_SegmentSize), ("frag_size", FEVT_FragmentSize), ("file_del", FEVT_FileDelete),
        ("transport_hints", FEVT_TransportHints), ("ntp", FEVT_NTPRef), ("dash_select", FEVT_DASHQualitySelection),
        ("net_hint", FEVT_NetworkHint), ("_native", c_ubyte * _NATIVE_EVENT_SIZE),
    ]
    pid = None

    def __init__(self, evt_type: int = 0):
        super().__init__()
        self.base.type = evt_type

    def __repr__(self) -> str:
        names = [n for n, v in vars(constants).items() if n.startswith("GF_FEVT_") and v == self.base.type]
        return f"<FilterEvent {names[0] if names else self.base.type}>"


# Text members by type of event: they are copied, since the native texts only live during the callback.
_TEXTS = {
    constants.GF_FEVT_SOURCE_SEEK: ("seek", "source_switch"),
    constants.GF_FEVT_SOURCE_SWITCH: ("seek", "source_switch"),
    constants.GF_FEVT_SEGMENT_SIZE: ("seg_size", "seg_url", "base64_version"),
    constants.GF_FEVT_FILE_DELETE: ("file_del", "url"),
    constants.GF_FEVT_DASH_QUALITY_SELECT: ("dash_select", "period_id", "rep_id"),
}


def make_event(content: bytes, pid) -> FilterEvent:
    """A FilterEvent with the content of a native one."""
    evt = FilterEvent.from_buffer_copy(content)
    evt.pid = pid
    member, *fields = _TEXTS.get(evt.base.type, (None,))
    if member:
        part = getattr(evt, member)
        for field in fields:
            setattr(part, field, getattr(part, field))
    return evt


# Structures of the DASH client


class DASHQualityInfoNat(ctypes.Structure):
    _fields_ = [
        ("bandwidth", c_uint32), ("ID", c_char_p), ("mime", c_char_p), ("codec", c_char_p), ("width", c_uint32),
        ("height", c_uint32), ("interlaced", c_uint32), ("fps_num", c_uint32), ("fps_den", c_uint32),
        ("sar_num", c_uint32), ("sar_den", c_uint32), ("sample_rate", c_uint32), ("nb_channels", c_uint32),
        ("disabled", c_uint32), ("is_selected", c_uint32), ("ast_offset", c_double), ("avg_duration", c_double),
        ("sizes", c_void_p), ("hls_variant_url", c_char_p), ("ssr", c_uint32),
    ]


class DASHByteRange(ctypes.Structure):
    _fields_ = [("start", c_uint64), ("end", c_uint64)]


class DASHSegURL(ctypes.Structure):
    _fields_ = [("media", c_char_p), ("media_range", POINTER(DASHByteRange))]


class DASHGroupStatistics(ctypes.Structure):
    _fields_ = [
        ("download_rate", c_uint32), ("filesize", c_uint32), ("speed", c_double), ("max_available_speed", c_double),
        ("display_width", c_uint32), ("display_height", c_uint32), ("active_quality_idx", c_uint32),
        ("buffer_min", c_uint32), ("buffer_max", c_uint32), ("buffer", c_uint32), ("degradation_hint", c_uint32),
        ("total_rate", c_uint32),
    ]

    @property
    def quality_degradation_hint(self) -> int:
        return self.degradation_hint

    def __str__(self) -> str:
        return (
            f"active_quality_idx {self.active_quality_idx} rate {self.download_rate} speed {self.speed} "
            f"max_speed {self.max_available_speed} display_width {self.display_width} "
            f"display_height {self.display_height} buffer_min {self.buffer_min} buffer_max {self.buffer_max} "
            f"buffer {self.buffer}"
        )


class DASHGroupDownloadStatistics(ctypes.Structure):
    _fields_ = [
        ("bits_per_sec", c_uint32), ("total_bytes", c_uint64), ("bytes_done", c_uint64), ("time_since_start", c_uint64),
        ("buffer_dur", c_uint32), ("current_seg_dur", c_uint32),
    ]

    def __str__(self) -> str:
        return (
            f"bits_per_sec {self.bits_per_sec} - total_bytes {self.total_bytes} bytes_done {self.bytes_done} - "
            f"time_since_start {self.time_since_start} us - buffer_dur {self.buffer_dur} ms - "
            f"current_seg_dur {self.current_seg_dur} ms"
        )
