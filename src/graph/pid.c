// SPDX-License-Identifier: MIT
// Output PIDs: creation, removal, names and properties.
#include <ctype.h>
#include "graph/args.h"
#include "graph/engine.h"
#include "graph/packet.h"

static OutPid *writable(GF_FilterPid *pid, const char *call)
{
	if (pid && !pid->is_input)
		return (OutPid *)pid;
	GF_LOG(GF_LOG_ERROR, GF_LOG_FILTER,
		("[filter] %s on %s%s: an output PID is needed\n", call, pid ? "an input PID of " : "no PID",
			pid ? pid->filter->name : ""));
	return NULL;
}

// ---- creation and removal

GF_FilterPid *gf_filter_pid_new(GF_Filter *filter)
{
	if (!filter || filter->state >= FILTER_REMOVED)
		return NULL;
	OutPid *pid = gf_calloc(1, sizeof(OutPid));
	if (!pid)
		return NULL;
	handle_add(&pid->head.handle);
	pid->head.filter = filter;
	pid->speed = 1;
	pid->require_source_id = filter->link.require_source_id;
	pid->dests = gf_list_new();
	InPid *only = gf_list_count(filter->inputs) == 1 ? gf_list_get(filter->inputs, 0) : NULL;
	if (only) {
		pid->map = propmap_ref(only->map ? only->map : only->pid->map);
		pid->name = gf_strdup(only->pid->name);
	} else {
		char name[20];
		snprintf(name, sizeof(name), "PID%u", gf_list_count(filter->outputs) + 1);
		pid->map = propmap_new();
		pid->name = gf_strdup(name);
	}
	if (!pid->map || !pid->name || !pid->dests || gf_list_add(filter->outputs, pid) != GF_OK) {
		out_pid_free(pid);
		return NULL;
	}
	pid_init_limits(pid);
	// Linked by the loop, behind the callback that makes it.
	link_post(pid);
	return &pid->head;
}

void out_pid_release_held(OutPid *pid)
{
	while (pid->held) {
		PckEntry *e = pid->held;
		pid->held = e->next;
		pck_entry_free(e);
	}
	pid->held_tail = NULL;
	pid->nb_held = 0;
}

void out_pid_free(OutPid *pid)
{
	arg_counter_forget(pid->head.filter->fs, pid);
	out_pid_release_held(pid);
	propmap_unref(pid->map);
	propmap_unref(pid->info);
	propmap_unref(pid->wanted);
	gf_list_del(pid->dests);
	gf_list_del(pid->adapter_blacklist);
	gf_free(pid->name);
	handle_remove(&pid->head.handle);
	gf_free(pid);
}

static void run_free_removed(GF_FilterSession *fs, FsTask *t)
{
	GF_Filter *f = t->filter;
	(void)fs;
	gf_free(t);
	// The destructor of a packet still in use is called with its PID.
	if (atomic_load(&f->nb_live_pcks))
		return;
	for (u32 i = gf_list_count(f->removed_pids); i > 0; i--) {
		OutPid *pid = gf_list_get(f->removed_pids, i - 1);
		if (pid->nb_unsent)
			continue;
		gf_list_rem(f->removed_pids, i - 1);
		out_pid_free(pid);
	}
}

void out_pid_drop(OutPid *pid)
{
	GF_Filter *f = pid->head.filter;
	gf_list_del_item(f->outputs, pid);
	pid_forget_blocking(pid);
	sched_drop_pid(f->fs, &pid->head);
	out_pid_release_held(pid);
	// Freed behind the callback that may have removed it.
	if (gf_list_add(f->removed_pids, pid) != GF_OK)
		out_pid_free(pid);
	FsTask *t = task_new(run_free_removed, f, NULL);
	if (t)
		sched_post_settled(f->fs, t);
	filter_output_gone(f);
}

