// SPDX-License-Identifier: MIT
// Video, sequence and picture parameter sets of VVC (ISO/IEC 23090-3 7.3.2.3 to 7.3.2.5, 7.3.3, 7.3.5, ITU-T
// H.274 7.2).
#include "formats/vvc_syntax.h"

// 7.4.11: MaxDpbSize + 13
#define MAX_REF_ENTRIES 29
#define MAX_REF_LISTS 64

static const char *const nal_names[32] = {
	"Slice_TRAIL",
	"Slice_STSA",
	"Slice_RADL",
	"Slice_RASL",
	"RSV_VCL_4",
	"RSV_VCL_5",
	"RSV_VCL_6",
	"IDR_W_RADL",
	"IDR_N_LP",
	"CRA",
	"GDR",
	"RSV_IRAP_11",
	"Operating Point Information",
	"Decoding Capability Information",
	"Video Parameter Set",
	"Sequence Parameter Set",
	"Picture Parameter Set",
	"Prefix Adaptation Parameter Set",
	"Suffix Adaptation Parameter Set",
	"Picture Header",
	"AU Delimiter",
	"End of Sequence",
	"End of Bitstream",
	"SEI Prefix",
	"SEI Suffix",
	"Filler Data",
	"RSV_NVCL_26",
	"RSV_NVCL_27",
	"UNSPEC_28",
	"UNSPEC_29",
	"UNSPEC_30",
	"UNSPEC_31",
};

const char *vvc_nal_name(u8 type)
{
	return nal_names[type & 0x1F];
}

GF_Err vvc_nal_header(const u8 *nal, u32 size, VvcNalHeader *header)
{
	if (size < 2 || (nal[0] & 0x80) || !(nal[1] & 7))
		return GF_NON_COMPLIANT_BITSTREAM;
	header->layer_id = nal[0] & 0x3F;
	header->type = nal[1] >> 3;
	header->temporal_id = (nal[1] & 7) - 1;
	return GF_OK;
}

void vvc_read_nal_header(SynReader *r, VvcNalHeader *header)
{
	syn_flag(r, "forbidden_zero_bit");
	syn_flag(r, "nuh_reserved_zero_bit");
	header->layer_id = (u8)syn_u(r, 6, "nuh_layer_id");
	header->type = (u8)syn_u(r, 5, "nal_unit_type");
	header->temporal_id = (u8)(syn_u(r, 3, "nuh_temporal_id_plus1") - 1);
}

static void append_bits(VvcPtl *ptl, u32 value, u32 nb_bits)
{
	for (u32 i = nb_bits; i > 0; i--) {
		u32 at = ptl->nb_constraint_bits++;
		ptl->constraints[at / 8] |= (u8)(((value >> (i - 1)) & 1) << (7 - at % 8));
	}
}

// 7.3.3.2: 71 bits of constraints, then a count of additional bits
static void parse_constraints(SynReader *r, VvcPtl *ptl)
{
	Bool present = syn_flag(r, "gci_present_flag");
	append_bits(ptl, present, 1);
	if (present) {
		for (u32 left = 71; left;) {
			u32 nb_bits = left > 8 ? 8 : left;
			append_bits(ptl, syn_u(r, nb_bits, "gci_constraint_flags"), nb_bits);
			left -= nb_bits;
		}
		u32 nb_additional = syn_u(r, 8, "gci_num_additional_bits");
		append_bits(ptl, nb_additional, 8);
		for (u32 i = 0; i < nb_additional; i++)
			append_bits(ptl, syn_flag(r, "gci_additional_bit"), 1);
	}
	br_align(&r->br);
}

