# SPDX-License-Identifier: MIT
"""Decoded media in a few words: ``for frame in gpac.frames(url)``, ``gpac.frames(url)[i]``, ``gpac.samples(url)``."""

from __future__ import annotations

import select
from bisect import bisect_right
from collections.abc import Iterator, Sequence
from math import ceil, inf
from typing import TYPE_CHECKING, Any, Optional, Union, overload

from . import _native, arrays
from .constants import (
    GF_CAPS_INPUT, GF_CAPS_INPUT_EXCLUDED, GF_FEVT_PLAY, GF_FEVT_STOP, GF_FS_REG_FRAME_IFCE, GF_OK,
    GF_STREAM_NOT_FOUND,
)
from .errors import GpacError
from .library import _libgpac
from .events import FilterEvent

if TYPE_CHECKING:
    from typing_extensions import CapsuleType

    from ._native import FilterPacket, FilterPid, Plane

# Names that FFmpeg and PyAV have for pixel formats, where they are others.
_PIXELS = {
    "rgb24": "rgb", "bgr24": "bgr", "gray": "grey", "gray8": "grey", "yuv420p": "yuv420", "yuv422p": "yuv422",
    "yuv444p": "yuv444", "yuv420p10le": "yuv420_10", "yuv422p10le": "yuv422_10", "yuv444p10le": "yuv444_10",
    "p010le": "nv1l", "rgb0": "rgbx", "bgr0": "bgrx", "0rgb": "xrgb", "0bgr": "xbgr", "uyvy422": "uyvy",
    "yuyv422": "yuyv",
}


# Seconds of sound that are decoded before a time that is sought: the longest that a common codec looks back is the bit
# reservoir of MP3, ten frames.
_PREROLL = 0.5

# The first stream of a kind, for set_source: others are left alone without a warning.
_FIRST = {"Visual": "video1", "Audio": "audio1"}


class Frame:
    """A decoded picture, or a block of decoded audio samples. Its memory stays as long as it or an array of it does.

    Attributes:
        time: presentation time in seconds from the start of the file, float.
        duration: in seconds, float; 0 when not known.
    """

    __slots__ = ("time", "duration", "_planes")

    def __init__(self, pck: FilterPacket, delay: int, start: float = 0) -> None:
        scale = pck.timescale
        self.time: float = (pck.cts + delay) / scale
        self.duration: float = pck.dur / scale
        skip = self._samples_before(pck, start) if self.time < start else 0
        self._planes: tuple[Plane, ...] = arrays.planes(pck, skip)

    def _samples_before(self, pck: FilterPacket, start: float) -> int:
        """Number of samples of sound before a time; those that are left begin at or after it."""
        rate = pck.get_pid_prop("SampleRate") or 1
        skip = ceil((start - self.time) * rate - 1e-3)  # times are rounded
        self.time += skip / rate
        self.duration -= skip / rate
        return skip

    def to_ndarray(self) -> Any:
        """The samples as numpy arrays without a copy, shaped as by `FilterPacket.to_ndarray`; read-only."""
        return arrays.join(self._planes)

    def planes(self) -> tuple[Plane, ...]:
        """The planes as buffers, see `FilterPacket.planes`."""
        return self._planes

    def __array__(self, dtype: Any = None, copy: Optional[bool] = None) -> Any:
        """For ``numpy.asarray(frame)``: frames of one plane only."""
        import numpy

        plane = self._only_plane("numpy.asarray")
        # False, which numpy 2 brought, forbids a copy; None allows one for another type
        return numpy.asarray(plane, dtype=dtype) if copy is None else numpy.array(plane, dtype=dtype, copy=copy)

    def __dlpack__(self, **options: Any) -> CapsuleType:
        """For ``from_dlpack(frame)``: frames of one plane only."""
        return self._only_plane("DLPack").__dlpack__(**options)

    def __dlpack_device__(self) -> tuple[int, int]:
        """Main memory."""
        return self._only_plane("DLPack").__dlpack_device__()

    def _only_plane(self, what: str) -> Plane:
        if len(self._planes) > 1:
            raise BufferError(f"{what} takes one array, the frame has {len(self._planes)} planes: use planes()")
        return self._planes[0]

    def __repr__(self) -> str:
        shapes = " ".join("x".join(map(str, plane.shape)) for plane in self._planes)
        return f"<Frame at {self.time:.3f} s, {shapes}>"


