// SPDX-License-Identifier: MIT
// Analysis of AVC, HEVC and VVC: parameter sets of the configuration, NAL units of access units.
#include <stdio.h>
#include <string.h>
#include "filters/inspect_analyze.h"
#include "formats/nal_config.h"

Bool analyze_is_nal(u32 codec_id)
{
	NalCodec codec;
	return nal_codec_of(codec_id, &codec);
}

static NalCodec nal_codec(u32 codec_id)
{
	NalCodec codec = NAL_AVC;
	nal_codec_of(codec_id, &codec);
	return codec;
}

void analyze_nal_reset(Analyzer *an)
{
	if (an->has_tracker)
		nal_tracker_reset(&an->tracker);
	an->has_tracker = GF_FALSE;
}

static void init_tracker(Analyzer *an, NalCodec codec)
{
	analyze_nal_reset(an);
	nal_tracker_init(&an->tracker, codec);
	an->has_tracker = GF_TRUE;
	an->nal_length_size = 4;
}

// ---- Fields of parameter sets

static void add_rate(Element *el, u32 num, u32 den)
{
	if (!num || !den)
		return;
	el_u64(el, "time_scale", num);
	el_u64(el, "num_units_in_tick", den);
}

static void add_vui(Element *el, const NalVui *vui)
{
	if (vui->sar_present && vui->sar_den) {
		el_u64(el, "sar_width", vui->sar_num);
		el_u64(el, "sar_height", vui->sar_den);
	}
	if (vui->signal_type_present) {
		el_u64(el, "video_format", vui->video_format);
		el_u64(el, "full_range", vui->full_range);
	}
	if (vui->colour_present) {
		el_u64(el, "colour_primaries", vui->primaries);
		el_u64(el, "transfer_characteristics", vui->transfer);
		el_u64(el, "matrix_coefficients", vui->matrix);
	}
	add_rate(el, vui->time_scale, vui->num_units_in_tick);
}

static GF_Err add_avc_sps(Analyzer *an, Element *el, const u8 *nal, u32 size)
{
	AvcSps sps;
	GF_Err e = avc_parse_sps(nal, size, &sps, el_trace(el, an->level));
	if (e || an->level >= ANALYZE_BS)
		return e;
	el_u64(el, "sps_id", sps.id);
	el_u64(el, "profile", sps.profile_idc);
	el_u64(el, "constraints", sps.constraint_flags);
	el_u64(el, "level", sps.level_idc);
	el_u64(el, "chroma_format", sps.chroma_format_idc);
	el_u64(el, "bit_depth_luma", sps.bit_depth_luma);
	el_u64(el, "bit_depth_chroma", sps.bit_depth_chroma);
	el_u64(el, "width", sps.width);
	el_u64(el, "height", sps.height);
	el_u64(el, "frame_mbs_only", sps.frame_mbs_only);
	el_u64(el, "poc_type", sps.poc_type);
	el_u64(el, "max_num_ref_frames", sps.max_num_ref_frames);
	if (sps.vui_present)
		add_vui(el, &sps.vui);
	return GF_OK;
}

static GF_Err add_avc_pps(Analyzer *an, Element *el, const u8 *nal, u32 size)
{
	AvcPps pps;
	GF_Err e = avc_parse_pps(nal, size, an->tracker.avc.sps, &pps, el_trace(el, an->level));
	if (e || an->level >= ANALYZE_BS)
		return e;
	el_u64(el, "pps_id", pps.id);
	el_u64(el, "sps_id", pps.sps_id);
	el_text(el, "entropy_coding", pps.cabac ? "cabac" : "cavlc");
	el_u64(el, "weighted_pred", pps.weighted_pred);
	el_u64(el, "weighted_bipred", pps.weighted_bipred_idc);
	el_u64(el, "transform_8x8", pps.transform_8x8);
	return GF_OK;
}

static void add_hevc_ptl(Element *el, const HevcPtl *ptl)
{
	char compat[16];
	snprintf(compat, sizeof(compat), "0x%08X", ptl->compatibility);
	el_u64(el, "profile", ptl->profile_idc);
	el_u64(el, "tier", ptl->tier);
	el_u64(el, "level", ptl->level_idc);
	el_text(el, "compatibility", compat);
}

