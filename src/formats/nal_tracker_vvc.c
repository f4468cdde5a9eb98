// SPDX-License-Identifier: MIT
#include "formats/nal_tracker.h"

static GF_Err push_sps(NalTracker *t, const u8 *nal, u32 size, const NalUnitInfo *info)
{
	VvcSps *sps = gf_malloc(sizeof(*sps));
	if (!sps)
		return GF_OUT_OF_MEM;
	GF_Err e = vvc_parse_sps(nal, size, sps, t->trace);
	if (!e)
		e = nal_tracker_store(t, VVC_NAL_SPS, info->layer_id, sps->id, nal, size);
	if (e) {
		gf_free(sps);
		return e;
	}
	gf_free((void *)t->vvc.sps[sps->id]);
	t->vvc.sps[sps->id] = sps;
	t->nb_missing = 0;
	return GF_OK;
}

static GF_Err push_pps(NalTracker *t, const u8 *nal, u32 size, const NalUnitInfo *info)
{
	VvcPps *pps = gf_malloc(sizeof(*pps));
	if (!pps)
		return GF_OUT_OF_MEM;
	GF_Err e = vvc_parse_pps(nal, size, t->vvc.sps, pps, t->trace);
	if (!e)
		e = nal_tracker_store(t, VVC_NAL_PPS, info->layer_id, pps->id, nal, size);
	if (e) {
		gf_free(pps);
		return e;
	}
	gf_free((void *)t->vvc.pps[pps->id]);
	t->vvc.pps[pps->id] = pps;
	t->nb_missing = 0;
	return GF_OK;
}

// Adaptation parameter sets are not here: they change from picture to picture and stay in the samples.
static GF_Err push_param_set(NalTracker *t, const u8 *nal, u32 size, NalUnitInfo *info)
{
	GF_Err e;
	VvcVps vps;
	info->role = NAL_ROLE_PARAM_SET;
	info->place = NAL_PLACE_NEXT;
	switch (info->type) {
	case VVC_NAL_SPS:
		e = push_sps(t, nal, size, info);
		break;
	case VVC_NAL_PPS:
		e = push_pps(t, nal, size, info);
		break;
	case VVC_NAL_VPS:
		e = vvc_parse_vps(nal, size, &vps, t->trace);
		if (!e)
			e = nal_tracker_store(t, VVC_NAL_VPS, info->layer_id, vps.id, nal, size);
		break;
	default:
		// operating point and decoding capability information: one of each
		e = nal_tracker_store(t, info->type, info->layer_id, 0, nal, size);
	}
	info->drop = e ? GF_TRUE : GF_FALSE;
	return e == GF_OUT_OF_MEM ? e : GF_OK;
}

static void push_ph(NalTracker *t, const u8 *nal, u32 size, NalUnitInfo *info)
{
	VvcTracker *v = &t->vvc;
	info->place = NAL_PLACE_NEXT;
	GF_Err e = vvc_parse_ph(nal, size, v->sps, v->pps, &v->ph, t->trace);
	v->ph_waits = v->has_ph = !e;
	if (e == GF_NOT_FOUND)
		nal_tracker_missing(t, "VVC", info);
	else if (e)
		info->drop = GF_TRUE;
}

static u8 slice_flags(const VvcSlice *slice)
{
	switch (slice->slice_type) {
	case VVC_SLICE_B:
		return NAL_SLICE_B;
	case VVC_SLICE_P:
		return NAL_SLICE_P;
	case VVC_SLICE_I:
		return NAL_SLICE_I;
	default:
		return NAL_SLICE_P | NAL_SLICE_B | (slice->ph.intra_slice_allowed ? NAL_SLICE_I : 0);
	}
}

// A picture of mixed NAL unit types (subpictures) is no access point as a whole: ph_gdr_or_irap_pic_flag is
// 0.
static u8 sap_type(u8 nal_type, const VvcPictureHeader *ph)
{
	if (!ph->gdr_or_irap)
		return 0;
	switch (nal_type) {
	case VVC_NAL_IDR_N_LP:
		return 1;
	case VVC_NAL_IDR_W_RADL:
		return 2;
	case VVC_NAL_CRA:
		return 3;
	default:
		return 0;
	}
}

static NalLeading leading_type(u8 nal_type)
{
	if (nal_type == VVC_NAL_RASL)
		return NAL_LEADING_DEPENDENT;
	return nal_type == VVC_NAL_RADL ? NAL_LEADING_DECODABLE : NAL_NOT_LEADING;
}

