// SPDX-License-Identifier: MIT
// What the encoder takes: formats, sizes, rates. Filters that adapt are put before it for the rest.
#include <stdlib.h>
#include "ffmpeg/ffenc.h"

static Bool takes_format(const AVCodec *encoder, GF_PixelFormat label)
{
	for (const enum AVPixelFormat *f = encoder->pix_fmts; f && *f != AV_PIX_FMT_NONE; f++)
		if (ff_pixel_label(*f, NULL) == label)
			return GF_TRUE;
	return !encoder->pix_fmts && ff_pixel_format(label) != AV_PIX_FMT_NONE;
}

// The format to ask for, 0 when the present one will do.
static GF_Err wanted_format(const Ffenc *ctx, GF_PixelFormat label, GF_PixelFormat *wanted)
{
	GF_PixelFormat asked = ctx->options->pfmt;
	*wanted = 0;
	if (asked && !takes_format(ctx->encoder, asked)) {
		GF_LOG(GF_LOG_ERROR, GF_LOG_CODEC,
			("[ffenc] pfmt: %s does not take %s\n", ctx->encoder->name, gf_pixel_fmt_name(asked)));
		return GF_BAD_PARAM;
	}
	if (asked) {
		*wanted = asked == label ? 0 : asked;
		return GF_OK;
	}
	// The order of the chroma planes is ours to change.
	if (takes_format(ctx->encoder, label) || (label == GF_PIXEL_YVU && takes_format(ctx->encoder, GF_PIXEL_YUV)))
		return GF_OK;
	for (const enum AVPixelFormat *f = ctx->encoder->pix_fmts; f && !*wanted && *f != AV_PIX_FMT_NONE; f++)
		*wanted = ff_pixel_label(*f, NULL);
	return *wanted ? GF_OK : GF_NOT_SUPPORTED;
}

static u32 rounded(u32 size, s32 step, u32 sampling)
{
	u32 to = abs(step) == 1 ? sampling : (u32)abs(step);
	u32 rest = to ? size % to : 0;
	if (!rest || (step < 0 && size <= to))
		return size;
	return step > 0 ? size + to - rest : size - rest;
}

static void ask_uint(Ffenc *ctx, u32 property, u32 value)
{
	gf_filter_pid_negotiate_property(ctx->ipid, property, PROP_UINT(value));
	ctx->waiting = GF_TRUE;
}

static GF_Err check_picture(Ffenc *ctx)
{
	FfPicture picture;
	u32 chroma_w, chroma_h;
	GF_PixelFormat label = ff_uint(ctx->ipid, GF_PROP_PID_PIXFMT), wanted;
	u32 width = ff_uint(ctx->ipid, GF_PROP_PID_WIDTH), height = ff_uint(ctx->ipid, GF_PROP_PID_HEIGHT);
	if (!label || !width || !height) {
		ctx->waiting = GF_TRUE;
		return GF_OK;
	}
	GF_Err e = wanted_format(ctx, label, &wanted);
	if (e)
		return e;
	gf_pixel_get_downsampling(wanted ? wanted : label, &chroma_w, &chroma_h);
	u32 new_width = rounded(width, ctx->options->round, chroma_w);
	u32 new_height = rounded(height, ctx->options->round, chroma_h);
	if (wanted)
		ask_uint(ctx, GF_PROP_PID_PIXFMT, wanted);
	if (new_width != width)
		ask_uint(ctx, GF_PROP_PID_WIDTH, new_width);
	if (new_height != height)
		ask_uint(ctx, GF_PROP_PID_HEIGHT, new_height);
	if (ctx->waiting)
		return GF_OK;
	e = ff_picture_of_pid(&picture, ctx->ipid);
	const GF_PropertyValue *range = gf_filter_pid_get_property(ctx->ipid, GF_PROP_PID_COLR_RANGE);
	Bool full = range && range->value.boolean;
	if (!ctx->codec || picture.label != ctx->picture.label || picture.width != ctx->picture.width ||
		picture.height != ctx->picture.height || full != ctx->full_range)
		ctx->reopen = GF_TRUE;
	ctx->picture = picture;
	ctx->full_range = full;
	return e;
}

static Bool takes_samples(const AVCodec *encoder, GF_AudioFormat label)
{
	enum AVSampleFormat native = ff_samples_native(label);
	for (const enum AVSampleFormat *f = encoder->sample_fmts; f && *f != AV_SAMPLE_FMT_NONE; f++)
		if (*f == native)
			return GF_TRUE;
	return !encoder->sample_fmts && native != AV_SAMPLE_FMT_NONE;
}

// The lowest rate that keeps all, else the highest one.
static u32 nearest_rate(const AVCodec *encoder, u32 rate)
{
	u32 above = 0, highest = 0;
	for (const int *r = encoder->supported_samplerates; r && *r; r++) {
		if ((u32)*r >= rate && (!above || (u32)*r < above))
			above = (u32)*r;
		if ((u32)*r > highest)
			highest = (u32)*r;
	}
	return above ? above : highest ? highest : rate;
}

