// SPDX-License-Identifier: MIT
// Opens the module of the filters over FFmpeg and passes calls on to it.
#include "base/module.h"
#include "filters/ff.h"

static GF_Err open_module(GF_Filter *filter, FfHost *host)
{
	if (host->callbacks)
		return GF_OK;
	if (host->failed)
		return GF_NOT_SUPPORTED;
	const FfModule *module = module_table("ffmpeg");
	const FfCallbacks *callbacks = module ? module->find(gf_filter_get_register(filter)->name) : NULL;
	if (!callbacks) {
		host->failed = GF_TRUE;
		return GF_NOT_SUPPORTED;
	}
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
	if (host->args)
		gf_filter_define_args(filter, NULL);
	gf_free(host->args);
	gf_free(host->state);
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
	// Events reach a filter whose module could not be opened, too, until it is gone.
	const FfCallbacks *c = host->callbacks;
	return c && c->process_event ? c->process_event(filter, event) : GF_FALSE;
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
