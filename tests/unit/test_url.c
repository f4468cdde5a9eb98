// SPDX-License-Identifier: MIT
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <cmocka.h>

#include <gpac/tools.h>

static void resolves_names(void **state)
{
	(void)state;
	static const struct {
		const char *parent, *name, *result;
	} cases[] = {
		// the examples of the interface specification
		{"http://a/b/c.mpd", "d.mp4", "http://a/b/d.mp4"},
		{"", "x", "x"},
		{"/a/b/", "../c", "/a/c"},
		{"http://x/y?z", "q", "http://x/q"},
		{"a", "", ""},
		// absolute names
		{"http://a/b", "https://c/d%20e", "https://c/d%20e"},
		{"/a/b", "/c", "/c"},
		{"http://a/b/c", "/d", "http://a/d"},
		{"http://a", "/d", "http://a/d"},
		{"http://a/b", "//c/d", "http://c/d"},
		{"a/b", "data:text/plain,x", "data:text/plain,x"},
		{"a/b", "stdin", "stdin"},
		{"a/b", "gfio://0x12&34", "gfio://0x12&34"},
		{"a/b", "C:\\d", "C:\\d"},
		// relative names
		{"a/b.mpd", "./c", "a/c"},
		{"a/b.mpd", "./../c", "c"},
		{"a/b.mpd", "../../c", "../c"},
		{"b.mpd", "../c", "../c"},
		{"../b.mpd", "../c", "../../c"},
		{"./b.mpd", "../c", "../c"},
		{"/b.mpd", "../../c", "/c"},
		{"http://a/b.mpd", "../../c", "http://a/c"},
		{"http://a", "c", "http://a/c"},
		{"http://a/b?x=/y/z", "c?u=http://d/", "http://a/c?u=http://d/"},
		{"http://a/b/c#f", "d", "http://a/b/d"},
		{"a%2Fb%5cc", "d", "a/b/d"},
		{"a\\b", "c\\d", "a/c/d"},
		{"a/b ", "c", "a/c"},
		{"a/b", "#video", "a/b#video"},
		{"a%20b/c", "d%20e?f%20g", "a b/d e?f%20g"},
		{"file:///a/b", "c", "file:///a/c"},
		{"a/b", NULL, "a/b"},
		{NULL, "c", "c"},
		{"gmem://1", "c", NULL},
		{"gfio://0x12&34", "c", NULL},
		{NULL, NULL, NULL},
	};
	for (u32 i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		char *result = gf_url_concatenate(cases[i].parent, cases[i].name);
		if (cases[i].result)
			assert_string_equal(result, cases[i].result);
		else
			assert_null(result);
		gf_url_free(result);
	}
	assert_int_equal(gf_memory_size(), 0);
}

static void refuses_names_that_are_too_long(void **state)
{
	(void)state;
	char *name = malloc(5000);
	memset(name, 'a', 4999);
	name[4999] = 0;
	gf_log_set_tool_level(GF_LOG_CORE, GF_LOG_QUIET);
	assert_null(gf_url_concatenate("a/b", name));
	assert_null(gf_url_concatenate(name, "b"));
	name[4096] = 0;
	char *result = gf_url_concatenate("a/b", name);
	assert_int_equal(strlen(result), 4098);
	gf_url_free(result);
	free(name);
}

static void classifies_names(void **state)
{
	(void)state;
	assert_true(gf_url_is_local("a/b:c"));
	assert_true(gf_url_is_local("file:///a"));
	assert_false(gf_url_is_local("http://a"));
	assert_false(gf_url_is_local(NULL));
	assert_true(gf_url_is_relative("a/b"));
	assert_false(gf_url_is_relative("/a"));
	assert_false(gf_url_is_relative("rtp://a"));
	char url[] = "file:///a/b";
	gf_url_to_fs_path(url);
	assert_string_equal(url, "/a/b");
	assert_string_equal(gf_url_get_resource_name("http://a/b/c.mp4?x=/y"), "c.mp4?x=/y");
	assert_string_equal(gf_url_get_path("http://a:80/b/c"), "/b/c");
	assert_string_equal(gf_url_get_path("/b/c"), "/b/c");
	char *path = gf_url_get_absolute_path("c", "/a/b");
	assert_string_equal(path, "/a/c");
	gf_free(path);
	path = gf_url_get_absolute_path("c", NULL);
	char dir[GF_MAX_PATH];
	assert_non_null(getcwd(dir, sizeof(dir)));
	assert_memory_equal(path, dir, strlen(dir));
	assert_string_equal(path + strlen(dir), "/c");
	gf_free(path);
	assert_null(gf_url_get_absolute_path("http://a", NULL));
	assert_null(gf_url_get_absolute_path("a", "http://a"));
}

static void escapes(void **state)
{
	(void)state;
	char *text = gf_url_percent_encode("a b/\xC3\xA9?x=1%20%");
	assert_string_equal(text, "a%20b/%C3%A9?x=1%20%25");
	gf_free(text);
	text = gf_url_percent_decode("a%20b%2");
	assert_string_equal(text, "a b%2");
	gf_free(text);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(resolves_names),
		cmocka_unit_test(refuses_names_that_are_too_long),
		cmocka_unit_test(classifies_names),
		cmocka_unit_test(escapes),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
