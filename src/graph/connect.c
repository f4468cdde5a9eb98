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

static GF_Err copy_text(char **dst, const char *src)
{
	if (*dst || !src)
		return GF_OK;
	*dst = gf_strdup(src);
	return *dst ? GF_OK : GF_OUT_OF_MEM;
}

GF_Err filter_copy_place(const GF_Filter *f, GF_Filter *c)
{
	c->link.clone_of = f->link.clone_of ? f->link.clone_of : (GF_Filter *)f;
	c->link.clonable = f->link.clonable;
	c->link.max_extra_pids = f->link.max_extra_pids;
	c->link.next = f->link.next;
	c->link.for_sink = f->link.for_sink;
	c->link.require_source_id = f->link.require_source_id;
	c->subsession = f->subsession;
	c->subsource = f->subsource;
	gf_list_reset(c->link.dests);
	gf_list_reset(c->link.dest_links);
	u32 nb = gf_list_count(f->link.dests);
	for (u32 i = 0; i < nb; i++)
		gf_list_add(c->link.dests, gf_list_get(f->link.dests, i));
	nb = gf_list_count(f->link.dest_links);
	for (u32 i = 0; i < nb; i++)
		gf_list_add(c->link.dest_links, gf_list_get(f->link.dest_links, i));
	if (strcmp(f->name, f->reg->name))
		gf_filter_set_name(c, f->name);
	GF_Err e = copy_text(&c->id, f->id);
	return e == GF_OK ? copy_text(&c->link.source_ids, f->link.source_ids) : e;
}

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
	*err = filter_copy_place(f, c);
	if (*err == GF_OK)
		return c;
	filter_request_removal(c);
	return NULL;
}

// A clone made of `f` for another PID, with room for one more: the first one created behind number `after`.
static GF_Filter *clone_with_room(const GF_Filter *f, u32 after)
{
	const GF_Filter *original = f->link.clone_of ? f->link.clone_of : f;
	u32 nb = f->link.max_extra_pids ? gf_list_count(f->fs->filters) : 0;
	for (u32 i = 0; i < nb; i++) {
		GF_Filter *c = gf_list_get(f->fs->filters, i);
		if (c->index > after && c != f && c->link.clone_of == original && c->state == FILTER_ALIVE &&
			link_accepts_more_inputs(c))
			return c;
	}
	return NULL;
}

// ---- failures

static Bool no_retry(const GF_FilterSession *fs, GF_Err e)
{
	return e == GF_BAD_PARAM || e == GF_SERVICE_ERROR || e == GF_REMOTE_SERVICE_ERROR ||
		e == GF_FILTER_NOT_SUPPORTED || fs_flag(fs, GF_FS_FLAG_NO_REASSIGN);
}

// Takes an input out of both filters; configure_pid(remove) is called first.
static void detach(InPid *in)
{
	GF_Filter *f = in->head.filter;
	OutPid *pid = in->pid;
	if (f->reg->configure_pid && f->state < FILTER_FINALIZED) {
		GF_Err e = filter_call_configure(in, GF_TRUE);
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
	out_pid_check_unused(pid);
}

// What waits in front of the input goes to the filters that take its place.
static void give_back_queue(InPid *in)
{
	OutPid *pid = in->pid;
	if (gf_list_count(pid->dests) > 1 || pid->held || !in->first)
		return;
	for (PckEntry *e = in->first; e; e = e->next) {
		e->pid = NULL;
		pid->nb_held++;
	}
	pid->held = in->first;
	pid->held_tail = in->last;
	in->first = in->last = NULL;
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
		give_back_queue(in);
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
	detach(in);
	if (e == GF_EOS) {
		filter_check_useless(f);
		return e;
	}
	if (!no_retry(fs, e) && !filter_is_sink_kind(f)) {
		GF_LOG(GF_LOG_WARNING, GF_LOG_FILTER, ("[filter] %s refused PID %s (%s): left out, trying another chain\n",
			label, pid->name, gf_error_to_string(e)));
		replace_filter(f, pid);
		return GF_NOT_READY;
	}
	GF_LOG(GF_LOG_ERROR, GF_LOG_FILTER, ("[filter] %s cannot take PID %s of %s: %s\n", label, pid->name,
		pid->head.filter->name, gf_error_to_string(e)));
	session_set_connect_error(fs, e);
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
		pck_entry_free(e);
		if (pck->pid_props != pid->map) {
			propmap_unref(pck->pid_props);
			pck->pid_props = propmap_ref(pid->map);
		}
		packet_dispatch(pck);
		e = next;
	}
	pid_update_blocking(pid);
}

