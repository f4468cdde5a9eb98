// SPDX-License-Identifier: MIT
// Printing of property values.

#include <stdio.h>
#include <string.h>
#include <time.h>
#include <gpac/constants.h>
#include <gpac/log.h>
#include <gpac/numbers.h>
#include <gpac/system.h>
#include "graph/prop_text.h"

enum {
	DATA_MODE_MASK = 0xFF,
	MAX_HEX_BYTES = 39, // longest data that still fits in a dump buffer as digits
};

static void print_fraction(char *buf, s64 num, u64 den, u32 flags)
{
	Bool reduce = den && !(flags & GF_PROP_DUMP_NO_REDUCE);
	if (reduce && den <= INT64_MAX && num % (s64)den == 0)
		snprintf(buf, GF_PROP_DUMP_ARG_SIZE, "%lld", (long long)(num / (s64)den));
	else
		snprintf(buf, GF_PROP_DUMP_ARG_SIZE, "%lld/%llu", (long long)num, (unsigned long long)den);
}

static void print_data(char *buf, const GF_PropData *data, u32 mode)
{
	if (mode == GF_PROP_DUMP_DATA_PTR) {
		snprintf(buf, GF_PROP_DUMP_ARG_SIZE, "%u@%p", data->size, (void *)data->ptr);
		return;
	}
	if (mode != GF_PROP_DUMP_DATA_INFO || data->size > MAX_HEX_BYTES) {
		snprintf(buf, GF_PROP_DUMP_ARG_SIZE, "%u bytes (CRC32 0x%08X)", data->size,
			gf_crc_32(data->ptr, data->size));
		return;
	}
	int at = snprintf(buf, GF_PROP_DUMP_ARG_SIZE, "%u bytes 0x", data->size);
	for (u32 i = 0; i < data->size; i++, at += 2)
		snprintf(buf + at, GF_PROP_DUMP_ARG_SIZE - at, "%02X", data->ptr[i]);
}

// Name of rank `rank` in `a|b|c`, empty past the end.
static void print_enum_rank(char *buf, const char *enums, u32 rank)
{
	buf[0] = 0;
	for (; rank; rank--) {
		enums = strchr(enums, '|');
		if (!enums)
			return;
		enums++;
	}
	size_t len = strcspn(enums, "|");
	if (len >= GF_PROP_DUMP_ARG_SIZE)
		len = GF_PROP_DUMP_ARG_SIZE - 1;
	memcpy(buf, enums, len);
	buf[len] = 0;
}

// Text of a value that is neither a string nor a list: `buf`, or a constant.
static const char *print_scalar(const GF_PropertyValue *val, char *buf, u32 flags, const char *enums)
{
	const size_t size = GF_PROP_DUMP_ARG_SIZE;
	switch (val->type) {
	case GF_PROP_SINT:
		snprintf(buf, size, "%d", val->value.sint);
		break;
	case GF_PROP_UINT:
		if (enums && strchr(enums, '|'))
			print_enum_rank(buf, enums, val->value.uint);
		else
			snprintf(buf, size, "%u", val->value.uint);
		break;
	case GF_PROP_LSINT:
		snprintf(buf, size, "%lld", (long long)val->value.longsint);
		break;
	case GF_PROP_LUINT:
		snprintf(buf, size, "%llu", (unsigned long long)val->value.longuint);
		break;
	case GF_PROP_BOOL:
		return val->value.boolean ? "true" : "false";
	case GF_PROP_FRACTION:
		print_fraction(buf, val->value.frac.num, val->value.frac.den, flags);
		break;
	case GF_PROP_FRACTION64:
		print_fraction(buf, val->value.lfrac.num, val->value.lfrac.den, flags);
		break;
	case GF_PROP_FLOAT:
		snprintf(buf, size, "%f", val->value.fnumber);
		break;
	case GF_PROP_DOUBLE:
		snprintf(buf, size, "%g", val->value.number);
		break;
	case GF_PROP_VEC2I:
		snprintf(buf, size, "%dx%d", val->value.vec2i.x, val->value.vec2i.y);
		break;
	case GF_PROP_VEC2:
		snprintf(buf, size, "%gx%g", val->value.vec2.x, val->value.vec2.y);
		break;
	case GF_PROP_VEC3I:
		snprintf(buf, size, "%dx%dx%d", val->value.vec3i.x, val->value.vec3i.y, val->value.vec3i.z);
		break;
	case GF_PROP_VEC4I:
		snprintf(buf, size, "%dx%dx%dx%d", val->value.vec4i.x, val->value.vec4i.y, val->value.vec4i.z,
			val->value.vec4i.w);
		break;
	case GF_PROP_4CC:
		return gf_4cc_to_str_safe(val->value.uint, buf);
	case GF_PROP_DATA:
	case GF_PROP_DATA_NO_COPY:
	case GF_PROP_CONST_DATA:
		print_data(buf, &val->value.data, flags & DATA_MODE_MASK);
		break;
	case GF_PROP_POINTER:
		snprintf(buf, size, "%p", val->value.ptr);
		break;
	default:
		if (gf_props_type_is_enum(val->type))
			return gf_props_enum_name(val->type, val->value.uint);
		return "forbidden";
	}
	return buf;
}

