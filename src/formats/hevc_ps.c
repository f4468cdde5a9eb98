// SPDX-License-Identifier: MIT
// Video, sequence and picture parameter sets (ISO/IEC 23008-2 7.3.2, 7.3.3, 7.3.4, 7.3.7, annex E).
#include "formats/hevc_syntax.h"

// 16x16 is the smallest coding tree block
#define MAX_SIDE_IN_CTBS ((NAL_MAX_SIDE + 15) / 16)
// 7.4.3.1 and F.7.4.3.1
#define MAX_LAYER_SETS 1024

static const char *const nal_names[64] = {
	"TRAIL_N slice segment",
	"TRAIL_R slice segment",
	"TSA_N slice segment",
	"TSA_R slice segment",
	"STSA_N slice segment",
	"STSA_R slice segment",
	"RADL_N slice segment",
	"RADL_R slice segment",
	"RASL_N slice segment",
	"RASL_R slice segment",
	"RSV_VCL_N10",
	"RSV_VCL_R11",
	"RSV_VCL_N12",
	"RSV_VCL_R13",
	"RSV_VCL_N14",
	"RSV_VCL_R15",
	"BLA_W_LP slice",
	"BLA_W_RADL slice",
	"BLA_N_LP slice",
	"IDR slice (W DLP)",
	"IDR slice (N LP)",
	"CRA slice",
	"RSV_IRAP_VCL22",
	"RSV_IRAP_VCL23",
	"RSV_VCL24",
	"RSV_VCL25",
	"RSV_VCL26",
	"RSV_VCL27",
	"RSV_VCL28",
	"RSV_VCL29",
	"RSV_VCL30",
	"RSV_VCL31",
	"Video Parameter Set",
	"Sequence Parameter Set",
	"Picture Parameter Set",
	"AU Delimiter",
	"End of Sequence",
	"End of Bitstream",
	"Filler Data",
	"SEI Prefix",
	"SEI Suffix",
	"RSV_NVCL41",
	"RSV_NVCL42",
	"RSV_NVCL43",
	"RSV_NVCL44",
	"RSV_NVCL45",
	"RSV_NVCL46",
	"RSV_NVCL47",
	"UNSPEC48",
	"UNSPEC49",
	"UNSPEC50",
	"UNSPEC51",
	"UNSPEC52",
	"UNSPEC53",
	"UNSPEC54",
	"UNSPEC55",
	"UNSPEC56",
	"UNSPEC57",
	"UNSPEC58",
	"UNSPEC59",
	"UNSPEC60",
	"UNSPEC61",
	"DV RPU",
	"DV EL",
};

const char *hevc_nal_name(u8 type)
{
	return nal_names[type & 0x3F];
}

GF_Err hevc_nal_header(const u8 *nal, u32 size, HevcNalHeader *header)
{
	if (size < 2 || (nal[0] & 0x80) || !(nal[1] & 7))
		return GF_NON_COMPLIANT_BITSTREAM;
	header->type = nal[0] >> 1;
	header->layer_id = (u8)((nal[0] & 1) << 5 | nal[1] >> 3);
	header->temporal_id = (nal[1] & 7) - 1;
	return GF_OK;
}

void hevc_read_nal_header(SynReader *r, HevcNalHeader *header)
{
	syn_flag(r, "forbidden_zero_bit");
	header->type = (u8)syn_u(r, 6, "nal_unit_type");
	header->layer_id = (u8)syn_u(r, 6, "nuh_layer_id");
	header->temporal_id = (u8)(syn_u(r, 3, "nuh_temporal_id_plus1") - 1);
}

static void parse_ptl_profile(SynReader *r, HevcPtl *ptl)
{
	ptl->profile_space = (u8)syn_u(r, 2, "profile_space");
	ptl->tier = (u8)syn_u(r, 1, "tier_flag");
	ptl->profile_idc = (u8)syn_u(r, 5, "profile_idc");
	ptl->compatibility = syn_u(r, 32, "profile_compatibility_flags");
	for (u32 i = 0; i < 6; i++)
		ptl->constraints[i] = (u8)syn_u(r, 8, "constraint_flags");
}

