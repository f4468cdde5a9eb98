// SPDX-License-Identifier: MIT
// What the syntax of AVC (ISO/IEC 14496-10), HEVC (23008-2) and VVC (23090-3) has in common.
#ifndef FORMATS_NAL_SYNTAX_H
#define FORMATS_NAL_SYNTAX_H

#include "formats/nal.h"

// HEVC table A.8, VVC table A.2: the largest picture of any level has 142606336 samples, a side at most
// sqrt(8 * that).
#define NAL_MAX_SIDE 33776

// A NAL unit read as one syntax structure. Between opening and closing, `r` reads its payload from the first byte
// of the NAL unit header on.
typedef struct {
	SynReader r;
	Rbsp rbsp;
} NalSyntax;

GF_Err nal_syntax_open(NalSyntax *s, const u8 *nal, u32 size, const SynTrace *trace); // GF_OUT_OF_MEM
// The beginning only, as rbsp_open_head(): need not be closed.
void nal_syntax_open_head(NalSyntax *s, const u8 *nal, u32 size, const SynTrace *trace);
// The answer of syn_end().
GF_Err nal_syntax_close(NalSyntax *s, const char *what);

// Width, height and conformance window of HEVC and VVC.
typedef struct {
	u32 coded_width, coded_height;
	u32 width, height; // cropped by the conformance window
} NalPictureSize;

void nal_parse_picture_size(SynReader *r, u32 chroma_format_idc, NalPictureSize *size);

// The start of the VUI of AVC (E.1.1) and HEVC (E.2.1), up to the chroma locations. `matrix_name` is what the
// standard calls the matrix coefficients.
void nal_parse_vui_signal(SynReader *r, const char *matrix_name, NalVui *vui);
// The loop over the buffers of an HRD (AVC E.1.2, HEVC E.2.3, VVC 7.3.5.3); decoding units are unknown to AVC.
void nal_skip_hrd_buffers(SynReader *r, u32 cpb_cnt, Bool decoding_units);

u32 nal_ceil_log2(u32 value);
// PicOrderCntMsb of a picture that continues the order count: AVC 8.2.1.1, HEVC 8.3.1, VVC 8.3.1. Sums are unsigned:
// a broken stream may wrap.
u32 nal_poc_msb(u32 prev_msb, u32 prev_lsb, u32 lsb, u32 max_lsb);

#endif
