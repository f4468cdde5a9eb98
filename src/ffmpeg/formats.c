// SPDX-License-Identifier: MIT
// Pixel formats, sample formats and channel layouts of the engine and of FFmpeg (media filters chapter 3.7).
#include "ffmpeg/ffmpeg.h"

typedef struct {
	GF_PixelFormat label;
	enum AVPixelFormat format;
} PixelPair;

// 16-bit words are little-endian. YVU is YUV with the chroma planes exchanged, see picture.c.
static const PixelPair pixels[] = {
	{GF_PIXEL_YUV, AV_PIX_FMT_YUV420P},
	{GF_PIXEL_YUV_10, AV_PIX_FMT_YUV420P10LE},
	{GF_PIXEL_YUV422, AV_PIX_FMT_YUV422P},
	{GF_PIXEL_YUV422_10, AV_PIX_FMT_YUV422P10LE},
	{GF_PIXEL_YUV444, AV_PIX_FMT_YUV444P},
	{GF_PIXEL_YUV444_10, AV_PIX_FMT_YUV444P10LE},
	{GF_PIXEL_UYVY, AV_PIX_FMT_UYVY422},
	{GF_PIXEL_YUYV, AV_PIX_FMT_YUYV422},
	{GF_PIXEL_YVYU, AV_PIX_FMT_YVYU422},
	{GF_PIXEL_NV12, AV_PIX_FMT_NV12},
	{GF_PIXEL_NV21, AV_PIX_FMT_NV21},
	{GF_PIXEL_NV12_10, AV_PIX_FMT_P010LE},
	{GF_PIXEL_YUVA, AV_PIX_FMT_YUVA420P},
	{GF_PIXEL_YUVA444, AV_PIX_FMT_YUVA444P},
	{GF_PIXEL_GREYSCALE, AV_PIX_FMT_GRAY8},
	{GF_PIXEL_GREYALPHA, AV_PIX_FMT_YA8},
	{GF_PIXEL_RGB_332, AV_PIX_FMT_RGB8},
	{GF_PIXEL_RGB_444, AV_PIX_FMT_RGB444LE},
	{GF_PIXEL_RGB_555, AV_PIX_FMT_RGB555LE},
	{GF_PIXEL_RGB_565, AV_PIX_FMT_RGB565LE},
	{GF_PIXEL_RGBA, AV_PIX_FMT_RGBA},
	{GF_PIXEL_ARGB, AV_PIX_FMT_ARGB},
	{GF_PIXEL_BGRA, AV_PIX_FMT_BGRA},
	{GF_PIXEL_ABGR, AV_PIX_FMT_ABGR},
	{GF_PIXEL_RGB, AV_PIX_FMT_RGB24},
	{GF_PIXEL_BGR, AV_PIX_FMT_BGR24},
	{GF_PIXEL_XRGB, AV_PIX_FMT_0RGB},
	{GF_PIXEL_RGBX, AV_PIX_FMT_RGB0},
	{GF_PIXEL_XBGR, AV_PIX_FMT_0BGR},
	{GF_PIXEL_BGRX, AV_PIX_FMT_BGR0},
};
#define NB_PIXELS (sizeof(pixels) / sizeof(pixels[0]))

enum AVPixelFormat ff_pixel_format(GF_PixelFormat format)
{
	for (u32 i = 0; i < NB_PIXELS; i++)
		if (pixels[i].label == format)
			return pixels[i].format;
	return AV_PIX_FMT_NONE;
}

// The deprecated formats that mean full range.
static enum AVPixelFormat without_range(enum AVPixelFormat format)
{
	switch (format) {
	case AV_PIX_FMT_YUVJ420P:
		return AV_PIX_FMT_YUV420P;
	case AV_PIX_FMT_YUVJ422P:
		return AV_PIX_FMT_YUV422P;
	case AV_PIX_FMT_YUVJ444P:
		return AV_PIX_FMT_YUV444P;
	default:
		return format;
	}
}

