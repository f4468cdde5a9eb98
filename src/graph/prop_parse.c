// SPDX-License-Identifier: MIT
// Parsing of property values: numbers, times, fractions, vectors and enumerations.

#include <ctype.h>
#include <errno.h>
#include <float.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <gpac/constants.h>
#include <gpac/log.h>
#include "base/numbers.h"
#include "graph/prop_text.h"

static GF_Err malformed(char *reason, const char *why)
{
	gf_strlcpy(reason, why, PROP_REASON_SIZE);
	return GF_BAD_PARAM;
}

// Multiplier that the last character of a number stands for. Unsigned integers are the type of most options
// in milliseconds, hence their two longer units.
static u32 unit_of(const char *after_digits, u32 type)
{
	size_t len = strlen(after_digits);
	if (!len)
		return 1;
	if (type == GF_PROP_UINT && len >= 3 && !strcmp(after_digits + len - 3, "sec"))
		return 1000;
	if (type == GF_PROP_UINT && len >= 3 && !strcmp(after_digits + len - 3, "min"))
		return 60000;
	switch (after_digits[len - 1]) {
	case 'k':
	case 'K':
	case 's':
	case 'S':
		return 1000;
	case 'm':
	case 'M':
		return 1000000;
	case 'g':
	case 'G':
		return 1000000000;
	default:
		return 1;
	}
}

// `Thh:mm:ss.mmm`, where hours and milliseconds may be missing.
static Bool parse_time(const char *text, u64 *ms)
{
	u32 fields[3] = {0}, nb_fields = 0, millis = 0;
	const char *p = text + 1;
	while (nb_fields < 3) {
		if (!isdigit((u8)*p))
			return GF_FALSE;
		u32 field = *p++ - '0';
		if (isdigit((u8)*p))
			field = field * 10 + (*p++ - '0');
		fields[nb_fields++] = field;
		if (*p != ':')
			break;
		p++;
	}
	if (nb_fields < 2)
		return GF_FALSE;
	if (*p == '.') {
		u32 digits = 0;
		for (p++; isdigit((u8)*p) && digits < 3; p++, digits++)
			millis = millis * 10 + (*p - '0');
		if (!digits)
			return GF_FALSE;
	}
	if (*p)
		return GF_FALSE;
	u32 hours = nb_fields == 3 ? fields[0] : 0;
	u64 seconds = (hours * 60 + fields[nb_fields - 2]) * 60 + fields[nb_fields - 1];
	*ms = seconds * 1000 + millis;
	return GF_TRUE;
}

// Sign and magnitude, before they are fitted into a type.
typedef struct {
	u64 mag;
	Bool neg;
	Bool overflow;
} Integer;

static Bool scan_integer(const char *text, u32 type, Integer *out)
{
	const char *p = text;
	while (isspace((u8)*p))
		p++;
	Bool neg = *p == '-';
	if (*p == '-' || *p == '+')
		p++;
	if (!isdigit((u8)*p))
		return GF_FALSE;
	Bool hex = p[0] == '0' && (p[1] | 0x20) == 'x' && isxdigit((u8)p[2]);
	char *end;
	errno = 0;
	u64 mag = strtoull(p, &end, hex ? 16 : 10);
	Bool overflow = errno == ERANGE;
	if (__builtin_mul_overflow(mag, (u64)unit_of(end, type), &mag))
		overflow = GF_TRUE;
	*out = (Integer){.mag = mag, .neg = neg, .overflow = overflow};
	return GF_TRUE;
}

// Negative numbers wrap in unsigned types, so that -1 stands for the largest value.
static void store_integer(u32 type, const Integer *in, GF_PropertyValue *out, char *reason)
{
	Bool is_signed = type == GF_PROP_SINT || type == GF_PROP_LSINT;
	Bool is_long = type == GF_PROP_LSINT || type == GF_PROP_LUINT;
	u64 max = is_long ? UINT64_MAX : UINT32_MAX;
	if (is_signed || in->neg)
		max = max / 2 + (in->neg ? 1 : 0);
	u64 mag = in->mag;
	if (in->overflow || mag > max) {
		mag = max;
		gf_strlcpy(reason, "is out of range and was limited", PROP_REASON_SIZE);
	}
	u64 bits = in->neg ? 0 - mag : mag;
	if (is_long)
		out->value.longuint = bits;
	else
		out->value.uint = (u32)bits;
}