// 7.3.3 with profilePresentFlag 1
static void parse_ptl(SynReader *r, u32 max_sub_layers, HevcPtl *ptl)
{
	parse_ptl_profile(r, ptl);
	ptl->level_idc = (u8)syn_u(r, 8, "general_level_idc");
	Bool has_profile[8] = {0}, has_level[8] = {0};
	for (u32 i = 0; i + 1 < max_sub_layers; i++) {
		syn_push(r, i);
		has_profile[i] = syn_flag(r, "sub_layer_profile_present_flag");
		has_level[i] = syn_flag(r, "sub_layer_level_present_flag");
		syn_pop(r);
	}
	if (max_sub_layers > 1)
		syn_skip(r, 2 * (9 - max_sub_layers)); // reserved_zero_2bits
	for (u32 i = 0; i + 1 < max_sub_layers; i++) {
		HevcPtl sub_layer;
		syn_push(r, i);
		if (has_profile[i])
			parse_ptl_profile(r, &sub_layer);
		if (has_level[i])
			syn_u(r, 8, "sub_layer_level_idc");
		syn_pop(r);
	}
}

typedef struct {
	Bool nal, vcl, sub_pic;
	u8 au_cpb_removal_delay_bits, dpb_output_delay_bits;
} HevcHrd;

static void parse_hrd_common(SynReader *r, HevcHrd *hrd)
{
	hrd->nal = syn_flag(r, "nal_hrd_parameters_present_flag");
	hrd->vcl = syn_flag(r, "vcl_hrd_parameters_present_flag");
	if (!hrd->nal && !hrd->vcl)
		return;
	hrd->sub_pic = syn_flag(r, "sub_pic_hrd_params_present_flag");
	if (hrd->sub_pic) {
		syn_u(r, 8, "tick_divisor_minus2");
		syn_u(r, 5, "du_cpb_removal_delay_increment_length_minus1");
		syn_flag(r, "sub_pic_cpb_params_in_pic_timing_sei_flag");
		syn_u(r, 5, "dpb_output_delay_du_length_minus1");
	}
	syn_u(r, 4, "bit_rate_scale");
	syn_u(r, 4, "cpb_size_scale");
	if (hrd->sub_pic)
		syn_u(r, 4, "cpb_size_du_scale");
	syn_u(r, 5, "initial_cpb_removal_delay_length_minus1");
	hrd->au_cpb_removal_delay_bits = (u8)syn_u(r, 5, "au_cpb_removal_delay_length_minus1") + 1;
	hrd->dpb_output_delay_bits = (u8)syn_u(r, 5, "dpb_output_delay_length_minus1") + 1;
}

// E.2.2. Without `common`, `hrd` keeps that of the preceding structure.
static void parse_hrd(SynReader *r, Bool common, u32 max_sub_layers, HevcHrd *hrd)
{
	if (common)
		parse_hrd_common(r, hrd);
	for (u32 i = 0; i < max_sub_layers; i++) {
		syn_push(r, i);
		Bool low_delay = GF_FALSE;
		Bool fixed =
			syn_flag(r, "fixed_pic_rate_general_flag") || syn_flag(r, "fixed_pic_rate_within_cvs_flag");
		if (fixed)
			syn_ue(r, 2047, "elemental_duration_in_tc_minus1");
		else
			low_delay = syn_flag(r, "low_delay_hrd_flag");
		u32 cpb_cnt = low_delay ? 1 : syn_ue(r, 31, "cpb_cnt_minus1") + 1;
		if (hrd->nal)
			nal_skip_hrd_buffers(r, cpb_cnt, hrd->sub_pic);
		if (hrd->vcl)
			nal_skip_hrd_buffers(r, cpb_cnt, hrd->sub_pic);
		syn_pop(r);
	}
}

static void parse_timing(SynReader *r, u32 *num_units_in_tick, u32 *time_scale)
{
	*num_units_in_tick = syn_u(r, 32, "num_units_in_tick");
	*time_scale = syn_u(r, 32, "time_scale");
	if (syn_flag(r, "poc_proportional_to_timing_flag"))
		syn_ue(r, 0xFFFFFFFE, "num_ticks_poc_diff_one_minus1");
}

static void parse_vps_timing(SynReader *r, HevcVps *vps)
{
	parse_timing(r, &vps->num_units_in_tick, &vps->time_scale);
	u32 nb_hrd = syn_ue(r, MAX_LAYER_SETS, "vps_num_hrd_parameters");
	HevcHrd hrd = {0};
	for (u32 i = 0; i < nb_hrd && syn_ok(r); i++) {
		syn_push(r, i);
		syn_ue(r, MAX_LAYER_SETS - 1, "hrd_layer_set_idx");
		Bool common = !i || syn_flag(r, "cprms_present_flag");
		parse_hrd(r, common, vps->max_sub_layers, &hrd);
		syn_pop(r);
	}
}

