// SPDX-License-Identifier: MIT
// Splits the argument part of a filter declaration. A separator may also be part of a value (URLs, paths,
// times, XML): the rules below tell them apart. What they cannot tell goes between doubled separators.

#include <ctype.h>
#include <string.h>
#include <gpac/file.h>
#include <gpac/log.h>
#include <gpac/numbers.h>
#include <gpac/url.h>
#include "base/array.h"
#include "base/str.h"
#include "graph/args.h"

typedef enum { VALUE_OTHER = 0, VALUE_SRC, VALUE_DST } ValueKind;

// The argument being measured.
typedef struct {
	const Separators *seps;
	const char *arg;   // start of the argument, or of the URL
	const char *value; // start of the value, `arg` when there is none
	ValueKind kind;
} ArgScan;

static Bool starts_with(const char *text, const char *prefix)
{
	return strncmp(text, prefix, strlen(prefix)) ? GF_FALSE : GF_TRUE;
}

// `:word` followed by a separator or the end.
static Bool is_escape(const Separators *seps, const char *sep, const char *word)
{
	size_t len = strlen(word);
	return *sep == seps->args && !strncmp(sep + 1, word, len) &&
		   (!sep[len + 1] || sep[len + 1] == seps->args);
}

static const char *end_of(const char *text)
{
	return text + strlen(text);
}

// ---- URLs

static Bool scheme_in(const char *value, size_t len, const char *const *schemes)
{
	for (; *schemes; schemes++) {
		if (strlen(*schemes) == len && !strncmp(value, *schemes, len))
			return GF_TRUE;
	}
	return GF_FALSE;
}

static const char *skip_digits(const char *text)
{
	return text + strspn(text, "0123456789");
}

// End of `host:port`, `host:port/` or `host`, where `host` starts behind the scheme.
static const char *end_of_address(const char *host)
{
	const char *slash = strchr(host, '/');
	if (slash && (!slash[1] || slash[1] == ':'))
		return slash + 1;
	const char *sep = strchrnul(host, ':');
	if (!*sep)
		return sep;
	const char *port_end = skip_digits(sep + 1);
	return port_end > sep + 1 && (!*port_end || *port_end == ':') ? port_end : sep;
}

// End of a URL that has a path: an escape word, a doubled separator, else the first separator of the path.
static const char *end_of_resource(const Separators *seps, const char *host)
{
	if (*host == '[')
		host = strchrnul(host, ']'); // colons of an IPv6 address
	for (const char *p = strchr(host, ':'); p; p = strchr(p + 1, ':')) {
		if (p[1] == ':' || is_escape(seps, p, "gfopt") || is_escape(seps, p, "gfloc") ||
			is_escape(seps, p, "gpac"))
			return p;
	}
	const char *path = strchr(host, '/');
	if (path)
		return strchrnul(path, ':');
	const char *sep = strchrnul(host, ':');
	const char *port_end = *sep ? skip_digits(sep + 1) : sep;
	return *sep && port_end > sep + 1 ? strchrnul(port_end, ':') : sep;
}

// End of the argument whose scheme ends at `colon`.
static const char *end_of_url(const ArgScan *scan, const char *colon)
{
	static const char *const internal[] = {
		"video", "audio", "av", "gmem", "gpac", "pipe", "gfio", "atsc", NULL};
	static const char *const sockets[] = {"tcp", "udp", "tcpu", "udpu", "rtp", "route", "mabr", NULL};
	const char *url = scan->value;
	if (starts_with(url, "gcryp://")) {
		const char *next = strstr(url + 8, "://");
		if (next) {
			url += 8;
			colon = next;
		}
	}
	size_t len = colon - url;
	if (scan->kind != VALUE_OTHER && scheme_in(url, len, internal))
		return strchrnul(colon + 3, ':');
	if (scan->kind != VALUE_OTHER && scheme_in(url, len, sockets))
		return end_of_address(colon + 3);
	return end_of_resource(scan->seps, colon + 3);
}

// ---- Local files

// Tests a name that is a prefix of a longer text.
static Bool prefix_exists(const char *name, size_t len, Bool (*exists)(const char *))
{
	char path[GF_MAX_PATH];
	if (len >= sizeof(path))
		return GF_FALSE;
	memcpy(path, name, len);
	path[len] = 0;
	gf_url_to_fs_path(path);
	return exists(path);
}

// True for an existing file, with or without the fragment.
static Bool is_source_file(const ArgScan *scan, const char *end)
{
	size_t len = end - scan->value;
	if (prefix_exists(scan->value, len, gf_file_exists))
		return GF_TRUE;
	const char *frag = memchr(scan->value, scan->seps->frag, len);
	return frag && prefix_exists(scan->value, frag - scan->value, gf_file_exists);
}

