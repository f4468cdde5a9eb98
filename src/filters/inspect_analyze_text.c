// SPDX-License-Identifier: MIT
// Analysis of text, time codes and SCTE 35 cues.
#include <stdio.h>
#include <string.h>
#include "base/bits.h"
#include "filters/inspect_analyze.h"

// ---- Text

static void add_rgba(Element *el, const char *name, BitReader *br)
{
	char text[16];
	snprintf(text, sizeof(text), "#%08X", br_u32(br));
	el_text(el, name, text);
}

// TextSampleEntry of 3GPP TS 26.245 5.16, from displayFlags on; the font table keeps count and entries only.
void analyze_tx3g_config(InspectPid *p, StrBuf *sb)
{
	const GF_PropData *data = inspect_prop_data(p, GF_PROP_PID_DECODER_CONFIG);
	if (!data)
		return;
	BitReader br;
	Element el;
	br_init(&br, data->ptr, data->size);
	el_open(&el, sb, "TextConfig");
	el_u64(&el, "displayFlags", br_u32(&br));
	el_s64(&el, "horizontal_justification", (s8)br_u8(&br));
	el_s64(&el, "vertical_justification", (s8)br_u8(&br));
	add_rgba(&el, "background_color", &br);
	static const char *const box[] = {"top", "left", "bottom", "right"};
	for (u32 i = 0; i < 4; i++)
		el_s64(&el, box[i], (s16)br_u16(&br));
	sb_add(sb, ">\n");
	el_open(&el, sb, "StyleRecord");
	el_u64(&el, "startChar", br_u16(&br));
	el_u64(&el, "endChar", br_u16(&br));
	el_u64(&el, "font_ID", br_u16(&br));
	el_u64(&el, "face_style", br_u8(&br));
	el_u64(&el, "font_size", br_u8(&br));
	add_rgba(&el, "text_color", &br);
	if (br.overrun)
		el_text(&el, "status", "error parsing");
	el_close(&el);
	u32 nb_fonts = br_u16(&br);
	for (u32 i = 0; i < nb_fonts; i++) {
		u32 id = br_u16(&br);
		u32 len = br_u8(&br);
		const u8 *name = br_bytes(&br, len);
		if (!name)
			break;
		sb_addf(sb, "<FontRecord ID=\"%u\" name=\"", id);
		inspect_add_xml(sb, (const char *)name, len);
		sb_add(sb, "\"/>\n");
	}
	sb_add(sb, "</TextConfig>\n");
}

void analyze_xml_text_config(InspectPid *p, StrBuf *sb)
{
	static const char *const names[][2] = {{"meta:xmlns", "namespace"}, {"meta:schemaloc", "schema_location"},
		{"meta:mime", "mime"}, {"meta:encoding", "encoding"}, {"meta:aux_mimes", "auxiliary_mime_types"}};
	Element el;
	el_open(&el, sb, "XMLTextConfig");
	for (u32 i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		const GF_PropertyValue *val = gf_filter_pid_get_property_str(p->pid, names[i][0]);
		if (val && val->value.string)
			el_text(&el, names[i][1], val->value.string);
	}
	el_close(&el);
}

// ---- Time codes

// Flags of the QuickTime time code sample description.
enum { TMCD_DROP_FRAME = 1, TMCD_NEGATIVE = 4 };

static u32 named_u32(const InspectPid *p, const char *name)
{
	const GF_PropertyValue *val = gf_filter_pid_get_property_str(p->pid, name);
	return val ? val->value.uint : 0;
}

// Drop-frame labels: two (per 30 frames a second) are skipped each minute but every tenth (SMPTE ST 12-1).
static u64 drop_frame_label(u64 frame, u32 fps)
{
	u64 dropped = fps / 30 * 2;
	u64 per_minute = (u64)fps * 60 - dropped;
	u64 per_ten = per_minute * 10 + dropped;
	u64 tens = frame / per_ten, rest = frame % per_ten;
	u64 minutes = rest < (u64)fps * 60 ? 0 : 1 + (rest - (u64)fps * 60) / per_minute;
	return frame + dropped * (tens * 9 + minutes);
}

// A sample is the number of its first frame since midnight.
void analyze_timecode_packet(InspectPid *p, const InspectPacket *pck, StrBuf *sb)
{
	if (pck->size < 4)
		return;
	u32 flags = named_u32(p, "tmcd:flags");
	u32 fps = named_u32(p, "tmcd:frames_per_tick");
	const GF_PropertyValue *rate = gf_filter_pid_get_property_str(p->pid, "tmcd:framerate");
	if (rate && rate->type == GF_PROP_FRACTION && rate->value.frac.num > 0 && rate->value.frac.den)
		fps = (u32)(((u64)rate->value.frac.num + rate->value.frac.den - 1) / rate->value.frac.den);
	if (!fps)
		return;
	BitReader br;
	br_init(&br, pck->data, pck->size);
	u32 counter = br_u32(&br);
	Bool negative = (flags & TMCD_NEGATIVE) && (s32)counter < 0 ? GF_TRUE : GF_FALSE;
	u64 frame = negative ? 0u - counter : counter;
	Bool drop = flags & TMCD_DROP_FRAME ? GF_TRUE : GF_FALSE;
	if (drop && p->analyzer->counts_frames)
		frame = drop_frame_label(frame, fps);
	u64 seconds = frame / fps;
	sb_addf(sb, "<TimeCode time=\"%s%02u:%02u:%02u%c%02u\"/>\n", negative ? "-" : "", (u32)(seconds / 3600),
		(u32)(seconds / 60 % 60), (u32)(seconds % 60), drop ? ';' : ':', (u32)(frame % fps));
}