class _RawSink(_native.FilterCustom):
    """Takes one decoded stream; its packets are read between slices of the session."""

    def __init__(self, session: _native.FilterSession, stream_type: str, start: float) -> None:
        super().__init__(session, "reader", GF_FS_REG_FRAME_IFCE)
        self.push_cap("StreamType", stream_type, GF_CAPS_INPUT)
        self.push_cap("CodecID", "raw", GF_CAPS_INPUT)
        self.pid: Optional[FilterPid] = None
        self.delay = 0
        self.start = start

    def configure_pid(self, pid: FilterPid, is_remove: int) -> int:
        if is_remove:
            return GF_OK
        if self.pid is None:
            self.pid = pid
            _play(pid, self.start)
        self.delay = pid.get_prop("Delay") or 0
        return GF_OK


def _play(pid: FilterPid, start: float) -> None:
    event = FilterEvent(GF_FEVT_PLAY)
    event.play.start_range = start
    pid.send_event(event)


def _stop(pid: FilterPid) -> None:
    pid.send_event(FilterEvent(GF_FEVT_STOP))


class _Reader:
    """A session that decodes one stream, driven by whoever asks for the next packet."""

    def __init__(self, url: str, stream_type: str, adapter: str, start: float = 0) -> None:
        self.url = url
        self.stream_type = stream_type
        self.start = start
        self.session = _native.FilterSession()
        # decoders of sound need what comes before
        preroll = _PREROLL if stream_type == "Audio" else 0
        try:
            self.sink = _RawSink(self.session, stream_type, max(0, start - preroll))
            self._load(adapter)
        except BaseException:
            self.close()
            raise

    def _load(self, adapter: str) -> None:
        taker: _native.Filter = self.sink
        if adapter:
            middle = self.session.load(adapter)
            assert middle is not None  # only filters that end the session at once give None
            self.sink.set_source(middle)
            taker = middle
        taker.set_source(self.session.load_src(self.url), _FIRST[self.stream_type])

    def next(self) -> Optional[FilterPacket]:
        """The next packet, which is valid until the next call. None at the end."""
        while True:
            pid = self.sink.pid
            pck = pid._next_packet() if pid else None
            if pck is not None:
                return pck
            if pid and pid.eos:
                return None
            more = self.session.run_slice()
            pid = self.sink.pid  # the slice may have brought it
            if more and (not pid or pid.first_empty):
                select.select([self.session], [], [])
            elif not pid:
                self._fail()
            elif not more and pid.first_empty:
                return None

    def _fail(self) -> None:
        code = self.session.last_process_error or self.session.last_connect_error or GF_STREAM_NOT_FOUND
        kind = "video" if self.stream_type == "Visual" else "audio"
        raise GpacError(f"{self.url}: no {kind} that can be decoded: {_native.e2s(code)}", code)

    def frames(self) -> Iterator[Frame]:
        sound = self.stream_type == "Audio"
        while (pck := self.next()) is not None:
            time = pck.cts + self.sink.delay
            start = self.start * pck.timescale - 1e-3  # times are rounded
            # an edit list may hide the beginning; samples may be left of a block of sound
            if time >= max(0, start) or (sound and time >= 0 and time + pck.dur > start + 2e-3):
                yield Frame(pck, self.sink.delay, self.start if sound else 0)

    def seek(self, time: float) -> None:
        """The next packet is the first one presented at or after a time in seconds."""
        pid = self.sink.pid
        if pid is None:
            self.next()
            pid = self.sink.pid
            assert pid is not None
        _stop(pid)
        _play(pid, time)
        self.session.run_slice()

    def close(self) -> None:
        self.session.delete()


