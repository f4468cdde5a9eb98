// SPDX-License-Identifier: MIT
// PIDs of the streams of a file.
#include <math.h>
#include <stdio.h>
#include <string.h>
#include <libavutil/display.h>
#include <libavutil/intreadwrite.h>
#include "ffmpeg/ffdmx.h"

// ---- Codec

// Samples that are stored as they are.
static GF_AudioFormat pcm_format(enum AVCodecID id)
{
	static const struct {
		enum AVCodecID id;
		GF_AudioFormat format;
	} formats[] = {
		{AV_CODEC_ID_PCM_U8, GF_AUDIO_FMT_U8},		   {AV_CODEC_ID_PCM_S16LE, GF_AUDIO_FMT_S16},
		{AV_CODEC_ID_PCM_S16BE, GF_AUDIO_FMT_S16_BE},  {AV_CODEC_ID_PCM_S24LE, GF_AUDIO_FMT_S24},
		{AV_CODEC_ID_PCM_S24BE, GF_AUDIO_FMT_S24_BE},  {AV_CODEC_ID_PCM_S32LE, GF_AUDIO_FMT_S32},
		{AV_CODEC_ID_PCM_S32BE, GF_AUDIO_FMT_S32_BE},  {AV_CODEC_ID_PCM_F32LE, GF_AUDIO_FMT_FLT},
		{AV_CODEC_ID_PCM_F32BE, GF_AUDIO_FMT_FLT_BE},  {AV_CODEC_ID_PCM_F64LE, GF_AUDIO_FMT_DBL},
		{AV_CODEC_ID_PCM_F64BE, GF_AUDIO_FMT_DBL_BE},
	};
	for (u32 i = 0; i < sizeof(formats) / sizeof(formats[0]); i++)
		if (formats[i].id == id)
			return formats[i].format;
	return 0;
}

static Bool is_nal_or_obu(enum AVCodecID id)
{
	return id == AV_CODEC_ID_H264 || id == AV_CODEC_ID_HEVC || id == AV_CODEC_ID_VVC || id == AV_CODEC_ID_AV1;
}

// Subtitles whose packets are the text of a file.
static Bool is_text(enum AVCodecID id)
{
	return id == AV_CODEC_ID_SUBRIP || id == AV_CODEC_ID_TEXT || id == AV_CODEC_ID_WEBVTT || id == AV_CODEC_ID_ASS;
}

static void set_codec(FfdmxStream *s, const AVCodecParameters *p, Bool reparse)
{
	GF_FilterPid *pid = s->pid;
	u32 size;
	GF_AudioFormat samples = pcm_format(p->codec_id);
	GF_PixelFormat pixels = p->codec_id == AV_CODEC_ID_RAWVIDEO ? ff_pixel_label(p->format, NULL) : 0;
	GF_CodecID label = samples || pixels ? GF_CODECID_RAW : ff_codec_label(p->codec_id);
	gf_filter_pid_set_property(pid, GF_PROP_PID_CODECID, PROP_UINT(label));
	if (samples)
		gf_filter_pid_set_property(pid, GF_PROP_PID_AUDIO_FORMAT, PROP_UINT(samples));
	if (pixels)
		gf_filter_pid_set_property(pid, GF_PROP_PID_PIXFMT, PROP_UINT(pixels));
	if (label == GF_CODECID_RAW)
		return;
	if (label == GF_CODECID_FFMPEG) {
		ff_set_uint(pid, GF_PROP_PID_META_DEMUX_CODEC_ID, p->codec_id);
		gf_filter_pid_set_property(
			pid, GF_PROP_PID_META_DEMUX_CODEC_NAME, PROP_STRING(avcodec_get_name(p->codec_id)));
	}
	ff_set_uint(pid, GF_PROP_PID_META_DEMUX_OPAQUE, (u32)p->block_align);
	Bool unframed = ff_is_unframed(p);
	if (reparse && is_nal_or_obu(p->codec_id)) {
		gf_filter_pid_set_property(pid, GF_PROP_PID_FORCE_UNFRAME, PROP_BOOL(GF_TRUE));
		unframed = GF_TRUE;
	}
	if (unframed) {
		gf_filter_pid_set_property(pid, GF_PROP_PID_UNFRAMED, PROP_BOOL(GF_TRUE));
		gf_filter_pid_set_property(pid, GF_PROP_PID_UNFRAMED_FULL_AU, PROP_BOOL(GF_TRUE));
	}
	if (is_text(p->codec_id)) { // a cue in each packet
		gf_filter_pid_set_property(pid, GF_PROP_PID_UNFRAMED, PROP_BOOL(GF_TRUE));
		gf_filter_pid_set_property(pid, GF_PROP_PID_UNFRAMED_FULL_AU, PROP_BOOL(GF_TRUE));
	}
	s->needs_header = is_nal_or_obu(p->codec_id) && ff_is_unframed(p) && p->extradata_size > 0;
	u8 *config = unframed && ff_is_unframed(p) ? NULL : ff_config(p, NULL, 0, &size);
	if (config)
		gf_filter_pid_set_property(pid, GF_PROP_PID_DECODER_CONFIG, PROP_DATA(config, size));
	gf_free(config);
}

