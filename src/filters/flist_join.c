// SPDX-License-Identifier: MIT
#include <math.h>
#include <string.h>
#include "filters/flist.h"

// Value of GF_FEVT_Play.timestamp_based: media time, from the random access point before it. What comes
// before the start is presented: a packet to decode only has no place between two sources.
#define PLAY_FROM_SAP 3

// ---- Times

static Bool time_greater(FlistTime a, FlistTime b)
{
	return gf_timestamp_greater(a.value, a.scale, b.value, b.scale);
}

// a + num / den, exact when a scale holds both.
static FlistTime time_add(FlistTime a, GF_Fraction b)
{
	if (a.value * b.den % a.scale == 0)
		return (FlistTime){a.value * b.den / a.scale + (u64)b.num, b.den};
	return (FlistTime){a.value + (u64)b.num * a.scale / b.den, a.scale};
}

static u64 time_in(FlistTime a, u64 scale)
{
	return gf_timestamp_rescale(a.value, a.scale, scale);
}

// ---- Description

// Media properties of one source, which say nothing about the whole.
static void drop_source_properties(GF_FilterPid *opid)
{
	static const u32 codes[] = {
		GF_PROP_PID_NB_FRAMES,
		GF_PROP_PID_DURATION,
		GF_PROP_PID_DURATION_AVG,
		GF_PROP_PID_MEDIA_DATA_SIZE,
		GF_PROP_PID_CHAP_TIMES,
		GF_PROP_PID_CHAP_NAMES,
		GF_PROP_PID_CAN_DATAREF,
	};
	for (u32 i = 0; i < sizeof(codes) / sizeof(codes[0]); i++)
		gf_filter_pid_set_property(opid, codes[i], NULL);
}

static void keep_first_delay(FlistPid *pid)
{
	const GF_PropertyValue *delay = gf_filter_pid_get_property(pid->ipid, GF_PROP_PID_DELAY);
	if (!pid->has_delay) {
		pid->has_delay = GF_TRUE;
		pid->delay = delay ? delay->value.longsint : 0;
	}
	gf_filter_pid_set_property(pid->opid, GF_PROP_PID_DELAY, pid->delay ? PROP_LONGSINT(pid->delay) : NULL);
}

// A chapter that starts at the join.
static void set_chapter(Flist *ctx, FlistPid *pid)
{
	const PlaylistEntry *entry = &ctx->entry;
	u32 time = (u32)time_in(ctx->join, 1000);
	char *name = entry->chapter;
	if (!name)
		return;
	GF_PropertyValue times = {.type = GF_PROP_UINT_LIST, .value.uint_list = {.vals = &time, .nb_items = 1}};
	GF_PropertyValue names = {
		.type = GF_PROP_STRING_LIST_COPY, .value.string_list = {.vals = &name, .nb_items = 1}};
	gf_filter_pid_set_property(pid->opid, GF_PROP_PID_CHAP_TIMES, &times);
	gf_filter_pid_set_property(pid->opid, GF_PROP_PID_CHAP_NAMES, &names);
}

GF_Err flist_describe(Flist *ctx, FlistPid *pid)
{
	const GF_PropertyValue *frames = gf_filter_pid_get_property(pid->ipid, GF_PROP_PID_NB_FRAMES);
	GF_Fraction duration = flist_frame_duration(ctx);
	u32 timescale = gf_filter_pid_get_timescale(pid->ipid);
	pid->single = frames && frames->value.uint == 1 && duration.num > 0 && duration.den;
	if (!pid->timescale)
		pid->timescale = ctx->timescale ? ctx->timescale : timescale ? timescale : 1000;
	GF_Err e = gf_filter_pid_copy_properties(pid->opid, pid->ipid);
	if (e)
		return e;
	drop_source_properties(pid->opid);
	gf_filter_pid_set_property(pid->opid, GF_PROP_PID_TIMESCALE, PROP_UINT(pid->timescale));
	gf_filter_pid_set_property(pid->opid, GF_PROP_PID_PLAYBACK_MODE, PROP_UINT(GF_PLAYBACK_MODE_NONE));
	keep_first_delay(pid);
	if (pid->single && pid->type == GF_STREAM_VISUAL)
		gf_filter_pid_set_property(
			pid->opid, GF_PROP_PID_FPS, PROP_FRAC_INT((s32)duration.den, (u32)duration.num));
	if (ctx->sigcues)
		gf_filter_pid_set_property(pid->opid, GF_PROP_PID_DASH_CUE, PROP_STRING("inband"));
	if (ctx->sigperiods)
		gf_filter_pid_set_property_str(pid->opid, "period_switch", PROP_BOOL(GF_TRUE));
	set_chapter(ctx, pid);
	const PlaylistEntry *entry = &ctx->entry;
	if (entry->props)
		e = gf_filter_pid_push_properties(pid->opid, entry->props, GF_TRUE, GF_TRUE);
	return e;
}

