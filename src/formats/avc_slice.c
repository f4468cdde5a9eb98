// SPDX-License-Identifier: MIT
// Slice headers (ISO/IEC 14496-10 7.3.3), first slice of a picture (7.4.1.2.4), picture order count (8.2.1).
#include "formats/avc.h"
#include "formats/nal_syntax.h"

#define MAX_PIC_SIZE_IN_MBS 139264
// 7.4.3.3: each operation concerns one of at most 32 reference fields, besides operations 4 to 6.
#define MAX_MMCO 66

static Bool is_inter_p(u32 type)
{
	return type == AVC_SLICE_P || type == AVC_SLICE_SP;
}

// 7.3.3.1; one modification per reference and the closing code
static void skip_ref_list_modification(SynReader *r, u32 nb_ref)
{
	if (!syn_flag(r, "ref_pic_list_modification_flag"))
		return;
	for (u32 i = 0; i <= nb_ref; i++) {
		u32 idc = syn_ue(r, 3, "modification_of_pic_nums_idc");
		if (idc == 3 || !syn_ok(r))
			return;
		syn_ue(r, 0x1FFFF, idc < 2 ? "abs_diff_pic_num_minus1" : "long_term_pic_num");
	}
	syn_fail(r, "modification_of_pic_nums_idc", 3);
}

// 7.3.3.2
static void skip_weights(SynReader *r, u32 nb_ref, Bool has_chroma)
{
	for (u32 i = 0; i < nb_ref; i++) {
		syn_push(r, i);
		if (syn_flag(r, "luma_weight_flag")) {
			syn_se(r, -128, 127, "luma_weight");
			syn_se(r, -128, 127, "luma_offset");
		}
		if (has_chroma && syn_flag(r, "chroma_weight_flag")) {
			for (u32 c = 0; c < 2; c++) {
				syn_se(r, -128, 127, "chroma_weight");
				syn_se(r, -128, 127, "chroma_offset");
			}
		}
		syn_pop(r);
	}
}

static void skip_pred_weight_table(SynReader *r, const AvcSps *sps, Bool is_b, const u32 nb_ref[2])
{
	Bool has_chroma = sps->chroma_format_idc && !sps->separate_colour_plane;
	syn_ue(r, 7, "luma_log2_weight_denom");
	if (has_chroma)
		syn_ue(r, 7, "chroma_log2_weight_denom");
	skip_weights(r, nb_ref[0], has_chroma);
	if (is_b)
		skip_weights(r, nb_ref[1], has_chroma);
}

// 7.3.3.3
static void parse_ref_marking(SynReader *r, AvcSlice *slice)
{
	if (slice->idr) {
		syn_flag(r, "no_output_of_prior_pics_flag");
		syn_flag(r, "long_term_reference_flag");
		return;
	}
	if (!syn_flag(r, "adaptive_ref_pic_marking_mode_flag"))
		return;
	for (u32 i = 0; i < MAX_MMCO; i++) {
		u32 op = syn_ue(r, 6, "memory_management_control_operation");
		if (!op || !syn_ok(r))
			return;
		if (op == 1 || op == 3)
			syn_ue(r, 0x1FFFF, "difference_of_pic_nums_minus1");
		if (op == 2)
			syn_ue(r, 0x1FFFF, "long_term_pic_num");
		if (op == 3 || op == 6)
			syn_ue(r, 31, "long_term_frame_idx");
		if (op == 4)
			syn_ue(r, 32, "max_long_term_frame_idx_plus1");
		if (op == 5)
			slice->mmco5 = GF_TRUE;
	}
	syn_fail(r, "memory_management_control_operation", 1);
}

// From num_ref_idx_active_override_flag to dec_ref_pic_marking(): wanted for memory management operation 5,
// which resets the picture order count.
static void parse_references(SynReader *r, const AvcSps *sps, const AvcPps *pps, AvcSlice *slice)
{
	u32 type = slice->slice_type % 5;
	u32 nb_ref[2] = {pps->nb_ref_idx[0], pps->nb_ref_idx[1]};
	if (type == AVC_SLICE_B)
		syn_flag(r, "direct_spatial_mv_pred_flag");
	if (is_inter_p(type) || type == AVC_SLICE_B) {
		if (syn_flag(r, "num_ref_idx_active_override_flag")) {
			nb_ref[0] = syn_ue(r, 31, "num_ref_idx_l0_active_minus1") + 1;
			if (type == AVC_SLICE_B)
				nb_ref[1] = syn_ue(r, 31, "num_ref_idx_l1_active_minus1") + 1;
		}
		skip_ref_list_modification(r, nb_ref[0]);
		if (type == AVC_SLICE_B)
			skip_ref_list_modification(r, nb_ref[1]);
	}
	if ((pps->weighted_pred && is_inter_p(type)) || (pps->weighted_bipred_idc == 1 && type == AVC_SLICE_B))
		skip_pred_weight_table(r, sps, type == AVC_SLICE_B, nb_ref);
	if (slice->ref_idc)
		parse_ref_marking(r, slice);
}

