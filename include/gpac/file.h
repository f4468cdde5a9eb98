// SPDX-License-Identifier: MIT
#ifndef GPAC_FILE_H
#define GPAC_FILE_H

#include <stdarg.h>
#include <stdio.h>
#include <gpac/error.h>

#ifdef __cplusplus
extern "C" {
#endif

typedef struct gf_fileenuminfo {
	Bool hidden;
	Bool directory;
	Bool drive;
	Bool system;
	u64 size;
	u64 last_modified;
} GF_FileEnumInfo;

typedef Bool (*gf_enum_dir_item)(void *cbck, char *item_name, char *item_path, GF_FileEnumInfo *file_info);

GF_EXPORT u32 gf_file_handles_count(void);
GF_EXPORT FILE *gf_fopen(const char *file_name, const char *mode);
GF_EXPORT FILE *gf_fopen_ex(const char *file_name, const char *parent_url, const char *mode, Bool no_warn);
GF_EXPORT s32 gf_fclose(FILE *file);
GF_EXPORT size_t gf_fread(void *ptr, size_t nbytes, FILE *stream);
GF_EXPORT size_t gf_fwrite(const void *ptr, size_t nb_bytes, FILE *stream);
GF_EXPORT s32 gf_fseek(FILE *f, s64 pos, s32 whence);
GF_EXPORT u64 gf_ftell(FILE *f);
GF_EXPORT int gf_feof(FILE *stream);
GF_EXPORT int gf_ferror(FILE *stream);
GF_EXPORT int gf_fflush(FILE *stream);
GF_EXPORT u64 gf_fsize(FILE *fp);
GF_EXPORT char *gf_fgets(char *buf, size_t size, FILE *stream);
GF_EXPORT int gf_fgetc(FILE *stream);
GF_EXPORT int gf_fputc(int val, FILE *stream);
GF_EXPORT int gf_fputs(const char *buf, FILE *stream);
GF_EXPORT int gf_fprintf(FILE *stream, const char *format, ...);
GF_EXPORT int gf_vfprintf(FILE *stream, const char *format, va_list args);
GF_EXPORT Bool gf_file_exists(const char *fileName);
GF_EXPORT Bool gf_file_exists_ex(const char *file_name, const char *par_name);
GF_EXPORT GF_Err gf_file_delete(const char *fileName);
GF_EXPORT GF_Err gf_file_move(const char *fileName, const char *newFileName);
GF_EXPORT FILE *gf_file_temp(char **const fileName);
GF_EXPORT GF_Err gf_file_load_data(const char *file_name, u8 **out_data, u32 *out_size);
GF_EXPORT GF_Err gf_file_load_data_filep(FILE *file, u8 **out_data, u32 *out_size);
GF_EXPORT u64 gf_file_modification_time(const char *filename);
GF_EXPORT char *gf_file_basename(const char *filename);
GF_EXPORT char *gf_file_ext_start(const char *filename);
GF_EXPORT char *gf_realpath(const char *path, char *resolved_path);
GF_EXPORT GF_Err gf_mkdir(const char *DirPathName);
GF_EXPORT GF_Err gf_rmdir(const char *DirPathName);
GF_EXPORT Bool gf_dir_exists(const char *DirPathName);
GF_EXPORT GF_Err gf_dir_cleanup(const char *DirPathName);
GF_EXPORT GF_Err gf_enum_directory(const char *dir, Bool enum_directory, gf_enum_dir_item enum_dir, void *cbck, const char *filter);
GF_EXPORT s32 gf_fd_open(const char *file_name, u32 oflags, u32 pflags);
GF_EXPORT u64 gf_fd_fsize(int fd);

#ifdef __cplusplus
}
#endif

#endif
