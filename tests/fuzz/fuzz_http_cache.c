// SPDX-License-Identifier: MIT
// Descriptions of stored HTTP answers, and the rules of caches on arbitrary header fields.
#include <stdlib.h>
#include <string.h>

#include <gpac/setup.h>

#include "net/http_cache.h"

#define HEAD "libgpac HTTP cache 1\nrange 0 18446744073709551615\nsize 5\ntime 7\n"

static void check_description(const char *text, size_t size)
{
	HttpStored stored, again;
	if (http_stored_read(text, size, &stored))
		return;
	if (strchr(stored.body, '/') || stored.body[0] == '.')
		__builtin_trap();
	// what was read is written so that it is read as the same
	char *written = http_stored_write(&stored);
	if (written) {
		if (http_stored_read(written, strlen(written), &again))
			__builtin_trap();
		if (strcmp(stored.url, again.url) || stored.size != again.size || stored.first != again.first)
			__builtin_trap();
		http_stored_reset(&again);
	}
	gf_free(written);
	http_stored_reset(&stored);
}

static void check_rules(const char *text)
{
	static const char *const names[] = {"Cache-Control", "Expires", "Date", "Age", "Vary", "Pragma"};
	HttpFields fields = {0}, other = {0};
	u64 first, size;
	for (size_t i = 0; i < sizeof(names) / sizeof(*names); i++) {
		http_fields_add(&fields, names[i], text);
		http_may_store(&fields);
		http_is_fresh(&fields, 1000, 2000);
		http_must_revalidate(&fields);
	}
	http_fields_add(&other, "Age", text);
	http_fields_refresh(&fields, &other);
	http_fields_decoded(&fields);
	http_content_range(text, &first, &size);
	http_fields_reset(&fields);
	http_fields_reset(&other);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char *text = malloc(size + 1);
	memcpy(text, data, size);
	text[size] = 0;
	check_description(text, size);
	check_rules(text);
	// behind a right start, where random bytes rarely get
	static const char *const starts[] = {"libgpac HTTP cache 1\n", HEAD, HEAD "body a.data\nurl http://a/\n",
		HEAD "body a.data\nurl http://a/\nfield "};
	for (size_t i = 0; i < sizeof(starts) / sizeof(*starts); i++) {
		size_t len = strlen(starts[i]);
		char *both = malloc(len + size + 1);
		memcpy(both, starts[i], len);
		memcpy(both + len, data, size);
		both[len + size] = 0;
		check_description(both, len + size);
		free(both);
	}
	free(text);
	return 0;
}
