// SPDX-License-Identifier: MIT
#include "formats/image.h"
#include <string.h>
#include <gpac/setup.h>
#include "base/bits.h"

static const u8 png_mark[8] = {0x89, 'P', 'N', 'G', '\r', '\n', 0x1A, '\n'};
static const u8 jp2_mark[12] = {0, 0, 0, 12, 'j', 'P', ' ', ' ', '\r', '\n', 0x87, '\n'};

ImageKind image_kind(const u8 *data, u32 size)
{
	if (size >= 3 && data[0] == 0xFF && data[1] == 0xD8 && data[2] == 0xFF)
		return IMAGE_JPEG;
	if (size >= 8 && !memcmp(data, png_mark, 8))
		return IMAGE_PNG;
	if (size >= 12 && !memcmp(data, jp2_mark, 12))
		return IMAGE_JP2;
	if (size >= 4 && data[0] == 0xFF && data[1] == 0x4F && data[2] == 0xFF && data[3] == 0x51)
		return IMAGE_J2K;
	// the size of the file header and its reserved fields
	if (size >= 14 && data[0] == 'B' && data[1] == 'M' && !data[6] && !data[7] && !data[8] && !data[9])
		return IMAGE_BMP;
	return IMAGE_UNKNOWN;
}

// JFIF 1.02: without units the densities are the shape of a pixel.
static void read_jfif(BitReader *segment, ImageInfo *info)
{
	const u8 *mark = br_bytes(segment, 5);
	if (!mark || memcmp(mark, "JFIF", 5))
		return;
	br_skip(segment, 2);
	u32 units = br_u8(segment), x = br_u16(segment), y = br_u16(segment);
	if (!segment->overrun && !units && x && y) {
		info->sar_num = x;
		info->sar_den = y;
	}
}

// SOF0 to SOF15, without DHT, JPG and DAC (table B.1)
static Bool is_frame_header(u8 marker)
{
	return marker >= 0xC0 && marker <= 0xCF && marker != 0xC4 && marker != 0xC8 && marker != 0xCC;
}

static GF_Err read_jpeg(BitReader *r, ImageInfo *info)
{
	br_skip(r, 2);
	while (br_left(r)) {
		if (br_u8(r) != 0xFF)
			return GF_NON_COMPLIANT_BITSTREAM;
		u8 marker = br_u8(r);
		while (marker == 0xFF && br_left(r))
			marker = br_u8(r);
		if (marker == 0x01 || (marker >= 0xD0 && marker <= 0xD7))
			continue; // no parameters
		if (marker == 0xD9 || marker == 0xDA)
			break; // the frame header comes before the scan
		u32 size = br_u16(r);
		const u8 *data = size >= 2 ? br_bytes(r, size - 2) : NULL;
		if (!data)
			return GF_NON_COMPLIANT_BITSTREAM;
		BitReader segment;
		br_init(&segment, data, size - 2);
		if (marker == 0xE0)
			read_jfif(&segment, info);
		if (is_frame_header(marker)) {
			br_u8(&segment);
			info->height = br_u16(&segment);
			info->width = br_u16(&segment);
			return segment.overrun ? GF_NON_COMPLIANT_BITSTREAM : GF_OK;
		}
	}
	return GF_NON_COMPLIANT_BITSTREAM;
}

static GF_Err read_png(BitReader *r, ImageInfo *info)
{
	br_skip(r, 8);
	if (br_u32(r) != 13 || br_u32(r) != GF_4CC('I', 'H', 'D', 'R'))
		return GF_NON_COMPLIANT_BITSTREAM;
	info->width = br_u32(r);
	info->height = br_u32(r);
	br_skip(r, 5 + 4);
	while (!r->overrun && br_left(r) >= 8) {
		u32 size = br_u32(r), type = br_u32(r);
		if (type == GF_4CC('I', 'D', 'A', 'T'))
			break;
		if (type == GF_4CC('p', 'H', 'Y', 's') && size == 9) {
			// pixels per unit along each axis: many of them are narrow
			u32 x = br_u32(r), y = br_u32(r);
			if (x && y && x <= 0x7FFFFFFF && y <= 0x7FFFFFFF) {
				info->sar_num = y;
				info->sar_den = x;
			}
			br_skip(r, 1 + 4);
			continue;
		}
		br_skip(r, (u64)size + 4);
	}
	return r->overrun ? GF_NON_COMPLIANT_BITSTREAM : GF_OK;
}

