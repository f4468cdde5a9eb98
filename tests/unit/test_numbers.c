// SPDX-License-Identifier: MIT
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>
#include <cmocka.h>

#include <gpac/tools.h>

static void reads_fractions(void **state)
{
	(void)state;
	static const struct {
		const char *text;
		s64 num;
		u64 den;
	} good[] = {
		{"25/1", 25, 1},
		{"30000-1001", 30000, 1001},
		{"25", 25, 1},
		{"-3", -3, 1},
		{"23.976", 23976, 1000},
		{"29.97", 2997, 100},
		{"1.50", 15, 10},
		{"1.", 1, 1},
		{"1,5", 15, 10},
		{"-1.5", -15, 10},
		{"-0.5", -5, 10},
		{"1.5e3", 1500000, 1000},
		{"-7/2", -7, 2},
		{"1/0", 1, 0},
		{"0", 0, 1},
		{"9223372036854775807/18446744073709551615", INT64_MAX, UINT64_MAX},
	};
	for (u32 i = 0; i < sizeof(good) / sizeof(good[0]); i++) {
		GF_Fraction64 f;
		assert_true(gf_parse_lfrac(good[i].text, &f));
		assert_int_equal(f.num, good[i].num);
		assert_int_equal(f.den, good[i].den);
	}
	static const char *const bad[] = {"", "x", "25fps", "1k", "0x10", "1/", "1/-2", "1--2", "1.5x", ".", "-",
		"99999999999999999999", "1/99999999999999999999"};
	for (u32 i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		GF_Fraction64 f = {1, 1};
		assert_false(gf_parse_lfrac(bad[i], &f));
		assert_int_equal(f.den, 0);
	}
	GF_Fraction f;
	assert_true(gf_parse_frac("30000/1001", &f));
	assert_int_equal(f.num, 30000);
	assert_int_equal(f.den, 1001);
	// over 31 bits: both parts lose three digits
	assert_true(gf_parse_frac("2147483000000/90000", &f));
	assert_int_equal(f.num, 2147483000);
	assert_int_equal(f.den, 90);
	assert_false(gf_parse_frac("4294967296000/1000", &f));
	assert_false(gf_parse_frac(NULL, &f));
}

static void reads_integers_strictly(void **state)
{
	(void)state;
	s32 i = 5;
	u32 u = 5;
	assert_true(gf_strict_atoi("-2147483648", &i));
	assert_int_equal(i, INT32_MIN);
	assert_true(gf_strict_atoui("4294967295", &u));
	assert_int_equal(u, UINT32_MAX);
	assert_false(gf_strict_atoi(" 1", &i));
	assert_false(gf_strict_atoi("1 ", &i));
	assert_false(gf_strict_atoi("2147483648", &i));
	assert_false(gf_strict_atoi("-", &i));
	assert_false(gf_strict_atoui("-1", &u));
	assert_false(gf_strict_atoui("4294967296", &u));
	assert_false(gf_strict_atoui("", &u));
	assert_int_equal(i, INT32_MIN);
	assert_int_equal(u, UINT32_MAX);
}

static void rescales_without_overflow(void **state)
{
	(void)state;
	assert_int_equal(gf_timestamp_rescale(90000, 90000, 1000), 1000);
	assert_int_equal(gf_timestamp_rescale(1001, 30000, 90000), 3003);
	assert_int_equal(gf_timestamp_rescale(2, 3, 1), 0);
	assert_int_equal(gf_timestamp_rescale(UINT64_MAX, 90000, 1), UINT64_MAX); // no timestamp
	assert_int_equal(gf_timestamp_rescale(10000000000000000000ULL, 10000000, 90000), 90000000000000000ULL);
	assert_int_equal(gf_timestamp_rescale(5, 0, 1), 0);
	assert_int_equal(gf_timestamp_rescale_signed(-90000, 90000, 1000), -1000);
	assert_int_equal(gf_timestamp_rescale_signed(-2, 3, 1), 0);
	assert_int_equal(gf_timestamp_rescale_signed(INT64_MIN, 2, 1), INT64_MIN / 2);

	u64 big = 0xF000000000000000ULL;
	assert_true(gf_timestamp_less(big, 90001, big, 90000));
	assert_false(gf_timestamp_less(big, 90000, big, 90000));
	assert_true(gf_timestamp_less_or_equal(1, 3, 2, 6));
	assert_true(gf_timestamp_equal(1001, 30000, 3003, 90000));
	assert_true(gf_timestamp_greater(big, 90000, big, 90001));
	assert_true(gf_timestamp_greater_or_equal(big, 7, big, 7));
	assert_false(gf_timestamp_greater_or_equal(0, 1, 1, 1000));
}

