"""The inspector: what is printed where, forms of the report, analysis."""

import re
import subprocess
import xml.etree.ElementTree as ET

import pytest

from tool import probe_packets


def lines(gpac, *args):
    return gpac(*args).stdout.splitlines()


def test_packets_are_those_of_ffprobe(gpac, av_clip):
    probed = probe_packets(av_clip)
    fmt = "%pid.ID% %dts% %cts% %dur% %size%%lf%"
    seen = {}
    for line in lines(gpac, "-i", av_clip, f"inspect:fmt={fmt}:hdr=false"):
        pid, *values = line.split()
        seen.setdefault(int(pid) - 1, []).append([int(v) for v in values])
    assert {i: len(p) for i, p in seen.items()} == {i: len(p) for i, p in probed.items()}
    for index, packets in probed.items():
        # FFmpeg subtracts what the edit list hides: compare steps and sizes
        assert [p[3] for p in packets] == [v[3] for v in seen[index]]
        steps = [b[1] - a[1] for a, b in zip(packets, packets[1:])]
        assert steps == [b[0] - a[0] for a, b in zip(seen[index], seen[index][1:])]


def test_custom_format(gpac, av_clip):
    out = lines(gpac, "-i", av_clip, "inspect:fmt=$pn$ %frame% @nothing@ $$ $pid.StreamType$$lf$")
    assert out[0] == "pn frame nothing $ StreamType"
    assert "1 frame_full N/A $ Visual" in out
    assert "1 frame_full N/A $ Audio" in out


@pytest.mark.parametrize("option", ["xml", "analyze=on", "analyze=bs", "analyze=full", "xml:dump_data", "xml:dtype"])
def test_xml_is_well_formed(gpac, av_clip, option):
    root = ET.fromstring(gpac("-i", av_clip, f"inspect:deep:{option}").stdout)
    assert root.tag == "GPACInspect"
    assert {e.tag for e in root} == {"PIDConfigure", "Packet"}


def test_analysis_of_a_known_stream(gpac, av_clip):
    root = ET.fromstring(gpac("-i", av_clip, "inspect:deep:analyze=on:crc").stdout)
    sps = root.find("PIDConfigure/AVCParameterSets/AVCSPSArray/NALU")
    assert (sps.get("width"), sps.get("height"), sps.get("profile")) == ("320", "180", "100")
    slices = [n for n in root.iter("NALU") if n.get("slice_type")]
    assert slices[0].get("type") == "IDR slice" and slices[0].get("slice_type") == "I"
    assert {s.get("slice_type") for s in slices} == {"I", "P", "B"}
    assert all(re.fullmatch("0x[0-9A-F]{8}", n.get("crc")) for n in root.iter("NALU"))
    # the encoder signs its work in a user data message
    messages = [m for m in root.iter("SEIMessage") if m.get("type") == "user_data_unregistered"]
    assert "x264" in messages[0].get("content")


def test_analysis_gives_the_size_of_elements(gpac, av_clip):
    root = ET.fromstring(gpac("-i", av_clip, "inspect:deep:analyze=full").stdout)
    sps = root.find("PIDConfigure/AVCParameterSets/AVCSPSArray/NALU")
    assert sps.get("profile_idc") == "100(8)"
    assert sps.get("level_idc").endswith("(8)")


def test_report_goes_to_the_log_target(gpac, av_clip, tmp_path):
    expected = gpac("-i", av_clip, "inspect:deep").stdout
    path = tmp_path / "report.txt"
    assert gpac("-i", av_clip, f"inspect:deep:log={path}").stdout == ""
    assert path.read_text() == expected
    assert gpac("-i", av_clip, "inspect:deep:log=stderr").stderr == expected
    done = gpac("-i", av_clip, "inspect:deep:log=null")
    assert (done.stdout, done.stderr) == ("", "")


def test_bad_targets(gpac, av_clip, tmp_path):
    done = gpac("-i", av_clip, f"inspect:log={tmp_path}", check=False)
    assert done.returncode and str(tmp_path) in done.stderr


def test_one_report_per_pid(gpac, av_clip):
    text = gpac("-i", av_clip, "inspect:deep:interleave=false:xml").stdout
    root = ET.fromstring(text)
    assert [e.tag for e in root] == ["PIDInspect", "PIDInspect"]
    # audio first
    assert [e.find("PIDConfigure").get("StreamType") for e in root] == ["Audio", "Visual"]
    packets = [int(p.get("number")) for p in root[0].iter("Packet")]
    assert packets == list(range(1, len(packets) + 1))
    assert all(p.get("PID") is None for p in root.iter("Packet"))


def test_statistics(gpac, av_clip):
    text = gpac("-i", av_clip, "inspect:stats").stdout
    video = text[text.index(" video "):]
    assert "Nb Frames: 50\n" in video
    assert "Frame Rate: CFR - frame duration 512" in video
    assert "Start with SAP: 1" in video
    size = sum(p[3] for p in probe_packets(av_clip)[0])
    assert f"Total size: {size} bytes" in video


def test_duration_limit(gpac, av_clip):
    numbers = [int(n) for n in lines(gpac, "-i", av_clip, "inspect:fmt=%pn%%lf%:hdr=false:dur=1/2")]
    # half a second: 13 frames of 25 Hz at most, 24 of 1024 samples
    assert 20 <= max(numbers) <= 25


def test_test_modes_hide_what_changes(gpac, av_clip):
    assert "PIDConfigure" not in gpac("-i", av_clip, "inspect:deep:xml:test=noprop").stdout
    assert "CRC32" not in re.sub("<PID.*", "", gpac("-i", av_clip, "inspect:deep:xml:test=nocrc").stdout)
    assert "Bitrate" not in gpac("-i", av_clip, "inspect:xml:test=nobr").stdout
    assert "DecoderConfig=" not in gpac("-i", av_clip, "inspect:xml:test=encode").stdout


def test_bytes_of_the_payload(gpac, clip):
    path = clip("short.aac", "-f", "lavfi", "-i", "sine=sample_rate=48000", "-t", "0.1", "-c:a", "aac")
    out = lines(gpac, "-i", path, "inspect:fmt=%data%%lf%:hdr=false")
    # the same without ADTS headers
    raw = subprocess.run(
        ["ffmpeg", "-v", "error", "-i", path, "-map", "0:a", "-c", "copy", "-bsf:a", "aac_adtstoasc", "-f", "data", "-"],
        capture_output=True, check=True).stdout
    assert bytes.fromhex("".join(out)) == raw
