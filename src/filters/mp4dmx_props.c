// SPDX-License-Identifier: MIT
// Properties of the PIDs, set in the order in which consumers enumerate them.
#include <stdio.h>
#include <string.h>

#include "filters/mp4dmx.h"
#include "formats/isom_tags.h"

// A list of properties is set until the first error, which is returned by the function that ends the list.
typedef struct {
	GF_FilterPid *pid;
	GF_Err e;
} Setter;

static void set(Setter *s, u32 code, const GF_PropertyValue *value)
{
	if (!s->e)
		s->e = gf_filter_pid_set_property(s->pid, code, value);
}

static void set_named(Setter *s, const char *name, const GF_PropertyValue *value)
{
	if (!s->e)
		s->e = gf_filter_pid_set_property_str(s->pid, name, value);
}

static void set_dynamic(Setter *s, char *name, const GF_PropertyValue *value)
{
	if (!s->e)
		s->e = gf_filter_pid_set_property_dyn(s->pid, name, value);
}

static void set_data(Setter *s, u32 code, const u8 *data, u32 size)
{
	if (size)
		set(s, code, PROP_DATA(data, size));
}

static void set_text(Setter *s, const char *name, const char *text)
{
	if (text)
		set_named(s, name, PROP_STRING(text));
}

// ---- Track: structure and times

// Handlers and entries for which the clock of the movie is followed.
static Bool is_known_track(const DmxTrack *t)
{
	switch (t->entries[0].format) {
	case GF_4CC('m', 'p', '4', 's'):
	case GF_4CC('m', 'p', '4', 'a'):
	case GF_4CC('m', 'p', '4', 'v'):
	case GF_4CC('a', 'v', '0', '1'):
	case GF_4CC('v', 'p', '0', '8'):
	case GF_4CC('v', 'p', '0', '9'):
	case GF_4CC('O', 'p', 'u', 's'):
	case GF_4CC('m', 'h', 'a', '1'):
	case GF_4CC('m', 'h', 'a', '2'):
	case GF_4CC('m', 'h', 'm', '1'):
	case GF_4CC('m', 'h', 'm', '2'):
		return GF_TRUE;
	default:
		break;
	}
	switch (t->entries[0].codec_id) {
	case GF_CODECID_AVC:
	case GF_CODECID_SVC:
	case GF_CODECID_MVC:
	case GF_CODECID_HEVC:
	case GF_CODECID_LHVC:
		return GF_TRUE;
	default:
		return GF_FALSE;
	}
}

static u32 clock_id(const DmxTrack *t)
{
	u32 sync = isom_track_ref(t->trk, GF_4CC('s', 'y', 'n', 'c'));
	if (sync)
		return sync;
	for (u32 i = 0; is_known_track(t) && i < t->dmx->nb_tracks; i++) {
		if (t->dmx->tracks[i].entries && is_known_track(&t->dmx->tracks[i]))
			return t->dmx->tracks[i].trk->id;
	}
	return t->trk->id;
}

static u32 dependency_id(const IsomTrack *trk)
{
	u32 id = isom_track_ref(trk, GF_4CC('s', 'c', 'a', 'l'));
	if (!id)
		id = isom_track_ref(trk, GF_4CC('s', 'b', 'a', 's'));
	return id ? id : isom_track_ref(trk, GF_4CC('t', 'b', 'a', 's'));
}

static void set_structure(DmxTrack *t, Setter *s)
{
	const IsomTrack *trk = t->trk;
	const IsomTable *tab = &trk->table;
	set(s, GF_PROP_PID_ID, PROP_UINT(trk->id));
	set(s, GF_PROP_PID_CLOCK_ID, PROP_UINT(clock_id(t)));
	u32 base = dependency_id(trk);
	if (base)
		set(s, GF_PROP_PID_DEPENDENCY_ID, PROP_UINT(base));
	set(s, GF_PROP_PID_STREAM_TYPE, PROP_UINT(t->entries[0].stream_type));
	set(s, GF_PROP_PID_TIMESCALE, PROP_UINT(trk->timescale));
	set(s, GF_PROP_PID_TRACK_NUM, PROP_UINT(trk->number));
	s64 delay;
	dmx_edit_delay(t, &delay);
	if (delay)
		set(s, GF_PROP_PID_DELAY, PROP_LONGSINT(delay));
	Bool has_sync = trk->has_stss_entries || (tab->not_all_sync && tab->nb_sync < tab->nb_samples);
	set(s, GF_PROP_PID_HAS_SYNC, PROP_BOOL(has_sync));
	if (trk->has_cslg && trk->cts_shift)
		set(s, GF_PROP_PID_CTS_SHIFT, PROP_UINT((u32)trk->cts_shift));
}

