# SPDX-License-Identifier: MIT
"""What this installation has, and what is missing: ``gpac.doctor()``, ``python -m libgpac doctor``."""

from __future__ import annotations

import ctypes
import os
import platform
import re
import sys
import textwrap
from typing import Optional, TextIO

import libgpac

# Parts of the library in files of their own, opened when a graph first uses them.
_MODULES = {
    "gf_ffmpeg.so": "decoders, encoders, scaling, other containers",
    "gf_gl.so": "OpenGL textures",
    "gf_net.so": "HTTP client and server",
}


def doctor(file: Optional[TextIO] = None) -> bool:
    """Prints the version, the filters and the libraries of this installation.

    For each part that is missing, the reason and the command that gets it are printed.

    Args:
        file: text stream to print to, standard output by default.

    Returns:
        True when nothing is missing.
    """
    out = sys.stdout if file is None else file
    here = os.path.dirname(os.path.abspath(__file__))
    implementation = platform.python_implementation()
    print(f"libgpac {libgpac.version}, ABI {libgpac.gpac_abi_major}.{libgpac.gpac_abi_minor}", file=out)
    print(f"package  {here}", file=out)
    print(f"library  {libgpac._libgpac._name}", file=out)
    print(f"Python   {platform.python_version()} ({implementation}), {platform.platform()}", file=out)
    names = _filters()
    print(f"\nfilters ({len(names)}):", file=out)
    print(textwrap.fill(" ".join(names), 100, initial_indent="  ", subsequent_indent="  "), file=out)
    print("\nparts:", file=out)
    checks = [("numpy", "packet data and frames as arrays", _numpy_fault())]
    checks += [(name, what, _module_fault(os.path.join(here, name))) for name, what in _MODULES.items()]
    for name, what, fault in checks:
        print(f"  {'missing' if fault else 'ok':8} {name:14} {what}", file=out)
        if fault:
            print(f"           {fault}", file=out)
    return not any(fault for _, _, fault in checks)


def _filters() -> list[str]:
    lib = libgpac._libgpac
    libgpac.sys_clock()  # initialises the library if nobody did
    session = lib.gf_fs_new_defaults(0)
    # The first member of a register is its name.
    registers = [lib.gf_fs_get_filter_register(session, i) for i in range(lib.gf_fs_filters_registers_count(session))]
    names = [ctypes.cast(r, ctypes.POINTER(ctypes.c_char_p))[0].decode() for r in registers]
    lib.gf_fs_del(session)
    return sorted(names)


def _numpy_fault() -> Optional[str]:
    try:
        import numpy  # noqa: F401
    except ImportError as failure:
        return f"{failure}: pip install numpy (without it, data are memoryviews)"
    return None


def _module_fault(path: str) -> Optional[str]:
    if not os.path.exists(path):
        return f"{path} does not exist: this package was built without it, install its -dev packages and build again"
    try:
        ctypes.CDLL(path)
    except OSError as failure:
        # "libavcodec.so.59: cannot open shared object file: ...": Debian names packages after it.
        library = re.match(r"(lib[\w+-]+)\.so\.(\d+)", str(failure))
        remedy = f": apt install {library[1]}{library[2]}" if library else ""
        return f"{failure}{remedy}"
    return None
