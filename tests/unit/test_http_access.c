// SPDX-License-Identifier: MIT
// Rule files, user files and credentials of HTTP servers; INI texts below them. Digests come from Python's
// hashlib, credentials from RFC 7617.
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <gnutls/crypto.h>
#include <stdio.h>
#include <string.h>

#include <gpac/setup.h>

#include "base/ini.h"
#include "net/http_access.h"

// ---- INI

static GF_Err note_section(void *udta, const char *name)
{
	strcat(udta, "[");
	strcat(udta, name);
	strcat(udta, "]");
	return GF_OK;
}

static GF_Err note_key(void *udta, const char *key, const char *value)
{
	if (!strcmp(key, "stop"))
		return GF_EOS;
	strcat(udta, key);
	strcat(udta, "=");
	strcat(udta, value);
	strcat(udta, ";");
	return GF_OK;
}

static void check_ini(const char *text, u32 size, GF_Err expected, u32 expected_line, const char *events)
{
	char seen[256] = "";
	u32 line;
	const IniReader reader = {seen, note_section, note_key};
	assert_int_equal(ini_parse((const u8 *)text, size, &reader, &line), expected);
	assert_int_equal(line, expected_line);
	assert_string_equal(seen, events);
}

static void ini_texts(void **state)
{
	(void)state;
#define CHECK(text, e, line, events) check_ini(text, sizeof(text) - 1, e, line, events)
	CHECK("", GF_OK, 0, "");
	CHECK("# a\n; b\n\n \t\r\n", GF_OK, 4, "");
	CHECK("[ a b ]\r\n k = v = w \r\n[c]\nx=", GF_OK, 4, "[a b]k=v = w;[c]x=;");
	CHECK("[a]\nk=v\nno equals\nx=y", GF_CORRUPTED_DATA, 3, "[a]k=v;");
	CHECK("k=v", GF_CORRUPTED_DATA, 1, "");
	CHECK("[a]\n=v", GF_CORRUPTED_DATA, 2, "[a]");
	CHECK("[a\n", GF_CORRUPTED_DATA, 1, "");
	CHECK("[]\n", GF_CORRUPTED_DATA, 1, "");
	CHECK("[", GF_CORRUPTED_DATA, 1, "");
	CHECK("[a]\nk=a\0b", GF_CORRUPTED_DATA, 2, "[a]");
	CHECK("[a]\nstop=1\nk=v", GF_EOS, 2, "[a]");
#undef CHECK
	static char large[INI_MAX_SIZE + 1];
	memset(large, '#', sizeof(large));
	check_ini(large, sizeof(large), GF_NOT_SUPPORTED, 0, "");
	check_ini(large, INI_MAX_LINE, GF_NOT_SUPPORTED, 1, "");
	check_ini(large, INI_MAX_LINE - 1, GF_OK, 1, "");
}

// ---- rules

static GF_Err parse_rules(const char *text, HttpRules *rules, u32 *line)
{
	*rules = (HttpRules){0};
	return http_rules_parse((const u8 *)text, (u32)strlen(text), rules, line);
}

static void rules_are_read(void **state)
{
	HttpRules rules;
	u32 line;
	(void)state;
	assert_int_equal(parse_rules("[/srv/a]\nname=/media/\nru=bob, alice\nrg=staff\nwu=bob\n[b]\nmcast=$ALL\nfilters=*\nwg=x\n",
						 &rules, &line), GF_OK);
	assert_int_equal(rules.nb, 2);
	assert_string_equal(rules.rules[0].path, "/srv/a");
	assert_string_equal(rules.rules[0].name, "media");
	assert_string_equal(rules.rules[0].users[HTTP_READ], "bob, alice");
	assert_string_equal(rules.rules[0].groups[HTTP_READ], "staff");
	assert_string_equal(rules.rules[0].users[HTTP_WRITE], "bob");
	assert_null(rules.rules[0].groups[HTTP_WRITE]);
	assert_null(rules.rules[1].name);
	assert_string_equal(rules.rules[1].groups[HTTP_WRITE], "x");
	http_rules_reset(&rules);
	assert_int_equal(rules.nb, 0);
}

static void wrong_rules_are_refused(void **state)
{
	static const struct {
		const char *text;
		u32 line;
	} wrong[] = {{"[a]\nreaders=bob\n", 2}, {"[a]\nru=x\nru=y\n", 3}, {"[a]\n[a]\n", 2}, {"[a]\nru=bob,$ALL\n", 2},
		{"[a]\nwg=$NONE, x\n", 2}, {"[a]\nRU=bob\n", 2}};
	(void)state;
	for (size_t i = 0; i < sizeof(wrong) / sizeof(*wrong); i++) {
		HttpRules rules;
		u32 line;
		assert_int_equal(parse_rules(wrong[i].text, &rules, &line), GF_BAD_PARAM);
		assert_int_equal(line, wrong[i].line);
		assert_null(rules.rules);
	}
}