// 7.3.3.1 with profileTierPresentFlag 1
static void parse_ptl(SynReader *r, u32 max_sub_layers, VvcPtl *ptl)
{
	ptl->profile_idc = (u8)syn_u(r, 7, "general_profile_idc");
	ptl->tier = (u8)syn_u(r, 1, "general_tier_flag");
	ptl->level_idc = (u8)syn_u(r, 8, "general_level_idc");
	ptl->frame_only = syn_flag(r, "ptl_frame_only_constraint_flag");
	ptl->multilayer_enabled = syn_flag(r, "ptl_multilayer_enabled_flag");
	parse_constraints(r, ptl);
	for (u32 i = max_sub_layers - 1; i > 0; i--) {
		syn_push(r, i - 1);
		if (syn_flag(r, "ptl_sublayer_level_present_flag"))
			ptl->sublayer_present |= (u8)(1u << (i - 1));
		syn_pop(r);
	}
	br_align(&r->br);
	for (u32 i = max_sub_layers - 1; i > 0; i--) {
		syn_push(r, i - 1);
		if (ptl->sublayer_present >> (i - 1) & 1)
			ptl->sublayer_level[i - 1] = (u8)syn_u(r, 8, "sublayer_level_idc");
		syn_pop(r);
	}
	ptl->nb_sub_profiles = (u8)syn_u(r, 8, "ptl_num_sub_profiles");
	for (u32 i = 0; i < ptl->nb_sub_profiles; i++) {
		syn_push(r, i);
		ptl->sub_profile[i] = syn_u(r, 32, "general_sub_profile_idc");
		syn_pop(r);
	}
}

static void parse_vps_data(SynReader *r, VvcVps *vps)
{
	VvcNalHeader nal;
	vvc_read_nal_header(r, &nal);
	vps->id = (u8)syn_u(r, 4, "vps_video_parameter_set_id");
	if (!vps->id) // 7.4.3.3: 0 means that no VPS is referred to
		syn_fail(r, "vps_video_parameter_set_id", 0);
	vps->max_layers = (u8)syn_u(r, 6, "vps_max_layers_minus1") + 1;
	vps->max_sub_layers = (u8)syn_u_max(r, 3, 6, "vps_max_sublayers_minus1") + 1;
}

GF_Err vvc_parse_vps(const u8 *nal, u32 size, VvcVps *vps, const SynTrace *trace)
{
	NalSyntax s;
	nal_syntax_open_head(&s, nal, size, trace);
	VvcVps parsed = {0};
	parse_vps_data(&s.r, &parsed);
	GF_Err e = nal_syntax_close(&s, "VVC video parameter set");
	if (!e)
		*vps = parsed;
	return e;
}

// The flags of the SPS which later syntax depends on, besides those which VvcSps keeps.
typedef struct {
	Bool weighted;
	Bool long_term;
	Bool inter_layer;
	Bool lfnst, act, transform_skip, palette, amvr, max_tb_64;
	u32 ctb;
} SpsFlags;

// 7.3.2.4, from sps_subpic_info_present_flag
static void parse_subpics(SynReader *r, VvcSps *sps, const SpsFlags *flags)
{
	u32 columns = (sps->max_width + flags->ctb - 1) / flags->ctb;
	u32 rows = (sps->max_height + flags->ctb - 1) / flags->ctb;
	u32 column_bits = nal_ceil_log2(columns), row_bits = nal_ceil_log2(rows);
	u32 last = syn_ue(r, VVC_MAX_SUBPICS - 1, "sps_num_subpics_minus1");
	sps->nb_subpics = (u16)(last + 1);
	Bool independent = GF_TRUE, same_size = GF_FALSE;
	if (last) {
		independent = syn_flag(r, "sps_independent_subpics_flag");
		same_size = syn_flag(r, "sps_subpic_same_size_flag");
	}
	for (u32 i = 0; last && i <= last && syn_ok(r); i++) {
		syn_push(r, i);
		if (!same_size || !i) {
			if (i && columns > 1)
				syn_u(r, column_bits, "sps_subpic_ctu_top_left_x");
			if (i && rows > 1)
				syn_u(r, row_bits, "sps_subpic_ctu_top_left_y");
			if (i < last && columns > 1)
				syn_u(r, column_bits, "sps_subpic_width_minus1");
			if (i < last && rows > 1)
				syn_u(r, row_bits, "sps_subpic_height_minus1");
		}
		if (!independent) {
			syn_flag(r, "sps_subpic_treated_as_pic_flag");
			syn_flag(r, "sps_loop_filter_across_subpic_enabled_flag");
		}
		syn_pop(r);
	}
	sps->subpic_id_len = (u8)syn_ue(r, 15, "sps_subpic_id_len_minus1") + 1;
	if (!syn_flag(r, "sps_subpic_id_mapping_explicitly_signalled_flag"))
		return;
	sps->subpic_ids_mapped = syn_flag(r, "sps_subpic_id_mapping_present_flag");
	for (u32 i = 0; sps->subpic_ids_mapped && i <= last && syn_ok(r); i++)
		syn_u(r, sps->subpic_id_len, "sps_subpic_id");
}

