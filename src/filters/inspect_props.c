// SPDX-License-Identifier: MIT
// Properties of PIDs and packets in a report: which are printed, and how.
#include <string.h>
#include "base/bits.h"
#include "filters/inspect.h"

u32 inspect_prop_u32(GF_FilterPid *pid, u32 p4cc)
{
	const GF_PropertyValue *val = gf_filter_pid_get_property(pid, p4cc);
	return val ? val->value.uint : 0;
}

Bool inspect_prop_bool(GF_FilterPid *pid, u32 p4cc)
{
	const GF_PropertyValue *val = gf_filter_pid_get_property(pid, p4cc);
	return val && val->value.boolean ? GF_TRUE : GF_FALSE;
}

Bool inspect_is_scte35(const char *prop_name)
{
	return prop_name && !strncmp(prop_name, "scte35", 6) ? GF_TRUE : GF_FALSE;
}

// Properties that some value of the `test` option hides.
static Bool is_volatile(InspectTest test, u32 p4cc)
{
	switch (p4cc) {
	case GF_PROP_PID_FILE_CACHED:
	case GF_PROP_PID_DURATION:
		return test == TEST_NETWORK || test == TEST_NETX ? GF_TRUE : GF_FALSE;
	case GF_PROP_PID_ISOM_TRACK_TEMPLATE:
	case GF_PROP_PID_ISOM_MOVIE_TIME:
		return test == TEST_NETX ? GF_TRUE : GF_FALSE;
	case GF_PROP_PID_DECODER_CONFIG:
	case GF_PROP_PID_DECODER_CONFIG_ENHANCEMENT:
	case GF_PROP_PID_DOWN_SIZE:
		return test >= TEST_ENCODE ? GF_TRUE : GF_FALSE;
	case GF_PROP_PID_MEDIA_DATA_SIZE:
	case GF_PROP_PID_MAXRATE:
	case GF_PROP_PID_AVG_FRAME_SIZE:
	case GF_PROP_PID_MAX_FRAME_SIZE:
	case GF_PROP_PID_DBSIZE:
	case GF_PROP_PID_ISOM_STSD_TEMPLATE:
		return test == TEST_ENCX ? GF_TRUE : GF_FALSE;
	case GF_PROP_PID_BITRATE:
		return test == TEST_ENCX || test == TEST_NOBR ? GF_TRUE : GF_FALSE;
	default:
		return GF_FALSE;
	}
}

// Properties that differ from one machine or version to the next, hidden when the whole session is a test.
static Bool is_local(u32 p4cc, const char *name, const GF_PropertyValue *val)
{
	switch (p4cc) {
	case GF_PROP_PID_FILEPATH:
	case GF_PROP_PID_URL:
	case GF_PROP_PID_REMOTE_URL:
	case GF_PROP_PID_REDIRECT_URL:
	case GF_PROP_PID_OUTPATH:
		return GF_TRUE;
	default:
		break;
	}
	if (name && (!strcmp(name, "tool") || !strcmp(name, "encoder")))
		return GF_TRUE;
	return val->type == GF_PROP_POINTER ? GF_TRUE : GF_FALSE;
}

Bool inspect_skips_prop(const InspectCtx *ctx, u32 p4cc, const char *name, const GF_PropertyValue *val)
{
	if (name && (!strncmp(name, "__", 2) || !strcmp(name, "isom_force_ctts") ||
					!strcmp(name, "reframer_rem_edits") || inspect_is_scte35(name)))
		return GF_TRUE;
	switch (p4cc) {
	case GF_PROP_PID_SEI_LOADED:
	case GF_PROP_PCK_SEI_LOADED:
	case GF_PROP_PID_DOWNLOAD_SESSION:
	case GF_PROP_PID_MUX_INDEX:
	case GF_PROP_PCK_END_RANGE:
		return GF_TRUE;
	case GF_PROP_PCK_TIMECODE:
		return ctx->view.analyze || !ctx->opt.props ? GF_TRUE : GF_FALSE;
	default:
		break;
	}
	if (gf_sys_is_test_mode() && is_local(p4cc, name, val))
		return GF_TRUE;
	return is_volatile((InspectTest)ctx->opt.test, p4cc);
}

