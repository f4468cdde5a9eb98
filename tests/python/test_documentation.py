# SPDX-License-Identifier: MIT
"""What is said about the package: every name has a docstring, and the examples do what they say."""

import contextlib
import doctest
import html
import importlib
import inspect
import io
import os
import pathlib
import re
import shutil
import subprocess
import sys

import pytest

import libgpac as gpac
from lab import free_port

ROOT = pathlib.Path(__file__).resolve().parents[2]
PAGES = ["README.md", "docs/python.md", "docs/http.md"]
MODULES = [f"libgpac.{name[:-3]}" for name in sorted(os.listdir(os.path.dirname(gpac.__file__)))
           if name.endswith(".py") and name not in ("__init__.py", "__main__.py")]


@pytest.fixture
def folder(tmp_path, monkeypatch, mp4):
    """The current folder of an example, with the file it reads."""
    shutil.copy(mp4, tmp_path / "in.mp4")
    monkeypatch.chdir(tmp_path)
    return tmp_path


# ---- docstrings

CLASSES = [name for name in gpac.__all__ if isinstance(getattr(gpac, name), type)]


FIELD = type(gpac.Fraction.num)  # of a structure; the class describes them


def members(cls):
    """Public methods and properties that a class defines itself."""
    for name, value in vars(cls).items():
        method_or_property = inspect.isroutine(value) or inspect.isdatadescriptor(value)
        if method_or_property and not name.startswith("_") and type(value) is not FIELD:
            yield name, value


@pytest.mark.parametrize("name", CLASSES)
def test_classes_are_documented(name):
    cls = getattr(gpac, name)
    assert vars(cls).get("__doc__"), name
    # attributes that a class describes itself need nothing of their own
    missing = [m for m, value in members(cls) if not inspect.getdoc(value) and not re.search(rf"\b{m}\b", cls.__doc__)]
    assert not missing


def test_functions_and_modules_are_documented():
    functions = [getattr(gpac, name) for name in gpac.__all__ if callable(getattr(gpac, name))]
    assert len(functions) > 20 and not [f for f in functions if not inspect.getdoc(f)]
    assert not [name for name in ["libgpac", *MODULES] if not importlib.import_module(name).__doc__]


def test_constants_stand_under_a_heading():
    source = inspect.getsource(gpac.constants)
    for group in re.split(r"\n\n+", source):
        assert not re.search(r"^GF_", group, re.M) or group.startswith("#"), group
    assert set(re.findall(r"^(GF_\w+) =", source, re.M)) >= {n for n in gpac.__all__ if n.startswith("GF_F")}


def test_native_methods_have_signatures():
    """help() shows the parameters, and so do editors."""
    for cls in (gpac.FilterSession, gpac.Filter, gpac.FilterCustom, gpac.FilterPid, gpac.FilterPacket, gpac.Plane):
        for name, value in vars(cls).items():
            if inspect.ismethoddescriptor(value) and not name.startswith("__"):
                assert inspect.signature(value), name


# ---- examples


def blocks(page):
    """Python blocks of a page, with the text that follows and the line they start at."""
    text = (ROOT / page).read_text()
    for match in re.finditer(r"```python\n(.*?)```\n(?:\n```text\n(.*?)```\n)?", text, re.S):
        yield text[: match.start()].count("\n") + 2, match[1], match[2]


@pytest.mark.parametrize(
    "page, line, code, expected",
    [pytest.param(page, *block, id=f"{page}:{block[0]}") for page in PAGES for block in blocks(page)],
)
def test_pages(page, line, code, expected, folder):
    """In a process of their own, as users run them."""
    if "to_ndarray" in code:
        pytest.importorskip("numpy")
    code = re.sub(r"\b876\d\b", str(free_port()), code)  # several tests run at once
    (folder / "example.py").write_text("\n" * (line - 1) + code)
    out = subprocess.run([sys.executable, "-W", "error", "example.py"], capture_output=True, text=True, timeout=120)
    assert out.returncode == 0, f"{page}:{line}\n{out.stderr}"
    assert expected is None or out.stdout == expected


@pytest.mark.parametrize("module", ["libgpac", *MODULES])
def test_docstrings(module, folder):
    finder = doctest.DocTestFinder(exclude_empty=True)
    runner = doctest.DocTestRunner(optionflags=doctest.ELLIPSIS)
    report = io.StringIO()
    for test in finder.find(importlib.import_module(module), extraglobs={"gpac": gpac}):
        with contextlib.redirect_stdout(report):
            runner.run(test, out=report.write)
    gpac.use_logging(False)
    gpac.set_logs("all@warning")
    assert not runner.failures, report.getvalue()



def test_reference_pages(tmp_path):
    """`make docs` makes a page that has every public name."""
    pytest.importorskip("pdoc")
    subprocess.run([sys.executable, str(ROOT / "tools/api_pages.py"), str(tmp_path)], check=True, timeout=300)
    page = (tmp_path / "libgpac.html").read_text()
    assert not [name for name in gpac.__all__ if f'id="{name}"' not in page]
    text = html.unescape(re.sub("<[^>]+>", "", page))
    assert 'id="FilterPacket.to_ndarray"' in page and "run(self, timeout: float | None = None) -> None" in text
