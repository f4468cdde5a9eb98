// SPDX-License-Identifier: MIT
// Caches of HTTP answers (RFC 9111): what may be stored, how long it is fresh, and the description of a stored answer
// as a text. A cache of this library is private: one user, and requests that differ in nothing but URL and range.
#ifndef NET_HTTP_CACHE_H
#define NET_HTTP_CACHE_H

#include <gpac/error.h>

// ---- Header fields

typedef struct {
	char *name, *value;
} HttpField;

typedef struct {
	HttpField *list;
	u32 nb, alloc;
} HttpFields;

// Adds a copy; GF_OUT_OF_MEM.
GF_Err http_fields_add(HttpFields *fields, const char *name, const char *value);
// Value of the first one of that name, whatever its case; NULL.
const char *http_fields_get(const HttpFields *fields, const char *name);
void http_fields_remove(HttpFields *fields, const char *name); // all of that name
void http_fields_reset(HttpFields *fields);

// ---- Rules

// An answer with these fields may be stored (RFC 9111, 3).
Bool http_may_store(const HttpFields *fields);
// It may be used without asking the server (4.2): it is not older than it says it may be. Answers that say nothing are
// never fresh. Times are seconds since 1970.
Bool http_is_fresh(const HttpFields *fields, u64 answered, u64 now);
// It may not be used once it is not fresh, also where somebody asked for stale answers (5.2.2.2).
Bool http_must_revalidate(const HttpFields *fields);
// The server said that a stored answer is still right (304): its fields replace those stored (3.2).
GF_Err http_fields_refresh(HttpFields *stored, const HttpFields *answer);
// The bytes of the answer are those of the resource as it is stored: fields that tell of the way they took are dropped.
void http_fields_decoded(HttpFields *fields);

// ---- Stored answers

typedef struct {
	char *url;
	u64 first, last; // bytes that were asked for, `last` included; 0 and the maximum for all
	char *body;      // name of the file that has the bytes, without directory
	u64 size;        // of it
	u64 answered;    // time of the answer
	HttpFields fields;
} HttpStored;

void http_stored_reset(HttpStored *stored);
// The text, for the caller to free; NULL when memory is short or a member cannot be in a line.
char *http_stored_write(const HttpStored *stored);
// Reads it. GF_NON_COMPLIANT_BITSTREAM for what http_stored_write does not write.
GF_Err http_stored_read(const char *text, size_t size, HttpStored *stored);

// Number of bytes of the whole resource that `Content-Range: bytes first-last/size` tells, and of the first of them.
// Both are the maximum when they are not told, or not in digits.
void http_content_range(const char *value, u64 *first, u64 *size);

#endif