static GF_Err add_hevc_vps(Analyzer *an, Element *el, const u8 *nal, u32 size)
{
	HevcVps vps;
	GF_Err e = hevc_parse_vps(nal, size, &vps, el_trace(el, an->level));
	if (e || an->level >= ANALYZE_BS)
		return e;
	el_u64(el, "vps_id", vps.id);
	el_u64(el, "max_layers", vps.max_layers);
	el_u64(el, "max_sub_layers", vps.max_sub_layers);
	add_hevc_ptl(el, &vps.ptl);
	add_rate(el, vps.time_scale, vps.num_units_in_tick);
	return GF_OK;
}

static GF_Err add_hevc_sps(Analyzer *an, Element *el, const u8 *nal, u32 size)
{
	HevcSps sps;
	GF_Err e = hevc_parse_sps(nal, size, &sps, el_trace(el, an->level));
	if (e || an->level >= ANALYZE_BS)
		return e;
	el_u64(el, "sps_id", sps.id);
	el_u64(el, "vps_id", sps.vps_id);
	el_u64(el, "max_sub_layers", sps.max_sub_layers);
	if (sps.multilayer_ext)
		return GF_OK;
	add_hevc_ptl(el, &sps.ptl);
	el_u64(el, "chroma_format", sps.chroma_format_idc);
	el_u64(el, "bit_depth_luma", sps.bit_depth_luma);
	el_u64(el, "bit_depth_chroma", sps.bit_depth_chroma);
	el_u64(el, "width", sps.width);
	el_u64(el, "height", sps.height);
	if (sps.vui_present)
		add_vui(el, &sps.vui);
	return GF_OK;
}

static GF_Err add_hevc_pps(Analyzer *an, Element *el, const u8 *nal, u32 size)
{
	HevcPps pps;
	GF_Err e = hevc_parse_pps(nal, size, &pps, el_trace(el, an->level));
	if (e || an->level >= ANALYZE_BS)
		return e;
	el_u64(el, "pps_id", pps.id);
	el_u64(el, "sps_id", pps.sps_id);
	el_u64(el, "tiles", pps.tiles);
	el_u64(el, "entropy_coding_sync", pps.entropy_sync);
	return GF_OK;
}

static GF_Err add_vvc_sps(Analyzer *an, Element *el, const u8 *nal, u32 size)
{
	VvcSps sps;
	GF_Err e = vvc_parse_sps(nal, size, &sps, el_trace(el, an->level));
	if (e || an->level >= ANALYZE_BS)
		return e;
	el_u64(el, "sps_id", sps.id);
	el_u64(el, "vps_id", sps.vps_id);
	el_u64(el, "max_sub_layers", sps.max_sub_layers);
	if (sps.ptl_present) {
		el_u64(el, "profile", sps.ptl.profile_idc);
		el_u64(el, "tier", sps.ptl.tier);
		el_u64(el, "level", sps.ptl.level_idc);
	}
	el_u64(el, "chroma_format", sps.chroma_format_idc);
	el_u64(el, "bit_depth", sps.bit_depth);
	el_u64(el, "width", sps.width);
	el_u64(el, "height", sps.height);
	if (sps.vui_present)
		add_vui(el, &sps.vui);
	return GF_OK;
}

static GF_Err add_vvc_pps(Analyzer *an, Element *el, const u8 *nal, u32 size)
{
	VvcPps pps;
	GF_Err e = vvc_parse_pps(nal, size, an->tracker.vvc.sps, &pps, el_trace(el, an->level));
	if (e || an->level >= ANALYZE_BS)
		return e;
	el_u64(el, "pps_id", pps.id);
	el_u64(el, "sps_id", pps.sps_id);
	el_u64(el, "width", pps.width);
	el_u64(el, "height", pps.height);
	return GF_OK;
}

