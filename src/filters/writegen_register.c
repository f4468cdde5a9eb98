// SPDX-License-Identifier: MIT
// Options and capabilities of writegen. There is one bundle per kind of file; the filter reads them to find
// the extension and the MIME type of a codec.
#include "filters/registry.h"
#include "filters/writegen.h"

#define OPT(field) #field, (s32)offsetof(Writegen, field)
static const GF_FilterArgs writegen_args[] = {
	{OPT(exporter), "Progress report of older tools (not supported)", GF_PROP_BOOL, "false", NULL,
		GF_FS_ARG_HINT_ADVANCED},
	{OPT(pfmt), "Pixel format of raw video; none takes it from the extension", GF_PROP_PIXFMT, "none", NULL,
		0},
	{OPT(afmt), "Sample format of raw audio; none takes it from the extension", GF_PROP_PCMFMT, "none", NULL,
		0},
	{OPT(decinfo),
		"Write the decoder configuration: never (no), at the start of the file (first), before each random "
		"access point (sap), at the start for the codecs whose files need it (auto)",
		GF_PROP_UINT, "auto", "no|first|sap|auto", GF_FS_ARG_HINT_ADVANCED},
	{OPT(split), "Write each packet to a file, numbered by $num$ in the name", GF_PROP_BOOL, "false", NULL,
		GF_FS_ARG_HINT_ADVANCED},
	{OPT(frame), "Write each packet to a file as it is, for any codec", GF_PROP_BOOL, "false", NULL, 0},
	{OPT(sstart), "Number of the first packet to write, from 1; 0 writes all", GF_PROP_UINT, "0", NULL, 0},
	{OPT(send), "Number of the last packet to write, with sstart; less than sstart writes to the end",
		GF_PROP_UINT, "0", NULL, 0},
	{OPT(dur), "Duration to write in seconds, without sstart", GF_PROP_FRACTION, "0", NULL, 0},
	{OPT(merge_region), "Merge equal regions of TTML documents (not supported)", GF_PROP_BOOL, "false", NULL,
		0},
	{OPT(vtth), "WEBVTT header: once (single), in each segment with a cue (seg), in every segment (all)",
		GF_PROP_UINT, "seg", "single|seg|all", 0},
	{OPT(add_nl), "Add a new line after each text packet", GF_PROP_BOOL, "false", NULL, 0},
	{OPT(rawb), "Write the packets as they are one after the other, for any codec", GF_PROP_BOOL, "false",
		NULL, GF_FS_ARG_HINT_EXPERT},
	{0},
};
#define TYPE(type) CAP_UINT(GF_CAPS_INPUT, GF_PROP_PID_STREAM_TYPE, GF_STREAM_##type)
#define CODEC(codec) CAP_UINT(GF_CAPS_INPUT, GF_PROP_PID_CODECID, GF_CODECID_##codec)
#define NO_CODEC(codec) CAP_UINT(GF_CAPS_INPUT_EXCLUDED, GF_PROP_PID_CODECID, GF_CODECID_##codec)
#define UNFRAMED CAP_BOOL(GF_CAPS_INPUT, GF_PROP_PID_UNFRAMED, GF_TRUE)
#define LATM CAP_BOOL(GF_CAPS_INPUT, GF_PROP_PID_UNFRAMED_LATM, GF_TRUE)
#define NO_LATM CAP_BOOL(GF_CAPS_INPUT_EXCLUDED, GF_PROP_PID_UNFRAMED_LATM, GF_TRUE)
#define FILE_OUT CAP_UINT(GF_CAPS_OUTPUT, GF_PROP_PID_STREAM_TYPE, GF_STREAM_FILE)
#define EXT(list) CAP_STRING(GF_CAPS_OUTPUT, GF_PROP_PID_FILE_EXT, list)
#define MIME(list) CAP_STRING(GF_CAPS_OUTPUT, GF_PROP_PID_MIME, list)
#define END \
	{ \
		0 \
	}

