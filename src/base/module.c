// SPDX-License-Identifier: MIT
#include <dlfcn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <gpac/log.h>
#include <gpac/setup.h>

#include <base/module.h>

// Path of gf_NAME.so. False when it does not fit.
static Bool module_path(const char *name, char path[GF_MAX_PATH])
{
	const char *dir = getenv("LIBGPAC_MODULE_DIR");
	Dl_info self;
	int len = (int)strlen(dir ? dir : "");
	if (!len && dladdr((void *)(uintptr_t)module_table, &self) && self.dli_fname) {
		const char *slash = strrchr(self.dli_fname, '/');
		dir = slash ? self.dli_fname : ".";
		len = slash ? (int)(slash - dir) : 1;
	}
	int n = snprintf(path, GF_MAX_PATH, "%.*s/gf_%s.so", len, dir ? dir : "", name);
	return n > 0 && n < GF_MAX_PATH;
}

// The Debian packages that a module is built with (the build leaves out those whose packages are missing).
static const char *packages_of(const char *name)
{
	static const char *const packages[][2] = {
		{"ffmpeg", "libavcodec-dev libavfilter-dev libavformat-dev libavutil-dev libswresample-dev libswscale-dev"},
		{"net", "libcurl4-openssl-dev libmicrohttpd-dev"},
		{"gl", "libepoxy-dev libegl-dev"},
	};
	for (u32 i = 0; i < sizeof(packages) / sizeof(packages[0]); i++) {
		if (!strcmp(packages[i][0], name))
			return packages[i][1];
	}
	return "";
}

// dlerror names the file that is missing, `libcurl.so.4: cannot open shared object file`, and Debian names the
// packages of libraries after it: libcurl4. Without a library in it, the module itself is not there.
static void log_failure(const char *name, const char *path, const char *reason)
{
	const char *so = strstr(reason, ".so.");
	if (so && !strncmp(reason, "lib", 3)) {
		int version = (int)strspn(so + 4, "0123456789");
		GF_LOG(GF_LOG_ERROR, GF_LOG_MODULE, ("[module] cannot open %s: %s. On Debian: apt install %.*s%.*s\n", path,
			reason, (int)(so - reason), reason, version, so + 4));
	} else {
		GF_LOG(GF_LOG_ERROR, GF_LOG_MODULE,
			("[module] cannot open %s: %s. Modules lie beside the library; this one is built where the Debian packages %s "
			 "are installed\n", path, reason, packages_of(name)));
	}
}

const void *module_table(const char *name)
{
	char path[GF_MAX_PATH];
	if (!module_path(name, path))
		return NULL;
	void *module = dlopen(path, RTLD_NOW | RTLD_LOCAL | RTLD_NODELETE);
	const void *const *table = module ? dlsym(module, "gf_module_table") : NULL;
	if (!table) {
		const char *reason = dlerror();
		log_failure(name, path, reason ? reason : "it has no gf_module_table");
		return NULL;
	}
	return *table;
}
