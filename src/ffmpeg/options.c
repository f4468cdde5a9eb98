// SPDX-License-Identifier: MIT
// Options of FFmpeg given by name to our filters.
#include <stdio.h>
#include <string.h>
#include <gpac/main.h>
#include <libavutil/opt.h>
#include "base/edit_distance.h"
#include "ffmpeg/ffmpeg.h"

// Names of ours for options of FFmpeg.
const char *ff_option_name(const char *name)
{
	if (!strcmp(name, "bitrate") || !strcmp(name, "rate"))
		return "b";
	return strcmp(name, "gop") ? name : "g";
}

static const AVOption *find_option(const AVClass *class, int flags, const char *name)
{
	const AVOption *option =
		av_opt_find(&class, name, NULL, flags, AV_OPT_SEARCH_CHILDREN | AV_OPT_SEARCH_FAKE_OBJ);
	return option && option->type != AV_OPT_TYPE_CONST ? option : NULL;
}

// The option of which `name` is a flag, for flags given alone (`low_delay` for `flags=+low_delay`).
static const AVOption *find_flag(const AVClass *class, int flags, const char *name)
{
	const AVOption *constant = NULL, *option = NULL;
	while ((constant = av_opt_next(&class, constant)))
		if (constant->type == AV_OPT_TYPE_CONST && constant->unit && !strcmp(constant->name, name))
			break;
	while (constant && (option = av_opt_next(&class, option)))
		if (option->type == AV_OPT_TYPE_FLAGS && option->unit && !strcmp(option->unit, constant->unit) &&
			(option->flags & flags) == flags)
			return option;
	return NULL;
}

// ---- Names, for those who mistyped one

static u32 add_options(GF_FilterArgs *args, const AVClass *class, int flags)
{
	u32 nb = 0;
	const AVOption *option = NULL;
	while ((option = av_opt_next(&class, option))) {
		if (option->type == AV_OPT_TYPE_CONST || (option->flags & flags) != flags)
			continue;
		if (args)
			args[nb] = (GF_FilterArgs){.arg_name = option->name, .offset_in_private = -1, .arg_desc = option->help,
				.arg_type = GF_PROP_STRING, .flags = GF_FS_ARG_UPDATE | GF_FS_ARG_HINT_HIDE};
		nb++;
	}
	return nb;
}

// `args` NULL: only counts.
static u32 add_all_options(GF_FilterArgs *args, const AVClass *class, int flags)
{
	u32 nb = add_options(args, class, flags);
	void *state = NULL;
	const AVClass *child;
	while ((child = av_opt_child_class_iterate(class, &state)))
		nb += add_options(args ? args + nb : NULL, child, flags);
	return nb;
}

static void define_names(GF_Filter *filter, const AVClass *class, int flags)
{
	FfHost *host = gf_filter_get_udta(filter);
	const GF_FilterArgs *own = gf_filter_get_register(filter)->args;
	u32 nb_own = 0;
	if (host->args || gf_filter_is_dynamic(filter))
		return;
	while (own[nb_own].arg_name)
		nb_own++;
	host->args = gf_calloc(nb_own + add_all_options(NULL, class, flags) + 1, sizeof(*own));
	if (!host->args)
		return;
	memcpy(host->args, own, nb_own * sizeof(*own));
	add_all_options(host->args + nb_own, class, flags);
	gf_filter_define_args(filter, host->args);
}

// ---- Values

GF_Err ff_option_set(GF_Filter *filter, AVDictionary **dict, const AVClass *class, int flags, const char *name,
	const GF_PropertyValue *value)
{
	const char *text = value->value.string;
	const AVOption *option = find_option(class, flags, ff_option_name(name));
	if (option) {
		// A flag alone is told as "true".
		Bool alone = !strcmp(text, "true") && option->type != AV_OPT_TYPE_STRING;
		return ff_error(av_dict_set(dict, option->name, alone ? "1" : text, 0));
	}
	option = strcmp(text, "true") ? NULL : find_flag(class, flags, name);
	if (!option) {
		define_names(filter, class, flags);
		return GF_NOT_FOUND;
	}
	int e = av_dict_set(dict, option->name, "+", AV_DICT_APPEND);
	return ff_error(e < 0 ? e : av_dict_set(dict, option->name, name, AV_DICT_APPEND));
}

// ---- What a codec or format did not take

static const char *nearest(const AVClass *class, int flags, const char *name)
{
	const char *best = NULL;
	u32 limit = edit_distance_limit(name);
	const AVOption *option = NULL;
	while (class && (option = av_opt_next(&class, option))) {
		u32 distance = edit_distance(name, option->name);
		if (option->type == AV_OPT_TYPE_CONST || (option->flags & flags) != flags || distance >= limit)
			continue;
		limit = distance;
		best = option->name;
	}
	return best;
}

GF_Err ff_options_refuse(
	GF_Filter *filter, AVDictionary *left, const char *component, const AVClass *class, int flags)
{
	const AVDictionaryEntry *entry = NULL;
	const char *reg = gf_filter_get_register(filter)->name;
	GF_Err e = GF_OK;
	char section[40];
	snprintf(section, sizeof(section), "filter@%s", reg);
	while ((entry = av_dict_get(left, "", entry, AV_DICT_IGNORE_SUFFIX))) {
		if (gf_filter_is_dynamic(filter) || gf_sys_find_global_arg(entry->key) || gf_opts_get_key(section, entry->key))
			continue;
		const char *near = nearest(class, flags, entry->key);
		GF_LOG(GF_LOG_ERROR, GF_LOG_CODEC,
			("[%s] %s has no option `%s`%s%s%s\n", reg, component, entry->key, near ? ", did you mean `" : "",
				near ? near : "", near ? "`?" : ""));
		e = GF_BAD_PARAM;
	}
	return e;
}
