// SPDX-License-Identifier: MIT
// Codecs of the engine and of FFmpeg, and the decoder configurations of both (media filters chapter 3.5).
#include <string.h>
#include <libavutil/intreadwrite.h>
#include "ffmpeg/ffmpeg.h"

// The first row of an identifier stands for it in the other direction.
static const struct {
	GF_CodecID label;
	enum AVCodecID codec;
} codecs[] = {
	{GF_CODECID_AVC, AV_CODEC_ID_H264},
	{GF_CODECID_MVC, AV_CODEC_ID_H264},
	{GF_CODECID_HEVC, AV_CODEC_ID_HEVC},
	{GF_CODECID_VVC, AV_CODEC_ID_VVC},
	{GF_CODECID_AV1, AV_CODEC_ID_AV1},
	{GF_CODECID_VP8, AV_CODEC_ID_VP8},
	{GF_CODECID_VP9, AV_CODEC_ID_VP9},
	{GF_CODECID_MPEG4_PART2, AV_CODEC_ID_MPEG4},
	{GF_CODECID_MPEG2_MAIN, AV_CODEC_ID_MPEG2VIDEO},
	{GF_CODECID_MPEG2_SIMPLE, AV_CODEC_ID_MPEG2VIDEO},
	{GF_CODECID_MPEG2_SNR, AV_CODEC_ID_MPEG2VIDEO},
	{GF_CODECID_MPEG2_SPATIAL, AV_CODEC_ID_MPEG2VIDEO},
	{GF_CODECID_MPEG2_HIGH, AV_CODEC_ID_MPEG2VIDEO},
	{GF_CODECID_MPEG2_422, AV_CODEC_ID_MPEG2VIDEO},
	{GF_CODECID_MPEG1, AV_CODEC_ID_MPEG1VIDEO},
	{GF_CODECID_H263, AV_CODEC_ID_H263},
	{GF_CODECID_S263, AV_CODEC_ID_H263},
	{GF_CODECID_MSPEG4_V3, AV_CODEC_ID_MSMPEG4V3},
	{GF_CODECID_SMPTE_VC1, AV_CODEC_ID_VC1},
	{GF_CODECID_DIRAC, AV_CODEC_ID_DIRAC},
	{GF_CODECID_THEORA, AV_CODEC_ID_THEORA},
	{GF_CODECID_JPEG, AV_CODEC_ID_MJPEG},
	{GF_CODECID_PNG, AV_CODEC_ID_PNG},
	{GF_CODECID_J2K, AV_CODEC_ID_JPEG2000},
	{GF_CODECID_APCN, AV_CODEC_ID_PRORES},
	{GF_CODECID_APCH, AV_CODEC_ID_PRORES},
	{GF_CODECID_APCO, AV_CODEC_ID_PRORES},
	{GF_CODECID_APCS, AV_CODEC_ID_PRORES},
	{GF_CODECID_AP4X, AV_CODEC_ID_PRORES},
	{GF_CODECID_AP4H, AV_CODEC_ID_PRORES},
	{GF_CODECID_DNXHD, AV_CODEC_ID_DNXHD},
	{GF_CODECID_FFV1, AV_CODEC_ID_FFV1},
	{GF_CODECID_AVS2_VIDEO, AV_CODEC_ID_AVS2},
	{GF_CODECID_AVS3_VIDEO, AV_CODEC_ID_AVS3},
	{GF_CODECID_AAC_MPEG4, AV_CODEC_ID_AAC},
	{GF_CODECID_AAC_MPEG2_MP, AV_CODEC_ID_AAC},
	{GF_CODECID_AAC_MPEG2_LCP, AV_CODEC_ID_AAC},
	{GF_CODECID_AAC_MPEG2_SSRP, AV_CODEC_ID_AAC},
	{GF_CODECID_USAC, AV_CODEC_ID_AAC},
	{GF_CODECID_MPEG_AUDIO, AV_CODEC_ID_MP3},
	{GF_CODECID_MPEG2_PART3, AV_CODEC_ID_MP2},
	{GF_CODECID_MPEG_AUDIO_L1, AV_CODEC_ID_MP1},
	{GF_CODECID_AC3, AV_CODEC_ID_AC3},
	{GF_CODECID_EAC3, AV_CODEC_ID_EAC3},
	{GF_CODECID_TRUEHD, AV_CODEC_ID_TRUEHD},
	{GF_CODECID_DTS_CA, AV_CODEC_ID_DTS},
	{GF_CODECID_DTS_HD_HR_MASTER, AV_CODEC_ID_DTS},
	{GF_CODECID_DTS_HD_LOSSLESS, AV_CODEC_ID_DTS},
	{GF_CODECID_DTS_EXPRESS_LBR, AV_CODEC_ID_DTS},
	{GF_CODECID_OPUS, AV_CODEC_ID_OPUS},
	{GF_CODECID_VORBIS, AV_CODEC_ID_VORBIS},
	{GF_CODECID_FLAC, AV_CODEC_ID_FLAC},
	{GF_CODECID_SPEEX, AV_CODEC_ID_SPEEX},
	{GF_CODECID_ALAC, AV_CODEC_ID_ALAC},
	{GF_CODECID_AMR, AV_CODEC_ID_AMR_NB},
	{GF_CODECID_AMR_WB, AV_CODEC_ID_AMR_WB},
	{GF_CODECID_EVRC, AV_CODEC_ID_EVRC},
	{GF_CODECID_SMV, AV_CODEC_ID_SMV},
	{GF_CODECID_QCELP, AV_CODEC_ID_QCELP},
	{GF_CODECID_ALAW, AV_CODEC_ID_PCM_ALAW},
	{GF_CODECID_MULAW, AV_CODEC_ID_PCM_MULAW},
	{GF_CODECID_DVB_SUBS, AV_CODEC_ID_DVB_SUBTITLE},
	{GF_CODECID_SUBPIC, AV_CODEC_ID_DVD_SUBTITLE},
	{GF_CODECID_TX3G, AV_CODEC_ID_MOV_TEXT},
	{GF_CODECID_SUBS_TEXT, AV_CODEC_ID_TEXT},
	{GF_CODECID_SIMPLE_TEXT, AV_CODEC_ID_SUBRIP},
	{GF_CODECID_WEBVTT, AV_CODEC_ID_WEBVTT},
	{GF_CODECID_SUBS_SSA, AV_CODEC_ID_ASS},
};
#define NB_CODECS (sizeof(codecs) / sizeof(codecs[0]))

