// SPDX-License-Identifier: MIT
// Rule files, user files and credentials on arbitrary text. Whoever is let in has a password, and what is written
// back is read as the same.
#include <gnutls/crypto.h>
#include <stdlib.h>
#include <string.h>

#include <gpac/setup.h>

#include "net/http_access.h"

static Bool sha256(const void *data, size_t size, u8 digest[HTTP_DIGEST_SIZE])
{
	return gnutls_hash_fast(GNUTLS_DIG_SHA256, data, size, digest) == 0;
}

static void check_rules(const u8 *data, u32 size, const HttpUsers *users)
{
	HttpRules rules = {0};
	u32 line;
	if (http_rules_parse(data, size, &rules, &line))
		return;
	for (u32 i = 0; i < rules.nb; i++) {
		for (int right = HTTP_READ; right <= HTTP_WRITE; right++) {
			const Bool open = http_rule_access(&rules.rules[i], right) == HTTP_ACCESS_OPEN;
			if (http_rule_allows(&rules.rules[i], right, users, "") != open)
				__builtin_trap();
		}
		http_path_is_below(rules.rules[i].path, "/");
	}
	http_rules_reset(&rules);
}

static void check_users(const u8 *data, u32 size)
{
	HttpUsers users = {0}, again = {0};
	u32 line;
	check_rules(data, size, &users);
	if (http_users_parse(data, size, &users, &line))
		return;
	check_rules(data, size, &users);
	for (u32 i = 0; i < users.nb_users; i++) {
		if (http_users_check(&users, users.users[i].name, "x", sha256))
			__builtin_trap(); // the digest of this password is not in the corpus
		users.users[i].last_auth = i + 1;
	}
	char *text = http_users_stamp(&users, data, size);
	if (!text)
		return;
	GF_Err e = http_users_parse((u8 *)text, (u32)strlen(text), &again, &line);
	if (e != GF_NOT_SUPPORTED && (e || again.nb_users != users.nb_users))
		__builtin_trap();
	for (u32 i = 0; i < again.nb_users; i++) {
		if (again.users[i].last_auth != i + 1 || strcmp(again.users[i].name, users.users[i].name))
			__builtin_trap();
	}
	gf_free(text);
	http_users_reset(&again);
	http_users_reset(&users);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char *text = malloc(size + 1), *user, *password;
	memcpy(text, data, size);
	text[size] = 0;
	check_users(data, (u32)size);
	if (http_basic_parse(text, &user, &password) == 200) {
		gf_free(user);
		gf_free(password);
	}
	free(text);
	return 0;
}
