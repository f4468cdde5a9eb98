// SPDX-License-Identifier: MIT
// Bounded readers and growing writers for big-endian data and bit fields.
//
// A BitReader never reads outside its range: a read past the end returns 0 and sets `overrun`, which
// stays set. A parser reads a whole structure and tests `overrun` once, or before it trusts a count.
#ifndef BASE_BITS_H
#define BASE_BITS_H

#include <string.h>
#include <gpac/error.h>

typedef struct {
	const u8 *data;
	size_t size; // bytes
	u64 pos;     // bits from the start of `data`
	Bool overrun;
} BitReader;

static inline void br_init(BitReader *r, const u8 *data, size_t size)
{
	r->data = data;
	r->size = size;
	r->pos = 0;
	r->overrun = GF_FALSE;
}

// Whole bytes left after the current position, which is rounded up to a byte.
static inline size_t br_left(const BitReader *r)
{
	size_t at = (size_t)((r->pos + 7) / 8);
	return r->overrun || at > r->size ? 0 : r->size - at;
}

static inline size_t br_byte_pos(const BitReader *r)
{
	return (size_t)((r->pos + 7) / 8);
}

static inline u64 br_bits_left(const BitReader *r)
{
	return r->overrun ? 0 : (u64)r->size * 8 - r->pos;
}

static inline void br_align(BitReader *r)
{
	r->pos = (r->pos + 7) & ~(u64)7;
}

// Pointer to `n` bytes at the current (byte-aligned) position, which advances; NULL when fewer are left.
static inline const u8 *br_bytes(BitReader *r, size_t n)
{
	br_align(r);
	if (n > br_left(r)) {
		r->overrun = GF_TRUE;
		return NULL;
	}
	const u8 *p = r->data + r->pos / 8;
	r->pos += (u64)n * 8;
	return p;
}

static inline void br_skip(BitReader *r, u64 nb_bytes)
{
	br_align(r);
	if (nb_bytes > br_left(r))
		r->overrun = GF_TRUE;
	else
		r->pos += nb_bytes * 8;
}

static inline u8 br_u8(BitReader *r)
{
	const u8 *p = br_bytes(r, 1);
	return p ? p[0] : 0;
}

static inline u16 br_u16(BitReader *r)
{
	const u8 *p = br_bytes(r, 2);
	return p ? (u16)(p[0] << 8 | p[1]) : 0;
}

static inline u32 br_u24(BitReader *r)
{
	const u8 *p = br_bytes(r, 3);
	return p ? (u32)p[0] << 16 | (u32)p[1] << 8 | p[2] : 0;
}

static inline u32 br_u32(BitReader *r)
{
	const u8 *p = br_bytes(r, 4);
	return p ? (u32)p[0] << 24 | (u32)p[1] << 16 | (u32)p[2] << 8 | p[3] : 0;
}

static inline u64 br_u64(BitReader *r)
{
	u64 hi = br_u32(r);
	return hi << 32 | br_u32(r);
}

// `n` bits (0 to 32), most significant first, from any bit position.
u32 br_bits(BitReader *r, u32 n);

static inline u32 br_bit(BitReader *r)
{
	if (r->overrun || r->pos >= (u64)r->size * 8) {
		r->overrun = GF_TRUE;
		return 0;
	}
	u32 v = (r->data[r->pos / 8] >> (7 - r->pos % 8)) & 1;
	r->pos++;
	return v;
}

// Exp-Golomb codes of ISO/IEC 14496-10 9.1: unsigned, and signed by 9.1.1. Over 32 leading zeros: overrun.
u32 br_ue(BitReader *r);
s32 br_se(BitReader *r);

// A growing buffer. After a failed allocation `failed` is set, further writes are ignored.
typedef struct {
	u8 *data; // owned, from gf_malloc
	size_t size;
	size_t alloc;
	u32 bit_fill; // bits already used in the last byte, 0 when aligned
	Bool failed;
} ByteWriter;

void bw_init(ByteWriter *w);
void bw_reset(ByteWriter *w); // frees the data
// Gives the data to the caller (gf_free), who also reads `*size`. NULL with GF_OUT_OF_MEM on a failed writer.
GF_Err bw_take(ByteWriter *w, u8 **data, u32 *size);
// Room for `n` more bytes at the end, counted in `size`; NULL when out of memory.
u8 *bw_grow(ByteWriter *w, size_t n);
void bw_bytes(ByteWriter *w, const void *data, size_t n);
void bw_zeros(ByteWriter *w, size_t n);
void bw_u8(ByteWriter *w, u32 v);
void bw_u16(ByteWriter *w, u32 v);
void bw_u24(ByteWriter *w, u32 v);
void bw_u32(ByteWriter *w, u32 v);
void bw_u64(ByteWriter *w, u64 v);
void bw_bits(ByteWriter *w, u32 v, u32 nb_bits);
void bw_ue(ByteWriter *w, u32 v);
void bw_align(ByteWriter *w); // zero bits up to the next byte
// Overwrites bytes already written.
void bw_patch_u32(ByteWriter *w, size_t at, u32 v);
void bw_patch_u64(ByteWriter *w, size_t at, u64 v);

#endif
