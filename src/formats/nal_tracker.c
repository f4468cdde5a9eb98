// SPDX-License-Identifier: MIT
#include "base/array.h"
#include "formats/nal_tracker.h"

#include <gpac/log.h>

void nal_tracker_init(NalTracker *t, NalCodec codec)
{
	*t = (NalTracker){.codec = codec, .sequence_end = GF_TRUE};
}

#define FREE_TABLE(table) \
	do { \
		for (u32 i = 0; i < sizeof(table) / sizeof((table)[0]); i++) \
			gf_free((void *)(table)[i]); \
	} while (0)

void nal_tracker_reset(NalTracker *t)
{
	for (u32 i = 0; i < t->nb_sets; i++)
		gf_free(t->sets[i].data);
	gf_free(t->sets);
	if (t->codec == NAL_AVC) {
		FREE_TABLE(t->avc.sps);
		FREE_TABLE(t->avc.pps);
	} else if (t->codec == NAL_HEVC) {
		FREE_TABLE(t->hevc.sps);
		FREE_TABLE(t->hevc.pps);
	} else {
		FREE_TABLE(t->vvc.sps);
		FREE_TABLE(t->vvc.pps);
	}
	const SynTrace *trace = t->trace;
	nal_tracker_init(t, t->codec);
	t->trace = trace;
}

void nal_tracker_restart(NalTracker *t)
{
	t->has_picture = GF_FALSE;
	t->force_start = GF_FALSE;
	t->sequence_end = GF_TRUE;
	t->sei = (NalPicture){0};
	if (t->codec == NAL_AVC) {
		t->avc.poc = (AvcPocState){0};
		t->avc.field_waits = GF_FALSE;
	} else if (t->codec == NAL_HEVC) {
		t->hevc.poc = (HevcPocState){0};
	} else {
		t->vvc.poc = (VvcPocState){0};
		t->vvc.ph_waits = t->vvc.has_ph = GF_FALSE;
	}
}

static NalParamSet *find_set(const NalTracker *t, u8 type, u8 layer_id, u16 id)
{
	for (u32 i = 0; i < t->nb_sets; i++) {
		NalParamSet *set = &t->sets[i];
		if (set->type == type && set->layer_id == layer_id && set->id == id)
			return set;
	}
	return NULL;
}

static NalParamSet *add_set(NalTracker *t)
{
	if (array_reserve(&t->sets, &t->alloc_sets, t->nb_sets, 1, sizeof(*t->sets)))
		return NULL;
	return &t->sets[t->nb_sets++];
}

// Identifiers have few values, which bounds the number of sets.
GF_Err nal_tracker_store(NalTracker *t, u8 type, u8 layer_id, u16 id, const u8 *nal, u32 size)
{
	size = (u32)nal_trim_zeros(nal, size);
	// the configuration records of 14496-15 have 16 bits for it
	if (size > 0xFFFF)
		return GF_NON_COMPLIANT_BITSTREAM;
	NalParamSet *set = find_set(t, type, layer_id, id);
	if (set && set->size == size && !memcmp(set->data, nal, size))
		return GF_OK;
	u8 *data = gf_malloc(size);
	if (!data)
		return GF_OUT_OF_MEM;
	memcpy(data, nal, size);
	if (set) {
		gf_free(set->data);
		t->replace_version++;
	} else {
		set = add_set(t);
		if (!set) {
			gf_free(data);
			return GF_OUT_OF_MEM;
		}
	}
	*set = (NalParamSet){.type = type, .layer_id = layer_id, .id = id, .data = data, .size = size};
	t->sets_version++;
	return GF_OK;
}

// Starts the access unit of `picture`, to which what the SEI units before it say is added.
void nal_tracker_begin(NalTracker *t, NalUnitInfo *info, const NalPicture *picture)
{
	t->finished = t->picture;
	t->picture = *picture;
	if (!picture->has_recovery) {
		t->picture.has_recovery = t->sei.has_recovery;
		t->picture.recovery_count = t->sei.recovery_count;
	}
	t->picture.has_pic_struct = t->sei.has_pic_struct;
	t->picture.pic_struct = t->sei.pic_struct;
	t->picture.has_clock = t->sei.has_clock;
	t->picture.clock = t->sei.clock;
	t->has_picture = GF_TRUE;
	t->force_start = GF_FALSE;
	t->sequence_end = GF_FALSE;
	info->place = NAL_PLACE_START;
}

void nal_tracker_missing(NalTracker *t, const char *codec, NalUnitInfo *info)
{
	info->drop = GF_TRUE;
	if (!t->nb_missing++ && t->trace != &syn_quiet)
		GF_LOG(GF_LOG_WARNING, GF_LOG_CODING,
			("[bitstream] %s slice dropped: its parameter sets were not received, waiting for them\n",
				codec));
}

