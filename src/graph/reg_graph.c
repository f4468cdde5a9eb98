// SPDX-License-Identifier: MIT
// Construction of the register graph.

#include <string.h>
#include "base/array.h"
#include "graph/reg_graph.h"

// ---- Capability sets

// Answer for a pair of sets; the first three exclude one another.
enum {
	PAIR_FAILS = 1,  // the bundles cannot be joined
	PAIR_PASSES = 2, // says nothing for nor against
	PAIR_MATCHES = 4,
	PAIR_FROM_LOADED = 8, // matches if the source is loaded
	PAIR_TO_LOADED = 16,  // matches if the destination is loaded
};

static Bool is_excluded_by(const GF_FilterCapability *cap, const CapSet *set)
{
	for (u32 i = 0; i < set->nb_items; i++) {
		const GF_FilterCapability *other = set->items[i];
		if ((other->flags & GF_CAPFLAG_EXCLUDED) && caps_values_meet(&cap->val, &other->val))
			return GF_TRUE;
	}
	return GF_FALSE;
}

static u32 loaded_flags(const GF_FilterCapability *from, const GF_FilterCapability *to)
{
	return ((from->flags & GF_CAPFLAG_LOADED_FILTER) ? PAIR_FROM_LOADED : 0) |
		   ((to->flags & GF_CAPFLAG_LOADED_FILTER) ? PAIR_TO_LOADED : 0);
}

static Bool alternatives_match(
	const GF_FilterCapability *from, const CapSet *from_set, const GF_FilterCapability *to)
{
	if (to->flags & GF_CAPFLAG_EXCLUDED)
		return GF_TRUE; // `from` is excluded too, or the caller saw that no excluded value meets it
	if (from->flags & GF_CAPFLAG_EXCLUDED)
		return !(to->flags & GF_CAPFLAG_PRESENT) && !is_excluded_by(to, from_set);
	if (to->flags & GF_CAPFLAG_PRESENT)
		return GF_TRUE;
	return !(from->flags & GF_CAPFLAG_PRESENT) && caps_values_meet(&from->val, &to->val);
}

// True when no entry of a set is mandatory.
static Bool all_optional(const CapSet *set)
{
	for (u32 i = 0; i < set->nb_items; i++) {
		if (!(set->items[i]->flags & GF_CAPFLAG_OPTIONAL))
			return GF_FALSE;
	}
	return GF_TRUE;
}

// Output alternatives `from` against input alternatives `to` of the same code.
static u32 compare_sets(const CapSet *from, const CapSet *to)
{
	static const u32 not_killed = GF_CAPFLAG_EXCLUDED | GF_CAPFLAG_OPTIONAL | GF_CAPFLAG_LOADED_FILTER;
	u32 best = 0;
	Bool killed = GF_FALSE;
	for (u32 i = 0; i < from->nb_items; i++) {
		const GF_FilterCapability *cap = from->items[i];
		if (!(cap->flags & not_killed) && is_excluded_by(cap, to)) {
			if (!best)
				return PAIR_FAILS;
			continue;
		}
		for (u32 j = 0; j < to->nb_items; j++) {
			if (!alternatives_match(cap, from, to->items[j])) {
				killed |= (cap->flags & GF_CAPFLAG_EXCLUDED) && !(to->items[j]->flags & GF_CAPFLAG_PRESENT);
				continue;
			}
			u32 answer = PAIR_MATCHES | loaded_flags(cap, to->items[j]);
			if (!best || __builtin_popcount(answer) < __builtin_popcount(best))
				best = answer;
		}
	}
	if (best)
		return best;
	Bool may_miss = (from->items[0]->flags & (GF_CAPFLAG_EXCLUDED | GF_CAPFLAG_OPTIONAL)) && !killed;
	return may_miss || all_optional(to) ? PAIR_PASSES : PAIR_FAILS;
}

