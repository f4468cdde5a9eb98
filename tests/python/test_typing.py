# SPDX-License-Identifier: MIT
"""Type hints: complete, true to the runtime, and of use to programs, as mypy and pyright see them."""

import json
import os
import pathlib
import re
import shutil
import subprocess
import sys

import pytest

import libgpac as gpac

ROOT = pathlib.Path(__file__).resolve().parents[2]
PROGRAMS = sorted(map(str, ROOT.glob("examples/*.py"))) + [str(ROOT / "tests/python/typed_program.py")]


def tool(module, *args, cwd):
    """Runs a tool away from the sources, so that it sees the package as installed; skips when there is none."""
    pytest.importorskip(module.split(".")[0])
    # pyright is a program for node: the wheel of node is used, and the program is kept in the environment
    settings = {"PYRIGHT_PYTHON_GLOBAL_NODE": "0", "PYRIGHT_PYTHON_CACHE_DIR": os.path.join(sys.prefix, "pyright"),
                "PYRIGHT_PYTHON_IGNORE_WARNINGS": "1", "MYPY_CACHE_DIR": os.path.join(sys.prefix, "mypy"),
                "PYTHONPATH": str(cwd)}
    return subprocess.run([sys.executable, "-m", module, *args], cwd=cwd, env={**os.environ, **settings},
                          capture_output=True, text=True)


@pytest.fixture(scope="module")
def pyright(tmp_path_factory):
    """Runs pyright on a copy of the package, for it only looks at packages made of plain files."""
    folder = tmp_path_factory.mktemp("pyright")
    shutil.copytree(os.path.dirname(gpac.__file__), folder / "libgpac", symlinks=False,
                    ignore=shutil.ignore_patterns("__pycache__", "*.so*", "gpac"))
    (folder / "pyrightconfig.json").write_text(json.dumps({"extraPaths": ["."], "typeCheckingMode": "strict"}))
    if tool("pyright", "--version", cwd=folder).returncode:
        pytest.skip("pyright cannot be fetched from the npm registry")

    def run(*args):
        out = tool("pyright", "--pythonpath", sys.executable, "--outputjson", *args, cwd=folder)
        return json.loads(out.stdout)

    return run


def test_package_passes_mypy_strict(tmp_path):
    out = tool("mypy", "--strict", "-p", "libgpac", cwd=tmp_path)
    assert out.returncode == 0, out.stdout + out.stderr


def test_programs_pass_mypy_strict(tmp_path):
    out = tool("mypy", "--strict", *PROGRAMS, cwd=tmp_path)
    assert out.returncode == 0, out.stdout + out.stderr


def test_stubs_agree_with_the_runtime(tmp_path):
    allowed = str(ROOT / "tests/python/stubtest_allowlist.txt")
    out = tool("mypy.stubtest", "libgpac", "--ignore-disjoint-bases", "--allowlist", allowed,
               "--ignore-unused-allowlist", cwd=tmp_path)
    assert out.returncode == 0, out.stdout + out.stderr


def test_signatures_name_the_keywords_of_the_extension():
    """The text signatures of methods, which stubtest compares with the stubs, are those the C code parses."""
    found = 0
    sources = {source: source.read_text() for source in (ROOT / "python/native").glob("*.c")}
    for source, text in sources.items():
        doc = source.with_name(f"{source.stem}_doc.h")
        for name, function in re.findall(r'\{"(\w+)",\s*WITH_KEYWORDS\((\w+)\)', text):
            code = text if f"static PyObject *{function}(" in text else "".join(sources.values())
            body = re.search(rf"\b{function}\(PyObject \*\w+, PyObject \*args[^{{]*\{{(.*?)\n\}}", code, re.S)
            names = re.search(r"names\[\] = \{(.*?), NULL\}", body[1]) if body else None
            signature = re.search(rf'"{name}\(\$self, (.*?)\)', doc.read_text())
            if names:
                expected = re.findall(r'"(\w+)"', names[1])
                assert re.findall(r"(\w+)(?:=[^,]+)?(?:, |$)", signature[1]) == expected, name
                found += 1
    assert found > 15


def test_interface_is_completely_typed(pyright):
    report = pyright("--verifytypes", "libgpac", "--ignoreexternal")["typeCompleteness"]
    bad = [s["name"] for s in report["symbols"] if not s["isTypeKnown"] or s["isTypeAmbiguous"]]
    assert not bad and report["completenessScore"] == 1


def test_programs_pass_pyright_strict(pyright):
    problems = pyright(*PROGRAMS)["generalDiagnostics"]
    assert not [(p["file"], p["range"]["start"]["line"] + 1, p["message"]) for p in problems if p["severity"] == "error"]
