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
