// SPDX-License-Identifier: MIT
// NAL units, as AVC (ISO/IEC 14496-10), HEVC (23008-2) and VVC (23090-3) share them: the byte stream
// format of annex B, length-prefixed units (14496-15), emulation prevention, video usability common parts.
#ifndef FORMATS_NAL_H
#define FORMATS_NAL_H

#include "formats/syntax.h"

typedef enum { NAL_AVC, NAL_HEVC, NAL_VVC } NalCodec;

// Offset of the first 00 00 01 at or after `from`, `size` when there is none.
size_t nal_find_start_code(const u8 *data, size_t size, size_t from);
// Size of a NAL unit found between start codes, without its trailing zero bytes (annex B.1.1).
size_t nal_trim_zeros(const u8 *data, size_t size);

// Walks the NAL units of a whole buffer.
typedef struct {
	const u8 *data;
	size_t size;
	size_t pos;
	u32 length_size; // 1 to 4: length-prefixed; 0: annex B
} NalIter;

static inline void nal_iter_annexb(NalIter *it, const u8 *data, size_t size)
{
	*it = (NalIter){.data = data, .size = size};
}

static inline void nal_iter_prefixed(NalIter *it, const u8 *data, size_t size, u32 length_size)
{
	*it = (NalIter){.data = data, .size = size, .length_size = length_size};
}

// The next non-empty NAL unit; GF_EOS after the last. GF_NON_COMPLIANT_BITSTREAM for a length prefix which
// does not fit in what is left (not logged): `it->pos` is then the offset of that prefix.
GF_Err nal_iter_next(NalIter *it, const u8 **nal, u32 *nal_size);

// Removes emulation prevention bytes (7.3.1.1). `dst` holds at least `max` bytes, writing stops there.
// Returns the number of bytes written.
u32 nal_unescape(const u8 *src, u32 size, u8 *dst, u32 max);
// Inserts emulation prevention bytes. `dst` holds at least size * 3 / 2 + 1 bytes.
u32 nal_escape(const u8 *src, u32 size, u8 *dst);

// The payload of a NAL unit, header included, ready to be read. Headers of slices are short: rbsp_open_head
// unescapes the beginning only, more than the longest slice header of the standards.
#define RBSP_LOCAL_SIZE 2048
typedef struct {
	const u8 *data;
	u32 size; // without trailing zero bytes (cabac_zero_words)
	u8 *heap;
	u8 local[RBSP_LOCAL_SIZE];
} Rbsp;

GF_Err rbsp_open(Rbsp *rbsp, const u8 *nal, u32 size); // GF_OUT_OF_MEM
void rbsp_open_head(Rbsp *rbsp, const u8 *nal, u32 size);
void rbsp_close(Rbsp *rbsp);

// Parts of the video usability information which the three standards share (23091-2 for the code points).
typedef struct {
	Bool sar_present;
	u32 sar_num, sar_den; // 0/0 when unspecified
	Bool overscan_info_present;
	Bool overscan_appropriate;
	Bool signal_type_present;
	u8 video_format;
	Bool full_range;
	Bool colour_present;
	u8 primaries, transfer, matrix; // 2 (unspecified) when absent
	Bool chroma_loc_present;
	u8 chroma_loc_top, chroma_loc_bottom;
	u32 num_units_in_tick, time_scale; // 0/0 when absent
	Bool fixed_frame_rate;
} NalVui;

// Sample aspect ratio of an aspect_ratio_idc, 0/0 for unspecified and reserved values (255 is explicit).
void nal_sar(u8 idc, u32 *num, u32 *den);

// What a sequence parameter set says about the pictures.
typedef struct {
	u32 width, height; // cropped
	u8 chroma_format_idc;
	u8 bit_depth_luma, bit_depth_chroma;
	Bool interlaced;
	NalVui vui;
} NalVideoFormat;

#endif
