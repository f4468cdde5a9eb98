// SPDX-License-Identifier: MIT
// Which PIDs a link directive designates: source IDs (`ID#fragment`) and fragments (`audio`, `Width+720`…).
#ifndef GRAPH_FRAGMENT_H
#define GRAPH_FRAGMENT_H

#include "graph/graph.h"

typedef enum {
	FRAG_NO = 0,
	FRAG_DEFAULT, // the fragment is about a property that the PID does not have
	FRAG_YES,
} FragMatch;

// Matches one fragment, of `len` characters and without the leading separator.
FragMatch fragment_match(const char *frag, size_t len, OutPid *pid);

typedef enum {
	SID_NO = 0,
	SID_DEFAULT, // accepted for want of anything better, see FRAG_DEFAULT
	SID_YES,
} SidMatch;

// Matches a list of source IDs against a PID found at a filter whose ID is `id`, NULL for none.
SidMatch sid_match(const char *sids, const char *id, OutPid *pid);

// `#Name=*` and `#Name=` stand for one filter per value of the property. Replaces the value by the one of
// `pid`. New string; NULL when `sids` has no such fragment, or `pid` no such property.
char *sid_bind(const char *sids, OutPid *pid);

#endif
