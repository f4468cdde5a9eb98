// SPDX-License-Identifier: MIT
// Raw media: extensions of files, and what is in packets.
#ifndef FILTERS_RAW_FORMATS_H
#define FILTERS_RAW_FORMATS_H

#include <gpac/constants.h>

#define RAW_VIDEO_EXTENSIONS \
	"yuv|yvu|yuvl|yuv2|yp2l|yuv4|yp4l|uyvy|vyuy|yuyv|yvyu|uyvl|vyul|yuyl|yvyl|nv12|nv21" \
	"|nv1l|nv2l|yuva|yuvd|yp4a|yv4p|v308|y4ap|v408|v410|v210|grey|algr|gral|rgb8|rgb4|rgb5" \
	"|rgb6|rgba|argb|bgra|abgr|rgb|bgr|xrgb|rgbx|xbgr|bgrx|rgbd|rgbds|uncv"
#define RAW_AUDIO_EXTENSIONS \
	"pc8|pcm|pcmb|s24|s24b|s32|s32b|flt|fltb|dbl|dblb|pc8p|pcmp|s24p|s32p|fltp|dblp"

// The format whose files have the extension, 0 when there is none.
u32 raw_pixel_format(const char *extension);
u32 raw_audio_format(const char *extension);

// Bytes of a plane that cannot be taken apart, and the samples of the plane that they hold: a sample of each component
// of a plane, two pixels in packed 4:2:2. 0 for formats whose samples share words.
u32 raw_unit_size(u32 format, u32 nb_planes, u32 plane, u32 *nb_samples);

// Exchanges bytes.
void raw_swap(u8 *a, u8 *b, u32 size);
// Turns the order of `nb` items of `size` bytes around.
void raw_reverse(u8 *data, u32 nb, u32 size);
// Turns the order of the samples of a packet around.
void raw_reverse_samples(u32 format, u32 nb_channels, u8 *data, u32 size);
// Boolean property of PIDs of raw audio: the samples of a packet come last to first, as a reader that plays backward sends
// them.
#define RAW_SAMPLES_REVERSED "SamplesReversed"

#endif
