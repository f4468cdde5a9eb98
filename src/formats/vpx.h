// SPDX-License-Identifier: MIT
// Frame headers of VP8 (RFC 6386 9.1) and VP9 (VP9 Bitstream & Decoding Process Specification 6.2), and the
// configuration record of the VP Codec ISO Media File Format Binding.
#ifndef FORMATS_VPX_H
#define FORMATS_VPX_H

#include "formats/syntax.h"

#define VPX_CONFIG_SIZE 8
#define VP9_MAX_FRAMES 8 // in a superframe

typedef struct {
	u8 profile;
	Bool key, show, show_existing, error_resilient;
	u8 shown_index;    // of the reference, with show_existing
	u32 width, height; // of key frames, otherwise 0
	u32 first_partition_size; // VP8
	// VP9 key frames
	u8 bit_depth, colour_space, sub_x, sub_y;
	Bool full_range;
} VpxFrame;

Bool vp8_frame_parse(const u8 *data, u32 size, VpxFrame *frame);
Bool vp9_frame_parse(const u8 *data, u32 size, const SynTrace *trace, VpxFrame *frame);

// Annex B of VP9: the sizes of the frames of a superframe. Returns their number, 0 when it is none;
// `*index_size` is that of the index behind them.
u32 vp9_superframe(const u8 *data, u32 size, u32 sizes[VP9_MAX_FRAMES], u32 *index_size);

typedef struct {
	u8 profile, level, bit_depth, chroma; // chroma as in the binding
	Bool full_range;
	u8 primaries, transfer, matrix; // ISO/IEC 23091-4
} VpxConfig;

// The level is left out: the headers do not tell it.
VpxConfig vp9_config(const VpxFrame *key);
void vpx_config_write(const VpxConfig *c, u8 data[VPX_CONFIG_SIZE]);

#endif
