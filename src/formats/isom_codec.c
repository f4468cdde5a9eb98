// SPDX-License-Identifier: MIT
// Sample entry types and decoder configurations.
#include <gpac/constants.h>
#include "formats/isom_stsd.h"

typedef struct {
	u32 format, codec_id, stream_type;
} Codec;

#define VIDEO(a, b, c, d, id) \
	{ \
		GF_4CC(a, b, c, d), GF_CODECID_##id, GF_STREAM_VISUAL \
	}
#define AUDIO(a, b, c, d, id) \
	{ \
		GF_4CC(a, b, c, d), GF_CODECID_##id, GF_STREAM_AUDIO \
	}
#define TEXT(a, b, c, d, id) \
	{ \
		GF_4CC(a, b, c, d), GF_CODECID_##id, GF_STREAM_TEXT \
	}
#define META(a, b, c, d, id) \
	{ \
		GF_4CC(a, b, c, d), GF_CODECID_##id, GF_STREAM_METADATA \
	}

// Entries whose codec is given by `esds` have codec 0 here.
static const Codec codecs[] = {
	VIDEO('a', 'v', 'c', '1', AVC),
	VIDEO('a', 'v', 'c', '2', AVC),
	VIDEO('a', 'v', 'c', '3', AVC),
	VIDEO('a', 'v', 'c', '4', AVC),
	VIDEO('d', 'v', 'a', '1', AVC),
	VIDEO('d', 'v', 'a', 'v', AVC),
	VIDEO('s', 'v', 'c', '1', SVC),
	VIDEO('s', 'v', 'c', '2', SVC),
	VIDEO('m', 'v', 'c', '1', MVC),
	VIDEO('m', 'v', 'c', '2', MVC),
	VIDEO('h', 'v', 'c', '1', HEVC),
	VIDEO('h', 'v', 'c', '2', HEVC),
	VIDEO('h', 'v', 'c', '3', HEVC),
	VIDEO('h', 'e', 'v', '1', HEVC),
	VIDEO('h', 'e', 'v', '2', HEVC),
	VIDEO('h', 'e', 'v', '3', HEVC),
	VIDEO('d', 'v', 'h', '1', HEVC),
	VIDEO('d', 'v', 'h', 'e', HEVC),
	VIDEO('l', 'h', 'v', '1', LHVC),
	VIDEO('l', 'h', 'e', '1', LHVC),
	VIDEO('h', 'v', 't', '1', HEVC_TILES),
	VIDEO('h', 'v', 't', '2', HEVC_TILES),
	VIDEO('h', 'v', 't', '3', HEVC_TILES),
	VIDEO('v', 'v', 'c', '1', VVC),
	VIDEO('v', 'v', 'i', '1', VVC),
	VIDEO('v', 'v', 's', '1', VVC_SUBPIC),
	VIDEO('a', 'v', '0', '1', AV1),
	VIDEO('d', 'a', 'v', '1', AV1),
	VIDEO('v', 'p', '0', '8', VP8),
	VIDEO('v', 'p', '0', '9', VP9),
	VIDEO('v', 'p', '1', '0', VP10),
	VIDEO('m', 'p', '4', 'v', NONE),
	AUDIO('m', 'p', '4', 'a', NONE),
	VIDEO('s', '2', '6', '3', S263),
	VIDEO('h', '2', '6', '3', H263),
	VIDEO('j', 'p', 'e', 'g', JPEG),
	VIDEO('m', 'j', 'p', 'a', JPEG),
	VIDEO('m', 'j', 'p', 'b', JPEG),
	VIDEO('p', 'n', 'g', ' ', PNG),
	VIDEO('m', 'j', 'p', '2', J2K),
	VIDEO('a', 'p', 'c', 'h', APCH),
	VIDEO('a', 'p', 'c', 'n', APCN),
	VIDEO('a', 'p', 'c', 's', APCS),
	VIDEO('a', 'p', 'c', 'o', APCO),
	VIDEO('a', 'p', '4', 'h', AP4H),
	VIDEO('a', 'p', '4', 'x', AP4X),
	VIDEO('F', 'F', 'V', '1', FFV1),
	VIDEO('A', 'V', 'd', 'n', DNXHD),
	VIDEO('v', 'c', '-', '1', SMPTE_VC1),
	VIDEO('u', 'n', 'c', 'v', RAW_UNCV),

	AUDIO('.', 'm', 'p', '3', MPEG_AUDIO),
	AUDIO('m', 's', 0, 'U', MPEG_AUDIO),
	AUDIO('a', 'c', '-', '3', AC3),
	AUDIO('e', 'c', '-', '3', EAC3),
	AUDIO('a', 'c', '-', '4', AC4),
	AUDIO('m', 'l', 'p', 'a', TRUEHD),
	AUDIO('O', 'p', 'u', 's', OPUS),
	AUDIO('f', 'L', 'a', 'C', FLAC),
	AUDIO('a', 'l', 'a', 'c', ALAC),
	AUDIO('i', 'a', 'm', 'f', IAMF),
	AUDIO('m', 'h', 'a', '1', MPHA),
	AUDIO('m', 'h', 'a', '2', MPHA),
	AUDIO('m', 'h', 'm', '1', MHAS),
	AUDIO('m', 'h', 'm', '2', MHAS),
	AUDIO('d', 't', 's', 'c', DTS_CA),
	AUDIO('d', 't', 's', 'h', DTS_HD_HR_MASTER),
	AUDIO('d', 't', 's', 'l', DTS_HD_LOSSLESS),
	AUDIO('d', 't', 's', 'e', DTS_EXPRESS_LBR),
	AUDIO('d', 't', 's', 'x', DTS_X),
	AUDIO('d', 't', 's', 'y', DTS_Y),
	AUDIO('s', 'a', 'm', 'r', AMR),
	AUDIO('s', 'a', 'w', 'b', AMR_WB),
	AUDIO('s', 'e', 'v', 'c', EVRC),
	AUDIO('s', 's', 'm', 'v', SMV),
	AUDIO('s', 'q', 'c', 'p', QCELP),
	AUDIO('i', 'p', 'c', 'm', RAW),
	AUDIO('f', 'p', 'c', 'm', RAW),
	AUDIO('t', 'w', 'o', 's', RAW),
	AUDIO('s', 'o', 'w', 't', RAW),
	AUDIO('r', 'a', 'w', ' ', RAW),
	AUDIO('i', 'n', '2', '4', RAW),
	AUDIO('i', 'n', '3', '2', RAW),
	AUDIO('f', 'l', '3', '2', RAW),
	AUDIO('f', 'l', '6', '4', RAW),
	AUDIO('l', 'p', 'c', 'm', RAW),

	TEXT('t', 'x', '3', 'g', TX3G),
	TEXT('t', 'e', 'x', 't', TX3G),
	TEXT('w', 'v', 't', 't', WEBVTT),
	TEXT('s', 't', 'p', 'p', SUBS_XML),
	TEXT('s', 't', 'x', 't', SIMPLE_TEXT),
	TEXT('s', 'b', 't', 't', SUBS_TEXT),
	TEXT('d', 'v', 'b', 's', DVB_SUBS),
	TEXT('d', 'v', 'b', 't', DVB_TELETEXT),
	META('m', 'e', 't', 't', META_TEXT),
	META('m', 'e', 't', 'x', META_XML),
	META('e', 'v', 't', 'e', EVTE),
	META('t', 'm', 'c', 'd', TMCD),
	{GF_4CC('m', 'p', '4', 's'), GF_CODECID_NONE, GF_STREAM_SCENE},
	{GF_4CC('d', 'i', 'm', 's'), GF_CODECID_DIMS, GF_STREAM_SCENE},
};

