// SPDX-License-Identifier: MIT
// Keywords at the start of option values: directories, languages and counters.

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <gpac/main.h>
#include <gpac/system.h>
#include "base/str.h"
#include "graph/args.h"

Bool args_parse_counter(const char *text, CounterSpec *out)
{
	if (*text != '(')
		return GF_FALSE;
	const char *close = strchr(text, ')');
	char *end;
	if (!close)
		return GF_FALSE;
	CounterSpec spec = {.step = 1, .key = text + 1, .key_len = close - text - 1, .end = close + 1};
	spec.init = strtoll(spec.key, &end, 10);
	if (end == spec.key)
		return GF_FALSE;
	if (*end == ',') {
		const char *step = end + 1;
		spec.step = strtoll(step, &end, 10);
		if (end == step)
			return GF_FALSE;
	}
	if (end != close)
		return GF_FALSE;
	*out = spec;
	return GF_TRUE;
}

// `text` at `$GINC(`. Appends the number and returns what follows, NULL when it is not a counter.
static const char *expand_counter(GF_Filter *f, const char *text, StrBuf *sb)
{
	CounterSpec spec;
	if (strncasecmp(text, "$GINC(", 6) || !args_parse_counter(text + 5, &spec))
		return NULL;
	if (f->kind == FILTER_TEMPORARY) { // the filter it stands for takes the number
		sb_addf(sb, "%lld", (long long)spec.init);
		return spec.end;
	}
	StrBuf key;
	sb_init(&key);
	sb_addn(&key, spec.key, spec.key_len);
	s64 value = arg_counter_next(f->fs, sb_str(&key), spec.init, spec.step, f);
	sb_reset(&key);
	sb_addf(sb, "%lld", (long long)value);
	return spec.end;
}

// First of the script directories that has the file `name`.
static Bool find_script(const char *name, char path[GF_MAX_PATH])
{
	const char *dirs = gf_opts_get_key("core", "js-dirs");
	while (dirs && *dirs) {
		size_t len = strcspn(dirs, ",");
		snprintf(path, GF_MAX_PATH, "%.*s/%s", (int)len, dirs, name);
		if (len && gf_file_exists(path))
			return GF_TRUE;
		dirs += len + (dirs[len] ? 1 : 0);
	}
	char share[GF_MAX_PATH];
	if (!gf_opts_default_shared_directory(share))
		return GF_FALSE;
	int len = snprintf(path, GF_MAX_PATH, "%s/%s", share, name);
	return len < GF_MAX_PATH && gf_file_exists(path);
}

static void add_option(StrBuf *sb, const char *name, const char *fallback)
{
	const char *value = gf_opts_get_key("core", name);
	sb_add(sb, value && *value ? value : fallback);
}

// Appends what the keyword at the start of `value` stands for, and returns what follows it.
static const char *expand_keyword(GF_Filter *f, const char *value, StrBuf *sb)
{
	char path[GF_MAX_PATH];
	const char *rest = expand_counter(f, value, sb);
	if (rest)
		return rest;
	if (!strncasecmp(value, "$GSHARE", 7) && gf_opts_default_shared_directory(path)) {
		sb_add(sb, path);
		return value + 7;
	}
	if (!strncasecmp(value, "$GJS/", 5) && find_script(value + 5, path)) {
		sb_add(sb, path);
		return value + strlen(value);
	}
	if (!strncasecmp(value, "$GDOCS", 6) && gf_sys_solve_path("$GDOCS", path)) {
		sb_add(sb, path);
		return value + 6;
	}
	if (!strncasecmp(value, "$GCFG", 5) && gf_sys_solve_path("$GCFG", path)) {
		sb_add(sb, path);
		return value + 5;
	}
	if (!strncasecmp(value, "$GLANG", 6)) {
		add_option(sb, "lang", "en");
		return value + 6;
	}
	if (!strncasecmp(value, "$GUA", 4)) {
		add_option(sb, "user-agent", "libgpac");
		return value + 4;
	}
	return value;
}

char *args_expand_macros(GF_Filter *f, const char *value, Bool anywhere)
{
	StrBuf sb;
	sb_init(&sb);
	if (*value == '$')
		value = expand_keyword(f, value, &sb);
	while (anywhere && *value) {
		const char *rest = *value == '$' ? expand_counter(f, value, &sb) : NULL;
		if (!rest)
			sb_addc(&sb, *value);
		value = rest ? rest : value + 1;
	}
	sb_add(&sb, value);
	return sb_take(&sb);
}
