# SPDX-License-Identifier: MIT
"""gpac.frames and gpac.samples, compared with what FFmpeg decodes and with each other."""

import gc
import random
import subprocess

import pytest

import libgpac as gpac
from lab import make

numpy = pytest.importorskip("numpy")

# Pictures at irregular times: every third one of the first two seconds is missing, the rest is at half rate.
IRREGULAR = "select='if(lt(t,2),mod(n,3),mod(n,2))'"


@pytest.fixture(scope="module", params=["avc_vfr", "hevc_open", "avc_trimmed", "intra"])
def clip(request, media):
    source = "-f lavfi -i testsrc2=size=192x108:rate=25 -t 4".split()
    options = {
        "avc_vfr": ["-vf", IRREGULAR, "-vsync", "vfr", *"-c:v libx264 -g 20 -bf 3 -pix_fmt yuv420p".split()],
        "hevc_open": "-c:v libx265 -x265-params log-level=error:open-gop=1:keyint=20 -pix_fmt yuv420p".split(),
        "avc_trimmed": "-c:v libx264 -g 25 -bf 2 -pix_fmt yuv420p".split(),
        "intra": "-c:v mjpeg -pix_fmt yuvj420p".split(),
    }[request.param]
    path = make(media / f"{request.param}.mp4", *source, *options)
    if request.param == "avc_trimmed":  # begins between two random access points, by an edit list
        path = make(media / "avc_cut.mp4", "-ss", "0.6", "-i", path, "-c", "copy")
    return path


@pytest.fixture(scope="module")
def sequential(clip):
    return list(gpac.frames(clip))


def same(a, b):
    return all((numpy.asarray(p) == numpy.asarray(q)).all() for p, q in zip(a.planes(), b.planes()))


def probed_times(path, stream="v:0"):
    out = subprocess.run(
        ["ffprobe", "-v", "error", "-select_streams", stream, "-show_entries", "frame=pts_time", "-of", "csv=p=0", path],
        check=True, capture_output=True, text=True).stdout
    return [float(line.split(",")[0]) for line in out.split() if line.strip(",")]


def test_pictures_and_times(clip, sequential):
    expected = [t for t in probed_times(clip) if t >= 0]
    assert [f.time for f in sequential] == pytest.approx(expected, abs=1e-3)
    assert all(f.duration > 0 for f in sequential)
    decoded = subprocess.run(
        ["ffmpeg", "-v", "error", "-i", clip, "-vsync", "passthrough", "-f", "rawvideo", "-"], check=True,
        capture_output=True).stdout
    size = len(decoded) // len(sequential)
    for i, frame in enumerate(sequential):
        planes = b"".join(numpy.ascontiguousarray(numpy.asarray(p)).tobytes() for p in frame.planes())
        assert planes == decoded[i * size:(i + 1) * size], i


def test_random_access(clip, sequential):
    chance = random.Random(2026)
    with gpac.frames(clip) as video:
        assert len(video) == len(sequential)
        order = [chance.randrange(len(video)) for _ in range(40)] + [0, len(video) - 1, 5, 6, 7, 5, 4]
        for i in order:
            frame = video[i]
            assert frame.time == sequential[i].time and same(frame, sequential[i]), i
        assert same(video[-1], sequential[-1])
        assert [f.time for f in video[3:9:2]] == [f.time for f in sequential[3:9:2]]
        for bad in (len(video), -len(video) - 1):
            with pytest.raises(IndexError, match=f"there are {len(video)}"):
                video[bad]


def test_by_time(clip, sequential):
    with gpac.frames(clip) as video:
        for i in (0, 7, 8, 31, len(sequential) - 1):
            start = sequential[i].time
            end = sequential[i + 1].time if i + 1 < len(sequential) else start + 100
            for t in (start + 1e-6, (start + end) / 2, end - 1e-3):
                assert video.at(t).time == start, (i, t)
        with pytest.raises(IndexError):
            video.at(sequential[0].time - 1)


