"""TLS of httpout: what clients see of it, and what is told of certificates that are wrong."""

import shutil
import socket
import ssl
import subprocess
import time

import pytest

from http_tools import Server, parse_answer, read_all, serving
from tool import GPAC


@pytest.fixture(scope="module")
def keys(tmp_path_factory):
    """Pairs of certificate and key, each its own authority: good, another good one, and one that expired."""
    if not shutil.which("openssl"):
        pytest.skip("openssl is not installed")
    folder = tmp_path_factory.mktemp("tls")

    def openssl(*args):
        subprocess.run(["openssl", *map(str, args)], check=True, capture_output=True, cwd=folder)

    (folder / "ca.cnf").write_text("[ca]\ndefault_ca=d\n[d]\ndatabase=index\nserial=serial\nnew_certs_dir=.\ndefault_md=sha256\n"
                                   "policy=p\nx509_extensions=x\n[p]\ncommonName=supplied\n[x]\n"
                                   "subjectAltName=IP:127.0.0.1\nbasicConstraints=CA:TRUE\n")
    (folder / "serial").write_text("01")
    this_year = time.gmtime().tm_year
    for name, year in (("good", this_year + 1), ("other", this_year + 1), ("expired", this_year - 1)):
        (folder / "index").write_text("")
        openssl("req", "-new", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-keyout", f"{name}.key",
                "-subj", "/CN=test", "-out", "csr")
        openssl("ca", "-batch", "-notext", "-config", "ca.cnf", "-selfsign", "-keyfile", f"{name}.key", "-in", "csr",
                "-out", f"{name}.pem", "-startdate", f"{this_year - 2}0101000000Z", "-enddate", f"{year}0101000000Z")
    return folder


@pytest.fixture
def folder(tmp_path):
    www = tmp_path / "www"
    www.mkdir()
    (www / "a.txt").write_text("hello\n")
    (www / "a.bin").write_text("hello\n")
    (www / "large.bin").write_bytes(bytes(range(256)) * 40_000)
    return www


def pair(keys, name):
    return f"cert={keys / name}.pem", f"pkey={keys / name}.key"


@pytest.fixture
def server(keys, folder):
    with serving(folder, *pair(keys, "good"), f"wdir={folder}", "timeout=3", "maxc=0", scheme="https") as s:
        s.context = ssl.create_default_context(cafile=keys / "good.pem")
        yield s
        assert ask(s, b"GET /a.txt HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")[2] == b"hello\n"


def connect(server, context=None):
    s = socket.create_connection(("127.0.0.1", server.port), timeout=15)
    return (context or server.context).wrap_socket(s, server_hostname="127.0.0.1")


def ask(server, request):
    with connect(server) as s:
        s.sendall(request)
        return parse_answer(read_all(s))


def free_port():
    with socket.socket() as s:
        s.bind(("127.0.0.1", 0))
        return s.getsockname()[1]


def curl(*args):
    if not shutil.which("curl"):
        pytest.skip("curl is not installed")
    return subprocess.run(["curl", "-sS", *map(str, args)], capture_output=True, timeout=60)


def test_files_and_uploads(server, folder, keys):
    ca = ("--cacert", keys / "good.pem")
    assert curl(*ca, server.url("/large.bin")).stdout == (folder / "large.bin").read_bytes()
    assert curl(*ca, "-r", "1000-1999", server.url("/large.bin")).stdout == (folder / "large.bin").read_bytes()[1000:2000]
    assert curl(*ca, "-T", folder / "large.bin", server.url("/new")).returncode == 0
    assert (folder / "new").read_bytes() == (folder / "large.bin").read_bytes()


def test_httpin(gpac, server, keys, folder, tmp_path):
    """Our client and our server."""
    gpac(f"-ca-bundle={keys / 'good.pem'}", "-i", server.url("/large.bin"), "-o", tmp_path / "out.bin")
    assert (tmp_path / "out.bin").read_bytes() == (folder / "large.bin").read_bytes()


def test_alpn(server):
    """RFC 7301: of h2 and http/1.1 the latter, which is what the server speaks."""
    server.context.set_alpn_protocols(["h2", "http/1.1"])
    with connect(server) as s:
        assert s.selected_alpn_protocol() == "http/1.1"


@pytest.mark.filterwarnings("ignore:ssl.TLSVersion")
def test_old_versions(server):
    """RFC 8996: TLS 1.0 and 1.1 are not spoken."""
    for version in (ssl.TLSVersion.TLSv1, ssl.TLSVersion.TLSv1_1):
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
        context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
        context.set_ciphers("DEFAULT@SECLEVEL=0")
        context.minimum_version = context.maximum_version = version
        with pytest.raises((ssl.SSLError, ConnectionError)):
            connect(server, context)
    assert connect(server).version() in ("TLSv1.2", "TLSv1.3")


