// SPDX-License-Identifier: MIT
// Input PIDs: fetching and dropping packets, reconfiguration, end of stream.
#include <inttypes.h>
#include "graph/engine.h"
#include "graph/packet.h"

static InPid *input(GF_FilterPid *pid, const char *call)
{
	if (pid && pid->is_input)
		return (InPid *)pid;
	GF_LOG(GF_LOG_ERROR, GF_LOG_FILTER,
		("[filter] %s on %s%s: an input PID is needed\n", call, pid ? "an output PID of " : "no PID",
			pid ? pid->filter->name : ""));
	return NULL;
}

InPid *in_pid_new(GF_Filter *dst, OutPid *src)
{
	InPid *in = gf_calloc(1, sizeof(InPid));
	if (!in)
		return NULL;
	in->head.is_input = GF_TRUE;
	in->head.filter = dst;
	in->pid = src;
	in->map = propmap_ref(src->map);
	if (gf_list_add(dst->inputs, in) != GF_OK || gf_list_add(src->dests, in) != GF_OK) {
		gf_list_del_item(dst->inputs, in);
		propmap_unref(in->map);
		gf_free(in);
		return NULL;
	}
	handle_add(&in->head.handle);
	return in;
}

static void pop_entry(InPid *in)
{
	PckEntry *e = in->first;
	const Packet *p = e->pck;
	in->first = e->next;
	if (!in->first)
		in->last = NULL;
	if (p->kind != PCK_FLUSH) {
		in->nb_packets--;
		in->nb_ends -= p->a.end;
		in->nb_starts -= p->a.start;
		in->queued_us -= e->us;
	}
	pck_entry_free(e);
}

void in_pid_flush(InPid *in)
{
	while (in->first)
		pop_entry(in);
	in->nb_packets = in->nb_ends = in->nb_starts = 0;
	in->queued_us = 0;
	in->flush = GF_FALSE;
	in->stats.drop_start_us = 0;
}

void in_pid_emptied(InPid *in)
{
	if (in->removed && !in->first)
		pid_request_disconnect(in);
}

void in_pid_mute(InPid *in)
{
	in->muted = GF_TRUE;
	in_pid_flush(in);
	in_pid_emptied(in);
	pid_update_blocking(in->pid);
}

void in_pid_free(InPid *in)
{
	in_pid_flush(in);
	propmap_unref(in->map);
	propmap_unref(in->wanted);
	handle_remove(&in->head.handle);
	gf_free(in);
}

GF_Err filter_call_configure(InPid *in, Bool is_remove)
{
	GF_Filter *f = in->head.filter;
	f->in_setup++;
	GF_Err e = f->reg->configure_pid(f, &in->head, is_remove);
	f->in_setup--;
	if (e == GF_OK && !is_remove)
		e = f->setup_error;
	f->setup_error = GF_OK;
	return e;
}

Bool in_pid_reconfigure(InPid *in, PropMap *map)
{
	PropMap *old = in->map;
	in->map = propmap_ref(map);
	propmap_unref(old);
	if (!in->configured || !in->head.filter->reg->configure_pid)
		return GF_TRUE;
	GF_Err e = filter_call_configure(in, GF_FALSE);
	if (e == GF_OK)
		return GF_TRUE;
	connect_reconfigure_failed(in, e);
	return GF_FALSE;
}

// Tells the consumer that informative properties changed; they show on its outputs unless it takes charge.
static void deliver_info(InPid *in)
{
	GF_Filter *f = in->head.filter;
	in->info_pending = GF_FALSE;
	if (f->reg->process_event) {
		GF_FilterEvent evt;
		GF_FEVT_INIT(evt, GF_FEVT_INFO_UPDATE, &in->head);
		if (f->reg->process_event(f, &evt))
			return;
	}
	u32 nb = gf_list_count(f->outputs);
	for (u32 i = 0; i < nb; i++)
		((OutPid *)gf_list_get(f->outputs, i))->info_changed = GF_TRUE;
}

