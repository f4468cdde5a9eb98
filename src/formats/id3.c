// SPDX-License-Identifier: MIT
#include <stdlib.h>
#include <string.h>
#include "base/bits.h"
#include "formats/id3.h"

#define FLAG_UNSYNC 0x80
#define FLAG_EXTENDED 0x40
#define FLAG_FOOTER 0x10

// ID3v2.4 3.1: "ID3", version, flags, then the size of the tag without header and footer on four bytes of
// seven bits.
u64 id3v2_size(const u8 *data, u32 size)
{
	if (size < ID3_HEADER_SIZE || memcmp(data, "ID3", 3) || data[3] == 0xFF || data[4] == 0xFF)
		return 0;
	if ((data[6] | data[7] | data[8] | data[9]) & 0x80)
		return 0;
	u32 body = (u32)data[6] << 21 | (u32)data[7] << 14 | (u32)data[8] << 7 | data[9];
	return (u64)body + ID3_HEADER_SIZE + (data[5] & FLAG_FOOTER ? ID3_HEADER_SIZE : 0);
}

Bool id3v1_is_tag(const u8 *data, u32 size)
{
	return size >= ID3V1_SIZE && !memcmp(data, "TAG", 3);
}

static u32 synchsafe(u32 v)
{
	return (v >> 24 & 0x7F) << 21 | (v >> 16 & 0x7F) << 14 | (v >> 8 & 0x7F) << 7 | (v & 0x7F);
}

// Removes the zero bytes that hide what looks like an MPEG sync (ID3v2.4 6.1). Returns the new size.
static u32 remove_unsync(u8 *dst, const u8 *src, u32 size)
{
	u32 out = 0;
	for (u32 i = 0; i < size; i++) {
		dst[out++] = src[i];
		if (src[i] == 0xFF && i + 1 < size && !src[i + 1])
			i++;
	}
	return out;
}

static void skip_extended_header(Id3Reader *r)
{
	BitReader b;
	br_init(&b, r->data, r->size);
	u32 size = br_u32(&b);
	// The size includes itself from version 2.4 on.
	u64 total = r->version == 4 ? synchsafe(size) : (u64)size + 4;
	r->pos = total < r->size ? (u32)total : r->size;
}

GF_Err id3_open(Id3Reader *reader, const u8 *data, u32 size)
{
	Id3Reader r = {0};
	u64 total = id3v2_size(data, size);
	if (!total || total > size)
		return GF_NON_COMPLIANT_BITSTREAM;
	r.version = data[3];
	if (r.version < 2 || r.version > 4)
		return GF_NOT_SUPPORTED;
	r.data = data + ID3_HEADER_SIZE;
	r.size = (u32)total - ID3_HEADER_SIZE - (data[5] & FLAG_FOOTER ? ID3_HEADER_SIZE : 0);
	// Version 2.4 marks each frame instead.
	if ((data[5] & FLAG_UNSYNC) && r.version < 4) {
		r.buffer = gf_malloc(r.size + 1);
		if (!r.buffer)
			return GF_OUT_OF_MEM;
		r.size = remove_unsync(r.buffer, r.data, r.size);
		r.data = r.buffer;
	}
	if ((data[5] & FLAG_EXTENDED) && r.version > 2)
		skip_extended_header(&r);
	*reader = r;
	return GF_OK;
}

void id3_close(Id3Reader *reader)
{
	gf_free(reader->buffer);
	memset(reader, 0, sizeof(*reader));
}

void id3_item_reset(Id3Item *item)
{
	gf_free(item->text);
	memset(item, 0, sizeof(*item));
}

static u32 put_utf8(char *dst, u32 c)
{
	if (c < 0x80) {
		dst[0] = (char)c;
		return 1;
	}
	if (c < 0x800) {
		dst[0] = (char)(0xC0 | c >> 6);
		dst[1] = (char)(0x80 | (c & 0x3F));
		return 2;
	}
	if (c < 0x10000) {
		dst[0] = (char)(0xE0 | c >> 12);
		dst[1] = (char)(0x80 | (c >> 6 & 0x3F));
		dst[2] = (char)(0x80 | (c & 0x3F));
		return 3;
	}
	dst[0] = (char)(0xF0 | c >> 18);
	dst[1] = (char)(0x80 | (c >> 12 & 0x3F));
	dst[2] = (char)(0x80 | (c >> 6 & 0x3F));
	dst[3] = (char)(0x80 | (c & 0x3F));
	return 4;
}

