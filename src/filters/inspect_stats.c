// SPDX-License-Identifier: MIT
#include <string.h>
#include <gpac/tools.h>
#include "filters/inspect.h"

void inspect_stats_init(InspectStats *st)
{
	memset(st, 0, sizeof(*st));
	st->first_dts = st->first_cts = st->last_sap_cts = GF_FILTER_NO_TS;
}

static void range_add(StatRange *range, u64 v)
{
	if (!range->nb || v < range->min)
		range->min = v;
	if (!range->nb || v > range->max)
		range->max = v;
	range->sum += v;
	range->nb++;
}

static u64 range_average(const StatRange *range)
{
	return range->nb ? range->sum / range->nb : 0;
}

static void add_sap(InspectStats *st, const StatPacket *pck)
{
	u32 type = pck->sap > GF_FILTER_SAP_4 ? GF_FILTER_SAP_4 : pck->sap;
	st->nb_by_sap[type]++;
	if (type < GF_FILTER_SAP_1 || type > GF_FILTER_SAP_3) {
		st->other_size += pck->size;
		return;
	}
	st->sap_size += pck->size;
	if (pck->size > st->max_sap_size)
		st->max_sap_size = pck->size;
	if (pck->cts == GF_FILTER_NO_TS)
		return;
	if (st->last_sap_cts != GF_FILTER_NO_TS && (s64)(pck->cts - st->last_sap_cts) > 0)
		range_add(&st->sap_distance, pck->cts - st->last_sap_cts);
	st->last_sap_cts = pck->cts;
}

static void add_rate(InspectStats *st, const StatPacket *pck, u32 timescale)
{
	if (pck->dts == GF_FILTER_NO_TS)
		return;
	if (!st->has_window || (s64)(pck->dts - st->window_start) >= (s64)timescale) {
		st->has_window = GF_TRUE;
		st->window_start = pck->dts;
		st->window_size = 0;
	}
	st->window_size += pck->size;
	if (st->window_size > st->max_window_size)
		st->max_window_size = st->window_size;
}

void inspect_stats_add(InspectStats *st, const StatPacket *pck, u32 timescale)
{
	if (!st->nb_frames) {
		st->first_dts = pck->dts;
		st->first_cts = pck->cts;
		st->first_sap = pck->sap > GF_FILTER_SAP_4 ? GF_FILTER_SAP_4 : pck->sap;
	}
	st->nb_frames++;
	range_add(&st->duration, pck->duration);
	if (pck->dts != GF_FILTER_NO_TS && pck->cts != GF_FILTER_NO_TS) {
		s64 offset = (s64)(pck->cts - pck->dts);
		if (!st->has_offset || offset < st->min_offset)
			st->min_offset = offset;
		if (!st->has_offset || offset > st->max_offset)
			st->max_offset = offset;
		st->has_offset = GF_TRUE;
	}
	add_sap(st, pck);
	add_rate(st, pck, timescale);
}

static void print_timing(const InspectStats *st, u32 timescale, StrBuf *sb)
{
	if (st->duration.min == st->duration.max)
		sb_addf(sb, "\tFrame Rate: CFR - frame duration %llu\n", (unsigned long long)st->duration.max);
	else
		sb_addf(sb, "\tFrame Rate: VFR - frame duration avg %llu max %llu\n",
			(unsigned long long)range_average(&st->duration), (unsigned long long)st->duration.max);

	sb_addf(sb, "\tCumulated Duration: %llu (", (unsigned long long)st->duration.sum);
	u64 shown = st->duration.sum;
	if (st->first_cts != GF_FILTER_NO_TS && (s64)st->first_cts > 0)
		shown = shown > st->first_cts ? shown - st->first_cts : 0;
	inspect_add_time(sb, shown, timescale);
	sb_add(sb, ")\n");

	if (st->first_dts == GF_FILTER_NO_TS && st->first_cts == GF_FILTER_NO_TS)
		sb_add(sb, "\tFirst packet: No initial timestamps\n");
	else
		sb_addf(sb, "\tFirst packet: DTS %llu CTS %llu\n", (unsigned long long)st->first_dts,
			(unsigned long long)st->first_cts);
	if (st->min_offset || st->max_offset)
		sb_addf(
			sb, "\tCTS offset: min %lld max %lld\n", (long long)st->min_offset, (long long)st->max_offset);
}

static void print_saps(const InspectStats *st, StrBuf *sb)
{
	u64 nb_saps = st->nb_by_sap[1] + st->nb_by_sap[2] + st->nb_by_sap[3];
	u64 nb_others = st->nb_frames - nb_saps;
	sb_addf(sb, "\tSAP frames: %llu - types", (unsigned long long)nb_saps);
	for (u32 i = 0; i < 5; i++) {
		if (st->nb_by_sap[i])
			sb_addf(sb, " %u(%llu)", i, (unsigned long long)st->nb_by_sap[i]);
	}
	sb_addf(sb, "\n\tStart with SAP: %u\n", st->first_sap);
	if (nb_others)
		sb_addf(sb, "\tAverage non-SAP frame size: %llu bytes\n",
			(unsigned long long)(st->other_size / nb_others));
	if (nb_saps)
		sb_addf(sb, "\tAverage SAP frame size: %llu bytes\n\tMax SAP frame size: %llu bytes\n",
			(unsigned long long)(st->sap_size / nb_saps), (unsigned long long)st->max_sap_size);
	if (nb_saps > 2 && st->sap_distance.nb)
		sb_addf(sb, "\tSAP time diff: min %llu max %llu avg %llu\n", (unsigned long long)st->sap_distance.min,
			(unsigned long long)st->sap_distance.max, (unsigned long long)range_average(&st->sap_distance));
}

static void print_rate(u64 average, u64 max, StrBuf *sb)
{
	const char *unit = "bps";
	u64 div = 1;
	if (average > 10000000) {
		unit = "mbps";
		div = 1000000;
	} else if (average > 10000) {
		unit = "kbps";
		div = 1000;
	}
	sb_addf(sb, "\tBitrate: avg %llu max %llu %s\n", (unsigned long long)(average / div),
		(unsigned long long)(max / div), unit);
}

void inspect_stats_print(const InspectStats *st, u32 timescale, StrBuf *sb)
{
	sb_addf(sb, "\tNb Frames: %llu\n", (unsigned long long)st->nb_frames);
	if (!st->nb_frames)
		return;
	print_timing(st, timescale, sb);
	print_saps(st, sb);
	u64 size = st->sap_size + st->other_size;
	sb_addf(sb, "\tTotal size: %llu bytes\n", (unsigned long long)size);
	if (!st->duration.sum || !timescale)
		return;
	u64 average = (u64)((unsigned __int128)size * 8 * timescale / st->duration.sum);
	// a stream shorter than a second never fills a window
	u64 max = 8 * st->max_window_size;
	print_rate(average, max > average ? max : average, sb);
}
