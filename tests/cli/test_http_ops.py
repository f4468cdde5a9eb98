"""What an operator of httpout has: access log, /metrics, /healthz, limits, an orderly end."""

import os
import re
import signal
import socket
import threading
import time

import pytest

from http_tools import Server, parse_answer, read_all, serving, wait_for

# Apache's documentation of the format: host ident user [day/month/year:hour:minute:second zone] "request" status bytes
CLF = re.compile(r'(\S+) (\S+) (\S+) \[(\d{2}/[A-Z][a-z]{2}/\d{4}:\d{2}:\d{2}:\d{2} [+-]\d{4})\] "([^"]*)" (\d{3}) (\d+|-)')


@pytest.fixture
def folder(tmp_path):
    www = tmp_path / "www"
    www.mkdir()
    (www / "a.txt").write_text("hello\n")
    (www / "large").write_bytes(os.urandom(16 << 20))
    return www


def connect(server, request=b"", room=None):
    """A connection; one with little room makes the server wait for its reader."""
    s = socket.socket()
    if room:
        s.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, room)
    s.settimeout(20)
    s.connect(("127.0.0.1", server.port))
    s.sendall(request)
    return s


# ---- access log

def test_access_log(folder):
    log = folder.parent / "access.log"
    log.write_text("before\n")
    with serving(folder, f"wdir={folder}", f"accesslog={log}") as server:
        server.get("/a.txt")
        server.get("/a.txt?x=%22", Range="bytes=1-2")
        server.ask("HEAD", "/a.txt")
        server.get("/none")
        server.ask("PUT", "/new", body=b"123")
        server.get('/"x\\y')
        server.raw("GET /a.txt HTTP/1.0\r\n\r\n")
    lines = log.read_text().splitlines()
    assert lines[0] == "before"
    fields = [CLF.fullmatch(line).groups() for line in lines[1:]]
    assert [f[:3] for f in fields] == [("127.0.0.1", "-", "-")] * 7
    assert all(time.strptime(f[3], "%d/%b/%Y:%H:%M:%S %z").tm_year >= 2026 for f in fields)
    missing = str(len("Resource /none cannot be resolved\n"))
    assert [f[4:] for f in fields] == [
        ("GET /a.txt HTTP/1.1", "200", "6"), ("GET /a.txt?x=%22 HTTP/1.1", "206", "2"), ("HEAD /a.txt HTTP/1.1", "200", "-"),
        ("GET /none HTTP/1.1", "404", missing), ("PUT /new HTTP/1.1", "201", "-"),
        (r"GET /\x22x\x5cy HTTP/1.1", "404", str(len('Resource /"x\\y cannot be resolved\n'))), ("GET /a.txt HTTP/1.0", "200", "6")]


def test_access_log_of_what_was_not_answered(folder):
    """Status 499 for peers that go, 408 for those that stall; bytes are those that were sent."""
    log = folder.parent / "access.log"
    with serving(folder, f"wdir={folder}", f"accesslog={log}", "timeout=1") as server:
        connect(server, b"PUT /x HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\n\r\nab").close()
        wait_for(lambda: "499" in log.read_text())
        with connect(server, b"PUT /y HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\n\r\nab") as s:
            assert read_all(s) == b""
        wait_for(lambda: "408" in log.read_text())
        with connect(server, b"GET /large HTTP/1.1\r\nHost: x\r\n\r\n", 4096) as s:
            s.recv(1000)
        wait_for(lambda: "/large" in log.read_text())
    fields = [CLF.fullmatch(line).groups() for line in log.read_text().splitlines()]
    assert [(f[4].split()[1], f[5]) for f in fields] == [("/x", "499"), ("/y", "408"), ("/large", "200")]
    assert 0 < int(fields[2][6]) < 16 << 20


def test_access_log_cannot_be_forged(folder):
    """Nothing that a client sends ends its field or the line."""
    log = folder.parent / "access.log"
    with serving(folder, f"accesslog={log}") as server:
        for path in ("/a\x01b", "/a\x1b[31m", "/é", "/a\x7f", '/a" 200 1'):
            server.raw(f"GET {path} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n".encode("latin-1"))
        server.ask('G"ET', "/a.txt")
    lines = log.read_text().splitlines()
    assert lines and all(CLF.fullmatch(line) and line.isascii() and line.isprintable() for line in lines)


