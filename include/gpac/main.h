// SPDX-License-Identifier: MIT
#ifndef GPAC_MAIN_H
#define GPAC_MAIN_H

#include <stdio.h>
#include <gpac/error.h>

#ifdef __cplusplus
extern "C" {
#endif

typedef struct gf_gpacarg {
	const char *name;
	const char *altname;
	const char *description;
	const char *val;
	const char *values;
	u16 type;
	u16 flags;
} GF_GPACArg;
typedef enum {
	GF_ARGMODE_BASE = 0,
	GF_ARGMODE_ADVANCED = 1,
	GF_ARGMODE_EXPERT = 2,
	GF_ARGMODE_ALL = 3,
} GF_SysArgMode;
typedef enum {
	GF_PRINTARG_HIGHLIGHT_FIRST = 1,
	GF_PRINTARG_NL_TO_BR = 2,
	GF_PRINTARG_OPT_DESC = 4,
	GF_PRINTARG_IS_APP = 8,
	GF_PRINTARG_ADD_DASH = 16,
	GF_PRINTARG_NO_DASH = 32,
	GF_PRINTARG_COLON = 64,
	GF_PRINTARG_MD = 0x10000,
	GF_PRINTARG_MAN = 0x20000,
	GF_PRINTARG_ESCAPE_XML = 0x40000,
	GF_PRINTARG_ESCAPE_PIPE = 0x80000,
} GF_SysPrintArgFlags;
GF_EXPORT GF_Err gf_sys_set_args(s32 argc, const char **argv);
GF_EXPORT u32 gf_sys_get_argc(void);
GF_EXPORT const char **gf_sys_get_argv(void);
GF_EXPORT const char *gf_sys_get_arg(u32 arg);
GF_EXPORT const char *gf_sys_find_global_arg(const char *arg);
GF_EXPORT const GF_GPACArg *gf_sys_get_options(void);
GF_EXPORT u32 gf_sys_is_gpac_arg(const char *arg_name);
GF_EXPORT Bool gf_sys_set_cfg_option(const char *opt_string);
GF_EXPORT void gf_sys_print_arg(FILE *helpout, GF_SysPrintArgFlags flags, const GF_GPACArg *arg, const char *arg_subsystem);
GF_EXPORT void gf_sys_print_core_help(FILE *helpout, GF_SysPrintArgFlags flags, GF_SysArgMode mode, u32 subsystem_flags);
GF_EXPORT Bool gf_sys_word_match(const char *orig, const char *dst);
GF_EXPORT const char *gf_opts_get_key(const char *secName, const char *keyName);
GF_EXPORT GF_Err gf_opts_set_key(const char *secName, const char *keyName, const char *keyValue);
GF_EXPORT Bool gf_opts_get_bool(const char *secName, const char *keyName);
GF_EXPORT u32 gf_opts_get_int(const char *secName, const char *keyName);
GF_EXPORT void gf_opts_del_section(const char *secName);
GF_EXPORT u32 gf_opts_get_section_count(void);
GF_EXPORT const char *gf_opts_get_section_name(u32 secIndex);
GF_EXPORT u32 gf_opts_get_key_count(const char *secName);
GF_EXPORT const char *gf_opts_get_key_name(const char *secName, u32 keyIndex);
GF_EXPORT GF_Err gf_opts_discard_changes(void);
GF_EXPORT GF_Err gf_opts_save(void);
GF_EXPORT const char *gf_opts_get_filename(void);
GF_EXPORT Bool gf_opts_default_shared_directory(char path_buffer[GF_MAX_PATH]);
GF_EXPORT const char *gf_get_default_cache_directory(void);
GF_EXPORT GF_Err gf_creds_check_password(const char *username, char *password);
GF_EXPORT Bool gf_creds_check_membership(const char *username, const char *users, const char *groups);

#ifdef __cplusplus
}
#endif

#endif
