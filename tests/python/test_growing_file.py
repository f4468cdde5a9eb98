# SPDX-License-Identifier: MIT
"""An MP4 file that a source is still writing: packets come as their bytes do, and are those of the whole file."""

import hashlib
import subprocess

import pytest

import libgpac as gpac

LAYOUTS = {
    "fragments": "-movflags empty_moov+default_base_moof+frag_keyframe",
    "movie_first": "-movflags faststart",
    "movie_last": "",
}
STEP = 2000  # bytes


class Growing(gpac.FilterCustom):
    """Appends to a file and tells that there is more with packets that do not matter."""

    def __init__(self, session, data, path):
        super().__init__(session, "Growing")
        self.push_cap("StreamType", "File", gpac.GF_CAPS_OUTPUT)
        self.data, self.path, self.written, self.pid = data, path, 0, None
        path.write_bytes(b"")

    def process_event(self, event):
        return False

    def append(self):
        with open(self.path, "ab") as file:
            file.write(self.data[self.written:self.written + STEP])
        self.written = min(self.written + STEP, len(self.data))

    def process(self):
        if self.pid is None:
            self.append()
            self.pid = self.new_pid()
            for name, value in (("StreamType", "File"), ("SourcePath", str(self.path)), ("Extension", "mp4"),
                                ("Cached", False)):
                self.pid.set_prop(name, value)
        elif self.written < len(self.data) and not self.pid.would_block:
            self.append()
            self.pid.new_pck(1).send()
        elif self.written == len(self.data):
            self.pid.eos = True
            return gpac.GF_EOS
        return 0


class Sink(gpac.FilterCustom):
    def __init__(self, session):
        super().__init__(session, "Sink")
        self.push_cap("StreamType", "Visual", gpac.GF_CAPS_INPUT)
        self.packets, self.source, self.first_at = [], None, None

    def configure_pid(self, pid, is_remove):
        if not is_remove:
            pid.send_event(gpac.FilterEvent(gpac.GF_FEVT_PLAY))

    def process(self):
        for pid in self.ipids:
            while (packet := pid.get_packet()) is not None:
                if self.source and not self.packets:
                    self.first_at = self.source.written
                self.packets.append((packet.dts, packet.cts, packet.sap, hashlib.md5(bytes(packet.data)).hexdigest()))
                pid.drop_packet()
        return 0


@pytest.fixture(params=LAYOUTS)
def movie(request, media):
    path = media / f"growing_{request.param}.mp4"
    subprocess.run(["ffmpeg", "-v", "error", "-y", "-f", "lavfi", "-i", "testsrc2=size=160x120:rate=25", "-t", "2", "-c:v",
                    "libx264", "-g", "5", "-bf", "2", "-pix_fmt", "yuv420p", *LAYOUTS[request.param].split(), str(path)],
                   check=True)
    return request.param, path


def test_growing_file(movie, tmp_path):
    layout, path = movie
    session = gpac.FilterSession()
    session.load_src(str(path))
    whole = Sink(session)
    session.run()
    assert len(whole.packets) == 50

    session = gpac.FilterSession()
    data = path.read_bytes()
    source, sink = Growing(session, data, tmp_path / "growing.mp4"), Sink(session)
    sink.source = source
    session.run()
    assert sink.packets == whole.packets
    # the first packet came long before the end, unless the end tells where it is
    assert (sink.first_at < len(data) // 2) == (layout != "movie_last")
