// SPDX-License-Identifier: MIT
#ifndef GPAC_FILEIO_H
#define GPAC_FILEIO_H

#include <stdarg.h>
#include <stdio.h>
#include <gpac/error.h>

#ifdef __cplusplus
extern "C" {
#endif

// Files that the application serves through call-backs. Each object has a URL gfio://, which stands for a
// file wherever the library takes one. Call-backs run on the thread that uses the file, on the thread of
// gf_fs_run when the object is tagged for it.
typedef struct gf_file_io GF_FileIO;

// Answers for the object `fileio_ref`. `url` is its own gfio:// URL, another name relative to its resource,
// or NULL where the mode needs none; `*out_error` is always set. Modes:
// - those of fopen: opens the resource and returns an object for it, new or the same; NULL on error. Several
//   opens may be active at a time.
// - `url`: returns an object for the name, without opening it;
// - `probe`: returns NULL, with GF_OK when the resource exists, else GF_URL_ERROR;
// - `close`: the object, which an open returned, is not used any more; it may be deleted now;
// - `ref` and `unref`: somebody keeps the object, or does not any more; it must not be deleted in between.
typedef GF_FileIO *(*gfio_open_proc)(
	GF_FileIO *fileio_ref, const char *url, const char *mode, GF_Err *out_error);
// Moves the position, `whence` as for fseek. An error from the start makes the resource a stream.
typedef GF_Err (*gfio_seek_proc)(GF_FileIO *fileio, u64 offset, s32 whence);
// Reads up to `bytes` bytes; 0 at the end or on error.
typedef u32 (*gfio_read_proc)(GF_FileIO *fileio, u8 *buffer, u32 bytes);
// Writes; the number of bytes taken. 0 bytes with a NULL buffer is a flush.
typedef u32 (*gfio_write_proc)(GF_FileIO *fileio, u8 *buffer, u32 bytes);
typedef s64 (*gfio_tell_proc)(GF_FileIO *fileio);
typedef Bool (*gfio_eof_proc)(GF_FileIO *fileio);
typedef int (*gfio_printf_proc)(GF_FileIO *fileio, const char *format, va_list args);
// Deletes the name `url` relative to `parent_gfio_url`; GF_EOS when the file is of somebody else.
typedef GF_Err (*gfio_delete_proc)(const char *url, const char *parent_gfio_url);

// Whether the next write may come.
typedef enum {
	GF_FIO_WRITE_READY = 0,
	GF_FIO_WRITE_WAIT = 1,     // later
	GF_FIO_WRITE_CANCELED = 2, // never
} GF_FileIOWriteState;

typedef enum {
	GF_FILEIO_CACHE_IN_PROGRESS = 0, // the resource is being downloaded
	GF_FILEIO_CACHE_DONE = 1,
	GF_FILEIO_NO_CACHE = 2,
} GF_FileIOCacheState;

// Creates an object for the resource `url` (copied). `open`, `seek`, `tell`, `eof` and one of `read` and
// `write` are needed, otherwise NULL is returned; formatted text goes through `write` without `printf`.
GF_EXPORT GF_FileIO *gf_fileio_new(char *url, void *udta, gfio_open_proc open, gfio_seek_proc seek,
	gfio_read_proc read, gfio_write_proc write, gfio_tell_proc tell, gfio_eof_proc eof,
	gfio_printf_proc printf);
// Destroys an object that nobody uses. NULL and objects that are gone already are ignored.
GF_EXPORT void gf_fileio_del(GF_FileIO *fileio);
GF_EXPORT void *gf_fileio_get_udta(GF_FileIO *fileio);
// The gfio:// URL, and the name that the object was created with; both belong to the object.
GF_EXPORT const char *gf_fileio_url(GF_FileIO *fileio);
GF_EXPORT const char *gf_fileio_resource_url(GF_FileIO *fileio);
// The same from a URL; NULL when no object is behind it.
GF_EXPORT const char *gf_fileio_translate_url(const char *url);
GF_EXPORT GF_FileIO *gf_fileio_from_url(const char *url);
// Asks that the call-backs run on the main thread: filters with this URL among their options are kept there.
// Objects that its open call-back returns are tagged too.
GF_EXPORT GF_Err gf_fileio_tag_main_thread(GF_FileIO *fileio);
GF_EXPORT Bool gf_fileio_is_main_thread(const char *url);
// Calls the open call-back; `out_err` is needed.
GF_EXPORT GF_FileIO *gf_fileio_open_url(
	GF_FileIO *fileio, const char *url, const char *mode, GF_Err *out_err);
// URL of an object for another name, by mode `url`; NULL when refused.
GF_EXPORT const char *gf_fileio_factory(GF_FileIO *fileio, const char *new_res_url);
// An object that reads `data`, which is not copied; released with gf_fileio_del. It has no siblings.
GF_EXPORT GF_FileIO *gf_fileio_from_mem(const char *URL, const u8 *data, u32 size);
GF_EXPORT Bool gf_fileio_read_mode(GF_FileIO *fileio);
GF_EXPORT Bool gf_fileio_write_mode(GF_FileIO *fileio);
// Publishes how far the download of the resource is; pointers may be NULL when reading. False when nothing
// was published. Any thread.
GF_EXPORT void gf_fileio_set_stats(
	GF_FileIO *fileio, u64 bytes_done, u64 file_size, GF_FileIOCacheState cache_state, u32 bytes_per_sec);
GF_EXPORT Bool gf_fileio_get_stats(
	GF_FileIO *fileio, u64 *bytes_done, u64 *file_size, GF_FileIOCacheState *cache_state, u32 *bytes_per_sec);
// Publishes whether a write may come. Files that are no objects are always ready. Any thread.
GF_EXPORT void gf_fileio_set_write_state(GF_FileIO *fileio, GF_FileIOWriteState write_state);
GF_EXPORT GF_FileIOWriteState gf_fileio_write_ready(FILE *fp);
// True when a FILE of gf_fopen stands for an object.
GF_EXPORT Bool gf_fileio_check(FILE *fp);
// Handlers that delete files behind gfio:// URLs, asked in order of registration.
GF_EXPORT GF_Err gf_fileio_register_delete_proc(gfio_delete_proc del_proc);
GF_EXPORT void gf_fileio_unregister_delete_proc(gfio_delete_proc del_proc);

#ifdef __cplusplus
}
#endif

#endif
