// SPDX-License-Identifier: MIT
// Sending packets: the timing fixes of the graph chapter 5.4, and the queues of the destinations.
#include "base/list.h"
#include "graph/engine.h"
#include "graph/packet.h"

// Fills what the producer left unset, from the packet itself and the previous one of the PID.
static void fix_timing(OutPid *pid, Packet *pck)
{
	PidTiming *t = &pid->timing;
	PckAttrs *a = &pck->a;
	if (a->dts == GF_FILTER_NO_TS && a->cts != GF_FILTER_NO_TS) {
		a->dts = a->cts;
		if (t->recompute_dts) {
			if (t->has_last && a->cts != t->last_cts) {
				u64 step = a->cts > t->last_cts ? a->cts - t->last_cts : t->last_cts - a->cts;
				if (!t->min_cts_step || step < t->min_cts_step)
					t->min_cts_step = step > 0xFFFFFFFFu ? 0xFFFFFFFFu : (u32)step;
			}
			if (t->has_last && t->min_cts_step)
				a->dts = t->last_dts + t->min_cts_step;
		}
	} else if (a->cts == GF_FILTER_NO_TS) {
		a->cts = a->dts;
	}
	if (!a->duration && !a->duration_set && t->has_last && a->dts != GF_FILTER_NO_TS && !out_pid_is_sparse(pid)) {
		u64 now = a->dts, last = t->last_dts;
		u64 d = now > last ? now - last : last - now;
		if (!d) {
			now = a->cts;
			last = t->last_cts;
			d = now > last ? now - last : last - now;
		}
		a->duration = d > 0xFFFFFFFFu ? 0 : (u32)d;
	}
	if (a->duration && (!t->min_duration || a->duration < t->min_duration))
		t->min_duration = a->duration;
	t->sent_duration = a->duration;
	if (a->dts != GF_FILTER_NO_TS) {
		t->last_dts = a->dts;
		t->last_cts = a->cts;
		t->last_duration = a->duration;
		t->has_last = GF_TRUE;
	}
}

u64 packet_duration_us(const Packet *pck)
{
	u32 ts = pck->pid_props && pck->pid_props->timescale ? pck->pid_props->timescale : 1000;
	return pck->a.duration ? (u64)pck->a.duration * 1000000 / ts : 0;
}

static void run_reconfigure(GF_FilterSession *fs, FsTask *t)
{
	InPid *in = (InPid *)t->pid;
	(void)fs;
	gf_free(t);
	in->reconfiguring = GF_FALSE;
	if (in->map != in->pid->map)
		in_pid_reconfigure(in, in->pid->map);
}

// A consumer that discards packets is still told of new properties.
static void reconfigure_without_packet(InPid *in)
{
	FsTask *t = in->reconfiguring ? NULL : task_new(run_reconfigure, in->head.filter, &in->head);
	if (!t)
		return;
	in->reconfiguring = GF_TRUE;
	sched_post(t);
}

void in_pid_queue(InPid *in, Packet *pck)
{
	if (in->discard || in->muted || in->refused == GF_BAD_PARAM) {
		if (in->discard && pck->pid_props != in->map && in->configured)
			reconfigure_without_packet(in);
		packet_unref(pck);
		return;
	}
	PckEntry *e = pck_entry_new(pck, in);
	if (!e) {
		GF_LOG(GF_LOG_ERROR, GF_LOG_FILTER, ("[filter] %s: no memory to queue a packet\n", in->head.filter->name));
		packet_unref(pck);
		return;
	}
	if (in->last)
		in->last->next = e;
	else
		in->first = e;
	in->last = e;
	if (pck->kind != PCK_FLUSH) {
		e->us = packet_duration_us(pck);
		in->nb_packets++;
		in->nb_ends += pck->a.end;
		in->nb_starts += pck->a.start;
		in->queued_us += e->us;
	}
	sched_wake(in->head.filter);
}

