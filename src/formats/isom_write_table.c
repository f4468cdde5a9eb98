// SPDX-License-Identifier: MIT
// Sample tables while samples arrive, and their boxes (ISO/IEC 14496-12 8.6 and 8.7).
#include "base/array.h"
#include "formats/isom_write.h"

static GF_Err array_add(IsowArray *a, u32 value)
{
	if (array_reserve(&a->v, &a->alloc, a->nb, 1, sizeof(*a->v)))
		return GF_OUT_OF_MEM;
	a->v[a->nb++] = value;
	return GF_OK;
}

void isow_table_init(IsowTable *t)
{
	*t = (IsowTable){.all_sync = GF_TRUE};
}

void isow_table_reset(IsowTable *t)
{
	gf_free(t->sizes.v);
	gf_free(t->syncs.v);
	gf_free(t->deps);
	gf_free(t->durations.runs);
	gf_free(t->offsets.runs);
	gf_free(t->chunks);
	isow_groups_reset(&t->groups);
	isow_subs_reset(&t->subs);
	isow_sai_reset(&t->sai);
	isow_aux_reset(&t->aux);
	isow_table_init(t);
}

GF_Err isow_table_chunk(IsowTable *t, u64 offset, u32 entry)
{
	if (array_reserve(&t->chunks, &t->chunks_alloc, t->nb_chunks, 1, sizeof(*t->chunks)))
		return GF_OUT_OF_MEM;
	t->chunks[t->nb_chunks++] = (IsowChunk){offset, 0, entry};
	return GF_OK;
}

static GF_Err add_size(IsowTable *t, u32 size)
{
	if (!t->sizes.nb) {
		if (!t->nb_samples)
			t->const_size = size;
		// 8.7.3: a constant size is stored once, except 0, which means that there is a table
		if (size == t->const_size && size)
			return GF_OK;
		for (u32 i = 0; i < t->nb_samples; i++) {
			if (array_add(&t->sizes, t->const_size) != GF_OK)
				return GF_OUT_OF_MEM;
		}
	}
	return array_add(&t->sizes, size);
}

static GF_Err add_sync(IsowTable *t, Bool sync)
{
	if (t->all_sync) {
		if (sync)
			return GF_OK;
		t->all_sync = GF_FALSE;
		for (u32 i = 1; i <= t->nb_samples; i++) {
			if (array_add(&t->syncs, i) != GF_OK)
				return GF_OUT_OF_MEM;
		}
	}
	return sync ? array_add(&t->syncs, t->nb_samples + 1) : GF_OK;
}

static GF_Err add_deps(IsowTable *t, u8 deps)
{
	if (!t->deps && !deps)
		return GF_OK;
	Bool first = !t->deps;
	if (array_reserve(&t->deps, &t->deps_alloc, t->nb_samples, 1, 1))
		return GF_OUT_OF_MEM;
	if (first)
		memset(t->deps, 0, t->nb_samples);
	t->deps[t->nb_samples] = deps;
	return GF_OK;
}

GF_Err isow_table_add(IsowTable *t, const IsowSample *s)
{
	if (!t->nb_chunks)
		return GF_BAD_PARAM;
	if (!t->nb_samples) {
		t->first_dts = s->dts;
	} else {
		if (s->dts < t->last_dts || s->dts - t->last_dts > 0xFFFFFFFFu)
			return GF_BAD_PARAM;
		if (isow_run_add(&t->durations, 1, (u32)(s->dts - t->last_dts)) != GF_OK)
			return GF_OUT_OF_MEM;
	}
	if (add_size(t, s->size) != GF_OK || add_sync(t, s->sync) != GF_OK || add_deps(t, s->deps) != GF_OK ||
		isow_run_add(&t->offsets, 1, (u32)s->cts_offset) != GF_OK)
		return GF_OUT_OF_MEM;

	s64 cts = (s64)(s->dts - t->first_dts) + s->cts_offset;
	if (!t->nb_samples || cts < t->min_cts)
		t->min_cts = cts;
	if (!t->nb_samples || cts + s->duration > t->max_cts_end)
		t->max_cts_end = cts + s->duration;
	if (!t->nb_samples || s->cts_offset < t->min_offset)
		t->min_offset = s->cts_offset;
	if (s->size > t->max_size)
		t->max_size = s->size;
	t->last_dts = s->dts;
	t->last_duration = s->duration;
	t->nb_bytes += s->size;
	t->nb_samples++;
	t->chunks[t->nb_chunks - 1].nb_samples++;
	return GF_OK;
}

