// SPDX-License-Identifier: MIT
// What a movie has besides its samples: chapters, cover art, sample groups, events of fragments.
#include <stdio.h>
#include <string.h>

#include "base/array.h"
#include "filters/mp4dmx.h"
#include "formats/isom_tags.h"

// ---- Chapters

typedef struct {
	u32 *times; // ms
	char **names;
	u32 nb, alloc_times, alloc_names;
} Chapters;

static GF_Err add_chapter(Chapters *c, u64 ms, const char *name, u32 size)
{
	if (array_reserve(&c->times, &c->alloc_times, c->nb, 1, sizeof(*c->times)) ||
		array_reserve(&c->names, &c->alloc_names, c->nb, 1, sizeof(*c->names)))
		return GF_OUT_OF_MEM;
	char *copy = gf_malloc((size_t)size + 1);
	if (!copy)
		return GF_OUT_OF_MEM;
	memcpy(copy, name, size);
	copy[size] = 0;
	c->times[c->nb] = ms > 0xFFFFFFFFu ? 0xFFFFFFFFu : (u32)ms;
	c->names[c->nb++] = copy;
	return GF_OK;
}

static void free_chapters(Chapters *c)
{
	for (u32 i = 0; i < c->nb; i++)
		gf_free(c->names[i]);
	gf_free(c->names);
	gf_free(c->times);
}

// Samples of a QuickTime chapter track: a text preceded by its size.
static GF_Err read_chapter_track(Mp4Dmx *dmx, const IsomTrack *trk, Chapters *c)
{
	IsomCursor cursor;
	IsomSample s;
	GF_Err e = GF_OK;
	if (trk->has_external_data)
		return GF_OK;
	isom_cursor_set(&trk->table, &cursor, 0);
	while (!e && isom_cursor_read(&trk->table, &cursor, 1, &s)) {
		u8 text[512];
		u32 got = 0;
		u32 want = s.size < sizeof(text) ? s.size : (u32)sizeof(text);
		if (dmx->file.in.read(dmx->file.in.udta, s.offset, text, want, &got) || got < 2)
			continue; // not there
		u32 size = (u32)text[0] << 8 | text[1];
		if (size > got - 2)
			size = got - 2;
		u64 ms = gf_timestamp_rescale(s.cts > 0 ? (u64)s.cts : 0, trk->timescale, 1000);
		e = add_chapter(c, ms, (const char *)text + 2, size);
	}
	return e;
}

// `chpl` box of Nero: times in units of 100 ns.
static GF_Err read_chpl(IsomBox *chpl, Chapters *c)
{
	u8 version;
	isom_full(chpl, &version);
	br_skip(&chpl->r, version ? 4 : 0);
	u32 nb = br_u8(&chpl->r);
	GF_Err e = GF_OK;
	for (u32 i = 0; !e && i < nb; i++) {
		u64 time = br_u64(&chpl->r);
		u8 size = br_u8(&chpl->r);
		const u8 *name = br_bytes(&chpl->r, size);
		if (!name)
			break;
		e = add_chapter(c, time / 10000, (const char *)name, size);
	}
	return e;
}

static GF_Err find_chapters(DmxTrack *t, Chapters *c)
{
	const IsomMovie *m = &t->dmx->file.movie;
	for (u32 i = 0; i < m->nb_tracks; i++) {
		const IsomTrack *trk = isom_movie_track(m, isom_track_ref(m->tracks[i], GF_4CC('c', 'h', 'a', 'p')));
		if (trk)
			return read_chapter_track(t->dmx, trk, c);
	}
	for (u32 i = 0; i < m->udta.nb; i++) {
		IsomBox udta, chpl;
		if (isom_box_load(m->udta.items[i].data, m->udta.items[i].size, 0, &udta))
			continue;
		udta.quiet = GF_TRUE;
		if (udta.type == GF_4CC('u', 'd', 't', 'a') && isom_find(&udta, GF_4CC('c', 'h', 'p', 'l'), &chpl))
			return read_chpl(&chpl, c);
	}
	return GF_OK;
}

