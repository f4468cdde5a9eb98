// SPDX-License-Identifier: MIT
#include <math.h>
#include <stdio.h>
#include <string.h>
#include <time.h>
#include <gpac/log.h>
#include <gpac/system.h>
#include <gpac/tools.h>
#include "filters/avgen_picture.h"

#define NO_ANGLE 0xFFFF
#define BLOCK 2 // pixels: chroma samples of all formats are whole

#define WHITE 0xFFFFFF
#define BLACK 0x000000
#define GREY 0x404040
#define RED 0xE02020

// ---- the parts that never change

// The 75 % bars of Rec. ITU-R BT.471 over the upper two thirds, a ramp of greys below them.
static void draw_bars(Canvas *c)
{
	static const u32 bars[8] = {0xBFBFBF, 0xBFBF00, 0x00BFBF, 0x00BF00, 0xBF00BF, 0xBF0000, 0x0000BF, 0x000000};
	s32 w = (s32)c->width, h = (s32)c->height;
	s32 bottom = h * 2 / 3 & ~1;
	for (s32 i = 0; i < 8; i++) {
		s32 x = w * i / 8 & ~1;
		canvas_fill(c, x, 0, w - x, bottom, bars[i]);
	}
	for (s32 i = 0; i < 16; i++) {
		s32 x = w * i / 16 & ~1;
		canvas_fill(c, x, bottom, w - x, h - bottom, (u32)i * 0x111111);
	}
}

static s32 face_x(const AvgenPicture *p)
{
	return (s32)(p->canvas.width - p->face * BLOCK - p->canvas.width / 16) & ~1;
}

static s32 face_y(const AvgenPicture *p)
{
	return (s32)(p->canvas.height / 12) & ~1;
}

static GF_Err make_face(AvgenPicture *p)
{
	u32 smaller = p->canvas.width < p->canvas.height ? p->canvas.width : p->canvas.height;
	p->face = smaller / 3 / BLOCK;
	p->angles = gf_malloc(((size_t)p->face * p->face + 1) * sizeof(u16));
	if (!p->angles)
		return GF_OUT_OF_MEM;
	double radius = p->face / 2.0;
	for (u32 y = 0; y < p->face; y++) {
		for (u32 x = 0; x < p->face; x++) {
			double dx = x + 0.5 - radius, dy = y + 0.5 - radius;
			double turn = atan2(dx, -dy) / (2 * M_PI);
			if (turn < 0)
				turn += 1;
			Bool inside = dx * dx + dy * dy <= radius * radius;
			p->angles[y * p->face + x] = inside ? (u16)(turn * (NO_ANGLE - 1)) : NO_ANGLE;
		}
	}
	return GF_OK;
}

GF_Err avgen_picture_init(AvgenPicture *p, GF_PixelFormat format, u32 width, u32 height)
{
	GF_Err e = canvas_init(&p->canvas, format, width, height);
	if (e != GF_OK)
		return e;
	// 27 characters across the picture, 16 lines down
	u32 across = width / (CANVAS_CELL_W * 27), down = height / (CANVAS_CELL_H * 16);
	p->scale = across < down ? across : down;
	p->scale = p->scale > 1 ? p->scale & ~1u : 1;
	p->background = gf_malloc(p->canvas.size);
	if (!p->background)
		return GF_OUT_OF_MEM;
	p->canvas.data = p->background;
	memset(p->background, 0, p->canvas.size);
	draw_bars(&p->canvas);
	return make_face(p);
}

void avgen_picture_reset(AvgenPicture *p)
{
	gf_free(p->background);
	gf_free(p->angles);
	*p = (AvgenPicture){0};
}

// ---- the parts that change

