// SPDX-License-Identifier: MIT
// User data of the movie: what the source file had, file tags, chapters.
#include <string.h>
#include "filters/mp4mx.h"
#include "formats/isom_box.h"
#include "formats/isom_tags.h"

#define ENCODER_TAG GF_4CC(0xA9, 't', 'o', 'o')

static void write_data(ByteWriter *w, u32 indicator, const void *value, size_t size)
{
	size_t data = isow_box(w, "data");
	bw_u32(w, indicator); // well-known type
	bw_u32(w, 0);         // locale
	bw_bytes(w, value, size);
	isow_end(w, data);
}

static void write_integer(ByteWriter *w, u32 value, u32 bytes)
{
	u8 be[4] = {(u8)(value >> 24), (u8)(value >> 16), (u8)(value >> 8), (u8)value};
	write_data(w, 21, be + 4 - bytes, bytes);
}

static const GF_PropertyValue *find_tag(const Mp4Mux *mux, const char *name)
{
	for (u32 i = 0; i < mux->nb_tracks; i++) {
		const GF_PropertyValue *p =
			mux->tracks[i]->pid ? gf_filter_pid_get_property_str(mux->tracks[i]->pid, name) : NULL;
		if (p)
			return p;
	}
	return NULL;
}

static Bool is_text(const GF_PropertyValue *p)
{
	return p->type == GF_PROP_STRING || p->type == GF_PROP_NAME || p->type == GF_PROP_STRING_NO_COPY;
}

static Bool is_bytes(const GF_PropertyValue *p)
{
	return p->type == GF_PROP_DATA || p->type == GF_PROP_DATA_NO_COPY || p->type == GF_PROP_CONST_DATA;
}

static void write_pair(ByteWriter *w, const GF_PropertyValue *p, u32 bytes)
{
	u8 v[8] = {0, 0, (u8)(p->value.frac.num >> 8), (u8)p->value.frac.num, (u8)(p->value.frac.den >> 8),
		(u8)p->value.frac.den};
	write_data(w, 0, v, bytes);
}

static Bool is_integer(const GF_PropertyValue *p)
{
	return p->type == GF_PROP_UINT || p->type == GF_PROP_SINT || p->type == GF_PROP_BOOL;
}

// Whether the property can be stored in the box: some names have a box for texts and one for numbers.
static Bool fits(const IsomTagDef *tag, const GF_PropertyValue *p)
{
	if (tag->type == ENCODER_TAG)
		return GF_FALSE; // the tool that writes this file
	if (tag->type == GF_4CC('g', 'n', 'r', 'e'))
		return is_integer(p);
	if (!strcmp(tag->name, "genre"))
		return is_text(p) || is_bytes(p);
	return GF_TRUE;
}

static void write_tag(ByteWriter *w, const IsomTagDef *tag, const GF_PropertyValue *p)
{
	const char type[5] = {(char)(tag->type >> 24), (char)(tag->type >> 16), (char)(tag->type >> 8), (char)tag->type};
	size_t box = isow_box(w, type);
	if (is_text(p)) {
		write_data(w, 1, p->value.string, strlen(p->value.string));
	} else if (is_bytes(p)) {
		Bool png = p->value.data.size > 4 && !memcmp(p->value.data.ptr, "\x89PNG", 4);
		write_data(w, tag->kind != ISOM_TAG_IMAGE ? 0 : png ? 14 : 13, p->value.data.ptr, p->value.data.size);
	} else if (p->type == GF_PROP_FRACTION && (tag->kind == ISOM_TAG_FRAC8 || tag->kind == ISOM_TAG_FRAC6)) {
		write_pair(w, p, tag->kind == ISOM_TAG_FRAC8 ? 8 : 6);
	} else if (tag->type == GF_4CC('g', 'n', 'r', 'e')) {
		u8 id[2] = {(u8)(p->value.uint >> 8), (u8)p->value.uint};
		write_data(w, 0, id, 2);
	} else {
		u32 value = p->type == GF_PROP_BOOL ? p->value.boolean != 0 : p->value.uint;
		write_integer(w, value, tag->kind == ISOM_TAG_UINT32 ? 4 : tag->kind == ISOM_TAG_UINT16 ? 2 : 1);
	}
	isow_end(w, box);
}

