// SPDX-License-Identifier: MIT
// Syntax structures which the VVC parameter set and slice parsers share.
#ifndef FORMATS_VVC_SYNTAX_H
#define FORMATS_VVC_SYNTAX_H

#include "formats/vvc.h"

typedef struct {
	u32 coded_width, coded_height;
	u32 width, height; // cropped by the conformance window
} VvcPictureSize;

void vvc_read_nal_header(SynReader *r, VvcNalHeader *header);
// Width, height and conformance window, as SPS and PPS code them.
void vvc_parse_size(SynReader *r, u32 chroma_format_idc, VvcPictureSize *size);
u32 vvc_ceil_log2(u32 value);

#endif
