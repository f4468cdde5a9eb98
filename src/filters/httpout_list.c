// SPDX-License-Identifier: MIT
// Directories as pages of links (option dlist): what all the directories served, and the memory, have under one path.
#include <dirent.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "base/array.h"
#include "base/str.h"
#include "filters/httpout.h"

typedef struct {
	char *name;
	Bool is_directory;
	u64 size, modified;
} Entry;

typedef struct {
	Entry *items;
	u32 nb, alloc;
	Bool failed;
} Entries;

// Files that are being written have no name yet, and links that lead out are not followed for clients.
static Bool is_shown(const HttpOut *out, const char *dir, const char *name, struct stat *st)
{
	char path[GF_MAX_PATH], real[GF_MAX_PATH];
	size_t len = strlen(name), temp = strlen(HTTP_TEMP_EXT);
	if (!strcmp(name, ".") || !strcmp(name, "..") || (len > temp && !strcmp(name + len - temp, HTTP_TEMP_EXT)))
		return GF_FALSE;
	int n = snprintf(path, sizeof(path), "%s/%s", dir, name);
	if (n <= 0 || n >= (int)sizeof(path) || !gf_realpath(path, real) || !http_is_readable_place(out, real) ||
		http_is_private(out, real) || stat(real, st))
		return GF_FALSE;
	return S_ISDIR(st->st_mode) || S_ISREG(st->st_mode);
}

static void add_entry(Entries *list, const char *name, Bool is_directory, u64 size, u64 modified)
{
	for (u32 i = 0; i < list->nb; i++) {
		if (!strcmp(list->items[i].name, name))
			return; // the one of an earlier directory is served
	}
	char *copy = gf_strdup(name);
	if (!copy || array_reserve(&list->items, &list->alloc, list->nb, 1, sizeof(Entry))) {
		gf_free(copy);
		list->failed = GF_TRUE;
		return;
	}
	list->items[list->nb++] = (Entry){copy, is_directory, size, modified};
}

static void read_directory(HttpRequest *r, const char *path, Entries *list)
{
	const HttpOut *out = r->out;
	char real[GF_MAX_PATH];
	if (!gf_realpath(path, real) || !http_is_readable_place(out, real) || !http_may_list(r, real))
		return;
	DIR *dir = opendir(real);
	const struct dirent *d;
	struct stat st;
	while (dir && (d = readdir(dir))) {
		if (is_shown(out, real, d->d_name, &st))
			add_entry(list, d->d_name, S_ISDIR(st.st_mode), (u64)st.st_size, http_modified_us(&st) / 1000000);
	}
	if (dir)
		closedir(dir);
}

// What follows a path in a prefix of URLs, NULL when it is not above that.
static const char *rest_of_prefix(const HttpRoot *root, const char *url)
{
	size_t len = strlen(url);
	while (len && url[len - 1] == '/')
		len--;
	const char *rest = strncmp(root->prefix, url, len) ? NULL : root->prefix + len;
	return rest && *rest == '/' && root->readable ? rest + 1 : NULL;
}

Bool http_has_files_below(const HttpOut *out, const char *url)
{
	for (u32 i = 0; i < out->nb_roots; i++) {
		if (rest_of_prefix(&out->roots[i], url))
			return GF_TRUE;
	}
	for (const HttpStored *s = out->stored; s; s = s->next) {
		if (http_stored_below(s, url))
			return GF_TRUE;
	}
	return GF_FALSE;
}

// Directories whose URLs have a prefix are in the listing of what is above it.
static void add_prefixes(const HttpOut *out, const char *url, Entries *list)
{
	for (u32 i = 0; i < out->nb_roots; i++) {
		const char *rest = rest_of_prefix(&out->roots[i], url);
		char name[GF_MAX_PATH];
		struct stat st;
		if (!rest || stat(out->roots[i].path, &st))
			continue;
		gf_strlcpy(name, rest, sizeof(name));
		name[strcspn(name, "/")] = 0;
		add_entry(list, name, GF_TRUE, 0, http_modified_us(&st) / 1000000);
	}
}

