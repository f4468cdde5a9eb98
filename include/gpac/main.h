// SPDX-License-Identifier: MIT
#ifndef GPAC_MAIN_H
#define GPAC_MAIN_H

#include <gpac/error.h>

#ifdef __cplusplus
extern "C" {
#endif

// The application's arguments, the core options and the configuration behind both.
//
// Options live in sections of keys. The core options are the keys of section `core`, named without dash;
// strongest first, a value comes from restrict.cfg of the shared directory (it cannot be changed), from the
// arguments (section `temp`, never saved), from the configuration file, from the built-in default.
//
// Except gf_sys_set_args, which is called while no session exists, functions may be called from any thread
// between gf_sys_init and gf_sys_close. Returned strings belong to the library.

// Types of core options.
enum {
	GF_ARG_BOOL = 0,
	GF_ARG_INT = 1,
	GF_ARG_DOUBLE = 2,
	GF_ARG_STRING = 3,
	GF_ARG_STRINGS = 4,
	GF_ARG_4CC = 5,
	GF_ARG_4CCS = 6,
	GF_ARG_CUSTOM = 7,
};

// Who an option is for, and what it belongs to.
enum {
	GF_ARG_HINT_ADVANCED = 1 << 1,
	GF_ARG_HINT_EXPERT = 1 << 2,
	GF_ARG_HINT_HIDE = 1 << 3,
	GF_ARG_HINT_EXPERIMENTAL = 1 << 4,
	GF_ARG_SUBSYS_CORE = 1 << 5,
	GF_ARG_SUBSYS_LOG = 1 << 6,
	GF_ARG_SUBSYS_FILTERS = 1 << 7,
	GF_ARG_SUBSYS_HTTP = 1 << 8,
	GF_ARG_SUBSYS_VIDEO = 1 << 9,
	GF_ARG_SUBSYS_AUDIO = 1 << 10,
	GF_ARG_SUBSYS_TEXT = 1 << 11,
	GF_ARG_SUBSYS_RMT = 1 << 12,
	GF_ARG_SUBSYS_HACKS = 1 << 13,
};

typedef struct gf_gpacarg {
	const char *name;    // without dash
	const char *altname; // short form, or NULL
	const char *description;
	const char *val;    // default, or NULL
	const char *values; // accepted words separated by '|', or NULL
	u16 type;           // GF_ARG_BOOL...
	u16 flags;          // GF_ARG_HINT_... and GF_ARG_SUBSYS_...
} GF_GPACArg;

// Replaces the application's arguments, which are copied; argv[0] is the name of the program. A core option
// is `-name`, `-name=value` or, unless it is a boolean, `-name value`; these take effect at once and undo
// those of the arguments before (except `logs` and `cfg`). `--name=value` and `-+name=value` are filter
// options for later sessions. Other words belong to the application. GF_BAD_PARAM, with the previous
// arguments kept, when a core option has a bad or no value; GF_IO_ERR when the log file cannot be opened;
// GF_NOT_READY before gf_sys_init.
GF_EXPORT GF_Err gf_sys_set_args(s32 argc, const char **argv);
GF_EXPORT u32 gf_sys_get_argc(void);
// The copies, NULL when there are none.
GF_EXPORT const char **gf_sys_get_argv(void);
// NULL when out of range.
GF_EXPORT const char *gf_sys_get_arg(u32 arg);
// Value of the first `--name` or `-+name`, "" when it has none, NULL when there is no such argument.
GF_EXPORT const char *gf_sys_find_global_arg(const char *arg);
// Static table of the core options, ended by an entry without name.
GF_EXPORT const GF_GPACArg *gf_sys_get_options(void);
// 0: not a core option, 1: one without value, 2: one that takes the next word. With or without dash.
GF_EXPORT u32 gf_sys_is_gpac_arg(const char *arg_name);
// Applies `section:key=value`, `section:key` or `section:key=null` (removes the key), `section=null`
// (removes the section). False when the text is none of these or the key cannot be changed.
GF_EXPORT Bool gf_sys_set_cfg_option(const char *opt_string);
// True when a mistyped word may stand for the other: close spelling, or one within the other.
GF_EXPORT Bool gf_sys_word_match(const char *orig, const char *dst);

// Value or NULL. Built-in defaults are not looked at. Valid until the key changes.
GF_EXPORT const char *gf_opts_get_key(const char *secName, const char *keyName);
// Sets a key, or removes it when the value is NULL. GF_BAD_PARAM for names or values that a line of a file
// cannot hold, GF_NOT_SUPPORTED for a locked key, GF_NOT_READY outside gf_sys_init and gf_sys_close.
GF_EXPORT GF_Err gf_opts_set_key(const char *secName, const char *keyName, const char *keyValue);
// True for `yes`, `true` and `1`. An absent core option has its default.
GF_EXPORT Bool gf_opts_get_bool(const char *secName, const char *keyName);
// Number with an optional suffix k (thousand) or m (million), 0 when absent. An absent core option has its
// default; negative numbers wrap.
GF_EXPORT u32 gf_opts_get_int(const char *secName, const char *keyName);
// Removes every key of a section, except locked ones.
GF_EXPORT void gf_opts_del_section(const char *secName);
GF_EXPORT u32 gf_opts_get_section_count(void);
GF_EXPORT const char *gf_opts_get_section_name(u32 secIndex);
GF_EXPORT u32 gf_opts_get_key_count(const char *secName);
GF_EXPORT const char *gf_opts_get_key_name(const char *secName, u32 keyIndex);
// The file is not written at gf_sys_close.
GF_EXPORT GF_Err gf_opts_discard_changes(void);
// Writes the file now.
GF_EXPORT GF_Err gf_opts_save(void);
// NULL for a configuration in memory only.
GF_EXPORT const char *gf_opts_get_filename(void);
// Directory of shared resources: $LIBGPAC_SHARE_DIR, else share/libgpac near the library. False when there
// is none.
GF_EXPORT Bool gf_opts_default_shared_directory(char path_buffer[GF_MAX_PATH]);
// Directory for downloaded files: libgpac in $XDG_CACHE_HOME or in .cache of the home directory.
GF_EXPORT const char *gf_get_default_cache_directory(void);

#ifdef __cplusplus
}
#endif

#endif
