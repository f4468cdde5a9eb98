"""Worked examples of the graph chapter (3.18) with decoders and encoders."""

import pytest

from test_tool import graph_of
from tool import TONE, VIDEO, probe_packets


def expect(gpac, clip, words, tree):
    lines = graph_of(gpac, "-i", clip, *words)
    assert lines == tree


def test_decode_to_raw_video(gpac, av_clip, tmp_path):
    expect(gpac, av_clip, ["-o", tmp_path / "dump_$Type$.yuv"],
           ["0 fin", "1 mp4dmx", "2 ffdec", "3 writegen", "4 fout"])
    assert (tmp_path / "dump_video.yuv").stat().st_size == 50 * 320 * 180 * 3 // 2


def test_encode_one_stream(gpac, av_clip, tmp_path):
    expect(gpac, av_clip, ["c=avc:b=200k", "-o", tmp_path / "x.mp4"],
           ["0 fin", "1 mp4dmx", "2 ffdec", "3 ffenc", "4 rfnalu", "5 mp4mx", "6 fout", "2 mp4mx"])


def test_the_encoder_is_found(gpac, av_clip, tmp_path):
    expect(gpac, av_clip, ["enc:c=avc:b=200k", "-o", tmp_path / "x.mp4"],
           ["0 fin", "1 mp4dmx", "2 ffdec", "3 ffenc", "4 rfnalu", "5 mp4mx", "6 fout", "2 mp4mx"])


@pytest.mark.parametrize("raw,decoded", [("v", 1), ("a", 1), ("av", 2), ("no", 0)])
def test_raw_streams_of_a_reframer(gpac, av_clip, raw, decoded):
    lines = graph_of(gpac, "-i", av_clip, f"reframer:raw={raw}", "-o", "null")
    assert sum("ffdec" in line for line in lines) == decoded and not any("ffenc" in line for line in lines)


@pytest.mark.parametrize("encoders", [["c=avc", "c=aac"], ["c=aac", "c=avc"], ["c=libx264", "c=libopus"]])
def test_encode_both_in_any_order(gpac, av_clip, tmp_path, encoders):
    lines = graph_of(gpac, "-i", av_clip, *encoders, "-o", tmp_path / "x.mp4")
    assert lines.count("3 ffenc") + lines.count("4 ffenc") == 2


def test_coded_already(gpac, av_clip, tmp_path):
    lines = graph_of(gpac, "-i", av_clip, "c=avc:ccp", "-o", tmp_path / "x.mp4")
    assert lines == ["0 fin", "1 mp4dmx", "2 reframer", "3 mp4mx", "4 fout", "2 mp4mx", "0 ffenc"]  # not connected


def test_raw_for_a_reframer(gpac, av_clip):
    expect(gpac, av_clip, ["reframer:raw=av", "-o", "null"],
           ["0 fin", "1 mp4dmx", "2 ffdec", "3 reframer", "4 fout", "4 fout", "2 ffdec", "3 reframer"])


def test_resampled_sound_is_stored_raw(gpac, av_clip, tmp_path):
    lines = graph_of(gpac, "-i", av_clip, "resample:osr=22050", "-o", tmp_path / "x.mp4")
    assert "3 resample" in lines and "4 mp4mx" in lines


def test_source_register_chosen(gpac, av_clip, tmp_path):
    expect(gpac, f"{av_clip}:gfreg=ffdmx", ["-o", tmp_path / "x.mp4"], ["0 ffdmx", "1 mp4mx", "2 fout"])


def test_the_picture_decoded_for_one_filter_is_for_no_other(gpac, av_clip, tmp_path):
    """Both the coded stream and what a decoder makes of it are PIDs of source S: a destination gets the first."""
    lines = graph_of(gpac, "-i", f"{av_clip}:FID=S", "c=avc:FID=V:SID=S#video", "-o", f"{tmp_path / 'a.mp4'}:SID=S#video",
                     "-o", f"{tmp_path / 'b.mp4'}:SID=V")
    assert lines == ["0 fin", "1 mp4dmx", "2 ffdec", "3 ffenc", "4 rfnalu", "5 mp4mx", "6 fout", "2 mp4mx", "3 fout"]


def test_each_sound_gets_clones_of_its_own(gpac, clip, tmp_path):
    """Example 31: the output of a cloned encoder is not taken by the filters that it was cloned with."""
    dual = clip("dual.mp4", *VIDEO, *TONE, *TONE, "-t", 1, "-map", 0, "-map", 1, "-map", 2, "-c:v", "libx264",
                "-pix_fmt", "yuv420p", "-c:a", "aac", "-disposition:a", "default")
    lines = graph_of(gpac, "-i", dual, "resample:osr=44100", "c=aac", "-o", tmp_path / "x.mp4")
    assert [lines.count(f"{depth} {name}") for depth, name in ((2, "ffdec"), (3, "resample"), (4, "ffenc"))] == [2, 2, 2]
    counts = sorted(len(p) for p in probe_packets(tmp_path / "x.mp4").values())
    assert counts[0] == 25 and counts[1] == counts[2] > 40
