# SPDX-License-Identifier: MIT
"""The faults of other bindings that the API's chapter lists (rows 1 to 89): where each is shown not to be ours.

Rows without a test elsewhere have one in test_defects_module.py and test_defects_filters.py, named after the row.
"""

import importlib
import re

import pytest

LATER = "its filters and servers do not exist yet"
NONE_CANCELS = "no filter of ours cancels its session while it is loaded"

ELSEWHERE = {
    2: "test_module::test_versions_and_texts",
    5: "test_module::test_url_concatenate",
    6: LATER, 7: LATER, 8: LATER, 9: "test_sessions::test_unsupported_parts", 10: LATER,
    11: "test_props::test_structures",
    12: "test_conversion::test_values",
    14: "test_props::test_structures",
    18: "test_filters::test_template_and_occupancy",
    21: "test_checklist::test_constants",
    22: "test_sessions::test_session_is_collected",
    23: "test_misuse::test_dead_object",
    24: "test_lifetimes::test_filters_are_kept_by_the_session",
    25: "test_sessions::test_new_and_deleted_filters",
    26: "test_lifetimes::test_task_is_let_go",
    30: NONE_CANCELS,
    31: "test_messages::test_filter",
    32: "test_filters::test_link_condition",
    35: "test_messages::test_renamed_filter_keeps_its_class",
    36: "test_messages::test_input_pid",
    37: "test_states::test_owner_removed_while_enumerated",
    38: "test_names::test_stream_type_by_any_key",
    41: "test_exceptions::test_exception_comes_out",
    43: "test_filters::test_refused_pid_is_not_listed",
    44: "test_filters::test_opid_removal",
    51: "test_messages::test_output_pid",
    54: "test_lifetimes::test_emptied_queue",
    56: "test_lifetimes::test_shared_buffer_is_released_once",
    57: "test_messages::test_source_packet",
    58: "test_lifetimes::test_view_of_a_reused_clone",
    59: "test_messages::test_ranges_of_packet_attributes",
    60: "test_conversion::test_values",
    61: "test_conversion::test_data_of_a_builtin",
    64: "test_conversion::test_values",
    65: "test_names::test_cicp_refusals",
    66: "test_names::test_pixel_format",
    67: "test_names::test_codec_name_does_not_depend_on_configuration",
    78: "test_defects_module::test_rows_78_to_82",
    79: LATER, 80: LATER, 81: "test_defects_module::test_rows_78_to_82", 82: LATER,
    84: "test_filters::test_fired_user_event",
    88: "test_sessions::test_idle_session_sleeps",
    89: "test_sessions::test_last_task",
    70: "test_http_lives::test_close_is_called_once",
    71: "test_http_uploads::test_upload",
    72: "test_http_uploads::test_upload",
    73: "test_http_answers::test_kept_connection_after_a_file",
    74: "test_http_bodies::test_throttle",
    75: "test_http_bodies::test_read",
    76: LATER,
    77: "test_http_lives::test_later",
    83: "test_http_bodies::test_read_is_not_called_for_other_answers",
    85: "test_http_lives::test_later",
    86: "test_http_answers::test_bodies",
    87: "test_http_lives::test_exceptions",
}
FILES = ["test_defects_module", "test_defects_filters"]


def rows_of(name):
    """Rows in the name of a test: test_row_3, test_row_13_and_15, test_row_27_flush."""
    found = re.match(r"test_row_(\d+)(?:_and_(\d+))?", name)
    return [int(n) for n in found.groups() if n] if found else []


@pytest.mark.parametrize("row", range(1, 90))
def test_every_row(row):
    place = ELSEWHERE.get(row)
    here = [n for f in FILES for n in dir(importlib.import_module(f)) if row in rows_of(n)]
    if place in (LATER, NONE_CANCELS):
        assert not here
        pytest.skip(place)
    if place:
        file, test = place.split("::")
        assert hasattr(importlib.import_module(file), test)
    else:
        assert here
