// SPDX-License-Identifier: MIT
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <gpac/log.h>
#include <gpac/system.h>
#include "filters/reframer_range.h"

// 68 years: longer times are typing errors, and would overflow RfTime.
#define MAX_SECONDS ((u64)INT32_MAX)

static s64 scale(s64 value, u64 from, u64 to)
{
	if (!from)
		return 0;
	__int128 product = (__int128)value * (s64)to;
	__int128 half = from / 2;
	return (s64)((product + (product < 0 ? -half : half)) / (s64)from);
}

RfTime rf_time(s64 units, u64 timescale)
{
	return scale(units, timescale, RF_SECOND);
}

s64 rf_units(RfTime time, u64 timescale)
{
	return scale(time, RF_SECOND, timescale);
}

// Reads a decimal number of at most `max_digits` digits at `*text`, which advances.
static Bool read_digits(const char **text, u32 max_digits, u32 *value)
{
	u32 nb = 0, v = 0;
	while (nb < max_digits && **text >= '0' && **text <= '9') {
		v = v * 10 + (u32)(**text - '0');
		(*text)++;
		nb++;
	}
	*value = v;
	return nb ? GF_TRUE : GF_FALSE;
}

// HH:MM:SS:FF, or with ';' before the frames.
static GF_Err parse_timecode(const char *text, RfPoint *point)
{
	u32 v[4];
	for (u32 i = 0; i < 4; i++) {
		if (!read_digits(&text, i == 3 ? 4 : 2, &v[i]))
			return GF_BAD_PARAM;
		if (i < 3 && *text != ':' && !(i == 2 && *text == ';'))
			return GF_BAD_PARAM;
		if (i < 3)
			point->timecode.drop_frame = *text++ == ';';
	}
	if (*text || v[0] > 23 || v[1] > 59 || v[2] > 59)
		return GF_BAD_PARAM;
	point->kind = RF_AT_TIMECODE;
	point->timecode.hours = (u8)v[0];
	point->timecode.minutes = (u8)v[1];
	point->timecode.seconds = (u8)v[2];
	point->timecode.n_frames = (u16)v[3];
	return GF_OK;
}

// H:M:S, M:S or S, then a dot and milliseconds written as a whole number: 1000 or more counts as none.
static GF_Err parse_clock(const char *text, RfPoint *point)
{
	u32 nb = 0, field = 0, ms = 0;
	u64 seconds = 0;
	do {
		if (nb++ == 3 || !read_digits(&text, 9, &field))
			return GF_BAD_PARAM;
		seconds = seconds * 60 + field;
	} while (*text == ':' && text++);
	if (*text == '.') {
		text++;
		if (!read_digits(&text, 9, &ms))
			return GF_BAD_PARAM;
	}
	if (*text || seconds > MAX_SECONDS)
		return GF_BAD_PARAM;
	point->kind = RF_AT_TIME;
	point->time = rf_time((s64)(seconds * 1000 + (ms < 1000 ? ms : 0)), 1000);
	return GF_OK;
}

// A number of seconds: integer, decimal or fraction.
static GF_Err parse_seconds(const char *text, RfPoint *point)
{
	GF_Fraction64 frac;
	if (*text < '0' || *text > '9' || !gf_parse_lfrac(text, &frac) || frac.num < 0 || !frac.den ||
		(u64)frac.num / frac.den > MAX_SECONDS || frac.den > INT64_MAX)
		return GF_BAD_PARAM;
	point->kind = RF_AT_TIME;
	point->time = rf_time(frac.num, frac.den);
	point->fraction = strchr(text, '/') ? GF_TRUE : GF_FALSE;
	return GF_OK;
}

static GF_Err parse_count(const char *text, u64 *value)
{
	char *end;
	if (*text < '0' || *text > '9')
		return GF_BAD_PARAM;
	u64 v = strtoull(text, &end, 10);
	u64 unit = 1;
	if (*end == 'k' || *end == 'K')
		unit = 1000;
	else if (*end == 'm' || *end == 'M')
		unit = 1000000;
	else if (*end == 'g' || *end == 'G')
		unit = 1000000000;
	if (unit > 1)
		end++;
	if (*end || !v || v > INT64_MAX / unit)
		return GF_BAD_PARAM;
	*value = v * unit;
	return GF_OK;
}

