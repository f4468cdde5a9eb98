// SPDX-License-Identifier: MIT
// Decoder configurations made of what FFmpeg knows of a stream (media filters chapter 3.5).
#include <string.h>
#include <libavutil/intreadwrite.h>
#include <libavutil/pixdesc.h>
#include "ffmpeg/ffmpeg.h"

static u8 *copy(const u8 *head, u32 head_size, const u8 *data, u32 data_size, u32 *size)
{
	u8 *config = gf_malloc(head_size + data_size);
	*size = head_size + data_size;
	if (config && head_size)
		memcpy(config, head, head_size);
	if (config && data_size)
		memcpy(config + head_size, data, data_size);
	return config;
}

// VPCodecConfigurationRecord, "VP Codec ISO Media File Format Binding", without version and flags.
static u8 *vp_config(const AVCodecParameters *codec, u32 *size)
{
	const AVPixFmtDescriptor *desc = av_pix_fmt_desc_get(codec->format);
	u32 depth = desc ? (u32)desc->comp[0].depth : 8;
	// 1: 4:2:0 with chroma at the luma sample, as MPEG-2 has it, 2: 4:2:2, 3: 4:4:4
	u32 chroma = !desc || desc->log2_chroma_h ? 1 : desc->log2_chroma_w ? 2 : 3;
	u32 profile = codec->codec_id == AV_CODEC_ID_VP8 ? 0 : (chroma > 1) + (depth > 8 ? 2 : 0);
	u8 record[8] = {
		(u8)profile,
		codec->level > 0 ? (u8)codec->level : 10,
		(u8)(depth << 4 | chroma << 1 | (codec->color_range == AVCOL_RANGE_JPEG)),
		(u8)codec->color_primaries,
		(u8)codec->color_trc,
		(u8)codec->color_space,
		0,
		0,
	};
	return copy(record, sizeof(record), NULL, 0, size);
}

// AC3SpecificBox (ETSI TS 102 366 F.4) from the header of a frame (4.3).
static u8 *ac3_config(const u8 *d, u32 frame_size, u32 *size)
{
	if (!d || frame_size < 8)
		return NULL;
	u32 fscod = d[4] >> 6, frmsizecod = d[4] & 63, bsid = d[5] >> 3, bsmod = d[5] & 7, acmod = d[6] >> 5;
	// lfeon stands behind the mix levels, which depend on acmod
	u32 skip = (acmod & 1 && acmod != 1 ? 2 : 0) + (acmod & 4 ? 2 : 0) + (acmod == 2 ? 2 : 0);
	u32 lfeon = AV_RB16(d + 6) >> (12 - skip) & 1;
	u32 box = fscod << 22 | bsid << 17 | bsmod << 14 | acmod << 11 | lfeon << 10 | (frmsizecod >> 1) << 5;
	u8 record[3] = {(u8)(box >> 16), (u8)(box >> 8), (u8)box};
	return copy(record, sizeof(record), NULL, 0, size);
}

// EC3SpecificBox (ETSI TS 102 366 F.6) of one independent substream (E.1.2).
static u8 *eac3_config(const AVCodecParameters *codec, const u8 *d, u32 frame_size, u32 *size)
{
	if (!d || frame_size < 8)
		return NULL;
	u32 fscod = d[4] >> 6, acmod = d[4] >> 1 & 7, lfeon = d[4] & 1, bsid = d[5] >> 3;
	u32 rate = (u32)(codec->bit_rate / 1000) & 0x1FFF;
	u8 record[5];
	AV_WB16(record, rate << 3);
	record[2] = (u8)(fscod << 6 | bsid << 1);
	record[3] = (u8)(acmod << 1 | lfeon);
	record[4] = 0;
	return copy(record, sizeof(record), NULL, 0, size);
}

