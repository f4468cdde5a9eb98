"""httpout as a sink: live streams from one copy to many clients, files that are served while they are written."""

import http.client
import time

import pytest

from http_tools import Server, wait_for


class Live(Server):
    """A session that serves what it produces on a free port."""

    def __init__(self, path, *words, options=""):
        super().__init__(*words, "-o", f"http://127.0.0.1:0{path}:gpac:maxp=0{options}")
        self.path = path

    def open(self, path=None):
        """The answer to a GET, once the resource is there."""
        wait_for(lambda: self.ask("HEAD", path or self.path)[0] == 200)
        c = http.client.HTTPConnection("127.0.0.1", self.port, timeout=20)
        c.request("GET", path or self.path)
        return c.getresponse()

    def end(self):
        try:
            assert self.process.wait(30) == 0, "".join(self.log)
        finally:
            self.process.kill()


@pytest.fixture(scope="module")
def aac(clip):
    """Three seconds of AAC in ADTS."""
    return clip("tone.aac", "-f", "lavfi", "-i", "sine=frequency=440:sample_rate=48000", "-t", 3, "-c:a", "aac")


def test_a_stream_from_its_start(gpac, aac, tmp_path):
    """hold: nothing is lost before the first client; all bytes are those of a file; then the session ends."""
    gpac("-i", aac, "reframer", "-o", tmp_path / "file.aac")
    live = Live("/radio/tone.aac", "-i", aac, "reframer", options=":hold")
    answer = live.open()
    assert answer.status == 200 and answer.headers["Content-Type"] == "audio/aac"
    assert answer.headers["Cache-Control"] == "no-cache, no-store" and answer.headers["Transfer-Encoding"] == "chunked"
    assert answer.read() == (tmp_path / "file.aac").read_bytes()
    live.end()


def test_many_clients(aac):
    """A stream in real time: each of 200 clients gets the same bytes up to the end, from the frame it came at."""
    live = Live("/tone.aac", "-i", aac, "reframer:rt=on", options=":maxc=0")
    answers = [live.open() for _ in range(100)]
    time.sleep(0.5)  # others come later
    answers += [live.open() for _ in range(100)]
    bodies = [a.read() for a in answers]
    live.end()
    longest = max(bodies, key=len)
    assert all(len(b) > 1000 and longest.endswith(b) for b in bodies)
    assert all(b[0] == 0xFF and b[1] & 0xF0 == 0xF0 for b in bodies)  # the sync word of ADTS


def test_late_clients_of_mp4(gpac, clip, tmp_path):
    """Fragments: a client that comes late gets the header, then whole fragments, and can decode them."""
    movie = clip("short_gops.mp4", "-f", "lavfi", "-i", "testsrc2=size=320x180:rate=25", "-t", 5, "-c:v", "libx264", "-g", 5,
                 "-pix_fmt", "yuv420p")
    live = Live("/live.mp4", "-i", movie, "reframer:rt=on", options=":store=sfrag:cdur=0.2")
    first = live.open()
    head = first.read(4000)
    time.sleep(0.7)
    late = live.open().read()
    whole = head + first.read()
    live.end()
    assert len(late) < len(whole) and late[4:8] == b"ftyp"
    for name, data in (("late", late), ("whole", whole)):
        (tmp_path / f"{name}.mp4").write_bytes(data)
        done = gpac("-i", tmp_path / f"{name}.mp4", "inspect:deep:log=" + str(tmp_path / name))
        assert "PCK" in (tmp_path / name).read_text() and done.returncode == 0
    boxes, pos = [], 0
    while pos < len(late):
        boxes.append(late[pos + 4:pos + 8])
        pos += int.from_bytes(late[pos:pos + 4], "big")
    boxes = [b for b in boxes if b != b"free"]
    assert pos == len(late) and boxes[:3] == [b"ftyp", b"moov", b"moof"]


def test_other_requests_of_a_stream(aac):
    live = Live("/tone.aac", "-i", aac, "reframer:rt=on")
    assert live.get("/other.aac")[0] == 404
    status, headers, body = live.ask("HEAD", "/tone.aac")
    assert status == 200 and body == b"" and headers["content-type"] == "audio/aac"
    live.open().read()
    live.end()


def test_files_are_written_and_served(aac, tmp_path):
    """With a directory the input is a file there, which is sent while it grows, and found after it ended."""
    www = tmp_path / "www"
    live = Live("/sub/tone.aac", "-i", aac, "reframer:rt=on", options=f":rdirs={www}")
    early = live.open()
    part = early.read(200)
    assert early.status == 200 and part[:1] == b"\xff"
    assert not (www / "sub" / "tone.aac").exists()
    whole = part + early.read()
    wait_for(lambda: (www / "sub" / "tone.aac").exists())
    assert (www / "sub" / "tone.aac").read_bytes() == whole
    status, headers, body = live.get("/sub/tone.aac", Range="bytes=10-19")
    assert status == 206 and body == whole[10:20] and "etag" in headers
    assert sorted(p.name for p in (www / "sub").iterdir()) == ["tone.aac"]
    assert live.stop() == 130


def test_two_streams_of_one_server(av_clip):
    """Each destination has the format of its own extension, whichever of them came first."""
    live = Live("/b.mp4", "-i", av_clip, "reframer:rt=on", "-o", "http://127.0.0.1:0/a.aac:gpac:maxp=0",
                options=":store=sfrag")
    first, second = live.open("/a.aac"), live.open("/b.mp4")
    assert (first.headers["Content-Type"], second.headers["Content-Type"]) == ("audio/aac", "video/mp4")
    assert first.read(2)[:1] == b"\xff" and second.read(8)[4:] == b"ftyp"
    live.end()
