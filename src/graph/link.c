// SPDX-License-Identifier: MIT
// The linking pass of one PID (graph chapter 3.5): candidates are the filters of the session in creation order,
// first those that take the PID directly, then those that a chain of filters reaches.
#include "base/str.h"
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
	if (gf_list_count(f->inputs) != 1 || out_pid_codec(pid) != GF_CODECID_RAW || pid->buffer_req || pid->linked_once)
		return;
	OutPid *up = ((InPid *)gf_list_get(f->inputs, 0))->pid;
	if (out_pid_stream_type(up) != type || type == GF_STREAM_FILE)
		return;
	if (out_pid_codec(up) == GF_CODECID_RAW) {
		pid_move_limits(up, pid);
		return;
	}
	u64 limit = f->buffers.dec_us ? f->buffers.dec_us : f->fs->buffers.dec_us;
	if (!up->buffer_req || up->max_us < limit)
		pid_set_limits(up, 0, limit);
	if (!f->buffers.units)
		pid_set_limits(pid, type == GF_STREAM_AUDIO ? 5 : 3, 0);
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

// Connects the PID to a filter that takes it as it is.
static GF_Err link_direct(LinkPass *lp, GF_Filter *dst, u32 bundle)
{
	Bool bound = link_bind_ids(dst, lp->pid);
	GF_Err e = connect_pid(lp->pid, dst, NULL, bundle);
	if (e == GF_OK)
		note_linked(lp, dst);
	else if (bound)
		link_unbind_ids(dst);
	return e;
}

static GF_Err link_by_chain(LinkPass *lp, GF_Filter *dst, Bool remux)
{
	if (!is_candidate_of_chains(lp, dst) || !lp->src->fs->max_chain)
		return GF_OK;
	Bool bound = link_bind_ids(dst, lp->pid);
	GF_Err e = remux ? link_load_demux(lp, dst) : link_load_chain(lp, dst);
	if (e != GF_OK && bound)
		link_unbind_ids(dst);
	if (e == GF_FILTER_NOT_FOUND) {
		lp->closest = dst;
		return GF_OK;
	}
	if (e != GF_OK)
		return e;
	note_linked(lp, dst);
	// What is remultiplexed for one PID of a shared sink is so for all.
	if (dst->reg->use_alias && dst->link.remux < 0)
		dst->link.remux = 1;
	return GF_OK;
}