static GF_Err add_vvc_vps(Analyzer *an, Element *el, const u8 *nal, u32 size)
{
	VvcVps vps;
	GF_Err e = vvc_parse_vps(nal, size, &vps, el_trace(el, an->level));
	if (e || an->level >= ANALYZE_BS)
		return e;
	el_u64(el, "vps_id", vps.id);
	el_u64(el, "max_layers", vps.max_layers);
	el_u64(el, "max_sub_layers", vps.max_sub_layers);
	return GF_OK;
}

static GF_Err add_param_set(Analyzer *an, Element *el, u8 type, const u8 *nal, u32 size)
{
	switch (an->tracker.codec) {
	case NAL_AVC:
		if (type == AVC_NAL_SPS || type == AVC_NAL_SUBSET_SPS)
			return add_avc_sps(an, el, nal, size);
		return type == AVC_NAL_PPS ? add_avc_pps(an, el, nal, size) : GF_OK;
	case NAL_HEVC:
		if (type == HEVC_NAL_VPS)
			return add_hevc_vps(an, el, nal, size);
		if (type == HEVC_NAL_SPS)
			return add_hevc_sps(an, el, nal, size);
		return type == HEVC_NAL_PPS ? add_hevc_pps(an, el, nal, size) : GF_OK;
	default:
		if (type == VVC_NAL_VPS)
			return add_vvc_vps(an, el, nal, size);
		if (type == VVC_NAL_SPS)
			return add_vvc_sps(an, el, nal, size);
		return type == VVC_NAL_PPS ? add_vvc_pps(an, el, nal, size) : GF_OK;
	}
}

// ---- Slices

static const char *const pbi_names[] = {"P", "B", "I", "SP", "SI"};
static const char *const bpi_names[] = {"B", "P", "I", "unknown"};

// Not inlined: GCC 12 takes the tables for those of another member of the tracker's union, and warns.
__attribute__((noinline)) static GF_Err add_avc_slice(Analyzer *an, Element *el, const u8 *nal, u32 size)
{
	AvcSlice slice;
	const AvcTracker *t = &an->tracker.avc;
	GF_Err e = avc_parse_slice(nal, size, t->sps, t->pps, &slice, el_trace(el, an->level));
	if (e)
		return e;
	if (an->level < ANALYZE_BS) {
		el_text(el, "slice_type", pbi_names[slice.slice_type % 5]);
		el_u64(el, "first_mb", slice.first_mb);
		el_u64(el, "pps_id", slice.pps_id);
		el_u64(el, "frame_num", slice.frame_num);
		el_u64(el, "nal_ref_idc", slice.ref_idc);
		if (slice.field)
			el_text(el, "field", slice.bottom ? "bottom" : "top");
	}
	el_s64(el, "poc", an->tracker.picture.poc);
	return GF_OK;
}

static GF_Err add_hevc_slice(Analyzer *an, Element *el, const u8 *nal, u32 size)
{
	HevcSlice slice;
	const HevcTracker *t = &an->tracker.hevc;
	GF_Err e = hevc_parse_slice(nal, size, t->sps, t->pps, &slice, el_trace(el, an->level));
	if (e)
		return e;
	if (an->level < ANALYZE_BS) {
		el_u64(el, "first_slice", slice.first_in_pic);
		el_u64(el, "pps_id", slice.pps_id);
		if (slice.dependent)
			el_u64(el, "dependent", 1);
		else
			el_text(el, "slice_type", bpi_names[slice.slice_type & 3]);
	}
	el_s64(el, "poc", an->tracker.picture.poc);
	return GF_OK;
}

static GF_Err add_vvc_slice(Analyzer *an, Element *el, const u8 *nal, u32 size)
{
	VvcSlice slice;
	const VvcTracker *t = &an->tracker.vvc;
	GF_Err e = vvc_parse_slice(
		nal, size, t->sps, t->pps, t->has_ph ? &t->ph : NULL, &slice, el_trace(el, an->level));
	if (e)
		return e;
	if (an->level < ANALYZE_BS) {
		el_text(el, "slice_type", bpi_names[slice.slice_type & 3]);
		el_u64(el, "pps_id", slice.ph.pps_id);
		el_flag(el, "ph_in_slice", slice.ph_in_slice);
	}
	el_s64(el, "poc", an->tracker.picture.poc);
	return GF_OK;
}