// A layout that the encoder takes: the present one, one of as many channels, else the largest.
static const AVChannelLayout *nearest_layout(const AVCodec *encoder, u64 layout, u32 nb_channels)
{
	const AVChannelLayout *same_number = NULL, *largest = NULL;
	for (const AVChannelLayout *l = encoder->ch_layouts; l && l->nb_channels; l++) {
		if (layout && l->order == AV_CHANNEL_ORDER_NATIVE && l->u.mask == layout)
			return l;
		if (!same_number && (u32)l->nb_channels == nb_channels)
			same_number = l;
		if ((u32)l->nb_channels < nb_channels && (!largest || l->nb_channels > largest->nb_channels))
			largest = l;
	}
	return same_number ? same_number : largest;
}

static void check_channels(Ffenc *ctx)
{
	u64 layout = ff_layout_from_mask(ctx->mask, ctx->nb_channels);
	const AVChannelLayout *near = nearest_layout(ctx->encoder, layout, ctx->nb_channels);
	if (!ctx->encoder->ch_layouts || !near || (near->order == AV_CHANNEL_ORDER_NATIVE && near->u.mask == layout))
		return;
	if (!layout && (u32)near->nb_channels == ctx->nb_channels) {
		ctx->mask = ff_layout_to_mask(near);
		return;
	}
	if ((u32)near->nb_channels != ctx->nb_channels)
		ask_uint(ctx, GF_PROP_PID_NUM_CHANNELS, (u32)near->nb_channels);
	gf_filter_pid_negotiate_property(
		ctx->ipid, GF_PROP_PID_CHANNEL_LAYOUT, PROP_LONGUINT(ff_layout_to_mask(near)));
	ctx->waiting = GF_TRUE;
}

// An encoder of sound that runs keeps its format, since few containers know of another one in mid-stream: what the input
// has is converted.
static void keep_samples(Ffenc *ctx, GF_AudioFormat label, u32 rate, u32 nb_channels)
{
	if (label != ctx->label)
		ask_uint(ctx, GF_PROP_PID_AUDIO_FORMAT, ctx->label);
	if (rate != ctx->rate)
		ask_uint(ctx, GF_PROP_PID_SAMPLE_RATE, ctx->rate);
	if (nb_channels == ctx->nb_channels)
		return;
	ask_uint(ctx, GF_PROP_PID_NUM_CHANNELS, ctx->nb_channels);
	if (ctx->mask)
		gf_filter_pid_negotiate_property(ctx->ipid, GF_PROP_PID_CHANNEL_LAYOUT, PROP_LONGUINT(ctx->mask));
}

static GF_Err check_samples(Ffenc *ctx)
{
	GF_FilterPid *pid = ctx->ipid;
	GF_AudioFormat label = ff_uint(pid, GF_PROP_PID_AUDIO_FORMAT), wanted = 0;
	u32 rate = ff_uint(pid, GF_PROP_PID_SAMPLE_RATE), nb_channels = ff_uint(pid, GF_PROP_PID_NUM_CHANNELS);
	const GF_PropertyValue *p = gf_filter_pid_get_property(pid, GF_PROP_PID_CHANNEL_LAYOUT);
	u64 mask = p ? p->value.longuint : 0;
	if (!label || !rate || !nb_channels) {
		ctx->waiting = GF_TRUE;
		return GF_OK;
	}
	if (ctx->codec && !ctx->reopen) {
		keep_samples(ctx, label, rate, nb_channels);
		return GF_OK;
	}
	Bool changed = label != ctx->label || rate != ctx->rate || nb_channels != ctx->nb_channels || mask != ctx->mask;
	ctx->label = label;
	ctx->rate = rate;
	ctx->nb_channels = nb_channels;
	ctx->mask = mask;
	if (!takes_samples(ctx->encoder, label)) {
		for (const enum AVSampleFormat *f = ctx->encoder->sample_fmts; f && !wanted && *f != AV_SAMPLE_FMT_NONE; f++)
			wanted = ff_sample_label(*f);
		if (!wanted)
			return GF_NOT_SUPPORTED;
		ask_uint(ctx, GF_PROP_PID_AUDIO_FORMAT, wanted);
	}
	u32 near = nearest_rate(ctx->encoder, rate);
	if (near != rate)
		ask_uint(ctx, GF_PROP_PID_SAMPLE_RATE, near);
	check_channels(ctx);
	if (!ctx->codec || changed)
		ctx->reopen = GF_TRUE;
	return GF_OK;
}

GF_Err ffenc_check_input(Ffenc *ctx)
{
	const GF_PropertyValue *delay = gf_filter_pid_get_property(ctx->ipid, GF_PROP_PID_DELAY);
	u32 timescale = gf_filter_pid_get_timescale(ctx->ipid);
	ctx->waiting = GF_FALSE;
	ctx->timescale = timescale ? timescale : 1000;
	ctx->delay = delay ? delay->value.longsint : 0;
	return ctx->encoder->type == AVMEDIA_TYPE_VIDEO ? check_picture(ctx) : check_samples(ctx);
}
