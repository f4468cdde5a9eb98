"""httpin against servers that fail: each failure is a clear error or is overcome, and nothing is left behind."""

import os
import shutil
import socket
import ssl
import subprocess
import time

import pytest

from http_script import DATA, cut, hang_up, reply, scripted, wanted_range, whole


def fetch(gpac, url, path, *options):
    done = gpac(*options, "-i", url, "-o", path, check=False)
    return done, path.read_bytes() if path.exists() else None


@pytest.fixture
def out(tmp_path):
    return tmp_path / "out.bin"


def test_errors_that_pass(gpac, out):
    """503 twice, a connection that is closed, then the data."""
    with scripted(reply(503), reply(503), hang_up, whole) as s:
        done, data = fetch(gpac, s.url, out)
    assert done.returncode == 0 and data == DATA and len(s.requests) == 4


def test_errors_that_stay(gpac, out):
    with scripted(reply(503)) as s:
        done, data = fetch(gpac, s.url, out)
    assert done.returncode and "answers 503" in done.stderr and len(s.requests) == 4 and data is None


@pytest.mark.parametrize("status, word", [(404, "not found"), (403, "uthentication"), (401, "uthentication"), (400, "emote"),
                                          (418, "ervice")])
def test_errors_that_are_final(gpac, out, status, word):
    with scripted(reply(status, b"<html>no</html>")) as s:
        done, data = fetch(gpac, s.url, out)
    assert done.returncode and f"answers {status}" in done.stderr and word in done.stderr
    assert len(s.requests) == 1 and data is None


def test_bodies_that_break_off(gpac, out):
    """The transfer goes on where it broke off, under If-Range."""
    with scripted(cut(100_000), cut(50_000), hang_up, whole) as s:
        done, data = fetch(gpac, s.url, out)
    assert done.returncode == 0 and data == DATA
    assert [wanted_range(r) for r in s.requests] == [None, (100_000, len(DATA) - 1), (150_000, len(DATA) - 1),
                                                     (150_000, len(DATA) - 1)]
    assert 'If-Range: "1"' in s.requests[1]


def test_a_server_without_ranges(gpac, out):
    """The same resource from its start: what is there is skipped."""
    def again(handler, head):
        handler.request.sendall(f'HTTP/1.1 200 X\r\nETag: "1"\r\nContent-Length: {len(DATA)}\r\n\r\n'.encode() + DATA)
        return True

    with scripted(cut(100_000), again) as s:
        done, data = fetch(gpac, s.url, out)
    assert done.returncode == 0 and data == DATA


def test_a_resource_that_changes(gpac, out):
    """Two versions are not mixed."""
    with scripted(cut(100_000), reply(200, os.urandom(len(DATA)), 'ETag: "2"')) as s:
        done, data = fetch(gpac, s.url, out)
    assert done.returncode and len(data or b"") <= 100_000


def test_resets(gpac, out):
    def reset(handler, head):
        handler.request.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\1\0\0\0\0\0\0\0")
        handler.request.close()
        return False

    with scripted(reset, whole) as s:
        done, data = fetch(gpac, s.url, out)
    assert done.returncode == 0 and data == DATA


def test_silence(gpac, out):
    """A server that accepts and says nothing, and one that stops in the middle."""
    def silent(handler, head):
        time.sleep(30)

    def stop(handler, head):
        handler.request.sendall(f"HTTP/1.1 200 X\r\nContent-Length: {len(DATA)}\r\n\r\n".encode() + DATA[:1000])
        time.sleep(30)

    with scripted(stop) as s:
        done, _ = fetch(gpac, s.url, out, "-req-timeout=300")
    assert done.returncode and "silent" in done.stderr
    with scripted(silent, whole) as s:
        done, data = fetch(gpac, s.url, out, "-req-timeout=300")
    assert done.returncode == 0 and data == DATA


def test_redirections(gpac, out):
    for status in (301, 302, 303, 307, 308):
        with scripted(reply(status, b"moved", "Location: /other.bin"), whole) as s:
            done, data = fetch(gpac, s.url, out)
        assert done.returncode == 0 and data == DATA and s.requests[1].startswith("GET /other.bin ")
        out.unlink()


def test_redirections_in_a_loop(gpac, out):
    with scripted(reply(302, b"", "Location: /x.bin")) as s:
        done, data = fetch(gpac, s.url, out)
    assert done.returncode and "redirect" in done.stderr and len(s.requests) == 6 and data is None


def test_redirections_to_files_are_not_followed(gpac, out):
    with scripted(reply(302, b"", "Location: file:///etc/passwd")) as s:
        done, data = fetch(gpac, s.url, out)
    assert done.returncode and data is None


