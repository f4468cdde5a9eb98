# SPDX-License-Identifier: MIT
"""Every public name, constant and structure of the module, against the list in checklist.txt.

Where the chapter itself is at hand (``../shared/spec``), the list is compared with it.
"""

import ctypes
import os
import re
from pathlib import Path

import pytest

import libgpac as gpac
import libgpac.libgpac as inner

HERE = Path(__file__).resolve().parent
SPEC = Path(os.environ.get("GPAC_TEST_SPEC", HERE.parent.parent.parent / "shared" / "spec"))


def read_list():
    """{section: lines}; an indented line goes on with the line before it."""
    sections, lines = {}, None
    for line in (HERE / "checklist.txt").read_text().splitlines():
        if line.startswith("["):
            lines = sections.setdefault(line.strip("[]"), [])
        elif line.startswith(" "):
            lines[-1] += " " + line.strip()
        elif line and not line.startswith("#"):
            lines.append(line)
    return sections


def parse_structure(line):
    """("name", size, [(field, type)])"""
    head, fields = line.split(":")
    name, size = head.split()
    return name, int(size), [tuple(f.split()) for f in fields.split(",")]


LIST = read_list()
NAMES = " ".join(LIST["module"]).split()
CONSTANTS = {name: int(value) for name, value in (line.split() for line in LIST["constants"])}
STRUCTURES = {name: (size, fields) for name, size, fields in map(parse_structure, LIST["structures"])}
MEMBERS = {name: members.split() for name, members in (line.split(":") for line in LIST["members"])}

# What a script writes rather than reads: methods it defines in its own classes.
CALLBACKS = {
    "FilterCustom": "configure_pid process process_event reconfigure_output packet_release".split(),
    "FileIO": [name for name in MEMBERS["FileIO"] if name.startswith("obj.")],
    "callback_obj": ["on_prop_enum"],
}
# Members which exist on instances only.
INSTANCES = {
    "BufferOccupancy": lambda: gpac.BufferOccupancy(1, 2, 3, 4, True),
    "DASHCustomAlgorithm": lambda: gpac.DASHCustomAlgorithm(),
    "DASHGroup": lambda: gpac.DASHGroup(),
    "DASHQualityInfo": lambda: gpac.DASHQualityInfo(),
    "DASHSRD": lambda: gpac.DASHSRD(),
    "GLTextureInfo": lambda: gpac.GLTextureInfo(1, 2),
    "HTTPOutRequest": lambda: gpac.HTTPOutRequest(),
}


def test_module_names():
    assert not [name for name in NAMES if not hasattr(gpac, name) or not hasattr(inner, name)]
    # what starts with an underscore is for those who ask for it by name
    assert not [name for name in NAMES if name not in gpac.__all__ and not name.startswith("_")]


def test_constants():
    assert {name: getattr(gpac, name, None) for name in CONSTANTS} == CONSTANTS
    assert {name: getattr(inner, name, None) for name in CONSTANTS} == CONSTANTS
    assert {type(getattr(gpac, name)) for name in CONSTANTS} == {int}
    assert set(CONSTANTS) <= set(gpac.__all__)


INTEGERS = {f"{sign}{8 * width}": (width, sign == "i") for sign in "ui" for width in (1, 2, 4, 8)}


def is_type(found, expected):
    """Whether a ctypes type is what a word of the list says."""
    if expected in INTEGERS or expected == "b32":
        width, signed = INTEGERS.get(expected, (4, False))
        return ctypes.sizeof(found) == width and (found(-1).value == -1) == signed
    if expected.startswith("*"):
        return issubclass(found, ctypes._Pointer) and is_type(found._type_, expected[1:])
    plain = {"f32": ctypes.c_float, "f64": ctypes.c_double, "ptr": ctypes.c_void_p, "cstr": ctypes.c_char_p}
    return found is (plain[expected] if expected in plain else getattr(gpac, expected))


@pytest.mark.parametrize("name", STRUCTURES)
def test_structure(name):
    size, fields = STRUCTURES[name]
    found = getattr(gpac, name)
    assert name in gpac.__all__ and ctypes.sizeof(found) == size
    public = [field for field in found._fields_ if not field[0].startswith("_")]
    assert [field[0] for field in public] == [field for field, _ in fields]
    wrong = [field for (field, kind), (_, word) in zip(public, fields) if not is_type(kind, word)]
    assert not wrong


