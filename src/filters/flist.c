// SPDX-License-Identifier: MIT
// Playlist: plays the sources of a list one after the other on the same outputs, with continuous times.
//
// The list is the option srcs, or a playlist file (see formats/playlist.h). Splicing inside a source is not
// supported.
#include <string.h>
#include "base/array.h"
#include "filters/flist.h"
#include "filters/registry.h"

static FlistPid *find_pid(const Flist *ctx, const GF_FilterPid *handle)
{
	for (u32 i = 0; i < gf_list_count(ctx->pids); i++) {
		FlistPid *pid = gf_list_get(ctx->pids, i);
		if (handle && (pid->ipid == handle || pid->opid == handle))
			return pid;
	}
	return NULL;
}

static u32 stream_type(GF_FilterPid *pid)
{
	const GF_PropertyValue *type = gf_filter_pid_get_property(pid, GF_PROP_PID_STREAM_TYPE);
	return type ? type->value.uint : GF_STREAM_UNKNOWN;
}

// ---- Capabilities once the list is known

static void add_cap(Flist *ctx, u32 *nb, u32 flags, u32 code, u32 value)
{
	ctx->caps[(*nb)++] = (GF_FilterCapability)CAP_UINT(flags, code, value);
}

static GF_Err set_media_caps(Flist *ctx)
{
	u32 nb = 0;
	Bool audio = ctx->raw == RAW_AV || ctx->raw == RAW_A;
	Bool video = ctx->raw == RAW_AV || ctx->raw == RAW_V;
	memset(ctx->caps, 0, sizeof(ctx->caps));
	if (audio || video) {
		if (audio)
			add_cap(ctx, &nb, GF_CAPS_INPUT_OUTPUT, GF_PROP_PID_STREAM_TYPE, GF_STREAM_AUDIO);
		if (video)
			add_cap(ctx, &nb, GF_CAPS_INPUT_OUTPUT, GF_PROP_PID_STREAM_TYPE, GF_STREAM_VISUAL);
		add_cap(ctx, &nb, GF_CAPS_INPUT_OUTPUT, GF_PROP_PID_CODECID, GF_CODECID_RAW);
		nb++; // next bundle
		if (audio)
			add_cap(ctx, &nb, GF_CAPS_INPUT_EXCLUDED, GF_PROP_PID_STREAM_TYPE, GF_STREAM_AUDIO);
		if (video)
			add_cap(ctx, &nb, GF_CAPS_INPUT_EXCLUDED, GF_PROP_PID_STREAM_TYPE, GF_STREAM_VISUAL);
		add_cap(ctx, &nb, GF_CAPS_INPUT_EXCLUDED, GF_PROP_PID_STREAM_TYPE, GF_STREAM_ENCRYPTED);
	}
	add_cap(ctx, &nb, GF_CAPS_INPUT_EXCLUDED, GF_PROP_PID_STREAM_TYPE, GF_STREAM_FILE);
	add_cap(ctx, &nb, GF_CAPS_INPUT_EXCLUDED, GF_PROP_PID_CODECID, GF_CODECID_NONE);
	ctx->caps[nb++] = (GF_FilterCapability)CAP_BOOL(GF_CAPS_INPUT_EXCLUDED, GF_PROP_PID_UNFRAMED, GF_TRUE);
	add_cap(ctx, &nb, GF_CAPS_OUTPUT_EXCLUDED, GF_PROP_PID_STREAM_TYPE, GF_STREAM_FILE);
	return gf_filter_override_caps(ctx->filter, ctx->caps, nb);
}

// ---- Playlist

static GF_Err start_list(Flist *ctx)
{
	flist_restart(ctx);
	GF_Err e = set_media_caps(ctx);
	gf_filter_post_process_task(ctx->filter);
	return e;
}

static GF_Err replace_text(char **field, const GF_PropertyValue *value)
{
	char *copy = value && value->value.string ? gf_strdup(value->value.string) : NULL;
	if (value && value->value.string && !copy)
		return GF_OUT_OF_MEM;
	gf_free(*field);
	*field = copy;
	return GF_OK;
}

