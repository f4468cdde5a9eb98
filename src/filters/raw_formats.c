// SPDX-License-Identifier: MIT
#include "filters/raw_formats.h"
#include <strings.h>

u32 raw_pixel_format(const char *extension)
{
	const char *name, *known;
	u32 i = 0, format;
	while ((format = gf_pixel_fmt_enum(&i, &name, &known, NULL)) && strcasecmp(extension, known))
		;
	return format;
}

u32 raw_audio_format(const char *extension)
{
	const char *name, *known;
	u32 i = 0, format;
	while ((format = gf_audio_fmt_enum(&i, &name, &known, NULL)) && strcasecmp(extension, known))
		;
	return format;
}

u32 raw_unit_size(u32 format, u32 nb_planes, u32 plane, u32 *nb_samples)
{
	u32 bytes = gf_pixel_get_bytes_per_pixel(format);
	*nb_samples = 1;
	switch (format) {
	case GF_PIXEL_UYVY:
	case GF_PIXEL_VYUY:
	case GF_PIXEL_YUYV:
	case GF_PIXEL_YVYU:
		*nb_samples = 2;
		return 4;
	case GF_PIXEL_RGB_332:
	case GF_PIXEL_RGB_444:
	case GF_PIXEL_RGB_555:
	case GF_PIXEL_RGB_565:
		return bytes;
	default:
		break;
	}
	if (!gf_pixel_fmt_is_yuv(format))
		return nb_planes == 1 ? bytes : 0;
	if (nb_planes == 1)
		return gf_pixel_get_nb_comp(format) == 1 ? bytes : 0;
	return nb_planes == 2 && plane ? 2 * bytes : bytes;
}
