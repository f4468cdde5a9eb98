// SPDX-License-Identifier: MIT
// The linking pass of one PID (graph chapter 3.5): candidates are the filters of the session in creation order,
// first those that take the PID directly, then those that a chain of filters reaches.
#include "graph/args.h"
#include "graph/link.h"
#include "graph/packet.h"

typedef struct {
	FsTask task;
} LinkTask;

static void drop_link(FsTask *t)
{
	((OutPid *)t->pid)->init_pending = GF_FALSE;
	gf_free(t);
}

static void run_link(GF_FilterSession *fs, FsTask *t)
{
	OutPid *pid = (OutPid *)t->pid;
	gf_free(t);
	(void)fs;
	link_pid(pid);
}

void link_post(OutPid *pid)
{
	GF_Filter *f = pid->head.filter;
	if (pid->init_pending || pid->removed || f->kind == FILTER_TEMPORARY || f->link.deferred)
		return;
	LinkTask *lt = gf_calloc(1, sizeof(LinkTask));
	if (!lt) {
		GF_LOG(GF_LOG_ERROR, GF_LOG_FILTER, ("[filter] %s: no memory to link PID %s\n", f->name, pid->name));
		return;
	}
	lt->task = (FsTask){.run = run_link, .drop = drop_link, .filter = f, .pid = &pid->head};
	pid->init_pending = GF_TRUE;
	sched_post_link(f->fs, &lt->task);
}

void pid_apply_user_props(OutPid *pid)
{
	GF_Filter *f = pid->head.filter;
	if (f->frag_props)
		args_apply_pid_props(pid, f->frag_props, &f->fs->seps);
	pid->props_applied = GF_TRUE;
}

// A decoder buffers coded media by time and its raw output by a few units.
static void set_decoder_limits(OutPid *pid)
{
	GF_Filter *f = pid->head.filter;
	u32 type = out_pid_stream_type(pid);
	if (gf_list_count(f->inputs) != 1 || out_pid_codec(pid) != GF_CODECID_RAW || pid->buffer_req)
		return;
	OutPid *up = ((InPid *)gf_list_get(f->inputs, 0))->pid;
	if (out_pid_stream_type(up) != type || type == GF_STREAM_FILE)
		return;
	if (out_pid_codec(up) == GF_CODECID_RAW) {
		pid->max_units = up->max_units;
		pid->max_us = up->max_us;
		return;
	}
	u64 limit = f->buffers.dec_us ? f->buffers.dec_us : f->fs->buffers.dec_us;
	if (!up->buffer_req || up->max_us < limit) {
		up->max_units = 0;
		up->max_us = limit;
	}
	if (!f->buffers.units)
		pid->max_units = type == GF_STREAM_AUDIO ? 5 : 3;
}

// ---- one candidate

static void note_linked(LinkPass *lp, GF_Filter *dst)
{
	gf_list_add(lp->linked, dst);
	gf_list_del_item(lp->forced, dst);
	gf_list_del_item(lp->possible, dst);
	if (!lp->implicit)
		return;
	if (link_is_sink(dst)) {
		lp->linked_sink = GF_TRUE;
		return;
	}
	if (dst->link.source_ids)
		return;
	lp->linked_non_sink = GF_TRUE;
	for (u32 i = gf_list_count(lp->forced); i > 0; i--) {
		if (!((GF_Filter *)gf_list_get(lp->forced, i - 1))->link.source_ids)
			gf_list_rem(lp->forced, i - 1);
	}
}

// In implicit mode, once a non-sink that needs a chain stands before it, a direct match has to wait: the order of
// declaration wins over directness.
static Bool postponed(const LinkPass *lp, const GF_Filter *dst)
{
	if (!lp->implicit || lp->pass)
		return GF_FALSE;
	Bool non_sink_waits = GF_FALSE;
	u32 nb = gf_list_count(lp->possible);
	for (u32 i = 0; i < nb; i++)
		non_sink_waits |= !link_is_sink(gf_list_get(lp->possible, i));
	if (!non_sink_waits)
		return GF_FALSE;
	return link_is_sink(dst) || dst->kind == FILTER_EXPLICIT ||
		(dst->kind == FILTER_DYNAMIC && !(dst->reg->flags & GF_FS_REG_DYNAMIC_REUSE));
}

static void remember(LinkPass *lp, GF_Filter *dst)
{
	Bool sink = link_is_sink(dst);
	lp->resolvable = GF_TRUE;
	if (dst->link.source_ids || (sink && lp->implicit && !lp->linked_non_sink)) {
		gf_list_add(lp->forced, dst);
		return;
	}
	if (lp->implicit && !sink) {
		u32 nb = gf_list_count(lp->possible);
		for (u32 i = 0; i < nb; i++) {
			if (!link_is_sink(gf_list_get(lp->possible, i)))
				return;
		}
	}
	gf_list_add(lp->possible, dst);
}

static Bool is_candidate_of_chains(const LinkPass *lp, GF_Filter *dst)
{
	if (gf_list_find(lp->forced, dst) >= 0 || gf_list_find(lp->src->link.dest_links, dst) >= 0)
		return GF_TRUE;
	return gf_list_find(lp->possible, dst) >= 0;
}