// Languages of the Macintosh that have a code of three letters, by number.
static const char *const mac_languages[] = {"eng", "fra", "deu", "ita", "nld", "swe", "spa", "dan", "por",
	"nor", "heb", "jpn", "ara", "fin", "ell", "isl", "mlt", "tur", "hrv", "zho", "urd", "hin", "tha", "kor",
	"lit", "pol", "hun", "est", "lav", NULL, "fao", "fas", "rus", "zho"};

static void set_language(DmxTrack *t, Setter *s)
{
	const IsomTrack *trk = t->trk;
	char code[4] = "und";
	const char *lang = code;
	if (trk->extended_language && *trk->extended_language) {
		lang = trk->extended_language;
	} else if (trk->language < 0x400) {
		u32 nb = sizeof(mac_languages) / sizeof(mac_languages[0]);
		if (trk->language < nb && mac_languages[trk->language])
			lang = mac_languages[trk->language];
	} else {
		for (u32 i = 0; i < 3; i++)
			code[i] = (char)(0x60 + (trk->language >> (10 - 5 * i) & 0x1F));
		if (code[0] < 'a' || code[0] > 'z' || code[1] < 'a' || code[1] > 'z' || code[2] < 'a' ||
			code[2] > 'z')
			lang = "und";
	}
	if (!is_known_track(t) || strcmp(lang, "und"))
		set(s, GF_PROP_PID_LANGUAGE, PROP_STRING(lang));
}

static void set_ref_list(DmxTrack *t, Setter *s, const char *name, u32 type)
{
	for (u32 i = 0; i < t->trk->nb_refs; i++) {
		const IsomTrackRef *ref = &t->trk->refs[i];
		if (ref->type != type)
			continue;
		GF_PropertyValue v = {.type = GF_PROP_UINT_LIST, .value.uint_list = {ref->ids, ref->nb_ids}};
		set_named(s, name, &v);
	}
}

// Duration of the sample times that come most often.
static u32 usual_delta(const IsomTable *tab)
{
	u32 best = 0, delta = 0;
	for (u32 i = 0; i < tab->nb_times; i++) {
		u32 end = i + 1 < tab->nb_times ? tab->times[i + 1].first : tab->timed;
		if (end - tab->times[i].first > best) {
			best = end - tab->times[i].first;
			delta = tab->times[i].delta;
		}
	}
	return delta;
}

static void set_durations(DmxTrack *t, Setter *s)
{
	const IsomFile *f = &t->dmx->file;
	const IsomTrack *trk = t->trk;
	u64 track = isom_track_duration(&f->movie, trk), media = isom_track_media_duration(trk);
	if (!t->dmx->parsed && f->index_scale && f->index_duration)
		set(s, GF_PROP_PID_DURATION, PROP_FRAC64_INT((s64)f->index_duration, f->index_scale));
	else if (trk->has_edit_list && track)
		set(s, GF_PROP_PID_DURATION, PROP_FRAC64_INT((s64)track, f->movie.timescale));
	else if (media)
		set(s, GF_PROP_PID_DURATION, PROP_FRAC64_INT((s64)media, trk->timescale));
	if (trk->table.nb_total)
		set(s, GF_PROP_PID_NB_FRAMES, PROP_UINT(trk->table.nb_total));
	u32 delta = usual_delta(&trk->table);
	if (t->entries[0].stream_type == GF_STREAM_VISUAL && delta && trk->timescale <= 0x7FFFFFFF)
		set(s, GF_PROP_PID_FPS, PROP_FRAC_INT((s32)trk->timescale, delta));
}

static void set_brands(const IsomMovie *m, Setter *s)
{
	GF_PropertyValue v = {.type = GF_PROP_4CC_LIST, .value.uint_list = {m->brands, m->nb_brands}};
	if (m->nb_brands)
		set(s, GF_PROP_PID_ISOM_BRANDS, &v);
	if (m->major)
		set(s, GF_PROP_PID_ISOM_MBRAND, PROP_4CC(m->major));
}

