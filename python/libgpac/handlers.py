# SPDX-License-Identifier: MIT
"""Base classes of handler objects: DASH client algorithms, HTTP requests, WebSocket clients.

The filters and servers that call them are not part of this version: binding one raises GpacError with code
GF_NOT_SUPPORTED.
"""

from __future__ import annotations

from typing import Any, Optional

from .constants import GF_NOT_SUPPORTED
from .errors import GpacError
from .structures import Fraction


def _not_supported(what: str) -> GpacError:
    return GpacError(f"{what}: not supported by this version of libgpac", GF_NOT_SUPPORTED)


class DASHCustomAlgorithm:
    """Decides which quality a DASH client downloads."""

    def __init__(self) -> None:
        self.groups: list[DASHGroup] = []

    def on_period_reset(self, reset_type: int) -> None:
        """A period starts (1 static, 2 live) or ends (0)."""

    def on_new_group(self, group: DASHGroup) -> None:
        """A group of qualities was added to ``groups``."""

    def on_rate_adaptation(self, group, base_group, force_low_complexity, stats) -> int:
        """Index of the next quality, -1 for no decision, -2 to disable the group."""
        return -1

    def on_download_monitor(self, group, stats) -> int:
        """-1 to go on, or the index of the quality to switch to now."""
        return -1


class DASHSRD:
    """Position of a group in a larger picture."""

    def __init__(self, id: int = 0, x: int = 0, y: int = 0, w: int = 0, h: int = 0, fw: int = 0, fh: int = 0):
        self.id, self.x, self.y, self.w, self.h, self.fw, self.fh = id, x, y, w, h, fw, fh


class DASHQualityInfo:
    """One quality of a group."""

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
        self.hls_variant_url: Optional[str] = None
        self.ssr = 0
        self.sizes: Optional[list[int]] = None


class DASHGroup:
    """Qualities that a client switches between."""

    def __init__(self, idx: int = 0, qualities: Optional[list] = None, duration: int = 0, srd: Optional[DASHSRD] = None):
        self.idx = idx
        self.qualities: list[DASHQualityInfo] = qualities or []
        self.duration = duration
        self.SRD = srd


class HTTPOutRequest:
    """One request to an HTTP server filter."""

    def __init__(self) -> None:
        self.reply = 0
        self.body: Any = None
        self.headers_out: list = []

    def on_request(self, method: str, url: str, auth_code: int, headers: list) -> None:
        self.send()

    def send(self) -> None:
        raise _not_supported("HTTPOutRequest.send")

    def throttle(self, done: int, total: int) -> int:
        return 0

    def read(self, buf, size: int) -> int:
        return 0

    def write(self, buf, size: int) -> None:
        pass

    def close(self, reason: int) -> None:
        pass


class RMTHandler:
    """Called for the clients of a WebSocket server."""

    def on_new_client(self, client: RMTClient) -> None:
        pass

    def on_client_data(self, client: RMTClient, data) -> None:
        pass

    def on_client_close(self, client: RMTClient) -> None:
        pass


class RMTClient:
    """A client of a WebSocket server."""

    def __init__(self, handler: RMTHandler, client: Any):
        self._handler = handler
        self._client = client

    def peer_address(self) -> Optional[str]:
        return None

    def send(self, data) -> Optional[int]:
        return None


def enable_rmtws(enable: bool = True) -> None:
    """Starts or stops the monitoring server."""
    if enable:
        raise _not_supported("enable_rmtws")


def enable_userws(enable: bool = True) -> None:
    """Starts or stops the user server."""
    if enable:
        raise _not_supported("enable_userws")


def set_rmt_handler(callback_obj: RMTHandler) -> bool:
    """Installs the handler of the monitoring server. False: the server is not enabled."""
    return False


def set_userws_handler(callback_obj: RMTHandler) -> bool:
    """Installs the handler of the user server. False: the server is not enabled."""
    return False
