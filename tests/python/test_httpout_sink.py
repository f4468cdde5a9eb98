# SPDX-License-Identifier: MIT
"""httpout as an origin: what the session produces as files, on disk and in memory, while they are written and after."""

import http.client
import re
import socket
import threading
import time

import pytest

import libgpac as gpac
from lab import free_port, wait_for


def block(number, size=1000):
    return bytes([number % 256]) * size


class Producer(gpac.FilterCustom):
    """Sends what a test puts into `todo`, (data, start, end, properties), one packet at a time."""

    def __init__(self, session, ext="m4s", pid_props=None):
        super().__init__(session, "Producer")
        self.push_cap("StreamType", "File", gpac.GF_CAPS_OUTPUT)
        self.push_cap("Extension", ext, gpac.GF_CAPS_OUTPUT)
        self.ext, self.pid_props = ext, pid_props or {}
        self.todo = []
        self.sent = 0
        self.ended = False
        self.pid = None
        self.sizes = []

    def process_event(self, evt):
        if evt.base.type == gpac.GF_FEVT_SEGMENT_SIZE:
            s = evt.seg_size
            self.sizes.append((s.is_init, s.media_range_start, s.media_range_end))
        return True

    def process(self):
        if self.pid is None:
            self.pid = self.new_pid()
            self.pid.set_prop("StreamType", "File")
            self.pid.set_prop("Extension", self.ext)
            for name, value in self.pid_props.items():
                self.pid.set_prop(name, value)
        while self.sent < len(self.todo):
            data, start, end, props = self.todo[self.sent]
            if callable(data):
                data(self)
            else:
                pck = self.pid.new_pck(len(data))
                if data:
                    memoryview(pck.data)[:] = data
                pck.start, pck.end = start, end
                for name, value in props.items():
                    pck.set_prop(name, value)
                pck.send()
            self.sent += 1
        if self.ended:
            self.pid.eos = True
            return gpac.GF_EOS
        self.reschedule(2000)
        return 0

    def add(self, data, start=False, end=False, **props):
        """Returns when the packet is taken."""
        self.todo.append((data, start, end, props))
        wait_for(lambda: self.sent == len(self.todo))


class Client:
    def __init__(self, port):
        self.port = port

    def open(self, path, method="GET", **headers):
        c = http.client.HTTPConnection("127.0.0.1", self.port, timeout=20)
        c.request(method, path, headers={k.replace("_", "-"): v for k, v in headers.items()})
        return c.getresponse()

    def get(self, path, **headers):
        answer = self.open(path, **headers)
        return answer.status, answer.headers, answer.read()

    def status(self, path):
        return self.get(path)[0]

    def soon(self, path, body):
        """The resource has these bytes, at last."""
        wait_for(lambda: self.get(path)[::2] == (200, body))


def produce(use, options, dst="/live/x.m4s", producers=1, **kwargs):
    """Runs `use(client, producer...)` beside a session of producers and a server."""
    port = free_port()
    fs = gpac.FilterSession()
    made = [Producer(fs, **kwargs) for _ in range(producers)]
    fs.load_dst(f"http://127.0.0.1:{port}{dst}:gpac:maxp=0:maxc=0{options}")
    failures = []

    def work():
        try:
            client = Client(port)
            wait_for(lambda: not socket.socket().connect_ex(("127.0.0.1", port)))
            use(client, *made)
        except BaseException as e:  # noqa: BLE001 - shown by the test
            failures.append(e)
        finally:
            for p in made:
                p.ended = True
            fs.abort()

    thread = threading.Thread(target=work)
    thread.start()
    fs.run(timeout=60)
    thread.join()
    fs.delete()
    if failures:
        raise failures[0]
    return made


@pytest.fixture(params=["disk", "memory"])
def place(request, tmp_path):
    return f":rdirs={tmp_path}/www" if request.param == "disk" else ":rdirs=gmem"


