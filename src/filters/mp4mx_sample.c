// SPDX-License-Identifier: MIT
// Packets into samples: time stamps made fit for the format, random access and dependency information,
// parameter sets put back into the payload.
#include <stdlib.h>
#include <string.h>
#include <gpac/numbers.h>
#include "filters/mp4mx.h"
#include "formats/nal.h"
#include "formats/temporal_level.h"

static const char *track_name(const MuxTrack *trk, char name[64])
{
	snprintf(
		name, 64, "track %u (PID %s)", trk->isom.id, trk->pid ? gf_filter_pid_get_name(trk->pid) : "removed");
	return name;
}

// Logs `text` the first time only.
static void warn_once(const MuxTrack *trk, Bool *warned, const char *text)
{
	char name[64];
	if (!*warned)
		GF_LOG(GF_LOG_WARNING, GF_LOG_CONTAINER, ("[mp4mx] %s: %s\n", track_name(trk, name), text));
	*warned = GF_TRUE;
}

void mp4mx_sample_release(MuxSample *s)
{
	if (s->kept == KEPT_REF)
		gf_filter_pck_unref(s->pck);
	else if (s->kept == KEPT_COPY)
		gf_filter_pck_discard(s->pck);
	gf_free(s->extra);
	*s = (MuxSample){0};
}

GF_Err mp4mx_sample_keep(MuxSample *s)
{
	if (!s->pck || s->kept != KEPT_NOT)
		return GF_OK;
	// a producer that waits for its packet to be released would never send the next one
	Bool waits = gf_filter_pck_is_blocking_ref(s->pck);
	GF_FilterPacket *kept = waits ? gf_filter_pck_dangling_clone(s->pck, NULL) : gf_filter_pck_ref_ex(s->pck);
	if (!kept)
		return GF_OUT_OF_MEM;
	s->pck = kept;
	s->kept = waits ? KEPT_COPY : KEPT_REF;
	return GF_OK;
}

static u64 to_media(const MuxTrack *trk, u64 ts)
{
	u32 scale = trk->isom.timescale;
	return trk->clock.pid_scale == scale ? ts : gf_timestamp_rescale(ts, trk->clock.pid_scale, scale);
}

// Option patch_dts: moves samples that wait to be written in front of `dts`, at least 1 tick each, composed when they were.
// False when those to move are written.
static Bool move_earlier(MuxTrack *trk, u64 dts)
{
	u32 nb = trk->nb_held, moved = 0;
	while (moved < nb && trk->held[nb - 1 - moved].s.dts + moved + 1 > dts) {
		if (trk->held[nb - 1 - moved].nb > 1)
			return GF_FALSE;
		moved++;
	}
	Bool reaches_first = moved == trk->clock.nb_samples;
	if (!moved || dts < moved || (moved == nb && !reaches_first))
		return GF_FALSE;
	for (u32 i = 1; i <= moved; i++) {
		IsowSample *s = &trk->held[nb - i].s;
		s->cts_offset += (s32)(s->dts - (dts - i));
		s->dts = dts - i;
	}
	if (reaches_first)
		trk->clock.first_dts = dts - moved;
	return GF_TRUE;
}

// A time stamp that follows the one before: the format stores differences on 32 bits, at least 1 here.
static u64 fix_order(MuxTrack *trk, s64 dts)
{
	MuxClock *c = &trk->clock;
	if (trk->mux->patch_dts && dts > 0 && c->has_last && (u64)dts <= c->last_dts && move_earlier(trk, (u64)dts))
		return (u64)dts;
	if (dts < 0 || (c->has_last && (u64)dts <= c->last_dts)) {
		warn_once(trk, &c->warned_order,
			dts < 0 ? "negative decoding times; such packets are put 1 tick after the previous one"
					: "decoding times do not increase; such packets are put 1 tick after the previous one");
		return c->has_last ? c->last_dts + 1 : 0;
	}
	if (c->has_last && (u64)dts - c->last_dts > 0xFFFFFFFFu) {
		warn_once(trk, &c->warned_jump, "decoding times jump too far for the format; the gap is closed");
		u64 next = c->last_dts + c->last_duration;
		next += !c->last_duration;
		c->shift += next - (u64)dts;
		return next;
	}
	return (u64)dts;
}