// The sub-layer loop that VPS and SPS share; values of the highest sub-layer.
static void parse_sub_layer_ordering(
	SynReader *r, u32 max_sub_layers, u8 *max_dec_pic_buffering, u8 *max_num_reorder)
{
	Bool all = syn_flag(r, "sub_layer_ordering_info_present_flag");
	for (u32 i = all ? 0 : max_sub_layers - 1; i < max_sub_layers; i++) {
		syn_push(r, i);
		// A.4.2: MaxDpbSize is at most 16
		*max_dec_pic_buffering = (u8)syn_ue(r, 15, "max_dec_pic_buffering_minus1") + 1;
		*max_num_reorder = (u8)syn_ue(r, 15, "max_num_reorder_pics");
		syn_ue(r, 0xFFFFFFFE, "max_latency_increase_plus1");
		syn_pop(r);
	}
}

static void parse_vps_data(SynReader *r, HevcVps *vps)
{
	HevcNalHeader nal;
	hevc_read_nal_header(r, &nal);
	vps->id = (u8)syn_u(r, 4, "vps_video_parameter_set_id");
	vps->base_internal = syn_flag(r, "vps_base_layer_internal_flag");
	vps->base_available = syn_flag(r, "vps_base_layer_available_flag");
	vps->max_layers = (u8)syn_u(r, 6, "vps_max_layers_minus1") + 1;
	vps->max_sub_layers = (u8)syn_u_max(r, 3, HEVC_MAX_SUB_LAYERS - 1, "vps_max_sub_layers_minus1") + 1;
	vps->temporal_id_nesting = syn_flag(r, "vps_temporal_id_nesting_flag");
	syn_skip(r, 16); // vps_reserved_0xffff_16bits
	parse_ptl(r, vps->max_sub_layers, &vps->ptl);
	u8 max_dec_pic_buffering, max_num_reorder;
	parse_sub_layer_ordering(r, vps->max_sub_layers, &max_dec_pic_buffering, &max_num_reorder);
	u32 max_layer_id = syn_u_max(r, 6, 62, "vps_max_layer_id");
	u32 nb_layer_sets = syn_ue(r, MAX_LAYER_SETS - 1, "vps_num_layer_sets_minus1") + 1;
	for (u32 i = 1; i < nb_layer_sets && syn_ok(r); i++) {
		syn_push(r, i);
		for (u32 j = 0; j <= max_layer_id; j++)
			syn_flag(r, "layer_id_included_flag");
		syn_pop(r);
	}
	if (syn_flag(r, "vps_timing_info_present_flag"))
		parse_vps_timing(r, vps);
	vps->extension = syn_flag(r, "vps_extension_flag");
}

GF_Err hevc_parse_vps(const u8 *nal, u32 size, HevcVps *vps, const SynTrace *trace)
{
	NalSyntax s;
	GF_Err e = nal_syntax_open(&s, nal, size, trace);
	if (e)
		return e;
	HevcVps parsed = {0};
	parse_vps_data(&s.r, &parsed);
	e = nal_syntax_close(&s, "HEVC video parameter set");
	if (!e)
		*vps = parsed;
	return e;
}

// 7.3.4
static void skip_scaling_list_data(SynReader *r)
{
	for (u32 size_id = 0; size_id < 4; size_id++) {
		u32 step = size_id == 3 ? 3 : 1;
		for (u32 matrix_id = 0; matrix_id < 6; matrix_id += step) {
			syn_push(r, size_id);
			syn_push(r, matrix_id);
			if (!syn_flag(r, "scaling_list_pred_mode_flag")) {
				syn_ue(r, matrix_id / step, "scaling_list_pred_matrix_id_delta");
			} else {
				if (size_id > 1)
					syn_se(r, -7, 247, "scaling_list_dc_coef_minus8");
				for (u32 i = 0; i < (size_id ? 64 : 16); i++)
					syn_se(r, -128, 127, "scaling_list_delta_coef");
			}
			syn_pop(r);
			syn_pop(r);
		}
	}
}

