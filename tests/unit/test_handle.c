// SPDX-License-Identifier: MIT
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <base/handle.h>

static void only_what_was_added_exists(void **state)
{
	(void)state;
	static Handle handles[2000]; // several per bucket
	const size_t nb = sizeof(handles) / sizeof(handles[0]);
	for (size_t i = 0; i < nb; i += 2)
		handle_add(&handles[i]);
	for (size_t i = 0; i < nb; i++)
		assert_int_equal(handle_exists(&handles[i]), i % 2 == 0);
	for (size_t i = 0; i < nb; i += 4)
		handle_remove(&handles[i]);
	for (size_t i = 0; i < nb; i++)
		assert_int_equal(handle_exists(&handles[i]), i % 4 == 2);
	for (size_t i = 2; i < nb; i += 4)
		handle_remove(&handles[i]);
	assert_false(handle_exists(NULL));
	assert_false(handle_exists((void *)1));
	assert_false(handle_exists(&handles[2]));
}

int main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(only_what_was_added_exists)};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
