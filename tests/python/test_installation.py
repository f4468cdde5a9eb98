# SPDX-License-Identifier: MIT
"""gpac.doctor() and python -m libgpac."""

import io
import subprocess
import sys

import libgpac as gpac
import libgpac.installation as installation


def report():
    out = io.StringIO()
    return gpac.doctor(out), out.getvalue()


def test_command():
    result = subprocess.run([sys.executable, "-m", "libgpac", "doctor"], capture_output=True, text=True)
    assert result.stdout.startswith(f"libgpac {gpac.version}, ABI 16.5\n") and not result.stderr
    assert result.returncode == (1 if "\n  missing" in result.stdout else 0)
    names = result.stdout.split("filters (", 1)[1].split("\n\n")[0].split(":\n")[1].split()
    assert {"fin", "fout", "mp4dmx", "mp4mx", "inspect"} <= set(names) and names == sorted(names)


def test_other_arguments_go_to_the_tool():
    result = subprocess.run([sys.executable, "-m", "libgpac", "-h"], capture_output=True, text=True)
    assert result.returncode == 0 and "-i SOURCE" in result.stdout + result.stderr


def test_without_numpy(monkeypatch):
    monkeypatch.setitem(sys.modules, "numpy", None)
    complete, text = report()
    assert not complete and "  missing  numpy" in text and "pip install numpy" in text


def test_missing_module(monkeypatch):
    monkeypatch.setattr(installation, "_MODULES", {"gf_absent.so": "a part"})
    complete, text = report()
    assert not complete and "  missing  gf_absent.so" in text and "does not exist" in text


def test_module_without_its_library(monkeypatch):
    reason = "libavcodec.so.59: cannot open shared object file: No such file or directory"

    def fail(path):
        raise OSError(reason)

    monkeypatch.setattr(installation.os.path, "exists", lambda path: True)
    monkeypatch.setattr(installation.ctypes, "CDLL", fail)
    assert installation._module_fault("gf_ffmpeg.so") == f"{reason}: apt install libavcodec59"


def test_nothing_is_left():
    report()
    assert gpac.close() == 0 and gpac._native.memory_size() == 0
