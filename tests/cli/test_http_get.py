"""GET and HEAD of httpout, clause by clause of RFC 9110 (semantics) and RFC 9112 (HTTP/1.1)."""

import email.utils
import hashlib
import http.client
import os
import re
import socket
import subprocess
import shutil

import pytest

from http_tools import parse_answer, serving

BYTES = bytes(range(256)) * 40  # 10240 bytes
OLD = 784111777  # Sun, 06 Nov 1994 08:49:37 GMT, the example of RFC 9110, 5.6.7
OLD_DATE = "Sun, 06 Nov 1994 08:49:37 GMT"


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    path = tmp_path_factory.mktemp("www")
    (path / "data.bin").write_bytes(BYTES)
    (path / "empty").write_bytes(b"")
    (path / "a.txt").write_text("hello\n")
    (path / "with blank é.txt").write_text("name\n")
    (path / "large.bin").write_bytes(os.urandom(6 << 20))
    (path / "sub").mkdir()
    (path / "sub" / "page.html").write_text("<p>page</p>")
    for name in os.listdir(path):
        os.utime(path / name, (OLD, OLD))
    return path


@pytest.fixture(scope="module")
def server(folder):
    with serving(folder) as s:
        yield s


def test_get_sends_the_file(server):
    """9.3.1, 8.6 Content-Length, 8.8.2 Last-Modified, 8.8.3 ETag, 6.6.1 Date."""
    status, headers, body = server.get("/data.bin")
    assert (status, body) == (200, BYTES)
    assert headers["content-length"] == "10240"
    assert headers["last-modified"] == OLD_DATE
    assert headers["etag"] == f'"{OLD * 1000000}"'
    assert headers["accept-ranges"] == "bytes"
    assert email.utils.parsedate_to_datetime(headers["date"])
    assert headers["server"] == "libgpac"


def test_large_files(server, folder):
    status, _, body = server.get("/large.bin")
    assert status == 200 and body == (folder / "large.bin").read_bytes()
    status, _, body = server.get("/large.bin", Range="bytes=5000000-5999999")
    assert status == 206 and body == (folder / "large.bin").read_bytes()[5000000:6000000]


def test_head_is_get_without_body(server):
    """9.3.2: the same headers, no body; also where there is nothing."""
    _, of_get, _ = server.get("/data.bin")
    status, of_head, body = server.ask("HEAD", "/data.bin")
    assert (status, body) == (200, b"")
    assert {k: v for k, v in of_get.items() if k != "date"} == {k: v for k, v in of_head.items() if k != "date"}
    status, _, body = server.ask("HEAD", "/nothing")
    assert (status, body) == (404, b"")


def test_names(server):
    """RFC 9112 3.2: origin and absolute form; RFC 3986 2.1: escapes; a query is no part of the name."""
    assert server.get("/with%20blank%20%C3%A9.txt")[2] == b"name\n"
    assert server.get("/sub/../a.txt")[0] == 404
    assert server.get("//sub/./page.html")[2] == b"<p>page</p>"
    assert server.get("/a.txt?x=1")[2] == b"hello\n"
    assert server.get(f"http://127.0.0.1:{server.port}/a.txt")[2] == b"hello\n"
    assert server.get("/empty")[0:3:2] == (200, b"")
    assert server.get("/nothing")[0] == 404
    assert server.get("/sub")[0] == 403
    assert server.get("/a.txt/x")[0] == 404
    assert server.get("/%zz")[0] == 400
    assert server.get("/a%00.txt")[0] == 400


def test_types(server):
    assert server.get("/a.txt")[1]["content-type"] == "text/plain"
    assert server.get("/sub/page.html")[1]["content-type"] == "text/html"
    assert "content-type" not in server.get("/data.bin")[1]


