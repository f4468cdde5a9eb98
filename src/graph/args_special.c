// SPDX-License-Identifier: MIT
// Options that every filter has: identity, links, buffers, what its declaration passes on.

#include <string.h>
#include <gpac/log.h>
#include "graph/args_pass.h"
#include "graph/prop_text.h"

typedef GF_Err (*SetSpecial)(ArgPass *p, const char *name, const char *value);

typedef struct {
	const char *name;
	SetSpecial set;
	Bool inherited; // taken by the dynamic filters too
	Bool global;    // may come from a configuration section or `--NAME=V`
	Bool is_flag;   // boolean: no value means true
} SpecialOption;

static GF_Err copy_text(char **dst, const char *value)
{
	char *copy = gf_strdup(value ? value : "");
	if (!copy)
		return GF_OUT_OF_MEM;
	gf_free(*dst);
	*dst = copy;
	return GF_OK;
}

static GF_Err parse(ArgPass *p, GF_PropType type, const char *name, const char *value, GF_PropertyValue *out)
{
	char reason[PROP_REASON_SIZE];
	prop_parse(type, value, NULL, p->f->fs->seps.list, out, reason);
	GF_Err e = reason[0] ? args_bad_value(p, name, value, reason, NULL) : GF_OK;
	if (e)
		gf_props_reset_single(out);
	return e;
}

static GF_Err parse_flag(ArgPass *p, const char *name, const char *value, Bool *out)
{
	GF_PropertyValue val;
	GF_Err e = parse(p, GF_PROP_BOOL, name, value, &val);
	if (!e)
		*out = val.value.boolean;
	return e;
}

static GF_Err parse_uint(ArgPass *p, const char *name, const char *value, u32 *out)
{
	GF_PropertyValue val;
	GF_Err e = parse(p, GF_PROP_UINT, name, value, &val);
	if (!e)
		*out = val.value.uint;
	return e;
}

static GF_Err set_id(ArgPass *p, const char *name, const char *value)
{
	(void)name;
	return copy_text(&p->f->id, value);
}

// Source IDs given several times add up.
static GF_Err set_source_ids(ArgPass *p, const char *name, const char *value)
{
	(void)name;
	FilterLink *link = &p->f->link;
	if (!link->source_ids || !value || !*value)
		return copy_text(&link->source_ids, value);
	if (!strcmp(link->source_ids, value))
		return GF_OK;
	const char sep[] = {p->f->fs->seps.list, 0};
	return gf_dynstrcat(&link->source_ids, value, sep);
}

static GF_Err set_name(ArgPass *p, const char *name, const char *value)
{
	(void)name;
	return value && *value ? copy_text(&p->f->name, value) : GF_OK;
}

static GF_Err set_tag(ArgPass *p, const char *name, const char *value)
{
	return copy_text(strcmp(name, "TAG") ? &p->f->itag : &p->f->tag, value);
}

static GF_Err set_subsession(ArgPass *p, const char *name, const char *value)
{
	return parse_uint(p, name, value, &p->f->subsession);
}

static GF_Err set_require_source_id(ArgPass *p, const char *name, const char *value)
{
	GF_Err e = parse_flag(p, name, value, &p->f->link.require_source_id);
	if (!e && p->f->link.require_source_id)
		p->f->link.clonable = CLONE_NO;
	return e;
}

static GF_Err set_buffer(ArgPass *p, const char *name, const char *value)
{
	u32 *dst = name[2] == 'T'   ? &p->f->buffers.time_us
			   : name[2] == 'U' ? &p->f->buffers.units
								: &p->f->buffers.dec_us;
	return parse_uint(p, name, value, dst);
}

static GF_Err set_clone(ArgPass *p, const char *name, const char *value)
{
	Bool clone = GF_FALSE;
	GF_Err e = parse_flag(p, name, value, &clone);
	if (!e && p->f->reg->configure_pid)
		p->f->link.clonable = clone ? CLONE_YES : CLONE_NO;
	return e;
}

static GF_Err set_nomux(ArgPass *p, const char *name, const char *value)
{
	Bool nomux = GF_FALSE;
	GF_Err e = parse_flag(p, name, value, &nomux);
	if (!e)
		p->f->link.remux = nomux ? 0 : 1;
	return e;
}

static GF_Err set_skipped_codecs(ArgPass *p, const char *name, const char *value)
{
	GF_PropertyValue val;
	GF_Err e = parse(p, GF_PROP_STRING_LIST, name, value, &val);
	if (e)
		return e;
	GF_PropertyValue old = {.type = GF_PROP_STRING_LIST, .value.string_list = p->f->link.skip_codecs};
	gf_props_reset_single(&old);
	p->f->link.skip_codecs = val.value.string_list;
	p->f->link.ccp = GF_TRUE;
	return GF_OK;
}

