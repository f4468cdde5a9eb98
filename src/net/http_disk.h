// SPDX-License-Identifier: MIT
// The directory of stored HTTP answers, which any number of processes share.
//
// An answer is two files: HASH.meta, its description (http_cache.h), which names HASH-UNIQUE.data, its body. Each is
// written under another name and renamed when it is complete, the description last, so that a crash leaves nothing that
// is taken for an answer. Whoever uses a body holds a lock (flock) on it: clean-ups take only what they can lock.
#ifndef NET_HTTP_DISK_H
#define NET_HTTP_DISK_H

#include "net/http_cache.h"

typedef struct http_disk HttpDisk;

typedef struct {
	const char *dir;
	u64 max_size;    // of all bodies
	u32 check_s;     // least time between clean-ups, 0: only when it is opened
	Bool clean;      // empty it when it is opened and when it is closed
} HttpDiskConfig;

// A body, open and locked; `name` in the directory.
typedef struct {
	int fd; // -1: none
	char *name, *path;
} HttpDiskBody;

#define HTTP_DISK_NO_BODY ((HttpDiskBody){.fd = -1})

// Makes the directory when it is missing. GF_IO_ERR with errno.
GF_Err http_disk_open(const HttpDiskConfig *config, HttpDisk **disk);
void http_disk_close(HttpDisk *disk); // NULL allowed

// The stored answer for a URL and range, which is marked as used. GF_NOT_FOUND.
GF_Err http_disk_find(HttpDisk *disk, const char *url, u64 first, u64 last, HttpStored *stored, HttpDiskBody *body);
// A new body, empty, that nobody finds. GF_IO_ERR with errno.
GF_Err http_disk_create(HttpDisk *disk, const char *url, u64 first, u64 last, HttpDiskBody *body);
// Stores it: from now on it is found. `stored->body` becomes its name. On error it is for the
// caller to remove.
GF_Err http_disk_keep(HttpDisk *disk, HttpStored *stored, HttpDiskBody *body);
// Writes the description again.
GF_Err http_disk_describe(HttpDisk *disk, const HttpStored *stored);
// No longer used; with `remove` its files go, when no other answer took their place.
void http_disk_release(HttpDisk *disk, HttpDiskBody *body, Bool remove);

#endif
