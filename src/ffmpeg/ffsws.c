// SPDX-License-Identifier: MIT
// Video scaler: size and pixel format by libswscale (media filters chapter 4.23).
#include <float.h>
#include <math.h>
#include <string.h>
#include <libavutil/imgutils.h>
#include <libavutil/opt.h>
#include <libavutil/parseutils.h>
#include <libswscale/swscale.h>
#include "ffmpeg/picture.h"
#include "filters/relay.h"

typedef struct {
	const FfswsOptions *options;
	Relay io;
	u32 wanted_width, wanted_height; // what a consumer asked for; 0 where it did not
	GF_PixelFormat wanted_label;
	FfPicture in, out;
	FfPicture inner;      // the picture inside the borders
	u32 inner_x, inner_y; // its place
	GF_Fraction sar;      // of the output
	int matrix;           // of the input, number of ISO/IEC 23091-2
	Bool full_range;
	Bool pass, pending;
	struct SwsContext *sws;
	AVFrame *source, *scaled;
	u8 *background; // a picture of the colour of the borders, NULL without borders
} Ffsws;

// ---- Size of the output

static u32 scaled(u32 value, Double factor)
{
	Double result = floor(value * factor + 0.5);
	return result < 1 ? 1 : result > 65536 ? 65536 : (u32)result;
}

static GF_Fraction input_sar(const Ffsws *ctx)
{
	const GF_PropertyValue *p = gf_filter_pid_get_property(ctx->io.ipid, GF_PROP_PID_SAR);
	GF_Fraction one = {1, 1};
	return p && p->value.frac.num > 0 && p->value.frac.den ? p->value.frac : one;
}

// The pictures that the output holds without borders have this ratio of width to height.
static Double picture_ratio(const Ffsws *ctx)
{
	GF_Fraction sar = input_sar(ctx);
	Double ratio = (Double)ctx->in.width / ctx->in.height;
	return ctx->options->keepar == KEEPAR_FULL ? ratio * sar.num / sar.den : ratio;
}

static void choose_size(const Ffsws *ctx, u32 *width, u32 *height)
{
	const FfswsOptions *o = ctx->options;
	*width = ctx->wanted_width ? ctx->wanted_width : o->osize.x > 0 ? (u32)o->osize.x : 0;
	*height = ctx->wanted_height ? ctx->wanted_height : o->osize.y > 0 ? (u32)o->osize.y : 0;
	Bool asked = ctx->wanted_width || ctx->wanted_height;
	if (!*width && !*height) {
		*width = ctx->in.width;
		*height = ctx->in.height;
	} else if (!*width) {
		*width = asked ? ctx->in.width : scaled(*height, picture_ratio(ctx));
	} else if (!*height) {
		*height = asked ? ctx->in.height : scaled(*width, 1 / picture_ratio(ctx));
	}
	if (o->osar.num > 0 && o->osar.den && !asked)
		*width = scaled(*width, (Double)o->osar.den / o->osar.num);
}

// Where the picture goes in the output.
static GF_Err place_picture(Ffsws *ctx)
{
	const FfswsOptions *o = ctx->options;
	u32 width = ctx->out.width, height = ctx->out.height, chroma_w, chroma_h;
	if (o->keepar != KEEPAR_OFF) {
		Double ratio = picture_ratio(ctx);
		if (o->osar.num > 0 && o->osar.den)
			ratio *= (Double)o->osar.den / o->osar.num;
		if (ratio * height > width)
			height = scaled(width, 1 / ratio);
		else
			width = scaled(height, ratio);
		width = width > ctx->out.width ? ctx->out.width : width;
		height = height > ctx->out.height ? ctx->out.height : height;
	}
	gf_pixel_get_downsampling(ctx->out.label, &chroma_w, &chroma_h);
	ctx->inner_x = (ctx->out.width - width) / 2 / chroma_w * chroma_w;
	ctx->inner_y = (ctx->out.height - height) / 2 / chroma_h * chroma_h;
	ctx->sar = o->osar.num > 0 && o->osar.den		? o->osar
			   : o->keepar == KEEPAR_FULL			? (GF_Fraction){1, 1}
													: input_sar(ctx);
	return ff_picture_init(&ctx->inner, ctx->out.label, width, height, 0, 0);
}

