// SPDX-License-Identifier: MIT
// Playlists of flist: a text of one entry per line, with directives for the next entry on the lines that
// start with `#`. Lines that start with `##` are comments; `##GPACPL` tells that the text is a playlist.
//
// An entry is one or more sources separated by `&&`, played together, each followed by filters:
// `SOURCE @ FILTER @#audio FILTER @-1 FILTER`. `@` links a filter to the one before, `@-N` to the N-th before
// that one, and a fragment after it selects PIDs.
#ifndef FORMATS_PLAYLIST_H
#define FORMATS_PLAYLIST_H

#include <gpac/error.h>

typedef struct {
	char *source;    // the line, without directives
	s32 repeat;      // plays it so many times more, forever when negative
	double start;    // seconds
	double duration; // directive `stop`, seconds; 0 for all
	Bool cat;        // bytes that follow those of the previous source
	u64 range_start; // directives srange, send: bytes of the source, `range_end` 0 for the end
	u64 range_end;
	Bool remove;  // directive `del`
	Bool no_sync; // directive `nosync`
	Bool splice;  // one of out, in, keep, mark, sprops was given
	char *props;  // NULL when not given, as the next two
	char *chapter;
	char *base_url;
} PlaylistEntry;

typedef struct {
	PlaylistEntry *entries;
	u32 nb_entries, alloc;
	Bool ended;    // `#end`: nothing will be added
	Bool complete; // the last line has its end
	Bool has_refresh, has_loop, has_raw;
	u32 refresh_ms;      // directive `ka`
	s32 loop;            // directive `floop`
	char *raw;           // directive `raw`, NULL without value
	Bool replace, purge; // of a playlist that comes in packets
} Playlist;

// One source of an entry and the filters behind it, in order.
typedef struct {
	char *source;
	struct {
		char *filter;
		u32 back; // linked to the filter so many places before the previous one, the source being the first
		char *fragment; // NULL when not given
	} * filters;
	u32 nb_filters, alloc;
} PlaylistChain;

// Reads a playlist; a directive that is not known is reported and skipped. GF_CORRUPTED_DATA when the text
// has a NUL byte. `playlist` is empty or reset.
GF_Err playlist_parse(const u8 *text, u32 size, Playlist *playlist);
// Adds an entry without directives, whose `source` is copied.
GF_Err playlist_add(Playlist *playlist, const char *source);
void playlist_reset(Playlist *playlist);
// Copies an entry; `copy` is reset first.
GF_Err playlist_copy_entry(const PlaylistEntry *entry, PlaylistEntry *copy);
void playlist_reset_entry(PlaylistEntry *entry);
// True when both entries are the same line with the same directives.
Bool playlist_same_entry(const PlaylistEntry *a, const PlaylistEntry *b);

// Splits the line of an entry. `*chains` of `*nb` items is to be freed with playlist_chains_del.
// GF_BAD_PARAM when a link has no filter.
GF_Err playlist_split(const char *source, PlaylistChain **chains, u32 *nb);
void playlist_chains_del(PlaylistChain *chains, u32 nb);

// True when the start of a file looks like a playlist.
Bool playlist_probe(const u8 *data, u32 size);

#endif
