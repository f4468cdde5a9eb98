// SPDX-License-Identifier: MIT
// What the session produces: PIDs, each served as a live stream, or as files when there is a place for them.
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "filters/httpout_input.h"
#include "filters/pid_props.h"

// Packets that are left are looked at again after this time; clients that take something end it earlier.
#define HELD_US 20000

// ---- names

GF_Err http_resource_path(const HttpOut *out, const char *name, char **path)
{
	char *query = NULL;
	const char *base = out->dst ? out->dst : "http://x/";
	char *url = !name ? NULL : strstr(name, "://") ? gf_strdup(name) : gf_url_concatenate(base, name);
	GF_Err e = url ? http_target_split(url, path, &query) : GF_BAD_PARAM;
	gf_free(url);
	gf_free(query);
	if (e)
		GF_LOG(GF_LOG_ERROR, GF_LOG_HTTP,
			("[httpout] %s is no name of a resource\n", name ? name : "an input without option dst"));
	return e;
}

const char *http_resource_name(HttpOut *out, GF_FilterPid *pid)
{
	const GF_PropertyValue *p = gf_filter_pid_get_property(pid, GF_PROP_PID_OUTPATH);
	const HttpOut *alias = gf_filter_pid_get_alias_udta(pid);
	if (p && p->value.string)
		return p->value.string;
	return alias ? alias->dst : out->dst;
}

Bool http_get_input(HttpRequest *r)
{
	if (http_get_growing(r, GF_TRUE))
		return GF_TRUE;
	for (u32 i = 0; i < gf_list_count(r->out->inputs); i++) {
		const HttpInput *in = gf_list_get(r->out->inputs, i);
		if (!in->stream || in->shares_name || strcmp(in->path, r->path))
			continue;
		http_get_stream(r, in->stream);
		return GF_TRUE;
	}
	return GF_FALSE;
}

// ---- packets

static GF_Err take_packet(HttpInput *in, GF_FilterPacket *packet)
{
	if (in->sink)
		return http_sink_take(in->sink, packet);
	if (!in->shares_name)
		return http_stream_take(in->stream, packet);
	GF_LOG(GF_LOG_ERROR, GF_LOG_HTTP, ("[httpout] two inputs have the name %s\n", in->path));
	return GF_BAD_PARAM;
}

static Bool is_held(const HttpInput *in)
{
	return in->stream && http_stream_is_held(in->stream);
}

static GF_Err process_input(HttpInput *in)
{
	GF_FilterPacket *packet;
	GF_Err e = GF_OK;
	while (!e && !(in->held = is_held(in)) && (packet = gf_filter_pid_get_packet(in->pid))) {
		e = take_packet(in, packet);
		gf_filter_pid_drop_packet(in->pid);
	}
	if (in->stream)
		http_stream_drop_slow(in->stream);
	if (in->ended || in->held || !gf_filter_pid_is_eos(in->pid))
		return e;
	in->ended = GF_TRUE;
	if (in->stream)
		http_stream_end(in->stream);
	else
		http_sink_end(in->sink);
	return e;
}

// Deletions that the session asked for, once the file is not being written.
static void delete_files(HttpOut *out)
{
	for (u32 i = gf_list_count(out->deletions); i > 0; i--) {
		char *url = gf_list_get(out->deletions, i - 1);
		if (http_growing_find(out, url))
			continue;
		http_delete_file(out, url);
		gf_list_rem(out->deletions, i - 1);
		gf_free(url);
	}
}

GF_Err http_input_process(HttpOut *out)
{
	GF_Err e = GF_OK;
	for (u32 i = 0; i < gf_list_count(out->inputs); i++) {
		GF_Err error = process_input(gf_list_get(out->inputs, i));
		e = e ? e : error;
	}
	delete_files(out);
	return e;
}

GF_Err http_input_delete(HttpOut *out, const char *name)
{
	char *url = NULL;
	if (!http_files_served(out))
		return GF_OK;
	GF_Err e = http_resource_path(out, name, &url);
	if (!e)
		e = gf_list_add(out->deletions, url);
	if (e)
		gf_free(url);
	return e;
}

Bool http_inputs_may_go_on(const HttpOut *out)
{
	for (u32 i = 0; i < gf_list_count(out->inputs); i++) {
		const HttpInput *in = gf_list_get(out->inputs, i);
		if (in->held && !is_held(in))
			return GF_TRUE;
	}
	return GF_FALSE;
}

u32 http_inputs_wait(const HttpOut *out)
{
	for (u32 i = 0; i < gf_list_count(out->inputs); i++) {
		if (((const HttpInput *)gf_list_get(out->inputs, i))->held)
			return HELD_US;
	}
	return 0;
}

Bool http_inputs_ended(const HttpOut *out)
{
	u32 nb = gf_list_count(out->inputs);
	for (u32 i = 0; i < nb; i++) {
		if (!((const HttpInput *)gf_list_get(out->inputs, i))->ended)
			return GF_FALSE;
	}
	return nb > 0;
}

// ---- PIDs

static void input_del(HttpInput *in)
{
	http_stream_del(in->stream);
	http_sink_del(in->sink);
	gf_list_del_item(in->out->inputs, in);
	gf_free(in->path);
	gf_free(in->mime);
	gf_free(in);
}

