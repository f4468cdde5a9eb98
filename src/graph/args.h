// SPDX-License-Identifier: MIT
// The string grammar of filter declarations and the assignment of options to filters.
#ifndef GRAPH_ARGS_H
#define GRAPH_ARGS_H

#include "graph/graph.h"

// One argument of a declaration, split but not interpreted.
typedef struct {
	char *text;  // the whole argument, owned by the list
	char *name;  // text before the first name separator, inside `text` memory
	char *value; // NULL when the argument has no name separator
	Bool neg;    // started with the negation separator
	Bool frag;   // `#Name=Value`: `name` has no separator
	Bool opaque; // written between doubled separators
} ArgItem;

typedef struct {
	ArgItem *items;
	u32 nb_items;
} ArgSplit;

// Splits the arguments that follow a filter name (`text` without the name; a leading separator is skipped).
GF_Err args_split(const Separators *seps, const char *text, ArgSplit *out);
void args_split_reset(ArgSplit *split);
// Start of the arguments in `NAME:args` or in a URL with options, NULL when there are none. The rules for
// schemes, ports, drive letters, dates and existing local files apply when `is_url` is set.
const char *args_find(const Separators *seps, const char *text, Bool is_url, Bool is_dst);

// Who gave the arguments: inherited ones skip src, dst and the options that do not pass to dynamic filters.
typedef enum { ARGS_LOCAL = 0, ARGS_INHERITED } ArgOrigin;

// Fills the private structure of a new filter from defaults, configuration, global options and `text`,
// and applies the special options (FID, SID, N, TAG, gfreg, #Prop=…). Unknown names are recorded for the
// unused-argument report, with the nearest known name logged at once for an explicit filter.
// Errors: GF_BAD_PARAM under the core option `strict` for an unknown option.
GF_Err filter_args_init(GF_Filter *f, const char *text, ArgOrigin origin);
// Frees what the private structure holds.
void filter_args_reset(GF_Filter *f);
// Changes one option at run time (2.13): parses, calls update_arg, stores. GF_NOT_FOUND for an unknown option.
GF_Err filter_args_update(GF_Filter *f, const char *name, const char *value);
// Options handed to the filters loaded between `src` and `dst` (2.11). New string, NULL when none.
char *filter_args_inherit(GF_Filter *src, GF_Filter *dst);
// Value of a special or declared option in an argument string, copied; NULL when absent.
char *args_get_option(const Separators *seps, const char *text, const char *name);

// Applies the `#Name=value` assignments in `text` on the properties of an output PID (2.8), conditions and
// templates included.
GF_Err args_apply_pid_props(OutPid *pid, const char *text, const Separators *seps);
// Replaces `$GINC(…)`, `$GSHARE`… at the start of a value (2.7). New string.
char *args_expand_macros(GF_Filter *f, const char *value);

// Unused-argument report (2.12).
ArgTracker *arg_tracker_new(void);
void arg_tracker_del(ArgTracker *t);

#endif