static GF_Err add_slice(Analyzer *an, Element *el, const u8 *nal, u32 size)
{
	switch (an->tracker.codec) {
	case NAL_AVC:
		return add_avc_slice(an, el, nal, size);
	case NAL_HEVC:
		return add_hevc_slice(an, el, nal, size);
	default:
		return add_vvc_slice(an, el, nal, size);
	}
}

// ---- SEI

static void add_clock(Element *el, const SeiClock *c)
{
	char text[32];
	snprintf(text, sizeof(text), "%02u:%02u:%02u:%02u", c->hours, c->minutes, c->seconds, c->n_frames);
	el_text(el, "time_code", text);
}

static void add_timing(Analyzer *an, Element *el, const SeiMessage *msg)
{
	const NalPicture *pic = &an->tracker.picture;
	if (an->tracker.codec == NAL_AVC) {
		const AvcSps *sps = pic->sps_id < AVC_MAX_SPS ? an->tracker.avc.sps[pic->sps_id] : NULL;
		AvcPicTiming timing;
		if (!sps || avc_sei_pic_timing(msg, sps, &timing, el_trace(el, an->level)))
			return;
		if (timing.has_pic_struct)
			el_u64(el, "pic_struct", timing.pic_struct);
		for (u32 i = 0; i < timing.nb_clocks; i++)
			add_clock(el, &timing.clocks[i]);
		return;
	}
	const HevcSps *sps = an->tracker.codec == NAL_HEVC && pic->sps_id < HEVC_MAX_SPS
							 ? an->tracker.hevc.sps[pic->sps_id]
							 : NULL;
	u8 pic_struct;
	if (sps && !hevc_sei_pic_struct(msg, sps, &pic_struct))
		el_u64(el, "pic_struct", pic_struct);
}

static void add_recovery(Analyzer *an, Element *el, const SeiMessage *msg)
{
	if (an->tracker.codec == NAL_AVC) {
		AvcRecoveryPoint point;
		if (avc_sei_recovery_point(msg, &point))
			return;
		el_u64(el, "recovery_frame_cnt", point.recovery_frame_cnt);
		el_u64(el, "exact_match", point.exact_match);
		el_u64(el, "broken_link", point.broken_link);
		return;
	}
	HevcRecoveryPoint point;
	if (an->tracker.codec != NAL_HEVC || hevc_sei_recovery_point(msg, &point))
		return;
	el_s64(el, "recovery_poc_cnt", point.recovery_poc_cnt);
	el_u64(el, "exact_match", point.exact_match);
	el_u64(el, "broken_link", point.broken_link);
}

static void add_display(Element *el, const SeiMessage *msg)
{
	SeiMasteringDisplay d;
	if (sei_mastering_display(msg, &d))
		return;
	char text[64];
	snprintf(text, sizeof(text), "%.04f %.04f %.04f", d.primaries_x[0] / 50000.0, d.primaries_x[1] / 50000.0,
		d.primaries_x[2] / 50000.0);
	el_text(el, "display_primaries_x", text);
	snprintf(text, sizeof(text), "%.04f %.04f %.04f", d.primaries_y[0] / 50000.0, d.primaries_y[1] / 50000.0,
		d.primaries_y[2] / 50000.0);
	el_text(el, "display_primaries_y", text);
	snprintf(text, sizeof(text), "%.04f", d.white_x / 50000.0);
	el_text(el, "white_point_x", text);
	snprintf(text, sizeof(text), "%.04f", d.white_y / 50000.0);
	el_text(el, "white_point_y", text);
	snprintf(text, sizeof(text), "%.04f", d.max_luminance / 10000.0);
	el_text(el, "max_display_mastering_luminance", text);
	snprintf(text, sizeof(text), "%.04f", d.min_luminance / 10000.0);
	el_text(el, "min_display_mastering_luminance", text);
}

