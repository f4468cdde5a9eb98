// SPDX-License-Identifier: MIT
// Requests to an HTTP server filter, answered by the application.
#ifndef GPAC_HTTPOUT_H
#define GPAC_HTTPOUT_H

#include <gpac/filter.h>

#ifdef __cplusplus
extern "C" {
#endif

typedef struct gf_httpout_session GF_HTTPOutSession;

// This version has no HTTP server and no downloader: the functions below answer GF_NOT_SUPPORTED, or 0.

// Installs the request handler of a server filter; NULL removes it.
GF_EXPORT GF_Err gf_filter_bind_httpout_callbacks(GF_Filter *filter, void *udta,
	s32 (*on_request)(void *udta, GF_HTTPOutSession *session, const char *method, const char *url, u32 auth_code,
		u32 nb_hdrs, const char **hdrs));
// Answers a request.
GF_EXPORT GF_Err gf_httpout_send_request(GF_HTTPOutSession *sess, void *udta, u32 reply, char *body_or_file,
	u32 nb_headers, const char **headers, u32 (*throttle)(void *udta, u64 done, u64 total),
	s32 (*read)(void *udta, u8 *buffer, u32 buffer_size), u32 (*write)(void *udta, const u8 *buffer, u32 buffer_size),
	void (*close)(void *udta, GF_Err reason));

#ifdef __cplusplus
}
#endif

#endif
