"""Range and conditional requests of httpout, clause by clause of RFC 9110 (chapters 8.8, 13, 14 and what they refer to).

One test or one case for each requirement; its clause is the name of the case. The requirements were read from the RFC;
expected values are worked out here from the content, whose bytes tell their position.
"""

import email.utils
import os
import re

import pytest

from http_tools import serving

CONTENT = bytes(i % 251 for i in range(1000))
THEN = 1_000_000_000  # Sun, 09 Sep 2001 01:46:40 GMT
DATE = "Sun, 09 Sep 2001 01:46:40 GMT"
BEFORE = "Sun, 09 Sep 2001 01:46:39 GMT"
AFTER = "Sun, 09 Sep 2001 01:46:41 GMT"


@pytest.fixture(scope="module")
def server(tmp_path_factory):
    www = tmp_path_factory.mktemp("www")
    for name, data in (("r", CONTENT), ("empty", b""), ("one", b"1")):
        (www / name).write_bytes(data)
        os.utime(www / name, (THEN, THEN))
    with serving(www) as s:
        s.tag = s.get("/r")[1]["etag"]
        yield s


@pytest.fixture
def writable(tmp_path):
    with serving(tmp_path, f"wdir={tmp_path}") as s:
        assert s.ask("PUT", "/r", body=CONTENT)[0] == 201
        s.tag = s.get("/r")[1]["etag"]
        yield s


def clause(*cases):
    """Cases (clause, ...) as parameters, named after their clauses."""
    return [pytest.param(*c[1:], id=f"{c[0]}-{i}") for i, c in enumerate(cases)]


# ---- 8.8: validators

def test_8_8_2_last_modified(server):
    """8.8.2: an HTTP-date (5.6.7, IMF-fixdate); 8.8.2.1: not later than the time of the message (Date)."""
    headers = server.get("/r")[1]
    assert headers["last-modified"] == DATE
    assert email.utils.parsedate_to_datetime(headers["last-modified"]) <= email.utils.parsedate_to_datetime(headers["date"])


def test_8_8_2_1_not_in_the_future(tmp_path):
    """8.8.2.1: an origin server MUST NOT generate a Last-Modified date that is later than the time of the message."""
    (tmp_path / "f").write_bytes(b"f")
    os.utime(tmp_path / "f", (4_000_000_000, 4_000_000_000))
    with serving(tmp_path) as s:
        headers = s.get("/f")[1]
    if "last-modified" in headers:
        assert email.utils.parsedate_to_datetime(headers["last-modified"]) <= email.utils.parsedate_to_datetime(headers["date"])


def test_8_8_3_etag(server):
    """8.8.3: entity-tag = [ weak ] opaque-tag, in quotes, without blanks or quotes inside."""
    assert re.fullmatch(r'(W/)?"[\x21\x23-\x7e\x80-\xff]*"', server.tag)
    assert server.ask("HEAD", "/r")[1]["etag"] == server.tag


def test_8_8_1_strong_tag_changes_with_the_content(tmp_path):
    """8.8.1: a strong validator changes whenever the representation data changes."""
    (tmp_path / "f").write_bytes(b"1")
    with serving(tmp_path) as s:
        first = s.get("/f")[1]["etag"]
        os.utime(tmp_path / "f", ns=(os.stat(tmp_path / "f").st_mtime_ns + 1000,) * 2)
        second = s.get("/f")[1]["etag"]
    assert first != second


# ---- 13: conditional requests

