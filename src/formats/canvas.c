// SPDX-License-Identifier: MIT
#include <string.h>
#include <formats/canvas.h>

// How the samples of a format lie in memory. `order` names the components: of one plane after the other, separated
// by `|`, or of the smallest group of whole pixels when there is one plane. `x` is unused and `a` is opaque.
static const struct {
	GF_PixelFormat format;
	const char *order;
} orders[] = {
	{GF_PIXEL_YUV, "y|u|v"},
	{GF_PIXEL_YVU, "y|v|u"},
	{GF_PIXEL_YUV_10, "y|u|v"},
	{GF_PIXEL_YUV422, "y|u|v"},
	{GF_PIXEL_YUV422_10, "y|u|v"},
	{GF_PIXEL_YUV444, "y|u|v"},
	{GF_PIXEL_YUV444_10, "y|u|v"},
	{GF_PIXEL_YUVA, "y|u|v|a"},
	{GF_PIXEL_YUVA444, "y|u|v|a"},
	{GF_PIXEL_NV12, "y|uv"},
	{GF_PIXEL_NV12_10, "y|uv"},
	{GF_PIXEL_NV21, "y|vu"},
	{GF_PIXEL_NV21_10, "y|vu"},
	{GF_PIXEL_GREYSCALE, "l"},
	{GF_PIXEL_GREYALPHA, "la"},
	{GF_PIXEL_ALPHAGREY, "al"},
	{GF_PIXEL_RGB, "rgb"},
	{GF_PIXEL_BGR, "bgr"},
	{GF_PIXEL_RGBX, "rgbx"},
	{GF_PIXEL_BGRX, "bgrx"},
	{GF_PIXEL_XRGB, "xrgb"},
	{GF_PIXEL_XBGR, "xbgr"},
	{GF_PIXEL_RGBA, "rgba"},
	{GF_PIXEL_BGRA, "bgra"},
	{GF_PIXEL_ARGB, "argb"},
	{GF_PIXEL_ABGR, "abgr"},
	{GF_PIXEL_YUYV, "yuyv"},
	{GF_PIXEL_YVYU, "yvyu"},
	{GF_PIXEL_UYVY, "uyvy"},
	{GF_PIXEL_VYUY, "vyuy"},
	{GF_PIXEL_YUV444_PACK, "yuv"},
	{GF_PIXEL_VYU444_PACK, "vyu"},
};

GF_Err canvas_init(Canvas *c, GF_PixelFormat format, u32 width, u32 height)
{
	*c = (Canvas){.format = format, .width = width, .height = height};
	for (size_t i = 0; i < sizeof(orders) / sizeof(orders[0]); i++) {
		if (orders[i].format == format)
			c->order = orders[i].order;
	}
	if (!c->order)
		return GF_NOT_SUPPORTED;
	if (!width || !height ||
		!gf_pixel_get_size_info(
			format, width, height, &c->size, &c->stride, &c->stride_uv, &c->nb_planes, &c->uv_height))
		return GF_BAD_PARAM;
	gf_pixel_get_downsampling(format, &c->sub_w, &c->sub_h);
	c->sample_bytes = gf_pixel_is_wide_depth(format) > 8 ? 2 : 1;
	// Ten bits are the low ones of a word, in semi-planar formats the high ones.
	if (c->sample_bytes == 2)
		c->sample_shift = c->nb_planes == 2 ? 8 : 2;
	return GF_OK;
}

// ---- colours

static u8 luma_or_chroma(double kr, double kb, char component, double r, double g, double b)
{
	// Rec. ITU-R BT.601 and BT.709 with their 8-bit quantisation (219 steps of luma, 224 of chroma)
	double y = kr * r + (1 - kr - kb) * g + kb * b;
	switch (component) {
	case 'u':
		return (u8)(128.5 + 224 * (b - y) / (2 * (1 - kb)));
	case 'v':
		return (u8)(128.5 + 224 * (r - y) / (2 * (1 - kr)));
	default:
		return (u8)(16.5 + 219 * y);
	}
}

