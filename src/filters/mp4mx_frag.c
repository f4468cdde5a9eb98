// SPDX-License-Identifier: MIT
// Fragmented movies: the movie box without samples, then a moof and a mdat for each window (14496-12 8.8).
#include <string.h>
#include "base/array.h"
#include "filters/mp4mx.h"

// ---- Movie header

static u32 sample_flags(const MuxTrack *trk, const MuxSample *m)
{
	Bool hidden = trk->mux->sdtp_traf == SDTP_ONLY; // dependencies are in the sdtp box only
	return isow_sample_flags(hidden ? 0 : m->s.deps, m->s.sync);
}

// Property TrexTemplate: the defaults of the source.
static Bool template_defaults(MuxTrack *trk)
{
	const GF_PropertyValue *p = gf_filter_pid_get_property(trk->pid, GF_PROP_PID_ISOM_TREX_TEMPLATE);
	if (!p || p->value.data.size < 32)
		return GF_FALSE;
	BitReader r;
	br_init(&r, p->value.data.ptr, p->value.data.size);
	br_skip(&r, 16); // header, version, track
	trk->isom.trex_entry = br_u32(&r);
	trk->isom.trex_duration = br_u32(&r);
	trk->isom.trex_size = br_u32(&r);
	trk->isom.trex_flags = br_u32(&r);
	return GF_TRUE;
}

static void set_defaults(MuxTrack *trk)
{
	const Mp4Mux *mux = trk->mux;
	IsowTrack *t = &trk->isom;
	t->trex_entry = trk->entry ? trk->entry : 1;
	t->trex_duration = t->trex_size = t->trex_flags = 0;
	if (mux->nofragdef || mux->cmaf == CMAF_CMF2)
		return;
	if (mux->refrag && trk->pid && template_defaults(trk))
		return;
	u32 duration = trk->pid ? mp4mx_uint(trk, GF_PROP_PID_CONSTANT_DURATION, 0) : 0;
	t->trex_duration = (u32)gf_timestamp_rescale(duration, trk->clock.pid_scale, t->timescale);
	if (!trk->nb_held)
		return;
	if (!t->trex_duration)
		t->trex_duration = trk->held[0].s.duration;
	// the flags of most samples: not those of the first, which starts a group of pictures
	t->trex_flags = sample_flags(trk, &trk->held[trk->nb_held > 1 ? 1 : 0]);
}

// Duration of the movie when all sources tell theirs; without mehd it is that of the fragments found.
static u64 announced_duration(const Mp4Mux *mux, const IsowMovie *mv)
{
	u64 longest = 0;
	for (u32 i = 0; i < mux->nb_tracks; i++) {
		const MuxTrack *trk = mux->tracks[i];
		if (!trk->pid)
			continue;
		const GF_PropertyValue *p = gf_filter_pid_get_property(trk->pid, GF_PROP_PID_DURATION);
		const GF_PropertyValue *guess = gf_filter_pid_get_property(trk->pid, GF_PROP_PID_DURATION_AVG);
		if (!p || p->value.lfrac.num <= 0 || !p->value.lfrac.den || (guess && guess->value.boolean))
			return 0;
		u64 d = gf_timestamp_rescale((u64)p->value.lfrac.num, p->value.lfrac.den, mv->timescale);
		longest = d > longest ? d : longest;
	}
	return mux->dur.num ? 0 : longest;
}

GF_Err mp4mx_frag_start(Mp4Mux *mux)
{
	IsowMovie mv = {0};
	if (mux->cmaf && mux->nb_tracks > 1)
		GF_LOG(GF_LOG_WARNING, GF_LOG_CONTAINER,
			("[mp4mx] a CMAF file holds one track, this one has %u: select one, as in -i FILE#video\n", mux->nb_tracks));
	for (u32 i = 0; i < mux->nb_tracks; i++) {
		set_defaults(mux->tracks[i]);
		// CMAF (ISO/IEC 23000-19 7.5.13): an empty stss where not all samples are sync samples
		mux->tracks[i]->isom.sync_unknown = mux->cmaf && mux->tracks[i]->stream_type == GF_STREAM_VISUAL;
	}
	GF_Err e = mp4mx_movie_build(mux, &mv);
	mv.fragments_duration = announced_duration(mux, &mv);
	ByteWriter w;
	bw_init(&w);
	if (!e && !mux->noinit) {
		mp4mx_write_ftyp(mux, &w);
		mp4mx_write_tool(&w);
		isow_write_moov(&w, &mv, &(IsowLayout){0});
		mp4mx_write_free(&w, mux->moovpad);
		e = mp4mx_segment_init(mux, &w);
	}
	bw_reset(&w);
	isow_movie_reset(&mv);
	mux->sequence = mux->msn;
	return e;
}

