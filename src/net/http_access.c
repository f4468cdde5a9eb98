// SPDX-License-Identifier: MIT
#include <string.h>
#include <strings.h>

#include <gpac/setup.h>

#include "base/array.h"
#include "base/ini.h"
#include "net/http_access.h"

#define ALL "$ALL"
#define NONE "$NONE"

// ---- lists

const char *http_names_next(const char **list, size_t *len)
{
	const char *name = *list + strspn(*list, " \t,");
	size_t n = strcspn(name, ",");
	*list = name + n;
	while (n && strchr(" \t", name[n - 1]))
		n--;
	*len = n;
	return n ? name : NULL;
}

Bool http_names_have(const char *list, const char *wanted)
{
	const char *name;
	size_t n, len = strlen(wanted);
	while (list && (name = http_names_next(&list, &n))) {
		if (n == len && !memcmp(name, wanted, n))
			return GF_TRUE;
	}
	return GF_FALSE;
}

static Bool is_right_list(const char *list)
{
	const Bool is_word = !strcmp(list, ALL) || !strcmp(list, NONE);
	return is_word || !(http_names_have(list, ALL) || http_names_have(list, NONE));
}

Bool http_path_is_below(const char *path, const char *parent)
{
	size_t len = strlen(parent);
	return !strncmp(path, parent, len) && (!path[len] || path[len] == '/');
}

// ---- rules

static GF_Err copy_text(char **copy, const char *text)
{
	if (*copy)
		return GF_BAD_PARAM; // twice
	*copy = gf_strdup(text);
	return *copy ? GF_OK : GF_OUT_OF_MEM;
}

static GF_Err add_rule(void *udta, const char *path)
{
	HttpRules *r = udta;
	for (u32 i = 0; i < r->nb; i++) {
		if (!strcmp(r->rules[i].path, path))
			return GF_BAD_PARAM;
	}
	if (array_reserve(&r->rules, &r->alloc, r->nb, 1, sizeof(*r->rules)))
		return GF_OUT_OF_MEM;
	r->rules[r->nb] = (HttpRule){.path = gf_strdup(path)};
	return r->rules[r->nb++].path ? GF_OK : GF_OUT_OF_MEM;
}

static GF_Err set_name(HttpRule *rule, const char *name)
{
	name += strspn(name, "/");
	size_t len = strlen(name);
	while (len && name[len - 1] == '/')
		len--;
	GF_Err e = copy_text(&rule->name, name);
	if (!e)
		rule->name[len] = 0;
	return e;
}

static GF_Err set_rule(void *udta, const char *key, const char *value)
{
	static const char *const rights[4] = {"ru", "rg", "wu", "wg"};
	const HttpRules *r = udta;
	HttpRule *rule = &r->rules[r->nb - 1];
	if (!strcmp(key, "name"))
		return set_name(rule, value);
	for (u32 i = 0; i < 4; i++) {
		if (!strcmp(key, rights[i]))
			return is_right_list(value) ? copy_text(i % 2 ? &rule->groups[i / 2] : &rule->users[i / 2], value) : GF_BAD_PARAM;
	}
	return strcmp(key, "mcast") && strcmp(key, "filters") ? GF_BAD_PARAM : GF_OK;
}

GF_Err http_rules_parse(const u8 *text, u32 size, HttpRules *rules, u32 *line)
{
	const IniReader reader = {rules, add_rule, set_rule};
	GF_Err e = ini_parse(text, size, &reader, line);
	if (e)
		http_rules_reset(rules);
	return e;
}

void http_rules_reset(HttpRules *r)
{
	for (u32 i = 0; i < r->nb; i++) {
		gf_free(r->rules[i].path);
		gf_free(r->rules[i].name);
		for (u32 k = 0; k < 2; k++) {
			gf_free(r->rules[i].users[k]);
			gf_free(r->rules[i].groups[k]);
		}
	}
	gf_free(r->rules);
	*r = (HttpRules){0};
}

static Bool names_somebody(const char *list)
{
	return list && strcmp(list, NONE) && list[strspn(list, " \t,")];
}

HttpAccess http_rule_access(const HttpRule *rule, HttpRight right)
{
	const char *users = rule->users[right], *groups = rule->groups[right];
	if (!users && !groups)
		return right == HTTP_READ ? HTTP_ACCESS_OPEN : HTTP_ACCESS_NOBODY;
	if ((users && !strcmp(users, ALL)) || (groups && !strcmp(groups, ALL)))
		return HTTP_ACCESS_OPEN;
	return names_somebody(users) || names_somebody(groups) ? HTTP_ACCESS_USERS : HTTP_ACCESS_NOBODY;
}

Bool http_rule_allows(const HttpRule *rule, HttpRight right, const HttpUsers *users, const char *user)
{
	if (http_rule_access(rule, right) != HTTP_ACCESS_USERS)
		return http_rule_access(rule, right) == HTTP_ACCESS_OPEN;
	return http_names_have(rule->users[right], user) || http_user_in_groups(users, user, rule->groups[right]);
}

// ---- credentials

static int base64_value(char c)
{
	static const char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
	const char *p = c ? strchr(digits, c) : NULL;
	return p ? (int)(p - digits) : -1;
}

// RFC 4648, 4, with padding. The text, ended by a zero byte; NULL when it is malformed or has one inside.
static char *base64_text(const char *text)
{
	size_t len = strlen(text), n = 0;
	char *out = gf_malloc(len / 4 * 3 + 1);
	for (size_t i = 0; out && i < len; i += 4) {
		u32 value = 0, nb = 0;
		while (nb < 4 && base64_value(text[i + nb]) >= 0)
			value = value << 6 | (u32)base64_value(text[i + nb++]);
		const char *rest = text + i + nb;
		Bool last = (nb == 3 && !strcmp(rest, "=")) || (nb == 2 && !strcmp(rest, "=="));
		if (nb != 4 && !last)
			break;
		value <<= 6 * (4 - nb);
		for (u32 k = 0; k + 1 < nb; k++)
			out[n++] = (char)(value >> (16 - 8 * k));
		if (last || i + 4 == len) {
			out[n] = 0;
			if (!memchr(out, 0, n))
				return out;
			break;
		}
	}
	gf_free(out);
	return NULL;
}

u32 http_basic_parse(const char *value, char **user, char **password)
{
	if (!value)
		return 401;
	if (strncasecmp(value, "Basic", 5) || !strchr(" \t", value[5]))
		return 403;
	value += 5;
	value += strspn(value, " \t");
	char *text = base64_text(value);
	char *colon = text ? strchr(text, ':') : NULL;
	*user = *password = NULL;
	if (colon) {
		*colon = 0;
		*user = gf_strdup(text);
		*password = gf_strdup(colon + 1);
	}
	Bool ok = *user && *password && **user;
	if (text)
		explicit_bzero(text, strlen(text));
	gf_free(text);
	if (ok)
		return 200;
	gf_free(*user);
	gf_free(*password);
	return 400;
}