static void set_statistics(DmxTrack *t, Setter *s)
{
	const IsomTable *tab = &t->trk->table;
	Bool constant = tab->nb_total && tab->min_size == tab->max_size;
	set(s, GF_PROP_PID_SUBTYPE, PROP_4CC(t->trk->handler));
	set(s, GF_PROP_PID_MEDIA_DATA_SIZE, PROP_LONGUINT(tab->total_size));
	if (constant)
		set(s, GF_PROP_PID_FRAME_SIZE, PROP_UINT(tab->max_size));
	set(s, GF_PROP_PID_PLAYBACK_MODE,
		PROP_UINT(
			t->dmx->reader && !t->dmx->arriving ? GF_PLAYBACK_MODE_REWIND : GF_PLAYBACK_MODE_FASTFORWARD));
	set_brands(&t->dmx->file.movie, s);
	if (!constant && tab->max_size)
		set(s, GF_PROP_PID_MAX_FRAME_SIZE, PROP_UINT(tab->max_size));
	if (tab->nb_total)
		set(s, GF_PROP_PID_AVG_FRAME_SIZE, PROP_UINT((u32)(tab->total_size / tab->nb_total)));
	if (tab->max_delta)
		set(s, GF_PROP_PID_MAX_TS_DELTA, PROP_UINT(tab->max_delta));
	if (tab->max_cts_offset)
		set(s, GF_PROP_PID_MAX_CTS_OFFSET, PROP_UINT(tab->max_cts_offset));
	if (tab->nb_total && tab->min_delta == tab->max_delta && tab->max_delta)
		set(s, GF_PROP_PID_CONSTANT_DURATION, PROP_UINT(tab->max_delta));
}

// ---- Track: what remuxing keeps

static void set_templates(DmxTrack *t, Setter *s)
{
	const IsomMovie *m = &t->dmx->file.movie;
	u32 type = t->entries[0].stream_type;
	u32 level = type == GF_STREAM_VISUAL ? m->profile_visual : type == GF_STREAM_AUDIO ? m->profile_audio : 0;
	if (level && level != 0xFF)
		set(s, GF_PROP_PID_PROFILE_LEVEL, PROP_UINT(level));
	if (!t->dmx->lightp) {
		set_data(s, GF_PROP_PID_ISOM_TRACK_TEMPLATE, t->trk->template.data, t->trk->template.size);
		set_data(s, GF_PROP_PID_ISOM_TREX_TEMPLATE, t->trk->trex.data, t->trk->trex.size);
	}
	ByteWriter w;
	bw_init(&w);
	for (u32 i = 0; !t->dmx->lightp && i < m->udta.nb; i++)
		bw_bytes(&w, m->udta.items[i].data, m->udta.items[i].size);
	if (!s->e && w.failed)
		s->e = GF_OUT_OF_MEM;
	set_data(s, GF_PROP_PID_ISOM_UDTA, w.data, (u32)w.size);
	bw_reset(&w);
	u64 duration = 0;
	for (u32 i = 0; i < m->nb_tracks; i++) {
		u64 d = isom_track_duration(m, m->tracks[i]);
		duration = d > duration ? d : duration;
	}
	set(s, GF_PROP_PID_ISOM_MOVIE_TIME, PROP_FRAC64_INT((s64)duration, m->timescale));
}

static void set_track_size(DmxTrack *t, Setter *s)
{
	const IsomTrack *trk = t->trk;
	u32 width = trk->width >> 16, height = trk->height >> 16;
	if (!width || !height)
		return;
	set(s, GF_PROP_PID_WIDTH, PROP_UINT(width));
	set(s, GF_PROP_PID_HEIGHT, PROP_UINT(height));
	set(s, GF_PROP_PID_TRANS_X, PROP_SINT(trk->matrix[6] >> 16));
	set(s, GF_PROP_PID_TRANS_Y, PROP_SINT(trk->matrix[7] >> 16));
	set(s, GF_PROP_PID_ZORDER, PROP_SINT(-trk->layer)); // 8.3.2.3: lower layers are in front
	if (t->entries[0].codec_id == GF_CODECID_TX3G) {
		set(s, GF_PROP_PID_WIDTH_MAX, PROP_UINT(width));
		set(s, GF_PROP_PID_HEIGHT_MAX, PROP_UINT(height));
	}
}

static void set_text_tag(Setter *s, IsomTag *tag)
{
	char *text = gf_malloc((size_t)tag->size + 1);
	if (!text) {
		s->e = GF_OUT_OF_MEM;
		return;
	}
	memcpy(text, tag->data, tag->size);
	text[tag->size] = 0;
	GF_PropertyValue v = {.type = GF_PROP_STRING_NO_COPY, .value.string = text};
	set_dynamic(s, tag->name, &v);
}