@pytest.mark.parametrize("value, first, last", [
    ("bytes=0-499", 0, 499),
    ("bytes=500-999", 500, 999),
    ("bytes=-500", 9740, 10239),
    ("bytes=9500-", 9500, 10239),
    ("bytes=0-0", 0, 0),
    ("bytes=10239-10239", 10239, 10239),
    ("bytes=9000-99999", 9000, 10239),
    ("bytes=-99999999", 0, 10239),
    ("BYTES=1-2", 1, 2),
])
def test_single_range(server, value, first, last):
    """14.1.2 byte ranges, 14.4 Content-Range, 15.3.7.1 one part."""
    status, headers, body = server.get("/data.bin", Range=value)
    assert body == BYTES[first:last + 1]
    if last - first + 1 == len(BYTES):
        assert status == 200
    else:
        assert status == 206
        assert headers["content-range"] == f"bytes {first}-{last}/10240"


@pytest.mark.parametrize("value", ["bytes=10240-", "bytes=99999-100000", "bytes=-0", "bytes=5-1", "bytes=x-1", "bytes="])
def test_unsatisfiable_range(server, value):
    """14.4, 15.5.17: 416 tells the size."""
    status, headers, body = server.get("/data.bin", Range=value)
    assert (status, body) == (416, b"")
    assert headers["content-range"] == "bytes */10240"


@pytest.mark.parametrize("value", ["lines=1-2", "bytes 0-1", "bytes=0-,0-,0-"])
def test_ignored_range(server, value):
    """14.2: an unknown unit is ignored, overlapping ranges may be."""
    status, _, body = server.get("/data.bin", Range=value)
    assert (status, body) == (200, BYTES)


def test_range_of_empty_file(server):
    assert server.get("/empty", Range="bytes=0-")[0] == 416


def test_range_of_head_is_ignored(server):
    """14.2: Range is only defined for GET."""
    status, headers, _ = server.ask("HEAD", "/data.bin", {"Range": "bytes=0-1"})
    assert status == 200 and headers["content-length"] == "10240"


def test_several_ranges(server):
    """14.6, 15.3.7.2: multipart/byteranges, in the order asked for."""
    status, headers, body = server.get("/data.bin", Range="bytes=0-9, 100-109,-5")
    assert status == 206
    kind, _, boundary = headers["content-type"].partition("; boundary=")
    assert kind == "multipart/byteranges" and "content-range" not in headers
    parts = body.split(b"\r\n--" + boundary.encode())
    assert parts[0] == b"" and parts[-1] == b"--\r\n"
    found = []
    for part in parts[1:-1]:
        head, _, data = part.partition(b"\r\n\r\n")
        found.append((head.strip(), data))
    assert found == [
        (b"Content-Range: bytes 0-9/10240", BYTES[:10]),
        (b"Content-Range: bytes 100-109/10240", BYTES[100:110]),
        (b"Content-Range: bytes 10235-10239/10240", BYTES[-5:]),
    ]


def test_several_ranges_for_clients_that_concatenate(server):
    status, headers, body = server.get("/data.bin", Range="bytes=0-9,100-109", User_Agent="GPAC/2.0")
    assert status == 206 and body == BYTES[:10] + BYTES[100:110]
    assert headers["content-range"] == "bytes 0-9,100-109/10240"


def test_entity_tags(server):
    """13.1.1 If-Match (strong), 13.1.2 If-None-Match (weak)."""
    tag = server.get("/data.bin")[1]["etag"]
    assert server.get("/data.bin", If_None_Match=tag)[0] == 304
    assert server.get("/data.bin", If_None_Match="W/" + tag)[0] == 304
    assert server.get("/data.bin", If_None_Match=f'"x", {tag}')[0] == 304
    assert server.get("/data.bin", If_None_Match="*")[0] == 304
    assert server.get("/data.bin", If_None_Match=tag.strip('"'))[0] == 304
    assert server.get("/data.bin", If_None_Match='"x"')[0] == 200
    assert server.get("/data.bin", If_Match=tag)[0] == 200
    assert server.get("/data.bin", If_Match='"x"')[0] == 412
    assert server.get("/data.bin", If_Match="W/" + tag)[0] == 412


