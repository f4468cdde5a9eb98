// SPDX-License-Identifier: MIT
// Extraction of time ranges: packets are held until the limits of the range are known, then sent, shifted
// so that ranges follow each other from time 0.
#include <string.h>
#include "filters/reframer.h"

// What waits for a connection or a date looks again after this delay.
#define POLL_US 1000

static Bool more_ranges(const RfExtract *ex)
{
	return ex->plan.split || ex->index + 1 < ex->plan.nb_ranges ? GF_TRUE : GF_FALSE;
}

// ---- Ranges

static void begin_range(RfCtx *ctx)
{
	RfExtract *ex = &ctx->ex;
	const RfRange *range = &ex->plan.ranges[ex->index];
	ex->state = EXTRACT_FIND_START;
	if (!ex->plan.split || !ex->number) {
		ex->from = range->start;
		ex->to = range->end;
	}
	ex->end = RF_NO_TIME;
	for (u32 i = 0; i < gf_list_count(ctx->pids); i++) {
		RfPid *p = rf_pid_at(ctx, i);
		p->queue.next = 0;
		p->range_ended = p->started = p->passed_end = GF_FALSE;
		p->sent_end = RF_NO_TIME;
	}
}

GF_Err rf_extract_init(RfCtx *ctx)
{
	const RfOptions *opt = &ctx->opt;
	GF_Err e = rf_plan_make(&opt->xs, &opt->xe, opt->xround == ROUND_SEEK, &ctx->ex.plan);
	if (!e && rf_extracts(ctx))
		begin_range(ctx);
	return e;
}

void rf_extract_reset(RfCtx *ctx)
{
	RfPlan plan = ctx->ex.plan;
	memset(&ctx->ex, 0, sizeof(ctx->ex));
	ctx->ex.plan = plan;
	for (u32 i = 0; i < gf_list_count(ctx->pids); i++) {
		RfPid *p = rf_pid_at(ctx, i);
		rf_queue_reset(&p->queue);
		p->ended = p->ever_started = GF_FALSE;
		p->nb_frames = 0;
	}
	if (rf_extracts(ctx))
		begin_range(ctx);
}

// Where the source has to begin for what follows `time`, in seconds.
static Double play_from(RfExtract *ex, RfTime time)
{
	ex->played = time > ex->margin ? time - ex->margin : 0;
	return (Double)ex->played / (Double)RF_SECOND;
}

Double rf_extract_play_start(RfCtx *ctx)
{
	RfExtract *ex = &ctx->ex;
	const RfPoint *from = &ex->plan.ranges[0].start;
	ex->margin = (RfTime)(ctx->opt.seeksafe * (Double)RF_SECOND);
	return play_from(ex, ex->plan.split || from->kind != RF_AT_TIME ? 0 : from->time);
}

// ---- Input

static RfItem make_item(const RfCtx *ctx, const RfPid *p, GF_FilterPacket *pck)
{
	u64 dts = gf_filter_pck_get_dts(pck);
	u64 cts = gf_filter_pck_get_cts(pck);
	if (cts == GF_FILTER_NO_TS)
		cts = dts == GF_FILTER_NO_TS ? 0 : dts;
	if (dts == GF_FILTER_NO_TS)
		dts = cts;
	u32 duration = gf_filter_pck_get_duration(pck);
	if (!duration)
		duration = gf_filter_pid_get_min_pck_duration(p->ipid);
	u32 sap = gf_filter_pck_get_sap(pck);
	RfItem item = {
		.pres = rf_time((s64)cts + p->delay, p->timescale),
		.dts = rf_time((s64)dts + p->delay, p->timescale),
		.duration = rf_time(duration, p->timescale),
		.frame = p->nb_frames,
		.sap_type = (u8)sap,
		.is_sap = ctx->opt.nosap || !p->predictive || (sap >= GF_FILTER_SAP_1 && sap <= GF_FILTER_SAP_3),
	};
	item.order = ctx->opt.xdts ? item.dts : item.pres;
	gf_filter_pck_get_data(pck, &item.size);
	return item;
}

static Bool needs_packets(const RfCtx *ctx, const RfPid *p)
{
	const RfExtract *ex = &ctx->ex;
	if (p->range_ended)
		return GF_FALSE;
	if (ex->state != EXTRACT_SEND || ex->end == RF_NO_TIME)
		return GF_TRUE;
	return p->queue.next < p->queue.nb ? GF_FALSE : GF_TRUE;
}

