// SPDX-License-Identifier: MIT
// Demultiplexer of libavformat for the bytes of a PID: its register. What it does is in the module, src/ffmpeg/ffdmx.c.
#include "filters/ff.h"
#include "filters/registry.h"

#define ARG(name) #name, (s32)offsetof(FfdmxOptions, name)

static const GF_FilterArgs ffdmxpid_args[] = {
	{ARG(reparse), "AVC, HEVC, VVC and AV1 are framed again although they look right", GF_PROP_BOOL, "false", NULL, 0},
	{ARG(block_size), "bytes that libavformat reads at once", GF_PROP_UINT, "4096", NULL, GF_FS_ARG_HINT_EXPERT},
	{ARG(strbuf_min), "bytes of the input that are taken ahead", GF_PROP_UINT, "1m", NULL, GF_FS_ARG_HINT_EXPERT},
	{"*", -1, "any option of AVFormatContext and of the demultiplexer, by its name", GF_PROP_STRING, NULL, NULL,
		GF_FS_ARG_META},
	{0},
};

static const GF_FilterCapability ffdmxpid_caps[] = {
	CAP_UINT(GF_CAPS_INPUT, GF_PROP_PID_STREAM_TYPE, GF_STREAM_FILE),
	CAP_STRING(GF_CAPS_INPUT_EXCLUDED, GF_PROP_PID_FILEPATH, "*"),
	CAP_UINT(GF_CAPS_OUTPUT, GF_PROP_PID_STREAM_TYPE, GF_STREAM_AUDIO),
	CAP_UINT(GF_CAPS_OUTPUT, GF_PROP_PID_STREAM_TYPE, GF_STREAM_VISUAL),
	CAP_UINT(GF_CAPS_OUTPUT, GF_PROP_PID_STREAM_TYPE, GF_STREAM_TEXT),
	CAP_UINT(GF_CAPS_OUTPUT_EXCLUDED, GF_PROP_PID_CODECID, GF_CODECID_RAW),
	{0},
	CAP_UINT(GF_CAPS_INPUT, GF_PROP_PID_STREAM_TYPE, GF_STREAM_FILE),
	CAP_STRING(GF_CAPS_INPUT_EXCLUDED, GF_PROP_PID_FILEPATH, "*"),
	CAP_UINT(GF_CAPS_OUTPUT, GF_PROP_PID_STREAM_TYPE, GF_STREAM_VISUAL),
	CAP_BOOL(GF_CAPS_OUTPUT, GF_PROP_PID_FORCE_UNFRAME, GF_TRUE),
	CAP_BOOL(GF_CAPS_OUTPUT, GF_PROP_PID_UNFRAMED, GF_TRUE),
	CAP_UINT(GF_CAPS_OUTPUT_EXCLUDED, GF_PROP_PID_CODECID, GF_CODECID_RAW),
};

const GF_FilterRegister ffdmxpid_register = {
	.name = "ffdmxpid",
	.description = "FFmpeg demultiplexer of PIDs",
	.help = "This filter reads what `ffdmx` reads, Matroska for example, from the packets of another filter: a pipe, a "
			"server. EX cat in.mkv | gpac -i - ffdmxpid -o out.mp4",
	.private_size = sizeof(FfdmxOptions),
	.flags = GF_FS_REG_META | GF_FS_REG_EXPLICIT_ONLY,
	SETCAPS(ffdmxpid_caps),
	.args = ffdmxpid_args,
	.initialize = ff_initialize,
	.finalize = ff_finalize,
	.configure_pid = ff_configure_pid,
	.process = ff_process,
	.process_event = ff_process_event,
	.update_arg = ff_update_arg,
	.priority = 128,
	.hint_class_type = GF_FS_CLASS_DEMULTIPLEXER,
};