// Tags outside the list, as properties named cust_NAME@MEAN.
static void write_free_tags(const Mp4Mux *mux, ByteWriter *w)
{
	const MuxTrack *trk = mux->tracks[0];
	u32 idx = 0, code;
	const char *name;
	const GF_PropertyValue *p;
	while (trk->pid && (p = gf_filter_pid_enum_properties(trk->pid, &idx, &code, &name)) != NULL) {
		const char *mean = name && !strncmp(name, "cust_", 5) ? strchr(name, '@') : NULL;
		if (!mean || !is_text(p))
			continue;
		size_t box = isow_box(w, "----");
		size_t part = isow_full_box(w, "mean", 0, 0);
		bw_bytes(w, mean + 1, strlen(mean + 1));
		isow_end(w, part);
		part = isow_full_box(w, "name", 0, 0);
		bw_bytes(w, name + 5, (size_t)(mean - name - 5));
		isow_end(w, part);
		write_data(w, 1, p->value.string, strlen(p->value.string));
		isow_end(w, box);
	}
}

static void write_tags(const Mp4Mux *mux, ByteWriter *w)
{
	size_t start = w->size;
	size_t meta = isow_full_box(w, "meta", 0, 0);
	size_t hdlr = isow_full_box(w, "hdlr", 0, 0);
	bw_u32(w, 0);
	bw_bytes(w, "mdirappl", 8);
	bw_zeros(w, 9); // reserved, empty name
	isow_end(w, hdlr);
	size_t ilst = isow_box(w, "ilst"), empty = w->size;
	const IsomTagDef *tag;
	for (u32 i = 0; mux->itags != TAGS_NONE && (tag = isom_tag_def(i)) != NULL; i++) {
		const GF_PropertyValue *p = find_tag(mux, tag->name);
		if (p && fits(tag, p))
			write_tag(w, tag, p);
	}
	if (mux->itags == TAGS_ALL)
		write_free_tags(mux, w);
	if (!gf_sys_is_test_mode()) {
		static const char tool[] = "libgpac " GPAC_VERSION;
		size_t too = isow_box(w, "\251too");
		write_data(w, 1, tool, sizeof(tool) - 1);
		isow_end(w, too);
	}
	Bool any = w->size > empty;
	isow_end(w, ilst);
	isow_end(w, meta);
	if (!any)
		w->size = start;
}

// ---- Chapters

static const MuxTrack *chapter_source(
	const Mp4Mux *mux, const GF_PropertyValue **times, const GF_PropertyValue **names)
{
	for (u32 i = 0; i < mux->nb_tracks; i++) {
		const MuxTrack *trk = mux->tracks[i];
		*times = trk->pid ? gf_filter_pid_get_property(trk->pid, GF_PROP_PID_CHAP_TIMES) : NULL;
		*names = trk->pid ? gf_filter_pid_get_property(trk->pid, GF_PROP_PID_CHAP_NAMES) : NULL;
		if (*times && *names && (*times)->value.uint_list.nb_items)
			return trk;
	}
	return NULL;
}

// List of chapters as Nero stores it: times in units of 100 ns, titles of at most 255 bytes.
static void write_chapter_list(const Mp4Mux *mux, ByteWriter *w)
{
	const GF_PropertyValue *times, *names;
	if (!chapter_source(mux, &times, &names))
		return;
	u32 nb = times->value.uint_list.nb_items;
	if (nb > names->value.string_list.nb_items)
		nb = names->value.string_list.nb_items;
	if (nb > 255)
		nb = 255;
	size_t box = isow_full_box(w, "chpl", 1, 0);
	bw_u32(w, 0);
	bw_u8(w, nb);
	for (u32 i = 0; i < nb; i++) {
		const char *title = names->value.string_list.vals[i];
		size_t len = strlen(title) < 255 ? strlen(title) : 255;
		bw_u64(w, (u64)times->value.uint_list.vals[i] * 10000);
		bw_u8(w, (u32)len);
		bw_bytes(w, title, len);
	}
	isow_end(w, box);
}

static GF_Err chapter_entry(MuxTrack *trk)
{
	static const u8 config[30] = {[12] = 0, [29] = 0xFF};
	IsowEntry e = {
		.codec = GF_CODECID_TX3G, .stream_type = GF_STREAM_TEXT, .config = config, .config_size = 30};
	ByteWriter w;
	bw_init(&w);
	GF_Err err = isow_write_entry(&w, &e);
	if (err)
		bw_reset(&w);
	return err ? err : isow_track_add_entry(&trk->isom, &w, GF_FALSE);
}

