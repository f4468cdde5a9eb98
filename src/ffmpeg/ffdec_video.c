// SPDX-License-Identifier: MIT
// Decoded pictures: the properties of the output, and packets.
#include <string.h>
#include <libswscale/swscale.h>
#include "ffmpeg/ffdec.h"

// FFmpeg numbers colours as ISO/IEC 23091-2 does; 2 is unspecified, 0 reserved.
static void set_colour(GF_FilterPid *pid, u32 property, int value)
{
	if (value > 0 && value != 2)
		gf_filter_pid_set_property(pid, property, PROP_UINT((u32)value));
}

static void describe_colour(Ffdec *ctx, const AVFrame *frame, Bool full_range)
{
	GF_FilterPid *pid = ctx->opid;
	set_colour(pid, GF_PROP_PID_COLR_PRIMARIES, frame->color_primaries);
	set_colour(pid, GF_PROP_PID_COLR_TRANSFER, frame->color_trc);
	if (frame->colorspace != AVCOL_SPC_RGB)
		set_colour(pid, GF_PROP_PID_COLR_MX, frame->colorspace);
	if (gf_pixel_fmt_is_yuv(ctx->picture.label))
		gf_filter_pid_set_property(pid, GF_PROP_PID_COLR_RANGE, full_range ? PROP_BOOL(GF_TRUE) : NULL);
	int colour[] = {frame->color_primaries, frame->color_trc, frame->colorspace, frame->color_range};
	memcpy(ctx->colour, colour, sizeof(colour));
}

static const void *side_data(const AVFrame *frame, enum AVFrameSideDataType type)
{
	const AVFrameSideData *found = av_frame_get_side_data(frame, type);
	return found ? found->data : NULL;
}

static Bool same_picture(const Ffdec *ctx, const AVFrame *frame, GF_PixelFormat label)
{
	int colour[] = {frame->color_primaries, frame->color_trc, frame->colorspace, frame->color_range};
	return ctx->picture.label == label && ctx->picture.width == (u32)frame->width &&
		   ctx->picture.height == (u32)frame->height && !memcmp(colour, ctx->colour, sizeof(colour)) &&
		   ctx->sar.num == frame->sample_aspect_ratio.num && ctx->sar.den == frame->sample_aspect_ratio.den;
}

static GF_Err describe_output(Ffdec *ctx, const AVFrame *frame, GF_PixelFormat label, Bool full_range)
{
	GF_FilterPid *pid = ctx->opid;
	GF_Err e = ff_picture_init(&ctx->picture, label, (u32)frame->width, (u32)frame->height, 0, 0);
	if (e)
		return e;
	gf_filter_pid_set_property(pid, GF_PROP_PID_PIXFMT, PROP_UINT(label));
	ff_set_uint(pid, GF_PROP_PID_WIDTH, ctx->picture.width);
	ff_set_uint(pid, GF_PROP_PID_HEIGHT, ctx->picture.height);
	ff_set_uint(pid, GF_PROP_PID_STRIDE, ctx->picture.stride);
	ff_set_uint(pid, GF_PROP_PID_STRIDE_UV, ctx->picture.stride_uv);
	ctx->sar = frame->sample_aspect_ratio;
	if (ctx->sar.num > 0 && ctx->sar.den > 0)
		gf_filter_pid_set_property(
			pid, GF_PROP_PID_SAR, PROP_FRAC_INT(ctx->sar.num, (u32)ctx->sar.den));
	describe_colour(ctx, frame, full_range);
	ff_set_light(pid, side_data(frame, AV_FRAME_DATA_CONTENT_LIGHT_LEVEL),
		side_data(frame, AV_FRAME_DATA_MASTERING_DISPLAY_METADATA));
	return GF_OK;
}

// Formats without label become the one that loses least.
static GF_Err convert(Ffdec *ctx, AVFrame **frame)
{
	AVFrame *from = *frame;
	enum AVPixelFormat to = ff_nearest_labelled(from->format);
	ctx->scaler = sws_getCachedContext(ctx->scaler, from->width, from->height, from->format, from->width,
		from->height, to, SWS_BICUBIC | SWS_ACCURATE_RND, NULL, NULL, NULL);
	if (!ctx->scaler || (!ctx->converted && !(ctx->converted = av_frame_alloc())))
		return GF_NOT_SUPPORTED;
	av_frame_unref(ctx->converted);
	int range = from->color_range == AVCOL_RANGE_JPEG;
	const int *matrix = sws_getCoefficients(from->colorspace);
	sws_setColorspaceDetails(ctx->scaler, matrix, range, matrix, range, 0, 1 << 16, 1 << 16);
	int e = sws_scale_frame(ctx->scaler, ctx->converted, from);
	if (e >= 0)
		e = av_frame_copy_props(ctx->converted, from);
	*frame = ctx->converted;
	return e < 0 ? GF_NOT_SUPPORTED : GF_OK;
}

// ---- Frames that stay in the memory of the decoder

