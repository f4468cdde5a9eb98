// SPDX-License-Identifier: MIT
// What a session remembers of the options it was given: which ones nobody used, and the counters of `$GINC`.

#include <string.h>
#include <gpac/log.h>
#include "base/array.h"
#include "base/str_list.h"
#include "graph/args.h"

typedef struct {
	char *name;
	char *filter; // register of the filter it was first given to
	ArgGiven how;
	u32 nb_uses;
	Bool told;      // the user knows already
	char *meta_opt; // option of a library that a meta filter could not place, NULL otherwise
} TrackedArg;

typedef struct {
	const void *owner;
	s64 value;
} CounterUse;

typedef struct {
	char *key;
	s64 next;
	CounterUse *uses;
	u32 nb_uses, alloc_uses;
} Counter;

struct arg_tracker {
	GF_List *args;     // TrackedArg *
	GF_List *counters; // Counter *
};

static void free_arg(TrackedArg *arg)
{
	gf_free(arg->name);
	gf_free(arg->filter);
	gf_free(arg->meta_opt);
	gf_free(arg);
}

static void free_counter(Counter *counter)
{
	gf_free(counter->key);
	gf_free(counter->uses);
	gf_free(counter);
}

ArgTracker *arg_tracker_new(void)
{
	ArgTracker *t = gf_calloc(1, sizeof(*t));
	if (!t)
		return NULL;
	t->args = gf_list_new();
	t->counters = gf_list_new();
	if (!t->args || !t->counters) {
		arg_tracker_del(t);
		return NULL;
	}
	return t;
}

void arg_tracker_del(ArgTracker *t)
{
	if (!t)
		return;
	while (gf_list_count(t->args))
		free_arg(gf_list_pop_back(t->args));
	while (gf_list_count(t->counters))
		free_counter(gf_list_pop_back(t->counters));
	gf_list_del(t->args);
	gf_list_del(t->counters);
	gf_free(t);
}

static ArgTracker *tracker_of(GF_FilterSession *fs)
{
	if (!fs->args)
		fs->args = arg_tracker_new();
	return fs->args;
}

// ---- Unused options

// The record of an option, made when there is none. NULL when nothing is tracked, or out of memory.
static TrackedArg *track(GF_Filter *f, const char *name, ArgGiven how)
{
	ArgTracker *t = fs_flag(f->fs, GF_FS_FLAG_NO_ARG_CHECK) ? NULL : tracker_of(f->fs);
	if (!t)
		return NULL;
	for (u32 i = 0; i < gf_list_count(t->args); i++) {
		TrackedArg *arg = gf_list_get(t->args, i);
		if (arg->how == how && !strcmp(arg->name, name))
			return arg;
	}
	TrackedArg *arg = gf_calloc(1, sizeof(*arg));
	if (!arg)
		return NULL;
	arg->how = how;
	arg->name = gf_strdup(name);
	arg->filter = gf_strdup(f->reg->name);
	if (!arg->name || !arg->filter || gf_list_add(t->args, arg)) {
		free_arg(arg);
		return NULL;
	}
	return arg;
}

void arg_tracker_seen(GF_Filter *f, const char *name, ArgGiven how)
{
	track(f, name, how);
}

void arg_tracker_used(GF_Filter *f, const char *name, ArgGiven how)
{
	TrackedArg *arg = track(f, name, how);
	if (arg)
		arg->nb_uses++;
}

void arg_tracker_told(GF_Filter *f, const char *name, ArgGiven how)
{
	TrackedArg *arg = track(f, name, how);
	if (arg)
		arg->told = GF_TRUE;
}

// A meta filter passes options on to its library and learns later which ones it knows.
void gf_filter_report_meta_option(
	GF_Filter *filter, const char *arg, Bool was_found, const char *sub_opt_name)
{
	if (!filter || !arg || fs_flag(filter->fs, GF_FS_FLAG_NO_ARG_CHECK))
		return;
	ArgTracker *t = tracker_of(filter->fs);
	for (u32 i = 0; t && i < gf_list_count(t->args); i++) {
		TrackedArg *tracked = gf_list_get(t->args, i);
		if (strcmp(tracked->name, arg))
			continue;
		if (was_found) {
			tracked->nb_uses++;
			continue;
		}
		// the filter took it when it was loaded: that use does not count
		if (tracked->nb_uses)
			tracked->nb_uses--;
		if (sub_opt_name && !tracked->meta_opt)
			tracked->meta_opt = gf_strdup(sub_opt_name);
	}
}

