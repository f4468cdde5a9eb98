// SPDX-License-Identifier: MIT
// Byte streams, emulation prevention, syntax elements and the timeline of raw streams.

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <string.h>
#include <gpac/constants.h>
#include <gpac/log.h>
#include "formats/nal.h"
#include "formats/nal_splitter.h"
#include "formats/nal_timeline.h"
#include "formats/temporal_level.h"

// Three units: 67 00, 68 (after a 4-byte start code), 65 88 00 00 80 00 (trailing zeros are padding).
static const u8 stream[] = {
	0, 0, 0, 1, 0x67, 0x01, 0, 0, 0, 1, 0x68, 0, 0, 1, 0x65, 0x88, 0, 0, 0x80, 0, 0, 0, 1};

static void test_start_codes(void **state)
{
	(void)state;
	assert_int_equal(nal_find_start_code(stream, sizeof(stream), 0), 1);
	assert_int_equal(nal_find_start_code(stream, sizeof(stream), 2), 7);
	assert_int_equal(nal_find_start_code(stream, sizeof(stream), 8), 11);
	assert_int_equal(nal_find_start_code(stream, 13, 8), 13); // cut
	assert_int_equal(nal_find_start_code(stream, 2, 0), 2);
	assert_int_equal(nal_find_start_code(stream, 0, 0), 0);
	u8 ones[64];
	memset(ones, 1, sizeof(ones));
	assert_int_equal(nal_find_start_code(ones, sizeof(ones), 0), sizeof(ones));
}

static void test_iterate(void **state)
{
	(void)state;
	NalIter it;
	const u8 *nal;
	u32 size;
	nal_iter_annexb(&it, stream, sizeof(stream));
	assert_int_equal(nal_iter_next(&it, &nal, &size), GF_OK);
	assert_int_equal(size, 2);
	assert_int_equal(nal_iter_next(&it, &nal, &size), GF_OK);
	assert_int_equal(nal[0], 0x68);
	assert_int_equal(nal_iter_next(&it, &nal, &size), GF_OK);
	assert_int_equal(size, 5);
	assert_int_equal(nal_iter_next(&it, &nal, &size), GF_EOS);

	static const u8 prefixed[] = {0, 2, 0x67, 0x01, 0, 0, 0, 1, 0x68, 0, 3, 0x65};
	nal_iter_prefixed(&it, prefixed, sizeof(prefixed), 2);
	assert_int_equal(nal_iter_next(&it, &nal, &size), GF_OK);
	assert_int_equal(size, 2);
	assert_int_equal(nal_iter_next(&it, &nal, &size), GF_OK); // the empty unit is skipped
	assert_int_equal(nal[0], 0x68);
	assert_int_equal(nal_iter_next(&it, &nal, &size), GF_NON_COMPLIANT_BITSTREAM);
	assert_int_equal(it.pos, 9);
}

