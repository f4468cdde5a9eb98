// SPDX-License-Identifier: MIT
// Which tracks of the movie become PIDs.
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/array.h"
#include "filters/mp4dmx.h"

// What option `tkid` or the fragment of the URL selects: a track or item ID, or the first track of a handler.
typedef struct {
	Bool active;
	u32 id;
	u32 handler;
	Bool is_item; // `id` is that of an image item
} Selection;

static u32 handler_of(const char *name)
{
	static const struct {
		const char *name;
		u32 handler;
	} names[] = {
		{"audio", GF_4CC('s', 'o', 'u', 'n')},
		{"video", GF_4CC('v', 'i', 'd', 'e')},
		{"auxv", GF_4CC('a', 'u', 'x', 'v')},
		{"pict", GF_4CC('p', 'i', 'c', 't')},
		{"text", GF_4CC('t', 'e', 'x', 't')},
	};
	for (u32 i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		if (!strcmp(names[i].name, name))
			return names[i].handler;
	}
	return 0;
}

static GF_Err parse_selection(const Mp4Dmx *dmx, Selection *sel)
{
	memset(sel, 0, sizeof(*sel));
	const char *mark = dmx->url ? strchr(dmx->url, '#') : NULL;
	const char *text = dmx->tkid ? dmx->tkid : mark ? mark + 1 : NULL;
	if (!text || !*text)
		return GF_OK;
	sel->active = GF_TRUE;
	sel->handler = handler_of(text);
	if (sel->handler)
		return GF_OK;
	static const char *const keys[] = {"itemID=", "trackID=", "ID="};
	sel->is_item = !strncmp(text, keys[0], strlen(keys[0]));
	const char *number = text;
	for (u32 i = 0; i < sizeof(keys) / sizeof(keys[0]); i++) {
		if (!strncmp(text, keys[i], strlen(keys[i])))
			number = text + strlen(keys[i]);
	}
	if (gf_strict_atoui(number, &sel->id) && sel->id)
		return GF_OK;
	if (dmx->tkid && strlen(text) == 4) {
		sel->handler = gf_4cc_parse(text);
		return GF_OK;
	}
	// Fragments have other uses (media fragments, assigned properties...).
	sel->active = GF_FALSE;
	if (!dmx->tkid)
		return GF_OK;
	GF_LOG(GF_LOG_ERROR, GF_LOG_CONTAINER,
		("[mp4dmx] option tkid: '%s' is not a track ID, 'audio', 'video' or "
		 "a handler of four characters\n",
			text));
	return GF_BAD_PARAM;
}

static Bool is_selected(const Selection *sel, const IsomTrack *trk)
{
	if (!sel->active)
		return GF_TRUE;
	if (sel->id)
		return trk->id == sel->id && sel->is_item == (trk->nb_items != 0);
	if (sel->handler != GF_4CC('t', 'e', 'x', 't'))
		return trk->handler == sel->handler;
	return isom_handler_stream_type(trk->handler) == GF_STREAM_TEXT;
}

static Bool is_chapter_track(const IsomMovie *m, const IsomTrack *trk)
{
	for (u32 i = 0; i < m->nb_tracks; i++) {
		if (isom_track_ref(m->tracks[i], GF_4CC('c', 'h', 'a', 'p')) == trk->id)
			return GF_TRUE;
	}
	return GF_FALSE;
}

// Reason why a track is not exported, NULL when it is. `*quiet`: it is not worth a warning.
static const char *why_skipped(const Mp4Dmx *dmx, const IsomTrack *trk, Bool selected, Bool *quiet)
{
	const IsomMovie *m = &dmx->file.movie;
	u32 type = isom_handler_stream_type(trk->handler);
	*quiet = GF_TRUE;
	if (is_chapter_track(m, trk))
		return "it holds chapters";
	if (trk->handler == GF_4CC('h', 'i', 'n', 't') && !(dmx->allt && dmx->alltk))
		return "it holds hints for streaming";
	if (!(trk->flags & 1) && !dmx->alltk && !selected && m->nb_tracks > 1) {
		*quiet = type == GF_STREAM_TEXT;
		return "it is disabled; option alltk includes it";
	}
	*quiet = GF_FALSE;
	if (!type && !dmx->allt)
		return "its handler is not known; option allt includes it";
	return NULL;
}