// Runs one candidate. GF_NOT_READY: the pass is over, the PID will be linked again.
static GF_Err consider(LinkPass *lp, GF_Filter *dst)
{
	OutPid *pid = lp->pid;
	if (gf_list_find(lp->linked, dst) >= 0 || gf_list_find(lp->refused, dst) >= 0)
		return GF_OK;
	const char *why = link_rejects(lp, dst);
	if (why == link_ids_differ && !lp->pass && !lp->unbound && link_matches_unbound(lp, dst))
		lp->unbound = dst;
	if (why == link_is_full && !link_needs_explicit(pid, dst))
		lp->full = dst;
	if (why)
		return GF_OK;
	if (link_skips_filter(pid, dst)) {
		GF_Filter *identity = NULL;
		GF_Err e = link_identity(lp, dst, &identity);
		if (e == GF_OK)
			note_linked(lp, identity);
		return e;
	}
	Bool remux = link_forces_remux(pid, dst);
	CapMatch match = {0};
	if (!remux && !postponed(lp, dst) && caps_match(pid, dst->reg, dst, -1, &match, NULL))
		return link_direct(lp, dst, match.bundle);
	if (!remux && link_needs_explicit(pid, dst))
		return GF_OK;
	if (lp->pass)
		return link_by_chain(lp, dst, remux);
	remember(lp, dst);
	return GF_OK;
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
		if (e == GF_NOT_READY || lp->src->state >= FILTER_REMOVED)
			return GF_NOT_READY;
		if (e != GF_OK)
			gf_list_add(lp->refused, dst);
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

// A filter takes the PID but not the options it was given. No other one takes its place: that would do something else
// than what was asked for.
static void note_setup_error(const LinkPass *lp)
{
	GF_FilterSession *fs = lp->src->fs;
	if (lp->setup_error == GF_OK)
		return;
	session_set_connect_error(fs, lp->setup_error);
	if (fs->setup_error == GF_OK)
		fs->setup_error = lp->setup_error;
}

// New string, NULL when there is nothing to tell.
static char *explain_unlinked(const LinkPass *lp)
{
	if (lp->closest)
		return resolve_explain(lp->pid, lp->closest);
	if (!lp->full)
		return NULL;
	char label[100];
	StrBuf sb;
	sb_init(&sb);
	sb_addf(&sb, "%s: %s", filter_label(lp->full, label), link_is_full);
	return sb_take(&sb);
}

static void link_all(LinkPass *lp)
{
	OutPid *pid = lp->pid;
	if (run_pass(lp) != GF_OK)
		return;
	drop_reachable_forced(lp);
	if (lp->unbound && !gf_list_count(lp->linked) && !gf_list_count(lp->forced))
		link_clone_unbound(lp);
	if (wants_chains(lp)) {
		lp->pass = 1;
		if (run_pass(lp) != GF_OK)
			return;
	}
	note_setup_error(lp);
	if (gf_list_count(pid->dests))
		return;
	// Another source would lead to another filter, which is not to take the place of one that refused for good.
	Bool reassign = lp->setup_error == GF_OK && !gf_list_count(lp->refused) && link_may_reassign(lp);
	if (reassign && link_reassign_source(lp))
		return;
	Unlinked reason = lp->excluded_by_id && !lp->resolvable ? UNLINKED_EXCLUDED : UNLINKED_NO_CHAIN;
	if (gf_list_count(lp->refused))
		reason = UNLINKED_REFUSED;
	char *why = explain_unlinked(lp);
	link_none(pid, reason, why);
	gf_free(why);
	if (reassign)
		filter_failed(lp->src, GF_FILTER_NOT_FOUND, GF_TRUE);
}

void link_pid(OutPid *pid)
{
	GF_Filter *f = pid->head.filter;
	pid->init_pending = GF_FALSE;
	if ((pid->removed && !pid->held) || f->state >= FILTER_REMOVED || f->link.deferred || f->fs->in_delete)
		return;
	pid_apply_user_props(pid);
	set_decoder_limits(pid);
	LinkPass lp = {.pid = pid, .src = f, .implicit = !fs_flag(f->fs, GF_FS_FLAG_NO_IMPLICIT)};
	lp.linked = gf_list_new();
	lp.forced = gf_list_new();
	lp.possible = gf_list_new();
	lp.refused = gf_list_new();
	if (lp.linked && lp.forced && lp.possible && lp.refused) {
		// Destinations of an earlier pass count: they decide what else may follow.
		u32 nb = gf_list_count(pid->dests);
		for (u32 i = 0; i < nb; i++)
			note_linked(&lp, ((InPid *)gf_list_get(pid->dests, i))->head.filter);
		link_all(&lp);
		connect_deliver_held(pid);
	}
	// Removed by its filter in the call that made it: what it had sent is through, or dropped.
	if (pid->removed && !pid->init_pending && gf_list_find(f->outputs, pid) >= 0)
		out_pid_retire(pid);
	gf_list_del(lp.linked);
	gf_list_del(lp.forced);
	gf_list_del(lp.possible);
	gf_list_del(lp.refused);
}

// ---- PIDs nobody took (3.14)

static Bool keeps_going_without(const GF_Filter *f)
{
	if (f->reg->flags & GF_FS_REG_DYNAMIC_PIDS)
		return GF_TRUE;
	for (u32 depth = 0; depth < MAX_GRAPH_DEPTH; depth++) {
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

static void report_unlinked(OutPid *pid, Unlinked reason, const char *why)
{
	GF_Filter *f = pid->head.filter;
	GF_FilterSession *fs = f->fs;
	char label[100];
	filter_label(f, label);
	if (fs_flag(fs, GF_FS_FLAG_FULL_LINK) && !pid->loose) {
		GF_LOG(GF_LOG_ERROR, GF_LOG_FILTER, ("[filter] PID %s of %s is not linked, and full-link is set%s%s\n",
			pid->name, label, why ? ": " : "", why ? why : ""));
		session_set_connect_error(fs, GF_FILTER_NOT_FOUND);
		session_stop_now(fs, GF_FILTER_NOT_FOUND);
	} else if (reason == UNLINKED_EXCLUDED) {
		GF_LOG(GF_LOG_INFO, GF_LOG_FILTER, ("[filter] PID %s of %s is not named by any filter: not linked\n",
			pid->name, label));
	} else if (reason == UNLINKED_NO_CHAIN) {
		GF_LOG_Level level = pid->loose || f->kind == FILTER_ADAPTATION ? GF_LOG_DEBUG : GF_LOG_WARNING;
		GF_LOG(level, GF_LOG_FILTER, ("[filter] no filter chain found for PID %s of %s: not connected%s%s\n",
			pid->name, label, why ? " - " : "", why ? why : ""));
	}
	if (pid->relink_error != GF_OK)
		session_set_connect_error(fs, pid->relink_error);
	else if (!fs->max_chain)
		session_set_connect_error(fs, GF_FILTER_NOT_FOUND);
	pid->relink_error = GF_OK;
}

// A filter that waits for all its outputs to be played does not wait for this one.
static void play_and_stop(OutPid *pid)
{
	GF_FilterEvent evt;
	gf_filter_pid_init_play_event(&pid->head, &evt, 0, 1, pid->head.filter->name);
	evt.play.initial_broadcast_play = 2;
	event_deliver_now(pid, &evt);
	evt.base.type = GF_FEVT_STOP;
	event_deliver_now(pid, &evt);
}

void link_check_unused(GF_Filter *f)
{
	u32 nb = gf_list_count(f->outputs);
	for (u32 i = 0; i < nb; i++) {
		const OutPid *pid = gf_list_get(f->outputs, i);
		if (!pid->not_connected && !pid->removed)
			return;
	}
	if (!nb || f->state >= FILTER_REMOVED || keeps_going_without(f))
		return;
	send_play_stop(f);
	for (u32 i = 0; i < nb; i++)
		gf_filter_pid_set_eos(gf_list_get(f->outputs, i));
	filter_disable(f);
	if (gf_list_count(f->inputs) == 1 && !f->sticky)
		filter_request_removal(f);
}

void link_none(OutPid *pid, Unlinked reason, const char *why)
{
	GF_Filter *f = pid->head.filter;
	pid->not_connected = GF_TRUE;
	report_unlinked(pid, reason, why);
	if (reason == UNLINKED_REFUSED) {
		play_and_stop(pid);
		gf_filter_pid_set_eos(&pid->head);
	}
	event_notify_connect_fail(pid);
	out_pid_release_held(pid);
	pid_update_blocking(pid);
	u32 nb = gf_list_count(f->link.dests);
	for (u32 i = 0; i < nb; i++)
		filter_check_useless(gf_list_get(f->link.dests, i)); // it may have lost its last input to this chain
	link_check_unused(f);
}

GF_Err gf_filter_reconnect_output(GF_Filter *filter, GF_FilterPid *for_pid)
{
	if (!filter || (for_pid && (for_pid->is_input || for_pid->filter != filter)))
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