static GF_Err open_playlist(Flist *ctx, GF_FilterPid *pid)
{
	GF_FilterEvent event;
	ctx->list_pid = pid;
	GF_Err e = replace_text(&ctx->list_path, gf_filter_pid_get_property(pid, GF_PROP_PID_FILEPATH));
	if (!e)
		e = replace_text(&ctx->list_url, gf_filter_pid_get_property(pid, GF_PROP_PID_URL));
	if (!e && ctx->list_path)
		e = flist_load_playlist(ctx);
	if (e)
		return e;
	GF_FEVT_INIT(event, GF_FEVT_PLAY, pid);
	event.play.speed = 1.0;
	event.play.full_file_only = ctx->list_path ? 1 : 0;
	gf_filter_pid_send_event(pid, &event);
	return ctx->list_path ? start_list(ctx) : GF_OK;
}

static GF_Err receive_playlist(Flist *ctx, const u8 *data, u32 size)
{
	if (!size || ctx->list_path)
		return GF_OK;
	if (array_reserve(&ctx->received, &ctx->alloc_received, ctx->nb_received, size, 1))
		return GF_OUT_OF_MEM;
	memcpy(ctx->received + ctx->nb_received, data, size);
	ctx->nb_received += size;
	return GF_OK;
}

static void abandon_entry(Flist *ctx)
{
	flist_end_entry(ctx);
	flist_close_sources(ctx);
	ctx->state = FLIST_IDLE;
}

// A playlist came whole in packets: it goes on after the current source, unless it replaces what was to come,
// or that source too (purge).
static GF_Err update_list(Flist *ctx)
{
	Bool first = !ctx->list.nb_entries && !ctx->entry.source;
	GF_Err e = flist_load_playlist(ctx);
	if (e)
		return e;
	if (first)
		return start_list(ctx);
	if (ctx->list.replace || ctx->list.purge)
		ctx->has_current = GF_FALSE;
	if (ctx->list.purge || ctx->state == FLIST_DONE)
		abandon_entry(ctx);
	return GF_OK;
}

// Takes the packets of the playlist PID. Those of a file that was read by its path are not needed.
static GF_Err drain_playlist(Flist *ctx)
{
	GF_FilterPacket *packet;
	GF_Err e = GF_OK;
	if (!ctx->list_pid)
		return GF_OK;
	while (!e && (packet = gf_filter_pid_get_packet(ctx->list_pid))) {
		u32 size;
		const u8 *data = gf_filter_pck_get_data(packet, &size);
		Bool starts, ends;
		gf_filter_pck_get_framing(packet, &starts, &ends);
		if (starts)
			ctx->nb_received = 0;
		e = receive_playlist(ctx, data, size);
		gf_filter_pid_drop_packet(ctx->list_pid);
		if (ends && !e && !ctx->list_path)
			e = update_list(ctx);
	}
	return e;
}

// ---- Inputs

static FlistPid *new_pid(Flist *ctx, u32 type)
{
	FlistPid *pid = gf_calloc(1, sizeof(FlistPid));
	if (!pid)
		return NULL;
	pid->type = type;
	pid->first = GF_FILTER_NO_TS;
	pid->opid = gf_filter_pid_new(ctx->filter);
	if (!pid->opid || gf_list_add(ctx->pids, pid)) {
		gf_free(pid);
		return NULL;
	}
	return pid;
}

// The output for a new input: the first free one of its type, else a new one.
static FlistPid *assign_pid(Flist *ctx, u32 type)
{
	for (u32 i = 0; i < gf_list_count(ctx->pids); i++) {
		FlistPid *pid = gf_list_get(ctx->pids, i);
		if (!pid->ipid && pid->type == type)
			return pid;
	}
	return new_pid(ctx, type);
}

static GF_Err remove_input(Flist *ctx, GF_FilterPid *handle)
{
	if (handle == ctx->list_pid) {
		ctx->list_pid = NULL;
		return GF_OK;
	}
	FlistPid *pid = find_pid(ctx, handle);
	if (pid) {
		pid->ipid = NULL;
		pid->done = GF_TRUE;
	}
	return GF_OK;
}