Bool isom_codec_of(u32 format, u32 *codec_id, u32 *stream_type)
{
	for (u32 i = 0; i < sizeof(codecs) / sizeof(codecs[0]); i++) {
		if (codecs[i].format != format)
			continue;
		if (codec_id)
			*codec_id = codecs[i].codec_id;
		if (stream_type)
			*stream_type = codecs[i].stream_type;
		return GF_TRUE;
	}
	return GF_FALSE;
}

u32 isom_handler_stream_type(u32 handler)
{
	switch (handler) {
	case GF_4CC('v', 'i', 'd', 'e'):
	case GF_4CC('a', 'u', 'x', 'v'):
	case GF_4CC('p', 'i', 'c', 't'):
		return GF_STREAM_VISUAL;
	case GF_4CC('s', 'o', 'u', 'n'):
		return GF_STREAM_AUDIO;
	case GF_4CC('t', 'e', 'x', 't'):
	case GF_4CC('s', 'u', 'b', 't'):
	case GF_4CC('s', 'b', 't', 'l'):
	case GF_4CC('c', 'l', 'c', 'p'):
	case GF_4CC('s', 'u', 'b', 'p'):
		return GF_STREAM_TEXT;
	case GF_4CC('m', 'e', 't', 'a'):
	case GF_4CC('t', 'm', 'c', 'd'):
		return GF_STREAM_METADATA;
	case GF_4CC('s', 'd', 's', 'm'):
		return GF_STREAM_SCENE;
	case GF_4CC('o', 'd', 's', 'm'):
		return GF_STREAM_OD;
	default:
		return 0;
	}
}