class _Index(_native.FilterCustom):
    """Presentation times of a coded stream, and which of them are random access points."""

    def __init__(self, session: _native.FilterSession, stream_type: str) -> None:
        super().__init__(session, "index")
        self.push_cap("StreamType", stream_type, GF_CAPS_INPUT)
        self.push_cap("Unframed", True, GF_CAPS_INPUT_EXCLUDED)
        self.found: list[tuple[int, bool]] = []
        self.delay = 0
        self.timescale = 1

    def configure_pid(self, pid: FilterPid, is_remove: int) -> int:
        if not is_remove:
            if pid not in self.ipids:
                _play(pid, 0)
            self.delay = pid.get_prop("Delay") or 0
            self.timescale = pid.timescale
        return GF_OK

    def process(self) -> int:
        for pid in self.ipids:
            self.found += [(pck.cts, pck.sap > 0) for pck in pid if not pck.seek]
        return GF_OK


class _Media:
    """What `Frames` and `Samples` share."""

    _stream_type = ""

    def __init__(self, url: str, adapter: str, start: float) -> None:
        if not 0 <= start < inf:
            raise ValueError(f"start {start}: must be a number of seconds from the beginning")
        self.url = url
        self._adapter = adapter
        self._start = start

    def __iter__(self) -> Iterator[Frame]:
        reader = self._reader(self._start)
        try:
            yield from reader.frames()
        finally:
            reader.close()

    def _reader(self, start: float = 0) -> _Reader:
        return _Reader(self.url, self._stream_type, self._adapter, start)


class Frames(_Media, Sequence[Frame]):
    """The pictures of a video stream, see `frames`: iterable any number of times, and a sequence.

    Iteration decodes from the beginning, or from `start`. ``len(f)``, ``f[i]`` and `at` first read the times of all
    pictures, which takes no decoding; then ``f[i]`` decodes from the random access point before picture ``i``, or goes on
    from the picture it gave last. A ``Frames`` belongs to one thread; `close` or ``with`` ends it.
    """

    _stream_type = "Visual"

    def __init__(self, url: str, adapter: str, start: float) -> None:
        super().__init__(url, adapter, start)
        self._times: Optional[list[int]] = None  # presentation order
        self._points: list[int] = []             # places of random access points in it
        self._timescale = 1
        self._delay = 0
        self._random: Optional[_Reader] = None
        self._last = -1  # place of the picture that the reader gave last

    def __enter__(self) -> Frames:
        return self

    def __exit__(self, *failure: object) -> None:
        self.close()

    def close(self) -> None:
        """Closes what random access opened. Frames that were given stay."""
        if self._random:
            self._random.close()
        self._random = None

    def _index(self) -> list[int]:
        if self._times is None:
            session = _native.FilterSession()
            try:
                index = _Index(session, self._stream_type)
                index.set_source(session.load_src(self.url), _FIRST[self._stream_type])
                session.run()
            finally:
                session.delete()
            shown = sorted(entry for entry in index.found if entry[0] + index.delay >= 0)
            self._times = [cts for cts, _ in shown]
            self._points = [i for i, (_, sap) in enumerate(shown) if sap]
            self._timescale, self._delay = index.timescale, index.delay
        return self._times

    def __len__(self) -> int:
        return len(self._index())

    def __iter__(self) -> Iterator[Frame]:
        return super().__iter__()

    @overload
    def __getitem__(self, i: int) -> Frame: ...
    @overload
    def __getitem__(self, i: slice) -> list[Frame]: ...
    def __getitem__(self, i: Union[int, slice]) -> Union[Frame, list[Frame]]:
        times = self._index()
        if isinstance(i, slice):
            return [self[k] for k in range(*i.indices(len(times)))]
        place = i + len(times) if i < 0 else i
        if not 0 <= place < len(times):
            raise IndexError(f"{self.url}: no picture {i}, there are {len(times)}")
        return self._decode(place)

    def at(self, time: float) -> Frame:
        """The picture shown at a time in seconds: the last one that starts at or before it.

        Raises IndexError for times before the first picture.
        """
        place = bisect_right(self._index(), time * self._timescale - self._delay) - 1
        if place < 0:
            raise IndexError(f"{self.url}: no picture at {time} s")
        return self._decode(place)

    def _decode(self, place: int) -> Frame:
        times = self._index()
        if self._random is None:
            self._random = self._reader()
            self._last = -1
        point = bisect_right(self._points, place) - 1
        first = self._points[point] if point >= 0 else 0
        if not first <= self._last + 1 <= place:
            # between the picture before and this one, where rounding does no harm
            before = times[place - 1] if place else times[0] - 1
            self._random.seek(max(0, (before + times[place]) / 2 + self._delay) / self._timescale)
        while (pck := self._random.next()) is not None:
            if pck.cts >= times[place]:
                break
        if pck is None or pck.cts != times[place]:
            self.close()
            raise GpacError(f"{self.url}: picture {place} was not decoded", GF_STREAM_NOT_FOUND)
        self._last = place
        return Frame(pck, self._delay)


