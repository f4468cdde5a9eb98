// SPDX-License-Identifier: MIT
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/array.h"
#include "base/str.h"
#include "net/http.h"
#include "net/http_cache.h"

#define UNKNOWN 0xFFFFFFFFFFFFFFFFULL
#define MAX_FIELDS 500
#define MAX_LINE (64 * 1024)

// ---- fields

GF_Err http_fields_add(HttpFields *fields, const char *name, const char *value)
{
	if (array_reserve(&fields->list, &fields->alloc, fields->nb, 1, sizeof(*fields->list)))
		return GF_OUT_OF_MEM;
	HttpField field = {gf_strdup(name), gf_strdup(value)};
	if (!field.name || !field.value) {
		gf_free(field.name);
		gf_free(field.value);
		return GF_OUT_OF_MEM;
	}
	fields->list[fields->nb++] = field;
	return GF_OK;
}

const char *http_fields_get(const HttpFields *fields, const char *name)
{
	for (u32 i = 0; i < fields->nb; i++) {
		if (!strcasecmp(fields->list[i].name, name))
			return fields->list[i].value;
	}
	return NULL;
}

void http_fields_remove(HttpFields *fields, const char *name)
{
	u32 kept = 0;
	for (u32 i = 0; i < fields->nb; i++) {
		HttpField field = fields->list[i];
		if (strcasecmp(field.name, name)) {
			fields->list[kept++] = field;
			continue;
		}
		gf_free(field.name);
		gf_free(field.value);
	}
	fields->nb = kept;
}

void http_fields_reset(HttpFields *fields)
{
	for (u32 i = 0; i < fields->nb; i++) {
		gf_free(fields->list[i].name);
		gf_free(fields->list[i].value);
	}
	gf_free(fields->list);
	*fields = (HttpFields){0};
}

// ---- Cache-Control

typedef struct {
	Bool said;
	Bool no_store, no_cache, must_revalidate;
	u64 max_age; // seconds, UNKNOWN when not told
} Directives;

// Seconds in a directive (RFC 9111, 1.2.2), with or without quotes; 0 for what is no number: not fresh.
static u64 read_seconds(const char *text, size_t len)
{
	u64 seconds = 0;
	if (len && *text == '"') {
		text++;
		len -= len > 1 ? 2 : 1;
	}
	for (size_t i = 0; i < len; i++) {
		if (text[i] < '0' || text[i] > '9')
			return 0;
		if (seconds < 0x80000000u)
			seconds = seconds * 10 + (u64)(text[i] - '0');
	}
	return seconds < 0x80000000u ? seconds : 0x80000000u;
}

static void read_directive(Directives *d, const char *text, size_t len)
{
	static const char max_age[] = "max-age=";
	const size_t prefix = sizeof(max_age) - 1;
	if (len == 8 && !strncasecmp(text, "no-store", 8))
		d->no_store = GF_TRUE;
	else if (len >= 8 && !strncasecmp(text, "no-cache", 8) && (len == 8 || text[8] == '='))
		d->no_cache = GF_TRUE;
	else if (len == 15 && !strncasecmp(text, "must-revalidate", 15))
		d->must_revalidate = GF_TRUE;
	else if (len >= prefix && !strncasecmp(text, max_age, prefix) && d->max_age == UNKNOWN)
		d->max_age = read_seconds(text + prefix, len - prefix);
}

// A comma inside quotes does not end a directive.
static size_t directive_length(const char *text)
{
	Bool quoted = GF_FALSE;
	size_t len = 0;
	for (; text[len] && (quoted || text[len] != ','); len++) {
		if (text[len] == '"')
			quoted = !quoted;
		else if (quoted && text[len] == '\\' && text[len + 1])
			len++;
	}
	return len;
}

static void read_directives(Directives *d, const char *text)
{
	d->said = GF_TRUE;
	while (*text) {
		text += strspn(text, " \t,");
		size_t len = directive_length(text);
		size_t used = len;
		while (used && (text[used - 1] == ' ' || text[used - 1] == '\t'))
			used--;
		read_directive(d, text, used);
		text += len;
	}
}

static Directives directives_of(const HttpFields *fields)
{
	Directives d = {.max_age = UNKNOWN};
	for (u32 i = 0; i < fields->nb; i++) {
		if (!strcasecmp(fields->list[i].name, "Cache-Control"))
			read_directives(&d, fields->list[i].value);
	}
	const char *pragma = http_fields_get(fields, "Pragma");
	if (!d.said && pragma && http_list_has(pragma, "no-cache"))
		d.no_cache = GF_TRUE;
	return d;
}