static u8 count_extra_bits(SynReader *r, const char *count_name, const char *bit_name)
{
	u32 nb_bits = 8 * syn_u(r, 2, count_name);
	u8 nb_set = 0;
	for (u32 i = 0; i < nb_bits; i++)
		nb_set += syn_flag(r, bit_name);
	return nb_set;
}

// 7.3.4
static void parse_dpb(SynReader *r, u32 max_sub_layers)
{
	Bool all = max_sub_layers > 1 && syn_flag(r, "sps_sublayer_dpb_params_flag");
	for (u32 i = all ? 0 : max_sub_layers - 1; i < max_sub_layers; i++) {
		syn_push(r, i);
		syn_ue(r, 15, "dpb_max_dec_pic_buffering_minus1");
		syn_ue(r, 15, "dpb_max_num_reorder_pics");
		syn_ue(r, 0xFFFFFFFE, "dpb_max_latency_increase_plus1");
		syn_pop(r);
	}
}

static void parse_head(SynReader *r, VvcSps *sps, SpsFlags *flags)
{
	sps->id = (u8)syn_u(r, 4, "sps_seq_parameter_set_id");
	sps->vps_id = (u8)syn_u(r, 4, "sps_video_parameter_set_id");
	sps->max_sub_layers = (u8)syn_u_max(r, 3, 6, "sps_max_sublayers_minus1") + 1;
	sps->chroma_format_idc = (u8)syn_u(r, 2, "sps_chroma_format_idc");
	sps->log2_ctu_size = 5 + (u8)syn_u_max(r, 2, 2, "sps_log2_ctu_size_minus5");
	flags->ctb = 1u << sps->log2_ctu_size;
	sps->ptl_present = syn_flag(r, "sps_ptl_dpb_hrd_params_present_flag");
	if (sps->ptl_present)
		parse_ptl(r, sps->max_sub_layers, &sps->ptl);
	sps->gdr_enabled = syn_flag(r, "sps_gdr_enabled_flag");
	sps->ref_pic_resampling = syn_flag(r, "sps_ref_pic_resampling_enabled_flag");
	if (sps->ref_pic_resampling)
		sps->res_change_in_clvs = syn_flag(r, "sps_res_change_in_clvs_allowed_flag");
}

static void parse_picture(SynReader *r, VvcSps *sps, const SpsFlags *flags)
{
	NalPictureSize size;
	nal_parse_picture_size(r, sps->chroma_format_idc, &size);
	sps->max_width = size.coded_width;
	sps->max_height = size.coded_height;
	sps->width = size.width;
	sps->height = size.height;
	sps->nb_subpics = 1;
	sps->subpic_info_present = syn_flag(r, "sps_subpic_info_present_flag");
	if (sps->subpic_info_present)
		parse_subpics(r, sps, flags);
	sps->bit_depth = 8 + (u8)syn_ue(r, 8, "sps_bitdepth_minus8");
	syn_flag(r, "sps_entropy_coding_sync_enabled_flag");
	syn_flag(r, "sps_entry_point_offsets_present_flag");
	sps->log2_max_poc_lsb = 4 + (u8)syn_u_max(r, 4, 12, "sps_log2_max_pic_order_cnt_lsb_minus4");
	sps->poc_msb_cycle_present = syn_flag(r, "sps_poc_msb_cycle_flag");
	if (sps->poc_msb_cycle_present)
		sps->poc_msb_cycle_len =
			(u8)syn_ue(r, 31u - sps->log2_max_poc_lsb, "sps_poc_msb_cycle_len_minus1") + 1;
	sps->nb_extra_ph_bits = count_extra_bits(r, "sps_num_extra_ph_bytes", "sps_extra_ph_bit_present_flag");
	sps->nb_extra_sh_bits = count_extra_bits(r, "sps_num_extra_sh_bytes", "sps_extra_sh_bit_present_flag");
	if (sps->ptl_present)
		parse_dpb(r, sps->max_sub_layers);
}

// Depth of the multi-type tree, then the block sizes it is allowed on. Sizes are at most 128.
static void parse_mtt(SynReader *r, const char *depth_name)
{
	if (!syn_ue(r, 2 * (7 - 2), depth_name))
		return;
	syn_ue(r, 7, "sps_log2_diff_max_bt_min_qt");
	syn_ue(r, 7, "sps_log2_diff_max_tt_min_qt");
}

