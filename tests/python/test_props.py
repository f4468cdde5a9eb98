# SPDX-License-Identifier: MIT
"""Properties of every type, both ways; names and refusals."""

import fractions

import pytest

import libgpac as gpac
from lab import Sink, Source, run_pair

P = gpac


def through(props):
    """Properties as a consumer sees them, once by get_prop and once by enumeration."""
    seen, enumerated = {}, {}

    class Dst(Sink):
        def configure_pid(self, pid, is_remove):
            if not is_remove:
                seen.update((key, pid.get_prop(key)) for key in props)

                class Props:
                    def on_prop_enum(self, name, value):
                        enumerated[name] = value

                pid.enum_props(Props())
                assert pid.props() == enumerated
            return 0

    fs, src, dst = run_pair(sink_class=Dst, props=props)
    return seen, enumerated


def one(value, kind):
    seen, enumerated = through({"mine": (value, kind)})
    assert seen["mine"] == enumerated["mine"]
    return seen["mine"]


@pytest.mark.parametrize(
    "kind, value, expected",
    [
        (P.GF_PROP_SINT, -5, -5),
        (P.GF_PROP_UINT, 5, 5),
        (P.GF_PROP_UINT, -1, 2**32 - 1),
        (P.GF_PROP_UINT, True, 1),
        (P.GF_PROP_LSINT, -(2**63), -(2**63)),
        (P.GF_PROP_LUINT, 2**64 - 1, 2**64 - 1),
        (P.GF_PROP_LUINT, -1, 2**64 - 1),
        (P.GF_PROP_BOOL, "x", 1),
        (P.GF_PROP_BOOL, 0, 0),
        (P.GF_PROP_FRACTION, P.Fraction(6, 4), P.Fraction(6, 4)),
        (P.GF_PROP_FRACTION, 3, P.Fraction(3, 1)),
        (P.GF_PROP_FRACTION, 1.0, P.Fraction(1, 1)),
        (P.GF_PROP_FRACTION, 0.5, P.Fraction(500, 1000)),
        (P.GF_PROP_FRACTION, -0.5, P.Fraction(-500, 1000)),
        (P.GF_PROP_FRACTION, fractions.Fraction(1, 3), P.Fraction(1, 3)),
        (P.GF_PROP_FRACTION64, 0.25, P.Fraction64(250000, 1000000)),
        (P.GF_PROP_FRACTION64, P.Fraction64(2**40, 7), P.Fraction64(2**40, 7)),
        (P.GF_PROP_FLOAT, 0.5, 0.5),
        (P.GF_PROP_DOUBLE, 0.1, 0.1),
        (P.GF_PROP_VEC2I, P.PropVec2i(-1, 2), P.PropVec2i(-1, 2)),
        (P.GF_PROP_VEC2I, (3, 4), P.PropVec2i(3, 4)),
        (P.GF_PROP_VEC2, P.PropVec2(0.5, 2), P.PropVec2(0.5, 2)),
        (P.GF_PROP_VEC3I, P.PropVec3i(1, 2, 3), P.PropVec3i(1, 2, 3)),
        (P.GF_PROP_VEC4I, P.PropVec4i(1, 2, 3, 4), P.PropVec4i(1, 2, 3, 4)),
        (P.GF_PROP_STRING, "é", "é"),
        (P.GF_PROP_STRING, 12, "12"),
        (P.GF_PROP_STRING_NO_COPY, "text", "text"),
        (P.GF_PROP_NAME, "name" + "x" * 100, "name" + "x" * 100),
        (P.GF_PROP_DATA, b"\0\1\2", b"\0\1\2"),
        (P.GF_PROP_DATA_NO_COPY, bytearray(b"abc"), b"abc"),
        (P.GF_PROP_CONST_DATA, P.PropData(b"const"), b"const"),
        (P.GF_PROP_DATA, b"", b""),
        (P.GF_PROP_STRING_LIST, ["a", "bé"], ["a", "bé"]),
        (P.GF_PROP_STRING_LIST_COPY, ["a"], ["a"]),
        (P.GF_PROP_UINT_LIST, [1, 2**32 - 1], [1, 2**32 - 1]),
        (P.GF_PROP_SINT_LIST, [-1, 2], [-1, 2]),
        (P.GF_PROP_VEC2I_LIST, [P.PropVec2i(1, 2), (3, 4)], [P.PropVec2i(1, 2), P.PropVec2i(3, 4)]),
        (P.GF_PROP_4CC, "avc1", "avc1"),
        (P.GF_PROP_4CC, 0, "00000000"),
        (P.GF_PROP_4CC_LIST, ["avc1", "mp4a"], ["avc1", "mp4a"]),
        (P.GF_PROP_UINT_LIST, [], []),
        (P.GF_PROP_STRING_LIST, [], []),
        (P.GF_PROP_PIXFMT, "yuv", "yuv420"),
        (P.GF_PROP_PIXFMT, "nv12", "nv12"),
        (P.GF_PROP_PCMFMT, "pcm", "s16"),
        (P.GF_PROP_PCMFMT, 6, "flt"),
        (P.GF_PROP_CICP_COL_PRIM, "bt709", "BT709"),
        (P.GF_PROP_CICP_COL_TFC, 16, "SMPTE2084"),
        (P.GF_PROP_CICP_COL_MX, "YCgCo", "YCgCo"),
        (P.GF_PROP_CICP_LAYOUT, "3/2.0", "3/2.0"),
        (P.GF_PROP_CICP_LAYOUT, "5/2.1", "5/2.1"),
        (P.GF_PROP_CICP_LAYOUT, 999, "unknown"),
    ],
)
def test_types(kind, value, expected):
    assert one(value, kind) == expected


