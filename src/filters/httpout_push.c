// SPDX-License-Identifier: MIT
// Push: each file of an input is sent to a server by PUT or POST while it is produced.
//
// The bytes of a file are kept until the server has taken it, so that a request that fails is made again and nothing
// is lost. A file of more than MAX_KEPT bytes, such as an endless stream, cannot be sent again from its start.
#include <string.h>
#include <strings.h>

#include <gpac/main.h>

#include "filters/httpout.h"

#define MAX_KEPT (64u << 20)
#define MAX_PENDING (1u << 20)
#define RETRY_US 500000
#define FULL_US 100000

typedef struct push_file {
	struct push_file *next;
	char *path;
	u8 *data;
	u64 dropped; // bytes that were sent and are not kept
	u64 size;    // kept
	u64 alloc;
	Bool complete;
} PushFile;

struct http_push {
	HttpOut *out;
	GF_FilterPid *pid;
	char *path, *mime; // of the destination
	NetClient *client;
	PushFile *first, *last; // the first one is being sent
	u64 sent;               // bytes of it, of this request
	Bool running, paused, ended, stopped;
	u64 retry_us;       // of the next request
	u64 activity_us;    // bytes went to the server, or came from it
	u64 first_error_us; // 0: the last request went well
};

// ---- files

static void file_del(PushFile *f)
{
	gf_free(f->path);
	gf_free(f->data);
	gf_free(f);
}

static void drop_first(HttpPush *p)
{
	PushFile *f = p->first;
	p->first = f->next;
	if (!p->first)
		p->last = NULL;
	file_del(f);
}

static GF_Err append_file(HttpPush *p, const char *path)
{
	PushFile *f = gf_calloc(1, sizeof(*f));
	if (!f || !(f->path = gf_strdup(path))) {
		gf_free(f);
		return GF_OUT_OF_MEM;
	}
	*(p->last ? &p->last->next : &p->first) = f;
	p->last = f;
	return GF_OK;
}

static void drop_sent(HttpPush *p, PushFile *f)
{
	u64 gone = p->sent - f->dropped;
	if (f != p->first || f->size < MAX_KEPT || gone < f->size / 2)
		return;
	f->size -= gone;
	memmove(f->data, f->data + gone, (size_t)f->size);
	f->dropped = p->sent;
}

