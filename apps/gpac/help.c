// SPDX-License-Identifier: MIT
// Help, generated from the tables that the library works with.
#include <string.h>
#include <gpac/constants.h>
#include "help.h"
#include "text.h"

// ---- overview and core options

static HelpLevel level_of(const GF_GPACArg *o)
{
	if (o->flags & GF_ARG_HINT_HIDE)
		return HELP_ALL;
	if (o->flags & GF_ARG_HINT_EXPERT)
		return HELP_EXPERT;
	return o->flags & GF_ARG_HINT_ADVANCED ? HELP_ADVANCED : HELP_BASIC;
}

static void print_overview(HelpLevel level)
{
	printf("gpac %s\n\n"
		   "gpac [options] -i SOURCE[:opt=val] [FILTER[:opt=val]] ... -o DESTINATION[:opt=val]\n\n",
		gf_gpac_version());
	text_wrap(0, 0,
		"Sources, filters and destinations are linked in the order given; filters that are needed in between "
		"are added. `@` before a filter links it to the previous one, `@N` to the one N before, `@@N` to the "
		"N-th from the start, all counted from 0; `@#video` takes only video from it.");
	printf("\nOptions:\n");
	app_print_tool_options();
	printf("\nCore options (`-h core` tells more):\n");
	for (const GF_GPACArg *o = gf_sys_get_options(); o->name; o++) {
		char name[40];
		snprintf(name, sizeof(name), "  -%s", o->name);
		if (level_of(o) <= level)
			text_entry(name, 16, o->description);
	}
	printf("\nExamples:\n"
		   "  gpac -i in.mp4 -o out.mp4                 remultiplex\n"
		   "  gpac -i in.mp4 -o out.mp4:frag            to fragmented MP4\n"
		   "  gpac -i in.mp4 @#audio -o out.aac         extract the audio\n"
		   "  gpac -i in.mp4 inspect:deep               list every packet\n"
		   "  gpac -i in.mp4 reframer:xs=10:xe=20 -o cut.mp4\n");
}

static void print_core_option(const GF_GPACArg *o)
{
	printf("-%s%s%s", o->name, o->altname ? ", -" : "", o->altname ? o->altname : "");
	if (o->val)
		printf(" (default %s)", o->val);
	if (o->values)
		printf(" (%s)", o->values);
	printf("\n");
	text_wrap(0, 4, o->description);
}

static void print_core(HelpLevel level)
{
	u32 nb_hidden = 0;
	for (const GF_GPACArg *o = gf_sys_get_options(); o->name; o++) {
		if (level_of(o) <= level)
			print_core_option(o);
		else
			nb_hidden += level_of(o) != HELP_ALL;
	}
	if (nb_hidden)
		printf("\n%u more options: gpac -hx core\n", nb_hidden);
}

// ---- properties, codecs, formats

static void print_prop(const GF_BuiltInProperty *p)
{
	char title[64];
	snprintf(title, sizeof(title), "%-25s %s %-5s", p->name, gf_4cc_to_str(p->type),
		gf_props_get_type_name(p->data_type));
	char text[1024];
	snprintf(text, sizeof(text), "%s%s", p->flags & GF_PROP_FLAG_PCK ? "(packet) " : "", p->description);
	text_entry(title, 38, text);
}

// All properties, or the one of a name. False when there is none.
static Bool print_props(const char *name)
{
	Bool found = GF_FALSE;
	const GF_BuiltInProperty *p;
	for (u32 i = 0; (p = gf_props_get_description(i)); i++) {
		if (name && strcmp(p->name, name))
			continue;
		print_prop(p);
		found = GF_TRUE;
	}
	return found;
}

static void print_codecs(void)
{
	const char *name, *long_name;
	GF_CodecID id;
	for (u32 i = 0; (id = gf_codecid_enum(i, &name, &long_name)); i++)
		printf("%-28s %-10s %s\n", name, gf_stream_type_name(gf_codecid_type(id)), long_name);
}