static u32 compare_sets_once(const CapSet *from, CapSet *to)
{
	u8 *memo = &to->memo[from->rank * to->stride];
	if (!*memo)
		*memo = compare_sets(from, to);
	return *memo;
}

// Compares an output side with an input side. 0 when they cannot be joined, else PAIR_MATCHES with its
// conditions.
static u32 compare_sides(CapSet *const *from, u32 nb_from, CapSet *const *to, u32 nb_to)
{
	u32 answer = 0;
	for (u32 i = 0; i < nb_from; i++) {
		u32 j = 0;
		while (j < nb_to && to[j]->code != from[i]->code)
			j++;
		if (j == nb_to) {
			if (!(from[i]->items[0]->flags & (GF_CAPFLAG_EXCLUDED | GF_CAPFLAG_OPTIONAL)))
				return 0;
			continue;
		}
		u32 pair = compare_sets_once(from[i], to[j]);
		if (pair & PAIR_FAILS)
			return 0;
		if (pair & PAIR_MATCHES)
			answer |= pair;
	}
	return answer;
}

// ---- Interning

typedef struct {
	RegGraph *graph;
	u32 nb_items, nb_sides;
	u32 *slots; // hash table of sets: index + 1
	u32 mask;
} Builder;

static u32 hash_bytes(u32 hash, const void *data, size_t size)
{
	const u8 *bytes = data;
	for (size_t i = 0; i < size; i++)
		hash = (hash ^ bytes[i]) * 16777619u; // FNV-1a
	return hash;
}

static Bool is_text(const GF_PropertyValue *val)
{
	return val->type == GF_PROP_STRING || val->type == GF_PROP_STRING_NO_COPY || val->type == GF_PROP_NAME;
}

static u32 hash_set(const CapSet *set)
{
	u32 hash = hash_bytes(2166136261u, &set->code, sizeof(set->code));
	for (u32 i = 0; i < set->nb_items; i++) {
		const GF_FilterCapability *cap = set->items[i];
		hash = hash_bytes(hash, &cap->flags, sizeof(cap->flags));
		if (is_text(&cap->val) && cap->val.value.string)
			hash = hash_bytes(hash, cap->val.value.string, strlen(cap->val.value.string));
		else
			hash = hash_bytes(hash, &cap->val.value.uint, sizeof(cap->val.value.uint));
	}
	return hash;
}

// Identity, not equality of values: `a|b` equals `a` but is another value. Values with memory of their own
// are the same only when they share it, which costs no more than a set stored twice.
static Bool same_value(const GF_PropertyValue *a, const GF_PropertyValue *b)
{
	if (a->type != b->type)
		return GF_FALSE;
	if (is_text(a) && a->value.string && b->value.string)
		return !strcmp(a->value.string, b->value.string);
	if (gf_props_get_base_type(a->type) == GF_PROP_UINT)
		return a->value.uint == b->value.uint;
	// Representations are what is compared: padding that differs costs a set stored twice, as said above.
	return !memcmp(&a->value, &b->value, sizeof(a->value)); // NOLINT(bugprone-suspicious-memory-comparison)
}

static Bool same_set(const CapSet *a, const CapSet *b)
{
	if (a->code != b->code || a->side != b->side || a->nb_items != b->nb_items)
		return GF_FALSE;
	for (u32 i = 0; i < a->nb_items; i++) {
		// Extension and MIMEType share a set but are not the same entry.
		if (a->items[i]->flags != b->items[i]->flags || a->items[i]->code != b->items[i]->code ||
			!same_value(&a->items[i]->val, &b->items[i]->val))
			return GF_FALSE;
	}
	return GF_TRUE;
}

// Index of a code, `nb_codes` when no register has it.
static u32 find_code(const RegGraph *graph, const GF_FilterCapability *cap)
{
	u32 i = 0;
	while (i < graph->nb_codes && !caps_same_code(graph->codes[i].key, cap))
		i++;
	return i;
}

