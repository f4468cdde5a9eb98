// SPDX-License-Identifier: MIT
// Start and end of the library, version, run-time information.
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <time.h>
#include <unistd.h>

#include <gpac/file.h>
#include <gpac/log.h>
#include <gpac/numbers.h>
#include <gpac/version.h>

#include <base/blob.h>
#include <base/clock.h>
#include <base/config.h>
#include <base/logging.h>
#include <base/mem.h>
#include <base/str.h>
#include <base/sysargs.h>

#define COPYRIGHT "libgpac, an independent media filter engine, distributed under the MIT license"

const char *gf_gpac_version(void)
{
	return GPAC_VERSION;
}

const char *gf_gpac_copyright(void)
{
	return COPYRIGHT;
}

const char *gf_gpac_copyright_cite(void)
{
	return COPYRIGHT "\nTo cite it, give its name and version: libgpac " GPAC_VERSION;
}

u32 gf_gpac_abi_major(void)
{
	return GPAC_VERSION_MAJOR;
}

u32 gf_gpac_abi_minor(void)
{
	return GPAC_VERSION_MINOR;
}

u32 gf_gpac_abi_micro(void)
{
	return GPAC_VERSION_MICRO;
}

static GF_Err start(GF_MemTrackerType mem_tracker_type, const char *profile)
{
	mem_set_tracker(mem_tracker_type);
	clock_start();
	log_restore_defaults();
	GF_Err e = config_open(profile, &base_state.sys.config);
	if (e)
		return e;
	base_state.sys.no_rti = profile && (!strcmp(profile, "n") || !strcmp(profile, "N"));
	sysargs_start();
	return GF_OK;
}

GF_Err gf_sys_init(GF_MemTrackerType mem_tracker_type, const char *profile)
{
	pthread_mutex_lock(&base_state.sys.lock);
	GF_Err e = base_state.sys.nb_users ? GF_OK : start(mem_tracker_type, profile);
	if (!e)
		base_state.sys.nb_users++;
	pthread_mutex_unlock(&base_state.sys.lock);
	return e;
}

static void stop(void)
{
	SysState *sys = &base_state.sys;
	config_close(sys->config);
	sys->config = NULL;
	sysargs_stop();
	blob_unregister_all();
	gf_free(sys->cache_dir);
	sys->cache_dir = NULL;
	atomic_store(&sys->test_mode, 0);
	memset(&sys->rti, 0, sizeof(sys->rti));
	sys->rti_time = 0;
	gf_log_set_callback(NULL, NULL);
	gf_set_progress_callback(NULL, NULL);
	log_restore_defaults();
}

void gf_sys_close(void)
{
	pthread_mutex_lock(&base_state.sys.lock);
	if (base_state.sys.nb_users && !--base_state.sys.nb_users)
		stop();
	pthread_mutex_unlock(&base_state.sys.lock);
}

Bool gf_sys_is_test_mode(void)
{
	return atomic_load_explicit(&base_state.sys.test_mode, memory_order_relaxed) ? GF_TRUE : GF_FALSE;
}

u32 gf_sys_is_quiet(void)
{
	return log_quiet_level();
}

const char *gf_sys_features(Bool disabled)
{
	return disabled ? "" : "memory-tracking threads";
}

Bool gf_sys_solve_path(const char *tpl_path, char szPath[GF_MAX_PATH])
{
	const char *dir = NULL;
	size_t prefix = 0;
	if (!tpl_path)
		return GF_FALSE;
	if (!strncmp(tpl_path, "$GDOCS", 6)) {
		dir = getenv("HOME");
		prefix = 6;
	} else if (!strncmp(tpl_path, "$GCFG", 5)) {
		dir = base_state.sys.config ? config_dir(base_state.sys.config) : NULL;
		prefix = 5;
	}
	if (!dir || strlen(dir) + strlen(tpl_path + prefix) >= GF_MAX_PATH)
		return GF_FALSE;
	gf_strlcpy(szPath, dir, GF_MAX_PATH);
	gf_strlcat(szPath, tpl_path + prefix, GF_MAX_PATH);
	return GF_TRUE;
}

const char *gf_get_default_cache_directory(void)
{
	pthread_mutex_lock(&base_state.sys.lock);
	if (!base_state.sys.cache_dir) {
		const char *cache = getenv("XDG_CACHE_HOME");
		const char *home = getenv("HOME");
		StrBuf sb;
		sb_init(&sb);
		if (cache && *cache)
			sb_addf(&sb, "%s/libgpac", cache);
		else
			sb_addf(&sb, "%s/.cache/libgpac", home && *home ? home : "/tmp");
		base_state.sys.cache_dir = sb_take(&sb);
	}
	const char *dir = base_state.sys.cache_dir;
	pthread_mutex_unlock(&base_state.sys.lock);
	return dir;
}

