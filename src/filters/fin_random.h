// SPDX-License-Identifier: MIT
// Pseudo-random bytes for fin, to see how parsers resist: plain, or cut by start codes into what looks like
// the NAL units (ISO/IEC 14496-10 Annex B) or OBUs (AV1 5.3) of a MIME type.
#ifndef FILTERS_FIN_RANDOM_H
#define FILTERS_FIN_RANDOM_H

#include <gpac/setup.h>

typedef enum { UNIT_NONE = 0, UNIT_START_CODE, UNIT_AVC, UNIT_HEVC, UNIT_VVC, UNIT_OBU } RandomUnit;

typedef struct {
	RandomUnit unit;
	u64 state;
} RandomBytes;

// `units`: insert start codes, with the unit headers of `mime` (may be NULL).
void random_bytes_init(RandomBytes *r, Bool units, const char *mime);
void random_bytes_fill(RandomBytes *r, u8 *data, u32 size);

#endif
