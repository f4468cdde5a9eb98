// SPDX-License-Identifier: MIT
#include "formats/nal_timeline.h"

#include <string.h>
#include <gpac/log.h>

void nal_timeline_init(NalTimeline *tl, u32 duration, u32 window)
{
	*tl = (NalTimeline){.duration = duration, .window = window};
}

void nal_timeline_reset(NalTimeline *tl)
{
	gf_free(tl->units);
	nal_timeline_init(tl, tl->duration, tl->window);
}

void nal_timeline_restart(NalTimeline *tl)
{
	tl->count = 0;
	tl->started = GF_FALSE;
	tl->has_anchor = GF_FALSE;
}

void nal_timeline_anchor(NalTimeline *tl, s64 cts)
{
	tl->has_anchor = GF_TRUE;
	tl->anchor = cts;
}

static TimelineUnit *unit_at(const NalTimeline *tl, u32 i)
{
	return &tl->units[(tl->first + i) % tl->alloc];
}

static GF_Err append(NalTimeline *tl, const TimelineUnit *unit)
{
	if (tl->count == tl->alloc) {
		u32 alloc = tl->alloc ? tl->alloc * 2 : 64;
		TimelineUnit *units = gf_malloc(alloc * sizeof(*units));
		if (!units)
			return GF_OUT_OF_MEM;
		for (u32 i = 0; i < tl->count; i++)
			units[i] = *unit_at(tl, i);
		gf_free(tl->units);
		tl->units = units;
		tl->alloc = alloc;
		tl->first = 0;
	}
	*unit_at(tl, tl->count++) = *unit;
	return GF_OK;
}

static void settle(const NalTimeline *tl, TimelineUnit *unit)
{
	if (!unit->has_cts) {
		// unsigned arithmetic: a broken stream may have any order count
		u64 distance = (u64)((s64)unit->poc - tl->shift) * tl->duration;
		s64 offset = (s64)distance / (s64)(tl->step ? tl->step : 1);
		unit->cts = (s64)((u64)tl->base_cts + (u64)offset);
	}
	unit->settled = GF_TRUE;
}

static void settle_all(NalTimeline *tl)
{
	for (u32 i = 0; i < tl->count; i++) {
		if (!unit_at(tl, i)->settled)
			settle(tl, unit_at(tl, i));
	}
	if (!tl->report_loss || !tl->group_count || !tl->step)
		return;
	u64 expected = (u64)((s64)tl->max_poc - tl->min_poc) / tl->step + 1;
	if (expected > tl->group_count)
		GF_LOG(GF_LOG_WARNING, GF_LOG_MEDIA,
			("[video] %llu pictures are missing among %llu, order counts %d to %d\n",
				(unsigned long long)(expected - tl->group_count), (unsigned long long)expected, tl->min_poc,
				tl->max_poc));
}

static void begin_group(NalTimeline *tl, const TimelineUnit *unit)
{
	settle_all(tl);
	if (unit->rescale)
		tl->step = 0;
	tl->shift = tl->max_poc = tl->min_poc = unit->poc;
	tl->base_cts = tl->has_anchor ? tl->anchor : (s64)unit->dts;
	tl->shift_fixed = tl->has_anchor;
	tl->has_anchor = GF_FALSE;
	tl->started = GF_TRUE;
	tl->group_count = 0;
}

static void learn(NalTimeline *tl, const TimelineUnit *unit)
{
	s64 delta = (s64)unit->poc - tl->last_poc;
	if (delta < 0)
		delta = -delta;
	if (delta && (!tl->step || delta < tl->step))
		tl->step = (u32)delta;
	if (unit->poc < tl->shift && !unit->irap && !tl->shift_fixed)
		tl->shift = unit->poc;
	if (unit->poc > tl->max_poc)
		tl->max_poc = unit->poc;
	if (unit->poc < tl->min_poc)
		tl->min_poc = unit->poc;
}

GF_Err nal_timeline_push(NalTimeline *tl, const TimelineUnit *unit)
{
	Bool starts =
		!tl->started || unit->sap == 1 || ((unit->sap == 2 || unit->restart) && unit->poc <= tl->max_poc);
	if (tl->count) {
		TimelineUnit *last = unit_at(tl, tl->count - 1);
		// 14496-12 I.2: type 2 has pictures that are composed before the access point
		if (last->sap == 2 && (starts || unit->poc > last->poc))
			last->sap = 1;
	}
	if (starts)
		begin_group(tl, unit);
	else
		learn(tl, unit);
	if (unit->has_cts) {
		// units without times of their own continue from here
		tl->base_cts = unit->cts;
		tl->shift = unit->poc;
		tl->shift_fixed = GF_TRUE;
	}
	tl->last_poc = unit->poc;
	tl->group_count++;
	TimelineUnit added = *unit;
	// the next unit decides about type 2
	added.settled = unit->has_cts && unit->sap != 2;
	return append(tl, &added);
}

Bool nal_timeline_pop(NalTimeline *tl, Bool flush, TimelineUnit *unit)
{
	if (!tl->count)
		return GF_FALSE;
	TimelineUnit *oldest = unit_at(tl, 0);
	Bool full = (tl->window && tl->count > tl->window) || (oldest->has_cts && tl->count > 1);
	if (!oldest->settled && !flush && !full)
		return GF_FALSE;
	if (!oldest->settled)
		settle(tl, oldest);
	if (oldest->sap == 2 && tl->count == 1)
		oldest->sap = 1;
	*unit = *oldest;
	tl->first = (tl->first + 1) % tl->alloc;
	tl->count--;
	return GF_TRUE;
}
