// SPDX-License-Identifier: MIT
// Request targets, dates, ranges and conditions. Expected values come from RFC 9110 and RFC 9112.
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#include <gpac/setup.h>

#include "net/http.h"

static void check_path(const char *target, const char *expected, const char *expected_query)
{
	char *path = NULL, *query = NULL;
	assert_int_equal(http_target_split(target, &path, &query), GF_OK);
	assert_string_equal(path, expected);
	if (expected_query)
		assert_string_equal(query, expected_query);
	else
		assert_null(query);
	gf_free(path);
	gf_free(query);
}

static void targets_are_split(void **state)
{
	(void)state;
	check_path("/", "/", NULL);
	check_path("/a", "/a", NULL);
	check_path("/a/", "/a/", NULL);
	check_path("//a///b//", "/a/b/", NULL);
	check_path("/./a/./b", "/a/b", NULL);
	check_path("/a/.", "/a/", NULL);
	check_path("/.", "/", NULL);
	check_path("/.a/..b/c..", "/.a/..b/c..", NULL);
	check_path("/a%20b%2Bc", "/a b+c", NULL);
	check_path("/%C3%A9", "/\xc3\xa9", NULL);
	check_path("/a?x=%20y?z", "/a", "x=%20y?z");
	check_path("/a?", "/a", "");
	check_path("http://host/a", "/a", NULL);
	check_path("HTTPS://host:8443/a?b", "/a", "b");
	check_path("http://host", "/", NULL);
	check_path("http://host?q", "/", "q");
}

static void wrong_targets_are_refused(void **state)
{
	static const char *const malformed[] = {"", "a", "*", "http://", "ftp://host/a", "/%", "/%4", "/%zz", "/a%00b", "/a%0ab",
		"/\x01", "/a%7f", "host:80"};
	static const char *const traversal[] = {"/..", "/../etc/passwd", "/a/../../b", "/a/..", "/%2e%2e/x", "/%2E./x",
		"/.%2e/x", "/a/%2e%2e%2fb", "/..%2f..%2fetc", "http://host/../x", "/..?x"};
	char *path, *query;
	(void)state;
	for (size_t i = 0; i < sizeof(malformed) / sizeof(*malformed); i++)
		assert_int_equal(http_target_split(malformed[i], &path, &query), GF_BAD_PARAM);
	for (size_t i = 0; i < sizeof(traversal) / sizeof(*traversal); i++)
		assert_int_equal(http_target_split(traversal[i], &path, &query), GF_URL_ERROR);
}

static void dates_of_three_forms(void **state)
{
	// The example of RFC 9110, 5.6.7: Sunday, 6 November 1994, 08:49:37 UTC.
	static const char *const forms[] = {
		"Sun, 06 Nov 1994 08:49:37 GMT", "Sunday, 06-Nov-94 08:49:37 GMT", "Sun Nov  6 08:49:37 1994"};
	static const char *const wrong[] = {"", "yesterday", "Sun, 06 Nov 1994 08:49:37", "Sun, 06 Nov 1994 08:49:37 CET",
		"Sun, 32 Nov 1994 08:49:37 GMT", "Sun, 06 Foo 1994 08:49:37 GMT", "Sun, 06 Nov 1994 25:49:37 GMT",
		"Sun, 06 Nov 1994 08:49:37 GMT x"};
	char text[HTTP_DATE_SIZE];
	u64 seconds;
	(void)state;
	for (size_t i = 0; i < 3; i++) {
		seconds = 0;
		assert_true(http_date_parse(forms[i], &seconds));
		assert_int_equal(seconds, 784111777);
	}
	for (size_t i = 0; i < sizeof(wrong) / sizeof(*wrong); i++)
		assert_false(http_date_parse(wrong[i], &seconds));
	// years of two digits: the next 50, else of the past; 6 November is a Monday or not, nobody looks
	time_t clock = time(NULL);
	const int this_year = gmtime(&clock)->tm_year + 1900;
	for (int ahead = -48; ahead <= 50; ahead += 49) {
		struct tm tm = {.tm_year = this_year + ahead - 1900, .tm_mon = 10, .tm_mday = 6};
		if (this_year + ahead < 1970)
			continue;
		snprintf(text, sizeof(text), "Monday, 06-Nov-%02d 00:00:00 GMT", (this_year + ahead) % 100);
		assert_true(http_date_parse(text, &seconds));
		assert_int_equal(seconds, timegm(&tm));
	}
	http_date_format(784111777, text);
	assert_string_equal(text, forms[0]);
}

typedef struct {
	const char *value;
	u64 size;
	HttpRangeResult result;
	const char *ranges; // "first-last first-last"
} RangeCase;

