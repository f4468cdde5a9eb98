// SPDX-License-Identifier: MIT
// The property types: names, families, and the enumerations stored as unsigned integers.

#include <string.h>
#include <gpac/constants.h>
#include <gpac/log.h>
#include "graph/prop_text.h"

typedef struct {
	const char *name;
	const char *desc;
	u8 base;
} TypeInfo;

// Indexed by type. Types that only say how memory is passed come after the plain type of the same name.
static const TypeInfo types[GF_PROP_LAST_DEFINED] = {
	[GF_PROP_SINT] = {"sint", "signed 32-bit integer", GF_PROP_SINT},
	[GF_PROP_UINT] = {"uint", "unsigned 32-bit integer", GF_PROP_UINT},
	[GF_PROP_LSINT] = {"lsint", "signed 64-bit integer", GF_PROP_LSINT},
	[GF_PROP_LUINT] = {"luint", "unsigned 64-bit integer", GF_PROP_LUINT},
	[GF_PROP_BOOL] = {"bool", "boolean", GF_PROP_BOOL},
	[GF_PROP_FRACTION] = {"frac", "fraction of 32-bit integers", GF_PROP_FRACTION},
	[GF_PROP_FRACTION64] = {"lfrac", "fraction of 64-bit integers", GF_PROP_FRACTION64},
	[GF_PROP_FLOAT] = {"flt", "single-precision number", GF_PROP_FLOAT},
	[GF_PROP_DOUBLE] = {"dbl", "double-precision number", GF_PROP_DOUBLE},
	[GF_PROP_VEC2I] = {"v2di", "pair of signed integers", GF_PROP_VEC2I},
	[GF_PROP_VEC2] = {"v2d", "pair of double-precision numbers", GF_PROP_VEC2},
	[GF_PROP_VEC3I] = {"v3di", "three signed integers", GF_PROP_VEC3I},
	[GF_PROP_VEC4I] = {"v4di", "four signed integers", GF_PROP_VEC4I},
	[GF_PROP_STRING] = {"str", "UTF-8 text", GF_PROP_STRING},
	[GF_PROP_STRING_NO_COPY] = {"str", "UTF-8 text whose memory is given away", GF_PROP_STRING},
	[GF_PROP_DATA] = {"mem", "bytes", GF_PROP_DATA},
	[GF_PROP_NAME] = {"cstr", "UTF-8 text that stays with the caller", GF_PROP_STRING},
	[GF_PROP_DATA_NO_COPY] = {"mem", "bytes whose memory is given away", GF_PROP_DATA},
	[GF_PROP_CONST_DATA] = {"cmem", "bytes that stay with the caller", GF_PROP_DATA},
	[GF_PROP_POINTER] = {"ptr", "pointer to an object of the application", GF_PROP_POINTER},
	[GF_PROP_STRING_LIST] = {"strl", "list of texts", GF_PROP_STRING_LIST},
	[GF_PROP_UINT_LIST] = {"uintl", "list of unsigned 32-bit integers", GF_PROP_UINT_LIST},
	[GF_PROP_SINT_LIST] = {"sintl", "list of signed 32-bit integers", GF_PROP_SINT_LIST},
	[GF_PROP_VEC2I_LIST] = {"v2il", "list of pairs of signed integers", GF_PROP_VEC2I_LIST},
	[GF_PROP_4CC] = {"4cc", "code of four characters", GF_PROP_UINT},
	[GF_PROP_4CC_LIST] = {"4ccl", "list of codes of four characters", GF_PROP_UINT_LIST},
	[GF_PROP_STRING_LIST_COPY] = {"strl", "list of texts, copied", GF_PROP_STRING_LIST},
	[GF_PROP_PIXFMT] = {"pfmt", "pixel format", GF_PROP_UINT},
	[GF_PROP_PCMFMT] = {"afmt", "audio sample format", GF_PROP_UINT},
	[GF_PROP_CICP_COL_PRIM] = {"cprm", "colour primaries of ISO/IEC 23091-2", GF_PROP_UINT},
	[GF_PROP_CICP_COL_TFC] = {"ctfc", "transfer characteristics of ISO/IEC 23091-2", GF_PROP_UINT},
	[GF_PROP_CICP_COL_MX] = {"cmxc", "matrix coefficients of ISO/IEC 23091-2", GF_PROP_UINT},
	[GF_PROP_CICP_LAYOUT] = {"alay", "audio channel layout of ISO/IEC 23091-3", GF_PROP_UINT},
};

static const TypeInfo *find_type(u32 type)
{
	return type < GF_PROP_LAST_DEFINED && types[type].name ? &types[type] : NULL;
}

