# SPDX-License-Identifier: MIT
"""Raw frames as arrays. Expected shapes and values come from the formulas of the formats, written out here."""

import ctypes
import gc
import subprocess
import sys

import pytest

import libgpac as gpac
from lab import Sink, Source, make

np = pytest.importorskip("numpy")

VIDEO = {"StreamType": "Visual", "CodecID": "raw", "Timescale": 25}
AUDIO = {"StreamType": "Audio", "CodecID": "raw", "Timescale": 48000, "SampleRate": 48000}


class Raw(Source):
    """Sends one frame under the properties given."""

    def __init__(self, session, payloads, props):
        gpac.FilterCustom.__init__(self, session, "Raw")
        self.push_cap("StreamType", props["StreamType"], gpac.GF_CAPS_OUTPUT)
        self.payloads, self.sent, self.pid, self.props = payloads, 0, None, props

    def make_pid(self):
        self.pid = self.new_pid()
        for key, value in self.props.items():
            self.pid.set_prop(key, value)


def with_packet(props, payload, look):
    """What `look(packet)` returns for a packet received with these properties."""
    seen = []

    class Dst(Sink):
        def on_packet(self, pid, pck):
            seen.append(look(pck))

    with gpac.FilterSession() as fs:
        Raw(fs, [bytes(payload)], props)
        Dst(fs, (props["StreamType"],))
        fs.run(timeout=20)
    gc.collect()  # what is left must live on its own
    return seen[0]


def frame(fmt, width, height, payload, **more):
    props = {**VIDEO, "Width": width, "Height": height, "PixelFormat": fmt, **more}
    return with_packet(props, payload, lambda pck: pck.to_ndarray())


def pattern(size):
    return (np.arange(size) % 251).astype(np.uint8)


@pytest.mark.parametrize(
    "fmt, samples",
    [("grey", 1), ("algr", 2), ("rgb", 3), ("bgr", 3), ("v308", 3), ("rgba", 4), ("xrgb", 4), ("rgbds", 4), ("v408", 4)],
)
def test_packed(fmt, samples):
    data = pattern(5 * 3 * samples)
    got = frame(fmt, 5, 3, data)
    assert got.shape == ((3, 5) if samples == 1 else (3, 5, samples)) and got.dtype == np.uint8
    assert got.ravel().tolist() == data.tolist()
    assert not got.flags.writeable and not got.flags.owndata


@pytest.mark.parametrize("fmt, dtype", [("rgb8", "u1"), ("rgb4", "<u2"), ("rgb5", "<u2"), ("rgb6", "<u2"), ("v410", "<u4")])
def test_pixels_that_are_words(fmt, dtype):
    words = (np.arange(12) * 77777 % 2 ** (8 * np.dtype(dtype).itemsize)).astype(dtype)
    got = frame(fmt, 4, 3, words.tobytes())
    assert got.dtype == np.dtype(dtype) and got.tolist() == words.reshape(3, 4).tolist()


@pytest.mark.parametrize("fmt, dtype", [("uyvy", "u1"), ("yuyv", "u1"), ("uyvl", "<u2"), ("yvyl", "<u2")])
@pytest.mark.parametrize("width", [4, 5])
def test_packed_422(fmt, dtype, width):
    """Two samples per pixel; lines of odd width end with a pair too."""
    padded = width + width % 2
    samples = np.arange(2 * padded * 2).astype(dtype)
    got = frame(fmt, width, 2, samples.tobytes())
    assert got.shape == (2, padded, 2) and got.dtype == np.dtype(dtype)
    assert got.ravel().tolist() == samples.tolist()


