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
// Whether the file of the PID is `path`, NULL when it has none.
Bool raw_has_path(GF_FilterPid *pid, const char *path);
// Puts a copy of the path of the PID's file in the place of `*path`.
GF_Err raw_take_path(GF_FilterPid *pid, char **path);
// Makes the output, when there is none, and copies the properties of the input the first time that `*copy_props` says so.
GF_Err raw_declare(GF_Filter *filter, GF_FilterPid *ipid, GF_FilterPid **opid, Bool *copy_props);
// Nobody plays the output of a filter that declares it from its first unit only: the filter plays its input itself.
void raw_play(GF_FilterPid *pid);
// Has the source of a file go on at an offset, up to `end`, 0 for its end. Blocks of whole units of `unit` bytes, when
// that is not 0, need no copy.
void raw_seek(GF_FilterPid *pid, u64 offset, u64 end, u32 unit);

// An input packet in which units may start.
typedef struct {
	u64 start; // in the input stream
	u64 dts, cts;
	u32 duration;
	Bool used; // a unit took its times
	GF_FilterPacket *props;
} RawSource;

// The packets whose bytes are not all parsed, a ring. Zeros are an empty one.
typedef struct {
	RawSource *ring;
	u32 alloc, first, count;
} RawSources;

// Adds the packet whose first byte is at `start`. NULL without memory.
RawSource *raw_sources_add(RawSources *s, GF_FilterPacket *packet, u64 start);
// The packet that has the byte at `offset`, NULL when it is unknown. Those before it are forgotten.
RawSource *raw_sources_at(RawSources *s, u64 offset);
void raw_sources_clear(RawSources *s); // keeps the memory
void raw_sources_reset(RawSources *s);

// A point that a file can be played from.
typedef struct {
	u64 dts;
	s64 cts;
	u64 offset; // in the file
} RawPoint;

// In the order of the file. Zeros are an empty one.
typedef struct {
	RawPoint *points;
	u32 count, alloc;
} RawPoints;

// When a scan need not be exact, only this much of a larger file is read.
#define RAW_PARTIAL_SCAN (20 * 1000 * 1000)

GF_Err raw_points_add(RawPoints *p, RawPoint point);
// The last one that is not composed after `cts`, NULL when there is none: what is composed before an open access point may
// not be decodable from it.
const RawPoint *raw_points_find(const RawPoints *p, double cts);
void raw_points_reset(RawPoints *p);

#endif
