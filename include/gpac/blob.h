// SPDX-License-Identifier: MIT
#ifndef GPAC_BLOB_H
#define GPAC_BLOB_H

#include <gpac/error.h>

#ifdef __cplusplus
extern "C" {
#endif

// Blocks of memory that URLs gmem:// stand for. All functions may be called from any thread.

typedef enum {
	GF_BLOB_RANGE_VALID = 0,
	GF_BLOB_RANGE_IN_TRANSFER = 1, // not there yet
	GF_BLOB_RANGE_CORRUPTED = 2,   // will never be there
} GF_BlobRangeStatus;

enum {
	GF_BLOB_IN_TRANSFER = 1, // more data may come
	GF_BLOB_CORRUPTED = 2,
	GF_BLOB_PARTIAL_REPAIR = 4, // some lost ranges were repaired
};

typedef struct gf_blob {
	u8 *data; // of the application; may move while the lock is held
	u32 size;
	u32 flags;           // GF_BLOB_IN_TRANSFER...
	struct gf_mutex *mx; // of the library, set by gf_blob_register
	u64 last_modification_time;
	// Optional: tells whether a range can be read, and in *size how much of it.
	GF_BlobRangeStatus (*range_valid)(struct gf_blob *blob, Bool check_when_complete, u64 start, u32 *size);
	void *range_udta;
} GF_Blob;

// Publishes a blob, which stays with the application, and returns its URL, to be released with gf_free. NULL
// when it is published already or memory is short.
GF_EXPORT char *gf_blob_register(GF_Blob *blob);
// Withdraws it, after waiting for those who hold it. Before its memory goes.
GF_EXPORT void gf_blob_unregister(GF_Blob *blob);
// Locks a blob and gives its fields (each pointer may be NULL); the same thread releases it. GF_NOT_FOUND
// when there is none.
GF_EXPORT GF_Err gf_blob_get(const char *blob_url, u8 **out_data, u32 *out_size, u32 *blob_flags);
GF_EXPORT GF_Err gf_blob_release(const char *blob_url);
// The same of the object: this is how its owner changes data, size and flags.
GF_EXPORT GF_Err gf_blob_get_ex(GF_Blob *blob, u8 **out_data, u32 *out_size, u32 *blob_flags);
GF_EXPORT GF_Err gf_blob_release_ex(GF_Blob *blob);
// Whether a byte range of a locked blob can be read. `check_when_complete`: ask its call-back also when
// nothing more comes.
GF_EXPORT GF_BlobRangeStatus gf_blob_query_range(
	GF_Blob *blob, Bool check_when_complete, u64 start_offset, u32 size);

#ifdef __cplusplus
}
#endif

#endif
