// SPDX-License-Identifier: MIT
#ifndef GPAC_LIST_H
#define GPAC_LIST_H

#include <gpac/error.h>

#ifdef __cplusplus
extern "C" {
#endif

// An ordered array of pointers, which it does not own. Positions count from 0. A list is used by one thread
// at a time. A NULL list is empty for the functions that read, GF_BAD_PARAM for those that return an error.
typedef struct gf_list GF_List;

// NULL when out of memory; released with gf_list_del, which does not touch the items (NULL allowed).
GF_EXPORT GF_List *gf_list_new(void);
GF_EXPORT void gf_list_del(GF_List *ptr);
GF_EXPORT u32 gf_list_count(const GF_List *ptr);
// NULL when out of range.
GF_EXPORT void *gf_list_get(GF_List *ptr, u32 position);
GF_EXPORT void *gf_list_last(GF_List *ptr);
// The item at *pos, which is then incremented; NULL at the end.
GF_EXPORT void *gf_list_enum(GF_List *ptr, u32 *pos);
// First position of an item, -1 when absent. Linear.
GF_EXPORT s32 gf_list_find(GF_List *ptr, void *item);
// Appends. GF_OUT_OF_MEM.
GF_EXPORT GF_Err gf_list_add(GF_List *ptr, void *item);
// Inserts before `position`, at the end when it is larger than the count. GF_BAD_PARAM for a NULL item.
GF_EXPORT GF_Err gf_list_insert(GF_List *ptr, void *item, u32 position);
// Removes by position; GF_BAD_PARAM out of range.
GF_EXPORT GF_Err gf_list_rem(GF_List *ptr, u32 position);
GF_EXPORT GF_Err gf_list_rem_last(GF_List *ptr);
// Removes the first occurrence of an item; its former position or -1.
GF_EXPORT s32 gf_list_del_item(GF_List *ptr, void *item);
// Removes and returns the first or last item, NULL when empty. Constant time.
GF_EXPORT void *gf_list_pop_front(GF_List *ptr);
GF_EXPORT void *gf_list_pop_back(GF_List *ptr);
// Empties the list and keeps its room.
GF_EXPORT void gf_list_reset(GF_List *ptr);
// A new list of the same items; NULL when out of memory.
GF_EXPORT GF_List *gf_list_clone(GF_List *ptr);
// Exchanges the items of two lists.
GF_EXPORT GF_Err gf_list_swap(GF_List *l1, GF_List *l2);
// Moves all items of `src` to the end of `dst`.
GF_EXPORT GF_Err gf_list_transfer(GF_List *dst, GF_List *src);

#ifdef __cplusplus
}
#endif

#endif
