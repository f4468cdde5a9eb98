// SPDX-License-Identifier: MIT
// Headers of WAV (WAVEFORMATEX, WAVEFORMATEXTENSIBLE) and of YUV4MPEG2 files.

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <string.h>
#include <gpac/constants.h>
#include "formats/wav.h"
#include "formats/y4m.h"

static void test_wav_written(void **state)
{
	(void)state;
	WavFormat f = {.rate = 48000, .nb_channels = 6, .bits_per_sample = 32, .is_float = GF_TRUE};
	u8 data[WAV_HEADER_SIZE];
	WavFile file;
	u32 tag;
	wav_write_header(&f, 2400, data);
	assert_int_equal(wav_read_header(data, sizeof(data), &file, &tag), GF_OK);
	assert_int_equal(file.format.rate, 48000);
	assert_int_equal(file.format.nb_channels, 6);
	assert_int_equal(file.format.bits_per_sample, 32);
	assert_true(file.format.is_float);
	assert_int_equal(file.data_offset, 44);
	assert_int_equal(file.data_size, 2400);
	for (u32 size = 0; size < sizeof(data); size++)
		assert_int_equal(wav_read_header(data, size, &file, &tag), GF_BUFFER_TOO_SMALL);
	wav_write_header(&f, 1ULL << 33, data);
	assert_int_equal(wav_read_header(data, sizeof(data), &file, &tag), GF_OK);
	assert_int_equal(file.data_size, 0); // to the end
}

static void test_wav_extensible(void **state)
{
	(void)state;
	u8 data[] = "RIFF\0\0\0\0WAVEfmt \x28\0\0\0\xFE\xFF\x06\0\x80\xBB\0\0\0\x4D\x1A\0\x24\0\x30\0\x16\0\x30\0\x3F\0\0\0"
				"\3\0\0\0\0\0\x10\0\x80\0\0\xAA\0\x38\x9B\x71" "data\x30\0\0\0";
	WavFile file;
	u32 tag;
	// 48 bits are no depth of floats
	assert_int_equal(wav_read_header(data, sizeof(data) - 1, &file, &tag), GF_NOT_SUPPORTED);
	data[34] = 32;
	assert_int_equal(wav_read_header(data, sizeof(data) - 1, &file, &tag), GF_OK);
	assert_true(file.format.is_float);
	assert_int_equal(file.format.nb_channels, 6);
	// front left, right, centre, LFE, back left and right: 5 and 6 of ISO/IEC 23091-3 are the surround ones
	assert_int_equal(file.format.layout, 0x3F);
	data[40] = 0x0F; // four positions for six channels
	data[41] = 0x06; // and two sides
	assert_int_equal(wav_read_header(data, sizeof(data) - 1, &file, &tag), GF_OK);
	assert_int_equal(file.format.layout, 0x0F | 0x300);
	data[41] = 0;
	assert_int_equal(wav_read_header(data, sizeof(data) - 1, &file, &tag), GF_OK);
	assert_int_equal(file.format.layout, 0);
	data[44] = 0x55; // MPEG audio
	assert_int_equal(wav_read_header(data, sizeof(data) - 1, &file, &tag), GF_NOT_SUPPORTED);
	assert_int_equal(tag, 0x55);
	data[8] = 'A';
	assert_int_equal(wav_read_header(data, sizeof(data) - 1, &file, &tag), GF_NON_COMPLIANT_BITSTREAM);
}

static GF_Err read_y4m(const char *text, Y4mHeader *h)
{
	return y4m_read_header((const u8 *)text, (u32)strlen(text), h);
}

static void test_y4m(void **state)
{
	(void)state;
	Y4mHeader h;
	assert_int_equal(read_y4m("YUV4MPEG2 W720 H576 F30000:1001 Ib A16:11 C422 XCOLORRANGE=FULL Xabc\nFRAME\n", &h), GF_OK);
	assert_int_equal(h.width, 720);
	assert_int_equal(h.height, 576);
	assert_int_equal(h.rate_num, 30000);
	assert_int_equal(h.rate_den, 1001);
	assert_int_equal(h.sar_num, 16);
	assert_int_equal(h.sar_den, 11);
	assert_int_equal(h.interlace, Y4M_BOTTOM_FIRST);
	assert_int_equal(h.format, GF_PIXEL_YUV422);
	assert_true(h.full_range);
	assert_int_equal(h.size, 69);
	assert_int_equal(read_y4m("YUV4MPEG2 H2 W4\n", &h), GF_OK);
	assert_int_equal(h.format, GF_PIXEL_YUV);
	assert_int_equal(h.rate_num, 0);
	assert_false(h.full_range);
	assert_int_equal(read_y4m("YUV4MPEG2 H2 W4", &h), GF_BUFFER_TOO_SMALL);
	assert_int_equal(read_y4m("YUV4", &h), GF_BUFFER_TOO_SMALL);
	assert_int_equal(read_y4m("YUV5MPEG2 H2 W4\n", &h), GF_NON_COMPLIANT_BITSTREAM);
	assert_int_equal(read_y4m("YUV4MPEG2 H2\n", &h), GF_NON_COMPLIANT_BITSTREAM);
	assert_int_equal(read_y4m("YUV4MPEG2 H2 W4 C420p12\n", &h), GF_NOT_SUPPORTED);
	char text[400];
	memset(text, 'X', sizeof(text));
	memcpy(text, "YUV4MPEG2 ", 10);
	assert_int_equal(y4m_read_header((const u8 *)text, sizeof(text), &h), GF_NON_COMPLIANT_BITSTREAM);
	u32 line;
	assert_int_equal(y4m_read_frame((const u8 *)"FRAME Ip\nxx", 11, &line), GF_OK);
	assert_int_equal(line, 9);
	assert_int_equal(y4m_read_frame((const u8 *)"FRA", 3, &line), GF_BUFFER_TOO_SMALL);
	assert_int_equal(y4m_read_frame((const u8 *)"xRAME\n", 6, &line), GF_NON_COMPLIANT_BITSTREAM);
	assert_string_equal(y4m_colour(GF_PIXEL_YUV), "420jpeg");
	assert_null(y4m_colour(GF_PIXEL_RGB));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_wav_written),
		cmocka_unit_test(test_wav_extensible),
		cmocka_unit_test(test_y4m),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
