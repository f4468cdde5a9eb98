// SPDX-License-Identifier: MIT
// The store behind gf_opts_*: sections of keys, from the configuration file and from the command line.
#ifndef BASE_CONFIG_H
#define BASE_CONFIG_H

#include <gpac/main.h>

#include <base/state.h>

// Section of the values of the command line: before those of section `core`, never saved.
#define CONFIG_TEMP "temp"

// Loads the configuration of a profile, see gf_sys_init. A missing file is an empty one.
GF_Err config_open(const char *profile, Config **config);
// Saves the changes, unless this was refused, and destroys the store. NULL allowed.
void config_close(Config *config);
// The directory of configuration files; does not exist as long as nothing was saved.
const char *config_dir(const Config *config);
// The value of a key that restrict.cfg locks, NULL otherwise.
const char *config_get_locked(const char *section, const char *key);
// Default of a core option, NULL when there is none.
const char *sysargs_default(const char *name);

#endif
