"""httpin against our own server: whole files, ranges, progressive MP4."""

import os
import re
import shutil
import subprocess

import pytest

from http_tools import serving


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    path = tmp_path_factory.mktemp("source")
    (path / "data.bin").write_bytes(os.urandom(3_000_000))
    (path / "short.txt").write_bytes(b"short")
    (path / "empty.bin").write_bytes(b"")
    return path


@pytest.fixture(scope="module")
def movies(folder):
    """Four seconds of AVC and AAC with `moov` behind and in front of the media: large, so that what the kernels
    keep of a transfer that is left (some MB) tells little."""
    if not shutil.which("ffmpeg"):
        pytest.skip("ffmpeg is not installed")
    make = ["ffmpeg", "-v", "error", "-y", "-f", "lavfi", "-i", "testsrc2=size=640x360:rate=25,noise=alls=90:allf=t", "-f", "lavfi", "-i",
            "sine=frequency=440:sample_rate=48000", "-t", "4", "-c:v", "libx264", "-preset", "ultrafast", "-g", "25",
            "-qp", "2", "-pix_fmt", "yuv420p", "-c:a", "aac"]
    subprocess.run([*make, folder / "end.mp4"], check=True)
    subprocess.run(["ffmpeg", "-v", "error", "-y", "-i", folder / "end.mp4", "-c", "copy", "-movflags", "+faststart",
                    folder / "front.mp4"], check=True)
    return folder


@pytest.fixture(scope="module")
def server(folder):
    with serving(folder, "reqlog=*") as s:
        yield s


def sent_bytes(server, name):
    """Bytes that complete answers for a file had."""
    numbers = [m for m in re.findall(r"REQ#(\d+) \S+ GET (\S+)", "".join(server.log)) if m[1] == name]
    total = 0
    for number, _ in numbers:
        done = re.search(rf"REQ#{number} GET done: reply \d+ - (\d+) bytes", "".join(server.log))
        total += int(done.group(1)) if done else 0
    return total


def test_copies(gpac, server, folder, tmp_path):
    for name in ("data.bin", "short.txt"):
        gpac("-i", server.url("/" + name), "-o", tmp_path / name)
        assert (tmp_path / name).read_bytes() == (folder / name).read_bytes()
    gpac("-i", server.url("/data.bin") + ":gpac:block_size=1000", "-o", tmp_path / "b.bin")
    assert (tmp_path / "b.bin").read_bytes() == (folder / "data.bin").read_bytes()


@pytest.mark.parametrize("option, first, last", [
    ("5-104", 5, 104), ("0-0", 0, 2_999_999), ("2999999-0", 2_999_999, 2_999_999), ("0-999", 0, 999),
    ("2000000-9999999", 2_000_000, 2_999_999)])
def test_ranges(gpac, server, folder, tmp_path, option, first, last):
    gpac("-i", server.url("/data.bin") + f":gpac:range={option}", "-o", tmp_path / "part.bin")
    assert (tmp_path / "part.bin").read_bytes() == (folder / "data.bin").read_bytes()[first:last + 1]


def test_missing_and_empty(gpac, server, tmp_path):
    done = gpac("-i", server.url("/nothing.mp4"), "-o", tmp_path / "x.mp4", check=False)
    assert done.returncode and "404" in done.stderr and not (tmp_path / "x.mp4").exists()
    done = gpac("-i", server.url("/empty.bin"), "-o", tmp_path / "x.bin", check=False)
    assert "is empty" in done.stderr


def test_refused_connection(gpac, tmp_path):
    done = gpac("-i", "http://127.0.0.1:1/a.mp4", "-o", tmp_path / "x.mp4", check=False)
    assert done.returncode and "onnect" in done.stderr


@pytest.mark.parametrize("name", ["front.mp4", "end.mp4"])
def test_progressive(gpac, movies, server, tmp_path, name):
    """The same packets as from the local file; nothing is downloaded twice."""
    gpac("-i", movies / name, "inspect:deep:hash:log=" + str(tmp_path / "local"))
    before = sent_bytes(server, "/" + name)
    gpac("-i", server.url("/" + name), "inspect:deep:hash:log=" + str(tmp_path / "remote"))
    # the order of packets of different streams is that of their arrival
    assert sorted((tmp_path / "local").read_text().splitlines()) == sorted((tmp_path / "remote").read_text().splitlines())
    size = (movies / name).stat().st_size
    assert sent_bytes(server, "/" + name) - before < size + (8 << 20)


@pytest.mark.parametrize("name", ["front.mp4", "end.mp4"])
def test_seeking(gpac, movies, server, tmp_path, name):
    """The last second: what lies before it is not fetched."""
    gpac("-i", movies / name, "inspect:deep:hash:start=3:log=" + str(tmp_path / "local"))
    before = sent_bytes(server, "/" + name)
    gpac("-i", server.url("/" + name), "inspect:deep:hash:start=3:log=" + str(tmp_path / "remote"))
    assert sorted((tmp_path / "local").read_text().splitlines()) == sorted((tmp_path / "remote").read_text().splitlines())
    assert sent_bytes(server, "/" + name) - before < (movies / name).stat().st_size / 2
