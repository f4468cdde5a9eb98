# SPDX-License-Identifier: MIT
"""Media data in other files than the movie (data references, ISO/IEC 14496-12 8.7.2). The movies that are read are the
movie box of a file of FFmpeg, whose chunk offsets are then those of that file; those that are written are read with
tests/isom.py."""

import hashlib
import os
import struct
import subprocess
import wave

import pytest

from isom import box, edit, find, full, places, words
from tool import GPAC, probe_packets

CLIP = ("-f", "lavfi", "-i", "testsrc2=size=96x64:rate=25", "-f", "lavfi", "-i", "sine=frequency=440:sample_rate=48000", "-t", 1)
AVC = ("-c:v", "libx264", "-bf", 2, "-g", 10, "-pix_fmt", "yuv420p")
DREF = ("mdia", "minf", "dinf", "dref")
FIELDS = "inspect:deep:hdr=false:fmt=%pid.ID% %dts% %cts% %size% %bo% %crc%%lf%"


def reference(location, kind="url "):
    """The payload of `dref` with one entry."""
    payload = location.encode() + b"\0" if isinstance(location, str) else location
    return lambda _: struct.pack(">II", 0, 1) + full(kind, payload)


def movie_of(source, *locations, kind="url "):
    """`ftyp` and `moov` of a file, its tracks referring to these locations; None leaves a track alone."""
    data, out, tracks = source.read_bytes(), b"", iter(locations)
    for name, start, at, end in places(data):
        if name == "ftyp":
            out += data[start:end]
        elif name == "moov":
            moov = b""
            for inner, a, b, c in places(data[at:end]):
                payload = data[at + b:at + c]
                location = next(tracks, None) if inner == "trak" else None
                moov += box(inner, payload if location is None else edit(payload, DREF, reference(location, kind)))
            out += box("moov", moov)
    return out


@pytest.fixture
def place(clip, tmp_path):
    """A folder with a media file and a function that writes a movie beside it."""
    source = clip("dref.mp4", *CLIP, *AVC, "-c:a", "aac")
    (tmp_path / "media.bin").write_bytes(source.read_bytes())

    def write(*locations, name="movie.mp4", **options):
        path = tmp_path / name
        path.parent.mkdir(exist_ok=True)
        path.write_bytes(movie_of(source, *locations, **options))
        return path
    write.source, write.folder = source, tmp_path
    return write


def lines(gpac, *words, check=True):
    return gpac("-i", *words, FIELDS, check=check).stdout.splitlines()


def without_places(found):
    return [(*line[:4], line[5]) for line in map(str.split, found)]


@pytest.mark.parametrize("location,file", [("media.bin", "media.bin"), ("./media.bin", "media.bin"),
                                           ("sub/the%20media%25.bin", "sub/the media%.bin")])
def test_file_beside_the_movie(gpac, place, location, file):
    """The packets are those of the whole file; places in another file are not told as places in the movie."""
    (place.folder / file).parent.mkdir(exist_ok=True)
    (place.folder / "media.bin").rename(place.folder / file)
    movie = place(location, location)
    assert len(movie.read_bytes()) < len(place.source.read_bytes()) / 2
    found = lines(gpac, movie)
    assert without_places(found) == without_places(lines(gpac, place.source))
    assert {line.split()[4] for line in found} == {"N/A"}
    expected = probe_packets(place.source)
    assert [len([x for x in found if x[0] == str(i + 1)]) for i in expected] == [len(p) for p in expected.values()]


def test_one_track_elsewhere(gpac, place):
    """The pictures are in the file itself, as are their places; the sound is in another one."""
    data = place.source.read_bytes()
    moov, = (data[start:end] for name, start, _, end in places(data) if name == "moov")
    changed = box("moov", b"".join(
        box(name, edit(moov[a:b], DREF, reference("media.bin")) if name == "trak" and b"soun" in moov[a:b] else moov[a:b])
        for name, _, a, b in places(moov, 8)))
    at = data.index(moov)
    movie = place.folder / "mixed.mp4"
    # behind the media data, so that these stay in their place
    movie.write_bytes(data[:at] + box("free", moov[8:]) + data[at + len(moov):] + changed)
    found, expected = lines(gpac, movie), lines(gpac, place.source)
    assert without_places(found) == without_places(expected)
    assert [x for x in found if x[0] == "1"] == [x for x in expected if x[0] == "1"]


