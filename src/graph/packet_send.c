// SPDX-License-Identifier: MIT
// Sending packets: the timing fixes of the graph chapter 5.4, and the queues of the destinations.
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

void in_pid_queue(InPid *in, Packet *pck)
{
	if (in->discard || in->stop_queued) {
		packet_unref(pck);
		return;
	}
	PckEntry *e = pck_entry_new(pck, in);
	if (!e) {
		GF_LOG(GF_LOG_ERROR, GF_LOG_FILTER, ("[filter] %s: no memory to queue a packet\n", in->head.filter->name));
		packet_unref(pck);
		return;
	}
	e->us = packet_duration_us(pck);
	if (in->last)
		in->last->next = e;
	else
		in->first = e;
	in->last = e;
	if (pck->kind != PCK_FLUSH) {
		in->nb_packets++;
		in->queued_us += e->us;
	}
	sched_wake(in->head.filter);
}

// Clock references are not data: they are stored on the input and passed on to the outputs of the consumer,
// unless it takes charge of them.
static void dispatch_clock(OutPid *pid, Packet *pck)
{
	u32 ts = pid->map->timescale ? pid->map->timescale : 1000;
	u32 nb = gf_list_count(pid->dests);
	for (u32 i = 0; i < nb; i++) {
		InPid *in = gf_list_get(pid->dests, i);
		GF_Filter *f = in->head.filter;
		in->clock_type = pck->a.clock_type;
		in->clock_val = pck->a.cts;
		in->clock_timescale = ts;
		u32 nb_out = in->head.filter == pid->head.filter ? 0 : gf_list_count(f->outputs);
		for (u32 j = 0; j < nb_out; j++) {
			OutPid *out = gf_list_get(f->outputs, j);
			if (pid->clock_in_charge || out->clock_in_charge)
				continue;
			Packet *next = packet_new(out, PCK_ALLOC);
			if (!next)
				continue;
			next->a.clock_type = pck->a.clock_type;
			u32 out_ts = out->map->timescale ? out->map->timescale : 1000;
			next->a.cts = next->a.dts = gf_timestamp_rescale(pck->a.cts, ts, out_ts);
			dispatch_clock(out, next);
		}
	}
	packet_unref(pck);
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
	u32 nb = gf_list_count(pid->dests);
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
		in_pid_queue(gf_list_get(pid->dests, i), packet_ref(pck));
	in_pid_queue(gf_list_get(pid->dests, 0), pck);
	pid_update_blocking(pid);
	return GF_OK;
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
	if (pck->dangling || pck->pid->removed || pck->filter->state >= FILTER_REMOVED) {
		packet_unref(pck);
		return GF_OK;
	}
	OutPid *pid = pck->pid;
	GF_Filter *f = pck->filter;
	f->sched.nb_moved++;
	if (!pid->props_applied)
		pid_apply_user_props(pid);
	pck->sent = GF_TRUE;
	pck->pid_props = propmap_ref(pid->map);
	if (pck->a.clock_type) {
		dispatch_clock(pid, pck);
		return GF_OK;
	}
	fix_timing(pid, pck);
	if (pid->eos) {
		pid->eos = GF_FALSE;
		u32 nb = gf_list_count(pid->dests);
		for (u32 i = 0; i < nb; i++) {
			InPid *in = gf_list_get(pid->dests, i);
			in->eos = in->eos_seen = GF_FALSE;
		}
	}
	// A source that sends before it was asked to play is playing.
	if (!pid->playing && !pid->had_play && !gf_list_count(f->inputs)) {
		pid->playing = pid->had_play = pid->auto_play = GF_TRUE;
	}
	pid->nb_pck_sent++;
	if (pck->ifce)
		f->stats.nb_hw_pck_sent++;
	else
		f->stats.nb_pck_sent++;
	f->stats.nb_bytes_sent += pck->size;
	if (pck->a.dts != GF_FILTER_NO_TS)
		f->stats.last_ts_sent = (GF_Fraction64){(s64)pck->a.dts, pid->map->timescale ? pid->map->timescale : 1000};
	if (pid->info_changed) {
		pid->info_changed = GF_FALSE;
		u32 nb = gf_list_count(pid->dests);
		for (u32 i = 0; i < nb; i++)
			((InPid *)gf_list_get(pid->dests, i))->info_pending = GF_TRUE;
	}
	return packet_dispatch(pck);
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
	pid->eos = GF_TRUE;
	pid->head.filter->sched.nb_moved++;
	u32 nb = gf_list_count(pid->dests);
	for (u32 i = 0; i < nb; i++) {
		InPid *in = gf_list_get(pid->dests, i);
		if (in->stop_queued)
			continue;
		in->eos = GF_TRUE;
		in->eos_seen = GF_FALSE;
		sched_wake(in->head.filter);
	}
}

void gf_filter_pid_send_flush(GF_FilterPid *PID)
{
	if (!PID || PID->is_input) {
		GF_LOG(GF_LOG_ERROR, GF_LOG_FILTER, ("[filter] flush sent on an input PID\n"));
		return;
	}
	OutPid *pid = (OutPid *)PID;
	u32 nb = gf_list_count(pid->dests);
	for (u32 i = 0; i < nb; i++) {
		Packet *mark = packet_new(pid, PCK_FLUSH);
		if (!mark)
			return;
		mark->sent = GF_TRUE;
		mark->pid_props = propmap_ref(pid->map);
		in_pid_queue(gf_list_get(pid->dests, i), mark);
	}
}
