// SPDX-License-Identifier: MIT
// Codec strings. Configurations of libaom, SVT-AV1, libvpx and the encoders of FFmpeg; strings by the
// documents each codec refers to.

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <string.h>
#include <gpac/log.h>
#include "formats/rfc6381.h"

static void expect(Rfc6381Params p, const void *config, u32 size, const char *expected)
{
	char text[RFC6381_MAX_SIZE];
	p.config = config;
	p.config_size = size;
	assert_int_equal(rfc6381_codec_string(&p, text), GF_OK);
	assert_string_equal(text, expected);
}

#define VIDEO(id) .codec_id = (id), .stream_type = GF_STREAM_VISUAL
#define AUDIO(id) .codec_id = (id), .stream_type = GF_STREAM_AUDIO
#define CONFIG(c) (c), sizeof(c)

static void test_avc(void **state)
{
	(void)state;
	static const u8 config[] = {1, 0x64, 0x00, 0x2A, 0xFF, 0xE0, 0x00};
	expect((Rfc6381Params){VIDEO(GF_CODECID_AVC)}, CONFIG(config), "avc1.64002A");
	expect((Rfc6381Params){VIDEO(GF_CODECID_AVC), .inband = GF_TRUE}, CONFIG(config), "avc3.64002A");
	expect((Rfc6381Params){VIDEO(GF_CODECID_AVC), .enhancement = config, .enhancement_size = 7},
		CONFIG(config), "avc2.64002A");
	expect((Rfc6381Params){VIDEO(GF_CODECID_AVC)}, NULL, 0, "avc1");
}

// ISO/IEC 14496-15 E.3 gives the first string
static void test_hevc(void **state)
{
	(void)state;
	u8 config[] = {
		1, 0x01, 0x60, 0, 0, 0, 0xB0, 0, 0, 0, 0, 0, 93, 0xF0, 0, 0xFC, 0xFD, 0xF8, 0xF8, 0, 0, 0x0F, 0};
	expect((Rfc6381Params){VIDEO(GF_CODECID_HEVC)}, CONFIG(config), "hvc1.1.6.L93.B0");
	config[1] = 0x42 | 0x20; // profile space A, high tier
	config[6] = 0;
	expect((Rfc6381Params){VIDEO(GF_CODECID_HEVC), .inband = GF_TRUE}, CONFIG(config), "hev1.A2.6.H93.0");
	// the last non-zero byte counts
	config[1] = 0x01;
	config[6] = 0x90;
	config[9] = 0x08;
	expect((Rfc6381Params){VIDEO(GF_CODECID_HEVC)}, CONFIG(config), "hvc1.1.6.L93.90.0.0.8");
	gf_log_set_tool_level(GF_LOG_CODING, GF_LOG_QUIET);
	expect((Rfc6381Params){VIDEO(GF_CODECID_HEVC)}, config, 10, "hvc1");
}

static void test_vvc(void **state)
{
	(void)state;
	u8 config[] = {0xFF, 0x00, 0x15, 0x5F, 1, 0x02, 51, 0x80, 0, 5, 0, 2, 0xD0, 0, 0, 0};
	expect((Rfc6381Params){VIDEO(GF_CODECID_VVC)}, CONFIG(config), "vvc1.1.L51.CQA");
	config[7] = 0;
	config[5] = 0x03;
	expect((Rfc6381Params){VIDEO(GF_CODECID_VVC), .inband = GF_TRUE}, CONFIG(config), "vvi1.1.H51.CA");
}

static void test_aac(void **state)
{
	(void)state;
	static const u8 lc[] = {0x12, 0x08};
	static const u8 sbr_after[] = {0x13, 0x88, 0x56, 0xE5, 0xA5}; // LC at 22050 Hz, SBR to 11025 * 4
	static const u8 hierarchical[] = {0x2B, 0x92, 0x08, 0x00};
	expect((Rfc6381Params){AUDIO(GF_CODECID_AAC_MPEG4)}, CONFIG(lc), "mp4a.40.2");
	expect((Rfc6381Params){AUDIO(GF_CODECID_AAC_MPEG4)}, CONFIG(sbr_after), "mp4a.40.2");
	expect(
		(Rfc6381Params){AUDIO(GF_CODECID_AAC_MPEG4), .force_sbr = GF_TRUE}, CONFIG(sbr_after), "mp4a.40.5");
	expect((Rfc6381Params){AUDIO(GF_CODECID_AAC_MPEG4)}, CONFIG(hierarchical), "mp4a.40.5");
	expect((Rfc6381Params){AUDIO(GF_CODECID_AAC_MPEG4)}, NULL, 0, "mp4a.40");
	expect((Rfc6381Params){AUDIO(GF_CODECID_MPEG_AUDIO)}, NULL, 0, "mp4a.6B");
	expect((Rfc6381Params){VIDEO(GF_CODECID_PNG)}, NULL, 0, "mp4v.6D");
}

