// SPDX-License-Identifier: MIT
// Negotiation of PID properties: a consumer asks for other values, the producer is reconfigured, or a filter
// that adapts the PID is put in between (graph chapter 3.16).
#include "graph/args.h"
#include "graph/engine.h"
#include "graph/link.h"
#include "graph/packet.h"

static Bool reconfig_caps_cover(const GF_Filter *f, const PropMap *wanted)
{
	u32 nb;
	const GF_FilterCapability *caps = filter_caps(f, &nb);
	u32 idx = 0, p4cc;
	const char *name;
	while (propmap_enum(wanted, &idx, &p4cc, &name)) {
		Bool found = GF_FALSE;
		for (u32 i = 0; i < nb && !found; i++) {
			if (!(caps[i].flags & GF_CAPFLAG_RECONFIG))
				continue;
			found = p4cc ? caps[i].code == p4cc : caps[i].name && name && !strcmp(caps[i].name, name);
		}
		if (!found)
			return GF_FALSE;
	}
	return GF_TRUE;
}

static Bool same_wishes(const PropMap *a, const PropMap *b)
{
	u32 idx = 0, p4cc;
	const char *name;
	const GF_PropertyValue *v;
	if (!a || !b || a->count != b->count)
		return GF_FALSE;
	while ((v = propmap_enum(a, &idx, &p4cc, &name))) {
		const GF_PropertyValue *w = propmap_get(b, p4cc, name);
		if (!w || !gf_props_equal_strict(v, w))
			return GF_FALSE;
	}
	return GF_TRUE;
}

static Bool all_agree(const OutPid *pid)
{
	u32 nb = gf_list_count(pid->dests);
	for (u32 i = 0; i < nb; i++) {
		if (!same_wishes(((InPid *)gf_list_get(pid->dests, i))->wanted, pid->wanted))
			return GF_FALSE;
	}
	return GF_TRUE;
}

static void forget_wishes(OutPid *pid)
{
	u32 nb = gf_list_count(pid->dests);
	for (u32 i = 0; i < nb; i++) {
		InPid *in = gf_list_get(pid->dests, i);
		propmap_unref(in->wanted);
		in->wanted = NULL;
	}
	propmap_unref(pid->wanted);
	pid->wanted = NULL;
}

static Bool try_direct(OutPid *pid)
{
	GF_Filter *f = pid->head.filter;
	if (!f->reg->reconfigure_output || !reconfig_caps_cover(f, pid->wanted) || !all_agree(pid))
		return GF_FALSE;
	return f->reg->reconfigure_output(f, &pid->head) == GF_OK;
}

// Moves a link from the producer to the output of the adapter, which is the only change its consumer sees.
// Packets already queued were made before the adaptation: they go through the adapter.
static void move_input(InPid *in, InPid *adapter_in, OutPid *to)
{
	OutPid *from = in->pid;
	PckEntry *queue = in->first;
	in->first = in->last = NULL;
	in_pid_flush(in);
	while (queue) {
		PckEntry *next = queue->next;
		Packet *pck = packet_ref(queue->pck);
		pck_entry_free(queue);
		in_pid_queue(adapter_in, pck);
		queue = next;
	}
	adapter_in->playing = in->playing;
	adapter_in->removed = in->removed;
	in->eos = in->eos_seen = in->removed = in->muted = GF_FALSE;
	gf_list_del_item(from->dests, in);
	gf_list_add(to->dests, in);
	in->pid = to;
	to->linked_once = GF_TRUE;
	to->playing = to->had_play = in->playing;
	pid_update_blocking(from);
}

static GF_Filter *load_adapter(OutPid *pid, GF_Filter *dst, const ChainItem *item, GF_Err *err)
{
	char *args = filter_args_inherit(pid->head.filter, dst);
	FilterParams p = {.reg = item->reg, .args = args, .dst_args = dst->src_args, .kind = FILTER_ADAPTATION};
	GF_Filter *adapter = filter_new(dst->fs, &p, err);
	gf_free(args);
	if (!adapter)
		return NULL;
	adapter->link.requester = dst;
	adapter->subsession = dst->subsession;
	adapter->subsource = dst->subsource;
	return adapter;
}

// Tells the adapter what is wanted from it.
static GF_Err set_up_adapter(GF_Filter *adapter, OutPid *out, PropMap *wanted)
{
	if (!adapter->reg->reconfigure_output)
		return GF_OK; // a decoder
	out->wanted = propmap_ref(wanted);
	GF_Err e = adapter->reg->reconfigure_output(adapter, &out->head);
	propmap_unref(out->wanted);
	out->wanted = NULL;
	return e;
}

