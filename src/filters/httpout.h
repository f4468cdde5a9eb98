// SPDX-License-Identifier: MIT
// The HTTP server filter: what its files share.
//
// httpout.c            options, sockets, life cycle
// httpout_request.c    from the head of a request to the part that answers it
// httpout_answer.c     headers that answers have, texts
// httpout_log.c        messages of requests, the access log
// httpout_metrics.c    counters for who watches the server
// httpout_files.c      URLs to files, files in memory
// httpout_get.c        GET and HEAD of files: conditions, ranges
// httpout_zip.c        compressed answers
// httpout_list.c       listings of directories
// httpout_mime.c       media types
// httpout_rules.c      rule files, users: who may read and write what
// httpout_upload.c     PUT, POST, DELETE
// httpout_source.c     uploads that go into the session
// httpout_input.c      what the session produces, as live streams (httpout_live.c) or files (httpout_sink.c)
// httpout_segments.c   names and number of segments
// httpout_growing.c    files that are read while they are written
// httpout_store.c      files that are kept in memory
// httpout_push.c       files that are sent to another server, each over a connection (httpout_push_line.c)
// httpout_bind.c       requests that the application answers
// httpout_sleep.c      requests that wait for a time
// httpout_threads.c    more loops for the same port
#ifndef FILTERS_HTTPOUT_H
#define FILTERS_HTTPOUT_H

#include <gpac/constants.h>
#include <gpac/filters.h>
#include <gpac/httpout.h>
#include <gpac/tools.h>
#include <sys/stat.h>
#include "base/str.h"
#include "filters/net_loop.h"
#include "net/http.h"
#include "net/http_access.h"
#include "net/net.h"

typedef enum { CORS_AUTO = 0, CORS_OFF, CORS_ON } CorsMode;
typedef enum { HMODE_DEFAULT = 0, HMODE_PUSH, HMODE_SOURCE } HttpMode;
typedef enum {
	METHOD_GET = 0,
	METHOD_HEAD,
	METHOD_PUT,
	METHOD_POST,
	METHOD_DELETE,
	METHOD_OPTIONS,
	METHOD_OTHER,
} HttpMethod;

typedef struct http_out HttpOut;
typedef struct gf_httpout_session HttpRequest;

// ---- httpout_files.c

// A directory whose files are served, or written.
typedef struct {
	char *path;   // real, without slash at the end
	char *prefix; // of its URLs, with a slash in front; empty: none
	Bool readable, writable;
} HttpRoot;

typedef struct http_file HttpFile;

// A file found for a request. `memory` has its bytes, or `fd` is open.
typedef struct {
	HttpFile *memory; // one use is held
	int fd;
	u64 size;
	u64 modified_us;
	const char *mime; // NULL when unknown
	Bool is_directory;
	char path[GF_MAX_PATH]; // real
} FoundFile;

typedef struct file_cache FileCache;

typedef struct {
	u8 *data; // NULL when it would not be smaller
	u32 size;
	Bool tried;
} HttpZipped;

struct http_file {
	char *url;  // decoded path of the request
	char *path; // real
	u8 *data;
	u64 size;
	u64 device, inode;
	u64 modified_us, changed_us;
	const char *mime;
	Bool text_known, is_text;
	HttpZipped zipped[2]; // gzip, deflate
	NetAnswer *answer; // to a GET without conditions, NULL until the first
	u32 nb_users;      // the cache, and answers being sent
	HttpFile *hash_next;
	HttpFile *prev, *next; // by time of use, the last one first
};

