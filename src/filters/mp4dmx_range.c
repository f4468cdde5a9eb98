// SPDX-License-Identifier: MIT
// Which samples of a track are sent, in which order: edit lists, seeking, reverse playback.
#include <math.h>
#include <string.h>

#include "filters/mp4dmx.h"

#define RATE_ONE 0x10000
#define FAR_AWAY ((s64)1 << 62)

// ---- Edit list (14496-12, 8.6.6)

static s64 to_media(const DmxTrack *t, u64 movie_duration)
{
	u64 d = gf_timestamp_rescale(movie_duration, t->dmx->file.movie.timescale, t->trk->timescale);
	return d > (u64)FAR_AWAY ? FAR_AWAY : (s64)d;
}

Bool dmx_edit_delay(const DmxTrack *t, s64 *delay)
{
	const IsomTrack *trk = t->trk;
	*delay = 0;
	if (!trk->has_edit_list || t->dmx->edits == DMX_EDITS_NO)
		return GF_TRUE;
	if (t->dmx->edits == DMX_EDITS_STRICT || !trk->nb_edits || trk->nb_edits > 2)
		return GF_FALSE;
	const IsomEdit *last = &trk->edits[trk->nb_edits - 1];
	if (last->rate != RATE_ONE || last->media_time < 0)
		return GF_FALSE;
	if (trk->nb_edits == 2 && trk->edits[0].media_time != -1)
		return GF_FALSE;
	*delay = trk->nb_edits == 2 ? to_media(t, trk->edits[0].duration) - last->media_time : -last->media_time;
	return GF_TRUE;
}

GF_Err dmx_prepare_edits(DmxTrack *t)
{
	s64 delay;
	if (dmx_edit_delay(t, &delay))
		return GF_OK;
	const IsomTrack *trk = t->trk;
	t->edits = gf_calloc(trk->nb_edits + 1, sizeof(*t->edits));
	if (!t->edits)
		return GF_OUT_OF_MEM;
	s64 out = 0;
	for (u32 i = 0; i < trk->nb_edits; i++) {
		const IsomEdit *ed = &trk->edits[i];
		s64 duration = to_media(t, ed->duration);
		if (ed->media_time >= 0 && ed->media_time < FAR_AWAY) {
			// Without duration the edit lasts as long as the fragments; a still picture is one sample.
			s64 length = !ed->rate ? 1 : ed->duration ? duration : FAR_AWAY;
			s64 end = length < FAR_AWAY - ed->media_time ? ed->media_time + length : FAR_AWAY;
			t->edits[t->nb_edits++] = (DmxSpan){ed->media_time, end, out - ed->media_time};
		}
		out += out < FAR_AWAY - duration ? duration : 0;
	}
	// A list without entries presents the media as they are.
	if (!trk->nb_edits)
		t->edits[t->nb_edits++] = (DmxSpan){-FAR_AWAY, FAR_AWAY, 0};
	return GF_OK;
}

// ---- Positions

// Sample to start from so that what is composed at `cts` can be decoded.
static u32 random_access_before(const IsomTable *tab, s64 cts)
{
	u32 sample = isom_table_find_dts(tab, cts > 0 ? (u64)cts : 0);
	u32 sync = isom_table_prev_sync(tab, sample);
	// A sync sample decoded before that time may be composed after it.
	while (sync && sync < tab->nb_samples && isom_table_cts(tab, sync) > cts)
		sync = isom_table_prev_sync(tab, sync - 1);
	return sync < tab->nb_samples ? sync : 0;
}

static void go_to(DmxTrack *t, u32 sample)
{
	t->has_next = GF_FALSE;
	isom_cursor_set(&t->trk->table, &t->cursor, sample);
}

static void start_span(DmxTrack *t, s64 from)
{
	t->seek = t->span.start > from ? t->span.start : from;
	go_to(t, t->seek > -FAR_AWAY ? random_access_before(&t->trk->table, t->seek) : 0);
}

// Enters the edit that presents the time `at` of the output, or the first one after it.
static void enter_edit(DmxTrack *t, s64 at)
{
	for (t->edit = 0; t->edit + 1 < t->nb_edits; t->edit++) {
		const DmxSpan *s = &t->edits[t->edit];
		if (at < s->end + s->shift)
			break;
	}
	t->span = t->nb_edits ? t->edits[t->edit] : (DmxSpan){0, 0, 0};
	start_span(t, at - t->span.shift);
}

// Goes to the group of pictures that ends before the sample `end`; raw audio has none and goes by packets.
static void enter_gop(DmxTrack *t, u32 end)
{
	const IsomTable *tab = &t->trk->table;
	u32 sync = isom_table_prev_sync(tab, end - 1);
	if (t->max_group > 1)
		sync = end > t->max_group ? end - t->max_group : 0;
	t->gop_end = end;
	t->gop_start = sync < tab->nb_samples ? sync : 0;
	t->gop_cts = isom_table_cts(tab, t->gop_start);
	go_to(t, t->gop_start);
}

