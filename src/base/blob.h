// SPDX-License-Identifier: MIT
#ifndef BASE_BLOB_H
#define BASE_BLOB_H

#include <gpac/blob.h>

typedef struct {
	u64 size;     // of what is there now
	u32 flags;    // GF_BLOB_IN_TRANSFER...
	u64 modified; // time of the last change, as its owner tells it
	Bool damaged; // what was read has bytes that will never be right
} BlobState;

// Copies up to `size` bytes at `offset`, those that are there without a gap. GF_NOT_FOUND.
GF_Err blob_read(const char *url, u64 offset, void *dst, u32 size, u32 *got, BlobState *state);

// Withdraws the blobs that are left at the end.
void blob_unregister_all(void);

#endif
