// SPDX-License-Identifier: MIT
#include <string.h>

#include "base/ini.h"

static char *trim(char *text)
{
	text += strspn(text, " \t\r");
	size_t len = strlen(text);
	while (len && strchr(" \t\r", text[len - 1]))
		len--;
	text[len] = 0;
	return text;
}

const char *ini_section(char *line)
{
	line = trim(line);
	size_t len = strlen(line);
	if (len < 2 || line[0] != '[' || line[len - 1] != ']')
		return NULL;
	line[len - 1] = 0;
	line = trim(line + 1);
	return *line ? line : NULL;
}

static GF_Err read_line(char *line, const IniReader *reader, Bool *in_section)
{
	const char *section = ini_section(line);
	if (section) {
		*in_section = GF_TRUE;
		return reader->on_section(reader->udta, section);
	}
	line = trim(line);
	if (*line == '[')
		return GF_CORRUPTED_DATA;
	if (!*line || *line == '#' || *line == ';')
		return GF_OK;
	char *equal = strchr(line, '=');
	if (!equal || !*in_section)
		return GF_CORRUPTED_DATA;
	*equal = 0;
	char *key = trim(line);
	return *key ? reader->on_key(reader->udta, key, trim(equal + 1)) : GF_CORRUPTED_DATA;
}

GF_Err ini_parse(const u8 *text, u32 size, const IniReader *reader, u32 *line)
{
	char copy[INI_MAX_LINE];
	Bool in_section = GF_FALSE;
	GF_Err e = GF_OK;
	*line = 0;
	if (size > INI_MAX_SIZE)
		return GF_NOT_SUPPORTED;
	for (u32 pos = 0; pos < size && !e;) {
		const u8 *end = memchr(text + pos, '\n', size - pos);
		u32 len = end ? (u32)(end - text) - pos : size - pos;
		++*line;
		if (len >= sizeof(copy))
			return GF_NOT_SUPPORTED;
		memcpy(copy, text + pos, len);
		copy[len] = 0;
		e = memchr(copy, 0, len) ? GF_CORRUPTED_DATA : read_line(copy, reader, &in_section);
		pos += len + 1;
	}
	return e;
}
