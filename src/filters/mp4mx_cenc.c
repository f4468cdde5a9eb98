// SPDX-License-Identifier: MIT
// Common encryption (ISO/IEC 23001-7) in the multiplexer: key information of tracks, keys that change (sample
// groups), auxiliary information of samples, protection system boxes.
#include <string.h>
#include "base/array.h"
#include "filters/mp4mx.h"

// First key of property KeyInfo: u8 several keys, u16 count, then u8 IV size, 16-byte identifier and, without
// IV in the samples, u8 size and constant IV.
static GF_Err read_key(MuxTrack *trk, IsowProtection *key)
{
	const GF_PropertyValue *info = gf_filter_pid_get_property(trk->pid, GF_PROP_PID_CENC_KEY_INFO);
	if (!info) {
		GF_LOG(GF_LOG_ERROR, GF_LOG_CONTAINER,
			("[mp4mx] track %u is encrypted but has no key information\n", trk->isom.id));
		return GF_NON_COMPLIANT_BITSTREAM;
	}
	BitReader r;
	br_init(&r, info->value.data.ptr, info->value.data.size);
	if (br_u8(&r)) {
		GF_LOG(GF_LOG_ERROR, GF_LOG_CONTAINER,
			("[mp4mx] track %u: samples with several keys are not supported\n", trk->isom.id));
		return GF_NOT_SUPPORTED;
	}
	br_u16(&r);
	key->iv_size = br_u8(&r);
	const u8 *kid = br_bytes(&r, 16), *iv = NULL;
	key->const_iv_size = 0;
	if (!key->iv_size && !r.overrun) {
		key->const_iv_size = br_u8(&r);
		iv = key->const_iv_size <= 16 ? br_bytes(&r, key->const_iv_size) : NULL;
	}
	if (!kid || r.overrun || key->const_iv_size > 16) {
		GF_LOG(GF_LOG_ERROR, GF_LOG_CONTAINER,
			("[mp4mx] track %u: key information of %u bytes cannot be read\n", trk->isom.id,
				info->value.data.size));
		return GF_NON_COMPLIANT_BITSTREAM;
	}
	memcpy(key->kid, kid, 16);
	memset(key->const_iv, 0, 16);
	if (iv)
		memcpy(key->const_iv, iv, key->const_iv_size);
	const GF_PropertyValue *pattern = gf_filter_pid_get_property(trk->pid, GF_PROP_PID_CENC_PATTERN);
	key->skip_blocks = pattern ? (u8)pattern->value.frac.num : 0;
	key->crypt_blocks = pattern ? (u8)pattern->value.frac.den : 0;
	return GF_OK;
}

static Bool same_key(const IsowProtection *a, const IsowProtection *b)
{
	return a->iv_size == b->iv_size && a->crypt_blocks == b->crypt_blocks &&
		   a->skip_blocks == b->skip_blocks && a->const_iv_size == b->const_iv_size &&
		   !memcmp(a->kid, b->kid, 16) && !memcmp(a->const_iv, b->const_iv, 16);
}

static GF_Err use_key(MuxTrack *trk, const IsowProtection *key)
{
	for (u32 i = 0; i < trk->nb_keys; i++) {
		if (same_key(&trk->keys[i], key)) {
			trk->key = i;
			return GF_OK;
		}
	}
	if (array_reserve(&trk->keys, &trk->alloc_keys, trk->nb_keys, 1, sizeof(*trk->keys)))
		return GF_OUT_OF_MEM;
	trk->key = trk->nb_keys;
	trk->keys[trk->nb_keys++] = *key;
	return GF_OK;
}

GF_Err mp4mx_cenc_configure(MuxTrack *trk)
{
	static const char schemes[][5] = {"cenc", "cens", "cbc1", "cbcs", "piff"};
	u32 scheme = mp4mx_uint(trk, GF_PROP_PID_PROTECTION_SCHEME_TYPE, 0);
	Bool known = GF_FALSE;
	for (size_t i = 0; i < sizeof(schemes) / sizeof(schemes[0]); i++)
		known |= scheme == isow_code(schemes[i]);
	if (!known) {
		char name[GF_4CC_MSIZE];
		GF_LOG(GF_LOG_ERROR, GF_LOG_CONTAINER,
			("[mp4mx] track %u: protection scheme '%s' cannot be stored\n", trk->isom.id,
				scheme ? gf_4cc_to_str_safe(scheme, name) : "none"));
		return scheme ? GF_NOT_SUPPORTED : GF_NON_COMPLIANT_BITSTREAM;
	}
	IsowProtection key = {.scheme = scheme, .is_protected = GF_TRUE};
	key.version = mp4mx_uint(trk, GF_PROP_PID_PROTECTION_SCHEME_VERSION, 0x10000);
	GF_Err e = read_key(trk, &key);
	if (e)
		return e;
	// the first key is that of the sample entry, and tells whether samples are encrypted unless a group says
	// else
	const GF_PropertyValue *on = gf_filter_pid_get_property(trk->pid, GF_PROP_PID_ENCRYPTED);
	if (!trk->nb_keys)
		trk->clear_default = on && !on->value.boolean;
	trk->sai_piff = mp4mx_uint(trk, GF_PROP_PID_CENC_STORE, 0) == isow_code("PSEC");
	return use_key(trk, &key);
}

