// SPDX-License-Identifier: MIT
// Request targets, ranges, conditions and dates on arbitrary text. A path never leads out of the directory.
#include <stdlib.h>
#include <string.h>

#include <gpac/setup.h>

#include "net/http.h"

static void check_target(const char *text)
{
	char *path, *query;
	gf_free(http_target_decode(text));
	if (http_target_split(text, &path, &query))
		return;
	if (path[0] != '/' || strstr(path, "//") || strstr(path, "/../") || strstr(path, "/./"))
		__builtin_trap();
	size_t len = strlen(path);
	// what is written as a target is read as the same path
	char *again = http_path_encode(path), *back, *none;
	if (again && (http_target_split(again, &back, &none) || strcmp(path, back)))
		__builtin_trap();
	if (again) {
		gf_free(back);
		gf_free(none);
	}
	gf_free(again);
	if (len >= 3 && !strcmp(path + len - 3, "/.."))
		__builtin_trap();
	gf_free(path);
	gf_free(query);
}

static void check_ranges(const char *text)
{
	static const u64 sizes[] = {0, 1, 1000, 0xFFFFFFFFFFFFFFFFULL};
	HttpRange ranges[HTTP_MAX_RANGES];
	u32 nb;
	u64 first, last;
	for (size_t i = 0; i < sizeof(sizes) / sizeof(*sizes); i++) {
		if (http_ranges_parse(text, sizes[i], ranges, &nb) != HTTP_RANGES_OK)
			continue;
		for (u32 r = 0; r < nb; r++) {
			if (ranges[r].first > ranges[r].last || ranges[r].last >= sizes[i])
				__builtin_trap();
		}
	}
	http_range_open(text, &first, &last);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char *text = malloc(size + 1);
	u64 seconds;
	memcpy(text, data, size);
	text[size] = 0;
	const HttpConditions c = {text, text, text, text, text};
	const HttpValidators v = {GF_TRUE, "\"1\"", 1, GF_TRUE};
	check_target(text);
	check_ranges(text);
	http_date_parse(text, &seconds);
	http_check_conditions(&c, &v, size & 1);
	http_if_range_holds(&c, &v);
	http_list_has(text, "gzip");
	free(text);
	return 0;
}
