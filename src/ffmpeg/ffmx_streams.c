// SPDX-License-Identifier: MIT
// Streams of a file that is written, from the properties of PIDs.
#include <string.h>
#include <libavutil/display.h>
#include <libavutil/intreadwrite.h>
#include <libavutil/mastering_display_metadata.h>
#include "ffmpeg/ffmx.h"

static enum AVCodecID pcm_codec(GF_AudioFormat format)
{
	switch (format) {
	case GF_AUDIO_FMT_U8:
		return AV_CODEC_ID_PCM_U8;
	case GF_AUDIO_FMT_S16:
		return AV_CODEC_ID_PCM_S16LE;
	case GF_AUDIO_FMT_S16_BE:
		return AV_CODEC_ID_PCM_S16BE;
	case GF_AUDIO_FMT_S24:
		return AV_CODEC_ID_PCM_S24LE;
	case GF_AUDIO_FMT_S24_BE:
		return AV_CODEC_ID_PCM_S24BE;
	case GF_AUDIO_FMT_S32:
		return AV_CODEC_ID_PCM_S32LE;
	case GF_AUDIO_FMT_S32_BE:
		return AV_CODEC_ID_PCM_S32BE;
	case GF_AUDIO_FMT_FLT:
		return AV_CODEC_ID_PCM_F32LE;
	case GF_AUDIO_FMT_FLT_BE:
		return AV_CODEC_ID_PCM_F32BE;
	case GF_AUDIO_FMT_DBL:
		return AV_CODEC_ID_PCM_F64LE;
	case GF_AUDIO_FMT_DBL_BE:
		return AV_CODEC_ID_PCM_F64BE;
	default:
		return AV_CODEC_ID_NONE;
	}
}

enum AVCodecID ffmx_codec(GF_FilterPid *pid)
{
	if (ff_uint(pid, GF_PROP_PID_CODECID) != GF_CODECID_RAW)
		return ff_codec_of_pid(pid);
	if (ff_uint(pid, GF_PROP_PID_STREAM_TYPE) == GF_STREAM_AUDIO)
		return pcm_codec(ff_uint(pid, GF_PROP_PID_AUDIO_FORMAT));
	return ff_pixel_format(ff_uint(pid, GF_PROP_PID_PIXFMT)) == AV_PIX_FMT_NONE ? AV_CODEC_ID_NONE : AV_CODEC_ID_RAWVIDEO;
}

static AVRational fraction(GF_FilterPid *pid, u32 property)
{
	const GF_PropertyValue *p = gf_filter_pid_get_property(pid, property);
	return p && p->value.frac.num > 0 ? (AVRational){p->value.frac.num, (int)p->value.frac.den} : (AVRational){0, 1};
}

static void set_light(AVStream *stream, GF_FilterPid *pid)
{
	const GF_PropertyValue *light = gf_filter_pid_get_property(pid, GF_PROP_PID_CONTENT_LIGHT_LEVEL);
	const GF_PropertyValue *master = gf_filter_pid_get_property(pid, GF_PROP_PID_MASTER_DISPLAY_COLOUR);
	if (light && light->value.data.size >= 4) {
		AVContentLightMetadata *l = (AVContentLightMetadata *)av_stream_new_side_data(
			stream, AV_PKT_DATA_CONTENT_LIGHT_LEVEL, sizeof(*l));
		if (l)
			*l = (AVContentLightMetadata){
				AV_RB16(light->value.data.ptr), AV_RB16(light->value.data.ptr + 2)};
	}
	if (!master || master->value.data.size < 24)
		return;
	const u8 *box = master->value.data.ptr;
	static const int order[3] = {1, 2, 0}; // green, blue, red
	AVMasteringDisplayMetadata *m = (AVMasteringDisplayMetadata *)av_stream_new_side_data(
		stream, AV_PKT_DATA_MASTERING_DISPLAY_METADATA, sizeof(*m));
	if (!m)
		return;
	for (int i = 0; i < 3; i++) {
		m->display_primaries[order[i]][0] = (AVRational){AV_RB16(box + 4 * i), 50000};
		m->display_primaries[order[i]][1] = (AVRational){AV_RB16(box + 4 * i + 2), 50000};
	}
	m->white_point[0] = (AVRational){AV_RB16(box + 12), 50000};
	m->white_point[1] = (AVRational){AV_RB16(box + 14), 50000};
	m->max_luminance = (AVRational){(int)AV_RB32(box + 16), 10000};
	m->min_luminance = (AVRational){(int)AV_RB32(box + 20), 10000};
	m->has_primaries = m->has_luminance = 1;
}

