// SPDX-License-Identifier: MIT
#include <math.h>

#include <gpac/constants.h>
#include "base/array.h"
#include "formats/isom_stsd.h"

// More than any file has; limits what a hostile one can allocate.
#define MAX_ENTRIES 1024

static void entry_reset(IsomEntry *e)
{
	gf_free(e->config.data);
	gf_free(e->enhancement.data);
	isom_protection_reset(&e->protection);
	gf_free(e->video.icc.data);
	gf_free(e->video.clli.data);
	gf_free(e->video.mdcv.data);
	gf_free(e->video.dovi.data);
	gf_free(e->audio.mha_profiles);
	gf_free(e->text.mime);
	gf_free(e->text.encoding);
	gf_free(e->text.ns);
	gf_free(e->text.schema);
	gf_free(e->text.aux_mimes);
	gf_free(e->text.content_config);
}

void isom_entries_free(IsomEntry *entries, u32 nb)
{
	for (u32 i = 0; i < nb; i++)
		entry_reset(&entries[i]);
	gf_free(entries);
}

// ---- Boxes of any entry

static GF_Err rest_of(IsomData *d, IsomBox *b)
{
	u32 size;
	const u8 *data = isom_rest(b, &size);
	return isom_data_set(d, data, size);
}

static void parse_btrt(IsomEntry *e, IsomBox *b)
{
	u32 buffer = br_u32(&b->r), max = br_u32(&b->r), avg = br_u32(&b->r);
	if (b->r.overrun)
		return;
	e->buffer_size = buffer;
	e->max_rate = max;
	e->avg_rate = avg;
	e->has_rate = GF_TRUE;
}

// Restricted scheme (14496-12, 8.15): only the original format matters here.
static void parse_rinf(IsomEntry *e, IsomBox *rinf)
{
	IsomBox b;
	while (isom_next(rinf, &b)) {
		if (b.type == GF_4CC('f', 'r', 'm', 'a') && !e->protection.format)
			e->protection.format = br_u32(&b.r);
	}
}

// ---- Visual

static GF_Err parse_colr(IsomEntry *e, IsomBox *b)
{
	u32 kind = br_u32(&b->r);
	if (kind == GF_4CC('r', 'I', 'C', 'C') || kind == GF_4CC('p', 'r', 'o', 'f'))
		return rest_of(&e->video.icc, b);
	if (kind != GF_4CC('n', 'c', 'l', 'x') && kind != GF_4CC('n', 'c', 'l', 'c'))
		return GF_OK;
	u16 prim = br_u16(&b->r), trc = br_u16(&b->r), mx = br_u16(&b->r);
	if (b->r.overrun || e->video.has_colour)
		return GF_OK;
	e->video.primaries = prim;
	e->video.transfer = trc;
	e->video.matrix = mx;
	e->video.full_range = kind == GF_4CC('n', 'c', 'l', 'x') && br_u8(&b->r) >> 7;
	e->video.has_colour = GF_TRUE;
	return GF_OK;
}

static GF_Err parse_visual_box(IsomEntry *e, IsomBox *b)
{
	switch (b->type) {
	case GF_4CC('p', 'a', 's', 'p'):
		e->video.sar_num = br_u32(&b->r);
		e->video.sar_den = br_u32(&b->r);
		return GF_OK;
	case GF_4CC('c', 'o', 'l', 'r'):
		return parse_colr(e, b);
	case GF_4CC('c', 'l', 'a', 'p'):
		for (u32 i = 0; i < 8; i++)
			e->video.clap[i] = br_u32(&b->r);
		e->video.has_clap = !b->r.overrun;
		return GF_OK;
	case GF_4CC('c', 'l', 'l', 'i'):
		return rest_of(&e->video.clli, b);
	case GF_4CC('C', 'o', 'L', 'L'):
		br_skip(&b->r, 4);
		return rest_of(&e->video.clli, b);
	case GF_4CC('m', 'd', 'c', 'v'):
		return rest_of(&e->video.mdcv, b);
	case GF_4CC('d', 'v', 'c', 'C'):
	case GF_4CC('d', 'v', 'v', 'C'):
	case GF_4CC('d', 'v', 'w', 'C'):
		return rest_of(&e->video.dovi, b);
	default:
		return GF_OK;
	}
}

