# SPDX-License-Identifier: MIT
"""The C interface through ctypes, for what the package has no object for.

``_libgpac`` is the loaded library; each of its functions has the prototype of prototypes.py, where structures are
those of structures.py and events.py. Texts are bytes; objects are addresses, as in the attribute ``handle`` of PIDs.
"""

from __future__ import annotations

import ctypes
import os
from ctypes import POINTER, c_double, c_float, c_int16, c_int32, c_int64, c_uint8, c_uint32, c_uint64
from typing import Any

from . import events, structures
from .prototypes import TABLE

_TYPES = {
    "void": None, "str": ctypes.c_char_p, "ptr": ctypes.c_void_p, "size": ctypes.c_size_t, "u8": c_uint8,
    "i16": c_int16, "i32": c_int32, "u32": c_uint32, "i64": c_int64, "u64": c_uint64, "f32": c_float, "f64": c_double,
}
_PROTOTYPES = {name: words.split() for name, words in (line.split(":") for line in TABLE.splitlines() if ":" in line)}


def _type_of(word: str) -> Any:
    if word.startswith("*"):
        return POINTER(_type_of(word[1:]))
    return _TYPES[word] if word in _TYPES else getattr(events if hasattr(events, word) else structures, word)


class _Library(ctypes.CDLL):
    """A library whose functions get their prototype when first used."""

    def __getitem__(self, name: Any) -> Any:
        function = super().__getitem__(name)
        if name in _PROTOTYPES:
            result, *parameters = map(_type_of, _PROTOTYPES[name])
            function.restype, function.argtypes = result, parameters
        return function


def _load() -> _Library:
    # The extension has loaded it already, from the same place.
    here = os.path.dirname(os.path.abspath(__file__))
    path = os.path.join(here, "libgpac.so.16")
    try:
        return _Library(path if os.path.exists(path) else "libgpac.so.16")
    except OSError as failure:
        raise ImportError(f"libgpac: the native library cannot be loaded: {failure}") from failure


_libgpac = _load()
