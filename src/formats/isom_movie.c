// SPDX-License-Identifier: MIT
#include <gpac/log.h>
#include "base/array.h"
#include "base/io.h"
#include "formats/isom_movie.h"

GF_Err isom_blob_set(IsomBlob *blob, const IsomBox *box, Bool with_header)
{
	u32 size;
	const u8 *data = isom_rest(box, &size);
	if (with_header) {
		data = isom_whole(box);
		size = (u32)box->size;
	}
	u8 *copy = gf_malloc(size ? size : 1);
	if (!copy)
		return GF_OUT_OF_MEM;
	if (size)
		memcpy(copy, data, size);
	gf_free(blob->data);
	*blob = (IsomBlob){box->type, size, copy};
	return GF_OK;
}

GF_Err isom_blobs_add(IsomBlobs *list, const IsomBox *box, Bool with_header)
{
	if (array_reserve(&list->items, &list->alloc, list->nb, 1, sizeof(*list->items)))
		return GF_OUT_OF_MEM;
	list->items[list->nb] = (IsomBlob){0};
	GF_Err e = isom_blob_set(&list->items[list->nb], box, with_header);
	if (!e)
		list->nb++;
	return e;
}

void isom_blobs_reset(IsomBlobs *list)
{
	for (u32 i = 0; i < list->nb; i++)
		gf_free(list->items[i].data);
	gf_free(list->items);
	memset(list, 0, sizeof(*list));
}

void isom_track_free(IsomTrack *trk)
{
	gf_free(trk->extended_language);
	gf_free(trk->handler_name);
	gf_free(trk->edits);
	for (u32 i = 0; i < trk->nb_refs; i++)
		gf_free(trk->refs[i].ids);
	gf_free(trk->refs);
	for (u32 i = 0; i < trk->nb_data_refs; i++)
		gf_free(trk->data_refs[i].url);
	gf_free(trk->data_refs);
	gf_free(trk->items);
	isom_blobs_reset(&trk->udta);
	isom_blobs_reset(&trk->groups);
	gf_free(trk->stsd.data);
	gf_free(trk->template.data);
	gf_free(trk->trex.data);
	gf_free(trk->fragments);
	isom_track_drop_events(trk, 0xFFFFFFFF);
	gf_free(trk->events);
	isom_subs_reset(&trk->subs);
	isom_table_reset(&trk->table);
	isom_sai_reset(&trk->sai);
	isom_aux_reset(&trk->aux);
	gf_free(trk);
}

void isom_movie_reset(IsomMovie *m)
{
	for (u32 i = 0; i < m->nb_tracks; i++)
		isom_track_free(m->tracks[i]);
	gf_free(m->tracks);
	gf_free(m->brands);
	gf_free(m->fragments);
	isom_blobs_reset(&m->udta);
	isom_blobs_reset(&m->pssh);
	isom_blobs_reset(&m->pending);
	memset(m, 0, sizeof(*m));
}

GF_Err isom_movie_add_track(IsomMovie *m, IsomTrack *trk)
{
	if (array_reserve(&m->tracks, &m->alloc_tracks, m->nb_tracks, 1, sizeof(*m->tracks)))
		return GF_OUT_OF_MEM;
	m->tracks[m->nb_tracks++] = trk;
	trk->number = m->nb_tracks;
	return GF_OK;
}

IsomTrack *isom_movie_track(const IsomMovie *m, u32 id)
{
	for (u32 i = 0; i < m->nb_tracks; i++) {
		if (m->tracks[i]->id == id && !m->tracks[i]->nb_items)
			return m->tracks[i];
	}
	return NULL;
}

u32 isom_track_ref(const IsomTrack *trk, u32 type)
{
	for (u32 i = 0; i < trk->nb_refs; i++) {
		if (trk->refs[i].type == type && trk->refs[i].nb_ids)
			return trk->refs[i].ids[0];
	}
	return 0;
}

GF_Err isom_movie_parse_brands(IsomMovie *m, IsomBox *ftyp)
{
	u32 major = br_u32(&ftyp->r), minor = br_u32(&ftyp->r);
	u32 nb = (u32)(br_left(&ftyp->r) / 4);
	u32 *brands = nb ? gf_malloc(nb * sizeof(u32)) : NULL;
	if (nb && !brands)
		return GF_OUT_OF_MEM;
	for (u32 i = 0; i < nb; i++)
		brands[i] = br_u32(&ftyp->r);
	gf_free(m->brands);
	m->brands = brands;
	m->nb_brands = nb;
	m->major = major;
	m->minor = minor;
	return GF_OK;
}