const char *gf_props_get_type_name(GF_PropType type)
{
	const TypeInfo *info = find_type(type);
	if (!info)
		GF_LOG(GF_LOG_ERROR, GF_LOG_FILTER, ("[props] there is no property type %d\n", type));
	return info ? info->name : "Undefined";
}

const char *gf_props_get_type_desc(GF_PropType type)
{
	const TypeInfo *info = find_type(type);
	return info ? info->desc : "Undefined";
}

GF_PropType prop_type_by_name(const char *name, size_t len)
{
	for (u32 i = 1; i < GF_PROP_LAST_DEFINED; i++) {
		if (types[i].name && strlen(types[i].name) == len && !memcmp(types[i].name, name, len))
			return i;
	}
	return GF_PROP_FORBIDDEN;
}

GF_PropType gf_props_parse_type(const char *name)
{
	GF_PropType type = name ? prop_type_by_name(name, strlen(name)) : GF_PROP_FORBIDDEN;
	if (!type)
		GF_LOG(GF_LOG_ERROR, GF_LOG_FILTER,
			("[props] unknown property type `%s`; types are named as in `uint`, `frac`, `str`\n",
				name ? name : ""));
	return type;
}

u32 gf_props_get_base_type(u32 type)
{
	const TypeInfo *info = find_type(type);
	return info ? info->base : type;
}

Bool gf_props_type_is_enum(GF_PropType type)
{
	return type >= GF_PROP_FIRST_ENUM && type < GF_PROP_LAST_DEFINED;
}

static void log_not_enum(u32 type)
{
	GF_LOG(GF_LOG_ERROR, GF_LOG_FILTER, ("[props] property type %u is not an enumeration\n", type));
}

u32 gf_props_parse_enum(u32 type, const char *value)
{
	switch (type) {
	case GF_PROP_PIXFMT:
		return gf_pixel_fmt_parse(value);
	case GF_PROP_PCMFMT:
		return gf_audio_fmt_parse(value);
	case GF_PROP_CICP_COL_PRIM:
		return gf_cicp_parse_color_primaries(value);
	case GF_PROP_CICP_COL_TFC:
		return gf_cicp_parse_color_transfer(value);
	case GF_PROP_CICP_COL_MX:
		return gf_cicp_parse_color_matrix(value);
	case GF_PROP_CICP_LAYOUT:
		return gf_audio_fmt_get_cicp_from_name(value);
	default:
		log_not_enum(type);
		return 0;
	}
}

const char *gf_props_enum_name(u32 type, u32 value)
{
	const char *name;
	switch (type) {
	case GF_PROP_PIXFMT:
		return gf_pixel_fmt_name(value);
	case GF_PROP_PCMFMT:
		return gf_audio_fmt_name(value);
	case GF_PROP_CICP_COL_PRIM:
		return gf_cicp_color_primaries_name(value);
	case GF_PROP_CICP_COL_TFC:
		return gf_cicp_color_transfer_name(value);
	case GF_PROP_CICP_COL_MX:
		return gf_cicp_color_matrix_name(value);
	case GF_PROP_CICP_LAYOUT:
		name = gf_audio_fmt_get_cicp_name(value);
		return name ? name : "unknown";
	default:
		log_not_enum(type);
		return NULL;
	}
}

const char *gf_props_enum_all_names(u32 type)
{
	switch (type) {
	case GF_PROP_PIXFMT:
		return gf_pixel_fmt_all_names();
	case GF_PROP_PCMFMT:
		return gf_audio_fmt_all_names();
	case GF_PROP_CICP_COL_PRIM:
		return "reserved0|BT709|undef|reserved3|BT470M|BT470G|SMPTE170|SMPTE240|FILM|BT2020|SMPTE428|"
			   "SMPTE431|"
			   "SMPTE432|EBU3213";
	case GF_PROP_CICP_COL_TFC:
		return "reserved0|BT709|undef|reserved3|BT470M|BT470BG|SMPTE170|SMPTE249|Linear|Log100|Log316|"
			   "IEC61966|"
			   "BT1361|sRGB|BT2020_10|BT2020_12|SMPTE2084|SMPTE428|STDB67";
	case GF_PROP_CICP_COL_MX:
		return "GBR|BT709|undef|FCC|BT601|SMPTE170|SMPTE240|YCgCo|BT2020|BT2020cl|YDzDx";
	case GF_PROP_CICP_LAYOUT:
		return "mono|stereo|3/0.0|3/1.0|3/2.0|3/2.1|5/2.1|1+1|2/1.0|2/2.0|3/3.1|3/4.1|11/11.2|5/5.2|5/4.1|"
			   "6/5.1|6/7.1|5/6.1|7/6.1";
	default:
		log_not_enum(type);
		return NULL;
	}
}
