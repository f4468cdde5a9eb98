# SPDX-License-Identifier: MIT
"""Bodies of HTTP answers that are read from files, iterables and asynchronous iterables, a piece at a time."""

from __future__ import annotations

import asyncio
import os
from collections.abc import AsyncIterable, AsyncIterator, Callable, Iterable
from typing import Any, Optional, Protocol, Union


class Readable(Protocol):
    """A binary file, or what reads as one: b"" at the end, None for nothing now."""

    def read(self, size: int, /) -> Optional[bytes]:
        """At most ``size`` bytes."""


Body = Union[str, bytes, os.PathLike[str], Readable, Iterable[Optional[bytes]], AsyncIterable[bytes], None]
Reader = Callable[[Any, int], int]


def stream_reader(body: Body) -> Optional[Reader]:
    """What `HTTPOutRequest.read` is to be for that body; None when it is no stream."""
    if body is None or isinstance(body, (str, bytes, bytearray, memoryview, os.PathLike)):
        return None
    if hasattr(body, "read"):
        return _Pieces(body.read)
    if isinstance(body, AsyncIterable):
        return _AsyncPieces(aiter(body))
    if isinstance(body, Iterable):
        pieces = filter(lambda piece: piece is None or len(piece), body)
        return _Pieces(lambda size: next(pieces, b""))
    return None


class _Pieces:
    """Cuts what a function gives into the blocks asked for: bytes, b"" at the end, None for nothing now."""

    def __init__(self, give: Callable[[int], Optional[bytes]]) -> None:
        self.give = give
        self.rest = memoryview(b"")

    def __call__(self, buf: Any, size: int) -> int:
        if not self.rest:
            piece = self.give(size)
            if piece is None:
                return -1
            self.rest = memoryview(piece).cast("B")
        n = min(size, len(self.rest))
        memoryview(buf)[:n] = self.rest[:n]
        self.rest = self.rest[n:]
        return n


async def _next_piece(iterator: AsyncIterator[bytes]) -> bytes:
    async for piece in iterator:
        if len(piece):
            return piece
    return b""


class _AsyncPieces(_Pieces):
    """The same of an asynchronous iterator: one piece is asked for ahead, and no more."""

    def __init__(self, iterator: AsyncIterator[bytes]) -> None:
        super().__init__(self.ask)
        self.iterator = iterator
        self.task: Optional[asyncio.Task[bytes]] = None

    def ask(self, size: int) -> Optional[bytes]:
        if self.task is None:
            self.task = asyncio.get_running_loop().create_task(_next_piece(self.iterator))
        if not self.task.done():
            return None
        task, self.task = self.task, None
        return task.result()

    def __del__(self) -> None:
        if self.task:  # the client went
            self.task.cancel()
