// SPDX-License-Identifier: MIT
// Property maps: keys, order, ownership of values, sharing.

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <cmocka.h>
#include <string.h>
#include <gpac/constants.h>
#include "graph/prop_map.h"

static u64 memory_before;

static int setup(void **state)
{
	(void)state;
	memory_before = gf_memory_size();
	return 0;
}

static int check_memory(void **state)
{
	(void)state;
	assert_int_equal(gf_memory_size(), memory_before);
	return 0;
}

static u32 get_uint(const PropMap *map, u32 code)
{
	const GF_PropertyValue *val = propmap_get(map, code, NULL);
	assert_non_null(val);
	return val->value.uint;
}

static Bool set(PropMap *map, u32 code, const char *name, const GF_PropertyValue *val)
{
	Bool changed = 2;
	assert_int_equal(propmap_set(map, code, name, val, &changed), GF_OK);
	assert_true(changed == GF_TRUE || changed == GF_FALSE);
	return changed;
}

static void test_keys(void **state)
{
	(void)state;
	PropMap *map = propmap_new();
	assert_null(propmap_get(map, GF_PROP_PID_ID, NULL));
	assert_null(propmap_get(map, 0, "Foo"));
	assert_null(propmap_get(map, 0, NULL));

	assert_true(set(map, GF_PROP_PID_ID, NULL, PROP_UINT(1)));
	assert_true(set(map, 0, "Foo", PROP_STRING("x")));
	assert_true(set(map, 0, "ID", PROP_UINT(2)));
	assert_int_equal(get_uint(map, GF_PROP_PID_ID), 1);
	assert_int_equal(propmap_get(map, 0, "ID")->value.uint, 2);
	// a name is found whole only
	assert_null(propmap_get(map, 0, "Fo"));
	assert_null(propmap_get(map, 0, "Fooo"));
	assert_int_equal(propmap_set(map, 0, NULL, PROP_UINT(1), NULL), GF_BAD_PARAM);

	// removal, also of an absent key
	assert_true(set(map, 0, "Foo", NULL));
	assert_false(set(map, 0, "Foo", NULL));
	assert_null(propmap_get(map, 0, "Foo"));
	propmap_unref(map);
}

static void test_many_keys(void **state)
{
	(void)state;
	PropMap *map = propmap_new();
	char name[20];
	for (u32 i = 0; i < 100; i++) {
		snprintf(name, sizeof(name), "key%u", i);
		set(map, 0, name, PROP_UINT(i));
	}
	for (u32 i = 0; i < 100; i += 2) {
		snprintf(name, sizeof(name), "key%u", i);
		set(map, 0, name, NULL);
	}
	assert_int_equal(map->count, 50);
	for (u32 i = 0; i < 100; i++) {
		snprintf(name, sizeof(name), "key%u", i);
		const GF_PropertyValue *val = propmap_get(map, 0, name);
		assert_int_equal(val != NULL, i % 2);
		if (val)
			assert_int_equal(val->value.uint, i);
	}
	propmap_unref(map);
}

static void test_order(void **state)
{
	(void)state;
	PropMap *map = propmap_new();
	set(map, GF_PROP_PID_WIDTH, NULL, PROP_UINT(10));
	set(map, 0, "user", PROP_UINT(20));
	set(map, GF_PROP_PID_HEIGHT, NULL, PROP_UINT(30));
	set(map, GF_PROP_PID_WIDTH, NULL, PROP_UINT(11)); // moves to the end

	static const u32 expected[] = {20, 30, 11};
	u32 idx = 0, p4cc;
	const char *name;
	for (u32 i = 0; i < 3; i++) {
		const GF_PropertyValue *val = propmap_enum(map, &idx, &p4cc, &name);
		assert_non_null(val);
		assert_int_equal(idx, i + 1);
		assert_int_equal(val->value.uint, expected[i]);
		assert_true(i ? p4cc && !name : !p4cc && !strcmp(name, "user"));
	}
	assert_null(propmap_enum(map, &idx, &p4cc, &name));
	propmap_unref(map);
}

static void test_change_detection(void **state)
{
	(void)state;
	PropMap *map = propmap_new();
	set(map, 0, "s", PROP_STRING("a"));
	assert_false(set(map, 0, "s", PROP_STRING("a")));
	assert_false(set(map, 0, "s", PROP_NAME("a")));
	// these match as capabilities but are other texts
	assert_true(set(map, 0, "s", PROP_STRING("a|b")));
	assert_true(set(map, 0, "s", PROP_STRING("a")));
	assert_true(propmap_differs(map, 0, "s", PROP_STRING("*")));
	assert_false(propmap_differs(map, 0, "s", PROP_STRING("a")));
	assert_true(propmap_differs(map, 0, "s", PROP_UINT(1)));
	assert_true(propmap_differs(map, 0, "s", NULL));
	assert_false(propmap_differs(map, 0, "t", NULL));
	assert_true(propmap_differs(map, 0, "t", PROP_UINT(0)));
	// families of types
	set(map, GF_PROP_PID_PIXFMT, NULL, PROP_UINT(GF_PIXEL_YUV));
	assert_false(set(map, GF_PROP_PID_PIXFMT, NULL, PROP_ENUM(GF_PIXEL_YUV, GF_PROP_PIXFMT)));
	set(map, GF_PROP_PID_FPS, NULL, PROP_FRAC_INT(50, 2));
	assert_false(set(map, GF_PROP_PID_FPS, NULL, PROP_FRAC_INT(25, 1)));
	assert_true(set(map, GF_PROP_PID_FPS, NULL, PROP_FRAC_INT(0, 0)));
	propmap_unref(map);
}

