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

void raw_swap(u8 *a, u8 *b, u32 size)
{
	for (u32 i = 0; i < size; i++) {
		u8 swap = a[i];
		a[i] = b[i];
		b[i] = swap;
	}
}

void raw_reverse(u8 *data, u32 nb, u32 size)
{
	for (u32 low = 0, high = nb; low + 1 < high; low++)
		raw_swap(data + (size_t)low * size, data + (size_t)--high * size, size);
}

void raw_reverse_samples(u32 format, u32 nb_channels, u8 *data, u32 size)
{
	u32 bytes = gf_audio_fmt_bit_depth(format) / 8, nb_planes = 1, item = bytes * nb_channels;
	if (!item)
		return;
	u32 nb = size / item;
	if (gf_audio_fmt_is_planar(format)) {
		nb_planes = nb_channels;
		item = bytes;
	}
	for (u32 i = 0; i < nb_planes; i++)
		raw_reverse(data + (size_t)i * nb * item, nb, item);
}
