// SPDX-License-Identifier: MIT
// Sequence and picture parameter sets (ISO/IEC 14496-10 7.3.2.1, 7.3.2.2, annex E).
#include "formats/avc.h"
#include "formats/nal_syntax.h"

// Table A-1: no level allows more than 139264 macroblocks, nor a side above sqrt(8 * 139264).
#define MAX_PIC_SIZE_IN_MBS 139264
#define MAX_SIDE_IN_MBS 1055

static const char *const nal_names[32] = {
	"Unspecified",
	"Non IDR slice",
	"Partition A",
	"Partition B",
	"Partition C",
	"IDR slice",
	"SEI Message",
	"SequenceParameterSet",
	"PictureParameterSet",
	"AccessUnitDelimiter",
	"EndOfSequence",
	"EndOfStream",
	"Filler data",
	"SequenceParameterSetExtension",
	"SVCPrefix",
	"SVCSubsequenceParameterSet",
	"DepthParameterSet",
	"Reserved",
	"Reserved",
	"Auxiliary slice",
	"SVCSlice",
	"DepthSlice",
	"Reserved",
	"Reserved",
	"Unspecified",
	"Unspecified",
	"Unspecified",
	"Unspecified",
	"Unspecified",
	"Unspecified",
	"Unspecified",
	"Unspecified",
};

const char *avc_nal_name(u8 type)
{
	return nal_names[type & 0x1F];
}

// 7.3.2.1.1.1: the values only matter to a decoder.
static void skip_scaling_list(SynReader *r, u32 size)
{
	s32 last = 8, next = 8;
	for (u32 i = 0; i < size && next; i++) {
		syn_push(r, i);
		s32 delta = syn_se(r, -128, 127, "delta_scale");
		syn_pop(r);
		next = (last + delta + 256) % 256;
		if (next)
			last = next;
	}
}

static void skip_scaling_lists(SynReader *r, u32 nb_lists, const char *flag_name)
{
	for (u32 i = 0; i < nb_lists; i++) {
		syn_push(r, i);
		if (syn_flag(r, flag_name))
			skip_scaling_list(r, i < 6 ? 16 : 64);
		syn_pop(r);
	}
}

// E.1.2
static void parse_hrd(SynReader *r, AvcHrd *hrd)
{
	hrd->present = GF_TRUE;
	hrd->cpb_cnt = syn_ue(r, 31, "cpb_cnt_minus1") + 1;
	syn_u(r, 4, "bit_rate_scale");
	syn_u(r, 4, "cpb_size_scale");
	nal_skip_hrd_buffers(r, hrd->cpb_cnt, GF_FALSE);
	hrd->initial_cpb_removal_delay_bits = (u8)syn_u(r, 5, "initial_cpb_removal_delay_length_minus1") + 1;
	hrd->cpb_removal_delay_bits = (u8)syn_u(r, 5, "cpb_removal_delay_length_minus1") + 1;
	hrd->dpb_output_delay_bits = (u8)syn_u(r, 5, "dpb_output_delay_length_minus1") + 1;
	hrd->time_offset_bits = (u8)syn_u(r, 5, "time_offset_length");
}

// E.1.1
static void parse_vui(SynReader *r, AvcSps *sps)
{
	NalVui *vui = &sps->vui;
	nal_parse_vui_signal(r, "matrix_coefficients", vui);
	if (syn_flag(r, "timing_info_present_flag")) {
		vui->num_units_in_tick = syn_u(r, 32, "num_units_in_tick");
		vui->time_scale = syn_u(r, 32, "time_scale");
		vui->fixed_frame_rate = syn_flag(r, "fixed_frame_rate_flag");
	}
	if (syn_flag(r, "nal_hrd_parameters_present_flag"))
		parse_hrd(r, &sps->nal_hrd);
	if (syn_flag(r, "vcl_hrd_parameters_present_flag"))
		parse_hrd(r, &sps->vcl_hrd);
	if (sps->nal_hrd.present || sps->vcl_hrd.present)
		syn_flag(r, "low_delay_hrd_flag");
	sps->pic_struct_present = syn_flag(r, "pic_struct_present_flag");
	sps->restriction_present = syn_flag(r, "bitstream_restriction_flag");
	if (!sps->restriction_present)
		return;
	syn_flag(r, "motion_vectors_over_pic_boundaries_flag");
	syn_ue(r, 16, "max_bytes_per_pic_denom");
	syn_ue(r, 16, "max_bits_per_mb_denom");
	syn_ue(r, 16, "log2_max_mv_length_horizontal");
	syn_ue(r, 16, "log2_max_mv_length_vertical");
	sps->max_num_reorder_frames = (u8)syn_ue(r, 16, "max_num_reorder_frames");
	sps->max_dec_frame_buffering = (u8)syn_ue(r, 16, "max_dec_frame_buffering");
}

