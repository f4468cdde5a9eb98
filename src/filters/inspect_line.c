// SPDX-License-Identifier: MIT
// The one-line description of a PID: its fields in a fixed order, each present only when it applies.
#include <string.h>
#include "base/bits.h"
#include "filters/inspect.h"

// Bits of the track header flags (ISO/IEC 14496-12 8.3.2.3).
enum { TRACK_IN_MOVIE = 2, TRACK_IN_PREVIEW = 4 };

static Bool is_raw(const InspectPid *p)
{
	return p->codec_id == GF_CODECID_RAW || p->codec_id == GF_CODECID_RAW_UNCV ? GF_TRUE : GF_FALSE;
}

static void add_identity(InspectPid *p, StrBuf *sb)
{
	sb_add(sb, "PID");
	const GF_PropertyValue *id = gf_filter_pid_get_property(p->pid, GF_PROP_PID_ID);
	if (!id)
		id = gf_filter_pid_get_property(p->pid, GF_PROP_PID_ESID);
	if (id)
		sb_addf(sb, " %u ID %u", p->index, id->value.uint);
	if (p->line == LINE_RECONFIGURE)
		sb_add(sb, " reconfigure");
	sb_addc(sb, ' ');
	sb_add(sb, p->stream_type == GF_STREAM_METADATA ? "metadata" : gf_stream_type_short_name(p->stream_type));
}

static void add_service(InspectPid *p, StrBuf *sb)
{
	const GF_PropertyValue *id = gf_filter_pid_get_property(p->pid, GF_PROP_PID_SERVICE_ID);
	if (!id || !id->value.uint)
		return;
	sb_addf(sb, " service %u", id->value.uint);
	GF_PropertyEntry *entry = NULL;
	const GF_PropertyValue *name = gf_filter_pid_get_info(p->pid, GF_PROP_PID_SERVICE_NAME, &entry);
	if (name && name->value.string)
		sb_addf(sb, " \"%s\"", name->value.string);
	const GF_PropertyValue *provider = gf_filter_pid_get_info(p->pid, GF_PROP_PID_SERVICE_PROVIDER, &entry);
	if (provider && provider->value.string)
		sb_addf(sb, " (%s)", provider->value.string);
	gf_filter_release_property(entry);
}

static void add_duration(InspectPid *p, StrBuf *sb)
{
	const GF_PropertyValue *val = gf_filter_pid_get_property(p->pid, GF_PROP_PID_DURATION);
	if (inspect_prop_bool(p->pid, GF_PROP_PID_DURATION_AVG))
		sb_add(sb, " estimated");
	if (!val || !val->value.lfrac.den)
		return;
	s64 num = val->value.lfrac.num;
	if (num == -1) {
		sb_add(sb, " duration unknown");
		return;
	}
	sb_add(sb, num < 0 ? " estimated duration " : " duration ");
	inspect_add_time(sb, num < 0 ? 0 - (u64)num : (u64)num, val->value.lfrac.den);
}

static void add_track(InspectPid *p, StrBuf *sb)
{
	u32 flags = inspect_prop_u32(p->pid, GF_PROP_PID_ISOM_TRACK_FLAGS);
	if (inspect_prop_bool(p->pid, GF_PROP_PID_DISABLED))
		sb_add(sb, " disabled");
	if (flags & TRACK_IN_MOVIE)
		sb_add(sb, " inMovie");
	if (flags & TRACK_IN_PREVIEW)
		sb_add(sb, " inPreview");
	const GF_PropertyValue *lang = gf_filter_pid_get_property(p->pid, GF_PROP_PID_LANGUAGE);
	if (lang && lang->value.string && strcmp(lang->value.string, "und"))
		sb_addf(sb, " language \"%s\"", lang->value.string);
	add_duration(p, sb);
}

static void add_timing(InspectPid *p, StrBuf *sb)
{
	const GF_PropertyValue *rate = gf_filter_pid_get_property(p->pid, GF_PROP_PID_SAMPLE_RATE);
	if (gf_filter_pid_get_timescale(p->pid) && (!rate || rate->value.uint != p->timescale))
		sb_addf(sb, " timescale %u", p->timescale);
	const GF_PropertyValue *delay = gf_filter_pid_get_property(p->pid, GF_PROP_PID_DELAY);
	if (delay) {
		sb_add(sb, " delay ");
		inspect_add_s64(sb, delay->value.longsint);
	}
	if (is_raw(p))
		sb_add(sb, " raw");
}

