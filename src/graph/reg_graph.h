// SPDX-License-Identifier: MIT
// The graph of the registers of a session: which output bundle of one can feed which input bundle of another.
//
// Capabilities are grouped by code into sets; equal sets are stored once and the answer for a pair of sets is
// remembered, so that comparing two bundles costs a few table look-ups. Built at first use, constant after.
#ifndef GRAPH_REG_GRAPH_H
#define GRAPH_REG_GRAPH_H

#include "graph/resolver.h"

typedef enum { SIDE_IN = 0, SIDE_OUT = 1 } CapSide;

// Stream type of an output bundle when it is not one of GF_STREAM_*.
#define STREAM_UNSPECIFIED 0
#define STREAM_SEVERAL (-1)

// The alternatives that one side of a bundle has for one code.
typedef struct {
	const GF_FilterCapability **items; // in the order of the register
	u32 nb_items;
	u32 code; // index in RegGraph.codes
	CapSide side;
	u32 rank; // among the sets of this code on this side
	u8 *memo; // input side: answers for the output sets of the code, at rank * stride
	u32 stride;
} CapSet;

typedef struct {
	const GF_FilterCapability *key; // an entry with the code or the name
	u32 nb_sets[2];                 // by side
} CapCode;

// One side of a bundle: a range of `sides`.
typedef struct {
	u32 first, count;
} SetRange;

typedef struct {
	u32 from : 31;       // index of the source bundle
	u32 loaded_only : 1; // serves only a destination that is loaded
} RegEdge;

typedef struct {
	u32 node;
	u32 index; // number in the register
	s32 out_type;
	Bool not_file;  // the output is anything but a file
	Bool undecided; // the output cannot be told before the filter declares its PIDs
	SetRange sets[2];
	u32 first_edge, nb_edges; // edges that arrive at the input side, in the order of their sources
} RegBundle;

typedef struct {
	const GF_FilterRegister *reg;
	u32 first_bundle, nb_bundles;
	Bool has_in, has_out;
} RegNode;

struct reg_graph {
	RegNode *nodes; // registration order
	u32 nb_nodes;
	RegBundle *bundles;
	u32 nb_bundles;
	CapSet **sides; // sets of each side of each bundle
	CapSet *sets;
	u32 nb_sets;
	const GF_FilterCapability **items; // storage of the sets
	CapCode *codes;
	u32 nb_codes;
	u8 *memo;
	RegEdge *edges;
	u32 nb_edges, alloc_edges;
};

// Graph of the session, built when needed. NULL when out of memory.
RegGraph *reg_graph_get(GF_FilterSession *fs);
// Index of a register, -1 when it is not registered.
s32 reg_graph_find(const RegGraph *graph, const GF_FilterRegister *reg);

// The input side of a destination instance, prepared for questions to the graph.
typedef struct {
	u32 index; // number in the list of the instance
	SetRange sets;
} DestBundle;

typedef struct {
	const RegGraph *graph;
	DestBundle *bundles;
	u32 nb_bundles;
	Bool takes_all; // no capability at all
	CapSet **sides;
	CapSet *sets;
	u32 nb_sets;
	const GF_FilterCapability **items;
	u8 *memo;
} RegDest;

GF_Err reg_dest_init(RegDest *dest, const RegGraph *graph, const GF_Filter *dst);
void reg_dest_reset(RegDest *dest);
// True when the output of bundle `from` can feed the destination, by `only_bundle` if it is not negative.
Bool reg_dest_accepts(const RegDest *dest, const RegBundle *from, s32 only_bundle);

#endif
