// SPDX-License-Identifier: MIT
// Help texts on standard output, wrapped to the width of the terminal.
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>
#include "text.h"

#define MIN_WIDTH 40
#define MAX_WIDTH 120 // longer lines are hard to read
#define FILE_WIDTH 100

static size_t text_width(void)
{
	struct winsize size;
	size_t width = FILE_WIDTH;
	const char *columns = getenv("COLUMNS");
	if (!ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) && size.ws_col)
		width = size.ws_col;
	else if (columns && atoi(columns) > 0)
		width = (size_t)atoi(columns);
	if (width < MIN_WIDTH)
		return MIN_WIDTH;
	return width > MAX_WIDTH ? MAX_WIDTH : width;
}

// Columns of UTF-8 text: continuation bytes take none.
static size_t columns_of(const char *text, size_t len)
{
	size_t n = 0;
	for (size_t i = 0; i < len; i++)
		n += ((u8)text[i] & 0xC0) != 0x80;
	return n;
}

void text_wrap(u32 column, u32 indent, const char *text)
{
	size_t width = text_width(), at = column;
	Bool start = GF_TRUE; // no word on this line yet
	for (const char *p = text; *p;) {
		size_t len = strcspn(p, " \n");
		size_t n = columns_of(p, len);
		if (len && !start && at + 1 + n > width) {
			printf("\n");
			at = 0;
			start = GF_TRUE;
		}
		if (len) {
			size_t blanks = start ? (at < indent ? indent - at : 0) : 1;
			printf("%*s%.*s", (int)blanks, "", (int)len, p);
			at += blanks + n;
			start = GF_FALSE;
		}
		p += len;
		if (*p == '\n') {
			printf("\n");
			at = 0;
			start = GF_TRUE;
		}
		if (*p)
			p++;
	}
	printf("\n");
}

void text_entry(const char *name, u32 indent, const char *text)
{
	size_t n = columns_of(name, strlen(name));
	printf("%s", name);
	if (n + 2 > indent) {
		printf("\n");
		n = 0;
	}
	text_wrap((u32)n, indent, text);
}

void text_markdown(const char *text, const char *line_end)
{
	for (const char *p = text; *p; p++) {
		if (*p == '\n')
			printf("%s", line_end);
		else if (strchr("|<>*_#", *p))
			printf("\\%c", *p);
		else
			putchar(*p);
	}
}