@pytest.mark.parametrize("method", ["GET", "HEAD"])
@pytest.mark.parametrize("headers, expected", clause(
    ("13.1.1", {"If-Match": "TAG"}, 200),
    ("13.1.1", {"If-Match": '"a", TAG, "b"'}, 200),
    ("13.1.1", {"If-Match": "*"}, 200),
    ("13.1.1", {"If-Match": '"a"'}, 412),
    ("13.1.1", {"If-Match": '"a", "b"'}, 412),
    ("13.1.1-strong", {"If-Match": "W/TAG"}, 412),
    ("13.1.2", {"If-None-Match": "TAG"}, 304),
    ("13.1.2", {"If-None-Match": '"a",TAG'}, 304),
    ("13.1.2", {"If-None-Match": '"a"  ,   TAG'}, 304),
    ("13.1.2", {"If-None-Match": "*"}, 304),
    ("13.1.2", {"If-None-Match": '"a"'}, 200),
    ("13.1.2-weak", {"If-None-Match": "W/TAG"}, 304),
    ("13.1.2-case", {"If-None-Match": "w/TAG"}, 200),
    ("13.1.2-comma-in-tag", {"If-None-Match": '"x,TAG'.replace("TAG", 'y"')}, 200),
    ("13.1.3", {"If-Modified-Since": DATE}, 304),
    ("13.1.3", {"If-Modified-Since": AFTER}, 304),
    ("13.1.3", {"If-Modified-Since": BEFORE}, 200),
    ("13.1.3-not-a-date", {"If-Modified-Since": "yesterday"}, 200),
    ("13.1.3-not-a-date", {"If-Modified-Since": "Sun, 99 Sep 2001 01:46:40 GMT"}, 200),
    ("13.1.3-not-a-date", {"If-Modified-Since": "1000000000"}, 200),
    ("13.1.3-two-dates", {"If-Modified-Since": f"{DATE}, {DATE}"}, 200),
    ("13.1.3-rfc850", {"If-Modified-Since": "Sunday, 09-Sep-01 01:46:40 GMT"}, 304),
    ("13.1.3-asctime", {"If-Modified-Since": "Sun Sep  9 01:46:40 2001"}, 304),
    ("13.1.3-beside-none-match", {"If-Modified-Since": DATE, "If-None-Match": '"a"'}, 200),
    ("13.1.3-beside-none-match", {"If-Modified-Since": BEFORE, "If-None-Match": "TAG"}, 304),
    ("13.1.4", {"If-Unmodified-Since": DATE}, 200),
    ("13.1.4", {"If-Unmodified-Since": AFTER}, 200),
    ("13.1.4", {"If-Unmodified-Since": BEFORE}, 412),
    ("13.1.4-not-a-date", {"If-Unmodified-Since": "tomorrow"}, 200),
    ("13.1.4-beside-match", {"If-Unmodified-Since": BEFORE, "If-Match": "TAG"}, 200),
    ("13.1.4-beside-match", {"If-Unmodified-Since": AFTER, "If-Match": '"a"'}, 412),
    ("13.2.2-1-before-3", {"If-Match": '"a"', "If-None-Match": "TAG"}, 412),
    ("13.2.2-2-before-3", {"If-Unmodified-Since": BEFORE, "If-None-Match": "TAG"}, 412),
    ("13.2.2-2-before-4", {"If-Unmodified-Since": BEFORE, "If-Modified-Since": DATE}, 412),
    ("13.2.2-all-hold", {"If-Match": "TAG", "If-None-Match": '"a"', "If-Modified-Since": DATE}, 200),
))
def test_13_conditions(server, method, headers, expected):
    headers = {k: v.replace("TAG", server.tag) for k, v in headers.items()}
    status, answer, body = server.ask(method, "/r", headers)
    assert status == expected
    if status != 200 or method == "HEAD":
        assert body == b"" or status == 412
    if status == 304:
        # 15.4.5: Content-Location, Date, ETag, Vary, Cache-Control, Expires as of a 200
        assert answer["etag"] == server.tag and "date" in answer
    if status == 200 and method == "GET":
        assert body == CONTENT


@pytest.mark.parametrize("headers", clause(
    ("13.2.1", {"If-None-Match": "*"}), ("13.2.1", {"If-Match": '"a"'}), ("13.2.1", {"If-Modified-Since": AFTER}),
    ("13.2.1", {"If-None-Match": '"x"', "Range": "bytes=0-1"})))
def test_13_2_1_only_where_it_would_succeed(server, headers):
    """13.2.1: conditions are ignored when the answer without them is no 2xx (or 412)."""
    assert server.ask("GET", "/missing", headers)[0] == 404
    assert server.ask("PUT", "/r", headers, b"x")[0] == 405


@pytest.mark.parametrize("headers, expected", clause(
    ("13.1.1", {"If-Match": "TAG"}, 200),
    ("13.1.1", {"If-Match": '"a"'}, 412),
    ("13.1.1", {"If-Match": "W/TAG"}, 412),
    ("13.1.2", {"If-None-Match": "*"}, 412),
    ("13.1.2", {"If-None-Match": "TAG"}, 412),
    ("13.1.2", {"If-None-Match": '"a"'}, 200),
    ("13.1.3-only-get-and-head", {"If-Modified-Since": AFTER}, 200),
    ("13.1.4", {"If-Unmodified-Since": BEFORE}, 412)))
