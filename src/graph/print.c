// SPDX-License-Identifier: MIT
// The printed graph (graph chapter 7.4): one tree per source, one line per destination of each output PID.
#include "base/str.h"
#include "graph/args.h"
#include "graph/engine.h"
#include "graph/link.h"

typedef struct {
	StrBuf text;
	GF_List *printed; // filters with several inputs, expanded once
} GraphPrint;

static void print_filter_name(StrBuf *b, const GF_Filter *f)
{
	sb_add(b, f->reg->name);
	if (strcmp(f->name, f->reg->name))
		sb_addf(b, " \"%s\"", f->name);
	if (f->kind == FILTER_EXPLICIT && f->src_args) {
		// The URL terminator that the loader adds is not what the user wrote.
		char terminator[8] = {f->fs->seps.args, 'g', 'p', 'a', 'c', 0};
		const char *cut = strstr(f->src_args, terminator);
		int head = cut ? (int)(cut - f->src_args) : (int)strlen(f->src_args);
		sb_addf(b, " (%.*s%s)", head, f->src_args, cut ? cut + 5 : "");
	}
	Bool dynamic = f->kind == FILTER_DYNAMIC || f->kind == FILTER_ADAPTATION;
	sb_addf(b, " (%s=%u)", dynamic ? "dyn_idx" : "idx", f->index);
	if (f->kind == FILTER_ALIAS && f->alias_of)
		sb_addf(b, " (<=> %s)", f->alias_of->name);
	sb_addc(b, '\n');
}

static void print_prefix(StrBuf *b, u32 depth)
{
	for (u32 i = 0; i < depth; i++)
		sb_addc(b, '-');
}

#define MAX_PRINT_DEPTH 100

static void print_outputs(GraphPrint *gp, const GF_Filter *f, u32 depth);

// Expands a destination, unless it is a filter with several inputs that was expanded before.
static void print_dest(GraphPrint *gp, GF_Filter *dst, u32 depth)
{
	print_filter_name(&gp->text, dst);
	if (gf_list_count(dst->inputs) > 1) {
		if (gf_list_find(gp->printed, dst) >= 0)
			return;
		gf_list_add(gp->printed, dst);
	}
	print_outputs(gp, dst, depth);
}

// Number of PIDs from `idx` on whose only destination is `dst`.
static u32 group_size(const GF_Filter *f, u32 idx, const GF_Filter *dst)
{
	u32 nb = gf_list_count(f->outputs), n = 0;
	for (u32 i = idx; i < nb; i++, n++) {
		const OutPid *pid = gf_list_get(f->outputs, i);
		const InPid *in = gf_list_get(pid->dests, 0);
		if (gf_list_count(pid->dests) != 1 || in->head.filter != dst)
			break;
	}
	return n;
}

static void print_group(GraphPrint *gp, const GF_Filter *f, u32 first, u32 nb, GF_Filter *dst, u32 depth)
{
	size_t width = 0;
	for (u32 i = first; i < first + nb; i++) {
		size_t len = strlen(((OutPid *)gf_list_get(f->outputs, i))->name);
		width = len > width ? len : width;
	}
	for (u32 i = first; i < first + nb; i++) {
		const char *name = ((OutPid *)gf_list_get(f->outputs, i))->name;
		Bool last = i + 1 == first + nb;
		int pad = (int)(width - strlen(name));
		print_prefix(&gp->text, depth);
		sb_addf(&gp->text, "(PID %s)%*s", name, last ? 0 : pad, "");
		if (!last) {
			sb_add(&gp->text, "\\\n");
			continue;
		}
		for (int j = 0; j < pad; j++)
			sb_addc(&gp->text, '-');
		sb_add(&gp->text, "-> ");
	}
	print_dest(gp, dst, depth + 1);
}

static void print_outputs(GraphPrint *gp, const GF_Filter *f, u32 depth)
{
	if (depth > MAX_PRINT_DEPTH)
		return;
	u32 nb = gf_list_count(f->outputs);
	for (u32 i = 0; i < nb; i++) {
		const OutPid *pid = gf_list_get(f->outputs, i);
		u32 nb_dst = gf_list_count(pid->dests);
		const InPid *only = nb_dst == 1 ? gf_list_get(pid->dests, 0) : NULL;
		u32 group = only ? group_size(f, i, only->head.filter) : 0;
		if (group > 1) {
			print_group(gp, f, i, group, only->head.filter, depth);
			i += group - 1;
			continue;
		}
		for (u32 j = 0; j < nb_dst; j++) {
			const InPid *in = gf_list_get(pid->dests, j);
			print_prefix(&gp->text, depth);
			sb_addf(&gp->text, "(PID %s) ", pid->name);
			print_dest(gp, in->head.filter, depth + 1);
		}
	}
}

static Bool has_link(const GF_Filter *f)
{
	if (gf_list_count(f->inputs))
		return GF_TRUE;
	u32 nb = gf_list_count(f->outputs);
	for (u32 i = 0; i < nb; i++) {
		if (gf_list_count(((OutPid *)gf_list_get(f->outputs, i))->dests))
			return GF_TRUE;
	}
	return GF_FALSE;
}

static Bool was_linked(const GF_Filter *f)
{
	return f->stats.nb_pck_processed || f->stats.nb_pck_sent || f->kind != FILTER_EXPLICIT;
}

static void print_unlinked(GF_FilterSession *fs, Bool ignore_sinks)
{
	StrBuf b;
	sb_init(&b);
	u32 nb = gf_list_count(fs->filters);
	for (u32 i = 0; i < nb; i++) {
		const GF_Filter *f = gf_list_get(fs->filters, i);
		if (has_link(f) || was_linked(f) || f->kind == FILTER_ALIAS || f->state >= FILTER_REMOVED)
			continue;
		if (f->sticky || (ignore_sinks && filter_is_sink_kind(f)))
			continue;
		print_filter_name(&b, f);
	}
	if (b.len)
		GF_LOG(GF_LOG_WARNING, GF_LOG_APP, ("Filters not connected:\n%s", sb_str(&b)));
	sb_reset(&b);
}

void gf_fs_print_non_connected_ex(GF_FilterSession *session, Bool ignore_sinks)
{
	if (session)
		print_unlinked(session, ignore_sinks);
}

void gf_fs_print_non_connected(GF_FilterSession *session)
{
	gf_fs_print_non_connected_ex(session, GF_FALSE);
}

char *gf_fs_get_graph_text(GF_FilterSession *session)
{
	if (!session)
		return NULL;
	GraphPrint gp = {.printed = gf_list_new()};
	sb_init(&gp.text);
	sb_add(&gp.text, "Filters connected:\n");
	u32 nb = gf_list_count(session->filters);
	for (u32 i = 0; i < nb; i++) {
		const GF_Filter *f = gf_list_get(session->filters, i);
		if (gf_list_count(f->inputs) || !has_link(f))
			continue;
		print_filter_name(&gp.text, f);
		print_outputs(&gp, f, 1);
	}
	gf_list_del(gp.printed);
	return sb_take(&gp.text);
}

void gf_fs_print_connections(GF_FilterSession *session)
{
	char *text = gf_fs_get_graph_text(session);
	if (!text)
		return;
	GF_LOG(GF_LOG_INFO, GF_LOG_APP, ("%s", text));
	gf_free(text);
	print_unlinked(session, GF_FALSE);
}
