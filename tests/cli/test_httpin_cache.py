"""The caches of httpin: what is stored, what is used without or after asking the server, what is left behind."""

import os
import re
import subprocess

import pytest

from http_script import DATA, cut, hang_up, reply, scripted, wanted_range, whole


@pytest.fixture
def cache(tmp_path):
    return tmp_path / "cache"


@pytest.fixture
def fetch(gpac, cache, tmp_path):
    """fetch(url, *options): the data, None when it failed."""
    def run(url, *options, mode="keep", check=True):
        out = tmp_path / "out.bin"
        out.unlink(missing_ok=True)
        done = gpac(f"-cache={cache}", *options, "-i", f"{url}:gpac:cache={mode}", "-o", out, check=check)
        run.stderr = done.stderr
        return out.read_bytes() if out.exists() and not done.returncode else None
    return run


def fresh(*headers, data=DATA):
    return reply(200, data, 'ETag: "1"', *headers)


def names(cache):
    return sorted(re.sub(r".*\.", ".", p.name) for p in cache.iterdir()) if cache.exists() else []


def test_fresh_answers_are_used(fetch, cache):
    with scripted(fresh("Cache-Control: max-age=1000"), reply(500)) as s:
        assert fetch(s.url) == DATA
        assert names(cache) == [".data", ".meta"]
        assert fetch(s.url) == DATA and len(s.requests) == 1
        assert fetch(s.url, mode="disk") == DATA and fetch(s.url, mode="auto") == DATA and len(s.requests) == 1
        assert names(cache) == [".data", ".meta"], "what others stored stays"


@pytest.mark.parametrize("headers", [[], ["Cache-Control: no-cache, max-age=1000"], ["Cache-Control: max-age=0"],
                                     ["Cache-Control: max-age=1000", "Age: 1000"], ["Expires: 0"]])
def test_others_are_asked_for(fetch, headers):
    """A 304 renews what is stored (RFC 9111, 4.3.4)."""
    not_modified = reply(304, b"", 'ETag: "1"', "Cache-Control: max-age=1000")
    with scripted(fresh(*headers, "Last-Modified: Sun, 06 Nov 1994 08:49:37 GMT"), not_modified, reply(500)) as s:
        assert fetch(s.url) == DATA and fetch(s.url) == DATA
        assert 'If-None-Match: "1"\r\n' in s.requests[1]
        assert "If-Modified-Since: Sun, 06 Nov 1994 08:49:37 GMT\r\n" in s.requests[1]
        assert "Range:" not in s.requests[1]
        if headers != ["Cache-Control: max-age=1000", "Age: 1000"]:  # whose age the 304 does not tell anew
            assert fetch(s.url) == DATA and len(s.requests) == 2


def test_changed_resources_replace_the_stored_ones(fetch, cache):
    new = os.urandom(1000)
    with scripted(fresh(), fresh("Cache-Control: max-age=1000", data=new), reply(500)) as s:
        assert fetch(s.url) == DATA and fetch(s.url) == new and fetch(s.url) == new
    assert names(cache) == [".data", ".meta"] and len(s.requests) == 2


def test_a_failed_revalidation_is_an_error(fetch, cache):
    with scripted(fresh(), reply(404)) as s:
        assert fetch(s.url) == DATA and fetch(s.url, check=False) is None
    assert "404" in fetch.stderr


@pytest.mark.parametrize("header", ["Cache-Control: no-store", "Vary: *"])
def test_what_may_not_be_stored(fetch, cache, header):
    with scripted(fresh(header, "Cache-Control: max-age=1000")) as s:
        assert fetch(s.url) == DATA and fetch(s.url) == DATA and len(s.requests) == 2
    assert names(cache) == []


def test_offline(fetch):
    """Stale answers are used, but not those that must be revalidated (RFC 9111, 5.2.2.2)."""
    with scripted(fresh("Cache-Control: max-age=0"), reply(404)) as s:
        assert fetch(s.url) == DATA and fetch(s.url, "-offline-cache") == DATA and len(s.requests) == 1
    with scripted(fresh("Cache-Control: max-age=0, must-revalidate"), reply(404)) as s:
        assert fetch(s.url) == DATA and fetch(s.url, "-offline-cache", check=False) is None and len(s.requests) == 2


def test_queries_are_part_of_the_identity(fetch):
    with scripted(fresh("Cache-Control: max-age=1000")) as s:
        for query in ("a", "b", "a"):
            assert fetch(s.url, f"-query-string={query}") == DATA
    assert [r.split()[1] for r in s.requests] == ["/x.bin?a", "/x.bin?b"]


