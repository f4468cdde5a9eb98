// SPDX-License-Identifier: MIT
// GET and HEAD of files (RFC 9110, 9.3.1, 13 and 14).
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include <gpac/main.h>

#include "base/str.h"
#include "filters/httpout.h"

#define FILE_BLOCK 131072
#define BOUNDARY "gf_byteranges_7d83c1a0f5"

// ---- bodies

// Bytes of a file between texts: each part is a text, then a range of the file.
typedef struct {
	char *text;
	u32 text_size;
	u64 first, size;
} BodyPart;

typedef struct {
	FoundFile file;
	u32 nb_parts;
	BodyPart parts[HTTP_MAX_RANGES + 1];
} FileBody;

static void release_body(void *udta)
{
	FileBody *b = udta;
	for (u32 i = 0; i < b->nb_parts; i++)
		gf_free(b->parts[i].text);
	found_release(&b->file);
	gf_free(b);
}

static ssize_t read_file(const FoundFile *f, u64 pos, u8 *buffer, size_t max)
{
	if (f->memory) {
		memcpy(buffer, f->memory->data + pos, max);
		return (ssize_t)max;
	}
	ssize_t n = pread(f->fd, buffer, max, (off_t)pos);
	return n > 0 ? n : NET_READ_ERROR; // shorter than when it was opened
}

static ssize_t read_body(void *udta, u64 pos, u8 *buffer, size_t max)
{
	const FileBody *b = udta;
	for (u32 i = 0; i < b->nb_parts; i++) {
		const BodyPart *p = &b->parts[i];
		if (pos < p->text_size) {
			size_t n = p->text_size - pos < max ? (size_t)(p->text_size - pos) : max;
			memcpy(buffer, p->text + pos, n);
			return (ssize_t)n;
		}
		pos -= p->text_size;
		if (pos < p->size)
			return read_file(&b->file, p->first + pos, buffer, p->size - pos < max ? (size_t)(p->size - pos) : max);
		pos -= p->size;
	}
	return NET_READ_END;
}

static void release_memory(void *udta)
{
	file_unuse(udta);
}

// One range, as memory when the file is there. `*found` is taken over.
static NetBody range_body(FoundFile *found, u64 first, u64 size)
{
	if (found->memory) {
		NetBody body = {.data = found->memory->data + first, .size = size, .release = release_memory, .body = found->memory};
		found->memory = NULL;
		return body;
	}
	FileBody *b = gf_calloc(1, sizeof(*b));
	if (!b)
		return (NetBody){0};
	b->file = *found;
	found->fd = -1;
	b->nb_parts = 1;
	b->parts[0] = (BodyPart){.first = first, .size = size};
	return (NetBody){.read = read_body, .size = size, .block_size = FILE_BLOCK, .release = release_body, .body = b};
}

// Several ranges as multipart/byteranges (14.6).
static NetBody multipart_body(FoundFile *found, const HttpRange *ranges, u32 nb)
{
	FileBody *b = gf_calloc(1, sizeof(*b));
	if (!b)
		return (NetBody){0};
	NetBody body = {.read = read_body, .block_size = FILE_BLOCK, .release = release_body, .body = b};
	b->file = *found;
	found->fd = -1;
	found->memory = NULL;
	for (u32 i = 0; i <= nb; i++) {
		StrBuf sb;
		BodyPart *p = &b->parts[b->nb_parts++];
		sb_init(&sb);
		sb_addf(&sb, "\r\n--" BOUNDARY "%s\r\n", i == nb ? "--" : "");
		if (i < nb && b->file.mime)
			sb_addf(&sb, "Content-Type: %s\r\n", b->file.mime);
		if (i < nb) {
			sb_addf(&sb, "Content-Range: bytes %" PRIu64 "-%" PRIu64 "/%" PRIu64 "\r\n\r\n", ranges[i].first, ranges[i].last,
				b->file.size);
			p->first = ranges[i].first;
			p->size = ranges[i].last - ranges[i].first + 1;
		}
		p->text_size = (u32)sb.len;
		p->text = sb_take(&sb);
		if (!p->text) {
			release_body(b);
			return (NetBody){0};
		}
		body.size += p->text_size + p->size;
	}
	return body;
}

// Several ranges, one after the other, as clients of other implementations expect them.
static NetBody concatenated_body(FoundFile *found, const HttpRange *ranges, u32 nb)
{
	FileBody *b = gf_calloc(1, sizeof(*b));
	if (!b)
		return (NetBody){0};
	NetBody body = {.read = read_body, .block_size = FILE_BLOCK, .release = release_body, .body = b};
	b->file = *found;
	found->fd = -1;
	found->memory = NULL;
	for (u32 i = 0; i < nb; i++) {
		BodyPart *p = &b->parts[b->nb_parts++];
		p->first = ranges[i].first;
		p->size = ranges[i].last - ranges[i].first + 1;
		body.size += p->size;
	}
	return body;
}