FileCache *file_cache_new(HttpOut *out);
void file_cache_del(FileCache *cache);
void file_unuse(HttpFile *file);
// Adds a directory, made when it is missing.
GF_Err http_add_root(HttpOut *out, const char *dir, Bool readable, Bool writable);
// The same for one whose real path is known, `` for /, and whose URLs have a prefix.
GF_Err http_add_place(HttpOut *out, const char *real, const char *prefix, Bool readable, Bool writable);
// Directories that may have a decoded path, each in turn from `*idx` on, with the place in it; NULL after the last one.
const HttpRoot *http_next_place(const HttpOut *out, const char *url, HttpRight right, u32 *idx, char place[GF_MAX_PATH]);
// Finds what a decoded path names. GF_URL_ERROR when there is nothing to be seen, GF_IO_ERR when it cannot be
// read. To be released.
GF_Err http_find_file(HttpOut *out, const char *url, FoundFile *found);
// The same for a file named by the application, which may lie anywhere.
GF_Err http_open_file(HttpOut *out, const char *path, FoundFile *found);
void found_release(FoundFile *found);
Bool http_is_below(const HttpRoot *root, const char *path);
// Files that nobody gets or replaces: keys, users, rules, logs; nor copies of them, whose names begin with theirs.
GF_Err http_add_private(HttpOut *out, const char *path);
Bool http_is_private(const HttpOut *out, const char *real);
Bool http_is_readable_place(const HttpOut *out, const char *real);
// Where the file of an input goes: in the first directory.
void http_sink_place(const HttpOut *out, const char *url, char path[GF_MAX_PATH]);
const HttpRoot *http_write_root(const HttpOut *out); // NULL when uploads are not taken
// Inputs become files, in the first directory or in memory; otherwise streams.
Bool http_files_served(const HttpOut *out);
u64 http_modified_us(const struct stat *st);

// ---- httpout_rules.c

typedef struct http_access HttpAccessRules;

// Adds the directories of a rule file. Members of `out` are destroyed by http_rules_del, also after an error.
GF_Err http_add_rules(HttpOut *out, const char *file);
void http_rules_del(HttpOut *out);
// Whether the rules allow what a request asks for: sets auth_code.
void http_authorize(HttpRequest *r);
// Answers a request that the rules do not allow; false when they do.
Bool http_refuse(HttpRequest *r);
// True when the rules allow the request to see what is in a directory.
Bool http_may_list(HttpRequest *r, const char *real);

// ---- httpout_zip.c

typedef struct {
	Bool varies;      // clients that accept other codings get another answer
	const char *name; // NULL: no coding
	NetBody body;
} HttpCoded;

// What is sent of a file in a coding that the client accepts. To be sent or dropped.
void http_zip(HttpRequest *r, FoundFile *found, HttpCoded *coded);
void http_coded_drop(HttpCoded *coded);

// ---- httpout_mime.c

// UTF-8 without control characters; a sequence cut at the end is fine.
Bool http_is_text(const u8 *data, u32 size);

// The media type of a file, a static text, by its name, then by its first bytes; NULL when unknown.
const char *http_mime_type(GF_Filter *filter, const char *name, u8 *start, u32 size);

// ---- httpout_answer.c

// Starts an answer with the headers that all have, NULL when memory is short. `body` NULL for none.
NetAnswer *http_answer_new(HttpRequest *r, const NetBody *body);
// The same without what depends on the request.
NetAnswer *http_answer_common(HttpOut *out, const NetBody *body);
void http_answer_number(const HttpOut *out, NetAnswer *answer, const char *name, u64 value);
// Sends and gives the answer up; NULL closes the connection.
void http_send(HttpRequest *r, u32 status, NetAnswer *answer);
void http_send_empty(HttpRequest *r, u32 status);
void http_send_text(HttpRequest *r, u32 status, const char *format, ...) GF_PRINTF(3, 4);
// Sends a text, which is taken over.
void http_send_string(HttpRequest *r, u32 status, const char *type, StrBuf *sb);
// True when answers to this request are to have the headers of cross-origin requests.
Bool http_wants_cors(const HttpRequest *r);

// ---- httpout_log.c

GF_Err http_open_access_log(HttpOut *out);
void http_log_start(HttpRequest *r);
void http_log_end(HttpRequest *r, NetEnd end);
// The status of the answer; for a request without, one that tells why.
u32 http_final_status(const HttpRequest *r, NetEnd end);

// ---- httpout_metrics.c

typedef struct http_metrics HttpMetrics;

GF_Err http_metrics_start(HttpOut *out);
void http_metrics_del(HttpOut *out);
void http_metrics_received(HttpOut *out, u64 size); // bytes of a body
void http_metrics_end(const HttpRequest *r, NetEnd end);
// True for a request that option ops reserves.
Bool http_is_ops(const HttpRequest *r);
void http_send_ops(HttpRequest *r);