static void formats_durations(void **state)
{
	(void)state;
	char text[100];
	assert_string_equal(gf_format_duration(3723004, 1000, text), "01:02:03.004");
	assert_string_equal(gf_format_duration(90000 / 2, 90000, text), "00:00:00.500");
	assert_string_equal(gf_format_duration(86400 * 2 + 1, 1, text), "2 Days, 00:00:01.000");
	assert_string_equal(gf_format_duration(86400ULL * 367, 1, text), "1 Years 2 Days, 00:00:00.000");
}

static void handles_timecodes(void **state)
{
	(void)state;
	char text[100];
	GF_TimeCode tc = {.max_fps = 29.97f, .hours = 1, .drop_frame = 1};
	assert_string_equal(gf_format_timecode(&tc, text), "01:00:00;00");
	// SMPTE ST 12-1: 107892 frames of 1001/30000 s are in an hour of drop-frame labels
	assert_int_equal(gf_timecode_to_timestamp(&tc, 30000), 107892 * 1001);
	GF_TimeCode minute = {.max_fps = 29.97f, .minutes = 1, .n_frames = 2, .drop_frame = 1};
	assert_int_equal(gf_timecode_to_timestamp(&minute, 30000), 1800 * 1001); // after 00:00:59;29
	GF_TimeCode plain = {.max_fps = 29.97f, .hours = 1};
	assert_string_equal(gf_format_timecode(&plain, text), "01:00:00:00");
	assert_int_equal(gf_timecode_to_timestamp(&plain, 30000), 108000 * 1001);
	GF_TimeCode pal = {.max_fps = 25, .hours = 1, .n_frames = 24};
	assert_int_equal(gf_timecode_to_timestamp(&pal, 25), 90024);
	GF_TimeCode negative = {.max_fps = 25, .seconds = 1, .negative = 1};
	assert_string_equal(gf_format_timecode(&negative, text), "-00:00:01:00");
	GF_TimeCode second25 = {.max_fps = 25, .seconds = 1};
	GF_TimeCode second50 = {.max_fps = 50, .seconds = 1};
	assert_true(gf_timecode_equal(&second25, &second50));
	assert_true(gf_timecode_less(&negative, &second25));
	assert_true(gf_timecode_less_or_equal(&tc, &plain));
	assert_true(gf_timecode_greater(&plain, &tc));
	assert_true(gf_timecode_greater_or_equal(&second25, &negative));
}

static void writes_and_reads_codes(void **state)
{
	(void)state;
	assert_string_equal(gf_4cc_to_str(GF_4CC('m', 'o', 'o', 'v')), "moov");
	assert_string_equal(gf_4cc_to_str(0), "00000000");
	assert_string_equal(gf_4cc_to_str(0x21), "000000!");
	assert_string_equal(gf_4cc_to_str(0xA96E616D), "\xC2\xA9nam");
	assert_string_equal(gf_4cc_to_str(0xFF7F1F20), "FF7F1F ");
	const char *first = gf_4cc_to_str(GF_4CC('a', 'v', 'c', '1'));
	for (u32 i = 0; i < 9; i++)
		gf_4cc_to_str(i);
	assert_string_equal(first, "avc1");
	assert_int_equal(gf_4cc_parse("avc1"), GF_4CC('a', 'v', 'c', '1'));
	gf_log_set_tool_level(GF_LOG_CORE, GF_LOG_QUIET);
	assert_int_equal(gf_4cc_parse("avc"), 0);
	assert_int_equal(gf_4cc_parse("avc10"), 0);
	assert_int_equal(gf_4cc_parse(NULL), 0);
	// the example of the interface specification
	assert_int_equal(gf_crc_32((const u8 *)"hello", 5), 0xE6CE9AC2);
	assert_int_equal(gf_crc_32((const u8 *)"123456789", 9), 0x0376E6E7); // CRC-32/MPEG-2 check value
	bin128 id = {0};
	assert_int_equal(gf_bin128_parse("0x00112233-4455-6677-8899-aabbCCDDEEFF", id), GF_OK);
	assert_int_equal(id[1], 0x11);
	assert_int_equal(id[15], 0xFF);
	assert_int_equal(gf_bin128_parse("00112233445566778899aabbccddee", id), GF_BAD_PARAM);
	assert_int_equal(gf_bin128_parse("00112233445566778899aabbccddeeff0", id), GF_BAD_PARAM);
	assert_int_equal(gf_bin128_parse(NULL, id), GF_BAD_PARAM);
}

