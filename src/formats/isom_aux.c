// SPDX-License-Identifier: MIT
#include <string.h>
#include "formats/isom_aux.h"

// More than any file has; limits what a hostile one costs.
#define MAX_KINDS 16

// A `saiz` or `saio` box and its kind, 0 for common encryption.
typedef struct {
	IsomBox box;
	u32 type, param;
} AuxBox;

// 23001-7 7.1; a box without a type is of the protection scheme, too (8.7.8.3).
static Bool is_encryption(u32 type)
{
	return type == GF_4CC('c', 'e', 'n', 'c') || type == GF_4CC('c', 'b', 'c', 's') ||
		   type == GF_4CC('c', 'e', 'n', 's') || type == GF_4CC('c', 'b', 'c', '1');
}

static void add_box(AuxBox *list, u32 *nb, const IsomBox *box)
{
	if (*nb == MAX_KINDS)
		return;
	AuxBox *b = &list[(*nb)++];
	*b = (AuxBox){.box = *box};
	BitReader r = box->r;
	if (!(br_u32(&r) & 1))
		return;
	u32 type = br_u32(&r);
	if (is_encryption(type))
		return;
	b->type = type;
	b->param = br_u32(&r);
}

static IsomSai *kind_of(IsomAuxList *list, u32 type, u32 param)
{
	for (u32 i = 0; i < list->nb; i++) {
		if (list->kinds[i].type == type && list->kinds[i].param == param)
			return &list->kinds[i].sai;
	}
	if (!list->kinds)
		list->kinds = gf_calloc(MAX_KINDS, sizeof(IsomAux));
	if (!list->kinds || list->nb == MAX_KINDS)
		return NULL;
	IsomAux *aux = &list->kinds[list->nb++];
	*aux = (IsomAux){.type = type, .param = param};
	return &aux->sai;
}

GF_Err isom_aux_parse(IsomAuxList *list, IsomSai *cenc, const IsomBox *container, const IsomAuxRange *range)
{
	AuxBox sizes[MAX_KINDS], offsets[MAX_KINDS];
	u32 nb_sizes = 0, nb_offsets = 0;
	IsomBox again = *container, b;
	again.quiet = GF_TRUE;
	while (isom_next(&again, &b)) {
		if (b.type == GF_4CC('s', 'a', 'i', 'z'))
			add_box(sizes, &nb_sizes, &b);
		else if (b.type == GF_4CC('s', 'a', 'i', 'o'))
			add_box(offsets, &nb_offsets, &b);
	}
	GF_Err e = GF_OK;
	for (u32 i = 0; !e && i < nb_sizes; i++) {
		const AuxBox *saiz = &sizes[i];
		u32 k = 0;
		while (k < nb_offsets && (offsets[k].type != saiz->type || offsets[k].param != saiz->param))
			k++;
		IsomSai *sai = k == nb_offsets ? NULL : !saiz->type ? cenc : kind_of(list, saiz->type, saiz->param);
		if (k < nb_offsets && saiz->type && !list->kinds)
			e = GF_OUT_OF_MEM;
		else if (sai)
			e = isom_saiz_parse(sai, &sizes[i].box, &offsets[k].box, range->base, range->first, range->count, range->in);
	}
	return e;
}

void isom_aux_drop(IsomAuxList *list, u32 dropped)
{
	for (u32 i = 0; i < list->nb; i++)
		isom_sai_drop(&list->kinds[i].sai, dropped);
}

void isom_aux_reset(IsomAuxList *list)
{
	for (u32 i = 0; i < list->nb; i++)
		isom_sai_reset(&list->kinds[i].sai);
	gf_free(list->kinds);
	*list = (IsomAuxList){0};
}
