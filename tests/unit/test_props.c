// SPDX-License-Identifier: MIT
// Registry of properties, text forms of values, comparison.

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <cmocka.h>
#include <float.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <gpac/constants.h>
#include <gpac/log.h>
#include <gpac/props.h>

// Messages logged since the last reset, by level.
static u32 nb_errors, nb_warnings;
static u64 memory_before;

static void count_messages(void *cbk, GF_LOG_Level level, GF_LOG_Tool tool, const char *fmt, va_list args)
{
	(void)cbk;
	(void)tool;
	(void)fmt;
	(void)args;
	nb_errors += level == GF_LOG_ERROR;
	nb_warnings += level == GF_LOG_WARNING;
}

static int setup(void **state)
{
	(void)state;
	gf_log_set_callback(NULL, count_messages);
	memory_before = gf_memory_size();
	return 0;
}

static int check_memory(void **state)
{
	(void)state;
	assert_int_equal(gf_memory_size(), memory_before);
	return 0;
}

// ---- Registry

static void test_ids(void **state)
{
	(void)state;
	assert_int_equal(gf_props_get_id("Width"), GF_PROP_PID_WIDTH);
	assert_int_equal(gf_props_get_id("WIDT"), GF_PROP_PID_WIDTH);
	assert_int_equal(gf_props_get_id("PID"), GF_PROP_PID_ID);
	assert_int_equal(gf_props_get_id("ID"), GF_PROP_PID_ID);
	assert_int_equal(gf_props_get_id("Codec"), GF_PROP_PID_CODEC);
	assert_int_equal(gf_props_get_id("codecid"), 0);
	assert_int_equal(gf_props_get_id("widt"), 0);
	assert_int_equal(gf_props_get_id("ABCD"), 0);
	assert_int_equal(gf_props_get_id(""), 0);
	assert_int_equal(gf_props_get_id(NULL), 0);
	// names shared by a PID and a packet property: the packet one has its code only
	assert_int_equal(gf_props_get_id("SEILoaded"), GF_PROP_PID_SEI_LOADED);
	assert_int_equal(gf_props_get_id("SEIP"), GF_PROP_PCK_SEI_LOADED);
	assert_int_equal(gf_props_get_id("ContentLightLevel"), GF_4CC('C', 'L', 'L', 'I'));
}

static void test_registry(void **state)
{
	(void)state;
	assert_true(gf_props_sanity_check());
	u32 count = 0;
	const GF_BuiltInProperty *prop;
	while ((prop = gf_props_get_description(count))) {
		count++;
		assert_string_equal(gf_props_4cc_get_name(prop->type), prop->name);
		assert_int_equal(gf_props_4cc_get_type(prop->type), prop->data_type);
		assert_int_equal(gf_props_4cc_get_flags(prop->type), prop->flags);
		assert_string_not_equal(gf_props_get_type_name(prop->data_type), "Undefined");
		// private codes must not start with an upper-case letter, built-in ones all do
		assert_in_range(prop->type >> 24, 'A', 'Z');
	}
	assert_int_equal(count, 312);
	assert_string_equal(gf_props_get_description(0)->name, "ID");
	assert_string_equal(gf_props_get_description(311)->name, "AmbientLightY");
	assert_null(gf_props_4cc_get_name(1));
	assert_int_equal(gf_props_4cc_get_type(1), 0);
	assert_int_equal(gf_props_4cc_get_flags(1), 0);
	assert_int_equal(gf_props_4cc_get_flags(GF_PROP_PCK_SENDER_NTP), 3);
	assert_int_equal(gf_props_4cc_get_type(GF_PROP_PID_DURATION), GF_PROP_FRACTION64);
}

static void test_types(void **state)
{
	(void)state;
	static const struct {
		const char *name;
		u32 type, base;
	} types[] = {
		{"sint", 1, 1},
		{"uint", 2, 2},
		{"lsint", 3, 3},
		{"luint", 4, 4},
		{"bool", 5, 5},
		{"frac", 6, 6},
		{"lfrac", 7, 7},
		{"flt", 8, 8},
		{"dbl", 9, 9},
		{"v2di", 10, 10},
		{"v2d", 11, 11},
		{"v3di", 12, 12},
		{"v4di", 13, 13},
		{"str", 14, 14},
		{"mem", 16, 16},
		{"cstr", 17, 14},
		{"cmem", 19, 16},
		{"ptr", 20, 20},
		{"strl", 21, 21},
		{"uintl", 22, 22},
		{"sintl", 23, 23},
		{"v2il", 24, 24},
		{"4cc", 25, 2},
		{"4ccl", 26, 22},
		{"pfmt", 40, 2},
		{"afmt", 41, 2},
		{"cprm", 42, 2},
		{"ctfc", 43, 2},
		{"cmxc", 44, 2},
		{"alay", 45, 2},
	};
	for (u32 i = 0; i < sizeof(types) / sizeof(types[0]); i++) {
		assert_int_equal(gf_props_parse_type(types[i].name), types[i].type);
		assert_string_equal(gf_props_get_type_name(types[i].type), types[i].name);
		assert_int_equal(gf_props_get_base_type(types[i].type), types[i].base);
		assert_int_equal(gf_props_type_is_enum(types[i].type), types[i].type >= 40);
	}
	assert_int_equal(gf_props_get_base_type(15), 14);
	assert_int_equal(gf_props_get_base_type(18), 16);
	assert_int_equal(gf_props_get_base_type(27), 21);
	nb_errors = 0;
	assert_int_equal(gf_props_parse_type("UINT"), 0);
	assert_string_equal(gf_props_get_type_name(0), "Undefined");
	assert_string_equal(gf_props_get_type_name(28), "Undefined");
	assert_string_equal(gf_props_get_type_name(46), "Undefined");
	assert_int_equal(nb_errors, 4);
	assert_false(gf_props_type_is_enum(46));
}

