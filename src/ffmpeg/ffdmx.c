// SPDX-License-Identifier: MIT
// Demultiplexer: any format and protocol of libavformat (media filters chapter 4.19).
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <libavutil/intreadwrite.h>
#include <libavutil/opt.h>
#include "ffmpeg/ffdmx.h"
#include "ffmpeg/ffdmx_pipe.h"

#define MAX_PACKETS 16 // read in one call
#define MAX_BLOCK (256u << 20) // bytes of a buffer

typedef struct {
	const FfdmxOptions *options;
	AVDictionary *format_options; // given by name
	AVFormatContext *format;
	GF_FilterPid *ipid; // ffdmxpid: the input, and what reads it; then the format belongs to that
	FfdmxPipe *pipe;
	AVPacket *packet;
	FfdmxStream *streams;
	u32 nb_streams; // 0 before they are declared
	u32 nb_playing;
	Bool started; // something was read
	Bool told_cut;
	Bool failed; // to open
	Double start; // packets before this time are only decoded
	Bool ended;
} Ffdmx;

// ---- Opening

static void set_from_option(AVDictionary **options, const char *name, const char *core_option)
{
	const char *value = gf_opts_get_key("core", core_option);
	if (value && *value)
		av_dict_set(options, name, value, AV_DICT_DONT_OVERWRITE);
}

// What the core options tell of HTTP: libavformat has its own client, which checks no certificate unless it is told to.
static void set_http_options(AVDictionary **options, const char *url)
{
	Bool secure = !strncasecmp(url, "https://", 8), any_cert = gf_opts_get_bool("core", "broken-cert");
	if (!secure && strncasecmp(url, "http://", 7))
		return;
	if (secure && any_cert)
		GF_LOG(GF_LOG_WARNING, GF_LOG_CONTAINER,
			("[ffdmx] %s: any certificate is accepted (option broken-cert), anybody may be this server\n", url));
	// also where a redirection leads to TLS
	av_dict_set_int(options, "tls_verify", !any_cert, AV_DICT_DONT_OVERWRITE);
	set_from_option(options, "ca_file", "ca-bundle");
	set_from_option(options, "http_proxy", "proxy");
	set_from_option(options, "user_agent", "user-agent");
	if (gf_opts_get_int("core", "req-timeout"))
		av_dict_set_int(options, "timeout", (s64)gf_opts_get_int("core", "req-timeout") * 1000, AV_DICT_DONT_OVERWRITE);
	av_dict_set_int(options, "reconnect", 1, AV_DICT_DONT_OVERWRITE);
	av_dict_set_int(options, "reconnect_on_network_error", 1, AV_DICT_DONT_OVERWRITE);
	av_dict_set(options, "reconnect_on_http_error", "5xx", AV_DICT_DONT_OVERWRITE);
	av_dict_set_int(options, "reconnect_delay_max", 2, AV_DICT_DONT_OVERWRITE);
}

static const char *source_name(const Ffdmx *ctx)
{
	return ctx->ipid ? gf_filter_pid_get_name(ctx->ipid) : ctx->options->src;
}

// The result of opening; the options that were not used are left in the dictionary.
static GF_Err end_opening(GF_Filter *filter, Ffdmx *ctx, AVDictionary *options, int e)
{
	char text[FF_ERROR_SIZE];
	ff_log_flush();
	const AVDictionaryEntry *left = NULL;
	while (e >= 0 && (left = av_dict_get(options, "", left, AV_DICT_IGNORE_SUFFIX)))
		if (av_dict_get(ctx->format_options, left->key, NULL, 0)) // ours go on to connections
			gf_filter_report_meta_option(filter, left->key, GF_FALSE, NULL);
	av_dict_free(&options);
	if (e >= 0)
		return GF_OK;
	GF_LOG(GF_LOG_ERROR, GF_LOG_CONTAINER, ("[ffdmx] cannot open %s: %s\n", source_name(ctx), ff_error_text(e, text)));
	return ff_error(e) < 0 ? ff_error(e) : GF_NON_COMPLIANT_BITSTREAM;
}

static GF_Err open_source(GF_Filter *filter, Ffdmx *ctx)
{
	AVDictionary *options = NULL;
	av_dict_copy(&options, ctx->format_options, 0);
	set_http_options(&options, ctx->options->src);
	int e = avformat_open_input(&ctx->format, ctx->options->src, NULL, &options);
	if (e >= 0)
		e = avformat_find_stream_info(ctx->format, NULL);
	return end_opening(filter, ctx, options, e);
}

