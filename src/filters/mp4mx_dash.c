// SPDX-License-Identifier: MIT
// Segments for adaptive streaming (ISO/IEC 23009-1): one file each (property DashMode 1), or all in one file
// with an index in front (DashMode 2); see mp4mx_index.c for indexes. What a segmenter asks for comes as packet properties; the sizes it
// needs go back to it as events.
#include <stdlib.h>
#include <string.h>
#include "base/array.h"
#include "filters/mp4mx.h"

// ---- Events

static GF_FilterPid *segmenter_pid(const Mp4Mux *mux)
{
	const MuxTrack *trk = mux->segment.track ? mux->segment.track : mux->tracks[0];
	return trk->pid;
}

void mp4mx_send_size(const Mp4Mux *mux, Bool is_init, u64 media_start, u64 media_end, u64 index_start,
	u64 index_end, Bool shift)
{
	GF_FilterPid *pid = segmenter_pid(mux);
	if (!pid || mux->own_subsegments)
		return;
	GF_FilterEvent evt;
	GF_FEVT_INIT(evt, GF_FEVT_SEGMENT_SIZE, pid);
	evt.seg_size.is_init = is_init ? 1 : 0;
	evt.seg_size.is_shift = shift ? 1 : 0;
	evt.seg_size.media_range_start = media_start;
	evt.seg_size.media_range_end = media_end;
	evt.seg_size.idx_range_start = index_start;
	evt.seg_size.idx_range_end = index_end;
	gf_filter_pid_send_event(pid, &evt);
}

static void send_part(const Mp4Mux *mux, const IsowSidxRef *ref, u64 offset, Bool is_last)
{
	GF_FilterPid *pid = segmenter_pid(mux);
	GF_FilterEvent evt;
	if (!mux->llhas || !pid)
		return;
	GF_FEVT_INIT(evt, GF_FEVT_FRAGMENT_SIZE, pid);
	evt.frag_size.is_last = is_last;
	if (!is_last) {
		evt.frag_size.offset = offset;
		evt.frag_size.size = ref->size;
		evt.frag_size.duration = (GF_Fraction64){ref->duration, mux->tracks[0]->isom.timescale};
		evt.frag_size.independent = ref->sap_type != 0;
	}
	gf_filter_pid_send_event(pid, &evt);
}

// Sizes of segments that the sink has not written to the end yet (property SegSync).
static void on_written(GF_Filter *filter, GF_FilterPid *pid, GF_FilterPacket *pck)
{
	(void)pid;
	(void)pck;
	Mp4Mux *mux = gf_filter_get_udta(filter);
	MuxSegment *seg = &mux->segment;
	if (!seg->nb_unwritten)
		return;
	MuxRange range = seg->unwritten[0];
	memmove(seg->unwritten, seg->unwritten + 1, --seg->nb_unwritten * sizeof(MuxRange));
	mp4mx_send_size(mux, GF_FALSE, range.start, range.end, range.index_start, range.index_end, GF_FALSE);
}

static GF_Err report_segment(Mp4Mux *mux, const MuxRange *range)
{
	MuxSegment *seg = &mux->segment;
	if (!mux->seg_sync) {
		mp4mx_send_size(mux, GF_FALSE, range->start, range->end, range->index_start, range->index_end, GF_FALSE);
		return GF_OK;
	}
	if (array_reserve(&seg->unwritten, &seg->alloc_unwritten, seg->nb_unwritten, 1, sizeof(*seg->unwritten)))
		return GF_OUT_OF_MEM;
	seg->unwritten[seg->nb_unwritten++] = *range;
	// released by the sink after all that comes before
	return mp4mx_out_packet(mux, gf_filter_pck_new_shared(mux->opid, NULL, 0, on_written), 0, seg->own_file);
}

// ---- Fragments

