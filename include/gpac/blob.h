// SPDX-License-Identifier: MIT
#ifndef GPAC_BLOB_H
#define GPAC_BLOB_H

#include <gpac/error.h>

#ifdef __cplusplus
extern "C" {
#endif

typedef enum {
	GF_BLOB_RANGE_VALID = 0,
	GF_BLOB_RANGE_IN_TRANSFER = 1,
	GF_BLOB_RANGE_CORRUPTED = 2,
} GF_BlobRangeStatus;
enum {
	GF_BLOB_IN_TRANSFER = 1,
	GF_BLOB_CORRUPTED = 2,
	GF_BLOB_PARTIAL_REPAIR = 4,
};
typedef struct gf_blob {
	u8 *data;
	u32 size;
	u32 flags;
	struct gf_mutex *mx;
	u64 last_modification_time;
	GF_BlobRangeStatus (*range_valid)(struct gf_blob *blob, Bool check_when_complete, u64 start, u32 *size);
	void *range_udta;
} GF_Blob;
GF_EXPORT char *gf_blob_register(GF_Blob *blob);
GF_EXPORT void gf_blob_unregister(GF_Blob *blob);
GF_EXPORT GF_Err gf_blob_get(const char *blob_url, u8 **out_data, u32 *out_size, u32 *blob_flags);
GF_EXPORT GF_Err gf_blob_release(const char *blob_url);
GF_EXPORT GF_Err gf_blob_get_ex(GF_Blob *blob, u8 **out_data, u32 *out_size, u32 *blob_flags);
GF_EXPORT GF_Err gf_blob_release_ex(GF_Blob *blob);
GF_EXPORT GF_BlobRangeStatus gf_blob_query_range(GF_Blob *blob, Bool check_when_complete, u64 start_offset, u32 size);

#ifdef __cplusplus
}
#endif

#endif
