// SPDX-License-Identifier: MIT
#ifndef BASE_BLOB_H
#define BASE_BLOB_H

#include <gpac/blob.h>

// Withdraws the blobs that are left at the end.
void blob_unregister_all(void);

#endif