// What the index tells of the fragment that is filled. The reference track is the first one.
static IsowSidxRef describe_fragment(Mp4Mux *mux)
{
	const MuxTrack *trk = mux->tracks[0];
	const IsowTraf *t = &trk->traf;
	IsowSidxRef ref = {.duration = (u32)t->duration};
	if (!t->nb)
		return ref;
	const MuxSample *first = &trk->held[trk->flush_at];
	ref.sap_type = first->s.sync ? 1 : first->sap == GF_FILTER_SAP_3 ? 3 : 0;
	if (mux->segment.has_earliest)
		return ref;
	// presentation time: composition time after the edit list
	s64 edit = trk->isom.nb_edits ? trk->isom.edits[trk->isom.nb_edits - 1].media_time : 0;
	s64 time = (s64)t->decode_time, earliest = time + t->samples[0].cts_offset;
	for (u32 i = 0; i < t->nb; i++) {
		if (time + t->samples[i].cts_offset < earliest)
			earliest = time + t->samples[i].cts_offset;
		time += t->samples[i].duration;
	}
	mux->segment.earliest = earliest > edit ? (u64)(earliest - edit) : 0;
	mux->segment.has_earliest = GF_TRUE;
	return ref;
}

// ---- Initialization segment

Bool mp4mx_has_root_index(const Mp4Mux *mux)
{
	return mux->dash == DASH_SINGLE_FILE && mux->subs_sidx >= 0;
}

// Number of references of the index of a file whose duration and segment duration are known, 0 otherwise.
static u32 estimate_refs(const Mp4Mux *mux, GF_FilterPid *pid, Bool *estimated)
{
	const GF_PropertyValue *dur = gf_filter_pid_get_property(pid, GF_PROP_PID_DURATION);
	const GF_PropertyValue *seg = gf_filter_pid_get_property(pid, GF_PROP_PID_DASH_DUR);
	const GF_PropertyValue *guess = gf_filter_pid_get_property(pid, GF_PROP_PID_DURATION_AVG);
	GF_Fraction each = seg ? seg->value.frac : (GF_Fraction){0, 1};
	if (mux->own_subsegments)
		each = mp4mx_window_duration(mux);
	if (mux->dur.num || !dur || dur->value.lfrac.num <= 0 || !dur->value.lfrac.den || each.num <= 0 || !each.den)
		return 0;
	unsigned __int128 n = (unsigned __int128)(u64)dur->value.lfrac.num * each.den;
	n = n / ((unsigned __int128)dur->value.lfrac.den * (u32)each.num) + 1;
	*estimated = guess && guess->value.boolean;
	if (*estimated)
		n += n / 10 ? n / 10 : 1;
	return n < 0xFFFF ? (u32)n : 0;
}

u32 mp4mx_segment_setup(Mp4Mux *mux, GF_FilterPid *pid)
{
	if (!mp4mx_has_root_index(mux))
		return 0;
	MuxSegment *seg = &mux->segment;
	Bool estimated = GF_FALSE;
	seg->max_refs = mux->vodcache == VOD_REPLACE ? estimate_refs(mux, pid, &estimated) : 0;
	if (mux->vodcache == VOD_REPLACE && !seg->max_refs)
		mux->vodcache = VOD_TEMP;
	IsowSidx widest = {.wide = GF_TRUE};
	seg->index_room = isow_sidx_size(&widest, seg->max_refs) + (estimated ? 8 : 0);
	seg->index_room += mux->ssix ? 16 + 12 * seg->max_refs : 0;
	return mux->vodcache == VOD_REPLACE ? 1 : mux->vodcache == VOD_INSERT ? 2 : 0;
}

// Whether the segments have files of their own: the first packets tell.
static Bool has_own_file(const Mp4Mux *mux)
{
	for (u32 i = 0; i < mux->nb_tracks; i++) {
		const MuxTrack *trk = mux->tracks[i];
		if (trk->nb_held && trk->held[0].pck &&
			gf_filter_pck_get_property(trk->held[0].pck, GF_PROP_PCK_FILENAME))
			return GF_TRUE;
	}
	return GF_FALSE;
}