def test_access_log_that_cannot_be_written(gpac, folder):
    done = gpac(f"httpout:dst=http://127.0.0.1:0/:gpac:rdirs={folder}:accesslog={folder}/no/log", check=False)
    assert done.returncode == 1 and "access log" in done.stderr
    if os.path.exists("/dev/full"):
        with serving(folder, "accesslog=/dev/full") as server:
            assert server.get("/a.txt")[2] == server.get("/a.txt")[2] == b"hello\n"
            server.wait_for_log("it ends here")


# ---- metrics

NAME = r"[a-zA-Z_:][a-zA-Z0-9_:]*"
LABELS = r'\{(?:[a-zA-Z_][a-zA-Z0-9_]*="(?:[^"\\\n]|\\[\\"n])*"(?:,(?=[a-z])|(?=\})))*\}'
SAMPLE = re.compile(rf"({NAME})({LABELS})? (\d+(?:\.\d+)?(?:e[+-]?\d+)?|\+Inf)")


def parse_metrics(text):
    """The exposition format 0.0.4, strictly: {sample with its labels: value}. Also as its own library reads it."""
    families, samples, current = {}, {}, None
    assert text.endswith("\n")
    for line in text.splitlines():
        if line.startswith("# HELP "):
            current = line.split()[2]
            assert re.fullmatch(NAME, current) and current not in families, "the lines of a metric stand together"
            families[current] = None
        elif line.startswith("# TYPE "):
            _, _, name, kind = line.split()
            assert name == current and kind in ("counter", "gauge", "histogram")
            families[name] = kind
        else:
            name, labels, value = SAMPLE.fullmatch(line).groups()
            base = re.sub("_(bucket|sum|count)$", "", name) if families[current] == "histogram" else name
            assert base == current and families[base]
            assert (name, labels) not in samples
            assert families[base] != "counter" or name.endswith("_total")
            samples[name, labels] = float(value)
    parser = pytest.importorskip("prometheus_client.parser")
    seen = {family.name: family.type for family in parser.text_string_to_metric_families(text)}
    assert {re.sub("_total$", "", name): kind for name, kind in families.items()} == seen
    return {name + (labels or ""): value for (name, labels), value in samples.items()}


def metrics(server):
    status, headers, body = server.get("/metrics")
    assert status == 200 and headers["content-type"] == "text/plain; version=0.0.4; charset=utf-8"
    return parse_metrics(body.decode())


def test_metrics(folder):
    with serving(folder, f"wdir={folder}", "ops=true") as server:
        before = metrics(server)
        for _ in range(3):
            server.get("/a.txt")
        server.get("/a.txt", Range="bytes=1-2")
        server.ask("HEAD", "/a.txt")
        server.get("/none")
        server.ask("PUT", "/new", body=b"x" * 1000)
        server.ask("BREW", "/a.txt")
        after = metrics(server)

        def grown(name):
            return after.get(name, 0) - before.get(name, 0)

        assert [grown(f'gpac_http_requests_total{{method="{m}",code="{c}"}}') for m, c in (
            ("GET", 200), ("GET", 206), ("HEAD", 200), ("GET", 404), ("PUT", 201), ("other", 501))] == [4, 1, 1, 1, 1, 1]
        assert grown("gpac_http_received_bytes_total") == 1000
        texts = len("Resource /none cannot be resolved\n") + len("Method BREW is not implemented\n")
        scrape = len(server.get("/metrics")[2])
        assert abs(grown("gpac_http_sent_bytes_total") - (3 * 6 + 2 + texts) - scrape) < scrape / 2  # one scrape is in it
        assert grown("gpac_http_request_duration_seconds_count") == 9
        assert after['gpac_http_request_duration_seconds_bucket{le="+Inf"}'] == after["gpac_http_request_duration_seconds_count"]
        buckets = [v for k, v in after.items() if "_bucket" in k]
        assert buckets == sorted(buckets) and len(buckets) == 8
        assert after["gpac_http_requests_active"] == 1 and after["gpac_http_connections"] >= 1
        assert after['gpac_filter_process_seconds_total{index="0",filter="httpout"}'] > 0


def test_metrics_of_connections(folder):
    with serving(folder, "ops=true") as server:
        kept = [connect(server) for _ in range(5)]
        for s in kept:
            s.sendall(b"GET /a.txt HTTP/1.1\r\nHost: x\r\n\r\n")
            assert s.recv(1000)
        assert metrics(server)["gpac_http_connections"] >= 6
        for s in kept:
            s.close()
        wait_for(lambda: metrics(server)["gpac_http_connections"] <= 2)


