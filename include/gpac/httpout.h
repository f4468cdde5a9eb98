// SPDX-License-Identifier: MIT
// Requests to an HTTP server filter, answered by the application.
#ifndef GPAC_HTTPOUT_H
#define GPAC_HTTPOUT_H

#include <gpac/filter.h>

#ifdef __cplusplus
extern "C" {
#endif

// A request. It is valid until its `close` was called; one without, until it was answered or its filter ends. All
// functions and callbacks are for the thread that runs the session.
typedef struct gf_httpout_session GF_HTTPOutSession;

// Installs the request handler of a filter of class httpout; NULL removes it. GF_BAD_PARAM for other filters.
//
// `on_request` is called once for each request. `url` is path and query, percent-decoded as a whole; `hdrs` holds
// `nb_hdrs` texts, names and values in turn, valid during the call. `auth_code` tells what the credentials are
// worth for the method: 200 no rule, or accepted; 401 none given; 403 refused; 400 malformed. A positive result
// answers at once with that status. Otherwise the request waits for gf_httpout_send_request, now or later.
GF_EXPORT GF_Err gf_filter_bind_httpout_callbacks(GF_Filter *filter, void *udta,
	s32 (*on_request)(void *udta, GF_HTTPOutSession *session, const char *method, const char *url, u32 auth_code,
		u32 nb_hdrs, const char **hdrs));

// Answers a request. Texts are copied; callbacks may be NULL, `udta` is theirs.
//
// `reply` 0: the server resolves the request itself, `body_or_file` may name the file to serve or to write.
// Otherwise `reply` is the status and `body_or_file` the body. `headers`: names and values in turn, which replace
// those of the server, but Server, Date, Content-Range, Transfer-Encoding and the Content-Length of a body.
//
// `throttle`: microseconds to wait before the next block (of at most option block_size bytes) of a file, of what
// `read` gives or of an upload; `done` bytes were transferred of `total` (0: unknown). `read`: body of a GET with a
// 2xx status other than 204 and no body: the number of bytes written to `buffer`, 0 at the end, negative for
// nothing now (asked again 1 ms later). A header Content-Length tells how many there will be. `write`: body of a
// PUT or POST with a 2xx status, (NULL, 0) at its end, after which the answer is sent. `close`: last call, exactly
// once: GF_EOS answered and the connection is kept, GF_OK answered and closed by the server, or the filter ends,
// GF_IP_CONNECTION_CLOSED the peer went before the end, GF_IP_UDP_TIMEOUT nothing moved for the time of option
// timeout, or another error.
//
// GF_BAD_PARAM: NULL, a request that was answered before or whose connection is lost; a GET with a 2xx status other
// than 204 and neither body nor `read`, a PUT or POST with a 2xx status and no `write`: these are answered 500.
GF_EXPORT GF_Err gf_httpout_send_request(GF_HTTPOutSession *sess, void *udta, u32 reply, char *body_or_file,
	u32 nb_headers, const char **headers, u32 (*throttle)(void *udta, u64 done, u64 total),
	s32 (*read)(void *udta, u8 *buffer, u32 buffer_size), u32 (*write)(void *udta, const u8 *buffer, u32 buffer_size),
	void (*close)(void *udta, GF_Err reason));
// The same with a body of any bytes; NULL for none, an empty one is a body.
GF_EXPORT GF_Err gf_httpout_send_request_data(GF_HTTPOutSession *sess, void *udta, u32 reply, const u8 *body,
	u32 body_size, u32 nb_headers, const char **headers, u32 (*throttle)(void *udta, u64 done, u64 total),
	s32 (*read)(void *udta, u8 *buffer, u32 buffer_size), u32 (*write)(void *udta, const u8 *buffer, u32 buffer_size),
	void (*close)(void *udta, GF_Err reason));
// Changes status, body (NULL for none) and headers of the answer to an upload, from its `write`, the last call included:
// what was received may decide about them. GF_BAD_PARAM: this is no such request, or `reply` is no status (200 to 999).
GF_EXPORT GF_Err gf_httpout_set_answer(GF_HTTPOutSession *sess, u32 reply, const u8 *body, u32 body_size, u32 nb_headers,
	const char **headers);
// Sets `close` before the request is answered, so that a connection lost while it waits is told.
GF_EXPORT GF_Err gf_httpout_set_close(
	GF_HTTPOutSession *sess, void *udta, void (*close)(void *udta, GF_Err reason));
// Closes the connection of a request, whatever its state; `close` is called later, with `reason`.
GF_EXPORT GF_Err gf_httpout_abort_request(GF_HTTPOutSession *sess, GF_Err reason);

#ifdef __cplusplus
}
#endif

#endif
