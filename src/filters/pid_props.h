// SPDX-License-Identifier: MIT
// Reading the properties of a PID.
#ifndef FILTERS_PID_PROPS_H
#define FILTERS_PID_PROPS_H

#include <gpac/filters.h>

// An unsigned integer, a boolean or a code; 0 when the PID has none.
static inline u32 pid_uint(GF_FilterPid *pid, u32 code)
{
	const GF_PropertyValue *p = gf_filter_pid_get_property(pid, code);
	return p ? p->value.uint : 0;
}

#endif
