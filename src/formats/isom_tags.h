// SPDX-License-Identifier: MIT
// Tags of a movie: the `ilst` box of iTunes, and the user data of QuickTime.
#ifndef FORMATS_ISOM_TAGS_H
#define FORMATS_ISOM_TAGS_H

#include "formats/isom_movie.h"

typedef enum {
	ISOM_TAG_TEXT,
	ISOM_TAG_UINT8,
	ISOM_TAG_UINT16,
	ISOM_TAG_UINT32,
	ISOM_TAG_BOOL,
	ISOM_TAG_FRAC6, // u16 reserved, rank, count
	ISOM_TAG_FRAC8, // the same and u16 reserved
	ISOM_TAG_IMAGE,
	ISOM_TAG_DATA, // a text that is not legal UTF-8
} IsomTagKind;

#define ISOM_TAG_NAME_MAX 256

typedef struct {
	char name[ISOM_TAG_NAME_MAX]; // of the property, `cust_NAME@MEAN` for a free-form tag
	IsomTagKind kind;             // ISOM_TAG_UINT32 for all integers
	const u8 *data;               // text without final NUL, image
	u32 size;
	u32 num, den; // integer, boolean, fraction
} IsomTag;

// A tag with a box of its own. Two may have the same name, with different kinds.
typedef struct {
	u32 type;
	const char *name; // of the property
	IsomTagKind kind;
} IsomTagDef;

// The tags known, in the order of a file; NULL after the last.
const IsomTagDef *isom_tag_def(u32 index);

typedef struct {
	const IsomBlobs *udta; // of the movie
	u32 blob;              // next one to open
	IsomBox list;          // being read
	Bool is_ilst;
	Bool quiet;
} IsomTagReader;

// `quiet`: faults were told when the tags were read before.
void isom_tags_open(IsomTagReader *r, const IsomBlobs *udta, Bool quiet);
// Next tag that has a name and a legal value; points into the user data. False after the last.
Bool isom_tags_next(IsomTagReader *r, IsomTag *tag);

#endif
