// SPDX-License-Identifier: MIT
#ifndef GPAC_URL_H
#define GPAC_URL_H

#include <gpac/error.h>

#ifdef __cplusplus
extern "C" {
#endif

GF_EXPORT char *gf_url_concatenate(const char *parentName, const char *pathName);
GF_EXPORT void gf_url_free(char *sURL);
GF_EXPORT Bool gf_url_is_local(const char *url);
GF_EXPORT Bool gf_url_is_relative(const char *url);
GF_EXPORT char *gf_url_get_absolute_path(const char *pathName, const char *parentPath);
GF_EXPORT void gf_url_to_fs_path(char *url);
GF_EXPORT const char *gf_url_get_resource_name(const char *url);
GF_EXPORT const char *gf_url_get_path(const char *url);
GF_EXPORT char *gf_url_percent_encode(const char *path);
GF_EXPORT char *gf_url_percent_decode(const char *path);

#ifdef __cplusplus
}
#endif

#endif
