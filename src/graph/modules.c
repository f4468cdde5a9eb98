// SPDX-License-Identifier: MIT
// Filters in external libraries: gf_*.so files of the directories in the core option mod-dirs, each exporting
// `const GF_FilterRegister *RegisterFilter(GF_FilterSession *)`.
#include <dirent.h>
#include <dlfcn.h>
#include <stdlib.h>
#include "graph/engine.h"

typedef const GF_FilterRegister *(*RegisterFilter)(GF_FilterSession *fs);

static void load_module(GF_FilterSession *fs, const char *path)
{
	void *lib = dlopen(path, RTLD_NOW | RTLD_LOCAL);
	RegisterFilter entry = lib ? (RegisterFilter)(uintptr_t)dlsym(lib, "RegisterFilter") : NULL;
	if (!entry) {
		GF_LOG(GF_LOG_WARNING, GF_LOG_MODULE, ("[module] %s is not a filter library: %s\n", path, dlerror()));
		if (lib)
			dlclose(lib);
		return;
	}
	const GF_FilterRegister *reg = entry(fs_flag(fs, GF_FS_FLAG_LOAD_META) ? fs : NULL);
	if (!reg || gf_list_add(fs->modules, lib) != GF_OK) {
		dlclose(lib);
		return;
	}
	gf_fs_add_filter_register(fs, reg);
}

static int is_module(const struct dirent *entry)
{
	size_t len = strlen(entry->d_name);
	return len > 6 && !strncmp(entry->d_name, "gf_", 3) && !strcmp(entry->d_name + len - 3, ".so");
}

static void load_directory(GF_FilterSession *fs, const char *dir)
{
	struct dirent **names;
	// Sorted, so that the order of registers does not depend on the file system.
	int nb = scandir(dir, &names, is_module, alphasort);
	if (nb < 0) {
		GF_LOG(GF_LOG_WARNING, GF_LOG_MODULE, ("[module] mod-dirs: cannot read %s\n", dir));
		return;
	}
	for (int i = 0; i < nb; i++) {
		char path[GF_MAX_PATH];
		int len = snprintf(path, sizeof(path), "%s/%s", dir, names[i]->d_name);
		if (len > 0 && (size_t)len < sizeof(path))
			load_module(fs, path);
		free(names[i]);
	}
	free(names);
}

GF_Err modules_load(GF_FilterSession *fs)
{
	const char *dirs = gf_opts_get_key("core", "mod-dirs");
	fs->modules = gf_list_new();
	if (!fs->modules)
		return GF_OUT_OF_MEM;
	while (dirs && *dirs) {
		const char *end = strchr(dirs, ';');
		size_t len = end ? (size_t)(end - dirs) : strlen(dirs);
		char dir[GF_MAX_PATH];
		if (len && len < sizeof(dir)) {
			memcpy(dir, dirs, len);
			dir[len] = 0;
			load_directory(fs, dir);
		}
		dirs = end ? end + 1 : NULL;
	}
	return GF_OK;
}

void modules_unload(GF_FilterSession *fs)
{
	while (gf_list_count(fs->modules))
		dlclose(gf_list_pop_back(fs->modules));
	gf_list_del(fs->modules);
	fs->modules = NULL;
}
