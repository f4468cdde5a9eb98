// SPDX-License-Identifier: MIT
#ifndef GPAC_SYSTEM_H
#define GPAC_SYSTEM_H

#include <gpac/error.h>

#ifdef __cplusplus
extern "C" {
#endif

// Memory that is not given back can be listed. The total is always counted.
typedef enum {
	GF_MemTrackerNone = 0,
	GF_MemTrackerSimple = 1,    // same: the total is exact in any case
	GF_MemTrackerBackTrace = 2, // each block with the calls that allocated it; slow
} GF_MemTrackerType;

// Version of the library; valid before gf_sys_init, like the next five.
GF_EXPORT const char *gf_gpac_version(void);
GF_EXPORT const char *gf_gpac_copyright(void);
// The same and how to cite.
GF_EXPORT const char *gf_gpac_copyright_cite(void);
// Version of the interface, GPAC_VERSION_* of the header that a program was compiled with.
GF_EXPORT u32 gf_gpac_abi_major(void);
GF_EXPORT u32 gf_gpac_abi_minor(void);
GF_EXPORT u32 gf_gpac_abi_micro(void);

// Starts the library: clock, log, configuration. Counted: only the first call works, each one is matched by
// gf_sys_close; both are called while no session exists. `profile` is NULL for the configuration file
// GPAC.cfg of $LIBGPAC_CONFIG_DIR (else $HOME/.libgpac), the name of a profile with its own file in there,
// the path of an existing file, `0` for no file at all, or `n` for that without run-time statistics.
// GF_URL_ERROR when a path does not exist.
GF_EXPORT GF_Err gf_sys_init(GF_MemTrackerType mem_tracker_type, const char *profile);
// The last call saves the configuration if it changed and restores all defaults. Extra calls do nothing.
// Memory can still be counted and listed after.
GF_EXPORT void gf_sys_close(void);
// Marks an argument of gf_sys_set_args as used by somebody, for the report of unused ones.
GF_EXPORT void gf_sys_mark_arg_used(s32 arg_idx, Bool used);
GF_EXPORT Bool gf_sys_is_arg_used(s32 arg_idx);
// True with the core option `for-test`: what is written must not depend on date, version or machine.
GF_EXPORT Bool gf_sys_is_test_mode(void);
// 2 with `quiet`, 1 with `noprog`, else 0.
GF_EXPORT u32 gf_sys_is_quiet(void);
// Features that the library was built with, or (`disabled`) without, as words separated by spaces.
GF_EXPORT const char *gf_sys_features(Bool disabled);
// Replaces a leading $GDOCS (home directory) or $GCFG (configuration directory); false, with the buffer
// untouched, when there is none or the result is too long.
GF_EXPORT Bool gf_sys_solve_path(const char *tpl_path, char szPath[GF_MAX_PATH]);

enum {
	GF_RTI_ALL_PROCESSES_TIMES = 1, // fill the times of the whole machine
	GF_RTI_PROCESS_MEMORY = 2,      // fill process_memory
	GF_RTI_SYSTEM_MEMORY_ONLY = 4,  // fill only the memory of the machine
};

// Times in milliseconds, memory in bytes. Usage is in percent over the sampling period: of all cores for the
// machine, of one core for the process.
typedef struct gf_systemrtinfo {
	u32 sampling_instant; // of gf_sys_clock
	u32 sampling_period_duration;
	u32 total_cpu_time; // of all processes since the machine started
	u32 process_cpu_time;
	u32 total_cpu_time_diff; // since the previous sample
	u32 process_cpu_time_diff;
	u32 cpu_idle_time; // since the previous sample
	u32 total_cpu_usage;
	u32 process_cpu_usage;
	u32 pid;
	u32 thread_count;
	u64 process_memory;
	u64 physical_memory;
	u64 physical_memory_avail;
	u64 gpac_memory; // gf_memory_size
	u32 nb_cores;
} GF_SystemRTInfo;

// Statistics of the process and the machine. A new sample is taken, and true returned, when the last one is
// older than `refresh_time_ms`; `*rti` is the last one in any case, zero with profile `n`.
GF_EXPORT Bool gf_sys_get_rti(u32 refresh_time_ms, GF_SystemRTInfo *rti, u32 flags);

// Milliseconds since gf_sys_init; wraps after 49 days.
GF_EXPORT u32 gf_sys_clock(void);
// Microseconds since gf_sys_init, of a clock that is never set.
GF_EXPORT u64 gf_sys_clock_high_res(void);
// Suspends the calling thread; 0 lets others run.
GF_EXPORT void gf_sleep(u32 ms);
// Milliseconds since 1970 in UTC.
GF_EXPORT u64 gf_net_get_utc(void);
// The same of a 64-bit NTP timestamp (RFC 5905); 0 when it is before 1970.
GF_EXPORT u64 gf_net_ntp_to_utc(u64 ntp);
// The same of an XML Schema dateTime or one of the three dates of HTTP (RFC 9110 5.6.7); 0 when it is
// neither.
GF_EXPORT u64 gf_net_parse_date(const char *date);

#ifdef __cplusplus
}
#endif

#endif
