// SPDX-License-Identifier: MIT
#include <string.h>
#include "base/array.h"
#include "formats/isom_cenc.h"

// Extended types of the boxes of PIFF 1.1, the ancestor of `senc` and `tenc`.
static const u8 piff_senc[16] = {
	0xA2, 0x39, 0x4F, 0x52, 0x5A, 0x9B, 0x4F, 0x14, 0xA2, 0x44, 0x6C, 0x42, 0x7C, 0x64, 0x8D, 0xF4};
static const u8 piff_tenc[16] = {
	0x89, 0x74, 0xDB, 0xCE, 0x7B, 0xE7, 0x4C, 0x51, 0x84, 0xF9, 0x71, 0x48, 0xF9, 0x88, 0x25, 0x54};

static Bool is_uuid(const IsomBox *box, const u8 uuid[16])
{
	return box->type == GF_4CC('u', 'u', 'i', 'd') && !memcmp(box->uuid, uuid, 16) ? GF_TRUE : GF_FALSE;
}

Bool isom_is_piff_senc(const IsomBox *box)
{
	return is_uuid(box, piff_senc);
}

// ---- Track encryption

static GF_Err check_key(const BitReader *r, const IsomKey *key)
{
	Bool size_ok = !key->iv_size || key->iv_size == 8 || key->iv_size == 16;
	return r->overrun || !size_ok || key->const_iv_size > 16 ? GF_ISOM_INVALID_FILE : GF_OK;
}

// The common end of `tenc` and `seig` (23001-7, 8.2 and 6).
static void read_key(BitReader *r, IsomKey *key)
{
	key->is_protected = br_u8(r) != 0;
	key->iv_size = br_u8(r);
	const u8 *kid = br_bytes(r, 16);
	if (kid)
		memcpy(key->kid, kid, 16);
	if (!key->is_protected || key->iv_size)
		return;
	key->const_iv_size = br_u8(r);
	const u8 *iv = key->const_iv_size <= 16 ? br_bytes(r, key->const_iv_size) : NULL;
	if (iv)
		memcpy(key->const_iv, iv, key->const_iv_size);
}

static GF_Err parse_tenc(IsomBox *b, IsomKey *out)
{
	u8 version;
	isom_full(b, &version);
	IsomKey key = {0};
	br_u8(&b->r);
	u8 pattern = br_u8(&b->r);
	if (version) {
		key.crypt_blocks = pattern >> 4;
		key.skip_blocks = pattern & 0xF;
	}
	read_key(&b->r, &key);
	GF_Err e = check_key(&b->r, &key);
	if (e)
		isom_complain(b, "is too short or has an IV size other than 0, 8 or 16");
	else
		*out = key;
	return e;
}

// PIFF 5.3.3: algorithm (24 bits), IV size, key.
static GF_Err parse_piff_tenc(IsomBox *b, IsomKey *out)
{
	u8 version;
	isom_full(b, &version);
	IsomKey key = {.is_protected = br_u24(&b->r) != 0, .iv_size = br_u8(&b->r)};
	const u8 *kid = br_bytes(&b->r, 16);
	if (kid)
		memcpy(key.kid, kid, 16);
	GF_Err e = check_key(&b->r, &key);
	if (e)
		isom_complain(b, "is too short or has an IV size other than 0, 8 or 16");
	else
		*out = key;
	return e;
}

GF_Err isom_seig_parse(const u8 *data, u32 size, IsomKey *out)
{
	BitReader r;
	br_init(&r, data, size);
	IsomKey key = {0};
	br_u8(&r);
	u8 pattern = br_u8(&r);
	key.crypt_blocks = pattern >> 4;
	key.skip_blocks = pattern & 0xF;
	read_key(&r, &key);
	GF_Err e = check_key(&r, &key);
	if (!e)
		*out = key;
	return e;
}

static GF_Err parse_schm(IsomBox *b, IsomProtection *prot)
{
	u8 version;
	u32 flags = isom_full(b, &version);
	prot->scheme = br_u32(&b->r);
	prot->version = br_u32(&b->r);
	if (!(flags & 1))
		return GF_OK;
	gf_free(prot->uri);
	prot->uri = isom_string(b);
	return prot->uri ? GF_OK : GF_OUT_OF_MEM;
}