GF_Err isom_data_set(IsomData *d, const u8 *data, u32 size)
{
	u8 *copy = gf_malloc(size ? size : 1);
	if (!copy)
		return GF_OUT_OF_MEM;
	if (size)
		memcpy(copy, data, size);
	gf_free(d->data);
	*d = (IsomData){copy, size};
	return GF_OK;
}

static GF_Err set_rest(IsomData *d, IsomBox *b, u32 skip)
{
	br_skip(&b->r, skip);
	u32 size;
	const u8 *data = isom_rest(b, &size);
	return isom_data_set(d, data, size);
}

// ---- MPEG-4 descriptors (ISO/IEC 14496-1, 7.2.6)

// Tag and expandable size of a descriptor; the reader is left on its content.
static u8 descriptor(BitReader *r, BitReader *body)
{
	u8 tag = br_u8(r);
	u32 size = 0;
	for (u32 i = 0; i < 4; i++) {
		u8 byte = br_u8(r);
		size = size << 7 | (byte & 0x7F);
		if (!(byte & 0x80))
			break;
	}
	size_t left = br_left(r);
	if (size > left)
		size = (u32)left;
	br_init(body, r->data + br_byte_pos(r), size);
	br_skip(r, size);
	return r->overrun ? 0 : tag;
}

static Bool find_descriptor(BitReader *r, u8 tag, BitReader *body)
{
	while (br_left(r) >= 2) {
		if (descriptor(r, body) == tag)
			return GF_TRUE;
	}
	return GF_FALSE;
}

// Audio object type of an AudioSpecificConfig (14496-3, 1.6.2.1).
static u32 audio_object_type(const IsomData *config)
{
	BitReader r;
	br_init(&r, config->data, config->size);
	u32 type = br_bits(&r, 5);
	return type == 31 ? 32 + br_bits(&r, 6) : type;
}

GF_Err isom_parse_esds(IsomEntry *e, IsomBox *esds)
{
	u8 version;
	isom_full(esds, &version);
	BitReader es, dc, dsi;
	if (!find_descriptor(&esds->r, 3, &es)) {
		isom_complain(esds, "has no elementary stream descriptor");
		return GF_ISOM_INVALID_FILE;
	}
	br_skip(&es, 2);
	u8 flags = br_u8(&es);
	br_skip(&es, flags & 0x80 ? 2 : 0);
	if (flags & 0x40)
		br_skip(&es, br_u8(&es));
	br_skip(&es, flags & 0x20 ? 2 : 0);
	if (!find_descriptor(&es, 4, &dc)) {
		isom_complain(esds, "has no decoder configuration descriptor");
		return GF_ISOM_INVALID_FILE;
	}
	u8 oti = br_u8(&dc);
	u8 stream_type = br_u8(&dc) >> 2;
	e->buffer_size = br_u24(&dc);
	e->max_rate = br_u32(&dc);
	e->avg_rate = br_u32(&dc);
	e->has_rate = GF_TRUE;
	if (dc.overrun) {
		isom_complain(esds, "has a decoder configuration descriptor that is too short");
		return GF_ISOM_INVALID_FILE;
	}
	if (stream_type)
		e->stream_type = stream_type;
	GF_Err err = GF_OK;
	if (find_descriptor(&dc, 5, &dsi))
		err = isom_data_set(&e->config, dsi.data, (u32)dsi.size);
	e->codec_id = gf_codecid_from_oti(e->stream_type, oti);
	if (!e->codec_id)
		e->codec_id = oti;
	if (e->codec_id == GF_CODECID_AAC_MPEG4 && e->config.size && audio_object_type(&e->config) == 42)
		e->codec_id = GF_CODECID_USAC;
	e->known = GF_TRUE;
	return err;
}

