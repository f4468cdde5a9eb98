// SPDX-License-Identifier: MIT
// Times and ranges of the reframer: syntax, pairing, and conversion between time scales.
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>
#include <cmocka.h>
#include "filters/reframer_range.h"

// Milliseconds of a point which is a time, -1 for other kinds or malformed text.
static s64 ms_of(const char *text)
{
	RfPoint p;
	if (rf_parse_point(text, &p) || p.kind != RF_AT_TIME)
		return -1;
	return rf_units(p.time, 1000);
}

static void seconds(void **state)
{
	(void)state;
	assert_int_equal(ms_of("0"), 0);
	assert_int_equal(ms_of("12"), 12000);
	assert_int_equal(ms_of("2.5"), 2500);
	assert_int_equal(ms_of("1001/1000"), 1001);
	assert_int_equal(ms_of("10/4"), 2500);
	assert_int_equal(ms_of("-1"), -1);
	assert_int_equal(ms_of(""), -1);
	assert_int_equal(ms_of("abc"), -1);
	assert_int_equal(ms_of("1/0"), -1);
	assert_int_equal(ms_of("99999999999"), -1);
	RfPoint p;
	assert_int_equal(rf_parse_point("3/2", &p), GF_OK);
	assert_true(p.fraction);
	assert_int_equal(rf_parse_point("1.5", &p), GF_OK);
	assert_false(p.fraction);
}

static void clocks(void **state)
{
	(void)state;
	assert_int_equal(ms_of("T01:02:03.500"), 3723500);
	assert_int_equal(ms_of("T1:2:3"), 3723000);
	assert_int_equal(ms_of("T2:03.250"), 123250);
	// the digits after the dot are a whole number of milliseconds
	assert_int_equal(ms_of("T0:2.5"), 2005);
	assert_int_equal(ms_of("T0:2.1000"), 2000);
	assert_int_equal(ms_of("T90"), 90000);
	assert_int_equal(ms_of("T90.10"), 90010);
	assert_int_equal(ms_of("T"), -1);
	assert_int_equal(ms_of("T1:"), -1);
	assert_int_equal(ms_of("T1:2:3:4"), -1);
	assert_int_equal(ms_of("T1:2.x"), -1);
	assert_int_equal(ms_of("T999999999:00:00"), -1);
}

static void timecodes(void **state)
{
	(void)state;
	RfPoint p;
	assert_int_equal(rf_parse_point("TC10:11:12:13", &p), GF_OK);
	assert_int_equal(p.kind, RF_AT_TIMECODE);
	assert_int_equal(p.timecode.hours, 10);
	assert_int_equal(p.timecode.minutes, 11);
	assert_int_equal(p.timecode.seconds, 12);
	assert_int_equal(p.timecode.n_frames, 13);
	assert_false(p.timecode.drop_frame);
	assert_int_equal(rf_parse_point("TC10:11:12;13", &p), GF_OK);
	assert_true(p.timecode.drop_frame);
	assert_int_equal(rf_parse_point("TC24:00:00:00", &p), GF_BAD_PARAM);
	assert_int_equal(rf_parse_point("TC1:2:3", &p), GF_BAD_PARAM);
}

static void other_forms(void **state)
{
	(void)state;
	RfPoint p;
	assert_int_equal(rf_parse_point("SAP", &p), GF_OK);
	assert_int_equal(p.kind, RF_AT_SAP);
	assert_int_equal(rf_parse_point("RAP", &p), GF_OK);
	assert_int_equal(p.kind, RF_AT_SAP);
	assert_int_equal(rf_parse_point("F25", &p), GF_OK);
	assert_int_equal(p.kind, RF_AT_FRAME);
	assert_int_equal(p.value, 25);
	assert_int_equal(rf_parse_point("F0", &p), GF_BAD_PARAM);
	assert_int_equal(rf_parse_point("S10m", &p), GF_OK);
	assert_int_equal(p.kind, RF_AT_SIZE);
	assert_int_equal(p.value, 10000000);
	assert_int_equal(rf_parse_point("S", &p), GF_BAD_PARAM);
	assert_int_equal(rf_parse_point("D2.5", &p), GF_OK);
	assert_int_equal(p.kind, RF_AT_DURATION);
	assert_int_equal(rf_units(p.time, 1000), 2500);
	assert_int_equal(rf_parse_point("D0", &p), GF_BAD_PARAM);
	assert_int_equal(rf_parse_point("2021-01-01T00:00:00Z", &p), GF_OK);
	assert_int_equal(p.kind, RF_AT_UTC);
	assert_int_equal(p.value, 1609459200000ULL);
}

