// SPDX-License-Identifier: MIT
// Graphs of libavfilter on raw audio and video (media filters chapter 5.6).
#include <string.h>
#include "ffmpeg/ffavf.h"

// ---- Input

static int add_samples(Ffavf *ctx, const FfavfInput *in, GF_FilterPacket *packet)
{
	u32 size;
	const u8 *data = gf_filter_pck_get_data(packet, &size);
	AVFrame *frame = ctx->frame;
	u32 bytes = gf_audio_fmt_bit_depth(in->label) / 8;
	u32 nb = data ? size / (bytes * in->nb_channels) : 0;
	if (!nb)
		return AVERROR(EAGAIN);
	frame->format = ff_samples_native(in->label);
	frame->sample_rate = (int)in->rate;
	frame->nb_samples = (int)nb;
	int e = av_channel_layout_copy(&frame->ch_layout, &in->source->outputs[0]->ch_layout);
	if (e >= 0)
		e = av_frame_get_buffer(frame, 0);
	u32 nb_planes = av_sample_fmt_is_planar(frame->format) ? in->nb_channels : 1;
	size_t values = (size_t)nb * (in->nb_channels / nb_planes);
	for (u32 i = 0; e >= 0 && i < nb_planes; i++)
		ff_samples_unpack(in->label, data + i * values * bytes, frame->extended_data[i], values);
	return e;
}

static GF_Err feed_packet(Ffavf *ctx, FfavfInput *in, GF_FilterPacket *packet)
{
	char text[FF_ERROR_SIZE];
	u64 cts = gf_filter_pck_get_cts(packet);
	const GF_PropertyValue *delay = gf_filter_pid_get_property(in->pid, GF_PROP_PID_DELAY);
	u32 interlaced = gf_filter_pck_get_interlaced(packet);
	int e = 0;
	in->fed = GF_TRUE;
	if (in->video)
		e = ff_picture_frame(&in->picture, packet, ctx->frame) ? AVERROR_INVALIDDATA : 0;
	else
		e = add_samples(ctx, in, packet);
	// Graphs work on presentation times.
	ctx->frame->pts = cts == GF_FILTER_NO_TS ? AV_NOPTS_VALUE : (s64)cts + (delay ? delay->value.longsint : 0);
	ctx->frame->interlaced_frame = interlaced != 0;
	ctx->frame->top_field_first = interlaced == 1;
	if (e >= 0)
		e = av_buffersrc_add_frame_flags(in->source, ctx->frame, 0);
	av_frame_unref(ctx->frame);
	if (ctx->nb_pads == 1 && ctx->nb_outputs == 1 && e >= 0) {
		if (ctx->source)
			gf_filter_pck_unref(ctx->source);
		ctx->source = packet;
		if (gf_filter_pck_ref_props(&ctx->source))
			ctx->source = NULL;
	}
	ff_log_flush();
	if (e >= 0 || e == AVERROR(EAGAIN))
		return GF_OK;
	GF_LOG(GF_LOG_ERROR, GF_LOG_MEDIA, ("[ffavf] a frame is refused: %s\n", ff_error_text(e, text)));
	return GF_SERVICE_ERROR;
}

// ---- Output

static void describe_video(Ffavf *ctx, FfavfOutput *out, GF_PixelFormat label)
{
	const AVFrame *frame = ctx->frame;
	AVRational fps = av_buffersink_get_frame_rate(out->sink);
	GF_FilterPid *pid = out->pid;
	ff_picture_init(&out->picture, label, (u32)frame->width, (u32)frame->height, 0, 0);
	gf_filter_pid_set_property(pid, GF_PROP_PID_PIXFMT, PROP_UINT(label));
	ff_set_uint(pid, GF_PROP_PID_WIDTH, out->picture.width);
	ff_set_uint(pid, GF_PROP_PID_HEIGHT, out->picture.height);
	ff_set_uint(pid, GF_PROP_PID_STRIDE, out->picture.stride);
	ff_set_uint(pid, GF_PROP_PID_STRIDE_UV, out->picture.stride_uv);
	if (frame->sample_aspect_ratio.num > 0)
		gf_filter_pid_set_property(pid, GF_PROP_PID_SAR,
			PROP_FRAC_INT(frame->sample_aspect_ratio.num, (u32)frame->sample_aspect_ratio.den));
	if (fps.num > 0 && fps.den > 0)
		gf_filter_pid_set_property(pid, GF_PROP_PID_FPS, PROP_FRAC_INT(fps.num, (u32)fps.den));
}