static void blacklist_adapter(OutPid *pid, const GF_FilterRegister *reg)
{
	if (!pid->adapter_blacklist)
		pid->adapter_blacklist = gf_list_new();
	gf_list_add(pid->adapter_blacklist, (void *)reg);
}

// Loads one adapter for one consumer. GF_FILTER_NOT_FOUND when no register fits, GF_NOT_READY to try the next.
static GF_Err insert_adapter(OutPid *pid, InPid *in)
{
	GF_Filter *dst = in->head.filter;
	Chain chain = {0};
	ResolveOptions opts = {.adapt = in->wanted};
	GF_Err e = resolve_chain(pid, dst, &opts, &chain);
	if (e != GF_OK || chain.nb_items != 1) {
		chain_reset(&chain);
		return e == GF_OK ? GF_FILTER_NOT_FOUND : e;
	}
	const GF_FilterRegister *reg = chain.items[0].reg;
	GF_Filter *adapter = load_adapter(pid, dst, &chain.items[0], &e);
	if (adapter)
		e = connect_pid(pid, adapter, NULL, chain.items[0].in_bundle);
	chain_reset(&chain);
	InPid *adapter_in = adapter ? gf_list_get(adapter->inputs, 0) : NULL;
	OutPid *out = adapter ? gf_list_get(adapter->outputs, 0) : NULL;
	if (e == GF_OK && adapter_in && out)
		e = set_up_adapter(adapter, out, in->wanted);
	if (e != GF_OK || !adapter_in || !out) {
		blacklist_adapter(pid, reg);
		if (adapter)
			filter_request_removal(adapter);
		return GF_NOT_READY;
	}
	pid_apply_user_props(out);
	sched_drop_pid(dst->fs, &out->head); // its linking pass
	adapter_in->muted = GF_FALSE;
	move_input(in, adapter_in, out);
	sched_wake(adapter);
	return GF_OK;
}

static void adapt_destination(OutPid *pid, InPid *in)
{
	GF_Err e;
	do {
		e = insert_adapter(pid, in);
	} while (e == GF_NOT_READY);
	propmap_unref(in->wanted);
	in->wanted = NULL;
	if (e == GF_OK)
		return;
	char label[100];
	GF_LOG(GF_LOG_ERROR, GF_LOG_FILTER,
		("[filter] no filter adapts PID %s of %s to what %s asks for: disconnected\n", pid->name,
			pid->head.filter->name, filter_label(in->head.filter, label)));
	session_set_connect_error(pid->head.filter->fs, GF_FILTER_NOT_FOUND);
	in->refused = GF_FILTER_NOT_FOUND;
	pid_request_disconnect(in);
}

// Packets made before the negotiation, or the end of the stream: the producer cannot change them any more.
static Bool is_too_late(const OutPid *pid)
{
	u32 nb = gf_list_count(pid->dests);
	for (u32 i = 0; i < nb; i++) {
		const InPid *in = gf_list_get(pid->dests, i);
		if (in->wanted && in->first)
			return GF_TRUE;
	}
	return pid->eos || pid->held;
}

static void negotiate_pid(OutPid *pid)
{
	if (!is_too_late(pid) && try_direct(pid)) {
		forget_wishes(pid);
		return;
	}
	for (u32 i = gf_list_count(pid->dests); i > 0; i--) {
		InPid *in = gf_list_get(pid->dests, i - 1);
		if (in->wanted)
			adapt_destination(pid, in);
	}
	forget_wishes(pid);
}

void negotiate_outputs(GF_Filter *f)
{
	f->negotiating = GF_FALSE;
	for (u32 i = 0; i < gf_list_count(f->outputs); i++) {
		OutPid *pid = gf_list_get(f->outputs, i);
		if (pid->wanted)
			negotiate_pid(pid);
	}
}

static void run_negotiation(GF_FilterSession *fs, FsTask *t)
{
	OutPid *pid = (OutPid *)t->pid;
	(void)fs;
	gf_free(t);
	if (pid->wanted)
		negotiate_pid(pid);
}