// ---- Track: headers

static void parse_tkhd(IsomTrack *trk, IsomBox *b)
{
	u8 version;
	trk->flags = isom_full(b, &version);
	br_skip(&b->r, version ? 16 : 8);
	trk->id = br_u32(&b->r);
	br_skip(&b->r, 4 + (version ? 8 : 4) + 8); // reserved, duration, reserved
	trk->layer = (s16)br_u16(&b->r);
	trk->alternate_group = br_u16(&b->r);
	br_skip(&b->r, 4); // volume, reserved
	for (u32 i = 0; i < 9; i++)
		trk->matrix[i] = (s32)br_u32(&b->r);
	trk->width = br_u32(&b->r);
	trk->height = br_u32(&b->r);
}

static void parse_mdhd(IsomTrack *trk, IsomBox *b)
{
	u8 version;
	isom_full(b, &version);
	trk->creation = version ? br_u64(&b->r) : br_u32(&b->r);
	trk->modification = version ? br_u64(&b->r) : br_u32(&b->r);
	trk->timescale = br_u32(&b->r);
	trk->duration = version ? br_u64(&b->r) : br_u32(&b->r);
	u64 unknown = version ? ~(u64)0 : 0xFFFFFFFFu;
	if (trk->duration == unknown)
		trk->duration = 0;
	trk->language = br_u16(&b->r);
}

static GF_Err parse_hdlr(IsomTrack *trk, IsomBox *b)
{
	u8 version;
	isom_full(b, &version);
	u32 component = br_u32(&b->r);
	trk->handler = br_u32(&b->r);
	br_skip(&b->r, 12);
	// QuickTime gives the component type, and the name as a counted string.
	u32 left;
	const u8 *name = isom_rest(b, &left);
	if (component && left && name[0] == left - 1)
		br_skip(&b->r, 1);
	gf_free(trk->handler_name);
	trk->handler_name = isom_string(b);
	return trk->handler_name ? GF_OK : GF_OUT_OF_MEM;
}

static GF_Err parse_elst(IsomTrack *trk, IsomBox *b)
{
	u8 version;
	isom_full(b, &version);
	u32 nb = br_u32(&b->r), size = version ? 20 : 12;
	if (nb > br_left(&b->r) / size) {
		isom_warn(b, "declares %u edits and has room for %u: the others are ignored", nb,
			(u32)(br_left(&b->r) / size));
		nb = (u32)(br_left(&b->r) / size);
	}
	IsomEdit *edits = nb ? gf_malloc(nb * sizeof(*edits)) : NULL;
	if (nb && !edits)
		return GF_OUT_OF_MEM;
	for (u32 i = 0; i < nb; i++) {
		edits[i].duration = version ? br_u64(&b->r) : br_u32(&b->r);
		edits[i].media_time = version ? (s64)br_u64(&b->r) : (s32)br_u32(&b->r);
		edits[i].rate = (s32)br_u32(&b->r);
	}
	gf_free(trk->edits);
	trk->edits = edits;
	trk->nb_edits = nb;
	trk->has_edit_list = GF_TRUE;
	return GF_OK;
}

static GF_Err parse_tref(IsomTrack *trk, IsomBox *tref)
{
	IsomBox b;
	while (isom_next(tref, &b)) {
		u32 nb = (u32)(br_left(&b.r) / 4);
		if (!nb)
			continue;
		if (array_reserve(&trk->refs, &trk->alloc_refs, trk->nb_refs, 1, sizeof(*trk->refs)))
			return GF_OUT_OF_MEM;
		u32 *ids = gf_malloc(nb * sizeof(u32));
		if (!ids)
			return GF_OUT_OF_MEM;
		for (u32 i = 0; i < nb; i++)
			ids[i] = br_u32(&b.r);
		trk->refs[trk->nb_refs++] = (IsomTrackRef){b.type, nb, ids};
	}
	return GF_OK;
}