static void ranges_are_read(void **state)
{
	// The first ones are the examples of RFC 9110, 14.1.2, of a resource of 10000 bytes.
	static const RangeCase cases[] = {
		{"bytes=0-499", 10000, HTTP_RANGES_OK, "0-499"},
		{"bytes=500-999", 10000, HTTP_RANGES_OK, "500-999"},
		{"bytes=-500", 10000, HTTP_RANGES_OK, "9500-9999"},
		{"bytes=9500-", 10000, HTTP_RANGES_OK, "9500-9999"},
		{"bytes=0-0,-1", 10000, HTTP_RANGES_OK, "0-0 9999-9999"},
		{"bytes= 0-0, 4500-4999, -1000", 10000, HTTP_RANGES_OK, "0-0 4500-4999 9000-9999"},
		{"bytes=0-99999", 100, HTTP_RANGES_OK, "0-99"},
		{"bytes=-99999", 100, HTTP_RANGES_OK, "0-99"},
		{"bytes=0-99999999999999999999999", 100, HTTP_RANGES_OK, "0-99"},
		{"bytes=200-300, 10-20", 100, HTTP_RANGES_OK, "10-20"},
		{"bytes=0-1,bytes=4-5", 100, HTTP_RANGES_OK, "0-1 4-5"},
		{"BYTES=,,0-1,,", 100, HTTP_RANGES_OK, "0-1"},
		{"bytes=100-", 100, HTTP_RANGES_WRONG, ""},
		{"bytes=-0", 100, HTTP_RANGES_WRONG, ""},
		{"bytes=0-", 0, HTTP_RANGES_WRONG, ""},
		{"bytes=", 100, HTTP_RANGES_WRONG, ""},
		{"bytes=5-3", 100, HTTP_RANGES_WRONG, ""},
		{"bytes=a-b", 100, HTTP_RANGES_WRONG, ""},
		{"bytes=1", 100, HTTP_RANGES_WRONG, ""},
		{"bytes=-", 100, HTTP_RANGES_WRONG, ""},
		{"bytes=1-2 3-4", 100, HTTP_RANGES_WRONG, ""},
		{"lines=1-2", 100, HTTP_RANGES_IGNORED, ""},
		{"bytes", 100, HTTP_RANGES_IGNORED, ""},
		{"bytes=0-,0-,0-", 100, HTTP_RANGES_IGNORED, ""},
	};
	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		HttpRange ranges[HTTP_MAX_RANGES];
		u32 nb = 99;
		char text[512] = "";
		assert_int_equal(http_ranges_parse(cases[i].value, cases[i].size, ranges, &nb), cases[i].result);
		for (u32 r = 0; r < nb && cases[i].result == HTTP_RANGES_OK; r++)
			snprintf(text + strlen(text), sizeof(text) - strlen(text), "%s%llu-%llu", r ? " " : "",
				(unsigned long long)ranges[r].first, (unsigned long long)ranges[r].last);
		assert_string_equal(text, cases[i].ranges);
	}
}

static void too_many_ranges_are_ignored(void **state)
{
	char value[4096] = "bytes=0-0";
	HttpRange ranges[HTTP_MAX_RANGES];
	u32 nb;
	(void)state;
	for (int i = 1; i <= HTTP_MAX_RANGES; i++)
		snprintf(value + strlen(value), sizeof(value) - strlen(value), ",%d-%d", i * 10, i * 10);
	assert_int_equal(http_ranges_parse(value, 1000000, ranges, &nb), HTTP_RANGES_IGNORED);
}

static u32 check(const HttpConditions *c, const char *etag, u64 modified, Bool is_get)
{
	const HttpValidators v = {etag != NULL, etag, modified, GF_TRUE};
	return http_check_conditions(c, &v, is_get);
}

