// SPDX-License-Identifier: MIT
#include <stdlib.h>
#include <string.h>

#include <gpac/constants.h>
#include "formats/avc.h"
#include "formats/hevc.h"
#include "formats/isom_nal.h"
#include "formats/vvc.h"

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

static Bool is_picture(NalCodec codec, u8 type)
{
	switch (codec) {
	case NAL_AVC:
		return type >= AVC_NAL_SLICE && type <= AVC_NAL_IDR;
	case NAL_HEVC:
		return type <= HEVC_NAL_VCL_LAST;
	default:
		return type <= VVC_NAL_VCL_LAST;
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

// The three kinds of record, and what they have in common.
typedef union {
	AvcConfig avc;
	HevcConfig hevc;
	VvcConfig vvc;
} Record;

static GF_Err read_record(NalCodec codec, const IsomData *config, Record *rec)
{
	memset(rec, 0, sizeof(*rec));
	if (codec == NAL_AVC)
		return avc_config_read(config->data, config->size, &rec->avc);
	if (codec == NAL_HEVC)
		return hevc_config_read(config->data, config->size, GF_FALSE, &rec->hevc);
	return vvc_config_read(config->data, config->size, &rec->vvc);
}

static void reset_record(NalCodec codec, Record *rec)
{
	if (codec == NAL_AVC)
		avc_config_reset(&rec->avc);
	else if (codec == NAL_HEVC)
		hevc_config_reset(&rec->hevc);
	else
		vvc_config_reset(&rec->vvc);
}

static GF_Err write_record(NalCodec codec, const Record *rec, IsomData *out)
{
	if (codec == NAL_AVC)
		return avc_config_write(&rec->avc, &out->data, &out->size);
	if (codec == NAL_HEVC)
		return hevc_config_write(&rec->hevc, GF_FALSE, &out->data, &out->size);
	return vvc_config_write(&rec->vvc, &out->data, &out->size);
}

static ConfigNal **record_sets(NalCodec codec, Record *rec, u32 **nb)
{
	if (codec == NAL_AVC) {
		*nb = &rec->avc.nb_nals;
		return &rec->avc.nals;
	}
	if (codec == NAL_HEVC) {
		*nb = &rec->hevc.nb_nals;
		return &rec->hevc.nals;
	}
	*nb = &rec->vvc.nb_nals;
	return &rec->vvc.nals;
}

// Takes over `config`, and the list of its sets.
static GF_Err set_record(IsomNal *n, IsomData *config)
{
	Record rec;
	GF_Err e = read_record(n->codec, config, &rec);
	if (e)
		return e;
	u32 *nb;
	ConfigNal **sets = record_sets(n->codec, &rec, &nb);
	gf_free(n->sets);
	gf_free(n->config.data);
	n->sets = *sets;
	n->nb_sets = *nb;
	n->config = *config;
	*sets = NULL;
	*nb = 0;
	reset_record(n->codec, &rec);
	memset(config, 0, sizeof(*config));
	return GF_OK;
}

GF_Err isom_nal_open(IsomNal *n, const IsomEntry *entry)
{
	isom_nal_close(n);
	switch (entry->codec_id) {
	case GF_CODECID_AVC:
	case GF_CODECID_SVC:
	case GF_CODECID_MVC:
		n->codec = NAL_AVC;
		break;
	case GF_CODECID_HEVC:
	case GF_CODECID_LHVC:
	case GF_CODECID_HEVC_TILES:
		n->codec = NAL_HEVC;
		break;
	case GF_CODECID_VVC:
	case GF_CODECID_VVC_SUBPIC:
		n->codec = NAL_VVC;
		break;
	default:
		return GF_OK;
	}
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
		if (!has_picture && is_picture(n->codec, type)) {
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

static GF_Err put_set(NalCodec codec, Record *rec, const ConfigNal *nal)
{
	u32 *nb;
	ConfigNal **sets = record_sets(codec, rec, &nb);
	u32 at = find_set(codec, *sets, *nb, nal);
	if (at < *nb) {
		Bool complete = (*sets)[at].complete;
		(*sets)[at] = *nal;
		(*sets)[at].complete = complete;
		return GF_OK;
	}
	ConfigNal *more = gf_realloc(*sets, (*nb + 1) * sizeof(*more));
	if (!more)
		return GF_OUT_OF_MEM;
	*sets = more;
	// Sets of one type stay together, in increasing order of type.
	at = *nb;
	while (at && more[at - 1].type > nal->type) {
		more[at] = more[at - 1];
		at--;
	}
	more[at] = *nal;
	(*nb)++;
	return GF_OK;
}

// The format in the record is that of the first SPS.
static void update_format(NalCodec codec, Record *rec, const ConfigNal *nal)
{
	if (codec == NAL_AVC && nal->type == AVC_NAL_SPS) {
		AvcSps sps;
		if (!avc_parse_sps(nal->data, nal->size, &sps, NULL) && !sps.id)
			avc_config_set_sps(&rec->avc, &sps);
	} else if (codec == NAL_VVC && nal->type == VVC_NAL_SPS) {
		VvcSps sps;
		if (!vvc_parse_sps(nal->data, nal->size, &sps, NULL) && !sps.id)
			vvc_config_set_sps(&rec->vvc, &sps);
	} else if (codec == NAL_HEVC && nal->type == HEVC_NAL_SPS) {
		const HevcPps *const no_pps[HEVC_MAX_PPS] = {NULL};
		HevcSps *sps = gf_malloc(sizeof(*sps)); // large
		if (sps && !hevc_parse_sps(nal->data, nal->size, sps, NULL) && !sps->id)
			hevc_config_set_ps(&rec->hevc, sps, no_pps);
		gf_free(sps);
	}
}

GF_Err isom_nal_update(IsomNal *n, const u8 *data, u32 size)
{
	Record rec;
	GF_Err e = read_record(n->codec, &n->config, &rec);
	NalIter it;
	ConfigNal nal = {0};
	nal_iter_prefixed(&it, data, size, n->length_size);
	while (!e && !nal_iter_next(&it, &nal.data, &nal.size)) {
		nal.type = unit_type(n->codec, nal.data, nal.size);
		if (!is_set(n->codec, nal.type))
			continue;
		e = put_set(n->codec, &rec, &nal);
		if (!e)
			update_format(n->codec, &rec, &nal);
	}
	IsomData config = {0};
	if (!e)
		e = write_record(n->codec, &rec, &config);
	reset_record(n->codec, &rec);
	if (!e)
		e = set_record(n, &config);
	gf_free(config.data);
	return e;
}
