// SPDX-License-Identifier: MIT
// Loading the filters between a PID and a destination (graph chapter 3.4 E, 3.13).
#include "graph/args.h"
#include "graph/link.h"

static Bool listed(GF_List *list, const GF_Filter *f)
{
	return gf_list_find(list, (void *)f) >= 0;
}

static void add_once(GF_List *list, GF_Filter *f)
{
	if (!listed(list, f))
		gf_list_add(list, f);
}

// Nearest filter that the user declared, going back from the PID: its options pass to the chain.
static GF_Filter *explicit_above(GF_Filter *f)
{
	for (u32 depth = 0; depth < MAX_GRAPH_DEPTH && f->kind != FILTER_EXPLICIT; depth++) {
		const InPid *in = gf_list_get(f->inputs, 0);
		if (!in)
			break;
		f = in->pid->head.filter;
	}
	return f;
}

static Bool outputs_file(const GF_Filter *f)
{
	u32 nb;
	const GF_FilterCapability *caps = filter_caps(f, &nb);
	for (u32 i = 0; i < nb; i++) {
		u32 code = caps[i].code;
		if (!(caps[i].flags & GF_CAPFLAG_OUTPUT))
			continue;
		// A demultiplexer that also passes files on, when it is asked to, is no muxer.
		if (caps[i].flags & (GF_CAPFLAG_EXCLUDED | GF_CAPFLAG_LOADED_FILTER))
			continue;
		if (code == GF_PROP_PID_FILE_EXT || (code == GF_PROP_PID_STREAM_TYPE && caps[i].val.value.uint == GF_STREAM_FILE))
			return GF_TRUE;
	}
	return GF_FALSE;
}

static char *dup_or_null(const char *s)
{
	return s ? gf_strdup(s) : NULL;
}

// Where a filter of the chain stands: sub-session, source IDs and tags of its neighbours.
static void set_place(const LinkPass *lp, const GF_Filter *prev, GF_Filter *g, GF_Filter *dst)
{
	const GF_Filter *f = lp->src;
	Bool file_for_sink = filter_is_sink_kind(dst) && outputs_file(g);
	g->link.for_sink = file_for_sink;
	g->subsession = dst->subsession;
	g->subsource = file_for_sink ? 0 : (f->subsource ? f->subsource : 1);
	g->link.require_source_id |= lp->pid->require_source_id;
	if (!g->itag)
		g->itag = dup_or_null(dst->itag);
	const char *ids = f->link.restricted_source;
	if (!ids && prev)
		ids = prev->link.source_ids;
	if (!ids)
		ids = dst->link.source_ids;
	gf_free(g->link.source_ids);
	g->link.source_ids = dup_or_null(ids);
	add_once(g->link.dests, dst);
}

static GF_Filter *load_item(const LinkPass *lp, const ChainItem *item, const GF_Filter *prev, GF_Filter *dst,
	GF_Err *err)
{
	char *args = filter_args_inherit(explicit_above(lp->src), dst);
	FilterParams p = {.reg = item->reg, .args = args, .dst_args = dst->src_args, .kind = FILTER_DYNAMIC};
	GF_Filter *g = filter_new(lp->src->fs, &p, err);
	gf_free(args);
	if (!g)
		return NULL;
	g->link.bundle = (s32)item->in_bundle;
	set_place(lp, prev, g, dst);
	return g;
}

// A muxer of this register that already serves the destination.
static GF_Filter *existing_muxer(GF_FilterSession *fs, const GF_FilterRegister *reg, const GF_Filter *dst)
{
	u32 nb = gf_list_count(fs->filters);
	for (u32 i = 0; i < nb; i++) {
		GF_Filter *g = gf_list_get(fs->filters, i);
		if (g->kind == FILTER_DYNAMIC && g->state == FILTER_ALIVE && g->reg == reg && g->link.max_extra_pids &&
			link_accepts_more_inputs(g) && listed(g->link.dests, dst))
			return g;
	}
	return NULL;
}

// PIDs of other filters aimed at the sink go to the muxer loaded in front of it.
static void redirect_to(GF_Filter *muxer, GF_Filter *sink)
{
	GF_FilterSession *fs = muxer->fs;
	u32 nb = gf_list_count(fs->filters);
	for (u32 i = 0; i < nb; i++) {
		GF_Filter *h = gf_list_get(fs->filters, i);
		if (h == muxer || h->link.requester || h->kind == FILTER_EXPLICIT)
			continue;
		GF_List *lists[2] = {h->link.dests, h->link.dest_links};
		for (u32 j = 0; j < 2; j++) {
			if (gf_list_del_item(lists[j], sink) >= 0)
				add_once(lists[j], muxer);
		}
	}
	if (sink->link.clonable == CLONE_PROBE)
		sink->link.clonable = CLONE_NO;
}

