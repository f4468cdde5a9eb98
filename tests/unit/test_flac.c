// SPDX-License-Identifier: MIT
// FLAC metadata and frame headers, by RFC 9639. The header is one that FFmpeg wrote.

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <string.h>
#include <gpac/tools.h>
#include "formats/flac.h"

static const u8 prefix[] = "fLaC\0\0\0\x22\x12\0\x12\0\0\0\0\0\0\0\x0B\xB8\x02\xF0\0\2\x32\x80zzzzzzzzzzzzzzzz\x81\0\0\3abc";

static void test_metadata(void **state)
{
	(void)state;
	u32 size = sizeof(prefix) - 1, at = 4, content_size;
	const u8 *content;
	u8 type;
	FlacInfo info;
	assert_int_equal(flac_prefix_size(prefix, size), 49);
	assert_int_equal(flac_prefix_size(prefix, 45), 46);
	assert_int_equal(flac_prefix_size(prefix, 46), 49);
	assert_int_equal(flac_prefix_size((const u8 *)"ID3", 3), 0);
	assert_true(flac_next_block(prefix, size, &at, &type, &content, &content_size));
	assert_int_equal(type, FLAC_STREAMINFO);
	assert_true(flac_info_read(content, content_size, &info));
	assert_int_equal(info.max_block, 4608);
	assert_int_equal(info.rate, 48000);
	assert_int_equal(info.nb_channels, 2);
	assert_int_equal(info.depth, 16);
	assert_int_equal(info.nb_samples, 144000);
	assert_false(flac_info_read(content, 33, &info));
	ByteWriter w;
	bw_init(&w);
	flac_info_write(&w, &info);
	assert_int_equal(w.size, FLAC_STREAMINFO_SIZE);
	assert_memory_equal(w.data, content, 18);
	bw_reset(&w);
	assert_true(flac_next_block(prefix, size, &at, &type, &content, &content_size));
	assert_int_equal(type, FLAC_PADDING);
	assert_int_equal(content_size, 3);
	assert_false(flac_next_block(prefix, size, &at, &type, &content, &content_size));
	at = 42;
	assert_false(flac_next_block(prefix, size - 1, &at, &type, &content, &content_size));
}

// CRC-8 of 9.1.8, one bit after the other.
static u8 crc8(const u8 *data, u32 size)
{
	u8 crc = 0;
	for (u32 i = 0; i < size * 8; i++) {
		u8 bit = (data[i / 8] >> (7 - i % 8)) & 1;
		crc = (u8)(crc << 1 ^ ((crc >> 7 ^ bit) ? 7 : 0));
	}
	return crc;
}

static u32 put_header(u8 *data, u32 number)
{
	// 4608 samples, 48 kHz, left and side, 16 bits
	static const u8 start[4] = {0xFF, 0xF8, 0x5A, 0x88};
	u32 size = 4;
	memcpy(data, start, 4);
	if (number < 0x80) {
		data[size++] = (u8)number;
	} else {
		data[size++] = (u8)(0xC0 | number >> 6);
		data[size++] = (u8)(0x80 | (number & 0x3F));
	}
	data[size] = crc8(data, size);
	return size + 1;
}

static void test_frames(void **state)
{
	(void)state;
	static const u8 real[] = {0xFF, 0xF8, 0x5A, 0x88, 0x00};
	u8 data[400];
	FlacFrame f;
	memset(data, 0x55, sizeof(data));
	u32 size = put_header(data, 0);
	assert_memory_equal(data, real, sizeof(real));
	assert_true(flac_frame_parse(data, 50, &f));
	assert_int_equal(f.size, size);
	assert_int_equal(f.nb_samples, 4608);
	assert_int_equal(f.rate, 48000);
	assert_int_equal(f.depth, 16);
	assert_int_equal(f.nb_channels, 2);
	assert_int_equal(flac_frame_size(data, 100, &f), 0);
	put_header(data + 60, 7); // not the next frame
	assert_int_equal(flac_frame_size(data, 100, &f), 0);
	put_header(data + 80, 1);
	assert_int_equal(flac_frame_size(data, 100, &f), 80);
	assert_int_equal(flac_frame_size(data, 84, &f), 0); // cut
	put_header(data, 127);
	put_header(data + 80, 128);
	assert_true(flac_frame_parse(data, 50, &f));
	assert_int_equal(f.number, 127);
	assert_int_equal(flac_frame_size(data, 100, &f), 80);
	data[3] ^= 0x10; // damaged
	assert_false(flac_frame_parse(data, 50, &f));
	assert_false(flac_frame_parse(data + 80, 5, &f));
	// block and rate behind the number: 1000 samples, 44.1 kHz, in 8 and 16 bits
	u8 other[16] = {0xFF, 0xF9, 0x7D, 0x7C, 0xF0, 0x9F, 0x98, 0x80, 0x03, 0xE7, 0xAC, 0x44};
	other[12] = crc8(other, 12);
	assert_true(flac_frame_parse(other, sizeof(other), &f));
	assert_true(f.variable);
	assert_int_equal(f.number, 0x1F600);
	assert_int_equal(f.nb_samples, 1000);
	assert_int_equal(f.rate, 44100);
	assert_int_equal(f.nb_channels, 8);
	assert_int_equal(f.depth, 24);
	// CRC-16 with the polynomial 0x8005 (check value of CRC-16/UMTS)
	assert_true(flac_frame_check((const u8 *)"123456789\xFE\xE8", 11));
	assert_false(flac_frame_check((const u8 *)"123456788\xFE\xE8", 11));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_metadata),
		cmocka_unit_test(test_frames),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
