// SPDX-License-Identifier: MIT
// Downloads: what the filters that fetch from a network share in a session, the rates of its downloads and
// their limit.
#ifndef GPAC_DOWNLOAD_H
#define GPAC_DOWNLOAD_H

#include <gpac/session.h>

#ifdef __cplusplus
extern "C" {
#endif

// ---- For applications

// The limit is that of all downloads of the session together, in bit/s; 0 is none, 0xFFFFFFFF lets nothing
// through, as if the network were lost. It may be read and set by any thread.
GF_EXPORT u32 gf_fs_get_http_max_rate(GF_FilterSession *session);
GF_EXPORT GF_Err gf_fs_set_http_max_rate(GF_FilterSession *session, u32 rate);
// Sum of the rates of the downloads under way, in bit/s.
GF_EXPORT u32 gf_fs_get_http_rate(GF_FilterSession *session);

// ---- For filters

typedef struct gf_download GF_Download;

// A download of the filter, from its first request on; NULL when memory is short. It is not under way before
// gf_download_start.
GF_EXPORT GF_Download *gf_download_new(GF_Filter *filter);
GF_EXPORT void gf_download_del(GF_Download *download);
// What all downloads of the session have in common, such as cookies: what `make` returned to the first that asked, until
// the session is deleted. NULL when `make` returned that.
GF_EXPORT void *gf_download_shared(GF_Download *download, void *(*make)(void), void (*release)(void *shared));
// A transfer begins or ends: only then the download has a rate.
GF_EXPORT void gf_download_start(GF_Download *download);
GF_EXPORT void gf_download_stop(GF_Download *download);
// So many bytes were received. `in_bursts`: the server sends as the data are made, so that pauses say nothing about the
// network: not more than the core option `cte-rate-wnd` is counted of each.
GF_EXPORT void gf_download_received(GF_Download *download, u32 bytes, Bool in_bursts);
// Rate in bit/s: over the last half second or more, since its start for a younger one.
GF_EXPORT u32 gf_download_rate(GF_Download *download);
// Microseconds to wait before more is received, so that the limit of the session is kept; 0 for none.
GF_EXPORT u32 gf_download_wait(GF_Download *download);

#ifdef __cplusplus
}
#endif

#endif
