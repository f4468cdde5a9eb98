// SPDX-License-Identifier: MIT
// Movie fragments, and what comes with them.
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include <gpac/filter_types.h>
#include "isom_boxes.h"

static void test_fragments(void **state)
{
	(void)state;
	ByteWriter w;
	open_fragmented(&w, 0x10000);
	u64 moof1 = w.size;
	size_t moof = open_box(&w, "moof");
	FULL(&w, "mfhd", 0, 0, 1);
	size_t traf = open_box(&w, "traf");
	FULL(&w, "tfhd", 0, 0x20000, 1);
	FULL(&w, "tfdt", 1, 0, 1, 1000); // above 32 bits
	// First flags, size: the others are those of trex.
	FULL(&w, "trun", 0, 0x205, 3, 200, 0x02000000, 4, 5, 6);
	FULL(&w, "trun", 1, 0x800, 2, (u32)-30, 60); // follows the data of the first run
	close_box(&w, traf);
	close_box(&w, moof);
	FULL(&w, "mdat", 0, 0, 0);
	u64 moof2 = w.size;
	moof = open_box(&w, "moof");
	traf = open_box(&w, "traf");
	FULL(&w, "tfhd", 0, 0x3A, 1, 1, 40, 9, 0x02000000); // base: the first traf is that of moof
	FULL(&w, "trun", 0, 1, 2, 100);
	close_box(&w, traf);
	close_box(&w, moof);

	IsomFile f;
	Memory mem;
	assert_int_equal(parse(&f, &mem, &w), GF_EOS);
	IsomTrack *trk = f.movie.tracks[0];
	const u64 t0 = ((u64)1 << 32) + 1000;
	const Expected expected[] = {
		{moof1 + 200, t0, (s64)t0, 4, 30, GF_TRUE},
		{moof1 + 204, t0 + 30, (s64)t0 + 30, 5, 30, GF_FALSE},
		{moof1 + 209, t0 + 60, (s64)t0 + 60, 6, 30, GF_FALSE},
		{moof1 + 215, t0 + 90, (s64)t0 + 60, 7, 30, GF_FALSE},
		{moof1 + 222, t0 + 120, (s64)t0 + 180, 7, 30, GF_FALSE},
		{moof2 + 100, t0 + 150, (s64)t0 + 150, 9, 40, GF_TRUE},
		{moof2 + 109, t0 + 190, (s64)t0 + 190, 9, 40, GF_TRUE},
	};
	check_samples(&trk->table, expected, 7);
	assert_int_equal(trk->table.deps[0], 0x20);
	assert_int_equal(trk->table.total_duration, 230);
	// floor(150 * 1000 / 600) + floor(80 * 1000 / 600)
	assert_int_equal(trk->fragment_movie_duration, 250 + 133);
	isom_file_reset(&f);
	bw_reset(&w);
}

static void test_fragment_groups(void **state)
{
	(void)state;
	ByteWriter w;
	open_fragmented(&w, 0);
	for (u32 i = 0; i < 2; i++) {
		size_t moof = open_box(&w, "moof");
		size_t traf = open_box(&w, "traf");
		FULL(&w, "tfhd", 0, 0x20000, 1);
		FULL(&w, "trun", 0, 1, 2, 100);
		size_t sbgp = open_full(&w, "sbgp", 0, 0);
		bw_bytes(&w, "roll", 4);
		PUT(&w, 1, 2, 0x10001); // first description of the fragment
		close_box(&w, sbgp);
		size_t sgpd = open_full(&w, "sgpd", 1, 0);
		bw_bytes(&w, "roll", 4);
		PUT(&w, 2, 1);
		bw_u16(&w, i + 1);
		close_box(&w, sgpd);
		close_box(&w, traf);
		close_box(&w, moof);
	}
	IsomFile f;
	Memory mem;
	assert_int_equal(parse(&f, &mem, &w), GF_EOS);
	IsomTable *t = &f.movie.tracks[0]->table;
	IsomGroup *g = isom_table_group(t, GF_4CC('r', 'o', 'l', 'l'), 0, GF_FALSE);
	u32 size;
	for (u32 i = 0; i < 4; i++)
		assert_int_equal(isom_group_of(t, g, i, &size)[1], 1 + i / 2);
	isom_file_reset(&f);
	bw_reset(&w);
}