void ffdmx_describe_first(FfdmxStream *s, const AVPacket *packet)
{
	u32 size;
	const AVCodecParameters *p = s->stream->codecpar;
	s->configured = GF_TRUE;
	if (p->codec_id != AV_CODEC_ID_AC3 && p->codec_id != AV_CODEC_ID_EAC3)
		return;
	u8 *config = ff_config(p, packet->data, (u32)packet->size, &size);
	if (config)
		gf_filter_pid_set_property(s->pid, GF_PROP_PID_DECODER_CONFIG, PROP_DATA(config, size));
	gf_free(config);
}

// ---- Properties

static void set_fraction(GF_FilterPid *pid, u32 property, AVRational value)
{
	if (value.num > 0 && value.den > 0)
		gf_filter_pid_set_property(pid, property, PROP_FRAC_INT(value.num, (u32)value.den));
}

static void set_colour(GF_FilterPid *pid, u32 property, int value)
{
	if (value > 0 && value != 2)
		gf_filter_pid_set_property(pid, property, PROP_UINT((u32)value));
}

static void set_video(GF_FilterPid *pid, AVFormatContext *format, AVStream *stream)
{
	const AVCodecParameters *p = stream->codecpar;
	AVRational fps = stream->avg_frame_rate.num ? stream->avg_frame_rate : stream->r_frame_rate;
	ff_set_uint(pid, GF_PROP_PID_WIDTH, (u32)p->width);
	ff_set_uint(pid, GF_PROP_PID_HEIGHT, (u32)p->height);
	set_fraction(pid, GF_PROP_PID_SAR, av_guess_sample_aspect_ratio(format, stream, NULL));
	if (fps.num <= 0 || fps.den <= 0) {
		GF_LOG(GF_LOG_WARNING, GF_LOG_CONTAINER,
			("[ffdmx] stream %d: the frame rate is unknown, 25 is told\n", stream->index));
		fps = (AVRational){25, 1};
	}
	set_fraction(pid, GF_PROP_PID_FPS, fps);
	set_colour(pid, GF_PROP_PID_COLR_PRIMARIES, p->color_primaries);
	set_colour(pid, GF_PROP_PID_COLR_TRANSFER, p->color_trc);
	set_colour(pid, GF_PROP_PID_COLR_MX, p->color_space);
	if (p->color_range == AVCOL_RANGE_JPEG)
		gf_filter_pid_set_property(pid, GF_PROP_PID_COLR_RANGE, PROP_BOOL(GF_TRUE));
}

static void set_audio(GF_FilterPid *pid, const AVCodecParameters *p)
{
	u64 mask = ff_layout_to_mask(&p->ch_layout);
	ff_set_uint(pid, GF_PROP_PID_SAMPLE_RATE, (u32)p->sample_rate);
	ff_set_uint(pid, GF_PROP_PID_NUM_CHANNELS, (u32)p->ch_layout.nb_channels);
	if (mask)
		gf_filter_pid_set_property(pid, GF_PROP_PID_CHANNEL_LAYOUT, PROP_LONGUINT(mask));
	if (p->frame_size > 0)
		ff_set_uint(pid, GF_PROP_PID_SAMPLES_PER_FRAME, (u32)p->frame_size);
}

