// SPDX-License-Identifier: MIT
// Boxes of common encryption (ISO/IEC 23001-7) besides those of the sample entry, and sample auxiliary information.
#include "base/array.h"
#include "formats/isom_write.h"

GF_Err isow_sai_add(IsowSai *sai, const u8 *record, u32 size)
{
	if (size > 0xFF)
		return GF_BAD_PARAM;
	bw_u8(&sai->sizes, size);
	bw_bytes(&sai->records, record, size);
	sai->nb++;
	return sai->sizes.failed || sai->records.failed ? GF_OUT_OF_MEM : GF_OK;
}

void isow_sai_clear(IsowSai *sai)
{
	sai->records.size = sai->sizes.size = 0;
	sai->nb = 0;
	sai->subsamples = GF_FALSE;
}

void isow_sai_reset(IsowSai *sai)
{
	bw_reset(&sai->records);
	bw_reset(&sai->sizes);
	*sai = (IsowSai){0};
}

static size_t open_index(ByteWriter *w, const char name[4], u32 version, u32 type, u32 param)
{
	size_t box = isow_full_box(w, name, version, type ? 1 : 0);
	if (type) {
		bw_u32(w, type);
		bw_u32(w, param);
	}
	return box;
}

size_t isow_write_sai_index(ByteWriter *w, const IsowSai *sai, u32 type, u32 param, Bool wide)
{
	Bool same = GF_TRUE;
	for (u32 i = 1; i < sai->nb; i++)
		same &= sai->sizes.data[i] == sai->sizes.data[0];
	size_t box = open_index(w, "saiz", 0, type, param);
	bw_u8(w, same ? sai->sizes.data[0] : 0);
	bw_u32(w, sai->nb);
	if (!same)
		bw_bytes(w, sai->sizes.data, sai->nb);
	isow_end(w, box);

	box = open_index(w, "saio", wide ? 1 : 0, type, param);
	bw_u32(w, 1);
	size_t at = w->size;
	bw_zeros(w, wide ? 8 : 4);
	isow_end(w, box);
	return at;
}

void isow_patch_sai(ByteWriter *w, size_t at, u64 offset, Bool wide)
{
	if (wide)
		bw_patch_u64(w, at, offset);
	else
		bw_patch_u32(w, at, (u32)offset);
}

size_t isow_write_senc(ByteWriter *w, const IsowSai *sai)
{
	static const u8 piff[16] = {
		0xA2, 0x39, 0x4F, 0x52, 0x5A, 0x9B, 0x4F, 0x14, 0xA2, 0x44, 0x6C, 0x42, 0x7C, 0x64, 0x8D, 0xF4};
	size_t box;
	if (sai->piff) {
		box = isow_box(w, "uuid");
		bw_bytes(w, piff, 16);
		bw_u32(w, sai->subsamples ? 2 : 0);
	} else {
		box = isow_full_box(w, "senc", 0, sai->subsamples ? 2 : 0);
	}
	bw_u32(w, sai->nb);
	size_t records = w->size;
	bw_bytes(w, sai->records.data, sai->records.size);
	isow_end(w, box);
	return records;
}

GF_Err isow_aux_sample(IsowAuxList *l, u32 sample, u32 type, u32 param, const u8 *record, u32 size)
{
	IsowAux *aux = NULL;
	for (u32 i = 0; i < l->nb && !aux; i++) {
		if (l->kinds[i].type == type && l->kinds[i].param == param)
			aux = &l->kinds[i];
	}
	if (!aux) {
		if (array_reserve(&l->kinds, &l->alloc, l->nb, 1, sizeof(*l->kinds)))
			return GF_OUT_OF_MEM;
		aux = &l->kinds[l->nb++];
		*aux = (IsowAux){.type = type, .param = param};
	}
	if (size > 0xFF || sample <= aux->sai.nb)
		return GF_BAD_PARAM;
	GF_Err e = GF_OK;
	while (!e && aux->sai.nb + 1 < sample)
		e = isow_sai_add(&aux->sai, NULL, 0);
	return e ? e : isow_sai_add(&aux->sai, record, size);
}

void isow_write_aux_records(ByteWriter *w, const IsowAuxList *l)
{
	for (u32 i = 0; i < l->nb; i++)
		bw_bytes(w, l->kinds[i].sai.records.data, l->kinds[i].sai.records.size);
}

u64 isow_aux_size(const IsowAuxList *l)
{
	u64 size = 0;
	for (u32 i = 0; i < l->nb; i++)
		size += l->kinds[i].sai.records.size;
	return size;
}

void isow_aux_clear(IsowAuxList *l)
{
	for (u32 i = 0; i < l->nb; i++)
		isow_sai_clear(&l->kinds[i].sai);
}

void isow_aux_reset(IsowAuxList *l)
{
	for (u32 i = 0; i < l->nb; i++)
		isow_sai_reset(&l->kinds[i].sai);
	gf_free(l->kinds);
	*l = (IsowAuxList){0};
}

GF_Err isow_write_pssh(ByteWriter *w, const u8 *data, u32 size)
{
	BitReader r;
	br_init(&r, data, size);
	u32 nb = br_u32(&r);
	for (u32 i = 0; i < nb && !r.overrun; i++) {
		const u8 *system = br_bytes(&r, 16);
		u32 version = br_u32(&r);
		u32 nb_keys = version ? br_u32(&r) : 0;
		const u8 *keys = nb_keys <= br_left(&r) / 16 ? br_bytes(&r, (size_t)nb_keys * 16) : NULL;
		u32 private_size = br_u32(&r);
		const u8 *private_data = br_bytes(&r, private_size);
		if (!system || (nb_keys && !keys) || r.overrun)
			return GF_NON_COMPLIANT_BITSTREAM;
		size_t box = isow_full_box(w, "pssh", version ? 1 : 0, 0);
		bw_bytes(w, system, 16);
		if (version) {
			bw_u32(w, nb_keys);
			bw_bytes(w, keys, (size_t)nb_keys * 16);
		}
		bw_u32(w, private_size);
		bw_bytes(w, private_data, private_size);
		isow_end(w, box);
	}
	return r.overrun ? GF_NON_COMPLIANT_BITSTREAM : GF_OK;
}