static void parse_visual_header(IsomEntry *e, BitReader *r)
{
	e->video.version = br_u16(r);
	e->video.revision = br_u16(r);
	e->video.vendor = br_u32(r);
	br_skip(r, 8); // qualities
	e->video.width = br_u16(r);
	e->video.height = br_u16(r);
	e->video.hres = br_u32(r);
	e->video.vres = br_u32(r);
	br_skip(r, 6); // data size, frames per sample
	const u8 *name = br_bytes(r, 32);
	u32 len = name ? (name[0] < 31 ? name[0] : 31) : 0;
	if (len)
		memcpy(e->video.compressor, name + 1, len);
	br_skip(r, 4); // depth, colour table
}

// ---- Audio

static u32 pcm_format(u32 bits, Bool is_float, Bool is_le)
{
	switch (bits) {
	case 8:
		return GF_AUDIO_FMT_U8;
	case 16:
		return is_le ? GF_AUDIO_FMT_S16 : GF_AUDIO_FMT_S16_BE;
	case 24:
		return is_le ? GF_AUDIO_FMT_S24 : GF_AUDIO_FMT_S24_BE;
	case 32:
		if (is_float)
			return is_le ? GF_AUDIO_FMT_FLT : GF_AUDIO_FMT_FLT_BE;
		return is_le ? GF_AUDIO_FMT_S32 : GF_AUDIO_FMT_S32_BE;
	case 64:
		return is_float ? (is_le ? GF_AUDIO_FMT_DBL : GF_AUDIO_FMT_DBL_BE) : 0;
	default:
		return 0;
	}
}

// Format of raw audio from the entry type; `pcmC`, `enda` and QuickTime version 2 refine it.
static void guess_pcm(IsomEntry *e, Bool is_le)
{
	u32 bits = e->audio.bits;
	Bool is_float = GF_FALSE;
	switch (e->format) {
	case GF_4CC('t', 'w', 'o', 's'):
		is_le = GF_FALSE;
		break;
	case GF_4CC('s', 'o', 'w', 't'):
		is_le = GF_TRUE;
		break;
	case GF_4CC('r', 'a', 'w', ' '):
		bits = bits == 16 ? 16 : 8;
		break;
	case GF_4CC('i', 'n', '2', '4'):
		bits = 24;
		break;
	case GF_4CC('i', 'n', '3', '2'):
		bits = 32;
		break;
	case GF_4CC('f', 'l', '3', '2'):
		bits = 32;
		is_float = GF_TRUE;
		break;
	case GF_4CC('f', 'l', '6', '4'):
		bits = 64;
		is_float = GF_TRUE;
		break;
	case GF_4CC('f', 'p', 'c', 'm'):
		is_float = GF_TRUE;
		break;
	default:
		break;
	}
	e->audio.bits = bits;
	e->audio.format = pcm_format(bits, is_float, is_le);
	e->audio.is_signed8 = bits == 8 && e->format != GF_4CC('r', 'a', 'w', ' ');
}

static void parse_pcmc(IsomEntry *e, IsomBox *b)
{
	br_skip(&b->r, 4);
	u8 flags = br_u8(&b->r), bits = br_u8(&b->r);
	if (b->r.overrun)
		return;
	e->audio.bits = bits;
	e->audio.format = pcm_format(bits, e->format == GF_4CC('f', 'p', 'c', 'm'), flags & 1);
	e->audio.is_signed8 = bits == 8;
}