static GF_Err pull(RfCtx *ctx, RfPid *p)
{
	while (!p->ended && needs_packets(ctx, p)) {
		GF_FilterPacket *pck = gf_filter_pid_get_packet(p->ipid);
		if (!pck) {
			p->ended =
				gf_filter_pid_is_eos(p->ipid) && !gf_filter_pid_is_flush_eos(p->ipid) ? GF_TRUE : GF_FALSE;
			return GF_OK;
		}
		if (!rf_select(ctx, p, pck)) {
			gf_filter_pid_drop_packet(p->ipid);
			continue;
		}
		RfItem item = make_item(ctx, p, pck);
		item.pck = pck;
		GF_Err e = gf_filter_pck_ref(&item.pck);
		if (e)
			return e;
		gf_filter_pid_drop_packet(p->ipid);
		e = rf_queue_push(&p->queue, &item);
		if (e) {
			gf_filter_pck_unref(item.pck);
			return e;
		}
		if (item.pres + item.duration > ctx->ex.position)
			ctx->ex.position = item.pres + item.duration;
	}
	return GF_OK;
}

static GF_Err pull_all(RfCtx *ctx)
{
	GF_Err e = GF_OK;
	for (u32 i = 0; !e && i < gf_list_count(ctx->pids); i++)
		e = pull(ctx, rf_pid_at(ctx, i));
	return e;
}

// ---- Sending

typedef enum { ITEM_SEND = 0, ITEM_DROP, ITEM_WAIT, ITEM_END } ItemAction;

// A second predictive stream begins at its own last random access point before the start.
static ItemAction start_predictive(const RfCtx *ctx, const RfPid *p)
{
	const RfQueue *q = &p->queue;
	for (u32 i = q->next + 1; i < q->nb; i++) {
		if (q->items[i].is_sap && q->items[i].pres <= ctx->ex.start)
			return ITEM_DROP;
		if (q->items[i].dts > ctx->ex.start)
			return ITEM_SEND;
	}
	return p->ended || q->items[q->next].dts > ctx->ex.start ? ITEM_SEND : ITEM_WAIT;
}

static ItemAction check_start(const RfCtx *ctx, const RfPid *p, const RfItem *item)
{
	RfTime start = ctx->ex.start;
	if (p == rf_lead(ctx) && (p->predictive || ctx->ex.plan.split || ctx->ex.from.kind == RF_AT_FRAME))
		return ITEM_SEND;
	if (p->predictive)
		return start_predictive(ctx, p);
	// what comes before time 0 is hidden already: audio priming
	if (start <= 0)
		return ITEM_SEND;
	if (item->duration ? item->pres + item->duration <= start : item->pres < start)
		return ITEM_DROP;
	if (ctx->opt.no_audio_seek && p->stream_type == GF_STREAM_AUDIO && item->pres < start)
		return ITEM_DROP;
	return ITEM_SEND;
}

static ItemAction check_end_predictive(const RfCtx *ctx, const RfPid *p, const RfItem *item, RfTime end)
{
	const RfExtract *ex = &ctx->ex;
	if (p == rf_lead(ctx)) {
		// moved to a random access point: what is decoded before it belongs to the range
		if (ctx->opt.xadjust || ex->plan.split)
			return ex->end != RF_NO_TIME && item->is_sap && item->pres >= end ? ITEM_END : ITEM_SEND;
		if (ex->to.kind == RF_AT_FRAME)
			return item->frame > ex->to.value ? ITEM_END : ITEM_SEND;
	}
	if (item->pres + item->duration <= end && (item->duration || item->pres < end))
		return ITEM_SEND;
	if (ex->end == RF_NO_TIME)
		return ITEM_WAIT;
	return ctx->opt.probe_ref && !p->passed_end ? ITEM_SEND : ITEM_END;
}