static GF_Err append_data(HttpPush *p, const u8 *data, u32 size)
{
	PushFile *f = p->last;
	drop_sent(p, f);
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

static u64 bytes_pending(const HttpPush *p)
{
	u64 sum = 0;
	for (const PushFile *f = p->first; f; f = f->next)
		sum += f->size;
	return p->first && p->running ? sum - (p->sent - p->first->dropped) : sum;
}

// ---- requests

static void on_header(void *udta, const char *name, const char *value)
{
	((HttpPush *)udta)->activity_us = gf_sys_clock_high_res();
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
	HttpPush *p = udta;
	const PushFile *f = p->first;
	p->activity_us = gf_sys_clock_high_res();
	u64 at = p->sent - f->dropped;
	size_t n = f->size - at < max ? (size_t)(f->size - at) : max;
	if (!n && !f->complete) {
		p->paused = GF_TRUE;
		return NET_READ_LATER;
	}
	if (n)
		memcpy(buffer, f->data + at, n);
	p->sent += n;
	return (ssize_t)n;
}

static void give_up(HttpPush *p)
{
	GF_FilterEvent event;
	p->stopped = GF_TRUE;
	GF_FEVT_INIT(event, GF_FEVT_STOP, p->pid);
	gf_filter_pid_send_event(p->pid, &event);
	gf_filter_pid_set_discard(p->pid, GF_TRUE);
	while (p->first)
		drop_first(p);
	gf_filter_notification_failure(p->out->filter, GF_REMOTE_SERVICE_ERROR, GF_FALSE);
	p->out->push_failed = GF_TRUE;
}

static void on_failure(HttpPush *p, u32 status, const char *reason)
{
	HttpOut *out = p->out;
	u64 clock = gf_sys_clock_high_res();
	if (!p->first_error_us)
		p->first_error_us = clock;
	Bool again = out->ka && !p->first->dropped && clock - p->first_error_us < (u64)out->timeout * 1000000;
	if (status)
		GF_LOG(again ? GF_LOG_WARNING : GF_LOG_ERROR, GF_LOG_HTTP,
			("[httpout] %s: the server answers %u%s\n", p->first->path, status, again ? ", trying again" : ""));
	else
		GF_LOG(again ? GF_LOG_WARNING : GF_LOG_ERROR, GF_LOG_HTTP,
			("[httpout] %s: %s%s\n", p->first->path, reason, again ? ", trying again" : ""));
	if (again)
		p->retry_us = clock + RETRY_US;
	else
		give_up(p);
}

static void on_done(void *udta, NetResult result, const char *reason)
{
	HttpPush *p = udta;
	u32 status = p->out->client->status(p->client);
	p->running = p->paused = GF_FALSE;
	if (result == NET_OK && status >= 200 && status < 300 && p->first->complete) {
		p->first_error_us = 0;
		drop_first(p);
		return;
	}
	on_failure(p, result == NET_OK || result == NET_FAIL_STOPPED ? status : 0, reason);
}

static const NetClientCallbacks callbacks = {
	.on_header = on_header,
	.on_data = on_data,
	.on_send = on_send,
	.on_done = on_done,
};

static GF_Err start_request(HttpPush *p)
{
	HttpOut *out = p->out;
	const PushFile *f = p->first;
	const u32 nb_own = out->hdrs.nb_items / 2;
	NetHeader *headers = gf_calloc(nb_own + 1, sizeof(*headers));
	size_t host = (size_t)(strstr(out->dst, "://") + 3 - out->dst);
	host += strcspn(out->dst + host, "/?#");
	char *path = gf_url_percent_encode(f->path);
	size_t path_size = path ? strlen(path) + 1 : 0;
	char *url = gf_malloc(host + path_size);
	GF_Err e = headers && path && url ? GF_OK : GF_OUT_OF_MEM;
	if (!e) {
		NetRequestConfig r = {.method = out->post ? "POST" : "PUT", .url = url, .last = NET_SIZE_UNKNOWN, .has_body = GF_TRUE};
		memcpy(url, out->dst, host);
		memcpy(url + host, path, path_size);
		net_request_options(&r);
		r.send_size = f->complete && !f->dropped ? f->size : NET_SIZE_UNKNOWN;
		r.headers = headers;
		if (p->mime)
			headers[r.nb_headers++] = (NetHeader){"Content-Type", p->mime};
		for (u32 i = 0; i < nb_own; i++)
			headers[r.nb_headers++] = (NetHeader){out->hdrs.vals[2 * i], out->hdrs.vals[2 * i + 1]};
		p->sent = f->dropped;
		e = out->client->start(p->client, &r);
		p->running = !e;
		p->activity_us = gf_sys_clock_high_res();
	}
	gf_free(headers);
	gf_free(path);
	gf_free(url);
	return e;
}

// ---- the filter's side

// Takes what comes as long as the server keeps up.
static GF_Err take_packets(HttpPush *p)
{
	GF_FilterPacket *packet;
	GF_Err e = GF_OK;
	while (!e && bytes_pending(p) < MAX_PENDING && (packet = gf_filter_pid_get_packet(p->pid))) {
		Bool starts, ends;
		u32 size;
		const u8 *data = gf_filter_pck_get_data(packet, &size);
		const GF_PropertyValue *name = gf_filter_pck_get_property(packet, GF_PROP_PCK_FILENAME);
		gf_filter_pck_get_framing(packet, &starts, &ends);
		Bool patch = gf_filter_pck_get_seek_flag(packet) && gf_filter_pck_get_byte_offset(packet) != GF_FILTER_NO_BO;
		if (patch) {
			GF_LOG(GF_LOG_ERROR, GF_LOG_HTTP,
				("[httpout] %s: what was sent cannot be changed any more: use a fragmented layout\n", p->path));
			e = GF_NOT_SUPPORTED;
		} else if (starts || !p->last || p->last->complete) {
			char *path = NULL;
			if (p->last)
				p->last->complete = GF_TRUE;
			e = name && name->value.string ? http_resource_path(p->out, name->value.string, &path) : GF_OK;
			if (!e)
				e = append_file(p, path ? path : p->path);
			gf_free(path);
		}
		if (!e && data && size)
			e = append_data(p, data, size);
		if (!e && ends)
			p->last->complete = GF_TRUE;
		gf_filter_pid_drop_packet(p->pid);
	}
	if (!p->ended && gf_filter_pid_is_eos(p->pid)) {
		p->ended = GF_TRUE;
		if (p->last)
			p->last->complete = GF_TRUE;
	}
	return e;
}

// Stops a request whose server takes nothing and says nothing. Microseconds until that may be.
static u32 check_silence(HttpPush *p)
{
	u64 limit = (u64)gf_opts_get_int("core", "req-timeout") * 1000;
	u64 silent = gf_sys_clock_high_res() - p->activity_us;
	if (!limit || !p->running || p->paused)
		return NET_NO_WAIT;
	if (silent < limit)
		return (u32)(limit - silent);
	p->out->client->stop(p->client);
	p->running = GF_FALSE;
	on_failure(p, 0, "the server is silent");
	return 0;
}

static u32 run_push(HttpPush *p, GF_Err *e)
{
	const NetClientApi *client = p->out->client;
	if (p->stopped)
		return NET_NO_WAIT;
	*e = take_packets(p);
	u64 clock = gf_sys_clock_high_res();
	if (!*e && !p->running && p->first && (p->out->cte || p->first->complete)) {
		if (p->retry_us > clock)
			return (u32)(p->retry_us - clock);
		*e = start_request(p);
	}
	if (*e) {
		give_up(p);
		return NET_NO_WAIT;
	}
	if (p->paused && p->first && (p->first->complete || p->sent - p->first->dropped < p->first->size)) {
		p->paused = GF_FALSE;
		client->resume(p->client);
	}
	const PushFile *before = p->first;
	client->run(p->client);
	if (p->first != before || (!p->running && p->first))
		return 0;
	if (!p->running)
		return NET_NO_WAIT;
	u32 silence = check_silence(p), wait = client->wait(p->client);
	return silence < wait ? silence : wait;
}

static Bool any_full(const HttpOut *out)
{
	for (u32 i = 0; i < gf_list_count(out->pushes); i++) {
		if (bytes_pending(gf_list_get(out->pushes, i)) >= MAX_PENDING)
			return GF_TRUE;
	}
	return GF_FALSE;
}

u32 http_push_process(HttpOut *out, GF_Err *e)
{
	u32 wait = NET_NO_WAIT;
	for (u32 i = 0; i < gf_list_count(out->pushes); i++) {
		u32 one = run_push(gf_list_get(out->pushes, i), e);
		if (one < wait)
			wait = one;
	}
	// Packets that are left because the server is slow: it wakes us, not they.
	if (any_full(out))
		gf_filter_ask_rt_reschedule(out->filter, FULL_US);
	if (out->push_failed && !*e) {
		out->push_failed = GF_FALSE;
		*e = GF_REMOTE_SERVICE_ERROR;
	}
	return wait;
}

Bool http_pushes_ended(const HttpOut *out)
{
	u32 nb = gf_list_count(out->pushes);
	for (u32 i = 0; i < nb; i++) {
		const HttpPush *p = gf_list_get(out->pushes, i);
		if (!p->stopped && (!p->ended || p->first))
			return GF_FALSE;
	}
	return nb > 0;
}

static void push_del(HttpPush *p)
{
	gf_list_del_item(p->out->pushes, p);
	while (p->first)
		drop_first(p);
	if (p->client)
		p->out->client->del(p->client);
	gf_free(p->path);
	gf_free(p->mime);
	gf_free(p);
}

void http_pushes_del(HttpOut *out)
{
	while (gf_list_count(out->pushes))
		push_del(gf_list_last(out->pushes));
	gf_list_del(out->pushes);
}

static GF_Err push_new(HttpOut *out, GF_FilterPid *pid, HttpPush **push)
{
	HttpPush *p = gf_calloc(1, sizeof(*p));
	NetClientCallbacks own = callbacks;
	if (!p)
		return GF_OUT_OF_MEM;
	own.udta = p;
	p->out = out;
	p->pid = pid;
	p->client = out->client->open(&own, NULL);
	GF_Err e = p->client ? gf_list_add(out->pushes, p) : GF_OUT_OF_MEM;
	if (!e)
		e = http_resource_path(out, http_resource_name(out, pid), &p->path);
	if (!e)
		e = net_loop_add(&out->loop, out->client->fd(p->client));
	if (e)
		push_del(p);
	else
		*push = p;
	return e;
}

GF_Err http_configure_push(HttpOut *out, GF_FilterPid *pid, Bool is_remove)
{
	HttpPush *p = NULL;
	for (u32 i = 0; i < gf_list_count(out->pushes) && !p; i++) {
		HttpPush *one = gf_list_get(out->pushes, i);
		p = one->pid == pid ? one : NULL;
	}
	if (is_remove) {
		if (p)
			push_del(p);
		return GF_OK;
	}
	Bool is_new = !p;
	GF_Err e = is_new ? push_new(out, pid, &p) : GF_OK;
	if (e)
		return e;
	const GF_PropertyValue *mime = gf_filter_pid_get_property(pid, GF_PROP_PID_MIME);
	const char *known = http_mime_type(out->filter, p->path, NULL, 0);
	if (!known && mime && mime->value.string && strcmp(mime->value.string, "*"))
		known = mime->value.string;
	gf_free(p->mime);
	p->mime = known ? gf_strdup(known) : NULL;
	if (is_new) {
		GF_FilterEvent event;
		gf_filter_pid_init_play_event(pid, &event, 0, 1, "httpout");
		gf_filter_pid_send_event(pid, &event);
	}
	return GF_OK;
}
