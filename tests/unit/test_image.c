// SPDX-License-Identifier: MIT
// Headers of images, by the syntax of their standards.

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <string.h>
#include "formats/image.h"

static void expect(const void *data, u32 size, ImageKind kind, u32 width, u32 height, u32 sar_num, u32 sar_den)
{
	ImageInfo info;
	assert_int_equal(image_kind(data, size), kind);
	assert_int_equal(image_read(data, size, &info), GF_OK);
	assert_int_equal(info.width, width);
	assert_int_equal(info.height, height);
	assert_int_equal(info.sar_num, sar_num);
	assert_int_equal(info.sar_den, sar_den);
}

static void expect_cut(const u8 *data, u32 size)
{
	ImageInfo info;
	for (u32 i = 0; i < size; i++)
		assert_int_not_equal(image_read(data, i, &info), GF_OK);
}

static void test_jpeg(void **state)
{
	(void)state;
	// SOI, APP0 with the shape 4:3 of a pixel, a table, SOF2 of 640x360
	static const u8 data[] = {0xFF, 0xD8, 0xFF, 0xE0, 0, 16, 'J', 'F', 'I', 'F', 0, 1, 2, 0, 0, 4, 0, 3, 0, 0, 0xFF,
		0xC4, 0, 3, 0, 0xFF, 0xC2, 0, 11, 8, 1, 0x68, 2, 0x80, 1, 1, 0x11, 0};
	expect(data, sizeof(data), IMAGE_JPEG, 640, 360, 4, 3);
	expect_cut(data, 36);
	u8 other[sizeof(data)];
	memcpy(other, data, sizeof(data));
	other[13] = 1; // densities in dots per inch
	expect(other, sizeof(other), IMAGE_JPEG, 640, 360, 0, 0);
	ImageInfo info;
	other[26] = 0xDA; // a scan before the frame header
	assert_int_equal(image_read(other, sizeof(other), &info), GF_NON_COMPLIANT_BITSTREAM);
}

static void test_png(void **state)
{
	(void)state;
	// IHDR of 300x200, pHYs with 2 pixels along x for 1 along y: they are half as wide as high
	static const u8 data[] = "\x89PNG\r\n\x1a\n\0\0\0\x0DIHDR\0\0\1\x2C\0\0\0\xC8\x08\2\0\0\0zzzz"
							 "\0\0\0\x09pHYs\0\0\0\2\0\0\0\1\0zzzz\0\0\0\0IDAT";
	expect(data, sizeof(data) - 1, IMAGE_PNG, 300, 200, 1, 2);
	expect_cut(data, 30);
}

static void test_jpeg2000(void **state)
{
	(void)state;
	// SIZ of a grid of 100x80 whose image starts at 4,5
	static const u8 stream[] = {0xFF, 0x4F, 0xFF, 0x51, 0, 41, 0, 0, 0, 0, 0, 100, 0, 0, 0, 80, 0, 0, 0, 4, 0, 0, 0, 5};
	expect(stream, sizeof(stream), IMAGE_J2K, 96, 75, 0, 0);
	expect_cut(stream, sizeof(stream));
	u8 file[100] = {0, 0, 0, 12, 'j', 'P', ' ', ' ', '\r', '\n', 0x87, '\n', 0, 0, 0, 11, 'j', 'p', '2', 'h', 7, 8, 9,
		0, 0, 0, 0, 'j', 'p', '2', 'c'};
	memcpy(file + 31, stream, sizeof(stream));
	expect(file, 31 + sizeof(stream), IMAGE_JP2, 96, 75, 0, 0);
	ImageInfo info;
	image_read(file, 31 + sizeof(stream), &info);
	assert_int_equal(info.offset, 31);
	assert_int_equal(info.size, sizeof(stream));
	assert_int_equal(info.config_offset, 20);
	assert_int_equal(info.config_size, 3);
	expect_cut(file, 31 + sizeof(stream));
}

static void test_bmp(void **state)
{
	(void)state;
	u8 data[54 + 2 * 8] = {'B', 'M', 70, 0, 0, 0, 0, 0, 0, 0, 54, 0, 0, 0, 40, 0, 0, 0, 2, 0, 0, 0, 2, 0, 0, 0, 1, 0, 24};
	expect(data, sizeof(data), IMAGE_BMP, 2, 2, 0, 0);
	expect_cut(data, sizeof(data));
	ImageInfo info;
	image_read(data, sizeof(data), &info);
	assert_true(info.bottom_up);
	assert_int_equal(image_bmp_line(&info), 8);
	assert_int_equal(info.size, 16);
	memset(data + 22, 0xFF, 4); // height -1: from the top
	assert_int_equal(image_read(data, sizeof(data), &info), GF_OK);
	assert_false(info.bottom_up);
	assert_int_equal(info.height, 1);
	data[28] = 8;
	assert_int_equal(image_read(data, sizeof(data), &info), GF_NOT_SUPPORTED);
	data[28] = 24;
	data[30] = 1;
	assert_int_equal(image_read(data, sizeof(data), &info), GF_NOT_SUPPORTED);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_jpeg),
		cmocka_unit_test(test_png),
		cmocka_unit_test(test_jpeg2000),
		cmocka_unit_test(test_bmp),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