// Value of `+I` (the largest) and `-I` (the smallest). False for other texts, and for `-I` of unsigned types.
static Bool parse_limit(u32 type, const char *text, GF_PropertyValue *out)
{
	Bool max = !strcmp(text, "+I");
	if (!max && strcmp(text, "-I"))
		return GF_FALSE;
	switch (type) {
	case GF_PROP_SINT:
		out->value.sint = max ? INT_MAX : INT_MIN;
		return GF_TRUE;
	case GF_PROP_LSINT:
		out->value.longsint = max ? INT64_MAX : INT64_MIN;
		return GF_TRUE;
	case GF_PROP_FLOAT:
		out->value.fnumber = max ? FLT_MAX : -FLT_MAX;
		return GF_TRUE;
	case GF_PROP_DOUBLE:
		out->value.number = max ? DBL_MAX : -DBL_MAX;
		return GF_TRUE;
	case GF_PROP_UINT:
		out->value.uint = UINT_MAX;
		return max;
	default:
		out->value.longuint = UINT64_MAX;
		return max;
	}
}

static GF_Err parse_enum_rank(const char *text, const char *enums, GF_PropertyValue *out, char *reason)
{
	if (!strcmp(text, "-1") || !strcmp(text, "+I")) {
		out->value.uint = UINT_MAX;
		return GF_OK;
	}
	size_t len = strlen(text);
	u32 rank = 0;
	for (const char *name = enums; len; rank++) {
		const char *end = strchrnul(name, '|');
		if ((size_t)(end - name) == len && !memcmp(name, text, len)) {
			out->value.uint = rank;
			return GF_OK;
		}
		if (!*end)
			break;
		name = end + 1;
	}
	return malformed(reason, "is not one of the allowed values");
}

static GF_Err parse_number(u32 type, const char *text, const char *enums, GF_PropertyValue *out, char *reason)
{
	if (type == GF_PROP_UINT && enums && strchr(enums, '|'))
		return parse_enum_rank(text, enums, out, reason);
	if (parse_limit(type, text, out))
		return GF_OK;
	out->value.longuint = 0;

	u64 ms;
	if ((*text | 0x20) == 't' && parse_time(text, &ms)) {
		if (type == GF_PROP_FLOAT)
			out->value.fnumber = (float)ms;
		else if (type == GF_PROP_DOUBLE)
			out->value.number = (double)ms;
		else
			store_integer(type, &(Integer){.mag = ms}, out, reason);
		return GF_OK;
	}
	if (type == GF_PROP_FLOAT || type == GF_PROP_DOUBLE) {
		char *end;
		double val = num_strtod(text, &end);
		if (end == text)
			return malformed(reason, "is not a number");
		val *= unit_of(end, type);
		if (type == GF_PROP_FLOAT)
			out->value.fnumber = (float)val;
		else
			out->value.number = val;
		return GF_OK;
	}
	Integer number;
	if (scan_integer(text, type, &number)) {
		store_integer(type, &number, out, reason);
		return GF_OK;
	}
	if (type == GF_PROP_UINT && strlen(text) == 4) {
		out->value.uint = GF_4CC((u8)text[0], (u8)text[1], (u8)text[2], (u8)text[3]);
		return GF_OK;
	}
	return malformed(reason, "is not an integer");
}

static GF_Err parse_bool(const char *text, GF_PropertyValue *out, char *reason)
{
	if (!strcmp(text, "yes") || !strcmp(text, "true") || !strcmp(text, "1"))
		out->value.boolean = GF_TRUE;
	else if (strcmp(text, "no") && strcmp(text, "false") && strcmp(text, "0"))
		return malformed(reason, "is not a boolean (yes, true, 1, no, false or 0)");
	return GF_OK;
}

static GF_Err parse_fraction(u32 type, const char *text, GF_PropertyValue *out, char *reason)
{
	u64 ms;
	if ((*text | 0x20) == 't' && parse_time(text, &ms)) {
		// at most 99:99:99.999, which fits in the 32-bit form too
		if (type == GF_PROP_FRACTION)
			out->value.frac = (GF_Fraction){(s32)ms, 1000};
		else
			out->value.lfrac = (GF_Fraction64){(s64)ms, 1000};
		return GF_OK;
	}
	GF_Fraction frac;
	GF_Fraction64 lfrac;
	if (type == GF_PROP_FRACTION ? gf_parse_frac(text, &frac) : gf_parse_lfrac(text, &lfrac)) {
		if (type == GF_PROP_FRACTION)
			out->value.frac = frac;
		else
			out->value.lfrac = lfrac;
		return GF_OK;
	}
	if (type == GF_PROP_FRACTION)
		out->value.frac = (GF_Fraction){0, 1};
	else
		out->value.lfrac = (GF_Fraction64){0, 1};
	return malformed(reason, "is not a fraction or a decimal number");
}