class Samples(_Media):
    """Blocks of audio samples, see `samples`: iterable any number of times."""

    _stream_type = "Audio"


def frames(
    url: str, video: Optional[str] = None, size: Optional[tuple[int, int]] = None, start: float = 0
) -> Frames:
    """Opens the first video stream of a file or URL, decoded.

    Args:
        url: what `FilterSession.load_src` takes, options included.
        video: pixel format to convert to, in our names (``"rgb"``, ``"yuv420"``) or FFmpeg's (``"rgb24"``,
            ``"yuv420p"``); None keeps that of the stream.
        size: width and height to scale to, in pixels; None keeps them.
        start: where iteration begins, in seconds: the first picture is the first one presented at or after it. Numbers
            and `Frames.at` count from the beginning of the file all the same.

    Returns:
        A `Frames`: iterate over it, or take pictures by number (``f[100]``) or time (``f.at(3.5)``).

    Raises:
        GpacError: when the source cannot be opened, here or at the first use.
        ValueError: for an unknown pixel format, or a size or start that cannot be.

    >>> for frame in gpac.frames("in.mp4", video="rgb24", size=(320, 180)):
    ...     picture = frame.to_ndarray()  # (180, 320, 3), uint8
    """
    options = ""
    if video is not None:
        name = _PIXELS.get(video, video)
        if name in ("none", "0") or not _libgpac.gf_pixel_fmt_probe(0, name.encode()):
            raise ValueError(f"unknown pixel format {video!r}")
        options += f":ofmt={name}"
    if size is not None:
        width, height = size
        if width < 1 or height < 1:
            raise ValueError(f"size {width}x{height}: both must be positive")
        options += f":osize={width}x{height}"
    return Frames(url, f"ffsws{options}" if options else "", start)


def samples(
    url: str, rate: Optional[int] = None, channels: Optional[int] = None, audio: Optional[str] = None, start: float = 0
) -> Samples:
    """Opens the first audio stream of a file or URL, decoded.

    Args:
        url: what `FilterSession.load_src` takes, options included.
        rate: samples per second to convert to; None keeps that of the stream.
        channels: number of channels to mix to; None keeps them.
        audio: sample format to convert to, such as ``"flt"`` or ``"s16"``; None keeps that of the stream.
        start: where iteration begins, in seconds: the first sample is the first one at or after it.

    Returns:
        A `Samples` to iterate over: each `Frame` holds a block of samples, shaped (samples, channels).

    Raises:
        GpacError: when the source cannot be opened, here or at the first use.
        ValueError: for a rate, number of channels, format or start that cannot be.

    >>> for block in gpac.samples("in.mp4", rate=16000, channels=1, audio="flt"):
    ...     mono = block.to_ndarray()[:, 0]  # float32
    """
    options = ""
    for name, value in (("osr", rate), ("och", channels)):
        if value is not None:
            if value < 1:
                raise ValueError(f"{'rate' if name == 'osr' else 'channels'} {value}: must be positive")
            options += f":{name}={value}"
    if audio is not None:
        if not _libgpac.gf_audio_fmt_parse(audio.encode()):
            raise ValueError(f"unknown audio format {audio!r}")
        options += f":osfmt={audio}"
    return Samples(url, f"resample{options}" if options else "", start)
