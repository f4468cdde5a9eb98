// SPDX-License-Identifier: MIT
// Capability matching and the search for the chain of filters that joins a PID to a destination.
#ifndef GRAPH_RESOLVER_H
#define GRAPH_RESOLVER_H

#include "graph/graph.h"

// Why a PID does not match: the first capability that failed in the bundle that came closest.
typedef struct {
	u32 code;         // 0 for a named capability
	const char *name; // of a named capability
	u32 bundle;
	Bool missing;     // the PID has no such property
	char wanted[GF_PROP_DUMP_ARG_SIZE * 2]; // values the bundle accepts, `!` for excluded ones
	char found[GF_PROP_DUMP_ARG_SIZE];      // value of the PID
} CapMismatch;

typedef struct {
	u32 bundle;
	s32 priority;
} CapMatch;

// Matches `pid` against a register, or against the instance `dst` when not NULL (whose capabilities and
// codec selection count). `only_bundle` restricts the test to one bundle, -1 for any. `match` and `why`
// may be NULL.
Bool caps_match(OutPid *pid, const GF_FilterRegister *reg, GF_Filter *dst, s32 only_bundle, CapMatch *match,
	CapMismatch *why);
// Kinds derived from capabilities (instance override included).
Bool filter_has_in_caps(const GF_Filter *f);
Bool filter_has_out_caps(const GF_Filter *f);
Bool filter_is_sink_kind(const GF_Filter *f); // no output capability, or gf_filter_act_as_sink
// Value that the first non-excluded capability of `code` has in a bundle list, NULL when none.
const GF_PropertyValue *caps_value(const GF_FilterCapability *caps, u32 nb_caps, u32 code, u32 flags);

void reg_graph_del(RegGraph *graph);
// To be called when a register or the capabilities of an instance change: the graph is rebuilt at next use.
void reg_graph_invalidate(GF_FilterSession *fs);

typedef struct {
	const GF_FilterRegister *reg;
	u32 in_bundle;  // bundle by which the filter receives the previous one
	u32 out_bundle;
	Bool undecided; // several possible outputs: resolve the rest when its PIDs appear
} ChainItem;

typedef struct {
	ChainItem *items; // between the PID's filter and the destination, source side first
	u32 nb_items;
	u32 distance;
	s32 priority;
} Chain;

typedef struct {
	const PropMap *adapt;            // adaptation mode: the wanted properties; NULL in normal mode
	const GF_FilterRegister *const *exclude; // NULL-terminated temporary blacklist, may be NULL
	const char *preferred;           // extra gfreg text, may be NULL
} ResolveOptions;

// Finds the shortest chain. GF_OK with an empty chain when the PID matches `dst` directly;
// GF_FILTER_NOT_FOUND when there is none. Release with chain_reset.
GF_Err resolve_chain(OutPid *pid, GF_Filter *dst, const ResolveOptions *opts, Chain *chain);
void chain_reset(Chain *chain);
// Text that says why `pid` cannot reach `dst`: the blocking capability and the closest chain. New string.
char *resolve_explain(OutPid *pid, GF_Filter *dst);

#endif
