// SPDX-License-Identifier: MIT
// Raw pictures into OpenGL textures, one per plane. The pictures stay in memory too: consumers that want no texture
// read the planes through the same frame interface.
#include <string.h>
#include <gpac/constants.h>
#include <gpac/filters.h>
#include <gpac/log.h>
#include "base/gl.h"
#include "base/module.h"
#include "filters/registry.h"

#define MAX_PLANES 4

// Textures of one picture, used again when it is released.
typedef struct gl_frame {
	GF_FilterFrameInterface ifce; // user_data is the frame
	struct glpush_ctx *ctx;       // NULL when the filter is gone
	GF_Filter *filter;
	GlTexture textures[MAX_PLANES];
	GlPlane planes[MAX_PLANES];
	u32 nb_planes;
	GF_FilterPacket *source; // NULL when the frame is free
	Bool copied;             // the source is a copy in memory of a picture that was not
	struct gl_frame *next;
} GlFrame;

typedef struct glpush_ctx {
	const GlModule *gl;
	GF_FilterPid *in, *out;
	GlPlane planes[MAX_PLANES]; // of the present format, without data
	GlPlane tight[MAX_PLANES];  // the same in copies, whose lines are not padded
	u32 nb_planes;
	GlFrame *frames; // all that exist
} GlpushCtx;

// ---- the frame interface

static GF_Err get_plane(GF_FilterFrameInterface *ifce, u32 idx, const u8 **data, u32 *stride)
{
	GlFrame *f = ifce->user_data;
	if (idx >= f->nb_planes)
		return GF_BAD_PARAM;
	*data = f->planes[idx].data;
	*stride = f->planes[idx].stride;
	return GF_OK;
}

static GF_Err get_gl_texture(
	GF_FilterFrameInterface *ifce, u32 idx, u32 *format, u32 *id, void *matrix)
{
	static const float unchanged[16] = {1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1};
	GlFrame *f = ifce->user_data;
	if (idx >= f->nb_planes || !f->ctx)
		return GF_BAD_PARAM;
	GF_Err e = gf_filter_set_active_opengl_context(f->filter, GF_TRUE);
	if (e != GF_OK)
		return e;
	*format = f->ctx->gl->target;
	*id = f->textures[idx].id;
	if (matrix)
		memcpy(matrix, unchanged, sizeof(unchanged));
	return GF_OK;
}

static void release_source(GlFrame *f)
{
	if (f->copied)
		gf_filter_pck_discard(f->source);
	else
		gf_filter_pck_unref(f->source);
	f->source = NULL;
}

static void release_frame(GF_Filter *filter, GF_FilterPid *pid, GF_FilterPacket *pck)
{
	(void)filter;
	(void)pid;
	GlFrame *f = gf_filter_pck_get_frame_interface(pck)->user_data;
	release_source(f);
	if (!f->ctx)
		gf_free(f);
}

static GlFrame *take_frame(GF_Filter *filter, GlpushCtx *ctx)
{
	for (GlFrame *f = ctx->frames; f; f = f->next) {
		if (!f->source)
			return f;
	}
	GlFrame *f = gf_calloc(1, sizeof(GlFrame));
	if (!f)
		return NULL;
	f->ctx = ctx;
	f->filter = filter;
	f->ifce.get_plane = get_plane;
	f->ifce.get_gl_texture = get_gl_texture;
	f->ifce.user_data = f;
	f->next = ctx->frames;
	ctx->frames = f;
	return f;
}

// ---- pictures

// Pixels that are not whole samples of 8 or 16 bits.
static Bool has_bit_fields(GF_PixelFormat format)
{
	static const GF_PixelFormat packed[] = {GF_PIXEL_RGB_332, GF_PIXEL_RGB_444, GF_PIXEL_RGB_555, GF_PIXEL_RGB_565,
		GF_PIXEL_YUV444_10_PACK, GF_PIXEL_V210};
	for (u32 i = 0; i < sizeof(packed) / sizeof(packed[0]); i++) {
		if (packed[i] == format)
			return GF_TRUE;
	}
	return GF_FALSE;
}