static void rps_add(SynReader *r, HevcRps *rps, s32 delta_poc, Bool used)
{
	u32 at = rps->nb_negative + rps->nb_positive;
	if (at >= 16 || delta_poc < -32768 || delta_poc > 32767) {
		syn_fail(r, "delta_rps", delta_poc);
		return;
	}
	rps->delta_poc[at] = delta_poc;
	rps->used |= (u16)(used << at);
	if (delta_poc < 0)
		rps->nb_negative++;
	else
		rps->nb_positive++;
}

// Equations 7-61 and 7-62: the set is that of `ref` shifted by delta_rps, which itself joins it.
static void parse_predicted_rps(SynReader *r, const HevcRps *ref, HevcRps *rps)
{
	Bool negative = syn_flag(r, "delta_rps_sign");
	s32 delta_rps = (s32)syn_ue(r, 32767, "abs_delta_rps_minus1") + 1;
	if (negative)
		delta_rps = -delta_rps;
	u32 nb_ref = ref->nb_negative + ref->nb_positive;
	Bool used[17] = {0}, use_delta[17] = {0};
	for (u32 i = 0; i <= nb_ref; i++) {
		syn_push(r, i);
		used[i] = syn_flag(r, "used_by_curr_pic_flag");
		use_delta[i] = used[i] || syn_flag(r, "use_delta_flag");
		syn_pop(r);
	}
	u32 nb_neg = ref->nb_negative;
	for (u32 i = nb_ref; i > nb_neg; i--) {
		s32 delta = ref->delta_poc[i - 1] + delta_rps;
		if (delta < 0 && use_delta[i - 1])
			rps_add(r, rps, delta, used[i - 1]);
	}
	if (delta_rps < 0 && use_delta[nb_ref])
		rps_add(r, rps, delta_rps, used[nb_ref]);
	for (u32 i = 0; i < nb_neg; i++) {
		s32 delta = ref->delta_poc[i] + delta_rps;
		if (delta < 0 && use_delta[i])
			rps_add(r, rps, delta, used[i]);
	}
	for (u32 i = nb_neg; i > 0; i--) {
		s32 delta = ref->delta_poc[i - 1] + delta_rps;
		if (delta > 0 && use_delta[i - 1])
			rps_add(r, rps, delta, used[i - 1]);
	}
	if (delta_rps > 0 && use_delta[nb_ref])
		rps_add(r, rps, delta_rps, used[nb_ref]);
	for (u32 i = nb_neg; i < nb_ref; i++) {
		s32 delta = ref->delta_poc[i] + delta_rps;
		if (delta > 0 && use_delta[i])
			rps_add(r, rps, delta, used[i]);
	}
}

static void parse_explicit_rps(SynReader *r, HevcRps *rps)
{
	u32 nb_negative = syn_ue(r, 16, "num_negative_pics");
	u32 nb_positive = syn_ue(r, 16 - nb_negative, "num_positive_pics");
	s32 delta = 0;
	for (u32 i = 0; i < nb_negative; i++) {
		syn_push(r, i);
		delta -= (s32)syn_ue(r, 32767, "delta_poc_s0_minus1") + 1;
		rps_add(r, rps, delta, syn_flag(r, "used_by_curr_pic_s0_flag"));
		syn_pop(r);
	}
	delta = 0;
	for (u32 i = 0; i < nb_positive; i++) {
		syn_push(r, i);
		delta += (s32)syn_ue(r, 32767, "delta_poc_s1_minus1") + 1;
		rps_add(r, rps, delta, syn_flag(r, "used_by_curr_pic_s1_flag"));
		syn_pop(r);
	}
}

void hevc_parse_rps(SynReader *r, const HevcRps *sets, u32 nb_sets, u32 idx, HevcRps *rps)
{
	*rps = (HevcRps){0};
	if (!idx || !syn_flag(r, "inter_ref_pic_set_prediction_flag")) {
		parse_explicit_rps(r, rps);
		return;
	}
	u32 delta_idx = idx == nb_sets ? syn_ue(r, idx - 1, "delta_idx_minus1") + 1 : 1;
	parse_predicted_rps(r, &sets[idx - delta_idx], rps);
}

static void parse_vui_window(SynReader *r)
{
	if (!syn_flag(r, "default_display_window_flag"))
		return;
	syn_ue(r, NAL_MAX_SIDE, "def_disp_win_left_offset");
	syn_ue(r, NAL_MAX_SIDE, "def_disp_win_right_offset");
	syn_ue(r, NAL_MAX_SIDE, "def_disp_win_top_offset");
	syn_ue(r, NAL_MAX_SIDE, "def_disp_win_bottom_offset");
}

