# SPDX-License-Identifier: MIT
"""The C interface: prototypes that ctypes users get, layouts, and NULL where an object is expected.

tests/unit/c_api.h lists the functions, test_layout.c there the structures; both are compiled by unit tests. Where the
specification is at hand (``../shared/spec``), they are compared with it.
"""

import ctypes
import json
import os
import re
import shutil
import subprocess
from pathlib import Path

import pytest

import libgpac as gpac
from libgpac.library import _PROTOTYPES as PROTOTYPES

ROOT = Path(__file__).resolve().parent.parent.parent
SPEC = Path(os.environ.get("GPAC_TEST_SPEC", ROOT.parent / "shared" / "spec"))

# What the specification lists and this version does not have, with its tier.
WITH_THE_HTTP_SERVER = "gf_creds_check_password gf_creds_check_membership gf_filter_get_download_manager"
T2_LEFT_OUT = {*WITH_THE_HTTP_SERVER.split(), "gf_url_concatenate_parent"}
T3_LEFT_OUT = set(
    # help in the format of another tool, scripts, legacy output
    "gf_sys_set_console_code gf_sys_print_arg gf_sys_print_core_help gf_sys_localized gf_sys_format_help "
    "gf_fs_load_script gf_sys_old_arch_compat gf_fs_register_test_filters gf_fs_print_debug_info "
    "gf_fs_get_defined_metrics gf_filter_add_status_metric gf_filter_set_description gf_filter_get_description "
    "gf_filter_set_class_hint gf_filter_get_class_hint gf_filter_set_version gf_filter_get_version "
    "gf_filter_set_author gf_filter_get_author gf_filter_set_help gf_filter_get_help gf_filter_meta_set_instances "
    "gf_filter_meta_get_instances "
    # the system, for which C and Python have their own
    "gf_sys_get_process_id gf_sys_create_lockfile gf_sys_check_process_id gf_sys_get_battery_state gf_get_user_name "
    "gf_rand_init gf_rand gf_sha1_csum gf_sha1_file gf_sha256_csum gf_md5_csum gf_gz_compress_payload "
    "gf_gz_decompress_payload gf_net_get_utc_ts gf_net_get_timezone gf_net_time_is_dst gf_gmtime "
    "gf_opts_get_key_restricted gf_url_colon_suffix "
    # scenes, fonts, captures, monitoring
    "gf_filter_add_event_listener gf_filter_remove_event_listener gf_filter_forward_gf_event gf_filter_send_gf_event "
    "gf_filter_count_source_by_protocol gf_filter_get_font_manager gf_filter_relocate_url gf_filter_get_netcap_id "
    "gf_filter_log_tag gf_rmt_get_on_new_client_task gf_rmt_client_get_on_data_task gf_rmt_client_get_on_del_task "
    "gf_rmt_client_get_rmt gf_rmt_get_settings gf_pixel_fmt_get_uncc".split()
)
STRUCTURES_LEFT_OUT = {"GF_FSEventListener", "GF_MPD_ByteRange", "GF_MPD_SegmentURL", "RMT_Settings"}
# The specification asks for a result that bindings can read (section 3.3) where it lists `void`.
RESULT_ADDED = {"gf_rmt_set_on_new_client_cbk", "gf_rmt_client_set_on_data_cbk", "gf_rmt_client_set_on_del_cbk"}


def read_functions():
    """{name: (tier, result, parameters)} of the list in C."""
    lines = (ROOT / "tests/unit/c_api.h").read_text().splitlines()
    found = (re.fullmatch(r"F\((T\d), (.+?), (gf_\w+), \((.*)\)\)", line) for line in lines)
    return {m[3]: (m[1], m[2], m[4]) for m in found if m}


FUNCTIONS = read_functions()

# Types of C that are neither pointers nor enumerations: kind and size. An enumeration has 4 bytes.
NUMBERS = {
    "void": None, "int": ("signed", 4), "s16": ("signed", 2), "s32": ("signed", 4), "s64": ("signed", 8),
    "u8": ("unsigned", 1), "u32": ("unsigned", 4), "u64": ("unsigned", 8), "size_t": ("unsigned", 8),
    "char": ("unsigned", 1), "Double": ("float", 8), "Bool": ("unsigned", 4), "GF_Err": ("signed", 4),
    "GF_Fraction64": ("structure", 16), "GF_PropertyValue": ("structure", 24),
}


def split_parameters(text):
    """Types of a list of parameters, without those behind "..."."""
    if text == "void":
        return []
    parts, depth = [""], 0
    for c in text:
        depth += (c == "(") - (c == ")")
        if c == "," and not depth:
            parts.append("")
        else:
            parts[-1] += c
    return [part.strip() for part in parts if part.strip() != "..."]


def c_width(declared, is_result=False):
    """Kind and size of what is passed for a C type, or a C parameter with its name."""
    typedefs = ("gf_", "gfio_", "rmt_", "va_list", "bin128")
    if "*" in declared or "[" in declared or declared.startswith(typedefs):
        return ("pointer", 8)
    words = declared.split() if is_result else declared.split()[:-1]
    return NUMBERS.get(words[-1], ("unsigned", 4))


