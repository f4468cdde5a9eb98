// SPDX-License-Identifier: MIT
// The filter over libavfilter: what its files share.
#ifndef FFMPEG_FFAVF_H
#define FFMPEG_FFAVF_H

#include <libavfilter/avfilter.h>
#include <libavfilter/buffersink.h>
#include <libavfilter/buffersrc.h>
#include "ffmpeg/picture.h"
#include "ffmpeg/samples.h"

#define FFAVF_MAX_PADS 32

typedef struct {
	GF_FilterPid *pid;
	AVFilterContext *source; // NULL while there is no graph
	FfPicture picture;		 // of video
	GF_AudioFormat label;	 // of audio
	u32 rate, nb_channels;
	Bool video, fed, ended;
} FfavfInput;

typedef struct {
	GF_FilterPid *pid;
	AVFilterContext *sink;
	FfPicture picture; // of video, width 0 before it is known
	u32 rate;		   // of audio, 0 before it is known
	Bool video, ended;
} FfavfOutput;

typedef struct {
	const FfavfOptions *options;
	AVFilterGraph *graph; // NULL until all inputs are known
	AVFrame *frame;
	FfavfInput inputs[FFAVF_MAX_PADS];
	FfavfOutput outputs[FFAVF_MAX_PADS];
	u32 nb_inputs, nb_outputs; // PIDs
	u32 nb_pads;			   // inputs of the graph
	GF_FilterPacket *source;   // attributes for the output when there is one of each, NULL before the first packet
} Ffavf;

// ffavf_graph.c: makes the graph for the inputs as they are, and the output PIDs.
GF_Err ffavf_open(GF_Filter *filter, Ffavf *ctx);
// Number and kinds of the inputs that the description leaves open; GF_BAD_PARAM, with a message, when it cannot
// be read.
GF_Err ffavf_read_description(const char *description, u32 *nb, Bool *takes_video, Bool *takes_audio);
// Reads the format of an input. GF_NOT_READY when it is not known yet.
GF_Err ffavf_read_input(FfavfInput *in);

#endif
