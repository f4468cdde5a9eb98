// SPDX-License-Identifier: MIT
// Multiplexer: any format and protocol of libavformat (media filters chapter 4.20).
//
// The header is written when each PID has its configuration and a packet. libavformat puts the packets in the
// order of their times.
#include <string.h>
#include <libavutil/opt.h>
#include "base/array.h"
#include "ffmpeg/ffmx.h"

typedef struct {
	const FfmxOptions *options;
	AVDictionary *format_options; // given by name
	const AVOutputFormat *muxer;
	AVFormatContext *format;
	AVPacket *packet;
	FfmxStream *streams;
	u32 nb_streams, alloc_streams;
	s64 first_time; // microseconds, without keepts
	Bool open, failed, done;
} Ffmx;

// ---- Format

static GF_Err find_muxer(Ffmx *ctx)
{
	const FfmxOptions *o = ctx->options;
	const char *name = o->ffmt ? o->ffmt : o->ext;
	char file[64];
	ctx->muxer = name ? av_guess_format(name, NULL, NULL) : NULL;
	if (name && !ctx->muxer) {
		snprintf(file, sizeof(file), "test.%.50s", name);
		ctx->muxer = av_guess_format(NULL, file, NULL);
	}
	if (!name && o->mime)
		ctx->muxer = av_guess_format(NULL, NULL, o->mime);
	if (!name && !ctx->muxer)
		ctx->muxer = av_guess_format(NULL, o->dst, NULL);
	if (!ctx->muxer && !strncmp(o->dst, "rtmp", 4))
		ctx->muxer = av_guess_format("flv", NULL, NULL);
	if (!ctx->muxer && !strncmp(o->dst, "srt://", 6))
		ctx->muxer = av_guess_format("mpegts", NULL, NULL);
	if (ctx->muxer)
		return GF_OK;
	GF_LOG(GF_LOG_ERROR, GF_LOG_CONTAINER,
		("[ffmx] no format of libavformat for %s: give one with ffmt, see `ffmpeg -muxers`\n", name ? name : o->dst));
	return GF_NOT_SUPPORTED; // no register accepts the URL
}

// ---- Opening

static GF_Err open_output(Ffmx *ctx)
{
	char url[GF_MAX_PATH], text[FF_ERROR_SIZE];
	GF_Err e = gf_filter_pid_resolve_file_template(ctx->streams[0].pid, ctx->options->dst, url, 0, NULL);
	if (e)
		return e;
	int res = avformat_alloc_output_context2(&ctx->format, ctx->muxer, NULL, url);
	if (res >= 0 && !(ctx->muxer->flags & AVFMT_NOFILE))
		res = avio_open2(&ctx->format->pb, url, AVIO_FLAG_WRITE, NULL, NULL);
	ff_log_flush();
	if (res >= 0)
		return GF_OK;
	GF_LOG(GF_LOG_ERROR, GF_LOG_CONTAINER, ("[ffmx] cannot open %s: %s\n", url, ff_error_text(res, text)));
	return GF_FILTER_NOT_SUPPORTED;
}

static GF_Err write_header(GF_Filter *filter, Ffmx *ctx)
{
	AVDictionary *options = NULL;
	char text[FF_ERROR_SIZE];
	GF_Fraction window = ctx->options->ileave;
	GF_Err e = open_output(ctx);
	for (u32 i = 0; !e && i < ctx->nb_streams; i++) {
		e = ffmx_add_stream(ctx->format, &ctx->streams[i]);
		ffmx_describe_file(ctx->format, ctx->streams[i].pid);
	}
	if (e)
		return e;
	// Testers compare files.
	if (gf_sys_is_test_mode())
		ctx->format->flags |= AVFMT_FLAG_BITEXACT;
	if (window.num > 0 && window.den)
		ctx->format->max_interleave_delta = av_rescale(window.num, AV_TIME_BASE, window.den);
	av_dict_copy(&options, ctx->format_options, 0);
	int res = avformat_write_header(ctx->format, &options);
	ff_log_flush();
	if (res < 0)
		GF_LOG(GF_LOG_ERROR, GF_LOG_CONTAINER,
			("[ffmx] %s: the header of format %s cannot be written: %s\n", ctx->format->url, ctx->muxer->name,
				ff_error_text(res, text)));
	e = res < 0 ? GF_SERVICE_ERROR
				: ff_options_refuse(filter, options, ctx->muxer->name, ctx->muxer->priv_class, AV_OPT_FLAG_ENCODING_PARAM);
	av_dict_free(&options);
	ctx->open = !e;
	return e;
}