// One character of UTF-16; a surrogate without its pair gives U+FFFD.
static u32 next_utf16(const u8 *data, u32 size, Bool little, u32 *pos)
{
	u32 lo = little ? 0 : 1;
	u32 c = (u32)data[*pos + 1 - lo] << 8 | data[*pos + lo];
	*pos += 2;
	if (c < 0xD800 || c > 0xDFFF)
		return c;
	if (c > 0xDBFF || *pos + 2 > size)
		return 0xFFFD;
	u32 low = (u32)data[*pos + 1 - lo] << 8 | data[*pos + lo];
	if (low < 0xDC00 || low > 0xDFFF)
		return 0xFFFD;
	*pos += 2;
	return 0x10000 + ((c - 0xD800) << 10) + (low - 0xDC00);
}

enum { ENC_LATIN1 = 0, ENC_UTF16_BOM, ENC_UTF16_BE, ENC_UTF8 };

// Converts a text to UTF-8, up to its end mark. Memory of the caller, NULL when out of it.
static char *to_utf8(u32 encoding, const u8 *data, u32 size)
{
	char *text = gf_malloc((size_t)size * 3 + 1);
	if (!text)
		return NULL;
	u32 out = 0, pos = 0;
	if (encoding == ENC_UTF16_BOM || encoding == ENC_UTF16_BE) {
		Bool little = GF_FALSE;
		if (encoding == ENC_UTF16_BOM && size >= 2 && (data[0] & data[1]) >= 0xFE) {
			little = data[0] == 0xFF;
			pos = 2;
		}
		while (pos + 2 <= size) {
			u32 c = next_utf16(data, size, little, &pos);
			if (!c)
				break;
			out += put_utf8(text + out, c);
		}
	} else {
		for (; pos < size && data[pos]; pos++) {
			if (encoding == ENC_LATIN1)
				out += put_utf8(text + out, data[pos]);
			else
				text[out++] = (char)data[pos];
		}
	}
	text[out] = 0;
	return text;
}

// Bytes of a text with its end mark, which may be missing at the end of the frame.
static u32 text_length(u32 encoding, const u8 *data, u32 size)
{
	u32 step = encoding == ENC_UTF16_BOM || encoding == ENC_UTF16_BE ? 2 : 1;
	for (u32 i = 0; i + step <= size; i += step)
		if (!data[i] && (step == 1 || !data[i + 1]))
			return i + step;
	return size;
}

// Frames with a meaning, by their identifier in versions 2.3 and 2.4, then in 2.2.
static const struct {
	char id[5], id2[4];
	Id3Kind kind;
	const char *name;
} frames[] = {
	{"TIT1", "TT1", ID3_TEXT, "group"},
	{"TIT2", "TT2", ID3_TEXT, "title"},
	{"TPE1", "TP1", ID3_TEXT, "artist"},
	{"TPE2", "TP2", ID3_TEXT, "album_artist"},
	{"TPE3", "TP3", ID3_TEXT, "conductor"},
	{"TALB", "TAL", ID3_TEXT, "album"},
	{"TCOM", "TCM", ID3_TEXT, "composer"},
	{"TEXT", "TXT", ID3_TEXT, "writer"},
	{"TCON", "TCO", ID3_TEXT, "genre"},
	{"TDRC", "", ID3_TEXT, "created"},
	{"TYER", "TYE", ID3_TEXT, "created"},
	{"TRCK", "TRK", ID3_FRACTION, "tracknum"},
	{"TPOS", "TPA", ID3_FRACTION, "disk"},
	{"TBPM", "TBP", ID3_NUMBER, "tempo"},
	{"TCMP", "TCP", ID3_FLAG, "compilation"},
	{"TCOP", "TCR", ID3_TEXT, "copyright"},
	{"TENC", "TEN", ID3_TEXT, "encoder"},
	{"TSSE", "TSS", ID3_TEXT, "tool"},
	{"TPUB", "TPB", ID3_TEXT, "publisher"},
	{"TOPE", "TOA", ID3_TEXT, "original_artist"},
	{"TSOT", "TST", ID3_TEXT, "sort_name"},
	{"TSOP", "TSP", ID3_TEXT, "sort_artist"},
	{"TSOA", "TSA", ID3_TEXT, "sort_album"},
	{"TSO2", "TS2", ID3_TEXT, "sort_album_artist"},
	{"TSOC", "TSC", ID3_TEXT, "sort_composer"},
	{"COMM", "COM", ID3_TEXT, "comment"},
	{"USLT", "ULT", ID3_TEXT, "lyrics"},
	{"APIC", "PIC", ID3_PICTURE, "cover"},
};

// MIME type of a picture from its three letters in version 2.2.
static const char *image_mime(const u8 format[3])
{
	return !memcmp(format, "PNG", 3) ? "image/png" : "image/jpeg";
}