// Clock references are not data: they are stored on the input and passed on to the outputs of the consumer,
// unless it takes charge of them.
static void dispatch_clock(OutPid *pid, GF_FilterClockType type, u64 clock, u32 depth)
{
	u32 ts = pid->map->timescale ? pid->map->timescale : 1000;
	u32 nb = list_count(pid->dests);
	for (u32 i = 0; i < nb; i++) {
		InPid *in = list_at(pid->dests, i);
		GF_Filter *f = in->head.filter;
		in->clock_type = type;
		in->clock_val = clock;
		in->clock_timescale = ts;
		if (in->clock_in_charge)
			sched_wake(f);
		u32 nb_out = in->clock_in_charge || depth >= MAX_GRAPH_DEPTH ? 0 : list_count(f->outputs);
		for (u32 j = 0; j < nb_out; j++) {
			OutPid *out = list_at(f->outputs, j);
			u32 out_ts = out->map->timescale ? out->map->timescale : 1000;
			dispatch_clock(out, type, gf_timestamp_rescale(clock, ts, out_ts), depth + 1);
		}
	}
}

static void hold(OutPid *pid, Packet *pck)
{
	PckEntry *e = pck_entry_new(pck, NULL);
	if (!e) {
		packet_unref(pck);
		return;
	}
	if (pid->held_tail)
		pid->held_tail->next = e;
	else
		pid->held = e;
	pid->held_tail = e;
	pid->nb_held++;
}

GF_Err packet_dispatch(Packet *pck)
{
	OutPid *pid = pck->pid;
	u32 nb = list_count(pid->dests);
	if (!nb) {
		if (pid->not_connected || pid->removed) {
			packet_unref(pck);
			return GF_OK;
		}
		hold(pid, pck);
		pid_update_blocking(pid);
		return GF_PENDING_PACKET;
	}
	for (u32 i = nb - 1; i > 0; i--)
		in_pid_queue(list_at(pid->dests, i), packet_ref(pck));
	in_pid_queue(list_at(pid->dests, 0), pck);
	pid_update_blocking(pid);
	return GF_OK;
}

// A packet behind the end of stream: there was no end.
static void withdraw_eos(OutPid *pid)
{
	pid->eos = GF_FALSE;
	u32 nb = list_count(pid->dests);
	for (u32 i = 0; i < nb; i++) {
		InPid *in = list_at(pid->dests, i);
		in->eos = in->eos_seen = GF_FALSE;
	}
}

static void announce_info(OutPid *pid)
{
	pid->info_changed = GF_FALSE;
	u32 nb = list_count(pid->dests);
	for (u32 i = 0; i < nb; i++)
		((InPid *)list_at(pid->dests, i))->info_pending = GF_TRUE;
}

static void count_sent(OutPid *pid, const Packet *pck)
{
	FilterStats *s = &pid->head.filter->stats;
	pid->nb_pck_sent++;
	if (pck->ifce)
		s->nb_hw_pck_sent++;
	else
		s->nb_pck_sent++;
	s->nb_bytes_sent += pck->size;
	if (pck->a.dts != GF_FILTER_NO_TS)
		s->last_ts_sent = (GF_Fraction64){(s64)pck->a.dts, pid->map->timescale ? pid->map->timescale : 1000};
}

// Nobody wants packets of this PID now: it was stopped, or all destinations discard it.
static Bool is_unwanted(const OutPid *pid)
{
	if (pid->had_play && !pid->playing)
		return GF_TRUE;
	u32 nb = list_count(pid->dests);
	for (u32 i = 0; i < nb; i++) {
		const InPid *in = list_at(pid->dests, i);
		if (!in->discard || in->map != pid->map)
			return GF_FALSE;
	}
	return nb > 0;
}

// Direct dispatch: the destinations take the packet before the producer goes on.
static void process_destinations(OutPid *pid)
{
	for (u32 i = 0; i < list_count(pid->dests); i++) {
		GF_Filter *f = ((InPid *)list_at(pid->dests, i))->head.filter;
		if (f->sched.in_process || !f->sched.process_wanted || f->sched.due_us)
			continue;
		f->sched.process_wanted = GF_FALSE;
		filter_process(f);
	}
}

