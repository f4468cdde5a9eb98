// SPDX-License-Identifier: MIT
#include <string.h>
#include <libavutil/bswap.h>
#include <libavutil/intreadwrite.h>
#include "ffmpeg/samples.h"

enum AVSampleFormat ff_samples_native(GF_AudioFormat label)
{
	switch (label) {
	case GF_AUDIO_FMT_S16_BE:
		return AV_SAMPLE_FMT_S16;
	case GF_AUDIO_FMT_S24:
	case GF_AUDIO_FMT_S24_BE:
	case GF_AUDIO_FMT_S32_BE:
		return AV_SAMPLE_FMT_S32;
	case GF_AUDIO_FMT_S24P:
		return AV_SAMPLE_FMT_S32P;
	case GF_AUDIO_FMT_FLT_BE:
		return AV_SAMPLE_FMT_FLT;
	case GF_AUDIO_FMT_DBL_BE:
		return AV_SAMPLE_FMT_DBL;
	default:
		return ff_sample_format(label);
	}
}

Bool ff_samples_differ(GF_AudioFormat label)
{
	return ff_sample_format(label) == AV_SAMPLE_FMT_NONE;
}

// Swapping the bytes is its own inverse.
static Bool swap(GF_AudioFormat label, const u8 *from, u8 *to, size_t nb)
{
	for (size_t i = 0; i < nb; i++) {
		if (label == GF_AUDIO_FMT_S16_BE)
			AV_WN16(to + 2 * i, av_bswap16(AV_RN16(from + 2 * i)));
		else if (label == GF_AUDIO_FMT_S32_BE || label == GF_AUDIO_FMT_FLT_BE)
			AV_WN32(to + 4 * i, av_bswap32(AV_RN32(from + 4 * i)));
		else if (label == GF_AUDIO_FMT_DBL_BE)
			AV_WN64(to + 8 * i, av_bswap64(AV_RN64(from + 8 * i)));
		else
			return GF_FALSE;
	}
	return GF_TRUE;
}

void ff_samples_unpack(GF_AudioFormat label, const u8 *packed, u8 *native, size_t nb)
{
	if (!ff_samples_differ(label)) {
		memcpy(native, packed, nb * (size_t)av_get_bytes_per_sample(ff_samples_native(label)));
		return;
	}
	if (swap(label, packed, native, nb))
		return;
	for (size_t i = 0; i < nb; i++) {
		u32 value = label == GF_AUDIO_FMT_S24_BE ? AV_RB24(packed + 3 * i) : AV_RL24(packed + 3 * i);
		AV_WN32(native + 4 * i, value << 8);
	}
}

void ff_samples_pack(GF_AudioFormat label, const u8 *native, u8 *packed, size_t nb)
{
	if (!ff_samples_differ(label)) {
		memcpy(packed, native, nb * (size_t)av_get_bytes_per_sample(ff_samples_native(label)));
		return;
	}
	if (swap(label, native, packed, nb))
		return;
	for (size_t i = 0; i < nb; i++) {
		u32 value = AV_RN32(native + 4 * i) >> 8;
		if (label == GF_AUDIO_FMT_S24_BE)
			AV_WB24(packed + 3 * i, value);
		else
			AV_WL24(packed + 3 * i, value);
	}
}