static Bool is_in_directory(const ArgScan *scan, const char *end)
{
	const char *slash = memrchr(scan->value, '/', end - scan->value);
	return !slash || slash == scan->value || prefix_exists(scan->value, slash - scan->value, gf_dir_exists);
}

static const char *next_sep(const ArgScan *scan, const char *from)
{
	return strchrnul(from, scan->seps->args);
}

// A name such as `a:b.mp4`: what follows the separator has an extension, is not an option with a value, and
// is not an option file.
static const char *skip_in_name(const ArgScan *scan, const char *sep)
{
	while (*sep) {
		const char *dot = strchr(sep, '.');
		if (!dot || memchr(scan->value, scan->seps->name, dot - scan->value) ||
			prefix_exists(sep + 1, next_sep(scan, sep + 1) - (sep + 1), gf_file_exists))
			break;
		sep = next_sep(scan, dot);
	}
	return sep;
}

// End of the local name of a source: the first separator behind the name of an existing file.
static const char *end_of_source(const ArgScan *scan, const char *first)
{
	const char *sep = first;
	while (1) {
		if (is_source_file(scan, sep))
			return sep;
		if (!*sep || sep[1] == scan->seps->args)
			break;
		sep = next_sep(scan, sep + 1);
	}
	// no such file: cut where a name most likely ends
	return skip_in_name(scan, first);
}

static const char *end_of_destination(const ArgScan *scan, const char *first)
{
	const char *sep = skip_in_name(scan, first);
	while (*sep && !is_in_directory(scan, sep))
		sep = next_sep(scan, sep + 1);
	return sep;
}

// ---- Times

// True when the separator is inside `Thh:mm:ss` (a time) or `Chh:mm:ss:ff` (a time code).
static Bool is_in_time(const ArgScan *scan, const char *sep)
{
	const char *p = sep;
	u32 nb_seps = 0;
	while (p > scan->value && (isdigit((u8)p[-1]) || p[-1] == scan->seps->args || p[-1] == ';')) {
		p--;
		nb_seps += *p == scan->seps->args;
	}
	if (p == scan->value || p == sep)
		return GF_FALSE;
	char mark = p[-1];
	if (strchr("TtC", mark) == NULL || nb_seps >= (mark == 'C' ? 3 : 2))
		return GF_FALSE;
	// the mark begins the value, an item of a list, or follows a date
	if (p - 1 > scan->value && p[-2] != scan->seps->list && p[-2] != scan->seps->name && !isdigit((u8)p[-2]))
		return GF_FALSE;
	const char *field_end = skip_digits(sep + 1);
	size_t len = field_end - (sep + 1);
	if (*field_end == 'Z') // end of a UTC date
		field_end++;
	return len >= 1 && len <= 2 && !isalnum((u8)*field_end) && *field_end != '_' &&
		   *field_end != scan->seps->name;
}

// ---- Arguments

// First separator that is not part of a time or of a drive letter.
static const char *plain_sep(const ArgScan *scan)
{
	const char *sep = next_sep(scan, scan->arg);
	if (scan->seps->args != ':')
		return sep;
	while (*sep) {
		Bool is_drive = sep[1] == '\\' || (sep[1] == '/' && sep[2] != '/');
		if (!is_drive && !is_in_time(scan, sep))
			break;
		sep = next_sep(scan, sep + 1);
	}
	return sep;
}

// A remote source keeps everything behind it, since its URL may contain separators.
static const char *keep_rest_of_source(const ArgScan *scan, const char *end)
{
	const Separators *seps = scan->seps;
	if (!*end || end[1] == seps->args || is_escape(seps, end, "gpac") || is_escape(seps, end, "gfopt") ||
		is_escape(seps, end, "gfloc") || is_source_file(scan, end))
		return end;
	GF_LOG(GF_LOG_WARNING, GF_LOG_FILTER,
		("[filter] `%s` is taken as part of the source URL; to give it as options, end the URL with "
		 "`:gpac:`\n",
			end));
	return end_of(end);
}

static Bool is_internal_url(const char *value)
{
	static const char *const prefixes[] = {"video://", "audio://", "av://", "gmem://", "gpac://", "pipe://",
		"gfio://", "atsc://", "tcp://", "udp://", "tcpu://", "udpu://", "rtp://", "route://", "mabr://",
		NULL};
	for (u32 i = 0; prefixes[i]; i++) {
		if (starts_with(value, prefixes[i]))
			return GF_TRUE;
	}
	return GF_FALSE;
}