// E.2.1
static void parse_vui(SynReader *r, HevcSps *sps)
{
	nal_parse_vui_signal(r, "matrix_coeffs", &sps->vui);
	syn_flag(r, "neutral_chroma_indication_flag");
	sps->field_seq = syn_flag(r, "field_seq_flag");
	sps->frame_field_info_present = syn_flag(r, "frame_field_info_present_flag");
	parse_vui_window(r);
	if (syn_flag(r, "vui_timing_info_present_flag")) {
		parse_timing(r, &sps->vui.num_units_in_tick, &sps->vui.time_scale);
		if (syn_flag(r, "vui_hrd_parameters_present_flag")) {
			HevcHrd hrd = {0};
			parse_hrd(r, GF_TRUE, sps->max_sub_layers, &hrd);
			sps->hrd_present = hrd.nal || hrd.vcl;
			sps->au_cpb_removal_delay_bits = hrd.au_cpb_removal_delay_bits;
			sps->dpb_output_delay_bits = hrd.dpb_output_delay_bits;
		}
	}
	if (!syn_flag(r, "bitstream_restriction_flag"))
		return;
	syn_flag(r, "tiles_fixed_structure_flag");
	syn_flag(r, "motion_vectors_over_pic_boundaries_flag");
	syn_flag(r, "restricted_ref_pic_lists_flag");
	sps->min_spatial_segmentation_idc = (u16)syn_ue(r, 4095, "min_spatial_segmentation_idc");
	syn_ue(r, 16, "max_bytes_per_pic_denom");
	syn_ue(r, 16, "max_bits_per_min_cu_denom");
	syn_ue(r, 15, "log2_max_mv_length_horizontal");
	syn_ue(r, 15, "log2_max_mv_length_vertical");
}

static void parse_sps_format(SynReader *r, HevcSps *sps)
{
	sps->chroma_format_idc = (u8)syn_ue(r, 3, "chroma_format_idc");
	if (sps->chroma_format_idc == 3)
		sps->separate_colour_plane = syn_flag(r, "separate_colour_plane_flag");
	NalPictureSize size;
	nal_parse_picture_size(r, sps->chroma_format_idc, &size);
	sps->coded_width = size.coded_width;
	sps->coded_height = size.coded_height;
	sps->width = size.width;
	sps->height = size.height;
	sps->bit_depth_luma = 8 + (u8)syn_ue(r, 8, "bit_depth_luma_minus8");
	sps->bit_depth_chroma = 8 + (u8)syn_ue(r, 8, "bit_depth_chroma_minus8");
}

static void parse_sps_blocks(SynReader *r, HevcSps *sps)
{
	u32 log2_min_cb = 3 + syn_ue(r, 3, "log2_min_luma_coding_block_size_minus3");
	u32 log2_ctb = log2_min_cb + syn_ue(r, 3, "log2_diff_max_min_luma_coding_block_size");
	if (log2_ctb < 4 || log2_ctb > 6)
		syn_fail(r, "log2_diff_max_min_luma_coding_block_size", log2_ctb - log2_min_cb);
	sps->log2_ctb_size = (u8)log2_ctb;
	u32 ctb = 1u << log2_ctb;
	sps->pic_size_in_ctbs =
		((sps->coded_width + ctb - 1) >> log2_ctb) * ((sps->coded_height + ctb - 1) >> log2_ctb);
	syn_ue(r, 3, "log2_min_luma_transform_block_size_minus2");
	syn_ue(r, 3, "log2_diff_max_min_luma_transform_block_size");
	syn_ue(r, 4, "max_transform_hierarchy_depth_inter");
	syn_ue(r, 4, "max_transform_hierarchy_depth_intra");
	if (syn_flag(r, "scaling_list_enabled_flag")) {
		if (sps->multilayer_ext && syn_flag(r, "sps_infer_scaling_list_flag"))
			syn_u(r, 6, "sps_scaling_list_ref_layer_id");
		else if (syn_flag(r, "sps_scaling_list_data_present_flag"))
			skip_scaling_list_data(r);
	}
	syn_flag(r, "amp_enabled_flag");
	syn_flag(r, "sample_adaptive_offset_enabled_flag");
	if (syn_flag(r, "pcm_enabled_flag")) {
		syn_u(r, 4, "pcm_sample_bit_depth_luma_minus1");
		syn_u(r, 4, "pcm_sample_bit_depth_chroma_minus1");
		syn_ue(r, 2, "log2_min_pcm_luma_coding_block_size_minus3");
		syn_ue(r, 2, "log2_diff_max_min_pcm_luma_coding_block_size");
		syn_flag(r, "pcm_loop_filter_disabled_flag");
	}
}