// Joins the packets from the head to the end of the frame into one. False when the end is not there yet.
static Bool assemble_frame(InPid *in)
{
	PckEntry *last = in->first;
	u64 size = 0;
	u32 nb = 0;
	if (!in->nb_ends && in->nb_starts <= 1 && in->last->pck->kind != PCK_FLUSH && !in->eos)
		return GF_FALSE; // the common case while a large frame comes in: not walked for each piece
	for (; last; last = last->next) {
		if (last->pck->kind == PCK_FLUSH)
			break;
		size += last->pck->size;
		nb++;
		if (last->pck->a.end || (last->next && last->next->pck->a.start))
			break;
	}
	if (!last && !in->eos)
		return GF_FALSE;
	if (nb <= 1 || size > 0xFFFFFFFFu)
		return GF_TRUE;
	Packet *first = in->first->pck;
	Packet *whole = packet_new(first->pid, PCK_ALLOC);
	if (!whole || packet_alloc_data(whole, (u32)size) != GF_OK || packet_merge(first, whole, NULL, NULL) != GF_OK) {
		GF_LOG(GF_LOG_ERROR, GF_LOG_FILTER, ("[filter] %s: no memory to assemble a frame of %" PRIu64 " bytes\n",
			in->head.filter->name, size));
		if (whole)
			packet_unref(whole);
		return GF_TRUE;
	}
	packet_mark_sent(whole);
	whole->pid_props = propmap_ref(first->pid_props);
	whole->a.end = 1;
	u32 at = 0;
	u64 next_offset = first->a.byte_offset;
	for (u32 i = 0; i < nb; i++) {
		const Packet *p = in->first->pck;
		if (p->size)
			memcpy(whole->data + at, p->data, p->size);
		at += p->size;
		if (p->a.byte_offset != next_offset)
			whole->a.byte_offset = GF_FILTER_NO_BO;
		next_offset = p->a.byte_offset == GF_FILTER_NO_BO ? GF_FILTER_NO_BO : p->a.byte_offset + p->size;
		if (p->a.dts != GF_FILTER_NO_TS && (whole->a.dts == GF_FILTER_NO_TS || p->a.dts > whole->a.dts))
			whole->a.dts = p->a.dts;
		if (p->a.cts != GF_FILTER_NO_TS && (whole->a.cts == GF_FILTER_NO_TS || p->a.cts > whole->a.cts))
			whole->a.cts = p->a.cts;
		if (p->a.duration > whole->a.duration)
			whole->a.duration = p->a.duration;
		pop_entry(in);
	}
	PckEntry *e = pck_entry_new(whole, in);
	if (!e) {
		packet_unref(whole);
		return GF_FALSE;
	}
	e->us = packet_duration_us(whole);
	e->next = in->first;
	in->first = e;
	if (!in->last)
		in->last = e;
	in->nb_packets++;
	in->nb_ends++;
	in->nb_starts += whole->a.start;
	in->queued_us += e->us;
	return GF_TRUE;
}

static void note_end(InPid *in)
{
	GF_Filter *f = in->head.filter;
	f->sched.waited = GF_TRUE;
	if (in->eos)
		in->flush = GF_FALSE;
	if (in->eos && !in->eos_seen) {
		in->eos_seen = GF_TRUE;
		f->eos_pending_data = GF_TRUE;
		f->sched.nb_moved++;
	}
}

// The time that a packet takes runs from its fetch to its drop. The clock is read only for reports.
static void start_timing(InPid *in)
{
	in->stats.drop_start_us = gf_sys_clock_high_res();
	if (!in->stats.first_process_us)
		in->stats.first_process_us = in->stats.drop_start_us;
}