// The matrix of an MP4 track has the layout of FFmpeg's (ISO/IEC 14496-12 6.2.2); other sources count quarter turns.
static void set_rotation(AVStream *stream, GF_FilterPid *pid)
{
	static const s32 upright[9] = {0x10000, 0, 0, 0, 0x10000, 0, 0, 0, 0x40000000};
	const GF_PropertyValue *p = gf_filter_pid_get_property(pid, GF_PROP_PID_ISOM_TRACK_MATRIX);
	u32 rotate = ff_uint(pid, GF_PROP_PID_ROTATE);
	Bool has_matrix = p && p->value.sint_list.nb_items == 9 && memcmp(p->value.sint_list.vals, upright, sizeof(upright));
	if (!has_matrix && !rotate)
		return;
	s32 *matrix = (s32 *)av_stream_new_side_data(stream, AV_PKT_DATA_DISPLAYMATRIX, sizeof(upright));
	if (!matrix)
		return;
	if (has_matrix)
		memcpy(matrix, p->value.sint_list.vals, sizeof(upright));
	else
		av_display_rotation_set(matrix, -90.0 * rotate); // clockwise there
}

static void set_video(AVStream *stream, GF_FilterPid *pid)
{
	AVCodecParameters *p = stream->codecpar;
	const GF_PropertyValue *range = gf_filter_pid_get_property(pid, GF_PROP_PID_COLR_RANGE);
	u32 value;
	p->width = (int)ff_uint(pid, GF_PROP_PID_WIDTH);
	p->height = (int)ff_uint(pid, GF_PROP_PID_HEIGHT);
	p->format = p->codec_id == AV_CODEC_ID_RAWVIDEO ? (int)ff_pixel_format(ff_uint(pid, GF_PROP_PID_PIXFMT)) : -1;
	if (p->codec_id == AV_CODEC_ID_RAWVIDEO)
		p->codec_tag = avcodec_pix_fmt_to_codec_tag(p->format);
	p->sample_aspect_ratio = stream->sample_aspect_ratio = fraction(pid, GF_PROP_PID_SAR);
	stream->avg_frame_rate = fraction(pid, GF_PROP_PID_FPS);
	if ((value = ff_uint(pid, GF_PROP_PID_COLR_PRIMARIES)))
		p->color_primaries = (enum AVColorPrimaries)value;
	if ((value = ff_uint(pid, GF_PROP_PID_COLR_TRANSFER)))
		p->color_trc = (enum AVColorTransferCharacteristic)value;
	if ((value = ff_uint(pid, GF_PROP_PID_COLR_MX)))
		p->color_space = (enum AVColorSpace)value;
	if (range && range->value.boolean)
		p->color_range = AVCOL_RANGE_JPEG;
	set_rotation(stream, pid);
	set_light(stream, pid);
}

static void set_text(AVStream *stream, GF_FilterPid *pid)
{
	stream->codecpar->width = (int)ff_uint(pid, GF_PROP_PID_WIDTH);
	stream->codecpar->height = (int)ff_uint(pid, GF_PROP_PID_HEIGHT);
	const GF_PropertyValue *forced = gf_filter_pid_get_property(pid, GF_PROP_PID_FORCED_SUB);
	if (forced && forced->value.uint == 2)
		stream->disposition |= AV_DISPOSITION_FORCED;
}

static void set_audio(AVStream *stream, FfmxStream *s)
{
	AVCodecParameters *p = stream->codecpar;
	u32 nb_channels = ff_uint(s->pid, GF_PROP_PID_NUM_CHANNELS);
	const GF_PropertyValue *layout = gf_filter_pid_get_property(s->pid, GF_PROP_PID_CHANNEL_LAYOUT);
	u64 mask = layout ? ff_layout_from_mask(layout->value.longuint, nb_channels) : 0;
	p->sample_rate = (int)ff_uint(s->pid, GF_PROP_PID_SAMPLE_RATE);
	if (mask)
		av_channel_layout_from_mask(&p->ch_layout, mask);
	else
		av_channel_layout_default(&p->ch_layout, (int)nb_channels);
	p->frame_size = (int)ff_uint(s->pid, GF_PROP_PID_SAMPLES_PER_FRAME);
	if (!p->frame_size)
		p->frame_size = (int)ff_uint(s->pid, GF_PROP_PID_CONSTANT_DURATION);
	p->bits_per_coded_sample = av_get_exact_bits_per_sample(p->codec_id);
	p->block_align = p->bits_per_coded_sample * (int)nb_channels / 8;
	if (s->delay < 0)
		p->initial_padding = (int)av_rescale_q(-s->delay, s->base, (AVRational){1, p->sample_rate ? p->sample_rate : 1});
	if (p->codec_id == AV_CODEC_ID_OPUS)
		p->seek_preroll = 3840; // 80 ms, RFC 7845 4.6
}

// AVI and program streams have start codes before NAL units. Where others do (transport streams), libavformat converts.
static Bool has_start_codes(const AVOutputFormat *muxer)
{
	static const char *const names[] = {"avi", "mpeg", "vob", "svcd", "dvd"};
	for (u32 i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		if (!strcmp(muxer->name, names[i]))
			return GF_TRUE;
	}
	return GF_FALSE;
}

// The configuration record of a file with lengths (ISO/IEC 14496-15) begins with its version.
static Bool has_lengths(const AVCodecParameters *p)
{
	return p->extradata_size > 4 && p->extradata[0] == 1 &&
		(p->codec_id == AV_CODEC_ID_H264 || p->codec_id == AV_CODEC_ID_HEVC);
}

