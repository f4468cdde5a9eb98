// SPDX-License-Identifier: MIT
// The movie of an ISO base media file, as read from `moov` and completed by fragments (ISO/IEC 14496-12).
#ifndef FORMATS_ISOM_MOVIE_H
#define FORMATS_ISOM_MOVIE_H

#include "formats/isom_box.h"
#include "formats/isom_table.h"
#include "formats/isom_aux.h"
#include "formats/isom_subs.h"

typedef struct {
	u32 type;
	u32 size;
	u8 *data; // owned
} IsomBlob;

// A growing list of pieces of the file that are kept as they are.
typedef struct {
	IsomBlob *items;
	u32 nb, alloc;
} IsomBlobs;

typedef struct {
	u64 duration;   // movie time scale
	s64 media_time; // media time scale; -1: empty edit
	s32 rate;       // 16.16
} IsomEdit;

// Defaults of samples in fragments (`trex`).
typedef struct {
	u32 desc, duration, size, flags;
} IsomDefaults;

// The samples a fragment has for a track.
typedef struct {
	u32 fragment; // index in IsomMovie.fragments
	u32 first;    // sample number, dropped ones included
	u64 time;     // of `tfdt`, GF_FILTER_NO_TS when absent
} IsomTrackFragment;

// A movie fragment, with what comes before it since the last one.
typedef struct {
	u64 start;          // of `styp`, `prft`, `emsg`, `sidx` before it, else of `moof`
	u64 data;           // end of `moof`
	u64 end;            // start of the next one, 0 while not known
	u64 sidx, sidx_end; // range of the `sidx` boxes before it, 0/0 when there are none
	Bool is_segment;    // first of a segment
} IsomFragment;

// What comes with a fragment, for its first sample: `emsg` and `prft` without header, whole `pssh`.
typedef struct {
	u32 number; // of the sample, dropped ones included
	IsomBlob blob;
} IsomEvent;

typedef struct {
	u32 type;
	u32 nb_ids;
	u32 *ids; // owned
} IsomTrackRef;

// Where the samples of a description are (8.7.2).
typedef struct {
	u32 type;    // of the box: `url `, `urn `, `alis`...
	Bool inside; // in the file itself
	char *url;   // location of a `url ` box, owned; NULL otherwise
} IsomDataRef;

// An image item.
typedef struct {
	u32 id;
	u32 number; // 1-based rank in the file
	u32 width, height;
	u8 mirror; // 1 around the vertical axis, 2 around the horizontal one
	u8 rotate; // times 90 degrees anti-clockwise
	Bool is_primary, hidden, alpha;
} IsomItem;

typedef struct {
	u32 id;
	u32 number; // 1-based rank in the movie
	u64 offset; // of the `trak` box

	u32 flags;         // of `tkhd`
	u32 width, height; // 16.16
	s32 matrix[9];
	s16 layer;
	u16 alternate_group;

	u32 timescale;
	u64 duration; // of `mdhd`, 0 when unknown
	u64 creation, modification;
	u16 language; // packed or Macintosh code
	char *extended_language;

	IsomItem *items; // owned: image items presented as a track, one for each sample description; NULL for a real track
	u32 nb_items, alloc_items;

	u32 handler;
	char *handler_name;
	IsomEdit *edits;
	u32 nb_edits;
	Bool has_edit_list;
	IsomTrackRef *refs;
	u32 nb_refs, alloc_refs;
	IsomBlobs udta;   // children of `udta`
	IsomBlobs groups; // children of `trgr`
	IsomDataRef *data_refs;
	u32 nb_data_refs, alloc_data_refs;
	Bool has_external_data; // not all of them are inside

	IsomBlob stsd; // whole box
	u64 stsd_offset;
	IsomBlob template; // `trak` without its sample tables and user data
	IsomBlob trex;     // whole box, no data when the movie has none for this track
	IsomDefaults defaults;
	IsomTable table;
	Bool has_cslg, has_stss_entries;
	s32 cts_shift; // compositionToDTSShift of `cslg`
	IsomSai sai;     // of common encryption
	IsomAuxList aux; // of other kinds
	IsomSubs subs;
	IsomEvent *events;
	u32 nb_events, alloc_events;
	u32 last_moof, last_first;    // number of the last fragment of the track, and its first sample
	u64 fragment_movie_duration;  // of the fragments read, each in movie time scale
	IsomTrackFragment *fragments; // when IsomMovie.keep_fragments is set
	u32 nb_fragments, alloc_fragments;
} IsomTrack;

