// SPDX-License-Identifier: MIT
// Transport streams (ISO/IEC 13818-1, 2.4.3.2) are not taken for the audio in them, and ADTS is recognised by frames
// that follow each other.
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <string.h>
#include "filters/registry.h"
#include "formats/adts.h"
#include "formats/mpegts.h"

#define NB_PACKETS 20
#define MAX_SIZE (NB_PACKETS * 204 + 1000)

// MPEG-4 AAC LC, 44.1 kHz, stereo, in frames of `length` bytes, zeros as payload.
static u32 put_frames(u8 *data, u32 nb, u32 length)
{
	AdtsHeader h = {.object_type = 2, .rate_index = 4, .channel_config = 2, .frame_size = length};
	memset(data, 0, (size_t)nb * length);
	for (u32 i = 0; i < nb; i++)
		adts_write(&h, data + (size_t)i * length);
	return nb * length;
}

// Packets of `length` bytes, the sync byte `before` bytes from their start; their payload are ADTS frames of 40 bytes.
static u32 put_packets(u8 *data, u32 length, u32 before)
{
	for (u32 i = 0; i < NB_PACKETS; i++) {
		u8 *p = data + (size_t)i * length;
		memset(p, 0, length);
		put_frames(p + before + 4, 4, 40);
		p[before] = 0x47;
		p[before + 3] = (u8)(0x10 | (i & 15)); // payload only, continuity counter
	}
	return NB_PACKETS * length;
}

static const char *adts_probe(const u8 *data, u32 size, GF_FilterProbeScore *score)
{
	*score = GF_FPROBE_NOT_SUPPORTED;
	return rfadts_register.probe_data(data, size, score);
}

static void transport_streams_are_recognised(void **state)
{
	(void)state;
	static const u32 forms[][2] = {{188, 0}, {192, 4}, {204, 0}};
	u8 data[MAX_SIZE];
	GF_FilterProbeScore score;
	for (u32 i = 0; i < 3; i++) {
		u32 size = put_packets(data, forms[i][0], forms[i][1]);
		assert_true(mpegts_is_stream(data, size));
		assert_true(mpegts_is_stream(data + 50, size - 50)); // from the middle of a packet
		assert_true(mpegts_is_stream(data, 3 * forms[i][0]));
		assert_false(mpegts_is_stream(data, 2 * forms[i][0]));
		assert_null(adts_probe(data, size, &score));
		assert_null(adts_probe(data + 3, size - 3, &score));
		assert_null(rfmp3_register.probe_data(data, size, &score));
		data[forms[i][1] + 2 * forms[i][0]] = 0; // one sync byte lost
		assert_true(mpegts_is_stream(data, size));
	}
	assert_false(mpegts_is_stream(data, 0));
}

static void adts_is_recognised(void **state)
{
	(void)state;
	u8 data[MAX_SIZE] = {0};
	GF_FilterProbeScore score;
	u32 size = put_frames(data, 4, 300);
	assert_string_equal(adts_probe(data, size, &score), "audio/aac");
	assert_int_equal(score, GF_FPROBE_SUPPORTED);
	// behind something else
	memmove(data + 500, data, size);
	memset(data, 0x55, 500);
	assert_string_equal(adts_probe(data, size + 500, &score), "audio/aac");
	assert_int_equal(score, GF_FPROBE_SUPPORTED);
}

static void two_headers_are_no_stream(void **state)
{
	(void)state;
	u8 data[MAX_SIZE];
	GF_FilterProbeScore score;
	memset(data, 0x55, sizeof(data));
	put_frames(data + 700, 2, 100);
	assert_null(adts_probe(data, 2000, &score));
	put_frames(data + 700, 3, 100);
	assert_null(adts_probe(data, 2000, &score));
	// at the start of a file they may be: a damaged one
	memset(data, 0x55, sizeof(data));
	put_frames(data, 2, 100);
	assert_string_equal(adts_probe(data, 2000, &score), "audio/aac");
	assert_int_equal(score, GF_FPROBE_MAYBE_NOT_SUPPORTED);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(transport_streams_are_recognised),
		cmocka_unit_test(adts_is_recognised),
		cmocka_unit_test(two_headers_are_no_stream),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