static void set_times(MuxTrack *trk, GF_FilterPacket *pck, IsowSample *s)
{
	MuxClock *c = &trk->clock;
	u64 dts = gf_filter_pck_get_dts(pck), cts = gf_filter_pck_get_cts(pck);
	u32 duration = gf_filter_pck_get_duration(pck);
	if (dts == GF_FILTER_NO_TS)
		dts = cts;
	if (cts == GF_FILTER_NO_TS)
		cts = dts;
	s64 offset = 0;
	if (dts == GF_FILTER_NO_TS) {
		warn_once(trk, &c->warned_missing, "packets without time stamps; they follow the previous one");
		dts = c->has_last ? c->last_dts + (c->last_duration ? c->last_duration : 1) : 0;
		s->duration = (u32)to_media(trk, duration);
	} else {
		u64 end = to_media(trk, dts + duration);
		u64 media_dts = to_media(trk, dts);
		// composition times may be negative
		s64 media_cts = gf_timestamp_rescale_signed((s64)cts, c->pid_scale, trk->isom.timescale);
		offset = (s64)((u64)media_cts - media_dts);
		s->duration = end - media_dts > 0xFFFFFFFFu ? 0 : (u32)(end - media_dts);
		dts = fix_order(trk, (s64)(media_dts + c->shift));
	}
	if (offset != (s32)offset) {
		warn_once(trk, &c->warned_jump, "composition offset of more than 32 bits; set to 0");
		offset = 0;
	}
	if (!s->duration && c->has_last && !trk->sparse)
		s->duration = (u32)(dts - c->last_dts);
	s->dts = dts;
	s->cts_offset = (s32)offset;
}

void mp4mx_sample_advance(MuxTrack *trk, const MuxSample *m)
{
	MuxClock *c = &trk->clock;
	const IsowSample *s = &m->s;
	if (!c->nb_samples)
		c->first_dts = s->dts;
	// a packet of uncompressed audio holds `nb` samples of the same duration
	c->last_dts = s->dts + (u64)(m->nb - 1) * s->duration;
	c->last_duration = s->duration;
	c->has_last = GF_TRUE;
	c->nb_samples += m->nb;
}

static Bool is_sync(const MuxTrack *trk, u8 sap)
{
	if (trk->stream_type == GF_STREAM_VISUAL)
		return sap == GF_FILTER_SAP_1 || sap == GF_FILTER_SAP_2 || (trk->mux->forcesync && sap);
	// recovery in audio and text needs no complete prediction chain: see isow_group_sample for the distance
	return sap || !trk->has_sync;
}

// Position in a NAL unit sample where parameter sets go: after an access unit delimiter, which has to be
// first.
static u32 after_delimiter(const MuxTrack *trk, const u8 *data, u32 size)
{
	NalIter it;
	const u8 *nal;
	u32 nal_size;
	nal_iter_prefixed(&it, data, size, trk->nal_length_size);
	if (nal_iter_next(&it, &nal, &nal_size) != GF_OK || nal_size < 2)
		return 0;
	Bool delimiter;
	if (trk->codec == GF_CODECID_AVC)
		delimiter = (nal[0] & 0x1F) == 9;
	else if (trk->codec == GF_CODECID_HEVC)
		delimiter = (nal[0] >> 1 & 0x3F) == 35;
	else
		delimiter = nal[1] >> 3 == 20;
	return delimiter ? (u32)(nal + nal_size - data) : 0;
}