// ---- Configuration boxes

// `dOps` is big-endian where an OpusHead is little-endian (Opus in ISOBMFF, 4.3.2; RFC 7845, 5.1).
static GF_Err parse_dops(IsomEntry *e, IsomBox *b)
{
	u32 size;
	const u8 *d = isom_rest(b, &size);
	if (size < 11) {
		isom_complain(b, "is too short");
		return GF_ISOM_INVALID_FILE;
	}
	GF_Err err = isom_data_set(&e->config, d, size);
	if (err)
		return err;
	u8 *c = e->config.data;
	c[0] = 1; // version of the OpusHead
	const u8 le[8] = {d[3], d[2], d[7], d[6], d[5], d[4], d[9], d[8]};
	memcpy(c + 2, le, sizeof(le));
	return GF_OK;
}

static GF_Err parse_nal_config(IsomEntry *e, IsomBox *b)
{
	GF_Err err = set_rest(&e->config, b, b->type == GF_4CC('v', 'v', 'c', 'C') ? 4 : 0);
	if (err)
		return err;
	const u8 *c = e->config.data;
	u32 size = e->config.size;
	if (b->type == GF_4CC('a', 'v', 'c', 'C') && size >= 7)
		e->nal_length = (c[4] & 3) + 1;
	else if (b->type == GF_4CC('h', 'v', 'c', 'C') && size >= 23)
		e->nal_length = (c[21] & 3) + 1;
	else if (b->type == GF_4CC('v', 'v', 'c', 'C') && size >= 2)
		e->nal_length = (c[0] >> 1 & 3) + 1;
	if (e->nal_length)
		return GF_OK;
	isom_complain(b, "is too short");
	return GF_ISOM_INVALID_FILE;
}

static GF_Err parse_enhancement(IsomEntry *e, IsomBox *b)
{
	GF_Err err = set_rest(&e->enhancement, b, 0);
	u32 min_size = b->type == GF_4CC('l', 'h', 'v', 'C') ? 6 : 7;
	if (!err && !e->nal_length && e->enhancement.size >= min_size)
		e->nal_length = (e->enhancement.data[4] & 3) + 1;
	return err;
}

static GF_Err parse_mhap(IsomEntry *e, IsomBox *b)
{
	u32 nb = br_u8(&b->r);
	if (!nb || nb > br_left(&b->r))
		return GF_OK;
	u32 *profiles = gf_malloc(nb * sizeof(u32));
	if (!profiles)
		return GF_OUT_OF_MEM;
	for (u32 i = 0; i < nb; i++)
		profiles[i] = br_u8(&b->r);
	gf_free(e->audio.mha_profiles);
	e->audio.mha_profiles = profiles;
	e->audio.nb_mha_profiles = nb;
	return GF_OK;
}

// Boxes kept together, headers included, because the codec needs them all.
static GF_Err append_box(IsomData *d, const IsomBox *b)
{
	u8 *data = gf_realloc(d->data, d->size + (size_t)b->size);
	if (!data)
		return GF_OUT_OF_MEM;
	memcpy(data + d->size, isom_whole(b), (size_t)b->size);
	d->data = data;
	d->size += (u32)b->size;
	return GF_OK;
}

