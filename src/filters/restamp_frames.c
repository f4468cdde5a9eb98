// SPDX-License-Identifier: MIT
// Retiming: packets at new times, a constant rate by dropping and repeating frames, order of presentation.
#include <stdlib.h>
#include <string.h>
#include <gpac/tools.h>
#include "base/array.h"
#include "filters/restamp.h"

s64 restamp_scale(const RestampStream *s, s64 time)
{
	__int128 product = (__int128)time * (__int128)s->out, half = (__int128)s->in / 2;
	return (s64)((product + (product < 0 ? -half : half)) / (__int128)s->in);
}

s64 restamp_time(const RestampStream *s, s64 time)
{
	return restamp_scale(s, time + s->correction) + s->shift;
}

GF_Err restamp_send(RestampStream *s, GF_FilterPacket *packet, s64 dts, s64 cts, u32 duration)
{
	GF_FilterPacket *out = gf_filter_pck_new_ref(s->io.opid, 0, 0, packet);
	if (!out)
		return GF_OUT_OF_MEM;
	gf_filter_pck_merge_properties(packet, out);
	gf_filter_pck_set_dts(out, (u64)dts);
	gf_filter_pck_set_cts(out, (u64)cts);
	gf_filter_pck_set_duration(out, duration);
	return gf_filter_pck_send(out);
}

static GF_Err keep(RestampStream *s, GF_FilterPacket *packet)
{
	if (array_reserve(&s->kept, &s->nb_alloc, s->nb_kept, 1, sizeof(*s->kept)))
		return GF_OUT_OF_MEM;
	s->kept[s->nb_kept] = packet;
	GF_Err e = gf_filter_pck_ref(&s->kept[s->nb_kept]);
	s->nb_kept += e == GF_OK;
	return e;
}

void restamp_forget(RestampStream *s)
{
	while (s->nb_kept)
		gf_filter_pck_unref(s->kept[--s->nb_kept]);
}

// ---- Constant rate

// Number of the frame of the output that is presented nearest to a time of the input.
static s64 frame_at(const RestampStream *s, s64 time)
{
	__int128 presented = restamp_time(s, time) + s->input_delay;
	__int128 unit = (__int128)s->timescale * s->rate.den, twice = 2 * presented * s->rate.num + unit;
	return (s64)(twice / (2 * unit)) - (twice < 0 && twice % (2 * unit) ? 1 : 0);
}

// Repeats the frame kept up to a frame of the output.
static GF_Err repeat_until(RestampStream *s, s64 frame)
{
	GF_Err e = GF_OK;
	u64 step = (u64)s->timescale * s->rate.den / (u32)s->rate.num;
	for (; s->next_frame < frame && e >= 0; s->next_frame++) {
		s64 time = s->next_frame * (s64)step - s->input_delay;
		e = restamp_send(s, s->kept[0], time, time, (u32)step);
	}
	return e;
}

GF_Err restamp_at_rate(RestampStream *s, GF_FilterPacket *packet)
{
	s64 cts = (s64)gf_filter_pck_get_cts(packet);
	s64 frame = frame_at(s, cts);
	GF_Err e = GF_OK;
	if (s->nb_kept)
		e = repeat_until(s, frame);
	else
		s->next_frame = frame;
	if (e < 0)
		return e;
	s->last_end = frame_at(s, cts + gf_filter_pck_get_duration(packet));
	restamp_forget(s);
	return keep(s, packet);
}

// ---- Order of presentation

static int by_cts(const void *a, const void *b)
{
	s64 x = (s64)gf_filter_pck_get_cts(*(GF_FilterPacket *const *)a);
	s64 y = (s64)gf_filter_pck_get_cts(*(GF_FilterPacket *const *)b);
	return x < y ? -1 : x > y;
}

static GF_Err send_group(RestampStream *s)
{
	GF_Err e = GF_OK;
	if (s->nb_kept)
		qsort(s->kept, s->nb_kept, sizeof(*s->kept), by_cts);
	for (u32 i = 0; i < s->nb_kept && e >= 0; i++) {
		s64 cts = restamp_time(s, (s64)gf_filter_pck_get_cts(s->kept[i]));
		e = restamp_send(s, s->kept[i], cts, cts, (u32)restamp_scale(s, gf_filter_pck_get_duration(s->kept[i])));
	}
	restamp_forget(s);
	return e;
}

GF_Err restamp_in_order(RestampStream *s, GF_FilterPacket *packet)
{
	// Everything before a random access point is presented before what follows it, leading pictures included.
	GF_Err e = gf_filter_pck_get_sap(packet) ? send_group(s) : GF_OK;
	return e < 0 ? e : keep(s, packet);
}

GF_Err restamp_flush(RestampStream *s)
{
	GF_Err e = GF_OK;
	if (!s->by_frames)
		return send_group(s);
	if (s->nb_kept)
		e = repeat_until(s, s->last_end);
	restamp_forget(s);
	return e;
}
