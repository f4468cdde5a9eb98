// SPDX-License-Identifier: MIT
// Cuts a window out of raw pictures. The pictures are not copied, unless option copy asks for it: packets refer to the
// window in the picture they come from.
//
// Limits: formats whose pixels share words of more than 8 bits (v210, y410 and the like) are refused.
#include <stdlib.h>
#include <string.h>
#include <gpac/constants.h>
#include <gpac/filters.h>
#include <gpac/tools.h>
#include "filters/pid_props.h"
#include "filters/raw_formats.h"
#include "filters/registry.h"
#include "filters/relay.h"

#define MAX_PLANES 5

typedef enum { ROUND_UP = 0, ROUND_DOWN, ROUND_ALL_UP, ROUND_ALL_DOWN } RoundMode;

typedef struct {
	u32 top, left, width, height;
} Window;

// What is the same in all planes of one kind.
typedef struct {
	u32 skip_bytes, skip_lines; // before the window
	u32 line, height;           // of the window, bytes and lines
	u32 stride;                 // of pictures in memory
	u32 lines;                  // of the whole plane
} Plane;

typedef struct {
	// options
	char *wnd;
	Bool copy;
	u32 round;

	Relay io;
	Window window;
	u32 nb_planes;
	Plane planes[MAX_PLANES];
	u32 size; // of a copy
} VcropCtx;

// A window in a picture: freed with its packet.
typedef struct {
	GF_FilterFrameInterface ifce;
	GF_FilterPacket *source;
	u32 nb_planes;
	Plane planes[MAX_PLANES];
} Frame;

// ---- Window

// A number of pixels, or a part of `full` and a number of pixels: "40", "25%", "50%-16". False when it is none.
static Bool read_length(const char **text, u32 full, s64 *length)
{
	char *end;
	double value = (double)strtol(*text, &end, 10); // not strtod, for which 0x is a number
	if (end == *text)
		return GF_FALSE;
	if (*end == '.') {
		double unit = 1;
		for (end++; *end >= '0' && *end <= '9'; end++)
			value += (*end - '0') * (unit /= 10);
	}
	if (*end == '%') {
		value = value * full / 100;
		end++;
		if (*end == '+' || *end == '-')
			value += (double)strtol(end, &end, 10);
	}
	*text = end;
	*length = (s64)value;
	return *length >= 0 && *length <= 0x7FFFFFFF;
}

// Top, left, width and height with an `x` between them.
static Bool read_window(const char *text, u32 width, u32 height, s64 v[4])
{
	for (u32 i = 0; i < 4; i++) {
		if (!read_length(&text, i == 0 || i == 3 ? height : width, &v[i]))
			return GF_FALSE;
		if (i < 3 ? *text++ != 'x' : *text != 0)
			return GF_FALSE;
	}
	return GF_TRUE;
}

static u32 align(s64 v, Bool up)
{
	return (u32)(up ? v + (v & 1) : v & ~1ll);
}

static GF_Err find_window(VcropCtx *ctx, u32 width, u32 height, Bool shared_chroma)
{
	s64 v[4];
	Window w;
	if (!ctx->wnd || !read_window(ctx->wnd, width, height, v)) {
		GF_LOG(GF_LOG_ERROR, GF_LOG_MEDIA,
			("[vcrop] option wnd=%s is not TOPxLEFTxWIDTHxHEIGHT, as in 0x10%%x80%%x100\n", ctx->wnd ? ctx->wnd : ""));
		return GF_BAD_PARAM;
	}
	if (shared_chroma || ctx->round >= ROUND_ALL_UP) {
		for (u32 i = 0; i < 4; i++)
			v[i] = align(v[i], ctx->round == ROUND_UP || ctx->round == ROUND_ALL_UP);
	}
	w = (Window){.top = (u32)v[0], .left = (u32)v[1]};
	if (w.top >= height || w.left >= width || !v[2] || !v[3]) {
		GF_LOG(GF_LOG_ERROR, GF_LOG_MEDIA,
			("[vcrop] the window %s is not in pictures of %ux%u\n", ctx->wnd, width, height));
		return GF_BAD_PARAM;
	}
	w.width = v[2] > width - w.left ? width - w.left : (u32)v[2];
	w.height = v[3] > height - w.top ? height - w.top : (u32)v[3];
	ctx->window = w;
	return GF_OK;
}

// ---- Planes

