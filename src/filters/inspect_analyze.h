// SPDX-License-Identifier: MIT
// Bitstream analysis: the children of the PID and packet elements of the XML report.
//
// Malformed data never stops the analysis: the faulty element is marked and the next packet starts afresh.
#ifndef FILTERS_INSPECT_ANALYZE_H
#define FILTERS_INSPECT_ANALYZE_H

#include "filters/inspect.h"
#include "formats/av1.h"
#include "formats/nal_tracker.h"

// State kept from packet to packet.
struct analyzer {
	InspectAnalyze level;
	Bool crc;
	Bool counts_frames; // drop-frame time code tracks hold frame counts rather than labels
	u32 codec_id;
	// AVC, HEVC, VVC
	Bool has_tracker;
	NalTracker tracker;
	u32 nal_length_size;
	Av1Parser av1;
};

Analyzer *inspect_analyzer_new(const InspectCtx *ctx);
void inspect_analyzer_del(Analyzer *an); // NULL allowed

// Reads the decoder configuration again and appends its description.
void inspect_analyze_config(InspectPid *p, StrBuf *sb);
void inspect_analyze_packet(InspectPid *p, const InspectPacket *pck, StrBuf *sb);

// ---- One XML element, built attribute by attribute (inspect_element.c)

typedef struct {
	StrBuf *sb;
	size_t attrs; // offset of the first attribute: names are unique from there on
	Bool bits;    // the trace adds the size of each syntax element
	SynTrace trace;
} Element;

void el_open(Element *el, StrBuf *sb, const char *name);
void el_u64(Element *el, const char *name, u64 v);
void el_s64(Element *el, const char *name, s64 v);
void el_flag(Element *el, const char *name, Bool v); // written when set only
void el_text(Element *el, const char *name, const char *text);
void el_hex(Element *el, const char *name, const u8 *data, size_t size);
void el_crc(Element *el, const u8 *data, u32 size);
void el_close(Element *el); // without children
// The trace that writes each syntax element as an attribute; NULL below the level `bs`.
const SynTrace *el_trace(Element *el, InspectAnalyze level);

// ---- Codecs

static inline const GF_PropData *inspect_prop_data(const InspectPid *p, u32 p4cc)
{
	const GF_PropertyValue *val = gf_filter_pid_get_property(p->pid, p4cc);
	return val && val->value.data.size ? &val->value.data : NULL;
}

// inspect_analyze_nal.c
Bool analyze_is_nal(u32 codec_id);
void analyze_nal_reset(Analyzer *an);
void analyze_nal_config(InspectPid *p, StrBuf *sb);
void analyze_nal_packet(InspectPid *p, const InspectPacket *pck, StrBuf *sb);
// inspect_analyze_video.c
void analyze_av1_config(InspectPid *p, StrBuf *sb);
void analyze_av1_packet(InspectPid *p, const InspectPacket *pck, StrBuf *sb);
void analyze_vpx_config(InspectPid *p, StrBuf *sb);
void analyze_vp8_packet(InspectPid *p, const InspectPacket *pck, StrBuf *sb);
void analyze_vp9_packet(InspectPid *p, const InspectPacket *pck, StrBuf *sb);
void analyze_start_codes(InspectPid *p, const u8 *data, u32 size, StrBuf *sb); // MPEG-1, 2, 4 video
// inspect_analyze_audio.c
void analyze_aac_config(InspectPid *p, StrBuf *sb);
void analyze_opus_config(InspectPid *p, StrBuf *sb);
void analyze_mpeg_audio_packet(InspectPid *p, const InspectPacket *pck, StrBuf *sb);
// inspect_analyze_text.c
void analyze_tx3g_config(InspectPid *p, StrBuf *sb);
void analyze_xml_text_config(InspectPid *p, StrBuf *sb);
void analyze_timecode_packet(InspectPid *p, const InspectPacket *pck, StrBuf *sb);
void analyze_scte35(const u8 *data, u32 size, StrBuf *sb);
// The SCTE 35 sections that the packet carries as properties.
void analyze_scte35_props(const InspectPacket *pck, StrBuf *sb);

#endif