static void parse_sps_references(SynReader *r, HevcSps *sps)
{
	sps->nb_rps = (u8)syn_ue(r, HEVC_MAX_RPS, "num_short_term_ref_pic_sets");
	for (u32 i = 0; i < sps->nb_rps && syn_ok(r); i++) {
		syn_push(r, i);
		hevc_parse_rps(r, sps->rps, sps->nb_rps, i, &sps->rps[i]);
		syn_pop(r);
	}
	sps->long_term_present = syn_flag(r, "long_term_ref_pics_present_flag");
	if (sps->long_term_present) {
		sps->nb_long_term = (u8)syn_ue(r, 32, "num_long_term_ref_pics_sps");
		for (u32 i = 0; i < sps->nb_long_term; i++) {
			syn_push(r, i);
			sps->lt_poc_lsb[i] = (u16)syn_u(r, sps->log2_max_poc_lsb, "lt_ref_pic_poc_lsb_sps");
			if (syn_flag(r, "used_by_curr_pic_lt_sps_flag"))
				sps->lt_used |= 1u << i;
			syn_pop(r);
		}
	}
	sps->temporal_mvp = syn_flag(r, "sps_temporal_mvp_enabled_flag");
	syn_flag(r, "strong_intra_smoothing_enabled_flag");
}

static void parse_sps_data(SynReader *r, HevcSps *sps)
{
	HevcNalHeader nal;
	hevc_read_nal_header(r, &nal);
	sps->vps_id = (u8)syn_u(r, 4, "sps_video_parameter_set_id");
	u32 max_sub_layers_minus1 = syn_u(r, 3, "sps_max_sub_layers_minus1");
	sps->multilayer_ext = nal.layer_id && max_sub_layers_minus1 == 7;
	if (max_sub_layers_minus1 >= HEVC_MAX_SUB_LAYERS && !sps->multilayer_ext)
		syn_fail(r, "sps_max_sub_layers_minus1", max_sub_layers_minus1);
	sps->max_sub_layers = sps->multilayer_ext || !syn_ok(r) ? 1 : (u8)max_sub_layers_minus1 + 1;
	if (!sps->multilayer_ext) {
		sps->temporal_id_nesting = syn_flag(r, "sps_temporal_id_nesting_flag");
		parse_ptl(r, sps->max_sub_layers, &sps->ptl);
	}
	sps->id = (u8)syn_ue(r, HEVC_MAX_SPS - 1, "sps_seq_parameter_set_id");
	if (!sps->multilayer_ext)
		parse_sps_format(r, sps);
	else if (syn_flag(r, "update_rep_format_flag"))
		syn_u(r, 8, "sps_rep_format_idx");
	sps->log2_max_poc_lsb = 4 + (u8)syn_ue(r, 12, "log2_max_pic_order_cnt_lsb_minus4");
	if (!sps->multilayer_ext)
		parse_sub_layer_ordering(r, sps->max_sub_layers, &sps->max_dec_pic_buffering, &sps->max_num_reorder);
	parse_sps_blocks(r, sps);
	parse_sps_references(r, sps);
	sps->vui.primaries = sps->vui.transfer = sps->vui.matrix = 2;
	sps->vui_present = syn_flag(r, "vui_parameters_present_flag");
	if (sps->vui_present)
		parse_vui(r, sps);
}

GF_Err hevc_parse_sps(const u8 *nal, u32 size, HevcSps *sps, const SynTrace *trace)
{
	NalSyntax s;
	GF_Err e = nal_syntax_open(&s, nal, size, trace);
	if (e)
		return e;
	HevcSps parsed = {0};
	parse_sps_data(&s.r, &parsed);
	e = nal_syntax_close(&s, "HEVC sequence parameter set");
	if (!e)
		*sps = parsed;
	return e;
}

