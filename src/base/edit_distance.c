// SPDX-License-Identifier: MIT
#include <ctype.h>
#include <string.h>
#include "base/edit_distance.h"

enum { MAX_NAME = 48 }; // longer texts are not worth a suggestion

u32 edit_distance(const char *a, const char *b)
{
	u32 rows[3][MAX_NAME + 1];
	u32 len_a = (u32)strlen(a), len_b = (u32)strlen(b);
	if (len_a > MAX_NAME || len_b > MAX_NAME)
		return MAX_NAME;
	for (u32 j = 0; j <= len_b; j++)
		rows[0][j] = j;
	for (u32 i = 1; i <= len_a; i++) {
		const u32 *before = rows[(i + 1) % 3], *above = rows[(i - 1) % 3];
		u32 *row = rows[i % 3];
		row[0] = i;
		for (u32 j = 1; j <= len_b; j++) {
			Bool same = tolower((u8)a[i - 1]) == tolower((u8)b[j - 1]);
			u32 best = above[j - 1] + !same;
			if (above[j] + 1 < best)
				best = above[j] + 1;
			if (row[j - 1] + 1 < best)
				best = row[j - 1] + 1;
			if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1] && before[j - 2] + 1 < best)
				best = before[j - 2] + 1;
			row[j] = best;
		}
	}
	return rows[len_a % 3][len_b];
}

u32 edit_distance_limit(const char *name)
{
	u32 len = (u32)strlen(name);
	u32 limit = len <= 3 ? 2 : len <= 6 ? 3 : 4; // this many changes are too many
	return limit > len ? len : limit;            // a short name must keep some of its letters
}