static void print_raw_formats(void)
{
	const char *name, *ext, *desc;
	u32 idx = 0;
	printf("Pixel formats:\n");
	while (gf_pixel_fmt_enum(&idx, &name, &ext, &desc))
		printf("  %-12s %-6s %s\n", name, ext, desc);
	idx = 0;
	printf("Audio formats:\n");
	while (gf_audio_fmt_enum(&idx, &name, &ext, &desc))
		printf("  %-12s %-6s %s\n", name, ext, desc);
}

// Extensions that filters read and write.
static void print_formats(GF_FilterSession *fs)
{
	u32 nb = gf_fs_filters_registers_count(fs);
	printf("File formats:\n");
	for (u32 i = 0; i < nb; i++) {
		const GF_FilterRegister *reg = gf_fs_get_filter_register(fs, i);
		for (u32 j = 0; j < reg->nb_caps; j++) {
			const GF_FilterCapability *c = &reg->caps[j];
			if (c->code != GF_PROP_PID_FILE_EXT || !strcmp(c->val.value.string, "*"))
				continue;
			printf("  %-10s %s %s\n", reg->name, c->flags & GF_CAPFLAG_INPUT ? "reads " : "writes",
				c->val.value.string);
		}
	}
	print_raw_formats();
}

// ---- links

static void print_link_line(FILE *output, GF_SysPrintArgFlags flags, const char *fmt, ...)
{
	(void)output;
	(void)flags;
	va_list args;
	va_start(args, fmt);
	vprintf(fmt, args);
	va_end(args);
}

static GF_Err print_links(GF_FilterSession *fs, const char *name)
{
	if (name && !help_is_filter(fs, name)) {
		const char *nearest = help_nearest_filter(fs, name);
		fprintf(stderr, "gpac: no filter named %s%s%s%s\n", name, nearest ? " (is it " : "",
			nearest ? nearest : "", nearest ? "?)" : "");
		return GF_NOT_FOUND;
	}
	gf_fs_print_all_connections(fs, (char *)name, print_link_line);
	return GF_OK;
}

// ---- topics

// A filter, an option, a property or a core option, whatever has the name.
static GF_Err print_named(GF_FilterSession *fs, const char *name, HelpLevel level)
{
	GF_Err e;
	if (help_filter(fs, name, level, &e))
		return e;
	if (print_props(name))
		return GF_OK;
	const char *bare = name + strspn(name, "-");
	for (const GF_GPACArg *o = gf_sys_get_options(); o->name; o++) {
		if (!strcmp(o->name, bare) || (o->altname && !strcmp(o->altname, bare))) {
			print_core_option(o);
			return GF_OK;
		}
	}
	const char *nearest = help_nearest_filter(fs, name);
	if (nearest)
		fprintf(stderr, "gpac: no help on %s (is it %s?)\n", name, nearest);
	else
		fprintf(stderr,
			"gpac: no help on %s; topics are filters, props, codecs, formats, links, core, the names of "
			"filters, FILTER.OPTION and the names of properties\n",
			name);
	return GF_NOT_FOUND;
}

GF_Err app_help(const AppOptions *opts)
{
	const char *topic = opts->help;
	if (!*topic) {
		print_overview(opts->help_level);
		return GF_OK;
	}
	if (!strcmp(topic, "version")) {
		printf("gpac %s\n%s\n", gf_gpac_version(), gf_gpac_copyright());
		return GF_OK;
	}
	GF_FilterSession *fs = gf_fs_new_defaults(0);
	GF_Err e = GF_OK;
	if (!fs)
		return GF_OUT_OF_MEM;
	if (!strcmp(topic, "core"))
		print_core(opts->help_level);
	else if (!strcmp(topic, "filters"))
		help_filters(fs);
	else if (!strcmp(topic, "props"))
		print_props(NULL);
	else if (!strcmp(topic, "codecs"))
		print_codecs();
	else if (!strcmp(topic, "formats"))
		print_formats(fs);
	else if (!strcmp(topic, "links"))
		e = print_links(fs, opts->help_on);
	else if (!strcmp(topic, "reference"))
		help_reference(fs);
	else
		e = print_named(fs, topic, opts->help_level);
	gf_fs_del(fs);
	return e;
}
