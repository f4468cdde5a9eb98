// SPDX-License-Identifier: MIT
// The movie around the tracks: brands, movie header, edit lists, profile levels.
#include <stdlib.h>
#include <string.h>
#include "filters/mp4mx.h"
#include "formats/aac_config.h"

#define TOOL_NAME "libgpac " GPAC_VERSION

void mp4mx_write_free(ByteWriter *w, u32 size)
{
	if (!size)
		return;
	size_t box = isow_box(w, "free");
	bw_zeros(w, size > 8 ? size - 8 : 0);
	isow_end(w, box);
}

void mp4mx_write_tool(ByteWriter *w)
{
	if (gf_sys_is_test_mode())
		return;
	size_t box = isow_box(w, "free");
	isow_string(w, TOOL_NAME);
	isow_end(w, box);
}

// ---- Brands (14496-12 4.3 and annex E)

#define MAX_BRANDS 64

typedef struct {
	u32 major;
	u32 list[MAX_BRANDS];
	u32 nb;
} Brands;

static Bool has_brand(const Brands *b, u32 brand)
{
	for (u32 i = 0; i < b->nb; i++) {
		if (b->list[i] == brand)
			return GF_TRUE;
	}
	return GF_FALSE;
}

static void add_brand(Brands *b, const char brand[4])
{
	u32 code = isow_code(brand);
	if (!has_brand(b, code) && b->nb < MAX_BRANDS)
		b->list[b->nb++] = code;
}

static void remove_brand(Brands *b, const char brand[4])
{
	u32 kept = 0;
	for (u32 i = 0; i < b->nb; i++) {
		if (b->list[i] != isow_code(brand))
			b->list[kept++] = b->list[i];
	}
	b->nb = kept;
}

static void add_code(Brands *b, u32 code)
{
	if (!has_brand(b, code) && b->nb < MAX_BRANDS)
		b->list[b->nb++] = code;
}

// Brands of the source files. False when no source has any.
static Bool source_brands(const Mp4Mux *mux, Brands *b)
{
	for (u32 i = 0; i < mux->nb_tracks; i++) {
		const MuxTrack *trk = mux->tracks[i];
		u32 major = trk->pid ? mp4mx_uint(trk, GF_PROP_PID_ISOM_MBRAND, 0) : 0;
		const GF_PropertyValue *list =
			trk->pid ? gf_filter_pid_get_property(trk->pid, GF_PROP_PID_ISOM_BRANDS) : NULL;
		if (!major)
			continue;
		if (major == isow_code("qt  ") && !mux->quicktime)
			major = isow_code("isom");
		if (!b->major)
			b->major = major;
		for (u32 k = 0; list && k < list->value.uint_list.nb_items; k++) {
			if (list->value.uint_list.vals[k] != isow_code("qt  "))
				add_code(b, list->value.uint_list.vals[k]);
		}
		add_code(b, major);
	}
	return b->major != 0;
}

static void default_brands(const Mp4Mux *mux, Brands *b)
{
	b->major = isow_code("isom");
	Bool advanced = GF_FALSE;
	for (u32 i = 0; i < mux->nb_tracks; i++) {
		switch (mux->tracks[i]->codec) {
		case GF_CODECID_AVC:
			add_brand(b, "avc1");
			break;
		case GF_CODECID_AV1:
			add_brand(b, "av01");
			advanced = GF_TRUE;
			break;
		case GF_CODECID_HEVC:
		case GF_CODECID_LHVC:
		case GF_CODECID_VVC:
			advanced = GF_TRUE;
			break;
		case GF_CODECID_IAMF:
			add_brand(b, "mp42");
			add_brand(b, "iso6");
			add_brand(b, "iamf");
			break;
		}
	}
	if (advanced)
		b->major = isow_code("iso4");
	add_code(b, b->major);
}

// A brand isoN with N at least `least`.
static Bool has_iso_brand(const Brands *b, char least)
{
	for (u32 i = 0; i < b->nb; i++) {
		u32 digit = b->list[i] & 0xFF;
		if (b->list[i] >> 8 == isow_code("iso\0") >> 8 && digit >= (u8)least && digit <= '9')
			return GF_TRUE;
	}
	return GF_FALSE;
}