// GF_NOT_READY until the input has what tells its streams.
static GF_Err open_input(GF_Filter *filter, Ffdmx *ctx)
{
	AVDictionary *options = NULL;
	av_dict_copy(&options, ctx->format_options, 0);
	int e = ffdmx_pipe_open(ctx->pipe, &options, &ctx->format);
	if (e != AVERROR(EAGAIN))
		return end_opening(filter, ctx, options, e);
	av_dict_free(&options);
	ff_log_flush();
	return GF_NOT_READY;
}

static GF_Err declare_streams(GF_Filter *filter, Ffdmx *ctx)
{
	GF_Err e = GF_OK;
	ctx->streams = gf_calloc(ctx->format->nb_streams, sizeof(FfdmxStream));
	if (!ctx->streams)
		return GF_OUT_OF_MEM;
	ctx->nb_streams = ctx->format->nb_streams;
	for (u32 i = 0; !e && i < ctx->nb_streams; i++) {
		FfdmxStream *s = &ctx->streams[i];
		s->stream = ctx->format->streams[i];
		s->shift = FFDMX_NO_SHIFT;
		e = ffdmx_declare(filter, ctx->format, s, ctx->options->reparse);
		if (!s->pid)
			s->stream->discard = AVDISCARD_ALL;
	}
	return e;
}

// ---- Packets

static Bool counts_samples(const FfdmxStream *s)
{
	return s->base.den != s->stream->time_base.den;
}

// Duration of a packet in the unit of the PID.
static s64 duration_of(const FfdmxStream *s, const AVPacket *p)
{
	AVCodecParameters *codec = s->stream->codecpar;
	int samples = counts_samples(s) ? av_get_audio_frame_duration2(codec, p->size) : 0;
	if (samples <= 0 && counts_samples(s))
		samples = codec->frame_size;
	return samples > 0 ? samples : av_rescale_q(p->duration, s->stream->time_base, s->base);
}

// Puts the times of a packet in the unit of the PID. Sound follows its samples where the container rounds.
static void convert_times(FfdmxStream *s, AVPacket *p)
{
	s64 duration = duration_of(s, p);
	s64 tick = av_rescale_q(1, s->stream->time_base, s->base);
	av_packet_rescale_ts(p, s->stream->time_base, s->base);
	p->duration = duration;
	if (!counts_samples(s) || p->pts == AV_NOPTS_VALUE)
		return;
	// The first time tells the priming only roughly.
	int priming = s->stream->codecpar->initial_padding;
	if (s->next_time == AV_NOPTS_VALUE && priming > 0 && llabs(p->pts + priming) <= tick)
		p->pts = -priming;
	else if (s->next_time != AV_NOPTS_VALUE && llabs(p->pts - s->next_time) <= tick)
		p->pts = s->next_time;
	p->dts = p->pts;
	s->next_time = p->pts + duration;
}

static u64 shifted(const FfdmxStream *s, s64 time)
{
	return time == AV_NOPTS_VALUE || time + s->shift < 0 ? GF_FILTER_NO_TS : (u64)(time + s->shift);
}

// Where the container stores no DTS, libavformat leaves out those of as many packets as the decoder delays: they
// count back from the first presentation time.
static void complete_dts(FfdmxStream *s, AVPacket *p)
{
	const AVCodecParameters *codec = s->stream->codecpar;
	if (p->dts != AV_NOPTS_VALUE || p->pts == AV_NOPTS_VALUE)
		return;
	if (!s->nb_untimed)
		s->first_pts = p->pts;
	s64 step = p->duration > 0 ? p->duration : av_rescale_q(1, av_inv_q(s->stream->avg_frame_rate), s->stream->time_base);
	s64 left = (s64)codec->video_delay - s->nb_untimed++;
	if (left > 0 && step > 0)
		p->dts = s->first_pts - left * step;
}

// Times before 0 are told as a delay.
static void set_shift(FfdmxStream *s, const AVPacket *p)
{
	s64 first = p->dts != AV_NOPTS_VALUE ? p->dts : p->pts;
	if (first != AV_NOPTS_VALUE && p->pts != AV_NOPTS_VALUE && p->pts < first)
		first = p->pts;
	s->shift = first != AV_NOPTS_VALUE && first < 0 ? -first : 0;
	if (s->shift)
		gf_filter_pid_set_property(s->pid, GF_PROP_PID_DELAY, PROP_LONGSINT(-s->shift));
}