static GF_Err plan_planes(VcropCtx *ctx, u32 format, u32 width, u32 height)
{
	u32 size, stride = 0, stride_uv = 0, nb, lines_uv, sub_w, sub_h;
	gf_pixel_get_downsampling(format, &sub_w, &sub_h);
	if (!gf_pixel_get_size_info(format, width, height, &size, &stride, &stride_uv, &nb, &lines_uv) || nb > MAX_PLANES)
		return GF_NOT_SUPPORTED;
	GF_Err e = find_window(ctx, width, height, sub_w > 1 || sub_h > 1);
	if (e)
		return e;
	u32 own = pid_uint(ctx->io.ipid, GF_PROP_PID_STRIDE), own_uv = pid_uint(ctx->io.ipid, GF_PROP_PID_STRIDE_UV);
	const Window *w = &ctx->window;
	ctx->nb_planes = nb;
	ctx->size = 0;
	for (u32 i = 0; i < nb; i++) {
		Bool chroma = nb > 1 && (i == 1 || i == 2);
		u32 x = chroma ? sub_w : 1, y = chroma ? sub_h : 1, per_unit;
		u32 unit = raw_unit_size(format, nb, i, &per_unit);
		if (!unit)
			return GF_NOT_SUPPORTED;
		ctx->planes[i] = (Plane){
			.skip_bytes = w->left / x / per_unit * unit,
			.skip_lines = w->top / y,
			.line = ((w->width + x - 1) / x + per_unit - 1) / per_unit * unit,
			.height = (w->height + y - 1) / y,
			.stride = chroma ? (own_uv ? own_uv : stride_uv) : own ? own : stride,
			.lines = chroma ? lines_uv : height,
		};
		ctx->size += ctx->planes[i].line * ctx->planes[i].height;
	}
	return GF_OK;
}

static void set_uint(const VcropCtx *ctx, u32 code, u32 value)
{
	gf_filter_pid_set_property(ctx->io.opid, code, value ? PROP_UINT(value) : NULL);
}

static GF_Err vcrop_configure_pid(GF_Filter *filter, GF_FilterPid *pid, Bool is_remove)
{
	VcropCtx *ctx = gf_filter_get_udta(filter);
	GF_Err e = relay_configure(&ctx->io, filter, pid, is_remove);
	if (e || is_remove)
		return e;
	gf_filter_pid_copy_properties(ctx->io.opid, pid);
	u32 format = pid_uint(ctx->io.ipid, GF_PROP_PID_PIXFMT);
	u32 width = pid_uint(ctx->io.ipid, GF_PROP_PID_WIDTH), height = pid_uint(ctx->io.ipid, GF_PROP_PID_HEIGHT);
	ctx->nb_planes = 0;
	if (!format || !width || !height)
		return GF_OK; // not known yet
	e = plan_planes(ctx, format, width, height);
	if (e == GF_NOT_SUPPORTED)
		GF_LOG(GF_LOG_ERROR, GF_LOG_MEDIA,
			("[vcrop] pictures of format %s cannot be cropped\n", gf_pixel_fmt_name(format)));
	if (e)
		return e;
	const Window *w = &ctx->window;
	const Plane *planes = ctx->planes;
	Bool has_uv = ctx->nb_planes > 1;
	set_uint(ctx, GF_PROP_PID_WIDTH, w->width);
	set_uint(ctx, GF_PROP_PID_HEIGHT, w->height);
	set_uint(ctx, GF_PROP_PID_STRIDE, ctx->copy ? planes[0].line : planes[0].stride);
	set_uint(ctx, GF_PROP_PID_STRIDE_UV, !has_uv ? 0 : ctx->copy ? planes[1].line : planes[1].stride);
	GF_PropertyValue v = {.type = GF_PROP_VEC2I, .value.vec2i = {(s32)width, (s32)height}};
	return gf_filter_pid_set_property(ctx->io.opid, GF_PROP_PID_ORIG_SIZE, &v);
}

// ---- Pictures

// The window in a plane of the source.
static GF_Err find_plane(
	GF_FilterPacket *source, const Plane *planes, u32 index, const u8 **data, u32 *stride)
{
	const Plane *p = &planes[index];
	GF_FilterFrameInterface *inner = gf_filter_pck_get_frame_interface(source);
	if (inner) {
		GF_Err e = inner->get_plane ? inner->get_plane(inner, index, data, stride) : GF_NOT_SUPPORTED;
		if (e)
			return e;
	} else {
		u32 size;
		u64 at = 0;
		const u8 *picture = gf_filter_pck_get_data(source, &size);
		for (u32 i = 0; i < index; i++)
			at += (u64)planes[i].stride * planes[i].lines;
		u64 end = at + (u64)p->stride * (p->skip_lines + p->height - 1) + p->skip_bytes + p->line;
		if (!picture || end > size)
			return GF_NON_COMPLIANT_BITSTREAM;
		*data = picture + at;
		*stride = p->stride;
	}
	*data += (size_t)p->skip_lines * *stride + p->skip_bytes;
	return GF_OK;
}

