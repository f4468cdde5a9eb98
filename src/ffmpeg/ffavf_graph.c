// SPDX-License-Identifier: MIT
// The graph of libavfilter between the PIDs.
#include <stdio.h>
#include <string.h>
#include <libavutil/opt.h>
#include "ffmpeg/ffavf.h"

GF_Err ffavf_read_description(const char *description, u32 *nb, Bool *takes_video, Bool *takes_audio)
{
	AVFilterGraph *graph = avfilter_graph_alloc();
	AVFilterInOut *in = NULL, *out = NULL;
	char text[FF_ERROR_SIZE];
	int res = graph ? avfilter_graph_parse2(graph, description, &in, &out) : AVERROR(ENOMEM);
	ff_log_flush();
	*nb = 0;
	*takes_video = *takes_audio = GF_FALSE;
	for (AVFilterInOut *i = in; i; i = i->next) {
		++*nb;
		if (avfilter_pad_get_type(i->filter_ctx->input_pads, i->pad_idx) == AVMEDIA_TYPE_VIDEO)
			*takes_video = GF_TRUE;
		else
			*takes_audio = GF_TRUE;
	}
	avfilter_inout_free(&in);
	avfilter_inout_free(&out);
	avfilter_graph_free(&graph);
	if (res >= 0 && *nb && *nb <= FFAVF_MAX_PADS)
		return GF_OK;
	GF_LOG(GF_LOG_ERROR, GF_LOG_MEDIA,
		("[ffavf] the graph `%s` cannot be used: %s\n", description,
			res < 0 ? ff_error_text(res, text) : "it needs inputs, 32 at most"));
	return GF_BAD_PARAM;
}

GF_Err ffavf_read_input(FfavfInput *in)
{
	GF_FilterPid *pid = in->pid;
	in->video = ff_uint(pid, GF_PROP_PID_STREAM_TYPE) == GF_STREAM_VISUAL;
	if (in->video)
		return ff_picture_of_pid(&in->picture, pid);
	in->label = ff_uint(pid, GF_PROP_PID_AUDIO_FORMAT);
	in->rate = ff_uint(pid, GF_PROP_PID_SAMPLE_RATE);
	in->nb_channels = ff_uint(pid, GF_PROP_PID_NUM_CHANNELS);
	if (!in->label || !in->rate || !in->nb_channels)
		return GF_NOT_READY;
	return ff_samples_native(in->label) == AV_SAMPLE_FMT_NONE ? GF_NOT_SUPPORTED : GF_OK;
}

static u32 timescale_of(GF_FilterPid *pid)
{
	u32 timescale = gf_filter_pid_get_timescale(pid);
	return timescale ? timescale : 1000;
}

static int add_source(Ffavf *ctx, FfavfInput *in, u32 rank, AVFilterInOut *pad)
{
	char args[256], name[32], layout[64];
	snprintf(name, sizeof(name), ctx->nb_pads == 1 ? "in" : "in%u", rank);
	if (in->video) {
		const GF_PropertyValue *sar = gf_filter_pid_get_property(in->pid, GF_PROP_PID_SAR);
		const GF_PropertyValue *fps = gf_filter_pid_get_property(in->pid, GF_PROP_PID_FPS);
		GF_Fraction ratio = sar && sar->value.frac.num > 0 ? sar->value.frac : (GF_Fraction){1, 1};
		GF_Fraction rate = fps && fps->value.frac.num > 0 ? fps->value.frac : (GF_Fraction){25, 1};
		snprintf(args, sizeof(args), "video_size=%ux%u:pix_fmt=%d:time_base=1/%u:pixel_aspect=%d/%u:frame_rate=%d/%u",
			in->picture.width, in->picture.height, in->picture.format, timescale_of(in->pid), ratio.num, ratio.den,
			rate.num, rate.den);
	} else {
		const GF_PropertyValue *p = gf_filter_pid_get_property(in->pid, GF_PROP_PID_CHANNEL_LAYOUT);
		AVChannelLayout channels = {0};
		u64 mask = p ? ff_layout_from_mask(p->value.longuint, in->nb_channels) : 0;
		if (mask)
			av_channel_layout_from_mask(&channels, mask);
		else
			av_channel_layout_default(&channels, (int)in->nb_channels);
		av_channel_layout_describe(&channels, layout, sizeof(layout));
		snprintf(args, sizeof(args), "time_base=1/%u:sample_rate=%u:sample_fmt=%s:channel_layout=%s",
			timescale_of(in->pid), in->rate, av_get_sample_fmt_name(ff_samples_native(in->label)), layout);
	}
	int e = avfilter_graph_create_filter(
		&in->source, avfilter_get_by_name(in->video ? "buffer" : "abuffer"), name, args, NULL, ctx->graph);
	return e < 0 ? e : avfilter_link(in->source, 0, pad->filter_ctx, (unsigned)pad->pad_idx);
}

// The PID of a pad: the only one, or the one whose `ffid` is the name of the pad.
static FfavfInput *input_of(Ffavf *ctx, const AVFilterInOut *pad)
{
	if (ctx->nb_pads == 1)
		return &ctx->inputs[0];
	for (u32 i = 0; i < ctx->nb_inputs; i++) {
		const GF_PropertyValue *id = gf_filter_pid_get_property_str(ctx->inputs[i].pid, "ffid");
		if (id && id->value.string && pad->name && !strcmp(id->value.string, pad->name))
			return &ctx->inputs[i];
	}
	GF_LOG(GF_LOG_ERROR, GF_LOG_MEDIA,
		("[ffavf] no PID has the property ffid=%s: set it on the source with #ffid=%s\n", pad->name ? pad->name : "?",
			pad->name ? pad->name : "?"));
	return NULL;
}

