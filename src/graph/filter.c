// SPDX-License-Identifier: MIT
// Filter instances: creation, start, finalisation.
#include "base/array.h"
#include "graph/args.h"
#include "graph/engine.h"
#include "graph/packet.h"
#include "graph/resolver.h"

const char *filter_label(const GF_Filter *f, char buf[100])
{
	if (strcmp(f->name, f->reg->name))
		snprintf(buf, 100, "%.48s (%.40s)", f->name, f->reg->name);
	else
		snprintf(buf, 100, "%.98s", f->name);
	return buf;
}

Bool filter_is_source(const GF_Filter *f)
{
	return f->link.no_inputs || !filter_has_in_caps(f);
}

// Each filter is looked at once in a walk.
static Bool in_parents(GF_Filter *f, const GF_Filter *ancestor)
{
	if (f == ancestor)
		return GF_TRUE;
	if (f->walk == f->fs->walk)
		return GF_FALSE;
	f->walk = f->fs->walk;
	u32 nb = gf_list_count(f->inputs);
	for (u32 i = 0; i < nb; i++) {
		const InPid *in = gf_list_get(f->inputs, i);
		if (in_parents(in->pid->head.filter, ancestor))
			return GF_TRUE;
	}
	return GF_FALSE;
}

Bool filter_in_parents(const GF_Filter *f, const GF_Filter *ancestor)
{
	f->fs->walk++;
	return in_parents((GF_Filter *)f, ancestor);
}

static Bool allocate(GF_Filter *f, const FilterParams *p)
{
	f->name = gf_strdup(p->reg->name);
	f->inputs = gf_list_new();
	f->outputs = gf_list_new();
	f->removed_pids = gf_list_new();
	f->link.dests = gf_list_new();
	f->link.dest_links = gf_list_new();
	f->link.blacklist = gf_list_new();
	if (p->reg->private_size)
		f->priv = gf_calloc(1, p->reg->private_size);
	if (p->args)
		f->src_args = gf_strdup(p->args);
	if (p->dst_args)
		f->dst_args = gf_strdup(p->dst_args);
	return f->name && f->inputs && f->outputs && f->removed_pids && f->link.dests && f->link.dest_links &&
		f->link.blacklist && (f->priv || !p->reg->private_size) && (f->src_args || !p->args) &&
		(f->dst_args || !p->dst_args);
}

static u8 default_clonable(const GF_Filter *f)
{
	Bool implicit = !fs_flag(f->fs, GF_FS_FLAG_NO_IMPLICIT);
	if (!implicit || f->kind != FILTER_EXPLICIT || f->reg->max_extra_pids || f->own_reg || !f->reg->configure_pid)
		return CLONE_NO;
	return CLONE_PROBE;
}

static Bool wants_initialize(const GF_Filter *f)
{
	if (!f->reg->initialize)
		return GF_FALSE;
	return f->kind != FILTER_TEMPORARY || (f->reg->flags & (GF_FS_REG_TEMP_INIT | GF_FS_REG_META));
}

static GF_Err initialize(GF_Filter *f, const FilterParams *p)
{
	ArgOrigin origin = p->kind == FILTER_DYNAMIC || p->kind == FILTER_ADAPTATION ? ARGS_INHERITED : ARGS_LOCAL;
	GF_Err e = filter_args_init(f, f->src_args, origin);
	if (e != GF_OK)
		return e;
	if (!wants_initialize(f))
		return GF_OK;
	f->in_setup++;
	e = f->reg->initialize(f);
	f->in_setup--;
	if (e == GF_OK && f->setup_error != GF_OK)
		e = f->setup_error;
	return e;
}

