// SPDX-License-Identifier: MIT
// Removal of filters and links while the session runs (graph chapter 3.17, 4.8). All of it is done by session
// tasks, so that no filter disappears inside one of its own callbacks.
#include "graph/engine.h"
#include "graph/packet.h"

// ---- filters

// Frees the memory of removed filters whose packets are all released.
static void reap_zombies(GF_FilterSession *fs)
{
	for (u32 i = gf_list_count(fs->zombies); i > 0; i--) {
		GF_Filter *f = gf_list_get(fs->zombies, i - 1);
		if (atomic_load(&f->nb_live_pcks))
			continue;
		gf_list_rem(fs->zombies, i - 1);
		if (fs->on_filter)
			fs->on_filter(fs->udta, f, GF_TRUE);
		filter_free(f);
	}
}

static void run_reap(GF_FilterSession *fs, FsTask *t)
{
	gf_free(t);
	reap_zombies(fs);
}

void filter_packets_gone(GF_Filter *f)
{
	GF_FilterSession *fs = f->fs;
	if (f->state != FILTER_FINALIZED || fs->in_delete)
		return;
	FsTask *t = task_new(run_reap, NULL, NULL);
	if (t)
		sched_post_settled(fs, t);
	// Otherwise it is reaped with the next filter, at the latest with the session.
}

static void free_now(GF_Filter *f)
{
	GF_FilterSession *fs = f->fs;
	filter_finalize(f);
	// Packets that call back into it may still be held somewhere: it leaves the graph, its memory stays.
	sched_drop_filter(f);
	gf_list_del_item(fs->filters, f);
	session_forget_filter(f);
	gf_list_add(fs->zombies, f);
	reap_zombies(fs);
}

// A STOP goes to the producer, the input is disconnected. A producer that nothing else uses is removed too.
static void stop_and_disconnect(InPid *in)
{
	OutPid *pid = in->pid;
	GF_Filter *producer = pid->head.filter;
	Bool shared = gf_list_count(pid->dests) > 1;
	Bool removed = !shared && !producer->sticky && !producer->on_setup_error &&
		(!gf_list_count(producer->inputs) || gf_list_count(producer->outputs) == 1);
	if (!removed) {
		GF_FilterEvent evt;
		GF_FEVT_INIT(evt, GF_FEVT_STOP, &in->head);
		evt.play.initial_broadcast_play = shared ? 0 : 2;
		event_send_on_input(in, &evt);
	}
	if (removed)
		filter_request_removal(producer);
	disconnect_pid(in, GF_FALSE);
}

static void run_removal(GF_FilterSession *fs, FsTask *t)
{
	GF_Filter *f = t->filter;
	(void)fs;
	gf_free(t);
	// Inputs first: the filter is told of their removal while its outputs still exist.
	while (gf_list_count(f->inputs))
		stop_and_disconnect(gf_list_get(f->inputs, 0));
	// The destinations get what was sent before they lose the input.
	for (u32 i = gf_list_count(f->outputs); i > 0; i--)
		out_pid_retire(gf_list_get(f->outputs, i - 1));
	if (gf_list_count(f->outputs))
		return; // continued when the last destination is through
	u32 nb = gf_list_count(f->link.dests);
	for (u32 i = 0; i < nb; i++)
		filter_check_useless(gf_list_get(f->link.dests, i));
	free_now(f);
}

static void post_removal(GF_Filter *f)
{
	FsTask *t = task_new(run_removal, f, NULL);
	if (t)
		sched_post_link(f->fs, t);
	// Otherwise it stays in the list, inactive, until the session is deleted.
}

void filter_request_removal(GF_Filter *f)
{
	if (f->state >= FILTER_REMOVED)
		return;
	filter_disable(f);
	f->state = FILTER_REMOVED;
	f->sticky = GF_FALSE;
	post_removal(f);
}

void filter_output_gone(GF_Filter *f)
{
	if (f->state == FILTER_REMOVED && !gf_list_count(f->outputs))
		post_removal(f);
}

void gf_filter_remove(GF_Filter *filter)
{
	if (filter)
		filter_request_removal(filter);
}

// A filter that was loaded for `f` and may still link to it.
static Bool is_awaited(const GF_Filter *f)
{
	u32 nb = gf_list_count(f->fs->filters);
	for (u32 i = 0; i < nb; i++) {
		GF_Filter *g = gf_list_get(f->fs->filters, i);
		if (g == f || g->state != FILTER_ALIVE || !gf_list_count(g->inputs))
			continue;
		if (g->link.next == f || gf_list_find(g->link.dests, (void *)f) >= 0 ||
			gf_list_find(g->link.dest_links, (void *)f) >= 0)
			return GF_TRUE;
	}
	return GF_FALSE;
}

static void run_check(GF_FilterSession *fs, FsTask *t)
{
	GF_Filter *f = t->filter;
	(void)fs;
	gf_free(t);
	if (f->state >= FILTER_REMOVED || f->sticky || gf_list_count(f->inputs) || is_awaited(f))
		return;
	u32 nb = gf_list_count(f->outputs), nb_used = 0;
	for (u32 i = 0; i < nb; i++) {
		const OutPid *pid = gf_list_get(f->outputs, i);
		nb_used += gf_list_count(pid->dests) || pid->init_pending || !pid->linked_once;
	}
	Bool is_source = filter_is_source(f) || (f->reg->flags & GF_FS_REG_ACT_AS_SOURCE);
	if (is_source ? nb_used || !nb : f->kind == FILTER_EXPLICIT && !f->had_input)
		return;
	if (is_source && f->on_setup_error)
		filter_disable(f); // the filter that watches it decides
	else
		filter_request_removal(f);
}