// ---- rules

// The answer may depend on something else than URL and range: then only an entity tag tells which one it is.
static Bool varies(const HttpFields *fields)
{
	for (u32 i = 0; i < fields->nb; i++) {
		if (!strcasecmp(fields->list[i].name, "Vary") && strcasecmp(fields->list[i].value, "Accept-Encoding"))
			return GF_TRUE;
	}
	return GF_FALSE;
}

Bool http_may_store(const HttpFields *fields)
{
	const char *vary = http_fields_get(fields, "Vary");
	if (directives_of(fields).no_store || (vary && strchr(vary, '*')))
		return GF_FALSE;
	return !varies(fields) || http_fields_get(fields, "ETag");
}

static u64 lifetime_of(const HttpFields *fields, const Directives *d, u64 date)
{
	const char *expires = http_fields_get(fields, "Expires");
	u64 end;
	if (d->max_age != UNKNOWN)
		return d->max_age;
	return expires && http_date_parse(expires, &end) && end > date ? end - date : 0;
}

Bool http_is_fresh(const HttpFields *fields, u64 answered, u64 now)
{
	Directives d = directives_of(fields);
	const char *text = http_fields_get(fields, "Date");
	u64 date = answered;
	if (d.no_cache || varies(fields) || now < answered)
		return GF_FALSE;
	if (text && !http_date_parse(text, &date))
		date = answered;
	// 4.2.3: what the caches on the way tell, but not less than the clocks do
	u64 age = date < answered ? answered - date : 0;
	text = http_fields_get(fields, "Age");
	if (text && read_seconds(text, strlen(text)) > age)
		age = read_seconds(text, strlen(text));
	return lifetime_of(fields, &d, date) > age + (now - answered);
}

Bool http_must_revalidate(const HttpFields *fields)
{
	return directives_of(fields).must_revalidate;
}

void http_fields_decoded(HttpFields *fields)
{
	http_fields_remove(fields, "Content-Encoding");
	http_fields_remove(fields, "Content-Length");
	http_fields_remove(fields, "Transfer-Encoding");
}

// Fields of a 304 that tell of that answer itself, or of the body it does not have.
static Bool is_of_the_message(const char *name)
{
	static const char *const names[] = {"Content-Length", "Content-Range", "Content-Encoding", "Content-Type",
		"Transfer-Encoding", "Connection", "Keep-Alive"};
	for (size_t i = 0; i < sizeof(names) / sizeof(*names); i++) {
		if (!strcasecmp(name, names[i]))
			return GF_TRUE;
	}
	return GF_FALSE;
}

GF_Err http_fields_refresh(HttpFields *stored, const HttpFields *answer)
{
	GF_Err e = GF_OK;
	for (u32 i = 0; i < answer->nb; i++) {
		if (!is_of_the_message(answer->list[i].name))
			http_fields_remove(stored, answer->list[i].name);
	}
	for (u32 i = 0; i < answer->nb && !e; i++) {
		if (!is_of_the_message(answer->list[i].name))
			e = http_fields_add(stored, answer->list[i].name, answer->list[i].value);
	}
	return e;
}

void http_content_range(const char *value, u64 *first, u64 *size)
{
	*first = *size = UNKNOWN;
	if (!value || strncasecmp(value, "bytes", 5))
		return;
	value += 5 + strspn(value + 5, " \t");
	if (*value >= '0' && *value <= '9')
		*first = strtoull(value, NULL, 10);
	const char *slash = strchr(value, '/');
	if (slash && slash[1] >= '0' && slash[1] <= '9')
		*size = strtoull(slash + 1, NULL, 10);
}

// ---- stored answers

static const char first_line[] = "libgpac HTTP cache 1";

void http_stored_reset(HttpStored *stored)
{
	gf_free(stored->url);
	gf_free(stored->body);
	http_fields_reset(&stored->fields);
	*stored = (HttpStored){0};
}

static Bool is_line(const char *text)
{
	return text && *text && !text[strcspn(text, "\r\n")] && strlen(text) < MAX_LINE;
}

