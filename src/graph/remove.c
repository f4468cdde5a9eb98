// SPDX-License-Identifier: MIT
// Removal of filters and links while the session runs (graph chapter 3.17, 4.8). All of it is done by session
// tasks, so that no filter disappears inside one of its own callbacks.
#include "graph/engine.h"
#include "graph/packet.h"

typedef struct {
	FsTask task;
	GF_Filter *victim;
} RemoveTask;

static void drop_task(FsTask *t)
{
	gf_free(t);
}

// ---- filters

static void free_now(GF_Filter *f)
{
	GF_FilterSession *fs = f->fs;
	filter_finalize(f);
	if (fs->on_filter)
		fs->on_filter(fs->udta, f, GF_TRUE);
	if (!atomic_load(&f->nb_live_pcks)) {
		filter_free(f);
		return;
	}
	// Packets that call back into it are still held somewhere: it leaves the graph, its memory stays.
	sched_drop_filter(f);
	gf_list_del_item(fs->filters, f);
	gf_list_add(fs->zombies, f);
}

static void stop_and_disconnect(InPid *in)
{
	GF_FilterEvent evt;
	GF_FEVT_INIT(evt, GF_FEVT_STOP, &in->head);
	if (!gf_list_count(in->pid->head.filter->inputs) || gf_list_count(in->pid->dests) > 1)
		event_send_on_input(in, &evt);
	OutPid *pid = in->pid;
	GF_Filter *producer = pid->head.filter;
	disconnect_pid(in, GF_FALSE);
	if (gf_list_count(pid->dests) || producer->state >= FILTER_REMOVED)
		return;
	if (!gf_list_count(producer->inputs) || gf_list_count(producer->outputs) == 1) {
		if (!producer->sticky)
			filter_request_removal(producer);
		return;
	}
	pid->not_connected = GF_TRUE;
	out_pid_release_held(pid);
}

static void run_removal(GF_FilterSession *fs, FsTask *t)
{
	GF_Filter *f = ((RemoveTask *)t)->victim;
	gf_free(t);
	if (gf_list_find(fs->filters, f) < 0)
		return;
	// Inputs first: the filter is told of their removal while its outputs still exist.
	while (gf_list_count(f->inputs))
		stop_and_disconnect(gf_list_get(f->inputs, 0));
	while (gf_list_count(f->outputs)) {
		OutPid *pid = gf_list_get(f->outputs, 0);
		// A PID that the filter removed itself goes with its last destination.
		while (gf_list_find(f->outputs, pid) >= 0 && gf_list_count(pid->dests))
			disconnect_pid(gf_list_get(pid->dests, 0), GF_TRUE);
		if (gf_list_find(f->outputs, pid) >= 0)
			out_pid_drop(pid);
	}
	free_now(f);
}

void filter_request_removal(GF_Filter *f)
{
	if (f->state >= FILTER_REMOVED)
		return;
	f->state = FILTER_REMOVED;
	f->sticky = GF_FALSE;
	sched_cancel(f);
	RemoveTask *rt = gf_calloc(1, sizeof(RemoveTask));
	if (!rt)
		return; // it stays in the list, inactive, until the session is deleted
	rt->task = (FsTask){.run = run_removal, .drop = drop_task};
	rt->victim = f;
	sched_post_link(f->fs, &rt->task);
}

void gf_filter_remove(GF_Filter *filter)
{
	if (filter)
		filter_request_removal(filter);
}

static Bool has_destination(const GF_Filter *f)
{
	u32 nb = gf_list_count(f->outputs);
	for (u32 i = 0; i < nb; i++) {
		if (gf_list_count(((OutPid *)gf_list_get(f->outputs, i))->dests))
			return GF_TRUE;
	}
	return GF_FALSE;
}

void filter_check_useless(GF_Filter *f)
{
	if (f->state >= FILTER_REMOVED || f->sticky || f->fs->in_delete)
		return;
	if (gf_list_count(f->inputs)) {
		sched_wake(f);
		return;
	}
	if (f->reg->configure_pid && !(filter_is_source(f) && has_destination(f)))
		filter_request_removal(f);
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
	filter->state = FILTER_DISABLED;
	sched_cancel(filter);
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
	RemoveTask *rt = gf_calloc(1, sizeof(RemoveTask));
	if (!rt)
		return;
	in->leaving = GF_TRUE;
	in->discard = in->refused != GF_OK;
	rt->task = (FsTask){.run = run_disconnect, .drop = drop_task, .pid = &in->head};
	sched_post_link(in->head.filter->fs, &rt->task);
}

// ---- failures reported by filters

static void notify_loader(GF_Filter *f, GF_Err reason, Bool *cancelled)
{
	*cancelled = GF_FALSE;
	if (f->on_setup_error)
		*cancelled = f->on_setup_error(f, f->on_setup_error_udta, reason);
}

void gf_filter_setup_failure(GF_Filter *filter, GF_Err reason)
{
	if (!filter || filter->setup_notified || filter->state >= FILTER_REMOVED)
		return;
	if (!filter->sched.in_process) {
		// Inside initialize or configure_pid the caller of the callback reports it.
		filter->setup_error = reason;
		return;
	}
	filter->setup_notified = GF_TRUE;
	char label[100];
	Bool cancelled;
	notify_loader(filter, reason, &cancelled);
	if (reason < 0 && !cancelled) {
		GF_LOG(GF_LOG_ERROR, GF_LOG_FILTER, ("[filter] %s failed: %s\n", filter_label(filter, label),
			gf_error_to_string(reason)));
		session_set_connect_error(filter->fs, reason);
	}
	u32 nb = gf_list_count(filter->outputs);
	for (u32 i = 0; i < nb; i++)
		gf_filter_pid_set_eos(gf_list_get(filter->outputs, i));
	if (!filter->on_setup_error)
		filter_request_removal(filter);
	else
		filter->state = FILTER_DISABLED;
}

void gf_filter_notification_failure(GF_Filter *filter, GF_Err reason, Bool force_disconnect)
{
	if (!filter)
		return;
	Bool cancelled;
	notify_loader(filter, reason, &cancelled);
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
