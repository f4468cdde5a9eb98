// SPDX-License-Identifier: MIT
// The rules of HTTP caches. Expected values come from RFC 9111; clauses are named.
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <string.h>

#include <gpac/setup.h>

#include "net/http_cache.h"

#define DATE "Sun, 06 Nov 1994 08:49:37 GMT"
#define DATE_S 784111777u

// Fields from `Name: value` texts, the last one NULL.
static HttpFields fields_of(const char *const *lines)
{
	HttpFields fields = {0};
	for (; *lines; lines++) {
		char name[40];
		size_t len = strcspn(*lines, ":");
		memcpy(name, *lines, len);
		name[len] = 0;
		assert_int_equal(http_fields_add(&fields, name, *lines + len + 2), GF_OK);
	}
	return fields;
}

#define FIELDS(...) fields_of((const char *const[]){__VA_ARGS__, NULL})

static void check_store(HttpFields fields, Bool expected)
{
	assert_int_equal(http_may_store(&fields), expected);
	http_fields_reset(&fields);
}

static void check_fresh(HttpFields fields, u64 after, Bool expected)
{
	assert_int_equal(http_is_fresh(&fields, DATE_S, DATE_S + after), expected);
	http_fields_reset(&fields);
}

static void storing(void **state)
{
	(void)state;
	check_store(FIELDS("ETag: \"1\""), GF_TRUE);
	check_store(FIELDS("Cache-Control: no-store"), GF_FALSE); // 5.2.2.5
	check_store(FIELDS("Cache-Control: max-age=5, No-Store"), GF_FALSE);
	check_store(FIELDS("Cache-Control: max-age=5", "cache-control: no-store"), GF_FALSE);
	check_store(FIELDS("Cache-Control: ext=\"a, no-store\""), GF_TRUE); // one directive with a quoted comma
	check_store(FIELDS("Cache-Control: private"), GF_TRUE);             // 5.2.2.7: this cache is private
	check_store(FIELDS("Vary: *", "ETag: \"1\""), GF_FALSE);            // 4.1
	check_store(FIELDS("Vary: Cookie"), GF_FALSE);
	check_store(FIELDS("Vary: Cookie", "ETag: \"1\""), GF_TRUE);
	check_store(FIELDS("Vary: accept-encoding"), GF_TRUE);
}

static void freshness(void **state)
{
	(void)state;
	// 5.2.2.1: max-age; it is stale when its age has reached that
	check_fresh(FIELDS("Cache-Control: max-age=60", "Date: " DATE), 59, GF_TRUE);
	check_fresh(FIELDS("Cache-Control: max-age=60", "Date: " DATE), 60, GF_FALSE);
	check_fresh(FIELDS("Cache-Control: max-age=\"60\"", "Date: " DATE), 59, GF_TRUE);
	check_fresh(FIELDS("Cache-Control: max-age=x"), 0, GF_FALSE);
	check_fresh(FIELDS("Cache-Control: max-age=99999999999999999999"), 1000000, GF_TRUE); // 1.2.2
	// 4.2.3: the age that caches on the way tell, and that of the clocks
	check_fresh(FIELDS("Cache-Control: max-age=60", "Age: 50", "Date: " DATE), 9, GF_TRUE);
	check_fresh(FIELDS("Cache-Control: max-age=60", "Age: 50", "Date: " DATE), 10, GF_FALSE);
	check_fresh(FIELDS("Cache-Control: max-age=60", "Date: Sun, 06 Nov 1994 08:49:07 GMT"), 29, GF_TRUE);
	check_fresh(FIELDS("Cache-Control: max-age=60", "Date: Sun, 06 Nov 1994 08:49:07 GMT"), 30, GF_FALSE);
	// 5.3: Expires, which max-age overrides
	check_fresh(FIELDS("Expires: Sun, 06 Nov 1994 08:50:37 GMT", "Date: " DATE), 59, GF_TRUE);
	check_fresh(FIELDS("Expires: Sun, 06 Nov 1994 08:50:37 GMT", "Date: " DATE), 60, GF_FALSE);
	check_fresh(FIELDS("Expires: 0"), 0, GF_FALSE);
	check_fresh(FIELDS("Expires: Sun, 06 Nov 2044 08:50:37 GMT", "Cache-Control: max-age=0"), 0, GF_FALSE);
	// 5.2.2.4, 5.4
	check_fresh(FIELDS("Cache-Control: no-cache, max-age=60"), 0, GF_FALSE);
	check_fresh(FIELDS("Cache-Control: no-cache=\"Set-Cookie\", max-age=60"), 0, GF_FALSE);
	check_fresh(FIELDS("Pragma: no-cache", "Expires: Sun, 06 Nov 2044 08:50:37 GMT"), 0, GF_FALSE);
	check_fresh(FIELDS("Pragma: no-cache", "Cache-Control: max-age=60"), 1, GF_TRUE);
	// nothing said, or a selection that is not known: the server is asked
	check_fresh(FIELDS("Last-Modified: " DATE), 0, GF_FALSE);
	check_fresh(FIELDS("Vary: Cookie", "ETag: \"1\"", "Cache-Control: max-age=60"), 0, GF_FALSE);
}