// ---- PIDs

static void name_pid(const DmxTrack *t)
{
	if (t->dmx->file.movie.nb_tracks < 2)
		return;
	char name[32];
	snprintf(name, sizeof(name), "%c%u", gf_stream_type_name(t->entries[0].stream_type)[0], t->trk->id);
	gf_filter_pid_set_name(t->pid, name);
}

static s64 cts_shift_of(const DmxTrack *t)
{
	const IsomTable *tab = &t->trk->table;
	s32 ctso = t->dmx->ctso;
	if (tab->min_cts_offset >= 0)
		return 0;
	if (ctso == -1 && t->trk->has_cslg)
		return t->trk->cts_shift;
	return ctso == -1 || ctso == -2 ? -(s64)tab->min_cts_offset : ctso;
}

static GF_Err open_entries(DmxTrack *t)
{
	const IsomTrack *trk = t->trk;
	GF_Err e = isom_stsd_parse(
		trk->stsd.data, trk->stsd.size, trk->stsd_offset, trk->handler, &t->entries, &t->nb_entries);
	if (e)
		return e;
	for (u32 i = 0; i < t->nb_entries; i++) {
		IsomEntry *entry = &t->entries[i];
		if (t->dmx->nocrypt)
			entry->protection.scheme = 0;
		if (entry->protection.scheme)
			t->is_protected = GF_TRUE;
		if (!entry->stream_type && t->dmx->allt)
			entry->stream_type = GF_STREAM_METADATA;
	}
	if (t->entries[0].stream_type)
		return dmx_open_media(t);
	GF_LOG(GF_LOG_ERROR, GF_LOG_CONTAINER,
		("[mp4dmx] track %u: no stream type for handler '%s' and sample entry "
		 "'%s', it is skipped\n",
			trk->id, gf_4cc_to_str(trk->handler), gf_4cc_to_str(t->entries[0].type)));
	return GF_NOT_SUPPORTED;
}

// Sets what depends on the movie, before the properties.
static GF_Err prepare_track(DmxTrack *t)
{
	// The first description that samples use, which may not be the first one of the list.
	IsomSample first;
	isom_cursor_set(&t->trk->table, &t->cursor, 0);
	t->desc = isom_cursor_read(&t->trk->table, &t->cursor, 1, &first) ? first.desc : t->trk->defaults.desc;
	if (!t->desc || t->desc > t->nb_entries)
		t->desc = 1;
	isom_cursor_set(&t->trk->table, &t->cursor, 0);
	const IsomEntry *entry = &t->entries[t->desc - 1];
	t->max_group =
		entry->codec_id == GF_CODECID_RAW && entry->stream_type == GF_STREAM_AUDIO ? t->dmx->frame_size : 1;
	t->cts_shift = cts_shift_of(t);
	GF_Err e = isom_nal_open(&t->nal, entry);
	return e ? e : dmx_prepare_edits(t);
}

static GF_Err declare_pid(DmxTrack *t)
{
	GF_Err e = prepare_track(t);
	if (e)
		return e;
	t->pid = gf_filter_pid_new(t->dmx->filter);
	if (!t->pid)
		return GF_OUT_OF_MEM;
	name_pid(t);
	e = dmx_set_track_props(t);
	return e ? e : dmx_set_entry_props(t);
}

static void close_track(DmxTrack *t)
{
	isom_entries_free(t->entries, t->nb_entries);
	isom_nal_close(&t->nal);
	gf_free(t->media);
	gf_free(t->edits);
	memset(t, 0, sizeof(*t));
}

