// SPDX-License-Identifier: MIT
// Analysis of AV1 and VPx: units and frame headers; of MPEG-1, 2 and 4 part 2 video: start codes.
#include "filters/inspect_analyze.h"
#include "formats/vpx.h"

// ---- AV1

// obu_type and frame_type, AV1 specification 6.2.2 and 6.8.2.
static const char *const obu_names[16] = {"reserved", "seq_header", "delimiter", "frame_header", "tile_group",
	"metadata", "frame", "redundant_frame_header", "tile_list", "reserved", "reserved", "reserved",
	"reserved", "reserved", "reserved", "padding"};
static const char *const frame_names[4] = {"key", "inter", "intra_only", "switch"};

static void add_sequence(Element *el, const Av1Sequence *s)
{
	el_u64(el, "profile", s->profile);
	el_u64(el, "level", s->points[0].level);
	el_u64(el, "tier", s->points[0].tier);
	el_u64(el, "width", s->max_width);
	el_u64(el, "height", s->max_height);
	el_u64(el, "bit_depth", s->bit_depth);
	el_flag(el, "monochrome", s->monochrome);
	el_u64(el, "color_primaries", s->primaries);
	el_u64(el, "transfer_characteristics", s->transfer);
	el_u64(el, "matrix_coefficients", s->matrix);
	el_u64(el, "full_range", s->full_range);
	el_flag(el, "film_grain", s->film_grain);
}

static void add_frame(Element *el, const Av1Frame *f)
{
	el_text(el, "frame_type", frame_names[f->type]);
	if (f->show_existing) {
		el_u64(el, "show_existing_frame", f->shown_index);
		return;
	}
	el_u64(el, "show_frame", f->show);
	el_flag(el, "showable_frame", f->showable);
	el_u64(el, "error_resilient", f->error_resilient);
	el_u64(el, "order_hint", f->order_hint);
	el_u64(el, "refresh_frame_flags", f->refresh);
	if (f->width) {
		el_u64(el, "width", f->width);
		el_u64(el, "height", f->height);
	}
}

// The headers in the unit, by their syntax elements at the level `bs`.
static void add_headers(Analyzer *an, Element *el, const ObuHeader *obu, const u8 *data)
{
	Av1Unit unit = {0};
	const SynTrace *trace = el_trace(el, an->level);
	an->av1.trace = trace ? trace : &syn_quiet;
	GF_Err e = av1_parser_obu(&an->av1, obu, data, &unit);
	if (e)
		el_text(el, "status", e == GF_OUT_OF_MEM ? "out of memory" : "error parsing");
	if (e || trace)
		return;
	if (obu->type == OBU_SEQUENCE_HEADER)
		add_sequence(el, &an->av1.sequence);
	if (unit.nb_frames)
		add_frame(el, &unit.first);
}

static void add_obus(Analyzer *an, const u8 *data, u32 size, StrBuf *sb)
{
	u32 at = 0;
	while (at < size) {
		ObuHeader obu;
		if (obu_read(data + at, size - at, &obu)) {
			sb_addf(
				sb, "<!-- OBU is corrupted: the header at byte %u does not fit in %u bytes -->\n", at, size);
			return;
		}
		u32 total = obu.header_size + obu.size;
		Element el;
		el_open(&el, sb, "OBU");
		el_u64(&el, "size", total);
		if (an->crc)
			el_crc(&el, data + at, total);
		el_text(&el, "type", obu_names[obu.type]);
		el_u64(&el, "header_size", obu.header_size);
		el_u64(&el, "has_size_field", obu.has_size);
		el_u64(&el, "has_ext", obu.has_extension);
		el_u64(&el, "temporalID", obu.temporal_id);
		el_u64(&el, "spatialID", obu.spatial_id);
		add_headers(an, &el, &obu, data + at);
		el_close(&el);
		at += total;
	}
}

void analyze_av1_config(InspectPid *p, StrBuf *sb)
{
	const GF_PropData *data = inspect_prop_data(p, GF_PROP_PID_DECODER_CONFIG);
	u32 size;
	const u8 *obus = data ? av1_config_obus(data->ptr, data->size, &size) : NULL;
	if (!obus)
		return;
	sb_add(sb, "<OBUConfig>\n");
	add_obus(p->analyzer, obus, size, sb);
	sb_add(sb, "</OBUConfig>\n");
}

void analyze_av1_packet(InspectPid *p, const InspectPacket *pck, StrBuf *sb)
{
	add_obus(p->analyzer, pck->data, pck->size, sb);
}

// ---- VPx

// VPCodecConfigurationRecord of the VP-codec ISO media file format binding, after version and flags.
void analyze_vpx_config(InspectPid *p, StrBuf *sb)
{
	const GF_PropData *data = inspect_prop_data(p, GF_PROP_PID_DECODER_CONFIG);
	if (!data)
		return;
	BitReader br;
	Element el;
	br_init(&br, data->ptr, data->size);
	el_open(&el, sb, "VPxConfiguration");
	el_u64(&el, "profile", br_bits(&br, 8));
	el_u64(&el, "level", br_bits(&br, 8));
	el_u64(&el, "bit_depth", br_bits(&br, 4));
	el_u64(&el, "chroma_subsampling", br_bits(&br, 3));
	el_u64(&el, "full_range", br_bit(&br));
	el_u64(&el, "colour_primaries", br_bits(&br, 8));
	el_u64(&el, "transfer_characteristics", br_bits(&br, 8));
	el_u64(&el, "matrix_coefficients", br_bits(&br, 8));
	if (br.overrun)
		el_text(&el, "status", "error parsing");
	el_close(&el);
}

