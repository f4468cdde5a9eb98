// SPDX-License-Identifier: MIT
// Every built-in filter exports one constant register, declared here and listed in registry.c.
#ifndef FILTERS_REGISTRY_H
#define FILTERS_REGISTRY_H

#include <gpac/filters.h>

extern const GF_FilterRegister *const gf_builtin_registers[];

extern const GF_FilterRegister inspect_register;
extern const GF_FilterRegister probe_register;
extern const GF_FilterRegister mp4dmx_register;
extern const GF_FilterRegister fin_register;
extern const GF_FilterRegister httpin_register;
extern const GF_FilterRegister rfimg_register;
extern const GF_FilterRegister rfadts_register;
extern const GF_FilterRegister rfmp3_register;
extern const GF_FilterRegister rfac3_register;
extern const GF_FilterRegister mp4mx_register;
extern const GF_FilterRegister rfnalu_register;
extern const GF_FilterRegister fout_register;
extern const GF_FilterRegister ufadts_register;
extern const GF_FilterRegister reframer_register;
extern const GF_FilterRegister writegen_register;
extern const GF_FilterRegister ufnalu_register;
extern const GF_FilterRegister vcrop_register;
extern const GF_FilterRegister vflip_register;
extern const GF_FilterRegister rfrawvid_register;
extern const GF_FilterRegister unframer_register;
extern const GF_FilterRegister thumbs_register;
extern const GF_FilterRegister writeuf_register;
extern const GF_FilterRegister restamp_register;
extern const GF_FilterRegister seiload_register;
extern const GF_FilterRegister rfpcm_register;
extern const GF_FilterRegister rewind_register;
extern const GF_FilterRegister flist_register;
extern const GF_FilterRegister pin_register;
extern const GF_FilterRegister pout_register;
extern const GF_FilterRegister rfav1_register;
extern const GF_FilterRegister ufobu_register;
extern const GF_FilterRegister rfflac_register;
extern const GF_FilterRegister ffavf_register;
extern const GF_FilterRegister ffbsf_register;
extern const GF_FilterRegister ffdec_register;
extern const GF_FilterRegister ffdmx_register;
extern const GF_FilterRegister ffdmxpid_register;
extern const GF_FilterRegister ffenc_register;
extern const GF_FilterRegister ffmx_register;
extern const GF_FilterRegister ffsws_register;
extern const GF_FilterRegister resample_register;
extern const GF_FilterRegister avgen_register;
extern const GF_FilterRegister glpush_register;
extern const GF_FilterRegister httpout_register;

#endif
