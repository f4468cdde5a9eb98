// SPDX-License-Identifier: MIT
#ifndef BASE_SYSARGS_H
#define BASE_SYSARGS_H

#include <gpac/main.h>

// The core option of a name or short name, given as `len` bytes; NULL when there is none.
const GF_GPACArg *sysargs_find(const char *name, size_t len);
// Puts the core options of the configuration file into effect.
void sysargs_start(void);
// Forgets the arguments.
void sysargs_stop(void);

#endif
