# SPDX-License-Identifier: MIT
"""An option that a demultiplexer refuses is an error; a file that it cannot read goes to another one."""

import pytest

import libgpac as gpac


def run(url):
    fs = gpac.FilterSession()
    try:
        fs.load_src(url)
        fs.load("inspect:log=null")
        fs.run()
    finally:
        fs.delete()


def test_refused_option(mp4, capfd):
    with pytest.raises(gpac.GpacError) as caught:
        run(f"{mp4}:keepc=false")
    assert caught.value.code == gpac.GF_NOT_SUPPORTED
    assert "[mp4dmx] option keepc=false is not supported" in capfd.readouterr().err


def test_other_parts_go_on(mp4, tmp_path):
    fs = gpac.FilterSession()
    fs.load_src(f"{mp4}:keepc=false:FID=A")
    fs.load("inspect:SID=A:log=null")
    fs.load_src(f"{mp4}:FID=B")
    copy = tmp_path / "copy.mp4"
    fs.load_dst(f"{copy}:SID=B")
    with pytest.raises(gpac.GpacError):
        fs.run()
    fs.delete()
    assert copy.stat().st_size > 1000