void filter_check_useless(GF_Filter *f)
{
	if (f->state >= FILTER_REMOVED || f->sticky || f->fs->in_delete)
		return;
	if (gf_list_count(f->inputs)) {
		sched_wake(f);
		return;
	}
	// A link made by the structural work under way may still use it.
	FsTask *t = task_new(run_check, f, NULL);
	if (t)
		sched_post_settled(f->fs, t);
}

void gf_filter_remove_src(GF_Filter *filter, GF_Filter *src_filter)
{
	if (!filter || !src_filter)
		return;
	// Every filter from the source up to the caller, excluded, that feeds nothing else.
	u32 nb = gf_list_count(filter->inputs);
	for (u32 i = 0; i < nb; i++) {
		InPid *in = gf_list_get(filter->inputs, i);
		GF_Filter *producer = in->pid->head.filter;
		if (!filter_in_parents(producer, src_filter))
			continue;
		filter_request_removal(producer);
		if (producer != src_filter)
			gf_filter_remove_src(producer, src_filter);
	}
}

void gf_filter_abort(GF_Filter *filter)
{
	if (!filter)
		return;
	u32 nb = gf_list_count(filter->inputs);
	for (u32 i = 0; i < nb; i++) {
		InPid *in = gf_list_get(filter->inputs, i);
		GF_FilterEvent evt;
		GF_FEVT_INIT(evt, GF_FEVT_STOP, &in->head);
		event_send_on_input(in, &evt);
		gf_filter_pid_set_discard(&in->head, GF_TRUE);
	}
	nb = gf_list_count(filter->outputs);
	for (u32 i = 0; i < nb; i++)
		gf_filter_pid_set_eos(gf_list_get(filter->outputs, i));
	filter_disable(filter);
}

// ---- links

static void run_disconnect(GF_FilterSession *fs, FsTask *t)
{
	InPid *in = (InPid *)t->pid;
	(void)fs;
	gf_free(t);
	if (in->refused != GF_OK)
		connect_replace_refused(in);
	else
		disconnect_pid(in, GF_TRUE);
}

void pid_request_disconnect(InPid *in)
{
	if (in->leaving)
		return;
	FsTask *t = task_new(run_disconnect, NULL, &in->head);
	if (!t)
		return;
	in->leaving = GF_TRUE;
	sched_post_link(in->head.filter->fs, t);
}

// ---- failures reported by filters

// The filter that another one watches in the place of `f`: itself, or the source right in front of it.
static GF_Filter *watched(GF_Filter *f)
{
	const InPid *in = gf_list_count(f->inputs) == 1 ? gf_list_get(f->inputs, 0) : NULL;
	GF_Filter *source = in ? in->pid->head.filter : NULL;
	if (!f->on_setup_error && source && !gf_list_count(source->inputs) && source->on_setup_error)
		return source;
	return f;
}

// True when the filter that watches `f` takes care of the failure.
static Bool notify_loader(GF_Filter *f, GF_Err reason)
{
	GF_Filter *w = watched(f);
	return w->on_setup_error && w->on_setup_error(w, w->on_setup_error_udta, reason);
}

void filter_failed(GF_Filter *filter, GF_Err reason, Bool reported)
{
	if (filter->setup_notified || filter->state >= FILTER_REMOVED)
		return;
	filter->setup_notified = GF_TRUE;
	char label[100];
	Bool cared_for = notify_loader(filter, reason);
	if (!cared_for && reason < 0) {
		session_set_connect_error(filter->fs, reason);
		if (!reported)
			GF_LOG(GF_LOG_ERROR, GF_LOG_FILTER, ("[filter] %s failed: %s\n", filter_label(filter, label),
			gf_error_to_string(reason)));
	}
	u32 nb = gf_list_count(filter->outputs);
	for (u32 i = 0; i < nb; i++)
		gf_filter_pid_set_eos(gf_list_get(filter->outputs, i));
	if (!filter->on_setup_error)
		filter_request_removal(filter);
	else
		filter_disable(filter);
}

void gf_filter_setup_failure(GF_Filter *filter, GF_Err reason)
{
	if (!filter)
		return;
	if (filter->in_setup)
		filter->setup_error = reason; // the caller of initialize or configure_pid reports it
	else
		filter_failed(filter, reason, GF_FALSE);
}

void gf_filter_notification_failure(GF_Filter *filter, GF_Err reason, Bool force_disconnect)
{
	if (!filter || !handle_exists(filter))
		return;
	notify_loader(filter, reason);
	if (force_disconnect)
		filter_request_removal(filter);
}

void gf_filter_set_setup_failure_callback(GF_Filter *filter, GF_Filter *source_filter,
	Bool (*on_setup_error)(GF_Filter *f, void *on_setup_error_udta, GF_Err e), void *udta)
{
	if (!source_filter)
		return;
	source_filter->on_setup_error = on_setup_error;
	source_filter->on_setup_error_filter = filter;
	source_filter->on_setup_error_udta = udta;
	if (!on_setup_error && source_filter->state == FILTER_DISABLED)
		filter_request_removal(source_filter);
}
