// SPDX-License-Identifier: MIT
// Picture parameter sets (ISO/IEC 23090-3 7.3.2.5) up to the slice layout, picture headers (7.3.2.8) up to
// the picture order count, slice headers (7.3.7) up to the slice type, picture order count (8.3.1).
#include "formats/vvc_syntax.h"

// table A.2
#define MAX_SLICES 1000
// 32x32 is the smallest coding tree unit
#define MAX_SIDE_IN_CTUS ((NAL_MAX_SIDE + 31) / 32)

// Equations 14 and 15: explicit sizes, the last one repeated as often as it fits, then what is left.
static u32 parse_tile_sizes(SynReader *r, u32 side_in_ctus, u32 nb_explicit, const char *name)
{
	u32 left = side_in_ctus, count = 0, size = 1;
	for (u32 i = 0; i < nb_explicit && syn_ok(r); i++) {
		syn_push(r, i);
		size = syn_ue(r, MAX_SIDE_IN_CTUS, name) + 1;
		syn_pop(r);
		if (size > left)
			syn_fail(r, name, size - 1);
		else
			left -= size;
		count++;
	}
	// NOLINTNEXTLINE(clang-analyzer-core.DivideZero): syn_ue is bounded, so `size` is not 2^32
	return count + (left + size - 1) / size;
}

static void parse_partition(SynReader *r, VvcPps *pps)
{
	u32 log2_ctu = 5 + syn_u_max(r, 2, 2, "pps_log2_ctu_size_minus5");
	u32 ctu = 1u << log2_ctu;
	u32 columns_in_ctus = (pps->pic_width + ctu - 1) >> log2_ctu;
	u32 rows_in_ctus = (pps->pic_height + ctu - 1) >> log2_ctu;
	u32 nb_columns =
		syn_ue(r, columns_in_ctus ? columns_in_ctus - 1 : 0, "pps_num_exp_tile_columns_minus1") + 1;
	u32 nb_rows = syn_ue(r, rows_in_ctus ? rows_in_ctus - 1 : 0, "pps_num_exp_tile_rows_minus1") + 1;
	nb_columns = parse_tile_sizes(r, columns_in_ctus, nb_columns, "pps_tile_column_width_minus1");
	nb_rows = parse_tile_sizes(r, rows_in_ctus, nb_rows, "pps_tile_row_height_minus1");
	pps->nb_tiles = nb_columns * nb_rows;
	pps->rect_slices = GF_TRUE;
	if (pps->nb_tiles > 1) {
		syn_flag(r, "pps_loop_filter_across_tiles_enabled_flag");
		pps->rect_slices = syn_flag(r, "pps_rect_slice_flag");
	}
	if (!pps->rect_slices) {
		pps->nb_slices = 0;
		return;
	}
	pps->single_slice_per_subpic = syn_flag(r, "pps_single_slice_per_subpic_flag");
	pps->nb_slices = 1;
	if (!pps->single_slice_per_subpic)
		pps->nb_slices = syn_ue(r, MAX_SLICES - 1, "pps_num_slices_in_pic_minus1") + 1;
}

static void parse_subpic_ids(SynReader *r, const VvcPps *pps)
{
	u32 count = pps->no_pic_partition ? 1 : syn_ue(r, VVC_MAX_SUBPICS - 1, "pps_num_subpics_minus1") + 1;
	u32 bits = syn_ue(r, 15, "pps_subpic_id_len_minus1") + 1;
	for (u32 i = 0; i < count && syn_ok(r); i++) {
		syn_push(r, i);
		syn_u(r, bits, "pps_subpic_id");
		syn_pop(r);
	}
}