static GF_Err negotiate(GF_FilterPid *PID, u32 p4cc, const char *name, const GF_PropertyValue *value)
{
	if (!PID || !PID->is_input || (!p4cc && !name) || !value) {
		if (value)
			propmap_drop_value(value);
		return GF_BAD_PARAM;
	}
	InPid *in = (InPid *)PID;
	OutPid *pid = in->pid;
	if (!in->wanted)
		in->wanted = propmap_new();
	if (!pid->wanted)
		pid->wanted = propmap_new();
	if (!in->wanted || !pid->wanted)
		return GF_OUT_OF_MEM;
	GF_Err e = propmap_set(in->wanted, p4cc, name, value, NULL);
	const GF_PropertyValue *own = e == GF_OK ? propmap_get(in->wanted, p4cc, name) : NULL;
	if (own)
		e = propmap_set(pid->wanted, p4cc, name, own, NULL);
	if (e != GF_OK)
		return e;
	pid->head.filter->negotiating = GF_TRUE;
	FsTask *t = task_new(run_negotiation, NULL, &pid->head);
	if (!t)
		return GF_OUT_OF_MEM;
	sched_post_link(pid->head.filter->fs, t);
	return GF_OK;
}

GF_Err gf_filter_pid_negotiate_property(GF_FilterPid *PID, u32 prop_4cc, const GF_PropertyValue *value)
{
	return negotiate(PID, prop_4cc, NULL, value);
}

GF_Err gf_filter_pid_negotiate_property_str(GF_FilterPid *PID, const char *name, const GF_PropertyValue *value)
{
	return negotiate(PID, 0, name, value);
}

GF_Err gf_filter_pid_negotiate_property_dyn(GF_FilterPid *PID, char *name, const GF_PropertyValue *value)
{
	return negotiate(PID, 0, name, value);
}

// ---- queries of what consumers take

static const GF_PropertyValue *instance_cap(const GF_Filter *f, u32 p4cc)
{
	return f->caps ? caps_value(f->caps, f->nb_caps, p4cc, GF_CAPFLAG_INPUT) : NULL;
}

static const GF_PropertyValue *query_down(const GF_Filter *f, u32 p4cc, u32 depth)
{
	const GF_PropertyValue *v = instance_cap(f, p4cc);
	u32 nb = !v && depth < MAX_GRAPH_DEPTH ? gf_list_count(f->outputs) : 0;
	for (u32 i = 0; !v && i < nb; i++) {
		const OutPid *pid = gf_list_get(f->outputs, i);
		u32 nb_dst = gf_list_count(pid->dests);
		for (u32 j = 0; !v && j < nb_dst; j++)
			v = query_down(((InPid *)gf_list_get(pid->dests, j))->head.filter, p4cc, depth + 1);
	}
	nb = v ? 0 : gf_list_count(f->link.dests);
	for (u32 i = 0; !v && i < nb; i++)
		v = instance_cap(gf_list_get(f->link.dests, i), p4cc);
	return v;
}

const GF_PropertyValue *gf_filter_pid_caps_query(GF_FilterPid *PID, u32 prop_4cc)
{
	if (!PID || !prop_4cc)
		return NULL;
	if (PID->is_input) {
		const GF_Filter *f = PID->filter;
		const GF_Filter *next = f->link.next;
		if (!next)
			return NULL;
		u32 nb;
		const GF_FilterCapability *caps = filter_caps(next, &nb);
		if (next->link.bundle < 0)
			return caps_value(caps, nb, prop_4cc, GF_CAPFLAG_INPUT);
		return caps_bundle_value(caps, nb, (u32)next->link.bundle, prop_4cc, NULL, GF_CAPFLAG_INPUT);
	}
	const OutPid *pid = (OutPid *)PID;
	if (pid->wanted)
		return propmap_get(pid->wanted, prop_4cc, NULL);
	const GF_PropertyValue *v = NULL;
	u32 nb = gf_list_count(pid->dests);
	for (u32 i = 0; !v && i < nb; i++)
		v = query_down(((InPid *)gf_list_get(pid->dests, i))->head.filter, prop_4cc, 0);
	nb = v ? 0 : gf_list_count(PID->filter->link.dests);
	for (u32 i = 0; !v && i < nb; i++)
		v = instance_cap(gf_list_get(PID->filter->link.dests, i), prop_4cc);
	return v;
}

const GF_PropertyValue *gf_filter_pid_caps_query_str(GF_FilterPid *PID, const char *prop_name)
{
	if (!PID || PID->is_input || !prop_name)
		return NULL;
	const OutPid *pid = (OutPid *)PID;
	return pid->wanted ? propmap_get(pid->wanted, 0, prop_name) : NULL;
}
