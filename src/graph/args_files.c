// SPDX-License-Identifier: MIT
// Option files: each line is read as if it were written in the declaration.

#include <ctype.h>
#include <string.h>
#include <gpac/file.h>
#include <gpac/log.h>
#include "graph/args_pass.h"
#include "graph/prop_text.h"

enum { MAX_DEPTH = 5, MAX_LINE = 2000 };

static GF_Err bad_file(const ArgPass *p, const char *path, const char *why)
{
	if (!p->quiet)
		GF_LOG(GF_LOG_ERROR, GF_LOG_FILTER, ("[filter] %s: option file %s %s\n", p->f->reg->name, path, why));
	return p->strict ? GF_BAD_PARAM : GF_OK;
}

static GF_Err read_line(ArgPass *p, const char *line, size_t len)
{
	while (len && isspace((u8)line[0])) {
		line++;
		len--;
	}
	while (len && isspace((u8)line[len - 1]))
		len--;
	if (!len || (len >= 2 && line[0] == '/' && line[1] == '/'))
		return GF_OK;

	// a line that starts with the separator is one argument, which doubled separators keep whole
	char sep = p->f->fs->seps.args;
	StrBuf text;
	sb_init(&text);
	sb_addc(&text, sep);
	if (line[0] == sep)
		sb_addc(&text, sep);
	sb_addn(&text, line, len);
	char *args = sb_take(&text);
	if (!args)
		return GF_OUT_OF_MEM;
	GF_Err e = args_pass_text(p, args);
	gf_free(args);
	return e;
}

GF_Err args_pass_file(ArgPass *p, const char *path)
{
	if (p->depth >= MAX_DEPTH)
		return bad_file(p, path, "is not read: option files are nested too deep (5 levels at most)");
	u8 *data = NULL;
	u32 size = 0;
	GF_Err e = gf_file_load_data(path, &data, &size);
	if (e)
		return bad_file(p, path, "cannot be read");
	if (!prop_is_utf8(data, size)) {
		gf_free(data);
		return bad_file(p, path, "is not UTF-8 text");
	}
	p->depth++;
	for (u32 at = 0; !e && at < size;) {
		const char *line = (const char *)data + at;
		const char *end = memchr(line, '\n', size - at);
		size_t len = end ? (size_t)(end - line) : size - at;
		if (len > MAX_LINE)
			e = bad_file(p, path, "has a line above 2000 bytes, which is ignored");
		else
			e = read_line(p, line, len);
		at += (u32)len + 1;
	}
	p->depth--;
	gf_free(data);
	return e;
}
