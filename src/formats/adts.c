// SPDX-License-Identifier: MIT
#include "base/bits.h"
#include "formats/adts.h"

#define NB_RATES 13
#define VARIABLE_RATE 0x7FF // adts_buffer_fullness

Bool adts_parse(const u8 *data, u32 size, AdtsHeader *header)
{
	// syncword, then layer which is always 0
	if (size < ADTS_HEADER_SIZE || data[0] != 0xFF || (data[1] & 0xF6) != 0xF0)
		return GF_FALSE;
	AdtsHeader h = {0};
	h.mpeg2 = (data[1] & 0x08) != 0;
	h.has_crc = !(data[1] & 0x01);
	h.object_type = (u8)((data[2] >> 6) + 1);
	h.rate_index = (data[2] >> 2) & 0x0F;
	h.channel_config = (u8)((data[2] & 0x01) << 2 | data[3] >> 6);
	h.frame_size = (u32)(data[3] & 0x03) << 11 | (u32)data[4] << 3 | data[5] >> 5;
	h.nb_blocks = (u8)((data[6] & 0x03) + 1);
	// adts_error_check: the CRC; with several blocks, before it, the position of each but the first
	h.header_size = ADTS_HEADER_SIZE + (h.has_crc ? 2u * h.nb_blocks : 0);
	if (h.rate_index >= NB_RATES || h.frame_size < h.header_size)
		return GF_FALSE;
	*header = h;
	return GF_TRUE;
}

// Frames of one stream have one configuration.
static Bool parse_sync(const u8 *data, u32 size, SyncHeader *header)
{
	AdtsHeader h;
	if (!adts_parse(data, size, &h))
		return GF_FALSE;
	header->size = h.frame_size;
	header->stream = (u32)h.object_type << 16 | (u32)h.rate_index << 8 | h.channel_config;
	return GF_TRUE;
}

const FrameSync adts_sync = {ADTS_HEADER_SIZE, parse_sync};

u32 adts_blocks(const u8 *frame, const AdtsHeader *header, AdtsBlock blocks[ADTS_MAX_BLOCKS])
{
	u32 start[ADTS_MAX_BLOCKS + 1];
	u32 nb = header->nb_blocks;
	u32 payload = header->frame_size - header->header_size;
	blocks[0] = (AdtsBlock){.offset = header->header_size, .size = payload};
	if (nb == 1 || !header->has_crc)
		return 1;
	start[0] = 0;
	start[nb] = payload;
	for (u32 i = 1; i < nb; i++) {
		const u8 *p = frame + ADTS_HEADER_SIZE + 2 * (i - 1);
		start[i] = (u32)p[0] << 8 | p[1];
	}
	for (u32 i = 0; i < nb; i++)
		if (start[i + 1] > payload || start[i + 1] < start[i] + 2)
			return 1; // positions that contradict each other: the frame stays whole
	// Each block is followed by its CRC.
	for (u32 i = 0; i < nb; i++)
		blocks[i] =
			(AdtsBlock){.offset = header->header_size + start[i], .size = start[i + 1] - start[i] - 2};
	return nb;
}

void adts_write(const AdtsHeader *h, u8 out[ADTS_HEADER_SIZE])
{
	out[0] = 0xFF;
	out[1] = (u8)(0xF1 | (h->mpeg2 ? 0x08 : 0));
	out[2] = (u8)((h->object_type - 1) << 6 | h->rate_index << 2 | h->channel_config >> 2);
	out[3] = (u8)((h->channel_config & 3) << 6 | h->frame_size >> 11);
	out[4] = (u8)(h->frame_size >> 3);
	out[5] = (u8)((h->frame_size & 7) << 5 | VARIABLE_RATE >> 6);
	out[6] = (u8)((VARIABLE_RATE & 0x3F) << 2);
}
