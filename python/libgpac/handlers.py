# SPDX-License-Identifier: MIT
"""Base classes of handler objects: DASH client algorithms, HTTP requests, WebSocket clients.

DASH clients and WebSocket servers are not part of this version: binding a handler of theirs raises GpacError with
code GF_NOT_SUPPORTED.
"""

from __future__ import annotations

import inspect
import os
from typing import TYPE_CHECKING, Any, Optional

from .bodies import Body, stream_reader
from .constants import GF_BAD_PARAM, GF_NOT_SUPPORTED
from .errors import GpacError
from .structures import Fraction

if TYPE_CHECKING:
    from ._native import FilterSession
    from .structures import DASHGroupDownloadStatistics, DASHGroupStatistics


def _not_supported(what: str) -> GpacError:
    return GpacError(f"{what}: not supported by this version of libgpac", GF_NOT_SUPPORTED)


class DASHCustomAlgorithm:
    """Decides which quality a DASH client downloads; attached with `Filter.bind` to a filter of class ``dashin``.

    ``groups`` has the DASHGroup objects of the period. Calls come on the thread that runs the session.
    """

    groups: list[DASHGroup]

    def __init__(self) -> None:
        self.groups = []

    def on_period_reset(self, reset_type: int) -> None:
        """A period starts (1 static, 2 live) or ends (0); after the end ``groups`` is emptied."""

    def on_new_group(self, group: DASHGroup) -> None:
        """A group of qualities was added to ``groups``."""

    def on_rate_adaptation(
        self, group: DASHGroup, base_group: Optional[DASHGroup], force_low_complexity: bool, stats: DASHGroupStatistics
    ) -> Optional[int]:
        """After each segment: index of the next quality, -1 or None for no decision, -2 to disable the group."""
        return -1

    def on_download_monitor(self, group: DASHGroup, stats: DASHGroupDownloadStatistics) -> Optional[int]:
        """While a segment is downloaded: -1 or None to go on, or the index of the quality to switch to now."""
        return -1


class DASHSRD:
    """Position ``x``, ``y`` and size ``w``, ``h`` of a group in a larger picture of size ``fw``, ``fh``.

    Spatial relationship description of ISO/IEC 23009-1, annex H.
    """

    id: int
    x: int
    y: int
    w: int
    h: int
    fw: int
    fh: int

    def __init__(
        self, id: int = 0, x: int = 0, y: int = 0, w: int = 0, h: int = 0, fw: int = 0, fh: int = 0
    ) -> None:
        self.id, self.x, self.y, self.w, self.h, self.fw, self.fh = id, x, y, w, h, fw, fh


class DASHQualityInfo:
    """One quality of a group: a representation of the manifest.

    ``bandwidth`` in bit/s; ``ast_offset`` and ``avg_duration`` (of segments) in seconds; ``sizes`` of segments in
    bytes, or None.
    """

    bandwidth: int
    ID: str
    mime: str
    codec: str
    width: int
    height: int
    interlaced: bool
    fps: Fraction
    sar: Fraction
    sample_rate: int
    nb_channels: int
    disabled: bool
    is_selected: bool
    ast_offset: float
    avg_duration: float
    hls_variant_url: Optional[str]
    ssr: int
    sizes: Optional[list[int]]

    def __init__(self) -> None:
        self.bandwidth = 0
        self.ID = ""
        self.mime = "unknown"
        self.codec = "codec"
        self.width = self.height = 0
        self.interlaced = False
        self.fps = Fraction(0, 0)
        self.sar = Fraction(1, 1)
        self.sample_rate = self.nb_channels = 0
        self.disabled = self.is_selected = False
        self.ast_offset = self.avg_duration = 0.0
        self.hls_variant_url = None
        self.ssr = 0
        self.sizes = None


class DASHGroup:
    """Qualities that a client switches between, lowest first: an adaptation set of the manifest.

    ``duration`` of the period in milliseconds, 0 when not known; ``SRD`` is a DASHSRD or None.
    """

    idx: int
    qualities: list[DASHQualityInfo]
    duration: int
    SRD: Optional[DASHSRD]

    def __init__(
        self,
        idx: int = 0,
        qualities: Optional[list[DASHQualityInfo]] = None,
        duration: int = 0,
        srd: Optional[DASHSRD] = None,
    ) -> None:
        self.idx = idx
        self.qualities = qualities or []
        self.duration = duration
        self.SRD = srd