// Number of items of a list, -1 for other types.
static s64 count_items(const GF_PropertyValue *val)
{
	switch (val->type) {
	case GF_PROP_STRING_LIST:
	case GF_PROP_STRING_LIST_COPY:
	case GF_PROP_UINT_LIST:
	case GF_PROP_SINT_LIST:
	case GF_PROP_4CC_LIST:
	case GF_PROP_VEC2I_LIST:
		return val->value.uint_list.nb_items; // at the same place in all lists
	default:
		return -1;
	}
}

static const char *print_item(const GF_PropertyValue *val, u32 idx, char *buf)
{
	switch (val->type) {
	case GF_PROP_UINT_LIST:
		snprintf(buf, GF_PROP_DUMP_ARG_SIZE, "%u", val->value.uint_list.vals[idx]);
		return buf;
	case GF_PROP_SINT_LIST:
		snprintf(buf, GF_PROP_DUMP_ARG_SIZE, "%d", val->value.sint_list.vals[idx]);
		return buf;
	case GF_PROP_4CC_LIST:
		return gf_4cc_to_str_safe(val->value.uint_list.vals[idx], buf);
	case GF_PROP_VEC2I_LIST:
		snprintf(buf, GF_PROP_DUMP_ARG_SIZE, "%dx%d", val->value.v2i_list.vals[idx].x,
			val->value.v2i_list.vals[idx].y);
		return buf;
	default:
		return val->value.string_list.vals[idx] ? val->value.string_list.vals[idx] : "";
	}
}

static const char *text_or_empty(const char *text)
{
	return text ? text : "";
}

static void dump_list(const GF_PropertyValue *val, u32 nb_items, char dump[GF_PROP_DUMP_ARG_SIZE])
{
	size_t len = 0;
	dump[0] = 0;
	for (u32 i = 0; i < nb_items; i++) {
		char item[GF_PROP_DUMP_ARG_SIZE];
		const char *text = print_item(val, i, item);
		size_t item_len = strlen(text), sep = i ? 1 : 0;
		if (len + sep + item_len >= GF_PROP_DUMP_ARG_SIZE) {
			GF_LOG(GF_LOG_WARNING, GF_LOG_FILTER,
				("[props] list of %u items does not fit in %u characters, printed up to item %u\n", nb_items,
					GF_PROP_DUMP_ARG_SIZE - 1, i));
			return;
		}
		if (sep)
			dump[len] = ',';
		memcpy(dump + len + sep, text, item_len + 1);
		len += sep + item_len;
	}
}

const char *gf_props_dump_val(const GF_PropertyValue *att, char dump[GF_PROP_DUMP_ARG_SIZE],
	GF_PropDumpDataMode dump_data_flags, const char *min_max_enum)
{
	if (gf_props_get_base_type(att->type) == GF_PROP_STRING)
		return text_or_empty(att->value.string);
	if (!dump)
		return NULL;
	s64 nb_items = count_items(att);
	if (nb_items < 0)
		return print_scalar(att, dump, dump_data_flags, min_max_enum);
	dump_list(att, (u32)nb_items, dump);
	return dump;
}

void prop_print(StrBuf *sb, const GF_PropertyValue *val, u32 flags, const char *enums)
{
	char buf[GF_PROP_DUMP_ARG_SIZE];
	if (gf_props_get_base_type(val->type) == GF_PROP_STRING) {
		sb_add(sb, text_or_empty(val->value.string));
		return;
	}
	s64 nb_items = count_items(val);
	if (nb_items < 0)
		sb_add(sb, print_scalar(val, buf, flags, enums));
	for (s64 i = 0; i < nb_items; i++) {
		if (i)
			sb_addc(sb, ',');
		sb_add(sb, print_item(val, (u32)i, buf));
	}
}

static const char *dump_date(u64 utc_ms, char *buf)
{
	time_t seconds = (time_t)(utc_ms / 1000);
	struct tm date;
	size_t len =
		gmtime_r(&seconds, &date) ? strftime(buf, GF_PROP_DUMP_ARG_SIZE, "%Y-%m-%dT%H:%M:%S", &date) : 0;
	snprintf(buf + len, GF_PROP_DUMP_ARG_SIZE - len, ".%03uZ", (u32)(utc_ms % 1000));
	return buf;
}

