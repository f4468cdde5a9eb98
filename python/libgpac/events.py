# SPDX-License-Identifier: MIT
"""Events with the layout of the C interface, as ctypes structures."""

from __future__ import annotations

import ctypes
from ctypes import c_char_p, c_double, c_float, c_int32, c_ubyte, c_uint8, c_uint32, c_uint64, c_void_p

from . import constants
from .structures import Fraction, Fraction64

TYPE_CHECKING = False  # as typing.TYPE_CHECKING, without loading that module
if TYPE_CHECKING:
    from typing import Any, Optional

    from ._native import FilterPid

# Each event begins with its type and the PID it is for.


def _event(*fields: tuple[str, Any]) -> list[tuple[str, Any]]:
    return [("type", c_uint32), ("on_pid", c_void_p), *fields]


class FEVT_Base(ctypes.Structure):
    """What all events begin with: ``type``, one of ``GF_FEVT_*``, and ``on_pid``, the address of a PID or None."""

    _fields_ = _event()
    type: int
    on_pid: Optional[int]


class FEVT_Play(ctypes.Structure):
    """PLAY, SET_SPEED, STOP and PLAY_HINT. Zero everywhere is playing all at normal speed.

    ``start_range`` and ``end_range`` in seconds (an end at or before the start is none); ``speed`` 0 means 1;
    ``from_pck`` and ``to_pck`` packet numbers; ``timestamp_based`` 0 media time, 1 timestamps, 2 media time without
    shifting timestamps, 3 media time from the random access point on; ``full_file_only`` asks for whole files.
    """

    _fields_ = _event(
        ("start_range", c_double), ("end_range", c_double), ("speed", c_double), ("from_pck", c_uint32),
        ("hw_buffer_reset", c_uint8), ("initial_broadcast_play", c_uint8), ("timestamp_based", c_uint8),
        ("full_file_only", c_uint8), ("forced_dash_segment_switch", c_uint8), ("drop_non_ref", c_uint8),
        ("no_byterange_forward", c_uint8), ("to_pck", c_uint32), ("orig_delay", c_uint32),
        ("hint_first_dts", c_uint64), ("hint_start_offset", c_uint64), ("hint_end_offset", c_uint64),
    )
    type: int
    on_pid: Optional[int]
    start_range: float
    end_range: float
    speed: float
    from_pck: int
    hw_buffer_reset: int
    initial_broadcast_play: int
    timestamp_based: int
    full_file_only: int
    forced_dash_segment_switch: int
    drop_non_ref: int
    no_byterange_forward: int
    to_pck: int
    orig_delay: int
    hint_first_dts: int
    hint_start_offset: int
    hint_end_offset: int


class FEVT_SourceSeek(ctypes.Structure):
    """SOURCE_SEEK and SOURCE_SWITCH: byte range from ``start_offset`` to ``end_offset``, or the URL to go on with."""

    _fields_ = _event(
        ("start_offset", c_uint64), ("end_offset", c_uint64), ("source_switch", c_char_p),
        ("is_init_segment", c_uint8), ("skip_cache_expiration", c_uint8), ("hint_block_size", c_uint32),
    )
    type: int
    on_pid: Optional[int]
    start_offset: int
    end_offset: int
    source_switch: Optional[bytes]
    is_init_segment: int
    skip_cache_expiration: int
    hint_block_size: int


class FEVT_SegmentSize(ctypes.Structure):
    """SEGMENT_SIZE: name and byte ranges of a segment, from a multiplexer to a manifest writer."""

    _fields_ = _event(
        ("seg_url", c_char_p), ("base64_version", c_char_p), ("media_range_start", c_uint64),
        ("media_range_end", c_uint64), ("idx_range_start", c_uint64), ("idx_range_end", c_uint64),
        ("is_init", c_uint8), ("is_shift", c_uint8),
    )
    type: int
    on_pid: Optional[int]
    seg_url: Optional[bytes]
    base64_version: Optional[bytes]
    media_range_start: int
    media_range_end: int
    idx_range_start: int
    idx_range_end: int
    is_init: int
    is_shift: int


class FEVT_FragmentSize(ctypes.Structure):
    """FRAGMENT_SIZE: place, size in bytes and ``duration`` in seconds of a fragment."""

    _fields_ = _event(
        ("is_last", c_uint32), ("offset", c_uint64), ("size", c_uint64), ("duration", Fraction64),
        ("independent", c_uint32),
    )
    type: int
    on_pid: Optional[int]
    is_last: int
    offset: int
    size: int
    duration: Fraction64
    independent: int


class FEVT_AttachScene(ctypes.Structure):
    """ATTACH_SCENE: addresses of scene objects."""

    _fields_ = _event(("odm", c_void_p), ("node", c_void_p))
    type: int
    on_pid: Optional[int]
    odm: Optional[int]
    node: Optional[int]