static void connected(InPid *in)
{
	OutPid *pid = in->pid;
	in->configured = in->head.filter->had_input = GF_TRUE;
	// Other destinations are in the middle of the stream: this one starts with its own PLAY.
	in->muted = pid->playing && pid->nb_pck_sent && !pid->held && gf_list_count(pid->dests) > 1;
	pid->not_connected = GF_FALSE;
	pid->linked_once = GF_TRUE;
	pid->relink_error = GF_OK;
	gf_list_reset(pid->head.filter->link.blacklist);
	if (pid->eos)
		in->eos = GF_TRUE;
	pid_update_blocking(pid);
	if (in->first || in->eos)
		sched_wake(in->head.filter);
	sched_wake(pid->head.filter);
}

// GF_REQUIRES_NEW_INSTANCE when the filter wants the PID to go to another one.
static GF_Err connect_instance(OutPid *pid, GF_Filter *dst, GF_Filter *alias, u32 bundle, Bool is_new)
{
	InPid *in = in_pid_new(dst, pid);
	if (!in)
		return GF_OUT_OF_MEM;
	in->bundle = bundle;
	in->alias = alias;
	GF_Err e = filter_call_configure(in, GF_FALSE);
	if (e == GF_OK) {
		connected(in);
		return GF_OK;
	}
	if (e != GF_REQUIRES_NEW_INSTANCE)
		return connection_failed(in, e);
	if (is_new) // it would want another one for ever
		return connection_failed(in, GF_NOT_SUPPORTED);
	detach(in);
	return e;
}

// Asks the clones that there are, each once in order of creation, then makes one.
static GF_Err connect_clone(OutPid *pid, GF_Filter *dst, GF_Filter *alias, u32 bundle)
{
	GF_Err e = GF_REQUIRES_NEW_INSTANCE;
	GF_Filter *clone;
	for (u32 asked = 0; (clone = clone_with_room(dst, asked)); asked = clone->index) {
		e = connect_instance(pid, clone, alias, bundle, GF_FALSE);
		if (e != GF_REQUIRES_NEW_INSTANCE)
			return e;
	}
	clone = filter_clone(dst, pid, &e);
	if (clone)
		return connect_instance(pid, clone, alias, bundle, GF_TRUE);
	session_set_connect_error(pid->head.filter->fs, e);
	return e;
}

GF_Err connect_pid(OutPid *pid, GF_Filter *dst, GF_Filter *alias, u32 bundle)
{
	GF_Err e = GF_OK;
	if (dst->kind == FILTER_ALIAS && dst->alias_of) {
		alias = dst;
		dst = dst->alias_of;
	}
	Bool is_new = GF_FALSE;
	if (!link_accepts_more_inputs(dst)) {
		dst = filter_clone(dst, pid, &e);
		if (!dst)
			return e;
		is_new = GF_TRUE;
	}
	e = connect_instance(pid, dst, alias, bundle, is_new);
	return e == GF_REQUIRES_NEW_INSTANCE ? connect_clone(pid, dst, alias, bundle) : e;
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

// The input sees its end. It keeps its packets for the filters that take its place, if there may be any.
void connect_reconfigure_failed(InPid *in, GF_Err e)
{
	GF_Filter *f = in->head.filter;
	char label[100];
	in->refused = e;
	if (e != GF_BAD_PARAM) {
		pid_request_disconnect(in);
		return;
	}
	GF_LOG(GF_LOG_ERROR, GF_LOG_FILTER, ("[filter] %s cannot take the new properties of PID %s: %s\n",
		filter_label(f, label), in->pid->name, gf_error_to_string(e)));
	session_set_connect_error(f->fs, e);
	in_pid_flush(in);
	in_pid_emptied(in);
	pid_update_blocking(in->pid);
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
	Bool negotiated = e == GF_FILTER_NOT_FOUND; // nothing adapts the PID: reported already
	if (negotiated || e == GF_FILTER_NOT_SUPPORTED || filter_is_sink_kind(f) || fs_flag(fs, GF_FS_FLAG_NO_REASSIGN)) {
		if (!negotiated) {
			GF_LOG(GF_LOG_ERROR, GF_LOG_FILTER, ("[filter] %s cannot go on with PID %s: %s\n", label, pid->name,
				gf_error_to_string(e)));
			session_set_connect_error(fs, e);
		}
		Bool gone = pid->removed;
		disconnect_pid(in, GF_TRUE);
		if (!gone && !gf_list_count(pid->dests) && pid->head.filter->state < FILTER_REMOVED)
			link_none(pid, UNLINKED_REFUSED, NULL);
		return;
	}
	GF_LOG(GF_LOG_WARNING, GF_LOG_FILTER,
		("[filter] %s refused the new properties of PID %s (%s): left out, trying another chain\n", label,
			pid->name, gf_error_to_string(e)));
	pid->relink_error = e;
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
