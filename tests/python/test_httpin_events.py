# SPDX-License-Identifier: MIT
"""What consumers of httpin ask for while it runs: other bytes, other resources, an end; and blocks of memory as sources.

A sink drives the source: its script says what to do at the end of each resource."""

import ctypes
import http.server
import os
import threading

import pytest

import libgpac as gpac
from lab import Sink

DATA = os.urandom(300_000)


class Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    headers_out = {"ETag": '"1"', "Cache-Control": "max-age=1000"}

    def do_GET(self):
        wanted = self.headers["Range"]
        self.server.requests.append((self.path, wanted))
        if self.path.startswith("/missing"):
            self.answer(404, b"no")
        elif self.path.startswith("/slow") and not wanted:
            self.answer(200, DATA, stop=10_000)
            self.rfile.read(1)  # until the client goes
        elif self.path.startswith("/empty"):
            self.answer(200, b"")
        elif wanted:
            first, _, last = wanted.removeprefix("bytes=").partition("-")
            first, last = int(first), min(int(last or len(DATA) - 1), len(DATA) - 1)
            self.answer(206, DATA[first:last + 1], f"bytes {first}-{last}/{len(DATA)}")
        else:
            self.answer(200, DATA)

    def answer(self, status, body, content_range=None, stop=None):
        self.send_response(status)
        self.send_header("Content-Length", str(len(body)))
        for name, value in self.headers_out.items():
            self.send_header(name, value)
        if content_range:
            self.send_header("Content-Range", content_range)
        self.end_headers()
        self.wfile.write(body[:stop])

    def log_message(self, *args):
        pass


class Server(http.server.ThreadingHTTPServer):
    def handle_error(self, request, client_address):
        pass  # clients that leave in the middle are what is tested


@pytest.fixture
def server():
    with Server(("127.0.0.1", 0), Handler) as s:
        s.requests = []
        s.url = f"http://127.0.0.1:{s.server_address[1]}"
        threading.Thread(target=s.serve_forever, args=(0.02,), daemon=True).start()
        yield s
        s.shutdown()


class Driver(Sink):
    """Receives files; at each end it takes the next step of its script. Each received one is (bytes, properties)."""

    def __init__(self, session, *steps, at=None, full_file=False):
        super().__init__(session, ("File",), play=False)
        self.steps, self.files, self.pieces, self.offsets, self.flags = list(steps), [], [], [], []
        self.full_file = full_file
        self.at = at  # (bytes, step): in the middle

    def configure_pid(self, pid, is_remove):
        if not is_remove and pid not in self.ipids:
            event = gpac.FilterEvent(gpac.GF_FEVT_PLAY)
            event.play.full_file_only = self.full_file
            pid.send_event(event)
        return 0

    def process(self):
        pid = self.ipids[0] if self.ipids else None
        while pid and (pck := pid.get_packet()) is not None:
            self.pieces.append(bytes(pck.data) if pck.data is not None else b"")
            self.offsets.append(pck.byte_offset)
            self.flags.append((pck.start, pck.end))
            pid.drop_packet()
            if self.at and sum(map(len, self.pieces)) >= self.at[0]:
                step, self.at = self.at[1], None
                self.pieces, self.flags = [], []
                step(pid)
        if pid and pid.eos and self.files is not None:
            self.files.append((b"".join(self.pieces), {n: pid.get_prop(n) for n in ("URL", "Cached", "SourcePath", "DownloadSize")}))
            self.info = {n: pid.get_info(n) for n in ("Cached", "DownBytes", "aborted")}
            self.end_flags, self.pieces, self.flags = self.flags, [], []
            if not self.steps:
                return gpac.GF_EOS
            self.steps.pop(0)(pid)
        return 0

    @property
    def data(self):
        return [d for d, _ in self.files]


def switch(url, first=0, last=0, **members):
    def step(pid):
        event = gpac.FilterEvent(gpac.GF_FEVT_SOURCE_SWITCH)
        event.seek.start_offset, event.seek.end_offset = first, last
        event.seek.source_switch = url and url.encode()
        for name, value in members.items():
            setattr(event.seek, name, value)
        pid.send_event(event)
    return step


