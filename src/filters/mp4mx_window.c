// SPDX-License-Identifier: MIT
// Windows of time over all tracks. Samples are held, by reference, until every track has reached the end of
// the window; they then make the chunks of a stored movie, or a fragment.
//
// Window ends are multiples of option cdur from the first decoding time, computed as fractions so that no
// rounding accumulates; with store=sfrag a window ends at a random access point of the reference track, with fragdur
// where the samples of that track add up to cdur.
#include "base/array.h"
#include "filters/mp4mx.h"

// Bytes of one track that may wait for the other tracks before its PID is left alone, and how many packets
// may then pile up there.
#define AHEAD_BYTES (256u << 10)
#define AHEAD_PACKETS 256

// The track that decides where fragments start: the first visual one, else the first one, with samples to
// come.
static MuxTrack *reference_track(const Mp4Mux *mux)
{
	MuxTrack *first = NULL;
	for (u32 i = 0; i < mux->nb_tracks; i++) {
		MuxTrack *trk = mux->tracks[i];
		if (trk->done && !trk->nb_held)
			continue;
		if (trk->stream_type == GF_STREAM_VISUAL)
			return trk;
		if (!first)
			first = trk;
	}
	return first;
}

// Segments without a fragment duration are one window each.
static Bool is_unlimited(const Mp4Mux *mux)
{
	return mux->dash && !mux->own_subsegments && mux->cdur.num <= 0 && !mux->frag_dur.num;
}

GF_Fraction mp4mx_window_duration(const Mp4Mux *mux)
{
	GF_Fraction d = mux->cdur.num > 0 ? mux->cdur : mux->frag_dur;
	if (d.num > 0 && d.den)
		return d;
	return mux->quicktime ? (GF_Fraction){1, 2} : (GF_Fraction){1, 1};
}

// `time` as a DTS of the track, rounded up: the first sample not before it.
static u64 as_limit(const MuxTrack *trk, unsigned __int128 value, u64 scale)
{
	unsigned __int128 dts = (value * trk->isom.timescale + scale - 1) / scale;
	return dts > 0xFFFFFFFFFFFFFFFEULL ? 0xFFFFFFFFFFFFFFFEULL : (u64)dts;
}

static void set_limits(Mp4Mux *mux)
{
	MuxWindow *win = &mux->win;
	GF_Fraction d = mp4mx_window_duration(mux);
	for (u32 i = 0; i < mux->nb_tracks; i++) {
		MuxTrack *trk = mux->tracks[i];
		if (!win->known || is_unlimited(mux)) {
			trk->limit = GF_FILTER_NO_TS;
			continue;
		}
		unsigned __int128 end = (unsigned __int128)win->base.value * d.den;
		end += (unsigned __int128)win->count * (u32)d.num * win->base.scale;
		trk->limit = as_limit(trk, end, (u64)win->base.scale * d.den);
	}
}

// Whether a sample of the reference track ends the window, which is not known before it comes.
static Bool ends_at_sample(const Mp4Mux *mux)
{
	return mux->store == STORE_SFRAG || (mux->fragdur && mux->fragmented && !is_unlimited(mux));
}

static void open_window(Mp4Mux *mux, MuxTime base)
{
	mux->win = (MuxWindow){.open = GF_TRUE, .known = !ends_at_sample(mux), .base = base, .count = 1};
	set_limits(mux);
}

static Bool earlier(MuxTime a, MuxTime b)
{
	return (unsigned __int128)a.value * b.scale < (unsigned __int128)b.value * a.scale;
}

// Time of the first sample held; with `in_segment`, of those that do not belong to the next segment.
static Bool earliest_held(const Mp4Mux *mux, Bool in_segment, MuxTime *time)
{
	Bool found = GF_FALSE;
	for (u32 i = 0; i < mux->nb_tracks; i++) {
		const MuxTrack *trk = mux->tracks[i];
		if (!trk->nb_held || (in_segment && trk->held[0].new_segment))
			continue;
		MuxTime t = {trk->held[0].s.dts, trk->isom.timescale};
		if (!found || earlier(t, *time))
			*time = t;
		found = GF_TRUE;
	}
	return found;
}

