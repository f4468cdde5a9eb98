// SPDX-License-Identifier: MIT
#include "formats/obu.h"

u32 obu_leb128(BitReader *r)
{
	u64 value = 0;
	for (u32 i = 0; i < 8; i++) {
		u8 byte = br_u8(r);
		value |= (u64)(byte & 0x7F) << (7 * i);
		if (byte & 0x80)
			continue;
		if (value > 0xFFFFFFFFu)
			break;
		return r->overrun ? 0 : (u32)value;
	}
	r->overrun = GF_TRUE;
	return 0;
}

u32 obu_put_leb128(u8 dst[OBU_LEB128_MAX], u32 value)
{
	u32 size = 0;
	for (; value > 0x7F; value >>= 7)
		dst[size++] = (u8)((value & 0x7F) | 0x80);
	dst[size++] = (u8)value;
	return size;
}

void obu_write_leb128(ByteWriter *w, u32 value)
{
	u8 bytes[OBU_LEB128_MAX];
	bw_bytes(w, bytes, obu_put_leb128(bytes, value));
}

// Whether the size field ends within the data: a longer one than 8 bytes is an error, not cut.
static Bool is_cut(const BitReader *start)
{
	size_t left = br_left(start);
	if (left >= 8)
		return GF_FALSE;
	const u8 *data = start->data + br_byte_pos(start);
	for (size_t i = 0; i < left; i++) {
		if (!(data[i] & 0x80))
			return GF_FALSE;
	}
	return GF_TRUE;
}

GF_Err obu_read(const u8 *data, size_t size, ObuHeader *obu)
{
	BitReader r;
	br_init(&r, data, size);
	*obu = (ObuHeader){0};
	ObuHeader h = {0};
	if (br_bit(&r))
		return GF_NON_COMPLIANT_BITSTREAM; // obu_forbidden_bit
	h.type = (u8)br_bits(&r, 4);
	h.has_extension = br_bit(&r) != 0;
	h.has_size = br_bit(&r) != 0;
	br_bit(&r);
	if (h.has_extension) {
		h.temporal_id = (u8)br_bits(&r, 3);
		h.spatial_id = (u8)br_bits(&r, 2);
		br_bits(&r, 3);
	}
	if (r.overrun || (h.has_size && is_cut(&r)))
		return GF_BUFFER_TOO_SMALL;
	h.size = h.has_size ? obu_leb128(&r) : (u32)br_left(&r);
	if (r.overrun || (!h.has_size && br_left(&r) > 0xFFFFFFFFu))
		return GF_NON_COMPLIANT_BITSTREAM;
	h.header_size = (u32)br_byte_pos(&r);
	*obu = h;
	return h.size > br_left(&r) ? GF_BUFFER_TOO_SMALL : GF_OK;
}

void obu_iter_init(ObuIter *it, const u8 *data, u32 size, Bool annex_b)
{
	*it = (ObuIter){.data = data, .size = size, .annex_b = annex_b};
}

// The size of a part of annex B; false when it does not fit before `end`.
static Bool read_size(ObuIter *it, u32 end, u32 *size)
{
	BitReader r;
	br_init(&r, it->data + it->pos, end - it->pos);
	*size = obu_leb128(&r);
	if (r.overrun || *size > br_left(&r))
		return GF_FALSE;
	it->pos += (u32)br_byte_pos(&r);
	return GF_TRUE;
}

GF_Err obu_iter_next(ObuIter *it, ObuHeader *obu, const u8 **data)
{
	u32 left = it->size - it->pos;
	if (!left)
		return GF_EOS;
	if (it->annex_b) {
		u32 size;
		// frame units may be empty
		while (it->pos >= it->frame_end) {
			if (it->pos == it->size)
				return GF_EOS;
			if (!read_size(it, it->size, &size))
				return GF_NON_COMPLIANT_BITSTREAM;
			it->frame_end = it->pos + size;
		}
		if (!read_size(it, it->frame_end, &left))
			return GF_NON_COMPLIANT_BITSTREAM;
	}
	if (obu_read(it->data + it->pos, left, obu))
		return GF_NON_COMPLIANT_BITSTREAM;
	*data = it->data + it->pos;
	it->pos += it->annex_b ? left : obu->header_size + obu->size;
	return GF_OK;
}

void obu_write(ByteWriter *w, const ObuHeader *obu, const u8 *data, Bool with_size)
{
	if (obu->has_size == with_size) {
		bw_bytes(w, data, (size_t)obu->header_size + obu->size);
		return;
	}
	bw_u8(w, with_size ? data[0] | 2u : data[0] & ~2u);
	if (obu->has_extension)
		bw_u8(w, data[1]);
	if (with_size)
		obu_write_leb128(w, obu->size);
	bw_bytes(w, data + obu->header_size, obu->size);
}
