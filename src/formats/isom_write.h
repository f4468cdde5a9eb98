// SPDX-License-Identifier: MIT
// Writing of ISO base media files (ISO/IEC 14496-12): boxes, sample tables, tracks and the movie box.
// Fragments are in isom_write_frag.h, sample entries in isom_write_entry.h. Everything is appended to a
// ByteWriter; media data never passes through here. A failed allocation shows as `failed` on the writer,
// which the caller tests once.
#ifndef FORMATS_ISOM_WRITE_H
#define FORMATS_ISOM_WRITE_H

#include "base/bits.h"

// Seconds from the epoch of the format (1904-01-01) to that of Unix.
#define ISOW_EPOCH_SHIFT 2082844800ULL

// ---- Boxes (isom_write_box.c)

// Opens a box and returns its position, to be given to isow_end, which fills its size.
size_t isow_box(ByteWriter *w, const char type[4]);
size_t isow_full_box(ByteWriter *w, const char type[4], u32 version, u32 flags);
void isow_end(ByteWriter *w, size_t box);
void isow_string(ByteWriter *w, const char *text); // with its final NUL; NULL is an empty string
void isow_ftyp(ByteWriter *w, const char type[4], u32 major, u32 minor, const u32 *brands, u32 nb_brands);
// Length of the header of a media data box for `size` bytes of payload: 8, or 16 when it needs `largesize`.
u32 isow_mdat_header_size(u64 size);
void isow_mdat_header(ByteWriter *w, u64 size);
// Descriptors of ISO/IEC 14496-1: tag, then a length that isow_descr_end fills, in 4 bytes.
size_t isow_descr(ByteWriter *w, u8 tag);
void isow_descr_end(ByteWriter *w, size_t descr);

static inline u32 isow_code(const char type[4])
{
	return GF_4CC((u8)type[0], (u8)type[1], (u8)type[2], (u8)type[3]);
}

// ---- Sample groups and sub-samples (isom_write_group.c)

typedef struct {
	u32 count;
	u32 value; // a duration, a signed composition offset or the index of a group description
} IsowRun;

typedef struct {
	IsowRun *runs; // owned
	u32 nb, alloc;
} IsowRuns;

GF_Err isow_run_add(IsowRuns *r, u32 count, u32 value);

// The descriptions of one grouping type and the samples mapped to them (8.9).
typedef struct {
	u32 type, param;    // grouping type and its parameter, 0 for none
	ByteWriter entries; // u32 size before each; of all groups of the type, in the first one
	u32 nb_entries;
	IsowRuns map;  // values are 1-based entries, 0 for no group
	u32 nb_mapped; // samples that the map covers
} IsowGroup;

typedef struct {
	IsowGroup *groups; // owned
	u32 nb, alloc;
} IsowGroups;

// Puts a sample (1-based, not before those given so far for this type) into a group, whose description is
// shared when it exists already.
GF_Err isow_group_sample(IsowGroups *g, u32 sample, u32 type, u32 param, const void *entry, u32 entry_size);
void isow_groups_clear(IsowGroups *g); // for the next fragment; memory is kept
void isow_groups_reset(IsowGroups *g);
// sgpd and sbgp of each type in use. `in_fragment`: the descriptions are local to a traf (8.9.4).
void isow_write_groups(ByteWriter *w, const IsowGroups *g, Bool in_fragment);

// Sub-samples with one value of the `flags` of their box (8.7.7).
typedef struct {
	u32 flags;
	u32 nb_entries;
	u32 last_sample;
	ByteWriter entries; // in final form
} IsowSubs;

typedef struct {
	IsowSubs *subs; // owned
	u32 nb, alloc;
} IsowSubsList;

// Adds the sub-samples of a sample (1-based): records of u32 flags, u32 size, u32 codec parameter,
// u8 priority, u8 discardable.
#define ISOW_SUBS_RECORD 14
GF_Err isow_subs_sample(IsowSubsList *l, u32 sample, const u8 *records, u32 nb_records);
void isow_subs_clear(IsowSubsList *l);
void isow_subs_reset(IsowSubsList *l);
void isow_write_subs(ByteWriter *w, const IsowSubsList *l);

