// SPDX-License-Identifier: MIT
// Tracks of the multiplexer: headers out of PID properties, and out of the track of the source file.
#include <stdlib.h>
#include <string.h>
#include "base/array.h"
#include "filters/mp4mx.h"
#include "formats/isom_box.h"

// ---- What is kept of the source track (property TrackTemplate)

static void take_tkhd(MuxTrack *trk, IsomBox *box)
{
	IsowTrack *t = &trk->isom;
	u8 version;
	isom_full(box, &version);
	BitReader *r = &box->r;
	u64 creation = version ? br_u64(r) : br_u32(r);
	br_skip(r, version ? 28 : 16); // modification, identifier, reserved, duration
	br_skip(r, 8);
	s16 layer = (s16)br_u16(r), group = (s16)br_u16(r);
	u16 volume = br_u16(r);
	br_skip(r, 2);
	s32 matrix[9];
	for (u32 i = 0; i < 9; i++)
		matrix[i] = (s32)br_u32(r);
	if (r->overrun)
		return;
	t->creation = creation;
	t->layer = layer;
	t->alternate_group = group;
	t->volume = volume;
	memcpy(t->matrix, matrix, sizeof(matrix));
}

// User data of the source track but `kind`, which is property Role.
static void take_udta(MuxTrack *trk, IsomBox *udta)
{
	IsomBox child;
	while (isom_next(udta, &child)) {
		if (child.type != isow_code("kind"))
			bw_bytes(&trk->isom.udta, isom_whole(&child), child.size);
	}
}

// A type as gf_4cc_to_str gives it: characters over 0x7F, such as the copyright sign, have two bytes of UTF-8.
static Bool read_type(const char *text, char type[5])
{
	u32 nb = 0;
	for (const u8 *c = (const u8 *)text; *c && nb < 4; c++) {
		if ((*c & 0xFC) == 0xC0 && (c[1] & 0xC0) == 0x80) {
			type[nb++] = (char)(c[0] << 6 | (c[1] & 0x3F));
			c++;
		} else {
			type[nb++] = (char)*c;
		}
	}
	type[nb] = 0;
	return nb == 4;
}

// The same from properties udta_4CC and udta_4CC_N, when there is no source track.
static void add_user_data(MuxTrack *trk)
{
	u32 idx = 0, code;
	const char *name;
	const GF_PropertyValue *p;
	while ((p = gf_filter_pid_enum_properties(trk->pid, &idx, &code, &name)) != NULL) {
		Bool is_data =
			p->type == GF_PROP_DATA || p->type == GF_PROP_DATA_NO_COPY || p->type == GF_PROP_CONST_DATA;
		char type[5];
		if (!name || strncmp(name, "udta_", 5) || !read_type(name + 5, type) || !is_data)
			continue;
		size_t box = isow_box(&trk->isom.udta, type);
		bw_bytes(&trk->isom.udta, p->value.data.ptr, p->value.data.size);
		isow_end(&trk->isom.udta, box);
	}
}

// 8.10.4: each role as a scheme and a value; a plain name is a role of DASH.
static void add_roles(MuxTrack *trk)
{
	const GF_PropertyValue *p = gf_filter_pid_get_property(trk->pid, GF_PROP_PID_ROLE);
	for (u32 i = 0; p && i < p->value.string_list.nb_items; i++) {
		const char *role = p->value.string_list.vals[i], *value = strrchr(role, ':');
		ByteWriter *w = &trk->isom.udta;
		size_t box = isow_full_box(w, "kind", 0, 0);
		if (value) {
			bw_bytes(w, role, (size_t)(value - role));
			bw_u8(w, 0);
			isow_string(w, value + 1);
		} else {
			isow_string(w, "urn:mpeg:dash:role:2011");
			isow_string(w, role);
		}
		isow_end(w, box);
	}
}

