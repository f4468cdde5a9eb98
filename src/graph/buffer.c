// SPDX-License-Identifier: MIT
// Buffer limits and blocking (graph chapter 4.6).
#include "base/list.h"
#include "graph/engine.h"
#include "graph/packet.h"

// Packets without duration say nothing of the time they fill: so many of them are enough.
#define MAX_UNTIMED 100

// A queue of so many packets is not made longer by a stall. The longest look-ahead of encoders, that of x264 and x265,
// is 250 frames, and what threads hold back comes on top.
#define MAX_GROWN 1024

static u64 scaled(u64 v, double speed)
{
	u64 limit = (u64)((double)v * speed);
	return v && !limit ? 1 : limit;
}

void pid_set_limits(OutPid *pid, u32 units, u64 us)
{
	pid->max_units = units;
	pid->max_us = us;
	pid->unit_limit = scaled(units, pid->speed);
	pid->us_limit = scaled(us, pid->speed);
	pid_update_blocking(pid);
}

void pid_init_limits(OutPid *pid)
{
	const GF_Filter *f = pid->head.filter;
	const GF_FilterSession *fs = f->fs;
	pid_set_limits(pid, f->buffers.units ? f->buffers.units : fs->buffers.units,
		f->buffers.time_us ? f->buffers.time_us : fs->buffers.gen_us);
}

typedef struct {
	u32 units;
	u64 us;
} Level;

// A consumer of whole frames cannot take what is queued before the end of the frame is there too.
static inline Level level_of(const InPid *in)
{
	u32 units = in->framing ? in->nb_ends : in->nb_packets;
	return (Level){units, units ? in->queued_us : 0};
}

static inline Bool counts(const InPid *in)
{
	return !in->discard && !in->muted && !in->ignore_blocking;
}

// Level of the destination that has most, or least, of those that count.
static Level level_over_dests(const OutPid *pid, Bool least)
{
	Level found = {pid->nb_held, 0};
	Bool first = GF_TRUE;
	u32 nb = list_count(pid->dests);
	for (u32 i = 0; i < nb; i++) {
		const InPid *in = list_at(pid->dests, i);
		if (!counts(in))
			continue;
		Level l = level_of(in);
		if (first || (least ? l.units < found.units : l.units > found.units))
			found.units = l.units;
		if (first || (least ? l.us < found.us : l.us > found.us))
			found.us = l.us;
		first = GF_FALSE;
	}
	return found;
}

// The same, quick in the common case: it is asked whenever a packet comes or goes.
static inline Level level_of_pid(const OutPid *pid, Bool least)
{
	const InPid *only = list_count(pid->dests) == 1 ? list_at(pid->dests, 0) : NULL;
	return only && counts(only) ? level_of(only) : level_over_dests(pid, least);
}

static inline u64 larger(u64 a, u64 b)
{
	return a > b ? a : b;
}

static Bool reaches_limit(const OutPid *pid, Level l)
{
	if (pid->unit_limit)
		return l.units >= larger(pid->unit_limit, pid->grown_units);
	if (!l.us)
		return l.units >= larger(MAX_UNTIMED, pid->grown_units);
	u64 limit = larger(pid->us_limit, pid->grown_us);
	if (pid->timing.sent_duration) {
		u64 dur = (u64)pid->timing.sent_duration * 1000000 / (pid->map->timescale ? pid->map->timescale : 1000);
		limit = larger(limit, dur);
	}
	// Unblocks only when strictly below, so that a queue at its limit does not make the producer flap.
	return pid->blocked ? l.us >= limit : l.us > limit;
}

static Bool over_limit(const OutPid *pid)
{
	const GF_FilterSession *fs = pid->head.filter->fs;
	if (fs->buffers.ignored || pid->not_connected)
		return GF_FALSE;
	return reaches_limit(pid, level_of_pid(pid, fs->buffers.fanout_only));
}

static void set_blocked(OutPid *pid, Bool blocked)
{
	if (pid->blocked == blocked)
		return;
	pid->blocked = blocked;
	if (blocked) {
		pid->head.filter->buffers.nb_blocked++;
		return;
	}
	pid->head.filter->buffers.nb_blocked--;
	sched_wake(pid->head.filter);
}

void pid_update_blocking(OutPid *pid)
{
	if (!pid->removed)
		set_blocked(pid, over_limit(pid));
}