static void start_reverse(DmxTrack *t, s64 cts)
{
	const IsomTable *tab = &t->trk->table;
	t->reverse = GF_TRUE;
	t->gop_start = t->gop_end = t->gop_next = tab->nb_samples;
	t->latest = cts;
	t->seek = -FAR_AWAY;
	if (tab->nb_samples)
		enter_gop(t, isom_table_find_dts(tab, cts > 0 ? (u64)cts : 0) + 1);
}

static Bool previous_gop(DmxTrack *t)
{
	const IsomTable *tab = &t->trk->table;
	u32 next = t->gop_start, end = next + 1;
	s64 cts = t->gop_cts;
	if (!next || next >= tab->nb_samples)
		return GF_FALSE;
	enter_gop(t, next);
	// Leading pictures of the GOP that was just sent can be decoded now, with what they refer to on both sides.
	while (end < tab->nb_samples && t->max_group <= 1 && isom_table_cts(tab, end) < cts)
		end++;
	t->gop_next = next;
	t->gop_end = end > next + 1 ? end : next;
	return GF_TRUE;
}

static Bool is_leading(const DmxTrack *t, const IsomSample *s)
{
	return t->reverse && t->gop_start && s->cts < t->gop_cts;
}

void dmx_play(DmxTrack *t, const GF_FEVT_Play *play)
{
	const u32 scale = t->trk->timescale;
	double start = play->start_range;
	u64 total = isom_track_media_duration(t->trk);
	if (start < 0)
		start = -start * (double)total / scale; // a fraction of the media, from its end when it is -1
	if (!isfinite(start) || start > 1e12)
		start = 0;
	s64 delay;
	dmx_edit_delay(t, &delay);
	if (t->edits || play->timestamp_based == 1 || play->timestamp_based == 2)
		delay = 0;

	t->ended = t->done = t->out_of_range = t->has_next = t->reverse = GF_FALSE;
	t->only_sync = play->drop_non_ref;
	t->end_number = play->to_pck;
	t->end_time = play->end_range > play->start_range && play->end_range > 0
					  ? (s64)llrint(play->end_range * scale) - delay
					  : FAR_AWAY;
	t->span = (DmxSpan){-FAR_AWAY, FAR_AWAY, 0};
	s64 cts = start > 0 ? (s64)llrint(start * scale) - delay : play->speed < 0 ? FAR_AWAY : -FAR_AWAY;
	if (play->speed < 0)
		start_reverse(t, cts);
	else if (t->edits)
		enter_edit(t, start > 0 ? cts : 0);
	else
		start_span(t, cts);
	if (play->from_pck && play->speed >= 0) {
		u32 first = play->from_pck - 1;
		go_to(t, first > t->trk->table.dropped ? first - t->trk->table.dropped : 0);
		t->seek = -FAR_AWAY;
	}
	if (play->timestamp_based == 3)
		t->seek = -FAR_AWAY; // everything from the random access point on is presented
	t->fragment = t->event = 0;
}

// ---- Next sample

// What follows the last sample of a span, GOP or table.
static Bool next_part(DmxTrack *t)
{
	if (t->reverse && previous_gop(t))
		return GF_TRUE;
	if (!t->reverse && t->edit + 1 < t->nb_edits) {
		t->span = t->edits[++t->edit];
		start_span(t, -FAR_AWAY);
		return GF_TRUE;
	}
	return GF_FALSE;
}

// After this sample in decoding order nothing is presented in the span.
static Bool is_past(const DmxTrack *t, const IsomSample *s)
{
	s64 dts = (s64)s->dts, lowest = s->cts < dts ? s->cts : dts;
	if (t->trk->table.min_cts_offset < 0)
		lowest = dts + t->trk->table.min_cts_offset;
	return lowest >= t->span.end ? GF_TRUE : GF_FALSE;
}

static Bool is_skipped(const DmxTrack *t, const IsomSample *s)
{
	if (t->only_sync && !s->sync)
		return GF_TRUE;
	if (t->dmx->stsd && s->desc != t->dmx->stsd)
		return GF_TRUE;
	return s->cts >= t->span.end || is_leading(t, s) ? GF_TRUE : GF_FALSE;
}

Bool dmx_next_sample(DmxTrack *t)
{
	const IsomTable *tab = &t->trk->table;
	while (!t->has_next && !t->done) {
		IsomSample *s = &t->next;
		u32 sample = t->cursor.sample, max = t->max_group;
		Bool in_gop = !t->reverse || sample < t->gop_end;
		if (t->reverse && in_gop && max > t->gop_end - sample)
			max = t->gop_end - sample;
		if (!in_gop || !isom_cursor_read(tab, &t->cursor, max, s)) {
			if (!t->reverse && !t->dmx->parsed)
				return GF_FALSE; // more samples may come with other fragments
			t->done = !next_part(t);
		} else if ((t->end_number && s->number >= t->end_number) ||
				   (!t->reverse && (s64)s->dts + t->span.shift >= t->end_time)) {
			t->done = t->out_of_range = GF_TRUE;
		} else if (t->edits && !t->reverse && is_past(t, s)) {
			t->done = !next_part(t);
		} else if (!is_skipped(t, s)) {
			t->has_next = GF_TRUE;
			t->hidden = t->reverse && (sample == t->gop_next || s->cts > t->latest);
		}
	}
	return t->has_next;
}
