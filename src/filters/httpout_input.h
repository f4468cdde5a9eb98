// SPDX-License-Identifier: MIT
// What the session produces: the inputs of the server, each of them a live stream or a sequence of files.
#ifndef FILTERS_HTTPOUT_INPUT_H
#define FILTERS_HTTPOUT_INPUT_H

#include "filters/httpout.h"

typedef struct http_stream HttpStream;
typedef struct http_sink HttpSink;

struct http_input {
	HttpOut *out;
	GF_FilterPid *pid;
	char *path; // of the URL that the PID or the destination tells
	char *mime;
	Bool shares_name; // with an input before it: its files are named by their packets
	Bool is_manifest;
	Bool is_isom;
	Bool segmented; // by a segmenter that no multiplexer follows
	Bool ended;
	Bool held; // packets are left where they are
	HttpStream *stream; // one of the two
	HttpSink *sink;
};

// ---- httpout_live.c

HttpStream *http_stream_new(HttpInput *in);
void http_stream_del(HttpStream *stream);
GF_Err http_stream_take(HttpStream *stream, GF_FilterPacket *packet);
// The PID ended: so does the resource, for ever.
void http_stream_end(HttpStream *stream);
// True when packets are to be left: for the first client, or since no client keeps up.
Bool http_stream_is_held(const HttpStream *stream);
void http_stream_drop_slow(HttpStream *stream);
void http_get_stream(HttpRequest *r, HttpStream *stream);

// ---- httpout_sink.c

HttpSink *http_sink_new(HttpInput *in);
void http_sink_del(HttpSink *sink);
GF_Err http_sink_take(HttpSink *sink, GF_FilterPacket *packet);
void http_sink_end(HttpSink *sink);

#endif
