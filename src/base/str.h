// SPDX-License-Identifier: MIT
// A growing string. The first failed allocation, or a text over SB_MAX_LEN, sets `failed`, which stays set:
// a caller builds the whole text and tests once, usually through sb_take.
#ifndef BASE_STR_H
#define BASE_STR_H

#include <stdarg.h>
#include <gpac/setup.h>

#define SB_MAX_LEN ((size_t)256 << 20)

typedef struct {
	char *data; // owned, from gf_malloc; NULL or NUL-terminated
	size_t len;
	size_t alloc;
	Bool failed;
} StrBuf;

void sb_init(StrBuf *sb);
void sb_reset(StrBuf *sb); // frees the text
void sb_add(StrBuf *sb, const char *text);
void sb_addn(StrBuf *sb, const char *text, size_t n);
void sb_addc(StrBuf *sb, char c);
void sb_addf(StrBuf *sb, const char *fmt, ...) GF_PRINTF(2, 3);
void sb_addv(StrBuf *sb, const char *fmt, va_list args) GF_PRINTF(2, 0);
// Drops what follows the first `len` characters.
void sb_cut(StrBuf *sb, size_t len);
// The text so far, "" when nothing was added; valid until the next change.
const char *sb_str(const StrBuf *sb);
// Gives the text to the caller (gf_free), "" when nothing was added, and empties the buffer.
// NULL when something failed.
char *sb_take(StrBuf *sb);

#endif