@pytest.mark.parametrize("method", ["PUT", "DELETE"])
def test_13_conditions_of_writes(writable, method, headers, expected):
    """13.1: nothing is changed by a request whose condition is false."""
    headers = {k: v.replace("TAG", writable.tag) for k, v in headers.items()}
    assert writable.ask(method, "/r", headers, b"new" if method == "PUT" else b"")[0] == expected
    status, _, body = writable.get("/r")
    if expected == 412:
        assert (status, body) == (200, CONTENT)
    else:
        assert (status, body) == (200, b"new") if method == "PUT" else status == 404


@pytest.mark.parametrize("method", ["PUT", "DELETE"])
def test_13_1_1_any_of_a_missing_resource(writable, method):
    """13.1.1: `*` is false when there is no current representation."""
    assert writable.ask(method, "/none", {"If-Match": "*"}, b"x" if method == "PUT" else b"")[0] == 412
    assert writable.get("/none")[0] == 404


@pytest.mark.parametrize("value, whole", clause(
    ("13.1.5", "TAG", False), ("13.1.5", '"a"', True), ("13.1.5-strong", "W/TAG", True), ("13.1.5-date", DATE, False),
    ("13.1.5-date-exact", AFTER, True), ("13.1.5-date-exact", BEFORE, True), ("13.1.5", "nonsense", True), ("13.1.5-no-list", "*", True)))
def test_13_1_5_if_range(server, value, whole):
    """13.1.5: the Range is used when the validator is the same, else ignored."""
    status, _, body = server.ask("GET", "/r", {"Range": "bytes=1-3", "If-Range": value.replace("TAG", server.tag)})
    assert (status, body) == ((200, CONTENT) if whole else (206, CONTENT[1:4]))


def test_13_1_5_without_range(server):
    """13.1.5: If-Range without Range is ignored."""
    assert server.ask("GET", "/r", {"If-Range": '"a"'})[0] == 200


def test_13_2_2_conditions_before_ranges(server):
    """13.2.2 (5), 14.2: Range after all conditions."""
    assert server.ask("GET", "/r", {"Range": "bytes=0-0", "If-None-Match": server.tag})[0] == 304
    assert server.ask("GET", "/r", {"Range": "bytes=9999-", "If-Match": '"a"'})[0] == 412
    assert server.ask("GET", "/r", {"Range": "bytes=9999-", "If-Range": '"a"'})[0] == 200


# ---- 14: ranges

@pytest.mark.parametrize("value, first, last", clause(
    ("14.1.2", "bytes=0-499", 0, 499),
    ("14.1.2", "bytes=500-998", 500, 998),
    ("14.1.2-last-byte", "bytes=999-999", 999, 999),
    ("14.1.2-open", "bytes=990-", 990, 999),
    ("14.1.2-beyond-the-end", "bytes=990-5000", 990, 999),
    ("14.1.2-beyond-any-number", "bytes=990-99999999999999999999999999", 990, 999),
    ("14.1.2-suffix", "bytes=-1", 999, 999),
    ("14.1.2-suffix", "bytes=-500", 500, 999),
    ("14.1.1-unit-in-any-case", "Bytes=0-1", 0, 1),
    ("14.1.1-leading-zeros", "bytes=0000000000000000000000000000001-2", 1, 2),
    ("5.6.1.2-empty-elements", "bytes=,,0-1,", 0, 1),
    ("5.6.1.2-blanks", "bytes= 0-1 ", 0, 1),
    ("14.2-only-those-that-overlap", "bytes=0-1,5000-6000", 0, 1)))
def test_14_single_range(server, value, first, last):
    """14.4, 15.3.7.1: 206 with Content-Range, and the headers of a 200; 8.6: Content-Length is that of the part."""
    status, headers, body = server.ask("GET", "/r", {"Range": value})
    assert (status, body) == (206, CONTENT[first:last + 1])
    assert headers["content-range"] == f"bytes {first}-{last}/1000"
    assert headers["content-length"] == str(last - first + 1)
    assert headers["etag"] == server.tag and "date" in headers


