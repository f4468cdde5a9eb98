// SPDX-License-Identifier: MIT
#ifndef GPAC_FILTER_TYPES_H
#define GPAC_FILTER_TYPES_H

#include <gpac/setup.h>

#ifdef __cplusplus
extern "C" {
#endif

// The objects of the engine, opaque but for the register. Their rules stand at the top of register.h,
// session.h, filter.h, pid.h and packet.h.

typedef struct gf_filterregister GF_FilterRegister;
typedef struct gf_filter_session GF_FilterSession;
typedef struct gf_filter GF_Filter;
typedef struct gf_filter_pid GF_FilterPid;
typedef struct gf_filter_packet GF_FilterPacket;
typedef struct gf_property_entry GF_PropertyEntry; // keeps a value found by gf_filter_get_info

#define GF_FILTER_NO_TS 0xFFFFFFFFFFFFFFFFULL // a time that is not set
#define GF_FILTER_NO_BO 0xFFFFFFFFFFFFFFFFULL // a byte offset that is not known
#define GF_FS_DEFAULT_SEPS ":=#,!@"           // see gf_fs_set_separators

#ifdef __cplusplus
}
#endif

#endif