// The first one is what FFmpeg writes in a manifest for the same stream.
static void test_av1(void **state)
{
	(void)state;
	static const u8 hdr[] = {0x81, 0x00, 0x4C, 0x00, 0x0A, 0x0E, 0x00, 0x00, 0x00, 0x04, 0x3C, 0xFF, 0xBC,
		0x02, 0xF8, 0x50, 0x91, 0x00, 0x90, 0x40};
	static const u8 plain[] = {
		0x81, 0x00, 0x0C, 0x00, 0x0A, 0x0B, 0x00, 0x00, 0x00, 0x04, 0x3C, 0xFF, 0xBC, 0xDA, 0xF9, 0x00, 0x40};
	static const u8 bt709[] = {0x81, 0x00, 0x0C, 0x00, 0x0A, 0x0E, 0x00, 0x00, 0x00, 0x04, 0x3C, 0xFF, 0xBC,
		0xDA, 0xF9, 0x10, 0x10, 0x10, 0x10, 0x40};
	expect((Rfc6381Params){VIDEO(GF_CODECID_AV1)}, CONFIG(hdr), "av01.0.00M.10.0.110.09.16.09.0");
	expect((Rfc6381Params){VIDEO(GF_CODECID_AV1)}, CONFIG(plain), "av01.0.00M.08");
	expect((Rfc6381Params){VIDEO(GF_CODECID_AV1)}, CONFIG(bt709), "av01.0.00M.08.0.110.01.01.01.0");
	// a cut sequence header has no colour
	expect((Rfc6381Params){VIDEO(GF_CODECID_AV1)}, bt709, 14, "av01.0.00M.08");
}

static void test_vpx(void **state)
{
	(void)state;
	static const u8 config[] = {0x02, 0x0A, 0xA3, 9, 16, 9, 0, 0};
	expect((Rfc6381Params){VIDEO(GF_CODECID_VP9)}, CONFIG(config), "vp09.02.10.10.01.09.16.09.01");
	expect((Rfc6381Params){VIDEO(GF_CODECID_VP8), .has_colour = GF_TRUE, .primaries = 1, .transfer = 1,
			   .matrix = 1},
		CONFIG(config), "vp08.02.10.10.01.01.01.01.00");
	expect((Rfc6381Params){VIDEO(GF_CODECID_VP9)}, NULL, 0, "vp09");
}

static void test_others(void **state)
{
	(void)state;
	static const u8 mpeg4[] = {0, 0, 1, 0xB0, 0x01, 0, 0, 1, 0xB5};
	expect((Rfc6381Params){VIDEO(GF_CODECID_MPEG4_PART2)}, CONFIG(mpeg4), "mp4v.20.1");
	expect((Rfc6381Params){VIDEO(GF_CODECID_MPEG4_PART2), .profile_level = 0xF5}, NULL, 0, "mp4v.20.f5");
	expect((Rfc6381Params){VIDEO(GF_CODECID_MPEG4_PART2)}, NULL, 0, "mp4v.20");
	static const u8 mpegh[] = {1, 0x0D, 6, 0, 0};
	expect((Rfc6381Params){AUDIO(GF_CODECID_MPHA)}, CONFIG(mpegh), "mha1.0x0D");
	expect((Rfc6381Params){AUDIO(GF_CODECID_MHAS), .profile_level = 0x0B}, NULL, 0, "mhm1.0x0B");
	expect((Rfc6381Params){AUDIO(GF_CODECID_OPUS), .entry_4cc = GF_4CC('O', 'p', 'u', 's')}, NULL, 0, "Opus");
	expect((Rfc6381Params){VIDEO(GF_CODECID_SMPTE_VC1), .entry_4cc = GF_4CC('v', 'c', '1', ' ')}, NULL, 0,
		"vc1");
	char text[RFC6381_MAX_SIZE] = "kept";
	Rfc6381Params unknown = {VIDEO(GF_CODECID_DIRAC)};
	assert_int_equal(rfc6381_codec_string(&unknown, text), GF_NOT_FOUND);
	assert_string_equal(text, "kept");
}

// ac4_dsi_v1: version 1, bitstream 2, 48 kHz, one presentation of version 1 at level 3
static void test_ac4(void **state)
{
	(void)state;
	static const u8 config[] = {
		0x20, 0xA6, 0x01, 0x40, 0, 0, 0, 0x1F, 0xFF, 0xFF, 0xFF, 0xE0, 1, 10, 0x03, 0, 0};
	expect((Rfc6381Params){AUDIO(GF_CODECID_AC4)}, CONFIG(config), "ac-4.02.01.03");
	expect((Rfc6381Params){AUDIO(GF_CODECID_AC4)}, NULL, 0, "ac-4");
}

static void test_dolby_vision(void **state)
{
	(void)state;
	static const u8 hevc[] = {
		1, 0x02, 0x20, 0, 0, 0, 0xB0, 0, 0, 0, 0, 0, 150, 0xF0, 0, 0xFC, 0xFD, 0xFA, 0xFA, 0, 0, 0x0F, 0};
	u8 dovi[24] = {1, 0, 5 << 1, 6 << 3 | 5, 0};
	Rfc6381Params p = {VIDEO(GF_CODECID_HEVC), .dovi = dovi, .dovi_size = sizeof(dovi)};
	expect(p, CONFIG(hevc), "dvh1.05.06");
	p.inband = GF_TRUE;
	expect(p, CONFIG(hevc), "dvhe.05.06");
	p.inband = GF_FALSE;
	dovi[4] = 1 << 4; // HDR10 base layer
	expect(p, CONFIG(hevc), "hvc1.2.4.L150.B0");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_avc),
		cmocka_unit_test(test_hevc),
		cmocka_unit_test(test_vvc),
		cmocka_unit_test(test_aac),
		cmocka_unit_test(test_av1),
		cmocka_unit_test(test_vpx),
		cmocka_unit_test(test_others),
		cmocka_unit_test(test_ac4),
		cmocka_unit_test(test_dolby_vision),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