typedef struct {
	GF_FilterFrameInterface interface;
	AVFrame *frame;
} HeldFrame;

static GF_Err get_plane(GF_FilterFrameInterface *interface, u32 index, const u8 **plane, u32 *stride)
{
	const AVFrame *frame = ((HeldFrame *)interface)->frame;
	if (index >= 4 || !frame->data[index] || frame->linesize[index] < 0)
		return GF_BAD_PARAM;
	*plane = frame->data[index];
	*stride = (u32)frame->linesize[index];
	return GF_OK;
}

static void release_frame(GF_Filter *filter, GF_FilterPid *pid, GF_FilterPacket *packet)
{
	HeldFrame *held = (HeldFrame *)gf_filter_pck_get_frame_interface(packet);
	(void)filter;
	(void)pid;
	av_frame_free(&held->frame);
	gf_free(held);
}

// True when all that get the PID read planes where they are, or pass them on.
static Bool takes_frames(GF_FilterPid *pid, u32 depth)
{
	GF_Filter *filter;
	u32 i = 0;
	for (; (filter = gf_filter_pid_enum_destinations(pid, i)); i++) {
		const GF_FilterRegister *reg = gf_filter_get_register(filter);
		if (reg->flags & GF_FS_REG_FRAME_IFCE)
			continue;
		if (depth > 3 || !(reg->flags & GF_FS_REG_PASSES_PACKETS) || !gf_filter_get_opid_count(filter))
			return GF_FALSE;
		for (u32 k = 0; k < gf_filter_get_opid_count(filter); k++)
			if (!takes_frames(gf_filter_get_opid(filter, k), depth + 1))
				return GF_FALSE;
	}
	return i > 0;
}

// A packet of the frame, which it takes over; NULL when memory is short.
static GF_FilterPacket *hold_frame(Ffdec *ctx, AVFrame *frame)
{
	HeldFrame *held = gf_calloc(1, sizeof(HeldFrame));
	AVFrame *copy = av_frame_clone(frame);
	GF_FilterPacket *packet = NULL;
	if (held && copy) {
		held->interface.get_plane = get_plane;
		held->interface.flags = GF_FRAME_IFCE_INDEPENDENT;
		held->frame = copy;
		packet = gf_filter_pck_new_frame_interface(ctx->opid, &held->interface, release_frame);
	}
	if (!packet) {
		av_frame_free(&copy);
		gf_free(held);
	}
	return packet;
}

static GF_FilterPacket *copy_frame(Ffdec *ctx, const AVFrame *frame)
{
	u8 *data;
	GF_FilterPacket *packet = gf_filter_pck_new_alloc(ctx->opid, ctx->picture.size, &data);
	if (packet)
		ff_picture_copy(&ctx->picture, data, frame);
	return packet;
}

static void set_attributes(const Ffdec *ctx, GF_FilterPacket *packet, const FfdecSource *source)
{
	const AVFrame *frame = ctx->frame;
	s64 cts = frame->pts != AV_NOPTS_VALUE ? frame->pts : frame->best_effort_timestamp;
	if (source)
		gf_filter_pck_merge_properties(source->props, packet);
	else
		gf_filter_pck_set_sap(packet, GF_FILTER_SAP_1);
	if (cts == AV_NOPTS_VALUE && source)
		cts = (s64)source->cts;
	if (cts != AV_NOPTS_VALUE) {
		gf_filter_pck_set_dts(packet, (u64)cts);
		gf_filter_pck_set_cts(packet, (u64)cts);
	}
	gf_filter_pck_set_byte_offset(packet, GF_FILTER_NO_BO);
	gf_filter_pck_set_dependency_flags(packet, 0);
	gf_filter_pck_set_framing(packet, GF_TRUE, GF_TRUE);
	gf_filter_pck_set_interlaced(packet, !frame->interlaced_frame ? 0 : frame->top_field_first ? 1 : 2);
	if (frame->flags & AV_FRAME_FLAG_CORRUPT)
		gf_filter_pck_set_corrupted(packet, GF_TRUE);
}

GF_Err ffdec_send_video(Ffdec *ctx)
{
	AVFrame *frame = ctx->frame;
	const FfdecSource *source = ffdec_source(ctx);
	Bool full_range = frame->color_range == AVCOL_RANGE_JPEG;
	GF_PixelFormat label = ff_pixel_label(frame->format, &full_range);
	GF_Err e = GF_OK;
	if (!label) {
		e = convert(ctx, &frame);
		label = e ? 0 : ff_pixel_label(frame->format, NULL);
	}
	if (!e && !same_picture(ctx, frame, label))
		e = describe_output(ctx, frame, label, full_range);
	if (e)
		return e;
	GF_FilterPacket *packet = takes_frames(ctx->opid, 0) ? hold_frame(ctx, frame) : copy_frame(ctx, frame);
	if (!packet)
		return GF_OUT_OF_MEM;
	set_attributes(ctx, packet, source);
	e = gf_filter_pck_send(packet);
	return e < 0 ? e : GF_OK;
}