static void add_user_data(Element *el, const SeiMessage *msg)
{
	if (msg->type == SEI_USER_DATA_UNREGISTERED && msg->size >= 16) {
		el_hex(el, "uuid", msg->payload, 16);
		if (inspect_is_utf8(msg->payload + 16, strnlen((const char *)msg->payload + 16, msg->size - 16))) {
			sb_add(el->sb, " content=\"");
			inspect_add_xml(el->sb, (const char *)msg->payload + 16,
				strnlen((const char *)msg->payload + 16, msg->size - 16));
			sb_addc(el->sb, '"');
		}
	} else if (msg->type == SEI_USER_DATA_REGISTERED && msg->size >= 3) {
		// itu_t_t35_country_code, then the code of the provider (ITU-T T.35)
		el_u64(el, "country_code", msg->payload[0]);
		el_u64(el, "terminal_provider", (u32)msg->payload[1] << 8 | msg->payload[2]);
	}
}

static void add_sei_fields(Analyzer *an, Element *el, const SeiMessage *msg)
{
	switch (msg->type) {
	case SEI_PIC_TIMING:
		add_timing(an, el, msg);
		break;
	case SEI_RECOVERY_POINT:
		add_recovery(an, el, msg);
		break;
	case SEI_USER_DATA_REGISTERED:
	case SEI_USER_DATA_UNREGISTERED:
		add_user_data(el, msg);
		break;
	case SEI_TIME_CODE: {
		SeiClock clocks[3];
		u32 nb = 0;
		if (!sei_time_code(msg, clocks, &nb, el_trace(el, an->level))) {
			for (u32 i = 0; i < nb; i++)
				add_clock(el, &clocks[i]);
		}
		break;
	}
	case SEI_MASTERING_DISPLAY:
		add_display(el, msg);
		break;
	case SEI_CONTENT_LIGHT_LEVEL: {
		SeiContentLight light;
		if (!sei_content_light(msg, &light)) {
			el_u64(el, "max_content_light_level", light.max_content);
			el_u64(el, "max_pic_average_light_level", light.max_pic_average);
		}
		break;
	}
	case SEI_ALTERNATIVE_TRANSFER: {
		u8 transfer;
		if (!sei_alternative_transfer(msg, &transfer))
			el_u64(el, "preferred_transfer_characteristics", transfer);
		break;
	}
	default:
		break;
	}
}

// The messages of a SEI unit, as children.
static void add_sei(Analyzer *an, const u8 *nal, u32 size, StrBuf *sb)
{
	Rbsp rbsp;
	if (rbsp_open(&rbsp, nal, size))
		return;
	SeiIter it;
	SeiMessage msg;
	GF_Err e;
	sei_iter_init(&it, rbsp.data, rbsp.size, an->tracker.codec == NAL_AVC ? 1 : 2);
	while (!(e = sei_iter_next(&it, &msg))) {
		Element el;
		const char *name = sei_type_name(msg.type);
		el_open(&el, sb, "SEIMessage");
		el_u64(&el, "ptype", msg.type);
		el_u64(&el, "psize", msg.size);
		el_text(&el, "type", name ? name : "unknown");
		add_sei_fields(an, &el, &msg);
		el_close(&el);
	}
	if (e != GF_EOS)
		sb_addf(sb, "<!-- SEI is corrupted: the message at byte %u does not fit in %u bytes -->\n", it.pos,
			rbsp.size);
	rbsp_close(&rbsp);
}

// ---- NAL units

static void add_header(
	Analyzer *an, Element *el, const u8 *nal, u32 size, const NalUnitInfo *info, Bool encrypted)
{
	el_u64(el, "size", size);
	if (an->crc)
		el_crc(el, nal, size);
	el_flag(el, "encrypted", encrypted);
	el_u64(el, "code", info->type);
	switch (an->tracker.codec) {
	case NAL_AVC:
		el_text(el, "type", avc_nal_name(info->type));
		return;
	case NAL_HEVC:
		el_text(el, "type", hevc_nal_name(info->type));
		break;
	default:
		el_text(el, "type", vvc_nal_name(info->type));
		break;
	}
	el_u64(el, "layer_id", info->layer_id);
	el_u64(el, "temporal_id", info->temporal_id);
}

