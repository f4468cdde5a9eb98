// SPDX-License-Identifier: MIT
// Assignment of options to a filter: defaults, configuration, global options, declaration.

#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <gpac/log.h>
#include "base/config.h"
#include "base/str.h"
#include "graph/args_pass.h"
#include "graph/prop_text.h"

// True when an explicit filter was given the very item that this filter inherited, and takes it itself: then it
// says what is wrong with its value, if anything.
static Bool is_of_another(const ArgPass *p, const char *name)
{
	if (p->origin != ARGS_INHERITED || p->how != ARG_GIVEN_LOCAL)
		return GF_FALSE;
	GF_List *filters = p->f->fs->filters;
	for (u32 i = 0; i < gf_list_count(filters); i++) {
		GF_Filter *f = gf_list_get(filters, i);
		Bool takes = p->item->frag || f->reg->flags & GF_FS_REG_META || arg_find(arg_table(f), name);
		if (takes && f->kind == FILTER_EXPLICIT && args_has_item(f, p->item->text))
			return GF_TRUE;
	}
	return GF_FALSE;
}

GF_Err args_bad_value(
	const ArgPass *p, const char *name, const char *value, const char *reason, const char *allowed)
{
	if (is_of_another(p, name))
		return GF_NOT_FOUND;
	if (!p->quiet)
		GF_LOG(GF_LOG_ERROR, GF_LOG_FILTER,
			("[filter] %s: value `%s` of option `%s` %s%s%s\n", p->f->reg->name, value ? value : "", name,
				reason, allowed ? ": " : "", allowed ? allowed : ""));
	return p->strict ? GF_BAD_PARAM : GF_OK;
}

enum { SECTION_SIZE = 128 };

// Configuration section of the filters of a register.
static void print_section(const GF_Filter *f, char section[SECTION_SIZE])
{
	snprintf(section, SECTION_SIZE, "filter@%s", f->reg->name);
}

Bool args_is_locked(const GF_Filter *f, const char *name)
{
	char section[SECTION_SIZE];
	print_section(f, section);
	if (!config_get_locked(section, name))
		return GF_FALSE;
	GF_LOG(GF_LOG_WARNING, GF_LOG_FILTER,
		("[filter] %s: option `%s` is fixed by restrict.cfg and keeps its value\n", f->reg->name, name));
	return GF_TRUE;
}

// ---- Declared options

// Options that the filter wants to hear of instead of finding them in its private structure.
static GF_Err give_to_filter(ArgPass *p, const char *name, GF_PropertyValue *val)
{
	const GF_FilterRegister *reg = p->f->reg;
	GF_Err e = reg->update_arg ? reg->update_arg(p->f, name, val) : GF_NOT_FOUND;
	gf_props_reset_single(val);
	return e;
}

static Bool is_destination(const GF_FilterArgs *arg)
{
	return !strcmp(arg->arg_name, "dst");
}

static GF_Err set_declared(ArgPass *p, const GF_FilterArgs *arg, const char *value, Bool neg)
{
	char *expanded = NULL;
	if (value && strchr(value, '$')) {
		expanded = args_expand_macros(p->f, value, is_destination(arg));
		if (!expanded)
			return GF_OUT_OF_MEM;
		value = expanded;
	}
	GF_PropertyValue val;
	char reason[PROP_REASON_SIZE];
	GF_Err e = prop_parse(arg->arg_type, value, arg->min_max_enum, p->f->fs->seps.list, &val, reason);
	if (e == GF_OUT_OF_MEM)
		goto done;
	e = GF_OK;
	Bool is_enum = arg->min_max_enum && strchr(arg->min_max_enum, '|');
	if (reason[0])
		e = args_bad_value(p, arg->arg_name, value, reason, is_enum ? arg->min_max_enum : NULL);
	else if (neg && val.type == GF_PROP_BOOL)
		val.value.boolean = !val.value.boolean;
	else if (neg)
		e = args_bad_value(p, arg->arg_name, value, "cannot be negated: the option is not a boolean", NULL);
	if (e) {
		gf_props_reset_single(&val);
	} else if (arg->offset_in_private < 0) {
		e = give_to_filter(p, arg->arg_name, &val);
		if (e)
			e = args_bad_value(p, arg->arg_name, value, "was refused by the filter", NULL);
	} else if (arg_is_stored(p->f, arg)) {
		arg_store(p->f, arg, &val);
	} else {
		GF_LOG(GF_LOG_ERROR, GF_LOG_FILTER,
			("[filter] %s: option `%s` lies outside the private structure of %u bytes, it is not set\n",
				p->f->reg->name, arg->arg_name, p->f->reg->private_size));
		gf_props_reset_single(&val);
	}
done:
	gf_free(expanded);
	return e;
}