// ---- httpout_get.c

// Answers with a file, which is released.
void http_send_file(HttpRequest *r, FoundFile *found);
void http_get(HttpRequest *r);
void http_conditions_of(const HttpRequest *r, HttpConditions *c);

// ---- httpout_list.c

void http_send_listing(HttpRequest *r);
// True when there are directories or stored files below the path, which need not be a directory itself.
Bool http_has_files_below(const HttpOut *out, const char *url);

// ---- httpout_upload.c

// Ends the names of files that are being written.
#define HTTP_TEMP_EXT ".gftmp"

typedef struct http_upload HttpUpload;

// True when the announced size is allowed; otherwise the request is answered.
Bool http_upload_fits(HttpRequest *r);
void http_upload_begin(HttpRequest *r);
size_t http_upload_receive(HttpRequest *r, const u8 *data, size_t size);
void http_upload_end(HttpRequest *r);
void http_upload_drop(HttpRequest *r);
void http_delete(HttpRequest *r);

// ---- httpout_growing.c

// A file that an input or an upload writes and that is read meanwhile.
typedef struct http_growing HttpGrowing;
struct http_growing {
	HttpOut *out;
	char *url;  // decoded path
	char *mime; // NULL when unknown
	int fd;
	u64 size;
	Bool is_input; // else an upload, which is served when there is no file of the name
	Bool done, failed;
	u32 nb_users;     // the writer, and answers being sent
	GF_List *waiting; // HttpRequest * that sent all there is
	HttpGrowing *prev, *next;
};

// `fd` is taken over, also when memory is short.
HttpGrowing *http_growing_new(HttpOut *out, const char *url, const char *mime, int fd);
void http_growing_add(HttpGrowing *g, u64 size); // was appended
// The writer is done with it; an incomplete one ends its answers with an error.
void http_growing_end(HttpGrowing *g, Bool complete);
HttpGrowing *http_growing_find(const HttpOut *out, const char *url);
// False when the URL names none.
Bool http_get_growing(HttpRequest *r, Bool of_input);

// ---- httpout_store.c

typedef struct http_stored HttpStored;
struct http_stored {
	HttpStored *next;
	char *url;
	int fd;
	u64 size;
	u64 modified_us; // different for each content of a URL
	char *mime;
};

int http_store_open(void); // a file without name, -1 when there is none
GF_Err http_store_add(HttpOut *out, const char *url, const char *mime, int fd, u64 size);
Bool http_store_find(HttpOut *out, const char *url, FoundFile *found);
Bool http_store_remove(HttpOut *out, const char *url);
void http_store_del(HttpOut *out);
// What follows a directory and its slash in the URL of a file, NULL when the file is not below it.
const char *http_stored_below(const HttpStored *s, const char *dir);

// ---- httpout_source.c

typedef struct http_feed HttpFeed;

void http_feed_begin(HttpRequest *r);
size_t http_feed_receive(HttpRequest *r, const u8 *data, size_t size);
void http_feed_end(HttpRequest *r);
void http_feed_drop(HttpRequest *r);
void http_feeds_go_on(HttpOut *out); // those that waited for the session
Bool http_feeds_ended(const HttpOut *out); // there were some, and nobody is connected any more

// ---- httpout_input.c

typedef struct http_input HttpInput;

GF_Err http_configure_input(HttpOut *out, GF_FilterPid *pid, Bool is_remove);
// Takes the packets that are there.
GF_Err http_input_process(HttpOut *out);
// The file of that name, absolute or relative to the destination, goes when nobody writes it.
GF_Err http_input_delete(HttpOut *out, const char *name);
// After packets were left because nobody could take more: now somebody can.
Bool http_inputs_may_go_on(const HttpOut *out);
// Microseconds after which those left are looked at again, 0 when there are none.
u32 http_inputs_wait(const HttpOut *out);
Bool http_inputs_ended(const HttpOut *out); // false without inputs
void http_inputs_del(HttpOut *out);
// Answers a request for something that is being produced; false when it is not.
Bool http_get_input(HttpRequest *r);
// The resource that a PID is: told by it, or by the destination of the filter or of its alias; NULL when nobody tells.
const char *http_resource_name(HttpOut *out, GF_FilterPid *pid);
// Decoded path of a name, absolute or relative to the destination.
GF_Err http_resource_path(const HttpOut *out, const char *name, char **path);