static void add_key(BitReader *br, StrBuf *sb)
{
	u32 iv_size = br_u8(br);
	const u8 *kid = br_bytes(br, 16);
	if (!kid)
		return;
	sb_addf(sb, "IV_size:%u,KID:0x", iv_size);
	inspect_add_hex(sb, kid, 16);
	if (iv_size)
		return;
	u32 const_size = br_u8(br);
	const u8 *iv = br_bytes(br, const_size);
	if (!iv)
		return;
	sb_addf(sb, ",const_IV_size:%u,const_IV:0x", const_size);
	inspect_add_hex(sb, iv, const_size);
}

// Key table: u8 multi_key, u16 nb_keys (0 for a single one), then the keys.
static void add_key_info(const GF_PropData *data, StrBuf *sb)
{
	BitReader br;
	br_init(&br, data->ptr, data->size);
	br_u8(&br);
	u32 nb_keys = br_u16(&br);
	if (nb_keys < 2) {
		add_key(&br, sb);
		return;
	}
	for (u32 i = 0; i < nb_keys && !br.overrun; i++) {
		sb_addc(sb, '[');
		add_key(&br, sb);
		sb_addc(sb, ']');
	}
}

static void add_list(const GF_PropertyValue *val, Bool xml, StrBuf *sb)
{
	const char *sep = xml ? "," : ", ";
	u32 nb =
		val->type == GF_PROP_STRING_LIST ? val->value.string_list.nb_items : val->value.uint_list.nb_items;
	for (u32 i = 0; i < nb; i++) {
		char text[GF_4CC_MSIZE];
		if (i)
			sb_add(sb, sep);
		if (val->type == GF_PROP_STRING_LIST)
			sb_add(sb, val->value.string_list.vals[i]);
		else if (val->type == GF_PROP_4CC_LIST)
			sb_add(sb, gf_4cc_to_str_safe(val->value.uint_list.vals[i], text));
		else if (xml)
			inspect_add_u64(sb, val->value.uint_list.vals[i]);
		else
			inspect_add_s64(sb, (s32)val->value.uint_list.vals[i]);
	}
}

static void add_plain_value(const InspectCtx *ctx, StrBuf *sb, u32 p4cc, const GF_PropertyValue *val)
{
	switch (val->type) {
	case GF_PROP_STRING:
	case GF_PROP_STRING_NO_COPY:
	case GF_PROP_NAME:
		if (val->value.string)
			sb_add(sb, val->value.string);
		return;
	case GF_PROP_STRING_LIST:
	case GF_PROP_UINT_LIST:
	case GF_PROP_4CC_LIST:
		add_list(val, ctx->view.xml, sb);
		return;
	default:
		break;
	}
	if (p4cc == GF_PROP_PID_CENC_KEY_INFO) {
		add_key_info(&val->value.data, sb);
		return;
	}
	char text[GF_PROP_DUMP_ARG_SIZE];
	const char *dump =
		gf_props_dump(p4cc, val, text, ctx->opt.dump_data ? GF_PROP_DUMP_DATA_INFO : GF_PROP_DUMP_DATA_NONE);
	if (dump)
		sb_add(sb, dump);
}

void inspect_add_value(const InspectCtx *ctx, StrBuf *sb, u32 p4cc, const GF_PropertyValue *val)
{
	if (!ctx->view.xml) {
		add_plain_value(ctx, sb, p4cc, val);
		return;
	}
	StrBuf plain;
	sb_init(&plain);
	add_plain_value(ctx, &plain, p4cc, val);
	inspect_add_xml(sb, sb_str(&plain), plain.len);
	sb->failed = sb->failed || plain.failed;
	sb_reset(&plain);
}

// The name as an XML attribute name: what is neither a letter nor a digit becomes an underscore.
static void add_attribute_name(StrBuf *sb, const char *name)
{
	if (!(name[0] & 0x80) && !strchr("_abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ", name[0]))
		sb_addc(sb, '_');
	for (; *name; name++) {
		char c = *name;
		Bool legal = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '.' ||
					 c == '-' || (c & 0x80);
		sb_addc(sb, legal ? c : '_');
	}
}