PLANAR = [  # format, names in memory order, horizontal and vertical subsampling, sample type
    ("yuv420", "y u v", 2, 2, "u1"),
    ("yvu420", "y v u", 2, 2, "u1"),
    ("yuv420_10", "y u v", 2, 2, "<u2"),
    ("yuv422", "y u v", 2, 1, "u1"),
    ("yuv422_10", "y u v", 2, 1, "<u2"),
    ("yuv444", "y u v", 1, 1, "u1"),
    ("yuv444_10", "y u v", 1, 1, "<u2"),
    ("yuva", "y u v a", 2, 2, "u1"),
    ("yuvd", "y u v d", 2, 2, "u1"),
    ("yuv444a", "y u v a", 1, 1, "u1"),
    ("nv12", "y uv", 2, 2, "u1"),
    ("nv21", "y vu", 2, 2, "u1"),
    ("nv1l", "y uv", 2, 2, "<u2"),
    ("nv2l", "y vu", 2, 2, "<u2"),
]


@pytest.mark.parametrize("width, height", [(6, 4), (5, 3)])
@pytest.mark.parametrize("fmt, names, sub_w, sub_h, dtype", PLANAR)
def test_planar(fmt, names, sub_w, sub_h, dtype, width, height):
    """Planes follow each other; chroma sizes are rounded up."""
    chroma = (-(-height // sub_h), -(-width // sub_w))
    shapes = [(height, width) if n in ("y", "a", "d") else chroma if len(n) == 1 else (*chroma, 2) for n in names.split()]
    planes, first = [], 0
    for shape in shapes:
        planes.append(np.arange(first, first + np.prod(shape)).astype(dtype).reshape(shape))
        first += 40
    got = frame(fmt, width, height, b"".join(p.tobytes() for p in planes))
    assert got._fields == tuple(names.split())
    for plane, expected in zip(got, planes):
        assert plane.dtype == np.dtype(dtype) and plane.shape == expected.shape and plane.tolist() == expected.tolist()
        assert not plane.flags.writeable


def test_strides():
    """Padding after lines is skipped: luma of 4 pixels in 8 bytes, chroma of 2 in 6."""
    y, u, v = (np.full(shape, 200, np.uint8) for shape in ((2, 8), (1, 6), (1, 6)))
    y[:, :4], u[:, :2], v[:, :2] = [[1, 2, 3, 4], [5, 6, 7, 8]], [[9, 10]], [[11, 12]]
    got = frame("yuv420", 4, 2, b"".join(p.tobytes() for p in (y, u, v)), Stride=8, StrideUV=6)
    assert [p.tolist() for p in got] == [[[1, 2, 3, 4], [5, 6, 7, 8]], [[9, 10]], [[11, 12]]]
    assert [p.strides for p in got] == [(8, 1), (6, 1), (6, 1)]
    rgb = frame("rgb", 2, 2, pattern(20), Stride=10)
    assert rgb.tolist() == [[[0, 1, 2], [3, 4, 5]], [[10, 11, 12], [13, 14, 15]]]


@pytest.mark.parametrize(
    "fmt, dtype",
    [("u8", "u1"), ("s16", "<i2"), ("s16b", ">i2"), ("s32", "<i4"), ("s32b", ">i4"), ("flt", "<f4"), ("fltb", ">f4"),
     ("dbl", "<f8"), ("dblb", ">f8"), ("u8p", "u1"), ("s16p", "<i2"), ("s32p", "<i4"), ("fltp", "<f4"), ("dblp", "<f8")],
)
def test_audio(fmt, dtype):
    samples = np.arange(10).reshape(5, 2).astype(dtype)
    memory = samples.T if fmt.endswith("p") else samples
    props = {**AUDIO, "NumChannels": 2, "AudioFormat": fmt}
    got = with_packet(props, np.ascontiguousarray(memory).tobytes(), lambda pck: pck.to_ndarray())
    assert got.shape == (5, 2) and got.dtype == np.dtype(dtype) and got.tolist() == samples.tolist()
    assert not got.flags.owndata


@pytest.mark.parametrize("fmt", ["s24", "s24b", "s24p"])
def test_audio_of_24_bits(fmt):
    """The samples are the upper three bytes of the result."""
    values = [[0x010203, -1], [-(2**23), 2**23 - 1]]
    order = [values[i][c] for c in range(2) for i in range(2)] if fmt == "s24p" else [v for row in values for v in row]
    payload = b"".join(v.to_bytes(3, "big" if fmt == "s24b" else "little", signed=True) for v in order)

    def look(pck):
        return pck.to_ndarray(), pck.planes()[0]

    got, plane = with_packet({**AUDIO, "NumChannels": 2, "AudioFormat": fmt}, payload, look)
    assert got.dtype == np.int32 and got.tolist() == [[v * 256 for v in row] for row in values]
    assert plane.shape == (2, 2, 3) and plane.format == "B"


def test_views_without_numpy():
    """Planes are buffers of as many dimensions as the frame."""
    props = {**VIDEO, "Width": 4, "Height": 2, "PixelFormat": "nv12"}
    y, uv = with_packet(props, range(12), lambda pck: pck.planes())
    view = memoryview(uv)
    assert (view.shape, view.strides, view.format, view.readonly) == ((1, 2, 2), (4, 2, 1), "B", True)
    assert view[0, 1, 0] == 10 and memoryview(y).tolist() == [[0, 1, 2, 3], [4, 5, 6, 7]]
    assert (y.name, y.shape, y.strides, y.format, y.readonly) == ("y", (2, 4), (4, 1), "B", True)
    assert repr(uv) == "<Plane uv (1, 2, 2) of B, read-only>"
    assert bytes(y) == bytes(range(8))
    with pytest.raises(TypeError):
        type(y)()


def test_writing_in_an_output_packet():
    class Dst(Sink):
        def on_packet(self, pid, pck):
            self.got = pck.to_ndarray()

    class Src(Raw):
        def make_packet(self, payload):
            pck = self.pid.new_pck(12)
            array = pck.to_ndarray()
            array[...] = np.arange(12).reshape(2, 2, 3)
            assert array.flags.writeable
            shared = np.from_dlpack(pck)
            assert shared.flags.writeable and np.shares_memory(shared, array)
            shared[1, 1, 2] = 99
            return pck

    with gpac.FilterSession() as fs:
        Src(fs, [b""], {**VIDEO, "Width": 2, "Height": 2, "PixelFormat": "rgb"})
        dst = Dst(fs, ("Visual",))
        fs.run(timeout=20)
    assert dst.got.ravel().tolist() == [*range(11), 99]


def test_layout_is_that_of_the_packet():
    """A packet held, or cloned, keeps the size its PID had; the one that follows has another."""
    held = []

    class Src(Raw):
        def make_packet(self, payload):
            self.pid.set_prop("Width", len(payload))
            return super().make_packet(payload)

    class Dst(Sink):
        def on_packet(self, pid, pck):
            pck.ref()
            held.extend([pck, pck.clone()])

    with gpac.FilterSession() as fs:
        Src(fs, [b"ab", b"cdef"], {**VIDEO, "Width": 1, "Height": 1, "PixelFormat": "grey"})
        Dst(fs, ("Visual",))
        fs.run(timeout=20)
        assert [pck.get_pid_prop("Width") for pck in held] == [2, 2, 4, 4]
        assert [pck.to_ndarray().tobytes() for pck in held] == [b"ab", b"ab", b"cdef", b"cdef"]
        assert held[0].get_pid_prop("nothing") is None
        assert held[1].to_ndarray().flags.writeable


@pytest.mark.parametrize(
    "props, payload, message",
    [
        ({"PixelFormat": "v210", "Width": 6, "Height": 1}, bytes(128), "no array for pixel format v210"),
        ({"PixelFormat": "rgb", "Width": 2, "Height": 2}, bytes(11), "packet of 11 bytes: a frame of 2x2 rgb takes 12"),
        ({"PixelFormat": "rgb", "Width": 2, "Height": 2, "Stride": 5}, bytes(12), "Stride 5"),
        ({"PixelFormat": "rgb", "Width": 2}, bytes(12), "without Height"),
        ({"Width": 2, "Height": 2}, bytes(12), "without PixelFormat"),
        ({"CodecID": "avc"}, b"abc", "decode it first"),
        ({"PixelFormat": "rgb", "Width": 2**31, "Height": 2**31}, b"", "no layout for a frame"),
    ],
)
def test_refusals_of_video(props, payload, message):
    def look(pck):
        with pytest.raises(gpac.GpacError, match=message) as failure:
            pck.to_ndarray()
        return failure.value.code

    assert with_packet({**VIDEO, **props}, payload or b"x", look) < 0


def test_refusals_of_audio():
    def look(pck):
        with pytest.raises(gpac.GpacError, match="not a whole number of pcm samples of 2 channels"):
            pck.to_ndarray()

    with_packet({**AUDIO, "NumChannels": 2, "AudioFormat": "s16"}, bytes(6), look)


def test_numpy_from_dlpack():
    props = {**VIDEO, "Width": 2, "Height": 2, "PixelFormat": "rgb"}
    got = with_packet(props, range(12), lambda pck: (pck.__dlpack_device__(), np.from_dlpack(pck), pck.data))
    assert got[0] == (1, 0)
    assert got[1].shape == (2, 2, 3) and got[1].ravel().tolist() == list(range(12))
    assert not got[1].flags.writeable and np.shares_memory(got[1], got[2])
    text = with_packet({"StreamType": "Metadata", "CodecID": "mtxt"}, b"abc", np.from_dlpack)
    assert text.tobytes() == b"abc"
    props = {**AUDIO, "NumChannels": 2, "AudioFormat": "fltp"}
    planar = with_packet(props, np.arange(6, dtype="<f4").tobytes(), np.from_dlpack)
    assert planar.tolist() == [[0, 3], [1, 4], [2, 5]]


def test_dlpack_refusals():
    def look(pck):
        with pytest.raises(BufferError, match="3 planes"):
            pck.__dlpack__()
        plane = pck.planes()[0]
        for options in ({"stream": 1}, {"dl_device": (2, 0)}, {"copy": False}):
            with pytest.raises(BufferError):
                plane.__dlpack__(**options)
        with pytest.raises(TypeError):
            plane.__dlpack__(1)

    with_packet({**VIDEO, "Width": 2, "Height": 2, "PixelFormat": "yuv420"}, bytes(6), look)
    big = with_packet({**AUDIO, "NumChannels": 1, "AudioFormat": "s16b"}, bytes(6), lambda pck: pck.planes()[0])
    with pytest.raises(BufferError, match="byte order"):
        big.__dlpack__()


class Tensor(ctypes.Structure):
    """DLTensor of the DLPack C interface."""

    _fields_ = [
        ("data", ctypes.c_void_p), ("device_type", ctypes.c_int32), ("device_id", ctypes.c_int32), ("ndim", ctypes.c_int32),
        ("code", ctypes.c_uint8), ("bits", ctypes.c_uint8), ("lanes", ctypes.c_uint16),
        ("shape", ctypes.POINTER(ctypes.c_int64)), ("strides", ctypes.POINTER(ctypes.c_int64)),
        ("byte_offset", ctypes.c_uint64),
    ]


class Versioned(ctypes.Structure):
    """DLManagedTensorVersioned."""

    _fields_ = [
        ("major", ctypes.c_uint32), ("minor", ctypes.c_uint32), ("context", ctypes.c_void_p), ("deleter", ctypes.c_void_p),
        ("flags", ctypes.c_uint64), ("tensor", Tensor),
    ]


def managed(capsule, name, kind):
    address = ctypes.pythonapi.PyCapsule_GetPointer
    address.restype, address.argtypes = ctypes.c_void_p, [ctypes.py_object, ctypes.c_char_p]
    return kind.from_address(address(capsule, name))


def test_capsules():
    """What a consumer without numpy reads: a versioned view that says it is read-only, or a plain copy."""
    props = {**VIDEO, "Width": 3, "Height": 2, "PixelFormat": "yuv444_10", "Stride": 8, "StrideUV": 8}
    payload = np.arange(24, dtype="<u2").tobytes()
    y, u, _ = with_packet(props, payload, lambda pck: pck.planes())
    capsule = u.__dlpack__(max_version=(1, 0))
    m = managed(capsule, b"dltensor_versioned", Versioned)
    t = m.tensor
    assert (m.major, m.flags) == (1, 1)
    assert (t.device_type, t.ndim, t.code, t.bits, t.lanes, t.byte_offset) == (1, 2, 1, 16, 1, 0)
    assert (t.shape[:2], t.strides[:2]) == ([2, 3], [4, 1])
    assert ctypes.string_at(t.data, 2) == (8).to_bytes(2, "little")
    plain = managed(capsule2 := u.__dlpack__(), b"dltensor", Tensor)
    assert plain.strides[:2] == [3, 1] and plain.data != t.data
    assert ctypes.string_at(plain.data, 12) == np.array([8, 9, 10, 12, 13, 14], "<u2").tobytes()
    asked = u.__dlpack__(max_version=(1, 1), copy=True)  # a capsule owns its tensor
    assert managed(asked, b"dltensor_versioned", Versioned).flags == 2
    del capsule, capsule2


def test_numpy_is_told_when_missing():
    code = (
        "import sys; sys.modules['numpy'] = None\n"
        "import libgpac as g; g.init(0, '0')\n"
        "class F(g.FilterCustom):\n"
        "    def process(self):\n"
        "        pid = self.new_pid()\n"
        "        for k, v in dict(StreamType='Visual', CodecID='raw', Width=2, Height=1, PixelFormat='grey').items():\n"
        "            pid.set_prop(k, v)\n"
        "        pck = pid.new_pck(2)\n"
        "        view = memoryview(pck.planes()[0]); view[0, 0] = 5; view[0, 1] = 7\n"
        "        print(bytes(pck.data), type(pck.__dlpack__(max_version=(1, 0))).__name__)\n"
        "        try: pck.to_ndarray()\n"
        "        except g.GpacError as e: print(e, e.name)\n"
        "        return g.GF_EOS\n"
        "fs = g.FilterSession(); f = F(fs); f.push_cap('StreamType', 'Visual', g.GF_CAPS_OUTPUT); fs.run(timeout=5)\n"
    )
    out = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=30)
    assert out.stdout.splitlines() == [
        "b'\\x05\\x07' PyCapsule", "to_ndarray needs numpy: pip install numpy, or use planes() GF_NOT_SUPPORTED",
    ], out.stderr


@pytest.mark.parametrize(
    "pixels, name, read",
    [
        ("rgb24", "rgb", lambda m: [m.reshape(48, 64, 3)]),
        ("gray", "grey", lambda m: [m.reshape(48, 64)]),
        ("nv12", "nv12", lambda m: [m[:3072].reshape(48, 64), m[3072:].reshape(24, 32, 2)]),
        ("yuv422p10le", "yp2l",
         lambda m: [p.reshape(48, -1) for p in np.split(m.view("<u2"), [3072, 3072 + 1536])]),
    ],
)
def test_files_of_ffmpeg(pixels, name, read, media):
    """A picture that FFmpeg wrote, read here and with numpy alone."""
    path = make(media / f"one.{name}", *f"-f lavfi -i testsrc2=size=64x48 -frames:v 1 -f rawvideo -pix_fmt {pixels}".split())
    got = []

    class Dst(Sink):
        def on_packet(self, pid, pck):
            got.append(pck.to_ndarray())

    with gpac.FilterSession() as fs:
        fs.load_src(f"{path}:size=64x48")
        sink = Dst(fs, ("Visual",))
        sink.push_cap("CodecID", "raw", gpac.GF_CAPS_INPUT)
        fs.run(timeout=20)
    (frame,) = got
    planes = [frame] if isinstance(frame, np.ndarray) else frame
    for plane, expected in zip(planes, read(np.fromfile(path, "u1"))):
        assert plane.dtype == expected.dtype and np.array_equal(plane, expected)
