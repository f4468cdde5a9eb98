// SPDX-License-Identifier: MIT
#ifndef GPAC_URL_H
#define GPAC_URL_H

#include <gpac/error.h>

#ifdef __cplusplus
extern "C" {
#endif

// All functions may be called from any thread. A URL without scheme is the name of a local file. Returned
// strings that are not const are released with gf_url_free or gf_free.

// Resolves `pathName` against the resource `parentName`. The result is `pathName` itself when it is absolute,
// or `data:`, stdin, stdout, stderr, or when there is no parent; a rooted path keeps the parent's scheme and
// host; `#fragment` is appended to the parent; any other name replaces the parent's last component after
// `./` and `../` are resolved. `%20` is read as a space up to the query. A gfio:// parent is asked through
// its open call-back, mode `url`. NULL when both are NULL, for a gmem:// parent, over 4096 bytes, or when the
// call-back refuses.
GF_EXPORT char *gf_url_concatenate(const char *parentName, const char *pathName);
// Releases a string that the library returned. NULL allowed.
GF_EXPORT void gf_url_free(char *sURL);
// True for file:// and for names without scheme.
GF_EXPORT Bool gf_url_is_local(const char *url);
// True for a name without scheme that does not begin with a slash.
GF_EXPORT Bool gf_url_is_relative(const char *url);
// Absolute path of a local file, relative to a local parent or to the working directory; NULL when it is not
// local.
GF_EXPORT char *gf_url_get_absolute_path(const char *pathName, const char *parentPath);
// Removes file:// in place.
GF_EXPORT void gf_url_to_fs_path(char *url);
// Points to the last component of a URL.
GF_EXPORT const char *gf_url_get_resource_name(const char *url);
// Points behind scheme and host.
GF_EXPORT const char *gf_url_get_path(const char *url);
// Escapes every byte that RFC 3986 does not allow, and undoes escapes.
GF_EXPORT char *gf_url_percent_encode(const char *path);
GF_EXPORT char *gf_url_percent_decode(const char *path);

#ifdef __cplusplus
}
#endif

#endif