static GF_Err read_template(MuxTrack *trk)
{
	const GF_PropertyValue *p = gf_filter_pid_get_property(trk->pid, GF_PROP_PID_ISOM_TRACK_TEMPLATE);
	IsomBox trak, child;
	if (!p || trk->mux->tktpl == TEMPLATE_NO)
		return GF_OK;
	if (isom_box_load(p->value.data.ptr, p->value.data.size, 0, &trak) != GF_OK)
		return GF_OK; // the property is a convenience: without it the track is written from the others
	Bool all = trk->mux->tktpl == TEMPLATE_YES;
	while (isom_next(&trak, &child)) {
		if (child.type == isow_code("udta"))
			take_udta(trk, &child);
		else if (!all)
			continue;
		else if (child.type == isow_code("tkhd"))
			take_tkhd(trk, &child);
		// edits were applied by the demultiplexer or are in property Delay; references have other identifiers
		else if (child.type != isow_code("edts") && child.type != isow_code("tref") &&
				 child.type != isow_code("mdia"))
			bw_bytes(&trk->isom.extra, isom_whole(&child), child.size);
	}
	return trk->isom.udta.failed || trk->isom.extra.failed ? GF_OUT_OF_MEM : GF_OK;
}

// ---- Header

static u32 default_handler(const MuxTrack *trk)
{
	switch (trk->stream_type) {
	case GF_STREAM_VISUAL:
		return isow_code("vide");
	case GF_STREAM_AUDIO:
		return isow_code("soun");
	case GF_STREAM_TEXT:
		// ISO/IEC 14496-30: WebVTT and timed text are `text`, TTML and other subtitles `subt`
		return isow_code(
			trk->codec == GF_CODECID_SUBS_XML || trk->codec == GF_CODECID_SUBS_TEXT ? "subt" : "text");
	case GF_STREAM_ND_SUBPIC:
		return isow_code("subp");
	default:
		return isow_code("meta");
	}
}

static Bool handler_fits(const MuxTrack *trk, u32 handler)
{
	Bool visual =
		handler == isow_code("vide") || handler == isow_code("auxv") || handler == isow_code("pict");
	Bool audio = handler == isow_code("soun");
	if (trk->stream_type == GF_STREAM_VISUAL)
		return visual;
	return trk->stream_type == GF_STREAM_AUDIO ? audio : !visual && !audio;
}

static GF_Err set_names(MuxTrack *trk)
{
	IsowTrack *t = &trk->isom;
	u32 handler = mp4mx_uint(trk, GF_PROP_PID_SUBTYPE, 0);
	t->handler = handler && handler_fits(trk, handler) ? handler : default_handler(trk);

	const char *name = mp4mx_string(trk, GF_PROP_PID_ISOM_HANDLER);
	const char *url = mp4mx_string(trk, GF_PROP_PID_URL);
	char text[300];
	if (!name && url && !gf_sys_is_test_mode()) {
		snprintf(text, sizeof(text), "*%s@libgpac %s", gf_file_basename(url), GPAC_VERSION);
		name = text;
	}
	gf_free(t->name);
	t->name = name ? gf_strdup(name) : NULL;
	return name && !t->name ? GF_OUT_OF_MEM : GF_OK;
}

// Option keep_utc; otherwise the creation date is that of the source track when it is kept, else now.
static void set_dates(MuxTrack *trk)
{
	if (!trk->mux->keep_utc)
		return;
	const GF_PropertyValue *p = gf_filter_pid_get_property_str(trk->pid, "isom:creation_date");
	if (p)
		trk->isom.creation = trk->mux->creation = p->value.longuint;
	p = gf_filter_pid_get_property_str(trk->pid, "isom:modification_date");
	if (p)
		trk->isom.modification = trk->mux->modification = p->value.longuint;
}

// 8.4.2 and 8.4.6: a code of three letters, and the whole tag when it says more.
static GF_Err set_language(MuxTrack *trk)
{
	const char *text = mp4mx_string(trk, GF_PROP_PID_LANGUAGE);
	const char *code = "und";
	if (text && *text) {
		s32 index = gf_lang_find(text);
		if (index >= 0)
			code = gf_lang_get_3cc((u32)index);
		else if (strlen(text) == 3)
			code = text;
		else
			GF_LOG(GF_LOG_WARNING, GF_LOG_CONTAINER,
				("[mp4mx] language '%s' has no three-letter code: track %u is marked undetermined\n", text,
					trk->isom.id));
	}
	for (u32 i = 0; i < 3; i++)
		trk->isom.language[i] = code[i] >= 'a' && code[i] <= 'z' ? code[i] : code[i] | 0x20;
	gf_free(trk->isom.long_language);
	trk->isom.long_language = NULL;
	if (text && strlen(text) > 3) {
		trk->isom.long_language = gf_strdup(text);
		if (!trk->isom.long_language)
			return GF_OUT_OF_MEM;
	}
	return GF_OK;
}

