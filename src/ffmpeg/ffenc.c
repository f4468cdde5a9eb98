// SPDX-License-Identifier: MIT
// Encoder: any audio and video codec of libavcodec (media filters chapter 4.22).
//
// The output starts at the time of the input in decoding order; what the encoder adds in front (reordering,
// priming) is told by a negative Delay. AVC, HEVC and AV1 leave as their elementary streams, which reframers
// turn into samples.
#include <string.h>
#include <libavutil/opt.h>
#include <libswscale/swscale.h>
#include "ffmpeg/ffenc.h"

// ---- Output

static u32 out_timescale(const Ffenc *ctx)
{
	return ctx->encoder->type == AVMEDIA_TYPE_AUDIO ? ctx->rate : ctx->timescale;
}

// The first packet tells by how much times are moved, and completes the configuration.
static void describe_first(Ffenc *ctx, s64 first_dts)
{
	u32 size;
	u8 *config = NULL;
	AVCodecParameters *parameters = avcodec_parameters_alloc();
	s64 base = ctx->first_time > 0 ? ctx->first_time : 0;
	ctx->shift = base - first_dts;
	gf_filter_pid_set_property(ctx->opid, GF_PROP_PID_DELAY, ctx->shift ? PROP_LONGSINT(-ctx->shift) : NULL);
	if (parameters && avcodec_parameters_from_context(parameters, ctx->codec) >= 0)
		config = ff_config(parameters, ctx->packet->data, (u32)ctx->packet->size, &size);
	avcodec_parameters_free(&parameters);
	if (config && !gf_filter_pid_get_property(ctx->opid, GF_PROP_PID_UNFRAMED))
		gf_filter_pid_set_property(ctx->opid, GF_PROP_PID_DECODER_CONFIG, PROP_DATA(config, size));
	gf_free(config);
}

static void set_attributes(Ffenc *ctx, GF_FilterPacket *packet, const FfencSource *source)
{
	const AVPacket *p = ctx->packet;
	AVRational out = {1, (int)out_timescale(ctx)};
	s64 pts = source->props ? source->time : av_rescale_q(p->pts, ctx->codec->time_base, out);
	s64 dts = p->dts == p->pts ? pts : av_rescale_q(p->dts, ctx->codec->time_base, out);
	if (ctx->shift == FFENC_NO_SHIFT)
		describe_first(ctx, dts);
	s64 duration = av_rescale_q(p->duration, ctx->codec->time_base, out);
	if (source->props) {
		gf_filter_pck_merge_properties(source->props, packet);
		duration = gf_filter_pck_get_duration(source->props);
	}
	dts += ctx->shift;
	pts += ctx->shift;
	gf_filter_pck_set_dts(packet, dts < 0 ? 0 : (u64)dts);
	gf_filter_pck_set_cts(packet, pts < 0 ? 0 : (u64)pts);
	gf_filter_pck_set_duration(packet, duration > 0 ? (u32)duration : 0);
	gf_filter_pck_set_sap(packet, p->flags & AV_PKT_FLAG_KEY ? GF_FILTER_SAP_1 : GF_FILTER_SAP_NONE);
	gf_filter_pck_set_dependency_flags(packet, p->flags & AV_PKT_FLAG_DISPOSABLE ? 2 << 2 : 0);
	gf_filter_pck_set_byte_offset(packet, GF_FILTER_NO_BO);
	gf_filter_pck_set_framing(packet, GF_TRUE, GF_TRUE);
	ctx->seconds += (Double)duration / out.den;
}

static GF_Err send_packet(Ffenc *ctx)
{
	u8 *data;
	const AVPacket *p = ctx->packet;
	GF_FilterPacket *packet = gf_filter_pck_new_alloc(ctx->opid, (u32)p->size, &data);
	if (!packet)
		return GF_OUT_OF_MEM;
	memcpy(data, p->data, (size_t)p->size);
	FfencSource source = ffenc_take_source(ctx);
	set_attributes(ctx, packet, &source);
	if (source.props)
		gf_filter_pck_unref(source.props);
	ctx->nb_frames++;
	ctx->nb_bytes += (u64)p->size;
	GF_Err e = gf_filter_pck_send(packet);
	return e < 0 ? e : GF_OK;
}

