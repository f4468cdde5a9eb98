// SPDX-License-Identifier: MIT
// Public queries and settings of filters.
#include "base/str_list.h"
#include "graph/args.h"
#include "graph/engine.h"
#include "graph/link.h"

// ---- identity

static void replace_string(char **place, const char *text)
{
	char *copy = text ? gf_strdup(text) : NULL;
	if (text && !copy)
		return;
	gf_free(*place);
	*place = copy;
}

const char *gf_filter_get_name(GF_Filter *filter)
{
	return filter ? filter->name : "";
}

void gf_filter_set_name(GF_Filter *filter, const char *name)
{
	if (filter)
		replace_string(&filter->name, name ? name : filter->reg->name);
}

const char *gf_filter_get_id(GF_Filter *filter)
{
	return filter ? filter->id : NULL;
}

GF_Err gf_filter_assign_id(GF_Filter *filter, const char *filter_id)
{
	if (!filter || filter->id)
		return GF_BAD_PARAM;
	char generated[32];
	snprintf(generated, sizeof(generated), "_%p_", (void *)filter);
	filter->id = gf_strdup(filter_id ? filter_id : generated);
	return filter->id ? GF_OK : GF_OUT_OF_MEM;
}

void *gf_filter_get_udta(GF_Filter *filter)
{
	return filter ? filter->priv : NULL;
}

GF_Err gf_filter_set_rt_udta(GF_Filter *filter, void *udta)
{
	if (!filter)
		return GF_BAD_PARAM;
	filter->rt_udta = udta;
	return GF_OK;
}

void *gf_filter_get_rt_udta(GF_Filter *filter)
{
	return filter ? filter->rt_udta : NULL;
}

const GF_FilterRegister *gf_filter_get_register(GF_Filter *filter)
{
	return filter ? filter->reg : NULL;
}

Bool gf_filter_is_instance_of(GF_Filter *filter, const GF_FilterRegister *freg)
{
	return filter && filter->reg == freg;
}

Bool gf_filter_is_temporary(GF_Filter *filter)
{
	return filter && filter->kind == FILTER_TEMPORARY;
}

Bool gf_filter_is_alias(GF_Filter *filter)
{
	return filter && filter->kind == FILTER_ALIAS;
}

Bool gf_filter_is_dynamic(GF_Filter *filter)
{
	return filter && (filter->kind == FILTER_DYNAMIC || filter->kind == FILTER_ADAPTATION);
}

Bool gf_filter_is_sink(GF_Filter *filter)
{
	return filter && !filter_has_out_caps(filter);
}

Bool gf_filter_is_source(GF_Filter *filter)
{
	return filter && filter_is_source(filter);
}

GF_Err gf_filter_act_as_sink(GF_Filter *filter)
{
	if (!filter || !filter->reg->use_alias)
		return GF_BAD_PARAM;
	filter->link.acts_as_sink = GF_TRUE;
	return GF_OK;
}

// ---- PIDs

u32 gf_filter_get_ipid_count(GF_Filter *filter)
{
	return filter ? gf_list_count(filter->inputs) : 0;
}

GF_FilterPid *gf_filter_get_ipid(GF_Filter *filter, u32 idx)
{
	return filter ? gf_list_get(filter->inputs, idx) : NULL;
}

u32 gf_filter_get_opid_count(GF_Filter *filter)
{
	return filter ? gf_list_count(filter->outputs) : 0;
}

GF_FilterPid *gf_filter_get_opid(GF_Filter *filter, u32 idx)
{
	return filter ? gf_list_get(filter->outputs, idx) : NULL;
}

// ---- arguments

const char *gf_filter_get_src_args(GF_Filter *filter)
{
	return filter ? filter->src_args : NULL;
}

const char *gf_filter_get_dst_args(GF_Filter *filter)
{
	return filter ? filter->dst_args : NULL;
}

char *gf_filter_get_dst_name(GF_Filter *filter)
{
	return filter && filter->dst_args ? args_get_option(&filter->fs->seps, filter->dst_args, "dst") : NULL;
}

const char *gf_filter_path_escape_colon(GF_Filter *filter, const char *path)
{
	return filter && path ? args_find(&filter->fs->seps, path, GF_TRUE, GF_FALSE) : NULL;
}

u8 gf_filter_get_sep(GF_Filter *filter, GF_FilterSessionSepType sep_type)
{
	if (!filter)
		return 0;
	const Separators *s = &filter->fs->seps;
	switch (sep_type) {
	case GF_FS_SEP_ARGS:
		return (u8)s->args;
	case GF_FS_SEP_NAME:
		return (u8)s->name;
	case GF_FS_SEP_FRAG:
		return (u8)s->frag;
	case GF_FS_SEP_LIST:
		return (u8)s->list;
	case GF_FS_SEP_NEG:
		return (u8)s->neg;
	default:
		return 0;
	}
}

