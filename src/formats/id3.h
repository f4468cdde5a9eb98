// SPDX-License-Identifier: MIT
// ID3 tags around elementary audio: ID3v2 (2.2 to 2.4) in front, ID3v1 as the last 128 bytes of the file.
#ifndef FORMATS_ID3_H
#define FORMATS_ID3_H

#include <gpac/error.h>

#define ID3_HEADER_SIZE 10
#define ID3V1_SIZE 128

// Size of the ID3v2 tag that starts at `data`, header and footer included; 0 when there is none.
// The first ID3_HEADER_SIZE bytes are enough.
u64 id3v2_size(const u8 *data, u32 size);

#endif