// Fragments whose offsets are relative to the moof need iso5 (annex E.7); segments need iso6 (E.8).
static void fragment_brands(const Mp4Mux *mux, Brands *b)
{
	static const char older[][5] = {"isom", "iso1", "iso2", "iso3", "iso4", "avc1", "mp41", "mp42"};
	char least = mux->dash ? '6' : '5';
	if (!mux->abs_offset && !has_iso_brand(b, least)) {
		for (size_t i = 0; i < sizeof(older) / sizeof(older[0]); i++)
			remove_brand(b, older[i]);
		add_brand(b, mux->dash ? "iso6" : "iso5");
		b->major = isow_code(mux->dash ? "iso6" : "iso5");
	}
	if (mux->dash) {
		if (mux->dash == DASH_SINGLE_FILE) {
			add_brand(b, "dsms");
			if (mux->subs_sidx >= 0)
				add_brand(b, "msix");
		}
		add_brand(b, "dash");
	}
	if (mux->cmaf == CMAF_CMFC || mux->cmaf == CMAF_CMF2)
		add_brand(b, "cmfc");
	if (mux->cmaf == CMAF_CMF2)
		add_brand(b, "cmf2");
}

static Bool has_open_gop(const Mp4Mux *mux)
{
	for (u32 i = 0; i < mux->nb_tracks; i++) {
		const IsowGroups *g = &mux->tracks[i]->isom.table.groups;
		for (u32 k = 0; k < g->nb; k++) {
			if (g->groups[k].type == isow_code("rap "))
				return GF_TRUE;
		}
	}
	return GF_FALSE;
}

void mp4mx_write_ftyp(const Mp4Mux *mux, ByteWriter *w)
{
	Brands b = {0};
	if (mux->quicktime) {
		b.major = isow_code("qt  ");
		add_code(&b, b.major);
	} else if (!source_brands(mux, &b)) {
		default_brands(mux, &b);
	}
	if (mux->fragmented)
		fragment_brands(mux, &b);
	else if (has_open_gop(mux))
		add_brand(&b, "iso6");
	isow_ftyp(w, "ftyp", b.major, 1, b.list, b.nb);
}

// ---- Time

// Rounded up, so that no sample is cut.
static u64 to_movie_up(const IsowMovie *mv, u64 media, u32 scale)
{
	return (u64)(((unsigned __int128)media * mv->timescale + scale - 1) / scale);
}

// What a track shows first, after what SkipBegin takes off its first sample. A negative Delay cuts what would
// be presented before 0; a positive one comes on top of the alignment of the tracks.
typedef struct {
	s64 media; // composition time
	s64 start; // presentation time, without a positive Delay
} Presentation;

static Presentation presentation(const MuxTrack *trk)
{
	Presentation p;
	p.media = (s64)trk->clock.first_dts + (trk->mux->fragmented ? 0 : trk->isom.table.min_cts) +
			  (s64)trk->skip_begin;
	if (trk->delay < 0 && -trk->delay > p.media)
		p.media = -trk->delay;
	p.start = trk->delay < 0 ? p.media + trk->delay : p.media;
	return p;
}

// A presentation time, which may be negative.
typedef struct {
	s64 value;
	u32 scale;
} Origin;

// Presentation time that becomes 0 of the movie: the earliest start, or 0 without alignment.
static Origin movie_origin(const Mp4Mux *mux)
{
	Origin origin = {0, 1};
	Bool found = GF_FALSE;
	for (u32 i = 0; i < mux->nb_tracks && mux->tsalign; i++) {
		const MuxTrack *trk = mux->tracks[i];
		if (!trk->clock.nb_samples)
			continue;
		Origin t = {presentation(trk).start, trk->isom.timescale};
		if (!found || (__int128)t.value * origin.scale < (__int128)origin.value * t.scale)
			origin = t;
		found = GF_TRUE;
	}
	return origin;
}

// Media time from the origin of the movie to the start of the track.
static u64 late_start(const MuxTrack *trk, const Presentation *p, Origin origin)
{
	s64 late = p->start - gf_timestamp_rescale_signed(origin.value, origin.scale, trk->isom.timescale);
	late += trk->delay > 0 ? trk->delay : 0;
	return late > 0 ? (u64)late : 0;
}

static u64 to_movie_nearest(const IsowMovie *mv, u64 media, u32 scale)
{
	return (u64)(((unsigned __int128)media * mv->timescale + scale / 2) / scale);
}

static Bool has_offsets(const IsowTable *t)
{
	return t->offsets.nb > 1 || (t->offsets.nb == 1 && t->offsets.runs[0].value);
}

