// SPDX-License-Identifier: MIT
// Private header of the ISO base media file multiplexer.
//
//   mp4mx.c         options, PIDs, the process loop
//   mp4mx_track.c   a track and its header
//   mp4mx_entry.c   sample descriptions out of PID properties
//   mp4mx_sample.c  packets into samples
//   mp4mx_cenc.c    common encryption
//   mp4mx_window.c  samples held until a chunk interval or a fragment is complete
//   mp4mx_flat.c    movies without fragments
//   mp4mx_dref.c    samples that stay in the file they come from
//   mp4mx_spool.c   temporary storage
//   mp4mx_frag.c    movie fragments
//   mp4mx_dash.c    segments
//   mp4mx_index.c   their indexes
//   mp4mx_movie.c   brands, movie header, edit lists
//   mp4mx_udta.c    user data, tags, chapters
//   mp4mx_out.c     output packets
#ifndef FILTERS_MP4MX_H
#define FILTERS_MP4MX_H

#include <stdio.h>
#include <gpac/constants.h>
#include <gpac/filters.h>
#include <gpac/tools.h>
#include <gpac/url.h>
#include <gpac/version.h>
#include "formats/isom_write.h"
#include "formats/isom_write_entry.h"
#include "formats/isom_write_frag.h"

typedef enum { STORE_INTER = 0, STORE_FLAT, STORE_FSTART, STORE_TIGHT, STORE_FRAG, STORE_SFRAG } StoreMode;
typedef enum { CTS_AUTO = 0, CTS_EDIT, CTS_NOEDIT, CTS_NEGATIVE } CtsMode;
typedef enum { XPS_NO = 0, XPS_PPS, XPS_ALL, XPS_BOTH, XPS_MIX, XPS_AUTO } XpsMode;
typedef enum { PRFT_OFF = 0, PRFT_SENDER, PRFT_BOTH } PrftMode;
typedef enum { PSSH_MOOV = 0, PSSH_MOOF, PSSH_BOTH, PSSH_NONE } PsshMode;
typedef enum { VOD_TEMP = 0, VOD_INSERT, VOD_REPLACE } VodCache;
typedef enum { TEMPLATE_NO = 0, TEMPLATE_YES, TEMPLATE_UDTA } TemplateMode;
typedef enum { SDTP_NO = 0, SDTP_ONLY, SDTP_BOTH } SdtpMode;
typedef enum { CMAF_NO = 0, CMAF_CMFC, CMAF_CMF2 } CmafMode;
typedef enum { CHAP_OFF = 0, CHAP_TRACK, CHAP_UDTA, CHAP_BOTH } ChapterMode;
typedef enum { TAGS_NONE = 0, TAGS_STRICT, TAGS_ALL } TagMode;
typedef enum { UNCV_OFF = 0, UNCV_GENERIC, UNCV_PROF, UNCV_TINY } UncvMode;
typedef enum { DASH_NO = 0, DASH_SEGMENTS, DASH_SINGLE_FILE } DashMode; // property DashMode

// A time of any time scale.
typedef struct {
	u64 value;
	u32 scale;
} MuxTime;

typedef struct mp4_mux Mp4Mux;

typedef enum {
	KEPT_NOT = 0, // the packet is the one at the head of its PID, or is kept by another sample
	KEPT_REF,     // a counted reference
	KEPT_COPY,    // a packet of our own
} MuxKept;

// One sample between its packet and the file.
typedef struct {
	GF_FilterPacket *pck; // NULL for a sample made here, from `extra` alone
	u8 *extra;            // owned: bytes inserted into the payload at `extra_at`
	u32 extra_size, extra_at;
	u32 pck_size;
	u32 nb;    // consecutive samples in the packet (frames of uncompressed audio), at least 1
	u32 entry; // sample description
	u32 key;   // of an encrypted track
	IsowSample s;
	u8 sap;
	u8 kept;        // MuxKept
	u8 level;       // temporal level, with option trun_inter
	u8 new_segment; // first of a segment
} MuxSample;

// Time line of a track while packets arrive, in the media time scale.
typedef struct {
	u32 pid_scale; // time scale of the packets
	u64 last_dts;
	u32 last_duration;
	u64 shift; // added to time stamps (modulo 2^64), after a jump that the format cannot hold
	Bool has_last;
	u64 first_dts;
	u32 nb_samples;
	Bool warned_order, warned_missing, warned_empty, warned_jump, warned_config, warned_aux;
} MuxClock;

// Temporary storage of media data, in the order of the file: references to packets while they are few,
// then an unnamed file.
typedef struct {
	MuxSample *items; // owned
	u32 nb, alloc, next;
	u64 size;       // bytes stored
	u32 held;       // bytes of the packets referred to
	Bool in_memory; // never in a file
	FILE *file;
	u64 read_at;
} MuxSpool;

