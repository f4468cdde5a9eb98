// SPDX-License-Identifier: MIT
// Files on their way to a server. The bytes of a file are kept until the server has taken it, so that a request that fails
// is made again and nothing is lost. A file of more than MAX_KEPT bytes, such as an endless stream, cannot be sent again
// from its start.
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include <gpac/main.h>

#include "filters/httpout_push.h"

#define MAX_KEPT (64u << 20)
#define RETRY_US 500000

typedef enum { PUSH_FILE = 0, PUSH_PATCH, PUSH_DELETE } PushKind;

typedef struct push_file {
	struct push_file *next;
	PushKind kind;
	char *path, *mime;
	u8 *data;
	u64 dropped; // bytes that were sent and are not kept
	u64 size;    // kept
	u64 alloc;
	u64 offset;  // of a patch
	Bool complete;
} PushFile;

typedef struct {
	PushFile *first, *last;
} PushQueue;

struct http_line {
	HttpOut *out;
	NetClient *client;
	PushQueue queue; // the first one is being sent, the last one may be open
	PushQueue after; // what follows when that is complete
	u64 sent;        // bytes of the first one, of this request
	Bool running, paused;
	Bool gave_up;
	u64 retry_us;       // of the next request
	u64 activity_us;    // bytes went to the server, or came from it
	u64 first_error_us; // 0: the last request went well
};

// ---- files

static void file_del(PushFile *f)
{
	gf_free(f->path);
	gf_free(f->mime);
	gf_free(f->data);
	gf_free(f);
}

static PushFile *file_new(PushKind kind, const char *path, const char *mime)
{
	PushFile *f = gf_calloc(1, sizeof(*f));
	if (!f)
		return NULL;
	f->kind = kind;
	f->path = gf_strdup(path);
	f->mime = mime ? gf_strdup(mime) : NULL;
	if (f->path && (f->mime || !mime))
		return f;
	file_del(f);
	return NULL;
}

static PushFile *pop(PushQueue *q)
{
	PushFile *f = q->first;
	q->first = f->next;
	if (!q->first)
		q->last = NULL;
	return f;
}

static void push(PushQueue *q, PushFile *f)
{
	f->next = NULL;
	*(q->last ? &q->last->next : &q->first) = f;
	q->last = f;
}

Bool http_line_is_open(const HttpLine *l)
{
	return l->queue.last && !l->queue.last->complete;
}

void http_line_close(HttpLine *l)
{
	if (l->queue.last)
		l->queue.last->complete = GF_TRUE;
	while (l->after.first)
		push(&l->queue, pop(&l->after));
}

GF_Err http_line_open(HttpLine *l, const char *path, const char *mime)
{
	PushFile *f = file_new(PUSH_FILE, path, mime);
	if (!f)
		return GF_OUT_OF_MEM;
	http_line_close(l);
	push(&l->queue, f);
	return GF_OK;
}

GF_Err http_line_delete(HttpLine *l, const char *path)
{
	PushFile *f = file_new(PUSH_DELETE, path, NULL);
	if (!f)
		return GF_OUT_OF_MEM;
	f->complete = GF_TRUE;
	push(http_line_is_open(l) ? &l->after : &l->queue, f);
	return GF_OK;
}

static void drop_sent(HttpLine *l, PushFile *f)
{
	u64 gone = l->sent - f->dropped;
	if (f != l->queue.first || f->size < MAX_KEPT || gone < f->size / 2)
		return;
	f->size -= gone;
	memmove(f->data, f->data + gone, (size_t)f->size);
	f->dropped = l->sent;
}

GF_Err http_line_append(HttpLine *l, const u8 *data, u32 size)
{
	PushFile *f = l->queue.last;
	drop_sent(l, f);
	if (f->size + size > f->alloc) {
		u64 alloc = (f->size + size) * 3 / 2 + 4096;
		u8 *all = gf_realloc(f->data, (size_t)alloc);
		if (!all)
			return GF_OUT_OF_MEM;
		f->data = all;
		f->alloc = alloc;
	}
	memcpy(f->data + f->size, data, size);
	f->size += size;
	return GF_OK;
}

