// SPDX-License-Identifier: MIT
// Analysis of AV1 and VPx: units and frame headers; of MPEG-1, 2 and 4 part 2 video: start codes.
#include "base/bits.h"
#include "filters/inspect_analyze.h"

// ---- AV1

// OBU header and size, AV1 specification 5.3.
typedef struct {
	u8 type, temporal_id, spatial_id;
	Bool has_extension, has_size;
	u32 header_size;
	u64 size; // payload
} ObuHeader;

static const char *const obu_names[16] = {"reserved", "seq_header", "delimiter", "frame_header", "tile_group",
	"metadata", "frame", "redundant_frame_header", "tile_list", "reserved", "reserved", "reserved",
	"reserved", "reserved", "reserved", "padding"};

// leb128() of 4.10.5.
static u64 read_leb128(BitReader *br)
{
	u64 v = 0;
	for (u32 i = 0; i < 8; i++) {
		u8 byte = br_u8(br);
		v |= (u64)(byte & 0x7F) << (7 * i);
		if (!(byte & 0x80))
			return v;
	}
	br->overrun = GF_TRUE;
	return 0;
}

static Bool read_obu(const u8 *data, size_t size, ObuHeader *obu)
{
	BitReader br;
	br_init(&br, data, size);
	*obu = (ObuHeader){0};
	u32 forbidden = br_bit(&br);
	obu->type = (u8)br_bits(&br, 4);
	obu->has_extension = br_bit(&br) ? GF_TRUE : GF_FALSE;
	obu->has_size = br_bit(&br) ? GF_TRUE : GF_FALSE;
	br_bit(&br);
	if (obu->has_extension) {
		obu->temporal_id = (u8)br_bits(&br, 3);
		obu->spatial_id = (u8)br_bits(&br, 2);
		br_bits(&br, 3);
	}
	if (obu->has_size)
		obu->size = read_leb128(&br);
	else
		obu->size = br_left(&br);
	obu->header_size = (u32)br_byte_pos(&br);
	return !br.overrun && !forbidden && obu->size <= br_left(&br) ? GF_TRUE : GF_FALSE;
}

static void add_obus(const Analyzer *an, const u8 *data, u32 size, StrBuf *sb)
{
	u32 at = 0;
	while (at < size) {
		ObuHeader obu;
		if (!read_obu(data + at, size - at, &obu)) {
			sb_addf(
				sb, "<!-- OBU is corrupted: the header at byte %u does not fit in %u bytes -->\n", at, size);
			return;
		}
		u32 total = obu.header_size + (u32)obu.size;
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
		el_close(&el);
		at += total;
	}
}

void analyze_av1_config(InspectPid *p, StrBuf *sb)
{
	const GF_PropData *data = inspect_prop_data(p, GF_PROP_PID_DECODER_CONFIG);
	// the record has four bytes before its OBUs (AV1-ISOBMFF 2.3.3)
	if (!data || data->size < 4)
		return;
	sb_add(sb, "<OBUConfig>\n");
	add_obus(p->analyzer, data->ptr + 4, data->size - 4, sb);
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
	Bool key = pck->size && !(d[0] & 1) ? GF_TRUE : GF_FALSE;
	if (pck->size < 3 || (key && pck->size < 10)) {
		el_text(&el, "status", "error parsing");
	} else {
		u32 tag = d[0] | (u32)d[1] << 8 | (u32)d[2] << 16;
		el_u64(&el, "key_frame", key);
		el_u64(&el, "version", (tag >> 1) & 7);
		el_u64(&el, "show_frame", (tag >> 4) & 1);
		el_u64(&el, "first_part_size", tag >> 5);
		if (key) {
			el_u64(&el, "width", (d[6] | (u32)d[7] << 8) & 0x3FFF);
			el_u64(&el, "height", (d[8] | (u32)d[9] << 8) & 0x3FFF);
		}
	}
	el_close(&el);
}

// color_config() of the VP9 bitstream specification 7.2.2, to reach the frame size. False when it is invalid.
static Bool read_vp9_color(SynReader *r, u32 profile)
{
	if (profile >= 2)
		syn_flag(r, "ten_or_twelve_bit");
	u32 color_space = syn_u(r, 3, "color_space");
	if (color_space != 7) { // not sRGB
		syn_flag(r, "color_range");
		if (profile & 1) {
			syn_flag(r, "subsampling_x");
			syn_flag(r, "subsampling_y");
			syn_skip(r, 1);
		}
	} else if (profile & 1) {
		syn_skip(r, 1);
	} else {
		return GF_FALSE;
	}
	return GF_TRUE;
}

// Beginning of uncompressed_header(), 6.2.
static void add_vp9_header(const Analyzer *an, Element *el, const u8 *data, u32 size)
{
	SynReader r;
	syn_init(&r, data, size, el_trace(el, an->level));
	syn_u(&r, 2, "frame_marker");
	u32 profile = syn_u(&r, 1, "profile_low_bit");
	profile |= syn_u(&r, 1, "profile_high_bit") << 1;
	if (profile == 3)
		syn_skip(&r, 1);
	Bool shows_existing = syn_flag(&r, "show_existing_frame");
	u32 existing = shows_existing ? syn_u(&r, 3, "frame_to_show_map_idx") : 0;
	Bool inter = shows_existing ? GF_FALSE : syn_flag(&r, "frame_type");
	Bool show = shows_existing || syn_flag(&r, "show_frame");
	Bool resilient = shows_existing ? GF_FALSE : syn_flag(&r, "error_resilient_mode");
	u32 width = 0, height = 0;
	Bool key = !shows_existing && !inter;
	if (key) {
		if (syn_u(&r, 24, "frame_sync_code") != 0x498342 || !read_vp9_color(&r, profile))
			syn_fail(&r, "frame_sync_code", 0);
		width = syn_u(&r, 16, "frame_width_minus_1") + 1;
		height = syn_u(&r, 16, "frame_height_minus_1") + 1;
	}
	if (!syn_ok(&r)) {
		el_text(el, "status", "error parsing");
		return;
	}
	if (an->level >= ANALYZE_BS)
		return;
	el_u64(el, "profile", profile);
	if (shows_existing) {
		el_u64(el, "show_existing_frame", existing);
		return;
	}
	el_u64(el, "key_frame", key);
	el_u64(el, "show_frame", show);
	el_u64(el, "error_resilient", resilient);
	if (key) {
		el_u64(el, "width", width);
		el_u64(el, "height", height);
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
	u8 marker = d[pck->size - 1];
	u32 nb_frames = (marker & 7) + 1u;
	u32 nb_bytes = ((marker >> 3) & 3) + 1u;
	u32 index_size = 2 + nb_frames * nb_bytes;
	if ((marker & 0xE0) != 0xC0 || index_size > pck->size || d[pck->size - index_size] != marker) {
		add_vp9_frame(p->analyzer, d, pck->size, sb);
		return;
	}
	Element el;
	el_open(&el, sb, "VP9SuperFrame");
	el_u64(&el, "nb_frames", nb_frames);
	el_u64(&el, "index_size", index_size);
	sb_add(sb, ">\n");
	const u8 *sizes = d + pck->size - index_size + 1;
	u32 left = pck->size - index_size, at = 0;
	for (u32 i = 0; i < nb_frames; i++) {
		u32 size = 0;
		for (u32 k = 0; k < nb_bytes; k++)
			size |= (u32)sizes[i * nb_bytes + k] << (8 * k);
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
