// SPDX-License-Identifier: MIT
// Help on filters, from their registers.
#include <string.h>
#include <gpac/constants.h>
#include "help.h"
#include "text.h"

static HelpLevel level_of(const GF_FilterArgs *a)
{
	if (!a->arg_desc || (a->flags & GF_FS_ARG_HINT_HIDE))
		return HELP_ALL;
	if (a->flags & GF_FS_ARG_HINT_EXPERT)
		return HELP_EXPERT;
	return a->flags & GF_FS_ARG_HINT_ADVANCED ? HELP_ADVANCED : HELP_BASIC;
}

static const GF_FilterRegister *find_filter(GF_FilterSession *fs, const char *name, size_t len)
{
	u32 nb = gf_fs_filters_registers_count(fs);
	for (u32 i = 0; i < nb; i++) {
		const GF_FilterRegister *reg = gf_fs_get_filter_register(fs, i);
		if (strlen(reg->name) == len && !strncmp(reg->name, name, len))
			return reg;
	}
	return NULL;
}

Bool help_is_filter(GF_FilterSession *fs, const char *name)
{
	return find_filter(fs, name, strlen(name)) != NULL;
}

const char *help_nearest_filter(GF_FilterSession *fs, const char *name)
{
	u32 nb = gf_fs_filters_registers_count(fs);
	for (u32 i = 0; i < nb; i++) {
		const GF_FilterRegister *reg = gf_fs_get_filter_register(fs, i);
		if (gf_sys_word_match(name, reg->name))
			return reg->name;
	}
	return NULL;
}

// ---- classes

static const char *const class_names[] = {"Other filters", "Generic streams", "Files and devices", "Network",
	"Subtitles", "Audio and video processing", "Tools", "Encryption", "Reframers and stream writers",
	"Demultiplexers", "Multiplexers", "Decoders", "Encoders"};

#define NB_CLASSES (sizeof(class_names) / sizeof(class_names[0]))

static u32 class_of(const GF_FilterRegister *reg)
{
	return reg->hint_class_type < NB_CLASSES ? reg->hint_class_type : 0;
}

// Calls `show` for the filters of each class, in alphabetical order, after the title of the class.
static void for_each_filter(
	GF_FilterSession *fs, const char *title_format, void (*show)(const GF_FilterRegister *reg))
{
	u32 nb = gf_fs_filters_registers_count(fs);
	for (u32 i = 1; i <= NB_CLASSES; i++) {
		u32 c = i % NB_CLASSES; // those without class come last
		const GF_FilterRegister *last = NULL, *next;
		do {
			next = NULL;
			for (u32 j = 0; j < nb; j++) {
				const GF_FilterRegister *reg = gf_fs_get_filter_register(fs, j);
				if (class_of(reg) != c || (last && strcmp(reg->name, last->name) <= 0))
					continue;
				if (!next || strcmp(reg->name, next->name) < 0)
					next = reg;
			}
			if (next && !last)
				printf(title_format, class_names[c]);
			if (next)
				show(next);
			last = next;
		} while (next);
	}
}

static void show_summary(const GF_FilterRegister *reg)
{
	char name[40];
	snprintf(name, sizeof(name), "  %s", reg->name);
	text_entry(name, 14, reg->description ? reg->description : "");
}

void help_filters(GF_FilterSession *fs)
{
	for_each_filter(fs, "%s:\n", show_summary);
	printf("\n`gpac -h NAME` describes a filter.\n");
}

// ---- one filter

static void print_arg(const GF_FilterArgs *a)
{
	printf("  %s (%s", a->arg_name, gf_props_get_type_name(a->arg_type));
	if (a->arg_default_val)
		printf(", default %s", a->arg_default_val);
	if (a->min_max_enum)
		printf(", %s", a->min_max_enum);
	printf("%s)\n", a->flags & (GF_FS_ARG_UPDATE | GF_FS_ARG_UPDATE_SYNC) ? ", can be updated" : "");
	text_wrap(0, 6, a->arg_desc ? a->arg_desc : "Not documented");
}

static Bool is_value(const GF_FilterCapability *c, u32 code, u32 flag)
{
	return c->code == code && (c->flags & flag) && !(c->flags & GF_CAPFLAG_EXCLUDED) &&
		   strcmp(c->val.value.string, "*");
}

// The values of a capability over all bundles, each list once.
static void print_values(const GF_FilterRegister *reg, u32 code, u32 flag, const char *quote)
{
	u32 nb_shown = 0;
	for (u32 i = 0; i < reg->nb_caps; i++) {
		const GF_FilterCapability *c = &reg->caps[i];
		Bool known = !is_value(c, code, flag);
		for (u32 j = 0; j < i && !known; j++)
			known = is_value(&reg->caps[j], code, flag) &&
					!strcmp(reg->caps[j].val.value.string, c->val.value.string);
		for (const char *p = known ? "" : c->val.value.string; *p;) {
			size_t len = strcspn(p, "|");
			printf("%s%s%.*s%s", nb_shown++ ? ", " : "", quote, (int)len, p, quote);
			p += p[len] ? len + 1 : len;
		}
	}
}

