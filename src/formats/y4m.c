// SPDX-License-Identifier: MIT
#include "formats/y4m.h"
#include <stdlib.h>
#include <string.h>
#include <gpac/constants.h>

// The first name of a format is the one written.
static const struct {
	const char *name;
	u32 format;
} colours[] = {
	{"420jpeg", GF_PIXEL_YUV},
	{"420mpeg2", GF_PIXEL_YUV},
	{"420paldv", GF_PIXEL_YUV},
	{"420", GF_PIXEL_YUV},
	{"422", GF_PIXEL_YUV422},
	{"444", GF_PIXEL_YUV444},
	{"444alpha", GF_PIXEL_YUVA444},
	{"mono", GF_PIXEL_GREYSCALE},
	{"420p10 XYSCSS=420P10", GF_PIXEL_YUV_10},
	{"422p10 XYSCSS=422P10", GF_PIXEL_YUV422_10},
	{"444p10 XYSCSS=444P10", GF_PIXEL_YUV444_10},
};
#define NB_COLOURS (sizeof(colours) / sizeof(colours[0]))

const char *y4m_colour(u32 format)
{
	for (size_t i = 0; i < NB_COLOURS; i++) {
		if (colours[i].format == format)
			return colours[i].name;
	}
	return NULL;
}

static u32 find_colour(const char *name, size_t size)
{
	for (size_t i = 0; i < NB_COLOURS; i++) {
		size_t length = strcspn(colours[i].name, " ");
		if (length == size && !memcmp(name, colours[i].name, size))
			return colours[i].format;
	}
	return 0;
}

// Two numbers with a colon between them; 0:0 when one is missing or 0.
static void read_ratio(const char *text, u32 *num, u32 *den)
{
	char *end;
	unsigned long a = strtoul(text, &end, 10), b = *end == ':' ? strtoul(end + 1, NULL, 10) : 0;
	Bool good = a && b && a <= 0x7FFFFFFF && b <= 0xFFFFFFFF;
	*num = good ? (u32)a : 0;
	*den = good ? (u32)b : 0;
}

static u32 read_size(const char *text)
{
	unsigned long v = strtoul(text, NULL, 10);
	return v <= 0xFFFF ? (u32)v : 0;
}

static Y4mInterlace read_interlace(char mode)
{
	return mode == 't' ? Y4M_TOP_FIRST : mode == 'b' ? Y4M_BOTTOM_FIRST : mode == 'm' ? Y4M_MIXED : Y4M_PROGRESSIVE;
}

static void read_token(const char *token, size_t size, Y4mHeader *h)
{
	switch (token[0]) {
	case 'W':
		h->width = read_size(token + 1);
		break;
	case 'H':
		h->height = read_size(token + 1);
		break;
	case 'F':
		read_ratio(token + 1, &h->rate_num, &h->rate_den);
		break;
	case 'A':
		read_ratio(token + 1, &h->sar_num, &h->sar_den);
		break;
	case 'I':
		h->interlace = read_interlace(token[1]);
		break;
	case 'C':
		h->format = find_colour(token + 1, size - 1);
		break;
	case 'X':
		if (size == 16 && !memcmp(token, "XCOLORRANGE=FULL", 16))
			h->full_range = GF_TRUE;
		break;
	default:
		break;
	}
}

// Size of the line that starts with `mark`.
static GF_Err read_line(const u8 *data, u32 size, const char *mark, u32 *line)
{
	u32 length = (u32)strlen(mark), have = size < length ? size : length;
	if (memcmp(data, mark, have))
		return GF_NON_COMPLIANT_BITSTREAM;
	const u8 *end = memchr(data, '\n', size < Y4M_MAX_LINE ? size : Y4M_MAX_LINE);
	if (!end)
		return size < Y4M_MAX_LINE ? GF_BUFFER_TOO_SMALL : GF_NON_COMPLIANT_BITSTREAM;
	*line = (u32)(end - data) + 1;
	return *line > length ? GF_OK : GF_NON_COMPLIANT_BITSTREAM;
}

GF_Err y4m_read_frame(const u8 *data, u32 size, u32 *line)
{
	return read_line(data, size, "FRAME", line);
}

GF_Err y4m_read_header(const u8 *data, u32 size, Y4mHeader *h)
{
	char line[Y4M_MAX_LINE + 1];
	Y4mHeader found = {.format = GF_PIXEL_YUV};
	GF_Err e = read_line(data, size, "YUV4MPEG2", &found.size);
	if (e)
		return e;
	memcpy(line, data, found.size);
	line[found.size - 1] = 0;
	for (const char *at = line + 9; *at;) {
		size_t length = strcspn(at, " ");
		if (length)
			read_token(at, length, &found);
		at += length + (at[length] == ' ');
	}
	if (!found.width || !found.height)
		return GF_NON_COMPLIANT_BITSTREAM;
	if (!found.format)
		return GF_NOT_SUPPORTED;
	*h = found;
	return GF_OK;
}