// ---- Common encryption (isom_write_cenc.c)

// Auxiliary information of the samples (ISO/IEC 23001-7 7): records in order.
typedef struct {
	ByteWriter records;
	ByteWriter sizes; // one byte each
	u32 nb;
	Bool subsamples; // the records have sub-sample tables
	Bool piff;       // stored in the box of PIFF instead of senc
} IsowSai;

// Adds the record of one sample; that of a sample in clear is empty.
GF_Err isow_sai_add(IsowSai *sai, const u8 *record, u32 size);
void isow_sai_clear(IsowSai *sai);
void isow_sai_reset(IsowSai *sai);
// saiz and saio of a kind of information, 0 for that of the protection scheme. Gives the position of the offset to fill with
// isow_patch_sai.
size_t isow_write_sai_index(ByteWriter *w, const IsowSai *sai, u32 type, u32 param, Bool wide);
void isow_patch_sai(ByteWriter *w, size_t at, u64 offset, Bool wide);
// senc. Gives the position of the first record.
size_t isow_write_senc(ByteWriter *w, const IsowSai *sai);
// Auxiliary information of other kinds (8.7.8), whose records are in the media data.
typedef struct {
	u32 type, param;
	IsowSai sai;
} IsowAux;

typedef struct {
	IsowAux *kinds; // owned
	u32 nb, alloc;
} IsowAuxList;

// Adds the record of a sample (1-based, after those given so far). GF_BAD_PARAM: it has more than 255 bytes.
GF_Err isow_aux_sample(IsowAuxList *l, u32 sample, u32 type, u32 param, const u8 *record, u32 size);
// The records, one kind after the other, and their size.
void isow_write_aux_records(ByteWriter *w, const IsowAuxList *l);
u64 isow_aux_size(const IsowAuxList *l);
void isow_aux_clear(IsowAuxList *l);
void isow_aux_reset(IsowAuxList *l);

// pssh boxes. `data`: u32 count, then for each system a 16-byte identifier, u32 version, with a version above
// 0 u32 count and 16-byte key identifiers, u32 size and data. GF_NON_COMPLIANT_BITSTREAM when it is cut.
GF_Err isow_write_pssh(ByteWriter *w, const u8 *data, u32 size);

// ---- Sample tables (isom_write_table.c)

typedef struct {
	u64 offset; // of the chunk in the media data
	u32 nb_samples;
	u32 entry; // 1-based sample description
} IsowChunk;

typedef struct {
	u32 *v; // owned
	u32 nb, alloc;
} IsowArray;

// The samples of a track: 4 bytes for the size of a sample (none while sizes are constant), 8 for each
// change of duration or composition offset, 4 for each sync sample (none while all are), 1 for the
// dependency flags (none while all are unknown), 16 for a chunk.
typedef struct {
	u32 nb_samples;
	u64 nb_bytes;
	u64 first_dts, last_dts;
	u32 last_duration; // of the last sample, from its packet; the others follow from DTS
	u64 duration;      // of all samples, once finished
	u32 max_size;
	u32 const_size; // as long as `sizes` is empty
	IsowArray sizes;
	IsowArray syncs; // 1-based sample numbers, unused while `all_sync`
	Bool all_sync;
	u8 *deps; // owned; NULL while all are 0
	u32 deps_alloc;
	IsowRuns durations; // without the last sample before isow_table_finish
	IsowRuns offsets;
	s64 min_cts, max_cts_end; // lowest CTS and highest CTS + duration, in the time of `first_dts`
	s32 min_offset;
	IsowChunk *chunks; // owned
	u32 nb_chunks, chunks_alloc;
	IsowGroups groups;
	IsowSubsList subs;
	IsowSai sai;
	IsowAuxList aux;
	u64 aux_offset; // of its records in the media data
} IsowTable;

typedef struct {
	u64 dts; // not before that of the previous sample
	u32 duration;
	s32 cts_offset;
	u32 size;
	u8 deps; // byte of the sdtp box (8.6.4): leading, depends on, is depended on, redundancy
	Bool sync;
} IsowSample;