// Up to three items; NULL ends the list.
static GF_Err plan(const char *s0, const char *s1, const char *e0, const char *e1, Bool single, RfPlan *out)
{
	char *starts[] = {(char *)s0, (char *)s1};
	char *ends[] = {(char *)e0, (char *)e1};
	GF_PropStringList xs = {starts, s1 ? 2 : s0 ? 1 : 0};
	GF_PropStringList xe = {ends, e1 ? 2 : e0 ? 1 : 0};
	return rf_plan_make(&xs, &xe, single, out);
}

static void pairing(void **state)
{
	(void)state;
	RfPlan p;
	assert_int_equal(plan(NULL, NULL, NULL, NULL, GF_FALSE, &p), GF_OK);
	assert_int_equal(p.nb_ranges, 0);
	rf_plan_reset(&p);

	assert_int_equal(plan("1", "5", "3", "8", GF_FALSE, &p), GF_OK);
	assert_int_equal(p.nb_ranges, 2);
	assert_int_equal(p.ranges[0].end.time, 3 * RF_SECOND);
	assert_int_equal(p.ranges[1].start.time, 5 * RF_SECOND);
	assert_string_equal(p.ranges[1].suffix, "5_8");
	rf_plan_reset(&p);

	// a missing end is the next start, the last range is open
	assert_int_equal(plan("1", "5", NULL, NULL, GF_FALSE, &p), GF_OK);
	assert_int_equal(p.ranges[0].end.time, 5 * RF_SECOND);
	assert_int_equal(p.ranges[1].end.kind, RF_AT_NONE);
	assert_string_equal(p.ranges[0].suffix, "1");
	rf_plan_reset(&p);
	assert_int_equal(plan("F10", "F20", NULL, NULL, GF_FALSE, &p), GF_OK);
	assert_int_equal(p.ranges[0].end.value, 19);
	rf_plan_reset(&p);

	// an end alone starts at 0
	assert_int_equal(plan(NULL, NULL, "4", NULL, GF_FALSE, &p), GF_OK);
	assert_int_equal(p.ranges[0].start.time, 0);
	assert_int_equal(p.ranges[0].end.time, 4 * RF_SECOND);
	rf_plan_reset(&p);

	// a duration counts from the start, also when it is smaller
	assert_int_equal(plan("10", NULL, "D5", NULL, GF_FALSE, &p), GF_OK);
	assert_int_equal(p.ranges[0].end.time, 15 * RF_SECOND);
	assert_string_equal(p.ranges[0].suffix, "10_D5");
	rf_plan_reset(&p);
	assert_int_equal(plan("2021-01-01T00:00:00Z", NULL, "D5", NULL, GF_FALSE, &p), GF_OK);
	assert_int_equal(p.ranges[0].end.kind, RF_AT_UTC);
	assert_int_equal(p.ranges[0].end.value, 1609459205000ULL);
	rf_plan_reset(&p);
}

static void suffixes(void **state)
{
	(void)state;
	RfPlan p;
	assert_int_equal(plan("T0:01.000", NULL, "T0:02.000", NULL, GF_FALSE, &p), GF_OK);
	assert_string_equal(p.ranges[0].suffix, "T0.01.000_T0.02.000");
	rf_plan_reset(&p);
	assert_int_equal(plan("5/2", NULL, "15/2", NULL, GF_FALSE, &p), GF_OK);
	assert_string_equal(p.ranges[0].suffix, "2-7");
	rf_plan_reset(&p);
	assert_int_equal(plan("5/2", NULL, NULL, NULL, GF_FALSE, &p), GF_OK);
	assert_string_equal(p.ranges[0].suffix, "5.2");
	rf_plan_reset(&p);
}