static GF_Err flist_configure_pid(GF_Filter *filter, GF_FilterPid *handle, Bool is_remove)
{
	Flist *ctx = gf_filter_get_udta(filter);
	if (is_remove)
		return remove_input(ctx, handle);
	u32 type = stream_type(handle);
	if (type == GF_STREAM_FILE)
		return open_playlist(ctx, handle);
	if (!gf_filter_pid_check_caps(handle) || !ctx->entry.source)
		return GF_NOT_SUPPORTED;
	FlistPid *pid = find_pid(ctx, handle);
	if (pid)
		return flist_describe(ctx, pid);
	pid = assign_pid(ctx, type);
	if (!pid)
		return GF_OUT_OF_MEM;
	pid->ipid = handle;
	pid->done = pid->dead;
	pid->input_playing = GF_FALSE;
	if (pid->dead)
		gf_filter_pid_set_discard(handle, GF_TRUE);
	else if (pid->playing)
		flist_play_input(ctx, pid);
	gf_filter_post_process_task(filter);
	return flist_describe(ctx, pid);
}

// ---- Events

static void play(Flist *ctx, FlistPid *pid)
{
	pid->playing = GF_TRUE;
	pid->dead = GF_FALSE;
	if (ctx->state == FLIST_DONE)
		flist_restart(ctx);
	else if (pid->ipid && !pid->input_playing && ctx->state == FLIST_PLAYING) {
		// Played again in the middle of an entry: from its start.
		pid->done = GF_FALSE;
		pid->first = GF_FILTER_NO_TS;
		ctx->state = FLIST_OPENING;
	}
	flist_play_input(ctx, pid);
	gf_filter_post_process_task(ctx->filter);
}

static void stop(FlistPid *pid, const GF_FilterEvent *event)
{
	pid->playing = GF_FALSE;
	if (event->play.initial_broadcast_play == 2)
		pid->dead = GF_TRUE;
}

// Sends an event that came from an output to the input behind it only.
static void forward_event(FlistPid *pid, const GF_FilterEvent *event)
{
	GF_FilterEvent copy = *event;
	if (!pid->ipid)
		return;
	copy.base.on_pid = pid->ipid;
	gf_filter_pid_send_event(pid->ipid, &copy);
	if (event->base.type == GF_FEVT_STOP)
		pid->input_playing = GF_FALSE;
}

static Bool flist_process_event(GF_Filter *filter, const GF_FilterEvent *event)
{
	Flist *ctx = gf_filter_get_udta(filter);
	FlistPid *pid = find_pid(ctx, event->base.on_pid);
	if (!pid || event->base.on_pid == pid->ipid)
		return GF_FALSE;
	switch (event->base.type) {
	case GF_FEVT_PLAY:
		play(ctx, pid);
		return GF_TRUE;
	case GF_FEVT_CONNECT_FAIL:
		pid->dead = pid->done = GF_TRUE;
		if (pid->ipid)
			gf_filter_pid_set_discard(pid->ipid, GF_TRUE);
		gf_filter_post_process_task(filter);
		return GF_TRUE;
	case GF_FEVT_STOP:
		stop(pid, event);
		break;
	default:
		break;
	}
	forward_event(pid, event);
	return GF_TRUE;
}

// ---- Process

static void set_all_eos(const Flist *ctx)
{
	for (u32 i = 0; i < gf_list_count(ctx->pids); i++)
		gf_filter_pid_set_eos(((FlistPid *)gf_list_get(ctx->pids, i))->opid);
}

static Bool keeps_alive(const Flist *ctx)
{
	if (!ctx->ka || ctx->list.ended || !ctx->list_pid)
		return GF_FALSE;
	u64 idle_ms = (gf_sys_clock_high_res() - ctx->last_change_us) / 1000;
	return idle_ms < ctx->timeout;
}

static void finish(Flist *ctx)
{
	flist_close_sources(ctx);
	ctx->state = FLIST_DONE;
	set_all_eos(ctx);
}

// The list is over for now: the playlist may grow.
static void wait_for_entries(Flist *ctx)
{
	if (ctx->state != FLIST_WAITING && ctx->flush)
		for (u32 i = 0; i < gf_list_count(ctx->pids); i++)
			gf_filter_pid_send_flush(((FlistPid *)gf_list_get(ctx->pids, i))->opid);
	ctx->state = FLIST_WAITING;
	gf_filter_ask_rt_reschedule(ctx->filter, ctx->ka * 1000);
}