static void check_access(const char *keys, HttpAccess read, HttpAccess write)
{
	char text[256];
	HttpRules rules;
	u32 line;
	snprintf(text, sizeof(text), "[a]\n%s\n", keys);
	assert_int_equal(parse_rules(text, &rules, &line), GF_OK);
	assert_int_equal(http_rule_access(&rules.rules[0], HTTP_READ), read);
	assert_int_equal(http_rule_access(&rules.rules[0], HTTP_WRITE), write);
	http_rules_reset(&rules);
}

static void access_of_rules(void **state)
{
	(void)state;
	check_access("", HTTP_ACCESS_OPEN, HTTP_ACCESS_NOBODY);
	check_access("ru=$ALL\nwu=$ALL", HTTP_ACCESS_OPEN, HTTP_ACCESS_OPEN);
	check_access("rg=$ALL\nwg=$ALL", HTTP_ACCESS_OPEN, HTTP_ACCESS_OPEN);
	check_access("ru=$NONE\nwu=$NONE", HTTP_ACCESS_NOBODY, HTTP_ACCESS_NOBODY);
	check_access("ru=\nrg= ,\n", HTTP_ACCESS_NOBODY, HTTP_ACCESS_NOBODY);
	check_access("ru=bob\nwg=staff", HTTP_ACCESS_USERS, HTTP_ACCESS_USERS);
	check_access("ru=$NONE\nrg=staff", HTTP_ACCESS_USERS, HTTP_ACCESS_NOBODY);
	check_access("ru=$all", HTTP_ACCESS_USERS, HTTP_ACCESS_NOBODY);
}

static void paths_by_components(void **state)
{
	(void)state;
	assert_true(http_path_is_below("/a/www", "/a/www"));
	assert_true(http_path_is_below("/a/www/x", "/a/www"));
	assert_true(http_path_is_below("/a", ""));
	assert_false(http_path_is_below("/a/www2", "/a/www"));
	assert_false(http_path_is_below("/a/ww", "/a/www"));
}

// ---- users

// hashlib.sha256(b"secret@" + bytes(range(32)))
#define SALT "000102030405060708090a0b0c0d0e0f101112131415161718191A1B1C1D1E1F"
#define SECRET "4891017ccee38cece1f6ab3ef335eef09e46a436bf1a9100e871d8abd6309753"
#define ZERO "0000000000000000000000000000000000000000000000000000000000000000"

static Bool sha256(const void *data, size_t size, u8 digest[HTTP_DIGEST_SIZE])
{
	return gnutls_hash_fast(GNUTLS_DIG_SHA256, data, size, digest) == 0;
}

static GF_Err parse_users(const char *text, HttpUsers *users)
{
	u32 line;
	*users = (HttpUsers){0};
	return http_users_parse((const u8 *)text, (u32)strlen(text), users, &line);
}

static void passwords(void **state)
{
	HttpUsers users;
	(void)state;
	assert_int_equal(parse_users("[bob]\npassword=" SECRET "\nsalt=" SALT "\nlast_auth=12\n"
								 "[nosalt]\npassword=" SECRET "\n[nohash]\nsalt=" SALT "\n[zero]\npassword=" ZERO "\nsalt=" ZERO "\n",
						 &users), GF_OK);
	assert_int_equal(users.nb_users, 4);
	assert_int_equal(users.users[0].last_auth, 12);
	assert_ptr_equal(http_users_check(&users, "bob", "secret", sha256), &users.users[0]);
	assert_null(http_users_check(&users, "bob", "Secret", sha256));
	assert_null(http_users_check(&users, "bob", "", sha256));
	assert_null(http_users_check(&users, "bob", "secret@", sha256));
	assert_null(http_users_check(&users, "alice", "secret", sha256));
	assert_null(http_users_check(&users, "", "", sha256));
	assert_null(http_users_check(&users, "nosalt", "secret", sha256));
	assert_null(http_users_check(&users, "nohash", "", sha256));
	assert_null(http_users_check(&users, "zero", "", sha256));
	http_users_reset(&users);
}

static void wrong_users_are_refused(void **state)
{
	static const char *const wrong[] = {"[a]\npassword=12\n", "[a]\nsalt=" ZERO "00\n", "[a]\nsalt=g" SALT "\n",
		"[a]\npassword=" ZERO "\npassword=" ZERO "\n", "[a]\n[b]\n[a]\n", "[a]\nrole=x\n", "[groups]\nx=a\nx=b\n", "x\n"};
	(void)state;
	for (size_t i = 0; i < sizeof(wrong) / sizeof(*wrong); i++) {
		HttpUsers users;
		assert_true(parse_users(wrong[i], &users) < 0);
		assert_null(users.users);
	}
}

