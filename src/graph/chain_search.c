// SPDX-License-Identifier: MIT
// Shortest chain of registers from a PID to a destination.

#include <string.h>
#include "base/array.h"
#include "graph/chain_search.h"

enum { MATCH_UNKNOWN = 0, MATCH_YES, MATCH_NO };

// ---- Which registers may be used

static Bool is_codec_raw(const GF_FilterCapability *cap)
{
	return cap->code == GF_PROP_PID_CODECID && cap->val.value.uint == GF_CODECID_RAW;
}

// Turns coded media into raw media.
static Bool is_decoder(const GF_FilterRegister *reg)
{
	CapBundle b = {0};
	while (caps_next_bundle(reg->caps, reg->nb_caps, &b)) {
		Bool takes_coded = GF_FALSE, gives_raw = GF_FALSE;
		const GF_FilterCapability *cap;
		u32 pos = 0;
		while ((cap = bundle_next(&b, &pos, GF_CAPFLAG_IN_BUNDLE))) {
			Bool excluded = (cap->flags & GF_CAPFLAG_EXCLUDED) != 0;
			if (cap->code != GF_PROP_PID_CODECID)
				continue;
			if (cap->flags & GF_CAPFLAG_INPUT)
				takes_coded |= excluded || !is_codec_raw(cap);
			if (cap->flags & GF_CAPFLAG_OUTPUT)
				gives_raw |= !excluded && is_codec_raw(cap);
		}
		if (takes_coded && gives_raw)
			return GF_TRUE;
	}
	return GF_FALSE;
}

static Bool can_reconfigure(const GF_FilterRegister *reg, u32 p4cc, const char *name)
{
	GF_FilterCapability wanted = {.code = p4cc, .name = name};
	for (u32 i = 0; i < reg->nb_caps; i++) {
		if ((reg->caps[i].flags & GF_CAPFLAG_RECONFIG) && caps_same_code(&reg->caps[i], &wanted))
			return GF_TRUE;
	}
	return GF_FALSE;
}

static Bool can_adapt(const GF_FilterRegister *reg, const PropMap *wanted)
{
	u32 idx = 0, p4cc, count = 0;
	const char *name;
	const GF_PropertyValue *val;
	Bool all = reg->reconfigure_output != NULL, only_raw = GF_FALSE;
	while ((val = propmap_enum(wanted, &idx, &p4cc, &name))) {
		all = all && can_reconfigure(reg, p4cc, name);
		only_raw = !count && p4cc == GF_PROP_PID_CODECID && val->value.uint == GF_CODECID_RAW;
		count++;
	}
	return all || (only_raw && is_decoder(reg));
}

static Bool is_refused(const ChainSearch *s, const GF_FilterRegister *reg)
{
	for (u32 i = 0; i < 2; i++) {
		if (gf_list_find((GF_List *)s->refused[i], (void *)reg) >= 0)
			return GF_TRUE;
	}
	for (const GF_FilterRegister *const *r = s->exclude; r && *r; r++) {
		if (*r == reg)
			return GF_TRUE;
	}
	return GF_FALSE;
}

static Bool is_same_media(const OutPid *a, const OutPid *b)
{
	static const u32 props[] = {GF_PROP_PID_STREAM_TYPE, GF_PROP_PID_CODECID, GF_PROP_PID_UNFRAMED};
	for (u32 i = 0; i < sizeof(props) / sizeof(*props); i++) {
		const GF_PropertyValue *x = propmap_get(a->map, props[i], NULL), *y = propmap_get(b->map, props[i], NULL);
		if ((x ? x->value.uint : 0) != (y ? y->value.uint : 0))
			return GF_FALSE;
	}
	return GF_TRUE;
}

// The PID comes from an inserted filter of this register, by way of inserted filters, and is what that one was given. It
// would be inserted again and again where what follows it is found step by step.
static Bool is_circle(const OutPid *pid, const GF_FilterRegister *reg)
{
	const GF_Filter *f = pid->head.filter;
	for (u32 depth = 0; depth < MAX_GRAPH_DEPTH && f->kind != FILTER_EXPLICIT; depth++) {
		const InPid *in = gf_list_get(f->inputs, 0);
		if (!in)
			break;
		if (f->kind == FILTER_DYNAMIC && f->reg == reg && is_same_media(in->pid, pid))
			return GF_TRUE;
		f = in->pid->head.filter;
	}
	return GF_FALSE;
}