void out_pid_retire(OutPid *pid)
{
	pid->removed = GF_TRUE;
	pid_forget_blocking(pid);
	u32 nb = gf_list_count(pid->dests);
	for (u32 i = 0; i < nb; i++) {
		InPid *in = gf_list_get(pid->dests, i);
		in->removed = GF_TRUE;
		in_pid_emptied(in);
		sched_wake(in->head.filter);
	}
	if (!nb)
		out_pid_drop(pid);
}

void gf_filter_pid_remove(GF_FilterPid *PID)
{
	OutPid *pid = writable(PID, "remove");
	if (!pid || pid->removed)
		return;
	pid->removed = GF_TRUE;
	// What was sent before the first link still has to reach the destinations: the linking pass goes on from here.
	if (!pid->held || !pid->init_pending)
		out_pid_retire(pid);
}

// ---- destinations lost

static void run_check_unused(GF_FilterSession *fs, FsTask *t)
{
	OutPid *pid = (OutPid *)t->pid;
	(void)fs;
	gf_free(t);
	if (gf_list_count(pid->dests) || pid->init_pending || pid->removed)
		return;
	pid->not_connected = GF_TRUE;
	out_pid_release_held(pid);
	pid_update_blocking(pid);
	if (gf_list_count(pid->head.filter->inputs))
		link_check_unused(pid->head.filter);
	else
		filter_check_useless(pid->head.filter);
}

void out_pid_check_unused(OutPid *pid)
{
	GF_Filter *f = pid->head.filter;
	if (gf_list_count(pid->dests) || pid->removed || f->state >= FILTER_REMOVED || f->fs->in_delete)
		return;
	FsTask *t = task_new(run_check_unused, f, &pid->head);
	if (t)
		sched_post_settled(f->fs, t);
}

// ---- properties

// The map of the PID, not shared, so that it can be written.
static PropMap *own_map(OutPid *pid)
{
	if (atomic_load(&pid->map->refs) > 1) {
		PropMap *own = propmap_clone(pid->map);
		if (!own)
			return NULL;
		propmap_unref(pid->map);
		pid->map = own;
	}
	return pid->map;
}

static GF_Err set_property(GF_FilterPid *PID, u32 p4cc, const char *name, const GF_PropertyValue *value)
{
	OutPid *pid = writable(PID, "set_property");
	if (!pid || (!p4cc && !name)) {
		if (value)
			propmap_drop_value(value);
		return GF_BAD_PARAM;
	}
	if (!propmap_differs(pid->map, p4cc, name, value)) {
		if (value)
			propmap_drop_value(value);
		return GF_OK;
	}
	if (!own_map(pid)) {
		if (value)
			propmap_drop_value(value);
		return GF_OUT_OF_MEM;
	}
	pid->props_applied = GF_FALSE;
	return propmap_set(pid->map, p4cc, name, value, NULL);
}

GF_Err gf_filter_pid_set_property(GF_FilterPid *PID, u32 prop_4cc, const GF_PropertyValue *value)
{
	return set_property(PID, prop_4cc, NULL, value);
}

GF_Err gf_filter_pid_set_property_str(GF_FilterPid *PID, const char *name, const GF_PropertyValue *value)
{
	return set_property(PID, 0, name, value);
}

GF_Err gf_filter_pid_set_property_dyn(GF_FilterPid *PID, char *name, const GF_PropertyValue *value)
{
	return set_property(PID, 0, name, value);
}

static GF_Err set_info(GF_FilterPid *PID, u32 p4cc, const char *name, const GF_PropertyValue *value)
{
	OutPid *pid = writable(PID, "set_info");
	if (!pid || (!p4cc && !name)) {
		if (value)
			propmap_drop_value(value);
		return GF_BAD_PARAM;
	}
	PropMap *map = pid->info;
	if (!map)
		map = propmap_new();
	else if (atomic_load(&map->refs) > 1)
		map = propmap_clone(map);
	if (!map) {
		if (value)
			propmap_drop_value(value);
		return GF_OUT_OF_MEM;
	}
	if (map != pid->info) {
		propmap_unref(pid->info);
		pid->info = map;
	}
	Bool changed = GF_FALSE;
	GF_Err e = propmap_set(map, p4cc, name, value, &changed);
	if (changed)
		pid->info_changed = GF_TRUE;
	return e;
}

