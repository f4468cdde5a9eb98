// SPDX-License-Identifier: MIT
// Multiplexer of libavformat: its register. What it does is in the module, src/ffmpeg/ffmx.c.
#include <string.h>
#include <strings.h>
#include "filters/ff.h"
#include "filters/registry.h"

#define ARG(name) #name, (s32)offsetof(FfmxOptions, name)

static const GF_FilterArgs ffmx_args[] = {
	{ARG(dst), "URL of the destination", GF_PROP_NAME, NULL, NULL, 0},
	{ARG(start), "where playing starts, in seconds; negative: part of the duration", GF_PROP_DOUBLE, "0.0", NULL, 0},
	{ARG(speed), "speed asked from the sources; a negative one plays backward", GF_PROP_DOUBLE, "1.0", NULL, 0},
	{ARG(ileave), "window in seconds in which packets are put in the order of their times, 0 for the order they come in",
		GF_PROP_FRACTION, "1", NULL, GF_FS_ARG_HINT_EXPERT},
	{ARG(nodisc), "changes of the configuration are ignored; they are an error otherwise", GF_PROP_BOOL, "false", NULL,
		GF_FS_ARG_HINT_EXPERT},
	{ARG(mime), "MIME type that chooses the format", GF_PROP_NAME, NULL, NULL, GF_FS_ARG_HINT_EXPERT},
	{ARG(ffiles), "not supported: complete files as segments", GF_PROP_BOOL, "false", NULL, GF_FS_ARG_HINT_EXPERT},
	{ARG(ffmt), "format, a name that `ffmpeg -muxers` lists", GF_PROP_STRING, NULL, NULL, GF_FS_ARG_HINT_ADVANCED},
	{ARG(block_size), "not supported: buffer of protocols", GF_PROP_UINT, "4096", NULL, GF_FS_ARG_HINT_EXPERT},
	{ARG(keepts), "times of the input are kept; otherwise the first one becomes 0", GF_PROP_BOOL, "true", NULL,
		GF_FS_ARG_HINT_EXPERT},
	{ARG(proto), "not supported: only the protocol is used", GF_PROP_BOOL, "false", NULL, GF_FS_ARG_HINT_EXPERT},
	{ARG(psleep), "not supported: wait of `proto` before closing", GF_PROP_UINT, "1000", NULL, GF_FS_ARG_HINT_EXPERT},
	{ARG(ext), "the same as ffmt", GF_PROP_STRING, NULL, NULL, GF_FS_ARG_HINT_HIDE},
	{"*", -1, "any option of AVFormatContext, of the multiplexer and of the protocol, by its name", GF_PROP_STRING, NULL,
		NULL, GF_FS_ARG_META},
	{0},
};

#define CODEC(codec) CAP_UINT(GF_CAPS_INPUT, GF_PROP_PID_CODECID, codec)
static const GF_FilterCapability ffmx_caps[] = {
	CAP_UINT(GF_CAPS_INPUT, GF_PROP_PID_STREAM_TYPE, GF_STREAM_VISUAL),
	CAP_UINT(GF_CAPS_INPUT, GF_PROP_PID_STREAM_TYPE, GF_STREAM_AUDIO),
	CAP_BOOL(GF_CAPS_INPUT_EXCLUDED, GF_PROP_PID_UNFRAMED, GF_TRUE),
	CAP_UINT(GF_CAPS_INPUT_EXCLUDED, GF_PROP_PID_CODECID, GF_CODECID_NONE),
	{0},
	// text as in files, a cue in each packet
	CAP_UINT(GF_CAPS_INPUT, GF_PROP_PID_STREAM_TYPE, GF_STREAM_TEXT),
	CAP_BOOL(GF_CAPS_INPUT, GF_PROP_PID_UNFRAMED, GF_TRUE),
	CODEC(GF_CODECID_WEBVTT),
	CODEC(GF_CODECID_SIMPLE_TEXT),
	CODEC(GF_CODECID_SUBS_TEXT),
	CODEC(GF_CODECID_SUBS_SSA),
	{0},
	CAP_UINT(GF_CAPS_INPUT, GF_PROP_PID_STREAM_TYPE, GF_STREAM_TEXT),
	CAP_BOOL(GF_CAPS_INPUT_EXCLUDED, GF_PROP_PID_UNFRAMED, GF_TRUE),
	CODEC(GF_CODECID_SIMPLE_TEXT),
	CODEC(GF_CODECID_TX3G),
	CODEC(GF_CODECID_DVB_SUBS),
	CODEC(GF_CODECID_SUBPIC),
	CODEC(GF_CODECID_FFMPEG),
};
#undef CODEC

// Extensions of the containers that libavformat writes, so that the module need not be opened to know.
static const char *const extensions[] = {"3g2", "3gp", "aif", "aiff", "apng", "asf", "au", "avi", "caf", "dv", "f4v",
	"flv", "gif", "gxf", "mka", "mks", "mkv", "mov", "mp4", "mpeg", "mpg", "mts", "mxf", "nut", "oga", "ogg", "ogv", "oma",
	"opus", "rm", "spx", "swf", "tak", "ts", "m2ts", "tta", "vob", "w64", "webm", "webp", "wma", "wmv", "wtv", "wv"};

static GF_FilterProbeScore ffmx_probe_url(const char *url, const char *mime)
{
	Bool is_remote = strstr(url, "://") && strncmp(url, "file://", 7);
	(void)mime;
	if (!strncmp(url, "gfio://", 7) || !strncmp(url, "gmem://", 7) || !strcmp(url, "null"))
		return GF_FPROBE_NOT_SUPPORTED;
	if (!strncmp(url, "rtmp", 4) || !strncmp(url, "srt://", 6))
		return GF_FPROBE_SUPPORTED;
	const char *slash = strrchr(url, '/'), *dot = strrchr(slash ? slash : url, '.');
	for (u32 i = 0; dot && i < sizeof(extensions) / sizeof(extensions[0]); i++)
		if (!strcasecmp(dot + 1, extensions[i]))
			return is_remote ? GF_FPROBE_MAYBE_SUPPORTED : GF_FPROBE_SUPPORTED;
	return is_remote ? GF_FPROBE_NOT_SUPPORTED : GF_FPROBE_MAYBE_NOT_SUPPORTED;
}

const GF_FilterRegister ffmx_register = {
	.name = "ffmx",
	.description = "FFmpeg multiplexer",
	.help = "This filter writes Matroska, WebM, Ogg, FLV, AVI and whatever else libavformat knows. It takes the destinations "
			"whose format no other filter writes; `gfreg=ffmx` chooses it for others. Subtitles are carried as they are.",
	.private_size = sizeof(FfmxOptions),
	.max_extra_pids = 0xFFFFFFFF,
	.flags = GF_FS_REG_META,
	SETCAPS(ffmx_caps),
	.args = ffmx_args,
	.initialize = ff_initialize,
	.finalize = ff_finalize,
	.configure_pid = ff_configure_pid,
	.process = ff_process,
	.process_event = ff_process_event,
	.update_arg = ff_update_arg,
	.probe_url = ffmx_probe_url,
	.priority = 255,
	.hint_class_type = GF_FS_CLASS_MULTIPLEXER,
};