static Bool is_usable(const ChainSearch *s, const RegNode *node)
{
	const GF_FilterRegister *reg = node->reg;
	if (!node->has_in || !node->has_out || reg == s->pid->head.filter->reg || reg == s->dst->reg)
		return GF_FALSE;
	if (reg->flags & (GF_FS_REG_SCRIPT | GF_FS_REG_CUSTOM))
		return GF_FALSE;
	if ((reg->flags & GF_FS_REG_EXPLICIT_ONLY) && !(s->adapt && reg->reconfigure_output))
		return GF_FALSE;
	if (s->adapt && !can_adapt(reg, s->adapt))
		return GF_FALSE;
	return !is_refused(s, reg) && (s->adapt || !is_circle(s->pid, reg));
}

// ---- States

const GF_FilterRegister *search_register(const ChainSearch *s, u32 state)
{
	if (state == SEARCH_DEST)
		return s->dst->reg;
	return s->graph->nodes[s->graph->bundles[s->states[state].bundle].node].reg;
}

static GF_Err open_push(ChainSearch *s, u32 state)
{
	if (array_reserve(&s->open, &s->alloc_open, s->nb_open, 1, sizeof(*s->open)))
		return GF_OUT_OF_MEM;
	OpenState item = {((u64)s->states[state].dist << 32) | s->states[state].bundle, state};
	u32 pos = s->nb_open++;
	while (pos && s->open[(pos - 1) / 2].key > item.key) {
		s->open[pos] = s->open[(pos - 1) / 2];
		pos = (pos - 1) / 2;
	}
	s->open[pos] = item;
	return GF_OK;
}

static OpenState open_pop(ChainSearch *s)
{
	OpenState top = s->open[0], last = s->open[--s->nb_open];
	u32 pos = 0;
	while (1) {
		u32 child = 2 * pos + 1;
		if (child + 1 < s->nb_open && s->open[child + 1].key < s->open[child].key)
			child++;
		if (child >= s->nb_open || s->open[child].key >= last.key)
			break;
		s->open[pos] = s->open[child];
		pos = child;
	}
	if (s->nb_open)
		s->open[pos] = last;
	return top;
}

// A register is used once in a chain.
static Bool route_uses(const ChainSearch *s, u32 state, const GF_FilterRegister *reg)
{
	for (; state != SEARCH_DEST; state = s->states[state].next) {
		if (search_register(s, state) == reg)
			return GF_TRUE;
	}
	return GF_FALSE;
}

static u32 state_weight(const ChainSearch *s, u32 state)
{
	return (search_register(s, state)->flags & GF_FS_REG_HIDE_WEIGHT) ? 0 : 1;
}

static Bool is_preferred(const ChainSearch *s, u32 state)
{
	return s->preferred && state != SEARCH_DEST && strstr(s->preferred, search_register(s, state)->name);
}

// ---- Steps

// Stream type on the way from an output of type `out` into a filter whose own output has type `after`: the
// known one of both. False when the filter would have to turn one media type into another.
static Bool carry_type(const ChainSearch *s, u32 state, s32 out, Bool out_not_file, s32 *type)
{
	s32 after = s->states[state].type;
	Bool after_is_media = after > 0 && after != GF_STREAM_FILE;
	if (out == STREAM_SEVERAL || out == GF_STREAM_ENCRYPTED) {
		if (after_is_media)
			out = after;
	} else if (out == STREAM_UNSPECIFIED && !(out_not_file && after == GF_STREAM_FILE)) {
		out = after;
	}
	*type = out;
	if (!after_is_media || after == GF_STREAM_ENCRYPTED || out <= 0 || out == GF_STREAM_FILE || out == after)
		return GF_TRUE;
	Bool drawn = out == GF_STREAM_TEXT || out == GF_STREAM_SCENE || out == GF_STREAM_OD;
	return drawn && after == GF_STREAM_VISUAL &&
		   !(search_register(s, state)->flags & GF_FS_REG_EXPLICIT_ONLY);
}