// ---- Parsing

typedef struct {
	u32 type;
	const char *text; // NULL for an option without value
	const char *printed;
	char report; // 'e' error, 'w' warning, 0 nothing
	const char *enums;
} ParseCase;

static const ParseCase parse_cases[] = {
	{GF_PROP_BOOL, "yes", "true", 0, NULL},
	{GF_PROP_BOOL, "true", "true", 0, NULL},
	{GF_PROP_BOOL, "1", "true", 0, NULL},
	{GF_PROP_BOOL, "no", "false", 0, NULL},
	{GF_PROP_BOOL, "false", "false", 0, NULL},
	{GF_PROP_BOOL, "0", "false", 0, NULL},
	{GF_PROP_BOOL, NULL, "true", 0, NULL},
	{GF_PROP_BOOL, "TRUE", "false", 'e', NULL},
	{GF_PROP_BOOL, "", "false", 'e', NULL},

	{GF_PROP_SINT, "-12", "-12", 0, NULL},
	{GF_PROP_SINT, "+I", "2147483647", 0, NULL},
	{GF_PROP_SINT, "-I", "-2147483648", 0, NULL},
	{GF_PROP_SINT, "12abc", "12", 0, NULL},
	{GF_PROP_SINT, "10ms", "10000", 0, NULL},
	{GF_PROP_SINT, "1.5k", "1000", 0, NULL},
	{GF_PROP_SINT, "3sec", "3", 0, NULL},
	{GF_PROP_SINT, "-2k", "-2000", 0, NULL},
	{GF_PROP_SINT, "T1:00", "60000", 0, NULL},
	{GF_PROP_SINT, "3g", "2147483647", 'w', NULL},
	{GF_PROP_SINT, "-3g", "-2147483648", 'w', NULL},
	{GF_PROP_SINT, "-2147483648", "-2147483648", 0, NULL},
	{GF_PROP_SINT, "foo", "0", 'e', NULL},
	{GF_PROP_SINT, "", "0", 'e', NULL},
	{GF_PROP_SINT, NULL, "0", 'e', NULL},

	{GF_PROP_UINT, "12", "12", 0, NULL},
	{GF_PROP_UINT, "2k", "2000", 0, NULL},
	{GF_PROP_UINT, "2K", "2000", 0, NULL},
	{GF_PROP_UINT, "2m", "2000000", 0, NULL},
	{GF_PROP_UINT, "2M", "2000000", 0, NULL},
	{GF_PROP_UINT, "2g", "2000000000", 0, NULL},
	{GF_PROP_UINT, "2G", "2000000000", 0, NULL},
	{GF_PROP_UINT, "2s", "2000", 0, NULL},
	{GF_PROP_UINT, "2S", "2000", 0, NULL},
	{GF_PROP_UINT, "3sec", "3000", 0, NULL},
	{GF_PROP_UINT, "2min", "120000", 0, NULL},
	{GF_PROP_UINT, "0x1Fk", "31000", 0, NULL},
	{GF_PROP_UINT, "0X1F", "31", 0, NULL},
	{GF_PROP_UINT, "-1", "4294967295", 0, NULL},
	{GF_PROP_UINT, "+I", "4294967295", 0, NULL},
	{GF_PROP_UINT, "5G", "4294967295", 'w', NULL},
	{GF_PROP_UINT, "99999999999999999999999", "4294967295", 'w', NULL},
	{GF_PROP_UINT, "avc1", "1635148593", 0, NULL}, // 0x61766331
	{GF_PROP_UINT, "tx3g", "1954034535", 0, NULL}, // 0x74783367, not a time
	{GF_PROP_UINT, "foo", "0", 'e', NULL},
	{GF_PROP_UINT, NULL, "0", 'e', NULL},
	{GF_PROP_UINT, "T01:02:03.004", "3723004", 0, NULL},
	{GF_PROP_UINT, "t1:2:3", "3723000", 0, NULL},
	{GF_PROP_UINT, "T2:03.5", "123005", 0, NULL},
	{GF_PROP_UINT, "T1:00.1234", "0", 'e', NULL},
	{GF_PROP_UINT, "T5", "0", 'e', NULL},
	{GF_PROP_UINT, "T1:123", "0", 'e', NULL},
	{GF_PROP_UINT, "T1:2:3:4", "0", 'e', NULL},

	{GF_PROP_UINT, "b", "b", 0, "a|b|c"},
	{GF_PROP_UINT, "c", "c", 0, "a|b|c"},
	{GF_PROP_UINT, "B", "a", 'e', "a|b|c"},
	{GF_PROP_UINT, "1", "a", 'e', "a|b|c"},
	{GF_PROP_UINT, "", "a", 'e', "a|b|c"},
	{GF_PROP_UINT, "ab", "a", 'e', "a|b|c"},
	{GF_PROP_UINT, NULL, "a", 'e', "a|b|c"},
	{GF_PROP_UINT, "-1", "", 0, "a|b|c"},
	{GF_PROP_UINT, "+I", "", 0, "a|b|c"},
	{GF_PROP_UINT, "200", "200", 0, "0-100"}, // ranges document only

	{GF_PROP_LSINT, "+I", "9223372036854775807", 0, NULL},
	{GF_PROP_LSINT, "-I", "-9223372036854775808", 0, NULL},
	{GF_PROP_LSINT, "-5g", "-5000000000", 0, NULL},
	{GF_PROP_LSINT, "9223372036854775808", "9223372036854775807", 'w', NULL},
	{GF_PROP_LUINT, "+I", "18446744073709551615", 0, NULL},
	{GF_PROP_LUINT, "-1", "18446744073709551615", 0, NULL},
	{GF_PROP_LUINT, "5g", "5000000000", 0, NULL},

	{GF_PROP_FLOAT, "1.5k", "1500.000000", 0, NULL},
	{GF_PROP_FLOAT, "1e3", "1000.000000", 0, NULL},
	{GF_PROP_FLOAT, "x", "0.000000", 'e', NULL},
	{GF_PROP_DOUBLE, "-0.25", "-0.25", 0, NULL},
	{GF_PROP_DOUBLE, "1.5k", "1500", 0, NULL},
	{GF_PROP_DOUBLE, "3sec", "3", 0, NULL},
	{GF_PROP_DOUBLE, "T1:00", "60000", 0, NULL},
	{GF_PROP_DOUBLE, NULL, "0", 'e', NULL},

	{GF_PROP_FRACTION, "30000/1001", "30000/1001", 0, NULL},
	{GF_PROP_FRACTION, "30-2", "15", 0, NULL},
	{GF_PROP_FRACTION, "1/2foo", "1/2", 0, NULL},
	{GF_PROP_FRACTION, "1/0", "1/0", 0, NULL},
	{GF_PROP_FRACTION, "25", "25", 0, NULL},
	{GF_PROP_FRACTION, "23.976", "23976/1000", 0, NULL},
	{GF_PROP_FRACTION, "29,97", "2997/100", 0, NULL},
	{GF_PROP_FRACTION, "1.50", "15/10", 0, NULL},
	{GF_PROP_FRACTION, "1.", "1", 0, NULL},
	{GF_PROP_FRACTION, "-1.5", "-15/10", 0, NULL},
	{GF_PROP_FRACTION, "-0.5", "-5/10", 0, NULL},
	{GF_PROP_FRACTION, "-1/3", "-1/3", 0, NULL},
	{GF_PROP_FRACTION, "1/-3", "0", 'e', NULL},
	{GF_PROP_FRACTION, "1k", "0", 'e', NULL},
	{GF_PROP_FRACTION, "25fps", "0", 'e', NULL},
	{GF_PROP_FRACTION, "0x10", "0", 'e', NULL},
	{GF_PROP_FRACTION, NULL, "0", 'e', NULL},
	{GF_PROP_FRACTION, "T0:01.500", "1500/1000", 0, NULL},
	{GF_PROP_FRACTION64, "1.5e3", "1500", 0, NULL},
	{GF_PROP_FRACTION64, "T1:00:00", "3600", 0, NULL},
	{GF_PROP_FRACTION64, "-9000000000/7", "-9000000000/7", 0, NULL},

	{GF_PROP_VEC2I, "640x-480", "640x-480", 0, NULL},
	{GF_PROP_VEC2I, "1x2x3", "1x2", 0, NULL},
	{GF_PROP_VEC2I, "360", "640x360", 0, NULL},
	{GF_PROP_VEC2I, "480", "640x480", 0, NULL},
	{GF_PROP_VEC2I, "576", "720x576", 0, NULL},
	{GF_PROP_VEC2I, "720", "1280x720", 0, NULL},
	{GF_PROP_VEC2I, "1080", "1920x1080", 0, NULL},
	{GF_PROP_VEC2I, "HD", "1920x1080", 0, NULL},
	{GF_PROP_VEC2I, "2k", "2048x1080", 0, NULL},
	{GF_PROP_VEC2I, "2160", "3840x2160", 0, NULL},
	{GF_PROP_VEC2I, "4K", "3840x2160", 0, NULL},
	{GF_PROP_VEC2I, "4320", "7680x4320", 0, NULL},
	{GF_PROP_VEC2I, "8k", "7680x4320", 0, NULL},
	{GF_PROP_VEC2I, NULL, "0x0", 0, NULL},
	{GF_PROP_VEC2I, "0", "0x0", 0, NULL},
	{GF_PROP_VEC2I, "0x0", "0x0", 0, NULL},
	{GF_PROP_VEC2I, "640X480", "0x0", 'e', NULL},
	{GF_PROP_VEC2, "1.5x-2", "1.5x-2", 0, NULL},
	{GF_PROP_VEC2, "0x5", "0x5", 0, NULL},
	{GF_PROP_VEC2, "5", "0x0", 'e', NULL},
	{GF_PROP_VEC3I, "1x2x3", "1x2x3", 0, NULL},
	{GF_PROP_VEC3I, "1x2", "0x0x0", 'e', NULL},
	{GF_PROP_VEC4I, "1x2x-3x4", "1x2x-3x4", 0, NULL},
	{GF_PROP_VEC4I, "0x0x0x0", "0x0x0x0", 0, NULL},

	{GF_PROP_4CC, "mp4a", "mp4a", 0, NULL},
	{GF_PROP_4CC, "mp4", "00000000", 'e', NULL},
	{GF_PROP_STRING, "any text", "any text", 0, NULL},
	{GF_PROP_NAME, "any text", "any text", 0, NULL},
	{GF_PROP_STRING, "file@/does/not/exist", "", 'e', NULL},
	{GF_PROP_STRING, NULL, "", 0, NULL},

	{GF_PROP_DATA, "0x01aBfF", "3 bytes 0x01ABFF", 0, NULL},
	{GF_PROP_DATA, "0x01a", "1 bytes 0x01", 0, NULL},
	{GF_PROP_DATA, "0x01zz02", "3 bytes 0x010002", 'e', NULL},
	{GF_PROP_DATA, "b64@aGVsbG8=", "5 bytes 0x68656C6C6F", 0, NULL},
	{GF_PROP_DATA, "B64@aGVsbG8", "5 bytes 0x68656C6C6F", 0, NULL},
	{GF_PROP_DATA, "b64@a", "forbidden", 'e', NULL},
	{GF_PROP_DATA, "b64@a*==", "forbidden", 'e', NULL},
	{GF_PROP_DATA, "u8@1,255", "2 bytes 0x01FF", 0, NULL},
	{GF_PROP_DATA, "u8@1,256", "forbidden", 'e', NULL},
	{GF_PROP_DATA, "s8@-1,-128", "2 bytes 0xFF80", 0, NULL},
	{GF_PROP_DATA, "s8@128", "forbidden", 'e', NULL},
	{GF_PROP_DATA, "u16@1,2", "4 bytes 0x01000200", 0, NULL}, // these three: little-endian host
	{GF_PROP_DATA, "s32@-2", "4 bytes 0xFEFFFFFF", 0, NULL},
	{GF_PROP_DATA, "hex@1f", "4 bytes 0x1F000000", 0, NULL},
	{GF_PROP_DATA, "dbl@1", "8 bytes 0x000000000000F03F", 0, NULL},
	{GF_PROP_DATA, "flt@1,2", "8 bytes 0x0000803F00000040", 0, NULL},
	{GF_PROP_DATA, "flt@1,x", "forbidden", 'e', NULL},
	{GF_PROP_DATA, "u64@18446744073709551615", "8 bytes 0xFFFFFFFFFFFFFFFF", 0, NULL},
	{GF_PROP_DATA, "str@a,b", "4 bytes 0x61006200", 0, NULL},
	{GF_PROP_DATA, "hello", "5 bytes 0x68656C6C6F", 0, NULL},
	{GF_PROP_DATA, "", "0 bytes 0x", 0, NULL},
	{GF_PROP_DATA, "12@text", "7 bytes 0x31324074657874", 0, NULL},
	{GF_PROP_DATA, "0123456789012345678901234567890123456789", "40 bytes (CRC32 0xA8EC8397)", 0, NULL},
	{GF_PROP_CONST_DATA, "0x00", "1 bytes 0x00", 0, NULL},
	{GF_PROP_POINTER, "0x10", "0x10", 0, NULL},

	{GF_PROP_STRING_LIST, "a,b1,,b2,c", "a,b1,b2,c", 0, NULL},
	{GF_PROP_STRING_LIST, NULL, "", 0, NULL},
	{GF_PROP_UINT_LIST, "1,2,3", "1,2,3", 0, NULL},
	{GF_PROP_UINT_LIST, "1,x,3", "1,0,3", 'e', NULL},
	{GF_PROP_UINT_LIST, "4294967295,4294967296", "4294967295,0", 'e', NULL},
	{GF_PROP_UINT_LIST, "", "", 0, NULL},
	{GF_PROP_SINT_LIST, "-1,2147483647", "-1,2147483647", 0, NULL},
	{GF_PROP_SINT_LIST, "2147483648", "0", 'e', NULL},
	{GF_PROP_VEC2I_LIST, "1x2,3x4", "1x2,3x4", 0, NULL},
	{GF_PROP_VEC2I_LIST, "1x2,3", "1x2,0x0", 'e', NULL},
	{GF_PROP_4CC_LIST, "avc1,hvc1", "avc1,hvc1", 0, NULL},
	{GF_PROP_4CC_LIST, "avc1,hvc", "avc1,00000000", 'e', NULL},

	{GF_PROP_PIXFMT, "yuv420", "yuv420", 0, NULL},
	{GF_PROP_PIXFMT, "yuv", "yuv420", 0, NULL},
	{GF_PROP_PCMFMT, "pcm", "s16", 0, NULL},
	{GF_PROP_PCMFMT, "dblp", "dblp", 0, NULL},
	{GF_PROP_CICP_COL_PRIM, "bt709", "BT709", 0, NULL},
	{GF_PROP_CICP_COL_PRIM, "22", "EBU3213", 0, NULL},
	{GF_PROP_CICP_COL_TFC, "sRGB", "sRGB", 0, NULL},
	{GF_PROP_CICP_COL_MX, "-1", "unknown", 0, NULL},
	{GF_PROP_CICP_LAYOUT, "3/2.1", "3/2.1", 0, NULL},
	{GF_PROP_CICP_LAYOUT, "2", "stereo", 0, NULL},
};

