// SPDX-License-Identifier: MIT
#include <ctype.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <unistd.h>

#include <gpac/fileio.h>
#include <gpac/log.h>
#include <gpac/url.h>

#include <base/file.h>
#include <base/str.h>

#define MAX_URL 4096

// Length of `scheme://` at the start of a URL (RFC 3986 3.1), 0 when there is none.
static size_t scheme_length(const char *url)
{
	if (!isalpha((u8)*url))
		return 0;
	size_t len = 1;
	while (isalnum((u8)url[len]) || strchr("+-.", url[len])) {
		if (!url[len])
			return 0;
		len++;
	}
	return strncmp(url + len, "://", 3) ? 0 : len + 3;
}

// Length of `scheme://authority`, 0 when there is no scheme.
static size_t origin_length(const char *url)
{
	size_t len = scheme_length(url);
	return len ? len + strcspn(url + len, "/?#") : 0;
}

static Bool has_drive(const char *url)
{
	return isalpha((u8)url[0]) && url[1] == ':' && (url[2] == '\\' || url[2] == '/');
}

const char *file_local_path(const char *url)
{
	if (!strncasecmp(url, "file://", 7))
		return url + 7;
	return scheme_length(url) ? NULL : url;
}

Bool gf_url_is_local(const char *url)
{
	return url && file_local_path(url);
}

Bool gf_url_is_relative(const char *url)
{
	return url && !scheme_length(url) && !has_drive(url) && *url != '/' && strncmp(url, "data:", 5);
}

// The directory part of a parent: no query, no fragment, no trailing white space, plain slashes.
static char *clean_parent(const char *parent)
{
	char *copy = gf_strdup(parent);
	if (!copy)
		return NULL;
	copy[strcspn(copy, "?#")] = 0;
	char *to = copy;
	for (const char *from = copy; *from; from++) {
		if (*from == '\\') {
			*to++ = '/';
		} else if (!strncasecmp(from, "%5c", 3) || !strncasecmp(from, "%2f", 3)) {
			*to++ = '/';
			from += 2;
		} else {
			*to++ = *from;
		}
	}
	while (to > copy && isspace((u8)to[-1]))
		to--;
	*to = 0;
	return copy;
}

// The last component of the path that begins at `root`, with the slash before it if there is one.
static char *last_component(char *root)
{
	char *slash = strrchr(root, '/');
	return slash ? slash : root;
}

// Goes one directory up; false when the path has no name left to remove.
static Bool go_up(char *root)
{
	char *last = last_component(root);
	while (!strcmp(last + (*last == '/'), ".")) {
		*last = 0;
		last = last_component(root);
	}
	if (!*last || !strcmp(last + (*last == '/'), ".."))
		return GF_FALSE;
	*last = 0;
	return GF_TRUE;
}

// Reads `%20` as a space up to the query: names of local files are not escaped.
static void unescape_spaces(char *url)
{
	char *to = url;
	const char *from = url;
	while (*from && *from != '?') {
		if (!strncmp(from, "%20", 3)) {
			*to++ = ' ';
			from += 3;
		} else {
			*to++ = *from++;
		}
	}
	memmove(to, from, strlen(from) + 1);
}

static char *join(const char *parent, const char *url)
{
	char *base = clean_parent(parent);
	if (!base)
		return NULL;
	size_t origin = origin_length(base);
	char *root = base + origin;
	// the last component of the parent is a file
	Bool absolute = origin || *root == '/';
	*last_component(root) = 0;
	u32 excess = 0;
	for (;;) {
		if (!strncmp(url, "./", 2)) {
			url += 2;
		} else if (!strncmp(url, "../", 3)) {
			url += 3;
			if (!go_up(root))
				excess++;
		} else {
			break;
		}
	}
	StrBuf sb;
	sb_init(&sb);
	sb_add(&sb, base);
	if (absolute || *root)
		sb_addc(&sb, '/');
	// nothing is above the root
	for (; excess && !absolute; excess--)
		sb_add(&sb, "../");
	sb_add(&sb, url);
	gf_free(base);
	char *result = sb_take(&sb);
	size_t path_len = result ? strcspn(result, "?") : 0;
	for (size_t i = 0; i < path_len; i++)
		if (result[i] == '\\')
			result[i] = '/';
	return result;
}

// RFC 3986 5.2.2 for a reference that begins with a slash.
static char *join_rooted(const char *parent, const char *url)
{
	// `//host/path` keeps the scheme only
	size_t keep = url[1] == '/' ? scheme_length(parent) - 2 : origin_length(parent);
	StrBuf sb;
	sb_init(&sb);
	sb_addn(&sb, parent, keep);
	sb_add(&sb, url);
	return sb_take(&sb);
}