static void parse_pps_data(SynReader *r, const VvcSps *const sps_table[VVC_MAX_SPS], VvcPps *pps)
{
	VvcNalHeader nal;
	vvc_read_nal_header(r, &nal);
	pps->id = (u8)syn_u(r, 6, "pps_pic_parameter_set_id");
	pps->sps_id = (u8)syn_u(r, 4, "pps_seq_parameter_set_id");
	pps->mixed_nalu_types = syn_flag(r, "pps_mixed_nalu_types_in_pic_flag");
	const VvcSps *sps = sps_table ? sps_table[pps->sps_id] : NULL;
	NalPictureSize size;
	nal_parse_picture_size(r, sps ? sps->chroma_format_idc : 1, &size);
	pps->pic_width = size.coded_width;
	pps->pic_height = size.coded_height;
	pps->width = size.width;
	pps->height = size.height;
	if (syn_flag(r, "pps_scaling_window_explicit_signalling_flag")) {
		syn_se(r, -16 * NAL_MAX_SIDE, NAL_MAX_SIDE, "pps_scaling_win_left_offset");
		syn_se(r, -16 * NAL_MAX_SIDE, NAL_MAX_SIDE, "pps_scaling_win_right_offset");
		syn_se(r, -16 * NAL_MAX_SIDE, NAL_MAX_SIDE, "pps_scaling_win_top_offset");
		syn_se(r, -16 * NAL_MAX_SIDE, NAL_MAX_SIDE, "pps_scaling_win_bottom_offset");
	}
	syn_flag(r, "pps_output_flag_present_flag");
	pps->no_pic_partition = syn_flag(r, "pps_no_pic_partition_flag");
	if (syn_flag(r, "pps_subpic_id_mapping_present_flag"))
		parse_subpic_ids(r, pps);
	pps->rect_slices = GF_TRUE;
	pps->nb_slices = pps->nb_tiles = 1;
	if (!pps->no_pic_partition)
		parse_partition(r, pps);
}

GF_Err vvc_parse_pps(
	const u8 *nal, u32 size, const VvcSps *const sps_table[VVC_MAX_SPS], VvcPps *pps, const SynTrace *trace)
{
	NalSyntax s;
	GF_Err e = nal_syntax_open(&s, nal, size, trace);
	if (e)
		return e;
	VvcPps parsed = {0};
	parse_pps_data(&s.r, sps_table, &parsed);
	e = nal_syntax_close(&s, "VVC picture parameter set");
	if (!e)
		*pps = parsed;
	return e;
}

// GF_NOT_FOUND when the parameter sets are missing; an unsound header is left to syn_end().
static GF_Err parse_picture_header(SynReader *r, const VvcSps *const sps_table[VVC_MAX_SPS],
	const VvcPps *const pps_table[VVC_MAX_PPS], VvcPictureHeader *ph)
{
	ph->gdr_or_irap = syn_flag(r, "ph_gdr_or_irap_pic_flag");
	ph->non_ref = syn_flag(r, "ph_non_ref_pic_flag");
	if (ph->gdr_or_irap)
		ph->gdr = syn_flag(r, "ph_gdr_pic_flag");
	ph->inter_slice_allowed = syn_flag(r, "ph_inter_slice_allowed_flag");
	ph->intra_slice_allowed = !ph->inter_slice_allowed || syn_flag(r, "ph_intra_slice_allowed_flag");
	ph->pps_id = (u8)syn_ue(r, VVC_MAX_PPS - 1, "ph_pic_parameter_set_id");
	if (!syn_ok(r))
		return GF_OK;
	const VvcPps *pps = pps_table[ph->pps_id];
	const VvcSps *sps = pps ? sps_table[pps->sps_id] : NULL;
	if (!sps)
		return GF_NOT_FOUND;
	ph->sps_id = sps->id;
	ph->poc_lsb = syn_u(r, sps->log2_max_poc_lsb, "ph_pic_order_cnt_lsb");
	if (ph->gdr)
		ph->recovery_poc_cnt = syn_ue(r, 1u << sps->log2_max_poc_lsb, "ph_recovery_poc_cnt");
	for (u32 i = 0; i < sps->nb_extra_ph_bits; i++)
		syn_flag(r, "ph_extra_bit");
	if (sps->poc_msb_cycle_present) {
		ph->poc_msb_present = syn_flag(r, "ph_poc_msb_cycle_present_flag");
		if (ph->poc_msb_present)
			ph->poc_msb_cycle = syn_u(r, sps->poc_msb_cycle_len, "ph_poc_msb_cycle_val");
	}
	return GF_OK;
}

GF_Err vvc_parse_ph(const u8 *nal, u32 size, const VvcSps *const sps_table[VVC_MAX_SPS],
	const VvcPps *const pps_table[VVC_MAX_PPS], VvcPictureHeader *ph, const SynTrace *trace)
{
	NalSyntax s;
	nal_syntax_open_head(&s, nal, size, trace);
	VvcNalHeader header;
	VvcPictureHeader parsed = {0};
	vvc_read_nal_header(&s.r, &header);
	GF_Err e = parse_picture_header(&s.r, sps_table, pps_table, &parsed);
	if (!e)
		e = nal_syntax_close(&s, "VVC picture header");
	if (!e)
		*ph = parsed;
	return e;
}

