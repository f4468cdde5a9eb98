// SPDX-License-Identifier: MIT
// The NAL units of a decoder configuration record (ISO/IEC 14496-15), as those of AVC, HEVC and VVC share them.
#ifndef FORMATS_NAL_SETS_H
#define FORMATS_NAL_SETS_H

#include "base/bits.h"

// A parameter set or SEI of a configuration record: points into the record, or to bytes of the writer's
// caller.
typedef struct {
	u8 type;       // nal_unit_type
	Bool complete; // array_completeness of HEVC and VVC records: no other unit of this type in the stream
	const u8 *data;
	u32 size;
} ConfigNal;

// First member of each record.
typedef struct {
	u8 length_size;  // of the NAL unit lengths in the samples: 1, 2 or 4
	ConfigNal *nals; // in the order of the record; the array is owned, the bytes are not
	u32 nb_nals, alloc_nals;
} NalSets;

void nal_sets_reset(NalSets *sets);
// Adds the `count` units at `r`, each behind its 16-bit size.
GF_Err nal_sets_read_array(NalSets *sets, BitReader *r, u32 count, u8 type, Bool complete);
// GF_NOT_SUPPORTED when a unit is longer than a record can have it.
GF_Err nal_sets_check(const NalSets *sets);
void nal_sets_write_unit(ByteWriter *w, const ConfigNal *nal);
// The arrays of HEVC and VVC records, with their number: one for all units of a type that follow each other, but for
// the types of which there is one unit, and no count (`is_single`, may be NULL).
void nal_sets_write_arrays(const NalSets *sets, ByteWriter *w, Bool (*is_single)(u8 type));

#endif