static Bool is_text(GF_FilterPid *pid)
{
	return ff_uint(pid, GF_PROP_PID_STREAM_TYPE) == GF_STREAM_TEXT;
}

// True when each PID of sound or pictures has a packet (or none will come) and so its configuration. Text may come late.
static Bool is_ready(GF_Filter *filter, const Ffmx *ctx)
{
	if (!ctx->nb_streams || gf_filter_connections_pending(filter))
		return GF_FALSE;
	for (u32 i = 0; i < ctx->nb_streams; i++) {
		GF_FilterPid *pid = ctx->streams[i].pid;
		if (!gf_filter_pid_get_packet(pid) && !gf_filter_pid_is_eos(pid) && !is_text(pid))
			return GF_FALSE;
	}
	return GF_TRUE;
}

// ---- Packets

static void set_times(Ffmx *ctx, FfmxStream *s, GF_FilterPacket *packet)
{
	AVPacket *p = ctx->packet;
	u64 cts = gf_filter_pck_get_cts(packet), dts = gf_filter_pck_get_dts(packet);
	s64 pts = cts == GF_FILTER_NO_TS ? AV_NOPTS_VALUE : (s64)cts + s->delay;
	p->pts = pts;
	p->dts = dts == GF_FILTER_NO_TS ? pts : (s64)dts + s->delay;
	if (p->pts != AV_NOPTS_VALUE && p->dts > p->pts + s->shift)
		s->shift = p->dts - p->pts;
	if (p->pts != AV_NOPTS_VALUE)
		p->pts += s->shift;
	p->duration = gf_filter_pck_get_duration(packet);
	if (!ctx->options->keepts && p->dts != AV_NOPTS_VALUE) {
		if (ctx->first_time == AV_NOPTS_VALUE)
			ctx->first_time = av_rescale_q(p->dts, s->base, AV_TIME_BASE_Q);
		s64 first = av_rescale_q(ctx->first_time, AV_TIME_BASE_Q, s->base);
		p->dts -= first;
		p->pts -= first;
	}
	av_packet_rescale_ts(p, s->base, s->stream->time_base);
	// Two times may round to one. Cues may begin together.
	if (s->last_dts != AV_NOPTS_VALUE && p->dts != AV_NOPTS_VALUE && p->dts <= s->last_dts && !is_text(s->pid)) {
		p->dts = s->last_dts + 1;
		if (p->pts < p->dts)
			p->pts = p->dts;
	}
	s->last_dts = p->dts;
}

// The parts of a cue of WebVTT that are beside its text.
static int set_cue(AVPacket *p, GF_FilterPacket *packet)
{
	static const struct {
		enum AVPacketSideDataType type;
		const char *name;
	} parts[] = {{AV_PKT_DATA_WEBVTT_IDENTIFIER, "vtt_cueid"}, {AV_PKT_DATA_WEBVTT_SETTINGS, "vtt_settings"}};
	for (u32 i = 0; i < 2; i++) {
		const GF_PropertyValue *v = gf_filter_pck_get_property_str(packet, parts[i].name);
		size_t size = v && v->value.string ? strlen(v->value.string) : 0;
		u8 *data = size ? av_packet_new_side_data(p, parts[i].type, size) : NULL;
		if (size && !data)
			return AVERROR(ENOMEM);
		if (data)
			memcpy(data, v->value.string, size);
	}
	return 0;
}

static GF_Err write_packet(Ffmx *ctx, FfmxStream *s, GF_FilterPacket *packet)
{
	AVPacket *p = ctx->packet;
	char text[FF_ERROR_SIZE];
	u32 size;
	const u8 *data = gf_filter_pck_get_data(packet, &size);
	if (!data || !size)
		return GF_OK;
	int res = av_new_packet(p, (int)size);
	if (res >= 0) {
		memcpy(p->data, data, size);
		p->stream_index = s->stream->index;
		p->flags = gf_filter_pck_get_sap(packet) ? AV_PKT_FLAG_KEY : 0;
		set_times(ctx, s, packet);
		res = set_cue(p, packet);
	}
	if (res >= 0 && s->start_codes) { // one packet for each
		res = av_bsf_send_packet(s->start_codes, p);
		res = res < 0 ? res : av_bsf_receive_packet(s->start_codes, p);
	}
	if (res >= 0)
		res = ctx->options->ileave.num > 0 ? av_interleaved_write_frame(ctx->format, p) : av_write_frame(ctx->format, p);
	av_packet_unref(p);
	ff_log_flush();
	if (res >= 0)
		return GF_OK;
	GF_LOG(GF_LOG_ERROR, GF_LOG_CONTAINER, ("[ffmx] %s: %s\n", ctx->format->url, ff_error_text(res, text)));
	return GF_IO_ERR;
}

