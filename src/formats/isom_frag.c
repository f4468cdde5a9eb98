// SPDX-License-Identifier: MIT
// Movie fragments (ISO/IEC 14496-12, 8.8).
#include <inttypes.h>

#include <gpac/filter_types.h>
#include <gpac/log.h>
#include "base/array.h"
#include "base/io.h"
#include "formats/isom_movie.h"

enum {
	TFHD_BASE_DATA_OFFSET = 0x1,
	TFHD_SAMPLE_DESCRIPTION = 0x2,
	TFHD_DURATION = 0x8,
	TFHD_SIZE = 0x10,
	TFHD_FLAGS = 0x20,
	TFHD_BASE_IS_MOOF = 0x20000,

	TRUN_DATA_OFFSET = 0x1,
	TRUN_FIRST_FLAGS = 0x4,
	TRUN_DURATION = 0x100,
	TRUN_SIZE = 0x200,
	TRUN_FLAGS = 0x400,
	TRUN_CTS_OFFSET = 0x800,

	SAMPLE_IS_NON_SYNC = 0x10000,
};

// Sample number of the first sample of a run of fields that take no room, when the file size is not known.
#define MAX_IMPLICIT_SAMPLES (1u << 20)

// Number of group descriptions a track had before the fragment, by grouping type.
typedef struct {
	u32 type, nb;
} LocalGroup;

#define MAX_LOCAL_GROUPS 16

typedef struct {
	IsomTrack *trk;
	IsomDefaults d;
	u64 base;      // data offsets count from here
	u64 next_data; // end of the data of the last run
	u64 file_size;  // that bounds the samples of the track
	u32 first; // first sample of this fragment in the table
	LocalGroup groups[MAX_LOCAL_GROUPS];
	u32 nb_groups;
} Traf;

// `stated`: the flags are given for these samples, they are not the defaults of the track.
static GF_Err add_flags(IsomTable *t, u32 count, u32 flags, Bool stated)
{
	u32 first = t->sized - count;
	GF_Err e = GF_OK;
	if (flags & SAMPLE_IS_NON_SYNC) {
		if (!t->not_all_sync) {
			// Samples of this fragment that are already there were sync samples too.
			u32 nb = t->nb_samples;
			t->nb_samples = first;
			e = isom_table_list_sync(t);
			t->nb_samples = nb;
		}
	} else if (t->not_all_sync) {
		for (u32 i = 0; !e && i < count; i++)
			e = isom_table_add_sync(t, first + i);
	}
	// Defaults of a track of sync samples say nothing of its samples, and would take a byte for each.
	u8 deps = stated || (flags & SAMPLE_IS_NON_SYNC) ? (u8)(flags >> 20) : 0;
	return e ? e : isom_table_add_deps(t, count, deps);
}

typedef struct {
	u32 size, duration, flags;
	s32 offset;
	Bool flags_stated;
} RunSample;

static GF_Err add_samples(IsomTable *t, u32 count, const RunSample *s)
{
	GF_Err e = isom_table_add_const_sizes(t, count, s->size);
	if (!e)
		e = isom_table_add_times(t, count, s->duration);
	if (!e)
		e = isom_table_add_offsets(t, count, s->offset);
	return e ? e : add_flags(t, count, s->flags, s->flags_stated);
}

static u32 limit_count(const Traf *traf, IsomBox *trun, u32 count, u32 fields)
{
	u64 room;
	if (fields)
		room = br_left(&trun->r) / (4 * fields);
	else if (traf->file_size == IO_SIZE_UNKNOWN)
		room = MAX_IMPLICIT_SAMPLES;
	else
		room = traf->file_size / (traf->d.size ? traf->d.size : 1);
	if (count <= room)
		return count;
	isom_warn(trun, "declares %u samples and has room for %" PRIu64 ": the others are ignored", count, room);
	return (u32)room;
}

