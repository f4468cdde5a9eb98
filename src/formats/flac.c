// SPDX-License-Identifier: MIT
#include "formats/flac.h"
#include <string.h>

u64 flac_prefix_size(const u8 *data, u32 size)
{
	u32 have = size < 4 ? size : 4;
	if (memcmp(data, "fLaC", have))
		return 0;
	for (u64 at = 4;;) {
		if (at + 4 > size)
			return at + 4;
		Bool last = data[at] >> 7;
		at += 4 + ((u64)data[at + 1] << 16 | (u64)data[at + 2] << 8 | data[at + 3]);
		if (last)
			return at;
	}
}

Bool flac_next_block(const u8 *data, u32 size, u32 *at, u8 *type, const u8 **content, u32 *content_size)
{
	BitReader r;
	if (*at >= size)
		return GF_FALSE;
	br_init(&r, data + *at, size - *at);
	*type = br_u8(&r) & 0x7F;
	*content_size = br_u24(&r);
	*content = br_bytes(&r, *content_size);
	*at += 4 + *content_size;
	return *content || !*content_size;
}

Bool flac_info_read(const u8 *data, u32 size, FlacInfo *info)
{
	BitReader r;
	FlacInfo f;
	br_init(&r, data, size);
	f.min_block = br_u16(&r);
	f.max_block = br_u16(&r);
	br_bits(&r, 24);
	br_bits(&r, 24);
	f.rate = br_bits(&r, 20);
	f.nb_channels = (u8)(br_bits(&r, 3) + 1);
	f.depth = (u8)(br_bits(&r, 5) + 1);
	f.nb_samples = (u64)br_bits(&r, 4) << 32;
	f.nb_samples |= br_bits(&r, 32);
	if (r.overrun || size < FLAC_STREAMINFO_SIZE || !f.rate)
		return GF_FALSE;
	*info = f;
	return GF_TRUE;
}

void flac_info_write(ByteWriter *w, const FlacInfo *info)
{
	bw_u16(w, info->min_block);
	bw_u16(w, info->max_block);
	bw_zeros(w, 6); // frame sizes are not known
	bw_bits(w, info->rate, 20);
	bw_bits(w, info->nb_channels - 1u, 3);
	bw_bits(w, info->depth - 1u, 5);
	bw_bits(w, (u32)(info->nb_samples >> 32), 4);
	bw_bits(w, (u32)info->nb_samples, 32);
	bw_zeros(w, 16);
}

// x^8 + x^2 + x + 1, 9.1.8
static u8 crc8(const u8 *data, u32 size)
{
	u32 crc = 0;
	for (u32 i = 0; i < size; i++) {
		crc ^= data[i];
		for (u32 bit = 0; bit < 8; bit++)
			crc = crc & 0x80 ? crc << 1 ^ 0x107 : crc << 1;
	}
	return (u8)crc;
}

// The coded number of 9.1.5, like UTF-8 up to 36 bits. Sets `overrun` when it is none.
static u64 coded_number(BitReader *r)
{
	u32 first = br_u8(r), more = 0;
	while (more < 7 && first << more & 0x80)
		more++;
	if (!more)
		return first;
	if (more == 1 || more > 7) {
		r->overrun = GF_TRUE;
		return 0;
	}
	u64 value = more == 7 ? 0 : first & (0x7Fu >> more);
	while (--more) {
		u8 next = br_u8(r);
		if (next >> 6 != 2)
			r->overrun = GF_TRUE;
		value = value << 6 | (next & 0x3F);
	}
	return value;
}

static u32 block_size(BitReader *r, u32 code)
{
	if (code == 1)
		return 192;
	if (code < 6)
		return 144u << code;
	if (code == 6)
		return br_u8(r) + 1u;
	return code == 7 ? br_u16(r) + 1u : 1u << code;
}

static u32 sample_rate(BitReader *r, u32 code)
{
	static const u32 rates[12] = {
		0, 88200, 176400, 192000, 8000, 16000, 22050, 24000, 32000, 44100, 48000, 96000};
	if (code < 12)
		return rates[code];
	return code == 12 ? br_u8(r) * 1000u : code == 13 ? br_u16(r) : br_u16(r) * 10u;
}

Bool flac_frame_parse(const u8 *data, u32 size, FlacFrame *f)
{
	static const u8 depths[8] = {0, 8, 12, 0, 16, 20, 24, 32};
	BitReader r;
	if (size < FLAC_MIN_HEADER || data[0] != 0xFF || (data[1] & 0xFE) != 0xF8)
		return GF_FALSE;
	br_init(&r, data, size < FLAC_MAX_HEADER ? size : FLAC_MAX_HEADER);
	br_bits(&r, 15);
	FlacFrame h = {.variable = br_bit(&r) != 0};
	u32 block = br_bits(&r, 4), rate = br_bits(&r, 4), channels = br_bits(&r, 4), depth = br_bits(&r, 3);
	if (!block || rate == 15 || channels > 10 || depth == 3 || br_bit(&r))
		return GF_FALSE;
	h.number = coded_number(&r);
	h.nb_samples = block_size(&r, block);
	h.rate = sample_rate(&r, rate);
	h.depth = depths[depth];
	h.nb_channels = (u8)(channels < 8 ? channels + 1 : 2);
	h.size = (u8)(br_byte_pos(&r) + 1);
	u8 crc = br_u8(&r);
	if (r.overrun || crc != crc8(data, h.size - 1u))
		return GF_FALSE;
	*f = h;
	return GF_TRUE;
}

static Bool comes_after(const FlacFrame *f, const FlacFrame *next)
{
	u64 number = f->number + (f->variable ? f->nb_samples : 1);
	return next->variable == f->variable && next->number == number && next->rate == f->rate &&
		   next->depth == f->depth && next->nb_channels == f->nb_channels;
}

u32 flac_frame_size(const u8 *data, u32 size, const FlacFrame *f)
{
	u32 limit = size < FLAC_MAX_FRAME ? size : FLAC_MAX_FRAME;
	for (u32 at = f->size; at + FLAC_MIN_HEADER <= limit; at++) {
		const u8 *found = memchr(data + at, 0xFF, limit - at);
		FlacFrame next;
		if (!found)
			break;
		at = (u32)(found - data);
		if (flac_frame_parse(data + at, size - at, &next) && comes_after(f, &next))
			return at;
	}
	return 0;
}

// x^16 + x^15 + x^2 + 1, 9.3
Bool flac_frame_check(const u8 *data, u32 size)
{
	u32 crc = 0;
	if (size < 2)
		return GF_FALSE;
	for (u32 i = 0; i + 2 < size; i++) {
		crc ^= (u32)data[i] << 8;
		for (u32 bit = 0; bit < 8; bit++)
			crc = crc & 0x8000 ? (crc << 1 ^ 0x18005) & 0xFFFF : crc << 1;
	}
	return crc == ((u32)data[size - 2] << 8 | data[size - 1]);
}
