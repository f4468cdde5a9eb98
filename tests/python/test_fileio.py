# SPDX-License-Identifier: MIT
"""FileIO: files read from, and written to, Python objects."""

import gc
import io
import subprocess
import sys

import pytest

import libgpac as gpac
from lab import Sink


class Memory:
    """Factory of files in a dict."""

    def __init__(self, files=None):
        self.files = {} if files is None else files
        self.log = []

    def open(self, url, mode):
        self.log.append(("open", url, mode))
        if "r" in mode and url not in self.files:
            return False
        self.url = url
        self.writing = "w" in mode
        self.io = io.BytesIO() if self.writing else io.BytesIO(self.files[url])
        self.at_end = False
        return True

    def close(self):
        self.log.append(("close", self.url))
        if self.writing:
            self.files[self.url] = self.io.getvalue()

    def read(self, buf, size):
        data = self.io.read(size)
        memoryview(buf)[: len(data)] = data
        self.at_end = len(data) < size
        return len(data)

    def write(self, buf, size):
        assert size > 0 and len(buf) == size
        return self.io.write(memoryview(buf))

    def seek(self, pos, whence):
        self.io.seek(pos, whence)
        self.at_end = False

    def tell(self):
        return self.io.tell()

    def eof(self):
        return self.at_end

    def exists(self, url):
        return url in self.files


def audio_frames(session, src):
    sink = Sink(session, stream_types=("Audio",))
    sink.push_cap("CodecID", "aac", gpac.GF_CAPS_INPUT)
    sink.set_source(src)
    session.run(timeout=20)
    return sink.received


def test_reading(aac):
    with open(aac, "rb") as f:
        content = f.read()
    files = Memory({"song.aac": content})
    with gpac.FilterSession() as fs:
        expected = audio_frames(fs, fs.load_src(aac))
    assert len(expected) > 200  # five seconds
    with gpac.FilterSession() as fs:
        fio = gpac.FileIO("song.aac", files)
        assert fio.url.startswith("gfio://") and "song.aac" in repr(fio)
        src = fs.load_src(fio.url)
        del fio
        gc.collect()
        assert audio_frames(fs, src) == expected
    opened = [entry for entry in files.log if entry[0] == "open"]
    assert len(opened) == len(files.log) - len(opened) > 0
    assert all(mode in ("r", "rb") for _, _, mode in opened)


def test_writing(aac, tmp_path):
    plain = tmp_path / "out.aac"
    with gpac.FilterSession() as fs:
        fs.load_src(aac)
        fs.load_dst(str(plain))
        fs.run(timeout=20)
    files = Memory()
    with gpac.FilterSession() as fs:
        fs.load_src(aac)
        fio = gpac.FileIO("out.aac", files)
        fs.load_dst(fio.url)
        fs.run(timeout=20)
    assert files.files["out.aac"] == plain.read_bytes()


@pytest.mark.parametrize("name, written", [
    ("dir/out_$Type$_$num$.aac", "dir/out_audio_0.aac"),
    ("dir/$StreamType$/$Extension$/x.aac", "dir/File/aac/x.aac"),
    ("/abs/$num$.aac", "/abs/0.aac"),
])
def test_writing_with_template(aac, name, written):
    """The template is in the name of the object; each file is opened by its own name."""
    files = Memory()
    fio = gpac.FileIO(name, files)
    with gpac.FilterSession() as fs:
        fs.load_src(aac)
        fs.load_dst(fio.url)
        fs.run(timeout=20)
    assert list(files.files) == [written] and len(files.files[written]) > 1000


def test_missing_file():
    fio = gpac.FileIO("none.aac", Memory())
    with gpac.FilterSession() as fs, pytest.raises(gpac.GpacError, match="Failed to load source filter"):
        fs.load_src(fio.url)


@pytest.mark.parametrize("method", ["open", "close", "read", "write", "seek", "tell", "eof"])
def test_needed_methods(method):
    class Partial:
        pass

    for name in ("open", "close", "read", "write", "seek", "tell", "eof"):
        if name != method:
            setattr(Partial, name, lambda *args: 0)
    with pytest.raises(gpac.GpacError, match=f"No {method} function on FileIO callback"):
        gpac.FileIO("x", Partial())


class Boom(Exception):
    pass


@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")  # later ones are reported
@pytest.mark.parametrize("method", ["open", "read"])
def test_exception(aac, method):
    with open(aac, "rb") as f:
        files = Memory({"song.aac": f.read()})

    def fail(*args):
        raise Boom(method)

    setattr(files, method, fail)
    fio = gpac.FileIO("song.aac", files)
    with gpac.FilterSession() as fs, pytest.raises(Boom):
        audio_frames(fs, fs.load_src(fio.url))


def test_kept_buffer_is_harmless(aac):
    kept = []

    class Keeping(Memory):
        def read(self, buf, size):
            kept.append(buf)
            return super().read(buf, size)

    with open(aac, "rb") as f:
        fio = gpac.FileIO("song.aac", Keeping({"song.aac": f.read()}))
    with gpac.FilterSession() as fs:
        audio_frames(fs, fs.load_src(fio.url))
    assert sum(len(buf) for buf in kept) > 0


def test_released():
    fio = gpac.FileIO("x", Memory())
    assert gpac._native.nb_live() >= 1
    del fio
    gc.collect()
    assert gpac._native.nb_live() == 0


def test_released_by_close():
    """The exit status of a script that still has its FileIO objects is 0, as without them."""
    code = (
        "import sys, libgpac as gpac\n"
        "gpac.init(1, b'0')\n"
        "class F:\n"
        "    open = close = read = write = seek = tell = eof = lambda *args: 0\n"
        "fio = gpac.FileIO('x', F())\n"
        "status = gpac.close()\n"
        "print(status, fio.url, repr(fio))\n"
        "sys.exit(status)\n"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=30)
    assert (done.returncode, done.stdout, done.stderr) == (0, "0 None <FileIO released>\n", "")
