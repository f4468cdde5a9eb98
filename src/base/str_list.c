// SPDX-License-Identifier: MIT
#include <string.h>
#include <strings.h>

#include "base/str_list.h"

static Bool has(const char *list, char sep, const char *word, int (*compare)(const char *, const char *, size_t))
{
	size_t len = strlen(word);
	while (list) {
		const char *end = strchr(list, sep);
		size_t n = end ? (size_t)(end - list) : strlen(list);
		if (n == len && !compare(list, word, n))
			return GF_TRUE;
		list = end ? end + 1 : NULL;
	}
	return GF_FALSE;
}

Bool str_list_has(const char *list, char sep, const char *word)
{
	return has(list, sep, word, strncmp);
}

Bool str_list_has_nocase(const char *list, char sep, const char *word)
{
	return has(list, sep, word, strncasecmp);
}
