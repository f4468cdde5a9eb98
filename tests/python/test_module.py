# SPDX-License-Identifier: MIT
"""Functions and names of the module."""

import re
import subprocess
import sys

import pytest

import libgpac as gpac


def test_versions_and_texts():
    assert (gpac.gpac_abi_major, gpac.gpac_abi_minor) == (gpac.GF_ABI_MAJOR, gpac.GF_ABI_MINOR)
    assert gpac._libgpac_abi_mismatch is False
    assert gpac.version and gpac.copyright and len(gpac.copyright_cite.splitlines()) > 1
    assert gpac.e2s(gpac.GF_OK) == "No error" and gpac.e2s(12345) == "Unknown Error (12345)"


@pytest.mark.parametrize(
    "parent, url, expected",
    [
        ("http://a/b/c.mpd", "d.mp4", "http://a/b/d.mp4"),
        (b"", b"x", "x"),
        ("/a/b/", "../c", "/a/c"),
        ("http://x/y?z", "q", "http://x/q"),
        ("a", "", ""),
        ("x", "gfio://1", "gfio://1"),
    ],
)
def test_url_concatenate(parent, url, expected):
    assert gpac.url_concatenate(parent, url) == expected


def test_logs_and_arguments():
    gpac.set_logs("all@warning:core@info", reset=True)
    with pytest.raises(gpac.GpacError):
        gpac.set_logs("no such tool@nothing")
    gpac.set_logs("all@warning")
    gpac.set_args(["program", "-no-reservoir", "word"])
    gpac.set_args(["program"])
    with pytest.raises(TypeError):
        gpac.set_args([1])


def test_clocks():
    before = gpac.sys_clock_high_res()
    gpac.sleep(20)
    assert gpac.sys_clock_high_res() - before >= 20000 and gpac.sys_clock() >= before // 1000


def test_init_with_live_objects_warns():
    fs = gpac.FilterSession()
    with pytest.warns(UserWarning, match="ignored"):
        gpac.init(0, "0")
    fs.delete()
    gpac.init(0, b"0")


def test_check_integer():
    assert gpac.check_integer(1) and gpac.check_integer(2.0) and not gpac.check_integer(0.5)


def test_parts_of_later_versions(capfd):
    """Their C functions exist and answer with one message."""
    lib = gpac._libgpac
    assert lib.gf_filter_bind_dash_algo_callbacks(None, None, None, None, None, None) == gpac.GF_NOT_SUPPORTED
    assert lib.gf_sys_enable_rmtws(1) == gpac.GF_NOT_SUPPORTED
    assert len(capfd.readouterr().err.splitlines()) == 2


def test_submodule_and_ctypes_handle():
    import libgpac.libgpac as inner

    assert inner.FilterSession is gpac.FilterSession and inner.GF_OK == 0
    assert gpac._libgpac.gf_error_to_string(-1) == gpac.e2s(-1).encode()


def test_star_import_and_dir():
    names = {}
    exec("from libgpac import *", names)
    assert set(gpac.__all__) <= set(names)
    assert set(gpac.__all__) <= set(dir(gpac))


def test_numpy_is_optional():
    """Without numpy, data are memoryviews."""
    code = (
        "import sys; sys.modules['numpy'] = None\n"
        "import libgpac as g; g.init(0, '0')\n"
        "class F(g.FilterCustom):\n"
        "    def process(self):\n"
        "        pck = self.new_pid().new_pck(4); pck.data[0] = 3\n"
        "        print(g.numpy_support, type(pck.data).__name__, bytes(pck.data)[0], len(pck.data))\n"
        "        return g.GF_EOS\n"
        "fs = g.FilterSession(); f = F(fs); f.push_cap('StreamType', 'File', g.GF_CAPS_OUTPUT); fs.run(timeout=5)\n"
    )
    out = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=30)
    assert out.stdout.splitlines()[0] == "False memoryview 3 4", out.stderr


def test_lazy_imports():
    code = "import sys, libgpac; print([m for m in ('ctypes', 'numpy', 'typing') if m in sys.modules])"
    assert subprocess.run([sys.executable, "-S", "-c", f"import sys; sys.path[:0] = {sys.path!r}\n{code}"],
                          capture_output=True, text=True).stdout == "[]\n"


def test_missing_library(tmp_path):
    import os
    import shutil

    here = os.path.dirname(gpac.__file__)
    package = tmp_path / "libgpac"
    package.mkdir()
    for name in os.listdir(here):
        if name.endswith(".py") or name.endswith(".abi3.so"):
            shutil.copy(os.path.join(here, name), package)
    code = "import libgpac"
    out = subprocess.run([sys.executable, "-S", "-c", code], cwd=tmp_path, capture_output=True, text=True)
    assert "ImportError: libgpac: the native library cannot be loaded: libgpac.so.16" in out.stderr


def test_constants_are_those_of_the_library():
    """The functions of the library know the same numbers."""
    lib = gpac._libgpac
    for name in gpac.__all__:
        kind = re.fullmatch(r"GF_PROP_([A-Z0-9_]+)", name)
        if kind and name not in ("GF_PROP_FORBIDDEN", "GF_PROP_FIRST_ENUM"):
            text = lib.gf_props_get_type_name(getattr(gpac, name))
            assert text == gpac.structures.type_name(getattr(gpac, name)).encode()
