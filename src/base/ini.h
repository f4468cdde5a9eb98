// SPDX-License-Identifier: MIT
// INI texts read strictly, for files on which access depends: `[section]` and `key=value` lines, comment lines that
// begin with `#` or `;`. What is none of these is an error.
#ifndef BASE_INI_H
#define BASE_INI_H

#include <gpac/error.h>

#define INI_MAX_SIZE (1u << 20)
#define INI_MAX_LINE 4096

typedef struct {
	void *udta;
	// An error ends the reading. Texts have no blanks at their ends and are valid during the call.
	GF_Err (*on_section)(void *udta, const char *name);
	GF_Err (*on_key)(void *udta, const char *key, const char *value);
} IniReader;

// `*line`: the number of the last line read, from 1 on. GF_CORRUPTED_DATA: zero bytes, a key before any section, no
// key, no section name; GF_NOT_SUPPORTED: more than INI_MAX_SIZE bytes or a line of INI_MAX_LINE.
GF_Err ini_parse(const u8 *text, u32 size, const IniReader *reader, u32 *line);

// The name of the section that a line begins, which is changed; NULL when it begins none.
const char *ini_section(char *line);

#endif