// Composition offsets and edit list of a complete track, by option ctmode.
static GF_Err set_edits(const Mp4Mux *mux, const IsowMovie *mv, MuxTrack *trk, Origin origin)
{
	IsowTrack *t = &trk->isom;
	const IsowTable *table = &t->table;
	Presentation p = presentation(trk);
	Bool is_signed = mux->ctmode == CTS_NEGATIVE || (mux->ctmode == CTS_AUTO && trk->negative_source);
	Bool offsets = has_offsets(table);
	if (!offsets)
		t->cts_shift = 0;
	else if (is_signed)
		t->cts_shift = (s32)-table->min_cts; // the first sample shown is at the start of the media
	else
		t->cts_shift = table->min_offset < 0 ? -table->min_offset : 0;

	// in the time line of the track in the file, which starts at its first DTS
	s64 media_time = p.media - (s64)table->first_dts + t->cts_shift;
	s64 end = table->max_cts_end + t->cts_shift;
	if (trk->end_cts != GF_FILTER_NO_TS)
		end = (s64)(trk->end_cts - table->first_dts) + t->cts_shift;
	u64 shown = end > media_time ? (u64)(end - media_time) : 0;
	u64 empty = to_movie_nearest(mv, late_start(trk, &p, origin), t->timescale);
	Bool no_edit = offsets && mux->ctmode == CTS_NOEDIT;
	if (!no_edit && (empty || media_time || trk->end_cts != GF_FILTER_NO_TS)) {
		u64 duration = to_movie_up(mv, shown, t->timescale);
		GF_Err e = empty ? isow_track_edit(t, empty, -1) : GF_OK;
		if (!e)
			e = isow_track_edit(t, duration, media_time);
		t->duration = empty + duration;
		return e;
	}
	t->duration = to_movie_up(mv, (u64)(end > 0 ? end : 0), t->timescale);
	return GF_OK;
}

// In fragments the composition offsets are written before all are known: they stay as they are.
static GF_Err set_fragmented_edits(const Mp4Mux *mux, const IsowMovie *mv, MuxTrack *trk, Origin origin)
{
	IsowTrack *t = &trk->isom;
	Presentation p = presentation(trk);
	// segments belong to a presentation that has its own times
	Bool keeps_times = mux->dash || !mux->tsalign;
	u64 late = late_start(trk, &p, origin);
	if (keeps_times)
		late = trk->delay > 0 ? (u64)trk->delay : 0;
	trk->decode_shift = keeps_times ? 0 : -(s64)trk->clock.first_dts;
	if (mux->cmaf || mux->dash) {
		// players of segments ignore empty edits: the decode times tell
		trk->decode_shift += (s64)late;
		late = 0;
	}
	s64 media_time = trk->delay < 0 || trk->skip_begin ? p.media + trk->decode_shift : 0;
	if (mux->tfdt.den && mux->tfdt.num > 0)
		trk->decode_shift += (s64)gf_timestamp_rescale((u64)mux->tfdt.num, mux->tfdt.den, t->timescale);
	if (mux->cmaf == CMAF_CMF2 && trk->stream_type == GF_STREAM_VISUAL && media_time > 0) {
		t->cts_shift = (s32)-media_time; // signed offsets do without edit list
		media_time = 0;
	}
	u64 empty = to_movie_nearest(mv, late, t->timescale);
	if (!empty && media_time <= 0)
		return GF_OK;
	GF_Err e = empty ? isow_track_edit(t, empty, -1) : GF_OK;
	return e ? e : isow_track_edit(t, 0, media_time > 0 ? media_time : 0);
}

// ---- Movie

static u32 movie_timescale(const Mp4Mux *mux)
{
	if (mux->moovts < 0)
		return mux->tracks[0]->isom.timescale;
	if (mux->moovts && mux->moovts != 600)
		return (u32)mux->moovts;
	u32 scale = 0;
	for (u32 i = 0; i < mux->nb_tracks; i++) {
		const MuxTrack *trk = mux->tracks[i];
		const GF_PropertyValue *p =
			trk->pid ? gf_filter_pid_get_property(trk->pid, GF_PROP_PID_ISOM_MOVIE_TIME) : NULL;
		if (p && p->value.lfrac.den && p->value.lfrac.den <= 0xFFFFFFFFu)
			scale = (u32)p->value.lfrac.den;
	}
	return scale ? scale : 600;
}

static u32 order_of(const Mp4Mux *mux, const MuxTrack *trk)
{
	if (trk->mux_index)
		return trk->mux_index;
	if (!mux->auto_reorder)
		return 0;
	return trk->stream_type == GF_STREAM_VISUAL  ? 1
		   : trk->stream_type == GF_STREAM_AUDIO ? 2
		   : trk->stream_type == GF_STREAM_TEXT  ? 3
												 : 4;
}