GF_Err gf_filter_pid_set_info(GF_FilterPid *PID, u32 prop_4cc, const GF_PropertyValue *value)
{
	return set_info(PID, prop_4cc, NULL, value);
}

GF_Err gf_filter_pid_set_info_str(GF_FilterPid *PID, const char *name, const GF_PropertyValue *value)
{
	return set_info(PID, 0, name, value);
}

GF_Err gf_filter_pid_set_info_dyn(GF_FilterPid *PID, char *name, const GF_PropertyValue *value)
{
	return set_info(PID, 0, name, value);
}

GF_Err gf_filter_pid_reset_properties(GF_FilterPid *PID)
{
	OutPid *pid = writable(PID, "reset_properties");
	PropMap *map = pid ? propmap_new() : NULL;
	if (!map)
		return pid ? GF_OUT_OF_MEM : GF_BAD_PARAM;
	propmap_unref(pid->map);
	pid->map = map;
	return GF_OK;
}

// The map that a handle reads: newest of an output, the one in force of an input.
static PropMap *read_map(GF_FilterPid *pid)
{
	if (!pid)
		return NULL;
	if (!pid->is_input)
		return ((OutPid *)pid)->map;
	InPid *in = (InPid *)pid;
	return in->map ? in->map : in->pid->map;
}

static GF_Err copy_from_map(OutPid *dst, PropMap *src)
{
	if (dst->map == src)
		return GF_OK;
	propmap_unref(dst->map);
	dst->map = propmap_ref(src);
	dst->props_applied = GF_FALSE;
	return GF_OK;
}

GF_Err gf_filter_pid_copy_properties(GF_FilterPid *dst_pid, GF_FilterPid *src_pid)
{
	OutPid *dst = writable(dst_pid, "copy_properties");
	if (!dst || !src_pid)
		return GF_BAD_PARAM;
	const OutPid *src = out_of(src_pid);
	if (!strncmp(dst->name, "PID", 3) && isdigit((u8)dst->name[3]))
		gf_filter_pid_set_name(dst_pid, src->name);
	return copy_from_map(dst, read_map(src_pid));
}

static GF_Err merge_from_map(OutPid *dst, PropMap *src, gf_filter_prop_filter filter, void *cbk)
{
	if (dst->map == src)
		return GF_OK;
	dst->props_applied = GF_FALSE;
	return own_map(dst) ? propmap_merge(dst->map, src, filter, cbk) : GF_OUT_OF_MEM;
}

GF_Err gf_filter_pid_merge_properties(GF_FilterPid *dst_pid, GF_FilterPid *src_pid, gf_filter_prop_filter filter_prop,
	void *cbk)
{
	OutPid *dst = writable(dst_pid, "merge_properties");
	return dst && src_pid ? merge_from_map(dst, read_map(src_pid), filter_prop, cbk) : GF_BAD_PARAM;
}

GF_Err gf_filter_pid_copy_properties_from_packet(GF_FilterPid *dst_pid, GF_FilterPacket *src_pck)
{
	OutPid *dst = writable(dst_pid, "copy_properties_from_packet");
	PropMap *map = dst && src_pck ? pck_of(src_pck)->pid_props : NULL;
	return map ? copy_from_map(dst, map) : GF_BAD_PARAM;
}

GF_Err gf_filter_pid_merge_properties_from_packet(GF_FilterPid *dst_pid, GF_FilterPacket *src_pck,
	gf_filter_prop_filter filter_prop, void *cbk)
{
	OutPid *dst = writable(dst_pid, "merge_properties_from_packet");
	PropMap *map = dst && src_pck ? pck_of(src_pck)->pid_props : NULL;
	return map ? merge_from_map(dst, map, filter_prop, cbk) : GF_BAD_PARAM;
}