static GF_Err finish(Ffmx *ctx)
{
	char text[FF_ERROR_SIZE];
	ctx->done = GF_TRUE;
	if (!ctx->open)
		return GF_EOS;
	int res = av_write_trailer(ctx->format);
	if (!(ctx->muxer->flags & AVFMT_NOFILE)) {
		int closed = avio_closep(&ctx->format->pb);
		res = res < 0 ? res : closed;
	}
	ff_log_flush();
	ctx->open = GF_FALSE;
	if (res >= 0)
		return GF_EOS;
	GF_LOG(GF_LOG_ERROR, GF_LOG_CONTAINER,
		("[ffmx] %s cannot be completed: %s\n", ctx->format->url, ff_error_text(res, text)));
	return GF_IO_ERR;
}

// ---- Callbacks

static FfmxStream *find_stream(const Ffmx *ctx, GF_FilterPid *pid)
{
	for (u32 i = 0; i < ctx->nb_streams; i++)
		if (ctx->streams[i].pid == pid)
			return &ctx->streams[i];
	return NULL;
}

static u32 config_crc(GF_FilterPid *pid)
{
	const GF_PropertyValue *p = gf_filter_pid_get_property(pid, GF_PROP_PID_DECODER_CONFIG);
	return p ? gf_crc_32(p->value.data.ptr, p->value.data.size) : 0;
}

static void read_input(FfmxStream *s)
{
	const GF_PropertyValue *delay = gf_filter_pid_get_property(s->pid, GF_PROP_PID_DELAY);
	u32 timescale = gf_filter_pid_get_timescale(s->pid);
	s->base = (AVRational){1, timescale ? (int)timescale : 1000};
	s->delay = delay ? delay->value.longsint : 0;
}