// The only option of which `word` is a value, for `f:word`. Sets `*ambiguous` when there are several.
static const GF_FilterArgs *find_by_value(const ArgPass *p, const char *word, Bool *ambiguous)
{
	const GF_FilterArgs *found = NULL;
	for (const GF_FilterArgs *arg = p->table; arg && arg->arg_name; arg++) {
		if (arg->arg_type != GF_PROP_UINT || arg_enum_rank(arg->min_max_enum, word) < 0)
			continue;
		*ambiguous = found != NULL;
		found = arg;
		if (*ambiguous)
			break;
	}
	return found;
}

// `f:word` where `word` is a value. False when it is not.
static Bool set_by_value(ArgPass *p, const ArgItem *item, GF_Err *e)
{
	Bool ambiguous = GF_FALSE;
	const GF_FilterArgs *arg = item->value || item->neg ? NULL : find_by_value(p, item->name, &ambiguous);
	if (!arg)
		return GF_FALSE;
	if (!ambiguous && !args_is_locked(p->f, arg->arg_name))
		*e = set_declared(p, arg, item->name, GF_FALSE);
	else if (ambiguous && p->origin == ARGS_LOCAL)
		*e = args_bad_value(
			p, arg->arg_name, item->name, "is also a value of another option: write `name=value`", NULL);
	return GF_TRUE;
}

// ---- Declarations

// True when a value depends on the PID: a condition, `$Name$`, `@Name@` or a counter.
static Bool depends_on_pid(const char *value)
{
	const char *at = strchr(value, '@');
	return *value == '(' || strchr(value, '$') ||
		   (at && (strchr(at + 1, '@') || !strncasecmp(at, "@GINC(", 6)));
}

// Tests the value of an assignment that needs no PID to be known. `*usable` is false when it must be left
// out.
static GF_Err check_pid_prop(const ArgPass *p, const ArgItem *item, Bool *usable)
{
	u32 p4cc = gf_props_get_id(item->name);
	if (item->value && (!*item->value || depends_on_pid(item->value)))
		return GF_OK;
	if (!item->value && (!p4cc || gf_props_4cc_get_type(p4cc) == GF_PROP_BOOL))
		return GF_OK;
	GF_PropertyValue val;
	char reason[PROP_REASON_SIZE] = "is missing";
	GF_Err e = GF_BAD_PARAM;
	if (item->value)
		e = args_parse_pid_prop(p4cc, item->value, &p->f->fs->seps, &val, reason);
	if (!e) {
		gf_props_reset_single(&val);
		return GF_OK;
	}
	*usable = GF_FALSE;
	return args_bad_value(p, item->text, item->value, reason, NULL);
}

// `#Name=value` assignments are kept as text: they apply to PIDs yet to come.
static GF_Err add_pid_prop(ArgPass *p, const ArgItem *item)
{
	Bool usable = GF_TRUE;
	GF_Err e = check_pid_prop(p, item, &usable);
	if (!usable)
		return e;
	const char sep = p->f->fs->seps.args;
	StrBuf sb;
	sb_init(&sb);
	if (p->f->frag_props)
		sb_add(&sb, p->f->frag_props);
	// between doubled separators, whatever the value contains
	sb_addf(&sb, "%c%c%s%c%c", sep, sep, item->text, sep, sep);
	char *text = sb_take(&sb);
	if (!text)
		return GF_OUT_OF_MEM;
	gf_free(p->f->frag_props);
	p->f->frag_props = text;
	return GF_OK;
}

static Bool is_option_file(const ArgItem *item)
{
	struct stat st;
	return !item->value && !item->neg && !stat(item->name, &st) && S_ISREG(st.st_mode);
}

