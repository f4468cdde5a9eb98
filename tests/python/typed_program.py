# SPDX-License-Identifier: MIT
"""What a typed program may write and what it gets: checked by test_typing.py, never run."""

from __future__ import annotations

from typing import Any, assert_type

import libgpac as gpac


class Luma(gpac.FilterCustom):
    def __init__(self, session: gpac.FilterSession) -> None:
        super().__init__(session, "Luma")
        self.push_cap("StreamType", "Visual", gpac.GF_CAPS_INPUT)
        self.sums: list[int] = []

    def configure_pid(self, pid: gpac.FilterPid, is_remove: int) -> int:
        if not is_remove:
            pid.first_frame = True
            pid.send_event(gpac.FilterEvent(gpac.GF_FEVT_PLAY))
        return gpac.GF_OK

    def process(self) -> int:
        for pid in self.ipids:
            for pck in pid:
                assert_type(pck, gpac.FilterPacket)
                self.sums.append(int(pck.to_ndarray().y.sum()))
                y, *_ = pck.planes()
                assert_type(y.shape, tuple[int, ...])
                assert_type(memoryview(y).nbytes, int)
        return gpac.GF_OK

    def process_event(self, evt: gpac.FilterEvent) -> bool:
        assert_type(evt.play.speed, float)
        assert_type(evt.pid, gpac.FilterPid | None)
        return False


class Tick(gpac.FilterTask):
    def execute(self) -> int | None:
        return None if self.session is None or self.session.last_task else 100


def use(path: str) -> dict[str, Any]:
    with gpac.FilterSession(flags=gpac.GF_FS_FLAG_NON_BLOCKING) as fs:
        src = fs.load_src(path)
        fs.post(Tick("tick"))
        luma = Luma(fs)
        luma.set_source(src)
        try:
            fs.run(timeout=10)
        except gpac.GpacError as failure:
            assert_type(failure.code, int)
            print(failure.name)
        for f in fs:
            assert_type(f, gpac.Filter)
            assert_type(f.get_statistics().nb_pck_sent, int)
            assert_type(f.get_statistics().name, bytes | None)
        assert_type(fs.last_task, bool)
        return fs.graph()


async def use_async(fs: gpac.FilterSession, pid: gpac.FilterPid) -> int:
    await fs.run_async(timeout=1.5)
    return sum([pck.size async for pck in pid])


fraction = gpac.Fraction(1, 2)
assert_type(fraction.num, int)
assert_type(gpac.e2s(gpac.GF_OK), str)
assert_type(gpac.close(), int)