// Three headers laced as Xiph does: the number of headers less one, the sizes of the first two in 255s.
static u8 *xiph_config(const u8 *data, u32 size, u32 *config_size)
{
	u32 sizes[3] = {0}, pos = 1;
	if (size < 3 || data[0] != 2)
		return NULL;
	for (u32 i = 0; i < 2; i++) {
		while (pos < size && data[pos] == 255)
			sizes[i] += data[pos++];
		if (pos >= size)
			return NULL;
		sizes[i] += data[pos++];
	}
	if ((u64)sizes[0] + sizes[1] > size - pos)
		return NULL;
	sizes[2] = size - pos - sizes[0] - sizes[1];
	u8 *config = gf_malloc(size - pos + 6), *to = config;
	for (u32 i = 0; config && i < 3; i++) {
		AV_WB16(to, sizes[i]);
		memcpy(to + 2, data + pos, sizes[i]);
		to += sizes[i] + 2;
		pos += sizes[i];
	}
	*config_size = (u32)(to - config);
	return config;
}

// A TextSampleEntry without the header of its font table, and without the boxes behind it.
static u8 *text_config(const u8 *data, u32 data_size, u32 *size)
{
	const u8 *fonts = data + TX3G_FIXED_SIZE;
	u32 left = data_size > TX3G_FIXED_SIZE ? data_size - TX3G_FIXED_SIZE : 0;
	if (left < 8 || memcmp(fonts + 4, "ftab", 4) || AV_RB32(fonts) < 8 || AV_RB32(fonts) > left)
		return data_size ? copy(data, data_size, NULL, 0, size) : NULL;
	return copy(data, TX3G_FIXED_SIZE, fonts + 8, AV_RB32(fonts) - 8, size);
}

u8 *ff_config(const AVCodecParameters *codec, const u8 *frame, u32 frame_size, u32 *size)
{
	const u8 *data = codec->extradata;
	u32 data_size = data ? (u32)codec->extradata_size : 0;
	static const u8 last_streaminfo[4] = {0x80, 0, 0, 34};
	u8 length[2] = {(u8)(data_size >> 8), (u8)data_size};
	switch (codec->codec_id) {
	case AV_CODEC_ID_VP8:
	case AV_CODEC_ID_VP9:
		return vp_config(codec, size);
	case AV_CODEC_ID_AC3:
		return ac3_config(frame, frame_size, size);
	case AV_CODEC_ID_EAC3:
		return eac3_config(codec, frame, frame_size, size);
	case AV_CODEC_ID_OPUS: // without `OpusHead`
		return data_size > 8 ? copy(data + 8, data_size - 8, NULL, 0, size) : NULL;
	case AV_CODEC_ID_FLAC:
		return data_size >= 34 ? copy(last_streaminfo, 4, data, 34, size) : NULL;
	case AV_CODEC_ID_VORBIS:
	case AV_CODEC_ID_THEORA:
		if (data_size && data[0] == 2)
			return xiph_config(data, data_size, size);
		break;
	case AV_CODEC_ID_SPEEX:
		return data_size ? copy(length, 2, data, data_size, size) : NULL;
	case AV_CODEC_ID_MOV_TEXT:
		return text_config(data, data_size, size);
	case AV_CODEC_ID_ALAC: // the cookie of the 36-byte atom
		return data_size >= 36 ? copy(data + 12, data_size - 12, NULL, 0, size) : NULL;
	default:
		break;
	}
	return data_size ? copy(data, data_size, NULL, 0, size) : NULL;
}

Bool ff_is_unframed(const AVCodecParameters *p)
{
	const u8 *config = p->extradata_size > 0 ? p->extradata : NULL;
	switch (p->codec_id) {
	case AV_CODEC_ID_H264:
	case AV_CODEC_ID_HEVC:
		return !config || config[0] != 1;
	case AV_CODEC_ID_VVC:
		return !config || config[0] != 0xFF;
	case AV_CODEC_ID_AV1:
		return !config || !(config[0] & 0x80);
	case AV_CODEC_ID_AAC:
		return !config;
	default:
		return GF_FALSE;
	}
}
