# SPDX-License-Identifier: MIT
"""The worked examples of the graph chapter (3.18) in Python: numbers 23 to 25."""

import libgpac as gpac
from lab import probe_packets


def nb(path, stream):
    return len(probe_packets(path, stream))


def test_23_order_of_loading(mp4, tmp_path):
    out = tmp_path / "x.mp4"
    with gpac.FilterSession() as fs:
        fs.load_src(str(mp4))
        middle = fs.load("reframer")
        fs.load_dst(str(out))
        fs.run()
        assert middle.nb_ipid == middle.nb_opid == 2
        assert [f.name for f in fs] == ["fin", "reframer", "fout", "mp4dmx", "mp4mx"]
    assert (nb(out, "v"), nb(out, "a")) == (nb(mp4, "v"), nb(mp4, "a"))


def test_24_sources_by_name(mp4, tmp_path):
    """As 23, though the destination is loaded first."""
    out = tmp_path / "x.ts"
    with gpac.FilterSession() as fs:
        fs.load_src(str(mp4))
        dst = fs.load_dst(str(out))
        middle = fs.load("reframer")
        dst.set_source(middle)
        fs.run()
        assert middle.nb_ipid == 2 and dst.nb_ipid == 2
        assert dst.ipid_source(0) is middle and dst.ipid_source(1) is middle
    assert (nb(out, "v"), nb(out, "a")) == (nb(mp4, "v"), nb(mp4, "a"))


def test_25_one_pid_of_a_source(mp4, tmp_path):
    out = tmp_path / "x.mp4"
    with gpac.FilterSession() as fs:
        src = fs.load_src(str(mp4))
        fs.load_dst(str(out)).set_source(src, "PID=1")
        fs.run()
    assert (nb(out, "v"), nb(out, "a")) == (nb(mp4, "v"), 0)