static void describe_audio(Ffavf *ctx, FfavfOutput *out)
{
	const AVFrame *frame = ctx->frame;
	u64 mask = ff_layout_to_mask(&frame->ch_layout);
	GF_FilterPid *pid = out->pid;
	out->rate = (u32)frame->sample_rate;
	gf_filter_pid_set_property(pid, GF_PROP_PID_AUDIO_FORMAT, PROP_UINT(ff_sample_label(frame->format)));
	ff_set_uint(pid, GF_PROP_PID_SAMPLE_RATE, out->rate);
	ff_set_uint(pid, GF_PROP_PID_NUM_CHANNELS, (u32)frame->ch_layout.nb_channels);
	gf_filter_pid_set_property(pid, GF_PROP_PID_CHANNEL_LAYOUT, mask ? PROP_LONGUINT(mask) : NULL);
}

static void describe_common(const Ffavf *ctx, const FfavfOutput *out)
{
	if (ctx->nb_inputs == 1)
		gf_filter_pid_copy_properties(out->pid, ctx->inputs[0].pid);
	gf_filter_pid_set_property(
		out->pid, GF_PROP_PID_STREAM_TYPE, PROP_UINT(out->video ? GF_STREAM_VISUAL : GF_STREAM_AUDIO));
	gf_filter_pid_set_property(out->pid, GF_PROP_PID_CODECID, PROP_UINT(GF_CODECID_RAW));
	gf_filter_pid_set_property(out->pid, GF_PROP_PID_DELAY, NULL);
	gf_filter_pid_set_property(
		out->pid, GF_PROP_PID_TIMESCALE, PROP_UINT((u32)av_buffersink_get_time_base(out->sink).den));
}

static GF_FilterPacket *make_picture(Ffavf *ctx, FfavfOutput *out)
{
	u8 *data;
	const AVFrame *frame = ctx->frame;
	GF_PixelFormat label = ff_pixel_label(frame->format, NULL);
	if (out->picture.label != label || out->picture.width != (u32)frame->width ||
		out->picture.height != (u32)frame->height) {
		describe_common(ctx, out);
		describe_video(ctx, out, label);
	}
	GF_FilterPacket *packet = gf_filter_pck_new_alloc(out->pid, out->picture.size, &data);
	if (packet)
		ff_picture_copy(&out->picture, data, frame);
	return packet;
}

static GF_FilterPacket *make_samples(Ffavf *ctx, FfavfOutput *out)
{
	u8 *data;
	const AVFrame *frame = ctx->frame;
	u32 nb_channels = (u32)frame->ch_layout.nb_channels;
	u32 nb_planes = av_sample_fmt_is_planar(frame->format) ? nb_channels : 1;
	size_t plane = (size_t)frame->nb_samples * (nb_channels / nb_planes) * (u32)av_get_bytes_per_sample(frame->format);
	if (out->rate != (u32)frame->sample_rate) {
		describe_common(ctx, out);
		describe_audio(ctx, out);
	}
	GF_FilterPacket *packet = gf_filter_pck_new_alloc(out->pid, (u32)(plane * nb_planes), &data);
	for (u32 i = 0; packet && i < nb_planes; i++)
		memcpy(data + i * plane, frame->extended_data[i], plane);
	return packet;
}

static GF_Err send_frame(Ffavf *ctx, FfavfOutput *out)
{
	const AVFrame *frame = ctx->frame;
	AVRational base = av_buffersink_get_time_base(out->sink);
	if (frame->pts != AV_NOPTS_VALUE && frame->pts < 0)
		return GF_OK; // not presented
	GF_FilterPacket *packet = out->video ? make_picture(ctx, out) : make_samples(ctx, out);
	if (!packet)
		return GF_OUT_OF_MEM;
	if (ctx->source)
		gf_filter_pck_merge_properties(ctx->source, packet);
	if (frame->pts != AV_NOPTS_VALUE) {
		gf_filter_pck_set_dts(packet, (u64)(frame->pts * base.num));
		gf_filter_pck_set_cts(packet, (u64)(frame->pts * base.num));
	}
	if (!out->video)
		gf_filter_pck_set_duration(packet, (u32)av_rescale_q(frame->nb_samples, (AVRational){1, frame->sample_rate}, base));
	else if (frame->pkt_duration > 0)
		gf_filter_pck_set_duration(packet, (u32)(frame->pkt_duration * base.num));
	else if (ctx->source)
		gf_filter_pck_set_duration(packet,
			(u32)gf_timestamp_rescale(gf_filter_pck_get_duration(ctx->source),
				gf_filter_pck_get_timescale(ctx->source), (u64)base.den));
	gf_filter_pck_set_sap(packet, GF_FILTER_SAP_1);
	gf_filter_pck_set_byte_offset(packet, GF_FILTER_NO_BO);
	gf_filter_pck_set_interlaced(packet, !frame->interlaced_frame ? 0 : frame->top_field_first ? 1 : 2);
	GF_Err e = gf_filter_pck_send(packet);
	return e < 0 ? e : GF_OK;
}

