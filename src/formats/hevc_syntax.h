// SPDX-License-Identifier: MIT
// Syntax structures which the HEVC parameter set and slice parsers share.
#ifndef FORMATS_HEVC_SYNTAX_H
#define FORMATS_HEVC_SYNTAX_H

#include "formats/hevc.h"
#include "formats/nal_syntax.h"

// st_ref_pic_set(idx) (7.3.7): one of the `nb_sets` sets of the SPS, or that of a slice when idx is nb_sets.
void hevc_parse_rps(SynReader *r, const HevcRps *sets, u32 nb_sets, u32 idx, HevcRps *rps);
void hevc_read_nal_header(SynReader *r, HevcNalHeader *header);

#endif
