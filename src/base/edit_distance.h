// SPDX-License-Identifier: MIT
// Distance of names, to guess what a mistyped one was meant to be.
#ifndef BASE_EDIT_DISTANCE_H
#define BASE_EDIT_DISTANCE_H

#include <gpac/setup.h>

// Number of characters to insert, remove or replace, or of neighbours to swap, to turn `a` into `b`; letters
// that differ by their case only are equal. Long texts are far from everything.
u32 edit_distance(const char *a, const char *b);
// Names at this distance from a name are not what was meant.
u32 edit_distance_limit(const char *name);

#endif