static GF_Err parse_schi(IsomBox *schi, IsomProtection *prot)
{
	GF_Err e = GF_OK;
	IsomBox b;
	while (!e && isom_next(schi, &b)) {
		if (b.type == GF_4CC('t', 'e', 'n', 'c'))
			e = parse_tenc(&b, &prot->key);
		else if (is_uuid(&b, piff_tenc))
			e = parse_piff_tenc(&b, &prot->key);
		else
			continue;
		prot->has_key = !e;
	}
	return e;
}

GF_Err isom_sinf_parse(IsomBox *sinf, IsomProtection *prot)
{
	GF_Err e = GF_OK;
	IsomBox b;
	while (!e && isom_next(sinf, &b)) {
		if (b.type == GF_4CC('f', 'r', 'm', 'a'))
			prot->format = br_u32(&b.r);
		else if (b.type == GF_4CC('s', 'c', 'h', 'm'))
			e = parse_schm(&b, prot);
		else if (b.type == GF_4CC('s', 'c', 'h', 'i'))
			e = parse_schi(&b, prot);
	}
	return e;
}

void isom_protection_reset(IsomProtection *prot)
{
	gf_free(prot->uri);
	memset(prot, 0, sizeof(*prot));
}

// ---- Sample auxiliary information

static void free_run(IsomSaiRun *run)
{
	gf_free(run->data);
	gf_free(run->record_size);
}

void isom_sai_reset(IsomSai *sai)
{
	for (u32 i = 0; i < sai->nb_runs; i++)
		free_run(&sai->runs[i]);
	gf_free(sai->runs);
	memset(sai, 0, sizeof(*sai));
}

void isom_sai_drop(IsomSai *sai, u32 dropped)
{
	u32 nb = 0;
	while (nb < sai->nb_runs && sai->runs[nb].first + sai->runs[nb].count <= dropped)
		free_run(&sai->runs[nb++]);
	if (!nb)
		return;
	sai->nb_runs -= nb;
	memmove(sai->runs, sai->runs + nb, sai->nb_runs * sizeof(*sai->runs));
	sai->run = sai->sample = sai->at = 0;
}

// Takes over what the run owns.
static GF_Err add_run(IsomSai *sai, IsomSaiRun *run)
{
	if (array_reserve(&sai->runs, &sai->alloc_runs, sai->nb_runs, 1, sizeof(*sai->runs))) {
		free_run(run);
		return GF_OUT_OF_MEM;
	}
	sai->runs[sai->nb_runs++] = *run;
	return GF_OK;
}

GF_Err isom_senc_parse(IsomSai *sai, IsomBox *box, u32 first, u32 count)
{
	u8 version;
	u32 flags = isom_full(box, &version);
	IsomSaiRun run = {.first = first, .has_subsamples = (flags & 2) != 0};
	Bool is_piff = box->type == GF_4CC('u', 'u', 'i', 'd');
	if (is_piff && (flags & 1)) {
		br_skip(&box->r, 3);
		run.has_iv_size = GF_TRUE;
		run.iv_size = br_u8(&box->r);
		br_skip(&box->r, 16);
	}
	u32 nb = br_u32(&box->r);
	run.count = nb < count ? nb : count;
	const u8 *data = isom_rest(box, &run.size);
	if (box->r.overrun || !run.count || !run.size)
		return GF_OK; // nothing per sample: constant IV and whole samples
	run.data = gf_malloc(run.size);
	if (!run.data)
		return GF_OUT_OF_MEM;
	memcpy(run.data, data, run.size);
	sai->box_type = is_piff ? GF_4CC('P', 'S', 'E', 'C') : GF_4CC('s', 'e', 'n', 'c');
	return add_run(sai, &run);
}

// Sizes of the records of `saiz`. GF_NOT_FOUND when there is nothing to read.
static GF_Err read_saiz(IsomBox *saiz, u32 count, IsomSaiRun *run)
{
	u8 version;
	u32 flags = isom_full(saiz, &version);
	br_skip(&saiz->r, flags & 1 ? 8 : 0); // type and parameter
	run->const_size = br_u8(&saiz->r);
	u32 nb = br_u32(&saiz->r);
	run->count = nb < count ? nb : count;
	u64 total = (u64)run->const_size * run->count;
	if (!run->const_size && run->count) {
		const u8 *sizes = br_bytes(&saiz->r, run->count);
		if (!sizes) {
			isom_warn(saiz, "declares %u sizes and has room for %u", nb, (u32)br_left(&saiz->r));
			return GF_NOT_FOUND;
		}
		run->record_size = gf_malloc(run->count);
		if (!run->record_size)
			return GF_OUT_OF_MEM;
		memcpy(run->record_size, sizes, run->count);
		for (u32 i = 0; i < run->count; i++)
			total += sizes[i];
	}
	if (!total || total > 0x7FFFFFFF)
		return GF_NOT_FOUND;
	run->size = (u32)total;
	return GF_OK;
}

