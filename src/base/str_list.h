// SPDX-License-Identifier: MIT
// Lists of words in one text, as "mp4|mov|m4v".
#ifndef BASE_STR_LIST_H
#define BASE_STR_LIST_H

#include <gpac/setup.h>

// Whether the word is in the list; a list that is NULL has none.
Bool str_list_has(const char *list, char sep, const char *word);
// The same whatever the case of letters.
Bool str_list_has_nocase(const char *list, char sep, const char *word);

#endif