GF_Filter *filter_new(GF_FilterSession *fs, const FilterParams *p, GF_Err *err)
{
	GF_Filter *f = gf_calloc(1, sizeof(GF_Filter));
	GF_Err e = GF_OUT_OF_MEM;
	if (!f) {
		*err = e;
		return NULL;
	}
	handle_add(&f->handle);
	f->fs = fs;
	f->reg = p->reg;
	f->own_reg = p->own_reg;
	f->kind = p->kind;
	f->alias_of = p->alias_of;
	f->sched.fd = -1;
	f->link.bundle = -1;
	f->link.remux = -1;
	f->link.max_extra_pids = p->reg->max_extra_pids;
	f->link.encoder_codec = p->encoder_codec;
	f->link.require_source_id = fs_flag(fs, GF_FS_FLAG_REQUIRE_SOURCE_ID);
	f->link.deferred = fs_flag(fs, GF_FS_FLAG_FORCE_DEFER_LINK) && p->kind == FILTER_EXPLICIT;
	f->link.clonable = default_clonable(f);
	f->index = p->kind == FILTER_TEMPORARY ? 0 : ++fs->nb_created;
	if (allocate(f, p) && gf_list_add(fs->filters, f) == GF_OK)
		e = initialize(f, p);
	if (e == GF_EOS)
		session_stop_now(fs, GF_EOS);
	if (e != GF_OK) {
		char label[100];
		if (e < 0 && !p->silent && p->kind != FILTER_TEMPORARY)
			GF_LOG(GF_LOG_ERROR, GF_LOG_FILTER, ("[filter] %s cannot be set up: %s\n", filter_label(f, label),
				gf_error_to_string(e)));
		filter_finalize(f); // not announced to anybody yet
		filter_free(f);
		*err = e;
		return NULL;
	}
	if (fs->on_filter && p->kind != FILTER_TEMPORARY)
		fs->on_filter(fs->udta, f, GF_FALSE);
	*err = GF_OK;
	return f;
}

GF_Err filter_switch_register(GF_Filter *f, const GF_FilterRegister *reg)
{
	GF_FilterSession *fs = f->fs;
	if (fs->on_filter)
		fs->on_filter(fs->udta, f, GF_TRUE);
	filter_finalize(f);
	sched_drop_filter(f);
	while (gf_list_count(f->outputs))
		out_pid_drop(gf_list_last(f->outputs));
	filter_args_reset(f);
	gf_free(f->priv);
	f->priv = reg->private_size ? gf_calloc(1, reg->private_size) : NULL;
	gf_free(f->frag_props);
	f->frag_props = NULL;
	f->caps = NULL;
	f->nb_caps = 0;
	Bool default_name = !strcmp(f->name, f->reg->name);
	f->reg = reg;
	if (default_name)
		gf_filter_set_name(f, NULL);
	f->link.max_extra_pids = reg->max_extra_pids;
	f->state = FILTER_ALIVE;
	f->setup_error = GF_OK;
	FilterParams p = {.reg = reg, .args = f->src_args, .kind = f->kind};
	GF_Err e = f->priv || !reg->private_size ? initialize(f, &p) : GF_OUT_OF_MEM;
	if (fs->on_filter)
		fs->on_filter(fs->udta, f, GF_FALSE);
	if (e == GF_OK)
		filter_start(f);
	else
		f->state = FILTER_DISABLED;
	return e;
}

// A source that made no PID yet is run so that it may make it; others start with the PLAY of their consumers.
void filter_start(GF_Filter *f)
{
	if (f->kind == FILTER_TEMPORARY || f->kind == FILTER_ALIAS || (f->reg->flags & GF_FS_REG_CUSTOM))
		return;
	if (filter_is_source(f) || (f->reg->flags & GF_FS_REG_ACT_AS_SOURCE) || filter_url_arg(f, "src"))
		sched_wake(f);
}

void filter_finalize(GF_Filter *f)
{
	if (f->state == FILTER_FINALIZED)
		return;
	f->state = FILTER_FINALIZED;
	if (f->reg->finalize && (f->kind != FILTER_TEMPORARY || wants_initialize(f)))
		f->reg->finalize(f);
}

void filter_disable(GF_Filter *f)
{
	f->state = FILTER_DISABLED;
	sched_cancel(f);
	sched_watch_fd(f, -1, 0);
}

static void drop_input(InPid *in)
{
	gf_list_del_item(in->head.filter->inputs, in);
	gf_list_del_item(in->pid->dests, in);
	sched_drop_pid(in->head.filter->fs, &in->head);
	in_pid_free(in);
}

