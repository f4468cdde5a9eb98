// SPDX-License-Identifier: MIT
// What the tests of options share: messages counted, splits as text, a directory with the files that options name.
#ifndef TESTS_ARGS_LAB_H
#define TESTS_ARGS_LAB_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <cmocka.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include <gpac/main.h>
#include "base/str.h"
#include "graph/args.h"

static const Separators default_seps = {':', '=', '#', ',', '!', '@'};

// ---- Messages

static u32 nb_errors, nb_warnings;
static char last_message[1000];

static inline void keep_message(void *cbk, GF_LOG_Level level, GF_LOG_Tool tool, const char *fmt, va_list args)
{
	(void)cbk;
	(void)tool;
	nb_errors += level == GF_LOG_ERROR;
	nb_warnings += level == GF_LOG_WARNING;
	vsnprintf(last_message, sizeof(last_message), fmt, args);
}

static inline void forget_messages(void)
{
	nb_errors = nb_warnings = 0;
	last_message[0] = 0;
}

// Text of a split, `name=value` separated by ` | `; `~` marks an opaque argument.
static inline char *print_split(const ArgSplit *split)
{
	StrBuf sb;
	sb_init(&sb);
	for (u32 i = 0; i < split->nb_items; i++) {
		const ArgItem *item = &split->items[i];
		sb_addf(&sb, "%s%s%s%s%s%s%s", i ? " | " : "", item->opaque ? "~" : "", item->neg ? "!" : "",
			item->frag ? "#" : "", item->name, item->value ? "=" : "", item->value ? item->value : "");
	}
	return sb_take(&sb);
}

// ---- Files

static inline void write_file(const char *name, const char *text)
{
	FILE *file = fopen(name, "w");
	assert_non_null(file);
	fputs(text, file);
	fclose(file);
}

static char work_dir[] = "/tmp/test_args_XXXXXX";

static inline int group_setup(void **state)
{
	(void)state;
	gf_sys_init(GF_MemTrackerNone, "0");
	gf_log_set_callback(NULL, keep_message);
	gf_log_set_tool_level(GF_LOG_FILTER, GF_LOG_WARNING);
	if (!mkdtemp(work_dir) || chdir(work_dir) || mkdir("dir:x", 0700))
		return -1;
	write_file("in.mp4", "");
	write_file("a:b.mp4", "");
	write_file("opts.txt", "");
	return 0;
}

static inline int group_teardown(void **state)
{
	(void)state;
	static const char *const names[] = {"in.mp4", "a:b.mp4", "opts.txt", "more.txt"};
	for (u32 i = 0; i < 4; i++)
		unlink(names[i]);
	rmdir("dir:x");
	if (chdir("/") || rmdir(work_dir))
		return -1;
	gf_sys_close();
	return gf_memory_size() ? -1 : 0;
}

#endif
