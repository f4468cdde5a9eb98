// SPDX-License-Identifier: MIT
// Video scaler over libswscale: its register. What it does is in the module, src/ffmpeg/ffsws.c.
#include "filters/ff.h"
#include "filters/registry.h"

#define ARG(name) #name, (s32)offsetof(FfswsOptions, name)

static const GF_FilterArgs ffsws_args[] = {
	{ARG(osize), "size of the output; 0 for one side keeps the aspect ratio", GF_PROP_VEC2I, NULL, NULL, 0},
	{ARG(ofmt), "pixel format of the output, none for that of the input", GF_PROP_PIXFMT, "none", NULL, 0},
	{ARG(scale), "how pixels are interpolated, as in FFmpeg: point takes the nearest one, area an average; bicublin is bicubic for luma "
		"and bilinear for chroma; X is an experiment", GF_PROP_UINT, "bicubic",
		"fastbilinear|bilinear|bicubic|X|point|area|bicublin|gauss|sinc|lanzcos|spline", GF_FS_ARG_HINT_ADVANCED},
	{ARG(p1), "first parameter of bicubic, gauss and lanzcos; the default of the algorithm if not set", GF_PROP_DOUBLE, "+I",
		NULL, GF_FS_ARG_HINT_ADVANCED},
	{ARG(p2), "second parameter of bicubic", GF_PROP_DOUBLE, "+I", NULL, GF_FS_ARG_HINT_ADVANCED},
	{ARG(ofr), "values of the output have the full range", GF_PROP_BOOL, "false", NULL, GF_FS_ARG_HINT_EXPERT},
	{ARG(brightness), "brightness, 16.16 fixed point", GF_PROP_SINT, "0", NULL, GF_FS_ARG_HINT_EXPERT},
	{ARG(contrast), "contrast, 16.16 fixed point; 0 leaves it", GF_PROP_UINT, "0", NULL, GF_FS_ARG_HINT_EXPERT},
	{ARG(saturation), "saturation, 16.16 fixed point; 0 leaves it", GF_PROP_UINT, "0", NULL, GF_FS_ARG_HINT_EXPERT},
	{ARG(otable), "the four coefficients between YUV and RGB of the output, 16.16 fixed point", GF_PROP_SINT_LIST,
		NULL, NULL, GF_FS_ARG_HINT_EXPERT},
	{ARG(itable), "the same for the input", GF_PROP_SINT_LIST, NULL, NULL, GF_FS_ARG_HINT_EXPERT},
	{ARG(keepar),
		"aspect ratio: the picture is stretched (off), put with borders into the output as it is shown (full), or as "
		"it is stored (nosrc)",
		GF_PROP_UINT, "off", "off|full|nosrc", GF_FS_ARG_HINT_EXPERT},
	{ARG(padclr), "colour of borders, a name or `#RRGGBB`", GF_PROP_STRING, "black", NULL, GF_FS_ARG_HINT_EXPERT},
	{ARG(osar), "sample aspect ratio of the output, by which the width is divided", GF_PROP_FRACTION, "0/1", NULL,
		GF_FS_ARG_HINT_EXPERT},
	{0},
};

static const GF_FilterCapability ffsws_caps[] = {
	CAP_UINT(GF_CAPS_INPUT_OUTPUT, GF_PROP_PID_STREAM_TYPE, GF_STREAM_VISUAL),
	CAP_UINT(GF_CAPS_INPUT_OUTPUT, GF_PROP_PID_CODECID, GF_CODECID_RAW),
	{0},
	CAP_UINT(GF_CAPFLAG_RECONFIG, GF_PROP_PID_WIDTH, 0),
	CAP_UINT(GF_CAPFLAG_RECONFIG, GF_PROP_PID_HEIGHT, 0),
	CAP_UINT(GF_CAPFLAG_RECONFIG, GF_PROP_PID_PIXFMT, 0),
};

const GF_FilterRegister ffsws_register = {
	.name = "ffsws",
	.description = "FFmpeg video scaler",
	.help = "This filter changes the size and the pixel format of raw video, as its options say or as a filter behind "
			"it asks for.",
	.private_size = sizeof(FfswsOptions),
	.flags = GF_FS_REG_ALLOW_CYCLIC | GF_FS_REG_FRAME_IFCE,
	SETCAPS(ffsws_caps),
	.args = ffsws_args,
	.initialize = ff_initialize,
	.finalize = ff_finalize,
	.configure_pid = ff_configure_pid,
	.process = ff_process,
	.reconfigure_output = ff_reconfigure_output,
	.hint_class_type = GF_FS_CLASS_AV,
};