class HTTPOutRequest:
    """One request to an HTTP server; an instance of a subclass is attached with `Filter.bind` to a filter of class
    ``httpout``.

    For each request an object of that class is made, without arguments. Its ``on_request`` sets ``reply`` (HTTP status,
    0 to let the server answer), ``body`` and ``headers_out`` (name, value, name, value...) and calls ``send``, at once or
    later. ``throttle``, ``read``, ``write`` and ``close`` are called when the class defines them. All calls come on the
    thread that runs the session. An exception in one is reported by ``sys.unraisablehook`` and ends the request: in
    ``on_request`` with status 500, elsewhere by closing the connection.
    """

    reply: int
    body: Body
    headers_out: list[Any]
    _session: Any = None

    def __init__(self) -> None:
        self.reply = 0
        self.body = None
        self.headers_out = []

    def on_request(self, method: str, url: str, auth_code: int, headers: list[str]) -> None:
        """A request arrived. ``url``: path and query, decoded. ``auth_code``: 200, or why credentials are missing or not
        accepted (401, 403, 400); only the server enforces it, for ``reply`` 0. ``headers``: name, value, name...
        It may be an ``async def`` when the session runs by ``run_async``."""
        self.send()

    def send(self) -> None:
        """Answers the request with ``reply``, ``headers_out`` and ``body``, once; a second call raises GpacError.

        With ``reply`` 0 ``body`` may be the path of the file to serve, or to write. Otherwise it is the body: str or bytes,
        or, for a GET with a 2xx status, a stream that is read as the client takes it: a binary file, an iterable of bytes,
        with ``run_async`` also an asynchronous one. Without a body ``read`` is asked for that of such a GET, and ``write``
        receives that of a PUT or POST with a 2xx status: where these are missing the answer is 500, and GpacError is
        raised. Nothing happens when the connection was lost.
        """
        if self._session is None:
            raise GpacError("HTTPOutRequest.send: this is no request of a server", GF_BAD_PARAM)
        reader = stream_reader(self.body)
        reply, body, headers = self._answer()
        if reader:
            setattr(self, "read", reader)
        self._session.send(
            reply, None if reader else body, headers, self._defines("throttle"), self._defines("read"),
            self._defines("write"), reader is not None)

    def _run(self, session: FilterSession, result: Any) -> None:
        """`on_request` returned something: what an ``async def`` gives is run in the loop of ``run_async``."""
        if inspect.iscoroutine(result):
            from .aio import run_handler
            run_handler(session, self, result)

    def _answer(self) -> tuple[int, Body, list[str]]:
        headers = [str(text) for text in self.headers_out]
        if len(headers) % 2:
            headers.pop()
        body = os.fsencode(self.body) if isinstance(self.body, os.PathLike) else self.body
        return int(self.reply), body.encode() if isinstance(body, str) else body, headers

    def _update_answer(self) -> None:
        self._session.set_answer(*self._answer())

    def _defines(self, name: str) -> bool:
        method = getattr(self, name)
        return getattr(method, "__func__", method) is not getattr(HTTPOutRequest, name)

    def throttle(self, done: int, total: int) -> Optional[int]:
        """Before each block of a file, of what ``read`` gives or of an upload: microseconds to wait. ``done`` of
        ``total`` bytes (0 unknown) went through."""
        return 0

    def read(self, buf: Any, size: int) -> Optional[int]:
        """Fills ``buf`` with up to ``size`` bytes of the answer: their number, 0 at the end, negative for nothing now
        (asked again after a millisecond). A ``Content-Length`` in ``headers_out`` announces their number."""
        return 0

    def write(self, buf: Any, size: int) -> None:
        """Takes ``size`` bytes of the body of a request; at its end ``buf`` is None and ``size`` 0. The answer follows,
        with ``reply``, ``body`` and ``headers_out`` as they are then."""

    def close(self, reason: int) -> None:
        """The last call, exactly once: 1 answered and the connection is kept, 0 answered and closed by the server, or the
        filter ends; GF_IP_CONNECTION_CLOSED the client went before; GF_IP_UDP_TIMEOUT nothing moved for too long; or
        another error code."""


class RMTHandler:
    """Called for the clients of a WebSocket server, on the thread of that server."""

    def on_new_client(self, client: RMTClient) -> None:
        """A client connected."""

    def on_client_data(self, client: RMTClient, data: str | bytes) -> None:
        """A message arrived: str for text, bytes for binary messages."""

    def on_client_close(self, client: RMTClient) -> None:
        """A client left."""


class RMTClient:
    """A client of a WebSocket server; made by the library."""

    def __init__(self, handler: RMTHandler, client: Any) -> None:
        self._handler = handler
        self._client = client

    def peer_address(self) -> Optional[str]:
        """``address:port`` of the client, None once it left."""
        return None

    def send(self, data: str | bytes) -> Optional[int]:
        """Sends a text or binary message, from any thread. Returns an error code, None once the client left."""
        return None


def enable_rmtws(enable: bool = True) -> None:
    """Starts or stops the monitoring server. GpacError with code GF_NOT_SUPPORTED: there is none in this version."""
    if enable:
        raise _not_supported("enable_rmtws")


def enable_userws(enable: bool = True) -> None:
    """Starts or stops the user server. GpacError with code GF_NOT_SUPPORTED: there is none in this version."""
    if enable:
        raise _not_supported("enable_userws")


def set_rmt_handler(callback_obj: RMTHandler) -> bool:
    """Installs the handler of the monitoring server. False: the server is not enabled."""
    return False


def set_userws_handler(callback_obj: RMTHandler) -> bool:
    """Installs the handler of the user server. False: the server is not enabled."""
    return False