// AVERROR(EAGAIN): the encoder wants a frame; AVERROR_EOF: it is empty.
static int receive(Ffenc *ctx, GF_Err *e)
{
	int res = avcodec_receive_packet(ctx->codec, ctx->packet);
	if (res >= 0 || res == AVERROR_EOF)
		ffenc_write_pass(ctx);
	if (res < 0)
		return res;
	// FLAC tells its checksum in a packet without data.
	if (ctx->packet->size)
		*e = send_packet(ctx);
	av_packet_unref(ctx->packet);
	return 0;
}

// ---- Input

// Ends the encoder before another one takes over.
static GF_Err drain(Ffenc *ctx)
{
	GF_Err e = GF_OK;
	int res = 0;
	if (!ctx->codec || ctx->drained)
		return GF_OK;
	if (ctx->fifo)
		ffenc_send_samples(ctx, GF_TRUE);
	avcodec_send_frame(ctx->codec, NULL);
	while (res >= 0 && !e)
		res = receive(ctx, &e);
	ff_log_flush();
	ctx->drained = GF_TRUE;
	return e;
}

static GF_Err start(GF_Filter *filter, Ffenc *ctx)
{
	GF_Err e = drain(ctx);
	return e ? e : ffenc_open(filter, ctx);
}

// A new encoder before this picture?
static Bool wants_new_encoder(const Ffenc *ctx, GF_FilterPacket *packet)
{
	if (ctx->reopen || !ctx->codec)
		return GF_TRUE;
	if (!ctx->options->rc && !ctx->reload)
		return GF_FALSE;
	Bool has_points = ctx->options->fintra.num > 0 || ctx->force_intra;
	if (ctx->reload && (!has_points || ctx->encoder->type == AVMEDIA_TYPE_AUDIO))
		return GF_TRUE;
	return ctx->encoder->type == AVMEDIA_TYPE_VIDEO && ctx->nb_sources + ctx->nb_frames && ffenc_is_forced(ctx, packet);
}

static GF_Err encode_error(const Ffenc *ctx, int res)
{
	char text[FF_ERROR_SIZE];
	ff_log_flush();
	GF_LOG(GF_LOG_ERROR, GF_LOG_CODEC,
		("[ffenc] encoder %s failed: %s\n", ctx->encoder->name, ff_error_text(res, text)));
	return GF_SERVICE_ERROR;
}

static GF_Err end_of_input(Ffenc *ctx)
{
	ctx->flushing = gf_filter_pid_is_flush_eos(ctx->ipid);
	ctx->draining = GF_TRUE;
	if (!ctx->codec)
		return GF_OK;
	int res = ctx->fifo ? ffenc_send_samples(ctx, GF_TRUE) : 0;
	if (res >= 0 || res == AVERROR(EAGAIN))
		res = avcodec_send_frame(ctx->codec, NULL);
	return res < 0 && res != AVERROR_EOF ? encode_error(ctx, res) : GF_OK;
}

// Gives what comes next to the encoder.
static GF_Err feed(GF_Filter *filter, Ffenc *ctx, Bool *waits)
{
	Bool audio = ctx->encoder->type == AVMEDIA_TYPE_AUDIO;
	int res = audio && ctx->fifo && !ctx->drained ? ffenc_send_samples(ctx, GF_FALSE) : AVERROR(EAGAIN);
	if (res >= 0)
		return GF_OK;
	if (res != AVERROR(EAGAIN))
		return encode_error(ctx, res);
	GF_FilterPacket *packet = gf_filter_pid_get_packet(ctx->ipid);
	if (!packet) {
		*waits = !gf_filter_pid_is_eos(ctx->ipid);
		return *waits ? GF_OK : end_of_input(ctx);
	}
	*waits = ctx->waiting;
	if (*waits)
		return GF_OK;
	GF_Err e = ctx->drained || wants_new_encoder(ctx, packet) ? start(filter, ctx) : GF_OK;
	if (e)
		return e;
	if (audio) {
		e = ffenc_add_samples(ctx, packet);
	} else {
		res = ffenc_send_picture(ctx, packet);
		e = res < 0 ? encode_error(ctx, res) : GF_OK;
	}
	gf_filter_pid_drop_packet(ctx->ipid);
	return e;
}

