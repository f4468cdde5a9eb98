// SPDX-License-Identifier: MIT
// Byte-level checks of the boxes that are written, against the clauses of ISO/IEC 14496-12 and of the codec
// bindings, and whole files given to ffprobe where it is installed.
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <stdio.h>
#include <unistd.h>
#include <setjmp.h>
#include <cmocka.h>

#include "formats/isom_write.h"
#include "formats/isom_write_entry.h"
#include "formats/isom_write_frag.h"

#define EXPECT(w, ...) \
	do { \
		static const u8 expected_[] = {__VA_ARGS__}; \
		assert_int_equal((w)->size, sizeof(expected_)); \
		assert_memory_equal((w)->data, expected_, sizeof(expected_)); \
	} while (0)

static u32 be32(const u8 *p)
{
	return (u32)p[0] << 24 | (u32)p[1] << 16 | (u32)p[2] << 8 | p[3];
}

typedef struct {
	const u8 *data; // payload
	u32 size;
} Box;

// Finds a box by a path such as "moov/trak/mdia"; "name#2" is the third one of that type.
static Box find(const u8 *data, u32 size, const char *path)
{
	char type[5] = {0};
	memcpy(type, path, 4);
	u32 index = path[4] == '#' ? (u32)(path[5] - '0') : 0;
	const char *next = strchr(path, '/');
	for (u32 at = 0; at + 8 <= size;) {
		u32 box = be32(data + at);
		assert_true(box >= 8 && box <= size - at);
		if (!memcmp(data + at + 4, type, 4) && !index--) {
			Box b = {data + at + 8, box - 8};
			return next ? find(b.data, b.size, next + 1) : b;
		}
		at += box;
	}
	return (Box){NULL, 0};
}

static void check_bytes(Box b, const u8 *expected, u32 size)
{
	assert_non_null(b.data);
	assert_int_equal(b.size, size);
	assert_memory_equal(b.data, expected, size);
}
#define CHECK(box, ...) \
	do { \
		static const u8 expected_[] = {__VA_ARGS__}; \
		check_bytes(box, expected_, sizeof(expected_)); \
	} while (0)

// ---- Boxes

static void test_boxes(void **state)
{
	(void)state;
	ByteWriter w;
	bw_init(&w);
	u32 brands[] = {isow_code("isom"), isow_code("avc1")};
	isow_ftyp(&w, "ftyp", isow_code("isom"), 1, brands, 2);
	EXPECT(&w, 0, 0, 0, 24, 'f', 't', 'y', 'p', 'i', 's', 'o', 'm', 0, 0, 0, 1, 'i', 's', 'o', 'm', 'a', 'v',
		'c', '1');
	bw_reset(&w);

	isow_mdat_header(&w, 100);
	EXPECT(&w, 0, 0, 0, 108, 'm', 'd', 'a', 't');
	bw_reset(&w);
	// 4.2.2: a size of 1 announces largesize, which counts its own header
	isow_mdat_header(&w, 0xFFFFFFF8u);
	EXPECT(&w, 0, 0, 0, 1, 'm', 'd', 'a', 't', 0, 0, 0, 1, 0, 0, 0, 8);
	assert_int_equal(isow_mdat_header_size(0xFFFFFFF7u), 8);
	bw_reset(&w);

	size_t d = isow_descr(&w, 4);
	bw_zeros(&w, 200);
	isow_descr_end(&w, d);
	// 14496-1 8.3.3: 200 = 1 * 128 + 72
	assert_memory_equal(w.data, "\x04\x80\x80\x81\x48", 5);
	bw_reset(&w);
}

// ---- Sample tables

static void add(IsowTable *t, u64 dts, s32 offset, u32 size, Bool sync, u8 deps)
{
	IsowSample s = {
		.dts = dts, .duration = 10, .cts_offset = offset, .size = size, .deps = deps, .sync = sync};
	assert_int_equal(isow_table_add(t, &s), GF_OK);
}