static void end_timing(PidStats *s, Bool is_sap)
{
	s->last_process_us = gf_sys_clock_high_res();
	u64 spent = s->last_process_us - s->drop_start_us;
	s->drop_start_us = 0;
	s->total_process_us += spent;
	if (spent > s->max_process_us)
		s->max_process_us = spent;
	if (!is_sap)
		return;
	s->total_sap_us += spent;
	if (spent > s->max_sap_us)
		s->max_sap_us = spent;
}

// A flush point at the head of the queue is shown once as an end of stream, then the packets after it come.
static Bool reach_flush(InPid *in)
{
	if (!in->first || in->first->pck->kind != PCK_FLUSH)
		return GF_FALSE;
	pop_entry(in);
	in->flush = GF_TRUE;
	in->head.filter->sched.nb_moved++;
	in_pid_emptied(in);
	return GF_TRUE;
}

GF_FilterPacket *gf_filter_pid_get_packet(GF_FilterPid *PID)
{
	InPid *in = PID && PID->is_input ? (InPid *)PID : input(PID, "get_packet");
	if (!in)
		return NULL;
	if (in->discard || in->refused != GF_OK) {
		in->head.filter->sched.waited = GF_TRUE;
		return NULL;
	}
	if (!in->first) {
		note_end(in);
		return NULL;
	}
	if (reach_flush(in))
		return NULL;
	in->flush = GF_FALSE;
	if (in->framing && !(in->first->pck->a.start && in->first->pck->a.end) && !assemble_frame(in)) {
		in->head.filter->sched.waited = GF_TRUE;
		return NULL;
	}
	PropMap *map = in->first->pck->pid_props;
	if (map != in->map && map && !in_pid_reconfigure(in, map))
		return NULL;
	if (in->info_pending)
		deliver_info(in);
	if (!in->first)
		return NULL; // the callback discarded the queue
	if (in->head.filter->fs->reporting && !in->stats.drop_start_us)
		start_timing(in);
	return &in->first->head;
}

Bool gf_filter_pid_is_first_packet(GF_FilterPid *PID, GF_FilterPacket *pck)
{
	const InPid *in = input(PID, "is_first_packet");
	return in && in->first && pck && in->first->pck == pck_of(pck);
}

static void note_time(InPid *in, const Packet *p)
{
	PidStats *s = &in->stats;
	u32 timescale = in->map->timescale ? in->map->timescale : 1000;
	u64 dts = p->a.dts;
	in->head.filter->stats.last_ts_drop = (GF_Fraction64){(s64)dts, timescale};
	if (s->nb_processed == 1)
		s->first_ts = s->window_start = dts;
	s->last_ts = dts;
	s->last_size = p->size;
	if (dts < s->window_start) { // a seek
		s->window_start = dts;
		s->window_bytes = 0;
	} else if (dts - s->window_start >= timescale) {
		u64 rate = (u64)((double)s->window_bytes * 8 * timescale / (double)(dts - s->window_start));
		if (rate > s->max_bitrate)
			s->max_bitrate = rate > 0xFFFFFFFFu ? 0xFFFFFFFFu : (u32)rate;
		s->window_start = dts;
		s->window_bytes = 0;
	}
	s->window_bytes += p->size;
}

void gf_filter_pid_drop_packet(GF_FilterPid *PID)
{
	InPid *in = PID && PID->is_input ? (InPid *)PID : input(PID, "drop_packet");
	if (!in)
		return;
	if (!in->first) {
		GF_LOG(GF_LOG_WARNING, GF_LOG_FILTER, ("[filter] %s: drop on PID %s, which has no packet\n",
			in->head.filter->name, in->pid->name));
		return;
	}
	GF_Filter *f = in->head.filter;
	const Packet *p = in->first->pck;
	f->sched.nb_moved++;
	f->stats.nb_pck_processed++;
	f->stats.nb_bytes_processed += p->size;
	in->stats.nb_processed++;
	in->stats.total_bytes += p->size;
	if (p->a.sap)
		in->stats.nb_saps++;
	if (in->stats.drop_start_us)
		end_timing(&in->stats, p->a.sap != 0);
	if (p->a.dts != GF_FILTER_NO_TS)
		note_time(in, p);
	pop_entry(in);
	pid_update_blocking(in->pid);
	in_pid_emptied(in);
}

