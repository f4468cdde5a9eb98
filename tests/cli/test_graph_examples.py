# SPDX-License-Identifier: MIT
"""The worked examples of the graph chapter (3.18) that are not in test_tool.py and test_codec_graphs.py, each checked by
the packets that FFmpeg finds in what was written. Not possible yet: 13 and 14 (subtitles), 21 (manifests), 30 (HEIF items
as JPEG). Where the chapter names filters that FFmpeg stands in for (`m2tsmx`, `pngenc`, `jpgenc`), the graph has `ffmx`
and `ffenc`."""

import http.server
import subprocess
import threading

import pytest

from test_tool import graph_of
from tool import probe_packets


def counts(path):
    return sorted(len(p) for p in probe_packets(path).values())


@pytest.fixture
def av(av_clip):
    """The clip, and how many packets of picture and of sound it has."""
    streams = probe_packets(av_clip)
    return av_clip, len(streams[0]), len(streams[1])


@pytest.fixture
def avc(gpac, av, tmp_path):
    gpac("-i", av[0], "-o", tmp_path / "v.264")
    return tmp_path / "v.264"


def test_5_transport_stream(gpac, av, tmp_path):
    assert graph_of(gpac, "-i", av[0], "-o", tmp_path / "o.ts") == ["0 fin", "1 mp4dmx", "2 ffmx"]
    assert counts(tmp_path / "o.ts") == sorted(av[1:])


def test_12_pictures_of_an_elementary_stream(gpac, av, avc, tmp_path):
    lines = graph_of(gpac, "-i", avc, "-o", tmp_path / "v_$num$.png")
    # the scaler comes in last, for the RGB that the encoder asks for
    assert lines == ["0 fin", "1 rfnalu", "2 ffdec", "3 ffsws", "4 ffenc", "5 writegen", "6 fout"]
    pictures = list(tmp_path.glob("v_*.png"))
    assert len(pictures) == av[1] and all(counts(p) == [1] for p in pictures)


def test_15_image_to_image(gpac, clip, tmp_path):
    png = clip("p.png", "-f", "lavfi", "-i", "testsrc2=size=64x48:rate=1", "-frames:v", 1)
    lines = graph_of(gpac, "-i", png, "-o", tmp_path / "p.jpg")
    assert lines == ["0 fin", "1 rfimg", "2 ffdec", "3 ffsws", "4 ffenc", "5 writegen", "6 fout"]
    assert (tmp_path / "p.jpg").read_bytes()[:3] == b"\xff\xd8\xff" and counts(tmp_path / "p.jpg") == [1]


def test_17_one_stream(gpac, av, tmp_path):
    assert graph_of(gpac, "-i", av[0], "@#video", "-o", tmp_path / "v.mp4") == ["0 fin", "1 mp4dmx", "2 mp4mx", "3 fout"]
    assert counts(tmp_path / "v.mp4") == [av[1]]


def test_18_a_file_for_each_stream(gpac, av, tmp_path):
    gpac("-i", f"{av[0]}:FID=S", "-o", f"{tmp_path}/v.mp4:SID=S#video", "-o", f"{tmp_path}/a.mp4:SID=S#audio")
    assert counts(tmp_path / "v.mp4") == [av[1]] and counts(tmp_path / "a.mp4") == [av[2]]


def test_19_a_file_for_each_service(gpac, av, clip, tmp_path):
    path = clip("services.ts", "-i", av[0], "-i", av[0], "-map", 0, "-map", 1, "-c", "copy",
                "-program", "program_num=1:st=0:st=1", "-program", "program_num=2:st=2:st=3")
    lines = graph_of(gpac, "-i", path, "-o", f"{tmp_path}/s_$ServiceID$.mp4:SID=#ServiceID=*")
    assert sum(line.endswith("fout") for line in lines) == 2
    for number in 1, 2:
        assert counts(tmp_path / f"s_{number}.mp4") == sorted(av[1:])


def test_20_groups_are_independent(gpac, av, avc, tmp_path):
    gpac("-i", av[0], "-o", tmp_path / "a.aac")
    lines = graph_of(gpac, "-i", avc, "-o", tmp_path / "a.mp4", "-i", tmp_path / "a.aac", "-o", tmp_path / "b.mp4")
    assert lines == ["0 fin", "1 rfnalu", "2 mp4mx", "3 fout", "0 fin", "1 rfadts", "2 mp4mx", "3 fout"]
    assert counts(tmp_path / "a.mp4") == [av[1]] and counts(tmp_path / "b.mp4") == [av[2]]


