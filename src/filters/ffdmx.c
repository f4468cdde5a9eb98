// SPDX-License-Identifier: MIT
// Demultiplexer of libavformat: its register. What it does is in the module, src/ffmpeg/ffdmx.c.
#include <string.h>
#include "filters/ff.h"
#include "filters/registry.h"

#define ARG(name) #name, (s32)offsetof(FfdmxOptions, name)

static const GF_FilterArgs ffdmx_args[] = {
	{ARG(src), "URL of the source", GF_PROP_NAME, NULL, NULL, 0},
	{ARG(reparse), "AVC, HEVC, VVC and AV1 are framed again although they look right", GF_PROP_BOOL, "false", NULL, 0},
	{ARG(block_size), "not supported: buffer of protocols", GF_PROP_UINT, "4096", NULL, GF_FS_ARG_HINT_EXPERT},
	{ARG(strbuf_min), "not supported: buffer for data of other filters", GF_PROP_UINT, "1m", NULL,
		GF_FS_ARG_HINT_EXPERT},
	{ARG(proto), "not supported: only the protocol is used", GF_PROP_BOOL, "false", NULL, GF_FS_ARG_HINT_ADVANCED},
	{ARG(mwait), "not supported: waits of `proto`", GF_PROP_VEC2I, "1x30", NULL, GF_FS_ARG_HINT_ADVANCED},
	{ARG(ext), "not supported: extension in `proto` mode", GF_PROP_STRING, NULL, NULL, 0},
	{ARG(mime), "not supported: MIME type in `proto` mode", GF_PROP_STRING, NULL, NULL, 0},
	{"*", -1, "any option of AVFormatContext, of the demultiplexer and of the protocol, by its name", GF_PROP_STRING, NULL,
		NULL, GF_FS_ARG_META},
	{0},
};

static const GF_FilterCapability ffdmx_caps[] = {
	CAP_UINT(GF_CAPS_OUTPUT, GF_PROP_PID_STREAM_TYPE, GF_STREAM_AUDIO),
	CAP_UINT(GF_CAPS_OUTPUT, GF_PROP_PID_STREAM_TYPE, GF_STREAM_VISUAL),
	CAP_UINT(GF_CAPS_OUTPUT, GF_PROP_PID_STREAM_TYPE, GF_STREAM_TEXT),
	{0},
	CAP_UINT(GF_CAPS_OUTPUT, GF_PROP_PID_STREAM_TYPE, GF_STREAM_VISUAL),
	CAP_BOOL(GF_CAPS_OUTPUT, GF_PROP_PID_FORCE_UNFRAME, GF_TRUE),
	CAP_BOOL(GF_CAPS_OUTPUT, GF_PROP_PID_UNFRAMED, GF_TRUE),
};

static Bool has_prefix(const char *text, const char *prefix)
{
	return !strncmp(text, prefix, strlen(prefix));
}

// Local files are for the filters that know their format; what none of them reads comes here.
static GF_FilterProbeScore ffdmx_probe_url(const char *url, const char *mime)
{
	static const char *const devices[] = {"video://", "audio://", "av://", "pipe://", "gmem://", "gfio://", "isobmff://"};
	(void)mime;
	for (u32 i = 0; i < sizeof(devices) / sizeof(devices[0]); i++)
		if (has_prefix(url, devices[i]))
			return GF_FPROBE_NOT_SUPPORTED;
	return strstr(url, "://") && !has_prefix(url, "file://") ? GF_FPROBE_MAYBE_SUPPORTED
															 : GF_FPROBE_MAYBE_NOT_SUPPORTED;
}

const GF_FilterRegister ffdmx_register = {
	.name = "ffdmx",
	.description = "FFmpeg demultiplexer",
	.help = "This filter reads Matroska, WebM, Ogg, FLV, AVI and whatever else libavformat knows. It takes the sources that "
			"no other filter reads; `gfreg=ffdmx` chooses it for others.",
	.private_size = sizeof(FfdmxOptions),
	.flags = GF_FS_REG_META | GF_FS_REG_USE_SYNC_READ,
	SETCAPS(ffdmx_caps),
	.args = ffdmx_args,
	.initialize = ff_initialize,
	.finalize = ff_finalize,
	.process = ff_process,
	.process_event = ff_process_event,
	.update_arg = ff_update_arg,
	.probe_url = ffdmx_probe_url,
	.priority = 128,
	.hint_class_type = GF_FS_CLASS_DEMULTIPLEXER,
};