void http_inputs_del(HttpOut *out)
{
	while (gf_list_count(out->inputs))
		input_del(gf_list_last(out->inputs));
	gf_list_del(out->inputs);
	while (gf_list_count(out->deletions))
		gf_free(gf_list_pop_back(out->deletions));
	gf_list_del(out->deletions);
	http_store_del(out);
	if (!out->private_dir)
		return;
	gf_dir_cleanup(out->private_dir);
	gf_rmdir(out->private_dir);
	gf_free(out->private_dir);
}

static HttpInput *find_input(HttpOut *out, const GF_FilterPid *pid)
{
	for (u32 i = 0; i < gf_list_count(out->inputs); i++) {
		HttpInput *in = gf_list_get(out->inputs, i);
		if (in->pid == pid)
			return in;
	}
	return NULL;
}

static GF_Err input_new(HttpOut *out, GF_FilterPid *pid, HttpInput **input)
{
	HttpInput *in = gf_calloc(1, sizeof(*in));
	if (!in)
		return GF_OUT_OF_MEM;
	in->out = out;
	in->pid = pid;
	GF_Err e = http_resource_path(out, http_resource_name(out, pid), &in->path);
	for (u32 i = 0; i < gf_list_count(out->inputs) && !e; i++)
		in->shares_name |= !strcmp(((HttpInput *)gf_list_get(out->inputs, i))->path, in->path);
	if (!e)
		e = gf_list_add(out->inputs, in);
	if (e)
		input_del(in);
	else
		*input = in;
	return e;
}

// Manifests are asked for again and again, with the segments they name: they need files. Without a directory these lie
// in one of our own, as long as the server lives.
static GF_Err make_private_dir(HttpOut *out)
{
	const char *cache = gf_opts_get_key("core", "cache");
	char *dir = gf_strdup(cache && *cache ? cache : gf_get_default_cache_directory());
	GF_Err e = dir ? gf_dynstrcat(&dir, "/httpout-XXXXXX", NULL) : GF_OUT_OF_MEM;
	if (!e)
		gf_fopen_ex(dir, NULL, "mkdir", GF_TRUE);
	if (!e && !mkdtemp(dir)) {
		GF_LOG(GF_LOG_ERROR, GF_LOG_HTTP, ("[httpout] cannot make the directory %s\n", dir));
		e = GF_IO_ERR;
	}
	if (e) {
		gf_free(dir);
		return e;
	}
	out->private_dir = dir;
	return http_add_root(out, dir, GF_TRUE, GF_FALSE);
}

// Inputs that came before the manifest become files, too.
static GF_Err change_to_files(HttpOut *out)
{
	GF_Err e = make_private_dir(out);
	for (u32 i = 0; i < gf_list_count(out->inputs) && !e; i++) {
		HttpInput *in = gf_list_get(out->inputs, i);
		http_stream_del(in->stream);
		in->stream = NULL;
		in->sink = in->sink ? in->sink : http_sink_new(in);
		e = in->sink ? GF_OK : GF_OUT_OF_MEM;
	}
	return e;
}

static GF_Err describe(HttpInput *in)
{
	const GF_PropertyValue *mime = gf_filter_pid_get_property(in->pid, GF_PROP_PID_MIME);
	const GF_PropertyValue *ext = gf_filter_pid_get_property(in->pid, GF_PROP_PID_FILE_EXT);
	const char *known = http_mime_type(in->out->filter, in->path, NULL, 0);
	if (!known && mime && mime->value.string && strcmp(mime->value.string, "*"))
		known = mime->value.string;
	gf_free(in->mime);
	in->mime = known ? gf_strdup(known) : NULL;
	in->is_isom = (in->mime && strstr(in->mime, "/mp4")) || (ext && ext->value.string && !strncmp(ext->value.string, "mp4", 3));
	in->is_manifest = pid_uint(in->pid, GF_PROP_PID_IS_MANIFEST) != 0;
	in->segmented = pid_uint(in->pid, GF_PROP_PID_DASH_MODE) != 0;
	u32 shift = pid_uint(in->pid, GF_PROP_PID_TIMESHIFT_SEGS), kept = (u32)abs(in->out->max_cache_segs);
	if (in->out->in_memory && shift > kept)
		GF_LOG(GF_LOG_WARNING, GF_LOG_HTTP,
			("[httpout] %s: the time shift is %u segments, but only %u are kept in memory (option max_cache_segs)\n", in->path,
				shift, kept ? kept : 1));
	if (http_files_served(in->out) || in->out->reopen || !(in->is_manifest || in->segmented))
		return GF_OK;
	return change_to_files(in->out);
}

GF_Err http_configure_input(HttpOut *out, GF_FilterPid *pid, Bool is_remove)
{
	HttpInput *in = find_input(out, pid);
	if (is_remove) {
		if (in)
			input_del(in);
		return GF_OK;
	}
	Bool is_new = !in;
	GF_Err e = is_new ? input_new(out, pid, &in) : GF_OK;
	if (!e)
		e = describe(in);
	if (e || !is_new)
		return e;
	if (http_files_served(out))
		in->sink = in->sink ? in->sink : http_sink_new(in);
	else
		in->stream = http_stream_new(in);
	if (!in->sink && !in->stream)
		return GF_OUT_OF_MEM;
	GF_FilterEvent event;
	gf_filter_pid_init_play_event(pid, &event, 0, 1, "httpout");
	gf_filter_pid_send_event(pid, &event);
	return GF_OK;
}
