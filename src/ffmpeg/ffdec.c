// SPDX-License-Identifier: MIT
// Decoder: any audio, video and bitmap subtitle codec of libavcodec (media filters chapter 4.21).
//
// Packets go in as they come, frames come out when the decoder has them: with several threads some frames
// later. Each frame takes the attributes of the packet that it comes from, found by the rank that libavcodec
// carries from packets to frames.
#include <string.h>
#include <libavutil/opt.h>
#include <libswscale/swscale.h>
#include "base/array.h"
#include "ffmpeg/ffdec.h"

#define MAX_SOURCES 1024 // more frames than any decoder keeps: what is older was lost

// ---- Sources of frames

static void forget_source(Ffdec *ctx, u32 index)
{
	gf_filter_pck_unref(ctx->sources[index].props);
	ctx->nb_sources--;
	memmove(ctx->sources + index, ctx->sources + index + 1, (ctx->nb_sources - index) * sizeof(FfdecSource));
}

static void forget_all_sources(Ffdec *ctx)
{
	while (ctx->nb_sources)
		forget_source(ctx, ctx->nb_sources - 1);
}

static GF_Err add_source(Ffdec *ctx, GF_FilterPacket *packet)
{
	if (ctx->nb_sources == MAX_SOURCES)
		forget_source(ctx, 0);
	if (array_reserve(&ctx->sources, &ctx->nb_sources_alloc, ctx->nb_sources, 1, sizeof(*ctx->sources)))
		return GF_OUT_OF_MEM;
	FfdecSource source = {.seq = ctx->next_seq, .cts = gf_filter_pck_get_cts(packet), .props = packet};
	GF_Err e = gf_filter_pck_ref_props(&source.props);
	if (e)
		return e;
	if (ctx->first_sap < 0 && !ctx->warming && gf_filter_pck_get_sap(packet))
		ctx->first_sap = ctx->next_seq;
	ctx->sources[ctx->nb_sources++] = source;
	ctx->next_seq++;
	return GF_OK;
}

const FfdecSource *ffdec_source(const Ffdec *ctx)
{
	for (u32 i = 0; i < ctx->nb_sources; i++)
		if (ctx->sources[i].seq == ctx->frame->pkt_pos)
			return &ctx->sources[i];
	for (u32 i = 0; i < ctx->nb_sources; i++)
		if ((s64)ctx->sources[i].cts == ctx->frame->pts)
			return &ctx->sources[i];
	return NULL;
}

// Pictures come in the order of presentation: a source with an earlier time gave none. A packet of sound may
// give several frames, so it is only done with when the next one gives one.
static void forget_sources(Ffdec *ctx)
{
	const FfdecSource *source = ffdec_source(ctx);
	Bool video = ctx->codec->codec_type == AVMEDIA_TYPE_VIDEO;
	if (!source)
		return;
	FfdecSource last = *source;
	for (u32 i = ctx->nb_sources; i > 0; i--) {
		const FfdecSource *s = &ctx->sources[i - 1];
		if (video ? s->seq == last.seq || (s64)s->cts < (s64)last.cts : s->seq < last.seq)
			forget_source(ctx, i - 1);
	}
}

// ---- Faults in the data

// A packet that cannot be decoded: one message, with the reason that libavcodec gives in words where it does.
GF_Err ffdec_tell_lost(Ffdec *ctx, u64 cts, int error)
{
	char text[FF_ERROR_SIZE], fault[FF_MESSAGE_SIZE];
	Bool known = ff_log_fault(fault);
	GF_LOG(GF_LOG_WARNING, GF_LOG_CODEC,
		("[ffdec] packet at %llu cannot be decoded: %s%s%s%s\n", (unsigned long long)cts, ff_error_text(error, text),
			known ? " (" : "", known ? fault : "", known ? ")" : ""));
	ctx->told = ctx->next_seq;
	return GF_NON_COMPLIANT_BITSTREAM;
}

