// SPDX-License-Identifier: MIT
// Growing arrays: what they keep, how often they move, where they end.

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <gpac/main.h>
#include "base/array.h"

static void items_are_kept(void **state)
{
	(void)state;
	u64 *items = NULL;
	u32 alloc = 0, nb = 0, nb_grown = 0;
	for (; nb < 100000; nb++) {
		u32 before = alloc;
		assert_int_equal(array_reserve(&items, &alloc, nb, 1, sizeof(*items)), GF_OK);
		assert_true(alloc > nb);
		nb_grown += alloc != before;
		items[nb] = nb * (u64)0x100000001;
	}
	for (u32 i = 0; i < nb; i++)
		assert_int_equal(items[i], i * (u64)0x100000001);
	// by half each time: log(100000) / log(1.5) is 28.4
	assert_in_range(nb_grown, 1, 29);
	gf_free(items);
}

static void several_at_once(void **state)
{
	(void)state;
	u8 *bytes = NULL;
	u32 alloc = 0;
	assert_int_equal(array_reserve(&bytes, &alloc, 0, 0, 1), GF_OK);
	assert_null(bytes);
	assert_int_equal(array_reserve(&bytes, &alloc, 0, 1000, 1), GF_OK);
	assert_true(alloc >= 1000);
	u8 *first = bytes;
	u32 room = alloc;
	// there is room: nothing moves, also when fewer are used than before
	assert_int_equal(array_reserve(&bytes, &alloc, 10, room - 10, 1), GF_OK);
	assert_ptr_equal(bytes, first);
	assert_int_equal(alloc, room);
	gf_free(bytes);
}

static void too_many_change_nothing(void **state)
{
	(void)state;
	struct {
		u8 bytes[1 << 20];
	} *items = NULL;
	u32 alloc = 0;
	assert_int_equal(array_reserve(&items, &alloc, 0, 1, sizeof(*items)), GF_OK);
	void *first = items;
	u32 room = alloc;
	assert_int_equal(array_reserve(&items, &alloc, 0xFFFFFFFF, 1, sizeof(*items)), GF_OUT_OF_MEM);
	assert_int_equal(array_reserve(&items, &alloc, 1, 0xFFFFFFFF, sizeof(*items)), GF_OUT_OF_MEM);
	assert_int_equal(array_reserve(&items, &alloc, 0, 0xFFFFFFFF, SIZE_MAX / 2), GF_OUT_OF_MEM);
	assert_ptr_equal(items, first);
	assert_int_equal(alloc, room);
	gf_free(items);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(items_are_kept),
		cmocka_unit_test(several_at_once),
		cmocka_unit_test(too_many_change_nothing),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
