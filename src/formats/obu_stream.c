// SPDX-License-Identifier: MIT
#include "formats/obu_stream.h"
#include <string.h>

void obu_stream_init(ObuStream *s, ObuForm form)
{
	*s = (ObuStream){.form = form};
}

void obu_stream_restart(ObuStream *s)
{
	s->scanned = 0;
	s->lost = GF_FALSE;
}

// ---- Form

static Bool is_delimiter(const ObuHeader *obu)
{
	return obu->type == OBU_TEMPORAL_DELIMITER && !obu->size;
}

// A temporal delimiter, then another unit with a size field.
static GF_Err try_low_overhead(const u8 *data, u32 size)
{
	ObuHeader obu;
	GF_Err e = obu_read(data, size, &obu);
	if (e)
		return e;
	if (!is_delimiter(&obu) || !obu.has_size)
		return GF_NON_COMPLIANT_BITSTREAM;
	if (obu.header_size == size)
		return GF_BUFFER_TOO_SMALL;
	e = obu_read(data + obu.header_size, size - obu.header_size, &obu);
	if (obu.header_size && !obu.has_size)
		return GF_NON_COMPLIANT_BITSTREAM;
	return e == GF_BUFFER_TOO_SMALL && obu.header_size ? GF_OK : e;
}

// Sizes of the temporal unit, of its first frame unit and of its first OBU, a temporal delimiter.
static GF_Err try_annex_b(const u8 *data, u32 size)
{
	BitReader r;
	br_init(&r, data, size);
	u32 unit = obu_leb128(&r);
	u32 frame_at = (u32)br_byte_pos(&r);
	u32 frame = obu_leb128(&r);
	u32 at = (u32)br_byte_pos(&r);
	u32 length = obu_leb128(&r);
	u32 obu_at = (u32)br_byte_pos(&r);
	if (r.overrun)
		return size < 16 ? GF_BUFFER_TOO_SMALL : GF_NON_COMPLIANT_BITSTREAM;
	Bool nested = frame && frame <= unit - (at - frame_at) && at - frame_at <= unit;
	if (!nested || unit > OBU_STREAM_MAX_UNIT || !length || length > 3)
		return GF_NON_COMPLIANT_BITSTREAM;
	if (size - obu_at < length)
		return GF_BUFFER_TOO_SMALL;
	ObuHeader obu;
	GF_Err e = obu_read(data + obu_at, length, &obu);
	return !e && is_delimiter(&obu) ? GF_OK : GF_NON_COMPLIANT_BITSTREAM;
}

GF_Err obu_stream_detect(const u8 *data, u32 size, ObuForm *form)
{
	u32 mark = size < 4 ? size : 4;
	if (!memcmp(data, "DKIF", mark)) {
		*form = OBU_FORM_IVF;
		return size < 4 ? GF_BUFFER_TOO_SMALL : GF_OK;
	}
	GF_Err low = try_low_overhead(data, size);
	*form = OBU_FORM_LOW_OVERHEAD;
	if (!low)
		return GF_OK;
	GF_Err annex_b = try_annex_b(data, size);
	*form = annex_b ? OBU_FORM_UNKNOWN : OBU_FORM_ANNEX_B;
	if (!annex_b)
		return GF_OK;
	Bool undecided = low == GF_BUFFER_TOO_SMALL || annex_b == GF_BUFFER_TOO_SMALL;
	return undecided ? GF_BUFFER_TOO_SMALL : GF_NON_COMPLIANT_BITSTREAM;
}

// ---- Units

static GF_Err damaged(ObuStream *s, u32 total, ObuStreamUnit *unit)
{
	unit->total = total;
	s->scanned = 0;
	return GF_NON_COMPLIANT_BITSTREAM;
}

// A piece of `header` bytes and `body` bytes, the payload.
static GF_Err sized_unit(ObuStream *s, u32 header, u32 body, u32 size, Bool last, ObuStreamUnit *unit)
{
	if (body > OBU_STREAM_MAX_UNIT)
		return damaged(s, size, unit); // nothing tells where the next one is
	if (body > size - header)
		return last ? damaged(s, size, unit) : GF_BUFFER_TOO_SMALL;
	unit->offset = header;
	unit->size = body;
	unit->total = header + body;
	return GF_OK;
}

