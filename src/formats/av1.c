// SPDX-License-Identifier: MIT
// Frame headers, temporal units and the configuration record of AV1.
#include "formats/av1.h"
#include <string.h>
#include <gpac/tools.h>

// metadata_type, 6.7.1
enum { METADATA_LIGHT = 1, METADATA_DISPLAY = 2 };

void av1_parser_init(Av1Parser *p)
{
	*p = (Av1Parser){0};
}

void av1_parser_reset(Av1Parser *p)
{
	gf_free(p->sequence_obu);
	gf_free(p->metadata_obus);
	*p = (Av1Parser){.trace = p->trace};
}

// ---- Frame header

static void skip_presentation_time(SynReader *r, const Av1Sequence *s)
{
	if (s->decoder_model && !s->equal_intervals)
		syn_u(r, s->presentation_time_bits, "frame_presentation_time");
}

static void show_existing(SynReader *r, Av1Parser *p, Av1Frame *f)
{
	const Av1Sequence *s = &p->sequence;
	f->shown_index = (u8)syn_u(r, 3, "frame_to_show_map_idx");
	skip_presentation_time(r, s);
	if (s->frame_id_bits)
		syn_u(r, s->frame_id_bits, "display_frame_id");
	f->show = GF_TRUE;
	f->type = p->ref_types[f->shown_index];
	f->refresh = f->type == AV1_KEY_FRAME ? 0xFF : 0; // 7.21: a key frame is loaded into all references
}

static void parse_type(SynReader *r, const Av1Sequence *s, Av1Frame *f)
{
	f->type = (Av1FrameType)syn_u(r, 2, "frame_type");
	f->show = syn_flag(r, "show_frame");
	if (f->show)
		skip_presentation_time(r, s);
	f->showable = f->show ? f->type != AV1_KEY_FRAME : syn_flag(r, "showable_frame");
	f->error_resilient = GF_TRUE;
	if (f->type != AV1_SWITCH_FRAME && !(f->type == AV1_KEY_FRAME && f->show))
		f->error_resilient = syn_flag(r, "error_resilient_mode");
}

static void skip_removal_times(SynReader *r, const Av1Sequence *s, const ObuHeader *obu)
{
	if (!s->decoder_model || !syn_flag(r, "buffer_removal_time_present_flag"))
		return;
	for (u32 i = 0; i < s->nb_points; i++) {
		const Av1OperatingPoint *p = &s->points[i];
		Bool in_point = !p->idc || ((p->idc >> obu->temporal_id & 1) && (p->idc >> (obu->spatial_id + 8) & 1));
		if (p->decoder_model && in_point)
			syn_u(r, s->removal_time_bits, "buffer_removal_time");
	}
}

// frame_size() and render_size(), 5.9.5 and 5.9.6
static void parse_size(SynReader *r, const Av1Sequence *s, Bool override, Av1Frame *f)
{
	f->width = override ? syn_u(r, s->width_bits, "frame_width_minus_1") + 1 : s->max_width;
	f->height = override ? syn_u(r, s->height_bits, "frame_height_minus_1") + 1 : s->max_height;
	if (s->superres && syn_flag(r, "use_superres"))
		syn_u(r, 3, "coded_denom");
	f->render_width = f->width;
	f->render_height = f->height;
	if (syn_flag(r, "render_and_frame_size_different")) {
		f->render_width = syn_u(r, 16, "render_width_minus_1") + 1;
		f->render_height = syn_u(r, 16, "render_height_minus_1") + 1;
	}
}

// uncompressed_header(), 5.9.2, up to the size of intra frames
static void parse_header(SynReader *r, Av1Parser *p, const ObuHeader *obu, Av1Frame *f)
{
	const Av1Sequence *s = &p->sequence;
	if (s->reduced) {
		f->show = f->error_resilient = GF_TRUE;
	} else {
		f->show_existing = syn_flag(r, "show_existing_frame");
		if (f->show_existing) {
			show_existing(r, p, f);
			return;
		}
		parse_type(r, s, f);
	}
	Bool intra = f->type == AV1_KEY_FRAME || f->type == AV1_INTRA_ONLY_FRAME;
	syn_flag(r, "disable_cdf_update");
	u32 tools = s->screen_content_tools;
	if (tools == 2)
		tools = syn_u(r, 1, "allow_screen_content_tools");
	if (tools && s->integer_mv == 2)
		syn_flag(r, "force_integer_mv");
	if (s->frame_id_bits)
		syn_u(r, s->frame_id_bits, "current_frame_id");
	Bool override = f->type == AV1_SWITCH_FRAME;
	if (!override && !s->reduced)
		override = syn_flag(r, "frame_size_override_flag");
	f->order_hint = syn_u(r, s->order_hint_bits, "order_hint");
	if (!intra && !f->error_resilient)
		syn_u(r, 3, "primary_ref_frame");
	skip_removal_times(r, s, obu);
	f->refresh = 0xFF;
	if (f->type != AV1_SWITCH_FRAME && !(f->type == AV1_KEY_FRAME && f->show))
		f->refresh = (u8)syn_u(r, 8, "refresh_frame_flags");
	if ((!intra || f->refresh != 0xFF) && f->error_resilient) {
		for (u32 i = 0; i < AV1_NUM_REF_FRAMES && s->order_hint_bits; i++)
			syn_u(r, s->order_hint_bits, "ref_order_hint");
	}
	if (intra)
		parse_size(r, s, override, f);
}