typedef struct {
	u32 major, minor; // of `ftyp`, else `styp`
	u32 *brands;
	u32 nb_brands;
	Bool has_moov;
	Bool has_items;  // image items are among the tracks
	Bool fragmented; // `mvex` is present
	u32 timescale;
	u64 duration;
	u64 fragments_duration; // of `mehd`, 0 when unknown
	u64 creation, modification;
	u32 profile_visual, profile_audio; // of `iods`, 0 when absent
	IsomTrack **tracks;
	u32 nb_tracks, alloc_tracks;
	IsomBlobs udta;      // whole `udta` and `meta` boxes of the movie
	IsomBlobs pssh;      // whole `pssh` boxes
	IsomBlobs pending;   // what comes with the next fragment
	const IsomInput *in; // during a parsing call, for information that is out of the boxes; may be NULL
	Bool join_items; // all image items are one track, otherwise each is one
	Bool keep_fragments;
	IsomFragment *fragments;
	u32 nb_fragments, alloc_fragments;
	Bool warned_track; // fragments have a track that the movie lacks
	u32 nb_moofs;
} IsomMovie;

void isom_movie_reset(IsomMovie *m);
// Takes over the track and gives it its number.
GF_Err isom_movie_add_track(IsomMovie *m, IsomTrack *trk);
void isom_track_free(IsomTrack *trk);
// `file_size` bounds the number of samples that take no room in the tables; IO_SIZE_UNKNOWN when not known.
GF_Err isom_movie_parse_moov(IsomMovie *m, IsomBox *moov, u64 file_size);
GF_Err isom_movie_parse_brands(IsomMovie *m, IsomBox *ftyp);
// Not an item: they have IDs of their own.
IsomTrack *isom_movie_track(const IsomMovie *m, u32 id);
// First track a track refers to by that type of reference, 0 when none.
u32 isom_track_ref(const IsomTrack *trk, u32 type);

// Appends the samples of a `moof`. Unknown tracks are skipped with a warning. `file_size` as above.
GF_Err isom_movie_parse_moof(IsomMovie *m, IsomBox *moof, u64 file_size);
// Keeps a box that comes before a fragment, or in it, for the samples of that fragment.
GF_Err isom_movie_add_pending(IsomMovie *m, const IsomBox *box, Bool with_header);
// Data reference of that number (1-based) when it leads to another file, else NULL.
const IsomDataRef *isom_track_external(const IsomTrack *trk, u32 number);
// Forgets the events of samples before that number.
void isom_track_drop_events(IsomTrack *trk, u32 number);
// Forgets the samples and fragments, for another segment of the same movie.
void isom_movie_clear_samples(IsomMovie *m);

// Reads `stbl` into the table and the sample descriptions of a track.
GF_Err isom_stbl_parse(const IsomMovie *m, IsomTrack *trk, IsomBox *stbl, u64 file_size);
// Group descriptions and sample groups, in `stbl` and `traf`; `first` is the sample number of the first of
// the `count` samples concerned, `local` the number of descriptions there before the fragment.
GF_Err isom_sgpd_parse(IsomTable *t, IsomBox *sgpd);
GF_Err isom_sbgp_parse(IsomTable *t, IsomBox *sbgp, u32 first, u32 count, u32 local);

GF_Err isom_blob_set(IsomBlob *blob, const IsomBox *box, Bool with_header);
GF_Err isom_blobs_add(IsomBlobs *list, const IsomBox *box, Bool with_header);
void isom_blobs_reset(IsomBlobs *list);

// ---- Times

// Sum of the sample durations, at least the declared duration when composition offsets are used.
u64 isom_track_media_duration(const IsomTrack *trk);
// In movie time scale: that of the edit list, else of the media.
u64 isom_track_duration(const IsomMovie *m, const IsomTrack *trk);
// Value * to / from without overflow.
u64 isom_rescale(u64 value, u64 to, u64 from);

#endif
