// SPDX-License-Identifier: MIT
// Chains of filters between a PID and a destination.

#include <stdlib.h>
#include <string.h>
#include "graph/args.h"
#include "graph/chain_search.h"

// Options `gfreg` of both ends and of the caller, one text. NULL when there is none.
static char *preferred_registers(OutPid *pid, GF_Filter *dst, const char *more)
{
	char *texts[3] = {NULL, NULL, NULL};
	const GF_Filter *ends[2] = {pid->head.filter, dst};
	for (u32 i = 0; i < 2; i++) {
		if (ends[i]->src_args)
			texts[i] = args_get_option(&dst->fs->seps, ends[i]->src_args, "gfreg");
	}
	texts[2] = more ? gf_strdup(more) : NULL;
	char *all = NULL;
	GF_Err e = GF_OK;
	for (u32 i = 0; i < 3; i++) {
		if (!e)
			e = gf_dynstrcat(&all, texts[i], ",");
		gf_free(texts[i]);
	}
	return all;
}

// Chain that begins with `first`, whose priority for the PID is `priority`.
static GF_Err chain_from_state(const ChainSearch *s, u32 first, u32 dist, s32 priority, Chain *chain)
{
	u32 count = s->states[first].nb_filters;
	Chain found = {.nb_items = count, .distance = dist, .priority = priority};
	if (count) {
		found.items = gf_calloc(count, sizeof(ChainItem));
		if (!found.items)
			return GF_OUT_OF_MEM;
	}
	u32 state = first;
	for (u32 i = 0; i < count; i++) {
		const RegBundle *bundle = &s->graph->bundles[s->states[state].bundle];
		const GF_FilterRegister *reg = search_register(s, state);
		found.items[i] = (ChainItem){reg, bundle->index, bundle->index, bundle->undecided};
		if (i)
			found.priority += reg->priority;
		state = s->states[state].next;
	}
	*chain = found;
	return GF_OK;
}

// The priority kept by the search for its choice may come from a preference: this is the one of the register.
static GF_Err chain_from_search(ChainSearch *s, Chain *chain)
{
	u32 dist;
	s32 priority = 0;
	search_can_start(s, s->first, &dist, &priority);
	return chain_from_state(s, s->first, s->dist, priority, chain);
}

static void log_chain(const OutPid *pid, const GF_Filter *dst, const Chain *chain)
{
	if (!gf_log_tool_level_on(GF_LOG_FILTER, GF_LOG_DEBUG))
		return;
	gf_log_lt(GF_LOG_DEBUG, GF_LOG_FILTER);
	gf_log("[linker] chain from PID %s to %s:", pid->name ? pid->name : "?", dst->name ? dst->name : "?");
	for (u32 i = 0; i < chain->nb_items; i++)
		gf_log(" %s.%u", chain->items[i].reg->name, chain->items[i].in_bundle);
	gf_log(" (distance %u)\n", chain->distance);
}

GF_Err resolve_chain(OutPid *pid, GF_Filter *dst, const ResolveOptions *opts, Chain *chain)
{
	static const ResolveOptions defaults = {0};
	if (!opts)
		opts = &defaults;
	ChainSearch s;
	GF_Err e = search_init(&s, pid, dst);
	if (e)
		return e;
	char *preferred = preferred_registers(pid, dst, opts->preferred);
	s.preferred = preferred;
	s.exclude = opts->exclude;
	s.not_direct = opts->not_direct || opts->adapt;
	s.adapt = opts->adapt;
	if (s.adapt && s.max_filters)
		s.max_filters = 1;
	e = search_run(&s, GF_FALSE);
	if (!e)
		e = s.found ? chain_from_search(&s, chain) : GF_FILTER_NOT_FOUND;
	if (!e)
		log_chain(pid, dst, chain);
	search_reset(&s);
	gf_free(preferred);
	return e;
}

void chain_reset(Chain *chain)
{
	gf_free(chain->items);
	*chain = (Chain){0};
}

void chains_del(Chain *chains, u32 nb_chains)
{
	for (u32 i = 0; i < nb_chains; i++)
		chain_reset(&chains[i]);
	gf_free(chains);
}

typedef struct {
	u32 state, dist;
	s32 priority;
	u64 order; // in which the search takes up the states
} FirstStep;

static int compare_steps(const void *a, const void *b)
{
	const FirstStep *x = a, *y = b;
	if (x->dist != y->dist)
		return x->dist < y->dist ? -1 : 1;
	if (x->priority != y->priority)
		return x->priority < y->priority ? -1 : 1;
	return x->order < y->order ? -1 : 1;
}

// Chains of the sorted steps, the best one for each register.
static GF_Err chains_from_steps(
	const ChainSearch *s, const FirstStep *steps, u32 nb_steps, Chain *chains, u32 *count)
{
	for (u32 i = 0; i < nb_steps; i++) {
		u32 j = 0;
		while (j < i && search_register(s, steps[j].state) != search_register(s, steps[i].state))
			j++;
		if (j < i)
			continue;
		GF_Err e = chain_from_state(s, steps[i].state, steps[i].dist, steps[i].priority, &chains[*count]);
		if (e)
			return e;
		(*count)++;
	}
	return GF_OK;
}

GF_Err resolve_all_chains(OutPid *pid, GF_Filter *dst, Chain **chains, u32 *nb_chains)
{
	ChainSearch s;
	GF_Err e = search_init(&s, pid, dst);
	if (e)
		return e;
	FirstStep *steps = NULL;
	Chain *found = NULL;
	u32 nb_found = 0, nb_steps = 0;
	e = search_run(&s, GF_TRUE);
	if (e)
		goto exit;
	e = GF_OUT_OF_MEM;
	steps = gf_calloc(s.nb_states, sizeof(FirstStep));
	found = gf_calloc(s.nb_states, sizeof(Chain));
	if (!steps || !found)
		goto exit;
	for (u32 i = 0; i < s.nb_states; i++) {
		FirstStep *step = &steps[nb_steps];
		*step = (FirstStep){.state = i};
		if (i != SEARCH_DEST)
			step->order = ((u64)s.states[i].dist << 32 | s.states[i].bundle) + 1;
		if (search_can_start(&s, i, &step->dist, &step->priority))
			nb_steps++;
	}
	qsort(steps, nb_steps, sizeof(FirstStep), compare_steps);
	e = nb_steps ? chains_from_steps(&s, steps, nb_steps, found, &nb_found) : GF_FILTER_NOT_FOUND;
	if (!e) {
		*chains = found;
		*nb_chains = nb_found;
		found = NULL;
	}

exit:
	if (found)
		chains_del(found, nb_found);
	gf_free(steps);
	search_reset(&s);
	return e;
}
