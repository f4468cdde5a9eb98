// SPDX-License-Identifier: MIT
// Properties: the typed values that describe PIDs and packets, and the values of filter options.
//
// A property is known by a four-character code (built-in properties, listed in props_ids.h, and codes private
// to a program, which must not start with A to Z) or by a name (any other). The two never meet: a look-up by
// name does not find a built-in property. Every value has a text form, the same in declarations of filters,
// in `#Name=value` assignments and in this interface.
#ifndef GPAC_PROPS_H
#define GPAC_PROPS_H

#include <gpac/error.h>
#include <gpac/props_ids.h>

#ifdef __cplusplus
extern "C" {
#endif

// Types of values. They are written to files and known to other languages: a number never changes meaning.
//
// Types of one family (see gf_props_get_base_type) hold the same value and differ in who owns its memory when
// a property is set:
//   STRING, DATA, UINT_LIST, SINT_LIST, 4CC_LIST, VEC2I_LIST, STRING_LIST_COPY    copied;
//   STRING_NO_COPY, DATA_NO_COPY, STRING_LIST    given away, whatever the call returns: memory from
//   gf_malloc; NAME, CONST_DATA, POINTER    kept by the caller, and valid as long as the property exists.
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

// Row of the registry of built-in properties.
typedef struct gf_builtinproperty {
	u32 type; // code of the property
	const char *name;
	const char *description;
	u8 data_type; // GF_PropType
	u8 flags;     // GF_PROP_FLAG_*
} GF_BuiltInProperty;

// Size of the buffer that a printed value needs.
#define GF_PROP_DUMP_ARG_SIZE 100

#define GF_PROP_FLAG_PCK 1     // property of packets; of PIDs otherwise
#define GF_PROP_FLAG_GSF_REM 2 // may be left out when a stream is written with as few properties as possible

// How bytes are printed, and a flag for fractions to be added to it.
typedef enum {
	GF_PROP_DUMP_DATA_NONE = 0,       // size and CRC-32
	GF_PROP_DUMP_DATA_INFO = 1,       // the bytes in hexadecimal when they fit, else size and CRC-32
	GF_PROP_DUMP_DATA_PTR = 2,        // `SIZE@ADDRESS`, which gf_props_parse_value reads back
	GF_PROP_DUMP_NO_REDUCE = 0x10000, // 50/2 stays 50/2
} GF_PropDumpDataMode;

// Chooses properties to copy: called with code and name (one of them 0 or NULL), keeps those answered true.
typedef Bool (*gf_filter_prop_filter)(
	void *cbk, u32 prop_4cc, const char *prop_name, const GF_PropertyValue *src_prop);

// Values on the stack of the caller, for immediate use as an argument.
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
#define PROP_STRING_NO_COPY(v) \
	(&(GF_PropertyValue){.type = GF_PROP_STRING_NO_COPY, .value.string = (char *)(v)})
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
#define PROP_DATA_NO_COPY(p, s) \
	(&(GF_PropertyValue){.type = GF_PROP_DATA_NO_COPY, .value.data = {(u8 *)(p), (s)}})
#define PROP_CONST_DATA(p, s) \
	(&(GF_PropertyValue){.type = GF_PROP_CONST_DATA, .value.data = {(u8 *)(p), (s)}})
#define PROP_VEC2I_INT(a, b) (&(GF_PropertyValue){.type = GF_PROP_VEC2I, .value.vec2i = {(a), (b)}})
#define PROP_VEC3I_INT(a, b, c) (&(GF_PropertyValue){.type = GF_PROP_VEC3I, .value.vec3i = {(a), (b), (c)}})
#define PROP_VEC4I_INT(a, b, c, d) \
	(&(GF_PropertyValue){.type = GF_PROP_VEC4I, .value.vec4i = {(a), (b), (c), (d)}})

// Code of a built-in property from its name (case counts) or from its code as text; 0 when there is none.
// `PID` stands for `ID`. When a PID and a packet property share a name, the one of PIDs is found.
GF_EXPORT u32 gf_props_get_id(const char *name);

// Name, value type and flags of a built-in property. NULL, GF_PROP_FORBIDDEN and 0 for other codes.
GF_EXPORT const char *gf_props_4cc_get_name(u32 prop_4cc);
GF_EXPORT u32 gf_props_4cc_get_type(u32 prop_4cc);
GF_EXPORT u8 gf_props_4cc_get_flags(u32 prop_4cc);

// Row of the registry, from 0; NULL after the last one.
GF_EXPORT const GF_BuiltInProperty *gf_props_get_description(u32 prop_idx);

// Short name of a type, as written in `TYPE@value`, and its meaning. `Undefined` for other numbers.
GF_EXPORT const char *gf_props_get_type_name(GF_PropType type);
GF_EXPORT const char *gf_props_get_type_desc(GF_PropType type);

// Type from its short name, GF_PROP_FORBIDDEN (and an error message) when unknown.
GF_EXPORT GF_PropType gf_props_parse_type(const char *name);

// True for types whose values have names in a standard: pixel and audio formats, colour and channel codes.
// They are stored as unsigned integers.
GF_EXPORT Bool gf_props_type_is_enum(GF_PropType type);

// Value from its name. Unknown names give 0 for pixel formats, audio formats and channel layouts, 0xFFFFFFFF
// for colour codes; a type that is not an enumeration gives 0. An error is logged.
GF_EXPORT u32 gf_props_parse_enum(u32 type, const char *value);

// Name of a value, `unknown` when it has none; NULL when the type is not an enumeration.
GF_EXPORT const char *gf_props_enum_name(u32 type, u32 value);

// All names of an enumeration, separated by `|`.
GF_EXPORT const char *gf_props_enum_all_names(u32 type);

// The plain type of a family: two values whose base types are equal can be compared.
GF_EXPORT u32 gf_props_get_base_type(u32 type);

// Reads a value of type `type`. `name` is only used in messages. A NULL `value` means that none was given:
// true for a boolean. `enum_values`, written `a|b|c`, lets the words stand for 0, 1, 2. `list_sep_char`
// separates the items of lists, `,` when 0.
//
//   integers   decimal, or hexadecimal after 0x; last character k, m, g for 10^3, 10^6, 10^9; `+I` and `-I`
//              for the largest and smallest; Thh:mm:ss.mmm for milliseconds; limited to the range of the type
//   reals      the same units and forms
//   fractions  `num/den`, `num-den`, integer, decimal, or a time as above, in seconds
//   vectors    `AxB`, `AxBxC`, `AxBxCxD`; a pair may be named 720, 1080, hd, 4k...
//   strings    the text; `file@PATH` for the content of a file
//   bytes      0xHEX, b64@BASE64, file@PATH, u8@ s8@ u16@ s16@ u32@ s32@ u64@ s64@ flt@ dbl@ hex@ str@ before
//   a
//              list of items, SIZE@ADDRESS for memory of this process, or the text itself
//   lists      items separated by `list_sep_char`; twice the separator is one inside a string
//
// The result owns its memory (gf_props_reset_single). Text that cannot be read is reported at level error and
// gives zero, false, 0/1 or an empty value; type GF_PROP_FORBIDDEN for base64 or typed items that are wrong.
GF_EXPORT GF_PropertyValue gf_props_parse_value(
	u32 type, const char *name, const char *value, const char *enum_values, char list_sep_char);

// Prints a value: in `dump`, or as the stored string, or as the name of an enumeration value. `min_max_enum`
// as `enum_values` above. Lists are cut at the size of the buffer, with a warning. `dump` may be NULL for
// strings.
GF_EXPORT const char *gf_props_dump_val(const GF_PropertyValue *att, char dump[GF_PROP_DUMP_ARG_SIZE],
	GF_PropDumpDataMode dump_data_flags, const char *min_max_enum);

// Same, with what the code tells of the value: names of stream types, codecs, play modes and channel layouts,
// dates. `p4cc` may be 0.
GF_EXPORT const char *gf_props_dump(u32 p4cc, const GF_PropertyValue *att, char dump[GF_PROP_DUMP_ARG_SIZE],
	GF_PropDumpDataMode dump_data_mode);

// Same without limit of size, in memory that the caller frees (gf_free); NULL when out of memory.
GF_EXPORT char *gf_props_dump_alloc(
	u32 p4cc, const GF_PropertyValue *att, GF_PropDumpDataMode dump_data_mode);

// Compares values of one family; fractions as numbers, string lists in any order. In a string, `|` separates
// alternatives one of which the other string must be, and the string `*` equals any other, except in the
// strict form.
GF_EXPORT Bool gf_props_equal(const GF_PropertyValue *p1, const GF_PropertyValue *p2);
GF_EXPORT Bool gf_props_equal_strict(const GF_PropertyValue *p1, const GF_PropertyValue *p2);

// Frees the memory of a string, bytes or list and empties the value. Nothing for values that own none.
GF_EXPORT void gf_props_reset_single(GF_PropertyValue *prop);

// Tests the registry: every row is described, no code is used twice, nor a name among PID or packet
// properties.
GF_EXPORT Bool gf_props_sanity_check(void);

#ifdef __cplusplus
}
#endif

#endif