static void must_revalidate(void **state)
{
	(void)state;
	HttpFields fields = FIELDS("Cache-Control: max-age=1, must-revalidate");
	assert_true(http_must_revalidate(&fields));
	http_fields_reset(&fields);
	fields = FIELDS("Cache-Control: max-age=1");
	assert_false(http_must_revalidate(&fields));
	http_fields_reset(&fields);
}

// 3.2: fields of a 304 replace those stored, but those of the body that it has not.
static void refreshing(void **state)
{
	(void)state;
	HttpFields stored = FIELDS("ETag: \"1\"", "Content-Length: 10", "Cache-Control: max-age=1", "Content-Type: a/b");
	HttpFields answer = FIELDS("cache-control: max-age=100", "Content-Length: 0", "Date: " DATE);
	assert_int_equal(http_fields_refresh(&stored, &answer), GF_OK);
	assert_string_equal(http_fields_get(&stored, "Cache-Control"), "max-age=100");
	assert_string_equal(http_fields_get(&stored, "Content-Length"), "10");
	assert_string_equal(http_fields_get(&stored, "ETag"), "\"1\"");
	assert_string_equal(http_fields_get(&stored, "Date"), DATE);
	assert_int_equal(stored.nb, 5);
	http_fields_reset(&stored);
	http_fields_reset(&answer);
}

static void content_ranges(void **state)
{
	(void)state;
	u64 first, size;
	http_content_range("bytes 5-9/100", &first, &size);
	assert_int_equal(first, 5);
	assert_int_equal(size, 100);
	http_content_range("bytes 5-9/*", &first, &size);
	assert_true(first == 5 && size == ~0ULL);
	http_content_range("bytes */100", &first, &size);
	assert_true(first == ~0ULL && size == 100);
	http_content_range("lines 5-9/100", &first, &size);
	assert_true(first == ~0ULL && size == ~0ULL);
	http_content_range(NULL, &first, &size);
	assert_true(first == ~0ULL && size == ~0ULL);
}

static void descriptions_come_back(void **state)
{
	(void)state;
	HttpStored back, s = {.url = "http://host/a?b=c d", .first = 3, .last = ~0ULL, .body = "abc.data", .size = 1ULL << 40,
		.answered = 5, .fields = FIELDS("ETag: \"a:b\"", "Empty: ", "Wrong: a\rb", "X: 1", "x: 2")};
	char *text = http_stored_write(&s);
	assert_int_equal(http_stored_read(text, strlen(text), &back), GF_OK);
	assert_string_equal(back.url, s.url);
	assert_string_equal(back.body, s.body);
	assert_true(back.first == 3 && back.last == ~0ULL && back.size == 1ULL << 40 && back.answered == 5);
	assert_int_equal(back.fields.nb, 4); // not the one with a line end
	assert_string_equal(http_fields_get(&back.fields, "ETag"), "\"a:b\"");
	assert_string_equal(http_fields_get(&back.fields, "Empty"), "");
	http_stored_reset(&back);
	// no part of it is taken for the whole
	for (size_t i = 0; i < strlen(text); i++)
		assert_int_equal(http_stored_read(text, i, &back), GF_NON_COMPLIANT_BITSTREAM);
	gf_free(text);
	http_fields_reset(&s.fields);
}

#define HEAD "libgpac HTTP cache 1\nrange 0 1\nsize 2\ntime 3\n"

static void wrong_descriptions_are_refused(void **state)
{
	static const char *const wrong[] = {"", "\n", "libgpac HTTP cache 2\nrange 0 1\nsize 2\ntime 3\nbody a\nurl b\nend\n",
		HEAD "body ../a\nurl b\nend\n", HEAD "body /etc/passwd\nurl b\nend\n", HEAD "body .\nurl b\nend\n",
		HEAD "body a\nurl \nend\n", HEAD "body a\nurl b\nfield x\nend\n", HEAD "body a\nurl b\nfield :x\nend\n",
		HEAD "body a\nurl b\nend\nmore\n", HEAD "url b\nbody a\nend\n",
		"libgpac HTTP cache 1\nrange 0\nsize 2\ntime 3\nbody a\nurl b\nend\n",
		"libgpac HTTP cache 1\nrange 0 1 2\nsize 2\ntime 3\nbody a\nurl b\nend\n",
		"libgpac HTTP cache 1\nrange 0 1\nsize -2\ntime 3\nbody a\nurl b\nend\n"};
	static const char zero[] = HEAD "body a\0b\nurl b\nend\n";
	HttpStored s;
	(void)state;
	for (size_t i = 0; i < sizeof(wrong) / sizeof(*wrong); i++)
		assert_int_equal(http_stored_read(wrong[i], strlen(wrong[i]), &s), GF_NON_COMPLIANT_BITSTREAM);
	assert_int_equal(http_stored_read(zero, sizeof(zero) - 1, &s), GF_NON_COMPLIANT_BITSTREAM);
	static const char right[] = HEAD "body a\nurl b\nend\n";
	assert_int_equal(http_stored_read(right, sizeof(right) - 1, &s), GF_OK);
	http_stored_reset(&s);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(storing),
		cmocka_unit_test(freshness),
		cmocka_unit_test(must_revalidate),
		cmocka_unit_test(refreshing),
		cmocka_unit_test(content_ranges),
		cmocka_unit_test(descriptions_come_back),
		cmocka_unit_test(wrong_descriptions_are_refused),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
