// SPDX-License-Identifier: MIT
// Movies whose samples are all described by the movie box: written as they come with the movie box at the end
// (flat) or inserted in front (fstart), or in chunks of the tracks in turn after the movie box (inter,
// tight).
//
// For the last two the media data is stored until the movie box is known, unless the destination is a local
// file: then it is written at once, and the movie box is inserted in front in whole blocks, which file
// systems with extents do without moving data.
#include <string.h>
#include "filters/mp4mx.h"

// Media data held for interleaving before it is stored in whatever order it is.
#define MAX_HELD (2u << 20)

// Bytes of the header of mdat that is written before its size is known: if 32 bits are enough, the second
// half is an unused part of the payload, otherwise it becomes the 64-bit size.
#define OPEN_MDAT_HEADER 16

// The usual block size of file systems: bytes inserted in such units can be shifted without moving data.
#define INSERT_UNIT 4096

// Less media data than this stays in memory until the movie box is known.
#define MIN_IN_PLACE (4u << 20)

static Bool is_interleaved(const Mp4Mux *mux)
{
	return mux->store == STORE_INTER || mux->store == STORE_TIGHT;
}

static Bool is_stored(const Mp4Mux *mux)
{
	return is_interleaved(mux) && !mux->in_place;
}

// Whether tracks follow each other instead of being interleaved.
static Bool is_sequential(const Mp4Mux *mux)
{
	return mux->store == STORE_INTER && mux->cdur.num == 0;
}

// Room for the movie box, in whole units: sample sizes, composition offsets where there are some, and a
// little for what is not per sample. 0 when the sources do not tell, or when it is not worth it.
static u64 movie_room(const Mp4Mux *mux)
{
	u64 room = INSERT_UNIT, media = 0;
	for (u32 i = 0; i < mux->nb_tracks; i++) {
		const MuxTrack *trk = mux->tracks[i];
		u32 nb = mp4mx_uint(trk, GF_PROP_PID_NB_FRAMES, 0);
		const GF_PropertyValue *p =
			trk->pid ? gf_filter_pid_get_property(trk->pid, GF_PROP_PID_MEDIA_DATA_SIZE) : NULL;
		if (!nb || !p)
			return 0;
		media += p->value.longuint;
		room += INSERT_UNIT + (u64)nb * (mp4mx_uint(trk, GF_PROP_PID_MAX_CTS_OFFSET, 0) ? 14 : 6);
	}
	return media < MIN_IN_PLACE ? 0 : (room + INSERT_UNIT - 1) / INSERT_UNIT * INSERT_UNIT;
}

Bool mp4mx_flat_in_place(Mp4Mux *mux)
{
	if (!is_interleaved(mux) || is_sequential(mux))
		return GF_FALSE;
	char *url = gf_filter_get_dst_name(mux->filter);
	const char *options = gf_filter_get_dst_args(mux->filter);
	Bool stream = !url || !strcmp(url, "-") || !strncmp(url, "std", 3) || !strcmp(url, "null");
	// what is appended to must stay in front
	Bool appends = options && (strstr(options, "append") || strstr(options, "cat="));
	Bool can = !stream && !appends && gf_url_is_local(url) && strncmp(url, "/dev/", 5);
	gf_free(url);
	return can;
}

// ---- Samples

// Adds a sample to the table of its track. Its data is at `offset` of the media data.
static GF_Err record(MuxTrack *trk, const MuxSample *m, u64 offset, Bool new_chunk)
{
	IsowTable *t = &trk->isom.table;
	u32 bytes = m->pck_size + m->extra_size, limit = trk->mux->maxchunk;
	if (!t->nb_chunks || m->entry != t->chunks[t->nb_chunks - 1].entry ||
		(limit && trk->chunk_bytes + bytes > limit))
		new_chunk = GF_TRUE;
	GF_Err e = new_chunk ? isow_table_chunk(t, offset, m->entry) : GF_OK;
	trk->chunk_bytes = new_chunk ? bytes : trk->chunk_bytes + bytes;
	if (!e)
		e = isow_table_add(t, &m->s);
	if (!e)
		e = mp4mx_sample_side_data(trk, m, &(MuxSideData){&t->groups, &t->subs, &t->sai, &t->aux}, t->nb_samples);
	if (!e && m->nb > 1)
		e = isow_table_repeat(t, m->nb - 1);
	return e;
}

