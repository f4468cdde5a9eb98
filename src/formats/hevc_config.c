// SPDX-License-Identifier: MIT
// HEVCDecoderConfigurationRecord (ISO/IEC 14496-15 8.3.2.1) and LHEVCDecoderConfigurationRecord (9.5.3.1).
#include "formats/hevc.h"

#include <gpac/log.h>

static void read_profile(BitReader *r, HevcConfig *config)
{
	HevcPtl *ptl = &config->ptl;
	u8 byte = br_u8(r);
	ptl->profile_space = byte >> 6;
	ptl->tier = (byte >> 5) & 1;
	ptl->profile_idc = byte & 0x1F;
	ptl->compatibility = br_u32(r);
	const u8 *constraints = br_bytes(r, sizeof(ptl->constraints));
	if (constraints)
		memcpy(ptl->constraints, constraints, sizeof(ptl->constraints));
	ptl->level_idc = br_u8(r);
}

static GF_Err read_array(BitReader *r, HevcConfig *config)
{
	u8 byte = br_u8(r);
	u32 nb_nals = br_u16(r);
	return nal_sets_read_array(&config->sets, r, nb_nals, byte & 0x3F, byte >> 7);
}

static GF_Err read_record(BitReader *r, Bool layered, HevcConfig *config)
{
	u8 version = br_u8(r);
	if (!layered)
		read_profile(r, config);
	config->min_spatial_segmentation_idc = br_u16(r) & 0xFFF;
	config->parallelism_type = br_u8(r) & 3;
	if (!layered) {
		config->chroma_format_idc = br_u8(r) & 3;
		config->bit_depth_luma = (br_u8(r) & 7) + 8;
		config->bit_depth_chroma = (br_u8(r) & 7) + 8;
		config->avg_frame_rate = br_u16(r);
	}
	u8 byte = br_u8(r);
	config->constant_frame_rate = layered ? 0 : byte >> 6;
	config->nb_temporal_layers = (byte >> 3) & 7;
	config->temporal_id_nested = (byte >> 2) & 1;
	config->sets.length_size = (byte & 3) + 1;
	u32 nb_arrays = br_u8(r);
	if (r->overrun || version != 1 || config->sets.length_size == 3)
		return GF_NON_COMPLIANT_BITSTREAM;
	GF_Err e = GF_OK;
	for (u32 i = 0; i < nb_arrays && !e; i++)
		e = read_array(r, config);
	return e;
}

GF_Err hevc_config_read(const u8 *data, u32 size, Bool layered, HevcConfig *config)
{
	BitReader r;
	br_init(&r, data, size);
	HevcConfig parsed = {0};
	GF_Err e = read_record(&r, layered, &parsed);
	if (!e) {
		*config = parsed;
		return GF_OK;
	}
	nal_sets_reset(&parsed.sets);
	GF_LOG(GF_LOG_WARNING, GF_LOG_CODING,
		("[bitstream] HEVC configuration record of %u bytes is broken at byte %zu\n", size, br_byte_pos(&r)));
	return e;
}

static void write_profile(ByteWriter *w, const HevcPtl *ptl)
{
	bw_u8(w, (u32)ptl->profile_space << 6 | (u32)ptl->tier << 5 | ptl->profile_idc);
	bw_u32(w, ptl->compatibility);
	bw_bytes(w, ptl->constraints, sizeof(ptl->constraints));
	bw_u8(w, ptl->level_idc);
}

GF_Err hevc_config_write(const HevcConfig *config, Bool layered, u8 **data, u32 *size)
{
	GF_Err e = nal_sets_check(&config->sets);
	if (e)
		return e;
	ByteWriter w;
	bw_init(&w);
	bw_u8(&w, 1);
	if (!layered)
		write_profile(&w, &config->ptl);
	bw_u16(&w, 0xF000 | config->min_spatial_segmentation_idc);
	bw_u8(&w, 0xFC | config->parallelism_type);
	if (!layered) {
		bw_u8(&w, 0xFC | config->chroma_format_idc);
		bw_u8(&w, 0xF8 | (config->bit_depth_luma - 8));
		bw_u8(&w, 0xF8 | (config->bit_depth_chroma - 8));
		bw_u16(&w, config->avg_frame_rate);
	}
	bw_u8(&w, (layered ? 3u : config->constant_frame_rate) << 6 | (u32)config->nb_temporal_layers << 3 |
				  (u32)config->temporal_id_nested << 2 | (config->sets.length_size - 1));
	nal_sets_write_arrays(&config->sets, &w, NULL);
	return bw_take(&w, data, size);
}

// 8.3.2.1.3: 2 tiles, 3 wavefronts, 1 slices, 0 when mixed or unknown. Slices are a means of parallelism only
// when the stream promises a segmentation.
static u8 pps_parallelism(const HevcSps *sps, const HevcPps *pps)
{
	if (pps->tiles && pps->entropy_sync)
		return 0;
	if (pps->entropy_sync)
		return 3;
	if (pps->tiles)
		return 2;
	return sps->min_spatial_segmentation_idc ? 1 : 0;
}

static u8 parallelism(const HevcSps *sps, const HevcPps *const pps_table[HEVC_MAX_PPS])
{
	u8 type = 0;
	for (u32 i = 0; i < HEVC_MAX_PPS; i++) {
		const HevcPps *pps = pps_table[i];
		if (!pps || pps->sps_id != sps->id)
			continue;
		u8 own = pps_parallelism(sps, pps);
		if (!own || (type && type != own))
			return 0;
		type = own;
	}
	return type;
}

void hevc_config_set_ps(HevcConfig *config, const HevcSps *sps, const HevcPps *const pps_table[HEVC_MAX_PPS])
{
	config->ptl = sps->ptl;
	config->min_spatial_segmentation_idc = sps->min_spatial_segmentation_idc;
	config->parallelism_type = parallelism(sps, pps_table);
	config->chroma_format_idc = sps->chroma_format_idc;
	config->bit_depth_luma = sps->bit_depth_luma;
	config->bit_depth_chroma = sps->bit_depth_chroma;
	config->nb_temporal_layers = sps->max_sub_layers;
	config->temporal_id_nested = sps->temporal_id_nesting;
}