// Texels of the planes of a format. A texel is a pixel, or a pair of chroma samples; packed 4:2:2 has texels of luma
// and one of the two chroma samples.
static GF_Err plan_planes(
	GlPlane *planes, u32 *nb_planes, GF_PixelFormat format, u32 width, u32 height, u32 stride, u32 stride_uv)
{
	u32 size, nb, uv_height, sub_w, sub_h;
	if (has_bit_fields(format) ||
		!gf_pixel_get_size_info(format, width, height, &size, &stride, &stride_uv, &nb, &uv_height) || nb > MAX_PLANES)
		return GF_NOT_SUPPORTED;
	gf_pixel_get_downsampling(format, &sub_w, &sub_h);
	u32 bytes = gf_pixel_is_wide_depth(format) > 8 ? 2 : 1;
	*nb_planes = nb;
	for (u32 i = 0; i < nb; i++) {
		Bool chroma = nb > 1 && (i == 1 || i == 2);
		u32 chroma_width = (width + sub_w - 1) / sub_w;
		planes[i] = (GlPlane){
			.width = chroma ? chroma_width : width,
			.height = chroma ? uv_height : height,
			.stride = chroma ? stride_uv : stride,
			.components = nb == 2 && chroma ? 2 : 1,
			.component_bytes = bytes,
		};
	}
	if (nb > 1)
		return GF_OK;
	Bool pairs = gf_pixel_fmt_is_yuv(format) && sub_w == 2;
	u32 nb_comp = gf_pixel_fmt_is_yuv(format) ? gf_pixel_get_nb_comp(format) : 1;
	u32 texel = pairs ? 2 * bytes : gf_pixel_get_bytes_per_pixel(format) * nb_comp;
	if (!texel || texel % bytes || texel / bytes > 4 || stride % texel)
		return GF_NOT_SUPPORTED;
	planes[0].components = texel / bytes;
	planes[0].width = pairs ? (width + 1) & ~1u : width;
	return GF_OK;
}

static GF_Err upload(GF_Filter *filter, GlpushCtx *ctx, GlFrame *f, const u8 *data, u32 size)
{
	GF_Err e = gf_filter_set_active_opengl_context(filter, GF_TRUE);
	f->nb_planes = ctx->nb_planes;
	u64 offset = 0;
	for (u32 i = 0; i < ctx->nb_planes && e == GF_OK; i++) {
		GlPlane *p = &f->planes[i];
		*p = f->copied ? ctx->tight[i] : ctx->planes[i];
		p->data = data + offset;
		offset += (u64)p->stride * p->height;
		e = offset <= size ? ctx->gl->upload(&f->textures[i], p) : GF_NON_COMPLIANT_BITSTREAM;
	}
	GF_Err left = gf_filter_set_active_opengl_context(filter, GF_FALSE);
	return e != GF_OK ? e : left;
}

// Pictures behind an interface are copied to memory first.
static GF_Err keep_source(GlFrame *f, GF_FilterPacket *pck)
{
	u32 size;
	f->copied = !gf_filter_pck_get_data(pck, &size);
	f->source = f->copied ? gf_filter_pck_dangling_copy(pck, NULL) : gf_filter_pck_ref_ex(pck);
	return f->source ? GF_OK : GF_OUT_OF_MEM;
}

static GF_Err push(GF_Filter *filter, GlpushCtx *ctx, GF_FilterPacket *pck)
{
	GlFrame *f = take_frame(filter, ctx);
	GF_Err e = f ? keep_source(f, pck) : GF_OUT_OF_MEM;
	if (e != GF_OK)
		return e;
	u32 size;
	const u8 *data = gf_filter_pck_get_data(f->source, &size);
	e = upload(filter, ctx, f, data, size);
	GF_FilterPacket *out = e == GF_OK ? gf_filter_pck_new_frame_interface(ctx->out, &f->ifce, release_frame) : NULL;
	if (!out) {
		release_source(f);
		return e != GF_OK ? e : GF_OUT_OF_MEM;
	}
	gf_filter_pck_merge_properties(pck, out);
	e = gf_filter_pck_send(out);
	return e < 0 ? e : GF_OK;
}

// ---- callbacks

static u32 uint_of(GF_FilterPid *pid, u32 code)
{
	const GF_PropertyValue *v = gf_filter_pid_get_property(pid, code);
	return v ? v->value.uint : 0;
}

