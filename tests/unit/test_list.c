// SPDX-License-Identifier: MIT
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <gpac/list.h>
#include "base/str_list.h"

#define ITEM(n) ((void *)(uintptr_t)(n))

static void assert_items(GF_List *list, u32 count, const u32 *items)
{
	assert_int_equal(gf_list_count(list), count);
	for (u32 i = 0; i < count; i++)
		assert_ptr_equal(gf_list_get(list, i), ITEM(items[i]));
	assert_null(gf_list_get(list, count));
}

static void keeps_items_in_order(void **state)
{
	(void)state;
	GF_List *list = gf_list_new();
	for (u32 i = 1; i <= 4; i++)
		assert_int_equal(gf_list_add(list, ITEM(i)), GF_OK);
	assert_int_equal(gf_list_insert(list, ITEM(9), 1), GF_OK);
	assert_int_equal(gf_list_insert(list, ITEM(8), 100), GF_OK);
	assert_int_equal(gf_list_insert(list, NULL, 0), GF_BAD_PARAM);
	assert_items(list, 6, (u32[]){1, 9, 2, 3, 4, 8});
	assert_int_equal(gf_list_find(list, ITEM(3)), 3);
	assert_int_equal(gf_list_find(list, ITEM(7)), -1);
	assert_int_equal(gf_list_del_item(list, ITEM(9)), 1);
	assert_int_equal(gf_list_del_item(list, ITEM(9)), -1);
	assert_int_equal(gf_list_rem(list, 0), GF_OK);
	assert_int_equal(gf_list_rem(list, 4), GF_BAD_PARAM);
	assert_int_equal(gf_list_rem_last(list), GF_OK);
	assert_items(list, 3, (u32[]){2, 3, 4});
	assert_ptr_equal(gf_list_last(list), ITEM(4));
	u32 pos = 0, sum = 0;
	for (void *item; (item = gf_list_enum(list, &pos));)
		sum += (u32)(uintptr_t)item;
	assert_int_equal(sum, 9);
	assert_ptr_equal(gf_list_pop_back(list), ITEM(4));
	assert_ptr_equal(gf_list_pop_front(list), ITEM(2));
	assert_items(list, 1, (u32[]){3});
	gf_list_reset(list);
	assert_null(gf_list_pop_front(list));
	assert_null(gf_list_pop_back(list));
	assert_null(gf_list_last(list));
	assert_int_equal(gf_list_rem_last(list), GF_BAD_PARAM);
	gf_list_del(list);
	assert_int_equal(gf_memory_size(), 0);
}

static void is_a_queue_of_constant_size(void **state)
{
	(void)state;
	GF_List *list = gf_list_new();
	for (u32 i = 1; i <= 20; i++)
		gf_list_add(list, ITEM(i));
	u64 size = 0;
	for (u32 i = 21; i <= 100000; i++) {
		gf_list_add(list, ITEM(i));
		assert_ptr_equal(gf_list_pop_front(list), ITEM(i - 20));
		if (i == 1000)
			size = gf_memory_size();
	}
	assert_int_equal(gf_list_count(list), 20);
	assert_int_equal(gf_memory_size(), size);
	gf_list_insert(list, ITEM(5), 0);
	assert_ptr_equal(gf_list_get(list, 0), ITEM(5));
	assert_ptr_equal(gf_list_get(list, 20), ITEM(100000));
	gf_list_del(list);
}

static void copies_and_moves(void **state)
{
	(void)state;
	GF_List *a = gf_list_new();
	GF_List *b = gf_list_new();
	for (u32 i = 1; i <= 3; i++)
		gf_list_add(a, ITEM(i));
	gf_list_pop_front(a);
	gf_list_add(b, ITEM(7));
	GF_List *copy = gf_list_clone(a);
	assert_items(copy, 2, (u32[]){2, 3});
	assert_int_equal(gf_list_transfer(copy, b), GF_OK);
	assert_items(copy, 3, (u32[]){2, 3, 7});
	assert_items(b, 0, NULL);
	assert_int_equal(gf_list_swap(a, copy), GF_OK);
	assert_items(a, 3, (u32[]){2, 3, 7});
	assert_items(copy, 2, (u32[]){2, 3});
	assert_int_equal(gf_list_transfer(a, a), GF_BAD_PARAM);
	gf_list_del(a);
	gf_list_del(b);
	gf_list_del(copy);
	assert_int_equal(gf_memory_size(), 0);
}

static void takes_null_for_empty(void **state)
{
	(void)state;
	assert_int_equal(gf_list_count(NULL), 0);
	assert_null(gf_list_get(NULL, 0));
	assert_int_equal(gf_list_add(NULL, ITEM(1)), GF_BAD_PARAM);
	assert_int_equal(gf_list_rem(NULL, 0), GF_BAD_PARAM);
	assert_int_equal(gf_list_find(NULL, ITEM(1)), -1);
	assert_null(gf_list_clone(NULL));
	gf_list_reset(NULL);
	gf_list_del(NULL);
}

static void finds_words_in_lists(void **state)
{
	(void)state;
	assert_true(str_list_has("mp4|mov|m4v", '|', "mp4") && str_list_has("mp4|mov|m4v", '|', "m4v"));
	assert_false(str_list_has("mp4|mov|m4v", '|', "m4") || str_list_has("mp4|mov|m4v", '|', "mp4|mov"));
	assert_false(str_list_has("mp4|mov", '|', "MOV") || str_list_has("mp4|mov", '|', ""));
	assert_true(str_list_has_nocase("mp4|mov", '|', "MOV") && str_list_has("a,,b", ',', ""));
	assert_false(str_list_has(NULL, ',', "a"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(keeps_items_in_order),
		cmocka_unit_test(is_a_queue_of_constant_size),
		cmocka_unit_test(copies_and_moves),
		cmocka_unit_test(takes_null_for_empty),
		cmocka_unit_test(finds_words_in_lists),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
