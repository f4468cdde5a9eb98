// SPDX-License-Identifier: MIT
// Open bitstream units of AV1 (AV1 Bitstream & Decoding Process Specification 5.3): headers, and the size
// fields of the low-overhead format (5.2) and of the length-delimited one (annex B).
#ifndef FORMATS_OBU_H
#define FORMATS_OBU_H

#include "base/bits.h"

// obu_type, 6.2.2
enum {
	OBU_SEQUENCE_HEADER = 1,
	OBU_TEMPORAL_DELIMITER = 2,
	OBU_FRAME_HEADER = 3,
	OBU_TILE_GROUP = 4,
	OBU_METADATA = 5,
	OBU_FRAME = 6,
	OBU_REDUNDANT_FRAME_HEADER = 7,
	OBU_TILE_LIST = 8,
	OBU_PADDING = 15,
};

typedef struct {
	u8 type, temporal_id, spatial_id;
	Bool has_extension, has_size;
	u32 header_size; // bytes before the payload, with the size field
	u32 size;        // of the payload
} ObuHeader;

// leb128() of 4.10.5, limited to 32 bits as the specification asks of all uses. Sets `overrun` on a bad one.
u32 obu_leb128(BitReader *r);
#define OBU_LEB128_MAX 5
u32 obu_put_leb128(u8 dst[OBU_LEB128_MAX], u32 value); // returns its size
void obu_write_leb128(ByteWriter *w, u32 value);

// Reads the header at `data`; without a size field the payload is all that follows. GF_BUFFER_TOO_SMALL when the
// unit goes past the end (the fields are set once the header is complete, else 0),
// GF_NON_COMPLIANT_BITSTREAM when it is no header.
GF_Err obu_read(const u8 *data, size_t size, ObuHeader *obu);
// The units of data in the low-overhead format or, with `annex_b`, of the temporal units of the length-delimited one.
typedef struct {
	const u8 *data;
	u32 size, pos;
	u32 frame_end; // annex B: of the frame unit in progress
	Bool annex_b;
} ObuIter;

void obu_iter_init(ObuIter *it, const u8 *data, u32 size, Bool annex_b);
// GF_OK with `*data` at the header of a whole unit; GF_EOS at the end; GF_NON_COMPLIANT_BITSTREAM.
GF_Err obu_iter_next(ObuIter *it, ObuHeader *obu, const u8 **data);

// Writes the unit with (low-overhead format) or without a size field. `data` starts with the header that was read.
void obu_write(ByteWriter *w, const ObuHeader *obu, const u8 *data, Bool with_size);

#endif
