// SPDX-License-Identifier: MIT
#ifndef GPAC_FILTER_TYPES_H
#define GPAC_FILTER_TYPES_H

#include <gpac/setup.h>

#ifdef __cplusplus
extern "C" {
#endif

typedef struct gf_filterregister GF_FilterRegister;
typedef struct gf_filter_session GF_FilterSession;
typedef struct gf_filter GF_Filter;
typedef struct gf_filter_pid GF_FilterPid;
typedef struct gf_filter_packet GF_FilterPacket;
typedef struct gf_property_entry GF_PropertyEntry;

#define GF_FILTER_NO_TS 0xFFFFFFFFFFFFFFFFULL
#define GF_FILTER_NO_BO 0xFFFFFFFFFFFFFFFFULL
#define GF_FS_DEFAULT_SEPS ":=#,!@"

#ifdef __cplusplus
}
#endif

#endif
