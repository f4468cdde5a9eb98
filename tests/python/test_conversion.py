# SPDX-License-Identifier: MIT
"""How properties are identified, what they accept and what they refuse; packets and information too."""

import array
import ctypes
import decimal
import fractions
import math

import pytest

import libgpac as gpac
from lab import read_back

P = gpac


def properties(target):
    class Props:
        def on_prop_enum(self, name, value):
            found[name] = value

    found = {}
    target.enum_props(Props())
    return found


def code_of(text):
    return int.from_bytes(text.encode(), "big")


# ---- keys


@pytest.mark.parametrize("key", ["ID", "PID", "PIDI", code_of("PIDI")])
def test_every_key_of_a_property(pid, key):
    """By name, alias, code as text and code as number; calls that take a code take all of them."""
    keys = ("ID", "PID", "PIDI", code_of("PIDI"))
    pid.set_prop(key, 7)
    assert [pid.get_prop(k) for k in keys] == [7] * 4
    assert [pid.get_info(k) for k in keys] == [7] * 4
    assert [pid.filter.opid_prop(0, k) for k in keys] == [7] * 4
    assert [pid.filter.get_info(k) for k in keys] == [7] * 4
    assert properties(pid)["ID"] == 7 and "PIDI" not in properties(pid)
    pid.set_info(key, 8)
    pid.query_cap(key)
    pid.filter.push_cap(key, 7, P.GF_CAPS_OUTPUT)
    pck = pid.new_pck(1)
    pck.set_prop(key, 9)
    assert [pck.get_prop(k) for k in keys] == [9] * 4
    pid.set_prop(key, None)
    assert [pid.filter.opid_prop(0, k) for k in keys] == [None] * 4


def test_names_are_case_sensitive(pid):
    pid.set_prop("streamtype", "Visual")
    assert pid.get_prop("StreamType") is None and pid.get_prop("streamtype") == "Visual"
    assert properties(pid) == {"streamtype": "Visual"}


def test_builtin_types_are_fixed(pid):
    assert read_back(pid, "SampleRate", 48000, P.GF_PROP_STRING) == 48000
    with pytest.raises(TypeError):
        pid.set_prop("SampleRate", "48000", P.GF_PROP_STRING)


def test_user_defined_names(pid):
    """Strings by default, made with str(); four characters that are no built-in code are a name like others."""

    class Thing:
        def __str__(self):
            return "a thing"

    for key in ("mine", "my property with a long name " * 5, "été", "zzzz"):
        assert read_back(pid, key, Thing()) == "a thing"
        assert read_back(pid, key, 3, P.GF_PROP_UINT) == 3
        assert key in properties(pid)
        pid.set_prop(key, None)
        assert key not in properties(pid)
        pid.set_prop(key, None)


@pytest.mark.parametrize(
    "key, error",
    [(None, TypeError), (1.5, TypeError), (b"ID", TypeError), (0, ValueError), (-1, ValueError), (2**32, ValueError),
     (2**70, ValueError), ("", ValueError), ("a\0b", ValueError), ("\ud800", ValueError)],
)
def test_bad_keys(pid, key, error):
    pck = pid.new_pck(1)
    for call in (pid.get_prop, pid.get_info, pid.query_cap, pck.get_prop, lambda k: pid.set_prop(k, 1),
                 lambda k: pid.set_info(k, 1), lambda k: pck.set_prop(k, 1), lambda k: pid.filter.opid_prop(0, k),
                 pid.filter.get_info, lambda k: pid.filter.push_cap(k, 1, P.GF_CAPS_OUTPUT)):
        with pytest.raises(error):
            call(key)
    assert properties(pid) == {}


# ---- values


class Pair:
    def __init__(self, num, den):
        self.num, self.den = num, den


class Point:
    def __init__(self, **members):
        vars(self).update(members)


class Index:
    """As the integers of numpy: no int, and used as one."""

    def __index__(self):
        return 5


S32, U32, S64, U64 = P.GF_PROP_SINT, P.GF_PROP_UINT, P.GF_PROP_LSINT, P.GF_PROP_LUINT


