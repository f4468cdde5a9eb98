// SPDX-License-Identifier: MIT
// The server as a source (option hmode=source): each upload is a file that goes into the session, as it comes.
#include <string.h>

#include "filters/httpout.h"

// Bytes to recognise a format by.
#define PROBE_SIZE 2048

struct http_feed {
	HttpRequest *r;
	GF_FilterPid *pid; // once the format is known
	Bool started, ended;
	Bool waits; // for room on the PID
	u8 first[PROBE_SIZE];
	u32 first_size;
	HttpFeed *next;
};

static GF_Err declare(HttpFeed *f)
{
	HttpRequest *r = f->r;
	const char *type = r->out->net->header(r->x, "Content-Type");
	char *mime = type ? gf_strdup(type) : NULL;
	if (mime)
		mime[strcspn(mime, "; \t")] = 0;
	GF_Err e = gf_filter_pid_raw_new(r->out->filter, r->path, NULL, mime, NULL, f->first, f->first_size, GF_FALSE, &f->pid);
	gf_free(mime);
	return e;
}

static GF_Err send_data(HttpFeed *f, const u8 *data, u32 size, Bool last)
{
	u8 *to;
	if (!size && !last)
		return GF_OK;
	GF_FilterPacket *packet = gf_filter_pck_new_alloc(f->pid, size, &to);
	if (!packet)
		return GF_OUT_OF_MEM;
	if (size)
		memcpy(to, data, size);
	gf_filter_pck_set_framing(packet, !f->started, last);
	gf_filter_pck_set_sap(packet, GF_FILTER_SAP_1);
	f->started = GF_TRUE;
	return gf_filter_pck_send(packet);
}

// What was collected to recognise the format.
static GF_Err begin(HttpFeed *f)
{
	GF_Err e = f->pid ? GF_OK : declare(f);
	if (!e)
		e = send_data(f, f->first, f->first_size, GF_FALSE);
	f->first_size = 0;
	return e;
}

void http_feed_begin(HttpRequest *r)
{
	const NetServerApi *net = r->out->net;
	if (net->header(r->x, "Range") || net->header(r->x, "Content-Range")) {
		http_send_text(r, 416, "Parts of a resource are not taken\n");
		return;
	}
	if (!http_upload_fits(r))
		return;
	HttpFeed *f = gf_calloc(1, sizeof(*f));
	if (!f) {
		net->close(r->x);
		return;
	}
	f->r = r;
	f->next = r->out->feeds;
	r->out->feeds = f;
	r->feed = f;
	r->out->fed = GF_TRUE;
	r->receives = GF_TRUE;
	net->receive(r->x);
	if (r->complete)
		http_feed_end(r);
}

size_t http_feed_receive(HttpRequest *r, const u8 *data, size_t size)
{
	HttpFeed *f = r->feed;
	if (f->pid && gf_filter_pid_would_block(f->pid)) {
		f->waits = GF_TRUE;
		return 0;
	}
	GF_Err e = GF_OK;
	size_t done = 0;
	if (!f->pid) {
		done = PROBE_SIZE - f->first_size < size ? PROBE_SIZE - f->first_size : size;
		memcpy(f->first + f->first_size, data, done);
		f->first_size += (u32)done;
		if (f->first_size == PROBE_SIZE)
			e = begin(f);
	}
	if (e >= 0 && f->pid)
		e = send_data(f, data + done, (u32)(size - done), GF_FALSE);
	r->received += size;
	if (e < 0 || r->received > r->out->maxs)
		r->out->net->close(r->x);
	return size;
}

void http_feed_end(HttpRequest *r)
{
	HttpFeed *f = r->feed;
	GF_Err e = begin(f);
	if (e >= 0)
		e = send_data(f, NULL, 0, GF_TRUE);
	f->ended = e >= 0;
	http_feed_drop(r);
	if (e < 0)
		http_send_text(r, 500, "%s cannot be taken\n", r->path);
	else
		http_send_empty(r, 200);
}

void http_feed_drop(HttpRequest *r)
{
	HttpFeed *f = r->feed, **at = &r->out->feeds;
	if (!f)
		return;
	while (*at != f)
		at = &(*at)->next;
	*at = f->next;
	r->feed = NULL;
	if (f->pid) {
		if (!f->ended)
			gf_filter_pid_set_info_str(f->pid, "aborted", &(GF_PropertyValue){.type = GF_PROP_BOOL, .value.boolean = GF_TRUE});
		gf_filter_pid_set_eos(f->pid);
		// The last PID stays, so that its consumers are there for the next one.
		if (r->out->last_fed)
			gf_filter_pid_remove(r->out->last_fed);
		r->out->last_fed = f->pid;
	}
	gf_free(f);
}

void http_feeds_go_on(HttpOut *out)
{
	for (HttpFeed *f = out->feeds; f; f = f->next) {
		if (!f->waits || gf_filter_pid_would_block(f->pid))
			continue;
		f->waits = GF_FALSE;
		out->net->resume(f->r->x);
	}
}

Bool http_feeds_ended(const HttpOut *out)
{
	return out->fed && !out->feeds && !http_nb_connections(out);
}
