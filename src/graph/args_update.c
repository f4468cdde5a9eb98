// SPDX-License-Identifier: MIT
// Change of options at run time, and the options that a dynamic filter inherits from its neighbours.

#include <string.h>
#include <gpac/log.h>
#include "base/str.h"
#include "graph/args_pass.h"
#include "graph/engine.h"
#include "graph/prop_text.h"

// ---- Update

// Tells the filter, then stores the value unless it refused it. Takes the memory of `val`.
static GF_Err apply_update(GF_Filter *f, const GF_FilterArgs *arg, GF_PropertyValue *val)
{
	GF_Err e = f->reg->update_arg ? f->reg->update_arg(f, arg->arg_name, val) : GF_OK;
	if (!e && arg_is_stored(f, arg)) {
		arg_store(f, arg, val);
		return GF_OK;
	}
	gf_props_reset_single(val);
	if (!e || e == GF_NOT_FOUND) // the filter has no use for the value now
		return GF_OK;
	GF_LOG(GF_LOG_WARNING, GF_LOG_FILTER,
		("[filter] %s: option `%s` keeps its value, the new one was refused: %s\n", f->reg->name,
			arg->arg_name, gf_error_to_string(e)));
	return e;
}

static GF_Err update_declared(GF_Filter *f, const GF_FilterArgs *arg, const char *value)
{
	if (!(arg->flags & (GF_FS_ARG_UPDATE | GF_FS_ARG_UPDATE_SYNC))) {
		GF_LOG(GF_LOG_WARNING, GF_LOG_FILTER,
			("[filter] %s: option `%s` cannot be changed while the filter runs\n", f->reg->name,
				arg->arg_name));
		return GF_NOT_SUPPORTED;
	}
	if (args_is_locked(f, arg->arg_name))
		return GF_NOT_SUPPORTED;
	GF_PropertyValue val;
	char reason[PROP_REASON_SIZE];
	GF_Err e = prop_parse(arg->arg_type, value, arg->min_max_enum, f->fs->seps.list, &val, reason);
	if (!e)
		return apply_update(f, arg, &val);
	gf_props_reset_single(&val);
	GF_LOG(GF_LOG_ERROR, GF_LOG_FILTER,
		("[filter] %s: option `%s` keeps its value: `%s` %s\n", f->reg->name, arg->arg_name,
			value ? value : "", reason));
	return e;
}

static GF_Err update_meta(GF_Filter *f, const char *name, const char *value)
{
	if (!(f->reg->flags & GF_FS_REG_META) || !f->reg->update_arg)
		return GF_NOT_FOUND;
	GF_PropertyValue val = {.type = GF_PROP_STRING, .value.string = gf_strdup(value ? value : "true")};
	if (!val.value.string)
		return GF_OUT_OF_MEM;
	GF_Err e = f->reg->update_arg(f, name, &val);
	gf_props_reset_single(&val);
	return e;
}

GF_Err filter_args_update(GF_Filter *f, const char *name, const char *value)
{
	if (!strcmp(name, "LT")) {
		char *spec = gf_strdup(value ? value : "");
		if (!spec)
			return GF_OUT_OF_MEM;
		gf_free(f->log_spec);
		f->log_spec = spec;
		return GF_OK;
	}
	const GF_FilterArgs *arg = arg_find(arg_table(f), name);
	GF_Err e = arg ? update_declared(f, arg, value) : update_meta(f, name, value);
	if (e == GF_OK)
		filter_look_again(f);
	return e;
}

// ---- Inheritance

// The options being collected, in a form that splits back into the same items.
typedef struct {
	StrBuf text;
	char sep;
	Bool closed; // the text ends with doubled separators: the next item needs none
} Inherited;

static void add_item(Inherited *out, const ArgItem *item)
{
	if (strchr(item->text, out->sep)) {
		sb_addf(&out->text, "%c%c%s%c%c", out->sep, out->sep, item->text, out->sep, out->sep);
		out->closed = GF_TRUE;
		return;
	}
	if (!out->closed)
		sb_addc(&out->text, out->sep);
	sb_add(&out->text, item->text);
	out->closed = GF_FALSE;
}

static Bool has_item(const ArgSplit *split, u32 nb, const char *text)
{
	for (u32 i = 0; i < nb; i++) {
		if (!strcmp(split->items[i].text, text))
			return GF_TRUE;
	}
	return GF_FALSE;
}

static u32 find_item(const ArgSplit *split, const char *name)
{
	u32 i = 0;
	while (i < split->nb_items && (split->items[i].frag || strcmp(split->items[i].name, name)))
		i++;
	return i;
}

static Bool is_inherited(const ArgItem *item)
{
	return strcmp(item->name, "src") && strcmp(item->name, "dst") && args_is_inheritable(item->name);
}

static GF_Err split_args(GF_Filter *f, ArgSplit *split)
{
	*split = (ArgSplit){0};
	return f && f->src_args ? args_split(&f->fs->seps, f->src_args, split) : GF_OK;
}

Bool args_has_item(GF_Filter *f, const char *text)
{
	ArgSplit split;
	if (split_args(f, &split))
		return GF_FALSE;
	Bool found = has_item(&split, split.nb_items, text);
	args_split_reset(&split);
	return found;
}

char *filter_args_inherit(GF_Filter *src, GF_Filter *dst)
{
	GF_Filter *any = src ? src : dst;
	ArgSplit from_src = {0}, from_dst = {0};
	if (!any || split_args(src, &from_src))
		return NULL;
	if (split_args(dst, &from_dst)) {
		args_split_reset(&from_src);
		return NULL;
	}
	Inherited out = {.sep = any->fs->seps.args};
	sb_init(&out.text);
	// `gfloc` ends what is passed on
	u32 nb_src = find_item(&from_src, "gfloc");
	for (u32 i = 0; i < nb_src; i++) {
		const ArgItem *item = &from_src.items[i];
		if (item->frag || is_inherited(item))
			add_item(&out, item);
	}
	// properties that a destination assigns concern its own PIDs only
	u32 url = find_item(&from_dst, "dst");
	u32 nb_dst = find_item(&from_dst, "gfloc");
	for (u32 i = url < from_dst.nb_items ? url + 1 : 0; i < nb_dst; i++) {
		const ArgItem *item = &from_dst.items[i];
		// NOLINTNEXTLINE(clang-analyzer-core.NullDereference): find_item answers at most nb_items
		if (!item->frag && is_inherited(item) && !has_item(&from_src, nb_src, item->text))
			add_item(&out, item);
	}
	args_split_reset(&from_src);
	args_split_reset(&from_dst);
	if (!out.text.len) {
		sb_reset(&out.text);
		return NULL;
	}
	return sb_take(&out.text);
}