GF_Err isom_saiz_parse(
	IsomSai *sai, IsomBox *saiz, IsomBox *saio, u64 base, u32 first, u32 count, const IsomInput *in)
{
	u8 version;
	u32 flags = isom_full(saio, &version);
	if (!in)
		return GF_OK;
	br_skip(&saio->r, flags & 1 ? 8 : 0);
	u32 nb = br_u32(&saio->r);
	u64 offset = base + (version ? br_u64(&saio->r) : br_u32(&saio->r));
	if (saio->r.overrun || nb != 1) {
		isom_warn(saio, "has %u offsets instead of one: the auxiliary information is ignored", nb);
		return GF_OK;
	}
	IsomSaiRun run = {.first = first};
	GF_Err e = read_saiz(saiz, count, &run);
	Bool complete;
	u64 end = in->end(in->udta, &complete);
	if (!e && (offset > end || run.size > end - offset)) {
		isom_warn(saio, "the auxiliary information is not there");
		e = GF_NOT_FOUND;
	}
	u32 got = 0;
	if (!e && !(run.data = gf_malloc(run.size)))
		e = GF_OUT_OF_MEM;
	if (!e)
		e = in->read(in->udta, offset, run.data, run.size, &got);
	if (!e && got == run.size)
		return add_run(sai, &run);
	free_run(&run);
	return e == GF_OUT_OF_MEM ? e : GF_OK;
}

// Size of the record of a sample, at `at`, 0 for a sample that has none. False when it does not fit.
static Bool record_size(const IsomSaiRun *run, u32 sample, u32 at, u8 iv_size, u32 *size)
{
	const u32 left = run->size - at;
	if (run->const_size || run->record_size) {
		*size = run->const_size ? run->const_size : run->record_size[sample - run->first];
		return *size <= left;
	}
	*size = run->has_iv_size ? run->iv_size : iv_size;
	if (run->has_subsamples) {
		if (*size + 2 > left)
			return GF_FALSE;
		u32 nb = (u32)run->data[at + *size] << 8 | run->data[at + *size + 1];
		*size += 2 + nb * 6;
	}
	return *size <= left;
}

GF_Err isom_sai_get(IsomSai *sai, u32 number, u8 iv_size, const u8 **data, u32 *size, Bool *has_subsamples)
{
	// Usually the record after the last one, else from the start of its run.
	if (sai->run >= sai->nb_runs || number < sai->sample || number < sai->runs[sai->run].first)
		sai->run = sai->sample = sai->at = 0;
	while (sai->run < sai->nb_runs && number >= sai->runs[sai->run].first + sai->runs[sai->run].count) {
		sai->run++;
		sai->at = 0;
		sai->sample = 0;
	}
	if (sai->run >= sai->nb_runs || number < sai->runs[sai->run].first)
		return GF_NOT_FOUND;
	const IsomSaiRun *run = &sai->runs[sai->run];
	if (sai->sample < run->first)
		sai->sample = run->first;
	u32 bytes;
	Bool fits = record_size(run, sai->sample, sai->at, iv_size, &bytes);
	while (fits && sai->sample < number) {
		sai->at += bytes;
		sai->sample++;
		fits = record_size(run, sai->sample, sai->at, iv_size, &bytes);
	}
	if (!fits || !bytes)
		return GF_NOT_FOUND;
	*data = run->data + sai->at;
	*size = bytes;
	*has_subsamples = run->has_subsamples || ((run->const_size || run->record_size) && bytes > iv_size);
	return GF_OK;
}

Bool isom_sai_cut(u8 *record, u32 size, u8 iv_size, u32 at, u32 len)
{
	u64 pos = 0;
	for (u32 i = (u32)iv_size + 2; i + 6 <= size && pos <= at; i += 6) {
		u32 clear = (u32)record[i] << 8 | record[i + 1];
		if (at + (u64)len <= pos + clear) {
			clear -= len;
			record[i] = (u8)(clear >> 8);
			record[i + 1] = (u8)clear;
			return GF_TRUE;
		}
		pos += clear + ((u32)record[i + 2] << 24 | (u32)record[i + 3] << 16 | (u32)record[i + 4] << 8 |
						   record[i + 5]);
	}
	return GF_FALSE;
}