Bool prop_is_utf8(const u8 *p, u32 size)
{
	const u8 *end = p + size;
	while (p < end) {
		u32 nb_next = *p < 0x80 ? 0 : *p < 0xC2 ? 4 : *p < 0xE0 ? 1 : *p < 0xF0 ? 2 : *p < 0xF5 ? 3 : 4;
		if (nb_next > 3 || (size_t)(end - p) <= nb_next || !*p)
			return GF_FALSE;
		for (u32 i = 1; i <= nb_next; i++) {
			if ((p[i] & 0xC0) != 0x80)
				return GF_FALSE;
		}
		if ((*p == 0xE0 && p[1] < 0xA0) || (*p == 0xED && p[1] > 0x9F) || (*p == 0xF0 && p[1] < 0x90) ||
			(*p == 0xF4 && p[1] > 0x8F))
			return GF_FALSE;
		p += nb_next + 1;
	}
	return GF_TRUE;
}

// Name of a loudspeaker mask, NULL when it has none.
static const char *layout_name(u64 mask)
{
	const char *name;
	u64 candidate;
	for (u32 i = 0; gf_audio_fmt_cicp_enum(i, &name, &candidate); i++) {
		if (candidate == mask)
			return name;
	}
	return NULL;
}

// Text that only the meaning of a property gives, NULL when its type says all. May use `buf`.
static const char *print_meaning(u32 p4cc, const GF_PropertyValue *val, char buf[GF_PROP_DUMP_ARG_SIZE])
{
	static const char *const playback_modes[] = {"none", "seek", "forward", "rewind"};
	u32 base = gf_props_get_base_type(val->type);
	u32 id = base == GF_PROP_UINT ? val->value.uint : 0;

	if (base == GF_PROP_LUINT) {
		switch (p4cc) {
		case GF_PROP_PCK_SENDER_NTP:
		case GF_PROP_PCK_RECEIVER_NTP:
			return dump_date(gf_net_ntp_to_utc(val->value.longuint), buf);
		case GF_PROP_PCK_UTC_TIME:
			return dump_date(val->value.longuint, buf);
		case GF_PROP_PID_CHANNEL_LAYOUT:
			return layout_name(val->value.longuint);
		default:
			return NULL;
		}
	}
	if (base != GF_PROP_UINT)
		return NULL;
	switch (p4cc) {
	case GF_PROP_PID_STREAM_TYPE:
	case GF_PROP_PID_ORIG_STREAM_TYPE:
		return gf_stream_type_name(id);
	case GF_PROP_PID_CODECID:
		return gf_codecid_name(id);
	case GF_PROP_PID_PLAYBACK_MODE:
		return playback_modes[id <= 3 ? id : 0];
	default:
		break;
	}
	u32 declared = gf_props_4cc_get_type(p4cc);
	return val->type == GF_PROP_UINT && gf_props_type_is_enum(declared) ? gf_props_enum_name(declared, id)
																		: NULL;
}

static Bool is_text_config(u32 p4cc, const GF_PropertyValue *val)
{
	return p4cc == GF_PROP_PID_DECODER_CONFIG_ENHANCEMENT && val->type == GF_PROP_DATA &&
		   val->value.data.size && prop_is_utf8(val->value.data.ptr, val->value.data.size);
}

const char *gf_props_dump(u32 p4cc, const GF_PropertyValue *att, char dump[GF_PROP_DUMP_ARG_SIZE],
	GF_PropDumpDataMode dump_data_mode)
{
	if (dump && is_text_config(p4cc, att)) {
		snprintf(dump, GF_PROP_DUMP_ARG_SIZE, "%.*s", (int)att->value.data.size, (char *)att->value.data.ptr);
		return dump;
	}
	const char *text = dump ? print_meaning(p4cc, att, dump) : NULL;
	return text ? text : gf_props_dump_val(att, dump, dump_data_mode, NULL);
}

void prop_print_builtin(StrBuf *sb, u32 p4cc, const GF_PropertyValue *val, u32 flags)
{
	char buf[GF_PROP_DUMP_ARG_SIZE];
	if (is_text_config(p4cc, val)) {
		sb_addn(sb, (char *)val->value.data.ptr, val->value.data.size);
		return;
	}
	const char *text = print_meaning(p4cc, val, buf);
	if (text)
		sb_add(sb, text);
	else
		prop_print(sb, val, flags, NULL);
}

char *gf_props_dump_alloc(u32 p4cc, const GF_PropertyValue *att, GF_PropDumpDataMode dump_data_mode)
{
	StrBuf sb;
	sb_init(&sb);
	prop_print_builtin(&sb, p4cc, att, dump_data_mode);
	return sb_take(&sb);
}
