// SPDX-License-Identifier: MIT
#include <string.h>

#include "base/array.h"
#include "base/list.h"

GF_List *gf_list_new(void)
{
	return gf_calloc(1, sizeof(GF_List));
}

void gf_list_del(GF_List *ptr)
{
	if (!ptr)
		return;
	gf_free(ptr->items);
	gf_free(ptr);
}

u32 gf_list_count(const GF_List *ptr)
{
	return ptr ? ptr->count : 0;
}

void *gf_list_get(GF_List *ptr, u32 position)
{
	return ptr && position < ptr->count ? ptr->items[ptr->first + position] : NULL;
}

// Room for `n` more items at the end.
static GF_Err reserve(GF_List *list, u32 n)
{
	if (n <= list->alloc - list->first - list->count)
		return GF_OK;
	// worth sliding only when half of the array is free: each item is then moved once per push on average
	if (list->first >= list->alloc / 2 && n <= list->first) {
		memmove(list->items, list->items + list->first, list->count * sizeof(void *));
		list->first = 0;
		return GF_OK;
	}
	return array_reserve(&list->items, &list->alloc, list->first + list->count, n, sizeof(*list->items));
}

GF_Err gf_list_add(GF_List *ptr, void *item)
{
	if (!ptr)
		return GF_BAD_PARAM;
	GF_Err e = reserve(ptr, 1);
	if (e)
		return e;
	ptr->items[ptr->first + ptr->count++] = item;
	return GF_OK;
}

GF_Err gf_list_insert(GF_List *ptr, void *item, u32 position)
{
	if (!ptr || !item)
		return GF_BAD_PARAM;
	GF_Err e = reserve(ptr, 1);
	if (e)
		return e;
	if (position > ptr->count)
		position = ptr->count;
	void **at = ptr->items + ptr->first + position;
	memmove(at + 1, at, (ptr->count - position) * sizeof(void *));
	*at = item;
	ptr->count++;
	return GF_OK;
}

GF_Err gf_list_rem(GF_List *ptr, u32 position)
{
	if (!ptr || position >= ptr->count)
		return GF_BAD_PARAM;
	ptr->count--;
	if (!position) {
		ptr->first = ptr->count ? ptr->first + 1 : 0;
		return GF_OK;
	}
	void **at = ptr->items + ptr->first + position;
	memmove(at, at + 1, (ptr->count - position) * sizeof(void *));
	return GF_OK;
}

GF_Err gf_list_rem_last(GF_List *ptr)
{
	return gf_list_count(ptr) ? gf_list_rem(ptr, ptr->count - 1) : GF_BAD_PARAM;
}

s32 gf_list_find(GF_List *ptr, void *item)
{
	u32 count = gf_list_count(ptr);
	for (u32 i = 0; i < count; i++)
		if (ptr->items[ptr->first + i] == item)
			return (s32)i;
	return -1;
}

s32 gf_list_del_item(GF_List *ptr, void *item)
{
	s32 position = gf_list_find(ptr, item);
	if (position >= 0)
		gf_list_rem(ptr, (u32)position);
	return position;
}

void gf_list_reset(GF_List *ptr)
{
	if (!ptr)
		return;
	ptr->first = 0;
	ptr->count = 0;
}

void *gf_list_last(GF_List *ptr)
{
	u32 count = gf_list_count(ptr);
	return count ? gf_list_get(ptr, count - 1) : NULL;
}

void *gf_list_enum(GF_List *ptr, u32 *pos)
{
	if (!ptr || !pos)
		return NULL;
	void *item = gf_list_get(ptr, *pos);
	(*pos)++;
	return item;
}

void *gf_list_pop_front(GF_List *ptr)
{
	void *item = gf_list_get(ptr, 0);
	gf_list_rem(ptr, 0);
	return item;
}

void *gf_list_pop_back(GF_List *ptr)
{
	void *item = gf_list_last(ptr);
	gf_list_rem_last(ptr);
	return item;
}

GF_List *gf_list_clone(GF_List *ptr)
{
	if (!ptr)
		return NULL;
	GF_List *copy = gf_list_new();
	if (!copy || reserve(copy, ptr->count)) {
		gf_list_del(copy);
		return NULL;
	}
	if (ptr->count)
		memcpy(copy->items, ptr->items + ptr->first, ptr->count * sizeof(void *));
	copy->count = ptr->count;
	return copy;
}

GF_Err gf_list_swap(GF_List *l1, GF_List *l2)
{
	if (!l1 || !l2)
		return GF_BAD_PARAM;
	GF_List tmp = *l1;
	*l1 = *l2;
	*l2 = tmp;
	return GF_OK;
}

GF_Err gf_list_transfer(GF_List *dst, GF_List *src)
{
	if (!dst || !src || dst == src)
		return GF_BAD_PARAM;
	GF_Err e = reserve(dst, src->count);
	if (e)
		return e;
	if (src->count)
		memcpy(dst->items + dst->first + dst->count, src->items + src->first, src->count * sizeof(void *));
	dst->count += src->count;
	gf_list_reset(src);
	return GF_OK;
}
