# SPDX-License-Identifier: MIT
"""Sessions in an asyncio loop."""

import asyncio
import time

import pytest

import libgpac as gpac
from lab import Sink, Source

NB = 40
PAYLOADS = [bytes([i]) for i in range(NB)]


class Reader(gpac.FilterCustom):
    """A sink without process(): a coroutine reads its packets."""

    def __init__(self, session, consume):
        super().__init__(session, "Reader")
        self.push_cap("StreamType", "Metadata", gpac.GF_CAPS_INPUT)
        self.consume = consume
        self.task = None

    def configure_pid(self, pid, is_remove):
        if not is_remove and not self.task:
            pid.send_event(gpac.FilterEvent(gpac.GF_FEVT_PLAY))
            self.task = asyncio.get_running_loop().create_task(self.consume(pid))
        return 0


class Ticker(gpac.FilterTask):
    def __init__(self, results):
        super().__init__("ticker")
        self.results = list(results)

    def execute(self):
        return self.results.pop(0)


def test_run_async():
    async def main():
        fs = gpac.FilterSession()
        src = Source(fs, PAYLOADS)
        dst = Sink(fs)
        dst.set_source(src)
        await fs.run_async()
        return dst

    dst = asyncio.run(main())
    assert dst.received == PAYLOADS


def test_the_loop_goes_on():
    """Other coroutines run while the session works and while it waits."""

    async def main():
        fs = gpac.FilterSession()
        fs.post(Ticker([50, 50, 50, None]))
        ticks = 0

        async def count():
            nonlocal ticks
            while True:
                await asyncio.sleep(0.01)
                ticks += 1

        other = asyncio.create_task(count())
        await fs.run_async()
        other.cancel()
        return ticks

    assert asyncio.run(main()) >= 3


def test_the_loop_is_not_polled():
    async def main():
        fs = gpac.FilterSession()
        fs.post(Ticker([300, None]))
        slices = 0
        run_slice = fs.run_slice

        def counted():
            nonlocal slices
            slices += 1
            return run_slice()

        fs.run_slice = counted
        await fs.run_async()
        return slices

    assert asyncio.run(main()) <= 5


@pytest.mark.parametrize("pause", [0, 0.002])
def test_async_for(pause):
    dts = []

    async def consume(pid):
        async for pck in pid:
            dts.append(pck.dts)
            await asyncio.sleep(pause)

    async def main():
        fs = gpac.FilterSession()
        dst = Reader(fs, consume)
        dst.set_source(Source(fs, PAYLOADS))
        await fs.run_async()
        await dst.task

    asyncio.run(main())
    assert dts == list(range(NB))


def test_async_for_ends_with_its_pid():
    """A producer that goes away without an end of stream ends the iteration too."""
    got = []

    async def main():
        fs = gpac.FilterSession()
        src = Source(fs, [b'x'] * 100000)

        async def consume(pid):
            async for pck in pid:
                got.append(pck)
                if len(got) == 10:
                    src.remove()

        dst = Reader(fs, consume)
        dst.set_source(src)
        await fs.run_async(timeout=10)
        await dst.task

    asyncio.run(main())
    assert len(got) >= 10


def test_async_for_outside_of_run_async():
    failures = []

    async def consume(pid):
        try:
            async for _ in pid:
                pass
        except gpac.GpacError as e:
            failures.append(str(e))

    async def main():
        fs = gpac.FilterSession()
        dst = Reader(fs, consume)
        dst.set_source(Source(fs, [b'x']))
        fs.run()
        await dst.task

    asyncio.run(main())
    assert failures == ["async for over a PID: its session is not in run_async()"]


def test_plain_iteration():
    class Plain(Sink):
        def process(self):
            for pid in self.ipids:
                self.received += [bytes(pck.data) for pck in pid]
            return 0

    fs = gpac.FilterSession()
    dst = Plain(fs)
    dst.set_source(Source(fs, PAYLOADS))
    fs.run()
    assert dst.received == PAYLOADS


def test_exceptions_come_out():
    class Bad(Sink):
        def process(self):
            raise KeyError("mine")

    async def main():
        fs = gpac.FilterSession()
        dst = Bad(fs)
        dst.set_source(Source(fs, PAYLOADS))
        with pytest.raises(KeyError, match="mine"):
            await fs.run_async(timeout=10)

    asyncio.run(main())


def test_timeout_of_a_callback_is_its_own():
    class Bad(Sink):
        def process(self):
            raise TimeoutError("mine")

    async def main():
        fs = gpac.FilterSession()
        dst = Bad(fs)
        dst.set_source(Source(fs, PAYLOADS))
        with pytest.raises(TimeoutError, match="mine"):
            await fs.run_async(timeout=10)

    asyncio.run(main())


