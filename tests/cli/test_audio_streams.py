"""AC-3, E-AC-3 and FLAC: packets and configuration are those of FFmpeg, in the stream and in MP4."""

import re
import subprocess

import pytest

from tool import probe_packets

STREAMS = {
    "surround.ac3": ("-c:a", "ac3", "-ac", 6),
    "mono.ac3": ("-c:a", "ac3", "-ac", 1, "-ar", 44100),
    "surround.eac3": ("-c:a", "eac3", "-ac", 6),
    "stereo.flac": ("-c:a", "flac", "-ac", 2),
    "deep.flac": ("-c:a", "flac", "-ac", 6, "-sample_fmt", "s32", "-frame_size", 1000),
    "stereo.eac3": ("-c:a", "eac3", "-ac", 2, "-ar", 44100, "-b:a", "96k"),
}


@pytest.fixture
def stream(clip):
    def make(name):
        return clip(name, "-f", "lavfi", "-i", "sine=frequency=440:sample_rate=48000", "-t", 1, *STREAMS[name])
    return make


def config(path):
    """Content of the box dac3, dec3 or dfLa."""
    data = path.read_bytes()
    at = next(data.index(box) for box in (b"dac3", b"dec3", b"dfLa") if box in data)
    return data[at + 4:at - 4 + int.from_bytes(data[at - 4:at], "big")]


@pytest.mark.parametrize("name", STREAMS)
def test_packets(gpac, stream, name):
    source = stream(name)
    text = gpac("-i", source, "inspect:deep").stdout
    ours = [int(size) for size in re.findall(r"PCK \d+ .* size (\d+)", text)]
    assert ours == [p[3] for p in probe_packets(source)[0]]
    if name.endswith("ac3"):
        assert set(re.findall(r"dur (\d+)", text)) == {"1536"}


@pytest.mark.parametrize("name", STREAMS)
def test_through_mp4(gpac, stream, tmp_path, name):
    source = stream(name)
    gpac("-i", source, "-o", tmp_path / "out.mp4")
    subprocess.run(["ffmpeg", "-v", "error", "-i", source, "-c", "copy", "-strict", "-2", tmp_path / "ff.mp4"], check=True)
    assert [p[3:] for p in probe_packets(tmp_path / "out.mp4")[0]] == [p[3:] for p in probe_packets(tmp_path / "ff.mp4")[0]]
    ours, theirs = config(tmp_path / "out.mp4"), config(tmp_path / "ff.mp4")
    if name.endswith("flac"):  # other blocks follow STREAMINFO in ours
        ours, theirs = ours[5:42], theirs[5:42]
    assert ours == theirs
    out = tmp_path / f"back.{name.split('.')[1]}"
    for file in ("out.mp4", "ff.mp4"):
        gpac("-i", tmp_path / file, "-o", out)
        if name.endswith("flac"):  # without padding
            assert probe_packets(out) == probe_packets(source)
        else:
            assert out.read_bytes() == source.read_bytes()


@pytest.mark.parametrize("name", STREAMS)
def test_damaged(gpac, stream, tmp_path, name):
    """Junk between frames is skipped with one message; a cut last frame is dropped."""
    sizes = [p[3] for p in probe_packets(stream(name))[0]]
    data = stream(name).read_bytes()
    at = len(data) - sum(sizes[10:])
    bad = tmp_path / name
    bad.write_bytes(data[:at] + b"junk" * 10 + data[at:-5])
    if name.endswith("flac"):  # whose frames end where the next one starts
        sizes[9] += 40
        done = gpac("-i", bad, "inspect:deep")
        assert [int(size) for size in re.findall(r"PCK \d+ .* size (\d+)", done.stdout)] == sizes[:-1] + [sizes[-1] - 5]
        done = gpac("-i", bad, "rfflac:docrc", "inspect:deep")
        assert len(re.findall("PCK", done.stdout)) == len(sizes) - 2
        return
    done = gpac("-i", bad, "inspect:deep")
    assert [int(size) for size in re.findall(r"PCK \d+ .* size (\d+)", done.stdout)] == sizes[:-1]
    assert done.stderr.count("looking for the next") == 1


def test_flac_tags(gpac, stream, tmp_path):
    tagged = tmp_path / "tagged.flac"
    subprocess.run(["ffmpeg", "-v", "error", "-i", stream("stereo.flac"), "-c", "copy", "-metadata", "title=A title",
                    "-metadata", "artist=Someone", tagged], check=True)
    report = gpac("-i", tagged, "inspect:deep:xml:full").stdout
    assert 'title="A title"' in report and 'artist="Someone"' in report
    gpac("-i", tagged, "-o", tmp_path / "out.flac")
    assert 'title="A title"' in gpac("-i", tmp_path / "out.flac", "inspect:xml:full").stdout


def test_seek(gpac, stream):
    text = gpac("-i", stream("surround.ac3"), "rfac3:index=0.1", "inspect:deep:start=0.5").stdout
    times = [int(cts) for cts in re.findall(r"PCK \d+ cts (\d+)", text)]
    assert times[0] <= 24000 < times[0] + 4800 + 1536 and times[-1] == 31 * 1536
