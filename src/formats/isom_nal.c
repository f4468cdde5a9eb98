// SPDX-License-Identifier: MIT
#include <stdlib.h>
#include <string.h>

#include "base/array.h"
#include "formats/isom_nal.h"
#include "formats/nal_config.h"

static u8 unit_type(NalCodec codec, const u8 *nal, u32 size)
{
	switch (codec) {
	case NAL_AVC:
		return nal[0] & 0x1F;
	case NAL_HEVC:
		return nal[0] >> 1 & 0x3F;
	default:
		return size > 1 ? nal[1] >> 3 : 0xFF;
	}
}

// Units that belong to the record, not to the samples (`xps_check`).
static Bool is_set(NalCodec codec, u8 type)
{
	switch (codec) {
	case NAL_AVC:
		return type == AVC_NAL_SPS || type == AVC_NAL_PPS || type == AVC_NAL_SPS_EXT;
	case NAL_HEVC:
		return type >= HEVC_NAL_VPS && type <= HEVC_NAL_PPS;
	default:
		return type >= VVC_NAL_OPI && type <= VVC_NAL_PPS;
	}
}

static void picture_sap(NalCodec codec, u8 type, IsomNalInfo *info)
{
	if (codec == NAL_AVC) {
		info->sap = type == AVC_NAL_IDR;
		return;
	}
	Bool is_hevc = codec == NAL_HEVC;
	if (is_hevc ? type == HEVC_NAL_CRA || type == HEVC_NAL_BLA_W_LP
				: type == VVC_NAL_CRA || type == VVC_NAL_GDR)
		info->sap = 3;
	else if (is_hevc ? type == HEVC_NAL_IDR_N_LP || type == HEVC_NAL_BLA_N_LP : type == VVC_NAL_IDR_N_LP)
		info->sap = 1;
	else if (is_hevc ? type == HEVC_NAL_IDR_W_RADL || type == HEVC_NAL_BLA_W_RADL
					 : type == VVC_NAL_IDR_W_RADL)
		info->sap = info->may_lead = 1;
}

// ---- Parameter sets

// ID of a HEVC SPS, which comes after the profile (23008-2, 7.3.2.2.1 and 7.3.3).
static u32 hevc_sps_id(BitReader *r)
{
	br_bits(r, 4);
	u32 sub_layers = br_bits(r, 3);
	br_bits(r, 1);
	r->pos += 96; // general profile, tier and level
	u32 profiles = 0, levels = 0;
	for (u32 i = 0; i < sub_layers; i++) {
		profiles += br_bit(r);
		levels += br_bit(r);
	}
	if (sub_layers)
		r->pos += 2 * (8 - sub_layers);
	r->pos += 88 * profiles + 8 * levels;
	return r->pos < (u64)r->size * 8 ? br_ue(r) : 0;
}

static u32 set_id(NalCodec codec, const ConfigNal *nal)
{
	Rbsp rbsp;
	BitReader r;
	rbsp_open_head(&rbsp, nal->data, nal->size);
	br_init(&r, rbsp.data, rbsp.size);
	u32 id = 0;
	if (codec == NAL_AVC) {
		br_bits(&r, 8);
		if (nal->type == AVC_NAL_SPS)
			br_bits(&r, 24);
		id = br_ue(&r);
	} else if (codec == NAL_HEVC) {
		br_bits(&r, 16);
		id = nal->type == HEVC_NAL_VPS   ? br_bits(&r, 4)
			 : nal->type == HEVC_NAL_PPS ? br_ue(&r)
										 : hevc_sps_id(&r);
	} else {
		br_bits(&r, 16);
		if (nal->type == VVC_NAL_PPS)
			id = br_bits(&r, 6);
		else if (nal->type == VVC_NAL_SPS || nal->type == VVC_NAL_VPS)
			id = br_bits(&r, 4);
	}
	rbsp_close(&rbsp);
	return id;
}

// Position of the set with that type and ID, `nb` when there is none.
static u32 find_set(NalCodec codec, const ConfigNal *sets, u32 nb, const ConfigNal *nal)
{
	u32 id = set_id(codec, nal), i = 0;
	while (i < nb && (sets[i].type != nal->type || set_id(codec, &sets[i]) != id))
		i++;
	return i;
}

static Bool is_in_record(const IsomNal *n, const u8 *nal, u32 size)
{
	for (u32 i = 0; i < n->nb_sets; i++) {
		if (n->sets[i].size == size && !memcmp(n->sets[i].data, nal, size))
			return GF_TRUE;
	}
	return GF_FALSE;
}

// Takes over `config`, and the list of its sets.
static GF_Err set_record(IsomNal *n, IsomData *config)
{
	NalConfig rec;
	GF_Err e = nal_config_read(n->codec, GF_FALSE, config->data, config->size, &rec);
	if (e)
		return e;
	gf_free(n->sets);
	gf_free(n->config.data);
	n->sets = rec.sets.nals;
	n->nb_sets = rec.sets.nb_nals;
	n->config = *config;
	memset(config, 0, sizeof(*config));
	return GF_OK;
}

GF_Err isom_nal_open(IsomNal *n, const IsomEntry *entry)
{
	isom_nal_close(n);
	if (!entry->nal_length || !nal_codec_of(entry->codec_id, &n->codec))
		return GF_OK;
	n->length_size = entry->nal_length;
	if (!entry->config.size)
		return GF_OK;
	IsomData copy = {0};
	GF_Err e = isom_data_set(&copy, entry->config.data, entry->config.size);
	if (!e)
		e = set_record(n, &copy);
	gf_free(copy.data);
	if (e)
		n->length_size = 0;
	return e == GF_OUT_OF_MEM ? e : GF_OK; // a record that cannot be read is given as it is
}