static ItemAction check_end(const RfCtx *ctx, const RfPid *p, const RfItem *item)
{
	const RfExtract *ex = &ctx->ex;
	RfTime end = ex->end;
	if (end == RF_NO_TIME) // at least up to there
		end = ex->to.kind == RF_AT_TIME ? ex->to.time : ex->position;
	if (p->predictive || (p == rf_lead(ctx) && (ex->plan.split || ex->to.kind == RF_AT_FRAME)))
		return check_end_predictive(ctx, p, item, end);
	if (item->pres + item->duration <= end && item->pres < end)
		return ITEM_SEND;
	if (ex->end == RF_NO_TIME)
		return ITEM_WAIT;
	if (item->pres >= end)
		return ITEM_END;
	return ctx->opt.no_audio_seek && p->stream_type == GF_STREAM_AUDIO && !p->raw ? ITEM_END : ITEM_SEND;
}

// Forgets what neither this range nor the next one needs.
static void trim(RfCtx *ctx, RfPid *p)
{
	const RfExtract *ex = &ctx->ex;
	RfQueue *q = &p->queue;
	u32 nb = q->next;
	if (more_ranges(ex)) {
		const RfPid *lead = rf_lead(ctx);
		u32 keep_from = 0; // in split forms, of what was sent only packets over the end are needed again
		RfTime keep_time = ex->end == RF_NO_TIME ? ex->position : ex->end;
		if (p == lead) {
			for (u32 i = 0; i < q->next; i++) {
				if (q->items[i].is_sap)
					keep_from = i;
			}
			nb = ex->plan.split ? q->next : keep_from;
		} else {
			if (lead && lead->queue.nb && !ex->plan.split)
				keep_time = lead->queue.items[0].pres;
			for (nb = 0; nb < q->next; nb++) {
				if (q->items[nb].pres + q->items[nb].duration > keep_time)
					break;
			}
		}
	}
	if (nb)
		rf_queue_drop(q, nb);
}

static GF_Err send_next(RfCtx *ctx, RfPid *p, Bool *progress)
{
	RfExtract *ex = &ctx->ex;
	*progress = GF_FALSE;
	if (p->range_ended)
		return GF_OK;
	const RfItem *item = rf_queue_next(&p->queue);
	if (!item) {
		p->range_ended = p->ended;
		return GF_OK;
	}
	ItemAction action = p->started ? ITEM_SEND : check_start(ctx, p, item);
	if (action == ITEM_SEND)
		action = check_end(ctx, p, item);
	if (action == ITEM_END)
		p->range_ended = GF_TRUE;
	if (action == ITEM_END || action == ITEM_WAIT)
		return GF_OK;
	*progress = GF_TRUE;
	if (action == ITEM_SEND) {
		if (ctx->opt.rt == RT_ALIGN ? rf_all_block(ctx) : gf_filter_pid_would_block(p->opid)) {
			*progress = GF_FALSE;
			return GF_OK;
		}
		GF_Err e = p->started ? GF_OK : rf_begin_range(ctx, p, item);
		if (e)
			return e;
		if (!rf_pace(ctx, p, rf_output_time(p, item))) {
			*progress = GF_FALSE;
			return GF_OK;
		}
		RfCut cut = {0};
		cut.seek =
			p->predictive && item->pres < ex->start && (ctx->opt.xround == ROUND_SEEK || p != rf_lead(ctx));
		if (p->predictive && ex->end != RF_NO_TIME && ctx->opt.probe_ref &&
			item->pres + item->duration > ex->end)
			cut.skip_pres = p->passed_end = GF_TRUE;
		e = rf_send_item(ctx, p, item, cut);
		if (e)
			return e;
	}
	p->queue.next++;
	trim(ctx, p);
	return GF_OK;
}

// With rt=align, packets leave in decoding order over all streams.
static RfPid *earliest(const RfCtx *ctx)
{
	RfPid *first = NULL;
	for (u32 i = 0; i < gf_list_count(ctx->pids); i++) {
		RfPid *p = rf_pid_at(ctx, i);
		const RfItem *item = rf_queue_next(&p->queue);
		if (p->range_ended)
			continue;
		if (!item) {
			if (!p->ended && !gf_filter_pid_is_sparse(p->ipid))
				return NULL;
			continue;
		}
		if (!first || item->dts < rf_queue_next(&first->queue)->dts)
			first = p;
	}
	return first;
}

