// SPDX-License-Identifier: MIT
// IVF, the file format of the VPx and AV1 reference software: a header, then each frame behind its size and time.
// All fields are little-endian.
#ifndef FORMATS_IVF_H
#define FORMATS_IVF_H

#include <gpac/setup.h>

#define IVF_HEADER_SIZE 32
#define IVF_FRAME_HEADER_SIZE 12

typedef struct {
	char codec[5]; // four characters, terminated
	u32 header_size;
	u32 width, height;
	u32 rate, scale; // a time unit lasts `scale / rate` seconds
	u32 nb_frames;   // 0 when unknown
} IvfHeader;

// Needs IVF_HEADER_SIZE bytes. False when it is no header, or has no time base.
Bool ivf_read(const u8 *data, u32 size, IvfHeader *h);
void ivf_write(const IvfHeader *h, u8 data[IVF_HEADER_SIZE]);
void ivf_read_frame(const u8 data[IVF_FRAME_HEADER_SIZE], u32 *size, u64 *time);
void ivf_write_frame(u8 data[IVF_FRAME_HEADER_SIZE], u32 size, u64 time);

#endif