GF_Err av1_frame_parse(Av1Parser *p, const ObuHeader *obu, const u8 *payload, Av1Frame *frame)
{
	SynReader r;
	Av1Frame f = {0};
	if (!p->has_sequence)
		return GF_NON_COMPLIANT_BITSTREAM;
	syn_init(&r, payload, obu->size, p->trace);
	parse_header(&r, p, obu, &f);
	GF_Err e = syn_end(&r, "AV1 frame header");
	if (e)
		return e;
	for (u32 i = 0; i < AV1_NUM_REF_FRAMES; i++) {
		if (f.refresh >> i & 1)
			p->ref_types[i] = f.type;
	}
	*frame = f;
	return GF_OK;
}

// ---- Sequence header and metadata

// Replaces an owned copy of OBUs by the unit, or adds it.
static GF_Err store_obu(u8 **stored, u32 *size, const ObuHeader *obu, const u8 *data, Bool add)
{
	ByteWriter w;
	u8 *bytes;
	bw_init(&w);
	if (add)
		bw_bytes(&w, *stored, *size);
	obu_write(&w, obu, data, GF_TRUE);
	u32 written;
	GF_Err e = bw_take(&w, &bytes, &written);
	if (e)
		return e;
	gf_free(*stored);
	*stored = bytes;
	*size = written;
	return GF_OK;
}

static GF_Err use_sequence(Av1Parser *p, const ObuHeader *obu, const u8 *data)
{
	GF_Err e = av1_sequence_parse(data + obu->header_size, obu->size, p->trace, &p->sequence);
	if (e)
		return e;
	u8 *before = p->sequence_obu;
	u32 before_size = p->sequence_size;
	p->sequence_obu = NULL;
	e = store_obu(&p->sequence_obu, &p->sequence_size, obu, data, GF_FALSE);
	Bool same = !e && before_size == p->sequence_size && !memcmp(before, p->sequence_obu, before_size);
	gf_free(before);
	p->has_sequence = !e;
	if (e || same)
		return e;
	p->sequence_version++;
	gf_free(p->metadata_obus);
	p->metadata_obus = NULL;
	p->metadata_size = 0;
	p->metadata = (Av1Metadata){0};
	return GF_OK;
}

// metadata_hdr_mdcv(), 5.8.4, to the units of a `mdcv` box. `v` of `unit` parts of 1.
static u32 convert(u32 v, u32 unit, u32 scale)
{
	return (u32)(((u64)v * scale + unit / 2) / unit);
}

static void read_display(BitReader *r, Av1Metadata *m)
{
	static const u8 order[3] = {2, 0, 1}; // from red, green, blue
	for (u32 i = 0; i < 3; i++) {
		m->primaries_x[order[i]] = (u16)convert(br_u16(r), 1 << 16, 50000);
		m->primaries_y[order[i]] = (u16)convert(br_u16(r), 1 << 16, 50000);
	}
	m->white_x = (u16)convert(br_u16(r), 1 << 16, 50000);
	m->white_y = (u16)convert(br_u16(r), 1 << 16, 50000);
	m->max_luminance = convert(br_u32(r), 1 << 8, 10000);
	m->min_luminance = convert(br_u32(r), 1 << 14, 10000);
}