// Damage that the decoder concealed. It has many words for one fault, some of them from its threads later.
void ffdec_tell_damage(Ffdec *ctx)
{
	char fault[FF_MESSAGE_SIZE];
	if (!ff_log_fault(fault) || ctx->next_seq - ctx->told <= ctx->codec->thread_count)
		return;
	GF_LOG(GF_LOG_WARNING, GF_LOG_CODEC,
		("[ffdec] damaged data near %llu: %s\n", (unsigned long long)ctx->last_cts, fault));
	ctx->told = ctx->next_seq;
}

// ---- Opening

static Bool is_subtitles(const Ffdec *ctx)
{
	return ctx->codec->codec_type == AVMEDIA_TYPE_SUBTITLE;
}

static void close_codec(Ffdec *ctx)
{
	avcodec_free_context(&ctx->codec);
	ff_log_flush();
	forget_all_sources(ctx);
}

static const AVCodec *find_mapped(const Ffdec *ctx, GF_CodecID label, u32 meta_id)
{
	for (u32 i = 0; i < ctx->options->ffcmap.nb_items; i++) {
		const char *item = ctx->options->ffcmap.vals[i];
		const char *at = strchr(item, '@');
		size_t length = at ? (size_t)(at - item) : 0;
		u32 id = length == 4 && (item[0] < '0' || item[0] > '9') ? GF_4CC((u8)item[0], (u8)item[1], (u8)item[2], (u8)item[3])
																 : (u32)strtoul(item, NULL, 0);
		if (length && (id == (u32)label || (meta_id && id == meta_id)))
			return avcodec_find_decoder_by_name(at + (at[1] == '+' ? 2 : 1));
	}
	return NULL;
}

static const AVCodec *find_decoder(GF_Filter *filter, const Ffdec *ctx, GF_FilterPid *pid)
{
	GF_CodecID label = ff_uint(pid, GF_PROP_PID_CODECID);
	enum AVCodecID id = ff_codec_of_pid(pid);
	const AVCodec *codec = find_mapped(ctx, label, ff_uint(pid, GF_PROP_PID_META_DEMUX_CODEC_ID));
	if (codec)
		return codec;
	// Inserted filters inherit the `c` of the encoder they serve.
	const char *wanted = gf_filter_is_dynamic(filter) ? NULL : ctx->options->c;
	codec = wanted ? avcodec_find_decoder_by_name(wanted) : avcodec_find_decoder(id);
	if (codec && codec->id == id)
		return codec;
	if (wanted)
		GF_LOG(GF_LOG_ERROR, GF_LOG_CODEC,
			("[ffdec] `%s` is no decoder for %s\n", wanted, gf_codecid_name(label)));
	else
		GF_LOG(GF_LOG_ERROR, GF_LOG_CODEC,
			("[ffdec] libavcodec %u.%u has no decoder for %s; more codecs come with the Debian package "
			 "libavcodec-extra%u or with a later version\n",
				avcodec_version() >> 16, avcodec_version() >> 8 & 255, gf_codecid_name(label),
				avcodec_version() >> 16));
	return NULL;
}

static u32 swap_4cc(u32 code)
{
	return code >> 24 | (code >> 8 & 0xff00) | (code << 8 & 0xff0000) | code << 24;
}

