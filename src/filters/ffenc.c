// SPDX-License-Identifier: MIT
// Encoder of libavcodec: its register. What it does is in the module, src/ffmpeg/ffenc.c.
#include "filters/ff.h"
#include "filters/registry.h"

#define ARG(name) #name, (s32)offsetof(FfencOptions, name)

static const GF_FilterArgs ffenc_args[] = {
	{ARG(c), "codec or name of an encoder that `ffmpeg -encoders` lists", GF_PROP_STRING, NULL, NULL, 0},
	{ARG(pfmt), "pixel format to encode; if none, that of the input or the first one that the encoder takes",
		GF_PROP_PIXFMT, "none", NULL, 0},
	{ARG(fintra), "period in seconds of forced random access points, none if not positive", GF_PROP_FRACTION, "-1/1", NULL,
		0},
	{ARG(all_intra), "each picture is coded alone", GF_PROP_BOOL, "false", NULL,
		GF_FS_ARG_UPDATE | GF_FS_ARG_HINT_ADVANCED},
	{ARG(ls), "log the number of frames and the bit rate at the end", GF_PROP_BOOL, "false", NULL,
		GF_FS_ARG_HINT_ADVANCED},
	{ARG(rc), "start a new encoder at each forced random access point", GF_PROP_BOOL, "false", NULL,
		GF_FS_ARG_HINT_ADVANCED},
	{ARG(rld), "start a new encoder when options change while it runs: at the next forced random access point if there are "
			   "any, else at once",
		GF_PROP_BOOL, "false", NULL, GF_FS_ARG_UPDATE | GF_FS_ARG_HINT_EXPERT},
	{ARG(rtd), "random access point where the time of the input jumps", GF_PROP_BOOL, "true", NULL,
		GF_FS_ARG_HINT_ADVANCED},
	{ARG(round),
		"rounding of the picture size, up or down (negative): 0 none, 1 to whole chroma samples, else to a multiple",
		GF_PROP_SINT, "1", NULL, GF_FS_ARG_UPDATE | GF_FS_ARG_HINT_EXPERT},
	{"*", -1,
		"any option of AVCodecContext and of the encoder, by its name; `bitrate` and `rate` stand for `b`, `gop` for `g`",
		GF_PROP_STRING, NULL, NULL, GF_FS_ARG_META | GF_FS_ARG_UPDATE},
	{0},
};

static const GF_FilterCapability ffenc_caps[] = {
	CAP_UINT(GF_CAPS_INPUT_OUTPUT, GF_PROP_PID_STREAM_TYPE, GF_STREAM_VISUAL),
	CAP_UINT(GF_CAPS_INPUT, GF_PROP_PID_CODECID, GF_CODECID_RAW),
	CAP_BOOL(GF_CAPS_INPUT_EXCLUDED, GF_PROP_PID_UNFRAMED, GF_TRUE),
	CAP_UINT(GF_CAPS_OUTPUT_EXCLUDED, GF_PROP_PID_CODECID, GF_CODECID_RAW),
	CAP_BOOL(GF_CAPS_OUTPUT_EXCLUDED, GF_PROP_PID_TILE_BASE, GF_TRUE),
	{0},
	CAP_UINT(GF_CAPS_INPUT_OUTPUT, GF_PROP_PID_STREAM_TYPE, GF_STREAM_AUDIO),
	CAP_UINT(GF_CAPS_INPUT, GF_PROP_PID_CODECID, GF_CODECID_RAW),
	CAP_BOOL(GF_CAPS_INPUT_EXCLUDED, GF_PROP_PID_UNFRAMED, GF_TRUE),
	CAP_UINT(GF_CAPS_OUTPUT_EXCLUDED, GF_PROP_PID_CODECID, GF_CODECID_RAW),
	{0},
	CAP_UINT(GF_CAPFLAG_RECONFIG, GF_PROP_PID_CODECID, 0),
	CAP_UINT(GF_CAPFLAG_RECONFIG, GF_PROP_PID_META_DEMUX_CODEC_ID, 0),
};

const GF_FilterRegister ffenc_register = {
	.name = "ffenc",
	.description = "FFmpeg encoder",
	.help = "This filter encodes raw audio and video with libavcodec: `c=avc:b=1M`, `ffenc:c=libx265:crf=24`. What the "
			"encoder does not take (format, size, sample rate, channels) is converted before it. Two passes are told by "
			"`flags=+pass1` and `flags=+pass2`; the statistics are in the file that the property `logpass` of the input names, "
			"else in `ffenc2pass-ID.log`.",
	.private_size = sizeof(FfencOptions),
	.flags = GF_FS_REG_META | GF_FS_REG_TEMP_INIT | GF_FS_REG_BLOCK_MAIN | GF_FS_REG_FRAME_IFCE,
	SETCAPS(ffenc_caps),
	.args = ffenc_args,
	.initialize = ff_initialize,
	.finalize = ff_finalize,
	.configure_pid = ff_configure_pid,
	.process = ff_process,
	.process_event = ff_process_event,
	.reconfigure_output = ff_reconfigure_output,
	.update_arg = ff_update_arg,
	.priority = 128,
	.hint_class_type = GF_FS_CLASS_ENCODER,
};