Bool in_pid_is_full(const InPid *in)
{
	return counts(in) && reaches_limit(in->pid, level_of(in));
}

Bool pid_grow_limits(OutPid *pid)
{
	Level l = level_over_dests(pid, GF_FALSE);
	if (l.units >= MAX_GROWN)
		return GF_FALSE;
	pid->grown_units = 2 * (u64)l.units;
	pid->grown_us = 2 * l.us;
	pid_update_blocking(pid);
	return !pid->blocked;
}

void pid_forget_blocking(OutPid *pid)
{
	pid->head.filter->buffers.nb_blocked -= pid->blocked;
	pid->blocked = GF_FALSE;
}

// An output that could take a packet now. PIDs that nobody took or that ended are out of the question.
static Bool is_open(const OutPid *pid)
{
	return !pid->blocked && !pid->not_connected && !pid->removed && !(pid->eos && !pid->nb_held);
}

// Sparse PIDs alone do not keep a filter going while its other outputs are full.
static Bool only_sparse_open(const GF_Filter *f)
{
	Bool has_dense = GF_FALSE;
	u32 nb = gf_list_count(f->outputs);
	for (u32 i = 0; i < nb; i++) {
		const OutPid *pid = gf_list_get(f->outputs, i);
		if (pid->not_connected || pid->removed || pid->eos || out_pid_is_sparse(pid))
			continue;
		if (is_open(pid))
			return GF_FALSE;
		has_dense = GF_TRUE;
	}
	return has_dense;
}

Bool filter_all_outputs_block(const GF_Filter *f)
{
	if (!f->buffers.nb_blocked || f->buffers.prevent_blocking || f->fs->flush != FLUSH_NOT)
		return GF_FALSE;
	u32 nb = list_count(f->outputs);
	if (nb == 1)
		return GF_TRUE;
	Bool one_open = GF_FALSE;
	for (u32 i = 0; i < nb; i++)
		one_open |= is_open(list_at(f->outputs, i));
	return !one_open || only_sparse_open(f);
}

Bool gf_filter_pid_would_block(GF_FilterPid *PID)
{
	if (!PID)
		return GF_FALSE;
	OutPid *pid = out_of(PID);
	if (PID->is_input)
		return pid->blocked;
	if (pid->not_connected)
		return GF_FALSE;
	pid_update_blocking(pid);
	return pid->blocked;
}

void gf_filter_pid_discard_block(GF_FilterPid *PID)
{
	if (!PID || PID->is_input)
		return;
	set_blocked((OutPid *)PID, GF_FALSE);
	sched_wake(PID->filter);
}

GF_Err gf_filter_pid_ignore_blocking(GF_FilterPid *PID, Bool do_ignore)
{
	if (!PID || !PID->is_input)
		return GF_BAD_PARAM;
	((InPid *)PID)->ignore_blocking = do_ignore;
	pid_update_blocking(((InPid *)PID)->pid);
	return GF_OK;
}

GF_Err gf_filter_prevent_blocking(GF_Filter *filter, Bool prevent_blocking_enabled)
{
	if (!filter)
		return GF_BAD_PARAM;
	filter->buffers.prevent_blocking = prevent_blocking_enabled;
	return GF_OK;
}

Bool gf_filter_block_enabled(GF_Filter *filter)
{
	return filter && filter->fs->buffers.off ? GF_FALSE : GF_TRUE;
}

void gf_filter_pid_set_max_buffer(GF_FilterPid *PID, u32 total_duration_us)
{
	if (!PID || PID->is_input)
		return;
	OutPid *pid = (OutPid *)PID;
	u64 base = PID->filter->buffers.time_us ? PID->filter->buffers.time_us : PID->filter->fs->buffers.gen_us;
	pid->buffer_req = GF_TRUE;
	pid_set_limits(pid, 0, total_duration_us > base ? total_duration_us : base);
}

// What `own` tells of the links toward the sources, added up; of several inputs of a filter, the largest counts.
static u64 along_chain(const InPid *in, u32 depth, u64 (*own)(const InPid *in))
{
	const GF_Filter *src = in->pid->head.filter;
	u64 best = 0;
	u32 nb = depth < MAX_GRAPH_DEPTH ? gf_list_count(src->inputs) : 0;
	if (nb > 1 && gf_list_count(src->outputs) == 1)
		nb = 1;
	for (u32 i = 0; i < nb; i++) {
		u64 up = along_chain(gf_list_get(src->inputs, i), depth + 1, own);
		if (up > best)
			best = up;
	}
	return best + own(in);
}

