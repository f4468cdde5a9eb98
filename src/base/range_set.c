// SPDX-License-Identifier: MIT
#include <string.h>

#include <base/array.h>
#include <base/range_set.h>

GF_Err range_set_add(RangeSet *set, u64 first, u64 end)
{
	if (first >= end)
		return GF_OK;
	u32 at = 0, after;
	while (at < set->nb && set->list[at].end < first)
		at++;
	// those from `at` to `after` overlap or touch, and become one
	for (after = at; after < set->nb && set->list[after].first <= end; after++) {
		if (set->list[after].first < first)
			first = set->list[after].first;
		if (set->list[after].end > end)
			end = set->list[after].end;
	}
	if (after == at) {
		if (array_reserve(&set->list, &set->alloc, set->nb, 1, sizeof(*set->list)))
			return GF_OUT_OF_MEM;
		after++;
		memmove(set->list + after, set->list + at, (set->nb - at) * sizeof(*set->list));
		set->nb++;
	} else if (after > at + 1) {
		memmove(set->list + at + 1, set->list + after, (set->nb - after) * sizeof(*set->list));
		set->nb -= after - at - 1;
	}
	set->list[at] = (SetRange){first, end};
	return GF_OK;
}

u64 range_set_end(const RangeSet *set, u64 pos)
{
	for (u32 i = 0; i < set->nb && set->list[i].first <= pos; i++) {
		if (pos < set->list[i].end)
			return set->list[i].end;
	}
	return pos;
}

u64 range_set_next(const RangeSet *set, u64 pos)
{
	for (u32 i = 0; i < set->nb; i++) {
		if (pos < set->list[i].end)
			return set->list[i].first > pos ? set->list[i].first : pos;
	}
	return 0xFFFFFFFFFFFFFFFFULL;
}

void range_set_reset(RangeSet *set)
{
	gf_free(set->list);
	*set = (RangeSet){0};
}