enum AVCodecID ff_codec_id(GF_CodecID codec)
{
	for (u32 i = 0; i < NB_CODECS; i++)
		if (codecs[i].label == codec)
			return codecs[i].codec;
	return AV_CODEC_ID_NONE;
}

GF_CodecID ff_codec_label(enum AVCodecID codec)
{
	for (u32 i = 0; i < NB_CODECS; i++)
		if (codecs[i].codec == codec)
			return codecs[i].label;
	return GF_CODECID_FFMPEG;
}

enum AVCodecID ff_codec_of_pid(GF_FilterPid *pid)
{
	GF_CodecID codec = ff_uint(pid, GF_PROP_PID_CODECID);
	if (codec != GF_CODECID_FFMPEG)
		return ff_codec_id(codec);
	// The number may change with the version of FFmpeg, the name does not.
	const GF_PropertyValue *name = gf_filter_pid_get_property(pid, GF_PROP_PID_META_DEMUX_CODEC_NAME);
	const AVCodecDescriptor *desc = name && name->value.string ? avcodec_descriptor_get_by_name(name->value.string) : NULL;
	return desc ? desc->id : (enum AVCodecID)ff_uint(pid, GF_PROP_PID_META_DEMUX_CODEC_ID);
}

// ---- Decoder configurations

