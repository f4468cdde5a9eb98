// SPDX-License-Identifier: MIT
// Media types of files: by extension for what the Web is made of, by content for media.
#include <string.h>
#include <strings.h>

#include "filters/httpout.h"

typedef struct {
	const char *ext, *mime;
} MimeEntry;

// RFC 9110, 8.3: without a type the receiver guesses, so common ones are told.
static const MimeEntry types[] = {
	{"3gp", "video/3gpp"},
	{"aac", "audio/aac"},
	{"ac3", "audio/ac3"},
	{"avc", "video/avc"},
	{"avif", "image/avif"},
	{"cmfa", "audio/mp4"},
	{"cmfv", "video/mp4"},
	{"css", "text/css"},
	{"csv", "text/csv"},
	{"flac", "audio/flac"},
	{"gif", "image/gif"},
	{"htm", "text/html"},
	{"html", "text/html"},
	{"ico", "image/vnd.microsoft.icon"},
	{"jpeg", "image/jpeg"},
	{"jpg", "image/jpeg"},
	{"js", "application/ecmascript"},
	{"json", "application/json"},
	{"m3u8", "application/vnd.apple.mpegURL"},
	{"m4a", "audio/mp4"},
	{"m4s", "video/iso.segment"},
	{"m4v", "video/mp4"},
	{"mjs", "application/ecmascript"},
	{"mkv", "video/x-matroska"},
	{"mp3", "audio/mpeg"},
	{"mp4", "video/mp4"},
	{"mpd", "application/dash+xml"},
	{"ogg", "audio/ogg"},
	{"opus", "audio/ogg"},
	{"pdf", "application/pdf"},
	{"png", "image/png"},
	{"srt", "subtitle/srt"},
	{"svg", "image/svg+xml"},
	{"ts", "video/mp2t"},
	{"ttml", "application/ttml+xml"},
	{"txt", "text/plain"},
	{"vtt", "text/vtt"},
	{"wasm", "application/wasm"},
	{"wav", "audio/wav"},
	{"webm", "video/webm"},
	{"webp", "image/webp"},
	{"xml", "application/xml"},
	{"zip", "application/zip"},
};

static const char *by_name(const char *name)
{
	const char *slash = strrchr(name, '/');
	const char *dot = strrchr(slash ? slash : name, '.');
	for (size_t i = 0; dot && i < sizeof(types) / sizeof(*types); i++) {
		if (!strcasecmp(dot + 1, types[i].ext))
			return types[i].mime;
	}
	return NULL;
}

Bool http_is_text(const u8 *data, u32 size)
{
	for (u32 i = 0; i < size;) {
		u8 c = data[i++];
		u32 more = c < 0x80 ? 0 : c >> 5 == 6 ? 1 : c >> 4 == 14 ? 2 : c >> 3 == 30 ? 3 : 9;
		if (more == 9 || c == 0x7f || (c < 0x20 && c != '\t' && c != '\n' && c != '\r' && c != '\f'))
			return GF_FALSE;
		for (; more && i < size; more--) {
			if (data[i++] >> 6 != 2)
				return GF_FALSE;
		}
	}
	return size > 0;
}

const char *http_mime_type(GF_Filter *filter, const char *name, u8 *start, u32 size)
{
	GF_FilterProbeScore score = GF_FPROBE_NOT_SUPPORTED;
	const char *mime = by_name(name);
	if (mime)
		return mime;
	// Any text looks like a playlist to the registers.
	if (http_is_text(start, size))
		return "text/plain";
	mime = size ? gf_filter_probe_data(filter, start, size, &score) : NULL;
	return score >= GF_FPROBE_MAYBE_SUPPORTED && score < GF_FPROBE_EXT_MATCH ? mime : NULL;
}