static GF_Err parse_dref(IsomTrack *trk, IsomBox *b)
{
	u8 version;
	isom_full(b, &version);
	br_u32(&b->r);
	IsomBox box;
	while (isom_next(b, &box)) {
		if (array_reserve(&trk->data_refs, &trk->alloc_data_refs, trk->nb_data_refs, 1, sizeof(*trk->data_refs)))
			return GF_OUT_OF_MEM;
		IsomDataRef *ref = &trk->data_refs[trk->nb_data_refs++];
		*ref = (IsomDataRef){.type = box.type, .inside = isom_full(&box, &version) & 1};
		if (ref->inside)
			continue;
		trk->has_external_data = GF_TRUE;
		if (box.type == GF_4CC('u', 'r', 'l', ' ') && !(ref->url = isom_string(&box)))
			return GF_OUT_OF_MEM;
	}
	return GF_OK;
}

const IsomDataRef *isom_track_external(const IsomTrack *trk, u32 number)
{
	Bool is_external = number && number <= trk->nb_data_refs && !trk->data_refs[number - 1].inside;
	return is_external ? &trk->data_refs[number - 1] : NULL;
}

// ---- Track: structure

static GF_Err parse_minf(IsomTrack *trk, IsomBox *minf, IsomBox *stbl)
{
	GF_Err e = GF_OK;
	IsomBox b;
	while (!e && isom_next(minf, &b)) {
		IsomBox dref;
		if (b.type == GF_4CC('s', 't', 'b', 'l'))
			*stbl = b;
		else if (b.type == GF_4CC('d', 'i', 'n', 'f') && isom_find(&b, GF_4CC('d', 'r', 'e', 'f'), &dref))
			e = parse_dref(trk, &dref);
	}
	return e;
}

static GF_Err parse_mdia(IsomTrack *trk, IsomBox *mdia, IsomBox *stbl)
{
	GF_Err e = GF_OK;
	IsomBox b;
	while (!e && isom_next(mdia, &b)) {
		u8 version;
		switch (b.type) {
		case GF_4CC('m', 'd', 'h', 'd'):
			parse_mdhd(trk, &b);
			break;
		case GF_4CC('h', 'd', 'l', 'r'):
			e = parse_hdlr(trk, &b);
			break;
		case GF_4CC('e', 'l', 'n', 'g'):
			isom_full(&b, &version);
			gf_free(trk->extended_language);
			trk->extended_language = isom_string(&b);
			e = trk->extended_language ? GF_OK : GF_OUT_OF_MEM;
			break;
		case GF_4CC('m', 'i', 'n', 'f'):
			e = parse_minf(trk, &b, stbl);
			break;
		default:
			break;
		}
	}
	return e;
}

static GF_Err add_children(IsomBlobs *list, IsomBox *parent)
{
	GF_Err e = GF_OK;
	IsomBox b;
	while (!e && isom_next(parent, &b))
		e = isom_blobs_add(list, &b, GF_FALSE);
	return e;
}

static GF_Err parse_trak_children(IsomTrack *trk, IsomBox *trak, IsomBox *stbl)
{
	GF_Err e = GF_OK;
	IsomBox b, child;
	while (!e && isom_next(trak, &b)) {
		switch (b.type) {
		case GF_4CC('t', 'k', 'h', 'd'):
			parse_tkhd(trk, &b);
			break;
		case GF_4CC('m', 'd', 'i', 'a'):
			e = parse_mdia(trk, &b, stbl);
			break;
		case GF_4CC('e', 'd', 't', 's'):
			if (isom_find(&b, GF_4CC('e', 'l', 's', 't'), &child))
				e = parse_elst(trk, &child);
			break;
		case GF_4CC('t', 'r', 'e', 'f'):
			e = parse_tref(trk, &b);
			break;
		case GF_4CC('u', 'd', 't', 'a'):
			e = add_children(&trk->udta, &b);
			break;
		case GF_4CC('t', 'r', 'g', 'r'):
			e = add_children(&trk->groups, &b);
			break;
		default:
			break;
		}
	}
	return e;
}

