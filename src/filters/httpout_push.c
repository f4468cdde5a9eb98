// SPDX-License-Identifier: MIT
// Push: each file of an input is sent to a server by PUT or POST while it is produced, its parts on a connection of their
// own.
#include <string.h>

#include "filters/httpout_push.h"

#define MAX_PENDING (1u << 20)
#define FULL_US 100000

struct http_push {
	HttpOut *out;
	GF_FilterPid *pid;
	char *path, *mime; // of the destination
	char *file;        // path of the file being sent
	char *part_template;
	Bool is_manifest, is_init;
	HttpLine *line, *parts; // `parts` NULL before the first one
	HttpSegments *segments;
	Bool ended, stopped;
};

// ---- files

static GF_Err delete_old(void *udta, const char *url)
{
	return http_line_delete(((HttpPush *)udta)->line, url);
}

static GF_Err end_file(HttpPush *p)
{
	Bool is_open = http_line_is_open(p->line);
	http_line_close(p->line);
	if (p->parts)
		http_line_close(p->parts);
	if (is_open && !p->is_manifest && !p->is_init)
		return http_segments_end(p->segments, p->out, p->pid, delete_old, p);
	http_segments_drop(p->segments);
	return GF_OK;
}

static const char *mime_of(const HttpPush *p, const char *path)
{
	const char *known = http_mime_type(p->out->filter, path, NULL, 0);
	return known ? known : p->mime;
}

static GF_Err begin_file(HttpPush *p, const HttpFraming *f)
{
	char *path = NULL;
	GF_Err e = f->name ? http_resource_path(p->out, f->name, &path) : GF_OK;
	if (!e && !path && !(path = gf_strdup(p->path)))
		e = GF_OUT_OF_MEM;
	gf_free(p->file);
	gf_free(p->part_template);
	p->file = path;
	p->part_template = NULL;
	p->is_init = f->is_init;
	if (!e)
		e = http_segments_begin(p->segments);
	if (!e)
		e = http_segments_note(p->segments, path);
	return e ? e : http_line_open(p->line, path, mime_of(p, path));
}

static GF_Err begin_part(HttpPush *p, GF_FilterPacket *packet, u32 number)
{
	const char *template = http_packet_text(packet, GF_PROP_PCK_LLHAS_TEMPLATE);
	char *path = NULL;
	if (template) {
		gf_free(p->part_template);
		p->part_template = gf_strdup(template);
	}
	if (!p->parts && !(p->parts = http_line_new(p->out)))
		return GF_OUT_OF_MEM;
	GF_Err e = http_part_path(p->out, p->file, p->part_template, number, &path);
	if (!e)
		e = http_segments_note(p->segments, path);
	if (!e)
		e = http_line_open(p->parts, path, mime_of(p, p->file));
	gf_free(path);
	return e;
}

// ---- packets

static GF_Err begin(HttpPush *p, GF_FilterPacket *packet, const HttpFraming *f)
{
	GF_Err e = f->starts ? end_file(p) : GF_OK;
	u32 number;
	if (!e && !http_line_is_open(p->line))
		e = begin_file(p, f);
	if (!e && http_wants_part(p->pid, packet, &number))
		e = begin_part(p, packet, number);
	return e;
}

static GF_Err add_data(HttpPush *p, GF_FilterPacket *packet, Bool patches, const u8 *data, u32 size)
{
	if (patches && gf_filter_pck_get_interlaced(packet)) {
		GF_LOG(GF_LOG_ERROR, GF_LOG_HTTP,
			("[httpout] %s: bytes cannot be inserted into what was sent: use a fragmented layout\n", p->path));
		return GF_NOT_SUPPORTED;
	}
	if (patches)
		return http_line_patch(p->line, gf_filter_pck_get_byte_offset(packet), data, size);
	GF_Err e = http_line_append(p->line, data, size);
	if (!e && p->parts && http_line_is_open(p->parts))
		e = http_line_append(p->parts, data, size);
	return e;
}

static GF_Err take_packet(HttpPush *p, GF_FilterPacket *packet)
{
	u32 size;
	const u8 *data = gf_filter_pck_get_data(packet, &size);
	const HttpFraming f = http_framing(packet);
	if (f.closes && !size)
		return end_file(p);
	GF_Err e = begin(p, packet, &f);
	if (!e && data && size)
		e = add_data(p, packet, f.patches, data, size);
	return e || !(f.ends || f.closes) ? e : end_file(p);
}

static u64 bytes_pending(const HttpPush *p)
{
	return http_line_pending(p->line) + (p->parts ? http_line_pending(p->parts) : 0);
}

