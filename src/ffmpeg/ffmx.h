// SPDX-License-Identifier: MIT
// The multiplexer filter: what its files share.
#ifndef FFMPEG_FFMX_H
#define FFMPEG_FFMX_H

#include <libavcodec/bsf.h>
#include <libavformat/avformat.h>
#include "ffmpeg/ffmpeg.h"

typedef struct {
	GF_FilterPid *pid;
	AVStream *stream; // NULL before the header is written
	AVRational base;  // of the input
	s64 delay;        // of the input
	s64 shift;        // makes DTS not later than CTS
	s64 last_dts;     // AV_NOPTS_VALUE before the first packet
	u32 config_crc;
	Bool ended;
	AVBSFContext *start_codes; // puts them before the NAL units, NULL where the format has the units with lengths
} FfmxStream;

// The codec of a PID in FFmpeg's numbers; for raw media that of the format.
enum AVCodecID ffmx_codec(GF_FilterPid *pid);
// Makes the stream of a PID, with its parameters.
GF_Err ffmx_add_stream(AVFormatContext *format, FfmxStream *s);
void ffmx_stream_reset(FfmxStream *s); // frees what ffmx_add_stream made beside the file
// Tags and chapters of the file, from the first PID that has them.
void ffmx_describe_file(AVFormatContext *format, GF_FilterPid *pid);

#endif
