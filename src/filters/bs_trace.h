// SPDX-License-Identifier: MIT
// Option bsdbg of reframers: the syntax elements of the headers they read, in the log.
#ifndef FILTERS_BS_TRACE_H
#define FILTERS_BS_TRACE_H

#include "formats/syntax.h"

typedef enum { BSDBG_OFF = 0, BSDBG_ON, BSDBG_FULL } BsDebug;

typedef struct {
	SynTrace trace;
	const char *filter;
	Bool bits; // the number of bits of each element too
} BsTrace;

// The trace to give to parsers, NULL when the option is off. `t` has to stay where it is.
const SynTrace *bs_trace_init(BsTrace *t, const char *filter, BsDebug mode);

#endif