static void test_subsamples_and_events(void **state)
{
	(void)state;
	ByteWriter w;
	open_fragmented(&w, 0);
	size_t emsg = open_full(&w, "emsg", 0, 0);
	bw_bytes(&w, "urn:x\0", 7);
	close_box(&w, emsg);
	FULL(&w, "prft", 1, 0, 1, 0xE0000000, 5, 0, 0);
	size_t moof = open_box(&w, "moof");
	size_t traf = open_box(&w, "traf");
	FULL(&w, "tfhd", 0, 0x20000, 1);
	FULL(&w, "trun", 0, 1, 3, 100);
	size_t subs = open_full(&w, "subs", 0, 0);
	PUT(&w, 2, 1); // two entries, the first for sample 1
	bw_u16(&w, 2);
	bw_bytes(&w, "\0\x0A\1\0\0\0\0\1\0\x14\0\1\0\0\0\2", 16);
	bw_u32(&w, 2); // sample 3
	bw_u16(&w, 1);
	bw_bytes(&w, "\0\x1E\0\0\0\0\0\0", 8);
	close_box(&w, subs);
	subs = open_full(&w, "subs", 1, 9);
	PUT(&w, 1, 3);
	bw_u16(&w, 1);
	bw_bytes(&w, "\0\1\0\0\0\0\0\0\0\0", 10);
	close_box(&w, subs);
	close_box(&w, traf);
	close_box(&w, moof);
	IsomFile f;
	Memory mem;
	assert_int_equal(parse(&f, &mem, &w), GF_EOS);
	IsomTrack *trk = f.movie.tracks[0];
	static const u8 expected[] = {0, 0, 0, 0, 0, 0, 0, 10, 0, 0, 0, 1, 1, 0, // sample 1
		0, 0, 0, 0, 0, 0, 0, 20, 0, 0, 0, 2, 0, 1,                           // sample 1
		0, 0, 0, 0, 0, 0, 0, 30, 0, 0, 0, 0, 0, 0,                           // sample 3
		0, 0, 0, 9, 0, 1, 0, 0, 0, 0, 0, 0, 0, 0};                           // sample 3, other flags
	ByteWriter records;
	bw_init(&records);
	for (u32 i = 0; i < 3; i++)
		isom_subs_get(&trk->subs, i, &records);
	assert_int_equal(records.size, sizeof(expected));
	assert_memory_equal(records.data, expected, sizeof(expected));
	isom_subs_get(&trk->subs, 1, &records);
	assert_int_equal(records.size, sizeof(expected));
	isom_subs_get(&trk->subs, 0, &records);
	assert_int_equal(records.size, sizeof(expected) + 28);
	bw_reset(&records);
	assert_int_equal(trk->nb_events, 2);
	assert_int_equal(trk->events[0].number, 0);
	assert_int_equal(trk->events[0].blob.type, GF_4CC('e', 'm', 's', 'g'));
	assert_int_equal(trk->events[0].blob.size, 11);
	assert_int_equal(trk->events[1].blob.type, GF_4CC('p', 'r', 'f', 't'));
	isom_file_reset(&f);
	bw_reset(&w);
}

static void test_external_auxiliary_information(void **state)
{
	(void)state;
	ByteWriter w;
	open_fragmented(&w, 0);
	size_t moof = open_box(&w, "moof");
	size_t traf = open_box(&w, "traf");
	FULL(&w, "tfhd", 0, 0x20000, 1);
	FULL(&w, "trun", 0, 1, 3, 200);
	size_t saiz = open_full(&w, "saiz", 0, 1);
	bw_bytes(&w, "cenc\0\0\0\0\0\0\0\0\3\x8\0\x10", 16); // 8, 0 and 16 bytes
	close_box(&w, saiz);
	size_t saio = open_full(&w, "saio", 0, 0);
	bw_u32(&w, 1);
	size_t offset_at = w.size;
	bw_u32(&w, 0);
	close_box(&w, saio);
	close_box(&w, traf);
	close_box(&w, moof);
	size_t mdat = open_box(&w, "mdat");
	bw_patch_u32(&w, offset_at, (u32)(w.size - moof));
	bw_bytes(&w, "ABCDEFGHabcdefgh\0\1\0\2\0\0\0\3", 24);
	close_box(&w, mdat);
	IsomFile f;
	Memory mem;
	assert_int_equal(parse(&f, &mem, &w), GF_EOS);
	IsomSai *sai = &f.movie.tracks[0]->sai;
	const u8 *data;
	u32 size;
	Bool subsamples;
	assert_int_equal(isom_sai_get(sai, 0, 8, &data, &size, &subsamples), GF_OK);
	assert_int_equal(size, 8);
	assert_false(subsamples);
	assert_memory_equal(data, "ABCDEFGH", 8);
	assert_int_equal(isom_sai_get(sai, 1, 8, &data, &size, &subsamples), GF_NOT_FOUND);
	assert_int_equal(isom_sai_get(sai, 2, 8, &data, &size, &subsamples), GF_OK);
	assert_int_equal(size, 16);
	assert_true(subsamples);
	assert_memory_equal(data, "abcdefgh", 8);
	isom_file_reset(&f);
	bw_reset(&w);
}

static void test_hostile_fragments(void **state)
{
	(void)state;
	ByteWriter w;
	open_fragmented(&w, 0);
	size_t moof = open_box(&w, "moof");
	size_t traf = open_box(&w, "traf");
	FULL(&w, "tfhd", 0, 0x20000, 1);
	FULL(&w, "trun", 0, 0x201, 0xFFFFFFFF, 100, 1, 2);
	close_box(&w, traf);
	close_box(&w, moof);
	expect_bounded(&w, 2);

	open_fragmented(&w, 0x10000);
	moof = open_box(&w, "moof");
	traf = open_box(&w, "traf");
	FULL(&w, "tfhd", 0, 0x20000, 1);
	FULL(&w, "trun", 0, 1, 0xFFFFFFFF, 0x80000000); // before the file, without any field
	close_box(&w, traf);
	close_box(&w, moof);
	expect_bounded(&w, 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_fragments),
		cmocka_unit_test(test_fragment_groups),
		cmocka_unit_test(test_subsamples_and_events),
		cmocka_unit_test(test_external_auxiliary_information),
		cmocka_unit_test(test_hostile_fragments),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