// How the payload of DecoderConfig becomes extradata: `skip` bytes are left out, `prefix` is put in
// front.
typedef struct {
	const char *prefix;
	int prefix_size;
	int skip;
	int limit; // bytes used, 0 for all
	Bool none; // libavcodec takes no configuration
} Change;

// RFC 7845 5.1, RFC 9639 8.2, QuickTime's `alac` atom, and Speex's first packet.
static Change change_of(GF_CodecID codec, const u8 *data, u32 size)
{
	static const char alac[] = "\0\0\0\x24" "alac\0\0\0";
	switch (codec) {
	case GF_CODECID_OPUS:
		return (Change){.prefix = "OpusHead", .prefix_size = 8};
	case GF_CODECID_FLAC:
		return (Change){.skip = 4, .limit = 34}; // the STREAMINFO block without its header
	case GF_CODECID_ALAC:
		return (Change){.prefix = alac, .prefix_size = size == 24 ? 12 : size == 28 ? 8 : 0};
	case GF_CODECID_SPEEX:
		return (Change){.skip = 2};
	case GF_CODECID_SMPTE_VC1: // SMPTE 2058: 7 bytes, then the sequence header of the advanced profile
		return (Change){.skip = data[0] >> 4 == 12 ? 7 : 0};
	case GF_CODECID_VP8:
	case GF_CODECID_VP9:
	case GF_CODECID_AC3:
	case GF_CODECID_EAC3:
	case GF_CODECID_TRUEHD:
	case GF_CODECID_J2K:
		return (Change){.none = GF_TRUE};
	default:
		return (Change){0};
	}
}

// A TextSampleEntry, whose font table DecoderConfig has without the header of its box.
static GF_Err text_extradata(const u8 *config, u32 config_size, u8 **data, int *size)
{
	u32 fixed = config_size < TX3G_FIXED_SIZE ? config_size : TX3G_FIXED_SIZE, fonts = config_size - fixed;
	u8 *copy = av_mallocz((size_t)config_size + 8 + AV_INPUT_BUFFER_PADDING_SIZE);
	if (!copy)
		return GF_OUT_OF_MEM;
	memcpy(copy, config, fixed);
	if (fonts) {
		AV_WB32(copy + fixed, fonts + 8);
		memcpy(copy + fixed + 4, "ftab", 4);
		memcpy(copy + fixed + 8, config + fixed, fonts);
	}
	*data = copy;
	*size = (int)(fonts ? config_size + 8 : fixed);
	return GF_OK;
}

GF_Err ff_extradata_of_pid(GF_FilterPid *pid, u8 **data, int *size)
{
	const GF_PropertyValue *p = gf_filter_pid_get_property(pid, GF_PROP_PID_DECODER_CONFIG);
	*data = NULL;
	*size = 0;
	if (!p || !p->value.data.size || p->value.data.size > INT32_MAX / 2)
		return GF_OK;
	const u8 *config = p->value.data.ptr;
	if (ff_uint(pid, GF_PROP_PID_CODECID) == GF_CODECID_TX3G)
		return text_extradata(config, p->value.data.size, data, size);
	Change change = change_of(ff_uint(pid, GF_PROP_PID_CODECID), config, p->value.data.size);
	int left = (int)p->value.data.size - change.skip;
	if (change.none || left <= 0)
		return GF_OK;
	if (change.limit && left > change.limit)
		left = change.limit;
	u8 *copy = av_mallocz((size_t)(change.prefix_size + left) + AV_INPUT_BUFFER_PADDING_SIZE);
	if (!copy)
		return GF_OUT_OF_MEM;
	if (change.prefix_size)
		memcpy(copy, change.prefix, (size_t)change.prefix_size);
	memcpy(copy + change.prefix_size, config + change.skip, (size_t)left);
	*data = copy;
	*size = change.prefix_size + left;
	return GF_OK;
}