static GF_Err set_logs(ArgPass *p, const char *name, const char *value)
{
	(void)name;
	return copy_text(&p->f->log_spec, value);
}

static GF_Err set_deferred(ArgPass *p, const char *name, const char *value)
{
	return parse_flag(p, name, value, &p->f->link.deferred);
}

static GF_Err stop_tracking(ArgPass *p, const char *name, const char *value)
{
	(void)name;
	(void)value;
	p->untracked = GF_TRUE;
	return GF_OK;
}

// Read elsewhere: by the resolver (gfreg), when options are passed on (gfloc), when a URL is split (gpac).
static GF_Err take(ArgPass *p, const char *name, const char *value)
{
	(void)p;
	(void)name;
	(void)value;
	return GF_OK;
}

static GF_Err refuse(ArgPass *p, const char *name, const char *value)
{
	(void)value;
	if (!p->quiet)
		GF_LOG(p->strict ? GF_LOG_ERROR : GF_LOG_WARNING, GF_LOG_FILTER,
			("[filter] %s: option `%s` is not supported and has no effect\n", p->f->reg->name, name));
	return p->strict ? GF_NOT_SUPPORTED : GF_OK;
}

static const SpecialOption options[] = {
	{"FID", set_id, GF_FALSE, GF_FALSE, GF_FALSE},
	{"SID", set_source_ids, GF_FALSE, GF_FALSE, GF_FALSE},
	{"N", set_name, GF_FALSE, GF_FALSE, GF_FALSE},
	{"FS", set_subsession, GF_FALSE, GF_FALSE, GF_FALSE},
	{"RSID", set_require_source_id, GF_FALSE, GF_FALSE, GF_TRUE},
	{"TAG", set_tag, GF_FALSE, GF_FALSE, GF_FALSE},
	{"ITAG", set_tag, GF_TRUE, GF_FALSE, GF_FALSE},
	{"FBT", set_buffer, GF_FALSE, GF_TRUE, GF_FALSE},
	{"FBU", set_buffer, GF_FALSE, GF_TRUE, GF_FALSE},
	{"FBD", set_buffer, GF_FALSE, GF_TRUE, GF_FALSE},
	{"clone", set_clone, GF_FALSE, GF_FALSE, GF_TRUE},
	{"nomux", set_nomux, GF_FALSE, GF_FALSE, GF_TRUE},
	{"gfreg", take, GF_TRUE, GF_FALSE, GF_FALSE},
	{"gfloc", take, GF_TRUE, GF_FALSE, GF_FALSE},
	{"gfopt", stop_tracking, GF_TRUE, GF_FALSE, GF_FALSE},
	{"gpac", take, GF_TRUE, GF_FALSE, GF_FALSE},
	{"ccp", set_skipped_codecs, GF_FALSE, GF_FALSE, GF_FALSE},
	{"NCID", refuse, GF_FALSE, GF_FALSE, GF_FALSE},
	{"LT", set_logs, GF_FALSE, GF_TRUE, GF_FALSE},
	{"DL", set_deferred, GF_FALSE, GF_FALSE, GF_TRUE},
	{"DBG", refuse, GF_FALSE, GF_TRUE, GF_FALSE},
};

enum { NB_OPTIONS = sizeof(options) / sizeof(options[0]) };

const char *args_special_name(u32 idx)
{
	return idx < NB_OPTIONS ? options[idx].name : NULL;
}

const char *args_global_special(u32 idx)
{
	for (u32 i = 0; i < NB_OPTIONS; i++) {
		if (options[i].global && !idx--)
			return options[i].name;
	}
	return NULL;
}

Bool args_is_inheritable(const char *name)
{
	for (u32 i = 0; i < NB_OPTIONS; i++) {
		if (!strcmp(options[i].name, name))
			return options[i].inherited;
	}
	return GF_TRUE;
}

Bool args_set_special(ArgPass *p, const char *name, const char *value, Bool neg, GF_Err *e)
{
	// the codec of an encoder was read when its register was chosen
	if (!strcmp(name, "c") && p->f->link.encoder_codec)
		return GF_TRUE;
	for (u32 i = 0; i < NB_OPTIONS; i++) {
		const SpecialOption *option = &options[i];
		if (strcmp(option->name, name))
			continue;
		if (p->origin == ARGS_INHERITED && p->how == ARG_GIVEN_LOCAL && !option->inherited)
			return GF_TRUE;
		if (neg && option->is_flag && !value)
			value = "no";
		else if (neg)
			*e = args_bad_value(p, name, value, "cannot be negated", NULL);
		if (!*e)
			*e = option->set(p, name, value);
		return GF_TRUE;
	}
	return GF_FALSE;
}