static GF_Err get_plane(GF_FilterFrameInterface *ifce, u32 index, const u8 **data, u32 *stride)
{
	Frame *f = ifce->user_data;
	return index < f->nb_planes ? find_plane(f->source, f->planes, index, data, stride) : GF_BAD_PARAM;
}

static void release_frame(GF_Filter *filter, GF_FilterPid *pid, GF_FilterPacket *packet)
{
	(void)filter;
	(void)pid;
	GF_FilterFrameInterface *ifce = gf_filter_pck_get_frame_interface(packet);
	Frame *f = ifce ? ifce->user_data : NULL;
	if (!f)
		return;
	gf_filter_pck_unref(f->source);
	gf_free(f);
}

static GF_FilterPacket *refer(VcropCtx *ctx, GF_FilterPacket *packet)
{
	Frame *f = gf_calloc(1, sizeof(*f));
	if (!f)
		return NULL;
	f->source = packet;
	if (gf_filter_pck_ref(&f->source)) {
		gf_free(f);
		return NULL;
	}
	f->nb_planes = ctx->nb_planes;
	memcpy(f->planes, ctx->planes, sizeof(f->planes));
	f->ifce.get_plane = get_plane;
	f->ifce.user_data = f;
	GF_FilterPacket *out = gf_filter_pck_new_frame_interface(ctx->io.opid, &f->ifce, release_frame);
	if (!out) {
		gf_filter_pck_unref(f->source);
		gf_free(f);
	}
	return out;
}

static GF_FilterPacket *copy_window(VcropCtx *ctx, GF_FilterPacket *packet, GF_Err *e)
{
	u8 *dst;
	GF_FilterPacket *out = gf_filter_pck_new_alloc(ctx->io.opid, ctx->size, &dst);
	for (u32 i = 0; out && i < ctx->nb_planes; i++) {
		const Plane *p = &ctx->planes[i];
		const u8 *src;
		u32 stride;
		*e = find_plane(packet, ctx->planes, i, &src, &stride);
		if (*e) {
			gf_filter_pck_discard(out);
			return NULL;
		}
		for (u32 y = 0; y < p->height; y++, dst += p->line)
			memcpy(dst, src + (size_t)y * stride, p->line);
	}
	return out;
}

static GF_Err crop(void *udta, GF_FilterPacket *packet)
{
	VcropCtx *ctx = udta;
	GF_Err e = GF_OK;
	if (!ctx->nb_planes)
		return GF_OK;
	GF_FilterPacket *out = ctx->copy ? copy_window(ctx, packet, &e) : refer(ctx, packet);
	if (!out)
		return e ? e : GF_OUT_OF_MEM;
	gf_filter_pck_merge_properties(packet, out);
	return gf_filter_pck_send(out);
}

static GF_Err vcrop_process(GF_Filter *filter)
{
	static const RelayCalls calls = {crop, NULL};
	VcropCtx *ctx = gf_filter_get_udta(filter);
	return relay_process(&ctx->io, &calls, ctx);
}

#define OPT(field) #field, (s32)offsetof(VcropCtx, field)
static const GF_FilterArgs vcrop_args[] = {
	{OPT(wnd),
		"Window as TOPxLEFTxWIDTHxHEIGHT: pixels, percents of the picture, or both as in 50%-16. EX wnd=0x10%x80%x100",
		GF_PROP_STRING, NULL, NULL, 0},
	{OPT(copy), "Copy the window instead of referring to it in the picture", GF_PROP_BOOL, "false", NULL,
		GF_FS_ARG_HINT_ADVANCED},
	{OPT(round),
		"Rounding of the window to even numbers: up or down where pixels share colours (4:2:0, 4:2:2), up or down always",
		GF_PROP_UINT, "up", "up|down|allup|alldown", GF_FS_ARG_HINT_ADVANCED},
	{0},
};

static const GF_FilterCapability vcrop_caps[] = {
	CAP_UINT(GF_CAPS_INPUT_OUTPUT, GF_PROP_PID_STREAM_TYPE, GF_STREAM_VISUAL),
	CAP_UINT(GF_CAPS_INPUT_OUTPUT, GF_PROP_PID_CODECID, GF_CODECID_RAW),
};

const GF_FilterRegister vcrop_register = {
	.name = "vcrop",
	.description = "Video crop",
	.help = "This filter cuts a window out of raw pictures. EX gpac -i in.y4m vcrop:wnd=0x0x50%x50% -o out.y4m",
	.private_size = sizeof(VcropCtx),
	.flags = GF_FS_REG_EXPLICIT_ONLY | GF_FS_REG_ALLOW_CYCLIC,
	SETCAPS(vcrop_caps),
	.args = vcrop_args,
	.configure_pid = vcrop_configure_pid,
	.process = vcrop_process,
	.hint_class_type = GF_FS_CLASS_AV,
};
