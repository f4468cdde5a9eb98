"""RFC 9110, clause by clause: tools/http_conformance.py against httpout, each of its checks as a case of its own, and what
needs files or options of ours beside it.

That the checks are not written around our server is shown by another one: nginx, where it is installed.
"""

import email.utils
import os
import re
import shutil
import socket
import subprocess
import sys
import time

import pytest

from http_tools import serving
from tool import ROOT

sys.path.insert(0, str(ROOT / "tools"))
import http_conformance  # noqa: E402 - a program beside the tests

CONTENT = bytes(i % 251 for i in range(1000))
THEN = 1_000_000_000  # Sun, 09 Sep 2001 01:46:40 GMT
SCRIPT = ROOT / "tools" / "http_conformance.py"


def make_file(folder):
    (folder / "r").write_bytes(CONTENT)
    os.utime(folder / "r", (THEN, THEN))


@pytest.fixture(scope="module", params=[1, 3], ids=["one loop", "three loops"])
def targets(request, tmp_path_factory):
    """One to read, and one whose resources may be written."""
    www = tmp_path_factory.mktemp("www")
    make_file(www)
    loops = f"nb_threads={request.param}"
    with serving(www, loops) as reading, serving(www, loops, f"wdir={www}") as writing:
        yield {False: http_conformance.Target(reading.url("/r")), True: http_conformance.Target(writing.url("/r"))}


@pytest.mark.parametrize("check", http_conformance.CHECKS, ids=lambda c: c.name)
def test_clause(targets, check):
    """SHOULD and MAY, too: we have no reason for an exception."""
    target = targets[check.writes]
    if check.writes:
        target.url = target.url._replace(path="/")
    try:
        check.run(target)
    except http_conformance.NotApplicable as why:
        pytest.skip(str(why))


def test_the_list_names_its_clauses():
    clauses = {c.clause.split(".")[0] for c in http_conformance.CHECKS}
    assert {"13", "14"} <= clauses and all(re.fullmatch(r"[\d.]+", c.clause) for c in http_conformance.CHECKS)
    assert {c.level for c in http_conformance.CHECKS} == {"MUST", "SHOULD", "MAY"}
    names = [c.name for c in http_conformance.CHECKS]
    assert len(set(names)) == len(names)


def run_script(*args):
    return subprocess.run([sys.executable, SCRIPT, *args], capture_output=True, text=True, timeout=120)


def test_the_script(tmp_path):
    """As a program: a resource of ours has nothing to report; one that is no server's ends it."""
    make_file(tmp_path)
    (tmp_path / "text").write_text("which may be sent in a content coding\n" * 100)
    os.utime(tmp_path / "text", (THEN, THEN))
    with serving(tmp_path, f"wdir={tmp_path}") as server:
        for name in ("r", "text"):
            done = run_script(server.url("/" + name), "--put", server.url("/"))
            assert done.returncode == 0 and re.fullmatch(r"\d+ ok, 0 FAIL, 0 remark, \d skip\n", done.stdout), done.stdout
        assert sorted(p.name for p in tmp_path.iterdir()) == ["r", "text"]
        done = run_script(server.url("/none"))
        assert done.returncode == 1 and "answered 404" in done.stderr