// Entries of one side of a bundle that have the code of `cap`, written to `items`. None when `cap` is not the
// first of them (its set is made already), or has neither code nor name.
static u32 gather_code(
	const CapBundle *b, u32 side_flag, const GF_FilterCapability *cap, const GF_FilterCapability **items)
{
	u32 count = 0, pos = 0;
	const GF_FilterCapability *c;
	while ((c = bundle_next(b, &pos, side_flag))) {
		if (!caps_same_code(c, cap))
			continue;
		if (!count && c != cap)
			return 0;
		items[count++] = c;
	}
	return count;
}

static u32 side_flag(CapSide side)
{
	return side == SIDE_IN ? GF_CAPFLAG_INPUT : GF_CAPFLAG_OUTPUT;
}

static CapSet *intern_set(Builder *bld, CapSet *candidate)
{
	RegGraph *graph = bld->graph;
	u32 slot = hash_set(candidate) & bld->mask;
	while (bld->slots[slot]) {
		CapSet *set = &graph->sets[bld->slots[slot] - 1];
		if (same_set(set, candidate))
			return set;
		slot = (slot + 1) & bld->mask;
	}
	candidate->rank = graph->codes[candidate->code].nb_sets[candidate->side]++;
	bld->nb_items += candidate->nb_items;
	graph->sets[graph->nb_sets++] = *candidate;
	bld->slots[slot] = graph->nb_sets;
	return &graph->sets[graph->nb_sets - 1];
}

static void add_side(Builder *bld, const CapBundle *b, CapSide side, SetRange *range)
{
	RegGraph *graph = bld->graph;
	range->first = bld->nb_sides;
	u32 pos = 0;
	const GF_FilterCapability *cap;
	while ((cap = bundle_next(b, &pos, side_flag(side)))) {
		CapSet set = {.items = &graph->items[bld->nb_items], .side = side};
		set.nb_items = gather_code(b, side_flag(side), cap, set.items);
		if (!set.nb_items)
			continue;
		set.code = find_code(graph, cap);
		if (set.code == graph->nb_codes)
			graph->codes[graph->nb_codes++].key = cap;
		graph->sides[bld->nb_sides++] = intern_set(bld, &set);
	}
	range->count = bld->nb_sides - range->first;
}

// ---- Bundles

// Stream type of what a bundle outputs: that of a file when it has an extension or a MIME type.
static void describe_type(const CapBundle *b, RegBundle *bundle)
{
	Bool is_file = GF_FALSE;
	u32 pos = 0;
	const GF_FilterCapability *cap;
	while ((cap = bundle_next(b, &pos, GF_CAPFLAG_OUTPUT))) {
		Bool excluded = (cap->flags & GF_CAPFLAG_EXCLUDED) != 0;
		if (cap->code == GF_PROP_PID_FILE_EXT || cap->code == GF_PROP_PID_MIME)
			is_file |= !excluded;
		if (cap->code != GF_PROP_PID_STREAM_TYPE)
			continue;
		s32 type = (s32)cap->val.value.uint;
		if (excluded)
			bundle->not_file |= type == GF_STREAM_FILE;
		else if (bundle->out_type == STREAM_UNSPECIFIED)
			bundle->out_type = type;
		else if (bundle->out_type != type)
			bundle->out_type = STREAM_SEVERAL;
	}
	if (is_file)
		bundle->out_type = GF_STREAM_FILE;
}

// The output is known in advance when it has a value, and no two of the same code.
static Bool is_undecided(const CapBundle *b)
{
	Bool has_value = GF_FALSE;
	u32 pos = 0;
	const GF_FilterCapability *cap;
	while ((cap = bundle_next(b, &pos, GF_CAPFLAG_OUTPUT))) {
		has_value |= !(cap->flags & GF_CAPFLAG_EXCLUDED);
		u32 next = pos;
		const GF_FilterCapability *other;
		while (!(cap->flags & GF_CAPFLAG_OPTIONAL) && (other = bundle_next(b, &next, GF_CAPFLAG_OUTPUT))) {
			if (!(other->flags & GF_CAPFLAG_OPTIONAL) && other->code == cap->code &&
				caps_same_code(other, cap))
				return GF_TRUE;
		}
	}
	return !has_value;
}