// Channel layout of 14496-12, 12.2.4, when it is one of ISO/IEC 23091-3.
static void parse_chnl(IsomEntry *e, IsomBox *b)
{
	u8 version;
	isom_full(b, &version);
	u8 structure = br_u8(&b->r);
	if (version) {
		structure >>= 4;
		br_u8(&b->r); // format ordering, base channel count
	}
	if (!(structure & 1))
		return;
	u8 defined = br_u8(&b->r);
	if (!b->r.overrun && defined)
		e->audio.layout = gf_audio_fmt_get_layout_from_cicp(defined);
}

static GF_Err parse_wave(IsomEntry *e, IsomBox *wave)
{
	GF_Err err = GF_OK;
	IsomBox b;
	while (!err && isom_next(wave, &b)) {
		if (b.type == GF_4CC('e', 'n', 'd', 'a') && e->codec_id == GF_CODECID_RAW)
			guess_pcm(e, br_u16(&b.r) & 1);
		else if (b.type != GF_4CC('m', 'p', '4', 'a'))
			err = isom_parse_config_box(e, &b);
	}
	return err;
}

static GF_Err parse_audio_box(IsomEntry *e, IsomBox *b)
{
	switch (b->type) {
	case GF_4CC('s', 'r', 'a', 't'):
		br_skip(&b->r, 4);
		e->audio.sample_rate = br_u32(&b->r);
		return GF_OK;
	case GF_4CC('c', 'h', 'n', 'l'):
		parse_chnl(e, b);
		return GF_OK;
	case GF_4CC('p', 'c', 'm', 'C'):
		parse_pcmc(e, b);
		return GF_OK;
	case GF_4CC('w', 'a', 'v', 'e'):
		return parse_wave(e, b);
	default:
		return GF_OK;
	}
}

// SoundDescriptionV2 of QuickTime.
static void parse_sound_v2(IsomEntry *e, BitReader *r)
{
	br_skip(r, 4);
	u64 bits = br_u64(r);
	double rate;
	memcpy(&rate, &bits, sizeof(rate));
	e->audio.sample_rate = isfinite(rate) && rate > 0 && rate < 1e9 ? (u32)lrint(rate) : 0;
	e->audio.channels = br_u32(r);
	br_skip(r, 4);
	e->audio.bits = br_u32(r);
	u32 flags = br_u32(r);
	br_skip(r, 8);
	if (e->codec_id != GF_CODECID_RAW || r->overrun)
		return;
	e->audio.format = pcm_format(e->audio.bits, flags & 1, !(flags & 2));
	e->audio.is_signed8 = e->audio.bits == 8 && (flags & 4);
}

static void parse_audio_header(IsomEntry *e, BitReader *r, u8 stsd_version)
{
	e->audio.version = br_u16(r);
	e->audio.revision = br_u16(r);
	e->audio.vendor = br_u32(r);
	e->audio.channels = br_u16(r);
	e->audio.bits = br_u16(r);
	br_skip(r, 4);
	e->audio.sample_rate = br_u32(r) >> 16;
	if (e->codec_id == GF_CODECID_RAW)
		guess_pcm(e, GF_FALSE);
	// A version 1 entry has 16 more bytes in QuickTime, none in a version 1 `stsd` of ISO files.
	if (e->audio.version == 1 && !stsd_version)
		br_skip(r, 16);
	else if (e->audio.version == 2)
		parse_sound_v2(e, r);
}

// ---- Text and metadata

static GF_Err take_string(char **s, IsomBox *b)
{
	if (!br_left(&b->r))
		return GF_OK;
	gf_free(*s);
	*s = isom_string(b);
	return *s ? GF_OK : GF_OUT_OF_MEM;
}