static char *append(const char *parent, const char *url)
{
	StrBuf sb;
	sb_init(&sb);
	sb_add(&sb, parent);
	sb_add(&sb, url);
	return sb_take(&sb);
}

static Bool is_self_contained(const char *url)
{
	return !strncmp(url, "data:", 5) || !strcmp(url, "stdin") || !strcmp(url, "stdout") ||
		   !strcmp(url, "stderr");
}

char *gf_url_concatenate(const char *parentName, const char *pathName)
{
	if (!pathName)
		return gf_strdup(parentName);
	if (!parentName || !*parentName || is_self_contained(pathName))
		return gf_strdup(pathName);
	if (!strncmp(parentName, "gmem://", 7))
		return NULL;
	if (!strncmp(parentName, "gfio://", 7)) {
		GF_FileIO *parent = gf_fileio_from_url(parentName);
		return parent ? gf_strdup(gf_fileio_factory(parent, pathName)) : NULL;
	}
	if (strlen(parentName) > MAX_URL || strlen(pathName) > MAX_URL) {
		GF_LOG(GF_LOG_ERROR, GF_LOG_CORE,
			("[url] \"%.64s...\" is longer than %d bytes\n",
				strlen(pathName) > MAX_URL ? pathName : parentName, MAX_URL));
		return NULL;
	}
	if (scheme_length(pathName) || has_drive(pathName))
		return gf_strdup(pathName);
	Bool parent_has_scheme = scheme_length(parentName) != 0;
	if (*pathName == '/' && !parent_has_scheme)
		return gf_strdup(pathName);
	char *result;
	if (*pathName == '#')
		result = append(parentName, pathName);
	else
		result = *pathName == '/' ? join_rooted(parentName, pathName) : join(parentName, pathName);
	if (result)
		unescape_spaces(result);
	return result;
}

void gf_url_free(char *sURL)
{
	gf_free(sURL);
}

char *gf_url_get_absolute_path(const char *pathName, const char *parentPath)
{
	if (!gf_url_is_local(pathName))
		return NULL;
	Bool has_parent = parentPath && *parentPath;
	if (has_parent && !gf_url_is_local(parentPath))
		return NULL;
	char *path =
		gf_url_concatenate(has_parent ? file_local_path(parentPath) : NULL, file_local_path(pathName));
	if (!path || *path == '/' || has_drive(path))
		return path;
	char dir[GF_MAX_PATH];
	StrBuf sb;
	sb_init(&sb);
	if (getcwd(dir, sizeof(dir)))
		sb_addf(&sb, "%s/%s", dir, path);
	else
		sb.failed = GF_TRUE;
	gf_free(path);
	return sb_take(&sb);
}

void gf_url_to_fs_path(char *url)
{
	const char *path = url ? file_local_path(url) : NULL;
	if (path && path != url)
		memmove(url, path, strlen(path) + 1);
}

const char *gf_url_get_resource_name(const char *url)
{
	if (!url)
		return NULL;
	size_t len = scheme_length(url) ? strcspn(url, "?#") : strlen(url);
	while (len && url[len - 1] != '/' && url[len - 1] != '\\')
		len--;
	return url + len;
}

const char *gf_url_get_path(const char *url)
{
	return url ? url + origin_length(url) : NULL;
}

char *gf_url_percent_encode(const char *path)
{
	if (!path)
		return NULL;
	StrBuf sb;
	sb_init(&sb);
	for (; *path; path++) {
		u8 c = (u8)*path;
		// unreserved and reserved characters of RFC 3986 2.2 and 2.3, and what is escaped already
		Bool escaped = c == '%' && isxdigit((u8)path[1]) && isxdigit((u8)path[2]);
		if (escaped || (c < 0x80 && (isalnum(c) || strchr("-._~:/?#[]@!$&'()*+,;=", c))))
			sb_addc(&sb, (char)c);
		else
			sb_addf(&sb, "%%%02X", c);
	}
	return sb_take(&sb);
}

char *gf_url_percent_decode(const char *path)
{
	char *copy = gf_strdup(path);
	if (!copy)
		return NULL;
	char *to = copy;
	for (const char *from = copy; *from; from++) {
		if (*from == '%' && isxdigit((u8)from[1]) && isxdigit((u8)from[2])) {
			char digits[3] = {from[1], from[2], 0};
			*to++ = (char)strtoul(digits, NULL, 16);
			from += 2;
		} else {
			*to++ = *from;
		}
	}
	*to = 0;
	return copy;
}
