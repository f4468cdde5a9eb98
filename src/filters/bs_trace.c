// SPDX-License-Identifier: MIT
#include "filters/bs_trace.h"
#include <stdio.h>
#include <string.h>
#include <gpac/tools.h>

static void trace_element(
	void *udta, const char *name, const u32 *index, u32 nb_index, s64 value, u32 nb_bits)
{
	const BsTrace *t = udta;
	char at[SYN_MAX_INDEX * 11 + 1] = "";
	for (u32 i = 0; i < nb_index; i++) {
		size_t used = strlen(at);
		snprintf(at + used, sizeof(at) - used, "_%u", index[i]);
	}
	if (t->bits)
		GF_LOG(GF_LOG_DEBUG, GF_LOG_MEDIA,
			("[%s] %s%s %lld (%u bits)\n", t->filter, name, at, (long long)value, nb_bits));
	else
		GF_LOG(GF_LOG_DEBUG, GF_LOG_MEDIA, ("[%s] %s%s %lld\n", t->filter, name, at, (long long)value));
}

const SynTrace *bs_trace_init(BsTrace *t, const char *filter, BsDebug mode)
{
	*t = (BsTrace){{trace_element, t}, filter, mode == BSDBG_FULL};
	return mode == BSDBG_OFF ? NULL : &t->trace;
}