def test_not_modified_has_the_validators(server):
    """15.4.5: no body, ETag and the like as for a 200."""
    tag = server.get("/data.bin")[1]["etag"]
    status, headers, body = server.get("/data.bin", If_None_Match=tag)
    assert (status, body, headers["etag"]) == (304, b"", tag)
    assert "content-length" not in headers or headers["content-length"] == "10240"


def test_dates(server):
    """13.1.3 If-Modified-Since, 13.1.4 If-Unmodified-Since, 5.6.7 obsolete dates."""
    assert server.get("/data.bin", If_Modified_Since=OLD_DATE)[0] == 304
    assert server.get("/data.bin", If_Modified_Since="Sunday, 06-Nov-94 08:49:37 GMT")[0] == 304
    assert server.get("/data.bin", If_Modified_Since="Sun Nov  6 08:49:37 1994")[0] == 304
    assert server.get("/data.bin", If_Modified_Since="Sun, 06 Nov 1994 08:49:36 GMT")[0] == 200
    assert server.get("/data.bin", If_Modified_Since="never")[0] == 200
    assert server.get("/data.bin", If_Unmodified_Since=OLD_DATE)[0] == 200
    assert server.get("/data.bin", If_Unmodified_Since="Sun, 06 Nov 1994 08:49:36 GMT")[0] == 412
    # 13.2.2: a tag decides before a date
    assert server.get("/data.bin", If_None_Match='"x"', If_Modified_Since=OLD_DATE)[0] == 200


def test_if_range(server):
    """13.1.5: with another validator the range does not count; weak tags never match."""
    tag = server.get("/data.bin")[1]["etag"]
    for value, status in ((tag, 206), ('"x"', 200), ("W/" + tag, 200), (OLD_DATE, 206),
                          ("Sun, 06 Nov 1994 08:49:38 GMT", 200)):
        assert server.get("/data.bin", Range="bytes=0-1", If_Range=value)[0] == status, value
    # 14.2: conditions come before ranges
    assert server.get("/data.bin", Range="bytes=0-1", If_None_Match=tag)[0] == 304


def test_options(server):
    """9.3.7: the methods allowed, for a resource and for the server as a whole."""
    status, headers, body = server.ask("OPTIONS", "/a.txt")
    assert (status, body, headers["allow"], headers["content-length"]) == (200, b"", "GET,HEAD,OPTIONS", "0")
    assert server.ask("OPTIONS", "*")[0] == 204
    assert server.ask("OPTIONS", "/nothing")[0] == 404


def test_other_methods(server):
    """15.5.6: 405 tells what is allowed; 15.6.2: 501 for unknown methods."""
    for method in ("PUT", "POST", "DELETE"):
        status, headers, _ = server.ask(method, "/a.txt", body=b"x")
        assert status == 405 and headers["allow"] == "GET,HEAD,OPTIONS"
    assert server.ask("BREW", "/a.txt")[0] == 501


def test_connections_are_kept(server):
    """RFC 9112 9.3: several requests on a connection, also sent at once (9.3.2)."""
    c = http.client.HTTPConnection("127.0.0.1", server.port, timeout=10)
    for _ in range(3):
        c.request("GET", "/a.txt")
        answer = c.getresponse()
        assert answer.read() == b"hello\n"
        assert answer.headers["Connection"].lower() == "keep-alive" and answer.headers["Keep-Alive"] == "timeout=30"
    c.close()
    one = "GET /a.txt HTTP/1.1\r\nHost: x\r\n\r\n"
    data = server.raw(one * 3 + one.replace("\r\n\r\n", "\r\nConnection: close\r\n\r\n"))
    assert data.count(b"HTTP/1.1 200 OK") == 4 and data.count(b"hello\n") == 4


def test_http_1_0(server):
    """RFC 9112 appendix A: the connection ends with the answer."""
    status, headers, body = parse_answer(server.raw("GET /a.txt HTTP/1.0\r\n\r\n"))
    assert (status, body) == (200, b"hello\n") and "transfer-encoding" not in headers


