// SPDX-License-Identifier: MIT
#ifndef GPAC_FILTERS_H
#define GPAC_FILTERS_H

#include <gpac/session.h>
#include <gpac/filter.h>
#include <gpac/pid.h>
#include <gpac/packet.h>
#include <gpac/register.h>

#ifdef __cplusplus
extern "C" {
#endif


#ifdef __cplusplus
}
#endif

#endif
