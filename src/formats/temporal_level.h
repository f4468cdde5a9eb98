// SPDX-License-Identifier: MIT
// Temporal level of a picture, in the framing of ISO base media files.
#ifndef FORMATS_TEMPORAL_LEVEL_H
#define FORMATS_TEMPORAL_LEVEL_H

#include <gpac/tools.h>

#define TEMPORAL_LEVELS 8

// Level of a sample of AVC, HEVC, VVC (`length_size`: of its NAL units) or AV1, from 0: TemporalId of the bitstream. An
// AVC picture that has none, and that no other one refers to, is of level 1. 0 for other codecs.
u32 temporal_level(u32 codec_id, u32 length_size, const u8 *data, u32 size);

#endif
