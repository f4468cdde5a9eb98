// SPDX-License-Identifier: MIT
// ID3 tags around elementary audio: ID3v2 (2.2 to 2.4) in front, ID3v1 as the last 128 bytes of the file.
#ifndef FORMATS_ID3_H
#define FORMATS_ID3_H

#include <gpac/error.h>

#define ID3_HEADER_SIZE 10
#define ID3V1_SIZE 128

typedef enum {
	ID3_TEXT = 0,
	ID3_NUMBER,   // `num`
	ID3_FLAG,     // `num` not 0
	ID3_FRACTION, // `num` of `den`, 0 when not told
	ID3_PICTURE,  // `data`, `mime`
} Id3Kind;

// One frame of a tag that has a meaning for the engine.
typedef struct {
	Id3Kind kind;
	const char *name; // of the file tag (title, artist…), static
	char *text;       // UTF-8, owned by the item: also the source of the numbers; MIME type of a picture
	u32 num, den;
	const u8 *data; // in the memory of the reader, until the next item
	u32 size;
} Id3Item;

typedef struct {
	u8 *buffer; // the tag, or the last frame (2.4), without unsynchronisation
	const u8 *data;
	u32 size, pos;
	u8 version; // 2, 3 or 4
} Id3Reader;

// Size of the ID3v2 tag that starts at `data`, header and footer included; 0 when there is none.
// The first ID3_HEADER_SIZE bytes are enough.
u64 id3v2_size(const u8 *data, u32 size);

// Opens the whole tag at `data`, which must stay in memory. GF_NON_COMPLIANT_BITSTREAM when it is not a tag
// or is cut, GF_NOT_SUPPORTED for an unknown version.
GF_Err id3_open(Id3Reader *reader, const u8 *data, u32 size);
// Gives the next known item, to be released with id3_item_reset; false at the end. Frames which are unknown,
// compressed or encrypted are skipped.
Bool id3_next(Id3Reader *reader, Id3Item *item);
void id3_item_reset(Id3Item *item);
void id3_close(Id3Reader *reader);

// True when the ID3V1_SIZE bytes at `data` are an ID3v1 tag.
Bool id3v1_is_tag(const u8 *data, u32 size);

#endif