static void skip_tiles(SynReader *r)
{
	u32 nb_columns = syn_ue(r, MAX_SIDE_IN_CTBS - 1, "num_tile_columns_minus1") + 1;
	u32 nb_rows = syn_ue(r, MAX_SIDE_IN_CTBS - 1, "num_tile_rows_minus1") + 1;
	if (!syn_flag(r, "uniform_spacing_flag")) {
		for (u32 i = 0; i + 1 < nb_columns && syn_ok(r); i++)
			syn_ue(r, MAX_SIDE_IN_CTBS - 1, "column_width_minus1");
		for (u32 i = 0; i + 1 < nb_rows && syn_ok(r); i++)
			syn_ue(r, MAX_SIDE_IN_CTBS - 1, "row_height_minus1");
	}
	syn_flag(r, "loop_filter_across_tiles_enabled_flag");
}

static void parse_pps_data(SynReader *r, HevcPps *pps)
{
	HevcNalHeader nal;
	hevc_read_nal_header(r, &nal);
	pps->id = (u8)syn_ue(r, HEVC_MAX_PPS - 1, "pps_pic_parameter_set_id");
	pps->sps_id = (u8)syn_ue(r, HEVC_MAX_SPS - 1, "pps_seq_parameter_set_id");
	pps->dependent_slices = syn_flag(r, "dependent_slice_segments_enabled_flag");
	pps->output_flag_present = syn_flag(r, "output_flag_present_flag");
	pps->nb_extra_slice_header_bits = (u8)syn_u(r, 3, "num_extra_slice_header_bits");
	syn_flag(r, "sign_data_hiding_enabled_flag");
	syn_flag(r, "cabac_init_present_flag");
	syn_ue(r, 14, "num_ref_idx_l0_default_active_minus1");
	syn_ue(r, 14, "num_ref_idx_l1_default_active_minus1");
	syn_se(r, -26 - 6 * 8, 25, "init_qp_minus26");
	syn_flag(r, "constrained_intra_pred_flag");
	syn_flag(r, "transform_skip_enabled_flag");
	if (syn_flag(r, "cu_qp_delta_enabled_flag"))
		syn_ue(r, 3, "diff_cu_qp_delta_depth");
	syn_se(r, -12, 12, "pps_cb_qp_offset");
	syn_se(r, -12, 12, "pps_cr_qp_offset");
	syn_flag(r, "pps_slice_chroma_qp_offsets_present_flag");
	syn_flag(r, "weighted_pred_flag");
	syn_flag(r, "weighted_bipred_flag");
	syn_flag(r, "transquant_bypass_enabled_flag");
	pps->tiles = syn_flag(r, "tiles_enabled_flag");
	pps->entropy_sync = syn_flag(r, "entropy_coding_sync_enabled_flag");
	if (pps->tiles)
		skip_tiles(r);
	syn_flag(r, "pps_loop_filter_across_slices_enabled_flag");
	if (syn_flag(r, "deblocking_filter_control_present_flag")) {
		syn_flag(r, "deblocking_filter_override_enabled_flag");
		if (!syn_flag(r, "pps_deblocking_filter_disabled_flag")) {
			syn_se(r, -6, 6, "pps_beta_offset_div2");
			syn_se(r, -6, 6, "pps_tc_offset_div2");
		}
	}
	if (syn_flag(r, "pps_scaling_list_data_present_flag"))
		skip_scaling_list_data(r);
	pps->lists_modification_present = syn_flag(r, "lists_modification_present_flag");
}

GF_Err hevc_parse_pps(const u8 *nal, u32 size, HevcPps *pps, const SynTrace *trace)
{
	NalSyntax s;
	GF_Err e = nal_syntax_open(&s, nal, size, trace);
	if (e)
		return e;
	HevcPps parsed = {0};
	parse_pps_data(&s.r, &parsed);
	e = nal_syntax_close(&s, "HEVC picture parameter set");
	if (!e)
		*pps = parsed;
	return e;
}

void hevc_video_format(const HevcSps *sps, NalVideoFormat *format)
{
	*format = (NalVideoFormat){
		.width = sps->width,
		.height = sps->height,
		.chroma_format_idc = sps->chroma_format_idc,
		.bit_depth_luma = sps->bit_depth_luma,
		.bit_depth_chroma = sps->bit_depth_chroma,
		.interlaced = sps->field_seq,
		.vui = sps->vui,
	};
}