static void parse_partitioning(SynReader *r, const VvcSps *sps, SpsFlags *flags)
{
	syn_ue(r, 4, "sps_log2_min_luma_coding_block_size_minus2");
	syn_flag(r, "sps_partition_constraints_override_enabled_flag");
	syn_ue(r, 5, "sps_log2_diff_min_qt_min_cb_intra_slice_luma");
	parse_mtt(r, "sps_max_mtt_hierarchy_depth_intra_slice_luma");
	if (sps->chroma_format_idc && syn_flag(r, "sps_qtbtt_dual_tree_intra_flag")) {
		syn_ue(r, 5, "sps_log2_diff_min_qt_min_cb_intra_slice_chroma");
		parse_mtt(r, "sps_max_mtt_hierarchy_depth_intra_slice_chroma");
	}
	syn_ue(r, 5, "sps_log2_diff_min_qt_min_cb_inter_slice");
	parse_mtt(r, "sps_max_mtt_hierarchy_depth_inter_slice");
	flags->max_tb_64 = flags->ctb > 32 && syn_flag(r, "sps_max_luma_transform_size_64_flag");
}

static void parse_qp_tables(SynReader *r)
{
	Bool joint_cbcr = syn_flag(r, "sps_joint_cbcr_enabled_flag");
	Bool same = syn_flag(r, "sps_same_qp_table_for_chroma_flag");
	u32 nb_tables = same ? 1 : joint_cbcr ? 3 : 2;
	for (u32 i = 0; i < nb_tables; i++) {
		syn_push(r, i);
		// -26 - QpBdOffset; 36 - sps_qp_table_start_minus26 points at most
		s32 start = syn_se(r, -26 - 6 * 8, 36, "sps_qp_table_start_minus26");
		u32 nb_points = syn_ue(r, (u32)(36 - start), "sps_num_points_in_qp_table_minus1") + 1;
		for (u32 j = 0; j < nb_points && syn_ok(r); j++) {
			syn_push(r, j);
			syn_ue(r, 127, "sps_delta_qp_in_val_minus1");
			syn_ue(r, 127, "sps_delta_qp_diff_val");
			syn_pop(r);
		}
		syn_pop(r);
	}
}

static void parse_transforms(SynReader *r, const VvcSps *sps, SpsFlags *flags)
{
	flags->transform_skip = syn_flag(r, "sps_transform_skip_enabled_flag");
	if (flags->transform_skip) {
		syn_ue(r, 3, "sps_log2_transform_skip_max_size_minus2");
		syn_flag(r, "sps_bdpcm_enabled_flag");
	}
	if (syn_flag(r, "sps_mts_enabled_flag")) {
		syn_flag(r, "sps_explicit_mts_intra_enabled_flag");
		syn_flag(r, "sps_explicit_mts_inter_enabled_flag");
	}
	flags->lfnst = syn_flag(r, "sps_lfnst_enabled_flag");
	if (sps->chroma_format_idc)
		parse_qp_tables(r);
	syn_flag(r, "sps_sao_enabled_flag");
	if (syn_flag(r, "sps_alf_enabled_flag") && sps->chroma_format_idc)
		syn_flag(r, "sps_ccalf_enabled_flag");
	syn_flag(r, "sps_lmcs_enabled_flag");
}

// 7.3.10, one list of the SPS
static void skip_ref_pic_list(SynReader *r, const VvcSps *sps, const SpsFlags *flags)
{
	u32 nb_entries = syn_ue(r, MAX_REF_ENTRIES, "num_ref_entries");
	Bool in_header = flags->long_term && nb_entries && syn_flag(r, "ltrp_in_header_flag");
	for (u32 i = 0; i < nb_entries && syn_ok(r); i++) {
		syn_push(r, i);
		if (flags->inter_layer && syn_flag(r, "inter_layer_ref_pic_flag")) {
			syn_ue(r, 63, "ilrp_idx");
		} else if (!flags->long_term || syn_flag(r, "st_ref_pic_flag")) {
			u32 delta = syn_ue(r, 32767, "abs_delta_poc_st");
			// equation 149: the coded value is the difference less one, but with weighted prediction
			if (delta || !flags->weighted || !i)
				syn_flag(r, "strp_entry_sign_flag");
		} else if (!in_header) {
			syn_u(r, sps->log2_max_poc_lsb, "rpls_poc_lsb_lt");
		}
		syn_pop(r);
	}
}