void flist_play_input(Flist *ctx, FlistPid *pid)
{
	GF_FilterEvent event;
	if (!pid->ipid || pid->input_playing)
		return;
	GF_FEVT_INIT(event, GF_FEVT_PLAY, pid->ipid);
	event.play.start_range = ctx->entry.start;
	event.play.speed = 1.0;
	event.play.timestamp_based = PLAY_FROM_SAP;
	gf_filter_pid_send_event(pid->ipid, &event);
	pid->input_playing = GF_TRUE;
}

// ---- Start of an entry

void flist_reset_times(Flist *ctx)
{
	for (u32 i = 0; i < gf_list_count(ctx->pids); i++) {
		FlistPid *pid = gf_list_get(ctx->pids, i);
		pid->done = pid->used = pid->has_base = GF_FALSE;
		pid->first = GF_FILTER_NO_TS;
	}
}

static u64 packet_time(GF_FilterPacket *packet)
{
	u64 dts = gf_filter_pck_get_dts(packet);
	return dts == GF_FILTER_NO_TS ? gf_filter_pck_get_cts(packet) : dts;
}

Bool flist_is_ready(Flist *ctx)
{
	Bool any = GF_FALSE;
	for (u32 i = 0; i < gf_list_count(ctx->origins); i++)
		if (gf_filter_has_pid_connection_pending(gf_list_get(ctx->origins, i), ctx->filter))
			return GF_FALSE;
	for (u32 i = 0; i < gf_list_count(ctx->pids); i++) {
		FlistPid *pid = gf_list_get(ctx->pids, i);
		if (!pid->ipid)
			continue;
		any = GF_TRUE;
		if (pid->dead)
			continue;
		if (!pid->input_playing)
			return GF_FALSE;
		GF_FilterPacket *packet = gf_filter_pid_get_packet(pid->ipid);
		if (packet)
			pid->first = packet_time(packet);
		else if (!gf_filter_pid_is_eos(pid->ipid))
			return GF_FALSE;
	}
	return any;
}

// Earliest first time of the entry.
static Bool entry_start(const Flist *ctx, FlistTime *start)
{
	Bool found = GF_FALSE;
	for (u32 i = 0; i < gf_list_count(ctx->pids); i++) {
		const FlistPid *pid = gf_list_get(ctx->pids, i);
		u32 scale = pid->ipid ? gf_filter_pid_get_timescale(pid->ipid) : 0;
		if (pid->first == GF_FILTER_NO_TS || !scale)
			continue;
		FlistTime time = {pid->first, scale};
		if (!found || time_greater(*start, time))
			*start = time;
		found = GF_TRUE;
	}
	return found;
}

void flist_begin_entry(Flist *ctx)
{
	FlistTime base = {0, 1};
	Bool keep = ctx->keepts && ctx->first_entry;
	if (!keep)
		entry_start(ctx, &base);
	for (u32 i = 0; i < gf_list_count(ctx->pids); i++) {
		FlistPid *pid = gf_list_get(ctx->pids, i);
		if (!pid->ipid) {
			gf_filter_pid_set_eos(pid->opid);
			continue;
		}
		u32 scale = gf_filter_pid_get_timescale(pid->ipid);
		pid->has_base = GF_TRUE;
		pid->base = time_in(base, scale ? scale : 1000);
		if (ctx->entry.no_sync && !ctx->first_entry && pid->first != GF_FILTER_NO_TS) {
			pid->base = pid->first;
			pid->start = pid->end;
		} else {
			pid->start = time_in(ctx->join, pid->timescale);
		}
	}
	ctx->first_entry = GF_FALSE;
	ctx->nb_failed = 0;
}

// ---- Packets

static u64 map_time(const FlistPid *pid, u64 time, u32 scale)
{
	if (time == GF_FILTER_NO_TS)
		return time;
	s64 relative = gf_timestamp_rescale_signed((s64)(time - pid->base), scale, pid->timescale);
	return relative < 0 && (u64)-relative > pid->start ? 0 : pid->start + (u64)relative;
}

