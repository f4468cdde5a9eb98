// SPDX-License-Identifier: MIT
// Brightness and primaries of the display that a picture was made on: the `mdcv` and `clli` boxes of ISO/IEC 14496-12
// 12.1.6, in steps of 0.00002 and of 0.0001 cd/m2.
#include <libavutil/intreadwrite.h>
#include <libavutil/mastering_display_metadata.h>
#include "ffmpeg/ffmpeg.h"

static const int order[3] = {1, 2, 0}; // green, blue, red

static u16 step(AVRational value)
{
	return (u16)(av_q2d(value) * 50000 + 0.5);
}

void ff_set_light(GF_FilterPid *pid, const void *light_level, const void *mastering_display)
{
	const AVContentLightMetadata *light = light_level;
	const AVMasteringDisplayMetadata *m = mastering_display;
	u8 box[24];
	if (light) {
		AV_WB16(box, light->MaxCLL);
		AV_WB16(box + 2, light->MaxFALL);
		gf_filter_pid_set_property(pid, GF_PROP_PID_CONTENT_LIGHT_LEVEL, PROP_DATA(box, 4));
	}
	if (!m || !m->has_primaries || !m->has_luminance)
		return;
	for (int i = 0; i < 3; i++) {
		AV_WB16(box + 4 * i, step(m->display_primaries[order[i]][0]));
		AV_WB16(box + 4 * i + 2, step(m->display_primaries[order[i]][1]));
	}
	AV_WB16(box + 12, step(m->white_point[0]));
	AV_WB16(box + 14, step(m->white_point[1]));
	AV_WB32(box + 16, (u32)(av_q2d(m->max_luminance) * 10000 + 0.5));
	AV_WB32(box + 20, (u32)(av_q2d(m->min_luminance) * 10000 + 0.5));
	gf_filter_pid_set_property(pid, GF_PROP_PID_MASTER_DISPLAY_COLOUR, PROP_DATA(box, 24));
}
