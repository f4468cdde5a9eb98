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
	u32 nb_items, alloc;
} ArgSplit;

// Splits the arguments that follow a filter name (`text` without the name; a leading separator is skipped).
GF_Err args_split(const Separators *seps, const char *text, ArgSplit *out);
void args_split_reset(ArgSplit *split);
// Start of the arguments in `NAME:args` or in a URL with options, NULL when there are none. The rules for
// schemes, ports, drive letters, dates and existing local files apply when `is_url` is set.
const char *args_find(const Separators *seps, const char *text, Bool is_url, Bool is_dst);

// Who gave the arguments: inherited ones skip src, dst and the options that do not pass to dynamic filters.
typedef enum { ARGS_LOCAL = 0, ARGS_INHERITED } ArgOrigin;

// Fills the private structure of a new filter from defaults, configuration, global options and `text`, and
// applies the special options (FID, SID, N, TAG, gfreg, #Prop=…).
// An unknown option of an explicit filter is reported at once with the nearest known name, unless a filter
// that is not loaded yet may take it: then it only counts for the report of unused options. Under the core
// option `strict`, options that nobody knows and values that cannot be read are errors (GF_BAD_PARAM).
GF_Err filter_args_init(GF_Filter *f, const char *text, ArgOrigin origin);
// Frees what the private structure holds.
void filter_args_reset(GF_Filter *f);
// Changes one option at run time: parses, calls update_arg, stores. GF_NOT_FOUND for an unknown
// option.
GF_Err filter_args_update(GF_Filter *f, const char *name, const char *value);
// Options handed to the filters loaded between `src` and `dst`. New string, NULL when none.
char *filter_args_inherit(GF_Filter *src, GF_Filter *dst);
// Value of a special or declared option in an argument string, copied; NULL when absent.
char *args_get_option(const Separators *seps, const char *text, const char *name);

// Applies the `#Name=value` assignments in `text` on the properties of an output PID, conditions and
// templates included.
GF_Err args_apply_pid_props(OutPid *pid, const char *text, const Separators *seps);
// Parses the value of such an assignment, without conditions and templates; `p4cc` is 0 for a user property.
// `reason` (PROP_REASON_SIZE, see prop_text.h) as with prop_parse. The caller releases `out`.
GF_Err args_parse_pid_prop(
	u32 p4cc, const char *value, const Separators *seps, GF_PropertyValue *out, char *reason);
// Reads the `(init[,step])` of a counter at `text`. Its text without parentheses is the key of the counter.
typedef struct {
	s64 init, step;
	const char *key;
	size_t key_len;
	const char *end; // behind the parenthesis
} CounterSpec;
Bool args_parse_counter(const char *text, CounterSpec *out);
// Replaces `$GINC(…)`, `$GSHARE`… at the start of a value. New string, NULL when out of memory.
// `anywhere` is set for destination names, where counters may be embedded.
char *args_expand_macros(GF_Filter *f, const char *value, Bool anywhere);

// ---- Options given and never used, and the counters of `$GINC`. One per session, made at first use.

typedef enum { ARG_GIVEN_LOCAL = 0, ARG_GIVEN_GLOBAL, ARG_GIVEN_META } ArgGiven; // `name`, `--name`, `-+name`

ArgTracker *arg_tracker_new(void);
void arg_tracker_del(ArgTracker *t); // NULL allowed
// An option was seen on `f`, respectively taken by it. Both may come in any order and any number of times.
void arg_tracker_seen(GF_Filter *f, const char *name, ArgGiven how);
void arg_tracker_used(GF_Filter *f, const char *name, ArgGiven how);
// The user was told of this option when it was given: the final report leaves it out.
void arg_tracker_told(GF_Filter *f, const char *name, ArgGiven how);
// Logs each option that nobody used, once, at the end of a session. Returns how many there are, for
// `-strict`.
u32 arg_tracker_report(GF_FilterSession *fs);

// Next value of the counter of `key`: `init` at first, then `step` more for each other `owner`. An owner that
// asks again gets its value again.
s64 arg_counter_next(GF_FilterSession *fs, const char *key, s64 init, s64 step, const void *owner);
// To be called before the memory of an owner (filter or PID) is freed, since another may get its address.
void arg_counter_forget(GF_FilterSession *fs, const void *owner);

#endif