def test_samples_of_one_size(gpac, clip, tmp_path):
    """The movie is smaller than the samples that it declares, which take no room in its tables."""
    source = clip("dref_pcm.mov", *CLIP[4:], "-c:a", "pcm_s16le")
    (tmp_path / "media.bin").write_bytes(source.read_bytes())
    movie = tmp_path / "movie.mov"
    movie.write_bytes(movie_of(source, "media.bin"))
    assert sum(int(line.split()[3]) for line in lines(gpac, movie)) == 96000
    assert without_places(lines(gpac, movie)) == without_places(lines(gpac, source))


def test_seek(gpac, place):
    movie = place("media.bin", "media.bin")
    found = gpac("-i", movie, "reframer:xs=0.4", FIELDS).stdout.splitlines()
    expected = gpac("-i", place.source, "reframer:xs=0.4", FIELDS).stdout.splitlines()
    assert found and without_places(found) == without_places(expected)


OUT_OF_REACH = "only files in the directory of the movie, or below it, are read"


@pytest.mark.parametrize("location,message", [
    ("../media.bin", OUT_OF_REACH), ("sub/../../media.bin", OUT_OF_REACH), ("%2e%2e/media.bin", OUT_OF_REACH),
    ("/etc/hostname", OUT_OF_REACH), ("file:///etc/hostname", OUT_OF_REACH), ("http://localhost/media.bin", OUT_OF_REACH),
    ("link", OUT_OF_REACH), ("missing.bin", "No such file"), ("sub", "it is not a regular file"),
    ("pipe", "it is not a regular file"),
    ("", OUT_OF_REACH), ("media.bin", None)])
def test_reach(gpac, place, location, message):
    """What a movie names is read in its own directory only."""
    folder = place.folder / "films"
    (folder / "sub").mkdir(parents=True)
    (folder / "link").symlink_to(place.folder / "media.bin")
    (folder / "media.bin").write_bytes(place.source.read_bytes())
    os.mkfifo(folder / "pipe")
    movie = place(location, "media.bin", name="films/movie.mp4")
    done = gpac("-i", movie, FIELDS)
    tracks = {line.split()[0] for line in done.stdout.splitlines()}
    assert tracks == ({"2"} if message else {"1", "2"})
    assert (f"track 1 is skipped, its media data are in another file ('url ' {location}): " + message in done.stderr
            if message else not done.stderr)


def test_other_kinds_of_references(gpac, place):
    done = gpac("-i", place(b"\0" * 20, kind="alis"), FIELDS)
    assert "('alis' ): this type of data reference is not read" in done.stderr


def test_options(gpac, place):
    """`extk=false` skips such tracks, `drefu` is a file that the user names."""
    movie = place("/nowhere", None, name="films/movie.mp4")
    done = gpac("-i", f"{movie}:extk=false", "-logs=container@info", FIELDS)
    assert "track 1 is skipped" in done.stderr and "option extk is off" in done.stderr
    found = lines(gpac, f"{movie}:tkid=1:drefu={place.folder}/media.bin")
    assert without_places(found) == without_places(x for x in lines(gpac, place.source) if x[0] == "1")
    assert "it cannot be opened" in gpac("-i", f"{movie}:drefu={place.folder}/none.bin", FIELDS).stderr


def test_movie_that_is_no_file(gpac, place):
    """There is nothing beside a stream."""
    movie = place("media.bin", "media.bin")
    done = subprocess.run([GPAC, "-i", "-", "mp4dmx", FIELDS], input=movie.read_bytes(), capture_output=True, timeout=60)
    assert done.returncode == 1 and b"the movie is not a local file" in done.stderr