static Bool has_chroma_fields(u8 profile_idc)
{
	static const u8 profiles[] = {100, 110, 122, 244, 44, 83, 86, 118, 128, 138, 139, 134, 135};
	return memchr(profiles, profile_idc, sizeof(profiles)) ? GF_TRUE : GF_FALSE;
}

static void parse_sps_chroma(SynReader *r, AvcSps *sps)
{
	sps->chroma_format_idc = (u8)syn_ue(r, 3, "chroma_format_idc");
	if (sps->chroma_format_idc == 3)
		sps->separate_colour_plane = syn_flag(r, "separate_colour_plane_flag");
	sps->bit_depth_luma = 8 + (u8)syn_ue(r, 6, "bit_depth_luma_minus8");
	sps->bit_depth_chroma = 8 + (u8)syn_ue(r, 6, "bit_depth_chroma_minus8");
	syn_flag(r, "qpprime_y_zero_transform_bypass_flag");
	if (syn_flag(r, "seq_scaling_matrix_present_flag"))
		skip_scaling_lists(r, sps->chroma_format_idc == 3 ? 12 : 8, "seq_scaling_list_present_flag");
}

static void parse_sps_poc(SynReader *r, AvcSps *sps)
{
	sps->poc_type = (u8)syn_ue(r, 2, "pic_order_cnt_type");
	if (sps->poc_type == 0) {
		sps->log2_max_poc_lsb = 4 + (u8)syn_ue(r, 12, "log2_max_pic_order_cnt_lsb_minus4");
	} else if (sps->poc_type == 1) {
		sps->delta_pic_order_always_zero = syn_flag(r, "delta_pic_order_always_zero_flag");
		sps->offset_for_non_ref_pic = syn_se(r, -INT32_MAX, INT32_MAX, "offset_for_non_ref_pic");
		sps->offset_for_top_to_bottom = syn_se(r, -INT32_MAX, INT32_MAX, "offset_for_top_to_bottom_field");
		sps->nb_ref_frames_in_poc_cycle = (u8)syn_ue(r, 255, "num_ref_frames_in_pic_order_cnt_cycle");
		for (u32 i = 0; i < sps->nb_ref_frames_in_poc_cycle; i++) {
			syn_push(r, i);
			sps->offset_for_ref_frame[i] = syn_se(r, -INT32_MAX, INT32_MAX, "offset_for_ref_frame");
			syn_pop(r);
		}
	}
}

