// SPDX-License-Identifier: MIT
#include <math.h>
#include <string.h>
#include <gpac/tools.h>
#include "base/io.h"
#include "filters/rf_audio.h"
#include "formats/id3.h"

#define SCAN_BLOCK (256 * 1024)
#define FIRST_PREFIX 64
#define MAX_PREFIX (64u << 20)

typedef struct {
	RfAudio *rf;
	IoReader *reader;
	u8 *block;
	u32 size;          // bytes in `block`
	u64 start;         // of `block` in the file
	u64 limit;         // scan no further
	double next_entry; // seconds
} Scan;

void rf_audio_index_reset(RfIndex *index)
{
	raw_points_reset(&index->points);
	memset(index, 0, sizeof(*index));
}

static GF_Err count_frame(Scan *s, const RfFrame *frame, u64 offset)
{
	RfIndex *index = &s->rf->index;
	if (!index->rate)
		index->rate = frame->rate;
	GF_Err e = GF_OK;
	if ((double)index->duration >= s->next_entry * index->rate) {
		e = raw_points_add(
			&index->points, (RawPoint){.dts = index->duration, .cts = (s64)index->duration, .offset = offset});
		s->next_entry += fabs(s->rf->index_step);
	}
	index->duration += frame->rate == index->rate
						   ? frame->nb_samples
						   : gf_timestamp_rescale(frame->nb_samples, frame->rate, index->rate);
	return e;
}

// Counts the frames of the block. Returns the bytes used; the rest, the start of a frame, is to be read
// again.
static u32 scan_block(Scan *s, Bool last, GF_Err *e)
{
	const RfCodec *codec = s->rf->codec;
	Bool synced = GF_FALSE;
	u32 pos = 0;
	s->rf->at_end = last;
	while (pos < s->size && !*e) {
		const u8 *data = s->block + pos;
		u32 left = s->size - pos;
		RfFrame frame;
		if (!synced) {
			u32 skip;
			synced = codec->find(data, left, last, &skip);
			pos += skip;
			if (!synced)
				break;
			continue;
		}
		if (left < codec->header_size && !last)
			break;
		if (!codec->parse(s->rf, data, left, &frame)) {
			synced = GF_FALSE;
			pos++;
			continue;
		}
		if (frame.size > left)
			break;
		*e = count_frame(s, &frame, s->start + pos);
		pos += frame.size;
	}
	return pos;
}

static GF_Err read_block(Scan *s, Bool *last)
{
	u64 left = s->limit - s->start;
	u32 wanted = left < SCAN_BLOCK ? (u32)left : SCAN_BLOCK;
	GF_Err e = io_reader_read(s->reader, s->start, s->block, wanted, &s->size);
	*last = s->start + s->size >= s->limit || s->size < wanted;
	return e;
}

static GF_Err skip_tag(Scan *s)
{
	u8 head[ID3_HEADER_SIZE];
	u32 got;
	GF_Err e = io_reader_read(s->reader, s->start, head, sizeof(head), &got);
	if (!e)
		s->start += id3v2_size(head, got);
	return e;
}

// What comes before the first frame, however long.
static GF_Err skip_prefix(Scan *s)
{
	const RfCodec *codec = s->rf->codec;
	u64 size = FIRST_PREFIX;
	GF_Err e = GF_OK;
	while (!e && codec->prefix_size && size <= s->limit - s->start && size <= MAX_PREFIX) {
		u32 got = 0;
		u8 *data = gf_malloc((size_t)size);
		e = data ? io_reader_read(s->reader, s->start, data, (u32)size, &got) : GF_OUT_OF_MEM;
		u64 needed = e ? 0 : codec->prefix_size(data, got);
		if (!e && needed && needed <= got)
			e = codec->use_prefix(s->rf, data, (u32)needed);
		gf_free(data);
		if (e || needed <= got) {
			s->start += needed;
			break;
		}
		size = needed;
	}
	return e;
}

static GF_Err scan_frames(Scan *s)
{
	GF_Err e = skip_tag(s);
	if (!e)
		e = skip_prefix(s);
	Bool last = s->start >= s->limit;
	while (!last && !e) {
		e = read_block(s, &last);
		if (e)
			break;
		u32 used = scan_block(s, last, &e);
		// A frame larger than the block cannot be: go on after it.
		s->start += used ? used : s->size;
	}
	return e;
}

void rf_audio_scan(RfAudio *rf, Bool partial)
{
	Scan s = {.rf = rf};
	rf_audio_index_reset(&rf->index);
	GF_Err e = io_reader_open(rf->path, NULL, &s.reader);
	if (!e && io_reader_size(s.reader) == IO_SIZE_UNKNOWN)
		e = GF_NOT_SUPPORTED;
	s.block = e ? NULL : gf_malloc(SCAN_BLOCK);
	if (!e && !s.block)
		e = GF_OUT_OF_MEM;
	if (!e) {
		u64 size = io_reader_size(s.reader);
		u64 end = rf->range_end && rf->range_end < size ? rf->range_end : size;
		s.start = rf->range_start < end ? rf->range_start : end;
		rf->index.file_size = end - s.start;
		rf->index.complete = !partial || rf->index.file_size <= RAW_PARTIAL_SCAN;
		s.limit = rf->index.complete ? end : s.start + RAW_PARTIAL_SCAN;
		e = scan_frames(&s);
	}
	if (!e && !rf->index.complete) {
		double scale = (double)rf->index.file_size / RAW_PARTIAL_SCAN;
		rf->index.duration = (u64)((double)rf->index.duration * scale);
		rf->index.estimated = GF_TRUE;
	}
	if (e)
		GF_LOG(GF_LOG_WARNING, GF_LOG_MEDIA,
			("[%s] cannot index %s: %s; its duration is unknown\n", rf->codec->name, rf->path,
				gf_error_to_string(e)));
	gf_free(s.block);
	io_reader_close(s.reader);
}
