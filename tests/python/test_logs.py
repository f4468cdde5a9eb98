# SPDX-License-Identifier: MIT
"""Messages of the library in Python's logging."""

import logging
import subprocess
import sys

import pytest

import libgpac as gpac
from lab import Sink, Source


@pytest.fixture
def bridge():
    gpac.use_logging()
    yield
    gpac.use_logging(False)
    gpac.set_logs("all@warning:app@info:console@info")


def test_levels_and_tools(bridge, caplog):
    gpac.set_logs("app@info")
    with caplog.at_level(logging.DEBUG, "libgpac"):
        fs = gpac.FilterSession()
        Sink(fs).set_source(Source(fs))
        fs.run()
        fs.print_graph()
        with pytest.raises(gpac.GpacError):
            fs.load_src("/no/such/file.mp4")
    graph = [r for r in caplog.records if r.name == "libgpac.app"]
    assert {r.levelno for r in graph} == {logging.INFO}
    assert any("Source" in r.getMessage() for r in graph)
    failed = [r for r in caplog.records if "/no/such/file.mp4" in r.getMessage()]
    assert failed and failed[0].levelno == logging.ERROR and failed[0].name.startswith("libgpac.")
    assert not any(r.getMessage().endswith("\n") for r in caplog.records)


def test_set_logs_decides(bridge, caplog):
    gpac.set_logs("all@quiet")
    with caplog.at_level(logging.DEBUG, "libgpac"):
        with pytest.raises(gpac.GpacError):
            gpac.FilterSession().load_src("/no/such/file.mp4")
    assert not caplog.records


def test_long_messages_are_whole(bridge, caplog):
    name = "/no/such/" + "x" * 3000
    with pytest.raises(gpac.GpacError):
        gpac.FilterSession().load_src(name)
    assert any(name in r.getMessage() for r in caplog.records)


def test_a_handler_that_raises(bridge, monkeypatch):
    class Bad(logging.Handler):
        def handle(self, record):
            raise OSError("disk full")

    seen = []
    monkeypatch.setattr(sys, "unraisablehook", lambda info: seen.append(info.exc_value))
    bad = Bad()
    logging.getLogger("libgpac").addHandler(bad)
    try:
        with pytest.raises(gpac.GpacError, match="/no/such/file"):
            gpac.FilterSession().load_src("/no/such/file")
    finally:
        logging.getLogger("libgpac").removeHandler(bad)
    assert seen and all(isinstance(e, OSError) for e in seen)


def test_back_to_stderr():
    code = (
        "import logging, sys, libgpac as gpac\n"
        "logging.basicConfig(stream=sys.stdout, format='%(name)s %(levelname)s')\n"
        "fs = gpac.FilterSession()\n"
        "for on in (True, False):\n"
        "    gpac.use_logging(on)\n"
        "    try: fs.load_src('/no/such/file')\n"
        "    except gpac.GpacError: pass\n"
        "gpac.use_logging()\n"  # still on when the interpreter ends
    )
    result = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    lines = result.stdout.splitlines()
    assert lines and all(line.startswith("libgpac.") and line.endswith(" ERROR") for line in lines)
    assert result.stderr.count("/no/such/file") == len(lines)