// ---- answers

typedef struct {
	char etag[40];
	char date[HTTP_DATE_SIZE];
	const char *mime;
	const char *coding; // NULL: none
	Bool varies;        // with what codings are accepted
} FileHeaders;

// 8.8.3: each coding has a tag of its own.
static void file_headers(const FoundFile *f, const HttpCoded *coded, FileHeaders *h)
{
	h->coding = coded->name;
	h->varies = coded->varies;
	snprintf(h->etag, sizeof(h->etag), "\"%" PRIu64 "%s%s\"", f->modified_us, h->coding ? "-" : "", h->coding ? h->coding : "");
	h->date[0] = 0;
	if (f->modified_us / 1000 <= gf_net_get_utc()) // 8.8.2.1: a date to come is not told
		http_date_format(f->modified_us / 1000000, h->date);
	h->mime = f->mime;
}

static void add_file_headers(const HttpOut *out, NetAnswer *a, const FileHeaders *h)
{
	Bool no_cache = out->cache_control && !strcmp(out->cache_control, "none");
	if (!no_cache)
		out->net->answer_header(a, "ETag", h->etag);
	if (!no_cache && out->cache_control)
		out->net->answer_header(a, "Cache-Control", out->cache_control);
	if (h->date[0])
		out->net->answer_header(a, "Last-Modified", h->date);
	if (h->varies)
		out->net->answer_header(a, "Vary", "Accept-Encoding");
	if (h->coding)
		out->net->answer_header(a, "Content-Encoding", h->coding);
	out->net->answer_header(a, "Accept-Ranges", out->norange ? "none" : "bytes");
}

static void send_body(HttpRequest *r, u32 status, const NetBody *body, const FileHeaders *h, const char *type,
	const char *range)
{
	const NetServerApi *net = r->out->net;
	const NetBody paced = http_paced_body(r, body);
	NetAnswer *a = body->body || !body->size ? http_answer_new(r, &paced) : NULL;
	if (a) {
		add_file_headers(r->out, a, h);
		if (type)
			net->answer_header(a, "Content-Type", type);
		if (range)
			net->answer_header(a, "Content-Range", range);
	}
	http_send(r, status, a);
}

static Bool is_our_client(const HttpRequest *r)
{
	const char *agent = r->out->net->header(r->x, "User-Agent");
	return agent && !strncmp(agent, "GPAC/", 5);
}

static void send_ranges(HttpRequest *r, FoundFile *found, const FileHeaders *h, const HttpRange *ranges, u32 nb)
{
	char text[64 + HTTP_MAX_RANGES * 48];
	u64 size = found->size;
	NetBody body;
	int len = snprintf(text, sizeof(text), "bytes ");
	for (u32 i = 0; i < nb; i++)
		len += snprintf(text + len, sizeof(text) - (size_t)len, "%s%" PRIu64 "-%" PRIu64, i ? "," : "",
			ranges[i].first, ranges[i].last);
	snprintf(text + len, sizeof(text) - (size_t)len, "/%" PRIu64, size);
	if (nb == 1) {
		body = range_body(found, ranges[0].first, ranges[0].last - ranges[0].first + 1);
		send_body(r, 206, &body, h, h->mime, text);
	} else if (is_our_client(r)) {
		body = concatenated_body(found, ranges, nb);
		send_body(r, 206, &body, h, h->mime, text);
	} else {
		body = multipart_body(found, ranges, nb);
		send_body(r, 206, &body, h, "multipart/byteranges; boundary=" BOUNDARY, NULL);
	}
}

static void send_unsatisfiable(HttpRequest *r, u64 size)
{
	char text[48];
	NetAnswer *a = http_answer_new(r, NULL);
	snprintf(text, sizeof(text), "bytes */%" PRIu64, size);
	if (a)
		r->out->net->answer_header(a, "Content-Range", text);
	http_send(r, 416, a);
}

static void send_coded(HttpRequest *r, HttpCoded *coded, const FileHeaders *h)
{
	const NetBody body = coded->body;
	coded->body.release = NULL; // by the answer
	send_body(r, 200, &body, h, h->mime, NULL);
}