static GF_Err store(MuxTrack *trk, MuxSample *m, Bool new_chunk)
{
	Mp4Mux *mux = trk->mux;
	if (mux->in_place) {
		GF_Err failed = record(trk, m, mux->position - mux->data_start, new_chunk);
		return failed ? failed : mp4mx_out_sample(mux, m);
	}
	MuxSpool *sp = is_sequential(mux) ? &trk->spool : &mux->spool;
	GF_Err e = record(trk, m, sp->size, new_chunk);
	if (!e)
		e = mp4mx_sample_keep(m);
	return e ? e : mp4mx_spool_add(sp, m);
}

// The samples of a window, in chunks of one track after the other.
static GF_Err flush_tracks(Mp4Mux *mux)
{
	GF_Err e = GF_OK;
	for (u32 i = 0; i < mux->nb_tracks && !e; i++) {
		MuxTrack *trk = mux->tracks[i];
		u32 nb = mp4mx_window_count(trk);
		for (u32 k = 0; k < nb && !e; k++)
			e = store(trk, &trk->held[k], k == 0);
		mp4mx_window_drop(trk, nb);
	}
	return e;
}

// The samples of a window in time order, each in a chunk.
static GF_Err flush_samples(Mp4Mux *mux)
{
	GF_Err e = GF_OK;
	for (u32 i = 0; i < mux->nb_tracks; i++) {
		mux->tracks[i]->flush_nb = mp4mx_window_count(mux->tracks[i]);
		mux->tracks[i]->flush_at = 0;
	}
	while (!e) {
		MuxTrack *first = NULL;
		for (u32 i = 0; i < mux->nb_tracks; i++) {
			MuxTrack *trk = mux->tracks[i];
			if (trk->flush_at < trk->flush_nb &&
				(!first || gf_timestamp_less(trk->held[trk->flush_at].s.dts, trk->isom.timescale,
							   first->held[first->flush_at].s.dts, first->isom.timescale)))
				first = trk;
		}
		if (!first)
			break;
		e = store(first, &first->held[first->flush_at++], GF_TRUE);
	}
	for (u32 i = 0; i < mux->nb_tracks; i++)
		mp4mx_window_drop(mux->tracks[i], mux->tracks[i]->flush_nb);
	return e;
}

static GF_Err run_windows(Mp4Mux *mux, Bool all)
{
	return mp4mx_window_run(mux, mux->store == STORE_TIGHT ? flush_samples : flush_tracks, all);
}

static GF_Err write_now(MuxTrack *trk, MuxSample *m)
{
	Mp4Mux *mux = trk->mux;
	GF_Fraction d = mux->cdur.num > 0 ? mux->cdur : (GF_Fraction){1, 1};
	// a chunk ends where another track begins, and after the chunk duration
	Bool new_chunk =
		mux->last_written != trk || (m->s.dts - trk->chunk_dts) * d.den >= (u64)d.num * trk->isom.timescale;
	if (new_chunk)
		trk->chunk_dts = m->s.dts;
	mux->last_written = trk;
	GF_Err e = record(trk, m, mux->position - mux->data_start, new_chunk);
	return e ? e : mp4mx_out_sample(mux, m);
}

// Option dref: a sample that stays where it is. Those that follow each other there make a chunk.
static GF_Err refer(MuxTrack *trk, const MuxSample *m)
{
	u64 place;
	GF_Err e = mp4mx_dref_place(trk, m, &place);
	if (!e)
		e = record(trk, m, place, place != trk->data_end);
	trk->data_end = place + m->pck_size;
	return e;
}

GF_Err mp4mx_flat_add(MuxTrack *trk, MuxSample *m)
{
	Mp4Mux *mux = trk->mux;
	if (trk->data_file) {
		GF_Err e = refer(trk, m);
		if (e != GF_NOT_FOUND)
			return e;
	}
	if (is_sequential(mux))
		return store(trk, m, GF_FALSE);
	return is_interleaved(mux) ? mp4mx_window_add(trk, m) : write_now(trk, m);
}

GF_Err mp4mx_flat_run(Mp4Mux *mux)
{
	if (!is_interleaved(mux) || is_sequential(mux))
		return GF_OK;
	return run_windows(mux, mux->held_bytes > MAX_HELD);
}

