// SPDX-License-Identifier: MIT
#include <stdio.h>
#include <string.h>

#include "formats/isom_tags.h"

#define TAG(a, b, c, d, name, kind) \
	{ \
		GF_4CC(a, b, c, d), name, ISOM_TAG_##kind \
	}

static const IsomTagDef tags[] = {
	TAG(0xA9, 'n', 'a', 'm', "title", TEXT),
	TAG(0xA9, 'A', 'R', 'T', "artist", TEXT),
	TAG('a', 'A', 'R', 'T', "album_artist", TEXT),
	TAG(0xA9, 'a', 'l', 'b', "album", TEXT),
	TAG(0xA9, 'g', 'r', 'p', "group", TEXT),
	TAG(0xA9, 'c', 'o', 'm', "composer", TEXT),
	TAG(0xA9, 'w', 'r', 't', "writer", TEXT),
	TAG(0xA9, 'c', 'o', 'n', "conductor", TEXT),
	TAG(0xA9, 'c', 'm', 't', "comment", TEXT),
	TAG('g', 'n', 'r', 'e', "genre", UINT16),
	TAG(0xA9, 'g', 'e', 'n', "genre", TEXT),
	TAG(0xA9, 'd', 'a', 'y', "created", TEXT),
	TAG(0xA9, 't', 'r', 'k', "track", TEXT),
	TAG('t', 'r', 'k', 'n', "tracknum", FRAC8),
	TAG('d', 'i', 's', 'k', "disk", FRAC6),
	TAG('t', 'm', 'p', 'o', "tempo", UINT16),
	TAG('c', 'p', 'i', 'l', "compilation", BOOL),
	TAG('t', 'v', 's', 'h', "show", TEXT),
	TAG('t', 'v', 'e', 'n', "episode_id", TEXT),
	TAG('t', 'v', 's', 'n', "season", UINT32),
	TAG('t', 'v', 'e', 's', "episode", UINT32),
	TAG('t', 'v', 'n', 'n', "network", TEXT),
	TAG('d', 'e', 's', 'c', "sdesc", TEXT),
	TAG('l', 'd', 'e', 's', "ldesc", TEXT),
	TAG(0xA9, 'l', 'y', 'r', "lyrics", TEXT),
	TAG('s', 'o', 'n', 'm', "sort_name", TEXT),
	TAG('s', 'o', 'a', 'r', "sort_artist", TEXT),
	TAG('s', 'o', 'a', 'a', "sort_album_artist", TEXT),
	TAG('s', 'o', 'a', 'l', "sort_album", TEXT),
	TAG('s', 'o', 'c', 'o', "sort_composer", TEXT),
	TAG('s', 'o', 's', 'n', "sort_show", TEXT),
	TAG('c', 'o', 'v', 'r', "cover", IMAGE),
	TAG('c', 'p', 'r', 't', "copyright", TEXT),
	TAG(0xA9, 't', 'o', 'o', "tool", TEXT),
	TAG(0xA9, 'e', 'n', 'c', "encoder", TEXT),
	TAG('p', 'u', 'r', 'd', "pdate", TEXT),
	TAG('p', 'c', 's', 't', "podcast", BOOL),
	TAG('p', 'u', 'r', 'l', "url", TEXT),
	TAG('k', 'y', 'y', 'w', "keywords", TEXT),
	TAG('c', 'a', 't', 'g', "category", TEXT),
	TAG('h', 'd', 'v', 'd', "hdvideo", UINT8),
	TAG('s', 't', 'i', 'k', "media", UINT8),
	TAG('r', 't', 'n', 'g', "rating", UINT8),
	TAG('p', 'g', 'a', 'p', "gapless", BOOL),
	TAG(0xA9, 'a', 'r', 'd', "art_director", TEXT),
	TAG(0xA9, 'a', 'r', 'g', "arranger", TEXT),
	TAG(0xA9, 'a', 'u', 't', "lyricist", TEXT),
	TAG(0xA9, 'c', 'a', 'k', "acknowledgement", TEXT),
	TAG(0xA9, 'd', 'e', 's', "song_description", TEXT),
	TAG(0xA9, 'd', 'i', 'r', "director", TEXT),
	TAG(0xA9, 'e', 'q', 'u', "equalizer", TEXT),
	TAG(0xA9, 'l', 'n', 't', "liner", TEXT),
	TAG(0xA9, 'm', 'a', 'k', "record_company", TEXT),
	TAG(0xA9, 'o', 'p', 'e', "original_artist", TEXT),
	TAG(0xA9, 'p', 'h', 'g', "phono_rights", TEXT),
	TAG(0xA9, 'p', 'r', 'd', "producer", TEXT),
	TAG(0xA9, 'p', 'r', 'f', "performer", TEXT),
	TAG(0xA9, 'p', 'u', 'b', "publisher", TEXT),
	TAG(0xA9, 's', 'n', 'e', "sound_engineer", TEXT),
	TAG(0xA9, 's', 'o', 'l', "soloist", TEXT),
	TAG(0xA9, 's', 'r', 'c', "credits", TEXT),
	TAG(0xA9, 't', 'h', 'x', "thanks", TEXT),
	TAG(0xA9, 'u', 'r', 'l', "online_info", TEXT),
	TAG(0xA9, 'x', 'p', 'd', "exec_producer", TEXT),
	TAG(0xA9, 'x', 'y', 'z', "location", TEXT),
};