// 6.2.2: the matrix of a picture turned by quarter turns (anti-clockwise) and mirrored; translations put the
// result back at the origin.
static void set_orientation(MuxTrack *trk, u32 width, u32 height)
{
	static const s32 turns[4][4] = {{1, 0, 0, 1}, {0, -1, 1, 0}, {-1, 0, 0, -1}, {0, 1, -1, 0}};
	u32 rotate = mp4mx_uint(trk, GF_PROP_PID_ROTATE, 0) & 3;
	u32 mirror = mp4mx_uint(trk, GF_PROP_PID_MIRROR, 0) & 3;
	if (!rotate && !mirror)
		return;
	s32 a = turns[rotate][0], b = turns[rotate][1], c = turns[rotate][2], d = turns[rotate][3];
	if (mirror & 1) { // around the vertical axis
		a = -a;
		c = -c;
	}
	if (mirror & 2) { // around the horizontal axis
		b = -b;
		d = -d;
	}
	s32 w = (s32)width, h = (s32)height;
	s32 min_x = (a < 0 ? a * w : 0) + (c < 0 ? c * h : 0), min_y = (b < 0 ? b * w : 0) + (d < 0 ? d * h : 0);
	s32 *m = trk->isom.matrix;
	m[0] = a * 0x10000;
	m[1] = b * 0x10000;
	m[3] = c * 0x10000;
	m[4] = d * 0x10000;
	m[6] = -min_x * 0x10000;
	m[7] = -min_y * 0x10000;
}

static void set_visual_size(MuxTrack *trk)
{
	u32 width = mp4mx_uint(trk, GF_PROP_PID_WIDTH, 0), height = mp4mx_uint(trk, GF_PROP_PID_HEIGHT, 0);
	const GF_PropertyValue *sar = gf_filter_pid_get_property(trk->pid, GF_PROP_PID_SAR);
	u64 shown = (u64)width << 16;
	if (sar && sar->value.frac.num > 0 && sar->value.frac.den)
		shown = shown * (u32)sar->value.frac.num / sar->value.frac.den;
	trk->isom.width = shown > 0xFFFFFFFFu ? width << 16 : (u32)shown;
	trk->isom.height = height << 16;
	const GF_PropertyValue *matrix = gf_filter_pid_get_property(trk->pid, GF_PROP_PID_ISOM_TRACK_MATRIX);
	if (matrix && matrix->value.sint_list.nb_items == 9)
		memcpy(trk->isom.matrix, matrix->value.sint_list.vals, sizeof(trk->isom.matrix));
	set_orientation(trk, trk->isom.width >> 16, trk->isom.height >> 16);
	const GF_PropertyValue *z = gf_filter_pid_get_property(trk->pid, GF_PROP_PID_ZORDER);
	if (z)
		trk->isom.layer = (s16)-z->value.sint; // 8.3.2.3: lower layers are nearer
}

// Text covers the largest picture so far, or 400x60 without one.
static void set_text_size(MuxTrack *trk)
{
	u32 width = mp4mx_uint(trk, GF_PROP_PID_WIDTH, 0) << 16, height = mp4mx_uint(trk, GF_PROP_PID_HEIGHT, 0)
																	  << 16;
	const Mp4Mux *mux = trk->mux;
	for (u32 i = 0; (!width || !height) && i < mux->nb_tracks; i++) {
		const MuxTrack *other = mux->tracks[i];
		if (other == trk || (other->stream_type != GF_STREAM_VISUAL && other->stream_type != GF_STREAM_TEXT))
			continue;
		if (other->isom.width > trk->isom.width)
			trk->isom.width = other->isom.width;
		if (other->isom.height > trk->isom.height)
			trk->isom.height = other->isom.height;
	}
	if (width && height) {
		trk->isom.width = width;
		trk->isom.height = height;
	} else if (!trk->isom.width || !trk->isom.height) {
		trk->isom.width = 400 << 16;
		trk->isom.height = 60 << 16;
	}
}

