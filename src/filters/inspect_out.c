// SPDX-License-Identifier: MIT
// Where the report of `inspect` goes, and the small printers that its pages share.
#include <errno.h>
#include <string.h>
#include "filters/inspect.h"

// One write per this many bytes; a report that grows slowly is written at least this often.
#define WRITE_SIZE 65536
#define WRITE_PERIOD_US 100000

GF_Err inspect_out_open(InspectOut *out, const char *log)
{
	if (!log || !log[0]) {
		GF_LOG(GF_LOG_ERROR, GF_LOG_APP,
			("[inspect] option log is empty: give a file, stdout, stderr, null, GLOG or a log tool\n"));
		return GF_BAD_PARAM;
	}
	sb_init(&out->text);
	if (!strcmp(log, "null")) {
		out->kind = OUT_NULL;
		return GF_OK;
	}
	u32 tool = strcmp(log, "GLOG") ? gf_log_parse_tool(log) : GF_LOG_APP;
	if (tool < GF_LOG_TOOL_MAX) {
		out->kind = OUT_LOG;
		out->tool = (GF_LOG_Tool)tool;
		return GF_OK;
	}
	out->kind = OUT_FILE;
	if (!strcmp(log, "stdout")) {
		out->file = stdout;
	} else if (!strcmp(log, "stderr")) {
		out->file = stderr;
	} else {
		out->file = gf_fopen_ex(log, NULL, "wb", GF_TRUE);
		out->own_file = GF_TRUE;
	}
	if (!out->file) {
		GF_LOG(GF_LOG_ERROR, GF_LOG_APP, ("[inspect] cannot write %s: %s\n", log, strerror(errno)));
		return GF_IO_ERR;
	}
	return GF_OK;
}

// One message per line: log handlers may add a prefix to each message.
static void write_to_log(InspectOut *out)
{
	const char *line = sb_str(&out->text);
	while (*line) {
		const char *end = strchr(line, '\n');
		int len = (int)(end ? end - line + 1 : (ptrdiff_t)strlen(line));
		GF_LOG(GF_LOG_INFO, out->tool, ("%.*s", len, line));
		line += len;
	}
}

void inspect_out_flush(InspectOut *out)
{
	out->last_write_us = gf_sys_clock_high_res();
	if (out->text.failed && !out->error) {
		out->error = GF_OUT_OF_MEM;
		GF_LOG(GF_LOG_ERROR, GF_LOG_APP, ("[inspect] out of memory, the report is incomplete\n"));
	}
	if (out->kind == OUT_LOG) {
		if (gf_log_tool_level_on(out->tool, GF_LOG_INFO))
			write_to_log(out);
	} else if (out->kind == OUT_FILE && out->text.len && !out->error) {
		// which logs why it failed
		if (gf_fwrite(out->text.data, out->text.len, out->file) != out->text.len || gf_fflush(out->file))
			out->error = GF_IO_ERR;
	}
	sb_cut(&out->text, 0);
}

void inspect_out_check(InspectOut *out)
{
	if (!out->text.len && !out->text.failed)
		return;
	if (out->text.len < WRITE_SIZE && gf_sys_clock_high_res() - out->last_write_us < WRITE_PERIOD_US)
		return;
	inspect_out_flush(out);
}

void inspect_out_close(InspectOut *out)
{
	inspect_out_flush(out);
	if (out->own_file && out->file && gf_fclose(out->file) && !out->error)
		GF_LOG(GF_LOG_ERROR, GF_LOG_APP, ("[inspect] the report is incomplete: %s\n", strerror(errno)));
	out->file = NULL;
	sb_reset(&out->text);
}

void inspect_add_u64(StrBuf *sb, u64 v)
{
	char digits[20];
	u32 at = sizeof(digits);
	do {
		digits[--at] = (char)('0' + v % 10);
		v /= 10;
	} while (v);
	sb_addn(sb, digits + at, sizeof(digits) - at);
}

void inspect_add_s64(StrBuf *sb, s64 v)
{
	if (v < 0)
		sb_addc(sb, '-');
	inspect_add_u64(sb, v < 0 ? 0 - (u64)v : (u64)v);
}

void inspect_add_hex(StrBuf *sb, const u8 *data, size_t size)
{
	static const char hex[] = "0123456789ABCDEF";
	char part[256];
	for (size_t done = 0; done < size;) {
		size_t n = 0;
		for (; n < sizeof(part) && done < size; done++) {
			part[n++] = hex[data[done] >> 4];
			part[n++] = hex[data[done] & 15];
		}
		sb_addn(sb, part, n);
	}
}

// Length of the legal UTF-8 sequence at `text` (RFC 3629), 0 when there is none.
static u32 utf8_length(const u8 *text, size_t left)
{
	u8 c = text[0];
	if (c < 0x80)
		return 1;
	u32 n = c >= 0xF0 ? 4 : c >= 0xE0 ? 3 : 2;
	if (c < 0xC2 || c > 0xF4 || n > left)
		return 0;
	for (u32 i = 1; i < n; i++) {
		if ((text[i] & 0xC0) != 0x80)
			return 0;
	}
	// overlong forms, surrogates, and values over 10FFFF
	if ((c == 0xE0 && text[1] < 0xA0) || (c == 0xED && text[1] > 0x9F) || (c == 0xF0 && text[1] < 0x90) ||
		(c == 0xF4 && text[1] > 0x8F))
		return 0;
	return n;
}

Bool inspect_is_utf8(const u8 *data, size_t size)
{
	while (size) {
		u32 n = utf8_length(data, size);
		if (!n || !data[0])
			return GF_FALSE;
		data += n;
		size -= n;
	}
	return GF_TRUE;
}

static const char *xml_entity(u8 c)
{
	switch (c) {
	case '&':
		return "&amp;";
	case '<':
		return "&lt;";
	case '>':
		return "&gt;";
	case '"':
		return "&quot;";
	case '\t':
		return "&#9;";
	case '\n':
		return "&#10;";
	case '\r':
		return "&#13;";
	default:
		// other control characters do not exist in XML 1.0
		return c < 0x20 ? "\xEF\xBF\xBD" : NULL;
	}
}

void inspect_add_xml(StrBuf *sb, const char *text, size_t len)
{
	size_t plain = 0; // start of the run of bytes which are copied as they are
	size_t at = 0;
	while (at < len) {
		u32 n = utf8_length((const u8 *)text + at, len - at);
		const char *entity = n ? xml_entity((u8)text[at]) : "\xEF\xBF\xBD";
		if (entity) {
			sb_addn(sb, text + plain, at - plain);
			sb_add(sb, entity);
			plain = at + 1;
		}
		at += entity ? 1 : n;
	}
	sb_addn(sb, text + plain, len - plain);
}

u64 inspect_to_ms(u64 num, u64 den)
{
	return den ? (u64)((unsigned __int128)num * 1000 / den) : 0;
}

void inspect_add_time(StrBuf *sb, u64 num, u64 den)
{
	char text[100];
	sb_add(sb, gf_format_duration(inspect_to_ms(num, den), 1000, text));
}