// ---- Callbacks

// The linker offers no other streams to an encoder that is known.
static void set_caps(GF_Filter *filter, const AVCodec *encoder)
{
	static const GF_FilterCapability video[] = {
		CAP_UINT(GF_CAPS_INPUT_OUTPUT, GF_PROP_PID_STREAM_TYPE, GF_STREAM_VISUAL),
		CAP_UINT(GF_CAPS_INPUT, GF_PROP_PID_CODECID, GF_CODECID_RAW),
		CAP_BOOL(GF_CAPS_INPUT_EXCLUDED, GF_PROP_PID_UNFRAMED, GF_TRUE),
		CAP_UINT(GF_CAPS_OUTPUT_EXCLUDED, GF_PROP_PID_CODECID, GF_CODECID_RAW),
		{0},
		CAP_UINT(GF_CAPFLAG_RECONFIG, GF_PROP_PID_CODECID, 0),
	};
	static const GF_FilterCapability audio[] = {
		CAP_UINT(GF_CAPS_INPUT_OUTPUT, GF_PROP_PID_STREAM_TYPE, GF_STREAM_AUDIO),
		CAP_UINT(GF_CAPS_INPUT, GF_PROP_PID_CODECID, GF_CODECID_RAW),
		CAP_BOOL(GF_CAPS_INPUT_EXCLUDED, GF_PROP_PID_UNFRAMED, GF_TRUE),
		CAP_UINT(GF_CAPS_OUTPUT_EXCLUDED, GF_PROP_PID_CODECID, GF_CODECID_RAW),
		{0},
		CAP_UINT(GF_CAPFLAG_RECONFIG, GF_PROP_PID_CODECID, 0),
	};
	if (encoder->type == AVMEDIA_TYPE_VIDEO)
		gf_filter_override_caps(filter, video, sizeof(video) / sizeof(video[0]));
	else
		gf_filter_override_caps(filter, audio, sizeof(audio) / sizeof(audio[0]));
}

// The encoder that was asked for; of an inserted filter, by the filter behind it.
static GF_Err choose(GF_Filter *filter, Ffenc *ctx, GF_FilterPid *pid)
{
	const char *name = ctx->options->c;
	const GF_PropertyValue *p = NULL;
	if (ctx->encoder)
		return GF_OK;
	// Inserted filters inherit the options of others, of which `c` is not one for them.
	if (gf_filter_is_dynamic(filter)) {
		p = pid ? gf_filter_pid_caps_query(pid, GF_PROP_PID_CODECID) : NULL;
		if (!p || !p->value.uint || p->value.uint == GF_CODECID_RAW)
			return GF_OK;
		name = NULL;
	} else if (!name) {
		GF_LOG(GF_LOG_ERROR, GF_LOG_CODEC, ("[ffenc] no codec given, use ffenc:c=NAME\n"));
		return GF_BAD_PARAM;
	}
	ctx->encoder = ffenc_find(name, p ? (GF_CodecID)p->value.uint : gf_codecid_parse(name));
	if (ctx->encoder && !pid)
		set_caps(filter, ctx->encoder);
	return ctx->encoder ? GF_OK : GF_NOT_SUPPORTED;
}

static Bool fits_type(const Ffenc *ctx, GF_FilterPid *pid)
{
	u32 type = ff_uint(pid, GF_PROP_PID_STREAM_TYPE);
	return type == (ctx->encoder->type == AVMEDIA_TYPE_VIDEO ? GF_STREAM_VISUAL : GF_STREAM_AUDIO);
}

