// SPDX-License-Identifier: MIT
// Writing of NAL units for tests, element by element from the syntax tables of the standards.
#ifndef TESTS_NAL_BITS_H
#define TESTS_NAL_BITS_H

#include "formats/nal.h"

typedef struct {
	ByteWriter w;
	u8 escaped[4096];
	u32 size;
} TestNal;

static inline void put_u(TestNal *n, u32 nb_bits, u32 value)
{
	bw_bits(&n->w, value, nb_bits);
}

static inline void put_ue(TestNal *n, u32 value)
{
	bw_ue(&n->w, value);
}

// H.264 table 9-3
static inline void put_se(TestNal *n, s32 value)
{
	bw_ue(&n->w, value > 0 ? (u32)value * 2 - 1 : (u32)-value * 2);
}

// So many flags of 0.
static inline void put_zeros(TestNal *n, u32 count)
{
	for (u32 i = 0; i < count; i++)
		put_u(n, 1, 0);
}

static inline void nal_begin(TestNal *n, const u8 *header, u32 header_size)
{
	bw_init(&n->w);
	for (u32 i = 0; i < header_size; i++)
		bw_u8(&n->w, header[i]);
}

// Adds the stop bit, escapes, and frees the raw bytes.
static inline void nal_end(TestNal *n)
{
	put_u(n, 1, 1);
	bw_align(&n->w);
	n->size = nal_escape(n->w.data, (u32)n->w.size, n->escaped);
	bw_reset(&n->w);
}

#endif