// An encrypted unit begins with its header in the clear.
static void read_header(NalCodec codec, const u8 *nal, u32 size, NalUnitInfo *info)
{
	memset(info, 0, sizeof(*info));
	info->role = NAL_ROLE_OTHER;
	if (codec == NAL_AVC) {
		info->type = avc_nal_type(nal[0]);
	} else if (codec == NAL_HEVC) {
		HevcNalHeader h = {0};
		info->drop = hevc_nal_header(nal, size, &h) ? GF_TRUE : GF_FALSE;
		info->type = h.type;
		info->layer_id = h.layer_id;
		info->temporal_id = h.temporal_id;
	} else {
		VvcNalHeader h = {0};
		info->drop = vvc_nal_header(nal, size, &h) ? GF_TRUE : GF_FALSE;
		info->type = h.type;
		info->layer_id = h.layer_id;
		info->temporal_id = h.temporal_id;
	}
}

static void add_nal(Analyzer *an, const u8 *nal, u32 size, Bool encrypted, StrBuf *sb)
{
	NalUnitInfo info;
	Element el;
	GF_Err e = GF_OK;
	read_header(an->tracker.codec, nal, size, &info);
	Bool broken = info.drop;
	if (!encrypted && !broken)
		e = nal_tracker_push(&an->tracker, nal, size, &info);
	el_open(&el, sb, "NALU");
	add_header(an, &el, nal, size, &info, encrypted);
	if (!e && !encrypted && !broken && info.role == NAL_ROLE_PARAM_SET)
		e = add_param_set(an, &el, info.type, nal, size);
	else if (!e && !encrypted && !broken && info.role == NAL_ROLE_SLICE)
		e = add_slice(an, &el, nal, size);
	if (e == GF_NOT_FOUND)
		el_text(&el, "status", "missing parameter sets");
	else if (e || broken)
		el_text(&el, "status", "error parsing");
	if (!encrypted && !broken && info.role == NAL_ROLE_SEI) {
		sb_add(sb, ">\n");
		add_sei(an, nal, size, sb);
		sb_add(sb, "</NALU>\n");
	} else {
		el_close(&el);
	}
}

void analyze_nal_packet(InspectPid *p, const InspectPacket *pck, StrBuf *sb)
{
	Analyzer *an = p->analyzer;
	if (!an->has_tracker)
		init_tracker(an, nal_codec(p->codec_id));
	Bool encrypted = gf_filter_pck_get_crypt_flags(pck->pck) ? GF_TRUE : GF_FALSE;
	NalIter it;
	const u8 *nal;
	u32 size;
	GF_Err e;
	nal_iter_prefixed(&it, pck->data, pck->size, an->nal_length_size);
	while (!(e = nal_iter_next(&it, &nal, &size)))
		add_nal(an, nal, size, encrypted, sb);
	if (e != GF_EOS)
		sb_addf(sb, "<!-- NALU is corrupted: the size at byte %zu does not fit in %u bytes -->\n", it.pos,
			pck->size);
}

// ---- Configuration

typedef struct {
	const char *name;
	u8 type;
} SetArray;

// How the sets of a record are reported.
typedef struct {
	const char *location;
	const char *unknown;    // name of an array of any other type
	const SetArray *arrays; // up to a name NULL
} RecordText;

static const SetArray avc_arrays[] = {
	{"AVCSPSArray", AVC_NAL_SPS}, {"AVCPPSArray", AVC_NAL_PPS}, {"AVCSPSExArray", AVC_NAL_SPS_EXT}, {0}};
static const SetArray svc_arrays[] = {
	{"SVCSPSArray", AVC_NAL_SUBSET_SPS}, {"SVCSPSArray", AVC_NAL_SPS}, {"SVCPPSArray", AVC_NAL_PPS}, {0}};
static const SetArray hevc_arrays[] = {
	{"HEVCVPSArray", HEVC_NAL_VPS}, {"HEVCSPSArray", HEVC_NAL_SPS}, {"HEVCPPSArray", HEVC_NAL_PPS}, {0}};
