// SPDX-License-Identifier: MIT
// Book-keeping of the files that the library has open.
#ifndef BASE_FILE_H
#define BASE_FILE_H

#include <gpac/file.h>

typedef struct open_file OpenFile;

struct open_file {
	OpenFile *prev;
	OpenFile *next;
	const void *handle; // what gf_fclose is given; NULL for the readers and writers of io.h
	char *name;         // owned
};

// Puts a file into, and takes it out of, the list behind gf_file_handles_count. `name` is copied; a copy
// that fails only makes the name missing from the list.
void file_track(OpenFile *entry, const void *handle, const char *name);
void file_untrack(OpenFile *entry);
// Logs the list with tool `mem`.
void file_log_open(void);

// The local path that a name without scheme or with file:// stands for: a pointer into `url`, NULL for any
// other scheme.
const char *file_local_path(const char *url);
// Makes the directories that lead to `path`; existing ones are fine.
GF_Err file_make_parents(const char *path);

#endif
