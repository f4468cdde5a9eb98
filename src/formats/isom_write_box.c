// SPDX-License-Identifier: MIT
#include "formats/isom_write.h"

size_t isow_box(ByteWriter *w, const char type[4])
{
	size_t at = w->size;
	bw_u32(w, 0);
	bw_bytes(w, type, 4);
	return at;
}

size_t isow_full_box(ByteWriter *w, const char type[4], u32 version, u32 flags)
{
	size_t at = isow_box(w, type);
	bw_u32(w, version << 24 | (flags & 0xFFFFFF));
	return at;
}

void isow_end(ByteWriter *w, size_t box)
{
	// 14496-12 4.2.2: 4 GB or more would need `largesize`, which only media data boxes get
	if (w->size - box > 0xFFFFFFFFu)
		w->failed = GF_TRUE;
	bw_patch_u32(w, box, (u32)(w->size - box));
}

void isow_string(ByteWriter *w, const char *text)
{
	bw_bytes(w, text ? text : "", text ? strlen(text) + 1 : 1);
}

void isow_ftyp(ByteWriter *w, const char type[4], u32 major, u32 minor, const u32 *brands, u32 nb_brands)
{
	size_t box = isow_box(w, type);
	bw_u32(w, major);
	bw_u32(w, minor);
	for (u32 i = 0; i < nb_brands; i++)
		bw_u32(w, brands[i]);
	isow_end(w, box);
}

u32 isow_mdat_header_size(u64 size)
{
	return size + 8 > 0xFFFFFFFFu ? 16 : 8;
}

void isow_mdat_header(ByteWriter *w, u64 size)
{
	Bool large = isow_mdat_header_size(size) == 16;
	bw_u32(w, large ? 1 : (u32)(size + 8));
	bw_bytes(w, "mdat", 4);
	if (large)
		bw_u64(w, size + 16);
}

size_t isow_descr(ByteWriter *w, u8 tag)
{
	size_t at = w->size;
	bw_u8(w, tag);
	bw_u32(w, 0);
	return at;
}

void isow_descr_end(ByteWriter *w, size_t descr)
{
	u32 size = (u32)(w->size - descr - 5);
	// 14496-1 8.3.3: 7 bits in each byte, the high bit tells that another one follows
	if (size >= 1u << 28)
		w->failed = GF_TRUE;
	u32 coded = 0x80808000u | (size >> 21 & 0x7F) << 24 | (size >> 14 & 0x7F) << 16 |
				(size >> 7 & 0x7F) << 8 | (size & 0x7F);
	bw_patch_u32(w, descr + 1, coded);
}