static GF_Err give_to_meta(ArgPass *p, const char *name, const char *value)
{
	char *text = gf_strdup(value ? value : "true");
	if (!text)
		return GF_OUT_OF_MEM;
	GF_PropertyValue val = {.type = GF_PROP_STRING, .value.string = text};
	return give_to_filter(p, name, &val);
}

static Bool is_url_option(const char *name)
{
	return !strcmp(name, "src") || !strcmp(name, "dst");
}

// Finds who takes an option: a declared one, a value of one, every filter's, a file of options, the library
// of a meta filter. False when nobody does.
static Bool take_item(ArgPass *p, const ArgItem *item, GF_Err *e)
{
	const GF_FilterArgs *arg = arg_find(p->table, item->name);
	if (arg && !(arg->flags & GF_FS_ARG_META && !strcmp(arg->arg_name, "*"))) {
		if (!args_is_locked(p->f, arg->arg_name))
			*e = set_declared(p, arg, item->value, item->neg);
		return GF_TRUE;
	}
	if (set_by_value(p, item, e) || args_set_special(p, item->name, item->value, item->neg, e))
		return GF_TRUE;
	if (is_option_file(item)) {
		*e = args_pass_file(p, item->name);
		return GF_TRUE;
	}
	if (!(p->f->reg->flags & GF_FS_REG_META) || is_url_option(item->name))
		return GF_FALSE;
	GF_Err res = give_to_meta(p, item->name, item->value);
	if (res == GF_NOT_FOUND)
		return GF_FALSE;
	if (res)
		*e = args_bad_value(p, item->name, item->value, "was refused by the filter", NULL);
	return GF_TRUE;
}

static GF_Err pass_item(ArgPass *p, const ArgItem *item)
{
	if (!p->depth)
		p->item = item;
	GF_Err e = GF_OK;
	if (item->frag) {
		e = add_pid_prop(p, item);
		return e == GF_NOT_FOUND ? GF_OK : e;
	}
	if (p->origin == ARGS_INHERITED && is_url_option(item->name))
		return GF_OK;
	if (!take_item(p, item, &e) || e == GF_NOT_FOUND)
		return args_unknown(p, item->name, item->value != NULL);
	if (!p->quiet && !p->untracked)
		arg_tracker_used(p->f, item->name, ARG_GIVEN_LOCAL);
	return e;
}

GF_Err args_pass_text(ArgPass *p, const char *text)
{
	ArgSplit split;
	GF_Err e = args_split(&p->f->fs->seps, text, &split);
	if (e)
		return e;
	for (u32 i = 0; !e && i < split.nb_items; i++)
		e = pass_item(p, &split.items[i]);
	args_split_reset(&split);
	return e;
}

// ---- Defaults, configuration and global options

static GF_Err set_default(ArgPass *p, const GF_FilterArgs *arg)
{
	const char *value = arg->arg_default_val;
	if (!value && !strcmp(arg->arg_name, "ifce"))
		value = gf_opts_get_key("core", "ifce");
	if (!value || arg->offset_in_private < 0)
		return GF_OK;
	return set_declared(p, arg, value, GF_FALSE);
}

// `--name[=value]`, `--REG@name[=value]` or `--REG:name[=value]`, and `-+name[=value]`.
typedef struct {
	char *copy; // owned
	const char *name;
	const char *value;
	ArgGiven how;
} GlobalArg;

// False when the argument of the program is none, or is meant for another register.
static Bool read_global(const ArgPass *p, const char *text, GlobalArg *out)
{
	Bool meta = !strncmp(text, "-+", 2);
	if (!meta && strncmp(text, "--", 2))
		return GF_FALSE;
	GlobalArg arg = {.copy = gf_strdup(text + 2), .how = meta ? ARG_GIVEN_META : ARG_GIVEN_GLOBAL};
	if (!arg.copy)
		return GF_FALSE;
	char *value = strchr(arg.copy, '=');
	if (value)
		*value = 0;
	arg.value = value ? value + 1 : "true";
	char *sep = strpbrk(arg.copy, "@:");
	arg.name = sep ? sep + 1 : arg.copy;
	if (sep)
		*sep = 0;
	if (!*arg.name || (sep && strcmp(arg.copy, p->f->reg->name))) {
		gf_free(arg.copy);
		return GF_FALSE;
	}
	*out = arg;
	return GF_TRUE;
}

