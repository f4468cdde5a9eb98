// SPDX-License-Identifier: MIT
#include <inttypes.h>

#include "base/array.h"
#include "formats/isom_item.h"

// More than any file has; limits what a hostile one can allocate.
#define MAX_ITEMS 4096
#define MAX_PROPERTIES 1024

typedef struct {
	u32 id, type;
	Bool hidden;
	Bool located;
	u64 offset, size; // in the file
	u16 props[32];    // 1-based indices in `ipco`
	u32 nb_props;
} Item;

typedef struct {
	Item *items; // owned
	u32 nb_items, alloc;
	IsomBox props[MAX_PROPERTIES];
	u32 nb_props;
	u32 primary;
	IsomBox idat;
} Items;

static Item *find_item(Items *it, u32 id)
{
	for (u32 i = 0; i < it->nb_items; i++) {
		if (it->items[i].id == id)
			return &it->items[i];
	}
	return NULL;
}

// ---- Boxes of `meta`

static GF_Err parse_iinf(Items *it, IsomBox *iinf)
{
	u8 version;
	isom_full(iinf, &version);
	br_skip(&iinf->r, version ? 4 : 2);
	IsomBox b;
	while (it->nb_items < MAX_ITEMS && isom_next(iinf, &b)) {
		if (b.type != GF_4CC('i', 'n', 'f', 'e'))
			continue;
		u32 flags = isom_full(&b, &version);
		if (version < 2)
			continue; // has no type
		Item item = {.hidden = flags & 1, .id = version == 2 ? br_u16(&b.r) : br_u32(&b.r)};
		br_skip(&b.r, 2);
		item.type = br_u32(&b.r);
		if (b.r.overrun || find_item(it, item.id))
			continue;
		if (array_reserve(&it->items, &it->alloc, it->nb_items, 1, sizeof(*it->items)))
			return GF_OUT_OF_MEM;
		it->items[it->nb_items++] = item;
	}
	return GF_OK;
}

static u64 read_field(BitReader *r, u32 size)
{
	return size == 8 ? br_u64(r) : size == 4 ? br_u32(r) : 0;
}

// Location of an item: its extents must follow each other, which is the case of coded images.
static void read_location(Items *it, IsomBox *iloc, u8 version, u8 sizes, u8 more_sizes)
{
	BitReader *r = &iloc->r;
	u32 id = version < 2 ? br_u16(r) : br_u32(r);
	u32 method = version ? br_u16(r) & 0xF : 0;
	u16 data_ref = br_u16(r);
	u64 base = read_field(r, more_sizes >> 4);
	u32 nb = br_u16(r);
	Item *item = find_item(it, id);
	u64 start = 0, size = 0;
	Bool usable = item && nb && !data_ref && method <= 1;
	for (u32 i = 0; i < nb && !r->overrun; i++) {
		if (version)
			read_field(r, more_sizes & 0xF);
		u64 offset = base + read_field(r, sizes >> 4), length = read_field(r, sizes & 0xF);
		if (!i)
			start = offset;
		else if (offset != start + size)
			usable = GF_FALSE;
		size += length;
	}
	if (r->overrun || !usable)
		return;
	if (method == 1) {
		u64 idat = it->idat.type ? it->idat.size - it->idat.hdr_size : 0;
		if (start > idat || size > idat - start)
			return;
		start += it->idat.offset + it->idat.hdr_size;
	}
	item->offset = start;
	item->size = size;
	item->located = GF_TRUE;
}

static void parse_iloc(Items *it, IsomBox *iloc)
{
	u8 version;
	isom_full(iloc, &version);
	u8 sizes = br_u8(&iloc->r), more_sizes = br_u8(&iloc->r);
	u32 nb = version < 2 ? br_u16(&iloc->r) : br_u32(&iloc->r);
	if (version > 2) {
		isom_warn(iloc, "version %u is not known: the items are ignored", version);
		return;
	}
	for (u32 i = 0; i < nb && !iloc->r.overrun; i++)
		read_location(it, iloc, version, sizes, more_sizes);
}

static void parse_ipma(Items *it, IsomBox *ipma)
{
	u8 version;
	u32 flags = isom_full(ipma, &version), nb = br_u32(&ipma->r);
	for (u32 i = 0; i < nb && !ipma->r.overrun; i++) {
		Item *item = find_item(it, version ? br_u32(&ipma->r) : br_u16(&ipma->r));
		u32 nb_props = br_u8(&ipma->r);
		for (u32 k = 0; k < nb_props; k++) {
			u16 index = flags & 1 ? br_u16(&ipma->r) & 0x7FFF : br_u8(&ipma->r) & 0x7F;
			if (item && item->nb_props < sizeof(item->props) / sizeof(item->props[0]))
				item->props[item->nb_props++] = index;
		}
	}
}

