// SPDX-License-Identifier: MIT
#ifndef GPAC_LIST_H
#define GPAC_LIST_H

#include <gpac/error.h>

#ifdef __cplusplus
extern "C" {
#endif

typedef struct gf_list GF_List;

GF_EXPORT u32 gf_list_count(const GF_List *ptr);
GF_EXPORT void *gf_list_get(GF_List *ptr, u32 position);
GF_EXPORT GF_List *gf_list_new(void);
GF_EXPORT void gf_list_del(GF_List *ptr);
GF_EXPORT GF_Err gf_list_add(GF_List *ptr, void *item);
GF_EXPORT GF_Err gf_list_insert(GF_List *ptr, void *item, u32 position);
GF_EXPORT GF_Err gf_list_rem(GF_List *ptr, u32 position);
GF_EXPORT GF_Err gf_list_rem_last(GF_List *ptr);
GF_EXPORT s32 gf_list_find(GF_List *ptr, void *item);
GF_EXPORT s32 gf_list_del_item(GF_List *ptr, void *item);
GF_EXPORT void gf_list_reset(GF_List *ptr);
GF_EXPORT void *gf_list_last(GF_List *ptr);
GF_EXPORT void *gf_list_enum(GF_List *ptr, u32 *pos);
GF_EXPORT void *gf_list_pop_front(GF_List *ptr);
GF_EXPORT void *gf_list_pop_back(GF_List *ptr);
GF_EXPORT GF_List *gf_list_clone(GF_List *ptr);
GF_EXPORT GF_Err gf_list_swap(GF_List *l1, GF_List *l2);
GF_EXPORT GF_Err gf_list_transfer(GF_List *dst, GF_List *src);

#ifdef __cplusplus
}
#endif

#endif
