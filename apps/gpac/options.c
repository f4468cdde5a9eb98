// SPDX-License-Identifier: MIT
#include <stdlib.h>
#include <string.h>
#include "app.h"
#include "text.h"

typedef struct {
	const char *name;
	const char *help;
} ToolOption;

static const ToolOption tool_options[] = {
	{"i", "source URL with its options: `-i in.mp4:opt=val`"},
	{"src", "same as -i"},
	{"o", "destination URL with its options"},
	{"dst", "same as -o"},
	{"h", "help: `-h filters`, `-h FILTER`, `-h FILTER.OPTION`, `-h links [FILTER]`, `-h props`, "
		  "`-h PROPERTY`, `-h codecs`, `-h formats`, `-h core`"},
	{"ha", "the same with advanced options"},
	{"hx", "the same with advanced and expert options"},
	{"hh", "the same with all options, those that are hidden too"},
	{"graph", "print the linked graph at the end"},
	{"stats", "print statistics of each filter at the end"},
	{"r", "show progress: `-r` or `-r=PERIOD_MS`"},
	{"runfor", "stop, with a flush, after this time: `-runfor=MS`"},
	{"cl", "complete linking: every stream goes to every filter that takes it"},
	{"sid", "link only filters that name their sources"},
	{"dl", "link nothing until a filter is told to"},
	{"np", "do not start playback"},
	{"mem-track", "record where memory is allocated and report leaks"},
	{"xopt", "words after it that name no filter are ignored"},
	{"version", "print the version"},
};

#define NB_OPTIONS (sizeof(tool_options) / sizeof(tool_options[0]))

static const char *opt_value(const char *arg, const char *name)
{
	size_t n = strlen(name);
	if (strncmp(arg + 1, name, n) || (arg[n + 1] && arg[n + 1] != '='))
		return NULL;
	return arg[n + 1] ? arg + n + 2 : "";
}

static GF_Err unknown_option(const char *arg)
{
	char name[64];
	size_t len = strcspn(arg + 1, "=");
	if (len >= sizeof(name))
		len = sizeof(name) - 1;
	memcpy(name, arg + 1, len);
	name[len] = 0;
	const char *nearest = NULL;
	for (u32 i = 0; i < NB_OPTIONS && !nearest; i++) {
		if (len > 2 && gf_sys_word_match(name, tool_options[i].name))
			nearest = tool_options[i].name;
	}
	for (const GF_GPACArg *o = gf_sys_get_options(); o->name && !nearest; o++) {
		if (len > 2 && gf_sys_word_match(name, o->name))
			nearest = o->name;
	}
	fprintf(stderr,
		"gpac: unknown option -%s%s%s%s; options of filters are given after the filter's name, or with "
		"two dashes\n",
		name, nearest ? " (is it -" : "", nearest ? nearest : "", nearest ? "?)" : "");
	return GF_BAD_PARAM;
}

static Bool set_session_flag(const char *arg, AppOptions *opts)
{
	static const struct {
		const char *name;
		u32 flag;
	} flags[] = {{"cl", GF_FS_FLAG_NO_IMPLICIT}, {"sid", GF_FS_FLAG_REQUIRE_SOURCE_ID},
		{"dl", GF_FS_FLAG_FORCE_DEFER_LINK}, {"np", GF_FS_FLAG_PREVENT_PLAY}};
	for (u32 i = 0; i < 4; i++) {
		if (!strcmp(arg + 1, flags[i].name)) {
			opts->session_flags |= flags[i].flag;
			return GF_TRUE;
		}
	}
	return GF_FALSE;
}

// A whole number of milliseconds.
static GF_Err read_ms(const char *arg, const char *value, u32 *ms)
{
	char *end;
	unsigned long v = strtoul(value, &end, 10);
	if (*value < '0' || *value > '9' || *end || v > 0xFFFFFFFFu) {
		fprintf(stderr, "gpac: %s: a number of milliseconds is needed\n", arg);
		return GF_BAD_PARAM;
	}
	*ms = (u32)v;
	return GF_OK;
}

static GF_Err tool_option(const char *arg, AppOptions *opts)
{
	const char *v;
	if (!strcmp(arg, "-graph")) {
		opts->print_graph = GF_TRUE;
	} else if (!strcmp(arg, "-stats")) {
		opts->print_stats = GF_TRUE;
	} else if (!strcmp(arg, "-mem-track")) {
		opts->mem_track = GF_TRUE;
	} else if ((v = opt_value(arg, "r"))) {
		return read_ms(arg, *v ? v : "250", &opts->report_ms);
	} else if ((v = opt_value(arg, "runfor"))) {
		return read_ms(arg, v, &opts->run_for_ms);
	} else if (!set_session_flag(arg, opts)) {
		return unknown_option(arg);
	}
	return GF_OK;
}

static Bool is_graph_word(const char *arg)
{
	static const char *const names[] = {"i", "src", "o", "dst", "xopt"};
	if (arg[0] != '-')
		return GF_TRUE;
	for (u32 i = 0; i < 5; i++) {
		if (opt_value(arg, names[i]))
			return GF_TRUE;
	}
	return GF_FALSE;
}

static Bool is_help(const char *arg, HelpLevel *level)
{
	static const struct {
		const char *name;
		HelpLevel level;
	} names[] = {{"-h", HELP_BASIC}, {"-help", HELP_BASIC}, {"-ha", HELP_ADVANCED}, {"-hx", HELP_EXPERT},
		{"-hh", HELP_ALL}};
	for (u32 i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		if (!strcmp(arg, names[i].name)) {
			*level = names[i].level;
			return GF_TRUE;
		}
	}
	return GF_FALSE;
}

GF_Err app_parse_options(int argc, char **argv, AppOptions *opts)
{
	opts->words = gf_malloc((size_t)argc * sizeof(char *));
	if (!opts->words)
		return GF_OUT_OF_MEM;
	for (int i = 1; i < argc; i++) {
		char *arg = argv[i];
		if (is_graph_word(arg)) {
			opts->words[opts->nb_words++] = arg;
			// The URL is the next word, whatever it looks like.
			Bool takes_next = arg[0] == '-' && strcmp(arg, "-xopt") && !strchr(arg, '=');
			if (takes_next && i + 1 < argc)
				opts->words[opts->nb_words++] = argv[++i];
			continue;
		}
		if (!strncmp(arg, "--", 2) || !strncmp(arg, "-+", 2))
			continue;
		if (is_help(arg, &opts->help_level)) {
			opts->help = i + 1 < argc ? argv[i + 1] : "";
			opts->help_on = i + 2 < argc ? argv[i + 2] : NULL;
			return GF_OK;
		}
		if (!strcmp(arg, "-version")) {
			opts->help = "version";
			return GF_OK;
		}
		u32 core = gf_sys_is_gpac_arg(arg + 1);
		char name[64];
		size_t len = strcspn(arg + 1, "=");
		if (!core && arg[len + 1] && len < sizeof(name)) {
			memcpy(name, arg + 1, len);
			name[len] = 0;
			core = gf_sys_is_gpac_arg(name) ? 1 : 0;
		}
		if (core == 2 && !strchr(arg, '='))
			i++;
		if (core)
			continue;
		GF_Err e = tool_option(arg, opts);
		if (e != GF_OK)
			return e;
	}
	return GF_OK;
}

void app_print_tool_options(void)
{
	for (u32 i = 0; i < NB_OPTIONS; i++) {
		char name[40];
		snprintf(name, sizeof(name), "  -%s", tool_options[i].name);
		text_entry(name, 16, tool_options[i].help);
	}
}