def test_segments(place):
    """Named by packets, absolute or relative to the destination; a request meets bytes that are there and that come."""
    def use(client, p):
        p.add(block(1), start=True, FileNumber=1, FileName=f"http://127.0.0.1:{client.port}/live/s1.m4s")
        early = client.open("/live/s1.m4s")
        assert early.headers["Transfer-Encoding"] == "chunked" and early.read(1000) == block(1)
        p.add(block(2), FileNumber=2, FileName="s2.m4s")  # ends the one before
        assert early.read() == b""
        status, headers, body = client.get("/live/s1.m4s", Range="bytes=10-19")
        assert (status, body) == (206, block(1, 10)) and headers["ETag"] and headers["Content-Range"] == "bytes 10-19/1000"
        p.add(block(3), end=True)
        client.soon("/live/s2.m4s", block(2) + block(3))
        p.add(block(4), start=True)  # no name: that of the destination
        p.add(b"", EODS=True)
        client.soon("/live/x.m4s", block(4))
        assert client.status("/live/s3.m4s") == 404

    produce(use, place)


def test_listings(place):
    """dlist: complete files, on disk or in memory, below the directories that their URLs name."""
    def use(client, p):
        p.add(block(1), start=True, end=True, FileNumber=1, FileName="s1.m4s")
        p.add(block(2), start=True, end=True, FileNumber=2, FileName="a%20b/s2.m4s")
        client.soon("/live/a%20b/s2.m4s", block(2))
        links = {path: re.findall('href="([^"]*)"', client.get(path)[2].decode()) for path in ("/", "/live", "/live/a%20b/")}
        assert links["/"] == ["/live/"] and links["/live"] == ["/", "/live/a%20b/", "/live/s1.m4s"]
        assert links["/live/a%20b/"][1:] == ["/live/a%20b/s2.m4s"]
        assert "<td>1000</td>" in client.get("/live/")[2].decode()
        assert client.status("/liv") == 404

    produce(use, place + ":dlist")


def test_ranges_of_growing_files(place):
    """A range with an end may lie ahead; one without is that of now, unless the client knows better."""
    def use(client, p):
        p.add(block(1), start=True, FileNumber=1, FileName="s.m4s")
        wait_for(lambda: client.open("/live/s.m4s", "HEAD").status == 200)
        ahead = client.open("/live/s.m4s", Range="bytes=500-1499")
        assert ahead.status == 206 and ahead.headers["Content-Range"] == "bytes 500-1499/*"
        assert ahead.headers["Content-Length"] == "1000"
        now = client.get("/live/s.m4s", Range="bytes=990-")
        assert now[0] == 206 and now[1]["Content-Range"] == "bytes 990-999/*" and now[2] == block(1, 10)
        assert client.get("/live/s.m4s", Range="bytes=-4")[1]["Content-Range"] == "bytes 996-999/*"
        behind = client.get("/live/s.m4s", Range="bytes=1000-")
        assert behind[0] == 416 and behind[1]["Content-Range"] == "bytes */1000"
        opened = [client.open("/live/s.m4s", Range="bytes=1000-", **h)
                  for h in ({"User_Agent": "GPAC/2.4"}, {"X_Allow_Open_Partial_Range": "yes"})]
        assert [o.headers["Content-Range"] for o in opened] == ["bytes 1000-/*"] * 2
        p.add(block(2))
        assert ahead.read() == block(1, 500) + block(2, 500)
        p.add(block(3), end=True)
        assert [o.read() for o in opened] == [block(2) + block(3)] * 2

    produce(use, place)


def test_a_promise_that_cannot_be_kept(tmp_path):
    """A range ahead of a file that ends before: the connection breaks, which is no short answer."""
    def use(client, p):
        p.add(block(1), start=True, FileNumber=1, FileName="s.m4s")
        wait_for(lambda: client.open("/live/s.m4s", "HEAD").status == 200)
        ahead = client.open("/live/s.m4s", Range="bytes=0-4999")
        p.add(b"", EODS=True)
        with pytest.raises((http.client.IncompleteRead, ConnectionError)):
            ahead.read()

    produce(use, f":rdirs={tmp_path}/www")