static void set_tags(DmxTrack *t, Setter *s)
{
	IsomTagReader r;
	IsomTag tag;
	isom_tags_open(&r, &t->dmx->file.movie.udta, t != t->dmx->tracks);
	while (!s->e && isom_tags_next(&r, &tag)) {
		switch (tag.kind) {
		case ISOM_TAG_TEXT:
			set_text_tag(s, &tag);
			break;
		case ISOM_TAG_BOOL:
			set_dynamic(s, tag.name, PROP_BOOL(tag.num ? GF_TRUE : GF_FALSE));
			break;
		case ISOM_TAG_FRAC6:
		case ISOM_TAG_FRAC8:
			set_dynamic(s, tag.name, PROP_FRAC_INT((s32)tag.num, tag.den));
			break;
		case ISOM_TAG_IMAGE:
			if (!t->dmx->cover_pid)
				set_data(s, GF_PROP_PID_COVER_ART, tag.data, tag.size);
			break;
		case ISOM_TAG_DATA:
			if (tag.size)
				set_dynamic(s, tag.name, PROP_DATA(tag.data, tag.size));
			break;
		default:
			set_dynamic(s, tag.name, PROP_UINT(tag.num));
			break;
		}
	}
}

// Text of a `kind` box: the value alone for DASH roles, else after its scheme (14496-12, 8.10.4).
static char *role_of(const IsomBlob *kind)
{
	const char *scheme = (const char *)kind->data + 4;
	u32 left = kind->size > 4 ? kind->size - 4 : 0;
	u32 len = (u32)strnlen(scheme, left);
	const char *value = len < left ? scheme + len + 1 : "";
	u32 value_len = len < left ? (u32)strnlen(value, left - len - 1) : 0;
	Bool is_dash =
		len == strlen("urn:mpeg:dash:role:2011") && !strncmp(scheme, "urn:mpeg:dash:role:2011", len);
	char *role = gf_malloc((size_t)len + value_len + 2);
	if (!role)
		return NULL;
	if (is_dash && value_len)
		snprintf(role, value_len + 1, "%.*s", (int)value_len, value);
	else if (value_len)
		snprintf(role, (size_t)len + value_len + 2, "%.*s:%.*s", (int)len, scheme, (int)value_len, value);
	else
		snprintf(role, (size_t)len + 1, "%.*s", (int)len, scheme);
	return role;
}

static void set_roles(DmxTrack *t, Setter *s)
{
	const IsomBlobs *udta = &t->trk->udta;
	char **roles = udta->nb ? gf_calloc(udta->nb, sizeof(char *)) : NULL;
	u32 nb = 0;
	if (udta->nb && !roles)
		s->e = GF_OUT_OF_MEM;
	for (u32 i = 0; !s->e && i < udta->nb; i++) {
		if (udta->items[i].type != GF_4CC('k', 'i', 'n', 'd'))
			continue;
		roles[nb] = role_of(&udta->items[i]);
		if (!roles[nb++])
			s->e = GF_OUT_OF_MEM;
	}
	GF_PropertyValue v = {.type = GF_PROP_STRING_LIST_COPY, .value.string_list = {roles, nb}};
	if (nb)
		set(s, GF_PROP_PID_ROLE, &v);
	for (u32 i = 0; i < nb; i++)
		gf_free(roles[i]);
	gf_free(roles);
}

static void set_user_data(DmxTrack *t, Setter *s)
{
	const IsomBlobs *udta = &t->trk->udta;
	for (u32 i = 0; i < udta->nb; i++) {
		u32 type = udta->items[i].type, rank = 1;
		if (type == GF_4CC('k', 'i', 'n', 'd') || !udta->items[i].size)
			continue;
		for (u32 j = 0; j < i; j++)
			rank += udta->items[j].type == type;
		char name[32];
		if (rank > 1)
			snprintf(name, sizeof(name), "udta_%s_%u", gf_4cc_to_str(type), rank);
		else
			snprintf(name, sizeof(name), "udta_%s", gf_4cc_to_str(type));
		set_dynamic(s, name, PROP_DATA(udta->items[i].data, udta->items[i].size));
	}
	set_roles(t, s);
	for (u32 i = 0; i < t->trk->groups.nb; i++) {
		const IsomBlob *g = &t->trk->groups.items[i];
		if (g->size < 8)
			continue;
		char name[32];
		snprintf(name, sizeof(name), "tkgp_%s", gf_4cc_to_str(g->type));
		u32 id = (u32)g->data[4] << 24 | (u32)g->data[5] << 16 | (u32)g->data[6] << 8 | g->data[7];
		set_dynamic(s, name, PROP_SINT((s32)id));
	}
}