def test_passwords_are_not_stored(fetch, cache):
    """Nor are they in messages."""
    with scripted(fresh("Cache-Control: max-age=1000"), reply(404)) as s:
        url = s.url.replace("//", "//me:secret@")
        assert fetch(url) == DATA and names(cache) == []
        assert fetch(url, check=False) is None and "secret" not in fetch.stderr and "404" in fetch.stderr


def test_no_cache(fetch, cache):
    with scripted(fresh("Cache-Control: max-age=1000")) as s:
        assert fetch(s.url, "-no-cache") == DATA and names(cache) == []
        assert fetch(s.url) == DATA and fetch(s.url, "-no-cache") == DATA and len(s.requests) == 3


@pytest.mark.parametrize("mode", ["disk", "auto"])
def test_temporary_files_go(fetch, cache, mode):
    with scripted(fresh("Cache-Control: max-age=1000")) as s:
        assert fetch(s.url, mode=mode) == DATA and names(cache) == []
        assert fetch(s.url, mode=mode) == DATA and len(s.requests) == 2
    assert list(cache.iterdir()) == []


@pytest.mark.parametrize("mode", ["mem", "mem_keep", "none", "none_keep"])
def test_memory_leaves_nothing(fetch, cache, mode):
    with scripted(fresh("Cache-Control: max-age=1000")) as s:
        assert fetch(s.url, mode=mode) == DATA and not cache.exists()


def test_what_breaks_off_is_not_stored(fetch, cache):
    """Nor is what is left of it; what is resumed is."""
    with scripted(cut(1000), reply(404)) as s:
        assert fetch(s.url, check=False) is None and names(cache) == []
    with scripted(cut(1000), cut(100_000), hang_up, whole) as s:
        assert fetch(s.url) == DATA and names(cache) == [".data", ".meta"]


def test_ranges_are_answers_of_their_own(gpac, cache, tmp_path):
    def part(handler, head):
        first, last = wanted_range(head)
        handler.request.sendall(f'HTTP/1.1 206 X\r\nETag: "1"\r\nCache-Control: max-age=1000\r\nContent-Range: bytes {first}-{last}/'
                                f"{len(DATA)}\r\nContent-Length: {last - first + 1}\r\n\r\n".encode() + DATA[first:last + 1])
        return True

    def get(url, wanted):
        out = tmp_path / "part.bin"
        gpac(f"-cache={cache}", "-i", f"{url}:gpac:cache=keep:range={wanted}", "-o", out)
        return out.read_bytes()

    with scripted(part) as s:
        for _ in range(2):
            assert get(s.url, "100-1099") == DATA[100:1100] and get(s.url, "200-299") == DATA[200:300]
    assert len(s.requests) == 2 and len(names(cache)) == 4


def test_the_size_is_kept(fetch, cache):
    """What was used last the longest ago goes first; what is larger than the cache is not stored."""
    with scripted(fresh("Cache-Control: max-age=1000")) as s:
        for name in "abc":
            fetch(s.url.replace("x.bin", name + ".bin"))
        fetch(s.url.replace("x.bin", "a.bin"))  # b is the oldest now
        assert len(s.requests) == 3
        fetch(s.url.replace("x.bin", "c.bin"), f"-cache-size={2 * len(DATA)}")
        assert len(names(cache)) == 4
        fetch(s.url.replace("x.bin", "a.bin"))
        assert len(s.requests) == 3
        assert fetch(s.url.replace("x.bin", "b.bin"), f"-cache-size={len(DATA) - 1}") == DATA
        assert len(s.requests) == 4 and names(cache) == []


@pytest.mark.parametrize("size, stored", [("1k", False), ("1M", True), ("20000M", True), ("0", False)])
def test_sizes_have_suffixes(fetch, cache, size, stored):
    with scripted(fresh()) as s:
        assert fetch(s.url, f"-cache-size={size}") == DATA and bool(names(cache)) == stored


def test_the_cache_is_emptied(fetch, cache):
    with scripted(fresh("Cache-Control: max-age=1000")) as s:
        fetch(s.url)
        (cache / "mine.txt").write_text("not of the cache")
        assert fetch(s.url, "-clean-cache") == DATA
    assert len(s.requests) == 2 and names(cache) == [".txt"]


