// SPDX-License-Identifier: MIT
#include <base/bits.h>
#include <gpac/system.h>

u32 br_bits(BitReader *r, u32 n)
{
	if (n > 32 || n > br_bits_left(r)) {
		r->overrun = GF_TRUE;
		return 0;
	}
	u64 v = 0;
	u32 left = n;
	while (left) {
		u32 in_byte = 8 - (u32)(r->pos % 8);
		u32 take = left < in_byte ? left : in_byte;
		u32 byte = r->data[r->pos / 8];
		v = v << take | ((byte >> (in_byte - take)) & ((1u << take) - 1));
		r->pos += take;
		left -= take;
	}
	return (u32)v;
}

u32 br_ue(BitReader *r)
{
	u32 zeros = 0;
	while (!br_bit(r)) {
		// 32 zeros are the longest prefix of a 32-bit value
		if (r->overrun || ++zeros > 32) {
			r->overrun = GF_TRUE;
			return 0;
		}
	}
	u32 suffix = br_bits(r, zeros);
	if (r->overrun)
		return 0;
	u64 v = ((u64)1 << zeros) - 1 + suffix;
	if (v > 0xFFFFFFFFu) {
		r->overrun = GF_TRUE;
		return 0;
	}
	return (u32)v;
}

s32 br_se(BitReader *r)
{
	u32 k = br_ue(r);
	// ISO/IEC 14496-10 table 9-3: 1, -1, 2, -2...; 2^32-1 would map to 2^31, one over the largest s32
	if (k == 0xFFFFFFFFu) {
		r->overrun = GF_TRUE;
		return 0;
	}
	return k & 1 ? (s32)(k / 2 + 1) : -(s32)(k / 2);
}

void bw_init(ByteWriter *w)
{
	memset(w, 0, sizeof(*w));
}

void bw_reset(ByteWriter *w)
{
	gf_free(w->data);
	bw_init(w);
}

GF_Err bw_take(ByteWriter *w, u8 **data, u32 *size)
{
	if (w->failed || w->size > 0xFFFFFFFFu) {
		bw_reset(w);
		return GF_OUT_OF_MEM;
	}
	*data = w->data;
	*size = (u32)w->size;
	bw_init(w);
	return GF_OK;
}

u8 *bw_grow(ByteWriter *w, size_t n)
{
	if (w->failed)
		return NULL;
	w->bit_fill = 0;
	if (n > w->alloc - w->size) {
		size_t want = w->size + n;
		size_t alloc = w->alloc + w->alloc / 2 + 64;
		if (alloc < want)
			alloc = want;
		u8 *data = want < n ? NULL : gf_realloc(w->data, alloc);
		if (!data) {
			w->failed = GF_TRUE;
			return NULL;
		}
		w->data = data;
		w->alloc = alloc;
	}
	u8 *p = w->data + w->size;
	w->size += n;
	return p;
}

void bw_bytes(ByteWriter *w, const void *data, size_t n)
{
	u8 *p = n ? bw_grow(w, n) : NULL;
	if (p)
		memcpy(p, data, n);
}

void bw_zeros(ByteWriter *w, size_t n)
{
	u8 *p = n ? bw_grow(w, n) : NULL;
	if (p)
		memset(p, 0, n);
}

static void put_be(u8 *p, u64 v, u32 nb_bytes)
{
	for (u32 i = nb_bytes; i; i--, v >>= 8)
		p[i - 1] = (u8)v;
}

static void add_be(ByteWriter *w, u64 v, u32 nb_bytes)
{
	u8 *p = bw_grow(w, nb_bytes);
	if (p)
		put_be(p, v, nb_bytes);
}

void bw_u8(ByteWriter *w, u32 v)
{
	add_be(w, v, 1);
}

void bw_u16(ByteWriter *w, u32 v)
{
	add_be(w, v, 2);
}

void bw_u24(ByteWriter *w, u32 v)
{
	add_be(w, v, 3);
}

void bw_u32(ByteWriter *w, u32 v)
{
	add_be(w, v, 4);
}

void bw_u64(ByteWriter *w, u64 v)
{
	add_be(w, v, 8);
}

void bw_bits(ByteWriter *w, u32 v, u32 nb_bits)
{
	while (nb_bits) {
		u32 fill = w->bit_fill;
		if (!fill) {
			u8 *p = bw_grow(w, 1);
			if (!p)
				return;
			*p = 0;
		}
		u32 take = nb_bits < 8 - fill ? nb_bits : 8 - fill;
		u32 bits = (v >> (nb_bits - take)) & ((1u << take) - 1);
		w->data[w->size - 1] |= (u8)(bits << (8 - fill - take));
		w->bit_fill = (fill + take) % 8;
		nb_bits -= take;
	}
}

void bw_ue(ByteWriter *w, u32 v)
{
	u64 code = (u64)v + 1;
	u32 zeros = 63 - (u32)__builtin_clzll(code);
	bw_bits(w, 0, zeros);
	bw_bits(w, 1, 1);
	// the leading 1 of `code` is written: its `zeros` low bits are left
	bw_bits(w, (u32)(code - ((u64)1 << zeros)), zeros);
}

void bw_align(ByteWriter *w)
{
	w->bit_fill = 0;
}

void bw_patch_u32(ByteWriter *w, size_t at, u32 v)
{
	if (!w->failed && at <= w->size && w->size - at >= 4)
		put_be(w->data + at, v, 4);
}

void bw_patch_u64(ByteWriter *w, size_t at, u64 v)
{
	if (!w->failed && at <= w->size && w->size - at >= 8)
		put_be(w->data + at, v, 8);
}
