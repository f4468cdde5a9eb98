// SPDX-License-Identifier: MIT
// Header of a RIFF/WAVE file (Microsoft and IBM, Multimedia Programming Interface 1.0).
#ifndef FORMATS_WAV_H
#define FORMATS_WAV_H

#include <gpac/setup.h>

#define WAV_HEADER_SIZE 44

typedef struct {
	u32 rate;
	u16 nb_channels;
	u16 bits_per_sample;
	Bool is_float;
} WavFormat;

// Writes the header of a file with `data_size` bytes of samples; sizes beyond 32 bits are written as
// 0xFFFFFFFF, which readers take as "until the end".
void wav_write_header(const WavFormat *format, u64 data_size, u8 out[WAV_HEADER_SIZE]);

#endif
