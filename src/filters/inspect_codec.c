// SPDX-License-Identifier: MIT
// One-line description of a codec from its decoder configuration: profile, level, chroma format, bit depth.
#include <string.h>
#include "base/bits.h"
#include "filters/inspect.h"
#include "formats/aac_config.h"
#include "formats/avc.h"
#include "formats/hevc.h"
#include "formats/vvc.h"

typedef struct {
	u32 value;
	const char *name;
} ValueName;

#define NAME_OF(table, value) name_of((table), sizeof(table) / sizeof((table)[0]), (value))

static const char *name_of(const ValueName *table, u32 nb, u32 value)
{
	for (u32 i = 0; i < nb; i++) {
		if (table[i].value == value)
			return table[i].name;
	}
	return "Unknown";
}

static const ValueName avc_profiles[] = {
	{0x42, "Baseline"},
	{0x4D, "Main"},
	{0x53, "Scalable Baseline"},
	{0x56, "Scalable High"},
	{0x58, "Extended"},
	{0x64, "High"},
	{0x6E, "High 10"},
	{0x7A, "High 4:2:2"},
	{0x90, "High 4:4:4"},
	{0xF4, "High 4:4:4"},
};

static const ValueName hevc_profiles[] = {
	{1, "Main"},
	{2, "Main 10"},
	{3, "Main Still Picture"},
};

static const ValueName vvc_profiles[] = {
	{1, "Main 10"},
	{2, "Main 12"},
	{10, "Main 12 Intra"},
	{17, "Multilayer Main 10"},
	{34, "Main 12 4:4:4"},
	{36, "Main 16 4:4:4"},
	{42, "Main 12 4:4:4 Intra"},
	{44, "Main 16 4:4:4 Intra"},
	{65, "Main 10 Still Picture"},
	{66, "Main 12 Still Picture"},
	{98, "Main 12 4:4:4 Still Picture"},
	{100, "Main 16 4:4:4 Still Picture"},
};

// Audio object types of ISO/IEC 14496-3 table 1.17.
static const ValueName audio_types[] = {
	{0, "Reserved"},
	{1, "AAC Main"},
	{2, "AAC LC"},
	{3, "AAC SSR"},
	{4, "AAC LTP"},
	{5, "SBR"},
	{6, "AAC Scalable"},
	{7, "TwinVQ"},
	{8, "CELP"},
	{9, "HVXC"},
	{17, "ER AAC LC"},
	{19, "ER AAC LTP"},
	{20, "ER AAC scalable"},
	{21, "ER TwinVQ"},
	{22, "ER BSAC"},
	{23, "ER AAC LD"},
	{29, "ParametricStereo"},
	{32, "Layer-1"},
	{33, "Layer-2"},
	{34, "Layer-3"},
	{35, "DST"},
	{36, "ALS"},
	{37, "SLS"},
	{39, "ER AAC ELD"},
	{42, "xHE-AAC"},
};

// profile_and_level_indication of ISO/IEC 14496-2 table G.1.
static const ValueName visual_profiles[] = {
	{0x01, "Simple@1"},
	{0x02, "Simple@2"},
	{0x03, "Simple@3"},
	{0x04, "Simple@4a"},
	{0x05, "Simple@5"},
	{0x06, "Simple@6"},
	{0x08, "Simple@0"},
	{0x10, "Simple Scalable@0"},
	{0x11, "Simple Scalable@1"},
	{0x12, "Simple Scalable@2"},
	{0x21, "Core@1"},
	{0x22, "Core@2"},
	{0x32, "Main@2"},
	{0x33, "Main@3"},
	{0x34, "Main@4"},
	{0x42, "N-bit@2"},
	{0xF0, "Advanced Simple@0"},
	{0xF1, "Advanced Simple@1"},
	{0xF2, "Advanced Simple@2"},
	{0xF3, "Advanced Simple@3"},
	{0xF4, "Advanced Simple@4"},
	{0xF5, "Advanced Simple@5"},
	{0xF7, "Advanced Simple@3b"},
};

static const ValueName chroma_names[] = {
	{1, "YUV 4:2:0"},
	{2, "YUV 4:2:2"},
	{3, "YUV 4:4:4"},
};

static const GF_PropData *prop_data(const InspectPid *p, u32 p4cc)
{
	const GF_PropertyValue *val = gf_filter_pid_get_property(p->pid, p4cc);
	return val && val->value.data.size ? &val->value.data : NULL;
}

static void add_interlaced(const InspectPid *p, StrBuf *sb)
{
	if (inspect_prop_bool(p->pid, GF_PROP_PID_INTERLACED))
		sb_add(sb, " interlaced");
}