// ---- run-time updates

typedef struct {
	FsTask task;
	char *name, *value;
	GF_EventPropagateType mask;
	GF_Filter *target; // given by a pointer, which may be stale when the task runs, or by `id`
	char *id;
} UpdateTask;

static void drop_update(FsTask *t)
{
	UpdateTask *ut = (UpdateTask *)t;
	gf_free(ut->name);
	gf_free(ut->value);
	gf_free(ut->id);
	gf_free(ut);
}

static UpdateTask *update_new(const char *name, const char *value, GF_EventPropagateType mask)
{
	UpdateTask *ut = gf_calloc(1, sizeof(UpdateTask));
	if (!ut)
		return NULL;
	ut->task.drop = drop_update;
	ut->mask = mask;
	ut->name = gf_strdup(name);
	ut->value = value ? gf_strdup(value) : NULL;
	if (ut->name && (ut->value || !value))
		return ut;
	drop_update(&ut->task);
	return NULL;
}

static void post_update(GF_Filter *f, const char *name, const char *value, GF_EventPropagateType mask);

// The filter has no such option: its neighbours are asked, toward the sources or the sinks.
static void propagate(GF_Filter *f, const UpdateTask *ut)
{
	u32 nb = (ut->mask & GF_FILTER_UPDATE_DOWNSTREAM) ? gf_list_count(f->inputs) : 0;
	for (u32 i = 0; i < nb; i++)
		post_update(((InPid *)gf_list_get(f->inputs, i))->pid->head.filter, ut->name, ut->value,
			GF_FILTER_UPDATE_DOWNSTREAM);
	nb = (ut->mask & GF_FILTER_UPDATE_UPSTREAM) ? gf_list_count(f->outputs) : 0;
	for (u32 i = 0; i < nb; i++) {
		const OutPid *pid = gf_list_get(f->outputs, i);
		u32 nb_dst = gf_list_count(pid->dests);
		for (u32 j = 0; j < nb_dst; j++)
			post_update(((InPid *)gf_list_get(pid->dests, j))->head.filter, ut->name, ut->value,
				GF_FILTER_UPDATE_UPSTREAM);
	}
}

static void run_update(GF_FilterSession *fs, FsTask *t)
{
	UpdateTask *ut = (UpdateTask *)t;
	(void)fs;
	if (filter_args_update(t->filter, ut->name, ut->value) == GF_NOT_FOUND) {
		if (ut->mask)
			propagate(t->filter, ut);
		else
			GF_LOG(GF_LOG_WARNING, GF_LOG_FILTER, ("[filter] %s has no option %s that can be updated\n",
				t->filter->name, ut->name));
	}
	drop_update(t);
}

static void post_update(GF_Filter *f, const char *name, const char *value, GF_EventPropagateType mask)
{
	UpdateTask *ut = update_new(name, value, mask);
	if (!ut)
		return;
	ut->task.run = run_update;
	ut->task.filter = f;
	sched_post(&ut->task);
}

static GF_Filter *find_target(GF_FilterSession *fs, const char *fid)
{
	u32 nb = gf_list_count(fs->filters);
	for (u32 pass = 0; pass < 3; pass++) {
		for (u32 i = 0; i < nb; i++) {
			GF_Filter *f = gf_list_get(fs->filters, i);
			const char *key = pass == 0 ? f->id : (pass == 1 ? f->name : f->reg->name);
			if (key && !strcmp(key, fid) && f->state < FILTER_REMOVED)
				return f;
		}
	}
	return NULL;
}

static Bool is_sync_arg(GF_Filter *f, const char *name)
{
	const GF_FilterArgs *a;
	for (u32 i = 0; (a = gf_filter_enumerate_args(f, i)); i++) {
		if (!strcmp(a->arg_name, name))
			return (a->flags & GF_FS_ARG_UPDATE_SYNC) != 0;
	}
	return GF_FALSE;
}

static void update_here(GF_FilterSession *fs, GF_Filter *f, const char *fid, const char *name, const char *val,
	GF_EventPropagateType mask)
{
	if (!f)
		f = find_target(fs, fid);
	if (!f || f->state >= FILTER_REMOVED)
		GF_LOG(GF_LOG_WARNING, GF_LOG_FILTER, ("[filter] no filter %s to update option %s\n", fid ? fid : "", name));
	else if (is_sync_arg(f, name))
		filter_args_update(f, name, val);
	else
		post_update(f, name, val, mask);
}