def test_parts(place):
    """Low latency: each part is a file of its own, served while it is written, beside the segment that has all."""
    def use(client, p):
        p.add(block(0), start=True, FileNumber=1, FileName="s1.m4s", LLHASFragNum=0)
        first = client.open("/live/s1.m4s.0")
        assert first.status == 200 and first.read(1000) == block(0)
        p.add(block(1))
        p.add(block(2), LLHASFragNum=1)
        assert first.read() == block(1)
        client.soon("/live/s1.m4s.0", block(0) + block(1))
        p.add(block(3), FileNumber=2, FileName="s2.m4s", LLHASFragNum=0, LLHASTemplate="s2_$SubNumber$.m4s")
        client.soon("/live/s1.m4s.1", block(2))
        client.soon("/live/s1.m4s", block(0) + block(1) + block(2))
        p.add(block(4), end=True, LLHASFragNum=1)
        client.soon("/live/s2_0.m4s", block(3))
        client.soon("/live/s2_1.m4s", block(4))

    produce(use, place, pid_props={"LLHAS": 2})


def send_segments(p, numbers):
    for n in numbers:
        p.add(block(n), start=True, end=True, FileNumber=n, FileName=f"s{n}.m4s")


@pytest.mark.parametrize("options, shift, kept", [
    (":rdirs=gmem", None, 5),
    (":rdirs=gmem:max_cache_segs=3", 8, 3),
    (":rdirs=gmem:max_cache_segs=-4", 2, 2),
    (":rdirs=gmem:max_cache_segs=0", None, 1),
    (":rdirs={}", None, 12),
    (":rdirs={}:max_cache_segs=-3", None, 3),
    (":rdirs={}:max_cache_segs=3", 4, 4),
    (":rdirs={}:max_cache_segs=6", 4, 6),
])
def test_retention(tmp_path, options, shift, kept):
    """5.6: the newest segments with their parts stay; init segments always."""
    def use(client, p):
        p.add(block(0), start=True, end=True, FileName="init.mp4", InitSeg=True)
        for n in range(1, 13):
            p.add(block(n), start=True, FileNumber=n, FileName=f"s{n}.m4s", LLHASFragNum=0)
            p.add(b"", EODS=True)
        client.soon("/live/s12.m4s", block(12))
        found = [n for n in range(1, 13) if client.status(f"/live/s{n}.m4s") == 200]
        assert found == list(range(13 - kept, 13))
        assert [n for n in range(1, 13) if client.status(f"/live/s{n}.m4s.0") == 200] == found
        assert client.status("/live/init.mp4") == 200

    props = {"LLHAS": 2, **({"TSBSegs": shift} if shift else {})}
    produce(use, options.format(tmp_path / "www"), pid_props=props)


def test_manifests_are_no_segments():
    def use(client, p):
        for n in range(8):
            p.add(block(n), start=True, end=True, FileName=f"m{n}.mpd")
        client.soon("/live/m7.mpd", block(7))
        assert [client.status(f"/live/m{n}.mpd") for n in range(8)] == [200] * 8

    produce(use, ":rdirs=gmem:max_cache_segs=2", pid_props={"IsManifest": 1})


def test_deleted_on_request(place):
    """FILE_DELETE, now or when the file is complete."""
    def delete(name):
        def action(p):
            evt = gpac.FilterEvent(gpac.GF_FEVT_FILE_DELETE)
            evt.file_del.url = name
            p.pid.send_event(evt)
        return action

    def use(client, p):
        send_segments(p, (1, 2))
        client.soon("/live/s2.m4s", block(2))
        p.add(delete(b"s1.m4s"))
        p.add(delete(b"/../../etc/passwd"))
        wait_for(lambda: client.status("/live/s1.m4s") == 404)
        p.add(block(3), start=True, FileNumber=3, FileName="s3.m4s")
        reader = client.open("/live/s3.m4s")
        p.add(delete(f"http://127.0.0.1:{client.port}/live/s3.m4s".encode()))
        p.add(block(4), end=True)
        assert reader.read() == block(3) + block(4)
        wait_for(lambda: client.status("/live/s3.m4s") == 404)
        assert client.status("/live/s2.m4s") == 200

    produce(use, place)