void isow_table_init(IsowTable *t);
void isow_table_reset(IsowTable *t);
// Opens a chunk: the samples that follow are in it.
GF_Err isow_table_chunk(IsowTable *t, u64 offset, u32 entry);
GF_Err isow_table_add(IsowTable *t, const IsowSample *s);
// Appends `nb` samples like the last one, each `last_duration` after the one before.
GF_Err isow_table_repeat(IsowTable *t, u32 nb);
// Gives the last sample its duration. Once, when all samples were added.
GF_Err isow_table_finish(IsowTable *t);
// Memory held, in bytes.
u64 isow_table_memory(const IsowTable *t);

typedef struct {
	u64 base;   // added to chunk offsets
	Bool large; // 64-bit chunk offsets
	u64 moov;   // position of the movie box in the file
} IsowLayout;

// The boxes of a sample table after stsd. `cts_shift` is added to composition offsets.
void isow_write_table(ByteWriter *w, const IsowTable *t, const IsowLayout *l, s32 cts_shift);

// ---- Tracks and movie (isom_write_movie.c)

typedef struct {
	u64 duration;   // in the time scale of the movie; 0 in a fragmented file: to the end (8.6.6.1)
	s64 media_time; // -1: nothing is presented
} IsowEdit;

typedef struct {
	u32 id;
	u32 flags; // of tkhd
	u32 timescale;
	u64 creation, modification; // of tkhd and mdhd
	u32 handler;
	char *name;          // of the handler, owned
	char language[4];    // ISO 639-2/T
	char *long_language; // BCP 47 text of elng, owned, NULL for none
	s16 layer, alternate_group;
	u16 volume; // 8.8
	s32 matrix[9];
	u32 width, height; // 16.16
	IsowEdit *edits;   // owned
	u32 nb_edits, alloc_edits;
	ByteWriter refs;     // whole boxes of the content of tref
	ByteWriter *entries; // owned: sample entries, in order
	u32 nb_entries, alloc_entries;
	u32 stsd_version; // 1 when a description is an AudioSampleEntryV1 (12.2.3)
	ByteWriter udta;  // content of udta
	ByteWriter extra; // whole boxes after mdia
	u64 duration;     // in the time scale of the movie
	u64 media_duration;
	s32 cts_shift;  // added to composition offsets
	u64 chunk_base; // added to chunk offsets
	char *data_url; // location of the file that has the samples (8.7.2), owned; NULL: they are in the file itself
	IsowTable table;
	Bool sync_unknown; // fragmented: an empty stss tells that not all samples are sync samples
	u32 trex_entry, trex_duration, trex_size, trex_flags; // defaults of fragments (8.8.3)
} IsowTrack;

typedef struct {
	u32 timescale;
	u64 duration;
	u64 creation, modification;
	u32 next_track_id;
	IsowTrack **tracks; // in writing order, borrowed
	u32 nb_tracks;
	Bool quicktime; // handlers as in QuickTime files
	Bool fragmented;
	Bool mvex_last;         // mvex after the trak boxes
	u64 fragments_duration; // of mehd, 0 for none
	ByteWriter iods;        // whole iods box
	ByteWriter boxes;       // whole boxes after the tracks
	ByteWriter udta;        // content of udta
} IsowMovie;

void isow_track_init(IsowTrack *trk);
void isow_track_reset(IsowTrack *trk);
// 1-based index of a sample description identical to `entry`, 0 when there is none.
u32 isow_track_find_entry(const IsowTrack *trk, const ByteWriter *entry);
// Appends a sample description, or puts it in the place of the last one. The content of `entry` is taken in
// any case.
GF_Err isow_track_add_entry(IsowTrack *trk, ByteWriter *entry, Bool replace);
GF_Err isow_track_edit(IsowTrack *trk, u64 duration, s64 media_time);
void isow_track_ref(IsowTrack *trk, const char type[4], u32 id);
void isow_movie_reset(IsowMovie *mv);
void isow_write_moov(ByteWriter *w, const IsowMovie *mv, const IsowLayout *l);

#endif
