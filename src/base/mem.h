// SPDX-License-Identifier: MIT
#ifndef BASE_MEM_H
#define BASE_MEM_H

#include <gpac/system.h>

// Starts or stops the table of live blocks. Blocks allocated before are counted but not listed.
void mem_set_tracker(GF_MemTrackerType type);

#endif