// An XML Schema dateTime.
static GF_Err parse_date(const char *text, RfPoint *point)
{
	point->value = gf_net_parse_date(text);
	point->kind = RF_AT_UTC;
	return point->value ? GF_OK : GF_BAD_PARAM;
}

GF_Err rf_parse_point(const char *text, RfPoint *point)
{
	RfPoint out = {0};
	GF_Err e;
	const char *date_mark = strchr(text, 'T');
	if (!strcmp(text, "SAP") || !strcmp(text, "RAP")) {
		out.kind = RF_AT_SAP;
		e = GF_OK;
	} else if (!strncmp(text, "TC", 2)) {
		e = parse_timecode(text + 2, &out);
	} else if (date_mark == text) {
		e = parse_clock(text + 1, &out);
	} else if (date_mark) {
		e = parse_date(text, &out);
	} else if (text[0] == 'D') {
		e = parse_seconds(text + 1, &out);
		out.kind = RF_AT_DURATION;
		if (!e && !out.time)
			e = GF_BAD_PARAM;
	} else if (text[0] == 'F') {
		e = parse_count(text + 1, &out.value);
		out.kind = RF_AT_FRAME;
	} else if (text[0] == 'S') {
		e = parse_count(text + 1, &out.value);
		out.kind = RF_AT_SIZE;
	} else {
		e = parse_seconds(text, &out);
	}
	if (!e)
		*point = out;
	return e;
}

// The value of a point on the scale of its kind, to compare two points of the same kind.
static s64 rank(const RfPoint *point)
{
	const GF_TimeCode *tc = &point->timecode;
	switch (point->kind) {
	case RF_AT_TIME:
		return point->time;
	case RF_AT_TIMECODE:
		return (((s64)tc->hours * 60 + tc->minutes) * 60 + tc->seconds) * 10000 + tc->n_frames;
	default:
		return (s64)point->value;
	}
}

static GF_Err read_point(const char *option, const char *text, RfPoint *point)
{
	GF_Err e = rf_parse_point(text, point);
	if (e)
		GF_LOG(GF_LOG_ERROR, GF_LOG_MEDIA,
			("[reframer] %s: cannot understand the time %s; see the help of option xs\n", option, text));
	return e;
}

// FileSuffix: the texts as they were written, without what a file name cannot hold. Fractions are shown in
// whole seconds.
static char *make_suffix(const RfRange *range, const char *start, const char *end)
{
	char seconds[64];
	size_t size = strlen(start) + (end ? strlen(end) : 0) + sizeof(seconds);
	char *suffix = gf_malloc(size);
	if (!suffix)
		return NULL;
	if (range->start.fraction && range->end.kind == RF_AT_TIME)
		snprintf(suffix, size, "%lld-%lld", (long long)(range->start.time / RF_SECOND),
			(long long)(range->end.time / RF_SECOND));
	else if (end)
		snprintf(suffix, size, "%s_%s", start, end);
	else
		snprintf(suffix, size, "%s", start);
	for (char *c = suffix; *c; c++) {
		if (*c == ':' || *c == '/')
			*c = '.';
	}
	return suffix;
}

static GF_Err check_range(RfRange *range, const char *text)
{
	if (range->end.kind == RF_AT_DURATION && range->start.kind == RF_AT_UTC) {
		range->end.kind = RF_AT_UTC;
		range->end.value = range->start.value + (u64)rf_units(range->end.time, 1000);
	} else if (range->end.kind == RF_AT_DURATION) {
		if (range->start.kind != RF_AT_TIME) {
			GF_LOG(GF_LOG_ERROR, GF_LOG_MEDIA,
				("[reframer] xe: a duration needs a start in xs given as a time or a date, not %s\n", text));
			return GF_BAD_PARAM;
		}
		range->end.kind = RF_AT_TIME;
		range->end.time += range->start.time;
	}
	if (range->end.kind == range->start.kind &&
		(range->end.kind == RF_AT_FRAME ? rank(&range->end) < rank(&range->start)
										: rank(&range->end) <= rank(&range->start))) {
		GF_LOG(GF_LOG_ERROR, GF_LOG_MEDIA,
			("[reframer] the range that starts at %s ends before it starts\n", text));
		return GF_BAD_PARAM;
	}
	return GF_OK;
}