static void groups(void **state)
{
	HttpUsers users;
	HttpRules rules;
	u32 line;
	(void)state;
	assert_int_equal(parse_users("[bob]\n[alice]\n[carol]\n[groups]\nstaff=bob, alice\nadmins=alice\n", &users), GF_OK);
	assert_true(http_user_in_groups(&users, "bob", "staff"));
	assert_true(http_user_in_groups(&users, "alice", "x,staff"));
	assert_true(http_user_in_groups(&users, "alice", "admins"));
	assert_false(http_user_in_groups(&users, "bob", "admins,x"));
	assert_false(http_user_in_groups(&users, "bo", "staff"));
	assert_false(http_user_in_groups(&users, "bob", "staf"));
	assert_true(http_user_in_groups(&users, "carol", "users"));
	assert_false(http_user_in_groups(&users, "bob", "users"));
	assert_false(http_user_in_groups(&users, "nobody", "users"));
	assert_false(http_user_in_groups(&users, "bob", NULL));
	assert_int_equal(parse_rules("[a]\nru=carol\nrg=admins\n", &rules, &line), GF_OK);
	assert_true(http_rule_allows(&rules.rules[0], HTTP_READ, &users, "carol"));
	assert_true(http_rule_allows(&rules.rules[0], HTTP_READ, &users, "alice"));
	assert_false(http_rule_allows(&rules.rules[0], HTTP_READ, &users, "bob"));
	assert_false(http_rule_allows(&rules.rules[0], HTTP_WRITE, &users, "alice"));
	http_rules_reset(&rules);
	http_users_reset(&users);
}

static void stamps(void **state)
{
	static const char text[] = "# users\n[bob]\nlast_auth=1\nsalt=" ZERO "\n\n[ alice ]\n[groups]\nlast_auth=bob";
	HttpUsers users;
	(void)state;
	assert_int_equal(parse_users(text, &users), GF_OK);
	users.users[0].last_auth = 1234567890123;
	users.users[1].last_auth = 7;
	char *stamped = http_users_stamp(&users, (const u8 *)text, sizeof(text) - 1);
	assert_string_equal(stamped, "# users\n[bob]\nlast_auth=1234567890123\nsalt=" ZERO "\n\n[ alice ]\nlast_auth=7\n"
								 "[groups]\nlast_auth=bob\n");
	gf_free(stamped);
	http_users_reset(&users);
}

// ---- credentials

static void check_basic(const char *value, u32 status, const char *user, const char *password)
{
	char *u = NULL, *p = NULL;
	assert_int_equal(http_basic_parse(value, &u, &p), status);
	if (status != 200)
		return;
	assert_string_equal(u, user);
	assert_string_equal(p, password);
	gf_free(u);
	gf_free(p);
}

static void credentials(void **state)
{
	(void)state;
	check_basic("Basic QWxhZGRpbjpvcGVuIHNlc2FtZQ==", 200, "Aladdin", "open sesame"); // RFC 7617, 2
	check_basic("Basic dGVzdDoxMjPCow==", 200, "test", "123\xc2\xa3");                // RFC 7617, 2.1
	check_basic("bASIC  YTo6Yjo=", 200, "a", ":b:");
	check_basic("Basic YTo=", 200, "a", "");
	check_basic(NULL, 401, NULL, NULL);
	check_basic("Digest username=\"a\"", 403, NULL, NULL);
	check_basic("Basic", 400, NULL, NULL);
	check_basic("BasicYTo=", 403, NULL, NULL);
	check_basic("", 403, NULL, NULL);
	static const char *const malformed[] = {"Basic ", "Basic YTo", "Basic Y", "Basic YTo==", "Basic YT=o", "Basic YTo=YTo=",
		"Basic YWI=", "Basic OmI=", "Basic YTo= x", "Basic Y-o=", "Basic YToA", "Basic ===="};
	for (size_t i = 0; i < sizeof(malformed) / sizeof(*malformed); i++)
		check_basic(malformed[i], 400, NULL, NULL);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(ini_texts),
		cmocka_unit_test(rules_are_read),
		cmocka_unit_test(wrong_rules_are_refused),
		cmocka_unit_test(access_of_rules),
		cmocka_unit_test(paths_by_components),
		cmocka_unit_test(passwords),
		cmocka_unit_test(wrong_users_are_refused),
		cmocka_unit_test(groups),
		cmocka_unit_test(stamps),
		cmocka_unit_test(credentials),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
