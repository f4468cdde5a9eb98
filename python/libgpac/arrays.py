# SPDX-License-Identifier: MIT
"""Raw frames as arrays: the geometry behind `FilterPacket.planes`, `to_ndarray` and `__dlpack__`.

A frame is one packet. Its layout comes from the properties of its PID at the time it was sent: ``Width``, ``Height``,
``PixelFormat``, and where lines are padded ``Stride`` and ``StrideUV`` for video; ``NumChannels`` and ``AudioFormat``
for audio.
"""

from __future__ import annotations

import sys
from collections import namedtuple
from typing import TYPE_CHECKING, Any, NamedTuple

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
    if pck.frame_ifce:
        raise GpacError("the frame is behind a frame interface: clone() the packet to have it in memory", GF_BAD_PARAM)
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


def _packed_plane(data: Any, fmt: str, width: int, height: int, layout: _Layout) -> tuple[Plane, ...]:
    code, pixels = _packed_pixels(fmt, width, layout)
    steps = tuple(_SIZES[code] * step for step in ((1,) if len(pixels) == 1 else (pixels[1], 1)))
    return (_native.make_plane(data, fmt, _code(code), (height, *pixels), (layout.stride, *steps), 0),)


def _separate_planes(data: Any, fmt: str, width: int, height: int, layout: _Layout) -> tuple[Plane, ...]:
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
        planes.append(_native.make_plane(data, name, _code(code), shape, (stride, *steps), offset))
        offset += rows * stride
    result: tuple[Plane, ...] = kind(*planes)
    return result


def _video(pck: FilterPacket) -> tuple[Plane, ...]:
    width, height, fmt = _required(pck, "Width", "Height", "PixelFormat")
    if fmt in _NO_ARRAY:
        raise GpacError(f"no array for pixel format {fmt}: it {_NO_ARRAY[fmt]}", GF_NOT_SUPPORTED)
    data = _memory(pck)
    layout = _Layout(*_native.pixel_layout(fmt, width, height, *pck._strides()))
    if len(data) < layout.size:
        raise GpacError(
            f"packet of {len(data)} bytes: a frame of {width}x{height} {fmt} takes {layout.size}",
            GF_NON_COMPLIANT_BITSTREAM,
        )
    make = _packed_plane if layout.nb_planes == 1 else _separate_planes
    return make(data, fmt, width, height, layout)


# ---- audio


def _audio(pck: FilterPacket) -> tuple[Plane, ...]:
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
    if base == "BBB":
        return (_native.make_plane(data, name, "B", (nb, channels, 3), (*steps, 1), 0),)
    return (_native.make_plane(data, name, _code(base, big_endian), (nb, channels), steps, 0),)


# ---- what FilterPacket calls


def planes(pck: FilterPacket) -> tuple[Plane, ...]:
    """See `FilterPacket.planes`."""
    stream = _stream(pck)
    if stream is None:
        kind, codec = pck.get_pid_prop("StreamType"), pck.get_pid_prop("CodecID")
        raise GpacError(f"not a raw video or audio frame: the PID carries {kind} {codec}; decode it first", GF_BAD_PARAM)
    return _video(pck) if stream == "Visual" else _audio(pck)


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
