// SPDX-License-Identifier: MIT
#include "formats/nal_tracker.h"

// The set is kept whatever its extensions are worth: only its timing is of use here.
static GF_Err push_vps(NalTracker *t, const u8 *nal, u32 size, const NalUnitInfo *info)
{
	if (size < 3)
		return GF_NON_COMPLIANT_BITSTREAM;
	HevcVps vps;
	if (!hevc_parse_vps(nal, size, &vps, t->trace) && vps.time_scale) {
		t->hevc.time_scale = vps.time_scale;
		t->hevc.num_units_in_tick = vps.num_units_in_tick;
	}
	return nal_tracker_store(t, HEVC_NAL_VPS, info->layer_id, nal[2] >> 4, nal, size);
}

static GF_Err push_sps(NalTracker *t, const u8 *nal, u32 size, const NalUnitInfo *info)
{
	HevcSps *sps = gf_malloc(sizeof(*sps));
	if (!sps)
		return GF_OUT_OF_MEM;
	GF_Err e = hevc_parse_sps(nal, size, sps, t->trace);
	u8 id = e ? 0 : sps->id;
	if (!e)
		e = nal_tracker_store(t, HEVC_NAL_SPS, info->layer_id, id, nal, size);
	if (e || info->layer_id) {
		gf_free(sps);
	} else {
		gf_free((void *)t->hevc.sps[id]);
		t->hevc.sps[id] = sps;
		t->nb_missing = 0;
	}
	return e;
}

static GF_Err push_pps(NalTracker *t, const u8 *nal, u32 size, const NalUnitInfo *info)
{
	HevcPps *pps = gf_malloc(sizeof(*pps));
	if (!pps)
		return GF_OUT_OF_MEM;
	GF_Err e = hevc_parse_pps(nal, size, pps, t->trace);
	u8 id = e ? 0 : pps->id;
	if (!e)
		e = nal_tracker_store(t, HEVC_NAL_PPS, info->layer_id, id, nal, size);
	if (e || info->layer_id) {
		gf_free(pps);
	} else {
		gf_free((void *)t->hevc.pps[id]);
		t->hevc.pps[id] = pps;
		t->nb_missing = 0;
	}
	return e;
}

static GF_Err push_param_set(NalTracker *t, const u8 *nal, u32 size, NalUnitInfo *info)
{
	GF_Err e;
	info->role = NAL_ROLE_PARAM_SET;
	info->place = NAL_PLACE_NEXT;
	if (info->type == HEVC_NAL_VPS)
		e = push_vps(t, nal, size, info);
	else if (info->type == HEVC_NAL_SPS)
		e = push_sps(t, nal, size, info);
	else
		e = push_pps(t, nal, size, info);
	info->drop = e ? GF_TRUE : GF_FALSE;
	return e == GF_OUT_OF_MEM ? e : GF_OK;
}

static u8 slice_flag(const HevcSlice *slice)
{
	switch (slice->slice_type) {
	case HEVC_SLICE_B:
		return NAL_SLICE_B;
	case HEVC_SLICE_P:
		return NAL_SLICE_P;
	default:
		return NAL_SLICE_I;
	}
}

static u8 sap_type(u8 nal_type)
{
	switch (nal_type) {
	case HEVC_NAL_BLA_N_LP:
	case HEVC_NAL_IDR_N_LP:
		return 1;
	case HEVC_NAL_BLA_W_RADL:
	case HEVC_NAL_IDR_W_RADL:
		return 2;
	case HEVC_NAL_BLA_W_LP:
	case HEVC_NAL_CRA:
		return 3;
	default:
		return 0;
	}
}

static NalLeading leading_type(u8 nal_type)
{
	if (nal_type == HEVC_NAL_RASL_N || nal_type == HEVC_NAL_RASL_R)
		return NAL_LEADING_DEPENDENT;
	if (nal_type == HEVC_NAL_RADL_N || nal_type == HEVC_NAL_RADL_R)
		return NAL_LEADING_DECODABLE;
	return NAL_NOT_LEADING;
}

static void set_references(NalPicture *picture, const HevcRps *rps)
{
	for (u32 i = 0; i < (u32)rps->nb_negative + rps->nb_positive; i++) {
		if (rps->used >> i & 1)
			picture->refs[picture->nb_refs++] = (s32)((u32)picture->poc + (u32)rps->delta_poc[i]);
	}
}

static u8 field_order(const NalPicture *picture)
{
	// table D.2; a paired field comes after or before the other one
	static const u8 orders[13] = {0, 1, 2, 1, 2, 1, 2, 0, 0, 2, 1, 1, 2};
	return picture->has_pic_struct && picture->pic_struct < sizeof(orders) ? orders[picture->pic_struct] : 0;
}

static void begin_picture(NalTracker *t, const HevcSlice *slice, NalUnitInfo *info)
{
	HevcTracker *h = &t->hevc;
	const HevcSps *sps = h->sps[slice->sps_id];
	u8 type = slice->nal.type;
	Bool irap = hevc_is_irap(type);
	// 8.1.3: NoRaslOutputFlag
	Bool no_rasl_output = irap && (type != HEVC_NAL_CRA || t->sequence_end);
	// table 7-1: types below 16 alternate between sub-layer non-reference and reference pictures
	Bool sub_layer_non_ref = type < HEVC_NAL_RSV_VCL_R15 && !(type & 1);
	NalPicture picture = {
		.poc = hevc_poc(&h->poc, sps, slice, no_rasl_output),
		.irap = irap,
		.poc_restart = no_rasl_output,
		.sap = sap_type(type),
		.slices = slice_flag(slice),
		// those of lower sub-layers may still serve as reference for higher ones
		.reference = !sub_layer_non_ref || slice->nal.temporal_id + 1 < sps->max_sub_layers,
		.leading = leading_type(type),
		.sps_id = slice->sps_id,
	};
	set_references(&picture, &slice->rps);
	nal_tracker_begin(t, info, &picture);
	t->picture.interlaced = field_order(&t->picture);
	h->poc_lsb = slice->poc_lsb;
}