def test_cross_origin(server):
    """CORS headers only when a page of another origin asks."""
    assert "access-control-allow-origin" not in server.get("/a.txt")[1]
    headers = server.get("/a.txt", Origin="http://site.example")[1]
    assert headers["access-control-allow-origin"] == "http://site.example"
    assert headers["access-control-expose-headers"] == "*"
    assert headers["cross-origin-embedder-policy"] == "require-corp"
    assert headers["cross-origin-opener-policy"] == "same-origin"
    headers = server.ask("OPTIONS", "/a.txt", {"Origin": "http://site.example"})[1]
    assert headers["access-control-allow-origin"] == "*" and headers["access-control-allow-methods"] == "*"


def test_changed_files_are_seen(tmp_path):
    """A file kept in memory is sent as it is on the disk now."""
    path = tmp_path / "f"
    path.write_text("one")
    os.utime(path, (OLD, OLD))
    with serving(tmp_path) as server:
        for text in ("one", "two", "three", ""):
            path.write_text(text)
            os.utime(path, (OLD, OLD))  # the times tell nothing
            assert server.get("/f")[2] == text.encode()
        path.unlink()
        assert server.get("/f")[0] == 404


def test_nothing_outside_is_served(tmp_path):
    """Links that lead out of the directory, and neighbours whose name begins like it."""
    inside, outside = tmp_path / "www", tmp_path / "www2"
    inside.mkdir(), outside.mkdir()
    (outside / "secret").write_text("secret")
    (inside / "file").write_text("file")
    (inside / "link").symlink_to(outside / "secret")
    (inside / "dirlink").symlink_to(outside)
    (inside / "good").symlink_to(inside / "file")
    os.mkfifo(inside / "pipe")
    with serving(inside) as server:
        assert server.get("/good")[2] == b"file"
        for path in ("/link", "/dirlink/secret", "/../www2/secret", "/%2e%2e/www2/secret", "/..%2fwww2%2fsecret",
                     "/pipe", "//" + str(outside / "secret"), "/x/../../www2/secret", "/..\\www2\\secret"):
            status, _, body = server.get(path)
            assert status in (404, 403) and body.startswith((b"Resource", b"Paths")), path


def test_several_directories_are_one(tmp_path):
    for name in "ab":
        (tmp_path / name).mkdir()
        (tmp_path / name / name).write_text(name)
        (tmp_path / name / "both").write_text(name)
    with serving(f"{tmp_path / 'a'},{tmp_path / 'b'}") as server:
        assert [server.get(p)[2] for p in ("/a", "/b", "/both")] == [b"a", b"b", b"a"]


def test_listing(tmp_path):
    """Option dlist: links that lead to what they name, by paths of URLs; nothing that could not be fetched."""
    for name in "ab":
        (tmp_path / name / "sub").mkdir(parents=True)
        (tmp_path / name / f"only {name}?#%41&<i>\".txt").write_text(name)
        (tmp_path / name / "sub" / name).write_text(name)
    (tmp_path / "secret").write_text("s")
    (tmp_path / "a" / "out").symlink_to(tmp_path / "secret")
    (tmp_path / "a" / "x.1.2.gftmp").write_text("part")
    with serving(f"{tmp_path / 'a'},{tmp_path / 'b'}", "dlist") as server:
        status, headers, body = server.get("/")
        assert status == 200 and headers["content-type"] == "text/html; charset=utf-8"
        links = re.findall('href="([^"]*)"', body.decode())
        assert len(links) == 3 and links[0] == "/sub/" and "<i>" not in body.decode() and str(tmp_path) not in body.decode()
        assert [server.get(link)[2] for link in links[1:]] == [b"a", b"b"]
        for path in ("/sub", "/sub/"):
            assert re.findall('href="([^"]*)"', server.get(path)[2].decode()) == ["/", "/sub/a", "/sub/b"]
        head = server.ask("HEAD", "/")
        assert head[0::2] == (200, b"") and head[1]["content-length"] == str(len(body))
        assert server.get("/none/")[0] == 404


