// SPDX-License-Identifier: MIT
#include "base/array.h"
#include "formats/nal_sets.h"

void nal_sets_reset(NalSets *sets)
{
	gf_free(sets->nals);
	sets->nals = NULL;
	sets->nb_nals = sets->alloc_nals = 0;
}

GF_Err nal_sets_read_array(NalSets *sets, BitReader *r, u32 count, u8 type, Bool complete)
{
	// each unit takes its two length bytes at least
	if (r->overrun || count > br_left(r) / 2)
		return GF_NON_COMPLIANT_BITSTREAM;
	if (!count)
		return GF_OK;
	if (array_reserve(&sets->nals, &sets->alloc_nals, sets->nb_nals, count, sizeof(*sets->nals)))
		return GF_OUT_OF_MEM;
	for (u32 i = 0; i < count; i++) {
		u32 size = br_u16(r);
		const u8 *nal = br_bytes(r, size);
		if (!nal)
			return GF_NON_COMPLIANT_BITSTREAM;
		sets->nals[sets->nb_nals++] = (ConfigNal){.type = type, .complete = complete, .data = nal, .size = size};
	}
	return GF_OK;
}

GF_Err nal_sets_check(const NalSets *sets)
{
	for (u32 i = 0; i < sets->nb_nals; i++) {
		if (sets->nals[i].size > 0xFFFF)
			return GF_NOT_SUPPORTED;
	}
	return GF_OK;
}

void nal_sets_write_unit(ByteWriter *w, const ConfigNal *nal)
{
	bw_u16(w, nal->size);
	bw_bytes(w, nal->data, nal->size);
}

// Units in the array that starts with unit `first`.
static u32 array_length(const NalSets *sets, u32 first, Bool (*is_single)(u8 type))
{
	u8 type = sets->nals[first].type;
	if (is_single && is_single(type))
		return 1;
	u32 i = first;
	while (i < sets->nb_nals && sets->nals[i].type == type)
		i++;
	return i - first;
}

void nal_sets_write_arrays(const NalSets *sets, ByteWriter *w, Bool (*is_single)(u8 type))
{
	u32 nb_arrays = 0;
	for (u32 i = 0; i < sets->nb_nals; i += array_length(sets, i, is_single))
		nb_arrays++;
	bw_u8(w, nb_arrays);
	for (u32 i = 0; i < sets->nb_nals;) {
		u32 count = array_length(sets, i, is_single);
		u8 type = sets->nals[i].type;
		bw_u8(w, (u32)sets->nals[i].complete << 7 | type);
		if (!is_single || !is_single(type))
			bw_u16(w, count);
		for (; count; count--, i++)
			nal_sets_write_unit(w, &sets->nals[i]);
	}
}
