// SPDX-License-Identifier: MIT
// One pass over options that are given to a filter: shared by the files args_*.c.
#ifndef GRAPH_ARGS_PASS_H
#define GRAPH_ARGS_PASS_H

#include "graph/arg_value.h"
#include "graph/args.h"

typedef struct {
	GF_Filter *f;
	const GF_FilterArgs *table;
	ArgOrigin origin;
	ArgGiven how;   // where the options being read come from
	Bool strict;    // core option `strict`: what is wrong is an error
	Bool quiet;     // temporary instance: the filter it stands for reports
	Bool untracked; // behind `gfopt`
	u32 depth;      // nested option files
	const ArgItem *item; // being applied, as it stands in the declaration
} ArgPass;

// Applies the options of a string; those of a file.
GF_Err args_pass_text(ArgPass *p, const char *text);
GF_Err args_pass_file(ArgPass *p, const char *path);

// Tells what is wrong with a value. Returns GF_BAD_PARAM under `strict`, GF_OK otherwise. GF_NOT_FOUND, without a
// message, when the item was inherited from a filter that takes it: it was not meant for this one.
GF_Err args_bad_value(
	const ArgPass *p, const char *name, const char *value, const char *reason, const char *allowed);

// True when the administrator fixed the option of these filters in restrict.cfg, which is then logged.
Bool args_is_locked(const GF_Filter *f, const char *name);

// True when `text` is one of the items of the declaration of `f`.
Bool args_has_item(GF_Filter *f, const char *text);

// Sets a special option, one that every filter has. False when `name` is not one.
Bool args_set_special(ArgPass *p, const char *name, const char *value, Bool neg, GF_Err *e);
// Special options that configuration sections and `--NAME=V` may set too: name by index, NULL at the end.
const char *args_global_special(u32 idx);
// False for special options that stay with the filter they were given to.
Bool args_is_inheritable(const char *name);
// All special options, by index.
const char *args_special_name(u32 idx);

// An option that nothing took: tells the user at once when no other filter can take it (args_unknown.c).
GF_Err args_unknown(ArgPass *p, const char *name, Bool has_value);

#endif
