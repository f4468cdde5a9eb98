// SPDX-License-Identifier: MIT
// Movie fragments, segment indexes and what surrounds them (ISO/IEC 14496-12 8.8 and 8.16).
#ifndef FORMATS_ISOM_WRITE_FRAG_H
#define FORMATS_ISOM_WRITE_FRAG_H

#include "formats/isom_write.h"

// Bits of sample_flags (8.8.3.1) besides the dependency flags, which are in the high bits.
#define ISOW_NON_SYNC 0x10000u

static inline u32 isow_sample_flags(u8 deps, Bool sync)
{
	return (u32)deps << 20 | (sync ? 0 : ISOW_NON_SYNC);
}

typedef struct {
	u32 size;
	u32 duration;
	s32 cts_offset;
	u32 flags;
	u8 deps;      // for the sdtp box
	u8 level;     // below ISOW_LEVELS; all samples of a run have the same
	Bool new_run; // starts a trun
} IsowFragSample;

#define ISOW_LEVELS 8

// The samples of one track in a fragment. They follow each other in the media data, those of level 0 first.
typedef struct {
	const IsowTrack *track;
	u32 entry; // sample description of all samples
	u64 decode_time;
	Bool no_decode_time;     // no tfdt
	IsowFragSample *samples; // owned
	u32 nb, alloc;
	u64 nb_bytes;
	u64 duration;
	IsowGroups groups;
	IsowSubsList subs;
	IsowSai sai;
	IsowAuxList aux;
	u64 data_offset; // of the first sample from the start of the payload of mdat
	u64 aux_offset;  // of the records of `aux`, likewise
} IsowTraf;

GF_Err isow_traf_add(IsowTraf *t, const IsowFragSample *s);
void isow_traf_clear(IsowTraf *t); // for the next fragment
void isow_traf_reset(IsowTraf *t);
typedef struct {
	u32 sequence;
	u64 position;        // of the moof in the file, for absolute offsets
	Bool absolute;       // base data offset in tfhd instead of default-base-is-moof
	Bool data_first;     // mdat before moof
	Bool ignore_trex;    // every default in tfhd
	Bool signed_offsets; // version 1 of trun in any case
	Bool wide_times;     // version 1 of tfdt in any case
	Bool wide_offsets;   // version 1 of saio in any case
	Bool sdtp;           // dependencies in a sdtp box
	Bool runs_first;     // trun before the other boxes
	ByteWriter boxes;    // whole boxes after mfhd (pssh)
} IsowMoof;

// Writes the moof of the non-empty trafs, whose data is in one mdat with a header of `header` bytes and
// `payload` bytes, right after the moof (or right before it).
void isow_write_moof(
	ByteWriter *w, const IsowMoof *m, IsowTraf *const *trafs, u32 nb_trafs, u32 header, u64 payload);

typedef struct {
	u32 size;
	u32 duration;
	u8 sap_type; // 0: does not start with a SAP
	u32 sap_delta;
	Bool is_index; // the reference is to another sidx
	u32 head;      // bytes up to the end of its first sample, a random access point; 0 when there is none
} IsowSidxRef;

typedef struct {
	u32 track_id;
	u32 timescale;
	u64 earliest_time; // presentation time of the first reference
	u64 first_offset;  // from the end of the box to the first reference
	Bool wide;         // version 1 in any case
} IsowSidx;

void isow_write_sidx(ByteWriter *w, const IsowSidx *s, const IsowSidxRef *refs, u32 nb_refs);
u32 isow_sidx_size(const IsowSidx *s, u32 nb_refs);
// 8.16.4: of each reference, the first sample is level 1 and the rest level 255.
void isow_write_ssix(ByteWriter *w, const IsowSidxRef *refs, u32 nb_refs);
u32 isow_ssix_size(const IsowSidxRef *refs, u32 nb_refs);

// 8.16.5. `ntp` is the wall clock of the media time of the fragment that follows.
void isow_write_prft(ByteWriter *w, u32 track_id, u64 ntp, u64 media_time, u32 flags);

// 8.8.10: one random access point.
typedef struct {
	u64 time, moof_offset;
	u32 traf, run, sample; // 1-based
} IsowRandomAccess;
void isow_write_mfra(ByteWriter *w, const u32 *track_ids, const IsowRandomAccess *const *entries,
	const u32 *nb_entries, u32 nb_tracks);

#endif
