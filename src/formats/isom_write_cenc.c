// SPDX-License-Identifier: MIT
// Boxes of common encryption (ISO/IEC 23001-7) besides those of the sample entry.
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

size_t isow_write_sai_index(ByteWriter *w, const IsowSai *sai, Bool wide)
{
	Bool same = GF_TRUE;
	for (u32 i = 1; i < sai->nb; i++)
		same &= sai->sizes.data[i] == sai->sizes.data[0];
	size_t box = isow_full_box(w, "saiz", 0, 0);
	bw_u8(w, same ? sai->sizes.data[0] : 0);
	bw_u32(w, sai->nb);
	if (!same)
		bw_bytes(w, sai->sizes.data, sai->nb);
	isow_end(w, box);

	box = isow_full_box(w, "saio", wide ? 1 : 0, 0);
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