typedef struct {
	Mp4Mux *mux;
	GF_FilterPid *pid; // NULL once removed, and for a track made here
	IsowTrack isom;
	u32 stream_type; // of the clear media
	u32 codec;
	Bool ready; // a sample description exists
	Bool sparse;
	Bool done;            // no more samples
	Bool file_done;       // no more samples in this file: a packet of the next one is waiting
	Bool paused;          // what was received is to be written without waiting for more
	Bool has_sync;        // the source tells sync samples from others
	Bool negative_source; // the source has signed composition offsets
	s64 delay;            // property Delay, in the media time scale
	u32 entry;            // description of the next samples
	u32 avg_bitrate, max_bitrate, buffer_size;
	u32 pcm_frame;      // bytes of a frame of uncompressed audio, 0 for others
	u8 nal_length_size;    // of AVC, HEVC and VVC samples
	u8 source_length_size; // the same, in packets
	ByteWriter xps;     // parameter sets to put into random access points, in sample format
	ByteWriter pps;     // those to put into the other samples
	u32 mux_index;
	IsowProtection *keys; // owned: of an encrypted track, the first is that of the sample entry
	u32 nb_keys, alloc_keys, key;
	Bool clear_default; // samples are in clear unless a group tells otherwise
	Bool sai_piff;
	MuxClock clock;
	u64 skip_begin; // media not presented at the start
	u64 end_cts;    // what comes from there on is not presented, GF_FILTER_NO_TS without limit

	MuxSample *held; // owned: samples of the window in progress and after it
	u32 nb_held, held_alloc;
	u32 nb_segments_held; // samples held that start a segment
	u32 held_bytes;
	u64 limit;                           // DTS at which the window ends
	u32 flush_nb, flush_at, flush_taken; // samples held: in the window, written, being written

	char *data_file; // real path of the file that has the samples, when they stay there; released with free()
	u64 data_end;    // of the last one of them
	Bool data_decided; // whether they do
	u32 chunk_bytes; // of the current chunk
	u64 chunk_dts;
	MuxSpool spool; // media data, when tracks are not interleaved

	IsowTraf traf;
	s64 decode_shift;         // from DTS to decode times of fragments
	u64 decode_end;           // of the fragments so far
	IsowRandomAccess *access; // owned, for mfra
	u32 nb_access, access_alloc;
} MuxTrack;

// Window of time in progress.
typedef struct {
	Bool open;
	Bool known;   // its end is known
	MuxTime base; // time from which windows are counted
	u64 count;    // the end is `count` durations after `base`
	MuxTime end;  // when it is at a sample (store=sfrag, fragdur), once that was found
	u32 scanned;  // samples of the reference track already looked at
	u64 lasted;   // duration of these, with fragdur
} MuxWindow;

// Inclusive places in the file; the index may be missing (0 to 0).
typedef struct {
	u64 start, end, index_start, index_end;
} MuxRange;

typedef struct {
	Bool open, own_file;
	MuxTrack *track; // that the segmenter follows
	u64 start;       // position in the file
	u32 nb_parts;
	u64 part_start;
	IsowSidxRef part_ref, whole;
	IsowSidxRef *refs; // owned
	u32 nb_refs, refs_alloc;
	u64 earliest; // presentation time of the first reference
	Bool has_earliest;
	u32 max_refs; // single file: room reserved in front
	u32 index_room;
	u64 index_at;
	MuxRange *unwritten; // owned: segments whose last packet the sink still has
	u32 nb_unwritten, alloc_unwritten;
	ByteWriter header; // what comes before the index, while that is not known
} MuxSegment;

struct mp4_mux {
	// options
	Bool m4sys, dref;
	u32 ctmode;
	GF_Fraction dur;
	u32 pack3gp;
	Bool importer, pack_nal;
	u32 xps_inband;
	u32 store;
	GF_Fraction cdur;
	s32 moovts;
	Bool moof_first, abs_offset, fsap;
	void *file;
	s32 subs_sidx;
	char *m4cc;
	Bool chain_sidx;
	u32 msn, msninc;
	GF_Fraction64 tfdt;
	Bool tfdt_traf, nofragdef, straf, strun;
	u32 prft, psshs;
	Bool force_seig, sgpd_traf;
	u32 vodcache;
	Bool noinit;
	u32 tktpl, mudta;
	Bool mvex;
	u32 sdtp_traf;
	u32 trackid;
	Bool fragdur, btrt;
	char *styp;
	Bool lmsg;
	s32 mediats;
	u32 ase;
	Bool ssix, ccst;
	u32 maxchunk;
	Bool noroll, norap, saio32, tfdt64, sseg;
	u32 compress;
	Bool fcomp, otyp, trun_inter, truns_first;
	u32 block_size;
	char *boxpatch;
	Bool deps, mfra, forcesync, refrag;
	u32 itags;
	Bool keep_utc, pps_inband;
	u32 moovpad;
	u32 cmaf;
	Double start;
	Bool pad_sparse, force_dv, dvsingle, tsalign;
	u32 chapm;
	Bool patch_dts;
	u32 uncv;
	Bool trunv1, rsot;
	u32 sfrag_tolerance, scte35;
	Bool auto_reorder;

