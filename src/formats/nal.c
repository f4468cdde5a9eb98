// SPDX-License-Identifier: MIT
#include "formats/nal.h"

// First `00 00 last` at or after `from`. Compressed data has a given byte once in 256 on average, so memchr
// (vectorised by the C library) does nearly all of the work.
static size_t find_zero_zero(const u8 *data, size_t size, size_t from, u8 last)
{
	size_t pos = from + 2;
	while (pos < size) {
		const u8 *p = memchr(data + pos, last, size - pos);
		if (!p)
			break;
		if (!p[-1] && !p[-2])
			return (size_t)(p - data) - 2;
		pos = (size_t)(p - data) + 1;
	}
	return size;
}

size_t nal_find_start_code(const u8 *data, size_t size, size_t from)
{
	return find_zero_zero(data, size, from, 1);
}

size_t nal_trim_zeros(const u8 *data, size_t size)
{
	while (size && !data[size - 1])
		size--;
	return size;
}

static GF_Err next_annexb(NalIter *it, const u8 **nal, u32 *nal_size)
{
	size_t start = nal_find_start_code(it->data, it->size, it->pos);
	while (start < it->size) {
		start += 3;
		size_t end = nal_find_start_code(it->data, it->size, start);
		it->pos = end;
		size_t size = nal_trim_zeros(it->data + start, end - start);
		if (size > 0xFFFFFFFFu)
			return GF_NON_COMPLIANT_BITSTREAM;
		if (size) {
			*nal = it->data + start;
			*nal_size = (u32)size;
			return GF_OK;
		}
		start = end;
	}
	return GF_EOS;
}

static GF_Err next_prefixed(NalIter *it, const u8 **nal, u32 *nal_size)
{
	while (it->pos < it->size) {
		if (it->size - it->pos < it->length_size)
			return GF_NON_COMPLIANT_BITSTREAM;
		u32 size = 0;
		for (u32 i = 0; i < it->length_size; i++)
			size = size << 8 | it->data[it->pos + i];
		if (size > it->size - it->pos - it->length_size)
			return GF_NON_COMPLIANT_BITSTREAM;
		const u8 *start = it->data + it->pos + it->length_size;
		it->pos += it->length_size + size;
		if (size) {
			*nal = start;
			*nal_size = size;
			return GF_OK;
		}
	}
	return GF_EOS;
}

GF_Err nal_iter_next(NalIter *it, const u8 **nal, u32 *nal_size)
{
	return it->length_size ? next_prefixed(it, nal, nal_size) : next_annexb(it, nal, nal_size);
}

u32 nal_unescape(const u8 *src, u32 size, u8 *dst, u32 max)
{
	u32 from = 0, written = 0;
	while (from < size && written < max) {
		// the two zeros are payload, the 03 after them is not
		size_t at = find_zero_zero(src, size, from, 3);
		u32 chunk = (at < size ? (u32)at + 2 : size) - from;
		if (chunk > max - written)
			chunk = max - written;
		memcpy(dst + written, src + from, chunk);
		written += chunk;
		from = at < size ? (u32)at + 3 : size;
	}
	return written;
}

u32 nal_escape(const u8 *src, u32 size, u8 *dst)
{
	u32 zeros = 0, written = 0;
	for (u32 i = 0; i < size; i++) {
		if (zeros == 2 && src[i] <= 3) {
			dst[written++] = 3;
			zeros = 0;
		}
		dst[written++] = src[i];
		zeros = src[i] ? 0 : zeros + 1;
	}
	return written;
}

GF_Err rbsp_open(Rbsp *rbsp, const u8 *nal, u32 size)
{
	rbsp->heap = NULL;
	if (size > RBSP_LOCAL_SIZE) {
		rbsp->heap = gf_malloc(size);
		if (!rbsp->heap)
			return GF_OUT_OF_MEM;
	}
	u8 *dst = rbsp->heap ? rbsp->heap : rbsp->local;
	rbsp->data = dst;
	rbsp->size = (u32)nal_trim_zeros(dst, nal_unescape(nal, size, dst, size));
	return GF_OK;
}

void rbsp_open_head(Rbsp *rbsp, const u8 *nal, u32 size)
{
	rbsp->heap = NULL;
	rbsp->data = rbsp->local;
	rbsp->size = nal_unescape(nal, size, rbsp->local, RBSP_LOCAL_SIZE);
}

void rbsp_close(Rbsp *rbsp)
{
	gf_free(rbsp->heap);
	rbsp->heap = NULL;
}

void nal_sar(u8 idc, u32 *num, u32 *den)
{
	// ISO/IEC 23091-2 SampleAspectRatio (H.264 table E-1)
	static const u8 ratios[17][2] = {
		{0, 0},
		{1, 1},
		{12, 11},
		{10, 11},
		{16, 11},
		{40, 33},
		{24, 11},
		{20, 11},
		{32, 11},
		{80, 33},
		{18, 11},
		{15, 11},
		{64, 33},
		{160, 99},
		{4, 3},
		{3, 2},
		{2, 1},
	};
	Bool known = idc < sizeof(ratios) / sizeof(ratios[0]);
	*num = known ? ratios[idc][0] : 0;
	*den = known ? ratios[idc][1] : 0;
}