class FEVT_QualitySwitch(ctypes.Structure):
    """QUALITY_SWITCH: quality ``q_idx`` (negative for automatic) or one ``up`` or down; degradation 0 to 100."""

    _fields_ = _event(
        ("up", c_uint32), ("dependent_group_index", c_uint32), ("q_idx", c_int32),
        ("set_tile_mode_plus_one", c_uint32), ("quality_degradation", c_uint32),
    )
    type: int
    on_pid: Optional[int]
    up: int
    dependent_group_index: int
    q_idx: int
    set_tile_mode_plus_one: int
    quality_degradation: int


class FEVT_FileDelete(ctypes.Structure):
    """FILE_DELETE: name of the file; ``__gpac_self__`` asks the source to delete its own."""

    _fields_ = _event(("url", c_char_p))
    type: int
    on_pid: Optional[int]
    url: Optional[bytes]


class FEVT_VisibilityHint(ctypes.Structure):
    """VISIBILITY_HINT: visible part of the picture in pixels, or the gaze point."""

    _fields_ = _event(
        ("min_x", c_uint32), ("max_x", c_uint32), ("min_y", c_uint32), ("max_y", c_uint32), ("is_gaze", c_uint32),
    )
    type: int
    on_pid: Optional[int]
    min_x: int
    max_x: int
    min_y: int
    max_y: int
    is_gaze: int


class FEVT_BufferRequirement(ctypes.Structure):
    """BUFFER_REQ: buffers in microseconds, for the PID only or for the whole chain."""

    _fields_ = _event(
        ("max_buffer_us", c_uint32), ("max_playout_us", c_uint32), ("min_playout_us", c_uint32),
        ("pid_only", c_uint32),
    )
    type: int
    on_pid: Optional[int]
    max_buffer_us: int
    max_playout_us: int
    min_playout_us: int
    pid_only: int


class FEVT_TransportHints(ctypes.Structure):
    """TRANSPORT_HINTS: duration of segments in seconds, and what encoders should wait for."""

    _fields_ = _event(
        ("flags", c_uint32), ("seg_duration", Fraction), ("gen_dsi_only", c_uint32), ("wait_seg_boundary", c_uint32),
    )
    type: int
    on_pid: Optional[int]
    flags: int
    seg_duration: Fraction
    gen_dsi_only: int
    wait_seg_boundary: int


class FEVT_NTPRef(ctypes.Structure):
    """NTP_REF: time of the sender as a 64-bit NTP timestamp (RFC 5905)."""

    _fields_ = _event(("ntp", c_uint64))
    type: int
    on_pid: Optional[int]
    ntp: int


class FEVT_DASHQualitySelection(ctypes.Structure):
    """DASH_QUALITY_SELECT: ``select_type`` 0 selected, 1 not selected, 2 disabled."""

    _fields_ = _event(
        ("service_id", c_uint32), ("period_id", c_char_p), ("as_id", c_int32), ("rep_id", c_char_p),
        ("select_type", c_uint32),
    )
    type: int
    on_pid: Optional[int]
    service_id: int
    period_id: Optional[bytes]
    as_id: int
    rep_id: Optional[bytes]
    select_type: int


class FEVT_NetworkHint(ctypes.Structure):
    """NETWORK_HINT: largest packet in bytes, and four-character code of the sink."""

    _fields_ = _event(("mtu_size", c_uint32), ("sink_type", c_uint32))
    type: int
    on_pid: Optional[int]
    mtu_size: int
    sink_type: int


class EVT_mouse(ctypes.Structure):
    """Mouse: position in pixels from the top left, ``button`` 0 left, 1 middle, 2 right, ``keys`` held (1 shift, 4
    control, 8 alt).
    """

    _fields_ = [
        ("type", c_uint8), ("x", c_int32), ("y", c_int32), ("wheel", c_float), ("button", c_uint32),
        ("keys", c_uint32), ("window_id", c_uint32),
    ]
    type: int
    x: int
    y: int
    wheel: float
    button: int
    keys: int
    window_id: int


class EVT_mtouch(ctypes.Structure):
    """Several fingers: position, rotation and pinch."""

    _fields_ = [
        ("type", c_uint8), ("x", c_float), ("y", c_float), ("rotation", c_float), ("pinch", c_float),
        ("num_fingers", c_uint32), ("window_id", c_uint32),
    ]
    type: int
    x: float
    y: float
    rotation: float
    pinch: float
    num_fingers: int
    window_id: int


class EVT_keys(ctypes.Structure):
    """Key up, down or held."""

    _fields_ = [
        ("type", c_uint8), ("key_code", c_uint32), ("hw_code", c_uint32), ("flags", c_uint32), ("window_id", c_uint32),
    ]
    type: int
    key_code: int
    hw_code: int
    flags: int
    window_id: int