// After a window: the next one, or the one that holds the next sample when there is a gap.
static void next_window(Mp4Mux *mux)
{
	MuxWindow *win = &mux->win;
	if (win->end.scale) {
		open_window(mux, win->end);
		return;
	}
	GF_Fraction d = mp4mx_window_duration(mux);
	win->count++;
	MuxTime t = {0, 1};
	if (earliest_held(mux, GF_TRUE, &t) && earlier(win->base, t)) {
		unsigned __int128 elapsed =
			(unsigned __int128)t.value * win->base.scale - (unsigned __int128)win->base.value * t.scale;
		u64 skip = (u64)(elapsed * d.den / ((unsigned __int128)t.scale * win->base.scale * (u32)d.num)) + 1;
		if (skip > win->count)
			win->count = skip;
	}
	set_limits(mux);
}

static void end_at(Mp4Mux *mux, const MuxTrack *ref, u64 dts)
{
	MuxWindow *win = &mux->win;
	win->known = GF_TRUE;
	win->end = (MuxTime){dts, ref->isom.timescale};
	for (u32 i = 0; i < mux->nb_tracks; i++)
		mux->tracks[i]->limit = as_limit(mux->tracks[i], win->end.value, win->end.scale);
}

// Option fragdur: the window ends when its samples last long enough, whatever pauses are between them.
static void find_duration(Mp4Mux *mux, const MuxTrack *ref)
{
	MuxWindow *win = &mux->win;
	GF_Fraction d = mp4mx_window_duration(mux);
	for (; win->scanned < ref->nb_held; win->scanned++) {
		const MuxSample *m = &ref->held[win->scanned];
		unsigned __int128 lasted = (unsigned __int128)win->lasted * d.den;
		if (lasted >= (unsigned __int128)(u32)d.num * ref->isom.timescale || (win->scanned && m->new_segment)) {
			end_at(mux, ref, m->s.dts);
			return;
		}
		win->lasted += (u64)m->nb * m->s.duration;
	}
}

// store=sfrag: the window ends at the first random access point late enough.
static void find_access_point(Mp4Mux *mux, const MuxTrack *ref)
{
	MuxWindow *win = &mux->win;
	GF_Fraction d = mp4mx_window_duration(mux);
	u32 percent = mux->sfrag_tolerance < 100 ? 100 - mux->sfrag_tolerance : 0;
	unsigned __int128 early = (unsigned __int128)win->base.value * d.den * 100;
	early += (unsigned __int128)(u32)d.num * percent * win->base.scale;
	u64 from = as_limit(ref, early, (u64)win->base.scale * d.den * 100);
	for (; win->scanned < ref->nb_held; win->scanned++) {
		const MuxSample *m = &ref->held[win->scanned];
		if (!m->s.sync && m->sap != GF_FILTER_SAP_3)
			continue;
		if (m->s.dts < from || !win->scanned)
			continue;
		end_at(mux, ref, m->s.dts);
		return;
	}
}

static void find_end(Mp4Mux *mux)
{
	const MuxTrack *ref = reference_track(mux);
	if (mux->win.known || !ref)
		return;
	if (mux->store == STORE_SFRAG)
		find_access_point(mux, ref);
	else
		find_duration(mux, ref);
	if (mux->win.known || !ref->done)
		return;
	// the other tracks go on, and would be held until they end
	const MuxSample *last = &ref->held[ref->nb_held - 1];
	u64 duration = (u64)last->nb * last->s.duration;
	end_at(mux, ref, last->s.dts + (duration ? duration : 1));
}

u32 mp4mx_window_count(const MuxTrack *trk)
{
	u32 n = 0;
	while (n < trk->nb_held && trk->held[n].s.dts < trk->limit && !trk->held[n].new_segment)
		n++;
	return n;
}

// Whether nothing more of this track comes in the window.
static Bool has_reached(const MuxTrack *trk)
{
	if (trk->done || trk->file_done || trk->paused)
		return GF_TRUE;
	// the last sample may have been written already, with those held when memory was short
	return trk->nb_segments_held || (trk->clock.nb_samples && trk->clock.last_dts >= trk->limit);
}

