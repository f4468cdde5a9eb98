// SPDX-License-Identifier: MIT
// Duration and seek points of a file: its units are found as in playback, and only their headers are read.
#include <math.h>
#include <string.h>
#include <gpac/tools.h>
#include "base/array.h"
#include "base/io.h"
#include "filters/rfav1.h"

#define SCAN_BLOCK (512 * 1024)

typedef struct {
	Rfav1Ctx *ctx;
	IoReader *reader;
	ObuStream stream;
	Rfav1Reader headers;
	u8 *data;
	u32 size, alloc;
	u64 start; // of the data in the file
	u64 limit; // scan no further
	u32 num, den;
	double next_entry; // seconds
} Scan;

void rfav1_index_reset(Rfav1Index *index)
{
	raw_points_reset(&index->points);
	*index = (Rfav1Index){0};
}

// `at` is the place of the unit in the data; in an IVF file, an entry points to the header of its frame.
static GF_Err count_unit(Scan *s, u32 at, const ObuStreamUnit *unit)
{
	Rfav1Index *index = &s->ctx->file_index;
	Rfav1Info info;
	Bool annex_b = s->stream.form == OBU_FORM_ANNEX_B;
	GF_Err e = rfav1_reader_unit(&s->headers, s->data + at + unit->offset, unit->size, annex_b, &info);
	if (e && !index->nb_units)
		return GF_OK; // before the first configuration
	if (!s->num)
		rfav1_find_rate(s->ctx, &s->stream, &s->headers, &s->num, &s->den);
	u64 time = unit->timed ? unit->time * s->den : index->nb_units * s->den;
	u64 offset = s->start + at;
	if (s->stream.form == OBU_FORM_IVF)
		offset += unit->offset - IVF_FRAME_HEADER_SIZE;
	index->nb_units++;
	index->last_time = time;
	if (e || info.sap != 1 || (double)time < s->next_entry * s->num)
		return GF_OK;
	s->next_entry = (double)time / s->num + fabs(s->ctx->index);
	return raw_points_add(&index->points, (RawPoint){.dts = time, .cts = (s64)time, .offset = offset});
}

static GF_Err scan_data(Scan *s, Bool last)
{
	u32 at = 0;
	GF_Err e = GF_OK;
	while (!e) {
		ObuStreamUnit unit;
		GF_Err found = obu_stream_next(&s->stream, s->data + at, s->size - at, last, &unit);
		if (found == GF_EOS || found == GF_BUFFER_TOO_SMALL)
			break;
		if (!found && s->stream.form == OBU_FORM_IVF && !s->headers.codec_id)
			rfav1_reader_init(&s->headers, rfav1_ivf_codec(s->stream.ivf.codec));
		if (!found && unit.size)
			e = count_unit(s, at, &unit);
		at += unit.total;
	}
	s->size -= at;
	s->start += at;
	memmove(s->data, s->data + at, s->size);
	return e;
}

static GF_Err read_block(Scan *s, Bool *last)
{
	u64 end = s->start + s->size;
	u32 wanted = s->limit - end < SCAN_BLOCK ? (u32)(s->limit - end) : SCAN_BLOCK, got = 0;
	if (array_reserve(&s->data, &s->alloc, s->size, wanted, 1))
		return GF_OUT_OF_MEM;
	GF_Err e = io_reader_read(s->reader, end, s->data + s->size, wanted, &got);
	s->size += got;
	*last = got < wanted || end + got >= s->limit;
	return e;
}

static GF_Err scan_file(Scan *s)
{
	Bool last = GF_FALSE;
	GF_Err e = GF_OK;
	while (!e && !last) {
		e = read_block(s, &last);
		if (!e && s->stream.form == OBU_FORM_UNKNOWN) {
			ObuForm form;
			if (obu_stream_detect(s->data, s->size, &form))
				return GF_OK; // playback reports it
			obu_stream_init(&s->stream, form);
			if (form != OBU_FORM_IVF)
				rfav1_reader_init(&s->headers, GF_CODECID_AV1);
		}
		if (!e)
			e = scan_data(s, last);
	}
	return e;
}

void rfav1_index_build(Rfav1Ctx *ctx, Bool partial)
{
	Rfav1Index *index = &ctx->file_index;
	Scan s = {.ctx = ctx};
	rfav1_index_reset(index);
	s.headers.av1.trace = &syn_quiet; // playback reports what is wrong
	GF_Err e = io_reader_open(ctx->path, NULL, &s.reader);
	if (!e && io_reader_size(s.reader) == IO_SIZE_UNKNOWN)
		e = GF_NOT_SUPPORTED;
	if (!e) {
		index->file_size = io_reader_size(s.reader);
		index->estimated = partial && index->file_size > RAW_PARTIAL_SCAN;
		index->complete = !index->estimated;
		s.limit = index->estimated ? RAW_PARTIAL_SCAN : index->file_size;
		e = scan_file(&s);
	}
	if (s.stream.form == OBU_FORM_IVF)
		index->header_size = s.stream.ivf.header_size;
	if (index->estimated) {
		double scale = (double)index->file_size / (double)s.limit;
		index->nb_units = (u64)((double)index->nb_units * scale);
		index->last_time = (u64)((double)index->last_time * scale);
	}
	if (e)
		GF_LOG(GF_LOG_WARNING, GF_LOG_MEDIA,
			("[rfav1] cannot index %s: %s; its duration is unknown\n", ctx->path, gf_error_to_string(e)));
	rfav1_reader_reset(&s.headers);
	gf_free(s.data);
	io_reader_close(s.reader);
}
