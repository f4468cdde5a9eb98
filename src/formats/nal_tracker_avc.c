// SPDX-License-Identifier: MIT
#include "formats/nal_tracker.h"

static GF_Err push_sps(NalTracker *t, const u8 *nal, u32 size, NalUnitInfo *info)
{
	AvcSps *sps = gf_malloc(sizeof(*sps));
	if (!sps)
		return GF_OUT_OF_MEM;
	GF_Err e = avc_parse_sps(nal, size, sps, t->trace);
	u8 id = e ? 0 : sps->id;
	if (!e)
		e = nal_tracker_store(t, info->type, 0, id, nal, size);
	if (e || info->type == AVC_NAL_SUBSET_SPS) {
		gf_free(sps);
	} else {
		gf_free((void *)t->avc.sps[id]);
		t->avc.sps[id] = sps;
		t->nb_missing = 0;
	}
	return e;
}

static GF_Err push_pps(NalTracker *t, const u8 *nal, u32 size)
{
	AvcPps *pps = gf_malloc(sizeof(*pps));
	if (!pps)
		return GF_OUT_OF_MEM;
	GF_Err e = avc_parse_pps(nal, size, t->avc.sps, pps, t->trace);
	if (!e)
		e = nal_tracker_store(t, AVC_NAL_PPS, 0, pps->id, nal, size);
	if (e) {
		gf_free(pps);
		return e;
	}
	gf_free((void *)t->avc.pps[pps->id]);
	t->avc.pps[pps->id] = pps;
	t->nb_missing = 0;
	return GF_OK;
}

// A sequence parameter set extension (auxiliary pictures) starts with the identifier of its SPS.
static GF_Err push_sps_extension(NalTracker *t, const u8 *nal, u32 size)
{
	BitReader r;
	br_init(&r, nal + 1, size - 1);
	u32 id = br_ue(&r);
	if (r.overrun || id >= AVC_MAX_SPS)
		return GF_NON_COMPLIANT_BITSTREAM;
	return nal_tracker_store(t, AVC_NAL_SPS_EXT, 0, (u16)id, nal, size);
}

static GF_Err push_param_set(NalTracker *t, const u8 *nal, u32 size, NalUnitInfo *info)
{
	GF_Err e;
	info->role = NAL_ROLE_PARAM_SET;
	info->place = NAL_PLACE_NEXT;
	if (info->type == AVC_NAL_PPS)
		e = push_pps(t, nal, size);
	else if (info->type == AVC_NAL_SPS_EXT)
		e = push_sps_extension(t, nal, size);
	else
		e = push_sps(t, nal, size, info);
	info->drop = e ? GF_TRUE : GF_FALSE;
	return e == GF_OUT_OF_MEM ? e : GF_OK;
}

static u8 slice_flag(const AvcSlice *slice)
{
	switch (slice->slice_type % 5) {
	case AVC_SLICE_P:
	case AVC_SLICE_SP:
		return NAL_SLICE_P;
	case AVC_SLICE_B:
		return NAL_SLICE_B;
	default:
		return NAL_SLICE_I;
	}
}

// 3.30 and its like: the field of the other parity of the frame whose first field came just before.
static Bool is_second_field(const AvcSlice *first, const AvcSlice *second)
{
	if (!second->field || first->bottom == second->bottom || second->idr)
		return GF_FALSE;
	return first->frame_num == second->frame_num && (first->ref_idc || !second->ref_idc);
}

static u8 field_order(const NalPicture *p, Bool frame_mbs_only, const AvcPoc *poc)
{
	if (p->field)
		return p->bottom_first ? 2 : 1;
	if (p->has_pic_struct) {
		// table D-1
		static const u8 orders[9] = {0, 1, 2, 1, 2, 1, 2, 0, 0};
		return orders[p->pic_struct];
	}
	if (frame_mbs_only || poc->top == poc->bottom)
		return 0;
	return poc->top < poc->bottom ? 1 : 2;
}

static void begin_picture(NalTracker *t, const AvcSlice *slice, const AvcSps *sps, NalUnitInfo *info)
{
	AvcTracker *a = &t->avc;
	AvcPoc poc;
	avc_poc(&a->poc, sps, slice, &poc);
	if (t->has_picture && a->field_waits && is_second_field(&a->last, slice)) {
		NalPicture *p = &t->picture;
		a->field_waits = GF_FALSE;
		p->field_pair = GF_TRUE;
		if (poc.poc < p->poc || slice->mmco5)
			p->poc = poc.poc;
		p->poc_restart |= slice->mmco5;
		p->slices |= slice_flag(slice);
		t->force_start = GF_FALSE;
		info->place = NAL_PLACE_SAME;
		return;
	}
	NalPicture picture = {
		.poc = poc.poc,
		.irap = slice->idr,
		.poc_restart = slice->idr || slice->mmco5,
		.sap = slice->idr ? 1 : 0,
		.slices = slice_flag(slice),
		.reference = slice->ref_idc ? GF_TRUE : GF_FALSE,
		.sps_id = slice->sps_id,
		.field = slice->field,
		.bottom_first = slice->bottom,
	};
	nal_tracker_begin(t, info, &picture);
	t->picture.interlaced = field_order(&t->picture, sps->frame_mbs_only, &poc);
	a->field_waits = slice->field;
}