static void splits(void **state)
{
	(void)state;
	RfPlan p;
	assert_int_equal(plan("SAP", NULL, NULL, NULL, GF_FALSE, &p), GF_OK);
	assert_int_equal(p.split, RF_SPLIT_SAP);
	assert_int_equal(p.nb_ranges, 1);
	rf_plan_reset(&p);
	assert_int_equal(plan("D10", NULL, NULL, NULL, GF_FALSE, &p), GF_OK);
	assert_int_equal(p.split, RF_SPLIT_DURATION);
	assert_int_equal(p.split_duration, 10 * RF_SECOND);
	rf_plan_reset(&p);
	assert_int_equal(plan("S2k", NULL, NULL, NULL, GF_FALSE, &p), GF_OK);
	assert_int_equal(p.split, RF_SPLIT_SIZE);
	assert_int_equal(p.split_size, 2000);
	rf_plan_reset(&p);
}

static void refused(void **state)
{
	(void)state;
	RfPlan p;
	assert_int_equal(plan(NULL, NULL, "4", "8", GF_FALSE, &p), GF_BAD_PARAM);
	assert_int_equal(plan("1", "5", NULL, NULL, GF_TRUE, &p), GF_BAD_PARAM);
	assert_int_equal(plan("1", NULL, NULL, NULL, GF_TRUE, &p), GF_OK);
	rf_plan_reset(&p);
	assert_int_equal(plan("5", NULL, "5", NULL, GF_FALSE, &p), GF_BAD_PARAM);
	assert_int_equal(plan("F5", NULL, "F5", NULL, GF_FALSE, &p), GF_OK);
	rf_plan_reset(&p);
	assert_int_equal(plan("F5", NULL, "F4", NULL, GF_FALSE, &p), GF_BAD_PARAM);
	assert_int_equal(plan("oops", NULL, NULL, NULL, GF_FALSE, &p), GF_BAD_PARAM);
	assert_int_equal(plan("SAP", "5", NULL, NULL, GF_FALSE, &p), GF_BAD_PARAM);
	assert_int_equal(plan("5", "SAP", NULL, NULL, GF_FALSE, &p), GF_BAD_PARAM);
	assert_int_equal(plan("D5", NULL, "10", NULL, GF_FALSE, &p), GF_BAD_PARAM);
	assert_int_equal(plan("5", NULL, "SAP", NULL, GF_FALSE, &p), GF_BAD_PARAM);
	assert_int_equal(plan("F5", NULL, "D2", NULL, GF_FALSE, &p), GF_BAD_PARAM);
}

// Units of any usual time scale survive the way to RfTime and back.
static void conversions(void **state)
{
	(void)state;
	static const u32 scales[] = {
		24, 25, 1000, 12288, 12800, 15360, 22050, 24000, 30000, 44100, 48000, 90000, 96000, 600000, 10000000};
	for (u32 i = 0; i < sizeof(scales) / sizeof(scales[0]); i++) {
		for (s64 v = -3; v < 1000000; v = v * 7 + 23) {
			assert_int_equal(rf_units(rf_time(v, scales[i]), scales[i]), v);
			assert_int_equal(rf_units(rf_time(-v, scales[i]), scales[i]), -v);
		}
	}
	// one frame of 29.97 Hz is exact
	assert_int_equal(rf_time(1001, 30000), RF_SECOND / 30000 * 1001);
	assert_int_equal(rf_time(512, 12800), rf_time(3600, 90000));
	assert_int_equal(rf_time(5, 0), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(seconds),
		cmocka_unit_test(clocks),
		cmocka_unit_test(timecodes),
		cmocka_unit_test(other_forms),
		cmocka_unit_test(pairing),
		cmocka_unit_test(suffixes),
		cmocka_unit_test(splits),
		cmocka_unit_test(refused),
		cmocka_unit_test(conversions),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
