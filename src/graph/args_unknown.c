// SPDX-License-Identifier: MIT
// Options that no one takes: tells the user of a mistyped name where it was written.

#include <string.h>
#include <gpac/log.h>
#include "base/edit_distance.h"
#include "graph/args_pass.h"

typedef struct {
	const char *name;
	const char *reg; // of another filter that has the option, NULL for the filter itself
	u32 distance;
} Suggestion;

static void consider(Suggestion *best, const char *wanted, const char *name, const char *reg)
{
	u32 distance = edit_distance(wanted, name);
	if (distance < best->distance)
		*best = (Suggestion){name, reg, distance};
}

// The option whose name is close enough to be what was meant; those of the filter itself come first. The name
// is NULL when there is none.
static Suggestion suggest(const ArgPass *p, const char *wanted)
{
	Suggestion best = {.distance = edit_distance_limit(wanted)};
	// a meta filter may have told the options of its library by now
	for (const GF_FilterArgs *arg = arg_table(p->f); arg && arg->arg_name; arg++)
		consider(&best, wanted, arg->arg_name, NULL);
	for (u32 i = 0; args_special_name(i); i++)
		consider(&best, wanted, args_special_name(i), NULL);
	GF_List *registers = p->f->fs->registers;
	for (u32 i = 0; i < gf_list_count(registers); i++) {
		const GF_FilterRegister *reg = gf_list_get(registers, i);
		for (const GF_FilterArgs *arg = reg->args; arg && arg->arg_name; arg++)
			consider(&best, wanted, arg->arg_name, reg->name);
	}
	return best;
}

static void log_unknown(const ArgPass *p, GF_LOG_Level level, const char *name, const Suggestion *close)
{
	if (!close->name)
		GF_LOG(level, GF_LOG_FILTER, ("[filter] %s: unknown option `%s`\n", p->f->reg->name, name));
	else if (close->reg)
		GF_LOG(level, GF_LOG_FILTER,
			("[filter] %s: unknown option `%s`, did you mean `%s` of `%s`?\n", p->f->reg->name, name,
				close->name, close->reg));
	else
		GF_LOG(level, GF_LOG_FILTER,
			("[filter] %s: unknown option `%s`, did you mean `%s`?\n", p->f->reg->name, name, close->name));
}

typedef enum { TAKER_NONE = 0, TAKER_MAYBE, TAKER_SURE } Taker;

// Whether another filter, which the graph may still need, knows the option. Meta filters pass any option on
// to their library.
static Taker find_taker(const ArgPass *p, const char *name, Bool has_value)
{
	Taker taker = TAKER_NONE;
	GF_List *registers = p->f->fs->registers;
	for (u32 i = 0; i < gf_list_count(registers); i++) {
		const GF_FilterRegister *reg = gf_list_get(registers, i);
		if (reg == p->f->reg)
			continue;
		if (reg->flags & GF_FS_REG_META)
			taker = TAKER_MAYBE;
		for (const GF_FilterArgs *arg = reg->args; arg && arg->arg_name; arg++) {
			if (!strcmp(arg->arg_name, name) || (!has_value && arg_enum_rank(arg->min_max_enum, name) >= 0))
				return TAKER_SURE;
		}
	}
	return taker;
}

GF_Err args_unknown(ArgPass *p, const char *name, Bool has_value)
{
	GF_Filter *f = p->f;
	if (p->quiet || p->untracked || fs_flag(f->fs, GF_FS_FLAG_NO_ARG_CHECK))
		return GF_OK;
	// options of such filters may be meant for what they load
	if (f->reg->flags & (GF_FS_REG_ACT_AS_SOURCE | GF_FS_REG_SCRIPT))
		return GF_OK;
	arg_tracker_seen(f, name, p->how);
	if (p->origin == ARGS_INHERITED || p->how != ARG_GIVEN_LOCAL)
		return GF_OK;

	Taker taker = find_taker(p, name, has_value);
	if (taker == TAKER_SURE)
		return GF_OK;
	Suggestion close = suggest(p, name);
	if (taker == TAKER_MAYBE && !close.name)
		return GF_OK;
	// A meta filter asked its library: an option with such a name is nobody else's.
	Bool is_meta = (f->reg->flags & GF_FS_REG_META) != 0;
	Bool fatal = (p->strict && taker == TAKER_NONE) || (is_meta && close.name && !close.reg);
	log_unknown(p, fatal ? GF_LOG_ERROR : GF_LOG_WARNING, name, &close);
	arg_tracker_told(f, name, p->how);
	return fatal ? GF_BAD_PARAM : GF_OK;
}