static GF_Err send_all(RfCtx *ctx)
{
	Bool again = GF_TRUE;
	while (again) {
		again = GF_FALSE;
		GF_Err e = pull_all(ctx);
		rf_update_end(ctx);
		RfPid *only = ctx->opt.rt == RT_ALIGN ? earliest(ctx) : NULL;
		for (u32 i = 0; !e && i < gf_list_count(ctx->pids); i++) {
			RfPid *p = rf_pid_at(ctx, i);
			Bool progress = GF_FALSE, is_only = only && p == only;
			// a stream whose end is reached is marked so even when it is not its turn
			if (ctx->opt.rt == RT_ALIGN && !is_only && rf_queue_next(&p->queue))
				continue;
			e = send_next(ctx, p, &progress);
			again = again || progress || (is_only && p->range_ended);
		}
		if (e)
			return e;
	}
	return GF_OK;
}

// Lets the consumers of a stream end while other streams of the last range go on.
static void end_outputs(const RfCtx *ctx)
{
	for (u32 i = 0; i < gf_list_count(ctx->pids) && !more_ranges(&ctx->ex); i++) {
		if (rf_pid_at(ctx, i)->range_ended)
			gf_filter_pid_set_eos(rf_pid_at(ctx, i)->opid);
	}
}

static Bool range_is_over(const RfCtx *ctx)
{
	u32 nb_sparse = 0, nb_sparse_over = 0;
	for (u32 i = 0; i < gf_list_count(ctx->pids); i++) {
		const RfPid *p = rf_pid_at(ctx, i);
		if (gf_filter_pid_is_sparse(p->ipid)) {
			nb_sparse++;
			nb_sparse_over += p->range_ended ? 1 : 0;
		} else if (!p->range_ended) {
			return GF_FALSE;
		}
	}
	// a sparse stream may stay silent long after the end: it is not waited for, unless there is no other
	return nb_sparse < gf_list_count(ctx->pids) || nb_sparse == nb_sparse_over ? GF_TRUE : GF_FALSE;
}

// ---- From one range to the next

static Bool can_seek(const RfCtx *ctx)
{
	for (u32 i = 0; i < gf_list_count(ctx->pids); i++) {
		if (!rf_pid_at(ctx, i)->seekable)
			return GF_FALSE;
	}
	return GF_TRUE;
}

static void seek(RfCtx *ctx, RfTime time)
{
	Double start = play_from(&ctx->ex, time);
	for (u32 i = 0; i < gf_list_count(ctx->pids); i++) {
		RfPid *p = rf_pid_at(ctx, i);
		GF_FilterEvent evt;
		GF_FEVT_INIT(evt, GF_FEVT_STOP, p->ipid);
		gf_filter_pid_send_event(p->ipid, &evt);
		gf_filter_pid_init_play_event(
			p->ipid, &evt, start, ctx->play_speed ? ctx->play_speed : 1, "reframer");
		gf_filter_pid_send_event(p->ipid, &evt);
		rf_queue_reset(&p->queue);
		p->ended = GF_FALSE;
	}
	ctx->ex.position = 0;
}

// First time that is still held, INT64_MAX when nothing is.
static RfTime held_since(const RfCtx *ctx)
{
	const RfPid *lead = rf_lead(ctx);
	RfTime since = INT64_MAX;
	for (u32 i = 0; i < gf_list_count(ctx->pids); i++) {
		const RfPid *p = rf_pid_at(ctx, i);
		if (p->queue.nb && (!lead || p == lead) && p->queue.items[0].pres < since)
			since = p->queue.items[0].pres;
	}
	return since;
}

// Moves the source when the next range is behind, or too far ahead to be read up to.
static GF_Err reach_range(RfCtx *ctx)
{
	RfExtract *ex = &ctx->ex;
	if (ex->from.kind != RF_AT_TIME || ex->plan.split)
		return GF_OK;
	ex->margin = (RfTime)(ctx->opt.seeksafe * (Double)RF_SECOND);
	RfTime since = held_since(ctx);
	Bool behind = ex->from.time < ex->position && ex->from.time < since ? GF_TRUE : GF_FALSE;
	Bool ahead = ex->from.time - ex->margin - RF_SECOND > ex->position ? GF_TRUE : GF_FALSE;
	if (!behind && !ahead)
		return GF_OK;
	if (can_seek(ctx)) {
		seek(ctx, ex->from.time);
	} else if (behind) {
		GF_LOG(GF_LOG_ERROR, GF_LOG_MEDIA,
			("[reframer] the range at %g s is behind what was read, and the source cannot seek: give the "
			 "ranges "
			 "in increasing order\n",
				(Double)ex->from.time / (Double)RF_SECOND));
		return GF_NOT_SUPPORTED;
	}
	return GF_OK;
}

