// SPDX-License-Identifier: MIT
// The linking pass of one PID, shared by the files that make it up: link.c (the pass), link_rules.c (which
// destinations are out), link_chain.c (loading the filters of a chain).
#ifndef GRAPH_LINK_H
#define GRAPH_LINK_H

#include "graph/engine.h"
#include "graph/resolver.h"

typedef struct {
	OutPid *pid;
	GF_Filter *src;
	u32 pass;
	Bool implicit;
	GF_List *linked;   // GF_Filter *: destinations reached by this pass
	GF_List *forced;   // GF_Filter *: their chain is resolved even when the PID gets direct links
	GF_List *possible; // GF_Filter *: resolved when nothing else links
	GF_List *loaded;   // GF_Filter *: first filters of the chains loaded by this pass
	Bool linked_sink, linked_non_sink;
	Bool resolvable;   // some candidate could have been reached by a chain
	Bool excluded_by_id; // some candidate was out only because of its source IDs
	GF_Filter *closest; // last candidate that no chain reached
} LinkPass;

// Text that says why `dst` may not get the PID in this pass, NULL when it may. The text is static.
const char *link_rejects(LinkPass *lp, GF_Filter *dst);
// ID under which the filters naming sources know the producer, NULL when it has none.
const char *link_source_id(const GF_Filter *f);
Bool link_is_sink(const GF_Filter *f); // no output, or a muxer loaded for a sink
Bool link_reaches(const GF_Filter *from, const GF_Filter *to); // `to` is `from` or behind it
Bool link_accepts_more_inputs(const GF_Filter *f);
// True when the PID may reach `dst` only by filters that the user listed (conversion between media types).
Bool link_needs_explicit(OutPid *pid, GF_Filter *dst);
// True when the PID is a file that must be demultiplexed before it reaches the sink.
Bool link_forces_remux(const OutPid *pid, const GF_Filter *dst);

// Loads the chain from the PID to `dst` and connects its first filter. GF_FILTER_NOT_FOUND when there is none.
GF_Err link_load_chain(LinkPass *lp, GF_Filter *dst);
// Demultiplexes a file PID on its way to a sink that takes media only remuxed.
GF_Err link_load_demux(LinkPass *lp, GF_Filter *sink);

#endif
