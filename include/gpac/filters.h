// SPDX-License-Identifier: MIT
#ifndef GPAC_FILTERS_H
#define GPAC_FILTERS_H

// All that a filter needs. A *session* owns *filters*; a filter takes *packets* from input *PIDs* and sends
// packets on output PIDs; PIDs carry *properties*. Begin with register.h to write a filter, with session.h to
// run some.

#include <gpac/session.h>
#include <gpac/filter.h>
#include <gpac/pid.h>
#include <gpac/packet.h>
#include <gpac/register.h>

#endif