static void test_table(void **state)
{
	(void)state;
	IsowTable t;
	isow_table_init(&t);
	// two chunks of two samples, then one of one sample with another description
	assert_int_equal(isow_table_chunk(&t, 1000, 1), GF_OK);
	add(&t, 100, 10, 7, GF_TRUE, 0x24);
	add(&t, 110, 30, 8, GF_FALSE, 0x10);
	isow_table_chunk(&t, 1100, 1);
	isow_table_chunk(&t, 1200, 1);
	add(&t, 120, 10, 9, GF_FALSE, 0);
	add(&t, 135, 10, 10, GF_TRUE, 0);
	isow_table_chunk(&t, 1300, 2);
	add(&t, 145, 0, 11, GF_FALSE, 0);
	assert_int_equal(isow_table_finish(&t), GF_OK);
	assert_int_equal(t.duration, 55);
	assert_int_equal(t.min_cts, 10);
	assert_int_equal(t.max_cts_end, 55);

	ByteWriter w;
	bw_init(&w);
	IsowLayout l = {.base = 24};
	isow_write_table(&w, &t, &l, 0);
	// 8.6.1.2: runs of durations
	CHECK(find(w.data, w.size, "stts"), 0, 0, 0, 0, 0, 0, 0, 3, 0, 0, 0, 2, 0, 0, 0, 10, 0, 0, 0, 1, 0, 0, 0,
		15, 0, 0, 0, 2, 0, 0, 0, 10);
	// 8.6.1.3: runs of offsets, version 0
	CHECK(find(w.data, w.size, "ctts"), 0, 0, 0, 0, 0, 0, 0, 4, 0, 0, 0, 1, 0, 0, 0, 10, 0, 0, 0, 1, 0, 0, 0,
		30, 0, 0, 0, 2, 0, 0, 0, 10, 0, 0, 0, 1, 0, 0, 0, 0);
	assert_null(find(w.data, w.size, "cslg").data);
	// 8.6.2: sample numbers
	CHECK(find(w.data, w.size, "stss"), 0, 0, 0, 0, 0, 0, 0, 2, 0, 0, 0, 1, 0, 0, 0, 4);
	CHECK(find(w.data, w.size, "sdtp"), 0, 0, 0, 0, 0x24, 0x10, 0, 0, 0);
	// 8.7.4: the empty chunk is gone, chunks 1 and 2 share an entry
	CHECK(find(w.data, w.size, "stsc"), 0, 0, 0, 0, 0, 0, 0, 2, 0, 0, 0, 1, 0, 0, 0, 2, 0, 0, 0, 1, 0, 0, 0,
		3, 0, 0, 0, 1, 0, 0, 0, 2);
	CHECK(find(w.data, w.size, "stsz"), 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 5, 0, 0, 0, 7, 0, 0, 0, 8, 0, 0, 0,
		9, 0, 0, 0, 10, 0, 0, 0, 11);
	CHECK(find(w.data, w.size, "stco"), 0, 0, 0, 0, 0, 0, 0, 3, 0, 0, 4, 0, 0, 0, 4, 0xC8, 0, 0, 5, 0x2C);
	bw_reset(&w);

	// 64-bit offsets; signed composition offsets and their summary (8.6.1.4)
	l = (IsowLayout){.base = 0x100000000ULL, .large = GF_TRUE};
	isow_write_table(&w, &t, &l, -10);
	assert_null(find(w.data, w.size, "stco").data);
	assert_memory_equal(find(w.data, w.size, "co64").data, "\0\0\0\0\0\0\0\3\0\0\0\1\0\0\3\xE8", 16);
	Box ctts = find(w.data, w.size, "ctts");
	assert_int_equal(ctts.data[0], 1);
	assert_int_equal((s32)be32(ctts.data + ctts.size - 4), -10);
	Box cslg = find(w.data, w.size, "cslg");
	assert_int_equal(cslg.size, 24);
	assert_int_equal(be32(cslg.data + 4), 10);       // shift
	assert_int_equal((s32)be32(cslg.data + 8), -10); // least
	assert_int_equal(be32(cslg.data + 12), 20);      // greatest
	assert_int_equal(be32(cslg.data + 16), 0);       // start: 10 - 10
	assert_int_equal(be32(cslg.data + 20), 45);      // end: 55 - 10
	bw_reset(&w);
	isow_table_reset(&t);
}

static void test_table_compact(void **state)
{
	(void)state;
	IsowTable t;
	isow_table_init(&t);
	isow_table_chunk(&t, 0, 1);
	for (u32 i = 0; i < 1000; i++)
		add(&t, i * 10, 0, 4, GF_TRUE, 0);
	isow_table_finish(&t);
	// constant sizes, all sync, no offsets, no dependencies: nothing grows with the samples
	assert_true(isow_table_memory(&t) < 2000);
	ByteWriter w;
	bw_init(&w);
	isow_write_table(&w, &t, &(IsowLayout){0}, 0);
	CHECK(find(w.data, w.size, "stsz"), 0, 0, 0, 0, 0, 0, 0, 4, 0, 0, 3, 0xE8);
	CHECK(find(w.data, w.size, "stts"), 0, 0, 0, 0, 0, 0, 0, 1, 0, 0, 3, 0xE8, 0, 0, 0, 10);
	assert_null(find(w.data, w.size, "ctts").data);
	assert_null(find(w.data, w.size, "stss").data);
	assert_null(find(w.data, w.size, "sdtp").data);
	bw_reset(&w);
	isow_table_reset(&t);

	// as many samples at once
	isow_table_chunk(&t, 0, 1);
	add(&t, 0, 0, 4, GF_TRUE, 0);
	assert_int_equal(isow_table_repeat(&t, 998), GF_OK);
	add(&t, 9990, 0, 4, GF_TRUE, 0);
	isow_table_finish(&t);
	assert_int_equal(t.nb_samples, 1000);
	assert_int_equal(t.nb_bytes, 4000);
	assert_int_equal(t.duration, 10000);
	assert_int_equal(t.max_cts_end, 10000);
	isow_write_table(&w, &t, &(IsowLayout){0}, 0);
	CHECK(find(w.data, w.size, "stsz"), 0, 0, 0, 0, 0, 0, 0, 4, 0, 0, 3, 0xE8);
	CHECK(find(w.data, w.size, "stts"), 0, 0, 0, 0, 0, 0, 0, 1, 0, 0, 3, 0xE8, 0, 0, 0, 10);
	CHECK(find(w.data, w.size, "stsc"), 0, 0, 0, 0, 0, 0, 0, 1, 0, 0, 0, 1, 0, 0, 3, 0xE8, 0, 0, 0, 1);
	bw_reset(&w);
	isow_table_reset(&t);

	// the same after a first difference: what was left out is filled in
	isow_table_chunk(&t, 0, 1);
	add(&t, 0, 0, 4, GF_TRUE, 0);
	add(&t, 10, 0, 4, GF_TRUE, 0);
	add(&t, 20, 0, 5, GF_FALSE, 1);
	isow_table_finish(&t);
	isow_write_table(&w, &t, &(IsowLayout){0}, 0);
	CHECK(
		find(w.data, w.size, "stsz"), 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 3, 0, 0, 0, 4, 0, 0, 0, 4, 0, 0, 0, 5);
	CHECK(find(w.data, w.size, "stss"), 0, 0, 0, 0, 0, 0, 0, 2, 0, 0, 0, 1, 0, 0, 0, 2);
	CHECK(find(w.data, w.size, "sdtp"), 0, 0, 0, 0, 0, 0, 1);
	bw_reset(&w);
	isow_table_reset(&t);

	// no sync sample at all: an empty table (8.6.2.1)
	isow_table_chunk(&t, 0, 1);
	add(&t, 0, 0, 0, GF_FALSE, 0);
	isow_table_finish(&t);
	isow_write_table(&w, &t, &(IsowLayout){0}, 0);
	CHECK(find(w.data, w.size, "stss"), 0, 0, 0, 0, 0, 0, 0, 0);
	CHECK(find(w.data, w.size, "stsz"), 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1, 0, 0, 0, 0);
	bw_reset(&w);
	isow_table_reset(&t);

	// no sample: every mandatory table, empty
	isow_write_table(&w, &t, &(IsowLayout){0}, 0);
	CHECK(find(w.data, w.size, "stts"), 0, 0, 0, 0, 0, 0, 0, 0);
	CHECK(find(w.data, w.size, "stsc"), 0, 0, 0, 0, 0, 0, 0, 0);
	CHECK(find(w.data, w.size, "stsz"), 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0);
	CHECK(find(w.data, w.size, "stco"), 0, 0, 0, 0, 0, 0, 0, 0);
	bw_reset(&w);
	isow_table_reset(&t);
}