static GF_Err ffenc_configure_pid(GF_Filter *filter, GF_FilterPid *pid, Bool is_remove)
{
	Ffenc *ctx = ff_state(filter);
	if (is_remove) {
		if (ctx->opid)
			gf_filter_pid_remove(ctx->opid);
		ctx->ipid = ctx->opid = NULL;
		return GF_OK;
	}
	GF_Err e = choose(filter, ctx, pid);
	if (e)
		return e;
	if (!gf_filter_pid_check_caps(pid) || (ctx->encoder && !fits_type(ctx, pid)))
		return GF_NOT_SUPPORTED;
	ctx->ipid = pid;
	if (!ctx->opid && !(ctx->opid = gf_filter_pid_new(filter)))
		return GF_OUT_OF_MEM;
	if (!ctx->encoder) {
		ctx->waiting = GF_TRUE;
		gf_filter_pid_copy_properties(ctx->opid, pid);
		return GF_OK;
	}
	u32 discontinuity = ff_uint(pid, GF_PROP_PID_TIME_DISCONTINUITY);
	if (discontinuity != ctx->discontinuity && ctx->options->rtd)
		ctx->force_intra = GF_TRUE;
	ctx->discontinuity = discontinuity;
	e = ffenc_check_input(ctx);
	// A packet that was encoded with the old properties must not be described by the new ones.
	if (!e && ctx->reopen)
		e = drain(ctx);
	if (!e && (!ctx->codec || ctx->reopen))
		ffenc_describe(ctx);
	return e;
}

static GF_Err ffenc_reconfigure_output(GF_Filter *filter, GF_FilterPid *pid)
{
	Ffenc *ctx = ff_state(filter);
	const GF_PropertyValue *codec = gf_filter_pid_caps_query(pid, GF_PROP_PID_CODECID);
	const GF_PropertyValue *number = gf_filter_pid_caps_query(pid, GF_PROP_PID_META_DEMUX_CODEC_ID);
	const AVCodec *encoder = NULL;
	(void)filter;
	if (codec && codec->value.uint != GF_CODECID_FFMPEG)
		encoder = ffenc_find(NULL, codec->value.uint);
	else if (number)
		encoder = avcodec_find_encoder((enum AVCodecID)number->value.uint);
	if (!encoder)
		return GF_NOT_SUPPORTED;
	if (encoder == ctx->encoder)
		return GF_OK;
	GF_Err e = ctx->ipid ? drain(ctx) : GF_OK;
	ctx->encoder = encoder;
	ctx->reopen = GF_TRUE;
	if (!e && ctx->ipid && fits_type(ctx, ctx->ipid)) {
		e = ffenc_check_input(ctx);
		ffenc_describe(ctx);
	}
	return e;
}

static void restart(Ffenc *ctx)
{
	ctx->reopen = GF_TRUE;
	ctx->drained = ctx->codec != NULL; // what is in there is not wanted any more
	ctx->draining = GF_FALSE;
	ctx->shift = ctx->first_time = FFENC_NO_SHIFT;
	ctx->next_intra = 0;
}

static Bool ffenc_process_event(GF_Filter *filter, const GF_FilterEvent *event)
{
	Ffenc *ctx = ff_state(filter);
	if (event->base.type == GF_FEVT_STOP && ctx->encoder)
		restart(ctx);
	return GF_FALSE;
}

static void report(const Ffenc *ctx)
{
	if (ctx->options->ls && ctx->encoder && ctx->seconds > 0)
		GF_LOG(GF_LOG_INFO, GF_LOG_APP,
			("[ffenc] %s: %llu frames, %llu bytes, %.1f kbit/s\n", ctx->encoder->name,
				(unsigned long long)ctx->nb_frames, (unsigned long long)ctx->nb_bytes,
				(Double)ctx->nb_bytes * 8 / 1000 / ctx->seconds));
}

static GF_Err finish(Ffenc *ctx)
{
	ctx->draining = GF_FALSE;
	ctx->drained = GF_TRUE;
	ffenc_forget_sources(ctx);
	if (ctx->flushing) {
		gf_filter_pid_send_flush(ctx->opid);
		return GF_OK;
	}
	report(ctx);
	GF_Err e = ffenc_end_passes(ctx);
	gf_filter_pid_set_eos(ctx->opid);
	return e ? e : GF_EOS;
}