def test_28_two_formats(gpac, av, tmp_path):
    lines = graph_of(gpac, "-i", av[0], "-o", tmp_path / "x.mp4", "-o", tmp_path / "y.ts")
    assert lines.count("2 ffmx") == lines.count("2 mp4mx") == 2
    assert counts(tmp_path / "x.mp4") == counts(tmp_path / "y.ts") == sorted(av[1:])


def test_29_sound_stored_raw(gpac, av, tmp_path):
    lines = graph_of(gpac, "-i", av[0], "resample:osr=22050", "-o", tmp_path / "x.mp4")
    assert {"2 ffdec", "3 resample", "4 mp4mx", "2 mp4mx"} <= set(lines)
    assert av[1] in counts(tmp_path / "x.mp4") and len(counts(tmp_path / "x.mp4")) == 2


@pytest.fixture
def two_sounds(clip):
    """AAC at 44.1 kHz twice, both enabled."""
    tones = [option for hz in (440, 880) for option in ("-f", "lavfi", "-i", f"sine={hz}:sample_rate=44100")]
    return clip("two.mp4", *tones, "-t", 1, "-map", 0, "-map", 1, "-disposition:a", "default", "-c:a", "aac")


def rates(path):
    done = subprocess.run(["ffprobe", "-v", "error", "-show_entries", "stream=sample_rate", "-of", "csv=p=0", str(path)],
                          check=True, capture_output=True, text=True)
    return sorted(done.stdout.split())


def test_31_clones(gpac, two_sounds, tmp_path):
    lines = graph_of(gpac, "-i", two_sounds, "resample:osr=48k", "c=aac", "-o", tmp_path / "x.mp4")
    assert [line for line in lines if "mp4" not in line] == [
        "0 fin", "2 ffdec", "3 resample", "4 ffenc", "6 fout", "2 ffdec", "3 resample", "4 ffenc"]
    assert rates(tmp_path / "x.mp4") == ["48000", "48000"]


def test_31_one_filter_is_not_cloned(gpac, two_sounds, tmp_path):
    """The second sound goes past it, to the encoder."""
    lines = graph_of(gpac, "-i", two_sounds, "resample:osr=48k:clone=0", "c=aac", "-o", tmp_path / "x.mp4")
    assert [line for line in lines if "mp4" not in line] == [
        "0 fin", "2 ffdec", "3 resample", "4 ffenc", "6 fout", "2 ffdec", "3 ffenc"]
    assert rates(tmp_path / "x.mp4") == ["44100", "48000"]


def test_31_nothing_takes_the_second(gpac, two_sounds):
    """No decoder is loaded for it, and the message says why."""
    done = gpac("-i", two_sounds, "resample:clone=0", "-graph")
    assert "PID A2 of mp4dmx: not connected - resample: it takes no more inputs and may not be cloned\n" in done.stderr
    assert "ffdec" not in done.stderr


@pytest.fixture
def web(gpac, av, tmp_path):
    """URL of the clip, its index in front, on a server without byte ranges."""
    folder = tmp_path / "web"
    folder.mkdir()
    gpac("-i", av[0], "-o", folder / "f.mp4")

    class Files(http.server.SimpleHTTPRequestHandler):
        def __init__(self, *args):
            super().__init__(*args, directory=str(folder))

        def log_message(self, *_):
            pass

    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), Files) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        yield f"http://127.0.0.1:{server.server_port}/f.mp4"
        server.shutdown()
        thread.join()


def test_32_bytes_of_a_download(gpac, web, tmp_path):
    assert graph_of(gpac, "-i", web, "-o", tmp_path / "copy.mp4") == ["0 httpin", "1 fout"]
    assert (tmp_path / "copy.mp4").read_bytes() == (tmp_path / "web" / "f.mp4").read_bytes()


def test_32_download_remuxed(gpac, av, web, tmp_path):
    lines = graph_of(gpac, "-i", web, "-o", f"{tmp_path / 'copy.mp4'}:nomux=0")
    assert lines == ["0 httpin", "1 mp4dmx", "2 mp4mx", "3 fout"]
    assert counts(tmp_path / "copy.mp4") == sorted(av[1:])
