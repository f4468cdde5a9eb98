// SPDX-License-Identifier: MIT
// A byte stream through the splitter, the tracker and the timeline, with a trace of every syntax element.
#ifndef TESTS_FUZZ_NAL_H
#define TESTS_FUZZ_NAL_H

#include "formats/nal_splitter.h"
#include "formats/nal_timeline.h"
#include "formats/nal_tracker.h"

static void ignore_element(
	void *udta, const char *name, const u32 *index, u32 nb_index, s64 value, u32 nb_bits)
{
	(void)index;
	(void)value;
	(void)nb_bits;
	*(u32 *)udta += (u32)name[0] + nb_index;
	if (nb_index > SYN_MAX_INDEX)
		__builtin_trap();
}

static void follow_unit(NalTracker *tracker, NalTimeline *timeline, const NalUnit *unit, u64 *dts)
{
	NalUnitInfo info;
	NalVideoFormat format;
	TimelineUnit out;
	if (nal_tracker_push(tracker, unit->data, unit->size, &info) || info.place != NAL_PLACE_START)
		return;
	const NalPicture *p = &tracker->picture;
	if (nal_tracker_format(tracker, p->sps_id, &format) || !format.width || !format.height)
		__builtin_trap(); // a picture has a format
	if (nal_picture_ticks(tracker, p) < 1 || nal_picture_ticks(tracker, p) > 6)
		__builtin_trap();
	TimelineUnit in = {
		.poc = p->poc, .sap = p->sap, .irap = p->irap, .restart = p->poc_restart, .dts = (*dts)++};
	nal_timeline_push(timeline, &in);
	while (nal_timeline_pop(timeline, GF_FALSE, &out)) {
	}
}

static void follow_stream(NalCodec codec, const u8 *data, size_t size)
{
	u32 sum = 0;
	const SynTrace trace = {ignore_element, &sum};
	NalSplitter splitter = {0};
	NalTracker tracker;
	NalTimeline timeline;
	TimelineUnit out;
	u64 dts = 0;
	nal_tracker_init(&tracker, codec);
	// half of the inputs go the quiet way
	tracker.trace = size & 1 ? &trace : &syn_quiet;
	nal_timeline_init(&timeline, 1000, 32);
	for (size_t pos = 0; pos < size;) {
		size_t left = size - pos;
		size_t block = left < 61 ? left : 61;
		NalUnit unit;
		if (nal_splitter_append(&splitter, data + pos, block))
			break;
		pos += block;
		while (nal_splitter_next(&splitter, pos == size, &unit))
			follow_unit(&tracker, &timeline, &unit, &dts);
		nal_splitter_release(&splitter, nal_splitter_end(&splitter));
	}
	while (nal_timeline_pop(&timeline, GF_TRUE, &out)) {
	}
	nal_splitter_reset(&splitter);
	nal_timeline_reset(&timeline);
	nal_tracker_reset(&tracker);
}

#endif
