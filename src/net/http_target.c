// SPDX-License-Identifier: MIT
#include <string.h>
#include <strings.h>

#include <gpac/setup.h>

#include "net/http.h"

static int hex(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	c |= 0x20;
	return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

// The byte an escape stands for, -1 when it is none.
static int escaped(const char *text)
{
	int high = text[0] == '%' ? hex(text[1]) : -1;
	int low = high < 0 ? -1 : hex(text[2]);
	return low < 0 ? -1 : high * 16 + low;
}

// Where the path begins: behind scheme and authority of the absolute form. NULL when there is no path.
static const char *path_start(const char *target)
{
	if (*target == '/')
		return target;
	size_t scheme = !strncasecmp(target, "http://", 7) ? 7 : !strncasecmp(target, "https://", 8) ? 8 : 0;
	if (!scheme)
		return NULL;
	size_t authority = strcspn(target + scheme, "/?#");
	const char *start = target + scheme + authority;
	return authority && *start != '#' ? start : NULL;
}

static GF_Err decode_path(const char *text, size_t len, char *out)
{
	size_t n = 0;
	for (size_t i = 0; i < len; i++) {
		int c = (u8)text[i];
		if (c == '%') {
			c = i + 2 < len ? escaped(text + i) : -1;
			i += 2;
		}
		if (c < 0x20 || c == 0x7f)
			return GF_BAD_PARAM;
		out[n++] = (char)c;
	}
	out[n] = 0;
	return GF_OK;
}

// Takes out empty components and `.`; at the end they name the directory.
static GF_Err clean_path(char *path)
{
	char *out = path;
	Bool directory = GF_TRUE;
	for (const char *p = path; *p;) {
		while (*p == '/')
			p++;
		size_t len = strcspn(p, "/");
		if (len == 2 && p[0] == '.' && p[1] == '.')
			return GF_URL_ERROR;
		directory = !len || (len == 1 && p[0] == '.');
		if (!directory) {
			*out++ = '/';
			memmove(out, p, len);
			out += len;
		}
		p += len;
	}
	if (directory)
		*out++ = '/';
	*out = 0;
	return GF_OK;
}

GF_Err http_target_split(const char *target, char **path, char **query)
{
	const char *start = path_start(target);
	if (!start)
		return GF_BAD_PARAM;
	size_t len = strcspn(start, "?#");
	char *decoded = gf_malloc(len + 2);
	if (!decoded)
		return GF_OUT_OF_MEM;
	GF_Err e = len ? decode_path(start, len, decoded) : decode_path("/", 1, decoded);
	if (!e)
		e = clean_path(decoded);
	char *rest = NULL;
	if (!e && start[len] == '?') {
		size_t n = strcspn(start + len + 1, "#");
		rest = gf_malloc(n + 1);
		if (rest) {
			memcpy(rest, start + len + 1, n);
			rest[n] = 0;
		} else {
			e = GF_OUT_OF_MEM;
		}
	}
	if (e) {
		gf_free(decoded);
		return e;
	}
	*path = decoded;
	*query = rest;
	return GF_OK;
}

char *http_target_decode(const char *target)
{
	const char *start = path_start(target); // NULL for `*`
	char *out = gf_malloc(strlen(target) + 2), *p = out;
	if (start)
		target = start;
	if (out && start && *start != '/') // `http://host?query`
		*p++ = '/';
	while (out && *target) {
		int c = escaped(target);
		if (c > 0) {
			*p++ = (char)c;
			target += 3;
		} else {
			*p++ = *target++;
		}
	}
	if (out)
		*p = 0;
	return out;
}

char *http_path_encode(const char *path)
{
	static const char digits[] = "0123456789ABCDEF";
	char *out = gf_malloc(3 * strlen(path) + 1), *p = out;
	for (; out && *path; path++) {
		u8 c = (u8)*path;
		u8 lower = c | 0x20;
		Bool plain = (lower >= 'a' && lower <= 'z') || (c >= '0' && c <= '9') || strchr("-._~/", c);
		if (plain) { // RFC 3986, 2.3
			*p++ = (char)c;
		} else {
			*p++ = '%';
			*p++ = digits[c >> 4];
			*p++ = digits[c & 15];
		}
	}
	if (out)
		*p = 0;
	return out;
}

Bool http_list_has(const char *list, const char *token)
{
	size_t len = strlen(token);
	while (list && *list) {
		list += strspn(list, " \t,");
		size_t item = strcspn(list, ",");
		size_t name = strcspn(list, " \t,;");
		if (name == len && !strncasecmp(list, token, len)) {
			const char *q = list + name;
			q += strspn(q, " \t;");
			if (strncasecmp(q, "q=0", 3))
				return GF_TRUE;
			q += 3; // RFC 9110, 12.4.2: 0, 0.0, 0.00 and 0.000 forbid
			if (*q == '.')
				q++;
			return *(q + strspn(q, "0")) >= '1' && *(q + strspn(q, "0")) <= '9';
		}
		list += item;
	}
	return GF_FALSE;
}