def test_conversion(mp4):
    frame = next(iter(gpac.frames(mp4, video="rgb24", size=(160, 90))))
    picture = frame.to_ndarray()
    assert picture.shape == (90, 160, 3) and picture.dtype == numpy.uint8
    expected = subprocess.run(
        ["ffmpeg", "-v", "error", "-i", mp4, "-frames:v", "1", "-vf", "scale=160:90:flags=bicubic", "-pix_fmt", "rgb24",
         "-f", "rawvideo", "-"], check=True, capture_output=True).stdout
    reference = numpy.frombuffer(expected, numpy.uint8).reshape(90, 160, 3)
    assert numpy.abs(picture.astype(int) - reference).mean() < 2
    assert (numpy.asarray(frame) == picture).all() and (numpy.from_dlpack(frame) == picture).all()
    grey = next(iter(gpac.frames(mp4, video="gray")))
    assert grey.to_ndarray().shape == (180, 320)
    y, u, v = next(iter(gpac.frames(mp4))).to_ndarray()
    assert y.shape == (180, 320) and u.shape == v.shape == (90, 160)
    with pytest.raises(BufferError, match="3 planes"):
        numpy.asarray(next(iter(gpac.frames(mp4))))


def test_frames_outlive_everything(mp4):
    frames = list(gpac.frames(mp4, size=(64, 36), video="rgb"))
    again = [f.to_ndarray().copy() for f in gpac.frames(mp4, size=(64, 36), video="rgb")]
    assert len(frames) == len(again) == 125
    assert all((f.to_ndarray() == a).all() for f, a in zip(frames, again))
    assert repr(frames[0]) == "<Frame at 0.000 s, 36x64x3>"
    with pytest.raises(ValueError):
        frames[0].to_ndarray()[0] = 0


class Planes(gpac.FilterCustom):
    """Keeps the arrays of the first pictures, with copies of what is in them."""

    def __init__(self, session, flags):
        super().__init__(session, "planes", flags)
        self.push_cap("StreamType", "Visual", gpac.GF_CAPS_INPUT)
        self.push_cap("CodecID", "raw", gpac.GF_CAPS_INPUT)
        self.kept, self.copies, self.behind = [], [], set()

    def configure_pid(self, pid, is_remove):
        if not is_remove and pid not in self.ipids:
            pid.send_event(gpac.FilterEvent(gpac.GF_FEVT_PLAY))

    def process(self):
        for pck in self.ipids[0]:
            self.behind.add((pck.frame_ifce, pck.data is None))
            if len(self.kept) < 8:
                self.kept.append(pck.to_ndarray())
                self.copies.append([numpy.array(plane) for plane in pck.clone().planes()])


@pytest.mark.parametrize("flags, crop, behind", [(0, None, False), (gpac.GF_FS_REG_FRAME_IFCE, None, True),
                                                 (0, "vcrop:wnd=10x20x100x50", True)])
def test_memory_of_the_producer(media, flags, crop, behind):
    """Planes behind a frame interface, with strides of their own, are those of a copy, and outlive the session."""
    path = make(media / "odd_size.mp4", *"-f lavfi -i testsrc2=size=322x182:rate=25 -t 1 -c:v libx264".split(),
                *"-pix_fmt yuv420p".split())
    fs = gpac.FilterSession()
    fs.load_src(path)
    if crop:
        fs.load(crop)
    sink = Planes(fs, flags)
    fs.run(timeout=60)
    kept, copies = sink.kept, sink.copies
    assert sink.behind == {(behind, behind)} and len(kept) == 8
    fs.delete()
    del sink, fs
    gc.collect()
    list(gpac.frames(path))  # uses memory
    for planes, copy in zip(kept, copies):
        assert all((plane == other).all() for plane, other in zip(planes, copy))
        with pytest.raises(ValueError):
            planes.y[0] = 0
    assert len({bytes(copy[0]) for copy in copies}) > 1
    held = gpac._native.memory_size()
    del kept, planes
    assert crop or gpac._native.memory_size() < held  # others than the decoder's are copied


