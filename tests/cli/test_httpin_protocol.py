"""What httpin says to servers and proxies, and what it makes of their answers (RFC 9110, 9112, 9113)."""

import base64
import gzip
import os
import socket
import ssl
import subprocess
import threading
from contextlib import contextmanager

import pytest

from http_script import DATA, cut, hang_up, reply, scripted, wanted_range, whole
from tool import GPAC

TEXT = b"".join(b"line %d of a text that can be compressed\n" % i for i in range(20_000))


@pytest.fixture
def out(tmp_path):
    return tmp_path / "out.bin"


def fetch(gpac, url, out, *options, **env):
    out.unlink(missing_ok=True)
    done = subprocess.run([str(GPAC), *options, "-i", url, "-o", str(out)], capture_output=True, text=True, timeout=60,
                          stdin=subprocess.DEVNULL, env={k: v for k, v in os.environ.items() if "proxy" not in k.lower()} | env)
    return done, out.read_bytes() if out.exists() else None


def field(head, name):
    values = [line.partition(":")[2].strip() for line in head.split("\r\n")[1:] if line.lower().startswith(name.lower() + ":")]
    return values[0] if values else None


# ---- compressed answers

def compressed(size=None):
    """The text, compressed for those who take it; a connection that ends after `size` bytes."""
    body = gzip.compress(TEXT, mtime=0)

    def step(handler, head):
        wanted = wanted_range(head)
        if wanted:
            first, last = wanted[0], min(wanted[1], len(TEXT) - 1)
            handler.request.sendall(f'HTTP/1.1 206 X\r\nETag: "plain"\r\nContent-Range: bytes {first}-{last}/{len(TEXT)}\r\n'
                                    f"Content-Length: {last - first + 1}\r\n\r\n".encode() + TEXT[first:last + 1])
            return True
        assert "gzip" in field(head, "Accept-Encoding")
        handler.request.sendall(f'HTTP/1.1 200 X\r\nETag: "gzip"\r\nCache-Control: max-age=1000\r\nContent-Encoding: gzip\r\n'
                                f"Content-Length: {len(body)}\r\n\r\n".encode() + body[:size])
        return size is None
    return step


def test_compressed_answers(gpac, out):
    with scripted(compressed()) as s:
        done, data = fetch(gpac, s.url, out)
    assert done.returncode == 0 and data == TEXT


def test_compressed_answers_that_break_off(gpac, out):
    """Ranges of a compressed answer are no ranges of the text: it is fetched again from its start."""
    with scripted(compressed(20_000), compressed(), hang_up) as s:
        done, data = fetch(gpac, s.url, out)
    assert done.returncode == 0 and data == TEXT and len(s.requests) == 2
    assert field(s.requests[1], "Range") is None


def test_ranges_are_not_compressed(gpac, out):
    with scripted(compressed()) as s:
        done, data = fetch(gpac, s.url + ":gpac:range=100-199", out)
    assert data == TEXT[100:200] and field(s.requests[0], "Accept-Encoding") is None


def test_compressed_answers_are_stored_as_they_were(gpac, out, tmp_path):
    with scripted(compressed(), reply(500)) as s:
        for _ in range(2):
            done, data = fetch(gpac, s.url + ":gpac:cache=keep", out, f"-cache={tmp_path / 'cache'}")
            assert data == TEXT
    assert len(s.requests) == 1


# ---- lengths

def test_a_server_that_sends_less_than_asked(gpac, out):
    """A part of the range is a right answer (RFC 9110, 15.3.7): the rest is asked for."""
    def some(handler, head):
        first = (wanted_range(head) or (0,))[0]
        last = min(first + 99_999, len(DATA) - 1)
        handler.request.sendall(f'HTTP/1.1 206 X\r\nETag: "1"\r\nContent-Range: bytes {first}-{last}/{len(DATA)}\r\n'
                                f"Content-Length: {last - first + 1}\r\n\r\n".encode() + DATA[first:last + 1])
        return True

    with scripted(some) as s:
        done, data = fetch(gpac, s.url + ":gpac:range=5-0", out)
    assert data == DATA[5:] and [wanted_range(r)[0] for r in s.requests] == [5, 100_005, 200_005]


def test_a_server_that_sends_nothing_of_it(gpac, out):
    with scripted(reply(206, b"", f"Content-Range: bytes 5-4/{len(DATA)}")) as s:
        done, data = fetch(gpac, s.url + ":gpac:range=5-0", out)
    assert done.returncode and "sends nothing" in done.stderr and data is None and len(s.requests) == 1