// The PID goes to a filter of this register already: its outputs are linked again, toward `dst` too.
static Bool extend_existing(const LinkPass *lp, const GF_FilterRegister *reg, GF_Filter *dst)
{
	u32 nb = gf_list_count(lp->pid->dests);
	for (u32 i = 0; i < nb; i++) {
		GF_Filter *g = ((InPid *)gf_list_get(lp->pid->dests, i))->head.filter;
		if (g->kind != FILTER_DYNAMIC || g->reg != reg)
			continue;
		if (g->link.for_sink && !listed(g->link.dests, dst))
			continue; // a muxer serves one sink
		add_once(g->link.dests, dst);
		add_once(g->link.dest_links, dst);
		g->link.next = NULL;
		u32 nb_out = gf_list_count(g->outputs);
		for (u32 j = 0; j < nb_out; j++)
			link_post(gf_list_get(g->outputs, j));
		return GF_TRUE;
	}
	return GF_FALSE;
}

// Removes the filters loaded since `last`: the chain they were loaded for did not come about.
static void remove_unused(GF_FilterSession *fs, u32 last)
{
	for (u32 i = gf_list_count(fs->filters); i > 0; i--) {
		GF_Filter *g = gf_list_get(fs->filters, i - 1);
		if (g->index <= last)
			break;
		if (g->kind == FILTER_DYNAMIC && !gf_list_count(g->inputs))
			filter_request_removal(g);
	}
}

static GF_Err load_items(LinkPass *lp, const Chain *chain, GF_Filter *dst, Bool stop_at_first)
{
	GF_FilterSession *fs = lp->src->fs;
	GF_Filter *first = NULL, *prev = NULL;
	GF_Err e = GF_OK;
	u32 last = fs->nb_created;
	for (u32 i = 0; i < chain->nb_items; i++) {
		const ChainItem *item = &chain->items[i];
		GF_Filter *g = i ? existing_muxer(fs, item->reg, dst) : NULL;
		if (g) {
			prev->link.next = g;
			add_once(prev->link.dests, g);
			add_once(prev->link.dest_links, g);
			break;
		}
		g = load_item(lp, item, prev, dst, &e);
		if (!g) {
			lp->setup_error = e;
			remove_unused(fs, last);
			return e;
		}
		if (prev) {
			prev->link.next = g;
			add_once(prev->link.dests, g);
		} else {
			first = g;
		}
		if (g->link.for_sink && (g->reg->flags & GF_FS_REG_DYNAMIC_REDIRECT))
			redirect_to(g, dst);
		prev = g;
		if (item->undecided || stop_at_first || gf_opts_get_bool("core", "step-link")) {
			add_once(g->link.dest_links, dst);
			break;
		}
		if (i + 1 == chain->nb_items)
			g->link.next = dst;
	}
	e = connect_pid(lp->pid, first, NULL, chain->items[0].in_bundle);
	if (e != GF_OK)
		remove_unused(fs, last);
	return e;
}

GF_Err link_load_chain(LinkPass *lp, GF_Filter *dst)
{
	Chain chain = {0};
	ResolveOptions opts = {0};
	GF_Err e = resolve_chain(lp->pid, dst, &opts, &chain);
	if (e != GF_OK)
		return e;
	if (!chain.nb_items) {
		CapMatch m = {0};
		caps_match(lp->pid, dst->reg, dst, -1, &m, NULL);
		e = connect_pid(lp->pid, dst, NULL, m.bundle);
	} else if (!extend_existing(lp, chain.items[0].reg, dst)) {
		e = load_items(lp, &chain, dst, GF_FALSE);
	}
	chain_reset(&chain);
	return e;
}

// Stands for any consumer of framed media, to find the demultiplexer of a file.
static GF_Err refuse_process(GF_Filter *f)
{
	(void)f;
	return GF_OK;
}

static GF_Err refuse_configure(GF_Filter *f, GF_FilterPid *pid, Bool is_remove)
{
	(void)f;
	(void)pid;
	(void)is_remove;
	return GF_NOT_SUPPORTED;
}

static const GF_FilterCapability media_caps[] = {
	CAP_UINT(GF_CAPS_INPUT_EXCLUDED, GF_PROP_PID_STREAM_TYPE, GF_STREAM_FILE),
	CAP_UINT(GF_CAPS_INPUT_EXCLUDED, GF_PROP_PID_CODECID, GF_CODECID_NONE),
	CAP_BOOL(GF_CAPS_INPUT_EXCLUDED, GF_PROP_PID_UNFRAMED, GF_TRUE),
};

static const GF_FilterRegister media_target = {
	.name = "media",
	.flags = GF_FS_REG_EXPLICIT_ONLY,
	SETCAPS(media_caps),
	.configure_pid = refuse_configure,
	.process = refuse_process,
};

GF_Err link_load_demux(LinkPass *lp, GF_Filter *sink)
{
	FilterParams p = {.reg = &media_target, .kind = FILTER_TEMPORARY};
	GF_Err e;
	GF_Filter *target = filter_new(lp->src->fs, &p, &e);
	if (!target)
		return e;
	Chain chain = {0};
	ResolveOptions opts = {0};
	e = resolve_chain(lp->pid, target, &opts, &chain);
	filter_unload(target);
	if (e == GF_OK && !chain.nb_items)
		e = GF_FILTER_NOT_FOUND;
	if (e == GF_OK && !extend_existing(lp, chain.items[0].reg, sink))
		e = load_items(lp, &chain, sink, GF_TRUE);
	chain_reset(&chain);
	return e;
}
