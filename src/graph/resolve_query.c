// SPDX-License-Identifier: MIT
// Questions of applications and filters about possible links. None of them changes the graph of filters.

#include <stdio.h>
#include <string.h>
#include "base/str.h"
#include "graph/chain_search.h"
#include "graph/engine.h"

// ---- Links of an output PID

// Asks something about the chains from a PID to a destination that exists for the time of the question.
typedef GF_Err (*ChainQuestion)(OutPid *pid, GF_Filter *dst, StrBuf *answer);

static GF_Err ask_best(OutPid *pid, GF_Filter *dst, StrBuf *answer)
{
	Chain chain = {0};
	GF_Err e = resolve_chain(pid, dst, NULL, &chain);
	if (e)
		return e;
	for (u32 i = 0; i < chain.nb_items; i++)
		sb_addf(answer, "%s%s", i ? "," : "", chain.items[i].reg->name);
	chain_reset(&chain);
	return GF_OK;
}

static GF_Err ask_all(OutPid *pid, GF_Filter *dst, StrBuf *answer)
{
	Chain *chains = NULL;
	u32 nb_chains = 0;
	GF_Err e = resolve_all_chains(pid, dst, &chains, &nb_chains);
	if (e)
		return e;
	for (u32 i = 0; i < nb_chains; i++) {
		sb_addf(answer, "%s%u;%d", i ? "|" : "", chains[i].distance, chains[i].priority);
		for (u32 j = 0; j < chains[i].nb_items; j++)
			sb_addf(answer, ",%s", chains[i].items[j].reg->name);
	}
	chains_del(chains, nb_chains);
	return GF_OK;
}

// `desc` is a filter declaration or `dst=URL`.
static GF_Err ask_about(
	GF_Filter *filter, u32 opid_idx, const char *desc, ChainQuestion question, char **result)
{
	OutPid *pid = filter ? gf_list_get(filter->outputs, opid_idx) : NULL;
	if (!pid || !desc || !desc[0] || !result)
		return GF_BAD_PARAM;
	char name_sep = filter->fs->seps.name;
	if (!strncmp(desc, "src", 3) && desc[3] == name_sep)
		return GF_BAD_PARAM;
	Bool is_url = !strncmp(desc, "dst", 3) && desc[3] == name_sep;
	GF_Err e = GF_OK;
	GF_Filter *dst = filter_load_temporary(filter->fs, is_url ? desc + 4 : desc, is_url, &e);
	if (!dst)
		return e ? e : GF_FILTER_NOT_FOUND;
	StrBuf answer;
	sb_init(&answer);
	e = question(pid, dst, &answer);
	filter_unload(dst);
	char *text = sb_take(&answer);
	if (!e && !text)
		e = GF_OUT_OF_MEM;
	if (e)
		gf_free(text);
	else
		*result = text;
	return e;
}

GF_Err gf_filter_probe_link(GF_Filter *filter, u32 opid_idx, const char *fname, char **result_chain)
{
	return ask_about(filter, opid_idx, fname, ask_best, result_chain);
}

GF_Err gf_filter_probe_links(GF_Filter *filter, u32 opid_idx, const char *fname, char **result_chain)
{
	return ask_about(filter, opid_idx, fname, ask_all, result_chain);
}

// True when an instance of `reg` could be connected to the PID. What is reserved to loaded filters counts for
// the registers that are never loaded otherwise.
static Bool could_take(OutPid *pid, const GF_FilterRegister *reg)
{
	const u32 any_instance = GF_FS_REG_ALLOW_CYCLIC | GF_FS_REG_SCRIPT | GF_FS_REG_CUSTOM;
	GF_Filter *producer = pid->head.filter;
	if (!reg->configure_pid || (reg == producer->reg && !(reg->flags & any_instance)))
		return GF_FALSE;
	if (!(reg->flags & GF_FS_REG_EXPLICIT_ONLY))
		return caps_match(pid, reg, NULL, -1, NULL, NULL);
	GF_Filter instance = {.fs = producer->fs, .reg = reg};
	return caps_match(pid, reg, &instance, -1, NULL, NULL);
}

