// SPDX-License-Identifier: MIT
#include <stdlib.h>

#include "base/array.h"
#include "formats/isom_subs.h"

void isom_subs_reset(IsomSubs *s)
{
	gf_free(s->entries);
	gf_free(s->records);
	memset(s, 0, sizeof(*s));
}

static GF_Err reserve(IsomSubs *s, u32 nb_records)
{
	if (array_reserve(&s->entries, &s->alloc_entries, s->nb_entries, 1, sizeof(*s->entries)))
		return GF_OUT_OF_MEM;
	return array_reserve(&s->records, &s->alloc_records, s->nb_records, nb_records, ISOM_SUBS_RECORD);
}

static void put_u32(u8 *p, u32 v)
{
	p[0] = (u8)(v >> 24);
	p[1] = (u8)(v >> 16);
	p[2] = (u8)(v >> 8);
	p[3] = (u8)v;
}

static int by_sample(const void *a, const void *b)
{
	const IsomSubsEntry *x = a, *y = b;
	if (x->sample != y->sample)
		return x->sample < y->sample ? -1 : 1;
	return x->record < y->record ? -1 : 1;
}

GF_Err isom_subs_parse(IsomSubs *s, IsomBox *subs, u32 first, u32 count)
{
	u8 version;
	u32 flags = isom_full(subs, &version), nb = br_u32(&subs->r);
	const u32 record_size = version ? 10 : 8;
	u64 sample = (u64)first - 1; // deltas count from the sample before
	for (u32 i = 0; i < nb && br_left(&subs->r) >= 6; i++) {
		sample += br_u32(&subs->r);
		u32 nb_sub = br_u16(&subs->r);
		if (nb_sub > br_left(&subs->r) / record_size || sample - first >= count) {
			isom_warn(subs, "entry %u does not fit or is about no sample: the rest is ignored", i + 1);
			break;
		}
		if (!nb_sub)
			continue;
		GF_Err e = reserve(s, nb_sub);
		if (e)
			return e;
		s->entries[s->nb_entries++] = (IsomSubsEntry){(u32)sample, s->nb_records, nb_sub};
		for (u32 k = 0; k < nb_sub; k++) {
			u8 *p = s->records + (size_t)ISOM_SUBS_RECORD * s->nb_records++;
			put_u32(p, flags);
			put_u32(p + 4, version ? br_u32(&subs->r) : br_u16(&subs->r));
			p[12] = br_u8(&subs->r);
			p[13] = br_u8(&subs->r);
			put_u32(p + 8, br_u32(&subs->r));
		}
	}
	// Boxes with other flags may be about the same samples.
	u32 at = s->nb_entries;
	while (at && s->entries[at - 1].sample >= first)
		at--;
	if (at < s->nb_entries)
		qsort(s->entries + at, s->nb_entries - at, sizeof(*s->entries), by_sample);
	return GF_OK;
}

void isom_subs_get(IsomSubs *s, u32 number, ByteWriter *records)
{
	if (s->hint > s->nb_entries || (s->hint && s->entries[s->hint - 1].sample >= number)) {
		u32 lo = 0, hi = s->nb_entries;
		while (lo < hi) {
			u32 mid = lo + (hi - lo) / 2;
			if (s->entries[mid].sample < number)
				lo = mid + 1;
			else
				hi = mid;
		}
		s->hint = lo;
	}
	while (s->hint < s->nb_entries && s->entries[s->hint].sample < number)
		s->hint++;
	for (; s->hint < s->nb_entries && s->entries[s->hint].sample == number; s->hint++) {
		const IsomSubsEntry *e = &s->entries[s->hint];
		bw_bytes(
			records, s->records + (size_t)ISOM_SUBS_RECORD * e->record, (size_t)ISOM_SUBS_RECORD * e->nb);
	}
}
