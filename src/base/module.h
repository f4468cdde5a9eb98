// SPDX-License-Identifier: MIT
// Parts of the library that need large libraries of others lie in modules, gf_NAME.so beside it, which are
// opened when a filter that needs one is made. They never go: the libraries behind them do not bear it.
#ifndef BASE_MODULE_H
#define BASE_MODULE_H

#include <gpac/error.h>

// The functions of module gf_NAME.so: what its symbol `gf_module_table` points to, of a type that module and
// caller share. Looked for in $LIBGPAC_MODULE_DIR when that is set, else beside the library. NULL, with a
// message, when it cannot be opened: the libraries that it needs are not installed.
const void *module_table(const char *name);

#endif