// A track with long pauses cannot be waited for, unless there are only such tracks.
Bool mp4mx_is_awaited(const Mp4Mux *mux, const MuxTrack *trk)
{
	if (!trk->sparse)
		return GF_TRUE;
	for (u32 i = 0; i < mux->nb_tracks; i++) {
		if (!mux->tracks[i]->sparse)
			return GF_FALSE;
	}
	return GF_TRUE;
}

static Bool is_complete(const Mp4Mux *mux)
{
	if (!mux->win.known)
		return GF_FALSE;
	for (u32 i = 0; i < mux->nb_tracks; i++) {
		if (mp4mx_is_awaited(mux, mux->tracks[i]) && !has_reached(mux->tracks[i]))
			return GF_FALSE;
	}
	return GF_TRUE;
}

Bool mp4mx_window_wants(const MuxTrack *trk)
{
	return !has_reached(trk) || trk->held_bytes < AHEAD_BYTES ||
		   gf_filter_pid_get_packet_count(trk->pid) > AHEAD_PACKETS;
}

GF_Err mp4mx_window_add(MuxTrack *trk, MuxSample *m)
{
	if (array_reserve(&trk->held, &trk->held_alloc, trk->nb_held, 1, sizeof(*trk->held)))
		return GF_OUT_OF_MEM;
	GF_Err e = mp4mx_sample_keep(m);
	if (e)
		return e;
	trk->held[trk->nb_held++] = *m;
	u32 size = m->pck_size + m->extra_size;
	trk->held_bytes += size;
	trk->mux->held_bytes += size;
	if (m->new_segment)
		trk->nb_segments_held++;
	*m = (MuxSample){0};
	return GF_OK;
}

void mp4mx_window_drop(MuxTrack *trk, u32 nb)
{
	for (u32 i = 0; i < nb; i++) {
		MuxSample *m = &trk->held[i];
		trk->held_bytes -= m->pck_size + m->extra_size;
		trk->mux->held_bytes -= m->pck_size + m->extra_size;
		mp4mx_sample_release(m);
	}
	trk->nb_held -= nb;
	if (nb && trk->nb_held)
		memmove(trk->held, trk->held + nb, trk->nb_held * sizeof(MuxSample));
}

// Whether what comes next is the start of a segment in every track.
static Bool at_segment_start(const Mp4Mux *mux)
{
	Bool found = GF_FALSE;
	for (u32 i = 0; i < mux->nb_tracks; i++) {
		const MuxTrack *trk = mux->tracks[i];
		if (trk->nb_held ? !trk->held[0].new_segment
						 : !trk->done && !trk->paused && mp4mx_is_awaited(mux, trk))
			return GF_FALSE;
		found |= trk->nb_held != 0;
	}
	return found;
}

static void start_segment(Mp4Mux *mux)
{
	mux->segment_starts = GF_TRUE;
	for (u32 i = 0; i < mux->nb_tracks; i++) {
		MuxTrack *trk = mux->tracks[i];
		if (!trk->nb_held)
			continue;
		trk->held[0].new_segment = 0;
		trk->nb_segments_held--;
	}
}

// A window without end: everything held is in it.
static void lift_limits(Mp4Mux *mux)
{
	for (u32 i = 0; i < mux->nb_tracks; i++)
		mux->tracks[i]->limit = GF_FILTER_NO_TS;
}

GF_Err mp4mx_window_run(Mp4Mux *mux, MuxFlush flush, Bool all)
{
	MuxTime start = {0, 1};
	while (earliest_held(mux, GF_FALSE, &start)) {
		Bool new_segment = at_segment_start(mux);
		if (new_segment)
			start_segment(mux);
		if (new_segment || !mux->win.open)
			open_window(mux, start);
		find_end(mux);
		Bool complete = is_complete(mux);
		if (!complete && !all)
			break;
		if (!complete)
			lift_limits(mux);
		GF_Err e = flush(mux);
		if (e)
			return e;
		if (complete) {
			next_window(mux);
		} else {
			mux->win.scanned = 0;
			mux->win.lasted = 0;
			set_limits(mux);
		}
	}
	return GF_OK;
}