static Bool read_text(const char *path, char *text, size_t size)
{
	FILE *file = fopen(path, "re");
	if (!file)
		return GF_FALSE;
	size_t n = fread(text, 1, size - 1, file);
	fclose(file);
	text[n] = 0;
	return n > 0;
}

// The number that follows a name in a text of /proc, 0 when absent.
static u64 number_after(const char *text, const char *name)
{
	const char *found = strstr(text, name);
	return found ? strtoull(found + strlen(name), NULL, 10) : 0;
}

static void sample_machine_times(GF_SystemRTInfo *rti, const GF_SystemRTInfo *last, u32 *idle)
{
	char text[512];
	u64 ticks[8] = {0};
	if (!read_text("/proc/stat", text, sizeof(text)) || strncmp(text, "cpu ", 4))
		return;
	char *at = text + 4;
	for (u32 i = 0; i < 8; i++)
		ticks[i] = strtoull(at, &at, 10);
	u64 hz = (u64)sysconf(_SC_CLK_TCK);
	// user, nice, system, idle, iowait, irq, softirq, steal: proc(5)
	*idle = (u32)((ticks[3] + ticks[4]) * 1000 / hz);
	rti->total_cpu_time =
		(u32)((ticks[0] + ticks[1] + ticks[2] + ticks[5] + ticks[6] + ticks[7]) * 1000 / hz);
	rti->total_cpu_time_diff = rti->total_cpu_time - last->total_cpu_time;
}

static void sample_memory(GF_SystemRTInfo *rti)
{
	char text[1024];
	if (!read_text("/proc/meminfo", text, sizeof(text)))
		return;
	rti->physical_memory = number_after(text, "MemTotal:") * 1024;
	rti->physical_memory_avail = number_after(text, "MemAvailable:") * 1024;
}

static void sample_process(GF_SystemRTInfo *rti, const GF_SystemRTInfo *last, u32 flags)
{
	struct rusage usage;
	getrusage(RUSAGE_SELF, &usage);
	u64 us = (u64)(usage.ru_utime.tv_sec + usage.ru_stime.tv_sec) * 1000000 +
			 (u64)(usage.ru_utime.tv_usec + usage.ru_stime.tv_usec);
	rti->process_cpu_time = (u32)(us / 1000);
	rti->process_cpu_time_diff = rti->process_cpu_time - last->process_cpu_time;
	char text[4096];
	if (!read_text("/proc/self/status", text, sizeof(text)))
		return;
	rti->thread_count = (u32)number_after(text, "Threads:");
	if (flags & GF_RTI_PROCESS_MEMORY)
		rti->process_memory = number_after(text, "VmRSS:") * 1024;
}

static void sample(GF_SystemRTInfo *rti, u32 flags)
{
	GF_SystemRTInfo last = *rti;
	memset(rti, 0, sizeof(*rti));
	rti->sampling_instant = gf_sys_clock();
	rti->sampling_period_duration = rti->sampling_instant - last.sampling_instant;
	rti->pid = (u32)getpid();
	rti->nb_cores = (u32)sysconf(_SC_NPROCESSORS_ONLN);
	rti->gpac_memory = gf_memory_size();
	sample_memory(rti);
	if (flags & GF_RTI_SYSTEM_MEMORY_ONLY)
		return;
	sample_process(rti, &last, flags);
	u32 period = rti->sampling_period_duration;
	if (period)
		rti->process_cpu_usage = (u32)((u64)rti->process_cpu_time_diff * 100 / period);
	if (!(flags & GF_RTI_ALL_PROCESSES_TIMES))
		return;
	u32 idle = base_state.sys.rti_idle;
	sample_machine_times(rti, &last, &idle);
	rti->cpu_idle_time = idle - base_state.sys.rti_idle;
	base_state.sys.rti_idle = idle;
	u64 spent = (u64)rti->total_cpu_time_diff + rti->cpu_idle_time;
	if (spent)
		rti->total_cpu_usage = (u32)((u64)rti->total_cpu_time_diff * 100 / spent);
}

Bool gf_sys_get_rti(u32 refresh_time_ms, GF_SystemRTInfo *rti, u32 flags)
{
	if (!rti)
		return GF_FALSE;
	SysState *sys = &base_state.sys;
	pthread_mutex_lock(&sys->lock);
	u64 now = gf_sys_clock_high_res();
	Bool due = !sys->no_rti && (!sys->rti_time || now - sys->rti_time >= (u64)refresh_time_ms * 1000);
	if (due) {
		sample(&sys->rti, flags);
		sys->rti_time = now;
	}
	*rti = sys->rti;
	pthread_mutex_unlock(&sys->lock);
	return due;
}
