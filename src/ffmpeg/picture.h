// SPDX-License-Identifier: MIT
// Pictures in packets: planes one after the other (media filters chapter 3.7).
#ifndef FFMPEG_PICTURE_H
#define FFMPEG_PICTURE_H

#include "ffmpeg/ffmpeg.h"

typedef struct {
	GF_PixelFormat label;
	enum AVPixelFormat format;
	u32 width, height;
	u32 size;
	u32 stride, stride_uv;
	u32 nb_planes, height_uv;
} FfPicture;

// Fills in the layout; a stride of 0 is the tightest. GF_NOT_SUPPORTED for a format without counterpart.
GF_Err ff_picture_init(
	FfPicture *picture, GF_PixelFormat label, u32 width, u32 height, u32 stride, u32 stride_uv);
// Pointers to the planes of a packet's memory, in FFmpeg's order.
void ff_picture_planes(const FfPicture *picture, u8 *base, u8 *planes[4], int strides[4]);
// Copies a frame of the same size and format.
void ff_picture_copy(const FfPicture *picture, u8 *base, const AVFrame *frame);
// The layout of the pictures of a PID. GF_NOT_READY when it does not tell size and format yet.
GF_Err ff_picture_of_pid(FfPicture *picture, GF_FilterPid *pid);
// Makes a frame of a packet's memory or planes, which it refers to until it is unreferenced. It is not to be
// written to. GF_NOT_SUPPORTED when the packet is shorter than its picture.
GF_Err ff_picture_frame(const FfPicture *picture, GF_FilterPacket *packet, AVFrame *frame);

#endif