// What a sample costs while a file is written: video with B-frames, then sound, sizes and all.
static void test_table_memory(void **state)
{
	(void)state;
	static const s32 offsets[] = {40, 120, 40, 0, 40};
	static const u32 nb = 120000;
	IsowTable t;
	isow_table_init(&t);
	for (u32 i = 0; i < nb; i++) {
		if (i % 25 == 0)
			assert_int_equal(isow_table_chunk(&t, (u64)i * 1000, 1), GF_OK);
		add(&t, i * 40, offsets[i % 5], 100 + i % 1000, i % 50 == 0, i % 50 ? 0x18 : 0x24);
	}
	assert_true(isow_table_memory(&t) / nb <= 24);
	isow_table_reset(&t);
	for (u32 i = 0; i < nb; i++) {
		if (i % 47 == 0)
			assert_int_equal(isow_table_chunk(&t, (u64)i * 1000, 1), GF_OK);
		add(&t, i * 1024, 0, 100 + i % 1000, GF_TRUE, 0);
	}
	assert_true(isow_table_memory(&t) / nb <= 8);
	isow_table_reset(&t);
}

static void test_table_refuses(void **state)
{
	(void)state;
	IsowTable t;
	isow_table_init(&t);
	IsowSample s = {.dts = 100, .size = 1};
	assert_int_equal(isow_table_add(&t, &s), GF_BAD_PARAM); // no chunk
	isow_table_chunk(&t, 0, 1);
	assert_int_equal(isow_table_add(&t, &s), GF_OK);
	s.dts = 99;
	assert_int_equal(isow_table_add(&t, &s), GF_BAD_PARAM);
	s.dts = 100 + 0x100000000ULL;
	assert_int_equal(isow_table_add(&t, &s), GF_BAD_PARAM);
	isow_table_reset(&t);
}

static void test_groups(void **state)
{
	(void)state;
	IsowGroups g = {0};
	static const u8 minus1[] = {0xFF, 0xFF}, minus2[] = {0xFF, 0xFE};
	u32 roll = isow_code("roll");
	assert_int_equal(isow_group_sample(&g, 3, roll, 0, minus1, 2), GF_OK);
	assert_int_equal(isow_group_sample(&g, 4, roll, 0, minus1, 2), GF_OK);
	assert_int_equal(isow_group_sample(&g, 5, roll, 0, minus2, 2), GF_OK);
	assert_int_equal(isow_group_sample(&g, 5, roll, 0, minus2, 2), GF_BAD_PARAM);
	ByteWriter w;
	bw_init(&w);
	isow_write_groups(&w, &g, GF_FALSE);
	// 8.9.3: version 1 with the common length of the descriptions
	CHECK(find(w.data, w.size, "sgpd"), 1, 0, 0, 0, 'r', 'o', 'l', 'l', 0, 0, 0, 2, 0, 0, 0, 2, 0xFF, 0xFF,
		0xFF, 0xFE);
	// 8.9.2: samples 1 and 2 in no group
	CHECK(find(w.data, w.size, "sbgp"), 0, 0, 0, 0, 'r', 'o', 'l', 'l', 0, 0, 0, 3, 0, 0, 0, 2, 0, 0, 0, 0, 0,
		0, 0, 2, 0, 0, 0, 1, 0, 0, 0, 1, 0, 0, 0, 2);
	bw_reset(&w);
	isow_groups_clear(&g);
	isow_write_groups(&w, &g, GF_TRUE);
	assert_int_equal(w.size, 0);
	isow_group_sample(&g, 1, roll, 7, minus1, 2);
	isow_group_sample(&g, 2, roll, 7, "abc", 3);
	isow_write_groups(&w, &g, GF_TRUE);
	// different lengths: one before each; in a fragment indexes start at 0x10001 (8.9.4)
	CHECK(find(w.data, w.size, "sgpd"), 1, 0, 0, 0, 'r', 'o', 'l', 'l', 0, 0, 0, 0, 0, 0, 0, 2, 0, 0, 0, 2,
		0xFF, 0xFF, 0, 0, 0, 3, 'a', 'b', 'c');
	CHECK(find(w.data, w.size, "sbgp"), 1, 0, 0, 0, 'r', 'o', 'l', 'l', 0, 0, 0, 7, 0, 0, 0, 2, 0, 0, 0, 1, 0,
		1, 0, 1, 0, 0, 0, 1, 0, 1, 0, 2);
	bw_reset(&w);
	isow_groups_reset(&g);
}

static void test_subs(void **state)
{
	(void)state;
	IsowSubsList l = {0};
	static const u8 records[] = {
		0, 0, 0, 0, 0, 0, 0, 5, 1, 2, 3, 4, 6, 0, 0, 0, 0, 0, 0, 0, 0, 8, 0, 0, 0, 0, 0, 1};
	assert_int_equal(isow_subs_sample(&l, 4, records, 2), GF_OK);
	assert_int_equal(isow_subs_sample(&l, 4, records, 1), GF_BAD_PARAM);
	ByteWriter w;
	bw_init(&w);
	isow_write_subs(&w, &l);
	// 8.7.7.2, version 1: sample delta, count, then size, priority, discardable, parameters
	CHECK(find(w.data, w.size, "subs"), 1, 0, 0, 0, 0, 0, 0, 1, 0, 0, 0, 4, 0, 2, 0, 0, 0, 5, 6, 0, 1, 2, 3,
		4, 0, 0, 0, 8, 0, 1, 0, 0, 0, 0);
	bw_reset(&w);
	isow_subs_reset(&l);
}

