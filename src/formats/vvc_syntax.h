// SPDX-License-Identifier: MIT
// Syntax structures which the VVC parameter set and slice parsers share.
#ifndef FORMATS_VVC_SYNTAX_H
#define FORMATS_VVC_SYNTAX_H

#include "formats/nal_syntax.h"
#include "formats/vvc.h"

// table A.2
#define VVC_MAX_SUBPICS 600

void vvc_read_nal_header(SynReader *r, VvcNalHeader *header);

#endif
