// SPDX-License-Identifier: MIT
#include "base/array.h"

#include <string.h>

#define MAX_ITEMS 0xFFFFFFFFu
#define FIRST_ITEMS 4 // room made at first, beyond what is asked for

GF_Err array_reserve(void *array, u32 *alloc, u32 nb, u32 more, size_t item_size)
{
	u64 needed = (u64)nb + more;
	if (needed <= *alloc)
		return GF_OK;
	if (needed > MAX_ITEMS)
		return GF_OUT_OF_MEM;
	u64 room = needed + needed / 2 + FIRST_ITEMS;
	if (room > MAX_ITEMS)
		room = MAX_ITEMS;
	size_t bytes;
	if (__builtin_mul_overflow(room, item_size, &bytes))
		return GF_OUT_OF_MEM;
	void *items;
	memcpy(&items, array, sizeof(items)); // a pointer of another type: not to be read through a void **
	items = gf_realloc(items, bytes);
	if (!items)
		return GF_OUT_OF_MEM;
	memcpy(array, &items, sizeof(items));
	*alloc = (u32)room;
	return GF_OK;
}