static Bool is_before_start(const Ffdmx *ctx, const FfdmxStream *s, const AVPacket *p)
{
	s64 time = p->pts != AV_NOPTS_VALUE ? p->pts : p->dts;
	if (ctx->start <= 0 || time == AV_NOPTS_VALUE)
		return GF_FALSE;
	return (Double)(time + p->duration) / s->base.den <= ctx->start + 0.0000001;
}

// The padding behind the last samples is cut by the decoder: the packet ends the range, after its duration. Some
// demultiplexers took it off the duration already, which then differs from that of the packet before.
static void set_padding(FfdmxStream *s, const AVPacket *p, GF_FilterPacket *packet)
{
	size_t size;
	const u8 *data = av_packet_get_side_data(p, AV_PKT_DATA_SKIP_SAMPLES, &size);
	s64 padding = data && size >= 8 && s->stream->codecpar->sample_rate > 0 ? AV_RL32(data + 4) : 0;
	padding = padding ? av_rescale_q(padding, (AVRational){1, s->stream->codecpar->sample_rate}, s->base) : 0;
	s64 duration = p->duration == s->last_duration ? p->duration - padding : p->duration;
	s->last_duration = p->duration;
	if (padding <= 0 || duration <= 0)
		return;
	gf_filter_pck_set_duration(packet, (u32)duration);
	gf_filter_pck_set_property(packet, GF_PROP_PCK_END_RANGE, PROP_BOOL(GF_TRUE));
}

// A part of a cue of WebVTT that is beside its text.
static void set_cue_part(const AVPacket *p, GF_FilterPacket *packet, enum AVPacketSideDataType type, char *name)
{
	size_t size;
	const u8 *data = av_packet_get_side_data(p, type, &size);
	char *text = data && size ? gf_malloc(size + 1) : NULL;
	if (!text)
		return;
	memcpy(text, data, size);
	text[size] = 0;
	gf_filter_pck_set_property_dyn(packet, name, PROP_STRING(text));
	gf_free(text);
}

static GF_Err send_packet(const Ffdmx *ctx, FfdmxStream *s)
{
	u8 *data;
	AVPacket *p = ctx->packet;
	complete_dts(s, p);
	convert_times(s, p);
	if (s->shift == FFDMX_NO_SHIFT)
		set_shift(s, p);
	if (!s->configured)
		ffdmx_describe_first(s, p);
	const AVCodecParameters *codec = s->stream->codecpar;
	u32 header = s->needs_header ? (u32)codec->extradata_size : 0;
	GF_FilterPacket *packet = gf_filter_pck_new_alloc(s->pid, header + (u32)p->size, &data);
	if (!packet)
		return GF_OUT_OF_MEM;
	if (header)
		memcpy(data, codec->extradata, header);
	memcpy(data + header, p->data, (size_t)p->size);
	s->needs_header = GF_FALSE;
	gf_filter_pck_set_cts(packet, shifted(s, p->pts));
	gf_filter_pck_set_dts(packet, shifted(s, p->dts));
	if (p->duration > 0)
		gf_filter_pck_set_duration(packet, (u32)p->duration);
	gf_filter_pck_set_sap(packet, p->flags & AV_PKT_FLAG_KEY ? GF_FILTER_SAP_1 : GF_FILTER_SAP_NONE);
	gf_filter_pck_set_corrupted(packet, p->flags & AV_PKT_FLAG_CORRUPT ? GF_TRUE : GF_FALSE);
	gf_filter_pck_set_seek_flag(packet, is_before_start(ctx, s, p));
	gf_filter_pck_set_framing(packet, GF_TRUE, GF_TRUE);
	set_padding(s, p, packet);
	set_cue_part(p, packet, AV_PKT_DATA_WEBVTT_IDENTIFIER, "vtt_cueid");
	set_cue_part(p, packet, AV_PKT_DATA_WEBVTT_SETTINGS, "vtt_settings");
	GF_Err e = gf_filter_pck_send(packet);
	return e < 0 ? e : GF_OK;
}

static void end_streams(Ffdmx *ctx)
{
	ctx->ended = GF_TRUE;
	for (u32 i = 0; i < ctx->nb_streams; i++)
		if (ctx->streams[i].pid)
			gf_filter_pid_set_eos(ctx->streams[i].pid);
}

