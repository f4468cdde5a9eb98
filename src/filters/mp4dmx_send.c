// SPDX-License-Identifier: MIT
// From a sample to its packet.
#include <string.h>

#include "filters/mp4dmx.h"

// What is known of a sample besides its table entry.
typedef struct {
	const u8 *data;
	u32 size;
	GF_FilterPacket *block; // NULL when `data` has to be copied
	u32 offset;             // in the block
	IsomNalInfo nal;
	const u8 *sai; // auxiliary information, NULL for none
	u32 sai_size;
	Bool has_subsamples;
	u8 *cut_sai; // the same for the stripped sample, owned
} Au;

// ---- Encryption

// Key of the sample, from its `seig` group or the track (23001-7, 6).
static GF_Err select_key(DmxTrack *t)
{
	IsomKey key = t->entries[t->desc - 1].protection.key;
	IsomGroup *g = isom_table_group(&t->trk->table, GF_4CC('s', 'e', 'i', 'g'), 0, GF_FALSE);
	u32 size;
	const u8 *seig = g ? isom_group_of(&t->trk->table, g, t->next.number, &size) : NULL;
	if (seig && isom_seig_parse(seig, size, &key)) {
		GF_LOG(GF_LOG_ERROR, GF_LOG_CONTAINER,
			("[mp4dmx] track %u: wrong 'seig' sample group description for "
			 "sample %u\n",
				t->trk->id, t->next.number + 1));
		return GF_ISOM_INVALID_FILE;
	}
	if (!memcmp(&key, &t->key, sizeof(key)))
		return GF_OK;
	t->key = key;
	return dmx_set_key_props(t);
}

static GF_Err get_sai(DmxTrack *t, Au *au)
{
	GF_Err e = select_key(t);
	if (e || !t->key.is_protected)
		return e;
	e = isom_sai_get(
		&t->trk->sai, t->next.number, t->key.iv_size, &au->sai, &au->sai_size, &au->has_subsamples);
	return e == GF_NOT_FOUND ? GF_OK : e;
}

// The record of a sample whose parameter sets are removed. GF_NOT_SUPPORTED when they have to stay.
static GF_Err cut_sai(DmxTrack *t, Au *au)
{
	au->cut_sai = gf_malloc(au->sai_size);
	if (!au->cut_sai)
		return GF_OUT_OF_MEM;
	memcpy(au->cut_sai, au->sai, au->sai_size);
	NalIter it;
	u32 at, size, removed = 0;
	nal_iter_prefixed(&it, au->data, au->size, t->nal.length_size);
	while (isom_nal_next_set(&t->nal, &it, &at, &size)) {
		if (!isom_sai_cut(au->cut_sai, au->sai_size, t->key.iv_size, at - removed, size))
			return GF_NOT_SUPPORTED;
		removed += size;
	}
	au->sai = au->cut_sai;
	return GF_OK;
}

// ---- NAL units

static Bool removes_sets(const Mp4Dmx *dmx)
{
	if (dmx->norw || dmx->analyze || dmx->xps_check == DMX_XPS_KEEP)
		return GF_FALSE;
	return dmx->xps_check == DMX_XPS_REMOVE || dmx->smode != DMX_SMODE_SPLITX;
}

static GF_Err scan_units(DmxTrack *t, Au *au)
{
	if (t->key.is_protected && !au->has_subsamples)
		return GF_OK; // headers of NAL units are encrypted too
	isom_nal_scan(&t->nal, au->data, au->size, &au->nal);
	if (!removes_sets(t->dmx))
		au->nal.nb_sets = 0;
	if (!au->nal.nb_sets)
		return GF_OK;
	if (t->key.is_protected) {
		GF_Err e = cut_sai(t, au);
		if (e == GF_NOT_SUPPORTED)
			au->nal.nb_sets = 0;
		if (e)
			return e == GF_NOT_SUPPORTED ? GF_OK : e;
	}
	if (!au->nal.new_set || !t->nal.config.size)
		return GF_OK;
	GF_Err e = isom_nal_update(&t->nal, au->data, au->size);
	if (!e)
		e = gf_filter_pid_set_property(
			t->pid, GF_PROP_PID_DECODER_CONFIG, PROP_DATA(t->nal.config.data, t->nal.config.size));
	if (e && e != GF_OUT_OF_MEM) {
		GF_LOG(GF_LOG_WARNING, GF_LOG_CONTAINER,
			("[mp4dmx] track %u: parameter sets of sample %u cannot be "
			 "used: %s. They stay in the sample\n",
				t->trk->id, t->next.number + 1, gf_error_to_string(e)));
		au->nal.nb_sets = 0;
		e = GF_OK;
	}
	return e;
}

// ---- Random access

static u8 next_is_composed_before(const DmxTrack *t)
{
	IsomCursor ahead = t->cursor;
	IsomSample next;
	// As unsigned values, the form in which packets carry them.
	return isom_cursor_read(&t->trk->table, &ahead, 1, &next) && (u64)next.cts < (u64)t->next.cts;
}

// Random access of a sample: type, distance and switching frame.
typedef struct {
	u32 sap;
	s16 roll;
	Bool switching;
} Access;

