// SPDX-License-Identifier: MIT
// The public headers declare the functions of the specification with exactly its types (a difference does not
// compile), the shared library exports them (one that is missing does not link).
#include <stdio.h>
#include <gpac/constants.h>
#include <gpac/dash.h>
#include <gpac/events.h>
#include <gpac/filters.h>
#include <gpac/httpout.h>
#include <gpac/main.h>
#include <gpac/rmt_ws.h>
#include <gpac/tools.h>

#define F(tier, result, name, parameters) result name parameters;
#include "c_api.h"
#undef F

static const struct {
	const char *name;
	void (*function)(void);
} functions[] = {
#define F(tier, result, name, parameters) {#name, (void (*)(void))name},
#include "c_api.h"
};

int main(void)
{
	for (size_t i = 0; i < sizeof(functions) / sizeof(functions[0]); i++) {
		if (!functions[i].function)
			return fprintf(stderr, "%s is not there\n", functions[i].name);
	}
	return 0;
}