// At its end, a file that lacks bytes is told once, instead of what libavformat says of it.
static void report_cut(Ffdmx *ctx)
{
	char fault[FF_MESSAGE_SIZE];
	u64 missing = ctx->told_cut || ctx->pipe ? 0 : ffdmx_missing(ctx->format, ctx->options->src);
	if (!missing)
		return;
	ctx->told_cut = GF_TRUE;
	ff_log_fault(fault);
	GF_LOG(GF_LOG_WARNING, GF_LOG_CONTAINER,
		("[ffdmx] %s is cut: it ends %llu bytes before the end of %s\n", ctx->options->src, (unsigned long long)missing,
			strcmp(ctx->format->iformat->name, "mpegts") ? "what its header tells" : "its last packet"));
}

static GF_Err read_packet(Ffdmx *ctx)
{
	char text[FF_ERROR_SIZE];
	int res = ctx->pipe ? ffdmx_pipe_read(ctx->pipe, ctx->packet) : av_read_frame(ctx->format, ctx->packet);
	if (res == AVERROR_EOF)
		report_cut(ctx);
	ff_log_flush();
	if (res == AVERROR(EAGAIN))
		return GF_IP_NETWORK_EMPTY;
	if (res < 0) {
		if (res != AVERROR_EOF)
			GF_LOG(GF_LOG_ERROR, GF_LOG_CONTAINER,
				("[ffdmx] %s: %s\n", source_name(ctx), ff_error_text(res, text)));
		end_streams(ctx);
		return res == AVERROR_EOF || ff_error(res) >= 0 ? GF_EOS : ff_error(res);
	}
	ctx->started = GF_TRUE;
	u32 index = (u32)ctx->packet->stream_index;
	FfdmxStream *s = index < ctx->nb_streams ? &ctx->streams[index] : NULL;
	if (s && (ctx->packet->flags & AV_PKT_FLAG_KEY))
		s->waits = GF_FALSE;
	// Before it is asked to play, a PID may get packets: those of its start must not be lost.
	Bool sends = s && s->pid && !s->stopped && !s->waits && ctx->packet->size > 0;
	GF_Err e = sends ? send_packet(ctx, s) : GF_OK;
	av_packet_unref(ctx->packet);
	return e;
}

// ---- Process

static Bool all_block(const Ffdmx *ctx)
{
	for (u32 i = 0; i < ctx->nb_streams; i++) {
		const FfdmxStream *s = &ctx->streams[i];
		if (s->pid && s->playing && !gf_filter_pid_would_block(s->pid))
			return GF_FALSE;
	}
	return GF_TRUE;
}

static GF_Err ffdmx_process(GF_Filter *filter)
{
	Ffdmx *ctx = ff_state(filter);
	GF_Err e = GF_OK;
	if (ctx->ipid && !ctx->failed && !ctx->format)
		e = open_input(filter, ctx);
	if (e == GF_NOT_READY || ctx->failed)
		return e ? GF_OK : GF_EOS;
	if (!ctx->nb_streams) {
		e = e ? e : declare_streams(filter, ctx);
		if (e)
			gf_filter_setup_failure(filter, e);
		ctx->failed = e != GF_OK;
		return e ? e : GF_EOS; // until something plays
	}
	if (!ctx->nb_playing || ctx->ended)
		return GF_EOS;
	for (u32 i = 0; !e && i < MAX_PACKETS && !all_block(ctx); i++)
		e = read_packet(ctx);
	return e == GF_IP_NETWORK_EMPTY ? GF_OK : e;
}

// ---- Seeking

static FfdmxStream *first_video(const Ffdmx *ctx)
{
	for (u32 i = 0; i < ctx->nb_streams; i++)
		if (ctx->streams[i].pid && ctx->streams[i].stream->codecpar->codec_type == AVMEDIA_TYPE_VIDEO)
			return &ctx->streams[i];
	return NULL;
}

// To a time or, where that is not behind the first one, to the beginning. Some formats have nothing before their first
// time stamp; in others (MPEG-2 TS) it is not where decoding starts.
static int seek_to(Ffdmx *ctx, s64 time)
{
	s64 first = ctx->format->start_time != AV_NOPTS_VALUE ? ctx->format->start_time : 0;
	s64 beginning = first < 0 ? first : 0;
	int e = av_seek_frame(ctx->format, -1, time > first ? time : beginning, AVSEEK_FLAG_BACKWARD);
	if (e < 0 && time <= first)
		e = av_seek_frame(ctx->format, -1, first, AVSEEK_FLAG_BACKWARD);
	ff_log_flush();
	return e;
}

