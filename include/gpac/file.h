// SPDX-License-Identifier: MIT
#ifndef GPAC_FILE_H
#define GPAC_FILE_H

#include <stdarg.h>
#include <stdio.h>
#include <gpac/error.h>

#ifdef __cplusplus
extern "C" {
#endif

// Files, named by paths, file://, gfio:// and gmem:// URLs. A FILE of gf_fopen may stand for a file I/O
// object: it is only used with the functions below, by one thread at a time. They behave as those of C they
// are named after, except where told. Names may be given by any thread.

typedef struct gf_fileenuminfo {
	Bool hidden; // the name begins with a dot
	Bool directory;
	Bool drive;  // never set here
	Bool system; // never set here
	u64 size;
	u64 last_modified; // microseconds since 1970
} GF_FileEnumInfo;

// Receives an entry of a directory; true stops.
typedef Bool (*gf_enum_dir_item)(void *cbck, char *item_name, char *item_path, GF_FileEnumInfo *file_info);

// Number of files that the library has open now.
GF_EXPORT u32 gf_file_handles_count(void);
// Opens a file; when writing, missing directories are made. A failure is logged.
GF_EXPORT FILE *gf_fopen(const char *file_name, const char *mode);
// The same relative to `parent_url` (may be NULL), silently with `no_warn`. Mode `mkdir` only makes the
// directories that lead to the file, and returns NULL.
GF_EXPORT FILE *gf_fopen_ex(const char *file_name, const char *parent_url, const char *mode, Bool no_warn);
// 0 or -1. NULL allowed.
GF_EXPORT s32 gf_fclose(FILE *file);
GF_EXPORT size_t gf_fread(void *ptr, size_t nbytes, FILE *stream);
// A short write is logged.
GF_EXPORT size_t gf_fwrite(const void *ptr, size_t nb_bytes, FILE *stream);
GF_EXPORT s32 gf_fseek(FILE *f, s64 pos, s32 whence);
GF_EXPORT u64 gf_ftell(FILE *f);
GF_EXPORT int gf_feof(FILE *stream);
GF_EXPORT int gf_ferror(FILE *stream);
GF_EXPORT int gf_fflush(FILE *stream);
// Size of a file, which is rewound.
GF_EXPORT u64 gf_fsize(FILE *fp);
GF_EXPORT char *gf_fgets(char *buf, size_t size, FILE *stream);
GF_EXPORT int gf_fgetc(FILE *stream);
GF_EXPORT int gf_fputc(int val, FILE *stream);
GF_EXPORT int gf_fputs(const char *buf, FILE *stream);
GF_EXPORT int gf_fprintf(FILE *stream, const char *format, ...) GF_PRINTF(2, 3);
GF_EXPORT int gf_vfprintf(FILE *stream, const char *format, va_list args) GF_PRINTF(2, 0);

// True for what can be opened for reading, directories excepted.
GF_EXPORT Bool gf_file_exists(const char *fileName);
// The same relative to a file I/O object.
GF_EXPORT Bool gf_file_exists_ex(const char *file_name, const char *par_name);
// GF_URL_ERROR when there is no such file, GF_NOT_SUPPORTED when its scheme has no way to delete.
GF_EXPORT GF_Err gf_file_delete(const char *fileName);
GF_EXPORT GF_Err gf_file_move(const char *fileName, const char *newFileName);
// A file without name in the temporary directory (core option `tmp`), open for reading and writing, which
// goes when it is closed; *fileName becomes NULL: there is nothing to delete.
GF_EXPORT FILE *gf_file_temp(char **const fileName);
// The whole content, released with gf_free by the caller; a zero byte that is not counted follows it.
GF_EXPORT GF_Err gf_file_load_data(const char *file_name, u8 **out_data, u32 *out_size);
GF_EXPORT GF_Err gf_file_load_data_filep(FILE *file, u8 **out_data, u32 *out_size);
// Microseconds since 1970, 0 when there is no such file.
GF_EXPORT u64 gf_file_modification_time(const char *filename);
// Points to the last component of a name.
GF_EXPORT char *gf_file_basename(const char *filename);
// Points to the dot of the extension, of the resource behind a gfio:// URL; NULL when there is none.
GF_EXPORT char *gf_file_ext_start(const char *filename);
// Canonical path in the buffer (PATH_MAX bytes), or in a new string when it is NULL; NULL on failure.
GF_EXPORT char *gf_realpath(const char *path, char *resolved_path);
// Makes one directory; it may exist.
GF_EXPORT GF_Err gf_mkdir(const char *DirPathName);
// Removes an empty directory.
GF_EXPORT GF_Err gf_rmdir(const char *DirPathName);
GF_EXPORT Bool gf_dir_exists(const char *DirPathName);
// Deletes all that a directory contains. Symbolic links are not followed.
GF_EXPORT GF_Err gf_dir_cleanup(const char *DirPathName);
// Calls back for each sub-directory (`enum_directory`) or each file of a directory, sorted by name; `filter`
// is a list of extensions such as "mp4;ts", NULL for all files.
GF_EXPORT GF_Err gf_enum_directory(
	const char *dir, Bool enum_directory, gf_enum_dir_item enum_dir, void *cbck, const char *filter);
// open(2); -1 on error.
GF_EXPORT s32 gf_fd_open(const char *file_name, u32 oflags, u32 pflags);
// Size of an open descriptor, 0 on error.
GF_EXPORT u64 gf_fd_fsize(int fd);

#ifdef __cplusplus
}
#endif

#endif
