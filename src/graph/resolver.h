// SPDX-License-Identifier: MIT
// Capability matching and the search for the chain of filters that joins a PID to a destination.
#ifndef GRAPH_RESOLVER_H
#define GRAPH_RESOLVER_H

#include "graph/graph.h"

// One bundle of a capability list: the entries [start, end), to which the STATIC entries of the bundles
// before it are added. Walked with caps_next_bundle from a zeroed structure.
typedef struct {
	const GF_FilterCapability *caps; // whole list
	u32 index;                       // bundle number
	u32 start, end;
	u32 first_static; // first STATIC entry before `start`, `start` when there is none
} CapBundle;

// Goes to the next bundle that has entries. RECONFIG entries end the list.
Bool caps_next_bundle(const GF_FilterCapability *caps, u32 nb_caps, CapBundle *bundle);
// Next entry of a bundle with all flags of `side` (GF_CAPFLAG_INPUT or GF_CAPFLAG_OUTPUT), inherited static
// entries first. `*pos` starts at 0. NULL at the end.
const GF_FilterCapability *bundle_next(const CapBundle *bundle, u32 *pos, u32 side);
// Same property; Extension and MIMEType count as one.
Bool caps_same_code(const GF_FilterCapability *a, const GF_FilterCapability *b);
// Same value for linking: gf_props_equal, and two lists of alternatives are equal when they share a member.
Bool caps_values_meet(const GF_PropertyValue *a, const GF_PropertyValue *b);

// Why a PID does not match: a capability that failed in the bundle that came closest, the stream type if it
// did.
typedef struct {
	u32 code;         // 0 for a named capability
	const char *name; // of a named capability
	u32 bundle;
	u32 nb_matched;   // codes of the bundle that the PID fulfils
	u32 nb_failed;    // and those that it does not
	Bool missing;     // the PID has no such property
	Bool loaded_only; // the bundle only serves filters that were loaded explicitly: nothing else is set
	char wanted[GF_PROP_DUMP_ARG_SIZE * 2]; // values the bundle accepts, `!` for excluded ones
	char found[GF_PROP_DUMP_ARG_SIZE];      // value of the PID
} CapMismatch;

// How near a PID is to a match, higher for nearer: 0 and 1 stand for another use or another kind of media,
// and a wrong codec is further away than a wrong form of the right one.
u32 caps_closeness(const CapMismatch *why);

typedef struct {
	u32 bundle;
	s32 priority;
} CapMatch;

// Matches `pid` against a register, or against the instance `dst` when not NULL (whose capabilities and
// codec selection count). `only_bundle` restricts the test to one bundle, -1 for any. `match` and `why`
// may be NULL; `why` only means something when there is no match.
Bool caps_match(OutPid *pid, const GF_FilterRegister *reg, GF_Filter *dst, s32 only_bundle, CapMatch *match,
	CapMismatch *why);
// Same with other properties than the newest of the PID, for a consumer that still sees an older version.
Bool caps_match_props(OutPid *pid, const PropMap *props, const GF_FilterRegister *reg, GF_Filter *dst,
	s32 only_bundle, CapMatch *match, CapMismatch *why);
// Kinds derived from capabilities (instance override included).
Bool filter_has_in_caps(const GF_Filter *f);
Bool filter_has_out_caps(const GF_Filter *f);
Bool filter_is_sink_kind(const GF_Filter *f); // no output capability, or gf_filter_act_as_sink
Bool caps_have(const GF_FilterCapability *caps, u32 nb_caps, u32 side);
// Value that the first non-excluded capability of `code` has in a bundle list, NULL when none.
const GF_PropertyValue *caps_value(const GF_FilterCapability *caps, u32 nb_caps, u32 code, u32 flags);
// Same in one bundle, for a code or (code 0) a name, optional entries left out.
const GF_PropertyValue *caps_bundle_value(
	const GF_FilterCapability *caps, u32 nb_caps, u32 bundle, u32 code, const char *name, u32 flags);

void reg_graph_del(RegGraph *graph);
// To be called when a register or the capabilities of an instance change: the graph is rebuilt at next use.
void reg_graph_invalidate(GF_FilterSession *fs);

typedef struct {
	const GF_FilterRegister *reg;
	u32 in_bundle; // bundle by which the filter receives the previous one
	u32 out_bundle;
	Bool undecided; // several possible outputs: resolve the rest when its PIDs appear
} ChainItem;

typedef struct {
	ChainItem *items; // between the PID's filter and the destination, source side first
	u32 nb_items;
	u32 distance; // filters that count, and the destination
	s32 priority; // sum over the chain
} Chain;

typedef struct {
	const PropMap *adapt;                    // adaptation mode: the wanted properties; NULL in normal mode
	const GF_FilterRegister *const *exclude; // NULL-terminated temporary blacklist, may be NULL
	const char *preferred;                   // extra gfreg text, may be NULL
	Bool not_direct; // look for filters even if the PID matches `dst`: remultiplexing (3.13)
} ResolveOptions;

// Finds the shortest chain. GF_OK with an empty chain when the PID matches `dst` directly;
// GF_FILTER_NOT_FOUND when there is none. Release with chain_reset. `opts` may be NULL. The adaptation mode
// looks for one filter and never answers an empty chain.
GF_Err resolve_chain(OutPid *pid, GF_Filter *dst, const ResolveOptions *opts, Chain *chain);
void chain_reset(Chain *chain);
// Finds the shortest chain through each register that can take the PID first, best first. GF_FILTER_NOT_FOUND
// when there is none. Release with chains_del.
GF_Err resolve_all_chains(OutPid *pid, GF_Filter *dst, Chain **chains, u32 *nb_chains);
void chains_del(Chain *chains, u32 nb_chains);
// Text that says why `pid` cannot reach `dst`: the blocking capability and the closest chain. New string.
char *resolve_explain(OutPid *pid, GF_Filter *dst);

#endif