def seek(start, end=0):
    def step(pid):
        event = gpac.FilterEvent(gpac.GF_FEVT_SOURCE_SEEK)
        event.seek.start_offset, event.seek.end_offset = start, end
        pid.send_event(event)
    return step


def send(kind):
    return lambda pid: pid.send_event(gpac.FilterEvent(kind))


def run(source, *steps, **options):
    fs = gpac.FilterSession()
    driver = Driver(fs, *steps, **options)
    fs.load_src(source)
    driver.error = None
    try:
        fs.run(timeout=20)
    except gpac.GpacError as e:
        driver.error = e.code
    driver.aborted = driver.ipids[0].get_info("aborted") if driver.ipids else None
    driver.error = driver.error or fs.last_process_error or fs.last_connect_error
    fs.delete()
    return driver


def test_switches(server):
    """Resources and ranges of them one after the other; both ends of a range are included."""
    d = run(server.url + "/a.bin", switch(server.url + "/b.bin"), switch(server.url + "/c.bin", 100, 199),
            switch(server.url + "/empty.bin"), switch(server.url + "/d.bin", 299_990))
    assert d.data == [DATA, DATA, DATA[100:200], b"", DATA[-10:]]
    assert [p["URL"].rsplit("/")[-1] for _, p in d.files] == ["a.bin", "b.bin", "c.bin", "empty.bin", "d.bin"]
    assert server.requests == [("/a.bin", None), ("/b.bin", None), ("/c.bin", "bytes=100-199"), ("/empty.bin", None),
                               ("/d.bin", "bytes=299990-")]
    assert d.offsets[-1] == 299_990, "positions are those in the resource"


def test_framing_flags(server):
    d = run(server.url + "/a.bin:gpac:block_size=100000", switch(server.url + "/b.bin:x", 0, 9))
    assert d.end_flags == [(True, True)] and d.files[0][0] == DATA


def test_a_missing_resource_after_a_switch_is_silent(server):
    """No end of stream: who asked goes on with another one, or ends the source."""
    fs = gpac.FilterSession()
    driver = Driver(fs, switch(server.url + "/missing.bin"))
    fs.load_src(server.url + "/a.bin")

    class Rescue(gpac.FilterTask):
        """Once the second answer came, another resource is asked for."""
        def __init__(self):
            super().__init__("rescue")

        def execute(self):
            if len(server.requests) < 2 or driver.rounds:
                driver.rounds = max(driver.rounds - 1, 0)
                return 20
            switch(server.url + "/b.bin")(driver.ipids[0])
            return None

    driver.rounds = 10
    fs.post(Rescue())
    fs.run(timeout=20)
    assert driver.data == [DATA, DATA] and [r[0] for r in server.requests] == ["/a.bin", "/missing.bin", "/b.bin"]


def test_no_url_ends_the_source(server):
    d = run(server.url + "/a.bin", switch(None))
    assert d.data == [DATA, b""] and len(server.requests) == 1


def test_an_abort_in_the_middle(server):
    d = run(server.url + "/slow.bin:gpac:block_size=5000", switch(server.url + "/b.bin"), at=(10_000, switch(None, 2**64 - 1)))
    assert d.data == [b"", DATA]


def test_a_switch_before_the_end_is_refused(server):
    def both(pid):
        switch(server.url + "/b.bin")(pid)
        switch(None, 2**64 - 1)(pid)

    d = run(server.url + "/slow.bin:gpac:block_size=5000", at=(10_000, both))
    assert [r[0] for r in server.requests] == ["/slow.bin"]


def test_a_switch_while_what_is_here_is_sent(server):
    """The other resource follows the last packet of the one before, without an end of stream between them."""
    with Blob(DATA) as blob:
        d = run(f"httpin:src={blob.url}:block_size=1000", at=(10_000, switch(server.url + "/a.bin", 0, 99)))
    assert d.data == [DATA[10_000:] + DATA[:100]] and len(server.requests) == 1
    assert d.end_flags[-2:] == [(False, True), (True, True)]


def test_an_empty_file_resets_the_reader(server):
    d = run(server.url + "/a.bin", switch("isobmff://"), switch(server.url + "/b.bin"))
    assert d.data == [DATA, b"", DATA] and len(server.requests) == 2