def test_segment_sizes(place):
    """5.5: a segmenter without multiplexer is told the sizes; an init segment of nothing first."""
    def use(client, p):
        p.add(block(1), start=True, end=True, FileNumber=1, FileName="s1.aac")
        p.add(block(2, 500), start=True, end=True, FileNumber=2, FileName="s2.aac")
        wait_for(lambda: len(p.sizes) == 3)

    p, = produce(use, place, pid_props={"DashMode": 1})
    assert p.sizes == [(1, 0, 0), (0, 0, 999), (0, 0, 499)]


def test_a_manifest_needs_files(tmp_path, monkeypatch):
    """5.1: without directory, a manifest makes files in a private one, which is gone with the server."""
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))

    def use(client, p):
        p.add(b"one", start=True, end=True)
        client.soon("/live/x.mpd", b"one")
        p.add(b"two", start=True, end=True)
        client.soon("/live/x.mpd", b"two")
        p.add(block(1), start=True, end=True, FileNumber=1, FileName="s1.m4s")
        client.soon("/live/s1.m4s", block(1))

    produce(use, "", dst="/live/x.mpd", ext="mpd", pid_props={"IsManifest": 1})
    assert not list(tmp_path.rglob("httpout-*"))


def test_two_inputs_of_one_name(tmp_path):
    """Packets name the files; the one without name has that of the first input only."""
    def use(client, a, b):
        a.add(block(1), start=True, end=True)
        b.add(block(2), start=True, end=True, FileName="b.m4s")
        client.soon("/live/x.m4s", block(1))
        client.soon("/live/b.m4s", block(2))

    produce(use, f":rdirs={tmp_path}/www", producers=2)


def test_reopen():
    """Each file is an answer of its own, and the next one is waited for."""
    def use(client, p):
        first = client.open("/live/x.m4s")
        p.add(block(1), start=True)
        p.add(block(2), end=True)
        assert first.read() == block(1) + block(2)
        second = client.open("/live/x.m4s")
        p.add(block(3), start=True, end=True)
        assert second.status == 200 and second.read() == block(3)

    produce(use, ":reopen")


def test_radio_headers():
    def use(client, p):
        headers = client.open("/live/x.m4s").headers
        assert headers["ice-audio-info"] == "samplerate=48000;channels=2;bitrate=128000" and headers["icy-br"] == "128"
        assert headers["icy-name"] == "Radio" and headers["icy-pub"] == "1" and headers["ice-genre"] == "Talk"
        assert "ice-video-info" not in headers

    produce(use, ":ice", pid_props={"SampleRate": 48000, "NumChannels": 2, "Bitrate": 128000, "ServiceName": "Radio",
                                    "ice-genre": "Talk"})


def test_a_stream_that_ended(tmp_path):
    """404 once the input is over, while another one goes on."""
    port = free_port()
    with gpac.FilterSession() as fs:
        a, b = Producer(fs), Producer(fs, ext="bin")
        fs.load_dst(f"http://127.0.0.1:{port}/a.m4s:gpac:SID=0").set_source(a)
        fs.load_dst(f"http://127.0.0.1:{port}/b.bin").set_source(b)
        failures = []

        def work():
            try:
                client = Client(port)
                wait_for(lambda: not socket.socket().connect_ex(("127.0.0.1", port)))
                answers = [client.open("/a.m4s"), client.open("/b.bin")]
                a.add(block(1))
                a.ended = True
                assert answers[0].read() == block(1)
                status, _, text = client.get("/a.m4s")
                assert status == 404 and b"no longer available" in text
                b.add(block(2))
                b.ended = True
                assert answers[1].read() == block(2)
            except BaseException as e:  # noqa: BLE001 - shown by the test
                failures.append(e)
                fs.abort()

        thread = threading.Thread(target=work)
        thread.start()
        fs.run(timeout=30)
        thread.join()
        assert not failures, failures


