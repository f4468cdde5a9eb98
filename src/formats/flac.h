// SPDX-License-Identifier: MIT
// FLAC streams (RFC 9639): metadata blocks and frame headers. A frame does not tell its size: it ends where the
// header of the next one starts.
#ifndef FORMATS_FLAC_H
#define FORMATS_FLAC_H

#include "base/bits.h"

#define FLAC_STREAMINFO_SIZE 34
#define FLAC_MIN_HEADER 6
#define FLAC_MAX_HEADER 16
// No frame is larger; more is not searched for the next header.
#define FLAC_MAX_FRAME (1u << 21)

typedef enum {
	FLAC_STREAMINFO = 0,
	FLAC_PADDING = 1,
	FLAC_SEEKTABLE = 3,
	FLAC_COMMENT = 4,
	FLAC_PICTURE = 6,
} FlacBlockType;

// 8.2
typedef struct {
	u16 min_block, max_block; // samples of a frame
	u32 rate;
	u8 nb_channels, depth;
	u64 nb_samples; // 0 when unknown
} FlacInfo;

// 9.1
typedef struct {
	Bool variable; // `number` counts samples, not frames
	u64 number;
	u32 nb_samples;
	u32 rate;  // 0: that of the stream
	u8 depth;  // the same
	u8 nb_channels;
	u8 size; // of the header
} FlacFrame;

// Size of the marker and the metadata blocks at `data`, 0 when there is no marker. More than `size` when they go on
// behind the data.
u64 flac_prefix_size(const u8 *data, u32 size);
// The next metadata block, the header of which is at `*at` (4 for the first); false after the last one.
Bool flac_next_block(const u8 *data, u32 size, u32 *at, u8 *type, const u8 **content, u32 *content_size);
Bool flac_info_read(const u8 *data, u32 size, FlacInfo *info);
void flac_info_write(ByteWriter *w, const FlacInfo *info); // without checksum of the samples
// Reads a frame header and checks its CRC.
Bool flac_frame_parse(const u8 *data, u32 size, FlacFrame *f);
// Size of the frame at `data`, up to the header of the one that comes after it; 0 when there is none in the data.
u32 flac_frame_size(const u8 *data, u32 size, const FlacFrame *f);
// Whether the CRC at the end of a whole frame is right.
Bool flac_frame_check(const u8 *data, u32 size);

#endif