// ---- Sample entries

static const u8 avcc[] = {1, 0x64, 0, 0x1F, 0xFF, 0xE1, 0, 4, 0x67, 0x64, 0, 0x1F, 1, 0, 2, 0x68, 0xEE};

static void test_entry_visual(void **state)
{
	(void)state;
	IsowEntry e = {.codec = GF_CODECID_AVC,
		.stream_type = GF_STREAM_VISUAL,
		.config = avcc,
		.config_size = sizeof(avcc),
		.width = 640,
		.height = 360,
		.sar = {4, 3},
		.has_colour = GF_TRUE,
		.primaries = 1,
		.transfer = 2,
		.matrix = 3,
		.full_range = GF_TRUE,
		.has_bitrate = GF_TRUE,
		.avg_bitrate = 1000,
		.max_bitrate = 2000,
		.buffer_size = 3};
	ByteWriter w;
	bw_init(&w);
	assert_int_equal(isow_write_entry(&w, &e), GF_OK);
	Box avc1 = find(w.data, w.size, "avc1");
	// 12.1.3.2: 8 bytes of SampleEntry, 70 of VisualSampleEntry
	assert_int_equal(avc1.data[7], 1);
	assert_memory_equal(avc1.data + 24, "\x02\x80\x01\x68\0\x48\0\0\0\x48\0\0\0\0\0\0\0\1", 18);
	assert_memory_equal(avc1.data + 74, "\0\x18\xFF\xFF", 4);
	check_bytes(find(avc1.data + 78, avc1.size - 78, "avcC"), avcc, sizeof(avcc));
	CHECK(find(avc1.data + 78, avc1.size - 78, "pasp"), 0, 0, 0, 4, 0, 0, 0, 3);
	CHECK(find(avc1.data + 78, avc1.size - 78, "colr"), 'n', 'c', 'l', 'x', 0, 1, 0, 2, 0, 3, 0x80);
	CHECK(find(avc1.data + 78, avc1.size - 78, "btrt"), 0, 0, 0, 3, 0, 0, 7, 0xD0, 0, 0, 3, 0xE8);
	bw_reset(&w);

	e.quicktime = GF_TRUE;
	assert_int_equal(isow_write_entry(&w, &e), GF_OK);
	avc1 = find(w.data, w.size, "avc1");
	CHECK(find(avc1.data + 78, avc1.size - 78, "colr"), 'n', 'c', 'l', 'c', 0, 1, 0, 2, 0, 3);
	assert_null(find(avc1.data + 78, avc1.size - 78, "btrt").data);
	bw_reset(&w);

	// 23001-7 8.1: the protected entry names the original one
	IsowProtection p = {.scheme = isow_code("cbcs"),
		.version = 0x10000,
		.crypt_blocks = 1,
		.skip_blocks = 9,
		.is_protected = GF_TRUE,
		.kid = {1, 2},
		.const_iv_size = 16,
		.const_iv = {9}};
	e.protection = &p;
	assert_int_equal(isow_write_entry(&w, &e), GF_OK);
	Box encv = find(w.data, w.size, "encv");
	Box sinf = find(encv.data + 78, encv.size - 78, "sinf");
	CHECK(find(sinf.data, sinf.size, "frma"), 'a', 'v', 'c', '1');
	CHECK(find(sinf.data, sinf.size, "schm"), 0, 0, 0, 0, 'c', 'b', 'c', 's', 0, 1, 0, 0);
	CHECK(find(sinf.data, sinf.size, "schi/tenc"), 1, 0, 0, 0, 0, 0x19, 1, 0, 1, 2, 0, 0, 0, 0, 0, 0, 0, 0, 0,
		0, 0, 0, 0, 0, 16, 9, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0);
	bw_reset(&w);

	static const u8 vpcc[] = {0, 10, 0x82, 1, 1, 1, 0, 0};
	e = (IsowEntry){
		.codec = GF_CODECID_VP9, .stream_type = GF_STREAM_VISUAL, .config = vpcc, .config_size = 8};
	assert_int_equal(isow_write_entry(&w, &e), GF_OK);
	Box vp09 = find(w.data, w.size, "vp09");
	CHECK(find(vp09.data + 78, vp09.size - 78, "vpcC"), 1, 0, 0, 0, 0, 10, 0x82, 1, 1, 1, 0, 0);
	bw_reset(&w);
}