GF_Err dmx_set_chapters(DmxTrack *t)
{
	Chapters c = {0};
	GF_Err e = find_chapters(t, &c);
	GF_PropertyValue times = {.type = GF_PROP_UINT_LIST, .value.uint_list = {c.times, c.nb}};
	GF_PropertyValue names = {.type = GF_PROP_STRING_LIST_COPY, .value.string_list = {c.names, c.nb}};
	if (!e && c.nb)
		e = gf_filter_pid_set_property(t->pid, GF_PROP_PID_CHAP_TIMES, &times);
	if (!e && c.nb)
		e = gf_filter_pid_set_property(t->pid, GF_PROP_PID_CHAP_NAMES, &names);
	free_chapters(&c);
	return e;
}

// ---- Cover art

static Bool find_cover(const Mp4Dmx *dmx, IsomTag *tag)
{
	IsomTagReader r;
	isom_tags_open(&r, &dmx->file.movie.udta, GF_TRUE);
	while (isom_tags_next(&r, tag)) {
		if (tag->kind == ISOM_TAG_IMAGE && tag->size > 4)
			return GF_TRUE;
	}
	return GF_FALSE;
}

GF_Err dmx_declare_cover(Mp4Dmx *dmx)
{
	IsomTag tag;
	for (u32 i = 0; i < dmx->nb_tracks; i++) {
		if (dmx->tracks[i].entries[0].stream_type == GF_STREAM_VISUAL)
			return GF_OK;
	}
	if (!find_cover(dmx, &tag))
		return GF_OK;
	GF_FilterPid *pid = gf_filter_pid_new(dmx->filter);
	if (!pid)
		return GF_OUT_OF_MEM;
	dmx->cover_pid = pid;
	Bool is_png = tag.data[0] == 0x89 && tag.data[1] == 'P';
	gf_filter_pid_set_name(pid, "video");
	gf_filter_pid_set_property(pid, GF_PROP_PID_STREAM_TYPE, PROP_UINT(GF_STREAM_VISUAL));
	gf_filter_pid_set_property(
		pid, GF_PROP_PID_CODECID, PROP_UINT(is_png ? GF_CODECID_PNG : GF_CODECID_JPEG));
	gf_filter_pid_set_property(pid, GF_PROP_PID_TIMESCALE, PROP_UINT(1000));
	gf_filter_pid_set_property(pid, GF_PROP_PID_NB_FRAMES, PROP_UINT(1));
	gf_filter_pid_set_property(pid, GF_PROP_PID_COVER_ART, PROP_BOOL(GF_TRUE));
	u8 *data;
	GF_FilterPacket *pck = gf_filter_pck_new_alloc(pid, tag.size, &data);
	if (!pck)
		return GF_OUT_OF_MEM;
	memcpy(data, tag.data, tag.size);
	gf_filter_pck_set_cts(pck, 0);
	gf_filter_pck_set_duration(pck, 1000);
	gf_filter_pck_set_sap(pck, GF_FILTER_SAP_1);
	gf_filter_pck_send(pck);
	gf_filter_pid_set_eos(pid);
	return GF_OK;
}

// ---- Sample groups

// Groups that are given in another form: random access, encryption.
static Bool is_interpreted(u32 type)
{
	switch (type) {
	case GF_4CC('r', 'o', 'l', 'l'):
	case GF_4CC('p', 'r', 'o', 'l'):
	case GF_4CC('r', 'a', 'p', ' '):
	case GF_4CC('s', 'y', 'n', 'c'):
	case GF_4CC('a', 'v', '1', 's'):
	case GF_4CC('s', 'e', 'i', 'g'):
		return GF_TRUE;
	default:
		return GF_FALSE;
	}
}

// Property PREFIX_4CC, or PREFIX_4CC_PARAM with a parameter other than 0.
static GF_Err set_kind(GF_FilterPacket *pck, const char *prefix, u32 type, u32 param, const GF_PropertyValue *value)
{
	char name[32], suffix[16] = "";
	if (param)
		snprintf(suffix, sizeof(suffix), "_%u", param);
	snprintf(name, sizeof(name), "%s_%s%s", prefix, gf_4cc_to_str(type), suffix);
	return gf_filter_pck_set_property_dyn(pck, name, value);
}

