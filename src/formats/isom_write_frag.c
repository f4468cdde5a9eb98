// SPDX-License-Identifier: MIT
#include "base/array.h"
#include "formats/isom_write_frag.h"

GF_Err isow_traf_add(IsowTraf *t, const IsowFragSample *s)
{
	if (array_reserve(&t->samples, &t->alloc, t->nb, 1, sizeof(*t->samples)))
		return GF_OUT_OF_MEM;
	t->samples[t->nb++] = *s;
	t->nb_bytes += s->size;
	t->duration += s->duration;
	return GF_OK;
}

void isow_traf_clear(IsowTraf *t)
{
	t->nb = 0;
	t->nb_bytes = t->duration = 0;
	isow_groups_clear(&t->groups);
	isow_subs_clear(&t->subs);
	isow_sai_clear(&t->sai);
	isow_aux_clear(&t->aux);
}

void isow_traf_reset(IsowTraf *t)
{
	gf_free(t->samples);
	isow_groups_reset(&t->groups);
	isow_subs_reset(&t->subs);
	isow_sai_reset(&t->sai);
	isow_aux_reset(&t->aux);
	*t = (IsowTraf){0};
}

// What the samples of a traf have in common, hence where each field is stored.
typedef struct {
	Bool same_duration, same_size, same_flags; // flags: all but those of the first sample of each run
	u32 duration, size, flags;
	Bool offsets, negative;
} Common;

static Common find_common(const IsowTraf *t)
{
	const IsowFragSample *s = t->samples;
	// the flags of the second sample: the first one, often a SAP, can be told apart in the run
	Common c = {GF_TRUE, GF_TRUE, GF_TRUE, s[0].duration, s[0].size, s[0].flags, GF_FALSE, GF_FALSE};
	for (u32 i = 1; i < t->nb; i++) {
		if (!s[i].new_run) {
			c.flags = s[i].flags;
			break;
		}
	}
	for (u32 i = 0; i < t->nb; i++) {
		c.same_duration &= s[i].duration == c.duration;
		c.same_size &= s[i].size == c.size;
		c.same_flags &= s[i].new_run || !i || s[i].flags == c.flags;
		c.offsets |= s[i].cts_offset != 0;
		c.negative |= s[i].cts_offset < 0;
	}
	return c;
}

static void write_tfhd(ByteWriter *w, const IsowMoof *m, const IsowTraf *t, const Common *c)
{
	const IsowTrack *trk = t->track;
	Bool all = m->ignore_trex;
	u32 flags = m->absolute ? 0x1 : 0x20000;
	flags |= all || t->entry != trk->trex_entry ? 0x2 : 0;
	flags |= c->same_duration && (all || c->duration != trk->trex_duration) ? 0x8 : 0;
	flags |= c->same_size && c->size != trk->trex_size ? 0x10 : 0;
	flags |= c->same_flags && (all || c->flags != trk->trex_flags) ? 0x20 : 0;
	size_t box = isow_full_box(w, "tfhd", 0, flags);
	bw_u32(w, trk->id);
	if (flags & 0x1)
		bw_u64(w, m->position);
	if (flags & 0x2)
		bw_u32(w, t->entry);
	if (flags & 0x8)
		bw_u32(w, c->duration);
	if (flags & 0x10)
		bw_u32(w, c->size);
	if (flags & 0x20)
		bw_u32(w, c->flags);
	isow_end(w, box);
}

// One run of `nb` samples. `*patch` is the position of its data offset.
static void write_run(
	ByteWriter *w, const IsowMoof *m, const IsowFragSample *s, u32 nb, const Common *c, size_t *patch)
{
	u32 flags = 0x1;
	flags |= c->same_flags && s->flags != c->flags ? 0x4 : 0;
	flags |= c->same_duration ? 0 : 0x100;
	flags |= c->same_size ? 0 : 0x200;
	flags |= c->same_flags ? 0 : 0x400;
	flags |= c->offsets ? 0x800 : 0;
	size_t box = isow_full_box(w, "trun", c->negative || m->signed_offsets ? 1 : 0, flags);
	bw_u32(w, nb);
	*patch = w->size;
	bw_u32(w, 0);
	if (flags & 0x4)
		bw_u32(w, s->flags);
	for (; nb; nb--, s++) {
		if (flags & 0x100)
			bw_u32(w, s->duration);
		if (flags & 0x200)
			bw_u32(w, s->size);
		if (flags & 0x400)
			bw_u32(w, s->flags);
		if (flags & 0x800)
			bw_u32(w, (u32)s->cts_offset);
	}
	isow_end(w, box);
}