GF_Err gf_filter_pid_push_properties(GF_FilterPid *PID, char *args, Bool direct_merge, Bool use_default_seps)
{
	static const Separators default_seps = {':', '=', '#', ',', '!', '@'};
	OutPid *pid = writable(PID, "push_properties");
	if (!pid || !args)
		return GF_BAD_PARAM;
	(void)direct_merge; // a map nobody holds yet is written in place, a shared one is cloned: the same result
	return args_apply_pid_props(pid, args, use_default_seps ? &default_seps : &pid->head.filter->fs->seps);
}

const GF_PropertyValue *gf_filter_pid_get_property(GF_FilterPid *PID, u32 prop_4cc)
{
	PropMap *map = read_map(PID);
	return map && prop_4cc ? propmap_get(map, prop_4cc, NULL) : NULL;
}

const GF_PropertyValue *gf_filter_pid_get_property_str(GF_FilterPid *PID, const char *prop_name)
{
	PropMap *map = read_map(PID);
	return map && prop_name ? propmap_get(map, 0, prop_name) : NULL;
}

const GF_PropertyValue *gf_filter_pid_enum_properties(GF_FilterPid *PID, u32 *idx, u32 *prop_4cc,
	const char **prop_name)
{
	PropMap *map = read_map(PID);
	return map ? propmap_enum(map, idx, prop_4cc, prop_name) : NULL;
}

const GF_PropertyValue *gf_filter_pid_enum_info(GF_FilterPid *PID, u32 *idx, u32 *prop_4cc, const char **prop_name)
{
	const OutPid *pid = PID ? out_of(PID) : NULL;
	return pid && pid->info ? propmap_enum(pid->info, idx, prop_4cc, prop_name) : NULL;
}

// ---- informative queries, toward the sources

#define MAX_INFO_DEPTH 64

static GF_PropertyEntry *find_info(const OutPid *pid, const PropMap *map, u32 p4cc, const char *name, u32 depth)
{
	GF_PropertyEntry *e = propmap_get_entry(map, p4cc, name);
	if (!e && pid->info)
		e = propmap_get_entry(pid->info, p4cc, name);
	const GF_Filter *f = pid->head.filter;
	u32 nb = depth < MAX_INFO_DEPTH ? gf_list_count(f->inputs) : 0;
	for (u32 i = 0; !e && i < nb; i++) {
		const InPid *in = gf_list_get(f->inputs, i);
		e = find_info(in->pid, in->map ? in->map : in->pid->map, p4cc, name, depth + 1);
	}
	return e;
}

static const GF_PropertyValue *give_entry(GF_PropertyEntry *found, GF_PropertyEntry **propentry)
{
	if (!propentry)
		return NULL;
	propentry_unref(*propentry);
	*propentry = found;
	if (!found)
		return NULL;
	propentry_ref(found);
	return &found->val;
}

static const GF_PropertyValue *get_info(GF_FilterPid *PID, u32 p4cc, const char *name, GF_PropertyEntry **propentry)
{
	if (!PID || (!p4cc && !name))
		return NULL;
	return give_entry(find_info(out_of(PID), read_map(PID), p4cc, name, 0), propentry);
}

const GF_PropertyValue *gf_filter_pid_get_info(GF_FilterPid *PID, u32 prop_4cc, GF_PropertyEntry **propentry)
{
	return get_info(PID, prop_4cc, NULL, propentry);
}

const GF_PropertyValue *gf_filter_pid_get_info_str(GF_FilterPid *PID, const char *prop_name,
	GF_PropertyEntry **propentry)
{
	return get_info(PID, 0, prop_name, propentry);
}