GF_Err dmx_set_groups(DmxTrack *t, GF_FilterPacket *pck)
{
	const IsomTable *tab = &t->trk->table;
	GF_Err e = GF_OK;
	for (u32 i = 0; !e && i < tab->nb_groups; i++) {
		u32 size;
		const u8 *desc = is_interpreted(tab->groups[i].type)
							 ? NULL
							 : isom_group_of(tab, &tab->groups[i], t->next.number, &size);
		if (!desc || !size)
			continue;
		e = set_kind(pck, "grp", tab->groups[i].type, tab->groups[i].param, PROP_DATA(desc, size));
	}
	return e;
}

GF_Err dmx_set_aux(DmxTrack *t, GF_FilterPacket *pck)
{
	IsomAuxList *list = &t->trk->aux;
	GF_Err e = GF_OK;
	for (u32 i = 0; !e && i < list->nb; i++) {
		const u8 *data;
		u32 size;
		Bool has_subsamples;
		if (isom_sai_get(&list->kinds[i].sai, t->next.number, 0, &data, &size, &has_subsamples) == GF_OK)
			e = set_kind(pck, "sai", list->kinds[i].type, list->kinds[i].param, PROP_DATA(data, size));
	}
	return e;
}

// ---- Events of fragments

static GF_Err set_time_reference(const IsomBlob *prft, GF_FilterPacket *pck)
{
	BitReader r;
	br_init(&r, prft->data, prft->size);
	br_skip(&r, 8); // version, flags, track
	u64 ntp = br_u64(&r);
	// The first one is that of the encoder.
	if (r.overrun || gf_filter_pck_get_property(pck, GF_PROP_PCK_SENDER_NTP))
		return GF_OK;
	return gf_filter_pck_set_property(pck, GF_PROP_PCK_SENDER_NTP, PROP_LONGUINT(ntp));
}

static GF_Err set_event_message(const IsomBlob *emsg, u32 rank, GF_FilterPacket *pck)
{
	char name[16] = "emsg";
	if (rank)
		snprintf(name, sizeof(name), "emsg%u", rank);
	return emsg->size ? gf_filter_pck_set_property_dyn(pck, name, PROP_DATA(emsg->data, emsg->size)) : GF_OK;
}

static GF_Err set_new_keys(const IsomBlobs *boxes, GF_FilterPacket *pck)
{
	ByteWriter w;
	bw_init(&w);
	dmx_pack_pssh(boxes, &w);
	GF_Err e = w.failed ? GF_OUT_OF_MEM : GF_OK;
	if (!e && w.size)
		e = gf_filter_pck_set_property(pck, GF_PROP_PCK_CENC_PSSH, PROP_DATA(w.data, (u32)w.size));
	bw_reset(&w);
	return e;
}

GF_Err dmx_set_events(DmxTrack *t, GF_FilterPacket *pck)
{
	const IsomTrack *trk = t->trk;
	GF_Err e = GF_OK;
	IsomBlobs keys = {0};
	u32 nb_messages = 0;
	while (t->event < trk->nb_events && trk->events[t->event].number < t->next.number)
		t->event++;
	u32 first = t->event;
	for (; !e && t->event < trk->nb_events && trk->events[t->event].number == t->next.number; t->event++) {
		const IsomBlob *blob = &trk->events[t->event].blob;
		if (blob->type == GF_4CC('p', 'r', 'f', 't'))
			e = set_time_reference(blob, pck);
		else if (blob->type == GF_4CC('e', 'm', 's', 'g'))
			e = set_event_message(blob, nb_messages++, pck);
		else
			keys.nb++;
	}
	if (e || !keys.nb || !t->is_protected)
		return e;
	keys.items = gf_calloc(keys.nb, sizeof(IsomBlob));
	if (!keys.items)
		return GF_OUT_OF_MEM;
	for (u32 i = first, nb = 0; i < t->event; i++) {
		if (trk->events[i].blob.type == GF_4CC('p', 's', 's', 'h'))
			keys.items[nb++] = trk->events[i].blob;
	}
	e = set_new_keys(&keys, pck);
	gf_free(keys.items);
	return e;
}
