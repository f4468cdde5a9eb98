// SPDX-License-Identifier: MIT
// VvcDecoderConfigurationRecord (ISO/IEC 14496-15 11.2.4.2).
#include "formats/vvc.h"

#include <gpac/log.h>

// general_constraint_info is written with this many bytes at least, zeros after the coded bits.
#define MIN_CONSTRAINT_BYTES 12

static void read_sub_profiles(BitReader *r, VvcPtl *ptl)
{
	ptl->nb_sub_profiles = br_u8(r);
	for (u32 i = 0; i < ptl->nb_sub_profiles; i++)
		ptl->sub_profile[i] = br_u32(r);
}

// VvcPTLRecord
static GF_Err read_ptl(BitReader *r, u32 nb_sublayers, VvcPtl *ptl)
{
	u32 nb_bytes = br_u8(r) & 0x3F;
	if (!nb_bytes)
		return GF_NON_COMPLIANT_BITSTREAM;
	ptl->profile_idc = (u8)br_bits(r, 7);
	ptl->tier = (u8)br_bits(r, 1);
	ptl->level_idc = br_u8(r);
	ptl->frame_only = br_bits(r, 1) ? GF_TRUE : GF_FALSE;
	ptl->multilayer_enabled = br_bits(r, 1) ? GF_TRUE : GF_FALSE;
	ptl->nb_constraint_bits = (u16)(8 * nb_bytes - 2);
	for (u32 i = 0; i < ptl->nb_constraint_bits; i++)
		ptl->constraints[i / 8] |= (u8)(br_bits(r, 1) << (7 - i % 8));
	if (nb_sublayers > 1) {
		for (u32 i = nb_sublayers - 1; i > 0; i--)
			ptl->sublayer_present |= (u8)(br_bits(r, 1) << (i - 1));
		br_align(r);
		for (u32 i = nb_sublayers - 1; i > 0; i--) {
			if (ptl->sublayer_present >> (i - 1) & 1)
				ptl->sublayer_level[i - 1] = br_u8(r);
		}
	}
	read_sub_profiles(r, ptl);
	return GF_OK;
}

// Of these there is one unit, without a count.
static Bool is_single(u8 type)
{
	return type == VVC_NAL_DCI || type == VVC_NAL_OPI;
}

static GF_Err read_array(BitReader *r, VvcConfig *config)
{
	u8 byte = br_u8(r);
	u8 type = byte & 0x1F;
	u32 nb_nals = is_single(type) ? 1 : br_u16(r);
	return nal_sets_read_array(&config->sets, r, nb_nals, type, byte >> 7);
}

static GF_Err read_record(BitReader *r, VvcConfig *config)
{
	u8 byte = br_u8(r);
	config->sets.length_size = ((byte >> 1) & 3) + 1;
	config->ptl_present = byte & 1;
	if (config->sets.length_size == 3)
		return GF_NON_COMPLIANT_BITSTREAM;
	GF_Err e = GF_OK;
	if (config->ptl_present) {
		config->ols_idx = (u16)br_bits(r, 9);
		config->nb_sublayers = (u8)br_bits(r, 3);
		config->constant_frame_rate = (u8)br_bits(r, 2);
		config->chroma_format_idc = (u8)br_bits(r, 2);
		config->bit_depth = (u8)br_bits(r, 3) + 8;
		br_align(r);
		e = read_ptl(r, config->nb_sublayers, &config->ptl);
		config->max_width = br_u16(r);
		config->max_height = br_u16(r);
		config->avg_frame_rate = br_u16(r);
	}
	u32 nb_arrays = br_u8(r);
	if (!e && r->overrun)
		e = GF_NON_COMPLIANT_BITSTREAM;
	for (u32 i = 0; i < nb_arrays && !e; i++)
		e = read_array(r, config);
	return e;
}

GF_Err vvc_config_read(const u8 *data, u32 size, VvcConfig *config)
{
	BitReader r;
	br_init(&r, data, size);
	VvcConfig parsed = {0};
	GF_Err e = read_record(&r, &parsed);
	if (!e) {
		*config = parsed;
		return GF_OK;
	}
	nal_sets_reset(&parsed.sets);
	GF_LOG(GF_LOG_WARNING, GF_LOG_CODING,
		("[bitstream] VVC configuration record of %u bytes is broken at byte %zu\n", size, br_byte_pos(&r)));
	return e;
}

static void write_ptl(ByteWriter *w, u32 nb_sublayers, const VvcPtl *ptl)
{
	u32 nb_bytes = (ptl->nb_constraint_bits + 2u + 7) / 8;
	if (nb_bytes < MIN_CONSTRAINT_BYTES)
		nb_bytes = MIN_CONSTRAINT_BYTES;
	bw_u8(w, nb_bytes);
	bw_u8(w, (u32)ptl->profile_idc << 1 | ptl->tier);
	bw_u8(w, ptl->level_idc);
	bw_bits(w, ptl->frame_only, 1);
	bw_bits(w, ptl->multilayer_enabled, 1);
	for (u32 i = 0; i < 8 * nb_bytes - 2; i++) {
		Bool coded = i < ptl->nb_constraint_bits;
		bw_bits(w, coded ? ptl->constraints[i / 8] >> (7 - i % 8) & 1 : 0, 1);
	}
	if (nb_sublayers > 1) {
		for (u32 i = nb_sublayers - 1; i > 0; i--)
			bw_bits(w, ptl->sublayer_present >> (i - 1) & 1, 1);
		bw_align(w);
		for (u32 i = nb_sublayers - 1; i > 0; i--) {
			if (ptl->sublayer_present >> (i - 1) & 1)
				bw_u8(w, ptl->sublayer_level[i - 1]);
		}
	}
	bw_u8(w, ptl->nb_sub_profiles);
	for (u32 i = 0; i < ptl->nb_sub_profiles; i++)
		bw_u32(w, ptl->sub_profile[i]);
}

GF_Err vvc_config_write(const VvcConfig *config, u8 **data, u32 *size)
{
	GF_Err e = nal_sets_check(&config->sets);
	if (e)
		return e;
	ByteWriter w;
	bw_init(&w);
	bw_u8(&w, 0xF8 | (config->sets.length_size - 1u) << 1 | config->ptl_present);
	if (config->ptl_present) {
		bw_bits(&w, config->ols_idx, 9);
		bw_bits(&w, config->nb_sublayers, 3);
		bw_bits(&w, config->constant_frame_rate, 2);
		bw_bits(&w, config->chroma_format_idc, 2);
		bw_bits(&w, config->bit_depth - 8u, 3);
		bw_bits(&w, 0x1F, 5);
		write_ptl(&w, config->nb_sublayers, &config->ptl);
		bw_u16(&w, config->max_width);
		bw_u16(&w, config->max_height);
		bw_u16(&w, config->avg_frame_rate);
	}
	nal_sets_write_arrays(&config->sets, &w, is_single);
	return bw_take(&w, data, size);
}

void vvc_config_set_sps(VvcConfig *config, const VvcSps *sps)
{
	config->ptl_present = sps->ptl_present;
	config->nb_sublayers = sps->max_sub_layers;
	config->constant_frame_rate = sps->vui.fixed_frame_rate;
	config->chroma_format_idc = sps->chroma_format_idc;
	config->bit_depth = sps->bit_depth;
	config->ptl = sps->ptl;
	config->max_width = (u16)sps->max_width;
	config->max_height = (u16)sps->max_height;
}