static void add_register(Builder *bld, const GF_FilterRegister *reg)
{
	RegGraph *graph = bld->graph;
	RegNode *node = &graph->nodes[graph->nb_nodes];
	*node = (RegNode){.reg = reg, .first_bundle = graph->nb_bundles};
	CapBundle b = {0};
	while (caps_next_bundle(reg->caps, reg->nb_caps, &b)) {
		RegBundle *bundle = &graph->bundles[graph->nb_bundles++];
		*bundle = (RegBundle){.node = graph->nb_nodes, .index = b.index};
		for (CapSide side = SIDE_IN; side <= SIDE_OUT; side++)
			add_side(bld, &b, side, &bundle->sets[side]);
		node->has_in |= bundle->sets[SIDE_IN].count > 0;
		node->has_out |= bundle->sets[SIDE_OUT].count > 0;
		describe_type(&b, bundle);
		bundle->undecided = is_undecided(&b);
		node->nb_bundles++;
	}
	graph->nb_nodes++;
}

typedef struct {
	u32 nodes, bundles, entries; // entries of both sides of all bundles, inherited ones included
} GraphSize;

static void count_list(const GF_FilterCapability *caps, u32 nb_caps, GraphSize *size)
{
	CapBundle b = {0};
	while (caps_next_bundle(caps, nb_caps, &b)) {
		size->bundles++;
		for (CapSide side = SIDE_IN; side <= SIDE_OUT; side++) {
			u32 pos = 0;
			while (bundle_next(&b, &pos, side_flag(side)))
				size->entries++;
		}
	}
}

// ---- Edges

static GF_Err add_edge(RegGraph *graph, u32 from, Bool loaded_only)
{
	if (array_reserve(&graph->edges, &graph->alloc_edges, graph->nb_edges, 1, sizeof(*graph->edges)))
		return GF_OUT_OF_MEM;
	graph->edges[graph->nb_edges++] = (RegEdge){.from = from, .loaded_only = loaded_only};
	return GF_OK;
}

// Edges whose source has to be a loaded filter are left out: the PID of a loaded filter is matched itself.
static GF_Err add_edges_to(RegGraph *graph, RegBundle *to)
{
	to->first_edge = graph->nb_edges;
	const RegNode *to_node = &graph->nodes[to->node];
	SetRange in = to->sets[SIDE_IN];
	if (!in.count)
		return GF_OK; // no PID matches such a bundle
	for (u32 i = 0; i < graph->nb_bundles; i++) {
		const RegBundle *from = &graph->bundles[i];
		SetRange out = from->sets[SIDE_OUT];
		if (!out.count)
			continue;
		if (from->node == to->node && !(to_node->reg->flags & GF_FS_REG_ALLOW_CYCLIC))
			continue;
		u32 answer = compare_sides(&graph->sides[out.first], out.count, &graph->sides[in.first], in.count);
		if (!answer || (answer & PAIR_FROM_LOADED))
			continue;
		GF_Err e = add_edge(graph, i, (answer & PAIR_TO_LOADED) != 0);
		if (e)
			return e;
		to->nb_edges++;
	}
	return GF_OK;
}

static GF_Err alloc_memo(RegGraph *graph)
{
	size_t total = 0;
	for (u32 i = 0; i < graph->nb_codes; i++)
		total += (size_t)graph->codes[i].nb_sets[SIDE_IN] * graph->codes[i].nb_sets[SIDE_OUT];
	graph->memo = gf_calloc(total + 1, 1);
	if (!graph->memo)
		return GF_OUT_OF_MEM;
	u8 *memo = graph->memo;
	for (u32 code = 0; code < graph->nb_codes; code++) {
		u32 nb_in = graph->codes[code].nb_sets[SIDE_IN];
		for (u32 i = 0; i < graph->nb_sets; i++) {
			CapSet *set = &graph->sets[i];
			if (set->code != code || set->side != SIDE_IN)
				continue;
			set->memo = memo + set->rank;
			set->stride = nb_in;
		}
		memo += (size_t)nb_in * graph->codes[code].nb_sets[SIDE_OUT];
	}
	return GF_OK;
}