static GF_Err put_start_codes(FfmxStream *s)
{
	AVCodecParameters *p = s->stream->codecpar;
	const char *name = p->codec_id == AV_CODEC_ID_H264 ? "h264_mp4toannexb" : "hevc_mp4toannexb";
	const AVBitStreamFilter *filter = av_bsf_get_by_name(name);
	if (!filter || av_bsf_alloc(filter, &s->start_codes) < 0 || avcodec_parameters_copy(s->start_codes->par_in, p) < 0)
		return GF_OUT_OF_MEM;
	s->start_codes->time_base_in = s->base;
	if (av_bsf_init(s->start_codes) < 0) {
		GF_LOG(GF_LOG_ERROR, GF_LOG_CONTAINER,
			("[ffmx] start codes cannot be put into PID %s: its configuration record is damaged\n",
				gf_filter_pid_get_name(s->pid)));
		return GF_NON_COMPLIANT_BITSTREAM;
	}
	return avcodec_parameters_copy(p, s->start_codes->par_out) < 0 ? GF_OUT_OF_MEM : GF_OK;
}

void ffmx_stream_reset(FfmxStream *s)
{
	av_bsf_free(&s->start_codes);
}

GF_Err ffmx_add_stream(AVFormatContext *format, FfmxStream *s)
{
	const GF_PropertyValue *language = gf_filter_pid_get_property(s->pid, GF_PROP_PID_LANGUAGE);
	const GF_PropertyValue *main = gf_filter_pid_get_property(s->pid, GF_PROP_PID_IS_DEFAULT);
	s->stream = avformat_new_stream(format, NULL);
	if (!s->stream)
		return GF_OUT_OF_MEM;
	AVCodecParameters *p = s->stream->codecpar;
	s->stream->time_base = s->base;
	p->codec_id = ffmx_codec(s->pid);
	p->codec_type = avcodec_get_type(p->codec_id);
	// The granules of Theora in Ogg count frames.
	AVRational fps = fraction(s->pid, GF_PROP_PID_FPS);
	if (p->codec_id == AV_CODEC_ID_THEORA && fps.num > 0)
		s->stream->time_base = av_inv_q(fps);
	p->bit_rate = ff_uint(s->pid, GF_PROP_PID_BITRATE);
	if (p->codec_type == AVMEDIA_TYPE_VIDEO)
		set_video(s->stream, s->pid);
	else if (p->codec_type == AVMEDIA_TYPE_SUBTITLE)
		set_text(s->stream, s->pid);
	else
		set_audio(s->stream, s);
	if (language && language->value.string && strcmp(language->value.string, "und"))
		av_dict_set(&s->stream->metadata, "language", language->value.string, 0);
	if (main && main->value.boolean)
		s->stream->disposition |= AV_DISPOSITION_DEFAULT;
	GF_Err e = ff_extradata_of_pid(s->pid, &p->extradata, &p->extradata_size);
	return !e && has_start_codes(format->oformat) && has_lengths(p) ? put_start_codes(s) : e;
}

static void add_chapters(AVFormatContext *format, GF_FilterPid *pid)
{
	const GF_PropertyValue *times = gf_filter_pid_get_property(pid, GF_PROP_PID_CHAP_TIMES);
	const GF_PropertyValue *names = gf_filter_pid_get_property(pid, GF_PROP_PID_CHAP_NAMES);
	u32 nb = times ? times->value.uint_list.nb_items : 0;
	if (!nb || format->nb_chapters)
		return;
	format->chapters = av_calloc(nb, sizeof(*format->chapters));
	for (u32 i = 0; format->chapters && i < nb; i++) {
		AVChapter *c = av_mallocz(sizeof(AVChapter));
		if (!c)
			return;
		c->id = (s64)i + 1;
		c->time_base = (AVRational){1, 1000};
		c->start = times->value.uint_list.vals[i];
		c->end = i + 1 < nb ? times->value.uint_list.vals[i + 1] : c->start;
		if (names && i < names->value.string_list.nb_items)
			av_dict_set(&c->metadata, "title", names->value.string_list.vals[i], 0);
		format->chapters[format->nb_chapters++] = c;
	}
}

void ffmx_describe_file(AVFormatContext *format, GF_FilterPid *pid)
{
	u32 index = 0, code;
	const char *name;
	const GF_PropertyValue *value;
	while ((value = gf_filter_pid_enum_properties(pid, &index, &code, &name)))
		if (name && gf_props_get_base_type(value->type) == GF_PROP_STRING && value->value.string && !strchr(name, ':'))
			av_dict_set(&format->metadata, name, value->value.string, AV_DICT_DONT_OVERWRITE);
	// Those describe the file that was read.
	static const char *const stale[] = {"major_brand", "minor_version", "compatible_brands", "encoder", "DURATION",
		"BPS", "handler_name", "vendor_id"};
	for (u32 i = 0; i < sizeof(stale) / sizeof(stale[0]); i++)
		av_dict_set(&format->metadata, stale[i], NULL, 0);
	add_chapters(format, pid);
}