const IsomTagDef *isom_tag_def(u32 index)
{
	return index < sizeof(tags) / sizeof(tags[0]) ? &tags[index] : NULL;
}

static const IsomTagDef *tag_of_type(u32 type)
{
	const IsomTagDef *def;
	for (u32 i = 0; (def = isom_tag_def(i)) != NULL; i++) {
		if (def->type == type)
			return def;
	}
	return NULL;
}

// ---- Values

static u32 integer(const u8 *data, u32 size)
{
	u32 v = 0;
	for (u32 i = 0; i < size && i < 4; i++)
		v = v << 8 | data[i];
	return v;
}

// RFC 3629, without the check of overlong forms and surrogates that readers do not need.
static Bool is_utf8(const u8 *s, u32 size)
{
	for (u32 i = 0; i < size; i++) {
		u32 more = s[i] < 0x80 ? 0 : s[i] >> 5 == 6 ? 1 : s[i] >> 4 == 14 ? 2 : s[i] >> 3 == 30 ? 3 : 4;
		if (more > 3 || more > size - 1 - i)
			return GF_FALSE;
		while (more--) {
			if (s[++i] >> 6 != 2)
				return GF_FALSE;
		}
	}
	return GF_TRUE;
}

static Bool set_value(IsomTag *tag, IsomTagKind kind, const u8 *data, u32 size)
{
	tag->kind = kind;
	tag->data = data;
	tag->size = size;
	switch (kind) {
	case ISOM_TAG_TEXT:
		if (!is_utf8(data, size))
			tag->kind = ISOM_TAG_DATA;
		return GF_TRUE;
	case ISOM_TAG_IMAGE:
		return GF_TRUE;
	case ISOM_TAG_FRAC6:
	case ISOM_TAG_FRAC8:
		tag->num = size >= 4 ? integer(data + 2, 2) : 0;
		tag->den = size >= 6 ? integer(data + 4, 2) : 0;
		return size >= 4 ? GF_TRUE : GF_FALSE;
	case ISOM_TAG_BOOL:
		tag->num = integer(data, size) ? 1 : 0;
		return size > 0 ? GF_TRUE : GF_FALSE;
	default:
		tag->kind = ISOM_TAG_UINT32;
		tag->num = integer(data, size);
		return size > 0 ? GF_TRUE : GF_FALSE;
	}
}

// Text of the `mean` and `name` boxes of a free-form tag, after their version and flags.
static Bool full_text(const IsomBox *item, u32 type, const u8 **text, u32 *size)
{
	IsomBox b;
	if (!isom_find(item, type, &b) || br_left(&b.r) < 4)
		return GF_FALSE;
	br_skip(&b.r, 4);
	*text = isom_rest(&b, size);
	return GF_TRUE;
}

