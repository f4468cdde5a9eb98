"""Documents that are made from the tables of the library say what these say now."""

import re

from tool import ROOT


def test_filter_reference_is_up_to_date(gpac):
    """`make docs` writes it."""
    assert (ROOT / "docs" / "filters.md").read_text(encoding="utf-8") == gpac("-h", "reference").stdout


def test_filter_reference_has_every_filter(gpac):
    names = set(re.findall(r"^### (\S+)$", gpac("-h", "reference").stdout, re.M))
    assert names == set(re.findall(r"^  (\S+)", gpac("-h", "filters").stdout, re.M))
    assert "mp4mx" in names


def test_header_names_properties_as_the_library_does(gpac):
    """props_ids.h tells the name and type of each property in a comment."""
    listed = {code: (name, kind) for name, code, kind
              in re.findall(r"^(\S+) +(.{4}) (\S+)", gpac("-h", "props").stdout, re.M)}
    header = (ROOT / "include" / "gpac" / "props_ids.h").read_text(encoding="utf-8")
    written = {"".join(re.findall(r"'(.)'", codes)): (name, kind) for codes, name, kind
               in re.findall(r"= GF_4CC\(([^)]*)\), +// (\S+), (\S+)", header)}
    assert len(listed) > 200
    assert written == listed


def test_readme_lists_every_filter(gpac):
    table = (ROOT / "README.md").read_text(encoding="utf-8").split("## What is there")[1].split("\n\n")[1]
    listed = re.findall(r"`(\w+)`", " ".join(row.split("|")[1] for row in table.splitlines()[2:]))
    assert sorted(listed) == sorted(re.findall(r"^  (\S+)", gpac("-h", "filters").stdout, re.M))