GF_Err mp4mx_segment_init(Mp4Mux *mux, ByteWriter *w)
{
	MuxSegment *seg = &mux->segment;
	mp4mx_write_marker(mux, w);
	if (!mux->dash)
		return mp4mx_out(mux, w, GF_FALSE);
	u64 size = w->size;
	seg->index_at = size;
	if (mp4mx_has_root_index(mux) && mux->vodcache == VOD_TEMP) {
		// written with the index, once that is known
		bw_bytes(&seg->header, w->data, w->size);
		mux->deferring = GF_TRUE;
		mux->position = size;
		mp4mx_send_size(mux, GF_TRUE, 0, size - 1, 0, 0, GF_FALSE);
		return seg->header.failed ? GF_OUT_OF_MEM : GF_OK;
	}
	if (mp4mx_has_root_index(mux) && mux->vodcache == VOD_REPLACE)
		mp4mx_write_free(w, seg->index_room);
	mux->init_packet = GF_TRUE;
	GF_Err e = mp4mx_out(mux, w, has_own_file(mux));
	mp4mx_send_size(mux, GF_TRUE, 0, size - 1, 0, 0, GF_FALSE);
	return e;
}

// ---- Segments

static void write_styp(const Mp4Mux *mux, ByteWriter *w, Bool is_last)
{
	u32 major = isow_code("msdh"), version = 0, brands[4], nb = 0;
	if (mux->styp && strlen(mux->styp) >= 4) {
		major = isow_code(mux->styp);
		version = mux->styp[4] == '.' ? (u32)atoi(mux->styp + 5) : 0;
		brands[nb++] = major;
	}
	if (!nb || major != isow_code("msdh"))
		brands[nb++] = isow_code("msdh");
	brands[nb++] = isow_code("msix");
	if (is_last && mux->lmsg)
		brands[nb++] = isow_code("lmsg");
	isow_ftyp(w, "styp", major, version, brands, nb);
}

static GF_Err begin_segment(Mp4Mux *mux)
{
	MuxSegment *seg = &mux->segment;
	seg->track = mux->tracks[0];
	GF_FilterPacket *pck = NULL;
	for (u32 i = 0; i < mux->nb_tracks; i++) {
		MuxTrack *trk = mux->tracks[i];
		GF_FilterPacket *first = trk->nb_held ? trk->held[0].pck : NULL;
		if (first && (!pck || gf_filter_pck_get_property(first, GF_PROP_PCK_FILENAME))) {
			pck = first;
			seg->track = trk;
		}
	}
	seg->own_file = has_own_file(mux);
	if (seg->own_file)
		mux->position = 0;
	seg->open = GF_TRUE;
	seg->start = mux->position;
	seg->nb_parts = 0;
	seg->whole = (IsowSidxRef){0};
	GF_Err e = mp4mx_out_file(mux, pck);
	if (e || mux->dash == DASH_SINGLE_FILE)
		return e;
	seg->nb_refs = 0;
	seg->has_earliest = GF_FALSE;
	if (mux->subs_sidx >= 0 || mux->lmsg) {
		// the index is in front, and only the end tells which segment is the last
		mux->deferring = GF_TRUE;
		mux->spool.in_memory = GF_TRUE;
		return GF_OK;
	}
	ByteWriter w;
	bw_init(&w);
	write_styp(mux, &w, GF_FALSE);
	e = mp4mx_out(mux, &w, GF_FALSE);
	bw_reset(&w);
	return e;
}

GF_Err mp4mx_segment_update(Mp4Mux *mux)
{
	if (!mux->dash || !mux->segment_starts)
		return GF_OK;
	mux->segment_starts = GF_FALSE;
	GF_Err e = mp4mx_segment_end(mux, GF_FALSE);
	return e ? e : begin_segment(mux);
}

