// SPDX-License-Identifier: MIT
// Sample auxiliary information of all kinds (ISO/IEC 14496-12, 8.7.8 and 8.7.9).
#ifndef FORMATS_ISOM_AUX_H
#define FORMATS_ISOM_AUX_H

#include "formats/isom_cenc.h"

// Records of one kind other than common encryption, got with isom_sai_get and an IV size of 0.
typedef struct {
	u32 type, param;
	IsomSai sai;
} IsomAux;

typedef struct {
	IsomAux *kinds; // owned
	u32 nb;
} IsomAuxList;

// Where the information is about: `count` samples from `first` on, offsets from `base`.
typedef struct {
	u64 base;
	u32 first, count;
	const IsomInput *in; // NULL when it cannot be read
} IsomAuxRange;

// Reads the `saiz` and `saio` boxes of a container. Common encryption goes to `cenc`, unless NULL.
GF_Err isom_aux_parse(IsomAuxList *list, IsomSai *cenc, const IsomBox *container, const IsomAuxRange *range);
void isom_aux_drop(IsomAuxList *list, u32 dropped); // as isom_sai_drop
void isom_aux_reset(IsomAuxList *list);

#endif