// The parameters of a sample when they are not those of the sample entry (23001-7 6).
static GF_Err add_key_group(
	const MuxTrack *trk, const MuxSample *m, Bool is_protected, IsowGroups *groups, u32 number)
{
	Bool usual = is_protected ? !m->key && !trk->clear_default : trk->clear_default;
	if (usual && !(is_protected && trk->mux->force_seig))
		return GF_OK;
	const IsowProtection *key = &trk->keys[m->key];
	u8 entry[37] = {0};
	u32 size = 20;
	if (is_protected) {
		entry[1] = (u8)(key->crypt_blocks << 4 | key->skip_blocks);
		entry[2] = 1;
		entry[3] = key->iv_size;
		memcpy(entry + 4, key->kid, 16);
		if (!key->iv_size) {
			entry[20] = key->const_iv_size;
			memcpy(entry + 21, key->const_iv, key->const_iv_size);
			size += 1 + key->const_iv_size;
		}
	}
	return isow_group_sample(groups, number, isow_code("seig"), 0, entry, size);
}

GF_Err mp4mx_cenc_sample(
	const MuxTrack *trk, const MuxSample *m, IsowGroups *groups, IsowSai *sai, u32 number)
{
	const GF_PropertyValue *info = m->pck ? gf_filter_pck_get_property(m->pck, GF_PROP_PCK_CENC_SAI) : NULL;
	Bool is_protected = m->pck && (gf_filter_pck_get_crypt_flags(m->pck) & GF_FILTER_PCK_CRYPT);
	GF_Err e = add_key_group(trk, m, is_protected, groups, number);
	if (e)
		return e;
	u32 size = info && is_protected ? info->value.data.size : 0;
	sai->piff = trk->sai_piff;
	if (size > trk->keys[m->key].iv_size)
		sai->subsamples = GF_TRUE;
	e = isow_sai_add(sai, size ? info->value.data.ptr : NULL, size);
	if (e == GF_BAD_PARAM)
		GF_LOG(GF_LOG_ERROR, GF_LOG_CONTAINER,
			("[mp4mx] track %u: encryption information of sample %u has %u bytes, more than 255\n",
				trk->isom.id, number, size));
	return e;
}

// Appends the boxes of one property, unless another track has the same.
static GF_Err add_boxes(ByteWriter *w, const GF_PropertyValue *p)
{
	ByteWriter one;
	bw_init(&one);
	GF_Err e = isow_write_pssh(&one, p->value.data.ptr, p->value.data.size);
	if (e)
		GF_LOG(GF_LOG_ERROR, GF_LOG_CONTAINER,
			("[mp4mx] protection system data of %u bytes cannot be read\n", p->value.data.size));
	if (!e && (!w->size || !memmem(w->data, w->size, one.data, one.size)))
		bw_bytes(w, one.data, one.size);
	if (one.failed)
		e = GF_OUT_OF_MEM;
	bw_reset(&one);
	return e;
}

GF_Err mp4mx_cenc_movie(const Mp4Mux *mux, ByteWriter *w)
{
	GF_Err e = GF_OK;
	for (u32 i = 0; i < mux->nb_tracks && !e; i++) {
		const MuxTrack *trk = mux->tracks[i];
		const GF_PropertyValue *p =
			trk->nb_keys && trk->pid ? gf_filter_pid_get_property(trk->pid, GF_PROP_PID_CENC_PSSH) : NULL;
		if (p)
			e = add_boxes(w, p);
	}
	return e;
}

GF_Err mp4mx_cenc_fragment(const Mp4Mux *mux, ByteWriter *w)
{
	GF_Err e = GF_OK;
	if (mux->psshs == PSSH_NONE)
		return GF_OK;
	if (mux->psshs == PSSH_MOOF || mux->psshs == PSSH_BOTH)
		e = mp4mx_cenc_movie(mux, w);
	for (u32 i = 0; i < mux->nb_tracks && !e; i++) {
		const MuxTrack *trk = mux->tracks[i];
		const MuxSample *m = trk->nb_keys && trk->traf.nb ? &trk->held[trk->flush_at] : NULL;
		const GF_PropertyValue *p =
			m && m->pck ? gf_filter_pck_get_property(m->pck, GF_PROP_PCK_CENC_PSSH) : NULL;
		if (p)
			e = add_boxes(w, p);
	}
	return e;
}