@pytest.mark.parametrize(
    "kind, value, expected",
    [
        (S32, -(2**31), -(2**31)), (S32, 2**31 - 1, 2**31 - 1), (S32, True, 1), (S32, Index(), 5),
        (U32, 2**32 - 1, 2**32 - 1), (U32, -(2**31), 2**31), (U32, Index(), 5),
        (S64, 2**63 - 1, 2**63 - 1), (U64, -(2**63), 2**63), (U64, Index(), 5),
        (P.GF_PROP_BOOL, True, 1), (P.GF_PROP_BOOL, 7, 1), (P.GF_PROP_BOOL, "", 0), (P.GF_PROP_BOOL, [], 0),
        (P.GF_PROP_FLOAT, 3, 3.0), (P.GF_PROP_FLOAT, 0.1, ctypes.c_float(0.1).value), (P.GF_PROP_DOUBLE, -1e300, -1e300),
        (P.GF_PROP_DOUBLE, math.inf, math.inf), (P.GF_PROP_DOUBLE, fractions.Fraction(1, 4), 0.25),
        (P.GF_PROP_DOUBLE, decimal.Decimal("0.5"), 0.5),
        (P.GF_PROP_FRACTION, Pair(-3, 4), P.Fraction(-3, 4)), (P.GF_PROP_FRACTION, 0, P.Fraction(0, 1)),
        (P.GF_PROP_FRACTION, P.Fraction(1, 0), P.Fraction(1, 0)), (P.GF_PROP_FRACTION, 25.0, P.Fraction(25, 1)),
        (P.GF_PROP_FRACTION, 0.25, P.Fraction(250, 1000)), (P.GF_PROP_FRACTION, -2.0, P.Fraction(-2, 1)),
        (P.GF_PROP_FRACTION, 23.976, P.Fraction(23976, 1000)),
        (P.GF_PROP_FRACTION64, 0.5, P.Fraction64(500000, 1000000)), (P.GF_PROP_FRACTION64, 2**40, P.Fraction64(2**40, 1)),
        (P.GF_PROP_FRACTION64, 1e15, P.Fraction64(10**15, 1)),
        (P.GF_PROP_FRACTION64, fractions.Fraction(1001, 30000), P.Fraction64(1001, 30000)),
        (P.GF_PROP_VEC2I, Point(x=1, y=-2), P.PropVec2i(1, -2)), (P.GF_PROP_VEC2I, [1, 2], P.PropVec2i(1, 2)),
        (P.GF_PROP_VEC2I, (1.0, 2.0), P.PropVec2i(1, 2)),
        (P.GF_PROP_VEC2, (1, 2.5), P.PropVec2(1.0, 2.5)), (P.GF_PROP_VEC3I, (1, 2, 3), P.PropVec3i(1, 2, 3)),
        (P.GF_PROP_VEC4I, Point(x=1, y=2, z=3, w=4), P.PropVec4i(1, 2, 3, 4)),
        (P.GF_PROP_STRING, None.__class__, str(type(None))), (P.GF_PROP_NAME, 1.5, "1.5"), (P.GF_PROP_STRING, "", ""),
        (P.GF_PROP_DATA, memoryview(b"abc"), b"abc"), (P.GF_PROP_CONST_DATA, array.array("H", [1]), b"\1\0"),
        (P.GF_PROP_DATA_NO_COPY, P.PropData(b""), b""),
        (P.GF_PROP_STRING_LIST, [], []), (P.GF_PROP_STRING_LIST, ("a", ""), ["a", ""]),
        (P.GF_PROP_STRING_LIST_COPY, [], []),
        (P.GF_PROP_SINT_LIST, [], []), (P.GF_PROP_SINT_LIST, [-(2**31), 2**31 - 1], [-(2**31), 2**31 - 1]),
        (P.GF_PROP_UINT_LIST, list(range(1000)), list(range(1000))), (P.GF_PROP_VEC2I_LIST, [], []),
        (P.GF_PROP_VEC2I_LIST, [Point(x=1, y=2)], [P.PropVec2i(1, 2)]), (P.GF_PROP_4CC_LIST, [], []),
        (P.GF_PROP_4CC_LIST, ["avc1", code_of("mp4a")], ["avc1", "mp4a"]),
        (P.GF_PROP_4CC, code_of("avc1"), "avc1"), (P.GF_PROP_4CC, "a\xa9b~", "a\xa9b~"),
        (P.GF_PROP_4CC, 0x00207FC0, "00 7FC0"), (P.GF_PROP_4CC, 0xFF808182, "FF\x80\x81\x82"),
    ],
)
def test_values(pid, kind, value, expected):
    result = read_back(pid, "mine", value, kind)
    assert result == expected
    assert type(result) is type(expected) or isinstance(result, P.PropData)
    pck = pid.new_pck(1)
    assert read_back(pck, "mine", value, kind) == expected
    pid.set_info("other", value, kind)
    assert pid.get_info("other") == expected


