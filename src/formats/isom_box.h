// SPDX-License-Identifier: MIT
// Boxes of ISO base media files in memory (ISO/IEC 14496-12, 4.2).
//
// A box carries a bounded reader over its payload, so that no parser can leave its box, and its offset in
// the file, so that every message can say where the fault is.
#ifndef FORMATS_ISOM_BOX_H
#define FORMATS_ISOM_BOX_H

#include "base/bits.h"

typedef struct {
	u32 type;
	u32 hdr_size; // 8, 16 with a large size, 16 more for the type of a `uuid` box
	u64 offset;   // of the header, in the file
	u64 size;     // header included
	u8 uuid[16];  // extended type of a `uuid` box
	Bool quiet;   // children that do not fit are not reported: they were before
	BitReader r;  // the payload
} IsomBox;

// Longest box header: size, type, large size, extended type.
#define ISOM_MAX_HEADER 32

typedef struct {
	char str[8];
} IsomName;

// Printable form of a 4CC, for messages.
IsomName isom_name(u32 type);

// Reads the header at `data`; `room` bytes remain from it to the end of what contains the box, `size` of them
// are readable. GF_BUFFER_TOO_SMALL when the header is not complete in `size`, GF_ISOM_INVALID_FILE when the
// declared size is below the header or above `room`. The payload reader is left empty.
GF_Err isom_box_header(const u8 *data, u32 size, u64 offset, u64 room, IsomBox *box);

// Makes a box out of a whole box in memory.
GF_Err isom_box_load(const u8 *data, u64 size, u64 offset, IsomBox *box);

// Next child of `parent`, whose reader advances. False at the end. A child that does not fit stops the
// iteration with a warning, so that what was read before it stays usable.
Bool isom_next(IsomBox *parent, IsomBox *child);

// First child of that type, from the current position of a copy of the reader: `parent` does not move.
Bool isom_find(const IsomBox *parent, u32 type, IsomBox *child);

// Version and flags of a full box.
u32 isom_full(IsomBox *box, u8 *version);

// Payload left, as bytes.
static inline const u8 *isom_rest(const IsomBox *box, u32 *size)
{
	*size = (u32)br_left(&box->r);
	return *size ? box->r.data + br_byte_pos(&box->r) : box->r.data;
}

// The whole box, header included.
static inline const u8 *isom_whole(const IsomBox *box)
{
	return box->r.data - box->hdr_size;
}

// A text that ends with NUL or with the box; NULL when out of memory. The caller frees it.
char *isom_string(IsomBox *box);

// Logs one error about a box: "[mp4] box 'stsz' at 1234: reason".
void isom_complain(const IsomBox *box, const char *fmt, ...) __attribute__((format(printf, 2, 3)));
void isom_warn(const IsomBox *box, const char *fmt, ...) __attribute__((format(printf, 2, 3)));

#endif
