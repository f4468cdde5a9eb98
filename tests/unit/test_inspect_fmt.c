// SPDX-License-Identifier: MIT
// The parts of `inspect` that need no session: custom format, statistics, text helpers.
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>
#include <cmocka.h>
#include "filters/inspect.h"

static void check_header(const char *text, const char *expected)
{
	InspectFmt fmt;
	StrBuf sb;
	sb_init(&sb);
	assert_int_equal(inspect_fmt_parse(&fmt, text), GF_OK);
	inspect_fmt_header(&fmt, &sb);
	assert_string_equal(sb_str(&sb), expected);
	sb_reset(&sb);
	inspect_fmt_reset(&fmt);
}

static void header_names_the_keys(void **state)
{
	(void)state;
	check_header("%pn% @cts@ $pid.Timescale$ %size%%lf%", "pn cts Timescale size\n");
	check_header("$dts$$t$$cts$$n$", "dts\tcts\n");
	check_header("%Width%", "Width");
}

static void separators_in_literals(void **state)
{
	(void)state;
	check_header("", "");
	check_header("plain", "plain");
	check_header("100%% of %pn%", "100% of pn");
	check_header("$$$$", "$$");
	check_header("a@@b", "a@b");
	// another separator inside a key belongs to the key
	check_header("$a@b$", "a@b");
	// unclosed: literal, and the rest is still read
	check_header("50% of $pn$", "50% of pn");
	check_header("$pn", "$pn");
	check_header("%", "%");
}

static void keys_that_need_more(void **state)
{
	(void)state;
	InspectFmt fmt;
	assert_int_equal(inspect_fmt_parse(&fmt, "%tmcd%"), GF_OK);
	assert_true(fmt.uses_timecode);
	assert_false(fmt.uses_clock);
	inspect_fmt_reset(&fmt);
	assert_int_equal(inspect_fmt_parse(&fmt, "%pcrd%"), GF_OK);
	assert_false(fmt.uses_timecode);
	assert_true(fmt.uses_clock);
	inspect_fmt_reset(&fmt);
}

static void numbers(void **state)
{
	(void)state;
	StrBuf sb;
	sb_init(&sb);
	inspect_add_u64(&sb, 0);
	sb_addc(&sb, ' ');
	inspect_add_u64(&sb, 18446744073709551615ULL);
	sb_addc(&sb, ' ');
	inspect_add_s64(&sb, INT64_MIN);
	sb_addc(&sb, ' ');
	inspect_add_s64(&sb, -1024);
	assert_string_equal(sb_str(&sb), "0 18446744073709551615 -9223372036854775808 -1024");
	sb_reset(&sb);
	inspect_add_hex(&sb, (const u8 *)"\x00\xAB\x7F", 3);
	assert_string_equal(sb_str(&sb), "00AB7F");
	sb_reset(&sb);
}

static void check_xml(const char *text, const char *expected)
{
	StrBuf sb;
	sb_init(&sb);
	inspect_add_xml(&sb, text, strlen(text));
	assert_string_equal(sb_str(&sb), expected);
	sb_reset(&sb);
}

static void xml_text(void **state)
{
	(void)state;
	check_xml("", "");
	check_xml("plain", "plain");
	check_xml("a<b & \"c\">", "a&lt;b &amp; &quot;c&quot;&gt;");
	check_xml("\xC3\xA9t\xC3\xA9", "\xC3\xA9t\xC3\xA9");
	check_xml("line\nend\t", "line&#10;end&#9;");
	// bytes that are no UTF-8, overlong form, surrogate, control character: U+FFFD
	check_xml("\xE9", "\xEF\xBF\xBD");
	check_xml("\xC0\x80", "\xEF\xBF\xBD\xEF\xBF\xBD");
	check_xml("\xED\xA0\x80", "\xEF\xBF\xBD\xEF\xBF\xBD\xEF\xBF\xBD");
	check_xml("a\x01z", "a\xEF\xBF\xBDz");
}