// ---- Beginning and end of the file

GF_Err mp4mx_flat_start(Mp4Mux *mux)
{
	u64 room = mux->in_place ? movie_room(mux) : 0;
	mux->in_place = room != 0;
	if (is_stored(mux))
		return GF_OK;
	ByteWriter w;
	bw_init(&w);
	if (mux->in_place)
		mp4mx_write_free(&w, (u32)room);
	else
		mp4mx_write_ftyp(mux, &w);
	mux->header_size = w.size;
	bw_u32(&w, 0); // up to the end of the file, until the size is known
	bw_bytes(&w, "mdat", 4);
	bw_zeros(&w, OPEN_MDAT_HEADER - 8);
	mux->data_start = w.size;
	GF_Err e = mp4mx_out(mux, &w, GF_FALSE);
	bw_reset(&w);
	return e;
}

// Appends the movie box, which comes at `moov` in the file. The media data, of `data_size` bytes, is at
// `base` or, with `in_front`, that much after the movie box: then the box is written once to be measured.
static void add_moov(
	const Mp4Mux *mux, ByteWriter *w, const IsowMovie *mv, u64 moov, u64 base, Bool in_front, u64 data_size)
{
	size_t at = w->size;
	for (u32 large = 0; large < 2; large++) {
		IsowLayout l = {.base = base, .large = large, .moov = moov};
		for (u32 pass = in_front ? 0 : 1; pass < 2; pass++) {
			w->size = at;
			isow_write_moov(w, mv, &l);
			mp4mx_write_free(w, mux->moovpad);
			if (!pass)
				l.base += w->size - at;
		}
		if (l.base + data_size <= 0xFFFFFFFFu)
			break;
	}
}

// The header of mdat in its final form, over the one that was written first.
static GF_Err patch_mdat(Mp4Mux *mux, u64 size, Bool last)
{
	ByteWriter w;
	bw_init(&w);
	if (size + OPEN_MDAT_HEADER > 0xFFFFFFFFu) {
		isow_mdat_header(&w, size);
	} else {
		bw_u32(&w, (u32)size + OPEN_MDAT_HEADER);
		bw_bytes(&w, "mdat", 4);
	}
	GF_Err e = mp4mx_out_patch(mux, &w, mux->header_size, GF_FALSE, last);
	bw_reset(&w);
	return e;
}

// flat and fstart: the media data is written, what is left is the movie box and the size of mdat.
static GF_Err finish_written(Mp4Mux *mux, const IsowMovie *mv)
{
	u64 size = mux->position - mux->data_start;
	Bool insert = mux->store == STORE_FSTART;
	ByteWriter w;
	bw_init(&w);
	mp4mx_write_tool(&w);
	if (!insert)
		add_moov(mux, &w, mv, mux->position + w.size, mux->data_start, GF_FALSE, size);
	GF_Err e = mp4mx_out(mux, &w, GF_FALSE);
	if (!e)
		e = patch_mdat(mux, size, !insert);
	if (!e && insert) {
		w.size = 0;
		add_moov(mux, &w, mv, mux->header_size, mux->data_start, GF_TRUE, size);
		e = mp4mx_out_patch(mux, &w, mux->header_size, GF_TRUE, GF_TRUE);
	}
	bw_reset(&w);
	return e;
}

// What goes in front of the media data, which is at `base`.
static void build_front(const Mp4Mux *mux, ByteWriter *w, const IsowMovie *mv, u64 base, u64 data_size)
{
	w->size = 0;
	mp4mx_write_ftyp(mux, w);
	add_moov(mux, w, mv, w->size, base, GF_FALSE, data_size);
}

// Makes the room in front larger: the media data moves.
static GF_Err add_room(Mp4Mux *mux, u64 extra)
{
	ByteWriter w;
	bw_init(&w);
	bw_zeros(&w, extra);
	GF_Err e = mp4mx_out_patch(mux, &w, mux->header_size, GF_TRUE, GF_FALSE);
	bw_reset(&w);
	mux->header_size += extra;
	mux->data_start += extra;
	return e;
}

