// SPDX-License-Identifier: MIT
// The layout of a list, for the loops that cannot afford a call per item.
#ifndef BASE_LIST_H
#define BASE_LIST_H

#include <gpac/list.h>

// The items are items[first .. first + count - 1]: taking from the front moves `first`, not the items.
struct gf_list {
	void **items;
	u32 first;
	u32 count;
	u32 alloc;
};

static inline u32 list_count(const GF_List *list)
{
	return list->count;
}

// The position must be in range.
static inline void *list_at(const GF_List *list, u32 position)
{
	return list->items[list->first + position];
}

#endif
