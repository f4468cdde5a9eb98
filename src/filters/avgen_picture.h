// SPDX-License-Identifier: MIT
// The pictures of avgen: colour bars, a counter, clocks, a hand that goes round each second, a banner.
#ifndef FILTERS_AVGEN_PICTURE_H
#define FILTERS_AVGEN_PICTURE_H

#include <formats/canvas.h>

typedef struct {
	Canvas canvas;
	u8 *background; // the parts that never change
	u16 *angles;    // of the blocks of the clock face: 0 at the top, clockwise; NO_ANGLE outside
	u32 face;       // blocks across the face
	u32 scale;      // of texts
} AvgenPicture;

// What one frame shows.
typedef struct {
	u64 number;
	u64 media_us;
	u64 utc_us;         // microseconds since 1970
	u64 ntp;            // the same as NTP time
	const char *label;  // size and rate
	const char *banner; // scrolls below when not NULL
	Bool beep;          // the first moments of a second
} AvgenFrame;

// GF_NOT_SUPPORTED for pixel formats it cannot draw.
GF_Err avgen_picture_init(AvgenPicture *p, GF_PixelFormat format, u32 width, u32 height);
void avgen_picture_reset(AvgenPicture *p);
// Draws a frame into `data`, of canvas.size bytes.
void avgen_picture_draw(const AvgenPicture *p, u8 *data, const AvgenFrame *f);

#endif