// ---- httpout_segments.c

typedef struct http_segments HttpSegments;

HttpSegments *http_segments_new(void);
void http_segments_del(HttpSegments *s);
// A segment begins, with the names noted then: its own, those of its parts.
GF_Err http_segments_begin(HttpSegments *s);
GF_Err http_segments_note(HttpSegments *s, const char *url);
void http_segments_drop(HttpSegments *s); // it does not count
// It is complete. The oldest ones beyond the number to keep are deleted.
GF_Err http_segments_end(HttpSegments *s, HttpOut *out, GF_FilterPid *pid,
	GF_Err (*delete)(void *udta, const char *url), void *udta);

// What a packet is in its file.
typedef struct {
	const char *name; // of the file; NULL
	Bool starts, ends; // the file
	Bool numbered;     // a segment begins
	Bool is_init;
	Bool closes;  // the file ends before what follows
	Bool patches; // bytes that came before
} HttpFraming;

HttpFraming http_framing(GF_FilterPacket *packet);
const char *http_packet_text(GF_FilterPacket *packet, u32 code);
// True when a part begins that has a file of its own.
Bool http_wants_part(GF_FilterPid *pid, GF_FilterPacket *packet, u32 *number);
// Name of a part: of the template, whose $SubNumber$ is the number, or the name of the segment with the number.
GF_Err http_part_path(const HttpOut *out, const char *segment, const char *template, u32 number, char **path);

// ---- httpout_sink.c

void http_delete_file(HttpOut *out, const char *url);

// ---- httpout_push.c

typedef struct http_push HttpPush;

GF_Err http_configure_push(HttpOut *out, GF_FilterPid *pid, Bool is_remove);
// Sends what can be sent; microseconds until there is more to do without a sign of the network.
u32 http_push_process(HttpOut *out, GF_Err *e);
Bool http_pushes_ended(const HttpOut *out); // false without inputs
// The server deletes a file, whose name is as that of inputs.
GF_Err http_push_delete(HttpOut *out, const char *name);
void http_pushes_del(HttpOut *out);

// ---- httpout_bind.c

// False without handler. Otherwise the request was answered, or waits.
Bool http_ask_handler(HttpRequest *r);
void http_apply_headers(const HttpRequest *r, NetAnswer *answer);
void http_drop_headers(HttpRequest *r);
// The same body, at the pace of the application.
NetBody http_paced_body(HttpRequest *r, const NetBody *body);
size_t http_handler_receive(HttpRequest *r, const u8 *data, size_t size);
void http_handler_received(HttpRequest *r);

// ---- httpout_sleep.c

// The exchange is resumed after that time.
void http_sleep(HttpRequest *r, u32 us);
void http_unsleep(HttpRequest *r);
// True when somebody was resumed.
Bool http_wake_sleepers(HttpOut *out);
u32 http_next_wake(const HttpOut *out);

// ---- httpout_threads.c

typedef struct http_thread HttpThread;

u32 http_share_of_maxc(const HttpOut *out, u32 loop); // 0 for no limit
// Opens a server for each loop beyond the first one, on the port of `server`.
GF_Err http_threads_open(HttpOut *out, const NetServer *server, const NetServerConfig *config,
	const NetServerCallbacks *callbacks);
GF_Err http_threads_start(HttpOut *out); // once
void http_threads_del(HttpOut *out);     // ends their connections
void http_threads_drain(HttpOut *out);
// The callback `lock` of servers that have threads beside them.
void http_threads_lock(void *udta, Bool on);
u32 http_nb_connections(const HttpOut *out); // of all loops

// ---- httpout_request.c

extern const NetServerCallbacks http_server_callbacks;