static Bool is_template_box(u32 type)
{
	switch (type) {
	case GF_4CC('s', 't', 's', 'd'):
	case GF_4CC('s', 't', 't', 's'):
	case GF_4CC('c', 't', 't', 's'):
	case GF_4CC('s', 't', 's', 's'):
	case GF_4CC('s', 't', 's', 'h'):
	case GF_4CC('s', 't', 's', 'c'):
	case GF_4CC('s', 't', 's', 'z'):
	case GF_4CC('s', 't', 'z', '2'):
	case GF_4CC('s', 't', 'c', 'o'):
	case GF_4CC('c', 'o', '6', '4'):
	case GF_4CC('s', 'd', 't', 'p'):
	case GF_4CC('s', 'b', 'g', 'p'):
	case GF_4CC('s', 'u', 'b', 's'):
	case GF_4CC('s', 'a', 'i', 'z'):
	case GF_4CC('s', 'a', 'i', 'o'):
	case GF_4CC('s', 'e', 'n', 'c'):
	case GF_4CC('u', 'd', 't', 'a'):
		return GF_FALSE;
	default:
		return GF_TRUE;
	}
}

// Copies a box without its sample tables. `depth` goes down the chain trak, mdia, minf, stbl.
static void write_template(ByteWriter *w, const IsomBox *box, u32 depth)
{
	static const u32 chain[] = {
		GF_4CC('m', 'd', 'i', 'a'), GF_4CC('m', 'i', 'n', 'f'), GF_4CC('s', 't', 'b', 'l')};
	size_t at = w->size;
	bw_u32(w, 0);
	bw_u32(w, box->type);
	IsomBox copy = *box, b;
	copy.quiet = GF_TRUE;
	while (isom_next(&copy, &b)) {
		if (depth < 3 && b.type == chain[depth])
			write_template(w, &b, depth + 1);
		else if (is_template_box(b.type))
			bw_bytes(w, isom_whole(&b), (size_t)b.size);
	}
	bw_patch_u32(w, at, (u32)(w->size - at));
}

static GF_Err make_template(IsomTrack *trk, const IsomBox *trak)
{
	ByteWriter w;
	bw_init(&w);
	write_template(&w, trak, 0);
	trk->template.type = trak->type;
	return bw_take(&w, &trk->template.data, &trk->template.size);
}

static GF_Err parse_trak(IsomMovie *m, IsomBox *trak, u64 file_size)
{
	IsomTrack *trk = gf_calloc(1, sizeof(*trk));
	if (!trk || isom_movie_add_track(m, trk)) {
		gf_free(trk);
		return GF_OUT_OF_MEM;
	}
	trk->offset = trak->offset;

	IsomBox stbl = {0}, whole = *trak;
	GF_Err e = parse_trak_children(trk, trak, &stbl);
	if (!e && stbl.type)
		e = isom_stbl_parse(m, trk, &stbl, trk->has_external_data ? IO_SIZE_UNKNOWN : file_size);
	if (!e)
		e = make_template(trk, &whole);
	if (e == GF_OUT_OF_MEM)
		return e;
	const char *fault = !trk->id          ? "has no track ID"
						: !trk->timescale ? "has no time scale"
						: !trk->handler   ? "has no handler"
						: !trk->stsd.data ? "has no sample description"
										  : NULL;
	if (isom_movie_track(m, trk->id) != trk)
		fault = "repeats the ID of another track";
	if (!e && !fault)
		return GF_OK;
	if (fault)
		isom_complain(&whole, "%s, the track is ignored", fault);
	m->nb_tracks--;
	isom_track_free(trk);
	return GF_OK;
}

// ---- Movie

static void parse_mvhd(IsomMovie *m, IsomBox *b)
{
	u8 version;
	isom_full(b, &version);
	m->creation = version ? br_u64(&b->r) : br_u32(&b->r);
	m->modification = version ? br_u64(&b->r) : br_u32(&b->r);
	m->timescale = br_u32(&b->r);
	m->duration = version ? br_u64(&b->r) : br_u32(&b->r);
	u64 unknown = version ? ~(u64)0 : 0xFFFFFFFFu;
	if (m->duration == unknown)
		m->duration = 0;
}

// Profile levels of the initial object descriptor (ISO/IEC 14496-1, 7.2.6.4; 14496-14, 3.1.1).
static void parse_iods(IsomMovie *m, IsomBox *b)
{
	u8 version;
	isom_full(b, &version);
	u8 tag = br_u8(&b->r);
	if (tag != 0x02 && tag != 0x10)
		return;
	u32 more = 4;
	while (more-- && (br_u8(&b->r) & 0x80))
		;
	u16 flags = br_u16(&b->r); // 10-bit ID, URL_Flag, ...
	if (flags & 0x20)
		return;        // described elsewhere
	br_skip(&b->r, 2); // object descriptor and scene
	u8 audio = br_u8(&b->r), visual = br_u8(&b->r);
	if (b->r.overrun)
		return;
	m->profile_audio = audio;
	m->profile_visual = visual;
}