static void metadata_sei(NalMetadata *m, const SeiMessage *message)
{
	u8 transfer;
	switch (message->type) {
	case SEI_MASTERING_DISPLAY:
		if (!sei_mastering_display(message, &m->display))
			m->has_display = GF_TRUE;
		break;
	case SEI_CONTENT_LIGHT_LEVEL:
		if (!sei_content_light(message, &m->light))
			m->has_light = GF_TRUE;
		break;
	case SEI_AMBIENT_VIEWING:
		if (!sei_ambient_viewing(message, &m->ambient))
			m->has_ambient = GF_TRUE;
		break;
	case SEI_ALTERNATIVE_TRANSFER:
		if (!sei_alternative_transfer(message, &transfer)) {
			m->transfer = transfer;
			m->has_transfer = GF_TRUE;
		}
		break;
	default:
		break;
	}
}

// A broken SEI unit is kept in the stream: it only misinforms.
void nal_tracker_sei(NalTracker *t, const u8 *nal, u32 size, u32 header_size)
{
	Rbsp rbsp;
	if (rbsp_open(&rbsp, nal, size))
		return;
	SeiIter it;
	SeiMessage message;
	sei_iter_init(&it, rbsp.data, rbsp.size, header_size);
	while (!sei_iter_next(&it, &message)) {
		metadata_sei(&t->metadata, &message);
		if (t->codec == NAL_AVC)
			avc_tracker_sei(t, &message);
		else if (t->codec == NAL_HEVC)
			hevc_tracker_sei(t, &message);
	}
	rbsp_close(&rbsp);
}

GF_Err nal_tracker_push(NalTracker *t, const u8 *nal, u32 size, NalUnitInfo *info)
{
	*info = (NalUnitInfo){.role = NAL_ROLE_OTHER, .place = NAL_PLACE_SAME};
	switch (t->codec) {
	case NAL_AVC:
		return avc_tracker_push(t, nal, size, info);
	case NAL_HEVC:
		return hevc_tracker_push(t, nal, size, info);
	default:
		return vvc_tracker_push(t, nal, size, info);
	}
}

static Bool has_set(const NalTracker *t, u8 type)
{
	for (u32 i = 0; i < t->nb_sets; i++) {
		if (t->sets[i].type == type && !t->sets[i].layer_id)
			return GF_TRUE;
	}
	return GF_FALSE;
}

Bool nal_tracker_has_config(const NalTracker *t)
{
	switch (t->codec) {
	case NAL_AVC:
		return has_set(t, AVC_NAL_SPS) && has_set(t, AVC_NAL_PPS);
	case NAL_HEVC:
		return has_set(t, HEVC_NAL_VPS) && has_set(t, HEVC_NAL_SPS) && has_set(t, HEVC_NAL_PPS);
	default:
		return has_set(t, VVC_NAL_SPS) && has_set(t, VVC_NAL_PPS);
	}
}

static GF_Err hevc_format(const HevcTracker *h, u8 sps_id, NalVideoFormat *format)
{
	for (u32 i = 0; i < HEVC_MAX_SPS; i++) {
		const HevcSps *sps = h->sps[(sps_id + i) % HEVC_MAX_SPS];
		if (!sps)
			continue;
		hevc_video_format(sps, format);
		if (!format->vui.time_scale) {
			format->vui.time_scale = h->time_scale;
			format->vui.num_units_in_tick = h->num_units_in_tick;
		}
		return GF_OK;
	}
	return GF_NOT_FOUND;
}

GF_Err nal_tracker_format(const NalTracker *t, u8 sps_id, NalVideoFormat *format)
{
	if (t->codec == NAL_HEVC)
		return hevc_format(&t->hevc, sps_id, format);
	if (t->codec == NAL_VVC) {
		for (u32 i = 0; i < VVC_MAX_SPS; i++) {
			const VvcSps *sps = t->vvc.sps[(sps_id + i) % VVC_MAX_SPS];
			if (!sps)
				continue;
			vvc_video_format(sps, format);
			return GF_OK;
		}
		return GF_NOT_FOUND;
	}
	for (u32 i = 0; i < AVC_MAX_SPS; i++) {
		const AvcSps *sps = t->avc.sps[(sps_id + i) % AVC_MAX_SPS];
		if (!sps)
			continue;
		avc_video_format(sps, format);
		return GF_OK;
	}
	return GF_NOT_FOUND;
}

u32 nal_picture_ticks(const NalTracker *t, const NalPicture *picture)
{
	if (t->codec != NAL_AVC || picture->field_pair)
		return 2;
	if (!picture->has_pic_struct)
		return picture->field ? 1 : 2;
	if (picture->pic_struct == 8)
		return 6;
	return picture->pic_struct ? (picture->pic_struct + 1u) / 2 : 2;
}