static GF_Err make_split(const GF_PropStringList *starts, u32 nb_ends, const RfPoint *start, RfPlan *plan)
{
	if (starts->nb_items > 1 || nb_ends) {
		GF_LOG(GF_LOG_ERROR, GF_LOG_MEDIA,
			("[reframer] xs=%s splits the whole input: no other range is possible\n", starts->vals[0]));
		return GF_BAD_PARAM;
	}
	plan->split = start->kind == RF_AT_SAP    ? RF_SPLIT_SAP
				  : start->kind == RF_AT_SIZE ? RF_SPLIT_SIZE
											  : RF_SPLIT_DURATION;
	plan->split_duration = start->time;
	plan->split_size = start->value;
	plan->ranges[0].start = (RfPoint){.kind = RF_AT_TIME};
	gf_free(plan->ranges[0].suffix);
	plan->ranges[0].suffix = NULL;
	plan->nb_ranges = 1;
	return GF_OK;
}

static Bool is_split(RfPointKind kind)
{
	return kind == RF_AT_SAP || kind == RF_AT_SIZE || kind == RF_AT_DURATION ? GF_TRUE : GF_FALSE;
}

static GF_Err make_range(const GF_PropStringList *starts, const GF_PropStringList *ends, u32 i, RfPlan *plan)
{
	RfRange *range = &plan->ranges[i];
	const char *start = starts->nb_items ? starts->vals[i] : "0";
	const char *end = i < ends->nb_items ? ends->vals[i] : NULL;
	GF_Err e = read_point("xs", start, &range->start);
	if (!e && i && is_split(range->start.kind)) {
		GF_LOG(GF_LOG_ERROR, GF_LOG_MEDIA, ("[reframer] xs: %s must be the only start\n", start));
		return GF_BAD_PARAM;
	}
	if (!e && end) {
		e = read_point("xe", end, &range->end);
		if (!e && (range->end.kind == RF_AT_SAP || range->end.kind == RF_AT_SIZE)) {
			GF_LOG(GF_LOG_ERROR, GF_LOG_MEDIA, ("[reframer] xe: %s cannot end a range\n", end));
			return GF_BAD_PARAM;
		}
	} else if (!e && i + 1 < starts->nb_items) {
		e = read_point("xs", starts->vals[i + 1], &range->end);
		// the next range begins with that frame
		if (!e && range->end.kind == RF_AT_FRAME)
			range->end.value--;
	}
	if (!e && !is_split(range->start.kind))
		e = check_range(range, start);
	if (e)
		return e;
	range->suffix = make_suffix(range, start, end);
	return range->suffix ? GF_OK : GF_OUT_OF_MEM;
}

GF_Err rf_plan_make(
	const GF_PropStringList *starts, const GF_PropStringList *ends, Bool single_only, RfPlan *plan)
{
	RfPlan out = {0};
	u32 nb = starts->nb_items ? starts->nb_items : ends->nb_items;
	if (!nb) {
		*plan = out;
		return GF_OK;
	}
	if ((!starts->nb_items && ends->nb_items > 1) || (starts->nb_items && ends->nb_items > nb)) {
		GF_LOG(GF_LOG_ERROR, GF_LOG_MEDIA,
			("[reframer] xe has %u times for %u in xs: each end needs a start\n", ends->nb_items,
				starts->nb_items));
		return GF_BAD_PARAM;
	}
	if (single_only && nb > 1) {
		GF_LOG(GF_LOG_ERROR, GF_LOG_MEDIA, ("[reframer] xround=seek works with one range only\n"));
		return GF_BAD_PARAM;
	}
	out.ranges = gf_calloc(nb, sizeof(RfRange));
	if (!out.ranges)
		return GF_OUT_OF_MEM;
	GF_Err e = GF_OK;
	for (u32 i = 0; !e && i < nb; i++) {
		e = make_range(starts, ends, i, &out);
		out.nb_ranges++;
	}
	if (!e && is_split(out.ranges[0].start.kind)) {
		RfPoint start = out.ranges[0].start;
		e = make_split(starts, ends->nb_items, &start, &out);
	}
	if (e) {
		rf_plan_reset(&out);
		return e;
	}
	*plan = out;
	return GF_OK;
}

void rf_plan_reset(RfPlan *plan)
{
	for (u32 i = 0; i < plan->nb_ranges; i++)
		gf_free(plan->ranges[i].suffix);
	gf_free(plan->ranges);
	memset(plan, 0, sizeof(*plan));
}