// ---- SCTE 35

static u64 read_33(BitReader *br)
{
	u64 high = br_bit(br);
	return high << 32 | br_bits(br, 32);
}

// splice_time() of ANSI/SCTE 35 9.8.1.
static void add_splice_time(BitReader *br, StrBuf *sb)
{
	if (!br_bit(br)) {
		br_bits(br, 7);
		sb_add(sb, "<SpliceTime/>\n");
		return;
	}
	br_bits(br, 6);
	u64 pts = read_33(br);
	sb_addf(sb, "<SpliceTime ptsTime=\"%llu\"/>\n", (unsigned long long)pts);
}

// splice_insert(), 9.7.3.
static void add_splice_insert(BitReader *br, StrBuf *sb)
{
	u32 id = br_bits(br, 32);
	u32 cancel = br_bit(br);
	br_bits(br, 7);
	if (cancel) {
		sb_addf(sb, "<SpliceInsert spliceEventId=\"%u\" spliceEventCancelIndicator=\"true\"/>\n", id);
		return;
	}
	u32 out_of_network = br_bit(br);
	u32 program = br_bit(br);
	u32 has_duration = br_bit(br);
	u32 immediate = br_bit(br);
	br_bits(br, 4);
	StrBuf body;
	sb_init(&body);
	if (program) {
		sb_add(&body, "<Program>\n");
		if (!immediate)
			add_splice_time(br, &body);
		sb_add(&body, "</Program>\n");
	} else {
		u32 nb = br_bits(br, 8);
		for (u32 i = 0; i < nb && !br->overrun; i++) {
			sb_addf(&body, "<Component componentTag=\"%u\">\n", br_bits(br, 8));
			if (!immediate)
				add_splice_time(br, &body);
			sb_add(&body, "</Component>\n");
		}
	}
	if (has_duration) {
		u32 auto_return = br_bit(br);
		br_bits(br, 6);
		u64 duration = read_33(br);
		sb_addf(&body, "<BreakDuration autoReturn=\"%s\" duration=\"%llu\"/>\n",
			auto_return ? "true" : "false", (unsigned long long)duration);
	}
	u32 program_id = br_bits(br, 16);
	u32 num = br_bits(br, 8);
	u32 expected = br_bits(br, 8);
	sb_addf(sb,
		"<SpliceInsert spliceEventId=\"%u\" spliceEventCancelIndicator=\"false\" "
		"outOfNetworkIndicator=\"%s\" "
		"spliceImmediateFlag=\"%s\" uniqueProgramId=\"%u\" availNum=\"%u\" availsExpected=\"%u\">\n",
		id, out_of_network ? "true" : "false", immediate ? "true" : "false", program_id, num, expected);
	sb_addn(sb, sb_str(&body), body.len);
	sb_add(sb, "</SpliceInsert>\n");
	sb_reset(&body);
}

static void add_splice_command(u32 type, BitReader *br, StrBuf *sb)
{
	switch (type) {
	case 0x00:
		sb_add(sb, "<SpliceNull/>\n");
		break;
	case 0x05:
		add_splice_insert(br, sb);
		break;
	case 0x06:
		sb_add(sb, "<TimeSignal>\n");
		add_splice_time(br, sb);
		sb_add(sb, "</TimeSignal>\n");
		break;
	case 0x07:
		sb_add(sb, "<BandwidthReservation/>\n");
		break;
	default:
		sb_addf(sb, "<!-- splice command type %u -->\n", type);
		break;
	}
}

// splice_info_section(), 9.6, in the form of the XML schema of SCTE 35 (clause 11).
void analyze_scte35(const u8 *data, u32 size, StrBuf *sb)
{
	BitReader br;
	br_init(&br, data, size);
	u32 table_id = br_bits(&br, 8);
	br_bits(&br, 16);
	u32 version = br_bits(&br, 8);
	u32 encrypted = br_bit(&br);
	br_bits(&br, 6);
	u64 adjustment = read_33(&br);
	br_bits(&br, 8);
	u32 tier = br_bits(&br, 12);
	br_bits(&br, 12);
	u32 type = br_bits(&br, 8);
	if (br.overrun || table_id != 0xFC) {
		sb_add(sb, "<SCTE35 status=\"error parsing\"/>\n");
		return;
	}
	sb_addf(sb,
		"<SCTE35>\n<SpliceInfoSection xmlns=\"http://www.scte.org/schemas/35\" protocolVersion=\"%u\" "
		"ptsAdjustment=\"%llu\" tier=\"%u\">\n",
		version, (unsigned long long)adjustment, tier);
	if (encrypted)
		sb_add(sb, "<!-- the command is encrypted -->\n");
	else
		add_splice_command(type, &br, sb);
	sb_add(sb, "</SpliceInfoSection>\n</SCTE35>\n");
}

void analyze_scte35_props(const InspectPacket *pck, StrBuf *sb)
{
	u32 idx = 0, p4cc;
	const char *name;
	const GF_PropertyValue *val;
	do {
		p4cc = 0;
		name = NULL;
		val = gf_filter_pck_enum_properties(pck->pck, &idx, &p4cc, &name);
		if (val && inspect_is_scte35(name))
			analyze_scte35(val->value.data.ptr, val->value.data.size, sb);
	} while (val);
}
