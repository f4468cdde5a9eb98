// SPDX-License-Identifier: MIT
// What the engine does with playback and buffer events before filters see them (graph chapter 5.2, 4.6).
#include <math.h>
#include "graph/event.h"
#include "graph/packet.h"
#include "graph/resolver.h"

Bool event_is_filter_wide(GF_FEventType type)
{
	return type == GF_FEVT_FILE_DELETE || type == GF_FEVT_SOURCE_SWITCH || type == GF_FEVT_QUALITY_SWITCH ||
		type == GF_FEVT_USER;
}

// ---- at the consumer

Bool event_leaves(InPid *in, const GF_FilterEvent *evt)
{
	GF_FilterSession *fs = in->head.filter->fs;
	switch (evt->base.type) {
	case GF_FEVT_PLAY:
		if (fs_flag(fs, GF_FS_FLAG_PREVENT_PLAY) && filter_is_sink_kind(in->head.filter))
			return GF_FALSE;
		if (in->playing)
			return GF_FALSE;
		in->playing = GF_TRUE;
		in->eos_seen = GF_FALSE;
		if (!in->pid->eos || in->muted)
			in->eos = GF_FALSE;
		filter_look_again(in->head.filter);
		return GF_TRUE;
	case GF_FEVT_STOP:
		if (!in->playing)
			return GF_FALSE;
		in->playing = GF_FALSE;
		in_pid_mute(in);
		return GF_TRUE;
	case GF_FEVT_SOURCE_SEEK:
		in->playing = GF_TRUE;
		in->eos = in->eos_seen = GF_FALSE;
		in_pid_mute(in);
		return GF_TRUE;
	case GF_FEVT_PAUSE:
		in->paused = GF_TRUE;
		return GF_TRUE;
	case GF_FEVT_RESUME:
		in->paused = GF_FALSE;
		return GF_TRUE;
	case GF_FEVT_RESET_SCENE:
	case GF_FEVT_INFO_UPDATE:
		return GF_FALSE;
	case GF_FEVT_FILE_DELETE:
		return evt->file_del.url != NULL;
	default:
		return GF_TRUE;
	}
}

// ---- at the producer

static Bool other_dest(const OutPid *pid, const InPid *self, Bool (*test)(const InPid *in))
{
	u32 nb = gf_list_count(pid->dests);
	for (u32 i = 0; i < nb; i++) {
		const InPid *in = gf_list_get(pid->dests, i);
		if (in != self && test(in))
			return GF_TRUE;
	}
	return GF_FALSE;
}

static Bool in_plays(const InPid *in)
{
	return in->playing;
}

static Bool in_paused(const InPid *in)
{
	return in->paused;
}

static Bool in_is_live(const InPid *in)
{
	return in->head.filter->state == FILTER_ALIVE;
}

static void reset_queues(OutPid *pid)
{
	u32 nb = gf_list_count(pid->dests);
	for (u32 i = 0; i < nb; i++) {
		InPid *in = gf_list_get(pid->dests, i);
		in_pid_flush(in);
		in_pid_emptied(in);
	}
	out_pid_release_held(pid);
	pid->timing.has_last = GF_FALSE;
	pid_update_blocking(pid);
}

static void set_speed(OutPid *pid, double speed)
{
	pid->speed = speed ? fabs(speed) : 1;
	pid_set_limits(pid, pid->max_units, pid->max_us);
}

static Bool play_arrives(OutPid *pid, InPid *from, const GF_FEVT_Play *play)
{
	if (from)
		from->muted = GF_FALSE;
	set_speed(pid, play->speed);
	if (pid->auto_play && out_pid_stream_type(pid) == GF_STREAM_FILE) {
		// A file source sends its first block before it knows who reads it: the first PLAY may still tell it
		// that its reader opens the file itself (full_file_only).
		pid->auto_play = GF_FALSE;
		return GF_TRUE;
	}
	if (pid->playing) {
		GF_LOG(GF_LOG_INFO, GF_LOG_FILTER, ("[filter] %s: PID %s plays already, PLAY dropped\n",
			pid->head.filter->name, pid->name));
		if (pid->eos && from && !from->eos) {
			from->eos = GF_TRUE; // it ended while this destination was stopped
			sched_wake(from->head.filter);
		}
		return GF_FALSE;
	}
	pid->playing = GF_TRUE;
	if (pid->had_play && pid->eos)
		pid->eos = GF_FALSE;
	if (!pid->had_play && play->start_range >= 0.1)
		reset_queues(pid);
	pid->had_play = GF_TRUE;
	return GF_TRUE;
}

static Bool stop_arrives(OutPid *pid, InPid *from)
{
	if (from && from->playing)
		from->muted = GF_FALSE; // a PLAY was sent behind the STOP: it comes next
	if (!pid->playing || other_dest(pid, from, in_plays))
		return GF_FALSE;
	pid->playing = GF_FALSE;
	pid->auto_play = GF_FALSE;
	reset_queues(pid);
	return GF_TRUE;
}

