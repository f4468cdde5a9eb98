// SPDX-License-Identifier: MIT
// Rectangles and text drawn into raw pictures, for generated video.
#ifndef FORMATS_CANVAS_H
#define FORMATS_CANVAS_H

#include <gpac/constants.h>
#include <gpac/error.h>

// A picture of one pixel format. Colours are 0xRRGGBB, converted with the matrix usual for the height: ITU-R BT.709
// from 720 lines on, BT.601 below, limited range.
typedef struct {
	GF_PixelFormat format;
	u32 width, height;
	u32 size; // bytes of the picture
	u32 stride, stride_uv, nb_planes, uv_height;
	u32 sub_w, sub_h;    // pixels per chroma sample
	const char *order;   // components of the planes, see canvas.c
	u32 sample_bytes;    // 2 for 10 bits
	u32 sample_shift;    // of an 8-bit value
	u8 *data;            // set by the caller
} Canvas;

// GF_NOT_SUPPORTED for pixel formats it cannot draw, GF_BAD_PARAM for sizes that cannot be.
GF_Err canvas_init(Canvas *c, GF_PixelFormat format, u32 width, u32 height);
// Fills a rectangle, clipped to the picture. With subsampled chroma, exact for even coordinates.
void canvas_fill(Canvas *c, s32 x, s32 y, s32 w, s32 h, u32 rgb);

// Characters are cells of 6 by 8 dots, `scale` pixels each; lower case is drawn as upper case, unknown ones as space.
#define CANVAS_CELL_W 6
#define CANVAS_CELL_H 8
void canvas_text(Canvas *c, s32 x, s32 y, u32 scale, const char *text, u32 rgb);

#endif
