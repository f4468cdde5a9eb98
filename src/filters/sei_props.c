// SPDX-License-Identifier: MIT
#include "filters/sei_props.h"
#include <string.h>
#include <gpac/constants.h>
#include <gpac/tools.h>

static void set_bytes(GF_FilterPid *pid, GF_FilterPid *input, u32 code, const ByteWriter *w)
{
	gf_filter_pid_set_property(pid, code,
		w->size && !w->failed ? PROP_DATA(w->data, (u32)w->size) : gf_filter_pid_get_property(input, code));
}

static void set_uint(GF_FilterPid *pid, GF_FilterPid *input, u32 code, Bool present, u32 value)
{
	gf_filter_pid_set_property(pid, code, present ? PROP_UINT(value) : gf_filter_pid_get_property(input, code));
}

void sei_set_metadata(GF_FilterPid *pid, GF_FilterPid *input, const NalMetadata *m)
{
	ByteWriter w;
	bw_init(&w);
	if (m->has_light) {
		bw_u16(&w, m->light.max_content);
		bw_u16(&w, m->light.max_pic_average);
	}
	set_bytes(pid, input, GF_PROP_PID_CONTENT_LIGHT_LEVEL, &w);
	bw_reset(&w);
	if (m->has_display) {
		for (u32 i = 0; i < 3; i++) {
			bw_u16(&w, m->display.primaries_x[i]);
			bw_u16(&w, m->display.primaries_y[i]);
		}
		bw_u16(&w, m->display.white_x);
		bw_u16(&w, m->display.white_y);
		bw_u32(&w, m->display.max_luminance);
		bw_u32(&w, m->display.min_luminance);
	}
	set_bytes(pid, input, GF_PROP_PID_MASTER_DISPLAY_COLOUR, &w);
	bw_reset(&w);
	set_uint(pid, input, GF_PROP_PID_AMVE_ILLUMINANCE, m->has_ambient, m->ambient.illuminance);
	set_uint(pid, input, GF_PROP_PID_AMVE_LIGNT_X, m->has_ambient, m->ambient.light_x);
	set_uint(pid, input, GF_PROP_PID_AMVE_LIGNT_Y, m->has_ambient, m->ambient.light_y);
}

void sei_set_timecode(GF_FilterPacket *packet, const SeiClock *clock, u32 num, u32 den)
{
	GF_TimeCode code;
	memset(&code, 0, sizeof(code));
	code.max_fps = (Float)num / (Float)den;
	code.n_frames = clock->n_frames;
	code.hours = clock->hours;
	code.minutes = clock->minutes;
	code.seconds = clock->seconds;
	// table D-2 and D.2.27: values 4 and 5 drop numbers, as cnt_dropped_flag says of the current one
	code.drop_frame = clock->counting_type == 4;
	code.counting_type = clock->counting_type;
	gf_filter_pck_set_property(packet, GF_PROP_PCK_TIMECODE, PROP_DATA(&code, sizeof(code)));
}