u32 gf_filter_pid_get_packet_count(GF_FilterPid *PID)
{
	if (!PID)
		return 0;
	if (PID->is_input)
		return ((InPid *)PID)->discard ? 0 : ((InPid *)PID)->nb_packets;
	const InPid *in = gf_list_get(((OutPid *)PID)->dests, 0);
	return in ? in->nb_packets : 0;
}

Bool gf_filter_pid_first_packet_is_empty(GF_FilterPid *PID)
{
	InPid *in = input(PID, "first_packet_is_empty");
	if (!in || !in->first)
		return GF_TRUE;
	const Packet *p = in->first->pck;
	return !p->size && !p->ifce;
}

Bool gf_filter_pid_first_packet_is_blocking_ref(GF_FilterPid *PID)
{
	InPid *in = input(PID, "first_packet_is_blocking_ref");
	return in && in->first ? gf_filter_pck_is_blocking_ref(&in->first->head) : GF_FALSE;
}

Bool gf_filter_pid_get_first_packet_cts(GF_FilterPid *PID, u64 *cts)
{
	InPid *in = input(PID, "get_first_packet_cts");
	if (!in || !in->first || in->first->pck->kind == PCK_FLUSH || !cts)
		return GF_FALSE;
	const Packet *p = in->first->pck;
	u32 from = p->pid_props && p->pid_props->timescale ? p->pid_props->timescale : 1000;
	u32 to = in->map->timescale ? in->map->timescale : 1000;
	*cts = from == to ? p->a.cts : gf_timestamp_rescale(p->a.cts, from, to);
	return GF_TRUE;
}

GF_Err gf_filter_pid_set_framing_mode(GF_FilterPid *PID, Bool requires_full_blocks)
{
	InPid *in = input(PID, "set_framing_mode");
	if (!in)
		return GF_BAD_PARAM;
	in->framing = requires_full_blocks;
	return GF_OK;
}

GF_Err gf_filter_pid_set_discard(GF_FilterPid *PID, Bool discard_on)
{
	InPid *in = input(PID, "set_discard");
	if (!in)
		return GF_BAD_PARAM;
	if (in->discard == discard_on)
		return GF_OK;
	in->discard = discard_on;
	if (discard_on) {
		in_pid_flush(in);
		in_pid_emptied(in);
		pid_update_blocking(in->pid);
	}
	return GF_OK;
}

// ---- end of stream

Bool in_pid_at_end(const InPid *in)
{
	return in->discard || in->refused != GF_OK || (in->eos && !in->first) || in->flush;
}

Bool gf_filter_pid_is_eos(GF_FilterPid *PID)
{
	InPid *in = input(PID, "is_eos");
	if (!in)
		return GF_FALSE;
	if (in->discard || in->refused != GF_OK || reach_flush(in))
		return GF_TRUE;
	if (!in->eos || in->first)
		return in->flush;
	note_end(in);
	return GF_TRUE;
}

Bool gf_filter_pid_is_flush_eos(GF_FilterPid *PID)
{
	InPid *in = input(PID, "is_flush_eos");
	return in && (in->flush || reach_flush(in)) && !(in->eos && !in->first);
}

Bool gf_filter_pid_eos_received(GF_FilterPid *PID)
{
	InPid *in = input(PID, "eos_received");
	return in ? in->eos : GF_FALSE;
}

