// SPDX-License-Identifier: MIT
#include <ctype.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <gpac/log.h>
#include <gpac/numbers.h>
#include "base/array.h"
#include "formats/playlist.h"

void playlist_reset_entry(PlaylistEntry *entry)
{
	gf_free(entry->source);
	gf_free(entry->props);
	gf_free(entry->chapter);
	gf_free(entry->base_url);
	memset(entry, 0, sizeof(*entry));
}

void playlist_reset(Playlist *playlist)
{
	for (u32 i = 0; i < playlist->nb_entries; i++)
		playlist_reset_entry(&playlist->entries[i]);
	gf_free(playlist->entries);
	gf_free(playlist->raw);
	memset(playlist, 0, sizeof(*playlist));
}

// Takes over the content of `entry`.
static GF_Err add_entry(Playlist *playlist, PlaylistEntry *entry)
{
	if (array_reserve(&playlist->entries, &playlist->alloc, playlist->nb_entries, 1, sizeof(*playlist->entries)))
		return GF_OUT_OF_MEM;
	playlist->entries[playlist->nb_entries++] = *entry;
	memset(entry, 0, sizeof(*entry));
	return GF_OK;
}

GF_Err playlist_add(Playlist *playlist, const char *source)
{
	PlaylistEntry entry = {.source = gf_strdup(source)};
	GF_Err e = entry.source ? add_entry(playlist, &entry) : GF_OUT_OF_MEM;
	playlist_reset_entry(&entry);
	return e;
}

static Bool copy_field(char **copy, const char *text)
{
	*copy = text ? gf_strdup(text) : NULL;
	return !(text && !*copy);
}

GF_Err playlist_copy_entry(const PlaylistEntry *entry, PlaylistEntry *copy)
{
	PlaylistEntry c = *entry;
	c.source = c.props = c.chapter = c.base_url = NULL;
	if (!copy_field(&c.source, entry->source) || !copy_field(&c.props, entry->props) ||
		!copy_field(&c.chapter, entry->chapter) || !copy_field(&c.base_url, entry->base_url)) {
		playlist_reset_entry(&c);
		return GF_OUT_OF_MEM;
	}
	playlist_reset_entry(copy);
	*copy = c;
	return GF_OK;
}

static Bool same_text(const char *a, const char *b)
{
	return a && b ? !strcmp(a, b) : a == b;
}

Bool playlist_same_entry(const PlaylistEntry *a, const PlaylistEntry *b)
{
	return same_text(a->source, b->source) && same_text(a->props, b->props) &&
		   same_text(a->chapter, b->chapter) && same_text(a->base_url, b->base_url) &&
		   a->repeat == b->repeat && a->start == b->start && a->duration == b->duration && a->cat == b->cat &&
		   a->range_start == b->range_start && a->range_end == b->range_end && a->remove == b->remove &&
		   a->no_sync == b->no_sync;
}

static char *copy_text(const char *text, size_t size)
{
	char *copy = gf_malloc(size + 1);
	if (!copy)
		return NULL;
	memcpy(copy, text, size);
	copy[size] = 0;
	return copy;
}

// ---- Directives

typedef enum {
	DIR_REPEAT = 0,
	DIR_START,
	DIR_STOP,
	DIR_CAT,
	DIR_SRANGE,
	DIR_SEND,
	DIR_PROPS,
	DIR_DEL,
	DIR_NOSYNC,
	DIR_CHAP,
	DIR_BASE_URL,
	DIR_SPLICE,
	DIR_KA,
	DIR_FLOOP,
	DIR_RAW,
	DIR_REPLACE,
	DIR_PURGE,
	DIR_END,
	DIR_UNKNOWN,
} Directive;

