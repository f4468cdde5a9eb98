// SPDX-License-Identifier: MIT
// Pictures on their way into the encoder.
#include <string.h>
#include <libswscale/swscale.h>
#include "base/array.h"
#include "ffmpeg/ffenc.h"

// ---- What is in the encoder

void ffenc_forget_sources(Ffenc *ctx)
{
	for (u32 i = 0; i < ctx->nb_sources; i++)
		gf_filter_pck_unref(ctx->sources[i].props);
	ctx->nb_sources = 0;
}

static GF_Err add_source(Ffenc *ctx, GF_FilterPacket *packet, s64 pts, s64 time)
{
	if (array_reserve(&ctx->sources, &ctx->nb_sources_alloc, ctx->nb_sources, 1, sizeof(*ctx->sources)))
		return GF_OUT_OF_MEM;
	FfencSource source = {.pts = pts, .time = time, .props = packet};
	GF_Err e = gf_filter_pck_ref_props(&source.props);
	if (!e)
		ctx->sources[ctx->nb_sources++] = source;
	return e;
}

FfencSource ffenc_take_source(Ffenc *ctx)
{
	for (u32 i = 0; i < ctx->nb_sources; i++) {
		FfencSource source = ctx->sources[i];
		if (source.pts != ctx->packet->pts)
			continue;
		ctx->nb_sources--;
		memmove(ctx->sources + i, ctx->sources + i + 1, (ctx->nb_sources - i) * sizeof(source));
		return source;
	}
	return (FfencSource){0};
}

// ---- Forced random access points

static Bool packet_starts_segment(GF_FilterPacket *packet)
{
	const GF_PropertyValue *cue = gf_filter_pck_get_property(packet, GF_PROP_PCK_CUE_START);
	return (cue && cue->value.boolean) || gf_filter_pck_get_property(packet, GF_PROP_PCK_FILENUM);
}

// Number of the period of `fintra` that a time lies in, counted from the first picture; -1 without periods.
static s64 period_of(const Ffenc *ctx, s64 time)
{
	GF_Fraction period = ctx->options->fintra;
	s64 first = ctx->first_time == FFENC_NO_SHIFT ? time : ctx->first_time;
	if (period.num <= 0 || !period.den)
		return -1;
	return av_rescale_rnd(time - first, period.den, (s64)ctx->timescale * period.num, AV_ROUND_DOWN);
}

Bool ffenc_is_forced(const Ffenc *ctx, GF_FilterPacket *packet)
{
	s64 period = period_of(ctx, (s64)gf_filter_pck_get_cts(packet) + ctx->delay);
	return (period >= 0 && period >= ctx->next_intra) || packet_starts_segment(packet) || ctx->force_intra;
}

// ---- Frames

// Encoders of libavcodec itself want aligned lines, and JPEG the full range: a picture of our own.
static int own_picture(Ffenc *ctx)
{
	AVFrame *from = ctx->frame, *to = av_frame_alloc();
	Bool scales = from->format != ctx->codec->pix_fmt && ctx->codec->color_range == AVCOL_RANGE_JPEG && !ctx->full_range;
	if (!to)
		return AVERROR(ENOMEM);
	to->format = ctx->codec->pix_fmt;
	to->width = from->width;
	to->height = from->height;
	int e = av_frame_get_buffer(to, 0);
	if (e >= 0 && scales) {
		ctx->scaler = sws_getCachedContext(ctx->scaler, from->width, from->height, from->format, to->width, to->height,
			ctx->picture.format, SWS_BICUBIC, NULL, NULL, NULL);
		const int *matrix = sws_getCoefficients(SWS_CS_DEFAULT);
		e = ctx->scaler ? 0 : AVERROR(ENOMEM);
		if (e >= 0)
			sws_setColorspaceDetails(ctx->scaler, matrix, 0, matrix, 1, 0, 1 << 16, 1 << 16);
		if (e >= 0)
			e = sws_scale(ctx->scaler, (const u8 *const *)from->data, from->linesize, 0, from->height, to->data,
				to->linesize);
	} else if (e >= 0) {
		from->format = to->format;
		e = av_frame_copy(to, from);
	}
	if (e >= 0) {
		av_frame_unref(from);
		av_frame_move_ref(from, to);
	}
	av_frame_free(&to);
	return e < 0 ? e : 0;
}

static void set_attributes(Ffenc *ctx, GF_FilterPacket *packet, s64 time)
{
	AVFrame *frame = ctx->frame;
	u32 interlaced = gf_filter_pck_get_interlaced(packet);
	frame->pts = av_rescale_q(time, (AVRational){1, (int)ctx->timescale}, ctx->codec->time_base);
	// Two pictures may round to one time.
	if (ctx->last_pts != FFENC_NO_SHIFT && frame->pts <= ctx->last_pts)
		frame->pts = ctx->last_pts + 1;
	ctx->last_pts = frame->pts;
	frame->interlaced_frame = interlaced != 0;
	frame->top_field_first = interlaced == 1;
	frame->color_range = ctx->codec->color_range;
	frame->color_primaries = ctx->codec->color_primaries;
	frame->color_trc = ctx->codec->color_trc;
	frame->colorspace = ctx->codec->colorspace;
	frame->sample_aspect_ratio = ctx->codec->sample_aspect_ratio;
	Bool forced = ffenc_is_forced(ctx, packet);
	frame->pict_type = forced || ctx->options->all_intra ? AV_PICTURE_TYPE_I : AV_PICTURE_TYPE_NONE;
	if (forced)
		ctx->next_intra = period_of(ctx, time) + 1;
	ctx->force_intra = GF_FALSE;
}

int ffenc_send_picture(Ffenc *ctx, GF_FilterPacket *packet)
{
	u64 cts = gf_filter_pck_get_cts(packet);
	s64 time = (cts == GF_FILTER_NO_TS ? 0 : (s64)cts) + ctx->delay;
	if (ctx->first_time == FFENC_NO_SHIFT)
		ctx->first_time = time;
	if (ff_picture_frame(&ctx->picture, packet, ctx->frame))
		return AVERROR_INVALIDDATA;
	int e = ctx->encoder->wrapper_name && ctx->frame->format == ctx->codec->pix_fmt ? 0 : own_picture(ctx);
	if (e >= 0) {
		set_attributes(ctx, packet, time);
		e = add_source(ctx, packet, ctx->frame->pts, time) ? AVERROR(ENOMEM) : 0;
	}
	if (e >= 0)
		e = avcodec_send_frame(ctx->codec, ctx->frame);
	av_frame_unref(ctx->frame);
	return e;
}
