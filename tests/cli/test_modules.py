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


@pytest.mark.parametrize("args, module, packages", [
    (["-i", "CLIP", "c=avc", "-o", "OUT.mp4"], "ffmpeg", ["libavcodec-dev", "libavformat-dev"]),
    (["-i", "CLIP", "-o", "OUT.mkv"], "ffmpeg", ["libavcodec-dev", "libavformat-dev"]),
    (["-i", "http://127.0.0.1:1/a.mp4", "-o", "null"], "net", ["libcurl4-openssl-dev"]),
    (["-i", "CLIP", "-o", "http://127.0.0.1:0/a.mp4"], "net", ["libmicrohttpd-dev"]),
    (["avgen:type=v:dur=1", "glpush", "-o", "null"], "gl", ["libepoxy-dev"]),
])
def test_packages_are_named(gpac, av_clip, tmp_path, args, module, packages):
    done = run(tmp_path, *(a.replace("CLIP", str(av_clip)).replace("OUT", str(tmp_path / "out")) for a in args))
    assert done.returncode
    (told,) = [line for line in done.stderr.splitlines() if f"gf_{module}.so" in line]
    assert all(p in told for p in packages)


def test_encoder_that_ffmpeg_lacks(gpac, av_clip, tmp_path):
    done = gpac("-i", av_clip, "c=evc", "-o", tmp_path / "out.mp4", check=False)
    assert done.returncode
    assert "has no encoder for EVRC" in done.stderr and "the Debian package libavcodec-extra" in done.stderr


def test_decoder_that_ffmpeg_lacks(gpac, media, tmp_path):
    done = gpac("-i", media("mp4/vvc_400kbps_2s.mp4"), "-o", tmp_path / "x.yuv", check=False)
    if "no decoder for VVC" not in done.stderr:
        pytest.skip("this FFmpeg decodes VVC")
    assert done.returncode and "the Debian package libavcodec-extra" in done.stderr


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
