// SPDX-License-Identifier: MIT
// Ranges of bytes that are there, against a table of bytes.
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <string.h>

#include <base/range_set.h>

#define SIZE 64

static void check(const RangeSet *set, const Bool there[SIZE + 1])
{
	for (u32 i = 0; i < SIZE; i++) {
		u32 end = i, next = i;
		while (end < SIZE && there[end])
			end++;
		while (next < SIZE && !there[next])
			next++;
		assert_int_equal(range_set_end(set, i), end);
		if (next < SIZE)
			assert_int_equal(range_set_next(set, i), next);
		else
			assert_true(range_set_next(set, i) == 0xFFFFFFFFFFFFFFFFULL);
	}
	for (u32 i = 1; i < set->nb; i++)
		assert_true(set->list[i - 1].end < set->list[i].first);
}

static void ranges_are_those_of_a_table(void **state)
{
	(void)state;
	u32 seed = 1;
	for (u32 round = 0; round < 200; round++) {
		RangeSet set = {0};
		Bool there[SIZE + 1] = {0};
		for (u32 i = 0; i < 12; i++) {
			seed = seed * 1664525 + 1013904223;
			u32 first = (seed >> 8) % SIZE, len = (seed >> 20) % 10;
			u32 end = first + len < SIZE ? first + len : SIZE;
			assert_int_equal(range_set_add(&set, first, end), GF_OK);
			for (u32 b = first; b < end; b++)
				there[b] = GF_TRUE;
			check(&set, there);
		}
		range_set_reset(&set);
		assert_int_equal(set.nb, 0);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(ranges_are_those_of_a_table)};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
