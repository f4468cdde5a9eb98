// SPDX-License-Identifier: MIT
// Where a range begins and ends, once the packets around its limits are at hand.
#include <string.h>
#include "filters/reframer.h"

RfPid *rf_lead(const RfCtx *ctx)
{
	RfPid *lead = NULL;
	for (u32 i = 0; i < gf_list_count(ctx->pids); i++) {
		RfPid *p = rf_pid_at(ctx, i);
		if (p->predictive && p->stream_type == GF_STREAM_VISUAL)
			return p;
		if (p->predictive && !lead)
			lead = p;
	}
	if (lead)
		return lead;
	// frame numbers and chunks need a stream to count on
	const RfExtract *ex = &ctx->ex;
	if (ex->plan.split || ex->from.kind == RF_AT_FRAME || ex->to.kind == RF_AT_FRAME)
		return rf_pid_at(ctx, 0);
	return NULL;
}

// ---- Start

// Distance of an item to the wanted start, negative before it.
static s64 distance(const RfExtract *ex, const RfItem *item)
{
	if (ex->from.kind == RF_AT_FRAME)
		return (s64)(item->frame - ex->from.value);
	// the chunks of a split begin at the presentation time where the previous one ended
	return (ex->plan.split ? item->pres : item->order) - ex->from.time;
}

static Bool is_after_end(const RfExtract *ex, const RfItem *item)
{
	if (ex->to.kind == RF_AT_FRAME)
		return item->frame > ex->to.value ? GF_TRUE : GF_FALSE;
	return ex->to.kind == RF_AT_TIME && item->order >= ex->to.time ? GF_TRUE : GF_FALSE;
}

// Candidates around the wanted start.
typedef struct {
	s32 before, after; // last random access point not after it, first one not before it; -1 for none
	Bool passed;       // items to come are after it
	Bool passed_end;   // and after the end of the range
	Bool covered;      // some media is after it
} Candidates;

static Candidates find_candidates(const RfExtract *ex, const RfPid *lead)
{
	Candidates c = {.before = -1, .after = -1};
	for (u32 i = 0; i < lead->queue.nb; i++) {
		const RfItem *item = &lead->queue.items[i];
		s64 dist = distance(ex, item);
		if (item->is_sap && dist <= 0)
			c.before = (s32)i;
		if (item->is_sap && dist >= 0 && c.after < 0)
			c.after = (s32)i;
		if (dist >= 0 || (ex->from.kind == RF_AT_TIME && item->pres + item->duration > ex->from.time))
			c.covered = GF_TRUE;
		// with reordering, an item presented late may come before one presented in time
		if (dist > 0 && (ex->from.kind == RF_AT_FRAME || item->dts > ex->from.time)) {
			c.passed = GF_TRUE;
			c.passed_end = c.passed_end || is_after_end(ex, item);
		}
	}
	if (c.after >= 0)
		c.passed = GF_TRUE;
	return c;
}

static s32 choose(const RfCtx *ctx, const RfPid *lead, const Candidates *c)
{
	const RfExtract *ex = &ctx->ex;
	if (c->before < 0 || c->after < 0)
		return c->before < 0 ? c->after : c->before;
	// a range that holds no random access point starts at the one before it
	Bool after_end = is_after_end(ex, &lead->queue.items[c->after]);
	switch (ctx->opt.xround) {
	case ROUND_AFTER:
		return after_end ? c->before : c->after;
	case ROUND_CLOSEST: {
		s64 d_before = -distance(ex, &lead->queue.items[c->before]);
		s64 d_after = distance(ex, &lead->queue.items[c->after]);
		return d_after < d_before && !after_end ? c->after : c->before;
	}
	default:
		return c->before;
	}
}