static GF_Err glpush_configure_pid(GF_Filter *filter, GF_FilterPid *pid, Bool is_remove)
{
	GlpushCtx *ctx = gf_filter_get_udta(filter);
	if (is_remove) {
		if (ctx->out)
			gf_filter_pid_remove(ctx->out);
		ctx->in = ctx->out = NULL;
		return GF_OK;
	}
	u32 format = uint_of(pid, GF_PROP_PID_PIXFMT);
	u32 width = uint_of(pid, GF_PROP_PID_WIDTH), height = uint_of(pid, GF_PROP_PID_HEIGHT);
	GF_Err e = plan_planes(ctx->planes, &ctx->nb_planes, format, width, height, uint_of(pid, GF_PROP_PID_STRIDE),
		uint_of(pid, GF_PROP_PID_STRIDE_UV));
	if (e == GF_OK)
		e = plan_planes(ctx->tight, &ctx->nb_planes, format, width, height, 0, 0);
	if (e != GF_OK) {
		GF_LOG(GF_LOG_ERROR, GF_LOG_MMIO, ("[glpush] no textures for %ux%u pictures in pixel format %s\n", width, height,
			gf_pixel_fmt_name(format)));
		return e;
	}
	ctx->in = pid;
	if (!ctx->out)
		ctx->out = gf_filter_pid_new(filter);
	return ctx->out ? gf_filter_pid_copy_properties(ctx->out, pid) : GF_OUT_OF_MEM;
}

static GF_Err glpush_process(GF_Filter *filter)
{
	GlpushCtx *ctx = gf_filter_get_udta(filter);
	GF_FilterPacket *pck = ctx->in ? gf_filter_pid_get_packet(ctx->in) : NULL;
	if (!pck) {
		if (ctx->in && gf_filter_pid_is_eos(ctx->in)) {
			gf_filter_pid_set_eos(ctx->out);
			return GF_EOS;
		}
		return GF_OK;
	}
	GF_Err e = push(filter, ctx, pck);
	gf_filter_pid_drop_packet(ctx->in);
	return e;
}

static GF_Err glpush_initialize(GF_Filter *filter)
{
	GlpushCtx *ctx = gf_filter_get_udta(filter);
	ctx->gl = module_table("gl");
	return ctx->gl ? gf_filter_request_opengl(filter) : GF_NOT_SUPPORTED;
}

static void glpush_finalize(GF_Filter *filter)
{
	GlpushCtx *ctx = gf_filter_get_udta(filter);
	Bool active = ctx->frames && gf_filter_set_active_opengl_context(filter, GF_TRUE) == GF_OK;
	while (ctx->frames) {
		GlFrame *f = ctx->frames;
		ctx->frames = f->next;
		for (u32 i = 0; i < MAX_PLANES && active; i++)
			ctx->gl->remove(&f->textures[i]);
		f->ctx = NULL;
		if (!f->source) // else its packet frees it
			gf_free(f);
	}
	if (active)
		gf_filter_set_active_opengl_context(filter, GF_FALSE);
}

static const GF_FilterCapability glpush_caps[] = {
	CAP_UINT(GF_CAPS_INPUT_OUTPUT, GF_PROP_PID_STREAM_TYPE, GF_STREAM_VISUAL),
	CAP_UINT(GF_CAPS_INPUT_OUTPUT, GF_PROP_PID_CODECID, GF_CODECID_RAW),
};

const GF_FilterRegister glpush_register = {
	.name = "glpush",
	.description = "Raw video to OpenGL textures",
	.help = "This filter uploads each plane of a picture as an OpenGL texture: one component for planes of luma or "
			"chroma, two for pairs of chroma samples, three or four for packed RGB, in the order of memory. The "
			"context is that of the application (`external_opengl_provider`), or one without a window, on a GPU or on "
			"Mesa's software driver. Consumers get packets with a frame interface that gives textures and planes.",
	.private_size = sizeof(GlpushCtx),
	.flags = GF_FS_REG_EXPLICIT_ONLY | GF_FS_REG_MAIN_THREAD,
	SETCAPS(glpush_caps),
	.configure_pid = glpush_configure_pid,
	.initialize = glpush_initialize,
	.finalize = glpush_finalize,
	.process = glpush_process,
	.hint_class_type = GF_FS_CLASS_AV,
};