// The runs of a traf. Their data offsets are from the start of the payload until the size of the moof is
// known.
static void write_runs(
	ByteWriter *w, const IsowMoof *m, const IsowTraf *t, const Common *c, ByteWriter *patches)
{
	u64 offsets[ISOW_LEVELS + 1] = {t->data_offset}; // of the next sample of each level
	for (u32 i = 0; i < t->nb; i++)
		offsets[t->samples[i].level + 1] += t->samples[i].size;
	for (u32 i = 1; i < ISOW_LEVELS; i++)
		offsets[i] += offsets[i - 1];
	for (u32 first = 0; first < t->nb;) {
		u32 nb = 1;
		u64 bytes = t->samples[first].size, *offset = &offsets[t->samples[first].level];
		while (first + nb < t->nb && !t->samples[first + nb].new_run)
			bytes += t->samples[first + nb++].size;
		size_t patch;
		write_run(w, m, t->samples + first, nb, c, &patch);
		bw_u64(patches, patch);
		bw_u64(patches, *offset);
		*offset += bytes;
		first += nb;
	}
}

static void write_sdtp(ByteWriter *w, const IsowTraf *t)
{
	size_t box = isow_full_box(w, "sdtp", 0, 0);
	for (u32 i = 0; i < t->nb; i++)
		bw_u8(w, t->samples[i].deps);
	isow_end(w, box);
}

// Auxiliary information; the records of common encryption are here, too. Offsets are from the base of the data (8.7.9.3),
// which is the moof in any case.
static void write_sai(ByteWriter *w, const IsowMoof *m, const IsowTraf *t, size_t moof, ByteWriter *patches)
{
	u64 offset = t->aux_offset;
	for (u32 i = 0; i < t->aux.nb; i++) {
		const IsowAux *aux = &t->aux.kinds[i];
		if (!aux->sai.records.size)
			continue;
		bw_u64(patches, isow_write_sai_index(w, &aux->sai, aux->type, aux->param, GF_FALSE));
		bw_u64(patches, offset);
		offset += aux->sai.records.size;
	}
	if (!t->sai.records.size)
		return;
	size_t patch = isow_write_sai_index(w, &t->sai, 0, 0, m->wide_offsets);
	size_t records = isow_write_senc(w, &t->sai);
	isow_patch_sai(w, patch, records - moof, m->wide_offsets);
}

static void write_traf(ByteWriter *w, const IsowMoof *m, const IsowTraf *t, size_t moof, ByteWriter *patches)
{
	Common c = find_common(t);
	size_t traf = isow_box(w, "traf");
	write_tfhd(w, m, t, &c);
	if (!t->no_decode_time) {
		Bool wide = m->wide_times || t->decode_time > 0xFFFFFFFFu;
		size_t tfdt = isow_full_box(w, "tfdt", wide ? 1 : 0, 0);
		if (wide)
			bw_u64(w, t->decode_time);
		else
			bw_u32(w, (u32)t->decode_time);
		isow_end(w, tfdt);
	}
	if (m->runs_first)
		write_runs(w, m, t, &c, patches);
	if (m->sdtp)
		write_sdtp(w, t);
	isow_write_groups(w, &t->groups, GF_TRUE);
	isow_write_subs(w, &t->subs);
	write_sai(w, m, t, moof, patches);
	if (!m->runs_first)
		write_runs(w, m, t, &c, patches);
	isow_end(w, traf);
}

void isow_write_moof(
	ByteWriter *w, const IsowMoof *m, IsowTraf *const *trafs, u32 nb_trafs, u32 header, u64 payload)
{
	ByteWriter patches; // pairs of u64: position of a data offset, offset in the payload
	bw_init(&patches);
	size_t moof = isow_box(w, "moof");
	size_t mfhd = isow_full_box(w, "mfhd", 0, 0);
	bw_u32(w, m->sequence);
	isow_end(w, mfhd);
	bw_bytes(w, m->boxes.data, m->boxes.size);
	for (u32 i = 0; i < nb_trafs; i++) {
		if (trafs[i]->nb)
			write_traf(w, m, trafs[i], moof, &patches);
	}
	isow_end(w, moof);

	// 8.8.8.2: data offsets are signed, from the first byte of the moof
	s64 base = m->data_first ? -(s64)payload : (s64)(w->size - moof) + header;
	BitReader r;
	br_init(&r, patches.data, patches.size);
	while (br_left(&r)) {
		u64 at = br_u64(&r);
		s64 offset = base + (s64)br_u64(&r);
		if (offset != (s32)offset)
			w->failed = GF_TRUE;
		bw_patch_u32(w, (size_t)at, (u32)offset);
	}
	if (patches.failed)
		w->failed = GF_TRUE;
	bw_reset(&patches);
}