// Reads on: whether a random access point comes that is presented at a time or before it.
static Bool meets_access_point(Ffdmx *ctx, const FfdmxStream *s, s64 time)
{
	AVPacket *p = ctx->packet;
	Bool found = GF_FALSE, late = GF_FALSE;
	time = av_rescale_q(time, AV_TIME_BASE_Q, s->stream->time_base);
	while (!found && !late && av_read_frame(ctx->format, p) >= 0) {
		s64 at = p->pts != AV_NOPTS_VALUE ? p->pts : p->dts;
		if (p->stream_index == s->stream->index && at != AV_NOPTS_VALUE) {
			found = (p->flags & AV_PKT_FLAG_KEY) && at <= time;
			late = (p->dts != AV_NOPTS_VALUE ? p->dts : at) > time;
		}
		av_packet_unref(p);
	}
	ff_log_flush();
	return found;
}

// Some formats find any packet of that time (MPEG-2 TS), or nothing behind the last one in decoding order (FLV):
// the random access point is looked for further and further back.
static int seek_access_point(Ffdmx *ctx, s64 time)
{
	FfdmxStream *video = first_video(ctx);
	s64 back = 0, first = ctx->format->start_time > 0 ? ctx->format->start_time : 0;
	int e = seek_to(ctx, time);
	if (!video || time <= first)
		return e;
	while (e >= 0 && time - back > first && !meets_access_point(ctx, video, time)) {
		back = back ? 2 * back : AV_TIME_BASE;
		e = seek_to(ctx, time - back);
	}
	video->waits = e >= 0;
	return e >= 0 && time - back > first ? seek_to(ctx, time - back) : e;
}

static void seek(Ffdmx *ctx, Double start)
{
	ctx->start = start;
	ctx->ended = GF_FALSE;
	for (u32 i = 0; i < ctx->nb_streams; i++) {
		ctx->streams[i].nb_untimed = 0;
		ctx->streams[i].next_time = AV_NOPTS_VALUE;
		ctx->streams[i].waits = GF_FALSE;
	}
	if (ctx->ipid || (start <= 0 && !ctx->started))
		return;
	if (seek_access_point(ctx, (s64)(start * AV_TIME_BASE)) < 0)
		GF_LOG(GF_LOG_WARNING, GF_LOG_CONTAINER,
			("[ffdmx] %s cannot be read from %g s on\n", ctx->options->src, start));
}

// ---- Callbacks

// The format goes with it.
static void close_pipe(Ffdmx *ctx)
{
	if (!ctx->pipe)
		return;
	ffdmx_pipe_del(ctx->pipe);
	ctx->pipe = NULL;
	ctx->format = NULL;
}

static Bool ffdmx_process_event(GF_Filter *filter, const GF_FilterEvent *event)
{
	Ffdmx *ctx = ff_state(filter);
	FfdmxStream *s = event->base.on_pid ? gf_filter_pid_get_udta(event->base.on_pid) : NULL;
	if (s && event->base.type == GF_FEVT_CONNECT_FAIL)
		s->stopped = GF_TRUE;
	if (!s || (event->base.type != GF_FEVT_PLAY && event->base.type != GF_FEVT_STOP))
		return GF_TRUE;
	Bool play = event->base.type == GF_FEVT_PLAY;
	if (play && !ctx->nb_playing)
		seek(ctx, event->play.start_range);
	if (play != s->playing)
		ctx->nb_playing += play ? 1u : (u32)-1;
	s->playing = play;
	s->stopped = !play;
	if (play)
		gf_filter_post_process_task(filter);
	return GF_TRUE;
}

// The input plays since it was configured, and stops with the last output.
static Bool ffdmxpid_process_event(GF_Filter *filter, const GF_FilterEvent *event)
{
	const Ffdmx *ctx = ff_state(filter);
	Bool cancels = ffdmx_process_event(filter, event);
	return event->base.type == GF_FEVT_STOP && !ctx->nb_playing ? GF_FALSE : cancels;
}

