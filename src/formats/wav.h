// SPDX-License-Identifier: MIT
// Header of a RIFF/WAVE file (Microsoft and IBM, Multimedia Programming Interface 1.0).
#ifndef FORMATS_WAV_H
#define FORMATS_WAV_H

#include <gpac/error.h>

#define WAV_HEADER_SIZE 44 // of those written

typedef struct {
	u32 rate;
	u16 nb_channels;
	u16 bits_per_sample;
	Bool is_float;
	u64 layout; // GF_AUDIO_CH_ bits, 0 when not told; not written
} WavFormat;

// Writes the header of a file with `data_size` bytes of samples; sizes beyond 32 bits are written as
// 0xFFFFFFFF, which readers take as "until the end".
void wav_write_header(const WavFormat *format, u64 data_size, u8 out[WAV_HEADER_SIZE]);

typedef struct {
	WavFormat format;
	u32 data_offset; // of the samples in the file
	u64 data_size;   // 0 when only the end of the file tells
} WavFile;

// Reads the chunks in front of the samples. GF_BUFFER_TOO_SMALL when more of the file is needed,
// GF_NON_COMPLIANT_BITSTREAM, GF_NOT_SUPPORTED for compressed audio (`*tag` is its WAVE format tag).
GF_Err wav_read_header(const u8 *data, u32 size, WavFile *file, u32 *tag);

#endif
