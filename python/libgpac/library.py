# SPDX-License-Identifier: MIT
"""The C interface through ctypes, for what the package has no object for.

``_libgpac`` is the loaded library. The prototypes of the functions that take or return something else than
``int`` are declared below; structures are those of ``libgpac.structures``.
"""

from __future__ import annotations

import ctypes
import os
from ctypes import POINTER, c_char_p, c_double, c_int, c_int32, c_uint32, c_uint64, c_void_p

from .structures import FilterEvent, FilterPidStatistics, FilterStats, PropertyValue


def _load() -> ctypes.CDLL:
    # The extension has loaded it already, from the same place.
    here = os.path.dirname(os.path.abspath(__file__))
    path = os.path.join(here, "libgpac.so.16")
    try:
        return ctypes.CDLL(path if os.path.exists(path) else "libgpac.so.16")
    except OSError as failure:
        raise ImportError(f"libgpac: the native library cannot be loaded: {failure}") from failure


_P = c_void_p  # session, filter, PID, packet and other opaque objects
_VALUE = POINTER(PropertyValue)

# Result and arguments; the names are grouped by prefix.
_PROTOTYPES = {
    # library
    "gf_gpac_version": (c_char_p,),
    "gf_gpac_copyright": (c_char_p,),
    "gf_gpac_copyright_cite": (c_char_p,),
    "gf_sys_init": (c_int, c_int, c_char_p),
    "gf_sys_set_args": (c_int, c_int32, POINTER(c_char_p)),
    "gf_sys_clock_high_res": (c_uint64,),
    "gf_log_set_tools_levels": (c_int, c_char_p, c_int),
    "gf_error_to_string": (c_char_p, c_int),
    "gf_memory_size": (c_uint64,),
    "gf_malloc": (_P, ctypes.c_size_t),
    "gf_free": (None, _P),
    "gf_opts_get_key": (c_char_p, c_char_p, c_char_p),
    "gf_opts_set_key": (c_int, c_char_p, c_char_p, c_char_p),
    # properties
    "gf_props_get_id": (c_uint32, c_char_p),
    "gf_props_4cc_get_name": (c_char_p, c_uint32),
    "gf_props_4cc_get_type": (c_uint32, c_uint32),
    "gf_props_get_type_name": (c_char_p, c_uint32),
    "gf_props_parse_enum": (c_uint32, c_uint32, c_char_p),
    "gf_props_enum_name": (c_char_p, c_uint32, c_uint32),
    "gf_stream_type_name": (c_char_p, c_uint32),
    "gf_stream_type_by_name": (c_uint32, c_char_p),
    "gf_codecid_file_ext": (c_char_p, c_uint32),
    "gf_codecid_parse": (c_uint32, c_char_p),
    "gf_pixel_fmt_name": (c_char_p, c_uint32),
    "gf_pixel_fmt_sname": (c_char_p, c_uint32),
    "gf_pixel_fmt_parse": (c_uint32, c_char_p),
    "gf_audio_fmt_name": (c_char_p, c_uint32),
    "gf_audio_fmt_sname": (c_char_p, c_uint32),
    "gf_audio_fmt_parse": (c_uint32, c_char_p),
    # sessions
    "gf_fs_new": (_P, c_int32, c_int, c_uint32, c_char_p),
    "gf_fs_new_defaults": (_P, c_uint32),
    "gf_fs_del": (None, _P),
    "gf_fs_run": (c_int, _P),
    "gf_fs_abort": (c_int, _P, c_int),
    "gf_fs_get_fd": (c_int, _P),
    "gf_fs_is_last_task": (c_int, _P),
    "gf_fs_load_source": (_P, _P, c_char_p, c_char_p, c_char_p, POINTER(c_int)),
    "gf_fs_load_destination": (_P, _P, c_char_p, c_char_p, c_char_p, POINTER(c_int)),
    "gf_fs_load_filter": (_P, _P, c_char_p, POINTER(c_int)),
    "gf_fs_new_filter": (_P, _P, c_char_p, c_uint32, POINTER(c_int)),
    "gf_fs_get_filters_count": (c_uint32, _P),
    "gf_fs_get_filter": (_P, _P, c_uint32),
    "gf_fs_get_filter_stats": (c_int, _P, c_uint32, POINTER(FilterStats)),
    "gf_fs_get_graph_text": (_P, _P),
    "gf_fs_print_connections": (None, _P),
    "gf_fs_print_stats": (None, _P),
    # filters
    "gf_filter_get_name": (c_char_p, _P),
    "gf_filter_get_id": (c_char_p, _P),
    "gf_filter_get_ipid_count": (c_uint32, _P),
    "gf_filter_get_opid_count": (c_uint32, _P),
    "gf_filter_get_ipid": (_P, _P, c_uint32),
    "gf_filter_get_opid": (_P, _P, c_uint32),
    "gf_filter_get_stats": (c_int, _P, POINTER(FilterStats)),
    "gf_filter_set_source": (c_int, _P, _P, c_char_p),
    "gf_filter_why_not": (_P, _P, _P),
    "gf_filter_pid_get_name": (c_char_p, _P),
    "gf_filter_pid_get_property": (_VALUE, _P, c_uint32),
    "gf_filter_pid_get_property_str": (_VALUE, _P, c_char_p),
    "gf_filter_pid_set_property": (c_int, _P, c_uint32, _VALUE),
    "gf_filter_pid_get_statistics": (c_int, _P, POINTER(FilterPidStatistics), c_int),
    "gf_filter_pid_send_event": (None, _P, POINTER(FilterEvent)),
    "gf_filter_pid_init_play_event": (None, _P, POINTER(FilterEvent), c_double, c_double, c_char_p),
}

_libgpac = _load()
for _name, (_result, *_arguments) in _PROTOTYPES.items():
    _function = getattr(_libgpac, _name)
    _function.restype = _result
    _function.argtypes = _arguments