GF_Err http_line_patch(HttpLine *l, u64 offset, const u8 *data, u32 size)
{
	PushFile *f = l->queue.last;
	if (offset + size > f->dropped + f->size) {
		GF_LOG(GF_LOG_ERROR, GF_LOG_HTTP, ("[httpout] %s: bytes are changed that were not sent\n", f->path));
		return GF_BAD_PARAM;
	}
	if (offset >= f->dropped)
		memcpy(f->data + (offset - f->dropped), data, size);
	Bool is_sent = offset < f->dropped || (f == l->queue.first && l->running && offset < l->sent);
	if (!is_sent)
		return GF_OK;
	PushFile *patch = file_new(PUSH_PATCH, f->path, f->mime);
	u8 *copy = gf_malloc(size);
	if (!patch || !copy) {
		gf_free(copy);
		if (patch)
			file_del(patch);
		return GF_OUT_OF_MEM;
	}
	memcpy(copy, data, size);
	patch->data = copy;
	patch->size = size;
	patch->offset = offset;
	patch->complete = GF_TRUE;
	push(&l->after, patch);
	return GF_OK;
}

u64 http_line_pending(const HttpLine *l)
{
	u64 sum = 0;
	for (const PushFile *f = l->queue.first; f; f = f->next)
		sum += f->size;
	return l->queue.first && l->running ? sum - (l->sent - l->queue.first->dropped) : sum;
}

Bool http_line_is_done(const HttpLine *l)
{
	return !l->queue.first;
}

// ---- requests

static void on_header(void *udta, const char *name, const char *value)
{
	((HttpLine *)udta)->activity_us = gf_sys_clock_high_res();
	(void)name;
	(void)value;
}

static NetTake on_data(void *udta, const u8 *data, size_t size)
{
	(void)udta;
	(void)data;
	(void)size;
	return NET_TAKEN; // the body of the answer is of no use
}

static ssize_t on_send(void *udta, u8 *buffer, size_t max)
{
	HttpLine *l = udta;
	const PushFile *f = l->queue.first;
	l->activity_us = gf_sys_clock_high_res();
	u64 at = l->sent - f->dropped;
	size_t n = f->size - at < max ? (size_t)(f->size - at) : max;
	if (!n && !f->complete) {
		l->paused = GF_TRUE;
		return NET_READ_LATER;
	}
	if (n)
		memcpy(buffer, f->data + at, n);
	l->sent += n;
	return (ssize_t)n;
}

static void drop_all(HttpLine *l)
{
	while (l->queue.first)
		file_del(pop(&l->queue));
	while (l->after.first)
		file_del(pop(&l->after));
}

static void on_failure(HttpLine *l, u32 status, const char *reason)
{
	HttpOut *out = l->out;
	const PushFile *f = l->queue.first;
	u64 clock = gf_sys_clock_high_res();
	if (f->kind == PUSH_DELETE && status) { // nothing is lost by that
		GF_LOG(GF_LOG_WARNING, GF_LOG_HTTP, ("[httpout] %s: the server does not delete it, it answers %u\n", f->path, status));
		file_del(pop(&l->queue));
		return;
	}
	if (!l->first_error_us)
		l->first_error_us = clock;
	Bool again = out->ka && !f->dropped && clock - l->first_error_us < (u64)out->timeout * 1000000;
	if (status)
		GF_LOG(again ? GF_LOG_WARNING : GF_LOG_ERROR, GF_LOG_HTTP,
			("[httpout] %s: the server answers %u%s\n", f->path, status, again ? ", trying again" : ""));
	else
		GF_LOG(again ? GF_LOG_WARNING : GF_LOG_ERROR, GF_LOG_HTTP,
			("[httpout] %s: %s%s\n", f->path, reason, again ? ", trying again" : ""));
	if (again)
		l->retry_us = clock + RETRY_US;
	else
		l->gave_up = GF_TRUE;
}

static Bool is_success(const PushFile *f, u32 status)
{
	if (f->kind == PUSH_DELETE && (status == 404 || status == 410))
		return GF_TRUE;
	return status >= 200 && status < 300 && f->complete;
}

static void on_done(void *udta, NetResult result, const char *reason)
{
	HttpLine *l = udta;
	u32 status = l->out->client->status(l->client);
	l->running = l->paused = GF_FALSE;
	if (result == NET_OK && is_success(l->queue.first, status)) {
		l->first_error_us = 0;
		file_del(pop(&l->queue));
		return;
	}
	on_failure(l, result == NET_OK || result == NET_FAIL_STOPPED ? status : 0, reason);
}

static const NetClientCallbacks callbacks = {
	.on_header = on_header,
	.on_data = on_data,
	.on_send = on_send,
	.on_done = on_done,
};

