# SPDX-License-Identifier: MIT
"""Sessions in an asyncio loop: ``await fs.run_async()`` and ``async for pck in pid``."""

from __future__ import annotations

import asyncio
import weakref
from collections.abc import Coroutine
from typing import TYPE_CHECKING, Any, Optional

from . import constants
from .errors import GpacError

if TYPE_CHECKING:
    from ._native import FilterPacket, FilterPid, FilterSession
    from .handlers import HTTPOutRequest


class _Runner:
    """One ``run_async()``: runs slices of the session when its descriptor is readable."""

    def __init__(self, session: FilterSession) -> None:
        self.session = session
        self.fd: int = session.fileno()
        self.loop: asyncio.AbstractEventLoop = asyncio.get_running_loop()
        self.done: asyncio.Future[None] = self.loop.create_future()
        # Streams that somebody reads. One whose loop was left with `break` must not hold the session.
        self.streams: weakref.WeakSet[_PacketStream] = weakref.WeakSet()
        self.handlers: set[asyncio.Task[None]] = set()  # requests of an HTTP server that are being worked on

    def step(self, final: bool = False) -> None:
        if self.done.done():
            return
        try:
            more = self.session.run_slice()
        except StopIteration as failure:  # futures refuse it, as coroutines do
            error = RuntimeError("a callback of the session raised StopIteration")
            error.__cause__ = failure
            self.done.set_exception(error)
            return
        except BaseException as failure:
            self.done.set_exception(failure)
            return
        for stream in list(self.streams):
            stream.look(over=not more)
        if more or self.streams:
            return
        if final:
            self.done.set_result(None)
        else:  # after the tasks that callbacks of this slice made, which may open streams
            self.loop.call_soon(self.step, True)

    def step_soon(self) -> None:
        self.loop.call_soon(self.step)

    def close(self) -> None:
        self.loop.remove_reader(self.fd)
        self.session._runner = None
        for stream in list(self.streams):
            stream.end()
        for task in self.handlers:
            task.cancel()


async def run(session: FilterSession, timeout: Optional[float]) -> None:
    """What ``FilterSession.run_async`` does."""
    if session._runner:
        raise GpacError("run_async() of a session that is running", constants.GF_BAD_PARAM)
    runner = session._runner = _Runner(session)
    try:
        runner.loop.add_reader(runner.fd, runner.step)
        runner.step_soon()
        async with asyncio.timeout(timeout):
            await runner.done
    except TimeoutError:
        if runner.done.done() and not runner.done.cancelled():
            raise  # of a callback
        _abort(session)
        raise TimeoutError("the session did not end in the time given to run_async()") from None
    except asyncio.CancelledError:
        _abort(session)
        raise
    finally:
        runner.close()


def _abort(session: FilterSession) -> None:
    session.abort()
    while session.run_slice():
        pass


class _PacketStream:
    """Packets of an input PID for one ``async for``. A packet is dropped when the next one is asked for."""

    def __init__(self, pid: FilterPid, runner: _Runner) -> None:
        self.pid = pid
        self.runner = runner
        self.waiter: Optional[asyncio.Future[None]] = None
        self.open: bool = True
        runner.streams.add(self)

    def __aiter__(self) -> _PacketStream:
        return self

    async def __anext__(self) -> FilterPacket:
        if self.runner.done.done():
            self.open = False
        if self.open:
            self.runner.streams.add(self)
        try:
            pck = self.pid._next_packet() if self.open else None
            while pck is None and self.open and not self.pid.eos:
                self.waiter = self.runner.loop.create_future()
                self.runner.step_soon()
                await self.waiter
                if self.open:
                    pck = self.pid._next_packet()
        except GpacError:  # the PID was removed
            pck = None
        except asyncio.CancelledError:  # the session does not wait for it until it asks again
            self.leave()
            raise
        if pck is None:
            self.end()
            raise StopAsyncIteration
        return pck

    def look(self, over: bool) -> None:
        """Called after each slice: a waiting stream goes on when there is a packet, or when none will come."""
        if not self.waiter or self.waiter.done():
            return
        try:
            ready = not self.pid.first_empty or self.pid.eos
        except GpacError:  # the PID was removed
            ready = True
        if ready:
            self.waiter.set_result(None)
        elif over:
            self.end()

    def leave(self) -> None:
        self.runner.streams.discard(self)
        if not self.runner.done.done():
            self.runner.step_soon()

    def end(self) -> None:
        self.open = False
        if self.waiter and not self.waiter.done():
            self.waiter.set_result(None)
        self.leave()

    def __del__(self) -> None:
        if self.open and not self.runner.done.done():
            self.runner.loop.call_soon_threadsafe(self.runner.step)  # on the thread of the garbage collector


def packets(pid: FilterPid) -> _PacketStream:
    """What ``async for`` over an input PID does."""
    runner = pid.filter.session._runner
    if runner is None:
        raise GpacError("async for over a PID: its session is not in run_async()", constants.GF_BAD_PARAM)
    return _PacketStream(pid, runner)


def run_handler(session: FilterSession, request: HTTPOutRequest, work: Coroutine[Any, Any, None]) -> None:
    """Runs what an ``async def on_request`` gave. An exception in it is reported, as in one that is not asynchronous."""
    runner = session._runner
    if runner is None:
        work.close()
        raise GpacError("an async on_request needs a session in run_async()", constants.GF_BAD_PARAM)
    task = runner.loop.create_task(work)
    runner.handlers.add(task)

    def finished(task: asyncio.Task[None]) -> None:
        runner.handlers.discard(task)
        if not task.cancelled() and (failure := task.exception()):
            request._session.fail(failure)

    task.add_done_callback(finished)