// `rebuilt`: the end is that of this graph, another one will go on.
static GF_Err pull(Ffavf *ctx, Bool rebuilt)
{
	GF_Err e = GF_OK;
	for (u32 i = 0; !e && i < ctx->nb_outputs; i++) {
		FfavfOutput *out = &ctx->outputs[i];
		int res = 0;
		while (!e && !out->ended && (res = av_buffersink_get_frame(out->sink, ctx->frame)) >= 0) {
			e = send_frame(ctx, out);
			av_frame_unref(ctx->frame);
		}
		if (res == AVERROR_EOF) {
			out->ended = GF_TRUE;
			if (!rebuilt)
				gf_filter_pid_set_eos(out->pid);
		}
	}
	ff_log_flush();
	return e;
}

// ---- Callbacks

static Bool same_format(const FfavfInput *a, const FfavfInput *b)
{
	return a->video == b->video && a->label == b->label && a->rate == b->rate && a->nb_channels == b->nb_channels &&
		   a->picture.label == b->picture.label && a->picture.width == b->picture.width &&
		   a->picture.height == b->picture.height;
}

// What is left in the graph comes out. A graph that got nothing has nothing, but some filters add a tail.
static void end_graph(Ffavf *ctx)
{
	Bool fed = GF_FALSE;
	for (u32 i = 0; i < ctx->nb_inputs; i++)
		fed |= ctx->inputs[i].fed;
	if (!fed)
		return;
	for (u32 i = 0; ctx->graph && i < ctx->nb_inputs; i++)
		if (ctx->inputs[i].source && !ctx->inputs[i].ended)
			av_buffersrc_close(ctx->inputs[i].source, AV_NOPTS_VALUE, 0);
	if (ctx->graph)
		pull(ctx, GF_TRUE);
}

static void remove_input(Ffavf *ctx, GF_FilterPid *pid)
{
	for (u32 i = 0; i < ctx->nb_inputs; i++) {
		if (ctx->inputs[i].pid != pid)
			continue;
		ctx->nb_inputs--;
		memmove(&ctx->inputs[i], &ctx->inputs[i + 1], (ctx->nb_inputs - i) * sizeof(FfavfInput));
		break;
	}
	avfilter_graph_free(&ctx->graph);
	for (u32 i = 0; !ctx->nb_inputs && i < ctx->nb_outputs; i++) {
		gf_filter_pid_remove(ctx->outputs[i].pid);
		ctx->outputs[i].pid = NULL;
	}
}

static GF_Err ffavf_configure_pid(GF_Filter *filter, GF_FilterPid *pid, Bool is_remove)
{
	Ffavf *ctx = ff_state(filter);
	u32 i = 0;
	if (is_remove) {
		remove_input(ctx, pid);
		return GF_OK;
	}
	while (i < ctx->nb_inputs && ctx->inputs[i].pid != pid)
		i++;
	if (i == ctx->nb_inputs && i == ctx->nb_pads)
		return GF_REQUIRES_NEW_INSTANCE;
	FfavfInput in = {.pid = pid};
	GF_Err e = ffavf_read_input(&in);
	if (e && e != GF_NOT_READY)
		return e;
	Bool changed = i == ctx->nb_inputs || !same_format(&in, &ctx->inputs[i]);
	if (changed)
		end_graph(ctx);
	if (i == ctx->nb_inputs)
		ctx->nb_inputs++;
	if (changed) {
		avfilter_graph_free(&ctx->graph);
		ctx->inputs[i] = in;
	}
	for (u32 k = 0; k < ctx->nb_inputs; k++)
		if (ffavf_read_input(&ctx->inputs[k]))
			return GF_OK; // until all are known
	if (ctx->graph || ctx->nb_inputs < ctx->nb_pads)
		return GF_OK;
	e = ffavf_open(filter, ctx);
	for (u32 k = 0; !e && k < ctx->nb_outputs; k++)
		describe_common(ctx, &ctx->outputs[k]);
	return e;
}

static Bool all_block(const Ffavf *ctx)
{
	for (u32 i = 0; i < ctx->nb_outputs; i++)
		if (!gf_filter_pid_would_block(ctx->outputs[i].pid))
			return GF_FALSE;
	return GF_TRUE;
}

