"""Remultiplexing keeps every packet: FFmpeg reads the same from our output as from the input."""

import pytest

from tool import probe_packets


def same_packets(ours, original, with_times=True):
    """Compares two probes, ignoring the stream order."""
    key = lambda packets: (len(packets), packets[0][5] if packets else "")
    a, b = sorted(ours.values(), key=key), sorted(original.values(), key=key)
    assert [len(p) for p in a] == [len(p) for p in b]
    for mine, theirs in zip(a, b):
        if not with_times:
            mine = [p[3:] for p in mine]
            theirs = [p[3:] for p in theirs]
        assert mine == theirs


OUTPUTS = ["out.mp4", "out.mp4:store=flat", "out.mp4:store=fstart", "out.mp4:store=frag", "out.mp4:frag"]


def as_read_from_fragments(streams):
    """What FFmpeg keeps when it reads fragments: no skip marks of an edit list (the `D` flag, the duration of the first
    packet), and the codec's frame length as the duration of the last audio packet. Its own output reads the same way.
    """
    ends = lambda packets, i: i in (0, len(packets) - 1)
    return {index: [(p[0], p[1], None if ends(packets, i) else p[2], p[3], p[4].replace("D", "_"), p[5])
                    for i, p in enumerate(packets)]
            for index, packets in streams.items()}


@pytest.mark.parametrize("output", OUTPUTS)
def test_remux_of_a_real_file(gpac, media, tmp_path, output):
    source = media("mp4/bbb_prog_10s.mp4")
    gpac("-i", source, "-o", tmp_path / output)
    read = as_read_from_fragments if "frag" in output else dict
    same_packets(read(probe_packets(tmp_path / "out.mp4")), read(probe_packets(source)))


@pytest.mark.parametrize("output", OUTPUTS)
def test_remux_of_b_frames(gpac, av_clip, tmp_path, output):
    gpac("-i", av_clip, "-o", tmp_path / output)
    read = as_read_from_fragments if "frag" in output else dict
    same_packets(read(probe_packets(tmp_path / "out.mp4")), read(probe_packets(av_clip)))


@pytest.mark.parametrize("codec,ext,pixfmt", [("libx264", "264", "yuv420p"), ("libx265", "265", "yuv420p10le")])
def test_video_to_a_raw_stream_and_back(gpac, clip, tmp_path, codec, ext, pixfmt):
    source = clip(f"{codec}.mp4", "-f", "lavfi", "-i", "testsrc2=size=320x180:rate=25", "-t", 2, "-c:v", codec,
                  "-bf", 2, "-g", 25, "-pix_fmt", pixfmt)
    gpac("-i", source, "-o", tmp_path / f"out.{ext}")
    gpac("-i", tmp_path / f"out.{ext}", "-o", tmp_path / "back.mp4")
    original = probe_packets(source)[0]
    back = probe_packets(tmp_path / "back.mp4")[0]
    # The raw stream carries the parameter sets in its access units; the payload of each NAL unit is the same,
    # which FFmpeg's decoder confirms below. Key frames and order are those of the original.
    assert len(back) == len(original)
    assert [p[4][0] for p in back] == [p[4][0] for p in original]
    assert frames(tmp_path / "back.mp4") == frames(source)


def test_audio_to_adts_and_back(gpac, av_clip, tmp_path):
    gpac("-i", av_clip, "-o", tmp_path / "out.aac")
    gpac("-i", tmp_path / "out.aac", "-o", tmp_path / "back.mp4")
    original = [p[5] for p in probe_packets(av_clip, "-select_streams", "a")[1]]
    assert [p[5] for p in probe_packets(tmp_path / "back.mp4")[0]] == original


def frames(path):
    """MD5 of each decoded video frame, in presentation order, by FFmpeg."""
    import subprocess

    done = subprocess.run(["ffmpeg", "-v", "error", "-i", str(path), "-map", "0:v", "-f", "framemd5", "-"],
                          capture_output=True, text=True, check=True)
    return [line.split(",")[-1].strip() for line in done.stdout.splitlines() if not line.startswith("#")]


@pytest.mark.parametrize("name", ["prog_8s.mp4", "ed_hevc.mp4", "bbb5s_aac_sidx.mp4", "opus.mp4", "vvc_400kbps_2s.mp4",
                                  "v300_multiple_segments.mp4"])
def test_remux_keeps_real_files(gpac, media, tmp_path, name):
    """Parameter sets inside samples go to the sample description, unless `xps_check=keep` leaves them."""
    source = media(f"mp4/{name}")
    gpac("-i", f"{source}:xps_check=keep", "-o", tmp_path / "out.mp4")
    same_packets(probe_packets(tmp_path / "out.mp4"), probe_packets(source), with_times=False)


def top_boxes(path):
    """Types of the boxes of a file, from their headers (ISO/IEC 14496-12 4.2)."""
    types, data, at = [], path.read_bytes(), 0
    while at < len(data):
        size = int.from_bytes(data[at:at + 4], "big")
        types.append(data[at + 4:at + 8].decode())
        at += int.from_bytes(data[at + 8:at + 16], "big") if size == 1 else size or len(data) - at
    return types


@pytest.mark.parametrize("options", ["", ":store=tight", ":moovpad=100000", ":store=fstart", ":store=flat"])
def test_remux_of_a_larger_file(gpac, clip, tmp_path, options):
    """More than what stays in memory: room for the movie box is left in front, and made larger where it is too
    small (`moovpad`)."""
    source = clip("large.mp4", "-f", "lavfi", "-i", "testsrc2=size=640x360:rate=50,noise=alls=40", "-f", "lavfi", "-i",
                  "sine=frequency=440:sample_rate=48000", "-t", 20, "-c:v", "libx264", "-preset", "ultrafast", "-bf", 2,
                  "-b:v", "4M", "-pix_fmt", "yuv420p", "-c:a", "aac")
    assert source.stat().st_size > 6_000_000
    gpac("-i", source, "-o", f"{tmp_path}/out.mp4{options}")
    same_packets(probe_packets(tmp_path / "out.mp4"), probe_packets(source))
    boxes = top_boxes(tmp_path / "out.mp4")
    assert boxes[0] == "ftyp" and boxes.count("moov") == boxes.count("mdat") == 1
    assert (boxes.index("moov") < boxes.index("mdat")) == (options != ":store=flat")