static GF_Err parse_trun(Traf *traf, IsomBox *b)
{
	IsomTable *t = &traf->trk->table;
	u8 version;
	u32 flags = isom_full(b, &version);
	u32 count = br_u32(&b->r);
	u64 pos = traf->next_data;
	if (flags & TRUN_DATA_OFFSET)
		pos = traf->base + (u64)(s64)(s32)br_u32(&b->r);
	const IsomDefaults *d = &traf->d;
	RunSample first = {d->size, d->duration, d->flags, 0, (flags & (TRUN_FLAGS | TRUN_FIRST_FLAGS)) != 0};
	RunSample s = first;
	if (flags & TRUN_FIRST_FLAGS)
		first.flags = br_u32(&b->r);
	u32 fields = !!(flags & TRUN_DURATION) + !!(flags & TRUN_SIZE) + !!(flags & TRUN_FLAGS) +
				 !!(flags & TRUN_CTS_OFFSET);
	count = limit_count(traf, b, count, fields);

	GF_Err e = GF_OK;
	if (!fields && count) {
		e = add_samples(t, 1, &first);
		if (!e && count > 1)
			e = add_samples(t, count - 1, &s);
	}
	for (u32 i = 0; fields && !e && i < count; i++) {
		s.duration = flags & TRUN_DURATION ? br_u32(&b->r) : d->duration;
		s.size = flags & TRUN_SIZE ? br_u32(&b->r) : d->size;
		s.flags = flags & TRUN_FLAGS ? br_u32(&b->r) : d->flags;
		if (!i && (flags & TRUN_FIRST_FLAGS))
			s.flags = first.flags;
		s.offset = flags & TRUN_CTS_OFFSET ? (s32)br_u32(&b->r) : 0;
		e = add_samples(t, 1, &s);
	}
	if (!e)
		e = isom_table_add_chunk(t, pos, d->desc, count);
	if (e == GF_ISOM_INVALID_FILE)
		isom_complain(b, "its data is at an impossible offset, or it uses sample description %u", d->desc);
	traf->next_data = t->next_pos;
	return e;
}

static GF_Err parse_tfhd(IsomMovie *m, IsomBox *b, u64 moof_offset, u64 file_size, Bool is_first, Traf *traf)
{
	u8 version;
	u32 flags = isom_full(b, &version);
	u32 id = br_u32(&b->r);
	traf->trk = isom_movie_track(m, id);
	if (!traf->trk) {
		if (!m->warned_track)
			isom_warn(b, "track %u is not in the movie: samples of such tracks are ignored", id);
		m->warned_track = GF_TRUE;
		return GF_NOT_FOUND;
	}
	traf->d = traf->trk->defaults;
	traf->file_size = traf->trk->has_external_data ? IO_SIZE_UNKNOWN : file_size;
	if (flags & TFHD_BASE_DATA_OFFSET)
		traf->base = br_u64(&b->r);
	else if (is_first || (flags & TFHD_BASE_IS_MOOF))
		traf->base = moof_offset;
	if (flags & TFHD_SAMPLE_DESCRIPTION)
		traf->d.desc = br_u32(&b->r);
	if (flags & TFHD_DURATION)
		traf->d.duration = br_u32(&b->r);
	if (flags & TFHD_SIZE)
		traf->d.size = br_u32(&b->r);
	if (flags & TFHD_FLAGS)
		traf->d.flags = br_u32(&b->r);
	if (!traf->d.desc)
		traf->d.desc = 1;
	traf->next_data = traf->base;
	traf->first = traf->trk->table.sized;
	traf->trk->last_moof = m->nb_moofs + 1;
	traf->trk->last_first = traf->first + traf->trk->table.dropped;
	if (!b->r.overrun)
		return GF_OK;
	isom_complain(b, "is too short, the samples of track %u are ignored", id);
	return GF_NOT_FOUND;
}

static GF_Err parse_local_sgpd(Traf *traf, IsomBox *b)
{
	IsomTable *t = &traf->trk->table;
	BitReader peek = b->r;
	br_skip(&peek, 4);
	u32 type = br_u32(&peek);
	IsomGroup *g = isom_table_group(t, type, 0, GF_FALSE);
	if (traf->nb_groups < MAX_LOCAL_GROUPS)
		traf->groups[traf->nb_groups++] = (LocalGroup){type, g ? g->nb_entries : 0};
	return isom_sgpd_parse(t, b);
}