static void set_header(DmxTrack *t, Setter *s)
{
	const IsomTrack *trk = t->trk;
	if (trk->handler_name && *trk->handler_name)
		set(s, GF_PROP_PID_ISOM_HANDLER, PROP_STRING(trk->handler_name));
	set(s, GF_PROP_PID_ISOM_TRACK_FLAGS, PROP_UINT(trk->flags));
	if (trk->alternate_group)
		set(s, GF_PROP_PID_ISOM_ALT_GROUP, PROP_UINT(trk->alternate_group));
	GF_PropertyValue v = {.type = GF_PROP_SINT_LIST, .value.sint_list = {(s32 *)trk->matrix, 9}};
	if (t->entries[0].stream_type == GF_STREAM_VISUAL)
		set(s, GF_PROP_PID_ISOM_TRACK_MATRIX, &v);
	if (!(trk->flags & 1))
		set(s, GF_PROP_PID_DISABLED, PROP_BOOL(GF_TRUE));
}

// ---- Encryption

void dmx_pack_pssh(const IsomBlobs *boxes, ByteWriter *w)
{
	u32 nb = 0;
	for (u32 i = 0; i < boxes->nb; i++) {
		IsomBox b;
		u8 version;
		if (boxes->items[i].type != GF_4CC('p', 's', 's', 'h') ||
			isom_box_load(boxes->items[i].data, boxes->items[i].size, 0, &b))
			continue;
		isom_full(&b, &version);
		const u8 *system = br_bytes(&b.r, 16);
		u32 nb_kids = version ? br_u32(&b.r) : 0;
		const u8 *kids = nb_kids > br_left(&b.r) / 16 ? NULL : br_bytes(&b.r, (size_t)nb_kids * 16);
		u32 size = br_u32(&b.r);
		const u8 *data = br_bytes(&b.r, size);
		if (!system || !kids || !data) {
			isom_warn(&b, "is too short, it is ignored");
			continue;
		}
		if (!nb++)
			bw_u32(w, 0); // number of systems, set below
		bw_bytes(w, system, 16);
		bw_u32(w, version);
		if (version) {
			bw_u32(w, nb_kids);
			bw_bytes(w, kids, (size_t)nb_kids * 16);
		}
		bw_u32(w, size);
		bw_bytes(w, data, size);
	}
	if (nb)
		bw_patch_u32(w, 0, nb);
}

static void set_pssh(const IsomMovie *m, Setter *s)
{
	ByteWriter w;
	bw_init(&w);
	dmx_pack_pssh(&m->pssh, &w);
	if (!s->e && w.failed)
		s->e = GF_OUT_OF_MEM;
	set_data(s, GF_PROP_PID_CENC_PSSH, w.data, (u32)w.size);
	bw_reset(&w);
}

static void set_key(DmxTrack *t, Setter *s)
{
	const IsomKey *k = &t->key;
	set(s, GF_PROP_PID_ENCRYPTED, PROP_BOOL(k->is_protected));
	if (k->crypt_blocks || k->skip_blocks)
		set(s, GF_PROP_PID_CENC_PATTERN, PROP_FRAC_INT(k->skip_blocks, k->crypt_blocks));
	u8 info[3 + 1 + 16 + 1 + 16] = {0}; // one key, then its record
	info[3] = k->iv_size;
	memcpy(info + 4, k->kid, 16);
	u32 size = 20;
	if (!k->iv_size) {
		info[size++] = k->const_iv_size;
		memcpy(info + size, k->const_iv, k->const_iv_size);
		size += k->const_iv_size;
	}
	set_data(s, GF_PROP_PID_CENC_KEY_INFO, info, size);
}

GF_Err dmx_set_key_props(DmxTrack *t)
{
	Setter s = {t->pid, GF_OK};
	set_key(t, &s);
	return s.e;
}