static void test_parse(void **state)
{
	(void)state;
	for (u32 i = 0; i < sizeof(parse_cases) / sizeof(parse_cases[0]); i++) {
		const ParseCase *c = &parse_cases[i];
		char dump[GF_PROP_DUMP_ARG_SIZE];
		nb_errors = nb_warnings = 0;
		GF_PropertyValue val = gf_props_parse_value(c->type, "test", c->text, c->enums, 0);
		u32 errors = nb_errors, warnings = nb_warnings;
		const char *text = gf_props_dump_val(&val, dump, GF_PROP_DUMP_DATA_INFO, c->enums);
		if (strcmp(text, c->printed))
			fail_msg("type %u `%s`: got `%s`, expected `%s`", c->type, c->text, text, c->printed);
		if (errors != (c->report == 'e') || warnings != (c->report == 'w'))
			fail_msg("type %u `%s`: %u errors and %u warnings", c->type, c->text, errors, warnings);
		gf_props_reset_single(&val);
	}
}

static void test_parse_limits(void **state)
{
	(void)state;
	assert_true(gf_props_parse_value(GF_PROP_FLOAT, "t", "+I", NULL, 0).value.fnumber == FLT_MAX);
	assert_true(gf_props_parse_value(GF_PROP_FLOAT, "t", "-I", NULL, 0).value.fnumber == -FLT_MAX);
	assert_true(gf_props_parse_value(GF_PROP_DOUBLE, "t", "+I", NULL, 0).value.number == DBL_MAX);
	assert_true(gf_props_parse_value(GF_PROP_DOUBLE, "t", "-I", NULL, 0).value.number == -DBL_MAX);
	assert_int_equal(gf_props_parse_value(GF_PROP_UINT, "t", "-1", "a|b", 0).value.uint, 0xFFFFFFFF);
	assert_int_equal(gf_props_parse_value(0, "t", "1", NULL, 0).type, 0);
	assert_int_equal(gf_props_parse_value(39, "t", "1", NULL, 0).type, 0);
	assert_int_equal(gf_props_parse_value(GF_PROP_STRING, "t", "bxml@x", NULL, 0).type, GF_PROP_DATA);
}