static void handles_strings(void **state)
{
	(void)state;
	char buf[5];
	assert_int_equal(gf_strlcpy(buf, "abcdefg", sizeof(buf)), 7);
	assert_string_equal(buf, "abcd");
	gf_strlcpy(buf, "ab", sizeof(buf));
	assert_int_equal(gf_strlcat(buf, "cdef", sizeof(buf)), 6);
	assert_string_equal(buf, "abcd");
	char *text = NULL;
	assert_int_equal(gf_dynstrcat(&text, "a", ","), GF_OK);
	assert_int_equal(gf_dynstrcat(&text, "b", ","), GF_OK);
	assert_int_equal(gf_dynstrcat(&text, "c", NULL), GF_OK);
	assert_int_equal(gf_dynstrcat(&text, NULL, ","), GF_OK);
	assert_string_equal(text, "a,bc");
	gf_free(text);
	assert_true(gf_strnistr("Hello World", "WORLDLY", 5));
	assert_false(gf_strnistr("Hello", "hellos", 6));
	const char data[] = {'a', 'b', 'c', 'd'};
	assert_ptr_equal(gf_strmemstr(data, 4, "cd"), data + 2);
	assert_null(gf_strmemstr(data, 3, "cd"));
}

static void reads_dates(void **state)
{
	(void)state;
	// 784111777 s: the example date of RFC 9110 5.6.7
	assert_int_equal(gf_net_parse_date("Sun, 06 Nov 1994 08:49:37 GMT"), 784111777000ULL);
	assert_int_equal(gf_net_parse_date("Sunday, 06-Nov-94 08:49:37 GMT"), 784111777000ULL);
	assert_int_equal(gf_net_parse_date("Sun Nov  6 08:49:37 1994"), 784111777000ULL);
	assert_int_equal(gf_net_parse_date("1994-11-06T08:49:37Z"), 784111777000ULL);
	assert_int_equal(gf_net_parse_date("1994-11-06T08:49:37.25"), 784111777250ULL);
	assert_int_equal(gf_net_parse_date("1994-11-06T10:19:37.5+01:30"), 784111777500ULL);
	assert_int_equal(gf_net_parse_date("1994-11-06T03:49:37-05:00"), 784111777000ULL);
	static const char *const bad[] = {
		"", "1994", "1994-13-06T08:49:37Z", "1994-11-06T08:49:37Q", "Sun, 06 Nov"};
	for (u32 i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
		assert_int_equal(gf_net_parse_date(bad[i]), 0);
	// RFC 5905: 1970-01-01 is 2208988800 s after 1900-01-01
	assert_int_equal(gf_net_ntp_to_utc((2208988800ULL + 10) << 32 | 0x80000000), 10500);
	assert_int_equal(gf_net_ntp_to_utc(0), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(reads_fractions),
		cmocka_unit_test(reads_integers_strictly),
		cmocka_unit_test(rescales_without_overflow),
		cmocka_unit_test(formats_durations),
		cmocka_unit_test(handles_timecodes),
		cmocka_unit_test(writes_and_reads_codes),
		cmocka_unit_test(handles_strings),
		cmocka_unit_test(reads_dates),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
