// SPDX-License-Identifier: MIT
// AudioSpecificConfig: values of the tables of ISO/IEC 14496-3, and configurations written by other encoders.

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <string.h>
#include <gpac/constants.h>
#include "formats/aac_config.h"

static AacConfig parse(const char *bytes, u32 size)
{
	AacConfig config;
	assert_int_equal(aac_config_parse((const u8 *)bytes, size, &config), GF_OK);
	return config;
}

static void expect_bytes(const AacConfig *config, const char *bytes, u32 expected)
{
	u8 *data;
	u32 size;
	assert_int_equal(aac_config_write(config, &data, &size), GF_OK);
	assert_int_equal(size, expected);
	assert_memory_equal(data, bytes, size);
	gf_free(data);
}

static void test_lc(void **state)
{
	(void)state;
	AacConfig c = parse("\x12\x10", 2);
	assert_int_equal(c.object_type, AOT_AAC_LC);
	assert_int_equal(c.rate, 44100);
	assert_int_equal(c.nb_channels, 2);
	assert_int_equal(c.frame_length, 1024);
	assert_int_equal(c.sbr, AAC_IMPLICIT);
	expect_bytes(&c, "\x12\x10", 2);
	// 48 kHz, 5.1, frames of 960 samples
	c = parse("\x11\xb4", 2);
	assert_int_equal(c.rate, 48000);
	assert_int_equal(c.nb_channels, 6);
	assert_int_equal(c.frame_length, 960);
	expect_bytes(&c, "\x11\xb4", 2);
}

static void test_hierarchical(void **state)
{
	(void)state;
	// as libfdk_aac writes HE-AAC and HE-AAC v2
	AacConfig c = parse("\x2b\x92\x08\x00", 4);
	assert_int_equal(c.object_type, AOT_AAC_LC);
	assert_int_equal(c.sbr, AAC_HIERARCHICAL);
	assert_int_equal(c.ps, AAC_IMPLICIT);
	assert_int_equal(c.rate, 22050);
	assert_int_equal(c.sbr_rate, 44100);
	assert_int_equal(c.nb_channels, 2);
	expect_bytes(&c, "\x2b\x92\x08\x00", 4);
	c = parse("\xeb\x8a\x08\x00", 4);
	assert_int_equal(c.sbr, AAC_HIERARCHICAL);
	assert_int_equal(c.ps, AAC_HIERARCHICAL);
	assert_int_equal(c.nb_channels, 1);
	expect_bytes(&c, "\xeb\x8a\x08\x00", 4);
}

static void test_compatible(void **state)
{
	(void)state;
	AacConfig c = parse("\x13\x10\x56\xe5\x9d\x48\x80", 7);
	assert_int_equal(c.rate, 24000);
	assert_int_equal(c.sbr, AAC_COMPATIBLE);
	assert_int_equal(c.sbr_rate, 48000);
	assert_int_equal(c.ps, AAC_COMPATIBLE);
	expect_bytes(&c, "\x13\x10\x56\xe5\x9d\x48\x80", 7);
	// sbrPresentFlag 0
	c = parse("\x11\x90\x56\xe5\x00", 5);
	assert_int_equal(c.sbr, AAC_ABSENT);
	expect_bytes(&c, "\x11\x90\x56\xe5\x00", 5);
	// what follows is not an extension
	c = parse("\x11\x90\x12\x34\x56", 5);
	assert_int_equal(c.sbr, AAC_IMPLICIT);
}

static void test_explicit_rate(void **state)
{
	(void)state;
	// 5 bits type 2, index 15, 24 bits 0x00bb81 (48001), configuration 2, 3 bits 0
	AacConfig c = parse("\x17\x80\x5d\xc0\x90", 5);
	assert_int_equal(c.rate, 48001);
	assert_int_equal(c.nb_channels, 2);
	expect_bytes(&c, "\x17\x80\x5d\xc0\x90", 5);
}

