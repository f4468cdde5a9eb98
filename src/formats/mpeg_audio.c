// SPDX-License-Identifier: MIT
#include <string.h>
#include "base/bits.h"
#include "formats/mpeg_audio.h"

// kbit/s by bitrate_index (11172-3 2.4.2.3, 13818-3 2.4.2.3): MPEG-1 by layer, then the lower sampling rates.
static const u16 bitrates[2][3][15] = {
	{
		{0, 32, 64, 96, 128, 160, 192, 224, 256, 288, 320, 352, 384, 416, 448},
		{0, 32, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320, 384},
		{0, 32, 40, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320},
	},
	{
		{0, 32, 48, 56, 64, 80, 96, 112, 128, 144, 160, 176, 192, 224, 256},
		{0, 8, 16, 24, 32, 40, 48, 56, 64, 80, 96, 112, 128, 144, 160},
		{0, 8, 16, 24, 32, 40, 48, 56, 64, 80, 96, 112, 128, 144, 160},
	},
};

static const u16 rates[3] = {44100, 48000, 32000};

// Bytes of a frame. A slot is 4 bytes in layer I and 1 byte in the others (11172-3 2.4.3.1).
static u32 frame_size(const MpegAudioHeader *h, u32 padding)
{
	if (h->layer == 1)
		return (12 * h->bitrate / h->rate + padding) * 4;
	return h->nb_samples / 8 * h->bitrate / h->rate + padding;
}

static u32 samples_per_frame(MpegAudioVersion version, u32 layer)
{
	if (layer == 1)
		return 384;
	return layer == 3 && version != MPEG_AUDIO_1 ? 576 : 1152;
}

Bool mpeg_audio_parse(const u8 *data, u32 size, MpegAudioHeader *header)
{
	if (size < MPEG_AUDIO_HEADER_SIZE || data[0] != 0xFF || (data[1] & 0xE0) != 0xE0)
		return GF_FALSE;
	// Indexed by the two bits of the version: 1 and layer 0 are reserved, as are the indices 15 and 3.
	static const u8 versions[4] = {MPEG_AUDIO_25, 0, MPEG_AUDIO_2, MPEG_AUDIO_1};
	u32 version = (data[1] >> 3) & 3;
	u32 layer = 4 - ((data[1] >> 1) & 3);
	u32 bitrate_index = data[2] >> 4;
	u32 rate_index = (data[2] >> 2) & 3;
	if (version == 1 || layer == 4 || bitrate_index == 15 || rate_index == 3)
		return GF_FALSE;
	MpegAudioHeader h = {0};
	h.version = versions[version];
	h.layer = (u8)layer;
	h.has_crc = !(data[1] & 1);
	h.nb_channels = data[3] >> 6 == 3 ? 1 : 2;
	h.rate = (u32)rates[rate_index] >> h.version;
	h.nb_samples = samples_per_frame(h.version, layer);
	h.bitrate = 1000u * bitrates[h.version != MPEG_AUDIO_1][layer - 1][bitrate_index];
	h.free_format = !bitrate_index;
	if (!h.free_format)
		h.frame_size = frame_size(&h, (data[2] >> 1) & 1);
	*header = h;
	return GF_TRUE;
}

// Frames of one stream have the same version, layer, rate and number of channels.
static u32 stream_of(const MpegAudioHeader *h)
{
	return (u32)h->version << 28 | (u32)h->layer << 24 | (u32)h->nb_channels << 20 | h->rate;
}

static Bool parse_sync(const u8 *data, u32 size, SyncHeader *header)
{
	MpegAudioHeader h;
	if (!mpeg_audio_parse(data, size, &h))
		return GF_FALSE;
	header->size = h.free_format ? 0 : h.frame_size;
	header->stream = stream_of(&h);
	return GF_TRUE;
}

const FrameSync mpeg_audio_sync = {MPEG_AUDIO_HEADER_SIZE, parse_sync};

Bool mpeg_audio_is_free_format(const u8 *data, u32 size)
{
	MpegAudioHeader first, h;
	if (!mpeg_audio_parse(data, size, &first) || !first.free_format)
		return GF_FALSE;
	for (u32 i = MPEG_AUDIO_HEADER_SIZE; i + MPEG_AUDIO_HEADER_SIZE <= size; i++)
		if (data[i] == 0xFF && mpeg_audio_parse(data + i, size - i, &h) && h.free_format)
			return stream_of(&first) == stream_of(&h);
	return GF_FALSE;
}

// The delay and padding of the LAME extension: 12 bits each, 21 bytes after the name of the encoder.
static void parse_lame(BitReader *r, MpegAudioInfo *info)
{
	const u8 *name = br_bytes(r, 9);
	br_skip(r, 12);
	u32 delay = br_bits(r, 12);
	u32 padding = br_bits(r, 12);
	if (r->overrun || (memcmp(name, "LAME", 4) && memcmp(name, "Lavc", 4) && memcmp(name, "Lavf", 4)))
		return;
	info->delay = delay;
	info->padding = padding;
}

// "Xing" or "Info", then flags that tell which fields follow.
static Bool parse_xing(const u8 *data, u32 size, MpegAudioInfo *info)
{
	BitReader r;
	br_init(&r, data, size);
	br_skip(&r, 4);
	u32 flags = br_u32(&r);
	if (flags & 1)
		info->nb_frames = br_u32(&r);
	if (flags & 2)
		info->nb_bytes = br_u32(&r);
	if (flags & 4)
		br_skip(&r, 100); // table of contents
	if (flags & 8)
		br_skip(&r, 4); // quality
	if (r.overrun)
		return GF_FALSE;
	parse_lame(&r, info);
	return GF_TRUE;
}

Bool mpeg_audio_info(const u8 *frame, u32 size, const MpegAudioHeader *h, MpegAudioInfo *info)
{
	MpegAudioInfo found = {0};
	if (h->layer != 3)
		return GF_FALSE;
	// Xing: after the side information of the layer III frame, whose size depends on version and channels.
	u32 side = h->version == MPEG_AUDIO_1 ? (h->nb_channels == 1 ? 17 : 32) : (h->nb_channels == 1 ? 9 : 17);
	u32 xing = MPEG_AUDIO_HEADER_SIZE + side;
	if (size >= xing + 8 && (!memcmp(frame + xing, "Xing", 4) || !memcmp(frame + xing, "Info", 4))) {
		if (!parse_xing(frame + xing, size - xing, &found))
			return GF_FALSE;
		*info = found;
		return GF_TRUE;
	}
	// VBRI: always 32 bytes after the header; version, delay, quality (16 bits each), bytes, frames.
	u32 vbri = MPEG_AUDIO_HEADER_SIZE + 32;
	if (size >= vbri + 18 && !memcmp(frame + vbri, "VBRI", 4)) {
		BitReader r;
		br_init(&r, frame + vbri + 10, 8);
		found.nb_bytes = br_u32(&r);
		found.nb_frames = br_u32(&r);
		*info = found;
		return GF_TRUE;
	}
	return GF_FALSE;
}