static void set_protection(DmxTrack *t, Setter *s)
{
	const IsomEntry *entry = &t->entries[t->desc - 1];
	for (u32 i = 0; !entry->protection.scheme && i < t->nb_entries; i++)
		entry = &t->entries[i]; // the first samples are clear
	const IsomProtection *p = &entry->protection;
	set(s, GF_PROP_PID_ORIG_STREAM_TYPE, PROP_UINT(entry->stream_type));
	set(s, GF_PROP_PID_STREAM_TYPE, PROP_UINT(GF_STREAM_ENCRYPTED));
	set(s, GF_PROP_PID_PROTECTION_SCHEME_TYPE, PROP_4CC(p->scheme));
	set(s, GF_PROP_PID_PROTECTION_SCHEME_VERSION, PROP_UINT(p->version));
	if (p->uri)
		set(s, GF_PROP_PID_PROTECTION_SCHEME_URI, PROP_STRING(p->uri));
	set_pssh(&t->dmx->file.movie, s);
	if (!p->has_key)
		return;
	if (t->trk->sai.box_type)
		set(s, GF_PROP_PID_CENC_STORE, PROP_4CC(t->trk->sai.box_type));
	t->key = p->key;
	set_key(t, s);
}

// Clear and protected descriptions in one track: where the clear one is (`CENCstsdMode`).
static void set_stsd_mode(DmxTrack *t, Setter *s)
{
	u32 clear = 0, crypted = 0;
	for (u32 i = 0; i < t->nb_entries; i++) {
		if (t->entries[i].protection.scheme)
			crypted = crypted ? crypted : i + 1;
		else
			clear = clear ? clear : i + 1;
	}
	if (clear && crypted)
		set(s, GF_PROP_PID_CENC_STSD_MODE, PROP_UINT(clear < crypted ? 1 : 2));
}

static GF_Err set_item_props(DmxTrack *t)
{
	const IsomTrack *trk = t->trk;
	const IsomItem *item = &trk->items[t->desc <= trk->nb_items ? t->desc - 1 : 0];
	Setter s = {t->pid, GF_OK};
	set(&s, GF_PROP_PID_ID, PROP_UINT(item->id));
	if (t->dmx->itemid)
		set(&s, GF_PROP_PID_ITEM_ID, PROP_UINT(item->id));
	set(&s, GF_PROP_PID_ITEM_NUM, PROP_UINT(item->number));
	set(&s, GF_PROP_PID_STREAM_TYPE, PROP_UINT(GF_STREAM_VISUAL));
	set(&s, GF_PROP_PID_TIMESCALE, PROP_UINT(trk->timescale));
	set(&s, GF_PROP_PID_NB_FRAMES, PROP_UINT(trk->nb_items));
	// on a PID of several items, what the one before had goes
	set(&s, GF_PROP_PID_PRIMARY_ITEM, item->is_primary ? PROP_BOOL(GF_TRUE) : NULL);
	set(&s, GF_PROP_PID_HIDDEN, item->hidden ? PROP_BOOL(GF_TRUE) : NULL);
	set(&s, GF_PROP_PID_ALPHA, item->alpha ? PROP_BOOL(GF_TRUE) : NULL);
	set(&s, GF_PROP_PID_MIRROR, item->mirror ? PROP_UINT(item->mirror) : NULL);
	set(&s, GF_PROP_PID_ROTATE, item->rotate ? PROP_UINT(item->rotate) : NULL);
	set(&s, GF_PROP_PID_MEDIA_DATA_SIZE, PROP_LONGUINT(trk->table.total_size));
	set(&s, GF_PROP_PID_PLAYBACK_MODE, PROP_UINT(GF_PLAYBACK_MODE_SEEK));
	set_brands(&t->dmx->file.movie, &s);
	return s.e;
}

GF_Err dmx_set_track_props(DmxTrack *t)
{
	if (t->trk->nb_items)
		return set_item_props(t);
	Setter s = {t->pid, GF_OK};
	set_structure(t, &s);
	if (t->is_protected) {
		set_stsd_mode(t, &s);
		set_protection(t, &s);
	}
	set_language(t, &s);
	set_ref_list(t, &s, "isom:scal", GF_4CC('s', 'c', 'a', 'l'));
	set_ref_list(t, &s, "isom:sabt", GF_4CC('s', 'a', 'b', 't'));
	set_ref_list(t, &s, "isom:tbas", GF_4CC('t', 'b', 'a', 's'));
	set_ref_list(t, &s, "isom:subp", GF_4CC('s', 'u', 'b', 'p'));
	set_durations(t, &s);
	set_statistics(t, &s);
	set_templates(t, &s);
	set_track_size(t, &s);
	if (t->dmx->lightp)
		return s.e;
	set_tags(t, &s);
	set_header(t, &s);
	set_user_data(t, &s);
	return s.e;
}

// ---- Sample description