static Bool item_name(const IsomBox *item, IsomTag *tag, IsomTagKind *kind)
{
	const IsomTagDef *def = tag_of_type(item->type);
	if (def) {
		snprintf(tag->name, sizeof(tag->name), "%s", def->name);
		*kind = def->kind;
		return GF_TRUE;
	}
	const u8 *mean, *name;
	u32 mean_size, name_size;
	if (item->type != GF_4CC('-', '-', '-', '-') ||
		!full_text(item, GF_4CC('m', 'e', 'a', 'n'), &mean, &mean_size) ||
		!full_text(item, GF_4CC('n', 'a', 'm', 'e'), &name, &name_size))
		return GF_FALSE;
	*kind = ISOM_TAG_TEXT;
	int len = snprintf(tag->name, sizeof(tag->name), "cust_%.*s@%.*s", (int)name_size, (const char *)name,
		(int)mean_size, (const char *)mean);
	return len > 0 && (size_t)len < sizeof(tag->name) ? GF_TRUE : GF_FALSE;
}

static Bool read_item(IsomBox *item, IsomTag *tag)
{
	IsomTagKind kind;
	IsomBox data;
	item->quiet = GF_TRUE;
	if (!item_name(item, tag, &kind) || !isom_find(item, GF_4CC('d', 'a', 't', 'a'), &data))
		return GF_FALSE;
	br_skip(&data.r, 8); // type indicator, locale
	if (data.r.overrun)
		return GF_FALSE;
	u32 size;
	const u8 *value = isom_rest(&data, &size);
	return set_value(tag, kind, value, size);
}

// User data of QuickTime: size and language before the text.
static Bool read_qt_text(IsomBox *item, IsomTag *tag)
{
	IsomTagKind kind;
	if (item->type >> 24 != 0xA9 || !item_name(item, tag, &kind) || kind != ISOM_TAG_TEXT)
		return GF_FALSE;
	u32 size = br_u16(&item->r);
	br_skip(&item->r, 2);
	const u8 *text = br_bytes(&item->r, size);
	return text ? set_value(tag, kind, text, size) : GF_FALSE;
}

// ---- Reader

void isom_tags_open(IsomTagReader *r, const IsomBlobs *udta, Bool quiet)
{
	memset(r, 0, sizeof(*r));
	r->udta = udta;
	r->quiet = quiet;
}

// `meta` is a full box in ISO files, a plain one in QuickTime.
static Bool find_ilst(IsomBox meta, IsomBox *ilst)
{
	meta.quiet = GF_TRUE;
	u32 left;
	const u8 *data = isom_rest(&meta, &left);
	if (left >= 4 && !integer(data, 4))
		br_skip(&meta.r, 4);
	return isom_find(&meta, GF_4CC('i', 'l', 's', 't'), ilst);
}

Bool isom_tags_next(IsomTagReader *r, IsomTag *tag)
{
	IsomBox b;
	memset(tag, 0, sizeof(*tag));
	for (;;) {
		while (isom_next(&r->list, &b)) {
			if (!r->is_ilst && b.type == GF_4CC('m', 'e', 't', 'a') && find_ilst(b, &r->list)) {
				r->list.quiet = r->quiet;
				r->is_ilst = GF_TRUE; // the rest of the user data has nothing that `ilst` lacks
				continue;
			}
			if (r->is_ilst ? read_item(&b, tag) : read_qt_text(&b, tag))
				return GF_TRUE;
		}
		if (r->blob >= r->udta->nb)
			return GF_FALSE;
		const IsomBlob *blob = &r->udta->items[r->blob++];
		memset(&r->list, 0, sizeof(r->list));
		r->is_ilst = GF_FALSE;
		if (isom_box_load(blob->data, blob->size, 0, &b))
			continue;
		b.quiet = GF_TRUE;
		if (blob->type == GF_4CC('m', 'e', 't', 'a'))
			r->is_ilst = find_ilst(b, &r->list);
		else
			r->list = b;
		r->list.quiet |= r->quiet;
	}
}