// SIZ marker segment, A.5.1
static GF_Err read_codestream(const u8 *data, u32 size, ImageInfo *info)
{
	BitReader r;
	br_init(&r, data, size);
	if (br_u32(&r) != 0xFF4FFF51)
		return GF_NON_COMPLIANT_BITSTREAM;
	br_skip(&r, 4);
	u32 x = br_u32(&r), y = br_u32(&r), left = br_u32(&r), top = br_u32(&r);
	if (r.overrun || left >= x || top >= y)
		return GF_NON_COMPLIANT_BITSTREAM;
	info->width = x - left;
	info->height = y - top;
	return GF_OK;
}

// Boxes of a JP2 file, annex I.
static GF_Err read_jp2(BitReader *r, ImageInfo *info)
{
	while (br_left(r) >= 8) {
		u32 start = (u32)br_byte_pos(r), header = 8;
		u64 size = br_u32(r);
		u32 type = br_u32(r);
		if (size == 1) {
			size = br_u64(r);
			header = 16;
		} else if (!size) {
			size = r->size - start;
		}
		if (r->overrun || size < header || size > r->size - start)
			return GF_NON_COMPLIANT_BITSTREAM;
		u32 at = start + header, length = (u32)size - header;
		if (type == GF_4CC('j', 'p', '2', 'h')) {
			info->config_offset = at;
			info->config_size = length;
		}
		if (type == GF_4CC('j', 'p', '2', 'c')) {
			info->offset = at;
			info->size = length;
			return read_codestream(r->data + at, length, info);
		}
		br_skip(r, length);
	}
	return GF_NON_COMPLIANT_BITSTREAM;
}

static u32 le32(BitReader *r)
{
	return __builtin_bswap32(br_u32(r));
}

static u32 le16(BitReader *r)
{
	return __builtin_bswap16(br_u16(r));
}

u32 image_bmp_line(const ImageInfo *info)
{
	return (info->width * (info->bits_per_pixel / 8) + 3) & ~3u;
}

// BITMAPFILEHEADER and BITMAPINFOHEADER
static GF_Err read_bmp(BitReader *r, ImageInfo *info)
{
	br_skip(r, 10);
	info->offset = le32(r);
	u32 header = le32(r);
	if (header < 40)
		return r->overrun ? GF_NON_COMPLIANT_BITSTREAM : GF_NOT_SUPPORTED;
	info->width = le32(r);
	s32 height = (s32)le32(r);
	info->bottom_up = height > 0;
	info->height = height < 0 ? 0u - (u32)height : (u32)height;
	br_skip(r, 2);
	info->bits_per_pixel = le16(r);
	u32 compression = le32(r);
	if (r->overrun)
		return GF_NON_COMPLIANT_BITSTREAM;
	if (compression || (info->bits_per_pixel != 24 && info->bits_per_pixel != 32))
		return GF_NOT_SUPPORTED;
	u64 line = ((u64)info->width * (info->bits_per_pixel / 8) + 3) & ~(u64)3;
	u64 needed = info->height > 0xFFFF || info->width > 0xFFFFFF ? r->size + 1ull : line * info->height;
	if (info->offset > r->size || needed > r->size - info->offset)
		return GF_NON_COMPLIANT_BITSTREAM;
	info->size = (u32)needed;
	return GF_OK;
}

GF_Err image_read(const u8 *data, u32 size, ImageInfo *info)
{
	BitReader r;
	ImageInfo found = {.kind = image_kind(data, size), .size = size};
	GF_Err e = GF_NON_COMPLIANT_BITSTREAM;
	br_init(&r, data, size);
	switch (found.kind) {
	case IMAGE_JPEG:
		e = read_jpeg(&r, &found);
		break;
	case IMAGE_PNG:
		e = read_png(&r, &found);
		break;
	case IMAGE_J2K:
		e = read_codestream(data, size, &found);
		break;
	case IMAGE_JP2:
		e = read_jp2(&r, &found);
		break;
	case IMAGE_BMP:
		e = read_bmp(&r, &found);
		break;
	case IMAGE_UNKNOWN:
		break;
	}
	if (!e && (!found.width || !found.height))
		e = GF_NON_COMPLIANT_BITSTREAM;
	if (!e)
		*info = found;
	return e;
}
