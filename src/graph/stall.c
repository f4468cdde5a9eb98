// SPDX-License-Identifier: MIT
// Stalls over shared PIDs. A PID is as fast as its slowest destination, so one that does not empty its queue keeps
// packets from the others. That must not last when it does so because of them:
// - It waits on another input for what one of the others makes. Then the limit grows until that comes.
// - It was never asked to play and leaves its packets alone, while the others play. Then it is treated as stopped.
//
// Both show once the filters concerned have nothing to do, so they are looked for when the session has not, and now and
// then while another part of the graph keeps it busy.
#include "base/list.h"
#include "graph/engine.h"

// Only a packet, or room in front of it, runs the filter. A filter that is called again and again without effect
// (sched_retry_at) asked for no time.
static Bool is_idle(const GF_Filter *f)
{
	const FilterSched *s = &f->sched;
	if (f->state != FILTER_ALIVE || s->in_process || s->tasks || s->fd_armed)
		return GF_FALSE;
	return !s->process_wanted || (s->due_us && s->is_retry);
}

// Streams with long pauses are waited for by nobody.
static Bool is_starving(const InPid *in)
{
	if (in->discard || in->muted || in->removed || in->refused != GF_OK || in->eos || out_pid_is_sparse(in->pid))
		return GF_FALSE;
	return in->framing ? !in->nb_ends : !in->nb_packets;
}

static Bool waits_for_input(const GF_Filter *f)
{
	u32 nb = list_count(f->inputs);
	for (u32 i = 0; i < nb; i++) {
		if (is_starving(list_at(f->inputs, i)))
			return GF_TRUE;
	}
	return GF_FALSE;
}

static Bool filter_needs(GF_Filter *f, const OutPid *goal);

// Whether a PID is blocked until there is room on `goal`: it is that one, or the filter behind a full queue waits for it.
static Bool room_needs(const OutPid *pid, const OutPid *goal)
{
	if (pid == goal)
		return GF_TRUE;
	u32 nb = list_count(pid->dests);
	for (u32 i = 0; i < nb; i++) {
		InPid *in = list_at(pid->dests, i);
		if (in_pid_is_full(in) && filter_needs(in->head.filter, goal))
			return GF_TRUE;
	}
	return GF_FALSE;
}

// Whether an idle filter waits for room on `goal`, by way of what its outputs or its inputs wait for.
static Bool filter_needs(GF_Filter *f, const OutPid *goal)
{
	if (f->walk == f->fs->walk || !is_idle(f))
		return GF_FALSE;
	f->walk = f->fs->walk;
	Bool held = filter_all_outputs_block(f);
	u32 nb = list_count(f->outputs);
	for (u32 i = 0; held && i < nb; i++) {
		const OutPid *pid = list_at(f->outputs, i);
		if (pid->blocked && room_needs(pid, goal))
			return GF_TRUE;
	}
	nb = list_count(f->inputs);
	for (u32 i = 0; !held && i < nb; i++) {
		const InPid *in = list_at(f->inputs, i);
		if (!is_starving(in))
			continue;
		GF_Filter *producer = in->pid->head.filter;
		if (in->pid->blocked ? is_idle(producer) && room_needs(in->pid, goal) : filter_needs(producer, goal))
			return GF_TRUE;
	}
	return GF_FALSE;
}

static Bool others_play(const InPid *self)
{
	u32 nb = list_count(self->pid->dests);
	for (u32 i = 0; i < nb; i++) {
		const InPid *in = list_at(self->pid->dests, i);
		if (in != self && in->playing)
			return GF_TRUE;
	}
	return GF_FALSE;
}

// Nobody asked for the packets of this queue, and its filter has what it needs to take them.
static Bool is_unasked(const InPid *in)
{
	const GF_Filter *f = in->head.filter;
	return !in->playing && others_play(in) && is_idle(f) && (filter_all_outputs_block(f) || !waits_for_input(f));
}

static Bool grow(InPid *full)
{
	OutPid *pid = full->pid;
	GF_FilterSession *fs = pid->head.filter->fs;
	char from[100], to[100];
	if (pid_grow_limits(pid))
		return GF_TRUE;
	if (pid->stall_told)
		return GF_FALSE;
	pid->stall_told = GF_TRUE;
	fs->last_process_error = GF_SERVICE_ERROR;
	GF_LOG(GF_LOG_ERROR, GF_LOG_FILTER,
		("[filter] %s waits for a packet that needs more of PID %s of %s, of which %u packets wait in front of it: "
		 "they stay there\n",
			filter_label(full->head.filter, to), pid->name, filter_label(pid->head.filter, from), full->nb_packets));
	return GF_FALSE;
}

static Bool resolve(OutPid *pid)
{
	GF_FilterSession *fs = pid->head.filter->fs;
	u32 nb = list_count(pid->dests);
	for (u32 i = 0; i < nb; i++) {
		InPid *in = list_at(pid->dests, i);
		if (!in_pid_is_full(in))
			continue;
		fs->walk++;
		if (filter_needs(in->head.filter, pid))
			return grow(in);
		if (is_unasked(in)) {
			in_pid_mute(in);
			return GF_TRUE;
		}
	}
	return GF_FALSE;
}

Bool stalls_resolve(GF_FilterSession *fs)
{
	u32 nb = gf_list_count(fs->filters);
	for (u32 i = 0; i < nb; i++) {
		const GF_Filter *f = gf_list_get(fs->filters, i);
		u32 nb_out = f->buffers.nb_blocked ? list_count(f->outputs) : 0;
		for (u32 j = 0; j < nb_out; j++) {
			OutPid *pid = list_at(f->outputs, j);
			if (pid->blocked && !pid->removed && resolve(pid))
				return GF_TRUE;
		}
	}
	return GF_FALSE;
}