// Up to `nb` integers separated by `x`; text after the last one is ignored.
static Bool scan_vector(const char *text, u32 nb, s32 *out)
{
	for (u32 i = 0; i < nb; i++) {
		char *end;
		errno = 0;
		long val = strtol(text, &end, 10);
		if (end == text || errno == ERANGE || val < INT_MIN || val > INT_MAX || (i + 1 < nb && *end != 'x'))
			return GF_FALSE;
		out[i] = (s32)val;
		text = end + 1;
	}
	return GF_TRUE;
}

Bool prop_parse_vec2i(const char *text, GF_PropVec2i *out)
{
	s32 v[2];
	Bool ok = scan_vector(text, 2, v);
	*out = ok ? (GF_PropVec2i){v[0], v[1]} : (GF_PropVec2i){0};
	return ok;
}

// strtod would read the separator of `0x5` as the prefix of a hexadecimal number: each part is copied first.
static Bool scan_vec2(const char *text, GF_PropVec2 *out)
{
	char part[64];
	const char *sep = strchr(text, 'x');
	if (!sep || (size_t)(sep - text) >= sizeof(part))
		return GF_FALSE;
	memcpy(part, text, sep - text);
	part[sep - text] = 0;
	char *end;
	double x = num_strtod(part, &end);
	if (end == part || *end)
		return GF_FALSE;
	gf_strlcpy(part, sep + 1, sizeof(part));
	*strchrnul(part, 'x') = 0;
	double y = num_strtod(part, &end);
	if (end == part)
		return GF_FALSE;
	*out = (GF_PropVec2){x, y};
	return GF_TRUE;
}

static Bool scan_resolution(const char *text, GF_PropVec2i *out)
{
	static const struct {
		const char *name;
		GF_PropVec2i size;
	} resolutions[] = {
		{"360", {640, 360}},
		{"480", {640, 480}},
		{"576", {720, 576}},
		{"720", {1280, 720}},
		{"1080", {1920, 1080}},
		{"hd", {1920, 1080}},
		{"2k", {2048, 1080}},
		{"2160", {3840, 2160}},
		{"4k", {3840, 2160}},
		{"4320", {7680, 4320}},
		{"8k", {7680, 4320}},
	};
	for (u32 i = 0; i < sizeof(resolutions) / sizeof(resolutions[0]); i++) {
		if (!strcasecmp(text, resolutions[i].name)) {
			*out = resolutions[i].size;
			return GF_TRUE;
		}
	}
	return GF_FALSE;
}

static GF_Err parse_vector(u32 type, const char *text, GF_PropertyValue *out, char *reason)
{
	s32 v[4];
	GF_PropertyValue val = {.type = type};
	Bool ok;
	switch (type) {
	case GF_PROP_VEC2I:
		ok = scan_resolution(text, &val.value.vec2i) || prop_parse_vec2i(text, &val.value.vec2i);
		break;
	case GF_PROP_VEC2:
		ok = scan_vec2(text, &val.value.vec2);
		break;
	case GF_PROP_VEC3I:
		ok = scan_vector(text, 3, v);
		if (ok)
			val.value.vec3i = (GF_PropVec3i){v[0], v[1], v[2]};
		break;
	default:
		ok = scan_vector(text, 4, v);
		if (ok)
			val.value.vec4i = (GF_PropVec4i){v[0], v[1], v[2], v[3]};
		break;
	}
	if (ok)
		*out = val;
	if (ok || !strcmp(text, "0"))
		return GF_OK;
	return malformed(reason, "is not a vector (integers separated by `x`)");
}

static GF_Err parse_fourcc(const char *text, GF_PropertyValue *out, char *reason)
{
	if (strlen(text) != 4)
		return malformed(reason, "is not a code of four characters");
	out->value.uint = GF_4CC((u8)text[0], (u8)text[1], (u8)text[2], (u8)text[3]);
	return GF_OK;
}

static GF_Err parse_enum(u32 type, const char *text, GF_PropertyValue *out, char *reason)
{
	u32 val = gf_props_parse_enum(type, text);
	out->value.uint = val;
	switch (type) {
	case GF_PROP_PIXFMT:
		if (val || gf_pixel_fmt_probe(0, text))
			return GF_OK;
		return malformed(reason, "is not a pixel format");
	case GF_PROP_PCMFMT:
		if (val || !strcmp(text, "none"))
			return GF_OK;
		return malformed(reason, "is not an audio format");
	case GF_PROP_CICP_LAYOUT:
		return val ? GF_OK : malformed(reason, "is not a channel layout");
	default:
		if (val != UINT_MAX || !strcmp(text, "-1"))
			return GF_OK;
		return malformed(reason, "is not a value of ISO/IEC 23091-2");
	}
}

static GF_Err parse_pointer(const char *text, GF_PropertyValue *out, char *reason)
{
	void *ptr;
	if (sscanf(text, "%p", &ptr) != 1)
		return malformed(reason, "is not a pointer");
	out->value.ptr = ptr;
	return GF_OK;
}

