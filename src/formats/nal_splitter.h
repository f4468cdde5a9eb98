// SPDX-License-Identifier: MIT
// Cuts a byte stream (annex B), received in blocks of any size, into NAL units.
#ifndef FORMATS_NAL_SPLITTER_H
#define FORMATS_NAL_SPLITTER_H

#include "formats/nal.h"

typedef struct {
	u8 *data; // bytes from offset `base` of the stream
	size_t size, alloc;
	u64 base;
	size_t scan; // no start code begins before, but that of the current unit
	size_t unit; // first byte of the current unit, after its start code
	Bool has_unit;
} NalSplitter;

typedef struct {
	u64 start;  // offset of the start code 00 00 01 in the stream
	u64 offset; // of the first byte of the unit
	u32 size;
	const u8 *data; // valid until the next append or release
} NalUnit;

void nal_splitter_reset(NalSplitter *s); // frees the bytes; also initialises
// Forgets everything; the next byte is at `offset` of the stream.
void nal_splitter_restart(NalSplitter *s, u64 offset);
GF_Err nal_splitter_append(NalSplitter *s, const u8 *data, size_t size); // GF_OUT_OF_MEM
// The next complete unit. With `last`, the unit in progress ends with the data. Only the zero byte of a
// four-byte start code is taken off the unit before it: other trailing zeros (padding) stay with it.
Bool nal_splitter_next(NalSplitter *s, Bool last, NalUnit *unit);
// The bytes before `offset` are not needed any more.
void nal_splitter_release(NalSplitter *s, u64 offset);
// Bytes at `offset`, which were not released.
static inline const u8 *nal_splitter_at(const NalSplitter *s, u64 offset)
{
	return s->data + (offset - s->base);
}
// Offset of the next byte to append.
static inline u64 nal_splitter_end(const NalSplitter *s)
{
	return s->base + s->size;
}

#endif