static void add_prop(
	const InspectCtx *ctx, StrBuf *sb, u32 p4cc, const char *name, const GF_PropertyValue *val)
{
	char code[GF_4CC_MSIZE];
	if (!name)
		name = gf_props_4cc_get_name(p4cc);
	if (!name)
		name = gf_4cc_to_str_safe(p4cc, code);
	const char *type = ctx->opt.dtype ? gf_props_get_type_name(val->type) : NULL;
	if (ctx->view.xml) {
		if (type) {
			sb_addc(sb, ' ');
			add_attribute_name(sb, name);
			sb_addf(sb, ".type=\"%s\"", type);
		}
		sb_addc(sb, ' ');
		add_attribute_name(sb, name);
		sb_add(sb, "=\"");
		inspect_add_value(ctx, sb, p4cc, val);
		sb_addc(sb, '"');
		return;
	}
	sb_addc(sb, '\t');
	sb_add(sb, name);
	if (type)
		sb_addf(sb, " (%s)", type);
	sb_add(sb, ": ");
	inspect_add_value(ctx, sb, p4cc, val);
	if (p4cc == GF_PROP_PID_DURATION && val->value.lfrac.num >= 0 && val->value.lfrac.den) {
		sb_add(sb, " (");
		inspect_add_time(sb, (u64)val->value.lfrac.num, val->value.lfrac.den);
		sb_addc(sb, ')');
	}
	sb_addc(sb, '\n');
}

// Content of a `clli` box (ISO/IEC 14496-12 12.1.6), a `mdcv` box (12.1.7): chromaticities in 0.00002,
// luminances in 0.0001 cd/m2. False when it is neither.
static Bool add_light(u32 p4cc, const GF_PropertyValue *val, StrBuf *sb)
{
	Bool level = p4cc == GF_PROP_PID_CONTENT_LIGHT_LEVEL || p4cc == GF_PROP_PCK_CONTENT_LIGHT_LEVEL;
	Bool display = p4cc == GF_PROP_PID_MASTER_DISPLAY_COLOUR || p4cc == GF_PROP_PCK_MASTER_DISPLAY_COLOUR;
	if (!level && !display)
		return GF_FALSE;
	BitReader br;
	br_init(&br, val->value.data.ptr, val->value.data.size);
	if (level) {
		u32 max_content = br_u16(&br);
		u32 max_average = br_u16(&br);
		if (br.overrun)
			return GF_FALSE;
		sb_addf(sb, " max_content_light_level=\"%u\" max_pic_average_light_level=\"%u\"", max_content,
			max_average);
		return GF_TRUE;
	}
	Double chroma[8];
	for (u32 i = 0; i < 8; i++)
		chroma[i] = br_u16(&br) / 50000.0;
	Double max = br_u32(&br) / 10000.0;
	Double min = br_u32(&br) / 10000.0;
	if (br.overrun)
		return GF_FALSE;
	sb_addf(sb, " display_primaries_x=\"%.04f %.04f %.04f\" display_primaries_y=\"%.04f %.04f %.04f\"",
		chroma[0], chroma[2], chroma[4], chroma[1], chroma[3], chroma[5]);
	sb_addf(sb, " white_point_x=\"%.04f\" white_point_y=\"%.04f\"", chroma[6], chroma[7]);
	sb_addf(
		sb, " max_display_mastering_luminance=\"%.04f\" min_display_mastering_luminance=\"%.04f\"", max, min);
	return GF_TRUE;
}

// A property of a list of all, unless it is not to be shown.
static void add_listed(const InspectCtx *ctx, StrBuf *sb, u32 p4cc, const char *name, const GF_PropertyValue *val)
{
	if (inspect_skips_prop(ctx, p4cc, name, val))
		return;
	if (!ctx->view.xml || !add_light(p4cc, val, sb))
		add_prop(ctx, sb, p4cc, name, val);
}

void inspect_pid_props(const InspectCtx *ctx, InspectPid *p, StrBuf *sb, Bool info)
{
	u32 idx = 0;
	for (;;) {
		u32 p4cc = 0;
		const char *name = NULL;
		const GF_PropertyValue *val = info ? gf_filter_pid_enum_info(p->pid, &idx, &p4cc, &name)
										   : gf_filter_pid_enum_properties(p->pid, &idx, &p4cc, &name);
		if (!val)
			return;
		add_listed(ctx, sb, p4cc, name, val);
	}
}

void inspect_packet_props(const InspectCtx *ctx, GF_FilterPacket *pck, StrBuf *sb)
{
	u32 idx = 0;
	for (;;) {
		u32 p4cc = 0;
		const char *name = NULL;
		const GF_PropertyValue *val = gf_filter_pck_enum_properties(pck, &idx, &p4cc, &name);
		if (!val)
			return;
		add_listed(ctx, sb, p4cc, name, val);
	}
}
