// SPDX-License-Identifier: MIT
// Decoder of libavcodec: its register. What it does is in the module, src/ffmpeg/ffdec.c.
#include "filters/ff.h"
#include "filters/registry.h"

static const GF_FilterArgs ffdec_args[] = {
	{"ffcmap", (s32)offsetof(FfdecOptions, ffcmap),
		"decoders for codecs that are not known here, as `CODEC@[+]DECODER`: CODEC is a four-character code or a "
		"number of FFmpeg, DECODER a name that `ffmpeg -decoders` lists",
		GF_PROP_STRING_LIST, NULL, NULL, 0},
	{"c", (s32)offsetof(FfdecOptions, c),
		"name of the decoder, for filters declared by the user; that of libavcodec for the codec if not set",
		GF_PROP_STRING, NULL, NULL, GF_FS_ARG_HINT_EXPERT},
	{"*", -1, "any option of AVCodecContext and of the decoder, by its name; a flag may be given alone", GF_PROP_STRING,
		NULL, NULL, GF_FS_ARG_META | GF_FS_ARG_UPDATE},
	{0},
};

#define EXCLUDED_CODEC(codec) CAP_UINT(GF_CAPS_INPUT_EXCLUDED, GF_PROP_PID_CODECID, codec)

static const GF_FilterCapability ffdec_caps[] = {
	CAP_UINT(GF_CAPS_INPUT, GF_PROP_PID_STREAM_TYPE, GF_STREAM_VISUAL),
	CAP_BOOL(GF_CAPS_INPUT_EXCLUDED, GF_PROP_PID_UNFRAMED, GF_TRUE),
	EXCLUDED_CODEC(GF_CODECID_RAW),
	EXCLUDED_CODEC(GF_CODECID_NONE),
	EXCLUDED_CODEC(GF_CODECID_SVC),
	EXCLUDED_CODEC(GF_CODECID_LHVC),
	EXCLUDED_CODEC(GF_CODECID_HEVC_TILES),
	EXCLUDED_CODEC(GF_CODECID_VVC_SUBPIC),
	CAP_BOOL(GF_CAPS_INPUT_EXCLUDED, GF_PROP_PID_TILE_BASE, GF_TRUE),
	{.code = GF_PROP_PID_SCALABLE, .val = {.type = GF_PROP_BOOL, .value.boolean = GF_TRUE},
		.flags = GF_CAPS_INPUT_OPT, .priority = 255},
	CAP_UINT(GF_CAPS_OUTPUT, GF_PROP_PID_STREAM_TYPE, GF_STREAM_VISUAL),
	CAP_UINT(GF_CAPS_OUTPUT, GF_PROP_PID_CODECID, GF_CODECID_RAW),
	{0},
	CAP_UINT(GF_CAPS_INPUT, GF_PROP_PID_STREAM_TYPE, GF_STREAM_AUDIO),
	CAP_BOOL(GF_CAPS_INPUT_EXCLUDED, GF_PROP_PID_UNFRAMED, GF_TRUE),
	EXCLUDED_CODEC(GF_CODECID_NONE),
	EXCLUDED_CODEC(GF_CODECID_RAW),
	CAP_UINT(GF_CAPS_OUTPUT, GF_PROP_PID_STREAM_TYPE, GF_STREAM_AUDIO),
	CAP_UINT(GF_CAPS_OUTPUT, GF_PROP_PID_CODECID, GF_CODECID_RAW),
	{0},
	// Subtitles that are pictures, only for decoders that the user declares: a film's are not to become a second video.
	CAP_UINT(GF_CAPS_INPUT_LOADED_FILTER, GF_PROP_PID_STREAM_TYPE, GF_STREAM_TEXT),
	CAP_BOOL(GF_CAPS_INPUT_EXCLUDED, GF_PROP_PID_UNFRAMED, GF_TRUE),
	EXCLUDED_CODEC(GF_CODECID_TEXT_MPEG4),
	EXCLUDED_CODEC(GF_CODECID_TX3G),
	EXCLUDED_CODEC(GF_CODECID_WEBVTT),
	EXCLUDED_CODEC(GF_CODECID_SUBS_XML),
	EXCLUDED_CODEC(GF_CODECID_SIMPLE_TEXT),
	EXCLUDED_CODEC(GF_CODECID_SUBS_TEXT),
	EXCLUDED_CODEC(GF_CODECID_SUBS_SSA),
	CAP_UINT(GF_CAPS_OUTPUT, GF_PROP_PID_STREAM_TYPE, GF_STREAM_VISUAL),
	CAP_UINT(GF_CAPS_OUTPUT, GF_PROP_PID_CODECID, GF_CODECID_RAW),
};

const GF_FilterRegister ffdec_register = {
	.name = "ffdec",
	.description = "FFmpeg decoder",
	.help = "This filter decodes audio, video and bitmap subtitles with libavcodec. Video decoders use all cores unless `threads` says "
			"otherwise. Priming samples of audio are removed.",
	.private_size = sizeof(FfdecOptions),
	.flags = GF_FS_REG_META | GF_FS_REG_BLOCK_MAIN,
	SETCAPS(ffdec_caps),
	.args = ffdec_args,
	.initialize = ff_initialize,
	.finalize = ff_finalize,
	.configure_pid = ff_configure_pid,
	.process = ff_process,
	.process_event = ff_process_event,
	.update_arg = ff_update_arg,
	.priority = 128,
	.hint_class_type = GF_FS_CLASS_DECODER,
};