def test_another_server(tmp_path):
    """nginx meets most of it. What it does not is its own: dates beside tags, lists in several lines, Allow of 405..."""
    if not shutil.which("nginx"):
        pytest.skip("nginx is not installed")
    make_file(tmp_path)
    with socket.socket() as s:
        s.bind(("127.0.0.1", 0))
        port = s.getsockname()[1]
    temp = "".join(f"{name}_temp_path {tmp_path}/temp;" for name in ("client_body", "proxy", "fastcgi", "uwsgi", "scgi"))
    user = "user root;" if os.getuid() == 0 else ""
    (tmp_path / "conf").write_text(
        f"daemon off; {user} pid {tmp_path}/pid; error_log stderr; events {{ worker_connections 64; }}\n"
        f"http {{ access_log off; {temp} if_modified_since before; server {{ listen 127.0.0.1:{port}; root {tmp_path}; }} }}")
    nginx = subprocess.Popen(["nginx", "-e", "stderr", "-c", tmp_path / "conf"], stderr=subprocess.DEVNULL)
    try:
        for _ in range(200):
            with socket.socket() as s:
                if not s.connect_ex(("127.0.0.1", port)):
                    break
            time.sleep(0.05)
        done = run_script(f"http://127.0.0.1:{port}/r", "--verbose")
    finally:
        nginx.terminate()
        nginx.wait()
    met = {line.split(" ", 1)[1].strip() for line in done.stdout.splitlines() if line.startswith("ok ")}
    assert len(met) > 100, done.stdout
    for clause in ("13.1.1 MUST GET If-Match: TAG: 200", "13.1.2 MUST GET If-None-Match: TAG: 304",
                   "13.1.5 MUST If-Range: TAG: the part", "14.1.2 MUST Range: bytes=-5: a part",
                   "15.3.7.2 MUST several parts: Content-Range in each, none in the header; the bytes asked for"):
        assert clause in met


# ---- with files and options of ours

def test_8_8_2_1_a_date_to_come_is_not_told(tmp_path):
    """8.8.2.1: an origin server MUST NOT generate a Last-Modified date that is later than the time of the message."""
    (tmp_path / "f").write_bytes(b"f")
    os.utime(tmp_path / "f", (4_000_000_000, 4_000_000_000))
    with serving(tmp_path) as s:
        headers = s.get("/f")[1]
    if "last-modified" in headers:
        assert email.utils.parsedate_to_datetime(headers["last-modified"]) <= email.utils.parsedate_to_datetime(headers["date"])


def test_8_8_1_strong_tag_changes_with_the_content(tmp_path):
    """8.8.1: a strong validator changes whenever the representation data changes; here a microsecond later."""
    (tmp_path / "f").write_bytes(b"1")
    with serving(tmp_path) as s:
        first = s.get("/f")[1]["etag"]
        os.utime(tmp_path / "f", ns=(os.stat(tmp_path / "f").st_mtime_ns + 1000,) * 2)
        second = s.get("/f")[1]["etag"]
    assert first != second


def test_13_2_1_of_writes_that_are_refused_anyway(tmp_path):
    """13.2.1: conditions are ignored when the answer without them is no 2xx or 412."""
    make_file(tmp_path)
    with serving(tmp_path) as s:
        for headers in ({"If-None-Match": "*"}, {"If-Match": '"a"'}, {"If-Unmodified-Since": "Sun, 06 Nov 1994 08:49:37 GMT"}):
            assert s.ask("PUT", "/r", headers, b"x")[0] == s.ask("DELETE", "/r", headers)[0] == 405


def test_14_1_2_of_nothing_and_of_one_byte(tmp_path):
    """14.1.2: no range of an empty representation can be satisfied, but a suffix may be answered with all of it."""
    (tmp_path / "empty").write_bytes(b"")
    (tmp_path / "one").write_bytes(b"1")
    with serving(tmp_path) as s:
        assert s.ask("GET", "/empty", {"Range": "bytes=0-0"})[0] == 416
        assert s.ask("GET", "/empty", {"Range": "bytes=-5"})[0] in (200, 416)
        status, _, body = s.ask("GET", "/one", {"Range": "bytes=0-0"})
        assert status in (200, 206) and body == b"1"


def test_14_3_where_ranges_are_not_served(tmp_path):
    """14.3: Accept-Ranges: none."""
    (tmp_path / "f").write_bytes(b"file")
    with serving(tmp_path, "norange") as s:
        status, headers, body = s.ask("GET", "/f", {"Range": "bytes=0-0"})
        assert (status, headers["accept-ranges"], body) == (200, "none", b"file")
