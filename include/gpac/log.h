// SPDX-License-Identifier: MIT
#ifndef GPAC_LOG_H
#define GPAC_LOG_H

#include <stdarg.h>
#include <gpac/error.h>

#ifdef __cplusplus
extern "C" {
#endif

typedef enum {
	GF_LOG_QUIET = 0,
	GF_LOG_ERROR = 1,
	GF_LOG_WARNING = 2,
	GF_LOG_INFO = 3,
	GF_LOG_DEBUG = 4,
} GF_LOG_Level;

typedef enum {
	GF_LOG_CORE = 0,
	GF_LOG_CODING = 1,
	GF_LOG_CONTAINER = 2,
	GF_LOG_NETWORK = 3,
	GF_LOG_HTTP = 4,
	GF_LOG_RTP = 5,
	GF_LOG_CODEC = 6,
	GF_LOG_PARSER = 7,
	GF_LOG_MEDIA = 8,
	GF_LOG_SCENE = 9,
	GF_LOG_SCRIPT = 10,
	GF_LOG_INTERACT = 11,
	GF_LOG_COMPOSE = 12,
	GF_LOG_COMPTIME = 13,
	GF_LOG_CACHE = 14,
	GF_LOG_MMIO = 15,
	GF_LOG_RTI = 16,
	GF_LOG_MEMORY = 17,
	GF_LOG_AUDIO = 18,
	GF_LOG_MODULE = 19,
	GF_LOG_MUTEX = 20,
	GF_LOG_CONDITION = 21,
	GF_LOG_DASH = 22,
	GF_LOG_FILTER = 23,
	GF_LOG_SCHEDULER = 24,
	GF_LOG_ROUTE = 25,
	GF_LOG_CONSOLE = 26,
	GF_LOG_APP = 27,
	GF_LOG_RMTWS = 28,
	GF_LOG_ALL = 29,
	GF_LOG_TOOL_MAX = 29,
	GF_LOG_TOOL_UNDEFINED = 30,
} GF_LOG_Tool;

typedef struct gf_logextra {
	u32 nb_tools;
	GF_LOG_Tool *tools;
	GF_LOG_Level *levels;
	Bool strict;
} GF_LogExtra;

typedef void (*gf_log_cbk)(void *cbck, GF_LOG_Level log_level, GF_LOG_Tool log_tool, const char *fmt, va_list vlist);
typedef void (*gf_on_progress_cbk)(const void *cbck, const char *title, u64 done, u64 total);

GF_EXPORT GF_Err gf_log_set_tools_levels(const char *log_tools_levels, Bool reset_all);
GF_EXPORT GF_Err gf_log_modify_tools_levels(const char *val);
GF_EXPORT void gf_log_set_tool_level(GF_LOG_Tool log_tool, GF_LOG_Level log_level);
GF_EXPORT u32 gf_log_get_tool_level(GF_LOG_Tool log_tool);
GF_EXPORT Bool gf_log_tool_level_on(GF_LOG_Tool log_tool, GF_LOG_Level log_level);
GF_EXPORT const char *gf_log_tool_name(GF_LOG_Tool log_tool);
GF_EXPORT u32 gf_log_parse_tool(const char *logs);
GF_EXPORT char *gf_log_get_tools_levels(void);
GF_EXPORT gf_log_cbk gf_log_set_callback(void *usr_cbk, gf_log_cbk cbk);
GF_EXPORT Bool gf_log_set_strict_error(Bool strict);
GF_EXPORT void gf_log_lt(GF_LOG_Level ll, GF_LOG_Tool lt);
GF_EXPORT void gf_log(const char *fmt, ...);
GF_EXPORT void gf_log_va_list(GF_LOG_Level level, GF_LOG_Tool tool, const char *fmt, va_list vl);
GF_EXPORT Bool gf_log_use_color(void);
GF_EXPORT Bool gf_log_use_file(void);
GF_EXPORT void gf_log_reset_file(void);
GF_EXPORT void gf_log_push_extra(const GF_LogExtra *log);
GF_EXPORT void gf_log_pop_extra(const GF_LogExtra *log);
GF_EXPORT void gf_log_reset_extras(void);
GF_EXPORT void gf_set_progress(const char *title, u64 done, u64 total);
GF_EXPORT void gf_set_progress_callback(void *user_cbk, gf_on_progress_cbk prog_cbk);

#define GF_LOG(level, tool, args) \
	do { \
		if (gf_log_tool_level_on((tool), (level))) { \
			gf_log_lt((level), (tool)); \
			gf_log args; \
		} \
	} while (0)

#ifdef __cplusplus
}
#endif

#endif
