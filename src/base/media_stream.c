// SPDX-License-Identifier: MIT
#include <string.h>
#include <strings.h>

#include <gpac/constants.h>
#include <gpac/log.h>

static const struct {
	GF_StreamType type;
	const char *name;
	const char *short_name;
	const char *alternate;
	const char *description;
} stream_types[] = {
	{GF_STREAM_VISUAL, "Visual", "video", "Video", "video and images"},
	{GF_STREAM_AUDIO, "Audio", "audio", NULL, "audio"},
	{GF_STREAM_SCENE, "SceneDescription", "scene", NULL, "scene description"},
	{GF_STREAM_TEXT, "Text", "text", NULL, "text and subtitles"},
	{GF_STREAM_METADATA, "Metadata", "meta", NULL, "timed metadata"},
	{GF_STREAM_FILE, "File", "file", NULL, "bytes of a file"},
	{GF_STREAM_ENCRYPTED, "Encrypted", "crypt", NULL, "encrypted media"},
	{GF_STREAM_OD, "ObjectDescriptor", "od", NULL, "MPEG-4 object descriptors"},
	{GF_STREAM_OCR, "ClockReference", "ocr", NULL, "MPEG-4 object clock reference"},
	{GF_STREAM_MPEG7, "MPEG7", "mpeg7", NULL, "MPEG-7 description"},
	{GF_STREAM_IPMP, "IPMP", "ipmp", NULL, "MPEG-4 intellectual property management and protection"},
	{GF_STREAM_OCI, "OCI", "oci", NULL, "MPEG-4 object content information"},
	{GF_STREAM_MPEGJ, "MPEGJ", "mpegj", NULL, "MPEG-J application"},
	{GF_STREAM_INTERACT, "Interaction", "interact", NULL, "MPEG-4 user interaction"},
	{GF_STREAM_FONT, "Font", "font", NULL, "MPEG-4 font data"},
};
#define NB_TYPES (sizeof(stream_types) / sizeof(stream_types[0]))

const char *gf_stream_type_name(u32 streamType)
{
	for (u32 i = 0; i < NB_TYPES; i++)
		if (stream_types[i].type == streamType)
			return stream_types[i].name;
	return "Unknown";
}

const char *gf_stream_type_short_name(u32 streamType)
{
	for (u32 i = 0; i < NB_TYPES; i++)
		if (stream_types[i].type == streamType)
			return stream_types[i].short_name;
	return "unknown";
}

u32 gf_stream_type_by_name(const char *name)
{
	if (!name)
		return GF_STREAM_UNKNOWN;
	for (u32 i = 0; i < NB_TYPES; i++) {
		const char *alternate = stream_types[i].alternate;
		if (!strcasecmp(stream_types[i].name, name) || !strcasecmp(stream_types[i].short_name, name) ||
			(alternate && !strcasecmp(alternate, name)))
			return stream_types[i].type;
	}
	if (strncasecmp(name, "unkn", 4) && strncasecmp(name, "undef", 5))
		GF_LOG(GF_LOG_WARNING, GF_LOG_CORE, ("[core] unknown stream type \"%s\"\n", name));
	return GF_STREAM_UNKNOWN;
}

u32 gf_stream_types_enum(u32 *idx, const char **name, const char **desc)
{
	if (!idx || *idx >= NB_TYPES)
		return GF_STREAM_UNKNOWN;
	u32 i = (*idx)++;
	if (name)
		*name = stream_types[i].name;
	if (desc)
		*desc = stream_types[i].description;
	return stream_types[i].type;
}