static void run_update_from_thread(GF_FilterSession *fs, FsTask *t)
{
	UpdateTask *ut = (UpdateTask *)t;
	if (!ut->target || gf_fs_check_filter(fs, ut->target))
		update_here(fs, ut->target, ut->id, ut->name, ut->value, ut->mask);
	drop_update(t);
}

// The option of a filter that lets it be changed before the call returns. Without any in the session, no thread waits
// for the lock, which is that of the callbacks.
static Bool update_at_once(GF_FilterSession *fs, GF_Filter *f, const char *name, const char *val)
{
	if (!f || !atomic_load(&fs->has_sync_args))
		return GF_FALSE;
	sched_lock(fs, GF_TRUE);
	Bool now = gf_fs_check_filter(fs, f) && is_sync_arg(f, name);
	if (now)
		filter_args_update(f, name, val);
	sched_lock(fs, GF_FALSE);
	return now;
}

// The filter may be gone by now, or when the session comes to it: it is not looked at.
static void update_from_thread(GF_FilterSession *fs, GF_Filter *f, const char *fid, const char *name, const char *val,
	GF_EventPropagateType mask)
{
	if (update_at_once(fs, f, name, val))
		return;
	UpdateTask *ut = update_new(name, val, mask);
	if (!ut)
		return;
	ut->task.run = run_update_from_thread;
	ut->target = f;
	ut->id = !f && fid ? gf_strdup(fid) : NULL;
	if (!f && !ut->id)
		drop_update(&ut->task);
	else
		sched_post_from_thread(fs, &ut->task, 0);
}

void gf_fs_send_update(GF_FilterSession *session, const char *fid, GF_Filter *filter, const char *name, const char *val,
	GF_EventPropagateType propagate_mask)
{
	// not that of the filter, when the session is given: another thread may not look at it
	GF_FilterSession *fs = session || !filter ? session : filter->fs;
	if (!fs || !name || (!filter && !fid))
		return;
	char *split = NULL;
	if (!val && strchr(name, fs->seps.name)) {
		split = gf_strdup(name);
		if (!split)
			return;
		char *eq = strchr(split, fs->seps.name);
		*eq = 0;
		name = split;
		val = eq + 1;
	}
	if (fs_on_thread(fs))
		update_here(fs, filter, fid, name, val, propagate_mask);
	else
		update_from_thread(fs, filter, fid, name, val, propagate_mask);
	gf_free(split);
}

void gf_filter_send_update(GF_Filter *filter, const char *target_filter_id, const char *arg_name, const char *arg_val,
	GF_EventPropagateType propagate_mask)
{
	if (!filter)
		return;
	if (target_filter_id)
		gf_fs_send_update(filter->fs, target_filter_id, NULL, arg_name, arg_val, propagate_mask);
	else
		gf_fs_send_update(filter->fs, NULL, filter, arg_name, arg_val, propagate_mask);
}

// ---- links

// True when a list of sources has an element `id`, alone or with a fragment.
static Bool names_source(const char *list, const char *id, const Separators *s)
{
	size_t len = id ? strlen(id) : 0;
	while (list && len) {
		if (!strncmp(list, id, len) && (!list[len] || list[len] == s->list || list[len] == s->frag))
			return GF_TRUE;
		const char *end = strchr(list, s->list);
		list = end ? end + 1 : NULL;
	}
	return GF_FALSE;
}

// True when links declared, and maybe not made yet, lead from `source` to `filter`. Each filter is looked at once.
static Bool declared_source(GF_Filter *filter, const GF_Filter *source)
{
	u32 nb = filter->link.source_ids ? gf_list_count(filter->fs->filters) : 0;
	filter->walk = filter->fs->walk;
	for (u32 i = 0; i < nb; i++) {
		GF_Filter *f = gf_list_get(filter->fs->filters, i);
		if (!names_source(filter->link.source_ids, f->id, &filter->fs->seps))
			continue;
		if (f == source || (f->walk != f->fs->walk && declared_source(f, source)))
			return GF_TRUE;
	}
	return GF_FALSE;
}

