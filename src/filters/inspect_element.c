// SPDX-License-Identifier: MIT
#include <stdio.h>
#include <string.h>
#include <gpac/tools.h>
#include "filters/inspect_analyze.h"

#define MAX_NAME 128

void el_open(Element *el, StrBuf *sb, const char *name)
{
	memset(el, 0, sizeof(*el));
	el->sb = sb;
	sb_addc(sb, '<');
	sb_add(sb, name);
	el->attrs = sb->len;
}

static Bool is_used(const Element *el, const char *name)
{
	char text[MAX_NAME + 4];
	snprintf(text, sizeof(text), " %s=\"", name);
	return !el->sb->failed && el->sb->len > el->attrs && strstr(el->sb->data + el->attrs, text) ? GF_TRUE
																								: GF_FALSE;
}

// The same syntax element may be read twice, but an attribute exists once: a number tells them apart.
static void add_name(Element *el, const char *name)
{
	char unique[MAX_NAME];
	snprintf(unique, sizeof(unique), "%s", name);
	for (u32 i = 2; is_used(el, unique) && i < 1000; i++)
		snprintf(unique, sizeof(unique), "%.100s.%u", name, i);
	sb_addf(el->sb, " %s=\"", unique);
}

void el_u64(Element *el, const char *name, u64 v)
{
	add_name(el, name);
	inspect_add_u64(el->sb, v);
	sb_addc(el->sb, '"');
}

void el_s64(Element *el, const char *name, s64 v)
{
	add_name(el, name);
	inspect_add_s64(el->sb, v);
	sb_addc(el->sb, '"');
}

void el_flag(Element *el, const char *name, Bool v)
{
	if (v)
		el_u64(el, name, 1);
}

void el_text(Element *el, const char *name, const char *text)
{
	add_name(el, name);
	inspect_add_xml(el->sb, text, strlen(text));
	sb_addc(el->sb, '"');
}

void el_hex(Element *el, const char *name, const u8 *data, size_t size)
{
	add_name(el, name);
	inspect_add_hex(el->sb, data, size);
	sb_addc(el->sb, '"');
}

void el_crc(Element *el, const u8 *data, u32 size)
{
	sb_addf(el->sb, " crc=\"0x%08X\"", gf_crc_32(data, size));
}

void el_close(Element *el)
{
	sb_add(el->sb, "/>\n");
}

// name, then the loop counters around the element: name_i_j
static void trace_element(
	void *udta, const char *name, const u32 *index, u32 nb_index, s64 value, u32 nb_bits)
{
	Element *el = udta;
	char indexed[MAX_NAME];
	int len = snprintf(indexed, sizeof(indexed), "%s", name);
	for (u32 i = 0; i < nb_index && len > 0 && len < MAX_NAME - 16; i++)
		len += snprintf(indexed + len, sizeof(indexed) - (size_t)len, "_%u", index[i]);
	add_name(el, indexed);
	inspect_add_s64(el->sb, value);
	if (el->bits && nb_bits > 1)
		sb_addf(el->sb, "(%u)", nb_bits);
	sb_addc(el->sb, '"');
}

const SynTrace *el_trace(Element *el, InspectAnalyze level)
{
	if (level < ANALYZE_BS)
		return NULL;
	el->bits = level == ANALYZE_FULL ? GF_TRUE : GF_FALSE;
	el->trace = (SynTrace){trace_element, el};
	return &el->trace;
}