// Metadata that holds for the whole sequence goes with its header.
static GF_Err use_metadata(Av1Parser *p, const ObuHeader *obu, const u8 *data)
{
	BitReader r;
	br_init(&r, data + obu->header_size, obu->size);
	u32 type = obu_leb128(&r);
	Av1Metadata m = p->metadata;
	if (type == METADATA_LIGHT && !m.has_light) {
		m.has_light = GF_TRUE;
		m.max_content = br_u16(&r);
		m.max_average = br_u16(&r);
	} else if (type == METADATA_DISPLAY && !m.has_display) {
		m.has_display = GF_TRUE;
		read_display(&r, &m);
	} else {
		return GF_OK;
	}
	if (r.overrun)
		return GF_OK;
	p->metadata = m;
	return store_obu(&p->metadata_obus, &p->metadata_size, obu, data, GF_TRUE);
}

// ---- Temporal units

static void add_frame(Av1Unit *unit, const Av1Frame *f)
{
	Bool key = f->type == AV1_KEY_FRAME && !f->show_existing;
	Bool intra = !f->show_existing && (key || f->type == AV1_INTRA_ONLY_FRAME);
	if (!unit->nb_frames) {
		unit->first = *f;
		unit->key_shown = key && f->show;
		unit->is_switch = f->type == AV1_SWITCH_FRAME && !f->show_existing;
		unit->intra = GF_TRUE;
	}
	unit->key_delayed |= key && !f->show;
	unit->intra &= intra;
	unit->referenced |= f->refresh != 0;
	unit->nb_frames++;
}

GF_Err av1_parser_obu(Av1Parser *p, const ObuHeader *obu, const u8 *data, Av1Unit *unit)
{
	Av1Frame frame;
	GF_Err e;
	switch (obu->type) {
	case OBU_SEQUENCE_HEADER:
		unit->has_sequence = GF_TRUE;
		return use_sequence(p, obu, data);
	case OBU_METADATA:
		return unit->has_sequence && !unit->nb_frames ? use_metadata(p, obu, data) : GF_OK;
	case OBU_FRAME:
	case OBU_FRAME_HEADER:
		e = av1_frame_parse(p, obu, data + obu->header_size, &frame);
		if (!e)
			add_frame(unit, &frame);
		return e;
	default:
		return GF_OK;
	}
}

GF_Err av1_parser_unit(Av1Parser *p, const u8 *data, u32 size, Bool annex_b, Av1Unit *unit)
{
	ObuIter it;
	ObuHeader obu;
	const u8 *at;
	GF_Err e;
	*unit = (Av1Unit){0};
	obu_iter_init(&it, data, size, annex_b);
	while (!(e = obu_iter_next(&it, &obu, &at))) {
		e = av1_parser_obu(p, &obu, at, unit);
		if (e)
			return e;
	}
	return e == GF_EOS ? GF_OK : e;
}

// ---- Configuration record (AV1-ISOBMFF 2.3.3)

GF_Err av1_config_write(const Av1Parser *p, u8 **data, u32 *size)
{
	const Av1Sequence *s = &p->sequence;
	ByteWriter w;
	if (!p->has_sequence)
		return GF_NON_COMPLIANT_BITSTREAM;
	bw_init(&w);
	bw_u8(&w, 0x81); // marker, version 1
	bw_bits(&w, s->profile, 3);
	bw_bits(&w, s->points[0].level, 5);
	bw_bits(&w, s->points[0].tier, 1);
	bw_bits(&w, s->bit_depth > 8, 1);
	bw_bits(&w, s->bit_depth == 12, 1);
	bw_bits(&w, s->monochrome, 1);
	bw_bits(&w, s->sub_x, 1);
	bw_bits(&w, s->sub_y, 1);
	bw_bits(&w, s->chroma_position, 2);
	bw_u8(&w, 0); // the initial presentation delay is not known
	bw_bytes(&w, p->sequence_obu, p->sequence_size);
	if (p->metadata_size)
		bw_bytes(&w, p->metadata_obus, p->metadata_size);
	return bw_take(&w, data, size);
}

const u8 *av1_config_obus(const u8 *data, u32 size, u32 *obus_size)
{
	if (size < 4 || data[0] != 0x81)
		return NULL;
	*obus_size = size - 4;
	return data + 4;
}

Bool av1_find_sequence(const u8 *obus, u32 size, Av1Sequence *sequence)
{
	ObuIter it;
	ObuHeader obu;
	const u8 *at;
	obu_iter_init(&it, obus, size, GF_FALSE);
	while (!obu_iter_next(&it, &obu, &at)) {
		if (obu.type == OBU_SEQUENCE_HEADER)
			return !av1_sequence_parse(at + obu.header_size, obu.size, &syn_quiet, sequence);
	}
	return GF_FALSE;
}