void filter_free(GF_Filter *f)
{
	GF_FilterSession *fs = f->fs;
	sched_drop_filter(f);
	while (gf_list_count(f->inputs))
		drop_input(gf_list_last(f->inputs));
	while (gf_list_count(f->outputs)) {
		OutPid *pid = gf_list_pop_back(f->outputs);
		while (gf_list_count(pid->dests))
			drop_input(gf_list_last(pid->dests));
		sched_drop_pid(fs, &pid->head);
		out_pid_free(pid);
	}
	while (gf_list_count(f->removed_pids))
		out_pid_free(gf_list_pop_back(f->removed_pids));
	gf_list_del_item(fs->filters, f);
	session_forget_filter(f);
	arg_counter_forget(fs, f);
	filter_args_reset(f);
	gf_list_del(f->inputs);
	gf_list_del(f->outputs);
	gf_list_del(f->removed_pids);
	gf_list_del(f->link.dests);
	gf_list_del(f->link.dest_links);
	gf_list_del(f->link.blacklist);
	gf_free(f->link.restricted_source);
	gf_free(f->link.source_ids);
	gf_free(f->link.unbound_ids);
	for (u32 i = 0; i < f->link.skip_codecs.nb_items; i++)
		gf_free(f->link.skip_codecs.vals[i]);
	gf_free(f->link.skip_codecs.vals);
	gf_free(f->stats.status);
	gf_free(f->name);
	gf_free(f->id);
	gf_free(f->tag);
	gf_free(f->itag);
	gf_free(f->src_args);
	gf_free(f->dst_args);
	gf_free(f->frag_props);
	gf_free(f->log_spec);
	for (u32 i = 0; i < f->nb_caps && f->own_caps; i++) {
		gf_props_reset_single(&f->own_caps[i].val);
		gf_free((char *)f->own_caps[i].name);
	}
	gf_free(f->own_caps);
	if (f->own_reg) {
		gf_free((char *)f->own_reg->name);
		gf_free(f->own_reg);
	}
	gf_free(f->priv);
	handle_remove(&f->handle);
	gf_free(f);
}

void filter_unload(GF_Filter *f)
{
	GF_FilterSession *fs = f->fs;
	filter_finalize(f);
	if (fs->on_filter && f->kind != FILTER_TEMPORARY)
		fs->on_filter(fs->udta, f, GF_TRUE);
	filter_free(f);
}

// ---- custom filters

GF_Filter *gf_fs_new_filter(GF_FilterSession *session, const char *name, u32 flags, GF_Err *e)
{
	GF_Err err = GF_OUT_OF_MEM;
	if (e)
		*e = GF_BAD_PARAM;
	if (!session)
		return NULL;
	const char *args = name ? strchr(name, session->seps.args) : NULL;
	size_t len = name ? (args ? (size_t)(args - name) : strlen(name)) : 0;
	GF_FilterRegister *reg = gf_calloc(1, sizeof(GF_FilterRegister));
	char *reg_name = gf_calloc(1, len ? len + 1 : sizeof("Custom"));
	GF_Filter *f = NULL;
	if (reg && reg_name) {
		memcpy(reg_name, len ? name : "Custom", len ? len : 6);
		reg->name = reg_name;
		reg->flags = GF_FS_REG_EXPLICIT_ONLY | GF_FS_REG_CUSTOM | (flags & (GF_FS_REG_MAIN_THREAD | GF_FS_REG_FRAME_IFCE));
		FilterParams p = {.reg = reg, .args = args ? args + 1 : NULL, .own_reg = reg};
		f = filter_new(session, &p, &err); // frees the register when it fails
	} else {
		gf_free(reg);
		gf_free(reg_name);
	}
	if (e)
		*e = err;
	return f;
}

static GF_FilterRegister *custom_register(GF_Filter *f, const char *call)
{
	if (f && f->own_reg)
		return f->own_reg;
	GF_LOG(GF_LOG_ERROR, GF_LOG_FILTER,
		("[filter] %s: only filters made by gf_fs_new_filter take callbacks at run time\n", call));
	return NULL;
}