// Cropping (7.4.2.1.1, equations 7-19 to 7-22) must leave at least one sample.
static void parse_sps_size(SynReader *r, AvcSps *sps)
{
	sps->width_in_mbs = syn_ue(r, MAX_SIDE_IN_MBS - 1, "pic_width_in_mbs_minus1") + 1;
	sps->height_in_map_units = syn_ue(r, MAX_SIDE_IN_MBS - 1, "pic_height_in_map_units_minus1") + 1;
	sps->frame_mbs_only = syn_flag(r, "frame_mbs_only_flag");
	if (!sps->frame_mbs_only)
		sps->mb_adaptive = syn_flag(r, "mb_adaptive_frame_field_flag");
	syn_flag(r, "direct_8x8_inference_flag");
	u32 field_factor = sps->frame_mbs_only ? 1 : 2;
	sps->width = sps->width_in_mbs * 16;
	sps->height = sps->height_in_map_units * 16 * field_factor;
	if (!syn_flag(r, "frame_cropping_flag"))
		return;
	u32 chroma = sps->separate_colour_plane ? 0 : sps->chroma_format_idc;
	u32 unit_x = chroma == 1 || chroma == 2 ? 2 : 1;
	u32 unit_y = (chroma == 1 ? 2 : 1) * field_factor;
	u32 left = syn_ue(r, 16 * MAX_SIDE_IN_MBS, "frame_crop_left_offset");
	u32 right = syn_ue(r, 16 * MAX_SIDE_IN_MBS, "frame_crop_right_offset");
	u32 top = syn_ue(r, 16 * MAX_SIDE_IN_MBS, "frame_crop_top_offset");
	u32 bottom = syn_ue(r, 16 * MAX_SIDE_IN_MBS, "frame_crop_bottom_offset");
	u32 crop_x = (left + right) * unit_x, crop_y = (top + bottom) * unit_y;
	if (crop_x >= sps->width)
		syn_fail(r, "frame_crop_right_offset", right);
	else if (crop_y >= sps->height)
		syn_fail(r, "frame_crop_bottom_offset", bottom);
	sps->width -= crop_x;
	sps->height -= crop_y;
}

static void parse_sps_data(SynReader *r, AvcSps *sps)
{
	sps->profile_idc = (u8)syn_u(r, 8, "profile_idc");
	sps->constraint_flags = (u8)syn_u(r, 8, "constraint_set_flags");
	sps->level_idc = (u8)syn_u(r, 8, "level_idc");
	sps->id = (u8)syn_ue(r, AVC_MAX_SPS - 1, "seq_parameter_set_id");
	sps->chroma_format_idc = 1;
	sps->bit_depth_luma = sps->bit_depth_chroma = 8;
	if (has_chroma_fields(sps->profile_idc))
		parse_sps_chroma(r, sps);
	sps->log2_max_frame_num = 4 + (u8)syn_ue(r, 12, "log2_max_frame_num_minus4");
	parse_sps_poc(r, sps);
	// table A-1: MaxDpbFrames is at most 16
	sps->max_num_ref_frames = (u8)syn_ue(r, 16, "max_num_ref_frames");
	sps->gaps_in_frame_num = syn_flag(r, "gaps_in_frame_num_value_allowed_flag");
	parse_sps_size(r, sps);
	sps->vui.primaries = sps->vui.transfer = sps->vui.matrix = 2;
	sps->vui_present = syn_flag(r, "vui_parameters_present_flag");
	if (sps->vui_present)
		parse_vui(r, sps);
}

GF_Err avc_parse_sps(const u8 *nal, u32 size, AvcSps *sps, const SynTrace *trace)
{
	NalSyntax s;
	GF_Err e = nal_syntax_open(&s, nal, size, trace);
	if (e)
		return e;
	syn_skip(&s.r, 8);
	AvcSps parsed = {0};
	parse_sps_data(&s.r, &parsed);
	e = nal_syntax_close(&s, "AVC sequence parameter set");
	if (!e)
		*sps = parsed;
	return e;
}

// 7.3.2.2, flexible macroblock ordering
static void parse_slice_groups(SynReader *r, AvcPps *pps)
{
	pps->slice_group_map_type = (u8)syn_ue(r, 6, "slice_group_map_type");
	if (pps->slice_group_map_type == 0) {
		for (u32 i = 0; i < pps->nb_slice_groups; i++)
			syn_ue(r, MAX_PIC_SIZE_IN_MBS - 1, "run_length_minus1");
	} else if (pps->slice_group_map_type == 2) {
		for (u32 i = 0; i + 1 < pps->nb_slice_groups; i++) {
			syn_ue(r, MAX_PIC_SIZE_IN_MBS - 1, "top_left");
			syn_ue(r, MAX_PIC_SIZE_IN_MBS - 1, "bottom_right");
		}
	} else if (pps->slice_group_map_type >= 3 && pps->slice_group_map_type <= 5) {
		syn_flag(r, "slice_group_change_direction_flag");
		pps->slice_group_change_rate =
			syn_ue(r, MAX_PIC_SIZE_IN_MBS - 1, "slice_group_change_rate_minus1") + 1;
	} else if (pps->slice_group_map_type == 6) {
		u32 nb_units = syn_ue(r, MAX_PIC_SIZE_IN_MBS - 1, "pic_size_in_map_units_minus1") + 1;
		u32 bits = pps->nb_slice_groups > 4 ? 3 : pps->nb_slice_groups > 2 ? 2 : 1;
		for (u32 i = 0; i < nb_units && syn_ok(r); i++)
			syn_u(r, bits, "slice_group_id");
	}
}