// Runs one candidate. GF_NOT_READY: the pass is over, the PID will be linked again.
static GF_Err consider(LinkPass *lp, GF_Filter *dst)
{
	OutPid *pid = lp->pid;
	if (gf_list_find(lp->linked, dst) >= 0 || link_rejects(lp, dst))
		return GF_OK;
	Bool remux = link_forces_remux(pid, dst);
	CapMatch match = {0};
	if (!remux && !postponed(lp, dst) && caps_match(pid, dst->reg, dst, -1, &match, NULL)) {
		GF_Err e = connect_pid(pid, dst, NULL, match.bundle);
		if (e == GF_OK)
			note_linked(lp, dst);
		return e;
	}
	if (!remux && link_needs_explicit(pid, dst))
		return GF_OK;
	if (!lp->pass) {
		remember(lp, dst);
		return GF_OK;
	}
	if (!is_candidate_of_chains(lp, dst) || !lp->src->fs->max_chain)
		return GF_OK;
	GF_Err e = remux ? link_load_demux(lp, dst) : link_load_chain(lp, dst);
	if (e == GF_OK)
		note_linked(lp, dst);
	else if (e == GF_FILTER_NOT_FOUND)
		lp->closest = dst;
	return e;
}

static GF_Err run_pass(LinkPass *lp)
{
	GF_FilterSession *fs = lp->src->fs;
	// Filters loaded by the pass itself come behind and are no candidates of it.
	u32 last = fs->nb_created;
	for (u32 i = 0; i < gf_list_count(fs->filters); i++) {
		GF_Filter *dst = gf_list_get(fs->filters, i);
		if (dst->index > last)
			break;
		GF_Err e = consider(lp, dst);
		if (e == GF_NOT_READY || lp->pid->removed || lp->src->state != FILTER_ALIVE)
			return GF_NOT_READY;
	}
	return GF_OK;
}

static void drop_reachable_forced(LinkPass *lp)
{
	for (u32 i = gf_list_count(lp->forced); i > 0; i--) {
		const GF_Filter *d = gf_list_get(lp->forced, i - 1);
		u32 nb = gf_list_count(lp->linked);
		for (u32 j = 0; j < nb; j++) {
			if (link_reaches(gf_list_get(lp->linked, j), d)) {
				gf_list_rem(lp->forced, i - 1);
				break;
			}
		}
	}
}

static Bool wants_chains(const LinkPass *lp)
{
	if (gf_list_count(lp->forced))
		return GF_TRUE;
	if (!gf_list_count(lp->linked))
		return lp->resolvable || gf_list_count(lp->src->link.dest_links);
	return !lp->implicit && gf_list_count(lp->possible);
}

// Replaces a source that nothing could read by the next best source for its URL. The new one starts over.
static Bool reassign_source(LinkPass *lp)
{
	GF_Filter *f = lp->src;
	GF_FilterSession *fs = f->fs;
	if (!filter_is_source(f) || f->sticky || gf_list_count(f->outputs) != 1 || f->kind != FILTER_EXPLICIT || f->own_reg)
		return GF_FALSE;
	gf_list_add(f->link.blacklist, (void *)f->reg);
	const GF_FilterRegister *reg = load_other_source(f);
	if (!reg)
		return GF_FALSE;
	if (fs_flag(fs, GF_FS_FLAG_NO_REASSIGN)) {
		GF_LOG(GF_LOG_WARNING, GF_LOG_FILTER,
			("[filter] %s: no filter reads this source, and no-reassign forbids trying %s\n", f->name, reg->name));
		return GF_FALSE;
	}
	FilterParams p = {.reg = reg, .args = f->src_args};
	GF_Err e;
	GF_Filter *next = filter_new(fs, &p, &e);
	if (!next)
		return GF_FALSE;
	GF_LOG(GF_LOG_INFO, GF_LOG_FILTER, ("[filter] source %s replaced by %s\n", f->name, next->name));
	u32 nb = gf_list_count(f->link.blacklist);
	for (u32 i = 0; i < nb; i++)
		gf_list_add(next->link.blacklist, gf_list_get(f->link.blacklist, i));
	next->subsession = f->subsession;
	next->subsource = f->subsource;
	filter_start(next);
	filter_request_removal(f);
	return GF_TRUE;
}

static void link_all(LinkPass *lp)
{
	OutPid *pid = lp->pid;
	if (run_pass(lp) != GF_OK)
		return;
	drop_reachable_forced(lp);
	if (wants_chains(lp)) {
		lp->pass = 1;
		if (run_pass(lp) != GF_OK)
			return;
	}
	if (gf_list_count(pid->dests))
		return;
	if (lp->resolvable && reassign_source(lp))
		return;
	char *why = lp->closest ? resolve_explain(pid, lp->closest) : NULL;
	link_none(pid, lp->excluded_by_id && !lp->resolvable, why);
	gf_free(why);
}