static void add_avc_layers(const GF_PropData *enhancement, StrBuf *sb)
{
	AvcConfig cfg;
	if (!enhancement || avc_config_read(enhancement->ptr, enhancement->size, &cfg))
		return;
	sb_add(sb, " scalable");
	for (u32 i = 0; i < cfg.sets.nb_nals; i++) {
		AvcSps sps;
		u8 type = cfg.sets.nals[i].type;
		if ((type == AVC_NAL_SPS || type == AVC_NAL_SUBSET_SPS) &&
			!avc_parse_sps(cfg.sets.nals[i].data, cfg.sets.nals[i].size, &sps, NULL))
			sb_addf(sb, " %ux%u", sps.width, sps.height);
	}
	nal_sets_reset(&cfg.sets);
}

static void add_avc(const InspectPid *p, StrBuf *sb)
{
	sb_add(sb, p->codec_id == GF_CODECID_SVC ? "SVC" : p->codec_id == GF_CODECID_MVC ? "MVC" : "AVC|H264");
	const GF_PropData *data = prop_data(p, GF_PROP_PID_DECODER_CONFIG);
	AvcConfig cfg;
	if (!data || avc_config_read(data->ptr, data->size, &cfg))
		return;
	sb_addf(sb, " PL %s@%g %s %u bpp", NAME_OF(avc_profiles, cfg.profile), cfg.level / 10.0,
		NAME_OF(chroma_names, cfg.has_extension ? cfg.chroma_format_idc : 1),
		cfg.has_extension ? cfg.bit_depth_luma : 8);
	nal_sets_reset(&cfg.sets);
	add_avc_layers(prop_data(p, GF_PROP_PID_DECODER_CONFIG_ENHANCEMENT), sb);
}

static void add_hevc_layers(const GF_PropData *enhancement, StrBuf *sb)
{
	HevcConfig cfg;
	if (!enhancement || hevc_config_read(enhancement->ptr, enhancement->size, GF_TRUE, &cfg))
		return;
	sb_add(sb, " scalable");
	for (u32 i = 0; i < cfg.sets.nb_nals; i++) {
		HevcSps sps;
		if (cfg.sets.nals[i].type == HEVC_NAL_SPS &&
			!hevc_parse_sps(cfg.sets.nals[i].data, cfg.sets.nals[i].size, &sps, NULL) && !sps.multilayer_ext)
			sb_addf(sb, " %ux%u", sps.width, sps.height);
	}
	nal_sets_reset(&cfg.sets);
}

static void add_hevc(const InspectPid *p, StrBuf *sb)
{
	sb_add(sb, p->codec_id == GF_CODECID_LHVC ? "L-HEVC" : "HEVC");
	if (p->codec_id == GF_CODECID_HEVC_TILES)
		sb_add(sb, " tile");
	add_interlaced(p, sb);
	const GF_PropData *data = prop_data(p, GF_PROP_PID_DECODER_CONFIG);
	HevcConfig cfg;
	if (!data || hevc_config_read(data->ptr, data->size, GF_FALSE, &cfg))
		return;
	sb_addf(sb, " PL %s@%g %s %u bpp compatibility 0x%08X", NAME_OF(hevc_profiles, cfg.ptl.profile_idc),
		cfg.ptl.level_idc / 30.0, NAME_OF(chroma_names, cfg.chroma_format_idc), cfg.bit_depth_luma,
		cfg.ptl.compatibility);
	nal_sets_reset(&cfg.sets);
	add_hevc_layers(prop_data(p, GF_PROP_PID_DECODER_CONFIG_ENHANCEMENT), sb);
}

static void add_vvc(const InspectPid *p, StrBuf *sb)
{
	sb_add(sb, "VVC");
	const GF_PropData *data = prop_data(p, GF_PROP_PID_DECODER_CONFIG);
	VvcConfig cfg;
	if (!data || vvc_config_read(data->ptr, data->size, &cfg))
		return;
	if (cfg.ptl_present) {
		// one significant digit: the level is shown without its sub-level
		sb_addf(sb, " PL %s@%.1g %s %u bpp", NAME_OF(vvc_profiles, cfg.ptl.profile_idc),
			cfg.ptl.level_idc / 16.0, NAME_OF(chroma_names, cfg.chroma_format_idc), cfg.bit_depth);
		if (cfg.nb_sublayers > 1)
			sb_addf(sb, " %u sublayers", cfg.nb_sublayers);
	}
	nal_sets_reset(&cfg.sets);
}

// AV1CodecConfigurationRecord of the AV1-ISOBMFF binding, 2.3.3.
static void add_av1(const InspectPid *p, StrBuf *sb)
{
	sb_add(sb, "AV1");
	const GF_PropData *data = prop_data(p, GF_PROP_PID_DECODER_CONFIG);
	if (!data)
		return;
	BitReader br;
	br_init(&br, data->ptr, data->size);
	br_bits(&br, 8);
	u32 profile = br_bits(&br, 3);
	u32 level = br_bits(&br, 5);
	br_bits(&br, 2);
	Bool twelve_bit = br_bit(&br) ? GF_TRUE : GF_FALSE;
	Bool monochrome = br_bit(&br) ? GF_TRUE : GF_FALSE;
	u32 sub_x = br_bit(&br);
	u32 sub_y = br_bit(&br);
	if (br.overrun)
		return;
	sb_addf(sb, " PL %u@%u %s%s%s", profile, level,
		NAME_OF(chroma_names, sub_y   ? 1
							  : sub_x ? 2
									  : 3),
		monochrome ? " monochrome" : "", twelve_bit ? " 12 bpp" : "");
}