static void parse_references(SynReader *r, const VvcSps *sps, SpsFlags *flags)
{
	Bool uni = syn_flag(r, "sps_weighted_pred_flag");
	Bool bi = syn_flag(r, "sps_weighted_bipred_flag");
	flags->weighted = uni || bi;
	flags->long_term = syn_flag(r, "sps_long_term_ref_pics_flag");
	if (sps->vps_id)
		flags->inter_layer = syn_flag(r, "sps_inter_layer_prediction_enabled_flag");
	syn_flag(r, "sps_idr_rpl_present_flag");
	u32 nb_lists = syn_flag(r, "sps_rpl1_same_as_rpl0_flag") ? 1 : 2;
	for (u32 i = 0; i < nb_lists; i++) {
		syn_push(r, i);
		u32 count = syn_ue(r, MAX_REF_LISTS, "sps_num_ref_pic_lists");
		for (u32 j = 0; j < count && syn_ok(r); j++) {
			syn_push(r, j);
			skip_ref_pic_list(r, sps, flags);
			syn_pop(r);
		}
		syn_pop(r);
	}
}

static void parse_affine(SynReader *r, const SpsFlags *flags)
{
	if (!syn_flag(r, "sps_affine_enabled_flag"))
		return;
	syn_ue(r, 5, "sps_five_minus_max_num_subblock_merge_cand");
	syn_flag(r, "sps_6param_affine_enabled_flag");
	if (flags->amvr)
		syn_flag(r, "sps_affine_amvr_enabled_flag");
	if (syn_flag(r, "sps_affine_prof_enabled_flag"))
		syn_flag(r, "sps_prof_control_present_in_ph_flag");
}

static void parse_inter(SynReader *r, SpsFlags *flags)
{
	syn_flag(r, "sps_ref_wraparound_enabled_flag");
	if (syn_flag(r, "sps_temporal_mvp_enabled_flag"))
		syn_flag(r, "sps_sbtmvp_enabled_flag");
	flags->amvr = syn_flag(r, "sps_amvr_enabled_flag");
	if (syn_flag(r, "sps_bdof_enabled_flag"))
		syn_flag(r, "sps_bdof_control_present_in_ph_flag");
	syn_flag(r, "sps_smvd_enabled_flag");
	if (syn_flag(r, "sps_dmvr_enabled_flag"))
		syn_flag(r, "sps_dmvr_control_present_in_ph_flag");
	if (syn_flag(r, "sps_mmvd_enabled_flag"))
		syn_flag(r, "sps_mmvd_fullpel_only_enabled_flag");
	u32 nb_merge = 6 - syn_ue(r, 5, "sps_six_minus_max_num_merge_cand");
	syn_flag(r, "sps_sbt_enabled_flag");
	parse_affine(r, flags);
	syn_flag(r, "sps_bcw_enabled_flag");
	syn_flag(r, "sps_ciip_enabled_flag");
	if (nb_merge >= 2 && syn_flag(r, "sps_gpm_enabled_flag") && nb_merge >= 3)
		syn_ue(r, nb_merge - 2, "sps_max_num_merge_cand_minus_max_num_gpm_cand");
	syn_ue(r, 5, "sps_log2_parallel_merge_level_minus2");
}

static void parse_ladf(SynReader *r)
{
	if (!syn_flag(r, "sps_ladf_enabled_flag"))
		return;
	u32 nb_intervals = syn_u(r, 2, "sps_num_ladf_intervals_minus2") + 2;
	syn_se(r, -63, 63, "sps_ladf_lowest_interval_qp_offset");
	for (u32 i = 0; i + 1 < nb_intervals; i++) {
		syn_push(r, i);
		syn_se(r, -63, 63, "sps_ladf_qp_offset");
		syn_ue(r, 65535, "sps_ladf_delta_threshold_minus1");
		syn_pop(r);
	}
}