static void test_entry_audio(void **state)
{
	(void)state;
	static const u8 asc[] = {0x12, 0x10};
	IsowEntry e = {.codec = GF_CODECID_AAC_MPEG4,
		.stream_type = GF_STREAM_AUDIO,
		.config = asc,
		.config_size = 2,
		.sample_rate = 44100,
		.channels = 2,
		.avg_bitrate = 1,
		.max_bitrate = 2,
		.buffer_size = 3};
	ByteWriter w;
	bw_init(&w);
	assert_int_equal(isow_write_entry(&w, &e), GF_OK);
	Box mp4a = find(w.data, w.size, "mp4a");
	assert_memory_equal(mp4a.data, "\0\0\0\0\0\0\0\1\0\0\0\0\0\0\0\0\0\2\0\x10\0\0\0\0\xAC\x44\0\0", 28);
	// 14496-1 7.2.6.5, 7.2.6.6, 7.3.2.3
	CHECK(find(mp4a.data + 28, mp4a.size - 28, "esds"), 0, 0, 0, 0, 3, 0x80, 0x80, 0x80, 34, 0, 0, 0, 4, 0x80,
		0x80, 0x80, 20, 0x40, 0x15, 0, 0, 3, 0, 0, 0, 2, 0, 0, 0, 1, 5, 0x80, 0x80, 0x80, 2, 0x12, 0x10, 6,
		0x80, 0x80, 0x80, 1, 2);
	bw_reset(&w);

	// 12.2.3: a rate above 65535 in version 1
	e.sample_rate = 96000;
	e.audio_version = ISOW_AUDIO_V1;
	assert_int_equal(isow_write_entry(&w, &e), GF_OK);
	mp4a = find(w.data, w.size, "mp4a");
	assert_memory_equal(mp4a.data + 8, "\0\1", 2);
	CHECK(find(mp4a.data + 28, mp4a.size - 28, "srat"), 0, 0, 0, 0, 0, 1, 0x77, 0);
	bw_reset(&w);

	// Opus in ISOBMFF 4.3.2: big-endian, version 0
	static const u8 opus[] = {1, 2, 0x38, 1, 0x80, 0xBB, 0, 0, 0xFE, 0xFF, 0};
	e = (IsowEntry){.codec = GF_CODECID_OPUS,
		.stream_type = GF_STREAM_AUDIO,
		.config = opus,
		.config_size = 11,
		.sample_rate = 48000,
		.channels = 2};
	assert_int_equal(isow_write_entry(&w, &e), GF_OK);
	Box entry = find(w.data, w.size, "Opus");
	CHECK(find(entry.data + 28, entry.size - 28, "dOps"), 0, 2, 1, 0x38, 0, 0, 0xBB, 0x80, 0xFF, 0xFE, 0);
	bw_reset(&w);

	// 23003-5: uncompressed audio
	e = (IsowEntry){.codec = GF_CODECID_RAW,
		.stream_type = GF_STREAM_AUDIO,
		.pcm_format = GF_AUDIO_FMT_S24,
		.sample_rate = 48000,
		.channels = 6,
		.channel_cicp = 6};
	assert_int_equal(isow_write_entry(&w, &e), GF_OK);
	entry = find(w.data, w.size, "ipcm");
	assert_memory_equal(entry.data + 16, "\0\6\0\x18", 4);
	CHECK(find(entry.data + 28, entry.size - 28, "pcmC"), 0, 0, 0, 0, 1, 24);
	CHECK(find(entry.data + 28, entry.size - 28, "chnl"), 0, 0, 0, 0, 1, 6, 0, 0, 0, 0, 0, 0, 0, 0);
	bw_reset(&w);
	e.pcm_format = GF_AUDIO_FMT_DBL_BE;
	assert_int_equal(isow_entry_type(&e), isow_code("fpcm"));
	e.quicktime = GF_TRUE;
	assert_int_equal(isow_entry_type(&e), isow_code("fl64"));
	e.pcm_format = GF_AUDIO_FMT_U8;
	assert_int_equal(isow_entry_type(&e), isow_code("raw "));

	e = (IsowEntry){
		.codec = GF_CODECID_MPEG_AUDIO, .stream_type = GF_STREAM_AUDIO, .sample_rate = 44100, .channels = 1};
	assert_int_equal(isow_entry_type(&e), isow_code(".mp3"));
	assert_int_equal(isow_write_entry(&w, &e), GF_OK);
	assert_int_equal(w.size, 36);
	bw_reset(&w);
}

static void test_entry_text(void **state)
{
	(void)state;
	ByteWriter w;
	bw_init(&w);
	IsowEntry e = {.codec = GF_CODECID_WEBVTT,
		.stream_type = GF_STREAM_TEXT,
		.config = (const u8 *)"WEBVTT\nX\0",
		.config_size = 9};
	assert_int_equal(isow_write_entry(&w, &e), GF_OK);
	Box wvtt = find(w.data, w.size, "wvtt");
	check_bytes(find(wvtt.data + 8, wvtt.size - 8, "vttC"), (const u8 *)"WEBVTT\nX", 8);
	bw_reset(&w);

	e = (IsowEntry){
		.codec = GF_CODECID_SUBS_XML, .stream_type = GF_STREAM_TEXT, .xml_namespace = "ns", .aux_mimes = "m"};
	assert_int_equal(isow_write_entry(&w, &e), GF_OK);
	CHECK(find(w.data, w.size, "stpp"), 0, 0, 0, 0, 0, 0, 0, 1, 'n', 's', 0, 0, 'm', 0);
	bw_reset(&w);

	// 3GPP TS 26.245 5.16: fixed fields, then ftab
	static const u8 tx3g[40] = {
		[29] = 0xFF, [31] = 1, [33] = 1, [34] = 4, [35] = 'A', [36] = 'B', [37] = 'C', [38] = 'D'};
	e = (IsowEntry){
		.codec = GF_CODECID_TX3G, .stream_type = GF_STREAM_TEXT, .config = tx3g, .config_size = 39};
	assert_int_equal(isow_write_entry(&w, &e), GF_OK);
	Box entry = find(w.data, w.size, "tx3g");
	CHECK(find(entry.data + 38, entry.size - 38, "ftab"), 0, 1, 0, 1, 4, 'A', 'B', 'C', 'D');
	bw_reset(&w);
}

static void test_entry_refuses(void **state)
{
	(void)state;
	ByteWriter w;
	bw_init(&w);
	IsowEntry e = {.codec = GF_CODECID_AVC, .stream_type = GF_STREAM_VISUAL};
	assert_true(isow_entry_needs_config(GF_CODECID_AVC));
	assert_false(isow_entry_needs_config(GF_CODECID_MPEG_AUDIO));
	assert_int_equal(isow_write_entry(&w, &e), GF_NON_COMPLIANT_BITSTREAM);
	bw_reset(&w);
	static const u8 bad[7] = {9};
	e.config = bad;
	e.config_size = 7;
	assert_int_equal(isow_write_entry(&w, &e), GF_NON_COMPLIANT_BITSTREAM);
	bw_reset(&w);
	static const u8 opus[] = {1, 6, 0, 0, 0, 0, 0, 0, 0, 0, 1, 4};
	e = (IsowEntry){
		.codec = GF_CODECID_OPUS, .stream_type = GF_STREAM_AUDIO, .config = opus, .config_size = 12};
	assert_int_equal(isow_write_entry(&w, &e), GF_NON_COMPLIANT_BITSTREAM);
	bw_reset(&w);
	e = (IsowEntry){.codec = GF_CODECID_AFX, .stream_type = GF_STREAM_SCENE};
	assert_int_equal(isow_write_entry(&w, &e), GF_NOT_SUPPORTED);
	bw_reset(&w);
	// a codec known by its 4CC only is kept, its configuration too
	e = (IsowEntry){.codec = isow_code("abcd"),
		.stream_type = GF_STREAM_AUDIO,
		.config = bad,
		.config_size = 7,
		.sample_rate = 8000,
		.channels = 1};
	assert_int_equal(isow_write_entry(&w, &e), GF_OK);
	Box entry = find(w.data, w.size, "abcd");
	check_bytes(find(entry.data + 28, entry.size - 28, "glbl"), bad, 7);
	bw_reset(&w);
}