static void push_slice(NalTracker *t, const u8 *nal, u32 size, NalUnitInfo *info)
{
	HevcTracker *h = &t->hevc;
	HevcSlice slice;
	info->role = NAL_ROLE_SLICE;
	GF_Err e = hevc_parse_slice(nal, size, h->sps, h->pps, &slice, t->trace);
	if (e == GF_NOT_FOUND) {
		nal_tracker_missing(t, "HEVC", info);
		return;
	}
	if (e) {
		info->drop = GF_TRUE;
		return;
	}
	// the first segment of a picture may be lost: the order count tells then
	Bool starts = slice.first_in_pic || t->force_start || !t->has_picture ||
				  (!slice.dependent && slice.poc_lsb != h->poc_lsb);
	if (starts && slice.dependent) {
		info->drop = GF_TRUE;
		return;
	}
	t->nb_missing = 0;
	if (starts)
		begin_picture(t, &slice, info);
	else if (!slice.dependent)
		t->picture.slices |= slice_flag(&slice);
	t->sei = (NalPicture){0};
}

static const HevcSps *sei_sps(const NalTracker *t)
{
	const HevcTracker *h = &t->hevc;
	for (u32 i = 0; i < HEVC_MAX_SPS; i++) {
		// that of the last picture first
		const HevcSps *sps = h->sps[((t->has_picture ? t->picture.sps_id : 0u) + i) % HEVC_MAX_SPS];
		if (sps)
			return sps;
	}
	return NULL;
}

void hevc_tracker_sei(NalTracker *t, const SeiMessage *message)
{
	const HevcSps *sps = sei_sps(t);
	HevcRecoveryPoint point;
	SeiClock clocks[3];
	u32 nb_clocks;
	switch (message->type) {
	case SEI_RECOVERY_POINT:
		// a negative count is a point in output order before this picture: recovery is immediate
		if (!hevc_sei_recovery_point(message, &point)) {
			t->sei.has_recovery = GF_TRUE;
			t->sei.recovery_count = point.recovery_poc_cnt > 0 ? (u32)point.recovery_poc_cnt : 0;
		}
		break;
	case SEI_PIC_TIMING:
		if (sps && !hevc_sei_pic_struct(message, sps, &t->sei.pic_struct))
			t->sei.has_pic_struct = GF_TRUE;
		break;
	case SEI_TIME_CODE:
		if (!sei_time_code(message, clocks, &nb_clocks, t->trace) && nb_clocks) {
			t->sei.has_clock = GF_TRUE;
			t->sei.clock = clocks[0];
		}
		break;
	default:
		break;
	}
}

// Units which are not slices, of the base layer or of the whole access unit.
static GF_Err push_non_vcl(NalTracker *t, const u8 *nal, u32 size, NalUnitInfo *info)
{
	switch (info->type) {
	case HEVC_NAL_VPS:
	case HEVC_NAL_SPS:
	case HEVC_NAL_PPS:
		return push_param_set(t, nal, size, info);
	case HEVC_NAL_AUD:
		info->role = NAL_ROLE_AUD;
		info->place = NAL_PLACE_NEXT;
		t->force_start = GF_TRUE;
		break;
	case HEVC_NAL_EOS:
	case HEVC_NAL_EOB:
		info->role = NAL_ROLE_END;
		if (!info->layer_id) {
			t->force_start = GF_TRUE;
			t->sequence_end = GF_TRUE;
		}
		break;
	case HEVC_NAL_FILLER:
		info->role = NAL_ROLE_FILLER;
		break;
	case HEVC_NAL_SEI_PREFIX:
		info->role = NAL_ROLE_SEI;
		info->place = NAL_PLACE_NEXT;
		if (!info->layer_id)
			nal_tracker_sei(t, nal, size, 2);
		break;
	case HEVC_NAL_SEI_SUFFIX:
		info->role = NAL_ROLE_SEI;
		break;
	default:
		if ((info->type >= HEVC_NAL_RSV_NVCL41 && info->type <= HEVC_NAL_RSV_NVCL44) ||
			(info->type >= HEVC_NAL_UNSPEC48 && info->type <= HEVC_NAL_UNSPEC55))
			info->place = NAL_PLACE_NEXT;
	}
	return GF_OK;
}

GF_Err hevc_tracker_push(NalTracker *t, const u8 *nal, u32 size, NalUnitInfo *info)
{
	HevcNalHeader header;
	if (hevc_nal_header(nal, size, &header)) {
		info->drop = GF_TRUE;
		return GF_OK;
	}
	info->type = header.type;
	info->layer_id = header.layer_id;
	info->temporal_id = header.temporal_id;
	info->enhancement = header.layer_id > 0;
	if (header.type > HEVC_NAL_VCL_LAST)
		return push_non_vcl(t, nal, size, info);
	if (info->enhancement || header.type > HEVC_NAL_CRA ||
		(header.type > HEVC_NAL_RASL_R && header.type < HEVC_NAL_BLA_W_LP)) {
		// another layer, or a type that the standard reserves
		info->role = NAL_ROLE_SLICE;
		info->drop = !t->has_picture;
	} else {
		push_slice(t, nal, size, info);
	}
	return GF_OK;
}
