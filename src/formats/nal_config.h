// SPDX-License-Identifier: MIT
// The decoder configuration record of a stream of NAL units, whatever its codec: avcC, hvcC, lhvC or vvcC.
#ifndef FORMATS_NAL_CONFIG_H
#define FORMATS_NAL_CONFIG_H

#include "formats/avc.h"
#include "formats/hevc.h"
#include "formats/vvc.h"

typedef struct {
	NalCodec codec;
	Bool layered; // lhvC
	union {
		NalSets sets; // of any of the three
		AvcConfig avc;
		HevcConfig hevc;
		VvcConfig vvc;
	};
} NalConfig;

// The codec of a GF_CODECID_*, layers and tiles included; false when it is not one of NAL units.
Bool nal_codec_of(u32 codec_id, NalCodec *codec);
Bool nal_is_pps(NalCodec codec, u8 type);
Bool nal_is_vcl(NalCodec codec, u8 type); // of the base layer of AVC

// The units point into `data`. `layered` concerns HEVC only.
GF_Err nal_config_read(NalCodec codec, Bool layered, const u8 *data, u32 size, NalConfig *config);
GF_Err nal_config_write(const NalConfig *config, u8 **data, u32 *size);
void nal_config_reset(NalConfig *config);

#endif