@pytest.mark.parametrize("value", clause(
    ("14.1.2-whole", "bytes=0-"), ("14.1.2-whole", "bytes=0-999"), ("14.1.2-suffix-beyond", "bytes=-5000")))
def test_14_range_of_all(server, value):
    """14.1.2: the whole; 206, or 200 as 14.2 allows."""
    status, _, body = server.ask("GET", "/r", {"Range": value})
    assert status in (200, 206) and body == CONTENT


@pytest.mark.parametrize("value", clause(
    ("14.1.2", "bytes=1000-"), ("14.1.2", "bytes=1000-2000"), ("14.1.2-suffix-of-nothing", "bytes=-0"),
    ("14.1.2-far", "bytes=18446744073709551615-"), ("14.1.2-far", "bytes=99999999999999999999-"),
    ("14.2-none-overlaps", "bytes=2000-3000,4000-")))
def test_14_4_unsatisfiable(server, value):
    """15.5.17, 14.4: 416 with the current length."""
    status, headers, body = server.ask("GET", "/r", {"Range": value})
    assert (status, headers["content-range"]) == (416, "bytes */1000") and CONTENT not in body


@pytest.mark.parametrize("value", clause(
    ("14.1.1-last-before-first", "bytes=5-4"), ("14.1.1", "bytes=a-b"), ("14.1.1", "bytes=-"), ("14.1.1", "bytes=1"),
    ("14.1.1", "bytes=--1"), ("14.1.1", "bytes=1-2-3"), ("14.1.1", "bytes=0x1-2"), ("14.1.1", "bytes=1 - 2"), ("14.1.1", "bytes=+1-2")))
def test_14_1_1_invalid(server, value):
    """14.1.1, 14.2: an invalid ranges-specifier is ignored or answered 416; never a part."""
    status, _, body = server.ask("GET", "/r", {"Range": value})
    assert (status == 416 and CONTENT not in body) or (status, body) == (200, CONTENT)


@pytest.mark.parametrize("value", clause(
    ("14.2-unknown-unit", "seconds=1-2"), ("14.2-unknown-unit", "bytes2=1-2"), ("14.2-no-unit", "1-2"), ("14.2-no-unit", "bytes")))
def test_14_2_ignored(server, value):
    """14.2: a range unit that the server does not know MUST be ignored."""
    status, _, body = server.ask("GET", "/r", {"Range": value})
    assert (status, body) == (200, CONTENT)


@pytest.mark.parametrize("method", ["HEAD", "OPTIONS"])
def test_14_2_other_methods(server, method):
    """14.2: MUST ignore a Range of a method for which it is not defined."""
    status, headers, body = server.ask(method, "/r", {"Range": "bytes=0-0"})
    assert (status, body) == (200, b"") and "content-range" not in headers


def test_14_2_of_nothing(server):
    """14.1.2: no range of an empty representation can be satisfied, but a suffix may be answered with all of it."""
    assert server.ask("GET", "/empty", {"Range": "bytes=0-0"})[0] == 416
    status, _, body = server.ask("GET", "/empty", {"Range": "bytes=-5"})
    assert status in (200, 416)
    status, _, body = server.ask("GET", "/one", {"Range": "bytes=0-0"})
    assert status in (200, 206) and body == b"1"


def test_14_3_accept_ranges(server, tmp_path):
    """14.3: bytes where they are served, none where they are not."""
    assert server.get("/r")[1]["accept-ranges"] == "bytes"
    (tmp_path / "f").write_bytes(b"file")
    with serving(tmp_path, "norange") as s:
        status, headers, body = s.ask("GET", "/f", {"Range": "bytes=0-0"})
        assert (status, headers["accept-ranges"], body) == (200, "none", b"file")


def parts_of(headers, body):
    kind, _, boundary = headers["content-type"].partition("; boundary=")
    assert kind == "multipart/byteranges"
    pieces = body.split(b"\r\n--" + boundary.strip('"').encode())
    assert pieces[-1].startswith(b"--")
    parts = []
    for piece in pieces[1:-1]:
        head, _, data = piece.partition(b"\r\n\r\n")
        first, last, size = map(int, re.search(rb"Content-Range: bytes (\d+)-(\d+)/(\d+)", head).groups())
        assert size == 1000 and len(data) == last - first + 1
        parts.append((first, last, data))
    return parts