static void check_list(const char *text, char sep, u32 nb_items, const char *const *items)
{
	char copy[64];
	strcpy(copy, text);
	GF_PropertyValue val = gf_props_parse_value(GF_PROP_STRING_LIST, "test", copy, NULL, sep);
	assert_string_equal(copy, text);
	assert_int_equal(val.value.string_list.nb_items, nb_items);
	for (u32 i = 0; i < nb_items; i++)
		assert_string_equal(val.value.string_list.vals[i], items[i]);
	gf_props_reset_single(&val);
	assert_int_equal(val.value.string_list.nb_items, 0);
	assert_null(val.value.string_list.vals);
}

static void test_string_lists(void **state)
{
	(void)state;
	check_list("a,b1,,b2,c", ',', 3, (const char *[]){"a", "b1,b2", "c"});
	check_list("a,", ',', 2, (const char *[]){"a", ""});
	check_list(",a", ',', 2, (const char *[]){"", "a"});
	check_list("", ',', 1, (const char *[]){""});
	check_list("a;;b;c,d", ';', 2, (const char *[]){"a;b", "c,d"});
	check_list("<x y=\"1,2\">,b", ',', 2, (const char *[]){"<x y=\"1,2\">", "b"});
	check_list("<x,y", ',', 2, (const char *[]){"<x", "y"});
}