static void test_program(void **state)
{
	(void)state;
	AacConfig c = {.object_type = AOT_AAC_LC, .rate = 48000, .frame_length = 1024, .has_program = GF_TRUE};
	// front: one channel and one pair; back: one pair; LFE: 6 channels
	c.program.object_type = 1;
	c.program.rate_index = 3;
	c.program.nb_front = 2;
	c.program.front[1].flag = 1;
	c.program.nb_back = 1;
	c.program.back[0] = (PceElement){.flag = 1, .tag = 1};
	c.program.nb_lfe = 1;
	c.program.comment_size = 2;
	memcpy(c.program.comment, "hi", 2);
	assert_int_equal(aac_program_channels(&c.program), 6);
	u8 *data;
	u32 size;
	assert_int_equal(aac_config_write(&c, &data, &size), GF_OK);
	AacConfig back = parse((const char *)data, size);
	assert_true(back.has_program);
	assert_int_equal(back.nb_channels, 6);
	assert_int_equal(back.program.comment_size, 2);
	assert_memory_equal(back.program.comment, "hi", 2);
	// every cut is refused
	for (u32 i = 0; i < size; i++)
		assert_int_equal(aac_config_parse(data, i, &back), GF_NON_COMPLIANT_BITSTREAM);
	gf_free(data);
}

static void test_other_types(void **state)
{
	(void)state;
	// ELD (type 39): 11111 000111, 44100, stereo
	AacConfig c = parse("\xf8\xe8\x50\x00", 4);
	assert_int_equal(c.object_type, AOT_ER_AAC_ELD);
	assert_int_equal(c.rate, 44100);
	assert_int_equal(c.nb_channels, 2);
	assert_int_equal(c.frame_length, 0);
	// AAC LD (type 23) 48 kHz stereo: 512 samples
	c = parse("\xb9\x90\x00", 3);
	assert_int_equal(c.object_type, AOT_ER_AAC_LD);
	assert_int_equal(c.frame_length, 512);
	u8 *data;
	u32 size;
	assert_int_equal(aac_config_write(&c, &data, &size), GF_NOT_SUPPORTED);
}

static void test_refused(void **state)
{
	(void)state;
	AacConfig c;
	assert_int_equal(aac_config_parse(NULL, 0, &c), GF_NON_COMPLIANT_BITSTREAM);
	assert_int_equal(aac_config_parse((const u8 *)"\x12", 1, &c), GF_NON_COMPLIANT_BITSTREAM);
	// reserved rate 13
	assert_int_equal(aac_config_parse((const u8 *)"\x16\x90", 2, &c), GF_NON_COMPLIANT_BITSTREAM);
}

static void test_tables(void **state)
{
	(void)state;
	assert_int_equal(aac_rate(0), 96000);
	assert_int_equal(aac_rate(12), 7350);
	assert_int_equal(aac_rate(13), 0);
	assert_int_equal(aac_rate_index(44100), 4);
	assert_int_equal(aac_rate_index(44101), 15);
	assert_int_equal(aac_channels(7), 8);
	assert_int_equal(aac_channels(11), 7);
	assert_int_equal(aac_channels(8), 0);
	assert_int_equal(aac_channel_config(8), 7);
	assert_int_equal(aac_channel_config(9), 0);
	assert_int_equal(aac_channel_layout(2), GF_AUDIO_CH_FRONT_LEFT | GF_AUDIO_CH_FRONT_RIGHT);
	for (u32 i = 1; i < 15; i++)
		assert_int_equal(__builtin_popcountll(aac_channel_layout(i)), aac_channels(i));
}

static void test_levels(void **state)
{
	(void)state;
	// audioProfileLevelIndication, table 1.14
	AacConfig c = parse("\x12\x10", 2);
	assert_int_equal(aac_profile_level(&c), 0x29);
	c = parse("\x2b\x92\x08\x00", 4);
	assert_int_equal(aac_profile_level(&c), 0x2C);
	c = parse("\xeb\x8a\x08\x00", 4);
	assert_int_equal(aac_profile_level(&c), 0x30);
	c = parse("\x11\xb0", 2);
	assert_int_equal(aac_profile_level(&c), 0x2A);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_lc),
		cmocka_unit_test(test_hierarchical),
		cmocka_unit_test(test_compatible),
		cmocka_unit_test(test_explicit_rate),
		cmocka_unit_test(test_program),
		cmocka_unit_test(test_other_types),
		cmocka_unit_test(test_refused),
		cmocka_unit_test(test_tables),
		cmocka_unit_test(test_levels),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