static u32 media_timescale(const MuxTrack *trk)
{
	const Mp4Mux *mux = trk->mux;
	u32 scale = gf_filter_pid_get_timescale(trk->pid);
	u32 rate = mp4mx_uint(trk, GF_PROP_PID_SAMPLE_RATE, 0);
	if (trk->codec == GF_CODECID_RAW && trk->stream_type == GF_STREAM_AUDIO && rate)
		return rate; // one sample is one frame of samples
	if (mux->mediats > 0)
		return (u32)mux->mediats;
	if (mux->mediats < 0) {
		const GF_PropertyValue *fps = gf_filter_pid_get_property(trk->pid, GF_PROP_PID_FPS);
		if (trk->stream_type == GF_STREAM_AUDIO && rate)
			return rate;
		if (fps && fps->value.frac.num > 0)
			return (u32)fps->value.frac.num;
	}
	return scale ? scale : 1000;
}

static void read_delay(MuxTrack *trk)
{
	const GF_PropertyValue *p = gf_filter_pid_get_property(trk->pid, GF_PROP_PID_DELAY);
	trk->delay =
		p ? gf_timestamp_rescale_signed(p->value.longsint, trk->clock.pid_scale, trk->isom.timescale) : 0;
}

static void set_time(MuxTrack *trk)
{
	MuxClock *c = &trk->clock;
	u32 scale = gf_filter_pid_get_timescale(trk->pid);
	c->pid_scale = scale ? scale : 1000;
	if (!trk->isom.timescale)
		trk->isom.timescale = media_timescale(trk);
	if (!c->nb_samples)
		read_delay(trk);
	const GF_PropertyValue *p = gf_filter_pid_get_property(trk->pid, GF_PROP_PID_HAS_SYNC);
	trk->has_sync = p && p->value.boolean;
	p = gf_filter_pid_get_property(trk->pid, GF_PROP_PID_ISOM_FORCE_NEGCTTS);
	trk->negative_source =
		(p && p->value.boolean) || gf_filter_pid_get_property(trk->pid, GF_PROP_PID_CTS_SHIFT) != NULL;
	trk->sparse = gf_filter_pid_is_sparse(trk->pid);
	trk->mux_index = mp4mx_uint(trk, GF_PROP_PID_MUX_INDEX, 0);
}

GF_Err mp4mx_track_configure(MuxTrack *trk)
{
	u32 type = mp4mx_uint(trk, GF_PROP_PID_STREAM_TYPE, 0);
	u32 codec = mp4mx_uint(trk, GF_PROP_PID_CODECID, 0);
	Bool encrypted = type == GF_STREAM_ENCRYPTED;
	if (encrypted)
		type = mp4mx_uint(trk, GF_PROP_PID_ORIG_STREAM_TYPE, 0);
	if (trk->stream_type && type != trk->stream_type) {
		GF_LOG(GF_LOG_ERROR, GF_LOG_CONTAINER,
			("[mp4mx] track %u: the stream type changes, which a track cannot do\n", trk->isom.id));
		return GF_FILTER_NOT_SUPPORTED;
	}
	Bool first = !trk->stream_type;
	trk->stream_type = type;
	trk->codec = codec;
	set_time(trk);
	if (first) {
		GF_Err e = read_template(trk);
		if (!trk->isom.udta.size && trk->mux->tktpl != TEMPLATE_NO)
			add_user_data(trk);
		add_roles(trk);
		set_dates(trk);
		if (!e)
			e = set_names(trk);
		if (!e)
			e = set_language(trk);
		if (e)
			return e;
		// 23000-19 7.5.4: CMAF tracks are enabled, in the movie and in its preview
		trk->isom.flags = trk->mux->cmaf ? 7 : mp4mx_uint(trk, GF_PROP_PID_ISOM_TRACK_FLAGS, 7);
		const GF_PropertyValue *off = gf_filter_pid_get_property(trk->pid, GF_PROP_PID_DISABLED);
		if (off && off->value.boolean)
			trk->isom.flags &= ~1u;
		u32 group = type == GF_STREAM_AUDIO ? 1 : type == GF_STREAM_TEXT ? 2 : 0;
		trk->isom.alternate_group = (s16)mp4mx_uint(trk, GF_PROP_PID_ISOM_ALT_GROUP, group);
		trk->isom.volume = type == GF_STREAM_AUDIO ? 0x100 : 0;
	}
	GF_Err e = mp4mx_dref_configure(trk);
	if (e)
		return e;
	if (type == GF_STREAM_VISUAL)
		set_visual_size(trk);
	else if (type == GF_STREAM_TEXT)
		set_text_size(trk);
	return mp4mx_entry_update(trk, encrypted);
}

