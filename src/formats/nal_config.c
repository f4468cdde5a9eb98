// SPDX-License-Identifier: MIT
#include "formats/nal_config.h"

#include <gpac/constants.h>

Bool nal_codec_of(u32 codec_id, NalCodec *codec)
{
	switch (codec_id) {
	case GF_CODECID_AVC:
	case GF_CODECID_AVC_PS:
	case GF_CODECID_SVC:
	case GF_CODECID_MVC:
		*codec = NAL_AVC;
		return GF_TRUE;
	case GF_CODECID_HEVC:
	case GF_CODECID_LHVC:
	case GF_CODECID_HEVC_TILES:
		*codec = NAL_HEVC;
		return GF_TRUE;
	case GF_CODECID_VVC:
	case GF_CODECID_VVC_SUBPIC:
		*codec = NAL_VVC;
		return GF_TRUE;
	default:
		return GF_FALSE;
	}
}

Bool nal_is_pps(NalCodec codec, u8 type)
{
	switch (codec) {
	case NAL_AVC:
		return type == AVC_NAL_PPS;
	case NAL_HEVC:
		return type == HEVC_NAL_PPS;
	default:
		return type == VVC_NAL_PPS;
	}
}

Bool nal_is_vcl(NalCodec codec, u8 type)
{
	switch (codec) {
	case NAL_AVC:
		return type >= AVC_NAL_SLICE && type <= AVC_NAL_IDR;
	case NAL_HEVC:
		return type <= HEVC_NAL_VCL_LAST;
	default:
		return type <= VVC_NAL_VCL_LAST;
	}
}

GF_Err nal_config_read(NalCodec codec, Bool layered, const u8 *data, u32 size, NalConfig *config)
{
	config->codec = codec;
	config->layered = layered;
	switch (codec) {
	case NAL_AVC:
		return avc_config_read(data, size, &config->avc);
	case NAL_HEVC:
		return hevc_config_read(data, size, layered, &config->hevc);
	default:
		return vvc_config_read(data, size, &config->vvc);
	}
}

GF_Err nal_config_write(const NalConfig *config, u8 **data, u32 *size)
{
	switch (config->codec) {
	case NAL_AVC:
		return avc_config_write(&config->avc, data, size);
	case NAL_HEVC:
		return hevc_config_write(&config->hevc, config->layered, data, size);
	default:
		return vvc_config_write(&config->vvc, data, size);
	}
}

void nal_config_reset(NalConfig *config)
{
	nal_sets_reset(&config->sets);
}