static void parse_order_count(SynReader *r, const AvcSps *sps, const AvcPps *pps, AvcSlice *slice)
{
	Bool both = pps->bottom_field_pic_order_present && !slice->field;
	if (sps->poc_type == 0) {
		slice->poc_lsb = syn_u(r, sps->log2_max_poc_lsb, "pic_order_cnt_lsb");
		if (both)
			slice->delta_poc_bottom = syn_se(r, -INT32_MAX, INT32_MAX, "delta_pic_order_cnt_bottom");
	} else if (sps->poc_type == 1 && !sps->delta_pic_order_always_zero) {
		for (u32 i = 0; i < (both ? 2 : 1); i++) {
			syn_push(r, i);
			slice->delta_poc[i] = syn_se(r, -INT32_MAX, INT32_MAX, "delta_pic_order_cnt");
			syn_pop(r);
		}
	}
}

static GF_Err parse_slice_header(SynReader *r, const AvcSps *const sps_table[AVC_MAX_SPS],
	const AvcPps *const pps_table[AVC_MAX_PPS], AvcSlice *slice)
{
	syn_flag(r, "forbidden_zero_bit");
	slice->ref_idc = (u8)syn_u(r, 2, "nal_ref_idc");
	slice->nal_type = (u8)syn_u(r, 5, "nal_unit_type");
	slice->idr = slice->nal_type == AVC_NAL_IDR;
	slice->first_mb = syn_ue(r, MAX_PIC_SIZE_IN_MBS - 1, "first_mb_in_slice");
	slice->slice_type = (u8)syn_ue(r, 9, "slice_type");
	slice->pps_id = (u8)syn_ue(r, AVC_MAX_PPS - 1, "pic_parameter_set_id");
	if (!syn_ok(r))
		return GF_OK;
	const AvcPps *pps = pps_table[slice->pps_id];
	const AvcSps *sps = pps ? sps_table[pps->sps_id] : NULL;
	if (!sps)
		return GF_NOT_FOUND;
	slice->sps_id = sps->id;
	if (sps->separate_colour_plane)
		syn_u_max(r, 2, 2, "colour_plane_id");
	slice->frame_num = (u16)syn_u(r, sps->log2_max_frame_num, "frame_num");
	if (!sps->frame_mbs_only) {
		slice->field = syn_flag(r, "field_pic_flag");
		if (slice->field)
			slice->bottom = syn_flag(r, "bottom_field_flag");
	}
	if (slice->idr)
		slice->idr_pic_id = (u16)syn_ue(r, 65535, "idr_pic_id");
	parse_order_count(r, sps, pps, slice);
	if (pps->redundant_pic_cnt_present)
		slice->redundant_pic_cnt = (u8)syn_ue(r, 127, "redundant_pic_cnt");
	parse_references(r, sps, pps, slice);
	return GF_OK;
}

GF_Err avc_parse_slice(const u8 *nal, u32 size, const AvcSps *const sps_table[AVC_MAX_SPS],
	const AvcPps *const pps_table[AVC_MAX_PPS], AvcSlice *slice, const SynTrace *trace)
{
	NalSyntax s;
	nal_syntax_open_head(&s, nal, size, trace);
	AvcSlice parsed = {0};
	GF_Err e = parse_slice_header(&s.r, sps_table, pps_table, &parsed);
	if (!e)
		e = nal_syntax_close(&s, "AVC slice");
	if (!e)
		*slice = parsed;
	return e;
}

Bool avc_new_picture(const AvcSlice *a, const AvcSlice *b, const AvcSps *sps)
{
	if (a->frame_num != b->frame_num || a->pps_id != b->pps_id || a->sps_id != b->sps_id)
		return GF_TRUE;
	if (a->field != b->field || a->bottom != b->bottom)
		return GF_TRUE;
	if (!a->ref_idc != !b->ref_idc || a->idr != b->idr)
		return GF_TRUE;
	if (a->idr && a->idr_pic_id != b->idr_pic_id)
		return GF_TRUE;
	if (sps->poc_type == 0)
		return a->poc_lsb != b->poc_lsb || a->delta_poc_bottom != b->delta_poc_bottom;
	if (sps->poc_type == 1)
		return a->delta_poc[0] != b->delta_poc[0] || a->delta_poc[1] != b->delta_poc[1];
	return GF_FALSE;
}