static void set_parameters(AVCodecContext *codec, GF_FilterPid *pid)
{
	u32 timescale = gf_filter_pid_get_timescale(pid);
	u32 nb_channels = ff_uint(pid, GF_PROP_PID_NUM_CHANNELS);
	const GF_PropertyValue *layout = gf_filter_pid_get_property(pid, GF_PROP_PID_CHANNEL_LAYOUT);
	u64 mask = layout ? ff_layout_from_mask(layout->value.longuint, nb_channels) : 0;
	codec->pkt_timebase = (AVRational){1, timescale ? (int)timescale : 1000};
	codec->width = (int)ff_uint(pid, GF_PROP_PID_WIDTH);
	codec->height = (int)ff_uint(pid, GF_PROP_PID_HEIGHT);
	codec->sample_rate = (int)ff_uint(pid, GF_PROP_PID_SAMPLE_RATE);
	codec->bits_per_coded_sample = (int)ff_uint(pid, GF_PROP_PID_AUDIO_BPS);
	codec->block_align = (int)ff_uint(pid, GF_PROP_PID_META_DEMUX_OPAQUE);
	if (mask)
		av_channel_layout_from_mask(&codec->ch_layout, mask);
	else if (nb_channels)
		av_channel_layout_default(&codec->ch_layout, (int)nb_channels);
	if (codec->codec_id == AV_CODEC_ID_PRORES) // tells whether there is alpha
		codec->codec_tag = swap_4cc(ff_uint(pid, GF_PROP_PID_CODECID));
	// Priming and padding are ours to cut: the container tells how much.
	codec->flags2 |= AV_CODEC_FLAG2_SKIP_MANUAL;
	if (codec->codec_type == AVMEDIA_TYPE_VIDEO)
		codec->thread_count = 0; // as many as there are cores
}

static void set_name(GF_Filter *filter, const AVCodecContext *codec)
{
	char name[100];
	if (codec->thread_count > 1 && codec->active_thread_type)
		snprintf(name, sizeof(name), "ffdec:%s (%d threads)", codec->codec->name, codec->thread_count);
	else
		snprintf(name, sizeof(name), "ffdec:%s", codec->codec->name);
	gf_filter_set_name(filter, name);
}

// Whether libavcodec leaves out only pictures that no other one needs when it is told to (AVDISCARD_NONREF). For HEVC it
// goes by NAL unit types, which hold inside of a temporal layer: H.265 table 7-1, and ISO/IEC 14496-15 8.3.3.1 for the
// number of layers.
static Bool knows_unreferenced(const AVCodecContext *codec)
{
	switch (codec->codec_id) {
	case AV_CODEC_ID_H264:
	case AV_CODEC_ID_MPEG1VIDEO:
	case AV_CODEC_ID_MPEG2VIDEO:
	case AV_CODEC_ID_MPEG4:
		return GF_TRUE;
	case AV_CODEC_ID_HEVC:
		return codec->extradata_size > 21 && codec->extradata[0] == 1 && (codec->extradata[21] >> 3 & 7) == 1;
	default:
		return GF_FALSE;
	}
}

static GF_Err open_codec(GF_Filter *filter, Ffdec *ctx, GF_FilterPid *pid, const AVCodec *decoder)
{
	AVDictionary *options = NULL;
	char text[FF_ERROR_SIZE];
	ctx->codec = avcodec_alloc_context3(decoder);
	if (!ctx->codec)
		return GF_OUT_OF_MEM;
	set_parameters(ctx->codec, pid);
	GF_Err e = ff_extradata_of_pid(pid, &ctx->codec->extradata, &ctx->codec->extradata_size);
	if (e)
		return e;
	av_dict_copy(&options, ctx->codec_options, 0);
	int res = avcodec_open2(ctx->codec, decoder, &options);
	ff_log_flush();
	if (res < 0)
		GF_LOG(GF_LOG_ERROR, GF_LOG_CODEC,
			("[ffdec] decoder %s cannot be opened: %s\n", decoder->name, ff_error_text(res, text)));
	e = res < 0 ? GF_NON_COMPLIANT_BITSTREAM
				: ff_options_refuse(
					  filter, options, decoder->name, decoder->priv_class, AV_OPT_FLAG_DECODING_PARAM);
	av_dict_free(&options);
	if (e)
		return e;
	ctx->draining = ctx->drained = ctx->flushing = GF_FALSE;
	ctx->first_sap = -1;
	ctx->told = -1 - ctx->codec->thread_count;
	ctx->skip_frame = ctx->codec->skip_frame;
	ctx->skips_unreferenced = knows_unreferenced(ctx->codec);
	set_name(filter, ctx->codec);
	return GF_OK;
}

