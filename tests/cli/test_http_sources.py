"""Sources behind HTTP, of all filters that open one: the same packets as from the disk."""

import shutil
import subprocess

import pytest

from http_tools import serving
from tool import TONE, VIDEO


@pytest.fixture(scope="module")
def folder(tmp_path_factory, clip):
    path = tmp_path_factory.mktemp("www")
    (path / "sub").mkdir()
    source = clip("sources.mp4", *VIDEO, *TONE, "-t", 4, "-c:v", "libx264", "-bf", 2, "-g", 25, "-pix_fmt", "yuv420p", "-c:a", "aac")
    shutil.copy(source, path / "a.mp4")
    shutil.copy(source, path / "sub" / "b c.mp4")
    for name, options in (("a.mkv", ()), ("a.ts", ()), ("a.ogg", ("-vn", "-c:a", "libvorbis")), ("a.mp3", ("-vn", "-c:a", "mp3")),
                          ("a.aac", ("-vn",)), ("a.264", ("-an",))):
        subprocess.run(["ffmpeg", "-v", "error", "-y", "-i", source, "-c", "copy", *options, path / name], check=True)
    (path / "list.m3u").write_text("##GPACPL\na.mp4\nsub/b c.mp4\n")
    (path / "sub" / "list.m3u").write_text("b c.mp4\n../a.mkv\n")
    return path


@pytest.fixture(scope="module")
def server(folder):
    with serving(folder, "reqlog=*") as s:
        yield s


def packets(gpac, source, tmp_path, *options, start=0):
    log = tmp_path / "log"
    gpac(*options, "-i", source, f"inspect:deep:hash:start={start}:log={log}")
    return sorted(log.read_text().splitlines())


@pytest.mark.parametrize("start", [0, 2.5])
@pytest.mark.parametrize("name", ["a.mp4", "a.mkv", "a.ts", "a.ogg"])
def test_containers(gpac, server, folder, tmp_path, name, start):
    local = packets(gpac, folder / name, tmp_path, start=start)
    assert len(local) > 50 and packets(gpac, server.url("/" + name), tmp_path, start=start) == local


@pytest.mark.parametrize("name", ["a.mp3", "a.aac", "a.264"])
def test_raw_streams(gpac, server, folder, tmp_path, name):
    """Their duration is known after the whole file was looked through, which is not done over a network."""
    local, remote = ([line for line in packets(gpac, source, tmp_path) if " PCK " in line]
                     for source in (folder / name, server.url("/" + name)))
    assert len(local) > 50 and remote == local


@pytest.mark.parametrize("name", ["list.m3u", "sub/list.m3u"])
def test_playlists(gpac, server, folder, tmp_path, name):
    """Names in a list are relative to the list."""
    remote = [line for line in packets(gpac, server.url("/" + name), tmp_path) if " PCK " in line]
    local = [line for line in packets(gpac, folder / name, tmp_path) if " PCK " in line]
    assert len(local) > 500 and remote == local


@pytest.fixture(scope="module")
def certificate(tmp_path_factory):
    folder = tmp_path_factory.mktemp("tls")
    subprocess.run(["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-keyout", folder / "key.pem", "-out",
                    folder / "cert.pem", "-subj", "/CN=test", "-addext", "subjectAltName=IP:127.0.0.1,DNS:localhost",
                    "-days", "2"], check=True, capture_output=True)
    return folder


@pytest.mark.parametrize("name", ["a.mp4", "a.mkv"])
def test_certificates_are_checked(gpac, folder, certificate, tmp_path, name):
    """By our client and by that of libavformat."""
    with serving(folder, f"cert={certificate / 'cert.pem'}", f"pkey={certificate / 'key.pem'}", scheme="https") as s:
        url = s.url("/" + name).replace("127.0.0.1", "localhost")
        done = gpac("-i", url, "inspect:deep:log=null", check=False)
        assert done.returncode
        expected = packets(gpac, folder / name, tmp_path)
        assert packets(gpac, url, tmp_path, f"-ca-bundle={certificate / 'cert.pem'}") == expected
        done = gpac("-broken-cert", "-i", url, "inspect:deep:log=null")
        assert "any certificate is accepted" in done.stderr


def test_the_user_agent_is_ours(gpac, folder):
    from http_script import scripted

    def answer(handler, head):
        data = (folder / "a.mkv").read_bytes()
        handler.request.sendall(f"HTTP/1.1 200 X\r\nContent-Length: {len(data)}\r\n\r\n".encode() + data)
        return True

    with scripted(answer) as s:
        gpac("-user-agent=me/1", "-i", s.url.replace("x.bin", "x.mkv"), "inspect:deep:log=null", check=False)
    assert len(s.requests) >= 2 and all("\r\nUser-Agent: me/1\r\n" in r for r in s.requests)