// 8.2.1.1. Sums wrap: the standard forbids values outside 32 bits, a broken stream may hold them.
static void poc_type0(AvcPocState *state, const AvcSps *sps, const AvcSlice *slice, AvcPoc *poc)
{
	if (slice->idr) {
		state->prev_msb = 0;
		state->prev_lsb = 0;
	}
	u32 lsb = slice->poc_lsb;
	u32 msb = nal_poc_msb((u32)state->prev_msb, state->prev_lsb, lsb, 1u << sps->log2_max_poc_lsb);
	poc->top = (s32)(msb + lsb);
	poc->bottom = slice->field ? poc->top : (s32)(msb + lsb + (u32)slice->delta_poc_bottom);
	if (slice->ref_idc) {
		state->prev_msb = (s32)msb;
		state->prev_lsb = lsb;
	}
}

// 8.2.1.2, with absFrameNum and the frame number offset computed as for type 2
static void poc_type1(const AvcSps *sps, const AvcSlice *slice, u64 frame_num, AvcPoc *poc)
{
	u32 cycle = sps->nb_ref_frames_in_poc_cycle;
	u64 abs_frame_num = cycle ? frame_num : 0;
	if (!slice->ref_idc && abs_frame_num)
		abs_frame_num--;
	s64 expected = 0;
	if (abs_frame_num) {
		s64 delta_per_cycle = 0;
		for (u32 i = 0; i < cycle; i++)
			delta_per_cycle += sps->offset_for_ref_frame[i];
		expected = (s64)((abs_frame_num - 1) / cycle) * delta_per_cycle;
		for (u32 i = 0; i <= (abs_frame_num - 1) % cycle; i++)
			expected += sps->offset_for_ref_frame[i];
	}
	if (!slice->ref_idc)
		expected += sps->offset_for_non_ref_pic;
	if (!slice->field) {
		poc->top = (s32)(expected + slice->delta_poc[0]);
		poc->bottom =
			(s32)(expected + slice->delta_poc[0] + sps->offset_for_top_to_bottom + slice->delta_poc[1]);
	} else {
		s64 offset = slice->bottom ? sps->offset_for_top_to_bottom : 0;
		poc->top = poc->bottom = (s32)(expected + offset + slice->delta_poc[0]);
	}
}

// Types 1 and 2 count pictures by frame_num, unwrapped (8.2.1.2, 8.2.1.3).
static void poc_by_frame_num(AvcPocState *state, const AvcSps *sps, const AvcSlice *slice, AvcPoc *poc)
{
	u32 offset = state->prev_mmco5 ? 0 : (u32)state->prev_frame_num_offset;
	u32 prev_frame_num = state->prev_mmco5 ? 0 : state->prev_frame_num;
	if (slice->idr)
		offset = 0;
	else if (prev_frame_num > slice->frame_num)
		offset += 1u << sps->log2_max_frame_num;
	// a broken stream could count for ever: 31 bits are more than any real sequence
	offset &= 0x7FFFFFFF;
	u64 frame_num = (u64)offset + slice->frame_num;
	if (sps->poc_type == 1) {
		poc_type1(sps, slice, frame_num, poc);
	} else {
		s64 value = slice->idr ? 0 : 2 * (s64)frame_num - (slice->ref_idc ? 0 : 1);
		poc->top = poc->bottom = (s32)value;
	}
	state->prev_frame_num_offset = (s32)offset;
	state->prev_frame_num = slice->frame_num;
	state->prev_mmco5 = slice->mmco5;
}

void avc_poc(AvcPocState *state, const AvcSps *sps, const AvcSlice *slice, AvcPoc *poc)
{
	if (sps->poc_type == 0)
		poc_type0(state, sps, slice, poc);
	else
		poc_by_frame_num(state, sps, slice, poc);
	poc->poc = poc->top < poc->bottom ? poc->top : poc->bottom;
	if (slice->mmco5) {
		// 8.2.1: tempPicOrderCnt is taken off after decoding; the picture counts from 0 like an IDR picture
		poc->top = (s32)((u32)poc->top - (u32)poc->poc);
		poc->bottom = (s32)((u32)poc->bottom - (u32)poc->poc);
		poc->poc = 0;
		state->prev_msb = 0;
		state->prev_lsb = slice->bottom ? 0 : (u32)poc->top;
	}
}
