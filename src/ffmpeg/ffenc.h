// SPDX-License-Identifier: MIT
// The encoder filter: what its files share.
#ifndef FFMPEG_FFENC_H
#define FFMPEG_FFENC_H

#include <stdio.h>
#include <libavutil/audio_fifo.h>
#include "ffmpeg/picture.h"
#include "ffmpeg/samples.h"

struct SwsContext;

// A picture that is in the encoder.
typedef struct {
	s64 pts; // in the time base of the encoder
	s64 time; // presentation time in the timescale of the input
	GF_FilterPacket *props;
} FfencSource;

typedef struct {
	const FfencOptions *options;
	AVDictionary *codec_options; // given by name
	const AVCodec *encoder;      // NULL until it is known
	GF_FilterPid *ipid, *opid;
	AVCodecContext *codec;
	AVPacket *packet;
	AVFrame *frame;
	Bool waiting;    // for the input to get another format
	Bool reopen;     // the encoder does not fit the input (any more), or its options
	Bool reload;     // options changed: a new encoder at the next forced access point
	Bool draining, drained, flushing;
	Bool failed;

	u32 timescale; // of the input
	s64 delay;     // of the input
	s64 shift;     // of output times; FFENC_NO_SHIFT before the first packet
	s64 first_time;
	Bool force_intra; // at the next picture
	s64 next_intra;   // number of the next forced period
	u32 discontinuity;
	u64 nb_frames, nb_bytes;
	Double seconds;
	FILE *pass_log;    // statistics of a first pass, NULL where the encoder writes them or there are none
	Bool pass_written; // something is in there

	// video
	FfPicture picture; // of the input
	Bool full_range;   // of the input
	struct SwsContext *scaler;
	FfencSource *sources;
	u32 nb_sources, nb_sources_alloc;
	s64 last_pts;

	// audio
	GF_AudioFormat label;
	u32 rate, nb_channels;
	u64 mask;
	AVAudioFifo *fifo;
	s64 fifo_pts; // of the first sample in there
	u8 *native;
	unsigned native_size;
} Ffenc;

#define FFENC_NO_SHIFT INT64_MIN

// ---- ffenc_open.c

// The encoder of a name or codec, with a message when there is none.
const AVCodec *ffenc_find(const char *name, GF_CodecID codec);
// Opens the encoder for the input as it is now and describes the output.
GF_Err ffenc_open(GF_Filter *filter, Ffenc *ctx);
void ffenc_free_codec(Ffenc *ctx);
// Properties of the output that do not need an open encoder.
void ffenc_describe(Ffenc *ctx);

// ---- ffenc_pass.c: encoding in two passes

// Gives the statistics of the first pass to an encoder that is about to be opened, or says where to leave them.
GF_Err ffenc_begin_passes(Ffenc *ctx, AVDictionary **options);
// Keeps what the encoder tells after each packet and at its end.
void ffenc_write_pass(Ffenc *ctx);
GF_Err ffenc_end_passes(Ffenc *ctx);

// ---- ffenc_input.c

// Reads the format of the input and asks for another one where the encoder does not take it (`waiting`).
GF_Err ffenc_check_input(Ffenc *ctx);

// ---- ffenc_video.c, ffenc_audio.c: give a packet of the input to the encoder, which waits for one

// True when a random access point is wanted at this picture.
Bool ffenc_is_forced(const Ffenc *ctx, GF_FilterPacket *packet);
int ffenc_send_picture(Ffenc *ctx, GF_FilterPacket *packet);
void ffenc_forget_sources(Ffenc *ctx);
// Takes the source of the current output packet out of the list; `props` NULL when there is none. The caller
// releases it.
FfencSource ffenc_take_source(Ffenc *ctx);

GF_Err ffenc_add_samples(Ffenc *ctx, GF_FilterPacket *packet);
// Sends one frame of samples; AVERROR(EAGAIN) when there are not enough. `last`: also an incomplete one.
int ffenc_send_samples(Ffenc *ctx, Bool last);

#endif
