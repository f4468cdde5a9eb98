// SPDX-License-Identifier: MIT
#ifndef GPAC_FILEIO_H
#define GPAC_FILEIO_H

#include <stdarg.h>
#include <stdio.h>
#include <gpac/error.h>

#ifdef __cplusplus
extern "C" {
#endif

typedef struct gf_file_io GF_FileIO;

typedef GF_FileIO *(*gfio_open_proc)(GF_FileIO *fileio_ref, const char *url, const char *mode, GF_Err *out_error);
typedef GF_Err (*gfio_seek_proc)(GF_FileIO *fileio, u64 offset, s32 whence);
typedef u32 (*gfio_read_proc)(GF_FileIO *fileio, u8 *buffer, u32 bytes);
typedef u32 (*gfio_write_proc)(GF_FileIO *fileio, u8 *buffer, u32 bytes);
typedef s64 (*gfio_tell_proc)(GF_FileIO *fileio);
typedef Bool (*gfio_eof_proc)(GF_FileIO *fileio);
typedef int (*gfio_printf_proc)(GF_FileIO *fileio, const char *format, va_list args);
typedef GF_Err (*gfio_delete_proc)(const char *url, const char *parent_gfio_url);

typedef enum {
	GF_FIO_WRITE_READY = 0,
	GF_FIO_WRITE_WAIT = 1,
	GF_FIO_WRITE_CANCELED = 2,
} GF_FileIOWriteState;
typedef enum {
	GF_FILEIO_CACHE_IN_PROGRESS = 0,
	GF_FILEIO_CACHE_DONE = 1,
	GF_FILEIO_NO_CACHE = 2,
} GF_FileIOCacheState;
GF_EXPORT GF_FileIO *gf_fileio_new(char *url, void *udta, gfio_open_proc open, gfio_seek_proc seek, gfio_read_proc read, gfio_write_proc write, gfio_tell_proc tell, gfio_eof_proc eof, gfio_printf_proc printf);
GF_EXPORT void gf_fileio_del(GF_FileIO *fileio);
GF_EXPORT void *gf_fileio_get_udta(GF_FileIO *fileio);
GF_EXPORT const char *gf_fileio_url(GF_FileIO *fileio);
GF_EXPORT const char *gf_fileio_resource_url(GF_FileIO *fileio);
GF_EXPORT const char *gf_fileio_translate_url(const char *url);
GF_EXPORT GF_Err gf_fileio_tag_main_thread(GF_FileIO *fileio);
GF_EXPORT Bool gf_fileio_is_main_thread(const char *url);
GF_EXPORT GF_FileIO *gf_fileio_from_url(const char *url);
GF_EXPORT GF_FileIO *gf_fileio_open_url(GF_FileIO *fileio, const char *url, const char *mode, GF_Err *out_err);
GF_EXPORT const char *gf_fileio_factory(GF_FileIO *fileio, const char *new_res_url);
GF_EXPORT GF_FileIO *gf_fileio_from_mem(const char *URL, const u8 *data, u32 size);
GF_EXPORT Bool gf_fileio_read_mode(GF_FileIO *fileio);
GF_EXPORT Bool gf_fileio_write_mode(GF_FileIO *fileio);
GF_EXPORT void gf_fileio_set_stats(GF_FileIO *fileio, u64 bytes_done, u64 file_size, GF_FileIOCacheState cache_state, u32 bytes_per_sec);
GF_EXPORT Bool gf_fileio_get_stats(GF_FileIO *fileio, u64 *bytes_done, u64 *file_size, GF_FileIOCacheState *cache_state, u32 *bytes_per_sec);
GF_EXPORT void gf_fileio_set_write_state(GF_FileIO *fileio, GF_FileIOWriteState write_state);
GF_EXPORT GF_FileIOWriteState gf_fileio_write_ready(FILE *fp);
GF_EXPORT Bool gf_fileio_check(FILE *fp);
GF_EXPORT GF_Err gf_fileio_register_delete_proc(gfio_delete_proc del_proc);
GF_EXPORT void gf_fileio_unregister_delete_proc(gfio_delete_proc del_proc);

#ifdef __cplusplus
}
#endif

#endif
