// SPDX-License-Identifier: MIT
// The application's arguments and what the core options among them change.
#include <ctype.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include <gpac/log.h>
#include <gpac/numbers.h>

#include <base/config.h>
#include <base/logging.h>
#include <base/sysargs.h>

struct sys_args {
	u32 nb;
	char **words;
	Bool *used;
};

static void set_test_mode(Bool on)
{
	atomic_store(&base_state.sys.test_mode, on);
}

static void set_strict_error(Bool on)
{
	gf_log_set_strict_error(on);
}

// Flags that change something at once.
static const struct {
	const char *name;
	void (*set)(Bool on);
} flags[] = {
	{"quiet", log_set_quiet},
	{"log-dual", log_set_dual},
	{"log-clock", log_set_clock},
	{"log-utc", log_set_utc},
	{"strict-error", set_strict_error},
	{"for-test", set_test_mode},
};
#define NB_FLAGS (sizeof(flags) / sizeof(flags[0]))

// What the arguments before had set, and is to be undone when the new ones do not set it.
typedef struct {
	Bool flags[NB_FLAGS];
	Bool log_file;
	Bool progress;
} Undo;

static Bool is_given(const char *name)
{
	return gf_opts_get_key(CONFIG_TEMP, name) != NULL;
}

static void note_given(Undo *undo)
{
	for (u32 i = 0; i < NB_FLAGS; i++)
		undo->flags[i] = is_given(flags[i].name);
	undo->log_file = is_given("log-file");
	undo->progress = is_given("noprog") || is_given("proglf");
}

static GF_Err apply(const Undo *undo)
{
	for (u32 i = 0; i < NB_FLAGS; i++)
		if (undo->flags[i] || gf_opts_get_key("core", flags[i].name))
			flags[i].set(gf_opts_get_bool("core", flags[i].name));
	if (undo->progress || gf_opts_get_key("core", "noprog") || gf_opts_get_key("core", "proglf"))
		log_set_progress(!gf_opts_get_bool("core", "noprog"), gf_opts_get_bool("core", "proglf"));
	const char *log_file = gf_opts_get_key("core", "log-file");
	return undo->log_file || log_file ? log_set_file(log_file) : GF_OK;
}

void sysargs_start(void)
{
	static const Undo nothing = {0};
	const char *levels = gf_opts_get_key("core", "logs");
	if (levels)
		gf_log_modify_tools_levels(levels);
	apply(&nothing);
}

static void free_args(SysArgs *args)
{
	if (!args)
		return;
	for (u32 i = 0; i < args->nb; i++)
		gf_free(args->words[i]);
	gf_free(args->words);
	gf_free(args->used);
	gf_free(args);
}

void sysargs_stop(void)
{
	free_args(base_state.sys.args);
	base_state.sys.args = NULL;
}

static SysArgs *copy_args(u32 nb, const char **words)
{
	SysArgs *args = gf_malloc(sizeof(*args));
	if (!args)
		return NULL;
	*args = (SysArgs){.words = gf_calloc(nb + 1, sizeof(char *)), .used = gf_calloc(nb + 1, sizeof(Bool))};
	Bool ok = args->words && args->used;
	for (u32 i = 0; i < nb && ok; i++, args->nb++) {
		args->words[i] = gf_strdup(words[i] ? words[i] : "");
		ok = args->words[i] != NULL;
	}
	if (ok)
		return args;
	free_args(args);
	return NULL;
}

static Bool is_boolean(const char *value)
{
	static const char *const words[] = {"yes", "true", "1", "no", "false", "0"};
	for (u32 i = 0; i < sizeof(words) / sizeof(words[0]); i++)
		if (!strcasecmp(value, words[i]))
			return GF_TRUE;
	return GF_FALSE;
}

static Bool is_integer(const char *value)
{
	value += *value == '-';
	size_t nb_digits = strspn(value, "0123456789");
	value += nb_digits;
	return nb_digits && (!*value || (strchr("kKmM", *value) && !value[1]));
}