static GF_Err parse_local_sbgp(Traf *traf, IsomBox *b)
{
	IsomTable *t = &traf->trk->table;
	BitReader peek = b->r;
	br_skip(&peek, 4);
	u32 type = br_u32(&peek), local = 0;
	for (u32 i = 0; i < traf->nb_groups; i++) {
		if (traf->groups[i].type == type)
			local = traf->groups[i].nb;
	}
	return isom_sbgp_parse(t, b, traf->first, t->sized - traf->first, local);
}

// What describes samples comes after they are known, whatever the order of the boxes.
static GF_Err parse_traf_groups(const IsomMovie *m, Traf *traf, const IsomBox *box)
{
	IsomTable *t = &traf->trk->table;
	IsomSai *sai = &traf->trk->sai;
	const u32 first = traf->first + t->dropped, count = t->sized - traf->first, nb_runs = sai->nb_runs;
	IsomBox b, again = *box;
	GF_Err e = GF_OK;
	again.quiet = GF_TRUE;
	while (!e && isom_next(&again, &b)) {
		if (b.type == GF_4CC('s', 'g', 'p', 'd'))
			e = parse_local_sgpd(traf, &b);
	}
	again = *box;
	again.quiet = GF_TRUE;
	while (!e && isom_next(&again, &b)) {
		if (b.type == GF_4CC('s', 'b', 'g', 'p'))
			e = parse_local_sbgp(traf, &b);
		else if (b.type == GF_4CC('s', 'e', 'n', 'c') || isom_is_piff_senc(&b))
			e = isom_senc_parse(sai, &b, first, count);
		else if (b.type == GF_4CC('s', 'u', 'b', 's'))
			e = isom_subs_parse(&traf->trk->subs, &b, first, count);
	}
	const IsomInput *in = traf->trk->has_external_data ? NULL : m->in;
	IsomAuxRange range = {.base = traf->base, .first = first, .count = count, .in = in};
	if (!e)
		e = isom_aux_parse(&traf->trk->aux, sai->nb_runs == nb_runs ? sai : NULL, box, &range);
	return e;
}

static GF_Err keep_track_fragment(const IsomMovie *m, const Traf *traf, u64 time)
{
	IsomTrack *trk = traf->trk;
	if (!m->keep_fragments)
		return GF_OK;
	if (array_reserve(&trk->fragments, &trk->alloc_fragments, trk->nb_fragments, 1, sizeof(*trk->fragments)))
		return GF_OUT_OF_MEM;
	trk->fragments[trk->nb_fragments++] =
		(IsomTrackFragment){m->nb_fragments - 1, traf->first + trk->table.dropped, time};
	return GF_OK;
}

static GF_Err parse_traf(IsomMovie *m, IsomBox *box, u64 moof_offset, u64 file_size, Bool is_first, Traf *traf)
{
	IsomBox b, whole = *box, quiet = *box;
	quiet.quiet = GF_TRUE; // the loop over the runs tells what is wrong
	if (!isom_find(&quiet, GF_4CC('t', 'f', 'h', 'd'), &b)) {
		isom_find(box, GF_4CC('t', 'f', 'h', 'd'), &b);
		isom_warn(box, "has no 'tfhd', it is ignored");
		return GF_OK;
	}
	traf->trk = NULL;
	traf->nb_groups = 0;
	GF_Err e = parse_tfhd(m, &b, moof_offset, file_size, is_first, traf);
	if (e)
		return e == GF_NOT_FOUND ? GF_OK : e;

	IsomTable *t = &traf->trk->table;
	u64 time = GF_FILTER_NO_TS;
	if (isom_find(&quiet, GF_4CC('t', 'f', 'd', 't'), &b)) {
		u8 version;
		isom_full(&b, &version);
		time = version ? br_u64(&b.r) : br_u32(&b.r);
		if (!b.r.overrun)
			isom_table_set_time(t, time);
	}
	e = keep_track_fragment(m, traf, time);
	u64 duration = t->total_duration;
	while (!e && isom_next(box, &b)) {
		if (b.type == GF_4CC('t', 'r', 'u', 'n'))
			e = parse_trun(traf, &b);
	}
	if (e == GF_ISOM_INVALID_FILE)
		e = GF_OK; // said, the samples before it are usable
	if (!e)
		e = parse_traf_groups(m, traf, &whole);
	traf->trk->fragment_movie_duration +=
		isom_rescale(t->total_duration - duration, m->timescale, traf->trk->timescale);
	return e ? e : isom_table_commit(t);
}