static void utf8(void **state)
{
	(void)state;
	assert_true(inspect_is_utf8((const u8 *)"caf\xC3\xA9", 5));
	assert_false(inspect_is_utf8((const u8 *)"caf\xC3", 4));
	assert_false(inspect_is_utf8((const u8 *)"a\0b", 3));
	assert_true(inspect_is_utf8((const u8 *)"", 0));
}

static void milliseconds(void **state)
{
	(void)state;
	assert_int_equal(inspect_to_ms(2960, 1000), 2960);
	assert_int_equal(inspect_to_ms(6, 25), 240);
	assert_int_equal(inspect_to_ms(1001, 30000), 33);
	assert_int_equal(inspect_to_ms(5, 0), 0);
	assert_int_equal(inspect_to_ms(0x7FFFFFFFFFFFFFFFULL, 0x7FFFFFFFFFFFFFFFULL), 1000);
}

static void check_stats(const StatPacket *packets, u32 nb, u32 timescale, const char *expected)
{
	InspectStats st;
	StrBuf sb;
	sb_init(&sb);
	inspect_stats_init(&st);
	for (u32 i = 0; i < nb; i++)
		inspect_stats_add(&st, &packets[i], timescale);
	inspect_stats_print(&st, timescale, &sb);
	assert_string_equal(sb_str(&sb), expected);
	sb_reset(&sb);
}

static void statistics(void **state)
{
	(void)state;
	// 4 frames of half a second: IDR, P, IDR, P, then another IDR
	static const StatPacket video[] = {
		{0, 1000, 500, GF_FILTER_SAP_1, 3000},
		{500, 1500, 500, GF_FILTER_SAP_NONE, 1000},
		{1000, 2000, 500, GF_FILTER_SAP_1, 5000},
		{1500, 2500, 500, GF_FILTER_SAP_NONE, 2000},
		{2000, 3000, 500, GF_FILTER_SAP_2, 1000},
	};
	check_stats(video, 5, 1000,
		"\tNb Frames: 5\n"
		"\tFrame Rate: CFR - frame duration 500\n"
		"\tCumulated Duration: 2500 (00:00:01.500)\n"
		"\tFirst packet: DTS 0 CTS 1000\n"
		"\tCTS offset: min 1000 max 1000\n"
		"\tSAP frames: 3 - types 0(2) 1(2) 2(1)\n"
		"\tStart with SAP: 1\n"
		"\tAverage non-SAP frame size: 1500 bytes\n"
		"\tAverage SAP frame size: 3000 bytes\n"
		"\tMax SAP frame size: 5000 bytes\n"
		"\tSAP time diff: min 1000 max 1000 avg 1000\n"
		"\tTotal size: 12000 bytes\n"
		"\tBitrate: avg 38 max 56 kbps\n");

	static const StatPacket audio[] = {
		{GF_FILTER_NO_TS, GF_FILTER_NO_TS, 100, GF_FILTER_SAP_1, 10},
		{200, 200, 300, GF_FILTER_SAP_1, 10},
	};
	check_stats(audio, 2, 1000,
		"\tNb Frames: 2\n"
		"\tFrame Rate: VFR - frame duration avg 200 max 300\n"
		"\tCumulated Duration: 400 (00:00:00.400)\n"
		"\tFirst packet: No initial timestamps\n"
		"\tSAP frames: 2 - types 1(2)\n"
		"\tStart with SAP: 1\n"
		"\tAverage SAP frame size: 10 bytes\n"
		"\tMax SAP frame size: 10 bytes\n"
		"\tTotal size: 20 bytes\n"
		"\tBitrate: avg 400 max 400 bps\n");

	check_stats(NULL, 0, 1000, "\tNb Frames: 0\n");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(header_names_the_keys),
		cmocka_unit_test(separators_in_literals),
		cmocka_unit_test(keys_that_need_more),
		cmocka_unit_test(numbers),
		cmocka_unit_test(xml_text),
		cmocka_unit_test(utf8),
		cmocka_unit_test(milliseconds),
		cmocka_unit_test(statistics),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
