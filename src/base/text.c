// SPDX-License-Identifier: MIT
// Strings of fixed buffers, heap strings, four-character codes.
#include <stdio.h>
#include <string.h>
#include <strings.h>

#include <gpac/log.h>
#include <gpac/numbers.h>

#include <base/state.h>

size_t gf_strlcpy(char *dst, const char *src, size_t dsize)
{
	size_t len = strlen(src);
	if (dsize) {
		size_t n = len < dsize ? len : dsize - 1;
		memcpy(dst, src, n);
		dst[n] = 0;
	}
	return len;
}

size_t gf_strlcat(char *dst, const char *src, size_t dsize)
{
	size_t len = strnlen(dst, dsize);
	return len + gf_strlcpy(dst + len, src, dsize - len);
}

GF_Err gf_dynstrcat(char **str, const char *to_append, const char *sep)
{
	if (!str)
		return GF_BAD_PARAM;
	if (!to_append)
		return GF_OK;
	size_t len = *str ? strlen(*str) : 0;
	size_t sep_len = len && sep ? strlen(sep) : 0;
	size_t add_len = strlen(to_append);
	char *grown = gf_realloc(*str, len + sep_len + add_len + 1);
	if (!grown)
		return GF_OUT_OF_MEM;
	if (sep_len)
		memcpy(grown + len, sep, sep_len);
	memcpy(grown + len + sep_len, to_append, add_len + 1);
	*str = grown;
	return GF_OK;
}

Bool gf_strnistr(const char *text, const char *subtext, u32 subtext_len)
{
	if (!text || !subtext)
		return GF_FALSE;
	size_t wanted = strnlen(subtext, subtext_len);
	for (size_t left = strlen(text); left >= wanted; left--, text++)
		if (!strncasecmp(text, subtext, wanted))
			return GF_TRUE;
	return GF_FALSE;
}

const char *gf_strmemstr(const char *data, u32 data_size, const char *pat)
{
	return data && pat ? memmem(data, data_size, pat, strlen(pat)) : NULL;
}

const char *gf_4cc_to_str_safe(u32 type, char szType[GF_4CC_MSIZE])
{
	static const char hex[] = "0123456789ABCDEF";
	char *out = szType;
	for (s32 shift = 24; shift >= 0; shift -= 8) {
		u8 c = (u8)(type >> shift);
		if (c >= 0x20 && c < 0x7F) {
			*out++ = (char)c;
		} else if (c >= 0x80 && c < 0xC0) {
			// Latin-1 to UTF-8: the copyright sign begins many QuickTime metadata codes
			*out++ = (char)0xC2;
			*out++ = (char)c;
		} else {
			*out++ = hex[c >> 4];
			*out++ = hex[c & 15];
		}
	}
	*out = 0;
	return szType;
}

const char *gf_4cc_to_str(u32 type)
{
	u32 nb_buffers = sizeof(base_thread.fourcc) / sizeof(base_thread.fourcc[0]);
	u32 i = base_thread.next_fourcc++ % nb_buffers;
	return gf_4cc_to_str_safe(type, base_thread.fourcc[i]);
}

u32 gf_4cc_parse(const char *val)
{
	if (!val || strnlen(val, 5) != 4) {
		GF_LOG(GF_LOG_ERROR, GF_LOG_CORE,
			("[core] \"%s\" is not a four-character code: it must have 4 bytes\n", val ? val : ""));
		return 0;
	}
	return GF_4CC((u8)val[0], (u8)val[1], (u8)val[2], (u8)val[3]);
}
