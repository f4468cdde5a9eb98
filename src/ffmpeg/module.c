// SPDX-License-Identifier: MIT
// The entry of the module: callbacks by name of the register.
#include <string.h>
#include "ffmpeg/ffmpeg.h"

static const FfCallbacks *find(const char *register_name)
{
	static const FfCallbacks *const all[] = {
		&ffavf_callbacks,
		&ffbsf_callbacks,
		&ffdec_callbacks,
		&ffdmx_callbacks,
		&ffdmxpid_callbacks,
		&ffenc_callbacks,
		&ffmx_callbacks,
		&ffsws_callbacks,
		&resample_callbacks,
	};
	for (u32 i = 0; i < sizeof(all) / sizeof(all[0]); i++)
		if (!strcmp(all[i]->name, register_name))
			return all[i];
	return NULL;
}

// What module_table (base/module.h) looks for.
static const FfModule functions = {find};
GF_EXPORT extern const void *const gf_module_table;
const void *const gf_module_table = &functions;

u32 ff_uint(GF_FilterPid *pid, u32 property)
{
	const GF_PropertyValue *p = gf_filter_pid_get_property(pid, property);
	return p ? p->value.uint : 0;
}

void ff_set_uint(GF_FilterPid *pid, u32 property, u32 value)
{
	gf_filter_pid_set_property(pid, property, value ? PROP_UINT(value) : NULL);
}
