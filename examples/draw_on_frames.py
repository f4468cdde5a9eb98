#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""A filter that draws on decoded pictures where they are, between a decoder and an encoder.

    draw_on_frames.py IN.mp4 OUT.mp4

The sound passes as it is. A progress bar at the bottom shows how much of the movie has been played.
"""

import sys

import libgpac as gpac


class ProgressBar(gpac.FilterCustom):
    """Turns the bottom rows white, as far to the right as the movie has come."""

    def __init__(self, session: gpac.FilterSession) -> None:
        super().__init__(session, "ProgressBar")
        self.push_cap("StreamType", "Visual", gpac.GF_CAPS_INPUT_OUTPUT)
        self.push_cap("CodecID", "raw", gpac.GF_CAPS_INPUT_OUTPUT)
        self.push_cap("PixelFormat", "yuv420", gpac.GF_CAPS_INPUT_OUTPUT)

    def configure_pid(self, pid: gpac.FilterPid, is_remove: int) -> int:
        if is_remove:
            self.opids[0].remove()
            return gpac.GF_OK
        if not self.opids:
            self.new_pid()
        self.opids[0].copy_props(pid)
        duration = pid.get_prop("Duration")
        self.duration = duration.num / duration.den if duration else 0.0
        return gpac.GF_OK

    def process(self) -> int:
        source, out = self.ipids[0], self.opids[0]
        while not out.would_block and (pck := source.get_packet()) is not None:
            # The memory of the packet when nobody else uses it, else a copy.
            picture = out.new_pck_clone(pck)
            y, u, v = picture.to_ndarray()
            height, width = y.shape
            done = pck.cts / pck.timescale / self.duration if self.duration else 0.0
            end = int(width * min(done, 1.0)) // 2 * 2
            rows = max(2, height // 20 // 2 * 2)
            y[height - rows :, :end] = 235
            u[(height - rows) // 2 :, : end // 2] = 128
            v[(height - rows) // 2 :, : end // 2] = 128
            picture.send()
            source.drop_packet()
        if source.eos:
            out.eos = True
            return gpac.GF_EOS
        return gpac.GF_OK


def main(source: str, destination: str) -> None:
    with gpac.FilterSession() as fs:
        src = fs.load_src(source)
        bar = ProgressBar(fs)
        bar.set_source(src)
        encoder = fs.load("c=avc:crf=18")
        encoder.set_source(bar)
        dst = fs.load_dst(destination)
        dst.set_source(encoder)
        dst.set_source(src, "#audio")
        fs.run()
    print(destination)


if __name__ == "__main__":
    if len(sys.argv) != 3:
        sys.exit(__doc__)
    main(sys.argv[1], sys.argv[2])
