// SPDX-License-Identifier: MIT
// Compact sample tables, against the same samples in plain arrays.
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "formats/isom_table.h"

typedef struct {
	u32 size, delta;
	s32 offset;
	u64 pos, dts;
	Bool sync;
	u8 deps;
} Naive;

#define NB_NAIVE 5000

// A table with runs of random length in each column, and the same as plain arrays.
static void fill_random(IsomTable *t, Naive *n)
{
	u64 pos = 1000, dts = 77;
	isom_table_set_time(t, dts);
	for (u32 i = 0; i < NB_NAIVE;) {
		u32 count = (u32)rand() % 40 + 1;
		if (count > NB_NAIVE - i)
			count = NB_NAIVE - i;
		if (rand() % 3 == 0)
			pos += (u32)rand() % 10000;
		u64 start = pos;
		if (rand() % 10 == 0)
			isom_table_set_time(t, dts += 5000);
		for (u32 k = i; k < i + count; k++) {
			n[k] = (Naive){(u32)rand() % 100, rand() % 8 ? 40 : 41, rand() % 4 ? 0 : rand() % 200 - 50, pos,
				dts, rand() % 12 == 0, rand() % 2 ? 0x20 : 0};
			assert_int_equal(isom_table_add_size(t, n[k].size), GF_OK);
			assert_int_equal(isom_table_add_times(t, 1, n[k].delta), GF_OK);
			assert_int_equal(isom_table_add_offsets(t, 1, n[k].offset), GF_OK);
			assert_int_equal(isom_table_add_deps(t, 1, n[k].deps), GF_OK);
			if (!k)
				isom_table_list_sync(t);
			if (n[k].sync)
				isom_table_add_sync(t, k);
			pos += n[k].size;
			dts += n[k].delta;
		}
		assert_int_equal(isom_table_add_chunk(t, start, 1, count), GF_OK);
		i += count;
	}
	assert_int_equal(isom_table_commit(t), GF_OK);
}

static void check_naive(const IsomSample *s, const Naive *n, u32 i)
{
	assert_int_equal(s->number, i);
	assert_int_equal(s->size, n[i].size);
	assert_int_equal(s->duration, n[i].delta);
	assert_int_equal(s->offset, n[i].pos);
	assert_int_equal(s->dts, n[i].dts);
	assert_int_equal(s->cts, (s64)n[i].dts + n[i].offset);
	assert_int_equal(s->sync, n[i].sync);
	assert_int_equal(s->deps, n[i].deps);
}

static void test_table_random_access(void **state)
{
	(void)state;
	static Naive n[NB_NAIVE];
	IsomTable t = {0};
	IsomCursor c;
	IsomSample s;
	srand(1);
	fill_random(&t, n);
	assert_int_equal(t.nb_samples, NB_NAIVE);
	isom_cursor_set(&t, &c, 0);
	for (u32 i = 0; i < NB_NAIVE; i++) {
		assert_true(isom_cursor_read(&t, &c, 1, &s));
		check_naive(&s, n, i);
	}
	assert_false(isom_cursor_read(&t, &c, 1, &s));
	for (u32 k = 0; k < 2000; k++) {
		u32 i = (u32)rand() % NB_NAIVE;
		isom_cursor_set(&t, &c, i);
		for (u32 j = i; j < i + 5 && j < NB_NAIVE; j++) {
			assert_true(isom_cursor_read(&t, &c, 1, &s));
			check_naive(&s, n, j);
		}
		assert_int_equal(isom_table_find_dts(&t, n[i].dts), i);
		assert_int_equal(isom_table_find_dts(&t, n[i].dts + n[i].delta - 1), i);
		u32 sync = i;
		while (sync && !n[sync].sync)
			sync--;
		assert_int_equal(isom_table_prev_sync(&t, i), n[sync].sync ? sync : NB_NAIVE);
	}
	assert_int_equal(isom_table_find_dts(&t, 0), 0);
	assert_int_equal(isom_table_find_dts(&t, ~(u64)0), NB_NAIVE - 1);
	isom_table_reset(&t);
}