// Pictures presented before a closed random access point of type 2 belong to it (ISO/IEC 14496-12 annex I):
// the range begins with the first of them. False when more packets are needed.
static Bool find_first_shown(const RfPid *lead, u32 from, RfTime *start)
{
	const RfItem *sap = &lead->queue.items[from];
	*start = sap->pres;
	if (sap->sap_type != GF_FILTER_SAP_2)
		return GF_TRUE;
	for (u32 i = from + 1; i < lead->queue.nb; i++) {
		const RfItem *item = &lead->queue.items[i];
		if (item->is_sap || item->pres > sap->pres)
			return GF_TRUE;
		if (item->pres < *start)
			*start = item->pres;
	}
	return lead->ended;
}

// While the start is far ahead, only what follows the best candidate so far is held.
static void forget_before(RfCtx *ctx, RfPid *lead, s32 candidate)
{
	if (candidate <= 0)
		return;
	rf_queue_drop(&lead->queue, (u32)candidate);
	RfTime since = lead->queue.items[0].pres;
	for (u32 i = 0; i < gf_list_count(ctx->pids); i++) {
		RfPid *p = rf_pid_at(ctx, i);
		u32 nb = 0;
		while (p != lead && !p->predictive && nb < p->queue.nb &&
			   p->queue.items[nb].pres + p->queue.items[nb].duration < since)
			nb++;
		if (nb)
			rf_queue_drop(&p->queue, nb);
	}
}

RfStartState rf_find_start(RfCtx *ctx)
{
	RfExtract *ex = &ctx->ex;
	RfPid *lead = rf_lead(ctx);
	if (!lead || (!lead->predictive && ex->from.kind == RF_AT_TIME && !ex->plan.split)) {
		ex->start = ex->from.time;
		return START_FOUND;
	}
	Candidates c = find_candidates(ex, lead);
	Bool needs_after = c.before < 0 || ctx->opt.xround == ROUND_AFTER || ctx->opt.xround == ROUND_CLOSEST;
	if (!lead->ended && (!c.passed || (needs_after && c.after < 0 && !(c.before >= 0 && c.passed_end)))) {
		forget_before(ctx, lead, c.before);
		return START_WAIT;
	}
	if (!c.covered)
		return START_EMPTY;
	s32 chosen = choose(ctx, lead, &c);
	if (chosen < 0)
		chosen = 0;
	RfTime start;
	if (!find_first_shown(lead, (u32)chosen, &start))
		return START_WAIT;
	// a range from the very beginning takes everything, also what comes before the first picture
	if (c.before < 0 && ex->from.kind == RF_AT_TIME && ex->from.time <= 0 && start > 0)
		start = 0;
	if (ctx->opt.xround == ROUND_SEEK) {
		RfTime wanted = ex->from.time;
		for (u32 i = 0; ex->from.kind == RF_AT_FRAME && i < lead->queue.nb; i++) {
			if (lead->queue.items[i].frame == ex->from.value)
				wanted = lead->queue.items[i].pres;
		}
		if (wanted > start)
			start = wanted;
	}
	ex->start = start;
	ex->start_dts = lead->queue.items[chosen].dts;
	rf_queue_drop(&lead->queue, (u32)chosen);
	return START_FOUND;
}

// ---- End

// First random access point of the range, after its first packet, presented at or after `time`.
static Bool find_sap(const RfCtx *ctx, const RfPid *lead, RfTime time, RfTime *found)
{
	for (u32 i = 0; i < lead->queue.nb; i++) {
		const RfItem *item = &lead->queue.items[i];
		if (item->is_sap && item->pres >= time && item->dts > ctx->ex.start_dts)
			return find_first_shown(lead, i, found);
	}
	return GF_FALSE;
}

// Bytes of all streams from the start of the range up to a time.
static u64 size_before(const RfCtx *ctx, RfTime time)
{
	u64 size = 0;
	for (u32 i = 0; i < gf_list_count(ctx->pids); i++) {
		const RfQueue *q = &rf_pid_at(ctx, i)->queue;
		for (u32 k = 0; k < q->nb; k++) {
			if (q->items[k].pres < time && q->items[k].pres + q->items[k].duration > ctx->ex.start)
				size += q->items[k].size;
		}
	}
	return size;
}

