// SPDX-License-Identifier: MIT
#ifndef GPAC_LOG_H
#define GPAC_LOG_H

#include <stdarg.h>
#include <gpac/error.h>

#ifdef __cplusplus
extern "C" {
#endif

// Levels, each including those below it.
typedef enum {
	GF_LOG_QUIET = 0,
	GF_LOG_ERROR = 1,
	GF_LOG_WARNING = 2,
	GF_LOG_INFO = 3,
	GF_LOG_DEBUG = 4,
} GF_LOG_Level;

// What a message is about. GF_LOG_ALL stands for all tools where a function sets levels.
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

// Levels that hold while some code runs, see gf_log_push_extra.
typedef struct gf_logextra {
	u32 nb_tools;
	GF_LOG_Tool *tools;   // nb_tools items
	GF_LOG_Level *levels; // nb_tools items
	Bool strict;          // exit at the first error
} GF_LogExtra;

// Receives a message: a printf format and its arguments, to be read once. Called on the thread that logs,
// and by several threads at once, without any lock. What it makes the library log itself goes to stderr.
typedef void (*gf_log_cbk)(
	void *cbck, GF_LOG_Level log_level, GF_LOG_Tool log_tool, const char *fmt, va_list vlist);
// Receives the progress of a long operation, same rules.
typedef void (*gf_on_progress_cbk)(const void *cbck, const char *title, u64 done, u64 total);

// All functions below may be called at any time, also before gf_sys_init and after gf_sys_close, from any
// thread. gf_sys_init sets all tools to warning, `app` and `console` to info.

// Sets levels from a text: items separated by ':', `tool[:tool...]@level`, names as in the enumeration in
// lower case, `all` for every tool, levels quiet, error, warning, info, debug (`+strict` may follow) or
// strict; and the words `quiet` (no message at all), `strict` (exit at the first error), `cl` and `ncl`
// (with and without colours). Later items override earlier ones. `reset_all` first puts every tool at
// warning. NULL is an empty text. GF_BAD_PARAM at the first item that is none of these: what comes before
// it holds.
GF_EXPORT GF_Err gf_log_set_tools_levels(const char *log_tools_levels, Bool reset_all);
// The same without reset.
GF_EXPORT GF_Err gf_log_modify_tools_levels(const char *val);
// Sets one tool, or all. Unknown tools and levels are ignored.
GF_EXPORT void gf_log_set_tool_level(GF_LOG_Tool log_tool, GF_LOG_Level log_level);
// The level of a tool for the calling thread.
GF_EXPORT u32 gf_log_get_tool_level(GF_LOG_Tool log_tool);
// True when a message would be emitted.
GF_EXPORT Bool gf_log_tool_level_on(GF_LOG_Tool log_tool, GF_LOG_Level log_level);
// Static name of a tool, "unknown" for a bad value.
GF_EXPORT const char *gf_log_tool_name(GF_LOG_Tool log_tool);
// The tool of a name (also `net` and `flute`), GF_LOG_ALL for `all`, else GF_LOG_TOOL_UNDEFINED.
GF_EXPORT u32 gf_log_parse_tool(const char *logs);
// The levels as a text for gf_log_set_tools_levels: the most common one for `all`, then the others.
// Freed by the caller with gf_free; NULL when out of memory.
GF_EXPORT char *gf_log_get_tools_levels(void);
// Sends messages to `cbk` instead of the log file or stderr; NULL restores these. Returns the previous
// one, which may still be running on another thread.
GF_EXPORT gf_log_cbk gf_log_set_callback(void *usr_cbk, gf_log_cbk cbk);
// Whether the process exits with status 1 after the first error message. Returns the previous setting.
GF_EXPORT Bool gf_log_set_strict_error(Bool strict);
// The two halves of GF_LOG: note level and tool for this thread, then format and emit.
GF_EXPORT void gf_log_lt(GF_LOG_Level ll, GF_LOG_Tool lt);
GF_EXPORT void gf_log(const char *fmt, ...) GF_PRINTF(1, 2);
// Emits a message when its level is on.
GF_EXPORT void gf_log_va_list(GF_LOG_Level level, GF_LOG_Tool tool, const char *fmt, va_list vl)
	GF_PRINTF(3, 0);
GF_EXPORT Bool gf_log_use_color(void);
// True when messages go to a file (core option `log-file`).
GF_EXPORT Bool gf_log_use_file(void);
// Empties the log file and opens it again by its name.
GF_EXPORT void gf_log_reset_file(void);
// Puts a set of levels over the current ones, for the calling thread, until it is popped; `log` is kept by
// pointer. Up to 16 sets; the last one that names a tool decides.
GF_EXPORT void gf_log_push_extra(const GF_LogExtra *log);
GF_EXPORT void gf_log_pop_extra(const GF_LogExtra *log);
// Pops all sets of the calling thread.
GF_EXPORT void gf_log_reset_extras(void);
// Reports that `done` of `total` units are done: to the call-back, else as a bar when stderr is a terminal.
GF_EXPORT void gf_set_progress(const char *title, u64 done, u64 total);
// Sends progress to `prog_cbk`; NULL restores the bar.
GF_EXPORT void gf_set_progress_callback(void *user_cbk, gf_on_progress_cbk prog_cbk);

// GF_LOG(GF_LOG_ERROR, GF_LOG_CONTAINER, ("[mp4] bad box at %u\n", pos)): arguments are evaluated only when
// the message is wanted.
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