char *http_stored_write(const HttpStored *stored)
{
	StrBuf sb;
	if (!is_line(stored->url) || !is_line(stored->body))
		return NULL;
	sb_init(&sb);
	sb_addf(&sb, "%s\nrange %" PRIu64 " %" PRIu64 "\nsize %" PRIu64 "\ntime %" PRIu64 "\nbody %s\nurl %s\n", first_line,
		stored->first, stored->last, stored->size, stored->answered, stored->body, stored->url);
	for (u32 i = 0; i < stored->fields.nb && i < MAX_FIELDS; i++) {
		const HttpField *f = &stored->fields.list[i];
		if (is_line(f->name) && !strchr(f->name, ':') && (!*f->value || is_line(f->value)))
			sb_addf(&sb, "field %s:%s\n", f->name, f->value);
	}
	sb_add(&sb, "end\n");
	return sb_take(&sb);
}

typedef struct {
	const char *text;
	size_t left;
} Lines;

// The next line, without its end, as a string of the caller; NULL at the end, for one that is not complete, is too long
// or has a zero byte.
static char *next_line(Lines *in)
{
	const char *end = in->left ? memchr(in->text, '\n', in->left < MAX_LINE * 2 ? in->left : MAX_LINE * 2) : NULL;
	size_t len = end ? (size_t)(end - in->text) : 0;
	char *line = end && !memchr(in->text, 0, len) ? gf_malloc(len + 1) : NULL;
	if (!line)
		return NULL;
	memcpy(line, in->text, len);
	line[len] = 0;
	in->text = end + 1;
	in->left -= len + 1;
	return line;
}

static Bool read_number(const char **text, u64 *value)
{
	char *end;
	if (**text < '0' || **text > '9')
		return GF_FALSE;
	*value = strtoull(*text, &end, 10);
	*text = end;
	return GF_TRUE;
}

// `word` and one or two numbers.
static Bool read_numbers(Lines *in, const char *word, u64 *one, u64 *two)
{
	char *line = next_line(in);
	size_t len = strlen(word);
	Bool ok = GF_FALSE;
	if (line && !strncmp(line, word, len) && line[len] == ' ') {
		const char *p = line + len + 1;
		ok = read_number(&p, one);
		if (ok && two)
			ok = *p++ == ' ' && read_number(&p, two);
		ok = ok && !*p;
	}
	gf_free(line);
	return ok;
}

// `word` and a text, which the caller frees; NULL.
static char *read_text(Lines *in, const char *word)
{
	char *line = next_line(in), *text = NULL;
	size_t len = strlen(word);
	if (line && !strncmp(line, word, len) && line[len] == ' ' && line[len + 1])
		text = gf_strdup(line + len + 1);
	gf_free(line);
	return text;
}

// Fields up to the line that ends the text.
static GF_Err read_fields(Lines *in, HttpFields *fields)
{
	for (;;) {
		char *line = next_line(in);
		Bool is_end = line && !strcmp(line, "end");
		char *colon = line && !strncmp(line, "field ", 6) ? strchr(line, ':') : NULL;
		GF_Err e = GF_NON_COMPLIANT_BITSTREAM;
		if (colon && colon > line + 6 && fields->nb < MAX_FIELDS) {
			*colon = 0;
			e = http_fields_add(fields, line + 6, colon + 1);
		}
		gf_free(line);
		if (is_end)
			return in->left ? GF_NON_COMPLIANT_BITSTREAM : GF_OK;
		if (e)
			return e;
	}
}

// A name in the directory of the cache, and nowhere else.
static Bool is_file_name(const char *name)
{
	return name && *name && *name != '.' && !strchr(name, '/');
}

GF_Err http_stored_read(const char *text, size_t size, HttpStored *stored)
{
	Lines in = {text, size};
	HttpStored s = {0};
	char *line = next_line(&in);
	Bool ok = line && !strcmp(line, first_line);
	gf_free(line);
	ok = ok && read_numbers(&in, "range", &s.first, &s.last) && read_numbers(&in, "size", &s.size, NULL) &&
		read_numbers(&in, "time", &s.answered, NULL);
	s.body = ok ? read_text(&in, "body") : NULL;
	s.url = is_file_name(s.body) ? read_text(&in, "url") : NULL;
	GF_Err e = s.url ? read_fields(&in, &s.fields) : GF_NON_COMPLIANT_BITSTREAM;
	if (e) {
		http_stored_reset(&s);
		return e;
	}
	*stored = s;
	return GF_OK;
}
