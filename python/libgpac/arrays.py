# SPDX-License-Identifier: MIT
"""Raw frames as arrays: the geometry behind `FilterPacket.planes`, `to_ndarray` and `__dlpack__`.

A frame is one packet. Its layout comes from the properties of its PID at the time it was sent: ``Width``, ``Height``,
``PixelFormat``, and where lines are padded ``Stride`` and ``StrideUV`` for video (a frame interface tells the strides of
its planes itself); ``NumChannels`` and ``AudioFormat``
for audio.
"""

from __future__ import annotations

import sys
from collections import namedtuple
from functools import lru_cache
from typing import TYPE_CHECKING, Any, Callable, Iterable, NamedTuple

from . import _native
from .constants import GF_BAD_PARAM, GF_NON_COMPLIANT_BITSTREAM, GF_NOT_SUPPORTED
from .errors import GpacError

if TYPE_CHECKING:
    from ._native import FilterPacket, Plane


class _Layout(NamedTuple):
    """What `_native.pixel_layout` returns."""

    size: int  # bytes of the frame
    stride: int  # bytes per line of planes with a sample per pixel
    stride_uv: int
    nb_planes: int
    uv_height: int
    sub_w: int  # pixels per chroma sample
    bits: int  # of a sample
    pixel_bytes: int  # of a packed pixel


# Planes by name, in the order of memory: `frame.u` is the same for yuv420 and yvu420.
_Yuv = namedtuple("_Yuv", "y u v")
_Yvu = namedtuple("_Yvu", "y v u")
_Yuva = namedtuple("_Yuva", "y u v a")
_Yuvd = namedtuple("_Yuvd", "y u v d")
_Nv12 = namedtuple("_Nv12", "y uv")
_Nv21 = namedtuple("_Nv21", "y vu")
_PLANES: dict[str, Any] = {
    "yvu": _Yvu, "yuva": _Yuva, "yp4a": _Yuva, "yuvd": _Yuvd, "nv12": _Nv12, "nv1l": _Nv12, "nv21": _Nv21, "nv2l": _Nv21,
}  # others with three planes: Y, U, V

# Pixels whose components are bit fields of one word.
_WORDS = {"rgb8": "B", "rgb4": "H", "rgb5": "H", "rgb6": "H", "v410": "I"}
_NO_ARRAY = {
    "v210": "packs six pixels in four words: convert it, to uyvl for instance",
    "extgl": "is a texture, not memory",
    "uncv": "has a layout of its own, told by its decoder configuration (ISO/IEC 23001-17)",
}

# Samples by audio format, without its suffix: `p` for planar, `b` for big-endian. 24-bit samples are three bytes.
_AUDIO = {"pc8": "B", "pcm": "h", "s24": "BBB", "s32": "i", "flt": "f", "dbl": "d"}
_SIZES = {"B": 1, "H": 2, "I": 4, "h": 2, "i": 4, "f": 4, "d": 8}


def _code(code: str, big_endian: bool = False) -> str:
    """The struct code of little- or big-endian samples: without byte order when it is that of the machine."""
    if _SIZES[code] == 1 or big_endian == (sys.byteorder == "big"):
        return code
    return (">" if big_endian else "<") + code


def _required(pck: FilterPacket, *names: str) -> list[Any]:
    values = [pck.get_pid_prop(name) for name in names]
    missing = [name for name, value in zip(names, values) if not value]
    if missing:
        raise GpacError(f"raw frame without {' and '.join(missing)}: the PID does not tell its layout", GF_BAD_PARAM)
    return values


def _memory(pck: FilterPacket) -> Any:
    data = pck.data
    return b"" if data is None else data


def _stream(pck: FilterPacket) -> str | None:
    """`Visual` or `Audio` for a raw frame, else None."""
    kind = pck.get_pid_prop("StreamType")
    return kind if kind in ("Visual", "Audio") and pck.get_pid_prop("CodecID") == "raw" else None


# ---- video


def _packed_pixels(fmt: str, width: int, layout: _Layout) -> tuple[str, tuple[int, ...]]:
    """Code of the samples, and shape of a line: pixels, and samples per pixel unless it is one."""
    code = "H" if layout.bits > 8 else "B"
    if fmt in _WORDS:
        return _WORDS[fmt], (width,)
    if layout.sub_w == 2:  # 4:2:2: each pixel has its luma and one of the chroma samples it shares with its neighbour
        return code, (width + width % 2, 2)
    return code, (width,) if layout.pixel_bytes == 1 else (width, layout.pixel_bytes)


class _PlaneLayout(NamedTuple):
    """One plane: what `_native.make_plane` is told, and its place in a picture that is in memory."""

    name: str
    code: str
    shape: tuple[int, ...]
    steps: tuple[int, ...]  # bytes from a sample to the next, without those between lines
    stride: int
    offset: int


class _Picture(NamedTuple):
    """The planes of pictures that have the same properties."""

    size: int
    planes: tuple[_PlaneLayout, ...]
    make: Callable[[Iterable[Plane]], tuple[Plane, ...]]


def _packed_layout(fmt: str, width: int, height: int, layout: _Layout) -> _Picture:
    code, pixels = _packed_pixels(fmt, width, layout)
    steps = tuple(_SIZES[code] * step for step in ((1,) if len(pixels) == 1 else (pixels[1], 1)))
    return _Picture(layout.size, (_PlaneLayout(fmt, _code(code), (height, *pixels), steps, layout.stride, 0),), tuple)


