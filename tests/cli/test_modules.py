# SPDX-License-Identifier: MIT
"""Parts of the library in files of their own: what is said when one cannot be opened."""

import os
import subprocess

import pytest

from tool import GPAC


def run(folder, *args):
    env = dict(os.environ, LIBGPAC_MODULE_DIR=str(folder))
    return subprocess.run([str(GPAC), *map(str, args)], capture_output=True, text=True, timeout=60, env=env)


def test_absent(gpac, av_clip, tmp_path):
    done = run(tmp_path, "-i", av_clip, "-o", tmp_path / "out.yuv")
    assert done.returncode
    assert f"cannot open {tmp_path}/gf_ffmpeg.so" in done.stderr and "beside the library" in done.stderr


def test_of_another_kind(gpac, av_clip, tmp_path):
    (tmp_path / "gf_ffmpeg.so").write_text("no library")
    done = run(tmp_path, "-i", av_clip, "-o", tmp_path / "out.yuv")
    assert done.returncode and "cannot open" in done.stderr and "gf_ffmpeg.so" in done.stderr


def test_without_its_library(gpac, av_clip, tmp_path):
    source = tmp_path / "m.c"
    source.write_text("extern int absent_function(void);\nint gf_module_table(void) { return absent_function(); }\n")
    (tmp_path / "a.c").write_text("int absent_function(void) { return 0; }\n")
    try:
        for command in ("cc -shared -fPIC -Wl,-soname,libabsent.so.59 a.c -o libabsent.so.59",
                        "cc -shared -fPIC m.c -o gf_ffmpeg.so ./libabsent.so.59"):
            subprocess.run(command.split(), cwd=tmp_path, check=True)
    except FileNotFoundError:
        pytest.skip("no C compiler")
    (tmp_path / "libabsent.so.59").unlink()
    done = run(tmp_path, "-i", av_clip, "-o", tmp_path / "out.yuv")
    assert done.returncode and "On Debian: apt install libabsent59" in done.stderr
