// SPDX-License-Identifier: MIT
// The parts of the playlist filter: flist.c (filter, events), flist_list.c (which entry comes next: list of
// files, directory, playlist), flist_source.c (loading the sources of an entry), flist_join.c (packets and
// times).
#ifndef FILTERS_FLIST_H
#define FILTERS_FLIST_H

#include <gpac/constants.h>
#include <gpac/filters.h>
#include <gpac/list.h>
#include <gpac/tools.h>
#include "formats/playlist.h"

typedef enum { SORT_NO = 0, SORT_NAME, SORT_SIZE, SORT_DATE, SORT_DATEX } FlistSort;
typedef enum { RAW_AV = 0, RAW_A, RAW_V, RAW_NO } FlistRaw;

typedef enum {
	FLIST_IDLE = 0, // the next entry is to be opened
	FLIST_OPENING,  // its PIDs and their first packets are awaited
	FLIST_PLAYING,
	FLIST_WAITING, // for the playlist to grow
	FLIST_DONE,
} FlistState;

// A time in seconds: `value` / `scale`.
typedef struct {
	u64 value;
	u64 scale;
} FlistTime;

// One output, and the input that feeds it during the current entry.
typedef struct {
	GF_FilterPid *ipid; // NULL when the entry has none for it
	GF_FilterPid *opid;
	u32 type;
	u32 timescale; // of the output
	s64 delay;     // of the first source
	Bool has_delay;
	Bool playing;       // a PLAY came from the output
	Bool input_playing; // and was sent to the input
	Bool dead;          // nobody takes the output
	Bool done;          // the entry has nothing more for it
	Bool used;          // a packet of the entry was sent
	Bool single;        // the entry has one frame, whose duration is set here
	Bool has_base;      // `base` is known
	u64 base;           // input time that becomes `start`
	u64 start;          // output time
	u64 first;          // DTS of the first packet of the entry
	u64 end;            // output time after the last packet
} FlistPid;

typedef struct {
	s32 floop;
	GF_PropStringList srcs;
	GF_Fraction fdur;
	Bool revert;
	u32 timescale;
	u32 ka;
	u64 timeout;
	u32 fsort; // FlistSort
	Bool sigcues;
	Bool sigperiods;
	Bool fdel;
	Bool keepts;
	u32 raw; // FlistRaw
	Bool flush;

	GF_Filter *filter;
	FlistState state;
	GF_List *pids; // FlistPid *

	Playlist list;
	u64 *dates;          // modification dates of the entries, µs, for SORT_DATEX
	PlaylistEntry entry; // being played
	u32 current;         // its place in the list
	Bool has_current;    // it has one
	s32 repeats_left, loops_left;
	u32 nb_failed; // entries in a row that could not be played

	GF_FilterPid *list_pid; // playlist
	char *list_path, *list_url;
	u64 list_date;      // of the file when it was read, µs
	u64 last_change_us; // clock of its last change
	u8 *received;       // playlist that comes in packets
	u32 nb_received, alloc_received;

	GF_List *sources; // GF_Filter *: to remove at the end of the entry
	GF_List *origins; // GF_Filter *: those of them that read a source
	Bool failed;      // a source of the entry failed
	Bool watching;    // a task checks that PIDs come
	u32 nb_checks;    // without activity
	u64 nb_tasks;     // of the sources at the last check
	FlistTime join;   // end of what was played
	Bool first_entry; // nothing was played yet

	GF_FilterCapability caps[16];
} Flist;

// flist_list.c
// Makes the list of the option srcs.
GF_Err flist_make_list(Flist *ctx);
// Reads the playlist again when its file changed, or from `list_pid`.
GF_Err flist_load_playlist(Flist *ctx);
Bool flist_playlist_changed(const Flist *ctx);
// Moves to the next entry. GF_EOS at the end of the list.
GF_Err flist_next_entry(Flist *ctx);
void flist_restart(Flist *ctx);
// Duration of the single frame of the current entry; {0, 0} for that of the source.
GF_Fraction flist_frame_duration(const Flist *ctx);

// flist_source.c
// Loads the sources of the current entry.
GF_Err flist_open_entry(Flist *ctx);
// Removes the sources of the entry.
void flist_close_sources(Flist *ctx);
// Deletes the files of the entry that was played, when asked.
void flist_remove_played(Flist *ctx);

// flist_join.c
// Describes the output for its present input.
GF_Err flist_describe(Flist *ctx, FlistPid *pid);
void flist_play_input(Flist *ctx, FlistPid *pid);
// Forgets the times of the last entry.
void flist_reset_times(Flist *ctx);
// True when each PID of the entry has its first packet, or is at its end.
Bool flist_is_ready(Flist *ctx);
// Places the entry on the output timeline.
void flist_begin_entry(Flist *ctx);
// Sends what the outputs take; true when the entry is over.
Bool flist_forward(Flist *ctx, GF_Err *error);
// Moves the join time to the end of the entry.
void flist_end_entry(Flist *ctx);

#endif