@pytest.fixture(scope="module")
def aac(clip):
    return clip("minute.aac", "-f", "lavfi", "-i", "sine=frequency=440:sample_rate=48000", "-t", 60, "-c:a", "aac")


def test_metrics_of_a_graph(aac):
    """Queues, packets and times of each filter of a session, by rank, name and input."""
    server = Server("-i", aac, "reframer:rt=on", "-o", "http://127.0.0.1:0/live.aac:gpac:ops=true:maxp=0:drain=0")
    try:
        values = wait_for(lambda: (m := metrics(server)) and m.get(
            next((k for k in m if k.startswith("gpac_filter_packets_total") and "httpout" in k), ""), 0) > 2 and m)
        queues = [k for k in values if k.startswith("gpac_filter_queue_packets")]
        assert len(queues) >= 2 and all('pid="' in q for q in queues)
        assert len([k for k in values if k.startswith("gpac_filter_queue_seconds")]) == len(queues)
        assert any('filter="reframer"' in q for q in queues) and any('filter="httpout"' in q for q in queues)
    finally:
        server.stop()


def test_reserved_only_when_asked_for(folder):
    (folder / "metrics").write_text("mine")
    with serving(folder) as server:
        assert server.get("/metrics")[2] == b"mine" and server.get("/healthz")[0] == 404
    with serving(folder, "ops=true") as server:
        assert server.get("/metrics")[2] != b"mine"
        assert server.get("/healthz")[::2] == (200, b"ok\n")
        assert server.ask("HEAD", "/healthz")[::2] == (200, b"")
        for method in ("PUT", "POST", "DELETE"):
            code, headers, _ = server.ask(method, "/healthz", body=b"x")
            assert code == 405 and headers["allow"] == "GET,HEAD"


def test_metrics_keep_to_rules(folder):
    """A section without directory guards them; a section of a directory does not."""
    rules = folder.parent / "rules.ini"
    rules.write_text(f"[{folder}]\nru=$NONE\n[/metrics]\nru=$NONE\n")
    with serving(rules, "ops=true") as server:
        assert server.get("/a.txt")[0] == 403 and server.get("/metrics")[0] == 403 and server.get("/healthz")[0] == 200


# ---- limits

def test_errors_in_a_row(folder):
    """max_client_errors: the connection ends after so many, and starts again at a good answer."""
    bad, good = b"GET /none HTTP/1.1\r\nHost: x\r\n\r\n", b"GET /a.txt HTTP/1.1\r\nHost: x\r\n\r\n"
    with serving(folder, "max_client_errors=3") as server:
        data = server.raw((bad + bad + good) * 2 + bad * 5)
        codes = [int(code) for code in re.findall(rb"HTTP/1.1 (\d+)", data)]
        assert codes == [404, 404, 200] * 2 + [404] * 3
        assert data.count(b"Connection: close") == 1
    with serving(folder, "max_client_errors=0") as server:
        data = server.raw(bad * 50 + good.replace(b"\r\n\r\n", b"\r\nConnection: close\r\n\r\n"))
        assert data.count(b"HTTP/1.1 404") == 50 and data.count(b"HTTP/1.1 200") == 1


@pytest.mark.parametrize("request_text, expected", [
    ("GET /" + "a" * 40_000 + " HTTP/1.1\r\nHost: x\r\n\r\n", {414, 431}),
    ("GET / HTTP/1.1\r\nHost: x\r\n" + "".join(f"X-{i}: {'y' * 50}\r\n" for i in range(1000)) + "\r\n", {431, 413}),
    ("GET / HTTP/1.1\r\nHost: x\r\nX: " + "a" * 40_000 + "\r\n\r\n", {431, 413})])
def test_size_of_heads(folder, request_text, expected):
    """RFC 6585, 5 and RFC 9110, 15.5.15: a head has 32 KB of room."""
    with serving(folder) as server:
        data = server.raw(request_text)
        assert not data or parse_answer(data)[0] in expected
        assert server.get("/a.txt", X="a" * 8000)[0] == 200


def test_favicon(folder):
    """Like other files, else from the shared resources, where there are such."""
    share = folder.parent / "share"
    (share / "res").mkdir(parents=True)
    (share / "res" / "favicon.ico").write_bytes(b"icon")
    with serving(folder, env={**os.environ, "LIBGPAC_SHARE_DIR": str(share)}) as server:
        assert server.get("/favicon.ico")[2] == b"icon"
        (folder / "favicon.ico").write_bytes(b"own")
        assert server.get("/favicon.ico")[2] == b"own"