static void begin_picture(NalTracker *t, const VvcSlice *slice, NalUnitInfo *info)
{
	VvcTracker *v = &t->vvc;
	const VvcSps *sps = v->sps[slice->ph.sps_id];
	Bool idr = vvc_is_idr(slice->nal.type);
	Bool no_output_before_recovery = slice->ph.gdr_or_irap && (idr || t->sequence_end);
	NalPicture picture = {
		.poc = vvc_poc(&v->poc, sps, &slice->nal, &slice->ph, no_output_before_recovery),
		.irap = slice->ph.gdr_or_irap && vvc_is_irap(slice->nal.type),
		.poc_restart = no_output_before_recovery && !slice->ph.poc_msb_present,
		.sap = sap_type(slice->nal.type, &slice->ph),
		.has_recovery = slice->ph.gdr,
		.recovery_count = slice->ph.recovery_poc_cnt,
		.slices = slice_flags(slice),
		.reference = !slice->ph.non_ref,
		.leading = leading_type(slice->nal.type),
		.sps_id = slice->ph.sps_id,
	};
	nal_tracker_begin(t, info, &picture);
	v->last_layer_id = slice->nal.layer_id;
}

static void push_slice(NalTracker *t, const u8 *nal, u32 size, NalUnitInfo *info)
{
	VvcTracker *v = &t->vvc;
	VvcSlice slice;
	info->role = NAL_ROLE_SLICE;
	GF_Err e = vvc_parse_slice(nal, size, v->sps, v->pps, v->has_ph ? &v->ph : NULL, &slice, t->trace);
	if (e == GF_NOT_FOUND) {
		nal_tracker_missing(t, "VVC", info);
		return;
	}
	if (e) {
		info->drop = GF_TRUE;
		return;
	}
	t->nb_missing = 0;
	Bool new_unit = slice.ph_in_slice || v->ph_waits;
	Bool higher_layer = t->has_picture && slice.nal.layer_id > v->last_layer_id;
	if (!t->has_picture || t->force_start || (new_unit && !higher_layer)) {
		if (new_unit)
			begin_picture(t, &slice, info);
		else
			info->drop = GF_TRUE; // its picture header is lost
	} else if (new_unit) {
		v->last_layer_id = slice.nal.layer_id;
	} else if (!info->enhancement) {
		t->picture.slices |= slice_flags(&slice);
	}
	v->ph_waits = GF_FALSE;
	v->has_ph = v->has_ph && !slice.ph_in_slice;
	t->sei = (NalPicture){0};
}

GF_Err vvc_tracker_push(NalTracker *t, const u8 *nal, u32 size, NalUnitInfo *info)
{
	VvcNalHeader header;
	if (vvc_nal_header(nal, size, &header)) {
		info->drop = GF_TRUE;
		return GF_OK;
	}
	info->type = header.type;
	info->layer_id = header.layer_id;
	info->temporal_id = header.temporal_id;
	info->enhancement = header.layer_id > 0;
	switch (header.type) {
	case VVC_NAL_TRAIL:
	case VVC_NAL_STSA:
	case VVC_NAL_RADL:
	case VVC_NAL_RASL:
	case VVC_NAL_IDR_W_RADL:
	case VVC_NAL_IDR_N_LP:
	case VVC_NAL_CRA:
	case VVC_NAL_GDR:
		push_slice(t, nal, size, info);
		break;
	case VVC_NAL_OPI:
	case VVC_NAL_DCI:
	case VVC_NAL_VPS:
	case VVC_NAL_SPS:
	case VVC_NAL_PPS:
		return push_param_set(t, nal, size, info);
	case VVC_NAL_PH:
		push_ph(t, nal, size, info);
		break;
	case VVC_NAL_AUD:
		info->role = NAL_ROLE_AUD;
		info->place = NAL_PLACE_NEXT;
		t->force_start = GF_TRUE;
		break;
	case VVC_NAL_EOS:
	case VVC_NAL_EOB:
		info->role = NAL_ROLE_END;
		t->force_start = t->sequence_end = GF_TRUE;
		break;
	case VVC_NAL_SEI_PREFIX:
		info->role = NAL_ROLE_SEI;
		info->place = NAL_PLACE_NEXT;
		nal_tracker_sei(t, nal, size, 2);
		break;
	case VVC_NAL_SEI_SUFFIX:
		info->role = NAL_ROLE_SEI;
		break;
	case VVC_NAL_FILLER:
		info->role = NAL_ROLE_FILLER;
		break;
	case VVC_NAL_APS_PREFIX:
	case VVC_NAL_RSV_NVCL_26:
	case VVC_NAL_UNSPEC_28:
	case VVC_NAL_UNSPEC_29:
		info->place = NAL_PLACE_NEXT;
		break;
	default:
		// suffix units and reserved types
		break;
	}
	return GF_OK;
}