void isom_nal_close(IsomNal *n)
{
	gf_free(n->sets);
	gf_free(n->config.data);
	memset(n, 0, sizeof(*n));
}

// ---- Samples

void isom_nal_scan(const IsomNal *n, const u8 *data, u32 size, IsomNalInfo *info)
{
	NalIter it;
	const u8 *nal;
	u32 nal_size;
	Bool has_picture = GF_FALSE;
	GF_Err e;
	memset(info, 0, sizeof(*info));
	nal_iter_prefixed(&it, data, size, n->length_size);
	while (!(e = nal_iter_next(&it, &nal, &nal_size))) {
		u8 type = unit_type(n->codec, nal, nal_size);
		if (!has_picture && nal_is_vcl(n->codec, type)) {
			has_picture = GF_TRUE;
			picture_sap(n->codec, type, info);
		} else if (is_set(n->codec, type)) {
			info->nb_sets++;
			info->set_bytes += n->length_size + nal_size;
			if (!info->new_set && !is_in_record(n, nal, nal_size))
				info->new_set = GF_TRUE;
		}
	}
	if (e == GF_EOS)
		return;
	info->nb_sets = info->set_bytes = 0;
	info->new_set = GF_FALSE;
}

Bool isom_nal_next_set(const IsomNal *n, NalIter *it, u32 *at, u32 *size)
{
	const u8 *nal;
	u32 nal_size;
	while (!nal_iter_next(it, &nal, &nal_size)) {
		if (!is_set(n->codec, unit_type(n->codec, nal, nal_size)))
			continue;
		*at = (u32)(nal - it->data) - n->length_size;
		*size = n->length_size + nal_size;
		return GF_TRUE;
	}
	return GF_FALSE;
}

void isom_nal_strip(const IsomNal *n, const u8 *data, u32 size, u8 *dst)
{
	NalIter it;
	u32 at, set_size, kept = 0;
	nal_iter_prefixed(&it, data, size, n->length_size);
	while (isom_nal_next_set(n, &it, &at, &set_size)) {
		memcpy(dst, data + kept, at - kept);
		dst += at - kept;
		kept = at + set_size;
	}
	memcpy(dst, data + kept, size - kept);
}

static GF_Err put_set(NalConfig *rec, const ConfigNal *nal)
{
	NalSets *sets = &rec->sets;
	u32 at = find_set(rec->codec, sets->nals, sets->nb_nals, nal);
	if (at < sets->nb_nals) {
		Bool complete = sets->nals[at].complete;
		sets->nals[at] = *nal;
		sets->nals[at].complete = complete;
		return GF_OK;
	}
	if (array_reserve(&sets->nals, &sets->alloc_nals, sets->nb_nals, 1, sizeof(*sets->nals)))
		return GF_OUT_OF_MEM;
	// Sets of one type stay together, in increasing order of type.
	at = sets->nb_nals;
	while (at && sets->nals[at - 1].type > nal->type) {
		sets->nals[at] = sets->nals[at - 1];
		at--;
	}
	sets->nals[at] = *nal;
	sets->nb_nals++;
	return GF_OK;
}

// The format in the record is that of the first SPS.
static void update_format(NalConfig *rec, const ConfigNal *nal)
{
	if (rec->codec == NAL_AVC && nal->type == AVC_NAL_SPS) {
		AvcSps sps;
		if (!avc_parse_sps(nal->data, nal->size, &sps, NULL) && !sps.id)
			avc_config_set_sps(&rec->avc, &sps);
	} else if (rec->codec == NAL_VVC && nal->type == VVC_NAL_SPS) {
		VvcSps sps;
		if (!vvc_parse_sps(nal->data, nal->size, &sps, NULL) && !sps.id)
			vvc_config_set_sps(&rec->vvc, &sps);
	} else if (rec->codec == NAL_HEVC && nal->type == HEVC_NAL_SPS) {
		const HevcPps *const no_pps[HEVC_MAX_PPS] = {NULL};
		HevcSps *sps = gf_malloc(sizeof(*sps)); // large
		if (sps && !hevc_parse_sps(nal->data, nal->size, sps, NULL) && !sps->id)
			hevc_config_set_ps(&rec->hevc, sps, no_pps);
		gf_free(sps);
	}
}

GF_Err isom_nal_update(IsomNal *n, const u8 *data, u32 size)
{
	NalConfig rec;
	GF_Err e = nal_config_read(n->codec, GF_FALSE, n->config.data, n->config.size, &rec);
	if (e)
		return e;
	NalIter it;
	ConfigNal nal = {0};
	nal_iter_prefixed(&it, data, size, n->length_size);
	while (!e && !nal_iter_next(&it, &nal.data, &nal.size)) {
		nal.type = unit_type(n->codec, nal.data, nal.size);
		if (!is_set(n->codec, nal.type))
			continue;
		e = put_set(&rec, &nal);
		if (!e)
			update_format(&rec, &nal);
	}
	IsomData config = {0};
	if (!e)
		e = nal_config_write(&rec, &config.data, &config.size);
	nal_config_reset(&rec);
	if (!e)
		e = set_record(n, &config);
	gf_free(config.data);
	return e;
}