static void add_stored(const HttpOut *out, const char *url, Entries *list)
{
	for (const HttpStored *s = out->stored; s; s = s->next) {
		const char *rest = http_stored_below(s, url);
		char name[GF_MAX_PATH];
		if (!rest || gf_strlcpy(name, rest, sizeof(name)) >= sizeof(name))
			continue;
		const size_t len = strcspn(name, "/");
		const Bool is_directory = name[len] == '/';
		name[len] = 0;
		add_entry(list, name, is_directory, s->size, s->modified_us / 1000000);
	}
}

static int compare(const void *a, const void *b)
{
	const Entry *x = a, *y = b;
	if (x->is_directory != y->is_directory)
		return x->is_directory ? -1 : 1;
	return strcmp(x->name, y->name);
}

static void add_text(StrBuf *sb, const char *text)
{
	for (; *text; text++) {
		switch (*text) {
		case '&':
			sb_add(sb, "&amp;");
			break;
		case '<':
			sb_add(sb, "&lt;");
			break;
		case '>':
			sb_add(sb, "&gt;");
			break;
		default:
			sb_addc(sb, *text);
		}
	}
}

// Links are absolute paths, so that they are right with and without a slash at the end of the page's own.
static void add_link(StrBuf *sb, const char *dir, const char *name, Bool is_directory)
{
	char *base = http_path_encode(dir), *last = http_path_encode(name);
	if (!base || !last)
		sb->failed = GF_TRUE;
	else
		sb_addf(sb, "<a href=\"%s%s%s%s\">", base, base[strlen(base) - 1] == '/' ? "" : "/", last, is_directory ? "/" : "");
	gf_free(base);
	gf_free(last);
	add_text(sb, name);
	sb_add(sb, is_directory ? "/</a>" : "</a>");
}

static void add_parent(StrBuf *sb, const char *url)
{
	char *parent = http_path_encode(url);
	size_t len = parent ? strlen(parent) : 0;
	if (!parent)
		sb->failed = GF_TRUE;
	while (len > 1 && parent[len - 1] == '/')
		len--;
	while (len > 1 && parent[len - 1] != '/')
		len--;
	if (len && strcmp(url, "/"))
		sb_addf(sb, "<tr><td><a href=\"%.*s\">..</a></td></tr>\n", (int)len, parent);
	gf_free(parent);
}

void http_send_listing(HttpRequest *r)
{
	Entries list = {0};
	StrBuf sb;
	sb_init(&sb);
	char place[GF_MAX_PATH];
	u32 idx = 0;
	while (http_next_place(r->out, r->path, HTTP_READ, &idx, place))
		read_directory(r, place, &list);
	add_prefixes(r->out, r->path, &list);
	add_stored(r->out, r->path, &list);
	if (list.nb)
		qsort(list.items, list.nb, sizeof(*list.items), compare);
	sb_add(&sb, "<!DOCTYPE html>\n<html><head><meta charset=\"utf-8\"><title>");
	add_text(&sb, r->path);
	sb_add(&sb, "</title></head>\n<body><h1>");
	add_text(&sb, r->path);
	sb_add(&sb, "</h1>\n<table>\n");
	add_parent(&sb, r->path);
	for (u32 i = 0; i < list.nb; i++) {
		const Entry *e = &list.items[i];
		char date[HTTP_DATE_SIZE];
		http_date_format(e->modified, date);
		sb_add(&sb, "<tr><td>");
		add_link(&sb, r->path, e->name, e->is_directory);
		sb_addf(&sb, "</td><td>%s</td><td>", date);
		if (!e->is_directory)
			sb_addf(&sb, "%" PRIu64, e->size);
		sb_add(&sb, "</td></tr>\n");
		gf_free(e->name);
	}
	sb_add(&sb, "</table></body></html>\n");
	gf_free(list.items);
	sb.failed |= list.failed;
	http_send_string(r, 200, "text/html; charset=utf-8", &sb);
}
