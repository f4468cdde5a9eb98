// SPDX-License-Identifier: MIT
// Choice and opening of the encoder.
#include <stdio.h>
#include <string.h>
#include <libavutil/avstring.h>
#include <libavutil/opt.h>
#include "ffmpeg/ffenc.h"

// ---- Choice

// Where the first encoder of libavcodec for a codec is not the one that people want.
static const AVCodec *preferred(enum AVCodecID id)
{
	const AVCodec *encoder = NULL;
	if (id == AV_CODEC_ID_AV1)
		encoder = avcodec_find_encoder_by_name("libsvtav1");
	return encoder ? encoder : avcodec_find_encoder(id);
}

const AVCodec *ffenc_find(const char *name, GF_CodecID codec)
{
	const AVCodec *encoder = codec ? preferred(ff_codec_id(codec)) : NULL;
	// Codecs that have no label are known to libavcodec by their name.
	const AVCodecDescriptor *desc = !codec && name ? avcodec_descriptor_get_by_name(name) : NULL;
	if (!encoder && name)
		encoder = avcodec_find_encoder_by_name(name);
	if (!encoder && desc)
		encoder = avcodec_find_encoder(desc->id);
	if (encoder && (encoder->type == AVMEDIA_TYPE_VIDEO || encoder->type == AVMEDIA_TYPE_AUDIO))
		return encoder;
	if (codec || desc)
		GF_LOG(GF_LOG_ERROR, GF_LOG_CODEC,
			("[ffenc] libavcodec %u.%u has no encoder for %s; more codecs come with the Debian package "
			 "libavcodec-extra%u or with a later version\n",
				avcodec_version() >> 16, avcodec_version() >> 8 & 255, codec ? gf_codecid_name(codec) : name,
				avcodec_version() >> 16));
	else
		GF_LOG(GF_LOG_ERROR, GF_LOG_CODEC,
			("[ffenc] `%s` is neither a codec nor an encoder of libavcodec: see `ffmpeg -encoders`\n", name));
	return NULL;
}

// ---- Parameters

// Parameter sets stay in the stream for the reframers, which make the configuration.
static Bool is_reframed(enum AVCodecID id)
{
	return id == AV_CODEC_ID_H264 || id == AV_CODEC_ID_HEVC || id == AV_CODEC_ID_AV1;
}

// Codecs whose bitstream counts in frames, or has little room for a time base.
static Bool counts_frames(enum AVCodecID id)
{
	return id == AV_CODEC_ID_MPEG1VIDEO || id == AV_CODEC_ID_MPEG2VIDEO || id == AV_CODEC_ID_MPEG4 ||
		   id == AV_CODEC_ID_H263 || id == AV_CODEC_ID_MSMPEG4V3 || id == AV_CODEC_ID_THEORA;
}

static void set_video(const Ffenc *ctx, AVCodecContext *codec)
{
	GF_FilterPid *pid = ctx->ipid;
	const GF_PropertyValue *fps = gf_filter_pid_get_property(pid, GF_PROP_PID_FPS);
	const GF_PropertyValue *sar = gf_filter_pid_get_property(pid, GF_PROP_PID_SAR);
	Bool has_fps = fps && fps->value.frac.num > 0 && fps->value.frac.den;
	codec->framerate = has_fps ? (AVRational){fps->value.frac.num, (int)fps->value.frac.den} : (AVRational){25, 1};
	codec->time_base = counts_frames(codec->codec_id) ? av_inv_q(codec->framerate) : (AVRational){1, (int)ctx->timescale};
	codec->width = (int)ctx->picture.width;
	codec->height = (int)ctx->picture.height;
	codec->pix_fmt = ctx->picture.format;
	if (sar && sar->value.frac.num > 0 && sar->value.frac.den)
		codec->sample_aspect_ratio = (AVRational){sar->value.frac.num, (int)sar->value.frac.den};
	u32 value;
	if ((value = ff_uint(pid, GF_PROP_PID_COLR_PRIMARIES)))
		codec->color_primaries = (enum AVColorPrimaries)value;
	if ((value = ff_uint(pid, GF_PROP_PID_COLR_TRANSFER)))
		codec->color_trc = (enum AVColorTransferCharacteristic)value;
	if ((value = ff_uint(pid, GF_PROP_PID_COLR_MX)))
		codec->colorspace = (enum AVColorSpace)value;
	if (ctx->full_range)
		codec->color_range = AVCOL_RANGE_JPEG;
	// JPEG has the full range, and its encoder takes only the formats that say so.
	if (codec->codec_id == AV_CODEC_ID_MJPEG) {
		codec->color_range = AVCOL_RANGE_JPEG;
		codec->pix_fmt = codec->pix_fmt == AV_PIX_FMT_YUV422P	  ? AV_PIX_FMT_YUVJ422P
						 : codec->pix_fmt == AV_PIX_FMT_YUV444P ? AV_PIX_FMT_YUVJ444P
																: AV_PIX_FMT_YUVJ420P;
	}
	if (ctx->options->all_intra)
		codec->gop_size = 0;
	codec->thread_count = 0;
}