GF_Err gf_filter_set_source(GF_Filter *filter, GF_Filter *link_from, const char *link_ext)
{
	if (!filter || !link_from)
		return GF_BAD_PARAM;
	if (filter == link_from)
		return GF_OK;
	if (filter_in_parents(link_from, filter))
		return GF_BAD_PARAM;
	filter->fs->walk++;
	if (declared_source(link_from, filter))
		return GF_BAD_PARAM;
	if (!link_from->id) {
		GF_Err e = gf_filter_assign_id(link_from, NULL);
		if (e != GF_OK)
			return e;
	}
	const Separators *s = &filter->fs->seps;
	if (link_ext && *link_ext == s->frag)
		link_ext++;
	char frag[2] = {s->frag, 0}, list[2] = {s->list, 0};
	char *element = NULL;
	GF_Err e = gf_dynstrcat(&element, link_from->id, NULL);
	if (e == GF_OK && link_ext && *link_ext)
		e = gf_dynstrcat(&element, link_ext, frag);
	if (e == GF_OK && !str_list_has(filter->link.source_ids, s->list, element))
		e = gf_dynstrcat(&filter->link.source_ids, element, list);
	gf_free(element);
	return e;
}

GF_Err gf_filter_set_source_restricted(GF_Filter *filter, GF_Filter *link_from, const char *link_ext)
{
	GF_Err e = gf_filter_set_source(filter, link_from, link_ext);
	if (e == GF_OK && filter != link_from)
		replace_string(&link_from->link.restricted_source, link_from->id);
	return e;
}

void gf_filter_reset_source(GF_Filter *filter)
{
	if (!filter)
		return;
	replace_string(&filter->link.source_ids, NULL);
	replace_string(&filter->link.unbound_ids, NULL);
}

void gf_filter_require_source_id(GF_Filter *filter)
{
	if (!filter)
		return;
	filter->link.require_source_id = GF_TRUE;
	u32 nb = gf_list_count(filter->outputs);
	for (u32 i = 0; i < nb; i++)
		((OutPid *)gf_list_get(filter->outputs, i))->require_source_id = GF_TRUE;
}

GF_Err gf_filter_tag_subsession(GF_Filter *filter, u32 subsession_id, u32 source_id)
{
	if (!filter)
		return GF_BAD_PARAM;
	if (fs_flag(filter->fs, GF_FS_FLAG_NO_IMPLICIT))
		return GF_OK;
	if (filter->subsession || filter->subsource)
		return (GF_Err)filter->subsession;
	filter->subsession = subsession_id;
	filter->subsource = source_id;
	return GF_OK;
}

Bool gf_filter_in_parent_chain(GF_Filter *parent, GF_Filter *filter)
{
	return parent && filter && filter_in_parents(parent, filter);
}

GF_Err gf_filter_override_caps(GF_Filter *filter, const GF_FilterCapability *caps, u32 nb_caps)
{
	if (!filter)
		return GF_BAD_PARAM;
	filter->caps = nb_caps ? caps : NULL;
	filter->nb_caps = nb_caps;
	return GF_OK;
}

const GF_FilterCapability *gf_filter_get_caps(GF_Filter *filter, u32 *nb_caps)
{
	if (nb_caps)
		*nb_caps = filter && filter->caps ? filter->nb_caps : 0;
	return filter ? filter->caps : NULL;
}

void gf_filter_set_max_extra_input_pids(GF_Filter *filter, u32 max_extra_pids)
{
	if (filter)
		filter->link.max_extra_pids = max_extra_pids;
}

u32 gf_filter_get_max_extra_input_pids(GF_Filter *filter)
{
	return filter ? filter->link.max_extra_pids : 0;
}

void gf_filter_disable_inputs(GF_Filter *filter)
{
	if (filter)
		filter->link.no_inputs = GF_TRUE;
}

void gf_filter_disable_probe(GF_Filter *filter)
{
	if (filter)
		filter->link.no_probe = GF_TRUE;
}

void gf_filter_make_sticky(GF_Filter *filter)
{
	if (filter)
		filter->sticky = GF_TRUE;
}

Bool gf_filter_is_sticky(GF_Filter *filter)
{
	return filter ? filter->sticky : GF_FALSE;
}

void gf_filter_block_eos(GF_Filter *filter, Bool do_block)
{
	if (filter)
		filter->block_eos = do_block;
}

// ---- state of the graph

static Bool pid_pending(const OutPid *pid)
{
	return pid->init_pending || (!pid->linked_once && !pid->not_connected && !pid->head.filter->link.deferred);
}

Bool gf_filter_connections_pending(GF_Filter *filter)
{
	if (!filter || filter->fs->flush != FLUSH_NOT)
		return GF_FALSE;
	u32 nb = gf_list_count(filter->fs->filters);
	for (u32 i = 0; i < nb; i++) {
		const GF_Filter *f = gf_list_get(filter->fs->filters, i);
		if (f->subsession != filter->subsession || f->state != FILTER_ALIVE)
			continue;
		u32 nb_out = gf_list_count(f->outputs);
		for (u32 j = 0; j < nb_out; j++) {
			if (pid_pending(gf_list_get(f->outputs, j)))
				return GF_TRUE;
		}
	}
	return GF_FALSE;
}

