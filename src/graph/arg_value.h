// SPDX-License-Identifier: MIT
// Option values inside the private structures of filters.
#ifndef GRAPH_ARG_VALUE_H
#define GRAPH_ARG_VALUE_H

#include "graph/graph.h"

// Options of a filter: those of the instance, else those of its register. Ends with a NULL name; NULL when
// none.
const GF_FilterArgs *arg_table(const GF_Filter *f);
const GF_FilterArgs *arg_find(const GF_FilterArgs *table, const char *name);
// True when the option is kept in the private structure.
Bool arg_is_stored(const GF_Filter *f, const GF_FilterArgs *arg);
// The current value; its memory belongs to the filter. For stored options only.
GF_PropertyValue arg_load(const GF_Filter *f, const GF_FilterArgs *arg);
// Replaces the value of a stored option and takes the memory of `val`.
void arg_store(GF_Filter *f, const GF_FilterArgs *arg, GF_PropertyValue *val);
// Rank of a word among the values of an enumeration `a|b|c`, -1 when it is none of them or `enums` is no
// enumeration.
s32 arg_enum_rank(const char *enums, const char *word);

#endif