// ---- Fragments

static void test_moof(void **state)
{
	(void)state;
	IsowTrack video, audio;
	isow_track_init(&video);
	isow_track_init(&audio);
	video.id = 1;
	video.trex_flags = 0x1010000;
	audio.id = 2;
	audio.trex_duration = 1024;
	IsowTraf v = {.track = &video, .entry = 1, .decode_time = 0x100000000ULL};
	IsowTraf a = {.track = &audio, .entry = 2, .decode_time = 5};
	isow_traf_add(&v, &(IsowFragSample){.size = 100, .duration = 40, .flags = 0x2000000, .new_run = GF_TRUE});
	isow_traf_add(&v, &(IsowFragSample){.size = 20, .duration = 40, .flags = 0x1010000, .cts_offset = -3});
	isow_traf_add(&v, &(IsowFragSample){.size = 30, .duration = 40, .flags = 0x2000000, .new_run = GF_TRUE});
	isow_traf_add(&a, &(IsowFragSample){.size = 10, .duration = 1024});
	isow_traf_add(&a, &(IsowFragSample){.size = 11, .duration = 1024});
	a.data_offset = 150;
	IsowTraf *trafs[] = {&v, &a};
	IsowMoof m = {.sequence = 9};
	ByteWriter w;
	bw_init(&w);
	isow_write_moof(&w, &m, trafs, 2, 8, 171);
	Box moof = find(w.data, w.size, "moof");
	CHECK(find(moof.data, moof.size, "mfhd"), 0, 0, 0, 0, 0, 0, 0, 9);
	Box traf = find(moof.data, moof.size, "traf");
	// 8.8.7: default-base-is-moof, default duration; the flags are those of trex
	CHECK(find(traf.data, traf.size, "tfhd"), 0, 2, 0, 8, 0, 0, 0, 1, 0, 0, 0, 40);
	CHECK(find(traf.data, traf.size, "tfdt"), 1, 0, 0, 0, 0, 0, 0, 1, 0, 0, 0, 0);
	u8 first = (u8)(w.size + 8);
	Box trun = find(traf.data, traf.size, "trun");
	// 8.8.8: data offset, first sample flags, sizes, signed offsets
	const u8 expected[] = {1, 0, 0x0A, 5, 0, 0, 0, 2, 0, 0, 0, first, 2, 0, 0, 0, 0, 0, 0, 100, 0, 0, 0, 0, 0,
		0, 0, 20, 0xFF, 0xFF, 0xFF, 0xFD};
	assert_true(w.size + 8 < 256);
	check_bytes(trun, expected, sizeof(expected));
	trun = find(traf.data, traf.size, "trun#1");
	assert_int_equal(be32(trun.data + 8), w.size + 8 + 120);
	traf = find(moof.data, moof.size, "traf#1");
	// description 2 is not the default of trex; the duration is
	CHECK(find(traf.data, traf.size, "tfhd"), 0, 2, 0, 2, 0, 0, 0, 2, 0, 0, 0, 2);
	trun = find(traf.data, traf.size, "trun");
	assert_int_equal(be32(trun.data), 0x201);
	assert_int_equal(be32(trun.data + 8), w.size + 8 + 150);
	bw_reset(&w);

	// mdat before moof: offsets are negative, from the moof
	m.data_first = GF_TRUE;
	isow_write_moof(&w, &m, trafs, 2, 8, 171);
	moof = find(w.data, w.size, "moof");
	traf = find(moof.data, moof.size, "traf#1");
	assert_int_equal((s32)be32(find(traf.data, traf.size, "trun").data + 8), -21);
	bw_reset(&w);
	isow_traf_reset(&v);
	isow_traf_reset(&a);
	isow_track_reset(&video);
	isow_track_reset(&audio);
}

static void test_senc(void **state)
{
	(void)state;
	IsowTrack trk;
	isow_track_init(&trk);
	trk.id = 1;
	IsowTraf t = {.track = &trk, .entry = 1};
	isow_traf_add(&t, &(IsowFragSample){.size = 100, .duration = 40});
	isow_traf_add(&t, &(IsowFragSample){.size = 100, .duration = 40});
	isow_sai_add(&t.sai, (const u8 *)"12345678", 8);
	isow_sai_add(&t.sai, (const u8 *)"abcdefgh", 8);
	IsowTraf *trafs[] = {&t};
	ByteWriter w;
	bw_init(&w);
	isow_write_moof(&w, &(IsowMoof){0}, trafs, 1, 8, 200);
	Box moof = find(w.data, w.size, "moof");
	CHECK(find(moof.data, moof.size, "traf/saiz"), 0, 0, 0, 0, 8, 0, 0, 0, 2);
	Box saio = find(moof.data, moof.size, "traf/saio");
	// 8.7.9: from the first byte of the moof
	assert_memory_equal(w.data + be32(saio.data + 8), "12345678abcdefgh", 16);
	Box senc = find(moof.data, moof.size, "traf/senc");
	assert_int_equal(be32(senc.data + 4), 2);
	bw_reset(&w);
	isow_traf_reset(&t);
	isow_track_reset(&trk);
}