static GF_Err parse_text_header(IsomEntry *e, IsomBox *b)
{
	GF_Err err = GF_OK;
	switch (e->format) {
	case GF_4CC('t', 'x', '3', 'g'):
		err = isom_parse_tx3g(e, b);
		br_skip(&b->r, br_left(&b->r));
		break;
	case GF_4CC('t', 'e', 'x', 't'):
		err = isom_parse_qt_text(e, b);
		br_skip(&b->r, br_left(&b->r));
		break;
	case GF_4CC('s', 't', 'p', 'p'):
		err = take_string(&e->text.ns, b);
		if (!err)
			err = take_string(&e->text.schema, b);
		if (!err)
			err = take_string(&e->text.aux_mimes, b);
		break;
	case GF_4CC('m', 'e', 't', 'x'):
		err = take_string(&e->text.encoding, b);
		if (!err)
			err = take_string(&e->text.ns, b);
		if (!err)
			err = take_string(&e->text.schema, b);
		break;
	case GF_4CC('s', 't', 'x', 't'):
	case GF_4CC('s', 'b', 't', 't'):
	case GF_4CC('m', 'e', 't', 't'):
		err = take_string(&e->text.encoding, b);
		if (!err)
			err = take_string(&e->text.mime, b);
		break;
	case GF_4CC('t', 'm', 'c', 'd'):
		br_skip(&b->r, 4);
		e->text.tmcd_flags = br_u32(&b->r);
		e->text.tmcd_scale = br_u32(&b->r);
		e->text.tmcd_duration = br_u32(&b->r);
		e->text.tmcd_frames = br_u8(&b->r);
		br_skip(&b->r, 1);
		break;
	default:
		break;
	}
	return err;
}

static GF_Err parse_text_box(IsomEntry *e, IsomBox *b)
{
	if (b->type == GF_4CC('m', 'i', 'm', 'e')) {
		br_skip(&b->r, 4);
		return take_string(&e->text.mime, b);
	}
	if (b->type == GF_4CC('t', 'x', 't', 'C')) {
		br_skip(&b->r, 4);
		return rest_of(&e->config, b);
	}
	return GF_OK;
}

// ---- Entry

static GF_Err parse_children(IsomEntry *e, IsomBox *entry)
{
	GF_Err err = GF_OK;
	IsomBox b;
	while (!err && isom_next(entry, &b)) {
		switch (b.type) {
		case GF_4CC('b', 't', 'r', 't'):
			parse_btrt(e, &b);
			break;
		case GF_4CC('s', 'i', 'n', 'f'):
		case GF_4CC('r', 'i', 'n', 'f'):
			break; // read before
		default:
			err = isom_parse_config_box(e, &b);
			if (!err && e->video.width)
				err = parse_visual_box(e, &b);
			if (!err && e->audio.channels)
				err = parse_audio_box(e, &b);
			if (!err && e->stream_type != GF_STREAM_VISUAL && e->stream_type != GF_STREAM_AUDIO)
				err = parse_text_box(e, &b);
			break;
		}
		// A configuration that cannot be read does not prevent the entry from being declared.
		if (err == GF_ISOM_INVALID_FILE)
			err = GF_OK;
	}
	return err;
}

// The protection is looked for first, since the original format tells how to read the rest.
static GF_Err find_protection(IsomEntry *e, const IsomBox *entry, u32 header)
{
	IsomBox copy = *entry, b;
	copy.quiet = GF_TRUE;
	br_skip(&copy.r, header);
	while (isom_next(&copy, &b)) {
		if (b.type == GF_4CC('s', 'i', 'n', 'f'))
			return isom_sinf_parse(&b, &e->protection);
		if (b.type == GF_4CC('r', 'i', 'n', 'f'))
			parse_rinf(e, &b);
	}
	return GF_OK;
}

static Bool is_protected_type(u32 type)
{
	switch (type) {
	case GF_4CC('e', 'n', 'c', 'v'):
	case GF_4CC('e', 'n', 'c', 'a'):
	case GF_4CC('e', 'n', 'c', 't'):
	case GF_4CC('e', 'n', 'c', 's'):
	case GF_4CC('e', 'n', 'c', 'm'):
	case GF_4CC('r', 'e', 's', 'v'):
		return GF_TRUE;
	default:
		return GF_FALSE;
	}
}