static u8 component_value(const Canvas *c, char component, u32 rgb)
{
	double r = (rgb >> 16 & 0xFF) / 255.0, g = (rgb >> 8 & 0xFF) / 255.0, b = (rgb & 0xFF) / 255.0;
	switch (component) {
	case 'r':
		return (u8)(rgb >> 16);
	case 'g':
		return (u8)(rgb >> 8);
	case 'b':
		return (u8)rgb;
	case 'l':
		return (u8)(255 * (0.299 * r + 0.587 * g + 0.114 * b) + 0.5);
	case 'a':
	case 'x':
		return 255;
	default:
		return c->height >= 720 ? luma_or_chroma(0.2126, 0.0722, component, r, g, b)
								: luma_or_chroma(0.299, 0.114, component, r, g, b);
	}
}

// ---- rectangles

typedef struct {
	u32 x, y, w, h; // in samples of a plane
} Area;

// Fills part of a plane whose pixels are groups of `nb` samples.
static void fill_plane(
	const Canvas *c, u8 *plane, u32 stride, const Area *a, const char *components, u32 nb, u32 rgb)
{
	u8 group[8];
	u32 bytes = nb * c->sample_bytes;
	for (u32 i = 0; i < nb; i++) {
		u32 value = (u32)component_value(c, components[i], rgb) << c->sample_shift;
		group[i * c->sample_bytes] = (u8)value;
		if (c->sample_bytes == 2)
			group[i * 2 + 1] = (u8)(value >> 8);
	}
	u8 *first = plane + (size_t)a->y * stride + (size_t)a->x * bytes;
	for (u32 i = 0; i < a->w; i++)
		memcpy(first + (size_t)i * bytes, group, bytes);
	for (u32 line = 1; line < a->h; line++)
		memcpy(first + (size_t)line * stride, first, (size_t)a->w * bytes);
}

static u32 up(u32 value, u32 divisor)
{
	return (value + divisor - 1) / divisor;
}

static void fill_planes(Canvas *c, const Area *pixels, u32 rgb)
{
	const char *components = c->order;
	u8 *plane = c->data;
	while (*components) {
		u32 nb = (u32)strcspn(components, "|");
		Bool chroma = *components == 'u' || *components == 'v';
		Area a = *pixels;
		u32 stride = c->stride;
		if (chroma) {
			a.x /= c->sub_w;
			a.y /= c->sub_h;
			a.w = up(pixels->x + pixels->w, c->sub_w) - a.x;
			a.h = up(pixels->y + pixels->h, c->sub_h) - a.y;
			stride = c->stride_uv;
		}
		fill_plane(c, plane, stride, &a, components, nb, rgb);
		plane += (size_t)stride * (chroma ? c->uv_height : c->height);
		components += nb + (components[nb] == '|');
	}
}

void canvas_fill(Canvas *c, s32 x, s32 y, s32 w, s32 h, u32 rgb)
{
	s64 right = (s64)x + w, bottom = (s64)y + h;
	if (right > c->width)
		right = c->width;
	if (bottom > c->height)
		bottom = c->height;
	Area a = {.x = x < 0 ? 0 : (u32)x, .y = y < 0 ? 0 : (u32)y};
	if (right <= a.x || bottom <= a.y)
		return;
	a.w = (u32)right - a.x;
	a.h = (u32)bottom - a.y;
	if (c->nb_planes > 1) {
		fill_planes(c, &a, rgb);
		return;
	}
	if (c->sub_w == 2) { // two pixels make a group
		u32 last = up(a.x + a.w, 2);
		a.x /= 2;
		a.w = last - a.x;
	}
	fill_plane(c, c->data, c->stride, &a, c->order, (u32)strlen(c->order), rgb);
}

// ---- text

#define GLYPH_W 5
#define GLYPH_H 7