static void test_copied_values(void **state)
{
	(void)state;
	PropMap *map = propmap_new();
	char text[] = "text";
	u8 bytes[] = {1, 2, 3};
	u32 numbers[] = {4, 5};
	GF_PropVec2i pairs[] = {{6, 7}};
	char *strings[] = {text, NULL};
	GF_PropertyValue list = {.type = GF_PROP_UINT_LIST, .value.uint_list = {numbers, 2}};
	GF_PropertyValue plist = {.type = GF_PROP_VEC2I_LIST, .value.v2i_list = {pairs, 1}};
	GF_PropertyValue slist = {.type = GF_PROP_STRING_LIST_COPY, .value.string_list = {strings, 2}};
	set(map, 0, "str", PROP_STRING(text));
	set(map, 0, "mem", PROP_DATA(bytes, 3));
	set(map, 0, "uintl", &list);
	set(map, 0, "v2il", &plist);
	set(map, 0, "strl", &slist);
	memset(text, 0, sizeof(text));
	memset(bytes, 0, sizeof(bytes));
	memset(numbers, 0, sizeof(numbers));
	memset(pairs, 0, sizeof(pairs));

	assert_string_equal(propmap_get(map, 0, "str")->value.string, "text");
	assert_memory_equal(propmap_get(map, 0, "mem")->value.data.ptr, "\1\2\3", 3);
	assert_int_equal(propmap_get(map, 0, "uintl")->value.uint_list.vals[1], 5);
	assert_int_equal(propmap_get(map, 0, "v2il")->value.v2i_list.vals[0].y, 7);
	const GF_PropertyValue *stored = propmap_get(map, 0, "strl");
	assert_int_equal(stored->type, GF_PROP_STRING_LIST);
	assert_string_equal(stored->value.string_list.vals[0], "text");
	assert_null(stored->value.string_list.vals[1]);

	// an empty list is a value
	list.value.uint_list = (GF_PropUIntList){NULL, 0};
	set(map, 0, "uintl", &list);
	assert_int_equal(propmap_get(map, 0, "uintl")->value.uint_list.nb_items, 0);
	assert_int_equal(propmap_set(map, 0, "mem", PROP_DATA(NULL, 3), NULL), GF_BAD_PARAM);
	propmap_unref(map);
}

static GF_PropertyValue string_list(const char *a, const char *b)
{
	GF_PropertyValue val = {.type = GF_PROP_STRING_LIST};
	val.value.string_list.nb_items = 2;
	val.value.string_list.vals = gf_malloc(2 * sizeof(char *));
	val.value.string_list.vals[0] = gf_strdup(a);
	val.value.string_list.vals[1] = gf_strdup(b);
	return val;
}

// Memory given away is freed whether the value is new, equal to the old one, or refused.
static void test_given_values(void **state)
{
	(void)state;
	PropMap *map = propmap_new();
	for (u32 i = 0; i < 2; i++) {
		assert_int_equal(set(map, 0, "str", PROP_STRING_NO_COPY(gf_strdup("x"))), !i);
		assert_int_equal(set(map, 0, "mem", PROP_DATA_NO_COPY(gf_strdup("abc"), 3)), !i);
		GF_PropertyValue list = string_list(i ? "b" : "a", i ? "a" : "b"); // order does not count
		assert_int_equal(set(map, 0, "strl", &list), !i);
	}
	assert_int_equal(propmap_get(map, 0, "str")->type, GF_PROP_STRING);
	assert_int_equal(propmap_get(map, 0, "mem")->type, GF_PROP_DATA);
	GF_PropertyValue list = string_list("c", "d");
	assert_int_equal(propmap_set(map, 0, NULL, &list, NULL), GF_BAD_PARAM);
	propmap_drop_value(PROP_STRING_NO_COPY(gf_strdup("y")));
	propmap_drop_value(PROP_STRING("kept"));
	propmap_drop_value(NULL);
	propmap_unref(map);
}

static void test_borrowed_values(void **state)
{
	(void)state;
	static char text[] = "kept";
	PropMap *map = propmap_new();
	set(map, 0, "cstr", PROP_NAME(text));
	set(map, 0, "cmem", PROP_CONST_DATA(text, 4));
	set(map, 0, "ptr", PROP_POINTER(map));
	assert_ptr_equal(propmap_get(map, 0, "cstr")->value.string, text);
	assert_ptr_equal(propmap_get(map, 0, "cmem")->value.data.ptr, text);
	assert_ptr_equal(propmap_get(map, 0, "ptr")->value.ptr, map);
	propmap_unref(map);
}