class EVT_char(ctypes.Structure):
    """Text input, one code point."""

    _fields_ = [("type", c_uint8), ("unicode_char", c_uint32), ("window_id", c_uint32)]
    type: int
    unicode_char: int
    window_id: int


class EVT_size(ctypes.Structure):
    """Size of the window or of the scene in pixels; ``orientation`` 1 portrait, 2 landscape, 3 and 4 the same inverted."""

    _fields_ = [
        ("type", c_uint8), ("width", c_uint32), ("height", c_uint32), ("orientation", c_uint32),
        ("window_id", c_uint32),
    ]
    type: int
    width: int
    height: int
    orientation: int
    window_id: int


class EVT_show(ctypes.Structure):
    """Window hidden (0), shown (1) or full screen (2)."""

    _fields_ = [("type", c_uint8), ("show_type", c_uint32), ("window_id", c_uint32)]
    type: int
    show_type: int
    window_id: int


class EVT_base(ctypes.Union):
    """A user event: the type tells which member."""

    _fields_ = [
        ("type", c_uint8), ("mouse", EVT_mouse), ("mtouch", EVT_mtouch), ("keys", EVT_keys), ("char", EVT_char),
        ("size", EVT_size), ("show", EVT_show),
    ]
    type: int
    mouse: EVT_mouse
    mtouch: EVT_mtouch
    keys: EVT_keys
    char: EVT_char
    size: EVT_size
    show: EVT_show


class FEVT_UserEvent(ctypes.Structure):
    """USER: an event of the user interface."""

    _fields_ = _event(("event", EVT_base))
    type: int
    on_pid: Optional[int]
    event: EVT_base


#: Size of the native event, which is larger than the members shown here.
_NATIVE_EVENT_SIZE = 136


class FilterEvent(ctypes.Union):
    """An event; ``base.type``, one of ``GF_FEVT_*``, tells which member to read.

    ``FilterEvent(GF_FEVT_PLAY)`` is zero but for its type. ``pid`` is the FilterPid it came on, or None. Text
    members are bytes. The engine copies events that are sent: they can be used again at once.
    """

    _fields_ = [
        ("base", FEVT_Base), ("play", FEVT_Play), ("seek", FEVT_SourceSeek), ("attach_scene", FEVT_AttachScene),
        ("user_event", FEVT_UserEvent), ("quality_switch", FEVT_QualitySwitch),
        ("visibility_hint", FEVT_VisibilityHint), ("buffer_req", FEVT_BufferRequirement),
        ("seg_size", FEVT_SegmentSize), ("frag_size", FEVT_FragmentSize), ("file_del", FEVT_FileDelete),
        ("transport_hints", FEVT_TransportHints), ("ntp", FEVT_NTPRef), ("dash_select", FEVT_DASHQualitySelection),
        ("net_hint", FEVT_NetworkHint), ("_native", c_ubyte * _NATIVE_EVENT_SIZE),
    ]
    base: FEVT_Base
    play: FEVT_Play
    seek: FEVT_SourceSeek
    attach_scene: FEVT_AttachScene
    user_event: FEVT_UserEvent
    quality_switch: FEVT_QualitySwitch
    visibility_hint: FEVT_VisibilityHint
    buffer_req: FEVT_BufferRequirement
    seg_size: FEVT_SegmentSize
    frag_size: FEVT_FragmentSize
    file_del: FEVT_FileDelete
    transport_hints: FEVT_TransportHints
    ntp: FEVT_NTPRef
    dash_select: FEVT_DASHQualitySelection
    net_hint: FEVT_NetworkHint
    pid: Optional[FilterPid] = None

    def __init__(self, evt_type: int = 0) -> None:
        super().__init__()
        self.base.type = evt_type

    def __repr__(self) -> str:
        names = [n for n, v in vars(constants).items() if n.startswith("GF_FEVT_") and v == self.base.type]
        return f"<FilterEvent {names[0] if names else self.base.type}>"


# Text members by type of event: they are copied, since the native texts only live during the callback.
_TEXTS: dict[int, tuple[str, ...]] = {
    constants.GF_FEVT_SOURCE_SEEK: ("seek", "source_switch"),
    constants.GF_FEVT_SOURCE_SWITCH: ("seek", "source_switch"),
    constants.GF_FEVT_SEGMENT_SIZE: ("seg_size", "seg_url", "base64_version"),
    constants.GF_FEVT_FILE_DELETE: ("file_del", "url"),
    constants.GF_FEVT_DASH_QUALITY_SELECT: ("dash_select", "period_id", "rep_id"),
}


def make_event(content: bytes, pid: FilterPid | None) -> FilterEvent:
    """A FilterEvent with the content of a native one."""
    evt = FilterEvent.from_buffer_copy(content)
    evt.pid = pid
    texts = _TEXTS.get(evt.base.type)
    if texts:
        part = getattr(evt, texts[0])
        for field in texts[1:]:
            setattr(part, field, getattr(part, field))
    return evt
