// SPDX-License-Identifier: MIT
// Slice segment headers (ISO/IEC 23008-2 7.3.6.1) up to the reference picture sets, picture order count
// (8.3.1), SEI messages whose syntax is that of HEVC only (annex D).
#include "formats/hevc_syntax.h"

static void parse_long_term_refs(SynReader *r, const HevcSps *sps, HevcSlice *slice)
{
	u32 nb_sps = sps->nb_long_term ? syn_ue(r, sps->nb_long_term, "num_long_term_sps") : 0;
	u32 nb_pics = syn_ue(r, 33 - nb_sps, "num_long_term_pics");
	slice->nb_long_term = (u8)(nb_sps + nb_pics);
	for (u32 i = 0; i < slice->nb_long_term; i++) {
		syn_push(r, i);
		if (i < nb_sps) {
			u32 bits = nal_ceil_log2(sps->nb_long_term);
			u32 idx = syn_u_max(r, bits, sps->nb_long_term - 1u, "lt_idx_sps");
			slice->lt_poc_lsb[i] = sps->lt_poc_lsb[idx];
		} else {
			slice->lt_poc_lsb[i] = syn_u(r, sps->log2_max_poc_lsb, "poc_lsb_lt");
			syn_flag(r, "used_by_curr_pic_lt_flag");
		}
		if (syn_flag(r, "delta_poc_msb_present_flag"))
			syn_ue(r, 0xFFFFFFFE, "delta_poc_msb_cycle_lt");
		syn_pop(r);
	}
}

static void parse_references(SynReader *r, const HevcSps *sps, HevcSlice *slice)
{
	slice->poc_lsb = syn_u(r, sps->log2_max_poc_lsb, "slice_pic_order_cnt_lsb");
	if (!syn_flag(r, "short_term_ref_pic_set_sps_flag")) {
		hevc_parse_rps(r, sps->rps, sps->nb_rps, sps->nb_rps, &slice->rps);
	} else if (sps->nb_rps) {
		u32 idx = syn_u_max(r, nal_ceil_log2(sps->nb_rps), sps->nb_rps - 1u, "short_term_ref_pic_set_idx");
		slice->rps = sps->rps[idx];
	} else {
		syn_fail(r, "short_term_ref_pic_set_sps_flag", 1);
	}
	if (sps->long_term_present)
		parse_long_term_refs(r, sps, slice);
}

static void parse_independent(SynReader *r, const HevcSps *sps, const HevcPps *pps, HevcSlice *slice)
{
	for (u32 i = 0; i < pps->nb_extra_slice_header_bits; i++)
		syn_flag(r, "slice_reserved_flag");
	slice->slice_type = (u8)syn_ue(r, 2, "slice_type");
	slice->pic_output = !pps->output_flag_present || syn_flag(r, "pic_output_flag");
	if (sps->separate_colour_plane)
		syn_u_max(r, 2, 2, "colour_plane_id");
	if (!hevc_is_idr(slice->nal.type))
		parse_references(r, sps, slice);
}

static GF_Err parse_header(SynReader *r, const HevcSps *const sps_table[HEVC_MAX_SPS],
	const HevcPps *const pps_table[HEVC_MAX_PPS], HevcSlice *slice)
{
	hevc_read_nal_header(r, &slice->nal);
	slice->first_in_pic = syn_flag(r, "first_slice_segment_in_pic_flag");
	if (hevc_is_irap(slice->nal.type))
		slice->no_output_of_prior_pics = syn_flag(r, "no_output_of_prior_pics_flag");
	slice->pps_id = (u8)syn_ue(r, HEVC_MAX_PPS - 1, "slice_pic_parameter_set_id");
	if (!syn_ok(r))
		return GF_OK;
	const HevcPps *pps = pps_table[slice->pps_id];
	const HevcSps *sps = pps ? sps_table[pps->sps_id] : NULL;
	if (!sps)
		return GF_NOT_FOUND;
	slice->sps_id = sps->id;
	if (!slice->first_in_pic) {
		if (pps->dependent_slices)
			slice->dependent = syn_flag(r, "dependent_slice_segment_flag");
		slice->address = syn_u(r, nal_ceil_log2(sps->pic_size_in_ctbs), "slice_segment_address");
	}
	if (!slice->dependent)
		parse_independent(r, sps, pps, slice);
	return GF_OK;
}

GF_Err hevc_parse_slice(const u8 *nal, u32 size, const HevcSps *const sps_table[HEVC_MAX_SPS],
	const HevcPps *const pps_table[HEVC_MAX_PPS], HevcSlice *slice, const SynTrace *trace)
{
	NalSyntax s;
	nal_syntax_open_head(&s, nal, size, trace);
	HevcSlice parsed = {0};
	GF_Err e = parse_header(&s.r, sps_table, pps_table, &parsed);
	if (!e)
		e = nal_syntax_close(&s, "HEVC slice segment");
	if (!e)
		*slice = parsed;
	return e;
}

s32 hevc_poc(HevcPocState *state, const HevcSps *sps, const HevcSlice *slice, Bool no_rasl_output)
{
	u32 max_lsb = 1u << sps->log2_max_poc_lsb;
	u32 lsb = slice->poc_lsb, msb = 0;
	if (!hevc_is_irap(slice->nal.type) || !no_rasl_output) {
		u32 prev = (u32)state->prev_tid0_poc, prev_lsb = prev & (max_lsb - 1);
		msb = nal_poc_msb(prev - prev_lsb, prev_lsb, lsb, max_lsb);
	}
	s32 poc = (s32)(msb + lsb);
	u8 type = slice->nal.type;
	Bool leading = type >= HEVC_NAL_RADL_N && type <= HEVC_NAL_RASL_R;
	Bool sub_layer_non_ref = type < HEVC_NAL_RSV_VCL_R15 && !(type & 1);
	if (!slice->nal.temporal_id && !leading && !sub_layer_non_ref)
		state->prev_tid0_poc = poc;
	return poc;
}

GF_Err hevc_sei_recovery_point(const SeiMessage *message, HevcRecoveryPoint *out)
{
	SynReader r;
	syn_init(&r, message->payload, message->size, NULL);
	HevcRecoveryPoint point;
	// MaxPicOrderCntLsb / 2 either way
	point.recovery_poc_cnt = syn_se(&r, -32768, 32767, "recovery_poc_cnt");
	point.exact_match = syn_flag(&r, "exact_match_flag");
	point.broken_link = syn_flag(&r, "broken_link_flag");
	GF_Err e = syn_end(&r, "HEVC recovery point SEI");
	if (!e)
		*out = point;
	return e;
}

GF_Err hevc_sei_pic_struct(const SeiMessage *message, const HevcSps *sps, u8 *pic_struct)
{
	if (!sps->frame_field_info_present)
		return GF_NOT_FOUND;
	if (!message->size)
		return GF_NON_COMPLIANT_BITSTREAM;
	*pic_struct = message->payload[0] >> 4;
	return GF_OK;
}