static void set_side_data(GF_FilterPid *pid, const AVStream *stream)
{
	size_t size;
	const u8 *data = av_stream_get_side_data(stream, AV_PKT_DATA_DISPLAYMATRIX, &size);
	if (data && size >= 9 * sizeof(s32)) {
		// Rotate counts quarter turns, anticlockwise as av_display_rotation_get does.
		s32 turns = (s32)lrint(av_display_rotation_get((const s32 *)data) / 90) & 3;
		if (turns)
			ff_set_uint(pid, GF_PROP_PID_ROTATE, (u32)turns);
	}
	data = av_stream_get_side_data(stream, AV_PKT_DATA_ICC_PROFILE, &size);
	if (data)
		gf_filter_pid_set_property(pid, GF_PROP_PID_ICC_PROFILE, PROP_DATA(data, (u32)size));
	ff_set_light(pid, av_stream_get_side_data(stream, AV_PKT_DATA_CONTENT_LIGHT_LEVEL, NULL),
		av_stream_get_side_data(stream, AV_PKT_DATA_MASTERING_DISPLAY_METADATA, NULL));
}

static void set_tags(GF_FilterPid *pid, const AVDictionary *tags)
{
	const AVDictionaryEntry *entry = NULL;
	while ((entry = av_dict_get(tags, "", entry, AV_DICT_IGNORE_SUFFIX))) {
		if (!strcmp(entry->key, "language"))
			gf_filter_pid_set_property(pid, GF_PROP_PID_LANGUAGE, PROP_STRING(entry->value));
		else if (!gf_props_get_id(entry->key))
			gf_filter_pid_set_property_dyn(pid, entry->key, PROP_STRING(entry->value));
	}
}

static void set_chapters(GF_FilterPid *pid, const AVFormatContext *format)
{
	u32 nb = format->nb_chapters;
	u32 *times = nb ? gf_calloc(nb, sizeof(u32)) : NULL;
	char **names = nb ? gf_calloc(nb, sizeof(char *)) : NULL;
	for (u32 i = 0; times && names && i < nb; i++) {
		const AVChapter *c = format->chapters[i];
		const AVDictionaryEntry *title = av_dict_get(c->metadata, "title", NULL, 0);
		times[i] = (u32)av_rescale_q(c->start, c->time_base, (AVRational){1, 1000});
		names[i] = title ? title->value : "";
	}
	if (times && names) {
		GF_PropertyValue t = {.type = GF_PROP_UINT_LIST, .value.uint_list = {times, nb}};
		GF_PropertyValue n = {.type = GF_PROP_STRING_LIST_COPY, .value.string_list = {names, nb}};
		gf_filter_pid_set_property(pid, GF_PROP_PID_CHAP_TIMES, &t);
		gf_filter_pid_set_property(pid, GF_PROP_PID_CHAP_NAMES, &n);
	}
	gf_free(times);
	gf_free(names);
}

static u32 stream_id(const AVStream *stream)
{
	return stream->id > 0 ? (u32)stream->id : (u32)stream->index + 1;
}

// The unit of the container, but for sound that it times in milliseconds or the like: samples, so that priming and
// padding are exact.
static AVRational time_unit(const AVStream *stream)
{
	const AVCodecParameters *p = stream->codecpar;
	AVRational base = {1, stream->time_base.den};
	if (p->codec_type == AVMEDIA_TYPE_AUDIO && p->sample_rate > 0 && stream->time_base.den < p->sample_rate)
		base.den = p->sample_rate;
	return base;
}

// The programme of a transport stream.
static void set_service(GF_FilterPid *pid, AVFormatContext *format, AVStream *stream)
{
	const AVProgram *program = av_find_program_from_stream(format, NULL, stream->index);
	if (!program)
		return;
	gf_filter_pid_set_property(pid, GF_PROP_PID_SERVICE_ID, PROP_UINT((u32)program->id));
	const AVDictionaryEntry *name = av_dict_get(program->metadata, "service_name", NULL, 0);
	if (name)
		gf_filter_pid_set_info(pid, GF_PROP_PID_SERVICE_NAME, PROP_STRING(name->value));
	name = av_dict_get(program->metadata, "service_provider", NULL, 0);
	if (name)
		gf_filter_pid_set_info(pid, GF_PROP_PID_SERVICE_PROVIDER, PROP_STRING(name->value));
}