// A frame rate a little under a whole number is shown with the denominator 1001 of NTSC rates.
static void add_frame_rate(GF_Fraction fps, StrBuf *sb)
{
	if (fps.num <= 0 || !fps.den) {
		sb_addf(sb, " fps %d/%u", fps.num, fps.den);
		return;
	}
	u64 num = (u64)fps.num, den = fps.den;
	u64 whole = num / den;
	u64 scaled = num * 1001;
	u64 ntsc = (whole + 1) * den * 1000;
	if (whole * den == num)
		sb_addf(sb, " fps %llu", (unsigned long long)whole);
	else if (scaled >= ntsc && (scaled - ntsc) * 1000 < ntsc)
		sb_addf(sb, " fps %llu/1001", (unsigned long long)(whole + 1) * 1000);
	else
		sb_addf(sb, " fps %llu/%llu", (unsigned long long)num, (unsigned long long)den);
}

static void add_video(InspectPid *p, StrBuf *sb)
{
	u32 width = inspect_prop_u32(p->pid, GF_PROP_PID_WIDTH);
	if (!width)
		return;
	sb_addf(sb, " %ux%u", width, inspect_prop_u32(p->pid, GF_PROP_PID_HEIGHT));
	const GF_PropertyValue *fps = gf_filter_pid_get_property(p->pid, GF_PROP_PID_FPS);
	if (fps)
		add_frame_rate(fps->value.frac, sb);
	const GF_PropertyValue *sar = gf_filter_pid_get_property(p->pid, GF_PROP_PID_SAR);
	if (sar && sar->value.frac.num > 0 && (u32)sar->value.frac.num != sar->value.frac.den)
		sb_addf(sb, " SAR %d/%u", sar->value.frac.num, sar->value.frac.den);
	else
		sb_add(sb, " SAR 1/1");
	const GF_PropertyValue *format = gf_filter_pid_get_property(p->pid, GF_PROP_PID_PIXFMT);
	if (is_raw(p) && format)
		sb_addf(sb, " raw format %s", gf_pixel_fmt_name(format->value.uint));
}

static void add_audio(InspectPid *p, StrBuf *sb)
{
	u32 rate = inspect_prop_u32(p->pid, GF_PROP_PID_SAMPLE_RATE);
	if (!rate)
		return;
	sb_addf(sb, " %u Hz", rate);
	const GF_PropertyValue *layout = gf_filter_pid_get_property(p->pid, GF_PROP_PID_CHANNEL_LAYOUT);
	const char *name =
		layout && layout->value.longuint ? gf_audio_fmt_get_layout_name(layout->value.longuint) : NULL;
	u32 nb_channels = inspect_prop_u32(p->pid, GF_PROP_PID_NUM_CHANNELS);
	if (name && strcmp(name, "unknown"))
		sb_addf(sb, " %s", name);
	else if (nb_channels)
		sb_addf(sb, " %u chan", nb_channels);
	const GF_PropertyValue *format = gf_filter_pid_get_property(p->pid, GF_PROP_PID_AUDIO_FORMAT);
	if (is_raw(p) && format)
		sb_addf(sb, " raw format %s", gf_audio_fmt_name(format->value.uint));
}

static void add_counts(InspectPid *p, StrBuf *sb)
{
	const GF_PropertyValue *rate = gf_filter_pid_get_property(p->pid, GF_PROP_PID_BITRATE);
	if (rate && rate->value.uint < 5000)
		sb_addf(sb, " %u bps", rate->value.uint);
	else if (rate)
		sb_addf(sb, " %u kbps", rate->value.uint / 1000);
	u32 nb_frames = inspect_prop_u32(p->pid, GF_PROP_PID_NB_FRAMES);
	if (nb_frames > 1)
		sb_addf(sb, " %u frames", nb_frames);
}

static void add_protection(InspectPid *p, StrBuf *sb)
{
	u32 stream_type = inspect_prop_u32(p->pid, GF_PROP_PID_STREAM_TYPE);
	if (stream_type != GF_STREAM_ENCRYPTED && !inspect_prop_bool(p->pid, GF_PROP_PID_ENCRYPTED))
		return;
	char code[GF_4CC_MSIZE];
	sb_addf(sb, " encryption %s",
		gf_4cc_to_str_safe(inspect_prop_u32(p->pid, GF_PROP_PID_PROTECTION_SCHEME_TYPE), code));
	const GF_PropertyValue *pattern = gf_filter_pid_get_property(p->pid, GF_PROP_PID_CENC_PATTERN);
	if (pattern)
		sb_addf(sb, " %d/%u pattern", pattern->value.frac.num, pattern->value.frac.den);
}