// Formats that have a label, or the one that is asked for.
static int limit_video(const Ffavf *ctx, AVFilterContext *sink)
{
	enum AVPixelFormat formats[64];
	u32 nb = 0, index = 0;
	GF_PixelFormat label, wanted = ctx->options->pfmt;
	while (nb < 63 && (label = gf_pixel_fmt_enum(&index, NULL, NULL, NULL))) {
		enum AVPixelFormat format = ff_pixel_format(label);
		if (format != AV_PIX_FMT_NONE && (!wanted || wanted == label))
			formats[nb++] = format;
	}
	formats[nb] = AV_PIX_FMT_NONE;
	return nb ? av_opt_set_int_list(sink, "pix_fmts", formats, AV_PIX_FMT_NONE, AV_OPT_SEARCH_CHILDREN) : AVERROR(EINVAL);
}

static int limit_audio(const Ffavf *ctx, AVFilterContext *sink)
{
	const FfavfOptions *o = ctx->options;
	enum AVSampleFormat formats[2] = {o->afmt ? ff_sample_format(o->afmt) : AV_SAMPLE_FMT_NONE, AV_SAMPLE_FMT_NONE};
	int rates[2] = {(int)o->sr, -1}, counts[2] = {(int)o->ch, -1};
	int e = 0;
	if (o->afmt)
		e = formats[0] == AV_SAMPLE_FMT_NONE
				? AVERROR(EINVAL)
				: av_opt_set_int_list(sink, "sample_fmts", formats, AV_SAMPLE_FMT_NONE, AV_OPT_SEARCH_CHILDREN);
	if (e >= 0 && o->sr)
		e = av_opt_set_int_list(sink, "sample_rates", rates, -1, AV_OPT_SEARCH_CHILDREN);
	if (e >= 0 && o->ch)
		e = av_opt_set_int_list(sink, "channel_counts", counts, -1, AV_OPT_SEARCH_CHILDREN);
	return e;
}

static int add_sink(GF_Filter *filter, Ffavf *ctx, u32 rank, Bool single, AVFilterInOut *pad)
{
	char name[32];
	FfavfOutput *out = &ctx->outputs[rank];
	if (rank >= FFAVF_MAX_PADS)
		return AVERROR(EINVAL);
	out->video = avfilter_pad_get_type(pad->filter_ctx->output_pads, pad->pad_idx) == AVMEDIA_TYPE_VIDEO;
	out->ended = GF_FALSE;
	memset(&out->picture, 0, sizeof(out->picture));
	out->rate = 0;
	snprintf(name, sizeof(name), single ? "out" : "out%u", rank);
	int e = avfilter_graph_create_filter(
		&out->sink, avfilter_get_by_name(out->video ? "buffersink" : "abuffersink"), name, NULL, NULL, ctx->graph);
	if (e >= 0)
		e = out->video ? limit_video(ctx, out->sink) : limit_audio(ctx, out->sink);
	if (e >= 0)
		e = avfilter_link(pad->filter_ctx, (unsigned)pad->pad_idx, out->sink, 0);
	if (e < 0)
		return e;
	Bool is_new = !out->pid;
	if (is_new && !(out->pid = gf_filter_pid_new(filter)))
		return AVERROR(ENOMEM);
	if (ctx->nb_outputs <= rank)
		ctx->nb_outputs = rank + 1;
	if (is_new && !single)
		gf_filter_pid_set_property_dyn(out->pid, "ffid", PROP_STRING(pad->name ? pad->name : name));
	return 0;
}

GF_Err ffavf_open(GF_Filter *filter, Ffavf *ctx)
{
	AVFilterInOut *in = NULL, *out = NULL;
	char text[FF_ERROR_SIZE];
	u32 rank = 0;
	avfilter_graph_free(&ctx->graph);
	ctx->graph = avfilter_graph_alloc();
	int e = ctx->graph ? avfilter_graph_parse2(ctx->graph, ctx->options->f, &in, &out) : AVERROR(ENOMEM);
	for (AVFilterInOut *pad = in; e >= 0 && pad; pad = pad->next) {
		FfavfInput *input = input_of(ctx, pad);
		e = input ? add_source(ctx, input, rank++, pad) : AVERROR(EINVAL);
	}
	rank = 0;
	for (AVFilterInOut *pad = out; e >= 0 && pad; pad = pad->next)
		e = add_sink(filter, ctx, rank++, !out->next, pad);
	if (e >= 0)
		e = avfilter_graph_config(ctx->graph, NULL);
	ff_log_flush();
	avfilter_inout_free(&in);
	avfilter_inout_free(&out);
	if (e < 0) {
		GF_LOG(GF_LOG_ERROR, GF_LOG_MEDIA,
			("[ffavf] the graph `%s` cannot be set up: %s\n", ctx->options->f, ff_error_text(e, text)));
		avfilter_graph_free(&ctx->graph);
		return GF_BAD_PARAM;
	}
	char *dump = ctx->options->dump ? avfilter_graph_dump(ctx->graph, NULL) : NULL;
	if (dump)
		GF_LOG(GF_LOG_INFO, GF_LOG_APP, ("%s\n", dump));
	av_free(dump);
	return GF_OK;
}
