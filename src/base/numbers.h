// SPDX-License-Identifier: MIT
#ifndef BASE_NUMBERS_H
#define BASE_NUMBERS_H

#include <gpac/numbers.h>

// strtod whose decimal mark is a dot in any locale.
Double num_strtod(const char *text, char **end);
// Greatest common divisor; that of 0 and another number is the other.
u64 num_gcd(u64 a, u64 b);

#endif