def test_options_of_answers(tmp_path):
    (tmp_path / "f").write_text("f")
    with serving(tmp_path, "cors=on", "close", "sutc", "cache_control=max-age=5", "user_agent=me", "norange",
                 "hdrs=X-One,1,X-Two,2") as server:
        status, headers, body = parse_answer(server.raw("GET /f HTTP/1.1\r\nHost: x\r\nRange: bytes=0-0\r\n\r\n"))
        assert (status, body) == (200, b"f")
        assert headers["connection"] == "close" and headers["access-control-allow-origin"] == "*"
        assert int(headers["server-utc"]) > 1e12 and headers["cache-control"] == "max-age=5"
        assert headers["server"] == "me" and headers["x-one"] == "1" and headers["x-two"] == "2"
    with serving(tmp_path, "cors=off", "cache_control=none") as server:
        headers = server.get("/f", Origin="http://a")[1]
        assert not {"access-control-allow-origin", "etag", "cache-control"} & set(headers)


def test_wrong_options_are_refused(gpac, tmp_path):
    for options, word in (("", "rdirs"), (f"rdirs={tmp_path}:cert=x", "pkey"), (f"rdirs={tmp_path}:hdrs=a", "hdrs"),
                          (f"rdirs={tmp_path}:port=70000", "70000"), (f"rdirs={tmp_path}:port=1,2", "cert"),
                          (f"rdirs={tmp_path}:cert=/no:pkey=/no", "/no"), (f"rdirs={tmp_path}:nb_threads=0", "nb_threads"),
                          (f"rdirs={tmp_path}:nb_threads=3:maxc=2", "maxc is 2")):
        done = gpac("httpout:dst=http://127.0.0.1:0:gpac:" + options, check=False)
        assert done.returncode and word in done.stderr, options


def test_port_in_use(gpac, server, tmp_path):
    done = gpac(f"httpout:port={server.port}:ifce=127.0.0.1:rdirs={tmp_path}", check=False)
    assert done.returncode and "cannot listen" in done.stderr


def test_request_log(tmp_path):
    (tmp_path / "f").write_text("f")
    with serving(tmp_path, "reqlog=GET") as server:
        server.get("/f", Range="bytes=0-0")
        server.ask("HEAD", "/f")
        server.get("/g")
    text = "".join(server.log)
    assert "REQ#1 127.0.0.1:" in text and " GET /f range: bytes=0-0 start" in text
    assert "REQ#3 GET done: reply 404" in text and "HEAD" not in text


def test_curl(server, folder):
    """Another client: all of it over one connection."""
    if not shutil.which("curl"):
        pytest.skip("curl is not installed")
    done = subprocess.run(["curl", "-sS", "-w", "%{num_connects} ", server.url("/large.bin"), "-o", "/dev/stderr",
                           server.url("/a.txt"), "-o", "/dev/stderr"], capture_output=True, check=True)
    assert hashlib.md5(done.stderr).digest() == hashlib.md5((folder / "large.bin").read_bytes() + b"hello\n").digest()
    assert done.stdout == b"1 0 "


def test_peers_that_go(server):
    """Peers that close or reset at any moment leave the server as it was."""
    for data in (b"", b"GET", b"GET /large.bin HTTP/1.1\r\n", b"GET /large.bin HTTP/1.1\r\nHost: x\r\n\r\n"):
        for reset in (False, True):
            s = socket.create_connection(("127.0.0.1", server.port), timeout=10)
            if reset:
                s.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\1\0\0\0\0\0\0\0")
            s.sendall(data)
            s.close()
    s = socket.create_connection(("127.0.0.1", server.port), timeout=10)
    s.sendall(b"GET /a.txt HTTP/1.1\r\nHost: x\r\n\r\n")
    s.shutdown(socket.SHUT_WR)
    assert s.recv(4096).startswith(b"HTTP/1.1 200")
    s.close()
    assert server.get("/a.txt")[2] == b"hello\n"