@pytest.mark.parametrize("name", STRUCTURES)
def test_structure_is_zero_and_takes_values(name):
    found = getattr(gpac, name)()
    assert not any(bytes(found))
    if isinstance(found, ctypes.Structure):
        numbers = [field for field, word in STRUCTURES[name][1] if word in INTEGERS]
        for number, field in enumerate(numbers):
            setattr(found, field, number + 1)
        assert [getattr(found, field) for field in numbers] == list(range(1, len(numbers) + 1))


@pytest.mark.parametrize("name", [name for name in MEMBERS if name != "callback_obj"])
def test_members(name):
    owner = INSTANCES[name]() if name in INSTANCES else getattr(gpac, name)
    wanted = [member for member in MEMBERS[name] if member not in CALLBACKS.get(name, ())]
    assert not [member for member in wanted if not hasattr(owner, member)]
    if "__str__" in wanted and name in STRUCTURES:
        assert owner.__str__ is not object.__str__


def test_callbacks_of_custom_filters_are_described():
    text = gpac.FilterCustom.__doc__
    assert not [name for name in CALLBACKS["FilterCustom"] if name not in text]


def test_methods_of_file_objects_are_asked_for():
    """Each is mandatory but `exists`."""
    names = [name.split(".")[1] for name in CALLBACKS["FileIO"]]
    assert "exists" in names
    names.remove("exists")
    methods = {name: lambda *args: 0 for name in names}
    gpac.FileIO("a.bin", type("Factory", (), methods)())
    for name in names:
        rest = {key: value for key, value in methods.items() if key != name}
        with pytest.raises(Exception, match=f"No see?k? function|No {name} function"):
            gpac.FileIO("a.bin", type("Factory", (), rest)())


def test_property_enumeration_asks_for_on_prop_enum():
    class Source(gpac.FilterCustom):
        def process(self):
            return gpac.GF_EOS

    with gpac.FilterSession() as fs:
        pid = Source(fs).new_pid()
        with pytest.raises(Exception, match="No on_prop_enum function on callback"):
            pid.enum_props(object())


# The list itself, where the chapter is at hand


@pytest.fixture(scope="module")
def chapter():
    path = SPEC / "python-api.md"
    if not path.exists():
        pytest.skip(f"no specification at {SPEC}")
    return path.read_text().replace("\N{MINUS SIGN}", "-")


def between(text, start, end):
    return text[text.index(start) : text.index(end)]


def test_list_has_the_names_of_the_chapter(chapter):
    block = re.search(r"## 9\. Checklist.*?```text\n(.*?)```", chapter, re.S).group(1)
    names = {line.lstrip("+") for line in block.split()}
    listed = {*NAMES, *CONSTANTS, *MEMBERS, *STRUCTURES}
    listed |= {f"{name}.{member}" for name, members in MEMBERS.items() for member in members}
    listed |= {f"{name}.{field}" for name, (_, fields) in STRUCTURES.items() for field, _ in fields}
    assert names - listed == set()
    # the chapter names the members of these two in section 2.5 only
    elsewhere = ("FEVT_DASHQualitySelection.", "FEVT_NetworkHint.")
    assert {name for name in listed - names if not name.startswith(elsewhere)} == {"callback_obj"}


def test_list_has_the_values_of_the_chapter(chapter):
    part = between(chapter, "## 3. Constants", "### 3.10")
    values = {name: int(value) for name, value in re.findall(r"`(GF_\w+)` (?:\| )?\**(-?\d+)", part)}
    family = re.search(r"`(GF_FS_STATS_FILTER_)` \+ (.*?) \|", part)
    values |= {family.group(1) + name: int(value) for name, value in re.findall(r"`(\w+)` (\d+)", family.group(2))}
    values |= {"GF_FILTER_NO_TS": 2**64 - 1, "GF_FILTER_NO_BO": 2**64 - 1}
    assert values == CONSTANTS


def test_list_has_the_sizes_and_types_of_the_chapter(chapter):
    part = between(chapter, "## 2. Structure wrappers", "## 3. Constants")
    sizes = {name: int(size) for name, size in re.findall(r"`(\w+)` \((\d+)\)", part)}
    assert {name: size for name, (size, _) in STRUCTURES.items() if name in sizes} == sizes
    # members with their type behind them, in tables and in running text
    words = r"[iu](?:8|16|32|64)|f32|f64|b32|cstr|ptr"
    for name, members in re.findall(r"^\| `(\w+)` \(\d+\) \| (.*?) \|", part, re.M):
        fields = dict(STRUCTURES[name][1])
        for group, kind in re.findall(rf"((?:`\w+`,? ?)+) ({words})\b", re.sub(r"\*|\([^()]*\)", "", members)):
            for field in re.findall(r"`(\w+)`", group):
                assert fields.get(field) == kind, (name, field)