void link_pid(OutPid *pid)
{
	GF_Filter *f = pid->head.filter;
	pid->init_pending = GF_FALSE;
	if (pid->removed || f->state >= FILTER_REMOVED || f->link.deferred || f->fs->in_delete)
		return;
	pid_apply_user_props(pid);
	set_decoder_limits(pid);
	LinkPass lp = {.pid = pid, .src = f, .implicit = !fs_flag(f->fs, GF_FS_FLAG_NO_IMPLICIT)};
	lp.linked = gf_list_new();
	lp.forced = gf_list_new();
	lp.possible = gf_list_new();
	lp.loaded = gf_list_new();
	if (lp.linked && lp.forced && lp.possible && lp.loaded) {
		// Destinations of an earlier pass count: they decide what else may follow.
		u32 nb = gf_list_count(pid->dests);
		for (u32 i = 0; i < nb; i++)
			note_linked(&lp, ((InPid *)gf_list_get(pid->dests, i))->head.filter);
		link_all(&lp);
		connect_deliver_held(pid);
	}
	gf_list_del(lp.linked);
	gf_list_del(lp.forced);
	gf_list_del(lp.possible);
	gf_list_del(lp.loaded);
}

// ---- PIDs nobody took (3.14)

static Bool keeps_going_without(const GF_Filter *f)
{
	if (f->reg->flags & GF_FS_REG_DYNAMIC_PIDS)
		return GF_TRUE;
	for (u32 depth = 0; depth < 100; depth++) {
		const InPid *in = gf_list_get(f->inputs, 0);
		if (!in)
			return GF_FALSE;
		f = in->pid->head.filter;
		if (f->reg->flags & GF_FS_REG_DYNAMIC_PIDS)
			return GF_TRUE;
	}
	return GF_FALSE;
}

static void send_play_stop(GF_Filter *f)
{
	u32 nb = gf_list_count(f->inputs);
	for (u32 i = 0; i < nb; i++) {
		InPid *in = gf_list_get(f->inputs, i);
		GF_FilterEvent evt;
		gf_filter_pid_init_play_event(&in->head, &evt, 0, 1, f->name);
		evt.play.initial_broadcast_play = 2;
		event_send_on_input(in, &evt);
		evt.base.type = GF_FEVT_STOP;
		event_send_on_input(in, &evt);
	}
}

void link_none(OutPid *pid, Bool excluded_only, const char *why)
{
	GF_Filter *f = pid->head.filter;
	GF_FilterSession *fs = f->fs;
	char label[100];
	filter_label(f, label);
	pid->not_connected = GF_TRUE;
	if (fs_flag(fs, GF_FS_FLAG_FULL_LINK) && !pid->loose) {
		GF_LOG(GF_LOG_ERROR, GF_LOG_FILTER, ("[filter] PID %s of %s is not linked, and full-link is set%s%s\n",
			pid->name, label, why ? ": " : "", why ? why : ""));
		session_set_connect_error(fs, GF_FILTER_NOT_FOUND);
		fs->run_status = GF_FILTER_NOT_FOUND;
	} else if (excluded_only) {
		GF_LOG(GF_LOG_INFO, GF_LOG_FILTER, ("[filter] PID %s of %s is not named by any filter: not linked\n",
			pid->name, label));
	} else {
		GF_LOG_Level level = pid->loose || f->kind == FILTER_ADAPTATION ? GF_LOG_DEBUG : GF_LOG_WARNING;
		GF_LOG(level, GF_LOG_FILTER, ("[filter] no filter chain found for PID %s of %s: not connected%s%s\n",
			pid->name, label, why ? " - " : "", why ? why : ""));
	}
	if (!fs->max_chain)
		session_set_connect_error(fs, GF_FILTER_NOT_FOUND);
	event_notify_connect_fail(pid);
	out_pid_release_held(pid);
	pid_update_blocking(pid);
	u32 nb = gf_list_count(f->outputs);
	for (u32 i = 0; i < nb; i++) {
		const OutPid *other = gf_list_get(f->outputs, i);
		if (!other->not_connected)
			return;
	}
	if (keeps_going_without(f))
		return;
	// Nothing of the filter is used: it stops, and so does what only feeds it.
	send_play_stop(f);
	gf_filter_pid_set_eos(&pid->head);
	f->state = FILTER_DISABLED;
	sched_cancel(f);
	if (gf_list_count(f->inputs) == 1 && f->kind == FILTER_DYNAMIC)
		filter_request_removal(f);
}

GF_Err gf_filter_reconnect_output(GF_Filter *filter, GF_FilterPid *for_pid)
{
	if (!filter || (for_pid && for_pid->is_input))
		return GF_BAD_PARAM;
	filter->link.deferred = GF_FALSE;
	u32 nb = gf_list_count(filter->outputs);
	if (!nb)
		return GF_EOS;
	for (u32 i = 0; i < nb; i++) {
		OutPid *pid = gf_list_get(filter->outputs, i);
		if (for_pid && for_pid != &pid->head)
			continue;
		pid->not_connected = GF_FALSE;
		if (filter->state == FILTER_DISABLED)
			filter->state = FILTER_ALIVE;
		link_post(pid);
	}
	return GF_OK;
}