static GF_Err fill_graph(RegGraph *graph, GF_List *registers, const GraphSize *size)
{
	graph->nodes = gf_calloc(size->nodes + 1, sizeof(RegNode));
	graph->bundles = gf_calloc(size->bundles + 1, sizeof(RegBundle));
	graph->sides = gf_calloc(size->entries + 1, sizeof(CapSet *));
	graph->sets = gf_calloc(size->entries + 1, sizeof(CapSet));
	graph->items = gf_calloc(size->entries + 1, sizeof(graph->items[0]));
	graph->codes = gf_calloc(size->entries + 1, sizeof(CapCode));
	u32 nb_slots = 1;
	while (nb_slots < 2 * size->entries)
		nb_slots *= 2;
	Builder bld = {.graph = graph, .mask = nb_slots - 1};
	bld.slots = gf_calloc(nb_slots, sizeof(u32));
	GF_Err e = GF_OUT_OF_MEM;
	if (!graph->nodes || !graph->bundles || !graph->sides || !graph->sets || !graph->items || !graph->codes ||
		!bld.slots)
		goto exit;
	for (u32 i = 0; i < size->nodes; i++)
		add_register(&bld, gf_list_get(registers, i));
	e = alloc_memo(graph);
	for (u32 i = 0; i < graph->nb_bundles && !e; i++)
		e = add_edges_to(graph, &graph->bundles[i]);

exit:
	gf_free(bld.slots);
	return e;
}

RegGraph *reg_graph_get(GF_FilterSession *fs)
{
	if (fs_flag(fs, GF_FS_FLAG_NO_GRAPH_CACHE))
		reg_graph_invalidate(fs);
	if (fs->reg_graph)
		return fs->reg_graph;
	GraphSize size = {.nodes = gf_list_count(fs->registers)};
	for (u32 i = 0; i < size.nodes; i++) {
		const GF_FilterRegister *reg = gf_list_get(fs->registers, i);
		count_list(reg->caps, reg->nb_caps, &size);
	}
	RegGraph *graph = gf_calloc(1, sizeof(RegGraph));
	GF_Err e = graph ? fill_graph(graph, fs->registers, &size) : GF_OUT_OF_MEM;
	if (e) {
		GF_LOG(GF_LOG_ERROR, GF_LOG_FILTER,
			("[linker] no memory for the graph of %u filter registers, PIDs cannot be linked\n", size.nodes));
		reg_graph_del(graph);
		return NULL;
	}
	GF_LOG(GF_LOG_DEBUG, GF_LOG_FILTER,
		("[linker] register graph: %u registers, %u bundles, %u capability sets, %u edges\n", graph->nb_nodes,
			graph->nb_bundles, graph->nb_sets, graph->nb_edges));
	fs->reg_graph = graph;
	return graph;
}

void reg_graph_del(RegGraph *graph)
{
	if (!graph)
		return;
	gf_free(graph->nodes);
	gf_free(graph->bundles);
	gf_free(graph->sides);
	gf_free(graph->sets);
	gf_free(graph->items);
	gf_free(graph->codes);
	gf_free(graph->memo);
	gf_free(graph->edges);
	gf_free(graph);
}

void reg_graph_invalidate(GF_FilterSession *fs)
{
	reg_graph_del(fs->reg_graph);
	fs->reg_graph = NULL;
}

s32 reg_graph_find(const RegGraph *graph, const GF_FilterRegister *reg)
{
	for (u32 i = 0; i < graph->nb_nodes; i++) {
		if (graph->nodes[i].reg == reg)
			return (s32)i;
	}
	return -1;
}