def ctypes_width(kind):
    if kind is None:
        return None
    size = ctypes.sizeof(kind)
    if issubclass(kind, ctypes.Structure):
        return ("structure", size)
    if kind in (ctypes.c_char_p, ctypes.c_void_p) or issubclass(kind, ctypes._Pointer):
        return ("pointer", size)
    if kind in (ctypes.c_float, ctypes.c_double):
        return ("float", size)
    return ("signed" if kind(-1).value == -1 else "unsigned", size)


def test_prototypes():
    wrong = {}
    for name, (_, result, parameters) in FUNCTIONS.items():
        function = getattr(gpac._libgpac, name)
        found = [ctypes_width(kind) for kind in (function.restype, *function.argtypes)]
        expected = [c_width(result, True), *map(c_width, split_parameters(parameters))]
        if found != expected:
            wrong[name] = (found, expected)
    assert not wrong


def test_text_that_the_caller_frees_is_an_address():
    """ctypes would turn a `char *` into bytes and lose the address."""
    given = {name for name, (_, result, _) in FUNCTIONS.items() if result == "char *"}
    assert given and {getattr(gpac._libgpac, name).restype for name in given} == {ctypes.c_void_p}


def test_every_export_has_a_prototype():
    if not shutil.which("nm"):
        pytest.skip("no nm")
    library = Path(gpac.__file__).parent / "libgpac.so.16"
    out = subprocess.run(["nm", "-D", "--defined-only", library], capture_output=True, text=True, check=True).stdout
    assert {line.split()[-1].split("@")[0] for line in out.splitlines()} == set(PROTOTYPES), (
        "functions and prototypes differ: python/libgpac/prototypes.py")


# NULL

OBJECTS = re.compile(r"(const )?GF_(FilterSession|Filter|FilterPid|FilterPacket) \*+\w")
NULL_ANSWERS = {
    "gf_fs_in_final_flush": 1, "gf_fs_is_last_task": 1, "gf_filter_end_of_session": 1, "gf_filter_all_sinks_done": 1,
    "gf_filter_block_enabled": 1, "gf_filter_get_name": b"", "gf_filter_get_status": b"", "gf_filter_pid_get_name": b"",
    "gf_filter_pid_get_filter_name": b"", "gf_filter_pid_first_packet_is_empty": 1,
    "gf_filter_pid_get_next_ts": gpac.GF_FILTER_NO_TS, "gf_filter_pck_forward": gpac.GF_OUT_OF_MEM,
    "gf_filter_pck_get_framing": gpac.GF_OK, "gf_filter_pck_get_timescale": 1000,
}
LATER = {"gf_filter_bind_dash_algo_callbacks"}


def call_with_nulls(name):
    """Calls a function with NULL and 0 for everything."""
    function = getattr(gpac._libgpac, name)
    numbers = (ctypes._SimpleCData, ctypes.Structure)
    pointers = (ctypes.c_char_p, ctypes.c_void_p)
    return function(*(k() if issubclass(k, numbers) and k not in pointers else None for k in function.argtypes))


def test_null_objects():
    names = [name for name, (_, _, p) in FUNCTIONS.items() if OBJECTS.match(p) and name not in LATER]
    wrong = {}
    for name in names:
        answer = call_with_nulls(name)
        if name in NULL_ANSWERS:
            right = answer == NULL_ANSWERS[name]
        else:
            right = answer == gpac.GF_BAD_PARAM if FUNCTIONS[name][1] == "GF_Err" else not answer
        if not right:
            wrong[name] = answer
    assert len(names) > 300 and not wrong


# Parts of later versions


@pytest.mark.parametrize("name", [
    "gf_filter_bind_dash_algo_callbacks", "gf_dash_group_get_quality_info", "gf_rmt_client_send_to_ws",
])
def test_not_supported(name, capfd):
    assert call_with_nulls(name) == gpac.GF_NOT_SUPPORTED
    assert len(capfd.readouterr().err.splitlines()) == 1


def test_opengl(capfd):
    """A context is asked for before it is used; test_gl.py uses one."""
    with gpac.FilterSession() as fs:
        handle = gpac._libgpac.gf_filter_pid_get_owner(gpac.FilterCustom(fs).new_pid().handle)
        assert gpac._libgpac.gf_filter_set_active_opengl_context(handle, 1) == gpac.GF_BAD_PARAM
        gpac._libgpac.gf_filter_register_opengl_provider(handle, 1)
    assert len(capfd.readouterr().err.splitlines()) == 1


# Layouts

C_NAMES = {
    "FilterArg": "GF_FilterArgs", "FrameInterface": "GF_FilterFrameInterface", "PropIntList": "GF_PropIntList",
    "DASHQualityInfoNat": "GF_DASHQualityInfo", "DASHGroupStatistics": "GF_DASHCustomAlgoInfo",
    "DASHGroupDownloadStatistics": "GF_DASHDownloadStats", "EVT_mouse": "GF_EventMouse", "EVT_keys": "GF_EventKey",
    "EVT_mtouch": "GF_EventMultiTouch", "EVT_char": "GF_EventChar", "EVT_size": "GF_EventSize",
    "EVT_show": "GF_EventShow",
}
# Seen in part by the package, or anonymous in C.
PARTIAL = {"FEVT_UserEvent", "EVT_base", "PropertyValueUnion", "DASHByteRange", "DASHSegURL", "FilterEvent"}