static void test_table_drop(void **state)
{
	(void)state;
	static Naive n[NB_NAIVE];
	IsomTable t = {0};
	IsomCursor c;
	IsomSample s;
	srand(2);
	fill_random(&t, n);
	u32 at = 0;
	while (at < NB_NAIVE) {
		u32 drop = (u32)rand() % 300 + 1;
		if (drop > NB_NAIVE - at)
			drop = NB_NAIVE - at;
		isom_table_drop(&t, drop);
		at += drop;
		assert_int_equal(t.dropped, at);
		isom_cursor_set(&t, &c, 0);
		for (u32 i = at; i < at + 300 && i < NB_NAIVE; i++) {
			assert_true(isom_cursor_read(&t, &c, 1, &s));
			check_naive(&s, n, i);
		}
	}
	// The columns go on as if nothing had been removed.
	assert_int_equal(isom_table_add_const_sizes(&t, 2, 9), GF_OK);
	assert_int_equal(isom_table_add_times(&t, 2, 10), GF_OK);
	assert_int_equal(isom_table_add_offsets(&t, 2, 3), GF_OK);
	assert_int_equal(isom_table_add_chunk(&t, 5, 1, 2), GF_OK);
	assert_int_equal(isom_table_commit(&t), GF_OK);
	isom_cursor_set(&t, &c, 0);
	assert_true(isom_cursor_read(&t, &c, 1, &s));
	assert_int_equal(s.dts, n[NB_NAIVE - 1].dts + n[NB_NAIVE - 1].delta);
	assert_int_equal(s.cts, (s64)s.dts + 3);
	assert_int_equal(s.number, NB_NAIVE);
	assert_true(isom_cursor_read(&t, &c, 1, &s));
	assert_int_equal(s.offset, 14);
	isom_table_reset(&t);
}

static void test_table_ranges(void **state)
{
	(void)state;
	IsomTable t = {0};
	assert_int_equal(isom_table_add_const_sizes(&t, 3000, 4), GF_OK);
	assert_int_equal(isom_table_add_times(&t, 3000, 1), GF_OK);
	assert_int_equal(isom_table_add_chunk(&t, 100, 1, 2500), GF_OK);
	assert_int_equal(isom_table_add_chunk(&t, 20000, 1, 500), GF_OK);
	assert_int_equal(isom_table_commit(&t), GF_OK);
	assert_int_equal(t.nb_chunks, 2);
	assert_null(t.sizes);
	IsomCursor c;
	IsomSample s;
	const u32 counts[] = {1024, 1024, 452, 500};
	const u64 offsets[] = {100, 4196, 8292, 20000};
	isom_cursor_set(&t, &c, 0);
	for (u32 i = 0; i < 4; i++) {
		assert_true(isom_cursor_read(&t, &c, 1024, &s));
		assert_int_equal(s.count, counts[i]);
		assert_int_equal(s.duration, counts[i]);
		assert_int_equal(s.size, counts[i] * 4);
		assert_int_equal(s.offset, offsets[i]);
	}
	isom_table_reset(&t);
}

static void test_table_memory(void **state)
{
	(void)state;
	// A video with B-frames, one sample in four in a chunk of its own.
	u64 before = gf_memory_size();
	IsomTable t = {0};
	const u32 nb = 100000;
	for (u32 i = 0; i < nb; i += 4) {
		for (u32 k = 0; k < 4; k++) {
			isom_table_add_size(&t, 1000 + (i + k) % 977);
			isom_table_add_times(&t, 1, 512);
			isom_table_add_offsets(&t, 1, (s32)((i + k) % 5) * 512);
		}
		isom_table_add_chunk(&t, (u64)i * 3000, 1, 4);
	}
	assert_int_equal(isom_table_commit(&t), GF_OK);
	assert_in_range((gf_memory_size() - before) / nb, 1, 24);
	isom_table_reset(&t);
	assert_int_equal(gf_memory_size(), before);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_table_random_access),
		cmocka_unit_test(test_table_drop),
		cmocka_unit_test(test_table_ranges),
		cmocka_unit_test(test_table_memory),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