GF_PixelFormat ff_pixel_label(enum AVPixelFormat format, Bool *full_range)
{
	enum AVPixelFormat plain = without_range(format);
	if (plain != format && full_range)
		*full_range = GF_TRUE;
	for (u32 i = 0; i < NB_PIXELS; i++)
		if (pixels[i].format == plain)
			return pixels[i].label;
	return 0;
}

enum AVPixelFormat ff_nearest_labelled(enum AVPixelFormat format)
{
	enum AVPixelFormat list[NB_PIXELS + 1];
	const AVPixFmtDescriptor *desc = av_pix_fmt_desc_get(format);
	for (u32 i = 0; i < NB_PIXELS; i++)
		list[i] = pixels[i].format;
	list[NB_PIXELS] = AV_PIX_FMT_NONE;
	int has_alpha = desc && (desc->flags & AV_PIX_FMT_FLAG_ALPHA);
	return avcodec_find_best_pix_fmt_of_list(list, format, has_alpha, NULL);
}

static const struct {
	GF_AudioFormat label;
	enum AVSampleFormat format;
} samples[] = {
	{GF_AUDIO_FMT_U8, AV_SAMPLE_FMT_U8},
	{GF_AUDIO_FMT_S16, AV_SAMPLE_FMT_S16},
	{GF_AUDIO_FMT_S32, AV_SAMPLE_FMT_S32},
	{GF_AUDIO_FMT_FLT, AV_SAMPLE_FMT_FLT},
	{GF_AUDIO_FMT_DBL, AV_SAMPLE_FMT_DBL},
	{GF_AUDIO_FMT_U8P, AV_SAMPLE_FMT_U8P},
	{GF_AUDIO_FMT_S16P, AV_SAMPLE_FMT_S16P},
	{GF_AUDIO_FMT_S32P, AV_SAMPLE_FMT_S32P},
	{GF_AUDIO_FMT_FLTP, AV_SAMPLE_FMT_FLTP},
	{GF_AUDIO_FMT_DBLP, AV_SAMPLE_FMT_DBLP},
};
#define NB_SAMPLES (sizeof(samples) / sizeof(samples[0]))

enum AVSampleFormat ff_sample_format(GF_AudioFormat format)
{
	for (u32 i = 0; i < NB_SAMPLES; i++)
		if (samples[i].label == format)
			return samples[i].format;
	return AV_SAMPLE_FMT_NONE;
}

GF_AudioFormat ff_sample_label(enum AVSampleFormat format)
{
	for (u32 i = 0; i < NB_SAMPLES; i++)
		if (samples[i].format == format)
			return samples[i].label;
	return 0;
}

// Bits of FFmpeg and of the engine, which follows ISO/IEC 23091-3.
static const struct {
	u8 av, ours;
} channels[] = {
	{0, 0}, {1, 1}, {2, 2}, {3, 3}, {4, 4}, {5, 5}, {6, 6}, {7, 7}, {8, 10}, {9, 8}, {10, 9}, {11, 25}, {12, 17},
	{13, 19}, {14, 18}, {15, 20}, {16, 22}, {17, 21}, {31, 15}, {32, 16}, {33, 11}, {34, 12}, {35, 26},
};
#define NB_CHANNELS (sizeof(channels) / sizeof(channels[0]))

u64 ff_layout_from_mask(u64 mask, u32 nb_channels)
{
	u64 layout = 0;
	for (u32 i = 0; i < NB_CHANNELS; i++)
		if (mask >> channels[i].ours & 1)
			layout |= (u64)1 << channels[i].av;
	return (u32)av_popcount64(layout) == nb_channels ? layout : 0;
}

u64 ff_layout_to_mask(const AVChannelLayout *layout)
{
	u64 mask = 0;
	if (layout->order != AV_CHANNEL_ORDER_NATIVE)
		return 0;
	for (u32 i = 0; i < NB_CHANNELS; i++)
		if (layout->u.mask >> channels[i].av & 1)
			mask |= (u64)1 << channels[i].ours;
	return mask;
}
