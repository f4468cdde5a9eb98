// SPDX-License-Identifier: MIT
#include <string.h>
#include "formats/wav.h"

#define WAVE_FORMAT_PCM 1
#define WAVE_FORMAT_IEEE_FLOAT 3

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