static Bool find_size_end(const RfCtx *ctx, const RfPid *lead, RfTime *found)
{
	for (u32 i = 0; i < lead->queue.nb; i++) {
		const RfItem *item = &lead->queue.items[i];
		if (item->is_sap && item->dts > ctx->ex.start_dts && find_first_shown(lead, i, found) &&
			size_before(ctx, *found) >= ctx->ex.plan.split_size)
			return GF_TRUE;
	}
	return GF_FALSE;
}

// Time after the last frame of a range given in frame numbers.
static Bool find_frame_end(const RfPid *lead, u64 last, RfTime *found)
{
	Bool complete = GF_FALSE;
	RfTime end = lead->sent_end;
	for (u32 i = 0; i < lead->queue.nb; i++) {
		const RfItem *item = &lead->queue.items[i];
		if (item->frame <= last && item->pres + item->duration > end)
			end = item->pres + item->duration;
		if (item->frame >= last)
			complete = GF_TRUE;
	}
	*found = end;
	return complete && end != RF_NO_TIME ? GF_TRUE : GF_FALSE;
}

void rf_update_end(RfCtx *ctx)
{
	RfExtract *ex = &ctx->ex;
	const RfPid *lead = rf_lead(ctx);
	// without any stream left there is nothing to end
	if (ex->end != RF_NO_TIME || (!lead && (ex->plan.split || ex->to.kind == RF_AT_FRAME)))
		return;
	Bool adjust = ctx->opt.xadjust && lead && lead->predictive ? GF_TRUE : GF_FALSE;
	Bool known = GF_FALSE;
	RfTime end = INT64_MAX;
	if (ex->plan.split == RF_SPLIT_SIZE) {
		known = lead && find_size_end(ctx, lead, &end);
	} else if (ex->plan.split) {
		known = lead && find_sap(ctx, lead, ex->start + ex->plan.split_duration, &end);
	} else if (ex->to.kind == RF_AT_TIME) {
		end = ex->to.time;
		known = !adjust || find_sap(ctx, lead, ex->to.time, &end);
	} else if (ex->to.kind == RF_AT_FRAME) {
		known = lead && find_frame_end(lead, ex->to.value, &end);
		if (known && adjust)
			known = find_sap(ctx, lead, end, &end);
	} else {
		known = GF_TRUE;
	}
	if (known)
		ex->end = end;
	else if (lead && lead->ended)
		ex->end = INT64_MAX;
}

// ---- Dates

// Milliseconds since 1970 at the packet, by what its sender wrote.
static Bool media_date(GF_FilterPacket *pck, s64 *ms)
{
	const GF_PropertyValue *val = gf_filter_pck_get_property(pck, GF_PROP_PCK_UTC_TIME);
	if (val) {
		*ms = (s64)val->value.longuint;
		return GF_TRUE;
	}
	val = gf_filter_pck_get_property(pck, GF_PROP_PCK_SENDER_NTP);
	if (!val)
		return GF_FALSE;
	*ms = (s64)gf_net_ntp_to_utc(val->value.longuint);
	return GF_TRUE;
}

static Bool packet_timecode(GF_FilterPacket *pck, GF_TimeCode *tc)
{
	const GF_PropertyValue *val = gf_filter_pck_get_property(pck, GF_PROP_PCK_TIMECODE);
	if (!val || val->value.data.size != sizeof(*tc))
		return GF_FALSE;
	memcpy(tc, val->value.data.ptr, sizeof(*tc));
	return GF_TRUE;
}

// One packet whose date and time code are known.
typedef struct {
	Bool has_date, has_timecode;
	s64 date_ms;
	RfTime date_at;
	GF_TimeCode timecode;
	RfTime timecode_at;
} DateRef;

