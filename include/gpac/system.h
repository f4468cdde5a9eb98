// SPDX-License-Identifier: MIT
#ifndef GPAC_SYSTEM_H
#define GPAC_SYSTEM_H

#include <gpac/error.h>

#ifdef __cplusplus
extern "C" {
#endif

typedef enum {
	GF_MemTrackerNone = 0,
	GF_MemTrackerSimple = 1,
	GF_MemTrackerBackTrace = 2,
} GF_MemTrackerType;

typedef struct gf_systemrtinfo {
	u32 sampling_instant;
	u32 sampling_period_duration;
	u32 total_cpu_time;
	u32 process_cpu_time;
	u32 total_cpu_time_diff;
	u32 process_cpu_time_diff;
	u32 cpu_idle_time;
	u32 total_cpu_usage;
	u32 process_cpu_usage;
	u32 pid;
	u32 thread_count;
	u64 process_memory;
	u64 physical_memory;
	u64 physical_memory_avail;
	u64 gpac_memory;
	u32 nb_cores;
} GF_SystemRTInfo;

GF_EXPORT const char *gf_gpac_version(void);
GF_EXPORT const char *gf_gpac_copyright(void);
GF_EXPORT const char *gf_gpac_copyright_cite(void);
GF_EXPORT u32 gf_gpac_abi_major(void);
GF_EXPORT u32 gf_gpac_abi_minor(void);
GF_EXPORT u32 gf_gpac_abi_micro(void);
GF_EXPORT GF_Err gf_sys_init(GF_MemTrackerType mem_tracker_type, const char *profile);
GF_EXPORT void gf_sys_close(void);
GF_EXPORT void gf_sys_mark_arg_used(s32 arg_idx, Bool used);
GF_EXPORT Bool gf_sys_is_arg_used(s32 arg_idx);
GF_EXPORT Bool gf_sys_is_test_mode(void);
GF_EXPORT u32 gf_sys_is_quiet(void);
GF_EXPORT const char *gf_sys_features(Bool disabled);
GF_EXPORT Bool gf_sys_solve_path(const char *tpl_path, char szPath[GF_MAX_PATH]);
GF_EXPORT GF_Err gf_sys_enable_rmtws(Bool start);
GF_EXPORT void *gf_sys_get_rmtws(void);
GF_EXPORT GF_Err gf_sys_enable_userws(Bool start);
GF_EXPORT void *gf_sys_get_userws(void);
GF_EXPORT Bool gf_sys_get_rti(u32 refresh_time_ms, GF_SystemRTInfo *rti, u32 flags);
GF_EXPORT u32 gf_sys_clock(void);
GF_EXPORT u64 gf_sys_clock_high_res(void);
GF_EXPORT void gf_sleep(u32 ms);
GF_EXPORT u64 gf_net_get_utc(void);
GF_EXPORT u64 gf_net_ntp_to_utc(u64 ntp);
GF_EXPORT u64 gf_net_parse_date(const char *date);

#ifdef __cplusplus
}
#endif

#endif