GF_Err isow_table_repeat(IsowTable *t, u32 nb)
{
	if (!t->nb_samples || !nb)
		return GF_OK;
	u32 size = t->sizes.nb ? t->sizes.v[t->sizes.nb - 1] : t->const_size;
	u8 deps = t->deps ? t->deps[t->nb_samples - 1] : 0;
	Bool sync = t->all_sync || (t->syncs.nb && t->syncs.v[t->syncs.nb - 1] == t->nb_samples);
	if (isow_run_add(&t->durations, nb, t->last_duration) != GF_OK ||
		isow_run_add(&t->offsets, nb, t->offsets.runs[t->offsets.nb - 1].value) != GF_OK)
		return GF_OUT_OF_MEM;
	// nothing to store for what is constant so far
	Bool stored = t->sizes.nb || t->deps || !t->all_sync;
	for (u32 i = 0; i < nb && stored; i++) {
		if (add_size(t, size) != GF_OK || add_sync(t, sync) != GF_OK || add_deps(t, deps) != GF_OK)
			return GF_OUT_OF_MEM;
		t->nb_samples++;
	}
	if (!stored)
		t->nb_samples += nb;
	u64 span = (u64)nb * t->last_duration;
	t->max_cts_end += (s64)span;
	t->last_dts += span;
	t->nb_bytes += (u64)nb * size;
	t->chunks[t->nb_chunks - 1].nb_samples += nb;
	return GF_OK;
}

GF_Err isow_table_finish(IsowTable *t)
{
	if (!t->nb_samples)
		return GF_OK;
	t->duration = t->last_dts - t->first_dts + t->last_duration;
	return isow_run_add(&t->durations, 1, t->last_duration);
}

u64 isow_table_memory(const IsowTable *t)
{
	u64 bytes = (u64)(t->sizes.alloc + t->syncs.alloc) * sizeof(u32) + t->deps_alloc;
	bytes += (u64)(t->durations.alloc + t->offsets.alloc) * sizeof(IsowRun);
	bytes += (u64)t->chunks_alloc * sizeof(IsowChunk);
	for (u32 i = 0; i < t->groups.nb; i++)
		bytes += t->groups.groups[i].map.alloc * sizeof(IsowRun) + t->groups.groups[i].entries.alloc;
	for (u32 i = 0; i < t->subs.nb; i++)
		bytes += t->subs.subs[i].entries.alloc;
	return bytes + t->sai.records.alloc + t->sai.sizes.alloc;
}

// Runs as pairs of 32 bits, as stts (8.6.1.2) and ctts (8.6.1.3) have them.
static void write_runs(ByteWriter *w, const char type[4], u32 version, const IsowRuns *runs, s32 shift)
{
	size_t box = isow_full_box(w, type, version, 0);
	bw_u32(w, runs->nb);
	for (u32 i = 0; i < runs->nb; i++) {
		bw_u32(w, runs->runs[i].count);
		bw_u32(w, runs->runs[i].value + (u32)shift);
	}
	isow_end(w, box);
}

// 8.6.1.4: with signed offsets, tells how to make them positive, without a scan of ctts.
static void write_cslg(ByteWriter *w, const IsowTable *t, s32 shift)
{
	s32 min = 0, max = 0;
	for (u32 i = 0; i < t->offsets.nb; i++) {
		s32 offset = (s32)t->offsets.runs[i].value + shift;
		min = i && min < offset ? min : offset;
		max = i && max > offset ? max : offset;
	}
	size_t box = isow_full_box(w, "cslg", 0, 0);
	bw_u32(w, (u32)-min);
	bw_u32(w, (u32)min);
	bw_u32(w, (u32)max);
	bw_u32(w, (u32)(t->min_cts + shift));
	// the end of the presentation does not fit in long tracks: 0 means unknown
	s64 end = t->max_cts_end + shift;
	bw_u32(w, end > 0x7FFFFFFF ? 0 : (u32)end);
	isow_end(w, box);
}