// The whole file. Most requests are for files in memory and want nothing special: they share one answer.
static void send_whole(HttpRequest *r, FoundFile *found, const FileHeaders *h)
{
	HttpOut *out = r->out;
	HttpFile *f = found->memory;
	Bool plain = f && !out->sutc && !r->nb_headers && !r->throttle && !http_wants_cors(r);
	NetBody body;
	if (!plain) {
		body = range_body(found, 0, found->size);
		send_body(r, 200, &body, h, h->mime, NULL);
		return;
	}
	if (!f->answer) {
		body = range_body(found, 0, found->size);
		f->answer = http_answer_common(out, &body);
		if (f->answer) {
			add_file_headers(out, f->answer, h);
			if (h->mime)
				out->net->answer_header(f->answer, "Content-Type", h->mime);
		}
	}
	r->status = 200;
	if (!f->answer || out->net->answer(r->x, 200, f->answer))
		out->net->close(r->x);
}

// 15.4.5: a 304 has no body, but the headers of a 200, of which Content-Length is one. 412 is an error.
static void send_refusal(HttpRequest *r, u32 status, FoundFile *found, HttpCoded *coded, const FileHeaders *h)
{
	if (status == 304) {
		NetBody body = coded->name ? coded->body : range_body(found, 0, found->size);
		coded->body.release = NULL; // by the answer
		send_body(r, status, &body, h, NULL, NULL);
	} else {
		http_send_empty(r, status);
	}
}

void http_conditions_of(const HttpRequest *r, HttpConditions *c)
{
	const NetServerApi *net = r->out->net;
	*c = (HttpConditions){
		.if_match = net->header(r->x, "If-Match"),
		.if_none_match = net->header(r->x, "If-None-Match"),
		.if_modified_since = net->header(r->x, "If-Modified-Since"),
		.if_unmodified_since = net->header(r->x, "If-Unmodified-Since"),
		.if_range = net->header(r->x, "If-Range"),
	};
}

void http_send_file(HttpRequest *r, FoundFile *found)
{
	HttpOut *out = r->out;
	FileHeaders h;
	HttpRange ranges[HTTP_MAX_RANGES];
	u32 nb = 0;
	HttpCoded coded;
	http_zip(r, found, &coded);
	file_headers(found, &coded, &h);
	HttpConditions c;
	http_conditions_of(r, &c);
	const u64 modified = found->modified_us / 1000000;
	const HttpValidators v = {GF_TRUE, h.etag, modified, gf_net_get_utc() / 1000 > modified};
	const u32 refused = http_check_conditions(&c, &v, GF_TRUE);
	// 14.2: the range of a HEAD is ignored
	const char *range = out->norange || r->method != METHOD_GET ? NULL : out->net->header(r->x, "Range");
	HttpRangeResult res = HTTP_RANGES_IGNORED;
	if (!refused && range && http_if_range_holds(&c, &v))
		res = http_ranges_parse(range, found->size, ranges, &nb);
	if (refused)
		send_refusal(r, refused, found, &coded, &h);
	else if (res == HTTP_RANGES_WRONG)
		send_unsatisfiable(r, found->size);
	else if (res == HTTP_RANGES_OK && !(nb == 1 && ranges[0].last - ranges[0].first + 1 == found->size))
		send_ranges(r, found, &h, ranges, nb);
	else if (coded.name)
		send_coded(r, &coded, &h);
	else
		send_whole(r, found, &h);
	http_coded_drop(&coded);
	found_release(found);
}

// What browsers ask of every server; of one that has none the shared resources may have one.
static GF_Err find_icon(HttpOut *out, FoundFile *found)
{
	char path[GF_MAX_PATH];
	if (!gf_opts_default_shared_directory(path) || gf_strlcat(path, "/res/favicon.ico", sizeof(path)) >= sizeof(path))
		return GF_URL_ERROR;
	return http_open_file(out, path, found);
}

void http_get(HttpRequest *r)
{
	FoundFile found;
	if (http_get_input(r))
		return;
	GF_Err e = http_find_file(r->out, r->path, &found);
	if (e == GF_URL_ERROR && http_get_growing(r, GF_FALSE))
		return;
	if (e == GF_URL_ERROR && !strcmp(r->path, "/favicon.ico"))
		e = find_icon(r->out, &found);
	if (e) {
		if (e == GF_URL_ERROR && r->out->dlist && http_has_files_below(r->out, r->path))
			http_send_listing(r);
		else if (e == GF_URL_ERROR)
			http_send_text(r, 404, "Resource %s cannot be resolved\n", r->path);
		else
			http_send_text(r, 500, "Resource %s cannot be read\n", r->path);
		return;
	}
	if (found.is_directory) {
		found_release(&found);
		if (r->out->dlist)
			http_send_listing(r);
		else
			http_send_text(r, 403, "Directory %s is not listed\n", r->path);
		return;
	}
	http_send_file(r, &found);
}
