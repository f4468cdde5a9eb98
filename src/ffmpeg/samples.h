// SPDX-License-Identifier: MIT
// Samples in packets: channels one after the other in each frame, or planes (media filters chapter 3.7), and the
// formats that FFmpeg does not have: big-endian ones and 24 bits.
#ifndef FFMPEG_SAMPLES_H
#define FFMPEG_SAMPLES_H

#include "ffmpeg/ffmpeg.h"

// More channels than this are refused.
#define FF_MAX_CHANNELS 64

// The format of FFmpeg that holds all values of a format; AV_SAMPLE_FMT_NONE for an unknown one.
enum AVSampleFormat ff_samples_native(GF_AudioFormat label);
// True when the bytes of the format are not those of its native one.
Bool ff_samples_differ(GF_AudioFormat label);
// Copies `nb` values, from the format to its native one and back.
void ff_samples_unpack(GF_AudioFormat label, const u8 *packed, u8 *native, size_t nb);
void ff_samples_pack(GF_AudioFormat label, const u8 *native, u8 *packed, size_t nb);

#endif