// ---- Destination

static void add_dest_side(RegDest *dest, const CapBundle *b, u32 *nb_items, u32 *nb_sides)
{
	DestBundle *bundle = &dest->bundles[dest->nb_bundles++];
	*bundle = (DestBundle){.index = b->index, .sets.first = *nb_sides};
	u32 pos = 0;
	const GF_FilterCapability *cap;
	while ((cap = bundle_next(b, &pos, GF_CAPFLAG_INPUT))) {
		CapSet set = {.items = &dest->items[*nb_items], .side = SIDE_IN, .stride = 1};
		set.nb_items = gather_code(b, GF_CAPFLAG_INPUT, cap, set.items);
		set.code = find_code(dest->graph, cap);
		if (!set.nb_items || set.code == dest->graph->nb_codes)
			continue; // nothing new, or a code that no register has
		*nb_items += set.nb_items;
		dest->sets[dest->nb_sets] = set;
		dest->sides[(*nb_sides)++] = &dest->sets[dest->nb_sets++];
	}
	bundle->sets.count = *nb_sides - bundle->sets.first;
}

GF_Err reg_dest_init(RegDest *dest, const RegGraph *graph, const GF_Filter *dst)
{
	u32 nb_caps;
	const GF_FilterCapability *caps = filter_caps(dst, &nb_caps);
	GraphSize size = {0};
	count_list(caps, nb_caps, &size);
	*dest = (RegDest){.graph = graph};
	dest->bundles = gf_calloc(size.bundles + 1, sizeof(DestBundle));
	dest->sides = gf_calloc(size.entries + 1, sizeof(CapSet *));
	dest->sets = gf_calloc(size.entries + 1, sizeof(CapSet));
	dest->items = gf_calloc(size.entries + 1, sizeof(dest->items[0]));
	if (!dest->bundles || !dest->sides || !dest->sets || !dest->items)
		goto no_memory;

	u32 nb_items = 0, nb_sides = 0;
	CapBundle b = {0};
	while (caps_next_bundle(caps, nb_caps, &b))
		add_dest_side(dest, &b, &nb_items, &nb_sides);
	dest->takes_all = !dest->nb_bundles;

	size_t total = 0;
	for (u32 i = 0; i < dest->nb_sets; i++)
		total += graph->codes[dest->sets[i].code].nb_sets[SIDE_OUT];
	dest->memo = gf_calloc(total + 1, 1);
	if (!dest->memo)
		goto no_memory;
	u8 *memo = dest->memo;
	for (u32 i = 0; i < dest->nb_sets; i++) {
		dest->sets[i].memo = memo;
		memo += graph->codes[dest->sets[i].code].nb_sets[SIDE_OUT];
	}
	return GF_OK;

no_memory:
	reg_dest_reset(dest);
	return GF_OUT_OF_MEM;
}

void reg_dest_reset(RegDest *dest)
{
	gf_free(dest->bundles);
	gf_free(dest->sides);
	gf_free(dest->sets);
	gf_free(dest->items);
	gf_free(dest->memo);
	*dest = (RegDest){0};
}

Bool reg_dest_accepts(const RegDest *dest, const RegBundle *from, s32 only_bundle)
{
	SetRange out = from->sets[SIDE_OUT];
	if (!out.count || dest->takes_all)
		return out.count > 0;
	for (u32 i = 0; i < dest->nb_bundles; i++) {
		const DestBundle *to = &dest->bundles[i];
		u32 answer = compare_sides(
			&dest->graph->sides[out.first], out.count, &dest->sides[to->sets.first], to->sets.count);
		if (!answer || (answer & PAIR_FROM_LOADED))
			continue;
		if (only_bundle < 0 || to->index == (u32)only_bundle || (answer & PAIR_TO_LOADED))
			return GF_TRUE;
	}
	return GF_FALSE;
}