static Bool is_ogg(const AVOutputFormat *muxer)
{
	static const char *const names[] = {"ogg", "oga", "ogv", "opus", "spx"};
	for (u32 i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		if (!strcmp(muxer->name, names[i]))
			return GF_TRUE;
	return GF_FALSE;
}

// libavformat does not know of all formats what they carry; where it does not, what they usually carry tells the
// kinds of streams.
static Bool carries(const AVOutputFormat *muxer, enum AVCodecID id, enum AVCodecID usual)
{
	int known = id == AV_CODEC_ID_NONE ? 0 : avformat_query_codec(muxer, id, FF_COMPLIANCE_NORMAL);
	if (known >= 0)
		return known > 0;
	if (avcodec_get_type(id) == AVMEDIA_TYPE_SUBTITLE)
		return id == usual;
	if (!is_ogg(muxer))
		return usual != AV_CODEC_ID_NONE;
	return id == AV_CODEC_ID_VORBIS || id == AV_CODEC_ID_OPUS || id == AV_CODEC_ID_FLAC || id == AV_CODEC_ID_SPEEX ||
		   ((id == AV_CODEC_ID_THEORA || id == AV_CODEC_ID_VP8) && usual != AV_CODEC_ID_NONE);
}

// A film without its subtitles is better than none.
static GF_Err leave_text_out(const Ffmx *ctx, GF_FilterPid *pid, enum AVCodecID id)
{
	Bool some = ctx->muxer->subtitle_codec != AV_CODEC_ID_NONE;
	GF_LOG(GF_LOG_WARNING, GF_LOG_CONTAINER,
		("[ffmx] format %s cannot carry subtitles as %s%s%s: PID %s is left out\n", ctx->muxer->name, avcodec_get_name(id),
			some ? ", but as " : "", some ? avcodec_get_name(ctx->muxer->subtitle_codec) : "", gf_filter_pid_get_name(pid)));
	return GF_EOS;
}

// Raw media that the format cannot carry get its usual codec; for coded ones the user has to choose.
static GF_Err check_codec(const Ffmx *ctx, GF_FilterPid *pid)
{
	enum AVCodecID id = ffmx_codec(pid);
	u32 type = ff_uint(pid, GF_PROP_PID_STREAM_TYPE);
	GF_CodecID label = ff_uint(pid, GF_PROP_PID_CODECID);
	enum AVCodecID usual = type == GF_STREAM_VISUAL ? ctx->muxer->video_codec
						   : type == GF_STREAM_TEXT ? ctx->muxer->subtitle_codec
													: ctx->muxer->audio_codec;
	if (carries(ctx->muxer, id, usual))
		return GF_OK;
	if (type == GF_STREAM_TEXT)
		return leave_text_out(ctx, pid, id);
	if (usual == AV_CODEC_ID_NONE) {
		GF_LOG(GF_LOG_WARNING, GF_LOG_CONTAINER,
			("[ffmx] format %s has no %s: PID %s is left out\n", ctx->muxer->name,
				type == GF_STREAM_VISUAL ? "video" : "audio", gf_filter_pid_get_name(pid)));
		return GF_EOS;
	}
	if (label == GF_CODECID_RAW && usual != AV_CODEC_ID_NONE)
		return gf_filter_pid_negotiate_property(pid, GF_PROP_PID_CODECID, PROP_UINT(ff_codec_label(usual)));
	GF_LOG(GF_LOG_ERROR, GF_LOG_CONTAINER,
		("[ffmx] format %s cannot carry %s; encode it, for example with c=%s\n", ctx->muxer->name,
			gf_codecid_name(label), avcodec_get_name(usual)));
	return GF_FILTER_NOT_SUPPORTED;
}

static GF_Err add_input(Ffmx *ctx, GF_FilterPid *pid)
{
	GF_FilterEvent event;
	if (ctx->open || ctx->done) {
		GF_LOG(GF_LOG_ERROR, GF_LOG_CONTAINER,
			("[ffmx] a stream that comes after the header was written is not added\n"));
		return GF_FILTER_NOT_SUPPORTED;
	}
	if (array_reserve(&ctx->streams, &ctx->alloc_streams, ctx->nb_streams, 1, sizeof(*ctx->streams)))
		return GF_OUT_OF_MEM;
	FfmxStream *s = &ctx->streams[ctx->nb_streams++];
	*s = (FfmxStream){.pid = pid, .last_dts = AV_NOPTS_VALUE};
	gf_filter_pid_init_play_event(pid, &event, ctx->options->start, ctx->options->speed, "ffmx");
	gf_filter_pid_send_event(pid, &event);
	return GF_OK;
}

static void remove_input(Ffmx *ctx, GF_FilterPid *pid)
{
	FfmxStream *s = find_stream(ctx, pid);
	if (!s)
		return;
	u32 index = (u32)(s - ctx->streams);
	ffmx_stream_reset(s);
	ctx->nb_streams--;
	memmove(s, s + 1, (ctx->nb_streams - index) * sizeof(*s));
}

static GF_Err ffmx_configure_pid(GF_Filter *filter, GF_FilterPid *pid, Bool is_remove)
{
	Ffmx *ctx = ff_state(filter);
	if (is_remove) {
		remove_input(ctx, pid);
		return GF_OK;
	}
	if (!gf_filter_pid_check_caps(pid))
		return GF_NOT_SUPPORTED;
	if (ff_uint(pid, GF_PROP_PID_DASH_MODE)) {
		GF_LOG(GF_LOG_ERROR, GF_LOG_CONTAINER, ("[ffmx] segments are not supported\n"));
		return GF_NOT_SUPPORTED;
	}
	GF_Err e = check_codec(ctx, pid);
	FfmxStream *s = find_stream(ctx, pid);
	if (!e && !s)
		e = add_input(ctx, pid);
	s = find_stream(ctx, pid);
	if (e || !s)
		return e;
	u32 crc = config_crc(pid);
	if (ctx->open && crc != s->config_crc && !ctx->options->nodisc) {
		GF_LOG(GF_LOG_ERROR, GF_LOG_CONTAINER,
			("[ffmx] the configuration of PID %s changes, which %s cannot tell (nodisc ignores it)\n",
				gf_filter_pid_get_name(pid), ctx->muxer->name));
		return GF_FILTER_NOT_SUPPORTED;
	}
	s->config_crc = crc;
	read_input(s);
	return GF_OK;
}

static GF_Err fail(Ffmx *ctx, GF_Err e)
{
	ctx->failed = GF_TRUE;
	for (u32 i = 0; i < ctx->nb_streams; i++) {
		GF_FilterEvent event;
		GF_FEVT_INIT(event, GF_FEVT_STOP, ctx->streams[i].pid);
		gf_filter_pid_send_event(ctx->streams[i].pid, &event);
		gf_filter_pid_set_discard(ctx->streams[i].pid, GF_TRUE);
	}
	return e;
}

static GF_Err write_packets(Ffmx *ctx, Bool *ended)
{
	GF_Err e = GF_OK;
	*ended = GF_TRUE;
	for (u32 i = 0; !e && i < ctx->nb_streams; i++) {
		FfmxStream *s = &ctx->streams[i];
		GF_FilterPacket *packet;
		while (!e && (packet = gf_filter_pid_get_packet(s->pid))) {
			e = write_packet(ctx, s, packet);
			gf_filter_pid_drop_packet(s->pid);
		}
		*ended &= gf_filter_pid_is_eos(s->pid);
	}
	return e;
}

static GF_Err ffmx_process(GF_Filter *filter)
{
	Ffmx *ctx = ff_state(filter);
	Bool ended;
	GF_Err e;
	if (ctx->failed || ctx->done)
		return GF_EOS;
	if (!ctx->open) {
		if (!is_ready(filter, ctx))
			return GF_OK;
		e = write_header(filter, ctx);
		if (e)
			return fail(ctx, e);
	}
	e = write_packets(ctx, &ended);
	if (e)
		return fail(ctx, e);
	return ended ? finish(ctx) : GF_OK;
}

static GF_Err ffmx_update_arg(GF_Filter *filter, const char *name, const GF_PropertyValue *value)
{
	Ffmx *ctx = ff_state(filter);
	return ff_option_set(
		filter, &ctx->format_options, avformat_get_class(), AV_OPT_FLAG_ENCODING_PARAM, name, value);
}

static GF_Err check_options(const FfmxOptions *o)
{
	const struct {
		const char *name;
		Bool used;
	} options[] = {
		{"ffiles", o->ffiles},
		{"block_size", o->block_size != 4096},
		{"proto", o->proto},
		{"psleep", o->psleep != 1000},
	};
	for (u32 i = 0; i < sizeof(options) / sizeof(options[0]); i++) {
		if (!options[i].used)
			continue;
		GF_LOG(GF_LOG_ERROR, GF_LOG_CONTAINER, ("[ffmx] the option %s is not supported\n", options[i].name));
		return GF_NOT_SUPPORTED;
	}
	return GF_OK;
}

static GF_Err ffmx_initialize(GF_Filter *filter)
{
	Ffmx *ctx = ff_state(filter);
	ctx->options = gf_filter_get_udta(filter);
	ctx->first_time = AV_NOPTS_VALUE;
	GF_Err e = check_options(ctx->options);
	if (e || gf_filter_is_temporary(filter))
		return e;
	if (!ctx->options->dst)
		return GF_BAD_PARAM;
	ctx->packet = av_packet_alloc();
	return ctx->packet ? find_muxer(ctx) : GF_OUT_OF_MEM;
}

static void ffmx_finalize(GF_Filter *filter)
{
	Ffmx *ctx = ff_state(filter);
	if (ctx->open)
		finish(ctx); // interrupted: what there is becomes a file
	if (ctx->format && ctx->format->pb && !(ctx->muxer->flags & AVFMT_NOFILE))
		avio_closep(&ctx->format->pb);
	avformat_free_context(ctx->format);
	av_packet_free(&ctx->packet);
	av_dict_free(&ctx->format_options);
	for (u32 i = 0; i < ctx->nb_streams; i++)
		ffmx_stream_reset(&ctx->streams[i]);
	gf_free(ctx->streams);
	ff_log_flush();
}

const FfCallbacks ffmx_callbacks = {
	.name = "ffmx",
	.state_size = sizeof(Ffmx),
	.initialize = ffmx_initialize,
	.finalize = ffmx_finalize,
	.configure_pid = ffmx_configure_pid,
	.process = ffmx_process,
	.update_arg = ffmx_update_arg,
};
