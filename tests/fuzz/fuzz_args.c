// SPDX-License-Identifier: MIT
// Fuzzes the option grammar: splitting, options of a filter, assigned properties, source IDs, file names.
// The first byte chooses what the rest is read as.

#include <stdlib.h>
#include <string.h>
#include <gpac/log.h>
#include "graph/args.h"
#include "graph/fragment.h"

typedef struct {
	char *text;
	u32 number;
	Bool flag;
	GF_PropStringList list;
	GF_PropData data;
} FuzzCtx;

#define ARG(field, type, enums) \
	{ \
#field, offsetof(FuzzCtx, field), "", type, NULL, enums, GF_FS_ARG_UPDATE \
	}

static const GF_FilterArgs fuzz_options[] = {
	ARG(text, GF_PROP_STRING, NULL),
	ARG(number, GF_PROP_UINT, "a|b|c"),
	ARG(flag, GF_PROP_BOOL, NULL),
	ARG(list, GF_PROP_STRING_LIST, NULL),
	ARG(data, GF_PROP_DATA, NULL),
	{0},
};

static const GF_FilterRegister fuzz_register = {
	.name = "fuzz", .private_size = sizeof(FuzzCtx), .args = fuzz_options};

// The shortest graph: a filter with one PID.
typedef struct {
	GF_FilterSession fs;
	GF_Filter filter;
	FuzzCtx ctx;
	OutPid pid;
} FuzzGraph;

static void open_graph(FuzzGraph *g)
{
	*g = (FuzzGraph){.fs = {.seps = {':', '=', '#', ',', '!', '@'}}};
	g->filter = (GF_Filter){.fs = &g->fs, .reg = &fuzz_register, .priv = &g->ctx, .name = gf_strdup("fuzz")};
	g->filter.inputs = gf_list_new();
	g->filter.outputs = gf_list_new();
	g->fs.registers = gf_list_new();
	g->pid.head.filter = &g->filter;
	g->pid.name = (char *)"PID1";
	g->pid.map = propmap_new();
	propmap_set(g->pid.map, GF_PROP_PID_STREAM_TYPE, NULL, PROP_UINT(GF_STREAM_VISUAL), NULL);
	propmap_set(g->pid.map, GF_PROP_PID_WIDTH, NULL, PROP_UINT(640), NULL);
	propmap_set(g->pid.map, 0, "label", PROP_STRING("x"), NULL);
	gf_list_add(g->filter.outputs, &g->pid);
}

static void close_graph(FuzzGraph *g)
{
	GF_Filter *f = &g->filter;
	filter_args_reset(f);
	GF_PropertyValue codecs = {.type = GF_PROP_STRING_LIST, .value.string_list = f->link.skip_codecs};
	gf_props_reset_single(&codecs);
	gf_free(f->link.source_ids);
	gf_free(f->id);
	gf_free(f->name);
	gf_free(f->tag);
	gf_free(f->itag);
	gf_free(f->src_args);
	gf_free(f->frag_props);
	gf_free(f->log_spec);
	gf_list_del(f->inputs);
	gf_list_del(f->outputs);
	gf_list_del(g->fs.registers);
	propmap_unref(g->pid.map);
	arg_tracker_del(g->fs.args);
}

static void fuzz_split(const FuzzGraph *g, const char *text)
{
	static const Separators others = {'&', '~', '%', ';', '-', '@'};
	ArgSplit split;
	if (!args_split(&g->fs.seps, text, &split))
		args_split_reset(&split);
	if (!args_split(&others, text, &split))
		args_split_reset(&split);
	const char *found = args_find(&g->fs.seps, text, GF_TRUE, GF_FALSE);
	if (found && (found < text || found > text + strlen(text)))
		abort();
	args_find(&g->fs.seps, text, GF_TRUE, GF_TRUE);
}

// Options handed on split into the same options.
static void fuzz_options_text(FuzzGraph *g, const char *text)
{
	filter_args_init(&g->filter, text, ARGS_LOCAL);
	g->filter.src_args = gf_strdup(text);
	char *inherited = filter_args_inherit(&g->filter, &g->filter);
	if (inherited)
		filter_args_init(&g->filter, inherited, ARGS_INHERITED);
	gf_free(inherited);
	filter_args_update(&g->filter, "number", text);
	if (g->filter.frag_props)
		args_apply_pid_props(&g->pid, g->filter.frag_props, &g->fs.seps);
	arg_tracker_report(&g->fs);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	if (size < 2 || size > 4096)
		return 0;
	char text[4097], name[GF_MAX_PATH];
	memcpy(text, data + 1, size - 1);
	text[size - 1] = 0;
	if (strcasestr(text, "file@")) // reads files of the machine
		return 0;
	gf_log_set_tools_levels("all@quiet", GF_TRUE);

	FuzzGraph g;
	open_graph(&g);
	switch (data[0] % 5) {
	case 0:
		fuzz_split(&g, text);
		break;
	case 1:
		fuzz_options_text(&g, text);
		break;
	case 2:
		args_apply_pid_props(&g.pid, text, &g.fs.seps);
		break;
	case 3:
		sid_match(text, "id", &g.pid);
		gf_free(sid_bind(text, &g.pid));
		break;
	default:
		gf_filter_pid_resolve_file_template(&g.pid.head, text, name, 1, NULL);
		break;
	}
	close_graph(&g);
	return 0;
}