// Takes what comes as long as the server keeps up.
static GF_Err take_packets(HttpPush *p)
{
	GF_FilterPacket *packet;
	GF_Err e = GF_OK;
	while (!e && bytes_pending(p) < MAX_PENDING && (packet = gf_filter_pid_get_packet(p->pid))) {
		e = take_packet(p, packet);
		gf_filter_pid_drop_packet(p->pid);
	}
	if (!e && !p->ended && gf_filter_pid_is_eos(p->pid)) {
		p->ended = GF_TRUE;
		e = end_file(p);
	}
	return e;
}

static void give_up(HttpPush *p)
{
	GF_FilterEvent event;
	p->stopped = GF_TRUE;
	GF_FEVT_INIT(event, GF_FEVT_STOP, p->pid);
	gf_filter_pid_send_event(p->pid, &event);
	gf_filter_pid_set_discard(p->pid, GF_TRUE);
	gf_filter_notification_failure(p->out->filter, GF_REMOTE_SERVICE_ERROR, GF_FALSE);
	p->out->push_failed = GF_TRUE;
}

static u32 run_push(HttpPush *p, GF_Err *e)
{
	u32 wait = NET_NO_WAIT;
	if (p->stopped)
		return wait;
	GF_Err error = take_packets(p);
	if (!error)
		wait = http_line_run(p->line, &error);
	if (!error && p->parts) {
		u32 other = http_line_run(p->parts, &error);
		wait = other < wait ? other : wait;
	}
	if (!error)
		return wait;
	give_up(p);
	*e = error;
	return NET_NO_WAIT;
}

// ---- the filter's side

static Bool any_full(const HttpOut *out)
{
	for (u32 i = 0; i < gf_list_count(out->pushes); i++) {
		const HttpPush *p = gf_list_get(out->pushes, i);
		if (!p->stopped && bytes_pending(p) >= MAX_PENDING)
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

static Bool is_done(const HttpPush *p)
{
	return p->stopped || (p->ended && http_line_is_done(p->line) && (!p->parts || http_line_is_done(p->parts)));
}

Bool http_pushes_ended(const HttpOut *out)
{
	u32 nb = gf_list_count(out->pushes);
	for (u32 i = 0; i < nb; i++) {
		if (!is_done(gf_list_get(out->pushes, i)))
			return GF_FALSE;
	}
	return nb > 0;
}

GF_Err http_push_delete(HttpOut *out, const char *name)
{
	const HttpPush *p = gf_list_get(out->pushes, 0);
	char *path = NULL;
	if (!p)
		return GF_OK;
	GF_Err e = http_resource_path(out, name, &path);
	if (!e)
		e = http_line_delete(p->line, path);
	gf_free(path);
	return e;
}

// ---- PIDs

static void push_del(HttpPush *p)
{
	gf_list_del_item(p->out->pushes, p);
	http_line_del(p->line);
	http_line_del(p->parts);
	http_segments_del(p->segments);
	gf_free(p->path);
	gf_free(p->mime);
	gf_free(p->file);
	gf_free(p->part_template);
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
	if (!p)
		return GF_OUT_OF_MEM;
	p->out = out;
	p->pid = pid;
	p->line = http_line_new(out);
	p->segments = http_segments_new();
	GF_Err e = p->line && p->segments ? gf_list_add(out->pushes, p) : GF_OUT_OF_MEM;
	if (!e)
		e = http_resource_path(out, http_resource_name(out, pid), &p->path);
	if (e)
		push_del(p);
	else
		*push = p;
	return e;
}

static HttpPush *find_push(const HttpOut *out, const GF_FilterPid *pid)
{
	for (u32 i = 0; i < gf_list_count(out->pushes); i++) {
		HttpPush *p = gf_list_get(out->pushes, i);
		if (p->pid == pid)
			return p;
	}
	return NULL;
}

GF_Err http_configure_push(HttpOut *out, GF_FilterPid *pid, Bool is_remove)
{
	HttpPush *p = find_push(out, pid);
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
	const GF_PropertyValue *manifest = gf_filter_pid_get_property(pid, GF_PROP_PID_IS_MANIFEST);
	gf_free(p->mime);
	p->mime = mime && mime->value.string && strcmp(mime->value.string, "*") ? gf_strdup(mime->value.string) : NULL;
	p->is_manifest = manifest && manifest->value.uint;
	if (is_new) {
		GF_FilterEvent event;
		gf_filter_pid_init_play_event(pid, &event, 0, 1, "httpout");
		gf_filter_pid_send_event(pid, &event);
	}
	return GF_OK;
}
