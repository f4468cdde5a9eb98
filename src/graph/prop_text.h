// SPDX-License-Identifier: MIT
// Property values as text: the pieces behind the public functions of props.h that the option grammar needs
// too.
#ifndef GRAPH_PROP_TEXT_H
#define GRAPH_PROP_TEXT_H

#include <gpac/props.h>
#include "base/str.h"

// Type of a name that has `len` characters, GF_PROP_FORBIDDEN when unknown. Logs nothing.
GF_PropType prop_type_by_name(const char *name, size_t len);

// Says what is wrong with a text, as the end of a sentence that begins with it ("is not a number").
enum { PROP_REASON_SIZE = 96 };

// Parses like gf_props_parse_value but logs nothing. Always fills `out`, which the caller releases: with the
// value, or with the fallback of the type (type GF_PROP_FORBIDDEN when it has none) and GF_BAD_PARAM.
// `reason` is empty when the text is right; it may be set along with GF_OK, when the value had to be clamped.
GF_Err prop_parse(u32 type, const char *text, const char *enums, char list_sep, GF_PropertyValue *out,
	char reason[PROP_REASON_SIZE]);

// Parts of prop_parse: bytes and strings, then lists; same convention.
GF_Err prop_parse_data(const char *text, char list_sep, GF_PropertyValue *out, char reason[PROP_REASON_SIZE]);
GF_Err prop_parse_string(const char *text, GF_PropertyValue *out, char reason[PROP_REASON_SIZE]);
GF_Err prop_parse_list(
	u32 type, const char *text, char list_sep, GF_PropertyValue *out, char reason[PROP_REASON_SIZE]);
// A pair `AxB`; what follows is ignored. False when malformed, `out` is then 0x0.
Bool prop_parse_vec2i(const char *text, GF_PropVec2i *out);
// A decimal integer that takes the whole text.
Bool prop_parse_s64(const char *text, s64 *out);

// Next item of a list: copies it and moves `*text` behind its separator, or to NULL after the last one. With
// `escapes`, a doubled separator is a literal one and a leading `<` protects the text up to the next `>`.
// NULL when out of memory.
char *prop_next_item(const char **text, char list_sep, Bool escapes);

// RFC 3629: no overlong form, no surrogate, nothing above U+10FFFF; and no NUL.
Bool prop_is_utf8(const u8 *data, u32 size);

// Appends a value as gf_props_dump_val prints it, without limit of size. `enums` may be NULL.
void prop_print(StrBuf *sb, const GF_PropertyValue *val, u32 flags, const char *enums);
// Same with the knowledge of built-in properties that gf_props_dump has.
void prop_print_builtin(StrBuf *sb, u32 p4cc, const GF_PropertyValue *val, u32 flags);

#endif