// The part of the face that the hand has passed since the second began is white.
static void draw_face(const AvgenPicture *p, Canvas *c, const AvgenFrame *f)
{
	u16 hand = (u16)(f->media_us % 1000000 * (NO_ANGLE - 1) / 1000000);
	s32 left = face_x(p), top = face_y(p);
	for (u32 y = 0; y < p->face; y++) {
		const u16 *line = p->angles + (size_t)y * p->face;
		for (u32 x = 0, end; x < p->face; x = end) {
			Bool passed = line[x] <= hand;
			for (end = x + 1; end < p->face && (line[end] <= hand) == passed && (line[end] == NO_ANGLE) == (line[x] == NO_ANGLE);)
				end++;
			if (line[x] == NO_ANGLE)
				continue;
			u32 color = passed ? (f->beep ? RED : WHITE) : GREY;
			canvas_fill(c, left + (s32)x * BLOCK, top + (s32)y * BLOCK, (s32)(end - x) * BLOCK, BLOCK, color);
		}
	}
}

static void draw_line(const AvgenPicture *p, Canvas *c, u32 line, const char *text)
{
	s32 cell_w = (s32)p->scale * CANVAS_CELL_W, cell_h = (s32)p->scale * (CANVAS_CELL_H + 2);
	s32 x = (s32)(c->width / 32) & ~1, y = ((s32)(c->height / 12) + (s32)line * cell_h) & ~1;
	canvas_fill(c, x, y, (cell_w * (s32)strlen(text) + (s32)p->scale * 2 + 1) & ~1, (cell_h + 1) & ~1, BLACK);
	canvas_text(c, x + (s32)p->scale * 2, y + (s32)p->scale, p->scale, text, WHITE);
}

static void draw_texts(const AvgenPicture *p, Canvas *c, const AvgenFrame *f)
{
	char text[64], date[32] = "";
	u64 s = f->media_us / 1000000, ms = f->media_us / 1000 % 1000;
	snprintf(text, sizeof(text), "FRAME %llu", (unsigned long long)f->number);
	draw_line(p, c, 0, text);
	snprintf(text, sizeof(text), "TIME  %02u:%02u:%02u.%03u", (u32)(s / 3600), (u32)(s / 60 % 60), (u32)(s % 60), (u32)ms);
	draw_line(p, c, 1, text);
	time_t utc = (time_t)(f->utc_us / 1000000);
	struct tm tm;
	if (gmtime_r(&utc, &tm))
		strftime(date, sizeof(date), "%Y-%m-%d", &tm);
	snprintf(text, sizeof(text), "UTC   %02d:%02d:%02d.%03u", tm.tm_hour, tm.tm_min, tm.tm_sec,
		(u32)(f->utc_us / 1000 % 1000));
	draw_line(p, c, 2, text);
	snprintf(text, sizeof(text), "DATE  %s", date);
	draw_line(p, c, 3, text);
	snprintf(text, sizeof(text), "NTP   %08X.%08X", (u32)(f->ntp >> 32), (u32)f->ntp);
	draw_line(p, c, 4, text);
	draw_line(p, c, 5, f->label);
}

// From right to left, one height of a line in a tenth of a second, again and again.
static void draw_banner(const AvgenPicture *p, Canvas *c, const AvgenFrame *f)
{
	s32 cell_w = (s32)p->scale * CANVAS_CELL_W, cell_h = (s32)p->scale * (CANVAS_CELL_H + 2);
	s32 length = cell_w * (s32)strlen(f->banner), way = (s32)c->width + length;
	s32 y = ((s32)c->height - 2 * cell_h) & ~1;
	s32 gone = (s32)(f->media_us / 100 * (u64)cell_h / 1000 % (u64)way) & ~1;
	canvas_fill(c, 0, y, (s32)c->width, (cell_h + 1) & ~1, BLACK);
	canvas_text(c, (s32)c->width - gone, y + (s32)p->scale, p->scale, f->banner, WHITE);
}

void avgen_picture_draw(const AvgenPicture *p, u8 *data, const AvgenFrame *f)
{
	Canvas c = p->canvas;
	c.data = data;
	memcpy(data, p->background, c.size);
	draw_face(p, &c, f);
	draw_texts(p, &c, f);
	if (f->banner)
		draw_banner(p, &c, f);
}