void mp4mx_segment_part_start(Mp4Mux *mux)
{
	MuxSegment *seg = &mux->segment;
	if (!mux->dash)
		return;
	seg->part_ref = describe_fragment(mux);
	seg->part_start = mux->position;
	if (!mux->llhas)
		return;
	// playlists name the files of parts by these numbers, from 0 on
	mux->starts_part = GF_TRUE;
	mux->part_number = seg->nb_parts++;
}

// What has to be read of the fragment for its first sample, 0 when that is no random access point.
static u32 head_size(const Mp4Mux *mux, const IsowSidxRef *ref)
{
	if (!ref->sap_type || !mux->moof_first || mux->straf)
		return 0;
	u64 payload = 0;
	for (u32 i = 0; i < mux->nb_tracks; i++)
		payload += mux->tracks[i]->traf.nb_bytes + isow_aux_size(&mux->tracks[i]->traf.aux);
	return (u32)(ref->size - payload + mux->tracks[0]->traf.samples[0].size);
}

GF_Err mp4mx_segment_part_end(Mp4Mux *mux)
{
	MuxSegment *seg = &mux->segment;
	if (!mux->dash)
		return GF_OK;
	IsowSidxRef *ref = &seg->part_ref;
	ref->size = (u32)(mux->position - seg->part_start);
	ref->head = head_size(mux, ref);
	if (!seg->whole.size) {
		seg->whole.sap_type = ref->sap_type;
		seg->whole.head = ref->head;
	}
	seg->whole.size += ref->size;
	seg->whole.duration += ref->duration;
	send_part(mux, ref, seg->part_start, GF_FALSE);
	return mux->dash == DASH_SEGMENTS && mux->subs_sidx >= 0 ? mp4mx_index_add(mux, ref) : GF_OK;
}

Bool mp4mx_segment_keeps_front(const Mp4Mux *mux)
{
	return mux->dash == DASH_SEGMENTS && mux->deferring && !mux->segment.whole.size;
}

// Sends the segment that was kept back, after its header.
static GF_Err send_deferred(Mp4Mux *mux, Bool is_last, u64 *index_start, u64 *index_end)
{
	MuxSegment *seg = &mux->segment;
	ByteWriter w;
	bw_init(&w);
	write_styp(mux, &w, is_last);
	bw_bytes(&w, seg->header.data, seg->header.size);
	seg->header.size = 0;
	mux->deferring = GF_FALSE;
	mux->position = seg->start;
	GF_Err e;
	if (mux->subs_sidx >= 0) {
		e = mp4mx_index_send(mux, &w, index_start, index_end);
	} else {
		Bool more;
		e = mp4mx_out(mux, &w, GF_FALSE);
		if (!e)
			e = mp4mx_spool_send(mux, &mux->spool, &more);
	}
	mp4mx_spool_reset(&mux->spool);
	bw_reset(&w);
	return e;
}

GF_Err mp4mx_segment_end(Mp4Mux *mux, Bool is_last)
{
	MuxSegment *seg = &mux->segment;
	if (!seg->open)
		return GF_OK;
	seg->open = GF_FALSE;
	MuxRange range = {.start = seg->start};
	GF_Err e = GF_OK;
	if (mux->deferring && mux->dash == DASH_SEGMENTS)
		e = send_deferred(mux, is_last, &range.index_start, &range.index_end);
	ByteWriter w;
	bw_init(&w);
	mp4mx_write_marker(mux, &w);
	if (!e)
		e = mp4mx_out(mux, &w, seg->own_file && !mux->seg_sync);
	bw_reset(&w);
	if (!e && mux->dash == DASH_SINGLE_FILE) {
		seg->whole.size = (u32)(mux->position - seg->start);
		// what has nothing of the reference track goes with what comes before
		if (!seg->whole.duration && seg->nb_refs)
			seg->refs[seg->nb_refs - 1].size += seg->whole.size;
		else
			e = mp4mx_index_add(mux, &seg->whole);
	}
	send_part(mux, NULL, 0, GF_TRUE);
	range.end = mux->position - 1;
	return e ? e : report_segment(mux, &range);
}