// ---- Properties of the output, before the first frame tells them

static void describe_video(Ffdec *ctx)
{
	GF_FilterPid *pid = ctx->opid;
	Bool full_range = GF_FALSE;
	GF_PixelFormat label = ff_pixel_label(ctx->codec->pix_fmt, &full_range);
	GF_CodecID codec = ctx->codec_label;
	if (!label)
		label = codec == GF_CODECID_PNG || codec == GF_CODECID_JPEG ? GF_PIXEL_RGB : GF_PIXEL_YUV;
	gf_filter_pid_set_property(pid, GF_PROP_PID_PIXFMT, PROP_UINT(label));
	gf_filter_pid_set_property(pid, GF_PROP_PID_STRIDE, NULL);
	gf_filter_pid_set_property(pid, GF_PROP_PID_STRIDE_UV, NULL);
	memset(&ctx->picture, 0, sizeof(ctx->picture));
}

static void describe_audio(Ffdec *ctx)
{
	GF_FilterPid *pid = ctx->opid;
	const AVCodec *decoder = ctx->codec->codec;
	enum AVSampleFormat format = ctx->codec->sample_fmt;
	if (format == AV_SAMPLE_FMT_NONE)
		format = decoder->sample_fmts ? decoder->sample_fmts[0] : AV_SAMPLE_FMT_S16;
	gf_filter_pid_set_property(pid, GF_PROP_PID_AUDIO_FORMAT, PROP_UINT(ff_sample_label(format)));
	const GF_PropertyValue *delay = gf_filter_pid_get_property(ctx->ipid, GF_PROP_PID_DELAY);
	const GF_PropertyValue *keep = gf_filter_pid_get_property(ctx->ipid, GF_PROP_PID_NO_PRIMING);
	Bool cut = delay && delay->value.longsint < 0 && !(keep && keep->value.boolean);
	ctx->delay = cut ? delay->value.longsint : 0;
	if (cut)
		gf_filter_pid_set_property(pid, GF_PROP_PID_DELAY, NULL);
	ctx->rate = 0;
}

static void describe_output(Ffdec *ctx)
{
	static const u32 gone[] = {GF_PROP_PID_DECODER_CONFIG, GF_PROP_PID_DECODER_CONFIG_ENHANCEMENT,
		GF_PROP_PID_BITRATE, GF_PROP_PID_MAXRATE, GF_PROP_PID_DBSIZE, GF_PROP_PID_MEDIA_DATA_SIZE,
		GF_PROP_PID_MAX_FRAME_SIZE, GF_PROP_PID_AVG_FRAME_SIZE, GF_PROP_PID_CAN_DATAREF, GF_PROP_PID_CTS_SHIFT,
		GF_PROP_PID_MAX_CTS_OFFSET, GF_PROP_PID_ISOM_STSD_TEMPLATE, GF_PROP_PID_ISOM_STSD_ALL_TEMPLATES,
		GF_PROP_PID_ISOM_SUBTYPE, GF_PROP_PID_SUBTYPE, GF_PROP_PID_CODEC, GF_PROP_PID_UNFRAMED,
		GF_PROP_PID_PROFILE_LEVEL, GF_PROP_PID_HAS_SYNC, GF_PROP_PID_HAS_SKIP_BEGIN,
		GF_PROP_PID_META_DEMUX_CODEC_ID, GF_PROP_PID_META_DEMUX_CODEC_NAME, GF_PROP_PID_META_DEMUX_OPAQUE};
	GF_FilterPid *pid = ctx->opid;
	gf_filter_pid_copy_properties(pid, ctx->ipid);
	for (u32 i = 0; i < sizeof(gone) / sizeof(gone[0]); i++)
		gf_filter_pid_set_property(pid, gone[i], NULL);
	gf_filter_pid_set_property(pid, GF_PROP_PID_CODECID, PROP_UINT(GF_CODECID_RAW));
	if (!gf_filter_pid_get_timescale(pid))
		ff_set_uint(pid, GF_PROP_PID_TIMESCALE, 1000);
	if (ctx->codec->codec_type == AVMEDIA_TYPE_VIDEO)
		describe_video(ctx);
	else if (is_subtitles(ctx))
		ffdec_describe_subtitles(ctx);
	else
		describe_audio(ctx);
}