#define LEVEL(codec, ...) \
	temporal_level(GF_CODECID_##codec, 1, (const u8[]){__VA_ARGS__}, sizeof((u8[]){__VA_ARGS__}))

static void test_temporal_level(void **state)
{
	(void)state;
	// 14496-10 7.3.1: nal_ref_idc; a prefix unit with svc_extension_flag and temporal_id 5, and one of another extension
	assert_int_equal(LEVEL(AVC, 2, 0x09, 0xF0, 2, 0x41, 0x9A), 0);
	assert_int_equal(LEVEL(AVC, 2, 0x06, 5, 2, 0x01, 0x9A), 1);
	assert_int_equal(LEVEL(AVC, 4, 0x6E, 0x80, 0, 5 << 5, 2, 0x41, 0x9A), 5);
	assert_int_equal(LEVEL(AVC, 4, 0x6E, 0x00, 0, 5 << 5, 2, 0x41, 0x9A), 0);
	assert_int_equal(LEVEL(AVC, 2, 0x06, 5), 0); // no picture
	// 23008-2 7.3.1.2: parameter sets (32 to 34) tell nothing of the picture; TemporalId is one less than what is stored
	assert_int_equal(LEVEL(HEVC, 2, 34 << 1, 7, 3, 1 << 1, 3, 0x80), 2);
	assert_int_equal(LEVEL(HEVC, 2, 34 << 1, 7), 0);
	assert_int_equal(LEVEL(HEVC, 1, 2), 0);
	// 23090-3 7.3.1.2: the type, here PPS (16) and STSA (1), is in the second byte
	assert_int_equal(LEVEL(VVC, 2, 0, 16 << 3 | 1, 3, 0, 1 << 3 | 4, 0x80), 3);
	// AV1 5.3: a sequence header, then a frame whose extension has temporal_id 2
	assert_int_equal(LEVEL(AV1, 0x0A, 1, 0, 0x36, 2 << 5, 1, 0x30), 2);
	assert_int_equal(LEVEL(AV1, 0x32, 1, 0x30), 0);
	assert_int_equal(LEVEL(AAC_MPEG4, 0xFF, 0xFF, 0xFF, 0xFF), 0);
	// what is cut has no level
	assert_int_equal(LEVEL(HEVC, 200, 1 << 1, 3), 0);
	assert_int_equal(temporal_level(GF_CODECID_HEVC, 0, (const u8[]){2, 3}, 2), 0);
	assert_int_equal(temporal_level(GF_CODECID_AVC, 4, NULL, 0), 0);
}

static void test_emulation(void **state)
{
	(void)state;
	static const u8 raw[] = {0x67, 0, 0, 0, 0, 0, 1, 0, 0, 3, 0, 0, 4, 0, 0};
	static const u8 escaped[] = {0x67, 0, 0, 3, 0, 0, 3, 0, 1, 0, 0, 3, 3, 0, 0, 4, 0, 0};
	u8 out[sizeof(raw) * 3 / 2 + 1], back[sizeof(escaped)];
	assert_int_equal(nal_escape(raw, sizeof(raw), out), sizeof(escaped));
	assert_memory_equal(out, escaped, sizeof(escaped));
	assert_int_equal(nal_unescape(escaped, sizeof(escaped), back, sizeof(back)), sizeof(raw));
	assert_memory_equal(back, raw, sizeof(raw));
	assert_int_equal(nal_unescape(escaped, sizeof(escaped), back, 4), 4);
	assert_memory_equal(back, raw, 4);
	assert_int_equal(nal_unescape(escaped, 0, back, 4), 0);
}

// The same units whatever the cuts. The zero of a 4-byte code is not of the unit, other zeros are.
static void test_splitter(void **state)
{
	(void)state;
	for (size_t block = 1; block <= sizeof(stream); block++) {
		NalSplitter s = {0};
		NalUnit unit;
		u32 sizes[8], nb = 0;
		u64 starts[8];
		for (size_t pos = 0; pos < sizeof(stream); pos += block) {
			size_t left = sizeof(stream) - pos;
			size_t size = left < block ? left : block;
			assert_int_equal(nal_splitter_append(&s, stream + pos, size), GF_OK);
			while (nal_splitter_next(&s, pos + size == sizeof(stream), &unit)) {
				assert_memory_equal(unit.data, stream + unit.offset, unit.size);
				starts[nb] = unit.start;
				sizes[nb++] = unit.size;
			}
			nal_splitter_release(&s, nal_splitter_end(&s));
		}
		nal_splitter_reset(&s);
		assert_int_equal(nb, 3);
		assert_int_equal(sizes[0], 2);
		assert_int_equal(sizes[1], 1);
		assert_int_equal(sizes[2], 5);
		assert_int_equal(starts[0], 1);
		assert_int_equal(starts[1], 7);
		assert_int_equal(starts[2], 11);
	}
}

static void test_padding_stays(void **state)
{
	(void)state;
	static const u8 padded[] = {0, 0, 1, 0x65, 0x88, 0x80, 0, 0, 0, 0, 0, 1, 0x09};
	NalSplitter s = {0};
	NalUnit unit;
	assert_int_equal(nal_splitter_append(&s, padded, sizeof(padded)), GF_OK);
	assert_true(nal_splitter_next(&s, GF_FALSE, &unit));
	assert_int_equal(unit.size, 5); // 65 88 80 and two zeros, the third is of the start code
	assert_false(nal_splitter_next(&s, GF_FALSE, &unit));
	assert_true(nal_splitter_next(&s, GF_TRUE, &unit));
	assert_int_equal(unit.size, 1);
	nal_splitter_reset(&s);
}

static void test_syntax(void **state)
{
	(void)state;
	// ue 0, 1 and 5, se -1, u(3) 5, stop bit: 1 010 00110 011 101 1
	static const u8 data[] = {0xA3, 0x3B};
	SynReader r;
	syn_init(&r, data, sizeof(data), NULL);
	assert_int_equal(syn_ue(&r, 10, "a"), 0);
	assert_int_equal(syn_ue(&r, 10, "b"), 1);
	assert_int_equal(syn_ue(&r, 10, "c"), 5);
	assert_int_equal(syn_se(&r, -2, 2, "d"), -1);
	assert_true(syn_more_rbsp_data(&r));
	assert_int_equal(syn_u(&r, 3, "e"), 5);
	assert_false(syn_more_rbsp_data(&r));
	assert_int_equal(syn_end(&r, "test"), GF_OK);

	syn_init(&r, data, sizeof(data), &syn_quiet);
	syn_skip(&r, 4);
	assert_int_equal(syn_ue(&r, 4, "c"), 0); // 5 is out of the range
	assert_string_equal(r.error, "c");
	assert_int_equal(r.error_value, 5);
	assert_int_equal(syn_end(&r, "test"), GF_NON_COMPLIANT_BITSTREAM);

	syn_init(&r, data, 1, &syn_quiet);
	syn_u(&r, 9, "long");
	assert_int_equal(syn_end(&r, "test"), GF_NON_COMPLIANT_BITSTREAM);
}

typedef struct {
	s32 poc;
	u8 sap;
	s64 cts;
	u8 final_sap;
} Expected;

static void run_timeline(const Expected *units, u32 nb, u32 duration)
{
	NalTimeline tl;
	u32 out = 0;
	TimelineUnit u;
	nal_timeline_init(&tl, duration, 32);
	for (u32 i = 0; i < nb; i++) {
		TimelineUnit unit = {.poc = units[i].poc,
			.sap = units[i].sap,
			.irap = units[i].sap != 0,
			.restart = units[i].sap == 1 || units[i].sap == 2,
			.dts = (u64)i * duration};
		assert_int_equal(nal_timeline_push(&tl, &unit), GF_OK);
		for (; nal_timeline_pop(&tl, GF_FALSE, &u); out++) {
			assert_int_equal(u.cts, units[out].cts);
			assert_int_equal(u.sap, units[out].final_sap);
		}
	}
	for (; nal_timeline_pop(&tl, GF_TRUE, &u); out++) {
		assert_int_equal(u.cts, units[out].cts);
		assert_int_equal(u.sap, units[out].final_sap);
	}
	assert_int_equal(out, nb);
	nal_timeline_reset(&tl);
}

static void test_timeline(void **state)
{
	(void)state;
	// two groups with steps of 2, as AVC frames count fields
	static const Expected avc[] = {
		{0, 1, 0, 1}, {8, 0, 16, 0}, {4, 0, 8, 0}, {2, 0, 4, 0}, {6, 0, 12, 0}, {0, 1, 20, 1}, {2, 0, 24, 0}};
	run_timeline(avc, 7, 4);
	// an access point with decodable leading pictures, and one without
	static const Expected radl[] = {{0, 1, 0, 1}, {1, 0, 1, 0}, {0, 2, 4, 2}, {-2, 0, 2, 0}, {-1, 0, 3, 0},
		{1, 0, 5, 0}, {0, 2, 6, 1}, {1, 0, 7, 0}};
	run_timeline(radl, 8, 1);
	// the order count goes on through an access point of type 2: not a reset
	static const Expected vvc[] = {{24, 2, 24, 2}, {15, 0, 15, 0}, {7, 0, 7, 0}, {3, 0, 3, 0}, {1, 0, 1, 0},
		{0, 0, 0, 0}, {49, 2, 49, 2}, {33, 0, 33, 0}};
	run_timeline(vvc, 8, 1);
	// open groups
	static const Expected cra[] = {
		{0, 1, 0, 1}, {4, 0, 4, 0}, {2, 0, 2, 0}, {1, 0, 1, 0}, {3, 0, 3, 0}, {8, 3, 8, 3}, {6, 0, 6, 0}};
	run_timeline(cra, 7, 1);
}

// Beyond the window units go out with what is known; with known times at once.
static void test_timeline_window(void **state)
{
	(void)state;
	NalTimeline tl;
	TimelineUnit u;
	nal_timeline_init(&tl, 1, 4);
	for (u32 i = 0; i < 5; i++) {
		TimelineUnit unit = {.poc = (s32)i * 2, .sap = !i, .dts = i};
		assert_int_equal(nal_timeline_push(&tl, &unit), GF_OK);
		assert_int_equal(nal_timeline_pop(&tl, GF_FALSE, &u), i == 4);
	}
	nal_timeline_restart(&tl);
	nal_timeline_anchor(&tl, 100);
	TimelineUnit first = {.poc = 8, .sap = 3, .irap = GF_TRUE, .dts = 97};
	TimelineUnit leading = {.poc = 6, .dts = 98};
	assert_int_equal(nal_timeline_push(&tl, &first), GF_OK);
	assert_int_equal(nal_timeline_push(&tl, &leading), GF_OK);
	assert_true(nal_timeline_pop(&tl, GF_TRUE, &u));
	assert_int_equal(u.cts, 100);
	assert_true(nal_timeline_pop(&tl, GF_TRUE, &u));
	assert_int_equal(u.cts, 99);
	TimelineUnit known = {.poc = 20, .has_cts = GF_TRUE, .cts = 1000, .dts = 900};
	assert_int_equal(nal_timeline_push(&tl, &known), GF_OK);
	assert_true(nal_timeline_pop(&tl, GF_FALSE, &u));
	assert_int_equal(u.cts, 1000);
	TimelineUnit next = {.poc = 18, .dts = 901};
	assert_int_equal(nal_timeline_push(&tl, &next), GF_OK);
	assert_true(nal_timeline_pop(&tl, GF_TRUE, &u));
	assert_int_equal(u.cts, 999);
	nal_timeline_reset(&tl);
	assert_int_equal(gf_memory_size(), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_start_codes),
		cmocka_unit_test(test_iterate),
		cmocka_unit_test(test_temporal_level),
		cmocka_unit_test(test_emulation),
		cmocka_unit_test(test_splitter),
		cmocka_unit_test(test_padding_stays),
		cmocka_unit_test(test_syntax),
		cmocka_unit_test(test_timeline),
		cmocka_unit_test(test_timeline_window),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
