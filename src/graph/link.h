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
	Bool linked_sink, linked_non_sink;
	Bool resolvable;   // some candidate could have been reached by a chain
	GF_List *refused;  // GF_Filter *: destinations that the PID could not be connected to
	GF_Filter *unbound; // filter that serves another value of the property its source IDs leave open
	Bool excluded_by_id; // some candidate was out only because of its source IDs
	GF_Filter *closest; // last candidate that no chain reached
	GF_Filter *full;    // last candidate that takes such media, but no more inputs
	GF_Err setup_error; // of a filter of a chain
} LinkPass;

// Answers of link_rejects that matter: the source IDs leave the PID out, the inputs of the filter are taken.
extern const char link_ids_differ[], link_is_full[];
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

// ---- link_special.c

// A source that nothing can read may be replaced by another register for its URL.
Bool link_may_reassign(const LinkPass *lp);
// Does it, in the same filter: its new PIDs are linked later. False when no register is left.
Bool link_reassign_source(LinkPass *lp);
// `dst` is about to take the PID: `#Name=*` in its source IDs becomes the value of the PID.
// False when there is nothing to bind.
Bool link_bind_ids(GF_Filter *dst, OutPid *pid);
void link_unbind_ids(GF_Filter *dst); // it did not take the PID
// The source IDs of `dst` name the PID, but for the value they were bound to.
Bool link_matches_unbound(const LinkPass *lp, const GF_Filter *dst);
// Clones `lp->unbound` for the PID; the clone is then a candidate that needs to be reached.
void link_clone_unbound(LinkPass *lp);
// The PID is coded in the way that `dst` would produce, and `dst` is to be left out then (option ccp).
Bool link_skips_filter(const OutPid *pid, const GF_Filter *dst);
// Connects the PID to a filter that passes it on unchanged, in the place of `dst`.
GF_Err link_identity(LinkPass *lp, GF_Filter *dst, GF_Filter **identity);

// ---- link_chain.c

// Loads the chain from the PID to `dst` and connects its first filter. GF_FILTER_NOT_FOUND when there is none.
GF_Err link_load_chain(LinkPass *lp, GF_Filter *dst);
// Demultiplexes a file PID on its way to a sink that takes media only remuxed.
GF_Err link_load_demux(LinkPass *lp, GF_Filter *sink);

#endif
