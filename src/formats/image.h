// SPDX-License-Identifier: MIT
// Headers of image files: JPEG (ITU-T T.81, JFIF), PNG (ISO/IEC 15948), JPEG 2000 (ISO/IEC 15444-1) and BMP.
#ifndef FORMATS_IMAGE_H
#define FORMATS_IMAGE_H

#include <gpac/error.h>

typedef enum { IMAGE_UNKNOWN = 0, IMAGE_JPEG, IMAGE_PNG, IMAGE_J2K, IMAGE_JP2, IMAGE_BMP } ImageKind;

typedef struct {
	ImageKind kind;
	u32 width, height;
	u32 sar_num, sar_den; // shape of a pixel, 0/0 when not told
	// part of the file that is the coded image: all of it but for JP2 and BMP
	u32 offset, size;
	u32 config_offset, config_size; // JP2: content of the box jp2h
	u32 bits_per_pixel;             // BMP: 24 or 32
	Bool bottom_up;                 // BMP: the last line comes first
} ImageInfo;

// By the first bytes.
ImageKind image_kind(const u8 *data, u32 size);
// Reads a whole file. GF_NON_COMPLIANT_BITSTREAM, or GF_NOT_SUPPORTED for BMP that is compressed or has a palette.
GF_Err image_read(const u8 *data, u32 size, ImageInfo *info);
// Size of a line of the pixels of a BMP file, which are read from `info.offset` on.
u32 image_bmp_line(const ImageInfo *info);

#endif