@pytest.mark.parametrize(
    "kind, value, error",
    [
        *((kind, bad, TypeError) for kind in (S32, U32, S64, U64) for bad in ("1", 1.0, object(), b"1", [1])),
        (S32, 2**31, OverflowError), (S32, -(2**31) - 1, OverflowError), (U32, 2**70, OverflowError),
        (S64, 2**63, OverflowError), (S64, -(2**63) - 1, OverflowError), (U64, -(2**63) - 1, OverflowError),
        (P.GF_PROP_FLOAT, "1", TypeError), (P.GF_PROP_DOUBLE, object(), TypeError),
        *((P.GF_PROP_FRACTION, bad, TypeError) for bad in ("1/2", object(), (1, 2), Pair("1", "2"), Pair(1.5, 2))),
        (P.GF_PROP_FRACTION, 2**31, OverflowError), (P.GF_PROP_FRACTION, Pair(1, 2**32), OverflowError),
        (P.GF_PROP_FRACTION, Pair(1, -2), OverflowError), (P.GF_PROP_FRACTION, math.nan, OverflowError),
        (P.GF_PROP_FRACTION, math.inf, OverflowError), (P.GF_PROP_FRACTION64, 1e30, OverflowError),
        (P.GF_PROP_FRACTION64, -math.inf, OverflowError), (P.GF_PROP_FRACTION64, 9.1e18 + 0.5, None),
        (P.GF_PROP_FRACTION64, 2**63, OverflowError),
        (P.GF_PROP_VEC2I, (1, 2, 3), P.GpacError), (P.GF_PROP_VEC2I, (1.5, 2), P.GpacError),
        (P.GF_PROP_VEC2I, (math.nan, 2), OverflowError), (P.GF_PROP_VEC2I, (2**31, 0), OverflowError),
        (P.GF_PROP_VEC2, Point(x=1), P.GpacError), (P.GF_PROP_VEC3I, P.PropVec2i(1, 2), P.GpacError),
        (P.GF_PROP_VEC4I, "abcd", P.GpacError), (P.GF_PROP_STRING, "a\0b", ValueError), (P.GF_PROP_NAME, "\ud800", ValueError),
        (P.GF_PROP_DATA, "text", TypeError), (P.GF_PROP_DATA, 5, TypeError), (P.GF_PROP_DATA, [1, 2], TypeError),
        (P.GF_PROP_DATA, memoryview(b"abcd")[::2], BufferError),
        (P.GF_PROP_POINTER, 0, P.GpacError), (P.GF_PROP_POINTER, object(), P.GpacError),
        (P.GF_PROP_STRING_LIST, "ab", P.GpacError), (P.GF_PROP_STRING_LIST, [1], TypeError),
        (P.GF_PROP_STRING_LIST, [None], TypeError), (P.GF_PROP_STRING_LIST, ["a\0"], ValueError),
        (P.GF_PROP_UINT_LIST, 5, P.GpacError), (P.GF_PROP_UINT_LIST, ["1"], TypeError),
        (P.GF_PROP_SINT_LIST, [2**31], OverflowError), (P.GF_PROP_VEC2I_LIST, [3], P.GpacError),
        (P.GF_PROP_4CC, "abc", ValueError), (P.GF_PROP_4CC, "", ValueError), (P.GF_PROP_4CC, "abc\u0100", ValueError),
        (P.GF_PROP_4CC, 2**32, OverflowError), (P.GF_PROP_4CC_LIST, ["toolong"], ValueError),
        (P.GF_PROP_4CC_LIST, "abcd", P.GpacError), (P.GF_PROP_PIXFMT, 1.5, TypeError), (P.GF_PROP_PCMFMT, None.__class__, TypeError),
        (28, 1, P.GpacError), (46, 1, P.GpacError), (2**32 - 1, 1, P.GpacError),
    ],
)
def test_refused_values(pid, kind, value, error):
    if error is None:
        return pid.set_prop("mine", value, kind)
    for target in (pid, pid.new_pck(1)):
        with pytest.raises(error):
            target.set_prop("mine", value, kind)
        assert target.get_prop("mine") is None
    with pytest.raises(error):
        pid.set_info("mine", value, kind)


