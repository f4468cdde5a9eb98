// SPDX-License-Identifier: MIT
#include <malloc.h>
#include <pthread.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>
#include <cmocka.h>

#include <gpac/tools.h>

#include <base/str.h>

static void counts_each_byte(void **state)
{
	(void)state;
	u64 before = gf_memory_size();
	char *a = gf_malloc(1000);
	assert_int_equal(gf_memory_size() - before, malloc_usable_size(a));
	char *b = gf_calloc(10, 100);
	for (u32 i = 0; i < 1000; i++)
		assert_int_equal(b[i], 0);
	a = gf_realloc(a, 100000);
	assert_int_equal(gf_memory_size() - before, malloc_usable_size(a) + malloc_usable_size(b));
	a = gf_realloc(a, 10);
	char *c = gf_strdup("text");
	assert_string_equal(c, "text");
	assert_int_equal(
		gf_memory_size() - before, malloc_usable_size(a) + malloc_usable_size(b) + malloc_usable_size(c));
	gf_free(a);
	gf_free(b);
	gf_free(c);
	gf_free(NULL);
	assert_int_equal(gf_memory_size(), before);
	assert_null(gf_strdup(NULL));
	assert_null(gf_realloc(gf_malloc(5), 0));
	assert_int_equal(gf_memory_size(), before);
}

static void *churn(void *arg)
{
	(void)arg;
	void *blocks[64] = {0};
	for (u32 i = 0; i < 20000; i++) {
		u32 k = i * 7 % 64;
		blocks[k] = gf_realloc(blocks[k], 1 + i % 500);
		if (i % 3 == 0) {
			gf_free(blocks[k]);
			blocks[k] = NULL;
		}
	}
	for (u32 k = 0; k < 64; k++)
		gf_free(blocks[k]);
	return NULL;
}

static void churn_on_threads(void)
{
	u64 before = gf_memory_size();
	pthread_t threads[4];
	for (u32 i = 0; i < 4; i++)
		assert_int_equal(pthread_create(&threads[i], NULL, churn, NULL), 0);
	for (u32 i = 0; i < 4; i++)
		pthread_join(threads[i], NULL);
	assert_int_equal(gf_memory_size(), before);
}

static void is_exact_with_threads(void **state)
{
	(void)state;
	churn_on_threads();
}

static void collect(void *text, GF_LOG_Level level, GF_LOG_Tool tool, const char *fmt, va_list args)
{
	(void)level;
	assert_int_equal(tool, GF_LOG_MEMORY);
	char line[1024];
	vsnprintf(line, sizeof(line), fmt, args);
	strncat(text, line, 65535 - strlen(text));
}

static void lists_live_blocks(void **state)
{
	(void)state;
	assert_int_equal(gf_sys_init(GF_MemTrackerBackTrace, "0"), GF_OK);
	churn_on_threads();
	void *leak = gf_malloc(12345);
	static char text[65536];
	gf_sys_close();
	gf_log_set_tool_level(GF_LOG_MEMORY, GF_LOG_INFO);
	gf_log_set_callback(text, collect);
	gf_memory_print();
	char expected[64];
	snprintf(expected, sizeof(expected), "%zu bytes at %p", malloc_usable_size(leak), leak);
	assert_non_null(strstr(text, expected));
	assert_non_null(strstr(text, "[mem]   ")); // a caller
	gf_free(leak);
	text[0] = 0;
	gf_memory_print();
	assert_null(strstr(text, expected));
	gf_log_set_callback(NULL, NULL);
	assert_int_equal(gf_memory_size(), 0);
	assert_int_equal(gf_sys_init(GF_MemTrackerNone, "0"), GF_OK);
	gf_sys_close();
	assert_int_equal(gf_memory_size(), 0);
}

static void builds_strings(void **state)
{
	(void)state;
	StrBuf sb;
	sb_init(&sb);
	assert_string_equal(sb_str(&sb), "");
	sb_add(&sb, "a=");
	sb_addf(&sb, "%d %s", 42, "long enough to make the buffer grow more than once");
	sb_addc(&sb, ';');
	sb_addn(&sb, "xyz", 2);
	assert_string_equal(sb_str(&sb), "a=42 long enough to make the buffer grow more than once;xy");
	sb_cut(&sb, 4);
	sb_addf(&sb, "%s", "");
	char *text = sb_take(&sb);
	assert_string_equal(text, "a=42");
	gf_free(text);
	text = sb_take(&sb);
	assert_string_equal(text, "");
	gf_free(text);
	sb_addn(&sb, "x", SB_MAX_LEN + 1);
	sb_add(&sb, "y");
	assert_true(sb.failed);
	assert_null(sb_take(&sb));
	assert_false(sb.failed);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(counts_each_byte),
		cmocka_unit_test(is_exact_with_threads),
		cmocka_unit_test(lists_live_blocks),
		cmocka_unit_test(builds_strings),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
