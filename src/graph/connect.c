// SPDX-License-Identifier: MIT
// Connecting a PID to a filter, and what happens when the filter refuses it (graph chapter 3.8, 3.11).
#include "graph/args.h"
#include "graph/engine.h"
#include "graph/link.h"
#include "graph/packet.h"

void session_set_connect_error(GF_FilterSession *fs, GF_Err e)
{
	fs->last_connect_error = e;
}

// ---- clones

GF_Filter *filter_clone(GF_Filter *f, OutPid *for_pid, GF_Err *err)
{
	if (f->own_reg) {
		GF_LOG(GF_LOG_ERROR, GF_LOG_FILTER,
			("[filter] %s: PID %s needs a second instance, and a custom filter cannot be cloned: let it take "
			 "several inputs (max_pids)\n", f->name, for_pid->name));
		*err = GF_NOT_SUPPORTED;
		return NULL;
	}
	FilterParams p = {.reg = f->reg, .args = f->src_args, .dst_args = f->dst_args, .kind = f->kind,
		.encoder_codec = f->link.encoder_codec};
	GF_Filter *c = filter_new(f->fs, &p, err);
	if (!c)
		return NULL;
	c->link.clone_of = f->link.clone_of ? f->link.clone_of : f;
	c->link.clonable = f->link.clonable;
	c->subsession = f->subsession;
	c->subsource = f->subsource;
	c->link.next = f->link.next;
	c->link.for_sink = f->link.for_sink;
	if (f->link.source_ids && !c->link.source_ids)
		c->link.source_ids = gf_strdup(f->link.source_ids);
	u32 nb = gf_list_count(f->link.dests);
	for (u32 i = 0; i < nb; i++)
		gf_list_add(c->link.dests, gf_list_get(f->link.dests, i));
	nb = gf_list_count(f->link.dest_links);
	for (u32 i = 0; i < nb; i++)
		gf_list_add(c->link.dest_links, gf_list_get(f->link.dest_links, i));
	return c;
}

// ---- failures

static Bool no_retry(const GF_FilterSession *fs, GF_Err e)
{
	return e == GF_BAD_PARAM || e == GF_SERVICE_ERROR || e == GF_REMOTE_SERVICE_ERROR ||
		e == GF_FILTER_NOT_SUPPORTED || fs_flag(fs, GF_FS_FLAG_NO_REASSIGN);
}

// Takes an input out of both filters; configure_pid(remove) is called when it was told of the PID.
static void detach(InPid *in)
{
	GF_Filter *f = in->head.filter;
	OutPid *pid = in->pid;
	if (f->reg->configure_pid && f->state < FILTER_FINALIZED) {
		GF_Err e = f->reg->configure_pid(f, &in->head, GF_TRUE);
		if (e < 0 && in->configured)
			GF_LOG(GF_LOG_ERROR, GF_LOG_FILTER, ("[filter] %s: removal of PID %s: %s\n", f->name, pid->name,
				gf_error_to_string(e)));
	}
	in_pid_flush(in);
	gf_list_del_item(f->inputs, in);
	gf_list_del_item(pid->dests, in);
	sched_drop_pid(f->fs, &in->head);
	in_pid_free(in);
	pid_update_blocking(pid);
}

// The register is left out for this producer, and every PID the filter had is linked again without it.
static void replace_filter(GF_Filter *f, OutPid *pid)
{
	GF_List *producers = gf_list_new();
	gf_list_add(pid->head.filter->link.blacklist, (void *)f->reg);
	gf_list_add(producers, pid);
	while (gf_list_count(f->inputs)) {
		InPid *in = gf_list_get(f->inputs, 0);
		if (in->pid != pid)
			gf_list_add(producers, in->pid);
		detach(in);
	}
	filter_request_removal(f);
	u32 nb = gf_list_count(producers);
	for (u32 i = 0; i < nb; i++)
		link_post(gf_list_get(producers, i));
	gf_list_del(producers);
}

static GF_Err connection_failed(InPid *in, GF_Err e)
{
	GF_Filter *f = in->head.filter;
	GF_FilterSession *fs = f->fs;
	OutPid *pid = in->pid;
	char label[100];
	filter_label(f, label);
	Bool sink = filter_is_sink_kind(f);
	detach(in);
	if (e == GF_EOS) {
		filter_check_useless(f);
		return GF_OK;
	}
	if (!no_retry(fs, e) && !sink) {
		GF_LOG(GF_LOG_WARNING, GF_LOG_FILTER, ("[filter] %s refused PID %s (%s): left out, trying another chain\n",
			label, pid->name, gf_error_to_string(e)));
		replace_filter(f, pid);
		return GF_NOT_READY;
	}
	GF_LOG(GF_LOG_ERROR, GF_LOG_FILTER, ("[filter] %s cannot take PID %s of %s: %s\n", label, pid->name,
		pid->head.filter->name, gf_error_to_string(e)));
	session_set_connect_error(fs, e);
	if (!gf_list_count(pid->dests)) {
		pid->not_connected = GF_TRUE;
		event_notify_connect_fail(pid);
		out_pid_release_held(pid);
	}
	filter_check_useless(f);
	return e;
}