static void set_codec(DmxTrack *t, const IsomEntry *e, Setter *s)
{
	set(s, GF_PROP_PID_CODECID, PROP_UINT(e->codec_id));
	// Absent in this entry, it must not stay from the one before.
	set(s, GF_PROP_PID_DECODER_CONFIG, e->config.size ? PROP_DATA(e->config.data, e->config.size) : NULL);
	set(s, GF_PROP_PID_DECODER_CONFIG_ENHANCEMENT,
		e->enhancement.size ? PROP_DATA(e->enhancement.data, e->enhancement.size) : NULL);
	if (e->audio.format)
		set(s, GF_PROP_PID_AUDIO_FORMAT, PROP_UINT(e->audio.format));
	if (e->video.pixel_format)
		set(s, GF_PROP_PID_PIXFMT, PROP_UINT(e->video.pixel_format));
	set(s, GF_PROP_PID_CONFIG_IDX, PROP_UINT(t->desc));
}

static void set_video(const IsomEntry *e, Setter *s)
{
	if (!e->video.width || !e->video.height)
		return;
	set(s, GF_PROP_PID_WIDTH, PROP_UINT(e->video.width));
	set(s, GF_PROP_PID_HEIGHT, PROP_UINT(e->video.height));
	Bool has_sar = e->video.sar_den && e->video.sar_num && e->video.sar_num != e->video.sar_den;
	set(s, GF_PROP_PID_SAR, has_sar ? PROP_FRAC_INT((s32)e->video.sar_num, e->video.sar_den) : NULL);
	if (e->video.has_colour) {
		set(s, GF_PROP_PID_COLR_PRIMARIES, PROP_UINT(e->video.primaries));
		set(s, GF_PROP_PID_COLR_TRANSFER, PROP_UINT(e->video.transfer));
		set(s, GF_PROP_PID_COLR_MX, PROP_UINT(e->video.matrix));
		set(s, GF_PROP_PID_COLR_RANGE, PROP_BOOL(e->video.full_range));
	}
	set_data(s, GF_PROP_PID_ICC_PROFILE, e->video.icc.data, e->video.icc.size);
}

static void set_audio(DmxTrack *t, const IsomEntry *e, Setter *s)
{
	const IsomTable *tab = &t->trk->table;
	if (e->stream_type != GF_STREAM_AUDIO)
		return;
	u32 rate = e->audio.sample_rate ? e->audio.sample_rate : t->trk->timescale;
	set(s, GF_PROP_PID_SAMPLE_RATE, PROP_UINT(rate));
	if (e->audio.channels)
		set(s, GF_PROP_PID_NUM_CHANNELS, PROP_UINT(e->audio.channels));
	if (e->audio.bits)
		set(s, GF_PROP_PID_AUDIO_BPS, PROP_UINT(e->audio.bits));
	if (e->audio.layout)
		set(s, GF_PROP_PID_CHANNEL_LAYOUT, PROP_LONGUINT(e->audio.layout));
	if (tab->nb_samples > 1 && e->codec_id != GF_CODECID_RAW &&
		isom_table_delta(tab, 0) == isom_table_delta(tab, 1))
		set(s, GF_PROP_PID_SAMPLES_PER_FRAME, PROP_UINT(isom_table_delta(tab, 0)));
	GF_PropertyValue v = {
		.type = GF_PROP_UINT_LIST, .value.uint_list = {e->audio.mha_profiles, e->audio.nb_mha_profiles}};
	if (e->audio.nb_mha_profiles)
		set(s, GF_PROP_PID_MHA_COMPATIBLE_PROFILES, &v);
	if (e->audio.amr_mode_set)
		set(s, GF_PROP_PID_AMR_MODE_SET, PROP_UINT(e->audio.amr_mode_set));
}

static void set_rates(DmxTrack *t, const IsomEntry *e, Setter *s)
{
	const IsomMovie *m = &t->dmx->file.movie;
	u64 rate = e->avg_rate;
	u64 duration = isom_track_duration(m, t->trk);
	if (!rate && duration)
		rate = gf_timestamp_rescale(t->trk->table.total_size * 8, duration, m->timescale);
	if (rate)
		set(s, GF_PROP_PID_BITRATE, PROP_UINT(rate > 0xFFFFFFFFu ? 0xFFFFFFFFu : (u32)rate));
	if (!e->has_rate)
		return;
	set(s, GF_PROP_PID_MAXRATE, PROP_UINT(e->max_rate));
	set(s, GF_PROP_PID_DBSIZE, PROP_UINT(e->buffer_size));
}