def test_timeout():
    async def main():
        fs = gpac.FilterSession()
        task = Ticker([60000, None])
        fs.post(task)
        start = time.monotonic()
        with pytest.raises(TimeoutError, match="run_async"):
            await fs.run_async(timeout=0.1)
        assert time.monotonic() - start >= 0.1
        assert fs.last_task and task.session is None

    asyncio.run(main())


def test_cancel_aborts():
    async def main():
        fs = gpac.FilterSession()
        fs.post(Ticker([60000, None]))
        run = asyncio.create_task(fs.run_async())
        await asyncio.sleep(0.05)
        run.cancel()
        with pytest.raises(asyncio.CancelledError):
            await run
        assert fs.last_task

    asyncio.run(main())


def test_two_sessions_share_a_loop():
    async def main():
        sinks = []
        runs = []
        for _ in range(3):
            fs = gpac.FilterSession()
            dst = Sink(fs)
            dst.set_source(Source(fs, PAYLOADS))
            sinks.append(dst)
            runs.append(fs.run_async())
        await asyncio.gather(*runs)
        return sinks

    assert [dst.received for dst in asyncio.run(main())] == [PAYLOADS] * 3


def test_one_run_at_a_time():
    async def main():
        fs = gpac.FilterSession()
        fs.post(Ticker([50, None]))
        first = asyncio.create_task(fs.run_async())
        await asyncio.sleep(0)
        with pytest.raises(gpac.GpacError, match="is running"):
            await fs.run_async()
        await first
        await fs.run_async()  # again after its end

    asyncio.run(main())


def test_delete_waits():
    async def main():
        with gpac.FilterSession() as fs:
            fs.post(Ticker([60000, None]))
            run = asyncio.create_task(fs.run_async())
            await asyncio.sleep(0.02)
            with pytest.raises(gpac.GpacError, match="cancel it first"):
                fs.delete()
            run.cancel()
            with pytest.raises(asyncio.CancelledError):
                await run

    asyncio.run(main())


@pytest.mark.parametrize("flush", [gpac.GF_FS_FLUSH_NONE, gpac.GF_FS_FLUSH_ALL])
def test_abort_from_a_coroutine(flush):
    """On the thread of the session, while that sleeps: it wakes."""

    async def main():
        fs = gpac.FilterSession()
        fs.post(Ticker([60000, None]))
        run = asyncio.create_task(fs.run_async())
        await asyncio.sleep(0.02)
        fs.abort(flush)
        await asyncio.wait_for(run, 10)  # the task is due in a minute
        fs.delete()

    asyncio.run(main())


def test_work_from_another_thread():
    """abort() from a thread wakes the loop, which sleeps until then."""

    async def main():
        fs = gpac.FilterSession()
        fs.post(Ticker([60000, None]))
        run = asyncio.create_task(fs.run_async())
        await asyncio.sleep(0.02)
        await asyncio.to_thread(fs.abort)
        await asyncio.wait_for(run, 10)  # the task is due in a minute
        assert fs.last_task

    asyncio.run(main())


@pytest.mark.parametrize("nb", [1, NB])
def test_a_left_loop_does_not_hold_the_session(nb):
    """`break` at the first packet, and at the last one, which stays in the queue."""
    seen = []

    async def first_packets(pid):
        async for pck in pid:
            seen.append(bytes(pck.data))
            if len(seen) == nb:
                break

    async def main():
        with gpac.FilterSession() as fs:
            src, reader = Source(fs, PAYLOADS), Reader(fs, first_packets)
            await fs.run_async(timeout=20)
            await reader.task
            assert src.sent >= nb

    asyncio.run(main())
    assert seen == PAYLOADS[:nb]


def test_a_cancelled_wait_does_not_hold_the_session():
    """The iterator lives on, but nobody waits for its next packet any more."""
    kept = []

    class Later(Source):
        """Its packet comes after the wait was given up."""

        def process(self):
            if self.pid is None:
                self.make_pid()
            return super().process() if kept and kept[-1].cancelled() else self.reschedule(1000)

    async def main():
        async def give_up(pid):
            packets = aiter(pid)
            wait = asyncio.ensure_future(anext(packets))
            kept.extend((packets, wait))
            while not packets.waiter:
                await asyncio.sleep(0)
            wait.cancel()
            await asyncio.wait([wait])

        with gpac.FilterSession() as fs:
            reader = Reader(fs, give_up)
            src = Later(fs)
            await fs.run_async(timeout=20)
            await reader.task
            assert src.sent == 1
        with pytest.raises(StopAsyncIteration):
            await anext(kept[0])

    asyncio.run(main())


def test_stop_iteration_of_a_callback():
    """A future refuses this exception, as generators and coroutines do."""
    class Src(Source):
        def process(self):
            return next(iter(()))

    async def main():
        with gpac.FilterSession() as fs:
            Src(fs)
            with pytest.raises(RuntimeError, match="StopIteration") as failure:
                await fs.run_async(timeout=20)
            assert isinstance(failure.value.__cause__, StopIteration)

    asyncio.run(main())