GF_Err gf_filter_set_process_ckb(GF_Filter *filter, GF_Err (*process_cbk)(GF_Filter *filter))
{
	GF_FilterRegister *reg = custom_register(filter, "set_process_ckb");
	if (!reg)
		return GF_BAD_PARAM;
	reg->process = process_cbk;
	return GF_OK;
}

GF_Err gf_filter_set_configure_ckb(GF_Filter *filter,
	GF_Err (*configure_cbk)(GF_Filter *filter, GF_FilterPid *PID, Bool is_remove))
{
	GF_FilterRegister *reg = custom_register(filter, "set_configure_ckb");
	if (!reg)
		return GF_BAD_PARAM;
	reg->configure_pid = configure_cbk;
	return GF_OK;
}

GF_Err gf_filter_set_process_event_ckb(GF_Filter *filter,
	Bool (*process_event_cbk)(GF_Filter *filter, const GF_FilterEvent *evt))
{
	GF_FilterRegister *reg = custom_register(filter, "set_process_event_ckb");
	if (!reg)
		return GF_BAD_PARAM;
	reg->process_event = process_event_cbk;
	return GF_OK;
}

GF_Err gf_filter_set_reconfigure_output_ckb(GF_Filter *filter,
	GF_Err (*reconfigure_output_cbk)(GF_Filter *filter, GF_FilterPid *PID))
{
	GF_FilterRegister *reg = custom_register(filter, "set_reconfigure_output_ckb");
	if (!reg)
		return GF_BAD_PARAM;
	reg->reconfigure_output = reconfigure_output_cbk;
	return GF_OK;
}

GF_Err gf_filter_set_probe_data_cbk(GF_Filter *filter,
	const char *(*probe_data_cbk)(const u8 *data, u32 size, GF_FilterProbeScore *score))
{
	GF_FilterRegister *reg = custom_register(filter, "set_probe_data_cbk");
	if (!reg)
		return GF_BAD_PARAM;
	reg->probe_data = probe_data_cbk;
	return GF_OK;
}

// A copy of a value that owns its memory.
static GF_Err copy_value(const GF_PropertyValue *src, GF_PropertyValue *dst)
{
	PropMap *map = propmap_new();
	if (!map)
		return GF_OUT_OF_MEM;
	GF_PropertyValue given = *src;
	if (given.type == GF_PROP_NAME || given.type == GF_PROP_STRING_NO_COPY)
		given.type = GF_PROP_STRING;
	else if (given.type == GF_PROP_STRING_LIST)
		given.type = GF_PROP_STRING_LIST_COPY;
	else if (given.type == GF_PROP_CONST_DATA || given.type == GF_PROP_DATA_NO_COPY)
		given.type = GF_PROP_DATA;
	GF_Err e = propmap_set(map, 0, "cap", &given, NULL);
	if (e == GF_OK) {
		GF_PropertyEntry *entry = propmap_get_entry(map, 0, "cap");
		*dst = entry->val;
		entry->val = (GF_PropertyValue){.type = GF_PROP_UINT};
	}
	propmap_unref(map);
	return e;
}

GF_Err gf_filter_push_caps(GF_Filter *filter, u32 code, GF_PropertyValue *value, const char *name, u32 flags, u8 priority)
{
	if (!custom_register(filter, "push_caps"))
		return GF_BAD_PARAM;
	Bool in_bundle = flags & GF_CAPFLAG_IN_BUNDLE;
	if (in_bundle && (!value || (!code && !name)))
		return GF_BAD_PARAM;
	if (array_reserve(&filter->own_caps, &filter->alloc_caps, filter->nb_caps, 1, sizeof(*filter->own_caps)))
		return GF_OUT_OF_MEM;
	filter->caps = filter->own_caps;
	GF_FilterCapability *cap = &filter->own_caps[filter->nb_caps];
	*cap = (GF_FilterCapability){.code = in_bundle ? code : 0, .flags = in_bundle ? flags : 0, .priority = priority};
	if (in_bundle) {
		GF_Err e = copy_value(value, &cap->val);
		if (e != GF_OK)
			return e;
		if (name && !code)
			cap->name = gf_strdup(name);
	}
	filter->nb_caps++;
	reg_graph_invalidate(filter->fs);
	return GF_OK;
}