static Bool pid_matches_state(ChainSearch *s, u32 state, s32 *priority)
{
	CapMatch match;
	if (state == SEARCH_DEST) {
		if (!caps_match(s->pid, s->dst->reg, s->dst, s->dest_bundle, &match, NULL))
			return GF_FALSE;
		*priority = match.priority;
		return GF_TRUE;
	}
	u32 i = s->states[state].bundle;
	if (s->matched[i] == MATCH_UNKNOWN) {
		const RegBundle *bundle = &s->graph->bundles[i];
		Bool ok = caps_match(s->pid, search_register(s, state), NULL, (s32)bundle->index, &match, NULL);
		s->matched[i] = ok ? MATCH_YES : MATCH_NO;
		s->priority[i] = ok ? match.priority : 0;
	}
	*priority = s->priority[i];
	return s->matched[i] == MATCH_YES;
}

Bool search_can_start(ChainSearch *s, u32 state, u32 *dist, s32 *priority)
{
	s32 type;
	if ((state == SEARCH_DEST && s->not_direct) || !carry_type(s, state, s->pid_type, GF_FALSE, &type))
		return GF_FALSE;
	*dist = s->states[state].dist + state_weight(s, state);
	return pid_matches_state(s, state, priority);
}

// Tries to end the chain: the PID feeds `state`. Ties go to a preferred register, then to the lowest
// priority.
static void try_source(ChainSearch *s, u32 state)
{
	s32 priority;
	u32 dist;
	if (s->found && s->states[state].dist + state_weight(s, state) > s->dist)
		return;
	if (!search_can_start(s, state, &dist, &priority))
		return;
	if (s->found && dist == s->dist) {
		if (is_preferred(s, state) && search_register(s, s->first) != search_register(s, state))
			priority = 0;
		else if (is_preferred(s, s->first) || priority >= s->first_priority)
			return;
	}
	s->found = GF_TRUE;
	s->first = state;
	s->dist = dist;
	s->first_priority = priority;
}

static u32 find_state(const ChainSearch *s, u32 bundle, s32 type)
{
	u32 state = s->first_state[bundle];
	while (state && s->states[state].type != type)
		state = s->states[state].same;
	return state;
}

// Considers feeding `next` by the output of a bundle.
static GF_Err try_bundle(ChainSearch *s, u32 from, u32 next)
{
	const RegBundle *bundle = &s->graph->bundles[from];
	const GF_FilterRegister *reg = s->graph->nodes[bundle->node].reg;
	u32 nb_filters = s->states[next].nb_filters + 1;
	s32 type;
	if (nb_filters > s->max_filters || !carry_type(s, next, bundle->out_type, bundle->not_file, &type))
		return GF_OK;
	// what makes files stands last: files inside a chain come from the source only
	if (nb_filters > 1 && type == GF_STREAM_FILE && !(reg->flags & GF_FS_REG_HIDE_WEIGHT))
		return GF_OK;

	u32 dist = s->states[next].dist + state_weight(s, next);
	u32 state = find_state(s, from, type);
	if (state) {
		const SearchState *known = &s->states[state];
		Bool wins_tie = is_preferred(s, next) && search_register(s, known->next) != search_register(s, next);
		if (known->closed || dist > known->dist || (dist == known->dist && !wins_tie))
			return GF_OK;
	}
	if (route_uses(s, next, reg))
		return GF_OK;
	if (!state) {
		if (array_reserve(&s->states, &s->alloc_states, s->nb_states, 1, sizeof(*s->states)))
			return GF_OUT_OF_MEM;
		state = s->nb_states++;
		s->states[state] = (SearchState){.bundle = from, .type = type, .same = s->first_state[from]};
		s->first_state[from] = state;
	}
	s->states[state].next = next;
	s->states[state].dist = dist;
	s->states[state].nb_filters = nb_filters;
	return open_push(s, state);
}

static void log_edge(const ChainSearch *s, u32 from, u32 next)
{
	const RegBundle *bundle = &s->graph->bundles[from];
	GF_LOG(GF_LOG_INFO, GF_LOG_FILTER,
		("[linker] %s.%u -> %s, %u filters before %s\n", s->graph->nodes[bundle->node].reg->name,
			bundle->index, search_register(s, next)->name, s->states[next].nb_filters,
			s->dst->name ? s->dst->name : "?"));
}

static GF_Err try_edge(ChainSearch *s, u32 from, u32 next)
{
	if (!s->usable[s->graph->bundles[from].node])
		return GF_OK;
	if (fs_flag(s->dst->fs, GF_FS_FLAG_PRINT_CONNECTIONS))
		log_edge(s, from, next);
	return try_bundle(s, from, next);
}