def test_seeks(server):
    """`end_offset` is excluded; behind the end of the resource there is an end of stream."""
    d = run(server.url + "/a.bin", seek(200_000), seek(1000, 2000), seek(300_000), seek(400_000), seek(299_999))
    assert d.data == [DATA, DATA[200_000:], DATA[1000:2000], b"", b"", DATA[-1:]]
    assert [r[1] for r in server.requests] == [None, "bytes=200000-", "bytes=1000-1999", "bytes=299999-"]


def test_seeks_in_the_middle(server):
    d = run(server.url + "/slow.bin:gpac:block_size=5000", switch(None), at=(10_000, seek(100_000)))
    assert server.requests[1:] == [("/slow.bin", "bytes=100000-")]


@pytest.mark.parametrize("mode", ["mem", "disk", "keep"])
def test_seeks_in_a_cache(server, tmp_path, mode):
    """What is there is not fetched again; what is missing is, up to what is there."""
    gpac.set_args(["test", f"-cache={tmp_path}"])
    d = run(f"{server.url}/a.bin:gpac:cache={mode}:block_size=7000", seek(1000, 2000), seek(299_000))
    assert d.data == [DATA, DATA[1000:2000], DATA[299_000:]] and len(server.requests) == 1
    assert d.info["Cached"]
    d = run(f"{server.url}/slow.bin:gpac:cache={mode}:block_size=1000", seek(250_000, 260_000), seek(240_000),
            seek(0), at=(10_000, seek(200_000, 210_000)))
    assert d.data == [DATA[200_000:210_000], DATA[250_000:260_000], DATA[240_000:], DATA]
    assert [r[1] for r in server.requests[1:]] == [
        None, "bytes=200000-209999", "bytes=250000-259999",
        "bytes=240000-249999", "bytes=260000-",  # around what is there
        "bytes=10000-199999", "bytes=210000-239999"]
    assert d.info["Cached"], "every byte came"


def test_init_segments_stay(server):
    """After a switch the resource before goes, but an initialisation segment does not (nor the first with mem_keep)."""
    init, media = server.url + "/init.bin", server.url + "/media.bin"
    steps = [switch(init, is_init_segment=True), switch(media), switch(init, is_init_segment=True), switch(media)]
    d = run(server.url + "/a.bin:gpac:cache=mem", *steps)
    assert d.data == [DATA] * 5
    assert [r[0] for r in server.requests] == ["/a.bin", "/init.bin", "/media.bin", "/media.bin"]
    assert d.files[3][1]["Cached"] and d.files[3][1]["SourcePath"].startswith("gmem://")
    for mode, wanted in (("mem", 3), ("mem_keep", 2), ("none_keep", 2), ("none", 3)):
        server.requests.clear()
        run(f"{server.url}/a.bin:gpac:cache={mode}", switch(media), switch(server.url + "/a.bin"))
        assert len(server.requests) == wanted, mode


def test_a_cached_file_is_left_to_the_reader(server, tmp_path):
    """`full_file_only` and a complete entry: one empty packet with both flags."""
    gpac.set_args(["test", f"-cache={tmp_path}"])
    url = server.url + "/a.bin:gpac:cache=keep"
    d = run(url, full_file=True)
    assert d.data == [DATA], "while it is fetched, bytes come"
    d = run(url, full_file=True)
    path = d.files[0][1]["SourcePath"]
    assert d.data[0] in (b"", DATA[:100_000]), "what was sent before PLAY, then nothing"
    assert d.end_flags[-1][1] and open(path, "rb").read() == DATA and len(server.requests) == 1
    assert d.files[0][1]["DownloadSize"] == len(DATA)


def test_stop_and_play(server):
    """STOP aborts the transfer and says so; a PLAY after it, or after the end, reads again."""
    d = run(server.url + "/slow.bin:gpac:block_size=5000", at=(10_000, send(gpac.GF_FEVT_STOP)))
    assert d.data == [] and len(server.requests) == 1 and d.aborted
    server.requests.clear()

    def replay(pid):
        send(gpac.GF_FEVT_STOP)(pid)
        send(gpac.GF_FEVT_PLAY)(pid)

    assert run(server.url + "/a.bin", replay).data == [DATA, DATA] and len(server.requests) == 2
    # but not where somebody tells what to read
    d = run(server.url + "/a.bin", switch(server.url + "/b.bin", 0, 9), replay)
    assert d.data == [DATA, DATA[:10]] and len(server.requests) == 4


