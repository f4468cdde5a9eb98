// SPDX-License-Identifier: MIT
// The HTTP source.
//
//   httpin.c         the filter, its PID, its packets
//   httpin_events.c  what its consumers ask for
//   httpin_request.c requests, retries, what answers mean
//   httpin_store.c   bytes that are kept: caches, and blocks of memory as sources
#ifndef FILTERS_HTTPIN_H
#define FILTERS_HTTPIN_H

#include <gpac/blob.h>
#include <gpac/constants.h>
#include <gpac/download.h>
#include <gpac/filters.h>
#include <gpac/list.h>
#include <gpac/tools.h>
#include "base/range_set.h"
#include "filters/net_loop.h"
#include "net/http_disk.h"
#include "net/net.h"

typedef enum { CACHE_AUTO = 0, CACHE_DISK, CACHE_KEEP, CACHE_MEM, CACHE_MEM_KEEP, CACHE_NONE, CACHE_NONE_KEEP } CacheMode;

typedef enum {
	HTTPIN_IDLE = 0, // nothing to fetch: it came to its end, was stopped or failed
	HTTPIN_DELAYED,  // bytes are read or requested from `start_us` on
	HTTPIN_RUNNING,  // a request is under way
	HTTPIN_LOCAL,    // bytes that are kept, or those of a block of memory, are read
} HttpInState;

// An answer, or some bytes of it: in a file of the cache directory, or in memory.
typedef struct {
	HttpStored info;
	RangeSet held;       // offsets from info.first
	HttpDiskBody body;   // its `fd` is -1 when the bytes are in memory
	GF_Blob blob;        // them
	u32 allocated;
	char *blob_url;
	Bool complete;
	Bool found_later;    // its file is one of the directory, that others find
	Bool stays;          // in this filter after it goes to another resource
} HttpInStore;

// What the sources of a session have in common.
typedef struct {
	const NetClientApi *net;
	NetShare *net_share; // cookies...
	HttpDisk *disk;      // NULL as long as nobody needs it, or when it cannot be used
	Bool no_disk;        // it cannot
} HttpInShared;

// A resource to go to.
typedef struct {
	char *url;
	u64 start, end; // `end` excluded, NET_SIZE_UNKNOWN for all
	Bool is_init;   // an initialisation segment, which will be used again
	Bool skip_expiration; // what is kept of it is fresh
} HttpInTarget;

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
	HttpInShared *shared; // of the session
	NetClient *client;
	GF_Download *download;
	NetLoop loop;

	HttpInTarget target; // the resource; its range is what the source is
	char *label;         // its URL without user name and password, for messages
	HttpInTarget next;   // the one after it, when its last bytes are sent; no URL for none
	u64 end;             // of the bytes wanted since the last seek
	u64 from;            // where reading began since then
	u64 pos;             // next byte to send
	u64 request_pos;     // that at the start of the request
	u64 size;            // of the resource, NET_SIZE_UNKNOWN as long as nobody told
	Bool sent_start;     // a packet of these bytes was sent
	Bool described;      // the PID carries the resource
	Bool switched;       // another resource was sent on the PID before
	Bool played;         // a PLAY came, so that the next one at the end reads again
	Bool full_file_only; // the consumer reads the local file itself
	Bool has_path;       // the PID told it

	HttpInState state;
	u64 start_us;        // of the next request
	u64 activity_us;     // the server said something, or we were not listening
	u32 nb_tries;        // requests in a row that gave no byte
	Bool use_tls;        // after plain HTTP failed
	Bool no_proxy;       // after the proxy failed
	Bool warned_cert;
	GF_Err fault;        // for which the resource is incomplete, to be told by process
	Bool answered;       // the answer was looked at
	Bool not_modified;   // it says that what is kept is right
	Bool asked_coded;    // the request allows a compressed answer
	Bool coded;          // the resource comes compressed: from its start only
	Bool in_bursts;      // it tells no length: its data may be made as they are sent
	Bool paused;         // the client waits to be resumed
	u64 run_start;       // `pos` at the start of this call of the client
	GF_Err error;        // why the request is to be stopped
	u64 skip;            // so many bytes before `pos` come, since the server sends from the start
	char *validator;     // of the resource: its entity tag, else its date; NULL when it has none
	Bool asked_user;     // the application was asked for a name
	char *user, *password; // given by the application

	HttpFields headers;    // of the last answer
	HttpFields shown;      // those that are properties of the PID

	HttpInStore *store;  // of the resource, NULL when nothing is kept
	Bool looked;         // for what is kept of it
	Bool revalidate;     // what is kept may be used when the server agrees
	Bool no_store;       // it may not be kept, or cannot
	GF_List *stores;     // HttpInStore *: those of other resources
	u64 blob_modified;   // time of the last change that was seen in a block of memory
	Bool damaged;        // bytes in the packet being filled are known to be wrong

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
// Packets that were not sent are not needed any more.
void httpin_drop_pending(HttpIn *in);
// Goes to a resource; takes the URL of `target`.
void httpin_go_to(HttpIn *in, HttpInTarget *target);
// Reads on at `pos` in the next step.
void httpin_read_on(HttpIn *in);
u64 httpin_end_of_bytes(const HttpIn *in);

// ---- httpin_events.c

Bool httpin_process_event(GF_Filter *filter, const GF_FilterEvent *event);
// Leaves the resource for the one that comes next.
void httpin_switch_now(HttpIn *in);

// ---- httpin_request.c

extern const NetClientCallbacks httpin_callbacks;

// Sends a request for the bytes from `pos` on.
GF_Err httpin_request(HttpIn *in);
void httpin_cancel(HttpIn *in);
// The URL as it is asked for, for the caller to free.
char *httpin_request_url(const HttpIn *in, Bool use_tls);
// Stops a request whose server is silent for too long. Microseconds until that may be.
u32 httpin_check_silence(HttpIn *in);
const char *httpin_validator(const HttpFields *fields);

// ---- httpin_store.c

HttpInShared *httpin_shared(GF_Download *download);
Bool httpin_is_blob(const HttpIn *in); // the resource is a block of memory
// Looks for what is kept of a resource, before anything is requested.
GF_Err httpin_store_look(HttpIn *in);
// An answer came: what follows is kept when it may be.
void httpin_store_begin(HttpIn *in);
// The server says that what is kept is right.
void httpin_store_refreshed(HttpIn *in);
// Bytes at `pos`.
void httpin_store_write(HttpIn *in, const u8 *data, u32 size);
// Some that are kept there, at least one: GF_NOT_READY when they are on their way, GF_EOS when there are no more.
GF_Err httpin_store_read(HttpIn *in, u8 *dst, u32 size, u32 *got);
// End of the bytes that are kept from `pos` on, and start of those that are kept behind them.
u64 httpin_store_end(const HttpIn *in);
u64 httpin_store_next(const HttpIn *in);
// All that was asked for was sent: a resource that is complete is stored.
void httpin_store_end_of_bytes(HttpIn *in);
// Path or URL by which consumers may open the resource, NULL when it is not complete.
const char *httpin_store_path(const HttpIn *in);
// Leaves the resource, and closes everything.
void httpin_store_leave(HttpIn *in);
void httpin_store_close(HttpIn *in);

#endif
