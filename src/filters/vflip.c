// SPDX-License-Identifier: MIT
// Turns raw pictures upside down, left to right, or both.
//
// Limits: left to right, formats whose pixels share words of more than 8 bits (v210, y410 and the like) are refused.
#include <string.h>
#include <gpac/constants.h>
#include <gpac/filters.h>
#include <gpac/tools.h>
#include "filters/pid_props.h"
#include "filters/raw_formats.h"
#include "filters/registry.h"
#include "filters/relay.h"

typedef enum { FLIP_OFF = 0, FLIP_VERT, FLIP_HORIZ, FLIP_BOTH } FlipMode;

typedef struct {
	// options
	u32 mode;

	Relay io;
	u32 format, width, height;
	u32 line, line_uv;     // bytes without padding
	u32 stride, stride_uv; // of packets in memory
	u32 nb_planes, height_uv;
} VflipCtx;

// Bytes that move together in a line of a plane, 0 when lines of the format cannot be turned around.
static u32 unit_size(const VflipCtx *ctx, u32 plane)
{
	u32 nb_samples, size = raw_unit_size(ctx->format, ctx->nb_planes, plane, &nb_samples);
	return ctx->width % nb_samples ? 0 : size;
}

static GF_Err vflip_configure_pid(GF_Filter *filter, GF_FilterPid *pid, Bool is_remove)
{
	VflipCtx *ctx = gf_filter_get_udta(filter);
	GF_Err e = relay_configure(&ctx->io, filter, pid, is_remove);
	if (e || is_remove)
		return e;
	gf_filter_pid_copy_properties(ctx->io.opid, pid);
	ctx->format = pid_uint(ctx->io.ipid, GF_PROP_PID_PIXFMT);
	ctx->width = pid_uint(ctx->io.ipid, GF_PROP_PID_WIDTH);
	ctx->height = pid_uint(ctx->io.ipid, GF_PROP_PID_HEIGHT);
	ctx->nb_planes = 0;
	if (!ctx->format || !ctx->width || !ctx->height)
		return GF_OK; // not known yet
	u32 size;
	ctx->line = ctx->line_uv = 0;
	if (!gf_pixel_get_size_info(
			ctx->format, ctx->width, ctx->height, &size, &ctx->line, &ctx->line_uv, &ctx->nb_planes, &ctx->height_uv))
		return GF_NOT_SUPPORTED;
	ctx->stride = pid_uint(ctx->io.ipid, GF_PROP_PID_STRIDE);
	ctx->stride_uv = pid_uint(ctx->io.ipid, GF_PROP_PID_STRIDE_UV);
	if (ctx->mode > FLIP_VERT && !unit_size(ctx, 0)) {
		GF_LOG(GF_LOG_ERROR, GF_LOG_MEDIA,
			("[vflip] pictures of format %s cannot be flipped left to right\n", gf_pixel_fmt_name(ctx->format)));
		return GF_NOT_SUPPORTED;
	}
	return GF_OK;
}

static void flip_lines(u8 *data, u32 stride, u32 line, u32 height)
{
	for (u32 y = 0; y < height / 2; y++)
		raw_swap(data + (size_t)y * stride, data + (size_t)(height - 1 - y) * stride, line);
}

// Two pixels share their colour in 4:2:2: their luma samples change places.
static void swap_luma(const VflipCtx *ctx, u8 *line)
{
	u32 first = ctx->format == GF_PIXEL_YUYV || ctx->format == GF_PIXEL_YVYU ? 0 : 1;
	for (u32 x = 0; x + 4 <= ctx->line; x += 4)
		raw_swap(line + x + first, line + x + first + 2, 1);
}

static void flip_columns(const VflipCtx *ctx, u8 *data, u32 stride, u32 line, u32 height, u32 unit)
{
	Bool is_422 = gf_pixel_fmt_is_yuv(ctx->format) && ctx->nb_planes == 1 && unit == 4;
	for (u32 y = 0; y < height; y++, data += stride) {
		raw_reverse(data, line / unit, unit);
		if (is_422)
			swap_luma(ctx, data);
	}
}

// The planes of the picture in memory, one after the other.
static GF_Err flip(const VflipCtx *ctx, u8 *data, u32 size, Bool packed)
{
	u64 at = 0;
	for (u32 plane = 0; plane < ctx->nb_planes; plane++) {
		Bool chroma = plane == 1 || plane == 2;
		u32 line = chroma ? ctx->line_uv : ctx->line, height = chroma ? ctx->height_uv : ctx->height;
		u32 stride = chroma ? ctx->stride_uv : ctx->stride;
		if (packed || !stride)
			stride = line;
		if (stride < line || at + (u64)stride * (height - 1) + line > size)
			return GF_NON_COMPLIANT_BITSTREAM;
		if (ctx->mode == FLIP_VERT || ctx->mode == FLIP_BOTH)
			flip_lines(data + at, stride, line, height);
		u32 unit = unit_size(ctx, plane);
		if (ctx->mode >= FLIP_HORIZ && unit)
			flip_columns(ctx, data + at, stride, line, height, unit);
		at += (u64)stride * height;
	}
	return GF_OK;
}

static GF_Err flip_packet(void *udta, GF_FilterPacket *packet)
{
	VflipCtx *ctx = udta;
	u8 *data;
	u32 size;
	if (ctx->mode == FLIP_OFF || !ctx->nb_planes)
		return gf_filter_pck_forward(packet, ctx->io.opid);
	// a copy of a picture behind an interface has no padding
	Bool packed = gf_filter_pck_get_frame_interface(packet) != NULL;
	GF_FilterPacket *out = gf_filter_pck_new_copy(ctx->io.opid, packet, &data);
	if (!out)
		return GF_OUT_OF_MEM;
	gf_filter_pck_get_data(out, &size);
	GF_Err e = flip(ctx, data, size, packed);
	if (e) {
		gf_filter_pck_discard(out);
		return e;
	}
	return gf_filter_pck_send(out);
}

static GF_Err vflip_process(GF_Filter *filter)
{
	static const RelayCalls calls = {flip_packet, NULL};
	VflipCtx *ctx = gf_filter_get_udta(filter);
	return relay_process(&ctx->io, &calls, ctx);
}

#define OPT(field) #field, (s32)offsetof(VflipCtx, field)
static const GF_FilterArgs vflip_args[] = {
	{OPT(mode), "Direction: none (off), upside down (vert), left to right (horiz), both", GF_PROP_UINT, "vert",
		"off|vert|horiz|both", GF_FS_ARG_HINT_ADVANCED | GF_FS_ARG_UPDATE},
	{0},
};

static const GF_FilterCapability vflip_caps[] = {
	CAP_UINT(GF_CAPS_INPUT_OUTPUT, GF_PROP_PID_STREAM_TYPE, GF_STREAM_VISUAL),
	CAP_UINT(GF_CAPS_INPUT_OUTPUT, GF_PROP_PID_CODECID, GF_CODECID_RAW),
};

const GF_FilterRegister vflip_register = {
	.name = "vflip",
	.description = "Video flip",
	.help = "This filter flips raw pictures. EX gpac -i in.y4m vflip:mode=both -o out.y4m",
	.private_size = sizeof(VflipCtx),
	.flags = GF_FS_REG_EXPLICIT_ONLY | GF_FS_REG_ALLOW_CYCLIC,
	SETCAPS(vflip_caps),
	.args = vflip_args,
	.configure_pid = vflip_configure_pid,
	.process = vflip_process,
	.hint_class_type = GF_FS_CLASS_AV,
};