// Frame header of RFC 6386 9.1: a three-byte tag, and the size of key frames. All in little-endian order.
void analyze_vp8_packet(InspectPid *p, const InspectPacket *pck, StrBuf *sb)
{
	const u8 *d = pck->data;
	Element el;
	el_open(&el, sb, "VP8Frame");
	el_u64(&el, "size", pck->size);
	if (p->analyzer->crc)
		el_crc(&el, d, pck->size);
	VpxFrame f;
	if (!vp8_frame_parse(d, pck->size, &f)) {
		el_text(&el, "status", "error parsing");
	} else {
		el_u64(&el, "key_frame", f.key);
		el_u64(&el, "version", f.profile);
		el_u64(&el, "show_frame", f.show);
		el_u64(&el, "first_part_size", f.first_partition_size);
		if (f.key) {
			el_u64(&el, "width", f.width);
			el_u64(&el, "height", f.height);
		}
	}
	el_close(&el);
}

static void add_vp9_header(const Analyzer *an, Element *el, const u8 *data, u32 size)
{
	VpxFrame f;
	const SynTrace *trace = el_trace(el, an->level);
	if (!vp9_frame_parse(data, size, trace ? trace : &syn_quiet, &f)) {
		el_text(el, "status", "error parsing");
		return;
	}
	if (trace)
		return;
	el_u64(el, "profile", f.profile);
	if (f.show_existing) {
		el_u64(el, "show_existing_frame", f.shown_index);
		return;
	}
	el_u64(el, "key_frame", f.key);
	el_u64(el, "show_frame", f.show);
	el_u64(el, "error_resilient", f.error_resilient);
	if (f.key) {
		el_u64(el, "width", f.width);
		el_u64(el, "height", f.height);
	}
}

static void add_vp9_frame(const Analyzer *an, const u8 *data, u32 size, StrBuf *sb)
{
	Element el;
	el_open(&el, sb, "VP9Frame");
	el_u64(&el, "size", size);
	if (an->crc)
		el_crc(&el, data, size);
	add_vp9_header(an, &el, data, size);
	el_close(&el);
}

// Superframe index, annex B: behind the frames, begun and ended by the same marker byte.
void analyze_vp9_packet(InspectPid *p, const InspectPacket *pck, StrBuf *sb)
{
	const u8 *d = pck->data;
	u32 sizes[VP9_MAX_FRAMES], index_size;
	u32 nb_frames = vp9_superframe(d, pck->size, sizes, &index_size);
	if (!nb_frames) {
		add_vp9_frame(p->analyzer, d, pck->size, sb);
		return;
	}
	Element el;
	el_open(&el, sb, "VP9SuperFrame");
	el_u64(&el, "nb_frames", nb_frames);
	el_u64(&el, "index_size", index_size);
	sb_add(sb, ">\n");
	u32 left = pck->size - index_size, at = 0;
	for (u32 i = 0; i < nb_frames; i++) {
		u32 size = sizes[i];
		if (size > left) {
			sb_addf(sb, "<!-- VP9 superframe is corrupted: frame %u has %u bytes, %u are left -->\n", i + 1,
				size, left);
			break;
		}
		if (size)
			add_vp9_frame(p->analyzer, d + at, size, sb);
		at += size;
		left -= size;
	}
	sb_add(sb, "</VP9SuperFrame>\n");
}

// ---- MPEG-1, MPEG-2 and MPEG-4 part 2

// Start codes of ISO/IEC 13818-2 table 6-1.
static const char *mpeg12_name(u8 code)
{
	switch (code) {
	case 0x00:
		return "picture";
	case 0xB2:
		return "user_data";
	case 0xB3:
		return "sequence_header";
	case 0xB4:
		return "sequence_error";
	case 0xB5:
		return "extension";
	case 0xB7:
		return "sequence_end";
	case 0xB8:
		return "group_of_pictures";
	default:
		return code >= 0x01 && code <= 0xAF ? "slice" : "reserved";
	}
}

// Start codes of ISO/IEC 14496-2 table 6-3.
static const char *mpeg4_name(u8 code)
{
	switch (code) {
	case 0xB0:
		return "visual_object_sequence";
	case 0xB1:
		return "visual_object_sequence_end";
	case 0xB2:
		return "user_data";
	case 0xB3:
		return "group_of_vop";
	case 0xB5:
		return "visual_object";
	case 0xB6:
		return "vop";
	default:
		return code <= 0x1F ? "video_object" : code <= 0x2F ? "video_object_layer" : "reserved";
	}
}

void analyze_start_codes(InspectPid *p, const u8 *data, u32 size, StrBuf *sb)
{
	Bool mpeg4 = p->codec_id == GF_CODECID_MPEG4_PART2 ? GF_TRUE : GF_FALSE;
	size_t at = nal_find_start_code(data, size, 0);
	while (at + 4 <= size) {
		size_t next = nal_find_start_code(data, size, at + 3);
		u8 code = data[at + 3];
		char type[8] = {'0', 'x', "0123456789ABCDEF"[code >> 4], "0123456789ABCDEF"[code & 15]};
		Element el;
		el_open(&el, sb, mpeg4 ? "MPEG4P2VideoObj" : "MPEG12VideoObj");
		el_text(&el, "type", type);
		el_text(&el, "name", mpeg4 ? mpeg4_name(code) : mpeg12_name(code));
		el_u64(&el, "size", next - at);
		if (p->analyzer->crc)
			el_crc(&el, data + at, (u32)(next - at));
		el_close(&el);
		at = next;
	}
}