static u64 limit_us(const InPid *in)
{
	return in->pid->max_units ? 0 : in->pid->max_us;
}

static u64 queued_us(const InPid *in)
{
	return in->queued_us;
}

u32 gf_filter_pid_get_max_buffer(GF_FilterPid *PID)
{
	if (!PID || !PID->is_input)
		return 0;
	u64 us = along_chain((InPid *)PID, 0, limit_us);
	return us > 0xFFFFFFFFu ? 0xFFFFFFFFu : (u32)us;
}

void pid_move_limits(OutPid *from, OutPid *to)
{
	to->buffer_req = from->buffer_req;
	pid_set_limits(to, from->max_units, from->max_us);
	if (gf_list_count(from->dests) != 1)
		return;
	from->buffer_req = GF_FALSE;
	pid_set_limits(from, 1, 0);
}

void gf_filter_pid_copy_buffer_req(GF_FilterPid *dst, GF_FilterPid *src)
{
	if (!dst || !src || dst->is_input || !src->is_input)
		return;
	OutPid *to = (OutPid *)dst, *from = ((InPid *)src)->pid;
	pid_move_limits(from, to);
	to->max_playout_us = from->max_playout_us;
	to->min_playout_us = from->min_playout_us;
}

Bool gf_filter_pid_get_buffer_occupancy(GF_FilterPid *PID, u32 *max_units, u32 *nb_pck, u32 *max_duration,
	u32 *duration)
{
	if (!PID || !handle_exists(PID))
		return GF_FALSE;
	const OutPid *pid = out_of(PID);
	Level l = level_over_dests(pid, GF_FALSE);
	Bool flushing = pid->head.filter->fs->flush != FLUSH_NOT;
	if (max_units)
		*max_units = pid->max_units;
	if (nb_pck)
		*nb_pck = l.units;
	if (max_duration)
		*max_duration = (u32)pid->max_us;
	if (duration)
		*duration = flushing ? (u32)pid->max_us : (u32)l.us;
	return !flushing;
}

u64 gf_filter_pid_query_buffer_duration_and_max(GF_FilterPid *PID, u32 *max_buffer)
{
	if (max_buffer)
		*max_buffer = gf_filter_pid_get_max_buffer(PID);
	return gf_filter_pid_query_buffer_duration(PID, GF_FALSE);
}

u64 gf_filter_pid_query_buffer_duration(GF_FilterPid *PID, Bool check_pid_full)
{
	if (!PID)
		return 0;
	const OutPid *pid = out_of(PID);
	if (!PID->is_input)
		return level_over_dests(pid, GF_FALSE).us;
	InPid *in = (InPid *)PID;
	if (check_pid_full) {
		if (!pid->blocked)
			return 0;
		if (pid->max_units)
			return GF_FILTER_NO_TS;
	}
	// The walk up to the sources is the cost: its result is kept for 10 ms.
	u64 clock = gf_sys_clock_high_res();
	if (!in->last_buffer_query_us || clock - in->last_buffer_query_us > 10000) {
		in->last_buffer_query_us = clock;
		in->last_buffer_us = along_chain(in, 0, queued_us);
	}
	return in->last_buffer_us;
}

static void output_max(const GF_Filter *f, u32 *max_buf, u32 *max_playout, u32 depth)
{
	u32 nb = depth < MAX_GRAPH_DEPTH ? gf_list_count(f->outputs) : 0;
	for (u32 i = 0; i < nb; i++) {
		const OutPid *pid = gf_list_get(f->outputs, i);
		if (!pid->max_units && pid->max_us > *max_buf)
			*max_buf = (u32)pid->max_us;
		if (pid->max_playout_us > *max_playout)
			*max_playout = pid->max_playout_us;
		u32 nb_dst = gf_list_count(pid->dests);
		for (u32 j = 0; j < nb_dst; j++)
			output_max(((InPid *)gf_list_get(pid->dests, j))->head.filter, max_buf, max_playout, depth + 1);
	}
}

void gf_filter_get_output_buffer_max(GF_Filter *filter, u32 *max_buf, u32 *max_playout_buf)
{
	u32 buf = 0, playout = 0;
	if (filter)
		output_max(filter, &buf, &playout, 0);
	if (max_buf)
		*max_buf = buf;
	if (max_playout_buf)
		*max_playout_buf = playout;
}
