// SPDX-License-Identifier: MIT
// libavformat fed by packets: it reads whenever it wants and cannot stop in between, a filter gets its data now and then.
// So the demultiplexer has a thread of its own, which runs only while the session's thread waits for it.
#ifndef FFMPEG_FFDMX_PIPE_H
#define FFMPEG_FFDMX_PIPE_H

#include <libavformat/avformat.h>
#include "ffmpeg/ffmpeg.h"

typedef struct FfdmxPipe FfdmxPipe;

// `block_size` bytes are read at once, `limit` taken from the input ahead.
GF_Err ffdmx_pipe_new(GF_FilterPid *input, u32 block_size, u32 limit, FfdmxPipe **pipe);
void ffdmx_pipe_del(FfdmxPipe *pipe);
// Both give an AVERROR; AVERROR(EAGAIN) until the input has what they need: they are to be called again then.
int ffdmx_pipe_open(FfdmxPipe *pipe, AVDictionary **options, AVFormatContext **format);
int ffdmx_pipe_read(FfdmxPipe *pipe, AVPacket *packet);

#endif
