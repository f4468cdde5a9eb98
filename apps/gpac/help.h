// SPDX-License-Identifier: MIT
// The topics of `gpac -h`.
#ifndef HELP_H
#define HELP_H

#include "app.h"

Bool help_is_filter(GF_FilterSession *fs, const char *name);
// A filter whose name may be meant, NULL when there is none.
const char *help_nearest_filter(GF_FilterSession *fs, const char *name);
// All filters, by class.
void help_filters(GF_FilterSession *fs);
// A filter, or `FILTER.OPTION`. False when there is no such filter. `*e` is GF_NOT_FOUND, with a message,
// when it has no such option.
Bool help_filter(GF_FilterSession *fs, const char *topic, HelpLevel level, GF_Err *e);
// All filters with all options, in Markdown.
void help_reference(GF_FilterSession *fs);

#endif
