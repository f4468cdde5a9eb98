// SPDX-License-Identifier: MIT
// Audio resampler over libswresample: its register. What it does is in the module, src/ffmpeg/resample.c.
#include "filters/ff.h"
#include "filters/registry.h"

#define ARG(name) #name, (s32)offsetof(ResampleOptions, name)

static const GF_FilterArgs resample_args[] = {
	{ARG(och), "number of channels, 0 for that of the input", GF_PROP_UINT, "0", NULL, 0},
	{ARG(osr), "sample rate, 0 for that of the input", GF_PROP_UINT, "0", NULL, 0},
	{ARG(osfmt), "sample format, none for that of the input", GF_PROP_PCMFMT, "none", NULL, 0},
	{ARG(olayout), "channel layout, which also sets the number of channels", GF_PROP_CICP_LAYOUT, NULL, NULL, 0},
	{0},
};

static const GF_FilterCapability resample_caps[] = {
	CAP_UINT(GF_CAPS_INPUT_OUTPUT, GF_PROP_PID_STREAM_TYPE, GF_STREAM_AUDIO),
	CAP_UINT(GF_CAPS_INPUT_OUTPUT, GF_PROP_PID_CODECID, GF_CODECID_RAW),
	{0},
	CAP_UINT(GF_CAPFLAG_RECONFIG, GF_PROP_PID_SAMPLE_RATE, 0),
	CAP_UINT(GF_CAPFLAG_RECONFIG, GF_PROP_PID_NUM_CHANNELS, 0),
	CAP_UINT(GF_CAPFLAG_RECONFIG, GF_PROP_PID_AUDIO_FORMAT, 0),
	CAP_UINT(GF_CAPFLAG_RECONFIG, GF_PROP_PID_CHANNEL_LAYOUT, 0),
	CAP_UINT(GF_CAPFLAG_RECONFIG, GF_PROP_PID_AUDIO_SPEED, 0),
};

const GF_FilterRegister resample_register = {
	.name = "resample",
	.description = "Audio resampler",
	.help = "This filter changes the sample rate, the sample format and the channels of raw audio, as its options say "
			"or as a filter behind it asks for.",
	.private_size = sizeof(ResampleOptions),
	.flags = GF_FS_REG_ALLOW_CYCLIC,
	SETCAPS(resample_caps),
	.args = resample_args,
	.initialize = ff_initialize,
	.finalize = ff_finalize,
	.configure_pid = ff_configure_pid,
	.process = ff_process,
	.process_event = ff_process_event,
	.reconfigure_output = ff_reconfigure_output,
	.hint_class_type = GF_FS_CLASS_AV,
};