GF_Err gf_filter_get_possible_destinations(GF_Filter *filter, s32 opid_idx, char **result_list)
{
	if (!filter || !result_list || opid_idx >= (s32)gf_list_count(filter->outputs))
		return GF_BAD_PARAM;
	StrBuf list;
	sb_init(&list);
	for (u32 i = 0; i < gf_list_count(filter->fs->registers); i++) {
		const GF_FilterRegister *reg = gf_list_get(filter->fs->registers, i);
		Bool found = GF_FALSE;
		for (u32 j = 0; j < gf_list_count(filter->outputs) && !found; j++) {
			if (opid_idx < 0 || (u32)opid_idx == j)
				found = could_take(gf_list_get(filter->outputs, j), reg);
		}
		if (found)
			sb_addf(&list, "%s%s", list.len ? "," : "", reg->name);
	}
	Bool none = !list.len && !list.failed;
	char *text = sb_take(&list);
	if (none || !text) {
		gf_free(text);
		return none ? GF_FILTER_NOT_FOUND : GF_OUT_OF_MEM;
	}
	*result_list = text;
	return GF_OK;
}

Bool gf_filter_pid_check_caps(GF_FilterPid *PID)
{
	if (!PID || !PID->is_input) {
		GF_LOG(GF_LOG_ERROR, GF_LOG_FILTER,
			("[filter] gf_filter_pid_check_caps on an output PID of %s: only inputs can be checked\n",
				PID ? PID->filter->name : "?"));
		return GF_FALSE;
	}
	InPid *in = (InPid *)PID;
	GF_Filter *f = in->alias ? in->alias : PID->filter;
	return caps_match_props(in->pid, in->map ? in->map : in->pid->map, f->reg, f, -1, NULL, NULL);
}

// ---- Capabilities of registers

Bool gf_fs_is_supported_mime(GF_FilterSession *session, const char *mime)
{
	if (!session || !mime)
		return GF_FALSE;
	for (u32 i = 0; i < gf_list_count(session->registers); i++) {
		const GF_FilterRegister *reg = gf_list_get(session->registers, i);
		for (u32 j = 0; j < reg->nb_caps; j++) {
			const GF_FilterCapability *cap = &reg->caps[j];
			if (cap->code == GF_PROP_PID_MIME && (cap->flags & GF_CAPFLAG_INPUT) &&
				!(cap->flags & GF_CAPFLAG_EXCLUDED) && cap->val.value.string &&
				strstr(cap->val.value.string, mime))
				return GF_TRUE;
		}
	}
	return GF_FALSE;
}

Bool gf_filter_is_supported_mime(GF_Filter *filter, const char *mime)
{
	return filter ? gf_fs_is_supported_mime(filter->fs, mime) : GF_FALSE;
}

static Bool bundle_has(const CapBundle *b, u32 side, u32 code, const GF_PropertyValue *val, Bool exact)
{
	const GF_FilterCapability *cap;
	u32 pos = 0;
	while ((cap = bundle_next(b, &pos, side))) {
		if (cap->code != code)
			continue;
		if (!exact || !val || (!(cap->flags & GF_CAPFLAG_EXCLUDED) && gf_props_equal(&cap->val, val)))
			return GF_TRUE;
	}
	return GF_FALSE;
}

Bool gf_fs_check_filter_register_cap(const GF_FilterRegister *filter_reg, u32 in_cap_code,
	GF_PropertyValue *in_cap, u32 out_cap_code, GF_PropertyValue *out_cap, Bool exact_match_only)
{
	CapBundle b = {0};
	while (filter_reg && caps_next_bundle(filter_reg->caps, filter_reg->nb_caps, &b)) {
		if (bundle_has(&b, GF_CAPFLAG_INPUT, in_cap_code, in_cap, exact_match_only) &&
			bundle_has(&b, GF_CAPFLAG_OUTPUT, out_cap_code, out_cap, exact_match_only))
			return GF_TRUE;
	}
	return GF_FALSE;
}

// ---- Printing

typedef void (*PrintFn)(FILE *output, GF_SysPrintArgFlags flags, const char *fmt, ...);

static void print_plain(FILE *output, GF_SysPrintArgFlags flags, const char *fmt, ...) GF_PRINTF(3, 4);