// What an option given without value stands for.
static GF_Err parse_absent(u32 type, GF_PropertyValue *out, char *reason)
{
	switch (type) {
	case GF_PROP_BOOL:
		out->value.boolean = GF_TRUE;
		return GF_OK;
	case GF_PROP_FRACTION:
		out->value.frac = (GF_Fraction){0, 1};
		break;
	case GF_PROP_FRACTION64:
		out->value.lfrac = (GF_Fraction64){0, 1};
		break;
	case GF_PROP_VEC2I:
	case GF_PROP_VEC2:
	case GF_PROP_VEC3I:
	case GF_PROP_VEC4I:
	case GF_PROP_STRING:
	case GF_PROP_DATA:
	case GF_PROP_CONST_DATA:
	case GF_PROP_STRING_LIST:
	case GF_PROP_UINT_LIST:
	case GF_PROP_SINT_LIST:
	case GF_PROP_VEC2I_LIST:
	case GF_PROP_4CC_LIST:
	case GF_PROP_PIXFMT:
	case GF_PROP_PCMFMT:
		return GF_OK;
	case GF_PROP_CICP_COL_PRIM:
	case GF_PROP_CICP_COL_TFC:
	case GF_PROP_CICP_COL_MX:
		out->value.uint = UINT_MAX;
		break;
	default:
		break;
	}
	return malformed(reason, "is missing");
}

// Types of one name are parsed alike: the result says how the value is kept, not how it was declared.
static u32 parsed_type(u32 type)
{
	switch (type) {
	case GF_PROP_STRING_NO_COPY:
	case GF_PROP_NAME:
		return GF_PROP_STRING;
	case GF_PROP_DATA_NO_COPY:
	case GF_PROP_CONST_DATA:
		return GF_PROP_DATA;
	case GF_PROP_STRING_LIST_COPY:
		return GF_PROP_STRING_LIST;
	default:
		return type;
	}
}

GF_Err prop_parse(u32 type, const char *text, const char *enums, char list_sep, GF_PropertyValue *out,
	char reason[PROP_REASON_SIZE])
{
	type = parsed_type(type);
	reason[0] = 0;
	*out = (GF_PropertyValue){.type = type};
	if (!text && type)
		return parse_absent(type, out, reason);
	if (!list_sep)
		list_sep = ',';

	switch (type) {
	case GF_PROP_SINT:
	case GF_PROP_UINT:
	case GF_PROP_LSINT:
	case GF_PROP_LUINT:
	case GF_PROP_FLOAT:
	case GF_PROP_DOUBLE:
		return parse_number(type, text, enums, out, reason);
	case GF_PROP_BOOL:
		return parse_bool(text, out, reason);
	case GF_PROP_FRACTION:
	case GF_PROP_FRACTION64:
		return parse_fraction(type, text, out, reason);
	case GF_PROP_VEC2I:
	case GF_PROP_VEC2:
	case GF_PROP_VEC3I:
	case GF_PROP_VEC4I:
		return parse_vector(type, text, out, reason);
	case GF_PROP_4CC:
		return parse_fourcc(text, out, reason);
	case GF_PROP_STRING:
		return prop_parse_string(text, out, reason);
	case GF_PROP_DATA:
		return prop_parse_data(text, list_sep, out, reason);
	case GF_PROP_POINTER:
		return parse_pointer(text, out, reason);
	case GF_PROP_STRING_LIST:
	case GF_PROP_UINT_LIST:
	case GF_PROP_SINT_LIST:
	case GF_PROP_VEC2I_LIST:
	case GF_PROP_4CC_LIST:
		return prop_parse_list(type, text, list_sep, out, reason);
	default:
		if (text && gf_props_type_is_enum(type))
			return parse_enum(type, text, out, reason);
		out->type = GF_PROP_FORBIDDEN;
		return malformed(reason, "cannot be parsed: there is no such property type");
	}
}

GF_PropertyValue gf_props_parse_value(
	u32 type, const char *name, const char *value, const char *enum_values, char list_sep_char)
{
	GF_PropertyValue out;
	char reason[PROP_REASON_SIZE];
	GF_Err e = prop_parse(type, value, enum_values, list_sep_char, &out, reason);
	if (reason[0]) {
		Bool show_enum = enum_values && strchr(enum_values, '|');
		GF_LOG(e ? GF_LOG_ERROR : GF_LOG_WARNING, GF_LOG_FILTER,
			("[props] value `%s` of `%s` %s%s%s\n", value ? value : "", name ? name : "", reason,
				show_enum ? ": " : "", show_enum ? enum_values : ""));
	}
	return out;
}