// ---- Conversion

static const int algorithms[] = {
	[SCALE_FASTBILINEAR] = SWS_FAST_BILINEAR,
	[SCALE_BILINEAR] = SWS_BILINEAR,
	[SCALE_BICUBIC] = SWS_BICUBIC,
	[SCALE_X] = SWS_X,
	[SCALE_POINT] = SWS_POINT,
	[SCALE_AREA] = SWS_AREA,
	[SCALE_BICUBLIN] = SWS_BICUBLIN,
	[SCALE_GAUSS] = SWS_GAUSS,
	[SCALE_SINC] = SWS_SINC,
	[SCALE_LANCZOS] = SWS_LANCZOS,
	[SCALE_SPLINE] = SWS_SPLINE,
};

static const int *coefficients(const GF_PropIntList *list, int matrix)
{
	return list->nb_items == 4 ? list->vals : sws_getCoefficients(matrix);
}

// Not all formats have colour details; there the call fails and changes nothing.
static void set_colours(const Ffsws *ctx, int full_in, int full_out)
{
	const FfswsOptions *o = ctx->options;
	sws_setColorspaceDetails(ctx->sws, coefficients(&o->itable, ctx->matrix), full_in, coefficients(&o->otable, ctx->matrix),
		full_out, o->brightness, o->contrast ? (int)o->contrast : 1 << 16, o->saturation ? (int)o->saturation : 1 << 16);
}

static GF_Err open_sws(Ffsws *ctx)
{
	const FfswsOptions *o = ctx->options;
	sws_freeContext(ctx->sws);
	ctx->sws = sws_alloc_context();
	if (!ctx->sws)
		return GF_OUT_OF_MEM;
	av_opt_set_int(ctx->sws, "srcw", ctx->in.width, 0);
	av_opt_set_int(ctx->sws, "srch", ctx->in.height, 0);
	av_opt_set_int(ctx->sws, "src_format", ctx->in.format, 0);
	av_opt_set_int(ctx->sws, "dstw", ctx->inner.width, 0);
	av_opt_set_int(ctx->sws, "dsth", ctx->inner.height, 0);
	av_opt_set_int(ctx->sws, "dst_format", ctx->inner.format, 0);
	av_opt_set_int(ctx->sws, "sws_flags", algorithms[o->scale], 0);
	av_opt_set_int(ctx->sws, "threads", 0, 0);
	if (o->p1 < DBL_MAX)
		av_opt_set_double(ctx->sws, "param0", o->p1, 0);
	if (o->p2 < DBL_MAX)
		av_opt_set_double(ctx->sws, "param1", o->p2, 0);
	set_colours(ctx, ctx->full_range, o->ofr || (ctx->full_range && gf_pixel_fmt_is_yuv(ctx->out.label)));
	int e = sws_init_context(ctx->sws, NULL, NULL);
	// The contexts of its threads have the options only. Some formats have a range of their own by now.
	int *table, full_in, full_out, unused;
	if (e >= 0 && sws_getColorspaceDetails(ctx->sws, &table, &full_in, &table, &full_out, &unused, &unused, &unused) >= 0)
		set_colours(ctx, full_in, full_out);
	ff_log_flush();
	if (e >= 0)
		return GF_OK;
	GF_LOG(GF_LOG_ERROR, GF_LOG_MEDIA,
		("[ffsws] no conversion from %ux%u %s to %ux%u %s\n", ctx->in.width, ctx->in.height,
			gf_pixel_fmt_name(ctx->in.label), ctx->out.width, ctx->out.height, gf_pixel_fmt_name(ctx->out.label)));
	return GF_NOT_SUPPORTED;
}

