// SPDX-License-Identifier: MIT
// Layout of the structures that programs share with the library, 64-bit systems: see the interface specification.
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>

#include <gpac/events.h>
#include <gpac/main.h>
#include <gpac/tools.h>

static void base_structures(void **state)
{
	(void)state;
	assert_int_equal(sizeof(Bool), 4);
	assert_int_equal(sizeof(GF_Err), 4);
	assert_int_equal(sizeof(GF_Fraction), 8);
	assert_int_equal(sizeof(GF_Fraction64), 16);
	assert_int_equal(sizeof(GF_TimeCode), 12);
	assert_int_equal(offsetof(GF_TimeCode, counting_type), 11);
	assert_int_equal(sizeof(GF_LogExtra), 32);
	assert_int_equal(sizeof(GF_Blob), 48);
	assert_int_equal(offsetof(GF_Blob, range_valid), 32);
	assert_int_equal(sizeof(GF_SystemRTInfo), 88);
	assert_int_equal(offsetof(GF_SystemRTInfo, gpac_memory), 72);
	assert_int_equal(sizeof(GF_FileEnumInfo), 32);
	assert_int_equal(sizeof(GF_GPACArg), 48);
	assert_int_equal(offsetof(GF_GPACArg, flags), 42);
}

static void event_structures(void **state)
{
	(void)state;
	assert_int_equal(sizeof(GF_Event), 120);
	assert_int_equal(sizeof(GF_EventMouse), 28);
	assert_int_equal(offsetof(GF_EventMouse, window_id), 24);
	assert_int_equal(sizeof(GF_EventMultiTouch), 28);
	assert_int_equal(sizeof(GF_EventKey), 20);
	assert_int_equal(sizeof(GF_EventChar), 12);
	assert_int_equal(sizeof(GF_EventSize), 20);
	assert_int_equal(sizeof(GF_EventShow), 12);
	assert_int_equal(sizeof(GF_EventMove), 24);
	assert_int_equal(sizeof(GF_EventProgress), 32);
	assert_int_equal(offsetof(GF_EventProgress, filter_idx), 28);
	assert_int_equal(sizeof(GF_EventAuthorize), 48);
	assert_int_equal(sizeof(GF_EventSysColors), 116);
	assert_int_equal(sizeof(GF_EventMutation), 48);
	assert_int_equal(sizeof(GF_EventGPS), 48);
	assert_int_equal(sizeof(GF_EventClipboard), 24);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(base_structures),
		cmocka_unit_test(event_structures),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