static void add_role(InspectPid *p, StrBuf *sb)
{
	const GF_PropertyValue *role = gf_filter_pid_get_property(p->pid, GF_PROP_PID_ROLE);
	if (!role || !role->value.string_list.nb_items)
		return;
	const char *text = role->value.string_list.vals[0];
	const char *colon = strrchr(text, ':');
	sb_addf(sb, " role %s", colon ? colon : text);
}

static void add_codec(InspectPid *p, StrBuf *sb)
{
	char codec[RFC6381_CODEC_NAME_SIZE_MAX];
	char code[GF_4CC_MSIZE];
	sb_add(sb, " codec ");
	if (!gf_filter_pid_get_rfc_6381_codec_string(p->pid, codec, GF_FALSE, GF_FALSE, NULL, NULL))
		sb_add(sb, codec);
	else
		sb_add(sb, gf_4cc_to_str_safe(p->codec_id, code));
	sb_addc(sb, ' ');
	inspect_codec_text(p, sb);
}

static void add_clean_aperture(InspectPid *p, StrBuf *sb)
{
	static const u32 props[] = {
		GF_PROP_PID_CLAP_X, GF_PROP_PID_CLAP_Y, GF_PROP_PID_CLAP_W, GF_PROP_PID_CLAP_H};
	s32 num[4];
	for (u32 i = 0; i < 4; i++) {
		const GF_PropertyValue *val = gf_filter_pid_get_property(p->pid, props[i]);
		if (!val)
			return;
		num[i] = val->value.frac.num;
	}
	sb_addf(sb, " clap %dx%d@%dx%d", num[0], num[1], num[2], num[3]);
}

// DOVIDecoderConfigurationRecord of "Dolby Vision Streams within the ISO base media file format".
static void add_dolby_vision(InspectPid *p, StrBuf *sb)
{
	const GF_PropertyValue *val = gf_filter_pid_get_property(p->pid, GF_PROP_PID_DOLBY_VISION);
	if (!val)
		return;
	BitReader br;
	br_init(&br, val->value.data.ptr, val->value.data.size);
	u32 major = br_bits(&br, 8);
	u32 minor = br_bits(&br, 8);
	u32 profile = br_bits(&br, 7);
	u32 level = br_bits(&br, 6);
	Bool rpu = br_bit(&br) ? GF_TRUE : GF_FALSE;
	Bool el = br_bit(&br) ? GF_TRUE : GF_FALSE;
	Bool base = br_bit(&br) ? GF_TRUE : GF_FALSE;
	u32 compat = br_bits(&br, 4);
	if (br.overrun)
		return;
	sb_addf(sb, " DolbyVision %u.%u PL %u@%u%s%s%s", major, minor, profile, level, rpu ? " rpu" : "",
		base ? " base" : "", el ? " el" : "");
	if (compat)
		sb_addf(sb, " compatID %u", compat);
}

// The complexity index of joint object coding, behind the substreams of EC3SpecificBox (ETSI TS 102 366
// F.6, TS 103 420 C.3.2).
static void add_atmos(InspectPid *p, StrBuf *sb)
{
	if (p->codec_id != GF_CODECID_EAC3)
		return;
	const GF_PropertyValue *val = gf_filter_pid_get_property(p->pid, GF_PROP_PID_DECODER_CONFIG);
	if (!val)
		return;
	BitReader br;
	br_init(&br, val->value.data.ptr, val->value.data.size);
	br_bits(&br, 13);
	u32 nb_substreams = br_bits(&br, 3) + 1;
	for (u32 i = 0; i < nb_substreams; i++) {
		br_bits(&br, 19);
		u32 nb_dependent = br_bits(&br, 4);
		br_bits(&br, nb_dependent ? 9 : 1);
	}
	br_bits(&br, 7);
	Bool extension = br_bit(&br) ? GF_TRUE : GF_FALSE;
	u32 complexity = br_bits(&br, 8);
	if (!br.overrun && extension)
		sb_addf(sb, " Atmos (CIT %u)", complexity);
}

void inspect_short_line(InspectPid *p, StrBuf *sb)
{
	add_identity(p, sb);
	add_service(p, sb);
	add_track(p, sb);
	add_timing(p, sb);
	add_video(p, sb);
	add_audio(p, sb);
	add_counts(p, sb);
	add_protection(p, sb);
	add_role(p, sb);
	if (!is_raw(p) && p->codec_id) {
		add_codec(p, sb);
		add_clean_aperture(p, sb);
		add_dolby_vision(p, sb);
		add_atmos(p, sb);
	}
	if (inspect_prop_bool(p->pid, GF_PROP_PID_FAKE))
		sb_add(sb, " fake");
	sb_addc(sb, '\n');
}
