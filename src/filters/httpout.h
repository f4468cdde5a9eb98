// SPDX-License-Identifier: MIT
// The HTTP server filter: what its files share.
//
// httpout.c            options, sockets, life cycle
// httpout_request.c    from the head of a request to the part that answers it
// httpout_answer.c     headers that answers have, texts, the request log
// httpout_files.c      URLs to files, files in memory
// httpout_get.c        GET and HEAD of files: conditions, ranges
// httpout_mime.c       media types
#ifndef FILTERS_HTTPOUT_H
#define FILTERS_HTTPOUT_H

#include <gpac/constants.h>
#include <gpac/filters.h>
#include <gpac/httpout.h>
#include <gpac/tools.h>
#include "filters/net_loop.h"
#include "net/http.h"
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
	char *path; // real, without slash at the end
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

struct http_file {
	char *url;  // decoded path of the request
	char *path; // real
	u8 *data;
	u64 size;
	u64 device, inode;
	u64 modified_us, changed_us;
	const char *mime;
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
// Finds what a decoded path names. GF_URL_ERROR when there is nothing to be seen, GF_IO_ERR when it cannot be
// read. To be released.
GF_Err http_find_file(HttpOut *out, const char *url, FoundFile *found);
// The same for a file named by the application, which may lie anywhere.
GF_Err http_open_file(HttpOut *out, const char *path, FoundFile *found);
void found_release(FoundFile *found);

// ---- httpout_mime.c

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
// True when answers to this request are to have the headers of cross-origin requests.
Bool http_wants_cors(const HttpRequest *r);
void http_log_start(HttpRequest *r);
void http_log_end(HttpRequest *r, NetEnd end);

// ---- httpout_get.c

// Answers with a file, which is released.
void http_send_file(HttpRequest *r, FoundFile *found);
void http_get(HttpRequest *r);

// ---- httpout_request.c

extern const NetServerCallbacks http_server_callbacks;

struct gf_httpout_session {
	HttpOut *out;
	NetExchange *x;
	const NetRequest *net;
	HttpMethod method;
	char *path, *query; // decoded path; NULL for `*` and what is no target
	u64 number, start_us;
	u32 status; // 0 until answered
	u64 bytes;  // of the body of the answer
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
	char *cache_control;
	u32 hmode; // HttpMode
	u32 timeout;
	char *ext, *mime;
	Bool dlist;
	Bool sutc;
	u32 cors; // CorsMode
	char *reqlog;
	u32 max_client_errors;
	GF_PropStringList hdrs;
	Bool norange;

	GF_Filter *filter;
	const NetServerApi *net;
	NetServer *servers[2];
	NetLoop loop;
	HttpRoot *roots;
	u32 nb_roots;
	FileCache *cache;
	HttpRequest *requests;
	u64 nb_requests;
};

#endif