static void test_file_values(void **state)
{
	(void)state;
	char path[] = "/tmp/test_props_XXXXXX", text[64];
	int fd = mkstemp(path);
	assert_true(fd >= 0);
	assert_int_equal(write(fd, "a,b", 3), 3);
	close(fd);

	snprintf(text, sizeof(text), "file@%s", path);
	GF_PropertyValue val = gf_props_parse_value(GF_PROP_STRING, "test", text, NULL, 0);
	assert_string_equal(val.value.string, "a,b");
	gf_props_reset_single(&val);
	val = gf_props_parse_value(GF_PROP_DATA, "test", text, NULL, 0);
	assert_int_equal(val.value.data.size, 3);
	gf_props_reset_single(&val);

	snprintf(text, sizeof(text), "x,FILE@%s,file@/does/not/exist,y", path);
	nb_errors = 0;
	val = gf_props_parse_value(GF_PROP_STRING_LIST, "test", text, NULL, 0);
	assert_int_equal(nb_errors, 1);
	assert_int_equal(val.value.string_list.nb_items, 3);
	assert_string_equal(val.value.string_list.vals[1], "a,b");
	gf_props_reset_single(&val);
	unlink(path);
}

static void test_memory_address(void **state)
{
	(void)state;
	char dump[GF_PROP_DUMP_ARG_SIZE];
	u8 bytes[4] = {0};
	gf_props_dump_val(PROP_CONST_DATA(bytes, 4), dump, GF_PROP_DUMP_DATA_PTR, NULL);
	GF_PropertyValue val = gf_props_parse_value(GF_PROP_DATA, "test", dump, NULL, 0);
	assert_int_equal(val.type, GF_PROP_CONST_DATA);
	assert_ptr_equal(val.value.data.ptr, bytes);
	assert_int_equal(val.value.data.size, 4);
}

