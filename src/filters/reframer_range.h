// SPDX-License-Identifier: MIT
// Time syntax of the `xs` and `xe` options, and the ranges that they make. No session is needed here.
#ifndef FILTERS_REFRAMER_RANGE_H
#define FILTERS_REFRAMER_RANGE_H

#include <gpac/numbers.h>
#include <gpac/props.h>

// Times common to all streams, in units which common time scales divide: 1/705600000 s holds whole frames
// of 24, 25, 30, 50, 60 Hz and their NTSC forms, and whole samples of 44.1, 48 and 90 kHz.
typedef s64 RfTime;
#define RF_SECOND ((RfTime)705600000)
#define RF_NO_TIME INT64_MIN

// Rounded to the nearest, so that a time converted back gives the same units. A time scale of 0 gives 0.
RfTime rf_time(s64 units, u64 timescale);
s64 rf_units(RfTime time, u64 timescale);

typedef enum {
	RF_AT_NONE = 0, // nothing written: the range is open
	RF_AT_TIME,
	RF_AT_FRAME,    // `value` is the frame number, from 1
	RF_AT_UTC,      // `value` in milliseconds since 1970
	RF_AT_TIMECODE, // of the day
	RF_AT_DURATION, // from the start of the range; as a start: length of the chunks of a split
	RF_AT_SAP,      // as a start: split at each SAP
	RF_AT_SIZE,     // as a start: split by size, `value` bytes
} RfPointKind;

typedef struct {
	RfPointKind kind;
	RfTime time;
	u64 value;
	GF_TimeCode timecode; // without frame rate
	Bool fraction;        // written as N/D
} RfPoint;

// GF_BAD_PARAM, not logged, when the text has none of the forms.
GF_Err rf_parse_point(const char *text, RfPoint *point);

typedef struct {
	RfPoint start, end;
	char *suffix; // owned: FileSuffix of the range, NULL in split forms
} RfRange;

typedef enum { RF_SPLIT_NO = 0, RF_SPLIT_SAP, RF_SPLIT_DURATION, RF_SPLIT_SIZE } RfSplit;

typedef struct {
	RfRange *ranges;
	u32 nb_ranges;
	RfSplit split; // then there is one range, from the beginning
	RfTime split_duration;
	u64 split_size;
} RfPlan;

// Pairs starts and ends. Errors are logged. GF_BAD_PARAM for a form that cannot be paired, with
// `single_only` for more than one range.
GF_Err rf_plan_make(
	const GF_PropStringList *starts, const GF_PropStringList *ends, Bool single_only, RfPlan *plan);
void rf_plan_reset(RfPlan *plan);

#endif