GF_Err gf_filter_pck_send(GF_FilterPacket *handle)
{
	if (!handle)
		return GF_BAD_PARAM;
	if (handle->is_entry || ((Packet *)handle)->sent) {
		GF_LOG(GF_LOG_ERROR, GF_LOG_FILTER,
			("[filter] send of a packet that was %s: forward it or make a reference\n",
				handle->is_entry ? "received" : "already sent"));
		return GF_BAD_PARAM;
	}
	Packet *pck = (Packet *)handle;
	if (!pck->pid || pck->filter->state >= FILTER_REMOVED || pck->pid->removed) {
		packet_unref(pck);
		return GF_OK;
	}
	OutPid *pid = pck->pid;
	GF_Filter *f = pck->filter;
	f->sched.nb_moved++;
	if (!pid->props_applied)
		pid_apply_user_props(pid);
	if (pck->a.clock_type) {
		dispatch_clock(pid, pck->a.clock_type, pck->a.cts, 0);
		packet_unref(pck);
		return GF_OK;
	}
	if (is_unwanted(pid)) {
		packet_unref(pck);
		return GF_OK;
	}
	packet_mark_sent(pck);
	pck->pid_props = propmap_ref(pid->map);
	fix_timing(pid, pck);
	if (pid->eos)
		withdraw_eos(pid);
	pid->flushed = GF_FALSE;
	// A source that sends before it was asked to play is playing.
	if (!pid->playing && !pid->had_play && !list_count(f->inputs))
		pid->playing = pid->had_play = pid->auto_play = GF_TRUE;
	count_sent(pid, pck);
	if (pid->info_changed)
		announce_info(pid);
	GF_Err e = packet_dispatch(pck);
	if (pid->direct_dispatch && e == GF_OK)
		process_destinations(pid);
	return e;
}

GF_Err gf_filter_pck_forward(GF_FilterPacket *reference, GF_FilterPid *PID)
{
	if (!reference)
		return GF_OUT_OF_MEM;
	GF_FilterPacket *pck = gf_filter_pck_new_ref(PID, 0, 0, reference);
	if (!pck)
		return GF_OUT_OF_MEM;
	GF_Err e = packet_merge(pck_of(reference), (Packet *)pck, NULL, NULL);
	if (e != GF_OK) {
		packet_unref((Packet *)pck);
		return e;
	}
	return gf_filter_pck_send(pck);
}

// ---- end of stream

static void send_flush(OutPid *pid)
{
	u32 nb = list_count(pid->dests);
	for (u32 i = 0; i < nb; i++) {
		Packet *mark = packet_new(pid, PCK_FLUSH);
		if (!mark)
			return;
		packet_mark_sent(mark);
		mark->pid_props = propmap_ref(pid->map);
		in_pid_queue(list_at(pid->dests, i), mark);
	}
	pid->flushed = GF_TRUE;
}

// The end that the filter saw on an input is a flush: what it ends for that is flushed only.
static Bool sees_flush(const GF_Filter *f)
{
	u32 nb = list_count(f->inputs);
	for (u32 i = 0; i < nb; i++) {
		const InPid *in = list_at(f->inputs, i);
		if (in->flush && !(in->eos && !in->first))
			return GF_TRUE;
	}
	return GF_FALSE;
}

void gf_filter_pid_set_eos(GF_FilterPid *PID)
{
	if (!PID)
		return;
	if (PID->is_input) {
		GF_LOG(GF_LOG_ERROR, GF_LOG_FILTER, ("[filter] %s: end of stream set on an input PID\n", PID->filter->name));
		return;
	}
	OutPid *pid = (OutPid *)PID;
	if (pid->eos)
		return;
	Bool flush = sees_flush(PID->filter) && PID->filter->fs->flush == FLUSH_NOT;
	if (flush && pid->flushed)
		return;
	PID->filter->sched.nb_moved++;
	if (flush) {
		send_flush(pid);
		return;
	}
	pid->eos = GF_TRUE;
	u32 nb = list_count(pid->dests);
	for (u32 i = 0; i < nb; i++) {
		InPid *in = list_at(pid->dests, i);
		if (in->muted)
			continue;
		in->eos = GF_TRUE;
		in->eos_seen = GF_FALSE;
		sched_wake(in->head.filter);
	}
}

void gf_filter_pid_send_flush(GF_FilterPid *PID)
{
	if (!PID || PID->is_input) {
		GF_LOG(GF_LOG_ERROR, GF_LOG_FILTER, ("[filter] flush sent on %s\n", PID ? "an input PID" : "no PID"));
		return;
	}
	send_flush((OutPid *)PID);
}
