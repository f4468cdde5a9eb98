// SPDX-License-Identifier: MIT
// Arrays that grow: a pointer to the items, how many there are, how many there is room for.
//
//	if (array_reserve(&list->items, &list->alloc, list->nb, 1, sizeof(*list->items)))
//		return GF_OUT_OF_MEM;
//	list->items[list->nb++] = item;
//
// An empty array is NULL with no room; gf_free() ends it.
#ifndef BASE_ARRAY_H
#define BASE_ARRAY_H

#include <gpac/error.h>

// Makes room for `more` items behind the first `nb`. `array` is the address of the pointer to the items, which may
// move; the new ones are not initialised. The room grows by half, so that adding one item after the other costs
// constant time for each.
// GF_OUT_OF_MEM, and nothing changed, without memory or when there would be 2^32 items.
GF_Err array_reserve(void *array, u32 *alloc, u32 nb, u32 more, size_t item_size);

#endif