// Bytes of the entry before its boxes, for a stream type.
static u32 header_size(u32 stream_type)
{
	return stream_type == GF_STREAM_VISUAL ? 78 : stream_type == GF_STREAM_AUDIO ? 28 : 8;
}

static GF_Err parse_entry(IsomBox *box, u32 handler, u8 stsd_version, IsomEntry *e)
{
	e->type = e->format = box->type;
	e->offset = box->offset;
	e->box = isom_whole(box);
	e->box_size = (u32)box->size;
	e->stream_type = isom_handler_stream_type(handler);
	GF_Err err = GF_OK;
	if (is_protected_type(box->type)) {
		err = find_protection(e, box, header_size(e->stream_type));
		if (e->protection.format)
			e->format = e->protection.format;
		if (err == GF_ISOM_INVALID_FILE)
			err = GF_OK; // said
	}
	e->codec_id = e->format;
	u32 type = 0;
	e->known = isom_codec_of(e->format, &e->codec_id, &type);
	// `raw ` is a pixel format in a video track.
	if (e->known && e->codec_id == GF_CODECID_RAW && e->stream_type == GF_STREAM_VISUAL)
		e->known = GF_FALSE;
	else if (!e->stream_type)
		e->stream_type = type;

	br_skip(&box->r, 6);
	e->data_ref = br_u16(&box->r);
	if (e->stream_type == GF_STREAM_VISUAL)
		parse_visual_header(e, &box->r);
	else if (e->stream_type == GF_STREAM_AUDIO)
		parse_audio_header(e, &box->r, stsd_version);
	if (box->r.overrun) {
		isom_complain(box, "sample entry is too short");
		return GF_ISOM_INVALID_FILE;
	}
	if (!e->known && e->stream_type == GF_STREAM_VISUAL) {
		e->video.pixel_format = gf_pixel_fmt_from_qt_type(e->format);
		if (e->video.pixel_format) {
			e->codec_id = GF_CODECID_RAW;
			e->known = GF_TRUE;
		}
	}
	if (!e->known && !err)
		return rest_of(&e->config, box); // generic entry: its content is the configuration
	if (!err && e->stream_type != GF_STREAM_VISUAL && e->stream_type != GF_STREAM_AUDIO)
		err = parse_text_header(e, box);
	if (!err)
		err = parse_children(e, box);
	if (e->codec_id == GF_CODECID_HEVC && !e->config.size && e->enhancement.size)
		e->codec_id = GF_CODECID_LHVC;
	if (e->codec_id == GF_CODECID_SUBS_TEXT && e->text.mime && !strstr(e->text.mime, "subtitle"))
		e->codec_id = GF_CODECID_SIMPLE_TEXT;
	if (e->audio.format)
		e->audio.bytes_per_frame = e->audio.channels * (e->audio.bits / 8);
	return err == GF_ISOM_INVALID_FILE ? GF_OK : err;
}

GF_Err isom_stsd_parse(const u8 *stsd, u32 size, u64 offset, u32 handler, IsomEntry **out, u32 *out_nb)
{
	IsomBox box, b;
	GF_Err err = isom_box_load(stsd, size, offset, &box);
	if (err)
		return err;
	u8 version;
	isom_full(&box, &version);
	br_u32(&box.r); // the boxes that are there count
	IsomEntry *entries = NULL;
	u32 nb = 0, alloc = 0;
	while (!err && nb < MAX_ENTRIES && isom_next(&box, &b)) {
		err = array_reserve(&entries, &alloc, nb, 1, sizeof(*entries));
		if (err)
			break;
		memset(&entries[nb], 0, sizeof(*entries));
		err = parse_entry(&b, handler, version, &entries[nb++]);
	}
	if (!err && !nb) {
		isom_complain(&box, "has no sample entry");
		err = GF_ISOM_INVALID_FILE;
	}
	if (err) {
		isom_entries_free(entries, nb);
		return err;
	}
	*out = entries;
	*out_nb = nb;
	return GF_OK;
}
