// SPDX-License-Identifier: MIT
#include <libavutil/imgutils.h>
#include "ffmpeg/picture.h"

GF_Err ff_picture_init(
	FfPicture *picture, GF_PixelFormat label, u32 width, u32 height, u32 stride, u32 stride_uv)
{
	*picture = (FfPicture){
		.label = label,
		.format = ff_pixel_format(label == GF_PIXEL_YVU ? GF_PIXEL_YUV : label),
		.width = width,
		.height = height,
		.stride = stride,
		.stride_uv = stride_uv,
	};
	if (picture->format == AV_PIX_FMT_NONE || !width || !height || width > INT32_MAX / 8 || height > INT32_MAX / 8)
		return GF_NOT_SUPPORTED;
	return gf_pixel_get_size_info(label, width, height, &picture->size, &picture->stride, &picture->stride_uv,
			   &picture->nb_planes, &picture->height_uv)
			   ? GF_OK
			   : GF_NOT_SUPPORTED;
}

void ff_picture_planes(const FfPicture *picture, u8 *base, u8 *planes[4], int strides[4])
{
	u32 nb_chroma = picture->nb_planes > 2 ? 2 : picture->nb_planes - 1;
	for (u32 i = 0; i < 4; i++) {
		Bool used = i < picture->nb_planes, chroma = i > 0 && i <= nb_chroma;
		planes[i] = used ? base : NULL;
		strides[i] = !used ? 0 : chroma ? (int)picture->stride_uv : (int)picture->stride;
		base += used ? (size_t)strides[i] * (chroma ? picture->height_uv : picture->height) : 0;
	}
	if (picture->label == GF_PIXEL_YVU) {
		u8 *v = planes[1];
		planes[1] = planes[2];
		planes[2] = v;
	}
}

void ff_picture_copy(const FfPicture *picture, u8 *base, const AVFrame *frame)
{
	u8 *planes[4];
	int strides[4];
	ff_picture_planes(picture, base, planes, strides);
	av_image_copy(planes, strides, (const u8 **)frame->data, frame->linesize, picture->format,
		(int)picture->width, (int)picture->height);
}

GF_Err ff_picture_of_pid(FfPicture *picture, GF_FilterPid *pid)
{
	GF_PixelFormat label = ff_uint(pid, GF_PROP_PID_PIXFMT);
	u32 width = ff_uint(pid, GF_PROP_PID_WIDTH), height = ff_uint(pid, GF_PROP_PID_HEIGHT);
	if (!label || !width || !height)
		return GF_NOT_READY;
	return ff_picture_init(picture, label, width, height, ff_uint(pid, GF_PROP_PID_STRIDE),
		ff_uint(pid, GF_PROP_PID_STRIDE_UV));
}

static void release_packet(void *packet, u8 *data)
{
	(void)data;
	gf_filter_pck_unref(packet);
}

// Planes behind an interface, each with its own stride.
static GF_Err get_planes(const FfPicture *picture, GF_FilterFrameInterface *interface, AVFrame *frame)
{
	if (!interface || !interface->get_plane)
		return GF_NOT_SUPPORTED;
	for (u32 i = 0; i < picture->nb_planes; i++) {
		const u8 *plane;
		u32 stride;
		GF_Err e = interface->get_plane(interface, i, &plane, &stride);
		if (e)
			return e;
		frame->data[i] = (u8 *)plane;
		frame->linesize[i] = (int)stride;
	}
	if (picture->label == GF_PIXEL_YVU) {
		u8 *v = frame->data[1];
		frame->data[1] = frame->data[2];
		frame->data[2] = v;
	}
	return GF_OK;
}

GF_Err ff_picture_frame(const FfPicture *picture, GF_FilterPacket *packet, AVFrame *frame)
{
	u32 size;
	const u8 *data = gf_filter_pck_get_data(packet, &size);
	GF_Err e = GF_OK;
	frame->format = picture->format;
	frame->width = (int)picture->width;
	frame->height = (int)picture->height;
	if (!data)
		e = get_planes(picture, gf_filter_pck_get_frame_interface(packet), frame);
	else if (size < picture->size)
		e = GF_NOT_SUPPORTED;
	else
		ff_picture_planes(picture, (u8 *)data, frame->data, frame->linesize);
	if (!e)
		e = gf_filter_pck_ref(&packet);
	if (e)
		return e;
	frame->buf[0] = av_buffer_create(frame->data[0], picture->size, release_packet, packet, AV_BUFFER_FLAG_READONLY);
	if (frame->buf[0])
		return GF_OK;
	gf_filter_pck_unref(packet);
	return GF_OUT_OF_MEM;
}