static void set_text_entry(const IsomEntry *e, Setter *s)
{
	set_text(s, "meta:mime", e->text.mime);
	set_text(s, "meta:encoding", e->text.encoding);
	set_text(s, "meta:xmlns", e->text.ns);
	set_text(s, "meta:schemaloc", e->text.schema);
	set_text(s, "meta:aux_mimes", e->text.aux_mimes);
}

static void set_tmcd(const IsomEntry *e, Setter *s)
{
	if (e->codec_id != GF_CODECID_TMCD)
		return;
	set_named(s, "tmcd:flags", PROP_UINT(e->text.tmcd_flags));
	set_named(s, "tmcd:framerate", PROP_FRAC_INT((s32)e->text.tmcd_scale, e->text.tmcd_duration));
	set_named(s, "tmcd:frames_per_tick", PROP_UINT(e->text.tmcd_frames));
}

static void set_entry_templates(DmxTrack *t, const IsomEntry *e, Setter *s)
{
	set(s, GF_PROP_PID_ISOM_SUBTYPE, PROP_4CC(e->format));
	if (t->dmx->lightp)
		return;
	set_data(s, GF_PROP_PID_ISOM_STSD_TEMPLATE, e->box, e->box_size);
	if (t->nb_entries > 1) {
		set_data(s, GF_PROP_PID_ISOM_STSD_ALL_TEMPLATES, t->trk->stsd.data, t->trk->stsd.size);
		set(s, GF_PROP_PID_ISOM_STSD_TEMPLATE_IDX, PROP_UINT(t->desc));
	}
	u32 vendor = e->stream_type == GF_STREAM_VISUAL ? e->video.vendor : e->audio.vendor;
	if (!vendor)
		return;
	Bool is_video = e->stream_type == GF_STREAM_VISUAL;
	set_named(s, "codec_vendor", PROP_UINT(vendor));
	set_named(s, "codec_version", PROP_UINT(is_video ? e->video.version : e->audio.version));
	set_named(s, "codec_revision", PROP_UINT(is_video ? e->video.revision : e->audio.revision));
	if (!is_video)
		return;
	if (e->video.compressor[0])
		set_text(s, "compressor_name", e->video.compressor);
	set_named(s, "hres", PROP_UINT(e->video.hres >> 16));
	set_named(s, "vres", PROP_UINT(e->video.vres >> 16));
}

static void set_clap(const IsomEntry *e, Setter *s)
{
	static const u32 codes[] = {
		GF_PROP_PID_CLAP_W, GF_PROP_PID_CLAP_H, GF_PROP_PID_CLAP_X, GF_PROP_PID_CLAP_Y};
	for (u32 i = 0; i < 4; i++) {
		const u32 *value = &e->video.clap[2 * i];
		set(s, codes[i], e->video.has_clap ? PROP_FRAC_INT((s32)value[0], value[1]) : NULL);
	}
}

GF_Err dmx_set_entry_props(DmxTrack *t)
{
	const IsomMovie *m = &t->dmx->file.movie;
	const IsomEntry *e = &t->entries[t->desc - 1];
	Setter s = {t->pid, GF_OK};
	set_tmcd(e, &s);
	set_data(&s, GF_PROP_PID_DOLBY_VISION, e->video.dovi.data, e->video.dovi.size);
	if (!t->dmx->lightp && m->has_moov) {
		set_named(&s, "isom:creation_date", PROP_LONGUINT(m->creation));
		set_named(&s, "isom:modification_date", PROP_LONGUINT(m->modification));
		if (!s.e)
			s.e = dmx_set_chapters(t);
	}
	if (t->is_protected && isom_table_group(&t->trk->table, GF_4CC('s', 'e', 'i', 'g'), 0, GF_FALSE))
		set(&s, GF_PROP_PID_CENC_HAS_ROLL, PROP_BOOL(GF_TRUE));
	set_codec(t, e, &s);
	set_video(e, &s);
	set_audio(t, e, &s);
	set_rates(t, e, &s);
	set_text_entry(e, &s);
	set_entry_templates(t, e, &s);
	set_clap(e, &s);
	set_data(&s, GF_PROP_PID_MASTER_DISPLAY_COLOUR, e->video.mdcv.data, e->video.mdcv.size);
	set_data(&s, GF_PROP_PID_CONTENT_LIGHT_LEVEL, e->video.clli.data, e->video.clli.size);
	return s.e;
}
