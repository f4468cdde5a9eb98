// SPDX-License-Identifier: MIT
#include <stdio.h>
#include <string.h>

#include <base/str.h>

void sb_init(StrBuf *sb)
{
	memset(sb, 0, sizeof(*sb));
}

void sb_reset(StrBuf *sb)
{
	gf_free(sb->data);
	sb_init(sb);
}

// Room for `n` more characters and the final NUL.
static Bool reserve(StrBuf *sb, size_t n)
{
	if (sb->failed)
		return GF_FALSE;
	if (n < sb->alloc - sb->len)
		return GF_TRUE;
	if (n > SB_MAX_LEN || sb->len + n > SB_MAX_LEN) {
		sb->failed = GF_TRUE;
		return GF_FALSE;
	}
	size_t alloc = sb->alloc * 2;
	if (alloc < sb->len + n + 1)
		alloc = sb->len + n + 32;
	char *data = gf_realloc(sb->data, alloc);
	if (!data) {
		sb->failed = GF_TRUE;
		return GF_FALSE;
	}
	sb->data = data;
	sb->alloc = alloc;
	return GF_TRUE;
}

void sb_addn(StrBuf *sb, const char *text, size_t n)
{
	if (!n || !reserve(sb, n))
		return;
	memcpy(sb->data + sb->len, text, n);
	sb->len += n;
	sb->data[sb->len] = 0;
}

void sb_add(StrBuf *sb, const char *text)
{
	sb_addn(sb, text, strlen(text));
}

void sb_addc(StrBuf *sb, char c)
{
	sb_addn(sb, &c, 1);
}

void sb_addv(StrBuf *sb, const char *fmt, va_list args)
{
	// the room at hand is often enough: the text is then formatted once
	va_list again;
	va_copy(again, args);
	size_t room = sb->failed ? 0 : sb->alloc - sb->len;
	int n = vsnprintf(room ? sb->data + sb->len : NULL, room, fmt, args);
	if (n < 0) {
		sb->failed = GF_TRUE;
	} else if ((size_t)n < room) {
		sb->len += (size_t)n;
	} else if (reserve(sb, (size_t)n)) {
		vsnprintf(sb->data + sb->len, (size_t)n + 1, fmt, again);
		sb->len += (size_t)n;
	}
	va_end(again);
	if (sb->failed && sb->data)
		sb->data[sb->len] = 0;
}

void sb_addf(StrBuf *sb, const char *fmt, ...)
{
	va_list args;
	va_start(args, fmt);
	sb_addv(sb, fmt, args);
	va_end(args);
}

void sb_cut(StrBuf *sb, size_t len)
{
	if (len >= sb->len)
		return;
	sb->len = len;
	sb->data[len] = 0;
}

const char *sb_str(const StrBuf *sb)
{
	return sb->data ? sb->data : "";
}

char *sb_take(StrBuf *sb)
{
	// an empty text is a string too
	if (!reserve(sb, 0)) {
		sb_reset(sb);
		return NULL;
	}
	char *text = sb->data;
	text[sb->len] = 0;
	sb_init(sb);
	return text;
}