	GF_Filter *filter;
	GF_FilterPid *opid;
	MuxTrack **tracks; // owned
	u32 nb_tracks, alloc_tracks;
	Bool quicktime;
	Bool fragmented;
	u32 dash;             // DashMode
	Bool own_subsegments; // option sseg: there is no segmenter, each fragment is a subsegment
	u32 llhas;            // property LLHAS
	Bool seg_sync;        // property SegSync
	GF_Fraction frag_dur; // property FragDur
	Bool started;         // the header was sent, or was kept for the end
	Bool ending;          // every track is done
	Bool sending;         // stored media data is being sent
	Bool finished;
	u32 wait_since_ms;          // when the first packet had to wait, 0 when none has
	u64 creation, modification; // of the movie, seconds since 1904
	u64 held_bytes;
	MuxWindow win;

	u64 position;   // bytes sent in the current file
	Bool deferring; // output goes to `spool`
	MuxSpool spool;
	Bool init_packet;          // the next packet is an initialization segment
	Bool starts_part;          // the next packet starts part `part_number` of its segment
	u32 part_number;
	GF_FilterPacket *file_pck; // properties for the next packet

	Bool in_place;   // inter, tight: written at once, the header is inserted in front at the end
	u64 header_size; // flat: bytes before mdat
	u64 data_start;  // flat: where media data starts
	const MuxTrack *last_written;

	u32 sequence;        // of the next fragment
	Bool segment_starts; // the samples held are the first of a segment
	MuxSegment segment;
};

// mp4mx_track.c
GF_Err mp4mx_track_new(Mp4Mux *mux, GF_FilterPid *pid, MuxTrack **created); // `pid` may be NULL
GF_Err mp4mx_track_configure(MuxTrack *trk);
void mp4mx_track_restart(MuxTrack *trk); // for the next file
void mp4mx_track_del(MuxTrack *trk);

// mp4mx_entry.c
u32 mp4mx_uint(const MuxTrack *trk, u32 code, u32 absent);
const char *mp4mx_string(const MuxTrack *trk, u32 code); // NULL when absent
GF_Err mp4mx_entry_update(MuxTrack *trk, Bool encrypted);

// mp4mx_sample.c
// Makes a sample of the packet at the head of the PID. GF_NOT_FOUND: nothing to store. GF_EOS: after the
// duration asked for.
GF_Err mp4mx_sample_make(MuxTrack *trk, GF_FilterPacket *pck, MuxSample *m);
// Moves the time line of the track past the sample.
void mp4mx_sample_advance(MuxTrack *trk, const MuxSample *m);
// An empty sample for the pause before `next`, when there is one; before the time line moves.
Bool mp4mx_sample_gap(MuxTrack *trk, const MuxSample *next, MuxSample *gap);
GF_Err mp4mx_sample_keep(MuxSample *m);
void mp4mx_sample_release(MuxSample *m);
// Where what is known of the samples of a table or fragment goes.
typedef struct {
	IsowGroups *groups;
	IsowSubsList *subs;
	IsowSai *sai;
	IsowAuxList *aux;
} MuxSideData;
// Groups, sub-samples, encryption and other auxiliary information of sample `number`.
GF_Err mp4mx_sample_side_data(MuxTrack *trk, const MuxSample *m, const MuxSideData *to, u32 number);

// mp4mx_cenc.c
GF_Err mp4mx_cenc_configure(MuxTrack *trk);
GF_Err mp4mx_cenc_sample(
	const MuxTrack *trk, const MuxSample *m, IsowGroups *groups, IsowSai *sai, u32 number);
GF_Err mp4mx_cenc_movie(const Mp4Mux *mux, ByteWriter *w); // pssh boxes of the movie
GF_Err mp4mx_cenc_fragment(const Mp4Mux *mux, ByteWriter *w);

// mp4mx_window.c
Bool mp4mx_is_awaited(
	const Mp4Mux *mux, const MuxTrack *trk);          // not a track with long pauses, or only such ones
typedef GF_Err (*MuxFlush)(Mp4Mux *mux);              // writes and drops the samples of the window
GF_Err mp4mx_window_add(MuxTrack *trk, MuxSample *m); // takes the sample
Bool mp4mx_window_wants(const MuxTrack *trk);         // whether more packets should be taken from the PID
GF_Err mp4mx_window_run(Mp4Mux *mux, MuxFlush flush, Bool all); // all: also what is not complete
GF_Fraction mp4mx_window_duration(const Mp4Mux *mux);           // that is aimed at
u32 mp4mx_window_count(const MuxTrack *trk);                    // samples held that are in the window
void mp4mx_window_drop(MuxTrack *trk, u32 nb);