// inter and tight in place: the movie box goes to the room left in front, a free box fills what remains.
static GF_Err finish_in_place(Mp4Mux *mux, const IsowMovie *mv)
{
	u64 size = mux->position - mux->data_start;
	ByteWriter w;
	bw_init(&w);
	mp4mx_write_tool(&w);
	GF_Err e = mp4mx_out(mux, &w, GF_FALSE);
	if (!e)
		e = patch_mdat(mux, size, GF_FALSE);
	build_front(mux, &w, mv, mux->data_start, size);
	while (!e && w.size + 8 > mux->header_size) {
		u64 missing = w.size + 8 - mux->header_size;
		e = add_room(mux, (missing + INSERT_UNIT - 1) / INSERT_UNIT * INSERT_UNIT);
		build_front(mux, &w, mv, mux->data_start, size);
	}
	if (!e) {
		mp4mx_write_free(&w, (u32)(mux->header_size - w.size));
		e = mp4mx_out_patch(mux, &w, 0, GF_FALSE, GF_TRUE);
	}
	bw_reset(&w);
	return e;
}

// inter and tight: the headers, in front of the stored media data.
static GF_Err send_header(Mp4Mux *mux, const IsowMovie *mv)
{
	u64 size = mux->spool.size;
	GF_Err e = mp4mx_spool_end(&mux->spool);
	for (u32 i = 0; i < mux->nb_tracks && !e; i++) {
		MuxTrack *trk = mux->tracks[i];
		trk->isom.chunk_base = is_sequential(mux) ? size : 0;
		size += trk->spool.size;
		e = mp4mx_spool_end(&trk->spool);
	}
	ByteWriter w;
	bw_init(&w);
	mp4mx_write_ftyp(mux, &w);
	add_moov(mux, &w, mv, w.size, w.size + isow_mdat_header_size(size), GF_TRUE, size);
	isow_mdat_header(&w, size);
	if (!e)
		e = mp4mx_out(mux, &w, GF_FALSE);
	bw_reset(&w);
	return e;
}

static GF_Err send_data(Mp4Mux *mux)
{
	Bool more = GF_FALSE;
	GF_Err e = mp4mx_spool_send(mux, &mux->spool, &more);
	for (u32 i = 0; i < mux->nb_tracks && !e && !more; i++)
		e = mp4mx_spool_send(mux, &mux->tracks[i]->spool, &more);
	if (e || more)
		return e;
	mux->sending = GF_FALSE;
	ByteWriter w;
	bw_init(&w);
	mp4mx_write_tool(&w);
	e = mp4mx_out(mux, &w, GF_TRUE);
	bw_reset(&w);
	return e;
}

// Auxiliary information of the samples, behind them.
static GF_Err add_aux(Mp4Mux *mux)
{
	ByteWriter w;
	bw_init(&w);
	u64 start = is_stored(mux) ? mux->spool.size : mux->position - mux->data_start;
	for (u32 i = 0; i < mux->nb_tracks; i++) {
		IsowTable *t = &mux->tracks[i]->isom.table;
		t->aux_offset = start + w.size;
		isow_write_aux_records(&w, &t->aux);
	}
	if (!w.size || !is_stored(mux) || w.failed) {
		GF_Err e = mp4mx_out(mux, &w, GF_FALSE);
		bw_reset(&w);
		return e;
	}
	MuxSample m = {.nb = 1};
	GF_Err e = bw_take(&w, &m.extra, &m.extra_size);
	if (!e)
		e = mp4mx_spool_add(&mux->spool, &m);
	mp4mx_sample_release(&m);
	return e;
}

GF_Err mp4mx_flat_finish(Mp4Mux *mux, Bool *more)
{
	*more = GF_FALSE;
	GF_Err e = GF_OK;
	if (!mux->sending) {
		if (is_interleaved(mux) && !is_sequential(mux))
			e = run_windows(mux, GF_TRUE);
		if (!e)
			e = add_aux(mux);
		IsowMovie mv = {0};
		if (!e)
			e = mp4mx_movie_build(mux, &mv);
		if (!e && mux->in_place)
			e = finish_in_place(mux, &mv);
		else if (!e)
			e = is_stored(mux) ? send_header(mux, &mv) : finish_written(mux, &mv);
		isow_movie_reset(&mv);
		mux->sending = is_stored(mux);
	}
	if (!e && mux->sending)
		e = send_data(mux);
	*more = mux->sending;
	return e;
}