@pytest.mark.parametrize("kind", [-1, 2**32, 2**70])
def test_type_out_of_range(pid, kind):
    for call in (pid.set_prop, pid.set_info, pid.new_pck(1).set_prop):
        with pytest.raises(OverflowError):
            call("mine", 1, kind)


def test_messages(pid):
    """Texts that scripts may look for."""
    for kind, value, text in [
        (P.GF_PROP_VEC2I, 5, "Invalid property value for vec2i: 5"),
        (P.GF_PROP_VEC2, "x", "Invalid property value for vec2: x"),
        (P.GF_PROP_VEC3I, (1, 2), "Invalid property value for vec3i: (1, 2)"),
        (P.GF_PROP_VEC4I, P.PropVec3i(1, 2, 3), "Invalid property value for vec4i: 1x2x3"),
        (P.GF_PROP_POINTER, 5, "Setting pointer property from python not yet implemented !"),
        (P.GF_PROP_UINT_LIST, 5, "Property is not a list"),
        (39, 5, "Unsupported property type 39"),
    ]:
        with pytest.raises(P.GpacError) as failure:
            pid.set_prop("mine", value, kind)
        assert str(failure.value) == text


# ---- results


def test_results_are_copies(pid):
    """What was read stays when the property changes or goes."""
    pid.set_prop("data", b"first", P.GF_PROP_DATA)
    pid.set_prop("list", ["a"], P.GF_PROP_STRING_LIST)
    pid.set_prop("vector", (1, 2, 3, 4), P.GF_PROP_VEC4I)
    before = properties(pid)
    before["vector"].w = 5
    before["list"].append("b")
    assert pid.get_prop("vector").w == 4 and pid.get_prop("list") == ["a"]
    pid.set_prop("data", b"other", P.GF_PROP_DATA)
    pid.reset_props()
    pid.filter.session.delete()
    assert bytes(before["data"]) == b"first" and before["data"].size == 5 and len(before["data"]) == 5


def test_values_are_copied_in(pid):
    data = bytearray(b"abc")
    names = ["a", "b"]
    pid.set_prop("data", data, P.GF_PROP_DATA_NO_COPY)
    pid.set_prop("list", names, P.GF_PROP_STRING_LIST)
    data[:] = b"xyz"  # would raise BufferError if the engine still held it
    data.extend(b"more")
    names[0] = "z"
    assert pid.get_prop("data") == b"abc" and pid.get_prop("list") == ["a", "b"]


def test_data_of_a_builtin(pid):
    assert read_back(pid, "DecoderConfig", b"\0\1") == b"\0\1"
    assert read_back(pid, "DecoderConfig", P.PropData(b"\2")) == b"\2"
    copy = pid.get_prop("DecoderConfig")
    assert read_back(pid, "DecoderConfig", copy) == copy
    assert read_back(pid, "DecoderConfig", b"") == b""


def test_numpy_values(pid):
    numpy = pytest.importorskip("numpy")
    assert read_back(pid, "a", numpy.int16(-3), S32) == -3
    assert read_back(pid, "b", numpy.uint64(2**64 - 1), U64) == 2**64 - 1
    assert read_back(pid, "c", numpy.float32(0.5), P.GF_PROP_DOUBLE) == 0.5
    assert read_back(pid, "d", numpy.arange(3, dtype=numpy.uint8), P.GF_PROP_DATA) == b"\0\1\2"
    assert read_back(pid, "e", numpy.int32(3), P.GF_PROP_FRACTION) == P.Fraction(3, 1)
    assert read_back(pid, "f", [numpy.uint32(7)], P.GF_PROP_UINT_LIST) == [7]


def test_equal_names_by_other_code(pid):
    """`None` removes whatever the type is."""
    for kind in (U32, P.GF_PROP_STRING, P.GF_PROP_DATA, P.GF_PROP_POINTER, P.GF_PROP_STRING_LIST):
        pid.set_prop("mine", None, kind)
        pid.set_prop("mine", 1, U32)
        pid.set_prop("mine", None, kind)
        assert pid.get_prop("mine") is None


def test_unknown_code(pid):
    """A number names a built-in property and nothing else."""
    for target in (pid, pid.new_pck(1)):
        with pytest.raises(ValueError, match="not the code of a built-in property"):
            target.set_prop(code_of("none"), 1)
        assert target.get_prop(code_of("none")) is None