static void test_sidx(void **state)
{
	(void)state;
	ByteWriter w;
	bw_init(&w);
	IsowSidx s = {.track_id = 1, .timescale = 1000, .earliest_time = 7, .first_offset = 2};
	IsowSidxRef refs[] = {{.size = 100, .duration = 50, .sap_type = 1}, {.size = 200, .duration = 60}};
	isow_write_sidx(&w, &s, refs, 2);
	// 8.16.3
	EXPECT(&w, 0, 0, 0, 56, 's', 'i', 'd', 'x', 0, 0, 0, 0, 0, 0, 0, 1, 0, 0, 3, 0xE8, 0, 0, 0, 7, 0, 0, 0, 2,
		0, 0, 0, 2, 0, 0, 0, 100, 0, 0, 0, 50, 0x90, 0, 0, 0, 0, 0, 0, 200, 0, 0, 0, 60, 0, 0, 0, 0);
	assert_int_equal(isow_sidx_size(&s, 2), 56);
	bw_reset(&w);
	s.earliest_time = 0x100000000ULL;
	isow_write_sidx(&w, &s, refs, 1);
	assert_int_equal(w.data[8], 1);
	assert_int_equal(w.size, isow_sidx_size(&s, 1));
	bw_reset(&w);
}

// ---- Whole files

static Bool has_ffprobe(void)
{
	return system("ffprobe -version >/dev/null 2>&1") == 0;
}

// A movie with a video track whose frames are reordered, and an audio track. The media data is all zeros.
static void make_tracks(IsowMovie *mv, IsowTrack *video, IsowTrack *audio)
{
	*mv = (IsowMovie){.timescale = 600, .next_track_id = 3};
	mv->tracks = gf_malloc(2 * sizeof(*mv->tracks));
	mv->tracks[0] = video;
	mv->tracks[1] = audio;
	mv->nb_tracks = 2;
	isow_track_init(video);
	video->id = 1;
	video->timescale = 1000;
	video->handler = isow_code("vide");
	video->width = video->height = 16 << 16;
	isow_track_init(audio);
	audio->id = 2;
	audio->timescale = 8000;
	audio->handler = isow_code("soun");
	audio->volume = 0x100;
	// a codec (Cinepak) whose frames ffprobe takes as they are: it corrects the flags of those it can parse
	IsowEntry ve = {.codec = isow_code("cvid"), .stream_type = GF_STREAM_VISUAL, .width = 16, .height = 16};
	static const u8 asc[] = {0x15, 0x88}; // AAC LC, 8000 Hz, mono
	IsowEntry ae = {.codec = GF_CODECID_AAC_MPEG4,
		.stream_type = GF_STREAM_AUDIO,
		.config = asc,
		.config_size = 2,
		.sample_rate = 8000,
		.channels = 1};
	ByteWriter entry;
	bw_init(&entry);
	assert_int_equal(isow_write_entry(&entry, &ve), GF_OK);
	assert_int_equal(isow_track_find_entry(video, &entry), 0);
	assert_int_equal(isow_track_add_entry(video, &entry, GF_FALSE), GF_OK);
	assert_int_equal(isow_write_entry(&entry, &ve), GF_OK);
	assert_int_equal(isow_track_find_entry(video, &entry), 1);
	assert_int_equal(isow_track_add_entry(video, &entry, GF_TRUE), GF_OK);
	assert_int_equal(video->nb_entries, 1);
	assert_int_equal(isow_write_entry(&entry, &ae), GF_OK);
	assert_int_equal(isow_track_add_entry(audio, &entry, GF_FALSE), GF_OK);
}

static void free_tracks(IsowMovie *mv, IsowTrack *video, IsowTrack *audio)
{
	isow_track_reset(video);
	isow_track_reset(audio);
	isow_movie_reset(mv);
}

// Lines "stream,pts,dts,size,flags" that ffprobe prints for a file.
static char *probe(const ByteWriter *w)
{
	char name[] = "/tmp/isow_XXXXXX", cmd[400];
	int fd = mkstemp(name);
	assert_true(fd >= 0);
	assert_int_equal(write(fd, w->data, w->size), (ssize_t)w->size);
	close(fd);
	snprintf(cmd, sizeof(cmd),
		"ffprobe -v quiet -show_entries packet=stream_index,pts,dts,size,flags -of csv=p=0 %s", name);
	FILE *f = popen(cmd, "r");
	char *text = gf_calloc(1, 20000);
	size_t got = fread(text, 1, 19999, f);
	assert_true(got > 0);
	pclose(f);
	unlink(name);
	return text;
}

static const struct {
	u64 dts;
	s32 offset;
	u32 size;
	Bool sync;
} frames[] = {{0, 40, 50, GF_TRUE}, {40, 80, 20, GF_FALSE}, {80, 0, 10, GF_FALSE}, {120, 40, 60, GF_TRUE}};

static const char *expected_packets[] = {
	// presentation starts at the edit: 40 of the media is 0
	"0,0,-40,50,K", "0,80,0,20,_", "0,40,40,10,_", "0,120,80,60,K", "1,0,0,1600,K", "1,400,400,1600,K"};

static void check_packets(const ByteWriter *w)
{
	if (!has_ffprobe())
		skip();
	char *text = probe(w);
	for (u32 i = 0; i < sizeof(expected_packets) / sizeof(expected_packets[0]); i++) {
		if (!strstr(text, expected_packets[i]))
			fail_msg("no packet %s in:\n%s", expected_packets[i], text);
	}
	gf_free(text);
}