static void parse_intra(SynReader *r, const VvcSps *sps, SpsFlags *flags)
{
	syn_flag(r, "sps_isp_enabled_flag");
	syn_flag(r, "sps_mrl_enabled_flag");
	syn_flag(r, "sps_mip_enabled_flag");
	if (sps->chroma_format_idc)
		syn_flag(r, "sps_cclm_enabled_flag");
	if (sps->chroma_format_idc == 1) {
		syn_flag(r, "sps_chroma_horizontal_collocated_flag");
		syn_flag(r, "sps_chroma_vertical_collocated_flag");
	}
	flags->palette = syn_flag(r, "sps_palette_enabled_flag");
	if (sps->chroma_format_idc == 3 && !flags->max_tb_64)
		flags->act = syn_flag(r, "sps_act_enabled_flag");
	if (flags->transform_skip || flags->palette)
		syn_ue(r, 8, "sps_min_qp_prime_ts");
	if (syn_flag(r, "sps_ibc_enabled_flag"))
		syn_ue(r, 5, "sps_six_minus_max_num_ibc_merge_cand");
	parse_ladf(r);
	Bool scaling = syn_flag(r, "sps_explicit_scaling_list_enabled_flag");
	if (flags->lfnst && scaling)
		syn_flag(r, "sps_scaling_matrix_for_lfnst_disabled_flag");
	if (flags->act && scaling && syn_flag(r, "sps_scaling_matrix_for_alternative_colour_space_disabled_flag"))
		syn_flag(r, "sps_scaling_matrix_designated_colour_space_flag");
	syn_flag(r, "sps_dep_quant_enabled_flag");
	syn_flag(r, "sps_sign_data_hiding_enabled_flag");
}

static void parse_virtual_boundaries(SynReader *r)
{
	if (!syn_flag(r, "sps_virtual_boundaries_enabled_flag"))
		return;
	if (!syn_flag(r, "sps_virtual_boundaries_present_flag"))
		return;
	u32 nb_vertical = syn_ue(r, 3, "sps_num_ver_virtual_boundaries");
	for (u32 i = 0; i < nb_vertical; i++)
		syn_ue(r, NAL_MAX_SIDE / 8, "sps_virtual_boundary_pos_x_minus1");
	u32 nb_horizontal = syn_ue(r, 3, "sps_num_hor_virtual_boundaries");
	for (u32 i = 0; i < nb_horizontal; i++)
		syn_ue(r, NAL_MAX_SIDE / 8, "sps_virtual_boundary_pos_y_minus1");
}

typedef struct {
	Bool nal, vcl, du;
	u32 cpb_cnt;
} VvcHrd;

// 7.3.5.1
static void parse_general_hrd(SynReader *r, VvcSps *sps, VvcHrd *hrd)
{
	sps->vui.num_units_in_tick = syn_u(r, 32, "num_units_in_tick");
	sps->vui.time_scale = syn_u(r, 32, "time_scale");
	hrd->nal = syn_flag(r, "general_nal_hrd_params_present_flag");
	hrd->vcl = syn_flag(r, "general_vcl_hrd_params_present_flag");
	if (!hrd->nal && !hrd->vcl)
		return;
	syn_flag(r, "general_same_pic_timing_in_all_ols_flag");
	hrd->du = syn_flag(r, "general_du_hrd_params_present_flag");
	if (hrd->du)
		syn_u(r, 8, "tick_divisor_minus2");
	syn_u(r, 4, "bit_rate_scale");
	syn_u(r, 4, "cpb_size_scale");
	if (hrd->du)
		syn_u(r, 4, "cpb_size_du_scale");
	hrd->cpb_cnt = syn_ue(r, 31, "hrd_cpb_cnt_minus1") + 1;
}

// 7.3.5.2
static void parse_ols_hrd(SynReader *r, VvcSps *sps, const VvcHrd *hrd)
{
	Bool all = sps->max_sub_layers > 1 && syn_flag(r, "sps_sublayer_cpb_params_present_flag");
	for (u32 i = all ? 0 : sps->max_sub_layers - 1u; i < sps->max_sub_layers; i++) {
		syn_push(r, i);
		Bool general = syn_flag(r, "fixed_pic_rate_general_flag");
		Bool fixed = general || syn_flag(r, "fixed_pic_rate_within_cvs_flag");
		if (fixed)
			syn_ue(r, 2047, "elemental_duration_in_tc_minus1");
		else if ((hrd->nal || hrd->vcl) && hrd->cpb_cnt == 1)
			syn_flag(r, "low_delay_hrd_flag");
		// the loop ends on the highest sub-layer, that of the whole stream
		sps->vui.fixed_frame_rate = fixed;
		if (hrd->nal)
			nal_skip_hrd_buffers(r, hrd->cpb_cnt, hrd->du);
		if (hrd->vcl)
			nal_skip_hrd_buffers(r, hrd->cpb_cnt, hrd->du);
		syn_pop(r);
	}
}

