// SPDX-License-Identifier: MIT
#include <stdarg.h>
#include <stdio.h>
#include <inttypes.h>

#include <gpac/log.h>
#include "formats/isom_box.h"

static u32 get_u32(const u8 *p)
{
	return (u32)p[0] << 24 | (u32)p[1] << 16 | (u32)p[2] << 8 | p[3];
}

IsomName isom_name(u32 type)
{
	IsomName n;
	for (u32 i = 0; i < 4; i++) {
		u8 c = (u8)(type >> (24 - 8 * i));
		n.str[i] = c >= 0x20 && c < 0x7F ? (char)c : '.';
	}
	n.str[4] = 0;
	return n;
}

GF_Err isom_box_header(const u8 *data, u32 size, u64 offset, u64 room, IsomBox *box)
{
	if (size < 8)
		return GF_BUFFER_TOO_SMALL;
	IsomBox b = {.type = get_u32(data + 4), .offset = offset, .size = get_u32(data), .hdr_size = 8};
	if (b.size == 1) {
		if (size < 16)
			return GF_BUFFER_TOO_SMALL;
		b.size = (u64)get_u32(data + 8) << 32 | get_u32(data + 12);
		b.hdr_size = 16;
	} else if (!b.size) {
		b.size = room; // 4.2: the box extends to the end
	}
	if (b.type == GF_4CC('u', 'u', 'i', 'd')) {
		if (size < b.hdr_size + 16)
			return b.size < b.hdr_size + 16 ? GF_ISOM_INVALID_FILE : GF_BUFFER_TOO_SMALL;
		memcpy(b.uuid, data + b.hdr_size, 16);
		b.hdr_size += 16;
	}
	if (b.size < b.hdr_size)
		return GF_ISOM_INVALID_FILE;
	*box = b;
	return b.size > room ? GF_ISOM_INVALID_FILE : GF_OK;
}

GF_Err isom_box_load(const u8 *data, u64 size, u64 offset, IsomBox *box)
{
	u32 readable = size > ISOM_MAX_HEADER ? ISOM_MAX_HEADER : (u32)size;
	GF_Err e = isom_box_header(data, readable, offset, size, box);
	if (e)
		return e;
	br_init(&box->r, data + box->hdr_size, (size_t)(box->size - box->hdr_size));
	return GF_OK;
}

Bool isom_next(IsomBox *parent, IsomBox *child)
{
	u32 left;
	const u8 *data = isom_rest(parent, &left);
	// QuickTime ends some lists of atoms with a 32-bit zero.
	if (left < 8)
		return GF_FALSE;
	u64 at = parent->offset + parent->hdr_size + br_byte_pos(&parent->r);
	IsomBox b = {0};
	if (isom_box_load(data, left, at, &b)) {
		parent->r.overrun = GF_TRUE;
		if (parent->quiet)
			return GF_FALSE;
		GF_LOG(GF_LOG_WARNING, GF_LOG_CONTAINER,
			("[mp4] box '%s' at %" PRIu64 " does not fit in '%s' at %" PRIu64 " (size %u, %u bytes left): "
			 "the rest of '%s' is ignored\n",
				isom_name(get_u32(data + 4)).str, at, isom_name(parent->type).str, parent->offset,
				get_u32(data), left, isom_name(parent->type).str));
		return GF_FALSE;
	}
	br_skip(&parent->r, b.size);
	*child = b;
	return GF_TRUE;
}

Bool isom_find(const IsomBox *parent, u32 type, IsomBox *child)
{
	IsomBox copy = *parent, b;
	while (isom_next(&copy, &b)) {
		if (b.type == type) {
			*child = b;
			return GF_TRUE;
		}
	}
	return GF_FALSE;
}

u32 isom_full(IsomBox *box, u8 *version)
{
	*version = br_u8(&box->r);
	return br_u24(&box->r);
}

char *isom_string(IsomBox *box)
{
	u32 left;
	const u8 *data = isom_rest(box, &left);
	u32 len = (u32)strnlen((const char *)data, left);
	char *s = gf_malloc((size_t)len + 1);
	if (!s)
		return NULL;
	memcpy(s, data, len);
	s[len] = 0;
	br_skip(&box->r, len < left ? len + 1 : len);
	return s;
}

static void report(GF_LOG_Level level, const IsomBox *box, const char *fmt, va_list args)
{
	if (!gf_log_tool_level_on(GF_LOG_CONTAINER, level))
		return;
	char text[256];
	vsnprintf(text, sizeof(text), fmt, args);
	gf_log_lt(level, GF_LOG_CONTAINER);
	gf_log("[mp4] box '%s' at %" PRIu64 ": %s\n", isom_name(box->type).str, box->offset, text);
}

void isom_complain(const IsomBox *box, const char *fmt, ...)
{
	va_list args;
	va_start(args, fmt);
	report(GF_LOG_ERROR, box, fmt, args);
	va_end(args);
}

void isom_warn(const IsomBox *box, const char *fmt, ...)
{
	va_list args;
	va_start(args, fmt);
	report(GF_LOG_WARNING, box, fmt, args);
	va_end(args);
}