@pytest.mark.parametrize(
    "kind, value, error, text",
    [
        (P.GF_PROP_UINT, "5", TypeError, ""),
        (P.GF_PROP_UINT, 2**32, OverflowError, ""),
        (P.GF_PROP_UINT, -(2**31) - 1, OverflowError, ""),
        (P.GF_PROP_SINT, 2**31, OverflowError, ""),
        (P.GF_PROP_LUINT, 2**64, OverflowError, ""),
        (P.GF_PROP_VEC2I, 5, P.GpacError, "Invalid property value for vec2i: 5"),
        (P.GF_PROP_VEC4I, P.PropVec2i(1, 2), P.GpacError, "Invalid property value for vec4i: 1x2"),
        (P.GF_PROP_POINTER, 5, P.GpacError, "Setting pointer property from python not yet implemented !"),
        (P.GF_PROP_STRING_LIST, "ab", P.GpacError, "Property is not a list"),
        (P.GF_PROP_4CC, "abcde", ValueError, ""),
        (P.GF_PROP_PIXFMT, "nope", ValueError, ""),
        (P.GF_PROP_CICP_COL_PRIM, "nope", ValueError, ""),
        (99, 1, P.GpacError, "Unsupported property type 99"),
    ],
)
def test_refused(kind, value, error, text):
    with pytest.raises(error) as failure:
        one(value, kind)
    assert text in str(failure.value)


def test_builtin_properties():
    props = {
        "StreamType": "audio",
        "CodecID": "aac",
        "SampleRate": 48000,
        "Duration": P.Fraction64(5, 1),
        "Language": "fra",
        "DecoderConfig": b"\x11\x90",
        "AudioFormat": "s16",
    }
    seen = {}

    class Src(Source):
        def __init__(self, session):
            super().__init__(session)
            self.push_cap("StreamType", "Audio", P.GF_CAPS_OUTPUT)

        def make_pid(self):
            self.pid = self.new_pid()
            for key, value in props.items():
                self.pid.set_prop(key, value)
            self.pid.set_prop("PID", 7)
            with pytest.raises(ValueError):
                self.pid.set_prop("CodecID", "nocodec")
            with pytest.raises(TypeError):
                self.pid.set_prop("SampleRate", "48000")
            seen.update((k, self.pid.get_prop(k)) for k in props)
            seen["ID"] = self.pid.get_prop("ID")
            seen["4cc"] = self.pid.get_prop("PMST")
            seen["absent"] = self.pid.get_prop("no such property")
            seen["attribute"] = self.pid.get_prop("name")
            seen["method"] = self.pid.get_prop("remove")

    fs = gpac.FilterSession()
    Src(fs)
    sink = Sink(fs, stream_types=("Audio",))
    fs.run(timeout=10)
    assert seen["StreamType"] == "Audio"
    assert seen["CodecID"] == "aac"
    assert seen["SampleRate"] == 48000
    assert str(seen["Duration"]) == "5/1"
    assert seen["Language"] == "fra"
    assert bytes(seen["DecoderConfig"]) == b"\x11\x90" and str(seen["DecoderConfig"]) == "data,size:2"
    assert seen["AudioFormat"] == "pcm"
    assert seen["ID"] == 7
    assert seen["absent"] is None and seen["method"] is None
    assert seen["attribute"] == "PID1"
    assert sink.received == [b"abc"]


