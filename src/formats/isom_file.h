// SPDX-License-Identifier: MIT
// Reading the top level of an ISO base media file, as far as its bytes are there.
//
// The caller gives access to the bytes and calls isom_file_parse each time there are more; the movie grows
// with each `moov` and `moof`. Media data are not read here: samples give their range.
#ifndef FORMATS_ISOM_FILE_H
#define FORMATS_ISOM_FILE_H

#include "formats/isom_movie.h"

typedef struct {
	IsomInput in;
	IsomMovie movie;
	u64 pos;              // of the next top-level box
	u64 frag_start;       // of what comes before the next `moof`, GF_FILTER_NO_BO when nothing did
	u64 sidx, sidx_end;   // range of the `sidx` boxes there, 0/0 when there are none
	Bool frag_is_segment; // a `styp` is there
	Bool started;         // a valid first box was seen
	Bool media_first;     // media data were seen before `moov` and any fragment
	u32 index_scale;      // of the first `sidx` of the file, 0 when there is none
	u64 index_duration;
	u64 index_start, index_end; // its byte range
} IsomFile;

void isom_file_init(IsomFile *f, const IsomInput *in);
void isom_file_reset(IsomFile *f);
// Another resource of the same movie (media segment) is read from its start.
void isom_file_restart(IsomFile *f, const IsomInput *in);
// Reads boxes until GF_EOS (all were read), GF_NOT_READY (bytes are missing) or an error, which is logged.
GF_Err isom_file_parse(IsomFile *f);
// True when a complete resource, not yet parsed, has a movie or image items of its own.
Bool isom_file_has_movie(IsomFile *f);
// True for the type of a box that may come first in a file.
Bool isom_is_first_box(u32 type);

#endif