// APIC: encoding, MIME type (2.2: three letters), type, description, bytes.
static Bool parse_picture(Id3Item *item, u32 version, const u8 *data, u32 size)
{
	u32 pos = 1;
	if (size < 6)
		return GF_FALSE;
	if (version == 2) {
		item->text = gf_strdup(image_mime(data + 1));
		pos += 3;
	} else {
		item->text = to_utf8(ENC_LATIN1, data + 1, size - 1);
		pos += text_length(ENC_LATIN1, data + 1, size - 1);
	}
	if (pos < size)
		pos++; // picture type
	pos += text_length(data[0], data + pos, size - pos);
	if (!item->text || pos >= size)
		return GF_FALSE;
	item->data = data + pos;
	item->size = size - pos;
	return GF_TRUE;
}

static Bool parse_text(Id3Item *item, const u8 *data, u32 size, Bool has_language)
{
	if (!size)
		return GF_FALSE;
	u32 pos = 1;
	if (has_language) { // COMM, USLT: language and description come first
		pos += 3;
		if (pos >= size)
			return GF_FALSE;
		pos += text_length(data[0], data + pos, size - pos);
	}
	item->text = to_utf8(data[0], data + pos, size - pos);
	if (!item->text || !item->text[0])
		return GF_FALSE;
	char *end = item->text;
	item->num = (u32)strtoul(item->text, &end, 10);
	if (item->kind != ID3_TEXT && end == item->text)
		return GF_FALSE;
	if (item->kind == ID3_FRACTION && *end == '/')
		item->den = (u32)strtoul(end + 1, NULL, 10);
	return GF_TRUE;
}

// Reads one frame header; false at the padding or the end.
static Bool next_frame(Id3Reader *r, char id[5], u32 *size, u32 *flags)
{
	u32 header = r->version == 2 ? 6 : 10;
	if (r->size - r->pos < header || !r->data[r->pos])
		return GF_FALSE;
	BitReader b;
	br_init(&b, r->data + r->pos, header);
	memset(id, 0, 5);
	memcpy(id, br_bytes(&b, r->version == 2 ? 3 : 4), r->version == 2 ? 3 : 4);
	if (r->version == 2) {
		*size = br_u24(&b);
		*flags = 0;
	} else {
		*size = br_u32(&b);
		if (r->version == 4)
			*size = synchsafe(*size);
		*flags = br_u16(&b);
	}
	r->pos += header;
	return *size <= r->size - r->pos;
}

// Compressed or encrypted frames.
static Bool is_transformed(u32 version, u32 flags)
{
	return (version == 3 && (flags & 0x00C0)) || (version == 4 && (flags & 0x000C));
}

// Skips what comes before the content of a frame and undoes its unsynchronisation (ID3v2.3 3.3.1, 2.4 4.1).
// False when out of memory.
static Bool frame_content(Id3Reader *r, u32 flags, const u8 **data, u32 *size)
{
	u32 skip = r->version == 3 && (flags & 0x20) ? 1 : 0; // group identifier
	if (r->version == 4)
		skip = (flags & 0x40 ? 1 : 0) + (flags & 0x01 ? 4 : 0); // group, data length
	if (skip > *size)
		skip = *size;
	*data += skip;
	*size -= skip;
	if (r->version != 4 || !(flags & 0x02))
		return GF_TRUE;
	u8 *copy = gf_realloc(r->buffer, *size + 1);
	if (!copy)
		return GF_FALSE;
	r->buffer = copy;
	*size = remove_unsync(copy, *data, *size);
	*data = copy;
	return GF_TRUE;
}

static s32 frame_index(const char *id, u32 version)
{
	for (u32 i = 0; i < sizeof(frames) / sizeof(frames[0]); i++)
		if (!strcmp(id, version == 2 ? frames[i].id2 : frames[i].id))
			return (s32)i;
	return -1;
}

Bool id3_next(Id3Reader *r, Id3Item *item)
{
	char id[5];
	u32 size, flags;
	while (next_frame(r, id, &size, &flags)) {
		const u8 *data = r->data + r->pos;
		r->pos += size;
		s32 index = frame_index(id, r->version);
		if (index < 0 || is_transformed(r->version, flags))
			continue;
		if (!frame_content(r, flags, &data, &size))
			return GF_FALSE;
		Id3Item found = {.kind = frames[index].kind, .name = frames[index].name};
		Bool ok;
		if (found.kind == ID3_PICTURE)
			ok = parse_picture(&found, r->version, data, size);
		else
			ok = parse_text(
				&found, data, size, !strcmp(found.name, "comment") || !strcmp(found.name, "lyrics"));
		if (ok) {
			*item = found;
			return GF_TRUE;
		}
		id3_item_reset(&found);
	}
	return GF_FALSE;
}