// Answers as the server does without handler.
void http_dispatch(HttpRequest *r);
void http_request_del(HttpRequest *r);
const char *http_allowed_methods(const HttpOut *out);

struct gf_httpout_session {
	HttpOut *out;
	NetExchange *x; // NULL once it is over
	const NetRequest *net;
	HttpMethod method;
	char *path, *query; // decoded path; NULL for `*` and what is no target
	u64 number, start_us;
	u32 status; // 0 until answered
	u32 auth_code;   // 200: allowed
	u32 credentials; // 200: those of `user`; 400, 401 or 403; 0 until they are needed
	char *user;
	Bool complete; // all of the body was received
	Bool receives; // it is wanted
	u64 received, total;
	HttpUpload *upload;
	HttpFeed *feed;

	// what the application gave
	Bool pending; // it did not answer yet
	Bool lost;    // the connection went before
	void *udta;
	u32 (*throttle)(void *udta, u64 done, u64 total);
	s32 (*read)(void *udta, u8 *buffer, u32 buffer_size);
	u32 (*write)(void *udta, const u8 *buffer, u32 buffer_size);
	void (*on_close)(void *udta, GF_Err reason);
	u32 reply;
	Bool has_body;
	u8 *body;
	u32 body_size;
	char **headers; // names and values in turn
	u32 nb_headers;
	Bool may_pass; // throttle was asked about the next block
	GF_Err failed; // why the connection is closed

	u64 wake_us;
	u32 sleep_pos; // in the heap, from 1
	HttpRequest *prev, *next;
};

struct http_out {
	// options
	char *dst;
	GF_PropUIntList port;
	char *ifce;
	GF_PropStringList rdirs;
	char *wdir;
	char *cert, *pkey;
	u32 block_size;
	char *user_agent;
	Bool close;
	u32 maxc, maxp;
	u32 nb_threads;
	char *cache_control;
	u32 hmode; // HttpMode
	u32 timeout;
	char *ext, *mime;
	Bool dlist;
	Bool sutc;
	u32 cors; // CorsMode
	char *reqlog;
	u32 max_client_errors;
	char *accesslog;
	Bool ops;
	u32 drain;
	GF_PropStringList hdrs;
	Bool norange;
	u32 maxs;
	Bool hold, quit, reopen, ice;
	s32 max_cache_segs;
	u32 zmax;
	u32 max_async_buf;
	Bool post, ka, cte;

	GF_Filter *filter;
	const NetServerApi *net;
	const NetClientApi *client;
	u32 (*compress)(const u8 *data, u32 size, Bool gzip, u8 *buffer, u32 max);
	GF_List *pushes; // HttpPush *
	Bool push_failed; // to be told by process
	NetServer *servers[2];
	HttpThread *threads; // of the loops beyond the first one
	Bool threads_run;
	Bool in_run;        // the session's thread moves what its servers have
	Bool request_ended; // somewhere, where that matters for the filter
	NetLoop loop;
	HttpRoot *roots;
	u32 nb_roots;
	GF_List *private_files;  // char *, real paths
	HttpAccessRules *access; // NULL without rule files
	HttpMetrics *metrics;    // NULL without option ops
	int access_fd;           // of the access log
	u64 drain_until_us;      // what is not answered then is closed; 0: the session goes on
	FileCache *cache;
	HttpRequest *requests;
	u64 nb_requests;
	u32 nb_active; // requests that are not over
	Bool started;  // clients are accepted
	s32 (*on_request)(void *udta, GF_HTTPOutSession *session, const char *method, const char *url, u32 auth_code,
		u32 nb_hdrs, const char **hdrs);
	void *on_request_udta;
	GF_List *inputs; // HttpInput *
	HttpGrowing *growing;
	HttpFeed *feeds;
	Bool fed;
	GF_FilterPid *last_fed; // of the upload that ended last
	Bool in_memory; // files of inputs
	HttpStored *stored;
	u64 stored_us;
	GF_List *deletions; // char *, URLs of files to delete
	char *private_dir;  // for files of a manifest, NULL when there are none
	GF_FilterCapability caps[2];
	HttpRequest **sleepers;
	u32 nb_sleepers, alloc_sleepers;
};

#endif