static Bool wide_sidx(const IsowSidx *s)
{
	return s->wide || s->earliest_time > 0xFFFFFFFFu || s->first_offset > 0xFFFFFFFFu;
}

u32 isow_sidx_size(const IsowSidx *s, u32 nb_refs)
{
	return (wide_sidx(s) ? 40 : 32) + 12 * nb_refs;
}

void isow_write_sidx(ByteWriter *w, const IsowSidx *s, const IsowSidxRef *refs, u32 nb_refs)
{
	Bool wide = wide_sidx(s);
	size_t box = isow_full_box(w, "sidx", wide ? 1 : 0, 0);
	bw_u32(w, s->track_id);
	bw_u32(w, s->timescale);
	if (wide) {
		bw_u64(w, s->earliest_time);
		bw_u64(w, s->first_offset);
	} else {
		bw_u32(w, (u32)s->earliest_time);
		bw_u32(w, (u32)s->first_offset);
	}
	bw_u16(w, 0);
	bw_u16(w, nb_refs);
	for (u32 i = 0; i < nb_refs; i++) {
		const IsowSidxRef *ref = &refs[i];
		bw_u32(w, (ref->is_index ? 1u << 31 : 0) | (ref->size & 0x7FFFFFFF));
		bw_u32(w, ref->duration);
		bw_u32(w,
			(ref->sap_type ? 1u << 31 : 0) | (u32)(ref->sap_type & 7) << 28 | (ref->sap_delta & 0xFFFFFFF));
	}
	isow_end(w, box);
}

// A range has 24 bits for its size.
#define MAX_RANGE 0xFFFFFFu

static u32 nb_ranges(u32 size)
{
	return (u32)(((u64)size + MAX_RANGE - 1) / MAX_RANGE);
}

static void write_ranges(ByteWriter *w, u8 level, u32 size)
{
	while (size) {
		u32 range = size < MAX_RANGE ? size : MAX_RANGE;
		bw_u8(w, level);
		bw_u24(w, range);
		size -= range;
	}
}

u32 isow_ssix_size(const IsowSidxRef *refs, u32 nb_refs)
{
	u32 size = 16;
	for (u32 i = 0; i < nb_refs; i++)
		size += 4 + 4 * (nb_ranges(refs[i].head) + nb_ranges(refs[i].size - refs[i].head));
	return size;
}

void isow_write_ssix(ByteWriter *w, const IsowSidxRef *refs, u32 nb_refs)
{
	size_t box = isow_full_box(w, "ssix", 0, 0);
	bw_u32(w, nb_refs);
	for (u32 i = 0; i < nb_refs; i++) {
		u32 rest = refs[i].size - refs[i].head;
		bw_u32(w, nb_ranges(refs[i].head) + nb_ranges(rest));
		write_ranges(w, 1, refs[i].head);
		write_ranges(w, 0xFF, rest);
	}
	isow_end(w, box);
}

void isow_write_prft(ByteWriter *w, u32 track_id, u64 ntp, u64 media_time, u32 flags)
{
	size_t box = isow_full_box(w, "prft", 1, flags);
	bw_u32(w, track_id);
	bw_u64(w, ntp);
	bw_u64(w, media_time);
	isow_end(w, box);
}

void isow_write_mfra(ByteWriter *w, const u32 *track_ids, const IsowRandomAccess *const *entries,
	const u32 *nb_entries, u32 nb_tracks)
{
	size_t mfra = isow_box(w, "mfra");
	for (u32 i = 0; i < nb_tracks; i++) {
		size_t tfra = isow_full_box(w, "tfra", 1, 0);
		bw_u32(w, track_ids[i]);
		bw_u32(w, 0x3F); // numbers on 32 bits
		bw_u32(w, nb_entries[i]);
		for (u32 k = 0; k < nb_entries[i]; k++) {
			const IsowRandomAccess *ra = &entries[i][k];
			bw_u64(w, ra->time);
			bw_u64(w, ra->moof_offset);
			bw_u32(w, ra->traf);
			bw_u32(w, ra->run);
			bw_u32(w, ra->sample);
		}
		isow_end(w, tfra);
	}
	size_t mfro = isow_full_box(w, "mfro", 0, 0);
	bw_u32(w, (u32)(w->size + 4 - mfra));
	isow_end(w, mfro);
	isow_end(w, mfra);
}
