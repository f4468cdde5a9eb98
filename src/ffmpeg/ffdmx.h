// SPDX-License-Identifier: MIT
// The demultiplexer filter: what its files share.
#ifndef FFMPEG_FFDMX_H
#define FFMPEG_FFDMX_H

#include <libavformat/avformat.h>
#include "ffmpeg/ffmpeg.h"

typedef struct {
	GF_FilterPid *pid; // NULL for streams that are not offered
	AVStream *stream;
	AVRational base;   // time unit of the PID
	s64 next_time;     // where the next packet of sound is expected, in that unit before the shift
	s64 last_duration;
	s64 shift;         // added to times so that none is negative; FFDMX_NO_SHIFT before the first packet
	s64 first_pts;   // since the last seek, and the number of packets without DTS
	u32 nb_untimed;
	Bool needs_header; // parameter sets stand beside the elementary stream: they go in front of the next packet
	Bool playing;
	Bool stopped; // or not linked: its packets are dropped
	Bool waits;   // for a random access point, after a seek
	Bool ended;
	Bool configured; // the configuration is complete: the first frame was seen
} FfdmxStream;

#define FFDMX_NO_SHIFT INT64_MIN

// Makes the PID of a stream, with its properties; `*pid` stays NULL for one of a kind that the engine does not
// have.
GF_Err ffdmx_declare(GF_Filter *filter, AVFormatContext *format, FfdmxStream *s, Bool reparse);
// Bytes that a local file lacks at its end, as far as its format tells: 0 when it is complete, or nobody knows.
u64 ffdmx_missing(const AVFormatContext *format, const char *path);
// Completes the configuration of codecs that tell it in their frames.
void ffdmx_describe_first(FfdmxStream *s, const AVPacket *packet);

#endif
