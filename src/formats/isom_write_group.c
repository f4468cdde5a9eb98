// SPDX-License-Identifier: MIT
// Sample groups and sub-sample information while samples arrive, and their boxes (ISO/IEC
// 14496-12 8.9, 8.7.7).
#include "base/array.h"
#include "formats/isom_write.h"

GF_Err isow_run_add(IsowRuns *r, u32 count, u32 value)
{
	if (r->nb && r->runs[r->nb - 1].value == value) {
		r->runs[r->nb - 1].count += count;
		return GF_OK;
	}
	if (array_reserve(&r->runs, &r->alloc, r->nb, 1, sizeof(*r->runs)))
		return GF_OUT_OF_MEM;
	r->runs[r->nb++] = (IsowRun){count, value};
	return GF_OK;
}

// 1-based index of a description, added when it is new; 0 when out of memory.
static u32 group_entry(IsowGroup *g, const void *entry, u32 size)
{
	size_t at = 0;
	for (u32 i = 0; i < g->nb_entries; i++) {
		BitReader r;
		br_init(&r, g->entries.data + at, g->entries.size - at);
		u32 known_size = br_u32(&r);
		const u8 *known = br_bytes(&r, known_size);
		if (known && known_size == size && !memcmp(known, entry, size))
			return i + 1;
		at += 4 + known_size;
	}
	bw_u32(&g->entries, size);
	bw_bytes(&g->entries, entry, size);
	return g->entries.failed ? 0 : ++g->nb_entries;
}

GF_Err isow_group_sample(IsowGroups *l, u32 sample, u32 type, u32 param, const void *entry, u32 entry_size)
{
	IsowGroup *g = NULL;
	for (u32 i = 0; i < l->nb && !g; i++) {
		if (l->groups[i].type == type && l->groups[i].param == param)
			g = &l->groups[i];
	}
	if (!g) {
		if (array_reserve(&l->groups, &l->alloc, l->nb, 1, sizeof(*l->groups)))
			return GF_OUT_OF_MEM;
		g = &l->groups[l->nb++];
		*g = (IsowGroup){.type = type, .param = param};
	}
	if (sample <= g->nb_mapped)
		return GF_BAD_PARAM;
	// 8.9.3: the descriptions are of the type, whatever the parameter
	IsowGroup *described = l->groups;
	while (described->type != type)
		described++;
	u32 index = group_entry(described, entry, entry_size);
	u32 gap = sample - 1 - g->nb_mapped;
	if (!index || (gap && isow_run_add(&g->map, gap, 0) != GF_OK) || isow_run_add(&g->map, 1, index) != GF_OK)
		return GF_OUT_OF_MEM;
	g->nb_mapped = sample;
	return GF_OK;
}

void isow_groups_clear(IsowGroups *l)
{
	for (u32 i = 0; i < l->nb; i++) {
		IsowGroup *g = &l->groups[i];
		g->entries.size = 0;
		g->nb_entries = g->nb_mapped = g->map.nb = 0;
	}
}

void isow_groups_reset(IsowGroups *l)
{
	for (u32 i = 0; i < l->nb; i++) {
		bw_reset(&l->groups[i].entries);
		gf_free(l->groups[i].map.runs);
	}
	gf_free(l->groups);
	*l = (IsowGroups){0};
}

// Size of every description, 0 when they differ.
static u32 common_size(const IsowGroup *g)
{
	BitReader r;
	br_init(&r, g->entries.data, g->entries.size);
	u32 common = br_u32(&r);
	br_skip(&r, common);
	for (u32 i = 1; i < g->nb_entries; i++) {
		u32 size = br_u32(&r);
		if (size != common)
			return 0;
		br_skip(&r, size);
	}
	return common;
}