static void push_slice(NalTracker *t, const u8 *nal, u32 size, NalUnitInfo *info)
{
	AvcTracker *a = &t->avc;
	AvcSlice slice;
	info->role = NAL_ROLE_SLICE;
	GF_Err e = avc_parse_slice(nal, size, a->sps, a->pps, &slice, t->trace);
	if (e == GF_NOT_FOUND) {
		nal_tracker_missing(t, "AVC", info);
		return;
	}
	if (e || (slice.redundant_pic_cnt && !t->has_picture)) {
		info->drop = GF_TRUE;
		return;
	}
	t->nb_missing = 0;
	if (slice.redundant_pic_cnt) {
		t->picture.redundant = GF_TRUE;
		return;
	}
	const AvcSps *sps = a->sps[slice.sps_id];
	// a second slice of the first macroblock is in another picture, even when its header is the same: an
	// encoder that does not change idr_pic_id. Colour planes each have such a slice.
	Bool repeats = !slice.first_mb && a->first_mb_seen && !sps->separate_colour_plane;
	if (!t->has_picture || t->force_start || repeats || avc_new_picture(&a->last, &slice, sps)) {
		begin_picture(t, &slice, sps, info);
		a->first_mb_seen = GF_FALSE;
	} else {
		t->picture.slices |= slice_flag(&slice);
	}
	t->sei = (NalPicture){0};
	a->first_mb_seen |= !slice.first_mb;
	a->last = slice;
}

static const AvcSps *sei_sps(const NalTracker *t)
{
	const AvcTracker *a = &t->avc;
	for (u32 i = 0; i < AVC_MAX_SPS; i++) {
		// that of the last picture first
		const AvcSps *sps = a->sps[((t->has_picture ? t->picture.sps_id : 0u) + i) % AVC_MAX_SPS];
		if (sps)
			return sps;
	}
	return NULL;
}

void avc_tracker_sei(NalTracker *t, const SeiMessage *message)
{
	AvcRecoveryPoint point;
	AvcPicTiming timing;
	const AvcSps *sps = sei_sps(t);
	if (message->type == SEI_RECOVERY_POINT && !avc_sei_recovery_point(message, &point)) {
		t->sei.has_recovery = GF_TRUE;
		t->sei.recovery_count = point.recovery_frame_cnt;
	} else if (message->type == SEI_PIC_TIMING && sps &&
			   !avc_sei_pic_timing(message, sps, &timing, t->trace)) {
		t->sei.has_pic_struct = timing.has_pic_struct;
		t->sei.pic_struct = timing.pic_struct;
		t->sei.has_clock = timing.nb_clocks ? GF_TRUE : GF_FALSE;
		t->sei.clock = timing.clocks[0];
	}
}

GF_Err avc_tracker_push(NalTracker *t, const u8 *nal, u32 size, NalUnitInfo *info)
{
	if (!size || (nal[0] & 0x80)) {
		info->drop = GF_TRUE;
		return GF_OK;
	}
	info->type = avc_nal_type(nal[0]);
	switch (info->type) {
	case AVC_NAL_SLICE:
	case AVC_NAL_SLICE_A:
	case AVC_NAL_IDR:
		push_slice(t, nal, size, info);
		break;
	case AVC_NAL_SLICE_B:
	case AVC_NAL_SLICE_C:
		info->role = NAL_ROLE_SLICE;
		info->drop = !t->has_picture;
		break;
	case AVC_NAL_SEI:
		info->role = NAL_ROLE_SEI;
		info->place = NAL_PLACE_NEXT;
		nal_tracker_sei(t, nal, size, 1);
		break;
	case AVC_NAL_SUBSET_SPS:
		info->enhancement = GF_TRUE;
		return push_param_set(t, nal, size, info);
	case AVC_NAL_SPS:
	case AVC_NAL_PPS:
	case AVC_NAL_SPS_EXT:
		return push_param_set(t, nal, size, info);
	case AVC_NAL_AUD:
		info->role = NAL_ROLE_AUD;
		info->place = NAL_PLACE_NEXT;
		t->force_start = GF_TRUE;
		break;
	case AVC_NAL_END_SEQ:
	case AVC_NAL_END_STREAM:
		info->role = NAL_ROLE_END;
		t->force_start = GF_TRUE;
		break;
	case AVC_NAL_FILLER:
		info->role = NAL_ROLE_FILLER;
		break;
	case AVC_NAL_PREFIX:
		// describes the slice which follows it
		info->enhancement = GF_TRUE;
		info->place = NAL_PLACE_NEXT;
		break;
	case AVC_NAL_DPS:
	case 17:
	case 18:
		info->place = NAL_PLACE_NEXT;
		break;
	case AVC_NAL_SLICE_EXT:
	case AVC_NAL_SLICE_EXT_DEPTH:
		info->role = NAL_ROLE_SLICE;
		info->enhancement = GF_TRUE;
		info->drop = !t->has_picture;
		break;
	default:
		break;
	}
	return GF_OK;
}