// ---- Events

// More than any fragment has; a stream of events without fragments must not fill the memory.
#define MAX_PENDING 256

GF_Err isom_movie_add_pending(IsomMovie *m, const IsomBox *box, Bool with_header)
{
	return m->pending.nb < MAX_PENDING ? isom_blobs_add(&m->pending, box, with_header) : GF_OK;
}

void isom_track_drop_events(IsomTrack *trk, u32 number)
{
	u32 nb = 0;
	while (nb < trk->nb_events && trk->events[nb].number < number)
		gf_free(trk->events[nb++].blob.data);
	if (!nb)
		return;
	trk->nb_events -= nb;
	memmove(trk->events, trk->events + nb, trk->nb_events * sizeof(*trk->events));
}

static GF_Err add_event(IsomTrack *trk, const IsomBlob *blob)
{
	if (array_reserve(&trk->events, &trk->alloc_events, trk->nb_events, 1, sizeof(*trk->events)))
		return GF_OUT_OF_MEM;
	u8 *data = gf_malloc(blob->size ? blob->size : 1);
	if (!data)
		return GF_OUT_OF_MEM;
	memcpy(data, blob->data, blob->size);
	trk->events[trk->nb_events++] = (IsomEvent){trk->last_first, {blob->type, blob->size, data}};
	return GF_OK;
}

static u32 reference_track(const IsomBlob *prft)
{
	const u8 *p = prft->data + 4;
	return prft->size < 8 ? 0 : (u32)p[0] << 24 | (u32)p[1] << 16 | (u32)p[2] << 8 | p[3];
}

// Gives what came with the fragment to its tracks: keys to all, the time reference to the track it names,
// messages to the first one.
static GF_Err attach_events(IsomMovie *m)
{
	GF_Err e = GF_OK;
	for (u32 i = 0; i < m->pending.nb; i++) {
		const IsomBlob *blob = &m->pending.items[i];
		for (u32 k = 0; !e && k < m->nb_tracks; k++) {
			IsomTrack *trk = m->tracks[k];
			if (trk->last_moof != m->nb_moofs + 1)
				continue;
			if (blob->type == GF_4CC('p', 'r', 'f', 't') && reference_track(blob) != trk->id)
				continue;
			e = add_event(trk, blob);
			if (blob->type == GF_4CC('e', 'm', 's', 'g'))
				break;
		}
	}
	isom_blobs_reset(&m->pending);
	return e;
}

GF_Err isom_movie_parse_moof(IsomMovie *m, IsomBox *moof, u64 file_size)
{
	Traf traf = {0};
	GF_Err e = GF_OK;
	Bool is_first = GF_TRUE;
	IsomBox b;
	while (!e && isom_next(moof, &b)) {
		if (b.type == GF_4CC('p', 's', 's', 'h'))
			e = isom_movie_add_pending(m, &b, GF_TRUE);
		if (b.type != GF_4CC('t', 'r', 'a', 'f'))
			continue;
		// 8.8.7: without a base, the data of a track follows that of the track before.
		traf.base = traf.next_data;
		e = parse_traf(m, &b, moof->offset, file_size, is_first, &traf);
		is_first = GF_FALSE;
	}
	if (!e)
		e = attach_events(m);
	m->nb_moofs++;
	return e;
}

void isom_movie_clear_samples(IsomMovie *m)
{
	for (u32 i = 0; i < m->nb_tracks; i++) {
		IsomTrack *trk = m->tracks[i];
		isom_table_clear(&trk->table);
		isom_sai_reset(&trk->sai);
		isom_aux_reset(&trk->aux);
		isom_subs_reset(&trk->subs);
		isom_track_drop_events(trk, 0xFFFFFFFF);
		trk->last_moof = 0;
		trk->nb_fragments = 0;
		trk->fragment_movie_duration = 0;
	}
	m->nb_fragments = 0;
	m->nb_moofs = 0;
}