static GF_Err ffavf_process(GF_Filter *filter)
{
	Ffavf *ctx = ff_state(filter);
	GF_Err e = GF_OK;
	Bool moved = GF_TRUE, done = GF_TRUE;
	if (!ctx->graph) // the inputs are not all there
		return GF_OK;
	while (!e && moved && ctx->graph && !all_block(ctx)) {
		moved = GF_FALSE;
		for (u32 i = 0; !e && i < ctx->nb_inputs; i++) {
			FfavfInput *in = &ctx->inputs[i];
			GF_FilterPacket *packet = gf_filter_pid_get_packet(in->pid);
			if (!ctx->graph)
				return GF_OK;
			if (packet && in->source) {
				e = feed_packet(ctx, in, packet);
				gf_filter_pid_drop_packet(in->pid);
				moved = GF_TRUE;
			} else if (!in->ended && gf_filter_pid_is_eos(in->pid)) {
				av_buffersrc_close(in->source, AV_NOPTS_VALUE, 0);
				in->ended = GF_TRUE;
				moved = GF_TRUE;
			}
			if (!e)
				e = pull(ctx, GF_FALSE);
		}
	}
	for (u32 i = 0; i < ctx->nb_outputs; i++)
		done &= ctx->outputs[i].ended;
	return e ? e : done ? GF_EOS : GF_OK;
}

// Commands for the filters of the running graph.
static GF_Err ffavf_update_arg(GF_Filter *filter, const char *name, const GF_PropertyValue *value)
{
	Ffavf *ctx = ff_state(filter);
	char target[64], reply[256];
	const char *hash = strchr(name, '#');
	if (!ctx->graph)
		return GF_NOT_FOUND;
	gf_strlcpy(target, hash ? name : "all", sizeof(target));
	target[strcspn(target, "#")] = 0;
	int e = avfilter_graph_send_command(
		ctx->graph, target, hash ? hash + 1 : name, value->value.string, reply, sizeof(reply), 0);
	ff_log_flush();
	return e >= 0 ? GF_OK : e == AVERROR(ENOSYS) ? GF_NOT_FOUND : GF_BAD_PARAM;
}

// The linker offers only the streams that the graph takes.
static void set_caps(GF_Filter *filter, Bool video)
{
	static const GF_FilterCapability caps[2][4] = {
		{
			CAP_UINT(GF_CAPS_INPUT, GF_PROP_PID_STREAM_TYPE, GF_STREAM_AUDIO),
			CAP_UINT(GF_CAPS_INPUT_OUTPUT, GF_PROP_PID_CODECID, GF_CODECID_RAW),
			CAP_UINT(GF_CAPS_OUTPUT, GF_PROP_PID_STREAM_TYPE, GF_STREAM_AUDIO),
			CAP_UINT(GF_CAPS_OUTPUT, GF_PROP_PID_STREAM_TYPE, GF_STREAM_VISUAL),
		},
		{
			CAP_UINT(GF_CAPS_INPUT, GF_PROP_PID_STREAM_TYPE, GF_STREAM_VISUAL),
			CAP_UINT(GF_CAPS_INPUT_OUTPUT, GF_PROP_PID_CODECID, GF_CODECID_RAW),
			CAP_UINT(GF_CAPS_OUTPUT, GF_PROP_PID_STREAM_TYPE, GF_STREAM_VISUAL),
			CAP_UINT(GF_CAPS_OUTPUT, GF_PROP_PID_STREAM_TYPE, GF_STREAM_AUDIO),
		},
	};
	gf_filter_override_caps(filter, caps[video], 4);
}

static GF_Err ffavf_initialize(GF_Filter *filter)
{
	Ffavf *ctx = ff_state(filter);
	ctx->options = gf_filter_get_udta(filter);
	ctx->frame = av_frame_alloc();
	if (!ctx->options->f) {
		GF_LOG(GF_LOG_ERROR, GF_LOG_MEDIA, ("[ffavf] no graph given, use ffavf::f=GRAPH\n"));
		return GF_BAD_PARAM;
	}
	Bool video, audio;
	GF_Err e = ffavf_read_description(ctx->options->f, &ctx->nb_pads, &video, &audio);
	if (!e)
		gf_filter_set_max_extra_input_pids(filter, ctx->nb_pads - 1);
	if (!e && video != audio)
		set_caps(filter, video);
	return e ? e : ctx->frame ? GF_OK : GF_OUT_OF_MEM;
}

static void ffavf_finalize(GF_Filter *filter)
{
	Ffavf *ctx = ff_state(filter);
	avfilter_graph_free(&ctx->graph);
	av_frame_free(&ctx->frame);
	if (ctx->source)
		gf_filter_pck_unref(ctx->source);
	ff_log_flush();
}

const FfCallbacks ffavf_callbacks = {
	.name = "ffavf",
	.state_size = sizeof(Ffavf),
	.initialize = ffavf_initialize,
	.finalize = ffavf_finalize,
	.configure_pid = ffavf_configure_pid,
	.process = ffavf_process,
	.update_arg = ffavf_update_arg,
};
