// SPDX-License-Identifier: MIT
// Statistics of one PID, computed packet by packet.
#ifndef FILTERS_INSPECT_STATS_H
#define FILTERS_INSPECT_STATS_H

#include <gpac/packet.h>
#include "base/str.h"

typedef struct {
	u64 min, max, sum, nb;
} StatRange;

typedef struct {
	u64 nb_frames;
	u64 first_dts, first_cts; // GF_FILTER_NO_TS when the first packet has none
	StatRange duration;
	Bool has_offset;
	s64 min_offset, max_offset; // CTS - DTS
	u64 nb_by_sap[5];           // both forms of type 4 together
	u32 first_sap;
	u64 sap_size, max_sap_size, other_size; // bytes
	u64 last_sap_cts;                       // GF_FILTER_NO_TS before the first one
	StatRange sap_distance;
	u64 window_start, window_size; // last second of DTS
	u64 max_window_size;
	Bool has_window;
} InspectStats;

typedef struct {
	u64 dts, cts; // GF_FILTER_NO_TS when unknown
	u32 duration;
	GF_FilterSAPType sap;
	u32 size;
} StatPacket;

void inspect_stats_init(InspectStats *st);
void inspect_stats_add(InspectStats *st, const StatPacket *pck, u32 timescale);
// The report, one tab-indented line per item.
void inspect_stats_print(const InspectStats *st, u32 timescale, StrBuf *sb);

#endif