def _separate_layout(fmt: str, width: int, height: int, layout: _Layout) -> _Picture:
    code = "H" if layout.bits > 8 else "B"
    step = _SIZES[code]
    kind = _PLANES.get(fmt, _Yuv)
    planes, offset = [], 0
    for name in kind._fields:
        full = name in ("y", "a", "d")  # alpha and depth have the size of luma
        rows, stride = (height, layout.stride) if full else (layout.uv_height, layout.stride_uv)
        shape: tuple[int, ...] = (rows, width if full else -(-width // layout.sub_w))
        steps: tuple[int, ...] = (step,)
        if len(name) == 2:  # chroma in pairs
            shape, steps = (*shape, 2), (2 * step, step)
        planes.append(_PlaneLayout(name, _code(code), shape, steps, stride, offset))
        offset += rows * stride
    return _Picture(layout.size, tuple(planes), kind._make)


@lru_cache(maxsize=32)
def _picture(fmt: str, width: int, height: int, stride: int, stride_uv: int) -> _Picture:
    layout = _Layout(*_native.pixel_layout(fmt, width, height, stride, stride_uv))
    make = _packed_layout if layout.nb_planes == 1 else _separate_layout
    return make(fmt, width, height, layout)


def _behind_interface(pck: FilterPacket, fmt: str, width: int, height: int) -> tuple[Plane, ...]:
    """The planes where the producer has them, each with its own stride."""
    picture = _picture(fmt, width, height, 0, 0)
    planes = []
    for i, (name, code, shape, steps, line, _) in enumerate(picture.planes):
        data, stride = pck._plane(i, shape[0], line)
        planes.append(_native.make_plane(data, name, code, shape, (stride, *steps), 0))
    return picture.make(planes)


def _video(pck: FilterPacket) -> tuple[Plane, ...]:
    width, height, fmt = _required(pck, "Width", "Height", "PixelFormat")
    if fmt in _NO_ARRAY:
        raise GpacError(f"no array for pixel format {fmt}: it {_NO_ARRAY[fmt]}", GF_NOT_SUPPORTED)
    if pck.frame_ifce:
        return _behind_interface(pck, fmt, width, height)
    data = _memory(pck)
    picture = _picture(fmt, width, height, *pck._strides())
    if len(data) < picture.size:
        raise GpacError(
            f"packet of {len(data)} bytes: a frame of {width}x{height} {fmt} takes {picture.size}",
            GF_NON_COMPLIANT_BITSTREAM,
        )
    return picture.make([
        _native.make_plane(data, name, code, shape, (stride, *steps), offset)
        for name, code, shape, steps, stride, offset in picture.planes
    ])


# ---- audio


def _audio(pck: FilterPacket, skip: int) -> tuple[Plane, ...]:
    channels, name = _required(pck, "NumChannels", "AudioFormat")
    data = _memory(pck)
    base = _AUDIO.get(name.rstrip("pb"))
    if base is None:
        raise GpacError(f"unknown audio format {name}", GF_NOT_SUPPORTED)
    planar, big_endian = name.endswith("p"), name.endswith("b")
    bytes_per_sample = 3 if base == "BBB" else _SIZES[base]
    nb, rest = divmod(len(data), bytes_per_sample * channels)
    if rest:
        raise GpacError(
            f"packet of {len(data)} bytes: not a whole number of {name} samples of {channels} channels",
            GF_NON_COMPLIANT_BITSTREAM,
        )
    steps = (bytes_per_sample, bytes_per_sample * nb) if planar else (bytes_per_sample * channels, bytes_per_sample)
    skip = min(skip, nb)
    shape: tuple[int, ...] = (nb - skip, channels)
    offset = skip * steps[0]
    if base == "BBB":
        return (_native.make_plane(data, name, "B", (*shape, 3), (*steps, 1), offset),)
    return (_native.make_plane(data, name, _code(base, big_endian), shape, steps, offset),)


# ---- what FilterPacket calls


def planes(pck: FilterPacket, skip: int = 0) -> tuple[Plane, ...]:
    """See `FilterPacket.planes`. `skip`: number of samples of sound that are left out in front."""
    stream = _stream(pck)
    if stream is None:
        kind, codec = pck.get_pid_prop("StreamType"), pck.get_pid_prop("CodecID")
        raise GpacError(f"not a raw video or audio frame: the PID carries {kind} {codec}; decode it first", GF_BAD_PARAM)
    return _video(pck) if stream == "Visual" else _audio(pck, skip)


def _widened(np: Any, plane: Plane) -> Any:
    """24-bit samples in the upper bytes of 32-bit integers, so that full scale stays full scale."""
    raw = np.asarray(plane)
    words = np.zeros((*raw.shape[:2], 4), np.uint8)
    words[..., 1:] = raw[..., ::-1] if plane.name.endswith("b") else raw
    return words.view("<i4")[..., 0]


def join(found: Any) -> Any:
    """Planes, in a tuple that may be named, as numpy arrays: one array, or as many as there are planes."""
    try:
        import numpy as np
    except ImportError as failure:
        raise GpacError("to_ndarray needs numpy: pip install numpy, or use planes()", GF_NOT_SUPPORTED) from failure
    if len(found) > 1:
        return type(found)(*(np.asarray(plane) for plane in found))
    plane = found[0]
    return _widened(np, plane) if plane.name.startswith("s24") else np.asarray(plane)


def to_ndarray(pck: FilterPacket) -> Any:
    """See `FilterPacket.to_ndarray`."""
    return join(planes(pck))


def dlpack(pck: FilterPacket, **options: Any) -> Any:
    """See `FilterPacket.__dlpack__`."""
    if _stream(pck) is None:
        data = _memory(pck)
        found: Any = (_native.make_plane(data, "bytes", "B", (len(data),), (1,), 0),)
    else:
        found = planes(pck)
    if len(found) > 1:
        raise BufferError(f"the frame has {len(found)} planes and DLPack one tensor: export each of planes()")
    return found[0].__dlpack__(**options)