// ITU-T H.274 7.2
static void parse_vui(SynReader *r, NalVui *vui)
{
	Bool progressive = syn_flag(r, "vui_progressive_source_flag");
	Bool interlaced = syn_flag(r, "vui_interlaced_source_flag");
	syn_flag(r, "vui_non_packed_constraint_flag");
	syn_flag(r, "vui_non_projected_constraint_flag");
	vui->sar_present = syn_flag(r, "vui_aspect_ratio_info_present_flag");
	if (vui->sar_present) {
		syn_flag(r, "vui_aspect_ratio_constant_flag");
		u8 idc = (u8)syn_u(r, 8, "vui_aspect_ratio_idc");
		nal_sar(idc, &vui->sar_num, &vui->sar_den);
		if (idc == 255) {
			vui->sar_num = syn_u(r, 16, "vui_sar_width");
			vui->sar_den = syn_u(r, 16, "vui_sar_height");
		}
	}
	vui->overscan_info_present = syn_flag(r, "vui_overscan_info_present_flag");
	if (vui->overscan_info_present)
		vui->overscan_appropriate = syn_flag(r, "vui_overscan_appropriate_flag");
	vui->signal_type_present = vui->colour_present = syn_flag(r, "vui_colour_description_present_flag");
	if (vui->colour_present) {
		vui->primaries = (u8)syn_u(r, 8, "vui_colour_primaries");
		vui->transfer = (u8)syn_u(r, 8, "vui_transfer_characteristics");
		vui->matrix = (u8)syn_u(r, 8, "vui_matrix_coeffs");
		vui->full_range = syn_flag(r, "vui_full_range_flag");
	}
	vui->chroma_loc_present = syn_flag(r, "vui_chroma_loc_info_present_flag");
	if (!vui->chroma_loc_present)
		return;
	if (progressive && !interlaced) {
		vui->chroma_loc_top = vui->chroma_loc_bottom = (u8)syn_ue(r, 6, "vui_chroma_sample_loc_type_frame");
	} else {
		vui->chroma_loc_top = (u8)syn_ue(r, 6, "vui_chroma_sample_loc_type_top_field");
		vui->chroma_loc_bottom = (u8)syn_ue(r, 6, "vui_chroma_sample_loc_type_bottom_field");
	}
}

static void parse_sps_data(SynReader *r, VvcSps *sps)
{
	VvcNalHeader nal;
	SpsFlags flags = {0};
	vvc_read_nal_header(r, &nal);
	parse_head(r, sps, &flags);
	parse_picture(r, sps, &flags);
	parse_partitioning(r, sps, &flags);
	parse_transforms(r, sps, &flags);
	parse_references(r, sps, &flags);
	parse_inter(r, &flags);
	parse_intra(r, sps, &flags);
	parse_virtual_boundaries(r);
	if (sps->ptl_present && syn_flag(r, "sps_timing_hrd_params_present_flag")) {
		VvcHrd hrd = {0};
		parse_general_hrd(r, sps, &hrd);
		parse_ols_hrd(r, sps, &hrd);
	}
	sps->field_seq = syn_flag(r, "sps_field_seq_flag");
	sps->vui.primaries = sps->vui.transfer = sps->vui.matrix = 2;
	sps->vui_present = syn_flag(r, "sps_vui_parameters_present_flag");
	if (sps->vui_present) {
		syn_ue(r, 1023, "sps_vui_payload_size_minus1");
		br_align(&r->br);
		parse_vui(r, &sps->vui);
	}
}

GF_Err vvc_parse_sps(const u8 *nal, u32 size, VvcSps *sps, const SynTrace *trace)
{
	NalSyntax s;
	GF_Err e = nal_syntax_open(&s, nal, size, trace);
	if (e)
		return e;
	VvcSps parsed = {0};
	parse_sps_data(&s.r, &parsed);
	e = nal_syntax_close(&s, "VVC sequence parameter set");
	if (!e)
		*sps = parsed;
	return e;
}

void vvc_video_format(const VvcSps *sps, NalVideoFormat *format)
{
	*format = (NalVideoFormat){
		.width = sps->width,
		.height = sps->height,
		.chroma_format_idc = sps->chroma_format_idc,
		.bit_depth_luma = sps->bit_depth,
		.bit_depth_chroma = sps->bit_depth,
		.interlaced = sps->field_seq,
		.vui = sps->vui,
	};
}
