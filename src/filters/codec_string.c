// SPDX-License-Identifier: MIT
// The RFC 6381 string of a PID: its properties handed to the pure function of the formats.
#include <gpac/filters.h>
#include <gpac/constants.h>
#include <gpac/tools.h>
#include "formats/rfc6381.h"

static const GF_PropertyValue *prop(GF_FilterPid *pid, u32 p4cc)
{
	return gf_filter_pid_get_property(pid, p4cc);
}

static void take_data(const GF_PropertyValue *v, const u8 **data, u32 *size)
{
	*data = v ? v->value.data.ptr : NULL;
	*size = v ? v->value.data.size : 0;
}

GF_Err gf_filter_pid_get_rfc_6381_codec_string(GF_FilterPid *PID, char szCodec[RFC6381_CODEC_NAME_SIZE_MAX],
	Bool force_inband, Bool force_sbr, const GF_PropertyValue *tile_base_dcd, u32 *out_inband_forced)
{
	const GF_PropertyValue *codec = PID ? prop(PID, GF_PROP_PID_CODECID) : NULL;
	const GF_PropertyValue *type = PID ? prop(PID, GF_PROP_PID_STREAM_TYPE) : NULL;
	if (!codec || !type || !szCodec)
		return GF_BAD_PARAM;
	const GF_PropertyValue *given = prop(PID, GF_PROP_PID_CODEC);
	if (given && given->value.string) {
		gf_strlcpy(szCodec, given->value.string, RFC6381_CODEC_NAME_SIZE_MAX);
		return GF_OK;
	}
	Rfc6381Params p = {.codec_id = codec->value.uint, .stream_type = type->value.uint, .inband = force_inband,
		.force_sbr = force_sbr, .entry_4cc = gf_codecid_4cc_type(codec->value.uint)};
	take_data(tile_base_dcd ? tile_base_dcd : prop(PID, GF_PROP_PID_DECODER_CONFIG), &p.config, &p.config_size);
	take_data(prop(PID, GF_PROP_PID_DECODER_CONFIG_ENHANCEMENT), &p.enhancement, &p.enhancement_size);
	take_data(prop(PID, GF_PROP_PID_DOLBY_VISION), &p.dovi, &p.dovi_size);
	const GF_PropertyValue *v = prop(PID, GF_PROP_PID_PROFILE_LEVEL);
	p.profile_level = v ? v->value.uint : 0;
	const GF_PropertyValue *primaries = prop(PID, GF_PROP_PID_COLR_PRIMARIES);
	const GF_PropertyValue *transfer = prop(PID, GF_PROP_PID_COLR_TRANSFER);
	const GF_PropertyValue *matrix = prop(PID, GF_PROP_PID_COLR_MX);
	if (primaries && transfer && matrix) {
		p.has_colour = GF_TRUE;
		p.primaries = (u8)primaries->value.uint;
		p.transfer = (u8)transfer->value.uint;
		p.matrix = (u8)matrix->value.uint;
		v = prop(PID, GF_PROP_PID_COLR_RANGE);
		p.full_range = v && v->value.boolean;
	}
	if (out_inband_forced)
		*out_inband_forced = force_inband;
	return rfc6381_codec_string(&p, szCodec);
}