// ---- Printing

static void check_dump(const GF_PropertyValue *val, u32 flags, const char *expected)
{
	char dump[GF_PROP_DUMP_ARG_SIZE];
	assert_string_equal(gf_props_dump_val(val, dump, flags, NULL), expected);
}

static void test_dump_values(void **state)
{
	(void)state;
	check_dump(PROP_FRAC_INT(50, 2), 0, "25");
	check_dump(PROP_FRAC_INT(50, 2), GF_PROP_DUMP_NO_REDUCE, "50/2");
	check_dump(PROP_FRAC_INT(-1, 3), 0, "-1/3");
	check_dump(PROP_FRAC_INT(-6, 3), 0, "-2");
	check_dump(PROP_FRAC_INT(7, 0), 0, "7/0");
	check_dump(PROP_FRAC64_INT(-9000000000, 3), 0, "-3000000000");
	check_dump(PROP_DATA("hello", 5), GF_PROP_DUMP_DATA_NONE, "5 bytes (CRC32 0xE6CE9AC2)");
	check_dump(PROP_DATA("hello", 5), GF_PROP_DUMP_DATA_INFO, "5 bytes 0x68656C6C6F");
	check_dump(PROP_4CC(0x21), 0, "000000!");
	check_dump(PROP_4CC(0xA96E616D), 0, "\xC2\xA9nam");
	check_dump(PROP_STRING(NULL), 0, "");
	check_dump(&(GF_PropertyValue){0}, 0, "forbidden");
	assert_string_equal(gf_props_dump_val(PROP_STRING("text"), NULL, 0, NULL), "text");

	char dump[GF_PROP_DUMP_ARG_SIZE];
	assert_string_equal(gf_props_dump_val(PROP_UINT(2), dump, 0, "a|b|c"), "c");
	assert_string_equal(gf_props_dump_val(PROP_UINT(3), dump, 0, "a|b|c"), "");
	assert_string_equal(gf_props_dump_val(PROP_UINT(3), dump, 0, "0-9"), "3");
}

// A list that does not fit is cut between two items, with a warning.
static void test_dump_long_list(void **state)
{
	(void)state;
	u32 numbers[50];
	for (u32 i = 0; i < 50; i++)
		numbers[i] = 1000 + i;
	GF_PropertyValue list = {.type = GF_PROP_UINT_LIST, .value.uint_list = {numbers, 50}};
	char dump[GF_PROP_DUMP_ARG_SIZE];
	nb_warnings = 0;
	gf_props_dump_val(&list, dump, 0, NULL);
	assert_int_equal(nb_warnings, 1);
	assert_int_equal(strlen(dump), 99); // 20 items of 4 digits and 19 commas
	assert_string_equal(dump + 95, "1019");

	char *whole = gf_props_dump_alloc(0, &list, 0);
	assert_int_equal(strlen(whole), 50 * 5 - 1);
	gf_free(whole);
}