def test_what_is_stored_expires(server):
    """skip_cache_expiration: what is kept in memory is used although it is stale."""
    Handler.headers_out = {"ETag": '"1"', "Cache-Control": "max-age=0"}
    try:
        init, media = server.url + "/init.bin", server.url + "/media.bin"
        run(server.url + "/a.bin:gpac:cache=mem", switch(init, is_init_segment=True), switch(media),
            switch(init, is_init_segment=True, skip_cache_expiration=True))
        assert len(server.requests) == 3
        server.requests.clear()
        run(server.url + "/a.bin:gpac:cache=mem", switch(init, is_init_segment=True), switch(media),
            switch(init, is_init_segment=True))
        assert len(server.requests) == 4
    finally:
        Handler.headers_out = {"ETag": '"1"', "Cache-Control": "max-age=1000"}


def test_headers_are_properties(server, monkeypatch):
    """Under their names as received; those of a resource go with it."""
    monkeypatch.setattr(Handler, "headers_out", {"X-Mine": "yes", "X-Number": "7"})

    def next_one(pid):
        assert (pid.get_prop("X-Mine"), pid.get_prop("X-Number")) == ("yes", "7")
        monkeypatch.setattr(Handler, "headers_out", {"X-Mine": "no"})
        switch(server.url + "/b.bin")(pid)

    def last(pid):
        assert (pid.get_prop("X-Mine"), pid.get_prop("X-Number")) == ("no", None)

    assert run(server.url + "/a.bin", next_one, last).data[0] == DATA


def test_cookies_are_those_of_the_session(server, monkeypatch):
    """A source has the cookies that another one got; another session has not."""
    seen = []

    class WithCookies(Handler):
        def do_GET(self):
            seen.append(self.headers["Cookie"])
            super().do_GET()

    server.RequestHandlerClass = WithCookies
    monkeypatch.setattr(Handler, "headers_out", {"Set-Cookie": "id=8; Path=/"})
    for _ in range(2):
        fs = gpac.FilterSession()
        for name in "ab":
            driver = Driver(fs)
            fs.load_src(f"{server.url}/{name}.bin")
            fs.run(timeout=20)
        fs.delete()
    assert seen == [None, "id=8", None, "id=8"]


def test_credentials_of_the_application(server, tmp_path):
    """The callback of the session is asked once; without an answer the source fails."""
    asked = []

    class Protected(Handler):
        def do_GET(self):
            if self.headers["Authorization"] == "Basic bWU6c2VjcmV0":  # me:secret
                super().do_GET()
            else:
                self.answer(401, b"")

    class Event(ctypes.Structure):
        _fields_ = [("type", ctypes.c_uint8), ("secure", ctypes.c_uint32), ("site", ctypes.c_char_p), ("user", ctypes.c_void_p),
                    ("password", ctypes.c_void_p), ("on_answer", ctypes.c_void_p), ("udta", ctypes.c_void_p)]

    def fetch(user, password):
        @ctypes.CFUNCTYPE(ctypes.c_uint32, ctypes.c_void_p, ctypes.POINTER(Event))
        def callback(udta, event):
            e = event.contents
            if e.type != 50:  # GF_EVENT_AUTHORIZATION
                return 0
            asked.append((e.site.decode(), e.secure))
            ctypes.memmove(e.user, user + b"\0", len(user) + 1)
            ctypes.memmove(e.password, password + b"\0", len(password) + 1)
            return 1

        lib, out = gpac._libgpac, tmp_path / "out.bin"
        fs = lib.gf_fs_new(0, 0, 0, None)
        lib.gf_fs_set_ui_callback(fs, ctypes.cast(callback, ctypes.c_void_p), None)
        lib.gf_fs_load_source(fs, (server.url + "/a.bin").encode(), None, None, None)
        lib.gf_fs_load_destination(fs, str(out).encode(), None, None, None)
        lib.gf_fs_run(fs)
        lib.gf_fs_del(fs)
        return out.read_bytes() if out.exists() else None

    server.RequestHandlerClass = Protected
    assert fetch(b"me", b"secret") == DATA and asked == [(server.url + "/a.bin", 0)]
    asked.clear()
    (tmp_path / "out.bin").unlink()
    assert fetch(b"me", b"wrong") is None and len(asked) == 1


