// SPDX-License-Identifier: MIT
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include <gpac/setup.h>

#include "base/array.h"
#include "base/ini.h"
#include "base/str.h"
#include "net/http_access.h"

#define GROUPS "groups"
#define EVERYBODY "users"

typedef struct {
	HttpUsers *users;
	Bool in_groups;
} Reading;

static const HttpUser *find_user(const HttpUsers *u, const char *name)
{
	for (u32 i = 0; i < u->nb_users; i++) {
		if (!strcmp(u->users[i].name, name))
			return &u->users[i];
	}
	return NULL;
}

static GF_Err add_section(void *udta, const char *name)
{
	Reading *r = udta;
	HttpUsers *u = r->users;
	r->in_groups = !strcmp(name, GROUPS);
	if (r->in_groups)
		return GF_OK;
	if (find_user(u, name))
		return GF_BAD_PARAM;
	if (array_reserve(&u->users, &u->alloc_users, u->nb_users, 1, sizeof(*u->users)))
		return GF_OUT_OF_MEM;
	u->users[u->nb_users] = (HttpUser){.name = gf_strdup(name)};
	return u->users[u->nb_users++].name ? GF_OK : GF_OUT_OF_MEM;
}

static GF_Err add_group(HttpUsers *u, const char *name, const char *members)
{
	for (u32 i = 0; i < u->nb_groups; i++) {
		if (!strcmp(u->groups[i].name, name))
			return GF_BAD_PARAM;
	}
	if (array_reserve(&u->groups, &u->alloc_groups, u->nb_groups, 1, sizeof(*u->groups)))
		return GF_OUT_OF_MEM;
	HttpGroup *g = &u->groups[u->nb_groups++];
	*g = (HttpGroup){gf_strdup(name), gf_strdup(members)};
	return g->name && g->members ? GF_OK : GF_OUT_OF_MEM;
}

static int hex(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	c |= 0x20;
	return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

static GF_Err read_hex(const char *text, u8 bytes[HTTP_DIGEST_SIZE], Bool *is_set)
{
	if (*is_set || strlen(text) != 2 * HTTP_DIGEST_SIZE)
		return GF_BAD_PARAM;
	for (u32 i = 0; i < HTTP_DIGEST_SIZE; i++) {
		int high = hex(text[2 * i]), low = hex(text[2 * i + 1]);
		if (high < 0 || low < 0)
			return GF_BAD_PARAM;
		bytes[i] = (u8)(high << 4 | low);
	}
	*is_set = GF_TRUE;
	return GF_OK;
}

static GF_Err read_key(void *udta, const char *key, const char *value)
{
	const Reading *r = udta;
	if (r->in_groups)
		return add_group(r->users, key, value);
	HttpUser *user = &r->users->users[r->users->nb_users - 1];
	if (!strcmp(key, "password"))
		return read_hex(value, user->hash, &user->has_hash);
	if (!strcmp(key, "salt"))
		return read_hex(value, user->salt, &user->has_salt);
	if (strcmp(key, "last_auth"))
		return GF_BAD_PARAM;
	user->last_auth = strtoull(value, NULL, 10);
	return GF_OK;
}

GF_Err http_users_parse(const u8 *text, u32 size, HttpUsers *users, u32 *line)
{
	Reading reading = {users, GF_FALSE};
	const IniReader reader = {&reading, add_section, read_key};
	GF_Err e = ini_parse(text, size, &reader, line);
	if (e)
		http_users_reset(users);
	return e;
}

void http_users_reset(HttpUsers *u)
{
	for (u32 i = 0; i < u->nb_users; i++)
		gf_free(u->users[i].name);
	for (u32 i = 0; i < u->nb_groups; i++) {
		gf_free(u->groups[i].name);
		gf_free(u->groups[i].members);
	}
	gf_free(u->users);
	gf_free(u->groups);
	*u = (HttpUsers){0};
}

// In a time that does not depend on where they differ.
static Bool same_digest(const u8 *a, const u8 *b)
{
	u8 diff = 0;
	for (u32 i = 0; i < HTTP_DIGEST_SIZE; i++)
		diff |= a[i] ^ b[i];
	return !diff;
}

// The digest of `password@` and the salt.
static Bool digest_of(const char *password, const u8 *salt, HttpDigest digest, u8 result[HTTP_DIGEST_SIZE])
{
	size_t len = strlen(password);
	char *text = gf_malloc(len + 1 + HTTP_DIGEST_SIZE);
	if (!text)
		return GF_FALSE;
	memcpy(text, password, len);
	text[len] = '@';
	memcpy(text + len + 1, salt, HTTP_DIGEST_SIZE);
	Bool ok = digest(text, len + 1 + HTTP_DIGEST_SIZE, result);
	explicit_bzero(text, len);
	gf_free(text);
	return ok;
}

HttpUser *http_users_check(const HttpUsers *users, const char *name, const char *password, HttpDigest digest)
{
	static const HttpUser nobody = {.name = ""};
	const HttpUser *user = find_user(users, name);
	const HttpUser *checked = user && user->has_hash && user->has_salt ? user : &nobody;
	u8 given[HTTP_DIGEST_SIZE];
	if (!digest_of(password, checked->salt, digest, given))
		return NULL;
	return same_digest(given, checked->hash) && checked != &nobody ? &users->users[user - users->users] : NULL;
}

Bool http_user_in_groups(const HttpUsers *users, const char *user, const char *groups)
{
	Bool in_any = GF_FALSE;
	if (!groups || !find_user(users, user))
		return GF_FALSE;
	for (u32 i = 0; i < users->nb_groups; i++) {
		if (!http_names_have(users->groups[i].members, user))
			continue;
		in_any = GF_TRUE;
		if (http_names_have(groups, users->groups[i].name))
			return GF_TRUE;
	}
	return !in_any && http_names_have(groups, EVERYBODY);
}

// ---- the time of the last authentication

typedef struct {
	const HttpUsers *users;
	const HttpUser *user; // of the present section
	StrBuf text;
} Stamping;

static Bool starts_key(const char *line, const char *key)
{
	line += strspn(line, " \t");
	size_t len = strlen(key);
	return !strncmp(line, key, len) && line[len + strspn(line + len, " \t")] == '=';
}

// A section begins with its stamp; an old one is left out.
static void copy_line(Stamping *s, const char *line, size_t len)
{
	char copy[INI_MAX_LINE];
	size_t n = len < sizeof(copy) - 1 ? len : sizeof(copy) - 1;
	memcpy(copy, line, n);
	copy[n] = 0;
	const Bool has_stamp = s->user && s->user->last_auth;
	if (has_stamp && starts_key(copy, "last_auth"))
		return;
	sb_addn(&s->text, line, len);
	sb_addc(&s->text, '\n');
	const char *section = ini_section(copy);
	if (!section)
		return;
	s->user = find_user(s->users, section);
	if (s->user && s->user->last_auth)
		sb_addf(&s->text, "last_auth=%" PRIu64 "\n", s->user->last_auth);
}

char *http_users_stamp(const HttpUsers *users, const u8 *text, u32 size)
{
	Stamping s = {.users = users};
	sb_init(&s.text);
	for (u32 pos = 0; pos < size;) {
		const u8 *end = memchr(text + pos, '\n', size - pos);
		u32 len = end ? (u32)(end - text) - pos : size - pos;
		copy_line(&s, (const char *)text + pos, len);
		pos += len + 1;
	}
	return sb_take(&s.text);
}