static void set_common(GF_FilterPid *pid, AVFormatContext *format, AVStream *stream)
{
	AVRational base = stream->time_base;
	ff_set_uint(pid, GF_PROP_PID_ID, stream_id(stream));
	ff_set_uint(pid, GF_PROP_PID_TIMESCALE, (u32)time_unit(stream).den);
	ff_set_uint(pid, GF_PROP_PID_BITRATE, (u32)stream->codecpar->bit_rate);
	set_service(pid, format, stream);
	gf_filter_pid_set_property(pid, GF_PROP_PID_MUX_INDEX, PROP_UINT((u32)stream->index + 1));
	gf_filter_pid_set_property(
		pid, GF_PROP_PID_IS_DEFAULT, PROP_BOOL(stream->disposition & AV_DISPOSITION_DEFAULT ? GF_TRUE : GF_FALSE));
	if (stream->duration > 0)
		gf_filter_pid_set_property(
			pid, GF_PROP_PID_DURATION, PROP_FRAC64_INT(stream->duration * base.num, (u64)base.den));
	else if (format->duration > 0)
		gf_filter_pid_set_property(pid, GF_PROP_PID_DURATION, PROP_FRAC64_INT(format->duration, AV_TIME_BASE));
	Bool seekable = format->pb && (format->pb->seekable & AVIO_SEEKABLE_NORMAL);
	gf_filter_pid_set_property(pid, GF_PROP_PID_PLAYBACK_MODE,
		PROP_UINT(seekable ? GF_PLAYBACK_MODE_FASTFORWARD : GF_PLAYBACK_MODE_NONE));
	for (u32 i = 0; i < format->nb_streams; i++) {
		if (format->streams[i]->codecpar->codec_type != AVMEDIA_TYPE_VIDEO)
			continue;
		ff_set_uint(pid, GF_PROP_PID_CLOCK_ID, stream_id(format->streams[i]));
		break;
	}
}

GF_Err ffdmx_declare(GF_Filter *filter, AVFormatContext *format, FfdmxStream *s, Bool reparse)
{
	static const struct {
		enum AVMediaType kind;
		u32 type;
		const char *name;
	} kinds[] = {
		{AVMEDIA_TYPE_VIDEO, GF_STREAM_VISUAL, "video"},
		{AVMEDIA_TYPE_AUDIO, GF_STREAM_AUDIO, "audio"},
		{AVMEDIA_TYPE_SUBTITLE, GF_STREAM_TEXT, "text"},
	};
	AVStream *stream = s->stream;
	enum AVMediaType kind = stream->codecpar->codec_type;
	u32 row = 0, rank = 0;
	char name[32];
	while (row < 3 && kinds[row].kind != kind)
		row++;
	if (row == 3 || stream->codecpar->codec_id == AV_CODEC_ID_NONE)
		return GF_OK;
	for (int i = 0; i <= stream->index; i++)
		rank += format->streams[i]->codecpar->codec_type == kind;
	s->base = time_unit(stream);
	s->next_time = AV_NOPTS_VALUE;
	s->pid = gf_filter_pid_new(filter);
	if (!s->pid)
		return GF_OUT_OF_MEM;
	snprintf(name, sizeof(name), "%s%u", kinds[row].name, rank);
	gf_filter_pid_set_name(s->pid, name);
	gf_filter_pid_set_udta(s->pid, s);
	ff_set_uint(s->pid, GF_PROP_PID_STREAM_TYPE, kinds[row].type);
	set_common(s->pid, format, stream);
	set_codec(s, stream->codecpar, reparse);
	if (kind == AVMEDIA_TYPE_VIDEO)
		set_video(s->pid, format, stream);
	else if (kind == AVMEDIA_TYPE_AUDIO)
		set_audio(s->pid, stream->codecpar);
	set_side_data(s->pid, stream);
	set_tags(s->pid, format->metadata);
	set_tags(s->pid, stream->metadata);
	set_chapters(s->pid, format);
	gf_filter_pid_recompute_dts(s->pid, GF_TRUE);
	return GF_OK;
}