static Bool is_signalled(AacSignalling s)
{
	return s == AAC_COMPATIBLE || s == AAC_HIERARCHICAL ? GF_TRUE : GF_FALSE;
}

static void add_aac(const InspectPid *p, StrBuf *sb)
{
	const GF_PropData *data = prop_data(p, GF_PROP_PID_DECODER_CONFIG);
	AacConfig cfg;
	if (!data || aac_config_parse(data->ptr, data->size, &cfg)) {
		sb_add(sb, "AAC");
		return;
	}
	Bool sbr = is_signalled(cfg.sbr), ps = is_signalled(cfg.ps);
	// the object type written first in the configuration
	u32 type = cfg.ps == AAC_HIERARCHICAL ? AOT_PS : cfg.sbr == AAC_HIERARCHICAL ? AOT_SBR : cfg.object_type;
	const char *signalling = type != AOT_AAC_LC ? "hierarchical"
							 : sbr || ps        ? "backward compatible"
												: "implicit";
	sb_addf(sb, "%s (aot=%u %s)", NAME_OF(audio_types, type), type, signalling);
	if (p->codec_id == GF_CODECID_AAC_MPEG4 && (sbr || ps))
		sb_add(sb, ps ? " HEAACv2" : " HEAACv1");
	if (sbr) {
		u32 other = cfg.sbr == AAC_HIERARCHICAL ? cfg.object_type : AOT_SBR;
		sb_addf(sb, " SBR %u Hz aot MPEG-4 Audio %s", cfg.sbr_rate, NAME_OF(audio_types, other));
	}
	if (ps)
		sb_add(sb, " PS");
}

static void add_chroma(const InspectPid *p, StrBuf *sb)
{
	u32 chroma = inspect_prop_u32(p->pid, GF_PROP_PID_COLR_CHROMAFMT);
	if (chroma)
		sb_addf(sb, " %s", NAME_OF(chroma_names, chroma));
}

static void add_visual(const InspectPid *p, StrBuf *sb)
{
	static const u8 start_code[] = {0, 0, 1, 0xB0}; // visual_object_sequence_start_code
	u32 level = inspect_prop_u32(p->pid, GF_PROP_PID_PROFILE_LEVEL);
	const GF_PropData *data = prop_data(p, GF_PROP_PID_DECODER_CONFIG);
	if (data && data->size > 4 && !memcmp(data->ptr, start_code, 4))
		level = data->ptr[4];
	sb_add(sb, "MPEG-4 Visual");
	if (level)
		sb_addf(sb, " PL %s", NAME_OF(visual_profiles, level));
	add_chroma(p, sb);
	add_interlaced(p, sb);
}

static void add_ffmpeg(const InspectPid *p, StrBuf *sb)
{
	const GF_PropertyValue *name = gf_filter_pid_get_property(p->pid, GF_PROP_PID_META_DEMUX_CODEC_NAME);
	if (name && name->value.string)
		sb_add(sb, name->value.string);
	else
		sb_addf(sb, "FFmpeg %u", inspect_prop_u32(p->pid, GF_PROP_PID_META_DEMUX_CODEC_ID));
}

static void add_other(const InspectPid *p, StrBuf *sb)
{
	sb_add(sb, gf_codecid_name(p->codec_id));
	const GF_PropertyValue *level = gf_filter_pid_get_property(p->pid, GF_PROP_PID_PROFILE_LEVEL);
	if (level)
		sb_addf(sb, " PL %u", level->value.uint);
	add_chroma(p, sb);
	add_interlaced(p, sb);
}

void inspect_codec_text(InspectPid *p, StrBuf *sb)
{
	switch (p->codec_id) {
	case GF_CODECID_AVC:
	case GF_CODECID_AVC_PS:
	case GF_CODECID_SVC:
	case GF_CODECID_MVC:
		add_avc(p, sb);
		break;
	case GF_CODECID_HEVC:
	case GF_CODECID_LHVC:
	case GF_CODECID_HEVC_TILES:
		add_hevc(p, sb);
		break;
	case GF_CODECID_VVC:
	case GF_CODECID_VVC_SUBPIC:
		add_vvc(p, sb);
		break;
	case GF_CODECID_AV1:
		add_av1(p, sb);
		break;
	case GF_CODECID_AAC_MPEG4:
	case GF_CODECID_AAC_MPEG2_MP:
	case GF_CODECID_AAC_MPEG2_LCP:
	case GF_CODECID_AAC_MPEG2_SSRP:
	case GF_CODECID_USAC:
		add_aac(p, sb);
		break;
	case GF_CODECID_MPEG4_PART2:
		add_visual(p, sb);
		break;
	case GF_CODECID_FFMPEG:
		add_ffmpeg(p, sb);
		break;
	default:
		add_other(p, sb);
		break;
	}
}