static void write_offsets(ByteWriter *w, const IsowTable *t, s32 shift)
{
	if (t->offsets.nb == 1 && t->offsets.runs[0].value + (u32)shift == 0)
		return;
	Bool is_signed = t->min_offset + shift < 0;
	write_runs(w, "ctts", is_signed ? 1 : 0, &t->offsets, shift);
	if (is_signed)
		write_cslg(w, t, shift);
}

static void write_sync(ByteWriter *w, const IsowTable *t)
{
	if (t->all_sync)
		return;
	size_t box = isow_full_box(w, "stss", 0, 0);
	bw_u32(w, t->syncs.nb);
	for (u32 i = 0; i < t->syncs.nb; i++)
		bw_u32(w, t->syncs.v[i]);
	isow_end(w, box);
}

static void write_deps(ByteWriter *w, const IsowTable *t)
{
	if (!t->deps)
		return;
	size_t box = isow_full_box(w, "sdtp", 0, 0);
	bw_bytes(w, t->deps, t->nb_samples);
	isow_end(w, box);
}

static void write_sizes(ByteWriter *w, const IsowTable *t)
{
	size_t box = isow_full_box(w, "stsz", 0, 0);
	bw_u32(w, t->sizes.nb ? 0 : t->const_size);
	bw_u32(w, t->nb_samples);
	for (u32 i = 0; i < t->sizes.nb; i++)
		bw_u32(w, t->sizes.v[i]);
	isow_end(w, box);
}

// 8.7.4: one entry for each run of chunks with the same number of samples and description. A chunk left
// without samples is not written.
static void write_chunk_map(ByteWriter *w, const IsowTable *t)
{
	size_t box = isow_full_box(w, "stsc", 0, 0);
	size_t count_at = w->size;
	bw_u32(w, 0);
	u32 nb_entries = 0, number = 0, samples = 0, entry = 0;
	for (u32 i = 0; i < t->nb_chunks; i++) {
		const IsowChunk *c = &t->chunks[i];
		if (!c->nb_samples)
			continue;
		number++;
		if (c->nb_samples == samples && c->entry == entry)
			continue;
		samples = c->nb_samples;
		entry = c->entry;
		bw_u32(w, number);
		bw_u32(w, samples);
		bw_u32(w, entry);
		nb_entries++;
	}
	bw_patch_u32(w, count_at, nb_entries);
	isow_end(w, box);
}

static void write_chunk_offsets(ByteWriter *w, const IsowTable *t, const IsowLayout *l)
{
	size_t box = isow_full_box(w, l->large ? "co64" : "stco", 0, 0);
	size_t count_at = w->size;
	bw_u32(w, 0);
	u32 count = 0;
	for (u32 i = 0; i < t->nb_chunks; i++) {
		if (!t->chunks[i].nb_samples)
			continue;
		u64 offset = l->base + t->chunks[i].offset;
		if (l->large)
			bw_u64(w, offset);
		else
			bw_u32(w, (u32)offset);
		count++;
	}
	bw_patch_u32(w, count_at, count);
	isow_end(w, box);
}

void isow_write_table(ByteWriter *w, const IsowTable *t, const IsowLayout *l, s32 cts_shift)
{
	write_runs(w, "stts", 0, &t->durations, 0);
	if (t->nb_samples) {
		write_offsets(w, t, cts_shift);
		write_sync(w, t);
		write_deps(w, t);
	}
	write_chunk_map(w, t);
	write_sizes(w, t);
	write_chunk_offsets(w, t, l);
	isow_write_groups(w, &t->groups, GF_FALSE);
	isow_write_subs(w, &t->subs);
}