static void parse_iprp(Items *it, IsomBox *iprp)
{
	IsomBox b, ipma;
	if (isom_find(iprp, GF_4CC('i', 'p', 'c', 'o'), &b)) {
		while (it->nb_props < MAX_PROPERTIES && isom_next(&b, &it->props[it->nb_props]))
			it->nb_props++;
	}
	while (isom_next(iprp, &ipma)) {
		if (ipma.type == GF_4CC('i', 'p', 'm', 'a'))
			parse_ipma(it, &ipma);
	}
}

// ---- Tracks

// Sample entry of an item type, 0 when it is not a coded image.
static u32 entry_type(u32 item_type)
{
	switch (item_type) {
	case GF_4CC('h', 'v', 'c', '1'):
	case GF_4CC('h', 'e', 'v', '1'):
	case GF_4CC('h', 'v', 't', '1'):
	case GF_4CC('l', 'h', 'v', '1'):
	case GF_4CC('a', 'v', 'c', '1'):
	case GF_4CC('a', 'v', '0', '1'):
	case GF_4CC('v', 'v', 'c', '1'):
	case GF_4CC('j', 'p', 'e', 'g'):
	case GF_4CC('p', 'n', 'g', ' '):
	case GF_4CC('m', 'j', 'p', '2'):
		return item_type;
	case GF_4CC('j', '2', 'k', '1'):
		return GF_4CC('m', 'j', 'p', '2');
	case GF_4CC('u', 'n', 'c', 'i'):
		return GF_4CC('u', 'n', 'c', 'v');
	default:
		return 0;
	}
}

static Bool is_alpha(IsomBox auxc)
{
	br_skip(&auxc.r, 4);
	u32 size;
	const char *urn = (const char *)isom_rest(&auxc, &size);
	static const char *const urns[] = {"urn:mpeg:mpegB:cicp:systems:auxiliary:alpha",
		"urn:mpeg:hevc:2015:auxid:1", "urn:mpeg:avc:2015:auxid:1"};
	for (u32 i = 0; i < sizeof(urns) / sizeof(urns[0]); i++) {
		if (size > strlen(urns[i]) && !strcmp(urn, urns[i]))
			return GF_TRUE;
	}
	return GF_FALSE;
}

// What the properties of an item say besides the sample entry.
static void read_property(IsomItem *info, IsomBox b, Bool *is_aux)
{
	switch (b.type) {
	case GF_4CC('i', 's', 'p', 'e'):
		br_skip(&b.r, 4);
		info->width = br_u32(&b.r);
		info->height = br_u32(&b.r);
		break;
	case GF_4CC('i', 'r', 'o', 't'):
		info->rotate = br_u8(&b.r) & 3;
		break;
	case GF_4CC('i', 'm', 'i', 'r'):
		info->mirror = br_u8(&b.r) & 1 ? 1 : 2;
		break;
	case GF_4CC('a', 'u', 'x', 'C'):
		info->alpha = is_alpha(b);
		*is_aux = GF_TRUE;
		break;
	default:
		break;
	}
}

// Appends a sample entry made of the properties that are also boxes of sample entries.
static void write_entry(ByteWriter *w, const IsomItem *info, const Items *it, const Item *item)
{
	size_t entry = w->size;
	bw_u32(w, 0);
	bw_u32(w, entry_type(item->type));
	bw_zeros(w, 6);
	bw_u16(w, 1);
	bw_zeros(w, 16);
	bw_u16(w, info->width);
	bw_u16(w, info->height);
	bw_u32(w, 72 << 16);
	bw_u32(w, 72 << 16);
	bw_zeros(w, 4);
	bw_u16(w, 1);
	bw_zeros(w, 32);
	bw_u16(w, 24);
	bw_u16(w, 0xFFFF);
	for (u32 i = 0; i < item->nb_props; i++) {
		if (!item->props[i] || item->props[i] > it->nb_props)
			continue;
		const IsomBox *b = &it->props[item->props[i] - 1];
		if (b->type != GF_4CC('i', 's', 'p', 'e') && b->type != GF_4CC('a', 'u', 'x', 'C'))
			bw_bytes(w, isom_whole(b), (size_t)b->size);
	}
	bw_patch_u32(w, entry, (u32)(w->size - entry));
}

// Header of a `stsd` box, whose size and number of entries come later.
static void open_stsd(ByteWriter *w)
{
	bw_u32(w, 0);
	bw_u32(w, GF_4CC('s', 't', 's', 'd'));
	bw_zeros(w, 8);
}

