// SPDX-License-Identifier: MIT
// The HTTP source. httpin.c: the filter and its PID; httpin_request.c: requests, retries, what answers mean.
#ifndef FILTERS_HTTPIN_H
#define FILTERS_HTTPIN_H

#include <gpac/constants.h>
#include <gpac/download.h>
#include <gpac/filters.h>
#include <gpac/tools.h>
#include "filters/net_loop.h"
#include "net/net.h"

typedef enum {
	HTTPIN_IDLE = 0, // nothing to fetch: it came to its end, was stopped or failed
	HTTPIN_DELAYED,  // a request starts at `start_us`
	HTTPIN_RUNNING,
} HttpInState;

typedef struct {
	char *name, *value;
} HttpInHeader;

typedef struct {
	// options
	char *src;
	u32 block_size;
	u32 cache;
	GF_Fraction64 range;
	char *ext, *mime;
	Bool blockio;
	u32 idelay;

	GF_Filter *filter;
	GF_FilterPid *pid;
	const NetClientApi *net;
	NetClient *client;
	GF_Download *download;
	NetLoop loop;

	char *url;           // of the resource
	u64 range_start, range_end; // bytes of it that are the source, `range_end` excluded, NET_SIZE_UNKNOWN for all
	u64 end;             // of the bytes wanted since the last seek, as above
	u64 pos;             // next byte to send
	u64 size;            // of the resource, NET_SIZE_UNKNOWN as long as nobody told
	Bool sent_start;     // a packet of these bytes was sent
	Bool described;      // the PID carries the resource
	Bool switched;       // another resource was sent on the PID before
	Bool played;         // a PLAY came, so that the next one at the end reads again

	HttpInState state;
	u64 start_us;        // of the next request
	u64 activity_us;     // the server said something, or we were not listening
	u32 nb_tries;        // requests in a row that gave no byte
	Bool use_tls;        // after plain HTTP failed
	Bool warned_cert;
	GF_Err fault;        // for which the resource is incomplete, to be told by process
	Bool answered;       // the answer was looked at
	Bool paused;         // the client waits to be resumed
	u64 run_start;       // `pos` at the start of this call of the client
	GF_Err error;        // why the request is to be stopped
	Bool skipping;       // bytes before `pos` come, since the server ignores ranges
	u64 skip;            // so many of them
	char *validator;     // of the resource: its entity tag, else its date; NULL when it has none

	HttpInHeader *headers; // of the last answer
	u32 nb_headers;
	HttpInHeader *shown;   // those that are properties of the PID
	u32 nb_shown;

	GF_FilterPacket *packet; // being filled
	u8 *data;
	u32 filled;
	u8 *first; // what came before the PID was declared
	u32 first_size;
} HttpIn;

// ---- httpin.c

// Bytes of the resource at `pos`.
GF_Err httpin_take(HttpIn *in, const u8 *data, u32 size);
// All bytes came.
void httpin_end(HttpIn *in);
// Nothing more will come.
void httpin_fail(HttpIn *in, GF_Err e);

// ---- httpin_request.c

extern const NetClientCallbacks httpin_callbacks;

// Sends a request for the bytes from `pos` on, now or when it is due.
GF_Err httpin_request(HttpIn *in);
void httpin_cancel(HttpIn *in);
const char *httpin_header(const HttpIn *in, const char *name);
void httpin_free_headers(HttpInHeader **headers, u32 *nb);
// Stops a request whose server is silent for too long. Microseconds until that may be.
u32 httpin_check_silence(HttpIn *in);

#endif
