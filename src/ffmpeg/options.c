// SPDX-License-Identifier: MIT
// Options of FFmpeg given by name to our filters.
#include <string.h>
#include <libavutil/opt.h>
#include "ffmpeg/ffmpeg.h"

// Names of ours for options of FFmpeg.
static const char *real_name(const char *name)
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

GF_Err ff_option_set(AVDictionary **dict, const AVClass *class, int flags, const char *name,
	const GF_PropertyValue *value)
{
	const char *text = value->value.string;
	const AVOption *option = find_option(class, flags, real_name(name));
	if (option) {
		// A flag alone is told as "true".
		Bool alone = !strcmp(text, "true") && option->type != AV_OPT_TYPE_STRING;
		return ff_error(av_dict_set(dict, option->name, alone ? "1" : text, 0));
	}
	option = strcmp(text, "true") ? NULL : find_flag(class, flags, name);
	if (!option)
		return GF_NOT_FOUND;
	int e = av_dict_set(dict, option->name, "+", AV_DICT_APPEND);
	return ff_error(e < 0 ? e : av_dict_set(dict, option->name, name, AV_DICT_APPEND));
}

void ff_options_report(GF_Filter *filter, AVDictionary *left, const char *codec)
{
	const AVDictionaryEntry *entry = NULL;
	while ((entry = av_dict_get(left, "", entry, AV_DICT_IGNORE_SUFFIX)))
		GF_LOG(gf_filter_is_dynamic(filter) ? GF_LOG_DEBUG : GF_LOG_WARNING, GF_LOG_CODEC,
			("[%s] %s has no option `%s`: ignored\n", gf_filter_get_register(filter)->name, codec, entry->key));
}
