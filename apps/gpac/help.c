// SPDX-License-Identifier: MIT
// Help, generated from the tables that the library works with.
#include <string.h>
#include <gpac/constants.h>
#include "app.h"

static void print_overview(void)
{
	printf("gpac %s\n\n"
		   "gpac [options] -i SOURCE[:opt=val] [FILTER[:opt=val]] ... -o DESTINATION[:opt=val]\n\n"
		   "Sources, filters and destinations are linked in the order given; filters that are needed in between\n"
		   "are added. `@` before a filter links it to the previous one, `@N` to the one N before, `@@N` to the\n"
		   "N-th; `@#video` takes only video from it.\n\nOptions:\n", gf_gpac_version());
	app_print_tool_options(stdout);
	printf("\nCore options (`-h core` for all):\n");
	for (const GF_GPACArg *o = gf_sys_get_options(); o->name; o++) {
		if (!(o->flags & (GF_ARG_HINT_ADVANCED | GF_ARG_HINT_EXPERT | GF_ARG_HINT_HIDE)))
			printf("  -%-12s %s\n", o->name, o->description);
	}
	printf("\nExamples:\n"
		   "  gpac -i in.mp4 -o out.mp4                 remultiplex\n"
		   "  gpac -i in.mp4 -o out.mp4:frag            to fragmented MP4\n"
		   "  gpac -i in.mp4 @#audio -o out.aac         extract the audio\n"
		   "  gpac -i in.mp4 inspect:deep               list every packet\n"
		   "  gpac -i in.mp4 reframer:xs=10:xe=20 -o cut.mp4\n");
}

static void print_core(void)
{
	for (const GF_GPACArg *o = gf_sys_get_options(); o->name; o++) {
		printf("-%s%s%s", o->name, o->altname ? ", -" : "", o->altname ? o->altname : "");
		if (o->val)
			printf(" (default %s)", o->val);
		if (o->values)
			printf(" (%s)", o->values);
		printf("\n    %s\n", o->description);
	}
}

static void print_arg(const GF_FilterArgs *a)
{
	if (!a->arg_desc || (a->flags & GF_FS_ARG_HINT_HIDE))
		return;
	printf("  %s (%s", a->arg_name, gf_props_get_type_name(a->arg_type));
	if (a->arg_default_val)
		printf(", default %s", a->arg_default_val);
	if (a->min_max_enum)
		printf(", %s", a->min_max_enum);
	printf("%s)\n      %s\n", a->flags & GF_FS_ARG_UPDATE ? ", can be updated" : "", a->arg_desc);
}

static GF_Err print_filter(GF_FilterSession *fs, const char *name)
{
	u32 nb = gf_fs_filters_registers_count(fs);
	const char *nearest = NULL;
	for (u32 i = 0; i < nb; i++) {
		const GF_FilterRegister *reg = gf_fs_get_filter_register(fs, i);
		if (!nearest && gf_sys_word_match(name, reg->name))
			nearest = reg->name;
		if (strcmp(reg->name, name))
			continue;
		printf("%s: %s\n", reg->name, reg->description ? reg->description : "");
		if (reg->help)
			printf("\n%s\n", reg->help);
		printf("\nOptions:\n");
		for (const GF_FilterArgs *a = reg->args; a && a->arg_name; a++)
			print_arg(a);
		return GF_OK;
	}
	fprintf(stderr, "gpac: no help on %s%s%s%s\n", name, nearest ? " (is it " : "", nearest ? nearest : "",
		nearest ? "?)" : "; topics are filters, props, codecs, formats, links, core and the names of filters");
	return GF_NOT_FOUND;
}

static void print_filters(GF_FilterSession *fs)
{
	u32 nb = gf_fs_filters_registers_count(fs);
	for (u32 i = 0; i < nb; i++) {
		const GF_FilterRegister *reg = gf_fs_get_filter_register(fs, i);
		printf("%-10s %s\n", reg->name, reg->description ? reg->description : "");
	}
}

static void print_props(void)
{
	const GF_BuiltInProperty *p;
	for (u32 i = 0; (p = gf_props_get_description(i)); i++) {
		printf("%-24s %s %-5s %s%s\n", p->name, gf_4cc_to_str(p->type), gf_props_get_type_name(p->data_type),
			p->flags & GF_PROP_FLAG_PCK ? "(packet) " : "", p->description);
	}
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
			printf("  %-10s %s %s\n", reg->name, c->flags & GF_CAPFLAG_INPUT ? "reads " : "writes", c->val.value.string);
		}
	}
	print_raw_formats();
}

static void print_link_line(FILE *output, GF_SysPrintArgFlags flags, const char *fmt, ...)
{
	(void)output;
	(void)flags;
	va_list args;
	va_start(args, fmt);
	vprintf(fmt, args);
	va_end(args);
}

GF_Err app_help(const char *topic)
{
	if (!*topic) {
		print_overview();
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
		print_core();
	else if (!strcmp(topic, "filters"))
		print_filters(fs);
	else if (!strcmp(topic, "props"))
		print_props();
	else if (!strcmp(topic, "codecs"))
		print_codecs();
	else if (!strcmp(topic, "formats"))
		print_formats(fs);
	else if (!strcmp(topic, "links"))
		gf_fs_print_all_connections(fs, NULL, print_link_line);
	else
		e = print_filter(fs, topic);
	gf_fs_del(fs);
	return e;
}
