// SPDX-License-Identifier: MIT
// Indexes of segments (ISO/IEC 14496-12 8.16.3): of the fragments in front of each segment, or of the segments in front
// of a single file.
#include <stdlib.h>
#include <string.h>
#include "base/array.h"
#include "filters/mp4mx.h"

GF_Err mp4mx_index_add(Mp4Mux *mux, const IsowSidxRef *ref)
{
	MuxSegment *seg = &mux->segment;
	if (array_reserve(&seg->refs, &seg->refs_alloc, seg->nb_refs, 1, sizeof(*seg->refs)))
		return GF_OUT_OF_MEM;
	seg->refs[seg->nb_refs++] = *ref;
	return GF_OK;
}

// 8.16.4: only an index whose references are all to media is followed by one of their parts (option ssix).
static u32 parts_size(const Mp4Mux *mux, const IsowSidxRef *refs, u32 nb)
{
	return mux->ssix && nb && !refs[nb - 1].is_index ? isow_ssix_size(refs, nb) : 0;
}

static u32 index_size(const Mp4Mux *mux, u64 earliest, const IsowSidxRef *refs, u32 nb)
{
	IsowSidx s = {.earliest_time = earliest, .wide = mux->tfdt64};
	return isow_sidx_size(&s, nb) + parts_size(mux, refs, nb);
}

static void write_index(const Mp4Mux *mux, ByteWriter *w, u64 earliest, const IsowSidxRef *refs, u32 nb)
{
	const MuxTrack *trk = mux->tracks[0];
	IsowSidx s = {.track_id = trk->isom.id,
		.timescale = trk->isom.timescale,
		.earliest_time = earliest,
		.first_offset = parts_size(mux, refs, nb),
		.wide = mux->tfdt64};
	isow_write_sidx(w, &s, refs, nb);
	if (s.first_offset)
		isow_write_ssix(w, refs, nb);
}

// ---- Index of the fragments of a segment

// Neighbouring fragments that have an index of their own.
typedef struct {
	u64 earliest;
	IsowSidxRef *refs; // of its fragments and, in a chain, to the index of the next group
	u32 nb;
	u32 media;         // bytes of the fragments
	IsowSidxRef whole; // reference to the index: with what it covers
} IndexGroup;

static void close_group(const Mp4Mux *mux, IndexGroup *g, const IndexGroup *next)
{
	if (next)
		g->refs[g->nb++] = next->whole;
	g->whole = (IsowSidxRef){.is_index = GF_TRUE, .sap_type = g->refs[0].sap_type};
	g->whole.size = index_size(mux, g->earliest, g->refs, g->nb);
	for (u32 i = 0; i < g->nb; i++) {
		g->whole.size += g->refs[i].size;
		g->whole.duration += g->refs[i].duration;
	}
}

// Cuts the references of the segment into groups of `per` fragments. `refs` has room for one more in each.
static void make_groups(const Mp4Mux *mux, IndexGroup *groups, u32 nb, u32 per, IsowSidxRef *refs)
{
	const MuxSegment *seg = &mux->segment;
	u64 earliest = seg->earliest;
	for (u32 i = 0; i < nb; i++) {
		IndexGroup *g = &groups[i];
		*g = (IndexGroup){.earliest = earliest, .refs = refs + (size_t)i * (per + 1)};
		for (u32 k = i * per; k < seg->nb_refs && g->nb < per; k++) {
			g->refs[g->nb++] = seg->refs[k];
			g->media += seg->refs[k].size;
			earliest += seg->refs[k].duration;
		}
	}
	for (u32 i = nb; i--;)
		close_group(mux, &groups[i], mux->chain_sidx && i + 1 < nb ? &groups[i + 1] : NULL);
}

// A reference to the index of each group.
static GF_Err write_top(const Mp4Mux *mux, ByteWriter *w, const IndexGroup *groups, u32 nb)
{
	IsowSidxRef *refs = gf_malloc(nb * sizeof(IsowSidxRef));
	if (!refs)
		return GF_OUT_OF_MEM;
	for (u32 i = 0; i < nb; i++)
		refs[i] = groups[i].whole;
	write_index(mux, w, mux->segment.earliest, refs, nb);
	gf_free(refs);
	return GF_OK;
}