// ---- Frames

static Bool is_hidden(GF_FilterPacket *packet)
{
	const GF_PropertyValue *hidden = gf_filter_pck_get_property(packet, GF_PROP_PCK_SKIP_PRES);
	return gf_filter_pck_get_seek_flag(packet) || (hidden && hidden->value.boolean);
}

// Whether the frame is one that somebody wants to see.
static Bool is_wanted(const Ffdec *ctx)
{
	const FfdecSource *source = ffdec_source(ctx);
	if (ctx->frame->flags & AV_FRAME_FLAG_DISCARD)
		return GF_FALSE;
	if (!source)
		return ctx->first_sap >= 0;
	return !is_hidden(source->props) && ctx->first_sap >= 0 && source->seq >= ctx->first_sap;
}

// Takes a frame out of the decoder and sends it. AVERROR(EAGAIN): it wants a packet; AVERROR_EOF: it is empty.
static int receive(Ffdec *ctx, GF_Err *e)
{
	int res = avcodec_receive_frame(ctx->codec, ctx->frame);
	if (res < 0)
		return res;
	if (is_wanted(ctx))
		*e = ctx->codec->codec_type == AVMEDIA_TYPE_VIDEO ? ffdec_send_video(ctx) : ffdec_send_audio(ctx);
	forget_sources(ctx);
	av_frame_unref(ctx->frame);
	return 0;
}

// Empties the decoder, before it is closed.
static void drain(Ffdec *ctx)
{
	GF_Err e = GF_OK;
	if (!ctx->codec || ctx->drained || is_subtitles(ctx) || avcodec_send_packet(ctx->codec, NULL) < 0)
		return;
	while (receive(ctx, &e) != AVERROR_EOF)
		;
	ffdec_tell_damage(ctx);
}

static void restart(Ffdec *ctx)
{
	if (ctx->codec)
		avcodec_flush_buffers(ctx->codec);
	forget_all_sources(ctx);
	ctx->draining = ctx->drained = ctx->flushing = ctx->turning = GF_FALSE;
	ctx->first_sap = -1;
	ctx->last_dts = GF_FILTER_NO_TS;
}

// ---- Callbacks

static u32 config_crc(GF_FilterPid *pid)
{
	const GF_PropertyValue *p = gf_filter_pid_get_property(pid, GF_PROP_PID_DECODER_CONFIG);
	return p ? gf_crc_32(p->value.data.ptr, p->value.data.size) : 0;
}

static GF_Err ffdec_configure_pid(GF_Filter *filter, GF_FilterPid *pid, Bool is_remove)
{
	Ffdec *ctx = ff_state(filter);
	if (is_remove) {
		close_codec(ctx);
		if (ctx->opid)
			gf_filter_pid_remove(ctx->opid);
		ctx->ipid = ctx->opid = NULL;
		return GF_OK;
	}
	u32 type = ff_uint(pid, GF_PROP_PID_STREAM_TYPE);
	if (!gf_filter_pid_check_caps(pid) || (type != GF_STREAM_VISUAL && type != GF_STREAM_AUDIO && type != GF_STREAM_TEXT))
		return GF_NOT_SUPPORTED;
	const AVCodec *decoder = find_decoder(filter, ctx, pid);
	if (!decoder)
		return GF_NOT_SUPPORTED;
	ctx->ipid = pid;
	u32 crc = config_crc(pid);
	if (!ctx->codec || ctx->codec->codec != decoder || ctx->config_crc != crc) {
		drain(ctx);
		close_codec(ctx);
		ctx->codec_label = ff_uint(pid, GF_PROP_PID_CODECID);
		ctx->config_crc = crc;
		GF_Err e = open_codec(filter, ctx, pid, decoder);
		if (e)
			return e;
	}
	if (!ctx->opid && !(ctx->opid = gf_filter_pid_new(filter)))
		return GF_OUT_OF_MEM;
	describe_output(ctx);
	return GF_OK;
}