// ---- Fragments

// 14496-12 8.8.12: without tfdt, a fragment is decoded right after the one before. Segments are read alone.
static Bool needs_decode_time(const MuxTrack *trk)
{
	const Mp4Mux *mux = trk->mux;
	Bool asked = mux->dash || mux->cmaf || mux->llhas || mux->tfdt_traf || mux->tfdt.num || !mux->tsalign;
	return asked || trk->traf.decode_time != trk->decode_end;
}

static Bool is_encrypted(const MuxSample *m)
{
	return m->pck && (gf_filter_pck_get_crypt_flags(m->pck) & GF_FILTER_PCK_CRYPT);
}

// ISO/IEC 23000-19 8.2: the samples of a fragment are all encrypted, or all in clear.
static GF_Err check_encryption(const MuxTrack *trk, const MuxSample *first, const MuxSample *m)
{
	if (!trk->nb_keys || !trk->mux->cmaf || is_encrypted(first) == is_encrypted(m))
		return GF_OK;
	GF_LOG(GF_LOG_ERROR, GF_LOG_CONTAINER,
		("[mp4mx] track %u: clear and encrypted samples in one fragment, which CMAF does not allow\n", trk->isom.id));
	return GF_NON_COMPLIANT_BITSTREAM;
}

// The samples from `first` on that have the same description, at most up to `nb`, in the traf of the track.
static GF_Err fill_traf(MuxTrack *trk, u32 first, u32 nb, u32 *taken)
{
	IsowTraf *t = &trk->traf;
	const Mp4Mux *mux = trk->mux;
	const MuxSideData to = {&t->groups, &t->subs, &t->sai, &t->aux};
	isow_traf_clear(t);
	*taken = 0;
	if (first >= nb)
		return GF_OK;
	const MuxSample *m = &trk->held[first];
	t->entry = m->entry;
	t->decode_time = m->s.dts + (u64)trk->decode_shift;
	GF_Err e = GF_OK;
	for (; !e && first + *taken < nb; m++, ++*taken) {
		if (m->entry != t->entry)
			break;
		u32 duration = m->s.duration;
		if (first + *taken + 1 < trk->nb_held) {
			u64 delta = m[1].s.dts - m->s.dts - (u64)(m->nb - 1) * m->s.duration;
			duration = delta > 0xFFFFFFFFu ? duration : (u32)delta;
		}
		IsowFragSample s = {.size = m->s.size, .duration = m->s.duration};
		s.flags = sample_flags(trk, m);
		s.deps = m->s.deps;
		s.cts_offset = m->s.cts_offset + trk->isom.cts_shift;
		s.new_run = mux->fsap && !mux->strun && !mux->cmaf && trk->stream_type == GF_STREAM_VISUAL && m->sap;
		s.new_run |= *taken && m->level != m[-1].level;
		s.level = m->level;
		e = check_encryption(trk, &trk->held[first], m);
		if (!e)
			e = mp4mx_sample_side_data(trk, m, &to, t->nb + 1);
		for (u32 i = 0; i < m->nb && !e; i++) {
			if (i + 1 == m->nb)
				s.duration = duration;
			e = isow_traf_add(t, &s);
		}
	}
	t->no_decode_time = !needs_decode_time(trk);
	trk->decode_end = t->decode_time + t->duration;
	return e;
}

// Wall clock times of the first sample of the first track, before the moof.
static void add_prft(const Mp4Mux *mux, ByteWriter *w)
{
	const MuxTrack *trk = mux->tracks[0];
	if (mux->prft == PRFT_OFF || !trk->traf.nb)
		return;
	const MuxSample *m = &trk->held[trk->flush_at];
	const GF_PropertyValue *ntp = m->pck ? gf_filter_pck_get_property(m->pck, GF_PROP_PCK_SENDER_NTP) : NULL;
	u64 time = trk->traf.decode_time + (u64)(s64)trk->traf.samples[0].cts_offset;
	if (ntp)
		isow_write_prft(w, trk->isom.id, ntp->value.longuint, time, 0); // input of the encoder
	if (mux->prft == PRFT_BOTH) {
		u64 ms = gf_net_get_utc();
		u64 now = (ms / 1000 + 2208988800ULL) << 32 | (ms % 1000 << 32) / 1000;
		isow_write_prft(w, trk->isom.id, now, time, 4); // the fragment is written
	}
}