// True when the packet starts after the duration asked for.
static Bool is_after_end(const Flist *ctx, const FlistPid *pid, u64 time, u32 scale)
{
	double limit = ctx->entry.duration;
	if (limit <= 0 || time == GF_FILTER_NO_TS || time < pid->base)
		return GF_FALSE;
	return (double)(time - pid->base) >= limit * scale;
}

static u64 output_duration(const Flist *ctx, const FlistPid *pid, GF_FilterPacket *packet, u64 dts, u32 scale)
{
	if (pid->single)
		return time_in(time_add(ctx->join, flist_frame_duration(ctx)), pid->timescale) - pid->start;
	u64 input = gf_filter_pck_get_dts(packet);
	u32 duration = gf_filter_pck_get_duration(packet);
	if (input == GF_FILTER_NO_TS || dts == GF_FILTER_NO_TS)
		return gf_timestamp_rescale(duration, scale, pid->timescale);
	// By the ends, so that rounding does not add up.
	return map_time(pid, input + duration, scale) - dts;
}

static GF_Err send_packet(Flist *ctx, FlistPid *pid, GF_FilterPacket *packet)
{
	u32 scale = gf_filter_pck_get_timescale(packet);
	GF_FilterPacket *out = gf_filter_pck_new_ref(pid->opid, 0, 0, packet);
	if (!out)
		return GF_OUT_OF_MEM;
	gf_filter_pck_merge_properties(packet, out);
	u64 dts = map_time(pid, gf_filter_pck_get_dts(packet), scale);
	u64 cts = map_time(pid, gf_filter_pck_get_cts(packet), scale);
	u64 duration = output_duration(ctx, pid, packet, dts, scale);
	if (pid->single)
		dts = cts = pid->start;
	gf_filter_pck_set_dts(out, dts);
	gf_filter_pck_set_cts(out, cts);
	if (duration)
		gf_filter_pck_set_duration(out, (u32)duration);
	gf_filter_pck_set_byte_offset(out, GF_FILTER_NO_BO);
	if (ctx->sigcues && !pid->used)
		gf_filter_pck_set_property(out, GF_PROP_PCK_CUE_START, PROP_BOOL(GF_TRUE));
	pid->used = GF_TRUE;
	if (dts != GF_FILTER_NO_TS && dts + duration > pid->end)
		pid->end = dts + duration;
	GF_Err e = gf_filter_pck_send(out);
	return e < 0 ? e : GF_OK;
}

static void stop_input(FlistPid *pid)
{
	GF_FilterEvent event;
	GF_FEVT_INIT(event, GF_FEVT_STOP, pid->ipid);
	gf_filter_pid_send_event(pid->ipid, &event);
	gf_filter_pid_set_discard(pid->ipid, GF_TRUE);
	pid->input_playing = GF_FALSE;
	pid->done = GF_TRUE;
}

static GF_Err forward_pid(Flist *ctx, FlistPid *pid)
{
	GF_Err e = GF_OK;
	while (!e && !pid->done) {
		if (gf_filter_pid_would_block(pid->opid))
			break;
		GF_FilterPacket *packet = gf_filter_pid_get_packet(pid->ipid);
		if (!packet) {
			if (gf_filter_pid_is_eos(pid->ipid))
				pid->done = GF_TRUE;
			break;
		}
		if (is_after_end(ctx, pid, packet_time(packet), gf_filter_pck_get_timescale(packet))) {
			stop_input(pid);
			break;
		}
		e = send_packet(ctx, pid, packet);
		gf_filter_pid_drop_packet(pid->ipid);
	}
	return e;
}

Bool flist_forward(Flist *ctx, GF_Err *error)
{
	Bool over = GF_TRUE;
	*error = GF_OK;
	for (u32 i = 0; i < gf_list_count(ctx->pids); i++) {
		FlistPid *pid = gf_list_get(ctx->pids, i);
		if (!pid->ipid || pid->dead)
			continue;
		GF_Err e = pid->has_base ? forward_pid(ctx, pid) : GF_OK;
		if (e)
			*error = e;
		if (!pid->done)
			over = GF_FALSE;
	}
	return over;
}

void flist_end_entry(Flist *ctx)
{
	FlistTime end = ctx->join;
	for (u32 i = 0; i < gf_list_count(ctx->pids); i++) {
		const FlistPid *pid = gf_list_get(ctx->pids, i);
		if (!pid->used)
			continue;
		FlistTime time = {pid->end, pid->timescale};
		if (pid->single)
			time = time_add(ctx->join, flist_frame_duration(ctx));
		if (time_greater(time, end))
			end = time;
	}
	ctx->join = end;
}