static const SetArray vvc_arrays[] = {{"VVCVPSArray", VVC_NAL_VPS}, {"VVCSPSArray", VVC_NAL_SPS},
	{"VVCPPSArray", VVC_NAL_PPS}, {"VVCAPSArray", VVC_NAL_APS_PREFIX}, {"VVCAPSArray", VVC_NAL_APS_SUFFIX},
	{"VVCDCIArray", VVC_NAL_DCI}, {"VVCOPIArray", VVC_NAL_OPI}, {0}};

// The record of the stream, and that of its enhancement.
static const RecordText record_texts[][2] = {
	[NAL_AVC] = {{"decoderConfig", "AVCUnknownPSArray", avc_arrays},
		{"decoderConfigEnhancement", "SVCUnknownPSArray", svc_arrays}},
	[NAL_HEVC] = {{"hvcC", "HEVCUnknownPSArray", hevc_arrays}, {"lhcC", "HEVCUnknownPSArray", hevc_arrays}},
	[NAL_VVC] = {{"vvcC", "VVCUnknownPSArray", vvc_arrays}},
};

static void add_array(
	Analyzer *an, const char *name, const char *location, const NalSets *sets, u8 type, StrBuf *sb)
{
	Bool open = GF_FALSE;
	for (u32 i = 0; i < sets->nb_nals; i++) {
		const ConfigNal *nal = &sets->nals[i];
		if (nal->type != type || !nal->size)
			continue;
		if (!open)
			sb_addf(sb, "<%s location=\"%s\">\n", name, location);
		open = GF_TRUE;
		add_nal(an, nal->data, nal->size, GF_FALSE, sb);
	}
	if (open)
		sb_addf(sb, "</%s>\n", name);
}

static void add_arrays(Analyzer *an, const RecordText *text, const NalSets *sets, StrBuf *sb)
{
	for (const SetArray *array = text->arrays; array->name; array++)
		add_array(an, array->name, text->location, sets, array->type, sb);
	for (u32 i = 0; i < sets->nb_nals; i++) {
		u8 type = sets->nals[i].type;
		Bool done = GF_FALSE;
		for (const SetArray *array = text->arrays; array->name; array++)
			done = done || array->type == type;
		for (u32 k = 0; k < i; k++)
			done = done || sets->nals[k].type == type;
		if (!done)
			add_array(an, text->unknown, text->location, sets, type, sb);
	}
}

static void add_config(Analyzer *an, NalCodec codec, Bool enhancement, const GF_PropData *data, StrBuf *sb)
{
	NalConfig cfg;
	if (nal_config_read(codec, enhancement, data->ptr, data->size, &cfg)) {
		sb_add(sb, "<!-- decoder configuration is corrupted -->\n");
		return;
	}
	an->nal_length_size = cfg.sets.length_size;
	add_arrays(an, &record_texts[codec][enhancement], &cfg.sets, sb);
	nal_config_reset(&cfg);
}

void analyze_nal_config(InspectPid *p, StrBuf *sb)
{
	static const char *const elements[] = {
		[NAL_AVC] = "AVCParameterSets", [NAL_HEVC] = "HEVCParameterSets", [NAL_VVC] = "VVCParameterSets"};
	Analyzer *an = p->analyzer;
	NalCodec codec = nal_codec(p->codec_id);
	const GF_PropData *data = inspect_prop_data(p, GF_PROP_PID_DECODER_CONFIG);
	const GF_PropData *more = inspect_prop_data(p, GF_PROP_PID_DECODER_CONFIG_ENHANCEMENT);
	if (!an->has_tracker)
		init_tracker(an, codec);
	if (!data && !more)
		return;
	sb_addf(sb, "<%s>\n", elements[codec]);
	if (data)
		add_config(an, codec, GF_FALSE, data, sb);
	if (more && codec != NAL_VVC)
		add_config(an, codec, GF_TRUE, more, sb);
	sb_addf(sb, "</%s>\n", elements[codec]);
}