static void write_descriptions(ByteWriter *w, const IsowGroup *g)
{
	size_t box = isow_full_box(w, "sgpd", 1, 0);
	u32 common = common_size(g);
	bw_u32(w, g->type);
	bw_u32(w, common); // 8.9.3: 0 when each description has its own length
	bw_u32(w, g->nb_entries);
	BitReader r;
	br_init(&r, g->entries.data, g->entries.size);
	for (u32 i = 0; i < g->nb_entries; i++) {
		u32 size = br_u32(&r);
		if (!common)
			bw_u32(w, size);
		bw_bytes(w, br_bytes(&r, size), size);
	}
	isow_end(w, box);
}

void isow_write_groups(ByteWriter *w, const IsowGroups *l, Bool in_fragment)
{
	for (u32 i = 0; i < l->nb; i++) {
		const IsowGroup *g = &l->groups[i];
		if (g->nb_entries)
			write_descriptions(w, g);
		if (!g->nb_mapped)
			continue;
		size_t box = isow_full_box(w, "sbgp", g->param ? 1 : 0, 0);
		bw_u32(w, g->type);
		if (g->param)
			bw_u32(w, g->param);
		bw_u32(w, g->map.nb);
		for (u32 k = 0; k < g->map.nb; k++) {
			u32 index = g->map.runs[k].value;
			bw_u32(w, g->map.runs[k].count);
			// 8.9.4: indexes of descriptions of the same traf start at 0x10001
			bw_u32(w, index && in_fragment ? index + 0x10000 : index);
		}
		isow_end(w, box);
	}
}

static IsowSubs *find_subs(IsowSubsList *l, u32 flags)
{
	for (u32 i = 0; i < l->nb; i++) {
		if (l->subs[i].flags == flags)
			return &l->subs[i];
	}
	if (array_reserve(&l->subs, &l->alloc, l->nb, 1, sizeof(*l->subs)))
		return NULL;
	l->subs[l->nb] = (IsowSubs){.flags = flags};
	return &l->subs[l->nb++];
}

GF_Err isow_subs_sample(IsowSubsList *l, u32 sample, const u8 *records, u32 nb_records)
{
	const u8 *end = records + (size_t)nb_records * ISOW_SUBS_RECORD;
	while (records < end) {
		BitReader r;
		br_init(&r, records, ISOW_SUBS_RECORD);
		IsowSubs *s = find_subs(l, br_u32(&r));
		if (!s)
			return GF_OUT_OF_MEM;
		u32 same = 1; // records of this value of flags
		while (
			records + same * ISOW_SUBS_RECORD < end && !memcmp(records + same * ISOW_SUBS_RECORD, records, 4))
			same++;
		if (same > 0xFFFF || sample <= s->last_sample)
			return GF_BAD_PARAM;
		bw_u32(&s->entries, sample - s->last_sample);
		bw_u16(&s->entries, same);
		for (; same; same--, records += ISOW_SUBS_RECORD) {
			bw_bytes(&s->entries, records + 4, 4);  // size
			bw_bytes(&s->entries, records + 12, 2); // priority, discardable
			bw_bytes(&s->entries, records + 8, 4);  // codec parameter
		}
		if (s->entries.failed)
			return GF_OUT_OF_MEM;
		s->last_sample = sample;
		s->nb_entries++;
	}
	return GF_OK;
}

void isow_subs_clear(IsowSubsList *l)
{
	for (u32 i = 0; i < l->nb; i++) {
		l->subs[i].entries.size = 0;
		l->subs[i].nb_entries = l->subs[i].last_sample = 0;
	}
}

void isow_subs_reset(IsowSubsList *l)
{
	for (u32 i = 0; i < l->nb; i++)
		bw_reset(&l->subs[i].entries);
	gf_free(l->subs);
	*l = (IsowSubsList){0};
}

void isow_write_subs(ByteWriter *w, const IsowSubsList *l)
{
	for (u32 i = 0; i < l->nb; i++) {
		const IsowSubs *s = &l->subs[i];
		if (!s->nb_entries)
			continue;
		// version 1: sizes on 32 bits
		size_t box = isow_full_box(w, "subs", 1, s->flags);
		bw_u32(w, s->nb_entries);
		bw_bytes(w, s->entries.data, s->entries.size);
		isow_end(w, box);
	}
}