static Directive directive_of(const char *name)
{
	static const struct {
		const char *name;
		Directive directive;
	} names[] = {
		{"repeat", DIR_REPEAT},
		{"start", DIR_START},
		{"stop", DIR_STOP},
		{"cat", DIR_CAT},
		{"srange", DIR_SRANGE},
		{"send", DIR_SEND},
		{"props", DIR_PROPS},
		{"del", DIR_DEL},
		{"nosync", DIR_NOSYNC},
		{"chap", DIR_CHAP},
		{"base_url", DIR_BASE_URL},
		{"out", DIR_SPLICE},
		{"in", DIR_SPLICE},
		{"keep", DIR_SPLICE},
		{"mark", DIR_SPLICE},
		{"sprops", DIR_SPLICE},
		{"ka", DIR_KA},
		{"floop", DIR_FLOOP},
		{"raw", DIR_RAW},
		{"replace", DIR_REPLACE},
		{"purge", DIR_PURGE},
		{"end", DIR_END},
	};
	for (u32 i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		if (!strcmp(name, names[i].name))
			return names[i].directive;
	return DIR_UNKNOWN;
}

static GF_Err set_text(char **field, const char *value)
{
	char *copy = gf_strdup(value ? value : "");
	if (!copy)
		return GF_OUT_OF_MEM;
	gf_free(*field);
	*field = copy;
	return GF_OK;
}

// Seconds, as a number or a fraction; 0 for what is not a time.
static double parse_time(const char *value)
{
	GF_Fraction64 fraction;
	double seconds = strtod(value, NULL);
	if (strchr(value, '/') && gf_parse_lfrac(value, &fraction) && fraction.den)
		seconds = (double)fraction.num / (double)fraction.den;
	return isfinite(seconds) && seconds > 0 ? seconds : 0;
}

static GF_Err apply_directive(Playlist *playlist, PlaylistEntry *entry, const char *name, const char *value)
{
	const char *number = value ? value : "0";
	switch (directive_of(name)) {
	case DIR_REPEAT:
		entry->repeat = (s32)strtol(number, NULL, 10);
		break;
	case DIR_START:
		entry->start = parse_time(number);
		break;
	case DIR_STOP:
		entry->duration = parse_time(number);
		break;
	case DIR_CAT:
		entry->cat = GF_TRUE;
		break;
	case DIR_SRANGE:
		entry->range_start = strtoull(number, NULL, 10);
		break;
	case DIR_SEND:
		entry->range_end = strtoull(number, NULL, 10);
		break;
	case DIR_PROPS:
		return set_text(&entry->props, value);
	case DIR_DEL:
		entry->remove = GF_TRUE;
		break;
	case DIR_NOSYNC:
		entry->no_sync = GF_TRUE;
		break;
	case DIR_CHAP:
		return set_text(&entry->chapter, value);
	case DIR_BASE_URL:
		return set_text(&entry->base_url, value);
	case DIR_SPLICE:
		entry->splice = GF_TRUE;
		break;
	case DIR_KA:
		playlist->has_refresh = GF_TRUE;
		playlist->refresh_ms = (u32)strtoul(number, NULL, 10);
		break;
	case DIR_FLOOP:
		playlist->has_loop = GF_TRUE;
		playlist->loop = (s32)strtol(number, NULL, 10);
		break;
	case DIR_RAW:
		playlist->has_raw = GF_TRUE;
		return value ? set_text(&playlist->raw, value) : GF_OK;
	case DIR_REPLACE:
		playlist->replace = GF_TRUE;
		break;
	case DIR_PURGE:
		playlist->purge = GF_TRUE;
		break;
	case DIR_END:
		playlist->ended = GF_TRUE;
		break;
	case DIR_UNKNOWN:
		GF_LOG(GF_LOG_WARNING, GF_LOG_PARSER, ("[playlist] unknown directive %s, ignored\n", name));
		break;
	}
	return GF_OK;
}

// The directives of a line, separated by spaces.
static GF_Err parse_directives(Playlist *playlist, PlaylistEntry *entry, char *line)
{
	char *next = NULL;
	GF_Err e = GF_OK;
	for (char *word = strtok_r(line, " \t", &next); word && !e; word = strtok_r(NULL, " \t", &next)) {
		char *value = strchr(word, '=');
		if (value)
			*value++ = 0;
		e = apply_directive(playlist, entry, word, value);
	}
	return e;
}

// One line without its end. `entry` gathers the directives until a source comes.
static GF_Err parse_line(Playlist *playlist, PlaylistEntry *entry, const char *text, size_t size)
{
	while (size && isspace((u8)*text)) {
		text++;
		size--;
	}
	while (size && isspace((u8)text[size - 1]))
		size--;
	if (!size || (text[0] == '#' && size > 1 && text[1] == '#'))
		return GF_OK;
	char *line = copy_text(text, size);
	if (!line)
		return GF_OUT_OF_MEM;
	if (line[0] == '#') {
		GF_Err e = parse_directives(playlist, entry, line + 1);
		gf_free(line);
		return e;
	}
	entry->source = line;
	return add_entry(playlist, entry);
}

GF_Err playlist_parse(const u8 *data, u32 size, Playlist *playlist)
{
	const char *text = (const char *)data;
	PlaylistEntry entry = {0};
	Playlist list = {0};
	GF_Err e = GF_OK;
	if (size && memchr(text, 0, size)) {
		GF_LOG(GF_LOG_ERROR, GF_LOG_PARSER, ("[playlist] not a text: it has a byte 0\n"));
		return GF_CORRUPTED_DATA;
	}
	for (u32 pos = 0; pos < size && !e;) {
		const char *end = memchr(text + pos, '\n', size - pos);
		u32 length = end ? (u32)(end - (text + pos)) : size - pos;
		e = parse_line(&list, &entry, text + pos, length);
		pos += length + 1;
	}
	list.complete = size && text[size - 1] == '\n';
	playlist_reset_entry(&entry);
	if (e)
		playlist_reset(&list);
	else
		*playlist = list;
	return e;
}

// ---- Sources and filters of a line

static const char *skip_blanks(const char *text, const char *end)
{
	while (text < end && isspace((u8)*text))
		text++;
	return text;
}

static const char *trim_end(const char *text, const char *end)
{
	while (end > text && isspace((u8)end[-1]))
		end--;
	return end;
}

// Next link: an `@` between blanks, or followed by `-`, `#` after a blank. `end` when there is none.
static const char *find_link(const char *text, const char *end)
{
	for (const char *p = text; p + 1 < end; p++)
		if (isspace((u8)p[0]) && p[1] == '@' &&
			(p + 2 == end || isspace((u8)p[2]) || p[2] == '-' || p[2] == '#'))
			return p + 1;
	return end;
}

static GF_Err add_filter(PlaylistChain *chain, const char *text, const char *end)
{
	// After the `@`: place, fragment, then the declaration.
	u32 back = 0;
	if (text < end && *text == '-') {
		char *after;
		back = (u32)strtoul(text + 1, &after, 10);
		text = after;
	}
	const char *fragment = text;
	while (text < end && !isspace((u8)*text))
		text++;
	const char *fragment_end = text;
	text = skip_blanks(text, end);
	end = trim_end(text, end);
	if (text == end || back > chain->nb_filters)
		return GF_BAD_PARAM;
	if (array_reserve(&chain->filters, &chain->alloc, chain->nb_filters, 1, sizeof(*chain->filters)))
		return GF_OUT_OF_MEM;
	u32 i = chain->nb_filters++;
	chain->filters[i].back = back;
	chain->filters[i].filter = copy_text(text, (size_t)(end - text));
	chain->filters[i].fragment =
		fragment < fragment_end ? copy_text(fragment, (size_t)(fragment_end - fragment)) : NULL;
	return chain->filters[i].filter ? GF_OK : GF_OUT_OF_MEM;
}

static GF_Err split_chain(PlaylistChain *chain, const char *text, const char *end)
{
	text = skip_blanks(text, end);
	const char *link = find_link(text, end);
	const char *source_end = trim_end(text, link);
	if (source_end == text)
		return GF_BAD_PARAM;
	chain->source = copy_text(text, (size_t)(source_end - text));
	GF_Err e = chain->source ? GF_OK : GF_OUT_OF_MEM;
	while (link < end && !e) {
		const char *next = find_link(link + 1, end);
		e = add_filter(chain, link + 1, next);
		link = next;
	}
	return e;
}

void playlist_chains_del(PlaylistChain *chains, u32 nb)
{
	for (u32 i = 0; i < nb; i++) {
		for (u32 j = 0; j < chains[i].nb_filters; j++) {
			gf_free(chains[i].filters[j].filter);
			gf_free(chains[i].filters[j].fragment);
		}
		gf_free(chains[i].filters);
		gf_free(chains[i].source);
	}
	gf_free(chains);
}

GF_Err playlist_split(const char *source, PlaylistChain **chains, u32 *nb)
{
	PlaylistChain *list = NULL;
	u32 count = 0, alloc = 0;
	GF_Err e = GF_OK;
	const char *end = source + strlen(source);
	while (!e) {
		const char *next = strstr(source, "&&");
		e = array_reserve(&list, &alloc, count, 1, sizeof(*list));
		if (e)
			break;
		memset(&list[count++], 0, sizeof(*list));
		e = split_chain(&list[count - 1], source, next ? next : end);
		if (!next)
			break;
		source = next + 2;
	}
	if (e) {
		playlist_chains_del(list, count);
		return e;
	}
	*chains = list;
	*nb = count;
	return GF_OK;
}

// ---- Recognition

// Bytes of the UTF-8 character at `p`, 0 when it is not one or is a control character.
static u32 utf8_length(const u8 *p, const u8 *end)
{
	static const u8 lengths[16] = {1, 1, 1, 1, 1, 1, 1, 1, 0, 0, 0, 0, 2, 2, 3, 4};
	u32 n = lengths[p[0] >> 4];
	if ((p[0] < 0x20 && p[0] != '\t' && p[0] != '\r') || p[0] == 0x7F || (u32)(end - p) < n)
		return 0;
	for (u32 i = 1; i < n; i++)
		if ((p[i] & 0xC0) != 0x80)
			return 0;
	return n;
}

static Bool is_text(const u8 *p, const u8 *end)
{
	while (p < end) {
		u32 n = utf8_length(p, end);
		if (!n)
			return GF_FALSE;
		p += n;
	}
	return GF_TRUE;
}

// A scheme, or a name with an extension of letters and digits before its options.
static Bool is_path(const char *line, const char *end)
{
	size_t size = (size_t)(end - line);
	if (strchr("<{[\"'", *line))
		return GF_FALSE;
	if (memmem(line, size, "://", 3))
		return GF_TRUE;
	const char *name = memrchr(line, '/', size);
	name = name ? name + 1 : line;
	const char *dot = memchr(name, '.', (size_t)(end - name));
	while (dot) {
		const char *p = dot + 1;
		while (p < end && isalnum((u8)*p))
			p++;
		if (p > dot + 1 && p <= dot + 10 && (p == end || strchr(":#?&@ ", *p)))
			return p == end || *p != ' ' || p[1] == '@' || p[1] == '&';
		dot = memchr(dot + 1, '.', (size_t)(end - dot - 1));
	}
	return GF_FALSE;
}

Bool playlist_probe(const u8 *data, u32 size)
{
	static const char mark[] = "##GPACPL";
	const char *text = (const char *)data;
	const char *end = text + size;
	u32 nb_paths = 0;
	while (text < end) {
		const char *eol = memchr(text, '\n', (size_t)(end - text));
		if (!eol && nb_paths)
			break; // a line that the block cuts
		const char *line_end = trim_end(text, eol ? eol : end);
		size_t length = (size_t)(line_end - text);
		if (!is_text((const u8 *)text, (const u8 *)line_end))
			return GF_FALSE;
		if (length >= sizeof(mark) - 1 && !memcmp(text, mark, sizeof(mark) - 1))
			return GF_TRUE;
		if (length >= 4 && !memcmp(text, "#EXT", 4))
			return GF_FALSE; // HLS
		if (length && *text != '#') {
			if (!is_path(text, line_end))
				return GF_FALSE;
			nb_paths++;
		}
		text = eol ? eol + 1 : end;
	}
	return nb_paths != 0;
}
