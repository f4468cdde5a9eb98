# SPDX-License-Identifier: MIT
"""Media filter engine: sessions, filters, PIDs and packets.

>>> import libgpac as gpac
>>> with gpac.FilterSession() as fs:
...     src = fs.load_src("in.mp4")
...     dst = fs.load_dst("out.mp4:frag")
...     fs.run()

Importing this package loads the native library and nothing else: structures, numpy and ctypes come with
their first use.
"""

from __future__ import annotations

import atexit as _atexit
import importlib as _importlib
import os as _os
import warnings as _warnings

TYPE_CHECKING = False  # as typing.TYPE_CHECKING, without loading that module
if TYPE_CHECKING:
    from os import PathLike as _PathLike
    from typing import Optional, Sequence, Union

from . import constants as _constants
from .constants import *  # noqa: F401,F403

try:
    from . import _native
except ImportError as _failure:
    raise ImportError(f"libgpac: the native library cannot be loaded: {_failure}") from _failure

from ._native import (  # noqa: F401
    FileIO,
    Filter,
    FilterCustom,
    FilterPacket,
    FilterPid,
    FilterSession,
    FilterTask,
    Plane,
    e2s,
    set_args,
    sleep,
    sys_clock,
    sys_clock_high_res,
)

#: ABI that this package was written for.
GF_ABI_MAJOR = 16
GF_ABI_MINOR = 5
gpac_abi_major, gpac_abi_minor, version, copyright, copyright_cite = _native.versions()
_libgpac_abi_mismatch = (gpac_abi_major, gpac_abi_minor) != (GF_ABI_MAJOR, GF_ABI_MINOR)
if _libgpac_abi_mismatch:
    _warnings.warn(
        f"libgpac: library of ABI {gpac_abi_major}.{gpac_abi_minor}, package for {GF_ABI_MAJOR}.{GF_ABI_MINOR}"
    )

# Names that are looked up in other modules when first used.
_LAZY = {
    "structures": (
        "Fraction Fraction64 PropVec2i PropVec2 PropVec3i PropVec4i PropData PropStringList PropUIntList PropIntList "
        "PropVec2iList PropertyValueUnion PropertyValue FilterStats FilterPidStatistics FilterArg BufferOccupancy "
        "GLTextureInfo FrameInterface DASHQualityInfoNat DASHByteRange DASHSegURL DASHGroupStatistics "
        "DASHGroupDownloadStatistics"
    ).split(),
    "events": (
        "FilterEvent FEVT_Base FEVT_Play FEVT_SourceSeek FEVT_SegmentSize FEVT_FragmentSize FEVT_AttachScene "
        "FEVT_QualitySwitch FEVT_FileDelete FEVT_VisibilityHint FEVT_BufferRequirement FEVT_TransportHints FEVT_NTPRef "
        "FEVT_DASHQualitySelection FEVT_NetworkHint FEVT_UserEvent EVT_base EVT_mouse EVT_mtouch EVT_keys EVT_char "
        "EVT_size EVT_show"
    ).split(),
    "handlers": (
        "DASHCustomAlgorithm DASHSRD DASHQualityInfo DASHGroup HTTPOutRequest RMTHandler RMTClient enable_rmtws "
        "enable_userws set_rmt_handler set_userws_handler"
    ).split(),
    "installation": ["doctor"],
    "errors": ["GpacError"],
    "graph": ["Graph"],
    "logs": ["use_logging"],
    "media": ["Frame", "Frames", "Samples", "frames", "samples"],
    "library": ["_libgpac"],
}
_OWNERS = {name: module for module, names in _LAZY.items() for name in names}

__all__ = [
    *(
        "FilterSession Filter FilterCustom FilterPid FilterPacket Plane FilterTask FileIO GF_ABI_MAJOR GF_ABI_MINOR "
        "check_integer close copyright copyright_cite e2s gpac_abi_major gpac_abi_minor init numpy_support set_args "
        "set_logs sleep sys_clock sys_clock_high_res url_concatenate version"
    ).split(),
    *(name for name in _OWNERS if not name.startswith("_")),
    *(name for name in vars(_constants) if name.startswith("GF_")),
]


def __getattr__(name: str):
    if name == "numpy_support":
        value = _has_numpy()
    elif name in _OWNERS:
        value = getattr(_importlib.import_module(f".{_OWNERS[name]}", __name__), name)
    elif name == "libgpac":
        return _importlib.import_module(".libgpac", __name__)
    else:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    globals()[name] = value
    return value


def __dir__() -> list:
    return sorted({*globals(), *__all__})


def _has_numpy() -> bool:
    try:
        import numpy  # noqa: F401
    except ImportError:
        return False
    return True


def _text(value: Union[str, bytes, _PathLike, None]) -> Optional[str]:
    return None if value is None else _os.fsdecode(value)


# Tracking of memory asked for by init().
_mem_track = 0


def init(mem_track: int = 0, profile: Union[str, bytes, None] = None) -> None:
    """Initialises the library again: tracking of memory (0 to 2) and configuration profile.

    ``profile`` is a profile name, the path of a configuration file, ``"0"`` for defaults without file, ``"n"`` for
    the same without system statistics, None for the default profile. Not needed: the library initialises itself
    with defaults when first used.
    """
    global _mem_track
    if _native.nb_live():
        _warnings.warn("libgpac.init(): ignored, sessions or files exist", stacklevel=2)
        return
    _native.sys_close()
    _native.sys_init(mem_track, _text(profile))
    _mem_track = mem_track


def close() -> int:
    """Closes the library: deletes all sessions, releases all FileIO objects (their ``url`` becomes None).

    Returns 2 when memory is tracked and some is not freed, else 0.
    """
    global _mem_track
    _native.delete_sessions()
    _native.release_files()
    tracked, _mem_track = _mem_track, 0
    _native.sys_close()
    if tracked and _native.memory_size():
        _native.memory_print()
        return 2
    return 0


def set_logs(logs: str, reset: bool = False) -> None:
    """Sets log levels: ``tool[:tool2]@level[:...]``. With ``reset`` all tools are put to ``warning`` first."""
    _native.set_logs(logs, reset)


def url_concatenate(_parent: Union[str, bytes, None], _url: Union[str, bytes, None]) -> str:
    """Resolves a URL against its parent."""
    return _native.url_concatenate(_text(_parent), _text(_url))


def check_integer(val) -> bool:
    """True for an int, and for a float without fractional part."""
    return isinstance(val, int) or (isinstance(val, float) and val.is_integer())


def main(args: Optional[Sequence[str]] = None) -> int:
    """The `gpac` command that comes with the package."""
    import os
    import sys

    here = os.path.dirname(os.path.abspath(__file__))
    command = os.path.join(here, "gpac")
    os.execv(command, [command, *(sys.argv[1:] if args is None else args)])
    return 1


@_atexit.register
def _at_exit() -> None:
    _native.set_log_handler(None)
    if _native.shut_down():
        _native.release_files()
        _native.sys_close()


_os.register_at_fork(after_in_child=_native.after_fork)