static Bool ffdec_process_event(GF_Filter *filter, const GF_FilterEvent *event)
{
	Ffdec *ctx = ff_state(filter);
	if (event->base.type == GF_FEVT_PLAY)
		ctx->reverse = event->play.speed < 0;
	if (event->base.type == GF_FEVT_STOP) {
		restart(ctx);
		ffdec_backward_reset(&ctx->backward);
	}
	return GF_FALSE;
}

static Bool in_blocks(const Ffdec *ctx)
{
	return ctx->reverse && ctx->codec->codec_type == AVMEDIA_TYPE_AUDIO;
}

// The packet to decode next. NULL when there is none, or when the decoder has to be emptied first: backward, a GOP comes
// after the one it is shown before.
static GF_FilterPacket *take_packet(Ffdec *ctx)
{
	ctx->warming = GF_FALSE;
	if (in_blocks(ctx))
		return ffdec_backward_take(&ctx->backward, ctx->ipid, &ctx->warming, &ctx->turning);
	GF_FilterPacket *packet = gf_filter_pid_get_packet(ctx->ipid);
	u64 dts = packet ? gf_filter_pck_get_dts(packet) : GF_FILTER_NO_TS;
	if (!ctx->reverse || dts == GF_FILTER_NO_TS)
		return packet;
	ctx->turning = ctx->last_dts != GF_FILTER_NO_TS && (s64)dts <= (s64)ctx->last_dts;
	ctx->last_dts = dts;
	return ctx->turning ? NULL : packet;
}

// Gives a packet to the decoder.
static GF_Err send_packet(Ffdec *ctx, GF_FilterPacket *packet)
{
	u32 size;
	const u8 *data = gf_filter_pck_get_data(packet, &size);
	u64 cts = gf_filter_pck_get_cts(packet), dts = gf_filter_pck_get_dts(packet);
	if (!data || !size)
		return GF_OK;
	GF_Err e = add_source(ctx, packet);
	if (e)
		return e;
	ctx->last_cts = cts;
	// On the way to the time that was sought, only what later pictures refer to is decoded.
	Bool skips = ctx->skips_unreferenced && ctx->skip_frame < AVDISCARD_NONREF && is_hidden(packet);
	ctx->codec->skip_frame = skips ? AVDISCARD_NONREF : ctx->skip_frame;
	// libavcodec copies packets that are not counted, with the padding it wants.
	ctx->packet->data = (u8 *)data;
	ctx->packet->size = (int)size;
	ctx->packet->pts = cts == GF_FILTER_NO_TS ? AV_NOPTS_VALUE : (s64)cts;
	ctx->packet->dts = dts == GF_FILTER_NO_TS ? AV_NOPTS_VALUE : (s64)dts;
	ctx->packet->duration = gf_filter_pck_get_duration(packet);
	ctx->packet->pos = ctx->next_seq - 1;
	ctx->packet->flags = gf_filter_pck_get_sap(packet) ? AV_PKT_FLAG_KEY : 0;
	int res = avcodec_send_packet(ctx->codec, ctx->packet);
	av_packet_unref(ctx->packet);
	return res >= 0 || res == AVERROR_EOF ? GF_OK : ffdec_tell_lost(ctx, cts, res);
}