GF_Err isom_parse_config_box(IsomEntry *e, IsomBox *b)
{
	switch (b->type) {
	case GF_4CC('a', 'v', 'c', 'C'):
	case GF_4CC('h', 'v', 'c', 'C'):
	case GF_4CC('v', 'v', 'c', 'C'):
		return parse_nal_config(e, b);
	case GF_4CC('s', 'v', 'c', 'C'):
	case GF_4CC('m', 'v', 'c', 'C'):
	case GF_4CC('l', 'h', 'v', 'C'):
		return parse_enhancement(e, b);
	case GF_4CC('a', 'v', '1', 'C'):
	case GF_4CC('d', 'a', 'c', '3'):
	case GF_4CC('d', 'e', 'c', '3'):
	case GF_4CC('d', 'a', 'c', '4'):
	case GF_4CC('d', 'm', 'l', 'p'):
	case GF_4CC('m', 'h', 'a', 'C'):
	case GF_4CC('i', 'a', 'c', 'b'):
	case GF_4CC('d', 'v', 'c', '1'):
	case GF_4CC('g', 'l', 'b', 'l'):
	case GF_4CC('j', 'p', '2', 'h'):
	case GF_4CC('v', 't', 't', 'C'):
	case GF_4CC('d', 'v', 's', 'C'):
	case GF_4CC('d', 'v', 't', 'C'):
		return set_rest(&e->config, b, 0);
	case GF_4CC('v', 'p', 'c', 'C'):
	case GF_4CC('d', 'f', 'L', 'a'):
	case GF_4CC('a', 'l', 'a', 'c'):
		return set_rest(&e->config, b, 4);
	case GF_4CC('d', 'O', 'p', 's'):
		return parse_dops(e, b);
	case GF_4CC('e', 's', 'd', 's'):
		return isom_parse_esds(e, b);
	case GF_4CC('m', 'h', 'a', 'P'):
		return parse_mhap(e, b);
	case GF_4CC('d', 'a', 'm', 'r'):
		br_skip(&b->r, 5); // vendor, decoder version
		e->audio.amr_mode_set = br_u16(&b->r);
		return GF_OK;
	case GF_4CC('c', 'm', 'p', 'd'):
	case GF_4CC('u', 'n', 'c', 'C'):
		return append_box(&e->config, b);
	default:
		return GF_OK;
	}
}

// ---- Timed text

// Sample description of 3GPP timed text (TS 26.245, 5.16): the fonts follow without the header of their box.
GF_Err isom_parse_tx3g(IsomEntry *e, IsomBox *b)
{
	const u8 *fixed = br_bytes(&b->r, 30);
	if (!fixed) {
		isom_complain(b, "is too short");
		return GF_ISOM_INVALID_FILE;
	}
	ByteWriter w;
	bw_init(&w);
	bw_bytes(&w, fixed, 30);
	IsomBox ftab;
	u32 size = 0;
	const u8 *fonts = NULL;
	if (isom_find(b, GF_4CC('f', 't', 'a', 'b'), &ftab))
		fonts = isom_rest(&ftab, &size);
	if (size >= 2)
		bw_bytes(&w, fonts, size);
	else
		bw_u16(&w, 0);
	return bw_take(&w, &e->config.data, &e->config.size);
}

// The text media of QuickTime, given as the 3GPP description of the same look.
GF_Err isom_parse_qt_text(IsomEntry *e, IsomBox *b)
{
	BitReader *r = &b->r;
	u32 flags = br_u32(r);
	u8 justify = (u8)br_u32(r);
	u8 back[3];
	for (u32 i = 0; i < 3; i++)
		back[i] = (u8)(br_u16(r) >> 8);
	const u8 *box = br_bytes(r, 8);
	br_skip(r, 8);
	u16 font = br_u16(r);
	u8 face = (u8)br_u16(r);
	br_skip(r, 3);
	u8 fore[3];
	for (u32 i = 0; i < 3; i++)
		fore[i] = (u8)(br_u16(r) >> 8);
	if (r->overrun) {
		isom_complain(b, "is too short");
		return GF_ISOM_INVALID_FILE;
	}
	u8 name_size = br_left(r) ? br_u8(r) : 0;
	const u8 *name = br_bytes(r, name_size);
	r->overrun = GF_FALSE;
	ByteWriter w;
	bw_init(&w);
	bw_u32(&w, flags);
	bw_u8(&w, justify);
	bw_u8(&w, 0xFF); // bottom
	bw_bytes(&w, back, 3);
	bw_u8(&w, 0xFF);
	bw_bytes(&w, box, 8);
	bw_u32(&w, 0); // style of all characters
	bw_u16(&w, font);
	bw_u8(&w, face);
	bw_u8(&w, 12); // QuickTime gives no size
	bw_bytes(&w, fore, 3);
	bw_u8(&w, 0xFF);
	bw_u16(&w, name ? 1 : 0);
	if (name) {
		bw_u16(&w, font);
		bw_u8(&w, name_size);
		bw_bytes(&w, name, name_size);
	}
	return bw_take(&w, &e->config.data, &e->config.size);
}
