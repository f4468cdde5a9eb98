#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""A filter written in Python between a source and a fragmented MP4 file.

    custom_filter.py IN.mp4 OUT.mp4
"""

import sys

import libgpac as gpac


class SecondPrinter(gpac.FilterCustom):
    """Passes packets on and prints a line for each second of media."""

    def __init__(self, session: gpac.FilterSession) -> None:
        super().__init__(session, "SecondPrinter")
        self.push_cap("StreamType", "Visual", gpac.GF_CAPS_INPUT_OUTPUT)
        self.push_cap("StreamType", "Audio", gpac.GF_CAPS_INPUT_OUTPUT)
        self.set_max_pids(-1)

    def configure_pid(self, pid: gpac.FilterPid, is_remove: int) -> int:
        if is_remove:
            if pid.opid in self.opids:
                pid.opid.remove()
            return gpac.GF_OK
        if pid not in self.ipids:
            pid.opid = self.new_pid()
            pid.next_second = 0
            print(f"input: {pid.get_prop('StreamType')} {pid.get_prop('CodecID')}")
        pid.opid.copy_props(pid)
        return gpac.GF_OK

    def process(self) -> int:
        for pid in self.ipids:
            for pck in pid:
                if pck.dts >= pid.next_second * pck.timescale:
                    print(f"{pid.get_prop('StreamType')}: second {pid.next_second}, {pck.size} bytes")
                    pid.next_second += 1
                pid.opid.forward(pck)
            if pid.eos:
                pid.opid.eos = True
        return gpac.GF_EOS if all(pid.eos for pid in self.ipids) else gpac.GF_OK


def main() -> int:
    if len(sys.argv) != 3:
        print((__doc__ or "").strip(), file=sys.stderr)
        return 1
    source, result = sys.argv[1:]
    with gpac.FilterSession() as session:
        src = session.load_src(source)
        printer = SecondPrinter(session)
        printer.set_source(src)
        dst = session.load_dst(f"{result}:frag")
        dst.set_source(printer)
        session.run()
        session.print_graph()
    print(result)
    return 0


if __name__ == "__main__":
    sys.exit(main())
