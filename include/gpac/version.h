// SPDX-License-Identifier: MIT
#ifndef GPAC_VERSION_H
#define GPAC_VERSION_H

// Version of the product, and of the interface: the major number changes when programs must be compiled
// again.
#define GPAC_VERSION "0.1.0"
#define GPAC_VERSION_MAJOR 16
#define GPAC_VERSION_MINOR 5
#define GPAC_VERSION_MICRO 0

#endif