// A source gives packets before the time it was asked for, to be decoded only, the times of which are not
// their own: a range that starts there needs an earlier seek.
static Bool is_too_late(const RfCtx *ctx)
{
	const RfPid *lead = rf_lead(ctx);
	if (!lead || !lead->queue.nb || !ctx->ex.played || !can_seek(ctx))
		return GF_FALSE;
	return gf_filter_pck_get_seek_flag(lead->queue.items[0].pck);
}

static GF_Err next_range(RfCtx *ctx)
{
	RfExtract *ex = &ctx->ex;
	Bool open = ex->end == INT64_MAX || ex->end == RF_NO_TIME ? GF_TRUE : GF_FALSE;
	Bool more = more_ranges(ex);
	if (ex->plan.split && open)
		more = GF_FALSE;
	if (!more) {
		ex->state = EXTRACT_OVER;
		return GF_OK;
	}
	RfTime end = open ? ex->position : ex->end;
	if (end > ex->start)
		ex->base += end - ex->start;
	ex->number++;
	if (ex->plan.split)
		ex->from.time = end;
	else
		ex->index++;
	begin_range(ctx);
	return reach_range(ctx);
}

// Nothing is left of the media at the start of the range.
static GF_Err skip_range(RfCtx *ctx)
{
	RfExtract *ex = &ctx->ex;
	if (ex->plan.split) {
		ex->state = EXTRACT_OVER;
		return GF_OK;
	}
	GF_LOG(GF_LOG_WARNING, GF_LOG_MEDIA,
		("[reframer] range %u is after the end of the media, nothing is sent\n", ex->number + 1));
	ex->start = ex->end = 0;
	return next_range(ctx);
}

static Bool has_dates(const RfPlan *plan)
{
	for (u32 i = 0; i < plan->nb_ranges; i++) {
		const RfRange *range = &plan->ranges[i];
		if (range->start.kind == RF_AT_UTC || range->start.kind == RF_AT_TIMECODE ||
			range->end.kind == RF_AT_UTC || range->end.kind == RF_AT_TIMECODE)
			return GF_TRUE;
	}
	return GF_FALSE;
}

// GF_NOT_READY while the limits of the first range are not known in time.
static GF_Err prepare(GF_Filter *filter, RfCtx *ctx)
{
	RfExtract *ex = &ctx->ex;
	if (ex->dates_done)
		return GF_OK;
	// the leading stream may be the last one to connect
	if (gf_filter_connections_pending(filter))
		return GF_NOT_READY;
	GF_Err e = has_dates(&ex->plan) ? rf_resolve_dates(ctx) : GF_OK;
	if (e)
		return e;
	ex->dates_done = GF_TRUE;
	begin_range(ctx);
	return GF_OK;
}

GF_Err rf_extract_process(GF_Filter *filter, RfCtx *ctx)
{
	RfExtract *ex = &ctx->ex;
	if (!gf_list_count(ctx->pids))
		return GF_OK;
	GF_Err e = pull_all(ctx);
	if (!e)
		e = prepare(filter, ctx);
	if (e == GF_NOT_READY) {
		gf_filter_ask_rt_reschedule(filter, POLL_US);
		return GF_OK;
	}
	while (!e && ex->state != EXTRACT_OVER) {
		if (ex->state == EXTRACT_FIND_START) {
			e = pull_all(ctx);
			RfStartState found = e ? START_WAIT : rf_find_start(ctx);
			if (found == START_WAIT)
				return e;
			if (found == START_EMPTY) {
				e = skip_range(ctx);
				continue;
			}
			if (is_too_late(ctx)) {
				ex->margin = 2 * ex->margin + RF_SECOND;
				seek(ctx, ex->from.time);
				return GF_OK;
			}
			rf_update_end(ctx);
			// the name of a chunk tells its end
			if (ex->plan.split && ex->end == RF_NO_TIME)
				return GF_OK;
			ex->state = EXTRACT_SEND;
		}
		e = send_all(ctx);
		if (!e)
			end_outputs(ctx);
		if (e || !range_is_over(ctx))
			return e;
		e = next_range(ctx);
	}
	return e ? e : GF_EOS;
}
