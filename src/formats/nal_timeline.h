// SPDX-License-Identifier: MIT
// Composition times of a raw video stream from the picture order counts of its access units, and the stream
// access point types which depend on the unit that follows.
//
// A reset unit (closed access point, or restart of the order count) is composed when it is decoded, less what
// units of lower order count take; order counts after it are worth one frame duration per `step`, the
// smallest difference between neighbours. Both are learnt from the units in the queue, which are therefore
// held until the next reset unit or until the queue is full.
#ifndef FORMATS_NAL_TIMELINE_H
#define FORMATS_NAL_TIMELINE_H

#include <gpac/error.h>

typedef struct {
	s32 poc;
	u8 sap; // 1 to 4 or 0, see nal_tracker.h; 2 becomes 1 when no unit of lower order count follows
	Bool irap;
	Bool restart; // the order count does not continue that before
	Bool rescale; // other parameter sets: on a reset unit, the step is learnt again
	Bool has_cts; // `cts` is known
	s64 cts;
	u64 dts;
	u64 tag;      // of the caller
	Bool settled; // cts and sap are final
} TimelineUnit;

typedef struct {
	u32 duration; // of a frame, in the time scale
	u32 window;   // units held at most, 0 for no limit
	Bool report_loss;
	TimelineUnit *units; // ring
	u32 alloc, first, count;
	u32 step;
	s64 base_cts; // composition time of order count `shift`
	s32 shift;
	Bool shift_fixed; // after a seek: the base is not that of a reset unit
	Bool has_anchor;
	s64 anchor;
	Bool started;
	s32 last_poc, max_poc, min_poc;
	u32 group_count; // units since the last reset
} NalTimeline;

void nal_timeline_init(NalTimeline *tl, u32 duration, u32 window);
void nal_timeline_reset(NalTimeline *tl); // frees the queue
// Forgets the units: the next one is a reset unit.
void nal_timeline_restart(NalTimeline *tl);
// The next unit, which is a reset unit, is composed at `cts`.
void nal_timeline_anchor(NalTimeline *tl, s64 cts);
GF_Err nal_timeline_push(NalTimeline *tl, const TimelineUnit *unit);
// The oldest unit when it is settled, or with `flush`.
Bool nal_timeline_pop(NalTimeline *tl, Bool flush, TimelineUnit *unit);

#endif