// Event messages that came with samples of the fragment: properties emsg, emsg1... hold the content of boxes.
static void add_events(const Mp4Mux *mux, ByteWriter *w)
{
	for (u32 i = 0; i < mux->nb_tracks; i++) {
		const MuxTrack *trk = mux->tracks[i];
		for (u32 k = 0; k < trk->flush_taken; k++) {
			GF_FilterPacket *pck = trk->held[trk->flush_at + k].pck;
			u32 idx = 0, code;
			const char *name;
			const GF_PropertyValue *p;
			if (!pck || !gf_filter_pck_has_properties(pck))
				continue;
			while ((p = gf_filter_pck_enum_properties(pck, &idx, &code, &name)) != NULL) {
				if (!name || strncmp(name, "emsg", 4))
					continue;
				size_t box = isow_box(w, "emsg");
				bw_bytes(w, p->value.data.ptr, p->value.data.size);
				isow_end(w, box);
			}
		}
	}
}

// For mfra: the first sample of a traf, when it is a sync sample.
static GF_Err remember_access(MuxTrack *trk, u32 number, u64 position)
{
	const IsowTraf *t = &trk->traf;
	if (!trk->mux->mfra || (t->samples[0].flags & ISOW_NON_SYNC))
		return GF_OK;
	if (array_reserve(&trk->access, &trk->access_alloc, trk->nb_access, 1, sizeof(*trk->access)))
		return GF_OUT_OF_MEM;
	u64 time = t->decode_time + (u64)(s64)t->samples[0].cts_offset;
	trk->access[trk->nb_access++] =
		(IsowRandomAccess){.time = time, .moof_offset = position, .traf = number, .run = 1, .sample = 1};
	return GF_OK;
}

static IsowMoof moof_options(const Mp4Mux *mux)
{
	Bool cmf2 = mux->cmaf == CMAF_CMF2;
	return (IsowMoof){.sequence = mux->sequence,
		.absolute = mux->abs_offset,
		.data_first = !mux->moof_first,
		.ignore_trex = mux->nofragdef || cmf2,
		.signed_offsets = mux->trunv1 || cmf2,
		.wide_times = mux->tfdt64,
		.wide_offsets = !mux->saio32,
		.sdtp = mux->sdtp_traf != SDTP_NO,
		.runs_first = mux->truns_first || mux->cmaf};
}

// With option trun_inter, one temporal level after the other: the start of the fragment is enough for a lower frame rate.
static GF_Err send_payload(Mp4Mux *mux, const MuxTrack *trk)
{
	GF_Err e = GF_OK;
	for (u32 level = 0; level < (mux->trun_inter ? ISOW_LEVELS : 1); level++) {
		for (u32 i = 0; i < trk->flush_taken && !e; i++) {
			const MuxSample *m = &trk->held[trk->flush_at + i];
			if (m->level == level)
				e = mp4mx_out_sample(mux, m);
		}
	}
	return e;
}

// One moof and one mdat for the trafs that are filled.
static GF_Err send_fragment(Mp4Mux *mux, MuxTrack *const *tracks, u32 nb)
{
	IsowTraf **trafs = gf_malloc(nb * sizeof(IsowTraf *));
	if (!trafs)
		return GF_OUT_OF_MEM;
	u64 payload = 0;
	for (u32 i = 0; i < nb; i++) {
		trafs[i] = &tracks[i]->traf;
		trafs[i]->data_offset = payload;
		payload += trafs[i]->nb_bytes;
	}
	for (u32 i = 0; i < nb; i++) {
		trafs[i]->aux_offset = payload;
		payload += isow_aux_size(&trafs[i]->aux);
	}
	u32 header = isow_mdat_header_size(payload);
	ByteWriter w;
	bw_init(&w);
	add_prft(mux, &w);
	add_events(mux, &w);
	if (mp4mx_segment_keeps_front(mux)) {
		bw_bytes(&mux->segment.header, w.data, w.size);
		w.size = 0;
	}
	IsowMoof m = moof_options(mux);
	m.position = mux->position + w.size + (mux->moof_first ? 0 : header + payload);
	GF_Err e = mp4mx_cenc_fragment(mux, &m.boxes);
	for (u32 i = 0, number = 0; i < nb && !e; i++) {
		if (trafs[i]->nb)
			e = remember_access(tracks[i], ++number, m.position);
	}
	if (mux->moof_first)
		isow_write_moof(&w, &m, trafs, nb, header, payload);
	isow_mdat_header(&w, payload);
	if (!e)
		e = mp4mx_out(mux, &w, GF_FALSE);
	for (u32 i = 0; i < nb && !e; i++)
		e = send_payload(mux, tracks[i]);
	w.size = 0;
	for (u32 i = 0; i < nb; i++)
		isow_write_aux_records(&w, &trafs[i]->aux);
	if (!mux->moof_first)
		isow_write_moof(&w, &m, trafs, nb, header, payload);
	if (!mux->dash)
		mp4mx_write_marker(mux, &w);
	if (!e)
		e = mp4mx_out(mux, &w, GF_FALSE);
	bw_reset(&w);
	bw_reset(&m.boxes);
	gf_free(trafs);
	mux->sequence += mux->msninc;
	return e;
}

