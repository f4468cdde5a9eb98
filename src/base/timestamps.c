// SPDX-License-Identifier: MIT
// Times: rescaling and comparison without overflow, durations, time codes.
#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#include <gpac/numbers.h>

// GF_FILTER_NO_TS of the filter API
#define NO_TIMESTAMP 0xFFFFFFFFFFFFFFFFULL

static u64 rescale(u64 value, u64 timescale, u64 new_timescale)
{
	if (!timescale)
		return 0;
	if (!(value >> 32) && !(new_timescale >> 32))
		return value * new_timescale / timescale;
	return (u64)((unsigned __int128)value * new_timescale / timescale);
}

u64 gf_timestamp_rescale(u64 value, u64 timescale, u64 new_timescale)
{
	if (value == NO_TIMESTAMP || timescale == new_timescale)
		return value;
	return rescale(value, timescale, new_timescale);
}

s64 gf_timestamp_rescale_signed(s64 value, u64 timescale, u64 new_timescale)
{
	if (timescale == new_timescale)
		return value;
	if (value >= 0)
		return (s64)rescale((u64)value, timescale, new_timescale);
	return -(s64)rescale(-(u64)value, timescale, new_timescale);
}

// Negative, zero or positive as value1/timescale1 is before, at or after value2/timescale2.
static s32 compare(u64 value1, u64 timescale1, u64 value2, u64 timescale2)
{
	if (timescale1 == timescale2)
		return value1 < value2 ? -1 : value1 > value2;
	unsigned __int128 a = (unsigned __int128)value1 * timescale2;
	unsigned __int128 b = (unsigned __int128)value2 * timescale1;
	return a < b ? -1 : a > b;
}

Bool gf_timestamp_less(u64 value1, u64 timescale1, u64 value2, u64 timescale2)
{
	return compare(value1, timescale1, value2, timescale2) < 0;
}

Bool gf_timestamp_less_or_equal(u64 value1, u64 timescale1, u64 value2, u64 timescale2)
{
	return compare(value1, timescale1, value2, timescale2) <= 0;
}

Bool gf_timestamp_greater(u64 value1, u64 timescale1, u64 value2, u64 timescale2)
{
	return compare(value1, timescale1, value2, timescale2) > 0;
}

Bool gf_timestamp_greater_or_equal(u64 value1, u64 timescale1, u64 value2, u64 timescale2)
{
	return compare(value1, timescale1, value2, timescale2) >= 0;
}

Bool gf_timestamp_equal(u64 value1, u64 timescale1, u64 value2, u64 timescale2)
{
	return compare(value1, timescale1, value2, timescale2) == 0;
}

const char *gf_format_duration(u64 dur, u32 timescale, char szDur[100])
{
	u64 ms = rescale(dur, timescale, 1000);
	u64 seconds = ms / 1000;
	u64 days = seconds / 86400;
	char prefix[64] = "";
	if (days >= 365)
		snprintf(prefix, sizeof(prefix), "%llu Years %u Days, ", (unsigned long long)(days / 365),
			(u32)(days % 365));
	else if (days)
		snprintf(prefix, sizeof(prefix), "%u Days, ", (u32)days);
	snprintf(szDur, 100, "%s%02u:%02u:%02u.%03u", prefix, (u32)(seconds / 3600 % 24),
		(u32)(seconds / 60 % 60), (u32)(seconds % 60), (u32)(ms % 1000));
	return szDur;
}

const char *gf_format_timecode(GF_TimeCode *tc, char szTimecode[100])
{
	snprintf(szTimecode, 100, "%s%02u:%02u:%02u%c%02u", tc->negative ? "-" : "", tc->hours, tc->minutes,
		tc->seconds, tc->drop_frame ? ';' : ':', tc->n_frames);
	return szTimecode;
}

// Ticks from 00:00:00:00, without the sign. A time code counts frames (SMPTE ST 12-1): at 29.97 frames/s one
// hour of labels lasts longer than one hour, unless labels are dropped.
static u64 timecode_ticks(const GF_TimeCode *tc, u64 timescale)
{
	u64 fps = (u64)lroundf(tc->max_fps);
	u64 minutes = (u64)tc->hours * 60 + tc->minutes;
	u64 seconds = minutes * 60 + tc->seconds;
	if (!fps)
		return seconds * timescale;
	u64 frames = seconds * fps + tc->n_frames;
	if (tc->drop_frame) {
		// two labels per 30 are skipped at each minute, except every tenth
		u64 dropped = fps / 15 * (minutes - minutes / 10);
		frames -= dropped < frames ? dropped : frames;
	}
	// a rate a little under the integer is one of the family of 30000/1001
	Bool ntsc = tc->max_fps < (Float)fps - (Float)fps / 2002;
	return rescale(frames * (ntsc ? 1001 : 1000), fps * 1000, timescale);
}

u64 gf_timecode_to_timestamp(GF_TimeCode *tc, u32 timescale)
{
	return timecode_ticks(tc, timescale);
}

static s32 compare_timecodes(const GF_TimeCode *a, const GF_TimeCode *b)
{
	// microseconds tell apart the frames of any frame rate
	s64 at = (s64)timecode_ticks(a, 1000000) * (a->negative ? -1 : 1);
	s64 bt = (s64)timecode_ticks(b, 1000000) * (b->negative ? -1 : 1);
	return at < bt ? -1 : at > bt;
}

Bool gf_timecode_less(GF_TimeCode *value1, GF_TimeCode *value2)
{
	return compare_timecodes(value1, value2) < 0;
}

Bool gf_timecode_less_or_equal(GF_TimeCode *value1, GF_TimeCode *value2)
{
	return compare_timecodes(value1, value2) <= 0;
}

Bool gf_timecode_greater(GF_TimeCode *value1, GF_TimeCode *value2)
{
	return compare_timecodes(value1, value2) > 0;
}

Bool gf_timecode_greater_or_equal(GF_TimeCode *value1, GF_TimeCode *value2)
{
	return compare_timecodes(value1, value2) >= 0;
}

Bool gf_timecode_equal(GF_TimeCode *value1, GF_TimeCode *value2)
{
	return compare_timecodes(value1, value2) == 0;
}