// The tracks to write, by option auto_reorder and property MuxIndex, then in order of arrival.
static GF_Err list_tracks(const Mp4Mux *mux, IsowMovie *mv)
{
	mv->tracks = gf_malloc((mux->nb_tracks + 1) * sizeof(IsowTrack *));
	u32 *order = gf_malloc((mux->nb_tracks + 1) * sizeof(u32));
	for (u32 i = 0; mv->tracks && order && i < mux->nb_tracks; i++) {
		MuxTrack *trk = mux->tracks[i];
		// a PID that went away without a sample, or never told its configuration, makes no track
		if (!trk->isom.nb_entries || (!trk->pid && !trk->clock.nb_samples))
			continue;
		u32 rank = order_of(mux, trk), at = mv->nb_tracks++;
		for (; at && order[at - 1] > rank; at--) {
			order[at] = order[at - 1];
			mv->tracks[at] = mv->tracks[at - 1];
		}
		order[at] = rank;
		mv->tracks[at] = &trk->isom;
		if (trk->isom.id >= mv->next_track_id)
			mv->next_track_id = trk->isom.id + 1;
	}
	GF_Err e = mv->tracks && order ? GF_OK : GF_OUT_OF_MEM;
	gf_free(order);
	return e;
}

// 14496-14 3.1.1: an initial object descriptor that tells the profiles and levels of the tracks.
static void add_iods(const Mp4Mux *mux, IsowMovie *mv)
{
	u8 audio = 0xFF, visual = 0xFF; // no capability required
	for (u32 i = 0; i < mux->nb_tracks; i++) {
		const MuxTrack *trk = mux->tracks[i];
		if (!trk->pid)
			continue;
		u32 level = mp4mx_uint(trk, GF_PROP_PID_PROFILE_LEVEL, 0);
		const GF_PropertyValue *cfg = gf_filter_pid_get_property(trk->pid, GF_PROP_PID_DECODER_CONFIG);
		AacConfig aac;
		if (!level && trk->codec == GF_CODECID_AAC_MPEG4 && cfg &&
			aac_config_parse(cfg->value.data.ptr, cfg->value.data.size, &aac) == GF_OK)
			level = aac_profile_level(&aac);
		if (!level && trk->codec == GF_CODECID_AVC)
			level = 0x7F; // 14496-15: AVC is not in the table of visual profiles
		if (!level)
			continue;
		if (trk->stream_type == GF_STREAM_AUDIO)
			audio = (u8)level;
		else if (trk->stream_type == GF_STREAM_VISUAL)
			visual = (u8)level;
	}
	if (audio == 0xFF && visual == 0xFF)
		return;
	ByteWriter *w = &mv->iods;
	size_t box = isow_full_box(w, "iods", 0, 0);
	size_t iod = isow_descr(w, 0x10);
	bw_u16(w, 1 << 6 | 0xF); // identifier 1, no URL, no inline levels
	bw_u8(w, 0xFF);
	bw_u8(w, 0xFF);
	bw_u8(w, audio);
	bw_u8(w, visual);
	bw_u8(w, 0xFF);
	isow_descr_end(w, iod);
	isow_end(w, box);
}

GF_Err mp4mx_movie_build(Mp4Mux *mux, IsowMovie *mv)
{
	*mv = (IsowMovie){.timescale = movie_timescale(mux),
		.creation = mux->creation,
		.modification = mux->modification,
		.next_track_id = 1,
		.quicktime = mux->quicktime,
		.fragmented = mux->fragmented,
		.mvex_last = mux->mvex || mux->cmaf};
	GF_Err e = list_tracks(mux, mv);
	if (e)
		return e;
	Origin origin = movie_origin(mux);
	for (u32 i = 0; i < mux->nb_tracks && !e; i++) {
		MuxTrack *trk = mux->tracks[i];
		IsowTrack *t = &trk->isom;
		t->nb_edits = 0;
		if (mux->fragmented) {
			e = set_fragmented_edits(mux, mv, trk, origin);
			continue;
		}
		e = isow_table_finish(&t->table);
		t->media_duration = t->table.duration;
		if (!e && t->table.nb_samples)
			e = set_edits(mux, mv, trk, origin);
		if (t->duration > mv->duration)
			mv->duration = t->duration;
	}
	if (!mux->dash && !mux->quicktime)
		add_iods(mux, mv);
	if (!e && (mux->psshs == PSSH_MOOV || mux->psshs == PSSH_BOTH))
		e = mp4mx_cenc_movie(mux, &mv->boxes);
	if (!e)
		e = mp4mx_write_udta(mux, mv);
	return e;
}
