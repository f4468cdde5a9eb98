// SPDX-License-Identifier: MIT
// ADTS frames of ISO/IEC 14496-3 1.A.3 (and 13818-7 6.2): header, resynchronisation, writing.
#ifndef FORMATS_ADTS_H
#define FORMATS_ADTS_H

#include "formats/frame_sync.h"

#define ADTS_HEADER_SIZE 7 // without CRC
#define ADTS_MAX_BLOCKS 4

typedef struct {
	Bool mpeg2;        // ID bit
	u8 object_type;    // profile_ObjectType + 1: the MPEG-4 audio object type
	u8 rate_index;     // 0 to 12
	u8 channel_config; // 0: told by a program_config_element in the frame
	u8 nb_blocks;      // raw_data_block() in the frame, 1 to 4
	Bool has_crc;
	u32 header_size; // bytes before the first raw_data_block()
	u32 frame_size;  // header included
} AdtsHeader;

// One raw_data_block() in a frame.
typedef struct {
	u32 offset, size;
} AdtsBlock;

// Reads the header at `data`; false when it is not one, or when less than ADTS_HEADER_SIZE bytes are given.
Bool adts_parse(const u8 *data, u32 size, AdtsHeader *header);
// Frames one after the other, without change of configuration.
extern const FrameSync adts_sync;
// The raw_data_block() of a whole frame. Returns their number; 1, all blocks together, when the frame does
// not tell where they start (no CRC).
u32 adts_blocks(const u8 *frame, const AdtsHeader *header, AdtsBlock blocks[ADTS_MAX_BLOCKS]);
// Writes a header without CRC for one raw_data_block(), variable rate. `header->frame_size` fits in 13 bits.
void adts_write(const AdtsHeader *header, u8 out[ADTS_HEADER_SIZE]);

#endif