// Gives the next packet, or the end, to the decoder.
static GF_Err feed(Ffdec *ctx, Bool *waits)
{
	if (!ctx->codec)
		return GF_EOS;
	GF_FilterPacket *packet = take_packet(ctx);
	if (!packet) {
		*waits = !ctx->turning && !gf_filter_pid_is_eos(ctx->ipid);
		if (*waits)
			return GF_OK;
		ctx->draining = GF_TRUE;
		ctx->flushing = !ctx->turning && gf_filter_pid_is_flush_eos(ctx->ipid);
		avcodec_send_packet(ctx->codec, NULL);
		return GF_OK;
	}
	if (ctx->drained)
		restart(ctx);
	GF_Err e = send_packet(ctx, packet);
	if (!in_blocks(ctx))
		gf_filter_pid_drop_packet(ctx->ipid);
	return e;
}

static GF_Err finish(Ffdec *ctx)
{
	if (ctx->turning) {
		restart(ctx);
		return GF_OK;
	}
	ctx->draining = GF_FALSE;
	ctx->drained = GF_TRUE;
	forget_all_sources(ctx);
	if (!ctx->flushing) {
		gf_filter_pid_set_eos(ctx->opid);
		return GF_EOS;
	}
	gf_filter_pid_send_flush(ctx->opid);
	return GF_OK;
}

static GF_Err ffdec_process(GF_Filter *filter)
{
	Ffdec *ctx = ff_state(filter);
	GF_Err e = GF_OK;
	Bool waits = GF_FALSE;
	if (!ctx->ipid || !ctx->codec)
		return GF_EOS;
	if (is_subtitles(ctx))
		return ffdec_process_subtitles(ctx);
	while (!e && !waits && !gf_filter_pid_would_block(ctx->opid)) {
		int res = ctx->drained ? AVERROR(EAGAIN) : receive(ctx, &e);
		if (res == AVERROR_EOF)
			e = finish(ctx);
		else if (res == AVERROR(EAGAIN))
			e = ctx->drained && gf_filter_pid_is_eos(ctx->ipid) ? GF_EOS : feed(ctx, &waits);
		else if (res < 0)
			e = ffdec_tell_lost(ctx, ctx->last_cts, res);
	}
	ffdec_tell_damage(ctx);
	return e;
}

static GF_Err ffdec_update_arg(GF_Filter *filter, const char *name, const GF_PropertyValue *value)
{
	Ffdec *ctx = ff_state(filter);
	return ff_option_set(filter, &ctx->codec_options, avcodec_get_class(), AV_OPT_FLAG_DECODING_PARAM, name, value);
}

static GF_Err ffdec_initialize(GF_Filter *filter)
{
	Ffdec *ctx = ff_state(filter);
	ctx->options = gf_filter_get_udta(filter);
	ctx->packet = av_packet_alloc();
	ctx->frame = av_frame_alloc();
	ctx->first_sap = -1;
	ctx->last_dts = GF_FILTER_NO_TS;
	return ctx->packet && ctx->frame ? GF_OK : GF_OUT_OF_MEM;
}

static void ffdec_finalize(GF_Filter *filter)
{
	Ffdec *ctx = ff_state(filter);
	close_codec(ctx);
	ffdec_backward_reset(&ctx->backward);
	gf_free(ctx->sources);
	av_dict_free(&ctx->codec_options);
	av_packet_free(&ctx->packet);
	av_frame_free(&ctx->frame);
	av_frame_free(&ctx->converted);
	sws_freeContext(ctx->scaler);
}

const FfCallbacks ffdec_callbacks = {
	.name = "ffdec",
	.state_size = sizeof(Ffdec),
	.initialize = ffdec_initialize,
	.finalize = ffdec_finalize,
	.configure_pid = ffdec_configure_pid,
	.process = ffdec_process,
	.process_event = ffdec_process_event,
	.update_arg = ffdec_update_arg,
};
