#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Range and conditional requests of any HTTP server, clause by clause of RFC 9110.

    http_conformance.py URL [--put URL] [--verbose]

URL names a resource of at least 20 bytes that does not change meanwhile; its content, entity tag and date are read
first, and what is expected follows from them. With --put, a resource below that URL is written, changed and deleted
to check conditions of writes. Each line names the clause, its level (MUST, SHOULD, MAY) and the request. The exit
code is 1 when a MUST was not met; anything else that is not met is told as a remark.

The requirements were read from the RFC; nothing here knows a particular server. Only the standard library is used.
"""

from __future__ import annotations

import argparse
import datetime
import email.utils
import http.client
import re
import socket
import sys
import time
import urllib.parse
from dataclasses import dataclass
from typing import Callable, Iterable, NamedTuple, Optional

Headers = Iterable[tuple[str, str]]


class Answer(NamedTuple):
    status: int
    headers: dict[str, str]  # names in lower case
    body: bytes


class NotApplicable(Exception):
    """The server makes no promise that the check could hold it to."""


def date_text(seconds: float) -> str:
    return email.utils.formatdate(seconds, usegmt=True)


def seconds_of(text: str) -> float:
    return email.utils.parsedate_to_datetime(text).timestamp()


class Target:
    """A resource, and what a plain GET tells of it."""

    def __init__(self, url: str) -> None:
        self.url = urllib.parse.urlsplit(url)
        self.path = (self.url.path or "/") + (f"?{self.url.query}" if self.url.query else "")
        whole = self.ask()
        if whole.status != 200 or len(whole.body) < 20:
            raise SystemExit(f"{url}: answered {whole.status} with {len(whole.body)} bytes; a resource of 20 bytes is needed")
        self.whole = whole
        self.content = whole.body
        self.size = len(whole.body)

    def connect(self) -> http.client.HTTPConnection:
        kind = http.client.HTTPSConnection if self.url.scheme == "https" else http.client.HTTPConnection
        assert self.url.hostname
        return kind(self.url.hostname, self.url.port, timeout=20)

    def ask(self, headers: Headers | dict[str, str] = (), method: str = "GET", path: Optional[str] = None,
            body: Optional[bytes] = None, connection: Optional[http.client.HTTPConnection] = None) -> Answer:
        c = connection or self.connect()
        c.putrequest(method, path or self.path, skip_accept_encoding=True)
        for name, value in headers.items() if isinstance(headers, dict) else headers:
            c.putheader(name, value)
        if body is not None:
            c.putheader("Content-Length", str(len(body)))
        if not connection:
            c.putheader("Connection", "close")
        c.endheaders(body)
        answer = c.getresponse()
        result = Answer(answer.status, {k.lower(): v for k, v in answer.getheaders()}, answer.read())
        if not connection:
            c.close()
        return result

    def ask_twice(self, headers: dict[str, str], method: str = "GET", path: Optional[str] = None) -> Optional[Answer]:
        """The answer to a range behind another request on the connection, None when the server closes that."""
        c = self.connect()
        try:
            first = self.ask(headers, method, path, connection=c)
            if first.headers.get("connection", "").lower() == "close":
                return None
            return self.ask({"Range": "bytes=1-3"}, connection=c)
        except http.client.RemoteDisconnected:
            return None  # without a word, which it may
        finally:
            c.close()

    def missing(self) -> str:
        return self.path.split("?")[0] + ".no-such-resource"

    def tag(self) -> str:
        tag = self.whole.headers.get("etag")
        if not tag or tag.startswith("W/"):
            raise NotApplicable("no strong entity tag")
        return tag

    def modified(self) -> float:
        if "last-modified" not in self.whole.headers:
            raise NotApplicable("no Last-Modified")
        return seconds_of(self.whole.headers["last-modified"])

    def fill(self, headers: dict[str, str]) -> dict[str, str]:
        """TAG, DATE, BEFORE, AFTER, RFC850, ASCTIME in values become those of the resource."""
        filled = {}
        for name, value in headers.items():
            if "TAG" in value:
                value = value.replace("TAG", self.tag())
            for word, shift in (("DATE", 0), ("BEFORE", -1), ("AFTER", 1)):
                if value.startswith(word):
                    value = value.replace(word, date_text(self.modified() + shift))
            for word, form in (("RFC850", "%A, %d-%b-%y %H:%M:%S GMT"), ("ASCTIME", "%a %b %e %H:%M:%S %Y")):
                if value == word:
                    when = datetime.datetime.fromtimestamp(self.modified(), datetime.timezone.utc)
                    value = when.strftime(form)
            filled[name] = value
        return filled


@dataclass
class Check:
    clause: str
    level: str
    title: str
    run: Callable[[Target], None]
    writes: bool = False  # takes the URL of --put

    @property
    def name(self) -> str:
        return f"{self.clause} {self.level} {self.title}"


CHECKS: list[Check] = []


def check(clause: str, level: str, title: str, writes: bool = False) -> Callable[[Callable[[Target], None]], Callable[[Target], None]]:
    def add(run: Callable[[Target], None]) -> Callable[[Target], None]:
        CHECKS.append(Check(clause, level, title, run, writes))
        return run
    return add


def need(condition: object, what: str, answer: Optional[Answer] = None) -> None:
    if not condition:
        got = f": answered {answer.status}, {answer.headers}, {len(answer.body)} bytes" if answer else ""
        raise AssertionError(what + got)


# ---- 5, 6, 8: fields, dates, validators

@check("5.1", "MUST", "names of fields in any case")
def field_names(t: Target) -> None:
    a = t.ask({"rAnGe": "bytes=0-0"})
    need(a.status == 206, "rAnGe is Range", a)


@check("5.2", "MUST", "several lines of If-None-Match are one list")
def combined_none_match(t: Target) -> None:
    a = t.ask([("If-None-Match", '"a"'), ("If-None-Match", t.tag())])
    need(a.status == 304, "the second line has the tag", a)


@check("5.2", "MUST", "several lines of If-Match are one list")
def combined_match(t: Target) -> None:
    a = t.ask([("If-Match", '"a"'), ("If-Match", t.tag())])
    need(a.status == 200, "the second line has the tag", a)


@check("5.5", "MUST", "blanks around values are not part of them")
def blanks(t: Target) -> None:
    for value in ("  bytes=0-0", "bytes=0-0  ", "\tbytes=0-0\t"):
        a = t.ask({"Range": value})
        need(a.status == 206, repr(value), a)


@check("6.6.1", "MUST", "Date in 2xx, 3xx and 4xx answers")
def dates(t: Target) -> None:
    for headers, path in (({}, None), ({"Range": "bytes=0-0"}, None), ({"If-None-Match": "*"}, None), ({}, t.missing()),
                          ({"Range": f"bytes={t.size}-"}, None)):
        a = t.ask(headers, path=path)
        need(re.fullmatch(r"[A-Z][a-z]{2}, \d\d [A-Z][a-z]{2} \d{4} \d\d:\d\d:\d\d GMT", a.headers.get("date", "")), "IMF-fixdate", a)


@check("8.6", "MUST", "Content-Length of HEAD is that of GET")
def head_length(t: Target) -> None:
    a = t.ask(method="HEAD")
    need(a.headers.get("content-length", str(t.size)) == str(t.size), "Content-Length", a)


@check("8.8.2.1", "MUST", "Last-Modified is not later than Date")
def not_in_the_future(t: Target) -> None:
    need(t.modified() <= seconds_of(t.whole.headers["date"]), "Last-Modified", t.whole)


@check("8.8.3", "MUST", "an entity tag has quotes, and no quote or blank inside")
def tag_syntax(t: Target) -> None:
    tag = t.whole.headers.get("etag")
    if tag is None:
        raise NotApplicable("no entity tag")
    need(re.fullmatch(r'(W/)?"[\x21\x23-\x7e\x80-\xff]*"', tag), tag)


@check("8.8.1", "MUST", "a content coding has a strong entity tag of its own, and is told in Vary (12.5.5)")
def codings(t: Target) -> None:
    for method in ("GET", "HEAD"):
        a = t.ask({"Accept-Encoding": "gzip, deflate, br"}, method)
        need(a.status == 200, "200", a)
        if "content-encoding" not in a.headers:
            raise NotApplicable("nothing is coded")
        tag = a.headers.get("etag", "W/")
        need(tag.startswith("W/") or tag != t.whole.headers.get("etag"), "ETag", a)
        need(re.search(r"(?i)\*|accept-encoding", a.headers.get("vary", "")), "Vary", a)
        need(re.search(r"(?i)\*|accept-encoding", t.whole.headers.get("vary", "")), "Vary without a coding", t.whole)
        again = t.ask({"Accept-Encoding": "gzip, deflate, br", "If-None-Match": tag})
        need(tag == "W/" or again.status == 304, "304 for its own tag", again)


@check("12.5.3", "SHOULD", "no coding is used that the client refuses")
def refused_codings(t: Target) -> None:
    for value in ("identity", "gzip;q=0, deflate;q=0, br;q=0", "", "*;q=0, identity"):
        a = t.ask({"Accept-Encoding": value})
        need(a.status == 200 and a.headers.get("content-encoding", "identity") == "identity" and a.body == t.content, value, a)


# ---- 9: methods

@check("9.1", "MUST", "GET and HEAD are supported")
def get_and_head(t: Target) -> None:
    a = t.ask(method="HEAD")
    need(a.status == 200, "HEAD", a)


@check("9.1", "SHOULD", "an unknown method is answered 501")
def unknown_method(t: Target) -> None:
    a = t.ask(method="BREW")
    need(a.status == 501, "BREW", a)


@check("9.3.2", "MUST", "HEAD has no content, whatever the status")
def head_content(t: Target) -> None:
    for headers, path in (({}, None), ({}, t.missing()), ({"If-None-Match": "*"}, None), ({"If-Match": '"a"'}, None)):
        a = t.ask_twice(headers, "HEAD", path)  # content would stand in front of the second answer
        need(a is None or a.body == t.content[1:4], f"{headers} {path}", a)


@check("9.3.2", "SHOULD", "HEAD has the fields of GET")
def head_fields(t: Target) -> None:
    for headers in ({}, {"If-None-Match": '"a"'}):
        get, head = t.ask(headers), t.ask(headers, "HEAD")
        need(get.status == head.status, "status", head)
        for name, value in get.headers.items():
            need(name == "date" or head.headers.get(name) == value, name, head)


@check("9.3.7", "SHOULD", "OPTIONS tells the methods in Allow")
def options(t: Target) -> None:
    a = t.ask(method="OPTIONS")
    need(a.status in (200, 204), "OPTIONS", a)
    allowed = re.split(r"\s*,\s*", a.headers.get("allow", ""))
    need({"GET", "HEAD"} <= set(allowed), "Allow", a)


@check("15.5.6", "MUST", "405 has Allow")
def not_allowed(t: Target) -> None:
    for method in ("PUT", "DELETE", "POST"):
        a = t.ask({"If-Match": '"a"'}, method, t.missing(), b"")  # which would be false where it is allowed
        need(a.status != 405 or "allow" in a.headers, method, a)


# ---- 13: conditions of GET and HEAD

CONDITIONS = [
    ("13.1.1", "MUST", {"If-Match": "TAG"}, 200),
    ("13.1.1", "MUST", {"If-Match": '"a", TAG, "b"'}, 200),
    ("13.1.1", "MUST", {"If-Match": "*"}, 200),
    ("13.1.1", "MUST", {"If-Match": '"a"'}, 412),
    ("13.1.1", "MUST", {"If-Match": '"a", "b"'}, 412),
    ("13.1.1", "MUST", {"If-Match": "W/TAG"}, 412),  # strong comparison
    ("13.1.2", "MUST", {"If-None-Match": "TAG"}, 304),
    ("13.1.2", "MUST", {"If-None-Match": '"a",TAG'}, 304),
    ("13.1.2", "MUST", {"If-None-Match": '"a"  ,   TAG'}, 304),
    ("13.1.2", "MUST", {"If-None-Match": '"x,y", TAG'}, 304),
    ("13.1.2", "MUST", {"If-None-Match": "*"}, 304),
    ("13.1.2", "MUST", {"If-None-Match": '"a"'}, 200),
    ("13.1.2", "MUST", {"If-None-Match": '"a,b"'}, 200),
    ("13.1.2", "MUST", {"If-None-Match": "W/TAG"}, 304),  # weak comparison
    ("8.8.3", "MAY", {"If-None-Match": "w/TAG"}, 200),  # the mark is case-sensitive
    ("13.1.3", "SHOULD", {"If-Modified-Since": "DATE"}, 304),
    ("13.1.3", "SHOULD", {"If-Modified-Since": "AFTER"}, 304),
    ("13.1.3", "MUST", {"If-Modified-Since": "BEFORE"}, 200),
    ("13.1.3", "MUST", {"If-Modified-Since": "yesterday"}, 200),
    ("13.1.3", "MUST", {"If-Modified-Since": "Sun, 99 Sep 2001 01:46:40 GMT"}, 200),
    ("13.1.3", "MUST", {"If-Modified-Since": "1000000000"}, 200),
    ("13.1.3", "MUST", {"If-Modified-Since": "DATE, Sun, 09 Sep 2001 01:46:40 GMT"}, 200),
    ("5.6.7", "MUST", {"If-Modified-Since": "RFC850"}, 304),
    ("5.6.7", "MUST", {"If-Modified-Since": "ASCTIME"}, 304),
    ("13.1.3", "MUST", {"If-None-Match": '"a"', "If-Modified-Since": "DATE"}, 200),
    ("13.1.3", "MUST", {"If-None-Match": "TAG", "If-Modified-Since": "BEFORE"}, 304),
    ("13.1.4", "MUST", {"If-Unmodified-Since": "DATE"}, 200),
    ("13.1.4", "MUST", {"If-Unmodified-Since": "AFTER"}, 200),
    ("13.1.4", "MUST", {"If-Unmodified-Since": "BEFORE"}, 412),
    ("13.1.4", "MUST", {"If-Unmodified-Since": "tomorrow"}, 200),
    ("13.1.4", "MUST", {"If-Match": "TAG", "If-Unmodified-Since": "BEFORE"}, 200),
    ("13.1.4", "MUST", {"If-Match": '"a"', "If-Unmodified-Since": "AFTER"}, 412),
    ("13.2.2", "MUST", {"If-Match": '"a"', "If-None-Match": "TAG"}, 412),
    ("13.2.2", "MUST", {"If-Match": '"a"', "If-Modified-Since": "DATE"}, 412),
    ("13.2.2", "MUST", {"If-Match": "TAG", "If-None-Match": "TAG"}, 304),
    ("13.2.2", "MUST", {"If-Unmodified-Since": "BEFORE", "If-None-Match": "TAG"}, 412),
    ("13.2.2", "MUST", {"If-Unmodified-Since": "BEFORE", "If-Modified-Since": "DATE"}, 412),
    ("13.2.2", "MUST", {"If-Match": "TAG", "If-None-Match": '"a"', "If-Modified-Since": "DATE"}, 200),
]


def add_condition(clause: str, level: str, headers: dict[str, str], expected: int, method: str) -> None:
    def run(t: Target) -> None:
        a = t.ask(t.fill(headers), method)
        need(a.status == expected, f"{expected} expected", a)
        if expected == 200 and method == "GET":
            need(a.body == t.content, "the content", a)
        if expected == 304:
            need(a.body == b"", "15.4.5: no content", a)
    title = ", ".join(f"{k}: {v}" for k, v in headers.items())
    CHECKS.append(Check(clause, level, f"{method} {title}: {expected}", run))


for condition in CONDITIONS:
    add_condition(*condition, method="GET")
    add_condition(*condition, method="HEAD")


@check("5.6.7", "MUST", "a two-digit year more than 50 years ahead is of the past")
def two_digit_year(t: Target) -> None:
    t.modified()
    year = time.gmtime().tm_year
    past = f"Sunday, 06-Nov-{(year + 60) % 100:02} 08:49:37 GMT"  # 40 years ago
    future = f"Sunday, 06-Nov-{(year + 40) % 100:02} 08:49:37 GMT"
    if t.modified() < time.time() - 39 * 365 * 86400:
        raise NotApplicable("the resource is older")
    a = t.ask({"If-Unmodified-Since": past})
    need(a.status == 412, past, a)
    a = t.ask({"If-Unmodified-Since": future})
    need(a.status == 200, future, a)


@check("13.2.1", "MUST", "conditions are ignored where the answer would be neither 2xx nor 412")
def only_where_it_would_succeed(t: Target) -> None:
    plain = t.ask(path=t.missing())
    if 200 <= plain.status < 300:
        raise NotApplicable("every resource exists")
    for headers in ({"If-None-Match": "*"}, {"If-Match": '"a"'}, {"If-Modified-Since": date_text(time.time())},
                    {"If-None-Match": '"x"', "Range": "bytes=0-1"}):
        a = t.ask(headers, path=t.missing())
        need(a.status == plain.status, str(headers), a)


@check("13.2.1", "MUST", "conditions are ignored for OPTIONS")
def conditions_of_options(t: Target) -> None:
    plain = t.ask(method="OPTIONS")
    for headers in ({"If-Match": '"a"'}, {"If-None-Match": "*"}):
        need(t.ask(headers, "OPTIONS").status == plain.status, str(headers))


@check("15.4.5", "MUST", "304 has the fields of a 200: Cache-Control, Content-Location, Date, ETag, Expires, Vary")
def fields_of_304(t: Target) -> None:
    a = t.ask({"If-None-Match": "*"})
    need(a.status == 304, "304", a)
    for name in ("cache-control", "content-location", "etag", "expires", "vary"):
        need(a.headers.get(name) == t.whole.headers.get(name), name, a)
    need("content-length" not in a.headers or a.headers["content-length"] == str(t.size), "8.6: Content-Length", a)


# ---- 13.1.5: If-Range

IF_RANGE = [
    ("MUST", "TAG", True), ("MUST", '"a"', False), ("MUST", "W/TAG", False), ("MUST", "AFTER", False),
    ("MUST", "BEFORE", False), ("MUST", "nonsense", False), ("MUST", '"a", TAG', False), ("MUST", "*", False), ("SHOULD", "DATE", True),
]


def add_if_range(level: str, value: str, part: bool) -> None:
    def run(t: Target) -> None:
        a = t.ask({"Range": "bytes=1-3", **t.fill({"If-Range": value})})
        need((a.status, a.body) == ((206, t.content[1:4]) if part else (200, t.content)), "206" if part else "200", a)
    CHECKS.append(Check("13.1.5", level, f"If-Range: {value}: {'the part' if part else 'the whole'}", run))


for row in IF_RANGE:
    add_if_range(*row)


@check("13.1.5", "MUST", "If-Range without Range is ignored")
def if_range_alone(t: Target) -> None:
    a = t.ask({"If-Range": '"a"'})
    need((a.status, a.body) == (200, t.content), "the whole", a)


@check("13.2.2", "MUST", "Range and If-Range come after the other conditions")
def conditions_before_ranges(t: Target) -> None:
    beyond = f"bytes={t.size}-"
    for headers, expected in (({"Range": "bytes=0-0", "If-None-Match": t.tag()}, 304),
                              ({"Range": beyond, "If-None-Match": t.tag()}, 304),
                              ({"Range": beyond, "If-Match": '"a"'}, 412),
                              ({"Range": "bytes=0-0", "If-Match": '"a"', "If-Range": t.tag()}, 412),
                              ({"Range": beyond, "If-Range": '"a"'}, 200),
                              ({"Range": "bytes=0-0", "If-Match": t.tag(), "If-Range": t.tag()}, 206)):
        a = t.ask(headers)
        need(a.status == expected, f"{headers}: {expected}", a)


# ---- 14: ranges; numbers below 0 are counted from the end of the content

SINGLE = [
    ("14.1.2", "MUST", "bytes=0-0", 0, 0), ("14.1.2", "MUST", "bytes=1-4", 1, 4),
    ("14.1.2", "MUST", "bytes={-1}-{-1}", -1, -1), ("14.1.2", "MUST", "bytes={-3}-", -3, -1),
    ("14.1.2", "MUST", "bytes={-3}-{+100}", -3, -1), ("14.1.2", "MUST", "bytes={-3}-99999999999999999999999999", -3, -1),
    ("14.1.2", "MUST", "bytes=-1", -1, -1), ("14.1.2", "MUST", "bytes=-5", -5, -1),
    ("14.1", "MUST", "BYTES=1-4", 1, 4),  # units are case-insensitive
    ("14.1.1", "MUST", "bytes=0000000000000000000000000000001-4", 1, 4),
    ("5.6.1.2", "MUST", "bytes=,,1-4,", 1, 4), ("5.6.1.2", "MUST", "bytes= 1-4 ", 1, 4),
    ("14.2", "SHOULD", "bytes=1-4,{+1}-{+100}", 1, 4),
]


def position(t: Target, text: str) -> str:
    return re.sub(r"\{([-+]\d+)\}", lambda m: str(t.size + int(m[1])), text)


def add_single(clause: str, level: str, text: str, first: int, last: int) -> None:
    def run(t: Target) -> None:
        a = t.ask({"Range": position(t, text)})
        start, end = first % t.size, last % t.size
        need((a.status, a.body) == (206, t.content[start:end + 1]), "the part", a)
        need(a.headers.get("content-range") == f"bytes {start}-{end}/{t.size}", "15.3.7.1: Content-Range", a)
        need(a.headers.get("content-length") == str(end - start + 1), "8.6: Content-Length of the part", a)
    CHECKS.append(Check(clause, level, f"Range: {text}: a part", run))


for single in SINGLE:
    add_single(*single)


@check("15.3.7", "MUST", "206 has the fields of a 200: Cache-Control, Content-Location, Date, ETag, Expires, Vary")
def fields_of_206(t: Target) -> None:
    a = t.ask({"Range": "bytes=0-0"})
    for name in ("cache-control", "content-location", "etag", "expires", "vary"):
        need(a.headers.get(name) == t.whole.headers.get(name), name, a)


@check("14.1.2", "MUST", "ranges that are the whole: 206, or 200 as 14.2 allows")
def range_of_all(t: Target) -> None:
    for value in ("bytes=0-", f"bytes=0-{t.size - 1}", f"bytes=0-{t.size + 9}", f"bytes=-{t.size}", f"bytes=-{t.size + 9}"):
        a = t.ask({"Range": value})
        need(a.status in (200, 206) and a.body == t.content, value, a)


UNSATISFIABLE = ["bytes={+0}-", "bytes={+0}-{+9}", "bytes=18446744073709551615-", "bytes=99999999999999999999-", "bytes=-0",
                 "bytes={+1}-{+2},{+4}-"]


def add_unsatisfiable(text: str) -> None:
    def run(t: Target) -> None:
        a = t.ask({"Range": position(t, text)})
        need(a.status == 416, "416", a)
        need(a.headers.get("content-range") == f"bytes */{t.size}", "14.4: Content-Range with the length", a)
        need(t.content not in a.body, "no content", a)
    CHECKS.append(Check("15.5.17", "SHOULD", f"Range: {text}: 416", run))


for unsatisfiable in UNSATISFIABLE:
    add_unsatisfiable(unsatisfiable)


@check("14.2", "MAY", "an invalid range is ignored or refused, not answered by a part")
def invalid_ranges(t: Target) -> None:
    for value in ("bytes=5-4", "bytes=a-b", "bytes=-", "bytes=1", "bytes=--1", "bytes=1-2-3", "bytes=0x1-2", "bytes=1 - 2",
                  "bytes=+1-2", "bytes=", "bytes=1-2;3-4"):
        a = t.ask({"Range": value})
        need((a.status == 416 and t.content not in a.body) or (a.status, a.body) == (200, t.content), value, a)


@check("14.2", "MUST", "an unknown range unit is ignored")
def unknown_units(t: Target) -> None:
    for value in ("seconds=1-2", "bytes2=1-2", "1-2", "bytes", "bytes 1-2"):
        a = t.ask({"Range": value})
        need((a.status, a.body) == (200, t.content), value, a)


@check("14.2", "MUST", "Range is ignored where it is not defined: HEAD, OPTIONS")
def ranges_of_other_methods(t: Target) -> None:
    for method in ("HEAD", "OPTIONS"):
        plain, a = t.ask(method=method), t.ask({"Range": "bytes=0-0"}, method)
        need(a.status == plain.status and "content-range" not in a.headers, method, a)
        need(a.headers.get("content-length") == plain.headers.get("content-length"), "Content-Length", a)


@check("14.3", "MAY", "Accept-Ranges: bytes")
def accept_ranges(t: Target) -> None:
    need(t.whole.headers.get("accept-ranges", "").lower() == "bytes", "Accept-Ranges", t.whole)


def parts_of(a: Answer, size: int) -> list[tuple[int, int, bytes]]:
    kind, _, boundary = a.headers.get("content-type", "").partition("; boundary=")
    need(kind == "multipart/byteranges" and boundary, "14.6: multipart/byteranges with a boundary", a)
    pieces = (b"\r\n" + a.body).split(b"\r\n--" + boundary.strip('"').encode())
    need(pieces[-1].startswith(b"--"), "the last boundary", a)
    parts = []
    for piece in pieces[1:-1]:
        head, _, data = piece.partition(b"\r\n\r\n")
        found = re.search(rb"(?i)Content-Range: bytes (\d+)-(\d+)/(\d+)", head)
        need(found, "15.3.7.2: Content-Range in each part", a)
        assert found
        first, last, whole = map(int, found.groups())
        need(whole == size and len(data) == last - first + 1, "the length of a part", a)
        parts.append((first, last, data))
    return parts


@check("15.3.7.2", "MUST", "several parts: Content-Range in each, none in the header; the bytes asked for")
def several_parts(t: Target) -> None:
    end = t.size - 1
    for value, ranges in (("bytes=0-0,-1", [(0, 0), (end, end)]), (f"bytes=1-2, 8-9 ,{end - 1}-", [(1, 2), (8, 9), (end - 1, end)]),
                          (f"bytes=0-1,{t.size}-{t.size + 9},8-9", [(0, 1), (8, 9)])):
        a = t.ask({"Range": value})
        if a.status == 200:
            raise NotApplicable("ranges of several parts are ignored, as 14.2 allows")
        need(a.status == 206 and "content-range" not in a.headers, value, a)
        need(parts_of(a, t.size) == [(i, j, t.content[i:j + 1]) for i, j in ranges], value, a)


@check("15.3.7.2", "SHOULD", "parts come in the order of the request")
def order_of_parts(t: Target) -> None:
    a = t.ask({"Range": "bytes=8-9,0-1"})
    if a.status == 200:
        raise NotApplicable("ranges of several parts are ignored")
    need([p[:2] for p in parts_of(a, t.size)] == [(8, 9), (0, 1)], "order", a)


@check("15.3.7.2", "MUST", "one range is not answered as multipart")
def one_part(t: Target) -> None:
    a = t.ask({"Range": "bytes=4-5"})
    need(not a.headers.get("content-type", "").startswith("multipart/byteranges"), "Content-Type", a)


@check("14.2", "SHOULD", "many small or overlapping ranges cost no more than about the whole")
def abuse(t: Target) -> None:
    for value in ("0-,0-,0-", ",".join(["0-"] * 20), ",".join(f"{i}-" for i in range(19)),
                  ",".join(f"{i}-{i}" for i in range(0, 20, 2)) + "," + ",".join(["0-0"] * 200)):
        a = t.ask({"Range": "bytes=" + value})
        need(a.status in (200, 206, 416) and len(a.body) < 3 * t.size + 2000, value[:40], a)


@check("6.4.1", "MUST", "the length of every answer is right: the next one follows on the connection")
def lengths(t: Target) -> None:
    for headers in ({}, {"Range": "bytes=0-9"}, {"Range": "bytes=0-1,8-9"}, {"If-None-Match": "*"}, {"If-Match": '"x"'},
                    {"Range": f"bytes={t.size}-"}):
        a = t.ask_twice(headers)
        need(a is None or (a.status, a.body) == (206, t.content[1:4]), f"after {headers}", a)


# ---- writes

NAME = f"/conformance-{socket.gethostname()}-{time.time_ns()}"


def write_path(t: Target) -> str:
    return t.url.path.rstrip("/") + NAME


def make(t: Target) -> tuple[str, Answer]:
    """A resource of its own, as it is read."""
    path = write_path(t)
    t.ask(method="DELETE", path=path)
    a = t.ask(method="PUT", path=path, body=b"old content of it")
    need(a.status in (200, 201, 204), "PUT", a)
    return path, t.ask(path=path)


@check("9.3.4", "MUST", "PUT that creates is answered 201, one that replaces 200 or 204", writes=True)
def put(t: Target) -> None:
    path = write_path(t)
    t.ask(method="DELETE", path=path)
    a = t.ask(method="PUT", path=path, body=b"one")
    need(a.status == 201, "201", a)
    a = t.ask(method="PUT", path=path, body=b"two")
    need(a.status in (200, 204), "200 or 204", a)
    need(t.ask(path=path).body == b"two", "the new content")


@check("8.8.1", "MUST", "a strong entity tag changes with the content", writes=True)
def tags_change(t: Target) -> None:
    path, before = make(t)
    if before.headers.get("etag", "W/").startswith("W/"):
        raise NotApplicable("no strong entity tag")
    t.ask(method="PUT", path=path, body=b"new content of it")
    after = t.ask(path=path)
    need(before.headers["etag"] != after.headers["etag"], "ETag", after)


@check("8.8.2.2", "MUST", "a date of this second is no strong validator for If-Range", writes=True)
def fresh_dates(t: Target) -> None:
    path, now = make(t)
    modified = now.headers.get("last-modified")
    if not modified:
        raise NotApplicable("no Last-Modified")
    a = t.ask({"Range": "bytes=0-1", "If-Range": modified}, path=path)
    if seconds_of(a.headers["date"]) > seconds_of(modified):
        raise NotApplicable("the second passed meanwhile")
    need(a.status == 200, "the whole", a)


@check("9.3.5", "SHOULD", "after DELETE there is nothing", writes=True)
def delete(t: Target) -> None:
    path, _ = make(t)
    a = t.ask(method="DELETE", path=path)
    need(a.status in (200, 202, 204), "DELETE", a)
    need(t.ask(path=path).status in (404, 410), "gone")


@check("14.5", "SHOULD", "a PUT with Content-Range is refused (400) where it is not supported", writes=True)
def partial_put(t: Target) -> None:
    path, before = make(t)
    a = t.ask({"Content-Range": f"bytes 0-2/{len(before.body)}"}, "PUT", path, b"new")
    after = t.ask(path=path).body
    if after == b"new" + before.body[3:]:
        raise NotApplicable("it is supported")
    need(a.status == 400 and after == before.body, "400, and nothing changed", a)


@check("13.1.1", "MUST", "If-Match: * is false for what does not exist", writes=True)
def match_of_nothing(t: Target) -> None:
    path = write_path(t)
    t.ask(method="DELETE", path=path)
    a = t.ask({"If-Match": "*"}, "PUT", path, b"x")
    need(a.status == 412 and t.ask(path=path).status == 404, "412, and nothing is made", a)


@check("13.1.2", "MUST", "If-None-Match: * makes what does not exist, and only that", writes=True)
def create_only(t: Target) -> None:
    path = write_path(t)
    t.ask(method="DELETE", path=path)
    a = t.ask({"If-None-Match": "*"}, "PUT", path, b"first")
    need(a.status == 201, "201", a)
    a = t.ask({"If-None-Match": "*"}, "PUT", path, b"second")
    need(a.status == 412 and t.ask(path=path).body == b"first", "412, and nothing changed", a)


WRITES = [
    ("13.1.1", {"If-Match": "TAG"}, True), ("13.1.1", {"If-Match": '"a"'}, False), ("13.1.1", {"If-Match": "W/TAG"}, False),
    ("13.1.2", {"If-None-Match": "TAG"}, False), ("13.1.2", {"If-None-Match": '"a"'}, True),
    ("13.1.3", {"If-Modified-Since": "AFTER"}, True),  # for GET and HEAD only
    ("13.1.4", {"If-Unmodified-Since": "BEFORE"}, False), ("13.1.4", {"If-Unmodified-Since": "AFTER"}, True),
]


def add_write(clause: str, headers: dict[str, str], done: bool, method: str) -> None:
    def run(t: Target) -> None:
        path, before = make(t)
        here = Target.__new__(Target)
        here.__dict__.update(t.__dict__, whole=before)
        a = t.ask(here.fill(headers), method, path, b"new" if method == "PUT" else None)
        now = t.ask(path=path)
        if not done:
            need(a.status == 412 and now.body == before.body, "412, and nothing changed", a)
        else:
            need(200 <= a.status < 300 and (now.body == b"new" if method == "PUT" else now.status in (404, 410)), "done", a)
    title = ", ".join(f"{k}: {v}" for k, v in headers.items())
    CHECKS.append(Check(clause, "MUST", f"{method} {title}: {'done' if done else 412}", run, True))


for write in WRITES:
    add_write(*write, method="PUT")
    add_write(*write, method="DELETE")


# ---- the report

def verdict(c: Check, target: Target) -> tuple[str, str]:
    """(ok, FAIL, remark or skip; what is wrong)."""
    try:
        c.run(target)
    except NotApplicable as why:
        return "skip", str(why)
    except (AssertionError, OSError, http.client.HTTPException) as what:
        return "FAIL" if c.level == "MUST" else "remark", str(what) or type(what).__name__
    return "ok", ""


def main() -> int:
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n\n")[0])
    parser.add_argument("url")
    parser.add_argument("--put", help="URL below which a resource may be written and deleted")
    parser.add_argument("--verbose", action="store_true", help="list what is met, too")
    options = parser.parse_args()
    targets = {False: Target(options.url)}
    if options.put:
        targets[True] = Target.__new__(Target)
        targets[True].__dict__.update(targets[False].__dict__, url=urllib.parse.urlsplit(options.put))
    counts = dict.fromkeys(("ok", "FAIL", "remark", "skip"), 0)
    for c in CHECKS:
        result, why = verdict(c, targets[c.writes]) if c.writes in targets else ("skip", "no --put")
        counts[result] += 1
        if options.verbose or result in ("FAIL", "remark"):
            print(f"{result:6} {c.name}" + (f"\n       {why}" if why else ""))
    if options.put:
        targets[True].ask(method="DELETE", path=write_path(targets[True]))
    print(", ".join(f"{nb} {result}" for result, nb in counts.items()))
    return 1 if counts["FAIL"] else 0


if __name__ == "__main__":
    sys.exit(main())