static Bool has_pid(const Mp4Dmx *dmx, const IsomTrack *trk)
{
	for (u32 i = 0; i < dmx->nb_tracks; i++) {
		if (dmx->tracks[i].trk == trk)
			return GF_TRUE;
	}
	return GF_FALSE;
}

// Adds the tracks to export to the list; entries are read for all of them first, since the clock of a PID
// depends on the others.
static GF_Err select_tracks(Mp4Dmx *dmx, const Selection *sel)
{
	const IsomMovie *m = &dmx->file.movie;
	if (array_reserve(&dmx->tracks, &dmx->alloc_tracks, dmx->nb_tracks, m->nb_tracks, sizeof(*dmx->tracks)))
		return GF_OUT_OF_MEM;
	GF_Err e = GF_OK;
	for (u32 i = 0; !e && i < m->nb_tracks; i++) {
		IsomTrack *trk = m->tracks[i];
		if (!is_selected(sel, trk) || has_pid(dmx, trk))
			continue;
		if (sel->active && !sel->id && dmx->nb_tracks)
			break; // the first one of that kind is enough
		Bool quiet;
		const char *reason = why_skipped(dmx, trk, sel->active, &quiet);
		if (reason) {
			GF_LOG(quiet ? GF_LOG_DEBUG : GF_LOG_WARNING, GF_LOG_CONTAINER,
				("[mp4dmx] track %u (%s) is skipped: %s\n", trk->id, gf_4cc_to_str(trk->handler), reason));
			continue;
		}
		DmxTrack *t = &dmx->tracks[dmx->nb_tracks];
		*t = (DmxTrack){.dmx = dmx, .trk = trk, .block = -1, .max_group = 1};
		e = open_entries(t);
		if (!e)
			dmx->nb_tracks++;
		else
			close_track(t);
		if (e != GF_OUT_OF_MEM)
			e = GF_OK;
	}
	return e;
}

// Makes the PIDs of the tracks added to the list from `first` on.
static GF_Err declare_pids(Mp4Dmx *dmx, u32 first)
{
	GF_Err e = GF_OK;
	for (u32 i = first; !e && i < dmx->nb_tracks; i++)
		e = declare_pid(&dmx->tracks[i]);
	return e;
}

static Bool needs_other_files(const IsomMovie *m)
{
	for (u32 i = 0; i < m->nb_tracks; i++) {
		if (m->tracks[i]->has_external_data)
			return GF_TRUE;
	}
	return GF_FALSE;
}

GF_Err dmx_declare_tracks(Mp4Dmx *dmx)
{
	const IsomMovie *m = &dmx->file.movie;
	Selection sel;
	GF_Err e = parse_selection(dmx, &sel);
	if (e)
		return e;
	if ((dmx->sigfrag || dmx->sigfo) && (m->has_moov || m->has_items) && !m->fragmented) {
		GF_LOG(GF_LOG_ERROR, GF_LOG_CONTAINER, ("[mp4dmx] option sigfrag: the file has no fragments\n"));
		return GF_BAD_PARAM;
	}
	dmx->declared = GF_TRUE;
	e = select_tracks(dmx, &sel);
	if (!e && !dmx->nb_tracks) {
		GF_LOG(GF_LOG_ERROR, GF_LOG_CONTAINER,
			("[mp4dmx] %s\n", !m->has_moov ? "no 'moov' box: there is no movie"
							  : sel.active ? "no track is the one asked for"
										   : "the movie has no track that can be read"));
		// another demultiplexer would take what is at these places of the movie for the media
		return sel.active ? GF_BAD_PARAM : needs_other_files(m) ? GF_FILTER_NOT_SUPPORTED : GF_NOT_SUPPORTED;
	}
	if (!e)
		e = declare_pids(dmx, 0);
	if (!e && dmx->expart)
		e = dmx_declare_cover(dmx);
	return e;
}

