// SPDX-License-Identifier: MIT
// AVCDecoderConfigurationRecord (ISO/IEC 14496-15 5.3.3.1).
#include "formats/avc.h"

#include <gpac/log.h>

#define MAX_SPS_COUNT 31
#define MAX_BYTE_COUNT 255

// 5.3.3.1.2: the profiles which have no chroma format and bit depth fields
static Bool has_extension_fields(u8 profile)
{
	return profile != 66 && profile != 77 && profile != 88;
}

static void read_sets(BitReader *r, u32 nb_sets, AvcConfig *config)
{
	for (u32 i = 0; i < nb_sets && !r->overrun; i++) {
		u32 size = br_u16(r);
		const u8 *nal = br_bytes(r, size);
		if (nal && size)
			config->sets.nals[config->sets.nb_nals++] =
				(ConfigNal){.type = avc_nal_type(nal[0]), .data = nal, .size = size};
	}
}

static GF_Err read_record(BitReader *r, AvcConfig *config)
{
	u8 version = br_u8(r);
	config->profile = br_u8(r);
	config->compatibility = br_u8(r);
	config->level = br_u8(r);
	config->sets.length_size = (br_u8(r) & 3) + 1;
	if (r->overrun || version != 1 || config->sets.length_size == 3)
		return GF_NON_COMPLIANT_BITSTREAM;
	// the three counts are bounded by their fields: room for all of them at once
	config->sets.nals = gf_calloc(MAX_SPS_COUNT + 2 * MAX_BYTE_COUNT, sizeof(ConfigNal));
	if (!config->sets.nals)
		return GF_OUT_OF_MEM;
	read_sets(r, br_u8(r) & 0x1F, config);
	read_sets(r, br_u8(r), config);
	if (r->overrun)
		return GF_NON_COMPLIANT_BITSTREAM;
	// older writers leave the fields out
	if (has_extension_fields(config->profile) && br_left(r) >= 4) {
		config->has_extension = GF_TRUE;
		config->chroma_format_idc = br_u8(r) & 3;
		config->bit_depth_luma = (br_u8(r) & 7) + 8;
		config->bit_depth_chroma = (br_u8(r) & 7) + 8;
		read_sets(r, br_u8(r), config);
	}
	return r->overrun ? GF_NON_COMPLIANT_BITSTREAM : GF_OK;
}

GF_Err avc_config_read(const u8 *data, u32 size, AvcConfig *config)
{
	BitReader r;
	br_init(&r, data, size);
	AvcConfig parsed = {.chroma_format_idc = 1, .bit_depth_luma = 8, .bit_depth_chroma = 8};
	GF_Err e = read_record(&r, &parsed);
	if (!e) {
		*config = parsed;
		return GF_OK;
	}
	nal_sets_reset(&parsed.sets);
	GF_LOG(GF_LOG_WARNING, GF_LOG_CODING,
		("[bitstream] AVC configuration record of %u bytes is broken at byte %zu\n", size, br_byte_pos(&r)));
	return e;
}

static u32 count_sets(const AvcConfig *config, u8 type, u8 other_type)
{
	u32 count = 0;
	for (u32 i = 0; i < config->sets.nb_nals; i++)
		count += config->sets.nals[i].type == type || config->sets.nals[i].type == other_type;
	return count;
}

static void write_sets(ByteWriter *w, const AvcConfig *config, u8 type, u8 other_type)
{
	for (u32 i = 0; i < config->sets.nb_nals; i++) {
		const ConfigNal *nal = &config->sets.nals[i];
		if (nal->type == type || nal->type == other_type)
			nal_sets_write_unit(w, nal);
	}
}

// The record of an SVC or MVC enhancement has subset parameter sets among the sequence parameter sets.
GF_Err avc_config_write(const AvcConfig *config, u8 **data, u32 *size)
{
	u32 nb_sps = count_sets(config, AVC_NAL_SPS, AVC_NAL_SUBSET_SPS);
	u32 nb_pps = count_sets(config, AVC_NAL_PPS, AVC_NAL_PPS);
	u32 nb_ext = count_sets(config, AVC_NAL_SPS_EXT, AVC_NAL_SPS_EXT);
	if (nb_sps > MAX_SPS_COUNT || nb_pps > MAX_BYTE_COUNT || nb_ext > MAX_BYTE_COUNT)
		return GF_NOT_SUPPORTED;
	GF_Err e = nal_sets_check(&config->sets);
	if (e)
		return e;
	ByteWriter w;
	bw_init(&w);
	bw_u8(&w, 1);
	bw_u8(&w, config->profile);
	bw_u8(&w, config->compatibility);
	bw_u8(&w, config->level);
	bw_u8(&w, 0xFC | (config->sets.length_size - 1));
	bw_u8(&w, 0xE0 | nb_sps);
	write_sets(&w, config, AVC_NAL_SPS, AVC_NAL_SUBSET_SPS);
	bw_u8(&w, nb_pps);
	write_sets(&w, config, AVC_NAL_PPS, AVC_NAL_PPS);
	if (config->has_extension) {
		bw_u8(&w, 0xFC | config->chroma_format_idc);
		bw_u8(&w, 0xF8 | (config->bit_depth_luma - 8));
		bw_u8(&w, 0xF8 | (config->bit_depth_chroma - 8));
		bw_u8(&w, nb_ext);
		write_sets(&w, config, AVC_NAL_SPS_EXT, AVC_NAL_SPS_EXT);
	}
	return bw_take(&w, data, size);
}

void avc_config_set_sps(AvcConfig *config, const AvcSps *sps)
{
	config->profile = sps->profile_idc;
	config->compatibility = sps->constraint_flags;
	config->level = sps->level_idc;
	config->has_extension = has_extension_fields(sps->profile_idc);
	config->chroma_format_idc = sps->chroma_format_idc;
	config->bit_depth_luma = sps->bit_depth_luma;
	config->bit_depth_chroma = sps->bit_depth_chroma;
}
