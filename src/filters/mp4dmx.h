// SPDX-License-Identifier: MIT
// Parts of the ISO base media file demultiplexer.
//
//   mp4dmx.c        register, input PID, events, process
//   mp4dmx_source.c access to the bytes: file at a path, or memory fed by the input packets
//   mp4dmx_media.c  media data out of the movie file
//   mp4dmx_tracks.c which tracks become PIDs
//   mp4dmx_props.c  PID properties
//   mp4dmx_range.c  play ranges: edit lists, seeking, reverse playback
//   mp4dmx_send.c   samples into packets
//   mp4dmx_extra.c  chapters, cover art
#ifndef FILTERS_MP4DMX_H
#define FILTERS_MP4DMX_H

#include <gpac/constants.h>
#include <gpac/filters.h>
#include <gpac/log.h>
#include <gpac/numbers.h>
#include <gpac/url.h>
#include "base/io.h"
#include "formats/isom_file.h"
#include "formats/isom_nal.h"
#include "formats/isom_stsd.h"

#define DMX_MAX_BLOCKS 8
#define DMX_BLOCK_SIZE (512 * 1024)
#define DMX_MAX_EXTERNALS 16

typedef enum { DMX_EDITS_AUTO, DMX_EDITS_NO, DMX_EDITS_STRICT } DmxEdits;
typedef enum { DMX_SMODE_SPLIT, DMX_SMODE_SPLITX, DMX_SMODE_SINGLE } DmxSmode;
typedef enum { DMX_XPS_AUTO, DMX_XPS_KEEP, DMX_XPS_REMOVE } DmxXps;
typedef enum { DMX_DATA, DMX_NO_DATA, DMX_FAKE_DATA } DmxNoData;

typedef struct mp4dmx Mp4Dmx;

// A piece of the media timeline to play, and where it comes in the presentation.
typedef struct {
	s64 start, end; // composition times of the media; `end` excluded
	s64 shift;      // added to all times
} DmxSpan;

typedef struct {
	Mp4Dmx *dmx;
	IsomTrack *trk;
	GF_FilterPid *pid;
	IsomEntry *entries;
	u32 nb_entries;
	IoReader **media; // owned array: the file of the samples of each entry, NULL when that is the movie; NULL when all are
	u32 desc;      // entry in force, 1-based
	u32 max_group; // samples per packet, more than 1 for raw audio
	IsomNal nal;
	Bool is_protected;
	IsomKey key;   // in force
	s64 cts_shift; // option ctso

	IsomCursor cursor;
	IsomSample next; // read from the table and not yet sent
	Bool has_next;
	s32 block; // index of the block it used last, -1 for none

	Bool playing;
	Bool ended;        // end of stream was given to the PID
	Bool done;         // nothing left to send of the resource, in the range asked
	Bool out_of_range; // with `done`: the range asked ends there
	Bool failed;       // its samples cannot be read any more
	Bool blocked;
	u32 nb_sent; // in this process call

	DmxSpan *edits; // edit list to be executed, NULL when it is not
	u32 nb_edits;
	u32 edit;       // of them being played
	DmxSpan span;   // being played
	s64 end_time;   // of the output: nothing decoded from there on is sent
	s64 seek;       // packets composed before this time of the media are not presented
	u32 end_number; // first sample number not to be sent (`to_pck`)
	Bool only_sync; // drop what is not a random access point
	Bool reverse;
	// Reverse: the samples of a GOP, which are sent in their order, and the leading pictures of the GOP that was sent before,
	// behind its first picture.
	u32 gop_start, gop_end;
	u32 gop_next;   // that first picture
	s64 gop_cts;    // composition time of the first picture; leading pictures before it come with the GOP before
	s64 latest;     // what is composed after this time is only decoded
	Bool hidden;    // `next` is only decoded

	u32 event;    // index of the next event of the track
	u32 fragment; // index of the next fragment to signal (`sigfrag`)
} DmxTrack;

// A range of the file, held by an engine packet that is never sent: packets of samples refer to it.
typedef struct {
	GF_FilterPacket *pck;
	IoReader *reader; // of the file
	const u8 *data;
	u64 start;
	u32 size;
	u32 nb_users; // tracks whose `block` it is
	u64 last_use;
} DmxBlock;

// A file that samples are in, other than the movie.
typedef struct {
	char *path; // of realpath(), released with free()
	IoReader *reader;
} DmxExternal;

struct mp4dmx {
	char *src;
	Bool allt;
	u32 edits; // DmxEdits
	Bool itt;
	Bool itemid;
	u32 smode; // DmxSmode
	Bool alltk;
	u32 frame_size;
	Bool expart;
	Bool sigfrag;
	char *tkid;
	u32 stsd;
	void *mov;
	u32 analyze;
	char *catseg;
	Bool nocrypt;
	u32 mstore_size;
	u32 mstore_purge;
	u32 mstore_samples;
	Bool strtxt;
	u32 xps_check; // DmxXps
	u32 nodata;    // DmxNoData
	Bool lightp;
	char *initseg;
	Bool extk;
	void *extkmov;
	u32 extkid;
	s32 ctso;
	Bool norw;
	Bool keepc;
	Bool sigfo;
	char *drefu;

	GF_Filter *filter;
	GF_FilterPid *ipid;  // NULL with `src`
	char *path;          // of the file being read, NULL for a stream
	char *url;           // of the input, whose fragment may select tracks; NULL when it has none
	GF_Fraction64 range; // ByteRange of the input, 0/0 for all
	IsomFile file;
	Bool opened;   // `file` is in use
	Bool failed;   // nothing more can be read from this resource
	Bool declared; // the PIDs were made
	Bool parsed;   // all boxes of the resource were read
	Bool is_first; // no other resource was read before