# ---- the end

@pytest.fixture
def start():
    """Starts servers which the test ends itself; those of a test that failed are killed."""
    servers = []

    def start_server(*words):
        servers.append(Server(*words))
        return servers[-1]

    yield start_server
    for server in servers:
        server.process.kill()


def test_answers_are_finished_at_the_end(folder, start):
    """SIGTERM: no more connections, idle ones are closed, what is being sent or received is completed."""
    server = start(f"httpout:dst=http://127.0.0.1:0/:gpac:rdirs={folder}:wdir={folder}:maxp=0:ops=true")
    idle = connect(server, b"GET /a.txt HTTP/1.1\r\nHost: x\r\n\r\n")
    received = b""
    while not received.endswith(b"hello\n"):
        received += idle.recv(1000)
    silent = connect(server)
    download = connect(server, b"GET /large HTTP/1.1\r\nHost: x\r\n\r\n")
    first = download.recv(1000)
    upload = connect(server, b"PUT /new HTTP/1.1\r\nHost: x\r\nContent-Length: 10\r\n\r\n12345")
    wait_for(lambda: any("new" in name for name in os.listdir(folder)))
    server.process.send_signal(signal.SIGTERM)
    assert read_all(idle) == b"" and read_all(silent) == b""
    with pytest.raises(OSError):
        wait_for(lambda: connect(server).close())
    assert server.process.poll() is None
    upload.sendall(b"67890")
    answer = parse_answer(read_all(upload))
    assert answer[0] == 201 and answer[1]["connection"] == "close" and (folder / "new").read_text() == "1234567890"
    body = first + read_all(download)
    head, _, body = body.partition(b"\r\n\r\n")
    assert head.startswith(b"HTTP/1.1 200") and body == (folder / "large").read_bytes()
    assert server.process.wait(20) == 130
    assert not any("option drain" in line for line in server.log)
    for s in (idle, silent, download, upload):
        s.close()


def test_limit_of_the_end(folder, start):
    """Option drain: who does not take the answer in time is closed, and told."""
    server = start(f"httpout:dst=http://127.0.0.1:0/:gpac:rdirs={folder}:wdir={folder}:maxp=0:drain=1:timeout=0")
    stalled = connect(server, b"GET /large HTTP/1.1\r\nHost: x\r\n\r\n", 4096)
    assert stalled.recv(10)
    upload = connect(server, b"PUT /new HTTP/1.1\r\nHost: x\r\nContent-Length: 10\r\n\r\n12345")
    wait_for(lambda: any("new" in name for name in os.listdir(folder)))
    assert server.stop() == 130
    assert any("2 requests were not answered within 1 seconds" in line for line in server.log)
    assert sorted(os.listdir(folder)) == ["a.txt", "large"]
    stalled.close()
    upload.close()


def test_second_signal_ends_at_once(folder, start):
    server = start(f"httpout:dst=http://127.0.0.1:0/:gpac:rdirs={folder}:maxp=0:drain=600:timeout=0")
    stalled = connect(server, b"GET /large HTTP/1.1\r\nHost: x\r\n\r\n", 4096)
    assert stalled.recv(10)
    server.process.send_signal(signal.SIGINT)
    server.wait_for_log("Interrupted")
    server.process.send_signal(signal.SIGINT)
    assert server.process.wait(20) == 130
    stalled.close()


def test_streams_end_whole(aac, start):
    """A live stream ends with its last chunk for clients that read; one who waits for a request is closed."""
    server = start("-i", aac, "reframer:rt=on", "-o", "http://127.0.0.1:0/live.aac:gpac:maxp=0")
    wait_for(lambda: server.ask("HEAD", "/live.aac")[0] == 200)
    s = connect(server, b"GET /live.aac HTTP/1.1\r\nHost: x\r\n\r\n")
    got = [s.recv(1000)]
    reader = threading.Thread(target=lambda: got.append(read_all(s)))
    reader.start()
    server.process.send_signal(signal.SIGTERM)
    assert server.process.wait(30) == 130
    reader.join()
    status, _, body = parse_answer(b"".join(got))  # parse_answer wants the last chunk
    assert status == 200 and body[:2] == b"\xff\xf1"
    s.close()
