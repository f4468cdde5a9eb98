// SPDX-License-Identifier: MIT
// Temporal units of AV1, and frames of VPx, in a stream of bytes: IVF, the low-overhead format of AV1 (5.2) and the
// length-delimited one (annex B).
#ifndef FORMATS_OBU_STREAM_H
#define FORMATS_OBU_STREAM_H

#include "formats/ivf.h"
#include "formats/obu.h"

// Largest unit: more is taken for a damaged size.
#define OBU_STREAM_MAX_UNIT (1u << 28)

typedef enum {
	OBU_FORM_UNKNOWN = 0,
	OBU_FORM_IVF,
	OBU_FORM_LOW_OVERHEAD,
	OBU_FORM_ANNEX_B,
	OBU_FORM_FRAMES, // all data up to `last` is one unit
} ObuForm;

typedef struct {
	ObuForm form;
	IvfHeader ivf;
	Bool in_frames; // IVF: the header is behind
	u32 scanned;    // bytes of the unit in progress found so far
	Bool lost;      // after damage, until the next temporal delimiter
} ObuStream;

typedef struct {
	u32 offset, size; // of the payload in the data given
	u32 total;        // bytes that are done with, from the start of the data
	Bool timed;
	u64 time; // in units of the header of the IVF file
} ObuStreamUnit;

// The form of a stream from its start. GF_BUFFER_TOO_SMALL when it needs more data.
GF_Err obu_stream_detect(const u8 *data, u32 size, ObuForm *form);
void obu_stream_init(ObuStream *s, ObuForm form);
// Forgets the unit in progress; what follows is the start of a unit.
void obu_stream_restart(ObuStream *s);
// The first unit of `data`, which starts where the bytes done with ended. `last`: nothing follows.
// GF_BUFFER_TOO_SMALL: more data is needed, to be given with what is there.
// GF_NON_COMPLIANT_BITSTREAM: `total` bytes are damaged or cut, what follows may be read.
// GF_EOS: `last` and nothing is left.
GF_Err obu_stream_next(ObuStream *s, const u8 *data, u32 size, Bool last, ObuStreamUnit *unit);

#endif
