"""Content codings of httpout (RFC 9110, 8.4, 12.5.3, 12.5.5; RFC 1950, 1952)."""

import gzip
import os
import subprocess
import time
import zlib

import pytest

from http_tools import serving

TEXT = ("Line of a manifest, é as an example\n" * 1000).encode()  # 37 000 bytes


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    www = tmp_path_factory.mktemp("www")
    (www / "a.txt").write_bytes(TEXT)
    (www / "tiny.txt").write_bytes(b"x")
    (www / "data.bin").write_bytes(bytes(range(256)) * 100)
    (www / "long.txt").write_bytes(TEXT * 2)
    for p in www.iterdir():
        os.utime(p, (1_000_000_000, 1_000_000_000))
    return www


@pytest.fixture(scope="module", params=["new", "kept"])
def server(request, folder):
    """Files that were just written are read for each request, others are in memory."""
    if request.param == "kept":
        time.sleep(2.1)
    else:
        for p in folder.iterdir():
            os.utime(p, (1_000_000_000, 1_000_000_000))
    with serving(folder) as s:
        yield s


@pytest.mark.parametrize("accepted, coding", [
    ("gzip", "gzip"), ("deflate", "deflate"), ("deflate, gzip", "gzip"), ("gzip;q=0, deflate", "deflate"),
    ("br", None), ("identity", None), ("gzip;q=0", None), ("", None),
])
def test_negotiation(server, accepted, coding):
    for _ in range(2):
        status, headers, body = server.get("/a.txt", Accept_Encoding=accepted)
        assert status == 200 and headers.get("content-encoding") == coding and headers["vary"] == "Accept-Encoding"
        assert headers["content-type"] == "text/plain" and int(headers["content-length"]) == len(body)
        plain = gzip.decompress(body) if coding == "gzip" else zlib.decompress(body) if coding else body
        assert plain == TEXT and (not coding or len(body) < 2000)


@pytest.mark.parametrize("name", ["tiny.txt", "data.bin", "long.txt"])
def test_left_as_they_are(server, folder, name):
    """What would not get smaller, what is no text, what is larger than zmax."""
    status, headers, body = server.get("/" + name, Accept_Encoding="gzip")
    assert status == 200 and "content-encoding" not in headers and body == (folder / name).read_bytes()
    assert ("vary" in headers) == (name == "tiny.txt")


def test_ranges_are_those_of_the_file(server):
    """14.2."""
    status, headers, body = server.get("/a.txt", Accept_Encoding="gzip", Range="bytes=5-14")
    assert status == 206 and body == TEXT[5:15] and "content-encoding" not in headers


def test_tags(server):
    """8.8.3: another tag for another coding; each one matches itself."""
    tags = {c: server.get("/a.txt", Accept_Encoding=c)[1]["etag"] for c in ("identity", "gzip", "deflate")}
    assert len(set(tags.values())) == 3
    for coding, tag in tags.items():
        status, headers, body = server.get("/a.txt", Accept_Encoding=coding, If_None_Match=tag)
        assert (status, body) == (304, b"") and headers["etag"] == tag and headers["vary"] == "Accept-Encoding"
        other = server.get("/a.txt", Accept_Encoding="deflate" if coding == "gzip" else "gzip", If_None_Match=tag)
        assert other[0] == 200


def test_head(server):
    """9.3.2: the headers of a GET."""
    get, head = (server.ask(m, "/a.txt", {"Accept-Encoding": "gzip"})[1] for m in ("GET", "HEAD"))
    assert {k: v for k, v in get.items() if k != "date"} == {k: v for k, v in head.items() if k != "date"}


def test_zmax(tmp_path):
    (tmp_path / "a.txt").write_bytes(TEXT)
    for value, coded in (("0", False), ("36999", False), (str(len(TEXT)), True)):
        with serving(tmp_path, "zmax=" + value) as server:
            assert ("content-encoding" in server.get("/a.txt", Accept_Encoding="gzip")[1]) == coded


def test_curl(server):
    done = subprocess.run(["curl", "-sS", "--compressed", server.url("/a.txt")], capture_output=True, check=True)
    assert done.stdout == TEXT
