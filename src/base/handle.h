// SPDX-License-Identifier: MIT
// The objects that programs hold pointers to and that exist now.
//
// Bindings of other languages exist that pass half of an address to a few functions, since they do not declare their
// parameters. Those functions ask here before they follow a pointer. Objects embed a Handle. Any thread.
#ifndef BASE_HANDLE_H
#define BASE_HANDLE_H

#include <gpac/setup.h>

typedef struct handle Handle;
struct handle {
	Handle *next;
};

void handle_add(Handle *handle);
void handle_remove(Handle *handle);
// True when a Handle that was added lies at this address, which is not followed.
Bool handle_exists(const void *address);

#endif
