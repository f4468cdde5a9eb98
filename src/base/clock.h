// SPDX-License-Identifier: MIT
#ifndef BASE_CLOCK_H
#define BASE_CLOCK_H

// Makes gf_sys_clock count from now.
void clock_start(void);

#endif