static void check_dump_prop(u32 p4cc, const GF_PropertyValue *val, const char *expected)
{
	char dump[GF_PROP_DUMP_ARG_SIZE];
	assert_string_equal(gf_props_dump(p4cc, val, dump, GF_PROP_DUMP_DATA_INFO), expected);
	char *copy = gf_props_dump_alloc(p4cc, val, GF_PROP_DUMP_DATA_INFO);
	assert_string_equal(copy, expected);
	gf_free(copy);
}

static void test_dump_builtin(void **state)
{
	(void)state;
	check_dump_prop(GF_PROP_PID_STREAM_TYPE, PROP_UINT(GF_STREAM_AUDIO), "Audio");
	check_dump_prop(GF_PROP_PID_ORIG_STREAM_TYPE, PROP_UINT(GF_STREAM_VISUAL), "Visual");
	check_dump_prop(GF_PROP_PID_CODECID, PROP_UINT(GF_CODECID_AVC), "MPEG-4 AVC|H264 Video");
	check_dump_prop(GF_PROP_PID_PLAYBACK_MODE, PROP_UINT(2), "forward");
	check_dump_prop(GF_PROP_PID_WIDTH, PROP_UINT(2), "2");
	check_dump_prop(GF_PROP_PID_PIXFMT, PROP_UINT(GF_PIXEL_NV12), "nv12");
	check_dump_prop(GF_PROP_PID_CHANNEL_LAYOUT, PROP_LONGUINT(3), "stereo");
	check_dump_prop(GF_PROP_PID_CHANNEL_LAYOUT, PROP_LONGUINT(0x8000000000000000), "9223372036854775808");
	check_dump_prop(GF_PROP_PCK_UTC_TIME, PROP_LONGUINT(1700000000123), "2023-11-14T22:13:20.123Z");
	// NTP counts from 1900, 2208988800 seconds before 1970; its low half is a binary fraction
	u64 ntp = (1700000000ULL + 2208988800ULL) << 32 | 0x80000000;
	check_dump_prop(GF_PROP_PCK_SENDER_NTP, PROP_LONGUINT(ntp), "2023-11-14T22:13:20.500Z");
	check_dump_prop(GF_PROP_PID_DECODER_CONFIG_ENHANCEMENT, PROP_DATA("caf\xC3\xA9", 5), "caf\xC3\xA9");
	check_dump_prop(GF_PROP_PID_DECODER_CONFIG_ENHANCEMENT, PROP_DATA("\xC3", 1), "1 bytes 0xC3");
	check_dump_prop(GF_PROP_PID_DECODER_CONFIG, PROP_DATA("a", 1), "1 bytes 0x61");
}

static void test_enums(void **state)
{
	(void)state;
	assert_int_equal(gf_props_parse_enum(GF_PROP_PIXFMT, "nv12"), GF_PIXEL_NV12);
	assert_int_equal(gf_props_parse_enum(GF_PROP_PIXFMT, "foo"), 0);
	assert_int_equal(gf_props_parse_enum(GF_PROP_CICP_COL_PRIM, "foo"), 0xFFFFFFFF);
	assert_int_equal(gf_props_parse_enum(GF_PROP_CICP_LAYOUT, "5/2.1"), 7);
	assert_int_equal(gf_props_parse_enum(GF_PROP_UINT, "1"), 0);
	assert_string_equal(gf_props_enum_name(GF_PROP_PCMFMT, GF_AUDIO_FMT_FLTP), "fltp");
	assert_string_equal(gf_props_enum_name(GF_PROP_CICP_LAYOUT, 1000), "unknown");
	assert_null(gf_props_enum_name(GF_PROP_UINT, 1));
	assert_null(gf_props_enum_all_names(GF_PROP_UINT));
	for (u32 type = GF_PROP_FIRST_ENUM; type < GF_PROP_LAST_DEFINED; type++) {
		char names[4096], *save = NULL;
		assert_true(strlen(gf_props_enum_all_names(type)) < sizeof(names));
		strcpy(names, gf_props_enum_all_names(type));
		for (char *name = strtok_r(names, "|", &save); name; name = strtok_r(NULL, "|", &save)) {
			u32 val = gf_props_parse_enum(type, name);
			if (strcmp(name, "none"))
				assert_string_equal(gf_props_enum_name(type, val), name);
		}
	}
}

// ---- Comparison

static void test_equal_strings(void **state)
{
	(void)state;
	static const struct {
		const char *a, *b;
		Bool strict, loose;
	} cases[] = {
		{"a", "a", GF_TRUE, GF_TRUE},
		{"a", "A", GF_FALSE, GF_FALSE},
		{"a", "*", GF_FALSE, GF_TRUE},
		{"*", "a", GF_FALSE, GF_TRUE},
		{"mp4|mov", "mov", GF_TRUE, GF_TRUE},
		{"mp4", "mp4|mov", GF_TRUE, GF_TRUE},
		{"mp4|mov", "mo", GF_FALSE, GF_FALSE},
		{"mp4|mov", "mp4|mov", GF_TRUE, GF_TRUE},
		{"a|b", "b|a", GF_FALSE, GF_FALSE},
		{NULL, NULL, GF_TRUE, GF_TRUE},
		{NULL, "a", GF_FALSE, GF_FALSE},
		{"*", NULL, GF_FALSE, GF_FALSE},
	};
	for (u32 i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		assert_int_equal(
			gf_props_equal_strict(PROP_STRING(cases[i].a), PROP_NAME(cases[i].b)), cases[i].strict);
		assert_int_equal(gf_props_equal(PROP_STRING(cases[i].a), PROP_NAME(cases[i].b)), cases[i].loose);
	}
}