static GF_Err close_stsd(ByteWriter *w, IsomTrack *trk)
{
	bw_patch_u32(w, 0, (u32)w->size);
	bw_patch_u32(w, 12, trk->nb_items);
	trk->stsd.type = GF_4CC('s', 't', 's', 'd');
	return bw_take(w, &trk->stsd.data, &trk->stsd.size);
}

static IsomTrack *new_track(void)
{
	IsomTrack *trk = gf_calloc(1, sizeof(*trk));
	if (!trk)
		return NULL;
	trk->flags = 1;
	trk->timescale = 1000;
	trk->handler = GF_4CC('p', 'i', 'c', 't');
	trk->language = 0x55C4; // und
	return trk;
}

// Adds an item to a track, as a sample of one second with an entry of its own. GF_NOT_FOUND: it is not presented.
static GF_Err add_item(IsomTrack *trk, ByteWriter *stsd, const Items *it, u32 index)
{
	const Item *item = &it->items[index];
	if (!entry_type(item->type) || !item->located || !item->size || item->size > 0xFFFFFFFF || trk->nb_items == 0xFFFF)
		return GF_NOT_FOUND;
	IsomItem info = {.id = item->id, .number = index + 1, .is_primary = item->id == it->primary, .hidden = item->hidden};
	Bool is_aux = GF_FALSE;
	for (u32 i = 0; i < item->nb_props; i++) {
		if (item->props[i] && item->props[i] <= it->nb_props)
			read_property(&info, it->props[item->props[i] - 1], &is_aux);
	}
	if (is_aux && !info.alpha)
		return GF_NOT_FOUND;
	if (array_reserve(&trk->items, &trk->alloc_items, trk->nb_items, 1, sizeof(*trk->items)))
		return GF_OUT_OF_MEM;
	trk->items[trk->nb_items++] = info;
	write_entry(stsd, &info, it, item);
	GF_Err e = isom_table_add_size(&trk->table, (u32)item->size);
	if (!e)
		e = isom_table_add_times(&trk->table, 1, 1000);
	return e ? e : isom_table_add_chunk(&trk->table, item->offset, trk->nb_items, 1);
}

// One track of the items from `first` to `last`, when there is something to present.
static GF_Err add_track(IsomMovie *m, const Items *it, u32 first, u32 last)
{
	IsomTrack *trk = new_track();
	if (!trk)
		return GF_OUT_OF_MEM;
	ByteWriter stsd;
	bw_init(&stsd);
	open_stsd(&stsd);
	GF_Err e = GF_OK;
	for (u32 i = first; e != GF_OUT_OF_MEM && i <= last; i++)
		e = add_item(trk, &stsd, it, i);
	if (e != GF_OUT_OF_MEM)
		e = trk->nb_items ? isom_table_commit(&trk->table) : GF_NOT_FOUND;
	if (!e)
		e = close_stsd(&stsd, trk);
	if (!e) {
		trk->id = trk->items[0].id;
		e = isom_movie_add_track(m, trk);
	}
	bw_reset(&stsd);
	if (e)
		isom_track_free(trk);
	return e == GF_OUT_OF_MEM ? e : GF_OK;
}

GF_Err isom_items_parse(IsomMovie *m, IsomBox *meta)
{
	Items *it = gf_calloc(1, sizeof(*it)); // large
	if (!it)
		return GF_OUT_OF_MEM;
	u8 version;
	isom_full(meta, &version);
	IsomBox b;
	GF_Err e = GF_OK;
	Bool is_pict = isom_find(meta, GF_4CC('h', 'd', 'l', 'r'), &b) && br_left(&b.r) >= 12 &&
				   !memcmp(b.r.data + 8, "pict", 4);
	if (is_pict && isom_find(meta, GF_4CC('i', 'i', 'n', 'f'), &b))
		e = parse_iinf(it, &b);
	if (!e && it->nb_items) {
		if (isom_find(meta, GF_4CC('i', 'd', 'a', 't'), &b))
			it->idat = b;
		if (isom_find(meta, GF_4CC('p', 'i', 't', 'm'), &b)) {
			isom_full(&b, &version);
			it->primary = version ? br_u32(&b.r) : br_u16(&b.r);
		}
		if (isom_find(meta, GF_4CC('i', 'l', 'o', 'c'), &b))
			parse_iloc(it, &b);
		if (isom_find(meta, GF_4CC('i', 'p', 'r', 'p'), &b))
			parse_iprp(it, &b);
	}
	if (m->join_items && it->nb_items && !e)
		e = add_track(m, it, 0, it->nb_items - 1);
	for (u32 i = 0; !m->join_items && !e && i < it->nb_items; i++)
		e = add_track(m, it, i, i);
	gf_free(it->items);
	gf_free(it);
	return e;
}