static const GF_PropertyValue *filter_info(GF_Filter *f, u32 p4cc, const char *name, GF_PropertyEntry **propentry)
{
	if (!f || (!p4cc && !name))
		return NULL;
	GF_PropertyEntry *e = NULL;
	u32 nb = gf_list_count(f->outputs);
	for (u32 i = 0; !e && i < nb; i++) {
		const OutPid *pid = gf_list_get(f->outputs, i);
		e = find_info(pid, pid->map, p4cc, name, 0);
	}
	nb = gf_list_count(f->inputs);
	for (u32 i = 0; !e && i < nb; i++) {
		const InPid *in = gf_list_get(f->inputs, i);
		e = find_info(in->pid, in->map ? in->map : in->pid->map, p4cc, name, 0);
	}
	return give_entry(e, propentry);
}

const GF_PropertyValue *gf_filter_get_info(GF_Filter *filter, u32 prop_4cc, GF_PropertyEntry **propentry)
{
	return filter_info(filter, prop_4cc, NULL, propentry);
}

const GF_PropertyValue *gf_filter_get_info_str(GF_Filter *filter, const char *prop_name, GF_PropertyEntry **propentry)
{
	return filter_info(filter, 0, prop_name, propentry);
}

void gf_filter_release_property(GF_PropertyEntry *propentry)
{
	propentry_unref(propentry);
}

// ---- names and user data

void gf_filter_pid_set_name(GF_FilterPid *PID, const char *name)
{
	if (!PID || !name)
		return;
	if (PID->is_input) {
		GF_LOG(GF_LOG_WARNING, GF_LOG_FILTER,
			("[filter] %s: an input PID cannot be renamed to %s\n", PID->filter->name, name));
		return;
	}
	OutPid *pid = (OutPid *)PID;
	char *copy = gf_strdup(name);
	if (!copy)
		return;
	gf_free(pid->name);
	pid->name = copy;
}

const char *gf_filter_pid_get_name(GF_FilterPid *PID)
{
	return PID ? out_of(PID)->name : "";
}

const char *gf_filter_pid_get_filter_name(GF_FilterPid *PID)
{
	return PID ? out_of(PID)->head.filter->name : "";
}

void gf_filter_pid_set_udta(GF_FilterPid *PID, void *udta)
{
	if (PID)
		PID->udta = udta;
}

void *gf_filter_pid_get_udta(GF_FilterPid *PID)
{
	return PID ? PID->udta : NULL;
}

GF_Err gf_filter_pid_set_udta_flags(GF_FilterPid *PID, u32 flags)
{
	if (!PID)
		return GF_BAD_PARAM;
	PID->udta_flags = flags;
	return GF_OK;
}

u32 gf_filter_pid_get_udta_flags(GF_FilterPid *PID)
{
	return PID ? PID->udta_flags : 0;
}

// ---- properties the engine itself reads

const GF_PropertyValue *out_pid_prop(const OutPid *pid, u32 p4cc)
{
	return propmap_get(pid->map, p4cc, NULL);
}

u32 out_pid_stream_type(const OutPid *pid)
{
	const GF_PropertyValue *p = out_pid_prop(pid, GF_PROP_PID_STREAM_TYPE);
	return p ? p->value.uint : GF_STREAM_UNKNOWN;
}

u32 out_pid_codec(const OutPid *pid)
{
	const GF_PropertyValue *p = out_pid_prop(pid, GF_PROP_PID_CODECID);
	return p ? p->value.uint : GF_CODECID_NONE;
}

Bool out_pid_is_sparse(const OutPid *pid)
{
	const GF_PropertyValue *p = out_pid_prop(pid, GF_PROP_PID_SPARSE);
	if (p)
		return p->value.boolean;
	u32 type = out_pid_stream_type(pid);
	if (type == GF_STREAM_ENCRYPTED) {
		p = out_pid_prop(pid, GF_PROP_PID_ORIG_STREAM_TYPE);
		type = p ? p->value.uint : type;
	}
	return type != GF_STREAM_AUDIO && type != GF_STREAM_VISUAL && type != GF_STREAM_FILE;
}

Bool gf_filter_pid_is_sparse(GF_FilterPid *PID)
{
	return PID ? out_pid_is_sparse(out_of(PID)) : GF_FALSE;
}