def test_file_that_is_cut(gpac, place):
    movie = place("media.bin", "media.bin")
    path = place.folder / "media.bin"
    path.write_bytes(path.read_bytes()[:path.stat().st_size * 2 // 3])
    done = gpac("-i", movie, FIELDS, check=False)
    assert "it is outside the file" in done.stderr
    expected = lines(gpac, place.source)
    assert 0 < len(done.stdout.splitlines()) < len(expected)
    assert set(without_places(done.stdout.splitlines())) <= set(without_places(expected))


def test_many_files(gpac, place):
    """Tracks share the files they name, of which a movie has 16 at most."""
    data = place("media.bin").read_bytes()
    moov = find(data, "moov")[0]
    trak = find(moov, "trak")[0]
    tracks = b""
    for number in range(1, 21):
        name = f"m{number}.bin" if number <= 17 else "m1.bin"
        (place.folder / name).write_bytes(place.source.read_bytes())
        copy = edit(trak, DREF, reference(name))
        copy = edit(copy, ("tkhd",), lambda tkhd, n=number: tkhd[:12] + struct.pack(">I", n) + tkhd[16:])
        tracks += box("trak", copy)
    mvhd = box("mvhd", find(moov, "mvhd")[0])
    path = place.folder / "many.mp4"
    path.write_bytes(data[:data.index(b"moov") - 4] + box("moov", mvhd + tracks))
    done = gpac("-i", path, FIELDS)
    assert {int(line.split()[0]) for line in done.stdout.splitlines()} == set(range(1, 21)) - {17}
    assert done.stderr.count("refers to too many files") == 1


# ---- mp4mx


TABLE = ("moov", "trak", "mdia", "minf", "stbl")
SECOND = ("-f", "lavfi", "-i", "sine=frequency=440:sample_rate=48000:duration=1")
AUDIO = {"aac": "aac", "mp3": "libmp3lame", "ac3": "ac3", "flac": "flac"}


def locations(movie):
    return [payload[8:] for payload in find(movie, "moov", "trak", "mdia", "minf", "dinf", "dref")]


def samples(movie, media):
    """The bytes of the samples of the first track, whose chunks are places in `media`."""
    table = find(movie, *TABLE)[0]
    size, count, *sizes = words(find(table, "stsz")[0])
    sizes = sizes or [size] * count
    runs, found = words(find(table, "stsc")[0])[1:], []
    for chunk, at in enumerate(words(find(table, "stco")[0])[1:], 1):
        nb = next(runs[i + 1] for i in reversed(range(0, len(runs), 3)) if runs[i] <= chunk)
        for _ in range(nb):
            found.append(media[at:at + sizes[len(found)]])
            at += sizes[len(found) - 1]
    return found


@pytest.mark.parametrize("kind,layout", [(kind, "store=inter") for kind in AUDIO] + [
    ("aac", layout) for layout in ("store=flat", "store=fstart", "store=tight", "cdur=0")])
def test_written_reference(gpac, clip, tmp_path, kind, layout):
    """The movie holds no media data; what it points at in the source are the packets that FFmpeg copies from there."""
    made = clip(f"dref.{kind}", *SECOND, "-c:a", AUDIO[kind])
    source = tmp_path / "sub" / f"the sound 100%.{kind}"
    source.parent.mkdir()
    source.write_bytes(made.read_bytes())
    assert not gpac("-i", source, "-o", f"{tmp_path}/out.mp4:dref:{layout}").stderr
    movie = (tmp_path / "out.mp4").read_bytes()
    assert locations(movie) == [full("url ", f"sub/the%20sound%20100%25.{kind}\0".encode())]
    assert sum(len(payload) for payload in find(movie, "mdat")) <= 8
    subprocess.run(["ffmpeg", "-v", "error", "-i", source, "-c", "copy", "-strict", "-2", tmp_path / "copy.mp4"],
                   check=True)
    hashes = [packet[5].lower() for packet in probe_packets(tmp_path / "copy.mp4")[0]]
    found = [f"md5:{hashlib.md5(s).hexdigest()}" for s in samples(movie, source.read_bytes())]
    assert found[1 if kind == "mp3" else 0:] == hashes  # FFmpeg drops the frame that describes the others
    fields = "inspect:deep:hdr=false:fmt=%dts% %cts% %size% %crc%%lf%"
    gpac("-i", source, "-o", tmp_path / "copied.mp4")
    assert (gpac("-i", tmp_path / "out.mp4", fields).stdout == gpac("-i", tmp_path / "copied.mp4", fields).stdout)


@pytest.mark.parametrize("cut,first,last", [("", 0, 48000), ("reframer:xs=0.1:xe=0.35", 4800, 16800)])
def test_written_reference_to_samples(gpac, clip, tmp_path, cut, first, last):
    """Uncompressed sound is one chunk; the range that the reframer keeps begins inside a packet."""
    source = tmp_path / "a.wav"
    source.write_bytes(clip("dref.wav", *SECOND, "-c:a", "pcm_s16le").read_bytes())
    gpac("-i", source, *filter(None, [cut]), "-o", f"{tmp_path}/out.mp4:dref")
    movie = (tmp_path / "out.mp4").read_bytes()
    with wave.open(str(source)) as file:
        expected = file.readframes(48000)[2 * first:2 * last]
    assert b"".join(samples(movie, source.read_bytes())) == expected
    assert words(find(movie, *TABLE, "stco")[0])[0] == 1


def test_reference_with_copied_tracks(gpac, place, clip):
    """Packets of a demultiplexer are not ranges of a file by themselves: they are copied, which is told."""
    sound = place.folder / "a.aac"
    sound.write_bytes(clip("dref.aac", *SECOND, "-c:a", "aac").read_bytes())
    done = gpac("-i", f"{place.source}#video", "-i", sound, "-o", f"{place.folder}/out.mp4:dref")
    assert done.stderr.count("they are copied in spite of option dref") == 1
    movie = (place.folder / "out.mp4").read_bytes()
    assert locations(movie) == [full("url ", b"", flags=1), full("url ", b"a.aac\0")]
    hashes = [packet[5] for packet in probe_packets(place.source)[0]]
    assert [packet[5] for packet in probe_packets(place.folder / "out.mp4", "-select_streams", "v")[0]] == hashes
    found = gpac("-i", place.folder / "out.mp4", "inspect:deep:hdr=false:fmt=%pid.ID% %size%%lf%").stdout.split()
    assert found[::2].count("2") == len(probe_packets(sound)[0])


def test_reference_from_elsewhere(gpac, clip, tmp_path):
    """A file that is not below the directory of the movie is named as a whole."""
    source = tmp_path / "a.mp3"
    source.write_bytes(clip("dref.mp3", *SECOND, "-c:a", "libmp3lame").read_bytes())
    (tmp_path / "films").mkdir()
    done = gpac("-i", source, "-o", f"{tmp_path}/films/out.mp4:dref")
    assert "not in the directory of the movie" in done.stderr
    movie = (tmp_path / "films" / "out.mp4").read_bytes()
    assert locations(movie) == [full("url ", f"file://{source.resolve()}\0".encode())]
    again = gpac("-i", f"{tmp_path}/films/out.mp4:drefu={source}", FIELDS).stdout
    assert len(again.splitlines()) == len(samples(movie, source.read_bytes()))


def test_no_references_in_fragments(gpac, clip, tmp_path):
    done = gpac("-i", clip("dref.mp3", *SECOND, "-c:a", "libmp3lame"), "-o", f"{tmp_path}/out.mp4:dref:store=frag", check=False)
    assert done.returncode == 1 and "dref: fragments hold their media data" in done.stderr


# ---- A segment that continues a movie (mp4dmx:catseg)


@pytest.fixture
def parts(clip, tmp_path):
    """A movie with fragments, cut in front of each `moof`; returns a function that joins some of these parts in a file."""
    data = clip("parts.mp4", *CLIP, *AVC, "-c:a", "aac", "-movflags", "empty_moov+default_base_moof+frag_keyframe").read_bytes()
    cuts = [0] + [start for kind, start, _, _ in places(data) if kind == "moof"] + [len(data)]

    def join(name, first, last=None):
        path = tmp_path / name
        path.write_bytes(data[cuts[first]:cuts[last] if last else None])
        return path
    return join


@pytest.mark.parametrize("at", [1, 2])
def test_appended_segment(gpac, parts, at):
    """The packets are those of one file; the places of those in the segment are not places of the movie."""
    whole, movie, segment = parts("whole.mp4", 0), parts("movie.mp4", 0, at), parts("segment.m4s", at)
    found, expected = lines(gpac, f"{movie}:catseg={segment}"), lines(gpac, whole)
    assert without_places(found) == without_places(expected)
    size = movie.stat().st_size
    assert [line.split()[4] for line in found] == [
        place if int(place) < size else "N/A" for place in (line.split()[4] for line in expected)]
    for cut in ("reframer:xs=0.5", "reframer:xs=0.1:xe=0.7"):
        found = gpac("-i", f"{movie}:catseg={segment}", cut, FIELDS).stdout.splitlines()
        assert found and without_places(found) == without_places(gpac("-i", whole, cut, FIELDS).stdout.splitlines())


def test_appended_segment_that_is_wrong(gpac, parts, tmp_path):
    movie, segment = parts("movie.mp4", 0, 2), parts("segment.m4s", 2)
    for name in ("none.m4s", "."):
        done = gpac("-i", f"{movie}:catseg={tmp_path}/{name}", FIELDS, check=False)
        assert done.returncode == 1 and str(tmp_path) in done.stderr
    done = subprocess.run([GPAC, "-i", "-", f"mp4dmx:catseg={segment}", FIELDS], input=movie.read_bytes(), capture_output=True,
                          timeout=60)
    assert done.returncode == 1 and b"option catseg: the movie has to be a local file" in done.stderr
    data = segment.read_bytes()
    segment.write_bytes(data[:len(data) // 2])  # what is there is played
    found = lines(gpac, f"{movie}:catseg={segment}", check=False)
    assert len(lines(gpac, movie)) < len(found) < len(lines(gpac, parts("whole.mp4", 0)))