def test_endless_header(gpac, out):
    def flood(handler, head):
        try:
            handler.request.sendall(b"HTTP/1.1 200 X\r\n")
            while True:
                handler.request.sendall(b"X-Flood: " + b"a" * 60000 + b"\r\n")
        except OSError:
            return False

    with scripted(flood) as s:
        done, data = fetch(gpac, s.url, out)
    assert done.returncode and data is None


def test_what_is_no_http(gpac, out):
    def noise(handler, head):
        handler.request.sendall(b"SSH-2.0-server\r\n\r\n")
        return False

    with scripted(noise) as s:
        done, data = fetch(gpac, s.url, out)
    assert done.returncode and data is None


def test_wrong_lengths(gpac, out):
    """More bytes than announced are not taken; other bytes than asked for are an error."""
    with scripted(lambda h, head: h.request.sendall(b"HTTP/1.1 200 X\r\nContent-Length: 5\r\n\r\nhello and more")) as s:
        done, data = fetch(gpac, s.url, out)
    assert done.returncode == 0 and data == b"hello"
    out.unlink()

    def other(handler, head):
        handler.request.sendall(b"HTTP/1.1 206 X\r\nContent-Length: 5\r\nContent-Range: bytes 7-11/300000\r\n\r\nhello")

    with scripted(other) as s:
        done, data = fetch(gpac, s.url + ":gpac:range=5-9", out)
    assert done.returncode and "other bytes" in done.stderr and data is None
    with scripted(reply(200, DATA)) as s:
        done, data = fetch(gpac, s.url + ":gpac:range=5-9", out)
    assert done.returncode and "byte ranges" in done.stderr and data is None


def test_chunks_and_connection_end(gpac, out):
    """Bodies without a length: chunks, and data until the connection ends."""
    def chunks(handler, head):
        handler.request.sendall(b"HTTP/1.1 200 X\r\nTransfer-Encoding: chunked\r\n\r\n")
        for i in range(0, len(DATA), 1000):
            handler.request.sendall(b"3e8\r\n" + DATA[i:i + 1000] + b"\r\n")
        handler.request.sendall(b"0\r\n\r\n")
        return True

    def until_end(handler, head):
        handler.request.sendall(b"HTTP/1.0 200 X\r\n\r\n" + DATA)
        return False

    for step in (chunks, until_end):
        with scripted(step) as s:
            done, data = fetch(gpac, s.url, out)
        assert done.returncode == 0 and data == DATA
        out.unlink()


def test_rate_limit(gpac, out):
    """300 000 bytes at 4 Mbit/s take 600 ms; the first block comes at once."""
    with scripted(whole) as s:
        start = time.monotonic()
        done, data = fetch(gpac, s.url + ":gpac:block_size=20000", out, "-maxrate=4000000")
    assert done.returncode == 0 and data == DATA and time.monotonic() - start > 0.45


def test_request_headers(gpac, out):
    with scripted(whole) as s:
        fetch(gpac, s.url, out, "-user-agent=me/1", "-lang=fr", "-query-string=a=b")
    head = s.requests[0]
    assert head.startswith("GET /x.bin?a=b HTTP/1.1\r\n")
    assert "\r\nUser-Agent: me/1\r\n" in head and "\r\nAccept-Language: fr\r\n" in head and "\r\nAccept: */*\r\n" in head
    assert f"\r\nHost: 127.0.0.1:{s.server_address[1]}\r\n" in head


@pytest.fixture(scope="module")
def certificates(tmp_path_factory):
    """A certificate for 127.0.0.1, one for another name, and one that expired, each its own authority."""
    if not shutil.which("openssl"):
        pytest.skip("openssl is not installed")
    folder = tmp_path_factory.mktemp("tls")

    def make(name, subject, *options):
        subprocess.run(["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-keyout", folder / f"{name}.key", "-out",
                        folder / f"{name}.pem", "-subj", "/CN=test", "-addext", f"subjectAltName={subject}", *options],
                       check=True, capture_output=True)
    make("good", "IP:127.0.0.1", "-days", "2")
    make("other", "DNS:other.example", "-days", "2")
    return folder


def tls_context(folder, name):
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(folder / f"{name}.pem", folder / f"{name}.key")
    return context


def test_certificates(gpac, certificates, out):
    """Checked by default; another authority or another name is refused."""
    good = tls_context(certificates, "good")
    with scripted(whole, context=good) as s:
        done, data = fetch(gpac, s.url, out)
        assert done.returncode and "certificate" in done.stderr and data is None
        done, data = fetch(gpac, s.url, out, f"-ca-bundle={certificates / 'good.pem'}")
        assert done.returncode == 0 and data == DATA
        out.unlink()
        done, data = fetch(gpac, s.url, out, "-no-cert-check")
        assert done.returncode == 0 and data == DATA and "any certificate" in done.stderr
        out.unlink()
    with scripted(whole, context=tls_context(certificates, "other")) as s:
        done, data = fetch(gpac, s.url, out, f"-ca-bundle={certificates / 'other.pem'}")
        assert done.returncode and data is None