static Bool pending_behind(const GF_Filter *f, const GF_Filter *stop, u32 depth)
{
	u32 nb = f != stop && depth < MAX_GRAPH_DEPTH ? gf_list_count(f->outputs) : 0;
	for (u32 i = 0; i < nb; i++) {
		const OutPid *pid = gf_list_get(f->outputs, i);
		if (pid_pending(pid))
			return GF_TRUE;
		u32 nb_dst = gf_list_count(pid->dests);
		for (u32 j = 0; j < nb_dst; j++) {
			if (pending_behind(((InPid *)gf_list_get(pid->dests, j))->head.filter, stop, depth + 1))
				return GF_TRUE;
		}
	}
	return GF_FALSE;
}

Bool gf_filter_has_pid_connection_pending(GF_Filter *filter, GF_Filter *stop_at_filter)
{
	return filter ? pending_behind(filter, stop_at_filter, 0) : GF_FALSE;
}

Bool gf_filter_all_sinks_done(GF_Filter *filter)
{
	if (!filter || filter->fs->flush != FLUSH_NOT || filter->fs->run_status != GF_OK)
		return GF_TRUE;
	u32 nb = gf_list_count(filter->fs->filters);
	for (u32 i = 0; i < nb; i++) {
		const GF_Filter *f = gf_list_get(filter->fs->filters, i);
		if (gf_list_count(f->outputs) || f->state != FILTER_ALIVE)
			continue;
		u32 nb_in = gf_list_count(f->inputs);
		for (u32 j = 0; j < nb_in; j++) {
			const InPid *in = gf_list_get(f->inputs, j);
			if (in->playing && !in_pid_at_end(in))
				return GF_FALSE;
		}
	}
	return GF_TRUE;
}

Bool gf_filter_end_of_session(GF_Filter *filter)
{
	return !filter || filter->fs->flush != FLUSH_NOT || filter->fs->run_status != GF_OK;
}

Bool gf_filter_has_connect_errors(GF_Filter *filter)
{
	return filter && filter->fs->last_connect_error != GF_OK;
}

// ---- session-wide values reached through a filter

void gf_filter_hint_single_clock(GF_Filter *filter, u64 time_in_us, GF_Fraction64 media_timestamp)
{
	if (!filter)
		return;
	filter->fs->clock_hint_us = time_in_us;
	filter->fs->clock_hint_media = media_timestamp;
}

void gf_filter_get_clock_hint(GF_Filter *filter, u64 *time_in_us, GF_Fraction64 *media_timestamp)
{
	if (time_in_us)
		*time_in_us = filter ? filter->fs->clock_hint_us : 0;
	if (media_timestamp)
		*media_timestamp = filter ? filter->fs->clock_hint_media : (GF_Fraction64){0, 0};
}

GF_FilterSession *gf_filter_get_session(GF_Filter *filter)
{
	return filter ? filter->fs : NULL;
}

void gf_filter_get_session_caps(GF_Filter *filter, GF_FilterSessionCaps *caps)
{
	if (caps)
		*caps = filter ? filter->fs->caps : (GF_FilterSessionCaps){0};
}

void gf_filter_set_session_caps(GF_Filter *filter, GF_FilterSessionCaps *caps)
{
	if (filter && caps)
		filter->fs->caps = *caps;
}

// A filter is never entered while another runs: the lock of the session is the lock of each filter.
void gf_filter_lock(GF_Filter *filter, Bool do_lock)
{
	if (filter)
		sched_lock(filter->fs, do_lock);
}

void gf_filter_lock_all(GF_Filter *filter, Bool do_lock)
{
	gf_filter_lock(filter, do_lock);
}

void gf_filter_force_main_thread(GF_Filter *filter, Bool do_tag)
{
	(void)filter; // all filters run on the thread of the session
	(void)do_tag;
}

void gf_filter_set_blocking(GF_Filter *filter, Bool is_blocking)
{
	(void)filter; // the same: there is no other thread to keep free
	(void)is_blocking;
}

GF_Err gf_filter_set_event_target(GF_Filter *filter, Bool enable_events)
{
	if (!filter)
		return GF_BAD_PARAM;
	filter->event_target = enable_events;
	return GF_OK;
}

Bool gf_filter_ui_event(GF_Filter *filter, GF_Event *uievt)
{
	if (!filter || !uievt || !filter->fs->ui_proc)
		return GF_FALSE;
	return filter->fs->ui_proc(filter->fs->ui_udta, uievt);
}
