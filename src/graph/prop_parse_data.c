// SPDX-License-Identifier: MIT
// Parsing of property values that hold memory: strings, bytes and lists.

#include <ctype.h>
#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <gpac/file.h>
#include "base/bits.h"
#include "base/numbers.h"
#include "graph/prop_text.h"

static GF_Err malformed(char *reason, const char *why)
{
	gf_strlcpy(reason, why, PROP_REASON_SIZE);
	return GF_BAD_PARAM;
}

// The text after a prefix such as `file@`, NULL when it does not start so. Prefixes have no case.
static const char *after_prefix(const char *text, const char *prefix)
{
	size_t len = strlen(prefix);
	return strncasecmp(text, prefix, len) ? NULL : text + len;
}

static GF_Err load_file(const char *path, u8 **data, u32 *size, char *reason)
{
	GF_Err e = gf_file_load_data(path, data, size);
	if (e)
		malformed(reason, "names a file that cannot be read");
	return e;
}

// The engine has no parser of XML bit sequences; saying so is better than a silent empty value.
static GF_Err refuse_bit_sequence(char *reason)
{
	malformed(reason, "asks for an XML bit sequence (`bxml@`), which is not supported");
	return GF_NOT_SUPPORTED;
}

// ---- Strings

static GF_Err load_string(const char *path, char **out, char *reason)
{
	u8 *data = NULL;
	u32 size = 0;
	GF_Err e = load_file(path, &data, &size, reason);
	if (e)
		return e;
	char *text = gf_realloc(data, (size_t)size + 1);
	if (!text) {
		gf_free(data);
		return GF_OUT_OF_MEM;
	}
	text[size] = 0;
	*out = text;
	return GF_OK;
}

GF_Err prop_parse_string(const char *text, GF_PropertyValue *out, char reason[PROP_REASON_SIZE])
{
	const char *path = after_prefix(text, "file@");
	if (path)
		return load_string(path, &out->value.string, reason);
	if (after_prefix(text, "bxml@")) {
		out->type = GF_PROP_DATA;
		return refuse_bit_sequence(reason);
	}
	out->value.string = gf_strdup(text);
	return out->value.string ? GF_OK : GF_OUT_OF_MEM;
}

// ---- List items

char *prop_next_item(const char **text, char list_sep, Bool escapes)
{
	StrBuf item;
	sb_init(&item);
	const char *p = *text;
	if (escapes && *p == '<') {
		const char *end = strchr(p, '>');
		if (end) {
			sb_addn(&item, p, end - p);
			p = end;
		}
	}
	for (; *p; p++) {
		if (*p == list_sep && !(escapes && p[1] == list_sep))
			break;
		if (*p == list_sep)
			p++;
		sb_addc(&item, *p);
	}
	*text = *p ? p + 1 : NULL;
	return sb_take(&item);
}

Bool prop_parse_s64(const char *text, s64 *out)
{
	char *end;
	errno = 0;
	long long val = strtoll(text, &end, 10);
	if (end == text || *end || errno == ERANGE)
		return GF_FALSE;
	*out = val;
	return GF_TRUE;
}

// ---- Bytes