// Option pack_nal: the units of a copy of the packet get shorter lengths.
static GF_Err pack_lengths(const MuxTrack *trk, MuxSample *m, const u8 **data)
{
	if (m->kept == KEPT_NOT) {
		GF_FilterPacket *copy = gf_filter_pck_dangling_copy(m->pck, NULL);
		if (!copy)
			return GF_OUT_OF_MEM;
		m->pck = copy;
		m->kept = KEPT_COPY;
	}
	u32 size, written = 0, nal_size, length = trk->nal_length_size;
	u8 *bytes = (u8 *)gf_filter_pck_get_data(m->pck, &size); // our own copy
	NalIter it;
	const u8 *nal;
	GF_Err e;
	nal_iter_prefixed(&it, bytes, size, trk->source_length_size);
	while ((e = nal_iter_next(&it, &nal, &nal_size)) == GF_OK) {
		if (length < 4 && nal_size >> (8 * length)) {
			GF_LOG(GF_LOG_ERROR, GF_LOG_CONTAINER,
				("[mp4mx] track %u: a NAL unit of %u bytes, more than the source announced: leave out option pack_nal\n",
					trk->isom.id, nal_size));
			return GF_NON_COMPLIANT_BITSTREAM;
		}
		// what is written stays behind what is read
		memmove(bytes + written + length, nal, nal_size);
		for (u32 k = 0; k < length; k++)
			bytes[written + k] = (u8)(nal_size >> (8 * (length - 1 - k)));
		written += length + nal_size;
	}
	if (e != GF_EOS)
		GF_LOG(GF_LOG_WARNING, GF_LOG_CONTAINER,
			("[mp4mx] track %u: a NAL unit goes beyond its sample, dropped\n", trk->isom.id));
	gf_filter_pck_truncate(m->pck, written);
	*data = gf_filter_pck_get_data(m->pck, &m->pck_size);
	m->s.size = m->pck_size;
	return GF_OK;
}

static GF_Err insert_parameter_sets(const MuxTrack *trk, const u8 *data, MuxSample *m)
{
	const ByteWriter *sets = m->sap && m->sap <= GF_FILTER_SAP_3 ? &trk->xps : &trk->pps;
	if (!sets->size)
		return GF_OK;
	m->extra = gf_malloc(sets->size);
	if (!m->extra)
		return GF_OUT_OF_MEM;
	memcpy(m->extra, sets->data, sets->size);
	m->extra_size = (u32)sets->size;
	m->extra_at = after_delimiter(trk, data, m->pck_size);
	m->s.size += m->extra_size;
	return GF_OK;
}

static GF_Err split_audio(MuxTrack *trk, MuxSample *m)
{
	m->nb = m->pck_size / trk->pcm_frame;
	if (!m->nb)
		return GF_NOT_FOUND;
	m->pck_size = m->nb * trk->pcm_frame; // a frame that is not complete is left out
	m->s.size = trk->pcm_frame;
	m->s.duration = 1;
	return GF_OK;
}

// An empty sample of a text or metadata codec. FFmpeg cannot read fragments that have samples without a byte.
static const u8 *empty_sample(u32 codec, u32 *size)
{
	static const u8 tx3g[] = {0, 0};
	static const u8 wvtt[] = {0, 0, 0, 8, 'v', 't', 't', 'e'};
	static const u8 evte[] = {0, 0, 0, 8, 'e', 'm', 'e', 'b'}; // ISO/IEC 23001-18
	static const u8 ttml[] = "<tt xmlns=\"http://www.w3.org/ns/ttml\"/>";
	static const u8 text[] = "\n";
	switch (codec) {
	case GF_CODECID_TX3G:
		*size = sizeof(tx3g);
		return tx3g;
	case GF_CODECID_WEBVTT:
		*size = sizeof(wvtt);
		return wvtt;
	case GF_CODECID_EVTE:
	case GF_CODECID_SCTE35:
		*size = sizeof(evte);
		return evte;
	case GF_CODECID_SUBS_XML:
		*size = sizeof(ttml) - 1;
		return ttml;
	case GF_CODECID_SIMPLE_TEXT:
	case GF_CODECID_SUBS_TEXT:
	case GF_CODECID_META_TEXT:
		*size = sizeof(text) - 1;
		return text;
	default:
		*size = 0;
		return NULL;
	}
}

static GF_Err make_empty(const MuxTrack *trk, MuxSample *m)
{
	u32 size;
	const u8 *data = empty_sample(trk->codec, &size);
	if (!size)
		return GF_OK;
	m->extra = gf_malloc(size);
	if (!m->extra)
		return GF_OUT_OF_MEM;
	memcpy(m->extra, data, size);
	m->extra_size = m->s.size = size;
	return GF_OK;
}