static GF_Err send_groups(Mp4Mux *mux, ByteWriter *w, const IndexGroup *groups, u32 nb, u64 *end)
{
	GF_Err e = GF_OK;
	if (nb > 1 && !mux->chain_sidx) {
		e = write_top(mux, w, groups, nb);
		*end = mux->position + w->size - 1;
	}
	for (u32 i = 0; i < nb && !e; i++) {
		write_index(mux, w, groups[i].earliest, groups[i].refs, groups[i].nb);
		if (!*end)
			*end = mux->position + w->size - 1;
		e = mp4mx_out(mux, w, GF_FALSE);
		if (!e)
			e = mp4mx_spool_send_bytes(mux, &mux->spool, groups[i].media);
		w->size = 0;
	}
	return e;
}

GF_Err mp4mx_index_send(Mp4Mux *mux, ByteWriter *w, u64 *start, u64 *end)
{
	u32 nb_refs = mux->segment.nb_refs, nb = mux->subs_sidx > 0 ? (u32)mux->subs_sidx : 1;
	u32 per = nb < nb_refs ? (nb_refs + nb - 1) / nb : nb_refs;
	if (nb >= nb_refs)
		nb = 1; // nothing to group
	else
		nb = (nb_refs + per - 1) / per;
	IndexGroup *groups = gf_calloc(nb, sizeof(IndexGroup));
	IsowSidxRef *refs = gf_malloc((size_t)nb * (per + 1) * sizeof(IsowSidxRef));
	GF_Err e = groups && refs ? GF_OK : GF_OUT_OF_MEM;
	*start = mux->position + w->size;
	*end = 0;
	if (!e) {
		make_groups(mux, groups, nb, per, refs);
		e = send_groups(mux, w, groups, nb, end);
	}
	gf_free(groups);
	gf_free(refs);
	return e;
}

// ---- Index of a single file

// Groups neighbours so that at most `max` references are left.
static u32 group_refs(IsowSidxRef *refs, u32 nb, u32 max)
{
	u32 group = max ? (nb + max - 1) / max : 1;
	if (group < 2)
		return nb;
	u32 kept = 0;
	for (u32 i = 0; i < nb; i++) {
		if (i % group) {
			refs[kept - 1].size += refs[i].size;
			refs[kept - 1].duration += refs[i].duration;
		} else {
			refs[kept++] = refs[i];
		}
	}
	return kept;
}

static u32 file_index_size(const Mp4Mux *mux)
{
	const MuxSegment *seg = &mux->segment;
	return index_size(mux, seg->earliest, seg->refs, seg->nb_refs);
}

// The room holds two ranges for each reference: references of more than 16 MB have more.
static void fit_in_room(Mp4Mux *mux)
{
	if (!mux->ssix || file_index_size(mux) <= mux->segment.index_room)
		return;
	GF_LOG(GF_LOG_WARNING, GF_LOG_CONTAINER,
		("[mp4mx] segments are too large for the room of their index: no ssix box is written; "
		 "vodcache=insert has no such limit\n"));
	mux->ssix = GF_FALSE;
}

GF_Err mp4mx_segment_index(Mp4Mux *mux)
{
	MuxSegment *seg = &mux->segment;
	if (!mp4mx_has_root_index(mux))
		return GF_OK;
	u32 max = mux->vodcache == VOD_REPLACE ? seg->max_refs : 0xFFFF;
	if (mux->subs_sidx && (u32)mux->subs_sidx < max)
		max = (u32)mux->subs_sidx;
	seg->nb_refs = group_refs(seg->refs, seg->nb_refs, max);
	ByteWriter w;
	bw_init(&w);
	GF_Err e;
	if (mux->vodcache == VOD_TEMP)
		bw_bytes(&w, seg->header.data, seg->header.size);
	if (mux->vodcache == VOD_REPLACE) {
		// what is left of the room comes in front, so that the index touches the first fragment
		fit_in_room(mux);
		mp4mx_write_free(&w, seg->index_room - file_index_size(mux));
	}
	u64 start = seg->index_at + (mux->vodcache == VOD_TEMP ? 0 : w.size);
	write_index(mux, &w, seg->earliest, seg->refs, seg->nb_refs);
	u64 end = seg->index_at + (mux->vodcache == VOD_TEMP ? w.size - seg->header.size : w.size) - 1;
	if (mux->vodcache == VOD_TEMP) {
		mux->deferring = GF_FALSE;
		mux->position = 0;
		mux->init_packet = GF_TRUE;
		e = mp4mx_spool_end(&mux->spool);
		if (!e)
			e = mp4mx_out(mux, &w, GF_FALSE);
		mux->sending = GF_TRUE;
	} else {
		e = mp4mx_out_patch(mux, &w, seg->index_at, mux->vodcache == VOD_INSERT, GF_TRUE);
	}
	mp4mx_send_size(mux, GF_TRUE, 0, 0, start, end, mux->vodcache != VOD_REPLACE);
	bw_reset(&w);
	return e;
}