@pytest.mark.parametrize("size", [1, 1000, 2047, 2048, 2049])
def test_short_bodies_that_break_off(gpac, out, size):
    """Bytes that were not sent on yet are not taken twice."""
    with scripted(cut(size), cut(10), whole) as s:
        done, data = fetch(gpac, s.url, out)
    assert data == DATA and [wanted_range(r) and wanted_range(r)[0] for r in s.requests] == [None, size, size + 10]


@pytest.mark.parametrize("status, headers, code", [
    (204, [], "is empty"), (416, ["Content-Range: bytes */5"], "is empty"), (416, ["Content-Range: bytes */4"], "Service"),
    (416, [], "ervice")])
def test_no_bytes(gpac, out, status, headers, code):
    """204, and 416 for a range at the end, are ends; others are errors."""
    with scripted(reply(status, b"", *headers)) as s:
        done, data = fetch(gpac, s.url + ":gpac:range=5-0", out)
    assert code.lower() in done.stderr.lower() and data is None and len(s.requests) == 1


def test_a_range_that_is_all(gpac, out):
    """A server without ranges may answer a range from the start to the end."""
    with scripted(reply(200, DATA)) as s:
        done, data = fetch(gpac, s.url + f":gpac:range=0-{len(DATA) - 1}", out)
    assert data == DATA


# ---- cookies

def test_cookies(gpac, out):
    """Those of an answer go with the next requests of the session to that host."""
    with scripted(reply(302, b"", "Location: /y.bin", "Set-Cookie: id=7; Path=/"), whole) as s:
        fetch(gpac, s.url, out)
    assert field(s.requests[0], "Cookie") is None and field(s.requests[1], "Cookie") == "id=7"
    with scripted(whole) as s:
        fetch(gpac, s.url, out)
    assert field(s.requests[0], "Cookie") is None, "another session has none"


# ---- credentials

def test_credentials_of_the_url(gpac, out):
    """Basic authentication (RFC 7617); they do not go with a redirection to another host."""
    with scripted(whole) as other, scripted(reply(302, b"", f"Location: {other.url.replace('127.0.0.1', 'localhost')}")) as s:
        done, data = fetch(gpac, s.url.replace("//", "//me:my%20secret@"), out)
    assert data == DATA
    assert field(s.requests[0], "Authorization") == "Basic " + base64.b64encode(b"me:my secret").decode()
    assert field(other.requests[0], "Authorization") is None


def test_missing_credentials(gpac, out):
    """Nobody is there to ask: no prompt, an error."""
    with scripted(reply(401, b"", 'WWW-Authenticate: Basic realm="x"')) as s:
        done, data = fetch(gpac, s.url, out)
    assert done.returncode and "uthentication" in done.stderr and len(s.requests) == 1


# ---- proxies

def test_proxies(gpac, out):
    """Of the option, else of the environment; `no_proxy` excepts hosts."""
    url = "http://name.invalid/x.bin"
    with scripted(whole) as s:
        proxy = s.url.removesuffix("/x.bin")
        for options, env in (([f"-proxy={proxy}"], {}), ([f"-proxy={proxy.removeprefix('http://')}"], {}), ([], {"http_proxy": proxy})):
            done, data = fetch(gpac, url, out, *options, **env)
            assert data == DATA
        assert {r.split("\r\n")[0] for r in s.requests} == {f"GET {url} HTTP/1.1"} and len(s.requests) == 3
        done, data = fetch(gpac, s.url, out, http_proxy="http://127.0.0.1:1", no_proxy="127.0.0.1")
        assert data == DATA


def test_a_proxy_that_cannot(gpac, out):
    """503 of a proxy: the server is asked without it."""
    with scripted(reply(503)) as proxy, scripted(whole) as s:
        done, data = fetch(gpac, s.url, out, f"-proxy={proxy.url.removesuffix('/x.bin')}")
    assert data == DATA and len(proxy.requests) == 1 and "the proxy answers 503" in done.stderr


# ---- TLS where plain HTTP fails

@pytest.fixture(scope="module")
def certificate(tmp_path_factory):
    folder = tmp_path_factory.mktemp("tls")
    subprocess.run(["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-keyout", folder / "key.pem", "-out",
                    folder / "cert.pem", "-subj", "/CN=test", "-addext", "subjectAltName=IP:127.0.0.1", "-days", "2"],
                   check=True, capture_output=True)
    return folder


def tls(folder, *protocols):
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(folder / "cert.pem", folder / "key.pem")
    if protocols:
        context.set_alpn_protocols(list(protocols))
    return context


