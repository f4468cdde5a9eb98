// SPDX-License-Identifier: MIT
// Help texts on standard output.
#ifndef TEXT_H
#define TEXT_H

#include <stdio.h>
#include <gpac/tools.h>

// Prints a text, and a line end, wrapped between `indent` and the right edge of the terminal. The cursor
// stands at `column`. A line end in the text begins a paragraph.
void text_wrap(u32 column, u32 indent, const char *text);
// Prints a name and, from column `indent` on, the text about it.
void text_entry(const char *name, u32 indent, const char *text);
// Prints a text as Markdown: what would be markup is escaped, `line_end` stands for line ends.
void text_markdown(const char *text, const char *line_end);

#endif
