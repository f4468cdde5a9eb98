// SPDX-License-Identifier: MIT
#include <string.h>
#include "formats/wav.h"

#define WAVE_FORMAT_PCM 1
#define WAVE_FORMAT_IEEE_FLOAT 3
#define WAVE_FORMAT_EXTENSIBLE 0xFFFE

static void put_le(u8 *p, u32 v, u32 nb_bytes)
{
	for (u32 i = 0; i < nb_bytes; i++)
		p[i] = (u8)(v >> (8 * i));
}

static u32 clamp32(u64 v)
{
	return v > 0xFFFFFFFFu ? 0xFFFFFFFFu : (u32)v;
}

void wav_write_header(const WavFormat *format, u64 data_size, u8 out[WAV_HEADER_SIZE])
{
	u32 block = (u32)format->nb_channels * format->bits_per_sample / 8;
	// A chunk is followed by a padding byte when its size is odd.
	u64 riff_size = data_size + (data_size & 1) + WAV_HEADER_SIZE - 8;
	memcpy(out, "RIFF", 4);
	put_le(out + 4, clamp32(riff_size), 4);
	memcpy(out + 8, "WAVEfmt ", 8);
	put_le(out + 16, 16, 4);
	put_le(out + 20, format->is_float ? WAVE_FORMAT_IEEE_FLOAT : WAVE_FORMAT_PCM, 2);
	put_le(out + 22, format->nb_channels, 2);
	put_le(out + 24, format->rate, 4);
	put_le(out + 28, format->rate * block, 4);
	put_le(out + 32, block, 2);
	put_le(out + 34, format->bits_per_sample, 2);
	memcpy(out + 36, "data", 4);
	put_le(out + 40, clamp32(data_size), 4);
}

static u32 le16(const u8 *p)
{
	return p[0] | (u32)p[1] << 8;
}

static u32 le32(const u8 *p)
{
	return le16(p) | le16(p + 2) << 16;
}

// dwChannelMask of WAVEFORMATEXTENSIBLE as a layout of ISO/IEC 23091-3.
static u64 layout_of_mask(u32 mask)
{
	static const u8 bits[18] = {0, 1, 2, 3, 4, 5, 6, 7, 10, 8, 9, 25, 17, 19, 18, 20, 22, 21};
	u64 layout = 0;
	for (u32 i = 0; i < sizeof(bits); i++) {
		if (mask >> i & 1)
			layout |= (u64)1 << bits[i];
	}
	return layout;
}

static Bool is_known_depth(const WavFormat *f)
{
	u32 bits = f->bits_per_sample;
	return f->is_float ? bits == 32 || bits == 64 : bits == 8 || bits == 16 || bits == 24 || bits == 32;
}

// WAVEFORMATEX, and WAVEFORMATEXTENSIBLE whose sub-format starts with the tag.
static GF_Err read_format(const u8 *chunk, u32 size, WavFormat *f, u32 *tag)
{
	if (size < 16)
		return GF_NON_COMPLIANT_BITSTREAM;
	*tag = le16(chunk);
	*f = (WavFormat){
		.rate = le32(chunk + 4), .nb_channels = (u16)le16(chunk + 2), .bits_per_sample = (u16)le16(chunk + 14)};
	f->layout = f->nb_channels == 1 ? 4 : f->nb_channels == 2 ? 3 : 0;
	if (*tag == WAVE_FORMAT_EXTENSIBLE) {
		if (size < 40)
			return GF_NON_COMPLIANT_BITSTREAM;
		u32 mask = le32(chunk + 20);
		*tag = le16(chunk + 24);
		// a mask of other channels than there are says nothing
		if ((u32)__builtin_popcount(mask) == f->nb_channels)
			f->layout = layout_of_mask(mask);
	}
	f->is_float = *tag == WAVE_FORMAT_IEEE_FLOAT;
	if (*tag != WAVE_FORMAT_PCM && !f->is_float)
		return GF_NOT_SUPPORTED;
	if (!f->rate || !f->nb_channels)
		return GF_NON_COMPLIANT_BITSTREAM;
	return is_known_depth(f) ? GF_OK : GF_NOT_SUPPORTED;
}

GF_Err wav_read_header(const u8 *data, u32 size, WavFile *file, u32 *tag)
{
	WavFile f = {0};
	if (size < 12)
		return GF_BUFFER_TOO_SMALL;
	if (memcmp(data, "RIFF", 4) || memcmp(data + 8, "WAVE", 4))
		return GF_NON_COMPLIANT_BITSTREAM;
	for (u64 at = 12; at + 8 <= size;) {
		const u8 *chunk = data + at;
		u32 chunk_size = le32(chunk + 4);
		if (!memcmp(chunk, "data", 4)) {
			if (!f.format.rate)
				return GF_NON_COMPLIANT_BITSTREAM; // the format comes first
			f.data_offset = (u32)at + 8;
			f.data_size = chunk_size == 0xFFFFFFFFu ? 0 : chunk_size;
			*file = f;
			return GF_OK;
		}
		if (!memcmp(chunk, "fmt ", 4)) {
			if (at + 8 + (chunk_size < 40 ? chunk_size : 40) > size)
				return GF_BUFFER_TOO_SMALL;
			GF_Err e = read_format(chunk + 8, chunk_size, &f.format, tag);
			if (e)
				return e;
		}
		at += 8 + (u64)chunk_size + (chunk_size & 1);
	}
	return GF_BUFFER_TOO_SMALL;
}
