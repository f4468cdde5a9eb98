// SPDX-License-Identifier: MIT
// ADTS headers, by the syntax of ISO/IEC 14496-3 1.A.3.

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <string.h>
#include "formats/adts.h"

// As FFmpeg writes it: MPEG-4, no CRC, LC, 44.1 kHz, stereo, 371 bytes, fullness 0x7FF.
static const u8 sample[7] = {0xFF, 0xF1, 0x50, 0x80, 0x2E, 0x7F, 0xFC};

static void test_header(void **state)
{
	(void)state;
	AdtsHeader h;
	assert_true(adts_parse(sample, sizeof(sample), &h));
	assert_false(h.mpeg2);
	assert_false(h.has_crc);
	assert_int_equal(h.object_type, 2);
	assert_int_equal(h.rate_index, 4);
	assert_int_equal(h.channel_config, 2);
	assert_int_equal(h.frame_size, 371);
	assert_int_equal(h.header_size, 7);
	assert_int_equal(h.nb_blocks, 1);
	u8 out[ADTS_HEADER_SIZE];
	adts_write(&h, out);
	assert_memory_equal(out, sample, sizeof(sample));
}

static void expect_refused(u32 byte, u8 value)
{
	u8 bad[7];
	AdtsHeader h;
	memcpy(bad, sample, sizeof(bad));
	bad[byte] = value;
	assert_false(adts_parse(bad, sizeof(bad), &h));
}

static void test_refused(void **state)
{
	(void)state;
	AdtsHeader h;
	assert_false(adts_parse(sample, 6, &h));
	expect_refused(0, 0xFE);
	expect_refused(1, 0xF3);                                  // layer
	expect_refused(2, 0x74);                                  // rate 13
	u8 small[7] = {0xFF, 0xF1, 0x50, 0x80, 0x00, 0xDF, 0xFC}; // 6 bytes
	assert_false(adts_parse(small, sizeof(small), &h));
}

// `nb` frames of `size` bytes, after `skip` bytes of junk.
static u32 make_stream(u8 *data, u32 skip, u32 nb, u32 size)
{
	AdtsHeader h = {.object_type = 2, .rate_index = 3, .channel_config = 2, .frame_size = size};
	memset(data, 0x55, skip + nb * size);
	for (u32 i = 0; i < nb; i++)
		adts_write(&h, data + skip + i * size);
	return skip + nb * size;
}

static void test_find(void **state)
{
	(void)state;
	u8 data[400];
	u32 pos;
	u32 size = make_stream(data, 13, 3, 50);
	data[4] = 0xFF; // sync without a second header after it
	data[5] = 0xF1;
	assert_true(frame_sync_find(&adts_sync, data, size, GF_FALSE, &pos));
	assert_int_equal(pos, 13);
	// a lone frame is found only when nothing follows
	assert_false(frame_sync_find(&adts_sync, data + 13, 50, GF_FALSE, &pos));
	assert_int_equal(pos, 0);
	assert_true(frame_sync_find(&adts_sync, data + 13, 50, GF_TRUE, &pos));
	assert_int_equal(pos, 0);
	// the start of a header is kept
	assert_false(frame_sync_find(&adts_sync, data, 16, GF_FALSE, &pos));
	assert_true(pos <= 13);
	assert_false(frame_sync_find(&adts_sync, data, 0, GF_TRUE, &pos));
	assert_int_equal(pos, 0);
}

static void test_count(void **state)
{
	(void)state;
	u8 data[400];
	Bool broken;
	u32 size = make_stream(data, 0, 5, 40);
	assert_int_equal(frame_sync_count(&adts_sync, data, size, 4, &broken), 4);
	assert_int_equal(frame_sync_count(&adts_sync, data, size, 10, &broken), 5);
	assert_false(broken);
	data[80] = 0;
	assert_int_equal(frame_sync_count(&adts_sync, data, size, 10, &broken), 2);
	assert_true(broken);
	// the third header is cut: two frames, nothing against them
	assert_int_equal(frame_sync_count(&adts_sync, data, 83, 10, &broken), 2);
	assert_false(broken);
}

static void test_blocks(void **state)
{
	(void)state;
	// CRC, two raw data blocks: header 7, position 2, CRC 2; blocks of 10 and 8 bytes, each with a CRC
	u8 frame[33] = {0xFF, 0xF0, 0x50, 0x80, 0x04, 0x3F, 0xFD, 0x00, 0x0C};
	AdtsHeader h;
	AdtsBlock blocks[ADTS_MAX_BLOCKS];
	assert_true(adts_parse(frame, sizeof(frame), &h));
	assert_int_equal(h.frame_size, 33);
	assert_int_equal(h.header_size, 11);
	assert_int_equal(h.nb_blocks, 2);
	assert_int_equal(adts_blocks(frame, &h, blocks), 2);
	assert_int_equal(blocks[0].offset, 11);
	assert_int_equal(blocks[0].size, 10);
	assert_int_equal(blocks[1].offset, 23);
	assert_int_equal(blocks[1].size, 8);
	frame[8] = 0x40; // outside of the frame
	assert_int_equal(adts_blocks(frame, &h, blocks), 1);
	assert_int_equal(blocks[0].size, 22);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_header),
		cmocka_unit_test(test_refused),
		cmocka_unit_test(test_find),
		cmocka_unit_test(test_count),
		cmocka_unit_test(test_blocks),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