static void apply_group(const IsomTable *tab, IsomGroup *g, u32 number, Access *acc)
{
	u32 size;
	const u8 *desc = isom_group_of(tab, g, number, &size);
	if (!desc)
		return;
	switch (g->type) {
	case GF_4CC('r', 'a', 'p', ' '):
	case GF_4CC('s', 'y', 'n', 'c'):
		acc->sap = GF_FILTER_SAP_3;
		break;
	case GF_4CC('r', 'o', 'l', 'l'):
	case GF_4CC('p', 'r', 'o', 'l'):
		if (size < 2)
			break;
		acc->sap = g->type == GF_4CC('r', 'o', 'l', 'l') ? GF_FILTER_SAP_4 : GF_FILTER_SAP_4_PROL;
		acc->roll = (s16)(desc[0] << 8 | desc[1]);
		break;
	case GF_4CC('a', 'v', '1', 's'):
		acc->switching = GF_TRUE;
		break;
	default:
		break;
	}
}

static void sample_access(DmxTrack *t, const Au *au, Access *acc)
{
	const IsomSample *s = &t->next;
	IsomTable *tab = &t->trk->table;
	*acc = (Access){.sap = s->sync && (s->deps >> 4 & 3) != 1 ? 1 : 0};
	u32 picture = au->nal.may_lead && next_is_composed_before(t) ? 2 : au->nal.sap;
	if (picture > acc->sap)
		acc->sap = picture;
	for (u32 i = 0; i < tab->nb_groups; i++)
		apply_group(tab, &tab->groups[i], s->number, acc);
}

// ---- Fragment boundaries (`sigfrag`)

static GF_Err signal_fragment(DmxTrack *t, GF_FilterPacket *pck)
{
	Mp4Dmx *dmx = t->dmx;
	const IsomTrack *trk = t->trk;
	while (t->fragment < trk->nb_fragments && trk->fragments[t->fragment].first < t->next.number)
		t->fragment++;
	if (t->fragment >= trk->nb_fragments || trk->fragments[t->fragment].first != t->next.number)
		return GF_OK;
	const IsomTrackFragment *tf = &trk->fragments[t->fragment++];
	const IsomFragment *f = &dmx->file.movie.fragments[tf->fragment];
	gf_filter_pck_set_property(pck, GF_PROP_PCK_CUE_START, PROP_BOOL(f->is_segment));
	gf_filter_pck_set_property(pck, GF_PROP_PCK_FRAG_START, PROP_UINT(f->is_segment ? 2 : 1));
	if (f->end)
		gf_filter_pck_set_property(pck, GF_PROP_PCK_FRAG_RANGE, PROP_FRAC64_INT((s64)f->start, f->end));
	if (tf->time != GF_FILTER_NO_TS)
		gf_filter_pck_set_property(pck, GF_PROP_PCK_FRAG_TFDT, PROP_LONGUINT(tf->time));
	if (f->sidx_end)
		gf_filter_pck_set_property(pck, GF_PROP_PCK_SIDX_RANGE, PROP_FRAC64_INT((s64)f->sidx, f->sidx_end));
	u32 size = (u32)(f->data - f->start), got = 0;
	u8 *data = gf_malloc(size);
	if (!data)
		return GF_OUT_OF_MEM;
	GF_Err e = dmx->file.in.read(dmx->file.in.udta, f->start, data, size, &got);
	if (!e && got == size)
		e = gf_filter_pck_set_property(pck, GF_PROP_PCK_MOOF_TEMPLATE, PROP_DATA(data, size));
	gf_free(data);
	return e;
}

// ---- Packet

// Signed samples of 8 bits as the unsigned ones of GF_AUDIO_FMT_U8.
static void copy_unsigned(u8 *dst, const u8 *src, u32 size)
{
	for (u32 i = 0; i < size; i++)
		dst[i] = src[i] ^ 0x80;
}

static GF_FilterPacket *new_packet(DmxTrack *t, const Au *au)
{
	Bool is_signed8 = t->entries[t->desc - 1].audio.is_signed8;
	u8 *dst;
	u32 size = au->size - (au->nal.nb_sets ? au->nal.set_bytes : 0);
	if (t->dmx->nodata == DMX_NO_DATA)
		return gf_filter_pck_new_alloc(t->pid, 0, &dst);
	// A reference of size 0 would be one to the whole block.
	if (t->dmx->nodata == DMX_DATA && au->block && !au->nal.nb_sets && size && !is_signed8)
		return gf_filter_pck_new_ref(t->pid, au->offset, size, au->block);
	GF_FilterPacket *pck = gf_filter_pck_new_alloc(t->pid, size, &dst);
	if (!pck || !size)
		return pck;
	if (t->dmx->nodata == DMX_FAKE_DATA)
		memset(dst, 0, size);
	else if (au->nal.nb_sets)
		isom_nal_strip(&t->nal, au->data, au->size, dst);
	else if (is_signed8)
		copy_unsigned(dst, au->data, size);
	else
		memcpy(dst, au->data, size);
	return pck;
}