static void find_reference(const RfCtx *ctx, DateRef *ref)
{
	for (u32 i = 0; i < gf_list_count(ctx->pids); i++) {
		const RfQueue *q = &rf_pid_at(ctx, i)->queue;
		for (u32 k = 0; k < q->nb; k++) {
			const RfItem *item = &q->items[k];
			if (!ref->has_date && media_date(item->pck, &ref->date_ms)) {
				ref->has_date = GF_TRUE;
				ref->date_at = item->pres;
			}
			if (!ref->has_timecode && packet_timecode(item->pck, &ref->timecode)) {
				ref->has_timecode = GF_TRUE;
				ref->timecode_at = item->pres;
			}
		}
	}
}

static RfTime timecode_time(GF_TimeCode tc)
{
	return rf_time((s64)gf_timecode_to_timestamp(&tc, 90000), 90000);
}

static Bool resolve_point(const RfCtx *ctx, const DateRef *ref, RfPoint *point)
{
	if (point->kind == RF_AT_TIMECODE) {
		if (!ref->has_timecode)
			return GF_FALSE;
		GF_TimeCode tc = ref->timecode;
		tc.hours = point->timecode.hours;
		tc.minutes = point->timecode.minutes;
		tc.seconds = point->timecode.seconds;
		tc.n_frames = point->timecode.n_frames;
		point->time = ref->timecode_at + timecode_time(tc) - timecode_time(ref->timecode);
	} else if (point->kind == RF_AT_UTC && ctx->opt.utc_ref == UTC_TIMECODE) {
		if (!ref->has_timecode)
			return GF_FALSE;
		point->time =
			ref->timecode_at + rf_time((s64)(point->value % 86400000), 1000) - timecode_time(ref->timecode);
	} else if (point->kind == RF_AT_UTC) {
		if (!ref->has_date)
			return GF_FALSE;
		point->time = ref->date_at + rf_time((s64)point->value - ref->date_ms, 1000);
	} else {
		return GF_TRUE;
	}
	point->kind = RF_AT_TIME;
	return GF_TRUE;
}

// The host's clock is that of the first packet received.
static void use_host_date(const RfCtx *ctx, DateRef *ref)
{
	for (u32 i = 0; !ref->has_date && i < gf_list_count(ctx->pids); i++) {
		const RfQueue *q = &rf_pid_at(ctx, i)->queue;
		if (!q->nb)
			continue;
		u64 since_us = gf_sys_clock_high_res() - ctx->ex.dates_since_us;
		ref->has_date = GF_TRUE;
		ref->date_ms = (s64)(gf_net_get_utc() - since_us / 1000);
		ref->date_at = q->items[0].pres;
	}
}

GF_Err rf_resolve_dates(RfCtx *ctx)
{
	RfExtract *ex = &ctx->ex;
	DateRef ref = {0};
	u64 now_us = gf_sys_clock_high_res();
	if (!ex->dates_since_us)
		ex->dates_since_us = now_us;
	Bool late = now_us - ex->dates_since_us >= 1000 * (u64)ctx->opt.utc_probe;
	if (ctx->opt.utc_ref != UTC_LOCAL)
		find_reference(ctx, &ref);
	if (ctx->opt.utc_ref == UTC_LOCAL || (ctx->opt.utc_ref == UTC_ANY && late))
		use_host_date(ctx, &ref);
	Bool resolved = GF_TRUE;
	for (u32 i = 0; i < ex->plan.nb_ranges; i++) {
		resolved = resolve_point(ctx, &ref, &ex->plan.ranges[i].start) && resolved;
		resolved = resolve_point(ctx, &ref, &ex->plan.ranges[i].end) && resolved;
	}
	if (resolved)
		return GF_OK;
	if (!late)
		return GF_NOT_READY;
	GF_LOG(GF_LOG_ERROR, GF_LOG_MEDIA,
		("[reframer] no packet tells its date or time code after %u ms: the range cannot be found; "
		 "see options utc_ref and utc_probe\n",
			ctx->opt.utc_probe));
	return GF_NOT_FOUND;
}