static Bool is_word_of(const char *value, const char *words)
{
	size_t len = strlen(value);
	for (const char *word = words; word; word = strchr(word, '|') ? strchr(word, '|') + 1 : NULL)
		if (strcspn(word, "|") == len && !strncmp(word, value, len))
			return GF_TRUE;
	return GF_FALSE;
}

static GF_Err check_value(const GF_GPACArg *option, const char *value)
{
	const char *expected = NULL;
	if (!value)
		expected = "a value";
	else if (option->type == GF_ARG_BOOL && !is_boolean(value))
		expected = "yes or no";
	else if (option->type == GF_ARG_INT && !is_integer(value))
		expected = "an integer";
	else if (option->values && !is_word_of(value, option->values))
		expected = option->values;
	if (!expected)
		return GF_OK;
	GF_LOG(GF_LOG_ERROR, GF_LOG_CORE,
		("[core] option -%s%s%s: expected %s\n", option->name, value ? "=" : "", value ? value : "",
			expected));
	return GF_BAD_PARAM;
}

// Options that are actions: nothing is left to do with their value later.
static GF_Err apply_action(const GF_GPACArg *option, const char *value)
{
	if (!strcmp(option->name, "logs"))
		return gf_log_modify_tools_levels(value);
	if (!strcmp(option->name, "cfg") && !gf_sys_set_cfg_option(value)) {
		GF_LOG(GF_LOG_ERROR, GF_LOG_CORE,
			("[core] option -cfg=%s: expected section:key=value, section:key=null or section=null\n", value));
		return GF_BAD_PARAM;
	}
	return GF_OK;
}

// Finds the core option that word `*pos` gives, and its value there or in the next word, which `*pos` then
// passes. `*option` is NULL for another word.
static GF_Err read_option(SysArgs *args, u32 *pos, const GF_GPACArg **option, const char **value)
{
	*option = NULL;
	const char *name = args->words[*pos];
	if (name[0] != '-' || name[1] == '-' || name[1] == '+')
		return GF_OK;
	name++;
	size_t len = strcspn(name, "=");
	*option = sysargs_find(name, len);
	if (!*option)
		return GF_OK;
	args->used[*pos] = GF_TRUE;
	const char *next = *pos + 1 < args->nb ? args->words[*pos + 1] : NULL;
	if (name[len]) {
		*value = name + len + 1;
	} else if ((*option)->type == GF_ARG_BOOL) {
		*value = "true";
	} else if (next && (*next != '-' || is_integer(next))) {
		*value = next;
		args->used[++*pos] = GF_TRUE;
	} else {
		*value = NULL;
	}
	return check_value(*option, *value);
}

// Checks all core options of the arguments, or (`store`) puts them in section `temp`.
static GF_Err walk_options(SysArgs *args, Bool store)
{
	GF_Err e = GF_OK;
	for (u32 i = 1; i < args->nb && !e; i++) {
		const GF_GPACArg *option;
		const char *value;
		e = read_option(args, &i, &option, &value);
		if (e || !option)
			continue;
		e = store ? gf_opts_set_key(CONFIG_TEMP, option->name, value) : apply_action(option, value);
	}
	return e;
}

GF_Err gf_sys_set_args(s32 argc, const char **argv)
{
	if (argc < 0 || (argc && !argv))
		return GF_BAD_PARAM;
	if (!base_state.sys.config)
		return GF_NOT_READY;
	SysArgs *args = copy_args((u32)argc, argv);
	if (!args)
		return GF_OUT_OF_MEM;
	GF_Err e = walk_options(args, GF_FALSE);
	if (e) {
		free_args(args);
		return e;
	}
	Undo undo;
	note_given(&undo);
	gf_opts_del_section(CONFIG_TEMP);
	sysargs_stop();
	base_state.sys.args = args;
	e = walk_options(args, GF_TRUE);
	GF_Err apply_error = apply(&undo);
	return e ? e : apply_error;
}