def read_layouts():
    """{structure: (size, alignment, {member: offset})} of the unit test."""
    layouts = {}
    text = (ROOT / "tests/unit/test_layout.c").read_text()
    for macro, name, rest in re.findall(r"^\t(SIZE|AT)\((\w+), (.*)\),$", text, re.M):
        if macro == "SIZE":
            layouts[name] = (*map(int, rest.split(", ")), {})
        else:
            member, offset = rest.split(", ")
            layouts[name][2][member] = int(offset)
    return layouts


def test_structures_of_the_package_lie_as_those_of_c():
    layouts, seen = read_layouts(), set()
    for name, kind in {**vars(gpac.structures), **vars(gpac.events)}.items():
        if not isinstance(kind, type) or not issubclass(kind, (ctypes.Structure, ctypes.Union)) or name.startswith("_"):
            continue
        seen.add(name)
        if name not in PARTIAL:
            size, _, members = layouts[C_NAMES.get(name, "GF_" + name)]
            assert ctypes.sizeof(kind) == size, name
            assert [getattr(kind, field[0]).offset for field in kind._fields_] == list(members.values()), name
    assert PARTIAL | set(C_NAMES) <= seen


# The lists themselves, where the specification is at hand


@pytest.fixture(scope="module")
def spec():
    path = SPEC / "c-api.json"
    if not path.exists():
        pytest.skip(f"no specification at {SPEC}")
    return json.loads(path.read_text())


def test_list_has_the_functions_of_the_specification(spec):
    left_out = {f["name"]: f for f in spec["functions"] if f["name"] not in FUNCTIONS}
    assert {name for name, f in left_out.items() if f["tier"] == "T2"} == T2_LEFT_OUT
    assert {name for name, f in left_out.items() if f["tier"] == "T3"} == T3_LEFT_OUT
    assert set(left_out) == T2_LEFT_OUT | T3_LEFT_OUT and not any(f["used_by_binding"] for f in left_out.values())
    assert set(FUNCTIONS) <= {f["name"] for f in spec["functions"]}


def test_list_has_the_types_of_the_specification(spec):
    def squeeze(text):
        return re.sub(r"\s", "", text)

    for f in spec["functions"]:
        if f["name"] not in FUNCTIONS:
            continue
        tier, result, parameters = FUNCTIONS[f["name"]]
        # the name goes to its place in the type: behind it, inside (*), or before [n]
        place = r"(\(\*|)(\)\(.*|(?:\[.*|))$"
        expected = [
            t if t == "..." else re.sub(place, rf"\g<1> {n[0]}\2", t, count=1, flags=re.S) for t, *n in f["args"]]
        assert squeeze(parameters) == squeeze(",".join(expected) or "void"), f["name"]
        assert tier == f["tier"]
        assert squeeze(result) == squeeze("GF_Err" if f["name"] in RESULT_ADDED else f["restype"])


def test_layouts_are_those_of_the_specification(spec):
    layouts = read_layouts()
    expected = {s["name"]: (s["size"], s["align"], {m[1]: m[2] for m in s["fields"]}) for s in spec["structs"]}
    # the members of a union inside are not listed by themselves
    assert {name for name in expected if name not in layouts} == STRUCTURES_LEFT_OUT
    wrong = {n: (expected[n], layouts[n]) for n in layouts if n in expected and layouts[n] != expected[n]}
    assert not wrong


def test_constants_of_the_headers(spec, tmp_path):
    """A value that a header gives to a name of the specification is the right one."""
    compiler = shutil.which("cc")
    if not compiler:
        pytest.skip("no C compiler")
    values = [pair for e in spec["enums"] for pair in e["values"]]
    values += [pair for pair in spec["constants"] if isinstance(pair[1], int)]
    headers = sorted(p.name for p in (ROOT / "include/gpac").glob("*.h"))
    source = tmp_path / "constants.c"
    source.write_text("".join(f"#include <gpac/{h}>\n" for h in headers) + "".join(
        f'_Static_assert((u64)({name}) == (u64){value & 2**64 - 1}u, "{name}");\n' for name, value in values))
    out = subprocess.run(
        [compiler, "-std=gnu11", "-fmax-errors=0", "-fsyntax-only", f"-I{ROOT / 'include'}", source],
        capture_output=True, text=True, env={**os.environ, "LC_ALL": "C"}).stderr
    assert not re.findall(r'static assertion failed: "(\w+)"', out)
    missing = set(re.findall(r"'(\w+)' undeclared", out))
    assert len(missing) < len(values) / 2
    # those of the enumerations that the binding and filters use are all there
    wanted = re.compile("GF_(FEVT|PROP|CAP|FS_(?!DEBUG)|FILTER|STATS|PLAYBACK|EOS|OK|EVENT|KEY)")
    assert not [name for name in missing if wanted.match(name)]
