// SPDX-License-Identifier: MIT
// The built-in registers. The order is that of appendix A of the graph specification: it breaks ties of
// the link resolver, so a new filter goes to its place in it, not to the end.
#include "filters/registry.h"

const GF_FilterRegister *const gf_builtin_registers[] = {
	&inspect_register,
	&mp4dmx_register,
	&fin_register,
	&httpin_register,
	&rfimg_register,
	&rfadts_register,
	&rfmp3_register,
	&rfac3_register,
	&mp4mx_register,
	&rfnalu_register,
	&fout_register,
	&ufadts_register,
	&reframer_register,
	&writegen_register,
	&ufnalu_register,
	&resample_register,
	&rfrawvid_register,
	&rfpcm_register,
	&flist_register,
	&rfav1_register,
	&ufobu_register,
	&rfflac_register,
	&httpout_register,
	&ffdmx_register,
	&ffdec_register,
	&ffsws_register,
	&ffenc_register,
	&ffmx_register,
	&avgen_register,
	&glpush_register,
	NULL,
};