static GF_Err ffdmxpid_configure_pid(GF_Filter *filter, GF_FilterPid *pid, Bool is_remove)
{
	Ffdmx *ctx = ff_state(filter);
	if (is_remove) {
		for (u32 i = 0; i < ctx->nb_streams; i++)
			if (ctx->streams[i].pid)
				gf_filter_pid_remove(ctx->streams[i].pid);
		ctx->failed = GF_TRUE;
		close_pipe(ctx);
		return GF_OK;
	}
	if (!gf_filter_pid_check_caps(pid) || (ctx->ipid && ctx->ipid != pid))
		return GF_NOT_SUPPORTED;
	if (ctx->ipid)
		return GF_OK;
	GF_Err e = ffdmx_pipe_new(pid, ctx->options->block_size, ctx->options->strbuf_min, &ctx->pipe);
	if (e)
		return e;
	GF_FilterEvent event;
	ctx->ipid = pid;
	gf_filter_pid_init_play_event(pid, &event, 0, 1, "ffdmxpid");
	gf_filter_pid_send_event(pid, &event);
	return GF_OK;
}

static GF_Err ffdmx_update_arg(GF_Filter *filter, const char *name, const GF_PropertyValue *value)
{
	Ffdmx *ctx = ff_state(filter);
	return ff_option_set(
		filter, &ctx->format_options, avformat_get_class(), AV_OPT_FLAG_DECODING_PARAM, name, value);
}

static GF_Err check_options(const FfdmxOptions *o)
{
	const struct {
		const char *name;
		Bool used;
	} options[] = {
		{"block_size", o->block_size != 4096},
		{"strbuf_min", o->strbuf_min != 1000000},
		{"proto", o->proto},
		{"mwait", o->mwait.x != 1 || o->mwait.y != 30},
		{"ext", o->ext != NULL},
		{"mime", o->mime != NULL},
	};
	for (u32 i = 0; i < sizeof(options) / sizeof(options[0]); i++) {
		if (!options[i].used)
			continue;
		GF_LOG(GF_LOG_ERROR, GF_LOG_CONTAINER, ("[ffdmx] the option %s is not supported\n", options[i].name));
		return GF_NOT_SUPPORTED;
	}
	return GF_OK;
}

static GF_Err ffdmx_initialize(GF_Filter *filter)
{
	Ffdmx *ctx = ff_state(filter);
	ctx->options = gf_filter_get_udta(filter);
	GF_Err e = check_options(ctx->options);
	if (e || gf_filter_is_temporary(filter))
		return e;
	if (!ctx->options->src)
		return GF_BAD_PARAM;
	ctx->packet = av_packet_alloc();
	return ctx->packet ? open_source(filter, ctx) : GF_OUT_OF_MEM;
}

static GF_Err ffdmxpid_initialize(GF_Filter *filter)
{
	Ffdmx *ctx = ff_state(filter);
	ctx->options = gf_filter_get_udta(filter);
	u32 block = ctx->options->block_size, ahead = ctx->options->strbuf_min;
	if (!block || block > MAX_BLOCK || !ahead || ahead > MAX_BLOCK) {
		GF_LOG(GF_LOG_ERROR, GF_LOG_CONTAINER, ("[ffdmxpid] block_size and strbuf_min are 1 to %u bytes\n", MAX_BLOCK));
		return GF_BAD_PARAM;
	}
	ctx->packet = av_packet_alloc();
	return ctx->packet ? GF_OK : GF_OUT_OF_MEM;
}

static void ffdmx_finalize(GF_Filter *filter)
{
	Ffdmx *ctx = ff_state(filter);
	close_pipe(ctx);
	avformat_close_input(&ctx->format);
	av_packet_free(&ctx->packet);
	av_dict_free(&ctx->format_options);
	gf_free(ctx->streams);
	ff_log_flush();
}

const FfCallbacks ffdmx_callbacks = {
	.name = "ffdmx",
	.state_size = sizeof(Ffdmx),
	.initialize = ffdmx_initialize,
	.finalize = ffdmx_finalize,
	.process = ffdmx_process,
	.process_event = ffdmx_process_event,
	.update_arg = ffdmx_update_arg,
};

const FfCallbacks ffdmxpid_callbacks = {
	.name = "ffdmxpid",
	.state_size = sizeof(Ffdmx),
	.initialize = ffdmxpid_initialize,
	.finalize = ffdmx_finalize,
	.configure_pid = ffdmxpid_configure_pid,
	.process = ffdmx_process,
	.process_event = ffdmxpid_process_event,
	.update_arg = ffdmx_update_arg,
};