static void print_plain(FILE *output, GF_SysPrintArgFlags flags, const char *fmt, ...)
{
	(void)flags;
	va_list args;
	va_start(args, fmt);
	vfprintf(output, fmt, args);
	va_end(args);
}

// Marks in `marks`, by node, the registers that `node` can feed.
static void mark_sinks_of(const RegGraph *graph, u32 node, u8 *marks)
{
	for (u32 i = 0; i < graph->nb_bundles; i++) {
		const RegBundle *to = &graph->bundles[i];
		for (u32 j = 0; j < to->nb_edges && !marks[to->node]; j++)
			marks[to->node] = graph->bundles[graph->edges[to->first_edge + j].from].node == node;
	}
}

static void mark_sources_of(const RegGraph *graph, u32 node, u8 *marks)
{
	for (u32 i = 0; i < graph->nodes[node].nb_bundles; i++) {
		const RegBundle *to = &graph->bundles[graph->nodes[node].first_bundle + i];
		for (u32 j = 0; j < to->nb_edges; j++)
			marks[graph->bundles[graph->edges[to->first_edge + j].from].node] = 1;
	}
}

static void print_marks(const RegGraph *graph, const u8 *marks, const char *title, PrintFn print_fn)
{
	print_fn(stderr, 0, "%s:", title);
	Bool any = GF_FALSE;
	for (u32 i = 0; i < graph->nb_nodes; i++) {
		if (marks[i])
			print_fn(stderr, 0, " %s", graph->nodes[i].reg->name);
		any |= marks[i];
	}
	print_fn(stderr, 0, any ? "\n" : " none\n");
}

static void print_node(const RegGraph *graph, u32 node, u8 *marks, PrintFn print_fn)
{
	print_fn(stderr, GF_PRINTARG_HIGHLIGHT_FIRST, "%s\n", graph->nodes[node].reg->name);
	memset(marks, 0, graph->nb_nodes);
	mark_sources_of(graph, node, marks);
	print_marks(graph, marks, "\tfed by", print_fn);
	memset(marks, 0, graph->nb_nodes);
	mark_sinks_of(graph, node, marks);
	print_marks(graph, marks, "\tfeeds", print_fn);
}

void gf_fs_print_all_connections(GF_FilterSession *session, char *filter_name, PrintFn print_fn)
{
	if (!session)
		return;
	if (!print_fn)
		print_fn = print_plain;
	const RegGraph *graph = reg_graph_get(session);
	u8 *marks = graph ? gf_calloc(graph->nb_nodes + 1, 1) : NULL;
	if (!marks)
		return;
	Bool found = GF_FALSE;
	for (u32 i = 0; i < graph->nb_nodes; i++) {
		if (filter_name && strcmp(filter_name, graph->nodes[i].reg->name))
			continue;
		print_node(graph, i, marks, print_fn);
		found = GF_TRUE;
	}
	if (filter_name && !found)
		GF_LOG(GF_LOG_ERROR, GF_LOG_FILTER, ("[linker] no filter register is called %s\n", filter_name));
	gf_free(marks);
}

// The capabilities of the instance decide, not those of its register.
void gf_filter_print_all_connections(GF_Filter *filter, PrintFn print_fn)
{
	if (!filter)
		return;
	if (!print_fn)
		print_fn = print_plain;
	const RegGraph *graph = reg_graph_get(filter->fs);
	u8 *marks = graph ? gf_calloc(graph->nb_nodes + 1, 1) : NULL;
	RegDest dest;
	if (!marks || reg_dest_init(&dest, graph, filter)) {
		gf_free(marks);
		return;
	}
	print_fn(stderr, GF_PRINTARG_HIGHLIGHT_FIRST, "%s\n", filter->name ? filter->name : filter->reg->name);
	for (u32 i = 0; i < graph->nb_bundles; i++)
		marks[graph->bundles[i].node] |= reg_dest_accepts(&dest, &graph->bundles[i], -1);
	print_marks(graph, marks, "\tfed by", print_fn);
	memset(marks, 0, graph->nb_nodes);
	s32 node = reg_graph_find(graph, filter->reg);
	if (node >= 0)
		mark_sinks_of(graph, (u32)node, marks);
	print_marks(graph, marks, "\tfeeds", print_fn);
	reg_dest_reset(&dest);
	gf_free(marks);
}