# ---- blocks of memory

class Blob(ctypes.Structure):
    _fields_ = [("data", ctypes.c_void_p), ("size", ctypes.c_uint32), ("flags", ctypes.c_uint32), ("mx", ctypes.c_void_p),
                ("modified", ctypes.c_uint64), ("range_valid", ctypes.c_void_p), ("udta", ctypes.c_void_p)]

    IN_TRANSFER, CORRUPTED = 1, 2

    def __init__(self, data, size=None, flags=0):
        super().__init__()
        self.memory = ctypes.create_string_buffer(data, len(data))
        self.data, self.size, self.flags = ctypes.addressof(self.memory), len(data) if size is None else size, flags
        address = gpac._libgpac.gf_blob_register(ctypes.byref(self))
        self.url = ctypes.string_at(address).decode()
        gpac._libgpac.gf_free(address)

    def change(self, size, flags):
        lib = gpac._libgpac
        assert lib.gf_blob_get_ex(ctypes.byref(self), None, None, None) == 0
        self.size, self.flags = size, flags
        self.modified += 1
        lib.gf_blob_release_ex(ctypes.byref(self))

    def __enter__(self):
        return self

    def __exit__(self, *args):
        gpac._libgpac.gf_blob_unregister(ctypes.byref(self))


def test_blocks_of_memory(server):
    """By themselves, with a range, and in the middle of resources of a server."""
    with Blob(DATA) as blob:
        d = run(f"httpin:src={blob.url}", seek(250_000), switch(server.url + "/a.bin"), switch(blob.url, 10, 19))
        assert d.data == [DATA, DATA[250_000:], DATA, DATA[10:20]]
        url = blob.url
    assert run(f"httpin:src={url}").error == gpac.GF_URL_ERROR


def test_growing_blocks(server):
    """What is there comes at once; the end comes when the writer says so."""
    with Blob(DATA, size=5000, flags=Blob.IN_TRANSFER) as blob:
        class Writer(Driver):
            def process(self):
                done = super().process()
                there = sum(map(len, self.pieces))
                if there and there == blob.size and blob.flags:
                    self.seen = getattr(self, "seen", []) + [there]
                    size = min(there + 100_000, len(DATA))
                    blob.change(size, Blob.IN_TRANSFER if size < len(DATA) else 0)
                return done

        fs = gpac.FilterSession()
        driver = Writer(fs)
        fs.load_src(f"httpin:src={blob.url}:mime=video/x-test")
        fs.run(timeout=20)
        assert driver.data == [DATA] and driver.seen == [5000, 105_000, 205_000]


def test_patched_blocks():
    """A change without new bytes: a packet without data tells the reader to look again."""
    with Blob(DATA[:5000], flags=Blob.IN_TRANSFER) as blob:
        class Writer(Driver):
            def process(self):
                done = super().process()
                if sum(map(len, self.pieces)) == 5000 and blob.flags:
                    if b"" in self.pieces:
                        blob.change(5000, 0)
                    elif blob.modified == 0:
                        blob.change(5000, Blob.IN_TRANSFER)
                return done

        fs = gpac.FilterSession()
        driver = Writer(fs)
        fs.load_src(f"httpin:src={blob.url}")
        fs.run(timeout=20)
        assert driver.data == [DATA[:5000]]


def test_damaged_blocks():
    """Packets of a block that could not be repaired say so."""
    class Watch(Driver):
        corrupted = []

        def process(self):
            pid = self.ipids[0] if self.ipids else None
            pck = pid.get_packet() if pid else None
            if pck:
                self.corrupted.append(pck.corrupted)
            return super().process()

    with Blob(DATA[:5000], flags=Blob.CORRUPTED) as blob:
        fs = gpac.FilterSession()
        driver = Watch(fs)
        fs.load_src(f"httpin:src={blob.url}")
        fs.run(timeout=20)
        assert driver.data == [DATA[:5000]] and set(driver.corrupted) == {1}
