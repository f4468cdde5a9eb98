#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Writes the reference of the Python package, made from its docstrings and type hints, as HTML pages.

    api_pages.py FOLDER
"""

import pathlib
import re
import sys
import tempfile

import pdoc
import pdoc.render

import libgpac


def one_stub(package: pathlib.Path) -> str:
    """The stub of the package with that of the extension in it: pdoc does not follow imports between stubs."""
    stub = (package / "__init__.pyi").read_text()
    imports = re.search(r"from \._native import \(.*?\n\)\n", stub, re.S)
    assert imports
    native = (package / "_native.pyi").read_text()
    return "from __future__ import annotations\n" + stub.replace(imports[0], native)


def main() -> int:
    if len(sys.argv) != 2:
        print((__doc__ or "").strip(), file=sys.stderr)
        return 1
    folder = pathlib.Path(sys.argv[1])
    pdoc.render.configure(docformat="markdown", show_source=False, footer_text=f"libgpac {libgpac.version}")
    with tempfile.TemporaryDirectory() as stubs:
        merged = pathlib.Path(stubs, "libgpac", "__init__.pyi")
        merged.parent.mkdir()
        merged.write_text(one_stub(pathlib.Path(libgpac.__file__).parent))
        sys.path.insert(0, stubs)
        pdoc.pdoc("libgpac", output_directory=folder)
    print(folder / "libgpac.html")
    return 0


if __name__ == "__main__":
    sys.exit(main())