// A picture of the colour of the borders, made by converting one of RGBA.
static GF_Err make_background(Ffsws *ctx)
{
	u8 rgba[4] = {0, 0, 0, 255};
	gf_free(ctx->background);
	ctx->background = NULL;
	if (ctx->inner.width == ctx->out.width && ctx->inner.height == ctx->out.height)
		return GF_OK;
	if (ctx->options->padclr && av_parse_color(rgba, ctx->options->padclr, -1, NULL) < 0) {
		GF_LOG(GF_LOG_ERROR, GF_LOG_MEDIA, ("[ffsws] padclr: `%s` is no colour\n", ctx->options->padclr));
		return GF_BAD_PARAM;
	}
	ctx->background = gf_malloc(ctx->out.size);
	AVFrame *plain = av_frame_alloc(), *frame = av_frame_alloc();
	struct SwsContext *sws = sws_getContext((int)ctx->out.width, (int)ctx->out.height, AV_PIX_FMT_RGBA,
		(int)ctx->out.width, (int)ctx->out.height, ctx->out.format, SWS_POINT, NULL, NULL, NULL);
	GF_Err e = GF_OUT_OF_MEM;
	if (ctx->background && plain && frame && sws) {
		plain->format = AV_PIX_FMT_RGBA;
		plain->width = (int)ctx->out.width;
		plain->height = (int)ctx->out.height;
		e = av_frame_get_buffer(plain, 0) < 0 ? GF_OUT_OF_MEM : GF_OK;
	}
	for (int y = 0; !e && y < plain->height; y++)
		for (int x = 0; x < plain->width; x++)
			memcpy(plain->data[0] + y * plain->linesize[0] + 4 * x, rgba, 4);
	if (!e && sws_scale_frame(sws, frame, plain) < 0)
		e = GF_NOT_SUPPORTED;
	if (!e)
		ff_picture_copy(&ctx->out, ctx->background, frame);
	sws_freeContext(sws);
	av_frame_free(&plain);
	av_frame_free(&frame);
	return e;
}

// ---- Packets

// libswscale works on whole vectors: lines that are no multiple of them go through a frame of its own, which
// has room behind each line.
static Bool has_whole_vectors(const int strides[4])
{
	return strides[0] % 32 == 0 && strides[1] % 32 == 0 && strides[2] % 32 == 0 && strides[3] % 32 == 0;
}

static GF_Err align(AVFrame *frame)
{
	AVFrame *copy = av_frame_alloc();
	if (!copy)
		return GF_OUT_OF_MEM;
	copy->format = frame->format;
	copy->width = frame->width;
	copy->height = frame->height;
	int e = av_frame_get_buffer(copy, 0);
	if (e >= 0)
		e = av_frame_copy(copy, frame);
	if (e >= 0) {
		av_frame_unref(frame);
		av_frame_move_ref(frame, copy);
	}
	av_frame_free(&copy);
	return e < 0 ? GF_OUT_OF_MEM : GF_OK;
}

// Copies the scaled picture to its place among the borders.
static void copy_inner(const Ffsws *ctx, u8 *data)
{
	u8 *planes[4];
	int strides[4], offsets[4];
	u32 chroma_w, chroma_h, nb_chroma = ctx->out.nb_planes > 2 ? 2 : ctx->out.nb_planes - 1;
	if (ctx->background)
		memcpy(data, ctx->background, ctx->out.size);
	gf_pixel_get_downsampling(ctx->out.label, &chroma_w, &chroma_h);
	ff_picture_planes(&ctx->out, data, planes, strides);
	av_image_fill_linesizes(offsets, ctx->out.format, (int)ctx->inner_x);
	for (u32 i = 0; i < ctx->out.nb_planes; i++) {
		u32 y = i > 0 && i <= nb_chroma ? ctx->inner_y / chroma_h : ctx->inner_y;
		planes[i] += (size_t)y * (size_t)strides[i] + (size_t)offsets[i];
	}
	av_image_copy(planes, strides, (const u8 **)ctx->scaled->data, ctx->scaled->linesize, ctx->out.format,
		(int)ctx->inner.width, (int)ctx->inner.height);
}

static void keep_memory(void *opaque, u8 *data)
{
	(void)opaque;
	(void)data;
}