// Option dur: whether the track has all it should have without this sample.
static Bool past_end(const MuxTrack *trk, const IsowSample *s)
{
	GF_Fraction dur = trk->mux->dur;
	if (!dur.num || !trk->clock.nb_samples)
		return GF_FALSE;
	if (dur.num < 0) // a number of frames
		return trk->clock.nb_samples >= (u64) - (s64)dur.num;
	u64 elapsed = s->dts - trk->clock.first_dts;
	return dur.den &&
		   (unsigned __int128)elapsed * dur.den >= (unsigned __int128)(u32)dur.num * trk->isom.timescale;
}

// Parts of the media that are decoded but not presented: what the reframer cuts inside a frame.
static void read_presented_range(MuxTrack *trk, GF_FilterPacket *pck, const MuxSample *m)
{
	const GF_PropertyValue *skip = gf_filter_pck_get_property(pck, GF_PROP_PCK_SKIP_BEGIN);
	const GF_PropertyValue *end = gf_filter_pck_get_property(pck, GF_PROP_PCK_SKIP_PRES);
	if (skip && !trk->clock.nb_samples)
		trk->skip_begin = to_media(trk, skip->value.uint);
	u64 cts = m->s.dts + (u64)(s64)m->s.cts_offset;
	if (end && end->value.boolean && cts < trk->end_cts)
		trk->end_cts = cts;
}

// The payload of a packet: its size, and the packet itself or a copy of a frame that has no memory.
static GF_Err load_payload(MuxTrack *trk, MuxSample *m, const u8 **data)
{
	GF_FilterPacket *pck = m->pck;
	*data = gf_filter_pck_get_data(pck, &m->pck_size);
	if (!*data && gf_filter_pck_get_frame_interface(pck)) {
		m->pck = gf_filter_pck_dangling_copy(pck, NULL);
		if (!m->pck)
			return GF_OUT_OF_MEM;
		m->kept = KEPT_COPY;
		*data = gf_filter_pck_get_data(m->pck, &m->pck_size);
	}
	m->s.size = m->pck_size;
	if (m->pck_size)
		return GF_OK;
	if (trk->sparse)
		return make_empty(trk, m);
	warn_once(trk, &trk->clock.warned_empty, "empty packets are skipped");
	return GF_NOT_FOUND;
}

GF_Err mp4mx_sample_make(MuxTrack *trk, GF_FilterPacket *pck, MuxSample *m)
{
	const u8 *data;
	*m = (MuxSample){.pck = pck, .nb = 1, .entry = trk->entry, .key = trk->key};
	GF_Err e = load_payload(trk, m, &data);
	if (!e) {
		m->sap = (u8)gf_filter_pck_get_sap(pck);
		set_times(trk, pck, &m->s);
		m->s.sync = is_sync(trk, m->sap);
		m->s.deps = trk->mux->deps ? gf_filter_pck_get_dependency_flags(pck) : 0;
		if (trk->nal_length_size != trk->source_length_size)
			e = pack_lengths(trk, m, &data);
		if (!e && trk->mux->trun_inter && !trk->nb_keys)
			m->level = (u8)temporal_level(trk->codec, trk->nal_length_size, data, m->pck_size);
		if (!e && trk->pcm_frame)
			e = split_audio(trk, m);
		else if (!e && trk->xps.size)
			e = insert_parameter_sets(trk, data, m);
	}
	if (!e && past_end(trk, &m->s))
		e = GF_EOS;
	if (e) {
		mp4mx_sample_release(m);
		return e;
	}
	if (gf_filter_pck_has_properties(pck)) {
		read_presented_range(trk, pck, m);
		m->new_segment = trk->mux->dash && gf_filter_pck_get_property(pck, GF_PROP_PCK_FILENUM);
	}
	return GF_OK;
}