void dmx_remove_tracks(Mp4Dmx *dmx, Bool remove_pids)
{
	for (u32 i = 0; i < dmx->nb_tracks; i++) {
		if (remove_pids && dmx->tracks[i].pid)
			gf_filter_pid_remove(dmx->tracks[i].pid);
		close_track(&dmx->tracks[i]);
	}
	gf_free(dmx->tracks);
	dmx->tracks = NULL;
	dmx->nb_tracks = dmx->alloc_tracks = dmx->nb_playing = 0;
	if (dmx->cover_pid && remove_pids)
		gf_filter_pid_remove(dmx->cover_pid);
	dmx->cover_pid = NULL;
	dmx->declared = GF_FALSE;
}

// ---- Another movie

static IsomTrack *matching_track(const IsomMovie *m, const IsomTrack *old)
{
	IsomTrack *same_kind = NULL;
	for (u32 i = 0; i < m->nb_tracks; i++) {
		IsomTrack *trk = m->tracks[i];
		if (trk->handler != old->handler || !trk->nb_items != !old->nb_items)
			continue;
		if (trk->id == old->id)
			return trk;
		if (!same_kind)
			same_kind = trk;
	}
	return same_kind;
}

static GF_Err rebind(DmxTrack *t, IsomTrack *trk)
{
	IsomEntry *entries = t->entries;
	u32 nb_entries = t->nb_entries;
	t->trk = trk;
	t->is_protected = GF_FALSE;
	t->entries = NULL;
	t->nb_entries = 0;
	GF_Err e = open_entries(t);
	isom_entries_free(entries, nb_entries);
	if (e)
		return e;
	gf_free(t->edits);
	t->edits = NULL;
	t->nb_edits = t->edit = 0;
	e = prepare_track(t);
	if (!e)
		e = dmx_set_track_props(t);
	return e ? e : dmx_set_entry_props(t);
}

static void forget_track(Mp4Dmx *dmx, u32 idx)
{
	DmxTrack *t = &dmx->tracks[idx];
	gf_filter_pid_remove(t->pid);
	dmx->nb_playing -= t->playing;
	close_track(t);
	dmx->nb_tracks--;
	memmove(t, t + 1, (dmx->nb_tracks - idx) * sizeof(*t));
}

static void forget_media(Mp4Dmx *dmx)
{
	for (u32 i = 0; i < dmx->nb_tracks; i++) {
		gf_free(dmx->tracks[i].media);
		dmx->tracks[i].media = NULL;
	}
	dmx_close_media(dmx);
}

GF_Err dmx_replace_movie(Mp4Dmx *dmx)
{
	if (!isom_file_has_movie(&dmx->file))
		return GF_OK;
	IsomFile old = dmx->file;
	isom_file_init(&dmx->file, &old.in);
	dmx->file.pos = old.pos;
	dmx->file.movie.keep_fragments = old.movie.keep_fragments;
	dmx->file.movie.join_items = old.movie.join_items;
	GF_Err e = isom_file_parse(&dmx->file);
	dmx->parsed = e == GF_EOS;
	if (e == GF_EOS)
		forget_media(dmx);
	for (u32 i = 0; e == GF_EOS && i < dmx->nb_tracks;) {
		IsomTrack *trk = matching_track(&dmx->file.movie, dmx->tracks[i].trk);
		if (trk && !rebind(&dmx->tracks[i], trk))
			i++;
		else
			forget_track(dmx, i);
	}
	if (e != GF_EOS) {
		isom_file_reset(&dmx->file);
		dmx->file = old;
		return e;
	}
	isom_file_reset(&old);
	Selection sel;
	u32 nb = dmx->nb_tracks;
	e = parse_selection(dmx, &sel);
	if (!e)
		e = select_tracks(dmx, &sel);
	return e ? e : declare_pids(dmx, nb);
}
