// SPDX-License-Identifier: MIT
// The input of filters that parse raw streams: files without a container, and packets cut anywhere.
#ifndef FILTERS_RAW_INPUT_H
#define FILTERS_RAW_INPUT_H

#include <gpac/filters.h>

// Bytes received that make no whole unit yet. Zeros are an empty one; the owner frees `data`.
typedef struct {
	u8 *data;
	u32 size, alloc;
} RawBytes;

// GF_OUT_OF_MEM: nothing was added; more than 4 GiB are never held.
GF_Err raw_append(RawBytes *b, const u8 *data, u32 size);
// Takes `size` bytes off the front.
void raw_consume(RawBytes *b, u32 size);

Bool raw_is_file(GF_FilterPid *pid);
// Nobody plays the output of a filter that declares it from its first unit only: the filter plays its input itself.
void raw_play(GF_FilterPid *pid);
// Has the source of a file go on at an offset, up to `end`, 0 for its end. Blocks of whole units of `unit` bytes, when
// that is not 0, need no copy.
void raw_seek(GF_FilterPid *pid, u64 offset, u64 end, u32 unit);

#endif