// clang-format off
static const GF_FilterCapability writegen_caps[] = {
	TYPE(VISUAL), CODEC(RAW), FILE_OUT,
	EXT("yuv|yvu|yuvl|yuv2|yp2l|yuv4|yp4l|uyvy|vyuy|yuyv|yvyu|uyvl|vyul|yuyl|yvyl|nv12|nv21"
		"|nv1l|nv2l|yuva|yuvd|yp4a|yv4p|v308|y4ap|v408|v410|v210|grey|algr|gral|rgb8|rgb4|rgb5"
		"|rgb6|rgba|argb|bgra|abgr|rgb|bgr|xrgb|rgbx|xbgr|bgrx|rgbd|rgbds|uncv"),
	END,
	TYPE(AUDIO), CODEC(RAW), FILE_OUT,
	EXT("pc8|pcm|pcmb|s24|s24b|s32|s32b|flt|fltb|dbl|dblb|pc8p|pcmp|s24p|s32p|fltp|dblp"),
	END,
	TYPE(VISUAL), CODEC(RAW), FILE_OUT, EXT("bmp"), MIME("image/bmp"),
	END,
	TYPE(AUDIO), CODEC(RAW), FILE_OUT, EXT("wav"), MIME("audio/wav|audio/wave"),
	END,
	TYPE(VISUAL), CODEC(AVC), CODEC(AVC_PS), CODEC(SVC), CODEC(MVC), UNFRAMED, FILE_OUT,
	EXT("264|h264|avc|svc|mvc|26l|h26l"), MIME("video/avc|video/h264|video/svc|video/mvc"),
	END,
	TYPE(VISUAL), CODEC(HEVC), CODEC(LHVC), UNFRAMED, FILE_OUT,
	EXT("265|h265|hvc|hevc|shvc|mhvc|lhvc"), MIME("video/hevc|video/lhvc|video/shvc|video/mhvc"),
	END,
	TYPE(VISUAL), CODEC(AV1), CODEC(VP8), CODEC(VP9), CODEC(VP10), UNFRAMED, FILE_OUT,
	EXT("obu|av1|av1b|ivf"), MIME("video/x-ivf|video/av1"),
	END,
	TYPE(AUDIO), CODEC(AC4), UNFRAMED, EXT("ac4"), MIME("audio/x-ac4|audio/ac4"),
	END,
	TYPE(VISUAL), CODEC(MPEG4_PART2), UNFRAMED, FILE_OUT, EXT("cmp|m4v"), MIME("video/mp4v-es"),
	END,
	TYPE(VISUAL), CODEC(H263), CODEC(S263), FILE_OUT, EXT("h263|263|s263"), MIME("video/h263"),
	END,
	TYPE(VISUAL), CODEC(MPEG1), FILE_OUT, EXT("m1v"), MIME("video/mpgv-es"),
	END,
	TYPE(VISUAL), CODEC(MPEG2_422), CODEC(MPEG2_SNR), CODEC(MPEG2_HIGH), CODEC(MPEG2_MAIN),
	CODEC(MPEG2_SIMPLE), CODEC(MPEG2_SPATIAL), FILE_OUT, EXT("m2v"), MIME("video/mpgv-es"),
	END,
	TYPE(VISUAL), CODEC(AP4H), CODEC(AP4X), CODEC(APCH), CODEC(APCO), CODEC(APCS), CODEC(APCN),
	FILE_OUT, EXT("prores"), MIME("video/prores"),
	END,
	TYPE(AUDIO), CODEC(AAC_MPEG4), CODEC(AAC_MPEG2_MP), CODEC(AAC_MPEG2_LCP), CODEC(AAC_MPEG2_SSRP),
	UNFRAMED, NO_LATM, FILE_OUT, EXT("aac|adts"), MIME("audio/x-m4a|audio/aac|audio/aacp|audio/x-aac"),
	END,
	TYPE(AUDIO), CODEC(AAC_MPEG4), CODEC(AAC_MPEG2_MP), CODEC(AAC_MPEG2_LCP), CODEC(AAC_MPEG2_SSRP),
	LATM, FILE_OUT, EXT("latm"), MIME("audio/aac+latm"),
	END,
	TYPE(AUDIO), CODEC(USAC), LATM, FILE_OUT, EXT("usac|xheaac|latm"), MIME("audio/xheaac+latm"),
	END,
	TYPE(AUDIO), CODEC(IAMF), FILE_OUT, EXT("iamf"), MIME("audio/iamf"),
	END,
	TYPE(VISUAL), CODEC(PNG), FILE_OUT, EXT("png"), MIME("image/png"),
	END,
	TYPE(VISUAL), CODEC(JPEG), FILE_OUT, EXT("jpg|jpeg"), MIME("image/jpg"),
	END,
	TYPE(VISUAL), CODEC(J2K), FILE_OUT, EXT("jp2|j2k"), MIME("image/jp2"),
	END,
	TYPE(AUDIO), CODEC(MPEG_AUDIO), FILE_OUT, EXT("mp3"), MIME("audio/mp3|audio/x-mp3"),
	END,
	TYPE(AUDIO), CODEC(MPEG2_PART3), FILE_OUT, EXT("mp2"), MIME("audio/mpeg|audio/x-mp2"),
	END,
	TYPE(AUDIO), CODEC(MPEG_AUDIO_L1), FILE_OUT, EXT("mp1"), MIME("audio/mpeg|audio/x-mp1"),
	END,
	TYPE(AUDIO), CODEC(AMR), CODEC(AMR_WB), FILE_OUT, EXT("amr|awb"), MIME("audio/amr"),
	END,
	TYPE(AUDIO), CODEC(SMV), FILE_OUT, EXT("smv"), MIME("audio/smv"),
	END,
	TYPE(AUDIO), CODEC(EVRC_PV), CODEC(EVRC), FILE_OUT, EXT("evc"), MIME("audio/evrc"),
	END,
	TYPE(AUDIO), CODEC(AC3), FILE_OUT, EXT("ac3"), MIME("audio/x-ac3|audio/ac3"),
	END,
	TYPE(AUDIO), CODEC(EAC3), FILE_OUT, EXT("eac3"), MIME("audio/x-eac3|audio/eac3"),
	END,
	TYPE(TEXT), CODEC(SIMPLE_TEXT), CODEC(META_TEXT), CODEC(SUBS_TEXT), EXT("txt"),
	MIME("x-subtitle/srt|subtitle/srt|text/srt"),
	END,
	TYPE(TEXT), CODEC(META_XML), CODEC(SUBS_XML), EXT("xml|txml|ttml"),
	MIME("subtitle/ttml|text/ttml|application/xml+ttml"),
	END,
	TYPE(TEXT), CODEC(WEBVTT), UNFRAMED, EXT("vtt"), MIME("subtitle/vtt|text/vtt"),
	END,
	TYPE(TEXT), CODEC(SIMPLE_TEXT), UNFRAMED, EXT("srt"), MIME("subtitle/srt|text/srt"),
	END,
	TYPE(TEXT), CODEC(TX3G), UNFRAMED, EXT("ttxt"), MIME("x-subtitle/ttxt|subtitle/ttxt|text/ttxt"),
	END,
	TYPE(TEXT), CODEC(SUBS_SSA), EXT("ssa|ass"), MIME("x-subtitle/ssa"),
	END,
	TYPE(AUDIO), CODEC(QCELP), EXT("qcelp"), MIME("audio/x-qcelp"),
	END,
	TYPE(VISUAL), CODEC(THEORA), EXT("theo"), MIME("video/x-theora"),
	END,
	TYPE(AUDIO), CODEC(VORBIS), EXT("vorb"), MIME("audio/x-vorbis"),
	END,
	TYPE(AUDIO), CODEC(SPEEX), EXT("spx"), MIME("audio/x-speex"),
	END,
	TYPE(AUDIO), CODEC(FLAC), EXT("flac"), MIME("audio/flac"),
	END,
	TYPE(AUDIO), CODEC(MPHA), CODEC(MHAS), UNFRAMED, EXT("mhas"), MIME("audio/mpegh"),
	END,
	TYPE(VISUAL), CODEC(SMPTE_VC1), UNFRAMED, EXT("vc1"), MIME("video/vc1"),
	END,
	TYPE(VISUAL), CODEC(VVC), UNFRAMED, FILE_OUT, EXT("266|h266|vvc|lvvc"),
	MIME("video/vvc|video/lvvc"),
	END,
	TYPE(AUDIO), CODEC(TRUEHD), FILE_OUT, EXT("mlp|thd|truehd"), MIME("audio/truehd"),
	END,
	TYPE(VISUAL), CODEC(FFV1), EXT("ffv1"), MIME("video/x-ffv1"),
	END,
	TYPE(VISUAL), CODEC(RAW), FILE_OUT, EXT("y4m"), MIME("video/x-yuv4mpeg"),
	END,
	TYPE(AUDIO), CODEC(DTS_CA), CODEC(DTS_HD_HR_MASTER), CODEC(DTS_HD_LOSSLESS),
	CODEC(DTS_EXPRESS_LBR), CODEC(DTS_X), CODEC(DTS_Y), FILE_OUT, EXT("dts"), MIME("audio/dts"),
	END,
	CAP_UINT(GF_CAPS_INPUT_EXCLUDED, GF_PROP_PID_STREAM_TYPE, GF_STREAM_FILE), NO_CODEC(AVC),
	NO_CODEC(AVC_PS), NO_CODEC(SVC), NO_CODEC(MVC), NO_CODEC(HEVC), NO_CODEC(LHVC),
	NO_CODEC(MPEG4_PART2), NO_CODEC(VVC), NO_CODEC(MPEG2_PART3), NO_CODEC(MPEG_AUDIO),
	NO_CODEC(MPEG_AUDIO_L1), NO_CODEC(AAC_MPEG4), NO_CODEC(AAC_MPEG2_MP), NO_CODEC(AAC_MPEG2_LCP),
	NO_CODEC(AAC_MPEG2_SSRP), NO_CODEC(WEBVTT), NO_CODEC(BIFS), NO_CODEC(BIFS_V2), NO_CODEC(QCELP),
	NO_CODEC(THEORA), NO_CODEC(VORBIS),
	CAP_UINT(GF_CAPS_OUTPUT_LOADED_FILTER, GF_PROP_PID_STREAM_TYPE, GF_STREAM_FILE), EXT("*"),
	MIME("*"),
};
// clang-format on

const GF_FilterRegister writegen_register = {
	.name = "writegen",
	.description = "Elementary stream writer",
	.help =
		"This filter turns one stream into a file: bare compressed streams (.264, .265, .aac, .mp3, "
		".flac…), images (.png, .jpg, .bmp), raw video and audio (.yuv, .y4m, .pcm, .wav), subtitles (.srt, "
		".vtt). The extension of the destination selects the format. With the options frame or rawb it "
		"writes the packets of any codec.",
	.private_size = sizeof(Writegen),
	.flags = GF_FS_REG_TEMP_INIT,
	SETCAPS(writegen_caps),
	.args = writegen_args,
	.initialize = writegen_initialize,
	.configure_pid = writegen_configure_pid,
	.process = writegen_process,
	.process_event = writegen_process_event,
	.hint_class_type = GF_FS_CLASS_MULTIPLEXER,
};