static void set_times(const DmxTrack *t, GF_FilterPacket *pck)
{
	const IsomSample *s = &t->next;
	if (s->cts < t->seek) {
		s64 start = t->seek + t->span.shift;
		gf_filter_pck_set_dts(pck, (u64)start);
		gf_filter_pck_set_cts(pck, (u64)start);
		gf_filter_pck_set_seek_flag(pck, GF_TRUE);
		return;
	}
	s64 dts = (s64)s->dts + t->span.shift;
	gf_filter_pck_set_dts(pck, t->edits && dts < 0 ? 0 : (u64)dts);
	gf_filter_pck_set_cts(pck, (u64)(s->cts + t->cts_shift + t->span.shift));
	gf_filter_pck_set_seek_flag(pck, t->hidden);
}

static GF_Err set_subsamples(DmxTrack *t, GF_FilterPacket *pck)
{
	ByteWriter w;
	bw_init(&w);
	isom_subs_get(&t->trk->subs, t->next.number, &w);
	GF_Err e = w.failed ? GF_OUT_OF_MEM : GF_OK;
	if (!e && w.size)
		e = gf_filter_pck_set_property(pck, GF_PROP_PCK_SUBS, PROP_DATA(w.data, (u32)w.size));
	bw_reset(&w);
	return e;
}

static GF_Err set_attributes(DmxTrack *t, const Au *au, GF_FilterPacket *pck)
{
	const IsomSample *s = &t->next;
	Access acc;
	sample_access(t, au, &acc);
	set_times(t, pck);
	gf_filter_pck_set_duration(pck, s->duration);
	if (dmx_is_in_file(t))
		gf_filter_pck_set_byte_offset(pck, s->offset);
	if (acc.sap)
		gf_filter_pck_set_sap(pck, (GF_FilterSAPType)acc.sap);
	if (acc.roll)
		gf_filter_pck_set_roll_info(pck, acc.roll);
	if (s->deps)
		gf_filter_pck_set_dependency_flags(pck, s->deps);
	if (acc.switching)
		gf_filter_pck_set_switch_frame(pck, GF_TRUE);
	GF_Err e = GF_OK;
	if (t->key.is_protected) {
		gf_filter_pck_set_crypt_flags(pck, GF_FILTER_PCK_CRYPT);
		if (au->sai_size)
			e = gf_filter_pck_set_property(pck, GF_PROP_PCK_CENC_SAI, PROP_DATA(au->sai, au->sai_size));
	}
	if (!e && t->entries[t->desc - 1].stream_type == GF_STREAM_AUDIO &&
		(s64)s->dts + s->duration + t->span.shift >= t->end_time)
		e = gf_filter_pck_set_property(pck, GF_PROP_PCK_END_RANGE, PROP_BOOL(GF_TRUE));
	if (!e && t->trk->subs.nb_entries)
		e = set_subsamples(t, pck);
	if (!e && t->trk->table.nb_groups && !t->dmx->lightp)
		e = dmx_set_groups(t, pck);
	if (!e && t->trk->aux.nb && !t->dmx->lightp)
		e = dmx_set_aux(t, pck);
	if (!e && t->event < t->trk->nb_events)
		e = dmx_set_events(t, pck);
	return !e && t->dmx->file.movie.keep_fragments ? signal_fragment(t, pck) : e;
}

static GF_Err change_entry(DmxTrack *t, u32 desc)
{
	if (!desc || desc > t->nb_entries) {
		GF_LOG(GF_LOG_ERROR, GF_LOG_CONTAINER,
			("[mp4dmx] sample %u of track %u uses sample description %u of "
			 "%u, the track ends there\n",
				t->next.number + 1, t->trk->id, desc, t->nb_entries));
		return GF_ISOM_INVALID_FILE;
	}
	t->desc = desc;
	GF_Err e = isom_nal_open(&t->nal, &t->entries[desc - 1]);
	if (!e && t->trk->nb_items)
		e = dmx_set_track_props(t); // they are of the item
	return e ? e : dmx_set_entry_props(t);
}

DmxRead dmx_send_sample(DmxTrack *t)
{
	Au au = {.size = t->next.size};
	DmxRead r = dmx_read_sample(t, &au.data, &au.block, &au.offset);
	if (r == DMX_READ_WAIT)
		return r;
	GF_Err e = r == DMX_READ_OK ? GF_OK : GF_IO_ERR;
	if (!e && t->next.desc != t->desc)
		e = change_entry(t, t->next.desc);
	if (!e && t->is_protected)
		e = get_sai(t, &au);
	if (!e && t->nal.length_size)
		e = scan_units(t, &au);
	GF_FilterPacket *pck = e ? NULL : new_packet(t, &au);
	if (!e)
		e = pck ? set_attributes(t, &au, pck) : GF_OUT_OF_MEM;
	gf_free(au.cut_sai);
	if (e) {
		if (pck)
			gf_filter_pck_discard(pck);
		return DMX_READ_FAILED;
	}
	gf_filter_pck_send(pck);
	t->has_next = GF_FALSE;
	t->nb_sent++;
	return DMX_READ_OK;
}
