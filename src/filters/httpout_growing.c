// SPDX-License-Identifier: MIT
// Files that are read while an input or an upload writes them: who asks gets what is there, then what comes.
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>
#include <unistd.h>

#include "filters/httpout.h"

#define GROWING_BLOCK 65536

// The body of one answer: bytes from `first` on.
typedef struct {
	HttpGrowing *file;
	HttpRequest *r;
	u64 first;
	Bool to_end; // else the number of bytes was told
} Reader;

// ---- the writer's side

static void unuse(HttpGrowing *g)
{
	if (--g->nb_users)
		return;
	close(g->fd);
	gf_list_del(g->waiting);
	gf_free(g->url);
	gf_free(g->mime);
	gf_free(g);
}

HttpGrowing *http_growing_new(HttpOut *out, const char *url, const char *mime, int fd)
{
	HttpGrowing *g = gf_calloc(1, sizeof(*g));
	if (!g) {
		close(fd);
		return NULL;
	}
	*g = (HttpGrowing){.out = out, .fd = fd, .nb_users = 1, .url = gf_strdup(url), .mime = mime ? gf_strdup(mime) : NULL};
	g->waiting = gf_list_new();
	if (!g->url || !g->waiting || (mime && !g->mime)) {
		unuse(g);
		return NULL;
	}
	g->next = out->growing;
	if (g->next)
		g->next->prev = g;
	out->growing = g;
	return g;
}

static void wake_readers(HttpGrowing *g)
{
	while (gf_list_count(g->waiting)) {
		HttpRequest *r = gf_list_pop_back(g->waiting);
		g->out->net->resume(r->x);
	}
}

void http_growing_add(HttpGrowing *g, u64 size)
{
	g->size += size;
	wake_readers(g);
}

void http_growing_end(HttpGrowing *g, Bool complete)
{
	*(g->prev ? &g->prev->next : &g->out->growing) = g->next;
	if (g->next)
		g->next->prev = g->prev;
	g->done = GF_TRUE;
	g->failed = !complete;
	wake_readers(g);
	unuse(g);
}

HttpGrowing *http_growing_find(const HttpOut *out, const char *url)
{
	HttpGrowing *g = out->growing;
	while (g && strcmp(g->url, url))
		g = g->next;
	return g;
}

// ---- the readers' side

static ssize_t read_growing(void *udta, u64 pos, u8 *buffer, size_t max)
{
	const Reader *reader = udta;
	const HttpGrowing *g = reader->file;
	u64 at = reader->first + pos;
	if (at < g->size) {
		ssize_t n = pread(g->fd, buffer, g->size - at < max ? (size_t)(g->size - at) : max, (off_t)at);
		return n > 0 ? n : NET_READ_ERROR;
	}
	if (g->done)
		return g->failed || !reader->to_end ? NET_READ_ERROR : NET_READ_END;
	return gf_list_add(g->waiting, reader->r) ? NET_READ_ERROR : 0;
}

static void release_reader(void *udta)
{
	Reader *reader = udta;
	gf_list_del_item(reader->file->waiting, reader->r);
	unuse(reader->file);
	gf_free(reader);
}

// Clients that take a Content-Range without end.
static Bool takes_open_range(const HttpRequest *r)
{
	const char *agent = r->out->net->header(r->x, "User-Agent");
	const char *wish = r->out->net->header(r->x, "X-Allow-Open-Partial-Range");
	return (agent && !strncmp(agent, "GPAC/", 5)) ||
		(wish && (!strcmp(wish, "1") || !strcasecmp(wish, "true") || !strcasecmp(wish, "yes")));
}

typedef struct {
	u32 status;
	u64 first, size; // NET_SIZE_UNKNOWN: to the end
	char content_range[64];
} Extent;

// What a Range header asks of a file whose size nobody knows: bytes that will come may be asked for, an end that is not
// told is that of now, for clients that want to know it (RFC 9110, 14.4).
static Extent find_extent(const HttpRequest *r, const HttpGrowing *g)
{
	Extent all = {.status = 200, .size = NET_SIZE_UNKNOWN};
	const NetServerApi *net = r->out->net;
	const char *range = r->out->norange || r->method != METHOD_GET ? NULL : net->header(r->x, "Range");
	HttpRange found[HTTP_MAX_RANGES];
	u32 nb = 1;
	u64 last;
	if (!range || net->header(r->x, "If-Range")) // there is no validator that could hold
		return all;
	Extent e = {.status = 206};
	if (!http_range_open(range, &e.first, &last)) {
		if (http_ranges_parse(range, g->size, found, &nb) != HTTP_RANGES_OK || nb != 1)
			return all;
		e.first = found[0].first;
		last = found[0].last;
	} else if (last == NET_SIZE_UNKNOWN && takes_open_range(r)) {
		e.size = NET_SIZE_UNKNOWN;
		snprintf(e.content_range, sizeof(e.content_range), "bytes %" PRIu64 "-/*", e.first);
		return e;
	} else if (last == NET_SIZE_UNKNOWN && e.first >= g->size) {
		e.status = 416;
		snprintf(e.content_range, sizeof(e.content_range), "bytes */%" PRIu64, g->size);
		return e;
	} else if (last == NET_SIZE_UNKNOWN) {
		last = g->size - 1;
	}
	e.size = last - e.first + 1;
	snprintf(e.content_range, sizeof(e.content_range), "bytes %" PRIu64 "-%" PRIu64 "/*", e.first, last);
	return e;
}

static void send_growing(HttpRequest *r, HttpGrowing *g)
{
	const NetServerApi *net = r->out->net;
	Extent e = find_extent(r, g);
	NetBody body = {0};
	if (e.status != 416) {
		Reader *reader = gf_calloc(1, sizeof(*reader));
		if (!reader) {
			net->close(r->x);
			return;
		}
		*reader = (Reader){.file = g, .r = r, .first = e.first, .to_end = e.size == NET_SIZE_UNKNOWN};
		g->nb_users++;
		body = (NetBody){.read = read_growing,
			.size = e.size,
			.block_size = GROWING_BLOCK,
			.release = release_reader,
			.body = reader};
	}
	const NetBody paced = http_paced_body(r, &body);
	NetAnswer *a = http_answer_new(r, &paced);
	if (a) {
		net->answer_header(a, "Cache-Control", "no-cache, no-store");
		if (g->mime && e.status != 416)
			net->answer_header(a, "Content-Type", g->mime);
		if (e.content_range[0])
			net->answer_header(a, "Content-Range", e.content_range);
	}
	http_send(r, e.status, a);
}

Bool http_get_growing(HttpRequest *r, Bool of_input)
{
	HttpGrowing *g = r->out->growing;
	while (g && (g->is_input != of_input || strcmp(g->url, r->path)))
		g = g->next;
	if (g)
		send_growing(r, g);
	return g != NULL;
}
