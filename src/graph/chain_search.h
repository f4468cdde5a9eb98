// SPDX-License-Identifier: MIT
// The search in the register graph for the filters that join one PID to one destination.
//
// It walks backwards from the destination, shortest distance first. A state is a bundle of a register
// together with the stream type that leaves it; its route to the destination is fixed when it is taken up.
// The source is reached from each state whose bundle the PID matches.
#ifndef GRAPH_CHAIN_SEARCH_H
#define GRAPH_CHAIN_SEARCH_H

#include "graph/reg_graph.h"

typedef struct {
	u32 bundle; // of the graph; unused for the destination
	s32 type;   // stream type that leaves the bundle
	u32 next;   // state fed by this one
	u32 same;   // other state of the bundle, 0 at the end
	u32 dist;
	u32 nb_filters; // on the route, this one included
	Bool closed;
} SearchState;

// State that stands for the destination.
#define SEARCH_DEST 0

typedef struct {
	u64 key; // distance, then registration order
	u32 state;
} OpenState;

typedef struct {
	OutPid *pid;
	GF_Filter *dst;
	// limits, to be set before the search
	u32 max_filters;
	Bool not_direct;                         // the PID may not feed the destination itself
	const GF_List *refused[2];               // const GF_FilterRegister *: not to be used
	const GF_FilterRegister *const *exclude; // same, NULL-terminated
	const PropMap *adapt;  // properties that the filter must be able to change, NULL in normal mode
	const char *preferred; // names of registers that win ties

	const RegGraph *graph;
	RegDest dest;
	s32 dest_bundle; // the only input bundle of the destination that may be used, -1 for any
	s32 pid_type;
	s32 dest_type;    // stream type that the destination outputs, when it was chosen for it
	u8 *usable;       // by node
	u8 *matched;      // by bundle: does the PID match it, see MATCH_*
	s32 *priority;    // by bundle: priority for the PID
	u32 *first_state; // by bundle
	SearchState *states;
	u32 nb_states, alloc_states;
	OpenState *open; // binary heap
	u32 nb_open, alloc_open;

	// result
	Bool found;
	u32 first; // state that the PID feeds
	u32 dist;
	s32 first_priority;
} ChainSearch;

// Prepares a search; the limits are then at those of the session and of the source filter.
GF_Err search_init(ChainSearch *s, OutPid *pid, GF_Filter *dst);
// Searches until the shortest chain is known, or through all states when `exhaustive`.
GF_Err search_run(ChainSearch *s, Bool exhaustive);
// True when the PID can feed `state`: the chain then has this distance, and its first filter this priority.
Bool search_can_start(ChainSearch *s, u32 state, u32 *dist, s32 *priority);
// Forgets the states, to run again with other limits.
void search_restart(ChainSearch *s);
void search_reset(ChainSearch *s);
const GF_FilterRegister *search_register(const ChainSearch *s, u32 state);

#endif