// Opens the next entry that can be played.
static GF_Err open_next(Flist *ctx)
{
	while (ctx->state == FLIST_IDLE || ctx->state == FLIST_WAITING) {
		GF_Err e = flist_next_entry(ctx);
		if (e == GF_EOS && keeps_alive(ctx)) {
			wait_for_entries(ctx);
			return GF_OK;
		}
		if (e) {
			Bool failed = ctx->first_entry;
			finish(ctx);
			return failed ? GF_URL_ERROR : GF_EOS;
		}
		flist_reset_times(ctx);
		if (!flist_open_entry(ctx))
			ctx->state = FLIST_OPENING;
		else
			ctx->nb_failed++;
	}
	return GF_OK;
}

static GF_Err flist_process(GF_Filter *filter)
{
	Flist *ctx = gf_filter_get_udta(filter);
	GF_Err e = drain_playlist(ctx);
	if (e)
		return e;
	if (!ctx->list.nb_entries && !ctx->list_path && ctx->list_pid)
		return GF_OK; // the playlist comes in packets
	for (;;) {
		if (ctx->failed && (ctx->state == FLIST_OPENING || ctx->state == FLIST_PLAYING)) {
			ctx->nb_failed++;
			ctx->failed = GF_FALSE;
			abandon_entry(ctx);
		}
		switch (ctx->state) {
		case FLIST_IDLE:
		case FLIST_WAITING:
			e = open_next(ctx);
			return e;
		case FLIST_OPENING:
			if (!flist_is_ready(ctx))
				return GF_OK;
			flist_begin_entry(ctx);
			ctx->state = FLIST_PLAYING;
			break;
		case FLIST_PLAYING:
			if (!flist_forward(ctx, &e) || e)
				return e;
			flist_end_entry(ctx);
			flist_remove_played(ctx);
			ctx->state = FLIST_IDLE;
			break;
		case FLIST_DONE:
			return GF_EOS;
		}
	}
}

static const char *flist_probe_data(const u8 *data, u32 size, GF_FilterProbeScore *score)
{
	if (!playlist_probe(data, size))
		return NULL;
	*score = GF_FPROBE_MAYBE_SUPPORTED;
	return "application/x-gpac-playlist";
}

static GF_Err flist_initialize(GF_Filter *filter)
{
	Flist *ctx = gf_filter_get_udta(filter);
	ctx->filter = filter;
	ctx->pids = gf_list_new();
	ctx->sources = gf_list_new();
	ctx->origins = gf_list_new();
	if (!ctx->pids || !ctx->sources || !ctx->origins)
		return GF_OUT_OF_MEM;
	ctx->state = FLIST_IDLE;
	ctx->join.scale = 1;
	ctx->first_entry = GF_TRUE;
	gf_filter_make_sticky(filter);
	if (!ctx->srcs.nb_items)
		return GF_OK;
	GF_Err e = flist_make_list(ctx);
	return e ? e : start_list(ctx);
}

static void flist_finalize(GF_Filter *filter)
{
	Flist *ctx = gf_filter_get_udta(filter);
	while (gf_list_count(ctx->pids))
		gf_free(gf_list_pop_back(ctx->pids));
	gf_list_del(ctx->pids);
	gf_list_del(ctx->sources);
	gf_list_del(ctx->origins);
	playlist_reset(&ctx->list);
	playlist_reset_entry(&ctx->entry);
	gf_free(ctx->dates);
	gf_free(ctx->list_path);
	gf_free(ctx->list_url);
	gf_free(ctx->received);
}