static const char *dashes(const TrackedArg *arg)
{
	return arg->how == ARG_GIVEN_GLOBAL ? "--" : arg->how == ARG_GIVEN_META ? "-+" : "";
}

static void log_unused(const TrackedArg *arg)
{
	if (arg->how == ARG_GIVEN_LOCAL)
		GF_LOG(GF_LOG_WARNING, GF_LOG_FILTER,
			("[filter] option `%s` given to `%s` was not used by any filter\n", arg->name, arg->filter));
	else
		GF_LOG(GF_LOG_WARNING, GF_LOG_FILTER,
			("[filter] option `%s%s` was not used by any filter\n", dashes(arg), arg->name));
}

u32 arg_tracker_report(GF_FilterSession *fs)
{
	u32 nb_unused = 0;
	for (u32 i = 0; fs->args && i < gf_list_count(fs->args->args); i++) {
		TrackedArg *arg = gf_list_get(fs->args->args, i);
		if (arg->nb_uses)
			continue;
		nb_unused++;
		if (!arg->told)
			log_unused(arg);
		arg->told = GF_TRUE;
	}
	return nb_unused;
}

Bool gf_fs_enum_unmapped_options(GF_FilterSession *session, u32 *idx, const char **argname, u32 *argtype,
	const char **meta_name, const char **meta_opt)
{
	if (!session || !idx || !session->args)
		return GF_FALSE;
	for (u32 i = *idx; i < gf_list_count(session->args->args); i++) {
		const TrackedArg *arg = gf_list_get(session->args->args, i);
		if (arg->nb_uses)
			continue;
		*idx = i + 1;
		if (argname)
			*argname = arg->name;
		if (argtype)
			*argtype = arg->how;
		if (meta_name)
			*meta_name = arg->meta_opt ? arg->filter : NULL;
		if (meta_opt)
			*meta_opt = arg->meta_opt;
		return GF_TRUE;
	}
	return GF_FALSE;
}

void gf_fs_print_unused_args(GF_FilterSession *session, const char *ignore_args)
{
	for (u32 i = 0; session && session->args && i < gf_list_count(session->args->args); i++) {
		TrackedArg *arg = gf_list_get(session->args->args, i);
		if (arg->nb_uses || str_list_has(ignore_args, ',', arg->name))
			continue;
		log_unused(arg);
		arg->told = GF_TRUE;
	}
}

// ---- Counters

static Counter *find_counter(ArgTracker *t, const char *key, s64 init)
{
	for (u32 i = 0; i < gf_list_count(t->counters); i++) {
		Counter *counter = gf_list_get(t->counters, i);
		if (!strcmp(counter->key, key))
			return counter;
	}
	Counter *counter = gf_calloc(1, sizeof(*counter));
	if (!counter)
		return NULL;
	counter->next = init;
	counter->key = gf_strdup(key);
	if (!counter->key || gf_list_add(t->counters, counter)) {
		free_counter(counter);
		return NULL;
	}
	return counter;
}

s64 arg_counter_next(GF_FilterSession *fs, const char *key, s64 init, s64 step, const void *owner)
{
	ArgTracker *t = tracker_of(fs);
	Counter *counter = t ? find_counter(t, key, init) : NULL;
	if (!counter)
		return init;
	for (u32 i = 0; i < counter->nb_uses; i++) {
		if (counter->uses[i].owner == owner)
			return counter->uses[i].value;
	}
	s64 value = counter->next;
	if (__builtin_add_overflow(value, step, &counter->next))
		counter->next = init;
	if (array_reserve(&counter->uses, &counter->alloc_uses, counter->nb_uses, 1, sizeof(*counter->uses)))
		return value;
	counter->uses[counter->nb_uses++] = (CounterUse){owner, value};
	return value;
}

void arg_counter_forget(GF_FilterSession *fs, const void *owner)
{
	for (u32 i = 0; fs->args && i < gf_list_count(fs->args->counters); i++) {
		Counter *counter = gf_list_get(fs->args->counters, i);
		for (u32 j = 0; j < counter->nb_uses; j++) {
			if (counter->uses[j].owner == owner)
				counter->uses[j--] = counter->uses[--counter->nb_uses];
		}
	}
}