static GF_Err next_ivf(ObuStream *s, const u8 *data, u32 size, Bool last, ObuStreamUnit *unit)
{
	u32 skip = 0;
	if (!s->in_frames) {
		if (size >= IVF_HEADER_SIZE && !ivf_read(data, size, &s->ivf))
			return damaged(s, size, unit);
		if (size < IVF_HEADER_SIZE || size < s->ivf.header_size)
			return last ? damaged(s, size, unit) : GF_BUFFER_TOO_SMALL;
		skip = s->ivf.header_size;
	}
	u32 left = size - skip;
	if (last && !left)
		return GF_EOS;
	if (left < IVF_FRAME_HEADER_SIZE)
		return last ? damaged(s, size, unit) : GF_BUFFER_TOO_SMALL;
	u32 body;
	ivf_read_frame(data + skip, &body, &unit->time);
	unit->timed = GF_TRUE;
	GF_Err e = sized_unit(s, skip + IVF_FRAME_HEADER_SIZE, body, size, last, unit);
	s->in_frames |= !e;
	return e;
}

static GF_Err next_annex_b(ObuStream *s, const u8 *data, u32 size, Bool last, ObuStreamUnit *unit)
{
	BitReader r;
	br_init(&r, data, size);
	u32 body = obu_leb128(&r);
	if (r.overrun)
		return size >= 8 || last ? damaged(s, size, unit) : GF_BUFFER_TOO_SMALL;
	return sized_unit(s, (u32)br_byte_pos(&r), body, size, last, unit);
}

// Bytes before the first temporal delimiter that another OBU follows, all but the last ones when there is none.
static u32 find_delimiter(const u8 *data, u32 size, Bool last)
{
	for (u32 at = 0; at + 2 < size; at++) {
		ObuHeader obu;
		if (data[at] == 0x12 && !data[at + 1] &&
			obu_read(data + at + 2, size - at - 2, &obu) != GF_NON_COMPLIANT_BITSTREAM)
			return at;
	}
	return last ? size : size - 2;
}

// After damage: drops what comes before the next delimiter. GF_OK when the data starts with it.
static GF_Err recover(ObuStream *s, const u8 *data, u32 size, Bool last, ObuStreamUnit *unit)
{
	if (size < 3 && !last)
		return GF_BUFFER_TOO_SMALL;
	u32 skip = find_delimiter(data, size, last);
	if (skip)
		return damaged(s, skip, unit);
	s->lost = GF_FALSE;
	return GF_OK;
}

// Up to the next temporal delimiter.
static GF_Err next_low_overhead(ObuStream *s, const u8 *data, u32 size, Bool last, ObuStreamUnit *unit)
{
	GF_Err e = s->lost ? recover(s, data, size, last, unit) : GF_OK;
	if (e)
		return e;
	while (s->scanned < size) {
		ObuHeader obu;
		e = obu_read(data + s->scanned, size - s->scanned, &obu);
		Bool bad = e == GF_NON_COMPLIANT_BITSTREAM || (obu.header_size && !obu.has_size);
		if (bad || obu.size > OBU_STREAM_MAX_UNIT || (e && last)) {
			s->lost = GF_TRUE;
			return damaged(s, 1, unit);
		}
		if (e)
			return e;
		if (is_delimiter(&obu) && s->scanned)
			break;
		s->scanned += obu.header_size + obu.size;
	}
	if (s->scanned == size && !last)
		return GF_BUFFER_TOO_SMALL;
	*unit = (ObuStreamUnit){.size = s->scanned, .total = s->scanned};
	s->scanned = 0;
	return GF_OK;
}

GF_Err obu_stream_next(ObuStream *s, const u8 *data, u32 size, Bool last, ObuStreamUnit *unit)
{
	*unit = (ObuStreamUnit){0};
	if (!size)
		return last ? GF_EOS : GF_BUFFER_TOO_SMALL;
	switch (s->form) {
	case OBU_FORM_IVF:
		return next_ivf(s, data, size, last, unit);
	case OBU_FORM_ANNEX_B:
		return next_annex_b(s, data, size, last, unit);
	case OBU_FORM_LOW_OVERHEAD:
		return next_low_overhead(s, data, size, last, unit);
	default:
		if (!last)
			return GF_BUFFER_TOO_SMALL;
		unit->size = unit->total = size;
		return GF_OK;
	}
}