static void conditions_in_their_order(void **state)
{
	const char *then = "Sun, 06 Nov 1994 08:49:37 GMT";
	const u64 at = 784111777;
	(void)state;
	assert_int_equal(check(&(HttpConditions){0}, "\"a\"", at, GF_TRUE), 0);
	// 13.1.1 If-Match: strong comparison, `*` for any
	assert_int_equal(check(&(HttpConditions){.if_match = "\"a\""}, "\"a\"", at, GF_TRUE), 0);
	assert_int_equal(check(&(HttpConditions){.if_match = "\"b\", \"c\""}, "\"a\"", at, GF_TRUE), 412);
	assert_int_equal(check(&(HttpConditions){.if_match = "W/\"a\""}, "\"a\"", at, GF_TRUE), 412);
	assert_int_equal(check(&(HttpConditions){.if_match = "*"}, "\"a\"", at, GF_FALSE), 0);
	assert_int_equal(check(&(HttpConditions){.if_match = "*"}, NULL, at, GF_FALSE), 412);
	// 13.1.2 If-None-Match: weak comparison; 304 for GET and HEAD, else 412
	assert_int_equal(check(&(HttpConditions){.if_none_match = "\"x\", W/\"a\""}, "\"a\"", at, GF_TRUE), 304);
	assert_int_equal(check(&(HttpConditions){.if_none_match = "a"}, "\"a\"", at, GF_TRUE), 304);
	assert_int_equal(check(&(HttpConditions){.if_none_match = "\"a\""}, "\"a\"", at, GF_FALSE), 412);
	assert_int_equal(check(&(HttpConditions){.if_none_match = "*"}, NULL, at, GF_FALSE), 0);
	assert_int_equal(check(&(HttpConditions){.if_none_match = "\"b\""}, "\"a\"", at, GF_TRUE), 0);
	// 13.1.3 If-Modified-Since, ignored beside If-None-Match, for other methods, and when it is no date
	assert_int_equal(check(&(HttpConditions){.if_modified_since = then}, "\"a\"", at, GF_TRUE), 304);
	assert_int_equal(check(&(HttpConditions){.if_modified_since = then}, "\"a\"", at + 1, GF_TRUE), 0);
	assert_int_equal(check(&(HttpConditions){.if_modified_since = then}, "\"a\"", at, GF_FALSE), 0);
	assert_int_equal(check(&(HttpConditions){.if_modified_since = "soon"}, "\"a\"", at, GF_TRUE), 0);
	assert_int_equal(
		check(&(HttpConditions){.if_modified_since = then, .if_none_match = "\"b\""}, "\"a\"", at, GF_TRUE), 0);
	// 13.1.4 If-Unmodified-Since, ignored beside If-Match
	assert_int_equal(check(&(HttpConditions){.if_unmodified_since = then}, "\"a\"", at, GF_TRUE), 0);
	assert_int_equal(check(&(HttpConditions){.if_unmodified_since = then}, "\"a\"", at + 1, GF_TRUE), 412);
	assert_int_equal(
		check(&(HttpConditions){.if_unmodified_since = then, .if_match = "\"a\""}, "\"a\"", at + 1, GF_TRUE), 0);
	// 13.2.2: If-Match comes first
	assert_int_equal(
		check(&(HttpConditions){.if_match = "\"b\"", .if_none_match = "\"a\""}, "\"a\"", at, GF_TRUE), 412);
}

static void if_range(void **state)
{
	const HttpValidators v = {GF_TRUE, "\"a\"", 784111777, GF_TRUE};
	(void)state;
	assert_true(http_if_range_holds(&(HttpConditions){0}, &v));
	assert_true(http_if_range_holds(&(HttpConditions){.if_range = "\"a\""}, &v));
	assert_false(http_if_range_holds(&(HttpConditions){.if_range = "\"b\""}, &v));
	assert_false(http_if_range_holds(&(HttpConditions){.if_range = "W/\"a\""}, &v));
	assert_true(http_if_range_holds(&(HttpConditions){.if_range = "Sun, 06 Nov 1994 08:49:37 GMT"}, &v));
	assert_false(http_if_range_holds(&(HttpConditions){.if_range = "Sun, 06 Nov 1994 08:49:38 GMT"}, &v));
	const HttpValidators fresh = {GF_TRUE, "\"a\"", 784111777, GF_FALSE};
	assert_false(http_if_range_holds(&(HttpConditions){.if_range = "Sun, 06 Nov 1994 08:49:37 GMT"}, &fresh));
	assert_true(http_if_range_holds(&(HttpConditions){.if_range = "\"a\""}, &fresh));
}

static void lists_have_tokens(void **state)
{
	(void)state;
	assert_true(http_list_has("gzip, deflate", "gzip"));
	assert_true(http_list_has("deflate,GZIP;q=0.5", "gzip"));
	assert_false(http_list_has("gzip;q=0", "gzip"));
	assert_false(http_list_has("gzip;q=0.000", "gzip"));
	assert_true(http_list_has("gzip;q=0.001", "gzip"));
	assert_false(http_list_has("xgzip", "gzip"));
	assert_false(http_list_has("", "gzip"));
	assert_false(http_list_has(NULL, "gzip"));
}

static void targets_are_decoded(void **state)
{
	(void)state;
	static const char *const targets[][2] = {{"/a?x=1%20y%zz%00", "/a?x=1 y%zz%00"}, {"*", "*"}, {"/", "/"},
		{"http://host:80/a?b=%41", "/a?b=A"}, {"http://host", "/"}, {"https://host?b", "/?b"}};
	for (size_t i = 0; i < sizeof(targets) / sizeof(*targets); i++) {
		char *text = http_target_decode(targets[i][0]);
		assert_string_equal(text, targets[i][1]);
		gf_free(text);
	}
}

static void paths_are_encoded(void **state)
{
	(void)state;
	char *text = http_path_encode("/a b/c?d#e%41\xc3\xa9\"<~");
	assert_string_equal(text, "/a%20b/c%3Fd%23e%2541%C3%A9%22%3C~");
	gf_free(text);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(targets_are_split),
		cmocka_unit_test(wrong_targets_are_refused),
		cmocka_unit_test(targets_are_decoded),
		cmocka_unit_test(paths_are_encoded),
		cmocka_unit_test(dates_of_three_forms),
		cmocka_unit_test(ranges_are_read),
		cmocka_unit_test(too_many_ranges_are_ignored),
		cmocka_unit_test(conditions_in_their_order),
		cmocka_unit_test(if_range),
		cmocka_unit_test(lists_have_tokens),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