// The next fragment: from each track, the samples that share a description. False when nothing is left.
static Bool take_samples(Mp4Mux *mux, GF_Err *e)
{
	u32 taken = 0;
	for (u32 i = 0; i < mux->nb_tracks && !*e; i++) {
		MuxTrack *trk = mux->tracks[i];
		trk->flush_at += trk->flush_taken;
		*e = fill_traf(trk, trk->flush_at, trk->flush_nb, &trk->flush_taken);
		taken += trk->flush_taken;
	}
	return taken && !*e;
}

static GF_Err flush_window(Mp4Mux *mux)
{
	mux->segment_starts |= mux->own_subsegments;
	GF_Err e = mp4mx_segment_update(mux);
	for (u32 i = 0; i < mux->nb_tracks; i++) {
		MuxTrack *trk = mux->tracks[i];
		trk->flush_nb = mp4mx_window_count(trk);
		trk->flush_at = trk->flush_taken = 0;
	}
	while (!e && take_samples(mux, &e)) {
		mp4mx_segment_part_start(mux);
		if (!mux->straf)
			e = send_fragment(mux, mux->tracks, mux->nb_tracks);
		for (u32 i = 0; i < mux->nb_tracks && !e && mux->straf; i++) {
			if (mux->tracks[i]->traf.nb)
				e = send_fragment(mux, &mux->tracks[i], 1);
		}
		if (!e)
			e = mp4mx_segment_part_end(mux);
	}
	for (u32 i = 0; i < mux->nb_tracks; i++)
		mp4mx_window_drop(mux->tracks[i], mux->tracks[i]->flush_nb);
	return e;
}

GF_Err mp4mx_frag_run(Mp4Mux *mux, Bool all)
{
	GF_Err e = mp4mx_window_run(mux, flush_window, all);
	// the first sample of a segment is here: the one before is complete
	return !e && mux->segment_starts ? mp4mx_segment_end(mux, GF_FALSE) : e;
}

GF_Err mp4mx_frag_flush(Mp4Mux *mux)
{
	GF_Err e = mp4mx_frag_run(mux, GF_TRUE);
	return e ? e : mp4mx_segment_end(mux, GF_FALSE);
}

static GF_Err send_mfra(Mp4Mux *mux)
{
	u32 *ids = gf_malloc(mux->nb_tracks * sizeof(u32)), *counts = gf_malloc(mux->nb_tracks * sizeof(u32));
	const IsowRandomAccess **entries = gf_malloc(mux->nb_tracks * sizeof(*entries));
	GF_Err e = ids && counts && entries ? GF_OK : GF_OUT_OF_MEM;
	for (u32 i = 0; i < mux->nb_tracks && !e; i++) {
		ids[i] = mux->tracks[i]->isom.id;
		counts[i] = mux->tracks[i]->nb_access;
		entries[i] = mux->tracks[i]->access;
	}
	ByteWriter w;
	bw_init(&w);
	if (!e) {
		isow_write_mfra(&w, ids, entries, counts, mux->nb_tracks);
		e = mp4mx_out(mux, &w, GF_TRUE);
	}
	bw_reset(&w);
	gf_free(ids);
	gf_free(counts);
	gf_free(entries);
	return e;
}

GF_Err mp4mx_frag_finish(Mp4Mux *mux, Bool *more)
{
	GF_Err e = GF_OK;
	*more = GF_FALSE;
	if (!mux->sending) {
		e = mp4mx_frag_run(mux, GF_TRUE);
		if (!e)
			e = mp4mx_segment_end(mux, GF_TRUE);
		if (!e && mux->mfra && !mux->dash)
			e = send_mfra(mux);
		if (!e)
			e = mp4mx_segment_index(mux);
	}
	// vodcache=on: the media data follows the index
	if (!e && mux->sending) {
		e = mp4mx_spool_send(mux, &mux->spool, more);
		mux->sending = *more;
	}
	return e;
}