// sh_slice_type of a slice whose header starts the way that needs nothing but the counts of VvcPps.
static u8 parse_slice_type(SynReader *r, const VvcSps *sps, const VvcPps *pps, const VvcPictureHeader *ph)
{
	if (!ph->inter_slice_allowed)
		return VVC_SLICE_I;
	if (sps->subpic_info_present)
		return VVC_SLICE_UNKNOWN;
	u32 address = 0;
	if (pps->rect_slices && pps->nb_slices > 1)
		address = syn_u(r, nal_ceil_log2(pps->nb_slices), "sh_slice_address");
	else if (!pps->rect_slices && pps->nb_tiles > 1)
		address = syn_u_max(r, nal_ceil_log2(pps->nb_tiles), pps->nb_tiles - 1, "sh_slice_address");
	for (u32 i = 0; i < sps->nb_extra_sh_bits; i++)
		syn_flag(r, "sh_extra_bit");
	if (!pps->rect_slices && pps->nb_tiles - address > 1)
		syn_ue(r, pps->nb_tiles - address - 1, "sh_num_tiles_in_slice_minus1");
	return (u8)syn_ue(r, 2, "sh_slice_type");
}

static GF_Err parse_slice_header(SynReader *r, const VvcSps *const sps_table[VVC_MAX_SPS],
	const VvcPps *const pps_table[VVC_MAX_PPS], const VvcPictureHeader *ph, VvcSlice *slice)
{
	vvc_read_nal_header(r, &slice->nal);
	slice->ph_in_slice = syn_flag(r, "sh_picture_header_in_slice_header_flag");
	if (slice->ph_in_slice) {
		GF_Err e = parse_picture_header(r, sps_table, pps_table, &slice->ph);
		// the rest of the picture header is not read
		slice->slice_type = slice->ph.inter_slice_allowed ? VVC_SLICE_UNKNOWN : VVC_SLICE_I;
		return e;
	}
	if (!ph)
		return GF_NOT_FOUND;
	slice->ph = *ph;
	const VvcPps *pps = pps_table[ph->pps_id];
	const VvcSps *sps = pps ? sps_table[pps->sps_id] : NULL;
	if (!sps)
		return GF_NOT_FOUND;
	slice->slice_type = parse_slice_type(r, sps, pps, ph);
	return GF_OK;
}

GF_Err vvc_parse_slice(const u8 *nal, u32 size, const VvcSps *const sps_table[VVC_MAX_SPS],
	const VvcPps *const pps_table[VVC_MAX_PPS], const VvcPictureHeader *ph, VvcSlice *slice,
	const SynTrace *trace)
{
	NalSyntax s;
	nal_syntax_open_head(&s, nal, size, trace);
	VvcSlice parsed = {0};
	GF_Err e = parse_slice_header(&s.r, sps_table, pps_table, ph, &parsed);
	if (!e)
		e = nal_syntax_close(&s, "VVC slice");
	if (!e)
		*slice = parsed;
	return e;
}

s32 vvc_poc(VvcPocState *state, const VvcSps *sps, const VvcNalHeader *nal, const VvcPictureHeader *ph,
	Bool no_output_before_recovery)
{
	u32 max_lsb = 1u << sps->log2_max_poc_lsb;
	u32 lsb = ph->poc_lsb, msb = 0;
	// CLVSS pictures start from 0
	Bool starts = ph->gdr_or_irap && no_output_before_recovery;
	if (ph->poc_msb_present) {
		msb = ph->poc_msb_cycle * max_lsb;
	} else if (!starts) {
		u32 prev = (u32)state->prev_tid0_poc, prev_lsb = prev & (max_lsb - 1);
		msb = nal_poc_msb(prev - prev_lsb, prev_lsb, lsb, max_lsb);
	}
	s32 poc = (s32)(msb + lsb);
	Bool leading = nal->type == VVC_NAL_RADL || nal->type == VVC_NAL_RASL;
	if (!nal->temporal_id && !leading && !ph->non_ref)
		state->prev_tid0_poc = poc;
	return poc;
}
