// SPDX-License-Identifier: MIT
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <cmocka.h>
#include <formats/canvas.h>
#include <gpac/tools.h>

#define WIDTH 8
#define HEIGHT 4

static u8 data[WIDTH * HEIGHT * 8];

static Canvas open_canvas(GF_PixelFormat format, u32 width, u32 height)
{
	Canvas c;
	assert_int_equal(canvas_init(&c, format, width, height), GF_OK);
	assert_true(c.size <= sizeof(data));
	memset(data, 0, sizeof(data));
	c.data = data;
	return c;
}

// Values of Rec. ITU-R BT.601: white 235/128/128, red 81/90/240, blue 41/240/110 (100 % colours).
static void colours_of_planes(void **state)
{
	(void)state;
	Canvas c = open_canvas(GF_PIXEL_YUV, WIDTH, HEIGHT);
	canvas_fill(&c, 0, 0, 4, 4, 0xFF0000);
	canvas_fill(&c, 4, 0, 4, 4, 0x0000FF);
	const u8 luma[WIDTH] = {81, 81, 81, 81, 41, 41, 41, 41};
	for (u32 y = 0; y < HEIGHT; y++)
		assert_memory_equal(data + y * WIDTH, luma, WIDTH);
	const u8 chroma[2][4] = {{90, 90, 240, 240}, {240, 240, 110, 110}};
	for (u32 plane = 0; plane < 2; plane++) {
		for (u32 y = 0; y < 2; y++)
			assert_memory_equal(data + 32 + plane * 8 + y * 4, chroma[plane], 4);
	}
}

static void colours_of_hd_video(void **state)
{
	(void)state;
	// Rec. ITU-R BT.709 from 720 lines on: red is 63/102/240.
	static u8 picture[2 * 720 * 3];
	Canvas c;
	assert_int_equal(canvas_init(&c, GF_PIXEL_YUV444, 2, 720), GF_OK);
	c.data = picture;
	canvas_fill(&c, 0, 719, 2, 1, 0xFF0000);
	assert_int_equal(picture[719 * 2], 63);
	assert_int_equal(picture[1440 + 719 * 2 + 1], 102);
	assert_int_equal(picture[2880 + 719 * 2], 240);
}

static void one_pixel(GF_PixelFormat format, const u8 *expected, u32 size)
{
	Canvas c = open_canvas(format, 2, 2);
	canvas_fill(&c, 0, 0, 2, 1, 0xFF8000);
	assert_memory_equal(data, expected, size);
	assert_int_equal(data[c.stride], 0); // the second line was not touched
}

static void packed_orders(void **state)
{
	(void)state;
	one_pixel(GF_PIXEL_RGB, (u8[]){255, 128, 0, 255, 128, 0}, 6);
	one_pixel(GF_PIXEL_BGR, (u8[]){0, 128, 255, 0, 128, 255}, 6);
	one_pixel(GF_PIXEL_RGBA, (u8[]){255, 128, 0, 255, 255, 128, 0, 255}, 8);
	one_pixel(GF_PIXEL_ARGB, (u8[]){255, 255, 128, 0}, 4);
	one_pixel(GF_PIXEL_BGRA, (u8[]){0, 128, 255, 255}, 4);
	one_pixel(GF_PIXEL_ABGR, (u8[]){255, 0, 128, 255}, 4);
}

static void white_is_white(void **state)
{
	(void)state;
	const struct {
		GF_PixelFormat format;
		u8 bytes[4];
	} cases[] = {
		{GF_PIXEL_UYVY, {128, 235, 128, 235}},
		{GF_PIXEL_YUYV, {235, 128, 235, 128}},
		{GF_PIXEL_YUV_10, {235 * 4 & 0xFF, 235 * 4 >> 8, 235 * 4 & 0xFF, 235 * 4 >> 8}}, // in the low bits
		{GF_PIXEL_NV12_10, {0, 235, 0, 235}},                                             // in the high bits
		{GF_PIXEL_GREYSCALE, {255, 255, 255, 255}},
	};
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		Canvas c = open_canvas(cases[i].format, 4, 2);
		canvas_fill(&c, 0, 0, 4, 2, 0xFFFFFF);
		assert_memory_equal(data, cases[i].bytes, 4);
	}
}

static void rectangles_are_clipped(void **state)
{
	(void)state;
	Canvas c = open_canvas(GF_PIXEL_GREYSCALE, WIDTH, HEIGHT);
	canvas_fill(&c, -2, -1, 4, 3, 0xFFFFFF);
	canvas_fill(&c, 6, 3, 100, 0x7FFFFFFF, 0xFFFFFF);
	canvas_fill(&c, 0x7FFFFFFF, 0, 0x7FFFFFFF, 1, 0xFFFFFF);
	canvas_fill(&c, 0, 3, -5, 1, 0xFFFFFF);
	u32 sum = 0;
	for (u32 i = 0; i < sizeof(data); i++)
		sum += data[i] != 0;
	assert_int_equal(sum, 2 * 2 + 2);
	assert_int_equal(data[WIDTH + 1], 255);
	assert_int_equal(data[3 * WIDTH + 7], 255);
}

static void odd_sizes(void **state)
{
	(void)state;
	Canvas c = open_canvas(GF_PIXEL_YUV, 5, 3);
	assert_int_equal(c.size, 15 + 2 * 3 * 2);
	canvas_fill(&c, 0, 0, 5, 3, 0xFFFFFF);
	for (u32 i = 0; i < c.size; i++)
		assert_int_equal(data[i], i < 15 ? 235 : 128);
	assert_int_equal(data[c.size], 0);
}

static void text_has_shapes(void **state)
{
	(void)state;
	static u8 picture[12 * 8];
	Canvas c;
	assert_int_equal(canvas_init(&c, GF_PIXEL_GREYSCALE, 12, 8), GF_OK);
	c.data = picture;
	canvas_text(&c, 0, 0, 1, "l-", 0xFFFFFF); // drawn as L
	for (u32 y = 0; y < 7; y++)
		assert_int_equal(picture[y * 12], 255);
	for (u32 x = 0; x < 5; x++)
		assert_int_equal(picture[6 * 12 + x], 255);
	assert_int_equal(picture[1], 0);
	assert_int_equal(picture[3 * 12 + 8], 255);
	assert_int_equal(picture[2 * 12 + 8], 0);
}

static void refusals(void **state)
{
	(void)state;
	Canvas c;
	assert_int_equal(canvas_init(&c, GF_PIXEL_V210, 8, 8), GF_NOT_SUPPORTED);
	assert_int_equal(canvas_init(&c, 0, 8, 8), GF_NOT_SUPPORTED);
	assert_int_equal(canvas_init(&c, GF_PIXEL_YUV, 0, 8), GF_BAD_PARAM);
	assert_int_equal(canvas_init(&c, GF_PIXEL_RGBA, 0x10000, 0x10000), GF_BAD_PARAM);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(colours_of_planes),
		cmocka_unit_test(colours_of_hd_video),
		cmocka_unit_test(packed_orders),
		cmocka_unit_test(white_is_white),
		cmocka_unit_test(rectangles_are_clipped),
		cmocka_unit_test(odd_sizes),
		cmocka_unit_test(text_has_shapes),
		cmocka_unit_test(refusals),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