static s32 hex_digit(char c)
{
	if (isdigit((u8)c))
		return c - '0';
	c |= 0x20;
	return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

// Pairs of digits; an odd last digit has no pair and is dropped.
static GF_Err add_hex_pairs(ByteWriter *w, const char *text, char *reason)
{
	GF_Err e = GF_OK;
	for (; text[0] && text[1]; text += 2) {
		s32 hi = hex_digit(text[0]), lo = hex_digit(text[1]);
		Bool ok = hi >= 0 && lo >= 0;
		bw_u8(w, ok ? hi << 4 | lo : 0);
		if (!ok)
			e = malformed(reason, "has a character that is not a hexadecimal digit");
	}
	return e;
}

// RFC 4648 section 4; padding may be missing.
static Bool add_base64(ByteWriter *w, const char *text)
{
	static const char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
	u32 bits = 0, nb_bits = 0;
	for (; *text && *text != '='; text++) {
		const char *digit = strchr(digits, *text);
		if (!digit)
			return GF_FALSE;
		bits = bits << 6 | (u32)(digit - digits);
		nb_bits += 6;
		if (nb_bits >= 8) {
			nb_bits -= 8;
			bw_u8(w, bits >> nb_bits & 0xFF);
		}
	}
	size_t padding = strspn(text, "=");
	return !text[padding] && padding <= 2 && nb_bits < 6;
}

typedef enum { ITEM_INT, ITEM_UINT, ITEM_FLOAT, ITEM_HEX, ITEM_STRING } ItemKind;

typedef struct {
	const char *prefix;
	u8 kind; // ItemKind
	u8 size; // bytes
} ItemFormat;

static const ItemFormat item_formats[] = {
	{"u8@", ITEM_UINT, 1},
	{"s8@", ITEM_INT, 1},
	{"u16@", ITEM_UINT, 2},
	{"s16@", ITEM_INT, 2},
	{"u32@", ITEM_UINT, 4},
	{"s32@", ITEM_INT, 4},
	{"u64@", ITEM_UINT, 8},
	{"s64@", ITEM_INT, 8},
	{"flt@", ITEM_FLOAT, 4},
	{"dbl@", ITEM_FLOAT, 8},
	{"hex@", ITEM_HEX, 4},
	{"str@", ITEM_STRING, 0},
};

// Low `size` bytes of an integer, in host order.
static void add_integer(ByteWriter *w, u64 val, u32 size)
{
	u8 v8 = (u8)val;
	u16 v16 = (u16)val;
	u32 v32 = (u32)val;
	if (size == 1)
		bw_bytes(w, &v8, 1);
	else if (size == 2)
		bw_bytes(w, &v16, 2);
	else if (size == 4)
		bw_bytes(w, &v32, 4);
	else
		bw_bytes(w, &val, 8);
}

static Bool add_item(ByteWriter *w, const ItemFormat *format, const char *item)
{
	char *end;
	s64 val;
	errno = 0;
	if (format->kind == ITEM_STRING) {
		bw_bytes(w, item, strlen(item) + 1);
		return GF_TRUE;
	}
	if (format->kind == ITEM_FLOAT) {
		double number = num_strtod(item, &end);
		float single = (float)number;
		if (end == item || *end)
			return GF_FALSE;
		bw_bytes(w, format->size == 4 ? (void *)&single : &number, format->size);
		return GF_TRUE;
	}
	if (format->kind == ITEM_HEX || (format->kind == ITEM_UINT && format->size == 8)) {
		u64 number = strtoull(item, &end, format->kind == ITEM_HEX ? 16 : 10);
		if (end == item || *end || errno == ERANGE || *item == '-')
			return GF_FALSE;
		if (format->kind == ITEM_HEX && number > UINT32_MAX)
			return GF_FALSE;
		add_integer(w, number, format->size);
		return GF_TRUE;
	}
	if (!prop_parse_s64(item, &val))
		return GF_FALSE;
	if (format->size < 8) {
		s64 range = (s64)1 << format->size * 8;
		s64 min = format->kind == ITEM_INT ? -range / 2 : 0;
		if (val < min || val >= min + range)
			return GF_FALSE;
	}
	add_integer(w, (u64)val, format->size);
	return GF_TRUE;
}

static GF_Err add_items(
	ByteWriter *w, const ItemFormat *format, const char *list, char list_sep, char *reason)
{
	while (list && (*list || format->kind == ITEM_STRING)) {
		char *item = prop_next_item(&list, list_sep, format->kind == ITEM_STRING);
		if (!item)
			return GF_OUT_OF_MEM;
		Bool ok = add_item(w, format, item);
		gf_free(item);
		if (!ok)
			return malformed(reason, "has an item that is not a number of the announced format");
	}
	return GF_OK;
}

// `SIZE@ADDRESS`: bytes of the calling program, as gf_props_dump_val prints them.
static Bool parse_address(const char *text, GF_PropertyValue *out)
{
	char *end;
	if (!isdigit((u8)*text))
		return GF_FALSE;
	errno = 0;
	unsigned long size = strtoul(text, &end, 10);
	if (errno == ERANGE || size > UINT_MAX || end[0] != '@' || end[1] != '0' || end[2] != 'x')
		return GF_FALSE;
	const char *digits = end + 3;
	unsigned long long address = strtoull(digits, &end, 16);
	if (end == digits || *end || errno == ERANGE || address > UINTPTR_MAX)
		return GF_FALSE;
	out->type = GF_PROP_CONST_DATA;
	out->value.data = (GF_PropData){(u8 *)(uintptr_t)address, (u32)size};
	return GF_TRUE;
}

// Fills `w` from every syntax that produces new bytes. `*no_value` is set when a failure leaves no value.
static GF_Err write_data(ByteWriter *w, const char *text, char list_sep, char *reason, Bool *no_value)
{
	if (text[0] == '0' && (text[1] | 0x20) == 'x')
		return add_hex_pairs(w, text + 2, reason);
	if (after_prefix(text, "b64@")) {
		if (add_base64(w, text + 4))
			return GF_OK;
		*no_value = GF_TRUE;
		return malformed(reason, "is not base64");
	}
	for (u32 i = 0; i < sizeof(item_formats) / sizeof(item_formats[0]); i++) {
		const char *list = after_prefix(text, item_formats[i].prefix);
		if (!list)
			continue;
		GF_Err e = add_items(w, &item_formats[i], list, list_sep, reason);
		*no_value = e != GF_OK;
		return e;
	}
	bw_bytes(w, text, strlen(text));
	return GF_OK;
}

GF_Err prop_parse_data(const char *text, char list_sep, GF_PropertyValue *out, char reason[PROP_REASON_SIZE])
{
	if (parse_address(text, out))
		return GF_OK;
	if (after_prefix(text, "bxml@"))
		return refuse_bit_sequence(reason);
	const char *path = after_prefix(text, "file@");
	if (path)
		return load_file(path, &out->value.data.ptr, &out->value.data.size, reason);

	ByteWriter w;
	bw_init(&w);
	Bool no_value = GF_FALSE;
	GF_Err e = write_data(&w, text, list_sep, reason, &no_value);
	if (no_value) {
		bw_reset(&w);
		out->type = GF_PROP_FORBIDDEN;
		return e;
	}
	GF_Err taken = bw_take(&w, &out->value.data.ptr, &out->value.data.size);
	return taken ? taken : e;
}

// ---- Lists

// One more item at the end of an array, whose size doubles.
static void *grow(void *vals, u32 nb_items, size_t item_size)
{
	if (nb_items & (nb_items - 1)) // room is made for each power of two
		return vals;
	return gf_realloc(vals, (nb_items ? (size_t)nb_items * 2 : 1) * item_size);
}

static GF_Err add_string(GF_PropStringList *list, char *item)
{
	char **vals = grow(list->vals, list->nb_items, sizeof(*vals));
	if (!vals) {
		gf_free(item);
		return GF_OUT_OF_MEM;
	}
	list->vals = vals;
	list->vals[list->nb_items++] = item;
	return GF_OK;
}

static GF_Err parse_string_list(const char *text, char list_sep, GF_PropStringList *list, char *reason)
{
	GF_Err bad = GF_OK;
	while (text) {
		char *item = prop_next_item(&text, list_sep, GF_TRUE);
		if (!item)
			return GF_OUT_OF_MEM;
		if (after_prefix(item, "file@")) {
			char *content = NULL;
			GF_Err e = load_string(item + 5, &content, reason);
			gf_free(item);
			if (e) {
				bad = e;
				continue;
			}
			item = content;
		}
		GF_Err e = add_string(list, item);
		if (e)
			return e;
	}
	return bad;
}

static GF_Err parse_u32_item(u32 type, const char *item, u32 *out, char *reason)
{
	s64 val;
	*out = 0;
	if (type == GF_PROP_4CC_LIST) {
		if (strlen(item) != 4)
			return malformed(reason, "has an item that is not a code of four characters");
		*out = GF_4CC((u8)item[0], (u8)item[1], (u8)item[2], (u8)item[3]);
		return GF_OK;
	}
	s64 max = type == GF_PROP_SINT_LIST ? INT_MAX : UINT_MAX;
	if (!prop_parse_s64(item, &val) || val < INT_MIN || val > max)
		return malformed(reason, "has an item that is not a 32-bit integer");
	*out = (u32)val;
	return GF_OK;
}

// A bad item counts as zero, so that the others keep their rank.
static GF_Err parse_fixed_list(u32 type, const char *text, char list_sep, GF_PropertyValue *out, char *reason)
{
	GF_Err bad = GF_OK;
	Bool pairs = type == GF_PROP_VEC2I_LIST;
	while (text && *text) {
		char *item = prop_next_item(&text, list_sep, GF_FALSE);
		if (!item)
			return GF_OUT_OF_MEM;
		GF_PropUIntList *list = &out->value.uint_list;
		void *vals = grow(list->vals, list->nb_items, pairs ? sizeof(GF_PropVec2i) : sizeof(u32));
		if (!vals) {
			gf_free(item);
			return GF_OUT_OF_MEM;
		}
		list->vals = vals;
		GF_Err e = GF_OK;
		if (!pairs)
			e = parse_u32_item(type, item, &list->vals[list->nb_items], reason);
		else if (!prop_parse_vec2i(item, (GF_PropVec2i *)vals + list->nb_items))
			e = malformed(reason, "has an item that is not a pair `AxB`");
		list->nb_items++;
		gf_free(item);
		if (e)
			bad = e;
	}
	return bad;
}

GF_Err prop_parse_list(
	u32 type, const char *text, char list_sep, GF_PropertyValue *out, char reason[PROP_REASON_SIZE])
{
	if (type == GF_PROP_STRING_LIST)
		return parse_string_list(text, list_sep, &out->value.string_list, reason);
	return parse_fixed_list(type, text, list_sep, out, reason);
}
