// SPDX-License-Identifier: MIT
// YUV4MPEG2, raw video behind one line of text (yuv4mpeg(5) of the MJPEG tools), with the colour names of FFmpeg.
#ifndef FORMATS_Y4M_H
#define FORMATS_Y4M_H

#include <gpac/error.h>

#define Y4M_MAX_LINE 256

typedef enum { Y4M_PROGRESSIVE = 0, Y4M_TOP_FIRST, Y4M_BOTTOM_FIRST, Y4M_MIXED } Y4mInterlace;

typedef struct {
	u32 width, height;
	u32 format; // GF_PIXEL_ value
	u32 rate_num, rate_den; // 0/0 when unknown
	u32 sar_num, sar_den;
	Y4mInterlace interlace;
	Bool full_range;
	u32 size; // of the line, with its end
} Y4mHeader;

// Reads the first line. GF_BUFFER_TOO_SMALL when its end is missing, GF_NON_COMPLIANT_BITSTREAM,
// GF_NOT_SUPPORTED for a colour space without pixel format.
GF_Err y4m_read_header(const u8 *data, u32 size, Y4mHeader *h);
// Size of the line in front of a frame. Errors as above.
GF_Err y4m_read_frame(const u8 *data, u32 size, u32 *line);
// Colour space token of a pixel format, with its comment; NULL when there is none.
const char *y4m_colour(u32 format);

#endif