def test_remove_and_replace():
    class Src(Source):
        def make_pid(self):
            super().make_pid()
            self.pid.set_prop("a", 1, P.GF_PROP_UINT)
            self.pid.set_prop("a", None)
            self.pid.set_prop("never", None)
            assert self.pid.get_prop("a") is None
            self.pid.reset_props()
            assert self.pid.get_prop("StreamType") is None
            self.pid.set_prop("StreamType", "Metadata")
            self.pid.set_prop("CodecID", "mtxt")

    assert run_pair(Src)[2].received == [b"abc"]


def test_info_update():
    updates = []

    class Src(Source):
        def make_packet(self, payload):
            self.pid.set_info("level", self.sent, P.GF_PROP_UINT)
            return super().make_packet(payload)

    class Dst(Sink):
        def process_event(self, evt):
            if evt.base.type == P.GF_FEVT_INFO_UPDATE:
                assert evt.pid is self.ipids[0] and evt.base.on_pid == evt.pid.handle
                updates.append(evt.pid.get_info("level"))

    run_pair(Src, Dst, payloads=[b"a", b"b"])
    assert updates and updates[-1] == 1


def test_structures():
    assert P.Fraction(num=1, den=2) == P.Fraction(1, 2) and hash(P.Fraction(1, 2)) == hash(P.Fraction(1, 2))
    assert P.Fraction(1, 2) != P.Fraction(2, 4)
    assert [str(v) for v in (P.Fraction(1, 0), P.PropVec2i(1, 2), P.PropVec2(1, 2), P.PropVec4i(1, 2, 3, 4))] == [
        "1/0", "1x2", "1.0x2.0", "1x2x3x4",
    ]
    import ctypes

    sizes = {
        "Fraction": 8, "Fraction64": 16, "PropVec2i": 8, "PropVec2": 16, "PropVec3i": 12, "PropVec4i": 16,
        "PropData": 16, "PropStringList": 16, "PropertyValue": 24, "FilterStats": 216, "FilterPidStatistics": 176,
        "FilterArg": 56, "FEVT_Base": 16, "FEVT_Play": 88, "FEVT_SourceSeek": 48, "FEVT_SegmentSize": 72,
        "FEVT_FragmentSize": 64, "FEVT_AttachScene": 32, "FEVT_QualitySwitch": 40, "FEVT_FileDelete": 24,
        "FEVT_VisibilityHint": 40, "FEVT_BufferRequirement": 32, "FEVT_TransportHints": 40, "FEVT_NTPRef": 24,
        "FEVT_UserEvent": 48, "FEVT_DASHQualitySelection": 56, "FEVT_NetworkHint": 24, "EVT_base": 28,
        "EVT_mouse": 28, "EVT_mtouch": 28, "EVT_keys": 20, "EVT_char": 12, "EVT_size": 20, "EVT_show": 12,
        "DASHQualityInfoNat": 120, "FrameInterface": 32, "DASHGroupStatistics": 56,
        "DASHGroupDownloadStatistics": 40, "FilterEvent": 136,
    }
    assert {name: ctypes.sizeof(getattr(P, name)) for name in sizes} == sizes


def test_negotiation_direction():
    class Dst(Sink):
        def configure_pid(self, pid, is_remove):
            if not is_remove:
                with pytest.raises(P.GpacError, match="Cannot query caps on input PID"):
                    pid.query_cap("Width")
                with pytest.raises(P.GpacError, match="Cannot set properties on input PID"):
                    pid.set_prop("Width", 1)
                with pytest.raises(P.GpacError, match="new_pck"):
                    pid.new_pck(1)
                with pytest.raises(P.GpacError, match="Cannot remove input pid"):
                    pid.remove()
            return 0

    class Src(Source):
        def make_pid(self):
            super().make_pid()
            with pytest.raises(P.GpacError, match="get_packet"):
                self.pid.get_packet()
            with pytest.raises(P.GpacError, match="Cannot negotiate caps on output PID"):
                self.pid.negotiate_cap("Width", 1)
            assert (self.pid.eos, self.pid.first_empty, self.pid.first_cts) == (0, 1, None)
            assert self.pid.next_ts == P.GF_FILTER_NO_TS

    run_pair(Src, Dst)
