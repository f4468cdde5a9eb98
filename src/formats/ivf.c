// SPDX-License-Identifier: MIT
#include "formats/ivf.h"
#include <string.h>

static u32 le32(const u8 *p)
{
	return p[0] | (u32)p[1] << 8 | (u32)p[2] << 16 | (u32)p[3] << 24;
}

static void put(u8 *p, u64 value, u32 nb_bytes)
{
	for (u32 i = 0; i < nb_bytes; i++)
		p[i] = (u8)(value >> (8 * i));
}

Bool ivf_read(const u8 *data, u32 size, IvfHeader *h)
{
	if (size < IVF_HEADER_SIZE || memcmp(data, "DKIF", 4))
		return GF_FALSE;
	*h = (IvfHeader){
		.header_size = data[6] | (u32)data[7] << 8,
		.width = data[12] | (u32)data[13] << 8,
		.height = data[14] | (u32)data[15] << 8,
		.rate = le32(data + 16),
		.scale = le32(data + 20),
		.nb_frames = le32(data + 24),
	};
	memcpy(h->codec, data + 8, 4);
	return h->header_size >= IVF_HEADER_SIZE && h->rate && h->scale;
}

void ivf_write(const IvfHeader *h, u8 data[IVF_HEADER_SIZE])
{
	memset(data, 0, IVF_HEADER_SIZE);
	memcpy(data, "DKIF", 4);
	put(data + 6, IVF_HEADER_SIZE, 2);
	memcpy(data + 8, h->codec, 4);
	put(data + 12, h->width, 2);
	put(data + 14, h->height, 2);
	put(data + 16, h->rate, 4);
	put(data + 20, h->scale, 4);
	put(data + 24, h->nb_frames, 4);
}

void ivf_read_frame(const u8 data[IVF_FRAME_HEADER_SIZE], u32 *size, u64 *time)
{
	*size = le32(data);
	*time = le32(data + 4) | (u64)le32(data + 8) << 32;
}

void ivf_write_frame(u8 data[IVF_FRAME_HEADER_SIZE], u32 size, u64 time)
{
	put(data, size, 4);
	put(data + 4, time, 8);
}