	IoReader *reader; // file mode
	Bool arriving;    // file mode: it is still being written by the source
	IoReader *segment; // option catseg: what continues the file from `segment_start` on
	u64 segment_start;
	u8 *store;        // stream mode: bytes of the resource from `store_start` on
	u64 store_start;
	u32 store_size, store_alloc;
	u8 *head;         // start of the resource, kept while 'moov' is fetched from behind the media data
	u32 head_size;
	u64 resource_size; // 0 when the source cannot go to another place
	Bool reopened;   // the input goes on after its end
	Bool input_done; // no more bytes will come

	DmxTrack *tracks;
	u32 nb_tracks, alloc_tracks;
	DmxExternal externals[DMX_MAX_EXTERNALS];
	u32 nb_externals;
	DmxBlock blocks[DMX_MAX_BLOCKS];
	u64 clock; // counts the uses of blocks
	u32 nb_playing;
	Bool source_playing;
	GF_FilterPid *cover_pid;
};

// ---- mp4dmx_source.c

// Opens what the input PID gives, or the file at `path`. `f` is left ready for isom_file_parse.
GF_Err dmx_source_open(Mp4Dmx *dmx, const char *path);
void dmx_source_close(Mp4Dmx *dmx);
// Reads the movie of an initialisation segment.
GF_Err dmx_load_init(Mp4Dmx *dmx, const char *path);
// Stream mode: adds bytes at the end, removes those before `keep`.
GF_Err dmx_store_append(Mp4Dmx *dmx, const u8 *data, u32 size);
void dmx_store_purge(Mp4Dmx *dmx, u64 keep);
// Stream mode: fetches what comes behind the media data, where 'moov' must be. False when that is not possible.
Bool dmx_fetch_movie(Mp4Dmx *dmx);
// The movie is there: the media data are read from where they were left.
void dmx_movie_fetched(Mp4Dmx *dmx);
// Stream mode: goes to the next sample to send when that is not near.
void dmx_follow_samples(Mp4Dmx *dmx);

typedef enum { DMX_READ_OK, DMX_READ_WAIT, DMX_READ_FAILED } DmxRead;
// Bytes of the next sample of a track. From a file: they are `*offset` bytes after the start of `*block`.
// Stream mode: `*block` is NULL. DMX_READ_FAILED is logged.
DmxRead dmx_read_sample(DmxTrack *t, const u8 **data, GF_FilterPacket **block, u32 *offset);
// The next sample is in the block that the track used last.
Bool dmx_in_block(const DmxTrack *t);
void dmx_release_block(DmxTrack *t);

// The next sample is in the resource received, not in another file.
Bool dmx_is_in_file(const DmxTrack *t);

// ---- mp4dmx_media.c

// Opens the files of the samples of a track; what is wrong with one is logged.
GF_Err dmx_open_media(DmxTrack *t);
// No track must use them any more.
void dmx_close_media(Mp4Dmx *dmx);

// ---- mp4dmx_tracks.c

// Makes the PIDs of the tracks of the movie. GF_NOT_SUPPORTED when there is none.
GF_Err dmx_declare_tracks(Mp4Dmx *dmx);
// `remove_pids`: not when the filter is being destroyed.
void dmx_remove_tracks(Mp4Dmx *dmx, Bool remove_pids);
// When the resource just opened starts with a movie, gives its tracks to the PIDs that exist.
GF_Err dmx_replace_movie(Mp4Dmx *dmx);

// ---- mp4dmx_props.c

GF_Err dmx_set_track_props(DmxTrack *t);
// Properties of the sample description in force.
GF_Err dmx_set_entry_props(DmxTrack *t);
GF_Err dmx_set_key_props(DmxTrack *t);
// Packs `pssh` boxes as properties 4.2 says; nothing is written when none is complete.
void dmx_pack_pssh(const IsomBlobs *boxes, ByteWriter *w);

// ---- mp4dmx_range.c

// Delay that the edit list amounts to, in media time; false when it has to be executed. 0 without edit list.
Bool dmx_edit_delay(const DmxTrack *t, s64 *delay);
GF_Err dmx_prepare_edits(DmxTrack *t);
void dmx_play(DmxTrack *t, const GF_FEVT_Play *play);
// Makes the next sample to send available in `t->next`; false when there is none left in the range (t->done
// is set) or in the table.
Bool dmx_next_sample(DmxTrack *t);

// ---- mp4dmx_send.c

// Sends the next sample. DMX_READ_WAIT when its bytes are not there.
DmxRead dmx_send_sample(DmxTrack *t);

// ---- mp4dmx_extra.c

// Descriptions of the groups of the next sample that have no other form, as `grp_4CC`.
GF_Err dmx_set_groups(DmxTrack *t, GF_FilterPacket *pck);
// Auxiliary information of the next sample other than that of common encryption, as `sai_4CC`.
GF_Err dmx_set_aux(DmxTrack *t, GF_FilterPacket *pck);
// What came with the fragment that starts with the next sample.
GF_Err dmx_set_events(DmxTrack *t, GF_FilterPacket *pck);
GF_Err dmx_set_chapters(DmxTrack *t);
GF_Err dmx_declare_cover(Mp4Dmx *dmx);

#endif
