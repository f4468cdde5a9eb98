// SPDX-License-Identifier: MIT
// The samples of a track, from sample tables or fragments, in one compact form.
//
// Each property of the samples is a column. Times, composition offsets and locations are runs that begin at
// a sample number, so that any sample is found by bisection and the next one by a comparison; sizes take
// 4 bytes each when they differ, dependencies 1, sync samples are listed. A usual video takes 13 to 24 bytes
// per sample, audio of constant size a few bytes per chunk.
//
// Chunks are merged when they touch and cut every ISOM_CHUNK_SAMPLES samples when sizes differ: the location
// of a sample is that of its chunk plus at most that many sizes.
#ifndef FORMATS_ISOM_TABLE_H
#define FORMATS_ISOM_TABLE_H

#include <gpac/error.h>

#define ISOM_CHUNK_SAMPLES 1024

typedef struct {
	u64 dts; // of the first sample
	u32 first;
	u32 delta;
} IsomTimeRun;

typedef struct {
	u32 first;
	s32 offset;
} IsomCtsRun;

// Sample group of one grouping type and parameter (ISO/IEC 14496-12, 8.9): runs of 1-based indices in the `entries` of
// that type, 0 for none. These are in the group with parameter 0.
typedef struct {
	u32 first, index;
} IsomGroupRun;

typedef struct {
	u32 size;
	u32 at; // position in IsomGroup.data
} IsomGroupEntry;

typedef struct {
	u32 type, param;
	u32 default_index; // of samples in no run
	IsomGroupRun *runs;
	IsomGroupEntry *entries;
	u8 *data;
	u32 nb_runs, alloc_runs, nb_entries, alloc_entries, data_size, alloc_data;
	u32 hint; // run of the last query
} IsomGroup;

typedef struct {
	u32 nb_samples; // samples known by every mandatory column
	u32 dropped;    // samples removed at the start by isom_table_drop
	u32 const_size; // size of every sample when `sizes` is NULL
	u32 *sizes;
	IsomTimeRun *times;
	IsomCtsRun *ctts; // NULL when composition is decoding
	u64 *chunk_pos;   // offset in the file, sample description index in the 16 upper bits
	u32 *chunk_first;
	u32 *sync; // sync samples in increasing order, unless all are
	u8 *deps;  // is_leading, depends_on, is_depended_on, has_redundancy, 2 bits each; NULL: nothing known
	IsomGroup *groups;
	u32 nb_times, nb_ctts, nb_chunks, nb_sync, nb_groups;
	u32 alloc_sizes, alloc_times, alloc_ctts, alloc_pos, alloc_first, alloc_sync, alloc_deps, alloc_groups;
	Bool not_all_sync;

	// samples in each column, and what the next one continues
	u32 sized, timed, offset_known, located, dep_known;
	u64 next_dts;
	u64 next_pos;

	// statistics, over all samples ever added
	u64 total_size, total_duration;
	u32 nb_total, max_size, min_size, max_delta, min_delta, max_cts_offset;
	s32 last_cts_offset, min_cts_offset;
} IsomTable;

typedef struct {
	u64 offset;
	u64 dts;
	s64 cts;
	u32 size;
	u32 duration;
	u32 number; // from 0, dropped ones included
	u32 count;  // consecutive samples of the file in this range
	u16 desc;   // 1-based sample description index
	u8 sync;
	u8 deps;
} IsomSample;

// Position in a table: the sample to read next and the runs that hold it.
typedef struct {
	u32 sample;
	u32 time, time_end;
	u32 cts, cts_end;
	u32 chunk, chunk_end;
	u32 sync;
	u64 offset;
	u64 dts;
} IsomCursor;

void isom_table_reset(IsomTable *t); // frees everything; the table can be filled again

// Columns. Each call appends to its column; counts are bounded by the caller. GF_OUT_OF_MEM is the only
// error, except isom_table_add_chunk: GF_ISOM_INVALID_FILE when the position is out of range.
GF_Err isom_table_add_size(IsomTable *t, u32 size);
// Allocates once a column of sizes, still empty, whose length is known.
GF_Err isom_table_reserve_sizes(IsomTable *t, u32 count);
GF_Err isom_table_add_const_sizes(IsomTable *t, u32 count, u32 size);
GF_Err isom_table_add_times(IsomTable *t, u32 count, u32 delta);
GF_Err isom_table_add_offsets(IsomTable *t, u32 count, s32 offset);
// Location of the next samples without one; their sizes must be known.
GF_Err isom_table_add_chunk(IsomTable *t, u64 pos, u32 desc, u32 count);
// Marks the table as having a list of sync samples, and those already there as sync.
GF_Err isom_table_list_sync(IsomTable *t);
// Sample numbers must increase.
GF_Err isom_table_add_sync(IsomTable *t, u32 sample);
GF_Err isom_table_add_deps(IsomTable *t, u32 count, u8 deps);
// Decoding time of the next sample added by isom_table_add_times.
static inline void isom_table_set_time(IsomTable *t, u64 dts)
{
	t->next_dts = dts;
}

// Group of that type and parameter, made when `create`; NULL when absent or out of memory.
IsomGroup *isom_table_group(IsomTable *t, u32 type, u32 param, Bool create);
GF_Err isom_group_add_entry(IsomGroup *g, const u8 *data, u32 size);
// The runs added must follow each other.
GF_Err isom_group_add_run(IsomGroup *g, u32 first, u32 index);
// Description of the group a sample (counted from 0, dropped ones included) belongs to, NULL for none.
const u8 *isom_group_of(const IsomTable *t, IsomGroup *g, u32 number, u32 *size);

// Counts the samples complete in every mandatory column; optional columns are completed.
GF_Err isom_table_commit(IsomTable *t);

// Removes the first `count` samples, already read; cursors must be set again.
void isom_table_drop(IsomTable *t, u32 count);
// Removes all samples. The columns keep their memory, the groups their descriptions, time goes on.
void isom_table_clear(IsomTable *t);

// Moves to a sample, which may be one past the last.
void isom_cursor_set(const IsomTable *t, IsomCursor *c, u32 sample);
// Reads up to `max` samples (at least one) of equal duration and description that follow each other in the
// file, as one range. False at the end of the table.
Bool isom_cursor_read(const IsomTable *t, IsomCursor *c, u32 max, IsomSample *s);

// Last sample whose decoding time is at most `dts`, 0 when all are later.
u32 isom_table_find_dts(const IsomTable *t, u64 dts);
// Last sync sample at or before `sample`; nb_samples when there is none.
u32 isom_table_prev_sync(const IsomTable *t, u32 sample);
// Composition time of a sample that exists.
s64 isom_table_cts(const IsomTable *t, u32 sample);
u32 isom_table_delta(const IsomTable *t, u32 sample);

static inline u32 isom_table_size(const IsomTable *t, u32 sample)
{
	return t->sizes ? t->sizes[sample] : t->const_size;
}

#endif