def test_plain_urls_of_servers_with_tls(gpac, certificate, out):
    with scripted(whole, context=tls(certificate)) as s:
        url, trust = s.url.replace("https", "http"), f"-ca-bundle={certificate / 'cert.pem'}"
        done, data = fetch(gpac, url, out, trust)
        assert data == DATA
        done, data = fetch(gpac, url, out, trust, "-no-tls-rcfg")
        assert done.returncode and data is None
        done, data = fetch(gpac, url, out)
        assert done.returncode and data is None, "certificates are checked there, too"


# ---- HTTP/2

def serve_h2(connection, log):
    import h2.config
    import h2.connection
    import h2.events

    conn = h2.connection.H2Connection(h2.config.H2Configuration(client_side=False, header_encoding="utf-8"))
    left = {}

    def respond(stream, headers):
        log.append(headers)
        if headers[":path"] == "/reset.bin" and len(log) == 1:
            conn.reset_stream(stream, 7)  # REFUSED_STREAM
            return
        conn.send_headers(stream, [(":status", "200"), ("content-length", str(len(DATA)))])
        left[stream] = DATA

    def flush():
        for stream, data in list(left.items()):
            while data and (n := min(conn.local_flow_control_window(stream), conn.max_outbound_frame_size, len(data))) > 0:
                conn.send_data(stream, data[:n])
                data = data[n:]
            left[stream] = data
            if not data:
                conn.end_stream(stream)
                del left[stream]
        connection.sendall(conn.data_to_send())

    conn.initiate_connection()
    flush()
    while data := connection.recv(65536):
        for event in conn.receive_data(data):
            if isinstance(event, h2.events.RequestReceived):
                respond(event.stream_id, dict(event.headers))
        flush()


@contextmanager
def h2_server(context):
    """Serves one connection after the other, in the version that was negotiated."""
    pytest.importorskip("h2")
    with socket.create_server(("127.0.0.1", 0)) as listener:
        log = []

        def serve(c):
            if c.selected_alpn_protocol() == "h2":
                serve_h2(c, log)
            else:
                log.append(c.selected_alpn_protocol())
                c.recv(65536)
                whole(type("Handler", (), {"request": c}), "")

        def run():
            while True:
                try:
                    connection, _ = listener.accept()
                except OSError:
                    return
                try:
                    with context.wrap_socket(connection, server_side=True) as c:
                        serve(c)
                except (OSError, ssl.SSLError):
                    pass

        threading.Thread(target=run, daemon=True).start()
        yield f"https://127.0.0.1:{listener.getsockname()[1]}", log


def test_http2(gpac, certificate, out):
    trust = f"-ca-bundle={certificate / 'cert.pem'}"
    with h2_server(tls(certificate, "h2", "http/1.1")) as (url, log):
        done, data = fetch(gpac, url + "/x.bin", out, trust)
        assert data == DATA and log[0][":path"] == "/x.bin" and log[0]["accept"] == "*/*"
        log.clear()
        done, data = fetch(gpac, url + "/x.bin", out, trust, "-no-h2")
        assert data == DATA and log == ["http/1.1"]
        log.clear()
        done, data = fetch(gpac, url + "/reset.bin", out, trust)
        assert data == DATA and len(log) == 2, "a refused stream is asked for again"


def test_plain_http_is_not_upgraded(gpac, out):
    with scripted(whole) as s:
        fetch(gpac, s.url, out)
    assert field(s.requests[0], "Upgrade") is None


# ---- connections

def test_connections_are_kept(gpac, tmp_path):
    """The requests of one source use one connection."""
    counts = []

    def some(handler, head):
        if handler not in counts:
            counts.append(handler)
        first = (wanted_range(head) or (0,))[0]
        last = min(first + 9_999, len(DATA) - 1)
        handler.request.sendall(f'HTTP/1.1 206 X\r\nContent-Range: bytes {first}-{last}/{len(DATA)}\r\n'
                                f"Content-Length: {last - first + 1}\r\n\r\n".encode() + DATA[first:last + 1])
        return True

    with scripted(some) as s:
        gpac("-i", s.url + ":gpac:range=1-0", "-o", tmp_path / "x.bin")
    assert len(s.requests) == 30 and len(counts) == 1 and (tmp_path / "x.bin").read_bytes() == DATA[1:]


def test_no_connection_in_time(gpac, out):
    """A server whose queue is full does not answer: the time to connect is limited."""
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        listener.listen(0)
        port = listener.getsockname()[1]
        fill = [socket.socket() for _ in range(4)]
        for s in fill:
            s.setblocking(False)
            s.connect_ex(("127.0.0.1", port))
        done, data = fetch(gpac, f"http://127.0.0.1:{port}/x.bin", out, "-tcp-timeout=30")
        for s in fill:
            s.close()
    assert done.returncode and data is None and "trying again" in done.stderr