def test_our_server_with_tls(gpac, certificates, tmp_path, out):
    from http_tools import serving

    (tmp_path / "www").mkdir()
    (tmp_path / "www" / "x.bin").write_bytes(DATA)
    with serving(tmp_path / "www", f"cert={certificates / 'good.pem'}", f"pkey={certificates / 'good.key'}",
                 scheme="https") as server:
        done, data = fetch(gpac, server.url("/x.bin"), out, f"-ca-bundle={certificates / 'good.pem'}")
        assert done.returncode == 0 and data == DATA


CHUNKED = (b'HTTP/1.1 200 X\r\nETag: "1"\r\nContent-Type: application/x-data\r\nTransfer-Encoding: chunked\r\n\r\n' +
           b"".join(b"%x\r\n%s\r\n" % (len(DATA[i:i + 60_000]), DATA[i:i + 60_000]) for i in range(0, len(DATA), 60_000)) + b"0\r\n\r\n")
PLAIN = f'HTTP/1.1 200 X\r\nETag: "1"\r\nContent-Length: {len(DATA)}\r\n\r\n'.encode() + DATA
PHASES = {"nothing": 0, "status line": 7, "headers": 30, "empty line": CHUNKED.index(b"\r\n\r\n") + 2,
          "body": CHUNKED.index(b"\r\n\r\n") + 4, "chunk size": CHUNKED.index(b"ea60") + 2, "first bytes": CHUNKED.index(b"ea60") + 100,
          "chunk end": CHUNKED.index(b"ea60") + 6 + 60_000, "second chunk": CHUNKED.index(b"ea60") + 70_000,
          "last chunk": len(CHUNKED) - 5, "last line": len(CHUNKED) - 2}


@pytest.mark.parametrize("reset", [False, True], ids=["closed", "reset"])
@pytest.mark.parametrize("kind", ["chunks", "length"])
@pytest.mark.parametrize("phase", PHASES)
def test_connections_that_end_in_every_phase(gpac, out, tmp_path, phase, kind, reset):
    """The data come nevertheless, from where they broke off, and are stored once, or not at all."""
    answer = CHUNKED if kind == "chunks" else PLAIN

    def end(handler, head):
        handler.request.sendall(answer[:PHASES[phase]])
        if reset:  # without what the client did not read yet
            handler.request.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\1\0\0\0\0\0\0\0")
            handler.request.close()
        return False

    with scripted(end, whole) as s:
        done, data = fetch(gpac, s.url + ":gpac:cache=keep", out, f"-cache={tmp_path / 'cache'}")
    assert data == DATA, done.stderr
    files = sorted((tmp_path / "cache").iterdir())
    assert [f.suffix for f in files] == [".data", ".meta"] and files[0].read_bytes() == DATA


@pytest.mark.parametrize("fault", ["stall", "cut", "short", "long", "loop", "header", "noise", "503", "404", "changed"])
def test_faults_leave_nothing_in_the_cache(gpac, out, tmp_path, fault):
    def send(data, then=None):
        def step(handler, head):
            handler.request.sendall(data)
            if then:
                then()
            return False
        return step

    def flood(handler, head):
        try:
            handler.request.sendall(b"HTTP/1.1 200 X\r\n")
            while True:
                handler.request.sendall(b"X-Flood: " + b"a" * 60000 + b"\r\n")
        except OSError:
            return False

    steps = {"stall": [send(PLAIN[:5000], lambda: time.sleep(5))], "cut": [send(PLAIN[:5000]), hang_up],
             "short": [reply(206, DATA[:10], "Content-Range: bytes 7-16/300000")], "loop": [reply(302, b"", "Location: /x.bin")],
             "long": [send(b"HTTP/1.1 200 X\r\nContent-Length: 99999999999999999999\r\n\r\nx")], "header": [flood],
             "noise": [send(b"SSH-2.0-server\r\n\r\n")], "503": [reply(503)], "404": [reply(404)],
             "changed": [cut(1000), reply(200, os.urandom(len(DATA)), 'ETag: "2"')]}[fault]
    with scripted(*steps) as s:
        done, _ = fetch(gpac, s.url + ":gpac:cache=keep", out, f"-cache={tmp_path / 'cache'}", "-req-timeout=300")
    assert done.returncode and done.stderr
    assert not (tmp_path / "cache").exists() or not list((tmp_path / "cache").iterdir())