// mp4mx_flat.c
Bool mp4mx_flat_in_place(Mp4Mux *mux); // whether the destination lets a header be inserted in front
GF_Err mp4mx_flat_start(Mp4Mux *mux);
GF_Err mp4mx_flat_add(MuxTrack *trk, MuxSample *m);
GF_Err mp4mx_flat_run(Mp4Mux *mux);
GF_Err mp4mx_flat_finish(Mp4Mux *mux, Bool *more); // to be called again as long as `*more`

// mp4mx_dref.c
GF_Err mp4mx_dref_configure(MuxTrack *trk);
// Where the sample is in the file of the track. GF_NOT_FOUND: nowhere, the track is copied then.
GF_Err mp4mx_dref_place(MuxTrack *trk, const MuxSample *m, u64 *place);
void mp4mx_dref_reset(MuxTrack *trk);

// mp4mx_spool.c
GF_Err mp4mx_spool_add(MuxSpool *sp, MuxSample *m); // takes what the sample owns
GF_Err mp4mx_spool_end(MuxSpool *sp);
GF_Err mp4mx_spool_send(Mp4Mux *mux, MuxSpool *sp, Bool *more);
GF_Err mp4mx_spool_send_bytes(Mp4Mux *mux, MuxSpool *sp, u64 size); // the next ones, of a storage in memory
void mp4mx_spool_reset(MuxSpool *sp);

// mp4mx_frag.c
GF_Err mp4mx_frag_start(Mp4Mux *mux);
GF_Err mp4mx_frag_run(Mp4Mux *mux, Bool all);
GF_Err mp4mx_frag_flush(Mp4Mux *mux); // writes what is held and ends the segment
GF_Err mp4mx_frag_finish(Mp4Mux *mux, Bool *more);

// mp4mx_dash.c
u32 mp4mx_segment_setup(Mp4Mux *mux, GF_FilterPid *pid); // value of DisableProgressive
GF_Err mp4mx_segment_init(Mp4Mux *mux, ByteWriter *w);
GF_Err mp4mx_segment_update(Mp4Mux *mux);
void mp4mx_segment_part_start(Mp4Mux *mux);
GF_Err mp4mx_segment_part_end(Mp4Mux *mux);
GF_Err mp4mx_segment_end(Mp4Mux *mux, Bool is_last);
// What comes in front of the first fragment, which goes in front of the index as well, is kept in `segment.header`.
Bool mp4mx_segment_keeps_front(const Mp4Mux *mux);
// Event SEGMENT_SIZE; ends are inclusive.
void mp4mx_send_size(const Mp4Mux *mux, Bool is_init, u64 media_start, u64 media_end, u64 index_start, u64 index_end,
	Bool shift);
Bool mp4mx_has_root_index(const Mp4Mux *mux); // a single file with an index in front

// mp4mx_index.c
GF_Err mp4mx_index_add(Mp4Mux *mux, const IsowSidxRef *ref);
// Sends what is in `w`, then the fragments in temporary storage with their index, whose first box is from `*start` to
// `*end`.
GF_Err mp4mx_index_send(Mp4Mux *mux, ByteWriter *w, u64 *start, u64 *end);
GF_Err mp4mx_segment_index(Mp4Mux *mux); // of a single file

// mp4mx_movie.c
void mp4mx_write_free(ByteWriter *w, u32 size);
void mp4mx_write_tool(ByteWriter *w);
void mp4mx_write_ftyp(const Mp4Mux *mux, ByteWriter *w);
GF_Err mp4mx_movie_build(Mp4Mux *mux, IsowMovie *mv);

// mp4mx_udta.c
GF_Err mp4mx_write_udta(const Mp4Mux *mux, IsowMovie *mv);
GF_Err mp4mx_add_chapter_track(Mp4Mux *mux);

// mp4mx_out.c
GF_Err mp4mx_out(Mp4Mux *mux, const ByteWriter *w, Bool last);
GF_Err mp4mx_out_packet(Mp4Mux *mux, GF_FilterPacket *pck, u32 size, Bool last);
GF_Err mp4mx_out_patch(Mp4Mux *mux, const ByteWriter *w, u64 offset, Bool insert, Bool last);
GF_Err mp4mx_out_sample(Mp4Mux *mux, const MuxSample *s);
GF_Err mp4mx_out_file(Mp4Mux *mux, GF_FilterPacket *pck);
void mp4mx_write_marker(const Mp4Mux *mux, ByteWriter *w);

#endif