def test_frames_in_the_memory_of_the_decoder(mp4):
    """Frames of a session that is gone, all kept at once."""
    frames = list(gpac.frames(mp4))
    gc.collect()
    for frame, again in zip(frames, gpac.frames(mp4)):
        assert same(frame, again)
    assert gpac._native.nb_live() == 0


def test_two_iterations_at_once(mp4):
    video = gpac.frames(mp4)
    assert all(a.time == b.time for a, b in zip(video, video))
    for frame in video:
        break  # ends its session
    assert gpac._native.nb_live() == 0


def test_samples(mp4):
    blocks = list(gpac.samples(mp4))
    data = numpy.concatenate([b.to_ndarray() for b in blocks])
    expected = subprocess.run(
        ["ffmpeg", "-v", "error", "-i", mp4, "-f", "f32le", "-"], check=True, capture_output=True).stdout
    reference = numpy.frombuffer(expected, "<f4").reshape(-1, 1)
    assert data.shape == reference.shape and data.dtype == numpy.float32
    assert numpy.abs(data - reference).max() < 1e-4
    position = 0
    for block in blocks:
        assert block.time == pytest.approx(position / 48000, abs=1e-4)
        position += len(block.to_ndarray())


def test_samples_converted(mp4):
    data = numpy.concatenate([b.to_ndarray() for b in gpac.samples(mp4, rate=16000, channels=2, audio="s16")])
    assert data.dtype == numpy.int16 and data.shape[1] == 2
    assert len(data) == pytest.approx(5 * 16000, abs=400)
    middle = data[16000:32000, 0].astype(float)
    spectrum = numpy.abs(numpy.fft.rfft(middle))
    assert numpy.argmax(spectrum) == 440  # one second: a bin per Hz


def test_faults(mp4, aac, tmp_path):
    with pytest.raises(gpac.GpacError, match="no/such/file"):
        next(iter(gpac.frames("/no/such/file.mp4")))
    with pytest.raises(gpac.GpacError, match="no video that can be decoded"):
        next(iter(gpac.frames(aac)))
    silent = make(tmp_path / "silent.mp4", "-i", mp4, "-an", "-c", "copy")
    with pytest.raises(gpac.GpacError, match="no audio that can be decoded"):
        next(iter(gpac.samples(silent)))
    for arguments in ({"video": "rgb25"}, {"video": "none"}, {"size": (0, 10)}):
        with pytest.raises(ValueError):
            gpac.frames(mp4, **arguments)
    for arguments in ({"rate": 0}, {"channels": -1}, {"audio": "loud"}):
        with pytest.raises(ValueError):
            gpac.samples(mp4, **arguments)


def test_nothing_is_said(mp4, capfd):
    """The streams that are not asked for are left alone without a warning."""
    with gpac.frames(mp4) as video:
        video[3]
        list(video)
    list(gpac.samples(mp4))
    assert capfd.readouterr().err == ""


def test_array_of_another_type(media):
    path = make(media / "grey.mp4", *"-f lavfi -i testsrc2=size=64x48:rate=5 -t 0.2 -pix_fmt yuv420p".split())
    frame = next(iter(gpac.frames(path, video="grey")))
    floats = numpy.asarray(frame, dtype=numpy.float32)
    assert floats.dtype == numpy.float32 and (floats == numpy.asarray(frame)).all()
    assert not numpy.shares_memory(numpy.array(frame), frame.to_ndarray())
    if numpy.__version__ >= "2":
        assert numpy.shares_memory(numpy.asarray(frame, copy=False), frame.to_ndarray())
        with pytest.raises(ValueError, match="copy"):
            numpy.asarray(frame, dtype=numpy.float32, copy=False)


def test_a_source_that_cannot_be_opened_leaves_no_session(tmp_path):
    frames = gpac.frames(str(tmp_path / "none.mp4"))
    gc.collect()
    before = gpac._native.nb_live()
    gc.disable()
    try:
        for use in (lambda: next(iter(frames)), lambda: frames[0]):
            with pytest.raises(gpac.GpacError, match="none.mp4"):
                use()
        assert gpac._native.nb_live() == before
    finally:
        gc.enable()