static Bool seen_eos(const InPid *in, u32 depth)
{
	if (in->eos)
		return GF_TRUE;
	const GF_Filter *f = in->pid->head.filter;
	if (f->block_eos || depth >= MAX_GRAPH_DEPTH)
		return GF_FALSE;
	u32 nb = gf_list_count(f->inputs);
	for (u32 i = 0; i < nb; i++) {
		if (seen_eos(gf_list_get(f->inputs, i), depth + 1))
			return GF_TRUE;
	}
	return GF_FALSE;
}

Bool gf_filter_pid_has_seen_eos(GF_FilterPid *PID)
{
	InPid *in = input(PID, "has_seen_eos");
	return in ? seen_eos(in, 0) : GF_FALSE;
}

// All outputs block or came to their end: nothing runs the filter.
static Bool is_at_rest(const GF_Filter *f)
{
	u32 nb = gf_list_count(f->outputs);
	for (u32 i = 0; i < nb; i++) {
		const OutPid *pid = gf_list_get(f->outputs, i);
		if (!pid->blocked && !pid->eos && !pid->not_connected)
			return GF_FALSE;
	}
	return GF_TRUE;
}

static void clear_eos(InPid *in, Bool all, u32 depth)
{
	GF_Filter *src = in->pid->head.filter;
	Bool at_rest = is_at_rest(src);
	u32 nb = gf_list_count(in->head.filter->inputs);
	for (u32 i = 0; i < nb; i++) {
		InPid *other = gf_list_get(in->head.filter->inputs, i);
		if (other != in && !(all && other->pid->head.filter == src))
			continue;
		other->eos = other->eos_seen = GF_FALSE;
		other->pid->eos = GF_FALSE;
		pid_update_blocking(other->pid);
	}
	sched_wake(src);
	nb = at_rest && depth < MAX_GRAPH_DEPTH ? gf_list_count(src->inputs) : 0;
	for (u32 i = 0; i < nb; i++) {
		InPid *up = gf_list_get(src->inputs, i);
		if (all)
			clear_eos(up, all, depth + 1);
		else
			up->eos = up->eos_seen = GF_FALSE;
	}
}

void gf_filter_pid_clear_eos(GF_FilterPid *PID, Bool all_pids)
{
	InPid *in = input(PID, "clear_eos");
	if (in)
		clear_eos(in, all_pids, 0);
}

// ---- clocks and timing

void gf_filter_pid_set_clock_mode(GF_FilterPid *PID, Bool filter_in_charge)
{
	InPid *in = input(PID, "set_clock_mode");
	if (in)
		in->clock_in_charge = filter_in_charge;
}

GF_FilterClockType gf_filter_pid_get_clock_info(GF_FilterPid *PID, u64 *clock_val, u32 *timescale)
{
	InPid *in = input(PID, "get_clock_info");
	if (!in)
		return GF_FILTER_CLOCK_NONE;
	GF_FilterClockType type = in->clock_type;
	if (clock_val)
		*clock_val = in->clock_val;
	if (timescale)
		*timescale = in->clock_timescale;
	in->clock_type = GF_FILTER_CLOCK_NONE;
	return type;
}

void gf_filter_pid_recompute_dts(GF_FilterPid *PID, Bool do_recompute)
{
	if (PID && !PID->is_input)
		((OutPid *)PID)->timing.recompute_dts = do_recompute;
}

u32 gf_filter_pid_get_min_pck_duration(GF_FilterPid *PID)
{
	return PID ? out_of(PID)->timing.min_duration : 0;
}

u32 gf_filter_pid_get_timescale(GF_FilterPid *PID)
{
	if (!PID)
		return 0;
	return PID->is_input ? ((InPid *)PID)->map->timescale : ((OutPid *)PID)->map->timescale;
}

u64 gf_filter_pid_get_next_ts(GF_FilterPid *PID)
{
	const PidTiming *t = PID ? &out_of(PID)->timing : NULL;
	if (!t || !t->has_last)
		return GF_FILTER_NO_TS;
	return t->last_dts + t->last_duration;
}