class Receiver:
    """A server that keeps what is put to it, in order, one request per answer."""

    def __init__(self):
        import http.server

        log = self.log = []

        class Handler(http.server.BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def take(self):
                body = b""
                if self.headers.get("Transfer-Encoding") == "chunked":
                    while size := int(self.rfile.readline(), 16):
                        body += self.rfile.read(size)
                        self.rfile.readline()
                    self.rfile.readline()
                else:
                    body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
                log.append((self.command, self.path, self.headers.get("Range"), body, self.client_address))
                self.send_response(200)
                self.send_header("Content-Length", "0")
                self.end_headers()

            do_PUT = do_DELETE = take

            def log_message(self, *args):
                pass

        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.port = self.server.server_address[1]
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def close(self):
        self.server.shutdown()
        self.server.server_close()


def push(use, options="", **kwargs):
    """Runs `use(producer)` beside a session that pushes to a receiver; returns what that got."""
    receiver = Receiver()
    fs = gpac.FilterSession()
    p = Producer(fs, **kwargs)
    fs.load_dst(f"http://127.0.0.1:{receiver.port}/live/x.m4s:gpac:hmode=push{options}")
    failures = []

    def work():
        try:
            use(p)
        except BaseException as e:  # noqa: BLE001 - shown by the test
            failures.append(e)
        finally:
            p.ended = True

    thread = threading.Thread(target=work)
    thread.start()
    fs.run(timeout=60)
    thread.join()
    fs.delete()
    receiver.close()
    assert not failures, failures
    return receiver.log


def test_pushed_segments():
    """One request each, in order, over one connection; the old ones are deleted (5.6), also on request."""
    def use(p):
        p.add(block(0), start=True, end=True, FileName="init.mp4", InitSeg=True)
        send_segments(p, (1, 2, 3))
        evt = gpac.FilterEvent(gpac.GF_FEVT_FILE_DELETE)
        evt.file_del.url = b"init.mp4"
        p.add(lambda p: p.pid.send_event(evt))

    log = push(use, ":max_cache_segs=-2")
    assert [(m, path) for m, path, *_ in log if path != "/live/init.mp4"] == [
        ("PUT", "/live/s1.m4s"), ("PUT", "/live/s2.m4s"), ("PUT", "/live/s3.m4s"), ("DELETE", "/live/s1.m4s")]
    assert [m for m, path, *_ in log if path == "/live/init.mp4"] == ["PUT", "DELETE"]
    assert [body for m, path, _, body, _ in log if m == "PUT"] == [block(n) for n in range(4)]
    assert len({peer for *_, peer in log}) == 1


def test_pushed_parts():
    """Each part is a file of its own, over a second connection, beside the segment."""
    def use(p):
        p.add(block(0), start=True, FileNumber=1, FileName="s1.m4s", LLHASFragNum=0)
        p.add(block(1))
        p.add(block(2), LLHASFragNum=1)
        p.add(b"", EODS=True)

    log = push(use, pid_props={"LLHAS": 2})
    assert {path: body for _, path, _, body, _ in log} == {
        "/live/s1.m4s": block(0) + block(1) + block(2), "/live/s1.m4s.0": block(0) + block(1), "/live/s1.m4s.1": block(2)}
    assert len({peer for *_, peer in log}) == 2


def test_pushed_patches():
    """What was sent is changed by a request for the range, after the file."""
    def change(p):
        pck = p.pid.new_pck(4)
        memoryview(pck.data)[:] = b"abcd"
        pck.start = pck.end = False
        pck.seek, pck.byte_offset = True, 100
        pck.send()

    def use(p):
        p.add(block(1), start=True)
        time.sleep(0.5)  # until it is sent
        p.add(change)
        p.add(block(2), end=True)

    log = push(use)
    patched = block(1, 100) + b"abcd" + block(1, 896) + block(2)
    assert [(r, b) for _, _, r, b, _ in log] in ([(None, block(1) + block(2)), ("bytes=100-103", b"abcd")], [(None, patched)])
    whole = push(use, ":cte=false")
    assert [(r, b) for _, _, r, b, _ in whole] == [(None, patched)]