// ---- connection

// Packets sent before the links existed go to all destinations, under the properties these were configured with.
void connect_deliver_held(OutPid *pid)
{
	PckEntry *e = gf_list_count(pid->dests) ? pid->held : NULL;
	if (!e)
		return;
	pid->held = pid->held_tail = NULL;
	pid->nb_held = 0;
	while (e) {
		PckEntry *next = e->next;
		Packet *pck = packet_ref(e->pck);
		pck_entry_free(pid->head.filter->fs, e);
		if (pck->pid_props != pid->map) {
			propmap_unref(pck->pid_props);
			pck->pid_props = propmap_ref(pid->map);
		}
		packet_dispatch(pck);
		e = next;
	}
	pid_update_blocking(pid);
}

static GF_Err configure(InPid *in)
{
	GF_Filter *f = in->head.filter;
	f->setup_error = GF_OK;
	GF_Err e = f->reg->configure_pid(f, &in->head, GF_FALSE);
	if (e == GF_OK)
		e = f->setup_error;
	f->setup_error = GF_OK;
	return e;
}

GF_Err connect_pid(OutPid *pid, GF_Filter *dst, GF_Filter *alias, u32 bundle)
{
	GF_Err e = GF_OK;
	if (dst->kind == FILTER_ALIAS && dst->alias_of) {
		alias = dst;
		dst = dst->alias_of;
	}
	if (!link_accepts_more_inputs(dst)) {
		dst = filter_clone(dst, pid, &e);
		if (!dst)
			return e;
	}
	InPid *in = in_pid_new(dst, pid);
	if (!in)
		return GF_OUT_OF_MEM;
	in->bundle = bundle;
	in->alias = alias;
	e = configure(in);
	if (e == GF_REQUIRES_NEW_INSTANCE) {
		detach(in);
		GF_Filter *other = filter_clone(dst, pid, &e);
		if (!other) {
			session_set_connect_error(pid->head.filter->fs, e);
			return e;
		}
		return connect_pid(pid, other, alias, bundle);
	}
	if (e != GF_OK)
		return connection_failed(in, e);
	in->configured = GF_TRUE;
	pid->not_connected = GF_FALSE;
	pid->linked_once = GF_TRUE;
	gf_list_reset(pid->head.filter->link.blacklist);
	if (pid->eos) {
		in->eos = GF_TRUE;
		sched_wake(dst);
	}
	pid_update_blocking(pid);
	if (in->first)
		sched_wake(dst);
	sched_wake(pid->head.filter);
	return GF_OK;
}

void disconnect_pid(InPid *in, Bool auto_remove)
{
	GF_Filter *f = in->head.filter;
	OutPid *pid = in->pid;
	detach(in);
	if (pid->removed && !gf_list_count(pid->dests))
		out_pid_drop(pid);
	if (auto_remove)
		filter_check_useless(f);
	else
		sched_wake(f);
}

void connect_reconfigure_failed(InPid *in, GF_Err e)
{
	GF_Filter *f = in->head.filter;
	GF_FilterSession *fs = f->fs;
	OutPid *pid = in->pid;
	char label[100];
	filter_label(f, label);
	if (e == GF_BAD_PARAM) {
		GF_LOG(GF_LOG_ERROR, GF_LOG_FILTER, ("[filter] %s cannot take the new properties of PID %s: %s\n", label,
			pid->name, gf_error_to_string(e)));
		session_set_connect_error(fs, e);
		in_pid_flush(in);
		in->eos = GF_TRUE;
		in->discard = GF_TRUE;
		return;
	}
	in->refused = e;
	pid_request_disconnect(in);
}

// Called from a task, when the filter that refused is not inside a callback.
void connect_replace_refused(InPid *in)
{
	GF_Filter *f = in->head.filter;
	OutPid *pid = in->pid;
	GF_FilterSession *fs = f->fs;
	GF_Err e = in->refused;
	char label[100];
	filter_label(f, label);
	if (e == GF_FILTER_NOT_SUPPORTED || filter_is_sink_kind(f) || fs_flag(fs, GF_FS_FLAG_NO_REASSIGN)) {
		GF_LOG(GF_LOG_ERROR, GF_LOG_FILTER, ("[filter] %s cannot go on with PID %s: %s\n", label, pid->name,
			gf_error_to_string(e)));
		session_set_connect_error(fs, e);
		disconnect_pid(in, GF_TRUE);
		if (!gf_list_count(pid->dests))
			event_notify_connect_fail(pid);
		return;
	}
	GF_LOG(GF_LOG_WARNING, GF_LOG_FILTER,
		("[filter] %s refused the new properties of PID %s (%s): left out, trying another chain\n", label,
			pid->name, gf_error_to_string(e)));
	replace_filter(f, pid);
}

void filter_relink_inputs(GF_Filter *f)
{
	InPid *in = gf_list_get(f->inputs, 0);
	if (in) {
		in->refused = GF_PROFILE_NOT_SUPPORTED;
		pid_request_disconnect(in);
	}
}
