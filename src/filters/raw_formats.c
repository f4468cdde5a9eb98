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