static Bool id_in_use(const Mp4Mux *mux, u32 id)
{
	for (u32 i = 0; i < mux->nb_tracks; i++) {
		if (mux->tracks[i]->isom.id == id)
			return GF_TRUE;
	}
	return GF_FALSE;
}

static u32 choose_id(const Mp4Mux *mux, const MuxTrack *trk)
{
	u32 wanted = !mux->nb_tracks ? mux->trackid : 0;
	if (!wanted && trk->pid)
		wanted = mp4mx_uint(trk, GF_PROP_PID_ESID, mp4mx_uint(trk, GF_PROP_PID_ID, 0));
	if (wanted && !id_in_use(mux, wanted))
		return wanted;
	u32 id = 1;
	while (id_in_use(mux, id))
		id++;
	return id;
}

GF_Err mp4mx_track_new(Mp4Mux *mux, GF_FilterPid *pid, MuxTrack **created)
{
	if (array_reserve(&mux->tracks, &mux->alloc_tracks, mux->nb_tracks, 1, sizeof(*mux->tracks)))
		return GF_OUT_OF_MEM;
	MuxTrack *trk = gf_calloc(1, sizeof(MuxTrack));
	if (!trk)
		return GF_OUT_OF_MEM;
	trk->mux = mux;
	trk->pid = pid;
	isow_track_init(&trk->isom);
	trk->isom.id = choose_id(mux, trk);
	trk->isom.creation = trk->isom.modification = mux->creation;
	trk->traf.track = &trk->isom;
	trk->end_cts = GF_FILTER_NO_TS;
	mux->tracks[mux->nb_tracks++] = trk;
	if (pid)
		gf_filter_pid_set_udta(pid, trk);
	*created = trk;
	return GF_OK;
}

void mp4mx_track_restart(MuxTrack *trk)
{
	isow_table_reset(&trk->isom.table);
	trk->isom.nb_edits = 0;
	trk->isom.cts_shift = 0;
	trk->isom.duration = trk->isom.media_duration = 0;
	u32 scale = trk->clock.pid_scale;
	trk->clock = (MuxClock){.pid_scale = scale};
	// it may have changed with the first packet of the new file, which came before the old one was over
	if (trk->pid)
		read_delay(trk);
	trk->skip_begin = 0;
	trk->end_cts = GF_FILTER_NO_TS;
	trk->file_done = GF_FALSE;
	trk->nb_access = 0;
	trk->decode_end = 0;
	mp4mx_spool_reset(&trk->spool);
}

void mp4mx_track_del(MuxTrack *trk)
{
	Mp4Mux *mux = trk->mux;
	u32 at = 0;
	while (at < mux->nb_tracks && mux->tracks[at] != trk)
		at++;
	if (at < mux->nb_tracks) {
		mux->nb_tracks--;
		memmove(&mux->tracks[at], &mux->tracks[at + 1], (mux->nb_tracks - at) * sizeof(MuxTrack *));
	}
	for (u32 i = 0; i < trk->nb_held; i++)
		mp4mx_sample_release(&trk->held[i]);
	gf_free(trk->held);
	gf_free(trk->access);
	gf_free(trk->keys);
	mp4mx_spool_reset(&trk->spool);
	mp4mx_dref_reset(trk);
	bw_reset(&trk->xps);
	bw_reset(&trk->pps);
	isow_traf_reset(&trk->traf);
	isow_track_reset(&trk->isom);
	gf_free(trk);
}
