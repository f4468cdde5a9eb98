// SPDX-License-Identifier: MIT
#ifndef GPAC_PROPS_H
#define GPAC_PROPS_H

#include <gpac/error.h>
#include <gpac/props_ids.h>

#ifdef __cplusplus
extern "C" {
#endif

typedef enum {
	GF_PROP_FORBIDDEN = 0,
	GF_PROP_SINT = 1,
	GF_PROP_UINT = 2,
	GF_PROP_LSINT = 3,
	GF_PROP_LUINT = 4,
	GF_PROP_BOOL = 5,
	GF_PROP_FRACTION = 6,
	GF_PROP_FRACTION64 = 7,
	GF_PROP_FLOAT = 8,
	GF_PROP_DOUBLE = 9,
	GF_PROP_VEC2I = 10,
	GF_PROP_VEC2 = 11,
	GF_PROP_VEC3I = 12,
	GF_PROP_VEC4I = 13,
	GF_PROP_STRING = 14,
	GF_PROP_STRING_NO_COPY = 15,
	GF_PROP_DATA = 16,
	GF_PROP_NAME = 17,
	GF_PROP_DATA_NO_COPY = 18,
	GF_PROP_CONST_DATA = 19,
	GF_PROP_POINTER = 20,
	GF_PROP_STRING_LIST = 21,
	GF_PROP_UINT_LIST = 22,
	GF_PROP_SINT_LIST = 23,
	GF_PROP_VEC2I_LIST = 24,
	GF_PROP_4CC = 25,
	GF_PROP_4CC_LIST = 26,
	GF_PROP_STRING_LIST_COPY = 27,
	GF_PROP_LAST_NON_ENUM = 28,
	GF_PROP_FIRST_ENUM = 40,
	GF_PROP_PIXFMT = 40,
	GF_PROP_PCMFMT = 41,
	GF_PROP_CICP_COL_PRIM = 42,
	GF_PROP_CICP_COL_TFC = 43,
	GF_PROP_CICP_COL_MX = 44,
	GF_PROP_CICP_LAYOUT = 45,
	GF_PROP_LAST_DEFINED = 46,
} GF_PropType;

typedef struct gf_propdata {
	u8 *ptr;
	u32 size;
} GF_PropData;

typedef struct gf_propvec2i {
	s32 x;
	s32 y;
} GF_PropVec2i;

typedef struct gf_propvec2 {
	Double x;
	Double y;
} GF_PropVec2;

typedef struct gf_propvec3i {
	s32 x;
	s32 y;
	s32 z;
} GF_PropVec3i;

typedef struct gf_propvec4i {
	s32 x;
	s32 y;
	s32 z;
	s32 w;
} GF_PropVec4i;

typedef struct gf_propstringlist {
	char **vals;
	u32 nb_items;
} GF_PropStringList;

typedef struct gf_propuintlist {
	u32 *vals;
	u32 nb_items;
} GF_PropUIntList;

typedef struct gf_propintlist {
	s32 *vals;
	u32 nb_items;
} GF_PropIntList;

typedef struct gf_propvec2ilist {
	GF_PropVec2i *vals;
	u32 nb_items;
} GF_PropVec2iList;

typedef struct gf_propertyvalue {
	GF_PropType type;
	union {
		u64 longuint;
		s64 longsint;
		s32 sint;
		u32 uint;
		Bool boolean;
		GF_Fraction frac;
		GF_Fraction64 lfrac;
		Fixed fnumber;
		Double number;
		GF_PropVec2i vec2i;
		GF_PropVec2 vec2;
		GF_PropVec3i vec3i;
		GF_PropVec4i vec4i;
		GF_PropData data;
		char *string;
		void *ptr;
		GF_PropStringList string_list;
		GF_PropUIntList uint_list;
		GF_PropIntList sint_list;
		GF_PropVec2iList v2i_list;
	} value;
} GF_PropertyValue;

typedef struct gf_builtinproperty {
	u32 type;
	const char *name;
	const char *description;
	u8 data_type;
	u8 flags;
} GF_BuiltInProperty;

#define GF_PROP_DUMP_ARG_SIZE 100
#define GF_PROP_FLAG_PCK 1
#define GF_PROP_FLAG_GSF_REM 2

typedef enum {
	GF_PROP_DUMP_DATA_NONE = 0,
	GF_PROP_DUMP_DATA_INFO = 1,
	GF_PROP_DUMP_DATA_PTR = 2,
	GF_PROP_DUMP_NO_REDUCE = 0x10000,
} GF_PropDumpDataMode;

typedef Bool (*gf_filter_prop_filter)(void *cbk, u32 prop_4cc, const char *prop_name, const GF_PropertyValue *src_prop);

#define PROP_SINT(v) (&(GF_PropertyValue){.type = GF_PROP_SINT, .value.sint = (v)})
#define PROP_UINT(v) (&(GF_PropertyValue){.type = GF_PROP_UINT, .value.uint = (v)})
#define PROP_4CC(v) (&(GF_PropertyValue){.type = GF_PROP_4CC, .value.uint = (v)})
#define PROP_LONGSINT(v) (&(GF_PropertyValue){.type = GF_PROP_LSINT, .value.longsint = (v)})
#define PROP_LONGUINT(v) (&(GF_PropertyValue){.type = GF_PROP_LUINT, .value.longuint = (v)})
#define PROP_BOOL(v) (&(GF_PropertyValue){.type = GF_PROP_BOOL, .value.boolean = (v)})
#define PROP_FIXED(v) (&(GF_PropertyValue){.type = GF_PROP_FLOAT, .value.fnumber = (v)})
#define PROP_FLOAT(v) (&(GF_PropertyValue){.type = GF_PROP_FLOAT, .value.fnumber = (v)})
#define PROP_FRAC(v) (&(GF_PropertyValue){.type = GF_PROP_FRACTION, .value.frac = (v)})
#define PROP_FRAC64(v) (&(GF_PropertyValue){.type = GF_PROP_FRACTION64, .value.lfrac = (v)})
#define PROP_DOUBLE(v) (&(GF_PropertyValue){.type = GF_PROP_DOUBLE, .value.number = (v)})
#define PROP_STRING(v) (&(GF_PropertyValue){.type = GF_PROP_STRING, .value.string = (char *)(v)})
#define PROP_STRING_NO_COPY(v) (&(GF_PropertyValue){.type = GF_PROP_STRING_NO_COPY, .value.string = (char *)(v)})
#define PROP_NAME(v) (&(GF_PropertyValue){.type = GF_PROP_NAME, .value.string = (char *)(v)})
#define PROP_VEC2(v) (&(GF_PropertyValue){.type = GF_PROP_VEC2, .value.vec2 = (v)})
#define PROP_VEC2I(v) (&(GF_PropertyValue){.type = GF_PROP_VEC2I, .value.vec2i = (v)})
#define PROP_VEC3I(v) (&(GF_PropertyValue){.type = GF_PROP_VEC3I, .value.vec3i = (v)})
#define PROP_VEC4I(v) (&(GF_PropertyValue){.type = GF_PROP_VEC4I, .value.vec4i = (v)})
#define PROP_POINTER(v) (&(GF_PropertyValue){.type = GF_PROP_POINTER, .value.ptr = (v)})
#define PROP_ENUM(v, t) (&(GF_PropertyValue){.type = (t), .value.uint = (v)})
#define PROP_FRAC_INT(n, d) (&(GF_PropertyValue){.type = GF_PROP_FRACTION, .value.frac = {(n), (d)}})
#define PROP_FRAC64_INT(n, d) (&(GF_PropertyValue){.type = GF_PROP_FRACTION64, .value.lfrac = {(n), (d)}})
#define PROP_DATA(p, s) (&(GF_PropertyValue){.type = GF_PROP_DATA, .value.data = {(u8 *)(p), (s)}})
#define PROP_DATA_NO_COPY(p, s) (&(GF_PropertyValue){.type = GF_PROP_DATA_NO_COPY, .value.data = {(u8 *)(p), (s)}})
#define PROP_CONST_DATA(p, s) (&(GF_PropertyValue){.type = GF_PROP_CONST_DATA, .value.data = {(u8 *)(p), (s)}})
#define PROP_VEC2I_INT(a, b) (&(GF_PropertyValue){.type = GF_PROP_VEC2I, .value.vec2i = {(a), (b)}})
#define PROP_VEC3I_INT(a, b, c) (&(GF_PropertyValue){.type = GF_PROP_VEC3I, .value.vec3i = {(a), (b), (c)}})
#define PROP_VEC4I_INT(a, b, c, d) (&(GF_PropertyValue){.type = GF_PROP_VEC4I, .value.vec4i = {(a), (b), (c), (d)}})

GF_EXPORT u32 gf_props_get_id(const char *name);
GF_EXPORT const char *gf_props_4cc_get_name(u32 prop_4cc);
GF_EXPORT u32 gf_props_4cc_get_type(u32 prop_4cc);
GF_EXPORT u8 gf_props_4cc_get_flags(u32 prop_4cc);
GF_EXPORT const GF_BuiltInProperty *gf_props_get_description(u32 prop_idx);
GF_EXPORT const char *gf_props_get_type_name(GF_PropType type);
GF_EXPORT const char *gf_props_get_type_desc(GF_PropType type);
GF_EXPORT GF_PropType gf_props_parse_type(const char *name);
GF_EXPORT Bool gf_props_type_is_enum(GF_PropType type);
GF_EXPORT u32 gf_props_parse_enum(u32 type, const char *value);
GF_EXPORT const char *gf_props_enum_name(u32 type, u32 value);
GF_EXPORT const char *gf_props_enum_all_names(u32 type);
GF_EXPORT u32 gf_props_get_base_type(u32 type);
GF_EXPORT GF_PropertyValue gf_props_parse_value(u32 type, const char *name, const char *value, const char *enum_values, char list_sep_char);
GF_EXPORT const char *gf_props_dump_val(const GF_PropertyValue *att, char dump[GF_PROP_DUMP_ARG_SIZE], GF_PropDumpDataMode dump_data_flags, const char *min_max_enum);
GF_EXPORT const char *gf_props_dump(u32 p4cc, const GF_PropertyValue *att, char dump[GF_PROP_DUMP_ARG_SIZE], GF_PropDumpDataMode dump_data_mode);
GF_EXPORT char *gf_props_dump_alloc(u32 p4cc, const GF_PropertyValue *att, GF_PropDumpDataMode dump_data_mode);
GF_EXPORT Bool gf_props_equal(const GF_PropertyValue *p1, const GF_PropertyValue *p2);
GF_EXPORT Bool gf_props_equal_strict(const GF_PropertyValue *p1, const GF_PropertyValue *p2);
GF_EXPORT void gf_props_reset_single(GF_PropertyValue *prop);
GF_EXPORT Bool gf_props_sanity_check(void);

#ifdef __cplusplus
}
#endif

#endif