static Bool is_raw_or_file(const OutPid *pid)
{
	return out_pid_codec(pid) == GF_CODECID_RAW || out_pid_stream_type(pid) == GF_STREAM_FILE;
}

static Bool only_raw_ancestors(const OutPid *pid, u32 depth)
{
	if (!is_raw_or_file(pid))
		return GF_FALSE;
	const GF_Filter *f = pid->head.filter;
	u32 nb = depth < MAX_GRAPH_DEPTH ? gf_list_count(f->inputs) : 0;
	for (u32 i = 0; i < nb; i++) {
		if (!only_raw_ancestors(((InPid *)gf_list_get(f->inputs, i))->pid, depth + 1))
			return GF_FALSE;
	}
	return GF_TRUE;
}

static Bool feeds_decoder(const OutPid *pid, const InPid *from)
{
	const OutPid *next = from ? gf_list_get(from->head.filter->outputs, 0) : NULL;
	return next && out_pid_codec(pid) != GF_CODECID_RAW && out_pid_codec(next) == GF_CODECID_RAW &&
		out_pid_stream_type(next) == out_pid_stream_type(pid);
}

// A request for buffering is applied by the first PID toward the source that feeds a decoder, or that carries
// raw media or a file made of raw media; other PIDs pass it on.
static void buffer_req_arrives(OutPid *pid, const InPid *from, const GF_FilterEvent *evt)
{
	const GF_FEVT_BufferRequirement *req = &evt->buffer_req;
	u32 nb = gf_list_count(pid->head.filter->inputs);
	if (nb && !req->pid_only && !feeds_decoder(pid, from) && !only_raw_ancestors(pid, 0)) {
		for (u32 i = 0; i < nb; i++)
			event_send_on_input(gf_list_get(pid->head.filter->inputs, i), evt);
		return;
	}
	pid->max_playout_us = req->max_playout_us;
	pid->min_playout_us = req->min_playout_us;
	gf_filter_pid_set_max_buffer(&pid->head, req->max_buffer_us);
}

static void clear_ends(GF_Filter *f)
{
	u32 nb = gf_list_count(f->outputs);
	for (u32 i = 0; i < nb; i++) {
		OutPid *out = gf_list_get(f->outputs, i);
		out->eos = GF_FALSE;
		u32 nb_dst = gf_list_count(out->dests);
		for (u32 j = 0; j < nb_dst; j++) {
			InPid *in = gf_list_get(out->dests, j);
			in->eos = in->eos_seen = GF_FALSE;
		}
	}
}

Bool event_arrives(OutPid *pid, InPid *from, const GF_FilterEvent *evt)
{
	Bool play_or_stop = evt->base.type == GF_FEVT_PLAY || evt->base.type == GF_FEVT_STOP;
	// The pair sent for a PID that nothing took only matters where all consumers are gone.
	if (play_or_stop && evt->play.initial_broadcast_play == 2 && other_dest(pid, NULL, in_is_live))
		return GF_FALSE;
	switch (evt->base.type) {
	case GF_FEVT_PLAY:
		return play_arrives(pid, from, &evt->play);
	case GF_FEVT_SET_SPEED:
		set_speed(pid, evt->play.speed);
		return GF_TRUE;
	case GF_FEVT_STOP:
		return stop_arrives(pid, from);
	case GF_FEVT_PAUSE:
	case GF_FEVT_RESUME:
		return !other_dest(pid, from, in_paused);
	case GF_FEVT_SOURCE_SEEK:
		pid->playing = pid->had_play = GF_TRUE;
		pid->eos = GF_FALSE;
		reset_queues(pid);
		if (from)
			from->muted = GF_FALSE;
		return GF_TRUE;
	case GF_FEVT_SOURCE_SWITCH:
		if (pid->head.filter->fs->flush != FLUSH_NOT)
			return GF_FALSE;
		clear_ends(pid->head.filter);
		return GF_TRUE;
	case GF_FEVT_BUFFER_REQ:
		buffer_req_arrives(pid, from, evt);
		return GF_FALSE;
	default:
		return GF_TRUE;
	}
}

void event_follow_playback(GF_Filter *f, const GF_FilterEvent *evt, Bool consumed)
{
	if (gf_list_count(f->inputs) != 1 || gf_list_count(f->outputs) != 1)
		return;
	InPid *in = gf_list_get(f->inputs, 0);
	if (evt->base.type == GF_FEVT_STOP && !consumed)
		gf_filter_pid_set_discard(&in->head, GF_TRUE);
	else if (evt->base.type == GF_FEVT_PLAY)
		gf_filter_pid_set_discard(&in->head, GF_FALSE);
}
