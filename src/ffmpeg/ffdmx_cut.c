// SPDX-License-Identifier: MIT
// Files that were cut: what their format tells of their length.
#include <stdio.h>
#include <string.h>
#include <libavutil/intreadwrite.h>
#include <libavutil/opt.h>
#include "ffmpeg/ffdmx.h"

static Bool read_at(FILE *file, u64 at, u8 *data, size_t size)
{
	return !fseeko(file, (off_t)at, SEEK_SET) && fread(data, 1, size, file) == size;
}

// Transport streams are packets of one size, the first of which is at the start of the file (ISO/IEC 13818-1 2.4.3.2).
static u64 missing_of_packet(FILE *file, u64 size, u32 packet_size)
{
	u8 start[5];
	u32 rest = packet_size ? (u32)(size % packet_size) : 0;
	if (!rest || !read_at(file, 0, start, sizeof(start)) || start[packet_size == 192 ? 4 : 0] != 0x47)
		return 0;
	return packet_size - rest;
}

// AVI is a chain of RIFF chunks: identifier, size, data to an even length (OpenDML AVI 1.02, 3). Sizes of 0 and of
// all ones were never filled in.
static u64 missing_of_riff(FILE *file, u64 size)
{
	u64 at = 0, end = 0;
	u8 head[8];
	while (at < size && read_at(file, at, head, sizeof(head)) && !memcmp(head, "RIFF", 4)) {
		u32 length = AV_RL32(head + 4);
		if (!length || length == 0xFFFFFFFF)
			return 0;
		end = at + 8 + length;
		at = end + (end & 1);
	}
	return end > size ? end - size : 0;
}

// An EBML number: the zeroes in front of its first bit tell its length (RFC 8794 4). All ones are an unknown size.
static Bool read_vint(FILE *file, u64 *at, u64 *value)
{
	u8 b[8];
	u32 length = 1;
	if (!read_at(file, *at, b, 1) || !b[0])
		return GF_FALSE;
	while (!(b[0] & 0x80 >> (length - 1)))
		length++;
	if (!read_at(file, *at, b, length))
		return GF_FALSE;
	u64 all_ones = ((u64)1 << 7 * length) - 1;
	*value = b[0] & (0xFFu >> length);
	for (u32 i = 1; i < length; i++)
		*value = *value << 8 | b[i];
	*at += length;
	return *value != all_ones;
}

// Matroska is an EBML header and a segment (RFC 9559 4.5).
static u64 missing_of_segment(FILE *file, u64 size)
{
	u8 id[4];
	u64 at = 4, length;
	if (!read_at(file, 0, id, sizeof(id)) || AV_RB32(id) != 0x1A45DFA3 || !read_vint(file, &at, &length) || length > size)
		return 0;
	at += length;
	if (!read_at(file, at, id, sizeof(id)) || AV_RB32(id) != 0x18538067)
		return 0;
	at += 4;
	return read_vint(file, &at, &length) && at + length > size ? at + length - size : 0;
}

u64 ffdmx_missing(const AVFormatContext *format, const char *path)
{
	const char *name = format->iformat->name;
	s64 packet_size = 0;
	u64 missing = 0;
	FILE *file = fopen(strncmp(path, "file://", 7) ? path : path + 7, "rb");
	if (!file)
		return 0;
	u64 size = !fseeko(file, 0, SEEK_END) && ftello(file) > 0 ? (u64)ftello(file) : 0;
	if (size && !strcmp(name, "avi"))
		missing = missing_of_riff(file, size);
	else if (size && !strncmp(name, "matroska", 8))
		missing = missing_of_segment(file, size);
	else if (size && !strcmp(name, "mpegts") && av_opt_get_int(format->priv_data, "ts_packetsize", 0, &packet_size) >= 0)
		missing = missing_of_packet(file, size, (u32)packet_size);
	fclose(file);
	return missing;
}