// Scales into the memory of the packet when nothing lies between, else by a frame.
static GF_Err scale(Ffsws *ctx, u8 *data)
{
	AVFrame *to = ctx->scaled;
	const int strides[4] = {(int)ctx->out.stride, (int)ctx->out.stride_uv};
	Bool direct = !ctx->background && has_whole_vectors(strides) && ctx->out.label != GF_PIXEL_YVU;
	to->format = ctx->inner.format;
	to->width = (int)ctx->inner.width;
	to->height = (int)ctx->inner.height;
	if (direct) {
		ff_picture_planes(&ctx->out, data, to->data, to->linesize);
		to->buf[0] = av_buffer_create(data, ctx->out.size, keep_memory, NULL, 0);
	}
	int e = direct && !to->buf[0] ? AVERROR(ENOMEM) : sws_scale_frame(ctx->sws, to, ctx->source);
	if (e >= 0 && !direct)
		copy_inner(ctx, data);
	av_frame_unref(to);
	ff_log_flush();
	return e < 0 ? GF_SERVICE_ERROR : GF_OK;
}

static GF_Err use_packet(void *udta, GF_FilterPacket *packet)
{
	Ffsws *ctx = udta;
	u8 *data;
	if (ctx->pass)
		return gf_filter_pck_forward(packet, ctx->io.opid);
	GF_Err e = ff_picture_frame(&ctx->in, packet, ctx->source);
	if (!e && !has_whole_vectors(ctx->source->linesize))
		e = align(ctx->source);
	GF_FilterPacket *out = e ? NULL : gf_filter_pck_new_alloc(ctx->io.opid, ctx->out.size, &data);
	if (!e && !out)
		e = GF_OUT_OF_MEM;
	if (!e)
		e = scale(ctx, data);
	av_frame_unref(ctx->source);
	if (e) {
		GF_LOG(GF_LOG_ERROR, GF_LOG_MEDIA,
			("[ffsws] picture of %ux%u cannot be converted: %s\n", ctx->in.width, ctx->in.height,
				gf_error_to_string(e)));
		if (out)
			gf_filter_pck_discard(out);
		return e;
	}
	gf_filter_pck_merge_properties(packet, out);
	gf_filter_pck_set_byte_offset(out, GF_FILTER_NO_BO);
	return gf_filter_pck_send(out);
}

// ---- Callbacks

static void describe_output(const Ffsws *ctx)
{
	static const u32 gone[] = {GF_PROP_PID_CLAP_W, GF_PROP_PID_CLAP_H, GF_PROP_PID_CLAP_X, GF_PROP_PID_CLAP_Y};
	GF_FilterPid *pid = ctx->io.opid;
	gf_filter_pid_copy_properties(pid, ctx->io.ipid);
	if (ctx->pass)
		return;
	for (u32 i = 0; i < sizeof(gone) / sizeof(gone[0]); i++)
		gf_filter_pid_set_property(pid, gone[i], NULL);
	gf_filter_pid_set_property(pid, GF_PROP_PID_PIXFMT, PROP_UINT(ctx->out.label));
	ff_set_uint(pid, GF_PROP_PID_WIDTH, ctx->out.width);
	ff_set_uint(pid, GF_PROP_PID_HEIGHT, ctx->out.height);
	ff_set_uint(pid, GF_PROP_PID_STRIDE, ctx->out.stride);
	ff_set_uint(pid, GF_PROP_PID_STRIDE_UV, ctx->out.stride_uv);
	gf_filter_pid_set_property(pid, GF_PROP_PID_SAR, PROP_FRAC(ctx->sar));
	Bool full = ctx->options->ofr || ctx->full_range;
	Bool yuv = gf_pixel_fmt_is_yuv(ctx->out.label);
	gf_filter_pid_set_property(pid, GF_PROP_PID_COLR_RANGE, full && yuv ? PROP_BOOL(GF_TRUE) : NULL);
	if (!yuv)
		gf_filter_pid_set_property(pid, GF_PROP_PID_COLR_MX, NULL);
}

static void read_colour(Ffsws *ctx)
{
	const GF_PropertyValue *range = gf_filter_pid_get_property(ctx->io.ipid, GF_PROP_PID_COLR_RANGE);
	const GF_PropertyValue *matrix = gf_filter_pid_get_property(ctx->io.ipid, GF_PROP_PID_COLR_MX);
	ctx->full_range = range && range->value.boolean;
	ctx->matrix = matrix && matrix->value.uint ? (int)matrix->value.uint : SWS_CS_DEFAULT;
}

static GF_Err unknown_format(GF_PixelFormat label)
{
	GF_LOG(GF_LOG_ERROR, GF_LOG_MEDIA,
		("[ffsws] libswscale has no pixel format for %s\n", gf_pixel_fmt_name(label)));
	return GF_NOT_SUPPORTED;
}