// The encoder cannot go on: the output ends, and the source is told to stop.
static GF_Err give_up(Ffenc *ctx, GF_Err e)
{
	GF_FilterEvent event;
	ctx->failed = GF_TRUE;
	GF_FEVT_INIT(event, GF_FEVT_STOP, ctx->ipid);
	gf_filter_pid_send_event(ctx->ipid, &event);
	gf_filter_pid_set_discard(ctx->ipid, GF_TRUE);
	gf_filter_pid_set_eos(ctx->opid);
	return e;
}

static GF_Err ffenc_process(GF_Filter *filter)
{
	Ffenc *ctx = ff_state(filter);
	GF_Err e = GF_OK;
	Bool waits = GF_FALSE;
	if (!ctx->ipid || ctx->failed)
		return GF_EOS;
	if (!ctx->encoder)
		return GF_OK;
	while (!e && !waits && !gf_filter_pid_would_block(ctx->opid)) {
		Bool idle = !ctx->codec || ctx->drained;
		int res = idle ? (ctx->draining ? AVERROR_EOF : AVERROR(EAGAIN)) : receive(ctx, &e);
		if (res == AVERROR_EOF)
			e = finish(ctx);
		else if (res == AVERROR(EAGAIN))
			e = ctx->drained && gf_filter_pid_is_eos(ctx->ipid) ? GF_EOS : feed(filter, ctx, &waits);
		else if (res < 0)
			e = encode_error(ctx, res);
	}
	ff_log_flush();
	return e < 0 ? give_up(ctx, e) : e;
}

static GF_Err ffenc_update_arg(GF_Filter *filter, const char *name, const GF_PropertyValue *value)
{
	Ffenc *ctx = ff_state(filter);
	// Declared options are read where they are used.
	if (!strcmp(name, "all_intra") || !strcmp(name, "rld") || !strcmp(name, "round"))
		return GF_OK;
	GF_Err e = ff_option_set(
		filter, &ctx->codec_options, avcodec_get_class(), AV_OPT_FLAG_ENCODING_PARAM, name, value);
	if (e || !ctx->codec)
		return e;
	if (ctx->options->rld) {
		ctx->reload = GF_TRUE;
		return GF_OK;
	}
	const AVDictionaryEntry *entry = av_dict_get(ctx->codec_options, ff_option_name(name), NULL, 0);
	int res = entry ? av_opt_set(ctx->codec, entry->key, entry->value, AV_OPT_SEARCH_CHILDREN) : 0;
	return res < 0 ? GF_BAD_PARAM : GF_OK;
}

static GF_Err ffenc_initialize(GF_Filter *filter)
{
	Ffenc *ctx = ff_state(filter);
	ctx->options = gf_filter_get_udta(filter);
	ctx->packet = av_packet_alloc();
	ctx->frame = av_frame_alloc();
	ctx->shift = ctx->first_time = ctx->last_pts = ctx->fifo_pts = FFENC_NO_SHIFT;
	if (!ctx->packet || !ctx->frame)
		return GF_OUT_OF_MEM;
	return gf_filter_is_temporary(filter) ? GF_OK : choose(filter, ctx, NULL);
}

static void ffenc_finalize(GF_Filter *filter)
{
	Ffenc *ctx = ff_state(filter);
	ffenc_free_codec(ctx);
	gf_free(ctx->sources);
	av_dict_free(&ctx->codec_options);
	av_packet_free(&ctx->packet);
	av_frame_free(&ctx->frame);
	av_freep(&ctx->native);
	sws_freeContext(ctx->scaler);
}

const FfCallbacks ffenc_callbacks = {
	.name = "ffenc",
	.state_size = sizeof(Ffenc),
	.initialize = ffenc_initialize,
	.finalize = ffenc_finalize,
	.configure_pid = ffenc_configure_pid,
	.process = ffenc_process,
	.process_event = ffenc_process_event,
	.reconfigure_output = ffenc_reconfigure_output,
	.update_arg = ffenc_update_arg,
};
