// SPDX-License-Identifier: MIT
// Audio sample formats.
#include <string.h>

#include <gpac/constants.h>
#include <gpac/log.h>

typedef struct {
	GF_AudioFormat format;
	const char *name;
	const char *short_name;
	u32 bits;
	u32 qt_code; // of ISO base media and QuickTime files
	const char *description;
} AudioFormat;

static const AudioFormat formats[] = {
	{GF_AUDIO_FMT_U8, "u8", "pc8", 8, 0, "8 bits unsigned integers"},
	{GF_AUDIO_FMT_S16, "s16", "pcm", 16, GF_4CC('s', 'o', 'w', 't'),
		"16 bits signed integers, little-endian"},
	{GF_AUDIO_FMT_S16_BE, "s16b", "pcmb", 16, GF_4CC('t', 'w', 'o', 's'),
		"16 bits signed integers, big-endian"},
	{GF_AUDIO_FMT_S24, "s24", "s24", 24, 0, "24 bits signed integers, little-endian"},
	{GF_AUDIO_FMT_S24_BE, "s24b", "s24b", 24, GF_4CC('i', 'n', '2', '4'),
		"24 bits signed integers, big-endian"},
	{GF_AUDIO_FMT_S32, "s32", "s32", 32, 0, "32 bits signed integers, little-endian"},
	{GF_AUDIO_FMT_S32_BE, "s32b", "s32b", 32, GF_4CC('i', 'n', '3', '2'),
		"32 bits signed integers, big-endian"},
	{GF_AUDIO_FMT_FLT, "flt", "flt", 32, 0, "32 bits floating point, little-endian"},
	{GF_AUDIO_FMT_FLT_BE, "fltb", "fltb", 32, GF_4CC('f', 'l', '3', '2'),
		"32 bits floating point, big-endian"},
	{GF_AUDIO_FMT_DBL, "dbl", "dbl", 64, 0, "64 bits floating point, little-endian"},
	{GF_AUDIO_FMT_DBL_BE, "dblb", "dblb", 64, GF_4CC('f', 'l', '6', '4'),
		"64 bits floating point, big-endian"},
	{GF_AUDIO_FMT_U8P, "u8p", "pc8p", 8, 0, "planar 8 bits unsigned integers"},
	{GF_AUDIO_FMT_S16P, "s16p", "pcmp", 16, 0, "planar 16 bits signed integers, little-endian"},
	{GF_AUDIO_FMT_S24P, "s24p", "s24p", 24, 0, "planar 24 bits signed integers, little-endian"},
	{GF_AUDIO_FMT_S32P, "s32p", "s32p", 32, 0, "planar 32 bits signed integers, little-endian"},
	{GF_AUDIO_FMT_FLTP, "fltp", "fltp", 32, 0, "planar 32 bits floating point, little-endian"},
	{GF_AUDIO_FMT_DBLP, "dblp", "dblp", 64, 0, "planar 64 bits floating point, little-endian"},
};
#define NB_FORMATS (sizeof(formats) / sizeof(formats[0]))

static const AudioFormat *find_format(GF_AudioFormat format)
{
	for (u32 i = 0; i < NB_FORMATS; i++)
		if (formats[i].format == format)
			return &formats[i];
	return NULL;
}

// The same, with an error message when there is none.
static const AudioFormat *get_format(GF_AudioFormat format)
{
	const AudioFormat *f = find_format(format);
	if (!f)
		GF_LOG(GF_LOG_ERROR, GF_LOG_CORE, ("[core] unknown audio format %u\n", format));
	return f;
}

GF_AudioFormat gf_audio_fmt_parse(const char *af_name)
{
	if (!af_name || !strcmp(af_name, "none"))
		return 0;
	for (u32 i = 0; i < NB_FORMATS; i++)
		if (!strcmp(formats[i].name, af_name) || !strcmp(formats[i].short_name, af_name))
			return formats[i].format;
	// names are tried on any file extension: not finding one is no mistake
	GF_LOG(GF_LOG_DEBUG, GF_LOG_CORE, ("[core] unknown audio format \"%s\"\n", af_name));
	return 0;
}

const char *gf_audio_fmt_name(GF_AudioFormat afmt)
{
	const AudioFormat *f = get_format(afmt);
	return f ? f->name : "unknown";
}

const char *gf_audio_fmt_sname(GF_AudioFormat afmt)
{
	const AudioFormat *f = get_format(afmt);
	return f ? f->short_name : "unknown";
}

GF_AudioFormat gf_audio_fmt_enum(u32 *idx, const char **name, const char **fileext, const char **desc)
{
	if (!idx || *idx >= NB_FORMATS)
		return 0;
	const AudioFormat *f = &formats[(*idx)++];
	if (name)
		*name = f->name;
	if (fileext)
		*fileext = f->short_name;
	if (desc)
		*desc = f->description;
	return f->format;
}

const char *gf_audio_fmt_all_names(void)
{
	return "none|u8|s16|s16b|s24|s24b|s32|s32b|flt|fltb|dbl|dblb|u8p|s16p|s24p|s32p|fltp|dblp";
}

const char *gf_audio_fmt_all_shortnames(void)
{
	return "pc8|pcm|pcmb|s24|s24b|s32|s32b|flt|fltb|dbl|dblb|pc8p|pcmp|s24p|s32p|fltp|dblp";
}

u32 gf_audio_fmt_bit_depth(GF_AudioFormat afmt)
{
	const AudioFormat *f = find_format(afmt);
	return f ? f->bits : 0;
}

Bool gf_audio_fmt_is_planar(GF_AudioFormat afmt)
{
	return afmt > GF_AUDIO_FMT_LAST_PACKED && find_format(afmt);
}

GF_AudioFormat gf_audio_fmt_from_isobmf(u32 msubtype)
{
	for (u32 i = 0; msubtype && i < NB_FORMATS; i++)
		if (formats[i].qt_code == msubtype)
			return formats[i].format;
	return 0;
}

u32 gf_audio_fmt_to_isobmf(GF_AudioFormat afmt)
{
	const AudioFormat *f = find_format(afmt);
	return f ? f->qt_code : 0;
}