static void set_audio(const Ffenc *ctx, AVCodecContext *codec)
{
	u64 layout = ff_layout_from_mask(ctx->mask, ctx->nb_channels);
	codec->sample_rate = (int)ctx->rate;
	codec->sample_fmt = ff_samples_native(ctx->label);
	codec->time_base = (AVRational){1, (int)ctx->rate};
	codec->bits_per_raw_sample = (int)gf_audio_fmt_bit_depth(ctx->label);
	if (layout)
		av_channel_layout_from_mask(&codec->ch_layout, layout);
	else
		av_channel_layout_default(&codec->ch_layout, (int)ctx->nb_channels);
}

// `low_delay` for x264: what it stands for unless one of it is given.
static void set_low_delay(AVDictionary **options, const AVCodec *encoder)
{
	const AVDictionaryEntry *flags = av_dict_get(*options, "flags", NULL, 0);
	if (strcmp(encoder->name, "libx264") || !flags || !strstr(flags->value, "low_delay") ||
		av_dict_get(*options, "profile", NULL, 0) || av_dict_get(*options, "preset", NULL, 0) ||
		av_dict_get(*options, "tune", NULL, 0))
		return;
	av_dict_set(options, "profile", "baseline", 0);
	av_dict_set(options, "preset", "ultrafast", 0);
	av_dict_set(options, "tune", "zerolatency", 0);
}

// x265 prints to the terminal by itself, unless it is told not to; the last word counts.
static void silence(AVDictionary **options, const AVCodec *encoder)
{
	const AVDictionaryEntry *given = av_dict_get(*options, "x265-params", NULL, 0);
	if (strcmp(encoder->name, "libx265"))
		return;
	char *params = av_asprintf("log-level=error%s%s", given ? ":" : "", given ? given->value : "");
	if (params)
		av_dict_set(options, "x265-params", params, AV_DICT_DONT_STRDUP_VAL);
}

static GF_Err set_options(Ffenc *ctx, AVDictionary **options)
{
	u32 rate = ff_uint(ctx->ipid, GF_PROP_PID_TARGET_RATE);
	av_dict_copy(options, ctx->codec_options, 0);
	if (rate && !av_dict_get(*options, "b", NULL, 0))
		av_dict_set_int(options, "b", rate, 0);
	// Access points where the graph wants them have to be closed.
	if (ctx->encoder->priv_class && av_opt_find((void *)&ctx->encoder->priv_class, "forced-idr", NULL, 0,
										AV_OPT_SEARCH_FAKE_OBJ))
		av_dict_set(options, "forced-idr", "1", AV_DICT_DONT_OVERWRITE);
	set_low_delay(options, ctx->encoder);
	silence(options, ctx->encoder);
	return ffenc_begin_passes(ctx, options);
}

static void set_name(GF_Filter *filter, const AVCodec *encoder)
{
	char name[100];
	snprintf(name, sizeof(name), "ffenc:%s", encoder->name);
	gf_filter_set_name(filter, name);
}

void ffenc_free_codec(Ffenc *ctx)
{
	ffenc_end_passes(ctx);
	avcodec_free_context(&ctx->codec);
	if (ctx->fifo)
		av_audio_fifo_free(ctx->fifo);
	ctx->fifo = NULL;
	ffenc_forget_sources(ctx);
}

// ---- Properties of the output