u32 gf_sys_get_argc(void)
{
	return base_state.sys.args ? base_state.sys.args->nb : 0;
}

const char **gf_sys_get_argv(void)
{
	return gf_sys_get_argc() ? (const char **)base_state.sys.args->words : NULL;
}

const char *gf_sys_get_arg(u32 arg)
{
	return arg < gf_sys_get_argc() ? base_state.sys.args->words[arg] : NULL;
}

void gf_sys_mark_arg_used(s32 arg_idx, Bool used)
{
	if (arg_idx >= 0 && (u32)arg_idx < gf_sys_get_argc())
		base_state.sys.args->used[arg_idx] = used;
}

Bool gf_sys_is_arg_used(s32 arg_idx)
{
	return arg_idx >= 0 && (u32)arg_idx < gf_sys_get_argc() && base_state.sys.args->used[arg_idx];
}

const char *gf_sys_find_global_arg(const char *arg)
{
	size_t len = arg ? strlen(arg) : 0;
	u32 nb = len ? gf_sys_get_argc() : 0;
	for (u32 i = 1; i < nb; i++) {
		const char *word = base_state.sys.args->words[i];
		if (word[0] != '-' || (word[1] != '-' && word[1] != '+') || strncmp(word + 2, arg, len))
			continue;
		if (!word[2 + len])
			return "";
		if (word[2 + len] == '=')
			return word + 3 + len;
	}
	return NULL;
}

Bool gf_sys_set_cfg_option(const char *opt_string)
{
	if (!opt_string)
		return GF_FALSE;
	char *section = gf_strdup(opt_string);
	if (!section)
		return GF_FALSE;
	Bool ok = GF_FALSE;
	char *value = strchr(section, '=');
	if (value)
		*value++ = 0;
	if (value && !strcmp(value, "null"))
		value = NULL;
	char *key = strchr(section, ':');
	if (key)
		*key++ = 0;
	if (key) {
		ok = !gf_opts_set_key(section, key, value);
	} else if (!value && strchr(opt_string, '=')) {
		gf_opts_del_section(section);
		ok = GF_TRUE;
	}
	gf_free(section);
	return ok;
}

#define MAX_WORD 64

// Number of characters to insert, remove or replace to go from one word to the other, whatever the case.
static u32 edit_distance(const char *a, size_t a_len, const char *b, size_t b_len)
{
	u32 row[MAX_WORD + 1];
	for (size_t j = 0; j <= b_len; j++)
		row[j] = (u32)j;
	for (size_t i = 1; i <= a_len; i++) {
		u32 diagonal = row[0];
		row[0] = (u32)i;
		for (size_t j = 1; j <= b_len; j++) {
			u32 replaced = diagonal + (tolower((u8)a[i - 1]) != tolower((u8)b[j - 1]));
			diagonal = row[j];
			u32 added = (row[j] < row[j - 1] ? row[j] : row[j - 1]) + 1;
			row[j] = replaced < added ? replaced : added;
		}
	}
	return row[b_len];
}

Bool gf_sys_word_match(const char *orig, const char *dst)
{
	if (!orig || !dst)
		return GF_FALSE;
	size_t a_len = strlen(orig);
	size_t b_len = strlen(dst);
	if (!a_len || !b_len || a_len > MAX_WORD || b_len > MAX_WORD)
		return GF_FALSE;
	size_t shorter = a_len < b_len ? a_len : b_len;
	if (shorter >= 3 && (gf_strnistr(orig, dst, (u32)b_len) || gf_strnistr(dst, orig, (u32)a_len)))
		return GF_TRUE;
	// one mistake in a short word, two in a longer one
	u32 allowed = shorter < 3 ? 0 : shorter < 7 ? 1 : 2;
	return edit_distance(orig, a_len, dst, b_len) <= allowed;
}
