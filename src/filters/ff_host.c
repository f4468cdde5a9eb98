// SPDX-License-Identifier: MIT
// Opens the module of the filters over FFmpeg and passes calls on to it.
#include <dlfcn.h>
#include <stdio.h>
#include <string.h>
#include "filters/ff.h"

// The module lies beside the library (or beside the program, when that holds the library).
static Bool module_path(char path[GF_MAX_PATH])
{
	Dl_info info;
	if (!dladdr((void *)(uintptr_t)module_path, &info) || !info.dli_fname)
		return GF_FALSE;
	const char *slash = strrchr(info.dli_fname, '/');
	int dir = slash ? (int)(slash - info.dli_fname) : 1;
	int len = snprintf(path, GF_MAX_PATH, "%.*s/%s", dir, slash ? info.dli_fname : ".", FF_MODULE);
	return len > 0 && len < GF_MAX_PATH;
}

// dlerror names the file that is missing: `libavcodec.so.59: cannot open shared object file...`. Debian
// packages of libraries are named after it: libavcodec59.
static void package_of(const char *reason, char *package, size_t size)
{
	const char *so = reason ? strstr(reason, ".so.") : NULL;
	gf_strlcpy(package, "libavcodec59 libavformat59 libavfilter8", size);
	if (!so || strncmp(reason, "lib", 3))
		return;
	int version = (int)strspn(so + 4, "0123456789");
	snprintf(package, size, "%.*s%.*s", (int)(so - reason), reason, version, so + 4);
}

static GF_Err fail(GF_Filter *filter, FfHost *host, const char *reason)
{
	char package[100];
	package_of(reason, package, sizeof(package));
	host->failed = GF_TRUE;
	GF_LOG(GF_LOG_ERROR, GF_LOG_MODULE,
		("[%s] cannot open the module %s: %s. It comes with the library and needs the Debian packages %s\n",
			gf_filter_get_name(filter), FF_MODULE, reason ? reason : "no reason given", package));
	return GF_NOT_SUPPORTED;
}

// Opens the module, which stays in memory: closing FFmpeg under its threads is not safe.
static GF_Err open_module(GF_Filter *filter, FfHost *host)
{
	char path[GF_MAX_PATH];
	if (host->callbacks)
		return GF_OK;
	if (host->failed)
		return GF_NOT_SUPPORTED;
	if (!module_path(path))
		return fail(filter, host, "the folder of the library is not known");
	if (!host->library)
		host->library = dlopen(path, RTLD_NOW | RTLD_LOCAL | RTLD_NODELETE);
	if (!host->library)
		return fail(filter, host, dlerror());
	FfModuleEntry entry = (FfModuleEntry)(uintptr_t)dlsym(host->library, FF_MODULE_ENTRY);
	const FfCallbacks *callbacks = entry ? entry(gf_filter_get_register(filter)->name) : NULL;
	if (!callbacks)
		return fail(filter, host, "it is of another version");
	host->state = gf_calloc(1, callbacks->state_size);
	if (!host->state)
		return GF_OUT_OF_MEM;
	host->callbacks = callbacks;
	return GF_OK;
}

GF_Err ff_initialize(GF_Filter *filter)
{
	FfHost *host = gf_filter_get_udta(filter);
	GF_Err e = open_module(filter, host);
	return e || !host->callbacks->initialize ? e : host->callbacks->initialize(filter);
}

void ff_finalize(GF_Filter *filter)
{
	FfHost *host = gf_filter_get_udta(filter);
	if (host->callbacks && host->callbacks->finalize)
		host->callbacks->finalize(filter);
	gf_free(host->state);
	if (host->library)
		dlclose(host->library);
}

GF_Err ff_configure_pid(GF_Filter *filter, GF_FilterPid *pid, Bool is_remove)
{
	FfHost *host = gf_filter_get_udta(filter);
	return host->callbacks->configure_pid(filter, pid, is_remove);
}

GF_Err ff_process(GF_Filter *filter)
{
	FfHost *host = gf_filter_get_udta(filter);
	return host->callbacks->process(filter);
}

Bool ff_process_event(GF_Filter *filter, const GF_FilterEvent *event)
{
	FfHost *host = gf_filter_get_udta(filter);
	return host->callbacks->process_event ? host->callbacks->process_event(filter, event) : GF_FALSE;
}

GF_Err ff_reconfigure_output(GF_Filter *filter, GF_FilterPid *pid)
{
	FfHost *host = gf_filter_get_udta(filter);
	return host->callbacks->reconfigure_output(filter, pid);
}

GF_Err ff_update_arg(GF_Filter *filter, const char *name, const GF_PropertyValue *value)
{
	FfHost *host = gf_filter_get_udta(filter);
	GF_Err e = open_module(filter, host);
	// An option that nobody could look at is not the fault to tell: initialize tells it.
	if (e || !host->callbacks->update_arg)
		return GF_NOT_FOUND;
	return host->callbacks->update_arg(filter, name, value);
}