void ffenc_describe(Ffenc *ctx)
{
	static const u32 gone[] = {GF_PROP_PID_PIXFMT, GF_PROP_PID_PIXFMT_WRAPPED, GF_PROP_PID_STRIDE,
		GF_PROP_PID_STRIDE_UV, GF_PROP_PID_AUDIO_FORMAT, GF_PROP_PID_TARGET_RATE, GF_PROP_PID_DECODER_CONFIG,
		GF_PROP_PID_MEDIA_DATA_SIZE, GF_PROP_PID_CAN_DATAREF, GF_PROP_PID_CODEC, GF_PROP_PID_BIT_DEPTH_Y,
		GF_PROP_PID_BIT_DEPTH_UV, GF_PROP_PID_SAMPLES_PER_FRAME, GF_PROP_PID_CONSTANT_DURATION, GF_PROP_PID_AUDIO_BPS};
	GF_FilterPid *pid = ctx->opid;
	enum AVCodecID id = ctx->encoder->id;
	GF_CodecID codec = ff_codec_label(id);
	gf_filter_pid_copy_properties(pid, ctx->ipid);
	for (u32 i = 0; i < sizeof(gone) / sizeof(gone[0]); i++)
		gf_filter_pid_set_property(pid, gone[i], NULL);
	gf_filter_pid_set_property(pid, GF_PROP_PID_CODECID, PROP_UINT(codec));
	if (codec == GF_CODECID_FFMPEG) {
		ff_set_uint(pid, GF_PROP_PID_META_DEMUX_CODEC_ID, id);
		gf_filter_pid_set_property(
			pid, GF_PROP_PID_META_DEMUX_CODEC_NAME, PROP_STRING(avcodec_get_name(id)));
	}
	gf_filter_pid_set_property(pid, GF_PROP_PID_UNFRAMED, is_reframed(id) ? PROP_BOOL(GF_TRUE) : NULL);
	gf_filter_pid_set_property(pid, GF_PROP_PID_UNFRAMED_FULL_AU, is_reframed(id) ? PROP_BOOL(GF_TRUE) : NULL);
	ff_set_uint(pid, GF_PROP_PID_BITRATE, ctx->codec && ctx->codec->bit_rate > 0 ? (u32)ctx->codec->bit_rate : 100000);
	if (ctx->encoder->type == AVMEDIA_TYPE_AUDIO && ctx->rate)
		ff_set_uint(pid, GF_PROP_PID_TIMESCALE, ctx->rate);
	if (ctx->shift != FFENC_NO_SHIFT)
		gf_filter_pid_set_property(pid, GF_PROP_PID_DELAY, ctx->shift ? PROP_LONGSINT(-ctx->shift) : NULL);
	if (!ctx->codec)
		return;
	if (ctx->codec->frame_size > 0)
		ff_set_uint(pid, GF_PROP_PID_CONSTANT_DURATION, (u32)ctx->codec->frame_size);
	if (ctx->codec->has_b_frames > 0 && ctx->encoder->type == AVMEDIA_TYPE_VIDEO)
		gf_filter_pid_set_property(pid, GF_PROP_PID_CTS_SHIFT, NULL);
}

static GF_CodecID prores_label(u32 tag)
{
	static const GF_CodecID labels[] = {GF_CODECID_APCO, GF_CODECID_APCS, GF_CODECID_APCN, GF_CODECID_APCH,
		GF_CODECID_AP4H, GF_CODECID_AP4X};
	u32 code = GF_4CC(tag & 255, tag >> 8 & 255, tag >> 16 & 255, tag >> 24);
	for (u32 i = 0; i < sizeof(labels) / sizeof(labels[0]); i++)
		if ((u32)labels[i] == code)
			return labels[i];
	return GF_CODECID_APCN;
}

// ---- Opening

GF_Err ffenc_open(GF_Filter *filter, Ffenc *ctx)
{
	AVDictionary *options = NULL;
	char text[FF_ERROR_SIZE];
	ffenc_free_codec(ctx);
	ctx->codec = avcodec_alloc_context3(ctx->encoder);
	if (!ctx->codec)
		return GF_OUT_OF_MEM;
	if (ctx->encoder->type == AVMEDIA_TYPE_VIDEO)
		set_video(ctx, ctx->codec);
	else
		set_audio(ctx, ctx->codec);
	if (!is_reframed(ctx->encoder->id))
		ctx->codec->flags |= AV_CODEC_FLAG_GLOBAL_HEADER;
	GF_Err e = set_options(ctx, &options);
	int res = e ? 0 : avcodec_open2(ctx->codec, ctx->encoder, &options);
	ff_log_flush();
	if (res < 0)
		GF_LOG(GF_LOG_ERROR, GF_LOG_CODEC,
			("[ffenc] encoder %s cannot be opened: %s\n", ctx->encoder->name, ff_error_text(res, text)));
	if (!e && res < 0)
		e = GF_BAD_PARAM;
	if (!e)
		e = ff_options_refuse(filter, options, ctx->encoder->name, ctx->encoder->priv_class, AV_OPT_FLAG_ENCODING_PARAM);
	av_dict_free(&options);
	if (!e && ctx->encoder->type == AVMEDIA_TYPE_AUDIO) {
		ctx->fifo = av_audio_fifo_alloc(ctx->codec->sample_fmt, ctx->codec->ch_layout.nb_channels, 1);
		e = ctx->fifo ? GF_OK : GF_OUT_OF_MEM;
	}
	if (e)
		return e;
	ctx->reopen = ctx->reload = ctx->draining = ctx->drained = GF_FALSE;
	ctx->last_pts = FFENC_NO_SHIFT;
	ctx->fifo_pts = FFENC_NO_SHIFT;
	set_name(filter, ctx->encoder);
	ffenc_describe(ctx);
	if (ctx->encoder->id == AV_CODEC_ID_PRORES)
		ff_set_uint(ctx->opid, GF_PROP_PID_CODECID, prores_label(ctx->codec->codec_tag));
	return GF_OK;
}