#define OPT(field) #field, (s32)offsetof(Flist, field)
static const GF_FilterArgs flist_args[] = {
	{OPT(floop), "Number of times the list is played again: 0 once, -1 forever", GF_PROP_SINT, "0", NULL, 0},
	{OPT(srcs),
		"Files to play, instead of a playlist: names, directories, or patterns such as dir/*.png;*.jpg",
		GF_PROP_STRING_LIST, NULL, NULL, 0},
	{OPT(fdur), "Duration of a source of one frame (an image); 0/0 keeps that of the source",
		GF_PROP_FRACTION, "1/25", NULL, 0},
	{OPT(revert), "Play the files of srcs in reverse order", GF_PROP_BOOL, "false", NULL,
		GF_FS_ARG_HINT_ADVANCED},
	{OPT(timescale), "Time scale of the outputs; 0 keeps that of the first source", GF_PROP_UINT, "0", NULL,
		GF_FS_ARG_HINT_ADVANCED},
	{OPT(ka), "Keep playing when the playlist ends and look for new entries every so many milliseconds",
		GF_PROP_UINT, "0", NULL, GF_FS_ARG_HINT_ADVANCED},
	{OPT(timeout), "Milliseconds without change of the playlist after which it ends, with ka; -1 for never",
		GF_PROP_LUINT, "-1", NULL, GF_FS_ARG_HINT_ADVANCED},
	{OPT(fsort),
		"Order of the files of srcs: as given (no), by length of the name then alphabet (name), size, date "
		"of modification (date), date which also gives the duration of images (datex)",
		GF_PROP_UINT, "no", "no|name|size|date|datex", 0},
	{OPT(sigcues), "Mark the first packet of each source as the start of a segment", GF_PROP_BOOL, "false",
		NULL, GF_FS_ARG_HINT_ADVANCED},
	{OPT(sigperiods), "Mark each source as a new DASH period", GF_PROP_BOOL, "false", NULL,
		GF_FS_ARG_HINT_ADVANCED},
	{OPT(fdel), "Delete each file after its last use", GF_PROP_BOOL, "false", NULL, GF_FS_ARG_HINT_ADVANCED},
	{OPT(keepts), "Keep the time stamps of the first source instead of starting at 0", GF_PROP_BOOL, "false",
		NULL, GF_FS_ARG_HINT_ADVANCED},
	{OPT(raw), "Decode the sources: audio and video (av), audio (a), video (v), nothing (no)", GF_PROP_UINT,
		"no", "av|a|v|no", 0},
	{OPT(flush), "Flush the outputs when the playlist ends and is kept alive", GF_PROP_BOOL, "false", NULL,
		0},
	{0},
};

static const GF_FilterCapability flist_caps[] = {
	CAP_UINT(GF_CAPS_INPUT, GF_PROP_PID_STREAM_TYPE, GF_STREAM_FILE),
	CAP_STRING(GF_CAPS_INPUT, GF_PROP_PID_FILE_EXT, "m3u|pl"),
	CAP_STRING(GF_CAPS_INPUT, GF_PROP_PID_MIME, "application/x-gpac-playlist"),
	CAP_UINT(GF_CAPS_OUTPUT_EXCLUDED, GF_PROP_PID_STREAM_TYPE, GF_STREAM_FILE),
};

const GF_FilterRegister flist_register = {
	.name = "flist",
	.description = "Sources concatenator",
	.help = "This filter plays the files of a list one after the other, as one presentation. The list is "
			"the option srcs, or a playlist of one source per line. A line that starts with # gives "
			"directives for the next source: repeat=N, start=T and stop=D (seconds), cat, srange=A and "
			"send=B (bytes), props=#Name=Value, del, nosync, chap=NAME, base_url=URL; ka=MS, floop=N, "
			"raw=av hold for the whole list, and #end closes a list that is kept alive. Lines that start "
			"with ## are comments. Sources separated by && are played together; filters may follow a "
			"source: a.mp4 @ reframer:raw=av.",
	.private_size = sizeof(Flist),
	.max_extra_pids = 0xFFFFFFFF,
	.flags = GF_FS_REG_ACT_AS_SOURCE | GF_FS_REG_DYNAMIC_PIDS | GF_FS_REG_META | GF_FS_REG_REQUIRES_RESOLVER,
	SETCAPS(flist_caps),
	.args = flist_args,
	.initialize = flist_initialize,
	.finalize = flist_finalize,
	.configure_pid = flist_configure_pid,
	.process = flist_process,
	.process_event = flist_process_event,
	.probe_data = flist_probe_data,
	.hint_class_type = GF_FS_CLASS_STREAM,
};
