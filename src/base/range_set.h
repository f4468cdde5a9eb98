// SPDX-License-Identifier: MIT
// Which bytes of something are there: ranges, in order, that neither overlap nor touch.
#ifndef BASE_RANGE_SET_H
#define BASE_RANGE_SET_H

#include <gpac/error.h>

typedef struct {
	u64 first, end; // `end` excluded
} SetRange;

typedef struct {
	SetRange *list;
	u32 nb, alloc;
} RangeSet;

GF_Err range_set_add(RangeSet *set, u64 first, u64 end);
// End of the bytes that are there from `pos` on without a gap: `pos` itself when it is not there.
u64 range_set_end(const RangeSet *set, u64 pos);
// First byte that is there at or after `pos`; the maximum when there is none.
u64 range_set_next(const RangeSet *set, u64 pos);
void range_set_reset(RangeSet *set);

#endif