// What a filter reads and writes and how it comes into a graph, as lines behind an empty one.
static void print_facts(const GF_FilterRegister *reg, const char *bullet, const char *quote)
{
	static const struct {
		u32 code, flag;
		const char *title;
	} facts[] = {
		{GF_PROP_PID_FILE_EXT, GF_CAPFLAG_INPUT, "Extensions read"},
		{GF_PROP_PID_MIME, GF_CAPFLAG_INPUT, "MIME types read"},
		{GF_PROP_PID_FILE_EXT, GF_CAPFLAG_OUTPUT, "Extensions written"},
		{GF_PROP_PID_MIME, GF_CAPFLAG_OUTPUT, "MIME types written"},
	};
	u32 nb_lines = 0;
	for (u32 i = 0; i < sizeof(facts) / sizeof(facts[0]); i++) {
		Bool any = GF_FALSE;
		for (u32 j = 0; j < reg->nb_caps && !any; j++)
			any = is_value(&reg->caps[j], facts[i].code, facts[i].flag);
		if (!any)
			continue;
		printf("%s%s%s: ", nb_lines++ ? "" : "\n", bullet, facts[i].title);
		print_values(reg, facts[i].code, facts[i].flag, quote);
		printf("\n");
	}
	if (reg->flags & GF_FS_REG_EXPLICIT_ONLY)
		printf("%s%sUsed only when it is named\n", nb_lines ? "" : "\n", bullet);
}

static void print_filter(const GF_FilterRegister *reg, HelpLevel level)
{
	u32 nb_shown = 0, nb_hidden = 0;
	printf("%s: %s\n", reg->name, reg->description ? reg->description : "");
	if (reg->help) {
		printf("\n");
		text_wrap(0, 0, reg->help);
	}
	print_facts(reg, "", "");
	for (const GF_FilterArgs *a = reg->args; a && a->arg_name; a++) {
		if (level_of(a) > level) {
			nb_hidden += level_of(a) != HELP_ALL;
			continue;
		}
		if (!nb_shown++)
			printf("\nOptions:\n");
		print_arg(a);
	}
	if (nb_hidden)
		printf("\n%u more options: gpac -hx %s\n", nb_hidden, reg->name);
}

static GF_Err print_option(const GF_FilterRegister *reg, const char *name)
{
	const char *nearest = NULL;
	for (const GF_FilterArgs *a = reg->args; a && a->arg_name; a++) {
		if (!strcmp(a->arg_name, name)) {
			print_arg(a);
			return GF_OK;
		}
		if (!nearest && gf_sys_word_match(name, a->arg_name))
			nearest = a->arg_name;
	}
	fprintf(stderr, "gpac: filter %s has no option %s%s%s%s\n", reg->name, name, nearest ? " (is it " : "",
		nearest ? nearest : "", nearest ? "?)" : "");
	return GF_NOT_FOUND;
}

Bool help_filter(GF_FilterSession *fs, const char *topic, HelpLevel level, GF_Err *e)
{
	const GF_FilterRegister *reg = find_filter(fs, topic, strlen(topic));
	if (reg) {
		print_filter(reg, level);
		*e = GF_OK;
		return GF_TRUE;
	}
	size_t len = strcspn(topic, ".:");
	reg = topic[len] ? find_filter(fs, topic, len) : NULL;
	if (reg)
		*e = print_option(reg, topic + len + 1);
	return reg != NULL;
}

// ---- the reference, docs/filters.md

static void reference_arg(const GF_FilterArgs *a)
{
	static const char *const levels[] = {"", " *(advanced)*", " *(expert)*"};
	if (level_of(a) == HELP_ALL)
		return;
	printf("| `%s` | %s | ", a->arg_name, gf_props_get_type_name(a->arg_type));
	if (a->arg_default_val && *a->arg_default_val)
		printf("`%s`", a->arg_default_val);
	printf(" | ");
	if (a->min_max_enum)
		text_markdown(a->min_max_enum, " ");
	printf(" | ");
	text_markdown(a->arg_desc, "<br>");
	if (a->flags & (GF_FS_ARG_UPDATE | GF_FS_ARG_UPDATE_SYNC))
		printf(" *(can be updated)*");
	printf("%s |\n", levels[level_of(a)]);
}

static void reference_filter(const GF_FilterRegister *reg)
{
	printf("\n### %s\n\n**", reg->name);
	text_markdown(reg->description ? reg->description : "", " ");
	printf("**\n");
	if (reg->help) {
		printf("\n");
		text_markdown(reg->help, "\n\n");
		printf("\n");
	}
	print_facts(reg, "* ", "`");
	if (!reg->args || !reg->args->arg_name)
		return;
	printf("\n| Option | Type | Default | Values | |\n|---|---|---|---|---|\n");
	for (const GF_FilterArgs *a = reg->args; a->arg_name; a++)
		reference_arg(a);
}

void help_reference(GF_FilterSession *fs)
{
	printf(
		"# Filters\n\n"
		"Made from the tables that the filters work with, by `make docs`; `gpac -hx NAME` shows the same.\n"
		"Options are written `NAME:option=value:option=value`; a boolean option may stand alone. Types:\n"
		"`bool`, `sint`, `uint`, `lsint`, `luint`, `flt`, `dbl`, `frac` and `lfrac` (a fraction, `2/5` or\n"
		"`0.4`), `str` and `cstr`, `strl` and other types in `l` (lists, items separated by commas), `4cc`,\n"
		"`v2di` and the like (`1x2`), `mem` (bytes).\n");
	for_each_filter(fs, "\n## %s\n", reference_filter);
}