@pytest.mark.parametrize("value, ranges", clause(
    ("14.1.2", "bytes=0-0,-1", [(0, 0), (999, 999)]),
    ("14.1.2", "bytes=500-600,601-998", [(500, 600), (601, 998)]),
    ("15.3.7.2-order-of-the-request", "bytes=900-909,0-9", [(900, 909), (0, 9)]),
    ("14.2-some-outside", "bytes=0-1,4000-5000,8-9", [(0, 1), (8, 9)])))
def test_15_3_7_2_several_parts(server, value, ranges):
    """15.3.7.2, 14.6: multipart/byteranges; Content-Range in each part and not in the header of the answer."""
    status, headers, body = server.ask("GET", "/r", {"Range": value})
    assert status == 206 and "content-range" not in headers and headers["content-length"] == str(len(body))
    assert parts_of(headers, body) == [(a, b, CONTENT[a:b + 1]) for a, b in ranges]


def test_15_3_7_2_one_part_is_no_multipart(server):
    """15.3.7.2: MUST NOT generate a multipart response to a request for a single range."""
    headers = server.ask("GET", "/r", {"Range": "bytes=4-5"})[1]
    assert not headers.get("content-type", "").startswith("multipart/byteranges")


@pytest.mark.parametrize("value", clause(
    ("14.2-overlapping", "bytes=0-,0-,0-"), ("14.2-overlapping", "bytes=" + ",".join(["0-999"] * 10)),
    ("14.2-many-small", "bytes=" + ",".join(f"{i}-{i}" for i in range(0, 200, 2)))))
def test_14_2_abuse(server, value):
    """14.2, 17.15: many small or overlapping ranges may be ignored, coalesced or rejected: never more than about the whole."""
    status, _, body = server.ask("GET", "/r", {"Range": value})
    assert status in (200, 206, 416) and len(body) < 3 * len(CONTENT)


def test_14_5_partial_put(writable):
    """14.5: a PUT with Content-Range that the server does not support is refused (400), not stored as the whole."""
    status, _, _ = writable.ask("PUT", "/r", {"Content-Range": "bytes 0-2/1000"}, b"new")
    assert status == 400 and writable.get("/r")[2] == CONTENT


# ---- what both rest upon

@pytest.mark.parametrize("path, headers", [("/r", {}), ("/r", {"Range": "bytes=0-0"}), ("/missing", {}), ("/r", {"If-None-Match": "*"}),
                                           ("/r", {"Range": "bytes=5000-"})])
def test_6_6_1_date(server, path, headers):
    """6.6.1: an origin server with a clock MUST generate Date in all 2xx, 3xx and 4xx responses."""
    assert email.utils.parsedate_to_datetime(server.ask("GET", path, headers)[1]["date"])


@pytest.mark.parametrize("headers", [{}, {"Range": "bytes=0-0"}, {"If-None-Match": '"x"'}, {"If-None-Match": "*"}])
def test_9_3_2_head(server, headers):
    """9.3.2: as GET (without Range), and no content; 8.6: Content-Length is that of a GET."""
    get = server.ask("GET", "/r", {k: v for k, v in headers.items() if k != "Range"})
    head = server.ask("HEAD", "/r", headers)
    assert head[0] == get[0] and head[2] == b""
    assert {k: v for k, v in head[1].items() if k != "date"} == {k: v for k, v in get[1].items() if k != "date"}


@pytest.mark.parametrize("status, headers", [(200, {}), (206, {"Range": "bytes=0-9"}), (304, {"If-None-Match": "*"}),
                                             (412, {"If-Match": '"x"'}), (416, {"Range": "bytes=5000-"})])
def test_6_4_1_connection_is_usable_after(server, status, headers):
    """6.4.1 and RFC 9112, 6.3: the length of each answer is right: a second answer follows on the connection."""
    lines = "".join(f"{k}: {v}\r\n" for k, v in headers.items())
    data = server.raw(f"GET /r HTTP/1.1\r\nHost: x\r\n{lines}\r\nGET /one HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")
    assert re.findall(rb"HTTP/1\.1 (\d+)", data) == [str(status).encode(), b"200"] and data.endswith(b"\r\n\r\n1")