static void test_timescale(void **state)
{
	(void)state;
	PropMap *map = propmap_new();
	assert_int_equal(map->timescale, 0);
	set(map, GF_PROP_PID_TIMESCALE, NULL, PROP_UINT(1000));
	set(map, GF_PROP_PID_TIMESCALE, NULL, PROP_UINT(90000));
	assert_int_equal(map->timescale, 90000);
	PropMap *copy = propmap_clone(map);
	assert_int_equal(copy->timescale, 90000);
	set(map, GF_PROP_PID_TIMESCALE, NULL, NULL);
	assert_int_equal(map->timescale, 0);
	assert_int_equal(copy->timescale, 90000);
	propmap_unref(copy);
	propmap_unref(map);
}

static void test_stale_templates(void **state)
{
	(void)state;
	PropMap *map = propmap_new();
	set(map, GF_PROP_PID_ISOM_SUBTYPE, NULL, PROP_4CC(GF_4CC('a', 'v', 'c', '1')));
	set(map, GF_PROP_PID_ISOM_STSD_ALL_TEMPLATES, NULL, PROP_DATA("abc", 3));
	set(map, GF_PROP_PID_ISOM_STSD_TEMPLATE, NULL, PROP_DATA("abc", 3));
	set(map, GF_PROP_PID_CODECID, NULL, PROP_UINT(GF_CODECID_AVC)); // first value: nothing is dropped
	set(map, GF_PROP_PID_STREAM_TYPE, NULL, PROP_UINT(GF_STREAM_VISUAL));
	assert_int_equal(map->count, 5);

	set(map, GF_PROP_PID_STREAM_TYPE, NULL, PROP_UINT(GF_STREAM_ENCRYPTED));
	assert_null(propmap_get(map, GF_PROP_PID_ISOM_STSD_ALL_TEMPLATES, NULL));
	assert_non_null(propmap_get(map, GF_PROP_PID_ISOM_STSD_TEMPLATE, NULL));

	set(map, GF_PROP_PID_ISOM_STSD_ALL_TEMPLATES, NULL, PROP_DATA("abc", 3));
	set(map, GF_PROP_PID_CODECID, NULL, PROP_UINT(GF_CODECID_HEVC));
	assert_int_equal(map->count, 2);
	propmap_unref(map);
}

static Bool keep_names(void *cbk, u32 code, const char *name, const GF_PropertyValue *val)
{
	(void)code;
	(void)val;
	++*(u32 *)cbk;
	return name != NULL;
}

static void test_sharing(void **state)
{
	(void)state;
	PropMap *map = propmap_new();
	set(map, GF_PROP_PID_ID, NULL, PROP_UINT(1));
	set(map, 0, "name", PROP_STRING("a"));
	PropMap *copy = propmap_clone(map);
	assert_ptr_equal(propmap_get(copy, 0, "name"), propmap_get(map, 0, "name"));
	set(copy, 0, "name", PROP_STRING("b"));
	assert_string_equal(propmap_get(map, 0, "name")->value.string, "a");

	// merging replaces, and moves what it replaced to the end
	PropMap *dst = propmap_new();
	set(dst, 0, "name", PROP_STRING("old"));
	set(dst, 0, "other", PROP_UINT(3));
	u32 nb_asked = 0;
	assert_int_equal(propmap_merge(dst, map, keep_names, &nb_asked), GF_OK);
	assert_int_equal(nb_asked, 2);
	assert_int_equal(dst->count, 2);
	assert_string_equal(dst->items[1]->name, "name");
	assert_string_equal(dst->items[1]->val.value.string, "a");
	assert_int_equal(propmap_merge(dst, map, NULL, NULL), GF_OK);
	assert_int_equal(dst->count, 3);
	assert_int_equal(propmap_merge(dst, dst, NULL, NULL), GF_OK);

	// an entry outlives the maps that held it
	GF_PropertyEntry *entry = propmap_get_entry(map, 0, "name");
	propentry_ref(entry);
	propmap_ref(map);
	propmap_unref(map);
	propmap_unref(map);
	propmap_unref(copy);
	propmap_unref(dst);
	assert_string_equal(entry->val.value.string, "a");
	propentry_unref(entry);
	propentry_unref(NULL);
	propmap_unref(NULL);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_keys, setup, check_memory),
		cmocka_unit_test_setup_teardown(test_many_keys, setup, check_memory),
		cmocka_unit_test_setup_teardown(test_order, setup, check_memory),
		cmocka_unit_test_setup_teardown(test_change_detection, setup, check_memory),
		cmocka_unit_test_setup_teardown(test_copied_values, setup, check_memory),
		cmocka_unit_test_setup_teardown(test_given_values, setup, check_memory),
		cmocka_unit_test_setup_teardown(test_borrowed_values, setup, check_memory),
		cmocka_unit_test_setup_teardown(test_timescale, setup, check_memory),
		cmocka_unit_test_setup_teardown(test_stale_templates, setup, check_memory),
		cmocka_unit_test_setup_teardown(test_sharing, setup, check_memory),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
