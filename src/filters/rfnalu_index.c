// SPDX-License-Identifier: MIT
// Duration and seek points of a file: its access units are found as in playback, without their payload.
#include <math.h>
#include <string.h>
#include <gpac/tools.h>
#include "base/io.h"
#include "filters/rfnalu.h"

#define SCAN_BLOCK (512 * 1024)

typedef struct {
	RfnaluCtx *ctx;
	NalSplitter splitter;
	NalTracker tracker;
	NalTimeline timeline;
	u64 start; // of the access unit in progress
	u64 pending_start;
	Bool has_pending, has_unit;
	double next_entry; // seconds
} Scan;

void rfnalu_index_reset(RfnaluIndex *index)
{
	raw_points_reset(&index->points);
	*index = (RfnaluIndex){0};
}

static GF_Err pop_units(Scan *s, Bool flush)
{
	RfnaluIndex *index = &s->ctx->file_index;
	TimelineUnit unit;
	GF_Err e = GF_OK;
	while (!e && nal_timeline_pop(&s->timeline, flush, &unit)) {
		if (unit.sap < 1 || unit.sap > 3 || (double)unit.dts < s->next_entry * index->frame_num)
			continue;
		e = raw_points_add(&index->points, (RawPoint){.dts = unit.dts, .cts = unit.cts, .offset = unit.tag});
		s->next_entry = (double)unit.dts / index->frame_num + fabs(s->ctx->index);
	}
	return e;
}

static GF_Err count_unit(Scan *s, const NalPicture *picture)
{
	RfnaluIndex *index = &s->ctx->file_index;
	s->has_unit = GF_FALSE;
	if (!index->frame_num) {
		rfnalu_frame_rate(s->ctx, &s->tracker, picture, &index->frame_num, &index->frame_den);
		nal_timeline_init(&s->timeline, index->frame_den, s->ctx->strict_poc ? 0 : RFNALU_WINDOW);
	}
	TimelineUnit unit = {
		.poc = picture->poc,
		.sap = rfnalu_sap(s->ctx, picture),
		.irap = picture->irap,
		.restart = picture->poc_restart,
		.dts = index->nb_units * index->frame_den,
		.tag = s->start,
	};
	index->nb_units++;
	GF_Err e = nal_timeline_push(&s->timeline, &unit);
	return e ? e : pop_units(s, GF_FALSE);
}

static GF_Err scan_unit(Scan *s, const NalUnit *unit)
{
	NalUnitInfo info;
	GF_Err e = nal_tracker_push(&s->tracker, unit->data, unit->size, &info);
	if (e || info.drop)
		return e;
	if (info.place == NAL_PLACE_NEXT) {
		if (!s->has_pending)
			s->pending_start = unit->start;
		s->has_pending = GF_TRUE;
		return GF_OK;
	}
	if (info.place == NAL_PLACE_START) {
		if (s->has_unit)
			e = count_unit(s, &s->tracker.finished);
		s->has_unit = nal_tracker_has_config(&s->tracker);
		s->start = s->has_pending ? s->pending_start : unit->start;
	}
	if (info.role == NAL_ROLE_SLICE)
		s->has_pending = GF_FALSE;
	return e;
}

static GF_Err scan_file(Scan *s, IoReader *reader, u64 limit)
{
	u8 *block = gf_malloc(SCAN_BLOCK);
	if (!block)
		return GF_OUT_OF_MEM;
	GF_Err e = GF_OK;
	Bool last = GF_FALSE;
	for (u64 pos = 0; !e && !last;) {
		u32 wanted = limit - pos < SCAN_BLOCK ? (u32)(limit - pos) : SCAN_BLOCK, got = 0;
		e = io_reader_read(reader, pos, block, wanted, &got);
		pos += got;
		last = got < wanted || pos >= limit;
		if (!e)
			e = nal_splitter_append(&s->splitter, block, got);
		NalUnit unit;
		while (!e && nal_splitter_next(&s->splitter, last, &unit))
			e = scan_unit(s, &unit);
		nal_splitter_release(&s->splitter, nal_splitter_end(&s->splitter));
	}
	if (!e && s->has_unit)
		e = count_unit(s, &s->tracker.picture);
	if (!e)
		e = pop_units(s, GF_TRUE);
	gf_free(block);
	return e;
}

void rfnalu_index_build(RfnaluCtx *ctx, Bool partial)
{
	RfnaluIndex *index = &ctx->file_index;
	Scan s = {.ctx = ctx};
	IoReader *reader = NULL;
	rfnalu_index_reset(index);
	GF_Err e = io_reader_open(ctx->path, NULL, &reader);
	if (!e && io_reader_size(reader) == IO_SIZE_UNKNOWN)
		e = GF_NOT_SUPPORTED;
	if (!e) {
		index->file_size = io_reader_size(reader);
		index->estimated = partial && index->file_size > RAW_PARTIAL_SCAN;
		index->complete = !index->estimated;
		u64 limit = index->estimated ? RAW_PARTIAL_SCAN : index->file_size;
		nal_tracker_init(&s.tracker, ctx->codec);
		s.tracker.trace = &syn_quiet; // playback reports what is wrong
		e = scan_file(&s, reader, limit);
		if (index->estimated)
			index->nb_units = (u64)((double)index->nb_units / (double)limit * (double)index->file_size);
		nal_tracker_reset(&s.tracker);
		nal_splitter_reset(&s.splitter);
		nal_timeline_reset(&s.timeline);
	}
	if (e)
		GF_LOG(GF_LOG_WARNING, GF_LOG_MEDIA,
			("[rfnalu] cannot index %s: %s; its duration is unknown\n", ctx->path, gf_error_to_string(e)));
	io_reader_close(reader);
}