static GF_Err add_chapter(MuxTrack *trk, u32 start, u32 duration, const char *title)
{
	size_t len = strlen(title) < 0xFFFF ? strlen(title) : 0xFFFF;
	MuxSample m = {.nb = 1, .entry = 1, .extra_size = (u32)len + 2};
	m.extra = gf_malloc(len + 2);
	if (!m.extra)
		return GF_OUT_OF_MEM;
	m.extra[0] = (u8)(len >> 8);
	m.extra[1] = (u8)len;
	memcpy(m.extra + 2, title, len);
	m.s = (IsowSample){.dts = start, .duration = duration, .size = (u32)len + 2, .sync = GF_TRUE};
	if (!trk->clock.nb_samples)
		trk->clock.first_dts = start;
	trk->clock.nb_samples++;
	GF_Err e = mp4mx_flat_add(trk, &m);
	mp4mx_sample_release(&m);
	return e;
}

GF_Err mp4mx_add_chapter_track(Mp4Mux *mux)
{
	const GF_PropertyValue *times, *names;
	if (mux->chapm == CHAP_OFF || mux->chapm == CHAP_UDTA || !chapter_source(mux, &times, &names))
		return GF_OK;
	MuxTrack *trk;
	GF_Err e = mp4mx_track_new(mux, NULL, &trk);
	if (e)
		return e;
	trk->stream_type = GF_STREAM_TEXT;
	trk->codec = GF_CODECID_TX3G;
	trk->done = GF_TRUE;
	trk->isom.timescale = 1000;
	trk->isom.handler = isow_code("text");
	trk->isom.flags = 0; // 8.3.2: not enabled, it is only referred to
	e = chapter_entry(trk);
	u32 nb = times->value.uint_list.nb_items, last = 0;
	if (nb > names->value.string_list.nb_items)
		nb = names->value.string_list.nb_items;
	for (u32 i = 0; i < nb && !e; i++) {
		u32 start = times->value.uint_list.vals[i];
		if (i && start <= last)
			continue; // not in order
		u32 next = i + 1 < nb ? times->value.uint_list.vals[i + 1] : start + 1000;
		e = add_chapter(trk, start, next > start ? next - start : 1, names->value.string_list.vals[i]);
		last = start;
	}
	for (u32 i = 0; i < mux->nb_tracks && !e; i++) {
		if (mux->tracks[i] != trk && mux->tracks[i]->stream_type != GF_STREAM_TEXT)
			isow_track_ref(&mux->tracks[i]->isom, "chap", trk->isom.id);
	}
	return e;
}

// ---- Boxes of the source movie

static Bool is_tag_meta(const IsomBox *meta)
{
	IsomBox copy = *meta, hdlr;
	br_skip(&copy.r, 4); // version and flags
	if (!isom_find(&copy, isow_code("hdlr"), &hdlr))
		return GF_FALSE;
	br_skip(&hdlr.r, 8);
	return br_u32(&hdlr.r) == isow_code("mdir");
}

// Property MovieUserData: boxes of the movie one after the other. Tags and chapters in them are written again
// from their own properties.
static void copy_source_boxes(const Mp4Mux *mux, IsowMovie *mv)
{
	const GF_PropertyValue *p = NULL;
	for (u32 i = 0; i < mux->nb_tracks && !p; i++) {
		if (mux->tracks[i]->pid)
			p = gf_filter_pid_get_property(mux->tracks[i]->pid, GF_PROP_PID_ISOM_UDTA);
	}
	if (!p || mux->mudta == TEMPLATE_NO)
		return;
	IsomBox all = {.size = p->value.data.size}, box, child;
	br_init(&all.r, p->value.data.ptr, p->value.data.size);
	while (isom_next(&all, &box)) {
		if (box.type != isow_code("udta")) {
			if (mux->mudta == TEMPLATE_YES && box.type != isow_code("pssh"))
				bw_bytes(&mv->boxes, isom_whole(&box), box.size);
			continue;
		}
		while (isom_next(&box, &child)) {
			if (child.type == isow_code("chpl") || (child.type == isow_code("meta") && is_tag_meta(&child)))
				continue;
			bw_bytes(&mv->udta, isom_whole(&child), child.size);
		}
	}
}

GF_Err mp4mx_write_udta(const Mp4Mux *mux, IsowMovie *mv)
{
	copy_source_boxes(mux, mv);
	if (mux->chapm == CHAP_UDTA || mux->chapm == CHAP_BOTH)
		write_chapter_list(mux, &mv->udta);
	write_tags(mux, &mv->udta);
	return mv->udta.failed || mv->boxes.failed ? GF_OUT_OF_MEM : GF_OK;
}