static void parse_pps_data(SynReader *r, const AvcSps *const sps_table[AVC_MAX_SPS], AvcPps *pps)
{
	pps->id = (u8)syn_ue(r, AVC_MAX_PPS - 1, "pic_parameter_set_id");
	pps->sps_id = (u8)syn_ue(r, AVC_MAX_SPS - 1, "seq_parameter_set_id");
	pps->cabac = syn_flag(r, "entropy_coding_mode_flag");
	pps->bottom_field_pic_order_present = syn_flag(r, "bottom_field_pic_order_in_frame_present_flag");
	pps->nb_slice_groups = syn_ue(r, 7, "num_slice_groups_minus1") + 1;
	if (pps->nb_slice_groups > 1)
		parse_slice_groups(r, pps);
	pps->nb_ref_idx[0] = (u8)syn_ue(r, 31, "num_ref_idx_l0_default_active_minus1") + 1;
	pps->nb_ref_idx[1] = (u8)syn_ue(r, 31, "num_ref_idx_l1_default_active_minus1") + 1;
	pps->weighted_pred = syn_flag(r, "weighted_pred_flag");
	pps->weighted_bipred_idc = (u8)syn_u_max(r, 2, 2, "weighted_bipred_idc");
	syn_se(r, -26 - 6 * 6, 25, "pic_init_qp_minus26");
	syn_se(r, -26, 25, "pic_init_qs_minus26");
	syn_se(r, -12, 12, "chroma_qp_index_offset");
	pps->deblocking_control_present = syn_flag(r, "deblocking_filter_control_present_flag");
	syn_flag(r, "constrained_intra_pred_flag");
	pps->redundant_pic_cnt_present = syn_flag(r, "redundant_pic_cnt_present_flag");
	if (!syn_more_rbsp_data(r))
		return;
	pps->transform_8x8 = syn_flag(r, "transform_8x8_mode_flag");
	if (syn_flag(r, "pic_scaling_matrix_present_flag")) {
		const AvcSps *sps = sps_table ? sps_table[pps->sps_id] : NULL;
		u32 nb_8x8 = sps && sps->chroma_format_idc == 3 ? 6 : 2;
		skip_scaling_lists(r, 6 + (pps->transform_8x8 ? nb_8x8 : 0), "pic_scaling_list_present_flag");
	}
	syn_se(r, -12, 12, "second_chroma_qp_index_offset");
}

GF_Err avc_parse_pps(
	const u8 *nal, u32 size, const AvcSps *const sps_table[AVC_MAX_SPS], AvcPps *pps, const SynTrace *trace)
{
	NalSyntax s;
	GF_Err e = nal_syntax_open(&s, nal, size, trace);
	if (e)
		return e;
	syn_skip(&s.r, 8);
	AvcPps parsed = {0};
	parse_pps_data(&s.r, sps_table, &parsed);
	e = nal_syntax_close(&s, "AVC picture parameter set");
	if (!e)
		*pps = parsed;
	return e;
}

void avc_video_format(const AvcSps *sps, NalVideoFormat *format)
{
	*format = (NalVideoFormat){
		.width = sps->width,
		.height = sps->height,
		.chroma_format_idc = sps->chroma_format_idc,
		.bit_depth_luma = sps->bit_depth_luma,
		.bit_depth_chroma = sps->bit_depth_chroma,
		.interlaced = !sps->frame_mbs_only,
		.vui = sps->vui,
	};
}