// The URL of a file on the server of the destination.
static char *url_of(const HttpOut *out, const PushFile *f)
{
	size_t host = (size_t)(strstr(out->dst, "://") + 3 - out->dst);
	host += strcspn(out->dst + host, "/?#");
	char *path = gf_url_percent_encode(f->path);
	size_t path_size = path ? strlen(path) + 1 : 0;
	char *url = path ? gf_malloc(host + path_size) : NULL;
	if (url) {
		memcpy(url, out->dst, host);
		memcpy(url + host, path, path_size);
	}
	gf_free(path);
	return url;
}

static GF_Err start_request(HttpLine *l)
{
	HttpOut *out = l->out;
	const PushFile *f = l->queue.first;
	const u32 nb_own = out->hdrs.nb_items / 2;
	char range[64];
	NetHeader *headers = gf_calloc(nb_own + 2, sizeof(*headers));
	char *url = url_of(out, f);
	GF_Err e = headers && url ? GF_OK : GF_OUT_OF_MEM;
	if (!e) {
		NetRequestConfig r = {.method = f->kind == PUSH_DELETE ? "DELETE" : out->post ? "POST" : "PUT",
			.url = url,
			.last = NET_SIZE_UNKNOWN,
			.has_body = f->kind != PUSH_DELETE,
			.headers = headers};
		net_request_options(&r);
		r.send_size = f->complete && !f->dropped ? f->size : NET_SIZE_UNKNOWN;
		if (f->mime)
			headers[r.nb_headers++] = (NetHeader){"Content-Type", f->mime};
		if (f->kind == PUSH_PATCH) {
			snprintf(range, sizeof(range), "bytes=%" PRIu64 "-%" PRIu64, f->offset, f->offset + f->size - 1);
			headers[r.nb_headers++] = (NetHeader){"Range", range};
		}
		for (u32 i = 0; i < nb_own; i++)
			headers[r.nb_headers++] = (NetHeader){out->hdrs.vals[2 * i], out->hdrs.vals[2 * i + 1]};
		l->sent = f->dropped;
		e = out->client->start(l->client, &r);
		l->running = !e;
		l->activity_us = gf_sys_clock_high_res();
	}
	gf_free(headers);
	gf_free(url);
	return e;
}

// Stops a request whose server takes nothing and says nothing. Microseconds until that may be.
static u32 check_silence(HttpLine *l)
{
	u64 limit = (u64)gf_opts_get_int("core", "req-timeout") * 1000;
	u64 silent = gf_sys_clock_high_res() - l->activity_us;
	if (!limit || !l->running || l->paused)
		return NET_NO_WAIT;
	if (silent < limit)
		return (u32)(limit - silent);
	l->out->client->stop(l->client);
	l->running = GF_FALSE;
	on_failure(l, 0, "the server is silent");
	return 0;
}

static u32 run(HttpLine *l, GF_Err *e)
{
	const NetClientApi *client = l->out->client;
	const PushFile *before = l->queue.first;
	u64 clock = gf_sys_clock_high_res();
	if (!l->running && before && (l->out->cte || before->complete)) {
		if (l->retry_us > clock)
			return (u32)(l->retry_us - clock);
		*e = start_request(l);
		if (*e)
			return NET_NO_WAIT;
	}
	if (before && l->paused && (before->complete || l->sent - before->dropped < before->size)) {
		l->paused = GF_FALSE;
		client->resume(l->client);
	}
	client->run(l->client);
	if (l->gave_up)
		return NET_NO_WAIT;
	if (l->queue.first != before || (!l->running && l->queue.first && (l->out->cte || l->queue.first->complete)))
		return 0;
	if (!l->running)
		return NET_NO_WAIT;
	u32 silence = check_silence(l), wait = client->wait(l->client);
	return silence < wait ? silence : wait;
}

u32 http_line_run(HttpLine *l, GF_Err *e)
{
	u32 wait = run(l, e);
	if (!*e && l->gave_up)
		*e = GF_REMOTE_SERVICE_ERROR;
	if (!*e)
		return wait;
	if (l->running)
		l->out->client->stop(l->client);
	l->running = l->paused = GF_FALSE;
	drop_all(l);
	return NET_NO_WAIT;
}

// ---- life

HttpLine *http_line_new(HttpOut *out)
{
	HttpLine *l = gf_calloc(1, sizeof(*l));
	NetClientCallbacks own = callbacks;
	if (!l)
		return NULL;
	own.udta = l;
	l->out = out;
	l->client = out->client->open(&own, NULL);
	if (l->client && !net_loop_add(&out->loop, out->client->fd(l->client)))
		return l;
	http_line_del(l);
	return NULL;
}

void http_line_del(HttpLine *l)
{
	if (!l)
		return;
	drop_all(l);
	l->out->client->del(l->client);
	gf_free(l);
}