@pytest.mark.parametrize("data", [
    b"GET /a.txt HTTP/1.1\r\nHost: x\r\n\r\n", b"\x16\x03\x01\x02\x00" + b"\xff" * 512, b"\x16\x03\x01", b"", b"\x80\x2e\x01\x00\x02",
    b"\x16\x03\x03\xff\xff" + b"\0" * 70_000, b"\x15\x03\x03\x00\x02\x02\x28"])
def test_handshakes_that_are_none(server, data):
    """Whatever comes instead of a handshake, or nothing: the connection is closed without content."""
    with socket.create_connection(("127.0.0.1", server.port), timeout=15) as s:
        s.sendall(data)
        assert b"hello" not in read_all(s)


def test_handshakes_that_stall(server):
    """Others are served meanwhile; after the time of option timeout they are closed."""
    hello = b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03"
    stalled = [socket.create_connection(("127.0.0.1", server.port), timeout=20) for _ in range(200)]
    for s in stalled:
        s.sendall(hello)
    for _ in range(3):
        assert ask(server, b"GET /a.txt HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")[0] == 200
    for s in stalled:
        read_all(s)
        s.close()


def test_two_ports(keys, folder):
    """The first is plain, the second for TLS: the same files and one log."""
    plain, secure = free_port(), free_port()
    server = Server(f"httpout:port={plain},{secure}:ifce=127.0.0.1:rdirs={folder}:" + ":".join(pair(keys, "good")))
    try:
        server.wait_for_log(f"port {plain}")
        server.wait_for_log(f"port {secure}")
        server.port = plain
        assert server.get("/a.txt")[2] == b"hello\n"
        done = curl("--cacert", keys / "good.pem", f"https://127.0.0.1:{secure}/a.txt")
        assert done.stdout == b"hello\n"
    finally:
        server.stop()


def test_key_of_another_certificate(gpac, keys, folder):
    done = gpac(f"httpout:port={free_port()}:rdirs={folder}:cert={keys}/good.pem:pkey={keys}/other.key", check=False)
    assert done.returncode == 1 and "the certificate and its key cannot be used" in done.stderr and "match" in done.stderr


@pytest.mark.parametrize("cert, key", [("a.txt", "good.key"), ("good.pem", "a.txt"), ("good.key", "good.pem"), ("none", "good.key")])
def test_files_that_are_no_keys(gpac, keys, folder, cert, key):
    shutil.copy(folder / "a.txt", keys)
    done = gpac(f"httpout:port={free_port()}:rdirs={folder}:cert={keys}/{cert}:pkey={keys}/{key}", check=False)
    assert done.returncode == 1 and ("cannot be used" in done.stderr or "cannot read" in done.stderr)


def test_the_key_is_not_served(keys, folder):
    """Not even from a directory that everybody may read."""
    with serving(keys, *pair(keys, "good"), f"wdir={keys}", scheme="https") as server:
        server.context = ssl.create_default_context(cafile=keys / "good.pem")
        for request, expected in ((b"GET /good.key", 404), (b"GET /good.pem", 200), (b"DELETE /good.key", 403)):
            assert ask(server, request + b" HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")[0] == expected
    assert (keys / "good.key").exists()


def test_expired(keys, folder, tmp_path):
    """Told at the start; refused by curl and by httpin, with one message that says why; taken with -no-cert-check, loudly."""
    with serving(folder, *pair(keys, "expired"), scheme="https") as server:
        assert "the certificate expired on" in server.wait_for_log("certificate")
        url, ca = server.url("/a.bin"), keys / "expired.pem"
        assert curl("--cacert", ca, url).returncode == 60  # "Peer certificate cannot be authenticated"

        def fetch(*options):
            return subprocess.run([GPAC, *options, "-i", url, "-o", tmp_path / "out.bin"], capture_output=True, text=True,
                                  timeout=60, stdin=subprocess.DEVNULL)

        done = fetch(f"-ca-bundle={ca}")
        told = [line for line in done.stderr.splitlines() if url in line and "fout" not in line]
        assert done.returncode == 1 and len(told) == 1 and "expired" in told[0] and not (tmp_path / "out.bin").exists()
        done = fetch("-no-cert-check")
        assert done.returncode == 0 and (tmp_path / "out.bin").read_text() == "hello\n"
        assert "any certificate is accepted" in done.stderr