static Bool is_global_special(const char *name)
{
	const char *special;
	for (u32 i = 0; (special = args_global_special(i)); i++) {
		if (!strcmp(special, name))
			return GF_TRUE;
	}
	return GF_FALSE;
}

// Sets the option `name` if the filter has it.
static Bool set_if_known(ArgPass *p, const char *name, const char *value, GF_Err *e)
{
	Bool is_meta = (p->f->reg->flags & GF_FS_REG_META) != 0;
	if (p->how == ARG_GIVEN_META && !is_meta)
		return GF_FALSE;
	const GF_FilterArgs *arg = arg_find(p->table, name);
	if (arg)
		*e = set_declared(p, arg, value, GF_FALSE);
	else if (is_global_special(name))
		args_set_special(p, name, value, GF_FALSE, e);
	else if (is_meta)
		return give_to_meta(p, name, value) == GF_OK;
	else
		return GF_FALSE;
	return GF_TRUE;
}

// True when an earlier argument of the program sets the same option: the first one counts.
static Bool set_before(const ArgPass *p, u32 idx, const char *name)
{
	for (u32 i = 1; i < idx; i++) {
		GlobalArg other;
		if (!read_global(p, gf_sys_get_arg(i), &other))
			continue;
		Bool same = !strcmp(other.name, name);
		gf_free(other.copy);
		if (same)
			return GF_TRUE;
	}
	return GF_FALSE;
}

static GF_Err pass_globals(ArgPass *p)
{
	GF_Err e = GF_OK;
	const char *text;
	for (u32 i = 1; !e && (text = gf_sys_get_arg(i)); i++) {
		GlobalArg arg;
		if (!read_global(p, text, &arg))
			continue;
		Bool used =
			set_before(p, i, arg.name) || (arg_find(p->table, arg.name) && args_is_locked(p->f, arg.name));
		p->how = arg.how;
		if (!used)
			used = set_if_known(p, arg.name, arg.value, &e);
		if (used) {
			gf_sys_mark_arg_used((s32)i, GF_TRUE);
			arg_tracker_used(p->f, arg.name, arg.how);
		} else {
			arg_tracker_seen(p->f, arg.name, arg.how);
		}
		gf_free(arg.copy);
	}
	return e;
}

static GF_Err pass_config(ArgPass *p)
{
	GF_Err e = GF_OK;
	char section[SECTION_SIZE];
	print_section(p->f, section);
	u32 nb_keys = gf_opts_get_key_count(section);
	for (u32 i = 0; !e && i < nb_keys; i++) {
		const char *name = gf_opts_get_key_name(section, i);
		const char *value = name ? gf_opts_get_key(section, name) : NULL;
		if (value)
			set_if_known(p, name, value, &e);
	}
	return e;
}

GF_Err filter_args_init(GF_Filter *f, const char *text, ArgOrigin origin)
{
	ArgPass p = {
		.f = f,
		.table = arg_table(f),
		.origin = origin,
		.how = ARG_GIVEN_GLOBAL,
		.strict = gf_opts_get_bool("core", "strict"),
		.quiet = f->kind == FILTER_TEMPORARY,
	};
	GF_Err e = GF_OK;
	for (const GF_FilterArgs *arg = p.table; !e && arg && arg->arg_name; arg++)
		e = set_default(&p, arg);
	if (!e)
		e = pass_config(&p);
	if (!e)
		e = pass_globals(&p);
	p.how = ARG_GIVEN_LOCAL;
	if (!e && text)
		e = args_pass_text(&p, text);
	return e;
}

void filter_args_reset(GF_Filter *f)
{
	arg_counter_forget(f->fs, f);
	if (!f->priv)
		return;
	for (const GF_FilterArgs *arg = arg_table(f); arg && arg->arg_name; arg++) {
		GF_PropertyValue none = {.type = GF_PROP_FORBIDDEN};
		if (arg_is_stored(f, arg))
			arg_store(f, arg, &none);
	}
}