// End of an argument that is not between doubled separators.
static const char *end_of_arg(const ArgScan *scan)
{
	const Separators *seps = scan->seps;
	const char *sep = plain_sep(scan);
	const char *xml = memchr(scan->arg, '<', sep - scan->arg);
	if (xml) {
		const char close[] = {'>', seps->args, 0};
		const char *end = strstr(xml, close);
		return end ? end + 1 : end_of(xml);
	}
	if (seps->args != ':')
		return sep;
	if (starts_with(sep, "://")) {
		const char *end = end_of_url(scan, sep);
		return scan->kind == VALUE_SRC && !is_internal_url(scan->value) ? keep_rest_of_source(scan, end)
																		: end;
	}
	if (is_escape(seps, sep, "gpac"))
		return sep;
	if (scan->kind == VALUE_SRC)
		return end_of_source(scan, sep);
	if (scan->kind == VALUE_DST)
		return end_of_destination(scan, sep);
	return sep;
}

static ArgScan scan_arg(const Separators *seps, const char *text)
{
	ArgScan scan = {.seps = seps, .arg = text, .value = text};
	if (!strncmp(text, "src", 3) && text[3] == seps->name)
		scan.kind = VALUE_SRC;
	else if (!strncmp(text, "dst", 3) && text[3] == seps->name)
		scan.kind = VALUE_DST;
	size_t name_len = strcspn(text, (char[]){seps->name, seps->args, 0});
	if (text[name_len] == seps->name)
		scan.value = text + name_len + 1;
	return scan;
}

static GF_Err add_item(ArgSplit *out, const Separators *seps, const char *text, size_t len, Bool opaque)
{
	if (array_reserve(&out->items, &out->alloc, out->nb_items, 1, sizeof(*out->items)))
		return GF_OUT_OF_MEM;
	// the whole argument, then a copy cut into name and value
	char *copy = gf_malloc(2 * (len + 1));
	if (!copy)
		return GF_OUT_OF_MEM;
	memcpy(copy, text, len);
	copy[len] = 0;
	char *name = copy + len + 1;
	memcpy(name, copy, len + 1);

	ArgItem *item = &out->items[out->nb_items++];
	*item = (ArgItem){.text = copy, .opaque = opaque};
	item->frag = *name == seps->frag;
	item->neg = *name == seps->neg;
	item->name = name + (item->frag || item->neg ? 1 : 0);
	char *sep = strchr(item->name, seps->name);
	if (sep) {
		*sep = 0;
		item->value = sep + 1;
	}
	return GF_OK;
}

GF_Err args_split(const Separators *seps, const char *text, ArgSplit *out)
{
	ArgSplit split = {0};
	GF_Err e = GF_OK;
	const char doubled[] = {seps->args, seps->args, 0};
	if (text && *text == seps->args)
		text++;
	while (!e && text && *text) {
		if (*text != seps->args) {
			ArgScan scan = scan_arg(seps, text);
			const char *end = end_of_arg(&scan);
			// `gpac` only marks the end of the URL before it
			if (end - text != 4 || strncmp(text, "gpac", 4))
				e = add_item(&split, seps, text, end - text, GF_FALSE);
			text = *end ? end + 1 : end;
			continue;
		}
		while (*text == seps->args)
			text++;
		const char *end = strstr(text, doubled);
		size_t len = end ? (size_t)(end - text) : strlen(text);
		if (len)
			e = add_item(&split, seps, text, len, GF_TRUE);
		text = end ? end + 2 : text + len;
	}
	if (e) {
		args_split_reset(&split);
		return e;
	}
	*out = split;
	return GF_OK;
}

void args_split_reset(ArgSplit *split)
{
	for (u32 i = 0; i < split->nb_items; i++)
		gf_free(split->items[i].text);
	gf_free(split->items);
	*split = (ArgSplit){0};
}

const char *args_find(const Separators *seps, const char *text, Bool is_url, Bool is_dst)
{
	if (!is_url)
		return strchr(text, seps->args);
	ArgScan scan = {.seps = seps, .arg = text, .value = text, .kind = is_dst ? VALUE_DST : VALUE_SRC};
	const char *end = end_of_arg(&scan);
	return *end ? end : NULL;
}

char *args_get_option(const Separators *seps, const char *text, const char *name)
{
	ArgSplit split;
	char *found = NULL;
	if (!text || args_split(seps, text, &split))
		return NULL;
	for (u32 i = 0; i < split.nb_items && !found; i++) {
		const ArgItem *item = &split.items[i];
		if (!item->frag && !item->neg && !strcmp(item->name, name))
			found = gf_strdup(item->value ? item->value : "");
	}
	args_split_reset(&split);
	return found;
}