static GF_Err set_up(Ffsws *ctx)
{
	u32 width, height;
	GF_PixelFormat label = ctx->wanted_label ? ctx->wanted_label : ctx->options->ofmt;
	GF_Err e = ff_picture_of_pid(&ctx->in, ctx->io.ipid);
	ctx->pending = e == GF_NOT_READY;
	if (ctx->pending) {
		ctx->pass = GF_TRUE;
		describe_output(ctx);
		return GF_OK;
	}
	if (e)
		return unknown_format(ctx->in.label);
	choose_size(ctx, &width, &height);
	e = ff_picture_init(&ctx->out, label ? label : ctx->in.label, width, height, 0, 0);
	if (e)
		return unknown_format(ctx->out.label);
	read_colour(ctx);
	e = place_picture(ctx);
	const FfswsOptions *o = ctx->options;
	Bool colour = (o->ofr && !ctx->full_range) || o->brightness || o->contrast || o->saturation || o->otable.nb_items ||
				  o->itable.nb_items;
	ctx->pass = ctx->in.label == ctx->out.label && ctx->in.width == width && ctx->in.height == height && !colour &&
				ctx->inner.width == width && ctx->inner.height == height;
	if (!e && !ctx->pass)
		e = open_sws(ctx);
	if (!e && !ctx->pass)
		e = make_background(ctx);
	if (!e)
		describe_output(ctx);
	return e;
}

static GF_Err ffsws_configure_pid(GF_Filter *filter, GF_FilterPid *pid, Bool is_remove)
{
	Ffsws *ctx = ff_state(filter);
	GF_Err e = relay_configure(&ctx->io, filter, pid, is_remove);
	return e || is_remove ? e : set_up(ctx);
}

static GF_Err ffsws_reconfigure_output(GF_Filter *filter, GF_FilterPid *pid)
{
	Ffsws *ctx = ff_state(filter);
	const GF_PropertyValue *p;
	if ((p = gf_filter_pid_caps_query(pid, GF_PROP_PID_WIDTH)))
		ctx->wanted_width = p->value.uint;
	if ((p = gf_filter_pid_caps_query(pid, GF_PROP_PID_HEIGHT)))
		ctx->wanted_height = p->value.uint;
	if ((p = gf_filter_pid_caps_query(pid, GF_PROP_PID_PIXFMT)))
		ctx->wanted_label = p->value.uint;
	return set_up(ctx);
}

static GF_Err ffsws_process(GF_Filter *filter)
{
	static const RelayCalls calls = {use_packet, NULL};
	Ffsws *ctx = ff_state(filter);
	return relay_process(&ctx->io, &calls, ctx);
}

static GF_Err ffsws_initialize(GF_Filter *filter)
{
	Ffsws *ctx = ff_state(filter);
	ctx->options = gf_filter_get_udta(filter);
	ctx->source = av_frame_alloc();
	ctx->scaled = av_frame_alloc();
	for (u32 i = 0; i < 2; i++) {
		u32 nb = i ? ctx->options->itable.nb_items : ctx->options->otable.nb_items;
		if (nb && nb != 4) {
			GF_LOG(GF_LOG_ERROR, GF_LOG_MEDIA,
				("[ffsws] %s: four coefficients are needed, %u are given\n", i ? "itable" : "otable", nb));
			return GF_BAD_PARAM;
		}
	}
	return ctx->source && ctx->scaled ? GF_OK : GF_OUT_OF_MEM;
}

static void ffsws_finalize(GF_Filter *filter)
{
	Ffsws *ctx = ff_state(filter);
	sws_freeContext(ctx->sws);
	av_frame_free(&ctx->source);
	av_frame_free(&ctx->scaled);
	gf_free(ctx->background);
}

const FfCallbacks ffsws_callbacks = {
	.name = "ffsws",
	.state_size = sizeof(Ffsws),
	.initialize = ffsws_initialize,
	.finalize = ffsws_finalize,
	.configure_pid = ffsws_configure_pid,
	.process = ffsws_process,
	.reconfigure_output = ffsws_reconfigure_output,
};
