// SPDX-License-Identifier: MIT
// MPEG audio headers: sizes by the formulas of ISO/IEC 11172-3 and 13818-3.

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <string.h>
#include "formats/mpeg_audio.h"

static MpegAudioHeader parse(u32 word)
{
	u8 data[4] = {(u8)(word >> 24), (u8)(word >> 16), (u8)(word >> 8), (u8)word};
	MpegAudioHeader h;
	assert_true(mpeg_audio_parse(data, sizeof(data), &h));
	return h;
}

static void expect(u32 word, u32 layer, u32 rate, u32 channels, u32 kbps, u32 samples, u32 size)
{
	MpegAudioHeader h = parse(word);
	assert_int_equal(h.layer, layer);
	assert_int_equal(h.rate, rate);
	assert_int_equal(h.nb_channels, channels);
	assert_int_equal(h.bitrate, kbps * 1000);
	assert_int_equal(h.nb_samples, samples);
	assert_int_equal(h.frame_size, size);
	assert_false(h.free_format);
}

static void test_headers(void **state)
{
	(void)state;
	expect(0xFFFB9064, 3, 44100, 2, 128, 1152, 417); // 144 x 128000 / 44100
	expect(0xFFFB9264, 3, 44100, 2, 128, 1152, 418); // padded
	expect(0xFFFBE4C4, 3, 48000, 1, 320, 1152, 960);
	expect(0xFFF348C4, 3, 16000, 1, 32, 576, 144); // MPEG-2
	expect(0xFFF340C4, 3, 22050, 1, 32, 576, 104); // 72 x 32000 / 22050
	expect(0xFFE318C4, 3, 8000, 1, 8, 576, 72);    // MPEG-2.5
	expect(0xFFFDA404, 2, 48000, 2, 192, 1152, 576);
	expect(0xFFF58404, 2, 24000, 2, 64, 1152, 384); // MPEG-2 layer II
	expect(0xFFFF9400, 1, 48000, 2, 288, 384, 288); // layer I: slots of 4 bytes
	expect(0xFFFF9200, 1, 44100, 2, 288, 384, 316); // (12 x 288000 / 44100 + 1) x 4
}

static void test_free_format(void **state)
{
	(void)state;
	MpegAudioHeader h = parse(0xFFFB0064);
	assert_true(h.free_format);
	assert_int_equal(h.frame_size, 0);
	u8 data[600] = {0xFF, 0xFB, 0x00, 0x64};
	assert_false(mpeg_audio_is_free_format(data, sizeof(data)));
	memcpy(data + 500, data, 4);
	assert_true(mpeg_audio_is_free_format(data, sizeof(data)));
}

static void expect_refused(u32 word)
{
	u8 data[4] = {(u8)(word >> 24), (u8)(word >> 16), (u8)(word >> 8), (u8)word};
	MpegAudioHeader h;
	assert_false(mpeg_audio_parse(data, sizeof(data), &h));
}

static void test_refused(void **state)
{
	(void)state;
	expect_refused(0xFFDB9064); // sync
	expect_refused(0xFFEB9064); // version 1
	expect_refused(0xFFF99064); // layer 0
	expect_refused(0xFFFBF064); // rate 15
	expect_refused(0xFFFB9C64); // sampling rate 3
	MpegAudioHeader h;
	assert_false(mpeg_audio_parse((const u8 *)"\xFF\xFB\x90", 3, &h));
}

static void test_stream(void **state)
{
	(void)state;
	u8 data[5 + 3 * 144] = {0};
	u32 pos;
	Bool broken;
	for (u32 i = 0; i < 3; i++)
		memcpy(data + 5 + i * 144, "\xFF\xF3\x48\xC4", 4);
	assert_true(frame_sync_find(&mpeg_audio_sync, data, sizeof(data), GF_FALSE, &pos));
	assert_int_equal(pos, 5);
	assert_int_equal(frame_sync_count(&mpeg_audio_sync, data + 5, sizeof(data) - 5, 10, &broken), 3);
	assert_false(broken);
	data[5 + 144 + 2] = 0x44; // 24 kHz in the second: another stream
	assert_int_equal(frame_sync_count(&mpeg_audio_sync, data + 5, sizeof(data) - 5, 10, &broken), 1);
	assert_true(broken);
	assert_false(frame_sync_find(&mpeg_audio_sync, data, 100, GF_FALSE, &pos));
	assert_int_equal(pos, 5); // its next header is not there yet
}

static void test_xing(void **state)
{
	(void)state;
	u8 frame[417] = {0xFF, 0xFB, 0x90, 0x64};
	MpegAudioHeader h;
	MpegAudioInfo info;
	assert_true(mpeg_audio_parse(frame, 4, &h));
	assert_false(mpeg_audio_info(frame, sizeof(frame), &h, &info));
	// flags frames, bytes, contents, quality; then the LAME extension: delay 576, padding 1000
	u8 *x = frame + 36;
	memcpy(x, "Xing\0\0\0\x0F\0\0\x01\x02\0\x03\0\0", 16);
	memcpy(x + 120, "LAME3.100", 9);
	memcpy(x + 141, "\x24\x03\xE8", 3);
	assert_true(mpeg_audio_info(frame, sizeof(frame), &h, &info));
	assert_int_equal(info.nb_frames, 258);
	assert_int_equal(info.nb_bytes, 0x30000);
	assert_int_equal(info.delay, 576);
	assert_int_equal(info.padding, 1000);
	// the fields do not fit
	assert_false(mpeg_audio_info(frame, 100, &h, &info));
}

static void test_vbri(void **state)
{
	(void)state;
	u8 frame[417] = {0xFF, 0xFB, 0x90, 0x64};
	MpegAudioHeader h;
	MpegAudioInfo info;
	memcpy(frame + 36, "VBRI\0\1\0\0\0\x4B\0\1\0\0\0\0\x02\0", 18);
	assert_true(mpeg_audio_parse(frame, 4, &h));
	assert_true(mpeg_audio_info(frame, sizeof(frame), &h, &info));
	assert_int_equal(info.nb_bytes, 65536);
	assert_int_equal(info.nb_frames, 512);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_headers),
		cmocka_unit_test(test_free_format),
		cmocka_unit_test(test_refused),
		cmocka_unit_test(test_stream),
		cmocka_unit_test(test_xing),
		cmocka_unit_test(test_vbri),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