static GF_Err parse_trex(IsomMovie *m, IsomBox *b)
{
	IsomBox whole = *b;
	u8 version;
	isom_full(b, &version);
	IsomTrack *trk = isom_movie_track(m, br_u32(&b->r));
	IsomDefaults d = {br_u32(&b->r), 0, 0, 0};
	d.duration = br_u32(&b->r);
	d.size = br_u32(&b->r);
	d.flags = br_u32(&b->r);
	if (b->r.overrun) {
		isom_warn(b, "is too short, its defaults are ignored");
		return GF_OK;
	}
	if (!trk)
		return GF_OK;
	trk->defaults = d;
	return isom_blob_set(&trk->trex, &whole, GF_TRUE);
}

static GF_Err parse_mvex(IsomMovie *m, IsomBox *mvex)
{
	GF_Err e = GF_OK;
	IsomBox b;
	while (!e && isom_next(mvex, &b)) {
		u8 version;
		if (b.type == GF_4CC('t', 'r', 'e', 'x')) {
			e = parse_trex(m, &b);
		} else if (b.type == GF_4CC('m', 'e', 'h', 'd')) {
			isom_full(&b, &version);
			m->fragments_duration = version ? br_u64(&b.r) : br_u32(&b.r);
		}
	}
	return e;
}

static GF_Err parse_moov_child(IsomMovie *m, IsomBox *b, u64 file_size, IsomBox *mvex)
{
	switch (b->type) {
	case GF_4CC('m', 'v', 'h', 'd'):
		parse_mvhd(m, b);
		return GF_OK;
	case GF_4CC('i', 'o', 'd', 's'):
		parse_iods(m, b);
		return GF_OK;
	case GF_4CC('t', 'r', 'a', 'k'):
		return parse_trak(m, b, file_size);
	case GF_4CC('m', 'v', 'e', 'x'):
		*mvex = *b;
		return GF_OK;
	case GF_4CC('u', 'd', 't', 'a'):
	case GF_4CC('m', 'e', 't', 'a'):
		return isom_blobs_add(&m->udta, b, GF_TRUE);
	case GF_4CC('p', 's', 's', 'h'):
		return isom_blobs_add(&m->pssh, b, GF_TRUE);
	default:
		return GF_OK;
	}
}

GF_Err isom_movie_parse_moov(IsomMovie *m, IsomBox *moov, u64 file_size)
{
	GF_Err e = GF_OK;
	IsomBox b, mvex = {0};
	while (!e && isom_next(moov, &b))
		e = parse_moov_child(m, &b, file_size, &mvex);
	if (e)
		return e;
	m->has_moov = GF_TRUE;
	if (!m->timescale)
		m->timescale = 1000;
	// `mvex` may come before the tracks it is about.
	if (mvex.type) {
		m->fragmented = GF_TRUE;
		e = parse_mvex(m, &mvex);
	}
	return e;
}

// ---- Times

u64 isom_rescale(u64 value, u64 to, u64 from)
{
	return from ? (u64)((unsigned __int128)value * to / from) : 0;
}

u64 isom_track_media_duration(const IsomTrack *trk)
{
	const IsomTable *t = &trk->table;
	u64 duration = t->total_duration;
	if (!t->max_cts_offset)
		return duration;
	if (t->last_cts_offset > 0)
		duration += (u32)t->last_cts_offset;
	return duration > trk->duration ? duration : trk->duration;
}

u64 isom_track_duration(const IsomMovie *m, const IsomTrack *trk)
{
	u64 duration = 0;
	for (u32 i = 0; i < trk->nb_edits; i++) {
		if (trk->edits[i].duration)
			duration += trk->edits[i].duration;
		else if (i + 1 == trk->nb_edits && m->fragmented)
			duration += trk->fragment_movie_duration; // 8.6.6.1: the edit grows with the fragments
	}
	return duration ? duration : isom_rescale(isom_track_media_duration(trk), m->timescale, trk->timescale);
}