@pytest.mark.parametrize("damage", ["cut body", "no body", "cut description", "noise", "another URL", "a body elsewhere"])
def test_damaged_entries_are_not_used(fetch, cache, tmp_path, damage):
    with scripted(fresh("Cache-Control: max-age=1000")) as s:
        fetch(s.url)
        meta, body = next(cache.glob("*.meta")), next(cache.glob("*.data"))
        if damage == "cut body":
            os.truncate(body, 10)
        elif damage == "no body":
            body.unlink()
        elif damage == "cut description":
            os.truncate(meta, meta.stat().st_size - 3)
        elif damage == "noise":
            meta.write_bytes(os.urandom(5000))
        elif damage == "another URL":
            meta.write_text(meta.read_text().replace("x.bin", "y.bin"))
        else:
            (tmp_path / "secret").write_bytes(b"s" * len(DATA))
            meta.write_text(meta.read_text().replace(body.name, "../secret"))
        assert fetch(s.url) == DATA and len(s.requests) == 2
        assert fetch(s.url) == DATA and len(s.requests) == 2 and names(cache) == [".data", ".meta"]


def test_a_killed_process_leaves_nothing_that_is_used(gpac, fetch, cache, tmp_path):
    """What it was writing is removed by the next one."""
    def stall(handler, head):
        handler.request.sendall(f"HTTP/1.1 200 X\r\nContent-Length: {len(DATA)}\r\n\r\n".encode() + DATA[:100_000])
        handler.rfile.read(1)  # until the client goes
        return False

    from tool import GPAC
    with scripted(stall, fresh("Cache-Control: max-age=1000")) as s:
        process = subprocess.Popen([GPAC, f"-cache={cache}", "-i", f"{s.url}:gpac:cache=keep", "-o", tmp_path / "y.bin"],
                                   stderr=subprocess.DEVNULL, stdin=subprocess.DEVNULL)
        try:
            while not (tmp_path / "y.bin").exists() or (tmp_path / "y.bin").stat().st_size < 90_000:
                assert process.poll() is None
        finally:
            process.kill()
            process.wait()
        assert names(cache) == [".part"]
        assert fetch(s.url) == DATA and names(cache) == [".data", ".meta"]


def test_a_directory_that_cannot_be_used(gpac, tmp_path):
    """The data come nevertheless."""
    (tmp_path / "file").write_text("")
    with scripted(fresh()) as s:
        done = gpac(f"-cache={tmp_path / 'file'}", "-i", f"{s.url}:gpac:cache=keep", "-o", tmp_path / "x.bin")
    assert (tmp_path / "x.bin").read_bytes() == DATA and "cannot be used" in done.stderr


def test_a_full_disk(gpac, tmp_path):
    """The download goes on without the cache; the limit of file sizes stands for the disk."""
    import resource

    from tool import GPAC
    cache = tmp_path / "cache"
    with scripted(fresh("Cache-Control: max-age=1000")) as s:
        done = subprocess.run([GPAC, f"-cache={cache}", "-i", f"{s.url}:gpac:cache=keep", "inspect:deep:log=null"],
                              capture_output=True, text=True, timeout=60, stdin=subprocess.DEVNULL,
                              preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (50_000, 50_000)))
    assert "is not stored: File too large" in done.stderr and names(cache) == []


def test_movies_from_the_cache(gpac, av_clip, tmp_path):
    """An MP4 with `moov` at its end is fetched once, in ranges; later it is read as a file."""
    from http_tools import serving

    def packets(source, *options):
        log = tmp_path / "log"
        gpac(*options, "-i", source, f"inspect:deep:hash:log={log}")
        return sorted(log.read_text().splitlines())

    www, cache = tmp_path / "www", tmp_path / "cache"
    www.mkdir()
    (www / "a.mp4").write_bytes(av_clip.read_bytes())
    with serving(www, "cache_control=max-age=1000", "reqlog=*") as server:
        url, options = server.url("/a.mp4") + ":gpac:cache=keep", (f"-cache={cache}",)
        expected = packets(www / "a.mp4")
        assert packets(url, *options) == expected and names(cache) == [".data", ".meta"]

        def asked(mark):
            server.get(mark)
            server.wait_for_log(mark)  # what came before is in the log then
            return len(re.findall(r" GET /a\.mp4", "".join(server.log)))

        before = asked("/first")
        assert packets(url, *options) == expected
        assert asked("/second") == before
        assert (www / "a.mp4").read_bytes() == next(cache.glob("*.data")).read_bytes()