static void test_equal_values(void **state)
{
	(void)state;
	assert_true(gf_props_equal(PROP_FRAC_INT(2, 4), PROP_FRAC_INT(1, 2)));
	assert_false(gf_props_equal(PROP_FRAC_INT(-2, 4), PROP_FRAC_INT(1, 2)));
	assert_false(gf_props_equal(PROP_FRAC_INT(0, 0), PROP_FRAC_INT(1, 2)));
	assert_true(
		gf_props_equal(PROP_FRAC64_INT(INT64_MIN, UINT64_MAX), PROP_FRAC64_INT(INT64_MIN, UINT64_MAX)));
	assert_false(gf_props_equal(PROP_FRAC_INT(1, 2), PROP_FRAC64_INT(1, 2)));
	assert_true(gf_props_equal(PROP_UINT(5), PROP_4CC(5)));
	assert_false(gf_props_equal(PROP_UINT(5), PROP_SINT(5)));
	assert_true(gf_props_equal(PROP_VEC4I_INT(1, 2, 3, 4), PROP_VEC4I_INT(1, 2, 3, 4)));
	assert_false(gf_props_equal(PROP_VEC4I_INT(1, 2, 3, 4), PROP_VEC4I_INT(1, 2, 3, 5)));
	assert_true(gf_props_equal(PROP_DATA("ab", 2), PROP_CONST_DATA("ab", 2)));
	assert_false(gf_props_equal(PROP_DATA("ab", 2), PROP_DATA("ac", 2)));
	assert_false(gf_props_equal(PROP_DATA("ab", 2), PROP_DATA(NULL, 2)));
	assert_true(gf_props_equal(PROP_DATA(NULL, 0), PROP_DATA(NULL, 0)));

	u32 a[] = {1, 2}, b[] = {2, 1};
	GF_PropertyValue la = {.type = GF_PROP_UINT_LIST, .value.uint_list = {a, 2}};
	GF_PropertyValue lb = {.type = GF_PROP_4CC_LIST, .value.uint_list = {b, 2}};
	assert_false(gf_props_equal(&la, &lb));
	lb.value.uint_list.vals = a;
	assert_true(gf_props_equal(&la, &lb));

	char *sa[] = {"x", "y"}, *sb[] = {"y", "x"}, *sc[] = {"x", "x"};
	GF_PropertyValue s1 = {.type = GF_PROP_STRING_LIST, .value.string_list = {sa, 2}};
	GF_PropertyValue s2 = {.type = GF_PROP_STRING_LIST, .value.string_list = {sb, 2}};
	GF_PropertyValue s3 = {.type = GF_PROP_STRING_LIST, .value.string_list = {sc, 2}};
	assert_true(gf_props_equal(&s1, &s2));
	assert_false(gf_props_equal(&s1, &s3));
	assert_true(gf_props_equal(&s3, &s3));

	nb_errors = 0;
	s1.type = GF_PROP_STRING_LIST_COPY;
	assert_false(gf_props_equal(&s1, &s1));
	assert_false(gf_props_equal(&(GF_PropertyValue){0}, &(GF_PropertyValue){0}));
	assert_int_equal(nb_errors, 2);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_ids, setup, check_memory),
		cmocka_unit_test_setup_teardown(test_registry, setup, check_memory),
		cmocka_unit_test_setup_teardown(test_types, setup, check_memory),
		cmocka_unit_test_setup_teardown(test_parse, setup, check_memory),
		cmocka_unit_test_setup_teardown(test_parse_limits, setup, check_memory),
		cmocka_unit_test_setup_teardown(test_string_lists, setup, check_memory),
		cmocka_unit_test_setup_teardown(test_file_values, setup, check_memory),
		cmocka_unit_test_setup_teardown(test_memory_address, setup, check_memory),
		cmocka_unit_test_setup_teardown(test_dump_values, setup, check_memory),
		cmocka_unit_test_setup_teardown(test_dump_long_list, setup, check_memory),
		cmocka_unit_test_setup_teardown(test_dump_builtin, setup, check_memory),
		cmocka_unit_test_setup_teardown(test_enums, setup, check_memory),
		cmocka_unit_test_setup_teardown(test_equal_strings, setup, check_memory),
		cmocka_unit_test_setup_teardown(test_equal_values, setup, check_memory),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