Bool mp4mx_sample_gap(MuxTrack *trk, const MuxSample *next, MuxSample *gap)
{
	const MuxClock *c = &trk->clock;
	u64 end = c->last_dts + c->last_duration;
	if (!trk->sparse || !trk->mux->pad_sparse || !c->nb_samples || !c->last_duration || end >= next->s.dts)
		return GF_FALSE;
	*gap = (MuxSample){.nb = 1, .entry = next->entry};
	gap->s = (IsowSample){.dts = end, .duration = (u32)(next->s.dts - end), .sync = GF_TRUE};
	return make_empty(trk, gap) == GF_OK;
}

// Roll distance (14496-12 10.1) and open random access points (10.4).
static GF_Err add_sap_group(const MuxTrack *trk, const MuxSample *m, IsowGroups *groups, u32 number)
{
	const Mp4Mux *mux = trk->mux;
	if (m->sap == GF_FILTER_SAP_3 && !mux->norap && !m->s.sync)
		return isow_group_sample(groups, number, isow_code("rap "), 0, "\0", 1);
	if ((m->sap == GF_FILTER_SAP_4 || m->sap == GF_FILTER_SAP_4_PROL) && !mux->noroll) {
		s16 distance = gf_filter_pck_get_roll_info(m->pck);
		u8 entry[2] = {(u8)((u16)distance >> 8), (u8)distance};
		return isow_group_sample(
			groups, number, isow_code(m->sap == GF_FILTER_SAP_4 ? "roll" : "prol"), 0, entry, 2);
	}
	return GF_OK;
}

// Whether the property is PREFIX_4CC or PREFIX_4CC_PARAM.
static Bool is_kind(const char *name, const char *prefix, u32 *type, u32 *param)
{
	if (!name || strncmp(name, prefix, 4) || strlen(name) < 8)
		return GF_FALSE;
	*type = isow_code(name + 4);
	*param = 0;
	return !name[8] || (name[8] == '_' && gf_strict_atoui(name + 9, param));
}

// Groups and auxiliary information of the source without another form.
static GF_Err add_source_data(MuxTrack *trk, const MuxSample *m, const MuxSideData *to, u32 number)
{
	u32 idx = 0, code, type, param;
	const char *name;
	const GF_PropertyValue *p;
	GF_Err e = GF_OK;
	while (!e && (p = gf_filter_pck_enum_properties(m->pck, &idx, &code, &name)) != NULL) {
		if (is_kind(name, "grp_", &type, &param) && p->value.data.size)
			e = isow_group_sample(to->groups, number, type, param, p->value.data.ptr, p->value.data.size);
		if (!is_kind(name, "sai_", &type, &param))
			continue;
		if (p->value.data.size > 0xFF)
			warn_once(trk, &trk->clock.warned_aux, "auxiliary information of more than 255 bytes is left out");
		else if (trk->mux->fragmented && !trk->mux->moof_first)
			warn_once(trk, &trk->clock.warned_aux,
				"auxiliary information is left out: its offsets are from the moof on, and with moof_first=false it would be before");
		else
			e = isow_aux_sample(to->aux, number, type, param, p->value.data.ptr, p->value.data.size);
	}
	return e;
}

GF_Err mp4mx_sample_side_data(MuxTrack *trk, const MuxSample *m, const MuxSideData *to, u32 number)
{
	GF_Err e = trk->nb_keys ? mp4mx_cenc_sample(trk, m, to->groups, to->sai, number) : GF_OK;
	if (e || !m->pck)
		return e;
	if (m->sap > GF_FILTER_SAP_2)
		e = add_sap_group(trk, m, to->groups, number);
	if (!e && trk->codec == GF_CODECID_AV1 && gf_filter_pck_get_switch_frame(m->pck))
		e = isow_group_sample(to->groups, number, isow_code("av1s"), 0, "", 0);
	if (e || !gf_filter_pck_has_properties(m->pck))
		return e;
	e = add_source_data(trk, m, to, number);
	const GF_PropertyValue *p = gf_filter_pck_get_property(m->pck, GF_PROP_PCK_SUBS);
	if (!e && p && p->value.data.size % ISOW_SUBS_RECORD == 0)
		e = isow_subs_sample(to->subs, number, p->value.data.ptr, p->value.data.size / ISOW_SUBS_RECORD);
	return e;
}
