// SPDX-License-Identifier: MIT
// AC-3 and Enhanced AC-3 frames, by the syntax of ETSI TS 102 366.

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <string.h>
#include <gpac/constants.h>
#include "base/bits.h"
#include "formats/ac3.h"

// As FFmpeg writes them: 48 kHz, 3/2.1, 448 kbit/s.
static const u8 ac3[16] = {0x0B, 0x77, 0x12, 0x34, 0x1E, 0x40, 0xE1, 0xDE};

static void test_ac3(void **state)
{
	(void)state;
	Ac3Header h;
	Ac3Unit unit;
	u8 config[AC3_MAX_CONFIG_SIZE];
	assert_true(ac3_parse(ac3, sizeof(ac3), &h));
	assert_false(h.enhanced);
	assert_int_equal(h.size, 1792);
	assert_int_equal(h.rate, 48000);
	assert_int_equal(h.bit_rate, 448);
	assert_int_equal(h.acmod, 7);
	assert_true(h.lfe);
	assert_true(ac3_unit(ac3, sizeof(ac3), GF_FALSE, &unit));
	assert_int_equal(unit.size, 1792);
	assert_int_equal(unit.nb_samples, 1536);
	assert_int_equal(ac3_channels(&unit), 6);
	assert_int_equal(ac3_layout(&unit), 0x3F);
	// fscod 0, bsid 8, bsmod 0, acmod 7, lfeon, bit_rate_code 15
	assert_int_equal(ac3_config(&unit, config), 3);
	assert_memory_equal(config, "\x10\x3D\xE0", 3);
	u8 other[16];
	memcpy(other, ac3, sizeof(other));
	other[4] = 0x5F; // 44.1 kHz, the larger of two sizes
	assert_true(ac3_parse(other, sizeof(other), &h));
	assert_int_equal(h.size, (448 * 320 / 147 + 1) * 2);
	other[4] = 0xDE; // reserved sample rate
	assert_false(ac3_parse(other, sizeof(other), &h));
	other[4] = 0x26; // code 38
	assert_false(ac3_parse(other, sizeof(other), &h));
	assert_false(ac3_parse(ac3, 15, &h));
	memcpy(other, ac3, sizeof(other));
	other[5] = 0x8F; // bsid 17
	assert_false(ac3_parse(other, sizeof(other), &h));
}

// A frame of Enhanced AC-3 of `size` bytes; type 1 is a dependent substream, with a channel map.
static void put_frame(u8 *data, u32 size, u32 type, u32 substream, u32 blocks_code, u32 acmod, u32 map)
{
	ByteWriter w;
	bw_init(&w);
	bw_u16(&w, 0x0B77);
	bw_bits(&w, type, 2);
	bw_bits(&w, substream, 3);
	bw_bits(&w, size / 2 - 1, 11);
	bw_bits(&w, 0, 2);
	bw_bits(&w, blocks_code, 2);
	bw_bits(&w, acmod, 3);
	bw_bits(&w, 1, 1);
	bw_bits(&w, 16, 5);
	bw_bits(&w, 31, 5);
	bw_bits(&w, 0, 1);
	if (type == 1) {
		bw_bits(&w, 1, 1);
		bw_bits(&w, map, 16);
	}
	memset(data, 0xAA, size);
	memcpy(data, w.data, w.size);
	bw_reset(&w);
}

static void test_substreams(void **state)
{
	(void)state;
	u8 data[400];
	Ac3Unit unit;
	u8 config[AC3_MAX_CONFIG_SIZE];
	// 3/2.1 and a dependent substream with Lrs/Rrs (bit 6), then the next access unit
	put_frame(data, 100, 0, 0, 3, 7, 0);
	put_frame(data + 100, 60, 1, 0, 3, 6, 0x0200);
	put_frame(data + 160, 100, 0, 0, 3, 7, 0);
	assert_true(ac3_unit(data, 260, GF_FALSE, &unit));
	assert_int_equal(unit.size, 160);
	assert_int_equal(unit.nb_samples, 1536);
	assert_int_equal(unit.substreams[0].nb_dependent, 1);
	assert_int_equal(unit.substreams[0].locations, 2);
	assert_int_equal(ac3_channels(&unit), 8);
	assert_int_equal(ac3_layout(&unit), 0x3F | GF_AUDIO_CH_REAR_SURROUND_LEFT | GF_AUDIO_CH_REAR_SURROUND_RIGHT);
	// 160 * 8 * 48000 / 1536 = 40000 bit/s; one substream; fscod 0, bsid 16, acmod 7, lfeon; one dependent, chan_loc 2
	assert_int_equal(ac3_config(&unit, config), 6);
	assert_memory_equal(config, "\x01\x40\x20\x0F\x02\x02", 6);
	// without what follows nobody knows whether the unit is over
	for (u32 size = 16; size < 176; size++) {
		if (ac3_unit(data, size, GF_FALSE, &unit))
			assert_true(unit.size > size || size >= 176);
	}
	assert_true(ac3_unit(data, 160, GF_TRUE, &unit));
	assert_int_equal(unit.size, 160);
	assert_false(ac3_unit(data + 100, 160, GF_TRUE, &unit)); // does not start with a dependent one
}

static void test_short_frames(void **state)
{
	(void)state;
	u8 data[500];
	Ac3Unit unit;
	for (u32 i = 0; i < 5; i++) // of 2 blocks each
		put_frame(data + i * 100, 100, 0, 0, 1, 2, 0);
	assert_true(ac3_unit(data, 500, GF_FALSE, &unit));
	assert_int_equal(unit.size, 300);
	assert_int_equal(unit.nb_samples, 1536);
	assert_true(ac3_unit(data + 300, 200, GF_TRUE, &unit));
	assert_int_equal(unit.size, 200);
	assert_int_equal(unit.nb_samples, 1024);
}

static void test_find(void **state)
{
	(void)state;
	u8 data[500];
	u32 pos;
	memset(data, 0x0B, sizeof(data));
	put_frame(data + 37, 100, 0, 0, 3, 7, 0);
	put_frame(data + 137, 100, 0, 0, 3, 7, 0);
	assert_true(ac3_find(data, 237, GF_FALSE, &pos));
	assert_int_equal(pos, 37);
	assert_false(ac3_find(data, 140, GF_FALSE, &pos)); // the second header is cut
	assert_int_equal(pos, 37);
	assert_true(ac3_find(data + 137, 100, GF_TRUE, &pos));
	assert_int_equal(pos, 0);
	assert_false(ac3_find(data, 30, GF_TRUE, &pos));
	assert_int_equal(pos, 30);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_ac3),
		cmocka_unit_test(test_substreams),
		cmocka_unit_test(test_short_frames),
		cmocka_unit_test(test_find),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
