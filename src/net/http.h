// SPDX-License-Identifier: MIT
// What a server has to understand of requests: targets, dates, ranges, conditions (RFC 9110), as functions of
// texts.
#ifndef NET_HTTP_H
#define NET_HTTP_H

#include <gpac/error.h>

// ---- Request targets (RFC 9112, 3.2)

// Splits a target in origin form (`/path?query`) or absolute form (`http://host/path?query`). `*path` is decoded,
// begins with a slash and has no empty, `.` or `..` components (a trailing slash stays); `*query` is what follows
// the first question mark, not decoded, NULL without one. Both are for the caller to free.
// GF_BAD_PARAM: not of these forms, a wrong escape, a zero byte or another control character; GF_URL_ERROR: a
// component `..`, encoded or not, which no client has a reason to send.
GF_Err http_target_split(const char *target, char **path, char **query);
// Path and query as one text, or `*`; escapes replaced where they are right; for the caller to free.
char *http_target_decode(const char *target);
// A decoded path as it is written in a target: the other way around.
char *http_path_encode(const char *path);

// ---- Dates (RFC 9110, 5.6.7), in seconds since 1970

#define HTTP_DATE_SIZE 32

void http_date_format(u64 seconds, char text[HTTP_DATE_SIZE]);
// Any of the three forms. False when it is none.
Bool http_date_parse(const char *text, u64 *seconds);

// ---- Ranges (RFC 9110, 14)

#define HTTP_MAX_RANGES 16

typedef struct {
	u64 first, last; // both included
} HttpRange;

typedef enum {
	HTTP_RANGES_IGNORED = 0, // another unit, or so many that the whole is answered
	HTTP_RANGES_OK,
	HTTP_RANGES_WRONG, // malformed, or none overlaps the resource
} HttpRangeResult;

// Reads the value of a Range header for a resource of `size` bytes. A repeated unit (`bytes=0-1,bytes=4-5`) is
// taken, too. Ranges are cut at the end of the resource; those behind it are left out.
HttpRangeResult http_ranges_parse(const char *value, u64 size, HttpRange ranges[HTTP_MAX_RANGES], u32 *nb);
// A range of a resource that still grows: one range with a first byte; `*last` is the maximum without an end.
Bool http_range_open(const char *value, u64 *first, u64 *last);

// ---- Conditions (RFC 9110, 13)

typedef struct {
	const char *if_match, *if_none_match, *if_modified_since, *if_unmodified_since, *if_range; // NULL: absent
} HttpConditions;

// The current resource: `etag` with its quotes, NULL for none; `exists` false when there is no resource.
typedef struct {
	Bool exists;
	const char *etag;
	u64 modified; // seconds
	Bool settled; // that second is over, which makes the date a strong validator (8.8.2.2)
} HttpValidators;

// 0: go on; 304 or 412, in the order of 13.2.2. `is_get`: the method is GET or HEAD.
u32 http_check_conditions(const HttpConditions *c, const HttpValidators *v, Bool is_get);
// True when the Range header counts (13.1.5).
Bool http_if_range_holds(const HttpConditions *c, const HttpValidators *v);

// ---- Lists

// True when a comma-separated list has the token, whatever its case and its parameters, but `q=0`.
Bool http_list_has(const char *list, const char *token);

#endif
