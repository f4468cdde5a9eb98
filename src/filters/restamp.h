// SPDX-License-Identifier: MIT
// The retiming filter: what its files share.
#ifndef FILTERS_RESTAMP_H
#define FILTERS_RESTAMP_H

#include <gpac/filters.h>
#include "filters/relay.h"

typedef struct {
	// options
	GF_Fraction fps;
	GF_Fraction delay, delay_v, delay_a, delay_t, delay_o;
	u32 rawv;
	GF_Fraction64 tsinit;
	u32 align;
	Bool reorder;

	Bool has_origin; // with tsinit: time that becomes the first one, in seconds
	Double origin;
} RestampCtx;

typedef struct {
	Relay io; // first, relay.h
	RestampCtx *ctx;
	u32 type; // of stream
	Bool raw, playing;

	Bool planned;     // what follows is known
	Bool by_frames;   // frames are dropped and repeated, at `rate`
	GF_Fraction rate; // frames per second of the output, 0 when it is not known or not changed
	GF_Fraction slower; // how much longer a second of the input lasts
	u32 timescale;    // of the output
	u64 in, out;      // units of time of input and output
	s64 shift;        // added to times of the output
	s64 input_delay;  // property of the input, in units of the output
	Double delay;     // option in force, in seconds

	// Steps of the input: where it jumps, `correction` closes the gap.
	s64 correction, last_dts;
	u32 min_duration; // 0 before the first packet that has one
	Bool has_last;

	// Frames kept: the last one when frames are dropped and repeated, else those of a group that are put in order.
	GF_FilterPacket **kept;
	u32 nb_kept, nb_alloc;
	s64 next_frame, last_end; // number of the next frame to send; end of the input's last one, in frames
} RestampStream;

// restamp_frames.c

// A length of time of the input in units of the output.
s64 restamp_scale(const RestampStream *s, s64 time);
// A time of the input, before its jumps are closed, as a time of the output.
s64 restamp_time(const RestampStream *s, s64 time);
// Sends a packet at a time. The duration is in units of the output.
GF_Err restamp_send(RestampStream *s, GF_FilterPacket *packet, s64 dts, s64 cts, u32 duration);
// Drops or repeats frames so that one is presented at each multiple of the rate.
GF_Err restamp_at_rate(RestampStream *s, GF_FilterPacket *packet);
// Puts the packets between random access points in the order of presentation.
GF_Err restamp_in_order(RestampStream *s, GF_FilterPacket *packet);
// Sends what these two keep.
GF_Err restamp_flush(RestampStream *s);
void restamp_forget(RestampStream *s);

#endif