static GF_Err expand_dest(ChainSearch *s)
{
	GF_Err e = GF_OK;
	for (u32 i = 0; i < s->graph->nb_bundles && !e; i++) {
		if (reg_dest_accepts(&s->dest, &s->graph->bundles[i], s->dest_bundle))
			e = try_edge(s, i, SEARCH_DEST);
	}
	return e;
}

static GF_Err expand(ChainSearch *s, u32 state)
{
	GF_Err e = GF_OK;
	const RegBundle *bundle = &s->graph->bundles[s->states[state].bundle];
	for (u32 i = 0; i < bundle->nb_edges && !e; i++) {
		RegEdge edge = s->graph->edges[bundle->first_edge + i];
		if (!edge.loaded_only)
			e = try_edge(s, edge.from, state);
	}
	return e;
}

// ---- Interface

GF_Err search_init(ChainSearch *s, OutPid *pid, GF_Filter *dst)
{
	*s = (ChainSearch){.pid = pid, .dst = dst, .dest_bundle = -1, .max_filters = dst->fs->max_chain};
	s->refused[0] = pid->head.filter->link.blacklist;
	s->refused[1] = pid->adapter_blacklist;
	// a chain loaded by a former resolution was made for one bundle of its filters
	if (dst->kind == FILTER_DYNAMIC && !dst->link.max_extra_pids)
		s->dest_bundle = dst->link.bundle;
	const GF_PropertyValue *type = propmap_get(pid->map, GF_PROP_PID_STREAM_TYPE, NULL);
	s->pid_type = type ? (s32)type->value.uint : STREAM_UNSPECIFIED;
	if (dst->link.encoder_codec)
		s->dest_type = (s32)gf_codecid_type(dst->link.encoder_codec);

	s->graph = reg_graph_get(dst->fs);
	if (!s->graph)
		return GF_OUT_OF_MEM;
	GF_Err e = reg_dest_init(&s->dest, s->graph, dst);
	if (e)
		return e;
	s->usable = gf_calloc(s->graph->nb_nodes + 1, 1);
	s->matched = gf_calloc(s->graph->nb_bundles + 1, 1);
	s->priority = gf_calloc(s->graph->nb_bundles + 1, sizeof(s32));
	s->first_state = gf_calloc(s->graph->nb_bundles + 1, sizeof(u32));
	if (!s->usable || !s->matched || !s->priority || !s->first_state) {
		search_reset(s);
		return GF_OUT_OF_MEM;
	}
	return GF_OK;
}

static GF_Err start(ChainSearch *s)
{
	for (u32 i = 0; i < s->graph->nb_nodes; i++)
		s->usable[i] = is_usable(s, &s->graph->nodes[i]);
	if (array_reserve(&s->states, &s->alloc_states, 0, 1, sizeof(*s->states)))
		return GF_OUT_OF_MEM;
	s->states[SEARCH_DEST] = (SearchState){.type = s->dest_type, .closed = GF_TRUE};
	s->nb_states = 1;
	try_source(s, SEARCH_DEST);
	return expand_dest(s);
}

GF_Err search_run(ChainSearch *s, Bool exhaustive)
{
	GF_Err e = start(s);
	while (!e && s->nb_open) {
		OpenState top = open_pop(s);
		// only a filter without weight can still make a tie at the distance of the source
		u32 dist = s->states[top.state].dist + state_weight(s, top.state);
		if (s->found && !exhaustive && dist > s->dist)
			continue;
		SearchState *state = &s->states[top.state];
		if (state->closed)
			continue;
		state->closed = GF_TRUE;
		try_source(s, top.state);
		e = expand(s, top.state);
	}
	return e;
}

void search_restart(ChainSearch *s)
{
	memset(s->first_state, 0, (s->graph->nb_bundles + 1) * sizeof(u32));
	s->nb_states = s->nb_open = 0;
	s->found = GF_FALSE;
}

void search_reset(ChainSearch *s)
{
	reg_dest_reset(&s->dest);
	gf_free(s->usable);
	gf_free(s->matched);
	gf_free(s->priority);
	gf_free(s->first_state);
	gf_free(s->states);
	gf_free(s->open);
	*s = (ChainSearch){0};
}
