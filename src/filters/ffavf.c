// SPDX-License-Identifier: MIT
// Filters of libavfilter and bitstream filters of libavcodec: their registers. What they do is in the module,
// src/ffmpeg/ffavf.c and src/ffmpeg/ffbsf.c.
#include "filters/ff.h"
#include "filters/registry.h"

#define ARG(name) #name, (s32)offsetof(FfavfOptions, name)

static const GF_FilterArgs ffavf_args[] = {
	{ARG(f), "graph of libavfilter, in its own syntax; write it as `ffavf::f=scale=160:90`", GF_PROP_STRING, NULL, NULL, 0},
	{ARG(pfmt), "pixel format of the output, that of the graph if none", GF_PROP_PIXFMT, "none", NULL, 0},
	{ARG(afmt), "sample format of the output, that of the graph if none", GF_PROP_PCMFMT, "none", NULL, 0},
	{ARG(sr), "sample rate of the output, that of the graph if 0", GF_PROP_UINT, "0", NULL, 0},
	{ARG(ch), "number of channels of the output, that of the graph if 0", GF_PROP_UINT, "0", NULL, 0},
	{ARG(dump), "log the graph with its formats", GF_PROP_BOOL, "false", NULL, 0},
	{"*", -1, "while it runs: `command=value` or `filter#command=value`, a command of a filter in the graph", GF_PROP_STRING,
		NULL, NULL, GF_FS_ARG_META | GF_FS_ARG_UPDATE},
	{0},
};

static const GF_FilterCapability ffavf_caps[] = {
	CAP_UINT(GF_CAPS_INPUT_OUTPUT, GF_PROP_PID_STREAM_TYPE, GF_STREAM_VISUAL),
	CAP_UINT(GF_CAPS_INPUT_OUTPUT, GF_PROP_PID_CODECID, GF_CODECID_RAW),
	{0},
	CAP_UINT(GF_CAPS_INPUT_OUTPUT, GF_PROP_PID_STREAM_TYPE, GF_STREAM_AUDIO),
	CAP_UINT(GF_CAPS_INPUT_OUTPUT, GF_PROP_PID_CODECID, GF_CODECID_RAW),
};

const GF_FilterRegister ffavf_register = {
	.name = "ffavf",
	.description = "FFmpeg filter graph",
	.help = "This filter runs raw audio and video through a graph of libavfilter. With several inputs, each PID has the "
			"property `ffid` with the name of its pad; the outputs get theirs.",
	.private_size = sizeof(FfavfOptions),
	.max_extra_pids = 0xFFFFFFFF,
	.flags = GF_FS_REG_META | GF_FS_REG_EXPLICIT_ONLY | GF_FS_REG_ALLOW_CYCLIC | GF_FS_REG_TEMP_INIT |
			 GF_FS_REG_FRAME_IFCE,
	SETCAPS(ffavf_caps),
	.args = ffavf_args,
	.initialize = ff_initialize,
	.finalize = ff_finalize,
	.configure_pid = ff_configure_pid,
	.process = ff_process,
	.update_arg = ff_update_arg,
	.hint_class_type = GF_FS_CLASS_AV,
};

static const GF_FilterArgs ffbsf_args[] = {
	{"f", (s32)offsetof(FfbsfOptions, f),
		"names of bitstream filters; the first one that takes the codec is applied, others pass unchanged",
		GF_PROP_STRING_LIST, NULL, NULL, 0},
	{"*", -1, "any option of the bitstream filter, by its name", GF_PROP_STRING, NULL, NULL, GF_FS_ARG_META},
	{0},
};

static const GF_FilterCapability ffbsf_caps[] = {
	CAP_UINT(GF_CAPS_INPUT_OUTPUT, GF_PROP_PID_STREAM_TYPE, GF_STREAM_VISUAL),
	CAP_UINT(GF_CAPS_IN_OUT_EXCLUDED, GF_PROP_PID_CODECID, GF_CODECID_RAW),
	{0},
	CAP_UINT(GF_CAPS_INPUT_OUTPUT, GF_PROP_PID_STREAM_TYPE, GF_STREAM_AUDIO),
	CAP_UINT(GF_CAPS_IN_OUT_EXCLUDED, GF_PROP_PID_CODECID, GF_CODECID_RAW),
};

const GF_FilterRegister ffbsf_register = {
	.name = "ffbsf",
	.description = "FFmpeg bitstream filter",
	.help = "This filter applies a bitstream filter of libavcodec, which `ffmpeg -bsfs` lists.",
	.private_size = sizeof(FfbsfOptions),
	.flags = GF_FS_REG_META | GF_FS_REG_EXPLICIT_ONLY,
	SETCAPS(ffbsf_caps),
	.args = ffbsf_args,
	.initialize = ff_initialize,
	.finalize = ff_finalize,
	.configure_pid = ff_configure_pid,
	.process = ff_process,
	.process_event = ff_process_event,
	.update_arg = ff_update_arg,
	.hint_class_type = GF_FS_CLASS_STREAM,
};