static void test_flat_file(void **state)
{
	(void)state;
	IsowMovie mv;
	IsowTrack video, audio;
	make_tracks(&mv, &video, &audio);
	isow_table_chunk(&video.table, 0, 1);
	for (u32 i = 0; i < 4; i++)
		add(&video.table, frames[i].dts, frames[i].offset, frames[i].size, frames[i].sync, 0);
	video.table.last_duration = 40;
	isow_table_finish(&video.table);
	isow_table_chunk(&audio.table, 140, 1);
	add(&audio.table, 0, 0, 1600, GF_TRUE, 0);
	add(&audio.table, 400, 0, 1600, GF_TRUE, 0);
	audio.table.last_duration = 400;
	isow_table_finish(&audio.table);
	isow_track_edit(&video, 96, 40);
	video.media_duration = 160;
	video.duration = 96;
	audio.media_duration = 800;
	audio.duration = 60;
	mv.duration = 96;
	ByteWriter w;
	bw_init(&w);
	u32 brand = isow_code("isom");
	isow_ftyp(&w, "ftyp", brand, 1, &brand, 1);
	isow_mdat_header(&w, 140 + 3200);
	u64 base = w.size;
	bw_zeros(&w, 140 + 3200);
	isow_write_moov(&w, &mv, &(IsowLayout){.base = base});
	assert_false(w.failed);
	Box moov = find(w.data, w.size, "moov");
	// 8.3.2: enabled, in movie, in preview
	assert_int_equal(be32(find(moov.data, moov.size, "trak/tkhd").data), 7);
	CHECK(find(moov.data, moov.size, "trak/edts/elst"), 0, 0, 0, 0, 0, 0, 0, 1, 0, 0, 0, 96, 0, 0, 0, 40, 0,
		1, 0, 0);
	Box mdhd = find(moov.data, moov.size, "trak/mdia/mdhd");
	assert_memory_equal(mdhd.data + 20, "\x55\xC4", 2); // und
	assert_non_null(find(moov.data, moov.size, "trak#1/mdia/minf/smhd").data);
	free_tracks(&mv, &video, &audio);
	check_packets(&w);
	bw_reset(&w);
}

// 8.7.2: samples in another file, whose offsets are not moved by what is in this one.
static void test_data_reference(void **state)
{
	(void)state;
	IsowMovie mv;
	IsowTrack video, audio;
	make_tracks(&mv, &video, &audio);
	isow_table_chunk(&video.table, 0x123456789AULL, 1);
	add(&video.table, 0, 0, 50, GF_TRUE, 0);
	isow_table_chunk(&audio.table, 140, 1);
	add(&audio.table, 0, 0, 1600, GF_TRUE, 0);
	isow_table_finish(&video.table);
	isow_table_finish(&audio.table);
	video.data_url = gf_strdup("a/b.bin");
	ByteWriter w;
	bw_init(&w);
	isow_write_moov(&w, &mv, &(IsowLayout){.base = 1000});
	assert_false(w.failed);
	Box minf = find(w.data, w.size, "moov/trak/mdia/minf");
	CHECK(find(minf.data, minf.size, "dinf/dref"), 0, 0, 0, 0, 0, 0, 0, 1, 0, 0, 0, 20, 'u', 'r', 'l', ' ', 0, 0, 0, 0, 'a',
		'/', 'b', '.', 'b', 'i', 'n', 0);
	CHECK(find(minf.data, minf.size, "stbl/co64"), 0, 0, 0, 0, 0, 0, 0, 1, 0, 0, 0, 0x12, 0x34, 0x56, 0x78, 0x9A);
	minf = find(w.data, w.size, "moov/trak#1/mdia/minf");
	CHECK(find(minf.data, minf.size, "dinf/dref"), 0, 0, 0, 0, 0, 0, 0, 1, 0, 0, 0, 12, 'u', 'r', 'l', ' ', 0, 0, 0, 1);
	CHECK(find(minf.data, minf.size, "stbl/stco"), 0, 0, 0, 0, 0, 0, 0, 1, 0, 0, 4, 0x74);
	free_tracks(&mv, &video, &audio);
	bw_reset(&w);
}

static void test_fragmented_file(void **state)
{
	(void)state;
	IsowMovie mv;
	IsowTrack video, audio;
	make_tracks(&mv, &video, &audio);
	mv.fragmented = GF_TRUE;
	isow_track_edit(&video, 0, 40);
	ByteWriter w;
	bw_init(&w);
	u32 brand = isow_code("iso5");
	isow_ftyp(&w, "ftyp", brand, 1, &brand, 1);
	isow_write_moov(&w, &mv, &(IsowLayout){0});
	for (u32 frag = 0; frag < 2; frag++) {
		IsowTraf v = {.track = &video, .entry = 1, .decode_time = frames[frag * 2].dts};
		IsowTraf a = {.track = &audio, .entry = 1, .decode_time = frag * 400};
		for (u32 i = frag * 2; i < frag * 2 + 2; i++) {
			isow_traf_add(&v, &(IsowFragSample){.size = frames[i].size,
								  .duration = 40,
								  .cts_offset = frames[i].offset,
								  .flags = isow_sample_flags(0, frames[i].sync)});
		}
		isow_traf_add(&a, &(IsowFragSample){.size = 1600, .duration = 400});
		a.data_offset = v.nb_bytes;
		IsowTraf *trafs[] = {&v, &a};
		u64 payload = v.nb_bytes + a.nb_bytes;
		isow_write_moof(&w, &(IsowMoof){.sequence = frag + 1}, trafs, 2, 8, payload);
		isow_mdat_header(&w, payload);
		bw_zeros(&w, payload);
		isow_traf_reset(&v);
		isow_traf_reset(&a);
	}
	free_tracks(&mv, &video, &audio);
	check_packets(&w);
	bw_reset(&w);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_boxes),
		cmocka_unit_test(test_table),
		cmocka_unit_test(test_table_compact),
		cmocka_unit_test(test_table_memory),
		cmocka_unit_test(test_table_refuses),
		cmocka_unit_test(test_groups),
		cmocka_unit_test(test_subs),
		cmocka_unit_test(test_entry_visual),
		cmocka_unit_test(test_entry_audio),
		cmocka_unit_test(test_entry_text),
		cmocka_unit_test(test_entry_refuses),
		cmocka_unit_test(test_moof),
		cmocka_unit_test(test_senc),
		cmocka_unit_test(test_sidx),
		cmocka_unit_test(test_flat_file),
		cmocka_unit_test(test_data_reference),
		cmocka_unit_test(test_fragmented_file),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