// Lines of five dots, the left one in bit 4.
static const struct {
	char letter;
	u8 lines[GLYPH_H];
} glyphs[] = {
	{'0', {14, 17, 19, 21, 25, 17, 14}},
	{'1', {4, 12, 4, 4, 4, 4, 14}},
	{'2', {14, 17, 1, 6, 8, 16, 31}},
	{'3', {14, 17, 1, 6, 1, 17, 14}},
	{'4', {2, 6, 10, 18, 31, 2, 2}},
	{'5', {31, 16, 30, 1, 1, 17, 14}},
	{'6', {6, 8, 16, 30, 17, 17, 14}},
	{'7', {31, 1, 2, 4, 8, 8, 8}},
	{'8', {14, 17, 17, 14, 17, 17, 14}},
	{'9', {14, 17, 17, 15, 1, 2, 12}},
	{'A', {14, 17, 17, 31, 17, 17, 17}},
	{'B', {30, 17, 17, 30, 17, 17, 30}},
	{'C', {14, 17, 16, 16, 16, 17, 14}},
	{'D', {30, 17, 17, 17, 17, 17, 30}},
	{'E', {31, 16, 16, 30, 16, 16, 31}},
	{'F', {31, 16, 16, 30, 16, 16, 16}},
	{'G', {14, 17, 16, 23, 17, 17, 15}},
	{'H', {17, 17, 17, 31, 17, 17, 17}},
	{'I', {14, 4, 4, 4, 4, 4, 14}},
	{'J', {7, 2, 2, 2, 2, 18, 12}},
	{'K', {17, 18, 20, 24, 20, 18, 17}},
	{'L', {16, 16, 16, 16, 16, 16, 31}},
	{'M', {17, 27, 21, 21, 17, 17, 17}},
	{'N', {17, 25, 21, 19, 17, 17, 17}},
	{'O', {14, 17, 17, 17, 17, 17, 14}},
	{'P', {30, 17, 17, 30, 16, 16, 16}},
	{'Q', {14, 17, 17, 17, 21, 18, 13}},
	{'R', {30, 17, 17, 30, 20, 18, 17}},
	{'S', {15, 16, 16, 14, 1, 1, 30}},
	{'T', {31, 4, 4, 4, 4, 4, 4}},
	{'U', {17, 17, 17, 17, 17, 17, 14}},
	{'V', {17, 17, 17, 17, 17, 10, 4}},
	{'W', {17, 17, 17, 21, 21, 27, 17}},
	{'X', {17, 17, 10, 4, 10, 17, 17}},
	{'Y', {17, 17, 10, 4, 4, 4, 4}},
	{'Z', {31, 1, 2, 4, 8, 16, 31}},
	{'.', {0, 0, 0, 0, 0, 12, 12}},
	{',', {0, 0, 0, 0, 12, 4, 8}},
	{':', {0, 12, 12, 0, 12, 12, 0}},
	{'/', {1, 1, 2, 4, 8, 16, 16}},
	{'-', {0, 0, 0, 31, 0, 0, 0}},
	{'+', {0, 4, 4, 31, 4, 4, 0}},
	{'=', {0, 0, 31, 0, 31, 0, 0}},
	{'_', {0, 0, 0, 0, 0, 0, 31}},
	{'#', {10, 10, 31, 10, 31, 10, 10}},
	{'%', {25, 25, 2, 4, 8, 19, 19}},
	{'(', {2, 4, 8, 8, 8, 4, 2}},
	{')', {8, 4, 2, 2, 2, 4, 8}},
	{'!', {4, 4, 4, 4, 4, 0, 4}},
	{'?', {14, 17, 1, 2, 4, 0, 4}},
	{'\'', {4, 4, 8, 0, 0, 0, 0}},
};

static const u8 *glyph_of(char letter)
{
	static const u8 blank[GLYPH_H];
	if (letter >= 'a' && letter <= 'z')
		letter = (char)(letter - 'a' + 'A');
	for (size_t i = 0; i < sizeof(glyphs) / sizeof(glyphs[0]); i++) {
		if (glyphs[i].letter == letter)
			return glyphs[i].lines;
	}
	return blank;
}

void canvas_text(Canvas *c, s32 x, s32 y, u32 scale, const char *text, u32 rgb)
{
	s32 dot = (s32)scale;
	for (; *text; text++, x += CANVAS_CELL_W * dot) {
		const u8 *lines = glyph_of(*text);
		for (s32 line = 0; line < GLYPH_H; line++) {
			for (s32 i = 0; i < GLYPH_W; i++) {
				if (lines[line] & (1 << (GLYPH_W - 1 - i)))
					canvas_fill(c, x + i * dot, y + line * dot, dot, dot, rgb);
			}
		}
	}
}
